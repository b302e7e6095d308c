//! The list of labs: what each teaches, and which are done.

use overunder_sim::view::tables::pad;
use ratatui::layout::Rect;

use crate::app::message::Target;
use crate::app::model::Model;
use crate::view::paint::{Painter, first_shown, span, wrap};
use crate::view::status;
use crate::view::theme::Role;

/// Lines below the list that say what the chosen lab teaches.
const ABOUT: u16 = 6;

/// Paints the list.
pub fn render(painter: &mut Painter<'_>, area: Rect, model: &Model, chosen: usize) {
    let words = painter.words;
    let done = model.library.iter().filter(|card| card.done).count();
    let top = vec![
        span(" overunder", Role::Title),
        span(format!("  {}", words.choose_lab), Role::Text),
        span(format!("  {done}/{}", model.library.len()), Role::Dim),
    ];
    painter.line(area, 0, &top);
    let about = if area.height > 14 { ABOUT } else { 0 };
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(2 + about), ..area };
    let inside = painter.pane(list, &[span(words.labs, Role::Title)], true);
    let chosen = chosen.min(model.library.len().saturating_sub(1));
    let first = first_shown(chosen, model.library.len(), usize::from(inside.height));
    for (y, card) in model.library.iter().enumerate().skip(first).take(usize::from(inside.height)) {
        let row = Rect { y: inside.y + (y - first) as u16, height: 1, ..inside };
        let mark = painter.glyphs.done[usize::from(!card.done)];
        let line = [
            span(format!(" {mark} "), if card.done { Role::Good } else { Role::Dim }),
            span(pad(&card.name, 22), Role::Strong),
            span(pad(&card.progress.map_or_else(String::new, |(at, all)| format!("{at}/{all}")), 6), Role::Good),
            span(card.title.clone(), Role::Text),
        ];
        painter.line(row, 0, &line);
        if y == chosen {
            painter.shade(row, Role::Select);
        }
        painter.hit(row, Target::Card(y));
    }
    if about > 0 && area.height > about + 2 {
        let place = Rect { y: list.bottom(), height: about, ..area };
        about_lab(painter, place, model, chosen);
    }
    let bottom = Rect { y: area.bottom().saturating_sub(1), height: 1.min(area.height), ..area };
    status::plain_hints(painter, bottom, &status::picker_hints());
}

fn about_lab(painter: &mut Painter<'_>, area: Rect, model: &Model, chosen: usize) {
    let words = painter.words;
    let Some(card) = model.library.get(chosen) else { return };
    let inside = painter.pane(area, &[span(words.idea, Role::Title)], false);
    let mut lines = wrap(&card.idea, usize::from(inside.width));
    if !card.after.is_empty() {
        lines.push(format!("{}: {}", words.after_labs, card.after.join(", ")));
    }
    if !card.variants.is_empty() {
        lines.push(format!("{}: {}", words.variants, card.variants.join(", ")));
    }
    for (y, line) in lines.iter().take(usize::from(inside.height)).enumerate() {
        painter.line(inside, y as u16, &[span(line.clone(), Role::Text)]);
    }
}
