//! A client of the store: keeps its own keys alive and mirrors what stands under a prefix.
//!
//! It has one question under way at a time; which one comes next follows from what is still to be done (a lease, own
//! keys, reading, watching, renewing), so whatever goes wrong, it takes up where it was. A question without an answer is
//! asked again with growing waits, for ever: until then all stays as it is known.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::why;
use crate::engine::agent::Saying;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::stack::{AppOut, Datagram};
use crate::time::SimDuration;
use crate::wire::store::{Item, Message, Op, Outcome};

/// Timer for asking again. A program with a session has the kinds behind [`BEAT`] for itself.
const RETRY: u8 = 0;
/// Timer for renewing.
const BEAT: u8 = 1;
/// The first wait for an answer; each time twice as long.
const WAIT: SimDuration = SimDuration::from_ms(200);
/// The longest wait.
const LONGEST: SimDuration = SimDuration::from_secs(5);
/// Questions that a run waits for; when as many stayed unanswered, it may end.
const EAGER: u32 = 6;
/// Unanswered questions after which the silence is told.
const SILENT: u32 = 3;
/// The longest time without a word to the store (as gRPC clients probe theirs).
const PROBE: SimDuration = SimDuration::from_secs(10);

/// Whom to ask, and about what.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionConfig {
    /// The program, as it is told.
    pub agent: &'static str,
    /// Address and port of the store.
    pub store: (Ipv4Addr, u16),
    /// What is mirrored.
    pub prefix: String,
    /// How long own keys outlive the last word of this host; nothing when they hang on no lease and stay.
    pub ttl: Option<SimDuration>,
}

/// Something under the prefix is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The key.
    pub key: String,
    /// What it said before; nothing when it is new.
    pub old: Option<String>,
    /// What it says now; nothing when it is gone.
    pub new: Option<String>,
}

/// A key under the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it says.
    pub value: String,
    /// The revision that wrote it.
    pub revision: u64,
    /// The event in which this host heard of it.
    pub written: EventNo,
}

#[derive(Clone, Debug)]
struct Asked {
    message: Message,
    tries: u32,
}

/// A session with the store.
#[derive(Clone, Debug)]
pub struct Session {
    config: SessionConfig,
    port: u16,
    next_id: u32,
    lease: u32,
    mark: u32,
    /// The last revision of the mirror.
    revision: u64,
    /// Own keys, and whether the store has them.
    own: BTreeMap<String, (String, bool)>,
    withdrawn: BTreeSet<String>,
    mirror: BTreeMap<String, Seen>,
    /// What was read so far, and from which revision on changes are still to come.
    reading: Option<(u64, BTreeMap<String, Seen>)>,
    synced: bool,
    watching: bool,
    beat: bool,
    asked: Option<Asked>,
}

impl Session {
    /// A session that has not begun.
    pub fn new(config: SessionConfig) -> Self {
        Self {
            config,
            port: 0,
            next_id: 0,
            lease: 0,
            mark: 0,
            revision: 0,
            own: BTreeMap::new(),
            withdrawn: BTreeSet::new(),
            mirror: BTreeMap::new(),
            reading: None,
            synced: false,
            watching: false,
            beat: false,
            asked: None,
        }
    }

    /// The host has power: begin.
    pub fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        if self.port == 0 {
            self.port = out.bind();
        }
        // Numbers never come twice, also not after a restart: each question takes an event at least.
        self.next_id = self.next_id.max(out.event().0 as u32 + 1);
        out.arm(RETRY, out.now());
    }

    /// The host lost its power: nothing is known any more.
    pub fn reset(&mut self) {
        let (port, next_id) = (self.port, self.next_id);
        *self = Self { port, next_id, ..Self::new(self.config.clone()) };
    }

    /// Writes a key and keeps it alive.
    pub fn announce(&mut self, key: String, value: String, out: &mut AppOut<'_, '_>) {
        self.withdrawn.remove(&key);
        if self.own.get(&key).is_none_or(|(known, _)| *known != value) {
            self.own.insert(key, (value, false));
        }
        self.soon(out);
    }

    /// Removes an own key.
    pub fn withdraw(&mut self, key: &str, out: &mut AppOut<'_, '_>) {
        if self.own.remove(key).is_some() {
            self.withdrawn.insert(key.to_owned());
        }
        self.soon(out);
    }

    /// Goes on in an event of its own, unless an answer will lead there anyway.
    fn soon(&self, out: &mut AppOut<'_, '_>) {
        if self.asked.is_none() {
            out.arm(RETRY, out.now());
        }
    }

    /// What stands under the prefix, as far as it is known here.
    pub fn mirror(&self) -> &BTreeMap<String, Seen> {
        &self.mirror
    }

    /// Whether a key is one of this host's own.
    pub fn is_own(&self, key: &str) -> bool {
        self.own.contains_key(key)
    }

    /// A timer of the program has run out. False when it is none of the session's.
    pub fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) -> bool {
        match kind {
            RETRY => match &mut self.asked {
                Some(asked) => {
                    asked.tries += 1;
                    if asked.tries == SILENT {
                        self.say(&why::STORE_SILENT, out);
                    }
                    self.send(out);
                }
                None => self.go_on(out),
            },
            BEAT => {
                self.beat = true;
                self.go_on(out);
            }
            _ => return false,
        }
        true
    }

    /// A datagram for the program: what it changes in the mirror.
    pub fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let Some(message) = Message::read(datagram.payload).filter(|_| datagram.src == self.config.store) else {
            return Vec::new();
        };
        if !message.answer {
            return if message.op == Op::Event { self.event(message, out) } else { Vec::new() };
        }
        let Some(asked) = self.asked.take_if(|asked| asked.message.id == message.id) else { return Vec::new() };
        out.disarm(RETRY);
        if asked.tries >= SILENT {
            self.say(&why::STORE_BACK, out);
        }
        self.know_again(&message, out);
        let news = self.answer(&asked.message, message, out);
        self.go_on(out);
        news
    }

    fn say(&self, reason: Reason, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: self.config.agent, reason, about: &self.config.store.0.to_string() });
    }

    /// A store with another mark is another store.
    fn know_again(&mut self, message: &Message, out: &mut AppOut<'_, '_>) {
        if self.mark == message.mark {
            return;
        }
        if self.mark != 0 {
            self.say(&why::STORE_EMPTY, out);
        }
        (self.mark, self.lease, self.revision) = (message.mark, 0, 0);
        self.own.values_mut().for_each(|(_, there)| *there = false);
        self.withdrawn.clear();
        (self.synced, self.watching, self.reading) = (false, false, None);
    }

    fn answer(&mut self, question: &Message, answer: Message, out: &mut AppOut<'_, '_>) -> Vec<News> {
        match (answer.op, answer.outcome) {
            (Op::Put | Op::KeepAlive, Outcome::NoLease) => {
                if self.lease != 0 {
                    self.say(&why::LEASE_LOST, out);
                }
                self.lease = 0;
                self.own.values_mut().for_each(|(_, there)| *there = false);
            }
            (Op::KeepAlive, _) => {
                self.beat = false;
                self.watching &= answer.watched;
            }
            (Op::Put, _) => {
                for item in &question.items {
                    if let Some((value, there)) = self.own.get_mut(&item.key) {
                        *there = *value == item.value;
                    }
                }
            }
            (Op::Delete, _) => {
                for item in &question.items {
                    self.withdrawn.remove(&item.key);
                }
            }
            (Op::Grant, _) => self.lease = answer.lease,
            (Op::Watch, Outcome::Done) => self.watching = true,
            (Op::Watch, _) => (self.synced, self.reading) = (false, None),
            (Op::Read, _) => return self.read(answer, out),
            (Op::Event, _) => {}
        }
        Vec::new()
    }

    fn read(&mut self, answer: Message, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let (from, mut fresh) = self.reading.take().unwrap_or_else(|| (answer.revision, BTreeMap::new()));
        for item in answer.items {
            fresh.insert(item.key, Seen { value: item.value, revision: item.revision, written: out.event() });
        }
        if answer.more {
            self.reading = Some((from, fresh));
            return Vec::new();
        }
        (self.synced, self.revision) = (true, from);
        let gone: Vec<String> = self.mirror.keys().filter(|key| !fresh.contains_key(*key)).cloned().collect();
        let mut news: Vec<News> = gone.into_iter().filter_map(|key| self.forget(key)).collect();
        news.extend(fresh.into_iter().filter_map(|(key, seen)| self.learn(key, seen)));
        news
    }

    fn forget(&mut self, key: String) -> Option<News> {
        let old = self.mirror.remove(&key)?;
        Some(News { key, old: Some(old.value), new: None })
    }

    /// Nothing when it is known already.
    fn learn(&mut self, key: String, seen: Seen) -> Option<News> {
        let new = Some(seen.value.clone());
        let old = self.mirror.get(&key).map(|old| old.value.clone());
        if old == new {
            return None;
        }
        self.mirror.insert(key.clone(), seen);
        Some(News { key, old, new })
    }

    fn event(&mut self, message: Message, out: &mut AppOut<'_, '_>) -> Vec<News> {
        if !self.synced || message.mark != self.mark {
            return Vec::new();
        }
        if message.extra > self.revision {
            self.say(&why::WATCH_GAP, out);
            (self.synced, self.watching, self.reading) = (false, false, None);
            self.go_on(out);
            return Vec::new();
        }
        let mut news = Vec::new();
        let has = self.revision;
        for item in message.items.into_iter().filter(|item| item.revision > has) {
            news.extend(if item.deleted {
                self.forget(item.key)
            } else {
                let seen = Seen { value: item.value, revision: item.revision, written: out.event() };
                self.learn(item.key, seen)
            });
        }
        self.revision = self.revision.max(message.revision);
        let answer = Message {
            answer: true,
            id: message.id,
            revision: self.revision,
            mark: self.mark,
            ..Message::new(Op::Event)
        };
        out.udp_send(self.port, self.config.store, answer.len(), |bytes| answer.write(bytes));
        news
    }

    /// Asks what comes next, if nothing is under way.
    fn go_on(&mut self, out: &mut AppOut<'_, '_>) {
        if self.asked.is_some() || self.port == 0 {
            return;
        }
        let Some(message) = self.next() else {
            let often = self.config.ttl.map_or(PROBE.0, |ttl| ttl.0 / 3);
            let pause = SimDuration(PROBE.0.min(often).max(1));
            return out.arm_background(BEAT, out.now() + pause);
        };
        let message = Message { id: self.next_id, mark: self.mark, ..message };
        self.next_id = self.next_id.wrapping_add(1);
        self.asked = Some(Asked { message, tries: 0 });
        self.send(out);
    }

    fn next(&self) -> Option<Message> {
        let ask = |op, items| Some(Message { items, lease: self.lease, ..Message::new(op) });
        let unsaid = self.own.iter().find(|(_, (_, there))| !there);
        if let Some(ttl) = self.config.ttl.filter(|_| !self.own.is_empty() && self.lease == 0) {
            return Some(Message { extra: ttl.0 / 1_000_000, ..Message::new(Op::Grant) });
        }
        if let Some(key) = self.withdrawn.first() {
            return ask(Op::Delete, vec![Item::key(key.as_str())]);
        }
        if let Some((key, (value, _))) = unsaid {
            return ask(Op::Put, vec![Item { value: value.clone(), ..Item::key(key.as_str()) }]);
        }
        let prefix = || Item::key(self.config.prefix.as_str());
        if !self.synced {
            let last = self.reading.as_ref().and_then(|(_, so_far)| so_far.keys().next_back());
            let items = std::iter::once(prefix()).chain(last.map(|key| Item::key(key.as_str())));
            return Some(Message { items: items.collect(), ..Message::new(Op::Read) });
        }
        if !self.watching {
            return Some(Message { revision: self.revision, items: vec![prefix()], ..Message::new(Op::Watch) });
        }
        if self.beat { ask(Op::KeepAlive, Vec::new()) } else { None }
    }

    fn send(&self, out: &mut AppOut<'_, '_>) {
        let Some(Asked { message, tries }) = &self.asked else { return };
        out.udp_send(self.port, self.config.store, message.len(), |bytes| message.write(bytes));
        let due = out.now() + SimDuration((WAIT.0 << (*tries).min(10)).min(LONGEST.0));
        if *tries < EAGER {
            out.arm(RETRY, due);
        } else {
            out.arm_background(RETRY, due);
        }
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        (self.mirror.len() + self.own.len()) * 300
    }
}
