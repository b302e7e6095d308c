//! The tables of ipvlan devices as people see them.

use super::{ChildConfig, Ipvlan};
use crate::device::on_card::Child;
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;

impl Ipvlan {
    /// `addresses`, `children`.
    pub(super) fn views(&self) -> Vec<TableView> {
        vec![self.addresses_view(), self.children_view()]
    }

    fn addresses_view(&self) -> TableView {
        let columns = vec![Column { name: "ip", zh: "IP 地址" }, Column { name: "child", zh: "子接口" }];
        let row = |(ip, place): &(std::net::Ipv4Addr, u16)| {
            let name = self.children[usize::from(*place)].config.name.clone();
            let cells = vec![Cell::Ip(*ip), Cell::Port(self.children.port(*place), name)];
            TableRow { key: u64::from(ip.to_bits()), cells, written: EventNo(0) }
        };
        TableView { name: "addresses", zh: "地址表", columns, rows: self.by_ip.iter().map(row).collect() }
    }

    fn children_view(&self) -> TableView {
        let columns = vec![
            Column { name: "child", zh: "子接口" },
            Column { name: "mode", zh: "模式" },
            Column { name: "flag", zh: "标志" },
            Column { name: "groups", zh: "组数" },
        ];
        let row = |(child, place): (&Child<ChildConfig>, u16)| {
            let cells = vec![
                Cell::Port(self.children.port(place), child.config.name.clone()),
                Cell::Word(self.mode.word()),
                Cell::Word(self.flag.word()),
                Cell::Number(child.joined.len() as u64),
            ];
            TableRow { key: u64::from(place), cells, written: child.written }
        };
        TableView {
            name: "children", zh: "子接口表", columns, rows: self.children.iter().zip(0..).map(row).collect()
        }
    }
}
