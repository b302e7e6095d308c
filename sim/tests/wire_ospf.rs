//! What routers of a lab say in OSPF is read by an independent dissector without a complaint. Without tshark this test
//! says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read};

/// Two areas, a network of three, a stub area and a cut: all packets and LSAs that are made here.
const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "sw": Switch(),
        "a": Router(ips: {"lan": "10.0.0.1/24"}),
        "b": Router(ips: {"lan": "10.0.0.2/24"}),
        "c": Router(ips: {"lan": "10.0.0.3/24", "d": "10.1.0.3/24"}, routing: (interfaces: {
            "d": (area: 1, network: PointToPoint)})),
        "d": Router(ips: {"c": "10.1.0.4/24", "n": "10.2.0.4/24"}, routing: (area: 1, network: PointToPoint)),
        "n": Host(ip: "10.2.0.1/24", gateway: "10.2.0.4"),
    },
    links: [("a:lan", "sw"), ("b:lan", "sw"), ("c:lan", "sw"), ("c:d", "d:c"), ("d:n", "n")],
    routing: Ospf(stub: [1], password: "secret"),
    events: {"cut": (at: "70s", do: Down("c--d"))},
    end: "100s",
)"#;

#[test]
fn tshark_reads_every_packet_without_a_complaint() {
    let read = Read::of("ospf", LAB, None, None);
    let Some(packets) = read.lines("ospf", &["ospf.msg", "ip.ttl"]) else { return };
    let complaints = read.lines(COMPLAINTS, &["_ws.expert"]);
    let kinds = read.lines("ospf.msg == 4", &["ospf.lsa"]).unwrap().join(",");
    let sums = read.lines("ospf", &["_ws.expert.message"]).unwrap();
    assert_eq!(complaints.unwrap(), [""; 0]);
    assert!(sums.iter().all(|line| !line.to_lowercase().contains("checksum")), "{sums:?}");
    for kind in ["1", "2", "3", "4", "5"] {
        assert!(packets.contains(&format!("{kind}\t1")), "no packet of type {kind} with TTL 1");
    }
    assert!(packets.len() > 50, "{}", packets.len());
    for kind in ["1", "2", "3"] {
        assert!(kinds.split(',').any(|seen| seen == kind), "no LSA of type {kind}");
    }
}
