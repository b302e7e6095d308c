//! Flannel without an envelope: the other node is the next hop, so it must be on the same wire. The kernel takes no route
//! to a next hop elsewhere, so there is none for pods of nodes behind a router.

use super::sketch::{Daemon, Row, Sketch};
use super::{Node, On, Param, Plugin, pods};
use crate::plan::Bilingual;

pub const PLUGIN: Plugin = Plugin {
    name: "FlannelHostGw",
    params: &[Param::STORE, Param::MTU],
    apart: &[],
    overhead: 0,
    node,
    peer: |on, other| {
        let known = on.set.node("store").is_none() && on.node.is_beside(other);
        if known { vec![direct(other)] } else { Vec::new() }
    },
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = pods::bridged(on);
    let daemon = |store: &str| Daemon::Flanneld { store: store.to_owned(), vtep: None };
    sketch.daemons.extend(on.set.node("store").map(daemon));
    sketch
}

/// The route to the pods of another node, with the node itself as next hop.
pub fn direct(other: &Node) -> Row {
    let (name, via) = (&other.name, other.address.0);
    let why = Bilingual::new(
        format!("the pods of `{name}` live behind `{name}` itself, which must be on the same wire"),
        format!("`{name}` 的 pod 就在 `{name}` 后面,它必须在同一根线上"),
    );
    Row::route(other.prefix(), &[("via", via.to_string()), ("dev", super::sketch::CARD.to_owned())], why)
}
