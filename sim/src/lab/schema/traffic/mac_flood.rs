//! `MacFlood(from: "eve", rate: "1000pps", lasts: "90s", …)`.

use super::{Length, Traffic, length, node, start};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::lab::units::Rate;

pub(super) const FIELDS: &[&str] = &["from", "rate", "count", "lasts", "sources", "ethertype", "start"];

/// Which source addresses are invented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Drawn from the flow's own random stream.
    #[default]
    Random,
    /// One after the other.
    Sequential,
}

/// What the frames say they carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ethertype {
    /// 0x88b5, which no host knows: the frames fill tables and do nothing else.
    #[default]
    Experimental,
    /// 0x0800, with an IPv4 and a UDP header: what passes a filter that lets only IP through.
    Ipv4,
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
    /// What the frames say they carry.
    pub ethertype: Ethertype,
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
    let words = [("Experimental", Ethertype::Experimental), ("Ipv4", Ethertype::Ipv4)];
    let ethertype = section.get("ethertype").map(|tree| value::word("an EtherType", tree, &words, found));
    let start = start(section, found);
    let (sources, ethertype) =
        (sources.unwrap_or(Some(Sources::Random))?, ethertype.unwrap_or(Some(Ethertype::Experimental))?);
    Some(Traffic::MacFlood(MacFlood { from: from?, rate: rate?, length: length?, sources, ethertype, start: start? }))
}
