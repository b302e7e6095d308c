//! One network for all pods, bridged through VXLAN: who lives where is learned from questions that go to a group.

use std::net::Ipv4Addr;

use super::pods::why_pod;
use super::sketch::{CARD, Piece, Sketch, Vtep};
use super::{Kind, On, Param, Plugin};
use crate::device::vtep;
use crate::plan::Bilingual;
use crate::wire::vxlan;

const BRIDGE: &str = "br0";
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);

pub const PLUGIN: Plugin = Plugin {
    name: "MulticastVxlan",
    params: &[Param::vni(42), Param { name: "group", kind: Kind::Group(GROUP) }, Param::port(vxlan::PORT), Param::MTU],
    apart: &[],
    overhead: vtep::OVERHEAD,
    node,
    // The group is asked, and the answers teach.
    peer: |_, _| Vec::new(),
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let (vni, group) = (on.set.number("vni"), on.set.group("group"));
    let tunnel = format!("vxlan{vni}");
    let why = Bilingual::new(
        "pods and tunnel are ports of one bridge: all nodes together are one Ethernet",
        "pod 和隧道是同一网桥的端口:所有节点合成一个以太网",
    );
    let hairpin = Vec::new();
    sketch.device(BRIDGE, Piece::Bridge { hairpin }, why);
    let shown = group.unwrap_or(GROUP);
    let why = Bilingual::new(
        format!("frames nobody has a row for go to the group {shown}; what comes back is learned"),
        format!("没有表项的帧发往组播组 {shown};从收到的帧里学习"),
    );
    let piece = Piece::Vtep(Vtep { vni, port: on.set.port(), learning: true, group, ..Vtep::default() });
    sketch.device(&tunnel, piece, why);
    sketch.wire((&tunnel, "inner"), (BRIDGE, &tunnel));
    sketch.carry(&tunnel);
    for pod in &on.node.pods {
        // One subnet for everybody: a pod asks for any other pod itself, and needs no gateway.
        let piece = Piece::Pod { address: (pod.ip, on.cluster.network.1), gateway: None, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (BRIDGE, &pod.name));
    }
    sketch
}
