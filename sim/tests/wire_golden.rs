//! Headers byte for byte as Linux writes them.
//!
//! The frames below were captured on a veth pair between two network namespaces of a Linux 6.18 kernel, checksum
//! offload off: a ping of 8 bytes, a datagram to a closed port, a refused connection, a datagram to a group, a VXLAN
//! tunnel without a peer, a question for an IPv6 address. Each is read by the walk and written again by the writers.

use std::net::{Ipv4Addr, Ipv6Addr};

use overunder_sim::engine::wire::wire_bytes;
use overunder_sim::lang::Lang;
use overunder_sim::wire::arp::{Arp, Operation};
use overunder_sim::wire::ethernet::{Tag, insert_tag};
use overunder_sim::wire::icmpv6::{self, Neighbour};
use overunder_sim::wire::layers::{find, path, summary, walk};
use overunder_sim::wire::{LinkType, MacAddr, Origin, Pool, ethernet, icmp, ipv4, ipv6, udp};

const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const MAC_A: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const MAC_B: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

const ARP_REQUEST: &str = "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 \
    020000000001 0a000001 000000000000 0a000002";
const ARP_REPLY: &str = "020000000001 020000000002 0806 0001 0800 06 04 0002 \
    020000000002 0a000002 020000000001 0a000001";
const ECHO_REQUEST: &str = "020000000002 020000000001 0800 45 00 0024 f8c3 4000 40 01 2e13 0a000001 0a000002 \
    08 00 ae1b 3dd3 0001 0001020304050607";
const ECHO_REPLY: &str = "020000000001 020000000002 0800 45 00 0024 586b 0000 40 01 0e6c 0a000002 0a000001 \
    00 00 b61b 3dd3 0001 0001020304050607";
const DATAGRAM: &str = "020000000002 020000000001 0800 45 00 0021 096c 4000 40 11 1d5e 0a000001 0a000002 \
    0fa0 0009 000d 9856 68656c6c6f";
const PORT_UNREACHABLE: &str = "020000000001 020000000002 0800 45 c0 003d 587d 0000 40 01 0d81 0a000002 0a000001 \
    03 03 111e 00000000 45 00 0021 096c 4000 40 11 1d5e 0a000001 0a000002 0fa0 0009 000d 9856 68656c6c6f";
const SYN: &str = "020000000002 020000000001 0800 45 00 003c cab4 4000 40 06 5c05 0a000001 0a000002 \
    0fa1 0050 cfdaec81 00000000 a0 02 faf0 7c3d 0000 020405b4 0402 080a51649f1a00000000 01 03030a";
const RESET: &str = "020000000001 020000000002 0800 45 00 0028 0000 4000 40 06 26ce 0a000002 0a000001 \
    0050 0fa1 00000000 cfdaec82 50 14 0000 cf7f 0000";
const TO_GROUP: &str = "01005e010101 020000000001 0800 45 00 001f 1f63 4000 01 11 6068 0a000001 ef010101 \
    0fa2 1388 000b 153e 616c6c";
const VXLAN: &str = "020000000002 020000000001 0800 45 00 004e 097d 0000 40 11 5d20 0a000001 0a000002 \
    9958 12b5 003a df36 08000000 00002a00 \
    ffffffffffff 020000000011 0806 0001 0800 06 04 0001 020000000011 0a010001 000000000000 0a010002";

const SOLICITATION: &str = "3333ff000002 020000000001 86dd 60000000 0020 3a ff \
    fd000000000000000000000000000001 ff0200000000000000000001ff000002 \
    87 00 7d97 00000000 fd000000000000000000000000000002 01 01 020000000001";
const ADVERTISEMENT: &str = "020000000001 020000000002 86dd 60000000 0020 3a ff \
    fd000000000000000000000000000002 fd000000000000000000000000000001 \
    88 00 1c9a 60000000 fd000000000000000000000000000002 02 01 020000000002";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_captured_frame_is_read_to_the_end() {
    for (hex, len, nesting, line) in [
        // F§A.1: a veth does not pad, so an ARP is 42 bytes.
        (ARP_REQUEST, 42, "eth/arp", "ARP request: who has 10.0.0.2? tell 10.0.0.1"),
        (ARP_REPLY, 42, "eth/arp", "ARP reply: 10.0.0.2 is at 02:00:00:00:00:02"),
        (ECHO_REQUEST, 50, "eth/ipv4/icmp", "ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1"),
        (ECHO_REPLY, 50, "eth/ipv4/icmp", "ICMP echo reply 10.0.0.2 > 10.0.0.1 seq 1"),
        (DATAGRAM, 47, "eth/ipv4/udp", "UDP 10.0.0.1:4000 > 10.0.0.2:9, 5 bytes"),
        (PORT_UNREACHABLE, 75, "eth/ipv4/icmp", "ICMP port unreachable 10.0.0.2 > 10.0.0.1"),
        (SYN, 74, "eth/ipv4/tcp", "TCP 10.0.0.1:4001 > 10.0.0.2:80 [SYN] seq 3487231105, 0 bytes"),
        (RESET, 54, "eth/ipv4/tcp", "TCP 10.0.0.2:80 > 10.0.0.1:4001 [RST, ACK] seq 0, ack 3487231106, 0 bytes"),
        (TO_GROUP, 45, "eth/ipv4/udp", "UDP 10.0.0.1:4002 > 239.1.1.1:5000, 3 bytes"),
        (SOLICITATION, 86, "eth/ipv6/icmpv6", "neighbour solicitation: who has fd00::2? tell fd00::1"),
        (ADVERTISEMENT, 86, "eth/ipv6/icmpv6", "neighbour advertisement: fd00::2 is at 02:00:00:00:00:02"),
        (
            VXLAN,
            92,
            "eth/ipv4/udp/vxlan/eth/arp",
            "VXLAN 42 10.0.0.1 > 10.0.0.2 [ARP request: who has 10.1.0.2? tell 10.1.0.1]",
        ),
    ] {
        let bytes = bytes(hex);
        let layers = walk(LinkType::Ethernet, &bytes);
        assert_eq!((bytes.len(), path(&layers).as_str()), (len, nesting));
        assert_eq!(summary(&layers, Lang::En), line);
        assert_eq!(layers.iter().map(|layer| layer.range.len()).sum::<usize>(), len);
    }
}

#[test]
fn fields_have_the_values_a_dissector_shows() {
    for (hex, place, value) in [
        (ECHO_REQUEST, "ipv4.df", "1"),
        (ECHO_REPLY, "ipv4.df", "0"),
        (ECHO_REQUEST, "ipv4.id", "0xf8c3"),
        (ECHO_REQUEST, "icmp.id", "15827"),
        (ECHO_REQUEST, "icmp.seq", "1"),
        (PORT_UNREACHABLE, "ipv4.dscp", "48"),
        (PORT_UNREACHABLE, "ipv4.len", "61"),
        (SYN, "tcp.seq", "3487231105"),
        (SYN, "tcp.flags", "0x002"),
        (SYN, "tcp.window", "64240"),
        (RESET, "tcp.ack", "3487231106"),
        (RESET, "tcp.flags", "0x014"),
        (TO_GROUP, "ipv4.ttl", "1"),
        (SOLICITATION, "ipv6.hops", "255"),
        (SOLICITATION, "ipv6.dst", "ff02::1:ff00:2"),
        (SOLICITATION, "icmpv6.source-mac", "02:00:00:00:00:01"),
        (ADVERTISEMENT, "icmpv6.solicited", "1"),
        (ADVERTISEMENT, "icmpv6.router", "0"),
        (ADVERTISEMENT, "icmpv6.checksum", "0x1c9a"),
        (VXLAN, "outer.ipv4.ttl", "64"),
        (VXLAN, "udp.src", "39256"),
        (VXLAN, "udp.dst", "4789"),
        (VXLAN, "vxlan.flags", "0x08"),
        (VXLAN, "vxlan.vni", "42"),
        (VXLAN, "inner.eth.src", "02:00:00:00:00:11"),
        (VXLAN, "outer.eth.src", "02:00:00:00:00:01"),
    ] {
        let bytes = bytes(hex);
        let layers = walk(LinkType::Ethernet, &bytes);
        assert_eq!(find(&layers, place).map(|field| field.value.to_string()).as_deref(), Some(value), "{place}");
    }
}

/// An Ethernet frame with this header and payload.
fn eth(dst: MacAddr, src: MacAddr, ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xaa; 14];
    ethernet::write(&mut bytes, dst, src, ethertype);
    bytes.extend_from_slice(payload);
    bytes
}

/// An IPv4 packet with this payload.
fn ip(send: ipv4::Send, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xaa; 20];
    ipv4::write(&mut bytes, &send, 20 + payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

fn from_a(protocol: u8, id: u16, df: bool) -> ipv4::Send {
    ipv4::Send { src: A, dst: B, protocol, ttl: 64, df, id, tos: 0 }
}

fn datagram(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), payload: &[u8]) -> Vec<u8> {
    let mut bytes = [&[0xaa; 8], payload].concat();
    udp::write(&mut bytes, from, to);
    bytes
}

fn arp(op: Operation, sender: (MacAddr, Ipv4Addr), target: (MacAddr, Ipv4Addr)) -> Vec<u8> {
    let mut bytes = vec![0xaa; 28];
    Arp { op, sha: sender.0, spa: sender.1, tha: target.0, tpa: target.1 }.write(&mut bytes);
    bytes
}

#[test]
fn arp_is_written_as_linux_does() {
    let request = arp(Operation::Request, (MAC_A, A), (MacAddr::ZERO, B));
    assert_eq!(eth(MacAddr::BROADCAST, MAC_A, ethernet::ARP, &request), bytes(ARP_REQUEST));
    let reply = arp(Operation::Reply, (MAC_B, B), (MAC_A, A));
    assert_eq!(eth(MAC_A, MAC_B, ethernet::ARP, &reply), bytes(ARP_REPLY));
}

#[test]
fn neighbour_discovery_is_written_as_linux_does() {
    let [a, b] = ["fd00::1", "fd00::2"].map(|text| text.parse::<Ipv6Addr>().unwrap());
    let message = |op, mac, src, dst| {
        let mut bytes = vec![0xaa; 40 + icmpv6::LEN];
        let send = ipv6::Send { src, dst, next: ipv6::ICMPV6, hops: icmpv6::HOPS, class: 0 };
        ipv6::write(&mut bytes, &send, 40 + icmpv6::LEN);
        Neighbour { op, target: b, mac: Some(mac) }.write(&mut bytes[40..], src, dst);
        bytes
    };
    let group = ipv6::solicited_node(b);
    let asks = message(icmpv6::Operation::Solicitation, MAC_A, a, group);
    assert_eq!(eth(ipv6::group_mac(group), MAC_A, ethernet::IPV6, &asks), bytes(SOLICITATION));
    let op = icmpv6::Operation::Advertisement { router: false, solicited: true, replaces: true };
    assert_eq!(eth(MAC_A, MAC_B, ethernet::IPV6, &message(op, MAC_B, b, a)), bytes(ADVERTISEMENT));
}

#[test]
fn pings_are_written_as_linux_does() {
    let echo = |kind| {
        let mut message = [&[0xaa; 8][..], &[0, 1, 2, 3, 4, 5, 6, 7]].concat();
        icmp::write(&mut message, icmp::Header { kind, code: 0, id: 0x3dd3, seq: 1 });
        message
    };
    let request = ip(from_a(ipv4::ICMP, 0xf8c3, true), &echo(icmp::ECHO_REQUEST));
    assert_eq!(eth(MAC_B, MAC_A, ethernet::IPV4, &request), bytes(ECHO_REQUEST));
    let back = ipv4::Send { src: B, dst: A, protocol: ipv4::ICMP, ttl: 64, df: false, id: 0x586b, tos: 0 };
    assert_eq!(eth(MAC_A, MAC_B, ethernet::IPV4, &ip(back, &echo(icmp::ECHO_REPLY))), bytes(ECHO_REPLY));
}

#[test]
fn datagrams_are_written_as_linux_does() {
    let packet = ip(from_a(ipv4::UDP, 0x096c, true), &datagram((A, 4000), (B, 9), b"hello"));
    assert_eq!(eth(MAC_B, MAC_A, ethernet::IPV4, &packet), bytes(DATAGRAM));
    let group = Ipv4Addr::new(239, 1, 1, 1);
    let send = ipv4::Send { dst: group, ttl: 1, ..from_a(ipv4::UDP, 0x1f63, true) };
    let packet = ip(send, &datagram((A, 4002), (group, 5000), b"all"));
    assert_eq!(eth(MacAddr::of_ipv4_group(group), MAC_A, ethernet::IPV4, &packet), bytes(TO_GROUP));
}

#[test]
fn an_icmp_error_quotes_as_linux_does() {
    let (error, about) = (bytes(PORT_UNREACHABLE), bytes(DATAGRAM));
    // The quote is the whole packet, up to 576 bytes in all (F§I.2).
    assert_eq!(error[42..], about[14..]);
    assert_eq!(icmp::quoted_len(about.len() - 14, 1500), error.len() - 42);
    let mut message = [&[0xaa; 8], &about[14..]].concat();
    icmp::write(&mut message, icmp::Header { kind: icmp::UNREACHABLE, code: icmp::PORT, id: 0, seq: 0 });
    assert_eq!(message, error[34..]);
    let quoted = icmp::quoted(&error[34..]).unwrap();
    assert_eq!(quoted, (A, B, ipv4::UDP, &about[34..42]));
}

#[test]
fn vxlan_adds_fifty_bytes_to_the_packet_inside() {
    let inner_mac = MacAddr([2, 0, 0, 0, 0, 0x11]);
    let asks = (inner_mac, Ipv4Addr::new(10, 1, 0, 1));
    let request = arp(Operation::Request, asks, (MacAddr::ZERO, Ipv4Addr::new(10, 1, 0, 2)));
    let inner = eth(MacAddr::BROADCAST, inner_mac, ethernet::ARP, &request);
    let payload = [&[8, 0, 0, 0, 0, 0, 42, 0], &inner[..]].concat();
    let packet = ip(from_a(ipv4::UDP, 0x097d, false), &datagram((A, 0x9958), (B, 4789), &payload));
    assert_eq!(eth(MAC_B, MAC_A, ethernet::IPV4, &packet), bytes(VXLAN));
    // F§K.1: a frame of 98 bytes (84 of IP) becomes one of 148 with 134 of IP and 114 of UDP.
    let ping = eth(MAC_B, MAC_A, ethernet::IPV4, &[0; 84]);
    let payload = [&[8, 0, 0, 0, 0, 0, 42, 0], &ping[..]].concat();
    let outer = datagram((A, 40_000), (B, 4789), &payload);
    let packet = ip(from_a(ipv4::UDP, 1, false), &outer);
    assert_eq!((ping.len(), outer.len(), packet.len()), (98, 114, 134));
    assert_eq!(eth(MAC_B, MAC_A, ethernet::IPV4, &packet).len(), 148);
}

#[test]
fn a_tag_stands_between_source_and_type() {
    // F§A.1: TPID 8100, PCP 3 bits, DEI 1, VID 12.
    let mut frame = Pool::default().mint(42, LinkType::Ethernet, overunder_sim::id::FrameId(1), Origin::NONE);
    frame.bytes_mut().copy_from_slice(&bytes(ARP_REQUEST));
    assert!(insert_tag(&mut frame, Tag { pcp: 5, dei: false, vid: 10 }));
    let expected = ARP_REQUEST.replace("0806 0001 0800", "8100 a00a 0806 0001 0800");
    assert_eq!(frame.bytes(), bytes(&expected));
    assert_eq!(path(&walk(LinkType::Ethernet, frame.bytes())), "eth/vlan/arp");
}

#[test]
fn sizes_on_the_wire_are_those_of_the_standard() {
    // F§A.1: 14 + 1500 without FCS, 20 bytes of preamble and gap, IP parts padded to 46.
    for (ip_len, on_wire) in [(1_500_u64, 1_538), (46, 84), (45, 84), (20, 84), (47, 85)] {
        assert_eq!(wire_bytes(ip_len + 14), on_wire, "{ip_len}");
        assert_eq!(on_wire, ip_len.max(46) + 14 + 4 + 20);
    }
}

#[test]
fn damage_to_any_byte_of_a_checksummed_part_is_noticed() {
    for hex in [ECHO_REQUEST, ECHO_REPLY, DATAGRAM, PORT_UNREACHABLE, TO_GROUP, VXLAN] {
        let good = bytes(hex);
        for at in 14..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let layers = walk(LinkType::Ethernet, &bad);
                assert!(layers.iter().any(|layer| layer.name == "malformed"), "byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn a_datagram_never_says_that_it_has_no_checksum() {
    // RFC 768: a computed 0 is sent as all ones, because 0 means "none made".
    let mut ones = 0;
    for word in 0..=u16::MAX {
        let bytes = datagram((A, 4000), (B, 9), &word.to_be_bytes());
        let sum = u16::from_be_bytes([bytes[6], bytes[7]]);
        assert_ne!(sum, 0, "payload {word:#06x}");
        ones += usize::from(sum == 0xffff);
        assert!(udp::check(&bytes, A, B).is_ok());
    }
    assert_eq!(ones, 1);
}
