//! The macvlan plugin: every pod is a child of the card of its node, so it stands on the underlay with an address of its
//! own. No node routes, nothing is wrapped, nobody is told about other nodes: switches carry the pods as they carry hosts.
//!
//! Left out: where the addresses come from (on a machine `host-local` or DHCP); here all pods share `pod_network`, a second
//! network on the same wires.

use super::pods::on_card;
use super::sketch::{Piece, Sketch};
use super::{Kind, On, Param, Plugin};
use crate::device::macvlan::Mode;
use crate::plan::Bilingual;

/// The device whose ports the pods of a node are.
const DEVICE: &str = "macvlan";

pub const PLUGIN: Plugin = Plugin {
    name: "Macvlan",
    // `bridge` is what the plugin takes where nobody chose; the kernel takes `vepa`.
    params: &[Param { name: "mode", kind: Kind::Mode(Mode::Bridge) }, Param::MTU],
    apart: &[],
    overhead: 0,
    node,
    // No node knows of any other.
    peer: |_, _| Vec::new(),
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let name = &on.node.name;
    let children: Vec<String> = on.node.pods.iter().map(|pod| pod.name.clone()).collect();
    if children.is_empty() {
        return sketch;
    }
    let why = Bilingual::new(
        format!("the pods of `{name}` share its card, each with an address of its own"),
        format!("`{name}` 的 pod 共用它的网卡,各有自己的地址"),
    );
    sketch.device(DEVICE, Piece::Macvlan { mode: on.set.mode(), children }, why);
    // All pods are in one network, as hosts on one wire are.
    on_card(&mut sketch, on, DEVICE, (on.cluster.network.1, None));
    sketch
}
