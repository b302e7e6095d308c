//! `overunder compare [SUITE|LAB]…`: the same traffic in many networks, side by side; against a baseline, if there is one.

mod baseline;
mod chart;
mod csv;
mod github;
mod json;
mod junit;
mod markdown;
mod parallel;
mod schema;
mod subject;
mod table;

use std::path::PathBuf;

use clap::Args;
use overunder_sim::cost::IDEAL;
use overunder_sim::lab::EVENT_BUDGET;
use overunder_sim::measure::compare::{Difference, Row, Snapshot};

use super::failure::Failure;
use super::output::Output;
use super::parallel::cores;
use super::progress::Progress;
use super::write;

pub use csv::field;
use subject::Subject;

#[expect(clippy::struct_excessive_bools, reason = "one for each switch of the command line")]
#[derive(Args, Debug)]
pub struct Compare {
    /// Suites, labs, or folders with suites; all suites that come with the program if none is given
    subjects: Vec<String>,
    /// Compares with accepted numbers; a suite in a file is compared with the baseline it names
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Compares with no baseline at all
    #[arg(long, conflicts_with = "baseline")]
    no_baseline: bool,
    /// Accepts the numbers of this run: writes them to a file, to be reviewed and committed
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Times and rates may differ by so many percent; kept in the baseline
    #[arg(long, value_name = "PERCENT", requires = "write_baseline", value_parser = percent)]
    tolerance: Option<u64>,
    /// Only the runs that a suite calls `quick`
    #[arg(long, conflicts_with = "write_baseline")]
    quick: bool,
    /// One JSON document
    #[arg(long, conflicts_with_all = ["csv", "markdown"])]
    json: bool,
    /// A line for each number
    #[arg(long, conflicts_with = "markdown")]
    csv: bool,
    /// Tables with bars, for a page
    #[arg(long)]
    markdown: bool,
    /// The JSON schema of what --json prints
    #[arg(long, exclusive = true)]
    schema: bool,
    /// Also writes a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Also draws charts
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Draws these values only
    #[arg(long, value_name = "VALUE,…", requires = "svg", value_delimiter = ',')]
    draw: Vec<String>,
    /// Runs at the same time; as many as there are processors if nothing is said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Gives a run up after so many events
    #[arg(long, value_name = "N", default_value_t = EVENT_BUDGET)]
    events: u64,
}

/// `1`, `0.5`: in millionths.
fn percent(text: &str) -> Result<u64, String> {
    let number: f64 = text.trim_end_matches('%').parse().map_err(|_| "a number such as 0.5".to_owned())?;
    if !(0.0..=100.0).contains(&number) {
        return Err("from 0 to 100".to_owned());
    }
    Ok((number * 10_000.0).round() as u64)
}

/// A subject that was run.
pub struct Compared {
    pub subject: Subject,
    pub rows: Vec<Row>,
    /// What it was compared with, and what came of it.
    pub against: Option<Against>,
}

/// A baseline, and what is different.
pub struct Against {
    pub file: String,
    pub accepted: Snapshot,
    pub differences: Vec<Difference>,
    /// Values that moved by less than the tolerance.
    pub tolerated: usize,
    /// Runs that are in both.
    pub common: usize,
}

impl Compared {
    /// Nothing is different, every run ended, and what was expected holds.
    pub fn holds(&self) -> bool {
        self.is_sound() && self.against.as_ref().is_none_or(|against| against.differences.is_empty())
    }

    fn is_sound(&self) -> bool {
        self.rows.iter().all(|row| row.complaints.is_empty() && row.checks.iter().all(|(_, outcome)| outcome.holds))
    }

    /// Profiles of all runs; `ideal` where work costs nothing.
    pub fn profiles(&self) -> Vec<String> {
        let of = |row: &Row| if row.profiles.is_empty() { vec![IDEAL.to_owned()] } else { row.profiles.clone() };
        let mut found: Vec<String> = self.rows.iter().flat_map(of).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Names of all values, in the order in which they come.
    pub fn columns(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for value in self.rows.iter().flat_map(|row| &row.values) {
            if !found.contains(&value.name.as_str()) {
                found.push(&value.name);
            }
        }
        found
    }
}

impl Compare {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if self.schema {
            return Ok(out.part(schema::TEXT)?);
        }
        let subjects = subject::all(&self.subjects)?;
        if (self.baseline.is_some() || self.write_baseline.is_some()) && subjects.len() > 1 {
            let hint = "name one suite; a suite in a file is compared with the baseline it names, without this option";
            return Err(Failure::usage("a baseline is of one suite or lab", hint));
        }
        if self.svg.is_some() {
            chart::available()?;
            // What a suite measures is known before anybody waits for a run; a lab's flows are not.
            let values: Option<Vec<_>> = subjects.iter().map(|subject| subject.values.as_deref()).collect();
            if let Some(values) = values {
                chart::known(values.into_iter().flatten().map(String::as_str), &self.draw)?;
            }
        }
        let mut all = Vec::new();
        for subject in subjects {
            // What is wrong with a baseline is told before anybody waits for a run.
            let accepted = if self.no_baseline || self.write_baseline.is_some() {
                None
            } else {
                baseline::find(&subject, self.baseline.as_deref())?
            };
            let rows = self.rows(&subject, out)?;
            let against =
                accepted.map(|accepted| baseline::compare(&subject, &rows, accepted, self.quick)).transpose()?;
            all.push(Compared { subject, rows, against });
        }
        chart::known(all.iter().flat_map(Compared::columns), &self.draw)?;
        self.tell(&all, out)?;
        out.finish()?;
        if let Some(path) = &self.write_baseline {
            baseline::write(&all[0], path, self.tolerance, out)?;
        }
        if let Some(path) = &self.junit {
            write::whole(path, &junit::report(&all, out.lang)?)?;
        }
        if let Some(path) = &self.svg {
            write::whole(path, &chart::draw(&all, &self.draw, out.lang)?)?;
        }
        github::tell(&all, out.lang)?;
        if all.iter().all(Compared::holds) { Ok(()) } else { Err(Failure::Expectation) }
    }

    fn rows(&self, subject: &Subject, out: &Output) -> Result<Vec<Row>, Failure> {
        let wanted = if self.quick { subject.quick()? } else { (0..subject.runs.len()).collect() };
        let mut progress = Progress::new(wanted.len(), !out.quiet);
        let jobs = self.jobs.map_or_else(cores, usize::from);
        let rows = parallel::rows(subject, &wanted, (jobs, self.events), &mut progress);
        progress.wipe();
        rows
    }

    fn tell(&self, all: &[Compared], out: &mut Output) -> Result<(), Failure> {
        let text = if self.json {
            json::text(all, out.lang)
        } else if self.csv {
            csv::text(all)
        } else if self.markdown {
            markdown::text(all, out.lang)
        } else {
            return table::write(all, out);
        };
        Ok(out.part(&text)?)
    }
}
