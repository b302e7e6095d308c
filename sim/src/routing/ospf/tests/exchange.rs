//! Packets that get lost, come twice, too soon or from another life.

use super::*;
use crate::wire::ospf::lsa::{FIRST, LAST, MAX_AGE, ROUTER};
use crate::wire::ospf::{ALL_ROUTERS, Auth, EXTERNAL};

fn settled(count: usize) -> Bench {
    let mut bench = bench_of(&line(count));
    bench.until(secs(40));
    for at in 1..count {
        assert_eq!(bench.map(0), bench.map(at));
    }
    bench
}

/// Whatever kind of packet is lost twice at the beginning, the maps are equal in the end.
#[test]
fn what_is_lost_is_sent_again() {
    for kind in 1..=5_u8 {
        let mut bench = bench_of(&line(3));
        let kinds: [fn(&Packet) -> bool; 5] = [|_| true, is::<2>, is::<3>, is::<4>, is::<5>];
        bench.lose = (2, kinds[usize::from(kind) - 1]);
        bench.until(secs(80));
        assert_eq!(bench.lose.0, 0, "{kind}");
        for node in [0, 2] {
            assert_eq!(bench.state(node, 1), State::Full, "{kind}");
            assert_eq!(bench.map(node), bench.map(1), "{kind}");
        }
        assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 20)), "{kind}");
        let waits = bench.nodes.iter().flat_map(|node| node.ospf.faces.iter().flat_map(|face| &face.neighbours));
        assert!(waits.into_iter().all(|near| near.unacked.is_empty()), "{kind}");
    }
}

fn is<const KIND: u8>(packet: &Packet) -> bool {
    packet.body.kind() == KIND
}

#[test]
fn ten_quiet_minutes_are_hellos_only() {
    let mut bench = settled(4);
    let before = bench.sent.len();
    bench.until(secs(640));
    let later = &bench.sent[before..];
    assert!(later.iter().all(|(.., packet)| packet.body.kind() == 1));
    // 60 on each end of three links.
    assert_eq!(later.len(), 360);
}

#[test]
fn lsas_are_made_anew_every_half_hour_and_those_of_a_lost_router_die_after_an_hour() {
    let mut bench = settled(3);
    let seq = |bench: &Bench| bench.map(0).iter().map(|(_, _, seq, _)| *seq).collect::<Vec<_>>();
    let before = seq(&bench);
    bench.until(secs(1_900));
    assert_eq!(seq(&bench), before.iter().map(|seq| seq + 1).collect::<Vec<_>>());
    bench.stop(2);
    bench.until(secs(5_000));
    assert_eq!(bench.map(0).len(), 3);
    bench.until(secs(5_700));
    assert_eq!(bench.map(0).len(), 2);
    assert_eq!(bench.map(0), bench.map(1));
}

#[test]
fn a_router_that_comes_back_overcomes_what_was_said_of_it_before() {
    let mut bench = settled(3);
    let seq = |bench: &Bench| bench.map(0)[1].2;
    bench.stop(1);
    bench.until(secs(85));
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    let before = seq(&bench);
    bench.start(1);
    bench.until(secs(130));
    assert!(seq(&bench) > before);
    assert!(!bench.when(1, "ospf.own-heard").is_empty());
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 20)));
    assert_eq!(bench.map(0), bench.map(2));
}

fn lsa_of_r2(bench: &Bench, more: i32) -> Lsa {
    let lsa = bench.lsas(0).into_iter().find(|lsa| lsa.header.key.router == ip("10.255.0.2")).unwrap();
    Lsa::new(lsa.header.key, EXTERNAL, lsa.header.seq + more, &lsa.content().unwrap())
}

fn update(lsas: Vec<Lsa>) -> Vec<u8> {
    let body = Body::Update(lsas);
    Packet { router: ip("10.255.0.2"), area: super::super::BACKBONE, auth: Auth::Null, body }.write()
}

#[test]
fn an_instance_within_a_second_is_neither_taken_nor_acknowledged() {
    let mut bench = settled(2);
    let mut other = lsa_of_r2(&bench, 1);
    bench.hears((0, 0), "10.1.2.2", ALL_ROUTERS, &update(vec![other.clone()]));
    other = lsa_of_r2(&bench, 1);
    bench.hears((0, 0), "10.1.2.2", ALL_ROUTERS, &update(vec![other]));
    assert_eq!(bench.when(0, "ospf.too-soon").last(), Some(&secs(40)));
    assert_eq!(bench.lsas(0).len(), 2);
}

#[test]
fn an_older_instance_is_answered_with_the_newer_one_and_the_same_one_with_an_acknowledgement() {
    let mut bench = settled(2);
    let same = lsa_of_r2(&bench, 0);
    let old = lsa_of_r2(&bench, -1);
    let mut damaged = lsa_of_r2(&bench, 5);
    damaged.bytes[5] ^= 1;
    let before = bench.sent.len();
    bench.hears((0, 0), "10.1.2.2", ALL_ROUTERS, &update(vec![same.clone(), old, damaged]));
    let answers: Vec<&Packet> = bench.sent[before..].iter().map(|(.., packet)| packet).collect();
    let [ack, newer] = answers[..] else { panic!("{answers:?}") };
    assert_eq!(ack.body, Body::Ack(vec![same.header]));
    let Body::Update(lsas) = &newer.body else { panic!("{newer:?}") };
    assert_eq!((lsas.len(), lsas[0].header.seq, lsas[0].header.checksum), (1, same.header.seq, same.header.checksum));
    assert_eq!(bench.when(0, "ospf.lsa-checksum"), [secs(40)]);
}

#[test]
fn after_the_last_sequence_number_an_lsa_is_flushed_and_begins_again() {
    let mut bench = settled(2);
    let own = bench.lsas(0).into_iter().find(|lsa| lsa.header.key.router == ip("10.255.0.1")).unwrap();
    let last = Lsa::new(own.header.key, EXTERNAL, LAST, &own.content().unwrap());
    bench.hears((0, 0), "10.1.2.2", ALL_ROUTERS, &update(vec![last]));
    bench.until(secs(60));
    assert!(bench.when(1, "ospf.flushed").len() == 1);
    for node in [0, 1] {
        let now = bench.lsas(node).into_iter().find(|lsa| lsa.header.key == own.header.key).unwrap();
        assert_eq!((now.header.seq, now.content()), (FIRST, own.content()));
    }
}

#[test]
fn an_lsa_says_the_same_at_most_every_five_seconds() {
    let mut bench = settled(3);
    for tenth in 0..50 {
        bench.carrier(1, tenth % 2 == 1);
        let later = bench.now + SimDuration::from_ms(200);
        bench.until(later);
    }
    let made: Vec<SimTime> = bench.when(1, "ospf.made").into_iter().filter(|at| *at >= secs(40)).collect();
    assert!(made.windows(2).all(|two| two[1].since(two[0]) >= SimDuration::from_secs(5)), "{made:?}");
    assert!(made.len() >= 2);
    bench.until(secs(120));
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 20)));
}

#[test]
fn computations_that_follow_closely_wait_longer_and_longer() {
    let mut bench = settled(2);
    let start = bench.when(0, "ospf.computed").len();
    for _ in 0..200 {
        bench.call(0, |ospf, io| ospf.schedule(io));
        let later = bench.now + SimDuration::from_ms(10);
        bench.until(later);
    }
    let times = bench.when(0, "ospf.computed").split_off(start);
    let gaps: Vec<u64> = times.windows(2).map(|two| two[1].since(two[0]).0 / 1_000_000).collect();
    assert_eq!(gaps[..6], [50, 100, 150, 200, 250, 300]);
    assert_eq!(times[0], secs(40));
}

#[test]
fn silence_is_noticed_after_the_dead_interval_and_a_cut_at_once() {
    for (silent, least, most) in [(false, 0, 20), (true, 30_000, 40_020)] {
        let mut bench = settled(3);
        if silent {
            bench.dead.insert(1);
        } else {
            bench.carrier(1, false);
        }
        bench.until(secs(100));
        let gone: Vec<u64> =
            bench.when(0, "ospf.route-gone").iter().map(|at| at.since(secs(40)).0 / 1_000_000).collect();
        assert!(!gone.is_empty() && gone.iter().all(|ms| (least..=most).contains(ms)), "{silent}: {gone:?}");
    }
}

#[test]
fn an_update_crosses_each_link_at_most_twice() {
    let ring: Vec<(OspfConfig, Vec<(usize, String)>)> = (0..6)
        .map(|at: usize| {
            let left = (at + 5) % 6;
            (point(), vec![(left, format!("10.0.{left}.2/24")), (at, format!("10.0.{at}.1/24"))])
        })
        .collect();
    let mut bench = bench_of(&ring);
    bench.until(secs(40));
    let before: Vec<usize> = (0..6).map(|node| bench.told(node)).collect();
    bench.carrier(0, false);
    bench.until(secs(60));
    let told: usize = (0..6).map(|node| bench.told(node) - before[node]).sum();
    // Two LSAs, five links left.
    assert!((2 * 5..=2 * 5 * 2).contains(&told), "{told}");
    for node in 1..6 {
        assert_eq!(bench.map(0), bench.map(node));
    }
}

#[test]
fn dead_lsas_nobody_knows_are_acknowledged_and_forgotten() {
    let mut bench = settled(2);
    let key = Key { kind: ROUTER, id: ip("10.255.0.9"), router: ip("10.255.0.9") };
    let mut lsa = Lsa::new(key, EXTERNAL, FIRST, &Content::Router { flags: 0, links: Vec::new() });
    lsa.header.age = MAX_AGE;
    let before = bench.map(0);
    bench.hears((0, 0), "10.1.2.2", ALL_ROUTERS, &update(vec![lsa.clone()]));
    assert_eq!(bench.map(0), before);
    let (.., answer) = bench.sent.last().unwrap();
    assert_eq!(answer.body, Body::Ack(vec![lsa.header]));
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(3, "bytes");
    let mut bench = lan(&OspfConfig::default());
    bench.until(secs(60));
    let seen: Vec<Vec<u8>> = bench.sent.iter().map(|(.., packet)| packet.write()).collect();
    for round in 0..4_000 {
        let mut bytes = seen[stream.below(seen.len() as u64) as usize].clone();
        for _ in 0..stream.below(4) {
            let at = stream.below(bytes.len() as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        if bytes.len() > 24 {
            bytes[12..14].fill(0);
            let sum = crate::wire::checksum::finish(crate::wire::checksum::sum(&bytes));
            bytes[12..14].copy_from_slice(&sum.to_be_bytes());
        }
        let from = ["10.0.0.1", "10.0.0.2", "10.0.0.3"][stream.below(3) as usize];
        bench.hears((round % 3, 0), from, ALL_ROUTERS, &bytes);
        let later = bench.now + SimDuration::from_ms(100);
        bench.until(later);
    }
}
