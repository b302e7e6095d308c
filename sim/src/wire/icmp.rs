//! ICMPv4 (RFC 792): echo, and errors that quote the packet they are about.

use std::net::Ipv4Addr;

use crate::wire::{Malformed, be16, checksum};

/// Type, code, checksum, and four bytes that depend on the type.
pub const HEADER_LEN: usize = 8;
/// Type of an echo reply.
pub const ECHO_REPLY: u8 = 0;
/// Type "destination unreachable".
pub const UNREACHABLE: u8 = 3;
/// Type of an echo request.
pub const ECHO_REQUEST: u8 = 8;
/// Type "time exceeded".
pub const TIME_EXCEEDED: u8 = 11;
/// Code of [`UNREACHABLE`]: no such host.
pub const HOST: u8 = 1;
/// Code of [`UNREACHABLE`]: no such protocol.
pub const PROTOCOL: u8 = 2;
/// Code of [`UNREACHABLE`]: no such port.
pub const PORT: u8 = 3;
/// Code of [`UNREACHABLE`]: would have to be fragmented (RFC 1191 §4).
pub const FRAGMENTATION_NEEDED: u8 = 4;

/// Code of [`UNREACHABLE`]: forbidden by a rule.
pub const PROHIBITED: u8 = 13;
/// Code of [`TIME_EXCEEDED`]: fragments were missing when time was up.
pub const REASSEMBLY: u8 = 1;

/// Largest ICMP error packet, IP header included (RFC 1812 §4.3.2.3).
const ERROR_MAX: usize = 576;

/// A message that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type.
    pub kind: u8,
    /// Code.
    pub code: u8,
    /// Bytes 4 and 5: the identifier of an echo.
    pub id: u16,
    /// Bytes 6 and 7: the sequence number of an echo, the next hop's MTU of "fragmentation needed".
    pub seq: u16,
}

/// Checks length and checksum.
#[inline]
pub fn check(bytes: &[u8]) -> Result<Header, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    if checksum::finish(checksum::sum(bytes)) != 0 {
        return Err(Malformed::Checksum);
    }
    Ok(Header { kind: bytes[0], code: bytes[1], id: be16(bytes, 4), seq: be16(bytes, 6) })
}

/// Writes the header in front of a payload that is already in `bytes`, checksum included.
pub fn write(bytes: &mut [u8], header: Header) {
    bytes[0] = header.kind;
    bytes[1] = header.code;
    bytes[2..4].fill(0);
    bytes[4..6].copy_from_slice(&header.id.to_be_bytes());
    bytes[6..8].copy_from_slice(&header.seq.to_be_bytes());
    let sum = checksum::finish(checksum::sum(bytes));
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
}

/// How many bytes of a packet an error quotes that goes over links with this MTU.
pub fn quoted_len(packet_len: usize, mtu: u16) -> usize {
    packet_len.min(ERROR_MAX.min(usize::from(mtu)).saturating_sub(super::ipv4::HEADER_LEN + HEADER_LEN))
}

/// A type that reports an error, or an unknown one, which may be one: never answered by an error (RFC 1122 §3.2.2).
pub const fn is_error(kind: u8) -> bool {
    // Type 18 is the last one Linux knows (`NR_ICMP_TYPES`).
    matches!(kind, 3 | 4 | 5 | 11 | 12) || kind > 18
}

/// The packet an error quotes: source, destination, protocol, and the first eight bytes behind its header.
pub fn quoted(bytes: &[u8]) -> Option<(Ipv4Addr, Ipv4Addr, u8, &[u8])> {
    let packet = bytes.get(HEADER_LEN..)?;
    if packet.len() < super::ipv4::HEADER_LEN {
        return None;
    }
    let header_len = (usize::from(packet[0] & 0x0f) * 4).max(super::ipv4::HEADER_LEN);
    let rest = packet.get(header_len..header_len + 8)?;
    let address = |at: usize| Ipv4Addr::from_bits(super::be32(packet, at));
    Some((address(12), address(16), packet[9], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_request_byte_for_byte() {
        let mut bytes = [0, 0, 0, 0, 0, 0, 0, 0, b'h', b'i'];
        let header = Header { kind: ECHO_REQUEST, code: 0, id: 0x1234, seq: 1 };
        write(&mut bytes, header);
        assert_eq!(bytes, [8, 0, 0x7d, 0x61, 0x12, 0x34, 0, 1, b'h', b'i']);
        assert_eq!(check(&bytes), Ok(header));
        bytes[9] ^= 1;
        assert_eq!(check(&bytes), Err(Malformed::Checksum));
        assert_eq!(check(&bytes[..7]), Err(Malformed::TooShort));
    }

    #[test]
    fn an_error_quotes_at_most_what_fits() {
        assert_eq!(quoted_len(84, 1500), 84);
        assert_eq!(quoted_len(1500, 1500), 548);
        assert_eq!(quoted_len(1500, 300), 272);
        assert_eq!(quoted(&[0; 30]), None);
        assert!(quoted(&[0; 36]).is_some());
    }
}
