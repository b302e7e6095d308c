//! Labs: the list, and one as it is opened.

use std::rc::Rc;

use overunder_sim::engine::{Change, When};
use overunder_sim::lab::diagnostic::render;
use overunder_sim::lab::run::Until;
use overunder_sim::lab::shipped::{self, BRIEFS, LABS};
use overunder_sim::lab::{self, LabFile, Source, translation};
use overunder_sim::lang::Lang;
use overunder_sim::plan::{Plan, world};
use overunder_sim::time::SimTime;

use crate::app::guide::{self, Guide};
use crate::app::model::{Bench, Model, Pane, Stage};
use crate::app::session::Session;

/// A lab of the list.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// `03-mac-flood`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What will be remembered.
    pub idea: String,
    /// Labs to have done before.
    pub after: Vec<String>,
    /// Its variants.
    pub variants: Vec<String>,
    /// It was done to the end.
    pub done: bool,
    /// Its file, when it does not come with the program.
    pub source: Option<Source>,
    /// How far it was done before: steps over, and steps there are.
    pub progress: Option<(usize, usize)>,
}

/// A lab as it is opened.
#[derive(Clone, Debug, Default)]
pub struct Lab {
    /// `03-mac-flood`, or the path of a file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What will be remembered.
    pub idea: String,
    /// The variant, empty for a lab without.
    pub variant: String,
    /// All its variants.
    pub variants: Vec<String>,
    /// What its author says about the variant.
    pub say: Vec<String>,
    /// Names of what must hold.
    pub expectations: Vec<String>,
    /// What it is built from.
    pub plan: Plan,
    /// What is broken before the traffic begins, in a repair lab.
    pub broken: Vec<Change>,
    /// When the run is over at the latest.
    pub until: Option<SimTime>,
    /// What is wrong with the file, when it cannot be run as it is.
    pub findings: Vec<String>,
    /// The file itself, for its guide.
    pub file: Option<Rc<LabFile>>,
    /// Another seed than the lab's own.
    pub seed: Option<u64>,
}

impl Lab {
    /// The variants that this one could be compared with.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(String::as_str).filter(|name| *name != self.variant)
    }
}

/// What a lab is read from, and the language it is read in.
#[derive(Clone, Debug)]
pub struct Text {
    /// The lab file.
    pub source: Source,
    /// The file with its words in that language, if there is one.
    pub words: Option<Source>,
    /// The language.
    pub lang: Lang,
}

/// The labs that come with the program, in teaching order.
pub fn library(lang: Lang) -> Vec<Card> {
    let card = |shipped: &'static shipped::Shipped| {
        let file = shipped.open(lang).ok()?;
        Some(Card {
            name: shipped.name.to_owned(),
            variants: file.variant_names().map(str::to_owned).collect(),
            title: file.title,
            idea: file.idea,
            after: file.after,
            done: false,
            source: None,
            progress: None,
        })
    };
    LABS.iter().chain(BRIEFS).filter_map(card).collect()
}

/// What a brief asks for.
fn brief(file: &LabFile) -> Option<&String> {
    file.design.as_ref().map(|design| &design.say)
}

/// A lab that does not come with the program. One that is wrong is listed too, and shows its findings when opened.
pub fn card(name: &str, source: Source) -> Card {
    let mut card = Card { name: name.to_owned(), title: name.to_owned(), ..Card::default() };
    if let Ok(file) = lab::open(source.clone()) {
        card.variants = file.variant_names().map(str::to_owned).collect();
        card.title = file.title;
        card.idea = file.idea;
        card.after = file.after;
    }
    Card { source: Some(source), ..card }
}

impl Lab {
    /// A lab that comes with the program, by name or number.
    pub fn shipped(wanted: &str, lang: Lang, variant: Option<&str>, seed: Option<u64>) -> Option<Result<Self, String>> {
        let found = shipped::find(wanted)?;
        let source = Source::new(&found.file_name(), found.text);
        Some(Self::read(found.name, Text { source, words: found.words(lang), lang }, variant, seed))
    }

    /// A lab from its file. One that is wrong comes with its findings and nothing else; an unknown variant is an error.
    pub fn read(name: &str, text: Text, variant: Option<&str>, seed: Option<u64>) -> Result<Self, String> {
        let file = match translation::open(text.source.clone(), text.words.as_ref(), text.lang) {
            Ok(file) => file,
            Err(findings) => {
                let told = render::all(&findings, &text.source);
                let findings = told.lines().map(str::to_owned).collect();
                return Ok(Self { name: name.to_owned(), title: name.to_owned(), findings, ..Self::default() });
            }
        };
        let told = |findings: Vec<lab::Finding>| {
            let text = |finding: &lab::Finding| format!("{}; {}", finding.message, finding.helps.join("; "));
            findings.iter().map(text).collect::<Vec<_>>().join("; ")
        };
        // A guide begins where its first step plays.
        let first = file.steps.first().map(|step| step.variant.clone());
        Self::of(name, &Rc::new(file), variant.or(first.as_deref()), seed).map_err(told)
    }

    /// A variant of a sound lab.
    pub fn of(
        name: &str,
        file: &Rc<LabFile>,
        variant: Option<&str>,
        seed: Option<u64>,
    ) -> Result<Self, Vec<lab::Finding>> {
        let chosen = file.variant(variant)?;
        // Other variants of a repair lab are there to compare with: nothing is broken in them.
        let repair = file.repair.as_ref().filter(|repair| repair.variant == chosen.name);
        Ok(Self {
            name: name.to_owned(),
            title: file.title.clone(),
            idea: file.idea.clone(),
            variant: chosen.name.clone(),
            variants: file.variant_names().map(str::to_owned).collect(),
            say: chosen.say.iter().chain(repair.map(|repair| &repair.say)).chain(brief(file)).cloned().collect(),
            expectations: chosen.checks.iter().map(|(name, _)| name.clone()).collect(),
            plan: file.plan(Some(&chosen.name).filter(|name| !name.is_empty()).map(String::as_str), seed)?,
            broken: repair.map(|repair| repair.broken.changes.clone()).unwrap_or_default(),
            until: until_of(chosen.end.as_ref()),
            findings: Vec::new(),
            file: Some(Rc::clone(file)),
            seed,
        })
    }

    /// Puts the lab on the table; the error says why it cannot be built.
    pub fn open(self, lang: Lang) -> Result<Bench, String> {
        let session = self.begin(lang)?;
        let guide = Guide::of(&self);
        let mut bench = Bench::new(self, session);
        if guide.is_some() || !bench.lab.findings.is_empty() {
            bench.focus = Pane::Guide;
        }
        bench.guide = guide;
        guide::settle(&mut bench)?;
        Ok(bench)
    }

    /// Its network, at the very start.
    pub fn begin(&self, lang: Lang) -> Result<Session, String> {
        let mut world = world::build(&self.plan).map_err(|error| error.to_string())?;
        for change in &self.broken {
            world.apply("repair", change).map_err(|error| error.to_string())?;
        }
        Ok(Session::new(world, lang, self.until.unwrap_or(SimTime::MAX)))
    }
}

fn until_of(end: Option<&Until>) -> Option<SimTime> {
    match end? {
        Until::When(when) => end_of(Some(when)),
        // A run that ends with something that happens is followed until it is quiet.
        Until::Quiet | Until::Converged | Until::First(..) => None,
    }
}

fn end_of(end: Option<&When>) -> Option<SimTime> {
    match end? {
        When::At(time) => Some(*time),
        When::After(base, span) => end_of(Some(base)).map(|time| time + *span),
        // A run that ends with something that happens is followed until it is quiet.
        _ => None,
    }
}

/// Opens the chosen lab of the list.
pub fn open_card(model: &mut Model) {
    let Stage::Picker(line) = model.stage else { return };
    let (lang, Some(card)) = (model.lang(), model.library.get(line)) else { return };
    let opened = match &card.source {
        Some(source) => {
            let text = Text { source: source.clone(), words: None, lang };
            Some(Lab::read(&card.name, text, None, None))
        }
        None => Lab::shipped(&card.name, lang, None, None),
    };
    match opened {
        Some(Ok(lab)) => put(model, lab),
        Some(Err(error)) => model.complain(error),
        None => {}
    }
}

/// Opens a lab and leaves what was open before.
pub fn put(model: &mut Model, lab: Lab) {
    match lab.open(model.lang()) {
        Ok(bench) => {
            model.stage = Stage::Bench(Box::new(bench));
            model.unsaved = false;
            guide::resume(model);
        }
        Err(error) => model.complain(error),
    }
}

/// Opens the lab on the table again, from the start.
pub fn reopen(model: &mut Model) {
    let Some(bench) = model.bench() else { return };
    let first = bench.guide.as_ref().and_then(|guide| guide.file.steps.first()).map(|step| step.variant.as_str());
    // The guide may have gone on to another variant meanwhile.
    let again = bench.lab.file.as_ref().zip(first).map(|(file, variant)| {
        Lab::of(&bench.lab.name, file, Some(variant), bench.lab.seed).unwrap_or_else(|_| bench.lab.clone())
    });
    let lab = again.unwrap_or_else(|| bench.lab.clone());
    model.progress.remove(&lab.name);
    put(model, lab);
}
