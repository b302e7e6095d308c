//! The log: the run told in words, the same text as on the command line.

use ratatui::layout::Rect;

use crate::app::model::Bench;
use crate::view::paint::{Painter, span};
use crate::view::theme::Role;

/// Paints the log up to the present step, its end below.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let event = bench.session.event();
    let told = bench.session.history().told();
    let count = told.partition_point(|(at, _)| *at <= event);
    if count == 0 {
        painter.line(area, 0, &[span(painter.words.nothing_told, Role::Dim)]);
        return;
    }
    let height = usize::from(area.height);
    let end = count.saturating_sub(bench.places.log).max(height.min(count));
    for (y, (at, line)) in told[end.saturating_sub(height)..end].iter().enumerate() {
        let role = match (*at == event, line.starts_with(' ')) {
            (true, false) => Role::Now,
            (true, true) => Role::Text,
            (false, false) => Role::Strong,
            (false, true) => Role::Dim,
        };
        painter.line(area, y as u16, &[span(line.clone(), role)]);
    }
}
