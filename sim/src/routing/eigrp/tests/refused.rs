//! What is not believed, and why neighbours are none.

use super::*;
use crate::wire::eigrp::{Authentication, GOODBYE, Metric, Parameters, Route, Tlv};

fn packet(opcode: Opcode, sequence: u32, tlvs: Vec<Tlv>) -> Packet {
    Packet { opcode, flags: 0, sequence, ack: 0, virtual_router: 0, system: 1, tlvs }
}

fn hello(k: [u8; 6]) -> Packet {
    packet(Opcode::Hello, 0, vec![Tlv::Parameters(Parameters { k, hold: 15 })])
}

const K: [u8; 6] = [1, 0, 1, 0, 0, 0];

fn settled() -> Bench {
    let mut bench = Bench::started(2, &[(&[0, 1], 10)]);
    bench.until(secs(12));
    bench
}

fn hindered(bench: &Bench) -> Vec<String> {
    let rows = bench.table(0).rows;
    rows.iter().filter(|row| row.cells[2].to_string() == "down").map(|row| row.cells[5].to_string()).collect()
}

#[test]
fn what_hinders_an_adjacency_is_shown_as_long_as_it_lasts() {
    let signed = Tlv::Authentication(Authentication { kind: 2, key: 1, sequence: 0, digest: vec![0; 16] });
    let other = "10.1.0.77";
    for (from, told, word) in [
        (other, hello([1, 1, 1, 0, 0, 0]), "weights"),
        (other, Packet { system: 2, ..hello(K) }, "system"),
        ("10.2.0.77", hello(K), "not-neighbour"),
        (other, packet(Opcode::Hello, 0, [vec![signed.clone()], hello(K).tlvs].concat()), "authentication"),
    ] {
        let mut bench = settled();
        for _ in 0..3 {
            bench.hears((0, 0), from, &told.write());
        }
        assert_eq!(hindered(&bench), [word]);
        assert_eq!(bench.count(Some(0), &format!("eigrp.{word}"), secs(12)), 1);
        assert_eq!(bench.state(0, 1), Some(State::Up));
        bench.until(secs(28));
        assert_eq!(hindered(&bench), [""; 0]);
    }
}

#[test]
fn a_refused_neighbour_that_comes_round_is_one() {
    let mut bench = settled();
    bench.hears((0, 0), "10.1.0.77", &hello([1, 1, 1, 0, 0, 0]).write());
    bench.hears((0, 0), "10.1.0.77", &hello(K).write());
    assert_eq!(hindered(&bench), [""; 0]);
    assert_eq!(bench.state(0, 76), Some(State::Pending));
    // It never confirms anything, so it is given up.
    bench.hears((0, 0), "10.1.0.77", &hello(K).write());
    bench.until(secs(30));
    assert_eq!(bench.state(0, 76), None);
}

#[test]
fn goodbye_termination_and_other_weights_end_it_at_once() {
    let own = ip("10.1.0.1");
    let goodbye = hello(GOODBYE);
    let mut dismissed = hello(K);
    dismissed.tlvs.push(Tlv::Termination(vec![ip("10.1.0.9"), own]));
    for (told, slug) in
        [(goodbye, "eigrp.goodbye"), (dismissed, "eigrp.dismissed"), (hello([0, 0, 1, 0, 0, 0]), "eigrp.weights")]
    {
        let mut bench = settled();
        bench.hears((0, 0), "10.1.0.2", &told.write());
        assert!(bench.count(Some(0), slug, secs(12)) > 0, "{slug}");
        assert_eq!((bench.state(0, 1), bench.route(0, "10.99.1.0/24")), (None, None), "{slug}");
        // Both begin anew with the next hello.
        bench.until(secs(40));
        assert_eq!(bench.state(0, 1), Some(State::Up), "{slug}");
        assert!(bench.route(0, "10.99.1.0/24").is_some() && bench.route(1, "10.99.0.0/24").is_some());
    }
    let mut others = hello(K);
    others.tlvs.push(Tlv::Termination(vec![ip("10.1.0.9")]));
    let mut bench = settled();
    bench.hears((0, 0), "10.1.0.2", &others.write());
    assert_eq!(bench.state(0, 1), Some(State::Up));
}

fn told(network: Prefix, metric: Metric) -> Vec<Tlv> {
    vec![Tlv::Route(Route { external: None, next_hop: Ipv4Addr::UNSPECIFIED, metric, networks: vec![network] })]
}

#[test]
fn strangers_and_networks_that_are_none_are_not_believed() {
    let metric =
        Metric { delay: 2560, bandwidth: 25600, mtu: 1500, hops: 0, reliability: 255, load: 1, tag: 0, flags: 0 };
    let mut bench = settled();
    bench.hears((0, 0), "10.1.0.77", &packet(Opcode::Update, 7, told(net("10.5.0.0/24"), metric)).write());
    assert_eq!(bench.count(Some(0), "eigrp.stranger", secs(12)), 1);
    let mut number = bench.nodes[1].eigrp.sequence;
    for network in ["10.5.0.1/25", "127.0.0.0/8", "224.0.0.0/4", "0.1.0.0/16"] {
        number += 1;
        bench.hears((0, 0), "10.1.0.2", &packet(Opcode::Update, number, told(net(network), metric)).write());
    }
    assert_eq!(bench.count(Some(0), "eigrp.wrong-network", secs(12)), 4);
    let good = packet(Opcode::Update, number + 1, told(net("10.5.0.0/24"), metric)).write();
    bench.hears((0, 0), "10.1.0.2", &good);
    assert_eq!(bench.route(0, "10.5.0.0/24"), Some((vec![1], 30720)));
    // The same number once more, or an older one, changes nothing.
    let gone = Metric { delay: u32::MAX, ..metric };
    bench.hears((0, 0), "10.1.0.2", &packet(Opcode::Update, number + 1, told(net("10.5.0.0/24"), gone)).write());
    bench.hears((0, 0), "10.1.0.2", &packet(Opcode::Update, number, told(net("10.5.0.0/24"), gone)).write());
    assert!(bench.route(0, "10.5.0.0/24").is_some());
    bench.hears((0, 0), "10.1.0.2", &packet(Opcode::Update, number + 2, told(net("10.5.0.0/24"), gone)).write());
    assert_eq!(bench.route(0, "10.5.0.0/24"), None);
}

#[test]
fn a_conditional_packet_is_for_those_who_were_not_named() {
    let metric =
        Metric { delay: 2560, bandwidth: 25600, mtu: 1500, hops: 0, reliability: 255, load: 1, tag: 0, flags: 0 };
    for (listed, taken) in [(vec![ip("10.1.0.1")], false), (vec![ip("10.1.0.9")], true)] {
        let mut bench = settled();
        let number = bench.nodes[1].eigrp.sequence + 5;
        let mut list = hello(K);
        list.tlvs.extend([Tlv::Sequence(listed), Tlv::NextMulticast(number)]);
        bench.hears((0, 0), "10.1.0.2", &list.write());
        let mut update = packet(Opcode::Update, number, told(net("10.5.0.0/24"), metric));
        update.flags = crate::wire::eigrp::CONDITIONAL;
        bench.hears((0, 0), "10.1.0.2", &update.write());
        assert_eq!(bench.route(0, "10.5.0.0/24").is_some(), taken);
    }
}

#[test]
fn no_bytes_end_it() {
    let mut random = Stream::named(9, "eigrp");
    let mut bench = settled();
    let seen: Vec<Vec<u8>> = bench.sent.iter().filter(|sent| sent.1 == 1).map(|sent| sent.3.write()).collect();
    for round in 0..2_000_u64 {
        let mut bytes = seen[random.below(seen.len() as u64) as usize].clone();
        for _ in 0..random.below(5) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.bits() as u8;
        }
        if random.chance(900_000) {
            bytes[2..4].fill(0);
            let sum = crate::wire::checksum::finish(crate::wire::checksum::sum(&bytes));
            bytes[2..4].copy_from_slice(&sum.to_be_bytes());
        }
        bench.hears((0, 0), "10.1.0.2", &bytes);
        if round % 50 == 0 {
            let next = bench.now + SimDuration::from_ms(500);
            bench.until(next);
        }
    }
    let end = bench.now + SimDuration::from_secs(400);
    bench.until(end);
    assert_eq!(bench.state(0, 1), Some(State::Up));
    assert!(bench.route(0, "10.99.1.0/24").is_some());
}
