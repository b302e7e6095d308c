//! The link-state database: the newest instance of every LSA, and how old each is by now.

use std::collections::BTreeMap;

use crate::id::EventNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::ospf::lsa::{AS_EXTERNAL, MAX_AGE};
use crate::wire::ospf::{Content, Header, Key, Lsa};

/// Where LSAs live that belong to no area.
pub(super) const EVERYWHERE: usize = usize::MAX;

/// An LSA in an area, by the place of the area, or [`EVERYWHERE`].
pub(super) type Place = (usize, Key);

/// The place of an LSA that was heard in an area.
pub(super) fn place(area: usize, key: Key) -> Place {
    (if key.kind == AS_EXTERNAL { EVERYWHERE } else { area }, key)
}

/// An instance of an LSA.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// As it was when it came.
    pub lsa: Lsa,
    /// What it says.
    pub content: Content,
    /// When it had the age that stands in it.
    pub since: SimTime,
    /// Somebody else sent it, although it is this router's own.
    pub foreign: bool,
    /// Key of its row.
    pub row: u64,
    /// The event that wrote it.
    pub written: EventNo,
}

impl Entry {
    /// Seconds since it was made.
    pub fn age(&self, now: SimTime) -> u16 {
        let more = now.since(self.since).0 / 1_000_000_000;
        u16::try_from(more).map_or(MAX_AGE, |more| self.lsa.header.age.saturating_add(more).min(MAX_AGE))
    }

    /// It is only there to be told that it is gone.
    pub fn is_dead(&self, now: SimTime) -> bool {
        self.age(now) >= MAX_AGE
    }

    /// Its header with its present age.
    pub fn header(&self, now: SimTime) -> Header {
        Header { age: self.age(now), ..self.lsa.header }
    }

    /// The LSA as it is sent: a second older for the way (`InfTransDelay`).
    pub fn told(&self, now: SimTime) -> Lsa {
        let mut lsa = self.lsa.clone();
        lsa.header.age = (self.age(now) + 1).min(MAX_AGE);
        lsa
    }

    /// When it will be so old.
    pub fn when(&self, age: u16) -> SimTime {
        self.since + SimDuration::from_secs(u64::from(age.saturating_sub(self.lsa.header.age)))
    }
}

/// All LSAs a router has.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    entries: BTreeMap<Place, Entry>,
}

/// Area, type, id, and what tells routers apart, so that rows stand in this order.
const fn row(place: Place) -> u64 {
    let (area, key) = place;
    let area = if area == EVERYWHERE { 31 } else { area as u64 & 31 };
    let router = key.router.to_bits() as u64;
    area << 51 | (key.kind as u64 & 7) << 48 | (key.id.to_bits() as u64) << 16 | (router ^ router >> 16) & 0xffff
}

impl Database {
    pub const fn new() -> Self {
        Self { entries: BTreeMap::new() }
    }

    pub fn get(&self, place: &Place) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// All LSAs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, &Entry)> {
        self.entries.iter()
    }

    /// The LSAs of an area.
    pub fn of_area(&self, area: usize) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter().filter(move |((of, _), _)| *of == area).map(|((_, key), entry)| (key, entry))
    }

    /// The key of the row a place has or would have.
    pub fn row_of(&self, place: Place) -> u64 {
        if let Some(entry) = self.entries.get(&place) {
            return entry.row;
        }
        let mut key = row(place);
        while self.entries.values().any(|entry| entry.row == key) {
            key += 1;
        }
        key
    }

    pub fn insert(&mut self, place: Place, entry: Entry) -> Option<Entry> {
        self.entries.insert(place, entry)
    }

    pub fn remove(&mut self, place: &Place) -> Option<Entry> {
        self.entries.remove(place)
    }

    pub fn heap_bytes(&self) -> usize {
        self.entries.values().map(|entry| 2 * entry.lsa.bytes.len() + 160).sum()
    }
}
