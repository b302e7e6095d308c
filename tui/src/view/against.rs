//! Two runs side by side: the way of one packet here, and that of the same packet in another variant.

use overunder_sim::engine::wire::{MIN_FRAME, WIRE_EXTRA};
use overunder_sim::time::SimDuration;

use crate::app::against::{Against, Trip};
use crate::app::model::Bench;
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;

/// Room for what a figure is called.
const NAMES: usize = 26;

/// What it is called, what it is for a packet, and how it is written.
type Figure = (&'static str, fn(&Trip) -> u64, fn(u64) -> String);

/// The lines of the pane.
pub fn lines(painter: &Painter<'_>, bench: &Bench, against: &Against, room: usize) -> Vec<Line> {
    let words = painter.words;
    let half = room / 2;
    let here = if bench.lab.variant.is_empty() { words.original } else { &bench.lab.variant };
    let mut lines = vec![beside([span(here, Role::Title), span(against.variant.as_str(), Role::Title)], half)];
    let Some((own, other)) = &against.trips else {
        lines.extend(wrap(words.against_no_packet, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
        return lines;
    };
    lines.push(vec![span(own.text.as_str(), Role::Text)]);
    let Some(other) = other else {
        lines.extend(wrap(words.against_absent, room).into_iter().map(|line| vec![span(line, Role::Dim)]));
        return lines;
    };
    lines.push(Line::new());
    for at in 0..own.hops.len().max(other.hops.len()) {
        let hop = |trip: &Trip| {
            let Some(hop) = trip.hops.get(at) else { return span("", Role::Text) };
            let mark = if at == trip.at { painter.glyphs.now } else { ' ' };
            let bytes = hop.on_cable.map_or_else(String::new, |bytes| format!("  {bytes} B"));
            let role = if at == trip.at { Role::Now } else { Role::Text };
            span(format!("{mark} {}{bytes}", hop.device), role)
        };
        lines.push(beside([hop(own), hop(other)], half));
    }
    lines.push(Line::new());
    let figures: [Figure; 4] = [
        (words.against_frame, |trip| u64::from(trip.largest().unwrap_or(0)), bytes),
        (words.against_wire, |trip| trip.largest().map_or(0, on_wire), bytes),
        (words.against_steps, |trip| trip.behind().len() as u64, |n| n.to_string()),
        (words.against_time, Trip::lasted, |ns| SimDuration(ns).to_string()),
    ];
    for (name, figure, text) in figures {
        let (a, b) = (figure(own), figure(other));
        let role = if a == b { Role::Dim } else { Role::Changed };
        let told = format!("{:>12}  {:>12}  {}", text(a), text(b), change(a, b));
        lines.push(vec![span(pad(name, NAMES), Role::Dim), span(told, role)]);
    }
    lines
}

/// The first in the left half, the second in the right one.
fn beside([left, right]: [crate::view::paint::Span; 2], half: usize) -> Line {
    let left = crate::view::paint::Span { text: pad(&left.text, half), ..left };
    vec![left, right]
}

/// As wide as that: blanks behind it, or its end cut off.
fn pad(text: &str, wide: usize) -> String {
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

fn on_wire(bytes: u32) -> u64 {
    u64::from(bytes).max(MIN_FRAME) + WIRE_EXTRA
}

fn bytes(n: u64) -> String {
    format!("{n} B")
}

/// `+41.0 %` of the left one.
fn change(left: u64, right: u64) -> String {
    if left == right || left == 0 {
        return String::new();
    }
    let permille = (right as i64 - left as i64) * 1_000 / left as i64;
    format!("{}{}.{} %", if permille < 0 { '-' } else { '+' }, permille.abs() / 10, permille.abs() % 10)
}
