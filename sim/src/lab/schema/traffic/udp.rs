//! `Udp(from: "ann", to: "bob", count: 100, rate: "10pps", …)`.

use super::{Length, Traffic, length, node, size, start};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::lab::units::Rate;

pub(super) const FIELDS: &[&str] = &["from", "to", "count", "lasts", "rate", "size", "start"];

/// Datagrams one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Udp {
    /// Who sends.
    pub from: Spanned<String>,
    /// Who receives.
    pub to: Spanned<String>,
    /// How many, or how long.
    pub length: Option<Length>,
    /// How fast.
    pub rate: Option<Rate>,
    /// Payload bytes.
    pub size: Option<u16>,
    /// When it begins.
    pub start: Moment,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let (from, to) = (node(section, "from", found), node(section, "to", found));
    let (length, size) = (length(section, found), size(section, found));
    let rate = section.get("rate").and_then(|tree| value::rate("rate", tree, found));
    let start = start(section, found);
    Some(Traffic::Udp(Udp { from: from?, to: to?, length, rate, size, start: start? }))
}
