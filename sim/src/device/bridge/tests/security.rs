//! Port security: how many addresses, whose, and what a violation costs.

use super::learning::add_row;
use super::*;

/// Port 0 is secured; ports 1 and 2 are not.
fn secured(security: PortSecurity) -> Bench {
    Bench::new(with_ports(3, |at, port| port.security = (at == 0).then(|| security.clone())))
}

fn limit(maximum: u32, violation: Violation) -> PortSecurity {
    PortSecurity { maximum, violation, ..PortSecurity::default() }
}

#[test]
fn by_default_one_address_may_speak_and_the_second_shuts_the_port() {
    // F§A.4: maximum 1, violation shutdown, sticky off.
    let mut bench = secured(PortSecurity::default());
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 1 2");
    assert_eq!(bench.rows_told(), "+1");
    assert_eq!(bench.fdb(), ["1@1 secure"]);
    assert_eq!(bench.send(0, 2, 9), "drop port-security");
    assert_eq!((bench.number(), bench.rows_told().as_str()), (1, "-1"));
    assert_eq!((bench.port(0, "state"), bench.port(0, "violations")), ("err-disabled".to_owned(), "1".to_owned()));
}

#[test]
fn each_violation_mode_drops_but_only_some_count_or_shut() {
    for (violation, counted, state, afterwards) in [
        (Violation::Protect, "0", "forwarding", "forward-known > 1"),
        (Violation::Restrict, "3", "forwarding", "forward-known > 1"),
        (Violation::Shutdown, "1", "err-disabled", "drop err-disabled"),
    ] {
        let mut bench = secured(limit(2, violation));
        bench.send(1, 9, 1);
        bench.send(0, 1, 9);
        bench.send(0, 2, 9);
        for source in 3..6 {
            assert!(bench.send(0, source, 9).starts_with("drop "), "{violation:?}");
        }
        assert_eq!((bench.port(0, "violations").as_str(), bench.port(0, "state").as_str()), (counted, state));
        assert_eq!(bench.send(0, 1, 9), afterwards, "{violation:?}");
        let counters = bench.world.device(bench.switch).unwrap().counters();
        assert_eq!(counters[2].1.to_string(), counted);
    }
}

#[test]
fn a_port_that_was_shut_takes_and_gets_nothing() {
    let mut bench = secured(limit(1, Violation::Shutdown));
    bench.change(add_row(&[("mac", "02:00:00:00:00:07"), ("port", "1")])).unwrap();
    bench.send(0, 1, 9);
    bench.send(0, 2, 9);
    assert_eq!(bench.send(0, 1, 9), "drop err-disabled");
    assert_eq!(bench.send(1, 3, 1), "learned, flood-unknown > 2");
    assert_eq!(bench.put(1, &frame(station(3), MacAddr::BROADCAST)), "flood-broadcast > 2");
    assert_eq!(bench.send(1, 3, 7), "drop port-down");
}

#[test]
fn the_recovery_time_opens_the_port_and_none_leaves_it_shut() {
    let with = |recovery| secured(PortSecurity { recovery, ..PortSecurity::default() });
    let mut bench = with(Some(secs(300)));
    bench.send(0, 1, 9);
    bench.wait(secs(5));
    bench.send(0, 2, 9);
    bench.wait(SimDuration(secs(300).0 - 1));
    assert_eq!(bench.send(0, 1, 9), "drop err-disabled");
    bench.wait(SimDuration(1));
    // What the port had learned went with it, so whoever speaks first has it now.
    assert_eq!(bench.send(0, 2, 9), "flood-unknown > 1 2");
    assert_eq!(bench.port(0, "violations"), "1");
    let mut never = with(None);
    never.send(0, 1, 9);
    never.send(0, 2, 9);
    never.wait(secs(100_000));
    assert_eq!(never.send(0, 1, 9), "drop err-disabled");
}

#[test]
fn sticky_addresses_outlive_carrier_and_power_and_dynamic_ones_do_not() {
    for (sticky, kind, afterwards) in
        [(true, "sticky", "drop port-security"), (false, "dynamic", "flood-unknown > 1 2")]
    {
        for cut in [true, false] {
            let mut bench = secured(PortSecurity { sticky, ..limit(1, Violation::Restrict) });
            bench.send(0, 1, 9);
            assert_eq!(bench.tables()[2].rows[0].cells[2].to_string(), kind);
            if cut {
                bench.carrier(0, false);
                bench.carrier(0, true);
            } else {
                bench.power(false);
                bench.power(true);
            }
            assert_eq!(bench.tables()[2].rows.len(), usize::from(sticky));
            assert_eq!(bench.fdb().len(), usize::from(sticky));
            assert_eq!(bench.send(0, 2, 9), afterwards, "{kind}");
        }
    }
}

#[test]
fn secure_rows_neither_age_nor_move() {
    let mut bench = secured(limit(1, Violation::Restrict));
    bench.send(0, 1, 9);
    bench.wait(secs(1_000));
    assert_eq!(bench.fdb(), ["1@1 secure"]);
    // Claimed at a port without security: not believed, but not this port's violation either.
    assert_eq!(bench.send(2, 1, 9), "pinned, flood-unknown > 0 1");
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 0");
    assert_eq!(bench.port(0, "violations"), "0");
}

#[test]
fn an_address_of_one_secured_port_is_a_violation_at_another() {
    let mut bench = Bench::new(with_ports(3, |at, port| {
        port.security = (at < 2).then(|| limit(5, Violation::Restrict));
    }));
    bench.send(0, 1, 9);
    assert_eq!(bench.send(1, 1, 9), "drop port-security");
    assert_eq!((bench.port(0, "violations").as_str(), bench.port(1, "violations").as_str()), ("0", "1"));
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 1 2");
}

#[test]
fn the_same_address_in_another_vlan_is_another_address() {
    let mut config = with_ports(3, |at, port| {
        port.security = Some(limit(1, Violation::Restrict));
        port.vlan = PortVlan::Access(10 + at % 2);
    });
    config.vlan_filtering = true;
    let mut bench = Bench::new(config);
    bench.send(0, 1, 9);
    assert_eq!(bench.send(1, 1, 9), "drop no-other-port");
    assert_eq!(bench.send(2, 1, 9), "drop port-security");
}

#[test]
fn configured_addresses_take_part_of_the_maximum() {
    let mut bench = secured(PortSecurity { secure: vec![station(1)], ..limit(2, Violation::Restrict) });
    assert_eq!(bench.fdb(), ["1@1 secure"]);
    assert_eq!(bench.send(1, 9, 1), "learned, forward-known > 0");
    assert_eq!(bench.send(0, 2, 9), "forward-known > 1");
    assert_eq!(bench.send(0, 3, 9), "drop port-security");
    assert_eq!(bench.number(), 2);
    assert_eq!(bench.send(0, 1, 9), "forward-known > 1");
    let kinds: Vec<String> = bench.tables()[2].rows.iter().map(|row| row.cells[2].to_string()).collect();
    assert_eq!(kinds, ["static", "dynamic"]);
}

#[test]
fn a_maximum_of_zero_lets_only_configured_addresses_in() {
    let mut bench = secured(PortSecurity { secure: vec![station(1)], ..limit(0, Violation::Protect) });
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 1 2");
    assert_eq!(bench.send(0, 2, 9), "drop port-security");
}

#[test]
fn a_secured_address_replaces_what_was_learned_elsewhere() {
    let mut bench = secured(limit(1, Violation::Restrict));
    bench.send(1, 1, 9);
    bench.send(0, 1, 9);
    assert_eq!(bench.rows_told(), "~1");
    assert_eq!(bench.fdb(), ["1@1 secure"]);
}

#[test]
fn secure_rows_do_not_fill_the_table() {
    let mut bench = Bench::new(BridgeConfig {
        capacity: Some(1),
        when_full: WhenFull::DropFrame,
        ..with_ports(3, |at, port| port.security = (at == 0).then(|| limit(10, Violation::Restrict)))
    });
    for source in 1..=10 {
        assert_eq!(bench.send(0, source, 99), "flood-unknown > 1 2");
    }
    assert_eq!(bench.send(1, 11, 99), "learned, flood-unknown > 0 2");
    assert_eq!(bench.send(1, 12, 99), "drop table-full-drop");
}

#[test]
fn a_hand_opens_a_shut_port_and_shuts_one_for_good() {
    let mut bench = secured(PortSecurity { recovery: Some(secs(10)), ..PortSecurity::default() });
    bench.send(0, 1, 9);
    bench.send(0, 2, 9);
    bench.set(Some(0), "shutdown", Value::Flag(false)).unwrap();
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 1 2");
    // Shut by hand: the recovery timer of the old violation must not open it.
    bench.set(Some(0), "shutdown", Value::Flag(true)).unwrap();
    assert_eq!(bench.rows_told(), "-1");
    bench.wait(secs(60));
    assert_eq!(bench.send(0, 1, 9), "drop err-disabled");
}

#[test]
fn removing_a_secure_row_gives_its_place_away() {
    let mut bench = secured(limit(1, Violation::Restrict));
    bench.send(0, 1, 9);
    let cells = vec![("mac".to_owned(), station(1).to_string())];
    bench.change(DeviceChange::DelRow { table: "fdb".to_owned(), cells }).unwrap();
    assert_eq!(bench.tables()[2].rows, []);
    assert_eq!(bench.send(0, 2, 9), "flood-unknown > 1 2");
    assert_eq!(bench.send(0, 1, 9), "drop port-security");
}

#[test]
fn a_row_written_over_a_secure_one_gives_its_place_away_too() {
    let mut bench = secured(limit(1, Violation::Restrict));
    bench.send(0, 1, 9);
    bench.change(add_row(&[("mac", "02:00:00:00:00:01"), ("port", "2")])).unwrap();
    assert_eq!((bench.fdb(), bench.tables()[2].rows.len()), (vec!["1@2 static".to_owned()], 0));
    assert_eq!(bench.send(0, 2, 9), "flood-unknown > 1 2");
}

fn secure_row(cells: &[(&str, &str)], add: bool) -> DeviceChange {
    let cells = cells.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect();
    let table = "port-security".to_owned();
    if add { DeviceChange::AddRow { table, cells } } else { DeviceChange::DelRow { table, cells } }
}

const LAPTOP: (&str, &str) = ("mac", "02:00:00:00:00:01");

#[test]
fn a_sticky_address_stays_at_its_old_desk_until_a_hand_takes_it() {
    let config = PortSecurity { sticky: true, ..limit(2, Violation::Restrict) };
    let mut bench = Bench::new(with_ports(3, |at, port| port.security = (at < 2).then(|| config.clone())));
    bench.send(0, 1, 9);
    assert_eq!(bench.send(1, 1, 9), "drop port-security", "the laptop has moved");
    bench.change(secure_row(&[LAPTOP], false)).unwrap();
    assert!(bench.fdb().is_empty() && bench.tables()[2].rows.is_empty());
    assert_eq!(bench.send(1, 1, 9), "flood-unknown > 0 2");
    assert_eq!(bench.send(2, 9, 1), "learned, forward-known > 1");
    // And back, by hand.
    bench.change(secure_row(&[LAPTOP, ("port", "1"), ("kind", "sticky")], true)).unwrap();
    assert_eq!(bench.fdb()[0], "1@1 secure");
    assert_eq!(bench.send(1, 1, 9), "drop port-security");
}

#[test]
fn only_what_was_learned_is_flushed() {
    let mut bench = secured(limit(3, Violation::Restrict));
    bench.send(0, 1, 9);
    bench.change(secure_row(&[("mac", "02:00:00:00:00:02"), ("port", "1")], true)).unwrap();
    bench.change(DeviceChange::Flush { table: "port-security".to_owned() }).unwrap();
    assert_eq!(bench.fdb(), ["2@1 secure"]);
}

#[test]
fn wrong_rows_of_port_security_are_refused_with_what_would_do() {
    let mut bench = secured(limit(1, Violation::Restrict));
    let mut says = |cells: &[(&str, &str)]| bench.change(secure_row(cells, true)).unwrap_err().to_string();
    assert!(says(&[LAPTOP, ("port", "2")]).contains("a port with port_security"));
    assert!(says(&[LAPTOP]).contains("the port of the row"));
    assert!(says(&[("port", "1")]).contains("the address of the row"));
    assert!(says(&[LAPTOP, ("port", "9")]).contains("the name of a port"));
    assert!(says(&[("mac", "ff:ff:ff:ff:ff:ff"), ("port", "1")]).contains("the address of a station"));
    assert!(says(&[LAPTOP, ("port", "1"), ("kind", "secret")]).contains("static, sticky or dynamic"));
    assert!(says(&[LAPTOP, ("dev", "1")]).contains("dev"));
    bench.change(secure_row(&[LAPTOP, ("port", "1")], true)).unwrap();
    bench.change(secure_row(&[LAPTOP, ("port", "1"), ("kind", "sticky")], true)).unwrap();
    let other = secure_row(&[("mac", "02:00:00:00:00:02"), ("port", "1")], true);
    assert!(bench.change(other).unwrap_err().to_string().contains("fewer addresses than its maximum"));
}
