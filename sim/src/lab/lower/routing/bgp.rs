//! Routers that speak BGP: who is whose neighbour, and by which addresses.
//!
//! Routers on one link are neighbours. Of the routers of one AS all are, wherever they are, unless somebody reflects:
//! a client speaks with its reflectors only (RFC 4456).

use std::net::Ipv4Addr;

use super::evpn;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Home, Node};
use crate::lab::lower::linux::Config as Layout;
use crate::lab::schema::node::Stack;
use crate::lab::schema::routing::bgp::{Bgp, Neighbour};
use crate::lab::source::{Span, Spanned};
use crate::plan::{AppSpec, Bilingual, Op, Plan};
use crate::routing::bgp::daemon::BgpConfig;
use crate::routing::bgp::graph::reverse;
use crate::routing::bgp::overlay::Overlay;
use crate::routing::bgp::{Config, PeerConfig};
use crate::time::SimDuration;
use crate::wire::LinkType;
use crate::wire::bgp::Prefix;
use crate::wire::ipv4::mask;

/// A router that speaks BGP.
pub(super) struct Speaker<'a> {
    pub node: &'a Node,
    pub stack: &'a Stack,
    pub home: &'a Home,
    pub bgp: &'a Bgp,
    pub span: Span,
}

impl<'a> Speaker<'a> {
    fn name(&self) -> &'a str {
        &self.home.name
    }

    fn addresses(&self) -> impl Iterator<Item = Prefix> + '_ {
        self.stack.interfaces.iter().flat_map(|(_, addresses)| addresses.iter().map(|address| address.value))
    }

    fn has(&self, ip: Ipv4Addr) -> bool {
        self.addresses().any(|(own, _)| own == ip)
    }

    /// The own address on the link to another address.
    fn towards(&self, ip: Ipv4Addr) -> Option<Ipv4Addr> {
        let near = |(own, len): &Prefix| (own.to_bits() ^ ip.to_bits()) & mask(*len) == 0 && *own != ip;
        self.addresses().find(near).map(|(own, _)| own)
    }

    fn first(&self) -> Option<Ipv4Addr> {
        self.addresses().next().map(|(ip, _)| ip)
    }

    /// Own and other address on a link both are on.
    fn link(&self, other: &Self) -> Option<(Ipv4Addr, Ipv4Addr)> {
        other.addresses().find_map(|(ip, _)| Some((self.towards(ip)?, ip)))
    }

    /// The same, or for routers far from each other the first address of each.
    fn between(&self, other: &Self) -> Option<(Ipv4Addr, Ipv4Addr)> {
        self.link(other).or_else(|| Some((self.first()?, other.first()?)))
    }

    /// What it says of a neighbour.
    fn says(&self, other: &Self) -> Option<&'a Neighbour> {
        let means = |name: &str| name == other.name() || name.parse().is_ok_and(|ip| other.has(ip));
        self.bgp.neighbours.iter().find(|(name, _)| means(&name.value)).map(|(_, said)| said)
    }

    fn reflects_for(&self, other: &Self) -> bool {
        self.bgp.clients.iter().any(|client| client.value == other.name())
            || self.says(other).is_some_and(|said| said.client)
    }

    fn is_client(&self, all: &[Self]) -> bool {
        all.iter().any(|other| other.bgp.asn == self.bgp.asn && other.reflects_for(self))
    }

    /// They are neighbours without anybody saying so.
    fn goes_without_saying(&self, other: &Self, all: &[Self]) -> bool {
        if self.bgp.only_named || other.bgp.only_named {
            return false;
        }
        if self.bgp.asn != other.bgp.asn {
            return self.link(other).is_some();
        }
        if self.reflects_for(other) || other.reflects_for(self) {
            return true;
        }
        let told_apart = self.is_client(all) || other.is_client(all);
        !told_apart && (self.bgp.mesh && other.bgp.mesh || self.link(other).is_some())
    }
}

/// Adds the daemons.
pub(super) fn speak(all: &[Speaker<'_>], names: &Directory, plan: &mut Plan, found: &mut Findings) {
    for own in all {
        if own.bgp.asn.is_none() && !own.bgp.wrong_asn {
            let text = format!("`{}` speaks BGP and is of no AS", own.name());
            let finding = Finding::new(Code::Missing, text, own.span).label("needs `asn`");
            found.push(finding.help(format!("\"{}\": Router(…, routing: (asn: 65001))", own.name())));
        }
        for (name, said) in &own.bgp.neighbours {
            check(own, (name, said), all, names, found);
        }
        tunnelled(own, found);
        for client in &own.bgp.clients {
            let known = all.iter().find(|other| other.name() == client.value && other.name() != own.name());
            // A host that speaks because of a network which could not be read is not to blame.
            let lost = known.is_none() && found.has_errors() && names.find_node(&client.value).is_some();
            if !lost && known.is_none_or(|other| other.bgp.asn != own.bgp.asn) {
                let text = format!("`{}` cannot reflect for `{}`", own.name(), client.value);
                let finding = Finding::new(Code::OtherKind, text, client.span);
                let finding = finding.label("not another router of the same AS that speaks BGP");
                let same = all.iter().filter(|other| other.bgp.asn == own.bgp.asn && other.name() != own.name());
                let same = list(same.map(Speaker::name));
                let none = "no other router of this AS speaks BGP".to_owned();
                found.push(finding.help(if same.is_empty() { none } else { format!("possible here: {same}") }));
            }
        }
    }
    for own in all {
        let (Some(asn), Some(mut app)) = (own.bgp.asn, config(own, all)) else { continue };
        app.vpns = evpn::networks(own, (asn, app.own.id), found);
        let why = Bilingual::new(
            format!("`{}` speaks for AS {asn}: it tells its neighbours by which ASes it reaches a network", own.name()),
            format!("`{}` 代表 AS {asn}:告诉邻居它经过哪些 AS 到达一个网络", own.name()),
        );
        plan.push(Op::Serve { home: own.home.device, app: AppSpec::Bgp(Box::new(app)) }, why);
    }
}

/// A tunnel has to be one into which the stack routes, and it is told what goes through it.
fn tunnelled(own: &Speaker<'_>, found: &mut Findings) {
    let name = match (&own.bgp.tunnel, &own.bgp.pool) {
        (None, None) if own.bgp.cross_subnet => {
            let finding = Finding::new(Code::Missing, "`cross_subnet` without a tunnel", own.span);
            let finding = finding.label("no packet gets an envelope anyway");
            return found.push(finding.help("tunnel: \"tunl0\", pool: \"10.244.0.0/16\"").help("or leave it out"));
        }
        (None, None) => return,
        (Some(name), Some(_)) => name,
        (Some(name), None) => {
            let finding = Finding::new(Code::Missing, "nothing goes through this tunnel", name.span);
            let finding = finding.label("for which prefixes?");
            return found.push(finding.help("pool: \"10.244.0.0/16\""));
        }
        (None, Some(pool)) => {
            let finding = Finding::new(Code::Missing, "a pool without a tunnel", pool.span);
            let finding = finding.label("through what?");
            return found.push(finding.help("tunnel: \"tunl0\", a Tunnel(format: Ipip()) of this node"));
        }
    };
    let devices = own.node.layout.as_ref().map(|layout| &layout.devices[..]).unwrap_or_default();
    let device = devices.iter().find(|(device, ..)| *device == name.value).map(|(_, config, _)| config);
    let carries = matches!(device, Some(Layout::Tunnel(tunnel))
        if tunnel.format.encapsulation().carries() == LinkType::Ip);
    let leads = own.stack.interfaces.iter().any(|(interface, _)| interface.value == name.value);
    if !carries || !leads {
        let text = format!("`{}` has no tunnel `{}` for bare packets", own.name(), name.value);
        let finding = Finding::new(Code::OtherKind, text, name.span);
        let label = if carries { "the stack has no interface of this name" } else { "not such a tunnel of this node" };
        found.push(finding.label(label).help("\"tunl0\": Tunnel(format: Ipip()), and `tunl0` in `ip` of the stack"));
    }
}

/// A neighbour that is named has to be one.
fn check(
    own: &Speaker<'_>,
    (name, said): (&Spanned<String>, &Neighbour),
    all: &[Speaker<'_>],
    names: &Directory,
    found: &mut Findings,
) {
    if let Some(from) = said.from.as_ref().filter(|from| !own.has(from.value)) {
        let text = format!("`{}` has no address {}", own.name(), from.value);
        let finding = Finding::new(Code::Address, text, from.span).label("it cannot speak from there");
        let known: Vec<String> = own.addresses().map(|(ip, _)| ip.to_string()).collect();
        found.push(finding.help(format!("its addresses: {}", list(known.iter().map(String::as_str)))));
    }
    let address = name.value.parse::<Ipv4Addr>().ok();
    let other = all.iter().find(|other| match address {
        Some(ip) => other.has(ip),
        None => other.name() == name.value,
    });
    let help = || {
        let near = all.iter().filter(|other| other.name() != own.name() && own.link(other).is_some());
        format!("on its links: {}", list(near.map(Speaker::name)))
    };
    let Some(other) = other else {
        if address.is_some() && said.asn.is_none() {
            let text = format!("nobody in this lab has the address {}", name.value);
            let finding = Finding::new(Code::Missing, text, name.span).label("so its AS has to be said");
            found.push(finding.help(format!("\"{}\": (asn: 65002)", name.value)));
        } else if address.is_none() && names.find_node(&name.value).is_some() {
            let text = format!("`{}` does not speak BGP", name.value);
            let finding = Finding::new(Code::OtherKind, text, name.span).label("it cannot be a neighbour");
            found.push(finding.help(help()));
        } else if address.is_none() {
            names.node(&name.value, name.span, found);
        }
        return;
    };
    if other.name() == own.name() {
        let finding = Finding::new(Code::OtherKind, "a router is not its own neighbour", name.span);
        found.push(finding.label("this is the router itself").help(help()));
    } else if said.client && own.bgp.asn != other.bgp.asn {
        let text = format!("`{}` is of another AS than `{}`", other.name(), own.name());
        let finding = Finding::new(Code::OtherKind, text, name.span).label("nobody reflects for another AS");
        found.push(finding.help("without client: routes of another AS are passed on anyway"));
    } else if own.bgp.asn != other.bgp.asn && own.link(other).is_none() && said.from.is_none() {
        let text = format!("no link joins `{}` and `{}`", own.name(), other.name());
        let finding = Finding::new(Code::OtherKind, text, name.span);
        let finding = finding.label("neighbours of other ASes are on a link");
        found.push(finding.help(help()));
    } else if let (Some(here), Some(there)) = (said.relation, other.says(own).and_then(|said| said.relation))
        && here != reverse(there)
        && own.name() < other.name()
    {
        let text = format!("`{}` and `{}` do not agree what they are to each other", own.name(), other.name());
        let finding = Finding::new(Code::OtherKind, text, name.span);
        let finding = finding.label(format!("here {here:?}, there {there:?}"));
        found.push(finding.help(format!("say it at one end only, or there: relation: {:?}", reverse(here))));
    }
}

fn config(own: &Speaker<'_>, all: &[Speaker<'_>]) -> Option<BgpConfig> {
    let bgp = own.bgp;
    let mut peers = Vec::new();
    for other in all.iter().filter(|other| other.name() != own.name()) {
        let named = own.says(other).is_some() || other.says(own).is_some();
        if named || own.goes_without_saying(other, all) {
            peers.extend(peer(own, other));
        }
    }
    // Whoever is not in the lab is known by address.
    for (name, said) in &bgp.neighbours {
        if let Ok(address) = name.value.parse::<Ipv4Addr>()
            && let Some(asn) = said.asn
            && !all.iter().any(|other| other.has(address))
        {
            let from = said.from.as_ref().map(|from| from.value);
            let from = from.or_else(|| own.towards(address)).or_else(|| own.first())?;
            peers.push(with(said, PeerConfig::new(from, address, asn)));
        }
    }
    let plain = Config::new(bgp.asn?, bgp.id.or_else(|| own.addresses().map(|(ip, _)| ip).max())?);
    let config = Config {
        cluster: bgp.cluster,
        hold: bgp.hold,
        connect_retry: bgp.retry,
        start: SimDuration::from_secs(1),
        mrai: bgp.mrai,
        mrai_internal: bgp.mrai_internal,
        jitter: bgp.jitter,
        withdrawals_wait: bgp.withdrawals_wait,
        always_compare_med: bgp.always_compare_med,
        refuse_own_as: !bgp.allow_own_as,
        paths: bgp.multipath,
        families: bgp.speaks(),
        ..plain
    };
    let networks = bgp.networks.clone().unwrap_or_else(|| {
        let lonely = |(ip, len): &Prefix| {
            let on = |peer: &PeerConfig| (peer.address.to_bits() ^ ip.to_bits()) & mask(*len) == 0;
            !peers.iter().any(on)
        };
        let network = |(ip, len): Prefix| (Ipv4Addr::from_bits(ip.to_bits() & mask(len)), len);
        own.addresses().filter(lonely).map(network).collect()
    });
    let overlay = bgp.tunnel.as_ref().zip(bgp.pool.as_ref()).map(|(device, pool)| Overlay {
        device: device.value.clone(),
        pool: pool.value,
        cross_subnet: bgp.cross_subnet,
    });
    let (communities, fallover, vpns) = (bgp.communities.clone(), bgp.fallover, Vec::new());
    Some(BgpConfig { own: config, peers, networks, communities, fallover, vpns, overlay })
}

/// A neighbour as both ends together describe it.
fn peer(own: &Speaker<'_>, other: &Speaker<'_>) -> Option<PeerConfig> {
    let (here, there) = (own.says(other), other.says(own));
    let (mut from, mut address) = own.between(other)?;
    // An address that is typed as a neighbour's name, or as what to speak from, is meant.
    let typed = |speaker: &Speaker<'_>, far: &Speaker<'_>| {
        let means = |(name, _): &&(Spanned<String>, Neighbour)| name.value.parse().is_ok_and(|ip| far.has(ip));
        speaker.bgp.neighbours.iter().find(means).and_then(|(name, _)| name.value.parse().ok())
    };
    address = typed(own, other).or_else(|| there.and_then(|said| Some(said.from.as_ref()?.value))).unwrap_or(address);
    from = here.and_then(|said| Some(said.from.as_ref()?.value)).or_else(|| typed(other, own)).unwrap_or(from);
    let mut plain = PeerConfig::new(from, address, other.bgp.asn?);
    plain.client = own.reflects_for(other);
    plain.relation = there.and_then(|said| said.relation).map(reverse).unwrap_or_default();
    Some(here.map_or(plain, |said| with(said, plain)))
}

fn with(said: &Neighbour, plain: PeerConfig) -> PeerConfig {
    PeerConfig {
        asn: said.asn.unwrap_or(plain.asn),
        relation: said.relation.unwrap_or(plain.relation),
        client: said.client || plain.client,
        passive: said.passive,
        next_hop_self: said.next_hop_self,
        local_pref: said.local_pref,
        med: said.med,
        prepend: said.prepend,
        ..plain
    }
}
