//! Weave Net in its user-space mode (sleeve): one Ethernet for all pods. A program on every node takes frames off the
//! bridge and mails them; it learns from what arrives which peer a hardware address is behind, and what nobody knows goes
//! to all peers.
//!
//! Left out: the fast datapath in the kernel, encryption, and peers that pass on frames for others; every node reaches
//! every other one, and knows all from the start.

use super::pods::why_pod;
use super::sketch::{CARD, Piece, Row, Sketch};
use super::{Kind, Node, On, Param, Plugin};
use crate::device::tunnel::format::{Format, Sleeve, ports};
use crate::plan::Bilingual;

const BRIDGE: &str = "weave";
const TUNNEL: &str = "vethwe-pcap";
/// What Weave gives its pods, so that its headers fit almost everywhere.
const MTU: u16 = 1376;

pub const PLUGIN: Plugin = Plugin {
    name: "Weave",
    params: &[Param::port(ports::SLEEVE), Param { name: "mtu", kind: Kind::Mtu(Some(MTU)) }],
    apart: &[],
    overhead: 62,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let why = Bilingual::new(
        "pods and the program that mails their frames are ports of one bridge",
        "pod 和寄送其帧的程序是同一网桥的端口",
    );
    sketch.device(BRIDGE, Piece::Bridge { hairpin: Vec::new() }, why);
    let why = Bilingual::new(
        "the program: it wraps frames with the names of both peers, and learns who is behind which",
        "这个程序:给帧加上两端节点的名字,并学习谁在哪个节点后面",
    );
    sketch.device(TUNNEL, Piece::Tunnel(Format::Sleeve(Sleeve { port: on.set.port() })), why);
    sketch.wire((TUNNEL, "inner"), (BRIDGE, TUNNEL));
    sketch.carry(TUNNEL);
    for pod in &on.node.pods {
        let piece = Piece::Pod { address: (pod.ip, on.cluster.network.1), gateway: None, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (BRIDGE, &pod.name));
    }
    sketch
}

fn peer(_: &On<'_>, other: &Node) -> Vec<Row> {
    let name = &other.name;
    let why = Bilingual::new(
        format!("`{name}` gets a copy of what nobody has a row for"),
        format!("没有表项的帧,`{name}` 也得到一份"),
    );
    vec![Row::flood(TUNNEL, other.address.0, why)]
}
