//! Who heard what was not meant for them, and which decision let them hear it.
//!
//! A frame of a flow that comes off a cable into a node that is no end of the flow has been overheard, if a switch
//! sent it there as one copy of several. The reason for it is the last verdict on that frame before it arrived.

use std::collections::BTreeMap;

use crate::engine::log::Crossing;
use crate::engine::{Entry, Verdict, World};
use crate::explain::Reason;
use crate::id::{DeviceId, FlowId, FrameId};
use crate::lang::Lang;
use crate::view::names::{Book, node_name};
use crate::view::sentence::fill;
use crate::wire::layers::walk;

/// Frames whose last verdict is remembered; a frame in flight longer than this many others is told without reason.
const REMEMBERED: usize = 65_536;

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overheard {
    /// The node that heard.
    pub node: String,
    /// The flow it heard.
    pub flow: String,
    /// Whether the frames were the flow's own, or what it caused (ARP).
    pub own: bool,
    /// The node the frames were sent to, if one node.
    pub to: String,
    /// Where the copy was made.
    pub by: String,
    /// Why.
    pub reason: Option<Reason>,
    /// How many frames.
    pub frames: u64,
    /// Application bytes in them.
    pub payload: u64,
}

type Key = (String, FlowId, bool, String, DeviceId, &'static str);

/// Collects while a run is logged.
#[derive(Clone, Debug, Default)]
pub struct Bystanders {
    last: BTreeMap<FrameId, (DeviceId, Verdict, Reason)>,
    heard: BTreeMap<Key, (Option<Reason>, u64, u64)>,
}

impl Bystanders {
    /// Takes in what happened in the world's last event.
    pub fn observe(&mut self, world: &World, book: &Book) {
        for entry in world.log().entries() {
            match entry {
                Entry::Decision { decision, .. }
                    if matches!(decision.verdict, Verdict::Flood | Verdict::Forward)
                        && world.device(decision.device).is_some_and(|device| device.kind() == "bridge") =>
                {
                    self.last.insert(decision.frame, (decision.device, decision.verdict, decision.reason));
                    if self.last.len() > REMEMBERED {
                        self.last.pop_first();
                    }
                }
                Entry::Crossing { crossing: Crossing::Arrived, device, frame, origin, link, bytes, .. }
                    if origin.flow != FlowId::NONE =>
                {
                    let layers = walk(*link, world.log().bytes(*bytes));
                    self.arrived(world, book, (*device, *frame, origin.flow, origin.own), &layers);
                }
                _ => {}
            }
        }
    }

    fn arrived(
        &mut self,
        world: &World,
        book: &Book,
        (device, frame, flow, own): (DeviceId, FrameId, FlowId, bool),
        layers: &[crate::wire::layers::Layer],
    ) {
        let node = node_name(world, device);
        let is_bridge = world.device(device).is_some_and(|device| device.kind() == "bridge");
        let Some(ends) = world.flows().get(flow.index()) else { return };
        if is_bridge || ends.from == node || ends.to == node {
            return;
        }
        let Some((by, verdict, reason)) = self.last.get(&frame).copied() else { return };
        if verdict != Verdict::Flood {
            return;
        }
        let to = match crate::wire::layers::find(layers, "outer.eth.dst").map(|field| &field.value) {
            Some(crate::wire::layers::FieldValue::Mac(mac)) if mac.is_multicast() => "*".to_owned(),
            Some(crate::wire::layers::FieldValue::Mac(mac)) => book.mac(*mac),
            _ => "?".to_owned(),
        };
        // A forged destination is nobody's; one line for all of them.
        let to = if world.nodes().iter().any(|node| node.name == to) || to == "*" { to } else { "?".to_owned() };
        let payload = layers.iter().rev().find(|layer| layer.name == "payload").map_or(0, |layer| layer.range.len());
        let entry = self.heard.entry((node, flow, own, to, by, reason.slug)).or_insert((Some(reason), 0, 0));
        entry.1 += 1;
        entry.2 += payload as u64;
    }

    /// The lines, by listener and flow.
    pub fn report(&self, world: &World) -> Vec<Overheard> {
        let line = |(key, value): (&Key, &(Option<Reason>, u64, u64))| Overheard {
            node: key.0.clone(),
            flow: world.flows().get(key.1.index()).map(|flow| flow.name.clone()).unwrap_or_default(),
            own: key.2,
            to: key.3.clone(),
            by: world.device_name(key.4).to_owned(),
            reason: value.0,
            frames: value.1,
            payload: value.2,
        };
        self.heard.iter().map(line).collect()
    }

    /// The report in sentences; only the flows' own frames, ARP and what it asks of everybody left out.
    pub fn text(&self, world: &World, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        for line in self.report(world).iter().filter(|line| line.own && line.to != "?") {
            let template = match lang {
                Lang::En => {
                    "{node} heard {frames} frames of {flow} on their way to {to} ({payload} bytes of payload): \
                             {by} flooded them [{slug}]"
                }
                Lang::Zh => {
                    "{node} 听到了 {flow} 中发往 {to} 的 {frames} 个帧(载荷 {payload} 字节):{by} 把它们泛洪了 [{slug}]"
                }
            };
            lines.push(fill(template, |name| {
                Some(match name {
                    "node" => line.node.clone(),
                    "frames" => line.frames.to_string(),
                    "flow" => line.flow.clone(),
                    "to" => line.to.clone(),
                    "payload" => line.payload.to_string(),
                    "by" => line.by.clone(),
                    "slug" => line.reason.map_or("?", |reason| reason.slug).to_owned(),
                    _ => return None,
                })
            }));
        }
        lines
    }
}
