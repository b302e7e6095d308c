//! The tables of a tunnel as people see them.

use super::Tunnel;
use super::peers::{Peers, Prefix};
use crate::device::outer::v6;
use crate::device::vtep::fdb::{Fdb, shown_key};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;
use crate::wire::MacAddr;

impl Tunnel {
    /// `peers`, `tunnel`, and `paths` where there are two to choose from.
    pub(super) fn views(&self) -> Vec<TableView> {
        let peers = match &self.peers {
            Peers::Prefixes(rows) => self.prefixes(rows),
            Peers::Macs(fdb) => self.macs(fdb),
        };
        let mut views = vec![peers, self.tunnel_view()];
        if self.config.format.encapsulation().detour().is_some() {
            views.push(self.pulse.view());
        }
        views
    }

    fn tunnel_view(&self) -> TableView {
        let columns = vec![
            Column { name: "kind", zh: "类型" },
            Column { name: "local", zh: "本端" },
            Column { name: "overhead", zh: "开销" },
            Column { name: "room", zh: "内层最大包" },
        ];
        let encapsulation = self.config.format.encapsulation();
        let cells = vec![
            Cell::Word(encapsulation.name()),
            self.end(self.config.outer.local),
            Cell::Number(u64::from(self.config.overhead())),
            Cell::Number(u64::from(self.ways.link.saturating_sub(self.config.overhead()))),
        ];
        TableView { name: "tunnel", zh: "隧道", columns, rows: vec![TableRow { key: 0, cells, written: EventNo(0) }] }
    }

    /// The address of an end, of whatever family.
    fn end(&self, ip: std::net::Ipv4Addr) -> Cell {
        v6::cell(self.ends.as_deref(), ip)
    }

    fn prefixes(&self, rows: &[Prefix]) -> TableView {
        let columns = vec![Column { name: "prefix", zh: "前缀" }, Column { name: "remote", zh: "远端" }];
        let row = |row: &Prefix| TableRow {
            key: row.key(),
            cells: vec![Cell::Prefix(row.ip, row.len), self.end(row.remote)],
            written: row.written,
        };
        TableView { name: "peers", zh: "对端表", columns, rows: rows.iter().map(row).collect() }
    }

    fn macs(&self, fdb: &Fdb) -> TableView {
        let columns = vec![
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "remote", zh: "远端" },
            Column { name: "kind", zh: "类型" },
        ];
        let mut rows = Vec::new();
        for (mac, row) in fdb.iter() {
            for (place, remote) in row.remotes.iter().enumerate() {
                let cells = vec![Cell::Mac(MacAddr::from_key(mac)), self.end(remote.ip), Cell::Word(row.kind.word())];
                rows.push(TableRow { key: shown_key(mac, place), cells, written: row.written });
            }
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "peers", zh: "对端表", columns, rows }
    }
}
