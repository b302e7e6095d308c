//! What a fabric is told: its ports, its rules, how it delivers.

use std::net::Ipv4Addr;

use super::rule::Clause;
use crate::id::PortNo;
use crate::wire::MacAddr;
use crate::wire::ipv4::mask;

/// Hardware address with which a routed fabric answers for itself: no machine has it.
pub const ROUTER_MAC: MacAddr = MacAddr([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc]);

/// How a fabric finds the port of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By hardware address, as on Ethernet, but without learning: it knows what it has handed out.
    Segment,
    /// By IP address; inside a subnet also by the hardware address of an interface, so that one machine can be the next
    /// hop of another. Questions of ARP are answered with the address of the owner.
    Subnets,
    /// By IP address alone: every question of ARP is answered with the router's own hardware address.
    Addresses,
}

/// A fabric.
#[derive(Clone, Debug, PartialEq)]
pub struct FabricConfig {
    /// Names of the ports.
    pub ports: Vec<String>,
    /// Rules in the order in which they are asked.
    pub rules: Vec<Clause>,
    /// How it delivers.
    pub delivery: Delivery,
    /// Length of the prefix of a subnet.
    pub subnet: u8,
    /// Rules that can be switched off are on: port security, source/destination check, no IP forwarding.
    pub check: bool,
    /// IP protocols that may reach a machine.
    pub open: Vec<u8>,
    /// Address pairs a port may have.
    pub most_pairs: usize,
}

/// An interface that was handed out: one row for each of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Where it is.
    pub port: PortNo,
    /// Its hardware address.
    pub mac: MacAddr,
    /// An IP address of it.
    pub ip: Ipv4Addr,
}

/// Further addresses that a port may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Which port.
    pub port: PortNo,
    /// With this hardware address; nothing for that of the interface.
    pub mac: Option<MacAddr>,
    /// These IP addresses.
    pub prefix: (Ipv4Addr, u8),
}

/// Where a prefix lives that no interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The addresses.
    pub prefix: (Ipv4Addr, u8),
    /// The interface that takes them.
    pub port: PortNo,
}

/// Whether an address lies in a prefix.
pub fn holds((net, len): (Ipv4Addr, u8), ip: Ipv4Addr) -> bool {
    (net.to_bits() ^ ip.to_bits()) & mask(len) == 0
}
