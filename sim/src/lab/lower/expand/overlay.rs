//! A network on one host: its bridge, the way to the other hosts, its containers.

use std::net::Ipv4Addr;

use super::host::Making;
use super::members::{Member, Net};
use super::{Placed, end};
use crate::device::tunnel::format::Format;
use crate::lab::lower::wiring::{CARD, STACK};
use crate::lab::schema::daemon::{Agent, Backend, Daemon, Flanneld, Gossip};
use crate::lab::schema::node::{Bridge, Inner, Neighbour, PerInterface, Port, Stack, Tunnel, Vtep};
use crate::lab::schema::overlay::{Between, Discovery, Spoken, Vxlan};
use crate::lab::schema::routing::Routing;
use crate::lab::schema::routing::bgp::Bgp;
use crate::lab::schema::routing::evpn::Network;
use crate::lab::source::Spanned;
use crate::plan::Bilingual;
use crate::wire::{LinkType, MacAddr};

/// What bridges carry that nobody has told otherwise.
const USUAL: u16 = 1500;

/// `br-blue`.
pub fn bridge_of(net: &str) -> String {
    format!("br-{net}")
}

/// `vx-blue`.
pub fn vtep_of(net: &str) -> String {
    format!("vx-{net}")
}

fn bridge(net: &Net<'_>) -> String {
    bridge_of(&net.name.value)
}

/// `vx-blue`, `ipip-blue`.
fn tunnel(net: &Net<'_>) -> String {
    match &net.overlay.between {
        Between::Tunnel(format) => format!("{}-{}", format.encapsulation().name(), net.name.value),
        _ => vtep_of(&net.name.value),
    }
}

/// The port of the host's stack for the envelopes of a tunnel. What the stack itself sends into the tunnel leaves by an
/// interface of the tunnel's own name, as on Linux.
pub fn envelopes(tunnel: &str) -> String {
    format!("{tunnel}.out")
}

/// Adds what a network needs on a host besides its containers.
pub fn spell(net: &Net<'_>, member: &Member, making: &mut Making) {
    let (span, name) = (net.name.span, &net.name.value);
    let own = bridge(net);
    // A bridge of Linux carries what all of its ports carry.
    let wide = Some(net.mtu(member)).filter(|mtu| *mtu > USUAL).map(|mtu| Spanned::new(mtu, span));
    let mut settings = Bridge { mtu: wide, clamp_mss: net.overlay.clamp_mss, ..Bridge::default() };
    if let Between::Vxlan(Vxlan { discovery: Discovery::Bgp(_), learning: false, .. }) = &net.overlay.between {
        // What comes out of the tunnel teaches nothing: who lives there is told.
        let port = Port { flags: vec![("learning", false)], ..Port::default() };
        settings.ports.push((Spanned::new(tunnel(net), span), port));
    }
    let why =
        Bilingual::new(format!("joins what is in `{name}` on this host"), format!("连接本机上 `{name}` 里的一切"));
    making.device(&own, span, Inner::Bridge(settings), why);
    if net.is_routed() {
        gateway(net, member, &own, making);
    }
    match &net.overlay.between {
        Between::Nothing => {}
        Between::Routes => {
            for other in net.others(&member.host) {
                let (ip, len) = other.subnet;
                let cells = [("prefix", format!("{ip}/{len}")), ("via", other.address.to_string())];
                making.row(STACK, "routes", span, &cells);
            }
        }
        Between::Vxlan(vxlan) => self::vxlan(net, member, vxlan, making),
        Between::Tunnel(format) => other(net, member, format, making),
    }
}

/// The host itself is in the bridge, as the router of the containers.
fn gateway(net: &Net<'_>, member: &Member, own: &str, making: &mut Making) {
    let span = net.name.span;
    let address = Spanned::new((member.gateway, member.subnet.1), span);
    making.interface(own, span, vec![address]);
    making.stack.forwarding.get_or_insert(true);
    making.stack.mtu.named.push((super::spanned(own, span), Spanned::new(net.mtu(member), span)));
    making.wire(end(STACK, own, span), end(own, "host", span));
}

fn vxlan(net: &Net<'_>, member: &Member, vxlan: &Vxlan, making: &mut Making) {
    let (span, name, own) = (net.name.span, &net.name.value, tunnel(net));
    let remotes = match &vxlan.discovery {
        // In a routed network every host has a row for each other one, so nobody is asked.
        _ if vxlan.routed => Vec::new(),
        Discovery::Multicast(group) => vec![Spanned::new(*group, span)],
        Discovery::StaticList if net.end6(member).is_some() => Vec::new(),
        Discovery::StaticList => net.others(&member.host).map(|other| Spanned::new(other.address, span)).collect(),
        Discovery::Controller(_) | Discovery::Evpn(_) | Discovery::Bgp(_) | Discovery::Gossip => Vec::new(),
    };
    let remotes6 = net.others(&member.host).filter(|_| !vxlan.routed).filter_map(|other| net.end6(other));
    let remotes6 = remotes6.map(|ip| Spanned::new(ip, span)).collect();
    let device = Vtep {
        vni: Some(Spanned::new(vxlan.vni, span)),
        local: net.end6(member).is_none().then(|| Spanned::new(member.address, span)),
        local6: net.end6(member).map(|ip| Spanned::new(ip, span)),
        remotes,
        remotes6,
        port: Some(vxlan.port),
        source_ports: vxlan.source_ports,
        mtu: net.overlay.mtu.clone(),
        mac: vxlan.routed.then(|| Spanned::new(router_mac(member.address), span)),
        learning: Some(vxlan.learning && !vxlan.routed && !net.written),
        // Where rows say who has which address, no question needs to cross the tunnel; nor may one where every host
        // would answer for the gateway.
        proxy: (net.written || vxlan.discovery.suppresses() && !vxlan.routed).then_some(true),
        l2miss: (vxlan.discovery == Discovery::Gossip).then_some(true),
        l3miss: (vxlan.discovery == Discovery::Gossip).then_some(true),
        ..Vtep::default()
    };
    let why = Bilingual::new(
        format!("the end of the tunnel that carries `{name}`, VNI {}", vxlan.vni),
        format!("承载 `{name}` 的隧道端点,VNI {}", vxlan.vni),
    );
    making.device(&own, span, Inner::Vtep(device), why);
    making.wire(end(&own, "outer", span), end(STACK, &envelopes(&own), span));
    if vxlan.routed {
        routed_vxlan(net, member, &own, making);
    } else {
        making.wire(end(&own, "inner", span), end(&bridge(net), &own, span));
    }
}

/// The hardware address of a routed VTEP, or of the router of a tenant on a host: known to everybody, as Flannel's store
/// or EVPN makes it known.
pub fn router_mac(host: Ipv4Addr) -> MacAddr {
    let [a, b, c, d] = host.octets();
    MacAddr([0x0e, 0x56, a, b, c, d])
}

/// The host routes into the tunnel. For every other host: who has its address, where that is, and which subnet lives
/// behind it, in this order, so that nobody ever has to ask.
fn routed_vxlan(net: &Net<'_>, member: &Member, own: &str, making: &mut Making) {
    let span = net.name.span;
    making.interface(own, span, vec![Spanned::new((member.subnet.0, 32), span)]);
    making.wire(end(own, "inner", span), end(STACK, own, span));
    if matches!(&net.overlay.between, Between::Vxlan(Vxlan { discovery: Discovery::Controller(_), .. })) {
        return;
    }
    for other in net.others(&member.host) {
        let (ip, len) = other.subnet;
        let mac = router_mac(other.address).to_string();
        let cells = [("ip", ip.to_string()), ("mac", mac.clone()), ("dev", own.to_owned())];
        making.row(STACK, "neigh", span, &cells);
        making.row(own, "fdb", span, &[("mac", mac), ("remote", net.end(other))]);
        let cells = [("prefix", format!("{ip}/{len}")), ("via", ip.to_string()), ("dev", own.to_owned())];
        making.row(STACK, "routes", span, &cells);
    }
}

fn other(net: &Net<'_>, member: &Member, format: &Format, making: &mut Making) {
    let (span, name, own) = (net.name.span, &net.name.value, &tunnel(net));
    let frames = format.encapsulation().carries() == LinkType::Ethernet;
    let others = || net.others(&member.host).filter(|_| frames);
    let remotes = others().filter(|other| net.end6(other).is_none());
    let device = Tunnel {
        format: Some(format.clone()),
        local: net.end6(member).is_none().then(|| Spanned::new(member.address, span)),
        local6: net.end6(member).map(|ip| Spanned::new(ip, span)),
        remotes: remotes.map(|other| Spanned::new(other.address, span)).collect(),
        remotes6: others().filter_map(|other| net.end6(other)).map(|ip| Spanned::new(ip, span)).collect(),
        mtu: net.overlay.mtu.clone(),
        ..Tunnel::default()
    };
    let why =
        Bilingual::new(format!("the end of the tunnel that carries `{name}`"), format!("承载 `{name}` 的隧道端点"));
    making.device(own, span, Inner::Tunnel(device), why);
    making.wire(end(own, "outer", span), end(STACK, &envelopes(own), span));
    if frames {
        making.wire(end(own, "inner", span), end(&bridge(net), own, span));
        return;
    }
    making.interface(own, span, vec![Spanned::new((member.subnet.0, 32), span)]);
    making.wire(end(own, "inner", span), end(STACK, own, span));
    for other in net.others(&member.host) {
        let (ip, len) = other.subnet;
        let prefix = format!("{ip}/{len}");
        making.row(own, "peers", span, &[("prefix", prefix.clone()), ("remote", net.end(other))]);
        making.row(STACK, "routes", span, &[("prefix", prefix), ("dev", own.to_owned())]);
    }
}

/// Adds the daemon that finds the other hosts, where one does.
pub fn daemon(net: &Net<'_>, member: &Member, here: &[&Placed<'_>], making: &mut Making) {
    let Between::Vxlan(Vxlan { discovery, routed, .. }) = &net.overlay.between else { return };
    let (span, device) = (net.name.span, Spanned::new(tunnel(net), net.name.span));
    let station = |at: &&Placed<'_>| {
        let name = Spanned::new(format!("{}/{}", member.host, at.name.value), at.name.span);
        at.spec.ip.as_ref().map(|ip| (ip.value.0, Neighbour::Name(name)))
    };
    let stations = here.iter().filter_map(station).collect();
    if let Discovery::Bgp(spoken) = discovery {
        return speaks(spoken, (device, &member.host), making);
    }
    let (Discovery::Controller(told) | Discovery::Evpn(told)) = discovery else {
        if *discovery == Discovery::Gossip && !routed {
            let seeds = net.others(&member.host).map(|other| Spanned::new(other.address.to_string(), span));
            let daemon = Daemon::Gossip(Gossip { device, seeds: seeds.collect(), stations });
            making.stack.daemons.push(Spanned::new(daemon, span));
        }
        return;
    };
    let agent = Agent { store: told.store.clone(), device: device.clone(), stations, rows: told.rows, ttl: told.ttl };
    let daemon = match discovery {
        Discovery::Controller(_) if *routed => Daemon::Flanneld(Flanneld {
            store: told.store.clone(),
            subnet: Spanned::new(member.subnet, span),
            device: Some(device),
            backend: Backend::Vxlan,
            public: Some(Spanned::new(member.address, span)),
            mac: None,
            network: None,
            ttl: told.ttl,
        }),
        Discovery::Controller(_) => Daemon::Controller(agent),
        _ => Daemon::Evpn(agent),
    };
    making.stack.daemons.push(Spanned::new(daemon, told.store.span));
}

/// The host tells by BGP who lives behind a VTEP, as one router for all its networks.
fn speaks(spoken: &Spoken, (device, host): (Spanned<String>, &str), making: &mut Making) {
    let target = spoken.targets.iter().find(|(name, _)| name.value == host).map(|(_, target)| *target);
    let network = Network { import: target, export: target, flood: (!spoken.flood).then_some(false) };
    let routing = making.stack.routing.get_or_insert_with(|| {
        let bgp = Bgp { asn: Some(spoken.asn.value), networks: Some(Vec::new()), ..Bgp::default() };
        Box::new(Spanned::new(Routing::Bgp(Box::new(bgp)), spoken.asn.span))
    });
    if let Routing::Bgp(bgp) = &mut routing.value {
        bgp.evpn.push((device, network));
    }
}

/// Adds a container.
pub fn container(net: &Net<'_>, member: &Member, at: &Placed<'_>, making: &mut Making) {
    let (span, name) = (at.name.span, &at.name.value);
    let mtu = at.spec.mtu.clone().unwrap_or_else(|| Spanned::new(net.mtu(member), span));
    let gateway = at.spec.gateway.clone();
    let gateway = gateway.or_else(|| net.gateway.map(|gateway| Spanned::new(gateway, span)));
    let gateway = gateway.or_else(|| net.is_routed().then(|| Spanned::new(member.gateway, span)));
    let mut mac = PerInterface::default();
    mac.named.extend(at.spec.mac.clone().map(|mac| (super::spanned(CARD, span), mac)));
    let stack = Stack {
        interfaces: vec![(super::spanned(CARD, span), at.spec.ip.iter().cloned().collect())],
        mac,
        mtu: PerInterface { all: Some(mtu), named: Vec::new() },
        gateway,
        neighbours: at.spec.neighbours.clone(),
        ..Stack::default()
    };
    let why = Bilingual::new(
        format!("`{name}`, a network namespace of its own, in `{}`", net.name.value),
        format!("`{name}`,自己的网络命名空间,在 `{}` 里", net.name.value),
    );
    making.device(name, span, Inner::Stack(stack), why);
    making.wire(end(name, CARD, span), end(&bridge(net), name, span));
}
