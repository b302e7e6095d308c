//! The Internet checksum (RFC 1071) and its incremental update (RFC 1624).

use std::net::Ipv4Addr;

/// Sum of the 16-bit words of `bytes`; an odd last byte counts as the high half of a word.
///
/// Eight bytes are added at a time: 2^16 leaves 1 when divided by 2^16 - 1, so a word counts the same wherever it
/// stands in a longer one. The total is so wide that no carry is lost. Bytes are taken in the order of this machine
/// and only the sum is turned round (RFC 1071 §2 B).
#[inline]
pub fn sum(bytes: &[u8]) -> u64 {
    // Blocks of a fixed size are added without counting.
    let (blocks, rest) = bytes.as_chunks::<32>();
    let words = |bytes: &[u8]| -> u128 {
        bytes.as_chunks::<8>().0.iter().map(|word| u128::from(u64::from_ne_bytes(*word))).sum()
    };
    let mut total: u128 = blocks.iter().map(|block| words(block)).sum();
    let (pairs, rest) = rest.as_chunks::<16>();
    if let [pair] = pairs {
        total += words(pair);
    }
    let (single, rest) = rest.as_chunks::<8>();
    if let [word] = single {
        total += words(word);
    }
    let (halves, rest) = rest.as_chunks::<4>();
    if let [half] = halves {
        total += u128::from(u32::from_ne_bytes(*half));
    }
    let (pairs, odd) = rest.as_chunks::<2>();
    if let [pair] = pairs {
        total += u128::from(u16::from_ne_bytes(*pair));
    }
    if let [last] = odd {
        total += u128::from(u16::from_ne_bytes([*last, 0]));
    }
    let (low, carry) = (total as u64).overflowing_add((total >> 64) as u64);
    u64::from(u16::from_be(fold(low + u64::from(carry))))
}

/// Adds the upper half to the lower one, and the carry again, until 16 bits are left: turned round and added to
/// itself, a number has that sum in its upper half.
#[inline]
const fn fold(total: u64) -> u16 {
    let total = (total.wrapping_add(total.rotate_left(32)) >> 32) as u32;
    (total.wrapping_add(total.rotate_left(16)) >> 16) as u16
}

/// The checksum field for a sum: folded to 16 bits and inverted.
#[inline]
pub const fn finish(total: u64) -> u16 {
    !fold(total)
}

/// Sum of the pseudo header of UDP and TCP (RFC 768, RFC 9293 §3.1).
#[inline]
pub const fn pseudo(src: Ipv4Addr, dst: Ipv4Addr, protocol: u8, len: u16) -> u64 {
    src.to_bits() as u64 + dst.to_bits() as u64 + protocol as u64 + len as u64
}

/// The new checksum when one 16-bit word changes from `old` to `new` (RFC 1624 §3, equation 3).
#[inline]
pub const fn update(checksum: u16, old: u16, new: u16) -> u16 {
    finish((!checksum) as u64 + (!old) as u64 + new as u64)
}

/// Fletcher checksum of bytes whose checksum field, at `at`, is zero (RFC 905 annex B): of an LSA of OSPF and
/// an LSP of IS-IS.
pub fn fletcher(bytes: &[u8], at: usize) -> u16 {
    let (mut low, mut high) = (0_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 255;
        high = (high + low) % 255;
    }
    let behind = (bytes.len() - at - 1) as u32 % 255;
    let first = (behind * low + 255 - high) % 255;
    let first = if first == 0 { 255 } else { first };
    let second = 510 - low - first;
    let second = if second > 255 { second - 255 } else { second };
    (first << 8 | second) as u16
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
        let ones = vec![0xff; 65_535];
        assert_eq!(finish(sum(&ones)), word_by_word(&ones), "every addition carries");
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
