//! IPv6 headers (RFC 8200 §3): the fixed one. There is no checksum, and no router splits what is too long.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::{MacAddr, Malformed, be16, be32, checksum};

/// Length of the header; extension headers count as payload.
pub const HEADER_LEN: usize = 40;
/// Hop limit Linux gives to its own packets (`net.ipv6.conf.default.hop_limit`).
pub const DEFAULT_HOPS: u8 = 64;
/// Every link must carry packets of this length (RFC 8200 §5).
pub const MIN_MTU: u16 = 1280;

/// Next header of ICMPv6.
pub const ICMPV6: u8 = 58;

/// A header that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub src: Ipv6Addr,
    /// Destination address.
    pub dst: Ipv6Addr,
    /// What follows: the numbers are those of IPv4's protocols.
    pub next: u8,
    /// Hop limit.
    pub hops: u8,
    /// Traffic class: a wish for priority, and two bits for congestion (RFC 2474, RFC 3168).
    pub class: u8,
    /// Flow label (RFC 6437).
    pub flow: u32,
    /// Bytes of header and payload; what follows is padding.
    pub total_len: usize,
}

/// What a sender chooses; the rest of a header follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Send {
    /// Source address.
    pub src: Ipv6Addr,
    /// Destination address.
    pub dst: Ipv6Addr,
    /// What follows.
    pub next: u8,
    /// Hop limit.
    pub hops: u8,
    /// Traffic class.
    pub class: u8,
}

/// Checks version and length, in the order of Linux `ip6_rcv_core` (`net/ipv6/ip6_input.c`).
pub fn check(bytes: &[u8]) -> Result<Header, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    if bytes[0] >> 4 != 6 {
        return Err(Malformed::NotVersion6);
    }
    let total_len = HEADER_LEN + usize::from(be16(bytes, 4));
    if total_len > bytes.len() {
        return Err(Malformed::Length);
    }
    let word = be32(bytes, 0);
    Ok(Header {
        src: address(bytes, 8),
        dst: address(bytes, 24),
        next: bytes[6],
        hops: bytes[7],
        class: (word >> 20) as u8,
        flow: word & 0x000f_ffff,
        total_len,
    })
}

/// The address at `at`; the caller has checked the length.
pub fn address(bytes: &[u8], at: usize) -> Ipv6Addr {
    let mut octets = [0; 16];
    octets.copy_from_slice(&bytes[at..at + 16]);
    Ipv6Addr::from(octets)
}

/// Writes the header for a packet of `total_len` bytes into the first 40, which must be there. The flow label is zero,
/// as Linux tunnels and neighbour discovery leave it.
pub fn write(bytes: &mut [u8], send: &Send, total_len: usize) {
    let header = &mut bytes[..HEADER_LEN];
    header[..4].copy_from_slice(&(6 << 28 | u32::from(send.class) << 20).to_be_bytes());
    header[4..6].copy_from_slice(&((total_len - HEADER_LEN) as u16).to_be_bytes());
    header[6] = send.next;
    header[7] = send.hops;
    header[8..24].copy_from_slice(&send.src.octets());
    header[24..40].copy_from_slice(&send.dst.octets());
}

/// Sum of the pseudo header of UDP and ICMPv6 (RFC 8200 §8.1).
pub fn pseudo(src: Ipv6Addr, dst: Ipv6Addr, next: u8, len: usize) -> u64 {
    checksum::sum(&src.octets()) + checksum::sum(&dst.octets()) + u64::from(next) + len as u64
}

/// The group in which whoever has an address listens for questions about it (RFC 4291 §2.7.1).
pub fn solicited_node(ip: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = ip.octets();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), u16::from_be_bytes([b, c]))
}

/// The Ethernet group of an IPv6 group: 33:33 and its last four bytes (RFC 2464 §7).
pub fn group_mac(group: Ipv6Addr) -> MacAddr {
    let [.., a, b, c, d] = group.octets();
    MacAddr([0x33, 0x33, a, b, c, d])
}

/// Both addresses are in one subnet with a prefix of this length.
pub fn same_subnet(a: Ipv6Addr, b: Ipv6Addr, len: u8) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(len.min(128))).unwrap_or(0);
    (a.to_bits() ^ b.to_bits()) & mask == 0
}

/// Whether a host may have this address: no group, none of the host itself, and no IPv4 address in disguise.
pub fn is_of_a_host(ip: Ipv6Addr) -> bool {
    let mapped = ip.to_ipv4_mapped().is_some_and(|_: Ipv4Addr| true);
    !(ip.is_multicast() || ip.is_unspecified() || ip.is_loopback() || mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
    const B: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0x00ab, 0xcdef);

    #[test]
    fn header_bytes_are_those_of_the_rfc() {
        let mut bytes = vec![0; 60];
        write(&mut bytes, &Send { src: A, dst: B, next: 17, hops: 64, class: 0x12 }, 60);
        assert_eq!(bytes[..8], [0x61, 0x20, 0, 0, 0, 20, 17, 64]);
        let header = check(&bytes).unwrap();
        assert_eq!((header.src, header.dst, header.next, header.hops), (A, B, 17, 64));
        assert_eq!((header.class, header.flow, header.total_len), (0x12, 0, 60));
        bytes[3] = 7;
        assert_eq!(check(&bytes).unwrap().flow, 7);
    }

    #[test]
    fn each_check_says_what_failed() {
        let mut bytes = vec![0; 41];
        write(&mut bytes, &Send { src: A, dst: B, next: 59, hops: 1, class: 0 }, 41);
        assert_eq!(check(&bytes[..39]), Err(Malformed::TooShort));
        assert_eq!(check(&bytes[..40]), Err(Malformed::Length));
        bytes[0] = 0x45;
        assert_eq!(check(&bytes), Err(Malformed::NotVersion6));
    }

    #[test]
    fn groups_follow_from_addresses() {
        let group = solicited_node(B);
        assert_eq!(group.to_string(), "ff02::1:ffab:cdef");
        assert_eq!(group_mac(group).to_string(), "33:33:ff:ab:cd:ef");
    }

    #[test]
    fn subnets_end_at_any_bit() {
        assert!(same_subnet(A, B, 64) && same_subnet(A, B, 0) && same_subnet(A, A, 128) && same_subnet(A, B, 104));
        assert!(!same_subnet(A, B, 105) && !same_subnet(A, B, 128));
        assert!(is_of_a_host(A));
        for text in ["::", "::1", "ff02::1", "::ffff:10.0.0.1"] {
            assert!(!is_of_a_host(text.parse().unwrap()), "{text}");
        }
    }
}
