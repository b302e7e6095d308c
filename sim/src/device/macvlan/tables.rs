//! The tables of macvlan devices as people see them.

use super::Macvlan;
use crate::engine::{Cell, Column, TableRow, TableView};

impl Macvlan {
    /// `children`, `sources`.
    pub(super) fn views(&self) -> Vec<TableView> {
        vec![self.children_view(), self.sources_view()]
    }

    fn children_view(&self) -> TableView {
        let columns = vec![
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "child", zh: "子接口" },
            Column { name: "mode", zh: "模式" },
            Column { name: "groups", zh: "组数" },
        ];
        let mut rows = Vec::new();
        for (child, place) in self.children.iter().zip(0..) {
            let config = &child.config;
            let cells = vec![
                Cell::Mac(config.mac),
                Cell::Port(self.children.port(place), config.name.clone()),
                Cell::Word(config.mode.word()),
                Cell::Number(child.joined.len() as u64),
            ];
            rows.push(TableRow { key: config.mac.key(), cells, written: child.written });
        }
        rows.sort_by_key(|row| row.key);
        TableView { name: "children", zh: "子接口表", columns, rows }
    }

    fn sources_view(&self) -> TableView {
        let columns = vec![Column { name: "mac", zh: "MAC 地址" }, Column { name: "child", zh: "子接口" }];
        let row = |source: &super::Source| {
            let name = self.children[usize::from(source.child)].config.name.clone();
            let cells = vec![Cell::Mac(source.mac), Cell::Port(self.children.port(source.child), name)];
            TableRow { key: source.mac.key(), cells, written: source.written }
        };
        let mut rows: Vec<TableRow> = self.sources.iter().map(row).collect();
        rows.sort_by_key(|row| row.key);
        TableView { name: "sources", zh: "来源表", columns, rows }
    }
}
