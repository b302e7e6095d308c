//! From the map to routes: when it is computed anew, and what comes of it (RFC 2328 §16).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::interface::Network;
use super::neighbour::State;
use super::spf::{Map, Node, Vertex, Way, tree};
use super::{BACKBONE, Ospf, OspfConfig, why};
use crate::routing::spf::{Pace, unite};
use crate::routing::{Effect, Io, Protocol};
use crate::stack::fib::NextHop;
use crate::stack::rib::{Offer, Prefix};
use crate::wire::ipv4::mask;
use crate::wire::ospf::lsa::{BORDER, INFINITY, SUMMARY};
use crate::wire::ospf::{Content, Link, LinkKind};

/// A route as computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub cost: u32,
    /// Sorted; without a router where the network is on a link of this router.
    pub ways: Vec<Way>,
    /// The area it was learned in.
    pub area: usize,
    /// It leads out of that area.
    pub inter: bool,
}

fn prefix(id: Ipv4Addr, given: Ipv4Addr) -> Option<Prefix> {
    let len = given.to_bits().leading_ones() as u8;
    (mask(len) == given.to_bits()).then(|| (Ipv4Addr::from_bits(id.to_bits() & mask(len)), len))
}

/// Of two routes for a network the one inside the area is taken, then the shorter one, then both.
fn add(routes: &mut BTreeMap<Prefix, Route>, prefix: Option<Prefix>, new: Route) {
    let Some(prefix) = prefix else { return };
    match routes.get_mut(&prefix) {
        Some(old) if (old.inter, old.cost) < (new.inter, new.cost) => {}
        Some(old) if (old.inter, old.cost) == (new.inter, new.cost) => unite(&mut old.ways, &new.ways),
        _ => _ = routes.insert(prefix, new),
    }
}

impl Ospf {
    /// The map has changed: it is computed anew soon.
    pub(super) fn schedule(&mut self, io: &Io<'_>) {
        let OspfConfig { spf_delay: delay, spf_hold: hold, spf_max: max, .. } = self.config;
        self.spf.changed(io.now, Pace { delay, hold, max });
    }

    /// Computes all routes anew, and offers what is different.
    pub(super) fn compute(&mut self, io: &mut Io<'_>) {
        self.spf.done(io.now);
        let routes = self.shortest(io);
        let before = std::mem::replace(&mut self.routes, routes);
        let all: BTreeSet<Prefix> = before.keys().chain(self.routes.keys()).copied().collect();
        for prefix in all {
            let (old, new) = (before.get(&prefix), self.routes.get(&prefix));
            if old != new {
                tell_route(prefix, old, new, io);
            }
        }
        self.dirty |= before != self.routes;
    }

    fn shortest(&self, io: &mut Io<'_>) -> BTreeMap<Prefix, Route> {
        let active = self.active();
        let mut routes = BTreeMap::new();
        let mut trees = BTreeMap::new();
        for area in &active {
            let alive = self.database.of_area(*area).filter(|(_, entry)| !entry.is_dead(io.now));
            let map = Map::of(alive.map(|(key, entry)| (key.id, &entry.content)));
            let nodes = tree(&map, self.id, |link| self.first_way(link));
            inside(&map, &nodes, *area, self, &mut routes);
            let (routers, networks) = (map.routers.len(), map.networks.len());
            let id = self.areas[*area].id;
            io.say(&why::COMPUTED, |_| format!("area {id}: {routers} routers, {networks} networks"));
            let borders: BTreeMap<Ipv4Addr, Node> = borders(&map, &nodes);
            trees.insert(*area, borders);
        }
        for (area, borders) in &trees {
            // A border router believes only what the backbone says of other areas (RFC 2328 §16.2).
            if active.len() == 1 || self.areas[*area].id == BACKBONE {
                self.outside(*area, borders, &mut routes, io);
            }
        }
        routes
    }

    /// The way a link of this router is, and who is behind it.
    fn first_way(&self, link: &Link) -> Option<Way> {
        let at = self.faces.iter().position(|face| face.ip() == link.data)?;
        let face = &self.faces[at];
        match link.kind {
            LinkKind::Point if face.network == Network::PointToPoint => {
                let near = face.neighbours.iter().find(|near| near.id == link.id && near.state == State::Full)?;
                Some(Way { link: at, via: Some(near.ip) })
            }
            LinkKind::Transit => Some(Way { link: at, via: None }),
            _ => None,
        }
    }

    /// Networks of other areas: as far as their border router, and from there as far as it says.
    fn outside(
        &self,
        area: usize,
        borders: &BTreeMap<Ipv4Addr, Node>,
        routes: &mut BTreeMap<Prefix, Route>,
        io: &Io<'_>,
    ) {
        for (key, entry) in self.database.of_area(area).filter(|(key, _)| key.kind == SUMMARY) {
            let Content::Summary { mask, metric } = entry.content else { continue };
            let Some(border) = borders.get(&key.router) else { continue };
            if entry.is_dead(io.now) || metric >= INFINITY || key.router == self.id {
                continue;
            }
            let cost = border.cost.saturating_add(metric);
            add(routes, prefix(key.id, mask), Route { cost, ways: border.ways.clone(), area, inter: true });
        }
    }
}

/// Networks of an area: those with several routers, and the stubs of each router.
fn inside(
    map: &Map<'_>,
    nodes: &BTreeMap<Vertex, Node>,
    area: usize,
    ospf: &Ospf,
    routes: &mut BTreeMap<Prefix, Route>,
) {
    for (vertex, node) in nodes {
        let route = |cost: u32, ways: &[Way]| Route { cost, ways: ways.to_vec(), area, inter: false };
        match vertex {
            Vertex::Network(id) => {
                let Some((mask, _)) = map.networks.get(id) else { continue };
                add(routes, prefix(*id, *mask), route(node.cost, &node.ways));
            }
            Vertex::Router(id) => {
                let Some((_, links)) = map.routers.get(id) else { continue };
                for link in links.iter().filter(|link| link.kind == LinkKind::Stub) {
                    let to = prefix(link.id, link.data);
                    let own = to.and_then(|to| ospf.link_of(to));
                    let own: Vec<Way> = own.map(|link| Way { link, via: None }).into_iter().collect();
                    let ways = if *id == ospf.id { &own } else { &node.ways };
                    add(routes, to, route(node.cost + u32::from(link.metric), ways));
                }
            }
        }
    }
}

/// The border routers that can be reached.
fn borders(map: &Map<'_>, nodes: &BTreeMap<Vertex, Node>) -> BTreeMap<Ipv4Addr, Node> {
    let borders = map.routers.iter().filter(|(_, (flags, _))| flags & BORDER != 0);
    borders.filter_map(|(id, _)| Some((*id, nodes.get(&Vertex::Router(*id))?.clone()))).collect()
}

/// Offers what is different of a route, or takes it back.
fn tell_route(prefix: Prefix, old: Option<&Route>, new: Option<&Route>, io: &mut Io<'_>) {
    let far = |route: &Route| route.ways.iter().any(|way| way.via.is_some());
    let (old, new) = (old.filter(|route| far(route)), new.filter(|route| far(route)));
    let Some(route) = new else {
        if old.is_some() {
            io.effects.push(Effect::Withdraw(prefix));
            io.say(&why::ROUTE_GONE, |_| format!("{}/{}", prefix.0, prefix.1));
        }
        return;
    };
    let hop = |way: &Way| Some(NextHop { via: way.via?, port: io.links[way.link].port });
    let hops: Vec<NextHop> = route.ways.iter().filter_map(hop).collect();
    let Some(first) = hops.first().copied() else { return };
    let more = hops[1..].to_vec();
    let offer = Offer { via: first.via, port: first.port, more, protocol: Ospf::ROUTES, metric: route.cost };
    io.effects.push(Effect::Offer(prefix, offer));
    let reason = if old.is_some() { &why::ROUTE_CHANGED } else { &why::ROUTE_NEW };
    let cost = route.cost;
    io.say(reason, |_| {
        let all: Vec<String> = hops.iter().map(|hop| hop.via.to_string()).collect();
        format!("{}/{} via {}, cost {cost}", prefix.0, prefix.1, all.join(", "))
    });
}
