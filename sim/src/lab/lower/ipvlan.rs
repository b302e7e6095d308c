//! Ipvlan devices of a node: the address they share, the IP addresses they are told apart by, and what cannot work.

use std::net::Ipv4Addr;

use crate::device::ipvlan::{self, ChildConfig, IpvlanConfig};
use crate::id::PortNo;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::Directory;
use crate::lab::lower::linux::{At, Config, Layout, across};
use crate::lab::schema::Lab;
use crate::lab::schema::node::{Inner, Ipvlan, IpvlanChild, Linux, NodeSpec, Stack};
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

/// Names of the ports.
pub fn ports(spec: &Ipvlan) -> Vec<String> {
    let own = ["lower", "host", "routed"].map(str::to_owned);
    own.into_iter().chain(spec.children.iter().map(|(name, _)| name.value.clone())).collect()
}

/// The devices as typed; what follows from their surroundings is filled in by [`join`].
pub fn config(spec: &Ipvlan) -> IpvlanConfig {
    let child = |(name, own): &(Spanned<String>, IpvlanChild)| ChildConfig {
        name: name.value.clone(),
        mode: own.mode.as_ref().map(|mode| mode.value).unwrap_or_default(),
        flag: own.flag.as_ref().map(|flag| flag.value).unwrap_or_default(),
        addresses: Vec::new(),
    };
    IpvlanConfig { mac: MacAddr::ZERO, children: spec.children.iter().map(child).collect() }
}

/// The card below: hardware address and MTU.
fn parent(layout: &Layout, at: usize) -> Option<(MacAddr, u16)> {
    let (card, _) = across(layout, (at, ipvlan::LOWER))?;
    if let Config::Nic(card) = &layout.devices[card].1 { Some((card.mac, card.mtu)) } else { None }
}

/// Port of a child by its place.
fn child_port(place: usize) -> PortNo {
    PortNo(ipvlan::CHILD + place as u16)
}

/// Hardware address and MTU behind an interface that is joined to a port here: those of the card.
pub fn behind(layout: &Layout, (at, port): At) -> Option<(MacAddr, u16)> {
    parent(layout, at).filter(|_| port != ipvlan::LOWER && port != ipvlan::ROUTED)
}

/// The interface of a stack at a port: the stack, and its place there.
fn interface(layout: &Layout, at: At) -> Option<(usize, usize)> {
    let (stack, port) = across(layout, at)?;
    let Config::Stack(config) = &layout.devices[stack].1 else { return None };
    (port.index() < config.interfaces.len()).then_some((stack, port.index()))
}

/// Tells the device the addresses it sorts by, the children whether they speak ARP, and the host's stack whose packets
/// come in by the port for them. Needs the addresses of cards.
pub fn join(layout: &mut Layout) {
    for at in 0..layout.devices.len() {
        let Config::Ipvlan(mut config) = layout.devices[at].1.clone() else { continue };
        config.mac = parent(layout, at).map_or(MacAddr::ZERO, |(mac, _)| mac);
        let silent = !config.agreed().0.speaks_arp();
        for (place, child) in config.children.iter_mut().enumerate() {
            let Some((stack, own)) = interface(layout, (at, child_port(place))) else { continue };
            let Config::Stack(stack) = &mut layout.devices[stack].1 else { continue };
            stack.interfaces[own].no_arp = silent;
            child.addresses = stack.interfaces[own].addresses.iter().map(|(ip, _)| *ip).collect();
        }
        layout.devices[at].1 = Config::Ipvlan(config);
        let (host, routed) = (interface(layout, (at, ipvlan::HOST)), across(layout, (at, ipvlan::ROUTED)));
        if let (Some((host, own)), Some((stack, port))) = (host, routed)
            && host == stack
            && let Config::Stack(config) = &mut layout.devices[stack].1
            && let Some(place) = port.index().checked_sub(config.interfaces.len())
        {
            config.tunnels[place].children_of = Some(PortNo(own as u16));
        }
    }
}

/// The ends that what is wired to a card's children, and to its host's side, is seen from.
pub fn users(layout: &Layout, (at, port): At) -> Vec<At> {
    let Config::Ipvlan(config) = &layout.devices[at].1 else { return Vec::new() };
    let children = (0..config.children.len()).map(child_port);
    let ports = [ipvlan::HOST].into_iter().chain(children).filter(|_| port == ipvlan::LOWER);
    ports.filter_map(|port| across(layout, (at, port))).collect()
}

/// What the kernel refuses, and what could never work.
pub fn check(spec: &Linux, layout: &Layout, found: &mut Findings) {
    for (at, named) in spec.devices.iter().enumerate() {
        let (Some(Inner::Ipvlan(own)), Config::Ipvlan(config)) = (&named.value, &layout.devices[at].1) else {
            continue;
        };
        let name = &named.name;
        if parent(layout, at).is_none() {
            let finding = Finding::new(Code::NotLinked, format!("`{}` has no card below it", name.value), name.span);
            let finding = finding.label("no wire joins its port `lower` to a card");
            found.push(finding.help(format!("wires: [(\"{}:lower\", \"eth0\")]", name.value)));
        }
        way_out(layout, at, name, config, found);
        own_macs(spec, layout, at, own, found);
    }
}

/// In modes l3 and l3s the stack of the host routes for the children, so it must be there.
fn way_out(layout: &Layout, at: usize, name: &Spanned<String>, config: &IpvlanConfig, found: &mut Findings) {
    let host = interface(layout, (at, ipvlan::HOST)).map(|(stack, _)| stack);
    let routed = across(layout, (at, ipvlan::ROUTED)).filter(|end| {
        let Config::Stack(config) = &layout.devices[end.0].1 else { return false };
        end.1.index() >= config.interfaces.len()
    });
    let (mode, name, span) = (config.agreed().0, &name.value, name.span);
    if config.children.is_empty() {
        return;
    }
    let wanted = !mode.speaks_arp() || across(layout, (at, ipvlan::ROUTED)).is_some();
    if !wanted || routed.is_some() && routed.map(|(stack, _)| stack) == host {
        return;
    }
    let text = format!("`{name}` has no stack that routes for its children in mode {mode}");
    let finding = Finding::new(Code::OtherKind, text, span);
    let finding = finding.label("its ports `host` and `routed` lead to one stack, the latter to a port of its own");
    found.push(
        finding.help(format!("wires: [(\"ip:eth0\", \"{name}:host\"), (\"{name}:routed\", \"ip:{name}.routed\")]")),
    );
}

/// What children of one card cannot have each for itself: an IP address of another, and mode and flag.
pub fn among_children(lab: &Lab, names: &Directory, found: &mut Findings) {
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        let (Some(NodeSpec::Linux(spec)), Some(layout)) = (&named.value, &node.layout) else { continue };
        for (at, (device, (_, config, _))) in spec.devices.iter().zip(&layout.devices).enumerate() {
            let (Some(Inner::Ipvlan(own)), Config::Ipvlan(config)) = (&device.value, config) else { continue };
            if !lab.allow.contains(&"shared-mode") {
                disagree(own, config, found);
            }
            twice(spec, layout, at, own, found);
        }
    }
}

/// Mode and flag are the card's, so a child made later changes those of all before it.
fn disagree(own: &Ipvlan, config: &IpvlanConfig, found: &mut Findings) {
    let children = &config.children;
    let same = |a: usize, b: usize| (children[a].mode, children[a].flag) == (children[b].mode, children[b].flag);
    let Some(second) = (1..children.len()).rev().find(|at| !same(*at, at - 1)) else { return };
    if own.children.iter().any(|(_, child)| child.mode.is_none()) {
        return;
    }
    let first = second - 1;
    let by_mode = children[first].mode != children[second].mode;
    let span = |at: usize| {
        let (name, IpvlanChild { mode, flag }) = &own.children[at];
        let (mode, flag) = (mode.as_ref().map(|mode| mode.span), flag.as_ref().map(|flag| flag.span));
        if by_mode { mode } else { flag.or(mode) }.unwrap_or(name.span)
    };
    let (mode, flag) = config.agreed();
    let text =
        format!("`{}` changes `{}` too: to mode {mode}, flag {flag}", children[second].name, children[first].name);
    let finding = Finding::new(Code::SharedMode, text, span(second)).label("made later, so this holds for all");
    let finding = finding.also(span(first), "no longer so");
    let help = "mode and flag belong to the card: write the same for all of its children";
    found.push(finding.help(format!("{help}; if that is the lesson: allow: [\"shared-mode\"]")));
}

/// An IP address on two children of one card. Says it better than that it is there twice.
fn twice(spec: &Linux, layout: &Layout, at: usize, own: &Ipvlan, found: &mut Findings) {
    let mut seen: Vec<(Ipv4Addr, Span)> = Vec::new();
    for place in 0..own.children.len() {
        let Some((stack, interface)) = interface(layout, (at, child_port(place))) else { continue };
        let Some(Inner::Stack(typed)) = &spec.devices[stack].value else { continue };
        for ip in typed.interfaces.get(interface).iter().flat_map(|(_, list)| list.iter()) {
            let Some((_, first)) = seen.iter().find(|(known, _)| *known == ip.value.0) else {
                seen.push((ip.value.0, ip.span));
                continue;
            };
            found.forget(Code::DuplicateAddress, ip.span);
            let text = format!("{} is on two ipvlan children of one card", ip.value.0);
            let finding = Finding::new(Code::CardTaken, text, ip.span).label("again here").also(*first, "first here");
            found.push(finding.help("the kernel refuses it (EADDRINUSE), for it is what children are told apart by"));
        }
    }
}

/// A hardware address of a child's own.
fn own_macs(spec: &Linux, layout: &Layout, at: usize, own: &Ipvlan, found: &mut Findings) {
    for (place, (child, _)) in own.children.iter().enumerate() {
        let Some((stack, interface)) = interface(layout, (at, child_port(place))) else { continue };
        if let Some(Inner::Stack(typed)) = &spec.devices[stack].value {
            own_mac(layout, at, (stack, interface), typed, child, found);
        }
    }
}

fn own_mac(
    layout: &Layout,
    at: usize,
    (stack, interface): (usize, usize),
    typed: &Stack,
    child: &Spanned<String>,
    found: &mut Findings,
) {
    let (Some((mac, _)), Config::Stack(config)) = (parent(layout, at), &layout.devices[stack].1) else { return };
    let at = &config.interfaces[interface];
    let Some(own) = typed.mac.of(&at.name).filter(|own| own.value != mac) else { return };
    let finding = Finding::new(Code::CardTaken, format!("`{}` cannot have {}", child.value, own.value), own.span);
    let finding = finding.label(format!("an ipvlan child has the address of its card, {mac}"));
    found.push(finding.help("leave `mac` out, or share the card by Macvlan(…), where each child has its own"));
}
