//! Which frames on cables were on the way to somebody who got what is in them.
//!
//! From every packet that a flow's ends took, the way is followed back: in which frame it came into the node, who put
//! that on the cable, in which frame it came in there. What was made of several fragments came by all of their ways.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::engine::log::Crossing;
use crate::engine::{Cell, Verdict, World};
use crate::id::{CableId, DeviceId, FlowId, FrameId, NodeId};
use crate::lab::judge::Trace;
use crate::lab::judge::trace::Crossed;
use crate::wire::layers::{FieldValue, Layer};

/// What is known of the frames of a run.
#[derive(Debug, Default)]
pub struct Useful {
    /// Places in the trace of frames put on a cable that were on the way of something that arrived.
    pub sent: BTreeSet<usize>,
    /// Frames that were flooded, and what was made of them.
    flooded: BTreeSet<FrameId>,
    parents: BTreeMap<FrameId, FrameId>,
}

impl Useful {
    /// Whether this is a copy of something that was flooded.
    pub fn is_copy(&self, frame: FrameId) -> bool {
        self.family(frame).any(|frame| self.flooded.contains(&frame))
    }

    /// A frame and those it was made from, the latest first.
    pub fn family(&self, frame: FrameId) -> impl Iterator<Item = FrameId> {
        std::iter::successors(Some(frame), |frame| {
            self.parents.get(frame).copied().filter(|parent| *parent != FrameId::NONE && parent < frame)
        })
    }
}

/// What the fragments of one packet have in common.
type Packet = (NodeId, Ipv4Addr, Ipv4Addr, u64, u64);

/// Where frames came in and went out.
struct Index<'a> {
    trace: &'a Trace,
    world: &'a World,
    came: BTreeMap<(FrameId, NodeId), Vec<usize>>,
    left: BTreeMap<(FrameId, CableId), Vec<usize>>,
    fragments: BTreeMap<Packet, Vec<usize>>,
    packets: BTreeMap<usize, Packet>,
}

/// Follows back what arrived.
pub fn useful(trace: &Trace, world: &World) -> Useful {
    let mut found = Useful::default();
    for record in &trace.frames {
        found.parents.entry(record.frame).or_insert(record.parent);
    }
    for record in &trace.decisions {
        found.parents.entry(record.decision.frame).or_insert(record.decision.parent);
        if record.decision.verdict == Verdict::Flood {
            found.flooded.insert(record.decision.frame);
        }
    }
    let index = Index::of(trace, world);
    let ends: Vec<Vec<DeviceId>> = (0..world.flows().len()).map(|flow| ends(world, FlowId(flow as u16))).collect();
    let mut done = BTreeSet::new();
    for record in &trace.decisions {
        let decision = &record.decision;
        let taken = matches!(decision.verdict, Verdict::Deliver | Verdict::Consume) && decision.origin.own;
        let Some(ends) = ends.get(decision.origin.flow.index()).filter(|_| taken) else { continue };
        // An address that is nobody's name may be answered by anybody.
        let is_end = ends.contains(&decision.device) || ends.len() < 2 && decision.verdict == Verdict::Deliver;
        if let Some(node) = world.node_of(decision.device).filter(|_| is_end) {
            index.follow((decision.frame, node, record.place), &mut found, &mut done);
        }
    }
    found
}

/// The devices that a flow runs between.
fn ends(world: &World, flow: FlowId) -> Vec<DeviceId> {
    let Some(flow) = world.flows().get(flow.index()) else { return Vec::new() };
    let is_called = |device: &DeviceId| {
        let full = world.device_name(*device);
        full == flow.to || full.strip_suffix("/ip") == Some(&flow.to) || full.rsplit('/').next() == Some(&flow.to)
    };
    // Traffic may go to an address instead of a name.
    let address = flow.to.parse::<Ipv4Addr>().ok();
    let has_it = |device: &DeviceId| address.is_some_and(|ip| has_address(world, *device, ip));
    let is_end = |device: &DeviceId| is_called(device) || has_it(device);
    let called = (0..world.device_count() as u32).map(DeviceId).filter(is_end);
    [flow.home].into_iter().chain(called).collect()
}

fn has_address(world: &World, device: DeviceId, ip: Ipv4Addr) -> bool {
    let Some(device) = world.device(device) else { return false };
    let tables = device.tables();
    let rows = tables.iter().filter(|view| view.name == "addresses").flat_map(|view| &view.rows);
    rows.flat_map(|row| &row.cells).any(|cell| matches!(cell, Cell::Prefix(own, _) if *own == ip))
}

impl<'a> Index<'a> {
    fn of(trace: &'a Trace, world: &'a World) -> Self {
        let mut index = Self {
            trace,
            world,
            came: BTreeMap::new(),
            left: BTreeMap::new(),
            fragments: BTreeMap::new(),
            packets: BTreeMap::new(),
        };
        for (at, record) in trace.frames.iter().enumerate() {
            let (Some(cable), true) = (record.cable, record.origin.own) else { continue };
            match record.crossing {
                Crossing::Sent => index.left.entry((record.frame, cable)).or_default().push(at),
                Crossing::Arrived => {
                    let Some(node) = world.node_of(record.device) else { continue };
                    index.came.entry((record.frame, node)).or_default().push(at);
                    if let Some(packet) = packet(node, &trace.layers(record)) {
                        index.fragments.entry(packet).or_default().push(at);
                        index.packets.insert(at, packet);
                    }
                }
            }
        }
        index
    }

    /// Goes back from where a frame was before a place in the trace.
    fn follow(&self, from: (FrameId, NodeId, u64), found: &mut Useful, done: &mut BTreeSet<usize>) {
        let mut open = vec![from];
        while let Some((frame, node, before)) = open.pop() {
            let Some(at) = self.came_in(frame, node, before, found) else { continue };
            let siblings = self.packets.get(&at).and_then(|packet| self.fragments.get(packet));
            for &at in siblings.map_or(&[at][..], Vec::as_slice) {
                let record = &self.trace.frames[at];
                if record.place >= before || !done.insert(at) {
                    continue;
                }
                let Some(sent) = self.sent(record) else { continue };
                found.sent.insert(sent);
                let sent = &self.trace.frames[sent];
                open.extend(self.world.node_of(sent.device).map(|node| (sent.frame, node, sent.place)));
            }
        }
    }

    /// How a frame, or the latest of those it was made from, came into a node.
    fn came_in(&self, frame: FrameId, node: NodeId, before: u64, found: &Useful) -> Option<usize> {
        let last = |frame| {
            let all = self.came.get(&(frame, node))?;
            all.iter().rev().find(|at| self.trace.frames[**at].place < before).copied()
        };
        found.family(frame).find_map(last)
    }

    /// Who put it on the cable.
    fn sent(&self, arrived: &Crossed) -> Option<usize> {
        let all = self.left.get(&(arrived.frame, arrived.cable?))?;
        let is_other = |at: &&usize| {
            let sent = &self.trace.frames[**at];
            sent.place < arrived.place && (sent.device, sent.port) != (arrived.device, arrived.port)
        };
        all.iter().rev().find(is_other).copied()
    }
}

/// Which packet a fragment is of: by the outermost IP header.
fn packet(node: NodeId, layers: &[Layer]) -> Option<Packet> {
    let ip = layers.iter().find(|layer| layer.name == "ipv4")?;
    if ip.number("mf") == Some(0) && ip.number("offset") == Some(0) {
        return None;
    }
    let address = |name| match ip.field(name)?.value {
        FieldValue::Ipv4(address) => Some(address),
        _ => None,
    };
    Some((node, address("src")?, address("dst")?, ip.number("id")?, ip.number("proto")?))
}
