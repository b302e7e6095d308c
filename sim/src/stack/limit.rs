//! How often a host may be told of errors: the token bucket of Linux `net/ipv4/inetpeer.c`, one for each target.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::time::{SimDuration, SimTime};

/// What one error costs (`net.ipv4.icmp_ratelimit`).
const COST: SimDuration = SimDuration::from_secs(1);
/// What a target saves up at most: six errors (`XRLIM_BURST_FACTOR`).
const MOST: SimDuration = SimDuration::from_secs(6);
/// Targets remembered before those that have saved up everything are forgotten for the first time.
const TIDY: usize = 1024;

/// Time saved up by a target, and when that was last counted.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    saved: SimDuration,
    counted: SimTime,
}

impl Bucket {
    fn saved(&self, now: SimTime) -> SimDuration {
        (self.saved + (now - self.counted)).min(MOST)
    }
}

/// Errors a host sends at once, whoever they are for (`net.ipv4.icmp_msgs_burst`).
const BURST: u64 = 50;
/// What comes back each second (`net.ipv4.icmp_msgs_per_sec`).
const PER_SECOND: u64 = 1_000;
/// The host's own count is brought up to date no more often (Linux `icmp_global_allow`).
const STEP: u64 = 20_000_000;

/// How many errors a host may still send, whoever they are for. Linux takes 0 to 2 for each by chance, here it is 1.
#[derive(Clone, Copy, Debug, Default)]
struct Host {
    spent: u64,
    counted: SimTime,
}

/// The buckets of a stack.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    host: Host,
    buckets: IndexMap<Ipv4Addr, Bucket, FxBuildHasher>,
    /// How many were left when last tidied up.
    kept: usize,
}

impl Limits {
    /// Whether `target` may be told of an error now; if so, it is charged.
    pub fn allow(&mut self, now: SimTime, target: Ipv4Addr) -> bool {
        // Only when twice as many have gathered, so that a flood from everywhere costs no more than it must.
        if self.buckets.len() >= TIDY.max(2 * self.kept) {
            self.buckets.retain(|_, bucket| bucket.saved(now) < MOST);
            self.kept = self.buckets.len();
        }
        let bucket = self.buckets.entry(target).or_insert(Bucket { saved: MOST, counted: now });
        let saved = bucket.saved(now);
        let enough = saved >= COST;
        let left = if enough { SimDuration(saved.0 - COST.0) } else { saved };
        *bucket = Bucket { saved: left, counted: now };
        enough
    }

    /// Whether this host may send another error at all; [`Limits::spend`] charges it.
    pub fn host_allows(&mut self, now: SimTime) -> bool {
        let passed = (now - self.host.counted).0;
        if passed >= STEP {
            let back = PER_SECOND * passed.min(1_000_000_000) / 1_000_000_000;
            self.host = Host { spent: self.host.spent.saturating_sub(back), counted: now };
        }
        self.host.spent < BURST
    }

    /// Charges an error to the host.
    pub fn spend(&mut self) {
        self.host.spent += 1;
    }

    /// Forgets everybody.
    pub fn clear(&mut self) {
        self.buckets.clear();
        self.host = Host::default();
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.buckets.capacity() * 40
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn at_ms(ms: u64) -> SimTime {
        SimTime(ms * 1_000_000)
    }

    #[test]
    fn six_at_once_then_one_a_second_for_each_target() {
        let mut limits = Limits::default();
        let mut burst = |ms, target| (0..10).filter(|_| limits.allow(at_ms(ms), target)).count();
        assert_eq!(burst(0, A), 6);
        assert_eq!(burst(999, A), 0);
        assert_eq!(burst(999, B), 6, "another target has a bucket of its own");
        assert_eq!(burst(1000, A), 1);
        assert_eq!(burst(4500, A), 3);
        assert_eq!(burst(5000, A), 1, "half a second was left over");
        assert_eq!(burst(60_000, A), 6, "no more is saved up");
    }

    #[test]
    fn a_host_sends_fifty_errors_at_once_and_then_a_thousand_a_second() {
        let mut limits = Limits::default();
        let mut burst = |ms| {
            let now = at_ms(ms);
            std::iter::from_fn(|| limits.host_allows(now).then(|| limits.spend())).count()
        };
        assert_eq!(burst(100), 50);
        assert_eq!(burst(119), 0);
        assert_eq!(burst(120), 20);
        assert_eq!(burst(150), 30);
        assert_eq!(burst(10_000), 50, "no more is saved up");
    }

    #[test]
    fn targets_told_long_ago_are_forgotten() {
        let mut limits = Limits::default();
        (0..5_000).for_each(|n| assert!(limits.allow(at_ms(n * 10), Ipv4Addr::from_bits(n as u32))));
        assert!(limits.buckets.len() <= TIDY, "{}", limits.buckets.len());
    }
}
