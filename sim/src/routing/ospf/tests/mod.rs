//! Routers that speak OSPF on wires of their own: no stacks, no frames, a millisecond from end to end.

mod daemons;
mod exchange;
mod refused;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::neighbour::State;
use super::{FaceConfig, Network, Ospf, OspfConfig};
use crate::engine::TableView;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::routing::{Effect, Heard, Io, Link, Protocol};
use crate::stack::rib::{Offer, Prefix};
use crate::time::{SimDuration, SimTime};
use crate::wire::ospf::{Body, Content, Key, Lsa, Packet};

const WAY: SimDuration = SimDuration::from_ms(1);

pub(super) fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

pub(super) fn secs(n: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(n)
}

/// A router of the bench.
struct Node {
    ospf: Ospf,
    links: Vec<Link>,
    dice: Stream,
    on: bool,
    routes: BTreeMap<Prefix, Offer>,
    /// Groups it listens to besides the one of all routers.
    groups: BTreeSet<(usize, Ipv4Addr)>,
}

/// A packet on its way.
struct Flying {
    wire: usize,
    node: usize,
    to: Ipv4Addr,
    bytes: Vec<u8>,
}

/// Routers and wires.
pub(super) struct Bench {
    nodes: Vec<Node>,
    /// Router and link of each end.
    wires: Vec<Vec<(usize, usize)>>,
    flying: BTreeMap<(SimTime, u64), Flying>,
    count: u64,
    pub now: SimTime,
    /// What was said: when, by whom, reason, about what.
    pub said: Vec<(SimTime, usize, &'static str, String)>,
    /// What was sent: when, by whom, to whom.
    pub sent: Vec<(SimTime, usize, Ipv4Addr, Packet)>,
    /// Wires that lose everything.
    pub dead: BTreeSet<usize>,
    /// So many packets for which this is so get lost.
    pub lose: (u32, fn(&Packet) -> bool),
}

/// Point-to-point links.
pub(super) fn point() -> OspfConfig {
    OspfConfig { network: Network::PointToPoint, ..OspfConfig::default() }
}

impl Bench {
    /// Routers r1, r2, … with the ids 10.255.0.1, …; each link has a wire and an address. A wire 99 is a loopback.
    pub fn new(routers: &[(OspfConfig, &[(usize, &str)])]) -> Self {
        let mut wires: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut nodes = Vec::new();
        for (number, (config, links)) in routers.iter().enumerate() {
            let id = Ipv4Addr::new(10, 255, 0, number as u8 + 1);
            let mut config = OspfConfig { router_id: Some(config.router_id.unwrap_or(id)), ..config.clone() };
            for (at, (wire, _)) in links.iter().enumerate() {
                if *wire == 99 {
                    let lo = FaceConfig { cost: Some(0), ..FaceConfig::default() };
                    config.passive.push(format!("e{at}"));
                    config.interfaces.push((format!("e{at}"), lo));
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
            let (routes, groups) = (BTreeMap::new(), BTreeSet::new());
            let dice = Stream::named(number as u64, "bench");
            nodes.push(Node { ospf: Ospf::new(config), links, dice, on: true, routes, groups });
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
    pub fn started(routers: &[(OspfConfig, &[(usize, &str)])]) -> Self {
        let mut bench = Self::new(routers);
        (0..bench.nodes.len()).for_each(|node| bench.start(node));
        bench
    }

    pub fn start(&mut self, node: usize) {
        self.nodes[node].on = true;
        self.call(node, Ospf::start);
    }

    /// Power is gone, in silence.
    pub fn stop(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        node.on = false;
        node.ospf.reset();
        node.routes.clear();
        node.groups.clear();
    }

    pub fn mtu(&mut self, node: usize, link: usize, mtu: u16) {
        self.nodes[node].links[link].mtu = mtu;
    }

    pub fn carrier(&mut self, wire: usize, up: bool) {
        for (node, link) in self.wires[wire].clone() {
            self.nodes[node].links[link].up = up;
            self.call(node, |ospf, io| ospf.link(link, io));
        }
    }

    pub fn call(&mut self, node: usize, then: impl FnOnce(&mut Ospf, &mut Io<'_>)) {
        let mut effects = Vec::new();
        let Node { ospf, links, dice, .. } = &mut self.nodes[node];
        then(
            ospf,
            &mut Io { now: self.now, event: EventNo(self.count), links, dice, effects: &mut effects, heard: true },
        );
        for effect in effects {
            self.carry(node, effect);
        }
    }

    fn carry(&mut self, node: usize, effect: Effect) {
        match effect {
            Effect::Tell { link, to, bytes, .. } => {
                let packet = Packet::read(&bytes).unwrap();
                self.sent.push((self.now, node, to, packet.clone()));
                let lost = self.lose.0 > 0 && (self.lose.1)(&packet);
                self.lose.0 -= u32::from(lost);
                let wire = self.wires.iter().position(|ends| ends.contains(&(node, link)));
                let Some(wire) = wire.filter(|wire| !lost && !self.dead.contains(wire)) else { return };
                self.count += 1;
                self.flying.insert((self.now + WAY, self.count), Flying { wire, node, to, bytes });
            }
            Effect::Listen(link, group, true) => _ = self.nodes[node].groups.insert((link, group)),
            Effect::Listen(link, group, false) => _ = self.nodes[node].groups.remove(&(link, group)),
            Effect::Offer(prefix, offer) => _ = self.nodes[node].routes.insert(prefix, offer),
            Effect::Withdraw(prefix) => _ = self.nodes[node].routes.remove(&prefix),
            Effect::Say(reason, about) => self.said.push((self.now, node, reason.slug, about)),
            Effect::Wrote(..) | Effect::WroteMore(..) => {}
            Effect::Send { .. } | Effect::Frame { .. } => panic!("OSPF is carried by IP"),
        }
    }

    /// A packet comes in as it is.
    pub fn hears(&mut self, (node, link): (usize, usize), from: &str, to: Ipv4Addr, bytes: &[u8]) {
        let heard = Heard { link, from: (ip(from), 0), to, bytes };
        self.call(node, |ospf, io| ospf.message(heard, io));
    }

    fn land(&mut self, flying: &Flying) {
        for (node, link) in self.wires[flying.wire].clone() {
            let own = &self.nodes[node];
            let to = flying.to;
            let wanted = if to.is_multicast() {
                to == super::wire::ALL_ROUTERS || own.groups.contains(&(link, to))
            } else {
                own.links[link].addresses.iter().any(|(ip, _)| *ip == to)
            };
            let sender = &self.nodes[flying.node];
            let from = self.wires[flying.wire].iter().find(|(at, _)| *at == flying.node).unwrap().1;
            let from = sender.links[from].addresses[0].0;
            if node != flying.node && own.on && own.links[link].up && wanted {
                self.hears((node, link), &from.to_string(), to, &flying.bytes);
            }
        }
    }

    /// Goes on to a time.
    pub fn until(&mut self, end: SimTime) {
        loop {
            let running = self.nodes.iter().filter(|node| node.on);
            let timer = running.flat_map(|node| node.ospf.due()).flatten().min();
            let packet = self.flying.keys().next().map(|(at, _)| *at);
            let next = [timer, packet].into_iter().flatten().min().filter(|at| *at <= end);
            let Some(next) = next else { break };
            self.now = next;
            if packet == Some(next) {
                let (_, flying) = self.flying.pop_first().unwrap();
                self.land(&flying);
                continue;
            }
            for node in 0..self.nodes.len() {
                let due =
                    self.nodes[node].on.then(|| self.nodes[node].ospf.due()).into_iter().flatten().flatten().min();
                if due.is_some_and(|due| due <= next) {
                    self.call(node, Ospf::timer);
                }
            }
        }
        self.now = end;
    }

    pub fn state(&self, node: usize, of: usize) -> State {
        let near = self.nodes[node].ospf.faces.iter().flat_map(|face| &face.neighbours);
        let id = Ipv4Addr::new(10, 255, 0, of as u8 + 1);
        near.filter(|near| near.id == id).map(|near| near.state).max().unwrap_or(State::Down)
    }

    pub fn dr(&self, node: usize) -> (Ipv4Addr, Ipv4Addr) {
        let face = &self.nodes[node].ospf.faces[0];
        (face.dr, face.bdr)
    }

    pub fn table(&self, node: usize) -> TableView {
        self.nodes[node].ospf.table(&self.nodes[node].links)
    }

    pub fn route(&self, node: usize, prefix: &str) -> Option<(Ipv4Addr, u32)> {
        let (to, len) = prefix.split_once('/').unwrap();
        let offer = self.nodes[node].routes.get(&(ip(to), len.parse().unwrap()))?;
        Some((offer.via, offer.metric))
    }

    /// The map of a router: what each LSA is and says.
    pub fn map(&self, node: usize) -> Vec<(usize, Key, i32, Content)> {
        let all = self.nodes[node].ospf.database.iter();
        all.map(|((area, key), entry)| (*area, *key, entry.lsa.header.seq, entry.content.clone())).collect()
    }

    pub fn lsas(&self, node: usize) -> Vec<Lsa> {
        self.nodes[node].ospf.database.iter().map(|(_, entry)| entry.lsa.clone()).collect()
    }

    /// When something was said of a router.
    pub fn when(&self, node: usize, slug: &str) -> Vec<SimTime> {
        let said = self.said.iter().filter(|(_, by, what, _)| *by == node && *what == slug);
        said.map(|(at, ..)| *at).collect()
    }

    /// Times at which a router sent a kind of packet.
    pub fn times(&self, node: usize, kind: u8) -> Vec<SimTime> {
        let sent = self.sent.iter().filter(|(_, by, _, packet)| *by == node && packet.body.kind() == kind);
        sent.map(|(at, ..)| *at).collect()
    }

    /// How often a router sent LSAs.
    pub fn told(&self, node: usize) -> usize {
        let lsas = |packet: &Packet| if let Body::Update(lsas) = &packet.body { lsas.len() } else { 0 };
        self.sent.iter().filter(|(_, by, ..)| *by == node).map(|(.., packet)| lsas(packet)).sum()
    }
}

/// A line of routers on point-to-point links, each with a loopback.
pub(super) fn line(count: usize) -> Vec<(OspfConfig, Vec<(usize, String)>)> {
    let links = |at: usize| {
        let left = (at > 0).then(|| (at - 1, format!("10.{at}.{}.{}/24", at + 1, at + 1)));
        let right = (at + 1 < count).then(|| (at, format!("10.{}.{}.{}/24", at + 1, at + 2, at + 1)));
        let lo = (99, format!("10.99.{}.1/32", at + 1));
        [left, right, Some(lo)].into_iter().flatten().collect()
    };
    (0..count).map(|at| (point(), links(at))).collect()
}

pub(super) fn bench_of(routers: &[(OspfConfig, Vec<(usize, String)>)]) -> Bench {
    let borrowed: Vec<(OspfConfig, Vec<(usize, &str)>)> = routers
        .iter()
        .map(|(config, links)| (config.clone(), links.iter().map(|(wire, ip)| (*wire, ip.as_str())).collect()))
        .collect();
    let borrowed: Vec<(OspfConfig, &[(usize, &str)])> =
        borrowed.iter().map(|(config, links)| (config.clone(), links.as_slice())).collect();
    Bench::started(&borrowed)
}

/// Three routers on one network, as in the captures.
pub(super) fn lan(config: &OspfConfig) -> Bench {
    Bench::started(&[
        (config.clone(), &[(0, "10.0.0.1/24"), (99, "10.99.1.1/32")]),
        (config.clone(), &[(0, "10.0.0.2/24"), (99, "10.99.2.1/32")]),
        (config.clone(), &[(0, "10.0.0.3/24"), (99, "10.99.3.1/32")]),
    ])
}
