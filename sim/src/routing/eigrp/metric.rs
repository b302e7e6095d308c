//! How far a network is: a vector that grows on the way, and the one number made of it (RFC 7868 §5).

use crate::time::SimDuration;
use crate::wire::eigrp::{Metric, UNREACHABLE};

/// Nowhere, as a distance.
pub const INFINITY: u32 = u32::MAX;
/// A way over so many routers is taken for a loop.
const MOST_HOPS: u8 = 100;
/// Delays and bandwidths are told in so small parts.
const SCALE: u64 = 256;
/// What a bandwidth in kb/s divides.
const FASTEST: u64 = 10_000_000;

/// K1 to K6.
pub type Weights = [u8; 6];

/// What one link adds to a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Delay in tens of microseconds, times 256.
    pub delay: u32,
    /// 10^7 through the bandwidth in kb/s, times 256.
    pub bandwidth: u32,
    /// Largest IP packet.
    pub mtu: u16,
}

impl Cost {
    /// Of a link with this delay and bandwidth in kb/s.
    pub fn new(delay: SimDuration, bandwidth: u32, mtu: u16) -> Self {
        let small = |n: u64| u32::try_from(n).unwrap_or(UNREACHABLE - 1);
        let bandwidth = FASTEST / u64::from(bandwidth.max(1)) * SCALE;
        Self { delay: small(delay.0 / 10_000 * SCALE), bandwidth: small(bandwidth), mtu }
    }
}

/// A network on a link of this router, before the link is added.
pub const HERE: Metric =
    Metric { delay: 0, bandwidth: 0, mtu: 0xff_ffff, hops: 0, reliability: 255, load: 1, tag: 0, flags: 0 };
/// What is told of a network nobody reaches.
pub const NOWHERE: Metric =
    Metric { delay: UNREACHABLE, bandwidth: 0, mtu: 0, hops: 0, reliability: 0, load: 0, tag: 0, flags: 0 };

/// A way over one more link; nothing when it leads nowhere.
pub fn beyond(told: &Metric, link: Cost, by_router: bool) -> Option<Metric> {
    if told.delay == UNREACHABLE || told.hops >= MOST_HOPS {
        return None;
    }
    Some(Metric {
        delay: told.delay.checked_add(link.delay).filter(|delay| *delay != UNREACHABLE)?,
        bandwidth: told.bandwidth.max(link.bandwidth),
        mtu: told.mtu.min(u32::from(link.mtu)),
        hops: told.hops + u8::from(by_router),
        flags: 0,
        ..*told
    })
}

/// The distance a vector stands for.
pub fn distance(metric: &Metric, k: &Weights) -> u32 {
    if metric.delay == UNREACHABLE {
        return INFINITY;
    }
    let [k1, k2, k3, k4, k5, _] = k.map(u64::from);
    let (bandwidth, delay) = (u64::from(metric.bandwidth), u64::from(metric.delay));
    let mut all = k1 * bandwidth + k2 * bandwidth / (256 - u64::from(metric.load)) + k3 * delay;
    if k5 != 0 {
        all = all * k5 / (k4 + u64::from(metric.reliability)).max(1);
    }
    u32::try_from(all).unwrap_or(INFINITY - 1).min(INFINITY - 1)
}
