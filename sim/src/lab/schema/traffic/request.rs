//! `Request(from: "ann", to: "bob", count: 3, …)`.

use super::{Traffic, count, every, node, size, start};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &["from", "to", "count", "every", "size", "answer", "start"];

/// Questions over UDP, each answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks.
    pub from: Spanned<String>,
    /// Who answers.
    pub to: Spanned<String>,
    /// How often.
    pub count: Option<u64>,
    /// Time between two questions.
    pub every: Option<SimDuration>,
    /// Payload bytes of a question.
    pub size: Option<u16>,
    /// Payload bytes of an answer.
    pub answer: Option<u16>,
    /// When it begins.
    pub start: Moment,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let (from, to) = (node(section, "from", found), node(section, "to", found));
    let (count, every, size) = (count(section, found), every(section, found), size(section, found));
    let answer = section.get("answer").and_then(|tree| value::whole("answer", tree, 0..=super::MAX_SIZE, found));
    let answer = answer.map(|n| n as u16);
    let start = start(section, found);
    Some(Traffic::Request(Request { from: from?, to: to?, count, every, size, answer, start: start? }))
}
