//! Settings and rows that can be changed while a tunnel runs.

use std::net::Ipv4Addr;

use super::peers::{Peers, Prefix};
use super::{PEERS, Tunnel};
use crate::device::outer::v6::{self, Ends};
use crate::device::vtep::fdb::{Kind, Remote, shown_key};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::time::SimTime;
use crate::wire::MacAddr;

/// Settings that can be changed while a tunnel runs.
pub const SETTINGS: [&str; 3] = ["local", "learning", "underlay_mtu"];
const COLUMNS: [&str; 3] = ["prefix", "mac", "remote"];

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

/// Cells of a row.
#[derive(Debug, Default)]
struct Cells {
    prefix: Option<(Ipv4Addr, u8)>,
    mac: Option<MacAddr>,
    remote: Option<Ipv4Addr>,
}

impl Tunnel {
    pub(super) fn make_change(
        &mut self,
        now: SimTime,
        change: &DeviceChange,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        let (DeviceChange::AddRow { table, .. } | DeviceChange::DelRow { table, .. } | DeviceChange::Flush { table }) =
            change
        else {
            let DeviceChange::Set { field, value, .. } = change else { return Ok(()) };
            return self.set(field, value);
        };
        if table != "peers" {
            return Err(ChangeError::UnknownTable { table: table.clone(), known: vec!["peers"] });
        }
        match change {
            DeviceChange::AddRow { cells, .. } => {
                let cells = read(cells, self.ends.as_deref_mut())?;
                self.add_row(now, &cells, out)
            }
            DeviceChange::DelRow { cells, .. } => {
                let cells = read(cells, self.ends.as_deref_mut())?;
                self.remove_rows(&cells, None, out);
                Ok(())
            }
            _ => {
                self.remove_rows(&Cells::default(), Some(Kind::Learned), out);
                Ok(())
            }
        }
    }

    fn add_row(&mut self, now: SimTime, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let remote = cells.remote.ok_or_else(|| bad("remote", "", "the address of the other end"))?;
        let written = out.event();
        match &mut self.peers {
            Peers::Prefixes(rows) => {
                if cells.mac.is_some() {
                    return Err(bad("mac", "", "a prefix: this tunnel carries packets, not frames"));
                }
                let (ip, len) = cells.prefix.unwrap_or((Ipv4Addr::UNSPECIFIED, 0));
                let row = Prefix { ip, len, remote, written };
                let change = match rows.binary_search_by_key(&row.key(), Prefix::key) {
                    Ok(at) => {
                        rows[at] = row;
                        RowChange::Changed
                    }
                    Err(at) => {
                        rows.insert(at, row);
                        RowChange::Added
                    }
                };
                out.wrote(PEERS, row.key(), change);
            }
            Peers::Macs(fdb) => {
                if cells.prefix.is_some() {
                    return Err(bad("prefix", "", "a MAC address: this tunnel carries frames, not packets"));
                }
                let mac = cells.mac.unwrap_or(MacAddr::ZERO);
                let (place, new) = fdb.write((mac, Kind::Permanent), Remote::at(remote), now, written);
                let change = if new || place > 0 { RowChange::Added } else { RowChange::Changed };
                out.wrote(PEERS, shown_key(mac.key(), place), change);
            }
        }
        Ok(())
    }

    fn remove_rows(&mut self, cells: &Cells, kind: Option<Kind>, out: &mut Outbox<'_>) {
        let mut gone = Vec::new();
        match &mut self.peers {
            // Prefixes are never learned.
            Peers::Prefixes(_) if kind.is_some() => {}
            Peers::Prefixes(rows) => rows.retain(|row| {
                let fits = cells.prefix.is_none_or(|prefix| prefix == (row.ip, row.len))
                    && cells.remote.is_none_or(|remote| remote == row.remote);
                if fits {
                    gone.push(row.key());
                }
                !fits
            }),
            Peers::Macs(fdb) => {
                gone = fdb.remove_where(|mac, row, remote| {
                    cells.mac.is_none_or(|own| own.key() == mac)
                        && cells.remote.is_none_or(|ip| ip == remote.ip)
                        && kind.is_none_or(|kind| kind == row.kind)
                });
            }
        }
        for key in gone {
            out.wrote(PEERS, key, RowChange::Removed);
        }
    }

    fn set(&mut self, field: &str, value: &Value) -> Result<(), ChangeError> {
        match (field, value) {
            ("local", Value::Text(text)) => {
                let local = v6::parse(self.ends.as_deref_mut(), text);
                self.config.outer.local = local.ok_or_else(|| bad(field, text, "an address of this host"))?;
            }
            ("learning", Value::Flag(on)) => self.config.learning = *on,
            ("underlay_mtu", Value::Number(n)) if (68..=65_535).contains(n) => self.ways.link = *n as u16,
            ("local", other) => return Err(bad(field, &other.to_string(), "an address of this host")),
            ("learning", other) => return Err(bad(field, &other.to_string(), "true or false")),
            ("underlay_mtu", other) => return Err(bad(field, &other.to_string(), "a number from 68 to 65535")),
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() }),
        }
        Ok(())
    }
}

fn read(cells: &[(String, String)], mut ends: Option<&mut Ends>) -> Result<Cells, ChangeError> {
    let other = if ends.is_some() { "an IPv6 address, as its own is" } else { "the address of the other end" };
    let mut found = Cells::default();
    for (column, value) in cells {
        let wrong = |expected| bad(column, value, expected);
        match column.as_str() {
            "prefix" => {
                let parts = value.split_once('/').and_then(|(ip, len)| Some((ip.parse().ok()?, len.parse().ok()?)));
                let prefix = parts.filter(|(_, len)| *len <= 32);
                found.prefix = Some(prefix.ok_or_else(|| wrong("a prefix, such as 10.244.2.0/24"))?);
            }
            "mac" => found.mac = Some(value.parse().map_err(|_| wrong("a MAC address"))?),
            "remote" => {
                found.remote = Some(v6::parse(ends.as_deref_mut(), value).ok_or_else(|| wrong(other))?);
            }
            _ => {
                let (column, known) = (column.clone(), COLUMNS.to_vec());
                return Err(ChangeError::UnknownColumn { table: "peers", column, known });
            }
        }
    }
    Ok(found)
}
