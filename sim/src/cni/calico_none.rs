//! Calico without an envelope: routed pods, blocks of addresses, and the other node is the next hop. Only nodes of the same
//! subnet can be one, unless the routers between learn the blocks too.
//!
//! Routes are there from the start, or with a `store` when the daemons of the nodes have told each other. As installed,
//! Calico's nodes tell each other by BGP; Felix writes the same routes with `programClusterRoutes`.

use super::calico_ipip::without;
use super::sketch::{Row, Sketch};
use super::{Node, On, Param, Plugin, felix};

pub const PLUGIN: Plugin =
    Plugin { name: "CalicoNone", params: &[Param::STORE, Param::MTU], apart: &[], overhead: 0, node, peer };

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = felix::routed(on);
    sketch.daemons.extend(felix::daemon(on, None));
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    let blocks = if on.node.is_beside(other) { felix::known_blocks(on, other) } else { Vec::new() };
    blocks.into_iter().map(|block| without(other, block)).collect()
}
