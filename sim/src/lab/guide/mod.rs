//! The guide: steps with questions, asked before the future is run.
//!
//! # The window
//!
//! What a step's questions ask is judged over the step: from where the one before it ended to its `play`. A step in
//! the variant of the one before goes on in the same world; one in another variant begins in a new world.

pub mod player;
pub mod session;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Context, Variants};
use crate::lab::question::{self, Place, Question};
use crate::lab::run::Until;
use crate::lab::schema;
use crate::lab::schema::Named;
use crate::lab::source::Span;

pub use player::{Played, Player};
pub use session::{Answered, Record, Session, Stage, Sure};

/// A step of the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What the learner reads first.
    pub say: String,
    /// Whole name of the variant it plays in.
    pub variant: String,
    /// How far the run goes on in it; nothing when the step only talks.
    pub play: Option<Until>,
    /// Where its end stands in the file.
    pub end: Span,
    /// Its questions in order.
    pub questions: Vec<Question>,
}

/// Resolves the steps of a lab.
pub fn read(steps: &[Named<schema::Step>], variants: &dyn Variants, found: &mut Findings) -> Vec<Step> {
    steps.iter().filter_map(|named| step(named, variants, found)).collect()
}

fn step(named: &Named<schema::Step>, variants: &dyn Variants, found: &mut Findings) -> Option<Step> {
    let typed = named.value.as_ref()?;
    let (variant, lowered) = match &typed.variant {
        Some(name) => variants.find(name, found)?,
        None => variants.first()?,
    };
    let context = Context::new(lowered, variants);
    let place = Place { context, variant: &variant };
    let questions: Vec<Question> = typed.ask.iter().filter_map(|field| question::read(field, place, found)).collect();
    let play = typed.play.as_ref().and_then(|moment| expect::until(moment, context, found));
    if !typed.plays
        && let Some(question) = questions.iter().find(|question| question.asked().needs_play())
    {
        let text = format!("`{}` asks about a run, but its step runs nothing", question.id);
        let finding = Finding::new(Code::Missing, text, typed.end).label("needs `play`");
        found.push(finding.also(question.span, "this question").help("play: Done(\"…\")"));
    }
    Some(Step { name: named.name.value.clone(), say: typed.say.clone(), variant, play, end: typed.end, questions })
}
