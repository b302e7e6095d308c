//! Docker's overlay network (libnetwork): one Ethernet for all containers, in which nobody has to ask. Of every container
//! elsewhere the node knows the address, the hardware address and the host, and answers questions itself.
//!
//! Hosts tell each other of their containers by gossip. The first one that has any is the manager of the swarm, which all
//! others ask to join. With `gossip: false` the rows are there before the first packet, as if all had been told.
//!
//! Left out: hosts of the swarm without a container in the network (they would pass on who is alive), the sandbox
//! namespace around bridge and VTEP, and the second card of a container, which leads out of the overlay.

use super::pods::why_pod;
use super::sketch::{CARD, Daemon, Piece, Row, Sketch, Vtep};
use super::{Node, On, Param, Plugin, Pod};
use crate::device::vtep;
use crate::plan::Bilingual;
use crate::wire::{MacAddr, vxlan};

const BRIDGE: &str = "br0";
const TUNNEL: &str = "vxlan0";

pub const PLUGIN: Plugin = Plugin {
    name: "DockerOverlay",
    // The first network a user makes; 4096 is the one for published ports.
    params: &[Param::vni(4097), Param::port(vxlan::PORT), Param::GOSSIP, Param::MTU],
    apart: &[],
    overhead: vtep::OVERHEAD,
    node,
    peer,
};

/// Docker makes the hardware address of a container from its address.
fn mac(pod: &Pod) -> MacAddr {
    let [a, b, c, d] = pod.ip.octets();
    MacAddr([0x02, 0x42, a, b, c, d])
}

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = Sketch::default();
    // A host on which the network has no container has nothing of it.
    if on.node.pods.is_empty() {
        return sketch;
    }
    let vni = on.set.number("vni");
    let why = Bilingual::new(
        "containers and tunnel are ports of one bridge: the network is one Ethernet",
        "容器和隧道是同一网桥的端口:这个网络是一个以太网",
    );
    sketch.device(BRIDGE, Piece::Bridge { hairpin: Vec::new() }, why);
    let why = Bilingual::new(
        format!("the way to containers of other hosts, VNI {vni}; it answers their ARP itself and floods nothing"),
        format!("通往其他主机上容器的路,VNI {vni};它代替它们回答 ARP,不泛洪"),
    );
    let piece = Vtep { vni, port: on.set.port(), learning: true, answers: true, ..Vtep::default() };
    sketch.device(TUNNEL, Piece::Vtep(piece), why);
    sketch.wire((TUNNEL, "inner"), (BRIDGE, TUNNEL));
    sketch.carry(TUNNEL);
    for pod in &on.node.pods {
        let (address, mac) = ((pod.ip, on.cluster.network.1), Some(mac(pod)));
        let piece = Piece::Pod { address, gateway: None, mtu: on.mtu(), mac };
        sketch.device(&pod.name, piece, why_pod(&pod.name, &on.node.name));
        sketch.wire((&pod.name, CARD), (BRIDGE, &pod.name));
    }
    if on.set.flag(Param::GOSSIP.name) {
        sketch.daemons.push(gossip(on));
    }
    sketch
}

/// The part of Docker's daemon that spreads who lives where.
fn gossip(on: &On<'_>) -> Daemon {
    let manager = on.cluster.nodes.iter().find(|node| !node.pods.is_empty());
    let manager = manager.filter(|manager| manager.name != on.node.name);
    let stations = on.node.pods.iter().map(|pod| (pod.ip, mac(pod))).collect();
    Daemon::Gossip { manager: manager.map(|manager| manager.address.0), vtep: TUNNEL.to_owned(), stations }
}

/// Two rows for every container, and only on hosts that have one themselves.
fn peer(on: &On<'_>, other: &Node) -> Vec<Row> {
    if on.node.pods.is_empty() || on.set.flag(Param::GOSSIP.name) {
        return Vec::new();
    }
    let rows = |pod: &Pod| {
        let (name, host, mac) = (&pod.name, &other.name, mac(pod));
        let answer = Bilingual::new(
            format!("who asks for `{name}` gets the answer here, and the question goes no further"),
            format!("询问 `{name}` 的 ARP 就在这里得到回答,不再往外走"),
        );
        let fdb = Bilingual::new(
            format!("frames for `{name}` go to `{host}` in an envelope"),
            format!("发给 `{name}` 的帧,装进信封寄往 `{host}`"),
        );
        [Row::answer(TUNNEL, pod.ip, mac, answer), Row::fdb(TUNNEL, mac, other.address.0, fdb)]
    };
    other.pods.iter().flat_map(rows).collect()
}
