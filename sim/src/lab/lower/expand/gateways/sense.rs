//! What no gateway can be: on a host that is not there, in a network that is not there, or between equal ones.

use std::net::Ipv4Addr;

use super::Door;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::expand::{Placed, members, the_host, the_overlay};
use crate::lab::schema::gateway::{Anycast, Bridged, Gateway, Leg, Mode};
use crate::lab::schema::overlay::Between;
use crate::lab::schema::{Lab, Named, Overlay};
use crate::lab::source::{Span, Spanned};
use crate::wire::ipv4::mask;

/// The gateways that can be; what is wrong with the others is reported.
pub fn sound<'l>(lab: &'l Lab, placed: &[Placed<'l>], found: &mut Findings) -> Vec<Door<'l>> {
    let mut doors = Vec::new();
    for (number, named) in lab.gateways.iter().enumerate() {
        let Some(what) = &named.value else { continue };
        let mut good = own_name(lab, &named.name, found);
        good &= match what {
            Gateway::Central(central) => {
                let there = the_host(lab, &central.on, "a gateway is on a host", found);
                let cards = central.ports.iter().all(|(port, _)| cable(lab, &central.on.value, port, found));
                there && cards
            }
            Gateway::Bridged(door) => {
                let there = the_host(lab, &door.on, "a gateway is on a host", found);
                let net = joined(lab, &door.net, found).is_some();
                there && net && cable(lab, &door.on.value, &door.port, found)
            }
            Gateway::Anycast(anycast) => evpn(lab, anycast, found),
        };
        for (net, _) in what.joins() {
            good &= joined(lab, net, found).is_some();
        }
        overlapping(lab, what, found);
        good &= strangers(lab, what, placed, found);
        if good {
            doors.push(Door::of(&named.name, what, number, placed));
        }
    }
    announced(&doors, found);
    crowded(&doors, found);
    doors
}

/// A gateway is a device of its hosts and has a bridge of its name, so it shares names with everything there.
fn own_name(lab: &Lab, name: &Spanned<String>, found: &mut Findings) -> bool {
    let text = name.value.as_str();
    let others = lab.nodes.iter().map(|node| &node.name).chain(lab.overlays.iter().map(|net| &net.name));
    let others = others.chain(lab.traffic.iter().map(|flow| &flow.name));
    let other = others.chain(lab.events.iter().map(|event| &event.name)).find(|other| other.value == text);
    if let Some(other) = other {
        let finding = Finding::new(Code::NameTaken, format!("`{text}` names two things"), name.span);
        let finding = finding.label("a gateway").also(other.span, "first here");
        found.push(finding.help("give the gateway another name: \"tenant\""));
    } else if is_device(text) {
        let finding = Finding::new(Code::NameTaken, format!("`{text}` is the name of a device of a host"), name.span);
        found.push(finding.label("not for a gateway").help("\"tenant\": Central(…)"));
    }
    other.is_none() && !is_device(text)
}

/// Names that hosts give to devices of theirs.
fn is_device(name: &str) -> bool {
    ["eth0", "ip"].contains(&name) || name.starts_with("br-") || name.starts_with("vx-")
}

/// A card for a cable: a name of its own on its host, and a link that leads to it.
fn cable(lab: &Lab, host: &str, port: &Spanned<String>, found: &mut Findings) -> bool {
    let name = port.value.as_str();
    let container = lab.nodes.iter().any(|node| node.name.value == name);
    if is_device(name) || container || lab.gateways.iter().any(|gateway| gateway.name.value == name) {
        let finding =
            Finding::new(Code::NameTaken, format!("`{name}` cannot be a further card of `{host}`"), port.span);
        found.push(finding.label("the name of something else there").help("\"eth1\""));
        return false;
    }
    let ends = lab.links.iter().flat_map(|link| [&link.a.value, &link.b.value]);
    let mut here = ends.filter(|end| end.node == host && end.port.as_deref() == Some(name));
    if here.next().is_none() && !lab.allow.contains(&"node-without-link") {
        let finding = Finding::new(Code::NotLinked, format!("no link leads to `{host}:{name}`"), port.span);
        let finding = finding.label("nothing is behind this card");
        found.push(
            finding.help(format!("links: [(\"{host}:{name}\", \"sw:1\")], and \"{host}:eth0\" for the other cable")),
        );
    }
    true
}

/// An overlay that is one Ethernet: only that can be joined by a router of its own.
fn joined<'l>(lab: &'l Lab, name: &Spanned<String>, found: &mut Findings) -> Option<&'l Named<Overlay>> {
    let net = the_overlay(lab, name, found)?;
    let overlay = net.value.as_ref()?;
    if members::is_routed(overlay) {
        let text = format!("the hosts of `{}` are its routers", name.value);
        let finding =
            Finding::new(Code::OtherKind, text, name.span).label("needs no gateway, and has no place for one");
        found.push(
            finding.also(net.name.span, "defined here").help("join networks that are one Ethernet: Vxlan(vni: 42)"),
        );
        return None;
    }
    Some(net)
}

/// The rows of an anycast gateway are rows of VTEPs, and tell where each container is.
fn evpn(lab: &Lab, anycast: &Anycast, found: &mut Findings) -> bool {
    let mut good = true;
    for (name, _) in &anycast.joins {
        let net = lab.overlays.iter().find(|net| net.name.value == name.value);
        let Some(Some(overlay)) = net.map(|net| &net.value) else { continue };
        if !matches!(overlay.between, Between::Vxlan(_)) && !members::is_routed(overlay) {
            let finding = Finding::new(Code::OtherKind, format!("`{}` is no VXLAN network", name.value), name.span);
            let finding = finding.label("an anycast gateway lives on the rows of VTEPs");
            found.push(finding.help("\"blue\": Vxlan(vni: 42), or a Central(…) gateway"));
            good = false;
        }
    }
    good
}

fn meet((a, a_len): (Ipv4Addr, u8), (b, b_len): (Ipv4Addr, u8)) -> bool {
    (a.to_bits() ^ b.to_bits()) & mask(a_len.min(b_len)) == 0
}

fn shown((ip, len): (Ipv4Addr, u8)) -> String {
    format!("{}/{len}", Ipv4Addr::from_bits(ip.to_bits() & mask(len)))
}

/// Whether an address is in the subnet of another.
fn holds((own, len): (Ipv4Addr, u8), other: Ipv4Addr) -> bool {
    meet((own, len), (other, 32))
}

/// A router tells its networks apart by their subnets.
fn overlapping(lab: &Lab, what: &Gateway, found: &mut Findings) {
    if lab.allow.contains(&"overlapping-subnets") {
        return;
    }
    let ports: &[Leg] = if let Gateway::Central(central) = what { &central.ports } else { &[] };
    let legs: Vec<&Leg> = what.joins().iter().chain(ports).collect();
    for (at, (name, address)) in legs.iter().enumerate() {
        let Some((other, first)) = legs[..at].iter().find(|(_, first)| meet(first.value, address.value)) else {
            continue;
        };
        let text = format!("`{}` and `{}` have overlapping subnets", other.value, name.value);
        let finding = Finding::new(Code::OverlappingSubnets, text, address.span);
        let finding = finding.label(format!("{}: for which of them is a packet?", shown(address.value)));
        let finding = finding.also(first.span, format!("{} here", shown(first.value)));
        let finding = finding.help("networks that a gateway joins need subnets of their own, such as 10.2.0.0/24");
        found.push(finding.help("if that is the lesson: allow: [\"overlapping-subnets\"]"));
    }
}

/// Containers that cannot reach the gateway of their network, or have its address; then no gateway can be made.
fn strangers(lab: &Lab, what: &Gateway, placed: &[Placed<'_>], found: &mut Findings) -> bool {
    let mut good = true;
    for (net, address) in what.joins() {
        for at in placed.iter().filter(|at| at.net == net.value && at.spec.gateway.is_none()) {
            let Some(ip) = &at.spec.ip else { continue };
            if ip.value.0 == address.value.0 && !lab.allow.contains(&"duplicate-address") {
                let text = format!("{} is used twice", ip.value.0);
                let finding =
                    Finding::new(Code::DuplicateAddress, text, ip.span).also(address.span, "the gateway's too");
                let finding = finding.label(format!("`{}` would send to itself", at.name.value));
                found.push(finding.help("give the gateway an address of its own, such as the last one of the subnet"));
                good = false;
            }
            let label = match (holds(address.value, ip.value.0), holds(ip.value, address.value.0)) {
                (true, true) => continue,
                (false, _) => format!("not in {}", shown(address.value)),
                (true, false) => format!("{} is not in {}", address.value.0, shown(ip.value)),
            };
            let text = format!("`{}` cannot reach the gateway of `{}`", at.name.value, net.value);
            let finding = Finding::new(Code::GatewayElsewhere, text, ip.span).label(label);
            let finding = finding.also(address.span, "the gateway");
            found.push(finding.help(format!("an address in {}", shown(address.value))));
        }
    }
    good
}

/// Router MACs are announced for hosts that have the gateway.
fn announced(doors: &[Door<'_>], found: &mut Findings) {
    for door in doors {
        let Some(Anycast { mode: Mode::Symmetric { announced, .. }, .. }) = door.anycast() else { continue };
        for (host, _) in announced.iter().filter(|(host, _)| door.nets_on(&host.value).is_none()) {
            let known = || door.hosts.iter().map(|(host, _)| *host);
            let text = format!("`{}` is not on a host `{}`", door.name.value, host.value);
            let finding = Finding::new(Code::UnknownName, text, host.span).label("no router there");
            let finding = finding.suggest(&host.value, known());
            found.push(finding.help(format!("hosts: {}", list(known()))));
        }
    }
}

/// Gateways that get into each other's way.
fn crowded(doors: &[Door<'_>], found: &mut Findings) {
    for (at, door) in doors.iter().enumerate() {
        for (net, address) in door.what.joins() {
            let Some(first) = doors[..at].iter().find(|first| first.address(&net.value).is_some()) else { continue };
            let text = format!("`{}` has two gateways", net.value);
            let finding = Finding::new(Code::TwoGateways, text, net.span).label("and this one");
            let finding = finding.also(first.name.span, "one is here").also(address.span, "another address");
            found.push(finding.help(format!("let `{}` join all of them", first.name.value)));
        }
        let Gateway::Bridged(own) = door.what else { continue };
        let rows = doors.iter().find(|other| other.anycast().is_some() && other.address(&own.net.value).is_some());
        if let Some(other) = rows {
            let text = format!("what is behind `{}` would be unknown in `{}`", door.name.value, own.net.value);
            let finding =
                Finding::new(Code::OtherKind, text, own.net.span).label("the VTEPs of this network learn nothing");
            let finding = finding.also(other.name.span, "its rows are written by this gateway");
            found.push(
                finding.help("bridge a network that learns, or give `Central(…)` a port: ports: {\"eth1\": \"…\"}"),
            );
        }
        for first in doors[..at].iter().filter_map(|first| cables_of(first.what)).flatten() {
            same_cable(own, first, found);
        }
    }
}

/// Cards for cables of a gateway: host, card, and the overlay and VLAN where frames are bridged.
type Cable<'l> = (&'l str, &'l Spanned<String>, Option<&'l Bridged>);

fn cables_of(what: &Gateway) -> Option<Vec<Cable<'_>>> {
    match what {
        Gateway::Bridged(door) => Some(vec![(&door.on.value, &door.port, Some(door))]),
        Gateway::Central(central) => {
            Some(central.ports.iter().map(|(port, _)| (central.on.value.as_str(), port, None)).collect())
        }
        Gateway::Anycast(_) => None,
    }
}

fn same_cable(own: &Bridged, (host, port, bridged): Cable<'_>, found: &mut Findings) {
    if host != own.on.value {
        return;
    }
    if port.value == own.port.value {
        let text = format!("`{host}:{}` is in two gateways", port.value);
        let finding =
            Finding::new(Code::PortTaken, text, own.port.span).label("and here").also(port.span, "first here");
        found.push(finding.help("a card has one owner: name another one, and give it a cable"));
    }
    let tags = |door: &Bridged| door.vlan;
    let Some(first) = bridged.filter(|first| first.net.value == own.net.value) else { return };
    if let (Some(a), Some(b)) = (tags(first), tags(own))
        && a != b
    {
        let text = format!("`{}` would be VLAN {a} and VLAN {b} on `{host}`", own.net.value);
        let finding = Finding::new(Code::OtherKind, text, own.port.span).label(format!("VLAN {b}"));
        found.push(finding.also(first.port.span, format!("VLAN {a}")).help("a bridge of one network has one VLAN"));
    }
}

/// Networks with one number: nobody could say whose an arriving frame is. What comes back are the gateways whose number
/// is taken.
pub fn numbers<'l>(lab: &'l Lab, found: &mut Findings) -> Vec<&'l str> {
    let mut used: Vec<(u32, u16, Span)> = Vec::new();
    let vxlan = |overlay: &Overlay| match &overlay.between {
        Between::Vxlan(vxlan) => Some((vxlan.vni, vxlan.port)),
        _ => None,
    };
    let port_of = |name: &str| {
        let net = lab.overlays.iter().find(|net| net.name.value == name);
        net.and_then(|net| vxlan(net.value.as_ref()?)).map(|(_, port)| port)
    };
    let mut take = |vni: u32, port: u16, span: Span, help: &str, found: &mut Findings| {
        let first = used.iter().find(|(a, b, _)| (*a, *b) == (vni, port)).map(|(.., first)| *first);
        if let Some(first) = first {
            let finding = Finding::new(Code::SameTunnel, format!("VNI {vni} is used twice"), span);
            let finding = finding.label("again here").also(first, "first here");
            found.push(finding.help(help.to_owned()));
        }
        used.push((vni, port, span));
        first.is_some()
    };
    for net in &lab.overlays {
        let Some((vni, port)) = net.value.as_ref().and_then(vxlan) else { continue };
        take(vni, port, net.name.span, "give each network a VNI of its own, or another UDP port", found);
    }
    let mut taken = Vec::new();
    for gateway in &lab.gateways {
        let Some(Gateway::Anycast(Anycast { mode: Mode::Symmetric { vni, .. }, joins, .. })) = &gateway.value else {
            continue;
        };
        let Some(port) = joins.first().and_then(|(net, _)| port_of(&net.value)) else { continue };
        if take(vni.value, port, vni.span, "the L3 VNI is a network of its own, between the routers: vni: 999", found) {
            taken.push(gateway.name.value.as_str());
        }
    }
    taken
}
