//! What the author of routers reads that never become neighbours.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "Two routers",
    idea: "Neighbours speak one language.",
    routing: Ospf(network: PointToPoint),
    nodes: {
        "r1": Router(ips: {"eth0": "10.0.12.1/24", "eth1": "10.0.1.1/24"}, routing: (router_id: "10.255.0.1")),
        "r2": Router(ips: {"eth0": "10.0.12.2/24"}, routing: (router_id: "10.255.0.2")),
        "a": Host(ip: "10.0.1.9/24", gateway: "10.0.1.1"),
    },
    links: [("r1:eth0", "r2:eth0"), ("r1:eth1", "a")],
    traffic: {"ping": Ping(from: "r2", to: "a", start: "60s")},
    expect: {"works": Delivered("ping")},
)
"#;

const R2: &str = r#"routing: (router_id: "10.255.0.2")"#;

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("another kind of network", R2, "routing: (network: Broadcast)"),
    ("on this interface alone", R2, "routing: (interfaces: {\"eth0\": (network: Broadcast)})"),
    ("nobody may be designated", "network: PointToPoint", "priority: 0"),
    ("another protocol", R2, "routing: Rip()"),
    ("silent at one end", R2, "routing: (passive: [\"eth0\"])"),
    ("one id twice", "10.255.0.2", "10.255.0.1"),
    ("two networks on a cable", "10.0.12.2/24", "10.0.13.2/24"),
    ("nobody named", "Ospf(network: PointToPoint)", "Bgp(asn: 65001, only_named: true)"),
    ("an id that is none", "Ospf(network: PointToPoint)", "Bgp(asn: 65001, id: \"0.0.0.0\")"),
    ("a client in another AS", "Ospf(network: PointToPoint)", "Bgp(asn: 65001, neighbours: {\"r2\": (client: true)})"),
    ("less than nothing", "network: PointToPoint", "hello: \"-10s\""),
    ("no time at all", "network: PointToPoint", "hello: \"0s\""),
];

/// What is of OSPF alone goes where BGP is spoken.
fn spoken(slip: Slip, text: String) -> String {
    if !slip.2.contains("Bgp") {
        return text;
    }
    let other = if slip.2.contains("client") { "routing: (asn: 65002, neighbours: {})" } else { "routing: ()" };
    text.replacen(R2, other, 1).replacen(r#", routing: (router_id: "10.255.0.1")"#, "", 1)
}

#[test]
fn the_lab_is_sound() {
    assert_eq!(said(SOUND), "");
}

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    let all = all_said(SOUND, DAMAGES, spoken);
    insta::assert_snapshot!(all);
}

#[test]
fn a_lab_may_be_about_it() {
    for (_, from, to) in &DAMAGES[..8] {
        let text = SOUND.replacen("format: 1,", "format: 1, allow: [\"no-adjacency\", \"unreachable\"],", 1);
        let text = spoken(("", from, to), text.replacen(from, to, 1));
        assert_eq!(said(&text), "", "{to}");
    }
}

#[test]
fn silence_at_one_end_is_found_wherever_there_are_hellos() {
    for (protocol, found) in [("Eigrp", true), ("Isis", true), ("Rip", false)] {
        let text = SOUND.replacen("Ospf(network: PointToPoint)", &format!("{protocol}()"), 1);
        let text = text.replacen(R2, "routing: (passive: [\"eth0\"])", 1);
        let text = text.replacen(r#", routing: (router_id: "10.255.0.1")"#, "", 1);
        let said = said(&text);
        assert_eq!(said.contains("`r2` is passive on 10.0.12.0/24, where `r1` looks for it"), found, "{said}");
        assert!(found || !said.contains("passive"), "{said}");
    }
}

#[test]
fn a_refusal_that_a_protocol_shows_itself_is_no_finding() {
    let refused = [
        ("Eigrp(asn: 1)", "routing: (asn: 2)"),
        ("Eigrp()", "routing: (k: [1, 1, 1, 0, 0])"),
        ("Isis(level: 1)", "routing: (area: \"49.0002\")"),
        ("Isis(level: 1)", "routing: (level: 2)"),
    ];
    for (routing, other) in refused {
        let text = SOUND.replacen("Ospf(network: PointToPoint)", routing, 1);
        let text = text.replacen(R2, other, 1).replacen(r#", routing: (router_id: "10.255.0.1")"#, "", 1);
        assert!(!said(&text).contains("L081"), "{}", said(&text));
    }
}

#[test]
fn two_protocols_may_share_a_network_of_more_than_two() {
    let text = SOUND.replacen(R2, "routing: Rip()", 1);
    let third = r#""r3": Router(ips: {"eth0": "10.0.12.3/24"}), "r4": Router(ips: {"eth0": "10.0.12.4/24"}, routing: Rip()),
        "sw": Switch(), "a": Host"#;
    let text = text.replacen("\"a\": Host", third, 1).replacen(
        r#"("r1:eth0", "r2:eth0")"#,
        r#"("r1:eth0", "sw"), ("r2:eth0", "sw"), ("r3:eth0", "sw"), ("r4:eth0", "sw")"#,
        1,
    );
    assert_eq!(said(&text), "");
}
