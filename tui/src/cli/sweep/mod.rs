//! `overunder sweep LAB --vary PLACE.FIELD=VALUES… -o FILE`: a lab with its parameters at many values, each point a run.
//!
//! A sweep may be divided among machines: `--partition 2/4` does the second quarter, chosen by a hash of each point, and
//! `overunder merge` puts the parts together again, byte for byte the file that one machine would have written.

mod file;
mod journal;
mod merge;
mod points;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;
use overunder_sim::lab::point::{self, Setting};
use overunder_sim::lab::{EVENT_BUDGET, LabFile, Source};
use overunder_sim::measure::compare::{Bench, Row};

use super::failure::Failure;
use super::output::Output;
use super::parallel::{cores, each};
use super::progress::Progress;
use super::{interrupt, source, write};
use file::{Form, Head};
use journal::Journal;
pub use merge::Merge;
use points::{Part, Point, Vary};

#[derive(Args, Debug)]
pub struct Sweep {
    /// The lab
    lab: String,
    /// What is varied: a place of the lab, a field of it, and values: `sw.fdb_size=10,100` or `a--sw.delay=1ms..9ms/2ms`
    #[arg(long, required = true, value_name = "PLACE.FIELD=VALUES", value_parser = points::vary)]
    vary: Vec<Vary>,
    /// Draws so many points instead of taking all combinations; ranges need no step then
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    random: Option<u32>,
    /// Seed of the points that are drawn
    #[arg(long, value_name = "N", default_value_t = 1, requires = "random")]
    seed: u64,
    /// Of this variant
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Where the numbers go: a file ending in `.csv` or `.ndjson`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Does only a part of the points: `2/4` is the second of four
    #[arg(long, value_name = "K/N", value_parser = points::part, default_value = "1/1")]
    partition: Part,
    /// Runs at the same time; as many as there are processors if nothing is said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Gives a run up after so many events
    #[arg(long, value_name = "N", default_value_t = EVENT_BUDGET)]
    events: u64,
}

/// A lab whose variant is known by its place.
struct Opened {
    bench: Bench,
    at: usize,
}

impl Sweep {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let form = Form::of(&self.output)?;
        let (name, source) = source::find(&self.lab)?;
        if overunder_sim::lab::suite::is_suite(&source) {
            let hint = "`overunder compare` runs suites; a sweep takes a lab";
            return Err(Failure::usage(format!("{name} is a suite"), hint));
        }
        let lab = overunder_sim::lab::open(source.clone())
            .map_err(|found| Failure::Invalid(source::told(&found, &source)))?;
        let variant = lab.variant(self.variant.as_deref()).map(|variant| variant.name.clone());
        let variant = variant.map_err(|found| usage(&found, "--variant"))?;
        let all = points::all(&self.vary, self.random.map(|count| (count, self.seed)))?;
        let own: Vec<&Point> = all.iter().filter(|point| self.partition.holds(point)).collect();
        let head = Head {
            sweep: file::FORMAT,
            lab: name,
            hash: lab.hash(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            variant,
            vary: self.vary.iter().map(|vary| vary.typed.clone()).collect(),
            random: self.random,
            seed: self.random.map(|_| self.seed),
            events: self.events,
            points: all.len(),
            part: self.partition.part,
            of: self.partition.of,
            own: own.len(),
        };
        if file::is_done(&self.output, form, &head)? {
            out.remark(&format!("{}: all of it is there already", self.output.display()));
            return Ok(());
        }
        self.try_values(&source)?;
        self.fill((form, &head), &own, &source, out)
    }

    /// Opens the lab with each value once: what is wrong with one is told before anything runs.
    fn try_values(&self, source: &Source) -> Result<(), Failure> {
        for setting in self.vary.iter().flat_map(Vary::samples) {
            self.open(source, std::slice::from_ref(&setting)).map_err(|told| {
                let Setting { place, field, value } = setting;
                Failure::usage(format!("{place}.{field}={value}: {told}"), "`overunder schema` has every field")
            })?;
        }
        Ok(())
    }

    fn open(&self, source: &Source, settings: &[Setting]) -> Result<Opened, String> {
        let lab = point::open(source.clone(), settings).map_err(|found| first(&found))?;
        let named = |lab: &LabFile| lab.variant(self.variant.as_deref()).map(|variant| variant.name.clone());
        let name = named(&lab).map_err(|found| first(&found))?;
        let at = lab.variants().iter().position(|variant| variant.name == name).unwrap_or(0);
        Ok(Opened { bench: Bench::Lab(Box::new(lab)), at })
    }

    /// Does what is not done yet, and writes the file.
    fn fill(
        &self,
        (form, head): (Form, &Head),
        own: &[&Point],
        source: &Source,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (mut journal, mut done) = Journal::open(&self.output, head)?;
        let open: Vec<&Point> = own.iter().copied().filter(|point| !done.contains_key(&point.number)).collect();
        if !done.is_empty() {
            out.remark(&format!("{} of {} points were done before", done.len(), own.len()));
        }
        let count = Count::new(done.len());
        count.tell_when_interrupted(own.len(), format!("{}.partial", self.output.display()), out.quiet);
        let mut progress = Progress::new(own.len(), !out.quiet);
        let mut lost: Option<Failure> = None;
        let mut slips = 0;
        let jobs = self.jobs.map_or_else(cores, usize::from);
        let work = |(): &(), at: usize| self.point(source, open[at]);
        each(
            open.len(),
            jobs,
            || (),
            work,
            |at, row| {
                let point = open[at];
                let kept =
                    row.map_err(|told| Failure::usage(format!("{}: {told}", point.key()), "leave this value out"));
                let kept = kept.and_then(|row| {
                    for complaint in &row.complaints {
                        progress.wipe();
                        Output::warn(&format!("{}: {complaint}", point.key()));
                        slips += 1;
                    }
                    let text = form.point(point, &row);
                    let mut count = count.hold();
                    journal.add(point.number, &text)?;
                    done.insert(point.number, text);
                    *count = done.len();
                    drop(count);
                    progress.at(done.len(), &point.key());
                    Ok(())
                });
                lost = kept.err();
                lost.is_none()
            },
        );
        progress.wipe();
        if let Some(lost) = lost {
            return Err(lost);
        }
        let held = count.hold();
        write::whole(&self.output, &form.file(head, done.values().map(String::as_str)))?;
        journal.remove();
        drop(held);
        out.remark(&format!("{}: {} points", self.output.display(), own.len()));
        if slips > 0 { Err(Failure::Expectation) } else { Ok(()) }
    }

    fn point(&self, source: &Source, point: &Point) -> Result<Row, String> {
        let opened = self.open(source, &point.settings)?;
        opened.bench.run(opened.at, self.events).map_err(|error| error.to_string())
    }
}

/// How many points are done. Who holds it writes a file, and no signal comes between.
#[derive(Clone)]
struct Count(Arc<Mutex<usize>>);

impl Count {
    fn new(done: usize) -> Self {
        Self(Arc::new(Mutex::new(done)))
    }

    fn hold(&self) -> MutexGuard<'_, usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, a signal ends the program between two points, and what it leaves is told.
    fn tell_when_interrupted(&self, all: usize, kept: String, quiet: bool) {
        let count = self.clone();
        interrupt::watch(&[interrupt::INT, interrupt::TERM], move |signal| {
            let done = count.hold();
            // Not on the line of the progress bar.
            let apart = if std::io::stderr().is_terminal() { "\n" } else { "" };
            eprintln!("{apart}interrupted: {done} of {all} points are done and kept in {kept}");
            if !quiet {
                eprintln!("hint: the same command goes on where this one was");
            }
            std::process::exit(i32::from(interrupt::code(signal)));
        });
    }
}

fn first(found: &[overunder_sim::lab::Finding]) -> String {
    let error = found.iter().find(|finding| finding.severity == overunder_sim::lab::Severity::Error);
    error.or(found.first()).map_or_else(String::new, |finding| {
        let help = finding.helps.first().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}{help}", finding.message)
    })
}

fn usage(found: &[overunder_sim::lab::Finding], option: &str) -> Failure {
    Failure::usage(first(found), format!("see {option} in `overunder sweep --help`"))
}
