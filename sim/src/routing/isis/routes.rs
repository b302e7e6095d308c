//! From the map to routes: when it is computed anew, and what comes of it (ISO/IEC 10589 §7.2, RFC 1195 §3.10).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::originate::NO_WAY;
use super::{Isis, IsisConfig, why};
use crate::routing::spf::{Node, Pace, Way, tree, unite};
use crate::routing::{Effect, Io, Link, Protocol};
use crate::stack::fib::NextHop;
use crate::stack::rib::{Offer, Prefix};
use crate::wire::ipv4::mask;
use crate::wire::isis::tlv::Tlv;
use crate::wire::isis::{Area, Level, Levels, LspId, NodeId, lsp};

/// The largest metric of a network; what is farther is not there (RFC 5305 §4).
const FARTHEST: u32 = 0xfe00_0000;

/// A route as computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub cost: u32,
    /// Sorted; none for a network of this system's own links.
    pub ways: Vec<Way>,
    pub level: Level,
}

/// A node of the map. LANs come first: at the same distance they are looked at before systems.
type Vertex = (bool, NodeId);

fn vertex(id: NodeId) -> Vertex {
    (id.pseudonode == 0, id)
}

/// What the LSPs of a node say together.
#[derive(Debug, Default)]
struct Place<'a> {
    near: Vec<(NodeId, u32)>,
    networks: Vec<(Prefix, u32)>,
    areas: Vec<&'a Area>,
    flags: u8,
}

/// Of two routes for a network that of level 1 is taken, then the shorter one, then both (RFC 1195 §3.10.2).
fn add(routes: &mut BTreeMap<Prefix, Route>, prefix: Prefix, new: Route) {
    match routes.get_mut(&prefix) {
        Some(old) if (old.level, old.cost) < (new.level, new.cost) => {}
        Some(old) if (old.level, old.cost) == (new.level, new.cost) => unite(&mut old.ways, &new.ways),
        _ => _ = routes.insert(prefix, new),
    }
}

impl Isis {
    /// The map has changed: it is computed anew soon.
    pub(super) fn schedule(&mut self, io: &Io<'_>) {
        let IsisConfig { spf_delay: delay, spf_hold: hold, spf_max: max, .. } = self.config;
        self.spf.changed(io.now, Pace { delay, hold, max });
    }

    /// The map of a level. Without its first fragment nothing of a node counts (ISO/IEC 10589 §7.2.5).
    fn map(&self, level: Level, io: &Io<'_>) -> BTreeMap<NodeId, Place<'_>> {
        let mut map: BTreeMap<NodeId, Place<'_>> = BTreeMap::new();
        for (id, entry) in self.database.of_level(level).filter(|(_, entry)| entry.lifetime(io.now) > 0) {
            if id.fragment > 0 && !map.contains_key(&id.node) {
                continue;
            }
            let place = map.entry(id.node).or_default();
            if (id == LspId { node: id.node, fragment: 0 }) {
                place.flags = entry.lsp.flags;
            }
            for tlv in &entry.tlvs {
                match tlv {
                    Tlv::Areas(areas) => place.areas.extend(areas),
                    Tlv::Neighbours(all) => place.near.extend(all.iter().map(|one| (one.id, one.metric))),
                    Tlv::Prefixes(all) => {
                        let near = all.iter().filter(|one| one.metric <= FARTHEST);
                        let network = |ip: Ipv4Addr, len: u8| (Ipv4Addr::from_bits(ip.to_bits() & mask(len)), len);
                        place.networks.extend(near.map(|one| (network(one.ip, one.len), one.metric)));
                    }
                    _ => {}
                }
            }
        }
        map
    }

    /// Shortest paths of a level.
    fn paths(&self, level: Level, map: &BTreeMap<NodeId, Place<'_>>, links: &[Link]) -> BTreeMap<Vertex, Node> {
        let root = vertex(NodeId::of(self.id));
        let edges = |(is_system, from): Vertex| {
            let Some(place) = map.get(&from) else { return Vec::new() };
            // Nobody goes through a system that says it is overloaded (ISO/IEC 10589 §7.2.8.1).
            if is_system && place.flags & lsp::OVERLOAD != 0 && (is_system, from) != root {
                return Vec::new();
            }
            // Both ends must say so (ISO/IEC 10589 §7.2.8.2).
            let back = |to: &NodeId| map.get(to).is_some_and(|there| there.near.iter().any(|(id, _)| *id == from));
            let good = place.near.iter().filter(|(to, metric)| *metric < NO_WAY && back(to));
            good.map(|(to, metric)| (vertex(*to), *metric, *metric)).collect()
        };
        let next = |(from, to): (Vertex, Vertex), metric: u32, ways: &[Way]| match (from, to) {
            (from, (_, to)) if from == root => self.first_ways(level, to, metric, links),
            ((false, _), (true, NodeId { system, .. })) => {
                let behind = |way: &Way| {
                    let via = || self.circuits[way.link].up_at(level).find(|near| near.system == system);
                    let via = way.via.or_else(|| via().and_then(|near| address(&near.ips, &links[way.link])));
                    via.map(|via| Way { via: Some(via), ..*way })
                };
                ways.iter().filter_map(behind).collect()
            }
            _ => ways.to_vec(),
        };
        tree(root, edges, next)
    }

    /// The ways from this system itself to a neighbour or a LAN.
    fn first_ways(&self, level: Level, to: NodeId, metric: u32, links: &[Link]) -> Vec<Way> {
        let mut ways = Vec::new();
        for (link, circuit) in self.circuits.iter().enumerate().filter(|(_, at)| at.up && at.metric == metric) {
            if circuit.is_lan() {
                let here = to.pseudonode > 0 && circuit.lan[level.index()].id == to;
                ways.extend(here.then_some(Way { link, via: None }));
            } else {
                let near = circuit.up_at(level).find(|near| NodeId::of(near.system) == to);
                let via = near.and_then(|near| address(&near.ips, &links[link]));
                ways.extend(via.map(|via| Way { link, via: Some(via) }));
            }
        }
        ways
    }

    /// Computes all routes anew, and offers what is different.
    pub(super) fn compute(&mut self, io: &mut Io<'_>) {
        self.spf.done(io.now);
        let mut routes = BTreeMap::new();
        let mut attached = false;
        for level in self.config.level.iter() {
            let map = self.map(level, io);
            let nodes = self.paths(level, &map, io.links);
            for ((_, id), node) in &nodes {
                let Some(place) = map.get(id) else { continue };
                for (prefix, metric) in &place.networks {
                    let cost = node.cost.saturating_add(*metric);
                    add(&mut routes, *prefix, Route { cost, ways: node.ways.clone(), level });
                }
                let elsewhere = !place.areas.is_empty() && !place.areas.contains(&&self.config.area);
                attached |= level == Level::Two && elsewhere;
            }
            if self.config.level == Levels::ONE {
                default(&map, &nodes, &mut routes);
            }
            let lans = map.keys().filter(|id| id.pseudonode > 0).count();
            let systems = map.len() - lans;
            io.say(&why::COMPUTED, |_| format!("level {}: {systems} systems, {lans} LANs", level.number()));
        }
        let before = std::mem::replace(&mut self.routes, routes);
        let all: BTreeSet<Prefix> = before.keys().chain(self.routes.keys()).copied().collect();
        for prefix in all {
            let (old, new) = (before.get(&prefix), self.routes.get(&prefix));
            if old != new {
                tell_route(prefix, old, new, io);
            }
        }
        if self.attached != attached {
            let reason = if attached { &why::ATTACHED } else { &why::DETACHED };
            io.say(reason, |_| format!("area {}", self.config.area));
        }
        self.dirty |= before != self.routes || self.attached != attached;
        self.attached = attached;
    }
}

/// The address of a neighbour that packets are handed to.
fn address(ips: &[Ipv4Addr], link: &Link) -> Option<Ipv4Addr> {
    ips.iter().copied().find(|ip| link.reaches(*ip))
}

/// Out of the area by the nearest system that says it leads there (RFC 1195 §3.10.2).
fn default(map: &BTreeMap<NodeId, Place<'_>>, nodes: &BTreeMap<Vertex, Node>, routes: &mut BTreeMap<Prefix, Route>) {
    for ((_, id), node) in nodes {
        let attached = map.get(id).is_some_and(|place| place.flags & lsp::ATTACHED != 0);
        if attached && !node.ways.is_empty() {
            let route = Route { cost: node.cost, ways: node.ways.clone(), level: Level::One };
            add(routes, (Ipv4Addr::UNSPECIFIED, 0), route);
        }
    }
}

/// Offers what is different of a route, or takes it back.
fn tell_route(prefix: Prefix, old: Option<&Route>, new: Option<&Route>, io: &mut Io<'_>) {
    let far = |route: &&Route| route.ways.iter().any(|way| way.via.is_some());
    let (old, new) = (old.filter(far), new.filter(far));
    let Some(route) = new else {
        if old.is_some() {
            io.effects.push(Effect::Withdraw(prefix));
            io.say(&why::ROUTE_GONE, |_| format!("{}/{}", prefix.0, prefix.1));
        }
        return;
    };
    let hop = |way: &Way| Some(NextHop { via: way.via?, port: io.links[way.link].port });
    let hops: Vec<NextHop> = route.ways.iter().filter_map(hop).collect();
    let Some((first, more)) = hops.split_first() else { return };
    let (more, metric) = (more.to_vec(), route.cost);
    io.effects
        .push(Effect::Offer(prefix, Offer { via: first.via, port: first.port, more, protocol: Isis::ROUTES, metric }));
    let reason = if old.is_some() { &why::ROUTE_CHANGED } else { &why::ROUTE_NEW };
    io.say(reason, |_| {
        let all: Vec<String> = hops.iter().map(|hop| hop.via.to_string()).collect();
        format!("{}/{} via {}, cost {metric}", prefix.0, prefix.1, all.join(", "))
    });
}
