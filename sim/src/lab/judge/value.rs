//! Values: what can be counted and measured in a run.

use std::collections::BTreeSet;
use std::fmt;

use crate::engine::{TableRow, TableView, World};
use crate::id::{CableId, DeviceId, FlowId};
use crate::lab::judge::convergence::Asked;
use crate::lab::judge::flows;
use crate::lab::judge::run::{Others, Run};
use crate::lab::judge::select::{Picked, Selector, pick};
use crate::time::SimDuration;
use crate::wire::layers::{FieldValue, find};

/// A number with its unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A count, or bytes.
    Number(i64),
    /// A span of time, in nanoseconds; negative when an order is reversed.
    Span(i64),
    /// Bits a second.
    Rate(i64),
    /// A text: an address, a name.
    Text(String),
    /// Names, sorted.
    Set(Vec<String>),
    /// Names in the order of a way.
    Way(Vec<String>),
    /// There is nothing to measure.
    Nothing,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Span(ns) if *ns < 0 => write!(f, "-{}", SimDuration(ns.unsigned_abs())),
            Self::Span(ns) => SimDuration(ns.unsigned_abs()).fmt(f),
            Self::Rate(bits) => f.write_str(&rate(*bits)),
            Self::Text(text) => f.write_str(text),
            Self::Set(names) | Self::Way(names) if names.is_empty() => f.write_str("-"),
            Self::Set(names) => f.write_str(&names.join(", ")),
            Self::Way(names) => f.write_str(&names.join(" > ")),
            Self::Nothing => f.write_str("-"),
        }
    }
}

/// The largest unit in which the number is not below one, with at most three decimals.
fn rate(bits: i64) -> String {
    let units = [(1_000_000_000, "Gbps"), (1_000_000, "Mbps"), (1_000, "kbps")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| bits >= *unit) else { return format!("{bits}bps") };
    let thousandths = format!("{:03}", bits % unit * 1000 / unit);
    let fraction = thousandths.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}{name}", bits / unit)
}

/// Which round-trip time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The shortest.
    Min,
    /// The middle one.
    Median,
    /// The longest.
    Max,
}

/// A value of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// Written down by the author.
    Fixed(Quantity),
    /// How many records.
    Count(Selector),
    /// Bytes of all records together.
    Bytes(Selector),
    /// What all the work together takes.
    Spent(Selector),
    /// Bytes of the first record.
    Size(Selector),
    /// Time of the first record.
    Time(Selector),
    /// A field of the first record's frame.
    Field(Selector, String),
    /// How many different values a field has in the frames of the records.
    Distinct(Selector, String),
    /// The nodes at which there are records.
    Nodes(Selector),
    /// How many rows have all these cells.
    Rows(DeviceId, String, Vec<(String, String)>),
    /// A cell of the first such row.
    Cell(DeviceId, String, Vec<(String, String)>, String),
    /// What stands in a table, in eight digits.
    Digest(DeviceId, String),
    /// Packets sent.
    Sent(FlowId),
    /// Packets received.
    Received(FlowId),
    /// Packets lost.
    Lost(FlowId),
    /// A round-trip time.
    Rtt(FlowId, Measure),
    /// Payload bits a second, from the first payload of a flow that arrived to the last.
    Goodput(FlowId),
    /// The nodes the first delivered packet went through.
    Path(FlowId),
    /// Bytes by which a flow's IP packets have grown on a cable.
    Overhead(FlowId, CableId),
    /// What followed a change of this name.
    After(Asked, String),
    /// So many times a number, a time or a rate.
    Times(i64, Box<Number>),
    /// One more than another.
    Add(Box<Number>, Box<Number>),
    /// The difference.
    Sub(Box<Number>, Box<Number>),
    /// The value in another variant.
    In(String, Box<Number>),
}

impl Number {
    /// The value in this run; `others` has the runs of other variants.
    pub fn of(&self, run: Run<'_>, others: &dyn Others) -> Quantity {
        let all = |selector| pick(selector, run.trace, run.world);
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Count(selector) => Quantity::Number(all(selector).len() as i64),
            Self::Bytes(selector) => {
                Quantity::Number(all(selector).iter().map(|record| record.len(run.trace) as i64).sum())
            }
            Self::Spent(selector) => Quantity::Span(all(selector).iter().map(|record| record.spent().0 as i64).sum()),
            Self::Size(selector) => first(selector, run, |record| Quantity::Number(record.len(run.trace) as i64)),
            Self::Time(selector) => {
                first(selector, run, |record| Quantity::Span(record.time().since(run.trace.began).0 as i64))
            }
            Self::Field(selector, place) => first(selector, run, |record| field(run, record, place)),
            Self::Distinct(selector, place) => {
                let values = all(selector).iter().map(|record| field(run, record, place)).collect::<Vec<_>>();
                let values: BTreeSet<String> =
                    values.iter().filter(|value| **value != Quantity::Nothing).map(ToString::to_string).collect();
                Quantity::Number(values.len() as i64)
            }
            Self::Nodes(selector) => {
                let mut names: Vec<String> = all(selector).iter().map(|at| node_of(run.world, at.device())).collect();
                names.sort();
                names.dedup();
                Quantity::Set(names)
            }
            Self::Rows(device, table, cells) => Quantity::Number(rows(run.world, *device, table, cells).len() as i64),
            Self::Cell(device, table, cells, column) => cell(run.world, *device, table, cells, column),
            Self::Digest(device, table) => digest(run.world, *device, table),
            Self::Sent(flow) => flows::stat(run, *flow, |stats| stats.sent),
            Self::Received(flow) => flows::stat(run, *flow, |stats| stats.received),
            Self::Lost(flow) => flows::stat(run, *flow, crate::engine::FlowStats::lost),
            Self::Rtt(flow, which) => flows::rtt(run, *flow, *which),
            Self::Goodput(flow) => flows::goodput(run, *flow),
            Self::Path(flow) => flows::path(run, *flow).map_or(Quantity::Nothing, Quantity::Way),
            Self::Overhead(flow, cable) => flows::overhead(run, *flow, *cable),
            Self::After(asked, name) => asked.of(run.trace.convergence.as_deref(), name, run.world.now()),
            Self::Times(n, value) => scaled(*n, value.of(run, others)),
            Self::Add(a, b) => combine(&a.of(run, others), &b.of(run, others), i64::saturating_add),
            Self::Sub(a, b) => combine(&a.of(run, others), &b.of(run, others), i64::saturating_sub),
            Self::In(variant, value) => {
                others.variant(variant).map_or(Quantity::Nothing, |other| value.of(other.run(), others))
            }
        }
    }
}

impl Number {
    /// Whether it depends on the window that is judged, and not only on whole runs of variants.
    pub fn needs_window(&self) -> bool {
        match self {
            Self::Fixed(_) | Self::In(..) => false,
            Self::Times(_, value) => value.needs_window(),
            Self::Add(a, b) | Self::Sub(a, b) => a.needs_window() || b.needs_window(),
            _ => true,
        }
    }
}

fn field(run: Run<'_>, record: &Picked<'_>, place: &str) -> Quantity {
    find(&record.layers(run.trace), place).map_or(Quantity::Nothing, |field| match &field.value {
        FieldValue::Number(n) | FieldValue::Hex(n, _) => Quantity::Number(*n as i64),
        FieldValue::Flag(on) => Quantity::Number(i64::from(*on)),
        other => Quantity::Text(other.to_string()),
    })
}

fn combine(a: &Quantity, b: &Quantity, with: impl Fn(i64, i64) -> i64) -> Quantity {
    match (a, b) {
        (Quantity::Number(a), Quantity::Number(b)) => Quantity::Number(with(*a, *b)),
        (Quantity::Span(a), Quantity::Span(b)) => Quantity::Span(with(*a, *b)),
        (Quantity::Rate(a), Quantity::Rate(b)) => Quantity::Rate(with(*a, *b)),
        _ => Quantity::Nothing,
    }
}

fn scaled(n: i64, value: Quantity) -> Quantity {
    match value {
        Quantity::Number(value) => Quantity::Number(value.saturating_mul(n)),
        Quantity::Span(value) => Quantity::Span(value.saturating_mul(n)),
        Quantity::Rate(value) => Quantity::Rate(value.saturating_mul(n)),
        _ => Quantity::Nothing,
    }
}

fn first(selector: &Selector, run: Run<'_>, get: impl Fn(&Picked<'_>) -> Quantity) -> Quantity {
    pick(selector, run.trace, run.world).first().map_or(Quantity::Nothing, get)
}

/// Name of the node a device belongs to.
pub fn node_of(world: &World, device: DeviceId) -> String {
    let node = world.node_of(device).and_then(|node| world.nodes().get(node.index()));
    node.map_or_else(String::new, |node| node.name.clone())
}

fn view(world: &World, device: DeviceId, table: &str) -> Option<TableView> {
    world.device(device)?.tables().into_iter().find(|view| view.name == table)
}

/// The rows of a table that have all these cells.
pub fn matching(world: &World, device: DeviceId, table: &str, cells: &[(String, String)]) -> Vec<TableRow> {
    let Some(view) = view(world, device, table) else { return Vec::new() };
    let wanted: Vec<(Option<usize>, &String)> =
        cells.iter().map(|(column, value)| (view.column(column), value)).collect();
    let cell = |row: &TableRow, at: usize| row.cells.get(at).map(ToString::to_string);
    let fits =
        |row: &TableRow| wanted.iter().all(|(at, value)| at.and_then(|at| cell(row, at)).as_ref() == Some(value));
    view.rows.into_iter().filter(fits).collect()
}

/// The same as text.
pub fn rows(world: &World, device: DeviceId, table: &str, cells: &[(String, String)]) -> Vec<Vec<String>> {
    let text = |row: TableRow| row.cells.iter().map(ToString::to_string).collect();
    matching(world, device, table, cells).into_iter().map(text).collect()
}

fn cell(world: &World, device: DeviceId, table: &str, cells: &[(String, String)], column: &str) -> Quantity {
    let Some(at) = view(world, device, table).and_then(|view| view.column(column)) else { return Quantity::Nothing };
    let found = matching(world, device, table, cells);
    found.first().and_then(|row| row.cells.get(at)).map_or(Quantity::Nothing, |cell| match cell {
        crate::engine::Cell::Time(time) => Quantity::Span(time.0 as i64),
        crate::engine::Cell::Span(span) => Quantity::Span(span.0 as i64),
        other => {
            let text = other.to_string();
            text.parse().map_or(Quantity::Text(text), Quantity::Number)
        }
    })
}

/// All rows of a table as one text of eight digits. Times are left out: two routers that know the same have not heard
/// of it at the same time. The order of rows does not matter.
fn digest(world: &World, device: DeviceId, table: &str) -> Quantity {
    let Some(view) = view(world, device, table) else { return Quantity::Nothing };
    let timeless =
        |cell: &&crate::engine::Cell| !matches!(cell, crate::engine::Cell::Time(_) | crate::engine::Cell::Span(_));
    let row = |row: &TableRow| row.cells.iter().filter(timeless).map(ToString::to_string).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = view.rows.iter().map(row).collect();
    rows.sort();
    // FNV-1a; a byte that stands in no text ends each cell, another each row.
    let fold = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let mut sum = 0x811c_9dc5;
    for row in rows {
        for cell in row {
            sum = fold(cell.bytes().fold(sum, fold), 0xff);
        }
        sum = fold(sum, 0xfe);
    }
    Quantity::Text(format!("{sum:08x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_print_in_the_largest_unit() {
        for (bits, text) in [(0, "0bps"), (999, "999bps"), (1_500, "1.5kbps"), (10_000_000_000, "10Gbps")] {
            assert_eq!(Quantity::Rate(bits).to_string(), text);
        }
        assert_eq!(Quantity::Rate(95_999_999).to_string(), "95.999Mbps");
    }
}
