//! What a tunnel can be told.

use super::format::Format;
use crate::device::outer::Outer;
use crate::wire::MacAddr;

/// A tunnel.
#[derive(Clone, Debug, PartialEq)]
pub struct TunnelConfig {
    /// The kind of envelope.
    pub format: Format,
    /// Its own hardware address, where frames are carried.
    pub mac: MacAddr,
    /// The outer header.
    pub outer: Outer,
    /// MTU of the interface below, from which the largest inner packet follows.
    pub underlay_mtu: u16,
    /// Learns which host an inner hardware address lives on (Weave; Linux tunnels with one other end need not).
    pub learning: bool,
    /// Its inner port is in a bridge, so it may speak for hosts behind it that a packet is too big.
    pub bridged: bool,
}

impl TunnelConfig {
    /// Bytes by which an IP packet grows.
    pub fn overhead(&self) -> u16 {
        self.format.encapsulation().overhead() + self.outer.longer()
    }
}
