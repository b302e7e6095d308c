//! The ipvlan plugin: every pod is a child of the card of its node, with an IP address of its own behind the MAC address
//! of the node. Nothing is wrapped, nobody is told about other nodes.
//!
//! In mode l2 all pods share `pod_network`, a second network on the wires of the nodes. In modes l3 and l3s each node has
//! a range and routes for its pods; no plugin tells others of that, so whoever wants to reach a pod needs a route to the
//! range by its node. Left out: where the addresses come from.

use std::net::Ipv4Addr;

use super::pods::on_card;
use super::sketch::{HOST, Piece, Sketch};
use super::{Kind, On, Param, Plugin};
use crate::device::ipvlan::Mode;
use crate::plan::Bilingual;

/// The device whose ports the pods of a node are.
const DEVICE: &str = "ipvlan";

pub const PLUGIN: Plugin = Plugin {
    name: "Ipvlan",
    // `l2` is what the plugin takes where nobody chose; the kernel takes `l3`.
    params: &[Param { name: "mode", kind: Kind::IpvlanMode(Mode::L2) }, Param::MTU],
    apart: &[],
    overhead: 0,
    node,
    // No node knows of any other.
    peer: |_, _| Vec::new(),
};

fn node(on: &On<'_>) -> Sketch {
    let mode = on.set.ipvlan_mode();
    // Without ARP the gateway is only a name for "elsewhere": nobody has its address, and nobody is asked.
    let network =
        if mode.speaks_arp() { (on.cluster.network.1, None) } else { (on.node.range.1, Some(on.node.of_range(1))) };
    children(on, mode, network)
}

/// The pods of a node as children of its card: all have the same length of network and gateway.
pub fn children(on: &On<'_>, mode: Mode, network: (u8, Option<Ipv4Addr>)) -> Sketch {
    let mut sketch = Sketch::default();
    let name = &on.node.name;
    let children: Vec<String> = on.node.pods.iter().map(|pod| pod.name.clone()).collect();
    if children.is_empty() {
        return sketch;
    }
    let why = Bilingual::new(
        format!("the pods of `{name}` share its card and its MAC address, and are told apart by IP address"),
        format!("`{name}` 的 pod 共用它的网卡和 MAC 地址,靠 IP 地址区分"),
    );
    sketch.device(DEVICE, Piece::Ipvlan { mode, children }, why);
    sketch.wire((DEVICE, "routed"), (HOST, "ipvlan.routed"));
    on_card(&mut sketch, on, DEVICE, network);
    sketch
}
