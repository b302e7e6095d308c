//! Announcements by gossip: members tell members, without a store.
//!
//! As memberlist and Docker's NetworkDB do it. Every 200 ms what is new goes to three members chosen at random, each of
//! whom tells it on; every second one member is probed, and one that does not answer is suspected, then dead, unless it
//! hears of the suspicion and contradicts. Every 30 s two members compare all they know. Who is alive is known to all
//! members; keys are told only to those that are in the network, which is to say have a key of their own in it.
//!
//! Left out: probes through other members, encryption, graceful leaving.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::session::{News, Seen};
use super::transport::Transport;
use super::why;
use crate::engine::agent::Saying;
use crate::explain::Reason;
use crate::rng::Stream;
use crate::stack::{AppOut, Datagram};
use crate::time::{SimDuration, SimTime};
use crate::wire::gossip::{Kind, Message, PORT, ROOM, Rumour, State};

const TICK: u8 = 0;
const PROBE: u8 = 1;
const SYNC: u8 = 2;
/// memberlist `GossipInterval`.
const TICKS: SimDuration = SimDuration::from_ms(200);
/// memberlist `GossipNodes`.
const FANOUT: usize = 3;
/// memberlist `ProbeInterval`.
const PROBES: SimDuration = SimDuration::from_secs(1);
/// memberlist `PushPullInterval`.
const SYNCS: SimDuration = SimDuration::from_secs(30);
/// How long a daemon starts until it asks: what happens to its host at the very moment of the start is over by then.
const STARTS: SimDuration = SimDuration::from_ms(1);
/// memberlist `SuspicionMult`, in probes.
const PATIENCE: u64 = 4;
/// Attempts to join that a run waits for.
const EAGER: u32 = 6;
/// After those it asks at every tenth chance, so that a run in which nobody answers comes to an end.
const LATER: u32 = 10;

/// Who gossips.
#[derive(Clone, Debug, PartialEq)]
pub struct GossipConfig {
    /// The program, as it is told.
    pub agent: &'static str,
    /// The address of this member.
    pub own: Ipv4Addr,
    /// Whom it asks to join.
    pub seeds: Vec<Ipv4Addr>,
}

#[derive(Clone, Debug)]
struct Member {
    clock: u64,
    state: State,
    /// It is in the network.
    inside: bool,
    since: SimTime,
}

#[derive(Clone, Debug)]
struct Held {
    clock: u64,
    /// Nothing when the key is gone.
    value: Option<String>,
}

/// A member.
#[derive(Clone, Debug)]
pub struct Gossip {
    config: GossipConfig,
    /// Later news about this member have a higher one.
    incarnation: u64,
    /// Later news about its keys have a higher one.
    clock: u64,
    members: BTreeMap<Ipv4Addr, Member>,
    keys: BTreeMap<(Ipv4Addr, String), Held>,
    known: BTreeMap<String, Seen>,
    /// What is new, and how often it is still to be told.
    queue: Vec<(Rumour, usize)>,
    ticking: bool,
    probed: Option<(Ipv4Addr, u32)>,
    next_probe: usize,
    id: u32,
    joins: u32,
    dice: Option<Stream>,
}

impl Gossip {
    /// A member that knows nobody.
    pub fn new(config: GossipConfig) -> Self {
        Self {
            config,
            incarnation: 0,
            clock: 0,
            members: BTreeMap::new(),
            keys: BTreeMap::new(),
            known: BTreeMap::new(),
            queue: Vec::new(),
            ticking: false,
            probed: None,
            next_probe: 0,
            id: 0,
            joins: 0,
            dice: None,
        }
    }

    /// It has a key of its own.
    fn is_inside(&self) -> bool {
        self.keys.iter().any(|((owner, _), held)| *owner == self.config.own && held.value.is_some())
    }

    fn say(&self, reason: Reason, about: Ipv4Addr, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: self.config.agent, reason, about: &about.to_string() });
    }

    fn about_self(&self) -> Rumour {
        let clock = self.incarnation;
        let value = if self.is_inside() { "inside" } else { "" }.to_owned();
        Rumour { state: State::There, owner: self.config.own, clock, key: String::new(), value }
    }

    fn about(owner: Ipv4Addr, member: &Member) -> Rumour {
        let value = if member.inside { "inside" } else { "" }.to_owned();
        Rumour { state: member.state, owner, clock: member.clock, key: String::new(), value }
    }

    fn about_key((owner, key): (&Ipv4Addr, &str), held: &Held) -> Rumour {
        let state = if held.value.is_some() { State::There } else { State::Gone };
        let value = held.value.clone().unwrap_or_default();
        Rumour { state, owner: *owner, clock: held.clock, key: key.to_owned(), value }
    }

    /// Something is to be told: as often as it takes to reach all (memberlist `RetransmitMult` times log n).
    fn spread(&mut self, rumour: Rumour, out: &mut AppOut<'_, '_>) {
        self.queue.retain(|(old, _)| (old.owner, &old.key) != (rumour.owner, &rumour.key));
        let decades = (self.members.len() + 1).to_string().len();
        self.queue.push((rumour, 4 * decades));
        self.keep_ticking(out);
    }

    fn keep_ticking(&mut self, out: &mut AppOut<'_, '_>) {
        if !self.ticking && !self.queue.is_empty() && self.alive().next().is_some() {
            self.ticking = true;
            out.arm(TICK, out.now() + TICKS);
        }
    }

    fn alive(&self) -> impl Iterator<Item = (Ipv4Addr, bool)> + '_ {
        let alive = self.members.iter().filter(|(_, member)| member.state != State::Gone);
        alive.map(|(ip, member)| (*ip, member.inside))
    }

    fn roll(&mut self, bound: usize) -> usize {
        self.dice.as_mut().map_or(0, |dice| dice.below(bound.max(1) as u64) as usize)
    }

    /// Tells what is new to some members.
    fn tick(&mut self, out: &mut AppOut<'_, '_>) {
        self.ticking = false;
        let mut open: Vec<(Ipv4Addr, bool)> = self.alive().collect();
        let somebody_inside = open.iter().any(|(_, inside)| *inside);
        // Whoever enters later asks for what is there.
        self.queue.retain(|(rumour, _)| rumour.key.is_empty() || somebody_inside);
        for _ in 0..FANOUT.min(open.len()) {
            let chosen = self.roll(open.len());
            let (to, inside) = open.swap_remove(chosen);
            let mut rumours: Vec<Rumour> = Vec::new();
            let mut room = ROOM;
            for (rumour, left) in &mut self.queue {
                if *left > 0 && rumour.len() <= room && (inside || rumour.key.is_empty()) {
                    room -= rumour.len();
                    *left -= 1;
                    rumours.push(rumour.clone());
                }
            }
            if !rumours.is_empty() {
                Self::send(Kind::News, 0, rumours, to, out);
            }
        }
        self.queue.retain(|(_, left)| *left > 0);
        self.keep_ticking(out);
    }

    fn send(kind: Kind, id: u32, rumours: Vec<Rumour>, to: Ipv4Addr, out: &mut AppOut<'_, '_>) {
        let message = Message { kind, id, rumours };
        out.udp_send(PORT, (to, PORT), message.len(), |bytes| message.write(bytes));
    }

    /// Tells all there is to one member, in as many messages as it takes.
    fn send_all(&mut self, kind: Kind, id: u32, to: Ipv4Addr, out: &mut AppOut<'_, '_>) {
        let inside = self.members.get(&to).is_none_or(|member| member.inside);
        let mut all = vec![self.about_self()];
        all.extend(self.members.iter().map(|(ip, member)| Self::about(*ip, member)));
        let keys = self.keys.iter().filter(|_| inside);
        all.extend(keys.map(|((owner, key), held)| Self::about_key((owner, key), held)));
        let (mut part, mut room, mut kind) = (Vec::new(), ROOM, kind);
        for rumour in all {
            if rumour.len() > room && !part.is_empty() {
                Self::send(kind, id, std::mem::take(&mut part), to, out);
                (room, kind) = (ROOM, Kind::Pull);
            }
            room = room.saturating_sub(rumour.len());
            part.push(rumour);
        }
        Self::send(kind, id, part, to, out);
    }

    fn ask_all(&mut self, to: Ipv4Addr, out: &mut AppOut<'_, '_>) {
        self.id = self.id.wrapping_add(1);
        self.send_all(Kind::Push, self.id, to, out);
    }

    /// Looks after one member, and after those that were suspected long enough.
    fn probe(&mut self, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let now = out.now();
        if let Some((silent, _)) = self.probed.take()
            && let Some(member) = self.members.get_mut(&silent).filter(|member| member.state == State::There)
        {
            (member.state, member.since) = (State::Suspect, now);
            let rumour = Self::about(silent, member);
            self.say(&why::GOSSIP_SUSPECT, silent, out);
            self.spread(rumour, out);
        }
        let patience = SimDuration(PROBES.0 * PATIENCE);
        let over = |member: &Member| member.state == State::Suspect && member.since + patience <= now;
        let dead: Vec<Ipv4Addr> = self.members.iter().filter(|(_, member)| over(member)).map(|(ip, _)| *ip).collect();
        let mut news = Vec::new();
        for ip in dead {
            let Some(member) = self.members.get_mut(&ip) else { continue };
            member.state = State::Gone;
            let rumour = Self::about(ip, member);
            news.extend(self.bury(ip, out));
            self.spread(rumour, out);
        }
        let open: Vec<Ipv4Addr> = self.alive().map(|(ip, _)| ip).collect();
        if open.is_empty() {
            self.join(out);
            return news;
        }
        self.next_probe = (self.next_probe + 1) % open.len();
        let to = open[self.next_probe];
        self.id = self.id.wrapping_add(1);
        self.probed = Some((to, self.id));
        // A suspect is asked with the suspicion, so that it can contradict (memberlist probeNode).
        let suspicion = self.members.get(&to).filter(|member| member.state == State::Suspect);
        let rumours = suspicion.map(|member| Self::about(to, member)).into_iter().collect();
        Self::send(Kind::Ping, self.id, rumours, to, out);
        out.arm_background(PROBE, now + PROBES);
        news
    }

    fn join(&mut self, out: &mut AppOut<'_, '_>) {
        let seeds: Vec<Ipv4Addr> = self.config.seeds.iter().copied().filter(|seed| *seed != self.config.own).collect();
        self.joins += 1;
        let eager = self.joins <= EAGER && !seeds.is_empty();
        if eager || self.joins.is_multiple_of(LATER) {
            for seed in &seeds {
                self.ask_all(*seed, out);
            }
        }
        let due = out.now() + PROBES;
        if eager { out.arm(PROBE, due) } else { out.arm_background(PROBE, due) }
    }

    /// Compares everything with a member that is alive, and with one that is not: perhaps it is again.
    fn sync(&mut self, out: &mut AppOut<'_, '_>) {
        for gone in [false, true] {
            let fits = self.members.iter().filter(|(_, member)| (member.state == State::Gone) == gone);
            let open: Vec<Ipv4Addr> = fits.map(|(ip, _)| *ip).collect();
            let chosen = self.roll(open.len());
            if let Some(to) = open.get(chosen) {
                self.ask_all(*to, out);
            }
        }
        out.arm_background(SYNC, out.now() + SYNCS);
    }

    /// A dead member's keys go with it (NetworkDB `deleteNodeTableEntries`).
    fn bury(&mut self, ip: Ipv4Addr, out: &mut AppOut<'_, '_>) -> Vec<News> {
        self.say(&why::GOSSIP_DEAD, ip, out);
        let keys: BTreeSet<String> =
            self.keys.keys().filter(|(owner, _)| *owner == ip).map(|(_, key)| key.clone()).collect();
        self.keys.retain(|(owner, _), _| *owner != ip);
        keys.into_iter().filter_map(|key| self.forget(key)).collect()
    }

    fn forget(&mut self, key: String) -> Option<News> {
        let old = self.known.remove(&key)?;
        Some(News { key, old: Some(old.value), new: None })
    }

    fn merge(&mut self, rumours: Vec<Rumour>, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let mut news = Vec::new();
        for rumour in rumours {
            // Nobody's clock may fall behind what others have heard of it.
            if rumour.owner == self.config.own {
                self.contradict(&rumour, out);
            } else if rumour.key.is_empty() {
                news.extend(self.member(&rumour, out));
            } else if self.is_inside() {
                news.extend(self.key(rumour, out));
            }
        }
        news
    }

    /// Somebody says something about this member that is not so.
    fn contradict(&mut self, rumour: &Rumour, out: &mut AppOut<'_, '_>) {
        if rumour.key.is_empty() {
            let alive = rumour.state == State::There;
            if rumour.clock >= self.incarnation && *rumour != self.about_self() {
                self.incarnation = rumour.clock + 1;
                if !alive {
                    self.say(&why::GOSSIP_REFUTED, self.config.own, out);
                }
                self.spread(self.about_self(), out);
            }
            return;
        }
        let own = (self.config.own, rumour.key.clone());
        let held = self.keys.get(&own).cloned();
        let is_so = held.as_ref().is_some_and(|held| Self::about_key((&own.0, &own.1), held) == *rumour);
        let newer = held.as_ref().is_none_or(|held| rumour.clock >= held.clock);
        if newer && !is_so && (held.is_some() || rumour.state == State::There) {
            self.clock = self.clock.max(rumour.clock) + 1;
            let held = Held { clock: self.clock, value: held.and_then(|held| held.value) };
            self.spread(Self::about_key((&own.0, &own.1), &held), out);
            self.keys.insert(own, held);
        }
    }

    /// News about a member, told on if it is news.
    fn member(&mut self, rumour: &Rumour, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let (before, now) = (self.members.get(&rumour.owner), out.now());
        let rank = |state, clock| (clock, state);
        let newer = before.is_none_or(|old| rank(rumour.state, rumour.clock) > rank(old.state, old.clock));
        if !newer {
            return Vec::new();
        }
        let (was_there, returns) = (before.is_some_and(|old| old.state != State::Gone), before.is_some());
        let inside = rumour.value == "inside";
        let met = !was_there && rumour.state != State::Gone;
        let member = Member { clock: rumour.clock, state: rumour.state, inside, since: now };
        self.members.insert(rumour.owner, member);
        self.spread(rumour.clone(), out);
        if met {
            self.say(&why::GOSSIP_JOINED, rumour.owner, out);
            // What a new one has to tell comes by gossip; what one had told before it was dead was forgotten here.
            if returns && inside && self.is_inside() {
                self.ask_all(rumour.owner, out);
            }
        }
        if was_there && rumour.state == State::Gone { self.bury(rumour.owner, out) } else { Vec::new() }
    }

    /// News about a key of another member, told on if it is news.
    fn key(&mut self, rumour: Rumour, out: &mut AppOut<'_, '_>) -> Option<News> {
        let at = (rumour.owner, rumour.key.clone());
        if self.members.get(&rumour.owner).is_some_and(|owner| owner.state == State::Gone) {
            return None;
        }
        if self.keys.get(&at).is_some_and(|held| held.clock >= rumour.clock) {
            return None;
        }
        self.clock = self.clock.max(rumour.clock);
        self.spread(rumour.clone(), out);
        let value = (rumour.state == State::There).then_some(rumour.value);
        self.keys.insert(at, Held { clock: rumour.clock, value: value.clone() });
        let Some(value) = value else { return self.forget(rumour.key) };
        let seen = Seen { value: value.clone(), revision: rumour.clock, written: out.event() };
        let old = self.known.insert(rumour.key.clone(), seen).map(|old| old.value);
        (old.as_ref() != Some(&value)).then_some(News { key: rumour.key, old, new: Some(value) })
    }

    fn own_key(&mut self, key: &str, value: Option<String>, out: &mut AppOut<'_, '_>) {
        let (was_inside, at) = (self.is_inside(), (self.config.own, key.to_owned()));
        self.clock += 1;
        if value.is_none() && self.members.is_empty() {
            // Nobody has heard of it, so nobody has to hear that it is gone.
            self.keys.remove(&at);
            self.queue.retain(|(rumour, _)| rumour.key != key);
        } else {
            let held = Held { clock: self.clock, value };
            self.spread(Self::about_key((&at.0, key), &held), out);
            self.keys.insert(at, held);
        }
        if self.is_inside() == was_inside {
            return;
        }
        self.incarnation += 1;
        self.spread(self.about_self(), out);
        if was_inside {
            // Out of the network: what is told in it is no affair of this host any more.
            self.keys.retain(|(owner, _), _| *owner == self.config.own);
            self.known.clear();
            return;
        }
        let inside: Vec<Ipv4Addr> = self.alive().filter(|(_, inside)| *inside).map(|(ip, _)| ip).collect();
        let chosen = self.roll(inside.len());
        if let Some(to) = inside.get(chosen) {
            self.ask_all(*to, out);
        }
    }
}

impl Transport for Gossip {
    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.dice = Some(out.stream("gossip"));
        out.arm(PROBE, out.now() + STARTS);
        out.arm_background(SYNC, out.now() + SYNCS);
    }

    fn reset(&mut self) {
        *self = Self::new(self.config.clone());
    }

    fn announce(&mut self, key: String, value: String, out: &mut AppOut<'_, '_>) {
        self.own_key(&key, Some(value), out);
    }

    fn withdraw(&mut self, key: &str, out: &mut AppOut<'_, '_>) {
        self.own_key(key, None, out);
    }

    fn known(&self) -> &BTreeMap<String, Seen> {
        &self.known
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) -> Vec<News> {
        match kind {
            TICK => self.tick(out),
            PROBE => return self.probe(out),
            SYNC => self.sync(out),
            _ => {}
        }
        Vec::new()
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) -> Vec<News> {
        let from = datagram.src.0;
        let Some(Message { kind, id, rumours }) = Message::read(datagram.payload) else { return Vec::new() };
        match kind {
            Kind::Ping => {
                Self::send(Kind::Ack, id, Vec::new(), from, out);
                return self.merge(rumours, out);
            }
            Kind::Ack => self.probed = self.probed.filter(|asked| *asked != (from, id)),
            Kind::Push => {
                let news = self.merge(rumours, out);
                self.send_all(Kind::Pull, id, from, out);
                return news;
            }
            Kind::Pull | Kind::News => return self.merge(rumours, out),
        }
        Vec::new()
    }

    fn port(&self) -> Option<u16> {
        Some(PORT)
    }

    fn heap_bytes(&self) -> usize {
        (self.keys.len() + self.known.len() + self.queue.len()) * 200 + self.members.len() * 64
    }
}
