//! Pending events in (time, sequence) order.
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::SimTime;

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

/// The pending-event set.
#[derive(Clone, Debug, Default)]
pub struct Queue(BinaryHeap<Reverse<u128>>);

impl Queue {
    /// Schedules.
    #[inline]
    pub fn push(&mut self, time: SimTime, seq: u64, payload: u32) {
        self.0.push(Reverse(u128::from(time.0) << 72 | u128::from(seq & 0xff_ffff_ffff) << 32 | u128::from(payload)));
    }
    /// Takes the earliest.
    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        self.0.pop().map(|Reverse(k)| Entry {
            time: SimTime((k >> 72) as u64),
            seq: (k >> 32) as u64 & 0xff_ffff_ffff,
            payload: k as u32,
        })
    }
    /// Time of the earliest.
    #[inline]
    pub fn next_time(&self) -> Option<SimTime> {
        self.0.peek().map(|Reverse(k)| SimTime((k >> 72) as u64))
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// None.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Forget all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
    /// Memory held.
    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * 16
    }
}
