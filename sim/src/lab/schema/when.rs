//! Moments: `"5ms"`, `Done("ping")`, `After(Event("cut"), "10s")`.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::time::SimDuration;

/// A moment as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// This long after the start.
    At(SimDuration),
    /// When the flow is done.
    Done(Spanned<String>),
    /// When the flow has received this many packets.
    Answered(Spanned<String>, u64),
    /// When the event has happened.
    Event(Spanned<String>),
    /// This long after another moment.
    After(Box<Moment>, SimDuration),
    /// When the first such record is made; the selector is read where names are known.
    First(Box<Tree>),
    /// When nothing is left to happen.
    Quiet,
    /// When the forwarding tables agree; where the word stands.
    Converged(Span),
}

const WORDS: &[&str] = &["Done", "Answered", "Event", "After", "First"];

/// Whether this is the end of something: there alone `Quiet` has a meaning.
fn ends(name: &str) -> bool {
    ["end", "play"].contains(&name)
}

/// Reads a moment. `Quiet` has a meaning only as the end of a run or of a step.
pub fn read(name: &str, tree: &Tree, found: &mut Findings) -> Option<Moment> {
    match &tree.form {
        Form::Text(text) if !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let finding = Finding::new(Code::WrongType, format!("`{name}` is a moment"), tree.span);
            let finding = finding.label("a text here is a time, such as \"5ms\"");
            found.push(finding.help(format!("{name}: Done(\"{text}\")")));
            return None;
        }
        Form::Text(_) | Form::Number(_) => return value::time(name, tree, found).map(Moment::At),
        Form::Word(word) if word == "Quiet" && ends(name) => return Some(Moment::Quiet),
        Form::Word(word) if word == "Quiet" => {
            let finding = Finding::new(Code::WrongType, format!("`{name}` cannot wait for `Quiet`"), tree.span);
            found.push(finding.label("a run that is quiet is over").help(format!("{name}: \"5ms\"")));
            return None;
        }
        Form::Word(word) if word == "Converged" && ends(name) => return Some(Moment::Converged(tree.span)),
        Form::Word(word) if word == "Converged" => {
            let finding = Finding::new(Code::WrongType, format!("`{name}` cannot wait for `Converged`"), tree.span);
            found.push(finding.label("it is an end, of a run or of a step").help(format!("{name}: \"60s\"")));
            return None;
        }
        _ => {}
    }
    let word = kind("a moment", tree, WORDS, &[], found)?;
    let section = Section::call(word, tree, fields(word), found)?;
    match word {
        "Done" => flow(&section, "flow", found).map(Moment::Done),
        "Event" => flow(&section, "event", found).map(Moment::Event),
        "First" => {
            section.need("selector", "Frames(into: \"…\")", found).map(|tree| Moment::First(Box::new(tree.clone())))
        }
        "Answered" => {
            let (name, count) = (flow(&section, "flow", found), section.need("count", "1", found)?);
            let count = value::whole("count", count, 1..=u64::from(u32::MAX), found);
            name.zip(count).map(|(name, count)| Moment::Answered(name, count))
        }
        _ => {
            let base = section.need("moment", "Done(\"…\")", found).and_then(|tree| read("moment", tree, found));
            let span = section.need("time", "\"10s\"", found).and_then(|tree| value::time("time", tree, found));
            base.zip(span).map(|(base, span)| Moment::After(Box::new(base), span))
        }
    }
}

fn fields(word: &str) -> &'static [&'static str] {
    match word {
        "Done" => &["flow"],
        "Event" => &["event"],
        "First" => &["selector"],
        "Answered" => &["flow", "count"],
        _ => &["moment", "time"],
    }
}

fn flow(section: &Section<'_>, name: &str, found: &mut Findings) -> Option<Spanned<String>> {
    let tree = section.need(name, "\"…\"", found)?;
    value::text(name, tree, found)
}
