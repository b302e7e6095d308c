//! The glyphs that lines and marks are made of; an ASCII set for terminals that cannot show the others.

use crate::app::look::Charset;

/// A set of glyphs, each one cell wide.
#[derive(Debug)]
pub struct Glyphs {
    /// Horizontal line.
    pub across: char,
    /// Vertical line.
    pub down: char,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [char; 4],
    /// Crossings by the sides they reach: up 1, right 2, down 4, left 8.
    pub joints: [char; 16],
    /// The same for the cable in use.
    pub heavy: [char; 16],
    /// The same for tunnels.
    pub dashed: [char; 16],
    /// A broken cable.
    pub broken: char,
    /// A frame.
    pub frame: char,
    /// The present line of a list.
    pub now: char,
    /// Text was cut off.
    pub cut: char,
    /// Open and closed lines of a tree.
    pub tree: [char; 2],
    /// A bar of a chart, by eighths.
    pub bars: [char; 9],
    /// An event of the scrubber, an event that lost something, a breakpoint, a change, a question.
    pub ticks: [char; 5],
    /// A lab that is done, one that is not.
    pub done: [char; 2],
}

const fn joints(from: [char; 11]) -> [char; 16] {
    let [across, down, ur, ul, dr, dl, urd, uld, lru, lrd, all] = from;
    //   none  u     r       ur  d     ud    rd  urd  l       ul  lr      ulr  dl  udl  dlr  all
    [' ', down, across, ur, down, down, dr, urd, across, ul, across, lru, dl, uld, lrd, all]
}

static UNICODE: Glyphs = Glyphs {
    across: '─',
    down: '│',
    corners: ['┌', '┐', '└', '┘'],
    joints: joints(['─', '│', '└', '┘', '┌', '┐', '├', '┤', '┴', '┬', '┼']),
    heavy: joints(['━', '┃', '┗', '┛', '┏', '┓', '┣', '┫', '┻', '┳', '╋']),
    dashed: joints(['┄', '┆', '└', '┘', '┌', '┐', '├', '┤', '┴', '┬', '┼']),
    broken: '╳',
    frame: '●',
    now: '▶',
    cut: '…',
    tree: ['▾', '▸'],
    bars: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    ticks: ['·', '×', '◆', '▲', '?'],
    done: ['✓', '·'],
};

static ASCII: Glyphs = Glyphs {
    across: '-',
    down: '|',
    corners: ['+', '+', '+', '+'],
    joints: joints(['-', '|', '+', '+', '+', '+', '+', '+', '+', '+', '+']),
    heavy: joints(['=', '#', '#', '#', '#', '#', '#', '#', '#', '#', '#']),
    dashed: joints(['.', ':', ':', ':', '.', '.', ':', ':', ':', '.', ':']),
    broken: 'X',
    frame: '*',
    now: '>',
    cut: '~',
    tree: ['v', '>'],
    bars: [' ', '.', '.', ':', ':', '|', '|', '#', '#'],
    ticks: ['.', 'x', 'B', '^', '?'],
    done: ['x', '.'],
};

/// The glyphs of a charset.
pub fn glyphs(charset: Charset) -> &'static Glyphs {
    match charset {
        Charset::Unicode => &UNICODE,
        Charset::Ascii => &ASCII,
    }
}

/// Text as an ASCII terminal can show it: Chinese stays, since whoever reads it has a terminal for it.
pub fn plain(text: &str, charset: Charset) -> std::borrow::Cow<'_, str> {
    if charset == Charset::Unicode || text.is_ascii() {
        return text.into();
    }
    let swap = |c: char| match c {
        '…' => '~',
        '—' | '─' | '–' => '-',
        '“' | '”' => '"',
        '×' => 'x',
        '·' => '.',
        other => other,
    };
    text.chars().map(swap).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::*;

    #[test]
    fn every_glyph_is_one_cell_wide_and_ascii_where_promised() {
        for (set, ascii) in [(&UNICODE, false), (&ASCII, true)] {
            let all = [set.across, set.down, set.broken, set.frame, set.now, set.cut].into_iter();
            let all = all.chain(set.corners).chain(set.joints).chain(set.heavy).chain(set.dashed).chain(set.tree);
            for glyph in all.chain(set.bars).chain(set.ticks).chain(set.done) {
                assert_eq!(glyph.width(), Some(1), "{glyph}");
                assert!(!ascii || glyph.is_ascii(), "{glyph}");
            }
        }
    }
}
