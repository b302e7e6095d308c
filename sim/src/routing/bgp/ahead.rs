//! The next events of a run of many ASes, known a little before they happen.
//!
//! With ten thousand ASes nothing that a message needs is in the caches of the processor, and each thing is found by way
//! of another: the router by the message, its neighbour and its table by the router, the routes by the table. Done one
//! after the other, a message waits for memory longer than it is worked on. So a few events are taken from the queue
//! early, and on the way to its turn each of them has what it needs looked at, one step in each place: the steps of
//! several messages wait for memory at the same time. Nothing but looking happens early, and an event that is scheduled
//! later and comes first still has its turn first, so a run is the same with and without this.

use std::collections::VecDeque;

use crate::engine::queue::{Entry, Queue};

/// So many events are known before they happen.
const KNOWN: usize = 16;
/// How many events before its turn an event is looked at, the first look first: each needs what the one before brought.
const LOOKS: [usize; 4] = [12, 9, 6, 3];

/// The next events, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Ahead(VecDeque<Entry>);

impl Ahead {
    /// The event whose turn it is.
    pub(super) fn next(&mut self, queue: &mut Queue) -> Option<Entry> {
        while self.0.len() < KNOWN
            && let Some(event) = queue.pop()
        {
            let earlier = |other: &Entry| (other.time, other.seq) < (event.time, event.seq);
            // Nearly always behind all others.
            let mut place = self.0.len();
            while place > 0 && !earlier(&self.0[place - 1]) {
                place -= 1;
            }
            self.0.insert(place, event);
        }
        self.0.pop_front()
    }

    /// What is to be looked at now: which look it is, and at the needs of which event.
    pub(super) fn looks(&self) -> impl Iterator<Item = (usize, u32)> {
        LOOKS.into_iter().enumerate().filter_map(|(look, place)| Some((look, self.0.get(place)?.payload)))
    }

    /// Puts all back, when the run ends early.
    pub(super) fn put_back(&mut self, queue: &mut Queue) {
        for event in self.0.drain(..) {
            queue.push(event.time, event.seq, event.payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SimTime;

    #[test]
    fn the_order_is_the_queue_s_whatever_is_scheduled_meanwhile() {
        let (mut plain, mut queue, mut ahead) = (Queue::default(), Queue::default(), Ahead::default());
        let mut random = crate::rng::Stream::named(1, "ahead");
        let mut seq = 0;
        for _ in 0..200 {
            seq += 1;
            let (at, payload) = (SimTime(random.below(1_000)), random.bits() as u32);
            plain.push(at, seq, payload);
            queue.push(at, seq, payload);
        }
        for step in 0.. {
            let (expected, event) = (plain.pop(), ahead.next(&mut queue));
            assert_eq!(expected, event);
            let Some(event) = event else { break };
            // Some come at once, long before those that are known already.
            for _ in 0..if step < 2_000 { random.below(3) } else { 0 } {
                seq += 1;
                let (at, payload) = (SimTime(event.time.0 + random.below(40)), random.bits() as u32);
                plain.push(at, seq, payload);
                queue.push(at, seq, payload);
            }
        }
        assert!(seq > 1_000, "only {seq} events");
    }

    #[test]
    fn what_is_put_back_comes_again() {
        let (mut queue, mut ahead) = (Queue::default(), Ahead::default());
        for seq in 0..40 {
            queue.push(SimTime(seq * 7 % 40), seq, seq as u32);
        }
        let mut seen: Vec<u64> =
            std::iter::from_fn(|| ahead.next(&mut queue)).take(10).map(|event| event.time.0).collect();
        assert_eq!(ahead.looks().map(|(look, _)| look).collect::<Vec<_>>(), [0, 1, 2, 3]);
        ahead.put_back(&mut queue);
        assert_eq!(queue.len(), 30);
        seen.extend(std::iter::from_fn(|| queue.pop()).map(|event| event.time.0));
        assert_eq!(seen, (0..40).collect::<Vec<_>>());
    }
}
