//! Moving about inside the panes.

use overunder_sim::id::NodeId;

use crate::app::against;
use crate::app::effect::Effect;
use crate::app::frame::{self, TreeLine};
use crate::app::guide;
use crate::app::keymap::Action;
use crate::app::model::{Axis, Bench, Compared, Links, Model, Motion, Pane, Side, Stage};
use crate::app::moves;
use crate::app::rows::{self, Marked};
use crate::app::why;
use crate::app::words::words;
use crate::view::layout;

/// Lines of a page.
pub const PAGE: usize = 10;

/// Gives a pane the keys.
pub fn focus(model: &mut Model, pane: Pane) {
    if let Some(bench) = model.bench_mut() {
        bench.focus = pane;
    }
}

/// Finds out what the screen will want to show and cannot ask for itself.
pub fn prepare(model: &mut Model) {
    let size = model.size;
    let Some(bench) = model.bench_mut() else { return };
    if bench.motion == Motion::Running {
        return;
    }
    if layout::shows(bench, size, Pane::Tables) {
        bench.session.look_before(bench.selection.node);
    }
    if layout::shows(bench, size, Pane::Compare) {
        compare(bench);
    }
    let lines = why::lines(bench, words(bench.session.lang())).len();
    bench.places.why = bench.places.why.min(lines.saturating_sub(1));
}

/// Compares the present branch with the one it was made from; the first with the newest.
fn compare(bench: &mut Bench) {
    if let Some(against) = &mut bench.against {
        return against.follow(&mut bench.session);
    }
    let session = &bench.session;
    let current = session.timeline().current();
    let from = (session.event(), current);
    if session.timeline().branches().len() < 2 || bench.compared.as_ref().is_some_and(|known| known.from == from) {
        return;
    }
    let newest = session.timeline().branches().len() - 1;
    let with = if current == 0 { newest } else { session.parent_branch().unwrap_or(0) };
    let found = session.timeline().compare(with);
    bench.compared = Some(Compared { from, with, found });
}

/// Does what a key means in the pane that has the keys.
pub fn act(model: &mut Model, action: Action) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    match action {
        Action::Zoom => bench.zoomed = !bench.zoomed,
        Action::Pane(pane) => bench.focus = pane,
        Action::NextPane => turn(bench, 1),
        Action::PrevPane => turn(bench, Pane::ALL.len() - 1),
        Action::Follow => {
            bench.selection.pinned = !bench.selection.pinned;
            bench.follow();
        }
        Action::Diff if bench.session.mark().is_none() => model.say(words.no_mark),
        Action::Diff => bench.places.against_mark = !bench.places.against_mark,
        _ => in_pane(model, action),
    }
}

fn turn(bench: &mut Bench, by: usize) {
    let at = bench.focus.number() - 1;
    bench.focus = Pane::ALL[(at + by) % Pane::ALL.len()];
}

fn in_pane(model: &mut Model, action: Action) {
    let Some(bench) = model.bench_mut() else { return };
    let lines = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -(PAGE as isize),
        Action::PageDown => PAGE as isize,
        _ => 0,
    };
    match bench.focus {
        Pane::Time if lines != 0 => along(model, lines),
        Pane::Map => map(model, action, lines),
        Pane::Packet => packet(bench, action, lines),
        Pane::Tables => tables(model, action, lines),
        Pane::Why if action == Action::Open => open_reason(model),
        Pane::Guide if action == Action::Open => {
            if let Err(error) = guide::advance(model) {
                model.say(error);
            }
        }
        Pane::Guide if action == Action::Evidence => {
            if let Err(error) = guide::evidence(model) {
                model.say(error);
            }
        }
        Pane::Compare if action == Action::Open => {
            if let Err(error) = against::ask(model) {
                model.say(error);
            }
        }
        Pane::Charts if action == Action::Raw => {
            bench.places.axis = match bench.places.axis {
                Axis::Time => Axis::Steps,
                Axis::Steps => Axis::Time,
            };
        }
        pane => scroll(bench, pane, lines),
    }
}

/// Along the timeline: lines down are steps forward.
fn along(model: &mut Model, lines: isize) {
    for _ in 0..lines.unsigned_abs() {
        if lines > 0 {
            moves::forward(model, moves::Stride::Moment);
        } else {
            moves::backward(model, moves::Stride::Moment);
        }
    }
}

fn scroll(bench: &mut Bench, pane: Pane, lines: isize) {
    let told = bench.session.history().told().len();
    let places = &mut bench.places;
    let moved = |at: usize| at.saturating_add_signed(lines);
    match pane {
        Pane::Why => places.why = moved(places.why),
        Pane::Guide => places.guide = moved(places.guide).min(1_000),
        Pane::Compare => places.compare = moved(places.compare).min(10_000),
        Pane::Charts => places.chart = moved(places.chart).min(3),
        // The log counts from its end.
        Pane::Log => places.log = places.log.saturating_add_signed(-lines).min(told.saturating_sub(1)),
        _ => {}
    }
}

/// The wheel over a pane.
pub fn wheel(model: &mut Model, pane: Option<Pane>, lines: i32) {
    let lines = isize::try_from(lines).unwrap_or(0);
    match (&mut model.stage, pane) {
        (Stage::Picker(line), _) => {
            *line = line.saturating_add_signed(lines).min(model.library.len().saturating_sub(1));
        }
        (Stage::Bench(bench), Some(pane)) => match pane {
            Pane::Map => bench.places.map.1 += lines as i32,
            Pane::Packet => packet(bench, Action::Down, lines),
            Pane::Time => along(model, lines.signum()),
            Pane::Tables => move_row(bench, lines),
            pane => scroll(bench, pane, lines),
        },
        _ => {}
    }
}

fn map(model: &mut Model, action: Action, lines: isize) {
    let Some(bench) = model.bench_mut() else { return };
    let nodes = bench.session.world().nodes().len();
    match action {
        Action::Collapse => bench.places.folded = !bench.places.folded,
        Action::Inside => {
            let node = bench.selection.node;
            if !bench.places.turned.remove(&node) {
                bench.places.turned.insert(node);
            }
        }
        Action::Links => {
            bench.places.links = match bench.places.links {
                Links::Both => Links::Cables,
                Links::Cables => Links::Tunnels,
                Links::Tunnels => Links::Both,
            };
        }
        Action::PanLeft => bench.places.map.0 -= PAGE as i32,
        Action::PanRight => bench.places.map.0 += PAGE as i32,
        Action::Open => bench.focus = Pane::Tables,
        Action::PageUp | Action::PageDown => bench.places.map.1 += lines as i32,
        Action::Up | Action::Down | Action::Left | Action::Right if nodes > 0 => {
            let next = crate::view::map::neighbour(bench, action);
            bench.select(next);
        }
        _ => {}
    }
}

fn packet(bench: &mut Bench, action: Action, lines: isize) {
    let Some((_, taken)) = frame::shown(bench) else { return };
    let tree = taken.tree(|layer| bench.places.closed.contains(&layer), bench.places.raw);
    let places = &mut bench.places;
    let last = tree.len().saturating_sub(1);
    let line = tree.get(places.packet.min(last)).copied();
    match (action, line) {
        (Action::View, _) => {
            places.side = match places.side {
                Side::In => Side::Out,
                Side::Out => Side::Diff,
                Side::Diff => Side::In,
            };
            places.packet = 0;
        }
        (Action::Raw, _) => places.raw = !places.raw,
        (Action::Left, Some(TreeLine::Layer(layer) | TreeLine::Field(layer, _))) => {
            places.closed.insert(layer);
            places.packet = tree.iter().position(|line| *line == TreeLine::Layer(layer)).unwrap_or(0);
        }
        (Action::Right, Some(TreeLine::Layer(layer))) => drop(places.closed.remove(&layer)),
        (Action::Open, Some(TreeLine::Layer(layer))) => {
            if !places.closed.remove(&layer) {
                places.closed.insert(layer);
            }
        }
        _ => places.packet = places.packet.min(last).saturating_add_signed(lines).min(last),
    }
}

/// The table the pane shows.
pub fn chosen(bench: &Bench) -> Option<Marked> {
    let tables = rows::marked(bench, bench.selection.node);
    let at = bench.places.table.min(tables.len().checked_sub(1)?);
    tables.into_iter().nth(at)
}

fn tables(model: &mut Model, action: Action, lines: isize) {
    let Some(bench) = model.bench_mut() else { return };
    let count: usize = bench.session.tables(bench.selection.node).iter().map(|(_, tables)| tables.len()).sum();
    let nodes = bench.session.world().nodes().len() as u32;
    let at = bench.places.table.min(count.saturating_sub(1));
    let node = bench.selection.node.0;
    match action {
        Action::NextTable if count > 0 => (bench.places.table, bench.places.row) = ((at + 1) % count, 0),
        Action::PrevTable if count > 0 => (bench.places.table, bench.places.row) = ((at + count - 1) % count, 0),
        Action::Right if nodes > 0 => bench.select(NodeId((node + 1) % nodes)),
        Action::Left if nodes > 0 => bench.select(NodeId((node + nodes - 1) % nodes)),
        Action::Open => open_row(model),
        _ => move_row(bench, lines),
    }
}

fn move_row(bench: &mut Bench, lines: isize) {
    let last = chosen(bench).map_or(0, |table| table.rows.len().saturating_sub(1));
    bench.places.row = bench.places.row.min(last).saturating_add_signed(lines).min(last);
}

/// To the event that wrote the chosen row.
fn open_row(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench() else { return };
    let row = chosen(bench).and_then(|table| table.rows.get(bench.places.row).map(|(_, row)| row.written));
    match row {
        Some(event) if event.0 > 0 => drop(moves::to_event(model, event)),
        _ => model.say(words.row_unwritten),
    }
}

/// From a reason to the row it speaks of.
fn open_reason(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let line = why::lines(bench, words).into_iter().nth(bench.places.why);
    let Some((device, row)) = line.and_then(|line| line.row) else { return model.say(words.no_row) };
    let Some(node) = bench.session.world().node_of(device) else { return };
    bench.select(node);
    let tables = rows::marked(bench, node);
    let first = tables.iter().position(|table| table.device == device).unwrap_or(0);
    bench.places.table = first + usize::from(row.table);
    let rows = chosen(bench).map(|table| table.rows).unwrap_or_default();
    bench.places.row = rows.iter().position(|(_, at)| at.key == row.key).unwrap_or(0);
    bench.focus = Pane::Tables;
}

/// Goes to a line of a pane.
pub fn to_line(model: &mut Model, pane: Pane, line: usize) {
    let Some(bench) = model.bench_mut() else { return };
    let places = &mut bench.places;
    match pane {
        Pane::Why => places.why = line,
        Pane::Packet => places.packet = line,
        Pane::Tables => places.row = line,
        _ => {}
    }
}

/// Puts what is selected on the clipboard.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let words = model.words();
    let Some(bench) = model.bench() else { return Vec::new() };
    let text = match bench.focus {
        Pane::Packet => frame::shown(bench).map(|(_, taken)| field_text(bench, &taken)),
        Pane::Tables => chosen(bench).and_then(|table| {
            let (_, row) = table.rows.get(bench.places.row)?;
            Some(row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }),
        Pane::Why => why::lines(bench, words).into_iter().nth(bench.places.why).map(|line| line.text),
        _ => bench.session.moment().map(|moment| bench.session.history().text(moment).to_owned()),
    };
    text.map(|text| vec![Effect::Copy(text)]).unwrap_or_default()
}

fn field_text(bench: &Bench, taken: &frame::Taken) -> String {
    let tree = taken.tree(|layer| bench.places.closed.contains(&layer), bench.places.raw);
    match tree.get(bench.places.packet) {
        Some(TreeLine::Field(layer, field)) => taken.layers[*layer].fields[*field].value.to_string(),
        Some(TreeLine::Layer(layer)) => {
            let bytes = &taken.bytes[taken.layers[*layer].range.clone()];
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
        }
        None => String::new(),
    }
}
