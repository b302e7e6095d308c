//! Far events, sorted just as far as needed: a radix heap with digits of six bits.
//!
//! Times are compared with a *start* that no event here precedes. An event lies on the level of the highest digit in
//! which its time differs from the start, in the slot of that digit. So lower levels come before higher ones and
//! lower slots before higher ones, and taking the first slot that is small enough needs a few bit scans. Each time
//! a slot proves too large the start moves to it and its events go to lower levels, at most nine times in all and,
//! with a million events spread over a millisecond, once or twice.

use std::cmp::Reverse;

use crate::engine::queue::time_of;

/// Bits of a digit: 64 slots on a level, so that one word tells which are occupied.
const DIGIT: u32 = 6;
const SLOTS: usize = 1 << DIGIT;
/// Digits that hold the 56 bits of a time.
const LEVELS: usize = 10;
/// A slot that was emptied keeps at most room for this many events.
const KEEP: usize = 1_024;

/// Events in slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Wheel {
    start: u64,
    len: usize,
    occupied: [u64; LEVELS],
    /// Level by level; made when first used, because small worlds never do.
    slots: Vec<Vec<Reverse<u128>>>,
}

impl Wheel {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn heap_bytes(&self) -> usize {
        self.slots.iter().map(|slot| slot.capacity() * 16 + size_of_val(slot)).sum()
    }

    /// Time of the earliest event.
    pub fn first_time(&self) -> Option<u64> {
        let level = self.occupied.iter().position(|&slots| slots != 0)?;
        let slot = self.occupied[level].trailing_zeros() as usize;
        self.slots[level * SLOTS + slot].iter().map(|Reverse(key)| time_of(*key)).min()
    }

    /// The time that no event here may precede.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Sets the start of an empty wheel.
    pub fn start_at(&mut self, time: u64) {
        debug_assert!(self.is_empty());
        self.start = time;
        if self.slots.is_empty() {
            self.slots.resize_with(LEVELS * SLOTS, Vec::new);
        }
    }

    #[inline]
    pub fn push(&mut self, key: u128) {
        let time = time_of(key);
        debug_assert!(time >= self.start);
        // The lowest bit set makes no difference to the level but gives equal times one.
        let level = ((time ^ self.start) | 1).ilog2() / DIGIT;
        let slot = (time >> (level * DIGIT)) as usize % SLOTS;
        self.occupied[level as usize] |= 1 << slot;
        self.slots[level as usize * SLOTS + slot].push(Reverse(key));
        self.len += 1;
    }

    /// Moves the events of the first slot to `into`, which is empty, parting slots with more than `crowd` events
    /// first. Returns the first time that still belongs here: beyond every time when nothing is left.
    pub fn take_first(&mut self, into: &mut Vec<Reverse<u128>>, crowd: usize) -> u64 {
        while let Some(level) = self.occupied.iter().position(|&slots| slots != 0) {
            let slot = self.occupied[level].trailing_zeros();
            self.occupied[level] &= self.occupied[level] - 1;
            let at = level * SLOTS + slot as usize;
            let shift = level as u32 * DIGIT;
            self.start = (self.start >> shift >> DIGIT << DIGIT | u64::from(slot)) << shift;
            self.len -= self.slots[at].len();
            if level == 0 || self.slots[at].len() <= crowd {
                std::mem::swap(into, &mut self.slots[at]);
                return if self.is_empty() { u64::MAX } else { self.start + (1 << shift) };
            }
            let mut crowded = std::mem::take(&mut self.slots[at]);
            for Reverse(key) in crowded.drain(..) {
                self.push(key);
            }
            crowded.shrink_to(KEEP);
            self.slots[at] = crowded;
        }
        u64::MAX
    }
}
