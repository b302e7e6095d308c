//! What VTEPs tell each other by BGP in the lab of a move is read by an independent dissector without a complaint. Without
//! tshark this test says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{Read, shipped};
use overunder_sim::id::CableId;

/// The cable of the reflector in the lab: every route goes through it once in, and on to the others.
const REFLECTOR: CableId = CableId(4);

#[test]
fn tshark_reads_every_route_without_a_complaint() {
    let capture = Read::of("evpn", shipped("18-evpn-move"), None, Some(REFLECTOR));
    let read = |filter: &str, field: &str| capture.lines(filter, &[field]);
    let Some(kinds) = read("bgp.evpn.nlri", "bgp.evpn.nlri.rt") else { return };
    let complaints = read("_ws.malformed or bgp and _ws.expert.severity >= 6291456", "_ws.expert.message");
    let checksums = read("ip.checksum.status == 0 or tcp.checksum.status == 0", "frame.number");
    let sequences = read("bgp.ext_com_evpn.mmac.seq", "bgp.ext_com_evpn.mmac.seq").unwrap().join(",");
    let tunnels = read("bgp.update.path_attribute.pmsi.tunnel.type", "bgp.update.path_attribute.pmsi.tunnel.type");
    let gone =
        read("bgp.update.path_attribute.mp_unreach_nlri.afi == 25 and bgp.evpn.nlri", "bgp.evpn.nlri.rt").unwrap();
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
