//! `MacFlood(from: "eve", rate: "1000pps", lasts: "90s", …)`.

use super::{Length, Traffic, length, node, start};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::lab::units::Rate;

pub(super) const FIELDS: &[&str] = &["from", "rate", "count", "lasts", "sources", "start"];

/// Which source addresses are invented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Drawn from the flow's own random stream.
    #[default]
    Random,
    /// One after the other.
    Sequential,
}

/// Frames from invented addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct MacFlood {
    /// Who sends.
    pub from: Spanned<String>,
    /// How fast.
    pub rate: Rate,
    /// How many, or how long.
    pub length: Length,
    /// Which source addresses.
    pub sources: Sources,
    /// When it begins.
    pub start: Moment,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let from = node(section, "from", found);
    let rate = section.need("rate", "\"1000pps\"", found).and_then(|tree| value::rate("rate", tree, found));
    let given = section.get("count").or(section.get("lasts")).is_some();
    if !given {
        let finding = Finding::new(Code::Missing, "this flood never ends", section.head);
        found.push(finding.label("needs `lasts` or `count`").help("lasts: \"10s\""));
    }
    let length = length(section, found);
    let words = [("Random", Sources::Random), ("Sequential", Sources::Sequential)];
    let sources = section.get("sources").map(|tree| value::word("a choice of sources", tree, &words, found));
    let start = start(section, found);
    let sources = sources.unwrap_or(Some(Sources::Random))?;
    Some(Traffic::MacFlood(MacFlood { from: from?, rate: rate?, length: length?, sources, start: start? }))
}
