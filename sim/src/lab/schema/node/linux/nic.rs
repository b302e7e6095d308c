//! `Nic(mac: "…", mtu: 1500, …)`.

use super::Inner;
use crate::lab::diagnostic::Findings;
use crate::lab::read::Tree;
use crate::lab::schema::node::host;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] =
    &["mac", "mtu", "promiscuous", "allmulti", "unicast_slots", "unicast", "multicast", "pads"];

/// A network card; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nic {
    /// Its own address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Largest IP packet.
    pub mtu: Option<Spanned<u16>>,
    /// Accepts everything.
    pub promiscuous: Option<bool>,
    /// Accepts every group.
    pub allmulti: Option<bool>,
    /// Unicast addresses it can compare exactly.
    pub unicast_slots: Option<u16>,
    /// Further addresses it accepts.
    pub unicast: Vec<MacAddr>,
    /// Groups it accepts.
    pub multicast: Vec<MacAddr>,
    /// Pads short frames.
    pub pads: Option<bool>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut nic = Nic::default();
    for (name, tree) in section.given() {
        match name {
            "mac" => nic.mac = value::mac(tree, found),
            "mtu" => nic.mtu = host::mtu(tree, found),
            "promiscuous" => nic.promiscuous = value::flag(name, tree, found),
            "allmulti" => nic.allmulti = value::flag(name, tree, found),
            "unicast_slots" => nic.unicast_slots = host::slots(tree, found),
            "unicast" => nic.unicast = each(name, tree, found, value::mac),
            "multicast" => nic.multicast = each(name, tree, found, value::group_mac),
            _ => nic.pads = value::flag(name, tree, found),
        }
    }
    Inner::Nic(nic)
}

/// A list of addresses.
pub(super) fn each(
    name: &str,
    tree: &Tree,
    found: &mut Findings,
    read: impl Fn(&Tree, &mut Findings) -> Option<Spanned<MacAddr>>,
) -> Vec<MacAddr> {
    let items = value::items(name, &format!("{name}: [\"02:00:00:00:00:01\"]"), tree, found);
    items.iter().filter_map(|item| read(item, found)).map(|mac| mac.value).collect()
}
