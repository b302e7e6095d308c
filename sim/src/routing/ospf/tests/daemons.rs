//! What FRR says in the same place: LSAs byte for byte, and when what happens.

use super::*;
use crate::wire::ospf::lsa::{NETWORK, ROUTER, SUMMARY};

/// LSAs FRR told, from the golden packets of an exchange.
fn frr(exchange: &str) -> Vec<Lsa> {
    let seen = crate::wire::ospf::tests::packets(exchange);
    let lsas = seen.into_iter().filter_map(|packet| match packet.body {
        Body::Update(lsas) => Some(lsas),
        _ => None,
    });
    lsas.flatten().collect()
}

/// Our LSA with this key says, byte for byte, what FRR's says: with FRR's sequence number its checksum is the same.
fn says_what_frr_said(bench: &Bench, node: usize, exchange: &str, (kind, id, router): (u8, &str, &str), seq: i32) {
    let key = Key { kind, id: ip(id), router: ip(router) };
    let theirs = frr(exchange).into_iter().filter(|lsa| (lsa.header.key, lsa.header.seq) == (key, seq));
    let mut theirs: Vec<Lsa> = theirs.collect();
    let ours = bench.lsas(node).into_iter().find(|lsa| lsa.header.key == key);
    let ours = ours.unwrap_or_else(|| panic!("we say nothing of {key:?} in {exchange}"));
    let same = Lsa::new(key, ours.header.options, seq, &ours.content().unwrap());
    for lsa in &mut theirs {
        lsa.header.age = 0;
    }
    assert!(theirs.contains(&same), "{:?}\n{theirs:?}", ours.content());
}

const SEQ: i32 = -0x8000_0000;

#[test]
fn on_a_line_router_lsas_are_those_of_frr() {
    let mut bench = bench_of(&line(3));
    bench.until(secs(30));
    let of = |last: u8| format!("10.255.0.{last}");
    says_what_frr_said(&bench, 2, "p2p", (ROUTER, &of(1), &of(1)), SEQ + 3);
    says_what_frr_said(&bench, 0, "p2p", (ROUTER, &of(2), &of(2)), SEQ + 5);
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 20)));
    assert_eq!(bench.route(0, "10.2.3.0/24"), Some((ip("10.1.2.2"), 20)));
    // The second link goes.
    bench.carrier(1, false);
    bench.until(secs(50));
    says_what_frr_said(&bench, 0, "p2p", (ROUTER, &of(2), &of(2)), SEQ + 7);
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
}

#[test]
fn two_routers_need_one_hello_period_and_the_larger_id_counts() {
    let mut bench = bench_of(&line(2));
    bench.until(secs(9));
    assert_eq!([bench.state(0, 1), bench.state(1, 0)], [State::Init; 2]);
    bench.until(secs(30));
    for node in [0, 1] {
        let full = bench.when(node, "ospf.full");
        assert!(full.len() == 1 && full[0] > secs(10) && full[0] < secs(10) + SimDuration::from_ms(20), "{full:?}");
    }
    assert_eq!([bench.when(0, "ospf.slave").len(), bench.when(1, "ospf.master").len()], [1, 1]);
    // Acknowledgements are gathered for a second.
    let acks = bench.times(0, 5);
    assert!(acks.iter().all(|at| *at > secs(11)), "{acks:?}");
}

#[test]
fn on_a_network_of_three_the_same_dr_is_chosen_at_the_same_time_and_says_what_frr_says() {
    let mut bench = lan(&OspfConfig::default());
    bench.until(secs(39));
    assert_eq!(bench.state(0, 2), State::TwoWay);
    assert_eq!(bench.dr(0), (Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED));
    bench.until(secs(41));
    for node in 0..3 {
        assert_eq!(bench.dr(node), (ip("10.0.0.3"), ip("10.0.0.2")), "r{node}");
    }
    bench.until(secs(70));
    for (node, of) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        assert_eq!(bench.state(node, of), State::Full, "r{node} r{of}");
    }
    for last in 1..4 {
        let id = format!("10.255.0.{last}");
        says_what_frr_said(&bench, 0, "lan", (ROUTER, &id, &id), SEQ + 5);
    }
    says_what_frr_said(&bench, 0, "lan", (NETWORK, "10.0.0.3", "10.255.0.3"), SEQ + 2);
    assert_eq!(bench.map(0), bench.map(1));
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.0.0.3"), 10)));
}

#[test]
fn a_dr_that_falls_silent_is_replaced_after_the_dead_interval_and_does_not_get_its_office_back() {
    let mut bench = lan(&OspfConfig::default());
    bench.until(secs(75));
    bench.stop(2);
    bench.until(secs(100));
    assert_eq!(bench.dr(0).0, ip("10.0.0.3"));
    bench.until(secs(180));
    let lost = bench.when(0, "ospf.silent");
    assert!(lost.len() == 1 && lost[0] > secs(110) && lost[0] < secs(111), "{lost:?}");
    assert_eq!(bench.dr(0), (ip("10.0.0.2"), ip("10.0.0.1")));
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    // FRR's r2 says the same as DR.
    says_what_frr_said(&bench, 0, "lan", (NETWORK, "10.0.0.2", "10.255.0.2"), SEQ + 2);
    bench.start(2);
    bench.until(secs(260));
    assert_eq!(bench.dr(2), (ip("10.0.0.2"), ip("10.0.0.1")));
    assert_eq!(bench.state(2, 1), State::Full);
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.0.0.3"), 10)));
}

#[test]
fn a_border_router_tells_each_area_of_the_other_as_frr_does() {
    let area = |id: &str| {
        let face = FaceConfig { area: Some(ip(id)), ..FaceConfig::default() };
        let mut config = point();
        config.interfaces = vec![("e1".to_owned(), face)];
        config
    };
    let mut bench = Bench::started(&[
        (point(), &[(0, "10.1.2.1/24"), (99, "10.99.1.1/32")]),
        (area("0.0.0.1"), &[(0, "10.1.2.2/24"), (1, "10.2.3.2/24")]),
        (OspfConfig { area: ip("0.0.0.1"), ..point() }, &[(1, "10.2.3.3/24"), (99, "10.99.3.1/32")]),
    ]);
    bench.until(secs(40));
    let of = |last: u8| format!("10.255.0.{last}");
    says_what_frr_said(&bench, 0, "areas-backbone", (SUMMARY, "10.2.3.0", &of(2)), SEQ + 1);
    says_what_frr_said(&bench, 2, "areas-area1", (SUMMARY, "10.1.2.0", &of(2)), SEQ + 1);
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 20)));
    assert_eq!(bench.route(2, "10.99.1.1/32"), Some((ip("10.2.3.2"), 20)));
    // Each area has only its own routers on its map.
    let routers = |node: usize| bench.map(node).iter().filter(|(_, key, ..)| key.kind == ROUTER).count();
    assert_eq!([routers(0), routers(1), routers(2)], [2, 4, 2]);
    // What is gone in one area is gone in the other.
    bench.carrier(1, false);
    bench.until(secs(60));
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    assert_eq!(bench.route(0, "10.2.3.0/24"), None);
    assert!(bench.map(0).iter().all(|(_, key, ..)| key.kind != SUMMARY));
}

#[test]
fn a_stub_area_gets_a_default_route_and_its_neighbours_must_agree_that_it_is_one() {
    let one = ip("0.0.0.1");
    let border = OspfConfig {
        interfaces: vec![("e1".to_owned(), FaceConfig { area: Some(one), ..FaceConfig::default() })],
        stub: vec![one],
        ..point()
    };
    let inside = |stub: Vec<Ipv4Addr>| OspfConfig { area: one, stub, ..point() };
    for (stub, wanted) in [(vec![one], true), (vec![], false)] {
        let mut bench = Bench::started(&[
            (point(), &[(0, "10.1.2.1/24")]),
            (border.clone(), &[(0, "10.1.2.2/24"), (1, "10.2.3.2/24")]),
            (inside(stub), &[(1, "10.2.3.3/24")]),
        ]);
        bench.until(secs(40));
        assert_eq!(bench.route(2, "0.0.0.0/0"), wanted.then_some((ip("10.2.3.2"), 11)));
        assert_eq!(bench.when(2, "ospf.stub").is_empty(), wanted);
    }
}
