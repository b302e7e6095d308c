//! Calico with BGP: who speaks with whom, what becomes of routes when somebody is gone, and what a slip gets.

use std::fmt::Write as _;

use super::bgp::{rows, run};
use super::damaged::{Slip, all_said};
use super::routing::sound;
use crate::engine::World;
use crate::id::{DeviceId, FlowId};

/// Four nodes on a switch. `@plugin` and `@rest` are put in.
const FLAT: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "20s",
    cluster: (plugin: @plugin, nodes: 4, pods: 1),
    traffic: {"early": Ping(from: "a1", to: "d1", start: "4s"), "late": Ping(from: "a1", to: "d1", start: "15s")},
    @rest
)"#;

/// Two racks with a router each, and two routers between.
const RACKS: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "20s", @allow
    nodes: {
        "east": Switch(), "west": Switch(),
        "tor1": Router(ips: {"rack": "192.0.2.254/24", "up": "10.0.0.1/24"},
            routing: Bgp(asn: 65001, networks: ["192.0.2.0/24"])),
        "tor2": Router(ips: {"rack": "198.51.100.254/24", "up": "10.0.0.2/24"},
            routing: Bgp(asn: 65002, networks: ["198.51.100.0/24"])),
    },
    links: [("n1", "east"), ("n2", "east"), ("tor1:rack", "east"), ("n3", "west"), ("tor2:rack", "west"),
        ("tor1:up", "tor2:up")],
    cluster: (plugin: @plugin, pods: 1, nodes: {
        "n1": (gateway: "192.0.2.254"), "n2": (gateway: "192.0.2.254"),
        "n3": (ip: "198.51.100.3/24", gateway: "198.51.100.254"),
    }),
    traffic: {"near": Ping(from: "a1", to: "b1", start: "5s"), "far": Ping(from: "a1", to: "c1", start: "5s")},
)"#;

fn flat(plugin: &str, rest: &str) -> String {
    FLAT.replace("@plugin", plugin).replace("@rest", rest)
}

fn racks(plugin: &str) -> String {
    RACKS.replace("@plugin", plugin).replace("@allow", "")
}

/// Labs for whoever asks for some that have all of it.
pub fn all() -> Vec<String> {
    let reflected = "CalicoBgp(asn: 64600, reflectors: {\"node1\": (cluster: \"9.9.9.9\"), \"node2\": (clients: \
                     [\"node3\"])})";
    vec![
        flat("CalicoBgp()", ""),
        flat(reflected, ""),
        flat("CalicoBgp(overlay: Ipip)", ""),
        racks("CalicoBgp(tor: true)"),
        racks("CalicoBgp(overlay: CrossSubnet)"),
    ]
}

/// Sessions of a node that are up.
fn up(world: &World, node: &str) -> Vec<String> {
    let all = rows(world, &format!("{node}/ip"), "peers", &["neighbour", "state"]);
    all.into_iter().filter(|row| row.ends_with("Established")).map(|row| row.replace(" | Established", "")).collect()
}

fn routes(world: &World, node: &str) -> Vec<String> {
    let all = rows(world, &format!("{node}/ip"), "routes", &["prefix", "via", "dev", "protocol"]);
    all.into_iter().filter(|row| row.contains("/26")).collect()
}

fn received(world: &World, flow: u16) -> u64 {
    world.flow_stats(FlowId(flow)).unwrap().received
}

fn told(world: &World, device: &str, slug: &str) -> u64 {
    let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == device).unwrap();
    world.reason_counts(id).into_iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, count)| count)
}

#[test]
fn every_node_speaks_with_every_other_one_and_knows_its_blocks() {
    let world = run(&flat("CalicoBgp()", ""));
    assert_eq!(up(&world, "node1"), ["192.0.2.2", "192.0.2.3", "192.0.2.4"]);
    let expected = [
        "10.244.1.0/26 | blackhole | - | static",
        "10.244.2.0/26 | 192.0.2.2 | eth0 | ibgp",
        "10.244.3.0/26 | 192.0.2.3 | eth0 | ibgp",
        "10.244.4.0/26 | 192.0.2.4 | eth0 | ibgp",
    ];
    assert_eq!(routes(&world, "node1"), expected);
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 1));
}

#[test]
fn a_session_of_the_mesh_that_is_shut_costs_its_pair_and_nobody_else() {
    let shut = "events: {\"cut\": (at: \"5s\", do: Set(\"node1/ip\", (shutdown: \"192.0.2.4\")))},";
    let world = run(&flat("CalicoBgp()", shut));
    assert_eq!(up(&world, "node1"), ["192.0.2.2", "192.0.2.3"]);
    assert_eq!(up(&world, "node4"), ["192.0.2.2", "192.0.2.3"]);
    assert_eq!(
        (routes(&world, "node1").len(), routes(&world, "node2").len(), routes(&world, "node4").len()),
        (3, 4, 3)
    );
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 0), "nobody passes on what he heard inside");
    assert!(told(&world, "node1/ip", "bgp.session-shut") > 0, "the other end goes on calling");
    let again = shut.replace("},", ", \"open\": (at: \"8s\", do: Set(\"node1/ip\", (no_shutdown: \"192.0.2.4\")))},");
    let world = run(&flat("CalicoBgp()", &again));
    assert_eq!((up(&world, "node1").len(), received(&world, 1)), (3, 1));
}

#[test]
fn clients_speak_with_reflectors_only_and_next_hops_stay() {
    let world = run(&flat("CalicoBgp(reflectors: [\"node1\", \"node2\"])", ""));
    assert_eq!(up(&world, "node4"), ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(up(&world, "node1"), ["192.0.2.2", "192.0.2.3", "192.0.2.4"], "reflectors are a mesh");
    let told = rows(&world, "node4/ip", "bgp", &["prefix", "next-hop", "from"]);
    assert!(told.contains(&"10.244.3.0/26 | 192.0.2.3 | 192.0.2.1".to_owned()), "{told:?}");
    assert!(told.contains(&"10.244.3.0/26 | 192.0.2.3 | 192.0.2.2".to_owned()), "{told:?}");
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 1));
}

#[test]
fn a_reflector_that_dies_takes_no_route_of_others_with_it() {
    let dies = "events: {\"dies\": (at: \"8s\", do: Power(\"node2\", Off))},";
    let world = run(&flat("CalicoBgp(reflectors: [\"node2\", \"node3\"])", dies));
    assert_eq!(received(&world, 1), 1);
    assert!(routes(&world, "node1").contains(&"10.244.4.0/26 | 192.0.2.4 | eth0 | ibgp".to_owned()));
}

#[test]
fn reflectors_that_sign_alike_refuse_what_the_other_passes_on() {
    let alike = "CalicoBgp(reflectors: {\"node1\": (cluster: \"9.9.9.9\"), \"node2\": (cluster: \"9.9.9.9\")})";
    let world = run(&flat(alike, ""));
    assert!(told(&world, "node1/ip", "bgp.own-cluster") + told(&world, "node2/ip", "bgp.own-cluster") > 0);
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 1));
}

#[test]
fn a_node_that_is_client_of_nobody_has_no_routes() {
    let plugin = "CalicoBgp(reflectors: {\"node1\": (clients: [\"node2\", \"node3\"])})";
    let world = run(&flat(plugin, "allow: [\"unreachable\"],"));
    assert_eq!(routes(&world, "node4"), ["10.244.4.0/26 | blackhole | - | static"]);
    assert_eq!(received(&world, 1), 0);
}

#[test]
fn routers_of_racks_learn_the_blocks_from_their_nodes() {
    let world = run(&racks("CalicoBgp(tor: true)"));
    assert_eq!(up(&world, "n1"), ["192.0.2.254", "192.0.2.2", "198.51.100.3"]);
    let tor = routes(&world, "tor1");
    assert!(tor.contains(&"10.244.1.0/26 | 192.0.2.1 | rack | bgp".to_owned()), "{tor:?}");
    assert!(tor.contains(&"10.244.3.0/26 | 10.0.0.2 | up | bgp".to_owned()), "{tor:?}");
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 1));
    assert!(told(&world, "n1/ip", "bgp.own-as") > 0, "what the other rack says has the own AS in its path");
}

#[test]
fn an_envelope_needs_no_router_that_knows_the_blocks() {
    let cross = run(&racks("CalicoBgp(overlay: CrossSubnet)"));
    let expected = [
        "10.244.1.0/26 | blackhole | - | static",
        "10.244.2.0/26 | 192.0.2.2 | eth0 | ibgp",
        "10.244.3.0/26 | 198.51.100.3 | tunl0 | ibgp",
    ];
    assert_eq!(routes(&cross, "n1"), expected);
    assert_eq!(rows(&cross, "n1/tunl0", "peers", &["prefix", "remote"]), ["10.244.3.0/26 | 198.51.100.3"]);
    assert_eq!((received(&cross, 0), received(&cross, 1)), (1, 1));
    let all = run(&racks("CalicoBgp(overlay: Ipip)"));
    assert_eq!(rows(&all, "n1/tunl0", "peers", &["prefix"]), ["10.244.2.0/26", "10.244.3.0/26"]);
    assert_eq!((received(&all, 0), received(&all, 1)), (1, 1));
}

#[test]
fn the_row_of_a_tunnel_goes_with_its_route() {
    let gone = "events: {\"gone\": (at: \"8s\", do: Power(\"node4\", Off))},";
    let world = run(&flat("CalicoBgp(overlay: Ipip)", gone).replace("\"20s\"", "\"300s\""));
    assert_eq!(rows(&world, "node1/tunl0", "peers", &["prefix"]), ["10.244.2.0/26", "10.244.3.0/26"]);
    assert_eq!(told(&world, "node1/ip", "bgp.tunnel-peer-removed"), 1);
    assert_eq!(told(&world, "node1/ip", "bgp.write-refused"), 0);
}

#[test]
fn without_a_tunnel_and_without_routers_that_speak_racks_are_apart() {
    let text = RACKS.replace("@plugin", "CalicoBgp()").replace("@allow", "allow: [\"unreachable\"],");
    let world = run(&text);
    assert_eq!((received(&world, 0), received(&world, 1)), (1, 0));
    assert!(told(&world, "n1/ip", "bgp.next-hop-unreachable") > 0);
}

const SLIPS: &[Slip] = &[
    ("a reflector nobody knows", "CalicoBgp()", "CalicoBgp(reflectors: [\"node9\"])"),
    (
        "a client nobody knows",
        "CalicoBgp()",
        "CalicoBgp(reflectors: {\"node1\": (clients: [\"nod2\", \"node3\", \"node4\"])})",
    ),
    ("a client of none", "CalicoBgp()", "CalicoBgp(reflectors: {\"node1\": (clients: [\"node2\", \"node3\"])})"),
    ("a reflector twice", "CalicoBgp()", "CalicoBgp(reflectors: [\"node1\", \"node1\"])"),
    (
        "a client of itself",
        "CalicoBgp()",
        "CalicoBgp(reflectors: {\"node1\": (clients: [\"node1\", \"node2\", \"node3\", \"node4\"])})",
    ),
    ("a reflector with a slip", "CalicoBgp()", "CalicoBgp(reflectors: {\"node1\": (client: [\"node2\"])})"),
    ("a reflector without its list", "CalicoBgp()", "CalicoBgp(reflectors: \"node1\")"),
    ("nobody speaks", "CalicoBgp()", "CalicoBgp(mesh: false)"),
    ("racks without a router", "CalicoBgp()", "CalicoBgp(tor: true)"),
    ("a router that is none", "CalicoBgp(), nodes: 4", "CalicoBgp(tor: true), nodes: 4, gateway: \"192.0.2.254\""),
    ("an AS that is none", "CalicoBgp()", "CalicoBgp(asn: 23456)"),
    ("an overlay that is none", "CalicoBgp()", "CalicoBgp(overlay: Vxlan)"),
    (
        "two nodes with one address",
        "nodes: 4",
        "nodes: {\"n1\": (ip: \"192.0.2.1/24\"), \"n2\": (ip: \"192.0.2.1/24\")}",
    ),
    (
        "a next hop behind a router",
        "nodes: 4",
        "nodes: {\"n1\": (gateway: \"192.0.2.254\"), \"n2\": (ip: \"198.51.100.2/24\", gateway: \"198.51.100.254\")}",
    ),
];

const MEND: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    cluster: (plugin: CalicoBgp(), nodes: 4, pods: 1),
)"#;

const TYPED: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "r": Router(ips: {"a": "10.0.0.1/24"}, routing: Bgp(asn: 65001)),
        "s": Router(ips: {"a": "10.0.0.2/24"}, routing: Bgp(asn: 65002)),
    },
    links: [("r:a", "s:a")],
)"#;

const TYPED_SLIPS: &[Slip] = &[
    ("a tunnel for nothing", "asn: 65001", "asn: 65001, tunnel: \"tunl0\""),
    ("a pool without a tunnel", "asn: 65001", "asn: 65001, pool: \"10.244.0.0/16\""),
    ("a pool that begins in the middle", "asn: 65001", "asn: 65001, tunnel: \"a\", pool: \"10.244.7.0/16\""),
    ("a tunnel that is none", "asn: 65001", "asn: 65001, tunnel: \"a\", pool: \"10.244.0.0/16\""),
    ("subnets without a tunnel", "asn: 65001", "asn: 65001, cross_subnet: true"),
];

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    let mut text = String::new();
    let alone = |_, text| text;
    write!(text, "{}{}", all_said(MEND, SLIPS, alone), all_said(TYPED, TYPED_SLIPS, alone)).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn sound_labs_are_sound() {
    for text in all().into_iter().chain([MEND.to_owned(), TYPED.to_owned()]) {
        sound(&text);
    }
}
