//! What the state looks like: one file = one pane. Painting changes nothing.

mod against;
mod charts;
mod compare;
mod extra;
mod glyphs;
mod guide;
pub mod layout;
mod log;
pub mod map;
mod overlay;
mod packet;
pub mod paint;
mod picker;
mod status;
mod tables;
#[cfg(test)]
mod tests;
mod theme;
mod time;
mod why;

use overunder_sim::view::sentence::fill;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::message::Target;
use crate::app::model::{Bench, Model, Pane, Stage};
pub use against::above_sizes as lines_above_sizes;
pub use paint::Hits;
use paint::{Line, Painter, span, wrap};
use theme::Role;

/// Paints the whole screen into a buffer, and says what lies where.
pub fn render(model: &Model, buffer: &mut Buffer) -> Hits {
    let area = buffer.area;
    let mut painter = Painter::new(buffer, model.settings);
    if area.width == 0 || area.height == 0 {
        return painter.hits;
    }
    match &model.stage {
        _ if layout::too_small((area.width, area.height)) => small(&mut painter, area, model),
        Stage::Picker(line) => picker::render(&mut painter, area, model, *line),
        Stage::Bench(bench) => bench_screen(&mut painter, area, model, bench),
    }
    overlay::render(&mut painter, area, model);
    painter.hits
}

fn bench_screen(painter: &mut Painter<'_>, area: Rect, model: &Model, bench: &Bench) {
    let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    status::top(painter, line(0), model, bench);
    for (pane, place) in layout::panes(bench, (area.width, area.height)) {
        painter.hit(place, Target::Pane(pane));
        let title = title(painter, bench, pane);
        let inside = painter.pane(place, &title, pane == bench.focus);
        if inside.width == 0 || inside.height == 0 {
            continue;
        }
        match pane {
            Pane::Map => map::render(painter, inside, bench),
            Pane::Why => why::render(painter, inside, bench),
            Pane::Time => time::render(painter, inside, bench),
            Pane::Packet => packet::render(painter, inside, bench),
            Pane::Tables => tables::render(painter, inside, bench),
            Pane::Guide => guide::render(painter, inside, bench),
            Pane::Compare => compare::render(painter, inside, bench),
            Pane::Charts => charts::render(painter, inside, bench),
            Pane::Log => log::render(painter, inside, bench),
        }
    }
    status::tabs(painter, line(area.height - 2), bench);
    status::bottom(painter, line(area.height - 1), bench);
}

fn title(painter: &Painter<'_>, bench: &Bench, pane: Pane) -> Line {
    let mut line = vec![span(format!("{} ", pane.number()), Role::Dim)];
    line.extend(match pane {
        Pane::Map => map::title(painter, bench),
        Pane::Packet => packet::title(painter, bench),
        Pane::Tables => tables::title(painter, bench),
        Pane::Guide => guide::title(painter, bench),
        other => vec![span(other.title(painter.words), Role::Title)],
    });
    line
}

/// A screen too small for panes: what it needs, and the present step, so that one can go on.
fn small(painter: &mut Painter<'_>, area: Rect, model: &Model) {
    let words = painter.words;
    let size = fill(words.too_small, |gap| match gap {
        "w" => Some(area.width.to_string()),
        _ => Some(area.height.to_string()),
    });
    let mut text = vec![size];
    if let Some(bench) = model.bench() {
        if let Some(moment) = bench.session.moment() {
            text.push(format!("#{} {}", moment.event, bench.session.history().text(moment)));
        }
        text.push(words.small_keys.to_owned());
    }
    let lines = text.iter().flat_map(|text| wrap(text, usize::from(area.width)));
    for (y, line) in lines.take(usize::from(area.height)).enumerate() {
        painter.text(area, (0, y as i32), &line, Role::Text);
    }
}

/// A sentence with its only gap filled.
fn fill_n(text: &str, n: impl ToString) -> String {
    fill(text, |_| Some(n.to_string()))
}
