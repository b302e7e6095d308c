//! Running a variant to its end and judging it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::engine::{BuildError, Entry, Stop, When, World};
use crate::lab::diagnostic::Finding;
use crate::lab::file::{LabFile, Variant};
use crate::lab::judge::value::Run;
use crate::lab::judge::{Check, Outcome, Trace};
use crate::plan::{Bilingual, Plan, world};
use crate::time::{SimDuration, SimTime};

/// Events a run may have when nobody says otherwise.
pub const EVENT_BUDGET: u64 = 5_000_000;

/// Why a variant could not be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// There is no such variant.
    #[error("{}", .0.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; "))]
    Lab(Vec<Finding>),
    /// Its plan cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// A run in progress: a world, its trace, and when it ends.
#[derive(Clone, Debug)]
pub struct Runner {
    /// The world.
    pub world: World,
    /// What happened so far.
    pub trace: Trace,
    until: SimTime,
    waits: Option<(When, SimDuration)>,
    budget: u64,
}

impl Runner {
    /// Builds the world of a plan; it has not moved yet.
    pub fn new(plan: &Plan, end: Option<&When>, budget: u64) -> Result<Self, BuildError> {
        let mut world = world::build(plan)?;
        world.set_logging(true);
        let mut runner = Self { world, trace: Trace::default(), until: SimTime::MAX, waits: None, budget };
        if let Some(end) = end {
            let (base, span) = flat(end);
            match base {
                When::At(time) => runner.until = *time + span,
                other => runner.waits = Some((other.clone(), span)),
            }
        }
        Ok(runner)
    }

    /// Stops no later than this.
    pub fn stop_at(&mut self, time: SimTime) {
        self.until = self.until.min(time);
    }

    /// Does the next event and notes it; or says why there is none.
    pub fn step(&mut self) -> Option<Stop> {
        if self.world.is_quiet() {
            return Some(Stop::Quiet);
        }
        if self.world.next_time().is_some_and(|time| time > self.until) {
            return Some(Stop::Time);
        }
        if self.budget == 0 {
            return Some(Stop::Budget);
        }
        self.budget -= 1;
        if !self.world.step() {
            return Some(Stop::Quiet);
        }
        self.trace.observe(&self.world);
        if self.waits.as_ref().is_some_and(|(base, _)| has_come(base, &self.world))
            && let Some((_, span)) = self.waits.take()
        {
            self.until = self.until.min(self.world.now() + span);
        }
        None
    }

    /// Runs to the end.
    pub fn finish(&mut self) -> Stop {
        loop {
            if let Some(stop) = self.step() {
                return stop;
            }
        }
    }

    fn run(&self) -> Run<'_> {
        Run { trace: &self.trace, world: &self.world }
    }
}

/// A moment without its `After`s, and how much later it is meant.
fn flat(when: &When) -> (&When, SimDuration) {
    match when {
        When::After(base, span) => {
            let (base, before) = flat(base);
            (base, before + *span)
        }
        other => (other, SimDuration::ZERO),
    }
}

fn has_come(base: &When, world: &World) -> bool {
    match base {
        When::Done(flow) => world.flow_stats(*flow).is_some_and(|stats| stats.finished),
        When::Answered(flow, count) => world.flow_stats(*flow).is_some_and(|stats| stats.received >= *count),
        When::Event(number) => {
            world.log().entries().iter().any(|entry| matches!(entry, Entry::Command(n) if n == number))
        }
        When::At(_) | When::After(..) => false,
    }
}

/// A run that is over, and how it was judged.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Whole name of the variant; empty for a lab without variants.
    pub variant: String,
    /// Why it stopped.
    pub stop: Stop,
    /// The world at the end.
    pub world: World,
    /// What happened.
    pub trace: Trace,
    /// Each check by name, and whether it holds.
    pub outcomes: Vec<(String, Outcome)>,
}

/// Runs a variant to its end and judges it; other variants are run too where a check looks into them.
pub fn run_variant(file: &LabFile, variant: Option<&str>, seed: Option<u64>, budget: u64) -> Result<Ran, RunError> {
    let variant = file.variant(variant).map_err(RunError::Lab)?;
    let mut runner = start(variant, seed, budget)?;
    let stop = runner.finish();
    let outcomes = judge(file, variant, &runner, (seed, budget));
    let Runner { world, trace, .. } = runner;
    Ok(Ran { variant: variant.name.clone(), stop, world, trace, outcomes })
}

/// The run of a variant, not begun.
pub fn start(variant: &Variant, seed: Option<u64>, budget: u64) -> Result<Runner, BuildError> {
    let mut plan = variant.plan().clone();
    plan.seed = seed.unwrap_or(plan.seed);
    Runner::new(&plan, variant.end.as_ref(), budget)
}

/// Judges a run that is over; `limits` are the seed and the budget for the runs of other variants.
pub fn judge(file: &LabFile, variant: &Variant, runner: &Runner, limits: (Option<u64>, u64)) -> Vec<(String, Outcome)> {
    let elsewhere = Elsewhere { file, limits, runs: RefCell::default() };
    let others = |name: &str, check: &Check| {
        if name == variant.name {
            check.judge(runner.run(), &|name, check| elsewhere.judge(name, check))
        } else {
            elsewhere.judge(name, check)
        }
    };
    variant.checks.iter().map(|(name, check)| (name.clone(), check.judge(runner.run(), &others))).collect()
}

/// Runs of other variants, each done once.
struct Elsewhere<'a> {
    file: &'a LabFile,
    limits: (Option<u64>, u64),
    runs: RefCell<BTreeMap<String, Option<Runner>>>,
}

impl Elsewhere<'_> {
    fn judge(&self, name: &str, check: &Check) -> Outcome {
        let known = self.runs.borrow().get(name).cloned();
        let runner = known.unwrap_or_else(|| {
            let runner = self.run(name);
            self.runs.borrow_mut().insert(name.to_owned(), runner.clone());
            runner
        });
        match runner {
            Some(runner) => check.judge(runner.run(), &|name, check| self.judge(name, check)),
            None => Outcome { holds: false, text: Bilingual::new("could not be run", "无法运行") },
        }
    }

    fn run(&self, name: &str) -> Option<Runner> {
        let variant = self.file.variants().iter().find(|variant| variant.name == name)?;
        let mut runner = start(variant, self.limits.0, self.limits.1).ok()?;
        runner.finish();
        Some(runner)
    }
}
