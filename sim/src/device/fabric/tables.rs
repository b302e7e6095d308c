//! The tables of a fabric as people see them.

use super::{Fabric, Way};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::{EventNo, PortNo};

/// Place of the interfaces among the tables.
pub const INTERFACES: u8 = 0;
/// Place of the routes.
pub const ROUTES: u8 = 2;
/// Place of the rules.
pub const RULES: u8 = 4;

/// Place of a table by its name.
pub fn place(table: &str) -> u8 {
    match table {
        "interfaces" => INTERFACES,
        "pairs" => 1,
        "routes" => ROUTES,
        _ => 3,
    }
}

impl Fabric {
    /// `interfaces`, `pairs`, `routes`, `open`, `rules`.
    pub(super) fn views(&self) -> Vec<TableView> {
        vec![self.interfaces_view(), self.pairs_view(), self.routes_view(), self.open_view(), self.rules_view()]
    }

    fn port_cell(&self, port: PortNo) -> Cell {
        Cell::Port(port, self.config.ports[port.index()].clone())
    }

    fn interfaces_view(&self) -> TableView {
        let columns = vec![
            Column { name: "port", zh: "端口" },
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "ip", zh: "IP 地址" },
        ];
        let row = |row: &super::Row<super::Interface>| TableRow {
            key: row.key,
            cells: vec![self.port_cell(row.is.port), Cell::Mac(row.is.mac), Cell::Ip(row.is.ip)],
            written: row.written,
        };
        TableView { name: "interfaces", zh: "接口", columns, rows: self.interfaces.iter().map(row).collect() }
    }

    fn pairs_view(&self) -> TableView {
        let columns = vec![
            Column { name: "port", zh: "端口" },
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "prefix", zh: "前缀" },
        ];
        let row = |row: &super::Row<super::Pair>| {
            let (ip, len) = row.is.prefix;
            let mac = row.is.mac.map_or(Cell::None, Cell::Mac);
            let cells = vec![self.port_cell(row.is.port), mac, Cell::Prefix(ip, len)];
            TableRow { key: row.key, cells, written: row.written }
        };
        TableView { name: "pairs", zh: "允许的地址对", columns, rows: self.pairs.iter().map(row).collect() }
    }

    fn routes_view(&self) -> TableView {
        let columns = vec![Column { name: "prefix", zh: "前缀" }, Column { name: "port", zh: "端口" }];
        let row = |row: &super::Row<super::Route>| {
            let (ip, len) = row.is.prefix;
            let cells = vec![Cell::Prefix(ip, len), self.port_cell(row.is.port)];
            TableRow { key: row.key, cells, written: row.written }
        };
        TableView { name: "routes", zh: "网络路由", columns, rows: self.routes.iter().map(row).collect() }
    }

    fn open_view(&self) -> TableView {
        let columns = vec![Column { name: "protocol", zh: "协议号" }];
        let row = |row: &super::Row<u8>| TableRow {
            key: row.key,
            cells: vec![Cell::Number(u64::from(row.is))],
            written: row.written,
        };
        TableView { name: "open", zh: "放行的协议", columns, rows: self.open.iter().map(row).collect() }
    }

    fn rules_view(&self) -> TableView {
        let columns = vec![
            Column { name: "rule", zh: "规则" },
            Column { name: "way", zh: "方向" },
            Column { name: "asked", zh: "启用" },
            Column { name: "dropped", zh: "丢弃数" },
        ];
        let row = |(at, clause): (usize, &super::Clause)| {
            let way = if clause.rule.way() == Way::FromMachine { "from-machine" } else { "to-machine" };
            let asked = if self.config.check || !clause.can_be_off { "yes" } else { "no" };
            let words = [Cell::Word(clause.rule.word()), Cell::Word(way), Cell::Word(asked)];
            let cells = words.into_iter().chain([Cell::Number(self.hits[at])]).collect();
            TableRow { key: at as u64, cells, written: EventNo(0) }
        };
        TableView {
            name: "rules", zh: "规则", columns, rows: self.config.rules.iter().enumerate().map(row).collect()
        }
    }
}
