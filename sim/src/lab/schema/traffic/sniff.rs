//! `Sniff(on: "eve")`.

use super::{Traffic, node};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::source::Spanned;

pub(super) const FIELDS: &[&str] = &["on"];

/// A listener: it sends nothing and is no flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Sniff {
    /// Who listens.
    pub on: Spanned<String>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let on = node(section, "on", found);
    Some(Traffic::Sniff(Sniff { on: on? }))
}
