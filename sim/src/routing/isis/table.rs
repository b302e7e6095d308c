//! What a system that speaks IS-IS knows, as people see it.

use super::Isis;
use super::adjacency::{Adjacency, At, State};
use super::circuit::{Circuit, Refused};
use super::database::Entry;
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::routing::Link;
use crate::wire::isis::tlv::Tlv;
use crate::wire::isis::{Level, Levels, SystemId, lsp};

/// Name of the table of adjacencies.
pub const NEIGHBOURS: &str = "isis";
/// Name of the table of LSPs.
pub const LSDB: &str = "lsdb";

/// Link, level, whether it is refused, and who; the front of a system id does not fit.
fn row(link: usize, refused: bool, levels: Levels, system: SystemId) -> u64 {
    let low = system.0.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte)) & 0xff_ffff_ffff;
    (link as u64 & 0xfff) << 43 | u64::from(levels.0 & 3) << 41 | u64::from(refused) << 40 | low
}

pub(super) fn refused_row(link: usize, one: &Refused) -> u64 {
    row(link, true, one.levels, one.system)
}

impl Isis {
    /// A link of two has one adjacency, whatever its levels.
    fn levels_in_row(&self, link: usize, levels: Levels) -> Levels {
        if self.circuits[link].is_lan() { levels } else { Levels(0) }
    }

    pub(super) fn row(&self, at: At) -> u64 {
        let near = self.near(at);
        row(at.0, false, self.levels_in_row(at.0, near.levels), near.system)
    }

    pub(super) fn neighbours_view(&self, links: &[Link]) -> TableView {
        let columns = vec![
            Column { name: "neighbour", zh: "邻居" },
            Column { name: "mac", zh: "MAC" },
            Column { name: "ip", zh: "地址" },
            Column { name: "dev", zh: "接口" },
            Column { name: "level", zh: "级别" },
            Column { name: "state", zh: "状态" },
            Column { name: "role", zh: "角色" },
            Column { name: "until", zh: "有效至" },
            Column { name: "hindered", zh: "受阻于" },
        ];
        let mut rows = Vec::new();
        for (at, circuit) in self.circuits.iter().enumerate() {
            let dev = links.get(at).map_or(Cell::None, |link| Cell::Port(link.port, link.name.clone()));
            let near = (0..circuit.near.len()).map(|place| self.adjacency((at, place), circuit, dev.clone()));
            rows.extend(near);
            rows.extend(circuit.refused.iter().map(|one| refused(at, one, dev.clone())));
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: NEIGHBOURS, zh: "IS-IS 邻接", columns, rows }
    }

    fn adjacency(&self, at: At, circuit: &Circuit, dev: Cell) -> TableRow {
        let near: &Adjacency = self.near(at);
        let mut designated = near.levels.iter().map(|level| circuit.lan[level.index()].is_designated(near.system));
        let role = if circuit.is_lan() && designated.any(|is| is) { "DIS" } else { "-" };
        let cells = vec![
            Cell::Name(near.system.to_string()),
            Cell::Mac(near.mac),
            near.ips.first().map_or(Cell::None, |ip| Cell::Ip(*ip)),
            dev,
            Cell::Word(near.levels.word()),
            Cell::Word(near.state.word()),
            Cell::Word(role),
            Cell::Time(near.silent),
            Cell::None,
        ];
        TableRow { key: self.row(at), cells, written: near.written }
    }

    pub(super) fn lsdb_view(&self) -> TableView {
        let columns = vec![
            Column { name: "level", zh: "级别" },
            Column { name: "lsp", zh: "LSP" },
            Column { name: "seq", zh: "序号" },
            Column { name: "checksum", zh: "校验和" },
            Column { name: "says", zh: "内容" },
            Column { name: "until", zh: "有效至" },
        ];
        let mut rows: Vec<TableRow> = self.database.iter().map(|((level, _), entry)| lsp_row(*level, entry)).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: LSDB, zh: "链路状态数据库", columns, rows }
    }
}

fn refused(link: usize, one: &Refused, dev: Cell) -> TableRow {
    let cells = vec![
        Cell::Name(one.system.to_string()),
        Cell::Mac(one.mac),
        Cell::None,
        dev,
        Cell::Word(one.levels.word()),
        Cell::Word(State::Down.word()),
        Cell::Word("-"),
        Cell::Time(one.until),
        Cell::Word(one.reason.slug.split_once('.').map_or(one.reason.slug, |(_, word)| word)),
    ];
    TableRow { key: refused_row(link, one), cells, written: one.written }
}

fn lsp_row(level: Level, entry: &Entry) -> TableRow {
    let lsp = &entry.lsp;
    let cells = vec![
        Cell::Word(Levels(level.number()).word()),
        Cell::Name(lsp.id.to_string()),
        Cell::Name(format!("{:08x}", lsp.seq)),
        Cell::Name(format!("{:04x}", lsp.checksum)),
        Cell::Name(says(entry)),
        Cell::Time(entry.when(0)),
    ];
    TableRow { key: entry.row, cells, written: entry.written }
}

fn says(entry: &Entry) -> String {
    if entry.is_dead() {
        return "gone".to_owned();
    }
    let (mut near, mut far) = (0, 0);
    for tlv in &entry.tlvs {
        match tlv {
            Tlv::Neighbours(all) => near += all.len(),
            Tlv::Prefixes(all) => far += all.len(),
            _ => {}
        }
    }
    let lan = entry.lsp.id.node.pseudonode > 0;
    let mut text = if lan { format!("LAN, systems {near}") } else { format!("links {near}, networks {far}") };
    if entry.lsp.flags & lsp::ATTACHED != 0 {
        text.push_str(", attached");
    }
    if entry.lsp.flags & lsp::OVERLOAD != 0 {
        text.push_str(", overloaded");
    }
    text
}
