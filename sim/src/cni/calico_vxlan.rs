//! Calico with VXLAN: routed pods and blocks of addresses, and between the nodes a tunnel whose rows are all
//! written: from the start, or with a `store` by the daemons of the nodes when they have told each other.

use super::calico_ipip::without;
use super::sketch::{Piece, Row, Sketch, Vtep};
use super::{Node, On, Param, Plugin, felix};
use crate::device::vtep;
use crate::plan::Bilingual;
use crate::wire::vxlan;

const DEVICE: &str = "vxlan.calico";
/// First byte of the hardware addresses of VTEPs.
const MAC: u8 = 0x66;

pub const PLUGIN: Plugin = Plugin {
    name: "CalicoVxlan",
    params: &[Param::vni(4096), Param::port(vxlan::PORT), Param::flag("cross_subnet"), Param::STORE, Param::MTU],
    apart: &[],
    overhead: vtep::OVERHEAD,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = felix::routed(on);
    let vni = on.set.number("vni");
    let why = Bilingual::new(
        format!("the way to the blocks of other nodes, VNI {vni}; it learns nothing, since all is written into it"),
        format!("通往其他节点地址块的路,VNI {vni};它不学习,表项都由别人写入"),
    );
    let mac = Some(on.node.vtep_mac(MAC));
    sketch.device(DEVICE, Piece::Vtep(Vtep { vni, port: on.set.port(), mac, ..Vtep::default() }), why);
    sketch.route_into(DEVICE, vec![(felix::tunnel_address(on.node), 32)]);
    sketch.daemons.extend(felix::daemon(on, Some(DEVICE)));
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    let blocks = felix::known_blocks(on, other);
    if blocks.is_empty() {
        return Vec::new();
    }
    if on.set.flag("cross_subnet") && on.node.is_beside(other) {
        return blocks.into_iter().map(|block| without(other, block)).collect();
    }
    let (ip, mac, name) = (felix::tunnel_address(other), other.vtep_mac(MAC), &other.name);
    let neighbour = Bilingual::new(
        format!("{ip} is the tunnel of `{name}`: the node need not ask for it"),
        format!("{ip} 是 `{name}` 的隧道地址:节点不必再问"),
    );
    let fdb = Bilingual::new(
        format!("frames for it go to `{name}` in an envelope"),
        format!("发给它的帧,装进信封寄往 `{name}`"),
    );
    let mut rows = vec![Row::neighbour(ip, mac, DEVICE, neighbour), Row::fdb(DEVICE, mac, other.address.0, fdb)];
    for block in blocks {
        let why = Bilingual::new(
            format!("this block of `{name}` is reached through its tunnel"),
            format!("经它的隧道到达 `{name}` 的这个地址块"),
        );
        rows.push(Row::route(block, &[("via", ip.to_string()), ("dev", DEVICE.to_owned())], why));
    }
    rows
}
