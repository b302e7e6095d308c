//! What a VTEP can be told.

use crate::device::outer::{Outer, flow};
use crate::time::SimDuration;
use crate::wire::{MacAddr, vxlan};

/// A VTEP: what Linux calls a vxlan device.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as Linux names them")]
pub struct VtepConfig {
    /// Its own hardware address.
    pub mac: MacAddr,
    /// VXLAN network identifier, 24 bits.
    pub vni: u32,
    /// UDP port it sends to and listens on.
    pub port: u16,
    /// UDP source ports: first and last.
    pub source_ports: (u16, u16),
    /// The outer header.
    pub outer: Outer,
    /// MTU of the interface below, from which the largest inner packet follows.
    pub underlay_mtu: u16,
    /// Learns which host an inner source address lives on.
    pub learning: bool,
    /// How long a learned row outlives the last frame from its address; 0 is for ever.
    pub ageing: SimDuration,
    /// Most addresses with a row, written ones and the flood row included; `None` is no limit (Linux `maxaddress`).
    pub fdb_size: Option<u32>,
    /// Answers ARP questions from its own neighbour table, and never sends one (Linux `proxy`).
    pub proxy: bool,
    /// Tells when a destination is in no row (Linux `l2miss`).
    pub l2miss: bool,
    /// Tells when a question cannot be answered (Linux `l3miss`).
    pub l3miss: bool,
    /// Its inner port is in a bridge, so it may speak for hosts behind it that a packet is too big.
    pub bridged: bool,
}

impl VtepConfig {
    /// Bytes a packet grows by: outer IPv4 20 or IPv6 40, UDP 8, VXLAN 8, inner Ethernet 14 (Linux `vxlan_headroom`).
    pub fn overhead(&self) -> u16 {
        super::OVERHEAD + self.outer.longer()
    }
}

impl Default for VtepConfig {
    fn default() -> Self {
        Self {
            mac: MacAddr::ZERO,
            vni: 0,
            port: vxlan::PORT,
            source_ports: flow::LINUX_PORTS,
            outer: Outer::default(),
            underlay_mtu: 1500,
            learning: true,
            ageing: SimDuration::from_secs(300),
            fdb_size: None,
            proxy: false,
            l2miss: false,
            l3miss: false,
            bridged: false,
        }
    }
}
