//! A design, judged by what happens in it.

use crate::engine::Stop;
use crate::environment::Environment;
use crate::lab::diagnostic::Findings;
use crate::lab::file::LabFile;
use crate::lab::judge::Outcome;
use crate::lab::read::read;
use crate::lab::run::{RunError, judge as judge_run, start};
use crate::lab::schema::lab;
use crate::lab::trial::{Dropped, Watch};

/// A flow that lost something, and the first packet of it that was thrown away.
#[derive(Clone, Debug, PartialEq)]
pub struct Stopped {
    /// Its name.
    pub flow: String,
    /// By which rule, and who says so.
    pub dropped: Dropped,
}

/// What came of a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The goals in their order.
    pub goals: Vec<(String, Outcome)>,
    /// What was lost on the way.
    pub stopped: Vec<Stopped>,
    /// It ran to its end.
    pub ended: bool,
}

impl Judged {
    /// Whether the design passes.
    pub fn passes(&self) -> bool {
        self.ended && self.goals.iter().all(|(_, outcome)| outcome.holds)
    }
}

/// Runs the lab that a design makes of its brief.
pub fn judge(file: &LabFile, budget: u64) -> Result<Judged, RunError> {
    let variant = file.variant(None).map_err(RunError::Lab)?;
    let mut runner = start(variant, None, budget)?;
    let flows: Vec<_> =
        variant.names().flows.iter().filter_map(|(name, id)| Some((name.value.clone(), (*id)?))).collect();
    let most = flows.iter().map(|(_, id)| usize::from(id.0) + 1).max().unwrap_or_default();
    let mut watch = Watch::new(environment(file), most);
    let stop = loop {
        if let Some(stop) = runner.step() {
            break stop;
        }
        watch.observe(&runner.world);
    };
    let stopped = flows.into_iter().filter_map(|(flow, id)| {
        let stats = runner.world.flow_stats(id)?;
        let lost = stats.received < stats.sent || stats.failed.is_some();
        let dropped = lost.then(|| watch.stopped(&runner.world, id)).flatten()?;
        Some(Stopped { flow, dropped })
    });
    let stopped = stopped.collect();
    let goals = judge_run(file, variant, &runner, (None, budget));
    Ok(Judged { goals, stopped, ended: stop != Stop::Budget })
}

/// The network below the nodes, if it has rules.
fn environment(file: &LabFile) -> Option<&'static Environment> {
    let found = &mut Findings::default();
    let tree = read(&file.source, found)?;
    let lab = lab::read(&lab::open(&tree, found)?, found);
    lab.cluster?.environment.map(|chosen| chosen.is)
}
