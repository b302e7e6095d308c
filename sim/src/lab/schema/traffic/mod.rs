//! Kinds of traffic: one file each, one line in [`KINDS`].

mod mac_flood;
mod ping;
mod raw;
mod request;
mod sniff;
mod tcp;
mod udp;

pub use mac_flood::{Ethertype, MacFlood, Sources};
pub use ping::Ping;
pub use raw::{Address, Raw};
pub use request::Request;
pub use sniff::Sniff;
pub use tcp::Tcp;
pub use udp::Udp;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value;
use crate::lab::schema::when::{self, Moment};
use crate::lab::source::Spanned;
use crate::lab::units::Rate;
use crate::time::SimDuration;

/// Traffic as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Traffic {
    /// Asks for echoes.
    Ping(Ping),
    /// Sends datagrams one way.
    Udp(Udp),
    /// Sends bytes over a connection.
    Tcp(Tcp),
    /// Asks and waits for answers.
    Request(Request),
    /// Fills switch tables.
    MacFlood(MacFlood),
    /// Sends frames as written.
    Raw(Raw),
    /// Listens.
    Sniff(Sniff),
}

struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, &mut Findings) -> Option<Traffic>,
}

static KINDS: &[Kind] = &[
    Kind { name: "Ping", fields: ping::FIELDS, read: ping::read },
    Kind { name: "Udp", fields: udp::FIELDS, read: udp::read },
    Kind { name: "Tcp", fields: tcp::FIELDS, read: tcp::read },
    Kind { name: "Request", fields: request::FIELDS, read: request::read },
    Kind { name: "MacFlood", fields: mac_flood::FIELDS, read: mac_flood::read },
    Kind { name: "Raw", fields: raw::FIELDS, read: raw::read },
    Kind { name: "Sniff", fields: sniff::FIELDS, read: sniff::read },
];

/// Reads `Kind( … )`.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Traffic> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let name = kind("a kind of traffic", tree, &names, &[], found)?;
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    let section = Section::fields(name, tree, kind.fields, found)?;
    (kind.read)(&section, found)
}

/// How long a flow goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many packets.
    Count(u64),
    /// So long.
    Lasts(SimDuration),
}

impl Length {
    /// Packets, when one is sent every so often.
    pub fn packets(self, every: SimDuration) -> u64 {
        match self {
            Self::Count(n) => n,
            Self::Lasts(span) => (span.0 / every.0.max(1)).max(1),
        }
    }
}

/// Packets a flow can have.
const MAX_PACKETS: u64 = 1_000_000_000;
/// The largest UDP or ICMP payload of an IPv4 packet.
const MAX_SIZE: u64 = 65_507;

fn node(section: &Section<'_>, name: &'static str, found: &mut Findings) -> Option<Spanned<String>> {
    let tree = section.need(name, "\"…\"", found)?;
    value::text(name, tree, found)
}

fn start(section: &Section<'_>, found: &mut Findings) -> Option<Moment> {
    match section.get("start") {
        Some(tree) => when::read("start", tree, found),
        None => Some(Moment::At(SimDuration::ZERO)),
    }
}

fn count(section: &Section<'_>, found: &mut Findings) -> Option<u64> {
    section.get("count").and_then(|tree| value::whole("count", tree, 1..=MAX_PACKETS, found))
}

fn size(section: &Section<'_>, found: &mut Findings) -> Option<u16> {
    section.get("size").and_then(|tree| value::whole("size", tree, 0..=MAX_SIZE, found)).map(|n| n as u16)
}

fn every(section: &Section<'_>, found: &mut Findings) -> Option<SimDuration> {
    section.get("every").and_then(|tree| value::positive_time("every", tree, found))
}

/// Either `count` or `lasts`.
fn length(section: &Section<'_>, found: &mut Findings) -> Option<Length> {
    let (count, lasts) = (section.get("count"), section.get("lasts"));
    if let (Some(count), Some(lasts)) = (count, lasts) {
        let finding = Finding::new(Code::Twice, "`count` and `lasts` both say when it ends", lasts.span);
        found.push(finding.label("and again here").also(count.span, "said here").help("leave one of them out"));
        return None;
    }
    let lasts = lasts.and_then(|tree| value::positive_time("lasts", tree, found)).map(Length::Lasts);
    count.and_then(|tree| value::whole("count", tree, 1..=MAX_PACKETS, found)).map(Length::Count).or(lasts)
}

/// Time between two packets of a rate; `bits` is what one packet takes on an Ethernet cable.
pub fn interval(rate: Rate, bits: u64) -> SimDuration {
    let ns = match rate {
        Rate::Frames(n) => 1_000_000_000 / n.max(1),
        Rate::Bits(n) => u64::try_from(u128::from(bits) * 1_000_000_000 / u128::from(n.max(1))).unwrap_or(u64::MAX),
    };
    SimDuration(ns.max(1))
}
