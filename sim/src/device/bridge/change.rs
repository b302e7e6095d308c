//! Settings and rows that can be changed while a switch runs.

use super::fdb::{Kind, Row, key};
use super::vlan::VLANS;
use super::{Bridge, OVER_MTU, WhenFull, flag, recovery_timer, secured};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::MacAddr;

/// Settings of the switch that can be changed while it runs.
pub const SETTINGS: [&str; 7] =
    ["learning", "ageing", "fdb_size", "when_full", "snooping", "querier", super::clamp::SETTING];
/// Settings of a port that can be changed while the switch runs.
pub const PORT_SETTINGS: [&str; 9] = [
    "learning",
    "unicast_flood",
    "multicast_flood",
    "broadcast_flood",
    "hairpin",
    "isolated",
    "shutdown",
    "vlan",
    "mtu",
];
const COLUMNS: [&str; 4] = ["mac", "port", "vlan", "kind"];

pub(super) fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

fn flag_of(field: &str, value: &Value) -> Result<bool, ChangeError> {
    match value {
        Value::Flag(on) => Ok(*on),
        other => Err(bad(field, &other.to_string(), "true or false")),
    }
}

/// Cells of a row to be written or found.
#[derive(Debug, Default)]
struct Cells {
    mac: Option<MacAddr>,
    port: Option<u16>,
    vlan: Option<u16>,
    kind: Option<Kind>,
}

impl Bridge {
    pub(super) fn make_change(
        &mut self,
        now: SimTime,
        change: &DeviceChange,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { port: None, field, value } => self.set(field, value, out),
            DeviceChange::Set { port: Some(port), field, value } => self.set_port(*port, field, value, out),
            DeviceChange::AddRow { table, cells } if table == secured::TABLE => self.secure(cells, out),
            DeviceChange::DelRow { table, cells } if table == secured::TABLE => self.unsecure(cells, out),
            DeviceChange::Flush { table } if table == secured::TABLE => {
                self.flush_secured(out);
                Ok(())
            }
            DeviceChange::AddRow { table, cells } => {
                is_fdb(table)?;
                let cells = self.cells(cells)?;
                self.add_row(now, &cells, out)
            }
            DeviceChange::DelRow { table, cells } => {
                is_fdb(table)?;
                let cells = self.cells(cells)?;
                let keys: Vec<u64> =
                    self.fdb.iter().filter(|(key, row)| cells.fit(*key, row)).map(|(key, _)| key).collect();
                self.remove(keys, out);
                Ok(())
            }
            DeviceChange::Flush { table } => {
                is_fdb(table)?;
                let keys: Vec<u64> =
                    self.fdb.iter().filter(|(_, row)| row.kind == Kind::Dynamic).map(|(key, _)| key).collect();
                self.remove(keys, out);
                Ok(())
            }
        }
    }

    fn add_row(&mut self, now: SimTime, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let mac = cells.mac.ok_or_else(|| bad("mac", "", "the address of the row"))?;
        if !mac.is_unicast() {
            return Err(bad("mac", &mac.to_string(), "the address of a station"));
        }
        let port = cells.port.ok_or_else(|| bad("port", "", "the port of the row"))?;
        let key = key(self.vlan_of_row(port, cells.vlan)?, mac);
        let known = self.fdb.get(key).is_some();
        let kind = cells.kind.unwrap_or(Kind::Static);
        self.security.forget_address(key);
        self.fdb.write(key, Row { updated: now, written: out.event(), port, kind });
        self.wrote(key, if known { RowChange::Changed } else { RowChange::Added }, out);
        if kind == Kind::Dynamic {
            self.keep_collecting(out);
        }
        Ok(())
    }

    /// The VLAN a written row belongs to: the one given, else that of untagged frames at its port.
    pub(super) fn vlan_of_row(&self, port: u16, given: Option<u16>) -> Result<u16, ChangeError> {
        match (self.vlan_filtering, given) {
            (false, None) => Ok(0),
            (false, Some(vid)) => Err(bad("vlan", &vid.to_string(), "no VLAN: this switch does not filter them")),
            (true, Some(vid)) => Ok(vid),
            (true, None) => {
                let own = self.vlans[usize::from(port)].untagged();
                own.ok_or_else(|| bad("vlan", "", "the VLAN of the row, because its port has no native one"))
            }
        }
    }

    pub(super) fn remove(&mut self, mut keys: Vec<u64>, out: &mut Outbox<'_>) {
        keys.sort_unstable();
        for key in keys {
            self.fdb.remove(key);
            self.security.forget_address(key);
            self.wrote(key, RowChange::Removed, out);
        }
    }

    fn set(&mut self, field: &str, value: &Value, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match (field, value) {
            ("learning", value) => self.learning = flag_of(field, value)?,
            ("snooping", value) => self.set_snooping(flag_of(field, value)?, out),
            ("querier", value) => {
                let on = flag_of(field, value)?;
                if !self.set_querier(on, out) {
                    return Err(bad(field, "true", "false: this switch does not snoop"));
                }
            }
            (super::clamp::SETTING, value) => {
                let mss = match value {
                    Value::Number(n) if super::clamp::RANGE.contains(n) => u16::try_from(*n).ok(),
                    _ => None,
                };
                self.clamp_mss = mss.ok_or_else(|| bad(field, &value.to_string(), "from 88 to 65495 bytes"))?;
            }
            (super::monitor::SETTING, Value::Text(text)) => self.set_monitor(text, out)?,
            ("ageing", Value::Span(span)) => {
                self.ageing = *span;
                self.collecting = false;
                if self.fdb.learned() > 0 {
                    self.collect(out.now(), out);
                }
            }
            ("fdb_size", Value::Number(n)) => {
                let n = u32::try_from(*n).map_err(|_| bad(field, &n.to_string(), "at most 4294967295 rows"))?;
                self.capacity = Some(n);
                self.fdb.limit(self.capacity, self.when_full);
            }
            ("when_full", Value::Text(word)) => {
                self.when_full = match word.as_str() {
                    "RefuseNew" => WhenFull::RefuseNew,
                    "EvictOldest" => WhenFull::EvictOldest,
                    "Overwrite" => WhenFull::Overwrite,
                    "DropFrame" => WhenFull::DropFrame,
                    _ => return Err(bad(field, word, "RefuseNew, EvictOldest, Overwrite or DropFrame")),
                };
                self.fdb.limit(self.capacity, self.when_full);
            }
            ("ageing", other) => return Err(bad(field, &other.to_string(), "a time such as 300s")),
            ("fdb_size", other) => return Err(bad(field, &other.to_string(), "a number of rows")),
            ("when_full", other) => return Err(bad(field, &other.to_string(), "a word")),
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() }),
        }
        Ok(())
    }

    fn set_port(&mut self, port: PortNo, field: &str, value: &Value, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let bit = match field {
            "vlan" => return self.set_vlan(port, value, out),
            "mtu" => return self.set_mtu(port, value),
            "learning" => flag::LEARNING,
            "unicast_flood" => flag::UNICAST,
            "multicast_flood" => flag::MULTICAST,
            "broadcast_flood" => flag::BROADCAST,
            "hairpin" => flag::HAIRPIN,
            "isolated" => flag::ISOLATED,
            "shutdown" => flag::SHUT,
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: PORT_SETTINGS.to_vec() }),
        };
        let on = flag_of(field, value)?;
        let number = u64::from(port.0);
        let state = self.ports.get_mut(port.index()).ok_or(ChangeError::Missing { what: "port", number })?;
        if on {
            state.flags |= bit;
        } else {
            state.flags &= !bit;
        }
        if bit == flag::SHUT {
            // A hand decides now, not the recovery timer of an old violation.
            out.disarm(recovery_timer(port.0));
            if on {
                self.flush_port(port.0, out);
            }
        }
        Ok(())
    }

    /// Untagged frames belong to another VLAN from now on, so what was learned in the old one is forgotten (Linux
    /// `br_vlan_delete` flushes the port's rows).
    fn set_vlan(&mut self, port: PortNo, value: &Value, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let wrong = |value: &str, expected| Err(bad("vlan", value, expected));
        let Value::Text(text) = value else { return wrong(&value.to_string(), "Access(10) or Trunk(…)") };
        if !self.vlan_filtering {
            return wrong(text, "no VLAN: this switch does not filter them");
        }
        let Ok(vlan) = text.parse() else { return wrong(text, "Access(10) or Trunk(native: 1, allowed: [10, 20])") };
        let number = u64::from(port.0);
        *self.vlans.get_mut(port.index()).ok_or(ChangeError::Missing { what: "port", number })? = vlan;
        self.flush_port(port.0, out);
        Ok(())
    }

    fn set_mtu(&mut self, port: PortNo, value: &Value) -> Result<(), ChangeError> {
        match value {
            Value::Number(n) if (68..=9216).contains(n) => {
                let number = u64::from(port.0);
                let state = self.ports.get_mut(port.index()).ok_or(ChangeError::Missing { what: "port", number })?;
                state.longest = *n as u16 + OVER_MTU;
                Ok(())
            }
            other => Err(bad("mtu", &other.to_string(), "a number from 68 to 9216")),
        }
    }

    pub(super) fn port_named(&self, name: &str) -> Result<u16, ChangeError> {
        let at = self.names.iter().position(|known| known == name);
        at.map(|at| at as u16).ok_or_else(|| bad("port", name, "the name of a port"))
    }

    fn cells(&self, cells: &[(String, String)]) -> Result<Cells, ChangeError> {
        let mut found = Cells::default();
        for (column, value) in cells {
            match column.as_str() {
                "mac" => found.mac = Some(value.parse().map_err(|_| bad(column, value, "a MAC address"))?),
                "port" => found.port = Some(self.port_named(value)?),
                "vlan" => found.vlan = Some(vlan_named(value)?),
                "kind" => {
                    found.kind = Some(match value.as_str() {
                        "static" => Kind::Static,
                        "sticky" => Kind::Sticky,
                        "dynamic" => Kind::Dynamic,
                        "extern_learn" => Kind::External,
                        _ => return Err(bad(column, value, "static, sticky or dynamic")),
                    });
                }
                _ => {
                    let (column, known) = (column.clone(), COLUMNS.to_vec());
                    return Err(ChangeError::UnknownColumn { table: "fdb", column, known });
                }
            }
        }
        Ok(found)
    }
}

impl Cells {
    fn fit(&self, key: u64, row: &Row) -> bool {
        self.mac.is_none_or(|mac| MacAddr::from_key(key) == mac)
            && self.vlan.is_none_or(|vlan| key >> 48 == u64::from(vlan))
            && self.port.is_none_or(|port| row.port == port)
            && self.kind.is_none_or(|kind| row.kind == kind)
    }
}

pub(super) fn vlan_named(vid: &str) -> Result<u16, ChangeError> {
    let known = vid.parse().ok().filter(|vid| VLANS.contains(vid));
    known.ok_or_else(|| bad("vlan", vid, "a VLAN number, 1 to 4094"))
}

fn is_fdb(table: &str) -> Result<(), ChangeError> {
    if table == "fdb" {
        return Ok(());
    }
    Err(ChangeError::UnknownTable { table: table.to_owned(), known: vec!["fdb", secured::TABLE] })
}
