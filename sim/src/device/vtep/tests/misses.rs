//! ARP in place of others, and misses told.

use super::*;
use crate::wire::arp::{Arp, LEN, Operation};

fn question(about: u8) -> Vec<u8> {
    let mut bytes = vec![0; ethernet::HEADER_LEN + LEN];
    ethernet::write(&mut bytes, MacAddr::BROADCAST, station(1), ethernet::ARP);
    let (spa, tpa) = (Ipv4Addr::new(10, 1, 0, 1), Ipv4Addr::new(10, 1, 0, about));
    let arp = Arp { op: Operation::Request, sha: station(1), spa, tha: MacAddr::ZERO, tpa };
    arp.write(&mut bytes[ethernet::HEADER_LEN..]);
    bytes
}

#[test]
fn a_question_is_answered_here_or_swallowed() {
    let mut bench = Bench::new(VtepConfig { proxy: true, ..config() });
    bench.row(MacAddr::ZERO, PEER);
    assert_eq!(bench.put(INNER, &question(2)), "drop arp-swallowed");
    bench.change("neigh", &[("ip", "10.1.0.2"), ("mac", "02:00:00:00:00:02")]).unwrap();
    assert_eq!(bench.put(INNER, &question(2)), "consume arp-suppressed, arp-answered > inner");
    let [answer] = &bench.through(INNER, &question(2))[..] else { panic!("one answer") };
    let arp = Arp::parse(&answer[14..]).unwrap();
    assert_eq!((arp.op, arp.sha, arp.tha), (Operation::Reply, station(2), station(1)));
    assert_eq!((ethernet::dst(answer), ethernet::src(answer)), (Some(station(1)), Some(station(2))));
    let mut reply = question(2);
    reply[21] = 2;
    assert_eq!(bench.put(INNER, &reply), "drop arp-swallowed", "an answer does not go through either");
    bench.set("proxy", Value::Flag(false)).unwrap();
    assert_eq!(bench.put(INNER, &question(2)), "flood-group > outer");
}

#[test]
fn misses_are_told_to_whoever_wants_to_know() {
    let mut bench = Bench::new(VtepConfig { l2miss: true, l3miss: true, proxy: true, ..config() });
    assert_eq!(bench.put(INNER, &packet(1, station(2), 84, true)), "l2-miss, drop no-remote");
    assert_eq!(bench.put(INNER, &packet(1, MacAddr::BROADCAST, 84, true)), "drop no-remote");
    assert_eq!(bench.put(INNER, &question(2)), "l3-miss, drop arp-swallowed");
}
