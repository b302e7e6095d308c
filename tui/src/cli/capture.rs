//! A run as a capture: one interface a port, and the reason of each decision as a comment.

use std::collections::{BTreeMap, BTreeSet};

use overunder_sim::engine::log::Crossing;
use overunder_sim::engine::{Decision, Entry, World};
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::lang::Lang;
use overunder_sim::plan::{Op, Plan};
use overunder_sim::view::sentence::Context;
use overunder_sim::view::{Book, names};
use overunder_sim::wire::layers::walk;
use overunder_sim::wire::pcapng::{Capture, Direction, Packet};

/// What a dissector has to be told to read the tunnels of a lab to the end; nothing where it knows by itself.
pub fn decode_as(plan: &Plan, lang: Lang) -> Option<String> {
    let ports = plan.steps.iter().filter_map(|step| match &step.op {
        Op::Device { spec, .. } => spec.decode_as(),
        _ => None,
    });
    let ports: BTreeSet<(u16, &str)> = ports.collect();
    let options: Vec<String> = ports.iter().map(|(port, word)| format!("-d udp.port=={port},{word}")).collect();
    let said = lang.pick(
        "Wireshark does not know these ports of tunnels by itself (menu: Decode As). For tshark:",
        "Wireshark 自己不认识这些隧道端口(菜单:解码为)。tshark 要加:",
    );
    (!options.is_empty()).then(|| format!("{said} {}", options.join(" ")))
}

/// Collects packets while a run is logged.
#[derive(Debug)]
pub struct Recorder {
    capture: Capture,
    interfaces: BTreeMap<(DeviceId, PortNo), u32>,
    lang: Lang,
}

impl Recorder {
    /// One interface for each end of each cable, in the order of the lab.
    pub fn new(world: &World, lang: Lang) -> Self {
        let mut capture = Capture::default();
        let mut interfaces = BTreeMap::new();
        for (device, port) in world.cables().iter().flat_map(|cable| cable.ends) {
            let Some(at) = world.device(device) else { continue };
            let node = names::node_name(world, device);
            let name = format!("{node}:{}", names::port_name(world, device, port));
            let number = capture.interface(&name, at.link_type(port));
            interfaces.insert((device, port), number);
        }
        Self { capture, interfaces, lang }
    }

    /// Takes in what happened in the world's last event.
    pub fn observe(&mut self, world: &World, book: &Book) {
        let log = world.log();
        let entries = log.entries();
        for (at, entry) in entries.iter().enumerate() {
            let Entry::Crossing { crossing, time, device, port, frame, bytes, .. } = entry else { continue };
            let Some(&interface) = self.interfaces.get(&(*device, *port)) else { continue };
            let decided =
                |entry: &&Entry| matches!(entry, Entry::Decision { decision, .. } if decision.frame == *frame);
            // What comes in is explained by what is decided next, what goes out by what was decided before.
            let (direction, why) = match crossing {
                Crossing::Arrived => (Direction::In, entries[at..].iter().position(|e| decided(&e)).map(|n| at + n)),
                Crossing::Sent => (Direction::Out, entries[..at].iter().rposition(|e| decided(&e))),
            };
            let comments: Vec<String> = why.and_then(|why| self.comment(world, book, why)).into_iter().collect();
            let packet = Packet {
                interface,
                time: *time,
                direction,
                id: frame.0,
                bytes: log.bytes(*bytes),
                comments: &comments,
            };
            self.capture.packet(&packet);
        }
    }

    fn comment(&self, world: &World, book: &Book, at: usize) -> Option<String> {
        let log = world.log();
        let Entry::Decision { decision, bytes } = log.entries().get(at)? else { return None };
        let layers = walk(decision.link, log.bytes(*bytes));
        let ports: Vec<PortNo> = log.ports(at).collect();
        let context = Context { world, book, lang: self.lang };
        let Decision { device, verdict, reason, .. } = decision;
        let why = context.why(decision, &layers, &ports);
        Some(format!("{} {}: {why} [{}]", world.device_name(*device), verdict.name(), reason.slug))
    }

    /// The bytes collected since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        self.capture.take()
    }
}
