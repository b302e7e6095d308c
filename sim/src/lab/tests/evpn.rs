//! Labs whose VTEPs tell each other by BGP who lives where: routes before data, moves, ties, marks that do not fit.

use super::bgp::rows;
use super::damaged::all_said;
use super::routing::sound;
use crate::engine::World;
use crate::id::DeviceId;

const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s", allow: ["duplicate-address"],
    nodes: {
        "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"),
        "h3": Host(ip: "192.0.2.3/24"), "h4": Host(ip: "192.0.2.4/24"),
        "rr": Router(ips: {"eth0": "192.0.2.9/24"},
            routing: Bgp(asn: 65000, networks: [], families: [Evpn], clients: ["h1", "h2", "h3", "h4"])),
        "sw": Switch(),
        "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24", mac: "02:00:00:00:00:c1"),
        "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24", mac: "02:00:00:00:00:c2"),
        "c4": Container(on: "h4", net: "blue", ip: "10.1.0.4/24", mac: "02:00:00:00:00:c4"),
        "c1b": Container(on: "h3", net: "blue", ip: "10.1.0.1/24", mac: "02:00:00:00:00:c1"),
    },
    links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw"), ("h4", "sw"), ("rr", "sw")],
    overlays: {"blue": Vxlan(vni: 42, discovery: Evpn(asn: 65000@more))},
    @rest
)"#;

const C1: &str = "02:00:00:00:00:c1";

fn lab(more: &str, rest: &str) -> String {
    LAB.replace("@more", more).replace("@rest", rest)
}

/// A lab in which a station moves, with what each setting can be.
pub fn moved() -> String {
    lab(", targets: {\"h4\": \"192.0.2.4:7\"}, flood: false, suppress: true", MOVE)
}

/// Runs a lab; what it promises holds.
fn run(text: &str) -> World {
    let ran = crate::lab::run_variant(&sound(text), None, None, crate::lab::EVENT_BUDGET).unwrap();
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(crate::lang::Lang::En));
    }
    ran.world
}

fn device(world: &World, name: &str) -> DeviceId {
    (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap()
}

fn count(world: &World, name: &str, slug: &str) -> u64 {
    let counts = world.reason_counts(device(world, name));
    counts.into_iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, count)| count)
}

/// Rows of the FDB of a VTEP: address, VTEP, kind.
fn fdb(world: &World, host: &str) -> Vec<String> {
    rows(world, &format!("{host}/vx-blue"), "fdb", &["mac", "remote", "kind"])
}

fn routes(world: &World, device: &str) -> Vec<String> {
    rows(world, device, "evpn", &["type", "mac", "ip", "vtep", "sequence", "state"])
}

#[test]
fn the_flood_list_is_made_of_type_3_routes_before_any_station_has_spoken() {
    let world = run(&lab("", ""));
    for host in ["h1", "h2", "h3", "h4"] {
        let others: Vec<String> = (1..=4)
            .filter(|at| format!("h{at}") != host)
            .map(|at| format!("00:00:00:00:00:00 | 192.0.2.{at} | extern_learn"))
            .collect();
        let mut own = fdb(&world, host);
        own.sort();
        assert_eq!(own, others, "{host}");
    }
    assert_eq!(rows(&world, "rr/ip", "evpn", &["type", "state"]), ["3 | best"; 4]);
    let peers = rows(&world, "h1/ip", "peers", &["neighbour", "state", "routes"]);
    assert_eq!(peers, ["192.0.2.9 | Established | 3"]);
    assert_eq!(rows(&world, "rr/ip", "peers", &["state", "routes"]), ["Established | 1"; 4]);
}

/// c1 is told of by its own ping to c4; then c2 speaks to it.
const FIRST: &str = r#"events: {"not-yet": (at: "0s", do: Set("h3/br-blue:c1b", (shutdown: true)))}, traffic: {
        "announce": Ping(from: "c1", to: "c4", start: "10s"),
        "ping": Ping(from: "c2", to: "c1", start: "20s"),
    }, expect: {
        "announced": Delivered("announce"), "works": Delivered("ping"),
        "no-copy-of-it": Is(Count(Decisions(reason: "vxlan.flood-unknown", dst: "c1")), 0),
        "straight": Never(Decisions(reason: "bridge.flood-unknown", at: "h2/br-blue", dst: "c1")),
    }"#;

#[test]
fn what_a_bridge_learns_is_a_type_2_route_before_anybody_asks_for_it() {
    let world = run(&lab("", FIRST));
    let all = routes(&world, "h3/ip");
    let wanted = [
        format!("2 | {C1} | - | 192.0.2.1 | 0 | imported"),
        format!("2 | {C1} | 10.1.0.1 | 192.0.2.1 | 0 | imported"),
        "2 | 02:00:00:00:00:c4 | 10.1.0.4 | 192.0.2.4 | 0 | imported".to_owned(),
    ];
    for route in &wanted {
        assert!(all.contains(route), "{route}: {all:#?}");
    }
    assert!(fdb(&world, "h3").contains(&format!("{C1} | 192.0.2.1 | extern_learn")));
    let bridge = rows(&world, "h3/br-blue", "fdb", &["mac", "port", "kind"]);
    assert!(bridge.contains(&format!("{C1} | vx-blue | extern_learn")), "{bridge:?}");
    assert!(count(&world, "h1/br-blue", "bridge.station-here") == 1);
    assert_eq!(count(&world, "h3/vx-blue", "vxlan.learned"), 0, "frames out of the tunnel teach nothing");
}

#[test]
fn suppression_answers_at_home_from_routes_with_an_ip_address() {
    let rest = r#"traffic: {
            "announce": Ping(from: "c1", to: "c4", start: "10s"), "other": Ping(from: "c4", to: "c1", start: "12s"),
            "ping": Ping(from: "c2", to: "c1", start: "20s"),
        }, events: {"not-yet": (at: "0s", do: Set("h3/br-blue:c1b", (shutdown: true)))}, expect: {"never-asked": Never(Frames(out_of: "h2:eth0", layers: "eth/ipv4/udp/vxlan/eth/arp")),
            "nobody-knew-c4": Fails("announce"), "works": Delivered("ping")}"#;
    let world = run(&lab(", suppress: true", rest));
    let answers = rows(&world, "h2/vx-blue", "neigh", &["ip", "mac"]);
    assert!(answers.contains(&format!("10.1.0.1 | {C1}")), "{answers:?}");
    assert!(count(&world, "h2/vx-blue", "vxlan.arp-suppressed") > 0);
}

/// c1 is moved from h1 to h3 at 20 s, and speaks there at 25 s.
const MOVE: &str = r#"events: {
        "not-yet": (at: "0s", do: Set("h3/br-blue:c1b", (shutdown: true))),
        "leaves": (at: "20s", do: Set("h1/br-blue:c1", (shutdown: true))),
        "comes": (at: "20s", do: Set("h3/br-blue:c1b", (shutdown: false))),
    },
    traffic: {
        "announce": Ping(from: "c1", to: "c4", start: "10s"),
        "speaks": Ping(from: "c1b", to: "c4", start: "25s"),
    }"#;

#[test]
fn a_station_that_leaves_is_withdrawn_and_where_it_speaks_again_the_number_is_one_more() {
    let before = run(&lab("", &MOVE.replace("60s", "24s")).replace("end: \"60s\"", "end: \"24s\""));
    assert!(!fdb(&before, "h2").iter().any(|row| row.starts_with(C1)), "withdrawn: {:?}", fdb(&before, "h2"));
    let world = run(&lab("", MOVE));
    for host in ["h1", "h2", "h4"] {
        assert!(fdb(&world, host).contains(&format!("{C1} | 192.0.2.3 | extern_learn")), "{:?}", fdb(&world, host));
        let all = routes(&world, &format!("{host}/ip"));
        let own: Vec<&String> = all.iter().filter(|row| row.contains(C1)).collect();
        assert_eq!(
            own,
            [
                &format!("2 | {C1} | - | 192.0.2.3 | 1 | imported"),
                &format!("2 | {C1} | 10.1.0.1 | 192.0.2.3 | 1 | imported")
            ]
        );
    }
    assert!(!fdb(&world, "h3").iter().any(|row| row.starts_with(C1)), "it lives here");
}

#[test]
fn an_old_vtep_that_did_not_notice_hears_of_the_move_and_withdraws() {
    let world =
        run(&lab("", &MOVE.replacen("Set(\"h1/br-blue:c1\", (shutdown: true))", "Set(\"sw\", (ageing: \"300s\"))", 1)));
    assert_eq!(count(&world, "h1/ip", "l2vpn.moved-on"), 1);
    assert!(fdb(&world, "h1").contains(&format!("{C1} | 192.0.2.3 | extern_learn")));
    assert_eq!(routes(&world, "h2/ip").iter().filter(|row| row.contains(C1)).count(), 2, "two routes, of one VTEP");
}

#[test]
fn of_two_with_one_number_the_lower_vtep_address_is_believed() {
    // Both speak at once, and then never again.
    let rest = r#"traffic: {
        "a": Raw(from: "c1", to: "ff:ff:ff:ff:ff:ff", start: "10s"),
        "b": Raw(from: "c1b", to: "ff:ff:ff:ff:ff:ff", start: "10s"),
    }"#;
    let world = run(&lab("", rest));
    let row = fdb(&world, "h2").into_iter().find(|row| row.starts_with(C1)).unwrap();
    assert_eq!(row, format!("{C1} | 192.0.2.1 | extern_learn"));
    assert_eq!((count(&world, "h1/ip", "l2vpn.tie"), count(&world, "h3/ip", "l2vpn.tie")), (0, 1));
}

#[test]
fn routes_with_another_mark_are_received_and_none_is_imported() {
    let rest = FIRST.split(", expect").next().unwrap();
    let world = run(&lab(", targets: {\"h2\": \"65000:99\"}", rest));
    assert_eq!(fdb(&world, "h2"), [""; 0]);
    let all = routes(&world, "h2/ip");
    assert!(all.iter().filter(|row| row.ends_with("not-imported")).count() >= 5, "{all:#?}");
    assert!(count(&world, "h2/ip", "l2vpn.not-imported") >= 5);
    assert!(routes(&world, "h1/ip").iter().any(|row| row.contains("192.0.2.2") && row.ends_with("not-imported")));
    assert_eq!(world.flow_stats(crate::id::FlowId(1)).unwrap().received, 0);
}

#[test]
fn without_type_3_routes_nothing_is_flooded_and_what_is_known_lives() {
    let rest = r#"traffic: {"asks": Ping(from: "c1", to: "c4", start: "10s")}"#;
    let world = run(&lab(", flood: false", rest));
    assert!(fdb(&world, "h1").is_empty() && count(&world, "h1/vx-blue", "vxlan.no-remote") > 0);
    assert_eq!(world.flow_stats(crate::id::FlowId(0)).unwrap().received, 0);
    assert!(fdb(&world, "h4").contains(&format!("{C1} | 192.0.2.1 | extern_learn")), "type 2 is told all the same");
}

#[test]
fn a_station_that_is_silent_too_long_is_withdrawn() {
    let rest = r#"events: {"short": (at: "5s", do: Set("h1/br-blue", (ageing: "10s")))},
        traffic: {"announce": Ping(from: "c1", to: "c4", start: "10s")}"#;
    let world = run(&lab("", rest));
    assert_eq!(count(&world, "h1/br-blue", "bridge.station-gone"), 1);
    assert!(!fdb(&world, "h2").iter().any(|row| row.starts_with(C1)));
}

#[test]
fn a_host_without_power_is_forgotten_and_comes_back_with_nothing_left_behind() {
    let rest = r#"events: {"off": (at: "20s", do: Power("h1", Off)), "on": (at: "25s", do: Power("h1", On))},
        traffic: {"announce": Ping(from: "c1", to: "c4", start: "10s"), "again": Ping(from: "c1", to: "c4", start: "200s")}"#;
    let text = lab("", rest).replace("end: \"60s\"", "end: \"150s\"");
    let off = run(&text.replace(r#", "on": (at: "25s", do: Power("h1", On))"#, ""));
    assert_eq!(fdb(&off, "h1"), [""; 0]);
    assert_eq!(fdb(&off, "h2").iter().filter(|row| row.contains("192.0.2.1")).count(), 0, "the hold time is over");
    let back = run(&lab("", rest).replace("end: \"60s\"", "end: \"250s\""));
    assert!(fdb(&back, "h2").contains(&format!("{C1} | 192.0.2.1 | extern_learn")), "{:?}", fdb(&back, "h2"));
    assert_eq!(fdb(&back, "h1").len(), 4, "three VTEPs, c4, and nothing twice: {:?}", fdb(&back, "h1"));
}

#[test]
fn without_a_reflector_all_hosts_of_the_as_speak_with_each_other() {
    let text =
        lab("", FIRST).replace("families: [Evpn], clients: [\"h1\", \"h2\", \"h3\", \"h4\"]", "families: [Evpn]");
    let world = run(&text);
    assert_eq!(rows(&world, "h1/ip", "peers", &["state"]), ["Established"; 4]);
    assert!(fdb(&world, "h3").contains(&format!("{C1} | 192.0.2.1 | extern_learn")));
}

#[test]
fn wherever_a_run_is_copied_the_copy_ends_the_same() {
    let lab = sound(&lab("", MOVE));
    let mut runner = crate::lab::run::start(&lab.variants()[0], None, crate::lab::EVENT_BUDGET).unwrap();
    let mut copies = Vec::new();
    while runner.step().is_none() {
        if runner.world.event().0.is_multiple_of(97) {
            copies.push(runner.clone());
        }
    }
    assert!(copies.len() > 3);
    for mut copy in copies {
        while copy.step().is_none() {}
        assert_eq!((copy.world.digest(), copy.world.event()), (runner.world.digest(), runner.world.event()));
    }
}

/// What is damaged, and how.
const DAMAGES: &[super::damaged::Slip] = &[
    ("no AS and no store", "Evpn(asn: 65000)", "Evpn()"),
    ("a word alone", "Evpn(asn: 65000)", "Evpn"),
    ("an AS and a store", "Evpn(asn: 65000)", "Evpn(asn: 65000, store: \"rr\")"),
    ("a time to live without a store", "Evpn(asn: 65000)", "Evpn(asn: 65000, ttl: \"3s\")"),
    ("an AS that is none", "Evpn(asn: 65000)", "Evpn(asn: 0)"),
    ("a mark of a host that is not there", "Evpn(asn: 65000)", "Evpn(asn: 65000, targets: {\"h5\": \"65000:1\"})"),
    ("a mark that is none", "Evpn(asn: 65000)", "Evpn(asn: 65000, targets: {\"h4\": \"blue\"})"),
    ("a mark with too large a number", "Evpn(asn: 65000)", "Evpn(asn: 65000, targets: {\"h4\": \"70000:65536\"})"),
    ("no kind of routes", "families: [Evpn]", "families: []"),
    ("a kind of routes that is none", "families: [Evpn]", "families: [Evpm]"),
    ("the network of a vtep that is not there", "families: [Evpn]", "evpn: {\"vx\": ()}"),
    ("a distributed gateway", "Evpn(asn: 65000)", "Evpn(asn: 65000), gateway: Distributed"),
    ("a host of two ASes", "overlays: {", "overlays: {\"red\": Vxlan(vni: 43, discovery: Evpn(asn: 65001)), "),
    (
        "a vtep in no bridge",
        "\"sw\": Switch()",
        "\"x\": Linux(devices: {\"eth0\": Nic(), \"ip\": Stack(ip: {\"eth0\": \"192.0.2.7/24\", \"vx\": \"10.2.0.1/24\"}, \
         routing: Bgp(asn: 65000, evpn: {\"vx\": ()})), \"vx\": Vtep(vni: 7)}, wires: [(\"ip:eth0\", \"eth0\"), \
         (\"vx:outer\", \"ip:o\"), (\"vx:inner\", \"ip:vx\")]), \"sw\": Switch()",
    ),
];

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    let all = all_said(&lab("", ""), DAMAGES, |(what, ..), text| match what {
        "a host of two ASes" => {
            let more = "\"r1\": Container(on: \"h1\", net: \"red\", ip: \"10.3.0.1/24\"), \"sw\": Switch()";
            text.replacen("\"sw\": Switch()", more, 1)
        }
        "a vtep in no bridge" => text.replacen("(\"rr\", \"sw\")", "(\"rr\", \"sw\"), (\"x\", \"sw\")", 1),
        _ => text,
    });
    insta::assert_snapshot!(all);
}
