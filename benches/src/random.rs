//! The random numbers of the workloads: xorshift64*, a few lines in any language, so that peers draw the same.

/// A xorshift64* generator.
#[derive(Clone, Debug)]
pub struct Xorshift(u64);

impl Xorshift {
    /// The generator every workload starts with.
    pub fn seeded(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ seed.wrapping_mul(0x0123_4567))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(2_685_821_657_736_338_717)
    }

    /// A number below `bound`, by remainder as the definition of the workloads wants it.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound
    }
}
