//! Nodes and links: numbers, ports, addresses.

use std::collections::{BTreeMap, BTreeSet};

use crate::device::nic;
use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Cable, Directory, Home, Inside, Node, Port, Sort};
use crate::lab::lower::linux;
use crate::lab::place::End;
use crate::lab::schema::node::{Host, NodeSpec, Switch, port_number};
use crate::lab::schema::{Lab, Link, Named, Traffic};
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

/// Name of the card of a host.
pub const CARD: &str = "eth0";
/// Name of the IP stack of a host.
pub const STACK: &str = "ip";

/// Gives every name its number; what is wrong with the names is reported.
pub fn directory(lab: &Lab, cards_lost: bool, found: &mut Findings) -> Directory {
    let mut directory = Directory::default();
    directory.cards_lost = cards_lost;
    let ports = switch_ports(lab, found);
    let cabled = cabled(lab);
    let mut devices = 0;
    for (at, node) in lab.nodes.iter().enumerate() {
        let cabled = cabled.get(node.name.value.as_str()).map_or(&[][..], Vec::as_slice);
        directory.add_node(self::node(at, node, &ports, cabled, &mut devices, found));
    }
    let mut flows = 0;
    for named in &lab.traffic {
        let listens = matches!(named.value, Some(Traffic::Sniff(_)));
        directory.flows.push((named.name.clone(), (!listens).then_some(FlowId(flows))));
        flows += u16::from(!listens);
    }
    let mut changes = u32::from(flows);
    for event in &lab.events {
        let steps = event.value.as_ref().map(|event| super::changes::steps(&event.change, &directory) as u32);
        changes += steps.unwrap_or(0);
        directory.events.push((event.name.clone(), steps.map(|_| changes.saturating_sub(1))));
    }
    one_name_each(&directory, found);
    directory.name_stacks();
    cables(lab, &ports, &mut directory, found);
    directory
}

/// The ports that links name, by node.
fn cabled(lab: &Lab) -> BTreeMap<&str, Vec<&Spanned<End>>> {
    let mut ports: BTreeMap<&str, Vec<&Spanned<End>>> = BTreeMap::new();
    for end in lab.links.iter().flat_map(|link| [&link.a, &link.b]) {
        ports.entry(&end.value.node).or_default().push(end);
    }
    ports
}

fn node(
    at: usize,
    named: &Named<NodeSpec>,
    ports: &Ports<'_>,
    cabled: &[&Spanned<End>],
    devices: &mut u32,
    found: &mut Findings,
) -> Node {
    let mut node = Node {
        name: named.name.clone(),
        id: NodeId(at as u32),
        kind: named.value.as_ref().map_or("", NodeSpec::kind),
        devices: Vec::new(),
        ports: Vec::new(),
        homes: Vec::new(),
        layout: None,
    };
    let mut device = |node: &mut Node, name: &str, sort: Sort, ports: Vec<String>| {
        let id = DeviceId(*devices);
        *devices += 1;
        node.devices.push(Inside { name: name.to_owned(), id, sort, ports });
        id
    };
    match &named.value {
        Some(NodeSpec::Host(host)) => {
            let card = device(&mut node, CARD, Sort::Nic, vec![CARD.to_owned(), "host".to_owned()]);
            let stack = device(&mut node, STACK, Sort::Stack, vec![CARD.to_owned()]);
            node.ports.push(Port { name: CARD.to_owned(), device: card, number: nic::WIRE });
            let (macs, ips) = (vec![mac(host, at)], host.ip.iter().map(|ip| ip.value).collect());
            node.homes.push(Home { name: named.name.value.clone(), device: stack, macs, ips });
        }
        Some(NodeSpec::Switch(_)) => {
            let numbers = ports.get(named.name.value.as_str()).into_iter().flatten();
            let names = numbers.clone().map(ToString::to_string).collect();
            let bridge = device(&mut node, &named.name.value, Sort::Bridge, names);
            node.ports.extend(numbers.enumerate().map(|(at, number)| Port {
                name: number.to_string(),
                device: bridge,
                number: PortNo(at as u16),
            }));
        }
        Some(NodeSpec::Linux(spec)) if linux::is_broken(spec) => node.kind = "",
        Some(NodeSpec::Linux(spec)) => {
            let layout = linux::layout(at, spec, cabled, found);
            let ids: Vec<DeviceId> =
                layout.devices.iter().map(|at| device(&mut node, &at.0, at.1.sort(), port_names(at))).collect();
            let port = |(name, (at, number)): &(String, (usize, PortNo))| Port {
                name: name.clone(),
                device: ids[*at],
                number: *number,
            };
            node.ports = layout.outside.iter().map(port).collect();
            node.homes = homes(&named.name.value, &layout, &ids);
            node.layout = Some(layout);
        }
        // Containers and routers are spelt out before.
        Some(NodeSpec::Container(_) | NodeSpec::Router(_)) | None => {}
    }
    node
}

/// The names ports of a device have where places name them: the outer side of a card is called like the card.
fn port_names((name, config, ports): &(String, linux::Config, Vec<String>)) -> Vec<String> {
    match config {
        linux::Config::Nic(_) => vec![name.clone(), "host".to_owned()],
        _ => ports.clone(),
    }
}

fn homes(node: &str, layout: &linux::Layout, ids: &[DeviceId]) -> Vec<Home> {
    let stacks = layout.devices.iter().zip(ids).filter_map(|((name, config, _), id)| match config {
        linux::Config::Stack(config) => Some((name, config, *id)),
        _ => None,
    });
    let stacks: Vec<_> = stacks.collect();
    let only = stacks.len() == 1;
    let home = |(name, config, device): &(&String, &crate::stack::StackConfig, DeviceId)| Home {
        // The stack called `ip` is the host itself; the others are in it.
        name: if only || name.as_str() == STACK { node.to_owned() } else { format!("{node}/{name}") },
        device: *device,
        macs: config.interfaces.iter().map(|interface| interface.mac).collect(),
        ips: config.interfaces.iter().flat_map(|interface| interface.addresses.clone()).collect(),
    };
    stacks.iter().map(home).collect()
}

/// The author's, or 02:00:00:00:00:01 for the first node, and so on: locally administered (IEEE 802 §8.4).
pub fn mac(host: &Host, at: usize) -> MacAddr {
    host.mac.as_ref().map_or_else(|| mac_of_node(at), |mac| mac.value)
}

/// The address of the n-th node, where nobody gave one.
pub fn mac_of_node(at: usize) -> MacAddr {
    let [high, low] = (at as u16 + 1).to_be_bytes();
    MacAddr([2, 0, 0, 0, high, low])
}

/// Nodes, flows and events share one set of names.
fn one_name_each(directory: &Directory, found: &mut Findings) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let nodes = directory.nodes.iter().map(|node| &node.name);
    let flows = directory.flows.iter().map(|(name, _)| name);
    let events = directory.events.iter().map(|(name, _)| name);
    for name in nodes.chain(flows).chain(events) {
        if let Some(first) = seen.get(name.value.as_str()) {
            let finding = Finding::new(Code::NameTaken, format!("`{}` names two things", name.value), name.span);
            let finding = finding.label("again here").also(*first, "first here");
            found.push(finding.help("nodes, flows and events share one set of names: give one of them another"));
        }
        seen.insert(&name.value, name.span);
    }
}

/// Port numbers of each switch, from its links and from its settings.
type Ports<'l> = BTreeMap<&'l str, BTreeSet<u16>>;

fn switch_ports<'l>(lab: &'l Lab, found: &mut Findings) -> Ports<'l> {
    let mut ports = Ports::new();
    for node in &lab.nodes {
        if let Some(NodeSpec::Switch(switch)) = &node.value {
            let own = switch.ports.iter().map(|(number, _)| number.value).collect();
            ports.insert(&node.name.value, own);
        }
    }
    let ends = || lab.links.iter().flat_map(|link| [&link.a, &link.b]);
    for end in ends() {
        if let (Some(numbers), Some(port)) = (ports.get_mut(end.value.node.as_str()), &end.value.port) {
            numbers.extend(port_number(port, end.span, found));
        }
    }
    // Ends without a number take the lowest that no other link names.
    let mut taken: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    let mut lowest: BTreeMap<&str, u16> = BTreeMap::new();
    for end in ends() {
        let number: Option<u16> = end.value.port.as_ref().and_then(|port| port.parse().ok());
        taken.entry(&end.value.node).or_default().extend(number);
    }
    for end in ends().filter(|end| end.value.port.is_none()) {
        if let Some(numbers) = ports.get_mut(end.value.node.as_str()) {
            let taken = taken.entry(&end.value.node).or_default();
            let lowest = lowest.entry(&end.value.node).or_insert(1);
            *lowest = (*lowest..=u16::MAX).find(|number| !taken.contains(number)).unwrap_or(u16::MAX);
            taken.insert(*lowest);
            numbers.insert(*lowest);
        }
    }
    ports
}

fn cables(lab: &Lab, ports: &Ports<'_>, directory: &mut Directory, found: &mut Findings) {
    let mut used: BTreeMap<(String, String), Span> = BTreeMap::new();
    let mut named = Given::default();
    for end in lab.links.iter().flat_map(|link| [&link.a, &link.b]) {
        named.ports.extend(end.value.port.clone().map(|port| (end.value.node.clone(), port)));
    }
    let mut cables: Vec<Cable> = Vec::new();
    for (at, link) in lab.links.iter().enumerate() {
        let a = end(&link.a, ports, &mut named, directory, found);
        let b = end(&link.b, ports, &mut named, directory, found);
        let (Some(a), Some(b)) = (a, b) else {
            broken(link, directory);
            continue;
        };
        let mut sound = to_itself(link, found);
        for (end, span) in [(&a, link.a.span), (&b, link.b.span)] {
            sound &= free(end, span, &mut used, directory, found);
        }
        if sound {
            let name = link.name.as_ref().map_or_else(|| format!("{}--{}", a.0, b.0), |name| name.value.clone());
            cables.push(Cable { name, id: CableId(cables.len() as u32), ends: [a, b], link: at });
        } else {
            broken(link, directory);
        }
    }
    distinct(&mut cables);
    for cable in cables {
        directory.add_cable(cable);
    }
}

fn broken(link: &Link, directory: &mut Directory) {
    let name = link.name.as_ref().map(|name| name.value.clone());
    directory.broken.push(([link.a.value.node.clone(), link.b.value.node.clone()], name));
}

/// Two cables between the same nodes are told apart by their ports.
fn distinct(cables: &mut [Cable]) {
    let mut count: BTreeMap<String, u32> = BTreeMap::new();
    for cable in &*cables {
        *count.entry(cable.name.clone()).or_default() += 1;
    }
    for cable in cables {
        if count.get(&cable.name).is_some_and(|count| *count > 1) {
            cable.name = super::directory::full_name(&cable.ends);
        }
    }
}

/// Ports that a link has, of every node.
#[derive(Default)]
struct Given {
    ports: BTreeSet<(String, String)>,
    /// No number below these is free: nobody wants to begin at 1 for every port of a large switch.
    lowest: BTreeMap<String, u16>,
}

impl Given {
    /// The lowest number no link has, which is then given.
    fn free(&mut self, node: &str) -> Option<String> {
        let Self { ports, lowest } = self;
        let lowest = lowest.entry(node.to_owned()).or_insert(1);
        let place = (*lowest..=u16::MAX).find_map(|number| {
            *lowest = number;
            let place = (node.to_owned(), number.to_string());
            (!ports.contains(&place)).then_some(place)
        })?;
        ports.insert(place.clone());
        Some(place.1)
    }
}

/// Node and port name of an end; a port without a number gets the lowest free one.
fn end(
    end: &Spanned<End>,
    ports: &Ports<'_>,
    named: &mut Given,
    directory: &Directory,
    found: &mut Findings,
) -> Option<(String, String)> {
    let node = directory.node(&end.value.node, end.span, found)?;
    let name = node.name.value.clone();
    let port = match (&end.value.port, ports.get(name.as_str())) {
        (Some(port), Some(numbers)) => {
            port.parse().ok().filter(|number| numbers.contains(number)).map(|_| port.clone())?
        }
        (None, Some(_)) => named.free(&name)?,
        (Some(port), None) if node.ports.iter().any(|known| known.name == *port) => port.clone(),
        (None, None) if node.ports.len() == 1 => node.ports[0].name.clone(),
        (port, None) => {
            if directory.cards_lost && node.kind == "Host" {
                return None;
            }
            found.push(no_port(node, port.as_deref(), end.span));
            return None;
        }
    };
    Some((name, port))
}

fn no_port(node: &Node, port: Option<&str>, span: Span) -> Finding {
    let name = &node.name.value;
    let text = port.map_or_else(|| format!("which port of `{name}`?"), |port| format!("`{name}` has no port `{port}`"));
    let finding = Finding::new(Code::NoSuchPort, text, span);
    if node.kind == "Host" && node.ports.len() < 2 {
        return finding.label(format!("a host has one port, `{CARD}`")).help(format!("\"{name}\""));
    }
    let ports: Vec<&str> = node.ports.iter().map(|port| port.name.as_str()).collect();
    if ports.is_empty() {
        let finding = finding.label("no card and no free port of a bridge");
        return finding.help("devices: {\"eth0\": Nic(), …}");
    }
    let finding = finding.label("no such port").suggest(port.unwrap_or_default(), ports.iter().copied());
    finding.help(format!("ports: {}", list(ports)))
}

fn to_itself(link: &Link, found: &mut Findings) -> bool {
    let same = link.a.value.node == link.b.value.node;
    if same {
        let text = format!("a link from `{}` to itself", link.a.value.node);
        let finding = Finding::new(Code::LinkToSelf, text, link.b.span).also(link.a.span, "the same node");
        found.push(finding.label("the other end").help("a link joins two different nodes"));
    }
    !same
}

fn free(
    end: &(String, String),
    span: Span,
    used: &mut BTreeMap<(String, String), Span>,
    directory: &Directory,
    found: &mut Findings,
) -> bool {
    let Some(first) = used.get(end) else {
        used.insert(end.clone(), span);
        return true;
    };
    let (node, port) = end;
    let finding = Finding::new(Code::PortTaken, format!("two links end in `{node}:{port}`"), span);
    let finding = finding.label("and here").also(*first, "one ends here");
    let kind = directory.find_node(node).map_or("", |node| node.kind);
    let taken = |n: &u16| used.contains_key(&(node.clone(), n.to_string()));
    found.push(match (1..=u16::MAX).find(|n| !taken(n)) {
        _ if kind == "Linux" => finding.help("a port takes one cable: add a card or a port to the node"),
        Some(free) if kind != "Host" => finding.help(format!("\"{node}:{free}\"")),
        _ => finding.help("a host has one port: put a switch between"),
    });
    false
}

/// The settings of a switch port, if it has any of its own.
pub fn own_settings<'s>(switch: &'s Switch, name: &str) -> Option<&'s crate::lab::schema::node::Port> {
    switch.ports.iter().find(|(number, _)| number.value.to_string() == name).map(|(_, port)| port)
}
