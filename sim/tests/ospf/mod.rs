//! OSPF in the simulator, FRR's `ospfd` and BIRD: after everything has settled each router has the same routes, with the same
//! costs and all the same next hops, before a failure and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::daemons::{Daemon, Failure, Network};
use crate::{Routes, Trial, clique, grid, line, rib, ring, together, unequal};

/// Routers and cables: two ends, cost, area.
struct Map<'a> {
    count: usize,
    links: &'a [(usize, usize, u32, u32)],
    /// Routers that also are on one network.
    lan: &'a [usize],
    point_to_point: bool,
}

impl Map<'_> {
    fn ends(&self) -> Vec<(usize, usize)> {
        self.links.iter().map(|(a, b, ..)| (*a, *b)).collect()
    }

    /// The interfaces of a router: name, address, cost, area.
    fn faces(&self, router: usize) -> Vec<(String, String, u32, u32)> {
        let mut faces = Vec::new();
        for (at, (a, b, cost, area)) in self.links.iter().enumerate() {
            let (host, other) = match router {
                own if own == *a => (1, b),
                own if own == *b => (2, a),
                _ => continue,
            };
            faces.push((format!("e{other}"), format!("10.0.{at}.{host}/24"), *cost, *area));
        }
        if self.lan.contains(&router) {
            faces.push(("lan".to_owned(), format!("10.9.0.{}/24", router + 1), 10, 0));
        }
        faces
    }

    fn lab(&self) -> String {
        let mut nodes = String::new();
        for router in 0..self.count {
            let (mut ips, mut own) = (String::new(), String::new());
            for (name, address, cost, area) in self.faces(router) {
                let _ = write!(ips, "\"{name}\": \"{address}\", ");
                let kind = if name == "lan" { ", network: Broadcast" } else { "" };
                let _ = write!(own, "\"{name}\": (cost: {cost}, area: {area}{kind}), ");
            }
            let routing = format!("router_id: \"10.255.0.{}\", interfaces: {{{own}}}", router + 1);
            let _ = writeln!(nodes, "\"r{router}\": Router(ips: {{{ips}}}, routing: ({routing})),");
        }
        let cables = self.links.iter().map(|(a, b, ..)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")"));
        let lan = self.lan.iter().map(|router| format!("(\"r{router}:lan\", \"sw\")"));
        let links: Vec<String> = cables.chain(lan).collect();
        if !self.lan.is_empty() {
            nodes.push_str("\"sw\": Switch(),");
        }
        let kind = if self.point_to_point { "PointToPoint" } else { "Broadcast" };
        format!(
            "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {{{nodes}}}, links: [{}],
                routing: Ospf(network: {kind}, hello: \"1s\", dead: \"4s\"), TIMES)",
            links.join(", ")
        )
    }

    fn frr(&self, router: usize) -> String {
        let mut text = String::new();
        for (name, _, cost, area) in self.faces(router) {
            let kind = if self.point_to_point && name != "lan" { "point-to-point" } else { "broadcast" };
            let _ = write!(
                text,
                "interface {name}\n ip ospf area {area}\n ip ospf cost {cost}\n ip ospf network {kind}\n \
                 ip ospf hello-interval 1\n ip ospf dead-interval 4\n"
            );
        }
        let _ = write!(text, "router ospf\n ospf router-id 10.255.0.{}\n", router + 1);
        text
    }

    fn bird(&self, router: usize) -> String {
        let mut areas: BTreeMap<u32, String> = BTreeMap::new();
        for (name, _, cost, area) in self.faces(router) {
            let kind = if self.point_to_point && name != "lan" { "ptp" } else { "broadcast" };
            let text = areas.entry(area).or_default();
            let _ = writeln!(text, "interface \"{name}\" {{ cost {cost}; type {kind}; hello 1; dead 4; }};");
        }
        let mut text = format!("router id 10.255.0.{};\nprotocol device {{ scan time 1; }}\n", router + 1);
        // Nothing comes from outside, so nothing is exported.
        text.push_str("protocol ospf v2 ospf1 { ecmp yes; ipv4 { import all; export none; };\n");
        for (area, interfaces) in areas {
            let _ = writeln!(text, "area {area} {{\n{interfaces}}};");
        }
        text.push_str("}\n");
        text
    }
}

/// What FRR's `show ip ospf route` says of networks that are not attached.
fn of_frr(network: &Network, router: usize) -> Routes {
    let mut routes = Routes::new();
    let mut last = None;
    for line in network.asks(router, "show ip ospf route").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["N", "IA", prefix, cost, ..] | ["N", prefix, cost, ..] if cost.starts_with('[') => {
                last = cost.trim_matches(['[', ']']).parse().ok().map(|cost: u32| (prefix.to_owned(), cost));
            }
            ["via", hop, ..] => {
                if let Some((prefix, cost)) = &last {
                    let hops = &mut routes.entry(prefix.clone()).or_insert_with(|| (*cost, BTreeSet::new())).1;
                    hops.insert(hop.trim_end_matches(',').to_owned());
                }
            }
            // Routers come behind the networks.
            [first, ..] if first.starts_with('=') => last = None,
            ["R", ..] => last = None,
            _ => {}
        }
    }
    routes
}

/// What BIRD's `show route` says of the same networks.
fn of_bird(network: &Network, router: usize) -> Routes {
    let mut routes = Routes::new();
    let mut last: Option<(String, u32)> = None;
    for line in network.asks(router, "show route").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        // `10.0.2.0/24  unicast [ospf1 12:00:00.000] * I (150/20) [10.255.0.3]`, then the ways.
        let far = |word: &&str| word.strip_prefix("(150/").and_then(|rest| rest.strip_suffix(')')?.parse().ok());
        match words[..] {
            [prefix, "unicast", ..] => last = words.iter().find_map(far).map(|cost| (prefix.to_owned(), cost)),
            ["via", hop, ..] => {
                if let Some((prefix, cost)) = &last {
                    routes.entry(prefix.clone()).or_insert_with(|| (*cost, BTreeSet::new())).1.insert(hop.to_owned());
                }
            }
            _ => {}
        }
    }
    routes
}

fn compare(claim: &str, map: &Map<'_>, failure: Failure) {
    let (links, count) = (&map.ends(), map.count);
    let mut trial = Trial { claim, count, links, lab: map.lab(), failure, ours: rib, real: Vec::new() };
    trial.beside(Daemon::Ospf, of_frr, |network| network.lan(map.lan), |router| map.frr(router));
    trial.beside(Daemon::Bird, of_bird, |network| network.lan(map.lan), |router| map.bird(router));
    trial.run(unequal);
}

fn plain(links: impl IntoIterator<Item = (usize, usize)>) -> Vec<(usize, usize, u32, u32)> {
    links.into_iter().map(|(a, b)| (a, b, 10, 0)).collect()
}

fn on_a_line() {
    let line = plain(line(5));
    let map = Map { count: 5, links: &line, lan: &[], point_to_point: true };
    compare("OSPF on a line", &map, Failure::Cable(1));
}

fn on_a_ring() {
    let mut ring = plain(ring(5));
    ring[3].2 = 30;
    let map = Map { count: 5, links: &ring, lan: &[], point_to_point: false };
    compare("OSPF on a ring of networks of two", &map, Failure::Cable(0));
}

fn on_a_clique() {
    let weigh = |(at, (a, b))| (a, b, 10 + 7 * (at as u32 % 3), 0);
    let clique: Vec<_> = clique(4).into_iter().enumerate().map(weigh).collect();
    let map = Map { count: 4, links: &clique, lan: &[], point_to_point: true };
    compare("OSPF on a clique", &map, Failure::Cable(0));
}

fn on_a_grid() {
    let grid = plain(grid());
    let map = Map { count: 6, links: &grid, lan: &[], point_to_point: true };
    compare("OSPF on a grid", &map, Failure::Cable(1));
}

fn on_a_network_of_four_that_loses_its_dr() {
    let links = plain([(3, 4), (0, 4)]);
    let map = Map { count: 5, links: &links, lan: &[0, 1, 2, 3], point_to_point: true };
    compare("OSPF on a network", &map, Failure::Lan(3));
}

fn in_three_areas() {
    let links = [(0, 1, 10, 1), (1, 2, 10, 0), (2, 3, 10, 2), (1, 3, 25, 0), (3, 4, 5, 2)];
    let map = Map { count: 5, links: &links, lan: &[], point_to_point: true };
    compare("OSPF in areas", &map, Failure::Cable(2));
}

#[test]
fn ospf_ends_with_the_routes_and_all_next_hops_of_frr_and_bird() {
    together(&[on_a_line, on_a_ring, on_a_clique, on_a_grid, on_a_network_of_four_that_loses_its_dr, in_three_areas]);
}
