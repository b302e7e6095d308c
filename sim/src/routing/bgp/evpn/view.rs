//! Routes of Ethernet VPNs as people see them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::network::Network;
use super::rib::{Rib, Told};
use super::why;
use crate::engine::agent::Saying;
use crate::engine::{Cell, Column, RowChange, TableRow, TableView};
use crate::id::EventNo;
use crate::routing::bgp::PeerConfig;
use crate::routing::bgp::daemon::NAME;
use crate::routing::bgp::table::From;
use crate::stack::AppOut;
use crate::wire::bgp::evpn::Route;
use crate::wire::bgp::extended::Community;

/// Name of the table.
pub const TABLE: &str = "evpn";

/// Who told a route, in an order: nobody but this router, or a neighbour.
type Who = Option<u32>;

/// A route as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    number: u64,
    told: Told,
    state: &'static str,
    written: EventNo,
}

/// The table, as it was shown last.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    rows: BTreeMap<(Route, Who), Row>,
    next: u64,
}

fn state(from: From, chosen: bool, told: &Told, networks: &[Network]) -> &'static str {
    match from {
        From::Own => "own",
        From::Peer(_) if !chosen => "lost",
        From::Peer(_) if networks.is_empty() => "best",
        From::Peer(_) if networks.iter().any(|network| network.imports(told)) => "imported",
        From::Peer(_) => "not-imported",
    }
}

impl Shown {
    /// Looks at all routes again, and tells what is different.
    pub fn refresh(&mut self, rib: &Rib, networks: &[Network], out: &mut AppOut<'_, '_>) {
        let mut old = std::mem::take(&mut self.rows);
        for (key, entry) in rib.iter() {
            let chosen = entry.chosen().map(|(from, _)| from);
            for (from, told) in entry.all() {
                let who = if let From::Peer(peer) = from { Some(peer) } else { None };
                let state = state(from, chosen == Some(from), told, networks);
                let before = old.remove(&(key.clone(), who));
                let (number, written) =
                    before.as_ref().map_or((self.next, out.event()), |row| (row.number, row.written));
                let mut row = Row { number, told: told.clone(), state, written };
                match &before {
                    None => {
                        self.next += 1;
                        out.wrote_in(1, number, RowChange::Added);
                    }
                    Some(before) if *before != row => {
                        row.written = out.event();
                        out.wrote_in(1, number, RowChange::Changed);
                    }
                    Some(_) => {}
                }
                if state == "not-imported" && before.is_none_or(|before| before.state != state) {
                    let marks = targets(told);
                    let about = format!("{} by {}, route target {marks}", told.route, told.attributes.next_hop);
                    out.say(Saying { agent: NAME, reason: &why::NOT_IMPORTED, about: &about });
                }
                self.rows.insert((key.clone(), who), row);
            }
        }
        for row in old.into_values() {
            out.wrote_in(1, row.number, RowChange::Removed);
        }
    }

    /// The table.
    pub fn view(&self, peers: &[PeerConfig]) -> TableView {
        let columns = vec![
            Column { name: "type", zh: "类型" },
            Column { name: "mac", zh: "MAC 地址" },
            Column { name: "ip", zh: "IP 地址" },
            Column { name: "vtep", zh: "VTEP" },
            Column { name: "vni", zh: "VNI" },
            Column { name: "sequence", zh: "序号" },
            Column { name: "rd", zh: "路由区分符" },
            Column { name: "target", zh: "路由目标" },
            Column { name: "from", zh: "来自" },
            Column { name: "state", zh: "状态" },
        ];
        let row = |((_, who), row): (&(Route, Who), &Row)| {
            let from = who.and_then(|peer| peers.get(peer as usize));
            TableRow { key: row.number, cells: cells(row, from), written: row.written }
        };
        let mut rows: Vec<TableRow> = self.rows.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: TABLE, zh: "EVPN 路由", columns, rows }
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.len() * 300
    }
}

fn targets(told: &Told) -> String {
    let targets = told.attributes.extended().filter_map(|mark| match mark {
        Community::RouteTarget(target) => Some(target.to_string()),
        _ => None,
    });
    let all: Vec<String> = targets.collect();
    if all.is_empty() { "none".to_owned() } else { all.join(" ") }
}

fn cells(row: &Row, from: Option<&PeerConfig>) -> Vec<Cell> {
    let told = &row.told;
    let ip = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => Cell::Ip(ip),
        IpAddr::V6(ip) => Cell::Name(ip.to_string()),
    };
    let pmsi = told.attributes.more.as_ref().and_then(|more| more.pmsi.as_ref());
    let (mac, address, vni) = match &told.route {
        Route::MacIp { mac, ip: None, label, .. } => (Cell::Mac(*mac), Cell::None, Some(*label)),
        Route::MacIp { mac, ip: Some(own), label, .. } => (Cell::Mac(*mac), ip(*own), Some(*label)),
        Route::Inclusive { originator, .. } => (Cell::None, ip(*originator), pmsi.map(|pmsi| pmsi.label)),
        Route::EthernetSegment { originator, .. } => (Cell::None, ip(*originator), None),
        Route::Prefix { prefix: (IpAddr::V4(own), len), label, .. } => {
            (Cell::None, Cell::Prefix(*own, *len), Some(*label))
        }
        Route::Prefix { prefix: (own, len), label, .. } => {
            (Cell::None, Cell::Name(format!("{own}/{len}")), Some(*label))
        }
        Route::EthernetAd { label, .. } => (Cell::None, Cell::None, Some(*label)),
        Route::Other(..) => (Cell::None, Cell::None, None),
    };
    let sequence = told.attributes.extended().find_map(|mark| match mark {
        Community::Mobility { sequence, .. } => Some(u64::from(sequence)),
        _ => None,
    });
    // A station nobody has moved carries no number, which counts as 0 (RFC 7432 §15).
    let sequence = sequence.or(matches!(told.route, Route::MacIp { .. }).then_some(0));
    vec![
        Cell::Number(u64::from(told.route.kind())),
        mac,
        address,
        Cell::Ip(told.attributes.next_hop),
        vni.map_or(Cell::None, |vni| Cell::Number(u64::from(vni))),
        sequence.map_or(Cell::None, Cell::Number),
        told.route.rd().map_or(Cell::None, |rd| Cell::Name(rd.to_string())),
        Cell::Name(targets(told)),
        from.map_or(Cell::Word("own"), |peer| Cell::Ip(peer.address)),
        Cell::Word(row.state),
    ]
}
