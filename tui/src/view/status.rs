//! The lines around the panes: where we are, which panes there are, what the next key does.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::keymap::{Action, Key};
use crate::app::message::Target;
use crate::app::model::{Bench, Model, Motion, Pane, SPEED};
use crate::app::words::Words;
use crate::view::paint::{Line, Painter, span, width};
use crate::view::theme::Role;
use crate::view::time::short_time;

/// Paints the top line.
pub fn top(painter: &mut Painter<'_>, area: Rect, model: &Model, bench: &Bench) {
    let words = painter.words;
    let session = &bench.session;
    let seen = session.history().moments().len();
    let at = session.cursor().map_or(0, |at| at + 1);
    let more = if session.at_end() && session.is_over() { "" } else { "+" };
    let mut right = Line::new();
    let moving = match bench.motion {
        Motion::Playing(_) => span(format!("{} x{}", words.playing, SPEED[bench.speed]), Role::Good),
        Motion::Running => span(words.running, Role::Good),
        Motion::Still if session.is_over() => span(words.quiet, Role::Strong),
        Motion::Still => span(words.paused, Role::Strong),
    };
    right.push(span(format!("{} {at}/{seen}{more} ", words.step), Role::Strong));
    right.push(span(
        format!("| t={} | ", session.moment().map_or_else(|| "0".to_owned(), |m| short_time(m.time))),
        Role::Text,
    ));
    right.push(moving);
    if session.timeline().branches().len() > 1 {
        right.push(span(format!(" | {} {}", words.branch, session.timeline().current()), Role::Changed));
    }
    if !model.settings.mouse && area.width >= 120 {
        right.push(span(format!(" | {}", words.copy_mode), Role::Dim));
    }
    right.push(span(" ", Role::Text));
    let room = usize::from(area.width).saturating_sub(width(&right)) as u16;
    let mut left = vec![span(format!(" {}", bench.lab.name), Role::Title)];
    if !bench.lab.variant.is_empty() {
        left.push(span(format!(" {}", bench.lab.variant), Role::Dim));
    }
    if area.width >= 120 {
        left.push(span(format!("  {}", bench.lab.title), Role::Text));
    }
    painter.line(Rect { width: room, ..area }, 0, &left);
    painter.line(Rect { x: area.x + room, width: area.width - room, ..area }, 0, &right);
}

/// Paints the panes by their numbers, and the filter.
pub fn tabs(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let words = painter.words;
    let mut x = 1;
    for pane in Pane::ALL {
        let text = format!("{}{}", pane.number(), pane.short(words));
        let wide = text.width() as u16;
        if x + wide > area.width {
            break;
        }
        let here = Rect { x: area.x + x, width: wide, ..area };
        painter.line(here, 0, &[span(text, if pane == bench.focus { Role::Select } else { Role::Dim })]);
        painter.hit(here, Target::Pane(pane));
        x += wide + 1;
    }
    let asks = bench.guide.as_ref().is_some_and(crate::app::guide::Guide::asks);
    if asks {
        let text = format!("{} ", words.question_mark);
        let wide = (text.width() as u16).min(area.width.saturating_sub(x));
        let here = Rect { x: area.right() - wide, width: wide, ..area };
        painter.line(here, 0, &[span(text, Role::Ask)]);
        painter.hit(here, Target::Action(Action::Answer));
    } else if !bench.filter.is_empty() {
        let text = format!("{}: {} ", words.filter, bench.filter.text());
        let wide = (text.width() as u16).min(area.width.saturating_sub(x));
        let here = Rect { x: area.right() - wide, width: wide, ..area };
        painter.line(here, 0, &[span(text, Role::Ask)]);
    }
}

/// A hint: the keys it names, what they do there, and its word.
type Hint = (&'static [Key], Action, fn(&Words) -> &'static str);

use Key::{Char, Enter};

fn hints(pane: Pane, beside: bool) -> Vec<Hint> {
    let own: &[Hint] = match pane {
        Pane::Map => &[
            (&[Char('h'), Char('j'), Char('k'), Char('l')], Action::Right, |w| w.hint_select),
            (&[Char('f')], Action::Follow, |w| w.hint_follow),
        ],
        Pane::Why => {
            &[(&[Char('j'), Char('k')], Action::Down, |w| w.hint_scroll), (&[Enter], Action::Open, |w| w.hint_open)]
        }
        Pane::Time => &[
            (&[Char('N'), Char('P')], Action::NextSame, |w| w.hint_same),
            (&[Char('^')], Action::Cause, |w| w.hint_cause),
            (&[Char('b')], Action::Break, |w| w.hint_break),
        ],
        Pane::Packet => {
            &[(&[Char('j'), Char('k')], Action::Down, |w| w.hint_fields), (&[Char('i')], Action::View, |w| w.hint_view)]
        }
        Pane::Tables => &[
            (&[Char('t')], Action::NextTable, |w| w.hint_table),
            (&[Enter], Action::Open, |w| w.hint_open),
            (&[Char('D')], Action::Diff, |w| w.hint_diff),
        ],
        Pane::Guide => &[
            (&[Enter], Action::Open, |w| w.hint_on),
            (&[Char('a')], Action::Answer, |w| w.hint_answer),
            (&[Char('H')], Action::Hint, |w| w.hint_hint),
            (&[Char('C')], Action::Check, |w| w.hint_check),
        ],
        Pane::Charts => &[(&[Char('x')], Action::Raw, |w| w.hint_axis)],
        Pane::Compare if beside => &[
            (&[Enter], Action::Extra, |w| w.hint_extra),
            (&[Char('o'), Char('u')], Action::Swap, |w| w.hint_swap),
            (&[Char('x')], Action::Sizes, |w| w.hint_sizes),
            (&[Char('e')], Action::Export, |w| w.hint_export),
            (&[Char('v')], Action::Against, |w| w.hint_against),
        ],
        Pane::Compare => &[
            (&[Char('v')], Action::Against, |w| w.hint_against),
            (&[Char('x')], Action::Sizes, |w| w.hint_sizes),
            (&[Char('e')], Action::Export, |w| w.hint_export),
            (&[Char('o')], Action::Branch, |w| w.hint_branch),
        ],
        Pane::Log => &[(&[Char('j'), Char('k')], Action::Down, |w| w.hint_scroll)],
    };
    let common: &[Hint] = &[
        (&[Char('n')], Action::Step, |w| w.hint_step),
        (&[Char('p')], Action::Back, |w| w.hint_back),
        (&[Char(' ')], Action::Play, |w| w.hint_play),
        (&[Char('/')], Action::Filter, |w| w.hint_filter),
        (&[Char(':')], Action::Command, |w| w.hint_command),
        (&[Char('z')], Action::Zoom, |w| w.hint_zoom),
        (&[Char('?')], Action::Help, |w| w.hint_help),
        (&[Char('q')], Action::Quit, |w| w.hint_quit),
    ];
    common[..2].iter().chain(own).chain(&common[2..]).copied().collect()
}

/// Paints what the next key does; of the hints in the middle as many as there is room for.
pub fn bottom(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let mut hints = hints(bench.focus, bench.is_beside());
    let wide = |hints: &[Hint], painter: &Painter<'_>| -> usize {
        hints.iter().map(|hint| keys(hint).width() + (hint.2)(painter.words).width() + 3).sum()
    };
    // Help and the way out stay to the last.
    while wide(&hints, painter) > usize::from(area.width) && hints.len() > 3 {
        hints.remove(hints.len() - 3);
    }
    let mut x = 1;
    for hint in hints {
        let (keys, text) = (keys(&hint), (hint.2)(painter.words));
        let wide = (keys.width() + text.width() + 1) as u16;
        let here = Rect { x: area.x + x.min(area.width), width: wide.min(area.width.saturating_sub(x)), ..area };
        painter.line(here, 0, &[span(keys, Role::Key), span(format!(" {text}"), Role::Dim)]);
        painter.hit(here, Target::Action(hint.1));
        x += wide + 2;
    }
}

fn keys(hint: &Hint) -> String {
    hint.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("/")
}

/// The hints of the list of labs.
pub fn picker_hints() -> Vec<Hint> {
    vec![
        (&[Char('j'), Char('k')], Action::Down, |w| w.hint_select),
        (&[Enter], Action::Open, |w| w.hint_open),
        (&[Char('?')], Action::Help, |w| w.hint_help),
        (&[Char('q')], Action::Quit, |w| w.hint_quit),
    ]
}

/// Paints hints that all fit.
pub fn plain_hints(painter: &mut Painter<'_>, area: Rect, hints: &[Hint]) {
    let mut x = 1;
    for hint in hints {
        let (keys, text) = (keys(hint), (hint.2)(painter.words));
        let wide = (keys.width() + text.width() + 1) as u16;
        let here = Rect { x: area.x + x.min(area.width), width: wide.min(area.width.saturating_sub(x)), ..area };
        painter.line(here, 0, &[span(keys, Role::Key), span(format!(" {text}"), Role::Dim)]);
        painter.hit(here, Target::Action(hint.1));
        x += wide + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::keymap::action;

    #[test]
    fn hints_name_keys_that_do_what_they_say() {
        for (pane, beside) in Pane::ALL.into_iter().flat_map(|pane| [(pane, false), (pane, true)]) {
            for (keys, wanted, _) in hints(pane, beside) {
                let does = |key: &Key| action(Some(pane), beside, *key) == Some(wanted);
                assert!(keys.iter().any(does), "{keys:?} in {pane:?}");
            }
        }
        for (keys, wanted, _) in picker_hints() {
            assert!(keys.iter().any(|key| action(None, false, *key) == Some(wanted)), "{keys:?} in the picker");
        }
    }
}
