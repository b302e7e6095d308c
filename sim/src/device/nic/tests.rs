use super::*;
use crate::engine::{Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::DeviceId;
use crate::rng::Stream;
use crate::wire::LinkType;

const OWN: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

fn world(config: NicConfig) -> World {
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("h", "Host");
    builder.device(node, "h/eth0", Box::new(Nic::new(config))).unwrap();
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

fn config() -> NicConfig {
    NicConfig { mac: OWN, ..NicConfig::default() }
}

/// What the card decides about these bytes on this port.
fn verdict(world: &mut World, port: PortNo, bytes: Vec<u8>) -> (Verdict, &'static str) {
    let change = Change::Inject { device: DeviceId(0), port, link: LinkType::Ethernet, bytes };
    world.apply("test", &change).unwrap();
    while world.step() {
        let decided = world.log().entries().iter().find_map(|entry| match entry {
            Entry::Decision { decision, .. } => Some((decision.verdict, decision.reason.slug)),
            _ => None,
        });
        if let Some(decided) = decided {
            return decided;
        }
    }
    panic!("no verdict");
}

fn frame(dst: &str, len: usize) -> Vec<u8> {
    let dst: MacAddr = dst.parse().unwrap();
    let mut bytes = vec![0; len];
    ethernet::write(&mut bytes, dst, MacAddr([2, 0, 0, 0, 0, 9]), ethernet::EXPERIMENTAL);
    bytes
}

#[test]
fn each_class_of_destination_is_accepted_or_filtered_by_its_own_rule() {
    let listed = "02:00:00:00:00:05";
    let group = "01:00:5e:01:01:01";
    let base =
        || NicConfig { unicast: vec![listed.parse().unwrap()], multicast: vec![group.parse().unwrap()], ..config() };
    let cases = [
        (base(), "02:00:00:00:00:01", "nic.accept-own"),
        (base(), listed, "nic.accept-listed"),
        (base(), "ff:ff:ff:ff:ff:ff", "nic.accept-broadcast"),
        (base(), group, "nic.accept-group"),
        (base(), "02:00:00:00:00:07", "nic.filter-unicast"),
        (base(), "01:00:5e:02:02:02", "nic.filter-group"),
        (NicConfig { allmulti: true, ..base() }, "01:00:5e:02:02:02", "nic.accept-allmulti"),
        (NicConfig { allmulti: true, ..base() }, "02:00:00:00:00:07", "nic.filter-unicast"),
        (NicConfig { promiscuous: true, ..base() }, "02:00:00:00:00:07", "nic.accept-promiscuous"),
        (NicConfig { promiscuous: true, ..base() }, "01:00:5e:02:02:02", "nic.accept-promiscuous"),
        (NicConfig { promiscuous: true, ..base() }, "02:00:00:00:00:01", "nic.accept-own"),
        (NicConfig { unicast_slots: 1, ..base() }, "02:00:00:00:00:07", "nic.accept-slots-full"),
        (NicConfig { unicast_slots: 1, ..base() }, "01:00:5e:02:02:02", "nic.filter-group"),
        (NicConfig { unicast_slots: 2, ..base() }, "02:00:00:00:00:07", "nic.filter-unicast"),
        (NicConfig { gate: Gate::Switch, ..base() }, "02:00:00:00:00:01", "nic.accept-switched"),
        (NicConfig { gate: Gate::Switch, ..base() }, "02:00:00:00:00:07", "nic.accept-switched"),
    ];
    for (config, dst, slug) in cases {
        assert_eq!(verdict(&mut world(config), WIRE, frame(dst, 60)).1, slug, "{dst}");
    }
}

#[test]
fn lengths_are_held_in_both_directions() {
    let to_me = "02:00:00:00:00:01";
    for (port, len, slug) in [
        (WIRE, 1518, "nic.accept-own"),
        (WIRE, 1519, "nic.received-too-long"),
        (WIRE, 14, "nic.accept-own"),
        (HOST, 1514, "nic.sent"),
        (HOST, 1515, "nic.sent-too-long"),
    ] {
        assert_eq!(verdict(&mut world(config()), port, frame(to_me, len)).1, slug, "{len} bytes");
    }
    for len in 0..14 {
        assert_eq!(verdict(&mut world(config()), WIRE, vec![0xff; len]).1, "nic.runt");
        assert_eq!(verdict(&mut world(config()), HOST, vec![0xff; len]).1, "nic.runt");
    }
}

/// The bytes of the frame that left by the cable.
fn sent(config: NicConfig, bytes: Vec<u8>) -> Vec<u8> {
    let mut world = world(config);
    assert_eq!(verdict(&mut world, HOST, bytes).1, "nic.sent");
    let log = world.log();
    let decision = log.entries().iter().find_map(|entry| match entry {
        Entry::Decision { decision, bytes } if decision.verdict == Verdict::Forward => Some(*bytes),
        _ => None,
    });
    log.bytes(decision.unwrap()).to_vec()
}

#[test]
fn short_frames_are_padded_with_zeros_to_60_bytes_and_not_a_byte_further() {
    for len in 14..64 {
        let mut bytes = frame("02:00:00:00:00:09", len);
        bytes[14..].fill(0xaa);
        assert_eq!(sent(NicConfig { pads: false, ..config() }, bytes.clone()), bytes);
        let padded = sent(config(), bytes.clone());
        assert_eq!(padded[..len], bytes);
        assert_eq!(padded.len(), len.max(60));
        assert!(padded[len..].iter().all(|&byte| byte == 0), "{padded:?}");
    }
}

#[test]
fn changes_take_effect_and_wrong_ones_are_refused_with_what_would_fit() {
    let mut world = world(config());
    let mut change = |change: DeviceChange| world.apply("test", &Change::Device { device: DeviceId(0), change });
    let set = |field: &str, value| DeviceChange::Set { port: None, field: field.to_owned(), value };
    let row = |mac: &str| vec![("mac".to_owned(), mac.to_owned())];
    change(set("promiscuous", Value::Flag(true))).unwrap();
    change(set("promiscuous", Value::Flag(false))).unwrap();
    change(DeviceChange::AddRow { table: "filter".to_owned(), cells: row("02:00:00:00:00:07") }).unwrap();
    for (wrong, says) in [
        (set("promiscuous", Value::Number(1)), "true or false"),
        (set("mtu", Value::Number(67)), "68 to 65535"),
        (set("color", Value::Flag(true)), "promiscuous, allmulti"),
        (DeviceChange::Flush { table: "fdb".to_owned() }, "filter"),
        (DeviceChange::AddRow { table: "filter".to_owned(), cells: row("nonsense") }, "a MAC address"),
        (DeviceChange::AddRow { table: "filter".to_owned(), cells: Vec::new() }, "the address of the row"),
    ] {
        let error = change(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(verdict(&mut world, WIRE, frame("02:00:00:00:00:07", 60)).1, "nic.accept-listed");
    let delete = DeviceChange::DelRow { table: "filter".to_owned(), cells: row("02:00:00:00:00:07") };
    world.apply("test", &Change::Device { device: DeviceId(0), change: delete }).unwrap();
    assert_eq!(verdict(&mut world, WIRE, frame("02:00:00:00:00:07", 60)).1, "nic.filter-unicast");
}

#[test]
fn any_bytes_on_any_port_get_exactly_one_verdict() {
    let mut stream = Stream::named(1, "nic");
    for _ in 0..2_000 {
        let len = stream.below(1_700) as usize;
        let bytes = (0..len).map(|_| stream.bits() as u8).collect();
        let port = PortNo(stream.below(2) as u16);
        let (verdict, _) = verdict(&mut world(NicConfig { promiscuous: true, ..config() }), port, bytes);
        assert!(matches!(verdict, Verdict::Forward | Verdict::Drop));
    }
}
