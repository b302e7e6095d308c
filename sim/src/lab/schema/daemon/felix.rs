//! `Felix(store: "etcd", blocks: ["10.244.1.0/26"], device: "vxlan.calico", …)`.

use std::net::Ipv4Addr;

use super::{Daemon, Prefix, prefix};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["store", "blocks", "device", "cross_subnet", "node", "public", "mac"];

/// Calico's daemon.
#[derive(Clone, Debug, PartialEq)]
pub struct Felix {
    /// The node with the store, by name or address.
    pub store: Spanned<String>,
    /// The blocks of this host.
    pub blocks: Vec<Spanned<Prefix>>,
    /// The VTEP or the IPIP tunnel; without one packets travel as they are.
    pub device: Option<Spanned<String>>,
    /// Hosts of the same subnet need no envelope.
    pub cross_subnet: bool,
    /// The name its host is registered by.
    pub node: Option<String>,
    /// The address others are told.
    pub public: Option<Spanned<Ipv4Addr>>,
    /// The hardware address others are told for the VTEP.
    pub mac: Option<MacAddr>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    let store = section.need("store", "\"etcd\"", found).and_then(|tree| value::text("store", tree, found));
    let blocks = section.need("blocks", "[\"10.244.1.0/26\"]", found);
    let blocks = blocks.map(|tree| value::items("blocks", "blocks: [\"10.244.1.0/26\"]", tree, found));
    let blocks = blocks.unwrap_or_default().iter().filter_map(|tree| prefix(tree, found)).collect();
    let device = section.get("device").map(|tree| value::text("device", tree, found));
    let cross = section.get("cross_subnet").and_then(|tree| value::flag("cross_subnet", tree, found));
    let node = section.get("node").and_then(|tree| value::text("node", tree, found));
    let public = section.get("public").and_then(|tree| value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span)));
    let mac = section.get("mac").and_then(|tree| value::mac(tree, found));
    // One that cannot be read is not the same as none.
    let device = match device {
        Some(read) => Some(read?),
        None => None,
    };
    Some(Daemon::Felix(Felix {
        store: store?,
        blocks,
        device,
        cross_subnet: cross.unwrap_or_default(),
        node: node.map(|name| name.value),
        public,
        mac: mac.map(|mac| mac.value),
    }))
}
