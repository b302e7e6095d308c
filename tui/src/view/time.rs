//! The timeline: a scrubber over everything seen, the steps around the present one, and its causes.

use std::ops::Range;

use overunder_sim::lab::judge::convergence::Wrong;
use overunder_sim::time::SimTime;
use overunder_sim::view::tables::pad;
use ratatui::layout::Rect;

use crate::app::history::{Moment, Via};
use crate::app::message::Target;
use crate::app::model::Bench;
use crate::view::paint::{Line, Painter, first_shown, span};
use crate::view::theme::Role;

/// Causes named at most.
const CAUSES: usize = 6;

/// Paints the timeline.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    if area.height == 0 {
        return;
    }
    scrubber(painter, Rect { height: 1, ..area }, bench);
    let causes = u16::from(area.height >= 6);
    let list = Rect { y: area.y + 1, height: area.height - 1 - causes, ..area };
    steps(painter, list, bench);
    if causes > 0 {
        let line = causes_line(painter, bench);
        painter.line(area, area.height - 1, &line);
    }
}

/// One cell for each group of neighbouring steps; the mark of the most important one in it. An open question about
/// what was not seen yet stands behind the last step.
fn scrubber(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let moments = bench.session.history().moments();
    let asked = asked(bench);
    let time = |moment: Option<&Moment>| moment.map_or_else(String::new, |moment| short_time(moment.time));
    let ends = (time(moments.first()), time(moments.last()));
    let sides = (ends.0.len() + ends.1.len() + 2) as u16;
    if area.width < sides + 10 || moments.is_empty() && asked.is_empty() {
        return;
    }
    painter.text(area, (0, 0), &ends.0, Role::Dim);
    painter.text(area, (i32::from(area.width) - ends.1.len() as i32, 0), &ends.1, Role::Dim);
    let room = usize::from(area.width - sides);
    let left = ends.0.len() as i32 + 1;
    let ahead = usize::from(asked.last() == Some(&moments.len()));
    let cells = (room - ahead).min(moments.len());
    for x in 0..room {
        let (glyph, role) = if x < cells {
            let group = x * moments.len() / cells..((x + 1) * moments.len() / cells).max(x * moments.len() / cells + 1);
            let place = Rect { x: area.x + (left as usize + x) as u16, width: 1, ..area };
            painter.hit(place, Target::Moment(Some(group.start)));
            tick(painter, bench, &asked, group)
        } else if x == cells && ahead == 1 {
            (painter.glyphs.ticks[4], Role::Ask)
        } else {
            (painter.glyphs.across, Role::Border)
        };
        painter.put(area, (left + x as i32, 0), glyph, role);
    }
}

/// Places of the moments that questions are about: the first after each was asked.
fn asked(bench: &Bench) -> Vec<usize> {
    // What was changed by hand is another course of events than the one asked about.
    let Some(guide) = bench.guide.as_ref().filter(|_| bench.session.timeline().current() == 0) else {
        return Vec::new();
    };
    let moments = bench.session.history().moments();
    let place = |event| moments.partition_point(|moment| moment.event <= event);
    guide.asked_after().into_iter().map(place).collect()
}

/// The mark of a group of steps.
fn tick(painter: &Painter<'_>, bench: &Bench, asked: &[usize], group: Range<usize>) -> (char, Role) {
    let [event, lost, stop, change, question] = painter.glyphs.ticks;
    let moments = &bench.session.history().moments()[group.clone()];
    let here = bench.session.cursor().is_some_and(|at| group.contains(&at));
    let broken = || !bench.breakpoints.is_empty() && group.clone().take(200).any(|place| bench.breaks_at(place));
    let hidden = moments.iter().all(|moment| bench.session.masked(moment.event));
    let (glyph, role) = if asked.iter().any(|place| group.contains(place)) {
        (question, Role::Ask)
    } else if hidden {
        (event, Role::Border)
    } else if broken() {
        (stop, Role::Alert)
    } else if moments.iter().any(|moment| matches!(moment.via, Via::Change(_))) {
        (change, Role::Strong)
    } else if moments.iter().any(|moment| moment.dropped || moment.wrong.is_some()) {
        (lost, Role::Alert)
    } else {
        (event, Role::Dim)
    };
    (glyph, if here { Role::Now } else { role })
}

/// Places shown around the present one: those the filter lets pass.
fn window(bench: &Bench, height: usize) -> Vec<Option<usize>> {
    let count = bench.session.history().moments().len();
    let cursor = bench.session.cursor();
    if bench.filter.is_empty() {
        // The start has a line of its own.
        let first = first_shown(cursor.map_or(0, |at| at + 1), count + 1, height);
        return (first..(first + height).min(count + 1)).map(|line| line.checked_sub(1)).collect();
    }
    let from = cursor.unwrap_or(0);
    let before = (0..from).rev().filter(|place| bench.shows(*place)).take(height / 2);
    let mut places: Vec<Option<usize>> = before.map(Some).collect();
    places.reverse();
    let after = (from..count).filter(|place| bench.shows(*place) || cursor == Some(*place));
    places.extend(after.take(height - places.len()).map(Some));
    places
}

fn steps(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let places = window(bench, usize::from(area.height));
    if places.is_empty() && area.height > 0 {
        painter.line(area, 0, &[span(painter.words.nothing_matches, Role::Dim)]);
    }
    let asked = asked(bench);
    for (y, place) in places.into_iter().enumerate() {
        let now = place == bench.session.cursor();
        let line = match place {
            None => vec![span(format!("  {}", painter.words.before_start), Role::Dim)],
            Some(place) => step(painter, bench, place, asked.contains(&place)),
        };
        let row = Rect { y: area.y + y as u16, height: 1, ..area };
        painter.line(row, 0, &line);
        if now {
            painter.put(row, (0, 0), painter.glyphs.now, Role::Now);
            painter.shade(row, Role::Select);
        }
        painter.hit(row, Target::Moment(place));
    }
}

/// `▶ #13 1.27ms  h1 > leaf1  ICMP echo request …  forward  148B`.
fn step(painter: &Painter<'_>, bench: &Bench, place: usize, asked: bool) -> Line {
    let history = bench.session.history();
    let Some(moment) = history.moments().get(place) else { return Line::new() };
    let number = pad(&format!("#{}", moment.event), 5);
    let (mark, mark_role) = match (asked, bench.breaks_at(place)) {
        (true, _) => (painter.glyphs.ticks[4], Role::Ask),
        (false, true) => (painter.glyphs.ticks[2], Role::Alert),
        (false, false) => (' ', Role::Alert),
    };
    if bench.session.masked(moment.event) {
        return vec![
            span(format!(" {mark}"), mark_role),
            span(format!("{number} "), Role::Dim),
            span(painter.words.hidden, Role::Ask),
        ];
    }
    let time = pad(&short_time(moment.time), 12);
    let mut line = vec![
        span(format!(" {mark}"), mark_role),
        span(format!("{number} "), Role::Strong),
        span(format!("{time} "), Role::Dim),
    ];
    if let Via::Change(_) = moment.via {
        line.push(span(history.text(moment).to_owned(), Role::Strong));
        return line;
    }
    line.push(span(pad(&way(bench, moment), 14), Role::Text));
    if let Some((verdict, _)) = moment.verdict {
        let (role, verdict) = if moment.dropped {
            (Role::Drop, painter.words.verdict(overunder_sim::engine::Verdict::Drop))
        } else {
            (Role::Text, painter.words.verdict(verdict))
        };
        line.push(span(" ", Role::Text));
        line.push(span(verdict, role));
        line.push(span(" ".repeat(8_usize.saturating_sub(unicode_width::UnicodeWidthStr::width(verdict))), Role::Text));
    }
    // What begins to go wrong stands in front: a narrow pane cuts the end of a line.
    if let Some(wrong) = moment.wrong {
        let text = if wrong == Wrong::Loop { painter.words.loop_begins } else { painter.words.hole_begins };
        line.push(span(format!("{text}  "), Role::Alert));
    }
    line.push(span(format!("{} ", history.text(moment)), Role::Text));
    if moment.len > 0 {
        line.push(span(format!(" {}B", moment.len), Role::Dim));
    }
    line
}

/// A time with at most six digits behind the point, so that columns stay narrow.
pub fn short_time(time: SimTime) -> String {
    let full = time.to_string();
    let unit = full.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = full.trim_end_matches(unit);
    match number.split_once('.') {
        Some((whole, digits)) if digits.len() > 6 => format!("{whole}.{}{unit}", &digits[..6]),
        _ => full,
    }
}

/// Where the frame went: `a > sw` over a cable, the device alone inside a node.
fn way(bench: &Bench, moment: &Moment) -> String {
    let world = bench.session.world();
    let name = |device| overunder_sim::view::names::node_name(world, device);
    match moment.via {
        Via::Cable(cable, back) => {
            let from = world.cables()[cable.index()].ends[usize::from(back)].0;
            format!("{} > {}", name(from), name(moment.device))
        }
        _ => world.device_name(moment.device).to_owned(),
    }
}

/// `causes: #13 < #12 < #9`.
fn causes_line(painter: &Painter<'_>, bench: &Bench) -> Line {
    let words = painter.words;
    let moments = bench.session.history().moments();
    let Some(moment) = bench.session.moment() else { return Line::new() };
    let mut line =
        vec![span(format!(" {}: ", words.causes), Role::Dim), span(format!("#{}", moment.event), Role::Strong)];
    let mut at = moment;
    for _ in 0..CAUSES {
        let Some(cause) = at.cause.and_then(|place| moments.get(place as usize)) else { break };
        line.push(span(format!(" < #{} {}", cause.event, world_name(bench, cause)), Role::Text));
        at = cause;
    }
    if at.cause.is_some() {
        line.push(span(" < ...", Role::Dim));
    } else if at.event == moment.event {
        line.push(span(format!("  {}", words.no_cause), Role::Dim));
    }
    line
}

fn world_name(bench: &Bench, moment: &Moment) -> String {
    bench.session.world().device_name(moment.device).to_owned()
}
