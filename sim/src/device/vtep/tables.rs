//! The tables of a VTEP as people see them.

use std::net::Ipv4Addr;

use super::Vtep;
use super::fdb::shown_key;
use crate::device::outer::{Df, v6};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;
use crate::wire::MacAddr;

impl Vtep {
    /// `fdb`, `neigh`, `tunnel`.
    pub(super) fn views(&self) -> Vec<TableView> {
        vec![self.fdb_view(), self.neigh_view(), self.tunnel_view()]
    }

    /// The address of an end, of whatever family.
    fn end(&self, ip: Ipv4Addr) -> Cell {
        v6::cell(self.ends.as_deref(), ip)
    }

    fn fdb_view(&self) -> TableView {
        let columns = vec![
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "remote", zh: "远端" },
            Column { name: "port", zh: "端口" },
            Column { name: "vni", zh: "VNI" },
            Column { name: "kind", zh: "类型" },
            Column { name: "updated", zh: "更新于" },
        ];
        let mut rows = Vec::new();
        for (mac, row) in self.fdb.iter() {
            for (place, remote) in row.remotes.iter().enumerate() {
                let cells = vec![
                    Cell::Mac(MacAddr::from_key(mac)),
                    self.end(remote.ip),
                    Cell::Number(u64::from(remote.port.unwrap_or(self.config.port))),
                    Cell::Number(u64::from(remote.vni.unwrap_or(self.config.vni))),
                    Cell::Word(row.kind.word()),
                    Cell::Time(row.updated),
                ];
                rows.push(TableRow { key: shown_key(mac, place), cells, written: row.written });
            }
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "fdb", zh: "转发表", columns, rows }
    }

    fn neigh_view(&self) -> TableView {
        let columns = vec![Column { name: "ip", zh: "IP 地址" }, Column { name: "mac", zh: "MAC 地址" }];
        let row = |(ip, (mac, written)): (&u32, &(MacAddr, EventNo))| TableRow {
            key: u64::from(*ip),
            cells: vec![Cell::Ip(Ipv4Addr::from_bits(*ip)), Cell::Mac(*mac)],
            written: *written,
        };
        let mut rows: Vec<TableRow> = self.neigh.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "neigh", zh: "代答邻居表", columns, rows }
    }

    fn tunnel_view(&self) -> TableView {
        let columns = vec![
            Column { name: "vni", zh: "VNI" },
            Column { name: "port", zh: "UDP 端口" },
            Column { name: "local", zh: "本端" },
            Column { name: "learning", zh: "学习" },
            Column { name: "proxy", zh: "代答 ARP" },
            Column { name: "df", zh: "DF" },
            Column { name: "room", zh: "内层最大包" },
        ];
        let word = |on: bool| Cell::Word(if on { "on" } else { "off" });
        let df = match self.config.outer.df {
            Df::Unset => "unset",
            Df::Set => "set",
            Df::Inherit => "inherit",
        };
        let cells = vec![
            Cell::Number(u64::from(self.config.vni)),
            Cell::Number(u64::from(self.config.port)),
            self.end(self.config.outer.local),
            word(self.config.learning),
            word(self.config.proxy),
            Cell::Word(df),
            Cell::Number(u64::from(self.ways.link.saturating_sub(self.config.overhead()))),
        ];
        TableView { name: "tunnel", zh: "隧道", columns, rows: vec![TableRow { key: 0, cells, written: EventNo(0) }] }
    }
}
