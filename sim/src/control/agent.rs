//! The daemon of a VTEP: announces where it is and which stations live behind it, and writes rows for what the others
//! announce.
//!
//! How that is put into announcements, and who is believed when two say different things, is a [`Scheme`]: a controller's
//! ([`super::controller`]) or EVPN's ([`super::evpn`]). What a scheme wants to stand in the tables is compared with what
//! was written, so only differences are written; new rows first, because one for the same address replaces the old one and
//! nothing is missing in between.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::net::Ipv4Addr;

use super::session::{News, Seen, Session, SessionConfig};
use super::transport::Transport;
use super::why;
use crate::engine::agent::Saying;
use crate::engine::{Cell, ChangeError, Column, DeviceChange, RowChange, TableRow, TableView};
use crate::explain::Reason;
use crate::id::EventNo;
use crate::stack::{App, AppOut, Datagram};
use crate::time::SimDuration;
use crate::wire::MacAddr;

/// Name of its table.
pub const TABLE: &str = "stations";
/// How long announcements outlive their host, if nobody says otherwise.
pub const TTL: SimDuration = SimDuration::from_secs(30);
const COLUMNS: [&str; 3] = ["vni", "ip", "mac"];

/// What the daemon is told.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentConfig {
    /// Address and port of the store that carries the announcements.
    pub store: (Ipv4Addr, u16),
    /// The VTEP it writes to.
    pub device: String,
    /// Number of the network.
    pub vni: u32,
    /// The address of the VTEP.
    pub vtep: Ipv4Addr,
    /// The stations behind it from the start.
    pub stations: Vec<Station>,
    /// Writes where all other VTEPs are: what fits no other row is sent to each.
    pub flood: bool,
    /// Writes where each station is.
    pub rows: bool,
    /// Writes the answers to questions for each station: its VTEP answers ARP itself.
    pub answers: bool,
    /// How long announcements outlive this host.
    pub ttl: SimDuration,
}

/// A station: its IP address and its hardware address.
pub type Station = (Ipv4Addr, MacAddr);

/// A row: table and cells; the first cell is what it is looked up by.
pub type Row = (&'static str, Vec<(String, String)>);

/// Whether a row for the same address takes the place of this one when it is written.
fn gives_way(row: &Row, wanted: &Wanted) -> bool {
    let (table, cells) = row;
    let flooded = cells.first().is_some_and(|(_, mac)| *mac == MacAddr::ZERO.to_string());
    !flooded && wanted.keys().any(|(other, new)| other == table && new.first() == cells.first())
}

/// What should stand in the tables of the VTEP: each row with its reason and what it is about.
pub type Wanted = BTreeMap<Row, (Reason, String)>;

/// A row of the flood list.
pub fn flood_row(vtep: Ipv4Addr) -> Row {
    fdb_row(MacAddr::ZERO, vtep)
}

/// Behind which VTEP a station lives.
pub fn fdb_row(mac: MacAddr, vtep: Ipv4Addr) -> Row {
    ("fdb", vec![("mac".to_owned(), mac.to_string()), ("remote".to_owned(), vtep.to_string())])
}

/// What a question for a station is answered with.
pub fn answer_row((ip, mac): Station) -> Row {
    ("neigh", vec![("ip".to_owned(), ip.to_string()), ("mac".to_owned(), mac.to_string())])
}

/// Rows for stations of which the last that was told is believed; the oldest first.
pub fn last_believed(
    config: &AgentConfig,
    told: impl Iterator<Item = (Station, Ipv4Addr)>,
    (place, answer): (Reason, Reason),
) -> Wanted {
    let (mut wanted, mut places, mut answers) = (Wanted::new(), BTreeMap::new(), BTreeMap::new());
    for ((ip, mac), vtep) in told {
        places.insert(mac, (ip, vtep));
        answers.insert(ip, (mac, vtep));
    }
    for (mac, (ip, vtep)) in places.into_iter().filter(|(_, (_, vtep))| *vtep != config.vtep) {
        wanted.insert(fdb_row(mac, vtep), (place, ip.to_string()));
    }
    for (ip, (mac, vtep)) in answers {
        if config.answers && vtep != config.vtep {
            wanted.insert(answer_row((ip, mac)), (answer, ip.to_string()));
        }
    }
    wanted
}

/// Whether an announcement names one station and one VTEP.
pub fn is_usable((ip, mac): Station, vtep: Ipv4Addr) -> bool {
    let one = |ip: Ipv4Addr| !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast();
    one(ip) && one(vtep) && mac.is_unicast() && mac != MacAddr::ZERO
}

/// A station as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The station.
    pub station: Station,
    /// Where it lives; nothing for here.
    pub vtep: Option<Ipv4Addr>,
    /// How often it has moved, if that is counted.
    pub moves: Option<u32>,
    /// The event in which it was heard of.
    pub written: EventNo,
}

/// The stations of this host, each with the number of its moves.
pub type Local = BTreeMap<Station, u32>;
/// What all daemons announce.
pub type Known = BTreeMap<String, Seen>;

/// Why a station is not announced here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It lives elsewhere now.
    Moved,
    /// Somebody else has it too, and is believed.
    Beaten,
}

/// How announcements are made and understood.
pub trait Scheme: Debug + Clone + Send + 'static {
    /// Name of the daemon.
    const NAME: &'static str;

    /// What all announcements of the network begin with.
    fn prefix(config: &AgentConfig) -> String;

    /// What this host announces.
    fn own(config: &AgentConfig, local: &Local) -> BTreeMap<String, String>;

    /// What should stand in the tables.
    fn wanted(config: &AgentConfig, local: &Local, known: &Known) -> Wanted;

    /// All stations, those of this host too.
    fn stations(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Shown>;

    /// A station has come to this host: how often it has moved.
    fn arrives(config: &AgentConfig, mac: MacAddr, known: &Known) -> u32;

    /// Stations of this host that another VTEP is believed to have.
    fn lost(config: &AgentConfig, local: &Local, known: &Known) -> Vec<(Station, Lost)>;

    /// Whether an announcement can be understood.
    fn is_sound(config: &AgentConfig, key: &str, value: &str) -> bool;
}

/// The daemon.
#[derive(Clone, Debug)]
pub struct Agent<S: Scheme, T: Transport = Session> {
    config: AgentConfig,
    transport: T,
    local: Local,
    /// Stations of this host that somebody else is believed to have.
    beaten: BTreeSet<Station>,
    own: BTreeMap<String, String>,
    written: BTreeSet<Row>,
    /// The table: each row with its number.
    shown: BTreeMap<Station, (u64, Shown)>,
    next_row: u64,
    scheme: std::marker::PhantomData<S>,
}

impl<S: Scheme> Agent<S> {
    /// A daemon that uses a store.
    pub fn new(config: AgentConfig) -> Self {
        let (store, prefix, ttl) = (config.store, S::prefix(&config), config.ttl);
        let session = Session::new(SessionConfig { agent: S::NAME, store, prefix, ttl: Some(ttl) });
        Self::over(config, session)
    }
}

impl<S: Scheme, T: Transport> Agent<S, T> {
    /// A daemon over any transport.
    pub fn over(config: AgentConfig, transport: T) -> Self {
        let local = config.stations.iter().map(|station| (*station, 0)).collect();
        Self {
            config,
            transport,
            local,
            beaten: BTreeSet::new(),
            own: BTreeMap::new(),
            written: BTreeSet::new(),
            shown: BTreeMap::new(),
            next_row: 0,
            scheme: std::marker::PhantomData,
        }
    }

    /// Announces what is new and takes back what is not true any more.
    fn announce(&mut self, out: &mut AppOut<'_, '_>) {
        let here = self.local.iter().filter(|(station, _)| !self.beaten.contains(*station));
        let own = S::own(&self.config, &here.map(|(station, moves)| (*station, *moves)).collect());
        for key in self.own.keys().filter(|key| !own.contains_key(*key)) {
            self.transport.withdraw(key, out);
        }
        for (key, value) in &own {
            if self.own.get(key) != Some(value) {
                self.transport.announce(key.clone(), value.clone(), out);
            }
        }
        self.own = own;
    }

    /// Takes back what another VTEP is believed to have.
    fn yield_lost(&mut self, out: &mut AppOut<'_, '_>) {
        let mut beaten = BTreeSet::new();
        for (station, lost) in S::lost(&self.config, &self.local, self.transport.known()) {
            let reason: Reason = match lost {
                Lost::Moved => {
                    self.local.remove(&station);
                    &why::EVPN_MOVED
                }
                // It stays here, silent: if the other one gives it up, it is announced again.
                Lost::Beaten if !beaten.insert(station) || self.beaten.contains(&station) => continue,
                Lost::Beaten => &why::EVPN_DUPLICATE,
            };
            out.say(Saying { agent: S::NAME, reason, about: &station.1.to_string() });
        }
        self.beaten = beaten;
    }

    /// Brings everything in line with what is known.
    fn settle(&mut self, out: &mut AppOut<'_, '_>) {
        self.yield_lost(out);
        self.announce(out);
        let wanted = S::wanted(&self.config, &self.local, self.transport.known());
        for ((table, cells), (reason, about)) in &wanted {
            if !self.written.contains(&(*table, cells.clone())) {
                let change = DeviceChange::AddRow { table: (*table).to_owned(), cells: cells.clone() };
                let saying = Saying { agent: S::NAME, reason, about };
                out.write(Some(&self.config.device), change, saying, 0);
            }
        }
        for row in self.written.iter().filter(|row| !wanted.contains_key(*row) && !gives_way(row, &wanted)) {
            let (table, cells) = row;
            let about = cells.first().map_or("", |(_, cell)| cell.as_str());
            let saying = Saying { agent: S::NAME, reason: &why::AGENT_REMOVED, about };
            let change = DeviceChange::DelRow { table: (*table).to_owned(), cells: cells.clone() };
            out.write(Some(&self.config.device), change, saying, 0);
        }
        self.written = wanted.into_keys().collect();
        self.show(out);
    }

    fn show(&mut self, out: &mut AppOut<'_, '_>) {
        let all = S::stations(&self.config, &self.local, self.transport.known());
        let all: BTreeMap<Station, Shown> = all.into_iter().map(|shown| (shown.station, shown)).collect();
        let gone: Vec<Station> = self.shown.keys().filter(|station| !all.contains_key(*station)).copied().collect();
        for (number, _) in gone.iter().filter_map(|station| self.shown.remove(station)) {
            out.wrote(number, RowChange::Removed);
        }
        for (station, shown) in all {
            if let Some((number, old)) = self.shown.get_mut(&station) {
                if (old.vtep, old.moves) != (shown.vtep, shown.moves) {
                    out.wrote(*number, RowChange::Changed);
                }
                *old = shown;
                continue;
            }
            out.wrote(self.next_row, RowChange::Added);
            self.shown.insert(station, (self.next_row, shown));
            self.next_row += 1;
        }
    }

    /// Something is announced that was not, or is not any more.
    fn heard(&mut self, news: &[News], out: &mut AppOut<'_, '_>) {
        for News { key, new, .. } in news {
            if new.as_ref().is_some_and(|value| !S::is_sound(&self.config, key, value)) {
                out.say(Saying { agent: S::NAME, reason: &why::UNREADABLE, about: key });
            }
        }
        if !news.is_empty() {
            self.settle(out);
        }
    }

    /// A station of this host begins or ends, as when a container is started or stopped here. Nothing when it is one of
    /// another network.
    fn station(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let (DeviceChange::AddRow { cells, .. } | DeviceChange::DelRow { cells, .. }) = change else {
            return Some(Ok(()));
        };
        let cells = match StationCells::read(cells) {
            Ok(cells) => cells,
            Err(error) => return Some(Err(error)),
        };
        if cells.vni.is_some_and(|vni| vni != self.config.vni) {
            return None;
        }
        match (change, cells.ip, cells.mac) {
            (DeviceChange::AddRow { .. }, Some(ip), Some(mac)) => {
                let moves = S::arrives(&self.config, mac, self.transport.known());
                self.local.insert((ip, mac), moves);
            }
            (DeviceChange::AddRow { .. }, None, _) => return Some(Err(bad("ip", "", "the address of the station"))),
            (DeviceChange::AddRow { .. }, ..) => return Some(Err(bad("mac", "", "the MAC address of the station"))),
            (_, ip, mac) => {
                let other = |at, own| ip.is_some_and(|ip| ip != at) || mac.is_some_and(|mac| mac != own);
                self.local.retain(|(at, own), _| other(*at, *own));
            }
        }
        self.settle(out);
        Some(Ok(()))
    }
}

/// Cells of a station, as far as they are given.
#[derive(Default)]
struct StationCells {
    vni: Option<u32>,
    ip: Option<Ipv4Addr>,
    mac: Option<MacAddr>,
}

impl StationCells {
    fn read(cells: &[(String, String)]) -> Result<Self, ChangeError> {
        let mut found = Self::default();
        for (column, cell) in cells {
            match column.as_str() {
                "vni" => found.vni = Some(cell.parse().map_err(|_| bad(column, cell, "the number of a network"))?),
                "ip" => found.ip = Some(cell.parse().map_err(|_| bad(column, cell, "an IPv4 address"))?),
                "mac" => {
                    let mac = cell.parse().ok().filter(|mac: &MacAddr| mac.is_unicast() && *mac != MacAddr::ZERO);
                    found.mac = Some(mac.ok_or_else(|| bad(column, cell, "the MAC address of one station"))?);
                }
                _ => {
                    let (column, known) = (column.clone(), COLUMNS.to_vec());
                    return Err(ChangeError::UnknownColumn { table: TABLE, column, known });
                }
            }
        }
        Ok(found)
    }
}

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

impl<S: Scheme, T: Transport> App for Agent<S, T> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.transport.boot(out);
        self.announce(out);
    }

    fn reset(&mut self) {
        self.transport.reset();
        self.local = self.config.stations.iter().map(|station| (*station, 0)).collect();
        self.beaten.clear();
        self.own.clear();
        self.written.clear();
        self.shown.clear();
    }

    fn port(&self) -> Option<u16> {
        self.transport.port()
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        let news = self.transport.timer(kind, out);
        self.heard(&news, out);
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        let news = self.transport.udp(datagram, out);
        self.heard(&news, out);
    }

    fn change(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let (DeviceChange::AddRow { table, .. } | DeviceChange::DelRow { table, .. } | DeviceChange::Flush { table }) =
            change
        else {
            return None;
        };
        if table == TABLE { self.station(change, out) } else { None }
    }

    fn refused(&mut self, _ticket: u32, error: &ChangeError, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: S::NAME, reason: &why::REFUSED, about: &error.to_string() });
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![
            Column { name: "vni", zh: "VNI" },
            Column { name: "ip", zh: "IP 地址" },
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "remote", zh: "VTEP" },
            Column { name: "moves", zh: "移动次数" },
        ];
        let row = |(number, shown): &(u64, Shown)| TableRow {
            key: *number,
            cells: vec![
                Cell::Number(u64::from(self.config.vni)),
                Cell::Ip(shown.station.0),
                Cell::Mac(shown.station.1),
                shown.vtep.map_or(Cell::None, Cell::Ip),
                shown.moves.map_or(Cell::None, |moves| Cell::Number(u64::from(moves))),
            ],
            written: shown.written,
        };
        Some(TableView { name: TABLE, zh: "站点", columns, rows: self.shown.values().map(row).collect() })
    }

    fn heap_bytes(&self) -> usize {
        self.transport.heap_bytes() + (self.written.len() + self.shown.len() + self.own.len()) * 150
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
