//! One way to show every table: FDB, neighbours, routes, port security.

use std::fmt;
use std::net::Ipv4Addr;

use crate::id::{EventNo, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// Which row a device consulted: the place of the table in [`crate::engine::Device::tables`] and the row's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRef {
    /// Index of the table in its device's list.
    pub table: u8,
    /// Key of the row; what it is made of is the table's affair.
    pub key: u64,
}

/// One value of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing known.
    None,
    /// A hardware address.
    Mac(MacAddr),
    /// An IPv4 address.
    Ip(Ipv4Addr),
    /// An IPv4 prefix: address and length.
    Prefix(Ipv4Addr, u8),
    /// A port, with the name people know it by.
    Port(PortNo, String),
    /// A count, a VLAN, a metric.
    Number(u64),
    /// A point in simulated time.
    Time(SimTime),
    /// A span of simulated time.
    Span(SimDuration),
    /// A fixed word such as `dynamic` or `REACHABLE`.
    Word(&'static str),
    /// A name given by the author of the lab.
    Name(String),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("-"),
            Self::Mac(mac) => mac.fmt(f),
            Self::Ip(ip) => ip.fmt(f),
            Self::Prefix(ip, len) => f.pad(&format!("{ip}/{len}")),
            Self::Port(_, name) | Self::Name(name) => f.pad(name),
            Self::Number(n) => n.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Span(span) => span.fmt(f),
            Self::Word(word) => f.pad(word),
        }
    }
}

/// A column: the name labs and JSON use, which is also its English heading, and the Chinese one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in labs and JSON.
    pub name: &'static str,
    /// Chinese heading.
    pub zh: &'static str,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Unique within the table; rows are sorted by it.
    pub key: u64,
    /// One cell a column.
    pub cells: Vec<Cell>,
    /// The event that wrote it; 0 for what was there at the start.
    pub written: EventNo,
}

/// A table as people see it: a copy, made when somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableView {
    /// Name in labs and JSON: `fdb`, `neigh`, `routes`.
    pub name: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The rows, sorted by key.
    pub rows: Vec<TableRow>,
}

/// What changed between two views of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableDiff {
    /// Rows only in the second.
    pub added: Vec<TableRow>,
    /// Rows in both with other cells: before, after.
    pub changed: Vec<(TableRow, TableRow)>,
    /// Rows only in the first.
    pub removed: Vec<TableRow>,
}

impl TableView {
    /// Place of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The row with this key.
    pub fn row(&self, key: u64) -> Option<&TableRow> {
        self.rows.binary_search_by_key(&key, |row| row.key).ok().map(|at| &self.rows[at])
    }

    /// What is different in `after`.
    pub fn diff(&self, after: &Self) -> TableDiff {
        let mut diff = TableDiff::default();
        for row in &after.rows {
            match self.row(row.key) {
                None => diff.added.push(row.clone()),
                Some(old) if old.cells != row.cells => diff.changed.push((old.clone(), row.clone())),
                Some(_) => {}
            }
        }
        diff.removed = self.rows.iter().filter(|row| after.row(row.key).is_none()).cloned().collect();
        diff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(rows: &[(u64, u64)]) -> TableView {
        let row = |&(key, n): &(u64, u64)| TableRow { key, cells: vec![Cell::Number(n)], written: EventNo(1) };
        TableView {
            name: "t",
            zh: "表",
            columns: vec![Column { name: "n", zh: "数" }],
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn diff_tells_added_changed_and_removed() {
        let diff = view(&[(1, 1), (2, 2), (3, 3)]).diff(&view(&[(2, 2), (3, 9), (4, 4)]));
        assert_eq!(diff.added.iter().map(|r| r.key).collect::<Vec<_>>(), [4]);
        assert_eq!(
            diff.changed.iter().map(|(a, b)| (a.key, b.cells.clone())).collect::<Vec<_>>(),
            [(3, vec![Cell::Number(9)])]
        );
        assert_eq!(diff.removed.iter().map(|r| r.key).collect::<Vec<_>>(), [1]);
    }
}
