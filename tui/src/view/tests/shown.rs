//! A screen as text that can be compared: the glyphs, and below them a letter for the style of each.

use std::fmt::Write as _;

use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, buffer::Cell};
use unicode_width::UnicodeWidthStr;

use crate::app::model::Model;
use crate::view::render;

/// The glyphs alone.
pub fn text(model: &Model) -> String {
    crate::shot::text(model)
}

/// Glyphs and styles, painted through a terminal's back end.
pub fn screen(model: &Model) -> String {
    let (width, height) = model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen in memory");
    terminal.draw(|frame| drop(render(model, frame.buffer_mut()))).expect("paints");
    let buffer = terminal.backend().buffer();
    let mut styles: Vec<String> = Vec::new();
    let (mut glyphs, mut letters) = (String::new(), String::new());
    for y in 0..height {
        let (mut line, mut under, mut skip) = (String::new(), String::new(), 0);
        for x in 0..width {
            let cell = &buffer[(x, y)];
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = cell.symbol().width().saturating_sub(1);
            line.push_str(cell.symbol());
            let letter = letter(cell, &mut styles);
            under.extend(std::iter::repeat_n(letter, cell.symbol().width().max(1)));
        }
        let _ = writeln!(glyphs, "{}", line.trim_end());
        let _ = writeln!(letters, "{}", under.trim_end());
    }
    for (at, style) in styles.iter().enumerate() {
        let _ = writeln!(letters, "{} {style}", char::from(b'a' + at as u8));
    }
    format!("{glyphs}\n{letters}")
}

/// A letter for a style; a space where there is none.
fn letter(cell: &Cell, styles: &mut Vec<String>) -> char {
    let mut style = String::new();
    if cell.fg != Color::Reset {
        let _ = write!(style, "fg={:?} ", cell.fg);
    }
    if cell.bg != Color::Reset {
        let _ = write!(style, "bg={:?} ", cell.bg);
    }
    if cell.modifier != Modifier::empty() {
        let _ = write!(style, "{:?}", cell.modifier);
    }
    if style.is_empty() {
        return ' ';
    }
    let at = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
        styles.push(style);
        styles.len() - 1
    });
    char::from(b'a' + at as u8)
}
