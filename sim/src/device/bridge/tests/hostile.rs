//! Anything at all, at any port of any switch: no panic, and no frame without exactly one fate.

use super::*;
use crate::rng::Stream;

/// A switch with everything drawn by lot.
fn drawn(random: &mut Stream) -> BridgeConfig {
    let mut config = config(1 + random.below(6) as u16);
    let mut coin = |ppm| random.chance(ppm);
    config.learning = coin(900_000);
    config.vlan_filtering = coin(500_000);
    for port in &mut config.ports {
        port.learning = coin(800_000);
        port.unicast_flood = coin(800_000);
        port.multicast_flood = coin(800_000);
        port.broadcast_flood = coin(800_000);
        port.hairpin = coin(200_000);
        port.isolated = coin(300_000);
        port.mtu = if coin(200_000) { 100 } else { 1500 };
        let native = coin(500_000).then_some(2);
        port.vlan = match (coin(500_000), coin(500_000)) {
            (true, one) => PortVlan::Access(1 + u16::from(one)),
            (false, all) => PortVlan::Trunk { native, allowed: if all { Vec::new() } else { vec![1, 2] } },
        };
        let violation = if coin(300_000) { Violation::Shutdown } else { Violation::Restrict };
        port.security = coin(300_000).then(|| PortSecurity { maximum: 2, violation, ..PortSecurity::default() });
    }
    config.capacity = random.chance(500_000).then(|| random.below(6) as u32);
    config.ways = 1 + random.below(3) as u32;
    config.when_full = [WhenFull::RefuseNew, WhenFull::EvictOldest, WhenFull::Overwrite, WhenFull::DropFrame]
        [random.below(4) as usize];
    config
}

/// Bytes that are sometimes nearly a frame and sometimes nothing of the kind.
fn noise(random: &mut Stream) -> Vec<u8> {
    let len = if random.chance(100_000) { random.below(2_000) } else { random.below(90) };
    let mut bytes: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
    if random.chance(700_000) && bytes.len() >= 14 {
        let few = |random: &mut Stream| match random.below(12) {
            0 => MacAddr::BROADCAST,
            1 => MacAddr([0x01, 0x80, 0xc2, 0, 0, 3]),
            2 => MacAddr::ZERO,
            n => station(n as u16),
        };
        let (dst, src) = (few(random), few(random));
        ethernet::write(&mut bytes, dst, src, if random.chance(500_000) { ethernet::VLAN } else { 0x0800 });
        if bytes.len() >= 16 {
            bytes[14] &= 0xf0;
            bytes[15] &= 0x03;
        }
    }
    bytes
}

/// Fates in the last event: one, or two when copies with and without a tag left.
fn fates(bench: &Bench) -> Vec<Verdict> {
    let decisions = bench.world.log().entries().iter().filter_map(|entry| match entry {
        Entry::Decision { decision, .. } if decision.device == bench.switch => Some(decision.verdict),
        _ => None,
    });
    decisions.filter(|verdict| *verdict != Verdict::Note).collect()
}

#[test]
fn any_bytes_at_any_port_meet_exactly_one_fate() {
    for seed in 0..60 {
        let mut random = Stream::named(seed, "hostile");
        let config = drawn(&mut random);
        let (ports, filtering) = (config.ports.len() as u64, config.vlan_filtering);
        let mut bench = Bench::new(config);
        for round in 0..400 {
            let (port, bytes) = (random.below(ports) as u16, noise(&mut random));
            let context = format!("seed {seed}, frame {round}: {}", bench.put(port, &bytes));
            match fates(&bench)[..] {
                [Verdict::Drop] => {}
                [Verdict::Forward | Verdict::Flood] => assert!(copies(&bench) > 0, "{context}"),
                [Verdict::Flood, Verdict::Flood] if filtering => assert!(copies(&bench) > 1, "{context}"),
                _ => panic!("{context}"),
            }
        }
    }
}

fn copies(bench: &Bench) -> usize {
    let log = bench.world.log();
    (0..log.entries().len()).map(|at| log.ports(at).count()).sum()
}

#[test]
fn every_frame_is_delivered_or_dropped_or_on_its_way() {
    for seed in 0..20 {
        let mut random = Stream::named(seed, "conservation");
        let config = drawn(&mut random);
        let ports = config.ports.len() as u64;
        let mut bench = Bench::new(config);
        let (mut made, mut ended) = (0, 0);
        for _ in 0..2_000 {
            if random.chance(300_000) {
                bench.inject(random.below(ports) as u16, &noise(&mut random));
                made += 1;
            } else if !bench.world.step() {
                continue;
            }
            let arrived = bench.world.log().entries().iter().any(|entry| match entry {
                Entry::Decision { decision, .. } => {
                    decision.device == bench.switch && decision.verdict != Verdict::Note
                }
                _ => false,
            });
            // A frame that arrived at the switch is now as many frames as left it.
            made += copies(&bench);
            ended += usize::from(arrived) + delivered(&bench);
            assert_eq!(made, ended + bench.world.in_flight(), "seed {seed}, event {}", bench.world.event());
        }
        assert!(made > 500);
    }
}

fn delivered(bench: &Bench) -> usize {
    let is = |entry: &&Entry| matches!(entry, Entry::Decision { decision, .. } if decision.verdict == Verdict::Deliver);
    bench.world.log().entries().iter().filter(is).count()
}

#[test]
fn what_is_counted_is_what_was_told() {
    let mut random = Stream::named(9, "counts");
    let mut bench = Bench::new(drawn(&mut random));
    let ports = bench.cables.len() as u64;
    let mut told = vec![0; why::ALL.len()];
    for _ in 0..2_000 {
        bench.inject(random.below(ports) as u16, &noise(&mut random));
        for entry in bench.world.log().entries() {
            if let Entry::Decision { decision, .. } = entry {
                assert_eq!(decision.device, bench.switch);
                told[usize::from(decision.reason.index)] += 1;
            }
        }
    }
    for reason in why::ALL {
        assert_eq!(bench.count(reason), told[usize::from(reason.index)], "{reason}");
    }
}

#[test]
fn a_switch_and_its_copy_never_share_anything() {
    let mut random = Stream::named(4, "copy");
    let mut bench = Bench::new(config(4));
    for _ in 0..200 {
        bench.inject(random.below(4) as u16, &noise(&mut random));
    }
    let (tables, digest) = (bench.tables(), bench.world.digest());
    let mut copy = bench.clone();
    for _ in 0..200 {
        copy.inject(random.below(4) as u16, &noise(&mut random));
        copy.send(1, random.below(1_000) as u16, 1);
    }
    assert_ne!(copy.tables()[0], tables[0]);
    assert_eq!((bench.tables(), bench.world.digest()), (tables, digest));
}
