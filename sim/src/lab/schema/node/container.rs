//! `Container(on: "h1", net: "blue", ip: "10.1.0.1/24")`: a network namespace on a host.

use std::net::Ipv4Addr;

use super::{NodeSpec, host};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::{Section, not_yet};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["on", "ip", "net", "nic", "mtu", "mac", "gateway"];

/// An IP stack of its own inside a host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// The host it runs on.
    pub on: Option<Spanned<String>>,
    /// The network it joins.
    pub net: Option<Spanned<String>>,
    /// Its address and the length of the network part.
    pub ip: Option<Spanned<(Ipv4Addr, u8)>>,
    /// Largest IP packet.
    pub mtu: Option<Spanned<u16>>,
    /// Its hardware address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Where packets for other subnets go.
    pub gateway: Option<Spanned<Ipv4Addr>>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    let on = section.need("on", "\"h1\"", found).and_then(|tree| value::text("on", tree, found));
    let ip = section.need("ip", "\"10.1.0.1/24\"", found).and_then(|tree| value::host_address(tree, found));
    if let Some(tree) = section.get("nic") {
        not_yet("nic", tree.head(), found);
    }
    let net = if section.get("nic").is_none() { section.need("net", "\"blue\"", found) } else { None };
    NodeSpec::Container(Container {
        on,
        ip,
        net: net.and_then(|tree| value::text("net", tree, found)),
        mtu: section.get("mtu").and_then(|tree| host::mtu(tree, found)),
        mac: section.get("mac").and_then(|tree| value::mac(tree, found)),
        gateway: section.get("gateway").and_then(|tree| value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span))),
    })
}
