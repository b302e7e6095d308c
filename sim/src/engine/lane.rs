//! Events for the present instant, first in, first out.
//!
//! Nearly always there is one at most: the frame that a device has passed on to the next. So the first has a place of
//! its own, and the list behind it is touched only when there are more.

use std::collections::VecDeque;

use crate::engine::core::Instant;

/// The instant lane.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Lane {
    first: Option<Instant>,
    /// What comes after the first; empty when there is no first.
    rest: VecDeque<Instant>,
}

impl Lane {
    /// None.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Puts one at the end.
    pub fn push(&mut self, item: Instant) {
        if self.first.is_none() {
            self.first = Some(item);
        } else {
            self.rest.push_back(item);
        }
    }

    /// Puts one into an empty lane.
    #[inline]
    pub fn start(&mut self, item: Instant) {
        if self.first.is_none() {
            self.first = Some(item);
        }
    }

    // A call of its own, so that the ordinary case is a few instructions where it happens.
    #[inline(never)]
    fn move_up(&mut self) {
        self.first = self.rest.pop_front();
    }

    /// Takes the first.
    #[inline]
    pub fn pop(&mut self) -> Option<Instant> {
        let item = self.first.take();
        if !self.rest.is_empty() {
            self.move_up();
        }
        item
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Instant> {
        self.first.iter().chain(&self.rest)
    }
}

impl FromIterator<Instant> for Lane {
    fn from_iter<I: IntoIterator<Item = Instant>>(items: I) -> Self {
        let mut rest: VecDeque<Instant> = items.into_iter().collect();
        Self { first: rest.pop_front(), rest }
    }
}

impl IntoIterator for Lane {
    type Item = Instant;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Instant>, std::collections::vec_deque::IntoIter<Instant>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_in_first_out_whether_it_runs_empty_or_not() {
        let numbers = |lane: &Lane| {
            let number = |item: &Instant| if let Instant::Command(number) = item { *number } else { u32::MAX };
            lane.iter().map(number).collect::<Vec<_>>()
        };
        let mut lane = Lane::default();
        let (mut next, mut taken) = (0, 0);
        for burst in [1, 0, 3, 2, 0, 0, 0, 5, 1] {
            for _ in 0..burst {
                lane.push(Instant::Command(next));
                next += 1;
            }
            assert_eq!(numbers(&lane), (taken..next).collect::<Vec<_>>());
            assert_eq!(lane.is_empty(), taken == next);
            taken += u32::from(lane.pop().is_some());
        }
        let kept: Lane = lane.into_iter().filter(|item| !matches!(item, Instant::Command(9))).collect();
        assert_eq!(numbers(&kept), [8, 10, 11]);
    }
}
