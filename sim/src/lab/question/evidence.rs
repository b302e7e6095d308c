//! What in a run shows an answer: the events a value counts or a check looks at.

use crate::engine::log::Crossing;
use crate::engine::{Cell, RowChange, TableRow};
use crate::id::{DeviceId, EventNo, PortNo};
use crate::lab::judge::select::{Picked, Selector, pick};
use crate::lab::judge::value::matching;
use crate::lab::judge::{Check, Number as Value};
use crate::lab::question::Seen;
use crate::lang::Lang;
use crate::plan::Bilingual;
use crate::time::SimTime;
use crate::wire::layers::summary;

/// Pieces that are described; more are only counted.
pub const SHOWN: usize = 8;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// In which event of the run.
    pub event: EventNo,
    /// When, if it was in this window.
    pub time: Option<SimTime>,
    /// Where: `sw:1`.
    pub place: String,
    /// What, in both languages.
    pub what: Bilingual,
}

/// Everything that shows an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// How many pieces there are.
    pub total: usize,
    /// The first of them.
    pub pieces: Vec<Piece>,
}

impl Evidence {
    /// Adds what another value shows.
    pub fn join(&mut self, other: Self) {
        self.total += other.total;
        self.pieces.extend(other.pieces);
        self.pieces.sort_by_key(|piece| piece.event);
        self.pieces.dedup();
        self.pieces.truncate(SHOWN);
    }

    /// Numbers of the events described.
    pub fn events(&self) -> impl Iterator<Item = EventNo> {
        self.pieces.iter().map(|piece| piece.event)
    }

    fn of(selector: &Selector, seen: Seen<'_>, most: usize) -> Self {
        let found = pick(selector, seen.run.trace, seen.run.world);
        let found = &found[..found.len().min(most)];
        let pieces = found.iter().take(SHOWN).map(|record| piece(record, seen)).collect();
        Self { total: found.len(), pieces }
    }
}

/// What shows a value; nothing for what another variant shows.
pub fn of_value(value: &Value, seen: Seen<'_>) -> Evidence {
    match value {
        Value::Count(selector) | Value::Bytes(selector) | Value::Nodes(selector) | Value::Spent(selector) => {
            Evidence::of(selector, seen, usize::MAX)
        }
        Value::Size(selector) | Value::Time(selector) | Value::Field(selector, _) => Evidence::of(selector, seen, 1),
        Value::Rows(device, table, cells) => {
            of_rows(*device, table, &matching(seen.run.world, *device, table, cells), seen)
        }
        Value::Cell(device, table, cells, _) => {
            let rows = matching(seen.run.world, *device, table, cells);
            of_rows(*device, table, &rows[..rows.len().min(1)], seen)
        }
        Value::Times(_, value) => of_value(value, seen),
        Value::Add(a, b) | Value::Sub(a, b) => {
            let mut all = of_value(a, seen);
            all.join(of_value(b, seen));
            all
        }
        // Its own variant as a whole: the same events, also those before and behind the step.
        Value::In(variant, value) if variant == seen.variant => match seen.others.variant(variant) {
            Some(whole) => of_value(value, Seen { run: whole.run(), ..seen }),
            None => Evidence::default(),
        },
        _ => Evidence::default(),
    }
}

/// What shows that a check holds.
pub fn of_check(check: &Check, seen: Seen<'_>) -> Evidence {
    match check {
        Check::Saw(selector) | Check::Never(selector) => Evidence::of(selector, seen, usize::MAX),
        Check::Row(device, table, cells, true) => {
            of_rows(*device, table, &matching(seen.run.world, *device, table, cells), seen)
        }
        Check::Compare(_, left, right) => {
            let mut all = of_value(left, seen);
            all.join(of_value(right, seen));
            all
        }
        Check::Dropped(flow, _, at, reason) => {
            let mut selector = Selector::new(crate::lab::judge::Kind::Drops);
            (selector.flow, selector.at, selector.reason) = (Some(*flow), Some(at.clone()), Some(*reason));
            Evidence::of(&selector, seen, usize::MAX)
        }
        Check::InOrder(selectors) => {
            let mut all = Evidence::default();
            for selector in selectors {
                all.join(Evidence::of(selector, seen, 1));
            }
            all
        }
        Check::All(checks) | Check::Any(checks) => {
            let mut all = Evidence::default();
            for check in checks {
                all.join(of_check(check, seen));
            }
            all
        }
        Check::Not(check) => of_check(check, seen),
        _ => Evidence::default(),
    }
}

/// The events that wrote these rows; rows that were there at the start have none.
pub fn of_rows(device: DeviceId, table: &str, rows: &[TableRow], seen: Seen<'_>) -> Evidence {
    let world = seen.run.world;
    let written = rows.iter().filter(|row| row.written != EventNo(0));
    let when =
        |event: EventNo| seen.run.trace.changes.iter().find(|change| change.event == event).map(|change| change.time);
    let piece = |row: &TableRow| {
        // When a row was last renewed is another matter than when it was written.
        let lasting = row.cells.iter().filter(|cell| !matches!(cell, Cell::Time(_) | Cell::Span(_)));
        let cells: Vec<String> = lasting.map(ToString::to_string).collect();
        let cells = cells.join(" ");
        Piece {
            event: row.written,
            time: when(row.written),
            place: world.device_name(device).to_owned(),
            what: Bilingual::new(format!("wrote {table}: {cells}"), format!("写入 {table}:{cells}")),
        }
    };
    let mut pieces: Vec<Piece> = written.clone().map(piece).collect();
    pieces.sort_by_key(|piece| piece.event);
    pieces.truncate(SHOWN);
    Evidence { total: written.count(), pieces }
}

fn piece(record: &Picked<'_>, seen: Seen<'_>) -> Piece {
    let (world, trace) = (seen.run.world, seen.run.trace);
    let place = |device: DeviceId, port: Option<PortNo>| {
        let name = world.device_name(device);
        let port = port.zip(world.device(device)).map(|(port, at)| at.port_name(port));
        // `ann:eth0` rather than `ann/eth0:eth0`: as labs write it.
        let plain = |port: &String| name.split_once('/').filter(|(_, device)| device == port).map(|(node, _)| node);
        match port {
            Some(port) => format!("{}:{port}", plain(&port).unwrap_or(name)),
            None => name.to_owned(),
        }
    };
    let layers = record.layers(trace);
    let (place, en, zh) = match record {
        Picked::Frame(frame) => {
            let (en, zh) = match frame.crossing {
                Crossing::Arrived => ("came in", "进入"),
                Crossing::Sent => ("left", "离开"),
            };
            (place(frame.device, Some(frame.port)), en.to_owned(), zh.to_owned())
        }
        Picked::Decision(decided) => {
            let decision = &decided.decision;
            let text = format!("{} [{}]", decision.verdict.name(), decision.reason.slug);
            (place(decision.device, decision.port), text.clone(), text)
        }
        Picked::Change(change) => {
            let table = world.device(change.device).map(crate::engine::Device::tables).unwrap_or_default();
            let table = table.get(usize::from(change.row.table)).map_or("?", |table| table.name);
            let (en, zh) = match change.change {
                RowChange::Added => ("added to", "新增到"),
                RowChange::Changed => ("changed in", "修改于"),
                RowChange::Removed => ("removed from", "删除自"),
            };
            let text = |what: &str, row: &str| format!("{row}{what} {table}");
            return Piece {
                event: record.event(),
                time: Some(record.time()),
                place: world.device_name(change.device).to_owned(),
                what: Bilingual::new(text(en, "a row "), text(zh, "一行")),
            };
        }
        Picked::Charge(work) => {
            let (name, spent) = (work.cost.name(), work.spent);
            return Piece {
                event: record.event(),
                time: Some(record.time()),
                place: world.device_name(work.device).to_owned(),
                what: Bilingual::new(
                    format!("{} [{}], {spent} of the core", name.en, name.slug),
                    format!("{} [{}],占用核 {spent}", name.zh, name.slug),
                ),
            };
        }
    };
    let what =
        Bilingual::new(format!("{en}: {}", summary(&layers, Lang::En)), format!("{zh}:{}", summary(&layers, Lang::Zh)));
    Piece { event: record.event(), time: Some(record.time()), place, what }
}
