//! Flannel with IP in IP: the packet of a pod gets a second IP header and nothing else.

use super::flannel_host_gw::direct;
use super::sketch::{Piece, Row, Sketch};
use super::{Node, On, Param, Plugin, pods};
use crate::device::tunnel::format::{Format, Ipip};
use crate::plan::Bilingual;
use crate::wire::ipv4;

const DEVICE: &str = "flannel.ipip";

pub const PLUGIN: Plugin = Plugin {
    name: "FlannelIpip",
    params: &[Param::flag("direct_routing"), Param::MTU],
    apart: &[],
    overhead: ipv4::HEADER_LEN as u16,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = pods::bridged(on);
    let why = Bilingual::new(
        "the way to the pods of other nodes: one more IP header, from node to node",
        "通往其他节点上 pod 的路:再加一个 IP 报头,从节点到节点",
    );
    sketch.device(DEVICE, Piece::Tunnel(Format::Ipip(Ipip)), why);
    sketch.route_into(DEVICE, vec![(on.node.range.0, 32)]);
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    if on.set.flag("direct_routing") && on.node.is_beside(other) {
        return vec![direct(other)];
    }
    tunnelled(DEVICE, other, &other.prefix())
}

/// The rows for a prefix that lives behind another node and an IPIP tunnel. On Linux the route alone says all: its next
/// hop is where the tunnel sends to. A wire carries the packet without its next hop, so the tunnel has a row too.
pub fn tunnelled(device: &str, other: &Node, prefix: &str) -> Vec<Row> {
    let (name, via) = (&other.name, other.address.0);
    let peer = Bilingual::new(
        format!("packets for {prefix} get a header that says `{name}`"),
        format!("去 {prefix} 的报文,外层报头写 `{name}`"),
    );
    let route = Bilingual::new(
        format!("the pods of `{name}` are reached through the tunnel"),
        format!("经隧道到达 `{name}` 的 pod"),
    );
    vec![
        Row::peer(device, prefix, via, peer),
        Row::route(prefix, &[("via", via.to_string()), ("dev", device.to_owned())], route),
    ]
}
