//! Addresses of secured ports that a hand gives or takes: what `switchport port-security mac-address` and
//! `clear port-security` do on a switch.

use super::Bridge;
use super::change::{bad, vlan_named};
use super::fdb::{Kind, Row, key};
use super::security::SecureKind;
use crate::engine::{ChangeError, Outbox, RowChange};
use crate::wire::MacAddr;

/// Name of the table.
pub const TABLE: &str = "port-security";
const COLUMNS: [&str; 4] = ["mac", "port", "kind", "vlan"];

/// Cells of a row to be written or found.
#[derive(Debug, Default)]
struct Cells {
    mac: Option<MacAddr>,
    port: Option<u16>,
    kind: Option<SecureKind>,
    vlan: Option<u16>,
}

impl Cells {
    fn fit(&self, (source, port, kind): (u64, u16, SecureKind)) -> bool {
        self.mac.is_none_or(|mac| MacAddr::from_key(source) == mac)
            && self.port.is_none_or(|own| own == port)
            && self.kind.is_none_or(|own| own == kind)
            && self.vlan.is_none_or(|vlan| source >> 48 == u64::from(vlan))
    }
}

impl Bridge {
    /// Gives an address to a port. It leaves the port it belonged to.
    pub(super) fn secure(&mut self, cells: &[(String, String)], out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let cells = self.secured_cells(cells)?;
        let mac = cells.mac.ok_or_else(|| bad("mac", "", "the address of the row"))?;
        if !mac.is_unicast() {
            return Err(bad("mac", &mac.to_string(), "the address of a station"));
        }
        let port = cells.port.ok_or_else(|| bad("port", "", "the port of the row"))?;
        let name = &self.names[usize::from(port)];
        let config = self.security.config(port).ok_or_else(|| bad("port", name, "a port with port_security"))?;
        let source = key(self.vlan_of_row(port, cells.vlan)?, mac);
        let own = self.security.addresses().any(|(known, at, _)| known == source && at == port);
        if !own && self.security.used(port) >= config.maximum as usize {
            return Err(bad("port", name, "a port that has fewer addresses than its maximum"));
        }
        self.security.give(source, port, cells.kind.unwrap_or(SecureKind::Configured));
        let known = self.fdb.get(source).is_some();
        self.fdb.write(source, Row { updated: out.now(), written: out.event(), port, kind: Kind::Secure });
        self.wrote(source, if known { RowChange::Changed } else { RowChange::Added }, out);
        Ok(())
    }

    /// Takes addresses from their ports, and their rows out of the forwarding table.
    pub(super) fn unsecure(&mut self, cells: &[(String, String)], out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let cells = self.secured_cells(cells)?;
        self.take(|row| cells.fit(row), out);
        Ok(())
    }

    /// Takes what was learned and is not sticky.
    pub(super) fn flush_secured(&mut self, out: &mut Outbox<'_>) {
        self.take(|(_, _, kind)| kind == SecureKind::Dynamic, out);
    }

    fn take(&mut self, wanted: impl Fn((u64, u16, SecureKind)) -> bool, out: &mut Outbox<'_>) {
        let keys = self.security.addresses().filter(|row| wanted(*row)).map(|(source, ..)| source).collect();
        self.remove(keys, out);
    }

    fn secured_cells(&self, cells: &[(String, String)]) -> Result<Cells, ChangeError> {
        let mut found = Cells::default();
        for (column, value) in cells {
            match column.as_str() {
                "mac" => found.mac = Some(value.parse().map_err(|_| bad(column, value, "a MAC address"))?),
                "port" => found.port = Some(self.port_named(value)?),
                "vlan" => found.vlan = Some(vlan_named(value)?),
                "kind" => {
                    let kinds = [SecureKind::Configured, SecureKind::Sticky, SecureKind::Dynamic];
                    let kind = kinds.into_iter().find(|kind| kind.word() == value);
                    found.kind = Some(kind.ok_or_else(|| bad(column, value, "static, sticky or dynamic"))?);
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
