//! The CNI of Alibaba Cloud. Pods have addresses of the VPC, in one of three ways: many share the interfaces of their
//! node, each behind a wire of its own; they share it as ipvlan children in mode l2; or every pod has an interface for
//! itself, which is moved into it. The last two pass the node without touching its IP stack. The first two count
//! addresses, the last one interfaces.
//!
//! Left out: trunk interfaces; which of several interfaces an address is on, and the rules that choose it (all are on the
//! first here); the second wire of an exclusive pod or an ipvlan child, which leads to services and to the node itself.

use super::offer::{Instance, Offer, Room, instance};
use super::param::{Kind, Settings};
use super::pods::why_pod;
use super::sketch::{CARD, Lease, Piece, Sketch};
use super::{On, Param, Plugin, eni, ipvlan};
use crate::device::ipvlan::Mode;
use crate::plan::Bilingual;

const EXCLUSIVE: &str = "exclusive";
const IPVLAN: &str = "ipvlan";

static OFFER: Offer = Offer {
    environment: "Alibaba",
    types: &[
        instance("ecs.g6.xlarge", 3, 10),
        instance("ecs.g6.large", 2, 6),
        instance("ecs.g6.2xlarge", 4, 10),
        instance("ecs.g6.4xlarge", 8, 20),
    ],
    room,
    source: "Terway docs/design.md; Alibaba Cloud ECS, general-purpose instance families (g6)",
};

pub const PLUGIN: Plugin = Plugin {
    name: "Terway",
    params: &[
        Param { name: "instance", kind: Kind::Instance(&OFFER) },
        Param::flag(EXCLUSIVE),
        Param::flag(IPVLAN),
        Param::MTU,
    ],
    apart: &[[EXCLUSIVE, IPVLAN]],
    overhead: 0,
    node,
    // The network below knows where every address is.
    peer: |_, _| Vec::new(),
};

fn room(is: &Instance, set: &Settings) -> Room {
    // The first interface is the node's.
    let own = is.cards - 1;
    if set.flag(EXCLUSIVE) {
        return Room { pods: own, how: format!("{} interfaces, the first of them the node's: {own}", is.cards) };
    }
    let pods = own * is.ips;
    Room { pods, how: format!("({} interfaces - 1, the node's) x {} addresses = {pods}", is.cards, is.ips) }
}

fn node(on: &On<'_>) -> Sketch {
    if on.set.flag(EXCLUSIVE) {
        exclusive(on)
    } else if on.set.flag(IPVLAN) {
        child(on)
    } else {
        eni::shared(on, "cali-")
    }
}

/// Pods are children of the node's card. Mode l2, because a pod asks for the gateway of the VPC itself.
fn child(on: &On<'_>) -> Sketch {
    let mut sketch = ipvlan::children(on, Mode::L2, (on.node.address.1, on.node.gateway));
    sketch.leases = on.node.pods.iter().map(|pod| Lease { pod: pod.name.clone(), ip: pod.ip, card: None }).collect();
    sketch
}

/// Every pod has a card of its own, with a cable of its own.
fn exclusive(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    for pod in &on.node.pods {
        let card = format!("eni-{}", pod.name);
        let why = Bilingual::new(
            format!("an interface of the provider, moved into `{}`: the node's own stack is not passed", pod.name),
            format!("提供商的一个接口,移进了 `{}`:不经过节点自己的协议栈", pod.name),
        );
        sketch.device(&card, Piece::Card, why);
        let piece =
            Piece::Pod { address: (pod.ip, on.node.address.1), gateway: on.node.gateway, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (&card, ""));
        sketch.leases.push(Lease { pod: pod.name.clone(), ip: pod.ip, card: Some(card) });
    }
    sketch
}
