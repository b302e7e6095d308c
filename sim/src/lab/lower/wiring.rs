//! Nodes and links: numbers, ports, addresses.

use std::collections::{BTreeMap, BTreeSet};

use crate::device::nic;
use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Cable, Directory, Node, Port};
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
pub fn directory(lab: &Lab, found: &mut Findings) -> Directory {
    let mut directory = Directory::default();
    let ports = switch_ports(lab, found);
    let mut devices = 0;
    for (at, node) in lab.nodes.iter().enumerate() {
        directory.nodes.push(self::node(at, node, &ports, &mut devices));
    }
    for named in &lab.traffic {
        let flows = directory.flows.iter().filter(|(_, id)| id.is_some()).count();
        let listens = matches!(named.value, Some(Traffic::Sniff(_)));
        directory.flows.push((named.name.clone(), (!listens).then_some(FlowId(flows as u16))));
    }
    let mut changes = directory.flows.iter().filter(|(_, id)| id.is_some()).count() as u32;
    for event in &lab.events {
        let steps = event.value.as_ref().map(|event| super::events::steps(&event.change) as u32);
        changes += steps.unwrap_or(0);
        directory.events.push((event.name.clone(), steps.map(|_| changes.saturating_sub(1))));
    }
    one_name_each(&directory, found);
    cables(lab, &ports, &mut directory, found);
    directory
}

fn node(at: usize, named: &Named<NodeSpec>, ports: &Ports, devices: &mut u32) -> Node {
    let mut node = Node {
        name: named.name.clone(),
        id: NodeId(at as u32),
        kind: named.value.as_ref().map_or("", NodeSpec::kind),
        devices: Vec::new(),
        ports: Vec::new(),
        mac: None,
        ip: None,
        home: None,
    };
    let mut device = |name: &str| {
        let id = DeviceId(*devices);
        *devices += 1;
        node.devices.push((name.to_owned(), id));
        id
    };
    match &named.value {
        Some(NodeSpec::Host(host)) => {
            let card = device(CARD);
            let stack = device(STACK);
            node.ports.push(Port { name: CARD.to_owned(), device: card, number: nic::WIRE });
            node.mac = Some(mac(host, at));
            node.ip = host.ip.as_ref().map(|ip| ip.value);
            node.home = Some(stack);
        }
        Some(NodeSpec::Switch(_)) => {
            let bridge = device(&named.name.value);
            let numbers = ports.get(named.name.value.as_str()).into_iter().flatten();
            node.ports.extend(numbers.enumerate().map(|(at, number)| Port {
                name: number.to_string(),
                device: bridge,
                number: PortNo(at as u16),
            }));
        }
        None => {}
    }
    node
}

/// The author's, or 02:00:00:00:00:01 for the first node, and so on: locally administered (IEEE 802 §8.4).
pub fn mac(host: &Host, at: usize) -> MacAddr {
    let [high, low] = (at as u16 + 1).to_be_bytes();
    host.mac.as_ref().map_or(MacAddr([2, 0, 0, 0, high, low]), |mac| mac.value)
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
    for end in ends() {
        let number: Option<u16> = end.value.port.as_ref().and_then(|port| port.parse().ok());
        taken.entry(&end.value.node).or_default().extend(number);
    }
    for end in ends().filter(|end| end.value.port.is_none()) {
        if let Some(numbers) = ports.get_mut(end.value.node.as_str()) {
            let taken = taken.entry(&end.value.node).or_default();
            let free = (1..=u16::MAX).find(|number| !taken.contains(number)).unwrap_or(u16::MAX);
            taken.insert(free);
            numbers.insert(free);
        }
    }
    ports
}

fn cables(lab: &Lab, ports: &Ports<'_>, directory: &mut Directory, found: &mut Findings) {
    let mut used: BTreeMap<(String, String), Span> = BTreeMap::new();
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for end in lab.links.iter().flat_map(|link| [&link.a, &link.b]) {
        named.extend(end.value.port.clone().map(|port| (end.value.node.clone(), port)));
    }
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
            let id = CableId(directory.cables.len() as u32);
            directory.cables.push(Cable { name, id, ends: [a, b], link: at });
        } else {
            broken(link, directory);
        }
    }
    distinct(directory);
}

fn broken(link: &Link, directory: &mut Directory) {
    let name = link.name.as_ref().map(|name| name.value.clone());
    directory.broken.push(([link.a.value.node.clone(), link.b.value.node.clone()], name));
}

/// Two cables between the same nodes are told apart by their ports.
fn distinct(directory: &mut Directory) {
    let names: Vec<String> = directory.cables.iter().map(|cable| cable.name.clone()).collect();
    for cable in &mut directory.cables {
        if names.iter().filter(|name| **name == cable.name).count() > 1 {
            cable.name = super::directory::full_name(&cable.ends);
        }
    }
}

/// Node and port name of an end; a port without a number gets the lowest free one.
fn end(
    end: &Spanned<End>,
    ports: &Ports<'_>,
    named: &mut BTreeSet<(String, String)>,
    directory: &Directory,
    found: &mut Findings,
) -> Option<(String, String)> {
    let node = directory.node(&end.value.node, end.span, found)?;
    let name = node.name.value.clone();
    let port = match (&end.value.port, ports.get(name.as_str())) {
        (Some(port), Some(numbers)) => {
            port.parse().ok().filter(|number| numbers.contains(number)).map(|_| port.clone())?
        }
        (Some(port), None) if port != CARD => {
            let finding = Finding::new(Code::NoSuchPort, format!("`{name}` has no port `{port}`"), end.span);
            found.push(finding.label(format!("a host has one port, `{CARD}`")).help(format!("\"{name}\"")));
            return None;
        }
        (Some(_) | None, None) => CARD.to_owned(),
        (None, Some(_)) => {
            let free = (1..=u16::MAX).map(|n| n.to_string()).find(|n| !named.contains(&(name.clone(), n.clone())))?;
            named.insert((name.clone(), free.clone()));
            free
        }
    };
    Some((name, port))
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
    let host = directory.find_node(node).is_some_and(|node| node.home.is_some());
    let taken = |n: &u16| used.contains_key(&(node.clone(), n.to_string()));
    found.push(match (1..=u16::MAX).find(|n| !taken(n)) {
        Some(free) if !host => finding.help(format!("\"{node}:{free}\"")),
        _ => finding.help("a host has one port: put a switch between"),
    });
    false
}

/// The settings of a switch port, if it has any of its own.
pub fn own_settings<'s>(switch: &'s Switch, name: &str) -> Option<&'s crate::lab::schema::node::Port> {
    switch.ports.iter().find(|(number, _)| number.value.to_string() == name).map(|(_, port)| port)
}
