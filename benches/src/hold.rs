//! The hold model: a queue with a fixed number of pending events, each of which schedules one more when it is taken.

use std::hint::black_box;

use overunder_sim::engine::queue::Queue;
use overunder_sim::time::SimTime;

use crate::measure::{Report, cpu_s};
use crate::random::Xorshift;

/// Longest delay of an event, in ns; the shortest is 1.
const SPAN: u64 = 1_000_000;

/// A queue under the hold model.
#[derive(Clone, Debug)]
pub struct Hold {
    queue: Queue,
    random: Xorshift,
    sequence: u64,
}

impl Hold {
    /// Fills the queue and takes every event once, so that start-up has left no pattern.
    pub fn new(pending: u64) -> Self {
        let mut hold = Self { queue: Queue::default(), random: Xorshift::seeded(1), sequence: 0 };
        for _ in 0..pending {
            hold.push(0);
        }
        hold.run(pending);
        hold
    }

    /// Takes so many events, each making one more.
    pub fn run(&mut self, events: u64) {
        for _ in 0..events {
            if let Some(entry) = self.queue.pop() {
                black_box(entry.payload);
                self.push(entry.time.0);
            }
        }
    }

    #[inline]
    fn push(&mut self, now: u64) {
        let time = SimTime(now + 1 + self.random.below(SPAN));
        self.queue.push(time, self.sequence, self.sequence as u32);
        self.sequence += 1;
    }
}

/// Runs `events` events with `pending` of them waiting at any time.
pub fn run(pending: u64, events: u64) -> Result<Report, String> {
    let begin = cpu_s();
    let mut hold = Hold::new(pending);
    let ready = cpu_s();
    hold.run(events);
    let end = cpu_s();
    if hold.queue.len() as u64 != pending {
        return Err(format!("the queue holds {} events instead of {pending}", hold.queue.len()));
    }
    Ok(Report {
        workload: "hold",
        sizes: vec![("pending", pending)],
        unit: "events",
        count: events,
        cpu_s: end - ready,
        setup_cpu_s: ready - begin,
        more: vec![("queue_bytes", hold.queue.heap_bytes() as u64)],
    })
}
