//! The runs of a suite: each is run to its end, judged and measured.

use crate::lab::diagnostic::{Code, Finding};
use crate::lab::file::Variant;
use crate::lab::judge::{Check, Finished, Quantity};
use crate::lab::run::{Ran, RunError, Runner, Runs, start};
use crate::lab::suite::Suite;

/// A run of a suite that is over.
#[derive(Clone, Debug)]
pub struct SuiteRun {
    /// What happened, and what became of the checks.
    pub ran: Ran,
    /// The measures, in their order.
    pub values: Vec<Quantity>,
}

impl Suite {
    /// Names of the runs: their values in the order of the axes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.file.variant_names()
    }

    /// Whole runs for checks that compare some, each done once.
    pub fn compared(&self, budget: u64) -> Runs<'_> {
        Runs::of_lab(&self.file, None, budget)
    }

    /// Does one run, judges and measures it. What compares whole runs is judged in the first run that asks for it.
    pub fn run(&self, at: usize, compared: &Runs<'_>, budget: u64) -> Result<SuiteRun, RunError> {
        let variant = &self.file.variants()[at];
        let mut runner = start(variant, None, budget)?;
        let stop = runner.finish();
        let Runner { world, trace, .. } = runner;
        let own = Finished { world, trace };
        let judged = |(name, check): &(String, Check)| (name.clone(), check.judge(own.run(), compared));
        let outcomes = self.checks(at).map(judged).collect();
        let values = self.measures.iter().map(|measure| measure.numbers[at].of(own.run(), compared)).collect();
        let Finished { world, trace } = own;
        Ok(SuiteRun { ran: Ran { variant: variant.name.clone(), stop, world, trace, outcomes }, values })
    }

    fn checks(&self, at: usize) -> impl Iterator<Item = &(String, Check)> {
        let variants: &[Variant] = self.file.variants();
        let is_new = move |check: &&(String, Check)| {
            check.1.needs_window() || !variants[..at].iter().any(|before| before.checks.contains(check))
        };
        variants[at].checks.iter().filter(is_new)
    }

    /// Measures that had no value in any of these runs.
    pub fn unmeasured(&self, runs: &[Vec<Quantity>]) -> Vec<Finding> {
        let nothing = |at: usize| !runs.is_empty() && runs.iter().all(|values| values[at] == Quantity::Nothing);
        let silent = self.measures.iter().enumerate().filter(|(at, _)| nothing(*at));
        let told = silent.map(|(_, measure)| {
            let text = format!("`{}` measures nothing", measure.name.value);
            let finding = Finding::new(Code::NoAnswer, text, measure.name.span).label("no run has such a value");
            finding.help("let the bench have what it asks for, or leave it out")
        });
        told.collect()
    }
}
