mod seen;

use std::cmp::Ordering;
use std::net::Ipv4Addr;

use super::tlv::{Entry, NarrowPrefix, Prefix, ThreeWay};
use super::*;
use crate::lang::Lang;
use crate::rng::Stream;
use crate::wire::layers::{path, summary, walk};
use crate::wire::{LinkType, be16, llc};
use seen::SEEN;

/// The bytes of hexadecimal digits and numbers of zeros.
fn bytes(text: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for (at, part) in text.split(['(', ')']).enumerate() {
        if at % 2 == 1 {
            all.resize(all.len() + part.parse::<usize>().unwrap(), 0);
        } else {
            all.extend(digits(part).unwrap());
        }
    }
    all
}

fn frames() -> impl Iterator<Item = Vec<u8>> {
    SEEN.iter().flat_map(|(_, frames)| frames.iter().map(|text| bytes(text)))
}

fn all_seen() -> impl Iterator<Item = Vec<u8>> {
    frames().map(|frame| llc::payload(&frame).unwrap().1.to_vec())
}

/// The hello at this place among those of a system in an exchange.
pub fn hello(exchange: &str, system: SystemId, at: usize) -> Hello {
    let (_, frames) = SEEN.iter().find(|(name, _)| *name == exchange).unwrap();
    let read = |text: &&str| match Pdu::read(llc::payload(&bytes(text)).unwrap().1) {
        Ok(Pdu::Hello(hello)) if hello.system == system => Some(hello),
        _ => None,
    };
    frames.iter().filter_map(read).nth(at).unwrap()
}

fn lsps(exchange: &str) -> Vec<Lsp> {
    let of = SEEN.iter().filter(|(name, _)| name.starts_with(exchange)).flat_map(|(_, frames)| *frames);
    let read = |text: &&str| match Pdu::read(llc::payload(&bytes(text)).unwrap().1) {
        Ok(Pdu::Lsp(lsp)) => Some(lsp),
        _ => None,
    };
    of.filter_map(read).collect()
}

fn system(last: u8) -> SystemId {
    SystemId([0, 0, 0, 0, 0, last])
}

fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

#[test]
fn what_a_daemon_sends_is_read_and_written_the_same() {
    let mut kinds = [0; 28];
    for frame in frames() {
        let (service, seen) = llc::payload(&frame).unwrap();
        assert_eq!(service, llc::OSI);
        let pdu = Pdu::read(seen).unwrap_or_else(|fault| panic!("{fault:?}: {seen:02x?}"));
        assert_eq!(pdu.kind(), seen[4]);
        kinds[usize::from(seen[4])] += 1;
        assert_eq!(pdu.write(), seen, "{pdu:?}");
        let mut again = vec![0; llc::frame_len(seen.len())];
        llc::write(&mut again, MacAddr::from_slice(&frame), MacAddr::from_slice(&frame[6..]), llc::OSI, &pdu.write());
        assert_eq!(again, frame);
    }
    let seen: Vec<usize> = (0..28).filter(|kind| kinds[*kind] > 0).collect();
    assert_eq!(seen, [16, 17, 18, 20, 24, 25, 26, 27], "{kinds:?}");
}

#[test]
fn lsps_of_a_daemon_say_the_same_when_they_are_made_anew() {
    let mut known = std::collections::BTreeSet::new();
    for lsp in lsps("") {
        let tlvs = lsp.tlvs().unwrap();
        known.extend(tlvs.iter().map(Tlv::kind));
        let made = Lsp::new(lsp.level, (lsp.id, lsp.seq), lsp.lifetime, lsp.flags, &tlvs);
        assert_eq!(if lsp.lifetime == 0 { made.purge() } else { made }, lsp, "{tlvs:?}");
    }
    for kind in [1, 2, 22, 128, 129, 132, 135, 137] {
        assert!(known.contains(&kind), "{kind}: {known:?}");
    }
}

#[test]
fn hellos_are_read_field_by_field() {
    let first = |exchange: &str| {
        let (_, frames) = SEEN.iter().find(|(name, _)| *name == exchange).unwrap();
        match Pdu::read(llc::payload(&bytes(frames[0])).unwrap().1) {
            Ok(Pdu::Hello(hello)) => hello,
            other => panic!("{other:?}"),
        }
    };
    let point = first("p2p-l2-wide");
    assert_eq!((point.system, point.hold, point.levels), (system(2), 30, Levels::TWO));
    assert!(point.tlvs.contains(&Tlv::Areas(vec!["49.0001".parse().unwrap()])));
    assert!(point.tlvs.contains(&Tlv::Addresses(vec![ip("10.1.2.2")])));
    let three_way = point.tlvs.iter().find_map(|tlv| if let Tlv::ThreeWay(told) = tlv { Some(*told) } else { None });
    let told = ThreeWay { state: tlv::DOWN, circuit: Some(0), neighbour: None, theirs: None };
    assert_eq!(three_way, Some(told));
    let padding: usize = point.tlvs.iter().map(|tlv| if let Tlv::Padding(len) = tlv { *len } else { 0 }).sum();
    assert!(padding > 1000 && Pdu::Hello(point).write().len() == 1497, "{padding}");
    let lan = first("lan-l2-dis");
    let kind = HelloKind::Lan { level: Level::Two, priority: 64, lan: NodeId::default() };
    assert_eq!((lan.system, lan.kind), (system(1), kind));
}

#[test]
fn a_lan_has_a_name_and_its_end_is_told() {
    let all = lsps("lan-l2-dis");
    let lan = all.iter().find(|lsp| lsp.id.node.pseudonode > 0).unwrap();
    assert_eq!(lan.id.to_string(), "0000.0000.0003.02-00");
    let Some(Tlv::Neighbours(near)) = lan.tlvs().unwrap().into_iter().find(|tlv| tlv.kind() == 22) else {
        panic!("{lan:?}")
    };
    assert!(near.iter().all(|one| one.metric == 0 && one.id.pseudonode == 0), "{near:?}");
    let gone = lsps("lan-dis-lost").into_iter().find(|lsp| lsp.lifetime == 0).unwrap();
    assert_eq!((gone.id.to_string().as_str(), gone.write().len()), ("0000.0000.0003.02-00", 27));
    let alive = all.iter().find(|lsp| lsp.id == gone.id).unwrap();
    assert_eq!(alive.purge(), Lsp { seq: alive.seq, ..gone });
}

#[test]
fn narrow_and_wide_metrics_tell_the_same_networks() {
    let both = lsps("p2p-l1-narrow").into_iter().find(|lsp| lsp.id.node == NodeId::of(system(1)) && lsp.seq > 1);
    let (mut narrow, mut wide) = (Vec::new(), Vec::new());
    for tlv in both.unwrap().tlvs().unwrap() {
        match tlv {
            Tlv::NarrowPrefixes(false, all) => narrow.extend(all.iter().map(|one: &NarrowPrefix| one.ip)),
            Tlv::Prefixes(all) => wide.extend(all.iter().map(|one: &Prefix| one.ip)),
            _ => {}
        }
    }
    assert!(!wide.is_empty() && narrow == wide, "{narrow:?} {wide:?}");
}

#[test]
fn a_password_is_read() {
    let is_password = |tlv: &Tlv| matches!(tlv, Tlv::Password(word) if !word.is_empty());
    let found = all_seen().any(|seen| match Pdu::read(&seen) {
        Ok(Pdu::Hello(hello)) => hello.tlvs.iter().any(is_password),
        _ => false,
    });
    assert!(found);
}

#[test]
fn every_cut_and_every_odd_header_is_told_apart() {
    for seen in all_seen() {
        for len in (0..seen.len()).filter(|len| *len < 60 || len % 97 == 0) {
            assert_eq!(Pdu::read(&seen[..len]), Err(Fault::Length), "{len}");
        }
        let more = [&seen[..], &[0; 7]].concat();
        assert_eq!(Pdu::read(&more), Pdu::read(&seen));
    }
    let hello = all_seen().find(|seen| seen[4] == 17).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = hello.clone();
        bytes[at] = byte;
        Pdu::read(&bytes).map(|pdu| pdu.kind())
    };
    assert_eq!(with(0, 0x82), Err(Fault::Protocol(0x82)));
    assert_eq!(with(2, 2), Err(Fault::Version(2)));
    assert_eq!(with(5, 3), Err(Fault::Version(3)));
    assert_eq!(with(3, 8), Err(Fault::IdLength(8)));
    assert_eq!(with(3, 6), Ok(17));
    assert_eq!(with(4, 19), Err(Fault::Type(19)));
    assert_eq!(with(1, 21), Err(Fault::Length));
    assert_eq!(with(18, 0xda), Err(Fault::Length));
    assert_eq!(with(18, 0xd8), Err(Fault::Tlv));
    assert_eq!(with(17, 0), Err(Fault::Tlv));
}

#[test]
fn values_that_do_not_fit_their_type_do_not_count() {
    for (kind, good, bad) in [
        (1, &[3, 0x49, 0, 1][..], &[4, 0x49, 0, 1][..]),
        (2, &[0; 12], &[0; 11]),
        (6, &[0; 12], &[0; 13]),
        (9, &[0; 32], &[0; 33]),
        (10, &[1, b'a'], &[]),
        (22, &[0; 22], &[1; 11]),
        (128, &[0; 24], &[0; 23]),
        (132, &[0; 8], &[0; 7]),
        (135, &[0, 0, 0, 10, 24, 10, 0, 1], &[0, 0, 0, 10, 33, 10, 0, 1, 0, 0]),
        (135, &[0, 0, 0, 10, 0x48, 10, 1, 9], &[0, 0, 0, 10, 0x48, 10, 2, 9]),
        (240, &[0; 15], &[0; 9]),
    ] {
        let read = Tlv::read(kind, good).unwrap();
        let mut again = Vec::new();
        read.write(&mut again);
        assert_eq!(again, [&[kind, good.len() as u8], good].concat());
        assert_eq!(Tlv::read(kind, bad), None, "{kind}");
    }
}

#[test]
fn a_byte_that_changed_on_the_way_is_seen() {
    let alive = all_seen().filter(|seen| matches!(seen[4], 18 | 20) && be16(seen, 10) > 0);
    for seen in alive {
        for at in (12..seen.len()).filter(|at| *at < 26 || at % 5 == 0) {
            let mut changed = seen.clone();
            changed[at] ^= 0x10;
            assert_eq!(Pdu::read(&changed), Err(Fault::Checksum), "{at}");
        }
        let mut older = seen.clone();
        older[11] ^= 1;
        assert!(Pdu::read(&older).is_ok());
    }
}

#[test]
fn of_two_versions_sequence_then_death_decide() {
    let entry = |seq, lifetime| Entry { lifetime, id: LspId::default(), seq, checksum: 7 };
    for (left, right, wanted) in [
        (entry(3, 1), entry(2, 1200), Ordering::Greater),
        (entry(0x8000_0000, 1), entry(1, 1), Ordering::Greater),
        (entry(3, 0), entry(3, 1), Ordering::Greater),
        (entry(3, 0), entry(4, 1), Ordering::Less),
        (entry(3, 5), entry(3, 900), Ordering::Equal),
    ] {
        assert_eq!(left.newer(&right), wanted, "{left:?} {right:?}");
        assert_eq!(right.newer(&left), wanted.reverse());
    }
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(3, "isis");
    let seen: Vec<Vec<u8>> = all_seen().collect();
    for _ in 0..20_000 {
        let mut bytes = seen[stream.below(seen.len() as u64) as usize].clone();
        for _ in 0..stream.below(4) {
            // Where something is, and not in the padding.
            let at = stream.below(bytes.len().min(90) as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        bytes.truncate(bytes.len() - stream.below(8).min(bytes.len() as u64) as usize);
        let kind = bytes.get(4).map_or(0, |kind| kind & 0x1f);
        let at = Pdu::length_at(kind);
        if bytes.len() > at + 2 && stream.below(2) == 0 {
            let len = bytes.len() as u16;
            bytes[at..at + 2].copy_from_slice(&len.to_be_bytes());
        }
        if matches!(kind, 18 | 20) && bytes.len() >= 27 && stream.below(4) > 0 {
            // So that more than the checksum is tried.
            bytes[24..26].fill(0);
            let sum = crate::wire::checksum::fletcher(&bytes[12..], 12);
            bytes[24..26].copy_from_slice(&sum.to_be_bytes());
        }
        let mut frame = vec![0; llc::frame_len(bytes.len())];
        llc::write(&mut frame, ALL_LEVEL_2, MacAddr([2; 6]), llc::OSI, &bytes);
        _ = summary(&walk(LinkType::Ethernet, &frame), Lang::En);
        if let Ok(pdu) = Pdu::read(&bytes) {
            assert_eq!(Pdu::read(&pdu.write()).as_ref(), Ok(&pdu));
        }
    }
}

#[test]
fn every_pdu_has_its_layer_and_what_is_none_says_why() {
    for seen in frames() {
        let layers = walk(LinkType::Ethernet, &seen);
        assert_eq!(path(&layers), "eth/llc/isis");
        // Every field stands within its layer, and what stands last ends with the frame.
        let isis = &layers[2];
        assert!(isis.fields.iter().all(|field| field.range.end <= isis.range.end), "{isis:?}");
        assert!(isis.range.end == seen.len() && !summary(&layers, Lang::En).contains('?'));
    }
    let lsp = frames().find(|frame| matches!(frame[21], 18 | 20) && be16(frame, 27) > 0).unwrap();
    let last = |bytes: &[u8]| walk(LinkType::Ethernet, bytes).last().unwrap().name;
    let with = |at: usize, byte: u8| {
        let mut changed = lsp.clone();
        changed[at] = byte;
        changed
    };
    assert_eq!(last(&with(34, 9)), "malformed");
    assert_eq!(last(&with(26, 9)), "malformed");
    assert_eq!(last(&with(17, 9)), "payload");
    let short = [&lsp[..], &[0; 20]].concat();
    assert_eq!(last(&short), "padding");
    assert_eq!(last(&lsp[..lsp.len() - 1]), "payload");
}

#[test]
fn summaries_say_who_hears_whom_and_which_lsp() {
    let line = |exchange: &str, at: usize, lang| {
        let (_, frames) = SEEN.iter().find(|(name, _)| *name == exchange).unwrap();
        summary(&walk(LinkType::Ethernet, &bytes(frames[at])), lang)
    };
    assert_eq!(line("p2p-l2-wide", 0, Lang::En), "IS-IS p2p hello of 0000.0000.0002, down");
    assert_eq!(line("p2p-l2-wide", 0, Lang::Zh), "IS-IS p2p Hello 来自 0000.0000.0002,down");
    assert_eq!(line("lan-l2-dis", 0, Lang::En), "IS-IS L2 LAN hello of 0000.0000.0001, hears nobody yet");
    assert_eq!(line("lan-dis-lost-and-back", 0, Lang::En), "IS-IS L2 LSP 0000.0000.0003.02-00 seq 00000001: is gone");
    assert_eq!(
        line("lan-dis-lost-and-back", 1, Lang::Zh),
        "IS-IS L2 LSP 0000.0000.0002.02-00 seq 00000001:邻居 2,网络 0"
    );
    let known = line("p2p-l2-wide", 8, Lang::En);
    assert_eq!(known, "IS-IS L2 PSNP of 0000.0000.0002.00: 0000.0000.0001.00-00 seq 00000000 for 1163 s");
}

#[test]
fn ids_and_areas_are_read_as_people_write_them() {
    assert_eq!("0000.0000.00ff".parse(), Ok(system(255)));
    for bad in ["", "0000.0000", "0000.0000.00fg", "00000.000.0001", "0000.0000.0001.00", "000000000001"] {
        assert!(bad.parse::<SystemId>().is_err(), "{bad}");
    }
    for good in ["49", "49.0001", "49.0001.0002", "47.0005.80ff.f800.0000.0001.0001"] {
        assert_eq!(good.parse::<Area>().unwrap().to_string(), good);
    }
    for bad in ["", ".49", "49.", "49..00", "4", "49.0001.0002.0003.0004.0005.0006.0007", "x9"] {
        assert!(bad.parse::<Area>().is_err(), "{bad}");
    }
}
