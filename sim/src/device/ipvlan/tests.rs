//! Every case of an ipvlan device, with the function of the kernel that decides it. There is no kernel with ipvlan to
//! compare with, so these rows are read off `drivers/net/ipvlan` of Linux.

use super::*;
use crate::engine::{Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::DeviceId;
use crate::rng::Stream;
use crate::wire::arp::{Arp, Operation};

const fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

/// The card, and so every child.
const CARD: MacAddr = mac(0xff);
const OUTSIDE: MacAddr = mac(0x99);
const GROUP: MacAddr = MacAddr([1, 0, 0x5e, 1, 1, 1]);
const GROUP_IP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);

/// Children have 1, 2 and 3; the host 100; 9 is somebody outside.
const fn ip(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

const HOST_IP: Ipv4Addr = ip(100);

fn world(mode: Mode, flag: Flag) -> World {
    let child = |n: u8| ChildConfig { name: format!("c{n}"), mode, flag, addresses: vec![ip(n)] };
    of(IpvlanConfig { mac: CARD, children: (1..=3).map(child).collect() })
}

fn of(config: IpvlanConfig) -> World {
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("h", "Host");
    let mut ipvlan = Ipvlan::new(config);
    // The third one has joined a group; nothing is joined to it here that could say so.
    ipvlan.children[2].joined.push(GROUP_IP);
    builder.device(node, "h/iv", Box::new(ipvlan)).unwrap();
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

/// What is said about a frame, and the ports it leaves by: `child-address > c1`.
fn fate(world: &mut World, port: PortNo, bytes: Vec<u8>) -> String {
    let change = Change::Inject { device: DeviceId(0), port, link: LinkType::Ethernet, bytes };
    world.apply("test", &change).unwrap();
    assert!(world.step());
    let mut said = Vec::new();
    for (at, entry) in world.log().entries().iter().enumerate() {
        let Entry::Decision { decision, .. } = entry else { continue };
        let Some(slug) = decision.reason.slug.strip_prefix("ipvlan.") else { continue };
        let device = world.device(DeviceId(0)).unwrap();
        let ports: Vec<String> = world.log().ports(at).map(|port| device.port_name(port)).collect();
        said.push(match decision.verdict {
            Verdict::Drop => format!("drop {slug}"),
            Verdict::Note => slug.to_owned(),
            _ => format!("{slug} > {}", ports.join(" ")),
        });
    }
    while world.step() {}
    said.join(", ")
}

/// An IP packet in a frame.
fn packet(dst_mac: MacAddr, src_mac: MacAddr, src: Ipv4Addr, dst: Ipv4Addr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst_mac, src_mac, ethernet::IPV4);
    let header = ipv4::Send { src, dst, protocol: ipv4::UDP, ttl: 64, df: false, tos: 0, id: 1 };
    ipv4::write(&mut bytes[ethernet::HEADER_LEN..], &header, 46);
    bytes
}

/// A question for an address, or an answer.
fn arp(op: Operation, dst_mac: MacAddr, sha: MacAddr, spa: Ipv4Addr, tpa: Ipv4Addr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst_mac, sha, ethernet::ARP);
    Arp { op, sha, spa, tha: MacAddr::ZERO, tpa }.write(&mut bytes[ethernet::HEADER_LEN..]);
    bytes
}

fn asks(sha: MacAddr, spa: Ipv4Addr, tpa: Ipv4Addr) -> Vec<u8> {
    arp(Operation::Request, MacAddr::BROADCAST, sha, spa, tpa)
}

fn answers(dst_mac: MacAddr, sha: MacAddr, spa: Ipv4Addr, tpa: Ipv4Addr) -> Vec<u8> {
    arp(Operation::Reply, dst_mac, sha, spa, tpa)
}

const C1: PortNo = PortNo(CHILD);

/// All columns of the table of modes and flags.
const COLUMNS: [(Mode, Flag); 9] = [
    (Mode::L2, Flag::Bridge),
    (Mode::L2, Flag::Private),
    (Mode::L2, Flag::Vepa),
    (Mode::L3, Flag::Bridge),
    (Mode::L3, Flag::Private),
    (Mode::L3, Flag::Vepa),
    (Mode::L3s, Flag::Bridge),
    (Mode::L3s, Flag::Private),
    (Mode::L3s, Flag::Vepa),
];

/// A row of the table: what the columns of l2 say, then those of l3, then those of l3s where they differ from l3.
fn row(port: PortNo, bytes: &[u8], l2: [&str; 3], l3: [&str; 3], l3s: Option<[&str; 3]>) {
    let wanted = l2.into_iter().chain(l3).chain(l3s.unwrap_or(l3));
    for ((mode, flag), wanted) in COLUMNS.into_iter().zip(wanted) {
        assert_eq!(fate(&mut world(mode, flag), port, bytes.to_vec()), wanted, "{mode} {flag}");
    }
}

#[test]
fn a_child_sends_to_a_sibling() {
    // ipvlan_xmit_mode_l2: same address at both ends, so the IP address is looked up; not with vepa.
    // ipvlan_xmit_mode_l3: looked up always, not with vepa.
    let (near, apart, out) = ("sibling > c2", "drop private", "vepa-out > lower");
    let routed = "l3-routed > routed";
    row(C1, &packet(CARD, CARD, ip(1), ip(2)), [near, apart, out], [near, apart, routed], None);
    // ipvlan_multicast_enqueue: a question goes to all siblings, whatever the flag. In l3 no child asks; a program that
    // writes frames itself meets the look-up first, then ipvlan_process_outbound.
    let all = "l2-group > c2 c3 lower";
    row(C1, &asks(CARD, ip(1), ip(2)), [all; 3], [near, apart, "drop l3-group"], None);
    // The answer comes from the shared address to the shared address, so it is looked up by the address it is for.
    let c2 = PortNo(CHILD + 1);
    let answer = answers(CARD, CARD, ip(2), ip(1));
    row(c2, &answer, ["sibling > c1", apart, out], ["sibling > c1", apart, "drop l3-not-ip"], None);
}

#[test]
fn a_child_sends_to_somebody_outside() {
    // dev_queue_xmit on the parent, or ipvlan_process_v4_outbound in its namespace.
    let (out, routed) = (["l2-out > lower"; 3], ["l3-routed > routed"; 3]);
    row(C1, &packet(OUTSIDE, CARD, ip(1), ip(9)), out, routed, None);
    // In l3 the frame is written to the child's own address, for nobody was asked.
    let own = packet(CARD, CARD, ip(1), ip(9));
    row(C1, &own, ["to-parent > host", "to-parent > host", "vepa-out > lower"], routed, None);
}

#[test]
fn a_child_sends_to_its_own_parent() {
    // dev_forward_skb(ipvlan->phy_dev) in l2, if the child knows the address. In l3 the parent's routes say "local".
    let (host, out, routed) = ("to-parent > host", "vepa-out > lower", ["l3-routed > routed"; 3]);
    row(C1, &packet(CARD, CARD, ip(1), HOST_IP), [host, host, out], routed, None);
    // It cannot learn the address without a switch that sends back: the question goes to siblings and the wire.
    let asked = ["l2-group > c2 c3 lower"; 3];
    row(C1, &asks(CARD, ip(1), HOST_IP), asked, ["drop l3-group"; 3], None);
    // A switch that does send it back brings it to the host, and to nobody else (ipvlan_external_frame).
    let (back, passed) = (["own-reflection > host"; 3], ["no-child > host"; 3]);
    row(LOWER, &asks(CARD, ip(1), HOST_IP), back, passed, None);
}

#[test]
fn the_parent_sends_to_a_child() {
    // The transmit path of the parent knows nothing of children.
    let out = ["host-out > lower"; 3];
    row(HOST, &packet(CARD, CARD, HOST_IP, ip(1)), out, out, None);
    row(HOST, &asks(CARD, HOST_IP, ip(1)), out, out, None);
    // Sent back by a switch the question is from outside, for 100 is no child; in l3 it is sorted by the address asked
    // for, and in l3s no child gets ARP.
    let passed = Some(["l3s-passed > host"; 3]);
    let heard = ["group-from-outside > c1 c2 c3 host"; 3];
    row(LOWER, &asks(CARD, HOST_IP, ip(1)), heard, ["child-address > c1"; 3], passed);
}

#[test]
fn a_child_sends_to_everybody() {
    // ipvlan_process_multicast: siblings whose filter matches, then the wire. ipvlan_process_outbound: nobody.
    let bytes = packet(MacAddr::BROADCAST, CARD, ip(1), Ipv4Addr::BROADCAST);
    row(C1, &bytes, ["l2-group > c2 c3 lower"; 3], ["drop l3-group"; 3], None);
    let bytes = packet(GROUP, CARD, ip(1), GROUP_IP);
    row(C1, &bytes, ["l2-group > c3 lower"; 3], ["drop l3-group"; 3], None);
    // The host is no child and sends past them.
    let out = ["host-out > lower"; 3];
    row(HOST, &packet(MacAddr::BROADCAST, CARD, HOST_IP, Ipv4Addr::BROADCAST), out, out, None);
}

#[test]
fn a_broadcast_comes_from_outside() {
    // ipvlan_handle_mode_l2: a copy for each child, and RX_HANDLER_PASS for the host. In l3 it is no child's.
    let host = ["no-child > host"; 3];
    let bytes = packet(MacAddr::BROADCAST, OUTSIDE, ip(9), Ipv4Addr::BROADCAST);
    row(LOWER, &bytes, ["group-from-outside > c1 c2 c3 host"; 3], host, None);
    let bytes = packet(GROUP, OUTSIDE, ip(9), GROUP_IP);
    row(LOWER, &bytes, ["group-from-outside > c3 host"; 3], host, None);
    // A broadcast frame around a packet for a child is for that child in l3, and in l3s by way of the host's filter.
    let bytes = packet(MacAddr::BROADCAST, OUTSIDE, ip(9), ip(2));
    let filtered = Some(["l3s-filtered, child-address > c2"; 3]);
    row(LOWER, &bytes, ["group-from-outside > c1 c2 c3 host"; 3], ["child-address > c2"; 3], filtered);
}

#[test]
fn an_own_broadcast_comes_back() {
    // ipvlan_external_frame: from the shared address and the IP address of a child.
    let bytes = packet(MacAddr::BROADCAST, CARD, ip(1), Ipv4Addr::BROADCAST);
    row(LOWER, &bytes, ["own-reflection > host"; 3], ["no-child > host"; 3], None);
    // The same address from elsewhere is somebody outside.
    let bytes = packet(MacAddr::BROADCAST, OUTSIDE, ip(1), Ipv4Addr::BROADCAST);
    row(LOWER, &bytes, ["group-from-outside > c1 c2 c3 host"; 3], ["no-child > host"; 3], None);
    // What the host itself sent and a switch reflected goes to all, for its sender is no child.
    let bytes = packet(MacAddr::BROADCAST, CARD, HOST_IP, Ipv4Addr::BROADCAST);
    row(LOWER, &bytes, ["group-from-outside > c1 c2 c3 host"; 3], ["no-child > host"; 3], None);
}

#[test]
fn a_packet_comes_from_outside() {
    // ipvlan_handle_mode_l3 for l2 too; the hooks of ipvlan_l3s.c for l3s.
    let (child, filtered) = (["child-address > c2"; 3], Some(["l3s-filtered, child-address > c2"; 3]));
    row(LOWER, &packet(CARD, OUTSIDE, ip(9), ip(2)), child, child, filtered);
    // Not even the sender's being a sibling matters: a switch that sends back serves vepa.
    row(LOWER, &packet(CARD, CARD, ip(1), ip(2)), child, child, filtered);
    let host = ["no-child > host"; 3];
    for dst in [HOST_IP, ip(77)] {
        row(LOWER, &packet(CARD, OUTSIDE, ip(9), dst), host, host, None);
    }
}

#[test]
fn somebody_outside_asks_for_a_child() {
    // In l2 all hear it and the child answers. In l3 the child is handed it and is NOARP; in l3s ipvlan_handle_frame
    // returns RX_HANDLER_PASS, so it is the host that gets the question.
    let heard = ["group-from-outside > c1 c2 c3 host"; 3];
    let passed = Some(["l3s-passed > host"; 3]);
    row(LOWER, &asks(OUTSIDE, ip(9), ip(2)), heard, ["child-address > c2"; 3], passed);
    // An answer is sorted by the address it is for.
    let child = ["child-address > c2"; 3];
    row(LOWER, &answers(CARD, OUTSIDE, ip(9), ip(2)), child, child, passed);
}

#[test]
fn what_is_no_packet_has_no_address() {
    // ipvlan_get_L3_hdr returns NULL.
    let mut short = packet(CARD, CARD, ip(1), ip(2));
    short[16..18].copy_from_slice(&100_u16.to_be_bytes());
    let mut version = packet(CARD, CARD, ip(1), ip(2));
    version[14] = 0x65;
    let mut other = vec![0; 60];
    ethernet::write(&mut other, CARD, CARD, ethernet::EXPERIMENTAL);
    for bytes in [short, version, other] {
        row(LOWER, &bytes, ["no-child > host"; 3], ["no-child > host"; 3], None);
        let (host, out) = ("to-parent > host", "vepa-out > lower");
        row(C1, &bytes, [host, host, out], ["drop l3-not-ip"; 3], None);
    }
    let mut pause = vec![0; 60];
    ethernet::write(&mut pause, MacAddr([1, 0x80, 0xc2, 0, 0, 1]), CARD, PAUSE);
    row(C1, &pause, ["drop pause"; 3], ["drop l3-group"; 3], None);
    row(LOWER, &pause, ["group-from-outside > host"; 3], ["no-child > host"; 3], None);
    row(C1, &[0; 9], ["drop runt"; 3], ["drop runt"; 3], None);
}

#[test]
fn the_last_child_decides_on_the_mode_of_all_and_so_does_a_change_at_any() {
    // ipvlan_link_new, ipvlan_set_port_mode.
    let child = |n: u8, mode, flag| ChildConfig { name: format!("c{n}"), mode, flag, addresses: vec![ip(n)] };
    let config = IpvlanConfig {
        mac: CARD,
        children: vec![
            child(1, Mode::L2, Flag::Bridge),
            child(2, Mode::L2, Flag::Bridge),
            child(3, Mode::L3, Flag::Private),
        ],
    };
    let ipvlan = Ipvlan::new(config.clone());
    assert_eq!((ipvlan.mode, ipvlan.flag), (Mode::L3, Flag::Private));
    assert_eq!(ipvlan.arp(), [(C1, false), (PortNo(CHILD + 1), false), (PortNo(CHILD + 2), false)]);
    let mut world = of(config);
    let near = || packet(CARD, CARD, ip(1), ip(2));
    assert_eq!(fate(&mut world, C1, near()), "drop private");
    let set = |port: Option<u16>, field: &str, value: &str| DeviceChange::Set {
        port: port.map(PortNo),
        field: field.to_owned(),
        value: Value::Text(value.to_owned()),
    };
    let mut change = |change: DeviceChange| world.apply("test", &Change::Device { device: DeviceId(0), change });
    for (wrong, says) in [
        (set(None, "mode", "L4"), "L2, L3 or L3s"),
        (set(None, "flag", "open"), "Bridge, Private or Vepa"),
        (set(None, "mtu", "9000"), "mode, flag"),
        (set(Some(1), "mode", "L2"), "mode"),
        (set(Some(9), "mode", "L2"), "mode"),
        (DeviceChange::Flush { table: "addresses".to_owned() }, "addresses"),
    ] {
        let error = change(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    change(set(Some(CHILD + 1), "mode", "L2")).unwrap();
    change(set(None, "flag", "Vepa")).unwrap();
    assert_eq!(fate(&mut world, C1, near()), "vepa-out > lower");
    let device = world.device(DeviceId(0)).unwrap();
    assert!(device.arp().iter().all(|(_, on)| *on));
    let tables = device.tables();
    let modes: Vec<String> = tables[1].rows.iter().map(|row| format!("{} {}", row.cells[1], row.cells[2])).collect();
    assert_eq!(modes, ["l2 vepa", "l2 vepa", "l2 vepa"]);
}

#[test]
fn any_bytes_on_any_port_end_somewhere() {
    let mut stream = Stream::named(1, "ipvlan");
    for (mode, flag) in COLUMNS {
        let mut world = world(mode, flag);
        for _ in 0..400 {
            let len = stream.below(80) as usize;
            let mut bytes: Vec<u8> = (0..len).map(|_| stream.bits() as u8).collect();
            let (src, dst) = (ip(stream.below(5) as u8), ip(stream.below(5) as u8));
            let whole = packet(if stream.below(2) == 0 { CARD } else { OUTSIDE }, CARD, src, dst);
            let keep = (stream.below(60) as usize).min(len);
            bytes[..keep].copy_from_slice(&whole[..keep]);
            // Any port but the one into the host's stack, which takes bare packets and from which none comes.
            let port = [LOWER, HOST, C1, PortNo(CHILD + 2)][stream.below(4) as usize];
            let said = fate(&mut world, port, bytes);
            assert!(!said.is_empty(), "{len} bytes at port {port}");
            assert_eq!(said.starts_with("drop runt"), len < ethernet::HEADER_LEN, "{said}");
        }
    }
}
