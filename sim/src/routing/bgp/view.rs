//! What a BGP router knows, as people see it: its routes, and its neighbours.

use super::daemon::{Bgp, Row};
use super::session::Peer;
use super::table::From;
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;
use crate::wire::bgp::Prefix;

/// Name of the table of routes.
pub const ROUTES: &str = "bgp";
/// Name of the table of neighbours.
pub const PEERS: &str = "peers";

/// The key of a route as a row: its prefix, and who told it.
pub(super) const fn key((ip, len): Prefix, from: From) -> u64 {
    let who = match from {
        From::Own => 0,
        From::Peer(peer) => peer as u64 + 1,
    };
    (ip.to_bits() as u64) << 24 | (len as u64) << 16 | who
}

impl Bgp {
    pub(super) fn routes_view(&self) -> TableView {
        let columns = vec![
            Column { name: "prefix", zh: "前缀" },
            Column { name: "path", zh: "AS 路径" },
            Column { name: "next-hop", zh: "下一跳" },
            Column { name: "from", zh: "来自" },
            Column { name: "local-pref", zh: "本地优先" },
            Column { name: "med", zh: "MED" },
            Column { name: "state", zh: "状态" },
            Column { name: "lost-at", zh: "输在" },
        ];
        let row = |((ip, len), row): (&Prefix, &Row)| {
            let from = match row.from {
                From::Own => Cell::Word("own"),
                From::Peer(peer) => {
                    self.config.peers.get(peer as usize).map_or(Cell::None, |peer| Cell::Ip(peer.address))
                }
            };
            let state = match (row.reached, row.lost, row.used) {
                (false, ..) => "unreachable",
                (_, None, _) => "best",
                (_, Some(_), true) => "used",
                (_, Some(_), false) => "lost",
            };
            let told = &row.attributes;
            let path = if told.path.is_empty() { Cell::Word("local") } else { Cell::Name(told.path.to_string()) };
            let own = row.from == From::Own;
            let cells = vec![
                Cell::Prefix(*ip, *len),
                path,
                if own { Cell::None } else { Cell::Ip(told.next_hop) },
                from,
                Cell::Number(u64::from(told.local_pref.unwrap_or(100))),
                told.med.map_or(Cell::None, |med| Cell::Number(u64::from(med))),
                Cell::Word(state),
                row.lost.map_or(Cell::None, |step| Cell::Word(step.word())),
            ];
            TableRow { key: key((*ip, *len), row.from), cells, written: row.written }
        };
        let all = self.rows.iter().flat_map(|(prefix, rows)| rows.iter().map(move |row| (prefix, row)));
        let mut rows: Vec<TableRow> = all.map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: ROUTES, zh: "BGP 路由", columns, rows }
    }

    pub(super) fn peers_view(&self) -> TableView {
        let columns = vec![
            Column { name: "neighbour", zh: "邻居" },
            Column { name: "as", zh: "AS" },
            Column { name: "state", zh: "状态" },
            Column { name: "hold", zh: "保持时间" },
            Column { name: "routes", zh: "听到的路由" },
            Column { name: "updates-in", zh: "收到更新" },
            Column { name: "updates-out", zh: "发出更新" },
            Column { name: "failed", zh: "失败原因" },
        ];
        let row = |(at, peer): (usize, &Peer)| {
            let hold = peer.sessions.iter().flatten().map(|session| session.hold).max();
            let routes = self.rows.values().flatten().filter(|row| row.from == From::Peer(at as u32)).count();
            let routes = routes + self.speaker.vpns().heard_of(at as u32);
            let failed = peer.failed.as_deref().map(|failed| match &failed.fault {
                Some(fault) => Cell::Name(fault.to_string()),
                None => Cell::Word(failed.reason.slug),
            });
            let cells = vec![
                Cell::Ip(peer.config.address),
                Cell::Number(u64::from(peer.config.asn)),
                Cell::Word(peer.state()),
                hold.map_or(Cell::None, |hold| Cell::Number(u64::from(hold))),
                Cell::Number(routes as u64),
                Cell::Number(u64::from(peer.updates[0])),
                Cell::Number(u64::from(peer.updates[1])),
                failed.unwrap_or(Cell::None),
            ];
            TableRow { key: at as u64, cells, written: EventNo(0) }
        };
        let rows = self.speaker.peers().iter().enumerate().map(row).collect();
        TableView { name: PEERS, zh: "BGP 邻居", columns, rows }
    }
}
