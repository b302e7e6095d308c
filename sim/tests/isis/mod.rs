//! IS-IS in the simulator and FRR's `isisd`: after everything has settled each router has the same routes, with the same
//! costs and next hops, and so it is again after a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use overunder_sim::engine::World;
use overunder_sim::id::DeviceId;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::time::{SimDuration, SimTime};

use crate::daemons::{self, Daemon, Network};

/// Cost and next hops by prefix.
type Routes = BTreeMap<String, (u32, BTreeSet<String>)>;

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

    fn lab(&self, cut: &str) -> String {
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
                routing: Isis(level: 2, hello: \"1s\", hold: \"4s\", lsp_interval: \"1s\"),
                events: {{\"cut\": (at: \"60s\", do: Down(\"{cut}\"))}}, end: \"120s\")",
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
            assert_eq!((cell(row, "protocol").as_str(), cell(row, "distance").as_str()), ("isis", "115"));
            let ways = cell(row, "via").split(',').map(str::to_owned).collect();
            (cell(row, "prefix"), (cell(row, "metric").parse().unwrap(), ways))
        };
        view.rows.iter().map(route).collect()
    };
    (0..count).map(of).collect()
}

/// What FRR's `show ip route isis` says of routes that are used.
fn shown(text: &str) -> Routes {
    let mut routes = Routes::new();
    let mut last: Option<(String, u32)> = None;
    for line in text.lines() {
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

fn compare(claim: &str, map: &Map<'_>, cut: (usize, &str, &str)) {
    let Some(mut network) = Network::start(claim, map.count, &map.ends()) else { return };
    if !map.lan.is_empty() {
        network.lan(map.lan);
    }
    network.speak(Daemon::Isis, |router| map.config(router));
    let (router, name, cable) = cut;
    let file = parse("lab.ron", &map.lab(cable)).unwrap();
    let mut runner = overunder_sim::lab::run::start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut settled = Vec::new();
    for end in [59, 120] {
        let end = SimTime::ZERO + SimDuration::from_secs(end);
        while runner.world.now() < end && runner.step().is_none() {}
        let ours = routes(&runner.world, map.count);
        let ask = |at| shown(&network.asks(Daemon::Zebra, at, "show ip route isis"));
        let theirs = || (0..map.count).map(ask).collect::<Vec<Routes>>();
        let same = daemons::wait(Duration::from_mins(1), || ours == theirs());
        let raw = network.asks(Daemon::Zebra, 0, "show ip route isis");
        assert!(same, "{claim}\nours {ours:#?}\nFRR {:#?}\n{raw}", theirs());
        assert!(ours.iter().any(|routes| !routes.is_empty()));
        settled.push(ours);
        network.lose(router, name);
    }
    assert_ne!(settled[0], settled[1], "{claim}: the failure changes nothing");
}

fn plain(links: impl IntoIterator<Item = (usize, usize)>) -> Vec<(usize, usize, u32)> {
    links.into_iter().map(|(a, b)| (a, b, 10)).collect()
}

#[test]
fn isis_on_a_line_ends_with_the_routes_of_frr() {
    let line = plain((0..4).map(|at| (at, at + 1)));
    let map = Map { count: 5, links: &line, lan: &[], point_to_point: true };
    compare("IS-IS on a line", &map, (1, "e2", "r1--r2"));
}

#[test]
fn isis_on_a_ring_ends_with_the_routes_of_frr() {
    let mut ring = plain((0..5).map(|at| (at, (at + 1) % 5)));
    ring[3].2 = 30;
    let map = Map { count: 5, links: &ring, lan: &[], point_to_point: false };
    compare("IS-IS on a ring of LANs of two", &map, (0, "e1", "r0--r1"));
}

#[test]
fn isis_on_a_clique_ends_with_the_routes_of_frr() {
    let pairs = (0..4).flat_map(|a| (a + 1..4).map(move |b| (a, b)));
    let clique: Vec<_> = pairs.enumerate().map(|(at, (a, b))| (a, b, 10 + 7 * (at as u32 % 3))).collect();
    let map = Map { count: 4, links: &clique, lan: &[], point_to_point: true };
    compare("IS-IS on a clique", &map, (0, "e1", "r0--r1"));
}

#[test]
fn isis_on_a_grid_ends_with_the_routes_and_all_next_hops_of_frr() {
    let across = (0..6).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    let grid = plain(across.chain((0..3).map(|at| (at, at + 3))));
    let map = Map { count: 6, links: &grid, lan: &[], point_to_point: true };
    compare("IS-IS on a grid", &map, (1, "e2", "r1--r2"));
}

#[test]
fn isis_on_a_lan_of_four_that_loses_a_system_ends_with_the_routes_of_frr() {
    let links = plain([(3, 4), (0, 4)]);
    let map = Map { count: 5, links: &links, lan: &[0, 1, 2, 3], point_to_point: true };
    compare("IS-IS on a LAN", &map, (3, "lan", "r3--sw"));
}
