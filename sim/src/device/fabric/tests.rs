use super::*;
use crate::engine::{Change, Entry, Verdict, World, WorldBuilder};
use crate::environment::{self, Environment};
use crate::id::DeviceId;

const A: (MacAddr, Ipv4Addr) = (MacAddr([2, 0, 0, 0, 0, 1]), Ipv4Addr::new(192, 0, 2, 1));
const B: (MacAddr, Ipv4Addr) = (MacAddr([2, 0, 0, 0, 0, 2]), Ipv4Addr::new(192, 0, 2, 2));
/// In another subnet.
const C: (MacAddr, Ipv4Addr) = (MacAddr([2, 0, 0, 0, 0, 3]), Ipv4Addr::new(192, 0, 3, 3));
const STRANGER: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);
const POD: Ipv4Addr = Ipv4Addr::new(10, 244, 1, 2);
const FAR_POD: Ipv4Addr = Ipv4Addr::new(10, 244, 2, 2);

fn world(is: &Environment, rows: &[(&str, &[(&str, &str)])]) -> World {
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("f", "Fabric");
    let ports = ["1", "2", "3"].map(str::to_owned).to_vec();
    let device = builder.device(node, "f", Box::new(Fabric::new(is.fabric(ports)))).unwrap();
    for (port, (mac, ip)) in ["1", "2", "3"].into_iter().zip([A, B, C]) {
        builder
            .preset(device, row("interfaces", &[("port", port), ("mac", &mac.to_string()), ("ip", &ip.to_string())]));
    }
    for (table, cells) in rows {
        builder.preset(device, row(table, cells));
    }
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

fn row(table: &str, cells: &[(&str, &str)]) -> DeviceChange {
    let cells = cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
    DeviceChange::AddRow { table: table.to_owned(), cells }
}

fn set(world: &mut World, field: &str, on: bool) {
    let change = DeviceChange::Set { port: None, field: field.to_owned(), value: crate::engine::Value::Flag(on) };
    world.apply("set", &Change::Device { device: DeviceId(0), change }).unwrap();
}

/// What the fabric does with bytes at port 1: the last thing it says.
fn at_one(world: &mut World, bytes: Vec<u8>) -> (Verdict, &'static str) {
    let change = Change::Inject { device: DeviceId(0), port: PortNo(0), link: LinkType::Ethernet, bytes };
    world.apply("test", &change).unwrap();
    let mut last = None;
    while world.step() {
        let mut said = world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Decision { decision, .. } => Some((decision.verdict, decision.reason.slug)),
            _ => None,
        });
        // No cable is in any port, which is said last and is not the fabric's.
        last = said.rfind(|(_, slug)| slug.starts_with("fabric.")).or(last);
    }
    last.expect("a verdict")
}

fn packet(src: (MacAddr, Ipv4Addr), dst: (MacAddr, Ipv4Addr), protocol: u8) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst.0, src.0, ethernet::IPV4);
    let send = ipv4::Send { src: src.1, dst: dst.1, protocol, ttl: 64, df: false, tos: 0, id: 0 };
    ipv4::write(&mut bytes[ethernet::HEADER_LEN..], &send, 46);
    bytes
}

fn question(sha: MacAddr, spa: Ipv4Addr, tpa: Ipv4Addr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, MacAddr::BROADCAST, sha, ethernet::ARP);
    let asked = Arp { op: Operation::Request, sha, spa, tha: MacAddr::ZERO, tpa };
    asked.write(&mut bytes[ethernet::HEADER_LEN..][..arp::LEN]);
    bytes
}

fn is(name: &str) -> &'static Environment {
    environment::find(name).unwrap()
}

#[test]
fn openstack_asks_for_papers_in_its_order() {
    let mut world = world(is("OpenStack"), &[]);
    let group = MacAddr([1, 0, 0, 0, 0, 1]);
    for (bytes, slug) in [
        (vec![0; 3], "fabric.malformed"),
        (packet((group, A.1), B, 17), "fabric.group-source"),
        (packet((STRANGER, POD), B, 4), "fabric.foreign-mac"),
        (packet((A.0, POD), B, 4), "fabric.foreign-ip"),
        (packet(A, B, 4), "fabric.closed-protocol"),
        (packet(A, B, 17), "fabric.by-mac"),
        (packet(A, (STRANGER, B.1), 17), "fabric.unknown-mac"),
        (packet(A, (MacAddr::BROADCAST, B.1), 17), "fabric.flooded"),
        (question(A.0, A.1, B.1), "fabric.flooded"),
        (question(A.0, POD, B.1), "fabric.foreign-arp"),
    ] {
        assert_eq!(at_one(&mut world, bytes).1, slug);
    }
    set(&mut world, "check", false);
    assert_eq!(at_one(&mut world, packet((STRANGER, POD), B, 4)).1, "fabric.by-mac", "port security is off");
    assert_eq!(at_one(&mut world, packet(A, (STRANGER, POD), 17)).1, "fabric.unknown-flooded");
}

#[test]
fn a_pair_is_a_further_paper_and_there_are_ten() {
    let mut world = world(is("OpenStack"), &[("pairs", &[("port", "1"), ("prefix", "10.244.0.0/16")])]);
    assert_eq!(at_one(&mut world, packet((A.0, POD), B, 17)).1, "fabric.by-mac");
    assert_eq!(at_one(&mut world, packet((STRANGER, POD), B, 17)).1, "fabric.foreign-mac", "no pair names it");
    let mac = STRANGER.to_string();
    let own = row("pairs", &[("port", "1"), ("mac", &mac), ("prefix", "10.9.0.0/16")]);
    world.apply("pair", &Change::Device { device: DeviceId(0), change: own }).unwrap();
    assert_eq!(at_one(&mut world, packet((STRANGER, Ipv4Addr::new(10, 9, 0, 1)), B, 17)).1, "fabric.by-mac");
    assert_eq!(at_one(&mut world, packet((STRANGER, POD), B, 17)).1, "fabric.foreign-ip", "its MAC has another range");
    for more in 0..8 {
        let pair = row("pairs", &[("port", "1"), ("prefix", &format!("10.{more}.0.0/16"))]);
        world.apply("pair", &Change::Device { device: DeviceId(0), change: pair }).unwrap();
    }
    let eleventh = row("pairs", &[("port", "1"), ("prefix", "10.99.0.0/16")]);
    let refused = world.apply("pair", &Change::Device { device: DeviceId(0), change: eleventh }).unwrap_err();
    assert!(refused.to_string().contains("max_allowed_address_pair"), "{refused}");
}

#[test]
fn a_cloud_answers_for_its_interfaces_and_floods_nothing() {
    let mut world = world(is("Aws"), &[]);
    for (bytes, slug) in [
        (question(A.0, A.1, B.1), "fabric.answered"),
        (question(A.0, A.1, Ipv4Addr::new(192, 0, 2, 1)), "fabric.arp-kept"),
        (question(A.0, A.1, C.1), "fabric.nobody"),
        (question(A.0, A.1, POD), "fabric.nobody"),
        (packet(A, (MacAddr::BROADCAST, B.1), 17), "fabric.broadcast"),
        (packet(A, (MacAddr([1, 0, 0x5e, 1, 1, 1]), Ipv4Addr::new(239, 1, 1, 1)), 17), "fabric.group"),
        (packet(A, B, 17), "fabric.by-address"),
        (packet(A, (ROUTER_MAC, C.1), 17), "fabric.by-address"),
    ] {
        assert_eq!(at_one(&mut world, bytes).1, slug);
    }
}

#[test]
fn awss_check_asks_both_ends_and_off_it_makes_neighbours_next_hops() {
    let mut world = world(is("Aws"), &[]);
    assert_eq!(at_one(&mut world, packet((A.0, POD), (B.0, FAR_POD), 17)).1, "fabric.foreign-ip");
    assert_eq!(at_one(&mut world, packet(A, (B.0, FAR_POD), 17)).1, "fabric.foreign-destination");
    set(&mut world, "check", false);
    assert_eq!(at_one(&mut world, packet((A.0, POD), (B.0, FAR_POD), 17)).1, "fabric.by-hop");
    assert_eq!(at_one(&mut world, packet((A.0, POD), (C.0, FAR_POD), 17)).1, "fabric.no-route", "another subnet");
    assert_eq!(at_one(&mut world, packet((STRANGER, POD), (B.0, FAR_POD), 17)).1, "fabric.foreign-mac");
    let route = row("routes", &[("prefix", "10.244.2.0/24"), ("port", "3")]);
    world.apply("route", &Change::Device { device: DeviceId(0), change: route }).unwrap();
    assert_eq!(at_one(&mut world, packet((A.0, POD), (ROUTER_MAC, FAR_POD), 17)).1, "fabric.by-route");
}

#[test]
fn azure_carries_no_ipip_for_anybody() {
    let mut world = world(is("Azure"), &[("open", &[("protocol", "4")])]);
    assert_eq!(at_one(&mut world, packet(A, B, 4)).1, "fabric.blocked-protocol");
    assert_eq!(at_one(&mut world, packet(A, B, 17)).1, "fabric.by-address");
    assert_eq!(at_one(&mut world, question(A.0, A.1, POD)).1, "fabric.answered", "by the router, for anybody");
}

#[test]
fn rows_that_make_no_sense_are_refused() {
    let mut world = world(is("Gcp"), &[]);
    for (table, cells, says) in [
        ("interfaces", &[("port", "9"), ("mac", "02:00:00:00:00:05"), ("ip", "10.0.0.1")][..], "a port of the fabric"),
        ("interfaces", &[("port", "1"), ("mac", "02:00:00:00:00:05"), ("ip", "192.0.2.2")], "no other port has"),
        ("pairs", &[("port", "1"), ("prefix", "10.0.0.0/8")], "no address pairs"),
        ("routes", &[("prefix", "10.0.0.0/40"), ("port", "1")], "a prefix"),
        ("open", &[("protocol", "300")], "0 to 255"),
        ("rules", &[], "no table `rules`"),
        ("open", &[("port", "1")], "no column `port`"),
    ] {
        let change = Change::Device { device: DeviceId(0), change: row(table, cells) };
        let refused = world.apply("row", &change).expect_err(says).to_string();
        assert!(refused.contains(says), "{refused}");
    }
}

#[test]
fn arbitrary_bytes_at_any_port_do_no_harm() {
    let mut random = crate::rng::Stream::named(7, "bytes");
    for environment in environment::ENVIRONMENTS {
        let mut world = world(environment, &[]);
        for round in 0..400 {
            let mut bytes: Vec<u8> = (0..random.below(80)).map(|_| random.below(256) as u8).collect();
            if round % 2 == 0 && bytes.len() >= 14 {
                let kind = if round % 4 == 0 { ethernet::ARP } else { ethernet::IPV4 };
                ethernet::write(&mut bytes, MacAddr::BROADCAST, A.0, kind);
            }
            at_one(&mut world, bytes);
        }
    }
}
