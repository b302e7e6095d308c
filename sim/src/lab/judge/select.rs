//! Picking records of a run.

use std::net::Ipv4Addr;

use crate::cost::Cost;
use crate::engine::log::Crossing;
use crate::engine::{Verdict, World};
use crate::explain::Reason;
use crate::id::{CableId, DeviceId, EventNo, FlowId, FrameId, PortNo};
use crate::lab::judge::edge::{Bounds, Edge};
use crate::lab::judge::envelope;
use crate::lab::judge::trace::{Changed, Charged, Crossed, Decided, Trace};
use crate::time::{SimDuration, SimTime};
use crate::wire::layers::{Content, FieldValue, Layer, find, path, walk};
use crate::wire::{MacAddr, Origin};

/// Which records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One record a frame crossing a port.
    Frames,
    /// One record a verdict.
    Decisions,
    /// Verdicts that threw the frame away.
    Drops,
    /// Rows written or removed.
    Changes,
    /// One record a charge for work.
    Charges,
}

/// Devices, and perhaps one port of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Any of these devices.
    pub devices: Vec<DeviceId>,
    /// Only at this port of them.
    pub port: Option<PortNo>,
    /// A device inside a node is meant: what comes over wires inside the node counts too.
    pub inner: bool,
}

impl Places {
    fn holds(&self, device: DeviceId, port: Option<PortNo>) -> bool {
        self.devices.contains(&device) && (self.port.is_none() || self.port == port)
    }

    /// A frame here; a node as a whole is met on cables only.
    fn meets(&self, record: &Crossed) -> bool {
        (self.inner || record.cable.is_some()) && self.holds(record.device, Some(record.port))
    }
}

/// Any of the addresses of one name, or one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Hardware addresses.
    pub macs: Vec<MacAddr>,
    /// IP addresses.
    pub ips: Vec<Ipv4Addr>,
}

/// A selector with its filters; all that are given must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// Which records.
    pub kind: Kind,
    /// Frames that came in here from a cable.
    pub into: Option<Places>,
    /// Frames that left from here onto a cable.
    pub out_of: Option<Places>,
    /// Frames that were put on this cable.
    pub on: Option<CableId>,
    /// Verdicts or rows of these devices.
    pub at: Option<Places>,
    /// Rows of this table.
    pub table: Option<String>,
    /// The flow's own packets.
    pub flow: Option<FlowId>,
    /// The flow's own packets and what they made necessary.
    pub caused_by: Option<FlowId>,
    /// This layer somewhere inside.
    pub carries: Option<Content>,
    /// Exactly this nesting, `..` at an end standing for anything.
    pub layers: Option<String>,
    /// Innermost source.
    pub src: Option<Addresses>,
    /// Innermost destination.
    pub dst: Option<Addresses>,
    /// Outermost source.
    pub outer_src: Option<Addresses>,
    /// Outermost destination.
    pub outer_dst: Option<Addresses>,
    /// With this reason.
    pub reason: Option<Reason>,
    /// Charged under this name.
    pub cost: Option<Cost>,
    /// Fragments, or whole packets.
    pub fragment: Option<bool>,
    /// More bytes than this.
    pub bigger_than: Option<u64>,
    /// Not before this moment.
    pub since: Option<Edge>,
    /// Before this moment.
    pub before: Option<Edge>,
}

impl Selector {
    /// Everything of a kind.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            into: None,
            out_of: None,
            on: None,
            at: None,
            table: None,
            flow: None,
            caused_by: None,
            carries: None,
            layers: None,
            src: None,
            dst: None,
            outer_src: None,
            outer_dst: None,
            reason: None,
            cost: None,
            fragment: None,
            bigger_than: None,
            since: None,
            before: None,
        }
    }
}

/// A record that was picked.
#[derive(Clone, Copy, Debug)]
pub enum Picked<'a> {
    /// A frame on a cable.
    Frame(&'a Crossed),
    /// A verdict.
    Decision(&'a Decided),
    /// A row.
    Change(&'a Changed),
    /// Work.
    Charge(&'a Charged),
}

impl Picked<'_> {
    /// Its place among all records of the run.
    pub fn place(&self) -> u64 {
        match self {
            Self::Frame(record) => record.place,
            Self::Decision(record) => record.place,
            Self::Change(record) => record.place,
            Self::Charge(record) => record.place,
        }
    }

    /// When.
    pub fn time(&self) -> SimTime {
        match self {
            Self::Frame(record) => record.time,
            Self::Decision(record) => record.decision.time,
            Self::Change(record) => record.time,
            Self::Charge(record) => record.time,
        }
    }

    /// In which event.
    pub fn event(&self) -> EventNo {
        match self {
            Self::Frame(record) => record.event,
            Self::Decision(record) => record.decision.event,
            Self::Change(record) => record.event,
            Self::Charge(record) => record.event,
        }
    }

    /// Where.
    pub fn device(&self) -> DeviceId {
        match self {
            Self::Frame(record) => record.device,
            Self::Decision(record) => record.decision.device,
            Self::Change(record) => record.device,
            Self::Charge(record) => record.device,
        }
    }

    /// The layers of the frame; none for a row or for work.
    pub fn layers(&self, trace: &Trace) -> Vec<Layer> {
        match self {
            Self::Frame(record) => trace.layers(record),
            Self::Decision(record) => trace.decided_layers(record),
            Self::Change(_) | Self::Charge(_) => Vec::new(),
        }
    }

    /// Bytes of the frame; 0 for a row or for work.
    pub fn len(&self, trace: &Trace) -> usize {
        match self {
            Self::Frame(record) => trace.len_of(record),
            Self::Decision(record) => record.decision.len as usize,
            Self::Change(_) | Self::Charge(_) => 0,
        }
    }

    /// What the work takes; nothing for anything else.
    pub fn spent(&self) -> SimDuration {
        if let Self::Charge(record) = self { record.spent } else { SimDuration::ZERO }
    }
}

/// All records a selector picks, in order.
pub fn pick<'a>(selector: &Selector, trace: &'a Trace, world: &World) -> Vec<Picked<'a>> {
    pick_from(selector, trace, world, [0; 4])
}

/// Those behind so many frames, decisions, changes and charges.
pub fn pick_from<'a>(selector: &Selector, trace: &'a Trace, world: &World, seen: [usize; 4]) -> Vec<Picked<'a>> {
    let bounds = Bounds::of(selector, trace, world);
    match selector.kind {
        Kind::Frames => {
            let fits = |record: &&Crossed| bounds.hold(record.place, record.time) && frame_fits(selector, record);
            let frames = trace.frames.iter().skip(seen[0]).filter(fits).map(Picked::Frame);
            frames.filter(|record| bytes_fit(selector, trace, record)).collect()
        }
        Kind::Decisions | Kind::Drops => {
            let fits =
                |record: &&Decided| bounds.hold(record.place, record.decision.time) && decision_fits(selector, record);
            let decisions = trace.decisions.iter().skip(seen[1]).filter(fits).map(Picked::Decision);
            decisions.filter(|record| bytes_fit(selector, trace, record)).collect()
        }
        Kind::Changes => {
            let fits =
                |record: &&Changed| bounds.hold(record.place, record.time) && change_fits(selector, record, world);
            trace.changes.iter().skip(seen[2]).filter(fits).map(Picked::Change).collect()
        }
        Kind::Charges => {
            let fits = |record: &&Charged| {
                bounds.hold(record.place, record.time)
                    && selector.at.as_ref().is_none_or(|at| at.holds(record.device, None))
                    && selector.cost.is_none_or(|cost| cost == record.cost)
                    && origin_fits(selector, record.origin)
            };
            trace.charges.iter().skip(seen[3]).filter(fits).map(Picked::Charge).collect()
        }
    }
}

fn change_fits(selector: &Selector, record: &Changed, world: &World) -> bool {
    selector.at.as_ref().is_none_or(|at| at.holds(record.device, None))
        && selector.table.as_ref().is_none_or(|table| {
            let tables = world.device(record.device).map(crate::engine::Device::tables).unwrap_or_default();
            tables.get(usize::from(record.row.table)).is_some_and(|at| at.name == table)
        })
}

fn origin_fits(selector: &Selector, origin: Origin) -> bool {
    selector.flow.is_none_or(|flow| origin.own && origin.flow == flow)
        && selector.caused_by.is_none_or(|flow| origin.flow == flow)
}

/// A frame has two records, one at each end of its cable; which of them is meant follows from the direction word.
fn frame_fits(selector: &Selector, record: &Crossed) -> bool {
    let direction = match (&selector.into, &selector.out_of, &selector.on) {
        (Some(into), ..) => record.crossing == Crossing::Arrived && into.meets(record),
        (_, Some(out_of), _) => record.crossing == Crossing::Sent && out_of.meets(record),
        (.., Some(cable)) => record.crossing == Crossing::Sent && record.cable == Some(*cable),
        _ => record.crossing == Crossing::Arrived && record.cable.is_some(),
    };
    direction && origin_fits(selector, record.origin)
}

fn decision_fits(selector: &Selector, record: &Decided) -> bool {
    let decision = &record.decision;
    (selector.kind != Kind::Drops || decision.verdict == Verdict::Drop)
        && selector.at.as_ref().is_none_or(|at| at.holds(decision.device, decision.port))
        && selector.reason.is_none_or(|reason| decision.reason == reason)
        && origin_fits(selector, decision.origin)
}

fn bytes_fit(selector: &Selector, trace: &Trace, record: &Picked<'_>) -> bool {
    if selector.bigger_than.is_some_and(|limit| record.len(trace) as u64 <= limit) {
        return false;
    }
    let asks = [&selector.src, &selector.dst, &selector.outer_src, &selector.outer_dst];
    let plain = selector.carries.is_none() && selector.layers.is_none() && selector.fragment.is_none();
    if plain && asks.iter().all(|ask| ask.is_none()) {
        return true;
    }
    let layers = record.layers(trace);
    selector.carries.is_none_or(|content| content.is_among(&layers))
        && selector.layers.as_ref().is_none_or(|pattern| nesting_fits(pattern, &path(&layers)))
        && selector.fragment.is_none_or(|wanted| is_fragment(trace, record, &layers) == wanted)
        && selector.src.as_ref().is_none_or(|who| address_fits(who, &layers, "inner", "src"))
        && selector.dst.as_ref().is_none_or(|who| address_fits(who, &layers, "inner", "dst"))
        && selector.outer_src.as_ref().is_none_or(|who| address_fits(who, &layers, "outer", "src"))
        && selector.outer_dst.as_ref().is_none_or(|who| address_fits(who, &layers, "outer", "dst"))
}

/// Whether there is a fragment: on the cable, or in an envelope. Linux cuts what is too big for a tunnel before it wraps
/// the pieces, so that the envelopes are whole; and a piece stays one if its reader does not find the end of the envelope.
fn is_fragment(trace: &Trace, record: &Picked<'_>, layers: &[Layer]) -> bool {
    let is_piece = |layer: &Layer| {
        let number = |name| layer.number(name).unwrap_or(0);
        layer.name == "ipv4" && !layer.quoted && (number("mf") == 1 || number("offset") > 0)
    };
    let inside = || match record {
        Picked::Frame(record) if record.parent != FrameId::NONE => envelope::inside(trace, record),
        _ => None,
    };
    layers.iter().any(is_piece)
        || inside().is_some_and(|content| walk(content.link, content.bytes).iter().any(is_piece))
}

/// `a/b`, `a/b/..`, `../b`.
fn nesting_fits(pattern: &str, path: &str) -> bool {
    match (pattern.strip_prefix("../"), pattern.strip_suffix("/..")) {
        (Some(_), Some(head)) => path.contains(head.trim_start_matches("../")),
        (Some(tail), None) => path.ends_with(tail),
        (None, Some(head)) => path.starts_with(head),
        (None, None) => path == pattern,
    }
}

/// Whether a frame is from, or for, somebody: by IP address if it has one and the name has, else by MAC address.
fn address_fits(who: &Addresses, layers: &[Layer], which: &str, end: &str) -> bool {
    let arp = if end == "src" { "spa" } else { "tpa" };
    let ip = find(layers, &format!("{which}.ipv4.{end}")).or_else(|| find(layers, &format!("arp.{arp}")));
    // Whose outer header is one of IPv6 is known by hardware addresses.
    let first = layers.iter().find(|layer| matches!(layer.name, "ipv4" | "ipv6" | "arp"));
    let ip = ip.filter(|_| which != "outer" || first.is_none_or(|layer| layer.name != "ipv6"));
    if let (Some(FieldValue::Ipv4(ip)), false) = (ip.map(|field| &field.value), who.ips.is_empty()) {
        return who.ips.contains(ip);
    }
    match find(layers, &format!("{which}.eth.{end}")).map(|field| &field.value) {
        Some(FieldValue::Mac(mac)) => who.macs.contains(mac),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nestings_may_be_open_at_an_end() {
        for (pattern, path, fits) in [
            ("eth/arp", "eth/arp", true),
            ("eth/arp", "eth/vlan/arp", false),
            ("eth/..", "eth/vlan/arp", true),
            ("../arp", "eth/vlan/arp", true),
            ("../vlan/..", "eth/vlan/arp", true),
            ("../icmp", "eth/arp", false),
        ] {
            assert_eq!(nesting_fits(pattern, path), fits, "{pattern} {path}");
        }
    }
}
