//! Tunnels of a node: where they end, what fits through them, and what cannot work.

mod ways;

use std::net::Ipv4Addr;

use crate::device::ipvlan;
use crate::device::outer::{Df, Outer};
use crate::device::tunnel::format::{Fastdp, Format, Wireguard};
use crate::device::tunnel::{self, TunnelConfig};
use crate::device::vtep::{self, VtepConfig};
use crate::engine::DeviceChange;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Node, Sort};
use crate::lab::lower::linux::{At, Config, Layout, across};
use crate::lab::schema::node::{Inner, Linux, Tunnel, Vtep};
use crate::lab::source::{Span, Spanned};
use crate::plan::{Bilingual, Op, Plan};
use crate::stack::{StackConfig, config::TunnelPort};
use crate::wire::{LinkType, MacAddr, ipv6};

/// Names of the ports of a tunnel.
pub fn ports() -> Vec<String> {
    vec!["inner".to_owned(), "outer".to_owned()]
}

/// The ports of a stack that wires name and that lead to the outer port of a tunnel, or to that of ipvlan children whose
/// packets it routes.
pub fn ports_of(stack: &str, spec: &Linux) -> Vec<String> {
    let tunnel = |name: &str| {
        let device = spec.devices.iter().find(|device| device.name.value == name);
        device.map_or("", |device| match device.value {
            Some(Inner::Vtep(_) | Inner::Tunnel(_)) => "outer",
            Some(Inner::Ipvlan(_)) => "routed",
            _ => "",
        })
    };
    let both = spec.wires.iter().flat_map(|[a, b]| [(&a.value, &b.value), (&b.value, &a.value)]);
    let outer = both.filter(|(at, other)| at.node == stack && other.port.as_deref() == Some(tunnel(&other.node)));
    outer.filter_map(|(at, _)| at.port.clone()).collect()
}

/// A port of a stack for a tunnel.
pub fn port(name: &str) -> TunnelPort {
    TunnelPort { name: name.to_owned(), ..TunnelPort::default() }
}

fn mac(own: Option<&Spanned<MacAddr>>) -> MacAddr {
    own.map_or(MacAddr::ZERO, |mac| mac.value)
}

/// A VTEP as typed; what follows from its surroundings is filled in by [`join`].
pub fn vtep(spec: &Vtep) -> VtepConfig {
    let default = VtepConfig::default();
    VtepConfig {
        mac: mac(spec.mac.as_ref()),
        vni: spec.vni.as_ref().map_or(0, |vni| vni.value),
        port: spec.port.unwrap_or(default.port),
        source_ports: spec.source_ports.unwrap_or(default.source_ports),
        outer: Outer {
            local: spec.local.as_ref().map_or(Ipv4Addr::UNSPECIFIED, |local| local.value),
            local6: spec.local6.as_ref().map(|local| local.value),
            ttl: spec.ttl,
            df: spec.df.unwrap_or_default(),
            checksum: spec.checksum.unwrap_or(true),
            ..Outer::default()
        },
        learning: spec.learning.unwrap_or(default.learning),
        ageing: spec.ageing.unwrap_or(default.ageing),
        fdb_size: spec.fdb_size,
        proxy: spec.proxy.unwrap_or(default.proxy),
        l2miss: spec.l2miss.unwrap_or(default.l2miss),
        l3miss: spec.l3miss.unwrap_or(default.l3miss),
        ..default
    }
}

/// A tunnel as typed; nothing when its kind could not be read.
pub fn tunnel(spec: &Tunnel) -> Option<TunnelConfig> {
    let format = spec.format.clone()?;
    // Linux: IPIP and GRE forbid fragments outside and take the time to live from inside, the others do neither.
    let strict = matches!(format, Format::Ipip(_) | Format::Gre(_) | Format::Gretap(_));
    // Weave's flows forbid fragments and write no checksum.
    let fast = matches!(format, Format::Fastdp(_));
    let outer = Outer {
        local: spec.local.as_ref().map_or(Ipv4Addr::UNSPECIFIED, |local| local.value),
        local6: spec.local6.as_ref().map(|local| local.value),
        ttl: spec.ttl,
        inherit_ttl: spec.ttl.is_none() && strict,
        df: spec.df.unwrap_or(if strict || fast { Df::Set } else { Df::Unset }),
        checksum: !fast,
    };
    let learning = spec.learning.unwrap_or(true);
    Some(TunnelConfig { format, mac: mac(spec.mac.as_ref()), outer, underlay_mtu: 1500, learning, bridged: false })
}

/// What a port carries, as far as it does not depend on the other end.
fn link((device, port): At, layout: &Layout) -> Option<LinkType> {
    match &layout.devices[device].1 {
        Config::Nic(_) | Config::Bridge(_) | Config::Macvlan(_) | Config::Sriov(_) | Config::Fabric(_) => {
            Some(LinkType::Ethernet)
        }
        Config::Ipvlan(_) => Some(if port == ipvlan::ROUTED { LinkType::Ip } else { LinkType::Ethernet }),
        Config::Vtep(_) => Some(if port == vtep::INNER { LinkType::Ethernet } else { LinkType::Ip }),
        Config::Tunnel(_) if port == tunnel::OUTER => Some(LinkType::Ip),
        Config::Tunnel(config) => Some(config.format.encapsulation().carries()),
        // An interface takes whatever the device behind it gives.
        Config::Stack(stack) => (port.index() >= stack.interfaces.len()).then_some(LinkType::Ip),
    }
}

/// Whether both ends of a wire carry the same, frames or packets; reported when they do not.
pub fn carry_the_same(ends: [(At, Span); 2], layout: &Layout, found: &mut Findings) -> bool {
    let [(a, first), (b, span)] = ends;
    let outer = |at: At| layout.devices[at.0].2[at.1.index()] == "outer" && is_tunnel(&layout.devices[at.0].1);
    let to_stack = |at: At| matches!(layout.devices[at.0].1, Config::Stack(_));
    let stray = (outer(a) && !to_stack(b)) || (outer(b) && !to_stack(a));
    let same = match (link(a, layout), link(b, layout)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    if same && !stray {
        return true;
    }
    let word = |link| if link == Some(LinkType::Ip) { "packets" } else { "frames" };
    let text = if stray { "an outer port leads to an IP stack" } else { "one end carries frames, the other packets" };
    let finding = Finding::new(Code::OtherKind, text, span);
    let finding = finding.label(format!("{} here", word(link(b, layout))));
    let finding = finding.also(first, format!("{} here", word(link(a, layout))));
    found.push(finding.help("a tunnel joins a stack by its outer port: (\"vx:outer\", \"ip:vx\")"));
    false
}

fn is_tunnel(config: &Config) -> bool {
    matches!(config.sort(), Sort::Vtep | Sort::Tunnel)
}

/// Hardware address and MTU of the device behind an interface.
pub fn behind(layout: &Layout, at: At) -> Option<(MacAddr, u16)> {
    let (other, port) = across(layout, at)?;
    match &layout.devices[other].1 {
        Config::Nic(card) => Some((card.mac, card.mtu)),
        Config::Macvlan(_) => super::macvlan::behind(layout, (other, port)),
        Config::Ipvlan(_) => super::ipvlan::behind(layout, (other, port)),
        Config::Sriov(_) => super::sriov::behind(layout, (other, port)),
        Config::Vtep(vtep) if port == vtep::INNER => Some((vtep.mac, room(vtep.underlay_mtu, vtep.overhead()))),
        Config::Tunnel(tunnel) if port == tunnel::INNER => {
            Some((tunnel.mac, room(tunnel.underlay_mtu, tunnel.overhead())))
        }
        _ => None,
    }
}

fn room(underlay: u16, overhead: u16) -> u16 {
    underlay.saturating_sub(overhead)
}

/// Fills in what follows from how the devices are joined: own address, MTU, what is in a bridge.
pub fn join(spec: &Linux, layout: &mut Layout) {
    for at in 0..layout.devices.len() {
        if !is_tunnel(&layout.devices[at].1) {
            continue;
        }
        let inner = across(layout, (at, vtep::INNER));
        let bridged = inner.is_some_and(|(other, _)| layout.devices[other].1.sort() == Sort::Bridge);
        let below = across(layout, (at, vtep::OUTER)).and_then(|(stack, port)| match &layout.devices[stack].1 {
            Config::Stack(config) => Some((stack, port, config.clone())),
            _ => None,
        });
        let stack = below.as_ref().map(|(.., config)| config);
        match &mut layout.devices[at].1 {
            Config::Vtep(vtep) => fill(&mut vtep.outer, &mut vtep.underlay_mtu, stack),
            Config::Tunnel(tunnel) => fill(&mut tunnel.outer, &mut tunnel.underlay_mtu, stack),
            _ => {}
        }
        let mtu = inner_mtu(spec, layout, at);
        match &mut layout.devices[at].1 {
            Config::Vtep(vtep) => vtep.bridged = bridged,
            Config::Tunnel(tunnel) => {
                tunnel.bridged = bridged;
                if let Format::Wireguard(Wireguard { mtu: limit, .. }) | Format::Fastdp(Fastdp { mtu: limit, .. }) =
                    &mut tunnel.format
                {
                    *limit = mtu;
                }
            }
            _ => {}
        }
        let link = link((at, vtep::INNER), layout).unwrap_or_default();
        tell_inner(spec, layout, inner, mtu, link);
        if let Some((stack, port, _)) = below
            && let Config::Stack(config) = &mut layout.devices[stack].1
        {
            let own = inner.filter(|(other, _)| *other == stack).map(|(_, port)| port);
            let place = port.index() - config.interfaces.len();
            config.tunnels[place].own = own;
        }
    }
}

/// The own address and the MTU of the interface it is on.
fn fill(outer: &mut Outer, underlay_mtu: &mut u16, below: Option<&StackConfig>) {
    let Some(stack) = below else { return };
    if let Some(local) = outer.local6 {
        let at = stack.interfaces.iter().find(|at| at.address6.is_some_and(|(ip, _)| ip == local));
        *underlay_mtu = at.or(stack.interfaces.first()).map_or(*underlay_mtu, |at| at.mtu);
        return;
    }
    if outer.local.is_unspecified()
        && let Some((ip, _)) = stack.interfaces.iter().find_map(|at| at.addresses.first())
    {
        outer.local = *ip;
    }
    let holds = |at: &&crate::stack::InterfaceConfig| at.addresses.iter().any(|(ip, _)| *ip == outer.local);
    if let Some(at) = stack.interfaces.iter().find(holds).or(stack.interfaces.first()) {
        *underlay_mtu = at.mtu;
    }
}

/// The MTU of a tunnel: its author's, or what fits the interface below.
fn inner_mtu(spec: &Linux, layout: &Layout, at: usize) -> u16 {
    let own = match spec.devices[at].value.as_ref() {
        Some(Inner::Vtep(vtep)) => vtep.mtu.as_ref(),
        Some(Inner::Tunnel(tunnel)) => tunnel.mtu.as_ref(),
        _ => None,
    };
    let fits = match &layout.devices[at].1 {
        Config::Vtep(vtep) => room(vtep.underlay_mtu, vtep.overhead()),
        Config::Tunnel(tunnel) => room(tunnel.underlay_mtu, tunnel.overhead()),
        _ => 1500,
    };
    own.map_or(fits, |mtu| mtu.value)
}

/// The port of a bridge and the interface of a stack have the MTU of the tunnel behind them, unless their author says
/// otherwise.
fn tell_inner(spec: &Linux, layout: &mut Layout, inner: Option<At>, mtu: u16, link: LinkType) {
    let Some((other, port)) = inner else { return };
    let typed = spec.devices.get(other).and_then(|named| named.value.as_ref());
    match (&mut layout.devices[other].1, typed) {
        (Config::Bridge(bridge), Some(Inner::Bridge(own))) => {
            let at = &mut bridge.ports[port.index()];
            let settings = own.ports.iter().find(|(name, _)| name.value == at.name);
            if settings.is_none_or(|(_, settings)| settings.mtu.is_none()) {
                at.mtu = mtu;
            }
        }
        (Config::Stack(stack), Some(Inner::Stack(own))) => {
            let Some(at) = stack.interfaces.get_mut(port.index()) else { return };
            at.link = link;
            if own.mtu.of(&at.name).is_none() {
                at.mtu = mtu;
            }
        }
        _ => {}
    }
}

/// What cannot work: no way out, a tunnel to itself, two tunnels that want the same packets, no room for headers.
pub fn check(spec: &Linux, layout: &Layout, found: &mut Findings) {
    let mut wanted: Vec<(String, Span)> = Vec::new();
    for (at, named) in spec.devices.iter().enumerate() {
        let Some((_, config, _)) = layout.devices.get(at).filter(|(_, config, _)| is_tunnel(config)) else { continue };
        let (span, name) = (named.name.span, &named.name.value);
        if across(layout, (at, vtep::OUTER)).is_none() {
            let finding = Finding::new(Code::NotLinked, format!("`{name}` has no way out"), span);
            let finding = finding.label("no wire ends in its outer port");
            found.push(finding.help(format!("wires: [(\"{name}:outer\", \"ip:{name}\")]")));
        }
        let (local, remotes, what) = match (config, named.value.as_ref()) {
            (Config::Vtep(config), Some(Inner::Vtep(own))) => (
                config.outer.local,
                &own.remotes,
                format!("VNI {} at UDP port {}{}", config.vni, config.port, family(&config.outer)),
            ),
            (Config::Tunnel(config), Some(Inner::Tunnel(own))) => {
                let remote = own.remotes.first().map(|remote| remote.value).filter(|_| own.remotes.len() == 1);
                let listens = config.format.encapsulation().listen(remote);
                (config.outer.local, &own.remotes, format!("{listens:?}{}", family(&config.outer)))
            }
            _ => continue,
        };
        for remote in remotes {
            // The kernel takes them, and its route for them ends at this host.
            let label = match remote.value {
                own if own == local => "this is its own address",
                ip if ip.is_loopback() || ip.is_unspecified() => "this stands for the host itself",
                _ => continue,
            };
            let finding = Finding::new(Code::TunnelToSelf, format!("`{name}` is a tunnel to itself"), remote.span);
            found.push(finding.label(label).help("remote: the address of the other host"));
        }
        if let Some((_, first)) = wanted.iter().find(|(known, _)| *known == what) {
            let finding = Finding::new(Code::SameTunnel, "two tunnels of one node want the same packets", span);
            let finding = finding.label("again here").also(*first, "first here");
            found.push(finding.help("give one of them another VNI, key, port or remote"));
        }
        wanted.push((what, span));
        over_ipv6(spec, layout, at, found);
        ways::check(spec, layout, at, found);
        too_narrow(spec, layout, at, found);
    }
}

fn family(outer: &Outer) -> &'static str {
    if outer.local6.is_some() { " over IPv6" } else { "" }
}

/// A tunnel over IPv6: its own end is an address here, the other ends are neighbours, and the link is wide enough.
fn over_ipv6(spec: &Linux, layout: &Layout, at: usize, found: &mut Findings) {
    let (local, remotes) = match spec.devices[at].value.as_ref() {
        Some(Inner::Vtep(own)) => (&own.local6, &own.remotes6),
        Some(Inner::Tunnel(own)) => (&own.local6, &own.remotes6),
        _ => return,
    };
    let (Some(local), Some((stack, _))) = (local, across(layout, (at, vtep::OUTER))) else { return };
    if matches!(spec.devices[stack].value.as_ref(), Some(Inner::Stack(own)) if own.ip6_unread) {
        return;
    }
    let Config::Stack(stack) = &layout.devices[stack].1 else { return };
    let own = |at: &&crate::stack::InterfaceConfig| at.address6.is_some_and(|(ip, _)| ip == local.value);
    let report = |text: String, span, label: String, fix: &str, found: &mut Findings| {
        found.push(Finding::new(Code::OtherFamily, text, span).label(label).help(fix));
    };
    let Some((interface, len)) = stack.interfaces.iter().find(own).and_then(|at| Some((at, at.address6?.1))) else {
        let (text, label) = (format!("{} is no IPv6 address of this host", local.value), "not under `ip6`".to_owned());
        return report(text, local.span, label, "ip6: {\"eth0\": \"fd00::1/64\"}", found);
    };
    for remote in remotes {
        if remote.value == local.value {
            let text = format!("`{}` is a tunnel to itself", spec.devices[at].name.value);
            let finding = Finding::new(Code::TunnelToSelf, text, remote.span).label("this is its own address");
            found.push(finding.help("remote: the address of the other host"));
        } else if !ipv6::same_subnet(local.value, remote.value, len) {
            let (text, label) = (format!("no way to {}", remote.value), format!("outside of {}/{len}", local.value));
            report(text, remote.span, label, "no router passes IPv6 on here: put both into one subnet", found);
        }
    }
    if interface.mtu < ipv6::MIN_MTU {
        let text = format!("`{}` is too narrow for IPv6", interface.name);
        let label = format!("its packets have at most {} bytes, IPv6 needs {}", interface.mtu, ipv6::MIN_MTU);
        let finding = Finding::new(Code::MtuTooSmall, text, local.span).label(label);
        found.push(finding.help(format!("mtu: {}, or more", ipv6::MIN_MTU)));
    }
}

/// An MTU below what the protocol inside needs.
fn too_narrow(spec: &Linux, layout: &Layout, at: usize, found: &mut Findings) {
    const LEAST: u16 = 68;
    let mtu = inner_mtu(spec, layout, at);
    if mtu < LEAST {
        let named = &spec.devices[at];
        let text = format!("nothing fits through `{}`", named.name.value);
        let finding = Finding::new(Code::MtuTooSmall, text, named.name.span);
        let label = format!("{mtu} bytes are left behind its headers, IPv4 needs {LEAST}");
        found.push(finding.label(label).help("raise the MTU of the interface below"));
    }
}

/// The rows that `remote` stands for.
pub fn remotes(node: &Node, spec: &Linux, plan: &mut Plan) {
    for (named, device) in spec.devices.iter().zip(&node.devices) {
        let (remotes, remotes6, table) = match &named.value {
            Some(Inner::Vtep(vtep)) => (&vtep.remotes, &vtep.remotes6, "fdb"),
            Some(Inner::Tunnel(tunnel)) => (&tunnel.remotes, &tunnel.remotes6, "peers"),
            _ => continue,
        };
        let texts = remotes.iter().map(|remote| remote.value.to_string());
        for remote in texts.chain(remotes6.iter().map(|remote| remote.value.to_string())) {
            let mut cells = vec![("remote".to_owned(), remote)];
            if table == "fdb" {
                cells.insert(0, ("mac".to_owned(), MacAddr::ZERO.to_string()));
            }
            let change = DeviceChange::AddRow { table: table.to_owned(), cells };
            let why = Bilingual::new("where everything goes for which no row fits", "没有表项可用时送往的地方");
            plan.push(Op::Row { device: device.id, change }, why);
        }
    }
}
