//! `Bridge(learning: true, ageing: "300s", ports: {"1": (…)}, …)`.

use super::Inner;
use crate::device::bridge::{SnoopConfig, WhenFull, clamp};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{is_name, to_name};
use crate::lab::read::Tree;
use crate::lab::schema::node::{Port, host, snoop, switch};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &[
    "learning",
    "fdb_size",
    "ageing",
    "when_full",
    "ways",
    "mtu",
    "vlan_filtering",
    "snooping",
    "querier",
    "igmp",
    "clamp_mss",
    "ports",
];

/// A bridge; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bridge {
    /// Learns source addresses.
    pub learning: Option<bool>,
    /// Most learned rows.
    pub fdb_size: Option<u32>,
    /// How long a row outlives the last frame from its address.
    pub ageing: Option<SimDuration>,
    /// What happens to a new source when the table is full.
    pub when_full: Option<WhenFull>,
    /// Rows a hash bucket has, where full ones overwrite.
    pub ways: Option<u32>,
    /// Largest IP packet on all ports.
    pub mtu: Option<Spanned<u16>>,
    /// Ports belong to VLANs, also when none says to which.
    pub vlan_filtering: Option<bool>,
    /// Sends groups to their members only.
    pub snooping: Option<SnoopConfig>,
    /// The longest segment that connections through it may announce.
    pub clamp_mss: Option<u16>,
    /// Its ports by name, in order.
    pub ports: Vec<(Spanned<String>, Port)>,
}

/// The longest segment that connections may announce.
pub(in crate::lab::schema) fn clamp_mss(tree: &Tree, found: &mut Findings) -> Option<u16> {
    value::whole("clamp_mss", tree, clamp::RANGE, found).map(|n| n as u16)
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut bridge = Bridge { snooping: snoop::read(section, found), ..Bridge::default() };
    for (name, tree) in section.given() {
        match name {
            "learning" => bridge.learning = value::flag(name, tree, found),
            "fdb_size" => bridge.fdb_size = switch::rows(name, tree, found),
            "ageing" => bridge.ageing = value::time(name, tree, found),
            "when_full" => bridge.when_full = switch::when_full(tree, found),
            "ways" => bridge.ways = value::whole(name, tree, 1..=64, found).map(|n| n as u32),
            "mtu" => bridge.mtu = host::mtu(tree, found),
            "clamp_mss" => bridge.clamp_mss = clamp_mss(tree, found),
            "snooping" | "querier" | "igmp" => {}
            "vlan_filtering" => bridge.vlan_filtering = value::flag(name, tree, found),
            _ => {
                for field in pairs("ports", tree, found) {
                    let sound = is_name(&field.name.value);
                    if !sound {
                        let text = format!("`{}` cannot be the name of a port", field.name.value);
                        let finding = Finding::new(Code::NotAName, text, field.name.span);
                        let finding = finding.label("letters, digits, `-`, `_` and `.`");
                        found.push(finding.help(format!("\"{}\"", to_name(&field.name.value))));
                    }
                    let port = switch::port_settings(&field.value, found);
                    bridge.ports.extend(port.filter(|_| sound).map(|port| (field.name.clone(), port)));
                }
            }
        }
    }
    Inner::Bridge(bridge)
}
