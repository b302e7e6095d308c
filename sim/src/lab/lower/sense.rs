//! What cannot work on a real network either: duplicate addresses, no way between two ends, packets that do not fit.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::id::{DeviceId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Directory, Node, Sort};
use crate::lab::lower::wiring::own_settings;
use crate::lab::lower::{linux, wires};
use crate::lab::schema::node::{Host, Inner, NodeSpec, Stack, Switch};
use crate::lab::schema::{Lab, Link, Traffic};
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

/// MTU where nobody says otherwise.
pub const MTU: u16 = 1500;

/// Looks at the network as a whole; `names` and `lab` are of the same variant.
pub fn check(lab: &Lab, names: &Directory, found: &mut Findings) {
    if !lab.allow.contains(&"duplicate-address") {
        duplicates(lab, names, found);
    }
    if !lab.allow.contains(&"node-without-link") {
        unlinked(lab, names, found);
    }
    if !lab.allow.contains(&"mtu-too-small") {
        mtus(lab, names, found);
    }
    super::ipvlan::among_children(lab, names, found);
    for (name, host) in hosts(lab) {
        gateway(name, host, found);
    }
    let groups = groups(names);
    for named in &lab.traffic {
        match &named.value {
            Some(Traffic::Sniff(sniff)) if !lab.allow.contains(&"filtering-listener") => {
                listener(lab, names, &sniff.on, found);
            }
            Some(traffic) if !lab.allow.contains(&"unreachable") => reachable(lab, names, &groups, traffic, found),
            _ => {}
        }
    }
}

fn hosts(lab: &Lab) -> impl Iterator<Item = (&Spanned<String>, &Host)> {
    lab.nodes.iter().filter_map(|node| match &node.value {
        Some(NodeSpec::Host(host)) => Some((&node.name, host)),
        _ => None,
    })
}

fn host<'l>(lab: &'l Lab, names: &Directory, name: &str) -> Option<&'l Host> {
    match lab.nodes.get(names.find_node(name)?.id.index())?.value.as_ref()? {
        NodeSpec::Host(host) => Some(host),
        _ => None,
    }
}

fn duplicates(lab: &Lab, names: &Directory, found: &mut Findings) {
    let mut ips: BTreeMap<Ipv4Addr, Span> = BTreeMap::new();
    let mut macs = BTreeMap::new();
    for node in &names.nodes {
        let spec = lab.nodes.get(node.id.index()).and_then(|named| named.value.as_ref());
        let (ip_span, mac_span) = match spec {
            Some(NodeSpec::Host(host)) => {
                (host.ip_span(node.name.span), host.mac.as_ref().map_or(node.name.span, |mac| mac.span))
            }
            _ => (node.name.span, node.name.span),
        };
        for home in &node.homes {
            let inside = node.device(home.device).map_or("", |device| device.name.as_str());
            for (ip, _) in &home.ips {
                let ip_span = spec.and_then(|spec| inner_ip(spec, inside, *ip)).unwrap_or(ip_span);
                let first = *ips.entry(*ip).or_insert(ip_span);
                if first != ip_span {
                    let why = "on a real network both would answer ARP and the last answer wins";
                    twice(&ip.to_string(), (first, ip_span), &home.name, why, found);
                }
            }
            let seen = home.macs.iter().enumerate().filter(|(at, _)| !is_private(node, home.device, *at));
            for mac in seen.map(|(_, mac)| mac) {
                let mac_span = spec.and_then(|spec| inner_mac(spec, *mac)).unwrap_or(mac_span);
                let (first, owner) = *macs.entry(*mac).or_insert((mac_span, node.id));
                // An anycast gateway has one address on many hosts, written once.
                if owner != node.id && first != mac_span {
                    let why = "on a real network each would take the other's row in the switch";
                    twice(&mac.to_string(), (first, mac_span), &home.name, why, found);
                }
            }
        }
    }
}

/// Whether the wire of an interface leads to another stack and no further: nobody else ever sees its hardware address.
fn is_private(node: &Node, device: DeviceId, interface: usize) -> bool {
    let Some(layout) = &node.layout else { return false };
    let Some(at) = node.devices.iter().position(|inside| inside.id == device) else { return false };
    let other = linux::across(layout, (at, PortNo(interface as u16)));
    other.is_some_and(|(other, _)| layout.devices[other].1.sort() == Sort::Stack)
}

/// The stacks of a node written device by device, by name.
fn stacks(spec: &NodeSpec) -> impl Iterator<Item = (&str, &Stack)> {
    let devices = if let NodeSpec::Linux(linux) = spec { &linux.devices[..] } else { &[] };
    devices.iter().filter_map(|device| match &device.value {
        Some(Inner::Stack(stack)) => Some((device.name.value.as_str(), stack)),
        _ => None,
    })
}

/// Where a stack of a node written device by device has an address.
fn inner_ip(spec: &NodeSpec, inside: &str, ip: Ipv4Addr) -> Option<Span> {
    let stacks = stacks(spec).filter(|(name, _)| *name == inside);
    let mut addresses = stacks.flat_map(|(_, stack)| stack.interfaces.iter().flat_map(|(_, addresses)| addresses));
    addresses.find(|address| address.value.0 == ip).map(|address| address.span)
}

/// Where a node written device by device has a hardware address.
fn inner_mac(spec: &NodeSpec, mac: MacAddr) -> Option<Span> {
    let mut typed =
        stacks(spec).flat_map(|(_, stack)| stack.mac.named.iter().map(|(_, own)| own).chain(&stack.mac.all));
    typed.find(|own| own.value == mac).map(|own| own.span)
}

fn twice(address: &str, (first, span): (Span, Span), name: &str, why: &str, found: &mut Findings) {
    let finding = Finding::new(Code::DuplicateAddress, format!("{address} is used twice"), span);
    let finding = finding.label(format!("again for `{name}`")).also(first, "first used here");
    found.push(finding.help(format!("{why}; if that is the lesson: allow: [\"duplicate-address\"]")));
}

fn unlinked(lab: &Lab, names: &Directory, found: &mut Findings) {
    // A link that could not be read may be the missing one.
    if lab.nodes.len() < 2 || found.has_errors() {
        return;
    }
    let linked: BTreeSet<&str> =
        names.cables.iter().flat_map(|cable| &cable.ends).map(|(node, _)| node.as_str()).collect();
    let linked = |node: &Node| linked.contains(node.name.value.as_str());
    for node in names.nodes.iter().filter(|node| !node.kind.is_empty() && !linked(node)) {
        let name = &node.name.value;
        let finding = Finding::new(Code::NotLinked, format!("no link leads to `{name}`"), node.name.span);
        let finding = finding.label("nothing will happen here").help(format!("links: [(\"{name}\", \"…\")]"));
        found.push(finding.help("if that is the lesson: allow: [\"node-without-link\"]"));
    }
}

/// What a host sends at most and takes at most.
pub fn mtu_of(lab: &Lab, names: &Directory, name: &str, own: Option<&Spanned<u16>>) -> (u16, Option<Span>) {
    let on_link = || link(lab, names, name, super::wiring::CARD)?.mtu.as_ref();
    own.or_else(on_link).map_or((MTU, None), |mtu| (mtu.value, Some(mtu.span)))
}

/// What a switch port takes at most.
pub fn port_mtu(lab: &Lab, names: &Directory, node: &str, port: &str, switch: &Switch) -> u16 {
    let own = own_settings(switch, port).and_then(|own| own.mtu.as_ref());
    let on_link = || link(lab, names, node, port)?.mtu.as_ref();
    own.or_else(on_link).or(switch.mtu.as_ref()).map_or(MTU, |mtu| mtu.value)
}

fn link<'l>(lab: &'l Lab, names: &Directory, node: &str, port: &str) -> Option<&'l Link> {
    lab.links.get(names.plugged(node, port)?.link)
}

/// What the other end of a cable takes at most.
fn takes(lab: &Lab, names: &Directory, (node, port): &(String, String)) -> Option<u16> {
    let spec = lab.nodes.get(names.find_node(node)?.id.index())?.value.as_ref()?;
    match spec {
        NodeSpec::Switch(switch) => Some(port_mtu(lab, names, node, port, switch)),
        NodeSpec::Host(host) => Some(mtu_of(lab, names, node, host.mtu.as_ref()).0),
        NodeSpec::Linux(_) | NodeSpec::Container(_) | NodeSpec::Router(_) => None,
    }
}

fn mtus(lab: &Lab, names: &Directory, found: &mut Findings) {
    for (name, host) in hosts(lab) {
        let (mtu, Some(span)) = mtu_of(lab, names, &name.value, host.mtu.as_ref()) else { continue };
        let Some(cable) = names.plugged(&name.value, super::wiring::CARD) else { continue };
        let other = &cable.ends[usize::from(cable.ends[0].0 == name.value)];
        let Some(takes) = takes(lab, names, other).filter(|takes| *takes < mtu) else { continue };
        let (node, port) = other;
        let text = format!("packets of `{}` do not fit through `{node}:{port}`", name.value);
        let finding = Finding::new(Code::MtuTooSmall, text, span);
        let finding = finding
            .label(format!("sends up to {mtu} bytes, but `{node}:{port}` takes {takes} and drops the rest silently"));
        let finding = finding.help(format!("give `{node}` mtu: {mtu}, or leave `mtu` out here"));
        found.push(finding.help("if the trap is the lesson: allow: [\"mtu-too-small\"]"));
    }
}

fn mask(bits: u8) -> u32 {
    u32::MAX << (32 - u32::from(bits.clamp(1, 32)))
}

fn same_subnet((ip, bits): (Ipv4Addr, u8), other: Ipv4Addr) -> bool {
    (ip.to_bits() ^ other.to_bits()) & mask(bits) == 0
}

fn gateway(name: &Spanned<String>, host: &Host, found: &mut Findings) {
    let (Some(ip), Some(gateway)) = (&host.ip, &host.gateway) else { return };
    let (address, bits) = ip.value;
    let label = if !same_subnet(ip.value, gateway.value) {
        format!("not in the subnet of `{}`", name.value)
    } else if gateway.value == address {
        "the host itself".to_owned()
    } else {
        return;
    };
    let first = Ipv4Addr::from_bits((address.to_bits() & mask(bits)) | !mask(bits)).to_bits().saturating_sub(1);
    let finding =
        Finding::new(Code::GatewayElsewhere, format!("{} cannot be the gateway", gateway.value), gateway.span);
    let finding = finding.label(label).also(ip.span, "its own address");
    found.push(finding.help(format!("gateway: \"{}\"", Ipv4Addr::from_bits(first))));
}

fn listener(lab: &Lab, names: &Directory, on: &Spanned<String>, found: &mut Findings) {
    let Some(host) = host(lab, names, &on.value) else { return };
    if host.promiscuous || host.unicast_slots == Some(0) {
        return;
    }
    let text = format!("the card of `{}` filters what its sniffer could overhear", on.value);
    let finding = Finding::new(Code::NotPromiscuous, text, on.span).label("hears broadcasts and its own frames only");
    let fix = format!("\"{}\": Host(ip: …, promiscuous: true)", on.value);
    found.push(finding.help(fix).help("if that is the lesson: allow: [\"filtering-listener\"]"));
}

/// Both ends, and whether an answer must find its way back.
fn ends(traffic: &Traffic) -> Option<(&Spanned<String>, &Spanned<String>, bool)> {
    match traffic {
        Traffic::Ping(ping) => Some((&ping.from, &ping.to, true)),
        Traffic::Udp(udp) => Some((&udp.from, &udp.to, false)),
        Traffic::Tcp(tcp) => Some((&tcp.from, &tcp.to, true)),
        Traffic::Request(request) => Some((&request.from, &request.to, true)),
        Traffic::MacFlood(_) | Traffic::Raw(_) | Traffic::Sniff(_) => None,
    }
}

fn reachable(lab: &Lab, names: &Directory, groups: &BTreeMap<&str, usize>, traffic: &Traffic, found: &mut Findings) {
    let Some((from, to, answered)) = ends(traffic) else { return };
    // An address as such: whether anybody has it is what the author wants to know.
    if matches!(traffic, Traffic::Ping(_) | Traffic::Udp(_)) && to.value.parse::<Ipv4Addr>().is_ok() {
        return;
    }
    let allow = "if that is the lesson: allow: [\"unreachable\"]";
    if from.value == to.value {
        let finding = Finding::new(Code::Unreachable, format!("`{}` sends to itself", from.value), to.span);
        found.push(finding.label("the sender").help("name another host"));
        return;
    }
    let subnets = host(lab, names, &from.value).zip(host(lab, names, &to.value));
    if let Some((a, b)) = subnets
        && let (Some(ip_a), Some(ip_b)) = (&a.ip, &b.ip)
    {
        let stuck = |from: &Host, ip: &Spanned<(Ipv4Addr, u8)>, to: Ipv4Addr| {
            !same_subnet(ip.value, to) && from.gateway.is_none()
        };
        let way = [(from, a, ip_a, ip_b), (to, b, ip_b, ip_a)];
        let directions = if answered { 2 } else { 1 };
        for (name, host, own, other) in way.into_iter().take(directions) {
            if stuck(host, own, other.value.0) {
                let ((address, bits), target) = (own.value, other.value.0);
                let text = format!("`{}` has no way to {target}", name.value);
                let finding = Finding::new(Code::Unreachable, text, to.span).label("in another subnet");
                let finding = finding
                    .also(own.span, format!("{address}/{bits} and no gateway"))
                    .also(other.span, "the other end");
                let finding = finding.help(format!("put both into one subnet, or give `{}` a gateway", name.value));
                found.push(finding.help(allow));
                return;
            }
        }
    }
    // The stacks of one node are joined by its wires, if at all.
    let node = |name: &Spanned<String>| {
        let own = name.value.split('/').next().unwrap_or_default();
        names.aliases.get(own).map_or_else(|| own.to_owned(), |(node, _)| node.clone())
    };
    if !found.has_errors() && groups.get(node(from).as_str()) != groups.get(node(to).as_str()) {
        let text = format!("no cable leads from `{}` to `{}`", from.value, to.value);
        let finding = Finding::new(Code::Unreachable, text, to.span).label("out of reach");
        found.push(finding.help("join them in `links`").help(allow));
    }
    if let Some((a, b)) = subnets
        && let (Some(a), Some(b)) = (&a.ip, &b.ip)
    {
        let standing = [(from.value.as_str(), a.value, a.span), (to.value.as_str(), b.value, b.span)];
        wires::common(lab, &standing, found);
    }
}

/// For each node, a number that two nodes share when some chain of cables joins them.
fn groups(names: &Directory) -> BTreeMap<&str, usize> {
    let mut groups: BTreeMap<&str, usize> =
        names.nodes.iter().enumerate().map(|(at, node)| (node.name.value.as_str(), at)).collect();
    let mut members: Vec<Vec<&str>> = names.nodes.iter().map(|node| vec![node.name.value.as_str()]).collect();
    for cable in &names.cables {
        let [a, b] = [0, 1].map(|end| groups.get(cable.ends[end].0.as_str()).copied());
        let (Some(a), Some(b)) = (a, b) else { continue };
        if a == b {
            continue;
        }
        // The smaller group joins the larger one, so each node moves a few times at most.
        let (large, small) = if members[a].len() < members[b].len() { (b, a) } else { (a, b) };
        let moved = std::mem::take(&mut members[small]);
        for name in &moved {
            groups.insert(name, large);
        }
        members[large].extend(moved);
    }
    groups
}
