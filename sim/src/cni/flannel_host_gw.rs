//! Flannel without an envelope: the other node is the next hop, so it must be on the same wire.

use super::sketch::Row;
use super::{Node, On, Param, Plugin, pods};
use crate::plan::Bilingual;

pub const PLUGIN: Plugin = Plugin {
    name: "FlannelHostGw",
    params: &[Param::MTU],
    overhead: 0,
    node: pods::bridged,
    peer: |_: &On<'_>, other| vec![direct(other)],
};

/// The route to the pods of another node, with the node itself as next hop. The word `dev` makes it one whose next hop
/// is taken to be on the link, whatever the addresses say, as Flannel writes it.
pub fn direct(other: &Node) -> Row {
    let (name, via) = (&other.name, other.address.0);
    let why = Bilingual::new(
        format!("the pods of `{name}` live behind `{name}` itself, which must be on the same wire"),
        format!("`{name}` 的 pod 就在 `{name}` 后面,它必须在同一根线上"),
    );
    Row::route(other.prefix(), &[("via", via.to_string()), ("dev", super::sketch::CARD.to_owned())], why)
}
