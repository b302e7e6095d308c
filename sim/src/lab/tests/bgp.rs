//! Labs whose routers speak BGP: sessions over TCP, what stands in their tables, and what a slip gets.

use insta::assert_snapshot;

use super::routing::sound;
use crate::engine::{Cell, TableView, World};
use crate::id::DeviceId;
use crate::lab::diagnostic::render;
use crate::lab::run::start;
use crate::lab::{EVENT_BUDGET, Source, parse};

/// A network behind a line of three ASes.
pub const LINE: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s",
    nodes: {
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "z": Host(ip: "10.3.0.1/24", gateway: "10.3.0.254"),
        "a": Router(ips: {"n": "10.9.0.254/24", "b": "10.1.2.1/24"}, routing: (asn: 65001)),
        "b": Router(ips: {"a": "10.1.2.2/24", "c": "10.2.3.2/24"}, routing: (asn: 65002)),
        "c": Router(ips: {"b": "10.2.3.3/24", "z": "10.3.0.254/24"}, routing: (asn: 65003)),
    },
    links: [("n", "a:n"), ("a:b", "b:a"), ("b:c", "c:b"), ("c:z", "z")],
    routing: Bgp(),
    traffic: {"ping": Ping(from: "z", to: "n", start: "20s", count: 3)},
)"#;

pub fn run(text: &str) -> World {
    crate::lab::run_variant(&sound(text), None, None, EVENT_BUDGET).unwrap().world
}

pub fn table(world: &World, device: &str, name: &str) -> TableView {
    let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == device);
    let tables = world.device(id.unwrap()).unwrap().tables();
    tables.into_iter().find(|view| view.name == name).unwrap()
}

/// Rows as text, some columns of them.
pub fn rows(world: &World, device: &str, name: &str, columns: &[&str]) -> Vec<String> {
    let view = table(world, device, name);
    let place = |column: &&str| view.columns.iter().position(|known| known.name == *column).unwrap();
    let places: Vec<usize> = columns.iter().map(place).collect();
    let text = |cells: &[Cell]| places.iter().map(|at| cells[*at].to_string()).collect::<Vec<_>>().join(" | ");
    view.rows.iter().map(|row| text(&row.cells)).collect()
}

fn states(world: &World, device: &str) -> Vec<String> {
    rows(world, device, "peers", &["neighbour", "state", "failed"])
}

#[test]
fn a_line_of_three_ases_comes_up_and_carries_packets() {
    let world = run(LINE);
    assert_eq!(states(&world, "b/ip"), ["10.1.2.1 | Established | -", "10.2.3.3 | Established | -"]);
    let routes = rows(&world, "c/ip", "bgp", &["prefix", "path", "next-hop", "from", "state"]);
    assert_eq!(
        routes,
        ["10.3.0.0/24 | local | - | own | best", "10.9.0.0/24 | 65002 65001 | 10.2.3.2 | 10.2.3.2 | best"]
    );
    let rib = rows(&world, "c/ip", "rib", &["prefix", "via", "protocol", "distance", "used"]);
    assert_eq!(rib, ["10.9.0.0/24 | 10.2.3.2 | bgp | 20 | yes"]);
    let stats = world.flow_stats(crate::id::FlowId(0)).unwrap();
    assert_eq!((stats.sent, stats.received), (3, 3));
}

/// How often the daemons of a device gave a reason.
fn count(world: &World, device: &str, slug: &str) -> u64 {
    let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == device).unwrap();
    world.reason_counts(id).into_iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, count)| count)
}

fn with(from: &str, to: &str) -> String {
    let text = LINE.replacen(from, to, 1);
    assert_ne!(text, LINE, "{from}");
    text
}

fn events(end: &str, events: &str) -> String {
    with("end: \"60s\",", &format!("end: \"{end}\", events: {{{events}}},"))
}

#[test]
fn wherever_a_run_is_copied_the_copy_ends_the_same() {
    // Sessions that come up, lose segments, are reset and come up again.
    let text = events("40s", "\"reset\": (at: \"25s\", do: Set(\"b\", (clear: \"all\")))")
        .replace("(\"a:b\", \"b:a\")", "(\"a:b\", \"b:a\", (loss: \"20%\"))");
    let lab = sound(&text);
    let mut runner = start(&lab.variants()[0], None, EVENT_BUDGET).unwrap();
    let mut copies = Vec::new();
    while runner.step().is_none() {
        if runner.world.event().0.is_multiple_of(37) {
            copies.push(runner.clone());
        }
    }
    assert!(copies.len() > 3);
    for mut copy in copies {
        while copy.step().is_none() {}
        assert_eq!((copy.world.digest(), copy.world.event()), (runner.world.digest(), runner.world.event()));
    }
}

#[test]
fn what_is_lost_is_repeated_by_tcp_and_routes_are_whole() {
    let text = with("(\"a:b\", \"b:a\")", "(\"a:b\", \"b:a\", (loss: \"30%\"))");
    let mut again = 0;
    for seed in 1..=5 {
        let world = run(&text.replace("format: 1,", &format!("format: 1, seed: {seed},")));
        assert_eq!(rows(&world, "c/ip", "rib", &["prefix", "via"]), ["10.9.0.0/24 | 10.2.3.2"], "{seed}");
        assert_eq!(count(&world, "b/ip", "bgp.established"), 2);
        again += count(&world, "a/ip", "tcp.retransmit") + count(&world, "b/ip", "tcp.retransmit");
    }
    assert!(again > 0, "something was lost");
}

#[test]
fn a_session_that_is_reset_says_so_and_both_ends_call_at_once() {
    let world = run(&events("60s", "\"reset\": (at: \"25s\", do: Set(\"b\", (clear: \"10.1.2.1\")))"));
    assert_eq!(count(&world, "b/ip", "bgp.shut-down"), 1);
    assert_eq!(count(&world, "a/ip", "bgp.notification-heard"), 1);
    assert_eq!(count(&world, "a/ip", "bgp.established"), 2);
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix", "via"]), ["10.9.0.0/24 | 10.2.3.2"]);
    let ends = |device| table(&world, device, "tcp").rows.len();
    assert_eq!((ends("a/ip"), ends("b/ip")), (1, 2), "no connection is left behind");
}

#[test]
fn of_two_calls_that_cross_the_one_of_the_larger_identifier_is_kept() {
    let both = "\"ra\": (at: \"25s\", do: Set(\"a\", (clear: \"all\"))), \"rb\": (at: \"25s\", do: Set(\"b\", (clear: \"10.1.2.1\")))";
    let text = events("60s", both).replace("(\"a:b\", \"b:a\")", "(\"a:b\", \"b:a\", (delay: \"10ms\"))");
    let world = run(&text);
    // Both wait the same second and then call each other. a is 10.9.0.254, b is 10.2.3.2.
    assert!(count(&world, "a/ip", "bgp.collision") > 0 && count(&world, "b/ip", "bgp.collision") > 0);
    let kept = rows(&world, "b/ip", "tcp", &["local", "peer", "state"]);
    let kept: Vec<&String> = kept.iter().filter(|row| row.contains("10.1.2.1:")).collect();
    assert!(kept.len() == 1 && kept[0].starts_with("10.1.2.2:179 ") && kept[0].ends_with("ESTAB"), "{kept:?}");
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix", "via"]), ["10.9.0.0/24 | 10.2.3.2"]);
}

#[test]
fn a_cut_cable_ends_the_session_at_once_and_its_return_brings_it_back() {
    let cut = events("30s", "\"cut\": (at: \"25s\", do: Down(\"a--b\"))");
    let world = run(&cut);
    assert_eq!(states(&world, "b/ip")[0], "10.1.2.1 | Idle | bgp.link-lost");
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix"]), [""; 0]);
    let back = cut
        .replace("30s", "40s")
        .replace("Down(\"a--b\"))", "Down(\"a--b\")), \"back\": (at: \"35s\", do: Up(\"a--b\"))");
    let world = run(&back);
    assert_eq!(states(&world, "b/ip")[0], "10.1.2.1 | Established | -");
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix"]), ["10.9.0.0/24"]);
}

#[test]
fn a_cut_that_nobody_sees_is_noticed_by_the_hold_time() {
    let text = events("150s", "\"cut\": (at: \"25s\", do: Down(\"a--s\"))")
        .replace("(\"a:b\", \"b:a\")", "(\"a:b\", \"s\"), (\"b:a\", \"s\")")
        .replace("\"n\": Host", "\"s\": Switch(), \"n\": Host");
    let world = run(&text.replace("150s", "85s"));
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix"]), ["10.9.0.0/24"], "90 s are not over");
    let world = run(&text);
    assert_eq!(count(&world, "b/ip", "bgp.hold-expired"), 1);
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix"]), [""; 0]);
    let short = text.replace("Bgp()", "Bgp(hold: \"3s\")").replace("150s", "30s");
    assert_eq!(count(&run(&short), "b/ip", "bgp.hold-expired"), 1);
    // Without signs of life nobody notices.
    let none = text.replace("Bgp()", "Bgp(hold: \"0s\")");
    let world = run(&none);
    assert_eq!(
        (count(&world, "b/ip", "bgp.hold-expired"), states(&world, "b/ip")[0].as_str()),
        (0, "10.1.2.1 | Established | -")
    );
}

#[test]
fn a_wrong_as_is_named_as_the_reason_at_both_ends() {
    let world = run(&with("(asn: 65002)", "(asn: 65002, neighbours: {\"a\": (asn: 65009)})"));
    assert!(count(&world, "b/ip", "bgp.wrong-as") > 1);
    let failed = |device| rows(&world, device, "peers", &["failed"])[0].clone();
    assert_eq!((failed("a/ip"), failed("b/ip")), ("2/2 bad peer AS".to_owned(), "2/2 bad peer AS".to_owned()));
    assert_eq!(rows(&world, "c/ip", "rib", &["prefix"]), [""; 0]);
}

#[test]
fn who_is_not_known_or_not_there_gets_no_session() {
    let world = run(&with("(asn: 65001)", "(asn: 65001, only_named: true)")
        .replace("(asn: 65002)", "(asn: 65002, neighbours: {\"c\": ()}, only_named: true)"));
    assert_eq!(states(&world, "b/ip"), ["10.2.3.3 | Established | -"]);
    let one = with("(asn: 65002)", "(asn: 65002, neighbours: {\"10.1.2.77\": (asn: 7)})");
    let world = run(&one);
    assert_eq!(states(&world, "b/ip")[2], "10.1.2.77 | Idle | bgp.call-failed");
    assert_eq!(count(&world, "b/ip", "bgp.call-failed"), 1, "said once, not at every call");
}

#[test]
fn a_network_is_told_of_as_long_as_its_link_has_carrier() {
    let world = run(&events("30s", "\"cut\": (at: \"25s\", do: Down(\"n--a\"))"));
    assert_eq!(rows(&world, "c/ip", "bgp", &["prefix"]), ["10.3.0.0/24"]);
    assert_eq!(count(&world, "c/ip", "bgp.unreachable"), 1);
    let other =
        run(&with("(asn: 65001)", "(asn: 65001, networks: [\"203.0.113.0/24\"], communities: [\"no-export\"])"));
    assert_eq!(rows(&other, "b/ip", "bgp", &["prefix"]), ["10.3.0.0/24", "203.0.113.0/24"]);
    assert_eq!(rows(&other, "c/ip", "bgp", &["prefix"]), ["10.3.0.0/24"], "b keeps it to itself");
}

/// Four routers, two ways from a to d.
const SQUARE: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s",
    nodes: {
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "a": Router(ips: {"n": "10.9.0.254/24", "b": "10.0.1.1/24", "c": "10.0.2.1/24"}, routing: (asn: 1)),
        "b": Router(ips: {"a": "10.0.1.2/24", "d": "10.0.3.2/24"}, routing: (asn: 2)),
        "c": Router(ips: {"a": "10.0.2.3/24", "d": "10.0.4.3/24"}, routing: (asn: 3)),
        "d": Router(ips: {"b": "10.0.3.4/24", "c": "10.0.4.4/24"}, routing: (asn: 4)),
    },
    links: [("n", "a:n"), ("a:b", "b:a"), ("a:c", "c:a"), ("b:d", "d:b"), ("c:d", "d:c")],
    routing: Bgp(),
)"#;

#[test]
fn equal_paths_are_used_side_by_side_when_asked_for() {
    let one = run(SQUARE);
    let state = |world: &World| rows(world, "d/ip", "bgp", &["path", "state", "lost-at"]);
    assert_eq!(state(&one), ["2 1 | best | -", "3 1 | lost | router id"]);
    let routes = |world: &World| {
        let all = rows(world, "d/ip", "routes", &["prefix", "via"]);
        all.into_iter().filter(|row| row.starts_with("10.9.")).collect::<Vec<_>>()
    };
    let two = SQUARE.replace("(asn: 4)", "(asn: 4, multipath: 2)");
    let world = run(&two);
    assert_eq!(state(&world), ["2 1 | best | -", "3 1 | used | router id"]);
    assert_eq!(routes(&world), ["10.9.0.0/24 | 10.0.3.2,10.0.4.3"]);
    let cut = two.replace("end: \"60s\",", "end: \"60s\", events: {\"cut\": (at: \"20s\", do: Down(\"b--d\"))},");
    assert_eq!(routes(&run(&cut)), ["10.9.0.0/24 | 10.0.4.3"]);
}

#[test]
fn preference_beats_length_and_money_decides_who_hears_what() {
    let liked = SQUARE.replace("(asn: 4)", "(asn: 4, neighbours: {\"c\": (local_pref: 200)})");
    let longer = liked.replace("(asn: 3)", "(asn: 3, neighbours: {\"d\": (prepend: 3)})");
    let shown = rows(&run(&longer), "d/ip", "bgp", &["path", "local-pref", "state", "lost-at"]);
    assert_eq!(shown, ["2 1 | 100 | lost | LOCAL_PREF", "3 3 3 3 1 | 200 | best | -"]);
    let med = SQUARE.replace("(asn: 2)", "(asn: 2, neighbours: {\"d\": (med: 50)})");
    assert_eq!(rows(&run(&med), "d/ip", "bgp", &["med"])[0], "50");
    // To d both are providers, and a is a provider of b and a peer of c: c may not tell d's networks to a.
    let money = SQUARE
        .replace("(asn: 2)", "(asn: 2, neighbours: {\"d\": (relation: Peer), \"a\": (relation: Provider)})")
        .replace("(asn: 3)", "(asn: 3, neighbours: {\"d\": (relation: Customer), \"a\": (relation: Peer)})");
    let world = run(&money);
    assert_eq!(
        rows(&world, "d/ip", "bgp", &["path", "local-pref"]),
        ["3 1 | 100"],
        "b tells a peer nothing of its provider"
    );
    assert_eq!(count(&world, "d/ip", "bgp.learned"), 1);
}

/// Three routers of one AS in a row, and one of another at the end.
const INSIDE: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s", allow: ["unreachable"],
    nodes: {
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "x": Router(ips: {"n": "10.9.0.254/24", "a": "10.0.1.9/24"}, routing: (asn: 9)),
        "a": Router(ips: {"b": "10.0.2.1/24", "x": "10.0.1.1/24"}, routes: {"10.0.3.0/24": "10.0.2.2"}),
        "b": Router(ips: {"a": "10.0.2.2/24", "c": "10.0.3.2/24"}),
        "c": Router(ips: {"b": "10.0.3.3/24"}, routes: {"10.0.2.0/24": "10.0.3.2"}),
    },
    links: [("n", "x:n"), ("x:a", "a:x"), ("a:b", "b:a"), ("b:c", "c:b")],
    routing: Bgp(asn: 1),
)"#;

#[test]
fn inside_an_as_all_speak_with_all_and_next_hops_have_to_be_reached() {
    let shown = |world: &World, device: &str| rows(world, device, "bgp", &["path", "next-hop", "from", "state"]);
    let world = run(INSIDE);
    assert_eq!(states(&world, "c/ip"), ["10.0.2.1 | Established | -", "10.0.3.2 | Established | -"]);
    assert_eq!(shown(&world, "b/ip"), ["9 | 10.0.1.9 | 10.0.2.1 | unreachable"], "nobody told b how to get to x");
    assert_eq!(count(&world, "b/ip", "bgp.next-hop-unreachable"), 1);
    let own = INSIDE.replace("\"10.0.3.0/24\": \"10.0.2.2\"}", "\"10.0.3.0/24\": \"10.0.2.2\"}, routing: (neighbours: {\"b\": (next_hop_self: true), \"c\": (next_hop_self: true)})");
    let world = run(&own);
    assert_eq!(shown(&world, "b/ip"), ["9 | 10.0.2.1 | 10.0.2.1 | best"]);
    assert_eq!(shown(&world, "c/ip"), ["9 | 10.0.2.1 | 10.0.2.1 | best"]);
    let rib = rows(&world, "c/ip", "rib", &["prefix", "via", "protocol", "distance"]);
    assert_eq!(rib, ["10.9.0.0/24 | 10.0.3.2 | ibgp | 200"], "by way of the next hop's own route");
    // A route by hand makes the next hop reachable, at once.
    let route = INSIDE.replace(
        "end: \"60s\",",
        "end: \"60s\", events: {\"r\": (at: \"20s\", do: AddRow(\"b\", \"routes\", {\"prefix\": \"10.0.1.0/24\", \"via\": \"10.0.2.1\"}))},",
    );
    let world = run(&route);
    assert_eq!(shown(&world, "b/ip"), ["9 | 10.0.1.9 | 10.0.2.1 | best"]);
    assert_eq!(rows(&world, "b/ip", "rib", &["via"]), ["10.0.2.1"]);
}

#[test]
fn without_a_full_mesh_nobody_passes_on_what_was_heard_inside_but_a_reflector() {
    let next_hop = "routing: (neighbours: {\"b\": (next_hop_self: true)}";
    let chain = INSIDE
        .replace("Bgp(asn: 1)", "Bgp(asn: 1, mesh: false)")
        .replace("\"10.0.3.0/24\": \"10.0.2.2\"}", &format!("\"10.0.3.0/24\": \"10.0.2.2\"}}, {next_hop})"));
    let world = run(&chain);
    assert_eq!(states(&world, "c/ip"), ["10.0.3.2 | Established | -"]);
    assert_eq!(rows(&world, "b/ip", "bgp", &["path"]), ["9"]);
    assert_eq!(rows(&world, "c/ip", "bgp", &["path"]), [""; 0], "from inside to inside: no");
    let reflected = chain.replace("\"c\": \"10.0.3.2/24\"}", "\"c\": \"10.0.3.2/24\"}, routing: (clients: [\"c\"])");
    let world = run(&reflected);
    let shown = rows(&world, "c/ip", "bgp", &["path", "next-hop", "from", "state"]);
    assert_eq!(shown, ["9 | 10.0.2.1 | 10.0.3.2 | best"], "the next hop stays that of a");
}

/// Labs with words of which the others have none.
pub const MORE: [&str; 3] = [SQUARE, INSIDE, WORDS];

const WORDS: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s",
    nodes: {
        "a": Router(ips: {"b": "10.1.2.1/24"}, routing: (asn: 70000, communities: ["1:2", "no-export"], networks: [
            "203.0.113.0/24"], neighbours: {"b": (relation: Peer, med: 3, prepend: 1, passive: true)})),
        "b": Router(ips: {"a": "10.1.2.2/24", "c": "10.2.3.2/24"}, routing: (asn: 2, clients: ["c"], cluster: "9.9.9.9",
            id: "1.1.1.1", jitter: true, fallover: false, multipath: 4, always_compare_med: true, retry: "9s")),
        "c": Router(ips: {"b": "10.2.3.3/24"}, routing: (asn: 2, mrai: "7s", mrai_internal: "3s", hold: "30s",
            allow_own_as: true, withdrawals_wait: false, neighbours: {"10.2.3.2": (next_hop_self: true, local_pref: 7)})),
    },
    links: [("a:b", "b:a"), ("b:c", "c:b")],
    routing: Bgp(),
)"#;

#[test]
fn slips_get_a_sentence_and_a_remedy() {
    let shown = |from: &str, to: &str| {
        let text = with(from, to);
        render::all(&parse("t.ron", &text).map(|_| ()).unwrap_err(), &Source::new("t.ron", &text))
    };
    assert_snapshot!(shown(", routing: (asn: 65002)", ""));
    assert_snapshot!(shown("asn: 65002", "asn: 0"));
    assert_snapshot!(shown("asn: 65002", "asn: 23456"));
    assert_snapshot!(shown("asn: 65002", "asn: 4294967295"));
    assert_snapshot!(shown("asn: 65002", "asn: 65002, neighbours: {\"aa\": (asn: 1)}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, neighbours: {\"c\": ()}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, neighbours: {\"n\": ()}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, neighbours: {\"a\": ()}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, neighbours: {\"10.1.2.99\": ()}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, neighbours: {\"b\": (from: \"10.1.2.9\")}"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, clients: [\"b\"]"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, networks: [\"10.9.0.1/24\", \"x\"]"));
    assert_snapshot!(shown("asn: 65001", "asn: 65001, communities: [\"no-exprt\"]"));
    assert_snapshot!(shown("Bgp()", "Bgp(hold: \"2s\")"));
}
