//! Neighbours, the exchange of tables, what is lost and sent again, and questions.

use super::super::metric::{Cost, HERE, NOWHERE, beyond, distance};
use super::*;
use crate::wire::eigrp::{END_OF_TABLE, INIT, Metric, Tlv};

#[test]
fn a_metric_is_that_of_frr() {
    let link = Cost::new(SimDuration::from_us(100), 100_000, 1500);
    let k = EigrpConfig::default().k;
    let (mut told, mut all) = (HERE, Vec::new());
    for _ in 0..3 {
        told = beyond(&told, link, true).unwrap();
        all.push(distance(&told, &k));
    }
    assert_eq!(all, [28160, 30720, 33280]);
    // Two gigabit hops of 10 µs.
    let fast = Cost::new(SimDuration::from_us(10), 1_000_000, 1500);
    let two = beyond(&beyond(&HERE, fast, false).unwrap(), fast, true).unwrap();
    assert_eq!(distance(&two, &k), 3072);
    assert_eq!(beyond(&NOWHERE, link, true), None);
    assert_eq!(beyond(&Metric { hops: 100, ..told }, link, true), None);
    // Load counts with K2, reliability with K5.
    assert_eq!(distance(&told, &[1, 1, 1, 0, 0, 0]), 33280 + 25600 / 255);
    assert_eq!(distance(&told, &[1, 0, 1, 1, 2, 0]), 33280 * 2 / 256);
    let far = Metric { delay: u32::MAX - 1, bandwidth: u32::MAX, ..told };
    assert_eq!(distance(&far, &[255; 6]), 0xffff_fffe);
}

#[test]
fn two_routers_are_neighbours_within_milliseconds_and_say_what_frr_says() {
    let mut bench = Bench::started(2, &[(&[0, 1], 10)]);
    bench.until(SimTime::ZERO + SimDuration::from_ms(10));
    assert_eq!([bench.state(0, 1), bench.state(1, 0)], [Some(State::Up); 2]);
    assert_eq!(bench.route(0, "10.99.1.0/24"), Some((vec![1], 30720)));
    let own: Vec<&Packet> = bench.sent.iter().filter(|sent| sent.1 == 0).map(|sent| &sent.3).collect();
    let first = own.iter().position(|packet| packet.flags == INIT).unwrap();
    assert!(own[first].tlvs.is_empty() && own[first].opcode == Opcode::Update);
    let table = own.iter().find(|packet| packet.flags == END_OF_TABLE).unwrap();
    let [Tlv::Route(route)] = &table.tlvs[..] else { panic!("{table:?}") };
    assert_eq!((route.networks[0], route.metric.delay, route.metric.bandwidth), (net("10.99.0.0/24"), 2560, 25600));
    // Then there is nothing more to say but hellos.
    let before = bench.sent.len();
    bench.until(secs(300));
    assert!(bench.sent[before..].iter().all(|sent| sent.3.opcode == Opcode::Hello && sent.3.ack == 0));
    assert_eq!(bench.sent.len() - before, 2 * 59);
}

#[test]
fn on_a_ring_the_far_side_has_two_ways_and_one_that_is_as_far_as_this_router_is_none() {
    let ring: [(&[usize], u64); 4] = [(&[0, 1], 10), (&[1, 2], 10), (&[2, 3], 10), (&[3, 0], 10)];
    let mut bench = Bench::started(4, &ring);
    bench.until(secs(3));
    assert_eq!(bench.route(2, "10.99.0.0/24"), Some((vec![1, 3], 33280)));
    assert_eq!(bench.route(1, "10.99.0.0/24"), Some((vec![0], 30720)));
    let to = bench.of(1, "10.99.0.0/24").unwrap();
    assert_eq!((to.fd, to.active.is_none()), (30720, true));
}

/// The example of the standard (§3.6): a square, the network behind A.
#[test]
fn a_square_loses_a_side_and_only_those_who_must_talk() {
    let square: [(&[usize], u64); 4] = [(&[0, 1], 1), (&[1, 2], 1), (&[2, 3], 1), (&[3, 0], 1)];
    let (a, b, c, d) = (0, 1, 2, 3);
    let mut bench = Bench::started(4, &square);
    bench.watch = true;
    bench.until(secs(20));
    let to = "10.99.0.0/24";
    // C uses both B and D here, so the side A-D is made longer for it: C has B and D as far in this square.
    assert_eq!(bench.route(c, to).unwrap().0, [b, d]);
    bench.carrier(3, false);
    bench.until(secs(30));
    let about = |slug: &str, node: usize| {
        let fits = |said: &&Words| said.0 >= secs(20) && said.2 == slug && said.1 == node && said.3.starts_with(to);
        bench.said.iter().filter(fits).count()
    };
    assert_eq!([about("eigrp.active", d), about("eigrp.answered", d)], [1, 1]);
    assert_eq!([a, b, c].map(|node| about("eigrp.active", node)), [0; 3]);
    assert_eq!(bench.route(d, to).unwrap().0, [c]);
    assert_eq!(bench.route(c, to).unwrap().0, [b]);
    // With C-D cut as well D knows no way, and says so without counting.
    bench.carrier(2, false);
    bench.until(secs(31));
    assert_eq!((bench.route(d, to), bench.of(d, to).is_none()), (None, true));
}

#[test]
fn a_feasible_successor_takes_over_at_once_and_without_one_all_are_asked() {
    // A reaches N (behind D) by B, or by C, which is farther; C is feasible only if it is near enough to D.
    for (near, asked) in [(15, false), (40, true)] {
        let wires: [(&[usize], u64); 4] = [(&[0, 1], 10), (&[1, 3], 20), (&[0, 2], 50), (&[2, 3], near)];
        let mut bench = Bench::started(4, &wires);
        bench.watch = true;
        bench.until(secs(20));
        assert_eq!(bench.route(0, "10.99.3.0/24").unwrap().0, [1]);
        bench.carrier(0, false);
        let to = bench.of(0, "10.99.3.0/24").unwrap();
        assert_eq!(to.active.is_some(), asked, "{near}");
        assert_eq!(bench.route(0, "10.99.3.0/24").is_some(), !asked, "{near}");
        bench.until(secs(21));
        assert_eq!(bench.route(0, "10.99.3.0/24").unwrap().0, [2]);
    }
}

#[test]
fn a_silent_neighbour_is_gone_after_its_hold_time() {
    let mut bench = Bench::started(3, &[(&[0, 1], 10), (&[1, 2], 10), (&[0, 2], 30)]);
    bench.until(secs(20));
    bench.wires[1].alive = false;
    bench.until(secs(29));
    assert_eq!(bench.state(1, 2), Some(State::Up));
    bench.until(secs(36));
    assert_eq!(bench.state(1, 2), None);
    assert_eq!(bench.count(Some(1), "eigrp.silent", secs(30)), 1);
    assert_eq!(bench.route(1, "10.99.2.0/24").unwrap().0, [0]);
    bench.wires[1].alive = true;
    bench.until(secs(60));
    assert_eq!(bench.route(1, "10.99.2.0/24").unwrap().0, [2]);
}

#[test]
fn a_router_that_comes_back_before_anybody_missed_it_is_told_everything_again() {
    let mut bench = Bench::started(3, &[(&[0, 1], 10), (&[1, 2], 10)]);
    bench.until(secs(20));
    bench.stop(1);
    bench.until(secs(22));
    bench.start(1);
    bench.until(secs(30));
    assert_eq!(bench.count(Some(0), "eigrp.restarted", secs(20)), 1);
    for (node, prefix) in [(1, "10.99.0.0/24"), (0, "10.99.2.0/24"), (2, "10.99.0.0/24"), (1, "10.99.2.0/24")] {
        assert!(bench.route(node, prefix).is_some(), "{node} {prefix}");
    }
}

#[test]
fn whatever_is_lost_is_sent_again() {
    for seed in 0..12 {
        let mut bench = Bench::new(4, &[(&[0, 1, 2], 10), (&[2, 3], 10)], &EigrpConfig::default());
        bench.dice = Stream::named(seed, "loss");
        (bench.loss, bench.watch) = (200_000, true);
        bench.start_all();
        bench.until(secs(60));
        bench.carrier(1, false);
        bench.until(secs(90));
        bench.carrier(1, true);
        bench.until(secs(100));
        bench.loss = 0;
        bench.until(secs(200));
        for node in 0..4 {
            for to in (0..4).filter(|to| *to != node) {
                assert!(bench.route(node, &format!("10.99.{to}.0/24")).is_some(), "{seed}: {node} to {to}");
            }
        }
        let waits = |near: &super::super::neighbour::Near| near.sent.is_some() || !near.queue.is_empty();
        let all = bench.nodes.iter().flat_map(|node| node.eigrp.faces.iter().flat_map(|face| &face.neighbours));
        assert!(!all.into_iter().any(waits), "{seed}");
    }
}

#[test]
fn on_a_network_of_four_a_change_is_one_packet_for_all_and_who_missed_it_gets_it_alone() {
    let mut bench = Bench::started(5, &[(&[0, 1, 2, 3], 10), (&[3, 4], 10)]);
    bench.until(secs(20));
    bench.carrier(1, false);
    bench.until(secs(21));
    let queries = bench.packets(Opcode::Query, secs(20));
    assert_eq!(queries.iter().filter(|query| query.1 == 3).count(), 1, "{queries:?}");
    assert_eq!(bench.route(0, "10.99.4.0/24"), None);
    bench.carrier(1, true);
    bench.until(secs(30));
    assert_eq!(bench.route(0, "10.99.4.0/24").unwrap().0, [3]);
}

/// R1 asks R2, R2 asks R3, and R3 is deaf: it hears nothing, and its hold time is long.
#[test]
fn a_neighbour_that_does_not_answer_is_asked_after_half_the_time_and_given_up_after_the_whole() {
    let patient = EigrpConfig {
        hold: SimDuration::from_secs(600),
        retransmit: SimDuration::from_secs(20),
        ..EigrpConfig::default()
    };
    let mut bench = Bench::new(4, &[(&[0, 1], 10), (&[1, 2], 10), (&[0, 3], 10)], &patient);
    bench.start_all();
    bench.until(secs(20));
    bench.wires[1].alive = false;
    bench.carrier(2, false);
    bench.until(secs(109));
    let to = "10.99.3.0/24";
    assert!(bench.of(0, to).unwrap().active.is_some() && bench.of(1, to).unwrap().active.is_some());
    assert!(bench.packets(Opcode::SiaQuery, secs(0)).is_empty());
    bench.until(secs(111));
    let asked = bench.packets(Opcode::SiaQuery, secs(20));
    assert!(asked.iter().any(|query| query.1 == 0), "{asked:?}");
    assert_eq!(bench.count(Some(1), "eigrp.stuck", secs(0)), 0);
    // R2 still works on it and says so; R3 does not.
    assert_eq!(bench.packets(Opcode::SiaReply, secs(20)).first().map(|reply| reply.1), Some(1));
    bench.until(secs(201));
    assert_eq!(bench.count(Some(1), "eigrp.stuck", secs(199)), 1);
    assert_eq!(bench.count(Some(0), "eigrp.stuck", secs(0)), 0);
    assert_eq!(bench.state(0, 1), Some(State::Up));
    assert!(bench.of(0, to).is_none() && bench.of(1, to).is_none());
}

#[test]
fn tables_name_ways_their_role_and_who_is_waited_for() {
    let wires: [(&[usize], u64); 4] = [(&[0, 1], 10), (&[1, 3], 20), (&[0, 2], 50), (&[2, 3], 15)];
    let mut bench = Bench::started(4, &wires);
    bench.until(secs(20));
    let shown = |view: TableView, of: &str| -> Vec<String> {
        let rows = view.rows.iter().filter(|row| row.cells[0].to_string() == of);
        rows.map(|row| row.cells[1..].iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
    };
    let rows = shown(bench.topology(0), "10.99.3.0/24");
    assert_eq!(
        rows,
        ["10.1.0.2 e0 35840 33280 successor 35840 passive -", "10.1.2.3 e1 44800 32000 feasible 35840 passive -"]
    );
    let near = shown(bench.table(0), "10.1.0.2");
    assert!(near.len() == 1 && near[0].starts_with("e0 up ") && near[0].ends_with(" 0 -"), "{near:?}");
    bench.wires[2].alive = false;
    bench.carrier(0, false);
    let rows = shown(bench.topology(0), "10.99.1.0/24");
    assert!(rows.iter().any(|row| row.ends_with("active 1")), "{rows:?}");
}
