//! What lies over the screen: help, the line being typed, a question.

use overunder_sim::view::sentence::fill;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::command;
use crate::app::model::{Ask, Model, Overlay};
use crate::app::prompt::{Prompt, Purpose};
use crate::app::update::{HelpLine, help_lines};
use crate::view::paint::{Painter, first_shown, span, wrap};
use crate::view::theme::Role;

/// Lines that a sentence may take of the screen; no sentence of ours is longer.
const MOST_LINES: usize = 6;

/// Paints what lies over the screen, if anything does.
pub fn render(painter: &mut Painter<'_>, area: Rect, model: &Model) {
    match &model.overlay {
        Some(Overlay::Help { search, line }) => help(painter, area, model, search, *line),
        Some(Overlay::Prompt(prompt)) => prompt_line(painter, area, model, prompt),
        Some(Overlay::Ask(ask)) => {
            let text = match ask {
                Ask::Reset => painter.words.sure_reset,
                Ask::Quit => painter.words.sure_quit,
                Ask::Skip => painter.words.sure_skip,
            };
            told(painter, area, text, Role::Ask);
        }
        Some(Overlay::Sure(_)) => {
            told(painter, area, painter.words.how_sure, Role::Ask);
        }
        Some(Overlay::Over(path, _)) => {
            let text = fill(painter.words.exists, |_| Some(path.clone()));
            told(painter, area, &text, Role::Ask);
        }
        None => {
            if let Some(notice) = &model.notice {
                let role = if notice.bad { Role::Alert } else { Role::Strong };
                told(painter, area, &notice.text, role);
            }
        }
    }
}

/// Says something in as many lines as it takes at the bottom of an area, and returns the area above.
fn told(painter: &mut Painter<'_>, area: Rect, text: &str, role: Role) -> Rect {
    let lines = wrap(text, usize::from(area.width).saturating_sub(2));
    let height = (lines.len().min(MOST_LINES) as u16).min(area.height);
    let place = Rect { y: area.bottom() - height, height, ..area };
    painter.clear(place);
    for (y, line) in lines.iter().take(usize::from(height)).enumerate() {
        painter.line(place, y as u16, &[span(format!(" {line}"), role)]);
    }
    Rect { height: area.height - height, ..area }
}

fn help(painter: &mut Painter<'_>, area: Rect, model: &Model, search: &str, chosen: usize) {
    let (width, height) = (area.width.min(76), area.height.saturating_sub(2).max(3).min(area.height));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    painter.clear(place);
    let title = [span(painter.words.key_help, Role::Title), span(format!("  /{search}_"), Role::Key)];
    let inside = painter.pane(place, &title, true);
    let lines = help_lines(model, search);
    let chosen = chosen.min(lines.len().saturating_sub(1));
    let first = first_shown(chosen, lines.len(), usize::from(inside.height));
    let mut before = first.checked_sub(1).and_then(|before| lines.get(before)).map(|line| heading(painter, *line));
    for (y, line) in lines.iter().skip(first).take(usize::from(inside.height)).enumerate() {
        let row = Rect { y: inside.y + y as u16, height: 1, ..inside };
        let title = heading(painter, *line);
        if before != Some(title) {
            painter.text(row, (0, 0), title, Role::Title);
        }
        before = Some(title);
        let (keys, says) = match line {
            HelpLine::Key(binding) => {
                let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
                (keys.join(" "), (binding.say)(painter.words))
            }
            HelpLine::Command(command) => {
                (format!(":{} {}", command.name, command.follows), command.says(model.lang()))
            }
        };
        // A long command moves its meaning to the right, where what does not fit is cut.
        painter.text(row, (14, 0), &keys, Role::Key);
        let from = (16 + keys.width() as u16).max(28).min(row.width);
        let rest = Rect { x: row.x + from, width: row.width - from, ..row };
        painter.line(rest, 0, &[span(says, Role::Text)]);
        if first + y == chosen {
            painter.shade(row, Role::Select);
        }
    }
}

fn heading(painter: &Painter<'_>, line: HelpLine) -> &'static str {
    match line {
        HelpLine::Key(binding) => binding.group.title(painter.words),
        HelpLine::Command(_) => painter.words.group_commands,
    }
}

/// The line at the bottom, and above it what could come next or what is wrong.
fn prompt_line(painter: &mut Painter<'_>, area: Rect, model: &Model, prompt: &Prompt) {
    let bottom = Rect { y: area.bottom().saturating_sub(1), height: 1.min(area.height), ..area };
    painter.clear(bottom);
    let sign = match prompt.purpose {
        Purpose::Command => ":",
        Purpose::Filter => "/",
        Purpose::Answer => ">",
    };
    let before: String = prompt.text.chars().take(prompt.cursor).collect();
    let column = 1 + before.width();
    // A long line is moved so that the cursor is in sight.
    let shift = (column + 2).saturating_sub(usize::from(area.width)) as i32;
    painter.text(bottom, (1 - shift, 0), &prompt.text, Role::Text);
    painter.text(bottom, (0, 0), sign, Role::Key);
    let under =
        prompt.text.chars().nth(prompt.cursor).filter(|c| unicode_width::UnicodeWidthChar::width(*c) == Some(1));
    painter.put(bottom, (column as i32 - shift, 0), under.unwrap_or(' '), Role::Now);
    let mut rest = Rect { height: area.height.saturating_sub(1), ..area };
    if let Some(error) = &prompt.error {
        rest = told(painter, rest, error, Role::Alert);
    } else if !prompt.choices.is_empty() && rest.height > 0 {
        let above = Rect { y: rest.bottom() - 1, height: 1, ..area };
        rest.height -= 1;
        painter.clear(above);
        let skip = prompt.chosen.unwrap_or(0).saturating_sub(2);
        let mut line = vec![span(" ", Role::Text)];
        for (at, choice) in prompt.choices.iter().enumerate().skip(skip) {
            let role = if prompt.chosen == Some(at) { Role::Select } else { Role::Dim };
            line.push(span(choice.clone(), role));
            line.push(span("  ", Role::Text));
        }
        painter.line(above, 0, &line);
    }
    usage(painter, rest, model, prompt);
}

/// How the command that is being typed is written, and what it does.
fn usage(painter: &mut Painter<'_>, area: Rect, model: &Model, prompt: &Prompt) {
    if prompt.purpose != Purpose::Command || area.height == 0 {
        return;
    }
    let Some(command) = command::begun(&prompt.text) else { return };
    let place = Rect { y: area.bottom() - 1, height: 1, ..area };
    painter.clear(place);
    let text = format!(" :{} {}", command.name, command.follows);
    painter.line(place, 0, &[span(text, Role::Key), span(format!("  {}", command.says(model.lang())), Role::Text)]);
}
