//! The forwarding table: who was heard behind which port, and when.

use std::collections::VecDeque;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::device::bridge::config::WhenFull;
use crate::id::EventNo;
use crate::rows::Rows;
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// How a row came to be and what may happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Learned; ages and moves.
    Dynamic,
    /// Written by hand; does not age, but moves with its address (Linux).
    Static,
    /// Written by hand; neither ages nor moves.
    Sticky,
    /// Learned or written by port security; neither ages nor moves.
    Secure,
    /// Learned by a control plane and written by its daemon; does not age. When the address speaks at another port,
    /// the row becomes an ordinary one (Linux `BR_FDB_ADDED_BY_EXT_LEARN`, `br_fdb_update`).
    External,
}

impl Kind {
    /// The word in tables and labs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Static => "static",
            Self::Sticky => "sticky",
            Self::Secure => "secure",
            Self::External => "extern_learn",
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// When the address last spoke.
    pub updated: SimTime,
    /// The event that wrote the row or moved it.
    pub written: EventNo,
    /// Where it spoke.
    pub port: u16,
    /// What may happen to the row.
    pub kind: Kind,
}

/// What learning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// The row was there; only its time changed.
    Refreshed,
    /// A new row.
    New,
    /// A new row, in place of the one that was silent longest.
    Evicted(u64),
    /// A new row, in place of another of its hash bucket.
    Overwrote(u64),
    /// The row now names another port.
    Moved,
    /// The row names another port and may not move.
    Pinned,
    /// No room.
    Refused,
}

/// Key of a row: VLAN in the upper 16 bits, address in the lower 48.
pub const fn key(vlan: u16, mac: MacAddr) -> u64 {
    (vlan as u64) << 48 | mac.key()
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Fdb {
    rows: Rows<u64, Row>,
    learned: u32,
    capacity: Option<u32>,
    when_full: WhenFull,
    ways: u32,
    /// For [`WhenFull::EvictOldest`]: times of speaking, oldest first; an item older than its row is stale.
    order: VecDeque<(SimTime, u64)>,
    /// For [`WhenFull::Overwrite`]: how many buckets there are, 0 when they are not used.
    bucket_count: u32,
    /// The learned keys of each bucket that has any.
    buckets: IndexMap<u32, Vec<u64>, FxBuildHasher>,
}

impl Fdb {
    /// An empty table.
    pub fn new(capacity: Option<u32>, when_full: WhenFull, ways: u32) -> Self {
        let mut fdb = Self { capacity, when_full, ways: ways.max(1), ..Self::default() };
        fdb.reindex();
        fdb
    }

    /// Changes the limit and what happens at it; rows beyond a smaller limit stay until they age.
    pub fn limit(&mut self, capacity: Option<u32>, when_full: WhenFull) {
        (self.capacity, self.when_full) = (capacity, when_full);
        self.reindex();
    }

    /// Rebuilds what the policy needs from the rows.
    fn reindex(&mut self) {
        self.order.clear();
        self.buckets.clear();
        self.bucket_count = 0;
        let mut dynamic: Vec<(SimTime, u64)> = Vec::new();
        dynamic.extend(
            self.rows.unordered().filter(|(_, row)| row.kind == Kind::Dynamic).map(|(k, row)| (row.updated, k)),
        );
        dynamic.sort_unstable();
        match (self.when_full, self.capacity) {
            (WhenFull::EvictOldest, Some(_)) => self.order = dynamic.into(),
            (WhenFull::Overwrite, Some(capacity)) => {
                self.bucket_count = capacity.div_ceil(self.ways);
                for (_, key) in dynamic {
                    self.note_bucket(key);
                }
            }
            _ => {}
        }
    }

    fn bucket(&self, key: u64) -> u32 {
        // The top bits of a multiplicative hash are the well mixed ones.
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 % self.bucket_count
    }

    /// Rows a bucket may hold: the last one takes what the limit leaves over.
    fn ways_of(&self, bucket: u32) -> usize {
        let left = self.capacity.map_or(self.ways, |capacity| capacity - bucket * self.ways);
        self.ways.min(left) as usize
    }

    fn note_bucket(&mut self, key: u64) {
        if self.bucket_count > 0 {
            let bucket = self.bucket(key);
            self.buckets.entry(bucket).or_default().push(key);
        }
    }

    /// All rows, in an order that differs between machines: sort what comes of it.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.unordered()
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Number of learned rows, which is what the limit counts.
    pub fn learned(&self) -> u32 {
        self.learned
    }

    /// The row of an address. Does not ask whether it is old: a row works until it is collected.
    #[inline]
    pub fn get(&self, key: u64) -> Option<&Row> {
        self.rows.get(key)
    }

    /// Notes that an address spoke.
    #[inline]
    pub fn learn(&mut self, key: u64, port: u16, now: SimTime, event: EventNo) -> Learned {
        let Some(row) = self.rows.get_mut(key) else { return self.learn_new(key, port, now, event) };
        let moved = row.port != port;
        if moved {
            if matches!(row.kind, Kind::Sticky | Kind::Secure) {
                return Learned::Pinned;
            }
            (row.port, row.written) = (port, event);
        }
        let taken = moved && row.kind == Kind::External;
        // A burst within one instant is one entry in the order.
        if std::mem::replace(&mut row.updated, now) != now {
            self.note_order(now, key);
        }
        if taken {
            self.take_over(key);
        }
        if moved { Learned::Moved } else { Learned::Refreshed }
    }

    /// A row of a control plane becomes a learned one.
    #[cold]
    fn take_over(&mut self, key: u64) {
        if let Some(row) = self.rows.get_mut(key) {
            row.kind = Kind::Dynamic;
            self.learned += 1;
            self.note_bucket(key);
        }
    }

    #[inline]
    fn note_order(&mut self, now: SimTime, key: u64) {
        if self.when_full == WhenFull::EvictOldest && self.capacity.is_some() {
            self.push_order(now, key);
        }
    }

    #[cold]
    fn push_order(&mut self, now: SimTime, key: u64) {
        self.order.push_back((now, key));
        if self.order.len() > 4 * self.rows.len() + 1024 {
            let rows = &self.rows;
            self.order.retain(|(time, key)| rows.get(*key).is_some_and(|row| row.updated == *time));
        }
    }

    #[cold]
    fn learn_new(&mut self, key: u64, port: u16, now: SimTime, event: EventNo) -> Learned {
        let row = Row { updated: now, written: event, port, kind: Kind::Dynamic };
        let full = self.capacity.is_some_and(|capacity| self.learned >= capacity);
        let result = match self.when_full {
            WhenFull::Overwrite if self.bucket_count > 0 => self.make_room_in_bucket(key),
            _ if !full => Learned::New,
            WhenFull::EvictOldest => match self.oldest() {
                Some(old) => {
                    self.remove(old);
                    Learned::Evicted(old)
                }
                None => return Learned::Refused,
            },
            _ => return Learned::Refused,
        };
        self.rows.insert(key, row);
        self.learned += 1;
        self.note_order(now, key);
        self.note_bucket(key);
        result
    }

    fn make_room_in_bucket(&mut self, key: u64) -> Learned {
        let number = self.bucket(key);
        let bucket = self.buckets.get(&number).map_or(&[][..], Vec::as_slice);
        if bucket.len() < self.ways_of(number) {
            return Learned::New;
        }
        let age = |key: &&u64| self.rows.get(**key).map_or(SimTime::ZERO, |row| row.updated);
        match bucket.iter().min_by_key(age).copied() {
            Some(old) => {
                self.remove(old);
                Learned::Overwrote(old)
            }
            None => Learned::New,
        }
    }

    fn oldest(&mut self) -> Option<u64> {
        while let Some((time, key)) = self.order.pop_front() {
            if self.rows.get(key).is_some_and(|row| row.updated == time && row.kind == Kind::Dynamic) {
                return Some(key);
            }
        }
        None
    }

    /// Writes a row that was not learned, in place of any other.
    pub fn write(&mut self, key: u64, row: Row) {
        self.remove(key);
        self.rows.insert(key, row);
        if row.kind == Kind::Dynamic {
            self.learned += 1;
            self.note_order(row.updated, key);
            self.note_bucket(key);
        }
    }

    /// Removes a row.
    pub fn remove(&mut self, key: u64) -> Option<Row> {
        let row = self.rows.remove(key)?;
        if row.kind == Kind::Dynamic {
            self.learned -= 1;
            if self.bucket_count > 0
                && let Some(bucket) = self.buckets.get_mut(&self.bucket(key))
            {
                bucket.retain(|other| *other != key);
            }
        }
        Some(row)
    }

    /// Removes every row the test names; returns their keys in order.
    pub fn remove_where(&mut self, test: impl Fn(&Row) -> bool) -> Vec<u64> {
        let mut keys: Vec<u64> = self.rows.unordered().filter(|(_, row)| test(row)).map(|(key, _)| key).collect();
        keys.sort_unstable();
        for key in &keys {
            self.remove(*key);
        }
        keys
    }

    /// Collects learned rows that have been silent for `ageing`; returns their keys and when the next is due.
    pub fn collect(&mut self, now: SimTime, ageing: SimDuration) -> (Vec<u64>, Option<SimTime>) {
        let dead = self.remove_where(|row| row.kind == Kind::Dynamic && row.updated + ageing <= now);
        let dynamic = self.rows.unordered().filter(|(_, row)| row.kind == Kind::Dynamic);
        (dead, dynamic.map(|(_, row)| row.updated + ageing).min())
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.order.capacity() * 16 + self.buckets.len() * 56
    }
}
