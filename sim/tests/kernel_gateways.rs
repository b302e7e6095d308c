//! Gateways between overlays in the simulator and on the kernel of this machine: frames on every cable and at every port
//! byte for byte, the rows of bridges and VTEPs, the neighbours of every stack, and the answers.
//!
//! Needs what `kernel.rs` needs, and vxlan devices; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;

const CENTRAL: &str = include_str!("../../scenarios/11-vni-gateways/lab.ron");
const ANYCAST: &str = include_str!("../../scenarios/12-anycast-gateways/lab.ron");

/// Runs a lab both ways and compares all there is to see.
fn compare(claim: &str, text: &str, variant: Option<&str>) -> Option<Seen> {
    if !kernel::able(claim) || !kernel::has_vxlan(claim) {
        return None;
    }
    let plan = parse("lab.ron", text).unwrap().plan(variant, None).unwrap();
    kernel::compare::compare(claim, &plan, None, Order::OfPairs)
}

/// The VNI of every tunnelled echo on a cable.
fn vnis(seen: &Seen, place: &str) -> Vec<u32> {
    // Ethernet, IPv4, UDP, VXLAN, and the same Ethernet and IPv4 inside.
    let echo = |frame: &&Vec<u8>| frame.len() == 148 && frame[12..14] == [8, 0] && frame[62..64] == [8, 0];
    let vni = |frame: &Vec<u8>| u32::from_be_bytes([0, frame[46], frame[47], frame[48]]);
    seen.frames[place].iter().filter(echo).map(vni).collect()
}

#[test]
fn a_central_gateway_makes_a_detour() {
    let Some(seen) = compare("a central gateway", CENTRAL, Some("joins")) else { return };
    assert_eq!(seen.received, [1, 1, 1]);
    // Inside 10, inside 30, and from 10 to 20 and back by way of g.
    assert_eq!(vnis(&seen, "sw:p1"), [10, 10, 30, 30, 10, 20, 20, 10]);
    assert_eq!(vnis(&seen, "sw:p3"), [10, 20, 20, 10]);
}

#[test]
fn an_anycast_gateway_routes_once() {
    let Some(seen) = compare("asymmetric routing", ANYCAST, Some("asymmetric")) else { return };
    assert_eq!((&seen.received[..], &vnis(&seen, "sw:p1")[..]), (&[1, 1][..], &[20, 10][..]));
}

#[test]
fn an_anycast_gateway_routes_twice() {
    let Some(seen) = compare("symmetric routing", ANYCAST, Some("symmetric")) else { return };
    assert_eq!((&seen.received[..], &vnis(&seen, "sw:p1")[..]), (&[1, 1][..], &[999, 999][..]));
}

#[test]
fn a_host_that_lacks_a_network() {
    let Some(seen) = compare("asymmetric routing without a VNI", ANYCAST, Some("asymmetric-local")) else { return };
    assert_eq!(seen.received, [0, 1]);
}

#[test]
fn a_router_mac_of_nobody() {
    let Some(seen) = compare("symmetric routing to a wrong MAC", ANYCAST, Some("wrong-mac")) else { return };
    assert_eq!(seen.received, [0, 1]);
}

#[test]
fn a_network_without_tunnels() {
    let text = r#"Lab(format: 1, title: "Ways out", idea: "As Linux does it.",
        nodes: {
            "h1": Host(ip: "192.0.2.1/24"), "g": Host(ip: "192.0.2.9/24"), "sw": Switch(),
            "plain": Host(ip: "10.3.0.5/24", gateway: "10.3.0.254"),
            "old": Host(ip: "10.1.0.7/24"),
            "a": Container(on: "h1", net: "blue", ip: "10.1.0.1/24", gateway: "10.1.0.254"),
            "b": Container(on: "h1", net: "red", ip: "10.2.0.1/24"),
        },
        links: [("h1", "sw"), ("g:eth0", "sw"), ("g:eth1", "plain"), ("g:eth2", "old")],
        overlays: {"blue": Vxlan(vni: 10), "red": Vxlan(vni: 20)},
        gateways: {
            "tenant": Central(on: "g", joins: {"blue": "10.1.0.254/24", "red": "10.2.0.254/24"},
                ports: {"eth1": "10.3.0.254/24"}),
            "door": Bridged(on: "g", net: "blue", port: "eth2"),
        },
        traffic: {
            "routed-out": Ping(from: "b", to: "plain"),
            "bridged-out": Ping(from: "a", to: "old", start: After(Done("routed-out"), "300ms")),
        },
    )"#;
    let Some(seen) = compare("VXLAN to networks without it", text, None) else { return };
    assert_eq!(seen.received, [1, 1]);
}

#[test]
fn a_gateway_with_another_udp_port() {
    // As in lab 11, with one ping, and hosts that know each other: else they would probe their neighbours when the gateway
    // has just given up, and on a kernel timers of one tick fire in any order.
    let text = r#"Lab(format: 1, title: "Off by a port", idea: "As Linux does it.",
        nodes: {
            "h1": Host(ip: "192.0.2.1/24", neighbours: {"192.0.2.9": "g"}),
            "g": Host(ip: "192.0.2.9/24", neighbours: {"192.0.2.1": "h1"}), "sw": Switch(),
            "a": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "b": Container(on: "h1", net: "red", ip: "10.2.0.1/24"),
        },
        links: [("h1", "sw:1"), ("g", "sw:3")],
        overlays: {"blue": Vxlan(vni: 10), "red": Vxlan(vni: 20)},
        gateways: {"tenant": Central(on: "g", joins: {"blue": "10.1.0.254/24", "red": "10.2.0.254/24"})},
        traffic: {"other": Ping(from: "a", to: "b")},
        variants: {"g": {"off": (set: {"g/vx-red": (port: 8472)}), "on": (set: {"g/vx-red": (port: 4789)})}},
    )"#;
    let Some(seen) = compare("a gateway with another UDP port", text, Some("off")) else { return };
    assert_eq!(seen.received, [0]);
    // Ethernet, IPv4 from h1, ICMP: port unreachable.
    let refused = seen.frames["sw:p3"].iter().filter(|frame| frame[12..14] == [8, 0] && frame[34..36] == [3, 3]);
    assert_eq!(refused.count(), 3, "one for each question");
}
