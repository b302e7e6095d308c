//! What a router that speaks OSPF knows, as people see it.

use std::net::Ipv4Addr;

use super::Ospf;
use super::database::{EVERYWHERE, Entry, Place};
use super::interface::{Face, Network, Refused};
use super::neighbour::{At, Neighbour, State};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::routing::Link;
use crate::wire::ospf::Content;

/// Name of the table of neighbours.
pub const NEIGHBOURS: &str = "ospf";
/// Name of the table of LSAs.
pub const LSDB: &str = "lsdb";

const fn row(link: usize, refused: bool, ip: Ipv4Addr) -> u64 {
    (link as u64) << 33 | (refused as u64) << 32 | ip.to_bits() as u64
}

impl Ospf {
    pub(super) fn row(&self, at: At) -> u64 {
        row(at.0, false, self.near(at).ip)
    }

    pub(super) const fn refused_row(link: usize, ip: Ipv4Addr) -> u64 {
        row(link, true, ip)
    }

    pub(super) fn neighbours_view(&self, links: &[Link]) -> TableView {
        let columns = vec![
            Column { name: "neighbour", zh: "邻居" },
            Column { name: "ip", zh: "地址" },
            Column { name: "dev", zh: "接口" },
            Column { name: "state", zh: "状态" },
            Column { name: "role", zh: "角色" },
            Column { name: "until", zh: "有效至" },
            Column { name: "hindered", zh: "受阻于" },
        ];
        let mut rows = Vec::new();
        for (at, face) in self.faces.iter().enumerate() {
            let dev = links.get(at).map_or(Cell::None, |link| Cell::Port(link.port, link.name.clone()));
            rows.extend(face.neighbours.iter().map(|near| neighbour(at, face, near, dev.clone())));
            rows.extend(face.refused.iter().map(|one| refused(at, one, dev.clone())));
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: NEIGHBOURS, zh: "OSPF 邻居", columns, rows }
    }

    pub(super) fn lsdb_view(&self) -> TableView {
        let columns = vec![
            Column { name: "area", zh: "区域" },
            Column { name: "type", zh: "类型" },
            Column { name: "id", zh: "标识" },
            Column { name: "router", zh: "发布者" },
            Column { name: "seq", zh: "序号" },
            Column { name: "checksum", zh: "校验和" },
            Column { name: "says", zh: "内容" },
            Column { name: "since", zh: "收到于" },
        ];
        let mut rows: Vec<TableRow> = self.database.iter().map(|(place, entry)| self.lsa(place, entry)).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: LSDB, zh: "链路状态数据库", columns, rows }
    }

    fn lsa(&self, (scope, key): &Place, entry: &Entry) -> TableRow {
        let header = &entry.lsa.header;
        let area = if *scope == EVERYWHERE { Cell::None } else { Cell::Ip(self.areas[*scope].id) };
        let cells = vec![
            area,
            Cell::Word(key.word()),
            Cell::Ip(key.id),
            Cell::Ip(key.router),
            Cell::Name(format!("{:08x}", header.seq)),
            Cell::Name(format!("{:04x}", header.checksum)),
            Cell::Name(says(entry)),
            Cell::Time(entry.since),
        ];
        TableRow { key: entry.row, cells, written: entry.written }
    }
}

fn neighbour(link: usize, face: &Face, near: &Neighbour, dev: Cell) -> TableRow {
    let role = match () {
        () if face.network == Network::PointToPoint => "-",
        () if near.ip == face.dr => "DR",
        () if near.ip == face.bdr => "BDR",
        () => "DROther",
    };
    let cells = vec![
        Cell::Ip(near.id),
        Cell::Ip(near.ip),
        dev,
        Cell::Word(near.state.word()),
        Cell::Word(role),
        Cell::Time(near.silent),
        near.hindered.map_or(Cell::None, |reason| Cell::Word(word(reason.slug))),
    ];
    TableRow { key: row(link, false, near.ip), cells, written: near.written }
}

fn refused(link: usize, one: &Refused, dev: Cell) -> TableRow {
    let cells = vec![
        Cell::Ip(one.id),
        Cell::Ip(one.ip),
        dev,
        Cell::Word(State::Down.word()),
        Cell::Word("-"),
        Cell::Time(one.until),
        Cell::Word(word(one.reason.slug)),
    ];
    TableRow { key: row(link, true, one.ip), cells, written: one.written }
}

/// The reason without the name of the protocol in front.
fn word(slug: &'static str) -> &'static str {
    slug.split_once('.').map_or(slug, |(_, word)| word)
}

fn says(entry: &Entry) -> String {
    let len = |mask: Ipv4Addr| mask.to_bits().leading_ones();
    let gone = if entry.lsa.header.age >= crate::wire::ospf::lsa::MAX_AGE { "gone: " } else { "" };
    let text = match &entry.content {
        Content::Router { links, .. } => format!("{} links", links.len()),
        Content::Network { mask, routers } => format!("/{}, {} routers", len(*mask), routers.len()),
        Content::Summary { mask, metric } | Content::External { mask, metric, .. } => {
            format!("/{}, metric {metric}", len(*mask))
        }
        Content::Other => String::new(),
    };
    format!("{gone}{text}")
}
