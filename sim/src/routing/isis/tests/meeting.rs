//! How systems become neighbours, and what hinders them.

use super::*;
use crate::wire::isis::tlv::Tlv;
use crate::wire::isis::{Area, HelloKind, Lsp, LspId, NodeId};

/// Two systems on a link, the second configured otherwise.
fn two(first: IsisConfig, second: IsisConfig) -> Bench {
    Bench::new(&[(first, &[(0, "10.1.2.1/24")]), (second, &[(0, "10.1.2.2/24")])])
}

fn area(last: u8) -> Area {
    Area(vec![0x49, 0, last])
}

#[test]
fn two_systems_are_neighbours_within_hellos_that_follow_each_change() {
    let mut bench = line(&point(), 2);
    bench.until(secs(1));
    assert_eq!([bench.state(0, 1), bench.state(1, 0)], [State::Up; 2]);
    for node in [0, 1] {
        let up = bench.when(node, "isis.up");
        assert!(up.len() == 1 && up[0] < SimTime::ZERO + SimDuration::from_ms(200), "{up:?}");
    }
    bench.until(secs(20));
    assert_eq!(bench.map(0), bench.map(1));
    assert_eq!(bench.route(0, "10.99.2.1/32"), Some((ip("10.1.2.2"), 20)));
    assert_eq!(bench.route(1, "10.99.1.1/32"), Some((ip("10.1.2.1"), 20)));
    // The own links are the kernel's.
    assert_eq!(bench.route(0, "10.1.2.0/24").map(|(via, _)| via), None);
}

#[test]
fn a_state_follows_from_both_states() {
    use State::{Down, Initializing, Up};
    for (own, theirs, after) in [
        (Down, Down, Initializing),
        (Down, Initializing, Up),
        (Down, Up, Down),
        (Initializing, Down, Initializing),
        (Initializing, Initializing, Up),
        (Initializing, Up, Up),
        (Up, Down, Initializing),
        (Up, Initializing, Up),
        (Up, Up, Up),
    ] {
        assert_eq!(own.after(theirs.number()), after, "{own:?} {theirs:?}");
    }
}

#[test]
fn on_a_lan_the_larger_address_speaks_and_a_better_one_takes_over() {
    let mut bench = three(&lan());
    bench.until(secs(19));
    assert_eq!(bench.designated(0, Level::Two), None);
    bench.until(secs(60));
    for node in 0..3 {
        assert_eq!(bench.designated(node, Level::Two), Some(id(2)));
    }
    let name = "2 0000.0000.0003.01-00".to_owned();
    assert!(bench.map(0).iter().any(|(lsp, ..)| *lsp == name), "{:?}", bench.map(0));
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.2.1/32"), Some((ip("10.0.0.2"), 20)));
    // The designated system speaks three times as often, and tells what there is.
    let hellos = |bench: &Bench, node| bench.times(node, "routing.isis-hello", secs(40)).len();
    assert!(hellos(&bench, 2) >= 3 * hellos(&bench, 0) - 1, "{} {}", hellos(&bench, 2), hellos(&bench, 0));
    assert_eq!(bench.times(2, "routing.isis-csnp", secs(31)).len(), 3);
    assert_eq!(bench.times(0, "routing.isis-csnp", secs(0)).len(), 0);
    // It goes in silence: a third of the hold time later the next best takes its place; the old LAN is purged.
    bench.stop(2);
    bench.until(secs(72));
    assert_eq!(bench.designated(0, Level::Two), Some(id(1)));
    let lost = bench.when(0, "isis.silent");
    assert!(lost[0] > secs(66) && lost[0] < secs(71), "{lost:?}");
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    // It comes back and takes its place again: there is pre-emption.
    bench.start(2);
    bench.until(secs(130));
    for node in 0..3 {
        assert_eq!(bench.designated(node, Level::Two), Some(id(2)));
    }
    let lans = bench.map(0).into_iter().filter(|(lsp, ..)| lsp.contains(".01-")).count();
    assert_eq!(lans, 1, "{:?}", bench.map(0));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.0.0.3"), 20)));
    assert_eq!(bench.map(0), bench.map(2));
}

#[test]
fn priority_comes_before_the_address() {
    let best = IsisConfig { priority: 65, ..lan() };
    let mut bench = Bench::started(&[
        (best, &[(0, "10.0.0.1/24")]),
        (lan(), &[(0, "10.0.0.2/24")]),
        (IsisConfig { priority: 0, ..lan() }, &[(0, "10.0.0.3/24")]),
    ]);
    bench.until(secs(40));
    assert_eq!(bench.designated(2, Level::Two), Some(id(0)));
    bench.stop(0);
    bench.until(secs(60));
    assert_eq!(bench.designated(2, Level::Two), Some(id(1)));
    bench.stop(1);
    bench.until(secs(90));
    assert_eq!(bench.designated(2, Level::Two), None);
}

#[test]
fn what_hinders_two_systems_stands_in_the_table() {
    let one = |level| IsisConfig { level, ..point() };
    let cases = [
        (one(Levels::ONE), IsisConfig { area: area(2), ..one(Levels::ONE) }, "isis.area", ["1", "1"]),
        (one(Levels::ONE), one(Levels::TWO), "isis.level", ["2", "1"]),
        (point(), IsisConfig { password: Some("secret".to_owned()), ..point() }, "isis.authentication", ["2", "2"]),
        (point(), lan(), "isis.circuit", ["2", "2"]),
        (point(), IsisConfig { system: Some(id(0)), ..point() }, "isis.same-id", ["2", "2"]),
    ];
    for (first, second, reason, levels) in cases {
        let mut bench = two(first, second);
        (0..2).for_each(|node| bench.start(node));
        bench.until(secs(40));
        let word = reason.split_once('.').unwrap().1;
        for node in [0, 1] {
            let other = if reason == "isis.same-id" { 0 } else { 1 - node };
            assert_eq!(bench.rows(node), [format!("{} {} Down {word}", id(other), levels[node])], "{reason}");
            assert_eq!(bench.when(node, reason).len(), 1, "{reason}");
        }
    }
}

#[test]
fn the_smaller_mtu_refuses_padded_hellos_and_the_larger_waits() {
    let mut bench = two(point(), point());
    bench.mtu(1, 0, 1400);
    (0..2).for_each(|node| bench.start(node));
    bench.until(secs(40));
    assert_eq!(bench.rows(1), ["0000.0000.0001 2 Down mtu"]);
    assert_eq!(bench.rows(0), ["0000.0000.0002 2 Initializing -"]);
    // Without padding nothing is noticed.
    let bare = IsisConfig { padding: false, ..point() };
    let mut bench = two(bare.clone(), bare);
    bench.mtu(1, 0, 1400);
    (0..2).for_each(|node| bench.start(node));
    bench.until(secs(40));
    assert_eq!(bench.state(0, 1), State::Up);
}

#[test]
fn levels_in_common_are_used_and_areas_matter_at_the_first_only() {
    let both = IsisConfig { level: Levels::BOTH, ..point() };
    let far = IsisConfig { area: area(2), ..both.clone() };
    for (first, second, level) in [
        (both.clone(), both.clone(), "1-2"),
        (both.clone(), far.clone(), "2"),
        (both.clone(), point(), "2"),
        (IsisConfig { level: Levels::ONE, ..both.clone() }, both.clone(), "1"),
    ] {
        let mut bench = two(first, second);
        (0..2).for_each(|node| bench.start(node));
        bench.until(secs(10));
        assert_eq!(bench.rows(0), [format!("0000.0000.0002 {level} Up -")]);
    }
    // On a LAN each level has an adjacency of its own.
    let both = IsisConfig { level: Levels::BOTH, ..lan() };
    let mut bench = two(both.clone(), both);
    (0..2).for_each(|node| bench.start(node));
    bench.until(secs(40));
    assert_eq!(bench.rows(0), ["0000.0000.0002 1 Up -", "0000.0000.0002 2 Up -"]);
    assert_eq!([Level::One, Level::Two].map(|level| bench.designated(0, level)), [Some(id(1)); 2]);
}

#[test]
fn hellos_are_as_long_as_the_longest_packet_and_go_to_all_systems() {
    let mut bench = line(&point(), 2);
    bench.until(secs(5));
    for (_, _, to, pdu, why) in bench.sent.iter().filter(|sent| sent.4 == "routing.isis-hello") {
        assert_eq!((pdu.write().len(), to.to_string().as_str()), (1497, "09:00:2b:00:00:05"), "{why}");
    }
    let mut bench = three(&lan());
    bench.until(secs(5));
    assert!(bench.sent.iter().all(|sent| sent.2.to_string() == "01:80:c2:00:00:15"));
    for mtu in [64, 600, 601, 602, 1499, 9000] {
        let mut bench = two(point(), point());
        bench.mtu(0, 0, mtu);
        bench.start(0);
        let len = bench.sent[0].3.write().len();
        let most = usize::from(mtu) - 3;
        assert!(len == most || len + 1 == most || mtu == 64, "{mtu} {len}");
    }
}

#[test]
fn hellos_are_those_of_frr_in_the_same_place() {
    use crate::wire::isis::tests::hello;
    let mut bench = line(&IsisConfig { hold: SimDuration::from_secs(30), ..point() }, 2);
    bench.until(secs(1));
    let ours = |state: u8| {
        let is = |pdu: &Pdu| {
            let Pdu::Hello(hello) = pdu else { return None };
            let says = |tlv: &Tlv| matches!(tlv, Tlv::ThreeWay(told) if told.state == state);
            hello.tlvs.iter().any(says).then(|| hello.clone())
        };
        bench.sent.iter().filter(|sent| sent.1 == 1).find_map(|sent| is(&sent.3)).unwrap()
    };
    // Only the number of the circuit is its owner's affair.
    for (at, state) in [(0, 2), (1, 0)] {
        let mut theirs = hello("p2p-l2-wide", id(1), at);
        if let HelloKind::Point { circuit } = &mut theirs.kind {
            *circuit = 1;
        }
        assert_eq!(ours(state), theirs);
    }
}

#[test]
fn a_system_in_a_neighbours_place_and_strangers_are_noticed() {
    let mut bench = line(&point(), 2);
    bench.until(secs(15));
    let lsp = Lsp::new(Level::Two, (LspId::default(), 1), 1200, 3, &[]);
    bench.hears((0, 0), mac(5, 0), &Pdu::Lsp(lsp.clone()).write());
    // On a link of two whoever speaks is the neighbour; its LSP is taken.
    assert!(bench.map(0).iter().any(|(name, ..)| name.contains("0000.0000.0000.00-00")));
    let mut lan = three(&lan());
    lan.until(secs(45));
    lan.hears((0, 0), mac(5, 0), &Pdu::Lsp(lsp).write());
    assert_eq!(lan.when(0, "isis.stranger").len(), 1);
    // A third system at the other end.
    let mut other = hello_of(&bench, 1);
    other.system = id(7);
    bench.hears((0, 0), mac(7, 0), &Pdu::Hello(other).write());
    assert_eq!(bench.when(0, "isis.replaced").len(), 1);
    assert_eq!(bench.state(0, 1), State::Down);
}

/// The last hello of a system.
fn hello_of(bench: &Bench, node: usize) -> crate::wire::isis::Hello {
    let hello = |pdu: &Pdu| if let Pdu::Hello(hello) = pdu { Some(hello.clone()) } else { None };
    bench.sent.iter().rev().filter(|sent| sent.1 == node).find_map(|sent| hello(&sent.3)).unwrap()
}

#[test]
fn a_hello_for_somebody_else_changes_nothing() {
    let mut bench = line(&point(), 2);
    bench.until(secs(15));
    let mut other = hello_of(&bench, 1);
    for tlv in &mut other.tlvs {
        if let Tlv::ThreeWay(told) = tlv {
            (told.state, told.neighbour) = (2, Some(id(8)));
        }
    }
    bench.hears((0, 0), mac(1, 0), &Pdu::Hello(other).write());
    assert_eq!(bench.state(0, 1), State::Up);
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(9, "bytes");
    let mut bench = three(&IsisConfig { level: Levels::BOTH, ..lan() });
    bench.until(secs(45));
    let seen: Vec<Vec<u8>> = bench.sent.iter().map(|sent| sent.3.write()).collect();
    for _ in 0..3_000 {
        let mut bytes = seen[stream.below(seen.len() as u64) as usize].clone();
        for _ in 0..=stream.below(4) {
            let at = stream.below(bytes.len().min(80) as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        if matches!(bytes[4] & 31, 18 | 20) && bytes.len() >= 27 {
            bytes[24..26].fill(0);
            let sum = crate::wire::checksum::fletcher(&bytes[12..], 12);
            bytes[24..26].copy_from_slice(&sum.to_be_bytes());
        }
        bench.hears((0, 0), mac(stream.below(3) as usize, 0), &bytes);
        let next = bench.now + SimDuration::from_ms(50);
        bench.until(next);
        _ = (bench.table(0), bench.map(0));
    }
    // After the storm the three agree again.
    bench.until(bench.now + SimDuration::from_secs(1300));
    assert_eq!(bench.map(0), bench.map(1));
    let own = |node: usize| NodeId::of(id(node)).to_string();
    assert!((0..3).all(|node| bench.map(0).iter().any(|(lsp, ..)| lsp.contains(&own(node)))), "{:?}", bench.map(0));
}
