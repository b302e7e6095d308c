//! `overunder open`, and `overunder` alone on a terminal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::Args;
use overunder_sim::lab::Source;
use overunder_sim::lang::Lang;
use overunder_sim::view::sentence::fill;

use super::failure::Failure;
use super::output::Output;
use super::{Global, source, words};
use crate::app::journal;
use crate::app::lab::{self, Lab, Text};
use crate::app::look::{Charset, Palette, Settings};
use crate::app::model::{Model, Stage};
use crate::app::progress;
use crate::packs;
use crate::runtime;
use crate::store::Store;

/// How the screen looks.
#[derive(Args, Clone, Debug, Default)]
pub struct Look {
    /// Colours: default, contrast or mono
    #[arg(long, value_name = "NAME")]
    theme: Option<Palette>,
    /// Glyphs: auto, unicode or ascii
    #[arg(long, value_name = "NAME", default_value = "auto")]
    charset: String,
    /// The frame jumps instead of moving along its cable
    #[arg(long)]
    no_animation: bool,
}

#[derive(Args, Debug, Default)]
pub struct Open {
    /// Name or number of a lab, a path, or a folder of labs; without it the list of labs opens
    lab: Option<String>,
    /// The variant to open; the first one if not given
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Seed of all random numbers; that of the lab if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Opens it though a finding warns, as if the lab allowed it
    #[arg(long)]
    force: bool,
    /// A saved session to go on with
    #[arg(long, value_name = "FILE")]
    session: Option<String>,
    #[command(flatten)]
    look: Look,
}

impl Look {
    /// The palette asked for, or none where colours are not wanted.
    fn palette(&self, global: Global) -> Palette {
        self.theme.unwrap_or(if global.colors() { Palette::Plain } else { Palette::Mono })
    }

    /// The settings for a terminal.
    fn for_terminal(&self, global: Global) -> Result<Settings, Failure> {
        let full = std::env::var("COLORTERM").is_ok_and(|value| matches!(value.as_str(), "truecolor" | "24bit"));
        let charset = match self.charset.as_str() {
            "unicode" => Charset::Unicode,
            "ascii" => Charset::Ascii,
            "auto" | "" => detect(),
            other => {
                let hint = "there is: auto, unicode, ascii";
                return Err(Failure::usage(format!("there is no charset `{other}`"), hint));
            }
        };
        Ok(Settings {
            lang: global.lang(),
            palette: self.palette(global),
            full_colour: full,
            charset,
            mouse: true,
            animation: !self.no_animation,
        })
    }

    /// The settings for a picture: nothing of them comes from the terminal.
    pub fn for_picture(&self, lang: Lang) -> Settings {
        let charset = if self.charset == "ascii" { Charset::Ascii } else { Charset::Unicode };
        let palette = self.theme.unwrap_or_default();
        Settings { lang, palette, full_colour: false, charset, mouse: true, animation: false }
    }
}

/// ASCII where the locale knows no more, or where lines would be drawn two cells wide.
fn detect() -> Charset {
    let variable = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(variable).unwrap_or_default();
    let upper = locale.to_uppercase();
    if !upper.contains("UTF-8") && !upper.contains("UTF8") {
        return Charset::Ascii;
    }
    // Only fonts for these draw lines two cells wide, so only there a terminal is worth asking.
    if ["zh", "ja", "ko"].iter().any(|lang| locale.starts_with(lang)) { runtime::probe() } else { Charset::Unicode }
}

/// A model with nothing open but the list.
pub fn model(settings: Settings, size: (u16, u16)) -> Model {
    Model {
        library: lab::library(settings.lang),
        settings,
        size,
        stage: Stage::Picker(0),
        overlay: None,
        notice: None,
        unsaved: false,
        progress: BTreeMap::new(),
    }
}

/// A lab by name, number or path. One that is wrong comes with its findings.
pub fn lab(given: &str, lang: Lang, variant: Option<&str>, seed: Option<u64>) -> Result<Lab, Failure> {
    read(source::find(given)?, given, lang, variant, seed)
}

fn read(
    (name, source): (String, Source),
    given: &str,
    lang: Lang,
    variant: Option<&str>,
    seed: Option<u64>,
) -> Result<Lab, Failure> {
    let words = words::find(given, lang)?;
    Lab::read(&name, Text { source, words, lang }, variant, seed).map_err(|error| Failure::usage(error, ""))
}

impl Open {
    pub fn run(&self, global: Global, out: &mut Output) -> Result<(), Failure> {
        if !runtime::has_terminal() {
            let hint =
                "run tells a lab as text: overunder run LAB; shot draws a picture: overunder shot LAB -o FILE.svg";
            return Err(Failure::usage("there is no terminal to open a lab on", hint));
        }
        let mut model = model(self.look.for_terminal(global)?, (80, 24));
        let folder = self.lab.as_deref().map(Path::new).filter(|path| path.is_dir() && !path.join("lab.ron").exists());
        let packs = folder.map_or_else(packs::usual, packs::of);
        for lab in &packs.labs {
            match lab.source() {
                Ok(source) => model.library.push(lab::card(&lab.name, source)),
                Err(error) => model.complain(format!("{}: {error}", lab.path.display())),
            }
        }
        if let Some(complaint) = packs.complaints.first() {
            model.complain(complaint.clone());
        }
        let store = Store::usual();
        let (known, wrong) = store.progress();
        model.progress = known;
        progress::mark(&mut model);
        if let Some(path) = &self.session {
            self.resume(&mut model, path)?;
        } else if let Some(folder) = folder {
            // Who names a folder wants its labs and no others.
            model.library.retain(|card| card.source.is_some());
            if model.library.is_empty() {
                let hint = "labs are files ending in `.ron` that begin with `Lab(`";
                return Err(Failure::usage(format!("there is no lab in {}", folder.display()), hint));
            }
        } else if let Some(given) = &self.lab {
            let found = source::find_forced(given, self.force, out)?;
            let lab = read(found, given, global.lang(), self.variant.as_deref(), self.seed)?;
            lab::put(&mut model, lab);
        }
        if let Some((from, to)) = wrong.first() {
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fill(model.words().kept_aside, |gap| Some(name(if gap == "from" { from } else { to })));
            model.complain(text);
        }
        runtime::run(model, &store).map_err(Failure::Output)
    }

    /// Does again what a session did. One that cannot be read is left as it is.
    fn resume(&self, model: &mut Model, path: &str) -> Result<(), Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::File(path.to_owned(), error))?;
        let hint = "the file is kept as it is; open the lab without it";
        let saved =
            journal::read(&text).map_err(|error| Failure::usage(format!("{path} is no session: {error}"), hint))?;
        let variant = Some(saved.variant.as_str()).filter(|variant| !variant.is_empty());
        let lab = lab(self.lab.as_deref().unwrap_or(&saved.lab), model.lang(), variant, Some(saved.seed))?;
        if let Err(error) = journal::replay(model, &saved, lab) {
            model.complain(error);
        }
        Ok(())
    }
}
