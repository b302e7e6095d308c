//! `overunder plan LAB`.

use clap::Args;
use overunder_sim::plan::show;

use super::failure::Failure;
use super::output::Output;
use super::source;

#[derive(Args, Debug)]
pub struct Plan {
    /// Name or number of a shipped lab, or a path
    lab: String,
    /// The variant to show; the first one if not given
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
}

impl Plan {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let lab = source::load(&self.lab)?;
        let plan = lab.plan(self.variant.as_deref(), None)?;
        for line in show::text(&plan, out.lang).lines() {
            out.line(line)?;
        }
        Ok(())
    }
}
