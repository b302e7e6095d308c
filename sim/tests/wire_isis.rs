//! What routers of a lab say in IS-IS is read by an independent dissector without a complaint. Without tshark this test
//! says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read, shipped};

/// A LAN of three at both levels, one link of two, and a cut: all PDUs that are made here.
const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "sw": Switch(),
        "a": Router(ips: {"lan": "10.0.0.1/24", "n": "10.9.0.254/24"}, routing: (
            system: "0000.0000.0001", passive: ["n"])),
        "b": Router(ips: {"lan": "10.0.0.2/24"}, routing: (system: "0000.0000.0002")),
        "c": Router(ips: {"lan": "10.0.0.3/24", "d": "10.1.0.3/24"}, routing: (
            system: "0000.0000.0003", priority: 100, interfaces: {"d": (network: PointToPoint, metric: 7)})),
        "d": Router(ips: {"c": "10.1.0.4/24"}, routing: (system: "0000.0000.0004", network: PointToPoint)),
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
    },
    links: [("a:lan", "sw"), ("b:lan", "sw"), ("c:lan", "sw"), ("c:d", "d:c"), ("a:n", "n")],
    routing: Isis(area: "49.0001", level: Both, password: "secret", metric: 12, hello: "5s", hold: "20s"),
    events: {"cut": (at: "60s", do: Down("a--n"))},
    end: "90s",
)"#;

/// Hellos of a LAN at both levels and of a link of two; LSP, CSNP and PSNP at both (ISO/IEC 10589 §9.5 to §9.13).
const KINDS: [u8; 9] = [15, 16, 17, 18, 20, 24, 25, 26, 27];

/// Whose LSP it is, and the neighbours and networks in it with their metrics.
const TOLD: &[&str] = &[
    "isis.lsp.lsp_id",
    "isis.lsp.ext_is_reachability.is_neighbor_id",
    "isis.lsp.ext_is_reachability.metric",
    "isis.lsp.ext_ip_reachability.ipv4_prefix",
    "isis.lsp.ext_ip_reachability.metric",
];

#[test]
fn tshark_reads_every_packet_without_a_complaint() {
    let read = Read::of("isis", LAB, None, None);
    let Some(kinds) = read.lines("isis", &["isis.type"]) else { return };
    let complaints = read.lines(COMPLAINTS, &["frame.number", "_ws.expert.message"]).unwrap();
    let sums = read.lines("isis.lsp", &["isis.lsp.checksum.status"]).unwrap();
    let told = read.lines("isis.type == 18", TOLD).unwrap();
    let lives = read.lines("isis.type == 17", &["isis.hello.holding_timer", "isis.hello.circuit_type"]).unwrap();
    assert_eq!(complaints, [""; 0]);
    for kind in KINDS {
        assert!(kinds.contains(&kind.to_string()), "no PDU of type {kind}");
    }
    // Status 1 is "good".
    assert!(!sums.is_empty() && sums.iter().all(|sum| sum == "1"), "{sums:?}");
    // `c` is the designated one: it tells of its links, and for the LAN, at no cost, of all three on it.
    let own = "0000.0000.0003.00-00\t0000.0000.0003.01,0000.0000.0004.00\t12,7\t10.0.0.0,10.1.0.0\t12,7";
    let lan = "0000.0000.0003.01-00\t0000.0000.0001.00,0000.0000.0002.00,0000.0000.0003.00\t0,0,0\t\t";
    // After the cut `a` no longer has the network behind it.
    let (before, after) = ("10.0.0.0,10.9.0.0\t12,12", "10.0.0.0\t12");
    let [before, after] =
        [before, after].map(|prefixes| format!("0000.0000.0001.00-00\t0000.0000.0003.01\t12\t{prefixes}"));
    for lsp in [own, lan, &before, &after] {
        assert!(told.iter().any(|told| told == lsp), "{lsp} is not among {told:#?}");
    }
    assert!(!lives.is_empty() && lives.iter().all(|life| life == "20\t0x03"), "{lives:?}");
}

#[test]
fn tshark_reads_a_mesh_and_a_lan_of_a_shipped_lab() {
    let read = Read::of("isis-mesh", shipped("29-isis-same-map"), None, None);
    let Some(kinds) = read.lines("isis", &["isis.type"]) else { return };
    assert_eq!(read.lines(COMPLAINTS, &["frame.number", "_ws.expert.message"]).unwrap(), [""; 0]);
    assert!(kinds.len() > 1000, "{}", kinds.len());
    // The LSP of the LAN is purged when another takes the office; a purge has no checksum.
    let purges = read.lines("isis.lsp.remaining_life == 0", &["isis.lsp.checksum.status"]).unwrap();
    assert!(!purges.is_empty() && purges.iter().all(|status| status == "3"), "{purges:?}");
}
