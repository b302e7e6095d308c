//! Routers that speak EIGRP on wires of their own: no stacks, no frames.

mod daemons;
mod free;
mod machine;
mod refused;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::dual::Destination;
use super::{Eigrp, EigrpConfig, FaceConfig, State};
use crate::engine::TableView;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::routing::{Effect, Heard, Io, Link, Protocol};
use crate::stack::rib::{Offer, Prefix};
use crate::time::{SimDuration, SimTime};
use crate::wire::eigrp::{GROUP, Opcode, Packet};

fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

fn secs(n: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(n)
}

fn net(text: &str) -> Prefix {
    let (to, len) = text.split_once('/').unwrap();
    (ip(to), len.parse().unwrap())
}

/// A router of the bench.
struct Node {
    eigrp: Eigrp,
    links: Vec<Link>,
    dice: Stream,
    on: bool,
    routes: BTreeMap<Prefix, Offer>,
}

/// A packet on its way.
struct Flying {
    wire: usize,
    node: usize,
    to: Ipv4Addr,
    bytes: Vec<u8>,
}

/// A wire: who is on it (router and link), and how long it takes.
struct Wire {
    ends: Vec<(usize, usize)>,
    way: SimDuration,
    /// It carries packets; those who send do not see whether it does.
    alive: bool,
    up: bool,
}

/// Something said: when, by whom, reason, about what.
type Words = (SimTime, usize, &'static str, String);

/// Routers and wires.
struct Bench {
    nodes: Vec<Node>,
    wires: Vec<Wire>,
    flying: BTreeMap<(SimTime, u64), Flying>,
    count: u64,
    now: SimTime,
    said: Vec<Words>,
    /// What was sent: when, by whom, to whom.
    sent: Vec<(SimTime, usize, Ipv4Addr, Packet)>,
    /// So many of a million packets get lost.
    loss: u64,
    dice: Stream,
    /// After each event nothing may go in a circle.
    watch: bool,
}

/// A network of two or more routers, the delay each adds there in tens of microseconds.
fn cost(tens: u64) -> FaceConfig {
    FaceConfig { delay: Some(SimDuration::from_us(10 * tens)), ..FaceConfig::default() }
}

impl Bench {
    /// Wires by the routers on them and their delay; each router has a network of its own, 10.99.r.0/24.
    fn new(count: usize, wires: &[(&[usize], u64)], config: &EigrpConfig) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        for number in 0..count {
            let config = EigrpConfig { passive: vec!["lo".to_owned()], ..config.clone() };
            let (routes, dice) = (BTreeMap::new(), Stream::named(number as u64, "bench"));
            nodes.push(Node { eigrp: Eigrp::new(config), links: Vec::new(), dice, on: true, routes });
        }
        let mut all = Vec::new();
        for (at, (ends, delay)) in wires.iter().enumerate() {
            let mut wire = Wire { ends: Vec::new(), way: SimDuration::from_ms(1), alive: true, up: true };
            for node in *ends {
                let own = &mut nodes[*node];
                let link = own.links.len();
                let address = Ipv4Addr::new(10, 1 + (at / 200) as u8, (at % 200) as u8, *node as u8 + 1);
                own.eigrp.config.interfaces.push((format!("e{link}"), cost(*delay)));
                own.links.push(plug(format!("e{link}"), link, (address, 24)));
                wire.ends.push((*node, link));
            }
            all.push(wire);
        }
        for (number, node) in nodes.iter_mut().enumerate() {
            let address = Ipv4Addr::new(10, 99, number as u8, 1);
            node.links.push(plug("lo".to_owned(), node.links.len(), (address, 24)));
        }
        Self {
            nodes,
            wires: all,
            flying: BTreeMap::new(),
            count: 0,
            now: SimTime::ZERO,
            said: Vec::new(),
            sent: Vec::new(),
            loss: 0,
            dice: Stream::named(1, "loss"),
            watch: false,
        }
    }

    fn started(count: usize, wires: &[(&[usize], u64)]) -> Self {
        let mut bench = Self::new(count, wires, &EigrpConfig::default());
        bench.start_all();
        bench
    }

    fn start_all(&mut self) {
        (0..self.nodes.len()).for_each(|node| self.start(node));
    }

    fn start(&mut self, node: usize) {
        self.nodes[node].on = true;
        self.call(node, Eigrp::start);
    }

    /// Power is gone, in silence.
    fn stop(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        node.on = false;
        node.eigrp.reset();
        node.routes.clear();
    }

    fn carrier(&mut self, wire: usize, up: bool) {
        self.wires[wire].up = up;
        self.flying.retain(|_, flying| flying.wire != wire);
        for (node, link) in self.wires[wire].ends.clone() {
            self.nodes[node].links[link].up = up;
            if self.nodes[node].on {
                self.call(node, |eigrp, io| eigrp.link(link, io));
            }
        }
    }

    fn call(&mut self, node: usize, then: impl FnOnce(&mut Eigrp, &mut Io<'_>)) {
        let mut effects = Vec::new();
        self.count += 1;
        let Node { eigrp, links, dice, .. } = &mut self.nodes[node];
        then(
            eigrp,
            &mut Io { now: self.now, event: EventNo(self.count), links, dice, effects: &mut effects, heard: true },
        );
        let routes = effects.iter().any(|effect| matches!(effect, Effect::Offer(..) | Effect::Withdraw(_)));
        for effect in effects {
            self.carry(node, effect);
        }
        if self.watch && routes {
            self.nothing_goes_in_a_circle();
        }
    }

    fn carry(&mut self, node: usize, effect: Effect) {
        match effect {
            Effect::Tell { link, to, bytes, .. } => {
                let packet = Packet::read(&bytes).unwrap();
                self.sent.push((self.now, node, to, packet));
                let lost = self.dice.below(1_000_000) < self.loss;
                let wire = self.wires.iter().position(|wire| wire.ends.contains(&(node, link)));
                let Some(wire) = wire.filter(|wire| !lost && self.wires[*wire].alive && self.wires[*wire].up) else {
                    return;
                };
                self.count += 1;
                let at = self.now + self.wires[wire].way;
                self.flying.insert((at, self.count), Flying { wire, node, to, bytes });
            }
            Effect::Offer(prefix, offer) => _ = self.nodes[node].routes.insert(prefix, offer),
            Effect::Withdraw(prefix) => _ = self.nodes[node].routes.remove(&prefix),
            Effect::Say(reason, about) => self.said.push((self.now, node, reason.slug, about)),
            Effect::Wrote(..) | Effect::WroteMore(..) => {}
            Effect::Send { .. } | Effect::Frame { .. } | Effect::Listen(..) => panic!("{effect:?}"),
        }
    }

    /// A packet comes in as it is.
    fn hears(&mut self, (node, link): (usize, usize), from: &str, bytes: &[u8]) {
        let heard = Heard { link, from: (ip(from), 0), to: GROUP, bytes };
        self.call(node, |eigrp, io| eigrp.message(heard, io));
    }

    fn land(&mut self, flying: &Flying) {
        let wire = &self.wires[flying.wire];
        if !wire.up || !wire.alive {
            return;
        }
        let from = wire.ends.iter().find(|(at, _)| *at == flying.node).unwrap().1;
        let from = self.nodes[flying.node].links[from].addresses[0].0;
        for (node, link) in wire.ends.clone() {
            let own = &self.nodes[node];
            let wanted = flying.to == GROUP || own.links[link].addresses[0].0 == flying.to;
            if node != flying.node && own.on && wanted {
                let heard = Heard { link, from: (from, 0), to: flying.to, bytes: &flying.bytes };
                self.call(node, |eigrp, io| eigrp.message(heard, io));
            }
        }
    }

    /// Goes on to a time.
    fn until(&mut self, end: SimTime) {
        loop {
            let running = self.nodes.iter().filter(|node| node.on);
            let timer = running.flat_map(|node| node.eigrp.due()).flatten().min();
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
                let own = &self.nodes[node];
                if own.on && own.eigrp.due().into_iter().flatten().any(|due| due <= next) {
                    self.call(node, Eigrp::timer);
                }
            }
        }
        self.now = end;
    }

    fn state(&self, node: usize, of: usize) -> Option<State> {
        let near = self.nodes[node].eigrp.faces.iter().flat_map(|face| &face.neighbours);
        near.filter(|near| near.ip.octets()[3] == of as u8 + 1).map(|near| near.state).next()
    }

    fn table(&self, node: usize) -> TableView {
        self.nodes[node].eigrp.table(&self.nodes[node].links)
    }

    fn topology(&self, node: usize) -> TableView {
        self.nodes[node].eigrp.second_table(&self.nodes[node].links).unwrap()
    }

    fn of(&self, node: usize, prefix: &str) -> Option<&Destination> {
        self.nodes[node].eigrp.networks.get(&net(prefix))
    }

    /// Next routers and distance.
    fn route(&self, node: usize, prefix: &str) -> Option<(Vec<usize>, u32)> {
        let offer = self.nodes[node].routes.get(&net(prefix))?;
        let mut hops: Vec<usize> = Self::hops(offer);
        hops.sort_unstable();
        Some((hops, offer.metric))
    }

    fn hops(offer: &Offer) -> Vec<usize> {
        let first = [offer.via].into_iter().chain(offer.more.iter().map(|hop| hop.via));
        first.map(|via| usize::from(via.octets()[3]) - 1).collect()
    }

    /// Packets may go this way: what a router sends into a dead cable goes in no circle.
    fn carries(&self, node: usize, port: PortNo) -> bool {
        let ends = (node, port.index());
        self.wires.iter().any(|wire| wire.up && wire.alive && wire.ends.contains(&ends))
    }

    /// For no network do the routes of all routers lead from one to the next and back.
    fn nothing_goes_in_a_circle(&self) {
        let all: BTreeSet<Prefix> = self.nodes.iter().flat_map(|node| node.routes.keys().copied()).collect();
        for to in all {
            for start in 0..self.nodes.len() {
                let (mut seen, mut open) = (BTreeSet::new(), self.next(start, to));
                while let Some(at) = open.pop() {
                    assert_ne!(at, start, "{to:?} leads from router {start} back to it at {:?}", self.now);
                    if seen.insert(at) {
                        open.extend(self.next(at, to));
                    }
                }
            }
        }
    }

    fn next(&self, node: usize, to: Prefix) -> Vec<usize> {
        let Some(offer) = self.nodes[node].routes.get(&to) else { return Vec::new() };
        let first = [(offer.via, offer.port)].into_iter().chain(offer.more.iter().map(|hop| (hop.via, hop.port)));
        let alive = first.filter(|(_, port)| self.carries(node, *port));
        alive.map(|(via, _)| usize::from(via.octets()[3]) - 1).collect()
    }

    /// How often this was said, by whom, since a time.
    fn count(&self, node: Option<usize>, slug: &str, since: SimTime) -> usize {
        let fits = |said: &&Words| said.0 >= since && said.2 == slug && node.is_none_or(|node| node == said.1);
        self.said.iter().filter(fits).count()
    }

    /// Packets of a kind since a time, by whom.
    fn packets(&self, opcode: Opcode, since: SimTime) -> Vec<(SimTime, usize)> {
        let fits = |sent: &&(SimTime, usize, Ipv4Addr, Packet)| sent.0 >= since && sent.3.opcode == opcode;
        self.sent.iter().filter(fits).map(|sent| (sent.0, sent.1)).collect()
    }
}

fn plug(name: String, at: usize, address: Prefix) -> Link {
    Link { name, port: PortNo(at as u16), addresses: vec![address], mtu: 1500, up: true }
}
