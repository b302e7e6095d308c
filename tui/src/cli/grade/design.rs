//! A design that is handed in, judged by what happens in it.

use std::ffi::OsStr;
use std::path::Path;

use overunder_sim::lab::design::{self, HandedIn, Judged};
use overunder_sim::lab::diagnostic::render;
use overunder_sim::lab::{self, EVENT_BUDGET, Source, translation};
use overunder_sim::lang::Lang;

use super::pick;
use super::session::{Graded, Item, Mark, RIGHT, unanswered};
use crate::cli::failure::Failure;
use crate::cli::{source, words};
use crate::packs;

/// Whether a file in a folder is a design; labs may lie beside them.
pub fn is(path: &Path) -> bool {
    let text = || packs::read(path).is_ok_and(|bytes| design::is_design(&Source::from_bytes("", &bytes)));
    path.extension() == Some(OsStr::new("ron")) && text()
}

/// Grades a file; the error says why it cannot be.
pub fn grade(path: &Path, brief: Option<&str>, lang: Lang) -> Result<Graded, String> {
    let shown = path.display().to_string();
    let (_, mut source) = source::find(&shown).map_err(told)?;
    if !design::is_design(&source) {
        return Err(
            "it is no design: Design(format: 1, brief: \"c2-openstack\", cluster: (…), because: \"…\")".to_owned()
        );
    }
    if let Some(brief) = brief {
        source = source.to_brief(source::find(brief).map_err(told)?.1);
    }
    let file = lab::file::open(source.clone()).map_err(|found| format!("\n{}", render::all(&found, &source)))?;
    let handed = file.answers.as_ref().ok_or("it is no design")?;
    let judged = design::judge(&file, EVENT_BUDGET).map_err(|error| error.to_string())?;
    let mut remarks = stopped(&judged, lang);
    if !judged.passes() {
        remarks.extend(said(brief.unwrap_or(&handed.brief.value), handed, lang));
    }
    let items = judged.goals.iter().map(|(name, outcome)| {
        let (mark, points) = if outcome.holds { (Mark::Right, RIGHT) } else { (Mark::Wrong, 0) };
        let given = outcome.text(lang).to_owned();
        let right = pick(lang, "it holds", "成立");
        Item { mark, given, right, points, ..unanswered(format!("goal {name}")) }
    });
    let items = items.collect();
    Ok(Graded { lab: handed.brief.value.clone(), kind: "design", seed: None, changes: 0, items, remarks })
}

/// What the brief says to just this design, in the language that is spoken.
fn said(brief: &str, handed: &HandedIn, lang: Lang) -> Option<String> {
    let (_, source) = source::find(brief).ok()?;
    let words = words::find(brief, lang).ok().flatten();
    let brief = translation::open(source, words.as_ref(), lang).ok()?;
    brief.design?.says_to(handed).map(str::to_owned)
}

/// What was thrown away first of each flow that lost something, and by which rule.
fn stopped(judged: &Judged, lang: Lang) -> Vec<String> {
    let ended = pick(lang, "it did not come to an end within the event budget", "未在事件预算内结束");
    let line = |stopped: &design::Stopped| {
        let (flow, sentence, source) = (&stopped.flow, stopped.dropped.sentence(lang), stopped.dropped.source());
        match lang {
            Lang::En => format!("{flow} was stopped by {sentence} [{source}]"),
            Lang::Zh => format!("{flow} 被拦下:{sentence} [{source}]"),
        }
    };
    (!judged.ended).then_some(ended).into_iter().chain(judged.stopped.iter().map(line)).collect()
}

fn told(failure: Failure) -> String {
    match failure {
        Failure::Usage(what, hint) => format!("{what}; {hint}"),
        Failure::File(path, error) => format!("{path}: {error}"),
        Failure::Invalid(text) => text,
        _ => "it cannot be read".to_owned(),
    }
}
