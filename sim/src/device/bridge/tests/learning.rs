//! Learning, refreshing, moving, forwarding.

use super::*;

#[test]
fn a_source_is_learned_and_then_answered_by_one_port_only() {
    let mut bench = Bench::plain(4);
    assert_eq!(bench.send(0, 1, 2), "learned, flood-unknown > 1 2 3");
    assert_eq!(bench.rows_told(), "+1");
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 0");
    assert_eq!(bench.send(0, 1, 2), "forward-known > 1");
    assert_eq!(bench.fdb(), ["1@1 dynamic", "2@2 dynamic"]);
    assert_eq!(bench.count(&why::LEARNED), 2);
    assert_eq!(bench.count(&why::FORWARD_KNOWN), 2);
}

#[test]
fn a_forwarded_frame_is_the_same_bytes() {
    let mut bench = Bench::plain(2);
    bench.send(1, 2, 1);
    let mut sent = frame(station(1), station(2));
    sent.iter_mut().enumerate().skip(14).for_each(|(at, byte)| *byte = at as u8);
    bench.put(0, &sent);
    assert_eq!(bench.left_by(1), Some(sent));
}

#[test]
fn hearing_a_station_again_renews_its_time_and_nothing_else() {
    let mut bench = Bench::plain(2);
    bench.send(0, 1, 2);
    let before = bench.tables()[0].rows[0].clone();
    bench.wait(secs(7));
    assert_eq!(bench.send(0, 1, 2), "flood-unknown > 1");
    assert_eq!(bench.rows_told(), "");
    let after = bench.tables()[0].rows[0].clone();
    assert_eq!((after.written, &after.cells[..3]), (before.written, &before.cells[..3]));
    assert_eq!(after.cells[3].to_string(), "7s");
}

#[test]
fn being_spoken_to_does_not_renew_a_row() {
    let mut bench = Bench::plain(2);
    bench.send(0, 1, 2);
    bench.wait(secs(7));
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 0");
    assert_eq!(bench.tables()[0].rows[0].cells[3].to_string(), "0ns");
}

#[test]
fn the_last_speaker_wins_and_takes_the_traffic() {
    let mut bench = Bench::plain(3);
    bench.send(0, 1, 9);
    let first = bench.tables()[0].rows[0].written;
    assert_eq!(bench.send(2, 1, 9), "moved, flood-unknown > 0 1");
    assert_eq!(bench.rows_told(), "~1");
    assert!(bench.tables()[0].rows[0].written > first);
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 2");
}

#[test]
fn nothing_goes_back_out_of_the_arrival_port_unless_it_may_hairpin() {
    for (hairpin, known, unknown, broadcast) in [
        (false, "drop same-port", "flood-unknown > 1 2", "flood-broadcast > 1 2"),
        (true, "forward-known > 0", "flood-unknown > 0 1 2", "flood-broadcast > 0 1 2"),
    ] {
        let mut bench = Bench::new(with_ports(3, |at, port| port.hairpin = hairpin && at == 0));
        bench.send(0, 1, 7);
        bench.send(0, 2, 7);
        assert_eq!(bench.send(0, 1, 2), known);
        assert_eq!(bench.send(0, 1, 8), unknown);
        assert_eq!(bench.put(0, &frame(station(1), MacAddr::BROADCAST)), broadcast);
        // The flag belongs to the port the frame came in by, not to the others.
        assert_eq!(bench.send(1, 3, 8), "learned, flood-unknown > 0 2");
    }
}

#[test]
fn isolated_ports_exchange_nothing_but_reach_all_others() {
    // Ports 0 and 1 are isolated, 2 and 3 are not.
    let mut bench = Bench::new(with_ports(4, |at, port| port.isolated = at < 2));
    for (port, src, said) in [
        (0, 10, "learned, flood-unknown > 2 3"),
        (1, 11, "learned, flood-unknown > 2 3"),
        (2, 12, "learned, flood-unknown > 0 1 3"),
        (3, 13, "learned, flood-unknown > 0 1 2"),
    ] {
        assert_eq!(bench.send(port, src, 99), said);
    }
    for (port, src, dst, said) in [
        (0, 10, 11, "drop isolated"),
        (1, 11, 10, "drop isolated"),
        (0, 10, 12, "forward-known > 2"),
        (2, 12, 10, "forward-known > 0"),
        (2, 12, 13, "forward-known > 3"),
    ] {
        assert_eq!(bench.send(port, src, dst), said, "{src} to {dst}");
    }
    assert_eq!(bench.put(0, &frame(station(10), MacAddr::BROADCAST)), "flood-broadcast > 2 3");
}

#[test]
fn a_port_that_does_not_learn_still_forwards() {
    let mut bench = Bench::new(with_ports(3, |at, port| port.learning = at != 0));
    assert_eq!(bench.send(0, 1, 2), "flood-unknown > 1 2");
    assert_eq!(bench.send(1, 2, 1), "learned, flood-unknown > 0 2");
    assert_eq!(bench.send(0, 1, 2), "forward-known > 1");
    assert_eq!(bench.fdb(), ["2@2 dynamic"]);
}

#[test]
fn loss_of_carrier_forgets_what_was_learned_there_and_only_that() {
    let mut bench = Bench::plain(3);
    bench.send(0, 1, 9);
    bench.send(0, 2, 9);
    bench.send(1, 3, 9);
    bench.change(add_row(&[("mac", "02:00:00:00:00:04"), ("port", "1")])).unwrap();
    bench.carrier(0, false);
    assert_eq!(bench.rows_told(), "-1 -2");
    assert_eq!(bench.fdb(), ["3@2 dynamic", "4@1 static"]);
    assert_eq!(bench.port(0, "state"), "down");
    // A flood leaves the port out; a static row outlives its port and says why nothing goes there.
    assert_eq!(bench.send(1, 3, 1), "flood-unknown > 2");
    assert_eq!(bench.send(1, 3, 4), "drop port-down");
    bench.carrier(0, true);
    assert_eq!(bench.port(0, "state"), "forwarding");
    assert_eq!(bench.send(1, 3, 4), "forward-known > 0");
}

#[test]
fn loss_of_power_forgets_what_was_learned_but_not_what_was_written() {
    let mut bench = Bench::plain(2);
    bench.change(add_row(&[("mac", "02:00:00:00:00:04"), ("port", "1")])).unwrap();
    bench.change(add_row(&[("mac", "02:00:00:00:00:05"), ("port", "1"), ("kind", "sticky")])).unwrap();
    bench.send(0, 1, 9);
    bench.power(false);
    bench.power(true);
    assert_eq!(bench.fdb(), ["4@1 static", "5@1 sticky"]);
    assert_eq!(bench.send(1, 2, 1), "learned, flood-unknown > 0");
}

#[test]
fn a_static_row_moves_with_its_station_and_a_sticky_one_does_not() {
    for (kind, said, to) in [
        ("static", "moved, flood-unknown > 0 1", "forward-known > 2"),
        ("sticky", "pinned, flood-unknown > 0 1", "forward-known > 0"),
    ] {
        let mut bench = Bench::plain(3);
        bench.change(add_row(&[("mac", "02:00:00:00:00:01"), ("port", "1"), ("kind", kind)])).unwrap();
        assert_eq!(bench.send(2, 1, 9), said);
        bench.send(1, 2, 9);
        assert_eq!(bench.send(1, 2, 1), to, "{kind}");
    }
}

#[test]
fn a_sender_that_is_no_station_is_dropped_and_not_learned() {
    let mut bench = Bench::plain(2);
    for src in [MacAddr::ZERO, MacAddr::BROADCAST, MacAddr([0x01, 0x00, 0x5e, 1, 1, 1]), MacAddr([3, 0, 0, 0, 0, 1])] {
        assert_eq!(bench.put(0, &frame(src, station(2))), "drop invalid-source", "{src}");
    }
    assert_eq!(bench.fdb(), Vec::<String>::new());
}

/// The change that writes a row.
pub(super) fn add_row(cells: &[(&str, &str)]) -> DeviceChange {
    let cells = cells.iter().map(|&(column, value)| (column.to_owned(), value.to_owned())).collect();
    DeviceChange::AddRow { table: "fdb".to_owned(), cells }
}

#[test]
fn an_isolated_port_does_not_hairpin_either() {
    // Linux should_deliver asks br_skb_isolated of the arrival port as of any other.
    let mut bench = Bench::new(with_ports(2, |_, port| (port.isolated, port.hairpin) = (true, true)));
    assert_eq!(bench.send(0, 1, 9), "learned, drop no-other-port");
    bench.send(0, 2, 9);
    assert_eq!(bench.send(0, 1, 2), "drop isolated");
}

#[test]
fn a_switch_that_does_not_learn_is_a_hub_that_reads_no_address() {
    let mut bench = Bench::new(BridgeConfig { learning: false, ..config(3) });
    let pause = MacAddr([0x01, 0x80, 0xc2, 0, 0, 1]);
    for (src, dst) in [
        (station(1), station(2)),
        (station(2), station(1)),
        (station(1), station(1)),
        (station(1), MacAddr::BROADCAST),
        (station(1), pause),
        (MacAddr::ZERO, station(1)),
        (MacAddr::BROADCAST, station(1)),
    ] {
        assert_eq!(bench.put(1, &frame(src, dst)), "hub-repeat > 0 2", "{src} to {dst}");
    }
    assert_eq!(bench.fdb(), Vec::<String>::new());
}
