//! Who is in which network: hosts with their addresses, subnets, and what fits.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::Placed;
use super::gateways::Door;
use crate::device::outer::v6;
use crate::device::vtep;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::sense::MTU;
use crate::lab::lower::wires;
use crate::lab::lower::wiring::CARD;
use crate::lab::place::End;
use crate::lab::schema::node::{Host, NodeSpec};
use crate::lab::schema::overlay::Between;
use crate::lab::schema::{Lab, Overlay};
use crate::lab::source::{Span, Spanned};
use crate::wire::LinkType;
use crate::wire::ipv4::mask;
use crate::wire::ipv6;

/// A host with containers in a network.
#[derive(Clone, Debug)]
pub struct Member {
    /// The host.
    pub host: String,
    /// Its address on the underlay.
    pub address: Ipv4Addr,
    /// Its address for tunnels over IPv6.
    pub address6: Option<(Ipv6Addr, u8)>,
    /// One is written, and could not be read: that has been said.
    pub unread6: bool,
    /// The subnet of its containers: first address and length.
    pub subnet: (Ipv4Addr, u8),
    /// The address containers send to for other subnets.
    pub gateway: Ipv4Addr,
    /// MTU of its card.
    pub mtu: u16,
}

/// A network and its members, in the order of the lab.
#[derive(Clone, Debug)]
pub struct Net<'l> {
    /// Its name.
    pub name: &'l Spanned<String>,
    /// What it is.
    pub overlay: &'l Overlay,
    /// Hosts with containers in it, and those of its gateways.
    pub members: Vec<Member>,
    /// The address of its gateway, if it has one.
    pub gateway: Option<Ipv4Addr>,
    /// Rows of its VTEPs are written, so they need not learn.
    pub written: bool,
}

/// Every host has a subnet of its own and routes between it and the others.
pub fn is_routed(overlay: &Overlay) -> bool {
    match &overlay.between {
        Between::Nothing | Between::Routes => true,
        Between::Vxlan(vxlan) => vxlan.routed,
        Between::Tunnel(format) => format.encapsulation().carries() == LinkType::Ip,
    }
}

impl Net<'_> {
    /// Every host has a subnet of its own and routes between it and the others.
    pub fn is_routed(&self) -> bool {
        is_routed(self.overlay)
    }

    /// Bytes in front of a packet.
    pub fn overhead(&self) -> u16 {
        let longer = if self.overlay.over_ipv6.is_some() { v6::LONGER } else { 0 };
        match &self.overlay.between {
            Between::Nothing | Between::Routes => 0,
            Between::Vxlan(_) => vtep::OVERHEAD + longer,
            Between::Tunnel(format) => format.encapsulation().overhead() + longer,
        }
    }

    /// Where the tunnel of a member ends: over IPv6, or over IPv4.
    pub fn end6(&self, member: &Member) -> Option<Ipv6Addr> {
        self.overlay.over_ipv6.and(member.address6).map(|(ip, _)| ip)
    }

    /// The same in words.
    pub fn end(&self, member: &Member) -> String {
        self.end6(member).map_or_else(|| member.address.to_string(), |ip| ip.to_string())
    }

    /// Largest packet that fits inside, as seen from a host.
    pub fn room(&self, member: &Member) -> u16 {
        member.mtu.saturating_sub(self.overhead())
    }

    /// Largest packet inside: its author's, or what fits.
    pub fn mtu(&self, member: &Member) -> u16 {
        self.overlay.mtu.as_ref().map_or(self.room(member), |mtu| mtu.value)
    }

    /// The member that is this host.
    pub fn member(&self, host: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.host == host)
    }

    /// All members but one.
    pub fn others<'s>(&'s self, host: &'s str) -> impl Iterator<Item = &'s Member> {
        self.members.iter().filter(move |member| member.host != host)
    }
}

/// All networks of a lab.
#[derive(Clone, Debug, Default)]
pub struct Members<'l> {
    /// In the order of the lab.
    pub nets: Vec<Net<'l>>,
}

impl<'l> Members<'l> {
    /// Hosts of an overlay in one network must reach each other by ARP.
    pub fn share_wires(&self, lab: &Lab, found: &mut Findings) {
        for net in self.nets.iter().filter(|net| !matches!(net.overlay.between, Between::Nothing)) {
            let standing = net.members.iter().filter_map(|member| {
                let node = lab.nodes.iter().find(|node| node.name.value == member.host)?;
                let Some(NodeSpec::Host(host)) = &node.value else { return None };
                let ip = host.ip.as_ref()?;
                Some((member.host.as_str(), ip.value, ip.span))
            });
            if wires::common(lab, &standing.collect::<Vec<_>>(), found) {
                return;
            }
        }
    }

    /// Sorts containers to networks and hosts; what cannot be is reported.
    pub fn of(lab: &'l Lab, placed: &[Placed<'l>], doors: &[Door<'l>], found: &mut Findings) -> Self {
        let mut nets = Vec::new();
        for overlay in &lab.overlays {
            let Some(what) = &overlay.value else { continue };
            let mut net =
                Net { name: &overlay.name, overlay: what, members: Vec::new(), gateway: None, written: false };
            let mut spots: BTreeMap<String, Span> = BTreeMap::new();
            for at in placed.iter().filter(|at| at.net == overlay.name.value) {
                let Some(ip) = &at.spec.ip else { continue };
                let subnet = (Ipv4Addr::from_bits(ip.value.0.to_bits() & mask(ip.value.1)), ip.value.1);
                match net.members.iter().find(|member| member.host == at.on) {
                    None => {
                        spots.insert(at.on.to_owned(), ip.span);
                        let gateway = at.spec.gateway.as_ref().map(|gateway| gateway.value);
                        net.members.extend(member(lab, at.on, subnet, gateway));
                    }
                    Some(known) if net.is_routed() && known.subnet != subnet => {
                        let first = spots.get(at.on).copied().unwrap_or(ip.span);
                        let finding = Finding::new(Code::GatewayElsewhere, "two subnets on one host", ip.span);
                        let (ip, len) = known.subnet;
                        let finding =
                            finding.label(format!("outside of {ip}/{len}")).also(first, "the first container");
                        found.push(finding.help("a routed network has one subnet for each host"));
                    }
                    Some(_) => {}
                }
            }
            enter(&mut net, doors, lab);
            overlapping(&net, &spots, lab, found);
            over_ipv6(&net, lab, found);
            too_big(lab, &net, placed, found);
            nets.push(net);
        }
        Self { nets }
    }
}

/// Gateways of a network: hosts they are on are in it too, and containers send to them.
fn enter(net: &mut Net<'_>, doors: &[Door<'_>], lab: &Lab) {
    let name = net.name.value.as_str();
    for door in doors {
        let address = door.address(name);
        net.gateway = net.gateway.or(address.map(|(ip, _)| ip));
        net.written |= address.is_some() && door.anycast().is_some();
        for (host, _) in door.hosts.iter().filter(|(_, nets)| nets.contains(&name)) {
            if net.member(host).is_none() {
                let subnet = address.unwrap_or((Ipv4Addr::UNSPECIFIED, 32));
                net.members.extend(member(lab, host, subnet, address.map(|(ip, _)| ip)));
            }
        }
    }
}

fn member(lab: &Lab, on: &str, subnet: (Ipv4Addr, u8), gateway: Option<Ipv4Addr>) -> Option<Member> {
    let node = lab.nodes.iter().find(|node| node.name.value == on)?;
    let Some(NodeSpec::Host(host)) = &node.value else { return None };
    let first = Ipv4Addr::from_bits(subnet.0.to_bits() + u32::from(subnet.1 < 31));
    Some(Member {
        host: on.to_owned(),
        address: host.ip.as_ref()?.value.0,
        address6: host.ip6.as_ref().map(|ip| ip.value),
        unread6: host.ip6_unread,
        subnet,
        gateway: gateway.unwrap_or(first),
        mtu: card_mtu(lab, on, host),
    })
}

/// Largest packet the card of a host sends.
pub fn card_mtu(lab: &Lab, on: &str, host: &Host) -> u16 {
    // Further cards of a host belong to its gateways.
    let own = |end: &End| end.node == on && end.port.as_deref().is_none_or(|port| port == CARD);
    let on_link = lab.links.iter().find(|link| own(&link.a.value) || own(&link.b.value));
    let mtu = host.mtu.as_ref().or(on_link.and_then(|link| link.mtu.as_ref()));
    mtu.map_or(MTU, |mtu| mtu.value)
}

/// Hosts of a network over IPv6 have addresses for it, and all of them in one subnet.
fn over_ipv6(net: &Net<'_>, lab: &Lab, found: &mut Findings) {
    let Some(said) = net.overlay.over_ipv6 else { return };
    let span =
        |member: &Member| lab.nodes.iter().find(|node| node.name.value == member.host).map(|node| node.name.span);
    for (at, member) in net.members.iter().enumerate().filter(|(_, member)| !member.unread6) {
        let host = &member.host;
        let Some((ip, len)) = member.address6 else {
            let text = format!("`{host}` has no IPv6 address, and `{}` runs over IPv6", net.name.value);
            let finding = Finding::new(Code::OtherFamily, text, said).label("over IPv6");
            let finding = if let Some(span) = span(member) { finding.also(span, "no `ip6`") } else { finding };
            found.push(finding.help(format!("\"{host}\": Host(…, ip6: \"fd00::{}/64\")", at + 1)));
            continue;
        };
        let others = net.members[..at].iter().filter_map(|other| Some((other, other.address6?.0)));
        for (other, first) in others {
            let (text, fix) = if first == ip {
                (format!("`{}` and `{host}` have the same IPv6 address", other.host), "each host has one of its own")
            } else if ipv6::same_subnet(first, ip, len) {
                continue;
            } else {
                let fix = "no router passes IPv6 on here: put them into one subnet, on one link";
                (format!("`{}` and `{host}` are in different subnets of IPv6", other.host), fix)
            };
            let at = span(member).unwrap_or(said);
            found.push(Finding::new(Code::OtherFamily, text, at).label(format!("{ip}/{len}")).help(fix));
        }
    }
}

/// In a routed network every host needs a subnet of its own.
fn overlapping(net: &Net<'_>, spots: &BTreeMap<String, Span>, lab: &Lab, found: &mut Findings) {
    if !net.is_routed() || lab.allow.contains(&"overlapping-subnets") {
        return;
    }
    for (at, member) in net.members.iter().enumerate() {
        let meets = |other: &&Member| {
            let shorter = mask(member.subnet.1.min(other.subnet.1));
            (member.subnet.0.to_bits() ^ other.subnet.0.to_bits()) & shorter == 0
        };
        let Some(first) = net.members[..at].iter().find(meets) else { continue };
        let (Some(here), Some(there)) = (spots.get(&member.host), spots.get(&first.host)) else { continue };
        let (ip, len) = member.subnet;
        let text = format!("`{}` and `{}` have the same subnet", first.host, member.host);
        let finding = Finding::new(Code::OverlappingSubnets, text, *here);
        let finding = finding.label(format!("{ip}/{len} again")).also(*there, "first here");
        let finding = finding.help("in a routed network each host has a subnet of its own, such as 10.244.1.0/24");
        found.push(finding.help("if that is the lesson: allow: [\"overlapping-subnets\"]"));
    }
}

/// Packets of a container that do not fit through its network.
fn too_big(lab: &Lab, net: &Net<'_>, placed: &[Placed<'_>], found: &mut Findings) {
    if lab.allow.contains(&"mtu-too-small") {
        return;
    }
    for at in placed.iter().filter(|at| at.net == net.name.value) {
        let (Some(mtu), Some(member)) = (&at.spec.mtu, net.member(at.on)) else { continue };
        let (name, net_name, overhead) = (&at.name.value, &net.name.value, net.overhead());
        let fits = member.mtu.saturating_sub(overhead);
        if mtu.value <= fits {
            continue;
        }
        let text = format!("packets of `{name}` do not fit through `{net_name}`");
        let whole = u32::from(mtu.value) + u32::from(overhead);
        let label = format!(
            "MTU {} + {overhead} bytes of tunnel = {whole}, but `{}` sends at most {}",
            mtu.value, at.on, member.mtu
        );
        let finding = Finding::new(Code::MtuTooSmall, text, mtu.span).label(label);
        let finding =
            finding.help(format!("leave `mtu` out (then it is {fits}), or give `{}` an MTU of {whole}", at.on));
        found.push(finding.help("if the trap is the lesson: allow: [\"mtu-too-small\"]"));
    }
}
