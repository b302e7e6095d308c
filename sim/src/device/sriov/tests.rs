use super::*;
use crate::engine::{Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::DeviceId;
use crate::rng::Stream;
use crate::wire::LinkType;

const fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

const PF: MacAddr = mac(0xff);
const OUTSIDE: MacAddr = mac(0x99);
/// Behind a function, on a bridge of its own.
const NESTED: MacAddr = mac(0x55);

/// Functions v1, v2, … with addresses 1, 2, …, each changed as given.
fn world(vfs: &[fn(&mut VfConfig)], card: fn(&mut SriovConfig)) -> World {
    let vf = |(change, n): (&fn(&mut VfConfig), u8)| {
        let mut vf = VfConfig { name: format!("v{n}"), mac: mac(n), ..VfConfig::default() };
        change(&mut vf);
        vf
    };
    let mut config = SriovConfig { mac: PF, vfs: vfs.iter().zip(1..).map(vf).collect(), ..SriovConfig::default() };
    card(&mut config);
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("h", "Host");
    builder.device(node, "h/sriov", Box::new(Sriov::new(config))).unwrap();
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

/// What is said about a frame, and the ports it leaves by: `switched > v2`.
fn fate(world: &mut World, port: u16, bytes: Vec<u8>) -> String {
    let change = Change::Inject { device: DeviceId(0), port: PortNo(port), link: LinkType::Ethernet, bytes };
    world.apply("test", &change).unwrap();
    assert!(world.step());
    let mut said = Vec::new();
    for (at, entry) in world.log().entries().iter().enumerate() {
        let Entry::Decision { decision, .. } = entry else { continue };
        let Some(slug) = decision.reason.slug.strip_prefix("sriov.") else { continue };
        let name = |port| world.device(DeviceId(0)).unwrap().port_name(port);
        let ports: Vec<String> = world.log().ports(at).map(name).collect();
        said.push(if decision.verdict == Verdict::Drop {
            format!("drop {slug}")
        } else {
            format!("{slug} > {}", ports.join(" "))
        });
    }
    while world.step() {}
    said.join(", ")
}

fn frame(dst: MacAddr, src: MacAddr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst, src, ethernet::EXPERIMENTAL);
    bytes
}

fn tagged(dst: MacAddr, src: MacAddr, vid: u16) -> Vec<u8> {
    let mut bytes = frame(dst, src);
    let tag = [ethernet::VLAN.to_be_bytes(), vid.to_be_bytes()].concat();
    bytes.splice(12..12, tag);
    bytes
}

fn plain(_: &mut VfConfig) {}
fn as_it_comes(_: &mut SriovConfig) {}

#[test]
fn functions_of_one_card_meet_inside_and_everything_unknown_goes_to_the_cable_alone() {
    let mut world = world(&[plain, plain], as_it_comes);
    for (port, src, dst, fate_of) in [
        (2, mac(1), mac(2), "switched > v2"),
        (2, mac(1), PF, "switched > host"),
        (1, PF, mac(2), "switched > v2"),
        (2, mac(1), OUTSIDE, "unknown-out > lower"),
        (1, PF, OUTSIDE, "unknown-out > lower"),
        (2, mac(1), MacAddr::BROADCAST, "group-out > host v2 lower"),
        (1, PF, MacAddr::BROADCAST, "group-out > v1 v2 lower"),
        (0, OUTSIDE, mac(1), "row > v1"),
        (0, OUTSIDE, PF, "row > host"),
        (0, OUTSIDE, mac(77), "drop no-row"),
        (0, OUTSIDE, MacAddr::BROADCAST, "group-in > host v1 v2"),
        (0, OUTSIDE, MacAddr([1, 0, 0x5e, 1, 1, 1]), "drop no-hearer"),
    ] {
        assert_eq!(fate(&mut world, port, frame(dst, src)), fate_of, "{src} to {dst}");
    }
}

#[test]
fn a_vepa_leaves_all_to_the_switch_and_knows_its_own_broadcast_when_it_comes_back() {
    let mut world = world(&[plain, plain], |card| card.mode = Mode::Vepa);
    for dst in [mac(2), PF, OUTSIDE, MacAddr::BROADCAST] {
        assert_eq!(fate(&mut world, 2, frame(dst, mac(1))), "vepa-out > lower");
    }
    // Reflected.
    assert_eq!(fate(&mut world, 0, frame(mac(2), mac(1))), "row > v2");
    assert_eq!(fate(&mut world, 0, frame(MacAddr::BROADCAST, mac(1))), "group-in > host v2");
}

#[test]
fn nothing_is_learned_however_often_it_is_sent() {
    let mut world = world(&[|vf| vf.spoofchk = false, plain], as_it_comes);
    let before = world.device(DeviceId(0)).unwrap().tables();
    for _ in 0..3 {
        assert_eq!(fate(&mut world, 2, frame(OUTSIDE, NESTED)), "unknown-out > lower");
        assert_eq!(fate(&mut world, 0, frame(NESTED, OUTSIDE)), "drop no-row");
        assert_eq!(fate(&mut world, 3, frame(NESTED, mac(2))), "unknown-out > lower");
    }
    assert_eq!(world.device(DeviceId(0)).unwrap().tables(), before);
}

#[test]
fn a_function_may_send_with_its_own_address_and_with_trust_by_those_it_asked_for() {
    let asks: fn(&mut VfConfig) = |vf| vf.asks = vec![NESTED];
    let trusted: fn(&mut VfConfig) = |vf| (vf.asks, vf.trust) = (vec![NESTED], true);
    for (vf, out, back) in [
        (plain as fn(&mut VfConfig), "drop spoofed", "drop no-row"),
        (asks, "drop spoofed", "drop no-row"),
        (trusted, "unknown-out > lower", "row > v1"),
    ] {
        let mut world = world(&[vf], as_it_comes);
        assert_eq!(fate(&mut world, 2, frame(OUTSIDE, NESTED)), out);
        assert_eq!(fate(&mut world, 0, frame(NESTED, OUTSIDE)), back);
    }
}

#[test]
fn a_promiscuous_function_gets_what_no_row_claims_but_a_virtual_one_only_with_trust() {
    let wish: fn(&mut VfConfig) = |vf| vf.promiscuous = true;
    let granted: fn(&mut VfConfig) = |vf| (vf.promiscuous, vf.trust) = (true, true);
    let mut refused = world(&[wish, plain], as_it_comes);
    assert_eq!(fate(&mut refused, 0, frame(NESTED, OUTSIDE)), "drop no-row");
    let mut one = world(&[granted, plain], as_it_comes);
    assert_eq!(fate(&mut one, 0, frame(NESTED, OUTSIDE)), "promiscuous > v1");
    assert_eq!(fate(&mut one, 3, frame(NESTED, mac(2))), "promiscuous > v1, unknown-out > lower");
    // What a row claims is nobody else's.
    assert_eq!(fate(&mut one, 0, frame(mac(2), OUTSIDE)), "row > v2");
    let mut host = world(&[plain, plain], |card| card.promiscuous = true);
    assert_eq!(fate(&mut host, 0, frame(NESTED, OUTSIDE)), "promiscuous > host");
    assert_eq!(fate(&mut host, 3, frame(NESTED, mac(2))), "promiscuous > host, unknown-out > lower");
}

#[test]
fn a_vlan_is_put_on_and_taken_off_by_the_card_and_parts_its_functions() {
    let ten: fn(&mut VfConfig) = |vf| vf.vlan = 10;
    let mut world = world(&[ten, ten, |vf| vf.vlan = 20, plain], as_it_comes);
    for (port, bytes, fate_of) in [
        (2, frame(mac(2), mac(1)), "switched > v2"),
        (2, frame(mac(3), mac(1)), "unknown-out > lower"),
        (2, frame(PF, mac(1)), "unknown-out > lower"),
        (2, frame(MacAddr::BROADCAST, mac(1)), "group-out > v2, group-out > lower"),
        (2, tagged(mac(2), mac(1), 10), "drop tagged"),
        (0, tagged(mac(1), OUTSIDE, 10), "row > v1"),
        (0, tagged(mac(1), OUTSIDE, 20), "drop no-row"),
        (0, frame(mac(1), OUTSIDE), "drop no-row"),
        (0, tagged(MacAddr::BROADCAST, OUTSIDE, 10), "group-in > v1 v2"),
        (0, frame(MacAddr::BROADCAST, OUTSIDE), "group-in > host v4"),
    ] {
        assert_eq!(fate(&mut world, port, bytes), fate_of);
    }
}

#[test]
fn a_link_follows_the_cable_or_its_host() {
    let down: fn(&mut VfConfig) = |vf| vf.state = State::Disable;
    let mut world = world(&[plain, down], as_it_comes);
    assert_eq!(fate(&mut world, 3, frame(mac(1), mac(2))), "drop link-down");
    assert_eq!(fate(&mut world, 2, frame(mac(2), mac(1))), "drop link-down");
    assert_eq!(fate(&mut world, 2, frame(MacAddr::BROADCAST, mac(1))), "group-out > host lower");
    let mut card = Sriov::new(SriovConfig { mac: PF, vfs: vec![VfConfig::default(); 1], ..SriovConfig::default() });
    assert_eq!(card.carrier_behind(LOWER), [HOST, PortNo(VF)]);
    card.vfs[0].config.state = State::Enable;
    assert_eq!(card.carrier_behind(LOWER), [HOST]);
    card.carrier = false;
    assert!(card.takes(HOST.0, 0), "a function that is up can still send to it");
    assert!(card.link_is_up(&card.vfs[0]));
    card.vfs[0].config.state = State::Auto;
    assert!(!card.link_is_up(&card.vfs[0]));
}

#[test]
fn changes_take_effect_and_wrong_ones_are_refused_with_what_would_fit() {
    let mut world = world(&[plain, plain], as_it_comes);
    let set = |port: Option<u16>, field: &str, value: Value| DeviceChange::Set {
        port: port.map(PortNo),
        field: field.to_owned(),
        value,
    };
    let word = |word: &str| Value::Text(word.to_owned());
    let asked = |cells: &[(&str, &str)]| DeviceChange::AddRow {
        table: "asked".to_owned(),
        cells: cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let mut change = |change: DeviceChange| world.apply("test", &Change::Device { device: DeviceId(0), change });
    for (wrong, says) in [
        (set(Some(2), "state", word("up")), "Auto, Enable or Disable"),
        (set(Some(2), "vlan", Value::Number(4095)), "0 (none) to 4094"),
        (set(Some(2), "spoofchk", Value::Number(1)), "true or false"),
        (set(Some(2), "mac", word("ff:ff:ff:ff:ff:ff")), "the address of a station"),
        (set(Some(2), "mtu", Value::Number(9000)), "spoofchk"),
        (set(None, "mode", word("bridge")), "Veb or Vepa"),
        (set(None, "trust", Value::Flag(true)), "at a virtual function"),
        (set(Some(1), "trust", Value::Flag(true)), "promiscuous"),
        (asked(&[("mac", "02:00:00:00:00:55")]), "the virtual function that asks"),
        (asked(&[("mac", "02:00:00:00:00:55"), ("vf", "v9")]), "the name of a virtual function"),
        (DeviceChange::Flush { table: "veb".to_owned() }, "asked"),
    ] {
        let error = change(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    change(asked(&[("mac", "02:00:00:00:00:55"), ("vf", "v1")])).unwrap();
    change(set(Some(3), "mac", word("02:00:00:00:00:07"))).unwrap();
    assert_eq!(fate(&mut world, 2, frame(OUTSIDE, NESTED)), "drop spoofed");
    // The host wrote another address, and its driver still uses the old one.
    assert_eq!(fate(&mut world, 3, frame(OUTSIDE, mac(2))), "drop spoofed");
    assert_eq!(fate(&mut world, 0, frame(mac(7), OUTSIDE)), "row > v2");
    let mut change = |change: DeviceChange| world.apply("test", &Change::Device { device: DeviceId(0), change });
    change(set(Some(2), "trust", Value::Flag(true))).unwrap();
    change(set(None, "mode", word("Vepa"))).unwrap();
    assert_eq!(fate(&mut world, 2, frame(mac(7), NESTED)), "vepa-out > lower");
    assert_eq!(fate(&mut world, 0, frame(NESTED, OUTSIDE)), "row > v1");
}

#[test]
fn any_bytes_on_any_port_end_somewhere() {
    let mut stream = Stream::named(1, "sriov");
    let mut world = world(&[plain, |vf| vf.vlan = 10, |vf| vf.spoofchk = false], as_it_comes);
    for _ in 0..2_000 {
        let len = stream.below(80) as usize;
        let mut bytes: Vec<u8> = (0..len).map(|_| stream.bits() as u8).collect();
        if len >= 12 && stream.below(2) == 0 {
            bytes[..12].copy_from_slice(&frame(mac(stream.below(5) as u8), mac(stream.below(5) as u8))[..12]);
        }
        let said = fate(&mut world, stream.below(5) as u16, bytes);
        assert!(!said.is_empty(), "{len} bytes");
    }
}
