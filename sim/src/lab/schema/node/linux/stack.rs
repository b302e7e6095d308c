//! `Stack(ip: {"eth0": "10.0.0.1/24"}, gateway: "10.0.0.254", …)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Inner;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::daemon::{self, Daemon};
use crate::lab::schema::node::host::{self, Neighbour};
use crate::lab::schema::node::router;
use crate::lab::schema::routing::{self, Routing};
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::stack::multipath::Policy;
use crate::stack::proxy;
use crate::stack::reverse::ReversePath;
use crate::time::SimDuration;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &[
    "ip",
    "ip6",
    "mac",
    "mtu",
    "gateway",
    "forwarding",
    "neighbours",
    "groups",
    "proxy_arp",
    "rp_filter",
    "daemons",
    "multipath",
    "routing",
];

/// An address with the length of its network part.
type Address = Spanned<(Ipv4Addr, u8)>;
/// The same, of IPv6.
type Address6 = Spanned<(Ipv6Addr, u8)>;

/// One value for all interfaces, or one for each that is named.
#[derive(Clone, Debug, PartialEq)]
pub struct PerInterface<T> {
    /// For all that are not named.
    pub all: Option<T>,
    /// By name of the interface.
    pub named: Vec<(Spanned<String>, T)>,
}

impl<T> Default for PerInterface<T> {
    fn default() -> Self {
        Self { all: None, named: Vec::new() }
    }
}

impl<T> PerInterface<T> {
    /// The value for an interface.
    pub fn of(&self, interface: &str) -> Option<&T> {
        let own = self.named.iter().find(|(name, _)| name.value == interface).map(|(_, value)| value);
        own.or(self.all.as_ref())
    }
}

/// An IP stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stack {
    /// Its interfaces in order, with their addresses.
    pub interfaces: Vec<(Spanned<String>, Vec<Address>)>,
    /// Addresses for tunnels over IPv6, by interface.
    pub ip6: Vec<(Spanned<String>, Address6)>,
    /// At least one of them is written, and could not be read.
    pub ip6_unread: bool,
    /// Hardware addresses; one that is not given is that of the card behind it.
    pub mac: PerInterface<Spanned<MacAddr>>,
    /// Largest IP packets; one that is not given is that of the card behind it.
    pub mtu: PerInterface<Spanned<u16>>,
    /// Where packets for other subnets go.
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// Interfaces where it answers for hosts behind others, with the delay of answers; `None` is off.
    pub proxy_arp: PerInterface<Option<SimDuration>>,
    /// How interfaces judge sources of what comes in.
    pub rp_filter: PerInterface<ReversePath>,
    /// Forwards packets of others.
    pub forwarding: Option<bool>,
    /// Neighbours known from the start.
    pub neighbours: Vec<(Ipv4Addr, Neighbour)>,
    /// Groups it has joined.
    pub groups: Vec<Ipv4Addr>,
    /// Programs in the background.
    pub daemons: Vec<Spanned<Daemon>>,
    /// What decides between several next hops of a route.
    pub multipath: Option<Policy>,
    /// What it speaks with other routers.
    pub routing: Option<Box<Spanned<Routing>>>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut stack = Stack::default();
    section.need("ip", "{\"eth0\": \"10.0.0.1/24\"}", found);
    for (name, tree) in section.given() {
        match name {
            "ip" => stack.interfaces = interfaces(tree, found),
            "ip6" => {
                stack.ip6 = named(tree, found, value::host_address6);
                stack.ip6_unread = !matches!(&tree.form, Form::Map(all) if all.len() == stack.ip6.len());
            }
            "mac" => stack.mac.named = named(tree, found, value::mac),
            "mtu" if matches!(tree.form, Form::Map(_)) => stack.mtu.named = named(tree, found, host::mtu),
            "mtu" => stack.mtu.all = host::mtu(tree, found),
            "gateway" => stack.gateway = value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span)),
            "proxy_arp" if matches!(tree.form, Form::Map(_)) => stack.proxy_arp.named = named(tree, found, proxy_arp),
            "proxy_arp" => stack.proxy_arp.all = proxy_arp(tree, found),
            "rp_filter" if matches!(tree.form, Form::Map(_)) => stack.rp_filter.named = named(tree, found, rp_filter),
            "rp_filter" => stack.rp_filter.all = rp_filter(tree, found),
            "forwarding" => stack.forwarding = value::flag(name, tree, found),
            "daemons" => stack.daemons = daemon::list(tree, found),
            "routing" => stack.routing = routing::read(tree, found),
            "multipath" => stack.multipath = router::multipath(tree, found),
            "neighbours" => stack.neighbours = host::neighbours(tree, found),
            _ => {
                let items = value::items(name, "groups: [\"239.1.1.1\"]", tree, found);
                stack.groups = items.iter().filter_map(|item| value::group(item, found)).collect();
            }
        }
    }
    for (name, _) in &stack.ip6 {
        let known = stack.interfaces.iter().map(|(known, _)| known.value.as_str());
        if !known.clone().any(|known| known == name.value) {
            let finding = Finding::new(Code::UnknownName, format!("there is no interface `{}`", name.value), name.span);
            found.push(finding.label("not under `ip`").suggest(&name.value, known).help("ip: {\"eth0\": []}"));
        }
    }
    Inner::Stack(stack)
}

/// `true`, `false`, or how long an answer waits at most.
#[expect(clippy::option_option, reason = "outside: could it be read; inside: is it on")]
fn proxy_arp(tree: &Tree, found: &mut Findings) -> Option<Option<SimDuration>> {
    match &tree.form {
        Form::Text(_) => value::time("proxy_arp", tree, found).map(Some),
        _ => value::flag("proxy_arp", tree, found).map(|on| on.then_some(proxy::DELAY)),
    }
}

fn rp_filter(tree: &Tree, found: &mut Findings) -> Option<ReversePath> {
    value::word("how sources are judged", tree, &ReversePath::WORDS, found)
}

fn named<T>(
    tree: &Tree,
    found: &mut Findings,
    read: fn(&Tree, &mut Findings) -> Option<T>,
) -> Vec<(Spanned<String>, T)> {
    let fields = entries("interfaces", tree, found);
    fields.into_iter().filter_map(|field| Some((field.name.clone(), read(&field.value, found)?))).collect()
}

/// `{"eth0": "10.0.0.1/24", "eth1": ["10.1.0.1/24", "10.2.0.1/24"], "eth2": []}`.
fn interfaces(tree: &Tree, found: &mut Findings) -> Vec<(Spanned<String>, Vec<Address>)> {
    let mut list = Vec::new();
    for field in entries("interfaces", tree, found) {
        let addresses = match &field.value.form {
            Form::List(items) => items.iter().filter_map(|item| value::host_address(item, found)).collect(),
            _ => value::host_address(&field.value, found).into_iter().collect(),
        };
        list.push((field.name.clone(), addresses));
    }
    list
}
