//! What VTEPs tell each other by BGP in the lab of a move is read by an independent dissector without a complaint. Without
//! tshark this test says that it was skipped; it never passes in silence.

use std::process::Command;

use overunder_sim::engine::Entry;
use overunder_sim::engine::log::Crossing;
use overunder_sim::id::CableId;
use overunder_sim::lab::run::start;
use overunder_sim::lab::shipped::LABS;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::wire::LinkType;
use overunder_sim::wire::pcapng::{Capture, Direction, Packet};

/// The cable of the reflector in the lab: every route goes through it once in, and on to the others.
const REFLECTOR: CableId = CableId(4);

fn capture() -> Vec<u8> {
    let lab = LABS.iter().find(|lab| lab.name == "18-evpn-move").unwrap();
    let file = parse("lab.ron", lab.text).unwrap();
    let mut runner = start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut capture = Capture::default();
    let wire = capture.interface("rr", LinkType::Ethernet);
    let mut bytes = capture.take();
    let mut id = 0;
    while runner.step().is_none() {
        let world = &runner.world;
        for entry in world.log().entries() {
            let Entry::Crossing { crossing: Crossing::Sent, cable: REFLECTOR, bytes, .. } = entry else { continue };
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
fn tshark_reads_every_route_without_a_complaint() {
    let path = std::env::temp_dir().join(format!("overunder-{}-evpn.pcapng", std::process::id()));
    std::fs::write(&path, capture()).unwrap();
    let read = |filter: &str, field: &str| {
        let mut command = Command::new("tshark");
        command.arg("-r").arg(&path).args(["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]);
        let output = command.args(["-Y", filter, "-T", "fields", "-e", field]).output().ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let Some(kinds) = read("bgp.evpn.nlri", "bgp.evpn.nlri.rt") else {
        eprintln!("SKIPPED: tshark cannot be run; apt-get install tshark");
        return;
    };
    let complaints = read("_ws.malformed or bgp and _ws.expert.severity >= 6291456", "_ws.expert.message");
    let checksums = read("ip.checksum.status == 0 or tcp.checksum.status == 0", "frame.number");
    let sequences = read("bgp.ext_com_evpn.mmac.seq", "bgp.ext_com_evpn.mmac.seq").unwrap().join(",");
    let tunnels = read("bgp.update.path_attribute.pmsi.tunnel.type", "bgp.update.path_attribute.pmsi.tunnel.type");
    let gone =
        read("bgp.update.path_attribute.mp_unreach_nlri.afi == 25 and bgp.evpn.nlri", "bgp.evpn.nlri.rt").unwrap();
    _ = std::fs::remove_file(&path);
    assert_eq!((complaints.unwrap(), checksums.unwrap()), (vec![], vec![]));
    let kinds = kinds.join(",");
    let count = |kind: &str| kinds.split(',').filter(|seen| *seen == kind).count();
    // Each of the four tells its own, and the reflector tells each of them to three others.
    assert_eq!(count("3"), 16, "{kinds}");
    assert!(count("2") > 16, "{kinds}");
    assert!(sequences.split(',').count() >= 4 && sequences.split(',').all(|sequence| sequence == "1"), "{sequences}");
    assert!(tunnels.unwrap().iter().all(|kind| kind.split(',').all(|kind| kind == "6")));
    assert!(!gone.is_empty());
}
