//! Events that come in order anyway.
//!
//! Cables with the same delay and timers with the same gap schedule their events in the order in which they will be
//! taken. Such a sequence is a plain FIFO: putting in and taking out costs the same however long it is. Two of them
//! side by side are enough (more were measured to cost more than they save), because each sequence finds its own:
//! the run that ends closest before the new event. What fits nowhere is left to the heap.

use std::collections::VecDeque;

/// Later than every key.
pub(super) const NEVER: u128 = u128::MAX;

/// A sorted run of keys.
#[derive(Clone, Debug)]
struct Run {
    keys: VecDeque<u128>,
    /// The first key, [`NEVER`] when there is none.
    first: u128,
    /// The last key, 0 when there is none.
    last: u128,
}

/// Sorted runs of keys.
#[derive(Clone, Debug)]
pub(super) struct Runs([Run; 2]);

impl Default for Runs {
    fn default() -> Self {
        let empty = Run { keys: VecDeque::new(), first: NEVER, last: 0 };
        Self([empty.clone(), empty])
    }
}

impl Run {
    #[inline]
    fn push(&mut self, key: u128) {
        if self.keys.is_empty() {
            self.first = key;
        }
        self.last = key;
        self.keys.push_back(key);
    }

    #[inline]
    fn take(&mut self) {
        self.keys.pop_front();
        let next = self.keys.front().copied();
        self.first = next.unwrap_or(NEVER);
        if next.is_none() {
            self.last = 0;
        }
    }

    /// Lets `key` take the place of the last key, which is later. Gives back the one that has no place here.
    fn replace(&mut self, key: u128) -> u128 {
        match self.keys.len().checked_sub(2) {
            Some(before) if self.keys[before] > key => return key,
            Some(_) => {}
            None => self.first = key,
        }
        if let Some(last) = self.keys.back_mut() {
            *last = key;
        }
        std::mem::replace(&mut self.last, key)
    }
}

impl Runs {
    pub fn len(&self) -> usize {
        self.0.iter().map(|run| run.keys.len()).sum()
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.iter().map(|run| run.keys.capacity() * 16).sum()
    }

    /// Takes a key into the run that ends closest before it. Returns a key that found no place: this one, or the
    /// last one of a run that would have kept the new one out.
    #[inline]
    pub fn push(&mut self, key: u128) -> Option<u128> {
        let [a, b] = &mut self.0;
        let (early, late) = if a.last <= b.last { (a, b) } else { (b, a) };
        if late.last <= key {
            late.push(key);
        } else if early.last <= key {
            early.push(key);
        } else {
            // The later end is most likely a stray, such as a timer of minutes among frames of microseconds.
            return Some(late.replace(key));
        }
        None
    }

    /// The earliest key; [`NEVER`] when there is none.
    #[inline]
    pub fn first(&self) -> u128 {
        self.0[0].first.min(self.0[1].first)
    }

    /// Removes the earliest key.
    #[inline]
    pub fn take(&mut self) {
        let [a, b] = &mut self.0;
        if a.first <= b.first { a.take() } else { b.take() }
    }
}
