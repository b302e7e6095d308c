//! What an IP stack is told at the start.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::multipath::Policy;
use super::reverse::ReversePath;
use crate::id::PortNo;
use crate::time::SimDuration;
use crate::wire::{LinkType, MacAddr};

/// One interface: a name, a hardware address, an MTU and the IP addresses on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterfaceConfig {
    /// Name people know it by.
    pub name: String,
    /// Hardware address its frames carry.
    pub mac: MacAddr,
    /// Largest IP packet, in bytes.
    pub mtu: u16,
    /// Addresses with the length of their prefix.
    pub addresses: Vec<(Ipv4Addr, u8)>,
    /// An address of IPv6 for tunnels, with the length of its prefix.
    pub address6: Option<(Ipv6Addr, u8)>,
    /// What its wire carries: frames, or bare packets where there is a TUN, IPIP or GRE device behind it.
    pub link: LinkType,
    /// Answers questions for hosts behind other interfaces, after so long at most (Linux `proxy_arp`, `proxy_delay`).
    pub proxy_arp: Option<SimDuration>,
    /// Neither asks for hardware addresses nor answers such questions (Linux `IFF_NOARP`).
    pub no_arp: bool,
    /// How it judges sources of what comes in (Linux `rp_filter`).
    pub rp_filter: ReversePath,
}

/// A port where a tunnel leaves its outer packets to be sent, and is handed those that are meant for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TunnelPort {
    /// Name people know it by: that of the tunnel.
    pub name: String,
    /// The interface that leads into this same tunnel, if there is one: outer packets must not take it.
    pub own: Option<PortNo>,
    /// No tunnel, but ipvlan children of this interface: what comes in is routed out of it.
    pub children_of: Option<PortNo>,
}

/// An IP stack: what Linux calls a network namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StackConfig {
    /// The interfaces; their places are the ports.
    pub interfaces: Vec<InterfaceConfig>,
    /// The tunnels that run over this stack; their ports follow those of the interfaces.
    pub tunnels: Vec<TunnelPort>,
    /// Where packets go for which no other route fits.
    pub gateway: Option<Ipv4Addr>,
    /// Forwards packets of others (Linux `net.ipv4.ip_forward`).
    pub forwarding: bool,
    /// Permanent neighbours.
    pub neighbours: Vec<(Ipv4Addr, MacAddr)>,
    /// Groups it has joined.
    pub groups: Vec<Ipv4Addr>,
    /// What decides between several next hops of a route.
    pub multipath: Policy,
}
