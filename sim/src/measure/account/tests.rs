//! The parts add up, in every lab there is; and each is what a reader of the frames would count.

use super::headers;
use super::{Account, KINDS, Kind, PARTS, Part};
use crate::engine::World;
use crate::engine::wire::WIRE_EXTRA;
use crate::id::CableId;
use crate::lab::judge::Quantity;
use crate::lab::judge::envelope::{self, Content};
use crate::lab::run::Ran;
use crate::lab::shipped::LABS;
use crate::lab::{EVENT_BUDGET, Source, run_variant, suite};
use crate::lang::Lang;
use crate::wire::layers::{Layer, walk};
use crate::wire::{be16, checksum};

/// What the counters of a cable say: frames, and their bytes without what the line adds.
fn counted(world: &World, cable: usize) -> [u64; 2] {
    let both = world.cable_stats(CableId(cable as u32)).expect("a cable");
    [both[0].frames + both[1].frames, both[0].bytes + both[1].bytes]
}

/// All parts of every cable add up to what went over it.
fn assert_conserved(what: &str, ran: &Ran) -> Account {
    let account = Account::of(&ran.trace, &ran.world);
    assert_eq!(account.cables.len(), ran.world.cables().len(), "{what}");
    for (at, (name, ledger)) in account.cables.iter().enumerate() {
        let [frames, bytes] = counted(&ran.world, at);
        let total = ledger.total();
        assert_eq!(total.frames, frames, "{what}: {name}");
        let short: u64 = ran
            .trace
            .frames
            .iter()
            .filter(|record| is_sent(record, at))
            .map(|record| 60_u64.saturating_sub(ran.trace.len_of(record) as u64))
            .sum();
        assert_eq!(total.bytes, bytes + short + WIRE_EXTRA * frames, "{what}: {name}");
        let parts: u64 = PARTS.iter().map(|part| ledger.part(*part)).sum();
        assert_eq!(parts, ledger.kind(Kind::Data).bytes, "{what}: {name}: the parts of what arrived");
        assert_eq!(ledger.part(Part::Line), WIRE_EXTRA * ledger.kind(Kind::Data).frames, "{what}: {name}");
    }
    let all: u64 = account.cables.iter().map(|(_, ledger)| ledger.total().bytes).sum();
    assert_eq!(all, account.total.total().bytes, "{what}");
    account
}

fn is_sent(record: &crate::lab::judge::trace::Crossed, cable: usize) -> bool {
    record.crossing == crate::engine::log::Crossing::Sent && record.cable == Some(CableId(cable as u32))
}

#[test]
fn every_byte_of_every_shipped_lab_has_one_place() {
    let mut seen = [0_u64; KINDS.len()];
    for shipped in LABS {
        let lab = shipped.open(Lang::En).expect("shipped labs are sound");
        for variant in lab.variants() {
            let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).expect("it runs");
            let account = assert_conserved(&format!("{} {}", shipped.name, variant.name), &ran);
            for (kind, seen) in KINDS.iter().zip(&mut seen) {
                *seen += account.total.kind(*kind).frames;
            }
        }
    }
    for (kind, seen) in KINDS.iter().zip(seen) {
        assert!(seen > 0 || *kind == Kind::Again, "no lab has {}", kind.name());
    }
}

fn bench(text: &str) -> suite::Suite {
    suite::open(Source::new("suite.ron", text)).unwrap_or_else(|found| panic!("{found:?}"))
}

#[test]
fn payload_is_what_programs_got_whatever_the_envelope() {
    let suite = bench(include_str!("../../../../scenarios/suites/encapsulations.ron"));
    let names: Vec<&str> = suite.names().collect();
    for (at, name) in names.iter().enumerate() {
        let ran = suite.run(at, &suite.compared(EVENT_BUDGET), EVENT_BUDGET).expect("it runs").ran;
        let account = assert_conserved(name, &ran);
        assert_eq!(account.total.part(Part::Payload), account.payload, "{name}: fragments or not");
        assert_eq!(account.total.kind(Kind::Lost).frames, 0, "{name}");
        let envelope = match name.split('+').next() {
            Some("none") => 0,
            Some("ipip") => 20,
            Some("gre") => 24,
            Some("vxlan" | "geneve") => 50,
            Some("gretap") => 38,
            Some("sleeve") => 62,
            Some("vxlan-over-ipv6") => 70,
            Some("wireguard-over-ipv6") => 80 + padding(name),
            _ => 28,
        };
        let data = account.total.kind(Kind::Data).frames;
        if data == 100 {
            let added = account.total.part(Part::Tunnel) + account.total.part(Part::Outer);
            // The Ethernet header of the cable is the packet's own where there is no envelope.
            let brings_its_own =
                ["none", "vxlan", "geneve", "gretap", "sleeve"].iter().any(|begin| name.starts_with(begin));
            let own = if brings_its_own { 0 } else { 14 };
            assert_eq!(added, 100 * (envelope + own), "{name}");
        }
    }
}

/// What WireGuard adds to the packet of a run, `…+64+1500`: up to a multiple of 16, as far as its MTU lets it.
fn padding(name: &str) -> u64 {
    let numbers: Vec<u64> = name.split('+').filter_map(|part| part.parse().ok()).collect();
    let (packet, mtu) = (numbers[0] + 28, numbers[1] - 80);
    packet.next_multiple_of(16).min(mtu.max(packet)) - packet
}

/// A stream over a cable that loses, beside a hub.
const LOSSY: &str = r#"Lab(format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "c": Host(ip: "10.0.0.3/24"), "m": Hub()},
    links: [("a", "m:1", (loss: "2%")), ("b", "m:2"), ("c", "m:3")],
    traffic: {"bulk": Tcp(from: "a", to: "b", bytes: 400000)},
)"#;

#[test]
fn lost_copied_and_repeated_frames_are_told_apart() {
    let lab = crate::lab::parse("lossy.ron", LOSSY).expect("it is sound");
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).expect("it runs");
    let account = assert_conserved("lossy", &ran);
    let cable = |name: &str| &account.cables.iter().find(|(known, _)| known == name).expect("a cable").1;
    let (near, far, idle) = (cable("a--m"), cable("b--m"), cable("c--m"));
    assert_eq!(far.part(Part::Payload), 400_000, "each byte arrives once");
    assert_eq!(idle.kind(Kind::Data).frames + idle.kind(Kind::Ack).frames, 0);
    assert!(idle.kind(Kind::Flood).frames > 200, "the hub copies all of it to c");
    assert!(near.kind(Kind::Lost).frames > 0, "the cable loses some");
    let repeated = far.kind(Kind::Again);
    assert_eq!(far.kind(Kind::Lost).frames, 0, "what b got was not lost: {repeated:?}");
}

/// A frame that a device put into an envelope whose header has one byte more than a reader of headers knows of: with the
/// frame it was made from, the byte is found, and every other byte stays where it is.
#[test]
fn a_header_that_is_longer_than_its_reader_believes_is_named() {
    let suite = bench(include_str!("../../../../scenarios/suites/encapsulations.ron"));
    for (name, tunnel, outer) in [
        ("gre+64+1500", "gre", 38),
        ("gretap+64+1500", "gre", 38),
        ("vxlan+64+1500", "vxlan", 50),
        ("geneve+64+1500", "geneve", 50),
        ("sleeve+64+1500", "sleeve", 62),
    ] {
        let at = suite.names().position(|known| known == name).expect("a run");
        let Ran { trace, .. } = suite.run(at, &suite.compared(EVENT_BUDGET), EVENT_BUDGET).expect("it runs").ran;
        let is_probe = |layers: &[Layer]| layers.iter().filter(|layer| layer.name == "ipv4").count() == 2;
        let record = trace.frames.iter().find(|record| is_sent(record, 0) && is_probe(&trace.layers(record)));
        let (record, bytes) = record.map(|record| (record, trace.bytes_of(record))).expect("an envelope");
        let inner = trace.frames.iter().rfind(|known| known.frame == record.parent).expect("what it was made from");
        let content = Content { link: inner.link, bytes: trace.bytes_of(inner) };
        let layers = trace.layers(record);
        assert!(headers::hidden(&layers, bytes, [content].into_iter()).is_none(), "{name}: as its reader believes");
        let before = headers::split(&layers, bytes, None);
        let innermost = envelope::inside(&trace, record).expect("its content is known");
        let grown = |layers: &[Layer]| envelope::growth(layers, Some(innermost));
        let (own, reader) = (grown(&layers), envelope::growth(&layers, None));
        assert_eq!(own, reader, "{name}: as its reader believes");
        // The byte, and the lengths and sums of the headers around it.
        let mut longer = bytes.to_vec();
        let end = layers.iter().find(|layer| layer.name == tunnel).expect("its header").range.end;
        longer.insert(end, 0);
        for layer in layers.iter().take_while(|layer| layer.name != tunnel) {
            match layer.name {
                "ipv4" => longer_by_one(&mut longer[layer.range.start + 2..]),
                "udp" => {
                    longer_by_one(&mut longer[layer.range.start + 4..]);
                    // No checksum, which UDP over IPv4 may do without.
                    longer[layer.range.start + 6..layer.range.start + 8].fill(0);
                }
                _ => {}
            }
        }
        longer[24..26].fill(0);
        let sum = checksum::finish(checksum::sum(&longer[14..34]));
        longer[24..26].copy_from_slice(&sum.to_be_bytes());
        let layers = walk(record.link, &longer);
        assert!(!is_probe(&layers), "{name}: its reader gets lost");
        let Quantity::Number(own) = own else { panic!("{name}: {own}") };
        assert_eq!(grown(&layers), Quantity::Number(own + 1), "{name}");
        assert_ne!(envelope::growth(&layers, None), Quantity::Number(own + 1), "{name}");
        let hidden = headers::hidden(&layers, &longer, [content].into_iter());
        let after = headers::split(&layers, &longer, hidden);
        let moved: Vec<_> = after.iter().filter(|(place, bytes)| before.get(place) != Some(bytes)).collect();
        assert_eq!(moved, [(&(Part::Tunnel, tunnel), &(before[&(Part::Tunnel, tunnel)] + 1))], "{name}");
        assert_eq!(before.len(), after.len(), "{name}");
        let sum = |part| after.iter().filter(|((of, _), _)| *of == part).map(|(_, bytes)| bytes).sum::<u64>();
        assert_eq!(sum(Part::Tunnel) + sum(Part::Outer), outer + 1, "{name}");
    }
}

fn longer_by_one(field: &mut [u8]) {
    let len = be16(field, 0) + 1;
    field[..2].copy_from_slice(&len.to_be_bytes());
}
