//! What routers of a lab say in EIGRP is read by an independent dissector without a complaint. Without tshark this test
//! says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read, shipped};

#[test]
fn tshark_reads_every_packet_without_a_complaint() {
    // One neighbour never answers: hellos, updates, queries that are sent again, replies.
    let read = Read::of("eigrp", shipped("27-eigrp-dual"), Some("deaf"), None);
    let Some(packets) = read.lines("eigrp", &["eigrp.opcode", "ip.dst"]) else { return };
    assert_eq!(read.lines(COMPLAINTS, &["_ws.expert"]).unwrap(), [""; 0]);
    for opcode in ["1", "3", "4", "5"] {
        assert!(packets.iter().any(|line| line.starts_with(&format!("{opcode}\t"))), "no packet of opcode {opcode}");
    }
    assert!(packets.iter().any(|line| line == "5\t224.0.0.10"), "no hello to the group");
    let weights = read.lines("eigrp.par.k1", &["eigrp.par.k1", "eigrp.par.k2", "eigrp.par.k3", "eigrp.par.holdtime"]);
    let weights = weights.unwrap();
    assert!(!weights.is_empty() && weights.iter().all(|line| line == "1\t0\t1\t600"), "{weights:?}");
    let sums = read.lines("eigrp", &["_ws.expert.message"]).unwrap();
    assert!(sums.iter().all(|line| !line.to_lowercase().contains("checksum")), "{sums:?}");
}

#[test]
fn tshark_sees_the_vector_that_was_meant() {
    let read = Read::of("eigrp-metric", shipped("27-eigrp-dual"), None, None);
    let filter = "eigrp.opcode == 1 and ip.src == 10.2.1.2 and eigrp.ipv4.destination == 10.8.0.0";
    let fields = ["eigrp.old_metric.delay", "eigrp.old_metric.bw", "eigrp.old_metric.hopcount"];
    let Some(told) = read.lines(filter, &fields) else { return };
    // p tells t of the network behind s: two interfaces of 10 us, 256 each, and 1 Gb/s, which is 2560.
    let told: Vec<Vec<&str>> = told.iter().map(|line| line.split('\t').collect()).collect();
    assert!(!told.is_empty());
    for columns in &told {
        assert!(columns[0].split(',').any(|delay| delay == "512"), "{told:?}");
        assert!(columns[1].split(',').all(|bandwidth| bandwidth == "2560"), "{told:?}");
        assert!(columns[2].split(',').any(|hops| hops == "1"), "{told:?}");
    }
}
