//! Two runs side by side: the way of one packet here, and that of the same packet in another variant.

use overunder_sim::view::sentence::fill;

use crate::app::against::{Against, Trip};
use crate::app::beside::{self, Figure, change};
use crate::app::model::Bench;
use crate::app::sizes::{Carried, Size, Sizes};
use crate::app::words::Words;
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;

/// Room for what a figure is called.
const NAMES: usize = 26;

/// The lines of the pane.
pub fn lines(painter: &Painter<'_>, bench: &Bench, against: &Against, room: usize) -> Vec<Line> {
    let words = painter.words;
    let half = room / 2;
    let here = if bench.lab.variant.is_empty() { words.original } else { &bench.lab.variant };
    let names = against.sides([here, against.variant.as_str()]);
    let mut lines = vec![beside(names.map(|name| span(name, Role::Title)), half)];
    let Some((own, other)) = &against.trips else {
        lines.extend(wrap(words.against_no_packet, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
        return lines;
    };
    lines.push(vec![span(own.text.as_str(), Role::Text)]);
    let Some(other) = other else {
        lines.extend(wrap(words.against_absent, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
        return lines;
    };
    if against.asked {
        lines.extend(crate::view::extra::lines(painter, against, names, room));
        return lines;
    }
    lines.push(Line::new());
    for at in 0..own.hops.len().max(other.hops.len()) {
        let hop = |trip: &Trip| {
            let Some(hop) = trip.hops.get(at) else { return span("", Role::Text) };
            let mark = if at == trip.at { painter.glyphs.now } else { ' ' };
            let bytes = hop.on_cable.map_or_else(String::new, |bytes| format!("  {bytes} B"));
            let role = if at == trip.at { Role::Now } else { Role::Text };
            span(format!("{mark} {}{bytes}", hop.device), role)
        };
        lines.push(beside(against.sides([hop(own), hop(other)]), half));
    }
    lines.push(Line::new());
    lines.extend(beside::figures(words, against.sides([own, other])).iter().map(figure));
    let rows = beside::rows(words, against);
    if !rows.is_empty() {
        lines.push(Line::new());
        lines.extend(rows.iter().map(figure));
    }
    lines.push(Line::new());
    if let Some(sizes) = &against.sizes {
        lines.extend(by_size(painter, against, sizes, room));
    } else {
        let hints = [words.extra_hint, words.sizes_hint].into_iter().flat_map(|hint| wrap(hint, room));
        lines.extend(hints.map(|line| vec![span(line, Role::Dim)]));
    }
    lines
}

/// Lines of the pane above the sizes.
pub fn above_sizes(words: &Words, against: &Against) -> usize {
    let Some((own, Some(other))) = &against.trips else { return 0 };
    let rows = match beside::rows(words, against).len() {
        0 => 0,
        rows => rows + 1,
    };
    let way = own.hops.len().max(other.hops.len());
    // Names, packet and a blank line; the way; and a blank line before and after the figures.
    3 + way + 1 + beside::figures(words, [own, other]).len() + rows + 1
}

fn figure(figure: &Figure) -> Line {
    let [a, b] = figure.texts();
    let role = if figure.left == figure.right { Role::Dim } else { Role::Changed };
    let told = format!("{a:>12}  {b:>12}  {}", figure.change());
    vec![span(pad(&figure.name, NAMES), Role::Dim), span(told, role)]
}

/// Cells of the longest bar.
const BAR: u64 = 24;

/// Bytes on the wire for a packet, size by size, and a bar for each run.
fn by_size(painter: &Painter<'_>, against: &Against, sizes: &Sizes, room: usize) -> Vec<Line> {
    let words = painter.words;
    let title = fill(words.sizes_title, |_| Some(sizes.flow.clone()));
    let mut lines: Vec<Line> = wrap(&title, room).into_iter().map(|line| vec![span(line, Role::Title)]).collect();
    let both = |size: &Size| against.sides([size.here, size.there]);
    let most = sizes.all.iter().flat_map(both).filter_map(Carried::each).max().unwrap_or(1).max(1);
    for size in &sizes.all {
        for (at, carried) in both(size).into_iter().enumerate() {
            let name = if at == 0 { format!("{} B", size.payload) } else { String::new() };
            let (told, role) = match (carried.each(), both(size)[0].each()) {
                (None, _) => (words.sizes_lost.to_owned(), Role::Removed),
                (Some(each), left) => {
                    let change = if at == 0 { String::new() } else { change(left.unwrap_or(0), each) };
                    let frames = match carried.frames.checked_div(carried.packets) {
                        Some(frames) if frames > 1 => crate::view::fill_n(words.sizes_frames, frames as usize),
                        _ => String::new(),
                    };
                    let bar = "#".repeat((each * BAR / most).max(1) as usize);
                    let role = if change.is_empty() { Role::Text } else { Role::Changed };
                    (format!("{each:>6} B {change:>8}  {bar} {frames}").trim_end().to_owned(), role)
                }
            };
            lines.push(vec![span(format!("{name:>8} "), Role::Dim), span(told, role)]);
        }
    }
    lines
}

/// The first in the left half, the second in the right one.
pub fn beside([left, right]: [crate::view::paint::Span; 2], half: usize) -> Line {
    let left = crate::view::paint::Span { text: pad(&left.text, half), ..left };
    vec![left, right]
}

/// As wide as that: blanks behind it, or its end cut off.
pub fn pad(text: &str, wide: usize) -> String {
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let width = crate::view::paint::width(&[span(c.to_string(), Role::Text)]);
        if used + width >= wide {
            break;
        }
        cut.push(c);
        used += width;
    }
    cut.extend(std::iter::repeat_n(' ', wide - used));
    cut
}
