//! Who heard what was not meant for them, and which decision let them hear it.
//!
//! A frame of a flow that comes off a cable into a node that is no end of the flow has been overheard, if a switch
//! sent it there as one copy of several. The reason for it is the last verdict on that frame before it arrived, and
//! what the switch knew then of the station the frame was for.

use std::collections::BTreeMap;

use crate::device::bridge::why;
use crate::device::nic;
use crate::engine::log::Crossing;
use crate::engine::{Entry, RowChange, Verdict, World};
use crate::explain::Reason;
use crate::id::{DeviceId, FlowId, FrameId};
use crate::lang::Lang;
use crate::view::names::{Book, node_name};
use crate::view::sentence::fill;
use crate::wire::layers::walk;
use crate::wire::{MacAddr, ethernet};

/// Frames whose last verdict is remembered; a frame in flight longer than this many others is told without reason.
const REMEMBERED: usize = 65_536;

/// What a switch knows of a station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// It has not spoken yet.
    #[default]
    NotYet,
    /// There is a row.
    Row,
    /// There was a row; it aged out, made room or was flushed.
    Gone,
    /// It spoke, but there was no room for a row.
    Refused,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overheard {
    /// The node that heard.
    pub node: String,
    /// Its network card kept the frames from it.
    pub filtered: bool,
    /// The flow it heard.
    pub flow: String,
    /// Whether the frames were the flow's own, or what it caused (ARP).
    pub own: bool,
    /// The node the frames were sent to, if one node.
    pub to: String,
    /// Where the copy was made.
    pub by: String,
    /// Why.
    pub reason: Reason,
    /// What the switch knew of the station the frames were for.
    pub known: Known,
    /// How many frames.
    pub frames: u64,
    /// Application bytes in them.
    pub payload: u64,
}

type Key = (bool, String, FlowId, bool, String, DeviceId, &'static str, Known);

/// Collects while a run is logged.
#[derive(Clone, Debug, Default)]
pub struct Bystanders {
    last: BTreeMap<FrameId, (DeviceId, Verdict, Reason)>,
    known: BTreeMap<(DeviceId, MacAddr), Known>,
    heard: BTreeMap<Key, (Reason, u64, u64)>,
}

impl Bystanders {
    /// Takes in what happened in the world's last event.
    pub fn observe(&mut self, world: &World, book: &Book) {
        let entries = world.log().entries();
        for (at, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Decision { decision, bytes } if decision.reason == &why::TABLE_FULL => {
                    let bytes = world.log().bytes(*bytes);
                    // Invented stations come by the thousand and are nobody's.
                    if let Some(src) = ethernet::src(bytes).filter(|src| book.node_of(*src).is_some()) {
                        self.known.insert((decision.device, src), Known::Refused);
                    }
                }
                Entry::Row { device, row, change } if is_bridge(world, *device) && row.table == 0 => {
                    let mac = MacAddr::from_key(row.key);
                    if book.node_of(mac).is_some() {
                        let known = if *change == RowChange::Removed { Known::Gone } else { Known::Row };
                        self.known.insert((*device, mac), known);
                    }
                }
                Entry::Decision { decision, .. }
                    if matches!(decision.verdict, Verdict::Flood | Verdict::Forward)
                        && is_bridge(world, decision.device) =>
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
                    let dropped = |entry: &Entry| {
                        matches!(entry, Entry::Decision { decision, .. }
                            if decision.frame == *frame && decision.verdict == Verdict::Drop)
                    };
                    // A broadcast is for everybody, a group for whoever joined it.
                    let meant = |entry: &Entry| {
                        matches!(entry, Entry::Decision { decision, .. } if decision.frame == *frame
                            && [&nic::why::ACCEPT_BROADCAST, &nic::why::ACCEPT_GROUP].contains(&decision.reason))
                    };
                    // What is for an address the card was given is for who gave it, a child of the card.
                    let listed = |entry: &Entry| {
                        matches!(entry, Entry::Decision { decision, .. } if decision.frame == *frame
                            && decision.reason == &nic::why::ACCEPT_LISTED)
                    };
                    let rest = &entries[at..];
                    if origin.own && rest.iter().any(meant) || rest.iter().any(listed) {
                        continue;
                    }
                    let filtered = entries[at..].iter().any(dropped);
                    self.arrived(world, book, (*device, *frame, origin.flow, origin.own), (filtered, &layers));
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
        (filtered, layers): (bool, &[crate::wire::layers::Layer]),
    ) {
        let node = node_name(world, device);
        let Some(ends) = world.flows().get(flow.index()) else { return };
        if is_bridge(world, device) || ends.from == node || ends.to == node {
            return;
        }
        let Some((by, verdict, reason)) = self.last.get(&frame).copied() else { return };
        if verdict != Verdict::Flood {
            return;
        }
        let dst = match crate::wire::layers::find(layers, "outer.eth.dst").map(|field| &field.value) {
            Some(crate::wire::layers::FieldValue::Mac(mac)) => *mac,
            _ => MacAddr::ZERO,
        };
        // A forged destination is nobody's; one line for all of them.
        let to = match book.node_of(dst) {
            _ if dst.is_multicast() => "*",
            Some(name) => name,
            None => "?",
        };
        let to = to.to_owned();
        let known = self.known.get(&(by, dst)).copied().unwrap_or_default();
        let payload = layers.iter().rev().find(|layer| layer.name == "payload").map_or(0, |layer| layer.range.len());
        let entry = self.heard.entry((filtered, node, flow, own, to, by, reason.slug, known)).or_insert((reason, 0, 0));
        entry.1 += 1;
        entry.2 += payload as u64;
    }

    /// The lines, by listener and flow.
    pub fn report(&self, world: &World) -> Vec<Overheard> {
        let line = |(key, value): (&Key, &(Reason, u64, u64))| Overheard {
            node: key.1.clone(),
            filtered: key.0,
            flow: world.flows().get(key.2.index()).map(|flow| flow.name.clone()).unwrap_or_default(),
            own: key.3,
            to: key.4.clone(),
            by: world.device_name(key.5).to_owned(),
            reason: value.0,
            known: key.7,
            frames: value.1,
            payload: value.2,
        };
        self.heard.iter().map(line).collect()
    }

    /// The report in sentences; only the flows' own frames, ARP and what it asks of everybody left out.
    pub fn text(&self, world: &World, lang: Lang) -> Vec<String> {
        let told = self.report(world).into_iter().filter(|line| line.own && line.to != "?");
        told.map(|line| line.text(lang)).collect()
    }
}

impl Overheard {
    /// The line as a sentence.
    pub fn text(&self, lang: Lang) -> String {
        let template = match (lang, self.frames, self.filtered) {
            (Lang::En, 1, false) => {
                "{node} read 1 frame of {flow} for {to}, {payload} bytes of payload: {by} flooded it"
            }
            (Lang::En, _, false) => {
                "{node} read {frames} frames of {flow} for {to}, {payload} bytes of payload: {by} flooded them"
            }
            (Lang::En, 1, true) => "the card of {node} filtered 1 frame of {flow} for {to}: {by} flooded it",
            (Lang::En, _, true) => "the card of {node} filtered {frames} frames of {flow} for {to}: {by} flooded them",
            (Lang::Zh, _, false) => "{node} 读到 {flow} 中发往 {to} 的 {frames} 个帧,载荷 {payload} 字节:{by} 泛洪了",
            (Lang::Zh, _, true) => "{node} 的网卡过滤了 {flow} 中发往 {to} 的 {frames} 个帧:{by} 泛洪了",
        };
        let sentence = fill(template, |name| {
            Some(match name {
                "node" => self.node.clone(),
                "frames" => self.frames.to_string(),
                "flow" => self.flow.clone(),
                "to" => self.to.clone(),
                "payload" => self.payload.to_string(),
                "by" => self.by.clone(),
                _ => return None,
            })
        });
        sentence + &self.cause(lang)
    }

    /// `, because …  [slug]`.
    fn cause(&self, lang: Lang) -> String {
        let (en, zh, also) = match (self.reason == &why::FLOOD_UNKNOWN, self.known) {
            (true, Known::NotYet) => (", because {to} had not spoken yet", ",因为 {to} 还没说过话", None),
            (true, Known::Gone) => (
                ", because its row for {to} was gone: silent too long, or pushed out",
                ",因为 {to} 的表项没了:沉默太久,或者被挤掉",
                None,
            ),
            (true, Known::Refused) => {
                (", because its table was full when {to} spoke", ",因为 {to} 说话时表已满", Some(why::TABLE_FULL.slug))
            }
            _ => ("", "", None),
        };
        let text = fill(lang.pick(en, zh), |name| (name == "to").then(|| self.to.clone()));
        let slugs: Vec<&str> = [self.reason.slug].into_iter().chain(also).collect();
        format!("{text}  [{}]", slugs.join(", "))
    }
}

fn is_bridge(world: &World, device: DeviceId) -> bool {
    world.device(device).is_some_and(|device| device.kind() == "bridge")
}
