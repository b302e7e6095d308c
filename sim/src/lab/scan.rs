//! The first look at a lab file: its tokens, and whether quotes and brackets close.
//!
//! A bracket or quote that is left open makes every later complaint of a parser point at the wrong line. So they are
//! looked at first, by themselves, with sentences of their own; what comes after may rely on balanced brackets.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::source::{Source, Span};

/// Brackets that may be open at once.
pub const MAX_DEPTH: usize = 16;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// `,`.
    Comma,
    /// `:`.
    Colon,
    /// A text with its quotes.
    Text,
    /// A number, as written.
    Number,
    /// A word of the format.
    Word,
    /// What should have been a text: `c1-c3`, `5ms`, `10.0.0.1/24`.
    Bare,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The token.
    pub token: Token,
    /// Where it stands.
    pub span: Span,
}

/// The tokens of a text whose quotes and brackets close, or what keeps them from it.
pub fn scan(source: &Source, findings: &mut Findings) -> Option<Vec<At>> {
    let mut scanner = Scanner { text: &source.text, at: 0, tokens: Vec::new(), findings: Findings::default() };
    while scanner.next() {}
    let Scanner { tokens, findings: found, .. } = scanner;
    let found = if found.has_errors() { found } else { balance(source, &tokens) };
    let sound = !found.has_errors();
    findings.extend(found);
    sound.then_some(tokens)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<At>,
    findings: Findings,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn push(&mut self, token: Token, len: usize) {
        self.tokens.push(At { token, span: Span::new(self.at, self.at + len) });
        self.at += len;
    }

    fn next(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else { return false };
        match c {
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '(' | '[' | '{' => self.push(Token::Open(c), 1),
            ')' | ']' | '}' => self.push(Token::Close(c), 1),
            ',' => self.push(Token::Comma, 1),
            ':' => self.push(Token::Colon, 1),
            '/' if self.rest().starts_with("//") => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
            '/' if self.rest().starts_with("/*") => self.block_comment(),
            '"' => self.text_token(),
            'r' if self.rest().starts_with("r\"") || self.rest().starts_with("r#") => self.raw_text(),
            c if c.is_ascii_digit() || (matches!(c, '+' | '-') && self.rest()[1..].starts_with(digit)) => self.number(),
            c if c.is_alphabetic() || c == '_' => self.word(),
            c => self.stray(c),
        }
        true
    }

    fn block_comment(&mut self) {
        let (start, mut depth) = (self.at, 0_u32);
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                (depth, self.at) = (depth + 1, self.at + 2);
            } else if rest.starts_with("*/") {
                (depth, self.at) = (depth - 1, self.at + 2);
                if depth == 0 {
                    return;
                }
            } else if let Some(c) = rest.chars().next() {
                self.at += c.len_utf8();
            } else {
                let finding = Finding::new(Code::Syntax, "a comment is never closed", Span::new(start, start + 2));
                return self.findings.push(finding.label("opened here").help("close it with `*/`"));
            }
        }
    }

    /// Texts end on their line, so that a forgotten quote is found where it is; `\` at the end continues one.
    fn text_token(&mut self) {
        let start = self.at;
        let mut escaped = false;
        for (offset, c) in self.text[start + 1..].char_indices() {
            match c {
                '\n' if !escaped => break,
                '"' if !escaped => return self.push(Token::Text, offset + 2),
                // A carriage return belongs to the line end that the backslash continues over.
                '\r' => {}
                _ => escaped = c == '\\' && !escaped,
            }
        }
        let line = self.rest().find('\n').unwrap_or(self.rest().len());
        let end = start + self.rest()[..line].trim_end().len();
        let finding = Finding::new(Code::Syntax, "a text is not closed on its line", Span::new(start, end));
        let finding = finding.label("opened here, no `\"` behind it");
        self.findings.push(finding.help("add the closing `\"`; a text goes on in the next line only after a `\\`"));
        self.at = start + line;
    }

    fn raw_text(&mut self) {
        let hashes = self.rest()[1..].bytes().take_while(|&c| c == b'#').count();
        if !self.rest()[1 + hashes..].starts_with('"') {
            return self.word();
        }
        let close = format!("\"{}", "#".repeat(hashes));
        if let Some(len) = self.rest()[hashes + 2..].find(&close) {
            return self.push(Token::Text, hashes + 2 + len + close.len());
        }
        let span = Span::new(self.at, self.at + hashes + 2);
        let finding = Finding::new(Code::Syntax, "a raw text is never closed", span);
        self.findings.push(finding.label("opened here").help(format!("close it with `{close}`")));
        self.at = self.text.len();
    }

    fn number(&mut self) {
        let sign = usize::from(self.rest().starts_with(['+', '-']));
        let body = &self.rest()[sign..];
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '/' | '-');
        let mut len = body.find(|c| !inside(c)).unwrap_or(body.len());
        if let Some(comment) = body[..len].find("//") {
            len = comment;
        }
        let plain = body[..len].bytes().all(|c| c.is_ascii_digit() || c == b'_');
        self.push(if plain { Token::Number } else { Token::Bare }, sign + len);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let len = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        let more = |c: char| inside(c) || matches!(c, '-' | '.');
        let long = rest.find(|c| !more(c)).unwrap_or(rest.len());
        let trimmed = rest[..long].trim_end_matches(['-', '.']).len();
        if trimmed > len { self.push(Token::Bare, trimmed) } else { self.push(Token::Word, len) }
    }

    /// `“Who?”` as word processors write it, or `a == b`: one slip, not one for each sign.
    fn stray_group(&mut self, c: char) -> bool {
        let line = self.rest().lines().next().unwrap_or_default();
        let inside = || line[c.len_utf8()..].split_once(['\u{201d}', '\u{201c}', '"']);
        let (len, finding) = match (c, inside()) {
            ('\u{201c}' | '\u{201d}', Some((inside, _))) => {
                let closing = line[c.len_utf8() + inside.len()..].chars().next().map_or(0, char::len_utf8);
                let len = c.len_utf8() + inside.len() + closing;
                let finding = Finding::new(Code::Syntax, "quotes are straight", Span::new(self.at, self.at + len));
                (len, finding.label("these are not").help(format!("\"{inside}\"")))
            }
            ('=' | '!' | '<' | '>', _) => {
                let len = line.find(|c| !matches!(c, '=' | '!' | '<' | '>')).unwrap_or(line.len());
                let sign = &line[..len];
                if sign == "=" {
                    return false;
                }
                let text = format!("`{sign}` does not belong here");
                let finding = Finding::new(Code::Syntax, text, Span::new(self.at, self.at + len));
                (
                    len,
                    finding.label("comparisons are words").help("Is(a, b), AtLeast(a, b), AtMost(a, b), Not(Is(a, b))"),
                )
            }
            _ => return false,
        };
        self.findings.push(finding);
        self.at += len;
        true
    }

    fn stray(&mut self, c: char) {
        if self.stray_group(c) {
            return;
        }
        let span = Span::new(self.at, self.at + c.len_utf8());
        let plain = match c {
            '\u{ff0c}' | '\u{3001}' | ';' | '\u{ff1b}' => Some(','),
            '\u{ff1a}' | '=' => Some(':'),
            '\u{ff08}' => Some('('),
            '\u{ff09}' => Some(')'),
            '\u{3010}' | '\u{ff3b}' => Some('['),
            '\u{3011}' | '\u{ff3d}' => Some(']'),
            '\u{ff5b}' => Some('{'),
            '\u{ff5d}' => Some('}'),
            '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{ff02}' | '\'' | '`' => Some('"'),
            _ => None,
        };
        let finding = Finding::new(Code::Syntax, format!("`{c}` does not belong here"), span);
        let finding = match (c, plain) {
            ('#', _) if self.rest()[1..].starts_with(['!', '[']) => {
                finding.label("no attributes in a lab file").help("leave this line out")
            }
            ('#', _) => {
                let comment = self.rest().lines().next().unwrap_or_default().trim_start_matches('#').trim();
                finding.label("comments begin with `//`").help(format!("// {comment}"))
            }
            (_, Some(plain)) => finding.label(format!("this should be `{plain}`")).help(format!("type `{plain}`")),
            _ => {
                finding.label("neither a word nor a bracket nor a quote").help("texts and names stand in quotes: \"…\"")
            }
        };
        self.findings.push(finding);
        self.at += if c == '#' { self.rest().find('\n').unwrap_or(self.rest().len()) } else { c.len_utf8() };
    }
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn partner(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Every bracket has its partner, and not too many are open at once.
fn balance(source: &Source, tokens: &[At]) -> Findings {
    let mut findings = Findings::default();
    let mut open: Vec<(char, Span)> = Vec::new();
    let mut opened_at: Vec<usize> = Vec::new();
    for (place, at) in tokens.iter().enumerate() {
        match at.token {
            Token::Open(_) if open.len() == MAX_DEPTH => {
                let text = format!("more than {MAX_DEPTH} brackets are open here");
                let finding = Finding::new(Code::TooDeep, text, at.span).label("one bracket too many");
                findings.push(finding.help("no lab needs that: is a closing bracket missing further up?"));
                return findings;
            }
            Token::Open(c) => {
                open.push((c, at.span));
                opened_at.push(place);
            }
            Token::Close(c) => match open.last() {
                Some((top, _)) if partner(*top) == c => {
                    open.pop();
                    opened_at.pop();
                }
                _ => {
                    let inside = opened_at.last().map_or(&[][..], |place| &tokens[place + 1..]);
                    let wrong = wrong_open(open.last(), c, inside);
                    findings.push(wrong.unwrap_or_else(|| mismatch(source, &open, c, at.span)));
                    return findings;
                }
            },
            _ => {}
        }
    }
    if let Some((c, span)) = open.last() {
        let text = format!("a `{c}` is never closed");
        let finding = Finding::new(Code::Syntax, text, *span).label("opened here");
        findings.push(finding.help(format!("add the closing `{}`", partner(*c))));
    }
    findings
}

/// When what stands inside belongs to the closing bracket, the opening one is wrong: `( "ann": … }`, `{ ip: … )`.
fn wrong_open(open: Option<&(char, Span)>, close: char, inside: &[At]) -> Option<Finding> {
    let (open, span) = open?;
    let [first, second, ..] = inside else { return None };
    let (text, wanted, label) = match (first.token, second.token, open, close) {
        (Token::Text, Token::Colon, '(' | '[', '}') => ("named things stand in braces", '{', "a name"),
        (Token::Word, Token::Colon, '{' | '[', ')') => ("words of the format stand in round brackets", '(', "a word"),
        _ => return None,
    };
    let finding = Finding::new(Code::WrongBrackets, text, *span).label(format!("this should be `{wanted}`"));
    Some(finding.also(first.span, label).help(format!("{wanted} … {}", partner(wanted))))
}

fn mismatch(source: &Source, open: &[(char, Span)], found: char, span: Span) -> Finding {
    let Some((top, opened)) = open.last().copied() else {
        let text = format!("a `{found}` closes nothing");
        return Finding::new(Code::Syntax, text, span).label("no bracket is open here").help("leave it out");
    };
    // When the bracket fits the one below, the top one was forgotten; else the bracket itself is the wrong one.
    let forgotten = open.len() > 1 && partner(open[open.len() - 2].0) == found;
    let wanted = partner(top);
    let line = source.position(opened.start as usize).0;
    if forgotten {
        let finding = Finding::new(Code::Syntax, format!("a `{top}` is never closed"), opened).label("opened here");
        return finding
            .also(span, format!("`{wanted}` is missing before this"))
            .help(format!("add the closing `{wanted}`"));
    }
    Finding::new(Code::Syntax, format!("`{found}` closes a `{top}`"), span)
        .label(format!("this should be `{wanted}`"))
        .also(opened, "opened here")
        .help(format!("write `{wanted}`, or close the `{top}` of line {line} before"))
}
