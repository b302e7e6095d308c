//! What the store holds: keys, leases, and the changes that watchers may still ask for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::ops::Bound;

use crate::engine::RowChange;
use crate::id::EventNo;
use crate::stack::AppOut;
use crate::time::{SimDuration, SimTime};
use crate::wire::store::Item;

/// Changes kept for watchers that come late.
const HISTORY: usize = 4096;

/// A key.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it says.
    pub value: String,
    /// The revision that made it: its number in the table.
    pub created: u64,
    /// The revision that wrote it last.
    pub revision: u64,
    /// The lease it hangs on, or 0.
    pub lease: u32,
    /// The event that wrote it last.
    pub written: EventNo,
}

#[derive(Clone, Debug)]
struct Lease {
    owner: Ipv4Addr,
    ttl: SimDuration,
    expires: SimTime,
    keys: BTreeSet<String>,
}

/// Keys, leases, history.
#[derive(Clone, Debug, Default)]
pub struct Data {
    rows: BTreeMap<String, Row>,
    leases: BTreeMap<u32, Lease>,
    last_lease: u32,
    history: VecDeque<Item>,
    /// The last revision that is not in the history any more.
    compacted: u64,
    /// Number of the last change. An empty store begins at 1, as etcd does.
    pub revision: u64,
    /// What tells these data from those of a store that lost its own; 0 before the start.
    pub mark: u32,
}

impl Data {
    /// The store is started: on data that were kept, or on none.
    pub fn begin(&mut self, event: EventNo, now: SimTime) {
        if self.mark == 0 {
            (self.mark, self.revision, self.compacted) = (event.0 as u32 + 1, 1, 0);
        }
        // Nobody could renew meanwhile, so all have their whole time again (etcd lessor.Promote).
        for lease in self.leases.values_mut() {
            lease.expires = now + lease.ttl;
        }
    }

    /// All keys in order.
    pub fn rows(&self) -> impl Iterator<Item = (&String, &Row)> {
        self.rows.iter()
    }

    /// Keys with a prefix, behind one of them.
    pub fn under<'s>(&'s self, prefix: &'s str, after: Option<&'s str>) -> impl Iterator<Item = Item> + 's {
        let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
        let all =
            self.rows.range::<str, _>((from, Bound::Unbounded)).take_while(move |(key, _)| key.starts_with(prefix));
        all.map(|(key, row)| Item {
            deleted: false,
            revision: row.revision,
            lease: row.lease,
            key: key.clone(),
            value: row.value.clone(),
        })
    }

    /// Writes a key; returns the revision.
    pub fn put(&mut self, key: &str, value: &str, lease: u32, out: &mut AppOut<'_, '_>) -> u64 {
        self.revision += 1;
        let revision = self.revision;
        let before = self.rows.get(key).map(|row| (row.created, row.lease));
        let created = before.map_or(revision, |(created, _)| created);
        if let Some(old) = before.and_then(|(_, lease)| self.leases.get_mut(&lease)) {
            old.keys.remove(key);
        }
        if let Some(lease) = self.leases.get_mut(&lease) {
            lease.keys.insert(key.to_owned());
        }
        let row = Row { value: value.to_owned(), created, revision, lease, written: out.event() };
        self.rows.insert(key.to_owned(), row);
        self.note(Item { deleted: false, revision, lease, key: key.to_owned(), value: value.to_owned() });
        out.wrote(created, if before.is_some() { RowChange::Changed } else { RowChange::Added });
        revision
    }

    /// Removes a key, if it is there.
    pub fn delete(&mut self, key: &str, out: &mut AppOut<'_, '_>) {
        let Some(row) = self.rows.remove(key) else { return };
        if let Some(lease) = self.leases.get_mut(&row.lease) {
            lease.keys.remove(key);
        }
        self.revision += 1;
        self.note(Item { deleted: true, revision: self.revision, ..Item::key(key) });
        out.wrote(row.created, RowChange::Removed);
    }

    fn note(&mut self, item: Item) {
        self.history.push_back(item);
        if self.history.len() > HISTORY
            && let Some(old) = self.history.pop_front()
        {
            self.compacted = old.revision;
        }
    }

    /// Whether all changes after a revision are still known.
    pub fn keeps(&self, revision: u64) -> bool {
        (self.compacted..=self.revision).contains(&revision)
    }

    /// Changes after a revision under a prefix.
    pub fn since<'s>(&'s self, revision: u64, prefix: &'s str) -> impl Iterator<Item = &'s Item> + 's {
        let first = self.history.partition_point(|item| item.revision <= revision);
        self.history.range(first..).filter(move |item| item.key.starts_with(prefix))
    }

    /// Makes a lease.
    pub fn grant(&mut self, owner: Ipv4Addr, ttl: SimDuration, now: SimTime) -> u32 {
        self.last_lease += 1;
        self.leases.insert(self.last_lease, Lease { owner, ttl, expires: now + ttl, keys: BTreeSet::new() });
        self.last_lease
    }

    /// Whether a lease is alive.
    pub fn has_lease(&self, lease: u32) -> bool {
        self.leases.contains_key(&lease)
    }

    /// Gives a lease its whole time again.
    pub fn renew(&mut self, lease: u32, now: SimTime) -> bool {
        let known = self.leases.get_mut(&lease);
        known.map(|lease| lease.expires = now + lease.ttl).is_some()
    }

    /// When the next lease runs out.
    pub fn next_expiry(&self) -> Option<SimTime> {
        self.leases.values().map(|lease| lease.expires).min()
    }

    /// Removes leases that have run out, with their keys; says which.
    pub fn expire(&mut self, out: &mut AppOut<'_, '_>) -> Vec<String> {
        let now = out.now();
        let dead: Vec<u32> = self.leases.iter().filter(|(_, at)| at.expires <= now).map(|(id, _)| *id).collect();
        let mut told = Vec::new();
        for id in dead {
            let Some(lease) = self.leases.remove(&id) else { continue };
            told.push(format!("lease {id} of {}", lease.owner));
            for key in lease.keys {
                self.delete(&key, out);
            }
        }
        told
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        (self.rows.len() + self.history.len()) * 300 + self.leases.len() * 200
    }
}
