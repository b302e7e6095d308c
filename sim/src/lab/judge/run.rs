//! What is judged: the records of a window, and the world at its end.

use std::fmt::Debug;
use std::rc::Rc;

use crate::engine::{FlowStats, World};
use crate::id::FlowId;
use crate::lab::judge::trace::Trace;

/// A run to be judged: its records and its end.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its records.
    pub trace: &'a Trace,
    /// The world at its end.
    pub world: &'a World,
    /// What had been counted of each flow before it; nothing for a run from its start.
    pub before: &'a [FlowStats],
}

impl<'a> Run<'a> {
    /// A run from its start.
    pub fn whole(trace: &'a Trace, world: &'a World) -> Self {
        Self { trace, world, before: &[] }
    }

    /// What was counted of a flow in this run.
    pub fn stats(&self, flow: FlowId) -> Option<FlowStats> {
        let now = self.world.flow_stats(flow)?;
        Some(self.before.get(flow.index()).map_or_else(|| now.clone(), |before| now.since(before)))
    }
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The world at the end.
    pub world: World,
    /// What happened.
    pub trace: Trace,
}

impl Finished {
    /// All of it.
    pub fn run(&self) -> Run<'_> {
        Run::whole(&self.trace, &self.world)
    }
}

/// Gives the runs of other variants, for what is said with `In("variant", …)`.
pub trait Others: Debug {
    /// The whole run of a variant; nothing when it cannot be run.
    fn variant(&self, name: &str) -> Option<Rc<Finished>>;
}

/// For runs without other variants.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Others for Alone {
    fn variant(&self, _name: &str) -> Option<Rc<Finished>> {
        None
    }
}
