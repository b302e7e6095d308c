//! UDP headers (RFC 768). The checksum is always made, and verified when there is one.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::{Malformed, be16, checksum, ipv4, ipv6};

/// Ports 4, length 2, checksum 2.
pub const HEADER_LEN: usize = 8;

/// A header that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source port.
    pub src: u16,
    /// Destination port.
    pub dst: u16,
    /// Bytes of header and payload.
    pub len: usize,
}

/// Checks length and checksum of a datagram between two addresses; a checksum of 0 means "none made".
#[inline]
pub fn check(bytes: &[u8], src: Ipv4Addr, dst: Ipv4Addr) -> Result<Header, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    let len = usize::from(be16(bytes, 4));
    if len < HEADER_LEN || len > bytes.len() {
        return Err(Malformed::Length);
    }
    let total = checksum::pseudo(src, dst, ipv4::UDP, len as u16) + checksum::sum(&bytes[..len]);
    if be16(bytes, 6) != 0 && checksum::finish(total) != 0 {
        return Err(Malformed::Checksum);
    }
    Ok(Header { src: be16(bytes, 0), dst: be16(bytes, 2), len })
}

/// Writes the header in front of a payload that is already in `bytes`, checksum included.
#[inline]
pub fn write(bytes: &mut [u8], from: (Ipv4Addr, u16), to: (Ipv4Addr, u16)) {
    let len = bytes.len() as u16;
    bytes[..2].copy_from_slice(&from.1.to_be_bytes());
    bytes[2..4].copy_from_slice(&to.1.to_be_bytes());
    bytes[4..6].copy_from_slice(&len.to_be_bytes());
    bytes[6..8].fill(0);
    let sum = checksum::finish(checksum::pseudo(from.0, to.0, ipv4::UDP, len) + checksum::sum(bytes));
    // 0 would mean "no checksum", so all ones is sent instead.
    let sum = if sum == 0 { 0xffff } else { sum };
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
}

/// Checks length and checksum of a datagram over IPv6, where there must be one (RFC 8200 §8.1; Linux `udp6_csum_init`
/// unless a tunnel was told `udp6zerocsumrx`).
pub fn check_over_ipv6(bytes: &[u8], src: Ipv6Addr, dst: Ipv6Addr) -> Result<Header, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    let len = usize::from(be16(bytes, 4));
    if len < HEADER_LEN || len > bytes.len() {
        return Err(Malformed::Length);
    }
    let total = ipv6::pseudo(src, dst, ipv4::UDP, len) + checksum::sum(&bytes[..len]);
    if be16(bytes, 6) == 0 || checksum::finish(total) != 0 {
        return Err(Malformed::Checksum);
    }
    Ok(Header { src: be16(bytes, 0), dst: be16(bytes, 2), len })
}

/// Makes the checksum of a datagram over IPv6 whose other fields are written.
pub fn write_sum_over_ipv6(bytes: &mut [u8], src: Ipv6Addr, dst: Ipv6Addr) {
    bytes[6..8].fill(0);
    let sum = checksum::finish(ipv6::pseudo(src, dst, ipv4::UDP, bytes.len()) + checksum::sum(bytes));
    let sum = if sum == 0 { 0xffff } else { sum };
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
}

/// Writes a header without a checksum, as tunnels over IPv4 may (RFC 768, RFC 7348 §5).
#[inline]
pub fn write_unchecked(bytes: &mut [u8], from: u16, to: u16) {
    let len = bytes.len() as u16;
    bytes[..2].copy_from_slice(&from.to_be_bytes());
    bytes[2..4].copy_from_slice(&to.to_be_bytes());
    bytes[4..6].copy_from_slice(&len.to_be_bytes());
    bytes[6..8].fill(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    #[test]
    fn written_datagrams_pass_and_damaged_ones_do_not() {
        for len in 0..100_u8 {
            let mut bytes = vec![0x5a; HEADER_LEN + usize::from(len)];
            write(&mut bytes, (A, 1000), (B, 9));
            assert_eq!(check(&bytes, A, B), Ok(Header { src: 1000, dst: 9, len: bytes.len() }));
            assert_eq!(check(&bytes, A, A), Err(Malformed::Checksum));
            bytes[0] ^= 1;
            assert_eq!(check(&bytes, A, B), Err(Malformed::Checksum));
        }
    }

    #[test]
    fn over_ipv6_there_is_always_a_checksum() {
        let (a, b) = (A.to_ipv6_compatible(), B.to_ipv6_mapped());
        for len in 0..100_u8 {
            let mut bytes = vec![0x5a; HEADER_LEN + usize::from(len)];
            write_unchecked(&mut bytes, 1000, 9);
            assert_eq!(check_over_ipv6(&bytes, a, b), Err(Malformed::Checksum), "none is not allowed");
            write_sum_over_ipv6(&mut bytes, a, b);
            assert_eq!(check_over_ipv6(&bytes, a, b), Ok(Header { src: 1000, dst: 9, len: bytes.len() }));
            bytes[0] ^= 1;
            assert_eq!(check_over_ipv6(&bytes, a, b), Err(Malformed::Checksum));
            assert!(check_over_ipv6(&bytes[..bytes.len() - 1], a, b).is_err());
        }
    }

    #[test]
    fn zero_checksum_means_none() {
        assert!(check(&[0, 1, 0, 2, 0, 8, 0, 0], A, B).is_ok());
        assert_eq!(check(&[0, 1, 0, 2, 0, 9, 0, 0], A, B), Err(Malformed::Length));
        assert_eq!(check(&[0, 1, 0, 2, 0, 7, 0, 0], A, B), Err(Malformed::Length));
    }
}
