//! `steps: {"name": (say: …, variant: …, ask: {…}, play: …)}`: the guide.

use crate::lab::diagnostic::Findings;
use crate::lab::read::{Field, Tree};
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value;
use crate::lab::schema::when::{self, Moment};
use crate::lab::source::{Span, Spanned};

/// A step of the guide, as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What the learner reads first.
    pub say: String,
    /// The variant it plays in; the default one if none is named.
    pub variant: Option<Spanned<String>>,
    /// Its questions, still as typed: they are read when all names are known.
    pub ask: Vec<Field>,
    /// How far the run goes on in it; nothing when the step only talks.
    pub play: Option<Moment>,
    /// Whether its end was given, be it with a slip.
    pub plays: bool,
    /// Where to point at when the end of the step is meant.
    pub end: Span,
}

/// Reads a step.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Step> {
    let section = Section::fields("a step", tree, &["say", "variant", "ask", "play"], found)?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| value::text("say", tree, found));
    let variant = section.get("variant").and_then(|tree| value::text("variant", tree, found));
    let ask = section.get("ask").map(|tree| entries("questions", tree, found)).unwrap_or_default();
    let play = section.get("play");
    Some(Step {
        say: say.map(|say| say.value).unwrap_or_default(),
        variant,
        ask: ask.into_iter().cloned().collect(),
        plays: play.is_some(),
        end: play.map_or(section.head, Tree::head),
        play: play.and_then(|tree| when::read("play", tree, found)),
    })
}
