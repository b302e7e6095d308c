//! Nodes and links become devices, wires and cables.

use crate::device::bridge::{BridgeConfig, PortConfig};
use crate::device::nic::{self, NicConfig};
use crate::id::PortNo;
use crate::lab::diagnostic::Findings;
use crate::lab::lower::directory::{Directory, Node};
use crate::lab::lower::sense::{mtu_of, port_mtu};
use crate::lab::lower::wiring::{CARD, STACK, own_settings};
use crate::lab::schema::node::{Host, Neighbour, NodeSpec, Port, Switch};
use crate::lab::schema::{Lab, Link};
use crate::plan::{Bilingual, DeviceSpec, Op, Plan};
use crate::stack::{InterfaceConfig, StackConfig};
use crate::wire::MacAddr;

/// Adds all nodes.
pub fn nodes(lab: &Lab, names: &Directory, plan: &mut Plan, found: &mut Findings) {
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        let Some(spec) = &named.value else { continue };
        let name = &node.name.value;
        let why = Bilingual::new(
            format!("`{name}` is a {} of the lab", spec.kind()),
            format!("`{name}` 是实验中的 {}", spec.kind()),
        );
        plan.push(Op::Node { name: name.clone(), kind: spec.kind() }, why);
        match spec {
            NodeSpec::Host(spec) => host(lab, names, node, spec, plan, found),
            NodeSpec::Switch(spec) => switch(lab, names, node, spec, plan),
        }
    }
}

fn host(lab: &Lab, names: &Directory, node: &Node, spec: &Host, plan: &mut Plan, found: &mut Findings) {
    let name = &node.name.value;
    let mac = node.mac.unwrap_or_default();
    let mtu = mtu_of(lab, name, spec.mtu.as_ref()).0;
    let mut card = NicConfig { name: CARD.to_owned(), mac, mtu, promiscuous: spec.promiscuous, ..NicConfig::default() };
    card.unicast_slots = spec.unicast_slots.unwrap_or(card.unicast_slots);
    let address = if spec.mac.is_some() {
        Bilingual::new(
            format!("the card of `{name}`, with the address the lab gives it"),
            format!("`{name}` 的网卡,地址由实验给定"),
        )
    } else {
        let why = format!("the card of `{name}`; its address counts the nodes, so every run has the same");
        Bilingual::new(why, format!("`{name}` 的网卡;地址按节点顺序编号,每次运行都相同"))
    };
    let device = |at: &str, spec| Op::Device { node: node.id, name: at.to_owned(), spec };
    plan.push(device(CARD, DeviceSpec::Nic(card)), address);
    let interface =
        InterfaceConfig { name: CARD.to_owned(), mac, mtu, addresses: spec.ip.iter().map(|ip| ip.value).collect() };
    let stack = StackConfig {
        interfaces: vec![interface],
        gateway: spec.gateway.as_ref().map(|gateway| gateway.value),
        neighbours: neighbours(names, spec, found),
        ..StackConfig::default()
    };
    let why = Bilingual::new(format!("the IP stack of `{name}`"), format!("`{name}` 的 IP 协议栈"));
    plan.push(device(STACK, DeviceSpec::Stack(stack)), why);
    if let [(_, card), (_, stack)] = node.devices.as_slice() {
        let why = Bilingual::new("the card hands frames up and takes frames down", "网卡向上交帧,向下取帧");
        plan.push(Op::Wire { a: (*card, nic::HOST), b: (*stack, PortNo(0)) }, why);
    }
}

fn neighbours(names: &Directory, spec: &Host, found: &mut Findings) -> Vec<(std::net::Ipv4Addr, MacAddr)> {
    let mac = |who: &Neighbour, found: &mut Findings| match who {
        Neighbour::Mac(mac) => Some(*mac),
        Neighbour::Name(name) => names.host(name, found).and_then(|node| node.mac),
    };
    spec.neighbours.iter().filter_map(|(ip, who)| mac(who, found).map(|mac| (*ip, mac))).collect()
}

fn switch(lab: &Lab, names: &Directory, node: &Node, spec: &Switch, plan: &mut Plan) {
    let name = &node.name.value;
    let ports = node.ports.iter().map(|port| {
        let mtu = port_mtu(lab, names, (name, &port.name), spec.mtu.as_ref());
        let plain = PortConfig { mtu, ..PortConfig::named(&port.name) };
        own_settings(spec, &port.name).map_or(plain.clone(), |own| port_config(own, plain))
    });
    let default = BridgeConfig::default();
    let config = BridgeConfig {
        ports: ports.collect(),
        learning: spec.learning.unwrap_or(default.learning),
        capacity: spec.fdb_size,
        when_full: spec.when_full.unwrap_or(default.when_full),
        ageing: spec.ageing.unwrap_or(default.ageing),
        vlan_filtering: spec.ports.iter().any(|(_, port)| port.vlan.is_some()),
        ..default
    };
    let why = if config.learning {
        Bilingual::new("a switch learns where senders are", "交换机学习发送者在哪个端口")
    } else {
        Bilingual::new(
            "it learns nothing, so it repeats every frame as a hub does",
            "它不学习,所以像集线器一样重复每个帧",
        )
    };
    plan.push(Op::Device { node: node.id, name: name.clone(), spec: DeviceSpec::Bridge(config) }, why);
}

fn port_config(own: &Port, mut port: PortConfig) -> PortConfig {
    for (name, on) in &own.flags {
        let flag = match *name {
            "hairpin" => &mut port.hairpin,
            "isolated" => &mut port.isolated,
            "learning" => &mut port.learning,
            "unicast_flood" => &mut port.unicast_flood,
            "multicast_flood" => &mut port.multicast_flood,
            _ => &mut port.broadcast_flood,
        };
        *flag = *on;
    }
    port.vlan = own.vlan.clone().unwrap_or(port.vlan);
    port.security.clone_from(&own.security);
    port
}

/// Adds all cables.
pub fn cables(lab: &Lab, names: &Directory, plan: &mut Plan) {
    for cable in &names.cables {
        let [Some(a), Some(b)] = [&cable.ends[0], &cable.ends[1]].map(|end| port(names, end)) else { continue };
        let Some(link) = link_of(lab, cable) else { continue };
        let why = Bilingual::new("a link of the lab", "实验中的一条链路");
        plan.push(Op::Cable { name: cable.name.clone(), a, b, config: link.config.clone() }, why);
    }
}

fn port(names: &Directory, (node, name): &(String, String)) -> Option<(crate::id::DeviceId, PortNo)> {
    let port = names.find_node(node)?.ports.iter().find(|port| port.name == *name)?;
    Some((port.device, port.number))
}

/// The link a cable was made from.
fn link_of<'l>(lab: &'l Lab, cable: &super::directory::Cable) -> Option<&'l Link> {
    lab.links.get(cable.link)
}
