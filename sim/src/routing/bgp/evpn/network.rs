//! A network at one VTEP: what lives here becomes routes, and routes of others become rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::rib::{Rib, Told};
use super::why;
use crate::engine::agent::Saying;
use crate::engine::{ChangeError, DeviceChange, Value};
use crate::explain::Reason;
use crate::routing::bgp::daemon::NAME;
use crate::routing::bgp::table::From;
use crate::stack::AppOut;
use crate::wire::MacAddr;
use crate::wire::bgp::evpn::{Rd, Route};
use crate::wire::bgp::extended::{Community, Pmsi, RouteTarget, VXLAN};
use crate::wire::bgp::{Attributes, More};

/// Table by which the bridge tells which stations live here.
pub const LOCAL: &str = "local";

/// What is known of a network beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The VTEP.
    pub device: String,
    /// The bridge before it.
    pub bridge: String,
    /// The port of the bridge that leads into the tunnel.
    pub tunnel: String,
    /// The device this daemon runs on, which the bridge tells of its stations.
    pub stack: String,
    /// Number of the network.
    pub vni: u32,
    /// The address of the VTEP.
    pub vtep: Ipv4Addr,
    /// Makes its routes differ from those of others.
    pub rd: Rd,
    /// Routes with this mark are taken.
    pub import: RouteTarget,
    /// The mark of its own routes.
    pub export: RouteTarget,
    /// Copies of what is for many are wanted and sent: routes of type 3.
    pub flood: bool,
    /// The VTEP answers questions for stations it knows.
    pub answers: bool,
}

/// A station here.
#[derive(Clone, Debug, Default)]
struct Local {
    sequence: u32,
    ips: BTreeSet<Ipv4Addr>,
    /// Another VTEP has it too and is believed; told again when that one gives up.
    beaten: bool,
}

/// What another VTEP says of a station.
#[derive(Clone, Copy, Debug)]
struct Claim {
    mac: MacAddr,
    ip: Option<Ipv4Addr>,
    vtep: Ipv4Addr,
    vni: u32,
    sticky: bool,
    sequence: u32,
}

impl Claim {
    /// The larger one is believed.
    fn weight(&self) -> (bool, u32, Reverse<Ipv4Addr>) {
        (self.sticky, self.sequence, Reverse(self.vtep))
    }
}

/// A row in a table of a device: device, table, cells.
type Row = (String, &'static str, Vec<(&'static str, String)>);
/// Rows that should be there, each with its reason and what it is about.
type Wanted = BTreeMap<Row, (Reason, String)>;

/// Own routes to be told, and those to be withdrawn.
#[derive(Debug, Default)]
pub struct Orders {
    /// New ones, and those of which something else is said now.
    pub there: Vec<(Route, Attributes)>,
    /// Those that are gone.
    pub gone: Vec<Route>,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Network {
    config: NetworkConfig,
    local: BTreeMap<MacAddr, Local>,
    /// The highest sequence number ever heard for a station.
    heard: BTreeMap<MacAddr, u32>,
    own: BTreeMap<Route, Attributes>,
    written: BTreeSet<Row>,
}

impl Network {
    /// A network in which nobody lives yet.
    pub fn new(config: NetworkConfig) -> Self {
        let (local, heard, own, written) = Default::default();
        Self { config, local, heard, own, written }
    }

    /// What was known of it beforehand.
    pub const fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// Asks the bridge to tell which stations live here.
    pub fn watch(&self, out: &mut AppOut<'_, '_>) {
        let value = Value::Text(format!("{} {}", self.config.stack, self.config.tunnel));
        let change = DeviceChange::Set { port: None, field: "monitor".to_owned(), value };
        let saying = Saying { agent: NAME, reason: &why::WATCHES, about: &self.config.bridge };
        out.write(Some(&self.config.bridge), change, saying, 0);
    }

    /// Whether a route is marked for this network.
    pub fn imports(&self, told: &Told) -> bool {
        told.attributes.extended().any(|mark| mark == Community::RouteTarget(self.config.import))
    }

    /// A station has come, said its IP address, or gone; an error when it is not told properly.
    pub fn station(&mut self, change: &DeviceChange) -> Result<(), ChangeError> {
        let (here, cells) = match change {
            DeviceChange::AddRow { cells, .. } => (true, cells),
            DeviceChange::DelRow { cells, .. } => (false, cells),
            _ => return Ok(()),
        };
        let (mac, ip) = station_cells(cells)?;
        if !here {
            match ip {
                Some(ip) => self.local.get_mut(&mac).map(|local| local.ips.remove(&ip)),
                None => self.local.remove(&mac).map(|_| true),
            };
            return Ok(());
        }
        let sequence = self.heard.get(&mac).map_or(0, |heard| heard.saturating_add(1));
        let local = self.local.entry(mac).or_insert(Local { sequence, ..Local::default() });
        local.ips.extend(ip);
        Ok(())
    }

    fn claims(&self, rib: &Rib) -> Vec<Claim> {
        let chosen = rib.iter().filter_map(|(_, entry)| entry.chosen());
        let foreign = chosen.filter(|(from, told)| *from != From::Own && self.imports(told));
        foreign
            .filter_map(|(_, told)| {
                let Route::MacIp { mac, ip, label, .. } = told.route else { return None };
                let mobility = told.attributes.extended().find_map(|mark| match mark {
                    Community::Mobility { sticky, sequence } => Some((sticky, sequence)),
                    _ => None,
                });
                let (sticky, sequence) = mobility.unwrap_or_default();
                let ip = ip.and_then(|ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None });
                let vtep = told.attributes.next_hop;
                let usable = mac.is_unicast() && vtep != self.config.vtep;
                usable.then_some(Claim { mac, ip, vtep, vni: label, sticky, sequence })
            })
            .collect()
    }

    /// Gives up what another VTEP is believed to have.
    fn give_way(&mut self, best: &BTreeMap<MacAddr, Claim>, out: &mut AppOut<'_, '_>) {
        let vtep = self.config.vtep;
        let mut say = |reason: Reason, mac: &MacAddr, claim: &Claim| {
            let about = format!("{mac} at {}", claim.vtep);
            out.say(Saying { agent: NAME, reason, about: &about });
        };
        self.local.retain(|mac, local| {
            let Some(claim) = best.get(mac) else {
                local.beaten = false;
                return true;
            };
            if claim.sticky || claim.sequence > local.sequence {
                say(&why::MOVED_AWAY, mac, claim);
                return false;
            }
            let beaten = claim.sequence == local.sequence && claim.vtep < vtep;
            if beaten && !local.beaten {
                say(&why::TIE, mac, claim);
            }
            local.beaten = beaten;
            true
        });
    }

    fn routes(&self) -> BTreeMap<Route, Attributes> {
        let NetworkConfig { vni, vtep, rd, export, flood, .. } = self.config;
        let said = |sequence: u32, pmsi: Option<Pmsi>| {
            let mut marks = vec![Community::Encapsulation(VXLAN), Community::RouteTarget(export)];
            if sequence > 0 {
                marks.push(Community::Mobility { sticky: false, sequence });
            }
            let extended = marks.into_iter().map(Community::bytes).collect();
            let more = Some(Box::new(More { extended, pmsi, ..More::default() }));
            Attributes { next_hop: vtep, more, ..Attributes::default() }
        };
        let mut routes = BTreeMap::new();
        if flood {
            let route = Route::Inclusive { rd, tag: 0, originator: vtep.into() };
            routes.insert(route, said(0, Some(Pmsi::replicated(vni, vtep))));
        }
        for (mac, local) in self.local.iter().filter(|(_, local)| !local.beaten) {
            let ips = local.ips.iter().map(|ip| Some(IpAddr::from(*ip)));
            for ip in std::iter::once(None).chain(ips) {
                let route = Route::MacIp { rd, esi: [0; 10], tag: 0, mac: *mac, ip, label: vni, router_label: None };
                routes.insert(route, said(local.sequence, None));
            }
        }
        routes
    }

    fn wanted(&self, rib: &Rib, claims: &[Claim], best: &BTreeMap<MacAddr, Claim>) -> Wanted {
        let NetworkConfig { device, bridge, tunnel, .. } = &self.config;
        let mut wanted = Wanted::new();
        for (from, told) in rib.iter().filter_map(|(_, entry)| entry.chosen()) {
            if matches!(told.route, Route::Inclusive { .. })
                && from != From::Own
                && self.config.flood
                && self.imports(told)
            {
                let pmsi = told.attributes.more.as_ref().and_then(|more| more.pmsi.as_ref());
                let Some(vtep) = pmsi.and_then(Pmsi::vtep).filter(|vtep| *vtep != self.config.vtep) else { continue };
                let vni = pmsi.map_or(self.config.vni, |pmsi| pmsi.label);
                wanted.insert(self.remote(MacAddr::ZERO, vtep, vni), (&why::TYPE_3, vtep.to_string()));
            }
        }
        let here = |mac: &MacAddr| self.local.get(mac).is_some_and(|local| !local.beaten);
        for (mac, claim) in best.iter().filter(|(mac, _)| !here(mac)) {
            let about = format!("{mac} at {}, sequence {}", claim.vtep, claim.sequence);
            wanted.insert(self.remote(*mac, claim.vtep, claim.vni), (&why::TYPE_2, about.clone()));
            let cells = vec![("mac", mac.to_string()), ("port", tunnel.clone()), ("kind", "extern_learn".to_owned())];
            wanted.insert((bridge.clone(), "fdb", cells), (&why::INTO_THE_TUNNEL, about));
        }
        let answers: BTreeMap<Ipv4Addr, &Claim> = claims
            .iter()
            .filter(|claim| self.config.answers && !here(&claim.mac) && best[&claim.mac].vtep == claim.vtep)
            .filter_map(|claim| Some((claim.ip?, claim)))
            .collect();
        for (ip, claim) in answers {
            let cells = vec![("ip", ip.to_string()), ("mac", claim.mac.to_string())];
            wanted.insert((device.clone(), "neigh", cells), (&why::ANSWERS, format!("{ip} ({})", claim.mac)));
        }
        wanted
    }

    /// A row of the VTEP: behind which other one an address is.
    fn remote(&self, mac: MacAddr, vtep: Ipv4Addr, vni: u32) -> Row {
        let mut cells =
            vec![("mac", mac.to_string()), ("remote", vtep.to_string()), ("kind", "extern_learn".to_owned())];
        // The label is what the other end wants to see (RFC 8365 §5.1.3).
        if vni != self.config.vni {
            cells.push(("vni", vni.to_string()));
        }
        (self.config.device.clone(), "fdb", cells)
    }

    /// Brings everything in line with what lives here and what is told.
    pub fn settle(&mut self, rib: &Rib, out: &mut AppOut<'_, '_>) -> Orders {
        let claims = self.claims(rib);
        let mut best: BTreeMap<MacAddr, Claim> = BTreeMap::new();
        for claim in &claims {
            let heard = self.heard.entry(claim.mac).or_default();
            *heard = claim.sequence.max(*heard);
            let held = best.entry(claim.mac).or_insert(*claim);
            if claim.weight() > held.weight() {
                *held = *claim;
            }
        }
        self.give_way(&best, out);
        let wanted = self.wanted(rib, &claims, &best);
        self.write(wanted, out);
        let routes = self.routes();
        let mut orders = Orders::default();
        for (route, attributes) in &routes {
            if self.own.get(route) != Some(attributes) {
                orders.there.push((route.clone(), attributes.clone()));
            }
        }
        orders.gone = self.own.keys().filter(|route| !routes.contains_key(*route)).cloned().collect();
        self.own = routes;
        orders
    }

    /// Writes differences only; new rows first, for one of the same address replaces the old one and nothing is missing in
    /// between.
    fn write(&mut self, wanted: Wanted, out: &mut AppOut<'_, '_>) {
        let change =
            |add: bool, (device, table, cells): &Row, reason: Reason, about: &str, out: &mut AppOut<'_, '_>| {
                let table = (*table).to_owned();
                let cells = cells.iter().map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect();
                let change =
                    if add { DeviceChange::AddRow { table, cells } } else { DeviceChange::DelRow { table, cells } };
                out.write(Some(device), change, Saying { agent: NAME, reason, about }, 0);
            };
        for (row, (reason, about)) in wanted.iter().filter(|(row, _)| !self.written.contains(*row)) {
            change(true, row, reason, about, out);
        }
        let zero = MacAddr::ZERO.to_string();
        let replaced = |(device, table, cells): &Row| {
            let same = |other: &Row| other.0 == *device && other.1 == *table && other.2.first() == cells.first();
            cells[0].1 != zero && wanted.keys().any(same)
        };
        for row in self.written.iter().filter(|row| !wanted.contains_key(*row) && !replaced(row)) {
            change(false, row, &why::ROW_GONE, &row.2[0].1, out);
        }
        self.written = wanted.into_keys().collect();
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.local.len() * 100 + self.own.len() * 300 + self.written.len() * 200
    }
}

fn station_cells(cells: &[(String, String)]) -> Result<(MacAddr, Option<Ipv4Addr>), ChangeError> {
    let bad = |field: &str, value: &str, expected| ChangeError::BadValue {
        field: field.to_owned(),
        value: value.to_owned(),
        expected,
    };
    let (mut mac, mut ip) = (None, None);
    for (column, cell) in cells {
        match column.as_str() {
            "tunnel" => {}
            "mac" => {
                let one = cell.parse().ok().filter(|mac: &MacAddr| mac.is_unicast());
                mac = Some(one.ok_or_else(|| bad(column, cell, "the MAC address of one station"))?);
            }
            "ip" => ip = Some(cell.parse().map_err(|_| bad(column, cell, "an IPv4 address"))?),
            _ => {
                let known = vec!["tunnel", "mac", "ip"];
                return Err(ChangeError::UnknownColumn { table: LOCAL, column: column.clone(), known });
            }
        }
    }
    Ok((mac.ok_or_else(|| bad("mac", "", "the MAC address of the station"))?, ip))
}
