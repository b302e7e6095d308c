//! Calico as it is installed: routed pods, blocks of addresses, and a BGP daemon on every node (BIRD) that tells the
//! others of its blocks. All nodes are of one AS, so nobody passes on what he heard inside it: every node speaks with
//! every other one, or with nodes that reflect. Beside that, nodes can speak with the router they are plugged into.
//!
//! Routes to other nodes are BIRD's; those to the pods of the node itself are Felix's, and there from the start. Timers
//! are Calico's where it sets them (retry 5 s) and BIRD's otherwise (hold 240 s).
//!
//! Left out: BIRD's scan of the kernel's table every 2 s, graceful restart, add-path, and `next_hop_self` for reflectors.
//!
//! Before editing read calico `confd/etc/calico/confd/templates/bird.cfg.template`, `libcalico-go/lib/backend/syncersv1`.

use super::calico_ipip::{DEVICE, without};
use super::flannel_ipip::tunnelled;
use super::sketch::{Row, Sketch, Speaker};
use super::{Kind, Node, On, Param, Plugin, Reflector, felix};
use crate::wire::ipv4;

/// Which packets get an envelope.
pub const OVERLAY: &str = "overlay";
/// None do.
pub const NONE: &str = "None";
/// Those for nodes behind a router.
const CROSS_SUBNET: &str = "CrossSubnet";
/// Nodes speak with their router.
pub const TOR: &str = "tor";
/// Nodes speak with each other.
const MESH: &str = "mesh";

pub const PLUGIN: Plugin = Plugin {
    name: "CalicoBgp",
    params: &[
        Param { name: "asn", kind: Kind::Asn(64_512) },
        Param { name: MESH, kind: Kind::Flag(true) },
        Param { name: "reflectors", kind: Kind::Reflectors },
        Param::flag(TOR),
        Param { name: OVERLAY, kind: Kind::Word(&[NONE, "Ipip", CROSS_SUBNET]) },
        Param::MTU,
    ],
    apart: &[],
    overhead: ipv4::HEADER_LEN as u16,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = felix::routed(on);
    let wrapped = on.set.word(OVERLAY) != Some(NONE);
    if wrapped {
        felix::tunnel(DEVICE, on, &mut sketch);
    }
    if !on.set.knows_all() {
        let cross = on.set.word(OVERLAY) == Some(CROSS_SUBNET);
        sketch.speaker = Some(Speaker {
            asn: on.set.asn(),
            id: on.node.address.0,
            cluster: reflector(on, &on.node.name).and_then(|own| own.cluster),
            networks: felix::blocks(on.node),
            neighbours: neighbours(on),
            tunnel: wrapped.then_some((DEVICE, on.cluster.network, cross)),
        });
    }
    sketch
}

fn reflector<'c>(on: &On<'c>, name: &str) -> Option<&'c Reflector> {
    on.set.reflectors().iter().find(|own| own.name == name)
}

/// Whether one node reflects for another.
fn reflects(on: &On<'_>, from: &str, to: &str) -> bool {
    reflector(on, from).is_some_and(|own| match &own.clients {
        Some(clients) => clients.iter().any(|client| client == to),
        None => reflector(on, to).is_none(),
    })
}

/// Everybody a node speaks with, and whether it reflects for them.
fn neighbours(on: &On<'_>) -> Vec<(String, bool)> {
    let (own, none) = (on.node.name.as_str(), on.set.reflectors().is_empty());
    let mut all = Vec::new();
    for other in on.cluster.others(on.node).map(|other| other.name.as_str()) {
        let (here, there) = (reflects(on, own, other), reflects(on, other, own));
        // Reflectors are a mesh among themselves (RFC 4456 §5).
        let both = reflector(on, own).is_some() && reflector(on, other).is_some();
        if none && on.set.flag(MESH) || here || there || both {
            all.push((other.to_owned(), here));
        }
    }
    let router = on.node.gateway.filter(|_| on.set.flag(TOR));
    all.extend(router.map(|router| (router.to_string(), false)));
    all
}

/// What the daemons would write, where nothing is to be waited for.
fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    if !on.set.knows_all() {
        return Vec::new();
    }
    let (overlay, beside) = (on.set.word(OVERLAY), on.node.is_beside(other));
    let rows = |block: String| match overlay {
        Some(NONE) if !beside => Vec::new(),
        Some(NONE) => vec![without(other, block)],
        Some(CROSS_SUBNET) if beside => vec![without(other, block)],
        _ => tunnelled(DEVICE, other, &block),
    };
    felix::known_blocks(on, other).into_iter().flat_map(rows).collect()
}
