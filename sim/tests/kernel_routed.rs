//! Routed pods in the simulator and on the kernel of this machine: hosts as next hops, as Flannel's host-gw has them, and
//! Calico's pods without a bridge. Frames on every cable are compared byte for byte, and the neighbours of every stack.
//!
//! Needs what `kernel.rs` needs; without it each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;
use overunder_sim::plan::DeviceSpec;

/// Runs a lab both ways and compares all there is to see.
fn compare(claim: &str, text: &str) -> Option<Seen> {
    if !kernel::able(claim) {
        return None;
    }
    let plan = parse("lab.ron", text).unwrap().plan(None, None).unwrap();
    kernel::compare::compare(claim, &plan, None, Order::OfPairs)
}

/// Two nodes with two pods each; `@plugin` and `@rest` are put in.
fn cluster(plugin: &str, rest: &str) -> String {
    let text = r#"Lab(
        format: 1, title: "Routed pods", idea: "As Linux does it.",
        cluster: (plugin: @plugin, nodes: 2, pods: 2),
        @rest
    )"#;
    text.replace("@plugin", plugin).replace("@rest", rest)
}

/// Time to live, source and destination of every ICMP message at a place, with its type and code.
fn icmp(seen: &Seen, place: &str) -> Vec<(u8, [u8; 4], [u8; 2])> {
    let is = |frame: &&Vec<u8>| frame.len() > 36 && frame[12..14] == [8, 0] && frame[23] == 1;
    let told = |frame: &Vec<u8>| (frame[22], frame[26..30].try_into().unwrap(), frame[34..36].try_into().unwrap());
    seen.frames[place].iter().filter(is).map(told).collect()
}

/// Hardware addresses of those who answer ARP at a place.
fn answers(seen: &Seen, place: &str) -> Vec<[u8; 6]> {
    let is = |frame: &&Vec<u8>| frame[12..14] == [8, 6] && frame[20..22] == [0, 2];
    seen.frames[place].iter().filter(is).map(|frame| frame[22..28].try_into().unwrap()).collect()
}

#[test]
fn the_other_node_is_the_next_hop() {
    let rest = r#"traffic: {
        "near": Ping(from: "a1", to: "a2"),
        "far": Ping(from: "a1", to: "b1", start: After(Done("near"), "300ms")),
    },"#;
    let Some(seen) = compare("host-gw", &cluster("FlannelHostGw()", rest)) else { return };
    assert_eq!(seen.received, [1, 1]);
    let on_the_wire: Vec<u8> = icmp(&seen, "underlay:p1").iter().map(|(ttl, ..)| *ttl).collect();
    assert_eq!(on_the_wire, [63, 63]);
}

/// The end of the wire of a1 in the pod.
const A1: &str = "node1-a1:eth0";

#[test]
fn pods_without_a_bridge() {
    let rest = r#"traffic: {
        "near": Ping(from: "a1", to: "a2"),
        "far": Ping(from: "a1", to: "b1", start: After(Done("near"), "300ms")),
    },"#;
    let Some(seen) = compare("Calico", &cluster("CalicoNone()", rest)) else { return };
    assert_eq!(seen.received, [1, 1]);
    assert_eq!(answers(&seen, A1), [[0xee; 6]], "nobody has 169.254.1.1, and the node answers for it");
    let ttls: Vec<u8> = icmp(&seen, A1).iter().map(|(ttl, ..)| *ttl).collect();
    assert_eq!(ttls, [64, 63, 64, 62], "a2 answers through one router, b1 through two");
}

/// An address of the block that no pod has, asked for from the other node and from the own one.
#[test]
fn addresses_nobody_has() {
    let rest = r#"traffic: {
        "far": Ping(from: "b1", to: "10.244.1.50"), "own": Ping(from: "a1", to: "10.244.1.50", start: "500ms"),
    },"#;
    let Some(seen) = compare("Calico's blackhole", &cluster("CalicoNone()", rest)) else { return };
    assert_eq!(seen.received, [0, 0]);
    assert_eq!((icmp(&seen, "underlay:p1").len(), icmp(&seen, A1).len()), (1, 1), "swallowed without a word");
    let told = cluster("FlannelHostGw()", r#"traffic: {"far": Ping(from: "b1", to: "10.244.1.50")},"#);
    let Some(seen) = compare("an address nobody has behind a bridge", &told) else { return };
    let refused = icmp(&seen, "underlay:p1").pop();
    assert_eq!(refused, Some((64, [192, 0, 2, 1], [3, 1])), "node1 asks in the bridge, and tells that nobody is there");
}

/// What a node's proxy answers for is what the node can route.
#[test]
fn a_gateway_without_a_default_route() {
    let rest = r#"
        events: {"lost": (at: "0s", do: DelRow("node1", "routes", {"prefix": "0.0.0.0/0"}))},
        traffic: {"cut": Ping(from: "a1", to: "b1", start: "500ms")},"#;
    let Some(seen) = compare("Calico without a default route", &cluster("CalicoNone()", rest)) else { return };
    assert_eq!(seen.received, [0]);
    assert_eq!((answers(&seen, A1).len(), seen.frames[A1].len()), (0, 3), "three questions, nothing else");
}

/// A packet with no hop left is answered by the node it dies on, from the address on the card.
#[test]
fn an_address_outside_that_no_router_takes() {
    let rest = r#"
        events: {"lost": (at: "0s", do: DelRow("node2", "routes", {"prefix": "10.244.1.0/26"}))},
        traffic: {"out": Ping(from: "a1", to: "203.0.113.9", start: "200ms"), "one-way": Ping(from: "a1", to: "b1")},"#;
    let Some(seen) = compare("Calico and the world outside", &cluster("CalicoNone()", rest)) else { return };
    assert_eq!(seen.received, [0, 0]);
    let told: Vec<_> = icmp(&seen, A1).into_iter().filter(|(.., what)| what[0] == 3).collect();
    assert_eq!(told, [(64, [192, 0, 2, 1], [3, 1])], "node1 says that its gateway does not answer");
}

/// A route that leads to a1 by the wire of a2: with a strict `rp_filter` what a1 says is not believed. It knows its gateway
/// already in the first case, and asks for it in the second.
#[test]
fn a_source_from_the_wrong_wire() {
    let plan = parse("lab.ron", &cluster("CalicoNone()", "")).unwrap().plan(None, None).unwrap();
    let stack = plan.devices().find_map(|(id, .., spec)| match spec {
        DeviceSpec::Stack(stack) if plan.device_name(id) == "node1/ip" => Some(stack),
        _ => None,
    });
    let a2 = stack.unwrap().interfaces.iter().filter(|at| at.name.starts_with("cali")).nth(1).unwrap();
    let rest = |moment: &str| {
        let bent = r#"AddRow("node1", "routes", {"prefix": "10.244.1.2/32", "dev": "@"})"#.replace('@', &a2.name);
        format!(
            r#"events: {{"bent": (at: "{moment}", do: {bent})}},
            traffic: {{"first": Ping(from: "a1", to: "b1"), "second": Ping(from: "a1", to: "b1", start: "1500ms")}},"#
        )
    };
    let late = cluster("CalicoNone()", &rest("700ms"));
    let Some(seen) = compare("a strict source check", &late) else { return };
    assert_eq!(seen.received, [1, 0]);
    let seen = compare("a strict source check of ARP", &cluster("CalicoNone()", &rest("0s"))).unwrap();
    assert_eq!(seen.received, [0, 0]);
    assert_eq!(answers(&seen, A1).len(), 0);
}
