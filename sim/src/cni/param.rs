//! Parameters of a plugin: what may stand between its brackets, and what was chosen.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use super::offer::{Instance, Offer};
use crate::device::ipvlan;
use crate::device::macvlan::Mode;

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
}

/// What may stand as a parameter, and what is meant when it is left out.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A whole number.
    Number(RangeInclusive<u32>, u32),
    /// Yes or no.
    Flag(bool),
    /// A multicast group.
    Group(Ipv4Addr),
    /// How macvlan children treat each other.
    Mode(Mode),
    /// What ipvlan children do with frames.
    IpvlanMode(ipvlan::Mode),
    /// The name of a node; none when it is left out.
    Node,
    /// The number of an AS.
    Asn(u32),
    /// One of a few words; the first when it is left out.
    Word(&'static [&'static str]),
    /// Nodes that reflect routes; none when it is left out.
    Reflectors,
    /// A type of machine that a provider lends, with what it may have.
    Instance(&'static Offer),
    /// Largest packet of a pod; this one when it is left out, or what fits.
    Mtu(Option<u16>),
}

/// Not typed by anybody: rows are there from the start.
const KNOWN: &str = "known";

impl Param {
    /// A whole number.
    pub const fn number(name: &'static str, range: RangeInclusive<u32>, usual: u32) -> Self {
        Self { name, kind: Kind::Number(range, usual) }
    }

    /// Yes or no; usually no.
    pub const fn flag(name: &'static str) -> Self {
        Self { name, kind: Kind::Flag(false) }
    }

    /// A UDP port.
    pub const fn port(usual: u16) -> Self {
        Self::number("port", 1..=65_535, usual as u32)
    }

    /// A network identifier.
    pub const fn vni(usual: u32) -> Self {
        Self::number("vni", 0..=crate::wire::vxlan::MAX_VNI, usual)
    }

    /// The node with the store, where daemons find out about other nodes themselves.
    pub const STORE: Self = Self { name: "store", kind: Kind::Node };

    /// Daemons of the nodes tell each other what is where, unless somebody says no.
    pub const GOSSIP: Self = Self { name: "gossip", kind: Kind::Flag(true) };

    /// Largest packet of a pod.
    pub const MTU: Self = Self { name: "mtu", kind: Kind::Mtu(None) };
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Number(u32),
    /// Yes or no.
    Flag(bool),
    /// A multicast group.
    Group(Ipv4Addr),
    /// How macvlan children treat each other.
    Mode(Mode),
    /// What ipvlan children do with frames.
    IpvlanMode(ipvlan::Mode),
    /// The name of a node.
    Node(String),
    /// The number of an AS.
    Asn(u32),
    /// One of a few words.
    Word(&'static str),
    /// Nodes that reflect routes.
    Reflectors(Vec<Reflector>),
    /// A type of machine.
    Instance(&'static Instance),
}

/// A node that passes on inside the AS what it heard there (RFC 4456).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reflector {
    /// Its name.
    pub name: String,
    /// What it signs with; its address when nothing is said.
    pub cluster: Option<Ipv4Addr>,
    /// Nodes for which it reflects; all that reflect for nobody when nothing is said.
    pub clients: Option<Vec<String>>,
}

/// What was chosen for a plugin, and its usual values where nothing was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    values: Vec<(&'static str, Value)>,
    /// Largest packet of a pod, if it is not what fits.
    pub mtu: Option<u16>,
}

impl Settings {
    /// The usual values.
    pub fn usual(params: &[Param]) -> Self {
        let mut mtu = None;
        let usual = |param: &Param| {
            let value = match &param.kind {
                Kind::Number(_, usual) => Value::Number(*usual),
                Kind::Flag(usual) => Value::Flag(*usual),
                Kind::Group(usual) => Value::Group(*usual),
                Kind::Mode(usual) => Value::Mode(*usual),
                Kind::IpvlanMode(usual) => Value::IpvlanMode(*usual),
                Kind::Instance(offer) => Value::Instance(offer.usual()),
                Kind::Asn(usual) => Value::Asn(*usual),
                Kind::Word(words) => Value::Word(words[0]),
                Kind::Reflectors => Value::Reflectors(Vec::new()),
                Kind::Node => return None,
                Kind::Mtu(usual) => {
                    mtu = *usual;
                    return None;
                }
            };
            Some((param.name, value))
        };
        let values = params.iter().filter_map(usual).collect();
        Self { values, mtu }
    }

    /// Chooses a value of a parameter.
    pub fn choose(&mut self, name: &'static str, value: Value) {
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.values.push((name, value)),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// A number; 0 for one that is no parameter.
    pub fn number(&self, name: &str) -> u32 {
        if let Some(Value::Number(number)) = self.get(name) { *number } else { 0 }
    }

    /// A UDP port.
    pub fn port(&self) -> u16 {
        self.number("port") as u16
    }

    /// Yes or no; no for one that is no parameter.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Flag(true))
    }

    /// A choice that says no.
    pub fn is_off(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Flag(false))
    }

    /// A group.
    pub fn group(&self, name: &str) -> Option<Ipv4Addr> {
        if let Some(Value::Group(group)) = self.get(name) { Some(*group) } else { None }
    }

    /// How macvlan children treat each other.
    pub fn mode(&self) -> Mode {
        if let Some(Value::Mode(mode)) = self.get("mode") { *mode } else { Mode::Bridge }
    }

    /// What ipvlan children do with frames.
    pub fn ipvlan_mode(&self) -> ipvlan::Mode {
        if let Some(Value::IpvlanMode(mode)) = self.get("mode") { *mode } else { ipvlan::Mode::L2 }
    }

    /// The name of a node.
    pub fn node(&self, name: &str) -> Option<&str> {
        if let Some(Value::Node(node)) = self.get(name) { Some(node) } else { None }
    }

    /// The number of an AS.
    pub fn asn(&self) -> u32 {
        if let Some(Value::Asn(asn)) = self.get("asn") { *asn } else { 0 }
    }

    /// The word that was chosen; none for one that is no parameter.
    pub fn word(&self, name: &str) -> Option<&'static str> {
        if let Some(Value::Word(word)) = self.get(name) { Some(word) } else { None }
    }

    /// The nodes that reflect.
    pub fn reflectors(&self) -> &[Reflector] {
        if let Some(Value::Reflectors(all)) = self.get("reflectors") { all } else { &[] }
    }

    /// Rows are there from the start, whatever daemons there would be.
    pub fn knows_all(&self) -> bool {
        self.flag(KNOWN)
    }

    /// The type of machine.
    pub fn instance(&self) -> Option<&'static Instance> {
        if let Some(Value::Instance(instance)) = self.get("instance") { Some(*instance) } else { None }
    }

    /// The same without what daemons of the nodes would need time and a store for: rows are there from the start.
    pub fn known_from_the_start(&self) -> Self {
        let mut set = self.clone();
        set.values.retain(|(name, _)| *name != Param::STORE.name);
        set.choose(KNOWN, Value::Flag(true));
        if set.flag(Param::GOSSIP.name) {
            set.choose(Param::GOSSIP.name, Value::Flag(false));
        }
        set
    }
}
