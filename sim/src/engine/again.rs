//! Beginning the traffic of a world anew: what a repair is judged by.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::command::{Change, When};
use crate::engine::core::{Instant, payload};
use crate::engine::flow::FlowStats;
use crate::engine::queue::Queue;
use crate::engine::world::World;
use crate::id::FlowId;
use crate::time::{SimDuration, SimTime};

/// How far a wait goes back to: a base moment, and how much later is meant.
fn flat(when: &When) -> (&When, SimDuration) {
    match when {
        When::After(base, span) => {
            let (base, before) = flat(base);
            (base, before + *span)
        }
        other => (other, SimDuration::ZERO),
    }
}

impl World {
    /// Ends all flows, and those that have not begun will not. Clock, tables, frames in flight and other scripted
    /// changes stay as they are.
    pub fn stop_flows(&mut self) {
        let names = Arc::clone(&self.names);
        let starts = |number: u32| {
            matches!(names.commands.get(number as usize), Some((_, Change::Start(_))))
                && names.starts.iter().any(|(start, _)| *start == number)
        };
        let core = &mut self.core;
        core.waiting.retain(|waiting| !starts(waiting.command));
        let lane = std::mem::take(&mut core.lane).into_iter();
        core.lane = lane.filter(|item| !matches!(item, Instant::Command(number) if starts(*number))).collect();
        let mut kept = Queue::default();
        while let Some(entry) = core.queue.pop() {
            if entry.payload & !payload::NUMBER == payload::COMMAND && starts(entry.payload & payload::NUMBER) {
                core.foreground -= 1;
            } else {
                kept.push(entry.time, entry.seq, entry.payload);
            }
        }
        core.queue = kept;
        for number in 0..names.flows.len() as u16 {
            let begun = self.flow_stats(FlowId(number)).is_some_and(|stats| stats.started && !stats.finished);
            if begun {
                // Flows of this world exist, so there is nothing to refuse.
                let _ = self.execute(&Change::Stop(FlowId(number)));
            }
        }
    }

    /// Forgets what became of all flows and starts them as the plan says, counted from now. What waits for a scripted
    /// change that was made already does not wait. To be called when [`Self::stop_flows`] has ended them and nothing
    /// of them is in flight.
    pub fn restart_flows(&mut self) {
        let names = Arc::clone(&self.names);
        self.core.flows.iter_mut().for_each(|stats| *stats = FlowStats::default());
        self.core.signals.clear();
        let pending = self.pending_commands();
        for (command, when) in &names.starts {
            let now = self.core.now;
            match flat(when) {
                (When::At(time), span) => self.core.schedule(*command, now + time.since(SimTime::ZERO) + span),
                (When::Event(number), span) if !pending.contains(number) => self.core.schedule(*command, now + span),
                _ => self.core.await_moment(*command, when, SimDuration::ZERO),
            }
        }
    }

    /// Scripted changes that are still to come.
    fn pending_commands(&mut self) -> BTreeSet<u32> {
        let core = &mut self.core;
        let mut pending: BTreeSet<u32> = core.waiting.iter().map(|waiting| waiting.command).collect();
        pending.extend(core.lane.iter().filter_map(|item| match item {
            Instant::Command(number) => Some(*number),
            _ => None,
        }));
        let mut kept = Queue::default();
        while let Some(entry) = core.queue.pop() {
            if entry.payload & !payload::NUMBER == payload::COMMAND {
                pending.insert(entry.payload & payload::NUMBER);
            }
            kept.push(entry.time, entry.seq, entry.payload);
        }
        core.queue = kept;
        pending
    }
}
