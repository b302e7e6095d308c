//! Named random streams.
//!
//! Every entity draws from a stream of its own, seeded by the lab's seed and the stream's name. Adding a host to a
//! lab therefore never reshuffles the jitter of the others. The generator is named (PCG XSL-RR 128/64), because the
//! standard ones are documented as not portable, and all drawing goes through the helpers here, because the sampling
//! methods of `rand` may change their values in a minor release.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A stream of random numbers that belongs to one entity and one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Pcg64Mcg);

impl Stream {
    /// The stream called `name` of a run with this `seed`. Equal arguments give equal draws on every machine.
    pub fn named(seed: u64, name: &str) -> Self {
        // FNV-1a over the name, then the seed mixed in by splitmix64: both are fixed by their published constants.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&splitmix(hash ^ splitmix(seed)).to_le_bytes());
        bytes[8..].copy_from_slice(&splitmix(hash.rotate_left(32) ^ seed).to_le_bytes());
        Self(Pcg64Mcg::from_seed(bytes))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `bound`; 0 when `bound` is 0. Multiply-shift: the bias is below 2^-32 for every bound in use.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// True with a probability of `ppm` in a million.
    pub fn chance(&mut self, ppm: u32) -> bool {
        self.below(1_000_000) < u64::from(ppm)
    }
}

const fn splitmix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seeds_make_different_streams() {
        let first = |seed, name| Stream::named(seed, name).bits();
        assert_eq!(first(1, "eve"), first(1, "eve"));
        assert_ne!(first(1, "eve"), first(1, "ann"));
        assert_ne!(first(1, "eve"), first(2, "eve"));
    }

    #[test]
    fn draws_stay_below_their_bound() {
        let mut stream = Stream::named(7, "bound");
        assert_eq!(stream.below(0), 0);
        assert!((0..1000).all(|_| stream.below(6) < 6));
        assert!(!(0..1000).any(|_| stream.chance(0)));
        assert!((0..1000).all(|_| stream.chance(1_000_000)));
    }
}
