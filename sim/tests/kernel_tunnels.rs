//! Tunnels in the simulator and on the kernel of this machine: frames on every cable, at every port of every bridge and
//! at every VTEP byte for byte, the rows of bridges and VTEPs, the neighbours of every stack, and the answers.
//!
//! Needs what `kernel.rs` needs, and vxlan devices; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use kernel::Seen;
use overunder_sim::lab::parse;
use overunder_sim::plan::Plan;

/// Runs a lab both ways and compares all there is to see.
fn compare(claim: &str, text: &str, variant: Option<&str>) -> Option<Seen> {
    if !kernel::able(claim) || !kernel::has_vxlan(claim) {
        return None;
    }
    kernel::compare::compare(claim, &plan(text, variant), None)
}

fn plan(text: &str, variant: Option<&str>) -> Plan {
    parse("lab.ron", text).unwrap().plan(variant, None).unwrap()
}

/// A lab without words.
fn lab(parts: &str) -> String {
    format!("Lab(format: 1, title: \"Tunnels\", idea: \"As Linux does it.\", {parts})")
}

/// Kinds and codes of the ICMP messages at a place.
fn icmp(seen: &Seen, place: &str) -> Vec<(u8, u8)> {
    let messages = seen.frames[place].iter().filter(|frame| frame[12..14] == [8, 0] && frame[23] == 1);
    messages.map(|frame| (frame[34], frame[35])).collect()
}

const ROUTED: &str = include_str!("../../scenarios/07-vxlan-by-hand/lab.ron");
const HEAD_END: &str = include_str!("../../scenarios/09-vxlan-head-end/lab.ron");
const MTU: &str = include_str!("../../scenarios/13-mtu-black-hole/lab.ron");

#[test]
fn a_tunnel_over_a_router() {
    let Some(seen) = compare("VXLAN over a router", ROUTED, Some("agree")) else { return };
    assert_eq!(seen.received, [1]);
    assert_eq!(icmp(&seen, "h1:pc1"), [(8, 0), (0, 0)]);
    // A question and its answer for c3, and the ping, each with fifty bytes around.
    let wrapped = seen.frames["h1:eth0"].iter().filter(|frame| frame[12..14] == [8, 0]);
    assert_eq!(wrapped.map(Vec::len).collect::<Vec<_>>(), [92, 92, 148, 148]);
}

#[test]
fn a_wrong_vni() {
    let Some(seen) = compare("a wrong VNI", ROUTED, Some("other-vni")) else { return };
    assert_eq!(seen.received, [0]);
}

#[test]
fn a_wrong_port() {
    let Some(seen) = compare("a wrong UDP port", ROUTED, Some("other-port")) else { return };
    assert_eq!(seen.received, [0]);
    assert!(icmp(&seen, "h1:eth0").contains(&(3, 3)), "nobody listens there");
}

#[test]
fn a_list_that_lacks_a_line() {
    // Rows would need minutes to age.
    let text = HEAD_END.replace("\"400s\"", "\"1s\"");
    let Some(seen) = compare("a head-end list", &text, None) else { return };
    assert_eq!(seen.received, [1, 0, 1, 1, 1]);
}

#[test]
fn a_packet_too_big_for_the_port_of_a_tunnel() {
    let Some(seen) = compare("bridged-1450", MTU, Some("bridged-1450")) else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
}

#[test]
fn a_packet_too_big_for_a_tunnel_that_claims_1500() {
    let Some(seen) = compare("bridged-1500", MTU, Some("bridged-1500")) else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
    assert!(icmp(&seen, "h1:pc1").contains(&(3, 4)));
}

#[test]
fn a_packet_too_big_for_a_route_into_a_tunnel() {
    let Some(seen) = compare("routed-1450", MTU, Some("routed-1450")) else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
    assert!(icmp(&seen, "h1:pc1").contains(&(3, 4)));
}

#[test]
fn a_wide_underlay() {
    let Some(seen) = compare("room for headers", MTU, Some("room")) else { return };
    assert_eq!(seen.received, [1, 1, 1, 1]);
}

#[test]
fn two_networks_on_one_host() {
    let text = lab(r#"
        nodes: {
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "sw": Switch(),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
            "d1": Container(on: "h1", net: "red", ip: "10.1.0.1/24"),
            "d2": Container(on: "h2", net: "red", ip: "10.1.0.2/24"),
        },
        links: [("h1", "sw"), ("h2", "sw")],
        overlays: {"blue": Vxlan(vni: 42, discovery: StaticList), "red": Vxlan(vni: 43, discovery: StaticList)},
        traffic: {
            "blue-ping": Ping(from: "c1", to: "c2"),
            "red-ping": Ping(from: "d2", to: "d1", start: After(Done("blue-ping"), "100ms")),
        },
    "#);
    let Some(seen) = compare("two VNIs on one host", &text, None) else { return };
    assert_eq!(seen.received, [1, 1]);
    assert_eq!(seen.fdb["h2/vx-red"].len(), 2);
}
