//! Moments that narrow a window: `before: First(…)`, `since: Done("ping")`.

use crate::engine::World;
use crate::id::FlowId;
use crate::lab::judge::select::{Selector, pick};
use crate::lab::judge::trace::{Mark, Trace};
use crate::time::{SimDuration, SimTime};

/// A moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Edge {
    /// So long after the start of the run.
    At(SimTime),
    /// The first record that is picked.
    First(Box<Selector>),
    /// The flow has finished.
    Done(FlowId),
    /// The scripted change of this number has been made.
    Event(u32),
    /// So long after another moment.
    After(Box<Edge>, SimDuration),
}

/// Where a moment lies. Several things happen at one time, so a moment is a place among the records if it can be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    Time(SimTime),
    Place(Mark),
    Never,
}

impl Edge {
    fn find(&self, trace: &Trace, world: &World) -> Bound {
        let mark = |mark: Option<Mark>| mark.map_or(Bound::Never, Bound::Place);
        match self {
            Self::At(time) => Bound::Time(trace.began + time.since(SimTime::ZERO)),
            Self::First(selector) => {
                let found = pick(selector, trace, world);
                mark(found.first().map(|record| Mark { place: record.place(), time: record.time() }))
            }
            Self::Done(flow) => mark(trace.finished.iter().find(|(at, _)| at == flow).map(|(_, mark)| *mark)),
            Self::Event(number) => mark(trace.commands.iter().find(|(at, _)| at == number).map(|(_, mark)| *mark)),
            Self::After(base, span) => match base.find(trace, world) {
                Bound::Time(time) | Bound::Place(Mark { time, .. }) => Bound::Time(time + *span),
                Bound::Never => Bound::Never,
            },
        }
    }
}

/// The window a selector looks through.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    since: Option<Bound>,
    before: Option<Bound>,
}

impl Bounds {
    /// The window of a selector in a run.
    pub fn of(selector: &Selector, trace: &Trace, world: &World) -> Self {
        let find = |edge: &Option<Edge>| edge.as_ref().map(|edge| edge.find(trace, world));
        Self { since: find(&selector.since), before: find(&selector.before) }
    }

    /// Whether a record lies in it.
    pub fn hold(&self, place: u64, time: SimTime) -> bool {
        let begun = match self.since {
            None => true,
            Some(Bound::Time(since)) => time >= since,
            Some(Bound::Place(since)) => place >= since.place,
            Some(Bound::Never) => false,
        };
        begun
            && match self.before {
                None | Some(Bound::Never) => true,
                Some(Bound::Time(before)) => time < before,
                Some(Bound::Place(before)) => place < before.place,
            }
    }
}
