//! A node device by device: its ports, addresses and wires, with everything chosen that its author left open.

use std::collections::BTreeMap;

use crate::device::bridge::{BridgeConfig, PortConfig};
use crate::device::fabric::FabricConfig;
use crate::device::ipvlan::IpvlanConfig;
use crate::device::macvlan::MacvlanConfig;
use crate::device::nic::{self, NicConfig};
use crate::device::sriov::SriovConfig;
use crate::device::tunnel::TunnelConfig;
use crate::device::vtep::VtepConfig;
use crate::id::PortNo;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::Sort;
use crate::lab::lower::{ipvlan, macvlan, sriov, tunnels};
use crate::lab::place::End;
use crate::lab::schema::Named;
use crate::lab::schema::environment::Fabric;
use crate::lab::schema::node::{Bridge, Inner, Linux, Nic, Stack};
use crate::lab::source::{Span, Spanned};
use crate::stack::{InterfaceConfig, StackConfig};
use crate::wire::MacAddr;

/// MTU where nobody says otherwise.
const MTU: u16 = 1500;

/// A port of a device, by the places of both.
pub(super) type At = (usize, PortNo);

/// What a node is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Its devices: name, what it is, and the names of its ports.
    pub devices: Vec<(String, Config, Vec<String>)>,
    /// What is joined inside.
    pub wires: Vec<[At; 2]>,
    /// Ports into which a cable may go.
    pub outside: Vec<(String, At)>,
}

/// A device with its settings. Neighbours that are named are added when all names are known.
#[derive(Clone, Debug, PartialEq)]
pub enum Config {
    /// A network card.
    Nic(NicConfig),
    /// A bridge.
    Bridge(BridgeConfig),
    /// An IP stack.
    Stack(StackConfig),
    /// The end of a VXLAN tunnel.
    Vtep(VtepConfig),
    /// The end of another tunnel.
    Tunnel(TunnelConfig),
    /// Macvlan devices on one card.
    Macvlan(MacvlanConfig),
    /// Ipvlan devices on one card.
    Ipvlan(IpvlanConfig),
    /// The virtual functions of one card.
    Sriov(SriovConfig),
    /// The network of a provider.
    Fabric(FabricConfig),
}

impl Config {
    /// What sort of device it is.
    pub const fn sort(&self) -> Sort {
        match self {
            Self::Nic(_) => Sort::Nic,
            Self::Bridge(_) => Sort::Bridge,
            Self::Stack(_) => Sort::Stack,
            Self::Vtep(_) => Sort::Vtep,
            Self::Tunnel(_) => Sort::Tunnel,
            Self::Macvlan(_) => Sort::Macvlan,
            Self::Ipvlan(_) => Sort::Ipvlan,
            Self::Sriov(_) => Sort::Sriov,
            Self::Fabric(_) => Sort::Fabric,
        }
    }
}

/// Whether a part of the node could not be read; then nothing is built of it.
pub fn is_broken(spec: &Linux) -> bool {
    spec.devices.is_empty() || spec.devices.iter().any(|device| device.value.is_none())
}

/// Lays out the node that stands at place `number` of the lab. `cabled` are the ports that links name.
pub fn layout(number: usize, spec: &Linux, cabled: &[&Spanned<End>], found: &mut Findings) -> Layout {
    let mut layout = Layout::default();
    for named in &spec.devices {
        let Some(inner) = &named.value else { return Layout::default() };
        let name = named.name.value.clone();
        let (config, ports) = match inner {
            Inner::Nic(spec) => (Config::Nic(card(&name, spec)), vec!["wire".to_owned(), "host".to_owned()]),
            Inner::Stack(own) => {
                let outer = tunnels::ports_of(&name, spec);
                let config =
                    StackConfig { tunnels: outer.iter().map(|name| tunnels::port(name)).collect(), ..stack(own) };
                (Config::Stack(config), interfaces(own).into_iter().chain(outer).collect())
            }
            Inner::Vtep(own) => (Config::Vtep(tunnels::vtep(own)), tunnels::ports()),
            Inner::Tunnel(own) => match tunnels::tunnel(own) {
                Some(config) => (Config::Tunnel(config), tunnels::ports()),
                None => return Layout::default(),
            },
            Inner::Macvlan(own) => (Config::Macvlan(macvlan::config(own)), macvlan::ports(own)),
            Inner::Ipvlan(own) => (Config::Ipvlan(ipvlan::config(own)), ipvlan::ports(own)),
            Inner::Sriov(own) => (Config::Sriov(sriov::config(own)), sriov::ports(own)),
            Inner::Fabric(own) => match fabric(own) {
                Some(config) => (Config::Fabric(config), own.ports.iter().map(|port| port.value.clone()).collect()),
                None => return Layout::default(),
            },
            Inner::Bridge(own) => (Config::Bridge(bridge(own)), bridge_ports(&name, own, spec, cabled)),
        };
        layout.devices.push((name, config, ports));
    }
    layout.wires = wires(spec, &layout, found);
    bridged_cards(spec, &mut layout);
    addresses(number, spec, &mut layout);
    finish_bridges(spec, &mut layout);
    tunnels::join(spec, &mut layout);
    macvlan::join(&mut layout);
    ipvlan::join(&mut layout);
    sriov::join(spec, &mut layout);
    tunnels::check(spec, &layout, found);
    macvlan::check(spec, &layout, found);
    ipvlan::check(spec, &layout, found);
    sriov::check(spec, &layout, found);
    layout.outside = outside(spec, &layout, found);
    layout
}

fn card(name: &str, spec: &Nic) -> NicConfig {
    let default = NicConfig::default();
    NicConfig {
        name: name.to_owned(),
        mac: spec.mac.as_ref().map_or(default.mac, |mac| mac.value),
        mtu: spec.mtu.as_ref().map_or(MTU, |mtu| mtu.value),
        promiscuous: spec.promiscuous.unwrap_or(default.promiscuous),
        allmulti: spec.allmulti.unwrap_or(default.allmulti),
        unicast_slots: spec.unicast_slots.unwrap_or(default.unicast_slots),
        unicast: spec.unicast.clone(),
        multicast: spec.multicast.clone(),
        pads: spec.pads.unwrap_or(default.pads),
        ..default
    }
}

fn fabric(spec: &Fabric) -> Option<FabricConfig> {
    let chosen = spec.environment.as_ref()?;
    let ports = spec.ports.iter().map(|port| port.value.clone()).collect();
    Some(FabricConfig {
        subnet: spec.subnet,
        check: chosen.check,
        open: chosen.open.clone(),
        ..chosen.is.fabric(ports)
    })
}

fn stack(spec: &Stack) -> StackConfig {
    let interface = |(name, addresses): &(Spanned<String>, Vec<Spanned<_>>)| InterfaceConfig {
        name: name.value.clone(),
        mac: spec.mac.of(&name.value).map_or(MacAddr::ZERO, |mac| mac.value),
        mtu: spec.mtu.of(&name.value).map_or(MTU, |mtu| mtu.value),
        addresses: addresses.iter().map(|address| address.value).collect(),
        address6: spec.ip6.iter().find(|(at, _)| at.value == name.value).map(|(_, ip)| ip.value),
        proxy_arp: spec.proxy_arp.of(&name.value).copied().flatten(),
        rp_filter: spec.rp_filter.of(&name.value).copied().unwrap_or_default(),
        ..InterfaceConfig::default()
    };
    StackConfig {
        interfaces: spec.interfaces.iter().map(interface).collect(),
        gateway: spec.gateway.as_ref().map(|gateway| gateway.value),
        forwarding: spec.forwarding.unwrap_or(false),
        groups: spec.groups.clone(),
        multipath: spec.multipath.unwrap_or_default(),
        ..StackConfig::default()
    }
}

fn interfaces(spec: &Stack) -> Vec<String> {
    spec.interfaces.iter().map(|(name, _)| name.value.clone()).collect()
}

fn bridge(spec: &Bridge) -> BridgeConfig {
    let default = BridgeConfig::default();
    BridgeConfig {
        ports: Vec::new(),
        learning: spec.learning.unwrap_or(default.learning),
        capacity: spec.fdb_size,
        when_full: spec.when_full.unwrap_or(default.when_full),
        ways: spec.ways.unwrap_or(default.ways),
        ageing: spec.ageing.unwrap_or(default.ageing),
        vlan_filtering: spec.vlan_filtering.unwrap_or_else(|| spec.ports.iter().any(|(_, port)| port.vlan.is_some())),
        snooping: spec.snooping,
        clamp_mss: spec.clamp_mss,
        mac: MacAddr::ZERO,
    }
}

/// Ports of a bridge: those with settings, then those that wires name, then, for the only bridge of a node, those
/// that links name.
fn bridge_ports(name: &str, own: &Bridge, spec: &Linux, cabled: &[&Spanned<End>]) -> Vec<String> {
    let is = |wanted: fn(&Inner) -> bool| {
        spec.devices.iter().filter(move |device| device.value.as_ref().is_some_and(wanted))
    };
    let mut ports: Vec<String> = own.ports.iter().map(|(port, _)| port.value.clone()).collect();
    let wired =
        spec.wires.iter().flatten().filter(|end| end.value.node == name).filter_map(|end| end.value.port.clone());
    let mut more: Vec<String> = wired.collect();
    if is(|inner| matches!(inner, Inner::Bridge(_))).count() == 1 {
        let cards: Vec<&str> =
            is(|inner| matches!(inner, Inner::Nic(_))).map(|device| device.name.value.as_str()).collect();
        let cabled = cabled.iter().filter_map(|end| end.value.port.as_deref()).filter(|port| !cards.contains(port));
        more.extend(cabled.map(str::to_owned));
    }
    for port in more {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
}

fn wires(spec: &Linux, layout: &Layout, found: &mut Findings) -> Vec<[At; 2]> {
    let mut used: BTreeMap<At, Span> = BTreeMap::new();
    let mut wires = Vec::new();
    for [a, b] in &spec.wires {
        let ends = [a, b].map(|end| resolve(end, layout, found).map(|at| (at, end.span)));
        let [Some(a), Some(b)] = ends else { continue };
        if a.0.0 == b.0.0 {
            let finding = Finding::new(Code::LinkToSelf, "a wire from a device to itself", b.1);
            found.push(finding.label("the other end").also(a.1, "the same device").help("a wire joins two devices"));
            continue;
        }
        let mut free = true;
        for (at, span) in [a, b] {
            if let Some(first) = used.insert(at, span) {
                let (device, _, ports) = &layout.devices[at.0];
                let text = format!("two wires end in `{device}:{}`", ports[at.1.index()]);
                let finding = Finding::new(Code::PortTaken, text, span).label("and here");
                found.push(finding.also(first, "one ends here").help(one_owner(layout, at.0)));
                free = false;
            }
        }
        if free && tunnels::carry_the_same([a, b], layout, found) {
            wires.push([a.0, b.0]);
        }
    }
    wires
}

/// What to do where two wires end in one port. A card has one receive handler, so macvlan, ipvlan and bridge exclude
/// each other on it (Linux `netdev_rx_handler_register`).
fn one_owner(layout: &Layout, device: usize) -> &'static str {
    let has = |sort: Sort| layout.devices.iter().any(|(_, config, _)| config.sort() == sort);
    match () {
        () if layout.devices[device].1.sort() != Sort::Nic => "each port takes one wire",
        () if has(Sort::Ipvlan) && (has(Sort::Macvlan) || has(Sort::Bridge)) => {
            "a card has one receive handler: the kernel refuses an ipvlan child beside a macvlan child or in a bridge \
             (EBUSY); give each a card, or choose one of them"
        }
        () if has(Sort::Ipvlan) => {
            "a card has one owner: all its ipvlan children stand in one Ipvlan, and the stack joins its `host`"
        }
        () if has(Sort::Macvlan) => {
            "a card has one owner: all its macvlan children stand in one Macvlan, and the stack joins its `host`"
        }
        () if has(Sort::Sriov) => {
            "a card has one owner: all its virtual functions stand in one Sriov, and the stack joins its `host`"
        }
        () => "each port takes one wire",
    }
}

/// The port at the end of a wire: the host's side of a card, the only interface of a stack, a named port.
fn resolve(end: &Spanned<End>, layout: &Layout, found: &mut Findings) -> Option<At> {
    let End { node, port, .. } = &end.value;
    let Some(device) = layout.devices.iter().position(|(name, ..)| name == node) else {
        let names: Vec<&str> = layout.devices.iter().map(|(name, ..)| name.as_str()).collect();
        let finding = Finding::new(Code::UnknownName, format!("there is no device `{node}` in this node"), end.span);
        let finding = finding.label("not defined").suggest(node, names.iter().copied());
        found.push(finding.help(format!("devices: {}", list(names))));
        return None;
    };
    let (_, config, ports) = &layout.devices[device];
    let at = match (config.sort(), port.as_deref()) {
        (Sort::Nic, None | Some("host")) => Some(usize::from(nic::HOST.0)),
        (Sort::Nic, Some(_)) => None,
        (_, None) => (ports.len() == 1).then_some(0),
        (_, Some(port)) => ports.iter().position(|known| known == port),
    };
    if at.is_none() {
        let text = match port {
            Some(port) => format!("`{node}` has no port `{port}` inside"),
            None => format!("which port of `{node}`?"),
        };
        let help = match config.sort() {
            Sort::Nic => format!("the inner side of a card is written without a port: \"{node}\""),
            _ => format!("ports of `{node}`: {}", list(ports.iter().map(String::as_str))),
        };
        found.push(Finding::new(Code::NoSuchPort, text, end.span).label("no such port").help(help));
    }
    at.map(|port| (device, PortNo(port as u16)))
}

/// A card in a bridge hears everything, unless its author says otherwise (Linux `br_add_if`).
fn bridged_cards(spec: &Linux, layout: &mut Layout) {
    let both = layout.wires.iter().flat_map(|[a, b]| [(a.0, b.0), (b.0, a.0)]);
    let bridged: Vec<usize> =
        both.filter(|(_, other)| layout.devices[*other].1.sort() == Sort::Bridge).map(|(card, _)| card).collect();
    for at in bridged {
        if let (Config::Nic(card), Some(Inner::Nic(Nic { promiscuous: None, .. }))) =
            (&mut layout.devices[at].1, &spec.devices[at].value)
        {
            card.promiscuous = true;
        }
    }
}

/// Addresses nobody gave: the card's own, and for an interface that of the card it is wired to. Those that are
/// made up count the nodes, and the addresses within the node.
fn addresses(number: usize, spec: &Linux, layout: &mut Layout) {
    let [high, low] = (number as u16 + 1).to_be_bytes();
    let mut made = 0_u8;
    let mut next = || {
        let mac = MacAddr([2, 0, 0, made, high, low]);
        made = made.saturating_add(1);
        mac
    };
    for (_, config, _) in &mut layout.devices {
        let own = match config {
            Config::Nic(card) => &mut card.mac,
            Config::Vtep(vtep) => &mut vtep.mac,
            Config::Tunnel(tunnel) => &mut tunnel.mac,
            Config::Bridge(bridge) if bridge.snooping.is_some() => &mut bridge.mac,
            Config::Bridge(_)
            | Config::Stack(_)
            | Config::Macvlan(_)
            | Config::Ipvlan(_)
            | Config::Sriov(_)
            | Config::Fabric(_) => continue,
        };
        if *own == MacAddr::ZERO {
            *own = next();
        }
    }
    macvlan::addresses(layout, &mut next);
    sriov::addresses(layout, &mut next);
    for at in 0..layout.devices.len() {
        let Some(Some(Inner::Stack(own))) = spec.devices.get(at).map(|named: &Named<Inner>| &named.value) else {
            continue;
        };
        for port in 0..own.interfaces.len() {
            let card = tunnels::behind(layout, (at, PortNo(port as u16)));
            let Config::Stack(config) = &mut layout.devices[at].1 else { continue };
            let interface = &mut config.interfaces[port];
            if interface.mac == MacAddr::ZERO {
                interface.mac = card.map_or_else(&mut next, |(mac, _)| mac);
            }
            if own.mtu.of(&interface.name).is_none() {
                interface.mtu = card.map_or(MTU, |(_, mtu)| mtu);
            }
        }
    }
}

/// The port at the other end of the wire in a port.
pub fn across(layout: &Layout, at: At) -> Option<At> {
    layout.wires.iter().find_map(|[a, b]| match at {
        at if at == *a => Some(*b),
        at if at == *b => Some(*a),
        _ => None,
    })
}

fn finish_bridges(spec: &Linux, layout: &mut Layout) {
    for (named, (_, config, ports)) in spec.devices.iter().zip(&mut layout.devices) {
        let (Some(Inner::Bridge(own)), Config::Bridge(config)) = (&named.value, config) else { continue };
        let mtu = own.mtu.as_ref().map_or(MTU, |mtu| mtu.value);
        let port = |name: &String| {
            let plain = PortConfig { mtu, ..PortConfig::named(name) };
            let settings = own.ports.iter().find(|(known, _)| known.value == *name);
            settings.map_or(plain.clone(), |(_, settings)| super::nodes::port_config(settings, plain))
        };
        config.ports = ports.iter().map(port).collect();
    }
}

/// Cards and the ports of bridges that no wire takes.
fn outside(spec: &Linux, layout: &Layout, found: &mut Findings) -> Vec<(String, At)> {
    let mut outside: Vec<(String, At)> = Vec::new();
    for (at, (name, config, ports)) in layout.devices.iter().enumerate() {
        let free = |port: &usize| !layout.wires.iter().flatten().any(|end| *end == (at, PortNo(*port as u16)));
        let own: Vec<(String, At)> = match config.sort() {
            Sort::Nic => vec![(name.clone(), (at, nic::WIRE))],
            Sort::Bridge | Sort::Fabric => {
                let free = (0..ports.len()).filter(free);
                free.map(|port| (ports[port].clone(), (at, PortNo(port as u16)))).collect()
            }
            Sort::Stack | Sort::Vtep | Sort::Tunnel | Sort::Macvlan | Sort::Ipvlan | Sort::Sriov => Vec::new(),
        };
        for (port, at) in own {
            if outside.iter().any(|(known, _)| *known == port) {
                let text = format!("two devices of this node have a port `{port}` for cables");
                let finding = Finding::new(Code::NameTaken, text, spec.devices[at.0].name.span);
                found.push(finding.label("and this one").help("call one of them by another name"));
            } else {
                outside.push((port, at));
            }
        }
    }
    outside
}
