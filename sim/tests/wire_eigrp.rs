//! What routers of a lab say in EIGRP is read by an independent dissector without a complaint, and as it was
//! meant. Without tshark this test says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read, shipped};

/// A ring of four with a network behind `d`. After the cut `b` has no feasible successor towards that network and asks.
const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "a": Router(ips: {"b": "10.1.0.1/24", "c": "10.2.0.1/24"}),
        "b": Router(ips: {"a": "10.1.0.2/24", "d": "10.3.0.2/24"}),
        "c": Router(ips: {"a": "10.2.0.3/24", "d": "10.4.0.3/24"}),
        "d": Router(ips: {"b": "10.3.0.4/24", "c": "10.4.0.4/24", "n": "10.9.0.254/24"}, routing: (passive: ["n"])),
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
    },
    links: [("a:b", "b:a"), ("a:c", "c:a"), ("b:d", "d:b"), ("c:d", "d:c"), ("d:n", "n")],
    routing: Eigrp(asn: 100, delay: "100us", bandwidth: "100Mbps"),
    events: {"cut": (at: "30s", do: Down("b--d"))},
    end: "60s",
)"#;

/// A route of the kind internal.
const ROUTE: &[&str] = &[
    "eigrp.ipv4.destination",
    "eigrp.ipv4.prefixlen",
    "eigrp.old_metric.delay",
    "eigrp.old_metric.bw",
    "eigrp.old_metric.hopcount",
];

/// What packets of `opcode` from `from` tell of 10.9.0.0/24: prefix length, scaled delay and bandwidth, hop count.
fn told(read: &Read, opcode: u8, from: &str) -> Vec<String> {
    let filter = format!("eigrp.opcode == {opcode} and ip.src == {from} and eigrp.ipv4.destination == 10.9.0.0");
    let lines = read.lines(&filter, ROUTE).unwrap();
    let mut told = Vec::new();
    for line in lines {
        let columns: Vec<Vec<&str>> = line.split('\t').map(|column| column.split(',').collect()).collect();
        assert!(columns.iter().all(|column| column.len() == columns[0].len()), "{line}");
        let at = columns[0].iter().position(|prefix| *prefix == "10.9.0.0").unwrap();
        told.push(columns[1..].iter().map(|column| column[at]).collect::<Vec<_>>().join(" "));
    }
    told
}

/// K1 to K5 and hold time.
const HELLO: &[&str] =
    &["eigrp.par.k1", "eigrp.par.k2", "eigrp.par.k3", "eigrp.par.k4", "eigrp.par.k5", "eigrp.par.holdtime"];

#[test]
fn tshark_reads_every_packet_without_a_complaint() {
    let read = Read::of("eigrp", LAB, None, None);
    let Some(packets) = read.lines("eigrp", &["eigrp.opcode", "eigrp.as", "eigrp.checksum.status"]) else { return };
    let complaints = read.lines(COMPLAINTS, &["frame.number", "_ws.expert.message"]).unwrap();
    let acknowledgements = read.lines("eigrp.opcode == 5 and eigrp.ack > 0", &["eigrp.tlv_type"]).unwrap();
    let hellos = read.lines("eigrp.opcode == 5 and eigrp.ack == 0", HELLO).unwrap();
    let (near, far) = (told(&read, 1, "10.3.0.4"), told(&read, 1, "10.1.0.2"));
    let (asked, answered) = (told(&read, 3, "10.1.0.2"), told(&read, 4, "10.1.0.1"));
    assert_eq!(complaints, [""; 0]);
    for opcode in ["1", "3", "4", "5"] {
        assert!(packets.iter().any(|packet| packet.starts_with(&format!("{opcode}\t"))), "no opcode {opcode}");
    }
    // Status 1 is "good".
    assert!(packets.iter().all(|packet| packet.ends_with("\t100\t1")), "{packets:?}");
    assert!(!acknowledgements.is_empty() && acknowledgements.iter().all(String::is_empty), "{acknowledgements:?}");
    assert!(!hellos.is_empty() && hellos.iter().all(|hello| hello == "1\t0\t1\t0\t0\t15"), "{hellos:?}");
    // An interface adds 10 tens of microseconds, 10^7 / 100000 kb/s is 100; both are told times 256 (RFC 7868 §6.8.2).
    assert!(near.contains(&"24 2560 25600 0".to_owned()), "{near:?}");
    assert!(far.contains(&"24 5120 25600 1".to_owned()), "{far:?}");
    // A delay of all ones is nowhere (RFC 7868 §6.8.2), which asks; the answer knows the way by `c`.
    assert!(!asked.is_empty() && asked.iter().all(|route| route.starts_with("24 4294967295 ")), "{asked:?}");
    assert!(answered.contains(&"24 7680 25600 2".to_owned()), "{answered:?}");
}

#[test]
fn tshark_reads_questions_that_are_sent_again() {
    let read = Read::of("eigrp-deaf", shipped("27-eigrp-dual"), Some("deaf"), None);
    let Some(asked) = read.lines("eigrp.opcode == 3 and ip.src == 10.1.2.1", &["eigrp.seq"]) else { return };
    assert_eq!(read.lines(COMPLAINTS, &["frame.number", "_ws.expert.message"]).unwrap(), [""; 0]);
    // To the group, and a minute later to this neighbour alone. It does not answer ARP either, so that is all that is sent.
    assert!(asked.len() == 2 && asked.iter().all(|number| *number == asked[0]), "{asked:?}");
}
