//! From times of paths to prices: what two paths differ in costs what their times differ by.

use std::borrow::Cow;

use overunder_sim::cost::{self, COSTS, Cost, Price, Profile};

use super::child::LONG;
use super::paths::Path;

/// Nanoseconds of a datagram on each path, and of what programs do.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub loopback: u64,
    /// The same with [`LONG`] bytes.
    pub long: u64,
    pub veth: u64,
    pub bridge: u64,
    pub routed: u64,
    pub vxlan: Option<u64>,
    pub ipip: Option<u64>,
    /// A copy between a program and the kernel, without its bytes, and picoseconds for each of them.
    pub copy: u64,
    pub byte_ps: u64,
    /// Until a program that waits has read what was written.
    pub wake: u64,
}

impl Measured {
    /// Each path with its time.
    pub fn paths(&self) -> [(Path, Option<u64>); 6] {
        [
            (Path::Loopback, Some(self.loopback)),
            (Path::Veth, Some(self.veth)),
            (Path::Bridge, Some(self.bridge)),
            (Path::Routed, Some(self.routed)),
            (Path::Vxlan, self.vxlan),
            (Path::Ipip, self.ipip),
        ]
    }

    /// The price of a cost, if a path has it.
    fn price(&self, cost: Cost) -> Option<Price> {
        let veth = self.veth.saturating_sub(self.loopback);
        // One more veth pair than between two hosts, and what stands between.
        let between = |path: u64| Some(path.saturating_sub(self.veth).saturating_sub(veth));
        let both_ends = |path: Option<u64>| path.map(|path| path.saturating_sub(self.veth) / 2);
        let nanos = match cost {
            Cost::StackPass => Some(self.loopback / 2),
            Cost::VethCrossing => Some(veth),
            Cost::BridgeLookup => between(self.bridge),
            Cost::Forward => between(self.routed),
            Cost::Encap => both_ends(self.vxlan),
            Cost::EncapIp => both_ends(self.ipip),
            // To the program and back.
            Cost::ContextSwitch => Some(self.wake.saturating_sub(2 * self.copy) / 2),
            Cost::UserCopy => return Some(Price::with_bytes(whole(self.copy), whole(self.byte_ps))),
            Cost::SocketCopy => {
                let ps = self.long.saturating_sub(self.loopback) * 1_000 / (LONG as u64 - 64);
                return Some(Price::with_bytes(0, whole(ps.min(MOST_BYTE))));
            }
            Cost::Interrupt | Cost::Crypto | Cost::Netfilter => None,
        };
        nanos.map(|nanos| Price::packet(whole(nanos)))
    }
}

/// More than a lab may say that a byte costs.
const MOST_BYTE: u64 = 1_000_000;

/// Work that is too short to be seen is not free.
fn whole(n: u64) -> u32 {
    u32::try_from(n.clamp(1, 1_000_000_000)).unwrap_or(1_000_000_000)
}

/// Why a price cannot be had from the paths, in both languages.
pub const fn why(cost: Cost) -> (&'static str, &'static str) {
    match cost {
        Cost::Interrupt => ("there is no card in a namespace", "命名空间里没有网卡"),
        Cost::Crypto => ("nothing is encrypted on these paths", "这些路径上没有加密"),
        Cost::Netfilter => ("the rules are yours to write", "规则由你自己写"),
        _ => ("this kernel has no such path", "此内核没有这条路径"),
    }
}

/// A profile with the prices that were measured, and what was not.
pub fn profile(measured: &Measured, name: &str, cores: u16) -> (Profile, Vec<Cost>) {
    let mut profile = cost::PROFILES[0].clone();
    profile.name = Cow::Owned(name.to_owned());
    profile.cores = cores.clamp(1, 256);
    let mut kept = Vec::new();
    for name in &COSTS {
        match measured.price(name.cost) {
            Some(price) => profile.prices[name.cost.index()].1 = price,
            None => kept.push(name.cost),
        }
    }
    (profile, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: Measured = Measured {
        loopback: 1_000,
        long: 1_334,
        veth: 1_150,
        bridge: 1_450,
        routed: 1_500,
        vxlan: Some(2_450),
        ipip: None,
        copy: 200,
        byte_ps: 80,
        wake: 3_400,
    };

    #[test]
    fn what_paths_differ_in_costs_what_they_differ_by() {
        let (profile, kept) = profile(&MACHINE, "mine", 2);
        let nanos = |cost| profile.price(cost).packet_ns;
        assert_eq!(
            [Cost::StackPass, Cost::VethCrossing, Cost::BridgeLookup, Cost::Forward, Cost::Encap].map(nanos),
            [500, 150, 150, 200, 650]
        );
        assert_eq!(nanos(Cost::ContextSwitch), 1_500);
        assert_eq!(profile.price(Cost::SocketCopy), Price::with_bytes(0, 250));
        assert_eq!(profile.price(Cost::UserCopy), Price::with_bytes(200, 80));
        // The server has a price for the rest.
        assert_eq!(kept, [Cost::Interrupt, Cost::EncapIp, Cost::Crypto, Cost::Netfilter]);
        assert_eq!(profile.price(Cost::EncapIp), cost::PROFILES[0].price(Cost::EncapIp));
    }

    #[test]
    fn what_is_too_short_to_be_seen_is_not_free() {
        let noisy = Measured { bridge: 1_100, long: 900, ..MACHINE };
        let (profile, _) = profile(&noisy, "mine", 0);
        assert_eq!((profile.price(Cost::BridgeLookup).packet_ns, profile.cores), (1, 1));
        assert_eq!(profile.price(Cost::SocketCopy).byte_ps, 1);
    }
}
