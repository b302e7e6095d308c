//! `Linux(devices: {…}, wires: […], rows: […])`: a node device by device, the level to which all others lower.

mod bridge;
mod fabric;
pub(in crate::lab::schema) mod ipvlan;
pub(in crate::lab::schema) mod macvlan;
mod nic;
pub(in crate::lab::schema) mod sriov;
mod stack;
pub(in crate::lab::schema) mod tunnel;
pub(in crate::lab::schema) mod vtep;

pub use bridge::Bridge;
pub(in crate::lab::schema) use bridge::clamp_mss;
pub use ipvlan::{Child as IpvlanChild, Ipvlan};
pub use macvlan::{Child as MacvlanChild, Macvlan};
pub use nic::Nic;
pub use sriov::{Card as SriovCard, Function as SriovFunction, Sriov};
pub use stack::{PerInterface, Stack};
pub use tunnel::Tunnel;
pub use vtep::Vtep;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{End, Place};
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::change::{self, Change};
use crate::lab::schema::environment::Fabric;
use crate::lab::schema::profile::{self, Prices};
use crate::lab::schema::section::{Section, entries, kind};
use crate::lab::schema::{Named, NodeSpec};
use crate::lab::source::Spanned;
use crate::plan::Bilingual;

pub(super) const FIELDS: &[&str] = &["devices", "wires", "rows", "profile"];

/// A node device by device.
#[derive(Clone, Debug, PartialEq)]
pub struct Linux {
    /// What its author called it: `Linux`, or a shorter word that was spelt out.
    pub called: &'static str,
    /// Its devices in order.
    pub devices: Vec<Named<Inner>>,
    /// What is joined inside: `device:port` at both ends.
    pub wires: Vec<[Spanned<End>; 2]>,
    /// Rows that are there from the start; places are devices of this node.
    pub rows: Vec<Change>,
    /// Why a device is there, by its name, where that is known better than "its author wrote it".
    pub whys: Vec<(String, Bilingual)>,
    /// The same for rows, by their place among the rows.
    pub row_whys: Vec<(usize, Bilingual)>,
    /// What its work costs.
    pub profile: Prices,
}

impl Default for Linux {
    fn default() -> Self {
        let (devices, wires, rows, whys, row_whys, profile) = Default::default();
        Self { called: "Linux", devices, wires, rows, whys, row_whys, profile }
    }
}

/// A device of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Inner {
    /// A network card.
    Nic(Nic),
    /// A bridge.
    Bridge(Bridge),
    /// An IP stack.
    Stack(Stack),
    /// The end of a VXLAN tunnel.
    Vtep(Vtep),
    /// The end of another tunnel.
    Tunnel(Tunnel),
    /// Macvlan devices on one card.
    Macvlan(Macvlan),
    /// Ipvlan devices on one card.
    Ipvlan(Ipvlan),
    /// The virtual functions of one card.
    Sriov(Sriov),
    /// The network of a provider.
    Fabric(Fabric),
}

struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, &mut Findings) -> Inner,
}

static KINDS: &[Kind] = &[
    Kind { name: "Nic", fields: nic::FIELDS, read: nic::read },
    Kind { name: "Bridge", fields: bridge::FIELDS, read: bridge::read },
    Kind { name: "Stack", fields: stack::FIELDS, read: stack::read },
    Kind { name: "Vtep", fields: vtep::FIELDS, read: vtep::read },
    Kind { name: "Tunnel", fields: tunnel::FIELDS, read: tunnel::read },
    Kind { name: "Macvlan", fields: macvlan::FIELDS, read: macvlan::read },
    Kind { name: "Ipvlan", fields: ipvlan::FIELDS, read: ipvlan::read },
    Kind { name: "Sriov", fields: sriov::FIELDS, read: sriov::read },
    Kind { name: "Fabric", fields: fabric::FIELDS, read: fabric::read },
];

const LATER: &[&str] = &["Tun"];

fn device(tree: &Tree, found: &mut Findings) -> Option<Inner> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let name = kind("a kind of device", tree, &names, LATER, found)?;
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    let section = Section::fields(name, tree, kind.fields, found)?;
    Some((kind.read)(&section, found))
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> NodeSpec {
    let devices = section.need("devices", "{\"eth0\": Nic(), \"ip\": Stack(ip: {\"eth0\": \"10.0.0.1/24\"})}", found);
    let devices = devices.map(|tree| entries("devices", tree, found)).unwrap_or_default();
    let devices = devices.into_iter().map(|field| {
        let (name, value) = (field.name.clone(), device(&field.value, found));
        Named { name, value }
    });
    let devices = devices.collect();
    let wires = section.get("wires").map(|tree| list(tree, "wires: [(\"ip:eth0\", \"eth0\")]", found));
    let wires = wires.unwrap_or_default().iter().filter_map(|tree| wire(tree, found)).collect();
    let rows = section.get("rows").map(|tree| list(tree, "rows: [AddRow(\"br\", \"fdb\", {…})]", found));
    let rows = rows.unwrap_or_default().iter().filter_map(|tree| row(tree, found)).collect();
    let profile = section.get("profile").and_then(|tree| profile::read(tree, found)).unwrap_or_default();
    NodeSpec::Linux(Linux { devices, wires, rows, profile, ..Linux::default() })
}

fn list<'t>(tree: &'t Tree, example: &str, found: &mut Findings) -> &'t [Tree] {
    if let Form::List(items) = &tree.form {
        return items;
    }
    let finding = Finding::new(Code::WrongBrackets, "a list stands in square brackets", tree.head());
    found.push(finding.label(format!("this is {}", tree.sort())).help(example));
    &[]
}

fn wire(tree: &Tree, found: &mut Findings) -> Option<[Spanned<End>; 2]> {
    let ends: Vec<Option<Spanned<End>>> = match &tree.form {
        Form::Call(None, Args::Items(items)) if items.len() == 2 => items.iter().map(|item| end(item, found)).collect(),
        _ => {
            let finding = Finding::new(Code::WrongType, "a wire is two ends in round brackets", tree.span);
            found.push(finding.label(format!("this is {}", tree.sort())).help("(\"ip:eth0\", \"eth0\")"));
            return None;
        }
    };
    let mut ends = ends.into_iter().flatten();
    Some([ends.next()?, ends.next()?])
}

/// `device` or `device:port`.
fn end(tree: &Tree, found: &mut Findings) -> Option<Spanned<End>> {
    let place = super::super::value::place("an end", tree, found)?;
    match place.value {
        Place::End(end) if end.device.is_none() => Some(Spanned::new(end, place.span)),
        other => {
            let finding = Finding::new(Code::NotAName, format!("`{other}` is not the end of a wire"), place.span);
            found.push(finding.label("a device of this node, and its port").help("\"ip:eth0\""));
            None
        }
    }
}

fn row(tree: &Tree, found: &mut Findings) -> Option<Change> {
    let change = change::read(tree, found)?;
    if matches!(change, Change::AddRow(..) | Change::Set(..)) {
        return Some(change);
    }
    let finding = Finding::new(Code::WrongType, "only rows and settings are written before the start", tree.head());
    found.push(finding.label("not a row").help("AddRow(\"br\", \"fdb\", {\"mac\": \"…\", \"port\": 1})"));
    None
}
