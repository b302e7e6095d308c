//! The text of a lab file, and where things are in it.

use std::ops::Range;
use std::sync::Arc;

use crate::lab::diagnostic::{Code, Finding};

/// The largest file that is read, in bytes. The shipped labs have a few thousand.
pub const MAX_BYTES: usize = 1 << 20;

/// A stretch of the text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One behind the last byte.
    pub end: u32,
}

impl Span {
    /// From one byte to before another.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// As a range of bytes.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this one to the end of another.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// A part of this one, counted from its start.
    pub const fn part(self, range: Range<usize>) -> Self {
        Self { start: self.start + range.start as u32, end: self.start + range.end as u32 }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A lab file's name and text. A byte order mark is left out; positions count from behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What messages call the file.
    pub name: String,
    /// Its text; as much of it as is text.
    pub text: String,
    /// Why it cannot be a lab file at all.
    pub defect: Option<Finding>,
    /// Every finding that a lab can allow is allowed.
    pub forced: bool,
    /// The brief of a design that is handed in, if it is none of the shipped ones.
    pub brief: Option<Arc<Self>>,
}

impl Source {
    /// Takes a text; one that is empty, binary or huge has a defect.
    pub fn new(name: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let keep = if text.len() > MAX_BYTES { "" } else { text };
        Self { name: name.to_owned(), text: keep.to_owned(), defect: defect(text), forced: false, brief: None }
    }

    /// The same; with `on`, every finding that a lab can allow is allowed: it runs, and what was warned of can be seen.
    pub fn forced(self, on: bool) -> Self {
        Self { forced: on, ..self }
    }

    /// The same design, handed in to this brief.
    pub fn to_brief(self, brief: Self) -> Self {
        Self { brief: Some(Arc::new(brief)), ..self }
    }

    /// Takes the bytes of a file, which may be anything.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Self {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Self::new(name, text),
            Err(error) => error,
        };
        let text = String::from_utf8_lossy(&bytes[..error.valid_up_to().min(MAX_BYTES)]).into_owned();
        let at = text.len();
        let defect = Some(
            Finding::new(Code::NotText, "this file is not text", Span::new(at, at))
                .label("the byte behind this is not UTF-8")
                .help("a lab is a text file in UTF-8; was it saved in another encoding, or is this another file?"),
        );
        Self { name: name.to_owned(), text, defect, forced: false, brief: None }
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line = before.bytes().filter(|&c| c == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The byte at a line and column, both from 1.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let mut start = 0;
        for _ in 1..line {
            start = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at + 1);
        }
        let rest = &self.text[start..];
        rest.char_indices().nth(column.saturating_sub(1)).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The text at a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

fn defect(text: &str) -> Option<Finding> {
    if text.len() > MAX_BYTES {
        let message = format!("this file has {} bytes, more than a lab may have", text.len());
        let limit = format!("at most {MAX_BYTES} bytes; a lab shows one idea and has about 75 lines");
        return Some(Finding::new(Code::TooBig, message, Span::default()).help(limit));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| c.is_control() && !c.is_whitespace()) {
        let finding = Finding::new(Code::NotText, "this file is not text", Span::new(at, at + c.len_utf8()));
        let label = format!("a control character (U+{:04X})", u32::from(c));
        return Some(finding.label(label).help("is this the right file?"));
    }
    if text.trim().is_empty() {
        let finding = Finding::new(Code::Empty, "this file is empty", Span::default());
        return Some(finding.help("the smallest lab is in the book: Lab(format: 1, title: …, idea: …, nodes: {…}, …)"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_go_back_to_bytes() {
        let source = Source::new("x", "\u{feff}Lab(\r\n title: \"集线器\", x\r\n)");
        let at = source.text.find('x').unwrap();
        assert_eq!(source.position(at), (2, 16));
        assert_eq!(source.offset(2, 16), at);
        assert_eq!(source.position(usize::MAX), (3, 2));
        assert_eq!(source.offset(99, 99), source.text.len());
    }

    #[test]
    fn a_position_inside_a_character_is_that_characters() {
        let source = Source::new("x", "集a");
        assert_eq!(source.position(1), (1, 1));
        assert_eq!(source.position(3), (1, 2));
    }
}
