//! Settings and rows that are changed while the host runs, and changes that are refused.

use super::*;
use crate::engine::RowChange;

fn refused(result: Result<(), ChangeError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_neighbour_written_by_hand_is_permanent_and_sends_what_waited() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    bench.sent();
    bench.add("neigh", &[("ip", "10.0.0.2"), ("mac", "02:00:00:00:00:07")]).unwrap();
    assert_eq!(bench.neigh(), ["2 PERMANENT 7"]);
    assert_eq!(bench.sent_one()[..6], station(7).0);
    assert_eq!(bench.wait(secs(100)), "", "nobody is asked any more");
    assert_eq!(bench.start(0), "send ip.sent");
    assert_eq!(bench.neigh(), ["2 PERMANENT 7"]);
}

#[test]
fn a_neighbour_taken_away_is_asked_for_again() {
    let mut bench = Bench::talking_to(2);
    bench.add("neigh", &[("ip", "10.0.0.2"), ("mac", "02:00:00:00:00:07"), ("dev", "eth0")]).unwrap();
    bench.add("neigh", &[("ip", "10.0.0.3"), ("mac", "02:00:00:00:00:07")]).unwrap();
    bench.delete("neigh", &[("ip", "10.0.0.2")]).unwrap();
    assert_eq!(bench.neigh(), ["3 PERMANENT 7"]);
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    bench.delete("neigh", &[("mac", "02:00:00:00:00:07"), ("dev", "eth0")]).unwrap();
    assert_eq!(bench.neigh(), ["2 INCOMPLETE"]);
}

#[test]
fn flushing_forgets_what_was_learned_and_keeps_what_was_written() {
    let mut bench = Bench::plain();
    bench.put(&ask(2, 1));
    bench.add("neigh", &[("ip", "10.0.0.3"), ("mac", "02:00:00:00:00:07")]).unwrap();
    bench.change(DeviceChange::Flush { table: "neigh".to_owned() }).unwrap();
    assert_eq!(bench.neigh(), ["3 PERMANENT 7"]);
}

#[test]
fn routes_come_and_go_and_the_longest_prefix_counts() {
    let far = Ipv4Addr::new(192, 0, 2, 7);
    let mut bench = Bench::with(router(), vec![Notebook::says(Say::Udp { to: far, port: 9, len: 5 })], Vec::new());
    bench.add("routes", &[("prefix", "192.0.0.0/8"), ("via", "10.0.0.254")]).unwrap();
    bench.add("routes", &[("prefix", "192.0.2.0/24"), ("via", "10.1.0.254")]).unwrap();
    bench.add("routes", &[("prefix", "192.0.2.7"), ("dev", "eth1")]).unwrap();
    let target = |bench: &mut Bench| {
        bench.sent();
        bench.start(0);
        let sent = bench.sent_one();
        read_arp(&sent).unwrap().1.tpa.to_string()
    };
    assert_eq!(target(&mut bench), "192.0.2.7");
    bench.delete("routes", &[("prefix", "192.0.2.7/32")]).unwrap();
    assert_eq!(target(&mut bench), "10.1.0.254");
    bench.delete("routes", &[("prefix", "192.0.2.0/24")]).unwrap();
    assert_eq!(target(&mut bench), "10.0.0.254");
    assert_eq!(
        bench.rows("routes"),
        ["192.0.0.0/8 10.0.0.254 eth0 static", "10.0.0.0/24 - eth0 kernel", "10.1.0.0/24 - eth1 kernel"]
    );
}

#[test]
fn the_gateway_can_be_replaced() {
    let far = Ipv4Addr::new(192, 0, 2, 7);
    let say = Notebook::says(Say::Udp { to: far, port: 9, len: 5 });
    let mut bench = Bench::with(StackConfig { gateway: Some(ip(254)), ..config() }, vec![say], Vec::new());
    bench.set("gateway", Value::Text("10.0.0.253".to_owned())).unwrap();
    bench.start(0);
    assert_eq!(read_arp(&bench.sent_one()).unwrap().1.tpa, ip(253));
    let wrong = refused(bench.set("gateway", Value::Text("192.0.2.1".to_owned())));
    assert!(wrong.contains("expected an address on a connected network"), "a router behind a router: {wrong}");
    assert_eq!(bench.rows("routes")[0], "0.0.0.0/0 10.0.0.253 eth0 static");
}

#[test]
fn every_route_written_or_removed_is_told() {
    let mut bench = Bench::plain();
    let rows = |bench: &Bench| -> Vec<(u8, u64, RowChange)> {
        let rows = bench.world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Row { row, change, .. } => Some((row.table, row.key, *change)),
            _ => None,
        });
        rows.collect()
    };
    for change in [RowChange::Added, RowChange::Changed] {
        bench.set("gateway", Value::Text("10.0.0.254".to_owned())).unwrap();
        assert_eq!(rows(&bench), [(ROUTES, fib::key(0, 0), change)]);
    }
    let key = fib::key(16, 0x0a03_0000);
    for change in [RowChange::Added, RowChange::Changed] {
        bench.add("routes", &[("prefix", "10.3.0.0/16"), ("dev", "eth0")]).unwrap();
        assert_eq!(rows(&bench), [(ROUTES, key, change)]);
    }
    bench.delete("routes", &[("prefix", "10.3.0.0/16")]).unwrap();
    assert_eq!(rows(&bench), [(ROUTES, key, RowChange::Removed)]);
}

#[test]
fn whoever_waited_for_a_neighbour_taken_away_is_told_in_the_same_moment() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    bench.wait(ms(500));
    bench.delete("neigh", &[("ip", "10.0.0.2")]).unwrap();
    assert_eq!(bench.notes(), ["500ms HostUnreachable 10.0.0.2 0"]);
    assert!(bench.world.is_quiet());
}

#[test]
fn the_mtu_of_one_interface_can_be_changed() {
    let say = Notebook::says(Say::Udp { to: ip(2), port: 9, len: 100 });
    let mut bench = Bench::with(config(), vec![say], Vec::new());
    bench.put(&ask(2, 1));
    bench.set("mtu", Value::Number(127)).unwrap();
    assert_eq!(bench.start(0), "use ip.fragmented, send ip.sent, send ip.sent");
    bench.set("mtu", Value::Number(128)).unwrap();
    assert_eq!(bench.start(0), "send ip.sent");
}

#[test]
fn every_refusal_says_what_would_be_right_and_changes_nothing() {
    let mut bench = Bench::plain();
    bench.put(&ask(2, 1));
    let before = (bench.tables(), bench.world.digest());
    let text = |text: &str| Value::Text(text.to_owned());
    for (field, value, says) in [
        (
            "color",
            Value::Number(1),
            "there is no setting `color` here; there is: allow_own_as, clear, forwarding, gateway, mtu, multipath",
        ),
        ("forwarding", Value::Number(1), "expected true or false"),
        ("gateway", Value::Number(1), "expected an address such as 10.0.0.1"),
        ("gateway", text("nonsense"), "`nonsense` is no value for `gateway`"),
        ("gateway", text("192.0.2.1"), "expected an address on a connected network"),
        ("mtu", Value::Number(67), "expected a number from 68 to 65535"),
        ("mtu", Value::Number(65_536), "expected a number from 68 to 65535"),
        ("mtu", text("1500"), "expected a number from 68 to 65535"),
    ] {
        let error = refused(bench.set(field, value));
        assert!(error.contains(says), "{error}");
    }
    for (table, row, says) in [
        ("fdb", &[][..], "there is no table `fdb` here; there is: neigh, routes"),
        ("neigh", &[("colour", "red")], "no column `colour` that can be written; write: ip, mac, dev"),
        ("neigh", &[("ip", "10.0.0.300")], "expected an address such as 10.0.0.1"),
        ("neigh", &[("mac", "02")], "expected a MAC address"),
        ("neigh", &[("ip", "10.0.0.3")], "expected the hardware address of the neighbour"),
        ("neigh", &[("mac", "02:00:00:00:00:03")], "expected the address of the neighbour"),
        ("neigh", &[("dev", "eth9")], "expected the name of an interface"),
        (
            "routes",
            &[("ip", "10.0.0.3")],
            "no column `ip` that can be written; write: prefix, via, dev, onlink, src, type",
        ),
        ("routes", &[("prefix", "10.0.0.0/33")], "expected a prefix such as 10.1.0.0/16"),
        ("routes", &[("prefix", "ten")], "expected a prefix such as 10.1.0.0/16"),
        ("routes", &[("via", "10.0.0.3")], "expected a prefix such as 10.1.0.0/16"),
        ("routes", &[("prefix", "10.3.0.0/16"), ("via", "192.0.2.1")], "expected an address on a connected network"),
        (
            "routes",
            &[("prefix", "10.3.0.0/16"), ("via", "192.0.2.1"), ("dev", "eth0"), ("onlink", "false")],
            "`192.0.2.1` is no value for `via`: expected a neighbour in a network of its dev",
        ),
        ("routes", &[("prefix", "10.3.0.0/16"), ("onlink", "maybe")], "expected true or false"),
        ("routes", &[("prefix", "10.3.0.0/16")], "expected an address on a connected network"),
    ] {
        let error = refused(bench.add(table, row));
        assert!(error.contains(says), "{error}");
    }
    assert!(refused(bench.delete("fdb", &[])).contains("there is no table `fdb` here; there is: neigh, routes"));
    assert!(refused(bench.delete("routes", &[])).contains("expected a prefix such as 10.1.0.0/16"));
    assert!(refused(bench.delete("neigh", &[("via", "1.2.3.4")])).contains("write: ip, mac, dev"));
    let flush = DeviceChange::Flush { table: "routes".to_owned() };
    assert!(refused(bench.change(flush)).contains("there is no table `routes` here; there is: neigh"));
    let mtu = DeviceChange::Set { port: Some(PortNo(3)), field: "mtu".to_owned(), value: Value::Number(100) };
    assert_eq!(refused(bench.change(mtu)), "there is no interface 3 in this world");
    assert_eq!((bench.tables(), bench.world.digest()), before);
}
