//! `Switch( … )` and `Hub()`.

use crate::device::bridge::{PortSecurity, PortVlan, SnoopConfig, Violation, WhenFull};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::NodeSpec;
use crate::lab::schema::section::{Section, kind, pairs};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] =
    &["learning", "fdb_size", "ageing", "when_full", "mtu", "snooping", "querier", "igmp", "ports"];
const PORT: &[&str] = &[
    "hairpin",
    "isolated",
    "learning",
    "unicast_flood",
    "multicast_flood",
    "broadcast_flood",
    "mtu",
    "vlan",
    "port_security",
];
const SECURITY: &[&str] = &["maximum", "sticky", "violation", "recovery", "secure"];

/// Rows a switch table can have: the largest chips have a few hundred thousand.
const MAX_ROWS: u64 = 1 << 20;
/// Ports a switch can have.
pub(in crate::lab) const MAX_PORT: u16 = 1024;

/// A switch or a hub; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Switch {
    /// It was called a hub.
    pub hub: bool,
    /// Learns source addresses.
    pub learning: Option<bool>,
    /// Most learned rows.
    pub fdb_size: Option<u32>,
    /// How long a row outlives the last frame from its address.
    pub ageing: Option<SimDuration>,
    /// What happens to a new source when the table is full.
    pub when_full: Option<WhenFull>,
    /// Largest IP packet on all ports.
    pub mtu: Option<Spanned<u16>>,
    /// Sends groups to their members only.
    pub snooping: Option<SnoopConfig>,
    /// Ports with settings of their own.
    pub ports: Ports,
}

/// Ports by number, with their settings.
pub type Ports = Vec<(Spanned<u16>, Port)>;

/// Settings of one port; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Port {
    /// Flags by name, in the order given.
    pub flags: Vec<(&'static str, bool)>,
    /// Largest IP packet.
    pub mtu: Option<Spanned<u16>>,
    /// VLAN membership.
    pub vlan: Option<PortVlan>,
    /// Limit on source addresses.
    pub security: Option<PortSecurity>,
}

pub(super) fn read_hub(_: &Section<'_>, _: &mut Findings) -> NodeSpec {
    NodeSpec::Switch(Switch { hub: true, learning: Some(false), ..Switch::default() })
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    NodeSpec::Switch(Switch {
        hub: false,
        learning: section.get("learning").and_then(|tree| value::flag("learning", tree, found)),
        fdb_size: section.get("fdb_size").and_then(|tree| rows("fdb_size", tree, found)),
        ageing: section.get("ageing").and_then(|tree| value::time("ageing", tree, found)),
        when_full: section.get("when_full").and_then(|tree| when_full(tree, found)),
        mtu: section.get("mtu").and_then(|tree| super::host::mtu(tree, found)),
        snooping: super::snoop::read(section, found),
        ports: section.get("ports").map(|tree| ports(tree, found)).unwrap_or_default(),
    })
}

pub(super) fn when_full(tree: &Tree, found: &mut Findings) -> Option<WhenFull> {
    let full = [
        ("RefuseNew", WhenFull::RefuseNew),
        ("EvictOldest", WhenFull::EvictOldest),
        ("Overwrite", WhenFull::Overwrite),
        ("DropFrame", WhenFull::DropFrame),
    ];
    value::word("what a full table does", tree, &full, found)
}

pub(super) fn rows(name: &str, tree: &Tree, found: &mut Findings) -> Option<u32> {
    value::whole(name, tree, 1..=MAX_ROWS, found).map(|n| n as u32)
}

/// The number of a switch port.
pub(in crate::lab) fn port_number(text: &str, span: Span, found: &mut Findings) -> Option<u16> {
    let number = text.parse().ok().filter(|n| (1..=MAX_PORT).contains(n) && !text.starts_with('0'));
    if number.is_none() {
        let finding = Finding::new(Code::NoSuchPort, format!("a switch has no port `{text}`"), span);
        found.push(finding.label(format!("ports are numbered from 1 to {MAX_PORT}")).help("1"));
    }
    number
}

fn ports(tree: &Tree, found: &mut Findings) -> Ports {
    let mut list = Vec::new();
    for field in pairs("ports", tree, found) {
        let name = &field.name;
        let number = port_number(&name.value, name.span, found);
        let port = port_settings(&field.value, found);
        list.extend(number.map(|number| Spanned::new(number, name.span)).zip(port));
    }
    list
}

/// `(hairpin: true, vlan: Access(10), …)`.
pub(super) fn port_settings(tree: &Tree, found: &mut Findings) -> Option<Port> {
    Section::fields("port settings", tree, PORT, found).map(|section| port(&section, found))
}

fn port(section: &Section<'_>, found: &mut Findings) -> Port {
    let mut port = Port::default();
    for (name, tree) in section.given() {
        match name {
            "mtu" => port.mtu = super::host::mtu(tree, found),
            "vlan" => port.vlan = vlan(tree, found),
            "port_security" => port.security = security(tree, found),
            _ => port.flags.extend(value::flag(name, tree, found).map(|on| (name, on))),
        }
    }
    port
}

fn vlan_id(name: &str, tree: &Tree, found: &mut Findings) -> Option<u16> {
    value::whole(name, tree, 1..=4094, found).map(|n| n as u16)
}

/// `Access(10)`, `Trunk(native: 1, allowed: [10, 20])`.
fn vlan(tree: &Tree, found: &mut Findings) -> Option<PortVlan> {
    if kind("a VLAN membership", tree, &["Access", "Trunk"], &[], found)? == "Access" {
        let section = Section::call("Access", tree, &["vlan"], found)?;
        let id = section.need("vlan", "10", found)?;
        return vlan_id("vlan", id, found).map(PortVlan::Access);
    }
    let section = Section::fields("Trunk", tree, &["native", "allowed"], found)?;
    let native = section.get("native").and_then(|tree| vlan_id("native", tree, found));
    let allowed = match section.get("allowed").map(|tree| (tree, &tree.form)) {
        Some((_, Form::List(items))) => items.iter().filter_map(|item| vlan_id("allowed", item, found)).collect(),
        Some((tree, _)) => {
            let finding = Finding::new(Code::WrongBrackets, "VLANs stand in square brackets", tree.head());
            found.push(finding.label(format!("this is {}", tree.sort())).help("allowed: [10, 20]"));
            Vec::new()
        }
        None => Vec::new(),
    };
    Some(PortVlan::Trunk { native, allowed })
}

fn security(tree: &Tree, found: &mut Findings) -> Option<PortSecurity> {
    let section = Section::fields("port_security", tree, SECURITY, found)?;
    let words = [("Protect", Violation::Protect), ("Restrict", Violation::Restrict), ("Shutdown", Violation::Shutdown)];
    let mut security = PortSecurity::default();
    for (name, tree) in section.given() {
        match name {
            "maximum" => security.maximum = rows(name, tree, found).unwrap_or(1),
            "sticky" => security.sticky = value::flag(name, tree, found).unwrap_or(false),
            "violation" => {
                let what = "what a violation does";
                security.violation = value::word(what, tree, &words, found).unwrap_or_default();
            }
            "recovery" => security.recovery = value::positive_time(name, tree, found),
            _ => security.secure = secure(tree, found),
        }
    }
    Some(security)
}

fn secure(tree: &Tree, found: &mut Findings) -> Vec<crate::wire::MacAddr> {
    let Form::List(items) = &tree.form else {
        let finding = Finding::new(Code::WrongBrackets, "addresses stand in square brackets", tree.head());
        found.push(finding.label(format!("this is {}", tree.sort())).help("secure: [\"02:00:00:00:00:01\"]"));
        return Vec::new();
    };
    items.iter().filter_map(|item| value::mac(item, found)).map(|mac| mac.value).collect()
}
