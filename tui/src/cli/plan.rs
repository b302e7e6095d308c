//! `overunder plan LAB`.

use clap::Args;
use overunder_sim::plan::{linux, show};

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
    /// As a script for real Linux network namespaces
    #[arg(long)]
    linux: bool,
    /// Shows it though a finding warns, as if the lab allowed it
    #[arg(long)]
    force: bool,
}

impl Plan {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let lab = source::load_forced(&self.lab, self.force, out)?;
        let plan = lab.plan(self.variant.as_deref(), None)?;
        let text = if self.linux {
            linux::script(&plan).map_err(|missing| refused(&missing))?
        } else {
            show::text(&plan, out.lang)
        };
        for line in text.lines() {
            out.line(line)?;
        }
        Ok(())
    }
}

/// What a Linux machine cannot do as the simulator does it.
fn refused(missing: &[String]) -> Failure {
    let what = format!("a Linux machine cannot do all of this lab:\n  {}", missing.join("\n  "));
    Failure::usage(what, "leave these out of a copy of the lab to compare the rest with the kernel")
}
