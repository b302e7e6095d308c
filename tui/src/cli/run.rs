//! `overunder run LAB`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use overunder_sim::engine::{Stop, World};
use overunder_sim::lab::EVENT_BUDGET;
use overunder_sim::lang::Lang;
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::view::{Book, Bystanders, Detail, Narrator, convergence, json};

use super::capture::{self, Recorder};
use super::failure::Failure;
use super::output::Output;
use super::progress::Pulse;
use super::{report, source, words};

#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch of the command line")]
pub struct Run {
    /// Name or number of a shipped lab, or a path
    lab: String,
    /// Stops at this time of the run, such as 2s or 300ms
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Tells every event, also what was told before in the same words
    #[arg(long)]
    events: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// With --json: a line for each table row written or removed
    #[arg(long)]
    tables: bool,
    /// With --json: the bytes of each frame
    #[arg(long)]
    hex: bool,
    /// Writes a capture for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// The variant to run; the first one if not given
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// A repair lab as it is found: broken before the traffic begins
    #[arg(long)]
    broken: bool,
    /// Runs it though a finding warns, as if the lab allowed it
    #[arg(long)]
    force: bool,
    /// Seed of all random numbers; the lab's own if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Everything that watches a run.
struct Watchers {
    narrator: Option<Narrator>,
    json: Option<json::Options>,
    capture: Option<(Recorder, BufWriter<File>, PathBuf)>,
    heard: Bystanders,
}

impl Run {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if (self.tables || self.hex) && !self.json {
            return Err(Failure::usage("--tables and --hex only shape the output of --json", "add --json"));
        }
        let until = self.until.as_deref().map(time).transpose()?;
        let lab = words::load_forced(&self.lab, self.force, out)?;
        let variant = lab.variant_name(self.variant.as_deref())?;
        let plan = lab.plan(Some(&variant), self.seed)?;
        let seed = plan.seed;
        let mut runner = lab.start(Some(&variant), self.seed)?;
        if self.broken {
            lab.damage(&variant, &mut runner)?;
        }
        if let Some(until) = until {
            runner.stop_at(until);
        }
        let book = Book::of(&runner.world);
        let mut watchers = self.watchers(&runner.world, out)?;
        if self.json {
            out.line(&json::start(&lab.name, &variant, seed).to_string())?;
        } else {
            heading(&lab, &variant, out)?;
        }
        let mut pulse = Pulse::new(out);
        let stop = loop {
            if let Some(stop) = runner.step() {
                break stop;
            }
            pulse.beat(&runner.world, out)?;
            watchers.observe(&runner.world, &book, out)?;
            if let (Some(known), Some(_)) = (&runner.trace.convergence, &watchers.narrator) {
                for line in convergence::news(known, &runner.world, out.lang) {
                    out.line(&line)?;
                }
            }
        };
        pulse.wipe();
        let world = &runner.world;
        if self.json {
            out.line(&json::end(world).to_string())?;
        } else {
            if let Some(narrator) = &mut watchers.narrator {
                for line in narrator.finish() {
                    out.line(&line)?;
                }
            }
            out.line("")?;
            out.line(&ended_line(world, stop, until, out))?;
            report::convergence(&runner, out)?;
            report::write(world, &book, &watchers.heard, out)?;
        }
        if stop == Stop::Budget {
            let what = if report::unsettled(&runner) {
                "the routing tables never agree"
            } else {
                "something in this lab never ends"
            };
            out.remark(&format!("stopped after {EVENT_BUDGET} events: {what}; give --until"));
        }
        if let Some(said) = self.pcap.as_ref().and_then(|_| capture::decode_as(&plan, out.lang)) {
            out.remark(&said);
        }
        watchers.close()
    }

    fn watchers(&self, world: &World, out: &Output) -> Result<Watchers, Failure> {
        let detail = if self.events { Detail::Full } else { Detail::Short };
        let capture = match &self.pcap {
            None => None,
            Some(path) => Some((Recorder::new(world, out.lang), create(path)?, path.clone())),
        };
        Ok(Watchers {
            narrator: (!self.json && !out.quiet).then(|| Narrator::new(out.lang, detail)),
            json: self.json.then_some(json::Options { tables: self.tables, hex: self.hex, lang: out.lang }),
            capture,
            heard: Bystanders::default(),
        })
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| Failure::File(path.display().to_string(), error))?;
    Ok(BufWriter::new(file))
}

/// A time as labs write it.
fn time(text: &str) -> Result<SimTime, Failure> {
    let span: Option<SimDuration> = source::duration(text);
    let hint = "write a number and a unit without a space: 500us, 300ms, 2s, 5min";
    span.map(|span| SimTime::ZERO + span).ok_or_else(|| Failure::usage(format!("`{text}` is no time"), hint))
}

fn heading(lab: &source::Lab, variant: &str, out: &mut Output) -> Result<(), Failure> {
    let shown = if variant.is_empty() { lab.name.clone() } else { format!("{} ({variant})", lab.name) };
    out.heading(&format!("{shown}  {}", lab.title()))?;
    out.line(&format!("    {}", lab.idea()))?;
    Ok(out.line("")?)
}

impl Watchers {
    fn observe(&mut self, world: &World, book: &Book, out: &mut Output) -> Result<(), Failure> {
        if let Some(narrator) = &mut self.narrator {
            for line in narrator.tell(world, book) {
                out.line(&line)?;
            }
        }
        if let Some(options) = self.json {
            for line in json::event(world, book, options) {
                out.line(&line.to_string())?;
            }
        }
        if let Some((recorder, file, path)) = &mut self.capture {
            recorder.observe(world, book);
            let bytes = recorder.take();
            file.write_all(&bytes).map_err(|error| Failure::File(path.display().to_string(), error))?;
        }
        self.heard.observe(world, book);
        Ok(())
    }

    fn close(self) -> Result<(), Failure> {
        let Some((mut recorder, mut file, path)) = self.capture else { return Ok(()) };
        let rest = recorder.take();
        let written = file.write_all(&rest).and_then(|()| file.flush());
        written.map_err(|error| Failure::File(path.display().to_string(), error))
    }
}

fn ended_line(world: &World, stop: Stop, until: Option<SimTime>, out: &Output) -> String {
    let (en, zh) = match stop {
        Stop::Quiet => ("nothing is left to do", "没有事情可做了"),
        Stop::Time if until.is_some() => ("as far as asked", "到了要求的时刻"),
        Stop::Time => ("as the lab says", "按实验的规定结束"),
        Stop::Budget => ("it would never end", "没有尽头"),
    };
    let (now, events) = (world.now(), world.event());
    match out.lang {
        Lang::En => format!("The run ends at {now} after {events} events: {en}."),
        Lang::Zh => format!("运行在 {now} 结束,共 {events} 个事件:{zh}。"),
    }
}
