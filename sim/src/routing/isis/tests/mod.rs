//! Systems that speak IS-IS on wires of their own: no stacks, no frames, a millisecond from end to end.

mod life;
mod meeting;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::adjacency::State;
use super::{Isis, IsisConfig, Network};
use crate::engine::TableView;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::routing::{Effect, FrameHeard, Io, Link, Protocol};
use crate::stack::rib::{Offer, Prefix};
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;
use crate::wire::isis::{Level, Levels, Pdu, SystemId};

const WAY: SimDuration = SimDuration::from_ms(1);

pub(super) fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

pub(super) fn secs(n: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(n)
}

/// The system at a place: 0 is 0000.0000.0001.
pub(super) fn id(node: usize) -> SystemId {
    SystemId([0, 0, 0, 0, 0, node as u8 + 1])
}

pub(super) fn mac(node: usize, link: usize) -> MacAddr {
    MacAddr([2, 0, 0, 0, link as u8, node as u8 + 1])
}

struct Node {
    isis: Isis,
    links: Vec<Link>,
    dice: Stream,
    on: bool,
    routes: BTreeMap<Prefix, Offer>,
}

struct Flying {
    wire: usize,
    from: (usize, usize),
    to: MacAddr,
    bytes: Vec<u8>,
}

/// Systems and wires.
pub(super) struct Bench {
    nodes: Vec<Node>,
    wires: Vec<Vec<(usize, usize)>>,
    flying: BTreeMap<(SimTime, u64), Flying>,
    count: u64,
    pub now: SimTime,
    /// What was said: when, by whom, reason, about what.
    pub said: Vec<(SimTime, usize, &'static str, String)>,
    /// What was sent: when, by whom, to whom, why.
    pub sent: Vec<(SimTime, usize, MacAddr, Pdu, &'static str)>,
    /// Wires that lose everything.
    pub dead: BTreeSet<usize>,
    /// So many PDUs for which this is so get lost.
    pub lose: (u32, fn(&Pdu) -> bool),
}

/// Links of two at level 2, and LSPs that may follow closely.
pub(super) fn point() -> IsisConfig {
    let lsp_interval = SimDuration::from_secs(1);
    IsisConfig { network: Network::PointToPoint, level: Levels::TWO, lsp_interval, ..IsisConfig::default() }
}

/// The same on LANs.
pub(super) fn lan() -> IsisConfig {
    IsisConfig { network: Network::Broadcast, ..point() }
}

impl Bench {
    /// Each link has a wire and an address; wire 99 is a loopback, without hellos.
    pub fn new(systems: &[(IsisConfig, &[(usize, &str)])]) -> Self {
        let mut wires: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut nodes = Vec::new();
        for (number, (config, links)) in systems.iter().enumerate() {
            let mut config = IsisConfig { system: config.system.or(Some(id(number))), ..config.clone() };
            for (at, (wire, _)) in links.iter().enumerate() {
                if *wire == 99 {
                    config.passive.push(format!("e{at}"));
                    continue;
                }
                wires.resize(wires.len().max(wire + 1), Vec::new());
                wires[*wire].push((number, at));
            }
            let link = |(at, (_, address)): (usize, &(usize, &str))| {
                let (own, len) = address.split_once('/').unwrap();
                let addresses = vec![(ip(own), len.parse().unwrap())];
                Link { name: format!("e{at}"), port: PortNo(at as u16), addresses, mtu: 1500, up: true }
            };
            let links = links.iter().enumerate().map(link).collect();
            let dice = Stream::named(number as u64, "bench");
            nodes.push(Node { isis: Isis::new(config), links, dice, on: true, routes: BTreeMap::new() });
        }
        Self {
            nodes,
            wires,
            flying: BTreeMap::new(),
            count: 0,
            now: SimTime::ZERO,
            said: Vec::new(),
            sent: Vec::new(),
            dead: BTreeSet::new(),
            lose: (0, |_| false),
        }
    }

    /// All of them, running.
    pub fn started(systems: &[(IsisConfig, &[(usize, &str)])]) -> Self {
        let mut bench = Self::new(systems);
        (0..bench.nodes.len()).for_each(|node| bench.start(node));
        bench
    }

    pub fn start(&mut self, node: usize) {
        self.nodes[node].on = true;
        self.call(node, Isis::start);
    }

    /// Power is gone, in silence.
    pub fn stop(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        node.on = false;
        node.isis.reset();
        node.routes.clear();
    }

    pub fn mtu(&mut self, node: usize, link: usize, mtu: u16) {
        self.nodes[node].links[link].mtu = mtu;
    }

    pub fn carrier(&mut self, wire: usize, up: bool) {
        for (node, link) in self.wires[wire].clone() {
            self.nodes[node].links[link].up = up;
            self.call(node, |isis, io| isis.link(link, io));
        }
    }

    pub fn call(&mut self, node: usize, then: impl FnOnce(&mut Isis, &mut Io<'_>)) {
        let mut effects = Vec::new();
        let Node { isis, links, dice, .. } = &mut self.nodes[node];
        then(
            isis,
            &mut Io { now: self.now, event: EventNo(self.count), links, dice, effects: &mut effects, heard: true },
        );
        for effect in effects {
            self.carry(node, effect);
        }
    }

    fn carry(&mut self, node: usize, effect: Effect) {
        match effect {
            Effect::Frame { link, to, bytes, why } => {
                let pdu = Pdu::read(&bytes).unwrap();
                self.sent.push((self.now, node, to, pdu.clone(), why.slug));
                let lost = self.lose.0 > 0 && (self.lose.1)(&pdu);
                self.lose.0 -= u32::from(lost);
                let wire = self.wires.iter().position(|ends| ends.contains(&(node, link)));
                let Some(wire) = wire.filter(|wire| !lost && !self.dead.contains(wire)) else { return };
                self.count += 1;
                self.flying.insert((self.now + WAY, self.count), Flying { wire, from: (node, link), to, bytes });
            }
            Effect::Offer(prefix, offer) => _ = self.nodes[node].routes.insert(prefix, offer),
            Effect::Withdraw(prefix) => _ = self.nodes[node].routes.remove(&prefix),
            Effect::Say(reason, about) => self.said.push((self.now, node, reason.slug, about)),
            Effect::Wrote(..) | Effect::WroteMore(..) => {}
            other => panic!("IS-IS needs no IP: {other:?}"),
        }
    }

    /// A PDU comes in as it is.
    pub fn hears(&mut self, (node, link): (usize, usize), from: MacAddr, bytes: &[u8]) {
        let heard = FrameHeard { link, from, own: mac(node, link), bytes };
        self.call(node, |isis, io| isis.frame(heard, io));
    }

    /// Goes on to a time.
    pub fn until(&mut self, end: SimTime) {
        loop {
            let running = self.nodes.iter().filter(|node| node.on);
            let timer = running.flat_map(|node| node.isis.due()).flatten().min();
            let pdu = self.flying.keys().next().map(|(at, _)| *at);
            let next = [timer, pdu].into_iter().flatten().min().filter(|at| *at <= end);
            let Some(next) = next else { break };
            self.now = next;
            if pdu == Some(next) {
                let (_, flying) = self.flying.pop_first().unwrap();
                for (node, link) in self.wires[flying.wire].clone() {
                    let own = &self.nodes[node];
                    assert!(flying.to.is_multicast());
                    if node != flying.from.0 && own.on && own.links[link].up {
                        self.hears((node, link), mac(flying.from.0, flying.from.1), &flying.bytes);
                    }
                }
                continue;
            }
            for node in 0..self.nodes.len() {
                let on = self.nodes[node].on;
                let due = on.then(|| self.nodes[node].isis.due()).into_iter().flatten().flatten().min();
                if due.is_some_and(|due| due <= next) {
                    self.call(node, Isis::timer);
                }
            }
        }
        self.now = end;
    }

    pub fn state(&self, node: usize, of: usize) -> State {
        let near = self.nodes[node].isis.circuits.iter().flat_map(|circuit| &circuit.near);
        near.filter(|near| near.system == id(of)).map(|near| near.state).max().unwrap_or(State::Down)
    }

    /// Who is designated on the first link.
    pub fn designated(&self, node: usize, level: Level) -> Option<SystemId> {
        self.nodes[node].isis.circuits[0].lan[level.index()].designated
    }

    pub fn table(&self, node: usize) -> TableView {
        self.nodes[node].isis.table(&self.nodes[node].links)
    }

    /// Neighbour, level, state and what hinders it.
    pub fn rows(&self, node: usize) -> Vec<String> {
        let row = |row: &crate::engine::TableRow| [0, 4, 5, 8].map(|at| row.cells[at].to_string()).join(" ");
        self.table(node).rows.iter().map(row).collect()
    }

    pub fn route(&self, node: usize, prefix: &str) -> Option<(Ipv4Addr, u32)> {
        let (to, len) = prefix.split_once('/').unwrap();
        let offer = self.nodes[node].routes.get(&(ip(to), len.parse().unwrap()))?;
        Some((offer.via, offer.metric))
    }

    /// The map of a system: which LSPs, and how new.
    pub fn map(&self, node: usize) -> Vec<(String, u32, u16)> {
        let all = self.nodes[node].isis.database.iter().filter(|(_, entry)| !entry.is_dead());
        all.map(|((level, id), entry)| (format!("{} {id}", level.number()), entry.lsp.seq, entry.lsp.checksum))
            .collect()
    }

    /// When something was said of a system.
    pub fn when(&self, node: usize, slug: &str) -> Vec<SimTime> {
        let said = self.said.iter().filter(|(_, by, what, _)| *by == node && *what == slug);
        said.map(|(at, ..)| *at).collect()
    }

    /// How often a system sent something for a reason since a time.
    pub fn times(&self, node: usize, why: &str, since: SimTime) -> Vec<SimTime> {
        let sent = self.sent.iter().filter(|(at, by, .., reason)| *by == node && *reason == why && *at >= since);
        sent.map(|(at, ..)| *at).collect()
    }
}

/// A line of systems on links of two, each with a loopback.
pub(super) fn line(config: &IsisConfig, count: usize) -> Bench {
    let links = |at: usize| {
        let left = (at > 0).then(|| (at - 1, format!("10.{at}.{}.{}/24", at + 1, at + 1)));
        let right = (at + 1 < count).then(|| (at, format!("10.{}.{}.{}/24", at + 1, at + 2, at + 1)));
        let lo = (99, format!("10.99.{}.1/32", at + 1));
        [left, right, Some(lo)].into_iter().flatten().collect::<Vec<_>>()
    };
    let all: Vec<Vec<(usize, String)>> = (0..count).map(links).collect();
    let borrowed: Vec<Vec<(usize, &str)>> =
        all.iter().map(|links| links.iter().map(|(wire, ip)| (*wire, ip.as_str())).collect()).collect();
    let systems: Vec<(IsisConfig, &[(usize, &str)])> =
        borrowed.iter().map(|links| (config.clone(), links.as_slice())).collect();
    Bench::started(&systems)
}

/// Three systems on a LAN, as in the captures.
pub(super) fn three(config: &IsisConfig) -> Bench {
    Bench::started(&[
        (config.clone(), &[(0, "10.0.0.1/24"), (99, "10.99.1.1/32")]),
        (config.clone(), &[(0, "10.0.0.2/24"), (99, "10.99.2.1/32")]),
        (config.clone(), &[(0, "10.0.0.3/24"), (99, "10.99.3.1/32")]),
    ])
}
