//! The neighbour table: who has which hardware address, how sure that is, and what waits for an answer.
//!
//! States, timers and limits are those of Linux `net/core/neighbour.c`; this file holds the table and its rules and
//! sends nothing itself.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::id::{EventNo, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, MacAddr, Origin};

/// `base_reachable_time`: confirmed for 0.5 to 1.5 times this long.
pub const BASE_REACHABLE: SimDuration = SimDuration::from_secs(30);
/// `delay_first_probe_time`: how long a stale neighbour is used before it is asked again.
pub const DELAY: SimDuration = SimDuration::from_secs(5);
/// `retrans_time`: between two questions.
pub const RETRANSMIT: SimDuration = SimDuration::from_secs(1);
/// `mcast_solicit` and `ucast_solicit`: questions before giving up.
pub const PROBES: u8 = 3;
/// `locktime`: a second answer within this time cannot replace the first (Linux `arp_process`).
pub const LOCK: SimDuration = SimDuration::from_secs(1);
/// `gc_thresh3`: no more learned rows than this.
pub const LIMIT: usize = 1024;
/// `gc_thresh2`: above this many learned rows old ones are collected whenever one is added.
pub const SOFT_LIMIT: usize = 512;
/// Stale rows younger than this are not collected, and above the soft limit collections are this far apart
/// (Linux `neigh_forced_gc`, `neigh_alloc`).
pub const COLLECT_AGE: SimDuration = SimDuration::from_secs(5);
/// `unres_qlen_bytes`: what may wait for one answer.
pub const QUEUE_BYTES: usize = 212_992;
/// What Linux charges for a small packet besides its bytes (`sk_buff` and its shared info).
const PACKET_OVERHEAD: usize = 576;

/// How sure the stack is of a neighbour (RFC 4861 §7.3.2, as Linux uses it for ARP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asked, no answer yet.
    Incomplete,
    /// Confirmed a short while ago.
    Reachable,
    /// Known, but not confirmed lately.
    Stale,
    /// In use although stale; will be asked soon.
    Delay,
    /// Being asked again, by unicast.
    Probe,
    /// Nobody answered.
    Failed,
    /// Written by hand; never asked.
    Permanent,
}

impl State {
    /// The word `ip neigh` shows.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Incomplete => "INCOMPLETE",
            Self::Reachable => "REACHABLE",
            Self::Stale => "STALE",
            Self::Delay => "DELAY",
            Self::Probe => "PROBE",
            Self::Failed => "FAILED",
            Self::Permanent => "PERMANENT",
        }
    }

    /// Its hardware address can be used.
    pub const fn is_valid(self) -> bool {
        !matches!(self, Self::Incomplete | Self::Failed)
    }
}

/// A neighbour.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Hardware address; zero while unknown.
    pub mac: MacAddr,
    /// How sure it is.
    pub state: State,
    /// Last proof that it can be reached.
    pub confirmed: SimTime,
    /// Last packet sent to it while it was not sure.
    pub used: SimTime,
    /// Last time its state or address was set.
    pub updated: SimTime,
    /// Questions asked in this state.
    pub probes: u8,
    /// When its timer runs out.
    pub due: Option<SimTime>,
    /// The event that wrote the row.
    pub written: EventNo,
    /// Whose packet made the stack ask.
    pub origin: Origin,
    /// Apart, because a row that packets wait for is rare and small rows are found faster.
    waiting: Option<Box<Waiting>>,
}

/// Packets that wait for an answer, oldest first, and what Linux would charge for them.
#[derive(Clone, Debug, Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    charged: usize,
}

/// Key of a row: interface and address.
pub const fn key(port: PortNo, ip: Ipv4Addr) -> u64 {
    (port.0 as u64) << 32 | ip.to_bits() as u64
}

/// The address in a key.
pub const fn ip_of(key: u64) -> Ipv4Addr {
    Ipv4Addr::from_bits(key as u32)
}

/// The interface in a key.
pub const fn port_of(key: u64) -> PortNo {
    PortNo((key >> 32) as u16)
}

impl Entry {
    /// A row for a neighbour not known yet.
    pub fn new(now: SimTime, written: EventNo, origin: Origin) -> Self {
        Self {
            mac: MacAddr::ZERO,
            state: State::Incomplete,
            confirmed: SimTime::ZERO,
            used: now,
            updated: now,
            probes: 0,
            due: None,
            written,
            origin,
            waiting: None,
        }
    }

    /// Lets a packet wait; returns those that had to make room, oldest first.
    pub fn hold(&mut self, frame: Frame) -> Vec<Frame> {
        let charge = |frame: &Frame| frame.len() + PACKET_OVERHEAD;
        let mut pushed_out = Vec::new();
        let waiting = self.waiting.get_or_insert_default();
        waiting.charged += charge(&frame);
        while waiting.charged > QUEUE_BYTES
            && let Some(oldest) = waiting.frames.pop_front()
        {
            waiting.charged -= charge(&oldest);
            pushed_out.push(oldest);
        }
        waiting.frames.push_back(frame);
        pushed_out
    }

    /// Everything that waited, in order.
    pub fn release(&mut self) -> VecDeque<Frame> {
        self.waiting.take().map(|waiting| waiting.frames).unwrap_or_default()
    }

    /// The packet that came last.
    pub fn last_waiting(&self) -> Option<&Frame> {
        self.waiting.as_ref().and_then(|waiting| waiting.frames.back())
    }

    /// Packets that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.as_ref().map_or(0, |waiting| waiting.frames.len())
    }
}

/// No row could make room: "neighbour table overflow".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableFull;

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// In the order in which they were made, which is that of collection.
    rows: IndexMap<u64, Entry, FxBuildHasher>,
    /// When rows were last collected to make room.
    collected: SimTime,
}

impl Neighbours {
    /// The row of a neighbour.
    #[inline]
    pub fn get(&self, key: u64) -> Option<&Entry> {
        self.rows.get(&key)
    }

    /// The row of a neighbour, to be changed.
    #[inline]
    pub fn get_mut(&mut self, key: u64) -> Option<&mut Entry> {
        self.rows.get_mut(&key)
    }

    /// Makes sure that a row fits, and returns the keys of those that had to go. Rows written by hand do not count.
    /// Nothing goes that is confirmed, being asked or written in the last five seconds, save rows that failed.
    pub fn make_room(&mut self, now: SimTime, key: u64) -> Result<Vec<u64>, TableFull> {
        if self.rows.len() < SOFT_LIMIT || self.rows.contains_key(&key) {
            return Ok(Vec::new());
        }
        let learned = self.rows.values().filter(|entry| entry.state != State::Permanent).count();
        let full = learned >= LIMIT;
        if !full && (learned < SOFT_LIMIT || now <= self.collected + COLLECT_AGE) {
            return Ok(Vec::new());
        }
        self.collected = now;
        let old = |entry: &Entry| match entry.state {
            State::Failed => true,
            State::Stale => entry.updated + COLLECT_AGE < now,
            _ => false,
        };
        // The newcomer counts already.
        let most = learned + 1 - SOFT_LIMIT;
        let gone: Vec<u64> = self.iter().filter(|(_, entry)| old(entry)).map(|(key, _)| key).take(most).collect();
        if full && gone.is_empty() {
            return Err(TableFull);
        }
        self.rows.retain(|key, _| !gone.contains(key));
        Ok(gone)
    }

    /// Writes a row.
    pub fn insert(&mut self, key: u64, entry: Entry) {
        self.rows.insert(key, entry);
    }

    /// Removes a row.
    pub fn remove(&mut self, key: u64) -> Option<Entry> {
        self.rows.shift_remove(&key)
    }

    /// Forgets all that was learned; packets that waited are lost with it.
    pub fn clear_learned(&mut self) {
        self.rows.retain(|_, entry| entry.state == State::Permanent);
    }

    /// All rows, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.rows.iter().map(|(key, entry)| (*key, entry))
    }

    /// Keys of the rows whose timer has run out, in order.
    pub fn due(&self, now: SimTime) -> Vec<u64> {
        let late = |entry: &Entry| entry.due.is_some_and(|due| due <= now);
        let mut keys: Vec<u64> = self.iter().filter(|(_, entry)| late(entry)).map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys
    }

    /// When the next timer runs out: of the rows that packets wait for, and of the others.
    pub fn next_due(&self) -> (Option<SimTime>, Option<SimTime>) {
        let next = |waiting: bool| {
            let of = self.rows.values().filter(|entry| (entry.state == State::Incomplete) == waiting);
            of.filter_map(|entry| entry.due).min()
        };
        (next(true), next(false))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No rows at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.capacity() * (size_of::<(u64, u64, Entry)>() + 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: SimTime = SimTime(10_000_000_000);

    fn at(n: usize) -> u64 {
        key(PortNo(0), Ipv4Addr::from_bits(n as u32))
    }

    fn entry(state: State, updated: SimTime) -> Entry {
        Entry { state, ..Entry::new(updated, EventNo(0), Origin::NONE) }
    }

    /// A table with so many rows, written at the start.
    fn table(rows: usize, state: State) -> Neighbours {
        let mut table = Neighbours::default();
        (0..rows).for_each(|n| table.insert(at(n), entry(state, SimTime::ZERO)));
        table
    }

    #[test]
    fn a_full_table_loses_its_oldest_stale_rows_down_to_the_soft_limit() {
        let mut table = table(LIMIT, State::Stale);
        assert_eq!(table.make_room(SimTime(5_000_000_000), at(5_000)), Err(TableFull), "all rows are young");
        assert_eq!(table.make_room(SimTime::ZERO, at(7)), Ok(Vec::new()), "a known row needs no room");
        let gone = table.make_room(LATE, at(5_000)).unwrap();
        assert_eq!(gone, (0..=LIMIT - SOFT_LIMIT).map(at).collect::<Vec<_>>());
        assert_eq!(table.len(), SOFT_LIMIT - 1);
    }

    #[test]
    fn rows_that_failed_go_at_once_and_rows_in_use_never() {
        let mut failed = table(LIMIT, State::Failed);
        assert_eq!(failed.make_room(SimTime::ZERO, at(5_000)).unwrap().len(), LIMIT - SOFT_LIMIT + 1);
        for state in [State::Incomplete, State::Reachable, State::Delay, State::Probe] {
            assert_eq!(table(LIMIT, state).make_room(LATE, at(5_000)), Err(TableFull), "{state:?}");
        }
    }

    #[test]
    fn rows_written_by_hand_take_no_room() {
        let mut table = table(LIMIT - 1, State::Reachable);
        (2_000..4_000).for_each(|n| table.insert(at(n), entry(State::Permanent, SimTime::ZERO)));
        assert_eq!(table.make_room(LATE, at(5_000)), Ok(Vec::new()));
        table.insert(at(5_000), entry(State::Reachable, LATE));
        assert_eq!(table.make_room(LATE, at(5_001)), Err(TableFull));
    }

    #[test]
    fn above_the_soft_limit_old_rows_go_every_five_seconds() {
        let mut table = table(SOFT_LIMIT + 2, State::Stale);
        assert_eq!(table.make_room(SimTime(5_000_000_000), at(5_000)), Ok(Vec::new()));
        assert_eq!(table.make_room(LATE, at(5_000)), Ok(vec![at(0), at(1), at(2)]));
        assert_eq!(table.make_room(LATE + COLLECT_AGE, at(5_000)), Ok(Vec::new()));
        table.insert(at(5_000), entry(State::Stale, LATE));
        assert_eq!(table.make_room(LATE + COLLECT_AGE, at(5_001)), Ok(Vec::new()));
        assert_eq!(table.make_room(LATE + COLLECT_AGE + SimDuration(1), at(5_001)), Ok(vec![at(3)]));
        assert_eq!(Neighbours::default().make_room(LATE, at(1)), Ok(Vec::new()));
    }
}
