//! Who is told what changes, and what has not been confirmed yet.

use std::collections::BTreeMap;

use super::Client;
use super::data::Data;
use crate::time::{SimDuration, SimTime};
use crate::wire::store::{Message, Op, ROOM};

/// Until news that nobody confirms are sent again, the first time; each time twice as long.
const WAIT: SimDuration = SimDuration::from_ms(200);
/// How often they are sent again.
const TRIES: u32 = 6;

#[derive(Clone, Debug)]
struct Told {
    id: u32,
    tries: u32,
    due: SimTime,
}

#[derive(Clone, Debug)]
struct Watcher {
    /// The last revision it has confirmed.
    has: u64,
    told: Option<Told>,
}

/// All watchers by client and prefix.
#[derive(Clone, Debug, Default)]
pub struct Watchers {
    list: BTreeMap<(Client, String), Watcher>,
    last_id: u32,
}

/// Messages to be sent.
type Outgoing = Vec<(Client, Message)>;

impl Watchers {
    /// From now on the client is told what changes under a prefix after a revision.
    pub fn add(&mut self, client: Client, prefix: &str, has: u64) {
        self.list.insert((client, prefix.to_owned()), Watcher { has, told: None });
    }

    /// Whether a client watches anything.
    pub fn knows(&self, client: Client) -> bool {
        self.list.keys().any(|(known, _)| *known == client)
    }

    /// News for all who have confirmed the last ones.
    pub fn news(&mut self, data: &Data, now: SimTime) -> Outgoing {
        let mut list = Outgoing::new();
        for ((client, prefix), watcher) in &mut self.list {
            if watcher.told.is_none()
                && let Some(message) = message(data, prefix, watcher.has, self.last_id + 1)
            {
                self.last_id += 1;
                watcher.told = Some(Told { id: self.last_id, tries: 0, due: now + WAIT });
                list.push((*client, message));
            }
        }
        list
    }

    /// A client confirms news.
    pub fn confirmed(&mut self, client: Client, answer: &Message) {
        let is = |watcher: &Watcher| watcher.told.as_ref().is_some_and(|told| told.id == answer.id);
        let found = self.list.iter_mut().find(|((known, _), watcher)| *known == client && is(watcher));
        if let Some((_, watcher)) = found {
            watcher.told = None;
            watcher.has = watcher.has.max(answer.revision);
        }
    }

    /// News to be sent again, and clients that are given up.
    pub fn overdue(&mut self, data: &Data, now: SimTime) -> (Outgoing, Vec<Client>) {
        let (mut again, mut gone) = (Outgoing::new(), Vec::new());
        self.list.retain(|(client, prefix), watcher| {
            let has = watcher.has;
            let Some(told) = watcher.told.as_mut().filter(|told| told.due <= now) else { return true };
            told.tries += 1;
            if told.tries > TRIES {
                gone.push(*client);
                return false;
            }
            told.due = now + SimDuration(WAIT.0 << told.tries);
            again.extend(message(data, prefix, has, told.id).map(|message| (*client, message)));
            true
        });
        (again, gone)
    }

    /// When the next news have to be sent again.
    pub fn next_due(&self) -> Option<SimTime> {
        self.list.values().filter_map(|watcher| Some(watcher.told.as_ref()?.due)).min()
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.list.len() * 120
    }
}

/// What changed after a revision, as much as fits.
fn message(data: &Data, prefix: &str, has: u64, id: u32) -> Option<Message> {
    let mut message = Message { id, extra: has, mark: data.mark, revision: data.revision, ..Message::new(Op::Event) };
    let mut room = ROOM;
    for item in data.since(has, prefix) {
        if item.len() > room {
            message.more = true;
            message.revision = message.items.last().map_or(has, |last| last.revision);
            break;
        }
        room -= item.len();
        message.items.push(item.clone());
    }
    (!message.items.is_empty()).then_some(message)
}
