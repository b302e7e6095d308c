//! `overunder migrate LAB`: a lab of an older format becomes one of the format of this program.

use std::path::{Path, PathBuf};

use clap::Args;
use overunder_sim::lab::diagnostic::render;
use overunder_sim::lab::migrate::{self, Migrated};
use overunder_sim::lab::shipped;

use super::failure::Failure;
use super::output::Output;
use super::source;
use crate::packs;

#[derive(Args, Debug)]
pub struct Migrate {
    /// The file; what stands in it is replaced, comments stay as they are
    lab: String,
    /// Only tells what would be written
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if !Path::new(&self.lab).exists() && shipped::find(&self.lab).is_some() {
            let hint = "give the path of a file of yours";
            return Err(Failure::usage(format!("{} comes with the program and is up to date", self.lab), hint));
        }
        let (_, source) = source::find(&self.lab)?;
        let migrated = migrate::migrate(&source)
            .map_err(|findings| Failure::Invalid(format!("{}\n", render::all(&findings, &source))))?;
        let name = &source.name;
        match migrated {
            Migrated::Newest => out.line(&match out.lang {
                overunder_sim::lang::Lang::En => format!("{name} has the newest format: there is nothing to do"),
                overunder_sim::lang::Lang::Zh => format!("{name} 已是最新格式:无需改动"),
            })?,
            Migrated::From(_, text) if self.dry_run => out.part(&text)?,
            Migrated::From(format, text) => {
                let path = self.path();
                crate::whole::write(&path, text.as_bytes()).map_err(|error| Failure::File(name.clone(), error))?;
                out.line(&format!("{name}: {} {format}", out.lang.pick("migrated from format", "已迁移,原格式为")))?;
            }
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        let packs = packs::usual();
        let path = packs.find(&self.lab).map_or_else(|| PathBuf::from(&self.lab), |lab| lab.path.clone());
        if path.is_dir() { path.join("lab.ron") } else { path }
    }
}
