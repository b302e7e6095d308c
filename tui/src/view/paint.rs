//! Writing on a part of the screen: everything is clipped, nothing can fall outside.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::app::look::{Charset, Settings};
use crate::app::message::Target;
use crate::app::words::{Words, words};
use crate::view::glyphs::{Glyphs, glyphs, plain};
use crate::view::theme::{Role, Theme};

/// A piece of text with a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// What it is for.
    pub role: Role,
}

/// A line of pieces.
pub type Line = Vec<Span>;

/// A piece of text.
pub fn span(text: impl Into<String>, role: Role) -> Span {
    Span { text: text.into(), role }
}

/// Width of a line in cells.
pub fn width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.width()).sum()
}

/// What lies where, for the mouse.
#[derive(Clone, Debug, Default)]
pub struct Hits(Vec<(Rect, Target)>);

impl Hits {
    /// What was painted last at a place.
    pub fn at(&self, x: u16, y: u16) -> Option<Target> {
        self.all_at(x, y).next()
    }

    /// Everything at a place, what was painted last first.
    pub fn all_at(&self, x: u16, y: u16) -> impl Iterator<Item = Target> {
        let inside = move |area: &Rect| area.contains((x, y).into());
        self.0.iter().rev().filter(move |(area, _)| inside(area)).map(|(_, target)| *target)
    }
}

/// A screen being painted.
#[derive(Debug)]
pub struct Painter<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
    charset: Charset,
    /// What a person chose.
    pub settings: Settings,
    /// The glyphs in use.
    pub glyphs: &'static Glyphs,
    /// The words in use.
    pub words: &'static Words,
    /// What lies where.
    pub hits: Hits,
}

impl<'a> Painter<'a> {
    /// Begins to paint.
    pub fn new(buffer: &'a mut Buffer, settings: Settings) -> Self {
        Self {
            buffer,
            theme: Theme::new(settings),
            charset: settings.charset,
            settings,
            glyphs: glyphs(settings.charset),
            words: words(settings.lang),
            hits: Hits::default(),
        }
    }

    /// Notes that a target lies here.
    pub fn hit(&mut self, area: Rect, target: Target) {
        self.hits.0.push((area, target));
    }

    /// Puts one glyph somewhere, if that is inside `area`.
    pub fn put(&mut self, area: Rect, (x, y): (i32, i32), glyph: char, role: Role) {
        let (x, y) = (i32::from(area.x) + x, i32::from(area.y) + y);
        if x < i32::from(area.x)
            || y < i32::from(area.y)
            || x >= i32::from(area.right())
            || y >= i32::from(area.bottom())
        {
            return;
        }
        let style = self.theme.style(role);
        if let Some(cell) = self.buffer.cell_mut((x as u16, y as u16)) {
            cell.reset();
            cell.set_char(glyph).set_style(style);
        }
    }

    /// Writes text into a line of `area`, from a column that may lie outside; cut where it does not fit.
    pub fn text(&mut self, area: Rect, (x, y): (i32, i32), text: &str, role: Role) {
        let text = plain(text, self.charset);
        let mut column = x;
        for glyph in text.chars() {
            let width = glyph.width().unwrap_or(0) as i32;
            if width == 0 {
                continue;
            }
            let fits = column >= 0 && column + width <= i32::from(area.width);
            if fits && y >= 0 && y < i32::from(area.height) {
                self.put(area, (column, y), glyph, role);
                if width == 2 {
                    // The second cell of a wide glyph holds nothing of its own.
                    self.put(area, (column + 1, y), ' ', role);
                }
            }
            column += width;
        }
    }

    /// Writes a line of pieces; what does not fit is cut and marked.
    pub fn line(&mut self, area: Rect, y: u16, line: &[Span]) {
        let room = usize::from(area.width);
        let cut = width(line) > room;
        let room = if cut { room.saturating_sub(1) } else { room };
        let mut x = 0;
        for span in line {
            let text = plain(&span.text, self.charset).into_owned();
            for glyph in text.chars() {
                let wide = glyph.width().unwrap_or(0);
                if x + wide > room {
                    break;
                }
                self.text(area, (x as i32, i32::from(y)), glyph.encode_utf8(&mut [0; 4]), span.role);
                x += wide;
            }
        }
        if cut {
            self.put(area, (x as i32, i32::from(y)), self.glyphs.cut, Role::Dim);
        }
    }

    /// Lays a role over a line of cells that are there already.
    pub fn shade(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        // A wide glyph that reaches in from the left would cover the first column.
        let wide = |cell: &ratatui::buffer::Cell| cell.symbol().width() == 2;
        let left = Rect { x: area.x.saturating_sub(1), width: area.width + u16::from(area.x > 0), ..area };
        for position in left.positions() {
            let outside = position.x < area.x;
            if let Some(cell) = self.buffer.cell_mut(position).filter(|cell| !outside || wide(cell)) {
                cell.reset();
            }
        }
    }

    /// Draws the frame of a pane with its title, and returns what is inside.
    pub fn pane(&mut self, area: Rect, title: &[Span], focused: bool) -> Rect {
        let role = if focused { Role::Focus } else { Role::Border };
        if area.width < 2 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let (right, bottom) = (i32::from(area.width) - 1, i32::from(area.height) - 1);
        let [top_left, top_right, bottom_left, bottom_right] = self.glyphs.corners;
        for x in 1..right {
            self.put(area, (x, 0), self.glyphs.across, role);
            self.put(area, (x, bottom), self.glyphs.across, role);
        }
        for y in 1..bottom {
            self.put(area, (0, y), self.glyphs.down, role);
            self.put(area, (right, y), self.glyphs.down, role);
        }
        for (place, glyph) in
            [((0, 0), top_left), ((right, 0), top_right), ((0, bottom), bottom_left), ((right, bottom), bottom_right)]
        {
            self.put(area, place, glyph, role);
        }
        if area.width > 6 {
            let room = Rect { x: area.x + 2, width: area.width - 4, height: 1, ..area };
            let mut line = vec![span(" ", role)];
            line.extend(title.iter().cloned());
            line.push(span(" ", role));
            self.line(room, 0, &line);
        }
        Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    }
}

/// Breaks text into lines of a width; words are kept whole where there are spaces, Chinese is broken anywhere.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for piece in pieces(paragraph) {
            let wide = piece.width();
            if used + piece.trim_end().width() > room && used > 0 {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            if wide > room {
                for glyph in piece.chars() {
                    let one = glyph.width().unwrap_or(0);
                    if used + one > room {
                        lines.push(std::mem::take(&mut line));
                        used = 0;
                    }
                    line.push(glyph);
                    used += one;
                }
            } else {
                line.push_str(piece);
                used += wide;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What a line may be broken between: words with the spaces behind them, single wide characters. Closing marks stay
/// with what is before them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, glyph) in text.char_indices() {
        let wide = glyph.width() == Some(2);
        let closing = matches!(glyph, ',' | '。' | ';' | ':' | ')' | '!' | '?' | '、' | '」' | '”');
        let breaks = before.is_some_and(|last| {
            (last == ' ' && glyph != ' ') || ((wide || last.width() == Some(2)) && !closing && last != '(')
        });
        if breaks && at > start {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(glyph);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

/// First line shown of a list, so that the chosen one is in sight.
pub fn first_shown(chosen: usize, count: usize, height: usize) -> usize {
    chosen.saturating_sub(height / 2).min(count.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_chinese_breaks_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("交换机查目的地址,只送出一份。", 10), ["交换机查目", "的地址,只", "送出一份。"]);
        assert_eq!(wrap("", 4), Vec::<String>::new());
        assert_eq!(wrap("a", 0), ["a"]);
    }

    #[test]
    fn closing_marks_do_not_begin_a_line() {
        for line in wrap("端口满了。丢弃最新的帧。", 8) {
            assert!(!line.starts_with('。'), "{line}");
        }
    }

    #[test]
    fn the_chosen_line_is_in_sight() {
        for count in 0..30 {
            for height in 1..10 {
                for chosen in 0..count {
                    let first = first_shown(chosen, count, height);
                    assert!((first..first + height).contains(&chosen), "{chosen} of {count} in {height}");
                }
            }
        }
    }
}
