//! Tunnels whose outer header is one of IPv6: what they cost, who is asked, what is refused.

use std::net::Ipv6Addr;

use super::level::same_below;
use crate::engine::{Change, World};
use crate::id::{DeviceId, PortNo};
use crate::lab::{EVENT_BUDGET, parse, run_variant};
use crate::lang::Lang;
use crate::wire::icmpv6::{self, Neighbour, Operation};
use crate::wire::{LinkType, MacAddr, ethernet, ipv4, ipv6, udp, vxlan};

/// Two hosts on a switch with a container on each, in an overlay, and what must hold.
fn lab(overlay: &str, more: &str) -> String {
    format!(
        r#"Lab(format: 1, title: "Outer", idea: "The outer header may be one of IPv6.",
        nodes: {{
            "h1": Host(ip: "192.0.2.1/24", ip6: "fd00::1/64"),
            "h2": Host(ip: "192.0.2.2/24", ip6: "fd00::2/64"),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.1.5/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.1.6/24"),
            "sw": Switch(),
        }},
        links: [("h1", "sw"), ("h2", "sw")], overlays: {{"blue": {overlay}}},
        traffic: {{"ping": Ping(from: "c1", to: "c2", count: 3)}}, {more})"#
    )
}

const VXLAN: &str = "Vxlan(vni: 42, outer: Ipv6)";

fn ran(text: &str) -> World {
    let lab = parse("lab.ron", text).unwrap_or_else(|found| panic!("{found:#?}"));
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    let failed = ran.outcomes.iter().filter(|(_, outcome)| !outcome.holds);
    let failed: Vec<String> = failed.map(|(name, at)| format!("{name}: {}", at.text(Lang::En))).collect();
    assert_eq!(failed, [""; 0]);
    ran.world
}

fn rows(world: &World, device: &str, table: &str) -> Vec<String> {
    let mut devices = (0..world.device_count() as u32).map(DeviceId);
    let id = devices.find(|id| world.device_name(*id) == device).unwrap_or_else(|| panic!("no {device}"));
    let tables = world.device(id).unwrap().tables();
    let table = tables.iter().find(|at| at.name == table).unwrap();
    let line = |row: &crate::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    table.rows.iter().map(line).collect()
}

#[test]
fn one_question_and_one_answer_then_seventy_bytes_in_front() {
    let world = ran(&lab(
        VXLAN,
        r#"expect: {
            "arrives": Delivered("ping"),
            "asked-once": Is(Count(Frames(out_of: "h1", carries: "icmpv6")), 1),
            "answered-once": Is(Count(Frames(out_of: "h2", carries: "icmpv6")), 1),
            "question": Is(Size(Frames(out_of: "h1", carries: "icmpv6")), 86),
            "ping": Is(Count(Frames(out_of: "h1", layers: "eth/ipv6/udp/vxlan/eth/ipv4/icmp")), 3),
            "size": Is(Size(Frames(out_of: "h1", layers: "eth/ipv6/udp/vxlan/eth/ipv4/icmp")), 168),
        }"#,
    ));
    let neigh = rows(&world, "h1/ip", "neigh");
    assert!(neigh.iter().any(|row| row.starts_with("fd00::2 ") && row.contains("REACHABLE")), "{neigh:?}");
    let fdb = rows(&world, "h1/vx-blue", "fdb");
    assert!(fdb.iter().any(|row| row.contains(" fd00::2 4789 42 learned")), "{fdb:?}");
    assert!(rows(&world, "h1/vx-blue", "tunnel")[0].ends_with("1430"));
    assert!(rows(&world, "h1/ip", "addresses").iter().any(|row| row.starts_with("fd00::1/64")));
    // No number of an end is ever shown.
    for device in ["h1/ip", "h1/vx-blue", "h2/ip", "h2/vx-blue"] {
        for table in ["neigh", "fdb", "tunnel", "addresses"] {
            if table == "neigh" || device.ends_with("blue") != (table == "addresses") {
                let rows = rows(&world, device, table);
                assert!(rows.iter().all(|row| !row.contains("240.")), "{rows:?}");
            }
        }
    }
}

#[test]
fn every_kind_that_runs_over_ipv6_arrives_and_reads_back() {
    for (overlay, overhead) in [
        (VXLAN, 70),
        ("Vxlan(vni: 42, outer: Ipv6, gateway: Distributed)", 70),
        ("Geneve(vni: 42, outer: Ipv6)", 70),
        ("TunUdp(outer: Ipv6)", 48),
        ("Wireguard(outer: Ipv6)", 80),
    ] {
        let expect = format!(
            r#"expect: {{"arrives": Delivered("ping"), "cost": AtLeast(Overhead("ping", "h1--sw"), {overhead})}}"#
        );
        let text = lab(overlay, &expect);
        // Packets need a subnet for each host.
        let routed = !overlay.contains("Geneve") && overlay != VXLAN;
        let text = if routed { text.replace("10.1.1.6/24", "10.1.2.6/24") } else { text };
        ran(&text);
        same_below(overlay, &text);
    }
}

#[test]
fn a_host_without_an_address_drops_what_it_cannot_read_and_says_so() {
    let text = lab(VXLAN, "").replace(r#""sw": Switch()"#, r#""h3": Host(ip: "192.0.2.3/24"), "sw": Switch()"#);
    let text = text.replace(r#"("h2", "sw")"#, r#"("h2", "sw"), ("h3", "sw")"#);
    ran(&text.replace(
        "count: 3)}, ",
        r#"count: 3)}, expect: {"filtered": AtLeast(Count(Drops(at: "h3/eth0", reason: "nic.filter-group")), 1)}"#,
    ));
}

#[test]
fn an_inner_packet_too_big_for_the_way_is_refused_and_none_is_split() {
    let text = lab(
        "Vxlan(vni: 42, outer: Ipv6, mtu: 1500)",
        r#"allow: ["mtu-too-small"], expect: {
            "nothing": Fails("ping"),
            "refused": Is(Count(Drops(at: "h1/vx-blue", reason: "vxlan.too-big-told")), 1),
            "no-frame": Is(Count(Frames(out_of: "h1", layers: "eth/ipv6/udp/vxlan/eth/ipv4/icmp")), 0),
        }"#,
    );
    let text = text.replace("count: 3)", "count: 1, size: 1420, df: true)");
    ran(&text.replace(r#"ip: "10.1.1.5/24""#, r#"ip: "10.1.1.5/24", mtu: 1500"#));
}

/// A packet from fd00::9 to the first host, as its card hands it up.
fn packet(next: u8, hops: u8, dst: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 54 + payload.len()];
    ethernet::write(&mut bytes, MacAddr::BROADCAST, MacAddr([2, 0, 0, 0, 0, 9]), ethernet::IPV6);
    let (src, dst) = ("fd00::9".parse().unwrap(), dst.parse().unwrap());
    ipv6::write(&mut bytes[14..], &ipv6::Send { src, dst, next, hops, class: 0 }, 40 + payload.len());
    bytes[54..].copy_from_slice(payload);
    bytes
}

fn neighbour(op: Operation, hops: u8, dst: &str, target: &str) -> Vec<u8> {
    let mut bytes = vec![0; icmpv6::LEN];
    let (src, to) = ("fd00::9".parse().unwrap(), dst.parse().unwrap());
    let says = Neighbour { op, target: target.parse().unwrap(), mac: Some(MacAddr([2, 0, 0, 0, 0, 9])) };
    says.write(&mut bytes, src, to);
    packet(ipv6::ICMPV6, hops, dst, &bytes)
}

#[test]
fn whatever_comes_in_is_counted_under_a_reason_of_its_own() {
    let lab = parse("lab.ron", &lab(VXLAN, "")).unwrap();
    let mut world = crate::plan::world::build(&lab.plan(None, None).unwrap()).unwrap();
    let stack = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == "h1/ip").unwrap();
    let closed = {
        let mut bytes = vec![0; 16];
        udp::write_unchecked(&mut bytes, 1, 9);
        udp::write_sum_over_ipv6(&mut bytes, "fd00::9".parse().unwrap(), "fd00::1".parse().unwrap());
        bytes
    };
    let mut version = packet(59, 64, "fd00::1", &[]);
    version[14] = 0x45;
    let mut own = packet(59, 64, "fd00::1", &[]);
    own[37] = 1;
    let says = Operation::Advertisement { router: false, solicited: true, replaces: true };
    for (bytes, slug) in [
        (neighbour(Operation::Solicitation, 255, "ff02::1:ff00:1", "fd00::1"), "ndisc.asked"),
        (neighbour(Operation::Solicitation, 255, "ff02::1:ff00:1", "fd00:7::1"), "ndisc.not-mine"),
        (neighbour(Operation::Solicitation, 254, "ff02::1:ff00:1", "fd00::1"), "ndisc.malformed"),
        (neighbour(says, 255, "fd00::1", "fd00::8"), "ndisc.unasked"),
        (neighbour(says, 255, "fd00::1", "fd00::9"), "ndisc.answer"),
        (packet(ipv6::ICMPV6, 64, "fd00::1", &[128, 0, 0, 0, 0, 0, 0, 0]), "ip6.malformed"),
        (packet(ipv4::UDP, 64, "fd00::1", &closed), "ip6.no-reader"),
        (packet(44, 64, "fd00::1", &[0; 8]), "ip6.no-reader"),
        (packet(59, 64, "fd00::7", &[]), "ip6.not-mine"),
        (packet(59, 64, "ff02::99", &[]), "ip6.not-joined"),
        (version, "ip6.malformed"),
        (own, "ip6.martian"),
    ] {
        let count = |world: &World| {
            let counters = world.reason_counts(stack);
            counters.iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, n)| *n)
        };
        let before = count(&world);
        let change = Change::Inject { device: stack, port: PortNo(0), link: LinkType::Ethernet, bytes };
        world.apply("in", &change).unwrap();
        world.run(world.now(), EVENT_BUDGET);
        assert_eq!(count(&world), before + 1, "{slug}");
    }
    for len in 0..60 {
        let bytes = neighbour(Operation::Solicitation, 255, "ff02::1:ff00:1", "fd00::1")[..len].to_vec();
        let change = Change::Inject { device: stack, port: PortNo(0), link: LinkType::Ethernet, bytes };
        world.apply("in", &change).unwrap();
        world.run(world.now(), EVENT_BUDGET);
    }
}

/// A frame from a host of this number in a network of false hosts, with `next` in it.
fn false_sender(at: u32, next: u8, hops: u8, dst: &str, fill: impl Fn(Ipv6Addr, Ipv6Addr) -> Vec<u8>) -> Vec<u8> {
    let (src, to) = (Ipv6Addr::from_bits(0xfd00 << 112 | 1 << 40 | u128::from(at)), dst.parse().unwrap());
    let mut bytes = packet(next, hops, dst, &fill(src, to));
    let len = bytes.len() - ethernet::HEADER_LEN;
    ipv6::write(&mut bytes[14..54], &ipv6::Send { src, dst: to, next, hops, class: 0 }, len);
    bytes
}

#[test]
fn a_flood_of_false_senders_takes_the_room_of_a_few() {
    let lab = parse("lab.ron", &lab(VXLAN, "")).unwrap();
    let mut world = crate::plan::world::build(&lab.plan(None, None).unwrap()).unwrap();
    let find = |world: &World, name: &str| {
        (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap()
    };
    let (stack, vtep) = (find(&world, "h1/ip"), find(&world, "h1/vx-blue"));
    // One station behind all of them, so that the table of the VTEP keeps one row for it.
    let wrapped = |src: Ipv6Addr, dst: Ipv6Addr| {
        let mut bytes = vec![0; 16 + 60];
        bytes[16..28].copy_from_slice(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 7]);
        vxlan::write(&mut bytes[8..], 42);
        udp::write_unchecked(&mut bytes, 40_000, 4789);
        udp::write_sum_over_ipv6(&mut bytes, src, dst);
        bytes
    };
    let asks = |src: Ipv6Addr, dst: Ipv6Addr| {
        let mut bytes = vec![0; icmpv6::LEN];
        let target = "fd00::1".parse().unwrap();
        Neighbour { op: Operation::Solicitation, target, mac: Some(MacAddr([2, 0, 0, 0, 0, 9])) }
            .write(&mut bytes, src, dst);
        bytes
    };
    for at in 0..5_000 {
        for bytes in [
            false_sender(at, ipv4::UDP, 64, "fd00::1", wrapped),
            false_sender(at, ipv6::ICMPV6, 255, "ff02::1:ff00:1", asks),
        ] {
            let change = Change::Inject { device: stack, port: PortNo(0), link: LinkType::Ethernet, bytes };
            world.apply("in", &change).unwrap();
            world.run(world.now(), EVENT_BUDGET);
        }
    }
    let counters = world.reason_counts(vtep);
    let moved = counters.iter().find(|(reason, _)| reason.slug == "vxlan.moved").map_or(0, |(_, n)| *n);
    assert_eq!(moved, 4_999, "all were heard");
    let fdb = rows(&world, "h1/vx-blue", "fdb");
    assert!(fdb.iter().any(|row| row.starts_with("02:00:00:00:00:07 fd00::100:0:1387 ")), "{fdb:?}");
    assert!(fdb.iter().any(|row| row.contains(" fd00::2 ")), "who is on the list stays known: {fdb:?}");
    let neigh = rows(&world, "h1/ip", "neigh");
    assert!(neigh.len() <= 1_024 && neigh.iter().all(|row| !row.contains("240.")), "{} rows", neigh.len());
    let bytes = |id| world.device(id).unwrap().heap_bytes();
    assert!(bytes(vtep) < 20_000, "{} bytes", bytes(vtep));
}
