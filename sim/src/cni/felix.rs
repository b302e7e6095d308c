//! What the Calico plugins have in common: no bridge, every pod behind a wire of its own, and a gateway address that
//! belongs to nobody.

use std::net::Ipv4Addr;

use super::pods::why_pod;
use super::sketch::{CARD, Daemon, HOST, Interface, Piece, Row, Sketch};
use super::{Node, On};
use crate::device::tunnel::format::{Format, Ipip};
use crate::plan::Bilingual;
use crate::stack::reverse::ReversePath;
use crate::time::SimDuration;
use crate::wire::MacAddr;
use crate::wire::ipv4::mask;

/// The gateway of every pod. Nobody has this address: the node answers for it (proxy ARP).
const GATEWAY: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 1);
/// The hardware address at the node's end of every pod's wire.
const MAC: MacAddr = MacAddr([0xee; 6]);
/// Length of a block of addresses.
const BLOCK: u8 = 26;

/// `cali` and eleven hexadecimal digits. Calico takes them from a SHA-1 of names; any number that another name hardly
/// has will do (FNV-1a).
fn interface(node: &str, pod: &str) -> String {
    let bytes = node.bytes().chain([b'.']).chain(pod.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("cali{:011x}", hash & 0xfff_ffff_ffff)
}

/// The address of the node in its own block, for its tunnel.
pub fn tunnel_address(node: &Node) -> Ipv4Addr {
    node.of_range(1)
}

/// The blocks of addresses of a node: as many as its pods fill.
pub fn blocks(node: &Node) -> Vec<(Ipv4Addr, u8)> {
    let len = node.range.1.max(BLOCK);
    let highest = node.pods.iter().map(|pod| pod.ip).max().unwrap_or(node.range.0);
    let size = !mask(len) + 1;
    let count = (highest.to_bits().saturating_sub(node.range.0.to_bits())) / size + 1;
    (0..count).map(|block| (node.of_range(block * size), len)).collect()
}

/// The blocks of another node as prefixes, as far as its rows are there from the start: with a store there are none.
pub fn known_blocks(on: &On<'_>, other: &Node) -> Vec<String> {
    if on.set.node("store").is_some() {
        return Vec::new();
    }
    blocks(other).into_iter().map(|(ip, len)| format!("{ip}/{len}")).collect()
}

/// The tunnel of a node and the way into it.
pub fn tunnel(device: &'static str, on: &On<'_>, sketch: &mut Sketch) {
    let why = Bilingual::new(
        "the way to the blocks of other nodes: one more IP header, from node to node",
        "通往其他节点地址块的路:再加一个 IP 报头,从节点到节点",
    );
    sketch.device(device, Piece::Tunnel(Format::Ipip(Ipip)), why);
    sketch.route_into(device, vec![(tunnel_address(on.node), 32)]);
}

/// The daemon that tells the others of the blocks of this node, if the nodes shall find each other.
pub fn daemon(on: &On<'_>, device: Option<&str>) -> Option<Daemon> {
    Some(Daemon::Felix {
        store: on.set.node("store")?.to_owned(),
        device: device.map(str::to_owned),
        blocks: blocks(on.node),
        cross_subnet: on.set.flag("cross_subnet"),
    })
}

/// The wires and pods of a node.
pub fn routed(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let name = &on.node.name;
    for pod in &on.node.pods {
        let own = interface(name, &pod.name);
        let piece = Piece::Pod { address: (pod.ip, 32), gateway: None, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, name));
        sketch.wire((&pod.name, CARD), (HOST, &own));
        sketch.interfaces.push(Interface {
            name: own.clone(),
            mac: Some(MAC),
            mtu: Some(on.mtu()),
            proxy_arp: Some(SimDuration::ZERO),
            // A pod speaks from its own address only.
            rp_filter: ReversePath::Strict,
            ..Interface::default()
        });
        sketch.rows.extend(pod_rows(&pod.name, pod.ip, &own));
    }
    for block in known_blocks(on, on.node) {
        let why = Bilingual::new(
            format!("addresses of {block} that no pod has end here, and do not circle between nodes"),
            format!("{block} 里没有 pod 使用的地址到此为止,不会在节点间打转"),
        );
        sketch.rows.push(Row::route(block, &[("type", "blackhole".to_owned())], why));
    }
    sketch
}

fn pod_rows(pod: &str, ip: Ipv4Addr, own: &str) -> [Row; 3] {
    let inside = |prefix: String, cells: &[(&'static str, String)], why| Row {
        device: pod.to_owned(),
        ..Row::route(prefix, cells, why)
    };
    let card = ("dev", CARD.to_owned());
    let link = Bilingual::new(
        format!("{GATEWAY} is taken to be on the wire; nobody has it, the node answers for it"),
        format!("认为 {GATEWAY} 就在线上;没有人拥有它,由节点代答"),
    );
    let all = Bilingual::new(
        "everything goes to that gateway: the pod has no neighbours, only a router",
        "一切都交给那个网关:pod 没有邻居,只有路由器",
    );
    let local = Bilingual::new(
        format!("`{pod}` is behind this wire: one row for each pod of the node"),
        format!("`{pod}` 在这根线后面:节点上每个 pod 一行"),
    );
    [
        inside(format!("{GATEWAY}/32"), std::slice::from_ref(&card), link),
        inside("0.0.0.0/0".to_owned(), &[("via", GATEWAY.to_string()), card], all),
        Row::route(format!("{ip}/32"), &[("dev", own.to_owned())], local),
    ]
}
