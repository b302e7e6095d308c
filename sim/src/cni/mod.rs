//! CNI plugins: how the pods of a cluster get their network.
//!
//! A plugin is a compiler. For every node it says what the node has for itself (bridges, tunnels, pods, rows), and what
//! it must know of each other node, in the order in which it is written down. Nothing here runs: what comes out are
//! devices, wires and rows that an author could have typed, each with the reason it is there.
//!
//! One file is one plugin, with its parameters, and one line in [`PLUGINS`].

mod bridge;
mod calico_bgp;
mod calico_ipip;
mod calico_none;
mod calico_vxlan;
mod cluster;
mod docker_overlay;
mod eni;
mod felix;
mod flannel_host_gw;
mod flannel_ipip;
mod flannel_udp;
mod flannel_vxlan;
mod ipvlan;
mod macvlan;
mod multicast_vxlan;
mod offer;
mod param;
mod pods;
mod sketch;
mod sriov;
mod terway;
mod vpc_cni;
mod weave;

pub use cluster::{Cluster, Node, Pod};
pub use offer::{Instance, Offer, Room};
pub use param::{Kind, Param, Reflector, Settings, Value};
pub use sketch::{Daemon, Device, HOST, Interface, Lease, Piece, Row, Sketch, Speaker, Vtep};

/// A plugin.
#[derive(Debug)]
pub struct Plugin {
    /// Its word in a lab.
    pub name: &'static str,
    /// What can be chosen.
    pub params: &'static [Param],
    /// Parameters that do not go together.
    pub apart: &'static [[&'static str; 2]],
    /// Most bytes it puts in front of a packet that leaves the node.
    pub overhead: u16,
    /// What a node has for itself.
    pub node: fn(&On<'_>) -> Sketch,
    /// What a node has to know of another one, in the order in which it is written.
    pub peer: fn(&On<'_>, &Node) -> Vec<Row>,
}

impl Plugin {
    /// Bytes it puts in front of a packet that leaves the node, as it was chosen.
    pub fn envelope(&self, set: &Settings) -> u16 {
        if set.word(calico_bgp::OVERLAY) == Some(calico_bgp::NONE) { 0 } else { self.overhead }
    }
}

/// The node for which a plugin works just now.
#[derive(Clone, Copy, Debug)]
pub struct On<'c> {
    /// The whole cluster.
    pub cluster: &'c Cluster,
    /// The node.
    pub node: &'c Node,
    /// What was chosen.
    pub set: &'c Settings,
    /// Bytes in front of a packet.
    pub overhead: u16,
}

impl On<'_> {
    /// Largest packet of a pod: its author's choice, or what fits.
    pub fn mtu(&self) -> u16 {
        self.set.mtu.unwrap_or_else(|| self.node.mtu.saturating_sub(self.overhead))
    }
}

/// All plugins, in the order in which they are worth trying.
pub static PLUGINS: &[Plugin] = &[
    bridge::PLUGIN,
    multicast_vxlan::PLUGIN,
    flannel_vxlan::PLUGIN,
    flannel_udp::PLUGIN,
    flannel_ipip::PLUGIN,
    flannel_host_gw::PLUGIN,
    calico_none::PLUGIN,
    calico_bgp::PLUGIN,
    calico_ipip::PLUGIN,
    calico_vxlan::PLUGIN,
    docker_overlay::PLUGIN,
    weave::PLUGIN,
    macvlan::PLUGIN,
    ipvlan::PLUGIN,
    sriov::PLUGIN,
    vpc_cni::PLUGIN,
    terway::PLUGIN,
];

/// Whether a node can only reach the pods of nodes on the same wire.
pub fn needs_one_wire(plugin: &Plugin, set: &Settings) -> bool {
    let alone = [flannel_host_gw::PLUGIN.name, calico_none::PLUGIN.name].contains(&plugin.name);
    alone || set.word(calico_bgp::OVERLAY) == Some(calico_bgp::NONE) && !set.flag(calico_bgp::TOR)
}

/// Whether the daemons of the nodes need a few seconds before pods reach each other.
pub fn takes_its_time(plugin: &Plugin) -> bool {
    plugin.name == calico_bgp::PLUGIN.name
}

/// What a provider offers, for a plugin that asks one for the addresses of its pods.
pub fn offer(plugin: &Plugin) -> Option<&'static Offer> {
    plugin.params.iter().find_map(|param| if let Kind::Instance(offer) = param.kind { Some(offer) } else { None })
}

/// The plugin with a name.
pub fn find(name: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.name == name)
}
