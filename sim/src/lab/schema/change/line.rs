//! A change as a person types it: `set sw:2 learning false`, `addrow sw fdb mac=ann port=1`, `down ann--sw`.
//!
//! The words are those of the lab file in small letters; capitals do not matter. Texts with blanks stand in quotes.

use super::{Change, Setting};
use crate::engine::Value;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::fields;
use crate::lab::place::Place;
use crate::lab::schema::section::not_yet;
use crate::lab::schema::value::parse_place;
use crate::lab::source::{Source, Span, Spanned};
use crate::lab::units;

/// Each verb with what follows it, and an example.
pub const VERBS: &[(&str, &str, &str)] = &[
    ("set", "PLACE SETTING VALUE …", "set sw ageing 10s"),
    ("addrow", "PLACE TABLE COLUMN=CELL …", "addrow sw fdb mac=ann port=1"),
    ("delrow", "PLACE TABLE COLUMN=CELL …", "delrow sw fdb mac=ann"),
    ("flush", "PLACE TABLE", "flush ann neigh"),
    ("down", "PLACE", "down ann--sw"),
    ("up", "PLACE", "up ann--sw"),
    ("power", "NODE on|off", "power sw off"),
    ("loss", "LINK SHARE [LAYER]", "loss ann--sw 2%"),
    ("start", "FLOW", "start ping"),
    ("stop", "FLOW", "stop ping"),
];

/// A word of the line; what stands in quotes is a text whatever it looks like.
#[derive(Clone, Debug)]
struct Word {
    text: Spanned<String>,
    quoted: bool,
}

/// Reads a line; what is wrong with it points into the line.
pub fn read(source: &Source, found: &mut Findings) -> Option<Change> {
    let words = words(source, found)?;
    let Some((verb, rest)) = words.split_first() else {
        let finding = Finding::new(Code::Empty, "nothing was typed", Span::default());
        found.push(finding.help(format!("one of: {}", verbs())));
        return None;
    };
    let name = verb.text.value.to_lowercase();
    if name == "move" {
        not_yet("move", verb.text.span, found);
        return None;
    }
    let Some((name, usage, example)) = VERBS.iter().find(|(known, ..)| *known == name) else {
        let text = format!("`{}` is not a change", verb.text.value);
        let finding = Finding::new(Code::UnknownWord, text, verb.text.span).label("unknown word");
        let finding = finding.suggest(&name, VERBS.iter().map(|(known, ..)| *known));
        found.push(finding.help(format!("possible here: {}", verbs())));
        return None;
    };
    let mut line = Line { rest, end: source.text.len(), usage: (name, usage, example), found };
    let change = line.change(name);
    if let (Some(extra), true) = (line.rest.first(), change.is_some()) {
        let finding = Finding::new(Code::UnknownField, "something stands behind the end", extra.text.span);
        found.push(finding.label("not expected").help(format!("{name} {usage}")));
        return None;
    }
    change
}

fn verbs() -> String {
    VERBS.iter().map(|(verb, ..)| *verb).collect::<Vec<_>>().join(", ")
}

/// Blanks part words; inside round brackets and quotes they do not.
fn words(source: &Source, found: &mut Findings) -> Option<Vec<Word>> {
    let text = source.text.as_str();
    let mut words: Vec<Word> = Vec::new();
    let (mut open, mut depth, mut quote, mut quoted) = (None, 0_i32, None, false);
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let last = at == text.len();
        if quote.is_none() && depth <= 0 && c.is_whitespace() || last {
            if let Some(start) = open.take() {
                let span = Span::new(start, at);
                words.push(Word { text: Spanned::new(std::mem::take(&mut value), span), quoted });
                (quoted, depth) = (false, 0);
            }
            continue;
        }
        open.get_or_insert(at);
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' if quote.is_some() => escaped = true,
            '"' if quote.is_some() => quote = None,
            '"' => (quote, quoted) = (Some(at), true),
            _ => {
                depth += match c {
                    '(' if quote.is_none() => 1,
                    ')' if quote.is_none() => -1,
                    _ => 0,
                };
                value.push(c);
            }
        }
    }
    if let Some(at) = quote {
        let finding = Finding::new(Code::Syntax, "a quote is not closed", Span::new(at, at + 1));
        found.push(finding.label("opened here").help("add the closing `\"`"));
        return None;
    }
    Some(words)
}

struct Line<'a> {
    rest: &'a [Word],
    end: usize,
    usage: (&'static str, &'static str, &'static str),
    found: &'a mut Findings,
}

impl<'a> Line<'a> {
    fn change(&mut self, verb: &str) -> Option<Change> {
        match verb {
            "set" => self.place().zip(self.settings()).map(|(place, list)| Change::Set(place, list)),
            "addrow" | "delrow" => {
                let (place, table) = (self.place()?, self.word("a table")?.text.clone());
                let cells = self.cells(verb == "addrow")?;
                let add = verb == "addrow";
                Some(if add { Change::AddRow(place, table, cells) } else { Change::DelRow(place, table, cells) })
            }
            "flush" => {
                let (place, table) = (self.place()?, self.word("a table")?.text.clone());
                Some(Change::Flush(place, table))
            }
            "down" => self.place().map(Change::Down),
            "up" => self.place().map(Change::Up),
            "power" => {
                let place = self.place()?;
                let state = self.word("on or off")?;
                match state.text.value.to_lowercase().as_str() {
                    "on" => Some(Change::Power(place, true)),
                    "off" => Some(Change::Power(place, false)),
                    _ => self.wrong(Code::UnknownWord, "a node is switched `on` or `off`", state.text.span),
                }
            }
            "loss" => {
                let place = self.place()?;
                let share = self.word("a share")?;
                let of = match (!self.rest.is_empty()).then(|| self.word("a layer")) {
                    Some(layer) => Some(fields::content(&layer?.text, self.found)?),
                    None => None,
                };
                match units::share(&share.text.value) {
                    Ok(ppm) => Some(Change::Loss(place, ppm, of)),
                    Err(wrong) => {
                        let finding = Finding::new(Code::Unit, "`loss` needs a unit", share.text.span);
                        self.found.push(finding.label(wrong.label).help(wrong.fix));
                        None
                    }
                }
            }
            "start" => self.word("a flow").map(|flow| Change::Start(flow.text.clone())),
            _ => self.word("a flow").map(|flow| Change::Stop(flow.text.clone())),
        }
    }

    fn wrong<T>(&mut self, code: Code, text: &str, span: Span) -> Option<T> {
        let (verb, usage, example) = self.usage;
        let finding = Finding::new(code, text, span).label("cannot be read");
        self.found.push(finding.help(format!("{verb} {usage}")).help(format!("for example: {example}")));
        None
    }

    fn word(&mut self, what: &str) -> Option<&'a Word> {
        if let Some((first, rest)) = self.rest.split_first() {
            self.rest = rest;
            return Some(first);
        }
        let (verb, usage, example) = self.usage;
        let finding = Finding::new(Code::Missing, format!("{what} is missing"), Span::new(self.end, self.end));
        let finding = finding.label("the line ends here").help(format!("{verb} {usage}"));
        self.found.push(finding.help(format!("for example: {example}")));
        None
    }

    fn place(&mut self) -> Option<Spanned<Place>> {
        let word = self.word("a place")?;
        parse_place(&word.text, self.found)
    }

    fn settings(&mut self) -> Option<Vec<Setting>> {
        let mut list = Vec::new();
        while list.is_empty() || !self.rest.is_empty() {
            let name = self.word("a setting")?.text.clone();
            let value = self.word("a value")?;
            list.push((name, Spanned::new(value_of(value), value.text.span)));
        }
        Some(list)
    }

    fn cells(&mut self, needed: bool) -> Option<super::Cells> {
        let mut list = Vec::new();
        while needed && list.is_empty() || !self.rest.is_empty() {
            let word = self.word("a cell")?;
            let Some((column, cell)) = word.text.value.split_once('=').filter(|(column, _)| !column.is_empty()) else {
                return self.wrong(Code::WrongType, "a cell is written COLUMN=CELL, without blanks", word.text.span);
            };
            // Quotes move what is behind them, so a quoted cell is underlined as a whole.
            let spot = |range| if word.quoted { word.text.span } else { word.text.span.part(range) };
            let (whole, name) = (word.text.value.len(), column.len());
            list.push((
                Spanned::new(column.to_owned(), spot(0..name)),
                Spanned::new(cell.to_owned(), spot(name + 1..whole)),
            ));
        }
        Some(list)
    }
}

fn value_of(word: &Word) -> Value {
    let text = word.text.value.as_str();
    if word.quoted {
        return units::time(text).map_or_else(|_| Value::Text(text.to_owned()), Value::Span);
    }
    match text {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        _ => match (text.replace('_', "").parse(), units::time(text)) {
            (Ok(number), _) if text.starts_with(|c: char| c.is_ascii_digit()) => Value::Number(number),
            (_, Ok(span)) => Value::Span(span),
            _ => Value::Text(text.to_owned()),
        },
    }
}
