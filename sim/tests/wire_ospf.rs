//! What routers of a lab say in OSPF is read by an independent dissector without a complaint. Without tshark this test
//! says that it was skipped; it never passes in silence.

use std::process::Command;

use overunder_sim::engine::Entry;
use overunder_sim::engine::log::Crossing;
use overunder_sim::lab::run::start;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::wire::LinkType;
use overunder_sim::wire::pcapng::{Capture, Direction, Packet};

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

fn capture() -> Vec<u8> {
    let file = parse("lab.ron", LAB).unwrap();
    let mut runner = start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut capture = Capture::default();
    let wire = capture.interface("all", LinkType::Ethernet);
    let mut bytes = capture.take();
    let mut id = 0;
    while runner.step().is_none() {
        let world = &runner.world;
        for entry in world.log().entries() {
            let Entry::Crossing { crossing: Crossing::Sent, bytes, .. } = entry else { continue };
            id += 1;
            let direction = Direction::Out;
            let (time, bytes) = (world.now(), world.log().bytes(*bytes));
            capture.packet(&Packet { interface: wire, time, direction, id, bytes, comments: &[] });
        }
        bytes.extend(capture.take());
    }
    bytes
}

#[test]
fn tshark_reads_every_packet_without_a_complaint() {
    let path = std::env::temp_dir().join(format!("overunder-{}-ospf.pcapng", std::process::id()));
    std::fs::write(&path, capture()).unwrap();
    let read = |filter: &str, fields: &[&str]| {
        let mut command = Command::new("tshark");
        command.arg("-r").arg(&path).args(["-o", "ip.check_checksum:TRUE", "-Y", filter, "-T", "fields"]);
        let output = command.args(fields.iter().flat_map(|field| ["-e", field])).output().ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let Some(packets) = read("ospf", &["ospf.msg", "ip.ttl"]) else {
        eprintln!("SKIPPED: tshark cannot be run; apt-get install tshark");
        return;
    };
    let complaints =
        read("_ws.malformed or ip.checksum.status == 0 or _ws.expert.severity >= 6291456", &["_ws.expert"]);
    let kinds = read("ospf.msg == 4", &["ospf.lsa"]).unwrap().join(",");
    let sums = read("ospf", &["_ws.expert.message"]).unwrap();
    _ = std::fs::remove_file(&path);
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
