//! `Tcp(from: "ann", to: "bob", bytes: 1_000_000, …)`.

use super::{Traffic, node, start};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &["from", "to", "bytes", "lasts", "port", "start"];

/// Bytes a flow can have.
const MAX_BYTES: u64 = 1_000_000_000_000;

/// Bytes over a connection, one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Tcp {
    /// Who connects and sends.
    pub from: Spanned<String>,
    /// Who receives.
    pub to: Spanned<String>,
    /// How many bytes.
    pub bytes: Option<u64>,
    /// Or for how long.
    pub lasts: Option<SimDuration>,
    /// The port it connects to.
    pub port: Option<u16>,
    /// When it begins.
    pub start: Moment,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let (from, to) = (node(section, "from", found), node(section, "to", found));
    if let (Some(bytes), Some(lasts)) = (section.get("bytes"), section.get("lasts")) {
        let finding = Finding::new(Code::Twice, "`bytes` and `lasts` both say when it ends", lasts.span);
        found.push(finding.label("and again here").also(bytes.span, "said here").help("leave one of them out"));
    }
    let bytes = section.get("bytes").and_then(|tree| value::whole("bytes", tree, 1..=MAX_BYTES, found));
    let lasts = section.get("lasts").and_then(|tree| value::positive_time("lasts", tree, found));
    let port = section.get("port").and_then(|tree| value::whole("port", tree, 1..=u64::from(u16::MAX), found));
    let (port, start) = (port.map(|port| port as u16), start(section, found));
    Some(Traffic::Tcp(Tcp { from: from?, to: to?, bytes, lasts, port, start: start? }))
}
