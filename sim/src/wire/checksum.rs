//! The Internet checksum (RFC 1071) and its incremental update (RFC 1624).

use std::net::Ipv4Addr;

/// Sum of the 16-bit words of `bytes`, not folded; an odd last byte counts as the high half of a word.
///
/// Eight bytes are added at a time in little-endian order (RFC 1071 §2 B: the sum does not depend on byte order,
/// only its result must be swapped), which is several times faster than word by word.
#[inline]
pub fn sum(bytes: &[u8]) -> u32 {
    let mut total: u64 = 0;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        total += (word & 0xffff_ffff) + (word >> 32);
    }
    let mut rest = [0; 8];
    let tail = chunks.remainder();
    rest[..tail.len()].copy_from_slice(tail);
    let word = u64::from_le_bytes(rest);
    total += (word & 0xffff_ffff) + (word >> 32);
    u32::from(fold(total).swap_bytes())
}

#[inline]
const fn fold(mut total: u64) -> u16 {
    total = (total & 0xffff_ffff) + (total >> 32);
    total = (total & 0xffff) + (total >> 16);
    total = (total & 0xffff) + (total >> 16);
    total = (total & 0xffff) + (total >> 16);
    total as u16
}

/// The checksum field for a sum: folded to 16 bits and inverted.
#[inline]
pub const fn finish(total: u32) -> u16 {
    !fold(total as u64)
}

/// Sum of the pseudo header of UDP and TCP (RFC 768, RFC 9293 §3.1).
#[inline]
pub const fn pseudo(src: Ipv4Addr, dst: Ipv4Addr, protocol: u8, len: u16) -> u32 {
    let (s, d) = (src.to_bits(), dst.to_bits());
    (s >> 16) + (s & 0xffff) + (d >> 16) + (d & 0xffff) + protocol as u32 + len as u32
}

/// The new checksum when one 16-bit word changes from `old` to `new` (RFC 1624 §3, equation 3).
#[inline]
pub const fn update(checksum: u16, old: u16, new: u16) -> u16 {
    finish((!checksum) as u32 + (!old) as u32 + new as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn word_by_word(bytes: &[u8]) -> u16 {
        let words = bytes.chunks(2).map(|c| u32::from(u16::from_be_bytes([c[0], *c.get(1).unwrap_or(&0)])));
        let mut total: u32 = words.sum();
        while total >> 16 != 0 {
            total = (total & 0xffff) + (total >> 16);
        }
        !(total as u16)
    }

    #[test]
    fn agrees_with_the_definition_for_every_length() {
        let mut random = Stream::named(1, "checksum");
        for len in 0..200 {
            let bytes: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
            assert_eq!(finish(sum(&bytes)), word_by_word(&bytes), "{len} bytes");
        }
    }

    #[test]
    fn rfc_1071_example() {
        assert_eq!(finish(sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])), !0xddf2);
    }

    #[test]
    fn update_equals_a_fresh_sum() {
        let mut bytes = [0x45, 0, 0, 84, 0x12, 0x34, 0x40, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        let before = finish(sum(&bytes));
        bytes[8] = 63;
        assert_eq!(update(before, 0x4001, 0x3f01), finish(sum(&bytes)));
    }
}
