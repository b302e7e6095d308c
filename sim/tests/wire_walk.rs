//! The layer walk is total: any bytes give layers that lie inside the frame, in order, with fields inside them.

use std::net::{Ipv4Addr, Ipv6Addr};

use overunder_sim::lang::Lang;
use overunder_sim::rng::Stream;
use overunder_sim::wire::icmpv6::{self, Neighbour, Operation};
use overunder_sim::wire::layers::{Layer, find, path, summary, walk};
use overunder_sim::wire::{LinkType, MacAddr, ethernet, icmp, ipv4, ipv6, udp};

const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const A6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
const B6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);

/// Everything anybody asks of a frame; panics when a layer or field lies anywhere but where it should.
fn examine(link: LinkType, bytes: &[u8]) -> Vec<Layer> {
    let layers = walk(link, bytes);
    let mut at = 0;
    for layer in &layers {
        assert!(layer.range.start >= at, "{} begins inside the layer before", layer.name);
        assert!(layer.range.end >= layer.range.start && layer.range.end <= bytes.len(), "{}", layer.name);
        at = layer.range.end;
        for field in &layer.fields {
            let inside = field.range.start >= layer.range.start && field.range.end <= layer.range.end;
            assert!(inside && field.range.start <= field.range.end, "{}.{}", layer.name, field.name);
            let _ = (field.value.to_string(), layer.number(field.name));
        }
    }
    for lang in [Lang::En, Lang::Zh] {
        assert!(!summary(&layers, lang).is_empty() || bytes.is_empty());
    }
    let _ = (path(&layers), find(&layers, "inner.ipv4.ttl"), find(&layers, "outer.eth.dst"));
    layers
}

fn examine_both(bytes: &[u8]) {
    examine(LinkType::Ethernet, bytes);
    examine(LinkType::Ip, bytes);
}

fn eth(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 14];
    ethernet::write(&mut bytes, MacAddr([2, 0, 0, 0, 0, 2]), MacAddr([2, 0, 0, 0, 0, 1]), ethertype);
    bytes.extend_from_slice(payload);
    bytes
}

fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 20];
    let send = ipv4::Send { src: A, dst: B, protocol, ttl: 64, df: false, id: 7, tos: 0 };
    ipv4::write(&mut bytes, &send, 20 + payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend_from_slice(payload);
    udp::write(&mut bytes, (A, 4000), (B, port));
    ip(ipv4::UDP, &bytes)
}

fn vxlan(inner: &[u8]) -> Vec<u8> {
    eth(ethernet::IPV4, &datagram(4789, &[&[8, 0, 0, 0, 0, 0, 42, 0], inner].concat()))
}

fn ip6(next: u8, hops: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 40];
    ipv6::write(&mut bytes, &ipv6::Send { src: A6, dst: B6, next, hops, class: 0 }, 40 + payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

fn vxlan_over_ipv6(inner: &[u8]) -> Vec<u8> {
    let mut bytes = [&[0; 8], &[8, 0, 0, 0, 0, 0, 42, 0], inner].concat();
    udp::write_unchecked(&mut bytes, 40_000, 4789);
    udp::write_sum_over_ipv6(&mut bytes, A6, B6);
    eth(ethernet::IPV6, &ip6(ipv4::UDP, 64, &bytes))
}

fn neighbour(op: Operation) -> Vec<u8> {
    let mut bytes = vec![0; icmpv6::LEN];
    Neighbour { op, target: B6, mac: Some(MacAddr([2; 6])) }.write(&mut bytes, A6, B6);
    eth(ethernet::IPV6, &ip6(ipv6::ICMPV6, icmpv6::HOPS, &bytes))
}

fn echo() -> Vec<u8> {
    let mut message = vec![0; 40];
    icmp::write(&mut message, icmp::Header { kind: icmp::ECHO_REQUEST, code: 0, id: 9, seq: 1 });
    eth(ethernet::IPV4, &ip(ipv4::ICMP, &message))
}

fn error(quoted: &[u8]) -> Vec<u8> {
    let mut message = [&[0; 8], quoted].concat();
    icmp::write(&mut message, icmp::Header { kind: icmp::UNREACHABLE, code: icmp::PORT, id: 0, seq: 0 });
    eth(ethernet::IPV4, &ip(ipv4::ICMP, &message))
}

fn samples() -> Vec<Vec<u8>> {
    let mut syn = vec![0; 20];
    (syn[1], syn[3], syn[12], syn[13]) = (80, 81, 0x50, 2);
    let tagged = |inner: &[u8]| [&inner[..12], &[0x81, 0x00, 0x60, 10], &inner[12..]].concat();
    vec![
        echo(),
        tagged(&echo()),
        tagged(&tagged(&echo())),
        error(&datagram(53, b"hello")),
        error(&ip(6, &syn)),
        error(&[datagram(53, b"hello"), vec![0; 7]].concat()),
        error(&error(&datagram(53, b"hello"))[14..]),
        vxlan(&echo()),
        vxlan(&tagged(&vxlan(&error(&datagram(4789, b"12345678"))))),
        eth(ethernet::IPV4, &ip(6, &syn)),
        eth(ethernet::IPV4, &ip(47, &[&[0, 0, 8, 0][..], &echo()[14..]].concat())),
        eth(ethernet::IPV4, &ip(47, &[&[0, 0, 0x65, 0x58][..], &echo()].concat())),
        eth(ethernet::IPV4, &ip(4, &echo()[14..])),
        eth(ethernet::IPV4, &ip(132, b"a protocol nobody here speaks")),
        vxlan_over_ipv6(&echo()),
        vxlan(&vxlan_over_ipv6(&error(&datagram(53, b"hello")))),
        eth(ethernet::IPV6, &ip6(4, 64, &echo()[14..])),
        eth(ethernet::IPV6, &ip6(59, 64, &[])),
        neighbour(Operation::Solicitation),
        neighbour(Operation::Advertisement { router: false, solicited: true, replaces: true }),
        eth(60, b"a length, not a type"),
    ]
}

#[test]
fn bytes_without_any_sense_give_layers_inside_the_frame() {
    let mut random = Stream::named(1, "noise");
    for _ in 0..30_000 {
        let bytes: Vec<u8> = (0..random.below(120)).map(|_| random.bits() as u8).collect();
        examine_both(&bytes);
    }
}

#[test]
fn nearly_right_bytes_give_layers_inside_the_frame() {
    let mut random = Stream::named(2, "nearly");
    for sample in samples() {
        for round in 0..4_000 {
            let mut bytes = sample.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = if random.chance(500_000) { random.bits() as u8 } else { [0, 1, 0x45, 0xff][round % 4] };
            }
            bytes.truncate(random.below(bytes.len() as u64 * 3) as usize);
            if random.chance(700_000) {
                mend(&mut bytes);
            }
            examine_both(&bytes);
        }
    }
}

/// Makes the outermost IPv4 header's checksum right again, so that what is wrong lies deeper.
fn mend(bytes: &mut [u8]) {
    let Some(header) = bytes.get_mut(14..34).filter(|header| header[0] == 0x45) else { return };
    header[10..12].fill(0);
    let sum = overunder_sim::wire::checksum::finish(overunder_sim::wire::checksum::sum(header));
    header[10..12].copy_from_slice(&sum.to_be_bytes());
}

#[test]
fn every_prefix_of_a_frame_gives_layers_inside_it() {
    for sample in samples() {
        for len in 0..=sample.len() {
            examine_both(&sample[..len]);
        }
    }
}

#[test]
fn every_byte_of_a_good_frame_belongs_to_a_layer() {
    for sample in samples() {
        for padding in [0, 1, 18] {
            let mut bytes = sample.clone();
            bytes.resize(sample.len() + padding, 0);
            let layers = examine(LinkType::Ethernet, &bytes);
            assert!(layers.iter().all(|layer| layer.name != "malformed" || layer.quoted), "{}", path(&layers));
            let covered: usize = layers.iter().map(|layer| layer.range.len()).sum();
            assert_eq!(covered, bytes.len(), "{}", path(&layers));
        }
    }
}

#[test]
fn a_frame_of_nothing_but_tags_or_tunnels_ends() {
    let tags = [0x81, 0x00].repeat(30_000);
    let layers = examine(LinkType::Ethernet, &tags);
    assert!(layers.len() <= 20, "{} layers", layers.len());
    let mut deep = echo();
    for _ in 0..200 {
        deep = vxlan(&deep);
    }
    let layers = examine(LinkType::Ethernet, &deep);
    assert!(layers.len() <= 40, "{} layers", layers.len());
    let mut quotes = datagram(53, b"hello");
    for _ in 0..100 {
        quotes = error(&quotes)[14..].to_vec();
    }
    assert!(examine(LinkType::Ip, &quotes).len() < 10);
}

#[test]
fn the_longest_frame_there_is_can_be_walked() {
    let payload = vec![0x5a; 65_507];
    let layers = examine(LinkType::Ip, &datagram(9, &payload));
    assert_eq!(path(&layers), "ipv4/udp");
    assert_eq!(layers.last().map(|layer| layer.range.len()), Some(65_507));
}
