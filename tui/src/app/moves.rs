//! Moving through time: step, back, along a packet, to a breakpoint, to the end.

use overunder_sim::id::EventNo;
use overunder_sim::lab::judge::convergence::Wrong;
use overunder_sim::time::SimTime;
use overunder_sim::view::convergence;
use overunder_sim::view::sentence::fill;

use crate::app::guide;
use crate::app::history::Via;
use crate::app::model::{Bench, Breakpoint, Model, Motion};
use crate::app::session::Moved;
use crate::app::words::Words;

/// Moments a step may pass while it looks for one that fits.
const SEARCH: usize = 50_000;
/// Moments passed in one tick while running.
const RUN: usize = 4_000;
/// Places remembered to go back to.
const TRAIL: usize = 100;

/// Which moments a step stops at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    /// Every one the filter lets pass.
    Moment,
    /// Those of the same packet, and what it caused.
    Packet,
    /// Arrivals off a cable.
    Cable,
}

/// One step on.
pub fn forward(model: &mut Model, stride: Stride) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let (from, packet) = (bench.session.cursor(), packet(bench));
    let seen = bench.session.history().moments().len();
    let known = (from.map_or(0, |at| at + 1)..seen).find(|place| wanted(bench, *place, stride, packet));
    let moved = match known {
        Some(place) => bench.session.go_to(Some(place)),
        None => search(bench, stride, packet),
    };
    let found = moved == Moved::Yes && bench.session.cursor().is_some_and(|at| wanted(bench, at, stride, packet));
    if !found {
        bench.session.go_to(from);
    }
    arrived(bench);
    let text = match (moved, stride) {
        _ if found => return,
        (Moved::Masked, Stride::Moment | Stride::Cable) => {
            let text = guide::at_edge(model).unwrap_or_else(|| words.is_masked.to_owned());
            return model.say(text);
        }
        (Moved::Masked, _) => words.is_masked,
        (_, Stride::Packet) => words.no_more_same,
        (Moved::Yes, _) => words.nothing_matches,
        (Moved::Quiet, _) => words.is_quiet,
        (Moved::End, _) => words.at_end,
    };
    model.say(text);
}

/// Sees new moments until one is wanted.
fn search(bench: &mut Bench, stride: Stride, packet: Packet) -> Moved {
    let last = bench.session.history().moments().len().checked_sub(1);
    let mut moved = bench.session.go_to(last);
    for _ in 0..SEARCH {
        moved = bench.session.forward();
        if moved != Moved::Yes || bench.session.cursor().is_some_and(|at| wanted(bench, at, stride, packet)) {
            break;
        }
    }
    moved
}

/// One step back.
pub fn backward(model: &mut Model, stride: Stride) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let packet = packet(bench);
    let cause = bench.session.moment().and_then(|moment| moment.cause);
    let before = bench.session.cursor().unwrap_or(0);
    let place = (0..before).rev().find(|place| match stride {
        Stride::Packet => cause == Some(*place as u32) || belongs(bench, *place, packet),
        _ => fits(bench, *place, stride),
    });
    if place.is_none() && (stride == Stride::Packet || bench.session.cursor().is_none()) {
        let text = if stride == Stride::Packet { words.no_earlier_same } else { words.at_start };
        return model.say(text);
    }
    bench.session.go_to(place);
    arrived(bench);
}

/// The packet of the present moment: its first frame, and the moment's place.
type Packet = Option<(overunder_sim::id::FrameId, u32)>;

fn packet(bench: &Bench) -> Packet {
    Some((bench.session.moment()?.root, bench.session.cursor()? as u32))
}

fn belongs(bench: &Bench, place: usize, packet: Packet) -> bool {
    let Some(moment) = bench.session.history().moments().get(place) else { return false };
    packet.is_none_or(|(root, from)| {
        moment.root == root && root != overunder_sim::id::FrameId::NONE || moment.cause == Some(from)
    })
}

fn fits(bench: &Bench, place: usize, stride: Stride) -> bool {
    let moment = bench.session.history().moments().get(place);
    bench.shows(place) && (stride != Stride::Cable || moment.is_some_and(|moment| matches!(moment.via, Via::Cable(..))))
}

fn wanted(bench: &Bench, place: usize, stride: Stride, packet: Packet) -> bool {
    match stride {
        Stride::Packet => belongs(bench, place, packet),
        _ => fits(bench, place, stride),
    }
}

/// What follows every move: the selection follows, and the place is noted.
pub fn arrived(bench: &mut Bench) {
    bench.follow();
    bench.places.packet = 0;
    bench.places.why = 0;
    let line = format!("goto {}", bench.session.event());
    if bench.journal.last() != Some(&line) {
        bench.record(line);
    }
}

/// Jumps to a moment and remembers where from.
pub fn jump(model: &mut Model, place: Option<usize>) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let from = bench.session.cursor();
    if bench.session.go_to(place) == Moved::Masked {
        return model.say(words.is_masked);
    }
    leave_trail(bench, from);
    arrived(bench);
}

/// Remembers a place for going back.
pub fn leave_trail(bench: &mut Bench, from: Option<usize>) {
    if bench.session.cursor() != from {
        bench.trail.push(from);
        if bench.trail.len() > TRAIL {
            bench.trail.remove(0);
        }
    }
}

/// Back to where the last jump began.
pub fn go_back(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    match bench.trail.pop() {
        Some(place) => {
            bench.session.go_to(place);
            arrived(bench);
        }
        None => model.say(words.no_return),
    }
}

/// To the moment that sent the present frame.
pub fn to_cause(model: &mut Model) {
    let words = model.words();
    match model.bench().and_then(|bench| bench.session.moment()).and_then(|moment| moment.cause) {
        Some(place) => jump(model, Some(place as usize)),
        None => model.say(words.no_cause),
    }
}

/// To the moment that ended with this event.
pub fn to_event(model: &mut Model, event: EventNo) -> bool {
    let Some(bench) = model.bench_mut() else { return false };
    let from = bench.session.cursor();
    let reached = bench.session.go_to_event(event);
    leave_trail(bench, from);
    arrived(bench);
    reached
}

/// Begins to run to a breakpoint, or to the end.
pub fn run(model: &mut Model, to_end: bool) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    if !to_end && bench.breakpoints.is_empty() {
        return model.say(words.no_break);
    }
    let from = bench.session.cursor();
    if to_end {
        // What was seen already need not be passed again.
        let last = bench.session.history().moments().len().checked_sub(1);
        bench.session.go_to(last);
    }
    leave_trail(bench, from);
    bench.motion = Motion::Running;
    tick(model);
}

/// A tenth of a second of playing or running.
pub fn tick(model: &mut Model) {
    let Some(bench) = model.bench_mut() else { return };
    match bench.motion {
        Motion::Still => {}
        Motion::Playing(ticks) if ticks + 1 < bench.dwell() => bench.motion = Motion::Playing(ticks + 1),
        Motion::Playing(_) => {
            bench.motion = Motion::Playing(0);
            forward(model, Stride::Moment);
            stop_playing_if_done(model);
        }
        Motion::Running => run_on(model),
    }
}

fn stop_playing_if_done(model: &mut Model) {
    let stopped = model.notice.is_some();
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let hit = bench.session.cursor().is_some_and(|place| bench.breaks_at(place));
    if stopped || hit {
        bench.motion = Motion::Still;
    }
    if hit {
        model.say(words.break_hit);
    }
}

fn run_on(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let mut end = None;
    for _ in 0..RUN {
        if bench.session.is_over() {
            end = Some(words.is_quiet);
            break;
        }
        match bench.session.forward() {
            Moved::Yes => {}
            Moved::Masked => end = Some(words.is_masked),
            Moved::Quiet => end = Some(words.is_quiet),
            Moved::End => end = Some(words.at_end),
        }
        if end.is_none() && bench.session.cursor().is_some_and(|place| bench.breaks_at(place)) {
            end = Some(words.break_hit);
        }
        if end.is_some() {
            break;
        }
    }
    arrived(bench);
    if let Some(text) = end {
        bench.motion = Motion::Still;
        let masked = text == words.is_masked;
        let text = masked.then(|| guide::at_edge(model)).flatten().unwrap_or_else(|| text.to_owned());
        model.say(text);
    }
}

/// Sets a breakpoint at the present moment, or takes it away.
pub fn toggle_break(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let event = bench.session.event().0;
    let text = if let Some(at) = bench.breakpoints.iter().position(|at| *at == Breakpoint::Event(event)) {
        bench.breakpoints.remove(at);
        bench.record(format!("nobreak {event}"));
        words.break_gone.to_owned()
    } else {
        bench.breakpoints.push(Breakpoint::Event(event));
        bench.record(format!("break step={event}"));
        number(words.break_set, event)
    };
    model.say(text);
}

/// Marks the present moment.
pub fn mark(model: &mut Model) {
    let words: &Words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    bench.session.set_mark();
    bench.places.against_mark = true;
    bench.record("mark");
    model.say(words.marked);
}

/// To another branch: the same moment there.
pub fn switch(model: &mut Model, branch: usize) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    if bench.session.timeline().branches().len() < 2 {
        return model.say(words.one_branch);
    }
    if bench.session.switch(branch) {
        bench.trail.clear();
        bench.record(format!("branch {branch}"));
        bench.forget_verdict();
        bench.follow();
        let text = branch_name(bench, words);
        model.say(text);
    }
}

/// `branch 1: down ann--sw`.
pub fn branch_name(bench: &Bench, words: &Words) -> String {
    let current = bench.session.timeline().current();
    let name = bench.session.fork_of(current).map_or(words.original, |typed| typed.name.as_str());
    fill(words.on_branch, |gap| match gap {
        "n" => Some(current.to_string()),
        _ => Some(name.to_owned()),
    })
}

/// A sentence with its `{n}` filled in.
pub fn number(text: &str, n: impl ToString) -> String {
    fill(text, |_| Some(n.to_string()))
}

/// To where the next loop or black hole begins, seeing what was not seen yet.
pub fn to_wrong(model: &mut Model, wrong: Wrong) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let (from, event) = (bench.session.cursor(), bench.session.event());
    let last = bench.session.history().moments().len().checked_sub(1);
    let mut hidden = false;
    for round in 0..SEARCH {
        let now = bench.session.world().now();
        let next = bench.session.history().convergence().and_then(|known| known.next(wrong, event));
        // What has begun just now may be over at once.
        if let Some(found) = next.filter(|found| found.ended.is_some() || found.began.time < now).cloned() {
            bench.session.go_to_event(found.began.event);
            leave_trail(bench, from);
            arrived(bench);
            let text = convergence::sentence(&found, true, bench.session.world(), bench.session.lang());
            return model.say(text);
        }
        hidden = round == 0 && bench.session.go_to(last) == Moved::Masked;
        if hidden || bench.session.is_over() {
            break;
        }
        let moved = bench.session.forward();
        hidden = moved == Moved::Masked;
        if moved != Moved::Yes {
            break;
        }
    }
    bench.session.go_to(from);
    arrived(bench);
    model.say(match wrong {
        // There may be one in what nobody may see yet.
        _ if hidden => words.is_masked,
        Wrong::Loop => words.no_loop,
        Wrong::Hole => words.no_hole,
    });
}

/// To the last moment at or before a time.
pub fn to_time(model: &mut Model, time: SimTime) {
    let Some(bench) = model.bench_mut() else { return };
    let from = bench.session.cursor();
    bench.session.go_to_time(time);
    leave_trail(bench, from);
    arrived(bench);
}

/// Takes the last change back: to the moment before it, on the branch without it if there is one.
pub fn undo(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench_mut() else { return };
    let current = bench.session.timeline().current();
    let Some(after) = bench.session.fork_of(current).map(|typed| typed.after) else {
        return model.say(words.nothing_to_undo);
    };
    if let Some(parent) = bench.session.parent_branch() {
        bench.session.switch(parent);
    }
    bench.session.go_to_event(after);
    bench.trail.clear();
    bench.record("undo");
    bench.forget_verdict();
    bench.follow();
    let text = branch_name(bench, words);
    model.say(text);
}
