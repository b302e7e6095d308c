//! `Ping(from: "ann", to: "bob", …)`.

use super::{Traffic, count, every, node, size, start};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &["from", "to", "count", "every", "size", "df", "start"];

/// Echo requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Ping {
    /// Who asks.
    pub from: Spanned<String>,
    /// Who is asked.
    pub to: Spanned<String>,
    /// How often.
    pub count: Option<u64>,
    /// Time between two requests.
    pub every: Option<SimDuration>,
    /// Payload bytes.
    pub size: Option<u16>,
    /// Whether routers must not fragment it.
    pub df: Option<bool>,
    /// When it begins.
    pub start: Moment,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let (from, to) = (node(section, "from", found), node(section, "to", found));
    let (count, every, size) = (count(section, found), every(section, found), size(section, found));
    let df = section.get("df").and_then(|tree| value::flag("df", tree, found));
    let start = start(section, found);
    Some(Traffic::Ping(Ping { from: from?, to: to?, count, every, size, df, start: start? }))
}
