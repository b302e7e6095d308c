//! What can be changed while macvlan devices run: the mode of a child, and whom it listens to.

use super::{CHILD, CHILDREN, Macvlan, Mode, SOURCES, Source};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;
use crate::wire::MacAddr;

/// Settings of a child that can be changed while it runs.
pub const CHILD_SETTINGS: [&str; 1] = ["mode"];
const COLUMNS: [&str; 2] = ["mac", "child"];

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

impl Macvlan {
    pub(super) fn make_change(&mut self, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { port, field, value } => self.set(*port, field, value, out),
            DeviceChange::AddRow { table, cells } => {
                is_sources(table)?;
                let (mac, child) = self.cells(cells)?;
                let mac = mac.ok_or_else(|| bad("mac", "", "the address of a sender"))?;
                if !mac.is_unicast() {
                    return Err(bad("mac", &mac.to_string(), "the address of a station"));
                }
                let child = child.ok_or_else(|| bad("child", "", "the child that listens to it"))?;
                if self.sources.iter().any(|known| (known.mac, known.child) == (mac, child)) {
                    return Ok(());
                }
                self.sources.push(Source { mac, child, written: out.event() });
                out.wrote(SOURCES, mac.key(), RowChange::Added);
                Ok(())
            }
            DeviceChange::DelRow { table, cells } => {
                is_sources(table)?;
                let (mac, child) = self.cells(cells)?;
                let fits =
                    |row: &Source| mac.is_none_or(|mac| row.mac == mac) && child.is_none_or(|at| row.child == at);
                self.remove_sources(fits, out);
                Ok(())
            }
            DeviceChange::Flush { table } => {
                is_sources(table)?;
                self.remove_sources(|_| true, out);
                Ok(())
            }
        }
    }

    fn remove_sources(&mut self, fits: impl Fn(&Source) -> bool, out: &mut Outbox<'_>) {
        let gone: Vec<u64> = self.sources.iter().filter(|row| fits(row)).map(|row| row.mac.key()).collect();
        self.sources.retain(|row| !fits(row));
        for key in gone {
            out.wrote(SOURCES, key, RowChange::Removed);
        }
    }

    fn set(
        &mut self,
        port: Option<PortNo>,
        field: &str,
        value: &Value,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        let unknown =
            |known: &[&'static str]| Err(ChangeError::UnknownField { field: field.to_owned(), known: known.to_vec() });
        let Some(at) = port.and_then(|port| port.0.checked_sub(CHILD)).map(usize::from) else { return unknown(&[]) };
        if field != "mode" {
            return unknown(&CHILD_SETTINGS);
        }
        let Value::Text(word) = value else { return Err(bad(field, &value.to_string(), "a word")) };
        let mode: Mode = word.parse().map_err(|()| bad(field, word, "Private, Vepa, Bridge or Source"))?;
        let Some(child) = self.children.get_mut(at) else { return unknown(&[]) };
        // Linux `macvlan_changelink`: passthru is for life.
        if (mode == Mode::Passthru) != (child.config.mode == Mode::Passthru) {
            return Err(bad(field, word, "another mode: passthru can be neither left nor entered later"));
        }
        if mode != child.config.mode {
            child.config.mode = mode;
            child.written = out.event();
            out.wrote(CHILDREN, child.config.mac.key(), RowChange::Changed);
        }
        Ok(())
    }

    fn cells(&self, cells: &[(String, String)]) -> Result<(Option<MacAddr>, Option<u16>), ChangeError> {
        let (mut mac, mut child) = (None, None);
        for (column, value) in cells {
            match column.as_str() {
                "mac" => mac = Some(value.parse().map_err(|_| bad("mac", value, "a MAC address"))?),
                "child" => {
                    let place = self.children.iter().position(|child| child.config.name == *value);
                    child = Some(place.ok_or_else(|| bad("child", value, "the name of a child"))? as u16);
                }
                _ => {
                    let (column, known) = (column.clone(), COLUMNS.to_vec());
                    return Err(ChangeError::UnknownColumn { table: "sources", column, known });
                }
            }
        }
        Ok((mac, child))
    }
}

fn is_sources(table: &str) -> Result<(), ChangeError> {
    if table == "sources" {
        return Ok(());
    }
    Err(ChangeError::UnknownTable { table: table.to_owned(), known: vec!["sources"] })
}
