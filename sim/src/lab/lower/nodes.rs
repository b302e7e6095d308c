//! Nodes and links become devices, wires and cables.

use crate::device::bridge::{BridgeConfig, PortConfig};
use crate::device::nic::{self, NicConfig};
use crate::engine::{self, World};
use crate::id::{DeviceId, PortNo};
use crate::lab::diagnostic::Findings;
use crate::lab::lower::changes::Resolver;
use crate::lab::lower::directory::{Directory, Home, Node};
use crate::lab::lower::linux;
use crate::lab::lower::sense::{mtu_of, port_mtu};
use crate::lab::lower::tunnels;
use crate::lab::lower::wiring::{CARD, STACK, own_settings};
use crate::lab::lower::{ipvlan, macvlan, sriov};
use crate::lab::place::{End, Place};
use crate::lab::schema::node::{Host, Inner, Linux, Neighbour, NodeSpec, Port, Switch};
use crate::lab::schema::{Change, Lab, Link};
use crate::lab::source::Spanned;
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
        profile(lab, node, spec, plan);
        match spec {
            NodeSpec::Host(spec) => host(lab, names, node, spec, plan, found),
            NodeSpec::Switch(spec) => switch(lab, names, node, spec, plan),
            NodeSpec::Linux(spec) => linux_node(lab, names, node, spec, plan, found),
            // Spelt out before.
            NodeSpec::Container(_) | NodeSpec::Router(_) => {}
        }
    }
}

/// A computer works at the prices it is given, or else at those of the lab; a switch forwards in hardware.
fn profile(lab: &Lab, node: &Node, spec: &NodeSpec, plan: &mut Plan) {
    let own = match spec {
        NodeSpec::Host(host) => &host.profile,
        NodeSpec::Linux(linux) => &linux.profile,
        NodeSpec::Router(_) | NodeSpec::Container(_) | NodeSpec::Switch(_) => return,
    };
    let Some(profile) = own.within(&lab.profile) else { return };
    let why = Bilingual::new(
        format!("its work takes time, as a model has it: {}", profile.en),
        format!("它的工作要花时间,按模型计:{}", profile.zh),
    );
    plan.push(Op::Profile { node: node.id, profile }, why);
}

fn host(lab: &Lab, names: &Directory, node: &Node, spec: &Host, plan: &mut Plan, found: &mut Findings) {
    let name = &node.name.value;
    let mac = node.home().and_then(Home::mac).unwrap_or_default();
    let mtu = mtu_of(lab, names, name, spec.mtu.as_ref()).0;
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
    let interface = InterfaceConfig {
        name: CARD.to_owned(),
        mac,
        mtu,
        addresses: spec.ip.iter().map(|ip| ip.value).collect(),
        address6: spec.ip6.as_ref().map(|ip| ip.value),
        ..InterfaceConfig::default()
    };
    let stack = StackConfig {
        interfaces: vec![interface],
        gateway: spec.gateway.as_ref().map(|gateway| gateway.value),
        neighbours: neighbours(names, &spec.neighbours, found),
        groups: spec.groups.clone(),
        ..StackConfig::default()
    };
    let why = Bilingual::new(format!("the IP stack of `{name}`"), format!("`{name}` 的 IP 协议栈"));
    plan.push(device(STACK, DeviceSpec::Stack(stack)), why);
    if let [card, stack] = node.devices.as_slice() {
        let why = Bilingual::new("the card hands frames up and takes frames down", "网卡向上交帧,向下取帧");
        plan.push(Op::Wire { a: (card.id, nic::HOST), b: (stack.id, PortNo(0)) }, why);
    }
}

type Neighbours<T> = Vec<(std::net::Ipv4Addr, T)>;

fn neighbours(names: &Directory, known: &Neighbours<Neighbour>, found: &mut Findings) -> Neighbours<MacAddr> {
    let mac = |who: &Neighbour, found: &mut Findings| match who {
        Neighbour::Mac(mac) => Some(*mac),
        Neighbour::Name(name) => names.host(name, found).and_then(Home::mac),
    };
    known.iter().filter_map(|(ip, who)| mac(who, found).map(|mac| (*ip, mac))).collect()
}

fn switch(lab: &Lab, names: &Directory, node: &Node, spec: &Switch, plan: &mut Plan) {
    let name = &node.name.value;
    let ports = node.ports.iter().map(|port| {
        let mtu = port_mtu(lab, names, name, &port.name, spec);
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
        snooping: spec.snooping,
        // Only its questions carry an address, made as that of a host is.
        mac: spec.snooping.map_or(MacAddr::ZERO, |_| super::wiring::mac_of_node(node.id.index())),
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

/// The settings of a port on top of its defaults.
pub fn port_config(own: &Port, mut port: PortConfig) -> PortConfig {
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
    port.mtu = own.mtu.as_ref().map_or(port.mtu, |mtu| mtu.value);
    port.vlan = own.vlan.clone().unwrap_or(port.vlan);
    port.security.clone_from(&own.security);
    port
}

/// A node device by device: what was laid out, with the MTU of the links and the neighbours that are named.
fn linux_node(lab: &Lab, names: &Directory, node: &Node, spec: &Linux, plan: &mut Plan, found: &mut Findings) {
    let Some(mut layout) = node.layout.clone() else { return };
    let name = &node.name.value;
    link_mtus(lab, names, name, spec, &mut layout);
    tunnels::join(spec, &mut layout);
    let ids: Vec<DeviceId> = node.devices.iter().map(|device| device.id).collect();
    for ((device, config, _), named) in layout.devices.into_iter().zip(&spec.devices) {
        let known = spec.whys.iter().find(|(known, _)| *known == device).map(|(_, why)| why.clone());
        let why = known.unwrap_or_else(|| {
            Bilingual::new(
                format!("`{name}` is written device by device, and this is one"),
                format!("`{name}` 是逐个设备写出的,这是其中之一"),
            )
        });
        let spec = match (config, &named.value) {
            (linux::Config::Nic(card), _) => DeviceSpec::Nic(card),
            (linux::Config::Bridge(bridge), _) => DeviceSpec::Bridge(bridge),
            (linux::Config::Vtep(vtep), _) => DeviceSpec::Vtep(vtep),
            (linux::Config::Tunnel(tunnel), _) => DeviceSpec::Tunnel(tunnel),
            (linux::Config::Macvlan(macvlan), _) => DeviceSpec::Macvlan(macvlan),
            (linux::Config::Ipvlan(ipvlan), _) => DeviceSpec::Ipvlan(ipvlan),
            (linux::Config::Sriov(sriov), _) => DeviceSpec::Sriov(sriov),
            (linux::Config::Fabric(fabric), _) => DeviceSpec::Fabric(fabric),
            (linux::Config::Stack(mut stack), own) => {
                if let Some(Inner::Stack(own)) = own {
                    stack.neighbours = neighbours(names, &own.neighbours, found);
                }
                DeviceSpec::Stack(stack)
            }
        };
        plan.push(Op::Device { node: node.id, name: device, spec }, why);
    }
    for [a, b] in &layout.wires {
        let why = Bilingual::new("a wire inside the node", "节点内部的一条连线");
        plan.push(Op::Wire { a: (ids[a.0], a.1), b: (ids[b.0], b.1) }, why);
    }
}

/// A card nobody gave an MTU has that of its link, and so has the interface behind it.
fn link_mtus(lab: &Lab, names: &Directory, node: &str, spec: &Linux, layout: &mut linux::Layout) {
    let mut cards = Vec::new();
    for (at, named) in spec.devices.iter().enumerate() {
        let Some(Inner::Nic(own)) = &named.value else { continue };
        let mtu = names.plugged(node, &named.name.value).and_then(|cable| lab.links.get(cable.link)?.mtu.as_ref());
        let (None, Some(mtu)) = (&own.mtu, mtu) else { continue };
        if let linux::Config::Nic(card) = &mut layout.devices[at].1 {
            card.mtu = mtu.value;
            cards.push((at, mtu.value));
        }
    }
    for (card, mtu) in cards {
        let ends = layout.wires.iter().flat_map(|[a, b]| [(*a, *b), (*b, *a)]);
        let mut ends: Vec<(usize, PortNo)> = ends.filter(|(from, _)| from.0 == card).map(|(_, to)| to).collect();
        let users = |end: &(usize, PortNo)| {
            [macvlan::users(layout, *end), ipvlan::users(layout, *end), sriov::users(layout, *end)].concat()
        };
        let children: Vec<(usize, PortNo)> = ends.iter().flat_map(users).collect();
        ends.extend(children);
        for (at, port) in ends {
            let (Some(Inner::Stack(own)), linux::Config::Stack(stack)) =
                (spec.devices.get(at).and_then(|named| named.value.as_ref()), &mut layout.devices[at].1)
            else {
                continue;
            };
            let interface = &mut stack.interfaces[port.index()];
            if own.mtu.of(&interface.name).is_none() {
                interface.mtu = mtu;
            }
        }
    }
}

/// Adds the rows that nodes written device by device have from the start.
pub fn rows(lab: &Lab, names: &Directory, probe: Option<&World>, plan: &mut Plan, found: &mut Findings) {
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        let Some(NodeSpec::Linux(spec)) = &named.value else { continue };
        tunnels::remotes(node, spec, plan);
        let mut resolver = Resolver::new(names, probe.filter(|_| !spec.rows.is_empty()));
        for (at, row) in spec.rows.iter().enumerate() {
            let Some(row) = inside(row, &node.name.value) else { continue };
            let known = spec.row_whys.iter().find(|(place, _)| *place == at).map(|(_, why)| why.clone());
            let why = known.unwrap_or_else(|| Bilingual::new("a row that is there from the start", "一开始就有的表项"));
            for change in resolver.resolve(&row, found).into_iter().flatten() {
                let engine::Change::Device { device, change } = change else { continue };
                plan.push(Op::Row { device, change }, why.clone());
            }
        }
    }
}

/// Adds what the variant sets inside of nodes.
pub fn presets(lab: &Lab, names: &Directory, probe: Option<&World>, plan: &mut Plan, found: &mut Findings) {
    let mut resolver = Resolver::new(names, probe.filter(|_| !lab.presets.is_empty()));
    for preset in &lab.presets {
        for change in resolver.resolve(preset, found).into_iter().flatten() {
            let engine::Change::Device { device, change } = change else { continue };
            let why = Bilingual::new("what this variant sets", "这个变体的设置");
            plan.push(Op::Row { device, change }, why);
        }
    }
}

/// A row whose place is a device of the node, with the node in front of it.
fn inside(row: &Change, node: &str) -> Option<Change> {
    let (Change::AddRow(place, ..) | Change::Set(place, _)) = row else { return None };
    let value = match &place.value {
        Place::End(End { node: device, device: None, port }) if device != node => {
            Place::End(End { node: node.to_owned(), device: Some(device.clone()), port: port.clone() })
        }
        other => other.clone(),
    };
    let place = Spanned::new(value, place.span);
    Some(match row {
        Change::AddRow(_, table, cells) => Change::AddRow(place, table.clone(), cells.clone()),
        Change::Set(_, settings) => Change::Set(place, settings.clone()),
        _ => return None,
    })
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

fn port(names: &Directory, (node, name): &(String, String)) -> Option<(DeviceId, PortNo)> {
    let port = names.find_node(node)?.ports.iter().find(|port| port.name == *name)?;
    Some((port.device, port.number))
}

/// The link a cable was made from.
fn link_of<'l>(lab: &'l Lab, cable: &super::directory::Cable) -> Option<&'l Link> {
    lab.links.get(cable.link)
}
