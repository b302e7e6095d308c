//! `overunder shot LAB -o FILE.svg`: a screen as a picture, without a terminal.

use clap::Args;

use super::failure::Failure;
use super::open::{self, Look};
use super::output::Output;
use crate::app::command;
use crate::app::message::Msg;
use crate::app::model::{Motion, Pane};
use crate::app::moves;
use crate::app::update::update;
use crate::shot::{self, Paper};

#[derive(Args, Debug)]
pub struct Shot {
    /// Name or number of a shipped lab, or a path; without it the list of labs is drawn
    lab: Option<String>,
    /// The variant to draw; the first one if not given
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Seed of all random numbers; that of the lab if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The step to draw, by the number of its event, or `end`
    #[arg(long, value_name = "N")]
    step: Option<String>,
    /// The pane that is in front: map, why, timeline, packet, tables, guide, compare, charts or log
    #[arg(long, value_name = "NAME", default_value = "map")]
    screen: String,
    /// That pane alone
    #[arg(long)]
    zoom: bool,
    /// A command to do before, as typed after `:`; may be given again
    #[arg(long = "do", value_name = "COMMAND")]
    commands: Vec<String>,
    /// Columns and lines
    #[arg(long, value_name = "WxH", default_value = "80x24")]
    size: String,
    /// What it is drawn on: dark or light
    #[arg(long, value_name = "NAME", default_value = "dark")]
    paper: String,
    /// The file to write: .svg for a picture, .txt for text; without it text goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    #[command(flatten)]
    look: Look,
}

impl Shot {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let size = self.size()?;
        let paper = match self.paper.as_str() {
            "dark" => Paper::Dark,
            "light" => Paper::Light,
            other => return Err(Failure::usage(format!("there is no paper `{other}`"), "there is: dark, light")),
        };
        let mut model = open::model(self.look.for_picture(out.lang), size);
        if let Some(given) = &self.lab {
            let lab = open::lab(given, out.lang, self.variant.as_deref(), self.seed)?;
            if !lab.findings.is_empty() {
                return Err(Failure::Invalid(lab.findings.join("\n") + "\n"));
            }
            let bench = lab.open(out.lang).map_err(|error| Failure::usage(error, ""))?;
            model.stage = crate::app::model::Stage::Bench(Box::new(bench));
            let step = self.step.as_ref().map(|step| format!("goto {step}"));
            if let Some(guide) = model.bench_mut().and_then(|bench| bench.guide.as_mut()) {
                // Who asks for a step by its number is no learner to hide it from.
                guide.open = step.is_some();
            }
            if let Some(bench) = model.bench_mut() {
                crate::app::guide::settle(bench).map_err(|error| Failure::usage(error, ""))?;
            }
            for line in self.commands.iter().chain(&step) {
                // The colon opens the prompt; who writes it too means the same.
                let typed = line.strip_prefix(':').unwrap_or(line);
                command::run(&mut model, typed).map_err(|error| Failure::usage(format!("`{line}`: {error}"), ""))?;
                while model.bench().is_some_and(|bench| bench.motion == Motion::Running) {
                    moves::tick(&mut model);
                }
            }
            self.focus(&mut model)?;
        }
        model.notice = None;
        update(&mut model, Msg::Resize(size.0, size.1));
        self.write(out, &model, paper)
    }

    fn focus(&self, model: &mut crate::app::model::Model) -> Result<(), Failure> {
        let name = if self.screen == "time" { "timeline" } else { &self.screen };
        let known = Pane::ALL.map(Pane::name).join(", ");
        let pane = Pane::find(name)
            .ok_or_else(|| Failure::usage(format!("there is no screen `{name}`"), format!("there is: {known}")))?;
        if let Some(bench) = model.bench_mut() {
            bench.focus = pane;
            bench.zoomed |= self.zoom;
        }
        Ok(())
    }

    fn size(&self) -> Result<(u16, u16), Failure> {
        let parts =
            self.size.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let sound = parts.filter(|(width, height)| (1..=500).contains(width) && (1..=200).contains(height));
        sound.ok_or_else(|| Failure::usage(format!("`{}` is no size", self.size), "write columns and lines: 80x24"))
    }

    fn write(&self, out: &mut Output, model: &crate::app::model::Model, paper: Paper) -> Result<(), Failure> {
        let Some(path) = &self.output else {
            for line in shot::text(model).lines() {
                out.line(line)?;
            }
            return Ok(());
        };
        let is_text = std::path::Path::new(path).extension().is_some_and(|ending| ending == "txt");
        let content = if is_text { shot::text(model) } else { shot::picture(model, paper) };
        crate::whole::write(std::path::Path::new(path), content.as_bytes())
            .map_err(|error| Failure::File(path.clone(), error))
    }
}
