//! Interfaces and the addresses on them.

use std::net::Ipv4Addr;

use super::config::InterfaceConfig;
use super::reverse::ReversePath;
use crate::time::SimDuration;
use crate::wire::ipv4::mask;
use crate::wire::{LinkType, MacAddr};

/// An interface of a stack.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Name people know it by.
    pub name: String,
    /// Hardware address.
    pub mac: MacAddr,
    /// Largest IP packet.
    pub mtu: u16,
    /// Addresses with the length of their prefix; they stay, because [`super::own`] is made of them.
    pub addresses: Vec<(Ipv4Addr, u8)>,
    /// What its wire carries.
    pub link: LinkType,
    /// Answers for hosts behind other interfaces, after so long at most.
    pub proxy_arp: Option<SimDuration>,
    /// Neither asks for hardware addresses nor answers such questions.
    pub no_arp: bool,
    /// How it judges sources of what comes in.
    pub rp_filter: ReversePath,
    /// There is carrier.
    pub up: bool,
}

impl From<InterfaceConfig> for Interface {
    fn from(config: InterfaceConfig) -> Self {
        let InterfaceConfig { name, mac, mtu, addresses, link, proxy_arp, no_arp, rp_filter, .. } = config;
        Self { name, mac, mtu, addresses, link, proxy_arp, no_arp, rp_filter, up: true }
    }
}

impl Interface {
    /// This address is one of the interface's own.
    pub fn owns(&self, ip: Ipv4Addr) -> bool {
        self.addresses.iter().any(|(own, _)| *own == ip)
    }

    /// The address means everybody on one of the interface's subnets (RFC 919 §7; a /31 and a /32 have none).
    pub fn is_subnet_broadcast(&self, ip: Ipv4Addr) -> bool {
        self.subnet_broadcasts().any(|broadcast| broadcast == ip)
    }

    /// All such addresses.
    pub fn subnet_broadcasts(&self) -> impl Iterator<Item = Ipv4Addr> {
        let subnets = self.addresses.iter().filter(|(_, len)| *len < 31);
        subnets.map(|(own, len)| Ipv4Addr::from_bits(own.to_bits() | !mask(*len)))
    }

    /// The own address to speak from to `peer`: one in its subnet, else the first.
    #[inline]
    pub fn address_towards(&self, peer: Ipv4Addr) -> Option<Ipv4Addr> {
        let near = |(own, len): &&(Ipv4Addr, u8)| (own.to_bits() ^ peer.to_bits()) & mask(*len) == 0;
        self.addresses.iter().find(near).or(self.addresses.first()).map(|(own, _)| *own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcast_and_source_follow_the_prefix() {
        let ip = |text: &str| text.parse::<Ipv4Addr>().unwrap();
        let addresses = vec![(ip("10.0.0.1"), 24), (ip("10.1.0.1"), 31)];
        let at = Interface::from(InterfaceConfig { addresses, ..InterfaceConfig::default() });
        assert!(at.is_subnet_broadcast(ip("10.0.0.255")));
        assert!(!at.is_subnet_broadcast(ip("10.1.0.1")));
        assert_eq!(at.address_towards(ip("10.1.0.0")), Some(ip("10.1.0.1")));
        assert_eq!(at.address_towards(ip("192.0.2.1")), Some(ip("10.0.0.1")));
        assert_eq!([mask(0), mask(24), mask(32)], [0, 0xffff_ff00, u32::MAX]);
    }
}
