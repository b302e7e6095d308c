//! Which panes are on the screen, and where.

use ratatui::layout::Rect;

use crate::app::model::{Bench, Pane};

/// The smallest screen that shows panes.
pub const SMALLEST: (u16, u16) = (60, 16);
/// From this size on the screen holds six panes.
const WIDE: (u16, u16) = (120, 30);
/// Lines around the panes: status above, panes and hints below.
const AROUND: u16 = 3;

/// The screen is too small for panes.
pub fn too_small((width, height): (u16, u16)) -> bool {
    width < SMALLEST.0 || height < SMALLEST.1
}

/// The panes on a screen of a size, with their places.
pub fn panes(bench: &Bench, (width, height): (u16, u16)) -> Vec<(Pane, Rect)> {
    if too_small((width, height)) {
        return Vec::new();
    }
    let body = Rect { x: 0, y: 1, width, height: height - AROUND };
    if bench.zoomed {
        return vec![(bench.focus, body)];
    }
    if width >= WIDE.0 && height >= WIDE.1 {
        return wide(bench, body);
    }
    narrow(bench, body)
}

/// Whether a pane is on the screen.
pub fn shows(bench: &Bench, size: (u16, u16), pane: Pane) -> bool {
    panes(bench, size).iter().any(|(at, _)| *at == pane)
}

fn split_down(area: Rect, upper: u16) -> (Rect, Rect) {
    let upper = upper.min(area.height);
    (Rect { height: upper, ..area }, Rect { y: area.y + upper, height: area.height - upper, ..area })
}

fn split_across(area: Rect, left: u16) -> (Rect, Rect) {
    let left = left.min(area.width);
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}

/// One or two panes and the timeline.
fn narrow(bench: &Bench, body: Rect) -> Vec<(Pane, Rect)> {
    let focus = bench.focus;
    if matches!(focus, Pane::Packet | Pane::Compare | Pane::Charts | Pane::Log) {
        return vec![(focus, body)];
    }
    // The scrubber, four steps and the causes.
    let timeline = if body.height >= 18 { 8 } else { 0 };
    let timeline = if focus == Pane::Guide { timeline.min(5) } else { timeline };
    let timeline = if focus == Pane::Time { timeline.max(body.height / 2) } else { timeline };
    let (upper, lower) = split_down(body, body.height - timeline);
    let mut panes = Vec::new();
    match focus {
        Pane::Time if timeline == body.height => {}
        // Sentences want room; the timeline below is what they speak of.
        Pane::Tables | Pane::Guide => panes.push((focus, upper)),
        _ if body.width < 76 => panes.push((if focus == Pane::Time { Pane::Map } else { focus }, upper)),
        _ => {
            let (left, right) = split_across(upper, body.width * 11 / 20);
            panes.extend([(Pane::Map, left), (Pane::Why, right)]);
        }
    }
    if timeline > 0 {
        panes.push((Pane::Time, lower));
    }
    panes
}

/// Six panes; those without a place of their own take that of the tables.
fn wide(bench: &Bench, body: Rect) -> Vec<(Pane, Rect)> {
    let (left, right) = split_across(body, body.width / 2);
    let (map, rest) = split_down(left, body.height * 9 / 20);
    let (time, tables) = split_down(rest, body.height / 4);
    let guide = if bench.guide.is_some() || bench.focus == Pane::Guide { body.height * 2 / 5 } else { body.height / 4 };
    let (guide, rest) = split_down(right, guide);
    let (why, packet) = split_down(rest, body.height * 3 / 10);
    let lower = match bench.focus {
        Pane::Compare | Pane::Charts | Pane::Log => bench.focus,
        _ => Pane::Tables,
    };
    vec![
        (Pane::Map, map),
        (Pane::Time, time),
        (lower, tables),
        (Pane::Guide, guide),
        (Pane::Why, why),
        (Pane::Packet, packet),
    ]
}
