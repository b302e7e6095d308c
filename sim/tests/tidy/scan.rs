//! Reading Rust just well enough for the rules: code apart from prose, tests apart from the rest.
//!
//! Everything here keeps line numbers: what is taken out of a text is replaced by blanks.

/// A source file with code and comments apart; string and character literals are in neither.
#[derive(Debug)]
pub struct Source {
    /// The code, all else blank.
    pub code: String,
    /// The comments, all else blank.
    pub prose: String,
}

/// A `mod name;` line.
#[derive(Debug, PartialEq, Eq)]
pub struct ModLine {
    /// The name after `mod`.
    pub name: String,
    /// What a `#[path = "…"]` before it says.
    pub path: Option<String>,
    /// It stands behind `#[cfg(test)]`.
    pub test: bool,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// Lines from there to its closing brace.
    pub length: usize,
}

impl Source {
    /// Takes a text apart.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let blank = |_: usize, byte: u8| if byte == b'\n' { b'\n' } else { b' ' };
        let mut code: Vec<u8> = bytes.iter().map(|byte| blank(0, *byte)).collect();
        let mut prose = code.clone();
        let mut at = 0;
        while at < bytes.len() {
            let (end, kind) = next_piece(bytes, at);
            match kind {
                Piece::Code => code[at..end].copy_from_slice(&bytes[at..end]),
                Piece::Comment => prose[at..end].copy_from_slice(&bytes[at..end]),
                Piece::Literal => {}
            }
            at = end;
        }
        let text = |bytes| String::from_utf8(bytes).expect("pieces end between characters");
        Self { code: text(code), prose: text(prose) }
    }

    /// The code without the items behind `#[cfg(test)]`.
    pub fn without_tests(&self) -> String {
        if self.code.contains("#![cfg(test)]") {
            return blanked(&self.code, 0, self.code.len());
        }
        let mut code = self.code.clone();
        let mut from = 0;
        while let Some(found) = code[from..].find("#[cfg(test)]") {
            let start = from + found;
            let end = item_end(&code, start);
            code = blanked(&code, start, end);
            from = end;
        }
        code
    }

    /// The `mod name;` lines; `text` is what this source was made of.
    pub fn mod_lines(&self, text: &str) -> Vec<ModLine> {
        let lasting = self.without_tests();
        let mut lines = Vec::new();
        for (at, word) in words(&self.code) {
            if word != "mod" {
                continue;
            }
            let rest = self.code[at + 3..].trim_start();
            let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
            if name.is_empty() || !rest[name.len()..].trim_start().starts_with(';') {
                continue;
            }
            let line = line_of(&self.code, at);
            let above = text.lines().take(line - 1).last().unwrap_or_default();
            let path = above.trim().strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]"));
            let test = !lasting[at..].starts_with("mod");
            lines.push(ModLine { name, path: path.map(str::to_owned), test });
        }
        lines
    }
}

enum Piece {
    Code,
    Comment,
    Literal,
}

/// The piece of source that begins at `at`: where it ends, and what it is.
fn next_piece(bytes: &[u8], at: usize) -> (usize, Piece) {
    let rest = &bytes[at..];
    let follows_word = at > 0 && is_word(bytes[at - 1] as char);
    if rest.starts_with(b"//") {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        return (at + end, Piece::Comment);
    }
    if rest.starts_with(b"/*") {
        return (at + block_comment(rest), Piece::Comment);
    }
    if rest[0] == b'\'' && !follows_word {
        if let Some(length) = char_literal(rest) {
            return (at + length, Piece::Literal);
        }
        return (at + 1, Piece::Code);
    }
    if !follows_word && let Some(length) = string_literal(rest) {
        return (at + length, Piece::Literal);
    }
    let whole = (1..rest.len()).find(|n| rest[*n] & 0xc0 != 0x80).unwrap_or(rest.len());
    (at + whole, Piece::Code)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of a character literal; none for a lifetime.
fn char_literal(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().skip(3).position(|byte| *byte == b'\'').map(|end| end + 4);
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)]);
    let text = text.unwrap_or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()]).unwrap_or_default());
    let width = text.chars().next()?.len_utf8();
    (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
}

/// Length of a string literal of any kind that begins here.
fn string_literal(rest: &[u8]) -> Option<usize> {
    let prefix = rest.iter().take_while(|byte| matches!(byte, b'b' | b'c' | b'r')).count();
    let raw = rest[..prefix].contains(&b'r');
    let hashes = if raw { rest[prefix..].iter().take_while(|byte| **byte == b'#').count() } else { 0 };
    let open = prefix + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let mut at = open + 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' if !raw => at += 1,
            b'"' if rest[at + 1..].iter().take_while(|byte| **byte == b'#').count() >= hashes => {
                return Some(at + 1 + hashes);
            }
            _ => {}
        }
        at += 1;
    }
    Some(rest.len())
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// All words of a code, each with its place.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code[at..].find(is_word)?;
        let end = code[start..].find(|c| !is_word(c)).map_or(code.len(), |length| start + length);
        at = end;
        Some((start, &code[start..end]))
    })
}

/// The line, from 1, that holds the byte `at`.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The first segments named after `root::`, with groups taken apart: `crate::{wire::Frame, id}` names `wire` and `id`.
pub fn paths(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, word) in words(code) {
        if word != root {
            continue;
        }
        let after = at + root.len();
        let Some(rest) = code[after..].trim_start().strip_prefix("::") else { continue };
        let line = line_of(code, at);
        let rest = rest.trim_start();
        let segments = rest.strip_prefix('{').map_or_else(|| vec![first_word(rest)], group_heads);
        found.extend(segments.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| is_word(*c)).collect()
}

/// The first word of each member of a `{…}` group whose brace is open already.
fn group_heads(text: &str) -> Vec<String> {
    let mut heads = vec![first_word(text)];
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => heads.push(first_word(&text[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

/// How many `super::` stand in a row, and the word behind them, for each such path.
pub fn supers(code: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, word) in words(code) {
        if word != "super" || at < done {
            continue;
        }
        let mut rest = &code[at..];
        let mut count = 0;
        while let Some(next) = rest.strip_prefix("super").and_then(|rest| rest.trim_start().strip_prefix("::")) {
            rest = next.trim_start();
            count += 1;
        }
        done = code.len() - rest.len();
        let heads = rest.strip_prefix('{').map_or_else(|| vec![first_word(rest)], group_heads);
        found.extend(heads.into_iter().map(|head| (line_of(code, at), count, head)));
    }
    found
}

/// All functions with a body.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, word) in words(code) {
        let name = first_word(&code[at + word.len()..]);
        if word != "fn" || name.is_empty() {
            continue;
        }
        let end = item_end(code, at);
        if code[..end].ends_with('}') {
            let line = line_of(code, at);
            found.push(Function { name, line, length: line_of(code, end) - line + 1 });
        }
    }
    found
}

/// Where the item that begins at `start` ends: behind its first `;` or its last brace.
fn item_end(code: &str, start: usize) -> usize {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (at, c) in code[start..].char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            '{' => curly += 1,
            '}' => curly -= 1,
            _ => {}
        }
        let closed = (c == '}' || c == ';') && curly == 0 && round == 0;
        if closed || curly < 0 {
            return start + at + 1;
        }
    }
    code.len()
}

/// The text with everything from `start` to `end` blank, lines kept.
fn blanked(text: &str, start: usize, end: usize) -> String {
    let blank = text[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    let mut out = text[..start].to_owned();
    out.extend(blank);
    out.push_str(&text[end..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = concat!(
        "//! about crate::lab\n",
        "use crate::{wire::{Frame, udp}, id};\n",
        "const A: &str = \"crate::lab // \\\" {\";\n",
        "const B: &[u8] = br#\"} \"crate::lab\"#;\n",
        "const C: (char, char, char) = ('{', '\\'', '流');\n",
        "fn f<'a>(x: &'a [u8; 2]) -> u8 {\n",
        "    /* } /* nested */ } */\n",
        "    x[0]\n",
        "}\n",
        "#[cfg(test)]\n",
        "mod tests;\n",
        "mod other;\n",
        "#[cfg(test)]\n",
        "mod inline {\n",
        "    use crate::lab;\n",
        "}\n",
        "trait T { fn without(&self); }\n",
    );

    #[test]
    fn literals_and_comments_are_not_code() {
        let source = Source::new(SAMPLE);
        assert_eq!(source.code.len(), SAMPLE.len());
        let named = paths(&source.without_tests(), "crate");
        assert_eq!(named, [(2, "wire".to_owned()), (2, "id".to_owned())]);
        assert!(source.prose.contains("about crate::lab") && source.prose.contains("nested"));
    }

    #[test]
    fn functions_end_at_their_own_brace() {
        let found = functions(&Source::new(SAMPLE).code);
        assert_eq!(found, [Function { name: "f".to_owned(), line: 6, length: 4 }]);
    }

    #[test]
    fn mod_lines_know_tests_and_paths() {
        let line = |name: &str, path: Option<&str>, test| ModLine {
            name: name.to_owned(),
            path: path.map(str::to_owned),
            test,
        };
        let found = Source::new(SAMPLE).mod_lines(SAMPLE);
        assert_eq!(found, [line("tests", None, true), line("other", None, false)]);
        let text = "#[path = \"tidy/scan.rs\"]\nmod scan;\n";
        assert_eq!(Source::new(text).mod_lines(text), [line("scan", Some("tidy/scan.rs"), false)]);
    }

    #[test]
    fn supers_are_counted() {
        let found = supers("use super::super::lab; use super::{a, b::c};");
        let want = [(1, 2, "lab"), (1, 1, "a"), (1, 1, "b")];
        assert_eq!(found, want.map(|(line, count, head)| (line, count, head.to_owned())));
    }
}
