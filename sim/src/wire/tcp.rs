//! TCP headers (RFC 9293 §3.1), as far as a stack reads them itself: which socket a segment is for, and the segment
//! that says nobody is there. All else about them is smoltcp's.

use std::net::Ipv4Addr;

use crate::wire::{Malformed, be16, be32, checksum, ipv4};

/// A header without options.
pub const HEADER_LEN: usize = 20;

/// The sender has sent everything.
pub const FIN: u16 = 0x001;
/// Opens a connection.
pub const SYN: u16 = 0x002;
/// Ends it at once.
pub const RST: u16 = 0x004;
/// The receiver should not wait for more.
pub const PSH: u16 = 0x008;
/// The acknowledgement number counts.
pub const ACK: u16 = 0x010;

/// Names of the flags in the order in which people list them.
const NAMES: [(u16, &str); 9] = [
    (SYN, "SYN"),
    (FIN, "FIN"),
    (RST, "RST"),
    (PSH, "PSH"),
    (ACK, "ACK"),
    (0x020, "URG"),
    (0x040, "ECE"),
    (0x080, "CWR"),
    (0x100, "AE"),
];

/// `SYN, ACK`.
pub fn flag_names(flags: u16) -> String {
    let set: Vec<&str> = NAMES.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    set.join(", ")
}

/// A header that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source port.
    pub src: u16,
    /// Destination port.
    pub dst: u16,
    /// Number of the first byte.
    pub seq: u32,
    /// Number of the next byte expected, if [`ACK`] is set.
    pub ack: u32,
    /// Flags.
    pub flags: u16,
    /// Length of the header with its options.
    pub len: usize,
}

/// Checks lengths and checksum of a segment between two addresses.
pub fn check(bytes: &[u8], src: Ipv4Addr, dst: Ipv4Addr) -> Result<Header, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    let len = usize::from(bytes[12] >> 4) * 4;
    if len < HEADER_LEN || len > bytes.len() {
        return Err(Malformed::HeaderLength);
    }
    let total = checksum::pseudo(src, dst, ipv4::TCP, bytes.len() as u16) + checksum::sum(bytes);
    if checksum::finish(total) != 0 {
        return Err(Malformed::Checksum);
    }
    let (seq, ack) = (be32(bytes, 4), be32(bytes, 8));
    Ok(Header { src: be16(bytes, 0), dst: be16(bytes, 2), seq, ack, flags: be16(bytes, 12) & 0x01ff, len })
}

/// Where the longest segment that a SYN announces stands in it (RFC 9293 §3.7.1), if it says so.
pub fn mss_at(segment: &[u8]) -> Option<usize> {
    const END: u8 = 0;
    const PAD: u8 = 1;
    const MSS: u8 = 2;
    if segment.len() < HEADER_LEN || be16(segment, 12) & SYN == 0 {
        return None;
    }
    let header = &segment[..(usize::from(segment[12] >> 4) * 4).min(segment.len())];
    let mut at = HEADER_LEN;
    loop {
        match (*header.get(at)?, header.get(at + 1)) {
            (END, _) => return None,
            (PAD, _) => at += 1,
            (MSS, Some(4)) if at + 4 <= header.len() => return Some(at + 2),
            (_, Some(len @ 2..)) => at += usize::from(*len),
            _ => return None,
        }
    }
}

/// Lowers the longest segment that a SYN announces to `most`, and says what it was; `None` is a segment that says
/// nothing of the kind, or no more than that.
pub fn clamp_mss(segment: &mut [u8], most: u16) -> Option<u16> {
    let at = mss_at(segment)?;
    let old = be16(segment, at);
    if old <= most {
        return None;
    }
    segment[at..at + 2].copy_from_slice(&most.to_be_bytes());
    // At an odd place its halves belong to two words of the sum.
    let in_sum = |mss: u16| if at.is_multiple_of(2) { mss } else { mss.swap_bytes() };
    let sum = checksum::update(be16(segment, 16), in_sum(old), in_sum(most));
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    Some(old)
}

/// Writes the segment that refuses another, which carried `payload` bytes (RFC 9293 §3.10.7.1); `addresses` are its
/// source and destination.
pub fn write_reset(bytes: &mut [u8], refused: &Header, payload: usize, addresses: (Ipv4Addr, Ipv4Addr)) {
    // What was acknowledged is where the other side expects the next byte; else its own numbers have to do.
    let counted = payload as u32 + u32::from(refused.flags & SYN != 0) + u32::from(refused.flags & FIN != 0);
    let (seq, ack, flags) = if refused.flags & ACK != 0 {
        (refused.ack, 0, RST)
    } else {
        (0, refused.seq.wrapping_add(counted), RST | ACK)
    };
    bytes.fill(0);
    bytes[..2].copy_from_slice(&refused.dst.to_be_bytes());
    bytes[2..4].copy_from_slice(&refused.src.to_be_bytes());
    bytes[4..8].copy_from_slice(&seq.to_be_bytes());
    bytes[8..12].copy_from_slice(&ack.to_be_bytes());
    bytes[12..14].copy_from_slice(&(flags | (HEADER_LEN as u16 / 4) << 12).to_be_bytes());
    let pseudo = checksum::pseudo(addresses.0, addresses.1, ipv4::TCP, bytes.len() as u16);
    let sum = checksum::finish(pseudo + checksum::sum(bytes));
    bytes[16..18].copy_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn refused(flags: u16) -> Header {
        Header { src: 40_000, dst: 80, seq: u32::MAX, ack: 77, flags, len: HEADER_LEN }
    }

    #[test]
    fn a_refusal_speaks_from_what_was_acknowledged_or_counts_what_came() {
        let mut bytes = [0xaa; HEADER_LEN];
        write_reset(&mut bytes, &refused(ACK), 5, (B, A));
        let header = check(&bytes, B, A).unwrap();
        assert_eq!((header.src, header.dst, header.seq, header.ack, header.flags), (80, 40_000, 77, 0, RST));
        write_reset(&mut bytes, &refused(SYN), 0, (B, A));
        let header = check(&bytes, B, A).unwrap();
        assert_eq!((header.seq, header.ack, header.flags), (0, 0, RST | ACK));
        write_reset(&mut bytes, &refused(FIN), 5, (B, A));
        assert_eq!(check(&bytes, B, A).unwrap().ack, 5);
    }

    #[test]
    fn damaged_segments_do_not_pass() {
        let mut bytes = [0; HEADER_LEN];
        write_reset(&mut bytes, &refused(ACK), 0, (B, A));
        assert_eq!(check(&bytes, A, A), Err(Malformed::Checksum));
        assert_eq!(check(&bytes[..19], B, A), Err(Malformed::TooShort));
        bytes[12] = 0x40;
        assert_eq!(check(&bytes, B, A), Err(Malformed::HeaderLength));
        bytes[12] = 0x60;
        assert_eq!(check(&bytes, B, A), Err(Malformed::HeaderLength));
    }

    /// A SYN with options and a right checksum.
    fn syn(flags: u16, options: &[u8]) -> Vec<u8> {
        assert_eq!(options.len() % 4, 0);
        let mut bytes = vec![0; HEADER_LEN];
        bytes.extend_from_slice(options);
        let len = (bytes.len() / 4) as u16;
        bytes[12..14].copy_from_slice(&(flags | len << 12).to_be_bytes());
        let sum = checksum::pseudo(A, B, ipv4::TCP, bytes.len() as u16) + checksum::sum(&bytes);
        bytes[16..18].copy_from_slice(&checksum::finish(sum).to_be_bytes());
        bytes
    }

    #[test]
    fn a_syn_announces_no_more_than_it_may() {
        let options: [&[u8]; 3] =
            [&[2, 4, 5, 0xb4], &[1, 2, 4, 5, 0xb4, 1, 1, 0], &[3, 3, 7, 1, 4, 2, 2, 4, 5, 0xb4, 1, 0]];
        for options in options {
            for flags in [SYN, SYN | ACK] {
                let mut bytes = syn(flags, options);
                assert_eq!(clamp_mss(&mut bytes, 1460), None, "it says no more than that");
                assert_eq!(bytes, syn(flags, options));
                assert_eq!(clamp_mss(&mut bytes, 1410), Some(1460));
                assert!(check(&bytes, A, B).is_ok(), "the checksum is right: {options:?}");
                assert_eq!(clamp_mss(&mut bytes, 1410), None);
            }
        }
    }

    #[test]
    fn what_announces_nothing_is_left_alone() {
        let none: [(u16, &[u8]); 6] = [
            (ACK, &[2, 4, 5, 0xb4]),
            (SYN, &[]),
            (SYN, &[0, 2, 4, 5, 0xb4, 0, 0, 0]),
            (SYN, &[1, 1, 2, 4]),
            (SYN, &[8, 0, 2, 4, 5, 0xb4, 0, 0]),
            (SYN, &[2, 3, 5, 0xb4]),
        ];
        for (flags, options) in none {
            let mut bytes = syn(flags, options);
            assert_eq!(clamp_mss(&mut bytes, 100), None, "{options:?}");
            assert_eq!(bytes, syn(flags, options));
        }
        // Cut anywhere, or with a header longer than the segment.
        let whole = syn(SYN, &[1, 1, 1, 1, 2, 4, 5, 0xb4]);
        for len in 0..whole.len() {
            assert_eq!(clamp_mss(&mut whole[..len].to_vec(), 100), None, "{len}");
        }
    }

    #[test]
    fn flags_have_names() {
        assert_eq!(flag_names(SYN | ACK), "SYN, ACK");
        assert_eq!(flag_names(0), "");
    }
}
