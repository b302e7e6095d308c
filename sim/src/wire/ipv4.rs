//! IPv4 headers (RFC 791 §3.1): checked once on entry, written whole, edited in place by routers.

use std::net::Ipv4Addr;

use crate::wire::{Malformed, be16, be32, checksum};

/// Length of a header without options.
pub const HEADER_LEN: usize = 20;
/// Time to live Linux gives to its own packets (`net.ipv4.ip_default_ttl`).
pub const DEFAULT_TTL: u8 = 64;

/// Type of service of ICMP errors: internetwork control (RFC 791 §3.1; Linux `net/ipv4/icmp.c` `icmp_send`).
pub const TOS_CONTROL: u8 = 0xc0;

/// Protocol number of ICMP.
pub const ICMP: u8 = 1;
/// Protocol number of IGMP.
pub const IGMP: u8 = 2;
/// Protocol number of TCP.
pub const TCP: u8 = 6;
/// Protocol number of UDP.
pub const UDP: u8 = 17;

/// A header that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub src: Ipv4Addr,
    /// Destination address.
    pub dst: Ipv4Addr,
    /// Protocol of the payload.
    pub protocol: u8,
    /// Time to live.
    pub ttl: u8,
    /// Bytes of the header, options included.
    pub header_len: usize,
    /// Bytes of header and payload; what follows is padding.
    pub total_len: usize,
    /// Don't fragment.
    pub df: bool,
    /// More fragments follow.
    pub mf: bool,
    /// Place of this fragment in the whole, in bytes.
    pub offset: usize,
    /// Identification.
    pub id: u16,
    /// Type of service.
    pub tos: u8,
}

/// What a sender chooses; the rest of a header follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Send {
    /// Source address.
    pub src: Ipv4Addr,
    /// Destination address.
    pub dst: Ipv4Addr,
    /// Protocol of the payload.
    pub protocol: u8,
    /// Time to live.
    pub ttl: u8,
    /// Don't fragment.
    pub df: bool,
    /// Type of service: a wish for priority (RFC 2474).
    pub tos: u8,
    /// Identification.
    pub id: u16,
}

/// Checks version, header length, total length and header checksum, in the order of Linux `ip_rcv_core`
/// (`net/ipv4/ip_input.c`).
#[inline]
pub fn check(bytes: &[u8]) -> Result<Header, Malformed> {
    // Nearly all headers are of the same length, which is summed without counting.
    match bytes.first_chunk::<HEADER_LEN>() {
        Some(plain) if plain[0] == 0x45 => {
            if checksum::finish(checksum::sum(plain)) != 0 {
                return Err(Malformed::Checksum);
            }
            fields(bytes, HEADER_LEN)
        }
        _ => check_any(bytes),
    }
}

#[cold]
fn check_any(bytes: &[u8]) -> Result<Header, Malformed> {
    let header_len = header_len(bytes)?;
    if checksum::finish(checksum::sum(&bytes[..header_len])) != 0 {
        return Err(Malformed::Checksum);
    }
    fields(bytes, header_len)
}

/// Reads a header that was checked before: what an IP stack hands over, and what it is given by the tunnels above it.
#[inline]
pub fn read(bytes: &[u8]) -> Result<Header, Malformed> {
    fields(bytes, header_len(bytes)?)
}

#[inline]
fn header_len(bytes: &[u8]) -> Result<usize, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    if bytes[0] >> 4 != 4 {
        return Err(Malformed::Version);
    }
    let header_len = usize::from(bytes[0] & 0x0f) * 4;
    if header_len < HEADER_LEN || header_len > bytes.len() {
        return Err(Malformed::HeaderLength);
    }
    Ok(header_len)
}

#[inline]
fn fields(bytes: &[u8], header_len: usize) -> Result<Header, Malformed> {
    let total_len = usize::from(be16(bytes, 2));
    if total_len < header_len || total_len > bytes.len() {
        return Err(Malformed::Length);
    }
    let fragment = be16(bytes, 6);
    Ok(Header {
        src: Ipv4Addr::from_bits(be32(bytes, 12)),
        dst: Ipv4Addr::from_bits(be32(bytes, 16)),
        protocol: bytes[9],
        ttl: bytes[8],
        header_len,
        total_len,
        df: fragment & 0x4000 != 0,
        mf: fragment & 0x2000 != 0,
        offset: usize::from(fragment & 0x1fff) * 8,
        id: be16(bytes, 4),
        tos: bytes[1],
    })
}

/// The bits of a prefix of this length.
#[inline]
pub const fn mask(len: u8) -> u32 {
    ((u32::MAX as u64) << 32_u8.saturating_sub(len)) as u32
}

/// `10.1.0.0/16`, or an address alone for all 32 bits; bits behind the prefix are cleared.
pub fn prefix(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (ip, len) = text.split_once('/').unwrap_or((text, "32"));
    let (ip, len): (Ipv4Addr, u8) = (ip.parse().ok()?, len.parse().ok().filter(|len| *len <= 32)?);
    Some((Ipv4Addr::from_bits(ip.to_bits() & mask(len)), len))
}

/// Writes a 20-byte header for a packet of `total_len` bytes into the first bytes, which must be there.
#[inline]
pub fn write(bytes: &mut [u8], send: &Send, total_len: usize) {
    let header = &mut bytes[..HEADER_LEN];
    header[0] = 0x45;
    header[1] = send.tos;
    header[2..4].copy_from_slice(&(total_len as u16).to_be_bytes());
    header[4..6].copy_from_slice(&send.id.to_be_bytes());
    header[6] = if send.df { 0x40 } else { 0 };
    header[7] = 0;
    header[8] = send.ttl;
    header[9] = send.protocol;
    header[10..12].fill(0);
    header[12..16].copy_from_slice(&send.src.octets());
    header[16..20].copy_from_slice(&send.dst.octets());
    let sum = checksum::finish(checksum::sum(header));
    header[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// Takes one off the time to live and mends the checksum (RFC 1624). The header was checked before.
#[inline]
pub fn decrement_ttl(bytes: &mut [u8]) {
    let old = be16(bytes, 8);
    bytes[8] = bytes[8].saturating_sub(1);
    let sum = checksum::update(be16(bytes, 10), old, be16(bytes, 8));
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// Makes a header, options included, that of a fragment or of a whole packet without DF: its length, its place, and
/// whether more follow. Mends the checksum. The header was checked before.
pub fn set_fragment(bytes: &mut [u8], total_len: usize, mf: bool, offset: usize) {
    let header_len = usize::from(bytes[0] & 0x0f) * 4;
    let header = &mut bytes[..header_len];
    header[2..4].copy_from_slice(&(total_len as u16).to_be_bytes());
    let field = (offset / 8) as u16 | if mf { 0x2000 } else { 0 };
    header[6..8].copy_from_slice(&field.to_be_bytes());
    header[10..12].fill(0);
    let sum = checksum::finish(checksum::sum(header));
    header[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// Blanks the options that only the first fragment carries (RFC 791 §3.1; Linux `ip_options_fragment`).
pub fn drop_uncopied_options(bytes: &mut [u8], header_len: usize) {
    let mut at = HEADER_LEN;
    while at < header_len {
        let len = match bytes[at] {
            0 => return,
            1 => 1,
            _ if at + 1 >= header_len => return,
            _ => usize::from(bytes[at + 1]),
        };
        if len == 0 || at + len > header_len || bytes[at] > 1 && len < 2 {
            return;
        }
        if bytes[at] & 0x80 == 0 {
            bytes[at..at + len].fill(1);
        }
        at += len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Vec<u8> {
        let mut bytes = vec![0; 84];
        let send = Send {
            src: Ipv4Addr::new(10, 0, 0, 1),
            dst: Ipv4Addr::new(10, 0, 0, 2),
            protocol: ICMP,
            ttl: 64,
            df: true,
            tos: 0,
            id: 0x1234,
        };
        write(&mut bytes, &send, 84);
        bytes
    }

    #[test]
    fn header_bytes_are_those_of_the_rfc() {
        let expected = [0x45, 0, 0, 84, 0x12, 0x34, 0x40, 0, 64, 1, 0x14, 0x73, 10, 0, 0, 1, 10, 0, 0, 2];
        assert_eq!(packet()[..20], expected);
        let header = check(&packet()).unwrap();
        assert_eq!((header.total_len, header.df, header.mf, header.offset), (84, true, false, 0));
    }

    #[test]
    fn each_check_says_what_failed() {
        let damaged = |at: usize, value: u8| {
            let mut bytes = packet();
            bytes[at] = value;
            check(&bytes)
        };
        assert_eq!(check(&packet()[..19]), Err(Malformed::TooShort));
        assert_eq!(damaged(0, 0x65), Err(Malformed::Version));
        assert_eq!(damaged(0, 0x44), Err(Malformed::HeaderLength));
        assert_eq!(damaged(8, 63), Err(Malformed::Checksum));
        assert_eq!(check(&packet()[..83]), Err(Malformed::Length));
    }

    #[test]
    fn a_fragment_keeps_only_the_options_that_are_copied() {
        // Record route (7, not copied), a no-operation, router alert (148, copied), end.
        let mut bytes = packet();
        bytes[0] = 0x49;
        bytes[20..36].copy_from_slice(&[7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0, 0, 0, 0, 0]);
        drop_uncopied_options(&mut bytes, 36);
        set_fragment(&mut bytes, 76, true, 1480);
        assert_eq!(bytes[20..36], [1, 1, 1, 1, 1, 1, 1, 1, 148, 4, 0, 0, 0, 0, 0, 0]);
        let header = check(&bytes).unwrap();
        assert_eq!((header.total_len, header.df, header.mf, header.offset), (76, false, true, 1480));
        for (at, len) in [(20, 0), (20, 17), (35, 9)] {
            let mut odd = packet();
            odd[20..36].fill(1);
            odd[at] = 7;
            odd[at + 1] = len;
            drop_uncopied_options(&mut odd, 36);
        }
    }

    #[test]
    fn a_router_hop_keeps_the_checksum_right() {
        let mut bytes = packet();
        for left in (0..64).rev() {
            decrement_ttl(&mut bytes);
            assert_eq!(check(&bytes).unwrap().ttl, left);
        }
    }
}
