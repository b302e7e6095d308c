//! Calico as it is installed by default: routed pods, blocks of addresses, IP in IP between the nodes.
//!
//! Routes are there from the start, or with a `store` when the daemons of the nodes have told each other. As installed,
//! Calico's nodes tell each other by BGP.

use super::flannel_ipip::tunnelled;
use super::sketch::{CARD, Row, Sketch};
use super::{Node, On, Param, Plugin, felix};
use crate::plan::Bilingual;
use crate::wire::ipv4;

/// The tunnel.
pub const DEVICE: &str = "tunl0";

pub const PLUGIN: Plugin = Plugin {
    name: "CalicoIpip",
    params: &[Param::flag("cross_subnet"), Param::STORE, Param::MTU],
    apart: &[],
    overhead: ipv4::HEADER_LEN as u16,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = felix::routed(on);
    felix::tunnel(DEVICE, on, &mut sketch);
    sketch.daemons.extend(felix::daemon(on, Some(DEVICE)));
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    let direct = on.set.flag("cross_subnet") && on.node.is_beside(other);
    let rows = |block: String| if direct { vec![without(other, block)] } else { tunnelled(DEVICE, other, &block) };
    felix::known_blocks(on, other).into_iter().flat_map(rows).collect()
}

/// The route to a block of a node on the same wire: no envelope.
pub fn without(other: &Node, block: String) -> Row {
    let (name, via) = (&other.name, other.address.0);
    let why = Bilingual::new(
        format!("`{name}` is on the same wire, so its block needs no envelope"),
        format!("`{name}` 在同一根线上,它的地址块不需要信封"),
    );
    Row::route(block, &[("via", via.to_string()), ("dev", CARD.to_owned())], why)
}
