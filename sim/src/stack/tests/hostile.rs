//! Anything at all, at any port of any host: no panic, and no frame without exactly one fate.

use std::collections::BTreeSet;

use super::*;
use crate::app::sniffer::{Sniffer, SnifferConfig};
use crate::id::FrameId;
use crate::rng::Stream;

/// A host or router with something running on it.
fn drawn(random: &mut Stream) -> Bench {
    let mut config = if random.chance(500_000) { router() } else { config() };
    config.forwarding = random.chance(700_000);
    config.gateway = random.chance(500_000).then_some(ip(254));
    config.neighbours = if random.chance(300_000) { vec![(ip(3), station(3))] } else { Vec::new() };
    config.groups = if random.chance(300_000) { vec![Ipv4Addr::new(239, 1, 1, 1)] } else { Vec::new() };
    for at in &mut config.interfaces {
        at.mtu = if random.chance(300_000) { 68 + random.below(100) as u16 } else { 1500 };
    }
    let mut serve: Vec<Box<dyn App>> = vec![Notebook::listens(9)];
    if random.chance(500_000) {
        serve.push(Box::new(Sniffer::new(SnifferConfig::default())));
    }
    let flows = vec![
        Notebook::says(Say::Udp { to: ip(2), port: 9, len: 20 }),
        Notebook::says(Say::Echo { to: ip(1), len: 20, df: true }),
        Notebook::says(Say::Udp { to: Ipv4Addr::new(192, 0, 2, 7), port: 9, len: 200 }),
    ];
    Bench::with(config, flows, serve)
}

fn address(random: &mut Stream) -> Ipv4Addr {
    match random.below(12) {
        0 => Ipv4Addr::BROADCAST,
        1 => Ipv4Addr::new(239, 1, 1, 1),
        2 => Ipv4Addr::new(10, 1, 0, random.below(4) as u8),
        3 => Ipv4Addr::LOCALHOST,
        4 => Ipv4Addr::from_bits(random.bits() as u32),
        5 => ip(255),
        n => ip(n as u8 - 5),
    }
}

fn mac(random: &mut Stream) -> MacAddr {
    match random.below(8) {
        0 => MacAddr::BROADCAST,
        1 => MacAddr([0x01, 0, 0x5e, 1, 1, 1]),
        2 => station(9),
        3 => station(11),
        _ => OWN,
    }
}

/// Bytes that are nearly right, or nothing of the kind.
fn noise(random: &mut Stream) -> Vec<u8> {
    let longest = if random.chance(100_000) { 2_000 } else { 60 };
    let len = random.below(longest) as usize;
    let payload: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
    let (src, dst, small) = (address(random), address(random), random.below(20) as u16);
    let mut bytes = match random.below(8) {
        0 => payload,
        1 => packet(random, src, dst, small as u8, payload),
        2 | 3 => packet(random, src, dst, ipv4::UDP, datagram((src, 5_000), (dst, small), len)),
        4 | 5 => {
            let kind = [0, 3, 3, 5, 8, 8, 11, 13][random.below(8) as usize];
            let code = random.below(5) as u8;
            let mut message = [vec![0; icmp::HEADER_LEN], payload].concat();
            icmp::write(&mut message, icmp::Header { kind, code, id: small % 5, seq: 1 });
            packet(random, src, dst, ipv4::ICMP, message)
        }
        _ => {
            let op = if random.chance(500_000) { Operation::Request } else { Operation::Reply };
            let (sha, tha) = (station(random.below(5) as u8), station(random.below(5) as u8));
            arp(mac(random), Arp { op, sha, spa: src, tha, tpa: dst })
        }
    };
    if random.chance(300_000) {
        cut(random, &mut bytes);
    }
    if random.chance(200_000) && !bytes.is_empty() {
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] = random.bits() as u8;
    }
    if random.chance(100_000) {
        bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
    }
    bytes
}

/// Makes a good packet a fragment of one of a few packets; most of them belong together, some contradict each other.
fn cut(random: &mut Stream, bytes: &mut [u8]) {
    if bytes.len() < 34 || bytes[14] != 0x45 {
        return;
    }
    bytes[18..20].copy_from_slice(&(random.below(3) as u16).to_be_bytes());
    let offset = if random.chance(50_000) { 65_520 } else { 8 * random.below(4) as usize };
    let total = usize::from(crate::wire::be16(bytes, 16));
    if total <= bytes.len() - 14 {
        ipv4::set_fragment(&mut bytes[14..], total, random.chance(500_000), offset);
    }
}

fn packet(random: &mut Stream, src: Ipv4Addr, dst: Ipv4Addr, protocol: u8, payload: Vec<u8>) -> Vec<u8> {
    let (ttl, df) = (random.below(4) as u8, random.chance(500_000));
    Packet { to: mac(random), src, dst, ttl, df, ..Packet::new(protocol, payload) }.bytes()
}

/// Follows every frame from its first mention to its fate.
#[derive(Debug, Default)]
struct Ledger {
    seen: BTreeSet<FrameId>,
    alive: BTreeSet<FrameId>,
}

impl Ledger {
    /// Books the last event.
    fn book(&mut self, bench: &Bench, context: &str) {
        for entry in bench.world.log().entries() {
            let Entry::Decision { decision, .. } = entry else { continue };
            let (frame, new) = (decision.frame, self.seen.insert(decision.frame));
            if [&why::ERRORS_LIMITED, &why::ERRORS_LIMITED_ALL].contains(&decision.reason) {
                // Says that nobody hears of the fate just told.
                continue;
            }
            assert!(new || self.alive.contains(&frame), "{context}: a second fate, {decision:?}");
            match decision.verdict {
                Verdict::Note | Verdict::Send | Verdict::Forward => self.alive.insert(frame),
                _ => self.alive.remove(&frame),
            };
        }
    }
}

#[test]
fn any_bytes_at_any_port_meet_exactly_one_fate_or_wait() {
    for seed in 0..40 {
        let mut random = Stream::named(seed, "hostile");
        let mut bench = drawn(&mut random);
        let ports = bench.world.device(STACK).unwrap().ports();
        let mut ledger = Ledger::default();
        for round in 0..400 {
            let context = format!("seed {seed}, round {round}");
            let change = match random.below(20) {
                0 => Change::Start(FlowId(random.below(3) as u16)),
                1 => {
                    let (field, span) = ("tick".to_owned(), Value::Span(ms(random.below(3_000))));
                    Change::Device { device: DeviceId(1), change: DeviceChange::Set { port: None, field, value: span } }
                }
                _ => {
                    let port = PortNo(random.below(u64::from(ports)) as u16);
                    Change::Inject { device: STACK, port, link: LinkType::Ethernet, bytes: noise(&mut random) }
                }
            };
            bench.apply(&change).unwrap();
            ledger.book(&bench, &context);
            let until = bench.world.now() + ms(random.below(200));
            while bench.world.next_time().is_some_and(|next| next <= until) && bench.world.step() {
                ledger.book(&bench, &context);
            }
            let waiting: u64 =
                bench.table("neigh").rows.iter().map(|row| row.cells[4].to_string().parse::<u64>().unwrap()).sum();
            let parts: u64 =
                bench.table("fragments").rows.iter().map(|row| row.cells[3].to_string().parse::<u64>().unwrap()).sum();
            let waiting = waiting + parts;
            assert_eq!(ledger.alive.len() as u64, waiting + bench.world.in_flight() as u64, "{context}");
        }
        while !bench.world.is_quiet() && bench.world.step() {
            ledger.book(&bench, &format!("seed {seed}, end"));
        }
        assert_eq!(ledger.alive, BTreeSet::new(), "seed {seed}");
        assert!(ledger.seen.len() > 300);
    }
}

#[test]
fn what_is_counted_is_what_was_told() {
    let mut random = Stream::named(3, "counts");
    let mut bench = drawn(&mut random);
    let mut told = vec![0; why::WHOLE.len()];
    for _ in 0..1_000 {
        let change =
            Change::Inject { device: STACK, port: PortNo(0), link: LinkType::Ethernet, bytes: noise(&mut random) };
        bench.apply(&change).unwrap();
        while bench.world.next_time() == Some(bench.world.now()) && bench.world.step() {
            for entry in bench.world.log().entries() {
                match entry {
                    Entry::Decision { decision, .. } if decision.device == STACK => {
                        told[usize::from(decision.reason.index)] += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    for reason in why::WHOLE {
        assert_eq!(bench.count(reason), told[usize::from(reason.index)], "{reason}");
    }
}

#[test]
fn the_same_noise_leaves_the_same_world() {
    let run = || {
        let mut random = Stream::named(5, "twice");
        let mut bench = drawn(&mut random);
        let mut digests = Vec::new();
        for _ in 0..300 {
            bench.put(&noise(&mut random));
            bench.wait(ms(random.below(500)));
            digests.push(bench.world.digest());
        }
        (digests, bench.tables())
    };
    assert_eq!(run(), run());
}
