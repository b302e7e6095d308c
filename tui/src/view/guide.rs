//! The guide: what the lab is about and what must hold; or what is wrong with the lab.

use ratatui::layout::Rect;

use crate::app::model::Bench;
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;

/// Paints the guide.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let lines = lines(painter, bench, usize::from(area.width));
    let first = bench.places.guide.min(lines.len().saturating_sub(usize::from(area.height)));
    for (y, line) in lines.iter().skip(first).take(usize::from(area.height)).enumerate() {
        painter.line(area, y as u16, line);
    }
}

fn lines(painter: &Painter<'_>, bench: &Bench, room: usize) -> Vec<Line> {
    let words = painter.words;
    let lab = &bench.lab;
    if !lab.findings.is_empty() {
        let heading = vec![span(words.broken_lab, Role::Alert)];
        return std::iter::once(heading)
            .chain(lab.findings.iter().map(|line| vec![span(line.clone(), Role::Text)]))
            .collect();
    }
    let mut lines: Vec<Line> = wrap(&lab.title, room).into_iter().map(|line| vec![span(line, Role::Strong)]).collect();
    let mut paragraph = |text: &str, role: Role| {
        lines.extend(wrap(text, room).into_iter().map(|line| vec![span(line, role)]));
    };
    paragraph(&lab.idea, Role::Text);
    if !lab.variant.is_empty() {
        paragraph(&format!("{}: {} ({})", words.variant, lab.variant, lab.variants.join(", ")), Role::Dim);
    }
    for say in &lab.say {
        paragraph(say, Role::Text);
    }
    if !lab.expectations.is_empty() {
        paragraph("", Role::Text);
        paragraph(words.expectations, Role::Strong);
        for expectation in &lab.expectations {
            paragraph(&format!("  {expectation}"), Role::Text);
        }
    }
    paragraph(words.no_guide, Role::Dim);
    lines
}
