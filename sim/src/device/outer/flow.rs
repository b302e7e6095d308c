//! Which of many ways: the source port of a tunnel packet is made from the flow inside, so that routers that spread
//! traffic by addresses and ports keep one flow on one way and several flows apart.

use crate::wire::{be16, be32, ethernet, ipv4};

/// The ports Linux draws from: the host's own range (`net.ipv4.ip_local_port_range`).
pub const LINUX_PORTS: (u16, u16) = (32_768, 60_999);

/// A port from the range for what a frame carries: equal for all packets of a flow. Linux keys its hash with a secret
/// of the host; here the same flow gets the same port on every machine.
#[inline]
pub fn source_port(frame: &[u8], (low, high): (u16, u16)) -> u16 {
    let hash = hash(frame);
    // As udp_flow_src_port scales it: both halves count.
    let hash = hash ^ (hash << 16);
    let span = u64::from(high.saturating_sub(low));
    low + ((u64::from(hash) * span) >> 32) as u16
}

/// Addresses, protocol and ports of an IPv4 packet; both hardware addresses of anything else.
#[inline]
fn hash(frame: &[u8]) -> u32 {
    let ip = frame.get(ethernet::HEADER_LEN..).unwrap_or_default();
    if ethernet::ethertype(frame) == Some(ethernet::IPV4) && ip.len() >= ipv4::HEADER_LEN {
        return packet(ip);
    }
    let head = frame.get(..ethernet::HEADER_LEN).unwrap_or(frame);
    head.chunks(4).fold(0x9e37_79b9, |hash, part| {
        let mut word = [0; 4];
        word[..part.len()].copy_from_slice(part);
        mix(hash, u32::from_be_bytes(word))
    })
}

/// The same for a packet without an Ethernet header, at least 20 bytes long.
fn packet(ip: &[u8]) -> u32 {
    let addresses = mix(mix(0x9e37_79b9, be32(ip, 12)), be32(ip, 16));
    let (protocol, header_len) = (ip[9], usize::from(ip[0] & 0x0f) * 4);
    let whole = be16(ip, 6).trailing_zeros() >= 14;
    // Later fragments have no ports, so no fragment may use them.
    match ip.get(header_len..header_len + 4) {
        Some(ports) if whole && matches!(protocol, ipv4::UDP | 6) => {
            mix(mix(addresses, u32::from(protocol)), be32(ports, 0))
        }
        _ => mix(addresses, u32::from(protocol)),
    }
}

/// One step of Murmur3, whose last bits depend on all bits before.
const fn mix(hash: u32, word: u32) -> u32 {
    let word = word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let hash = (hash ^ word).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash ^ (hash >> 13)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn frame(protocol: u8, ports: (u16, u16), more: bool) -> Vec<u8> {
        let mut bytes = vec![0; 60];
        bytes[12..14].copy_from_slice(&ethernet::IPV4.to_be_bytes());
        let ip = &mut bytes[14..];
        (ip[0], ip[9]) = (0x45, protocol);
        ip[6] = if more { 0x20 } else { 0 };
        ip[12..20].copy_from_slice(&[10, 0, 0, 1, 10, 0, 0, 2]);
        ip[20..22].copy_from_slice(&ports.0.to_be_bytes());
        ip[22..24].copy_from_slice(&ports.1.to_be_bytes());
        bytes
    }

    #[test]
    fn one_flow_keeps_its_port_and_flows_spread() {
        let port = |bytes: &[u8]| source_port(bytes, LINUX_PORTS);
        let many: BTreeSet<u16> = (1..=1000).map(|at| port(&frame(ipv4::UDP, (at, 80), false))).collect();
        assert!(many.len() > 950, "{} of 1000 flows have a port of their own", many.len());
        assert!(many.iter().all(|port| (LINUX_PORTS.0..LINUX_PORTS.1).contains(port)));
        let mut other_payload = frame(6, (1, 2), false);
        other_payload[50] = 0xff;
        assert_eq!(port(&other_payload), port(&frame(6, (1, 2), false)));
        // Fragments of a flow stay together, and a ping has no ports.
        assert_eq!(port(&frame(17, (1, 2), true)), port(&frame(17, (3, 4), true)));
        assert_eq!(port(&frame(1, (1, 2), false)), port(&frame(1, (3, 4), false)));
    }

    #[test]
    fn anything_at_all_gets_a_port() {
        for len in 0..60 {
            let port = source_port(&vec![0xff; len], (1, 1));
            assert_eq!(port, 1);
        }
        assert_ne!(source_port(&[1; 60], LINUX_PORTS), source_port(&[2; 60], LINUX_PORTS), "hardware addresses count");
    }
}
