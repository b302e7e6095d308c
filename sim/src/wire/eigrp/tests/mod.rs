mod seen;

use super::*;
use crate::lang::Lang;
use crate::rng::Stream;
use crate::wire::layers::{path, summary, walk};
use crate::wire::{LinkType, checksum, ipv4};
use seen::SEEN;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn of_exchange(name: &str) -> Vec<Vec<u8>> {
    let packets = SEEN.iter().filter(|(exchange, _)| exchange.starts_with(name)).flat_map(|(_, packets)| *packets);
    packets.map(|hex| bytes(hex)).collect()
}

fn all_seen() -> Vec<Vec<u8>> {
    of_exchange("")
}

/// With its checksum made anew.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[2..4].fill(0);
    let sum = checksum::finish(checksum::sum(&bytes));
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn what_daemons_send_is_read_and_written_the_same() {
    let mut kinds = Vec::new();
    for seen in all_seen() {
        let packet = Packet::read(&seen).unwrap_or_else(|fault| panic!("{fault:?}: {seen:02x?}"));
        assert_eq!(packet.opcode.number(), seen[1]);
        assert_eq!(packet.system, 100);
        kinds.push(packet.word());
        assert_eq!(packet.write(), seen, "{packet:?}");
    }
    for word in ["hello", "update", "query", "reply", "acknowledgement"] {
        assert!(kinds.contains(&word), "{word}");
    }
    assert_eq!(kinds.len(), 57);
}

#[test]
fn a_hello_an_update_and_a_goodbye_are_read_field_by_field() {
    let all = of_exchange("neighbour-up");
    let hello = Packet::read(&all[0]).unwrap();
    let parameters = Parameters { k: [1, 0, 1, 0, 0, 0], hold: 15 };
    assert_eq!(hello.tlvs, [Tlv::Parameters(parameters), Tlv::Version([8, 4], [1, 2])]);
    assert_eq!((hello.flags, hello.sequence, hello.ack, hello.is_ack()), (0, 0, 0, false));
    let table = Packet::read(&all[6]).unwrap();
    assert_eq!((table.flags, table.sequence, table.ack, table.tlvs.len()), (END_OF_TABLE, 3, 1, 4));
    let Tlv::Route(last) = &table.tlvs[3] else { panic!("{table:?}") };
    assert_eq!(last.networks, [(Ipv4Addr::new(192, 0, 2, 0), 24)]);
    // FRR writes the MTU of its own networks the other way round, 1500 as dc 05 00.
    let metric =
        Metric { delay: 2560, bandwidth: 25600, mtu: 0xdc_0500, hops: 0, reliability: 255, load: 1, tag: 0, flags: 0 };
    assert_eq!(last.metric, metric);
    let all = of_exchange("query");
    let bye = Packet::read(all.last().unwrap()).unwrap();
    assert_eq!(bye.tlvs[0], Tlv::Parameters(Parameters { k: GOODBYE, hold: 15 }));
    let lost = all.iter().map(|seen| Packet::read(seen).unwrap()).find(|packet| packet.opcode == Opcode::Query);
    let Some(Tlv::Route(lost)) = lost.unwrap().tlvs.pop() else { panic!() };
    assert_eq!(lost.metric.delay, UNREACHABLE);
}

/// What no daemon was seen to send: all other TLVs.
fn rare() -> Packet {
    let ip = Ipv4Addr::new(10, 0, 0, 2);
    let metric = Metric { delay: 1, bandwidth: 2, mtu: 1500, hops: 3, reliability: 4, load: 5, tag: 6, flags: 7 };
    let external = External { router: ip, system: 65000, tag: 9, metric: 20, protocol: 11, flags: 1 };
    let networks = vec![(Ipv4Addr::new(10, 128, 0, 0), 9), (ip, 32), (Ipv4Addr::UNSPECIFIED, 0)];
    let digest = (0..16).collect();
    Packet {
        opcode: Opcode::SiaReply,
        flags: CONDITIONAL | RESTART,
        sequence: 7,
        ack: 0,
        virtual_router: 0,
        system: 65000,
        tlvs: vec![
            Tlv::Authentication(Authentication { kind: 2, key: 7, sequence: 8, digest }),
            Tlv::Sequence(vec![ip, Ipv4Addr::new(10, 0, 0, 3)]),
            Tlv::NextMulticast(8),
            Tlv::Termination(vec![ip]),
            Tlv::Route(Route { external: Some(external), next_hop: ip, metric, networks }),
            Tlv::Other(0x0602, vec![1, 2, 3]),
        ],
    }
}

#[test]
fn what_no_daemon_sent_is_read_as_it_was_written() {
    let packet = rare();
    let written = packet.write();
    assert_eq!(Packet::read(&written), Ok(packet));
    assert_eq!(written.len(), HEADER_LEN + 40 + 14 + 8 + 9 + (4 + 4 + 20 + 16 + 3 + 5 + 1) + 7);
}

#[test]
fn every_cut_and_every_odd_header_is_told_apart() {
    for seen in all_seen().into_iter().chain([rare().write()]) {
        let whole = Packet::read(&seen).unwrap();
        let ends: Vec<usize> = (0..=whole.tlvs.len())
            .map(|count| Packet { tlvs: whole.tlvs[..count].to_vec(), ..whole.clone() }.write().len())
            .collect();
        for len in 0..seen.len() {
            let read =
                if len < HEADER_LEN { Packet::read(&seen[..len]) } else { Packet::read(&summed(seen[..len].to_vec())) };
            assert_eq!(read.is_ok(), ends.contains(&len), "{len}");
            assert!(read.is_ok() || read == Err(Fault::Length));
        }
    }
    let hello = all_seen().swap_remove(0);
    let with = |at: usize, byte: u8| {
        let mut bytes = hello.clone();
        bytes[at] = byte;
        Packet::read(&summed(bytes)).map(|packet| packet.opcode)
    };
    assert_eq!(with(0, 1), Err(Fault::Version(1)));
    assert_eq!(with(1, 2), Err(Fault::Opcode(2)));
    assert_eq!(with(1, 10), Ok(Opcode::SiaQuery));
    // Lengths of the first TLV: none, less than its head, more than there is, too little and too much for its kind.
    for len in [0, 3, 200, 11, 20] {
        assert_eq!(with(HEADER_LEN + 3, len), Err(Fault::Length), "{len}");
    }
    let mut changed = hello.clone();
    changed[9] ^= 1;
    assert_eq!(Packet::read(&changed), Err(Fault::Checksum));
}

#[test]
fn networks_with_impossible_lengths_are_none() {
    let Packet { tlvs, .. } = rare();
    let Some(Tlv::Route(route)) = tlvs.into_iter().find(|tlv| tlv.kind() == 0x0103) else { panic!() };
    let read = |networks: Vec<(Ipv4Addr, u8)>| {
        let tlvs = vec![Tlv::Route(Route { networks, ..route.clone() })];
        Packet::read(&Packet { tlvs, ..rare() }.write())
    };
    assert_eq!(read(vec![(Ipv4Addr::new(10, 0, 0, 0), 33)]), Err(Fault::Length));
    assert_eq!(read(vec![(Ipv4Addr::new(10, 0, 0, 0), 255)]), Err(Fault::Length));
    assert_eq!(read(Vec::new()), Err(Fault::Length));
    assert!(read(vec![(Ipv4Addr::new(10, 0, 0, 0), 32)]).is_ok());
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(3, "eigrp");
    let seen: Vec<Vec<u8>> = all_seen().into_iter().chain([rare().write()]).collect();
    let mut read = 0;
    for _ in 0..20_000 {
        let mut bytes = seen[stream.below(seen.len() as u64) as usize].clone();
        for _ in 0..stream.below(4) {
            let at = stream.below(bytes.len() as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        bytes.truncate(bytes.len() - stream.below(8).min(bytes.len() as u64) as usize);
        if bytes.len() >= HEADER_LEN {
            // So that more than the checksum is tried.
            bytes = summed(bytes);
        }
        _ = summary(&walk(LinkType::Ip, &framed(&bytes)), Lang::En);
        if let Ok(packet) = Packet::read(&bytes) {
            read += 1;
            assert_eq!(Packet::read(&packet.write()).as_ref(), Ok(&packet));
        }
    }
    assert!(read > 2000, "{read}");
}

/// A captured packet behind an IP header.
fn framed(packet: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; ipv4::HEADER_LEN];
    let (src, dst) = (Ipv4Addr::new(10, 1, 2, 1), GROUP);
    let send = ipv4::Send { src, dst, protocol: PROTOCOL, ttl: 1, df: false, tos: ipv4::TOS_CONTROL, id: 1 };
    ipv4::write(&mut bytes, &send, ipv4::HEADER_LEN + packet.len());
    [bytes.as_slice(), packet].concat()
}

#[test]
fn every_packet_has_its_layer_and_what_is_none_says_why() {
    for seen in all_seen().into_iter().chain([rare().write()]) {
        let bytes = framed(&seen);
        let layers = walk(LinkType::Ip, &bytes);
        assert_eq!(path(&layers), "ipv4/eigrp");
        // Every field stands where its bytes do, and together they reach to the end.
        assert_eq!(layers[1].fields.iter().map(|field| field.range.end).max(), Some(bytes.len()));
        assert!(layers[1].fields.windows(2).all(|two| two[0].range.end <= two[1].range.start));
        assert!(!summary(&layers, Lang::En).contains('?'));
    }
    let hello = all_seen().swap_remove(0);
    let last = |bytes: &[u8]| walk(LinkType::Ip, &framed(bytes)).last().unwrap().name;
    assert_eq!(last(&hello[..19]), "malformed");
    let mut changed = hello;
    changed[30] ^= 1;
    assert_eq!(last(&changed), "malformed");
    changed[0] = 3;
    assert_eq!(last(&changed), "payload");
}

#[test]
fn summaries_say_which_network_and_how_far() {
    let line = |exchange: &str, at: usize, lang| {
        let seen = &of_exchange(exchange)[at];
        summary(&walk(LinkType::Ip, &framed(seen)), lang)
    };
    assert_eq!(line("neighbour", 0, Lang::En), "EIGRP hello, AS 100");
    assert_eq!(line("neighbour", 0, Lang::Zh), "EIGRP Hello,AS 100");
    assert_eq!(line("neighbour", 3, Lang::En), "EIGRP update 2, INIT");
    assert_eq!(line("neighbour", 6, Lang::En), "EIGRP update 3: 10.1.4.0/24 delay 2560 bandwidth 25600 +3");
    assert_eq!(line("neighbour", 8, Lang::En), "EIGRP acknowledgement of 3");
    assert_eq!(line("neighbour", 8, Lang::Zh), "EIGRP 确认 3");
    assert_eq!(line("query", 19, Lang::En), "EIGRP query 15: 203.0.113.0/24 unreachable");
    assert_eq!(line("query", 19, Lang::Zh), "EIGRP 查询 15:203.0.113.0/24 不可达");
    assert_eq!(line("query", 28, Lang::En), "EIGRP goodbye, AS 100");
}
