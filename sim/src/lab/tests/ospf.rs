//! Labs whose routers speak OSPF: all have the same map, routes are its shortest paths, and what a slip gets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use insta::assert_snapshot;
use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};

use crate::engine::{Cell, TableView, World};
use crate::lab::diagnostic::render;
use crate::lab::tests::routing::sound;
use crate::lab::{EVENT_BUDGET, Source, parse};
use crate::rng::Stream;

pub fn ran(text: &str) -> World {
    crate::lab::run_variant(&sound(text), None, None, EVENT_BUDGET).unwrap().world
}

fn table(world: &World, node: &str, name: &str) -> TableView {
    let device = format!("{node}/ip");
    let id = (0..world.device_count() as u32).map(crate::id::DeviceId).find(|id| world.device_name(*id) == device);
    let tables = world.device(id.unwrap()).unwrap().tables();
    tables.into_iter().find(|view| view.name == name).unwrap_or_else(|| panic!("{node} has no table {name}"))
}

pub fn cells(world: &World, node: &str, name: &str, columns: &[&str]) -> Vec<String> {
    let view = table(world, node, name);
    let at: Vec<usize> = columns.iter().map(|column| view.column(column).unwrap()).collect();
    let text = |row: &crate::engine::TableRow| at.iter().map(|at| row.cells[*at].to_string()).collect::<Vec<_>>();
    view.rows.iter().map(|row| text(row).join(" ")).collect()
}

/// How a protocol that has a map is spoken of.
pub struct Tongue {
    pub word: &'static str,
    /// What it calls the cost of a link.
    pub cost: &'static str,
    /// Columns of its map that say what is on it, and not when it came.
    pub map: &'static [&'static str],
    /// The id of a router.
    pub id: fn(usize) -> String,
}

const OSPF: Tongue = Tongue {
    word: "Ospf",
    cost: "cost",
    map: &["area", "type", "id", "router", "seq", "checksum"],
    id: |router| format!("router_id: \"10.255.0.{router}\""),
};

/// What a router has on its map, without when it came.
fn map(world: &World, node: &str) -> Vec<String> {
    cells(world, node, "lsdb", OSPF.map)
}

/// A link: two routers and its cost.
pub type Cable = (usize, usize, u64);

/// A lab of routers, each link a subnet; `cut` is a link that goes down at 60 s.
pub fn network(count: usize, links: &[Cable], cut: Option<usize>, more: &str) -> String {
    network_of(&OSPF, (count, links), cut, more)
}

/// The same in any of the tongues.
pub fn network_of(tongue: &Tongue, (count, links): (usize, &[Cable]), cut: Option<usize>, more: &str) -> String {
    let Tongue { word, cost: called, id, .. } = tongue;
    let mut nodes = String::new();
    for router in 0..count {
        let (mut ips, mut costs) = (String::new(), String::new());
        for (at, (a, b, cost)) in links.iter().enumerate().filter(|(_, ends)| ends.0 == router || ends.1 == router) {
            let (host, other) = if *a == router { (1, b) } else { (2, a) };
            let _ = write!(ips, "\"e{other}\": \"10.0.{at}.{host}/24\", ");
            let _ = write!(costs, "\"e{other}\": ({called}: {cost}), ");
        }
        let own = format!("{}, interfaces: {{{costs}}}", id(router));
        let _ = writeln!(nodes, "\"r{router}\": Router(ips: {{{ips}}}, routing: ({own})),");
    }
    let list: Vec<String> = links.iter().map(|(a, b, _)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")")).collect();
    let events = cut.map_or_else(String::new, |at| {
        let (a, b, _) = links[at];
        format!("events: {{\"cut\": (at: \"60s\", do: Down(\"r{a}--r{b}\"))}},")
    });
    format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", routing: {word}({more}), {events} end: \"120s\", nodes: {{{nodes}}},
            links: [{}])",
        list.join(", ")
    )
}

/// Every router has the same map, offers routes of the length the graph says, and hands packets to all neighbours that
/// are on a shortest path and to no others.
fn agrees_with_shortest_paths(count: usize, links: &[Cable], cut: Option<usize>, more: &str) {
    agrees(&OSPF, (count, links), cut, more);
}

/// The same in any of the tongues.
pub fn agrees(tongue: &Tongue, (count, links): (usize, &[Cable]), cut: Option<usize>, more: &str) {
    let text = network_of(tongue, (count, links), cut, more);
    let map = |world: &World, node: &str| {
        // What is gone is kept for a while, to be told; not everybody forgets it at the same time.
        let alive = |row: &String| !row.ends_with(" gone");
        cells(world, node, "lsdb", tongue.map).into_iter().filter(alive).collect::<Vec<_>>()
    };
    let world = ran(&text);
    let kept: Vec<usize> = (0..links.len()).filter(|at| Some(*at) != cut).collect();
    let mut graph = UnGraph::<(), u64>::default();
    (0..count).for_each(|_| _ = graph.add_node(()));
    for at in &kept {
        let (a, b, cost) = links[*at];
        graph.add_edge(NodeIndex::new(a), NodeIndex::new(b), cost);
    }
    let all: Vec<_> =
        (0..count).map(|from| dijkstra(&graph, NodeIndex::new(from), None, |edge| *edge.weight())).collect();
    let far = |from: usize, to: usize| all[from].get(&NodeIndex::new(to)).copied();
    for router in 0..count {
        if far(0, router).is_some() {
            assert_eq!(map(&world, &format!("r{router}")), map(&world, "r0"), "r{router}\n{text}");
        }
        let rib = table(&world, &format!("r{router}"), "rib");
        let offers: BTreeMap<String, (String, u64)> = rib
            .rows
            .iter()
            .map(|row| {
                let Cell::Number(metric) = row.cells[5] else { panic!("{row:?}") };
                (row.cells[0].to_string(), (row.cells[1].to_string(), metric))
            })
            .collect();
        let mut wanted = BTreeMap::new();
        for at in &kept {
            let (a, b, cost) = links[*at];
            let Some(length) = [a, b].into_iter().filter_map(|end| far(router, end)).min() else { continue };
            let total = length + cost;
            let mut ways: Vec<Ipv4Addr> = Vec::new();
            for hop in &kept {
                let (from, to, step) = links[*hop];
                let (other, host) = match router {
                    own if own == from => (to, 2),
                    own if own == to => (from, 1),
                    _ => continue,
                };
                let behind = [a, b].into_iter().filter_map(|end| far(other, end)).min().unwrap();
                if step + behind + cost == total && router != a && router != b {
                    ways.push(Ipv4Addr::new(10, 0, *hop as u8, host));
                }
            }
            let own = router == a || router == b;
            let names: Vec<String> = ways.iter().map(ToString::to_string).collect();
            // The own end of a link may be nearer by way of others, but the kernel's route is taken anyway.
            if !own {
                wanted.insert(format!("10.0.{at}.0/24"), (names, total));
            }
        }
        for (prefix, (names, total)) in &wanted {
            let (via, metric) = &offers.get(prefix).unwrap_or_else(|| panic!("r{router} lacks {prefix}\n{text}"));
            let mut found: Vec<&str> = via.split(',').collect();
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            found.sort_unstable();
            names.sort_unstable();
            assert_eq!((found, metric), (names, total), "r{router} {prefix}\n{text}");
        }
        if let Some(at) = cut {
            assert!(!offers.contains_key(&format!("10.0.{at}.0/24")), "r{router} believes in what was cut");
        }
    }
}

const POINT: &str = "network: PointToPoint";
const FAST: &str = "hello: \"1s\", dead: \"4s\"";

pub fn plain(links: impl IntoIterator<Item = (usize, usize)>) -> Vec<Cable> {
    links.into_iter().map(|(a, b)| (a, b, 10)).collect()
}

/// A line, a ring and a grid, as they are and with a link cut.
pub fn known_graphs(mut so: impl FnMut((usize, &[Cable]), Option<usize>)) {
    let line = plain((0..5).map(|at| (at, at + 1)));
    let ring = plain((0..6).map(|at| (at, (at + 1) % 6)));
    let down = (0..9).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    let grid = plain(down.chain((0..6).map(|at| (at, at + 3))));
    for (count, links, cut) in [(6, &line, 2), (6, &ring, 0), (9, &grid, 4)] {
        so((count, links), None);
        so((count, links), Some(cut));
    }
}

/// Random graphs with costs, as they are and with a link cut; with the number of the round.
pub fn random_graphs(mut so: impl FnMut(usize, (usize, &[Cable]), Option<usize>)) {
    let mut stream = Stream::named(5, "graphs");
    for round in 0..6 {
        let count = 4 + stream.below(5) as usize;
        let mut ends: Vec<(usize, usize)> = (1..count).map(|at| (stream.below(at as u64) as usize, at)).collect();
        for _ in 0..4 {
            let (a, b) = (stream.below(count as u64) as usize, stream.below(count as u64) as usize);
            let pair = (a.min(b), a.max(b));
            if a != b && !ends.contains(&pair) {
                ends.push(pair);
            }
        }
        let links: Vec<Cable> = ends.into_iter().map(|(a, b)| (a, b, 1 + stream.below(4))).collect();
        let cut = stream.below(links.len() as u64) as usize;
        so(round, (count, &links), None);
        so(round, (count, &links), Some(cut));
    }
}

#[test]
fn maps_are_equal_and_routes_are_the_shortest_paths_of_the_graph() {
    for more in [POINT, FAST] {
        known_graphs(|(count, links), cut| agrees_with_shortest_paths(count, links, cut, more));
    }
}

#[test]
fn routes_are_the_shortest_paths_of_random_graphs_with_costs_too() {
    random_graphs(|round, (count, links), cut| {
        agrees_with_shortest_paths(count, links, cut, if round % 2 == 0 { POINT } else { FAST });
    });
}

/// Two areas on a backbone that is a network of three, and a host behind each end.
pub const AREAS: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "h": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "n": Host(ip: "10.2.0.1/24", gateway: "10.2.0.4"),
        "sw": Switch(),
        "a": Router(ips: {"lan": "10.0.0.1/24", "h": "10.9.0.254/24"}, routing: (passive: ["h"])),
        "b": Router(ips: {"lan": "10.0.0.2/24"}),
        "c": Router(ips: {"lan": "10.0.0.3/24", "d": "10.1.0.3/24"}, routing: (
            interfaces: {"d": (area: 1, network: PointToPoint, cost: 7)})),
        "d": Router(ips: {"c": "10.1.0.4/24", "n": "10.2.0.4/24"}, routing: (
            area: "0.0.0.1", network: PointToPoint, router_id: "10.255.0.4")),
    },
    links: [("a:lan", "sw"), ("b:lan", "sw"), ("c:lan", "sw"), ("c:d", "d:c"), ("d:n", "n"), ("h", "a:h")],
    routing: Ospf(hello: "5s", dead: "20s", stub: [1], password: "secret", priority: 2, retransmit: "4s",
        spf_delay: "10ms", spf_hold: "20ms", spf_max: "1s"),
    traffic: {"ping": Ping(from: "h", to: "n", start: "60s")},
    expect: {"works": Delivered("ping")},
    end: "70s",
)"#;

#[test]
fn areas_a_network_and_a_stub_come_together_from_the_words_of_a_lab() {
    let ran = crate::lab::run_variant(&sound(AREAS), None, None, EVENT_BUDGET).unwrap();
    assert!(ran.outcomes.iter().all(|(_, outcome)| outcome.holds), "{:#?}", ran.outcomes);
    let world = ran.world;
    let shown = |node: &str| cells(&world, node, "ospf", &["neighbour", "dev", "state", "role", "hindered"]);
    assert_eq!(shown("a"), ["10.0.0.2 lan Full DROther -", "10.1.0.3 lan Full BDR -"]);
    assert_eq!(shown("d"), ["10.1.0.3 c Full - -"]);
    let rib = cells(&world, "d", "rib", &["prefix", "via", "protocol", "distance", "metric", "used"]);
    assert_eq!(
        rib,
        [
            "0.0.0.0/0 10.1.0.3 ospf 110 11 yes",
            "10.0.0.0/24 10.1.0.3 ospf 110 20 yes",
            "10.9.0.0/24 10.1.0.3 ospf 110 30 yes"
        ]
    );
    assert_eq!(map(&world, "a"), map(&world, "b"));
    // Only DR and backup listen to the group of designated routers.
    let listens = |node: &str| cells(&world, node, "groups", &["group"]).contains(&"224.0.0.6".to_owned());
    assert_eq!([listens("a"), listens("b"), listens("c"), listens("d")], [true, false, true, false]);
}

#[test]
fn a_route_with_two_next_hops_carries_flows_by_both() {
    let square = plain([(0, 1), (1, 3), (0, 2), (2, 3), (3, 4)]);
    let world = ran(&network(5, &square, None, POINT));
    let row = |name: &str, columns: &[&str]| {
        let all = cells(&world, "r0", name, columns);
        all.into_iter().find(|row| row.starts_with("10.0.4.0/24")).unwrap()
    };
    assert_eq!(row("rib", &["prefix", "via", "metric"]), "10.0.4.0/24 10.0.0.2,10.0.2.2 30");
    assert_eq!(row("routes", &["prefix", "via", "dev", "protocol"]), "10.0.4.0/24 10.0.0.2,10.0.2.2 e1,e2 ospf");
    // When one of the two goes, the other is left.
    let world = ran(&network(5, &square, Some(0), POINT));
    let all = cells(&world, "r0", "routes", &["prefix", "via", "dev", "protocol"]);
    assert!(all.contains(&"10.0.4.0/24 10.0.2.2 e2 ospf".to_owned()), "{all:?}");
}

#[test]
fn power_that_comes_back_brings_everything_back() {
    let line = plain([(0, 1), (1, 2)]);
    let text = network(3, &line, None, POINT).replace(
        "nodes: {",
        "events: {\"off\": (at: \"30s\", do: Power(\"r1\", Off)), \"on\": (at: \"40s\", do: Power(\"r1\", On))}, nodes: {",
    );
    let world = ran(&text);
    assert_eq!(map(&world, "r0"), map(&world, "r2"));
    assert_eq!(cells(&world, "r0", "rib", &["prefix", "via", "used"]), ["10.0.1.0/24 10.0.0.2 yes"]);
}

/// Two routers and a host, and a cable that loses everything from 100 s on.
const DEAF: &str = r#"Lab(format: 1, title: "t", idea: "i", routing: Ospf(network: PointToPoint), end: Quiet,
    nodes: {"a": Router(ips: {"b": "10.1.2.1/24", "n": "10.9.0.1/24"}), "h": Host(ip: "10.9.0.2/24"),
        "b": Router(ips: {"a": "10.1.2.2/24"})},
    links: [("a:b", "b:a"), ("a:n", "h")], events: {"deaf": (at: "100s", do: Loss("a--b", "100%"))},
    expect: {"noticed": AtMost(Convergence("deaf"), "40s"), "late": AtLeast(Convergence("deaf"), "30s")})"#;

#[test]
fn a_run_waits_for_what_silence_will_tell_and_not_for_neighbours_that_never_come_up() {
    let seconds = |text: &str| {
        let ran = crate::lab::run_variant(&sound(text), None, None, EVENT_BUDGET).unwrap();
        let holds = ran.outcomes.iter().all(|(_, outcome)| outcome.holds);
        (ran.world.now().0 / 1_000_000_000, ran.stop, holds)
    };
    // Gone 30 s after the cut, which was 10 s after the last hello; then 50 s in which nothing more came.
    assert_eq!(seconds(DEAF), (180, crate::engine::Stop::Quiet, true));
    let stuck = DEAF.replace("\"10.1.2.2/24\"}", "\"10.1.2.2/24\"}, mtu: 1400");
    let (end, stop, holds) = seconds(&stuck);
    assert!(end <= 160 && stop == crate::engine::Stop::Quiet && !holds, "{end} {stop:?}");
}

#[test]
fn two_tables_are_compared_by_their_digests() {
    let holds = |check: &str| {
        let text = AREAS.replacen("Delivered(\"ping\")", check, 1);
        crate::lab::run_variant(&sound(&text), None, None, EVENT_BUDGET).unwrap().outcomes[0].1.holds
    };
    assert!(holds("Is(Digest(\"a\", \"lsdb\"), Digest(\"b\", \"lsdb\"))"));
    assert!(!holds("Is(Digest(\"a\", \"lsdb\"), Digest(\"d\", \"lsdb\"))"));
    assert!(!holds("Is(Digest(\"a\", \"rib\"), Digest(\"b\", \"rib\"))"));
    for slip in ["Digest(\"a\", \"lsdbb\")", "Digest(\"q\", \"lsdb\")", "Digest(\"a\")"] {
        let check = format!("Is({slip}, Digest(\"b\", \"lsdb\"))");
        let text = AREAS.replacen("Delivered(\"ping\")", &check, 1);
        assert_eq!(parse("t.ron", &text).map(|_| ()).unwrap_err().len(), 1, "{slip}");
    }
    let ordered = AREAS.replacen("Delivered(\"ping\")", "AtLeast(Digest(\"a\", \"lsdb\"), 1)", 1);
    assert!(parse("t.ron", &ordered).is_err());
}

#[test]
fn slips_get_a_sentence_and_a_remedy() {
    let shown = |from: &str, to: &str| {
        let text = AREAS.replacen(from, to, 1);
        assert_ne!(text, AREAS);
        render::all(&parse("t.ron", &text).map(|_| ()).unwrap_err(), &Source::new("t.ron", &text))
    };
    assert_snapshot!(shown("network: PointToPoint, cost: 7", "network: P2p, cost: 7"));
    assert_snapshot!(shown("cost: 7", "cost: 0"));
    assert_snapshot!(shown("hello: \"5s\"", "hello: \"500ms\""));
    assert_snapshot!(shown("dead: \"20s\"", "dead: \"5s\""));
    assert_snapshot!(shown("stub: [1]", "stub: [0]"));
    assert_snapshot!(shown("password: \"secret\"", "password: \"verysecret\""));
    assert_snapshot!(shown("passive: [\"h\"]", "passive: [\"hh\"]"));
    assert_snapshot!(shown("interfaces: {\"d\":", "interfaces: {\"dd\":"));
    assert_snapshot!(shown("router_id: \"10.255.0.4\"", "router_id: \"0.0.0.0\""));
    assert_snapshot!(shown("spf_max: \"1s\"", "spf_max: \"10ms\""));
    assert_snapshot!(shown("priority: 2", "prio: 2"));
    assert_snapshot!(shown("stub: [1]", "stub: [1, 7]"));
    assert_snapshot!(shown("\"c\": \"10.1.0.4/24\"", "\"c\": \"10.0.0.4/24\""));
}
