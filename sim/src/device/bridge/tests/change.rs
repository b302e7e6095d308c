//! Settings and rows changed while the switch runs, and every way of getting them wrong.

use super::learning::add_row;
use super::*;

fn del_row(cells: &[(&str, &str)]) -> DeviceChange {
    let cells = cells.iter().map(|&(column, value)| (column.to_owned(), value.to_owned())).collect();
    DeviceChange::DelRow { table: "fdb".to_owned(), cells }
}

fn flush(table: &str) -> DeviceChange {
    DeviceChange::Flush { table: table.to_owned() }
}

fn word(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A switch with a row of each kind.
fn furnished() -> Bench {
    let mut bench = Bench::plain(3);
    bench.change(add_row(&[("mac", "02:00:00:00:00:01"), ("port", "1")])).unwrap();
    bench.change(add_row(&[("mac", "02:00:00:00:00:02"), ("port", "2"), ("kind", "sticky")])).unwrap();
    bench.change(add_row(&[("mac", "02:00:00:00:00:03"), ("port", "1"), ("kind", "dynamic")])).unwrap();
    bench.send(2, 4, 9);
    bench
}

#[test]
fn rows_are_written_and_rewritten() {
    let mut bench = furnished();
    assert_eq!(bench.fdb(), ["1@1 static", "2@2 sticky", "3@1 dynamic", "4@3 dynamic"]);
    bench.change(add_row(&[("mac", "02:00:00:00:00:04"), ("port", "1")])).unwrap();
    assert_eq!(bench.rows_told(), "~4");
    assert_eq!(bench.send(1, 2, 4), "forward-known > 0");
    bench.change(add_row(&[("mac", "02:00:00:00:00:06"), ("port", "1")])).unwrap();
    assert_eq!(bench.rows_told(), "+6");
    let row = bench.tables()[0].rows.last().unwrap().clone();
    assert_eq!(row.written, bench.world.event());
}

#[test]
fn rows_are_removed_by_any_of_their_cells() {
    for (cells, gone) in [
        (vec![("mac", "02:00:00:00:00:02")], "-2"),
        (vec![("port", "1")], "-1 -3"),
        (vec![("kind", "dynamic")], "-3 -4"),
        (vec![("kind", "static")], "-1"),
        (vec![("port", "1"), ("kind", "dynamic")], "-3"),
        (vec![("port", "2"), ("kind", "dynamic")], ""),
        (vec![("mac", "02:00:00:00:00:99")], ""),
        (vec![], "-1 -2 -3 -4"),
    ] {
        let mut bench = furnished();
        bench.change(del_row(&cells)).unwrap();
        assert_eq!(bench.rows_told(), gone, "{cells:?}");
        assert_eq!(bench.fdb().len(), 4 - gone.split_terminator(' ').count(), "{cells:?}");
    }
}

#[test]
fn a_flush_takes_what_was_learned() {
    let mut bench = furnished();
    bench.change(flush("fdb")).unwrap();
    assert_eq!(bench.rows_told(), "-3 -4");
    assert_eq!(bench.fdb(), ["1@1 static", "2@2 sticky"]);
}

#[test]
fn every_port_setting_takes_effect_at_once() {
    let group = MacAddr([0x01, 0x00, 0x5e, 1, 1, 1]);
    for (port, field, on, dst, before, after) in [
        (1, "unicast_flood", false, station(9), "flood-unknown > 1 2", "flood-unknown > 2"),
        (1, "multicast_flood", false, group, "flood-multicast > 1 2", "flood-multicast > 2"),
        (1, "broadcast_flood", false, MacAddr::BROADCAST, "flood-broadcast > 1 2", "flood-broadcast > 2"),
        (0, "hairpin", true, station(9), "flood-unknown > 1 2", "flood-unknown > 0 1 2"),
        (1, "shutdown", true, station(9), "flood-unknown > 1 2", "flood-unknown > 2"),
        (0, "shutdown", true, station(9), "flood-unknown > 1 2", "drop err-disabled"),
    ] {
        let mut bench = Bench::plain(3);
        bench.send(0, 1, 8);
        assert_eq!(bench.put(0, &frame(station(1), dst)), before, "{field}");
        bench.set(Some(port), field, Value::Flag(on)).unwrap();
        assert_eq!(bench.put(0, &frame(station(1), dst)).trim_start_matches("learned, "), after, "{field}");
        bench.set(Some(port), field, Value::Flag(!on)).unwrap();
        assert_eq!(bench.put(0, &frame(station(1), dst)).trim_start_matches("learned, "), before, "{field}");
    }
}

#[test]
fn the_mtu_of_a_port_can_be_set() {
    let mut bench = Bench::plain(2);
    bench.send(1, 9, 1);
    bench.set(Some(1), "mtu", Value::Number(68)).unwrap();
    let dst = station(9);
    let long = [frame(station(1), dst), vec![0; 100]].concat();
    assert!(bench.put(0, &long).contains("too-long"), "{}", bench.put(0, &long));
    bench.set(Some(1), "mtu", Value::Number(1500)).unwrap();
    assert!(!bench.put(0, &long).contains("too-long"));
}

#[test]
fn isolation_and_learning_can_be_set_too() {
    let mut bench = Bench::plain(3);
    bench.set(Some(0), "isolated", Value::Flag(true)).unwrap();
    bench.set(Some(1), "isolated", Value::Flag(true)).unwrap();
    bench.set(Some(0), "learning", Value::Flag(false)).unwrap();
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 2");
    bench.set(None, "learning", Value::Flag(false)).unwrap();
    assert_eq!(bench.send(2, 2, 1), "hub-repeat > 0 1");
    bench.set(None, "learning", Value::Flag(true)).unwrap();
    assert_eq!(bench.send(2, 2, 1), "learned, flood-unknown > 0 1");
}

/// The change is refused with a text that contains `complaint`, and nothing is different afterwards.
fn refused(act: impl Fn(&mut Bench) -> Result<(), ChangeError>, complaint: &str) {
    let mut bench = furnished();
    let before = (bench.tables(), bench.world.digest(), bench.world.event());
    let error = act(&mut bench).unwrap_err().to_string();
    assert!(error.contains(complaint), "{error:?} should say {complaint:?}");
    assert_eq!((bench.tables(), bench.world.digest(), bench.world.event()), before, "{complaint}");
}

#[test]
fn every_wrong_setting_is_refused_with_what_would_be_right() {
    let flags = "expected true or false";
    for (port, field, value, complaint) in [
        (None, "colour", Value::Number(1), "no setting `colour` here; there is: learning, ageing, fdb_size, when_full"),
        (
            Some(0),
            "colour",
            Value::Number(1),
            "there is: learning, unicast_flood, multicast_flood, broadcast_flood, hairpin, isolated, shutdown, vlan, mtu",
        ),
        (Some(0), "mtu", Value::Number(1), "expected a number from 68 to 9216"),
        (Some(0), "vlan", word("Access(10)"), "expected no VLAN: this switch does not filter them"),
        (None, "learning", Value::Number(1), flags),
        (Some(0), "learning", word("yes"), flags),
        (Some(0), "hairpin", Value::Span(secs(1)), flags),
        (None, "ageing", Value::Number(300), "expected a time such as 300s"),
        (None, "fdb_size", Value::Flag(true), "expected a number of rows"),
        (None, "fdb_size", Value::Number(1 << 32), "`4294967296` is no value for `fdb_size`"),
        (None, "when_full", Value::Number(1), "expected a word"),
        (None, "when_full", word("refuse"), "expected RefuseNew, EvictOldest, Overwrite or DropFrame"),
        (Some(3), "hairpin", Value::Flag(true), "there is no port 3"),
    ] {
        refused(|bench| bench.set(port, field, value.clone()), complaint);
    }
}

#[test]
fn every_wrong_row_is_refused_with_what_would_be_right() {
    let mac = ("mac", "02:00:00:00:00:09");
    for (cells, complaint) in [
        (vec![("port", "1")], "`` is no value for `mac`: expected the address of the row"),
        (vec![mac], "`` is no value for `port`: expected the port of the row"),
        (vec![("mac", "nine"), ("port", "1")], "`nine` is no value for `mac`: expected a MAC address"),
        (vec![("mac", "ff:ff:ff:ff:ff:ff"), ("port", "1")], "expected the address of a station"),
        (vec![("mac", "00:00:00:00:00:00"), ("port", "1")], "expected the address of a station"),
        (vec![mac, ("port", "7")], "`7` is no value for `port`: expected the name of a port"),
        (vec![mac, ("port", "1"), ("vlan", "x")], "`x` is no value for `vlan`: expected a VLAN number"),
        (vec![mac, ("port", "1"), ("vlan", "10")], "`10` is no value for `vlan`"),
        (
            vec![mac, ("port", "1"), ("kind", "secret")],
            "`secret` is no value for `kind`: expected static, sticky or dynamic",
        ),
        (
            vec![mac, ("remote", "1")],
            "table `fdb` has no column `remote` that can be written; write: mac, port, vlan, kind",
        ),
    ] {
        refused(|bench| bench.change(add_row(&cells)), complaint);
    }
    refused(|bench| bench.change(del_row(&[("colour", "red")])), "no column `colour`");
    let no_table = "there is no table `rib` here; there is: fdb";
    refused(|bench| bench.change(flush("rib")), no_table);
    refused(|bench| bench.change(DeviceChange::AddRow { table: "rib".to_owned(), cells: Vec::new() }), no_table);
    refused(|bench| bench.change(DeviceChange::DelRow { table: "rib".to_owned(), cells: Vec::new() }), no_table);
}

#[test]
fn rows_of_a_switch_with_vlans_belong_to_one() {
    let vlans = [
        PortVlan::Access(10),
        PortVlan::Trunk { native: Some(20), allowed: Vec::new() },
        PortVlan::Trunk { native: None, allowed: vec![10] },
    ];
    let mut config = with_ports(3, |at, port| port.vlan = vlans[usize::from(at)].clone());
    config.vlan_filtering = true;
    let mut bench = Bench::new(config);
    let mac = ("mac", "02:00:00:00:00:05");
    for (cells, vlan) in [
        (vec![mac, ("port", "1")], Ok("10")),
        (vec![mac, ("port", "2")], Ok("20")),
        (vec![mac, ("port", "2"), ("vlan", "30")], Ok("30")),
        (vec![mac, ("port", "3")], Err("expected the VLAN of the row")),
        (vec![mac, ("port", "1"), ("vlan", "0")], Err("expected a VLAN number")),
        (vec![mac, ("port", "1"), ("vlan", "4095")], Err("expected a VLAN number")),
    ] {
        bench.change(del_row(&[])).unwrap();
        match (bench.change(add_row(&cells)), vlan) {
            (Ok(()), Ok(vlan)) => assert_eq!(bench.tables()[0].rows[0].cells[1].to_string(), vlan, "{cells:?}"),
            (Err(error), Err(complaint)) => assert!(error.to_string().contains(complaint), "{error}"),
            (given, wanted) => panic!("{cells:?}: {given:?} instead of {wanted:?}"),
        }
    }
}
