//! A cluster: its nodes and pods, as its plugin joins them, and the switch they are plugged into.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::fabric::{self, Given, Other};
use super::host::Making;
use super::{card, end, leases, spanned, speakers};
use crate::cni::{self, Cluster, Daemon, On, Piece, Pod, Row, Sketch};
use crate::device::macvlan::Mode;
use crate::device::outer::Df;
use crate::device::tunnel::format::Format;
use crate::engine::CableConfig;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::sense::MTU;
use crate::lab::lower::wires;
use crate::lab::lower::wiring::CARD;
use crate::lab::place::End;
use crate::lab::schema::cluster::{self, Member, Pods, UNDERLAY};
use crate::lab::schema::daemon;
use crate::lab::schema::environment::Provider;
use crate::lab::schema::node::{
    Bridge, Inner, Ipvlan, IpvlanChild, Linux, Macvlan, MacvlanChild, Neighbour, Nic, NodeSpec, PerInterface, Port,
    Sriov, SriovCard, SriovFunction, Stack, Switch, Tunnel, Vtep,
};
use crate::lab::schema::{Lab, Link, Named};
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;
use crate::stack::reverse::ReversePath;
use crate::wire::ipv4::mask;

/// Pods of all nodes together.
const MOST_IN_ALL: usize = 1024;
/// Smallest packet IPv4 can do with.
const LEAST: u16 = 68;
/// The route that stands for everything.
const ANYWHERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);

/// The lab with the nodes and links of its cluster.
pub fn spell(lab: &Lab, typed: &cluster::Cluster, found: &mut Findings) -> Lab {
    let mut whole = lab.clone();
    let cluster = resolve(typed, found);
    let mut given = Vec::new();
    names(lab, typed, &cluster, found);
    if !lab.allow.contains(&"overlapping-subnets") {
        overlaps(typed, &cluster, found);
    }
    sizes(lab, typed, found);
    ways(lab, typed, &cluster, found);
    next_hops(lab, typed, &cluster, found);
    alone(typed, &cluster, found);
    speakers::check(lab, typed, &cluster, found);
    for (node, member) in cluster.nodes.iter().zip(&typed.nodes) {
        let sketch = match &typed.plugin {
            Some(plugin) => {
                let set = &typed.settings;
                let on = On { cluster: &cluster, node, set, overhead: plugin.value.envelope(set) };
                let mut sketch = (plugin.value.node)(&on);
                speakers::without_ghosts(lab, &mut sketch);
                sketch.rows.extend(cluster.others(node).flat_map(|other| (plugin.value.peer)(&on, other)));
                sketch
            }
            // Not to be used; but what names the pods is not to blame.
            None => bare(node),
        };
        given.push(given_to(lab, typed, node, &sketch, found));
        let spelt = NodeSpec::Linux(node_of(typed, node, member, sketch));
        whole.nodes.push(Named { name: member.name.clone(), value: Some(spelt) });
    }
    plug_in(lab, typed, &cluster, &given, &mut whole, found);
    let standing = cluster.nodes.iter().zip(&typed.nodes).map(|(node, member)| {
        (node.name.as_str(), node.address, member.ip.as_ref().map_or(member.name.span, |ip| ip.span))
    });
    wires::common(&whole, &standing.collect::<Vec<_>>(), found);
    whole
}

/// What the network below gives the pods of a node.
fn given_to(lab: &Lab, typed: &cluster::Cluster, node: &cni::Node, sketch: &Sketch, found: &mut Findings) -> Given {
    let shown: Vec<&str> = sketch.shown().collect();
    let pairs = node.pods.iter().take(leases::paired(lab, typed, node, found));
    let pairs = pairs.map(|pod| (pod.clone(), shown.contains(&pod.name.as_str()))).collect();
    Given { leases: leases::granted(sketch, leases::served(lab, typed, node, found)), pairs }
}

/// A child in passthru mode has the card of its node for itself.
fn alone(typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let Some(plugin) = &typed.plugin else { return };
    let Some(span) = typed.at("mode").filter(|_| typed.settings.mode() == Mode::Passthru) else { return };
    let Some(node) = cluster.nodes.iter().find(|node| node.pods.len() > 1) else { return };
    let text = format!("`{}` has {} pods and one card", node.name, node.pods.len());
    let finding = Finding::new(Code::CardTaken, text, span).label("a child in passthru mode has its card for itself");
    let finding = finding.also(plugin.span, "each pod is a child");
    found.push(finding.help("pods: 1").help("several children: plugin: Macvlan(mode: Bridge)"));
}

/// A node whose pods have no way out.
fn bare(node: &cni::Node) -> Sketch {
    let mut sketch = Sketch::default();
    for pod in &node.pods {
        let piece = Piece::Pod { address: (pod.ip, node.range.1), gateway: None, mtu: node.mtu, mac: None };
        sketch.device(&pod.name, piece, Bilingual::default());
    }
    sketch
}

/// Chooses what was left open: addresses of nodes, ranges, names and addresses of pods.
fn resolve(typed: &cluster::Cluster, found: &mut Findings) -> Cluster {
    let (network, subnet) = (typed.network.value, typed.subnet.value);
    let size = 1_u32.checked_shl(32 - u32::from(subnet)).unwrap_or(u32::MAX);
    let room = if subnet > network.1 { 1_u64 << (subnet - network.1) } else { 0 };
    let open = typed.nodes.iter().rposition(|member| member.pods.is_none()).map_or(0, |at| at as u64 + 1);
    if open > 0 && open >= room {
        let (ip, len) = network;
        let text = format!("{ip}/{len} has no room for the pods of {} nodes", typed.nodes.len());
        let finding = Finding::new(Code::OutOfRange, text, typed.network.span);
        let holds = format!("it holds {room} subnets of length {subnet}, and the first one stays free");
        let fits = (1..subnet).rev().find(|len| 1_u64 << (subnet - len) > open).unwrap_or(1);
        found.push(
            finding
                .label(holds)
                .help(format!("pod_network: \"{}/{fits}\"", Ipv4Addr::from_bits(ip.to_bits() & mask(fits)))),
        );
    }
    let mut nodes = Vec::new();
    for (at, member) in typed.nodes.iter().enumerate() {
        let number = at as u32 + 1;
        let usual = Ipv4Addr::from_bits(network.0.to_bits().saturating_add(size.saturating_mul(number)));
        let host = Ipv4Addr::from_bits(Ipv4Addr::new(192, 0, 2, 0).to_bits() + number);
        let gateway = member.gateway.as_ref().or(typed.gateway.as_ref()).map(|gateway| gateway.value);
        nodes.push(cni::Node {
            name: member.name.value.clone(),
            address: member.ip.as_ref().map_or((host, 24), |ip| ip.value),
            gateway,
            range: member.pods.as_ref().map_or((usual, subnet), |range| range.value),
            mtu: typed.mtu.as_ref().map_or(MTU, |mtu| mtu.value),
            pods: Vec::new(),
        });
    }
    pods(typed, &mut nodes, found);
    if leases::are_asked_for(typed) {
        leases::hand_out(typed, &mut nodes, found);
    }
    Cluster { network, nodes }
}

/// `a`, `b`, … `z`, `aa`: the letter of a node.
fn letters(at: usize) -> String {
    let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
    if at < 26 { letter(at).to_string() } else { format!("{}{}", letter(at / 26 - 1), letter(at)) }
}

/// Gives pods to nodes, each the next address behind the router's.
fn pods(typed: &cluster::Cluster, nodes: &mut [cni::Node], found: &mut Findings) {
    let mut wanted: Vec<(String, usize, Span)> = Vec::new();
    match &typed.pods {
        Pods::Each(count) => {
            for (at, _) in nodes.iter().enumerate() {
                let name = |n: u16| (format!("{}{n}", letters(at)), at, count.span);
                wanted.extend((1..=count.value).map(name));
            }
        }
        Pods::Named(pods) => {
            for (name, on) in pods {
                let at = nodes.iter().position(|node| node.name == on.value);
                if at.is_none() {
                    let known: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
                    let text = format!("there is no node `{}` in the cluster", on.value);
                    let finding = Finding::new(Code::UnknownName, text, on.span).label("not defined");
                    let finding = finding.suggest(&on.value, known.iter().copied());
                    found.push(finding.help(format!("nodes: {}", list(known))));
                }
                // A pod of no node is put anywhere, so that its name is known.
                wanted.push((name.value.clone(), at.unwrap_or(0), on.span));
            }
        }
    }
    if let Some((.., span)) = wanted.get(MOST_IN_ALL) {
        let finding = Finding::new(Code::OutOfRange, format!("{} pods", wanted.len()), *span);
        found.push(finding.label(format!("a cluster has at most {MOST_IN_ALL}")).help("pods: 2"));
    }
    for (name, at, span) in wanted.into_iter().take(MOST_IN_ALL) {
        let Some(node) = nodes.get_mut(at) else { continue };
        // The subnet itself, the router, everybody.
        let room = (!mask(node.range.1)).saturating_sub(2);
        let number = node.pods.len() as u32;
        if number == room && !leases::are_asked_for(typed) {
            let text = format!("{} has no room for all pods of `{}`", node.prefix(), node.name);
            let finding = Finding::new(Code::OutOfRange, text, span);
            let finding = finding.label(format!("room for {room}: the first address is the node's, the last one all"));
            found.push(finding.help("a shorter length leaves more room: pod_subnet: 24"));
        }
        let ip = node.of_range(number.saturating_add(2));
        node.pods.push(Pod { name, ip });
    }
}

/// Nodes and pods have names that nothing else has.
fn names(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let mut taken: BTreeMap<&str, Span> =
        lab.nodes.iter().map(|node| (node.name.value.as_str(), node.name.span)).collect();
    taken.extend(lab.traffic.iter().map(|flow| (flow.name.value.as_str(), flow.name.span)));
    taken.extend(lab.events.iter().map(|event| (event.name.value.as_str(), event.name.span)));
    for member in &typed.nodes {
        taken.entry(&member.name.value).or_insert(member.name.span);
    }
    let span = |name: &str| match &typed.pods {
        Pods::Each(count) => count.span,
        Pods::Named(list) => {
            list.iter().find(|(known, _)| known.value == name).map_or(typed.span, |(name, _)| name.span)
        }
    };
    for pod in cluster.nodes.iter().flat_map(|node| &node.pods) {
        let own = [CARD, cni::HOST].contains(&pod.name.as_str());
        let Some(first) = taken.get(pod.name.as_str()).copied().or(own.then_some(typed.span)) else { continue };
        let finding = Finding::new(Code::NameTaken, format!("`{}` is a pod of the cluster", pod.name), span(&pod.name));
        let finding =
            finding.label(format!("a pod called `{}`", pod.name)).also(first, "and something else of this name");
        found.push(finding.help("give the other another name, or name the pods: pods: {\"web\": \"node1\"}"));
    }
}

/// Where the range of a node is written, or follows from.
fn range_span(typed: &cluster::Cluster, member: &Member) -> Span {
    member.pods.as_ref().map_or(typed.network.span, |range| range.span)
}

/// Every node has a range of its own, and none that the underlay has.
fn overlaps(typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let meets =
        |(a, len): (Ipv4Addr, u8), (b, other): (Ipv4Addr, u8)| (a.to_bits() ^ b.to_bits()) & mask(len.min(other)) == 0;
    let allow = "if that is the lesson: allow: [\"overlapping-subnets\"]";
    let all = || cluster.nodes.iter().zip(&typed.nodes);
    for (at, (node, member)) in all().enumerate() {
        let (here, first) =
            (range_span(typed, member), all().take(at).find(|(other, _)| meets(node.range, other.range)));
        if let Some((other, there)) = first {
            let text = format!("`{}` and `{}` have the same addresses for pods", other.name, node.name);
            let finding = Finding::new(Code::OverlappingSubnets, text, here).label(format!("{} again", node.prefix()));
            let finding = finding.also(range_span(typed, there), format!("{} here", other.prefix()));
            found.push(finding.help("leave `pods` out of the node, or give it a range of its own").help(allow));
        }
        let (ip, len) = node.address;
        if let Some((owner, _)) = all().find(|(other, _)| meets(node.address, other.range)) {
            let text = format!("the pods of `{}` have addresses of the network of `{}`", owner.name, node.name);
            let span = member.ip.as_ref().map_or(here, |ip| ip.span);
            let finding = Finding::new(Code::OverlappingSubnets, text, span);
            let finding = finding.label(format!("{ip}/{len} meets {}", owner.prefix()));
            found.push(finding.help("pod_network: \"10.244.0.0/16\"").help(allow));
        }
    }
}

/// Every node can send to every other one: it is on the same network, or there is a gateway, which is on the same network.
fn ways(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    for (node, member) in cluster.nodes.iter().zip(&typed.nodes) {
        let (ip, len) = node.address;
        let own = member.ip.as_ref().map_or(member.name.span, |ip| ip.span);
        let gateway = member.gateway.as_ref().or(typed.gateway.as_ref());
        let outside = |other: Ipv4Addr| (ip.to_bits() ^ other.to_bits()) & mask(len) != 0;
        if let Some(gateway) = gateway {
            if outside(gateway.value) || gateway.value == ip {
                let text = format!("{} cannot be the gateway", gateway.value);
                let label =
                    if gateway.value == ip { "the node itself".to_owned() } else { "not in its network".to_owned() };
                let finding = Finding::new(Code::GatewayElsewhere, text, gateway.span).label(label);
                let finding = finding.also(own, format!("`{}` is {ip}/{len}", node.name));
                let last = Ipv4Addr::from_bits((ip.to_bits() | !mask(len)).saturating_sub(1));
                found.push(finding.help(format!("gateway: \"{last}\"")));
            }
            continue;
        }
        let far = cluster.others(node).find(|other| outside(other.address.0));
        if let Some(other) = far.filter(|_| !lab.allow.contains(&"unreachable")) {
            let text = format!("`{}` has no way to `{}`", node.name, other.name);
            let finding = Finding::new(Code::Unreachable, text, own);
            let finding = finding.label(format!("{} is not in {ip}/{len}, and there is no gateway", other.address.0));
            found.push(finding.help("gateway: \"…\" in the node, and a Router with this address"));
        }
    }
}

/// A plugin that hands packets to the other node itself needs it on the same wire, whatever gateway there is.
fn next_hops(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let Some(plugin) = typed.plugin.as_ref().filter(|plugin| cni::needs_one_wire(plugin.value, &typed.settings)) else {
        return;
    };
    let far = |node| cluster.others(node).find(|other| !cni::Node::is_beside(node, other));
    let mut all = cluster.nodes.iter().zip(&typed.nodes);
    let Some((node, member, other)) = all.find_map(|(node, member)| Some((node, member, far(node)?))) else { return };
    // Without a gateway there is no way at all, which is said elsewhere.
    if lab.allow.contains(&"unreachable") || node.gateway.is_none() {
        return;
    }
    let (name, (ip, len)) = (plugin.value.name, node.address);
    let text = format!("`{}` gets no route to the pods of `{}`", node.name, other.name);
    let span = member.ip.as_ref().map_or(member.name.span, |ip| ip.span);
    let finding = Finding::new(Code::Unreachable, text, span);
    let finding = finding.label(format!("{} is not in {ip}/{len}, so it cannot be a next hop", other.address.0));
    let finding =
        finding.also(plugin.span, format!("`{name}` puts nothing in front of packets: nodes must share a wire"));
    let finding = match name {
        "CalicoBgp" => finding
            .help("an envelope for nodes behind a router: overlay: CrossSubnet")
            .help("routers that know the blocks: tor: true, and routing: Bgp(asn: …) on each gateway"),
        "CalicoNone" => finding.help("a plugin with a tunnel: CalicoVxlan(cross_subnet: true)"),
        _ => finding.help("a plugin with a tunnel: FlannelVxlan(direct_routing: true)"),
    };
    found.push(finding.help("if that is the lesson: allow: [\"unreachable\"]"));
}

/// What the plugin puts in front of packets must leave room for them.
fn sizes(lab: &Lab, typed: &cluster::Cluster, found: &mut Findings) {
    let Some(plugin) = &typed.plugin else { return };
    let (name, overhead) = (plugin.value.name, plugin.value.envelope(&typed.settings));
    let mtu = typed.mtu.as_ref().map_or(MTU, |mtu| mtu.value);
    let fits = mtu.saturating_sub(overhead);
    if fits < LEAST {
        let text = format!("an MTU of {mtu} cannot hold the headers of `{name}`");
        // Where the tunnel would complain, so that it is said once.
        let finding = Finding::new(Code::MtuTooSmall, text, plugin.span);
        let finding = finding.label(format!("{overhead} bytes of headers leave {fits}, IPv4 needs {LEAST}"));
        let finding = finding.also(typed.mtu.as_ref().map_or(typed.span, |mtu| mtu.span), "the MTU of the underlay");
        found.push(finding.help(format!("mtu: {}", u32::from(LEAST) + u32::from(overhead))));
    } else if let Some(own) = typed.settings.mtu.filter(|own| *own > fits)
        && !lab.allow.contains(&"mtu-too-small")
    {
        let whole = u32::from(own) + u32::from(overhead);
        let text = format!("packets of pods do not fit through `{name}`");
        let finding = Finding::new(Code::MtuTooSmall, text, typed.pod_mtu.as_ref().map_or(plugin.span, |own| own.span));
        let finding = finding.label(format!("MTU {own} + {overhead} bytes of headers = {whole}, but nodes send {mtu}"));
        let finding = finding.help(format!("give the plugin mtu: {fits}, or the cluster mtu: {whole}"));
        found.push(finding.help("if the trap is the lesson: allow: [\"mtu-too-small\"]"));
    }
}

/// Writes a node down, device by device.
fn node_of(typed: &cluster::Cluster, node: &cni::Node, member: &Member, sketch: Sketch) -> Linux {
    let span = typed.plugin.as_ref().map_or(typed.span, |plugin| plugin.span);
    let ip = member.ip.clone().unwrap_or_else(|| Spanned::new(node.address, member.name.span));
    // A node that answers for the gateway of its pods must have a way to anywhere.
    let proxies = sketch.interfaces.iter().any(|at| at.proxy_arp.is_some());
    let gateway = node.gateway.or((proxies && member.ip.is_none()).then_some(ANYWHERE));
    let stack = Stack {
        interfaces: vec![(spanned(CARD, member.name.span), vec![ip])],
        gateway: gateway.map(|gateway| Spanned::new(gateway, member.name.span)),
        forwarding: Some(true),
        routing: sketch.speaker.as_ref().map(|own| Box::new(speakers::routing(own, span))),
        daemons: sketch.daemons.iter().map(|own| Spanned::new(daemon_of(own, typed, node, span), span)).collect(),
        ..Stack::default()
    };
    let linux = Linux { called: "Host", ..Linux::default() };
    let mut making = Making { linux, stack };
    for at in sketch.interfaces {
        let addresses = at.addresses.iter().map(|address| Spanned::new(*address, span)).collect();
        making.interface(&at.name, span, addresses);
        let name = || spanned(&at.name, span);
        making.stack.mac.named.extend(at.mac.map(|mac| (name(), Spanned::new(mac, span))));
        making.stack.mtu.named.extend(at.mtu.map(|mtu| (name(), Spanned::new(mtu, span))));
        making.stack.proxy_arp.named.extend(at.proxy_arp.map(|delay| (name(), Some(delay))));
        making.stack.rp_filter.named.extend((at.rp_filter != ReversePath::Off).then(|| (name(), at.rp_filter)));
    }
    for device in sketch.devices {
        making.device(&device.name, span, inner(device.piece, typed, node, span), device.why);
    }
    for [a, b] in &sketch.wires {
        // The inner end of a card has no name.
        let at = |(device, port): &(String, String)| {
            if port.is_empty() { card(device, span) } else { end(device, port, span) }
        };
        making.wire(at(a), at(b));
    }
    for Row { device, table, cells, why } in sketch.rows {
        making.row_because(&device, table, span, &cells, why);
    }
    let mtu = typed.mtu.clone();
    making.finish(&member.name, Nic { mtu, ..Nic::default() })
}

/// A daemon, as an author would have it on the stack of the node.
fn daemon_of(own: &Daemon, typed: &cluster::Cluster, node: &cni::Node, span: Span) -> daemon::Daemon {
    let name = |store: &str| spanned(store, typed.at("store").unwrap_or(span));
    match own {
        Daemon::Flanneld { store, vtep } => daemon::Daemon::Flanneld(daemon::Flanneld {
            store: name(store),
            subnet: Spanned::new(node.range, span),
            device: vtep.as_ref().map(|vtep| spanned(vtep, span)),
            backend: if vtep.is_some() { daemon::Backend::Vxlan } else { daemon::Backend::HostGw },
            public: None,
            mac: None,
            network: None,
            ttl: None,
        }),
        Daemon::Felix { store, device, blocks, cross_subnet } => daemon::Daemon::Felix(daemon::Felix {
            store: name(store),
            blocks: blocks.iter().map(|block| Spanned::new(*block, span)).collect(),
            device: device.as_ref().map(|device| spanned(device, span)),
            cross_subnet: *cross_subnet,
            node: None,
            public: None,
            mac: None,
        }),
        Daemon::Gossip { manager, vtep, stations } => daemon::Daemon::Gossip(daemon::Gossip {
            device: spanned(vtep, span),
            seeds: manager.iter().map(|ip| spanned(ip.to_string(), span)).collect(),
            stations: stations.iter().map(|(ip, mac)| (*ip, Neighbour::Mac(*mac))).collect(),
        }),
    }
}

fn inner(piece: Piece, typed: &cluster::Cluster, node: &cni::Node, span: Span) -> Inner {
    let local = Some(Spanned::new(node.address.0, span));
    match piece {
        Piece::Bridge { hairpin } => {
            let port = |name: String| (spanned(name, span), Port { flags: vec![("hairpin", true)], ..Port::default() });
            let ports = hairpin.into_iter().map(port).collect();
            Inner::Bridge(Bridge { ports, mtu: typed.mtu.clone(), ..Bridge::default() })
        }
        Piece::Vtep(vtep) => Inner::Vtep(Vtep {
            vni: Some(Spanned::new(vtep.vni, span)),
            local,
            remotes: vtep.group.map(|group| Spanned::new(group, span)).into_iter().collect(),
            port: Some(vtep.port),
            mtu: own_mtu(typed, span),
            mac: vtep.mac.map(|mac| Spanned::new(mac, span)),
            learning: Some(vtep.learning),
            proxy: vtep.answers.then_some(true),
            l2miss: vtep.answers.then_some(true),
            l3miss: vtep.answers.then_some(true),
            ..Vtep::default()
        }),
        Piece::Tunnel(format) => {
            // Flannel and Calico have devices without path MTU discovery: the packet inside says who may split.
            let df = matches!(format, Format::Ipip(_)).then_some(Df::Inherit);
            Inner::Tunnel(Tunnel { format: Some(format), local, df, mtu: own_mtu(typed, span), ..Tunnel::default() })
        }
        Piece::Macvlan { mode, children } => {
            let own = MacvlanChild { mode: Some(Spanned::new(mode, span)), ..MacvlanChild::default() };
            let child = |name: String| (spanned(name, span), own.clone());
            Inner::Macvlan(Macvlan { children: children.into_iter().map(child).collect() })
        }
        Piece::Ipvlan { mode, children } => {
            let own = IpvlanChild { mode: Some(Spanned::new(mode, span)), flag: None };
            let child = |name: String| (spanned(name, span), own.clone());
            Inner::Ipvlan(Ipvlan { children: children.into_iter().map(child).collect() })
        }
        Piece::Sriov { vlan, spoofchk, trust, functions } => {
            let (spoofchk, trust) = (Some(spoofchk), Some(trust));
            let vlan = Some(Spanned::new(vlan, span)).filter(|vlan| vlan.value != 0);
            let own = SriovFunction { vlan, spoofchk, trust, ..SriovFunction::default() };
            let function = |name: String| (spanned(name, span), own.clone());
            let vfs = typed.at("vfs").map(|at| Spanned::new(typed.settings.number("vfs") as u16, at));
            let functions = functions.into_iter().map(function).collect();
            Inner::Sriov(Sriov { card: SriovCard { vfs, ..SriovCard::default() }, functions })
        }
        Piece::Card => Inner::Nic(Nic { mtu: typed.mtu.clone(), ..Nic::default() }),
        Piece::Pod { address, gateway, mtu, mac } => Inner::Stack(Stack {
            interfaces: vec![(spanned(CARD, span), vec![Spanned::new(address, span)])],
            mtu: PerInterface { all: Some(Spanned::new(mtu, span)), named: Vec::new() },
            mac: PerInterface { all: mac.map(|mac| Spanned::new(mac, span)), named: Vec::new() },
            gateway: gateway.map(|gateway| Spanned::new(gateway, span)),
            ..Stack::default()
        }),
    }
}

/// Largest packet of pods where it is not what fits.
fn own_mtu(typed: &cluster::Cluster, span: Span) -> Option<Spanned<u16>> {
    typed.settings.mtu.map(|own| Spanned::new(own, typed.pod_mtu.as_ref().map_or(span, |typed| typed.span)))
}

/// In an environment the network below is the provider's: a node that is plugged in elsewhere would go past its rules.
fn bypassed(lab: &Lab, typed: &cluster::Cluster, chosen: &Provider, known: bool, found: &mut Findings) {
    let is_node = |name: &str| typed.nodes.iter().any(|member| member.name.value == name);
    let past = lab.links.iter().find(|link| {
        let ends = [&link.a.value.node, &link.b.value.node];
        ends.iter().any(|name| is_node(name)) && ends.iter().all(|name| *name != UNDERLAY)
    });
    let own = known.then(|| lab.nodes.iter().find(|node| node.name.value == UNDERLAY)).flatten();
    let Some(there) = past.map(|link| link.span).or_else(|| own.map(|node| node.name.span)) else { return };
    let name = chosen.is.name;
    let finding = Finding::new(Code::Twice, format!("two networks below the cluster: `{name}` and another"), there);
    let finding = finding.label("goes past its rules").also(chosen.span, "the network of the provider");
    found.push(finding.help("leave this out, or the environment: nodes are plugged into `underlay` by themselves"));
}

/// Nodes that no link names go into one switch, by the number of the node.
fn plug_in(
    lab: &Lab,
    typed: &cluster::Cluster,
    cluster: &Cluster,
    given: &[Given],
    whole: &mut Lab,
    found: &mut Findings,
) {
    let linked = |name: &str| lab.links.iter().any(|link| link.a.value.node == name || link.b.value.node == name);
    let loose: Vec<(usize, &Member)> =
        typed.nodes.iter().enumerate().filter(|(_, member)| !linked(&member.name.value)).collect();
    let known = lab.nodes.iter().any(|node| node.name.value == UNDERLAY);
    let wanted = !loose.is_empty() || linked(UNDERLAY);
    if let Some(chosen) = &typed.environment {
        bypassed(lab, typed, chosen, known, found);
    }
    if wanted && !known {
        let name = spanned(UNDERLAY, typed.span);
        let underlay = match &typed.environment {
            Some(chosen) => NodeSpec::Linux(fabric::spell(typed, cluster, chosen, given, &others(typed, whole))),
            None => NodeSpec::Switch(Switch { mtu: typed.mtu.clone(), ..Switch::default() }),
        };
        whole.nodes.push(Named { name, value: Some(underlay) });
    }
    // A link that was typed for its delay leads to the same port.
    for link in whole.links.iter_mut().filter(|_| !known) {
        let number = |end: &End| typed.nodes.iter().position(|member| member.name.value == end.node);
        let numbers = [number(&link.b.value), number(&link.a.value)];
        for (own, number) in [&mut link.a, &mut link.b].into_iter().zip(numbers) {
            if let (UNDERLAY, None, Some(at)) = (own.value.node.as_str(), &own.value.port, number) {
                own.value.port = Some((at + 1).to_string());
                link.mtu = link.mtu.take().or_else(|| typed.mtu.clone());
            }
        }
    }
    for (at, member) in loose {
        let to = (!known).then(|| (at + 1).to_string());
        let several = given.get(at).is_some_and(|given| given.leases.iter().any(|lease| lease.card.is_some()));
        let own = several.then(|| CARD.to_owned());
        whole.links.push(cable(typed, (&member.name.value, own), to, member.name.span));
    }
    // A card that a pod has for itself has a cable for itself.
    for (given, member) in given.iter().zip(&typed.nodes) {
        for card in given.leases.iter().filter_map(|lease| lease.card.clone()) {
            let to = (!known).then(|| card.clone());
            whole.links.push(cable(typed, (&member.name.value, Some(card)), to, member.name.span));
        }
    }
}

/// A cable of a node to the switch below.
fn cable(typed: &cluster::Cluster, (node, card): (&str, Option<String>), to: Option<String>, span: Span) -> Link {
    let end = |node: &str, port| Spanned::new(End { node: node.to_owned(), device: None, port }, span);
    let (a, b) = (end(node, card), end(UNDERLAY, to));
    Link { span, a, b, config: CableConfig::default(), mtu: typed.mtu.clone(), name: None }
}

/// Machines that are no nodes and are plugged into the provider's network: each gets an interface. One whose port has no
/// name is plugged into one of its own name.
fn others(typed: &cluster::Cluster, whole: &mut Lab) -> Vec<Other> {
    let mut others: Vec<Other> = Vec::new();
    for link in &mut whole.links {
        let span = link.span;
        let (own, below) = if link.a.value.node == UNDERLAY { (&link.b, &mut link.a) } else { (&link.a, &mut link.b) };
        let name = own.value.node.as_str();
        if below.value.node != UNDERLAY || typed.nodes.iter().any(|member| member.name.value == name) {
            continue;
        }
        let host = whole.nodes.iter().find(|node| node.name.value == name).and_then(|node| match &node.value {
            Some(NodeSpec::Host(host)) => host.ip.as_ref(),
            _ => None,
        });
        let Some(ip) = host.map(|ip| ip.value.0) else { continue };
        let port = below.value.port.get_or_insert_with(|| name.to_owned()).clone();
        others.push(Other { name: name.to_owned(), port, ip, span });
    }
    others
}
