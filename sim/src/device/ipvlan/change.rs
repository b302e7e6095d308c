//! What can be changed while ipvlan devices run: mode and flag, of all on a parent at once.

use super::{CHILD, CHILDREN, Flag, Ipvlan, Mode};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;

/// Settings that can be changed while it runs.
pub const SETTINGS: [&str; 2] = ["mode", "flag"];

impl Ipvlan {
    pub(super) fn make_change(&mut self, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { port, field, value } => self.set(*port, field, value, out),
            DeviceChange::AddRow { table, .. } | DeviceChange::DelRow { table, .. } | DeviceChange::Flush { table } => {
                // Addresses are those of the interfaces above.
                Err(ChangeError::UnknownTable { table: table.clone(), known: Vec::new() })
            }
        }
    }

    /// Whichever child is named, the setting is the parent's (`ipvlan_nl_changelink`).
    fn set(
        &mut self,
        port: Option<PortNo>,
        field: &str,
        value: &Value,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        let named = port.map(|port| port.0.checked_sub(CHILD).map(usize::from));
        if named.is_some_and(|child| child.is_none_or(|child| child >= self.children.len())) {
            return Err(ChangeError::UnknownField { field: field.to_owned(), known: Vec::new() });
        }
        let shown = value.to_string();
        let bad = |expected| ChangeError::BadValue { field: field.to_owned(), value: shown.clone(), expected };
        let word = if let Value::Text(word) = value { word.as_str() } else { shown.as_str() };
        let before = (self.mode, self.flag);
        match field {
            "mode" => self.mode = word.parse::<Mode>().map_err(|()| bad("L2, L3 or L3s"))?,
            "flag" => self.flag = word.parse::<Flag>().map_err(|()| bad("Bridge, Private or Vepa"))?,
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() }),
        }
        if before != (self.mode, self.flag) {
            let event = out.event();
            for (child, place) in self.children.iter_mut().zip(0..) {
                child.written = event;
                out.wrote(CHILDREN, place, RowChange::Changed);
            }
        }
        Ok(())
    }
}
