//! What a router that speaks EIGRP knows, as people see it.

use std::net::Ipv4Addr;

use super::Eigrp;
use super::dual::{Destination, Path, Who};
use super::metric::INFINITY;
use super::neighbour::{Near, Refused, State};
use crate::engine::{Cell, Column, RowChange, TableRow, TableView};
use crate::routing::{Effect, Io, Link};
use crate::stack::rib::Prefix;

/// Name of the table of neighbours.
pub const NEIGHBOURS: &str = "eigrp";
/// Name of the table of networks and all ways to them.
pub const TOPOLOGY: &str = "topology";

const fn key((link, ip): Who, refused: bool) -> u64 {
    (link as u64) << 33 | (refused as u64) << 32 | ip.to_bits() as u64
}

impl Eigrp {
    pub(super) const fn row(who: Who) -> u64 {
        key(who, false)
    }

    pub(super) const fn refused_row(who: Who) -> u64 {
        key(who, true)
    }

    pub(super) fn neighbours_view(&self, links: &[Link]) -> TableView {
        let columns = vec![
            Column { name: "neighbour", zh: "邻居" },
            Column { name: "dev", zh: "接口" },
            Column { name: "state", zh: "状态" },
            Column { name: "until", zh: "有效至" },
            Column { name: "queue", zh: "队列" },
            Column { name: "hindered", zh: "受阻于" },
        ];
        let mut rows = Vec::new();
        for (at, face) in self.faces.iter().enumerate() {
            let dev = device(links, at);
            rows.extend(face.neighbours.iter().map(|near| neighbour(at, near, dev.clone())));
            rows.extend(face.refused.iter().map(|one| refused(at, one, dev.clone())));
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: NEIGHBOURS, zh: "EIGRP 邻居", columns, rows }
    }

    pub(super) fn topology_view(&self, links: &[Link]) -> TableView {
        let columns = vec![
            Column { name: "prefix", zh: "前缀" },
            Column { name: "via", zh: "下一跳" },
            Column { name: "dev", zh: "接口" },
            Column { name: "distance", zh: "距离" },
            Column { name: "reported", zh: "通告距离" },
            Column { name: "role", zh: "角色" },
            Column { name: "fd", zh: "可行距离" },
            Column { name: "state", zh: "状态" },
            Column { name: "replies", zh: "待应答" },
        ];
        let mut rows: Vec<TableRow> = self.networks.iter().flat_map(|(to, own)| ways(*to, own, links)).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: TOPOLOGY, zh: "EIGRP 拓扑", columns, rows }
    }

    /// Tells which rows of a network are new, different or gone.
    pub(super) fn write_rows(&mut self, to: Prefix, io: &mut Io<'_>) {
        let Some(own) = self.networks.get_mut(&to) else { return };
        let mut wanted: Vec<Option<Who>> = own.paths.keys().copied().map(Some).collect();
        if wanted.is_empty() {
            wanted.push(None);
        }
        let gone: Vec<Option<Who>> = own.rows.keys().copied().filter(|row| !wanted.contains(row)).collect();
        for row in gone {
            if let Some((key, _)) = own.rows.remove(&row) {
                io.effects.push(Effect::WroteMore(key, RowChange::Removed));
            }
        }
        for row in wanted {
            let known = own.rows.get(&row).map(|(key, _)| *key);
            let (key, change) = known.map_or((self.row + 1, RowChange::Added), |key| (key, RowChange::Changed));
            self.row = self.row.max(key);
            own.rows.insert(row, (key, io.event));
            io.effects.push(Effect::WroteMore(key, change));
        }
    }
}

fn device(links: &[Link], at: usize) -> Cell {
    links.get(at).map_or(Cell::None, |link| Cell::Port(link.port, link.name.clone()))
}

fn far(distance: u32) -> Cell {
    if distance == INFINITY { Cell::None } else { Cell::Number(u64::from(distance)) }
}

fn ways(to: Prefix, own: &Destination, links: &[Link]) -> Vec<TableRow> {
    let replies = own.active.as_ref().map_or(Cell::None, |active| Cell::Number(active.pending.len() as u64));
    let state = Cell::Word(if own.active.is_some() { "active" } else { "passive" });
    let row = |(who, (key, written)): (&Option<Who>, &(u64, crate::id::EventNo))| {
        let path = who.and_then(|who| own.paths.get(&who).map(|path| (who, path)));
        let via = path.filter(|(who, _)| !who.1.is_unspecified()).map_or(Cell::None, |(_, path)| Cell::Ip(path.via));
        let cells = vec![
            Cell::Prefix(to.0, to.1),
            via,
            path.map_or(Cell::None, |(who, _)| device(links, who.0)),
            path.map_or(Cell::None, |(_, path)| far(path.distance)),
            path.map_or(Cell::None, |(_, path)| far(path.reported)),
            path.map_or(Cell::None, |(who, path)| Cell::Word(role(own, who, path))),
            far(own.fd),
            state.clone(),
            replies.clone(),
        ];
        TableRow { key: *key, cells, written: *written }
    };
    own.rows.iter().map(row).collect()
}

fn role(own: &Destination, who: Who, path: &Path) -> &'static str {
    match () {
        () if who.1 == Ipv4Addr::UNSPECIFIED => "connected",
        () if own.best.contains(&who) => "successor",
        () if own.is_feasible(path) => "feasible",
        () => "-",
    }
}

fn neighbour(link: usize, near: &Near, dev: Cell) -> TableRow {
    let waiting = near.queue.len() + usize::from(near.sent.is_some());
    let cells = vec![
        Cell::Ip(near.ip),
        dev,
        Cell::Word(if near.state == State::Up { "up" } else { "pending" }),
        Cell::Time(near.silent),
        Cell::Number(waiting as u64),
        Cell::None,
    ];
    TableRow { key: key((link, near.ip), false), cells, written: near.written }
}

fn refused(link: usize, one: &Refused, dev: Cell) -> TableRow {
    let word = one.reason.slug.split_once('.').map_or(one.reason.slug, |(_, word)| word);
    let cells =
        vec![Cell::Ip(one.ip), dev, Cell::Word("down"), Cell::Time(one.until), Cell::Number(0), Cell::Word(word)];
    TableRow { key: key((link, one.ip), true), cells, written: one.written }
}
