//! Calico's daemon: blocks of addresses, each of them affine to a host. It registers its host and the blocks it has, and
//! for each block of another host writes the route, with what the tunnel needs before it.
//!
//! Keys and values are Calico's, as far as they matter here: `…/nodes/node1` says where a host is and which address and
//! hardware address its tunnel has, `…/block/10.244.1.0-26` whose block it is. Unlike Flannel's they hang on no lease: a
//! host that is dead keeps its blocks until somebody removes them. Of a block whose host is not registered nothing can be
//! written; that is told, and made up for when the host registers.
//!
//! Left out: choosing blocks (the lab gives them), policy, Typha between store and hosts, and BGP. Routes into an IPIP
//! tunnel are BIRD's as Calico is installed; here they are Felix's too, as with its `programClusterRoutes`.
//!
//! Before editing read calico `felix/dataplane/linux/vxlan_mgr.go`, `felix/calc/l3_route_resolver.go`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::session::{News, Session, SessionConfig};
use super::why;
use crate::engine::agent::Saying;
use crate::engine::{Cell, ChangeError, Column, DeviceChange, RowChange, TableRow, TableView};
use crate::explain::Reason;
use crate::id::EventNo;
use crate::stack::{App, AppOut, Datagram};
use crate::wire::MacAddr;
use crate::wire::ipv4::mask;

/// All that is Calico's.
const ALL: &str = "/calico/";
/// Hosts, by name.
const NODES: &str = "/calico/resources/v3/projectcalico.org/nodes/";
/// Blocks, by prefix.
const BLOCKS: &str = "/calico/ipam/v2/assignment/ipv4/block/";

/// A prefix: address and length.
type Block = (Ipv4Addr, u8);

/// How packets get from host to host.
#[derive(Clone, Debug, PartialEq)]
pub enum Backend {
    /// In VXLAN.
    Vxlan {
        /// The VTEP, and the interface of the stack that leads into it.
        device: String,
        /// The hardware address others are told for it.
        mac: MacAddr,
    },
    /// In IPIP.
    Ipip {
        /// The tunnel, and the interface of the stack that leads into it.
        device: String,
    },
    /// As they are: only hosts of the same subnet can be next hops.
    Plain,
}

impl Backend {
    /// As it is typed.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Vxlan { .. } => "Vxlan",
            Self::Ipip { .. } => "Ipip",
            Self::Plain => "Plain",
        }
    }

    /// The tunnel, if there is one.
    pub fn device(&self) -> Option<&str> {
        match self {
            Self::Vxlan { device, .. } | Self::Ipip { device } => Some(device),
            Self::Plain => None,
        }
    }
}

/// What the daemon is told.
#[derive(Clone, Debug, PartialEq)]
pub struct FelixConfig {
    /// Address and port of the store.
    pub store: (Ipv4Addr, u16),
    /// Name of its host.
    pub node: String,
    /// The blocks of its host.
    pub blocks: Vec<Block>,
    /// The address of this host on the underlay, and the length of its network.
    pub public: Block,
    /// The address of its tunnel; VXLAN must have one.
    pub tunnel: Option<Ipv4Addr>,
    /// How packets get to the others.
    pub backend: Backend,
    /// The interface towards hosts of the same subnet, which need no envelope; none when all get one. Without a tunnel
    /// there must be one.
    pub cross_subnet: Option<String>,
}

/// What is registered of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Host {
    public: Block,
    tunnel: Option<Ipv4Addr>,
    mac: Option<MacAddr>,
}

/// A row: device (none is the stack itself), table, cells.
type Row = (Option<String>, &'static str, Vec<(String, String)>);

/// The daemon.
#[derive(Clone, Debug)]
pub struct Felix {
    config: FelixConfig,
    session: Session,
    hosts: BTreeMap<String, Host>,
    /// Whose a block is, and the event in which this host heard of it.
    blocks: BTreeMap<Block, (String, EventNo)>,
    written: Vec<Row>,
    /// Blocks of hosts nobody knows, of which that was told.
    homeless: BTreeSet<Block>,
    /// Blocks of hosts to which no route can lead, of which that was told.
    beyond: BTreeSet<Block>,
}

fn block_of(key: &str) -> Option<Block> {
    let (ip, len) = key.strip_prefix(BLOCKS)?.split_once('-')?;
    let (ip, len): (Ipv4Addr, u8) = (ip.parse().ok()?, len.parse().ok().filter(|len| (1..=32).contains(len))?);
    (ip.to_bits() & !mask(len) == 0).then_some((ip, len))
}

fn prefix_of(text: &str) -> Option<Block> {
    let (ip, len) = text.split_once('/')?;
    Some((ip.parse().ok()?, len.parse().ok().filter(|len| (1..=32).contains(len))?))
}

fn table_key((ip, len): Block) -> u64 {
    u64::from(ip.to_bits()) << 8 | u64::from(len)
}

/// A row for the same destination takes the place of this one when it is written.
fn gives_way(row: &Row, wanted: &[(Row, Reason, String)]) -> bool {
    wanted
        .iter()
        .any(|((device, table, cells), ..)| *device == row.0 && *table == row.1 && cells.first() == row.2.first())
}

fn say(reason: Reason, about: &str, out: &mut AppOut<'_, '_>) {
    out.say(Saying { agent: "felix", reason, about });
}

impl Felix {
    /// A daemon as configured.
    pub fn new(config: FelixConfig) -> Self {
        let session = SessionConfig { agent: "felix", store: config.store, prefix: ALL.to_owned(), ttl: None };
        Self {
            session: Session::new(session),
            config,
            hosts: BTreeMap::new(),
            blocks: BTreeMap::new(),
            written: Vec::new(),
            homeless: BTreeSet::new(),
            beyond: BTreeSet::new(),
        }
    }

    fn own_key(&self) -> String {
        format!("{NODES}{}", self.config.node)
    }

    /// Where this host is, and where its tunnel ends.
    fn own_value(&self) -> String {
        let FelixConfig { public: (ip, len), tunnel, backend, .. } = &self.config;
        let mut spec = json!({"bgp": {"ipv4Address": format!("{ip}/{len}")}});
        match backend {
            Backend::Vxlan { mac, .. } => {
                spec["ipv4VXLANTunnelAddr"] = json!(tunnel);
                spec["vxlanTunnelMACAddr"] = json!(mac.to_string());
            }
            Backend::Ipip { .. } => spec["bgp"]["ipv4IPIPTunnelAddr"] = json!(tunnel),
            Backend::Plain => {}
        }
        json!({"spec": spec}).to_string()
    }

    /// A host is registered before its blocks, so that whoever hears of a block knows where it is.
    fn claim(&mut self, out: &mut AppOut<'_, '_>) {
        let affinity = format!("host:{}", self.config.node);
        for (ip, len) in self.config.blocks.clone() {
            let value = json!({"cidr": format!("{ip}/{len}"), "affinity": affinity}).to_string();
            self.session.announce(format!("{BLOCKS}{ip}-{len}"), value, out);
        }
    }

    fn news(&mut self, news: &News, out: &mut AppOut<'_, '_>) {
        let sound = if let Some(name) = news.key.strip_prefix(NODES) {
            let host = news.new.as_deref().map(|value| read_host(value, &self.config.backend));
            match host.clone().flatten() {
                Some(host) => drop(self.hosts.insert(name.to_owned(), host)),
                None => drop(self.hosts.remove(name)),
            }
            if name == self.config.node {
                self.claim(out);
            }
            self.touch(name, out);
            host != Some(None)
        } else if news.key.starts_with(BLOCKS) {
            let block = block_of(&news.key);
            let owner = news.new.as_deref().map(|value| block.and_then(|_| owner(value)));
            if let Some(block) = block {
                self.own(block, owner.clone().flatten(), out);
            }
            owner != Some(None)
        } else {
            return;
        };
        if !sound {
            say(&why::FELIX_UNREADABLE, &news.key, out);
        }
    }

    /// A block belongs to a host, or to none.
    fn own(&mut self, block: Block, owner: Option<String>, out: &mut AppOut<'_, '_>) {
        let Some(owner) = owner else {
            if self.blocks.remove(&block).is_some() {
                out.wrote(table_key(block), RowChange::Removed);
            }
            return;
        };
        let before = self.blocks.insert(block, (owner, out.event()));
        out.wrote(table_key(block), if before.is_some() { RowChange::Changed } else { RowChange::Added });
    }

    /// What is said of a host is said of its blocks.
    fn touch(&mut self, name: &str, out: &mut AppOut<'_, '_>) {
        let event = out.event();
        for (block, (_, written)) in self.blocks.iter_mut().filter(|(_, (owner, _))| owner == name) {
            *written = event;
            out.wrote(table_key(*block), RowChange::Changed);
        }
    }

    /// Another host needs no envelope.
    fn direct(&self, host: &Host) -> Option<&str> {
        let ((own, len), (other, _)) = (self.config.public, host.public);
        let beside = (own.to_bits() ^ other.to_bits()) & mask(len) == 0;
        self.config.cross_subnet.as_deref().filter(|_| beside)
    }

    /// What should stand in the tables, in the order in which it is written: a route comes last, when all it needs is
    /// there.
    fn wanted(&self) -> Vec<(Row, Reason, String)> {
        let mut all = Vec::new();
        for (name, host) in self.hosts.iter().filter(|(name, _)| **name != self.config.node) {
            let blocks = || self.blocks.iter().filter(|(_, (owner, _))| owner == name).map(|(block, _)| *block);
            if blocks().next().is_some() {
                self.to_host(name, host, &mut all);
            }
            for block in blocks() {
                self.to_block(block, host, &mut all);
            }
        }
        for ((ip, len), _) in self.blocks.iter().filter(|(_, (owner, _))| *owner == self.config.node) {
            let prefix = format!("{ip}/{len}");
            let cells = cells(&[("prefix", &prefix), ("type", "blackhole")]);
            all.push(((None, "routes", cells), &why::FELIX_BLACKHOLE, prefix));
        }
        all
    }

    /// Rows of the tunnel about another host, once for all its blocks.
    fn to_host(&self, name: &str, host: &Host, all: &mut Vec<(Row, Reason, String)>) {
        let (Backend::Vxlan { device, .. }, None) = (&self.config.backend, self.direct(host)) else { return };
        let (Some(tunnel), Some(mac)) = (host.tunnel, host.mac) else { return };
        let (ip, mac, remote) = (tunnel.to_string(), mac.to_string(), host.public.0.to_string());
        let neigh = cells(&[("ip", &ip), ("mac", &mac), ("dev", device)]);
        all.push(((None, "neigh", neigh), &why::FELIX_NEIGHBOUR, name.to_owned()));
        let fdb = cells(&[("mac", &mac), ("remote", &remote)]);
        all.push(((Some(device.clone()), "fdb", fdb), &why::FELIX_FDB, name.to_owned()));
    }

    /// Rows for a block of another host.
    fn to_block(&self, (ip, len): Block, host: &Host, all: &mut Vec<(Row, Reason, String)>) {
        let (prefix, remote) = (format!("{ip}/{len}"), host.public.0.to_string());
        let route = |via: &str, dev: &str, reason: Reason, all: &mut Vec<(Row, Reason, String)>| {
            let cells = cells(&[("prefix", &prefix), ("via", via), ("dev", dev)]);
            all.push(((None, "routes", cells), reason, prefix.clone()));
        };
        if let Some(dev) = self.direct(host) {
            return route(&remote, dev, &why::FELIX_DIRECT, all);
        }
        match (&self.config.backend, host.tunnel) {
            (Backend::Vxlan { device, .. }, Some(tunnel)) => {
                route(&tunnel.to_string(), device, &why::FELIX_ROUTE, all);
            }
            (Backend::Vxlan { .. }, None) | (Backend::Plain, _) => {}
            (Backend::Ipip { device }, _) => {
                let peer = cells(&[("prefix", &prefix), ("remote", &remote)]);
                all.push(((Some(device.clone()), "peers", peer), &why::FELIX_PEER, prefix.clone()));
                route(&remote, device, &why::FELIX_ROUTE, all);
            }
        }
    }

    /// Brings the tables in line with what is known: what is new first, so that nothing is missing in between.
    fn settle(&mut self, out: &mut AppOut<'_, '_>) {
        let wanted = self.wanted();
        for ((device, table, cells), reason, about) in &wanted {
            if !self.written.iter().any(|row| row.0 == *device && row.1 == *table && row.2 == *cells) {
                let change = DeviceChange::AddRow { table: (*table).to_owned(), cells: cells.clone() };
                out.write(device.as_deref(), change, Saying { agent: "felix", reason, about }, 0);
            }
        }
        // The route goes before what it needs.
        for row in self.written.iter().rev() {
            let stays = wanted.iter().any(|(wanted, ..)| wanted == row) || gives_way(row, &wanted);
            if !stays {
                let (device, table, cells) = row;
                let about = cells.first().map_or("", |(_, cell)| cell.as_str());
                let change = DeviceChange::DelRow { table: (*table).to_owned(), cells: cells.clone() };
                let saying = Saying { agent: "felix", reason: &why::FELIX_REMOVED, about };
                out.write(device.as_deref(), change, saying, 0);
            }
        }
        self.written = wanted.into_iter().map(|(row, ..)| row).collect();
        self.tell_homeless(out);
        self.tell_beyond(out);
    }

    /// Tells of blocks whose host is not registered, once for each.
    fn tell_homeless(&mut self, out: &mut AppOut<'_, '_>) {
        let unknown = |owner: &String| *owner != self.config.node && !self.hosts.contains_key(owner);
        let now: BTreeSet<Block> =
            self.blocks.iter().filter(|(_, (owner, _))| unknown(owner)).map(|(block, _)| *block).collect();
        for (ip, len) in now.difference(&self.homeless) {
            say(&why::FELIX_NO_NODE, &format!("{ip}/{len}"), out);
        }
        self.homeless = now;
    }

    /// Tells of blocks whose host is in another subnet when there is no tunnel, once for each.
    fn tell_beyond(&mut self, out: &mut AppOut<'_, '_>) {
        let far = |owner: &String| {
            let host = self.hosts.get(owner).filter(|_| *owner != self.config.node);
            host.is_some_and(|host| self.direct(host).is_none())
        };
        let plain = self.config.backend == Backend::Plain;
        let all = self.blocks.iter().filter(|(_, (owner, _))| plain && far(owner));
        let now: BTreeSet<Block> = all.map(|(block, _)| *block).collect();
        for (ip, len) in now.difference(&self.beyond) {
            say(&why::FELIX_BEYOND, &format!("{ip}/{len}"), out);
        }
        self.beyond = now;
    }
}

fn cells(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
}

/// What a key says of a host; nothing if it cannot be used. A tunnel of VXLAN must say both its addresses.
fn read_host(value: &str, backend: &Backend) -> Option<Host> {
    let spec = &serde_json::from_str::<Value>(value).ok()?["spec"];
    let public = prefix_of(spec["bgp"]["ipv4Address"].as_str()?)?;
    let tunnel = spec["ipv4VXLANTunnelAddr"].as_str().map(str::parse).transpose().ok()?;
    let mac = spec["vxlanTunnelMACAddr"].as_str().map(str::parse::<MacAddr>).transpose().ok()?;
    let complete = !matches!(backend, Backend::Vxlan { .. }) || (tunnel.is_some() && mac.is_some());
    complete.then_some(Host { public, tunnel, mac })
}

/// Whose a block is.
fn owner(value: &str) -> Option<String> {
    let value = serde_json::from_str::<Value>(value).ok()?;
    value["affinity"].as_str()?.strip_prefix("host:").map(str::to_owned)
}

impl App for Felix {
    fn name(&self) -> &'static str {
        "felix"
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.session.boot(out);
        self.session.announce(self.own_key(), self.own_value(), out);
    }

    fn reset(&mut self) {
        self.session.reset();
        self.hosts.clear();
        self.blocks.clear();
        self.written.clear();
        self.homeless.clear();
        self.beyond.clear();
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        self.session.timer(kind, out);
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        let all = self.session.udp(datagram, out);
        for news in &all {
            self.news(news, out);
        }
        if !all.is_empty() {
            self.settle(out);
        }
    }

    fn refused(&mut self, _ticket: u32, error: &ChangeError, out: &mut AppOut<'_, '_>) {
        say(&why::REFUSED, &error.to_string(), out);
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![
            Column { name: "block", zh: "地址块" },
            Column { name: "node", zh: "节点" },
            Column { name: "remote", zh: "主机地址" },
            Column { name: "mac", zh: "VTEP 的 MAC" },
        ];
        let row = |(block, (owner, written)): (&Block, &(String, EventNo))| {
            let host = self.hosts.get(owner);
            let cells = vec![
                Cell::Prefix(block.0, block.1),
                Cell::Name(owner.clone()),
                host.map_or(Cell::None, |host| Cell::Ip(host.public.0)),
                host.and_then(|host| host.mac).map_or(Cell::None, Cell::Mac),
            ];
            TableRow { key: table_key(*block), cells, written: *written }
        };
        let mut rows: Vec<TableRow> = self.blocks.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        Some(TableView { name: "blocks", zh: "地址块", columns, rows })
    }

    fn heap_bytes(&self) -> usize {
        self.session.heap_bytes() + self.blocks.len() * 80 + self.hosts.len() * 120 + self.written.len() * 200
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
