//! Runs the steps of a guide, one after the other.

use std::fmt;
use std::ops::Deref;

use crate::engine::{FlowStats, Stop, World};
use crate::id::{EventNo, FlowId};
use crate::lab::file::LabFile;
use crate::lab::judge::{Others, Run, Trace};
use crate::lab::question::Seen;
use crate::lab::run::{EVENT_BUDGET, RunError, Runner, Runs, Until, start};
use crate::time::{SimDuration, SimTime};

/// A step that has been run: its window.
#[derive(Clone, Debug)]
pub struct Played {
    /// The last event before it.
    pub from: EventNo,
    /// The world at its end.
    pub world: World,
    /// Why it stopped there.
    pub stop: Stop,
    /// The moment it was to go on to has come.
    pub arrived: bool,
    trace: Trace,
    before: Vec<FlowStats>,
}

impl Played {
    /// The window, to be judged.
    pub fn run(&self) -> Run<'_> {
        Run { trace: &self.trace, world: &self.world, before: &self.before }
    }

    /// The last event of the step.
    pub fn until(&self) -> EventNo {
        self.world.event()
    }

    /// Simulated time at its end.
    pub fn ended(&self) -> SimTime {
        self.world.now()
    }
}

/// Runs the steps of a lab as far as somebody asks. The lab is borrowed, or shared by an `Rc`.
pub struct Player<'a, F = &'a LabFile> {
    file: F,
    seed: Option<u64>,
    runs: Runs<'a>,
    played: Vec<Played>,
    runner: Option<(String, Runner)>,
}

impl<F: Deref<Target = LabFile>> fmt::Debug for Player<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Player")
            .field("lab", &self.file.title)
            .field("played", &self.played.len())
            .finish_non_exhaustive()
    }
}

impl<'a, F: Deref<Target = LabFile> + Clone + 'a> Player<'a, F> {
    /// Nothing has run yet. Without a seed the lab's own is taken.
    pub fn new(file: F, seed: Option<u64>) -> Self {
        let own = file.clone();
        let runs = Runs::new(move |name| {
            let variant = own.variants().iter().find(|variant| variant.name == name)?;
            start(variant, seed, EVENT_BUDGET).ok()
        });
        Self { file, seed, runs, played: Vec::new(), runner: None }
    }

    /// Runs all steps up to this one, which is then over.
    pub fn play(&mut self, step: usize) -> Result<&Played, RunError> {
        while self.played.len() <= step.min(self.file.steps.len().saturating_sub(1)) {
            let played = self.next()?;
            self.played.push(played);
        }
        self.played.get(step).ok_or_else(|| RunError::Lab(Vec::new()))
    }

    fn next(&mut self) -> Result<Played, RunError> {
        let file = self.file.clone();
        let step = file.steps.get(self.played.len()).ok_or_else(|| RunError::Lab(Vec::new()))?;
        let same = self.runner.take().filter(|(variant, _)| *variant == step.variant);
        let mut runner = match same {
            Some((_, runner)) => runner,
            None => start(file.variant(Some(&step.variant)).map_err(RunError::Lab)?, self.seed, EVENT_BUDGET)?,
        };
        let played = window(&mut runner, step.play.as_ref());
        self.runner = Some((step.variant.clone(), runner));
        Ok(played)
    }

    /// The window of a step that has been played.
    pub fn seen(&self, step: usize) -> Option<Seen<'_>> {
        let variant = &self.file.steps.get(step)?.variant;
        Some(Seen { run: self.played.get(step)?.run(), variant, others: &self.runs })
    }

    /// The last event of a step that has been played.
    pub fn until(&self, step: usize) -> Option<EventNo> {
        self.played.get(step).map(Played::until)
    }

    /// The last step played, as if it had gone on for a while: what was seen and what would have been.
    pub fn longer(&self, by: SimDuration) -> Option<Played> {
        let (last, (_, runner)) = (self.played.last()?, self.runner.as_ref()?);
        let mut runner = runner.clone();
        runner.trace = last.trace.clone();
        let until = runner.clock() + by;
        runner.go_on(Some(&Until::When(crate::engine::When::At(until))));
        let stop = runner.finish();
        let trace = runner.take_trace();
        let before = last.before.clone();
        Some(Played { from: last.from, world: runner.world, stop, arrived: last.arrived, trace, before })
    }

    /// Runs of whole variants.
    pub fn others(&self) -> &dyn Others {
        &self.runs
    }
}

/// Goes on to the end of a step. A step without `play` moves nothing.
fn window(runner: &mut Runner, play: Option<&Until>) -> Played {
    let from = runner.world.event();
    let flows = 0..runner.world.flows().len();
    let before = flows.filter_map(|at| runner.world.flow_stats(FlowId(at as u16)).cloned()).collect();
    let (mut stop, mut arrived) = (Stop::Time, true);
    if let Some(play) = play {
        runner.go_on(Some(play));
        stop = runner.finish();
        arrived = runner.has_arrived();
    }
    let trace = runner.take_trace();
    Played { from, world: runner.world.clone(), stop, arrived, trace, before }
}
