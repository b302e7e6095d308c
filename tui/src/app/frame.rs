//! The frame looked at: its bytes, its layers, and what a device changed in it.

use std::net::Ipv4Addr;
use std::ops::Range;

use overunder_sim::engine::log::Crossing;
use overunder_sim::engine::wire::{MIN_FRAME, WIRE_EXTRA};
use overunder_sim::engine::{Entry, Verdict, World};
use overunder_sim::wire::LinkType;
use overunder_sim::wire::layers::{Field, FieldValue, Layer, walk};

use crate::app::history::main_decision;
use crate::app::model::{Bench, Side};

/// What a layer is to the tunnel in the frame, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// There is no tunnel.
    Plain,
    /// A header that carries the tunnel.
    Outer,
    /// The tunnel's own header.
    Tunnel,
    /// What is carried.
    Inner,
    /// Quoted by an error message.
    Quoted,
}

/// A frame taken apart.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What the bytes are.
    pub link: LinkType,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Its layers, outermost first.
    pub layers: Vec<Layer>,
}

/// A line of the packet tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeLine {
    /// A layer by its number.
    Layer(usize),
    /// A field by the numbers of its layer and itself.
    Field(usize, usize),
}

/// Fields that matter most, by layer; all others show on request.
const MAIN: &[(&str, &[&str])] = &[
    ("eth", &["dst", "src", "type"]),
    ("vlan", &["id", "pcp"]),
    ("arp", &["op", "sha", "spa", "tha", "tpa"]),
    ("ipv4", &["src", "dst", "ttl", "proto", "len"]),
    ("icmp", &["type", "code", "id", "seq", "mtu"]),
    ("igmp", &["says", "group", "max-response"]),
    ("udp", &["src", "dst", "len"]),
    ("tcp", &["src", "dst", "seq", "ack", "flags"]),
    ("vxlan", &["vni"]),
    ("geneve", &["vni", "options"]),
    ("gre", &["type", "key", "seq"]),
    ("sleeve", &["src", "dst", "len"]),
    ("wireguard", &["receiver"]),
    ("store", &["op", "outcome", "lease", "revision", "key", "value"]),
    ("gossip", &["kind", "state", "owner", "key", "value"]),
];

/// Layers that are envelopes.
const TUNNELS: &[&str] = &["vxlan", "geneve", "gre", "sleeve", "wireguard"];

impl Taken {
    fn new(link: LinkType, bytes: &[u8]) -> Self {
        Self { link, bytes: bytes.to_vec(), layers: walk(link, bytes) }
    }

    /// Number of the tunnel layer: a header of its own, or the last one before an IP packet in another.
    fn tunnel(&self) -> Option<usize> {
        let plain = || self.layers.iter().take_while(|layer| !layer.quoted);
        let named = plain().position(|layer| TUNNELS.contains(&layer.name));
        let names: Vec<&str> = plain().map(|layer| layer.name).collect();
        let bare = names.windows(2).position(|two| matches!(two, ["ipv4" | "ipv6" | "udp", "ipv4"]));
        match (named, bare) {
            (Some(named), Some(bare)) => Some(named.min(bare)),
            (named, bare) => named.or(bare),
        }
    }

    /// Source and destination of the packet that is the envelope.
    pub fn envelope(&self) -> Option<(Ipv4Addr, Ipv4Addr)> {
        let outer = self.layers[..=self.tunnel()?].iter().rfind(|layer| layer.name == "ipv4")?;
        let address = |name| match outer.field(name)?.value {
            FieldValue::Ipv4(ip) => Some(ip),
            _ => None,
        };
        Some((address("src")?, address("dst")?))
    }

    /// What a layer is to the tunnel.
    pub fn part(&self, layer: usize) -> Part {
        if self.layers.get(layer).is_some_and(|layer| layer.quoted) {
            return Part::Quoted;
        }
        match self.tunnel() {
            None => Part::Plain,
            Some(tunnel) if layer < tunnel => Part::Outer,
            Some(tunnel) if layer == tunnel => Part::Tunnel,
            Some(_) => Part::Inner,
        }
    }

    /// The letter that stands for a layer beside its bytes; capital inside a tunnel.
    pub fn letter(&self, layer: usize) -> char {
        let letter = match self.layers.get(layer).map_or("", |layer| layer.name) {
            "eth" => 'e',
            "vlan" => 'q',
            "arp" => 'a',
            "ipv4" => 'i',
            "ipv6" => 'x',
            "icmp" | "icmpv6" => 'c',
            "igmp" => 'm',
            "udp" => 'u',
            "tcp" => 't',
            "vxlan" => 'v',
            "geneve" => 'g',
            "gre" => 'r',
            "sleeve" => 's',
            "wireguard" => 'w',
            "store" => 'k',
            "gossip" => 'o',
            "payload" => 'p',
            "padding" => '.',
            _ => '!',
        };
        if self.part(layer) == Part::Inner { letter.to_ascii_uppercase() } else { letter }
    }

    /// The layer a byte belongs to.
    pub fn layer_at(&self, byte: usize) -> Option<usize> {
        self.layers.iter().position(|layer| layer.range.contains(&byte))
    }

    /// Bytes of the tunnel: all headers outside the inner frame. A packet without an Ethernet header of its own uses
    /// the outer one, which then is no cost of the tunnel.
    pub fn tunnel_bytes(&self) -> Option<usize> {
        let tunnel = self.tunnel()?;
        let end = self.layers[tunnel].range.end;
        let has_link = |layer: Option<&Layer>| layer.is_some_and(|layer| layer.name == "eth");
        let shared = has_link(self.layers.first()) && !has_link(self.layers.get(tunnel + 1));
        Some(end - if shared { self.layers[0].range.end } else { 0 })
    }

    /// Bytes' worth of time on the wire.
    pub fn on_wire(&self) -> u64 {
        (self.bytes.len() as u64).max(MIN_FRAME) + WIRE_EXTRA
    }

    /// Length of the outermost IP packet, headers included.
    pub fn ip_len(&self) -> Option<u64> {
        self.layers.iter().find(|layer| layer.name == "ipv4")?.number("len")
    }

    /// The lines of the tree.
    pub fn tree(&self, closed: impl Fn(usize) -> bool, raw: bool) -> Vec<TreeLine> {
        let mut lines = Vec::new();
        for (at, layer) in self.layers.iter().enumerate() {
            lines.push(TreeLine::Layer(at));
            if closed(at) {
                continue;
            }
            let shown = (0..layer.fields.len()).filter(|field| raw || is_main(layer, &layer.fields[*field]));
            lines.extend(shown.map(|field| TreeLine::Field(at, field)));
        }
        lines
    }

    /// Bytes a line of the tree speaks of.
    pub fn range(&self, line: TreeLine) -> Range<usize> {
        match line {
            TreeLine::Layer(layer) => self.layers[layer].range.clone(),
            TreeLine::Field(layer, field) => self.layers[layer].fields[field].range.clone(),
        }
    }
}

fn is_main(layer: &Layer, field: &Field) -> bool {
    let main = MAIN.iter().find(|(name, _)| *name == layer.name);
    main.is_none_or(|(_, fields)| fields.contains(&field.name)) && field.name != "data"
}

/// The frame as it came in with the present event.
pub fn arrived(world: &World) -> Option<Taken> {
    let log = world.log();
    for entry in log.entries() {
        if let Entry::Crossing { crossing: Crossing::Arrived, link, bytes, .. } = entry {
            return Some(Taken::new(*link, log.bytes(*bytes)));
        }
    }
    let (decision, bytes) = main_decision(log.entries())?;
    decision.port.is_some().then(|| Taken::new(decision.link, log.bytes(bytes)))
}

/// The frame as it went out with the present event.
pub fn left(world: &World) -> Option<Taken> {
    let log = world.log();
    for (at, entry) in log.entries().iter().enumerate() {
        if let Entry::Decision { decision, bytes } = entry
            && log.ports(at).next().is_some()
            && decision.verdict != Verdict::Drop
        {
            return Some(Taken::new(decision.link, log.bytes(*bytes)));
        }
    }
    None
}

/// The frame the packet pane shows: the side asked for, or the other one when there is none.
pub fn shown(bench: &Bench) -> Option<(Side, Taken)> {
    let world = bench.session.world();
    bench.session.moment()?;
    let out = || left(world).map(|taken| (Side::Out, taken));
    let came = || arrived(world).map(|taken| (Side::In, taken));
    match bench.places.side {
        Side::Out => out().or_else(came),
        Side::In | Side::Diff => came().or_else(out),
    }
}

/// A difference between the frame as it came in and as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A header was put on: its name and length.
    Added(&'static str, usize),
    /// A header was taken off.
    Removed(&'static str, usize),
    /// A field says something else: layer, field, before, after.
    Changed(&'static str, &'static str, String, String),
}

/// What the device changed, outermost first; `None` when it did not pass the frame on.
pub fn differences(world: &World) -> Option<Vec<Difference>> {
    let (before, after) = (arrived(world)?, left(world)?);
    // What is carried is at the end, so both are laid on each other from there.
    let (old, new) = (&before.layers, &after.layers);
    let common = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a.name == b.name).count();
    let mut found = Vec::new();
    for layer in &old[..old.len() - common] {
        found.push(Difference::Removed(layer.name, layer.range.len()));
    }
    for layer in &new[..new.len() - common] {
        found.push(Difference::Added(layer.name, layer.range.len()));
    }
    for (a, b) in old[old.len() - common..].iter().zip(&new[new.len() - common..]) {
        for (left, right) in a.fields.iter().zip(&b.fields) {
            if left.name == right.name && left.value != right.value {
                let (before, after) = (left.value.to_string(), right.value.to_string());
                found.push(Difference::Changed(a.name, left.name, before, after));
            }
        }
    }
    Some(found)
}
