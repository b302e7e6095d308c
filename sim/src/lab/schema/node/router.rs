//! `Router(ips: {"eth0": "10.0.0.254/24", "eth1": "10.1.0.254/24"})`: a host that passes packets on.

use std::net::Ipv4Addr;

use super::{NodeSpec, host};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::profile::{self, Prices};
use crate::lab::schema::routing::{self, Routing};
use crate::lab::schema::section::{Section, entries, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::stack::multipath::Policy;

pub(super) const FIELDS: &[&str] = &["ips", "routes", "gateway", "mtu", "multipath", "routing", "profile"];

/// A port and its address.
type Port = (Spanned<String>, Spanned<(Ipv4Addr, u8)>);

/// A route written by hand: its prefix, and the router behind it or several that share the traffic.
pub type Written = (Spanned<String>, Vec<Ipv4Addr>);

/// A router.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Router {
    /// Its ports in order, each with its address.
    pub ports: Vec<Port>,
    /// Routes written by hand.
    pub routes: Vec<Written>,
    /// What decides between several next hops of a route.
    pub multipath: Option<Policy>,
    /// Where packets for all other subnets go.
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// Largest IP packet on all ports.
    pub mtu: Option<Spanned<u16>>,
    /// What it speaks with other routers.
    pub routing: Option<Box<Spanned<Routing>>>,
    /// What its work costs.
    pub profile: Prices,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    let mut router = Router::default();
    section.need("ips", "{\"eth0\": \"10.0.0.254/24\", \"eth1\": \"10.1.0.254/24\"}", found);
    for (name, tree) in section.given() {
        match name {
            "ips" => {
                for field in entries("ports", tree, found) {
                    let address = value::host_address(&field.value, found);
                    router.ports.extend(address.map(|address| (field.name.clone(), address)));
                }
            }
            "routes" => router.routes = routes(tree, found),
            "gateway" => router.gateway = value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span)),
            "mtu" => router.mtu = host::mtu(tree, found),
            "multipath" => router.multipath = multipath(tree, found),
            "profile" => router.profile = profile::read(tree, found).unwrap_or_default(),
            _ => router.routing = routing::read(tree, found),
        }
    }
    if router.ports.is_empty()
        && let Some(tree) = section.get("ips")
        && !found.has_errors()
    {
        let finding = Finding::new(Code::Missing, "a router without ports", tree.span).label("no port");
        found.push(finding.help("ips: {\"eth0\": \"10.0.0.254/24\", \"eth1\": \"10.1.0.254/24\"}"));
    }
    NodeSpec::Router(router)
}

/// `multipath: L4`.
pub(super) fn multipath(tree: &Tree, found: &mut Findings) -> Option<Policy> {
    value::word("what decides between next hops", tree, &Policy::WORDS, found)
}

/// `{"10.244.1.0/24": "192.0.2.1", "10.244.2.0/24": ["192.0.2.2", "192.0.2.3"]}`.
pub(super) fn routes(tree: &Tree, found: &mut Findings) -> Vec<Written> {
    let mut list = Vec::new();
    for field in pairs("routes", tree, found) {
        let prefix = &field.name;
        let parts = prefix.value.split_once('/').and_then(|(ip, len)| {
            let len: u8 = len.parse().ok().filter(|len| *len <= 32)?;
            Some((ip.parse::<Ipv4Addr>().ok()?, len))
        });
        if parts.is_none() {
            let text = format!("`{}` is not a prefix", prefix.value);
            let finding = Finding::new(Code::Address, text, prefix.span).label("an address and a length");
            found.push(finding.help("\"10.244.1.0/24\": \"192.0.2.1\""));
        }
        let via = next_hops(&field.value, found);
        list.extend(parts.and(via).map(|via| (prefix.clone(), via)));
    }
    list
}

/// One address, or several in square brackets.
fn next_hops(tree: &Tree, found: &mut Findings) -> Option<Vec<Ipv4Addr>> {
    let Form::List(items) = &tree.form else { return value::ip(tree, found).map(|ip| vec![ip]) };
    if items.is_empty() {
        let finding = Finding::new(Code::Missing, "a route without a next hop", tree.span).label("nobody");
        found.push(finding.help("one address, or several that share the traffic: [\"192.0.2.2\", \"192.0.2.3\"]"));
        return None;
    }
    let mut hops = Vec::new();
    for item in items {
        let ip = value::ip(item, found)?;
        if hops.contains(&ip) {
            let finding = Finding::new(Code::Twice, format!("{ip} is a next hop twice"), item.span);
            found.push(finding.label("and again here").help("every next hop has the same share: name each once"));
            return None;
        }
        hops.push(ip);
    }
    Some(hops)
}

/// The next hops as the cell of a row.
pub fn hops_cell(hops: &[Ipv4Addr]) -> String {
    hops.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
