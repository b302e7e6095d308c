//! Two branches at the same moment of simulated time: what stands in the tables of one but not of the other. Or two
//! variants at the same packet.

use overunder_sim::view::sentence::fill;
use ratatui::layout::Rect;

use crate::app::model::Bench;
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;

/// Paints the branches and their differences.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let lines = lines(painter, bench, usize::from(area.width));
    let first = bench.places.compare.min(lines.len().saturating_sub(usize::from(area.height)));
    for (y, line) in lines.iter().skip(first).take(usize::from(area.height)).enumerate() {
        painter.line(area, y as u16, line);
    }
}

fn lines(painter: &Painter<'_>, bench: &Bench, room: usize) -> Vec<Line> {
    let words = painter.words;
    if let Some(against) = &bench.against {
        return crate::view::against::lines(painter, bench, against, room);
    }
    let session = &bench.session;
    let mut lines: Vec<Line> = Vec::new();
    for (at, branch) in session.timeline().branches().iter().enumerate() {
        let here = at == session.timeline().current();
        let name = match branch.journal.last() {
            Some(typed) => format!("{}  (#{})", typed.name, typed.after),
            None => words.original.to_owned(),
        };
        let mark = if here { painter.glyphs.now } else { ' ' };
        let role = if here { Role::Strong } else { Role::Text };
        lines.push(vec![span(format!("{mark} {at}  "), Role::Focus), span(name, role)]);
    }
    if session.timeline().branches().len() < 2 {
        lines.push(vec![span(words.one_branch, Role::Dim)]);
        let others: Vec<&str> = bench.lab.others().collect();
        if !others.is_empty() {
            let hint = fill(words.against_hint, |_| Some(others.join(", ")));
            lines.extend(wrap(&hint, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
        }
        return lines;
    }
    let Some(compared) = &bench.compared else { return lines };
    lines.push(Line::new());
    let legend = crate::view::fill_n(words.compared_with, compared.with);
    lines.extend(wrap(&legend, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
    if compared.found.is_empty() {
        lines.push(vec![span(words.no_difference, Role::Text)]);
    }
    let book = session.book();
    for (device, table, diff) in &compared.found {
        lines.push(vec![span(format!("{}  {table}", session.world().device_name(*device)), Role::Strong)]);
        let cells = |row: &overunder_sim::engine::TableRow| {
            row.cells.iter().map(|cell| book.cell(cell)).collect::<Vec<_>>().join("  ")
        };
        // The difference is told from the other branch's side: what is only there comes as added.
        lines.extend(diff.removed.iter().map(|row| vec![span(format!("+ {}", cells(row)), Role::Added)]));
        lines.extend(diff.added.iter().map(|row| vec![span(format!("- {}", cells(row)), Role::Removed)]));
        for (here, there) in &diff.changed {
            lines.push(vec![span(format!("~ {}  <  {}", cells(here), cells(there)), Role::Changed)]);
        }
    }
    lines
}
