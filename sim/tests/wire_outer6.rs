//! What hosts send through a tunnel over IPv6 is read by an independent dissector down to the frame inside. Without
//! tshark this test says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read};

const LAB: &str = r#"Lab(format: 1, title: "t", idea: "i",
    nodes: {
        "h1": Host(ip: "192.0.2.1/24", ip6: "fd00::1/64"), "h2": Host(ip: "192.0.2.2/24", ip6: "fd00::2/64"),
        "c1": Container(on: "h1", net: "blue", ip: "10.1.0.5/24"),
        "c2": Container(on: "h2", net: "blue", ip: "10.1.0.6/24"),
    },
    links: [("h1", "h2")], overlays: {"blue": Vxlan(vni: 42, outer: Ipv6)},
    variants: {"kind": {"vxlan": (), "wireguard": (set: {"blue": Wireguard(outer: Ipv6), "c2": (ip: "10.1.1.6/24")})}},
    traffic: {"ping": Ping(from: "c1", to: "c2", count: 3)},
)"#;

#[test]
fn tshark_reads_a_tunnel_over_ipv6_to_the_end() {
    let capture = Read::of("outer6", LAB, Some("vxlan"), None);
    let Some(complaints) = capture.lines(COMPLAINTS, &["_ws.expert.message"]) else { return };
    assert_eq!(complaints, [""; 0]);
    let count = |filter: &str| capture.lines(filter, &["frame.number"]).unwrap().len();
    assert_eq!(count("icmpv6.type == 135 and icmpv6.nd.ns.target_address == fd00::2 and ipv6.hlim == 255"), 1);
    assert_eq!(count("icmpv6.type == 136 and icmpv6.nd.na.flag.s == 1 and icmpv6.opt.linkaddr"), 1);
    assert_eq!(count("icmpv6.checksum.status == 0"), 0);
    assert_eq!(count("ipv6 and vxlan.vni == 42 and icmp.type == 8 and ip.src == 10.1.0.5"), 3);
    assert_eq!(count("ipv6 and vxlan and udp.checksum == 0"), 0);
}

#[test]
fn tshark_reads_wireguard_over_ipv6() {
    let capture = Read::of("outer6-wg", LAB, Some("wireguard"), None);
    let Some(complaints) = capture.lines("_ws.malformed", &["frame.number"]) else { return };
    assert_eq!(complaints, [""; 0]);
    let sizes = capture.lines("ipv6 and wg.type == 4", &["frame.len"]).unwrap();
    // 84 bytes of ping padded to 96, and 80 in front and behind, and Ethernet.
    assert_eq!(sizes, ["190"; 6]);
}
