//! Pods with addresses of the provider's network, on an interface of the node: a wire for each pod, a row for each pod,
//! and nothing for other nodes, since the network below knows where every address is.

use std::net::Ipv4Addr;

use super::On;
use super::pods::why_pod;
use super::sketch::{CARD, HOST, Interface, Lease, Piece, Row, Sketch};
use crate::plan::Bilingual;
use crate::wire::MacAddr;

/// The gateway of every pod. Nobody has this address: a row in the pod says where it is.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 1);

/// The hardware address at the node's end of a pod's wire, made from the address of the pod.
fn outer_mac(ip: Ipv4Addr) -> MacAddr {
    let [a, b, c, d] = ip.octets();
    MacAddr([0x0a, 0x58, a, b, c, d])
}

/// The wires and pods of a node; `prefix` begins the names of the node's ends.
pub fn shared(on: &On<'_>, prefix: &str) -> Sketch {
    let mut sketch = Sketch::default();
    let name = &on.node.name;
    for pod in &on.node.pods {
        let own = format!("{prefix}{}", pod.name);
        let piece = Piece::Pod { address: (pod.ip, 32), gateway: None, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, name));
        sketch.wire((&pod.name, CARD), (HOST, &own));
        sketch.interfaces.push(Interface {
            name: own.clone(),
            mac: Some(outer_mac(pod.ip)),
            mtu: Some(on.mtu()),
            ..Interface::default()
        });
        sketch.rows.extend(rows(&pod.name, pod.ip, &own));
        sketch.leases.push(Lease { pod: pod.name.clone(), ip: pod.ip, card: None });
    }
    sketch
}

fn rows(pod: &str, ip: Ipv4Addr, own: &str) -> [Row; 4] {
    let inside = |row: Row| Row { device: pod.to_owned(), ..row };
    let card = ("dev", CARD.to_owned());
    let link = Bilingual::new(
        format!("{GATEWAY} is taken to be on the wire; nobody has it"),
        format!("认为 {GATEWAY} 就在线上;没有人拥有它"),
    );
    let all = Bilingual::new(
        "everything goes to that gateway: the pod has no neighbours, only a router",
        "一切都交给那个网关:pod 没有邻居,只有路由器",
    );
    let known = Bilingual::new(
        "and this is its hardware address, the node's end of the wire: the pod need not ask",
        "这就是它的硬件地址,即线的节点一端:pod 不必询问",
    );
    let local = Bilingual::new(
        format!("`{pod}` is behind this wire: one row for each pod of the node"),
        format!("`{pod}` 在这根线后面:节点上每个 pod 一行"),
    );
    [
        inside(Row::route(format!("{GATEWAY}/32"), std::slice::from_ref(&card), link)),
        inside(Row::route("0.0.0.0/0".to_owned(), &[("via", GATEWAY.to_string()), card], all)),
        inside(Row::neighbour(GATEWAY, outer_mac(ip), CARD, known)),
        Row::route(format!("{ip}/32"), &[("dev", own.to_owned())], local),
    ]
}
