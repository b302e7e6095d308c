//! Where the bytes of the cables went: every byte of every frame has exactly one place.
//!
//! A byte is what takes a byte's time on a cable: those of the frame, those that fill it up to the shortest one, its
//! check sequence, preamble and gap. A frame that brings payload where it belongs is divided ([`headers`]); any other is
//! put down whole under what it was ([`kind`]): an answer to ARP, a copy for nobody, a packet that was dropped further
//! on. [`way`] finds out which ones arrived. The parts add up to what the counters of the cables say, to the byte.

mod headers;
mod kind;
mod names;
mod tables;
#[cfg(test)]
mod tests;
mod way;

use std::collections::BTreeMap;

use crate::cost::COSTS;
use crate::engine::World;
use crate::engine::log::Crossing;
use crate::engine::wire::wire_bytes;
use crate::id::{CableId, FlowId, FrameId, NodeId};
use crate::lab::judge::Trace;
use crate::lab::judge::envelope::Content;
use crate::wire::layers::{Layer, walk};

pub use headers::Piece;
pub use names::{HEADERS, Header, title};
pub use tables::{Rows, rows};

/// What a frame on a cable was there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It brought payload of a flow on its way to where it belongs.
    Data,
    /// A packet of TCP without payload that arrived: an acknowledgement, the beginning or the end of a connection.
    Ack,
    /// Payload of TCP that had gone over this cable before, and arrived.
    Again,
    /// A copy of a flooded frame that went where nobody waits for it.
    Flood,
    /// A packet of a flow that did not arrive: dropped further on, or still under way at the end.
    Lost,
    /// ARP.
    Arp,
    /// An error that ICMP reports.
    Error,
    /// Daemons, routing protocols, groups, heartbeats.
    Control,
}

/// All kinds, in the order of the enumeration.
pub const KINDS: [Kind; 8] =
    [Kind::Data, Kind::Ack, Kind::Again, Kind::Flood, Kind::Lost, Kind::Arp, Kind::Error, Kind::Control];

/// Where a byte of a frame with payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What the program sent.
    Payload,
    /// The headers of the packet itself.
    Inner,
    /// The header that tells one tunnel from another: VXLAN, Geneve, GRE.
    Tunnel,
    /// The headers that bring a tunnel's packet over the network below.
    Outer,
    /// What fills a frame up.
    Padding,
    /// Check sequence, preamble and gap.
    Line,
}

/// All parts, in the order of the enumeration.
pub const PARTS: [Part; 6] = [Part::Payload, Part::Inner, Part::Tunnel, Part::Outer, Part::Padding, Part::Line];

/// How often, and how many bytes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames in which it was.
    pub frames: u64,
    /// Its bytes.
    pub bytes: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.bytes += other.bytes;
    }
}

/// The bytes of one cable, both directions, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By what the frames were, [`KINDS`] in order.
    pub kinds: [Tally; KINDS.len()],
    /// Frames of [`Kind::Data`], by part and header.
    pub headers: BTreeMap<(Part, &'static str), Tally>,
}

impl Ledger {
    /// Frames and bytes of one kind.
    pub fn kind(&self, kind: Kind) -> Tally {
        self.kinds[kind as usize]
    }

    /// Bytes of one part of the frames with payload.
    pub fn part(&self, part: Part) -> u64 {
        self.headers.iter().filter(|((of, _), _)| *of == part).map(|(_, tally)| tally.bytes).sum()
    }

    /// Everything.
    pub fn total(&self) -> Tally {
        let mut all = Tally::default();
        for kind in self.kinds {
            all.add(kind);
        }
        all
    }

    fn add(&mut self, other: &Self) {
        for (own, other) in self.kinds.iter_mut().zip(&other.kinds) {
            own.add(*other);
        }
        for (at, tally) in &other.headers {
            self.headers.entry(*at).or_default().add(*tally);
        }
    }
}

/// What one cost came to on all nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its name.
    pub slug: &'static str,
    /// How often it was charged.
    pub times: u64,
    /// What that took, in nanoseconds.
    pub ns: u64,
}

/// What a run took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The cables in the order of the plan.
    pub cables: Vec<(String, Ledger)>,
    /// All of them together.
    pub total: Ledger,
    /// Packets and payload bytes that flows brought where they belong.
    pub packets: u64,
    /// The bytes of their payload.
    pub payload: u64,
    /// What processors did, in the order of the costs; nothing where work costs nothing.
    pub work: Vec<Work>,
    /// Rows in the tables at the end.
    pub rows: Vec<Rows>,
}

impl Account {
    /// Takes stock of a run that is over, from its start.
    pub fn of(trace: &Trace, world: &World) -> Self {
        let useful = way::useful(trace, world);
        let mut cables = vec![Ledger::default(); world.cables().len()];
        let mut again = kind::Again::default();
        let seen = Seen::of(trace);
        for (at, record) in trace.frames.iter().enumerate() {
            let Some(cable) = record.cable.filter(|_| record.crossing == Crossing::Sent) else { continue };
            let Some(ledger) = cables.get_mut(cable.index()) else { continue };
            let layers = trace.layers(record);
            let content = useful.family(record.frame).skip(1).filter_map(|frame| seen.before(frame, record.place));
            let hidden = headers::hidden(&layers, trace.bytes_of(record), content);
            let inside = hidden.map(|(_, content)| walk(content.link, content.bytes));
            let kind = kind::of(record, inside.as_ref().unwrap_or(&layers), &useful, at, &mut again);
            let bytes = wire_bytes(trace.len_of(record) as u64);
            ledger.kinds[kind as usize].add(Tally { frames: 1, bytes });
            if kind == Kind::Data {
                for (place, bytes) in headers::split(&layers, trace.bytes_of(record), hidden) {
                    ledger.headers.entry(place).or_default().add(Tally { frames: 1, bytes });
                }
            }
        }
        let mut total = Ledger::default();
        for ledger in &cables {
            total.add(ledger);
        }
        let name = |at: usize| world.cables().get(at).map_or_else(String::new, |cable| cable.name.clone());
        let flows = (0..world.flows().len()).filter_map(|at| world.flow_stats(FlowId(at as u16)));
        let (packets, payload) = flows.fold((0, 0), |sum, flow| (sum.0 + flow.received, sum.1 + flow.bytes));
        Self {
            cables: cables.into_iter().enumerate().map(|(at, ledger)| (name(at), ledger)).collect(),
            total,
            packets,
            payload,
            work: work(world),
            rows: rows(world),
        }
    }

    /// The bytes of one cable.
    pub fn cable(&self, cable: CableId) -> Option<&Ledger> {
        self.cables.get(cable.index()).map(|(_, ledger)| ledger)
    }

    /// Nanoseconds that processors worked.
    pub fn busy(&self) -> u64 {
        self.work.iter().map(|work| work.ns).sum()
    }
}

/// The bytes of one frame, in the order in which a cable has them: those of its headers, what fills it up, and what the
/// cable adds. Its headers are taken for what they seem.
pub fn divide(layers: &[Layer], bytes: &[u8]) -> Vec<Piece> {
    headers::pieces(layers, bytes, None)
}

/// Where in the trace each frame was seen.
struct Seen<'a> {
    trace: &'a Trace,
    places: BTreeMap<FrameId, Vec<usize>>,
}

impl<'a> Seen<'a> {
    fn of(trace: &'a Trace) -> Self {
        let mut places: BTreeMap<FrameId, Vec<usize>> = BTreeMap::new();
        for (at, record) in trace.frames.iter().enumerate() {
            places.entry(record.frame).or_default().push(at);
        }
        Self { trace, places }
    }

    /// A frame as it was last seen before a place in the trace.
    fn before(&self, frame: FrameId, place: u64) -> Option<Content<'a>> {
        let places = self.places.get(&frame)?;
        let at = places.iter().rev().find(|at| self.trace.frames[**at].place < place)?;
        let record = &self.trace.frames[*at];
        Some(Content { link: record.link, bytes: self.trace.bytes_of(record) })
    }
}

fn work(world: &World) -> Vec<Work> {
    let cpus: Vec<_> = (0..world.nodes().len()).filter_map(|at| world.cpu(NodeId(at as u32))).collect();
    let of = |name: &crate::cost::CostName| {
        let spent = || cpus.iter().map(|cpu| cpu.spent(name.cost));
        Work {
            slug: name.slug,
            times: spent().map(|spent| spent.times).sum(),
            ns: spent().map(|spent| spent.time.0).sum(),
        }
    };
    COSTS.iter().map(of).filter(|work| work.times > 0).collect()
}
