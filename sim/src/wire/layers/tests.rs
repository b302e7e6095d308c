use std::net::Ipv4Addr;

use super::*;
use crate::lang::Lang;
use crate::rng::Stream;
use crate::wire::arp::{Arp, Operation};
use crate::wire::{ethernet, icmp, ipv4, udp};

const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const MAC_A: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const MAC_B: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 20];
    ipv4::write(
        &mut bytes,
        &ipv4::Send { src: A, dst: B, protocol, ttl: 64, df: false, tos: 0, id: 7 },
        20 + payload.len(),
    );
    bytes.extend_from_slice(payload);
    bytes
}

fn eth(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 14];
    ethernet::write(&mut bytes, MAC_B, MAC_A, ethertype);
    bytes.extend_from_slice(payload);
    bytes
}

fn echo() -> Vec<u8> {
    let mut message = vec![0; 64];
    icmp::write(&mut message, icmp::Header { kind: icmp::ECHO_REQUEST, code: 0, id: 9, seq: 1 });
    eth(ethernet::IPV4, &ip(ipv4::ICMP, &message))
}

fn arp() -> Vec<u8> {
    let mut payload = vec![0; 46];
    Arp { op: Operation::Request, sha: MAC_A, spa: A, tha: MacAddr::ZERO, tpa: B }.write(&mut payload);
    eth(ethernet::ARP, &payload)
}

fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend_from_slice(payload);
    udp::write(&mut bytes, (A, 4000), (B, port));
    eth(ethernet::IPV4, &ip(ipv4::UDP, &bytes))
}

fn vxlan() -> Vec<u8> {
    let mut payload = vec![8, 0, 0, 0, 0, 0, 42, 0];
    payload.extend_from_slice(&arp()[..42]);
    datagram(4789, &payload)
}

/// One packet in each kind of envelope, with the path of its layers and its summary.
fn envelopes() -> Vec<(Vec<u8>, &'static str, &'static str)> {
    let (frame, packet) = (echo(), echo()[14..].to_vec());
    let with = |head: &[u8], inner: &[u8]| [head, inner].concat();
    let in_ip = |protocol, payload: &[u8]| eth(ethernet::IPV4, &ip(protocol, payload));
    let geneve = with(&[2, 0, 0x65, 0x58, 0, 0, 42, 0, 0xff, 0, 0, 1, 0, 0, 0, 0], &frame);
    let gre = with(&[0x30, 0, 8, 0, 0, 0, 0, 7, 0, 0, 0, 1], &packet);
    let names = [[2; 6], [2; 6], [4; 6]].concat();
    let sleeve = with(&[&names[..], &(frame.len() as u16).to_be_bytes()].concat(), &frame);
    let wireguard = with(&[4, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0], &[&packet[..], &[0; 28]].concat());
    vec![
        (
            datagram(6081, &geneve),
            "eth/ipv4/udp/geneve/eth/ipv4/icmp",
            "Geneve 42 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]",
        ),
        (
            in_ip(47, &gre),
            "eth/ipv4/gre/ipv4/icmp",
            "GRE 7 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]",
        ),
        (
            in_ip(47, &with(&[0, 0, 0x65, 0x58], &arp()[..42])),
            "eth/ipv4/gre/eth/arp",
            "GRE 10.0.0.1 > 10.0.0.2 [ARP request: who has 10.0.0.2? tell 10.0.0.1]",
        ),
        (
            in_ip(4, &ip(4, &packet)),
            "eth/ipv4/ipv4/ipv4/icmp",
            "IPIP 10.0.0.1 > 10.0.0.2 [IPIP 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]]",
        ),
        (
            datagram(8285, &packet),
            "eth/ipv4/udp/ipv4/icmp",
            "UDP 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]",
        ),
        (
            datagram(6783, &sleeve),
            "eth/ipv4/udp/sleeve/eth/ipv4/icmp",
            "Weave 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]",
        ),
        (
            datagram(51_820, &wireguard),
            "eth/ipv4/udp/wireguard/ipv4/icmp",
            "WireGuard 10.0.0.1 > 10.0.0.2 [ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1]",
        ),
    ]
}

#[test]
fn envelopes_are_opened() {
    for (bytes, expected, sentence) in envelopes() {
        let layers = walk(LinkType::Ethernet, &bytes);
        assert_eq!(path(&layers), expected);
        assert_eq!(summary(&layers, Lang::En), sentence);
    }
}

#[test]
fn packets_in_packets_in_packets_come_to_an_end() {
    let mut packet = ip(ipv4::ICMP, &[0; 8]);
    for _ in 0..3_000 {
        packet = ip(4, &packet);
    }
    assert!(walk(LinkType::Ip, &packet).len() < 20);
}

fn samples() -> Vec<Vec<u8>> {
    let mut error = vec![0; 8];
    error.extend_from_slice(&ip(ipv4::UDP, &[0x12, 0x34, 0, 53, 0, 100, 0, 0])[..28]);
    icmp::write(&mut error, icmp::Header { kind: icmp::UNREACHABLE, code: icmp::PORT, id: 0, seq: 0 });
    let tagged = {
        let plain = arp();
        let mut bytes = plain[..12].to_vec();
        bytes.extend_from_slice(&[0x81, 0, 0x60, 10]);
        bytes.extend_from_slice(&plain[12..]);
        bytes
    };
    vec![echo(), arp(), datagram(9, &[1; 64]), vxlan(), eth(ethernet::IPV4, &ip(ipv4::ICMP, &error)), tagged]
}

#[test]
fn paths_name_the_nesting() {
    let paths: Vec<String> = samples().iter().map(|bytes| path(&walk(LinkType::Ethernet, bytes))).collect();
    let expected =
        ["eth/ipv4/icmp", "eth/arp", "eth/ipv4/udp", "eth/ipv4/udp/vxlan/eth/arp", "eth/ipv4/icmp", "eth/vlan/arp"];
    assert_eq!(paths, expected);
}

#[test]
fn layers_cover_every_byte_once_in_order() {
    for bytes in samples().into_iter().chain(envelopes().into_iter().map(|(bytes, ..)| bytes)) {
        let mut at = 0;
        for layer in walk(LinkType::Ethernet, &bytes) {
            assert_eq!(layer.range.start, at, "{}", layer.name);
            at = layer.range.end;
            for field in &layer.fields {
                assert!(field.range.start >= layer.range.start && field.range.end <= layer.range.end);
            }
        }
        assert_eq!(at, bytes.len());
    }
}

#[test]
fn outer_and_inner_fields_are_told_apart() {
    let layers = walk(LinkType::Ethernet, &vxlan());
    let value = |place| find(&layers, place).map(|field| field.value.to_string());
    assert_eq!(value("outer.ipv4.dst").as_deref(), Some("10.0.0.2"));
    assert_eq!(value("vxlan.vni").as_deref(), Some("42"));
    assert_eq!(value("arp.op").as_deref(), Some("request"));
    assert_eq!(find(&layers, "eth.type").unwrap().range, 50 + 12..50 + 14);
    assert_eq!(find(&layers, "outer.eth.type").unwrap().range, 12..14);
    assert_eq!(value("tcp.seq"), None);
    assert_eq!(value("nonsense"), None);
}

#[test]
fn summaries_read_like_sentences() {
    let line = |bytes: &[u8], lang| summary(&walk(LinkType::Ethernet, bytes), lang);
    let english: Vec<String> = samples().iter().map(|bytes| line(bytes, Lang::En)).collect();
    let expected = [
        "ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1",
        "ARP request: who has 10.0.0.2? tell 10.0.0.1",
        "UDP 10.0.0.1:4000 > 10.0.0.2:9, 64 bytes",
        "VXLAN 42 10.0.0.1 > 10.0.0.2 [ARP request: who has 10.0.0.2? tell 10.0.0.1]",
        "ICMP port unreachable 10.0.0.1 > 10.0.0.2",
        "ARP request: who has 10.0.0.2? tell 10.0.0.1",
    ];
    assert_eq!(english, expected);
    assert_eq!(line(&arp(), Lang::Zh), "ARP 请求:谁是 10.0.0.2?请告诉 10.0.0.1");
}

#[test]
fn truncated_and_damaged_bytes_never_panic() {
    let mut random = Stream::named(1, "layers");
    for sample in samples().into_iter().chain(envelopes().into_iter().map(|(bytes, ..)| bytes)) {
        for len in 0..=sample.len() {
            for link in [LinkType::Ethernet, LinkType::Ip] {
                let layers = walk(link, &sample[..len]);
                summary(&layers, Lang::En);
                path(&layers);
            }
        }
        for _ in 0..5_000 {
            let mut bytes = sample.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.bits() as u8;
            }
            let layers = walk(LinkType::Ethernet, &bytes);
            summary(&layers, Lang::Zh);
            assert!(layers.iter().all(|layer| layer.range.end <= bytes.len()));
        }
    }
}

#[test]
fn a_wrong_checksum_is_named() {
    let mut bytes = echo();
    bytes[60] ^= 1;
    let layers = walk(LinkType::Ethernet, &bytes);
    assert_eq!(path(&layers), "eth/ipv4/malformed");
    assert_eq!(summary(&layers, Lang::En), "unreadable: wrong checksum");
}
