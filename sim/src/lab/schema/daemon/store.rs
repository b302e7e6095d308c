//! `Store(persistent: true)`.

use super::Daemon;
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;

pub(super) const FIELDS: &[&str] = &["persistent"];

/// A key-value store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Store {
    /// Its data survive when its host loses power.
    pub persistent: Option<bool>,
}

#[expect(clippy::unnecessary_wraps, reason = "all kinds are read alike, and a wrong word leaves it a store")]
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    let persistent = section.get("persistent").and_then(|tree| value::flag("persistent", tree, found));
    Some(Daemon::Store(Store { persistent }))
}
