//! `Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1", …)`.

use super::{Daemon, Prefix, prefix};
use crate::lab::diagnostic::Findings;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::time::SimDuration;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["store", "subnet", "device", "backend", "public", "mac", "network", "ttl"];

/// How packets get from host to host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// In VXLAN.
    #[default]
    Vxlan,
    /// By routes.
    HostGw,
}

/// Flannel's daemon.
#[derive(Clone, Debug, PartialEq)]
pub struct Flanneld {
    /// The node with the store, by name or address.
    pub store: Spanned<String>,
    /// The subnet of this host.
    pub subnet: Spanned<Prefix>,
    /// The VTEP; for `HostGw` the interface towards the others.
    pub device: Option<Spanned<String>>,
    /// How packets get from host to host.
    pub backend: Backend,
    /// The address others are told.
    pub public: Option<Spanned<std::net::Ipv4Addr>>,
    /// The hardware address others are told for the VTEP.
    pub mac: Option<MacAddr>,
    /// Where the network is kept in the store.
    pub network: Option<String>,
    /// How long the lease lives without its host.
    pub ttl: Option<SimDuration>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    let store = section.need("store", "\"etcd\"", found).and_then(|tree| value::text("store", tree, found));
    let subnet = section.need("subnet", "\"10.244.1.0/24\"", found).and_then(|tree| prefix(tree, found));
    let choices = [("Vxlan", Backend::Vxlan), ("HostGw", Backend::HostGw)];
    let mut daemon = Flanneld {
        store: store?,
        subnet: subnet?,
        device: None,
        backend: Backend::default(),
        public: None,
        mac: None,
        network: None,
        ttl: None,
    };
    for (name, tree) in section.given() {
        match name {
            "device" => daemon.device = value::text(name, tree, found),
            "backend" => daemon.backend = value::word("a backend", tree, &choices, found).unwrap_or_default(),
            "public" => daemon.public = value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span)),
            "mac" => daemon.mac = value::mac(tree, found).map(|mac| mac.value),
            "network" => daemon.network = value::text(name, tree, found).map(|text| text.value),
            "ttl" => daemon.ttl = value::positive_time(name, tree, found),
            _ => {}
        }
    }
    if daemon.backend == Backend::Vxlan {
        section.need("device", "\"flannel.1\"", found)?;
    }
    Some(Daemon::Flanneld(daemon))
}
