//! Pending events in (time, sequence) order.
//!
//! An event is one packed number, so that ordering is one comparison and moving it costs two words. Events that are
//! scheduled in order, as those of cables and periodic timers are, wait in [`runs`]. The others live in a binary heap,
//! which nothing beats while it fits the nearest cache. When they become many, the heap keeps only the events before a
//! *horizon* and the rest waits, roughly sorted, in a [`wheel`]; a slot of the wheel is made a heap when its turn
//! comes. The order is that of the keys, exactly, wherever an event waits.

mod runs;
mod wheel;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::queue::runs::{NEVER, Place, Runs};
use crate::engine::queue::wheel::Wheel;
use crate::time::SimTime;

/// Bits of a key below the time: sequence and payload.
const BELOW_TIME: u32 = 72;
/// The last time a key can hold: 2^56 ns are 834 days. What is scheduled later happens then.
const LAST: u64 = (1 << 56) - 1;
/// Sequence numbers are told apart by their lowest 40 bits.
const SEQ: u64 = (1 << 40) - 1;
/// Most events in the heap before the later ones move to the wheel; measured: from here on the wheel is faster.
const CROWD: usize = 1_024;

/// One pending event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it happens.
    pub time: SimTime,
    /// Tie-breaker: smaller was scheduled earlier.
    pub seq: u64,
    /// What happens; opaque here.
    pub payload: u32,
}

#[inline]
const fn time_of(key: u128) -> u64 {
    (key >> BELOW_TIME) as u64
}

#[inline]
fn key(time: SimTime, seq: u64, payload: u32) -> u128 {
    u128::from(time.0.min(LAST)) << BELOW_TIME | u128::from(seq & SEQ) << 32 | u128::from(payload)
}

/// The pending-event set.
#[derive(Clone, Debug)]
pub struct Queue {
    runs: Runs,
    /// Every other event before `horizon`.
    near: BinaryHeap<Reverse<u128>>,
    /// First instant that belongs to the wheel; beyond every time while the wheel is empty.
    horizon: u64,
    /// The other events from `horizon` on.
    far: Wheel,
    /// Size of the heap at which events move to the wheel.
    limit: usize,
    /// The earliest key outside the wheel, [`NEVER`] when there is none: asked for more often than it changes.
    first: u128,
    /// Time of the last event taken.
    now: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            runs: Runs::default(),
            near: BinaryHeap::new(),
            horizon: u64::MAX,
            far: Wheel::default(),
            limit: CROWD,
            first: NEVER,
            now: 0,
        }
    }
}

impl Queue {
    /// Schedules.
    #[inline]
    pub fn push(&mut self, time: SimTime, seq: u64, payload: u32) {
        let key = key(time, seq, payload);
        match self.runs.push(key) {
            Place::Behind => {}
            Place::First => self.first = self.first.min(key),
            Place::Nowhere => self.push_late(key),
        }
    }

    /// Schedules what most likely comes after the last one scheduled in this way, as timers of one span do. That only
    /// makes it cheaper; the order is the same.
    #[inline]
    pub fn push_timer(&mut self, time: SimTime, seq: u64, payload: u32) {
        let key = key(time, seq, payload);
        match self.runs.push_timer(key) {
            Place::Behind => {}
            Place::First => self.first = self.first.min(key),
            Place::Nowhere => self.push_late_timer(key),
        }
    }

    #[inline(never)]
    fn push_late(&mut self, key: u128) {
        let (stray, place) = self.runs.displace(key);
        self.displaced(key, place, stray);
    }

    #[inline(never)]
    fn push_late_timer(&mut self, key: u128) {
        let (stray, place) = self.runs.displace_timer(key);
        self.displaced(key, place, stray);
    }

    fn displaced(&mut self, key: u128, place: Place, stray: u128) {
        match place {
            Place::Behind => {}
            // If the stray was the first of all, then the key that took its place is now.
            Place::First => self.first = self.first.min(key),
            Place::Nowhere => self.push_stray(key),
        }
        self.push_stray(stray);
    }

    #[inline]
    fn push_stray(&mut self, key: u128) {
        if time_of(key) < self.horizon {
            self.near.push(Reverse(key));
            self.first = self.first.min(key);
            if self.near.len() > self.limit {
                self.spread();
            }
        } else {
            self.far.push(key);
        }
    }

    /// Takes the earliest if it is due at `until` or before.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: as a call of its own it costs 2 % of a frame")]
    pub fn pop_by(&mut self, until: SimTime) -> Option<Entry> {
        if self.near.is_empty() && !self.far.is_empty() {
            self.refill();
        }
        let key = self.first;
        if time_of(key) > until.0 || key == NEVER {
            return None;
        }
        if !self.runs.take(key) {
            self.near.pop();
        }
        self.first = self.least();
        self.now = time_of(key);
        Some(Entry { time: SimTime(self.now), seq: (key >> 32) as u64 & SEQ, payload: key as u32 })
    }

    /// Takes the earliest.
    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        self.pop_by(SimTime::MAX)
    }

    /// Whether the earliest is due at `now`, the time of the last one taken. Cheaper than [`Self::next_time`].
    #[inline]
    pub fn is_due(&self, now: SimTime) -> bool {
        // Nothing that is due now is in the wheel: the horizon is always later than the last event taken.
        time_of(self.first) == now.0
    }

    /// The earliest outside the wheel, looked up.
    #[inline]
    fn least(&self) -> u128 {
        self.near.peek().map_or(NEVER, |top| top.0).min(self.runs.first())
    }

    /// Time of the earliest.
    #[inline]
    pub fn next_time(&self) -> Option<SimTime> {
        let first = self.first;
        let far = if self.near.is_empty() { self.far.first_time() } else { None };
        let near = (first != NEVER).then(|| time_of(first));
        near.into_iter().chain(far).min().map(SimTime)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.runs.len() + self.near.len() + self.far.len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory held.
    pub fn heap_bytes(&self) -> usize {
        self.runs.heap_bytes() + self.near.capacity() * 16 + self.far.heap_bytes()
    }

    /// The heap is crowded: what is not due now moves to the wheel.
    #[cold]
    fn spread(&mut self) {
        if self.far.is_empty() {
            self.far.start_at(self.now);
        }
        self.horizon = self.far.start().max(self.now + 1);
        let mut due = Vec::new();
        for Reverse(key) in std::mem::take(&mut self.near).into_vec() {
            if time_of(key) < self.horizon {
                due.push(Reverse(key));
            } else {
                self.far.push(key);
            }
        }
        self.fill(due);
    }

    /// The heap is empty: makes it of the wheel's first slot. Only when an event is asked for, because what is still
    /// scheduled before that slot has to stay in the heap until it is taken.
    #[cold]
    fn refill(&mut self) {
        let mut keys = std::mem::take(&mut self.near).into_vec();
        self.horizon = self.far.take_first(&mut keys, CROWD / 2);
        self.fill(keys);
    }

    fn fill(&mut self, keys: Vec<Reverse<u128>>) {
        self.near = BinaryHeap::from(keys);
        // No slot can part a crowd at one instant; doubling keeps the cost of trying in proportion.
        self.limit = CROWD.max(self.near.len() * 2);
        self.first = self.least();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rng::Stream;

    /// Runs random pushes and pops beside an ordered set. `spans` are the delays drawn from, zero for ties.
    fn agrees(spans: &[u64], crowd: usize, steps: usize) {
        let mut random = Stream::named(1, &format!("{spans:?} {crowd}"));
        let (mut queue, mut sorted) = (Queue::default(), BTreeSet::new());
        let (mut now, mut seq) = (0, 0);
        for step in 0..steps {
            // Grows to the crowd, shrinks to nothing, grows again.
            let growing = (step / (2 * crowd)).is_multiple_of(2);
            let pushes = if growing { 1 + random.below(3) } else { random.below(2) };
            for _ in 0..pushes {
                let span = spans[random.below(spans.len() as u64) as usize];
                // Now and then one in the past: what was taken last may have been a timer that was stopped.
                let past = random.below(100) / 99 * random.below(1 + now.min(span));
                let entry = (now - past + random.below(span + 1), seq, random.bits() as u32);
                seq += 1;
                queue.push(SimTime(entry.0), entry.1, entry.2);
                sorted.insert(entry);
            }
            let first = sorted.first().map(|first| first.0);
            assert!(first.is_some_and(|first| first < now) || queue.is_due(SimTime(now)) == (first == Some(now)));
            assert_eq!((queue.len(), queue.is_empty()), (sorted.len(), sorted.is_empty()));
            assert_eq!(queue.next_time().map(|time| time.0), sorted.first().map(|first| first.0));
            if step % 997 == 0 {
                queue = queue.clone();
            }
            let popped = queue.pop().map(|entry| (entry.time.0, entry.seq, entry.payload));
            assert_eq!(popped, sorted.pop_first());
            now = popped.map_or(now, |entry| entry.0);
        }
        while let Some(first) = sorted.pop_first() {
            assert_eq!(queue.pop().map(|entry| (entry.time.0, entry.seq, entry.payload)), Some(first));
        }
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn order_is_that_of_a_sorted_set() {
        agrees(&[1_000_000], 10_000, 100_000);
        agrees(&[0], 10_000, 100_000);
        agrees(&[0, 1, 2, 3], 10_000, 100_000);
        agrees(&[0, 64, 4_096, 1_000_000, 300_000_000_000], 20_000, 100_000);
        agrees(&[0, 50, 1 << 48], 5_000, 100_000);
    }

    #[test]
    fn sequences_with_a_fixed_delay_need_no_heap() {
        let mut queue = Queue::default();
        for (seq, delay) in (0..50).flat_map(|n| [(2 * n, 100_000), (2 * n + 1, 1_848)]) {
            queue.push(SimTime(seq * 1_000 + delay), seq, delay as u32);
        }
        let turn = |queue: &mut Queue, seq| {
            let entry = queue.pop().unwrap();
            queue.push(SimTime(entry.time.0 + u64::from(entry.payload)), seq, entry.payload);
        };
        (100..10_000).for_each(|seq| turn(&mut queue, seq));
        assert_eq!((queue.near.len(), queue.far.len()), (0, 0));
        // A stray keeps others out for a while, then it is moved away.
        queue.push(SimTime(300_000_000_000), 20_000, 0);
        (20_001..30_000).for_each(|seq| turn(&mut queue, seq));
        assert_eq!((queue.near.len(), queue.far.len()), (1, 0));
    }

    #[test]
    fn the_least_key_of_all_is_taken_first() {
        let mut queue = Queue::default();
        for (seq, time) in [(0, 0), (1, 0), (2, 5), (3, 0)] {
            queue.push(SimTime(time), seq, 0);
        }
        let order: Vec<u64> = std::iter::from_fn(|| queue.pop()).map(|entry| entry.seq).collect();
        assert_eq!(order, [0, 1, 3, 2]);
    }

    #[test]
    fn an_event_before_the_first_slot_comes_first() {
        let mut queue = Queue::default();
        for seq in 0..5_000 {
            queue.push(SimTime(1_000_000 + seq % 7), seq, 0);
        }
        assert_eq!(queue.next_time(), Some(SimTime(1_000_000)));
        queue.push(SimTime(3), 5_000, 1);
        assert_eq!(queue.pop(), Some(Entry { time: SimTime(3), seq: 5_000, payload: 1 }));
        assert_eq!(queue.pop().map(|entry| (entry.time.0, entry.seq)), Some((1_000_000, 0)));
    }

    #[test]
    fn times_beyond_the_last_happen_then() {
        let mut queue = Queue::default();
        queue.push(SimTime(u64::MAX), 1, 0);
        queue.push(SimTime(LAST), 0, 0);
        let order = [queue.pop(), queue.pop()].map(|entry| entry.map(|entry| (entry.time.0, entry.seq)));
        assert_eq!(order, [Some((LAST, 0)), Some((LAST, 1))]);
    }

    #[test]
    fn memory_follows_the_crowd() {
        let mut queue = Queue::default();
        let mut random = Stream::named(1, "memory");
        for seq in 0..200_000 {
            queue.push(SimTime(random.below(1_000_000)), seq, 0);
        }
        assert!(queue.heap_bytes() < 200_000 * 16 * 3, "{}", queue.heap_bytes());
        while queue.pop().is_some() {}
        assert!(queue.heap_bytes() < 4 << 20, "{}", queue.heap_bytes());
    }
}
