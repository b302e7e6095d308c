//! Who gets copies of frames to everybody, to groups and to strangers; what is too long; what never passes.

use super::*;

#[test]
fn port_flags_choose_who_gets_which_flood() {
    let group = MacAddr([0x01, 0x00, 0x5e, 1, 1, 1]);
    // Port 1 wants no strangers, port 2 no groups, port 3 no broadcasts.
    let mut bench = Bench::new(with_ports(4, |at, port| {
        port.unicast_flood = at != 1;
        port.multicast_flood = at != 2;
        port.broadcast_flood = at != 3;
    }));
    bench.send(0, 1, 9);
    for (dst, said) in [
        (station(9), "flood-unknown > 2 3"),
        (group, "flood-multicast > 1 3"),
        (MacAddr([0x33, 0x33, 0, 0, 0, 1]), "flood-multicast > 1 3"),
        (MacAddr::BROADCAST, "flood-broadcast > 1 2"),
        (MacAddr::ZERO, "flood-unknown > 2 3"),
    ] {
        assert_eq!(bench.put(0, &frame(station(1), dst)), said, "{dst}");
    }
    // A known destination is reached whatever the flags say.
    bench.send(1, 2, 1);
    assert_eq!(bench.send(0, 1, 2), "forward-known > 1");
}

#[test]
fn a_flood_without_takers_is_a_drop_that_says_so() {
    let mut alone = Bench::plain(1);
    assert_eq!(alone.send(0, 1, 2), "learned, drop no-other-port");
    let mut bench = Bench::new(with_ports(2, |_, port| port.broadcast_flood = false));
    assert_eq!(bench.put(0, &frame(station(1), MacAddr::BROADCAST)), "learned, drop no-other-port");
}

#[test]
fn a_row_for_a_group_is_never_asked() {
    // Linux asks its multicast database, not the forwarding table, for groups.
    let mut bench = Bench::plain(3);
    let source = frame(station(1), MacAddr([0x01, 0x00, 0x5e, 0, 0, 1]));
    assert_eq!(bench.put(0, &source), "learned, flood-multicast > 1 2");
    assert_eq!(bench.put(0, &source), "flood-multicast > 1 2");
}

#[test]
fn link_local_groups_are_never_forwarded_and_teach_nothing() {
    let mut bench = Bench::plain(2);
    for last in 0..=0xff_u8 {
        let dst = MacAddr([0x01, 0x80, 0xc2, 0, 0, last]);
        let said = bench.put(0, &frame(station(100 + u16::from(last)), dst));
        // :00 is the spanning tree's, and passes where no spanning tree runs (Linux br_handle_frame).
        let passes = last == 0 || last > 0x0f;
        assert_eq!(said, if passes { "learned, flood-multicast > 1" } else { "drop link-local" }, "{dst}");
    }
    assert_eq!(bench.fdb().len(), 256 - 15);
}

#[test]
fn the_longest_frame_is_mtu_and_eighteen_bytes() {
    // F§A.2: IP packets up to MTU + 4 slip through; at an egress MTU of 1450, 1454 passes and 1455 does not.
    let mut bench = Bench::new(with_ports(3, |at, port| port.mtu = if at == 1 { 1450 } else { 1500 }));
    let long = |ip_len: usize, dst| {
        let mut bytes = frame(station(1), dst);
        bytes.resize(14 + ip_len, 0);
        bytes
    };
    bench.send(1, 2, 1);
    bench.send(0, 1, 2);
    assert_eq!(bench.put(0, &long(1454, station(2))), "forward-known > 1");
    assert_eq!(bench.put(0, &long(1455, station(2))), "drop too-long");
    assert_eq!(bench.number(), 1469);
    // A flood leaves the narrow port out and goes on to the others.
    assert_eq!(bench.put(0, &long(1454, station(9))), "flood-unknown > 1 2");
    assert_eq!(bench.put(0, &long(1455, station(9))), "flood-unknown > 2");
    assert_eq!(bench.put(0, &long(1505, station(9))), "drop no-other-port");
}

#[test]
fn runts_are_dropped_with_their_length() {
    let mut bench = Bench::plain(2);
    for len in 0..14 {
        assert_eq!(bench.put(0, &frame(station(1), station(2))[..len]), "drop runt");
        assert_eq!(bench.number(), len as u64);
    }
    assert_eq!(bench.put(0, &frame(station(1), station(2))[..14]), "learned, flood-unknown > 1");
}

#[test]
fn flooded_copies_keep_the_number_of_the_frame() {
    let mut bench = Bench::plain(4);
    bench.send(0, 1, 2);
    let mut ids: Vec<_> = Vec::new();
    while bench.world.step() {
        ids.extend(bench.world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Decision { decision, .. } if decision.verdict == Verdict::Deliver => Some(decision.frame),
            _ => None,
        }));
        if ids.len() == 3 {
            break;
        }
    }
    assert_eq!((ids.len(), ids[0] == ids[1] && ids[1] == ids[2]), (3, true));
}
