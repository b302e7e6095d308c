//! `Host(ip: "10.0.0.1/24", …)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::linux::{SriovCard, sriov};
use crate::lab::diagnostic::Findings;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::NodeSpec;
use crate::lab::schema::daemon::{self, Daemon};
use crate::lab::schema::profile::{self, Prices};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &[
    "ip",
    "ip6",
    "gateway",
    "mtu",
    "mac",
    "promiscuous",
    "unicast_slots",
    "groups",
    "neighbours",
    "routes",
    "forwarding",
    "daemons",
    "profile",
    "shim",
    "sriov",
];

/// A computer with one card and one IP stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    /// Address and length of the network part.
    pub ip: Option<Spanned<(Ipv4Addr, u8)>>,
    /// Address for tunnels over IPv6.
    pub ip6: Option<Spanned<(Ipv6Addr, u8)>>,
    /// One is written, and could not be read.
    pub ip6_unread: bool,
    /// Where packets for other subnets go.
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// Largest IP packet.
    pub mtu: Option<Spanned<u16>>,
    /// Address of its card.
    pub mac: Option<Spanned<MacAddr>>,
    /// Its card accepts everything.
    pub promiscuous: bool,
    /// Unicast addresses its card can compare exactly.
    pub unicast_slots: Option<u16>,
    /// Groups it has joined.
    pub groups: Vec<Ipv4Addr>,
    /// Neighbours known from the start, by address or by name.
    pub neighbours: Vec<(Ipv4Addr, Neighbour)>,
    /// Routes written by hand.
    pub routes: Vec<super::router::Written>,
    /// Passes on packets of others.
    pub forwarding: Option<bool>,
    /// Programs in the background.
    pub daemons: Vec<Spanned<Daemon>>,
    /// What its work costs.
    pub profile: Prices,
    /// A macvlan interface of its own, beside those of the containers on its card: its address.
    pub shim: Option<Spanned<(Ipv4Addr, u8)>>,
    /// Virtual functions of its card.
    pub sriov: Option<Spanned<SriovCard>>,
}

/// Who has an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Neighbour {
    /// This card.
    Mac(MacAddr),
    /// The card of the node with this name.
    Name(Spanned<String>),
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    let ip = section.need("ip", "\"10.0.0.1/24\"", found);
    let spanned_ip = |tree: &Tree, found: &mut Findings| value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span));
    let ip6 = section.get("ip6").map(|tree| value::host_address6(tree, found));
    NodeSpec::Host(Host {
        ip: ip.and_then(|tree| value::host_address(tree, found)),
        ip6_unread: ip6 == Some(None),
        ip6: ip6.flatten(),
        gateway: section.get("gateway").and_then(|tree| spanned_ip(tree, found)),
        mtu: section.get("mtu").and_then(|tree| mtu(tree, found)),
        mac: section.get("mac").and_then(|tree| value::mac(tree, found)),
        promiscuous: section
            .get("promiscuous")
            .and_then(|tree| value::flag("promiscuous", tree, found))
            .unwrap_or(false),
        unicast_slots: section.get("unicast_slots").and_then(|tree| slots(tree, found)),
        groups: section.get("groups").map(|tree| groups(tree, found)).unwrap_or_default(),
        neighbours: section.get("neighbours").map(|tree| neighbours(tree, found)).unwrap_or_default(),
        routes: section.get("routes").map(|tree| super::router::routes(tree, found)).unwrap_or_default(),
        forwarding: section.get("forwarding").and_then(|tree| value::flag("forwarding", tree, found)),
        daemons: section.get("daemons").map(|tree| daemon::list(tree, found)).unwrap_or_default(),
        profile: section.get("profile").and_then(|tree| profile::read(tree, found)).unwrap_or_default(),
        shim: section.get("shim").and_then(|tree| value::host_address(tree, found)),
        sriov: section.get("sriov").and_then(|tree| sriov::of_host(tree, found)),
    })
}

fn groups(tree: &Tree, found: &mut Findings) -> Vec<Ipv4Addr> {
    let items = value::items("groups", "groups: [\"239.1.1.1\"]", tree, found);
    items.iter().filter_map(|item| value::group(item, found)).collect()
}

pub(super) fn slots(tree: &Tree, found: &mut Findings) -> Option<u16> {
    value::whole("unicast_slots", tree, 1..=4096, found).map(|n| n as u16)
}

/// 68 is the least an IPv4 link may have (RFC 791), 9216 the most that Ethernet equipment commonly takes.
pub(in crate::lab::schema) fn mtu(tree: &Tree, found: &mut Findings) -> Option<Spanned<u16>> {
    value::whole("mtu", tree, 68..=9216, found).map(|n| Spanned::new(n as u16, tree.span))
}

pub(super) fn neighbours(tree: &Tree, found: &mut Findings) -> Vec<(Ipv4Addr, Neighbour)> {
    let mut list = Vec::new();
    for field in pairs("neighbours", tree, found) {
        let name = &field.name;
        let address = Tree { span: name.span, form: Form::Text(name.value.clone()) };
        let ip = value::ip(&address, found);
        let who = neighbour(&field.value, found);
        list.extend(ip.zip(who));
    }
    list
}

/// A MAC address or the name of a node.
pub(in crate::lab::schema) fn neighbour(tree: &Tree, found: &mut Findings) -> Option<Neighbour> {
    let text = value::text("neighbours", tree, found)?;
    if text.value.contains(':') {
        return value::mac(tree, found).map(|mac| Neighbour::Mac(mac.value));
    }
    Some(Neighbour::Name(text))
}

impl Host {
    /// Where to point at when the host as a whole is meant.
    pub fn ip_span(&self, otherwise: Span) -> Span {
        self.ip.as_ref().map_or(otherwise, |ip| ip.span)
    }
}
