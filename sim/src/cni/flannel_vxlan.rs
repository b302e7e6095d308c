//! Flannel's usual backend: every node routes between the subnet of its pods and a VXLAN tunnel. Three rows for every
//! other node, so that nobody ever asks through the tunnel. They are there before the first packet, or with a `store` when
//! the daemons of the nodes have told each other.

use super::flannel_host_gw::direct;
use super::sketch::{Daemon, Piece, Row, Sketch, Vtep};
use super::{Node, On, Param, Plugin, pods};
use crate::device::vtep;
use crate::plan::Bilingual;

/// What Linux takes when it is not told otherwise, and so what Flannel has.
pub const PORT: u16 = 8472;

pub const PLUGIN: Plugin = Plugin {
    name: "FlannelVxlan",
    params: &[Param::vni(1), Param::port(PORT), Param::flag("direct_routing"), Param::STORE, Param::MTU],
    // Flannel's daemon could; that of this program leaves it out.
    apart: &[["direct_routing", "store"]],
    overhead: vtep::OVERHEAD,
    node,
    peer,
};

/// `flannel.1`.
fn device(on: &On<'_>) -> String {
    format!("flannel.{}", on.set.number("vni"))
}

/// First byte of the hardware addresses of VTEPs.
const MAC: u8 = 0x0e;

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = pods::bridged(on);
    let (own, vni) = (device(on), on.set.number("vni"));
    let why = Bilingual::new(
        format!("the way to the pods of other nodes, VNI {vni}; it learns nothing, since all is written into it"),
        format!("通往其他节点上 pod 的路,VNI {vni};它不学习,表项都由别人写入"),
    );
    let mac = Some(on.node.vtep_mac(MAC));
    sketch.device(&own, Piece::Vtep(Vtep { vni, port: on.set.port(), mac, ..Vtep::default() }), why);
    // 32 bits, so that no subnet of pods seems to be on the link.
    sketch.route_into(&own, vec![(on.node.range.0, 32)]);
    let daemon = |store: &str| Daemon::Flanneld { store: store.to_owned(), vtep: Some(own.clone()) };
    sketch.daemons.extend(on.set.node("store").map(daemon));
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    if on.set.node("store").is_some() {
        return Vec::new();
    }
    if on.set.flag("direct_routing") && on.node.is_beside(other) {
        return vec![direct(other)];
    }
    let (own, ip, mac, name) = (device(on), other.range.0, other.vtep_mac(MAC), &other.name);
    let host = other.address.0;
    let neighbour = Bilingual::new(
        format!("{ip} is the VTEP of `{name}`: the node need not ask for it"),
        format!("{ip} 就是 `{name}` 的 VTEP:节点不必再问"),
    );
    let fdb = Bilingual::new(
        format!("frames for that VTEP go to `{name}` in an envelope"),
        format!("发给那个 VTEP 的帧,装进信封寄往 `{name}`"),
    );
    let route = Bilingual::new(
        format!("the pods of `{name}` live behind its VTEP; this row comes last, when the way is ready"),
        format!("`{name}` 的 pod 在它的 VTEP 后面;路都铺好了,最后才写这一行"),
    );
    vec![
        Row::neighbour(ip, mac, &own, neighbour),
        Row::fdb(&own, mac, host, fdb),
        Row::route(other.prefix(), &[("via", ip.to_string()), ("dev", own)], route),
    ]
}
