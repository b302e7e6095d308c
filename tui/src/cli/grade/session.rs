//! One session, done again.

use std::path::Path;

use overunder_sim::lab::guide::{Answered, Session, Sure};
use overunder_sim::lab::repair;
use overunder_sim::lab::{EVENT_BUDGET, LabFile, Verdict};
use overunder_sim::lang::Lang;
use serde_json::Value;

use super::pick;
use crate::app::journal::{self, Saved};
use crate::app::lab::{Lab, Text};
use crate::app::look::Settings;
use crate::cli::failure::Failure;
use crate::cli::{open, source};
use crate::packs;

/// What a right answer is worth; see the book on grading.
pub const RIGHT: u32 = 3;
/// What a wrong answer is worth that was called a guess.
const DOUBTED: u32 = 1;

/// What became of one question or goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The answer is right, the goal holds.
    Right,
    /// It is not.
    Wrong,
    /// There is no answer.
    Open,
}

impl Mark {
    /// For machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Open => "open",
        }
    }
}

/// One question or goal.
#[derive(Clone, Debug)]
pub struct Item {
    /// `STEP.QUESTION`, or `goal NAME`.
    pub name: String,
    pub mark: Mark,
    /// Name of the misconception the answer shows.
    pub misconception: String,
    pub given: String,
    pub right: String,
    pub hints: u8,
    pub sure: &'static str,
    pub points: u32,
}

/// A session that was graded.
#[derive(Clone, Debug)]
pub struct Graded {
    pub lab: String,
    /// `guide`, `bench` or `design`: answers to questions, a network worked on, or one that was designed.
    pub kind: &'static str,
    pub seed: Option<u64>,
    /// Changes made in the network, in the course of events that was saved.
    pub changes: usize,
    pub items: Vec<Item>,
    /// What is to be said besides.
    pub remarks: Vec<String>,
}

impl Graded {
    pub fn count(&self, mark: Mark) -> usize {
        self.items.iter().filter(|item| item.mark == mark).count()
    }

    pub fn points(&self) -> u32 {
        self.items.iter().map(|item| item.points).sum()
    }

    pub fn most(&self) -> u32 {
        self.items.len() as u32 * RIGHT
    }

    pub fn is_perfect(&self) -> bool {
        self.count(Mark::Right) == self.items.len()
    }
}

/// Grades a file; the error says why it cannot be.
pub fn grade(path: &Path, lab: Option<&str>, lang: Lang) -> Result<Graded, String> {
    let data = path.metadata().map_err(|error| error.to_string())?;
    if !data.is_file() {
        return Err("it is no file".to_owned());
    }
    let bytes = packs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned())?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("it is not JSON: {error}"))?;
    if value.get("record").is_some() {
        let session: Session = serde_json::from_value(value).map_err(|error| format!("it is damaged: {error}"))?;
        return guide(session, lab, lang);
    }
    if value.get("journal").is_some() {
        return bench(&journal::read(&text)?, lab, lang);
    }
    Err("it is no session: `save` on the screen and `overunder quiz --save` write them".to_owned())
}

/// The lab of a session: the one given, else one of that name.
fn load(given: Option<&str>, named: &str) -> Result<source::Lab, String> {
    let wanted = given.unwrap_or(named);
    source::load(wanted).map_err(|failure| match failure {
        Failure::Usage(what, _) => format!("{what}; --lab LAB says which lab it was made with"),
        Failure::File(path, error) => format!("{path}: {error}"),
        _ => format!("the lab `{wanted}` is invalid: `overunder check {wanted}` says why"),
    })
}

fn guide(session: Session, lab: Option<&str>, lang: Lang) -> Result<Graded, String> {
    let mut record = session.record;
    let lab = load(lab, &record.lab)?;
    let file = lab.file();
    // Only the first answer to a question counts: that is all that a session can hold unless somebody has edited it.
    let mut known = Vec::new();
    record.answers.retain(|answered| {
        let name = name_of(answered);
        let new = !known.contains(&name);
        known.push(name);
        new
    });
    let judged = record.regrade(file, lang).map_err(|error| error.to_string())?;
    let mut items: Vec<Item> =
        judged.into_iter().map(|one| item(&one.answered, one.verdict.as_ref(), (one.given, one.right))).collect();
    for step in &file.steps {
        for question in &step.questions {
            let name = format!("{}.{}", step.name, question.id);
            if items.iter().all(|item| item.name != name) {
                items.push(unanswered(name));
            }
        }
    }
    Ok(Graded { lab: lab.name.clone(), kind: "guide", seed: record.seed, changes: 0, items, remarks: Vec::new() })
}

fn name_of(answered: &Answered) -> String {
    format!("{}.{}", answered.step, answered.question)
}

fn item(answered: &Answered, verdict: Option<&Verdict>, texts: (String, String)) -> Item {
    let (mark, misconception) = match verdict {
        Some(Verdict::Right) => (Mark::Right, String::new()),
        Some(Verdict::Misconception(id, _)) => (Mark::Wrong, id.clone()),
        Some(Verdict::Wrong) => (Mark::Wrong, String::new()),
        None => (Mark::Open, String::new()),
    };
    let points = match (mark, answered.sure) {
        (Mark::Right, _) => RIGHT,
        (Mark::Wrong, Some(Sure::Guess)) => DOUBTED,
        _ => 0,
    };
    let sure = match answered.sure {
        Some(Sure::Guess) => "guess",
        Some(Sure::Fairly) => "fairly",
        Some(Sure::Certain) => "certain",
        None => "",
    };
    let (given, right) = texts;
    Item { name: name_of(answered), mark, misconception, given, right, hints: answered.hints, sure, points }
}

pub fn unanswered(name: String) -> Item {
    let (misconception, given, right) = (String::new(), String::new(), String::new());
    Item { name, mark: Mark::Open, misconception, given, right, hints: 0, sure: "", points: 0 }
}

/// A network worked on: done again line by line, then judged by the goals of the repair, if there is one.
fn bench(saved: &Saved, given: Option<&str>, lang: Lang) -> Result<Graded, String> {
    let lab = load(given, &saved.lab)?;
    let file = lab.file();
    let variant = Some(saved.variant.as_str()).filter(|variant| !variant.is_empty());
    let opened =
        Lab::read(&lab.name, Text { source: file.source.clone(), words: None, lang }, variant, Some(saved.seed))?;
    let mut model = open::model(Settings { lang, ..Settings::default() }, (80, 24));
    journal::replay(&mut model, saved, opened)?;
    let bench = model.bench().ok_or("it leaves the lab")?;
    let timeline = bench.session.timeline();
    let typed = &timeline.branches()[timeline.current()].journal;
    // Sending a ping by hand looks at the network and changes nothing in it.
    let looks = |name: &str| ["start ", "stop "].iter().any(|verb| name.starts_with(verb));
    let changes: Vec<_> =
        typed.iter().filter(|one| !looks(&one.name)).map(|one| (one.name.clone(), one.change.clone())).collect();
    let items = goals(file, saved, &changes, lang)?;
    Ok(Graded {
        lab: lab.name.clone(),
        kind: "bench",
        seed: Some(saved.seed),
        changes: changes.len(),
        items,
        remarks: Vec::new(),
    })
}

fn goals(
    file: &LabFile,
    saved: &Saved,
    changes: &[(String, overunder_sim::engine::Change)],
    lang: Lang,
) -> Result<Vec<Item>, String> {
    if file.repair.as_ref().is_none_or(|repair| repair.variant != saved.variant) {
        return Ok(Vec::new());
    }
    let judged = repair::attempt(file, changes, Some(saved.seed), EVENT_BUDGET).map_err(|error| error.to_string())?;
    let Some(judged) = judged else { return Ok(Vec::new()) };
    let judged = judged.map_err(|why| lang.pick(&why.en, &why.zh).to_owned())?;
    let goal = |(name, outcome): (String, overunder_sim::lab::judge::Outcome)| {
        let (mark, points) = if outcome.holds { (Mark::Right, RIGHT) } else { (Mark::Wrong, 0) };
        let given = outcome.text(lang).to_owned();
        let right = pick(lang, "it holds", "成立");
        Item { mark, given, right, points, ..unanswered(format!("goal {name}")) }
    };
    Ok(judged.goals.into_iter().map(goal).collect())
}
