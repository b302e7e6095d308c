//! How the state changes: one message in, a new state and effects out.

use crate::app::command;
use crate::app::effect::Effect;
use crate::app::export;
use crate::app::guide;
use crate::app::journal;
use crate::app::keymap::{self, Action, Key};
use crate::app::lab;
use crate::app::message::{Msg, Target};
use crate::app::model::{Ask, Bench, Model, Motion, Overlay, Pane, Stage};
use crate::app::moves::{self, Stride};
use crate::app::panes;
use crate::app::prompt::{Prompt, Purpose};
use overunder_sim::view::sentence::fill;

/// Takes in what happened.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = match msg {
        Msg::Key(key) => press(model, key),
        Msg::Click(target) => click(model, target),
        Msg::Wheel(pane, lines) => {
            panes::wheel(model, pane, lines);
            Vec::new()
        }
        Msg::Tick => {
            moves::tick(model);
            Vec::new()
        }
        Msg::Resize(width, height) => {
            model.size = (width, height);
            Vec::new()
        }
        Msg::Saved(result) => {
            saved(model, result);
            Vec::new()
        }
        Msg::Written { result: Ok(path), .. } => {
            model.say(fill(model.words().exported, |_| Some(path.clone())));
            Vec::new()
        }
        Msg::Written { line, result: Err(error) } => {
            again(model, &line, error);
            Vec::new()
        }
        Msg::Exists(path, text) => {
            model.overlay = Some(Overlay::Over(path, text));
            Vec::new()
        }
        Msg::Copied => {
            model.say(model.words().copied);
            Vec::new()
        }
    };
    panes::prepare(model);
    effects.extend(guide::to_keep(model).map(Effect::Keep));
    effects
}

fn saved(model: &mut Model, result: Result<String, String>) {
    match result {
        Ok(path) => {
            model.unsaved = false;
            model.say(fill(model.words().saved, |_| Some(path.clone())));
        }
        Err(error) => model.complain(error),
    }
}

fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    model.notice = None;
    match model.overlay.take() {
        Some(Overlay::Prompt(prompt)) => return typed(model, prompt, key),
        Some(Overlay::Help { search, line }) => return help(model, search, line, key),
        Some(Overlay::Ask(ask)) => return answered(model, ask, key),
        Some(Overlay::Sure(typed)) => {
            sure(model, typed, key);
            return Vec::new();
        }
        Some(Overlay::Over(path, text)) if key == Key::Char('y') => {
            return vec![Effect::Export { path, text, over: true }];
        }
        Some(Overlay::Over(path, _)) => {
            let kept = fill(model.words().kept, |_| Some(path.clone()));
            again(model, &format!("export {path}"), kept);
            return Vec::new();
        }
        None => {}
    }
    let bench = model.bench();
    match keymap::action(bench.map(|bench| bench.focus), bench.is_some_and(Bench::is_beside), key) {
        Some(action) => act(model, action),
        None => Vec::new(),
    }
}

/// Does what a key means.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if matches!(model.stage, Stage::Picker(_)) {
        return picker(model, action);
    }
    if stops(action)
        && let Some(bench) = model.bench_mut()
        && std::mem::replace(&mut bench.motion, Motion::Still) != Motion::Still
        && action == Action::Escape
    {
        model.say(model.words().interrupted);
        return Vec::new();
    }
    match action {
        Action::Save => return save(model, None),
        Action::Quit => return quit(model),
        Action::Copy => return panes::copy(model),
        Action::Mouse => return mouse(model),
        Action::Reset => model.overlay = Some(Overlay::Ask(Ask::Reset)),
        Action::Help => model.overlay = Some(Overlay::Help { search: String::new(), line: 0 }),
        Action::Picker => model.stage = Stage::Picker(0),
        Action::Command => open_prompt(model, Purpose::Command),
        Action::Filter => open_prompt(model, Purpose::Filter),
        Action::Escape => escape(model),
        Action::Against | Action::Extra | Action::Swap | Action::Sizes | Action::Export => side_by_side(model, action),
        Action::Answer | Action::Skip | Action::Hint | Action::Check => teach(model, action),
        _ => {
            if !travel(model, action) {
                panes::act(model, action);
            }
        }
    }
    Vec::new()
}

/// The keys of the Compare pane.
fn side_by_side(model: &mut Model, action: Action) {
    let words = model.words();
    let Some(bench) = model.bench() else { return };
    let (others, possible, name) = (bench.lab.others().count(), export::is_possible(bench), export::usual(bench));
    match action {
        Action::Extra | Action::Swap | Action::Sizes => {
            let line = match action {
                Action::Extra => "extra",
                Action::Swap => "swap",
                _ => "sizes",
            };
            if let Err(error) = command::run(model, line) {
                model.complain(error);
            }
        }
        Action::Export if possible => put_on_line(model, &format!("export {name}")),
        Action::Export => model.complain(words.export_nothing),
        _ if others == 0 => model.complain(words.against_none),
        _ => put_on_line(model, "against "),
    }
}

/// Puts a command on the command line, for the rest to be typed.
fn put_on_line(model: &mut Model, line: &str) {
    let mut prompt = Prompt::new(Purpose::Command, line);
    offer(model, &mut prompt);
    model.overlay = Some(Overlay::Prompt(prompt));
}

/// Puts a command back on the command line, with what was wrong with it.
fn again(model: &mut Model, line: &str, error: String) {
    put_on_line(model, line);
    if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
        prompt.error = Some(error);
    }
}

/// The keys of the guide; they bring it to the front.
fn teach(model: &mut Model, action: Action) {
    let words = model.words();
    let asks = model.bench().and_then(|bench| bench.guide.as_ref()).is_some_and(guide::Guide::asks);
    let result = match action {
        Action::Hint => guide::hint(model),
        Action::Check => guide::check(model),
        _ if !asks => Err(words.nothing_asked.to_owned()),
        Action::Answer => {
            open_prompt(model, Purpose::Answer);
            Ok(())
        }
        _ => {
            model.overlay = Some(Overlay::Ask(Ask::Skip));
            Ok(())
        }
    };
    match result {
        Ok(()) => panes::focus(model, Pane::Guide),
        Err(error) => model.say(error),
    }
}

/// Takes the answer with how sure it is.
fn sure(model: &mut Model, typed: String, key: Key) {
    let line = format!("answer {typed}");
    let said = match key {
        Key::Char('1'..='3') => command::run(model, &format!("sure {key}")),
        Key::Enter => Ok(Vec::new()),
        Key::Esc => return,
        _ => {
            model.overlay = Some(Overlay::Sure(typed));
            return;
        }
    };
    if let Err(error) = said.and_then(|_| command::run(model, &line)) {
        model.complain(error);
    }
}

/// Whether an action ends what moves by itself.
fn stops(action: Action) -> bool {
    !matches!(action, Action::Play | Action::Slower | Action::Faster | Action::Help | Action::Zoom | Action::Mouse)
}

fn travel(model: &mut Model, action: Action) -> bool {
    match action {
        Action::Step => moves::forward(model, Stride::Moment),
        Action::Back => moves::backward(model, Stride::Moment),
        Action::NextSame => moves::forward(model, Stride::Packet),
        Action::PrevSame => moves::backward(model, Stride::Packet),
        Action::NextCable => moves::forward(model, Stride::Cable),
        Action::PrevCable => moves::backward(model, Stride::Cable),
        Action::First => moves::jump(model, None),
        Action::Last => moves::run(model, true),
        Action::Break => moves::toggle_break(model),
        Action::Continue => moves::run(model, false),
        Action::Cause => moves::to_cause(model),
        Action::Return => moves::go_back(model),
        Action::Mark => moves::mark(model),
        Action::Undo => moves::undo(model),
        Action::Branch => next_branch(model),
        Action::Play => play(model),
        Action::Slower => speed(model, -1),
        Action::Faster => speed(model, 1),
        _ => return false,
    }
    true
}

fn next_branch(model: &mut Model) {
    let Some(bench) = model.bench() else { return };
    let timeline = bench.session.timeline();
    let next = (timeline.current() + 1) % timeline.branches().len();
    moves::switch(model, next);
}

fn play(model: &mut Model) {
    let Some(bench) = model.bench_mut() else { return };
    bench.motion = match bench.motion {
        Motion::Still => Motion::Playing(bench.dwell()),
        _ => Motion::Still,
    };
}

fn speed(model: &mut Model, by: isize) {
    let Some(bench) = model.bench_mut() else { return };
    bench.speed = bench.speed.saturating_add_signed(by).min(crate::app::model::DWELL.len() - 1);
}

/// Closes what is open, else clears the filter, else lets the selection go.
fn escape(model: &mut Model) {
    let Some(bench) = model.bench_mut() else { return };
    let asked = bench.against.as_mut().filter(|against| bench.focus == Pane::Compare && against.asked);
    if let Some(against) = asked {
        against.asked = false;
    } else if bench.zoomed {
        bench.zoomed = false;
    } else if !bench.filter.is_empty() {
        bench.filter = crate::app::filter::Filter::default();
        bench.record("filter");
    } else if bench.selection.pinned {
        bench.selection.pinned = false;
        bench.follow();
    }
}

fn mouse(model: &mut Model) -> Vec<Effect> {
    model.settings.mouse = !model.settings.mouse;
    let words = model.words();
    model.say(if model.settings.mouse { words.mouse_on } else { words.mouse_off });
    vec![Effect::Mouse(model.settings.mouse)]
}

/// Ends the program, unless something would be lost.
pub fn quit(model: &mut Model) -> Vec<Effect> {
    if model.unsaved && model.bench().is_some() {
        model.overlay = Some(Overlay::Ask(Ask::Quit));
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Saves the session.
pub fn save(model: &mut Model, path: Option<String>) -> Vec<Effect> {
    let Some(bench) = model.bench() else { return Vec::new() };
    let text = journal::write(bench);
    vec![Effect::Save { path, lab: bench.lab.name.clone(), text }]
}

fn answered(model: &mut Model, ask: Ask, key: Key) -> Vec<Effect> {
    match (ask, key) {
        (Ask::Reset, Key::Char('y')) => lab::reopen(model),
        (Ask::Skip, Key::Char('y')) => {
            if let Err(error) = guide::skip(model) {
                model.complain(error);
            }
        }
        (Ask::Quit, Key::Char('y')) => return vec![Effect::Quit],
        (Ask::Quit, Key::Char('s')) => {
            let mut effects = save(model, None);
            effects.push(Effect::Quit);
            return effects;
        }
        _ => {}
    }
    Vec::new()
}

fn picker(model: &mut Model, action: Action) -> Vec<Effect> {
    let last = model.library.len().saturating_sub(1);
    let Stage::Picker(line) = &mut model.stage else { return Vec::new() };
    match action {
        Action::Up => *line = line.saturating_sub(1),
        Action::Down => *line = (*line + 1).min(last),
        Action::PageUp => *line = line.saturating_sub(panes::PAGE),
        Action::PageDown => *line = (*line + panes::PAGE).min(last),
        Action::First => *line = 0,
        Action::Last => *line = last,
        Action::Open => lab::open_card(model),
        Action::Help => model.overlay = Some(Overlay::Help { search: String::new(), line: 0 }),
        Action::Quit => return vec![Effect::Quit],
        _ => {}
    }
    Vec::new()
}

fn open_prompt(model: &mut Model, purpose: Purpose) {
    let text = match purpose {
        Purpose::Filter => model.bench().map_or("", |bench| bench.filter.text()),
        Purpose::Command | Purpose::Answer => "",
    };
    let mut prompt = Prompt::new(purpose, text);
    offer(model, &mut prompt);
    model.overlay = Some(Overlay::Prompt(prompt));
}

/// Finds out what could come next.
fn offer(model: &Model, prompt: &mut Prompt) {
    if prompt.chosen.is_some() {
        return;
    }
    let before: String = prompt.text.chars().take(prompt.cursor).collect();
    prompt.choices = match prompt.purpose {
        Purpose::Command => command::choices(model, &before),
        Purpose::Filter => command::filter_choices(model, before.rsplit(' ').next().unwrap_or_default()),
        Purpose::Answer => Vec::new(),
    };
}

fn typed(model: &mut Model, mut prompt: Prompt, key: Key) -> Vec<Effect> {
    match key {
        Key::Esc => return Vec::new(),
        Key::Enter => return enter(model, prompt),
        Key::Tab | Key::Down => prompt.complete(false),
        Key::BackTab | Key::Up => prompt.complete(true),
        Key::Char(c) => prompt.insert(c),
        Key::Backspace if !prompt.backspace() => return Vec::new(),
        Key::Delete => prompt.delete(),
        Key::Left => prompt.shift(-1),
        Key::Right => prompt.shift(1),
        Key::Home => prompt.shift(isize::MIN),
        Key::End => prompt.shift(isize::MAX),
        _ => {}
    }
    offer(model, &mut prompt);
    model.overlay = Some(Overlay::Prompt(prompt));
    Vec::new()
}

fn enter(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    let line = match prompt.purpose {
        Purpose::Command => prompt.text.clone(),
        Purpose::Filter => format!("filter {}", prompt.text),
        Purpose::Answer => {
            match guide::readable(model, &prompt.text) {
                Ok(()) => model.overlay = Some(Overlay::Sure(prompt.text)),
                Err(error) => {
                    prompt.error = Some(error);
                    model.overlay = Some(Overlay::Prompt(prompt));
                }
            }
            return Vec::new();
        }
    };
    match command::run(model, &line) {
        Ok(effects) => effects,
        Err(error) => {
            prompt.error = Some(error);
            model.overlay = Some(Overlay::Prompt(prompt));
            Vec::new()
        }
    }
}

/// A line of the help.
#[derive(Clone, Copy, Debug)]
pub enum HelpLine {
    /// A key.
    Key(&'static keymap::Binding),
    /// A command.
    Command(&'static command::Command),
}

/// What the help shows: the keys of the pane and the commands that contain what is searched for.
pub fn help_lines(model: &Model, search: &str) -> Vec<HelpLine> {
    let pane = model.bench().map(|bench| bench.focus);
    let wanted = search.to_lowercase();
    let words = model.words();
    let named = |binding: &keymap::Binding| {
        binding.keys.iter().any(|key| key.to_string() == search)
            || (binding.say)(words).to_lowercase().contains(&wanted)
    };
    let mut keys = keymap::bindings(pane, model.bench().is_some_and(Bench::is_beside));
    keys.retain(|binding| named(binding));
    let rank = |group: keymap::Group| keymap::Group::ALL.iter().position(|at| *at == group);
    keys.sort_by_key(|binding| rank(binding.group));
    let lang = model.lang();
    let says = |command: &&command::Command| {
        command.name.contains(&wanted) || command.says(lang).to_lowercase().contains(&wanted)
    };
    let commands = command::COMMANDS.iter().filter(|_| pane.is_some()).filter(says);
    keys.into_iter().map(HelpLine::Key).chain(commands.map(HelpLine::Command)).collect()
}

fn help(model: &mut Model, mut search: String, mut line: usize, key: Key) -> Vec<Effect> {
    let count = help_lines(model, &search).len();
    match key {
        Key::Esc | Key::F(1) => return Vec::new(),
        Key::Char('?') if search.is_empty() => return Vec::new(),
        Key::Enter => return chosen_help(model, help_lines(model, &search).get(line).copied()),
        Key::Up => line = line.saturating_sub(1),
        Key::Down => line = (line + 1).min(count.saturating_sub(1)),
        Key::PageUp => line = line.saturating_sub(panes::PAGE),
        Key::PageDown => line = (line + panes::PAGE).min(count.saturating_sub(1)),
        Key::Backspace => {
            search.pop();
            line = 0;
        }
        Key::Char(c) => {
            search.push(c);
            line = 0;
        }
        _ => {}
    }
    model.overlay = Some(Overlay::Help { search, line });
    Vec::new()
}

/// Does what a line of the help says; a command is put on the command line for the rest to be typed.
fn chosen_help(model: &mut Model, line: Option<HelpLine>) -> Vec<Effect> {
    match line {
        Some(HelpLine::Key(binding)) if binding.action != Action::Help => act(model, binding.action),
        Some(HelpLine::Command(command)) => {
            put_on_line(model, &format!("{} ", command.name));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn click(model: &mut Model, target: Target) -> Vec<Effect> {
    model.notice = None;
    match target {
        Target::Action(action) => return act(model, action),
        Target::Pane(pane) => panes::focus(model, pane),
        Target::Moment(place) => {
            panes::focus(model, Pane::Time);
            moves::jump(model, place);
        }
        Target::Node(node) => {
            panes::focus(model, Pane::Map);
            if let Some(bench) = model.bench_mut() {
                bench.select(node);
            }
        }
        Target::Line(pane, line) => {
            panes::focus(model, pane);
            panes::to_line(model, pane, line);
        }
        Target::Card(card) => {
            let again = matches!(model.stage, Stage::Picker(line) if line == card);
            if matches!(model.stage, Stage::Picker(_)) {
                model.stage = Stage::Picker(card);
            }
            if again {
                lab::open_card(model);
            }
        }
    }
    Vec::new()
}
