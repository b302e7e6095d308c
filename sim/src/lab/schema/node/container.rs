//! `Container(on: "h1", net: "blue", ip: "10.1.0.1/24")`: a network namespace on a host.

use std::net::Ipv4Addr;

use super::linux::{IpvlanChild, MacvlanChild, SriovFunction, ipvlan, macvlan, sriov};
use super::{Neighbour, NodeSpec, host};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["on", "ip", "net", "nic", "mtu", "mac", "gateway", "neighbours"];

/// An IP stack of its own inside a host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// The host it runs on.
    pub on: Option<Spanned<String>>,
    /// The network it joins.
    pub net: Option<Spanned<String>>,
    /// The card of the host, shared: what its own is there.
    pub nic: Option<Spanned<Shared>>,
    /// Its address and the length of the network part.
    pub ip: Option<Spanned<(Ipv4Addr, u8)>>,
    /// Largest IP packet.
    pub mtu: Option<Spanned<u16>>,
    /// Its hardware address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Where packets for other subnets go.
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// Neighbours known from the start, by address or by name.
    pub neighbours: Vec<(Ipv4Addr, Neighbour)>,
}

/// How the card of a host is shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Shared {
    /// A macvlan child: a hardware address of its own.
    Macvlan(MacvlanChild),
    /// An ipvlan child: the hardware address of the card.
    Ipvlan(IpvlanChild),
    /// A virtual function: a card of its own, as far as software can tell.
    Vf(SriovFunction),
}

/// What a card can be shared by.
const SHARED: &[&str] = &["Macvlan", "Ipvlan", "Vf"];

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    let on = section.need("on", "\"h1\"", found).and_then(|tree| value::text("on", tree, found));
    let ip = section.need("ip", "\"10.1.0.1/24\"", found).and_then(|tree| value::host_address(tree, found));
    let shared = section.get("nic");
    let net = if shared.is_none() { section.need("net", "\"blue\"", found) } else { section.get("net") };
    if let (Some(nic), Some(net)) = (shared, net) {
        let finding = Finding::new(Code::WrongType, "a container has one interface", nic.head());
        let finding = finding.label("on the card of its host").also(net.head(), "and in an overlay");
        found.push(finding.help("leave one of them out, or write the host device by device: Linux(…)"));
    }
    NodeSpec::Container(Container {
        on,
        ip,
        nic: shared.and_then(|tree| card(tree, found).map(|child| Spanned::new(child, tree.head()))),
        net: net.filter(|_| shared.is_none()).and_then(|tree| value::text("net", tree, found)),
        mtu: section.get("mtu").and_then(|tree| host::mtu(tree, found)),
        mac: section.get("mac").and_then(|tree| value::mac(tree, found)),
        gateway: section.get("gateway").and_then(|tree| value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span))),
        neighbours: section.get("neighbours").map(|tree| host::neighbours(tree, found)).unwrap_or_default(),
    })
}

/// `Macvlan(mode: Bridge)`, `Ipvlan(mode: L2)`, `Vf(vlan: 10)`.
fn card(tree: &Tree, found: &mut Findings) -> Option<Shared> {
    let name = kind("a way to share a card", tree, SHARED, &[], found)?;
    if name == "Ipvlan" {
        let section = Section::fields(name, tree, ipvlan::CHILD, found)?;
        return Some(Shared::Ipvlan(ipvlan::child(&section, found)));
    }
    if name == "Vf" {
        let section = Section::fields(name, tree, sriov::SHARED, found)?;
        return Some(Shared::Vf(sriov::function(&section, found)));
    }
    Section::fields(name, tree, macvlan::SHARED, found).map(|section| Shared::Macvlan(macvlan::child(&section, found)))
}
