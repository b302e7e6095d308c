//! The names of a lab and what they stand for: every reference is looked up here, and an unknown one is reported
//! once, with all its places.

use std::net::Ipv4Addr;

use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::place::{End, Place};
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

/// A port one can see from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Its name: `eth0`, `3`.
    pub name: String,
    /// The device it belongs to.
    pub device: DeviceId,
    /// Its number there.
    pub number: PortNo,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name, where it is defined.
    pub name: Spanned<String>,
    /// Its number.
    pub id: NodeId,
    /// What the author called it; empty when it could not be read, and then nothing more is said about it.
    pub kind: &'static str,
    /// Its devices with their names.
    pub devices: Vec<(String, DeviceId)>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Address of its card, if it has one.
    pub mac: Option<MacAddr>,
    /// Its IP address and the length of the network part.
    pub ip: Option<(Ipv4Addr, u8)>,
    /// The stack its applications run on.
    pub home: Option<DeviceId>,
}

/// A link: both ends as node and port name.
#[derive(Clone, Debug, PartialEq)]
pub struct Cable {
    /// `ann--sw`, or the author's name for it.
    pub name: String,
    /// Its number.
    pub id: CableId,
    /// Both ends.
    pub ends: [(String, String); 2],
    /// Its place among the links of the lab.
    pub link: usize,
}

/// The names of one variant of a lab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// Nodes in order.
    pub nodes: Vec<Node>,
    /// Cables in order.
    pub cables: Vec<Cable>,
    /// Links that could not be made into cables: their nodes, and their name if they have one. What names them is
    /// not to blame.
    pub broken: Vec<([String; 2], Option<String>)>,
    /// Flows and listeners in order; listeners are no flows and have no number.
    pub flows: Vec<(Spanned<String>, Option<FlowId>)>,
    /// Events in order, with the number of their last change; none when they could not be read.
    pub events: Vec<(Spanned<String>, Option<u32>)>,
}

impl Directory {
    fn names(&self, what: &str) -> Vec<&str> {
        match what {
            "node" => self.nodes.iter().map(|node| node.name.value.as_str()).collect(),
            "link" => self.cables.iter().map(|cable| cable.name.as_str()).collect(),
            "event" => self.events.iter().map(|(name, _)| name.value.as_str()).collect(),
            _ => self.flows.iter().filter(|(_, id)| id.is_some()).map(|(name, _)| name.value.as_str()).collect(),
        }
    }

    /// What another thing with this name is.
    fn other_kind(&self, name: &str) -> Option<(&'static str, Span)> {
        let node = self.nodes.iter().find(|node| node.name.value == name).map(|node| ("a node", node.name.span));
        let flow = self.flows.iter().find(|(flow, _)| flow.value == name);
        let flow = flow.map(|(name, id)| (if id.is_some() { "a flow" } else { "a listener" }, name.span));
        let event = self.events.iter().find(|(event, _)| event.value == name).map(|(name, _)| ("an event", name.span));
        node.or(flow).or(event)
    }

    fn missing(&self, what: &str, name: &str, span: Span, found: &mut Findings) {
        if !found.is_news(Code::UnknownName, span) || !found.is_news(Code::OtherKind, span) {
            return;
        }
        let known = self.names(what);
        let help = if known.is_empty() {
            format!("this lab has no {what}s")
        } else {
            format!("{what}s: {}", list(known.iter().copied()))
        };
        if let Some((kind, defined)) = self.other_kind(name) {
            let finding = Finding::new(Code::OtherKind, format!("`{name}` is {kind}, not a {what}"), span);
            let finding = finding.label(format!("a {what} is needed here")).also(defined, "defined here");
            return found.push(finding.help(help).about(format!("{what}:{name}")));
        }
        let finding = Finding::new(Code::UnknownName, format!("there is no {what} `{name}` in this lab"), span);
        let finding = finding.label("not defined").about(format!("{what}:{name}"));
        let finding = finding.suggest(name, known.iter().copied());
        found.push(finding.help(help));
    }

    /// The node with a name, without a word when there is none.
    pub fn find_node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name.value == name)
    }

    /// The node with a name. Nothing, without a word, for one whose definition is broken.
    pub fn node(&self, name: &str, span: Span, found: &mut Findings) -> Option<&Node> {
        let node = self.find_node(name);
        if node.is_none() {
            self.missing("node", name, span, found);
        }
        node.filter(|node| !node.kind.is_empty())
    }

    /// The node with a name, when applications can run on it.
    pub fn host(&self, name: &Spanned<String>, found: &mut Findings) -> Option<&Node> {
        let node = self.node(&name.value, name.span, found)?;
        if node.home.is_none() {
            let text = format!("`{}` is a {}, which has no address", node.name.value, node.kind.to_lowercase());
            let finding = Finding::new(Code::OtherKind, text, name.span).label("a host is needed here");
            let hosts = self.nodes.iter().filter(|node| node.home.is_some()).map(|node| node.name.value.as_str());
            found.push(finding.help(format!("hosts: {}", list(hosts))));
        }
        node.home.and(Some(node))
    }

    /// The flow with a name.
    pub fn flow(&self, name: &Spanned<String>, found: &mut Findings) -> Option<FlowId> {
        let flow = self.flows.iter().find(|(flow, id)| flow.value == name.value && id.is_some());
        if flow.is_none() {
            self.missing("flow", &name.value, name.span, found);
        }
        flow.and_then(|(_, id)| *id)
    }

    /// The event with a name: the number of its last change.
    pub fn event(&self, name: &Spanned<String>, found: &mut Findings) -> Option<u32> {
        let event = self.events.iter().find(|(event, _)| event.value == name.value);
        if event.is_none() {
            self.missing("event", &name.value, name.span, found);
        }
        event.and_then(|(_, number)| *number)
    }

    /// Devices a place stands for, and the port if it names one.
    pub fn place(&self, place: &Spanned<Place>, found: &mut Findings) -> Option<(Vec<DeviceId>, Option<PortNo>)> {
        let end = match &place.value {
            Place::End(end) => end,
            Place::Link(..) => {
                let finding = Finding::new(Code::OtherKind, format!("`{}` is a link", place.value), place.span);
                found.push(finding.label("a node or port is needed here").help("a link is named with `on:`"));
                return None;
            }
            Place::Prefix(_) => {
                let finding = Finding::new(Code::NotAName, "`*` has no meaning here", place.span);
                found.push(finding.label("one place is needed").help("wildcards stand in the `set` of variants"));
                return None;
            }
        };
        let node = self.node(&end.node, place.span, found)?;
        if let Some(port) = &end.port {
            let port = self::port(node, end, port, place.span, found)?;
            return Some((vec![port.device], Some(port.number)));
        }
        match &end.device {
            Some(name) => device(node, name, place.span, found).map(|device| (vec![device], None)),
            None => Some((node.devices.iter().map(|(_, device)| *device).collect(), None)),
        }
    }

    /// The cable a place stands for.
    pub fn cable(&self, place: &Spanned<Place>, found: &mut Findings) -> Option<CableId> {
        let fits = |end: &End, (node, port): &(String, String)| {
            end.device.is_none() && end.node == *node && end.port.as_ref().is_none_or(|wanted| wanted == port)
        };
        let cables: Vec<&Cable> = match &place.value {
            Place::Link(a, b) => {
                let joins = |ends: &[(String, String); 2]| {
                    (fits(a, &ends[0]) && fits(b, &ends[1])) || (fits(a, &ends[1]) && fits(b, &ends[0]))
                };
                self.cables.iter().filter(|cable| joins(&cable.ends)).collect()
            }
            other => self.cables.iter().filter(|cable| cable.name == other.to_string()).collect(),
        };
        match cables.as_slice() {
            [] if self.is_broken(&place.value) => None,
            [] => {
                self.missing("link", &place.value.to_string(), place.span, found);
                None
            }
            [cable] => Some(cable.id),
            several => {
                let text = format!("{} links join these two", several.len());
                let finding = Finding::new(Code::NoSuchPort, text, place.span).label("which one?");
                let full = several.iter().map(|cable| full_name(&cable.ends)).collect::<Vec<_>>();
                found.push(finding.help(format!("one of: {}", full.join(", "))));
                None
            }
        }
    }

    /// Whether a place names a cable rather than a node.
    pub fn is_cable(&self, place: &Place) -> bool {
        let named = |name: &str| name == place.to_string();
        matches!(place, Place::Link(..))
            || self.cables.iter().any(|cable| named(&cable.name))
            || self.broken.iter().any(|(_, name)| name.as_deref().is_some_and(named))
    }

    fn is_broken(&self, place: &Place) -> bool {
        self.broken.iter().any(|([first, second], name)| match place {
            Place::Link(a, b) => (a.node == *first && b.node == *second) || (a.node == *second && b.node == *first),
            other => name.as_ref().is_some_and(|name| *name == other.to_string()),
        })
    }

    /// The addresses of a name, or one address.
    pub fn addresses(&self, text: &Spanned<String>, found: &mut Findings) -> Option<(Vec<MacAddr>, Vec<Ipv4Addr>)> {
        if let Ok(mac) = text.value.parse::<MacAddr>() {
            return Some((vec![mac], Vec::new()));
        }
        if let Ok(ip) = text.value.parse::<Ipv4Addr>() {
            return Some((Vec::new(), vec![ip]));
        }
        let node = self.host(text, found)?;
        Some((node.mac.into_iter().collect(), node.ip.iter().map(|(ip, _)| *ip).collect()))
    }
}

fn port<'d>(node: &'d Node, end: &End, port: &str, span: Span, found: &mut Findings) -> Option<&'d Port> {
    let known = node.ports.iter().find(|known| known.name == port);
    if known.is_none() {
        let ports: Vec<&str> = node.ports.iter().map(|port| port.name.as_str()).collect();
        let finding = Finding::new(Code::NoSuchPort, format!("`{}` has no port `{port}`", end.node), span);
        let text =
            if ports.is_empty() { "nothing is plugged in".to_owned() } else { format!("ports: {}", list(ports)) };
        found.push(finding.label("no such port").help(text));
    }
    known
}

fn device(node: &Node, name: &str, span: Span, found: &mut Findings) -> Option<DeviceId> {
    let device = node.devices.iter().find(|(device, _)| device == name).map(|(_, id)| *id);
    if device.is_none() {
        let known: Vec<&str> = node.devices.iter().map(|(name, _)| name.as_str()).collect();
        let text = format!("`{}` has no device `{name}`", node.name.value);
        let finding = Finding::new(Code::UnknownName, text, span).label("not there");
        let finding = finding.suggest(name, known.iter().copied());
        found.push(finding.help(format!("devices: {}", known.join(", "))));
    }
    device
}

/// `ann:eth0--sw:1`.
pub fn full_name(ends: &[(String, String); 2]) -> String {
    let [(a, port_a), (b, port_b)] = ends;
    format!("{a}:{port_a}--{b}:{port_b}")
}
