//! Routes with several next hops.

use super::*;
use crate::stack::multipath::Policy;

const FAR: Ipv4Addr = Ipv4Addr::new(10, 9, 1, 1);
const WAYS: [(&str, &str); 2] = [("prefix", "10.9.0.0/16"), ("via", "10.0.0.2,10.0.0.3,10.1.0.7")];

/// A router with three next hops, all known: stations 1, 2 and 3.
fn spreading(policy: Policy) -> Bench {
    let mut bench = Bench::with(StackConfig { multipath: policy, ..router() }, Vec::new(), Vec::new());
    for (ip, mac) in [("10.0.0.2", 1), ("10.0.0.3", 2), ("10.1.0.7", 3)] {
        bench.add("neigh", &[("ip", ip), ("mac", &station(mac).to_string())]).unwrap();
    }
    bench.add("routes", &WAYS).unwrap();
    bench
}

/// The next hop that a packet takes.
fn way(bench: &mut Bench, frame: &[u8]) -> u8 {
    let told = bench.put(frame);
    assert!(told.starts_with("ip.forwarding, ip.multipath-"), "{told}");
    let sent = bench.sent();
    assert_eq!(sent[0].port.0, u16::from(sent[0].bytes[5] == 3));
    sent[0].bytes[5]
}

fn packet(port: u16) -> Packet {
    let mut payload = vec![0; 8];
    payload[..2].copy_from_slice(&port.to_be_bytes());
    Packet { dst: FAR, ..Packet::new(ipv4::UDP, payload) }
}

fn from_port(port: u16) -> Vec<u8> {
    packet(port).bytes()
}

#[test]
fn ports_spread_flows_and_keep_each_on_one_way() {
    let mut bench = spreading(Policy::L4);
    let mut seen = [0; 3];
    for port in 1..=300 {
        let first = way(&mut bench, &from_port(port));
        assert_eq!(way(&mut bench, &from_port(port)), first);
        seen[first as usize - 1] += 1;
    }
    assert!(seen.iter().all(|share| (70..130).contains(share)), "{seen:?}");
}

#[test]
fn addresses_alone_send_two_hosts_one_way() {
    let mut bench = spreading(Policy::L3);
    let first = way(&mut bench, &from_port(1));
    assert!((2..100).all(|port| way(&mut bench, &from_port(port)) == first));
    let others =
        (1..50).map(|last| way(&mut bench, &Packet { dst: Ipv4Addr::new(10, 9, 2, last), ..packet(1) }.bytes()));
    assert!(others.collect::<std::collections::BTreeSet<_>>().len() == 3, "other hosts go other ways");
}

#[test]
fn fragments_have_no_ports_so_pieces_stay_together() {
    let mut bench = spreading(Policy::L4);
    let piece = |port, offset, mf| {
        let mut frame = Packet { df: false, ..packet(port) }.bytes();
        ipv4::set_fragment(&mut frame[14..], 28, mf, offset);
        frame
    };
    let first = way(&mut bench, &piece(1, 0, true));
    for port in 2..60 {
        assert_eq!(way(&mut bench, &piece(port, 0, true)), first, "the first piece shows ports and is not asked");
        assert_eq!(way(&mut bench, &piece(port, 1_480, false)), first);
    }
}

#[test]
fn in_turn_every_way_gets_every_third_packet() {
    let mut bench = spreading(Policy::PerPacket);
    let ways: Vec<u8> = (0..6).map(|_| way(&mut bench, &from_port(1))).collect();
    assert_eq!(ways, [1, 2, 3, 1, 2, 3]);
}

#[test]
fn a_route_with_several_next_hops_is_shown_replaced_and_checked() {
    let mut bench = spreading(Policy::L4);
    assert!(bench.rows("routes").contains(&"10.9.0.0/16 10.0.0.2,10.0.0.3,10.1.0.7 eth0,eth1 static".to_owned()));
    bench.add("routes", &[("prefix", "10.9.0.0/16"), ("via", "10.0.0.3")]).unwrap();
    assert!(bench.rows("routes").contains(&"10.9.0.0/16 10.0.0.3 eth0 static".to_owned()));
    assert_eq!(bench.put(&from_port(9)), "ip.forwarding, send ip.sent", "one way, nothing to choose");
    bench.set("multipath", Value::Text("L3".to_owned())).unwrap();
    let error = bench.set("multipath", Value::Text("L7".to_owned())).unwrap_err().to_string();
    assert!(error.contains("L3, L4 or PerPacket"), "{error}");
    for (via, says) in [
        ("10.0.0.2,10.0.0.2", "every next hop once"),
        ("10.0.0.2,10.77.0.1", "an address on a connected network"),
        ("10.0.0.2,bob", "an address such as"),
        (",", "an address such as"),
    ] {
        let error = bench.add("routes", &[("prefix", "10.8.0.0/16"), ("via", via)]).unwrap_err().to_string();
        assert!(error.contains(says), "{via}: {error}");
    }
}
