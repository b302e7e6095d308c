//! What can be changed while a card with virtual functions runs: the settings that its host has by the physical
//! function, and what a virtual function asks for.

use super::{ASKED, FUNCTIONS, Mode, Sriov, State, VEB, VF, VfConfig, key};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;
use crate::wire::MacAddr;

/// Settings of the card; those of a function are set at its port.
pub const SETTINGS: [&str; 7] = ["mode", "promiscuous", "mac", "vlan", "spoofchk", "trust", "state"];
const OF_THE_CARD: [&str; 2] = ["mode", "promiscuous"];
const OF_A_FUNCTION: [&str; 6] = ["mac", "vlan", "spoofchk", "trust", "state", "promiscuous"];
const COLUMNS: [&str; 2] = ["mac", "vf"];

fn bad(field: &str, value: &impl std::fmt::Display, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_string(), expected }
}

fn unknown(field: &str, known: &[&'static str]) -> ChangeError {
    ChangeError::UnknownField { field: field.to_owned(), known: known.to_vec() }
}

fn flag(field: &str, value: &Value) -> Result<bool, ChangeError> {
    if let Value::Flag(on) = value { Ok(*on) } else { Err(bad(field, value, "true or false")) }
}

impl Sriov {
    pub(super) fn make_change(&mut self, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { port, field, value } => {
                match port.and_then(|port| port.0.checked_sub(VF)).map(usize::from) {
                    Some(at) if at < self.vfs.len() => {
                        set(&mut self.vfs[at].config, field, value)?;
                        self.vfs[at].written = out.event();
                        out.wrote(FUNCTIONS, at as u64, RowChange::Changed);
                    }
                    Some(_) => return Err(unknown(field, &[])),
                    None => self.set_card(*port, field, value)?,
                }
            }
            DeviceChange::AddRow { table, cells } => {
                is_asked(table)?;
                let (mac, vf) = self.cells(cells)?;
                let mac = mac.ok_or_else(|| bad("mac", &"", "the address it asks for"))?;
                if !mac.is_unicast() {
                    return Err(bad("mac", &mac, "the address of a station"));
                }
                let at = vf.ok_or_else(|| bad("vf", &"", "the virtual function that asks"))?;
                let vf = &mut self.vfs[at];
                if !vf.config.asks.contains(&mac) {
                    vf.config.asks.push(mac);
                    vf.written = out.event();
                    out.wrote(ASKED, key(mac, at as u16 + VF), RowChange::Added);
                }
            }
            DeviceChange::DelRow { table, cells } => {
                is_asked(table)?;
                let (mac, vf) = self.cells(cells)?;
                self.forget(|at, asked| mac.is_none_or(|mac| mac == asked) && vf.is_none_or(|vf| vf == at), out);
            }
            DeviceChange::Flush { table } => {
                is_asked(table)?;
                self.forget(|_, _| true, out);
            }
        }
        self.rewrite(out);
        Ok(())
    }

    fn forget(&mut self, fits: impl Fn(usize, MacAddr) -> bool, out: &mut Outbox<'_>) {
        for (at, vf) in self.vfs.iter_mut().enumerate() {
            let gone: Vec<MacAddr> = vf.config.asks.iter().copied().filter(|mac| fits(at, *mac)).collect();
            vf.config.asks.retain(|mac| !gone.contains(mac));
            for mac in gone {
                out.wrote(ASKED, key(mac, at as u16 + VF), RowChange::Removed);
            }
        }
    }

    /// The driver writes the rows of the switch anew.
    fn rewrite(&mut self, out: &mut Outbox<'_>) {
        let wanted = self.wanted();
        let before = std::mem::replace(&mut self.rows, wanted);
        let has = |rows: &[(u64, u16)], wanted: u64| rows.binary_search_by_key(&wanted, |(key, _)| *key).is_ok();
        for (key, _) in before.iter().filter(|(key, _)| !has(&self.rows, *key)) {
            out.wrote(VEB, *key, RowChange::Removed);
        }
        for row in self.rows.iter().filter(|row| !before.contains(row)) {
            let change = if has(&before, row.0) { RowChange::Changed } else { RowChange::Added };
            out.wrote(VEB, row.0, change);
        }
    }

    fn set_card(&mut self, port: Option<PortNo>, field: &str, value: &Value) -> Result<(), ChangeError> {
        match (field, port) {
            ("promiscuous", _) => self.promiscuous = flag(field, value)?,
            ("mode", None) => {
                let Value::Text(word) = value else { return Err(bad(field, value, "Veb or Vepa")) };
                self.mode = word.parse::<Mode>().map_err(|()| bad(field, word, "Veb or Vepa"))?;
            }
            (_, None) if OF_A_FUNCTION.contains(&field) => {
                return Err(bad(field, value, "set at a virtual function: its port, after a colon"));
            }
            (_, None) => return Err(unknown(field, &OF_THE_CARD)),
            (_, Some(_)) => return Err(unknown(field, &["promiscuous"])),
        }
        Ok(())
    }

    fn cells(&self, cells: &[(String, String)]) -> Result<(Option<MacAddr>, Option<usize>), ChangeError> {
        let (mut mac, mut vf) = (None, None);
        for (column, value) in cells {
            match column.as_str() {
                "mac" => mac = Some(value.parse().map_err(|_| bad("mac", value, "a MAC address"))?),
                "vf" => {
                    let place = self.vfs.iter().position(|vf| vf.config.name == *value);
                    vf = Some(place.ok_or_else(|| bad("vf", value, "the name of a virtual function"))?);
                }
                _ => {
                    let (column, known) = (column.clone(), COLUMNS.to_vec());
                    return Err(ChangeError::UnknownColumn { table: "asked", column, known });
                }
            }
        }
        Ok((mac, vf))
    }
}

fn set(vf: &mut VfConfig, field: &str, value: &Value) -> Result<(), ChangeError> {
    match (field, value) {
        ("spoofchk", _) => vf.spoofchk = flag(field, value)?,
        ("trust", _) => vf.trust = flag(field, value)?,
        ("promiscuous", _) => vf.promiscuous = flag(field, value)?,
        ("vlan", Value::Number(n)) if *n <= 4094 => vf.vlan = *n as u16,
        ("vlan", _) => return Err(bad(field, value, "a number from 0 (none) to 4094")),
        ("state", Value::Text(word)) => {
            vf.state = word.parse::<State>().map_err(|()| bad(field, word, "Auto, Enable or Disable"))?;
        }
        ("state", _) => return Err(bad(field, value, "Auto, Enable or Disable")),
        ("mac", Value::Text(text)) => {
            let mac: Option<MacAddr> = text.parse().ok().filter(|mac: &MacAddr| mac.is_unicast());
            vf.mac = mac.ok_or_else(|| bad(field, text, "the address of a station"))?;
        }
        ("mac", _) => return Err(bad(field, value, "the address of a station")),
        _ => return Err(unknown(field, &OF_A_FUNCTION)),
    }
    Ok(())
}

fn is_asked(table: &str) -> Result<(), ChangeError> {
    if table == "asked" {
        return Ok(());
    }
    // The rows of the switch follow from the settings; drivers let nobody write them directly.
    Err(ChangeError::UnknownTable { table: table.to_owned(), known: vec!["asked"] })
}
