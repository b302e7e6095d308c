mod seen;

use std::cmp::Ordering;

use super::lsa::{FIRST, LAST, MAX_AGE, ROUTER};
use super::*;
use crate::lang::Lang;
use crate::rng::Stream;
use crate::wire::checksum::fletcher;
use crate::wire::layers::{path, summary, walk};
use crate::wire::{LinkType, ipv4};
use seen::SEEN;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn all_seen() -> impl Iterator<Item = Vec<u8>> {
    SEEN.iter().flat_map(|(_, packets)| packets.iter().map(|hex| bytes(hex)))
}

/// The packets of exchanges whose name begins so.
pub fn packets(exchange: &str) -> Vec<Packet> {
    let seen = SEEN.iter().filter(|(name, _)| name.starts_with(exchange)).flat_map(|(_, packets)| *packets);
    seen.map(|hex| Packet::read(&bytes(hex)).unwrap()).collect()
}

fn all_lsas() -> Vec<Lsa> {
    let lsas = all_seen().filter_map(|seen| match Packet::read(&seen).unwrap().body {
        Body::Update(lsas) => Some(lsas),
        _ => None,
    });
    lsas.flatten().collect()
}

#[test]
fn what_daemons_send_is_read_and_written_the_same() {
    let mut kinds = [0; 6];
    for seen in all_seen() {
        let packet = Packet::read(&seen).unwrap_or_else(|fault| panic!("{fault:?}: {seen:02x?}"));
        assert_eq!(packet.body.kind(), seen[1]);
        kinds[usize::from(seen[1])] += 1;
        assert_eq!(packet.write(), seen, "{packet:?}");
    }
    assert!(kinds[1..].iter().all(|&seen| seen > 5), "{kinds:?}");
}

#[test]
fn lsas_of_daemons_say_the_same_when_they_are_made_anew() {
    let mut kinds = [0; 6];
    for lsa in all_lsas() {
        let content = lsa.check().unwrap_or_else(|bad| panic!("{bad:?}: {lsa:?}"));
        kinds[usize::from(lsa.header.key.kind)] += 1;
        let mut made = Lsa::new(lsa.header.key, lsa.header.options, lsa.header.seq, &content);
        made.header.age = lsa.header.age;
        assert_eq!(made, lsa, "{content:?}");
    }
    assert!(kinds[1..].iter().all(|&seen| seen > 0), "{kinds:?}");
}

#[test]
fn a_hello_and_a_way_out_are_read_field_by_field() {
    let ip = |text: &str| text.parse::<Ipv4Addr>().unwrap();
    let first = all_seen().next().map(|seen| Packet::read(&seen).unwrap()).unwrap();
    let Body::Hello(hello) = first.body else { panic!("{first:?}") };
    assert_eq!((first.router, first.area, first.auth), (ip("10.255.0.2"), ip("0.0.0.1"), Auth::Null));
    assert_eq!((hello.mask, hello.interval, hello.dead), (ip("255.255.255.0"), 10, 40));
    assert_eq!((hello.options, hello.priority, hello.dr), (EXTERNAL, 1, ip("0.0.0.0")));
    let out = all_lsas().into_iter().find(|lsa| lsa.header.key.kind == 5).unwrap();
    assert_eq!((out.header.key.id, out.header.key.router), (ip("203.0.113.0"), ip("10.255.0.3")));
    let told =
        Content::External { mask: ip("255.255.255.0"), beyond: true, metric: 20, forward: ip("0.0.0.0"), tag: 0 };
    assert_eq!(out.content(), Some(told));
}

#[test]
fn a_password_is_read_and_no_checksum_covers_it() {
    let is_simple = |seen: &Vec<u8>| seen[15] == 1;
    let mut seen = all_seen().find(is_simple).unwrap();
    let Auth::Simple(password) = Packet::read(&seen).unwrap().auth else { panic!("{seen:02x?}") };
    assert_ne!(password, [0; 8]);
    seen[16] ^= 0xff;
    assert!(Packet::read(&seen).is_ok());
}

#[test]
fn every_cut_and_every_odd_header_is_told_apart() {
    for seen in all_seen() {
        for len in 0..seen.len() {
            assert_eq!(Packet::read(&seen[..len]), Err(Fault::Length), "{len}");
        }
        let more = [&seen[..], &[0; 7]].concat();
        assert_eq!(Packet::read(&more), Packet::read(&seen));
    }
    let hello = all_seen().next().unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = hello.clone();
        bytes[at] = byte;
        bytes[12..14].fill(0);
        let end = bytes.len().min(usize::from(crate::wire::be16(&bytes, 2)));
        let sum = crate::wire::checksum::finish(crate::wire::checksum::sum(&bytes[..end]));
        bytes[12..14].copy_from_slice(&sum.to_be_bytes());
        Packet::read(&bytes).map(|packet| packet.body.kind())
    };
    assert_eq!(with(0, 3), Err(Fault::Version(3)));
    assert_eq!(with(1, 0), Err(Fault::Type(0)));
    assert_eq!(with(1, 6), Err(Fault::Type(6)));
    assert_eq!(with(15, 2), Err(Fault::Authentication(2)));
    // A hello read as something else, or cut by its own length.
    for (at, byte) in [(1, 2), (1, 3), (1, 4), (3, 23), (3, 43), (3, 45)] {
        assert_eq!(with(at, byte), Err(Fault::Length), "{at} {byte}");
    }
    assert_eq!(with(31, 0), Ok(1));
}

#[test]
fn a_byte_that_changed_on_the_way_is_seen() {
    for seen in all_seen().filter(|seen| seen[15] == 0) {
        for at in [4, 8, 12, 13, HEADER_LEN, seen.len() - 1] {
            let mut changed = seen.clone();
            changed[at] ^= 0x10;
            assert_eq!(Packet::read(&changed), Err(Fault::Checksum), "{at}");
        }
    }
    for lsa in all_lsas() {
        for at in 0..lsa.bytes.len() {
            let mut changed = lsa.clone();
            changed.bytes[at] ^= 0x10;
            assert_eq!(changed.check(), Err(BadLsa::Checksum));
        }
        let mut older = lsa.clone();
        older.header.age = MAX_AGE;
        assert!(older.check().is_ok());
    }
}

#[test]
fn an_lsa_whose_fields_do_not_fit_its_length_does_not_count() {
    let key = |kind| Key { kind, id: Ipv4Addr::new(10, 0, 0, 1), router: Ipv4Addr::new(10, 0, 0, 1) };
    let good = |kind| {
        let found = all_lsas().into_iter().find(|lsa| lsa.header.key.kind == kind);
        found.unwrap().bytes
    };
    let check = |kind, bytes: Vec<u8>| {
        let mut lsa = Lsa::new(key(kind), EXTERNAL, FIRST, &Content::Other);
        (lsa.header.len, lsa.bytes) = (20 + bytes.len() as u16, bytes);
        lsa.header.checksum = 0;
        let mut all = Vec::new();
        lsa.write(&mut all);
        lsa.header.checksum = fletcher(&all[2..], 14);
        lsa.check().map(|_| ())
    };
    for kind in 1..=5 {
        let bytes = good(kind);
        assert_eq!(check(kind, bytes.clone()), Ok(()));
        for len in 0..bytes.len() {
            // A network may have fewer routers.
            let fits = kind == 2 && len >= 8 && len % 4 == 0;
            assert_eq!(check(kind, bytes[..len].to_vec()).is_ok(), fits, "{kind} {len}");
        }
    }
    assert_eq!(check(9, Vec::new()), Err(BadLsa::Type));
    let mut odd = good(ROUTER);
    odd[12] = 9;
    assert_eq!(check(ROUTER, odd), Err(BadLsa::Length));
    let mut count = good(ROUTER);
    count[3] += 1;
    assert_eq!(check(ROUTER, count), Err(BadLsa::Length));
}

#[test]
fn of_two_instances_sequence_then_checksum_then_age_decide() {
    let key = Key { kind: 1, id: Ipv4Addr::UNSPECIFIED, router: Ipv4Addr::UNSPECIFIED };
    let header = |seq, checksum, age| Header { age, options: 2, key, seq, checksum, len: 24 };
    for (left, right, wanted) in [
        (header(FIRST + 1, 1, 9), header(FIRST, 9, 0), Ordering::Greater),
        (header(LAST, 0, 0), header(0, 0, 0), Ordering::Greater),
        (header(-1, 0, 0), header(0, 0, 0), Ordering::Less),
        (header(5, 2, 0), header(5, 1, 0), Ordering::Greater),
        (header(5, 2, MAX_AGE), header(5, 2, 3599), Ordering::Greater),
        (header(5, 2, 100), header(5, 2, 1000), Ordering::Equal),
        (header(5, 2, 100), header(5, 2, 1001), Ordering::Greater),
        (header(5, 2, MAX_AGE), header(5, 2, MAX_AGE), Ordering::Equal),
    ] {
        assert_eq!(left.newer(&right), wanted, "{left:?} {right:?}");
        assert_eq!(right.newer(&left), wanted.reverse());
    }
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(3, "ospf");
    let seen: Vec<Vec<u8>> = all_seen().collect();
    for _ in 0..20_000 {
        let mut bytes = seen[stream.below(seen.len() as u64) as usize].clone();
        for _ in 0..stream.below(4) {
            let at = stream.below(bytes.len() as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        bytes.truncate(bytes.len() - stream.below(8).min(bytes.len() as u64) as usize);
        if bytes.len() > HEADER_LEN {
            // So that more than the checksum is tried.
            bytes[12..14].fill(0);
            let len = bytes.len() as u16;
            bytes[2..4].copy_from_slice(&len.to_be_bytes());
            let covered = crate::wire::checksum::sum(&bytes[..16]) + crate::wire::checksum::sum(&bytes[HEADER_LEN..]);
            let sum = crate::wire::checksum::finish(covered);
            bytes[12..14].copy_from_slice(&sum.to_be_bytes());
        }
        if let Ok(packet) = Packet::read(&bytes) {
            assert_eq!(Packet::read(&packet.write()).as_ref(), Ok(&packet));
            if let Body::Update(lsas) = packet.body {
                for lsa in &lsas {
                    _ = lsa.check();
                }
            }
        }
    }
}

/// A captured packet behind an IP header.
fn framed(packet: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; ipv4::HEADER_LEN];
    let (src, dst) = (Ipv4Addr::new(10, 1, 2, 1), ALL_ROUTERS);
    let send = ipv4::Send { src, dst, protocol: PROTOCOL, ttl: 1, df: false, tos: ipv4::TOS_CONTROL, id: 1 };
    ipv4::write(&mut bytes, &send, ipv4::HEADER_LEN + packet.len());
    [bytes.as_slice(), packet].concat()
}

#[test]
fn every_packet_has_its_layer_and_what_is_none_says_why() {
    for seen in all_seen() {
        let bytes = framed(&seen);
        let layers = walk(LinkType::Ip, &bytes);
        assert_eq!(path(&layers), "ipv4/ospf");
        let mut lsas = layers[1].fields.iter().filter(|field| field.name == "lsa");
        // Every LSA stands where its bytes do: the field of an update or description ends with the packet.
        assert!(lsas.next_back().is_none_or(|field| field.range.end == bytes.len()));
        assert!(!summary(&layers, Lang::En).contains('?'));
    }
    let hello = all_seen().next().unwrap();
    let last = |bytes: &[u8]| walk(LinkType::Ip, &framed(bytes)).last().unwrap().name;
    assert_eq!(last(&hello[..20]), "malformed");
    let mut changed = hello.clone();
    changed[30] ^= 1;
    assert_eq!(last(&changed), "malformed");
    changed[0] = 3;
    assert_eq!(last(&changed), "payload");
}

#[test]
fn summaries_say_who_hears_whom_and_which_lsa() {
    let line = |at: usize, lang| {
        let seen = all_seen().nth(at).unwrap();
        summary(&walk(LinkType::Ip, &framed(&seen)), lang)
    };
    assert_eq!(line(0, Lang::En), "OSPF hello of 10.255.0.2, hears nobody yet");
    assert_eq!(line(2, Lang::En), "OSPF hello of 10.255.0.2, hears 10.255.0.3");
    assert_eq!(line(2, Lang::Zh), "OSPF Hello,来自 10.255.0.2,听到 10.255.0.3");
    let lsa = "router 10.255.0.2 seq 80000002 age 11, 1 link +2";
    assert_eq!(line(10, Lang::En), format!("OSPF update of 10.255.0.2: {lsa}"));
    assert_eq!(line(7, Lang::En), "OSPF request of 10.255.0.3: router 10.255.0.2 +2");
}
