//! The screen as a picture: the same cells as in a terminal, written as SVG.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use crate::app::model::Model;
use crate::view;

/// What the picture is drawn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// Dark, like most terminals.
    #[default]
    Dark,
    /// Light, for print.
    Light,
}

/// Width and height of a cell, and how far its text stands above its lower edge.
const CELL: (f32, f32, f32) = (8.4, 18.0, 5.0);
/// Around the cells.
const MARGIN: f32 = 8.0;
/// Fonts whose cells are even; the last ones for Chinese.
const FONTS: &str =
    "'DejaVu Sans Mono','Menlo','Consolas','Noto Sans Mono CJK SC','Microsoft YaHei','PingFang SC',monospace";

impl Paper {
    fn back(self) -> &'static str {
        match self {
            Self::Dark => "#16181d",
            Self::Light => "#fcfcfa",
        }
    }

    fn front(self) -> &'static str {
        match self {
            Self::Dark => "#d8dade",
            Self::Light => "#1c1e22",
        }
    }

    fn colour(self, colour: Color) -> Option<String> {
        let (dark, light) = match colour {
            Color::Reset => return None,
            Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
            Color::DarkGray => ("#7d838f", "#767b85"),
            Color::White => ("#ffffff", "#000000"),
            Color::Cyan | Color::LightCyan => ("#4fc3d9", "#00707f"),
            Color::Green | Color::LightGreen => ("#3fbf8f", "#00734e"),
            Color::Yellow | Color::LightYellow => ("#e6a23c", "#9a5b00"),
            Color::Blue | Color::LightBlue => ("#6cb6f5", "#0a5aa8"),
            Color::Magenta | Color::LightMagenta => ("#e58fd0", "#99227f"),
            Color::Red | Color::LightRed => ("#ff7b72", "#b3261e"),
            _ => ("#d8dade", "#1c1e22"),
        };
        Some(if self == Self::Dark { dark } else { light }.to_owned())
    }
}

/// The cells of the screen as they are now.
pub fn cells(model: &Model) -> Buffer {
    let (width, height) = model.size;
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
    view::render(model, &mut buffer);
    buffer
}

/// The screen as plain text.
pub fn text(model: &Model) -> String {
    let buffer = cells(model);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = symbol.width().saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The screen as SVG. The same cells make the same bytes.
pub fn picture(model: &Model, paper: Paper) -> String {
    let buffer = cells(model);
    let Rect { width, height, .. } = buffer.area;
    let (w, h) = (f32::from(width) * CELL.0 + 2.0 * MARGIN, f32::from(height) * CELL.1 + 2.0 * MARGIN);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.1} {h:.1}\" width=\"{w:.0}\" height=\"{h:.0}\" \
         font-family=\"{FONTS}\" font-size=\"14\" xml:space=\"preserve\">"
    );
    let _ = writeln!(out, "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>", paper.back());
    for y in 0..height {
        backgrounds(&mut out, &buffer, y, paper);
    }
    for y in 0..height {
        texts(&mut out, &buffer, y, paper);
    }
    out.push_str("</svg>\n");
    out
}

/// Foreground and background of a cell, reverse applied.
fn colours(cell: &Cell, paper: Paper) -> (String, Option<String>) {
    let front = paper.colour(cell.fg);
    let back = paper.colour(cell.bg);
    if cell.modifier.contains(Modifier::REVERSED) {
        let fill = front.unwrap_or_else(|| paper.front().to_owned());
        return (back.unwrap_or_else(|| paper.back().to_owned()), Some(fill));
    }
    (front.unwrap_or_else(|| paper.front().to_owned()), back)
}

/// One rectangle for each run of cells with one background, or there would be hairlines between them.
fn backgrounds(out: &mut String, buffer: &Buffer, y: u16, paper: Paper) {
    let mut x = 0;
    while x < buffer.area.width {
        let fill = colours(&buffer[(x, y)], paper).1;
        let end = (x..buffer.area.width).find(|at| colours(&buffer[(*at, y)], paper).1 != fill);
        let end = end.unwrap_or(buffer.area.width);
        if let Some(fill) = fill {
            let (left, top) = (f32::from(x) * CELL.0 + MARGIN, f32::from(y) * CELL.1 + MARGIN);
            let wide = f32::from(end - x) * CELL.0;
            let _ = writeln!(
                out,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
                CELL.1
            );
        }
        x = end;
    }
}

/// One piece of text for each run of narrow glyphs of one style, wide glyphs alone; each at its own column, so that no
/// font can shift what follows.
fn texts(out: &mut String, buffer: &Buffer, y: u16, paper: Paper) {
    let style = |x: u16| {
        let cell = &buffer[(x, y)];
        (colours(cell, paper).0, cell.modifier & (Modifier::BOLD | Modifier::UNDERLINED))
    };
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        if symbol.trim().is_empty() {
            x += 1;
            continue;
        }
        let (mut run, mut end) = (symbol.to_owned(), x + symbol.width().max(1) as u16);
        if symbol.width() == 1 {
            while end < buffer.area.width {
                let next = buffer[(end, y)].symbol();
                if next.width() != 1 || next == " " || style(end) != style(x) {
                    break;
                }
                run.push_str(next);
                end += 1;
            }
        }
        piece(out, (x, y), &run, end - x, style(x));
        x = end;
    }
}

fn piece(out: &mut String, (x, y): (u16, u16), text: &str, cells: u16, (fill, modifier): (String, Modifier)) {
    let left = f32::from(x) * CELL.0 + MARGIN;
    let base = f32::from(y + 1) * CELL.1 + MARGIN - CELL.2;
    let wide = f32::from(cells) * CELL.0;
    let bold = if modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let line = if modifier.contains(Modifier::UNDERLINED) { " text-decoration=\"underline\"" } else { "" };
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{wide:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{fill}\"{bold}{line}>{safe}</text>"
    );
}
