//! The tables of a card with virtual functions as people see them.

use super::{HOST, Sriov, VF, Vf};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::{EventNo, PortNo};
use crate::wire::MacAddr;

const fn column(name: &'static str, zh: &'static str) -> Column {
    Column { name, zh }
}

fn switch(on: bool) -> Cell {
    Cell::Word(if on { "on" } else { "off" })
}

impl Sriov {
    /// `veb`, `functions`, `asked`, `card`.
    pub(super) fn views(&self) -> Vec<TableView> {
        vec![self.veb_view(), self.functions_view(), self.asked_view(), self.card_view()]
    }

    fn function_name(&self, port: u16) -> String {
        self.vf(port).map_or_else(|| "host".to_owned(), |vf| vf.config.name.clone())
    }

    fn veb_view(&self) -> TableView {
        let columns =
            vec![column("mac", "MAC 地址"), column("vlan", "VLAN"), column("function", "功能"), column("kind", "类型")];
        let row = |&(key, port): &(u64, u16)| {
            let (mac, vlan) = (MacAddr::from_key(key & 0xffff_ffff_ffff), key >> 48);
            let vf = self.vf(port);
            let kind = match vf {
                None => "pf",
                Some(vf) if vf.config.mac == mac => "vf",
                Some(_) => "asked",
            };
            let cells = vec![
                Cell::Mac(mac),
                Cell::Number(vlan),
                Cell::Port(PortNo(port), self.function_name(port)),
                Cell::Word(kind),
            ];
            TableRow { key, cells, written: vf.map_or(EventNo(0), |vf| vf.written) }
        };
        TableView { name: "veb", zh: "卡内交换表", columns, rows: self.rows.iter().map(row).collect() }
    }

    fn functions_view(&self) -> TableView {
        let columns = vec![
            column("vf", "编号"),
            column("function", "功能"),
            column("mac", "MAC 地址"),
            column("vlan", "VLAN"),
            column("spoofchk", "防欺骗"),
            column("trust", "信任"),
            column("state", "链路"),
            column("promiscuous", "混杂"),
            column("groups", "组数"),
        ];
        let row = |(vf, port): (&Vf, u16)| {
            let config = &vf.config;
            let promiscuous = match (config.promiscuous, config.trust) {
                (false, _) => "off",
                (true, false) => "refused",
                (true, true) => "on",
            };
            let cells = vec![
                Cell::Number(u64::from(port - VF)),
                Cell::Port(PortNo(port), config.name.clone()),
                Cell::Mac(config.mac),
                if config.vlan == 0 { Cell::None } else { Cell::Number(u64::from(config.vlan)) },
                switch(config.spoofchk),
                switch(config.trust),
                Cell::Word(config.state.word()),
                Cell::Word(promiscuous),
                Cell::Number(vf.joined.len() as u64),
            ];
            TableRow { key: u64::from(port - VF), cells, written: vf.written }
        };
        let rows = self.vfs.iter().zip(VF..).map(row).collect();
        TableView { name: "functions", zh: "虚拟功能", columns, rows }
    }

    fn asked_view(&self) -> TableView {
        let columns = vec![column("mac", "MAC 地址"), column("vf", "功能"), column("granted", "已准许")];
        let mut rows: Vec<TableRow> = Vec::new();
        for (vf, port) in self.vfs.iter().zip(VF..) {
            rows.extend(vf.config.asks.iter().map(|mac| {
                let name = Cell::Port(PortNo(port), vf.config.name.clone());
                let granted = Cell::Word(if vf.config.trust { "yes" } else { "no" });
                let key = super::key(*mac, port);
                TableRow { key, cells: vec![Cell::Mac(*mac), name, granted], written: vf.written }
            }));
        }
        rows.sort_by_key(|row| row.key);
        TableView { name: "asked", zh: "请求的地址", columns, rows }
    }

    fn card_view(&self) -> TableView {
        let columns = vec![
            column("mode", "模式"),
            column("vfs", "使用中"),
            column("limit", "上限"),
            column("mac", "PF 的 MAC 地址"),
            column("promiscuous", "PF 混杂"),
        ];
        let cells = vec![
            Cell::Word(self.mode.word()),
            Cell::Number(self.vfs.len() as u64),
            Cell::Number(u64::from(self.limit)),
            Cell::Mac(self.mac),
            switch(self.promiscuous),
        ];
        let row = TableRow { key: u64::from(HOST.0), cells, written: EventNo(0) };
        TableView { name: "card", zh: "网卡", columns, rows: vec![row] }
    }
}
