//! Packets that do not fit with their envelope.

use super::*;
use crate::device::outer::{Df, Outer};

fn bridged() -> Bench {
    let mut bench = Bench::new(VtepConfig { bridged: true, ..config() });
    bench.row(station(2), PEER);
    bench
}

#[test]
fn in_a_bridge_the_sender_is_told_in_the_name_of_its_peer() {
    let mut bench = bridged();
    assert_eq!(bench.put(INNER, &packet(1, station(2), 1_450, true)), "fdb-hit > outer");
    let said = bench.put(INNER, &packet(1, station(2), 1_451, true));
    assert_eq!(said, "told-too-big > inner, drop too-big-told");
    let [answer] = &bench.through(INNER, &packet(1, station(2), 1_500, true))[..] else { panic!("one answer") };
    let ip = ipv4::check(&answer[14..]).unwrap();
    assert_eq!((ip.src, ip.dst), (Ipv4Addr::new(10, 1, 0, 2), Ipv4Addr::new(10, 1, 0, 1)));
    assert_eq!(icmp::check(&answer[34..]).unwrap().seq, 1_450);
}

#[test]
fn without_df_inside_the_envelope_is_left_to_be_fragmented() {
    let mut bench = bridged();
    let sent = bench.through(INNER, &packet(1, station(2), 1_500, false));
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [1_550]);
    let mut routed = Bench::new(config());
    routed.row(station(2), PEER);
    assert_eq!(routed.put(INNER, &packet(1, station(2), 1_500, true)), "fdb-hit > outer");
}

#[test]
fn an_envelope_that_may_not_be_fragmented_must_fit() {
    let outer = Outer { local: LOCAL, df: Df::Set, ..Outer::default() };
    let mut bench = Bench::new(VtepConfig { outer, ..config() });
    bench.row(station(2), PEER);
    assert_eq!(bench.put(INNER, &packet(1, station(2), 1_500, false)), "drop too-big");
    let said = bench.put(INNER, &packet(1, station(2), 1_500, true));
    assert_eq!(said, "told-too-big > inner, drop too-big");
}

#[test]
fn news_from_a_router_lower_what_fits() {
    let mut bench = bridged();
    let [big] = &bench.through(INNER, &packet(1, station(2), 1_450, true))[..] else { panic!("one packet") };
    let mut news = vec![0; 28 + 56];
    news[28..].copy_from_slice(&big[..56]);
    let header = icmp::Header { kind: 3, code: 4, id: 0, seq: 1_400 };
    icmp::write(&mut news[20..], header);
    let len = news.len();
    let send = ipv4::Send { src: OTHER, dst: LOCAL, protocol: 1, ttl: 60, df: false, tos: 0, id: 5 };
    ipv4::write(&mut news, &send, len);
    assert_eq!(bench.put(OUTER, &news), "consume path-mtu");
    assert_eq!(bench.put(INNER, &packet(1, station(2), 1_350, true)), "fdb-hit > outer");
    assert_eq!(bench.put(INNER, &packet(1, station(2), 1_351, true)), "told-too-big > inner, drop too-big-told");
    bench.wait(SimDuration::from_secs(600));
    assert_eq!(bench.put(INNER, &packet(1, station(2), 1_450, true)), "fdb-hit > outer");
}
