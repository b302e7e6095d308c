//! Labs whose routers speak RIP: what stands in their tables, and what a slip gets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use insta::assert_snapshot;
use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};

use crate::engine::{Cell, TableView, World};
use crate::lab::diagnostic::render;
use crate::lab::run::start;
use crate::lab::{EVENT_BUDGET, LabFile, Source, parse};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};

/// A network behind a line of three, which is cut when the last one is about to speak.
pub const LINE: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "z": Host(ip: "10.3.0.1/24", gateway: "10.3.0.254"),
        "a": Router(ips: {"n": "10.9.0.254/24", "b": "10.1.2.1/24"}),
        "b": Router(ips: {"a": "10.1.2.2/24", "c": "10.2.3.2/24"}, routing: (first: "11s")),
        "c": Router(ips: {"b": "10.2.3.3/24", "z": "10.3.0.254/24"}, routing: (first: "21s", passive: ["z"])),
    },
    links: [("n", "a:n"), ("a:b", "b:a"), ("b:c", "c:b"), ("c:z", "z")],
    routing: Rip(split_horizon: Off, triggered: false, jitter: "0s"),
    traffic: {
        "before": Ping(from: "z", to: "n", start: "60s"),
        "lost": Ping(from: "z", to: "n", start: After(Event("cut"), "8s")),
    },
    events: {"cut": (at: "75s", do: Down("a--b"))},
    variants: {"split": {"off": (), "on": (set: {"routing": (split_horizon: On)})}},
    expect: {
        "works": Delivered("before"),
        "to-c": In("off", Is(Count(Frames(into: "c:b", flow: "lost")), 31)),
        "to-b": In("off", Is(Count(Frames(into: "b:c", flow: "lost")), 32)),
        "none": In("on", Is(Count(Frames(into: "c:b", flow: "lost")), 0)),
    },
    end: "400s",
)"#;

pub fn sound(text: &str) -> LabFile {
    parse("t.ron", text).unwrap_or_else(|found| panic!("{}\n{text}", render::all(&found, &Source::new("t.ron", text))))
}

fn table(world: &World, device: &str, name: &str) -> TableView {
    let id = (0..world.device_count() as u32).map(crate::id::DeviceId).find(|id| world.device_name(*id) == device);
    let tables = world.device(id.unwrap()).unwrap().tables();
    tables.into_iter().find(|view| view.name == name).unwrap()
}

/// Metrics by prefix.
fn metrics(world: &World, device: &str) -> BTreeMap<Ipv4Addr, u64> {
    let row = |cells: &[Cell]| match (&cells[0], &cells[3]) {
        (Cell::Prefix(ip, _), Cell::Number(metric)) => (*ip, *metric),
        _ => panic!("{cells:?}"),
    };
    table(world, device, "rip").rows.iter().map(|row_| row(&row_.cells)).collect()
}

/// The metrics a router had for the network behind the cut, one after the other.
fn history(variant: &str, device: &str) -> Vec<u64> {
    let lab = sound(LINE);
    let variant = lab.variants().iter().find(|own| own.name == variant).unwrap();
    let mut runner = start(variant, None, EVENT_BUDGET).unwrap();
    let mut all = Vec::new();
    while runner.step().is_none() {
        if runner.world.now() >= SimTime::ZERO + SimDuration::from_secs(75)
            && let Some(metric) = metrics(&runner.world, device).get(&Ipv4Addr::new(10, 9, 0, 0))
            && all.last() != Some(metric)
        {
            all.push(*metric);
        }
    }
    all
}

#[test]
fn without_split_horizon_two_routers_count_to_infinity() {
    assert_eq!(history("off", "b/ip"), [16, 4, 6, 8, 10, 12, 14, 16]);
    assert_eq!(history("off", "c/ip"), [3, 5, 7, 9, 11, 13, 15, 16]);
    assert_eq!(history("on", "b/ip"), [16]);
    assert_eq!(history("on", "c/ip"), [3, 16]);
}

#[test]
fn a_packet_goes_round_until_its_time_to_live_is_over() {
    let lab = sound(LINE);
    for variant in lab.variants() {
        let ran = crate::lab::run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        let failed: Vec<_> = ran.outcomes.iter().filter(|(_, outcome)| !outcome.holds).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}

/// A lab of routers, each link a subnet; `cut` names links that go down at 60 s.
pub fn network(count: usize, links: &[(usize, usize)], cut: Option<usize>) -> String {
    let mut nodes = String::new();
    for router in 0..count {
        let mut ips = String::new();
        for (at, (a, b)) in links.iter().enumerate().filter(|(_, ends)| ends.0 == router || ends.1 == router) {
            let host = if *a == router { 1 } else { 2 };
            let _ = write!(ips, "\"e{}\": \"10.0.{at}.{host}/24\", ", if *a == router { b } else { a });
        }
        let _ = writeln!(nodes, "\"r{router}\": Router(ips: {{{ips}}}),");
    }
    let list: Vec<String> = links.iter().map(|(a, b)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")")).collect();
    let events = cut.map_or_else(String::new, |at| {
        let (a, b) = links[at];
        format!("events: {{\"cut\": (at: \"60s\", do: Down(\"r{a}--r{b}\"))}},")
    });
    format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", routing: Rip(), {events} end: \"200s\", nodes: {{{nodes}}}, links: [{}])",
        list.join(", ")
    )
}

/// Every router is as far from every network as the graph says, and sends there to a router that is nearer.
fn agrees_with_shortest_paths(count: usize, links: &[(usize, usize)], cut: Option<usize>) {
    let text = network(count, links, cut);
    let lab = sound(&text);
    let ran = crate::lab::run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    let kept = |at: &usize| Some(*at) != cut;
    let alive: Vec<(u32, u32)> =
        (0..links.len()).filter(kept).map(|at| (links[at].0 as u32, links[at].1 as u32)).collect();
    let mut graph = UnGraph::<(), ()>::from_edges(&alive);
    while graph.node_count() < count {
        graph.add_node(());
    }
    for router in 0..count {
        let far = dijkstra(&graph, NodeIndex::new(router), None, |_| 1_u64);
        let distance = |ends: (usize, usize)| {
            [ends.0, ends.1].iter().filter_map(|end| far.get(&NodeIndex::new(*end))).min().map(|hops| hops + 1)
        };
        let known = metrics(&ran.world, &format!("r{router}/ip"));
        let routes = table(&ran.world, &format!("r{router}/ip"), "routes");
        for (at, ends) in links.iter().enumerate().filter(|(at, _)| kept(at)) {
            let prefix = Ipv4Addr::new(10, 0, at as u8, 0);
            let wanted = distance(*ends).filter(|metric| *metric < 16);
            assert_eq!(known.get(&prefix).copied().filter(|metric| *metric < 16), wanted, "r{router} {prefix}\n{text}");
            let in_use = routes.rows.iter().any(|row| row.cells[0] == Cell::Prefix(prefix, 24));
            assert_eq!(in_use, wanted.is_some(), "r{router} {prefix}");
        }
        if let Some(at) = cut {
            let gone = known.get(&Ipv4Addr::new(10, 0, at as u8, 0));
            assert!(gone.is_none_or(|metric| *metric == 16), "r{router} believes in what was cut: {gone:?}");
        }
    }
}

#[test]
fn tables_are_the_shortest_paths_of_the_graph() {
    let line: Vec<_> = (0..5).map(|at| (at, at + 1)).collect();
    agrees_with_shortest_paths(6, &line, None);
    agrees_with_shortest_paths(6, &line, Some(2));
    let ring: Vec<_> = (0..6).map(|at| (at, (at + 1) % 6)).collect();
    agrees_with_shortest_paths(6, &ring, None);
    agrees_with_shortest_paths(6, &ring, Some(0));
    let down = (0..9).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    let grid: Vec<_> = down.chain((0..6).map(|at| (at, at + 3))).collect();
    agrees_with_shortest_paths(9, &grid, None);
    agrees_with_shortest_paths(9, &grid, Some(4));
}

#[test]
fn tables_are_the_shortest_paths_of_random_graphs_too() {
    let mut stream = Stream::named(5, "graphs");
    for _ in 0..4 {
        let count = 4 + stream.below(5) as usize;
        let mut links: Vec<(usize, usize)> = (1..count).map(|at| (stream.below(at as u64) as usize, at)).collect();
        for _ in 0..3 {
            let (a, b) = (stream.below(count as u64) as usize, stream.below(count as u64) as usize);
            let ends = (a.min(b), a.max(b));
            if a != b && !links.contains(&ends) {
                links.push(ends);
            }
        }
        let cut = stream.below(links.len() as u64) as usize;
        agrees_with_shortest_paths(count, &links, None);
        agrees_with_shortest_paths(count, &links, Some(cut));
    }
}

#[test]
fn a_route_by_hand_is_nearer_than_any_rumour_and_comes_first_until_it_is_removed() {
    let text = LINE
        .replace(
            "\"a\": \"10.1.2.2/24\", \"c\": \"10.2.3.2/24\"}",
            "\"a\": \"10.1.2.2/24\", \"c\": \"10.2.3.2/24\"}, routes: {\"10.9.0.0/24\": \"10.2.3.3\"}",
        )
        .replace("do: Down(\"a--b\")", "do: DelRow(\"b\", \"routes\", {\"prefix\": \"10.9.0.0/24\"})");
    let text = &text[..text.find("    variants").unwrap()];
    let run = |end: &str| {
        let lab = sound(&format!("{text} end: \"{end}\",)"));
        crate::lab::run_variant(&lab, None, None, EVENT_BUDGET).unwrap().world
    };
    for (end, via, protocol, used) in [("70s", "10.2.3.3", "static", "no"), ("80s", "10.1.2.1", "rip", "yes")] {
        let world = run(end);
        let find = |name: &str| {
            let view = table(&world, "b/ip", name);
            let row = view.rows.iter().find(|row| row.cells[0].to_string() == "10.9.0.0/24").unwrap().clone();
            row.cells.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!((find("routes")[1].as_str(), find("routes")[3].as_str()), (via, protocol), "{end}");
        assert_eq!((find("rib")[1].as_str(), find("rib")[6].as_str()), ("10.1.2.1", used), "{end}");
    }
}

#[test]
fn slips_get_a_sentence_and_a_remedy() {
    let shown = |from: &str, to: &str| {
        let text = LINE.replacen(from, to, 1);
        assert_ne!(text, LINE);
        render::all(&parse("t.ron", &text).map(|_| ()).unwrap_err(), &Source::new("t.ron", &text))
    };
    assert_snapshot!(shown("split_horizon: Off", "split_horizon: Of"));
    assert_snapshot!(shown("jitter: \"0s\"", "jitter: \"30s\""));
    assert_snapshot!(shown("jitter: \"0s\"", "jitter: \"0s\", timeout: \"20s\""));
    assert_snapshot!(shown("passive: [\"z\"]", "passive: [\"zz\"]"));
    assert_snapshot!(shown("Rip(", "Igrp("));
}
