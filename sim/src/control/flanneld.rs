//! Flannel's daemon: one subnet for each host. It registers its own in the store, and for each other one writes who has
//! the far end's address, where that is, and the route, in this order, so that the kernel never has to ask.
//!
//! Keys and values are Flannel's: `<network>/subnets/10.244.2.0-24` holds public address, backend and what the backend
//! needs. Left out: choosing a free subnet (the lab gives it), `DirectRouting`, subnet files, the annotations of Kubernetes.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::session::{News, Session, SessionConfig};
use super::why;
use crate::engine::agent::Saying;
use crate::engine::{Cell, ChangeError, Column, DeviceChange, RowChange, TableRow, TableView};
use crate::explain::Reason;
use crate::id::EventNo;
use crate::stack::{App, AppOut, Datagram};
use crate::time::SimDuration;
use crate::wire::MacAddr;

/// Where Flannel keeps its own.
pub const NETWORK: &str = "/coreos.com/network";
/// A timer of its own; those of the session come first.
const AUDIT: u8 = 2;
/// How often routes are looked after (flannel `pkg/backend/route_network.go`, `routeCheck`).
const AUDITS: SimDuration = SimDuration::from_secs(10);
/// How long a lease lives (flannel `pkg/subnet/etcd/local_manager.go`).
pub const TTL: SimDuration = SimDuration::from_secs(24 * 60 * 60);

/// How packets get from host to host.
#[derive(Clone, Debug, PartialEq)]
pub enum Backend {
    /// In VXLAN: Flannel's default.
    Vxlan {
        /// The VTEP, and the interface of the stack that leads into it.
        device: String,
        /// Its network identifier.
        vni: u32,
        /// The hardware address others are told for it.
        mac: MacAddr,
    },
    /// As they are, by the routes of the hosts.
    HostGw {
        /// The interface towards the other hosts.
        device: String,
    },
}

impl Backend {
    /// As it stands in the store.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Vxlan { .. } => "vxlan",
            Self::HostGw { .. } => "host-gw",
        }
    }
}

/// What the daemon is told.
#[derive(Clone, Debug, PartialEq)]
pub struct FlanneldConfig {
    /// Address and port of the store.
    pub store: (Ipv4Addr, u16),
    /// Where the network is kept in the store.
    pub network: String,
    /// The subnet of this host.
    pub subnet: (Ipv4Addr, u8),
    /// The address of this host on the underlay.
    pub public: Ipv4Addr,
    /// How packets get to the others.
    pub backend: Backend,
    /// How long the lease lives without this host.
    pub ttl: SimDuration,
}

/// A lease of another host.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lease {
    subnet: (Ipv4Addr, u8),
    public: Ipv4Addr,
    /// Hardware address of its VTEP, where it has one.
    mac: Option<MacAddr>,
}

/// The daemon.
#[derive(Clone, Debug)]
pub struct Flanneld {
    config: FlanneldConfig,
    session: Session,
    leases: BTreeMap<String, (Lease, EventNo)>,
}

/// `10.244.2.0-24`.
fn name_of((ip, len): (Ipv4Addr, u8)) -> String {
    format!("{ip}-{len}")
}

fn subnet_of(key: &str) -> Option<(Ipv4Addr, u8)> {
    let (ip, len) = key.rsplit('/').next()?.split_once('-')?;
    Some((ip.parse().ok()?, len.parse().ok().filter(|len| *len <= 32)?))
}

/// Device, table, cells, and why; no device is the stack itself.
type Row<'c> = (Option<&'c str>, &'static str, Vec<(String, String)>, Reason);

fn table_key((ip, len): (Ipv4Addr, u8)) -> u64 {
    u64::from(ip.to_bits()) << 8 | u64::from(len)
}

impl Flanneld {
    /// A daemon as configured.
    pub fn new(config: FlanneldConfig) -> Self {
        let prefix = format!("{}/subnets/", config.network);
        let session = SessionConfig { agent: "flanneld", store: config.store, prefix, ttl: Some(config.ttl) };
        Self { session: Session::new(session), config, leases: BTreeMap::new() }
    }

    fn own_key(&self) -> String {
        format!("{}/subnets/{}", self.config.network, name_of(self.config.subnet))
    }

    fn own_value(&self) -> String {
        let mut value = json!({"PublicIP": self.config.public, "BackendType": self.config.backend.word()});
        if let Backend::Vxlan { vni, mac, .. } = &self.config.backend {
            value["BackendData"] = json!({"VNI": vni, "VtepMAC": mac.to_string()});
        }
        value.to_string()
    }

    fn say(reason: Reason, about: &str, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: "flanneld", reason, about });
    }

    fn news(&mut self, news: &News, out: &mut AppOut<'_, '_>) {
        if news.key == self.own_key() {
            return;
        }
        let before = self.leases.get(&news.key).map(|(lease, _)| lease.clone());
        let now = news.new.as_ref().and_then(|value| self.lease(&news.key, value, out));
        if before == now {
            return;
        }
        if let Some(lease) = before.as_ref() {
            self.remove(lease, now.as_ref(), out);
            self.leases.remove(&news.key);
        }
        if let Some(lease) = now.as_ref() {
            self.add(lease, out);
            self.leases.insert(news.key.clone(), (lease.clone(), out.event()));
        }
        let subnet = now.as_ref().or(before.as_ref()).map(|lease| lease.subnet);
        let change = match (before, now) {
            (None, _) => RowChange::Added,
            (_, Some(_)) => RowChange::Changed,
            (_, None) => RowChange::Removed,
        };
        if let Some(subnet) = subnet {
            out.wrote(table_key(subnet), change);
        }
    }

    /// A value as a lease this host can use.
    fn lease(&self, key: &str, value: &str, out: &mut AppOut<'_, '_>) -> Option<Lease> {
        let read = || {
            let value: Value = serde_json::from_str(value).ok()?;
            let mac = value["BackendData"]["VtepMAC"].as_str().map(str::parse::<MacAddr>).transpose().ok()?;
            let public = value["PublicIP"].as_str()?.parse().ok()?;
            let backend = value["BackendType"].as_str()?.to_owned();
            (backend != "vxlan" || mac.is_some()).then_some(())?;
            Some((Lease { subnet: subnet_of(key)?, public, mac }, backend))
        };
        let Some((lease, backend)) = read() else {
            Self::say(&why::LEASE_UNREADABLE, key, out);
            return None;
        };
        if backend != self.config.backend.word() {
            Self::say(&why::LEASE_OTHER_BACKEND, &name_of(lease.subnet), out);
            return None;
        }
        Some(lease)
    }

    /// The rows for a lease, in the order in which they are written.
    fn rows(&self, lease: &Lease) -> Vec<Row<'_>> {
        let (ip, len) = lease.subnet;
        let cells = |list: &[(&str, String)]| {
            list.iter().map(|(column, cell)| ((*column).to_owned(), cell.clone())).collect::<Vec<_>>()
        };
        let prefix = format!("{ip}/{len}");
        match (&self.config.backend, lease.mac) {
            (Backend::Vxlan { device, .. }, Some(mac)) => {
                let (mac, dev) = (mac.to_string(), device.clone());
                let neigh = cells(&[("ip", ip.to_string()), ("mac", mac.clone()), ("dev", dev.clone())]);
                let fdb = cells(&[("mac", mac), ("remote", lease.public.to_string())]);
                let route = cells(&[("prefix", prefix), ("via", ip.to_string()), ("dev", dev)]);
                vec![
                    (None, "neigh", neigh, &why::FLANNEL_NEIGH),
                    (Some(device), "fdb", fdb, &why::FLANNEL_FDB),
                    (None, "routes", route, &why::FLANNEL_ROUTE),
                ]
            }
            (Backend::Vxlan { .. }, None) => Vec::new(),
            (Backend::HostGw { device }, _) => {
                let via = lease.public.to_string();
                // The kernel shall refuse a host that is not on the wire.
                let near = ("onlink", false.to_string());
                let route = cells(&[("prefix", prefix), ("via", via), ("dev", device.clone()), near]);
                vec![(None, "routes", route, &why::FLANNEL_ROUTE)]
            }
        }
    }

    fn add(&self, lease: &Lease, out: &mut AppOut<'_, '_>) {
        let about = name_of(lease.subnet).replace('-', "/");
        for (device, table, cells, reason) in self.rows(lease) {
            let change = DeviceChange::AddRow { table: table.to_owned(), cells };
            out.write(device, change, Saying { agent: "flanneld", reason, about: &about }, 0);
        }
    }

    /// Writes routes again that somebody has removed. Only the backend of plain routes does this.
    fn audit(&self, out: &mut AppOut<'_, '_>) {
        for (lease, _) in self.leases.values() {
            if out.has_route(lease.subnet, lease.public) {
                continue;
            }
            let about = name_of(lease.subnet).replace('-', "/");
            for (device, table, cells, _) in self.rows(lease) {
                let change = DeviceChange::AddRow { table: table.to_owned(), cells };
                let saying = Saying { agent: "flanneld", reason: &why::FLANNEL_AUDIT, about: &about };
                out.write(device, change, saying, 0);
            }
        }
        out.arm_background(AUDIT, out.now() + AUDITS);
    }

    /// Removes the rows of a lease, but not those that the next one has too: between removing and writing nothing may
    /// be missing.
    fn remove(&self, lease: &Lease, next: Option<&Lease>, out: &mut AppOut<'_, '_>) {
        let about = name_of(lease.subnet).replace('-', "/");
        let kept = next.map(|next| self.rows(next)).unwrap_or_default();
        for (device, table, cells, _) in self.rows(lease) {
            let stays = kept.iter().any(|(at, name, same, _)| *at == device && *name == table && *same == cells);
            if !stays {
                let change = DeviceChange::DelRow { table: table.to_owned(), cells };
                let saying = Saying { agent: "flanneld", reason: &why::FLANNEL_REMOVED, about: &about };
                out.write(device, change, saying, 0);
            }
        }
    }
}

impl App for Flanneld {
    fn name(&self) -> &'static str {
        "flanneld"
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.session.boot(out);
        self.session.announce(self.own_key(), self.own_value(), out);
        if matches!(self.config.backend, Backend::HostGw { .. }) {
            out.arm_background(AUDIT, out.now() + AUDITS);
        }
    }

    fn reset(&mut self) {
        self.session.reset();
        self.leases.clear();
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        if !self.session.timer(kind, out) && kind == AUDIT {
            self.audit(out);
        }
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        for news in self.session.udp(datagram, out) {
            self.news(&news, out);
        }
    }

    fn refused(&mut self, _ticket: u32, error: &ChangeError, out: &mut AppOut<'_, '_>) {
        Self::say(&why::REFUSED, &error.to_string(), out);
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![
            Column { name: "subnet", zh: "子网" },
            Column { name: "remote", zh: "主机地址" },
            Column { name: "mac", zh: "VTEP 的 MAC" },
        ];
        let row = |(lease, written): &(Lease, EventNo)| TableRow {
            key: table_key(lease.subnet),
            cells: vec![
                Cell::Prefix(lease.subnet.0, lease.subnet.1),
                Cell::Ip(lease.public),
                lease.mac.map_or(Cell::None, Cell::Mac),
            ],
            written: *written,
        };
        let mut rows: Vec<TableRow> = self.leases.values().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        Some(TableView { name: "leases", zh: "租约", columns, rows })
    }

    fn heap_bytes(&self) -> usize {
        self.session.heap_bytes() + self.leases.len() * 120
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
