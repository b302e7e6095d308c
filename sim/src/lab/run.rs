//! Running a variant to its end and judging it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::engine::{BuildError, Change, ChangeError, Stop, When, World};
use crate::id::FlowId;
use crate::lab::diagnostic::Finding;
use crate::lab::file::{LabFile, Variant};
use crate::lab::judge::select::pick_from;
use crate::lab::judge::{Finished, Others, Outcome, Run, Selector, Trace};
use crate::plan::{Plan, world};
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

/// The end of a run, or of a step of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// When nothing is left to do.
    Quiet,
    /// When no forwarding table was written for as long as the routing protocols need to notice a silent neighbour.
    Converged,
    /// At this moment.
    When(When),
    /// So long after the first such record.
    First(Box<Selector>, SimDuration),
}

/// A run in progress: a world, its trace, and when it ends.
#[derive(Clone, Debug)]
pub struct Runner {
    /// The world.
    pub world: World,
    /// What happened since it was last taken.
    pub trace: Trace,
    /// It never goes on behind this time.
    last: SimTime,
    until: SimTime,
    waits: Vec<Wait>,
    end: Option<Until>,
    done: Vec<(FlowId, SimTime)>,
    made: Vec<(u32, SimTime)>,
    budget: u64,
    /// How long routing protocols here need to notice a silent neighbour.
    patience: Option<SimDuration>,
}

/// What an end waits for, and how much later it is meant.
#[derive(Clone, Debug)]
struct Wait {
    base: Base,
    span: SimDuration,
    /// It is the end of the lab, and not of what is played now.
    of_lab: bool,
}

#[derive(Clone, Debug)]
enum Base {
    When(When),
    First(Box<Selector>),
    Converged,
}

impl Runner {
    /// Builds the world of a plan; it has not moved yet.
    pub fn new(plan: &Plan, end: Option<&Until>, budget: u64) -> Result<Self, BuildError> {
        let mut world = world::build(plan)?;
        world.set_logging(true);
        let mut runner = Self {
            trace: Trace::at(&world),
            world,
            last: SimTime::MAX,
            until: SimTime::MAX,
            waits: Vec::new(),
            end: end.cloned(),
            done: Vec::new(),
            made: Vec::new(),
            budget,
            patience: None,
        };
        runner.patience = runner.world.patience();
        runner.go_on(None);
        Ok(runner)
    }

    /// Stops no later than this.
    pub fn stop_at(&mut self, time: SimTime) {
        self.last = self.last.min(time);
        self.until = self.until.min(time);
    }

    /// Goes on to another moment, but not behind the end of the lab.
    pub fn go_on(&mut self, until: Option<&Until>) {
        self.until = self.last;
        self.waits.clear();
        for (end, of_lab) in self.end.clone().iter().map(|end| (end, true)).chain(until.map(|until| (until, false))) {
            match end {
                Until::Quiet => {}
                Until::Converged => {
                    self.waits.push(Wait { base: Base::Converged, span: SimDuration::ZERO, of_lab });
                }
                Until::First(selector, span) => {
                    self.waits.push(Wait { base: Base::First(selector.clone()), span: *span, of_lab });
                }
                Until::When(when) => self.wait_for(when, of_lab),
            }
        }
    }

    fn wait_for(&mut self, when: &When, of_lab: bool) {
        let (base, span) = flat(when);
        match self.came(base) {
            Some(time) => self.until = self.until.min(time + span),
            None => self.waits.push(Wait { base: Base::When(base.clone()), span, of_lab }),
        }
    }

    /// Whether the moment it was told to go on to has come.
    pub fn has_arrived(&self) -> bool {
        self.waits.iter().all(|wait| wait.of_lab)
    }

    /// The time up to which it has run: later than the last event when nothing happened meanwhile.
    pub fn clock(&self) -> SimTime {
        if self.until == SimTime::MAX { self.world.now() } else { self.until.max(self.world.now()) }
    }

    /// Takes the records out: those that follow are of the next window.
    pub fn take_trace(&mut self) -> Trace {
        let next = Trace::after(&self.world, self.trace.convergence.clone());
        std::mem::replace(&mut self.trace, next)
    }

    /// Does the next event and notes it; or says why there is none.
    pub fn step(&mut self) -> Option<Stop> {
        self.look_for_agreement();
        if self.world.is_quiet() && self.at_rest() {
            return Some(Stop::Quiet);
        }
        if self.world.now() > self.until || self.world.next_time().is_some_and(|time| time > self.until) {
            return Some(Stop::Time);
        }
        if self.budget == 0 {
            return Some(Stop::Budget);
        }
        self.budget -= 1;
        // What was due may be a timer that was stopped meanwhile, and the next event lies behind the end.
        if !self.world.step_by(self.until) {
            let quiet = self.world.is_quiet() && self.patience.is_none();
            return Some(if quiet { Stop::Quiet } else { Stop::Time });
        }
        let Trace { frames, decisions, changes, charges, .. } = &self.trace;
        let seen = [frames.len(), decisions.len(), changes.len(), charges.len()];
        let marks = (self.trace.finished.len(), self.trace.commands.len());
        self.trace.observe(&self.world);
        self.done.extend(self.trace.finished[marks.0..].iter().map(|(flow, mark)| (*flow, mark.time)));
        self.made.extend(self.trace.commands[marks.1..].iter().map(|(number, mark)| (*number, mark.time)));
        self.look_for_moments(seen);
        None
    }

    /// Since when the forwarding tables will have agreed for long enough, if nothing happens before.
    fn agreement(&self) -> Option<SimTime> {
        self.patience.map(|patience| self.trace.convergence.as_ref().map_or(SimTime::ZERO, |at| at.last()) + patience)
    }

    /// Nothing but housekeeping is to come. Where a routing protocol is spoken its timers may have something to say
    /// yet: then a run goes on to its stated end, or until the tables have agreed for long enough.
    fn at_rest(&self) -> bool {
        match self.agreement() {
            None => true,
            Some(_) if self.until < SimTime::MAX => false,
            Some(time) => self.world.next_time().is_none_or(|next| next > time),
        }
    }

    /// Whether what comes next is behind the moment of agreement that is waited for.
    fn look_for_agreement(&mut self) {
        if self.waits.iter().any(|wait| matches!(wait.base, Base::Converged))
            && let Some(time) = self.agreement()
            && self.world.next_time().is_none_or(|next| next > time)
        {
            self.until = self.until.min(time.max(self.world.now()));
            self.waits.retain(|wait| !matches!(wait.base, Base::Converged));
        }
    }

    fn look_for_moments(&mut self, seen: [usize; 4]) {
        if self.waits.is_empty() {
            return;
        }
        for wait in std::mem::take(&mut self.waits) {
            let time = match &wait.base {
                Base::When(when) => self.came(when),
                Base::Converged => None,
                Base::First(selector) => {
                    pick_from(selector, &self.trace, &self.world, seen).first().map(|_| self.world.now())
                }
            };
            match time {
                Some(time) => self.until = self.until.min(time + wait.span),
                None => self.waits.push(wait),
            }
        }
    }

    /// When a moment came, if it has.
    fn came(&self, base: &When) -> Option<SimTime> {
        match base {
            When::At(time) => Some(*time),
            When::Done(flow) => self.done.iter().find(|(known, _)| known == flow).map(|(_, time)| *time),
            When::Event(number) => self.made.iter().find(|(known, _)| known == number).map(|(_, time)| *time),
            When::Answered(flow, count) => {
                let stats = self.world.flow_stats(*flow);
                stats.filter(|stats| stats.received >= *count).map(|_| self.world.now())
            }
            When::After(..) => None,
        }
    }

    /// Runs to the end.
    pub fn finish(&mut self) -> Stop {
        loop {
            if let Some(stop) = self.step() {
                return stop;
            }
        }
    }

    /// Makes changes now. They belong to the world that is judged, not to what is judged.
    pub fn make(&mut self, name: &str, changes: &[Change]) -> Result<(), ChangeError> {
        changes.iter().try_for_each(|change| self.world.apply(name, change))
    }

    /// Ends what is under way and begins the traffic anew, in the world as it is: a fresh attempt. The end of the lab
    /// is as far away as it was at the start. [`Stop::Budget`] if the world does not come to rest before.
    pub fn begin_again(&mut self) -> Stop {
        self.world.stop_flows();
        self.waits.clear();
        self.until = self.last;
        let stop = self.finish();
        if stop == Stop::Budget {
            return stop;
        }
        self.world.restart_flows();
        self.done.clear();
        self.trace = Trace::at(&self.world);
        self.trace.began = self.world.now();
        self.end = match self.end.take() {
            Some(Until::When(when)) => Some(Until::When(self.counted_from_now(when))),
            other => other,
        };
        self.go_on(None);
        stop
    }

    /// A moment that is counted from the start, or from something that is past, counted from now.
    fn counted_from_now(&self, when: When) -> When {
        let now = self.world.now();
        match when {
            When::At(time) => When::At(now + time.since(SimTime::ZERO)),
            When::Event(number) if self.made.iter().any(|(known, _)| *known == number) => When::At(now),
            When::After(base, span) => When::After(Box::new(self.counted_from_now(*base)), span),
            other => other,
        }
    }

    /// All that was seen, to be judged.
    pub fn run(&self) -> Run<'_> {
        Run::whole(&self.trace, &self.world)
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
    let runs = Runs::of_lab(file, limits.0, limits.1);
    let own = Finished { world: runner.world.clone(), trace: runner.trace.clone() };
    runs.know(&variant.name, own);
    variant.checks.iter().map(|(name, check)| (name.clone(), check.judge(runner.run(), &runs))).collect()
}

/// Makes a run, not begun; nothing for a name that means none.
type Begin<'a> = Box<dyn Fn(&str) -> Option<Runner> + 'a>;

/// Whole runs of variants, each done once, when somebody asks for it.
pub struct Runs<'a> {
    begin: Begin<'a>,
    done: RefCell<BTreeMap<String, Option<Rc<Finished>>>>,
}

impl std::fmt::Debug for Runs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runs").field("done", &self.done.borrow().keys()).finish_non_exhaustive()
    }
}

impl<'a> Runs<'a> {
    /// Runs of the variants of a lab.
    pub fn of_lab(file: &'a LabFile, seed: Option<u64>, budget: u64) -> Self {
        Self::new(move |name| {
            let variant = file.variants().iter().find(|variant| variant.name == name)?;
            start(variant, seed, budget).ok()
        })
    }

    /// Runs of whatever `begin` makes of a name.
    pub fn new(begin: impl Fn(&str) -> Option<Runner> + 'a) -> Self {
        Self { begin: Box::new(begin), done: RefCell::default() }
    }

    /// Takes a run that was done elsewhere.
    pub fn know(&self, name: &str, run: Finished) {
        self.done.borrow_mut().insert(name.to_owned(), Some(Rc::new(run)));
    }

    fn run(&self, name: &str) -> Option<Rc<Finished>> {
        let mut runner = (self.begin)(name)?;
        runner.finish();
        Some(Rc::new(Finished { world: runner.world, trace: runner.trace }))
    }
}

impl Others for Runs<'_> {
    fn variant(&self, name: &str) -> Option<Rc<Finished>> {
        let known = self.done.borrow().get(name).cloned();
        known.unwrap_or_else(|| {
            let run = self.run(name);
            self.done.borrow_mut().insert(name.to_owned(), run.clone());
            run
        })
    }
}
