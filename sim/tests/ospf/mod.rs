//! OSPF in the simulator and FRR's `ospfd`: after everything has settled each router has the same routes, with the same
//! costs and all the same next hops, before a failure and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use overunder_sim::engine::World;
use overunder_sim::id::DeviceId;
use overunder_sim::lab::run::Runner;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::time::{SimDuration, SimTime};

use crate::daemons::{self, Daemon, Network};

/// Where a router sends what, over how many, at what cost.
type Routes = BTreeMap<String, (u32, BTreeSet<String>)>;

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

    fn lab(&self, cut: &str) -> String {
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
                routing: Ospf(network: {kind}, hello: \"1s\", dead: \"4s\"),
                events: {{\"cut\": (at: \"60s\", do: Down(\"{cut}\"))}}, end: \"120s\")",
            links.join(", ")
        )
    }

    fn config(&self, router: usize) -> String {
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
}

/// The table `rib` of every router.
fn routes(world: &World, count: usize) -> Vec<Routes> {
    let of = |router: usize| {
        let name = format!("r{router}/ip");
        let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap();
        let tables = world.device(id).unwrap().tables();
        let view = tables.iter().find(|view| view.name == "rib").unwrap();
        let cell =
            |row: &overunder_sim::engine::TableRow, name: &str| row.cells[view.column(name).unwrap()].to_string();
        let route = |row| {
            let ways = cell(row, "via").split(',').map(str::to_owned).collect();
            (cell(row, "prefix"), (cell(row, "metric").parse().unwrap(), ways))
        };
        view.rows.iter().map(route).collect()
    };
    (0..count).map(of).collect()
}

/// What FRR's `show ip ospf route` says of networks that are not attached.
fn shown(text: &str) -> Routes {
    let mut routes = Routes::new();
    let mut last = None;
    for line in text.lines() {
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

fn compare(claim: &str, map: &Map<'_>, cut: (usize, &str, &str)) {
    let Some(mut network) = Network::start(claim, map.count, &map.ends()) else { return };
    if !map.lan.is_empty() {
        network.lan(map.lan);
    }
    network.speak(Daemon::Ospf, |router| map.config(router));
    let (router, name, cable) = cut;
    let file = parse("lab.ron", &map.lab(cable)).unwrap();
    let mut runner: Runner = overunder_sim::lab::run::start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut settled = Vec::new();
    for end in [59, 120] {
        let end = SimTime::ZERO + SimDuration::from_secs(end);
        while runner.world.now() < end && runner.step().is_none() {}
        let ours = routes(&runner.world, map.count);
        let ask = |at| shown(&network.asks(Daemon::Ospf, at, "show ip ospf route"));
        let theirs = || (0..map.count).map(ask).collect::<Vec<Routes>>();
        let same = daemons::wait(Duration::from_mins(1), || ours == theirs());
        assert!(same, "{claim}\nours {ours:#?}\nFRR {:#?}", theirs());
        assert!(ours.iter().any(|routes| !routes.is_empty()));
        settled.push(ours);
        network.lose(router, name);
    }
    assert_ne!(settled[0], settled[1], "{claim}: the failure changes nothing");
}

fn plain(links: impl IntoIterator<Item = (usize, usize)>) -> Vec<(usize, usize, u32, u32)> {
    links.into_iter().map(|(a, b)| (a, b, 10, 0)).collect()
}

#[test]
fn ospf_on_a_line_ends_with_the_routes_of_frr() {
    let line = plain((0..4).map(|at| (at, at + 1)));
    let map = Map { count: 5, links: &line, lan: &[], point_to_point: true };
    compare("OSPF on a line", &map, (1, "e2", "r1--r2"));
}

#[test]
fn ospf_on_a_ring_ends_with_the_routes_of_frr() {
    let mut ring = plain((0..5).map(|at| (at, (at + 1) % 5)));
    ring[3].2 = 30;
    let map = Map { count: 5, links: &ring, lan: &[], point_to_point: false };
    compare("OSPF on a ring of networks of two", &map, (0, "e1", "r0--r1"));
}

#[test]
fn ospf_on_a_grid_ends_with_the_routes_and_all_next_hops_of_frr() {
    let across = (0..6).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    let grid = plain(across.chain((0..3).map(|at| (at, at + 3))));
    let map = Map { count: 6, links: &grid, lan: &[], point_to_point: true };
    compare("OSPF on a grid", &map, (1, "e2", "r1--r2"));
}

#[test]
fn ospf_on_a_network_of_four_that_loses_its_dr_ends_with_the_routes_of_frr() {
    let links = plain([(3, 4), (0, 4)]);
    let map = Map { count: 5, links: &links, lan: &[0, 1, 2, 3], point_to_point: true };
    compare("OSPF on a network", &map, (3, "lan", "r3--sw"));
}

#[test]
fn ospf_in_three_areas_ends_with_the_routes_of_frr() {
    let links = [(0, 1, 10, 1), (1, 2, 10, 0), (2, 3, 10, 2), (1, 3, 25, 0), (3, 4, 5, 2)];
    let map = Map { count: 5, links: &links, lan: &[], point_to_point: true };
    compare("OSPF in areas", &map, (2, "e3", "r2--r3"));
}
