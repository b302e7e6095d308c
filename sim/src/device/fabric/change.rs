//! Rows that hand addresses out, and the checks that can be switched off.

use std::net::Ipv4Addr;

use super::config::{Interface, Pair, Route};
use super::{Fabric, Row, tables};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;
use crate::wire::{MacAddr, ipv4};

/// Settings that can be changed while it runs.
pub const SETTINGS: [&str; 1] = ["check"];
const TABLES: [&str; 4] = ["interfaces", "pairs", "routes", "open"];

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

/// The cells of a row, read.
#[derive(Debug, Default)]
struct Cells {
    port: Option<PortNo>,
    mac: Option<MacAddr>,
    prefix: Option<(Ipv4Addr, u8)>,
    protocol: Option<u8>,
}

/// Columns of each table that can be written.
fn columns(table: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match table {
        "interfaces" => ("interfaces", &["port", "mac", "ip"]),
        "pairs" => ("pairs", &["port", "mac", "prefix"]),
        "routes" => ("routes", &["prefix", "port"]),
        "open" => ("open", &["protocol"]),
        _ => return None,
    })
}

impl Fabric {
    pub(super) fn make_change(&mut self, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { field, value, .. } => match (field.as_str(), value) {
                ("check", Value::Flag(on)) => {
                    self.config.check = *on;
                    Ok(())
                }
                ("check", other) => Err(bad(field, &other.to_string(), "true or false")),
                _ => Err(ChangeError::UnknownField { field: field.clone(), known: SETTINGS.to_vec() }),
            },
            DeviceChange::AddRow { table, cells } => {
                let cells = self.cells(table, cells)?;
                self.add_row(table, &cells, out)
            }
            DeviceChange::DelRow { table, cells } => {
                let cells = self.cells(table, cells)?;
                self.remove_rows(table, &cells, out);
                Ok(())
            }
            // Nothing here is learned.
            DeviceChange::Flush { table } => columns(table).map(|_| ()).ok_or_else(|| unknown(table)),
        }
    }

    fn cells(&self, table: &str, cells: &[(String, String)]) -> Result<Cells, ChangeError> {
        let (table, known) = columns(table).ok_or_else(|| unknown(table))?;
        let mut read = Cells::default();
        for (column, text) in cells {
            if !known.contains(&column.as_str()) {
                return Err(ChangeError::UnknownColumn { table, column: column.clone(), known: known.to_vec() });
            }
            match column.as_str() {
                "port" => read.port = Some(self.port(text).ok_or_else(|| bad("port", text, "a port of the fabric"))?),
                "mac" => read.mac = Some(text.parse().map_err(|_| bad("mac", text, "a hardware address"))?),
                "protocol" => {
                    let protocol = text.parse().map_err(|_| bad("protocol", text, "an IP protocol, 0 to 255"))?;
                    read.protocol = Some(protocol);
                }
                "ip" => {
                    let ip = text.parse().map_err(|_| bad("ip", text, "an address"))?;
                    read.prefix = Some((ip, 32));
                }
                _ => {
                    let wrong = || bad("prefix", text, "a prefix: 10.244.0.0/16");
                    read.prefix = Some(ipv4::prefix(text).ok_or_else(wrong)?);
                }
            }
        }
        Ok(read)
    }

    fn port(&self, name: &str) -> Option<PortNo> {
        self.config.ports.iter().position(|port| port == name).map(|at| PortNo(at as u16))
    }

    fn add_row(&mut self, table: &str, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let need_port = || cells.port.ok_or_else(|| bad("port", "", "a port of the fabric"));
        let need_prefix = || cells.prefix.ok_or_else(|| bad("prefix", "", "an address or a prefix"));
        let (key, written) = (self.next, out.event());
        match table {
            "interfaces" => {
                let mac = cells.mac.ok_or_else(|| bad("mac", "", "a hardware address"))?;
                let is = Interface { port: need_port()?, mac, ip: need_prefix()?.0 };
                if self.interfaces.iter().any(|row| row.is.ip == is.ip && row.is.port != is.port) {
                    return Err(bad("ip", &is.ip.to_string(), "an address that no other port has"));
                }
                if self.interfaces.iter().any(|row| row.is == is) {
                    return Ok(());
                }
                self.interfaces.push(Row { key, written, is });
            }
            "pairs" => {
                let is = Pair { port: need_port()?, mac: cells.mac, prefix: need_prefix()? };
                if self.pairs.iter().any(|row| row.is == is) {
                    return Ok(());
                }
                if self.paired(is.port).count() >= self.config.most_pairs {
                    let full = if self.config.most_pairs == 0 {
                        "nothing: there are no address pairs here"
                    } else {
                        "no more pairs: the port has as many as it may (Neutron max_allowed_address_pair, 10)"
                    };
                    return Err(bad("pairs", &self.config.ports[is.port.index()], full));
                }
                self.pairs.push(Row { key, written, is });
            }
            "routes" => {
                let is = Route { prefix: need_prefix()?, port: need_port()? };
                // A prefix has one way.
                self.remove_rows("routes", &Cells { prefix: Some(is.prefix), ..Cells::default() }, out);
                self.routes.push(Row { key, written, is });
            }
            _ => {
                let is = cells.protocol.ok_or_else(|| bad("protocol", "", "an IP protocol, 0 to 255"))?;
                if self.is_open(is) {
                    return Ok(());
                }
                self.open.push(Row { key, written, is });
            }
        }
        self.next += 1;
        out.wrote(tables::place(table), key, RowChange::Added);
        Ok(())
    }

    fn remove_rows(&mut self, table: &str, cells: &Cells, out: &mut Outbox<'_>) {
        let port = |at: PortNo| cells.port.is_none_or(|port| port == at);
        let (mac, prefix) = (cells.mac, cells.prefix);
        let mut gone = Vec::new();
        let mut keep = |fits: bool, key: u64| {
            if fits {
                gone.push(key);
            }
            !fits
        };
        match table {
            "interfaces" => self.interfaces.retain(|Row { is, key, .. }| {
                let ip = prefix.is_none_or(|(ip, _)| ip == is.ip);
                keep(port(is.port) && mac.is_none_or(|mac| mac == is.mac) && ip, *key)
            }),
            "pairs" => self.pairs.retain(|Row { is, key, .. }| {
                let same = mac.is_none_or(|mac| Some(mac) == is.mac) && prefix.is_none_or(|prefix| prefix == is.prefix);
                keep(port(is.port) && same, *key)
            }),
            "routes" => self.routes.retain(|Row { is, key, .. }| {
                keep(port(is.port) && prefix.is_none_or(|prefix| prefix == is.prefix), *key)
            }),
            _ => self
                .open
                .retain(|Row { is, key, .. }| keep(cells.protocol.is_none_or(|protocol| protocol == *is), *key)),
        }
        for key in gone {
            out.wrote(tables::place(table), key, RowChange::Removed);
        }
    }
}

fn unknown(table: &str) -> ChangeError {
    ChangeError::UnknownTable { table: table.to_owned(), known: TABLES.to_vec() }
}
