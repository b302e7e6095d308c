//! A run as one JSON object a line, for programs. The field names are a contract.

use serde_json::{Map, Value, json};

use crate::engine::{Cell, Decision, Entry, RowChange, TableView, World};
use crate::id::{DeviceId, FlowId, FrameId};
use crate::lang::Lang;
use crate::view::names::{Book, node_name, port_name};
use crate::view::sentence::Context;
use crate::view::work;
use crate::wire::layers::{path, walk};

/// Version of the format of these lines.
pub const FORMAT: u32 = 1;

/// What the lines should hold besides the decisions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// A line for each row written or removed.
    pub tables: bool,
    /// The bytes of each frame in hexadecimal.
    pub hex: bool,
    /// Language of `text`.
    pub lang: Lang,
}

/// The first line.
pub fn start(lab: &str, variant: &str, seed: u64) -> Value {
    json!({
        "kind": "start", "lab": lab, "variant": variant, "format": FORMAT, "seed": seed,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The lines of the world's last event.
pub fn event(world: &World, book: &Book, options: Options) -> Vec<Value> {
    let mut lines = Vec::new();
    let log = world.log();
    for (at, entry) in log.entries().iter().enumerate() {
        match entry {
            Entry::Decision { decision, bytes } => {
                let ports = log.ports(at).collect::<Vec<_>>();
                lines.push(decision_line(world, book, options, (decision, log.bytes(*bytes)), &ports));
            }
            Entry::Row { device, row, change } if options.tables => {
                let tables = world.device(*device).map(crate::engine::Device::tables).unwrap_or_default();
                let Some(table) = tables.get(usize::from(row.table)) else { continue };
                let cells = table.row(row.key).map(|found| cells(table, &found.cells));
                lines.push(json!({
                    "kind": "table", "event": world.event().0, "t_ns": world.now().0,
                    "node": node_name(world, *device), "device": short_name(world, *device), "table": table.name,
                    "key": row.key, "change": change_name(*change), "row": cells,
                }));
            }
            Entry::Agent { .. } => {
                let context = Context { world, book, lang: options.lang };
                let Some(said) = context.said(entry) else { continue };
                let (on, change) = said.change.unzip();
                lines.push(json!({
                    "kind": "agent", "event": world.event().0, "t_ns": world.now().0,
                    "node": node_name(world, said.device), "device": short_name(world, said.device),
                    "agent": said.name, "reason": said.reason.slug, "asked": said.asked.0, "on": on,
                    "change": change, "refused": said.refused, "text": said.why,
                }));
            }
            Entry::Command(number) => {
                let name = world.command(*number).map_or("?", |(name, _)| name);
                lines.push(json!({
                    "kind": "change", "event": world.event().0, "t_ns": world.now().0, "name": name,
                }));
            }
            _ => {}
        }
    }
    lines
}

fn decision_line(
    world: &World,
    book: &Book,
    options: Options,
    (decision, bytes): (&Decision, &[u8]),
    ports: &[crate::id::PortNo],
) -> Value {
    let layers = walk(decision.link, bytes);
    let context = Context { world, book, lang: options.lang };
    let name = |port| port_name(world, decision.device, port);
    let parent = (decision.parent != FrameId::NONE).then_some(decision.parent.0);
    let mut line = json!({
        "kind": "decision", "event": decision.event.0, "t_ns": decision.time.0,
        "node": node_name(world, decision.device), "device": short_name(world, decision.device),
        "port": decision.port.map(name), "out": ports.iter().map(|port| name(*port)).collect::<Vec<_>>(),
        "verdict": decision.verdict.name(), "reason": decision.reason.slug,
        "frame": decision.frame.0, "parent": parent, "len": decision.len, "layers": path(&layers),
        "flow": flow_name(world, decision.origin.flow), "own": decision.origin.own,
        "text": context.why(decision, &layers, ports),
    });
    if options.hex {
        line["hex"] = Value::String(hex(bytes));
    }
    line
}

/// The last line.
pub fn end(world: &World) -> Value {
    let flows: Vec<Value> = (0..world.flows().len()).map(|at| flow(world, FlowId(at as u16))).collect();
    let mut tables = Map::new();
    let mut counters = Map::new();
    for number in 0..world.device_count() {
        let id = DeviceId(number as u32);
        let Some(device) = world.device(id) else { continue };
        let of_node = tables.entry(node_name(world, id)).or_insert_with(|| json!({}));
        for table in device.tables() {
            let rows = table.rows.iter().map(|row| cells(&table, &row.cells));
            // Two devices of a node may have tables of one name: the rows follow each other.
            match &mut of_node[table.name] {
                Value::Array(list) => list.extend(rows),
                place => *place = rows.collect(),
            }
        }
        let reasons = world.reason_counts(id).into_iter().map(|(reason, n)| (reason.slug.to_owned(), json!(n)));
        let own = device.counters().into_iter().map(|(name, n)| (name.to_owned(), json!(n)));
        let all: Map<String, Value> = reasons.chain(own).collect();
        counters.insert(world.device_name(id).to_owned(), Value::Object(all));
    }
    let mut line = json!({
        "kind": "end", "t_ns": world.now().0, "events": world.event().0, "digest": format!("{:016x}", world.digest()),
        "flows": flows, "tables": tables, "counters": counters, "cables": cables(world),
    });
    if let Some(work) = work::json(world) {
        line["work"] = work;
    }
    line
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn flow(world: &World, id: FlowId) -> Value {
    let (Some(flow), Some(stats)) = (world.flows().get(id.index()), world.flow_stats(id)) else { return Value::Null };
    let rtt = stats.rtt().map(|[min, median, max]| json!({"min": min.0, "median": median.0, "max": max.0}));
    let mut told = json!({
        "name": flow.name, "from": flow.from, "to": flow.to, "sent": stats.sent, "received": stats.received,
        "lost": stats.lost(), "bytes": stats.bytes, "rtt_ns": rtt,
    });
    if let Some(sent) = stats.streamed {
        told["bytes_sent"] = json!(sent);
        told["goodput_bps"] = json!(stats.goodput());
        told["failed"] = json!(stats.failed.map(|reason| reason.slug));
    }
    told
}

fn cables(world: &World) -> Vec<Value> {
    let one = |(at, info): (usize, &crate::engine::wire::CableInfo)| {
        let [forth, back] = world.cable_stats(crate::id::CableId(at as u32)).unwrap_or_default();
        let lost = |stats: crate::engine::wire::CableStats| stats.lost.iter().sum::<u64>();
        json!({
            "name": info.name, "frames": [forth.frames, back.frames], "bytes": [forth.bytes, back.bytes],
            "lost": [lost(forth), lost(back)],
        })
    };
    world.cables().iter().enumerate().map(one).collect()
}

fn flow_name(world: &World, flow: FlowId) -> Option<&str> {
    world.flows().get(flow.index()).map(|flow| flow.name.as_str())
}

/// Name of a device within its node.
fn short_name(world: &World, device: DeviceId) -> &str {
    let name = world.device_name(device);
    name.split_once('/').map_or(name, |(_, short)| short)
}

fn change_name(change: RowChange) -> &'static str {
    match change {
        RowChange::Added => "added",
        RowChange::Changed => "changed",
        RowChange::Removed => "removed",
    }
}

/// A row as an object: column name to value.
pub fn cells(table: &TableView, cells: &[Cell]) -> Value {
    let pairs = table.columns.iter().zip(cells).map(|(column, cell)| (column.name.to_owned(), cell_value(cell)));
    Value::Object(pairs.collect())
}

fn cell_value(cell: &Cell) -> Value {
    match cell {
        Cell::None => Value::Null,
        Cell::Number(n) => json!(n),
        Cell::Time(time) => json!(time.0),
        Cell::Span(span) => json!(span.0),
        other => json!(other.to_string()),
    }
}
