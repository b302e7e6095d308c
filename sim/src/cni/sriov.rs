//! The SR-IOV plugin: every pod gets a virtual function of the card of its node, set up through the physical one and moved
//! into the pod. Its packets pass neither the IP stack nor a bridge of the node; the switch inside the card knows each
//! pod because it was told.
//!
//! On a machine a device plugin says which function is free, and a pod for which none is left does not start. Left out:
//! the rates of functions, and where the addresses come from; here all pods share `pod_network`, a second network on the
//! same wires.

use super::pods::on_card;
use super::sketch::{Piece, Sketch};
use super::{Kind, On, Param, Plugin};
use crate::device::sriov::config::{MOST, USUAL_LIMIT};
use crate::plan::Bilingual;

/// The device whose ports the pods of a node are.
const DEVICE: &str = "sriov";

pub const PLUGIN: Plugin = Plugin {
    name: "Sriov",
    params: &[
        Param::number("vfs", 1..=MOST as u32, USUAL_LIMIT as u32),
        Param::number("vlan", 0..=4094, 0),
        Param { name: "spoofchk", kind: Kind::Flag(true) },
        Param::flag("trust"),
        Param::MTU,
    ],
    apart: &[],
    overhead: 0,
    node,
    // No node knows of any other.
    peer: |_, _| Vec::new(),
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let name = &on.node.name;
    let functions: Vec<String> = on.node.pods.iter().map(|pod| pod.name.clone()).collect();
    if functions.is_empty() {
        return sketch;
    }
    let why = Bilingual::new(
        format!("each pod of `{name}` has a virtual function of its card"),
        format!("`{name}` 的每个 pod 各有网卡的一个虚拟功能"),
    );
    let piece = Piece::Sriov {
        vlan: on.set.number("vlan") as u16,
        spoofchk: on.set.flag("spoofchk"),
        trust: on.set.flag("trust"),
        functions,
    };
    sketch.device(DEVICE, piece, why);
    // All pods are in one network, as hosts on one wire are.
    on_card(&mut sketch, on, DEVICE, (on.cluster.network.1, None));
    sketch
}
