//! The tables of the selected node, with what changed.

use overunder_sim::lang::Lang;
use overunder_sim::view::tables::grid;
use ratatui::layout::Rect;

use crate::app::message::Target;
use crate::app::model::{Bench, Pane};
use crate::app::rows::{self, Fate, Marked};
use crate::view::paint::{Line, Painter, first_shown, span};
use crate::view::theme::Role;

/// Paints the names of the tables and the chosen one.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let tables = rows::marked(bench, bench.selection.node);
    if tables.is_empty() || area.height == 0 {
        painter.line(area, 0, &[span(painter.words.no_tables, Role::Dim)]);
        return;
    }
    let chosen = bench.places.table.min(tables.len() - 1);
    let tabs = tabs(bench, &tables, chosen);
    painter.line(area, 0, &tabs);
    let list = Rect { y: area.y + 1, height: area.height - 1, ..area };
    table(painter, list, bench, &tables[chosen]);
}

/// Title of the pane: the node, and what the tables are compared with.
pub fn title(painter: &Painter<'_>, bench: &Bench) -> Line {
    let words = painter.words;
    let node = bench.session.world().nodes().get(bench.selection.node.index());
    let name = node.map_or("", |node| node.name.as_str());
    let against = match (bench.places.against_mark, bench.session.mark()) {
        (true, Some(mark)) => crate::view::fill_n(words.since_mark, mark.event),
        _ => words.since_step.to_owned(),
    };
    vec![
        span(words.tables, Role::Title),
        span(format!(" {name}"), Role::Strong),
        span(format!("  {against}"), Role::Dim),
    ]
}

fn tabs(bench: &Bench, tables: &[Marked], chosen: usize) -> Line {
    let world = bench.session.world();
    let lang = bench.session.lang();
    let mut line = Line::new();
    let mut device = None;
    for (at, table) in tables.iter().enumerate() {
        let name = world.device_name(table.device);
        let short = name.split_once('/').map_or("", |(_, short)| short);
        if device != Some(table.device) && !short.is_empty() {
            line.push(span(format!("{short}: "), Role::Dim));
        }
        device = Some(table.device);
        let changed = table.rows.iter().any(|(fate, _)| *fate != Fate::Same);
        let mark = if changed { "*" } else { "" };
        let text = format!("{}{mark} {}", lang.pick(table.view.name, table.view.zh), table.view.rows.len());
        line.push(span(text, if at == chosen { Role::Select } else { Role::Text }));
        line.push(span("  ", Role::Text));
    }
    line
}

fn table(painter: &mut Painter<'_>, area: Rect, bench: &Bench, table: &Marked) {
    let words = painter.words;
    if area.height == 0 {
        return;
    }
    if table.rows.is_empty() {
        painter.line(area, 0, &[span(format!("  {}", words.empty_table), Role::Dim)]);
        return;
    }
    let chosen = bench.places.row.min(table.rows.len() - 1);
    let height = usize::from(area.height) - 1;
    let first = first_shown(chosen, table.rows.len(), height);
    let shown = &table.rows[first..(first + height).min(table.rows.len())];
    let book = bench.session.book();
    let heading = table.view.columns.iter().map(|column| match bench.session.lang() {
        Lang::En => column.name.to_owned(),
        Lang::Zh => column.zh.to_owned(),
    });
    let mut cells: Vec<Vec<String>> = vec![heading.chain([words.written_by.to_owned()]).collect()];
    for (_, row) in shown {
        let writer = if row.written.0 == 0 { "-".to_owned() } else { format!("#{}", row.written) };
        cells.push(row.cells.iter().map(|cell| book.cell(cell)).chain([writer]).collect());
    }
    let lines = grid(&cells);
    painter.line(area, 0, &[span(format!("  {}", lines[0]), Role::Dim)]);
    for (y, (line, (fate, _))) in lines[1..].iter().zip(shown).enumerate() {
        let row = Rect { y: area.y + 1 + y as u16, height: 1, ..area };
        let role = match fate {
            Fate::Same => Role::Text,
            Fate::Added => Role::Added,
            Fate::Changed => Role::Changed,
            Fate::Removed => Role::Removed,
        };
        painter.line(row, 0, &[span(format!("{} {line}", fate.sign()), role)]);
        if first + y == chosen && bench.focus == Pane::Tables {
            painter.shade(row, Role::Select);
        }
        painter.hit(row, Target::Line(Pane::Tables, first + y));
    }
}
