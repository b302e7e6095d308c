//! Events that come in order anyway.
//!
//! Cables with the same delay and timers with the same gap schedule their events in the order in which they will be
//! taken. Such a sequence is a plain FIFO: putting in and taking out costs the same however long it is. Timers have a
//! run of their own. For cables two side by side are enough (more were measured to cost more than they save), because
//! each sequence finds its own: the run that ends closest before the new event. What fits nowhere is left to the heap.

use std::collections::VecDeque;

/// Later than every key.
pub(super) const NEVER: u128 = u128::MAX;

/// Where a key went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the only one of its run.
    First,
    /// Behind others.
    Behind,
    /// It comes before the last of every run that it might have gone to.
    Nowhere,
}

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
pub(super) struct Runs {
    cables: [Run; 2],
    timers: Run,
}

impl Default for Runs {
    fn default() -> Self {
        let empty = Run { keys: VecDeque::new(), first: NEVER, last: 0 };
        Self { cables: [empty.clone(), empty.clone()], timers: empty }
    }
}

impl Run {
    #[inline]
    fn push(&mut self, key: u128) -> Place {
        let first = self.keys.is_empty();
        if first {
            self.first = key;
        }
        self.last = key;
        self.keys.push_back(key);
        if first { Place::First } else { Place::Behind }
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

    /// Takes the last key out, which is later than `key`, and `key` in if that now fits. When several are in the way,
    /// they leave one by one. Gives back the key that has left.
    fn displace(&mut self, key: u128) -> (u128, Place) {
        let stray = self.keys.pop_back().unwrap_or(NEVER);
        self.last = self.keys.back().copied().unwrap_or(0);
        let place = if self.last <= key { self.push(key) } else { Place::Nowhere };
        (stray, place)
    }
}

impl Runs {
    fn all(&self) -> impl Iterator<Item = &Run> {
        self.cables.iter().chain([&self.timers])
    }

    pub fn len(&self) -> usize {
        self.all().map(|run| run.keys.len()).sum()
    }

    pub fn heap_bytes(&self) -> usize {
        self.all().map(|run| run.keys.capacity() * 16).sum()
    }

    /// Takes a key into the run that ends closest before it.
    #[inline]
    pub fn push(&mut self, key: u128) -> Place {
        let [a, b] = &mut self.cables;
        let (early, late) = if a.last <= b.last { (a, b) } else { (b, a) };
        match key {
            _ if late.last <= key => late.push(key),
            _ if early.last <= key => early.push(key),
            _ => Place::Nowhere,
        }
    }

    /// Looks again for a place for a key that had none, after the last key that was in its way is gone; that one is
    /// given back.
    pub fn displace(&mut self, key: u128) -> (u128, Place) {
        let [a, b] = &mut self.cables;
        // The later end is most likely a stray, such as a command at minutes among frames at microseconds.
        if a.last <= b.last { b.displace(key) } else { a.displace(key) }
    }

    /// Takes a timer's key; timers have a run of their own.
    #[inline]
    pub fn push_timer(&mut self, key: u128) -> Place {
        if self.timers.last <= key { self.timers.push(key) } else { Place::Nowhere }
    }

    /// As [`Runs::displace`].
    pub fn displace_timer(&mut self, key: u128) -> (u128, Place) {
        self.timers.displace(key)
    }

    /// The earliest key; [`NEVER`] when there is none.
    #[inline]
    pub fn first(&self) -> u128 {
        let [a, b] = &self.cables;
        a.first.min(b.first).min(self.timers.first)
    }

    /// Removes a key if it is the first of a run.
    #[inline]
    pub fn take(&mut self, key: u128) -> bool {
        let [a, b] = &mut self.cables;
        let run = match key {
            _ if a.first == key => a,
            _ if b.first == key => b,
            _ if self.timers.first == key => &mut self.timers,
            _ => return false,
        };
        run.take();
        true
    }
}
