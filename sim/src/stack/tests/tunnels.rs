//! Envelopes of a tunnel that runs over the stack: split, put together, refused.

use super::*;
use crate::stack::config::TunnelPort;

const TUNNEL: PortNo = PortNo(1);

fn carrying() -> Bench {
    let tunnels = vec![TunnelPort { name: "vxlan0".to_owned(), own: None, children_of: None }];
    let mut bench = Bench::with(StackConfig { tunnels, ..config() }, Vec::new(), Vec::new());
    bench.put(&ask(2, 1));
    bench.sent();
    bench
}

/// An envelope from this host to host 2, `len` bytes with its IP header, as a tunnel leaves it: without a number.
fn envelope(len: usize, df: bool) -> Vec<u8> {
    let payload = datagram((ip(1), 40_000), (ip(2), 4_789), len - 28);
    let mut bytes = Packet { src: ip(1), dst: ip(2), df, ..Packet::new(ipv4::UDP, payload) }.bytes().split_off(14);
    let header = ipv4::Send { src: ip(1), dst: ip(2), protocol: ipv4::UDP, ttl: 64, df, tos: 0, id: 0 };
    ipv4::write(&mut bytes, &header, len);
    bytes
}

fn leave(bench: &mut Bench, bytes: &[u8]) -> String {
    let change = Change::Inject { device: STACK, port: TUNNEL, link: LinkType::Ip, bytes: bytes.to_vec() };
    bench.apply(&change).unwrap();
    bench.settle()
}

#[test]
fn an_envelope_that_may_be_split_is_split_and_put_together_before_the_other_tunnel_sees_it() {
    let mut bench = carrying();
    let told = leave(&mut bench, &envelope(1_550, false));
    assert_eq!(told, "ip.from-tunnel, use ip.fragmented, send ip.sent, send ip.sent");
    let sent = bench.sent();
    let lens: Vec<usize> = sent.iter().map(|sent| sent.bytes.len() - 14).collect();
    assert_eq!(lens, [1_500, 70], "as Linux does it: facts of the tunnel chapter");

    let mut other = carrying();
    let mut told = String::new();
    for sent in sent {
        let mut bytes = sent.bytes;
        ethernet::write(&mut bytes, OWN, station(2), ethernet::IPV4);
        bytes[26..30].copy_from_slice(&ip(2).octets());
        bytes[30..34].copy_from_slice(&ip(1).octets());
        told = other.put(&bytes);
    }
    assert!(told.contains("use ip.reassembled, use ip.reassembled, pass ip.to-tunnel"), "{told}");
    let handed = other.sent().remove(0);
    assert_eq!((handed.port, handed.bytes.len()), (TUNNEL, 1_550));
}

#[test]
fn an_envelope_that_must_not_be_split_comes_back_as_an_error() {
    let mut bench = carrying();
    assert_eq!(leave(&mut bench, &envelope(1_501, true)), "send ip.told-tunnel, drop ip.too-big");
    let news = bench.sent().remove(0);
    assert_eq!(news.port, TUNNEL);
    let error = icmp::check(&news.bytes[20..]).unwrap();
    assert_eq!((error.kind, error.code, error.seq), (3, 4, 1_500));
    assert_eq!(
        news.bytes[28..48],
        envelope(1_501, true)[..20]
            .iter()
            .enumerate()
            .map(|(at, byte)| match at {
                4 | 5 | 10 | 11 => news.bytes[28 + at],
                _ => *byte,
            })
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_a_router_says_of_an_envelope_is_learned_and_handed_to_the_tunnel() {
    let mut bench = carrying();
    assert_eq!(leave(&mut bench, &envelope(1_500, true)), "ip.from-tunnel, send ip.sent");
    let sent = bench.sent_one();
    let mut message = [&[0; 8], &sent[14..42]].concat();
    icmp::write(&mut message, icmp::Header { kind: 3, code: 4, id: 0, seq: 1_400 });
    let error = Packet { src: ip(254), ..Packet::new(ipv4::ICMP, message) };
    assert_eq!(bench.put(&error.bytes()), "ip.pmtu-learned, pass ip.to-tunnel");
    bench.sent();
    assert_eq!(leave(&mut bench, &envelope(1_401, true)), "send ip.told-tunnel, drop ip.too-big");
    assert_eq!(leave(&mut bench, &envelope(1_401, false)).matches("send ip.sent").count(), 2);
}

#[test]
fn an_envelope_from_an_address_of_somebody_else_is_not_sent() {
    let mut bytes = envelope(100, false);
    let header = ipv4::Send { src: ip(9), dst: ip(2), protocol: ipv4::UDP, ttl: 64, df: false, tos: 0, id: 0 };
    ipv4::write(&mut bytes, &header, 100);
    assert_eq!(leave(&mut carrying(), &bytes), "drop ip.source-elsewhere");
}

#[test]
fn damaged_envelopes_are_dropped() {
    let good = envelope(100, false);
    for len in 0..good.len() {
        assert_eq!(leave(&mut carrying(), &good[..len]), "drop ip.malformed", "{len}");
    }
}
