//! Settings and rows that can be changed while a VTEP runs.

use std::net::Ipv4Addr;

use super::fdb::{Kind, Remote, Row, shown_key};
use super::{FDB, NEIGH, Vtep};
use crate::device::outer::Df;
use crate::device::outer::v6::{self, Ends};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::time::{SimDuration, SimTime};
use crate::wire::{MacAddr, vxlan};

/// Settings that can be changed while a VTEP runs.
pub const SETTINGS: [&str; 12] = [
    "vni",
    "port",
    "local",
    "group",
    "learning",
    "ageing",
    "fdb_size",
    "proxy",
    "l2miss",
    "l3miss",
    "df",
    "underlay_mtu",
];
const FDB_COLUMNS: [&str; 5] = ["mac", "remote", "port", "vni", "kind"];
const GROUP: &str = "a group such as 239.1.1.1, for a tunnel over IPv4";
const NEIGH_COLUMNS: [&str; 2] = ["ip", "mac"];
const TABLES: [&str; 2] = ["fdb", "neigh"];

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

fn unknown(table: &str) -> ChangeError {
    ChangeError::UnknownTable { table: table.to_owned(), known: TABLES.to_vec() }
}

/// Cells of a row of the forwarding table.
#[derive(Debug, Default)]
struct Cells {
    mac: Option<MacAddr>,
    remote: Option<Ipv4Addr>,
    port: Option<u16>,
    vni: Option<u32>,
    kind: Option<Kind>,
}

impl Vtep {
    pub(super) fn make_change(
        &mut self,
        now: SimTime,
        change: &DeviceChange,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { field, value: Value::Text(group), .. } if field == "group" => {
                self.listen_to(now, group, out)
            }
            DeviceChange::Set { field, value, .. } => self.set(field, value, out),
            DeviceChange::AddRow { table, cells } if table == "fdb" => {
                let cells = fdb_cells(cells, self.ends.as_deref_mut())?;
                self.add_row(now, &cells, out)
            }
            DeviceChange::DelRow { table, cells } if table == "fdb" => {
                let cells = fdb_cells(cells, self.ends.as_deref_mut())?;
                let gone = self.fdb.remove_where(|mac, row, remote| cells.fit(mac, row, remote));
                for key in gone {
                    out.wrote(FDB, key, RowChange::Removed);
                }
                Ok(())
            }
            DeviceChange::Flush { table } if table == "fdb" => {
                let gone = self.fdb.remove_where(|_, row, _| row.kind == Kind::Learned);
                for key in gone {
                    out.wrote(FDB, key, RowChange::Removed);
                }
                Ok(())
            }
            DeviceChange::AddRow { table, cells } if table == "neigh" => {
                let (Some(ip), Some(mac)) = neigh_cells(cells)? else {
                    return Err(bad("ip", "", "the address and the MAC address of the row"));
                };
                let new = self.neigh.insert(ip.to_bits(), (mac, out.event())).is_none();
                let change = if new { RowChange::Added } else { RowChange::Changed };
                out.wrote(NEIGH, u64::from(ip.to_bits()), change);
                Ok(())
            }
            DeviceChange::DelRow { table, cells } if table == "neigh" => {
                let (ip, mac) = neigh_cells(cells)?;
                self.forget_neighbours(|at, row| ip.is_none_or(|ip| ip == at) && mac.is_none_or(|mac| mac == row), out);
                Ok(())
            }
            // Nothing here is learned, so nothing is flushed.
            DeviceChange::Flush { table } if table == "neigh" => Ok(()),
            DeviceChange::AddRow { table, .. } | DeviceChange::DelRow { table, .. } | DeviceChange::Flush { table } => {
                Err(unknown(table))
            }
        }
    }

    fn forget_neighbours(&mut self, test: impl Fn(Ipv4Addr, MacAddr) -> bool, out: &mut Outbox<'_>) {
        let all = self.neigh.iter().filter(|(ip, (mac, _))| test(Ipv4Addr::from_bits(**ip), *mac));
        let mut gone: Vec<u32> = all.map(|(ip, _)| *ip).collect();
        gone.sort_unstable();
        for ip in gone {
            self.neigh.swap_remove(&ip);
            out.wrote(NEIGH, u64::from(ip), RowChange::Removed);
        }
    }

    fn add_row(&mut self, now: SimTime, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let mac = cells.mac.ok_or_else(|| bad("mac", "", "an inner address; all zeros for what fits no other row"))?;
        let ip = cells.remote.ok_or_else(|| bad("remote", "", "the address of the host behind which it lives"))?;
        if cells.kind == Some(Kind::Learned) {
            return Err(bad("kind", "learned", "permanent: only frames from the tunnel are learned from"));
        }
        if self.fdb.get(mac.key()).is_none() && self.fdb.is_full(self.config.fdb_size) {
            return Err(bad("mac", &mac.to_string(), "an address that has a row: the table is full"));
        }
        // A vxlan device joins the group it was made with; rows written later join nothing (Linux `vxlan_open`).
        if mac == MacAddr::ZERO && ip.is_multicast() && now == SimTime::ZERO {
            self.group.get_or_insert(ip);
        }
        let remote = Remote { ip, port: cells.port, vni: cells.vni };
        let kind = cells.kind.unwrap_or(Kind::Permanent);
        let (place, new) = self.fdb.write((mac, kind), remote, now, out.event());
        let change = if new || place > 0 { RowChange::Added } else { RowChange::Changed };
        out.wrote(FDB, shown_key(mac.key(), place), change);
        Ok(())
    }

    /// Sends what fits no row to another group, and listens to it instead of the former one (Linux
    /// `vxlan_changelink`).
    fn listen_to(&mut self, now: SimTime, group: &str, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let ip = group.parse().ok().filter(|ip: &Ipv4Addr| ip.is_multicast() && self.ends.is_none());
        let ip = ip.ok_or_else(|| bad("group", group, GROUP))?;
        if let Some(former) = self.group.replace(ip).filter(|former| *former != ip) {
            let gone = self.fdb.remove_where(|mac, _, remote| mac == MacAddr::ZERO.key() && remote.ip == former);
            for key in gone {
                out.wrote(FDB, key, RowChange::Removed);
            }
        }
        self.add_row(now, &Cells { mac: Some(MacAddr::ZERO), remote: Some(ip), ..Cells::default() }, out)
    }

    fn set(&mut self, field: &str, value: &Value, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let config = &mut self.config;
        match (field, value) {
            ("vni", Value::Number(n)) if *n <= u64::from(vxlan::MAX_VNI) => config.vni = *n as u32,
            ("port", Value::Number(n)) if (1..=65_535).contains(n) => config.port = *n as u16,
            ("local", Value::Text(text)) => {
                let local = v6::parse(self.ends.as_deref_mut(), text);
                config.outer.local = local.ok_or_else(|| bad(field, text, "an address of this host"))?;
            }
            ("learning", Value::Flag(on)) => config.learning = *on,
            ("proxy", Value::Flag(on)) => config.proxy = *on,
            ("l2miss", Value::Flag(on)) => config.l2miss = *on,
            ("l3miss", Value::Flag(on)) => config.l3miss = *on,
            ("ageing", Value::Span(span)) if *span > SimDuration::ZERO => {
                config.ageing = *span;
                self.collecting = false;
                out.disarm(super::COLLECT);
                self.collect_soon(out);
            }
            ("fdb_size", Value::Number(n)) => config.fdb_size = Some((*n).min(u64::from(u32::MAX)) as u32),
            ("underlay_mtu", Value::Number(n)) if (68..=65_535).contains(n) => self.ways.link = *n as u16,
            ("df", Value::Text(word)) => {
                config.outer.df = match word.as_str() {
                    "Unset" | "unset" => Df::Unset,
                    "Set" | "set" => Df::Set,
                    "Inherit" | "inherit" => Df::Inherit,
                    _ => return Err(bad(field, word, "Unset, Set or Inherit")),
                };
            }
            (_, other) => return Err(refused(field, other)),
        }
        Ok(())
    }

    /// Another age is a reason to look at once.
    fn collect_soon(&mut self, out: &mut Outbox<'_>) {
        self.looked = out.now();
        if self.fdb.learned() > 0 && self.config.ageing > SimDuration::ZERO {
            let now = out.now();
            self.collect(now, out);
        }
    }
}

/// What is wrong with a value, or that there is no such setting.
fn refused(field: &str, value: &Value) -> ChangeError {
    let expected = match field {
        "vni" => "a number from 0 to 16777215",
        "port" => "a number from 1 to 65535",
        "local" => "an address of this host",
        "group" => GROUP,
        "learning" | "proxy" | "l2miss" | "l3miss" => "true or false",
        "ageing" => "a time above 0, such as \"300s\"",
        "fdb_size" => "a number of rows",
        "underlay_mtu" => "a number from 68 to 65535",
        "df" => "Unset, Set or Inherit",
        _ => return ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() },
    };
    bad(field, &value.to_string(), expected)
}

fn fdb_cells(cells: &[(String, String)], mut ends: Option<&mut Ends>) -> Result<Cells, ChangeError> {
    let other = if ends.is_some() { "an IPv6 address, as its own is" } else { "the address of a host or a group" };
    let mut found = Cells::default();
    for (column, value) in cells {
        let wrong = |expected| bad(column, value, expected);
        match column.as_str() {
            "mac" => found.mac = Some(value.parse().map_err(|_| wrong("a MAC address"))?),
            "remote" => {
                found.remote = Some(v6::parse(ends.as_deref_mut(), value).ok_or_else(|| wrong(other))?);
            }
            "port" => found.port = Some(value.parse().map_err(|_| wrong("a number from 1 to 65535"))?),
            "vni" => {
                let vni = value.parse().ok().filter(|vni| *vni <= vxlan::MAX_VNI);
                found.vni = Some(vni.ok_or_else(|| wrong("a number from 0 to 16777215"))?);
            }
            "kind" => {
                found.kind = Some(match value.as_str() {
                    "permanent" => Kind::Permanent,
                    "learned" => Kind::Learned,
                    "extern_learn" => Kind::External,
                    _ => return Err(wrong("permanent, learned or extern_learn")),
                });
            }
            _ => {
                let (column, known) = (column.clone(), FDB_COLUMNS.to_vec());
                return Err(ChangeError::UnknownColumn { table: "fdb", column, known });
            }
        }
    }
    Ok(found)
}

impl Cells {
    fn fit(&self, mac: u64, row: &Row, remote: &Remote) -> bool {
        self.mac.is_none_or(|own| own.key() == mac)
            && self.remote.is_none_or(|ip| ip == remote.ip)
            && self.port.is_none_or(|port| Some(port) == remote.port)
            && self.vni.is_none_or(|vni| Some(vni) == remote.vni)
            && self.kind.is_none_or(|kind| kind == row.kind)
    }
}

fn neigh_cells(cells: &[(String, String)]) -> Result<(Option<Ipv4Addr>, Option<MacAddr>), ChangeError> {
    let (mut ip, mut mac) = (None, None);
    for (column, value) in cells {
        match column.as_str() {
            "ip" => ip = Some(value.parse().map_err(|_| bad(column, value, "an IPv4 address"))?),
            "mac" => mac = Some(value.parse().map_err(|_| bad(column, value, "a MAC address"))?),
            _ => {
                let (column, known) = (column.clone(), NEIGH_COLUMNS.to_vec());
                return Err(ChangeError::UnknownColumn { table: "neigh", column, known });
            }
        }
    }
    Ok((ip, mac))
}
