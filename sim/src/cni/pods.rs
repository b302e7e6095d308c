//! Pods in a bridge, as the `bridge` plugin makes them and Flannel has them made: a subnet of its own for every node,
//! with the node itself as the router.

use std::net::Ipv4Addr;

use super::On;
use super::sketch::{CARD, HOST, Interface, Piece, Sketch};
use crate::plan::Bilingual;

/// Name of the bridge.
pub const BRIDGE: &str = "cni0";

/// The bridge, its gateway and the pods of a node.
pub fn bridged(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let gateway = on.node.of_range(1);
    let name = &on.node.name;
    let why = Bilingual::new(
        format!("the pods of `{name}` are plugged into it; a pod may speak to itself through it (hairpin)"),
        format!("`{name}` 的 pod 都插在它上面;pod 可以经它与自己通信(发夹模式)"),
    );
    let hairpin = on.node.pods.iter().map(|pod| pod.name.clone()).collect();
    sketch.device(BRIDGE, Piece::Bridge { hairpin }, why);
    let addresses = vec![(gateway, on.node.range.1)];
    sketch.interfaces.push(Interface {
        name: BRIDGE.to_owned(),
        addresses,
        mtu: Some(on.mtu()),
        ..Interface::default()
    });
    sketch.wire((HOST, BRIDGE), (BRIDGE, "host"));
    for pod in &on.node.pods {
        let piece = Piece::Pod { address: (pod.ip, on.node.range.1), gateway: Some(gateway), mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, name));
        sketch.wire((&pod.name, CARD), (BRIDGE, &pod.name));
    }
    sketch
}

/// Pods whose card is a port of a device on the card of the node: all have the same length of network and gateway.
pub fn on_card(sketch: &mut Sketch, on: &On<'_>, device: &'static str, (len, gateway): (u8, Option<Ipv4Addr>)) {
    for pod in &on.node.pods {
        let piece = Piece::Pod { address: (pod.ip, len), gateway, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (device, &pod.name));
    }
}

/// Why a pod is there.
pub fn why_pod(pod: &str, node: &str) -> Bilingual {
    Bilingual::new(
        format!("pod `{pod}` on `{node}`: a network namespace of its own"),
        format!("`{node}` 上的 pod `{pod}`:自己的网络命名空间"),
    )
}
