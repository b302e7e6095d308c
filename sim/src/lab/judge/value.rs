//! Values: what can be counted and measured in a run.

use std::fmt;

use crate::engine::{TableView, World};
use crate::id::{DeviceId, FlowId};
use crate::lab::judge::select::{Picked, Selector, pick};
use crate::lab::judge::trace::Trace;
use crate::time::SimDuration;
use crate::wire::layers::{FieldValue, find};

/// A number with its unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A count, or bytes.
    Number(i64),
    /// A span of time, in nanoseconds; negative when an order is reversed.
    Span(i64),
    /// A text: an address, a name.
    Text(String),
    /// Names, sorted.
    Set(Vec<String>),
    /// There is nothing to measure.
    Nothing,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Span(ns) if *ns < 0 => write!(f, "-{}", SimDuration(ns.unsigned_abs())),
            Self::Span(ns) => SimDuration(ns.unsigned_abs()).fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Set(names) if names.is_empty() => f.write_str("-"),
            Self::Set(names) => f.write_str(&names.join(", ")),
            Self::Nothing => f.write_str("-"),
        }
    }
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
    /// Bytes of the first record.
    Size(Selector),
    /// Time of the first record.
    Time(Selector),
    /// A field of the first record's frame.
    Field(Selector, String),
    /// The nodes at which there are records.
    Nodes(Selector),
    /// How many rows have all these cells.
    Rows(DeviceId, String, Vec<(String, String)>),
    /// A cell of the first such row.
    Cell(DeviceId, String, Vec<(String, String)>, String),
    /// Packets sent.
    Sent(FlowId),
    /// Packets received.
    Received(FlowId),
    /// Packets lost.
    Lost(FlowId),
    /// A round-trip time.
    Rtt(FlowId, Measure),
    /// One more than another.
    Add(Box<Number>, Box<Number>),
    /// The difference.
    Sub(Box<Number>, Box<Number>),
}

/// A run to be judged: its records and its end.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its records.
    pub trace: &'a Trace,
    /// The world at its end.
    pub world: &'a World,
}

impl Number {
    /// The value in this run.
    pub fn of(&self, run: Run<'_>) -> Quantity {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Count(selector) => Quantity::Number(pick(selector, run.trace, run.world).len() as i64),
            Self::Bytes(selector) => {
                let all = pick(selector, run.trace, run.world);
                Quantity::Number(all.iter().map(|record| record.len(run.trace) as i64).sum())
            }
            Self::Size(selector) => first(selector, run, |record| Quantity::Number(record.len(run.trace) as i64)),
            Self::Time(selector) => first(selector, run, |record| Quantity::Span(record.time().0 as i64)),
            Self::Field(selector, place) => first(selector, run, |record| {
                find(&record.layers(run.trace), place).map_or(Quantity::Nothing, |field| match &field.value {
                    FieldValue::Number(n) | FieldValue::Hex(n, _) => Quantity::Number(*n as i64),
                    FieldValue::Flag(on) => Quantity::Number(i64::from(*on)),
                    other => Quantity::Text(other.to_string()),
                })
            }),
            Self::Nodes(selector) => {
                let all = pick(selector, run.trace, run.world);
                let mut names: Vec<String> = all.iter().map(|at| node_of(run.world, at.device())).collect();
                names.sort();
                names.dedup();
                Quantity::Set(names)
            }
            Self::Rows(device, table, cells) => Quantity::Number(rows(run.world, *device, table, cells).len() as i64),
            Self::Cell(device, table, cells, column) => cell(run.world, *device, table, cells, column),
            Self::Sent(flow) => stat(run, *flow, |stats| stats.sent),
            Self::Received(flow) => stat(run, *flow, |stats| stats.received),
            Self::Lost(flow) => stat(run, *flow, crate::engine::FlowStats::lost),
            Self::Rtt(flow, which) => {
                let rtt = run.world.flow_stats(*flow).and_then(crate::engine::FlowStats::rtt);
                rtt.map_or(Quantity::Nothing, |[min, median, max]| {
                    Quantity::Span(match which {
                        Measure::Min => min.0 as i64,
                        Measure::Median => median.0 as i64,
                        Measure::Max => max.0 as i64,
                    })
                })
            }
            Self::Add(a, b) => combine(&a.of(run), &b.of(run), i64::saturating_add),
            Self::Sub(a, b) => combine(&a.of(run), &b.of(run), i64::saturating_sub),
        }
    }
}

fn combine(a: &Quantity, b: &Quantity, with: impl Fn(i64, i64) -> i64) -> Quantity {
    match (a, b) {
        (Quantity::Number(a), Quantity::Number(b)) => Quantity::Number(with(*a, *b)),
        (Quantity::Span(a), Quantity::Span(b)) => Quantity::Span(with(*a, *b)),
        _ => Quantity::Nothing,
    }
}

fn first(selector: &Selector, run: Run<'_>, get: impl Fn(&Picked<'_>) -> Quantity) -> Quantity {
    pick(selector, run.trace, run.world).first().map_or(Quantity::Nothing, get)
}

fn stat(run: Run<'_>, flow: FlowId, get: impl Fn(&crate::engine::FlowStats) -> u64) -> Quantity {
    run.world.flow_stats(flow).map_or(Quantity::Nothing, |stats| Quantity::Number(get(stats) as i64))
}

/// Name of the node a device belongs to.
pub fn node_of(world: &World, device: DeviceId) -> String {
    let node = world.node_of(device).and_then(|node| world.nodes().get(node.index()));
    node.map_or_else(String::new, |node| node.name.clone())
}

fn view(world: &World, device: DeviceId, table: &str) -> Option<TableView> {
    world.device(device)?.tables().into_iter().find(|view| view.name == table)
}

/// The rows of a table that have all these cells, as text.
pub fn rows(world: &World, device: DeviceId, table: &str, cells: &[(String, String)]) -> Vec<Vec<String>> {
    let Some(view) = view(world, device, table) else { return Vec::new() };
    let wanted: Vec<(Option<usize>, &String)> =
        cells.iter().map(|(column, value)| (view.column(column), value)).collect();
    let text = |row: &crate::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>();
    let fits = |row: &Vec<String>| wanted.iter().all(|(at, value)| at.and_then(|at| row.get(at)) == Some(value));
    view.rows.iter().map(text).filter(fits).collect()
}

fn cell(world: &World, device: DeviceId, table: &str, cells: &[(String, String)], column: &str) -> Quantity {
    let Some(at) = view(world, device, table).and_then(|view| view.column(column)) else { return Quantity::Nothing };
    let found = rows(world, device, table, cells);
    found
        .first()
        .and_then(|row| row.get(at))
        .map_or(Quantity::Nothing, |text| text.parse().map_or_else(|_| Quantity::Text(text.clone()), Quantity::Number))
}
