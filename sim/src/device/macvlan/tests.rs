use super::*;
use crate::device::on_card::PAUSE;
use crate::engine::{Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::DeviceId;
use crate::rng::Stream;
use crate::wire::LinkType;

const fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

const PARENT: MacAddr = mac(0xff);
const OUTSIDE: MacAddr = mac(0x99);
const GROUP: MacAddr = MacAddr([1, 0, 0x5e, 1, 1, 1]);
const GROUP_IP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);

/// One child a mode, in this order, with addresses 1, 2, …
fn world(modes: &[Mode]) -> World {
    let child = |(mode, n): (&Mode, u8)| ChildConfig {
        name: format!("c{n}"),
        mac: if *mode == Mode::Passthru { PARENT } else { mac(n) },
        mode: *mode,
        ..ChildConfig::default()
    };
    of(modes.iter().zip(1..).map(child).collect())
}

fn of(children: Vec<ChildConfig>) -> World {
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("h", "Host");
    let mut macvlan = Macvlan::new(MacvlanConfig { children });
    // The first one has joined a group; nothing is joined to it here that could say so.
    macvlan.children[0].joined.push(GROUP_IP);
    builder.device(node, "h/mv", Box::new(macvlan)).unwrap();
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

/// What is said about a frame, and the ports it leaves by: `child-address > c1`.
fn fate(world: &mut World, port: u16, bytes: Vec<u8>) -> String {
    let change = Change::Inject { device: DeviceId(0), port: PortNo(port), link: LinkType::Ethernet, bytes };
    world.apply("test", &change).unwrap();
    assert!(world.step());
    let mut said = Vec::new();
    for (at, entry) in world.log().entries().iter().enumerate() {
        let Entry::Decision { decision, .. } = entry else { continue };
        let Some(slug) = decision.reason.slug.strip_prefix("macvlan.") else { continue };
        let ports: Vec<String> = world.log().ports(at).map(|port| name(world, port)).collect();
        said.push(if decision.verdict == Verdict::Drop {
            format!("drop {slug}")
        } else {
            format!("{slug} > {}", ports.join(" "))
        });
    }
    while world.step() {}
    said.join(", ")
}

fn name(world: &World, port: PortNo) -> String {
    world.device(DeviceId(0)).unwrap().port_name(port)
}

fn frame(dst: MacAddr, src: MacAddr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst, src, ethernet::EXPERIMENTAL);
    bytes
}

const MIXED: [Mode; 5] = [Mode::Private, Mode::Vepa, Mode::Vepa, Mode::Bridge, Mode::Bridge];

#[test]
fn a_frame_from_outside_finds_its_child_whatever_the_mode_and_whoever_sent_it() {
    let mut world = world(&MIXED);
    for n in 1..=5 {
        for src in [OUTSIDE, PARENT, mac(1), mac(5)] {
            assert_eq!(fate(&mut world, 0, frame(mac(n), src)), format!("child-address > c{n}"));
        }
    }
    assert_eq!(fate(&mut world, 0, frame(PARENT, OUTSIDE)), "no-child > host");
    assert_eq!(fate(&mut world, 0, frame(mac(77), OUTSIDE)), "no-child > host");
}

#[test]
fn who_hears_a_broadcast_that_came_through_the_parent_depends_on_who_sent_it() {
    let mut world = world(&MIXED);
    for (src, fate_of) in [
        (OUTSIDE, "group-from-outside > c1 c2 c3 c4 c5 host"),
        (PARENT, "group-from-outside > c1 c2 c3 c4 c5 host"),
        (mac(1), "reflected-back > c1"),
        (mac(2), "reflected-vepa > c3 c4 c5 host"),
        (mac(4), "reflected-bridge > c2 c3 host"),
    ] {
        assert_eq!(fate(&mut world, 0, frame(MacAddr::BROADCAST, src)), fate_of, "from {src}");
    }
}

#[test]
fn groups_reach_those_that_joined_and_pause_frames_no_child_at_all() {
    let mut world = world(&MIXED);
    assert_eq!(fate(&mut world, 0, frame(GROUP, OUTSIDE)), "group-from-outside > c1 host");
    let mut pause = frame(MacAddr([1, 0x80, 0xc2, 0, 0, 1]), OUTSIDE);
    pause[12..14].copy_from_slice(&PAUSE.to_be_bytes());
    assert_eq!(fate(&mut world, 0, pause), "group-from-outside > host");
    let mut pause = frame(MacAddr::BROADCAST, mac(4));
    pause[12..14].copy_from_slice(&PAUSE.to_be_bytes());
    assert_eq!(fate(&mut world, 5, pause), "bridge-group > lower");
}

#[test]
fn only_bridge_children_reach_each_other_without_the_wire_and_nobody_reaches_the_host() {
    let mut world = world(&MIXED);
    let out = ["private-out > lower", "vepa-out > lower", "vepa-out > lower"];
    for (child, out) in out.iter().enumerate() {
        for dst in [mac(1), mac(2), mac(4), mac(5), PARENT, OUTSIDE, MacAddr::BROADCAST] {
            assert_eq!(fate(&mut world, CHILD + child as u16, frame(dst, mac(child as u8 + 1))), *out);
        }
    }
    for (dst, fate_of) in [
        (mac(5), "bridged > c5"),
        (mac(2), "bridge-out > lower"),
        (mac(1), "bridge-out > lower"),
        (PARENT, "bridge-out > lower"),
        (OUTSIDE, "bridge-out > lower"),
        (MacAddr::BROADCAST, "bridge-group > c5 lower"),
    ] {
        assert_eq!(fate(&mut world, 5, frame(dst, mac(4))), fate_of, "to {dst}");
    }
    for dst in [mac(1), mac(5), OUTSIDE, MacAddr::BROADCAST] {
        assert_eq!(fate(&mut world, HOST.0, frame(dst, PARENT)), "host-out > lower");
    }
}

#[test]
fn the_child_in_passthru_mode_gets_what_was_the_hosts() {
    let mut world = world(&[Mode::Passthru]);
    for dst in [PARENT, OUTSIDE, mac(77)] {
        assert_eq!(fate(&mut world, 0, frame(dst, OUTSIDE)), "passthru > c1");
    }
    assert_eq!(fate(&mut world, 0, frame(MacAddr::BROADCAST, OUTSIDE)), "group-from-outside > c1 host");
    // What the host itself sent and a switch reflected has the child's address for a source.
    assert_eq!(fate(&mut world, 0, frame(MacAddr::BROADCAST, PARENT)), "reflected-back > c1");
    assert_eq!(fate(&mut world, 2, frame(OUTSIDE, PARENT)), "passthru-out > lower");
}

#[test]
fn children_in_source_mode_get_copies_by_sender_and_nothing_by_destination() {
    let source = |n: u8, sources: &[MacAddr], takes| ChildConfig {
        name: format!("c{n}"),
        mac: mac(n),
        mode: Mode::Source,
        sources: sources.to_vec(),
        takes,
    };
    let children = || vec![source(1, &[mac(7), mac(8)], false), source(2, &[mac(8), mac(9)], true)];
    let mut world = of(children());
    for (dst, src, fate_of) in [
        (mac(1), OUTSIDE, "no-child > host"),
        (MacAddr::BROADCAST, OUTSIDE, "group-from-outside > host"),
        (PARENT, mac(7), "source-copies > c1, no-child > host"),
        (MacAddr::BROADCAST, mac(7), "source-copies > c1, group-from-outside > host"),
        (PARENT, mac(8), "source-takes > c1 c2"),
        (PARENT, mac(9), "source-takes > c2"),
        (MacAddr::BROADCAST, mac(1), "reflected-back > c1"),
    ] {
        assert_eq!(fate(&mut world, 0, frame(dst, src)), fate_of, "{src} to {dst}");
    }
    assert_eq!(fate(&mut world, 2, frame(mac(2), mac(1))), "source-out > lower");
    // What goes from one bridge child to another passes the parent, where it is copied.
    let bridge = |n: u8| ChildConfig { mode: Mode::Bridge, takes: false, ..source(n, &[], false) };
    let mut world = of(vec![source(1, &[mac(3)], false), bridge(3), bridge(4)]);
    assert_eq!(fate(&mut world, 3, frame(mac(4), mac(3))), "source-copies > c1, bridged > c4");
}

#[test]
fn changes_take_effect_and_wrong_ones_are_refused_with_what_would_fit() {
    let mut world = world(&[Mode::Private, Mode::Bridge, Mode::Source]);
    let mut change = |change: DeviceChange| world.apply("test", &Change::Device { device: DeviceId(0), change });
    let set = |port: Option<u16>, field: &str, value: &str| DeviceChange::Set {
        port: port.map(PortNo),
        field: field.to_owned(),
        value: Value::Text(value.to_owned()),
    };
    let row = |cells: &[(&str, &str)]| {
        cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let add = |cells: &[(&str, &str)]| DeviceChange::AddRow { table: "sources".to_owned(), cells: row(cells) };
    change(set(Some(2), "mode", "Bridge")).unwrap();
    change(add(&[("mac", "02:00:00:00:00:99"), ("child", "c3")])).unwrap();
    for (wrong, says) in [
        (set(Some(2), "mode", "Passthru"), "neither left nor entered"),
        (set(Some(2), "mode", "bridged"), "Private, Vepa, Bridge or Source"),
        (set(Some(2), "mtu", "9000"), "mode"),
        (set(Some(9), "mode", "Bridge"), "mode"),
        (set(None, "mode", "Bridge"), "mode"),
        (add(&[("mac", "02:00:00:00:00:99")]), "the child that listens"),
        (add(&[("mac", "ff:ff:ff:ff:ff:ff"), ("child", "c3")]), "the address of a station"),
        (add(&[("mac", "x"), ("child", "c3")]), "a MAC address"),
        (add(&[("mac", "02:00:00:00:00:99"), ("child", "c9")]), "the name of a child"),
        (add(&[("ip", "10.0.0.1")]), "mac, child"),
        (DeviceChange::Flush { table: "fdb".to_owned() }, "sources"),
    ] {
        let error = change(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(fate(&mut world, 2, frame(mac(2), mac(1))), "bridged > c2");
    assert_eq!(fate(&mut world, 0, frame(PARENT, OUTSIDE)), "source-copies > c3, no-child > host");
    let delete = DeviceChange::DelRow { table: "sources".to_owned(), cells: row(&[("child", "c3")]) };
    world.apply("test", &Change::Device { device: DeviceId(0), change: delete }).unwrap();
    assert_eq!(fate(&mut world, 0, frame(PARENT, OUTSIDE)), "no-child > host");
}

#[test]
fn any_bytes_on_any_port_end_somewhere() {
    let mut stream = Stream::named(1, "macvlan");
    let mut world = world(&MIXED);
    for _ in 0..2_000 {
        let len = stream.below(80) as usize;
        let mut bytes: Vec<u8> = (0..len).map(|_| stream.bits() as u8).collect();
        if len >= 12 && stream.below(2) == 0 {
            bytes[..12].copy_from_slice(&frame(mac(stream.below(7) as u8), mac(stream.below(7) as u8))[..12]);
        }
        let port = stream.below(7) as u16;
        let said = fate(&mut world, port, bytes);
        assert!(!said.is_empty(), "{len} bytes at port {port}");
        assert_eq!(said.starts_with("drop runt"), len < ethernet::HEADER_LEN, "{said}");
    }
}
