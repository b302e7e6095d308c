//! `cluster: (plugin: FlannelVxlan(), nodes: 3, pods: 2)`: nodes with pods, joined by a plugin.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use crate::cni::{self, Instance, Kind, Offer, Plugin, Reflector, Settings, Value};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Field, Form, Tree};
use crate::lab::schema::environment::{self, Provider};
use crate::lab::schema::node::{ipvlan, macvlan, mtu};
use crate::lab::schema::routing::bgp::asn;
use crate::lab::schema::section::{Section, entries, kind, pairs, unknown_word};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::wire::ipv4::mask;

const FIELDS: &[&str] = &["plugin", "environment", "nodes", "pods", "pod_network", "pod_subnet", "mtu", "gateway"];
/// Fields that a brief can leave to whoever designs.
pub const DESIGNED: &[&str] = &["plugin", "environment", "pod_network", "pod_subnet", "mtu"];
const NODE: &[&str] = &["ip", "gateway", "pods"];

/// The switch that nodes are plugged into when no link names them.
pub const UNDERLAY: &str = "underlay";

/// Plugins that cannot be had yet.
const PLUGINS_LATER: &[&str] = &["Cilium"];

/// Nodes a cluster may have: every node knows every other one.
pub const MOST_NODES: u64 = 64;
/// Pods a node may have.
pub const MOST_PODS: u64 = 200;

/// Where pods live unless it is said otherwise, as in Flannel's manifest.
const NETWORK: (Ipv4Addr, u8) = (Ipv4Addr::new(10, 244, 0, 0), 16);
/// Length of the subnet of one node.
const SUBNET: u8 = 24;

/// A cluster as typed.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Where to point at when the cluster as a whole is meant.
    pub span: Span,
    /// The plugin; nothing when it could not be read.
    pub plugin: Option<Spanned<&'static Plugin>>,
    /// What was chosen for it.
    pub settings: Settings,
    /// Where the largest packet of a pod was chosen.
    pub pod_mtu: Option<Spanned<u16>>,
    /// Where parameters of the plugin were given.
    pub given: Vec<(&'static str, Span)>,
    /// Where nodes were named in parameters of the plugin.
    pub named: Vec<Spanned<String>>,
    /// What the network below allows; nothing for bare metal.
    pub environment: Option<Provider>,
    /// The nodes.
    pub nodes: Vec<Member>,
    /// The pods.
    pub pods: Pods,
    /// All pods are in here.
    pub network: Spanned<(Ipv4Addr, u8)>,
    /// Length of the subnet of one node.
    pub subnet: Spanned<u8>,
    /// MTU of the cards of all nodes.
    pub mtu: Option<Spanned<u16>>,
    /// Where nodes send packets for other networks.
    pub gateway: Option<Spanned<Ipv4Addr>>,
}

impl Cluster {
    /// Where a parameter of the plugin was given.
    pub fn at(&self, param: &str) -> Option<Span> {
        self.given.iter().find(|(name, _)| *name == param).map(|(_, span)| *span)
    }
}

impl PartialEq for Cluster {
    fn eq(&self, other: &Self) -> bool {
        // Text that stands at one place is the same text.
        self.span == other.span && self.settings == other.settings && self.environment == other.environment
    }
}

/// A node as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: Spanned<String>,
    /// Its address and the length of the network part.
    pub ip: Option<Spanned<(Ipv4Addr, u8)>>,
    /// Where it sends packets for other networks.
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// The subnet of its pods.
    pub pods: Option<Spanned<(Ipv4Addr, u8)>>,
}

/// Pods as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Pods {
    /// So many on every node.
    Each(Spanned<u16>),
    /// By name, each with its node.
    Named(Vec<(Spanned<String>, Spanned<String>)>),
}

/// Reads a cluster.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Cluster> {
    let section = Section::fields("a cluster", tree, FIELDS, found)?;
    let plugin = section.need("plugin", "FlannelVxlan()", found).and_then(|tree| read_plugin(tree, found));
    let environment = section.get("environment").and_then(|tree| environment::read(tree, found));
    let nodes = section.need("nodes", "3", found).map_or_else(Vec::new, |tree| nodes(tree, found));
    let pods = section.get("pods").and_then(|tree| pods(tree, found));
    let network = section.get("pod_network").and_then(|tree| prefix(tree, found));
    let subnet = section
        .get("pod_subnet")
        .and_then(|tree| value::whole("pod_subnet", tree, 8..=30, found).map(|len| Spanned::new(len as u8, tree.span)));
    Some(Cluster {
        span: tree.head(),
        plugin: plugin.as_ref().map(|chosen| chosen.plugin.clone()),
        settings: plugin.as_ref().map(|chosen| chosen.settings.clone()).unwrap_or_default(),
        pod_mtu: plugin.as_ref().and_then(|chosen| chosen.mtu.clone()),
        named: plugin.as_ref().map(|chosen| chosen.named.clone()).unwrap_or_default(),
        given: plugin.map(|chosen| chosen.given).unwrap_or_default(),
        environment,
        nodes,
        pods: pods.unwrap_or_else(|| Pods::Each(Spanned::new(1, tree.head()))),
        network: network.unwrap_or_else(|| Spanned::new(NETWORK, tree.head())),
        subnet: subnet.unwrap_or_else(|| Spanned::new(SUBNET, tree.head())),
        mtu: section.get("mtu").and_then(|tree| mtu(tree, found)),
        gateway: section.get("gateway").and_then(|tree| address(tree, found)),
    })
}

fn address(tree: &Tree, found: &mut Findings) -> Option<Spanned<Ipv4Addr>> {
    value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span))
}

/// A plugin and what was chosen for it.
struct Chosen {
    plugin: Spanned<&'static Plugin>,
    settings: Settings,
    mtu: Option<Spanned<u16>>,
    given: Vec<(&'static str, Span)>,
    named: Vec<Spanned<String>>,
}

/// `FlannelVxlan(vni: 1)`: the plugin owns its parameters.
fn read_plugin(tree: &Tree, found: &mut Findings) -> Option<Chosen> {
    let names: Vec<&'static str> = cni::PLUGINS.iter().map(|plugin| plugin.name).collect();
    let plugin = cni::find(kind("a plugin", tree, &names, PLUGINS_LATER, found)?)?;
    let known: Vec<&'static str> = plugin.params.iter().map(|param| param.name).collect();
    let section = Section::fields(plugin.name, tree, &known, found)?;
    let settings = Settings::usual(plugin.params);
    let plugin_at = Spanned::new(plugin, tree.head());
    let mut chosen = Chosen { plugin: plugin_at, settings, mtu: None, given: Vec::new(), named: Vec::new() };
    for (name, tree) in section.given() {
        let Some(param) = plugin.params.iter().find(|param| param.name == name) else { continue };
        chosen.given.push((param.name, tree.span));
        let value = match &param.kind {
            Kind::Number(range, _) => {
                let range = u64::from(*range.start())..=u64::from(*range.end());
                value::whole(name, tree, range, found).map(|number| Value::Number(number as u32))
            }
            Kind::Flag(_) => value::flag(name, tree, found).map(Value::Flag),
            Kind::Group(_) => value::group(tree, found).map(Value::Group),
            Kind::IpvlanMode(_) => ipvlan::mode(tree, found).map(|mode| Value::IpvlanMode(mode.value)),
            Kind::Mode(_) => macvlan::mode(tree, found).map(|mode| Value::Mode(mode.value)),
            Kind::Node => value::text(name, tree, found).map(|node| Value::Node(node.value)),
            Kind::Asn(_) => asn(tree, found).map(Value::Asn),
            Kind::Word(words) => {
                let choices: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
                value::word(&format!("a choice of `{name}`"), tree, &choices, found).map(Value::Word)
            }
            Kind::Reflectors => Some(Value::Reflectors(reflectors(tree, &mut chosen.named, found))),
            Kind::Instance(offer) => instance(offer, tree, found).map(Value::Instance),
            Kind::Mtu(_) => {
                chosen.mtu = mtu(tree, found);
                chosen.settings.mtu = chosen.mtu.as_ref().map(|mtu| mtu.value).or(chosen.settings.mtu);
                None
            }
        };
        if let Some(value) = value {
            chosen.settings.choose(param.name, value);
        }
    }
    apart(&chosen, found);
    Some(chosen)
}

/// `"m5.large"`: a type of machine that the provider lends.
fn instance(offer: &'static Offer, tree: &Tree, found: &mut Findings) -> Option<&'static Instance> {
    let name = value::text("instance", tree, found)?;
    let is = offer.find(&name.value);
    if is.is_none() {
        let known: Vec<&'static str> = offer.types.iter().map(|instance| instance.name).collect();
        found.push(unknown_word("a type of machine that is known here", &name.value, name.span, &known));
    }
    is
}

/// `["n1", "n2"]`, or `{"n1": (cluster: "10.0.0.1", clients: ["n3"])}`.
fn reflectors(tree: &Tree, named: &mut Vec<Spanned<String>>, found: &mut Findings) -> Vec<Reflector> {
    let mut name = |tree: &Tree, found: &mut Findings| {
        let text = value::text("a node", tree, found)?;
        named.push(text.clone());
        Some(text.value)
    };
    let Form::Map(_) = &tree.form else {
        let items = value::items("reflectors", "reflectors: [\"node1\"]", tree, found);
        let plain = |name| Reflector { name, cluster: None, clients: None };
        return items.iter().filter_map(|item| name(item, found).map(plain)).collect();
    };
    let mut all = Vec::new();
    for field in pairs("reflectors", tree, found) {
        let Some(section) = Section::fields("a reflector", &field.value, &["cluster", "clients"], found) else {
            continue;
        };
        let cluster = section.get("cluster").and_then(|tree| value::ip(tree, found));
        let clients = section.get("clients").map(|tree| {
            let items = value::items("clients", "clients: [\"node3\"]", tree, found);
            items.iter().filter_map(|item| name(item, found)).collect()
        });
        let own = field.name.value.clone();
        all.push((field.name.clone(), Reflector { name: own, cluster, clients }));
    }
    named.extend(all.iter().map(|(name, _)| name.clone()));
    all.into_iter().map(|(_, reflector)| reflector).collect()
}

/// Parameters that do not go together.
fn apart(chosen: &Chosen, found: &mut Findings) {
    let at = |name: &str| chosen.given.iter().find(|(given, _)| *given == name).map(|(_, span)| *span);
    for [a, b] in chosen.plugin.value.apart {
        let off = chosen.settings.is_off(a) || chosen.settings.is_off(b);
        if let (Some(first), Some(second), false) = (at(a), at(b), off) {
            let text = format!("`{a}` and `{b}` of `{}` do not go together", chosen.plugin.value.name);
            let finding = Finding::new(Code::UnknownField, text, first.max(second)).label("not with the other");
            found.push(finding.also(first.min(second), "the other").help(format!("leave `{a}` or `{b}` out")));
        }
    }
}

/// `3`, `["n1", "n2"]`, or `{"n1": (ip: "192.0.2.1/24")}`.
fn nodes(tree: &Tree, found: &mut Findings) -> Vec<Member> {
    let plain = |name| Member { name, ip: None, gateway: None, pods: None };
    let nodes: Vec<Member> = match &tree.form {
        Form::Number(_) => {
            let count = value::whole("nodes", tree, 1..=MOST_NODES, found).unwrap_or(2);
            return (1..=count).map(|n| plain(Spanned::new(format!("node{n}"), tree.span))).collect();
        }
        Form::List(items) => {
            // A list of names is a map whose values say nothing.
            let field = |item: &Tree| {
                let name = value::text("a node", item, found)?;
                let nothing = Form::Call(None, crate::lab::read::Args::Fields(Vec::new()));
                Some(Field { name, value: Tree { span: item.span, form: nothing } })
            };
            let fields = items.iter().filter_map(field).collect();
            let map = Tree { span: tree.span, form: Form::Map(fields) };
            entries("nodes", &map, found).into_iter().map(|field| plain(field.name.clone())).collect()
        }
        Form::Map(_) => entries("nodes", tree, found).into_iter().map(|field| member(field, found)).collect(),
        _ => {
            let finding = Finding::new(Code::WrongType, "`nodes` is a number or names", tree.head());
            found.push(finding.label(format!("this is {}", tree.sort())).help("nodes: 3, or nodes: [\"n1\", \"n2\"]"));
            return Vec::new();
        }
    };
    // Some may have names that are none, and this was said.
    let typed = match &tree.form {
        Form::List(items) => items.len(),
        Form::Map(fields) => fields.len(),
        _ => 0,
    };
    if !(1..=MOST_NODES as usize).contains(&typed) {
        let finding = Finding::new(Code::OutOfRange, format!("a cluster of {typed} nodes"), tree.head());
        found.push(finding.label(format!("possible are 1 to {MOST_NODES}")).help("nodes: [\"n1\", \"n2\"]"));
    }
    nodes.into_iter().take(MOST_NODES as usize).collect()
}

fn member(field: &Field, found: &mut Findings) -> Member {
    let mut member = Member { name: field.name.clone(), ip: None, gateway: None, pods: None };
    let Some(section) = Section::fields("a node of the cluster", &field.value, NODE, found) else { return member };
    for (name, tree) in section.given() {
        match name {
            "ip" => member.ip = value::host_address(tree, found),
            "gateway" => member.gateway = address(tree, found),
            _ => member.pods = prefix(tree, found),
        }
    }
    member
}

/// `2`, or `{"a": "n1", "b": "n2"}`.
fn pods(tree: &Tree, found: &mut Findings) -> Option<Pods> {
    match &tree.form {
        Form::Map(_) => {
            let pods = entries("pods", tree, found).into_iter();
            let pods = pods.filter_map(|field| {
                let node = value::text("the node of a pod", &field.value, found)?;
                Some((field.name.clone(), node))
            });
            Some(Pods::Named(pods.collect()))
        }
        Form::Number(_) => {
            let count = value::whole("pods", tree, 0..=MOST_PODS, found)?;
            Some(Pods::Each(Spanned::new(count as u16, tree.span)))
        }
        _ => {
            let finding = Finding::new(Code::WrongType, "`pods` is a number or names with their nodes", tree.head());
            let finding = finding.label(format!("this is {}", tree.sort()));
            found.push(finding.help("pods: 2 on every node, or pods: {\"a\": \"node1\", \"b\": \"node2\"}"));
            None
        }
    }
}

/// `10.244.0.0/16`.
fn prefix(tree: &Tree, found: &mut Findings) -> Option<Spanned<(Ipv4Addr, u8)>> {
    range(tree, 1..=30, found)
}

/// A range of addresses whose length is one of these.
pub(super) fn range(tree: &Tree, lens: RangeInclusive<u8>, found: &mut Findings) -> Option<Spanned<(Ipv4Addr, u8)>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let (ip, len) = text.split_once('/').unwrap_or((text, ""));
    let ip = ip.parse::<Ipv4Addr>().ok();
    let len = len.parse::<u8>().ok().filter(|len| lens.contains(len));
    let (Some(ip), Some(len)) = (ip, len) else {
        let shown = if let Form::Text(text) = &tree.form { format!("`{text}`") } else { "this".to_owned() };
        let finding = Finding::new(Code::Address, format!("{shown} is not a range of addresses"), tree.span);
        let finding =
            finding.label(format!("its first address, a slash, a length from {} to {}", lens.start(), lens.end()));
        found.push(finding.help("\"10.244.0.0/16\""));
        return None;
    };
    let first = Ipv4Addr::from_bits(ip.to_bits() & mask(len));
    let usable = len == 0 || (1..240).contains(&ip.octets()[0]) && !ip.is_multicast() && !ip.is_loopback();
    if first != ip || !usable {
        let finding = Finding::new(Code::NetworkAddress, format!("no range begins with {ip}/{len}"), tree.span);
        let (label, fix) = if first == ip {
            ("no host can have these addresses", "10.244.0.0/16".to_owned())
        } else {
            ("an address in the middle of the range", format!("{first}/{len}"))
        };
        found.push(finding.label(label).help(format!("\"{fix}\"")));
        return None;
    }
    Some(Spanned::new((ip, len), tree.span))
}
