//! Settings and addresses that can be changed while a card runs.

use super::{Addresses, Gate, Nic};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::wire::MacAddr;

/// Settings that can be changed while a card runs.
pub const SETTINGS: [&str; 4] = ["promiscuous", "allmulti", "unicast_slots", "mtu"];
const COLUMNS: [&str; 2] = ["mac", "kind"];
/// Place of the filter among the tables of a card.
const FILTER: u8 = 0;

fn bad(field: &str, value: &impl std::fmt::Display, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_string(), expected }
}

impl Nic {
    pub(super) fn make_change(&mut self, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { field, value, .. } => self.set(field, value),
            DeviceChange::AddRow { table, cells } => {
                is_filter(table)?;
                let mac = address(cells)?;
                let list = if mac.is_multicast() { &mut self.multicast } else { &mut self.unicast };
                if list.insert(mac.key()) {
                    out.wrote(FILTER, mac.key(), RowChange::Added);
                }
                Ok(())
            }
            DeviceChange::DelRow { table, cells } => {
                is_filter(table)?;
                let key = address(cells)?.key();
                if self.unicast.swap_remove(&key) || self.multicast.swap_remove(&key) {
                    out.wrote(FILTER, key, RowChange::Removed);
                }
                Ok(())
            }
            DeviceChange::Flush { table } => {
                is_filter(table)?;
                let mut keys: Vec<u64> = self.unicast.drain(..).chain(self.multicast.drain(..)).collect();
                keys.sort_unstable();
                for key in keys {
                    out.wrote(FILTER, key, RowChange::Removed);
                }
                Ok(())
            }
        }
    }

    /// The host listens to these groups from now on. Several groups may share an address (RFC 1112 §6.4).
    pub(super) fn listen_to(&mut self, keys: Addresses, out: &mut Outbox<'_>) {
        let before = std::mem::replace(&mut self.joined, keys);
        for key in before.iter().filter(|key| !self.joined.contains(*key) && !self.multicast.contains(*key)) {
            out.wrote(FILTER, *key, RowChange::Removed);
        }
        for key in self.joined.iter().filter(|key| !before.contains(*key) && !self.multicast.contains(*key)) {
            out.wrote(FILTER, *key, RowChange::Added);
        }
    }

    fn set(&mut self, field: &str, value: &Value) -> Result<(), ChangeError> {
        match (field, value) {
            ("promiscuous", _) if self.gate == Gate::Switch => {
                return Err(bad(field, value, "set at the switch inside this card, its virtual functions"));
            }
            ("promiscuous", Value::Flag(on)) => self.promiscuous = *on,
            ("allmulti", Value::Flag(on)) => self.allmulti = *on,
            ("unicast_slots", Value::Number(n)) if (1..=4096).contains(n) => self.slots = *n as u16,
            // 68 is the least an IPv4 link may have (RFC 791), 65535 the most a packet can use.
            ("mtu", Value::Number(n)) if (68..=65_535).contains(n) => self.mtu = *n as u16,
            ("promiscuous" | "allmulti", other) => return Err(bad(field, other, "true or false")),
            ("unicast_slots", other) => return Err(bad(field, other, "a number from 1 to 4096")),
            ("mtu", other) => return Err(bad(field, other, "a number from 68 to 65535")),
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() }),
        }
        Ok(())
    }
}

fn is_filter(table: &str) -> Result<(), ChangeError> {
    if table == "filter" {
        return Ok(());
    }
    Err(ChangeError::UnknownTable { table: table.to_owned(), known: vec!["filter"] })
}

fn address(cells: &[(String, String)]) -> Result<MacAddr, ChangeError> {
    for (column, value) in cells {
        match column.as_str() {
            "mac" => return value.parse().map_err(|_| bad("mac", value, "a MAC address")),
            "kind" => {}
            _ => {
                let (column, known) = (column.clone(), COLUMNS.to_vec());
                return Err(ChangeError::UnknownColumn { table: "filter", column, known });
            }
        }
    }
    Err(bad("mac", &"", "the address of the row"))
}
