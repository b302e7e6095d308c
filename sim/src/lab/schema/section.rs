//! What stands between brackets, field by field, with a sentence for every slip.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::lab::diagnostic::{Code, Finding, Findings, list, nearest};
use crate::lab::place::{is_name, to_name};
use crate::lab::print::fix;
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::source::{Span, Spanned};

/// Round brackets with the fields that may stand in them.
#[derive(Clone, Debug)]
pub struct Section<'t> {
    /// What the brackets belong to, for messages: `Host`, `link options`.
    pub kind: &'t str,
    /// Where to point at when something is missing.
    pub head: Span,
    given: Vec<(&'static str, &'t Tree)>,
    /// The values have no names, so that what is missing is missing behind them.
    in_order: bool,
    /// Known fields that unknown names probably mean.
    meant: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// Reads `( name: value, … )`; unknown and repeated names are reported.
    pub fn fields(kind: &'t str, tree: &'t Tree, known: &[&'static str], found: &mut Findings) -> Option<Self> {
        let mut section = Self { kind, head: tree.head(), given: Vec::new(), in_order: false, meant: Vec::new() };
        match &tree.form {
            Form::Call(_, Args::Fields(fields)) => {
                for field in fields {
                    section.take(field, known, found);
                }
                Some(section)
            }
            Form::Call(_, Args::Items(items)) => {
                let spot = items.first().map_or(section.head, Tree::head);
                let finding = Finding::new(Code::WrongType, format!("the values of {} have names", quoted(kind)), spot);
                let mut finding = finding.label("this one has no name");
                let is_kind = kind.starts_with(|c: char| c.is_ascii_uppercase());
                let plain = |item: &Tree| matches!(item.form, Form::Text(_) | Form::Number(_) | Form::Word(_));
                if is_kind && items.len() <= known.len() && items.iter().all(plain) {
                    let named = known.iter().zip(items).map(|(name, item)| format!("{name}: {item}"));
                    finding = finding.help(format!("{kind}({})", named.collect::<Vec<_>>().join(", ")));
                }
                found.push(finding.help(format!("possible here: {}", list(known.iter().copied()))));
                None
            }
            Form::Map(_) => {
                let finding =
                    Finding::new(Code::WrongBrackets, "words of the format stand in round brackets", tree.head());
                found.push(
                    finding.label("this should be `(`").help(format!("possible here: {}", list(known.iter().copied()))),
                );
                None
            }
            _ => {
                let text = format!("{} is written in round brackets", quoted(kind));
                let finding = Finding::new(Code::WrongType, text, tree.span).label(format!("this is {}", tree.sort()));
                found.push(finding.help(format!("( … ) with any of: {}", list(known.iter().copied()))));
                None
            }
        }
    }

    /// Reads `( value, … )` in the order of the known names, or `( name: value, … )`.
    pub fn call(kind: &'t str, tree: &'t Tree, known: &[&'static str], found: &mut Findings) -> Option<Self> {
        let Form::Call(_, Args::Items(items)) = &tree.form else { return Self::fields(kind, tree, known, found) };
        if let Some(extra) = items.get(known.len()) {
            let finding =
                Finding::new(Code::UnknownField, format!("one value too many for {}", quoted(kind)), extra.span);
            found.push(finding.label("not expected").help(format!("{kind}({})", known.join(", "))));
        }
        let given = known.iter().copied().zip(items).collect();
        Some(Self { kind, head: tree.head(), given, in_order: !items.is_empty(), meant: Vec::new() })
    }

    fn take(&mut self, field: &'t Field, known: &[&'static str], found: &mut Findings) {
        let name = field.name.value.as_str();
        let Some(name) = known.iter().find(|known| **known == name) else {
            let finding = Finding::new(
                Code::UnknownField,
                format!("no field `{name}` in {}", quoted(self.kind)),
                field.name.span,
            );
            self.meant.extend(nearest(name, known.iter().copied()));
            let finding = finding.label("unknown field");
            let finding = finding.suggest(name, known.iter().copied());
            let possible = if known.is_empty() {
                format!("nothing stands between the brackets of {}", quoted(self.kind))
            } else {
                format!("possible here: {}", list(known.iter().copied()))
            };
            found.push(finding.help(possible));
            return;
        };
        if let Some((_, first)) = self.given.iter().find(|(given, _)| given == name) {
            let finding = Finding::new(Code::Twice, format!("`{name}` is given twice"), field.name.span);
            found.push(finding.label("again here").also(first.span, "first given here").help("leave one of them out"));
            return;
        }
        self.given.push((name, &field.value));
    }

    /// The value of a field, if given.
    pub fn get(&self, name: &str) -> Option<&'t Tree> {
        self.given.iter().find(|(given, _)| *given == name).map(|(_, tree)| *tree)
    }

    /// All given fields.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &'t Tree)> + '_ {
        self.given.iter().copied()
    }

    /// The value of a field that must be given; `example` is what the fix shows.
    pub fn need(&self, name: &str, example: &str, found: &mut Findings) -> Option<&'t Tree> {
        let tree = self.get(name);
        // A misspelt field is one mistake, not two.
        if tree.is_none() && !self.meant.contains(&name) {
            let finding =
                Finding::new(Code::Missing, format!("`{name}` is missing in {}", quoted(self.kind)), self.head);
            let mut help = format!("{name}: {example}");
            if self.in_order {
                let mut values: Vec<String> = self.given.iter().map(|(_, tree)| tree.to_string()).collect();
                values.push(example.to_owned());
                help = fix(format!("{}({})", word(self.kind), values.join(", ")), &help);
            }
            found.push(finding.label(format!("needs `{name}`")).help(help));
        }
        tree
    }
}

/// The kind as it stands before brackets: what has no word of the format has none there.
fn word(kind: &str) -> &str {
    if kind.starts_with(|c: char| c.is_ascii_uppercase()) { kind } else { "" }
}

/// A kind or word in quotes, a description as it is.
pub fn quoted(kind: &str) -> String {
    if kind.contains(' ') { kind.to_owned() } else { format!("`{kind}`") }
}

/// Entries one pair of braces may have: far more than anybody reads, far less than would keep the program busy.
const MOST: usize = 16_384;

/// The entries of `{ "name": value, … }` with sound and unique names.
pub fn entries<'t>(what: &str, tree: &'t Tree, found: &mut Findings) -> Vec<&'t Field> {
    let fields = pairs(what, tree, found);
    let sound = |field: &&Field| {
        let name = &field.name.value;
        if !is_name(name) {
            let finding = Finding::new(Code::NotAName, format!("`{name}` cannot be a name"), field.name.span);
            let finding = finding.label("letters, digits, `-`, `_` and `.`, but no `--`");
            found.push(finding.help(format!("\"{}\"", to_name(name))));
        }
        is_name(name)
    };
    fields.into_iter().filter(sound).collect()
}

/// The same, where the names may be anything: addresses, columns, places.
pub fn pairs<'t>(what: &str, tree: &'t Tree, found: &mut Findings) -> Vec<&'t Field> {
    let Form::Map(fields) = &tree.form else {
        let finding = Finding::new(Code::WrongBrackets, format!("{what} stand in braces"), tree.head());
        let bracket = matches!(tree.form, Form::Call(None, _) | Form::List(_));
        let label = if bracket { "this should be `{`".to_owned() } else { format!("this is {}", tree.sort()) };
        found.push(finding.label(label).help("{\"name\": …}"));
        return Vec::new();
    };
    if let Some(extra) = fields.get(MOST) {
        let text = format!("{} entries between one pair of braces", fields.len());
        let finding = Finding::new(Code::OutOfRange, text, extra.name.span);
        found.push(finding.label(format!("a lab has at most {MOST} {what}")));
    }
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    let mut unique = Vec::new();
    for field in fields.iter().take(MOST) {
        let Spanned { value: name, span } = &field.name;
        match first.entry(name) {
            Entry::Vacant(place) => {
                place.insert(*span);
                unique.push(field);
            }
            Entry::Occupied(place) => {
                let finding = Finding::new(Code::Twice, format!("`{name}` is there twice"), *span);
                let finding = finding.label("again here").also(*place.get(), "first here");
                found.push(finding.help("give one of them another name"));
            }
        }
    }
    unique
}

/// The kind of a value: its place among the known ones.
pub fn kind(
    what: &str,
    tree: &Tree,
    known: &[&'static str],
    later: &[&'static str],
    found: &mut Findings,
) -> Option<&'static str> {
    match &tree.form {
        Form::Call(Some(name), _) => kind_name(what, name, known, later, found),
        Form::Word(word) if known.contains(&word.as_str()) => {
            let finding = Finding::new(Code::NeedsBrackets, format!("`{word}` needs its brackets"), tree.span);
            found.push(finding.label("round brackets are missing").help(format!("{word}()")));
            None
        }
        Form::Word(word) => kind_name(what, &Spanned::new(word.clone(), tree.span), known, later, found),
        _ => {
            let finding = Finding::new(Code::UnknownWord, format!("{what} is missing"), tree.head());
            let finding = finding.label(format!("this is {} without its kind", tree.sort()));
            found.push(finding.help(format!("one of: {}", list(known.iter().copied()))));
            None
        }
    }
}

fn kind_name(
    what: &str,
    name: &Spanned<String>,
    known: &[&'static str],
    later: &[&'static str],
    found: &mut Findings,
) -> Option<&'static str> {
    let here = known.iter().find(|known| **known == name.value);
    if here.is_none() && later.contains(&name.value.as_str()) {
        not_yet(&name.value, name.span, found);
    } else if here.is_none() {
        found.push(unknown_word(what, &name.value, name.span, known));
    }
    here.copied()
}

/// "There is no word `x`", with what there is.
pub fn unknown_word(what: &str, word: &str, span: Span, known: &[&'static str]) -> Finding {
    let finding = Finding::new(Code::UnknownWord, format!("`{word}` is not {what}"), span).label("unknown word");
    let finding = finding.suggest(word, known.iter().copied());
    finding.help(format!("possible here: {}", list(known.iter().copied())))
}

/// "Not available in this version".
pub fn not_yet(word: &str, span: Span, found: &mut Findings) {
    let text = format!("`{word}` is not available in this version");
    found.push(
        Finding::new(Code::NotYet, text, span).label("known, but cannot be run yet").help("leave it out for now"),
    );
}
