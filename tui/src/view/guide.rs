//! The guide: what the lab is about, its steps and questions, what came of the answers; or what is wrong with the lab.

use overunder_sim::lab::design;
use overunder_sim::lab::guide::Stage;
use overunder_sim::lab::judge::Outcome;
use overunder_sim::lab::question::{Evidence, Form, Question};
use overunder_sim::lab::{Verdict, repair::Repair};
use overunder_sim::view::sentence::fill;
use ratatui::layout::Rect;

use crate::app::guide::Guide;
use crate::app::model::Bench;
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;
use crate::view::time::short_time;

/// So many rows of a table stand below each other; more are folded, so that the question stays on the screen.
const FOLD: usize = 6;
/// Blanks between two columns.
const GUTTER: usize = 2;

/// Paints the guide; what does not fit is marked below.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let lines = lines(painter, bench, usize::from(area.width));
    let height = usize::from(area.height);
    let first = bench.places.guide.min(lines.len().saturating_sub(height));
    for (y, line) in lines.iter().skip(first).take(height).enumerate() {
        painter.line(area, y as u16, line);
    }
    if first + height < lines.len() && height > 1 {
        let more = format!(" j {} ", painter.glyphs.cut);
        let x = i32::from(area.width) - 4;
        painter.text(area, (x, height as i32 - 1), more.trim_end(), Role::Key);
    }
}

/// Its heading, with how far it is.
pub fn title(painter: &Painter<'_>, bench: &Bench) -> Line {
    let mut line = vec![span(painter.words.guide, Role::Title)];
    if let Some(guide) = bench.guide.as_ref().filter(|guide| guide.has_steps()) {
        let (at, all) = (guide.way.step_number(), guide.file.steps.len());
        let bar: String = (0..all).map(|step| if step < at { '#' } else { '-' }).collect();
        line.push(span(format!("  [{bar}] {at}/{all}"), Role::Good));
        let (right, given) = score(guide);
        if given > 0 {
            line.push(span(format!("  {}", scored(painter, right, given)), Role::Dim));
        }
    }
    line
}

/// Right answers and all answers, as far as it was seen how they came out.
fn score(guide: &Guide) -> (usize, usize) {
    let answers = &guide.way.record.answers;
    let now = guide.way.step(&guide.file).map(|step| step.name.as_str());
    let waiting = match guide.way.stage() {
        Stage::Tell | Stage::Over => 0,
        Stage::Ask(_) | Stage::Play => answers.iter().filter(|given| Some(given.step.as_str()) == now).count(),
        Stage::Reveal(at) => {
            let own = answers.iter().filter(|given| Some(given.step.as_str()) == now).count();
            own.saturating_sub(at + 1)
        }
    };
    let given = guide.scores.iter().take(guide.scores.len().saturating_sub(waiting)).flatten();
    (given.clone().filter(|right| **right).count(), given.count())
}

fn scored(painter: &Painter<'_>, right: usize, all: usize) -> String {
    fill(painter.words.questions_right, |gap| Some(if gap == "right" { right } else { all }.to_string()))
}

/// Lines being put together.
struct Page<'p, 'a> {
    painter: &'p Painter<'a>,
    room: usize,
    lines: Vec<Line>,
}

impl Page<'_, '_> {
    fn paragraph(&mut self, text: &str, role: Role) {
        self.lines.extend(wrap(text, self.room).into_iter().map(|line| vec![span(line, role)]));
    }

    /// A text whose lines are all moved in, the first by a mark.
    fn item(&mut self, mark: &str, mark_role: Role, text: &str, role: Role) {
        use unicode_width::UnicodeWidthStr;
        let wide = mark.width();
        for (at, line) in wrap(text, self.room.saturating_sub(wide)).into_iter().enumerate() {
            let lead = if at == 0 { mark.to_owned() } else { " ".repeat(wide) };
            self.lines.push(vec![span(lead, mark_role), span(line, role)]);
        }
    }

    /// Short items, in as many columns as there is room for: read from left to right, like a text.
    fn columns(&mut self, lead: &str, items: &[String]) {
        use unicode_width::UnicodeWidthStr;
        let widest = items.iter().map(|item| item.width()).max().unwrap_or_default();
        let room = self.room.saturating_sub(lead.width());
        let count = ((room + GUTTER) / (widest + GUTTER)).clamp(1, items.len().max(1));
        if count == 1 {
            return items.iter().for_each(|item| self.item(lead, Role::Text, item, Role::Text));
        }
        for line in items.chunks(count) {
            let padded = line.iter().map(|item| format!("{item}{}", " ".repeat(widest + GUTTER - item.width())));
            let text = padded.collect::<String>();
            self.lines.push(vec![span(lead.to_owned(), Role::Text), span(text.trim_end().to_owned(), Role::Text)]);
        }
    }

    fn gap(&mut self) {
        self.lines.push(Line::new());
    }

    /// Keys and what they do now.
    fn keys(&mut self, keys: &[(&str, String)]) {
        let mut line = Line::new();
        for (key, does) in keys {
            line.push(span(format!("[{key}] "), Role::Key));
            line.push(span(format!("{does}   "), Role::Text));
        }
        self.lines.push(line);
    }
}

fn lines(painter: &Painter<'_>, bench: &Bench, room: usize) -> Vec<Line> {
    let words = painter.words;
    let lab = &bench.lab;
    let mut page = Page { painter, room, lines: Vec::new() };
    if !lab.findings.is_empty() {
        page.paragraph(words.broken_lab, Role::Alert);
        page.lines.extend(lab.findings.iter().map(|line| vec![span(line.clone(), Role::Text)]));
        return page.lines;
    }
    match &bench.guide {
        Some(guide) if guide.way.step(&guide.file).is_some() => stage(&mut page, guide),
        Some(guide) => match &guide.file.repair {
            Some(repair) => mend(&mut page, bench, guide, repair),
            None => over(&mut page, bench, guide),
        },
        None => about(&mut page, bench),
    }
    page.lines
}

/// A lab without a guide.
fn about(page: &mut Page<'_, '_>, bench: &Bench) {
    let words = page.painter.words;
    let lab = &bench.lab;
    page.paragraph(&lab.title, Role::Strong);
    page.paragraph(&lab.idea, Role::Text);
    if !lab.variant.is_empty() {
        page.paragraph(&format!("{}: {} ({})", words.variant, lab.variant, lab.variants.join(", ")), Role::Dim);
    }
    for say in &lab.say {
        page.paragraph(say, Role::Text);
    }
    if bench.checks.is_empty() && !lab.expectations.is_empty() {
        page.gap();
        page.paragraph(words.expectations, Role::Strong);
        for expectation in &lab.expectations {
            page.paragraph(&format!("  {expectation}"), Role::Text);
        }
    }
    checks(page, bench);
    let file = lab.file.as_deref();
    let text = match file {
        Some(file) if file.design.is_some() => words.hand_in.to_owned(),
        Some(file) if design::is_design(&file.source) => fill(words.is_design, |_| Some(lab.name.clone())),
        Some(file) if !file.steps.is_empty() => fill(words.guide_elsewhere, |_| Some(lab.name.clone())),
        _ => words.no_guide.to_owned(),
    };
    page.paragraph(&text, Role::Dim);
}

fn checks(page: &mut Page<'_, '_>, bench: &Bench) {
    if !bench.checks.is_empty() {
        page.gap();
        page.paragraph(page.painter.words.expectations, Role::Strong);
        for (name, outcome) in &bench.checks {
            judged(page, name, Some(outcome));
        }
    }
}

/// A check or goal and its state.
fn judged(page: &mut Page<'_, '_>, name: &str, outcome: Option<&Outcome>) {
    let words = page.painter.words;
    let [done, open] = page.painter.glyphs.done;
    match outcome {
        None => page.item(&format!(" {open} "), Role::Dim, &format!("{name}: {}", words.not_checked), Role::Text),
        Some(outcome) => {
            let (mark, role, word) =
                if outcome.holds { (done, Role::Good, words.holds) } else { ('x', Role::Alert, words.fails) };
            let text = outcome.text.get(page.painter.settings.lang);
            page.item(&format!(" {mark} "), role, &format!("{name}: {word}. {text}"), Role::Text);
        }
    }
}

/// The step that is on.
fn stage(page: &mut Page<'_, '_>, guide: &Guide) {
    let words = page.painter.words;
    let Some(step) = guide.way.step(&guide.file) else { return };
    let (at, all) = (guide.way.step_number(), guide.file.steps.len());
    let place = fill(words.step_of, |gap| Some(if gap == "n" { at + 1 } else { all }.to_string()));
    if at == 0 && guide.way.stage() == Stage::Tell {
        page.paragraph(&guide.file.title, Role::Strong);
    }
    page.lines.push(vec![span(place, Role::Title), span(format!("  {}", step.name), Role::Dim)]);
    match guide.way.stage() {
        Stage::Tell => {
            told(page, guide, Role::Text);
            if at == 0 {
                page.gap();
                page.paragraph(words.first_keys, Role::Dim);
            }
            page.gap();
            let next = if step.questions.is_empty() { words.to_run } else { words.to_question };
            page.keys(&[("Enter", next.to_owned())]);
        }
        Stage::Ask(_) => ask(page, guide),
        Stage::Play => {
            let text = if step.questions.is_empty() { words.now_looks } else { words.now_runs };
            page.paragraph(text, Role::Strong);
            page.keys(&[("n", words.hint_step.to_owned()), ("Enter", words.to_end.to_owned())]);
            page.gap();
            told(page, guide, Role::Dim);
        }
        Stage::Reveal(_) => reveal(page, guide),
        Stage::Over => {}
    }
}

/// What the step says, and in which network.
fn told(page: &mut Page<'_, '_>, guide: &Guide, role: Role) {
    let words = page.painter.words;
    let Some(step) = guide.way.step(&guide.file) else { return };
    page.paragraph(&step.say, role);
    let before = guide.way.step_number().checked_sub(1).and_then(|before| guide.file.steps.get(before));
    if before.is_some_and(|before| before.variant != step.variant) {
        let says = guide.file.variant(Some(&step.variant)).map(|variant| variant.say.join(" ")).unwrap_or_default();
        page.paragraph(&format!("{} ({}). {says}", words.new_network, step.variant), Role::Changed);
    }
}

fn ask(page: &mut Page<'_, '_>, guide: &Guide) {
    let words = page.painter.words;
    let Some(question) = guide.way.question(&guide.file) else { return };
    page.paragraph(words.predict, Role::Dim);
    page.item("? ", Role::Ask, &question.say, Role::Strong);
    offer(page, question);
    let expects = question.asked().expects(page.painter.settings.lang);
    page.paragraph(&format!("{}: {expects}", words.expected), Role::Dim);
    hints(page, guide);
    page.keys(&[
        ("a", words.hint_answer.to_owned()),
        ("H", crate::view::fill_n(words.hints_used, guide.hints.len())),
        ("S", words.skip_it.to_owned()),
    ]);
    page.gap();
    page.paragraph(words.step_text, Role::Dim);
    told(page, guide, Role::Dim);
}

fn hints(page: &mut Page<'_, '_>, guide: &Guide) {
    for (at, hint) in guide.hints.iter().enumerate() {
        let mark = format!("{}: ", crate::view::fill_n(page.painter.words.hint_n, at + 1));
        page.item(&mark, Role::Changed, hint, Role::Text);
    }
}

/// What can be chosen.
fn offer(page: &mut Page<'_, '_>, question: &Question) {
    match question.asked().form() {
        Form::Choice(options) | Form::Order(options) => {
            for (at, (_, say)) in options.iter().enumerate() {
                page.item(&format!("  {}  ", at + 1), Role::Key, say, Role::Text);
            }
        }
        Form::Grid(rows, columns) if rows.len() <= FOLD => {
            for row in &rows {
                page.item("  ", Role::Text, &format!("{row}: {}", columns.join(" / ")), Role::Text);
            }
        }
        Form::Grid(rows, columns) => {
            page.item("  ", Role::Text, &columns.join(" / "), Role::Key);
            let rows: Vec<String> = rows.iter().enumerate().map(|(at, row)| format!("{:>2} {row}", at + 1)).collect();
            page.columns("  ", &rows);
        }
        Form::Pick(nodes) => page.item("  ", Role::Text, &nodes.join("  "), Role::Text),
        Form::Number(_) | Form::Fill(_) => {}
    }
}

fn reveal(page: &mut Page<'_, '_>, guide: &Guide) {
    let words = page.painter.words;
    let (Some(question), Some(reveal)) = (guide.way.question(&guide.file), &guide.reveal) else { return };
    page.item("? ", Role::Ask, &question.say, Role::Text);
    let [done, _] = page.painter.glyphs.done;
    let (mark, role, word) = match &reveal.verdict {
        Some(Verdict::Right) => (done, Role::Good, words.right),
        Some(_) => ('x', Role::Alert, words.not_right),
        None => ('-', Role::Dim, words.passed_over),
    };
    // A table of answers is told line by line, where it differs.
    let given = reveal.given.as_ref().filter(|_| !matches!(question.asked().form(), Form::Grid(..)));
    let given = given.map(|given| format!("  {}: {given}", words.your_answer)).unwrap_or_default();
    page.lines.push(vec![span(format!("{mark} {word}"), role), span(given, Role::Text)]);
    // Its name is for whoever grades; the text below says what is wrong with it.
    if matches!(reveal.verdict, Some(Verdict::Misconception(..))) {
        page.paragraph(&format!("  {}", words.belief), Role::Alert);
    }
    // The first sentence of the others says what the mark says already.
    let plain = matches!(reveal.verdict, Some(Verdict::Right | Verdict::Wrong));
    for text in reveal.text.iter().skip(usize::from(plain)) {
        page.item("  ", Role::Text, text, Role::Text);
    }
    if reveal.lines.len() <= FOLD {
        for line in &reveal.lines {
            page.item("    ", Role::Text, line, Role::Text);
        }
    } else {
        page.columns("    ", &reveal.lines);
    }
    evidence(page, &reveal.evidence, guide.piece);
    let mut keys = vec![("Enter", words.hint_on.to_owned())];
    if !reveal.evidence.pieces.is_empty() {
        keys.push(("e", words.hint_evidence.to_owned()));
    }
    page.keys(&keys);
}

fn evidence(page: &mut Page<'_, '_>, evidence: &Evidence, looked_at: Option<usize>) {
    if evidence.pieces.is_empty() {
        return;
    }
    let words = page.painter.words;
    page.paragraph(&format!("{}:", words.shows_it), Role::Dim);
    for (at, piece) in evidence.pieces.iter().enumerate() {
        let time = piece.time.map(|time| format!(" {}", short_time(time))).unwrap_or_default();
        let what = piece.what.get(page.painter.settings.lang);
        let mark = if looked_at == Some(at) { page.painter.glyphs.now } else { ' ' };
        page.lines.push(vec![
            span(format!("{mark} #{}{time}  ", piece.event), Role::Key),
            span(format!("{}  {what}", piece.place), Role::Text),
        ]);
    }
    let more = evidence.total.saturating_sub(evidence.pieces.len());
    if more > 0 {
        page.paragraph(&format!("  {}", crate::view::fill_n(words.more_evidence, more)), Role::Dim);
    }
}

/// The end of the guide.
fn over(page: &mut Page<'_, '_>, bench: &Bench, guide: &Guide) {
    let words = page.painter.words;
    let [done, open] = page.painter.glyphs.done;
    page.lines.push(vec![span(format!("{done} {}", words.lab_done), Role::Good)]);
    page.item(&format!("{}: ", words.remember), Role::Strong, &guide.file.idea, Role::Text);
    page.gap();
    let (right, given) = score(guide);
    page.paragraph(&scored(page.painter, right, given), Role::Strong);
    for (answered, score) in guide.way.record.answers.iter().zip(&guide.scores) {
        let (mark, role) = match score {
            Some(true) => (done, Role::Good),
            Some(false) => ('x', Role::Alert),
            None => (open, Role::Dim),
        };
        let steps = guide.file.steps.iter().filter(|step| step.name == answered.step);
        let asked = steps.flat_map(|step| &step.questions).find(|question| question.id == answered.question);
        page.item(&format!(" {mark} "), role, asked.map_or("", |question| &question.say), Role::Text);
    }
    page.gap();
    page.paragraph(words.free_now, Role::Dim);
    if bench.checks.is_empty() {
        page.paragraph(words.check_hint, Role::Dim);
    }
    checks(page, bench);
}

/// A repair: goals, what was changed, what came of it.
fn mend(page: &mut Page<'_, '_>, bench: &Bench, guide: &Guide, repair: &Repair) {
    let words = page.painter.words;
    let [done, _] = page.painter.glyphs.done;
    page.paragraph(&repair.say, Role::Text);
    match &guide.attempt {
        Some(Ok(attempt)) if attempt.solves() => {
            page.lines.push(vec![span(format!("{done} {}", words.repaired), Role::Good)]);
            page.item(&format!("{}: ", words.remember), Role::Strong, &guide.file.idea, Role::Text);
        }
        Some(Ok(attempt)) => {
            page.lines.push(vec![span(format!("x {}", words.not_repaired), Role::Alert)]);
            if let Some(say) = &attempt.wrong {
                page.item("  ", Role::Text, say, Role::Text);
            }
        }
        Some(Err(why)) => page.item("x ", Role::Alert, why.get(page.painter.settings.lang), Role::Text),
        None => page.paragraph(words.look_first, Role::Dim),
    }
    page.paragraph(words.goals, Role::Strong);
    let outcomes = guide.attempt.as_ref().and_then(|attempt| attempt.as_ref().ok());
    for (at, (name, _)) in repair.goals.iter().enumerate() {
        let outcome = outcomes.and_then(|attempt| attempt.goals.get(at)).map(|(_, outcome)| outcome);
        judged(page, name, outcome);
    }
    let timeline = bench.session.timeline();
    let made = &timeline.branches()[timeline.current()].journal;
    let list: Vec<&str> = made.iter().map(|typed| typed.name.as_str()).collect();
    let changes = if list.is_empty() { words.no_changes.to_owned() } else { list.join("; ") };
    page.item(&format!("{}: ", words.your_changes), Role::Strong, &changes, Role::Text);
    page.keys(&[
        ("C", words.hint_check.to_owned()),
        ("H", crate::view::fill_n(words.hints_used, guide.hints.len())),
        (":", words.hint_command.to_owned()),
    ]);
    hints(page, guide);
}
