//! The reasons of the present step, in the order in which the device found them.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::message::Target;
use crate::app::model::{Bench, Pane};
use crate::app::why::{Kind, lines};
use crate::view::paint::{Painter, first_shown, span, wrap};
use crate::view::theme::Role;

/// Paints the reasons: a word before each, its text wrapped.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let reasons = lines(bench, painter.words);
    if reasons.is_empty() {
        painter.line(area, 0, &[span(painter.words.nothing_yet, Role::Dim)]);
        return;
    }
    let label = reasons.iter().map(|line| line.label.width()).max().unwrap_or(0).min(12);
    let room = usize::from(area.width).saturating_sub(label + 1);
    let mut shown: Vec<(usize, String, String, Role)> = Vec::new();
    for (at, reason) in reasons.iter().enumerate() {
        let role = match reason.kind {
            Kind::Drop => Role::Drop,
            Kind::Verdict => Role::Strong,
            Kind::Look => Role::Outer,
            Kind::Wrote => Role::Added,
            Kind::NotRead => Role::Ask,
            Kind::Because | Kind::Source => Role::Dim,
        };
        for (part, text) in wrap(&reason.text, room).into_iter().enumerate() {
            let label = if part == 0 { reason.label.clone() } else { String::new() };
            shown.push((at, label, text, role));
        }
    }
    let chosen = bench.places.why;
    let focused = bench.focus == Pane::Why;
    let line_of = shown.iter().position(|(at, ..)| *at == chosen).unwrap_or(0);
    let first = first_shown(line_of, shown.len(), usize::from(area.height));
    for (y, (at, label, text, role)) in shown.iter().skip(first).take(usize::from(area.height)).enumerate() {
        let row = Rect { y: area.y + y as u16, height: 1, ..area };
        painter.text(row, (0, 0), label, *role);
        let body = if matches!(role, Role::Dim) { Role::Dim } else { Role::Text };
        painter.text(row, (area.width as i32 - room as i32, 0), text, body);
        if focused && *at == chosen {
            painter.shade(row, Role::Select);
        }
        painter.hit(row, Target::Line(Pane::Why, *at));
    }
}
