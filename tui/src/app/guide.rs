//! The guide of a lab: steps, questions asked before the future is shown, hints, verdicts, goals of a repair.
//!
//! The library keeps the way ([`Session`]) and judges ([`Player`]); here it is bound to the timeline. Which events are
//! hidden follows from the stage alone, see [`settle`]. Everything done is a command line, so that the journal of a
//! session and the file of a lab's progress do it again.

use std::rc::Rc;

use overunder_sim::id::EventNo;
use overunder_sim::lab::guide::{Player, Session, Stage, Sure};
use overunder_sim::lab::question::Reveal;
use overunder_sim::lab::repair::{self, Attempt};
use overunder_sim::lab::run::run_variant;
use overunder_sim::lab::{EVENT_BUDGET, LabFile, Verdict};
use overunder_sim::lang::Lang;
use overunder_sim::plan::Bilingual;
use overunder_sim::view::sentence::fill;

use crate::app::lab::Lab;
use crate::app::model::{Bench, Model, Pane, Places};
use crate::app::moves;
use crate::app::progress::{self, Progress};

/// Hints of a repair lab.
const HINTS: usize = 3;

/// A way through the guide of a lab.
#[derive(Debug)]
pub struct Guide {
    /// The lab.
    pub file: Rc<LabFile>,
    /// Which step, which question.
    pub way: Session,
    /// Hints of the open question, or of the repair, that were taken.
    pub hints: Vec<String>,
    /// What is said to the answer, in that stage.
    pub reveal: Option<Reveal>,
    /// How the answers given came out, by place; nothing for one that was passed over.
    pub scores: Vec<Option<bool>>,
    /// What became of the last attempt to repair, or why it could not be judged.
    pub attempt: Option<Result<Attempt, Bilingual>>,
    /// The piece of evidence looked at last.
    pub piece: Option<usize>,
    /// Nothing is hidden, whatever is asked.
    pub open: bool,
    /// What is kept of it.
    pub kept: Progress,
    /// Something is to be kept.
    pub changed: bool,
    player: Player<'static, Rc<LabFile>>,
    sure: Option<Sure>,
    // While old answers are taken in again the timeline stays where it is.
    still: bool,
}

impl Guide {
    /// The guide of a lab, if it has one and is open where that begins.
    pub fn of(lab: &Lab) -> Option<Self> {
        let file = lab.file.as_ref()?;
        let starts = file.steps.first().map(|step| &step.variant);
        let breaks = file.repair.as_ref().map(|repair| &repair.variant);
        if starts.or(breaks) != Some(&lab.variant) {
            return None;
        }
        Some(Self {
            way: Session::new(file, &lab.name, lab.seed),
            hints: Vec::new(),
            reveal: None,
            scores: Vec::new(),
            attempt: None,
            piece: None,
            open: false,
            kept: Progress::new(&lab.name, file.hash(), lab.seed),
            changed: false,
            player: Player::new(Rc::clone(file), lab.seed),
            sure: None,
            still: false,
            file: Rc::clone(file),
        })
    }

    /// It has steps, and is no bare repair.
    pub fn has_steps(&self) -> bool {
        !self.file.steps.is_empty()
    }

    /// A question waits for its answer.
    pub fn asks(&self) -> bool {
        matches!(self.way.stage(), Stage::Ask(_))
    }

    /// Events after which questions were asked, or are being asked, in the network of the present step. Those of steps
    /// to come are not told: where they begin is part of the answer.
    pub fn asked_after(&self) -> Vec<EventNo> {
        let steps = &self.file.steps;
        let at = self.way.step_number().min(steps.len().saturating_sub(1));
        let Some(variant) = steps.get(at).map(|step| &step.variant) else { return Vec::new() };
        // A step in the same network goes on where the one before it ended; another network begins anew.
        let first = (0..=at).rev().take_while(|step| steps[*step].variant == *variant).last().unwrap_or(at);
        let begins = |step: usize| if step == first { Some(EventNo(0)) } else { self.player.until(step - 1) };
        (first..=at).filter(|step| !steps[*step].questions.is_empty()).filter_map(begins).collect()
    }

    /// It is done to the end.
    pub fn is_over(&self) -> bool {
        self.way.stage() == Stage::Over && (self.file.repair.is_none() || self.is_repaired())
    }

    /// All goals of the repair hold.
    pub fn is_repaired(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.as_ref().is_ok_and(Attempt::solves))
    }

    /// Whether the repair is what the learner is at.
    pub fn repairs(&self) -> bool {
        self.file.repair.is_some() && self.way.stage() == Stage::Over
    }

    /// First and last event of the window of the present step, as far as they may be known.
    fn window(&mut self) -> Result<(EventNo, Option<EventNo>), String> {
        let step = self.way.step_number();
        let before = step.checked_sub(1).filter(|before| {
            let steps = &self.file.steps;
            steps.get(*before).zip(steps.get(step)).is_some_and(|(a, b)| a.variant == b.variant)
        });
        let told = |error: overunder_sim::lab::run::RunError| error.to_string();
        let from = match before {
            Some(before) => self.player.play(before).map_err(told)?.until(),
            None => EventNo(0),
        };
        let open = matches!(self.way.stage(), Stage::Tell | Stage::Ask(_));
        let until = if open { None } else { Some(self.player.play(step).map_err(told)?.until()) };
        Ok((from, until))
    }

    /// Looks up what is said to the answer of this stage.
    fn look_up(&mut self, lang: Lang) {
        self.reveal = None;
        let step = self.way.step_number();
        if let (Stage::Reveal(_), Some(question), Some(seen)) =
            (self.way.stage(), self.way.question(&self.file), self.player.seen(step))
        {
            let given = self.way.answered(&self.file).and_then(|answered| answered.given.as_ref());
            self.reveal = Some(question.reveal(given, seen, lang));
        }
    }
}

/// Binds the timeline to the stage: another network where the step plays in another variant, and what is hidden.
///
/// While a step is told and asked, everything behind its beginning is; while it plays and is explained, everything
/// behind its end; nothing when the guide is over.
pub fn settle(bench: &mut Bench) -> Result<(), String> {
    let lang = bench.session.lang();
    let Some(guide) = &mut bench.guide else { return Ok(()) };
    if guide.still || !guide.has_steps() {
        return Ok(());
    }
    let Some(variant) = guide.way.step(&guide.file).map(|step| step.variant.clone()) else {
        bench.session.set_mask(None);
        return Ok(());
    };
    let (from, until) = guide.window()?;
    guide.look_up(lang);
    let open = guide.open;
    let back = !open && from.0 == 0 && until.is_none() && bench.session.event().0 > 0;
    let fresh = variant != bench.lab.variant || back;
    if fresh {
        let lab = Lab::of(&bench.lab.name, &guide.file, Some(&variant), bench.lab.seed);
        let lab = lab.map_err(|_| format!("no variant {variant}"))?;
        bench.session = lab.begin(lang)?;
        bench.lab = lab;
        bench.places = Places::default();
        bench.selection.pinned = false;
        bench.breakpoints.clear();
        bench.trail.clear();
        bench.compared = None;
    }
    let last = until.unwrap_or(from);
    bench.session.set_mask((!open).then_some(last));
    if !open && bench.session.event() > last {
        bench.session.go_to_event(last);
    }
    let told = matches!(bench.guide.as_ref().map(|guide| guide.way.stage()), Some(Stage::Tell | Stage::Ask(_)));
    if told && bench.session.event() < from {
        show_until(bench, from);
    }
    Ok(())
}

/// To an event of the lab as it is.
fn show_until(bench: &mut Bench, event: EventNo) {
    if bench.session.timeline().current() != 0 {
        bench.session.switch(0);
    }
    bench.session.go_to_event(event);
    bench.follow();
    bench.places.packet = 0;
    bench.places.why = 0;
}

/// On to the next stage of the guide; nothing is passed over that has to be answered.
pub fn advance(model: &mut Model) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().filter(|guide| guide.has_steps()).ok_or(words.no_steps)?;
    match guide.way.stage() {
        Stage::Ask(_) => return Err(words.question_open.to_owned()),
        Stage::Over => return Err(words.guide_over.to_owned()),
        Stage::Play if !guide.still => {
            let (_, until) = guide.window()?;
            show_until(bench, until.unwrap_or(EventNo(0)));
        }
        _ => {}
    }
    let Some(guide) = &mut bench.guide else { return Ok(()) };
    let file = Rc::clone(&guide.file);
    guide.way.advance(&file);
    done(bench, "next")
}

/// What follows everything done in the guide: it is noted, and the timeline bound to the new stage.
fn done(bench: &mut Bench, line: &str) -> Result<(), String> {
    bench.record(line);
    bench.places.guide = 0;
    let Some(guide) = &mut bench.guide else { return Ok(()) };
    guide.kept.lines.push(line.to_owned());
    guide.kept.step = guide.way.step_number();
    guide.kept.steps = guide.file.steps.len();
    guide.kept.done |= guide.is_over();
    guide.changed = true;
    guide.piece = None;
    if !guide.asks() && !guide.repairs() {
        guide.hints.clear();
    }
    settle(bench)
}

/// What happens at the edge of what may be seen: a key that wants to go on moves the guide on, or says what it waits
/// for. Returns what to say.
pub fn at_edge(model: &mut Model) -> Option<String> {
    let words = model.words();
    let guide = model.bench().and_then(|bench| bench.guide.as_ref());
    let stage = guide.map(|guide| guide.way.stage())?;
    match stage {
        Stage::Ask(_) => Some(words.question_open.to_owned()),
        Stage::Reveal(_) => Some(words.read_first.to_owned()),
        Stage::Tell | Stage::Play => {
            let failed = advance(model).err();
            if let Some(bench) = model.bench_mut() {
                bench.focus = Pane::Guide;
            }
            let asks = model.bench().and_then(|bench| bench.guide.as_ref()).is_some_and(Guide::asks);
            failed.or_else(|| Some(if asks { words.question_open } else { words.step_on }.to_owned()))
        }
        Stage::Over => None,
    }
}

/// Takes an answer as typed.
pub fn answer(model: &mut Model, typed: &str) -> Result<(), String> {
    let words = model.words();
    let lang = model.lang();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().filter(|guide| guide.asks()).ok_or(words.nothing_asked)?;
    let file = Rc::clone(&guide.file);
    let Some(question) = guide.way.question(&file) else { return Ok(()) };
    let given = question.parse(typed, lang)?;
    let step = guide.way.step_number();
    guide.player.play(step).map_err(|error| error.to_string())?;
    let verdict = guide.player.seen(step).map(|seen| question.judge(&given, seen));
    guide.scores.push(Some(verdict == Some(Verdict::Right)));
    let sure = guide.sure.take();
    guide.way.answer(&file, Some(given), sure);
    guide.hints.clear();
    done(bench, &format!("answer {typed}"))
}

/// Whether a typed answer can be read; the error says what is expected.
pub fn readable(model: &Model, typed: &str) -> Result<(), String> {
    let guide = model.bench().and_then(|bench| bench.guide.as_ref());
    let question = guide.and_then(|guide| guide.way.question(&guide.file)).ok_or(model.words().nothing_asked)?;
    let wrong = |expected: String| fill(model.words().please_type, |_| Some(expected.clone()));
    question.parse(typed, model.lang()).map(|_| ()).map_err(wrong)
}

/// How sure the next answer is: 1 a guess, 2 fairly, 3 certain.
pub fn sure(model: &mut Model, typed: &str) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().filter(|guide| guide.asks()).ok_or(words.nothing_asked)?;
    guide.sure = Some(match typed {
        "1" => Sure::Guess,
        "2" => Sure::Fairly,
        "3" => Sure::Certain,
        _ => return Err("sure 1|2|3".to_owned()),
    });
    done(bench, &format!("sure {typed}"))
}

/// Passes the open question over.
pub fn skip(model: &mut Model) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().filter(|guide| guide.asks()).ok_or(words.nothing_asked)?;
    let file = Rc::clone(&guide.file);
    guide.way.answer(&file, None, None);
    guide.scores.push(None);
    guide.hints.clear();
    done(bench, "skip")
}

/// One hint more.
pub fn hint(model: &mut Model) -> Result<(), String> {
    let words = model.words();
    let lang = model.lang();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().ok_or(words.no_steps)?;
    if guide.repairs() {
        let hint = guide.file.repair.as_ref().and_then(|repair| repair.hint(guide.hints.len()));
        guide.hints.push(hint.filter(|_| guide.hints.len() < HINTS).ok_or(words.no_more_hints)?);
        return done(bench, "hint");
    }
    if !guide.asks() {
        return Err(words.nothing_asked.to_owned());
    }
    let level = guide.way.hint().ok_or(words.no_more_hints)?;
    let step = guide.way.step_number();
    guide.player.play(step).map_err(|error| error.to_string())?;
    let question = guide.way.question(&guide.file);
    let hint = question.zip(guide.player.seen(step)).and_then(|(question, seen)| question.hint(level, seen, lang));
    guide.hints.push(hint.unwrap_or_default());
    done(bench, "hint")
}

/// Judges what the learner did to repair; in other labs what must hold, once that gives nothing away.
pub fn check(model: &mut Model) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let file = bench.lab.file.clone().ok_or(words.nothing_to_check)?;
    let seed = bench.lab.seed;
    let Some(guide) = bench.guide.as_mut().filter(|guide| guide.repairs()) else {
        if bench.guide.as_ref().is_some_and(|guide| guide.way.stage() != Stage::Over) {
            return Err(words.check_later.to_owned());
        }
        let ran = run_variant(&file, Some(&bench.lab.variant), seed, EVENT_BUDGET);
        let outcomes = ran.map_err(|error| error.to_string())?.outcomes;
        bench.places.guide = 0;
        bench.checks = outcomes;
        return Ok(());
    };
    let timeline = bench.session.timeline();
    let made = &timeline.branches()[timeline.current()].journal;
    let changes: Vec<_> = made.iter().map(|typed| (typed.name.clone(), typed.change.clone())).collect();
    guide.attempt = repair::attempt(&file, &changes, seed, EVENT_BUDGET).map_err(|error| error.to_string())?;
    done(bench, "check")
}

/// Hides what comes behind an open question, or nothing: for teachers, and for those who cannot predict.
pub fn predict(model: &mut Model, typed: &str) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().ok_or(words.no_steps)?;
    guide.open = match typed {
        "on" => false,
        "off" => true,
        _ => return Err("predict on|off".to_owned()),
    };
    bench.record(format!("predict {typed}"));
    settle(bench)
}

/// To the next piece of what shows the answer.
pub fn evidence(model: &mut Model) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let guide = bench.guide.as_mut().ok_or(words.no_steps)?;
    let pieces = guide.reveal.as_ref().map(|reveal| reveal.evidence.pieces.as_slice()).unwrap_or_default();
    if pieces.is_empty() {
        return Err(words.no_evidence.to_owned());
    }
    let next = guide.piece.map_or(0, |at| (at + 1) % pieces.len());
    let event = pieces[next].event;
    guide.piece = Some(next);
    moves::to_event(model, event);
    Ok(())
}

/// Takes in again what was answered before, if the lab is still the same.
pub fn resume(model: &mut Model) {
    let words = model.words();
    let Some(bench) = model.bench() else { return };
    let Some(known) = model.progress.get(&bench.lab.name).cloned() else { return };
    let Some(guide) = bench.guide.as_ref() else { return };
    if known.hash != guide.kept.hash || known.seed != guide.kept.seed {
        return model.complain(words.other_answers);
    }
    if known.lines.is_empty() {
        return;
    }
    set_still(model, true);
    let failed = known.lines.iter().find_map(|line| crate::app::command::run(model, line).err());
    set_still(model, false);
    let Some(bench) = model.bench_mut() else { return };
    let settled = settle(bench);
    if let Some(guide) = &mut bench.guide {
        guide.changed = false;
        guide.kept.done |= known.done;
    }
    match failed.or(settled.err()) {
        Some(error) => model.complain(error),
        None => model.say(words.resumed),
    }
}

fn set_still(model: &mut Model, still: bool) {
    if let Some(guide) = model.bench_mut().and_then(|bench| bench.guide.as_mut()) {
        guide.still = still;
    }
}

/// The progress that is to be kept, if it changed.
pub fn to_keep(model: &mut Model) -> Option<Progress> {
    let guide = model.bench_mut()?.guide.as_mut()?;
    if !std::mem::take(&mut guide.changed) {
        return None;
    }
    let kept = guide.kept.clone();
    model.progress.insert(kept.lab.clone(), kept.clone());
    progress::mark(model);
    Some(kept)
}
