//! The tables of a switch as people see them.

use super::{Bridge, OVER_MTU, Port, flag};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::{EventNo, PortNo};
use crate::wire::MacAddr;

/// Settings of a port that are not what ports come with.
fn special(port: Port) -> Cell {
    let words = [
        (flag::LEARNING, false, "learning off"),
        (flag::UNICAST, false, "unicast_flood off"),
        (flag::MULTICAST, false, "multicast_flood off"),
        (flag::BROADCAST, false, "broadcast_flood off"),
        (flag::HAIRPIN, true, "hairpin"),
        (flag::ISOLATED, true, "isolated"),
    ];
    let special: Vec<&str> =
        words.iter().filter(|(bit, on, _)| port.has(*bit) == *on).map(|(.., word)| *word).collect();
    if special.is_empty() { Cell::None } else { Cell::Name(special.join(", ")) }
}

impl Bridge {
    fn port_cell(&self, port: u16) -> Cell {
        Cell::Port(PortNo(port), self.names.get(usize::from(port)).cloned().unwrap_or_default())
    }

    /// `fdb`, `ports`, `port-security`, and `mdb` where snooping has been asked for.
    pub(super) fn views(&self) -> Vec<TableView> {
        let mut views = vec![self.fdb_view(), self.ports_view(), self.security_view()];
        views.extend(self.snoop.as_ref().map(|snoop| self.mdb_view(snoop)));
        views
    }

    fn fdb_view(&self) -> TableView {
        let mut columns = vec![Column { name: "mac", zh: "MAC 地址" }];
        if self.vlan_filtering {
            columns.push(Column { name: "vlan", zh: "VLAN" });
        }
        columns.extend([
            Column { name: "port", zh: "端口" },
            Column { name: "kind", zh: "类型" },
            Column { name: "updated", zh: "更新于" },
        ]);
        let mut rows: Vec<TableRow> = Vec::with_capacity(self.fdb.count());
        for (key, row) in self.fdb.iter() {
            let mut cells = vec![Cell::Mac(MacAddr::from_key(key))];
            if self.vlan_filtering {
                cells.push(Cell::Number(key >> 48));
            }
            cells.extend([self.port_cell(row.port), Cell::Word(row.kind.word()), Cell::Time(row.updated)]);
            rows.push(TableRow { key, cells, written: row.written });
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "fdb", zh: "转发表", columns, rows }
    }

    fn ports_view(&self) -> TableView {
        let mut columns = vec![Column { name: "port", zh: "端口" }];
        if self.vlan_filtering {
            columns.push(Column { name: "vlan", zh: "VLAN" });
        }
        columns.extend([
            Column { name: "mtu", zh: "MTU" },
            Column { name: "set", zh: "特殊设置" },
            Column { name: "state", zh: "状态" },
            Column { name: "rows", zh: "表项数" },
            Column { name: "violations", zh: "违例数" },
        ]);
        let mut counts = vec![0; self.ports.len()];
        for (_, row) in self.fdb.iter() {
            if let Some(count) = counts.get_mut(usize::from(row.port)) {
                *count += 1;
            }
        }
        let state = |port: &Port| match (port.has(flag::SHUT), port.has(flag::UP)) {
            (true, _) => "err-disabled",
            (_, true) => "forwarding",
            _ => "down",
        };
        let row = |(at, port): (usize, &Port)| {
            let mut cells = vec![self.port_cell(at as u16)];
            if self.vlan_filtering {
                cells.push(Cell::Name(self.vlans[at].to_string()));
            }
            cells.extend([
                Cell::Number(u64::from(port.longest - OVER_MTU)),
                special(*port),
                Cell::Word(state(port)),
                Cell::Number(counts[at]),
                Cell::Number(self.security.violations(at as u16)),
            ]);
            TableRow { key: at as u64, cells, written: EventNo(0) }
        };
        TableView { name: "ports", zh: "端口", columns, rows: self.ports.iter().enumerate().map(row).collect() }
    }

    fn security_view(&self) -> TableView {
        let columns = vec![
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "port", zh: "端口" },
            Column { name: "kind", zh: "类型" },
        ];
        let row = |(key, port, kind): (u64, u16, super::security::SecureKind)| TableRow {
            key,
            cells: vec![Cell::Mac(MacAddr::from_key(key)), self.port_cell(port), Cell::Word(kind.word())],
            written: self.fdb.get(key).map_or(EventNo(0), |row| row.written),
        };
        let mut rows: Vec<TableRow> = self.security.addresses().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: super::secured::TABLE, zh: "端口安全", columns, rows }
    }
}
