//! What routers of a lab say in IS-IS, on links of two and on a LAN, is read by an independent dissector without a
//! complaint. Without tshark this test says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read, shipped};

/// Both levels, a link of two, a LAN of three and a cut.
const LEVEL_1: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "sw": Switch(),
        "a": Router(ips: {"lan": "10.0.0.1/24"}),
        "b": Router(ips: {"lan": "10.0.0.2/24"}),
        "c": Router(ips: {"lan": "10.0.0.3/24", "d": "10.1.0.3/24"}, routing: (interfaces: {
            "d": (network: PointToPoint)})),
        "d": Router(ips: {"c": "10.1.0.4/24", "n": "10.2.0.4/24"}, routing: (network: PointToPoint)),
        "n": Host(ip: "10.2.0.1/24", gateway: "10.2.0.4"),
    },
    links: [("a:lan", "sw"), ("b:lan", "sw"), ("c:lan", "sw"), ("c:d", "d:c"), ("d:n", "n")],
    routing: Isis(network: Broadcast, level: Both),
    events: {"cut": (at: "70s", do: Down("d--n"))},
    end: "100s",
)"#;

fn reads(name: &str, lab: &str, kinds: &[&str]) {
    let read = Read::of(name, lab, None, None);
    let Some(seen) = read.lines("isis", &["isis.type"]) else { return };
    assert_eq!(read.lines(COMPLAINTS, &["_ws.expert"]).unwrap(), [""; 0]);
    for kind in kinds {
        assert!(seen.iter().any(|line| line == kind), "no PDU of type {kind}");
    }
    // 1 is good; a purge has no sum.
    let sums = read.lines("isis.lsp.lsp_id and isis.lsp.remaining_life > 0", &["isis.lsp.checksum.status"]).unwrap();
    assert!(!sums.is_empty() && sums.iter().all(|status| status == "1"), "{sums:?}");
}

#[test]
fn tshark_reads_a_mesh_and_a_lan_of_level_2() {
    reads("isis-2", shipped("29-isis-same-map"), &["16", "17", "20", "25", "27"]);
}

#[test]
fn tshark_reads_both_levels() {
    reads("isis-1", LEVEL_1, &["15", "16", "17", "18", "20", "24", "25", "26"]);
}
