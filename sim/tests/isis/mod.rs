//! IS-IS in the simulator and FRR's `isisd`: after everything has settled each router has the same routes, with the same
//! costs and next hops, and so it is again after a failure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use overunder_sim::engine::World;

use crate::daemons::{Daemon, Failure, Network};
use crate::{Routes, Trial, clique, grid, line, rib, ring, rows, together, unequal};

/// Routers and links of two with their metrics, and routers on a LAN.
struct Map<'a> {
    count: usize,
    links: &'a [(usize, usize, u32)],
    lan: &'a [usize],
    point_to_point: bool,
}

impl Map<'_> {
    fn ends(&self) -> Vec<(usize, usize)> {
        self.links.iter().map(|(a, b, _)| (*a, *b)).collect()
    }

    /// Name, address and metric of each interface of a router.
    fn faces(&self, router: usize) -> Vec<(String, String, u32)> {
        let mut faces = Vec::new();
        for (at, (a, b, metric)) in self.links.iter().enumerate() {
            let (host, other) = match router {
                own if own == *a => (1, b),
                own if own == *b => (2, a),
                _ => continue,
            };
            faces.push((format!("e{other}"), format!("10.0.{at}.{host}/24"), *metric));
        }
        if self.lan.contains(&router) {
            faces.push(("lan".to_owned(), format!("10.9.0.{}/24", router + 1), 10));
        }
        faces
    }

    fn is_lan(&self, name: &str) -> bool {
        name == "lan" || !self.point_to_point
    }

    fn lab(&self) -> String {
        let mut nodes = String::new();
        for router in 0..self.count {
            let (mut ips, mut own) = (String::new(), String::new());
            for (name, address, metric) in self.faces(router) {
                let _ = write!(ips, "\"{name}\": \"{address}\", ");
                let kind = if self.is_lan(&name) { "Broadcast" } else { "PointToPoint" };
                let _ = write!(own, "\"{name}\": (metric: {metric}, network: {kind}), ");
            }
            let routing = format!("system: \"0000.0000.000{}\", interfaces: {{{own}}}", router + 1);
            let _ = writeln!(nodes, "\"r{router}\": Router(ips: {{{ips}}}, routing: ({routing})),");
        }
        let cables = self.links.iter().map(|(a, b, ..)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")"));
        let lan = self.lan.iter().map(|router| format!("(\"r{router}:lan\", \"sw\")"));
        let links: Vec<String> = cables.chain(lan).collect();
        if !self.lan.is_empty() {
            nodes.push_str("\"sw\": Switch(),");
        }
        format!(
            "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {{{nodes}}}, links: [{}],
                routing: Isis(level: 2, hello: \"1s\", hold: \"4s\", lsp_interval: \"1s\"), TIMES)",
            links.join(", ")
        )
    }

    fn config(&self, router: usize) -> String {
        let mut text = String::new();
        for (name, _, metric) in self.faces(router) {
            let _ = write!(
                text,
                "interface {name}\n ip router isis 1\n isis circuit-type level-2-only\n isis metric {metric}\n \
                 isis hello-interval 1\n isis hello-multiplier 4\n"
            );
            if !self.is_lan(&name) {
                text.push_str(" isis network point-to-point\n");
            }
        }
        let _ = write!(
            text,
            "router isis 1\n net 49.0001.0000.0000.000{}.00\n is-type level-2-only\n metric-style wide\n \
             lsp-gen-interval 1\n",
            router + 1
        );
        text
    }
}

/// The table `rib` of a router.
fn ours(world: &World, router: usize) -> Routes {
    for row in rows(world, router, "rib") {
        assert_eq!((row["protocol"].as_str(), row["distance"].as_str()), ("isis", "115"));
    }
    rib(world, router)
}

/// What FRR's `show ip route isis` says of routes that are used.
fn of_frr(network: &Network, router: usize) -> Routes {
    let mut routes = Routes::new();
    let mut last: Option<(String, u32)> = None;
    for line in network.asks_of(Daemon::Zebra, router, "show ip route isis").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let hop = |at: usize| words.get(at).filter(|word| **word == "via").and_then(|_| words.get(at + 1));
        let hop = match words.first() {
            Some(first) if first.starts_with("I>") => {
                let cost = words.get(2).and_then(|cost| cost.strip_prefix("[115/")?.strip_suffix(']')?.parse().ok());
                last = cost.map(|cost| (words[1].to_owned(), cost));
                hop(3)
            }
            Some(&"*") => hop(1),
            _ => {
                last = None;
                None
            }
        };
        if let Some(((prefix, cost), hop)) = last.as_ref().zip(hop) {
            let hops = &mut routes.entry(prefix.clone()).or_insert_with(|| (*cost, BTreeSet::new())).1;
            hops.insert(hop.trim_end_matches(',').to_owned());
        }
    }
    routes
}

fn compare(claim: &str, map: &Map<'_>, failure: Failure) {
    let (links, count) = (&map.ends(), map.count);
    let mut trial = Trial { claim, count, links, lab: map.lab(), failure, ours, real: Vec::new() };
    trial.beside(Daemon::Isis, of_frr, |network| network.lan(map.lan), |router| map.config(router));
    trial.run(unequal);
}

fn plain(links: impl IntoIterator<Item = (usize, usize)>) -> Vec<(usize, usize, u32)> {
    links.into_iter().map(|(a, b)| (a, b, 10)).collect()
}

fn on_a_line() {
    let line = plain(line(5));
    let map = Map { count: 5, links: &line, lan: &[], point_to_point: true };
    compare("IS-IS on a line", &map, Failure::Cable(1));
}

fn on_a_ring() {
    let mut ring = plain(ring(5));
    ring[3].2 = 30;
    let map = Map { count: 5, links: &ring, lan: &[], point_to_point: false };
    compare("IS-IS on a ring of LANs of two", &map, Failure::Cable(0));
}

fn on_a_clique() {
    let weigh = |(at, (a, b))| (a, b, 10 + 7 * (at as u32 % 3));
    let clique: Vec<_> = clique(4).into_iter().enumerate().map(weigh).collect();
    let map = Map { count: 4, links: &clique, lan: &[], point_to_point: true };
    compare("IS-IS on a clique", &map, Failure::Cable(0));
}

fn on_a_grid() {
    let grid = plain(grid());
    let map = Map { count: 6, links: &grid, lan: &[], point_to_point: true };
    compare("IS-IS on a grid", &map, Failure::Cable(1));
}

fn on_a_lan_of_four_that_loses_a_system() {
    let links = plain([(3, 4), (0, 4)]);
    let map = Map { count: 5, links: &links, lan: &[0, 1, 2, 3], point_to_point: true };
    compare("IS-IS on a LAN", &map, Failure::Lan(3));
}

#[test]
fn isis_ends_with_the_routes_and_all_next_hops_of_frr() {
    together(&[on_a_line, on_a_ring, on_a_clique, on_a_grid, on_a_lan_of_four_that_loses_a_system]);
}
