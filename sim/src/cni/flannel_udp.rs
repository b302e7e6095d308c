//! Flannel's first backend: a TUN device and a program that reads packets from it and mails them to the program on the
//! other node. Both programs look at the packet as routers do, so the time to live shows four hops.

use super::sketch::{Piece, Row, Sketch};
use super::{Node, On, Param, Plugin, pods};
use crate::device::tunnel::format::{Format, Udp, ports};
use crate::plan::Bilingual;
use crate::wire::{ipv4, udp};

const DEVICE: &str = "flannel0";

pub const PLUGIN: Plugin = Plugin {
    name: "FlannelUdp",
    params: &[Param::port(ports::UDP), Param::MTU],
    apart: &[],
    overhead: (ipv4::HEADER_LEN + udp::HEADER_LEN) as u16,
    node,
    peer,
};

fn node(on: &On<'_>) -> Sketch {
    let mut sketch = pods::bridged(on);
    let why = Bilingual::new(
        "a TUN device, and the program behind it that mails packets to the other nodes",
        "一个 TUN 设备,以及它背后把报文寄往其他节点的程序",
    );
    sketch.device(DEVICE, Piece::Tunnel(Format::Udp(Udp { port: on.set.port() })), why);
    // The length of the whole network of pods: one route of the kernel for all nodes, the program knows the rest.
    sketch.route_into(DEVICE, vec![(on.node.range.0, on.cluster.network.1)]);
    sketch
}

fn peer(_: &On<'_>, other: &Node) -> Vec<Row> {
    let name = &other.name;
    let why = Bilingual::new(
        format!("the program mails packets for the pods of `{name}` to `{name}`"),
        format!("程序把去往 `{name}` 上 pod 的报文寄给 `{name}`"),
    );
    vec![Row::peer(DEVICE, other.prefix(), other.address.0, why)]
}
