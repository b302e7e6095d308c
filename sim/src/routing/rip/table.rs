//! What a router that speaks RIP knows, as people see it.

use super::{Rip, Route, prefix_of};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::routing::Link;
use crate::wire::rip::INFINITY;

/// Name of its table.
pub const TABLE: &str = "rip";

impl Rip {
    pub(super) fn view(&self, links: &[Link]) -> TableView {
        let columns = vec![
            Column { name: "prefix", zh: "前缀" },
            Column { name: "via", zh: "下一跳" },
            Column { name: "dev", zh: "接口" },
            Column { name: "metric", zh: "度量" },
            Column { name: "state", zh: "状态" },
            Column { name: "until", zh: "有效至" },
        ];
        let row = |route: &Route| {
            let (ip, len) = prefix_of(route.key);
            let state = match (route.metric, route.via) {
                (INFINITY, _) => "gone",
                (_, None) => "connected",
                _ => "learned",
            };
            let dev = links.get(route.link).map(|link| Cell::Port(link.port, link.name.clone()));
            let cells = vec![
                Cell::Prefix(ip, len),
                route.via.map_or(Cell::None, Cell::Ip),
                dev.unwrap_or(Cell::None),
                Cell::Number(u64::from(route.metric)),
                Cell::Word(state),
                route.until.map_or(Cell::None, Cell::Time),
            ];
            TableRow { key: route.key, cells, written: route.written }
        };
        TableView { name: TABLE, zh: "RIP 路由", columns, rows: self.routes.iter().map(row).collect() }
    }
}
