//! Labs whose routers speak IS-IS: all have the same map, routes are its shortest paths, no IP is needed for it, and what a
//! slip gets.

use insta::assert_snapshot;

use crate::lab::diagnostic::render;
use crate::lab::tests::ospf::{Tongue, agrees, cells, known_graphs, network_of, plain, ran, random_graphs};
use crate::lab::tests::routing::sound;
use crate::lab::{EVENT_BUDGET, Source, parse};

const ISIS: Tongue = Tongue {
    word: "Isis",
    cost: "metric",
    map: &["level", "lsp", "seq", "checksum", "says"],
    id: |router| format!("system: \"0000.0000.{:04}\"", router + 1),
};

const POINT: &str = "network: PointToPoint, level: 2, lsp_interval: \"1s\"";
const LAN: &str = "hello: \"1s\", hold: \"4s\", lsp_interval: \"1s\"";

#[test]
fn maps_are_equal_and_routes_are_the_shortest_paths_of_the_graph() {
    for more in [POINT, LAN] {
        known_graphs(|graph, cut| agrees(&ISIS, graph, cut, more));
    }
}

#[test]
fn routes_are_the_shortest_paths_of_random_graphs_with_metrics_too() {
    random_graphs(|round, graph, cut| agrees(&ISIS, graph, cut, if round % 2 == 0 { POINT } else { LAN }));
}

/// Two areas: a LAN of three at both levels, and behind it one router of level 1 and one of another area.
pub const LEVELS: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "h": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "n": Host(ip: "10.2.0.1/24", gateway: "10.2.0.4"),
        "sw": Switch(),
        "a": Router(ips: {"lan": "10.0.0.1/24", "h": "10.9.0.254/24"}, routing: (passive: ["h"])),
        "b": Router(ips: {"lan": "10.0.0.2/24", "e": "10.3.0.2/24"}, routing: (
            interfaces: {"e": (level: 2, network: PointToPoint, metric: 7)})),
        "c": Router(ips: {"lan": "10.0.0.3/24", "d": "10.1.0.3/24"}, routing: (priority: 100,
            interfaces: {"d": (level: 1, network: PointToPoint, hello: "2s", hold: "9s")})),
        "d": Router(ips: {"c": "10.1.0.4/24", "n": "10.2.0.4/24"}, routing: (level: 1, network: PointToPoint)),
        "e": Router(ips: {"b": "10.3.0.5/24", "n": "10.4.0.5/24"}, routing: (
            area: "49.0002", level: 2, network: PointToPoint, system: "0000.0000.0005")),
        "m": Host(ip: "10.4.0.1/24", gateway: "10.4.0.5"),
    },
    links: [("a:lan", "sw"), ("b:lan", "sw"), ("c:lan", "sw"), ("c:d", "d:c"), ("b:e", "e:b"), ("d:n", "n"),
        ("h", "a:h"), ("e:n", "m")],
    routing: Isis(hello: "5s", hold: "20s", password: "secret", priority: 2, retransmit: "4s", lsp_interval: "2s",
        csnp: "8s", psnp: "1s", spf_delay: "10ms", spf_hold: "20ms", spf_max: "1s", metric: 12),
    traffic: {"ping": Ping(from: "h", to: "n", start: "60s"), "far": Ping(from: "n", to: "m", start: "60s")},
    expect: {"works": Delivered("ping"), "far": Delivered("far")},
    end: "70s",
)"#;

#[test]
fn levels_and_areas_come_together_from_the_words_of_a_lab() {
    let ran = crate::lab::run_variant(&sound(LEVELS), None, None, EVENT_BUDGET).unwrap();
    assert!(ran.outcomes.iter().all(|(_, outcome)| outcome.holds), "{:#?}", ran.outcomes);
    let world = ran.world;
    let shown = |node: &str| cells(&world, node, "isis", &["neighbour", "dev", "level", "state", "role", "hindered"]);
    assert_eq!(
        shown("a"),
        [
            "0100.0100.0003 lan 1 Up DIS -",
            "0100.0300.0002 lan 1 Up - -",
            "0100.0100.0003 lan 2 Up DIS -",
            "0100.0300.0002 lan 2 Up - -",
        ]
    );
    assert_eq!(shown("e"), ["0100.0300.0002 b 2 Up - -"]);
    let rib = cells(&world, "d", "rib", &["prefix", "via", "protocol", "distance", "metric", "used"]);
    assert_eq!(
        rib,
        [
            "0.0.0.0/0 10.1.0.3 isis 115 12 yes",
            "10.0.0.0/24 10.1.0.3 isis 115 24 yes",
            "10.3.0.0/24 10.1.0.3 isis 115 31 yes",
            "10.9.0.0/24 10.1.0.3 isis 115 36 yes"
        ]
    );
    let map = |node: &str| cells(&world, node, "lsdb", ISIS.map);
    assert_eq!(map("a"), map("c"));
    assert!(map("d").iter().any(|row| row.contains("attached")), "{:?}", map("d"));
}

#[test]
fn what_hinders_a_neighbour_stands_in_the_table_and_on_the_wire_there_is_no_ip() {
    let two = network_of(&ISIS, (2, &plain([(0, 1)])), None, POINT);
    let frames = |reason: &str| format!("AtLeast(Count(Decisions(reason: \"{reason}\")), 10)");
    let checks = format!(
        "expect: {{\"none\": Is(Count(Frames(carries: \"ipv4\")), 0), \"some\": {}}}, nodes:",
        frames("routing.llc-delivered")
    );
    let text = two.replacen("nodes:", &checks, 1);
    let done = crate::lab::run_variant(&sound(&text), None, None, EVENT_BUDGET).unwrap();
    assert!(done.outcomes.iter().all(|(_, outcome)| outcome.holds), "{:#?}", done.outcomes);
    for (slip, word) in [
        ("level: 1, area: \"49.0007\"", "area"),
        ("level: 1", "level"),
        ("password: \"x\"", "authentication"),
        ("network: Broadcast", "circuit"),
    ] {
        let text = two.replacen("system: \"0000.0000.0002\"", &format!("{slip}, system: \"0000.0000.0002\""), 1);
        let text = if word == "area" { text.replace("level: 2", "level: 1") } else { text };
        let world = ran(&text);
        for node in ["r0", "r1"] {
            let rows = cells(&world, node, "isis", &["state", "hindered"]);
            assert_eq!(rows, [format!("Down {word}")], "{node} {slip}");
        }
    }
}

#[test]
fn power_that_comes_back_brings_everything_back() {
    let line = plain([(0, 1), (1, 2)]);
    let text = network_of(&ISIS, (3, &line), None, POINT).replace(
        "nodes: {",
        "events: {\"off\": (at: \"30s\", do: Power(\"r1\", Off)), \"on\": (at: \"40s\", do: Power(\"r1\", On))}, nodes: {",
    );
    let world = ran(&text);
    assert_eq!(cells(&world, "r0", "lsdb", ISIS.map), cells(&world, "r2", "lsdb", ISIS.map));
    assert_eq!(cells(&world, "r0", "rib", &["prefix", "via", "used"]), ["10.0.1.0/24 10.0.0.2 yes"]);
}

/// Two routers and a host, and a cable that loses everything from 100 s on.
const DEAF: &str = r#"Lab(format: 1, title: "t", idea: "i", routing: Isis(network: PointToPoint), end: Quiet,
    nodes: {"a": Router(ips: {"b": "10.1.2.1/24", "n": "10.9.0.1/24"}), "h": Host(ip: "10.9.0.2/24"),
        "b": Router(ips: {"a": "10.1.2.2/24"})},
    links: [("a:b", "b:a"), ("a:n", "h")], events: {"deaf": (at: "100s", do: Loss("a--b", "100%"))},
    expect: {"noticed": AtMost(Convergence("deaf"), "30s"), "late": AtLeast(Convergence("deaf"), "20s")})"#;

#[test]
fn a_run_waits_for_what_silence_will_tell() {
    let seconds = |text: &str| {
        let ran = crate::lab::run_variant(&sound(text), None, None, EVENT_BUDGET).unwrap();
        let holds = ran.outcomes.iter().all(|(_, outcome)| outcome.holds);
        (ran.world.now().0 / 1_000_000_000, ran.stop, holds)
    };
    let (end, stop, holds) = seconds(DEAF);
    assert!(end > 130 && end < 200 && stop == crate::engine::Stop::Quiet && holds, "{end} {stop:?} {holds}");
    let stuck = DEAF.replace("\"10.1.2.2/24\"}", "\"10.1.2.2/24\"}, mtu: 1400");
    let (end, stop, holds) = seconds(&stuck);
    assert!(end <= 200 && stop == crate::engine::Stop::Quiet && !holds, "{end} {stop:?}");
}

#[test]
fn a_filter_of_another_protocol_is_not_noticed() {
    let rows = |carries: &str| {
        let text = DEAF.replace("\"100%\")", &format!("\"100%\", \"{carries}\")"));
        let text = text.replace("AtMost(Convergence(\"deaf\"), \"30s\")", "Row(\"a\", \"isis\", {\"state\": \"Up\"})");
        let ran = crate::lab::run_variant(&sound(&text), None, None, EVENT_BUDGET).unwrap();
        (ran.outcomes.iter().any(|(name, outcome)| name == "noticed" && outcome.holds), ran.trace.frames.len() > 20)
    };
    assert_eq!([rows("ipv4"), rows("ospf"), rows("isis"), rows("llc")].map(|(up, _)| up), [true, true, false, false]);
    assert!(rows("ipv4").1);
}

#[test]
fn slips_get_a_sentence_and_a_remedy() {
    let shown = |from: &str, to: &str| {
        let text = LEVELS.replacen(from, to, 1);
        assert_ne!(text, LEVELS);
        render::all(&parse("t.ron", &text).map(|_| ()).unwrap_err(), &Source::new("t.ron", &text))
    };
    assert_snapshot!(shown("network: PointToPoint, metric: 7", "network: P2p, metric: 7"));
    assert_snapshot!(shown("metric: 7", "metric: 0"));
    assert_snapshot!(shown("hello: \"5s\"", "hello: \"500ms\""));
    assert_snapshot!(shown("hold: \"20s\"", "hold: \"5s\""));
    assert_snapshot!(shown("area: \"49.0002\"", "area: \"49.000\""));
    assert_snapshot!(shown("system: \"0000.0000.0005\"", "system: \"0000.0000.5\""));
    assert_snapshot!(shown("password: \"secret\"", "password: \"\""));
    assert_snapshot!(shown("passive: [\"h\"]", "passive: [\"hh\"]"));
    assert_snapshot!(shown("(level: 1, network: PointToPoint)", "(level: 3, network: PointToPoint)"));
    assert_snapshot!(shown("(level: 1, network: PointToPoint)", "(level: 1, interfaces: {\"c\": (level: 2)})"));
    assert_snapshot!(shown("spf_max: \"1s\"", "spf_max: \"10ms\""));
    assert_snapshot!(shown("priority: 100", "priority: 128"));
    assert_snapshot!(shown("priority: 2", "prio: 2"));
}
