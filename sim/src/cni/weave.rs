//! Weave Net in its user-space mode (sleeve): one Ethernet for all pods. A program on every node takes frames off the
//! bridge and mails them; it learns from what arrives which peer a hardware address is behind, and what nobody knows goes
//! to all peers. With `fast` the kernel does the mailing, where heartbeats have shown that it gets through.
//!
//! Left out: encryption, and peers that pass on frames for others; every node reaches
//! every other one, and knows all from the start.

use super::pods::why_pod;
use super::sketch::{CARD, Piece, Row, Sketch};
use super::{Kind, Node, On, Param, Plugin};
use crate::device::tunnel::format::{Fastdp, Format, Sleeve, ports};
use crate::plan::Bilingual;

const BRIDGE: &str = "weave";
/// Where the program takes frames off the bridge.
const SLOW: &str = "vethwe-pcap";
/// The bridge of the openvswitch module, which wraps frames as the program has told it.
const FAST: &str = "datapath";
/// What Weave gives its pods, so that its headers fit almost everywhere.
const MTU: u16 = 1376;

pub const PLUGIN: Plugin = Plugin {
    name: "Weave",
    params: &[Param::flag("fast"), Param::port(ports::SLEEVE), Param { name: "mtu", kind: Kind::Mtu(Some(MTU)) }],
    apart: &[],
    overhead: 62,
    node,
    peer,
};

/// What wraps frames, and its name.
fn tunnel(on: &On<'_>) -> (&'static str, Format) {
    let sleeve = Sleeve { port: on.set.port() };
    if !on.set.flag("fast") {
        return (SLOW, Format::Sleeve(sleeve));
    }
    let port = sleeve.port.checked_add(1).unwrap_or(sleeve.port - 1);
    (FAST, Format::Fastdp(Fastdp { port, sleeve, mtu: on.mtu() }))
}

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    let why = Bilingual::new(
        "pods and what mails their frames are ports of one bridge",
        "pod 和寄送其帧的一方是同一网桥的端口",
    );
    sketch.device(BRIDGE, Piece::Bridge { hairpin: Vec::new() }, why);
    let (tunnel, format) = tunnel(on);
    let why = if matches!(format, Format::Fastdp(_)) {
        Bilingual::new(
            "the kernel's datapath: it wraps frames as the program has told it, where heartbeats have come back",
            "内核的数据通路:心跳回来之后,按程序写好的流表封装帧",
        )
    } else {
        Bilingual::new(
            "the program: it wraps frames with the names of both peers, and learns who is behind which",
            "这个程序:给帧加上两端节点的名字,并学习谁在哪个节点后面",
        )
    };
    sketch.device(tunnel, Piece::Tunnel(format), why);
    sketch.wire((tunnel, "inner"), (BRIDGE, tunnel));
    sketch.carry(tunnel);
    for pod in &on.node.pods {
        let piece = Piece::Pod { address: (pod.ip, on.cluster.network.1), gateway: None, mtu: on.mtu(), mac: None };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (BRIDGE, &pod.name));
    }
    sketch
}

fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    let name = &other.name;
    let why = Bilingual::new(
        format!("`{name}` gets a copy of what nobody has a row for"),
        format!("没有表项的帧,`{name}` 也得到一份"),
    );
    vec![Row::flood(tunnel(on).0, other.address.0, why)]
}
