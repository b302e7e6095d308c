//! The names of a lab and what they stand for: every reference is looked up here, and an unknown one is reported
//! once, with all its places.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::linux::Layout;
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

/// What sort of device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A network card.
    Nic,
    /// A switch, a hub, a bridge.
    Bridge,
    /// An IP stack.
    Stack,
    /// The end of a VXLAN tunnel.
    Vtep,
    /// The end of another tunnel.
    Tunnel,
    /// Macvlan devices on one card.
    Macvlan,
    /// Ipvlan devices on one card.
    Ipvlan,
    /// The virtual functions of one card.
    Sriov,
    /// The network of a provider.
    Fabric,
}

impl Sort {
    /// Names of the settings that can be changed while it runs.
    pub const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Nic => &crate::device::nic::SETTINGS,
            Self::Bridge => &crate::device::bridge::SETTINGS,
            Self::Stack => &crate::stack::SETTINGS,
            Self::Vtep => &crate::device::vtep::SETTINGS,
            Self::Tunnel => &crate::device::tunnel::SETTINGS,
            Self::Macvlan => &crate::device::macvlan::CHILD_SETTINGS,
            Self::Ipvlan => &crate::device::ipvlan::SETTINGS,
            Self::Sriov => &crate::device::sriov::SETTINGS,
            Self::Fabric => &crate::device::fabric::SETTINGS,
        }
    }
}

/// A device of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// Its name there.
    pub name: String,
    /// Its number.
    pub id: DeviceId,
    /// What sort of device it is.
    pub sort: Sort,
    /// Names of its ports.
    pub ports: Vec<String>,
}

/// An IP stack: where applications run, and what its name stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// `ann` for the only stack of a node, else `h1/c1`.
    pub name: String,
    /// The device.
    pub device: DeviceId,
    /// Hardware addresses of its interfaces.
    pub macs: Vec<MacAddr>,
    /// Its IP addresses, each with the length of the network part.
    pub ips: Vec<(Ipv4Addr, u8)>,
}

impl Home {
    /// The address others know it by.
    pub fn ip(&self) -> Option<Ipv4Addr> {
        self.ips.first().map(|(ip, _)| *ip)
    }

    /// The hardware address its neighbours learn.
    pub fn mac(&self) -> Option<MacAddr> {
        self.macs.first().copied()
    }
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
    /// Its devices.
    pub devices: Vec<Inside>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its IP stacks.
    pub homes: Vec<Home>,
    /// What it is made of, when its author said so device by device.
    pub layout: Option<Layout>,
}

impl Node {
    /// Its stack, when it has one only.
    pub fn home(&self) -> Option<&Home> {
        match self.homes.as_slice() {
            [home] => Some(home),
            // A host with containers is known by its own stack.
            homes => homes.iter().find(|home| home.name == self.name.value),
        }
    }

    /// The devices that have a setting of this name.
    pub fn owners(&self, setting: &str) -> impl Iterator<Item = &Inside> {
        let switched = self.devices.iter().any(|device| device.sort == Sort::Sriov);
        // A card with virtual functions leaves the filtering to its switch.
        let elsewhere = switched && setting == "promiscuous";
        let has = move |device: &&Inside| device.sort.settings().contains(&setting);
        self.devices.iter().filter(has).filter(move |device| !(elsewhere && device.sort == Sort::Nic))
    }

    /// The device with this number.
    pub fn device(&self, id: DeviceId) -> Option<&Inside> {
        self.devices.iter().find(|device| device.id == id)
    }

    fn shown_kind(&self) -> String {
        if self.kind == "Linux" { "node".to_owned() } else { self.kind.to_lowercase() }
    }
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
    /// Flows made for checks that ask whether one node reaches another.
    pub probes: Vec<((String, String), FlowId)>,
    /// Events in order, with the number of their last change; none when they could not be read.
    pub events: Vec<(Spanned<String>, Option<u32>)>,
    /// Stacks that can be named without their node, and where each is: node and device.
    pub aliases: BTreeMap<String, (String, String)>,
    /// Containers that could not be placed. What names them is not to blame.
    pub lost: Vec<String>,
    /// Hosts may lack cards, because a gateway could not be made. What names one is not to blame.
    pub cards_lost: bool,
    by_name: BTreeMap<String, usize>,
    plugged: BTreeMap<(String, String), usize>,
}

impl Directory {
    fn names(&self, what: &str) -> Vec<&str> {
        match what {
            "node" => {
                let nodes = self.nodes.iter().map(|node| node.name.value.as_str());
                nodes.chain(self.aliases.keys().map(String::as_str)).collect()
            }
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
        if self.lost.iter().any(|lost| lost == name) {
            return;
        }
        if !found.is_news(Code::UnknownName, span) || !found.is_news(Code::OtherKind, span) {
            found.note_again();
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
        let address = name.parse::<Ipv4Addr>().ok();
        let has = |home: &&Home| home.ips.iter().any(|(ip, _)| Some(*ip) == address);
        let finding = match self.nodes.iter().flat_map(|node| &node.homes).find(has) {
            Some(home) => finding.help(format!("addresses are looked up: \"{}\"", home.name)),
            None => finding.suggest(name, known.iter().copied()),
        };
        found.push(finding.help(help));
    }

    /// The node with a name, without a word when there is none.
    pub fn find_node(&self, name: &str) -> Option<&Node> {
        self.by_name.get(name).and_then(|at| self.nodes.get(*at))
    }

    /// Adds a node; of two with one name the first is found by it.
    pub fn add_node(&mut self, node: Node) {
        self.by_name.entry(node.name.value.clone()).or_insert(self.nodes.len());
        self.nodes.push(node);
    }

    /// Adds a cable.
    pub fn add_cable(&mut self, cable: Cable) {
        for end in &cable.ends {
            self.plugged.insert(end.clone(), self.cables.len());
        }
        self.cables.push(cable);
    }

    /// The cable in a port.
    pub fn plugged(&self, node: &str, port: &str) -> Option<&Cable> {
        self.plugged.get(&(node.to_owned(), port.to_owned())).and_then(|at| self.cables.get(*at))
    }

    /// The node with a name. Nothing, without a word, for one whose definition is broken.
    pub fn node(&self, name: &str, span: Span, found: &mut Findings) -> Option<&Node> {
        let node = self.find_node(name);
        if node.is_none() {
            self.missing("node", name, span, found);
        }
        node.filter(|node| !node.kind.is_empty())
    }

    /// A container's name stands for the device that it is.
    fn spelt_out(&self, place: &Place) -> Place {
        match place {
            Place::End(End { node, device: None, port }) => match self.aliases.get(node) {
                Some((node, device)) => {
                    Place::End(End { node: node.clone(), device: Some(device.clone()), port: port.clone() })
                }
                None => place.clone(),
            },
            other => other.clone(),
        }
    }

    /// A stack inside a node can be named without its node where nothing else has its name: a container is known by
    /// its own name, on whatever host it runs.
    pub fn name_stacks(&mut self) {
        let mut known: BTreeMap<String, Option<(String, String)>> = BTreeMap::new();
        let taken = self.nodes.iter().map(|node| node.name.value.clone());
        let taken = taken.chain(self.flows.iter().map(|(name, _)| name.value.clone()));
        known.extend(taken.chain(self.events.iter().map(|(name, _)| name.value.clone())).map(|name| (name, None)));
        for node in &self.nodes {
            for home in node.homes.iter().filter(|home| home.name != node.name.value) {
                let Some(device) = node.device(home.device) else { continue };
                let at = (node.name.value.clone(), device.name.clone());
                known.entry(device.name.clone()).and_modify(|other| *other = None).or_insert(Some(at));
            }
        }
        self.aliases = known.into_iter().filter_map(|(name, at)| Some((name, at?))).collect();
        for node in &mut self.nodes {
            let host = &node.name.value;
            for home in &mut node.homes {
                let name = home.name.strip_prefix(&format!("{host}/")).map(str::to_owned);
                if let Some(name) = name.filter(|name| self.aliases.get(name).is_some_and(|(at, _)| at == host)) {
                    home.name = name;
                }
            }
        }
    }

    /// Whether a place is a device inside a node, or a port of one.
    pub fn is_inside(&self, place: &Place) -> bool {
        matches!(self.spelt_out(place), Place::End(End { device: Some(_), .. }))
    }

    /// The stack a name stands for: a node with one stack, a container, or `node/stack`.
    pub fn host(&self, name: &Spanned<String>, found: &mut Findings) -> Option<&Home> {
        let (wanted, device) = match Place::parse(&name.value).map(|place| self.spelt_out(&place)) {
            Some(Place::End(End { node, device, port: None })) => (node, device),
            _ => (name.value.clone(), None),
        };
        let node = self.node(&wanted, name.span, found)?;
        if let Some(device) = device {
            let is = |home: &&Home| node.device(home.device).is_some_and(|at| at.name == device);
            let home = node.homes.iter().find(is);
            if home.is_none() {
                let finding = Finding::new(Code::OtherKind, format!("`{}` is no IP stack", name.value), name.span);
                found.push(finding.label("a stack is needed here").help(self.stacks()));
            }
            return home;
        }
        if node.home().is_none() {
            let (text, label) = if node.homes.is_empty() {
                (format!("`{wanted}` is a {}, which has no address", node.shown_kind()), "a host is needed here")
            } else {
                (format!("`{wanted}` has {} IP stacks", node.homes.len()), "which one?")
            };
            found.push(Finding::new(Code::OtherKind, text, name.span).label(label).help(self.stacks()));
        }
        node.home()
    }

    fn stacks(&self) -> String {
        format!("hosts: {}", list(self.nodes.iter().flat_map(|node| &node.homes).map(|home| home.name.as_str())))
    }

    /// The flow with a name.
    pub fn flow(&self, name: &Spanned<String>, found: &mut Findings) -> Option<FlowId> {
        let flow = self.flows.iter().find(|(flow, id)| flow.value == name.value && id.is_some());
        if flow.is_none() {
            self.missing("flow", &name.value, name.span, found);
        }
        flow.and_then(|(_, id)| *id)
    }

    /// The flow made to ask whether one node reaches another.
    pub fn probe(&self, from: &str, to: &str) -> Option<FlowId> {
        self.probes.iter().find(|((a, b), _)| a == from && b == to).map(|(_, flow)| *flow)
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
        let place = &Spanned::new(self.spelt_out(&place.value), place.span);
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
        if let (Some(port), Some(name)) = (&end.port, &end.device) {
            let device = device(node, name, place.span, found)?;
            return inner_port(node, device, port, place.span, found).map(|port| (vec![device], Some(port)));
        }
        if let Some(port) = &end.port {
            let port = self::port(node, end, port, place.span, found)?;
            return Some((vec![port.device], Some(port.number)));
        }
        match &end.device {
            Some(name) => device(node, name, place.span, found).map(|device| (vec![device], None)),
            None => Some((node.devices.iter().map(|device| device.id).collect(), None)),
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
        // An end that is no node was misspelt: it may be any node.
        let is = |end: &str, wanted: &str| end == wanted || self.find_node(end).is_none();
        self.broken.iter().any(|([first, second], name)| match place {
            Place::Link(a, b) => {
                (is(first, &a.node) && is(second, &b.node)) || (is(second, &a.node) && is(first, &b.node))
            }
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
        // All stacks of a node together have its addresses.
        if let Some(node) = self.find_node(&text.value).filter(|node| node.home().is_none() && !node.homes.is_empty()) {
            let ips = node.homes.iter().flat_map(|home| &home.ips).map(|(ip, _)| *ip).collect();
            return Some((node.homes.iter().flat_map(|home| home.macs.clone()).collect(), ips));
        }
        let home = self.host(text, found)?;
        Some((home.macs.clone(), home.ips.iter().map(|(ip, _)| *ip).collect()))
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

/// A port of a device inside a node.
fn inner_port(node: &Node, device: DeviceId, port: &str, span: Span, found: &mut Findings) -> Option<PortNo> {
    let device = node.device(device)?;
    let at = device.ports.iter().position(|known| known == port);
    if at.is_none() {
        let text = format!("`{}` has no port `{port}`", device.name);
        let finding = Finding::new(Code::NoSuchPort, text, span).label("no such port");
        let finding = finding.suggest(port, device.ports.iter().map(String::as_str));
        found.push(finding.help(format!("ports: {}", list(device.ports.iter().map(String::as_str)))));
    }
    at.map(|at| PortNo(at as u16))
}

fn device(node: &Node, name: &str, span: Span, found: &mut Findings) -> Option<DeviceId> {
    let device = node.devices.iter().find(|device| device.name == name).map(|device| device.id);
    if device.is_none() {
        let known: Vec<&str> = node.devices.iter().map(|device| device.name.as_str()).collect();
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
