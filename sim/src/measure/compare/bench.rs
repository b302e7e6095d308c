//! What is compared: the runs of a suite, or the variants of a lab.

use super::{Row, Value, figure};
use crate::engine::{Stop, World};
use crate::id::{FlowId, NodeId};
use crate::lab::diagnostic::Finding;
use crate::lab::file;
use crate::lab::judge::run::Run;
use crate::lab::judge::{Measure, Quantity, Trace, flows};
use crate::lab::run::{RunError, Runner, start};
use crate::lab::suite::{self, Better, Figure, Suite};
use crate::lab::{LabFile, Source};
use crate::measure::account::Account;

/// A suite or a lab that can be run.
#[derive(Debug)]
pub enum Bench {
    /// A comparison suite.
    Suite(Box<Suite>),
    /// A lab: its variants, measured as all labs are.
    Lab(Box<LabFile>),
}

/// What is told of every lab.
const OF_LABS: [Figure; 3] = [Figure::Wire, Figure::Frames, Figure::Rows];

impl Bench {
    /// Reads a file; all that is wrong with it comes at once.
    pub fn open(source: Source) -> Result<Self, Vec<Finding>> {
        if suite::is_suite(&source) {
            return suite::open(source).map(|suite| Self::Suite(Box::new(suite)));
        }
        file::open(source).map(|lab| Self::Lab(Box::new(lab)))
    }

    fn file(&self) -> &LabFile {
        match self {
            Self::Suite(suite) => &suite.file,
            Self::Lab(lab) => lab,
        }
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.file().title
    }

    /// A number that another text hardly has.
    pub fn hash(&self) -> String {
        self.file().hash()
    }

    /// The axes, each with its values.
    pub fn axes(&self) -> Vec<(String, Vec<String>)> {
        self.file().axis_values()
    }

    /// The file with accepted values that lies beside it.
    pub fn baseline(&self) -> Option<&str> {
        match self {
            Self::Suite(suite) => suite.baseline.as_deref(),
            Self::Lab(_) => None,
        }
    }

    /// Names of the runs; the one of a lab without variants has none.
    pub fn names(&self) -> Vec<&str> {
        self.file().variants().iter().map(|variant| variant.name.as_str()).collect()
    }

    /// Names of what a suite measures; what is told of a lab depends on the flows of its variants.
    pub fn values(&self) -> Option<Vec<String>> {
        let Self::Suite(suite) = self else { return None };
        let measured = suite.measures.iter().map(|measure| measure.name.value.clone());
        Some(measured.chain(suite.figures.iter().map(|figure| figure.named().name.to_owned())).collect())
    }

    /// Places of the runs that are enough for a first look; nothing for a lab, which has no such choice.
    pub fn quick(&self) -> Option<Vec<usize>> {
        let Self::Suite(suite) = self else { return None };
        let names = self.names();
        Some((0..names.len()).filter(|at| suite.quick.iter().any(|quick| quick == names[*at])).collect())
    }

    /// Does one run.
    pub fn run(&self, at: usize, budget: u64) -> Result<Row, RunError> {
        match self {
            Self::Suite(suite) => {
                let compared = suite.compared(budget);
                let done = suite.run(at, &compared, budget)?;
                let measures = suite.measures.iter().zip(done.values);
                let values = measures
                    .map(|(measure, quantity)| Value {
                        name: measure.name.value.clone(),
                        quantity,
                        better: Some(measure.better),
                    })
                    .collect();
                let ran = done.ran;
                let mut row = row(&ran.variant, (&ran.trace, &ran.world), ran.stop, budget);
                row.checks = ran.outcomes;
                row.values = values;
                self.add_figures(&mut row, at, &ran.world, &suite.figures);
                Ok(row)
            }
            Self::Lab(lab) => {
                let variant = &lab.variants()[at];
                let mut runner = start(variant, None, budget)?;
                let stop = runner.finish();
                let Runner { world, trace, .. } = runner;
                let mut row = row(&variant.name, (&trace, &world), stop, budget);
                row.values = of_flows(&trace, &world);
                self.add_figures(&mut row, at, &world, &OF_LABS);
                Ok(row)
            }
        }
    }

    fn add_figures(&self, row: &mut Row, at: usize, world: &World, figures: &[Figure]) {
        let plan = self.file().variants()[at].plan();
        for figure in figures {
            let quantity = figure::of(*figure, &row.account, plan, world);
            let named = figure.named();
            row.values.push(Value { name: named.name.to_owned(), quantity, better: Some(named.better) });
        }
    }
}

fn row(name: &str, (trace, world): (&Trace, &World), stop: Stop, budget: u64) -> Row {
    let refused = world.refused().iter().map(|(name, error)| format!("event `{name}` was refused: {error}"));
    let mut complaints: Vec<String> = refused.collect();
    if stop == Stop::Budget {
        complaints.push(format!("the run did not end within {budget} events: give the lab an `end`"));
    }
    Row {
        name: name.to_owned(),
        values: Vec::new(),
        account: Account::of(trace, world),
        profiles: profiles(world),
        events: world.event().0,
        digest: format!("{:016x}", world.digest()),
        checks: Vec::new(),
        complaints,
    }
}

/// What is measured of the flows of a lab.
fn of_flows(trace: &Trace, world: &World) -> Vec<Value> {
    let run = Run::whole(trace, world);
    let mut found = Vec::new();
    for (at, flow) in world.flows().iter().enumerate() {
        let id = FlowId(at as u16);
        let lost = flows::stat(run, id, crate::engine::FlowStats::lost);
        let all = [
            ("lost", if flow.to.is_empty() { Quantity::Nothing } else { lost }, Better::Lower),
            ("rtt", flows::rtt(run, id, Measure::Median), Better::Lower),
            ("goodput", flows::goodput(run, id), Better::Higher),
        ];
        for (what, quantity, better) in all {
            if quantity != Quantity::Nothing {
                found.push(Value { name: format!("{}.{what}", flow.name), quantity, better: Some(better) });
            }
        }
    }
    found
}

/// The profiles that nodes of this world have, each once.
fn profiles(world: &World) -> Vec<String> {
    let cpus = (0..world.nodes().len()).filter_map(|at| world.cpu(NodeId(at as u32)));
    let mut found: Vec<String> = cpus.map(|cpu| cpu.profile.name.to_string()).collect();
    found.sort_unstable();
    found.dedup();
    found
}
