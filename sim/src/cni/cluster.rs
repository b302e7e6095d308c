//! What a plugin is told of a cluster.

use std::net::Ipv4Addr;

use crate::wire::MacAddr;
use crate::wire::ipv4::mask;

/// Nodes with their pods.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// All pods are in here: first address and length.
    pub network: (Ipv4Addr, u8),
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its address on the underlay, and the length of the network part.
    pub address: (Ipv4Addr, u8),
    /// Where it sends packets for other networks.
    pub gateway: Option<Ipv4Addr>,
    /// The addresses of its pods: the first, and the length.
    pub range: (Ipv4Addr, u8),
    /// MTU of its card.
    pub mtu: u16,
    /// Its pods.
    pub pods: Vec<Pod>,
}

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its address.
    pub ip: Ipv4Addr,
}

impl Cluster {
    /// All nodes but one.
    pub fn others<'c>(&'c self, node: &'c Node) -> impl Iterator<Item = &'c Node> {
        self.nodes.iter().filter(|other| other.name != node.name)
    }
}

impl Node {
    /// The address of its range with this number.
    pub fn of_range(&self, number: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.range.0.to_bits().saturating_add(number))
    }

    /// `10.244.1.0/24`.
    pub fn prefix(&self) -> String {
        format!("{}/{}", self.range.0, self.range.1)
    }

    /// The other node is on the same underlay network, so no router is between.
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.address.0.to_bits() ^ other.address.0.to_bits()) & mask(self.address.1) == 0
    }

    /// The hardware address of its VTEP. On a machine it is drawn once and kept; here it is made from the address of
    /// the node, so that every run has the same.
    pub fn vtep_mac(&self, first: u8) -> MacAddr {
        let [a, b, c, d] = self.address.0.octets();
        MacAddr([first, 0x56, a, b, c, d])
    }
}
