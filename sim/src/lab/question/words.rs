//! The words of a question, and the places left in them for the answer.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::judge::Number;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};

/// Where to look, which rule, the answer.
const HINTS: usize = 3;

/// A place left in texts, to be filled in later: but not where it would tell too early.
#[derive(Clone, Copy, Debug)]
pub struct Blank {
    /// What stands in braces.
    word: &'static str,
    /// Whose hints they are.
    whose: &'static str,
    early: &'static str,
    filled: &'static str,
}

/// `{answer}`, in the texts of a question.
pub const ANSWER: Blank = Blank {
    word: "answer",
    whose: "a question",
    early: "the answer is told before it is asked for",
    filled: "filled in with the right answer",
};
/// `{solution}`, in the texts of a repair lab.
pub const SOLUTION: Blank = Blank {
    word: "solution",
    whose: "a repair lab",
    early: "the solution is told before it is asked for",
    filled: "filled in with the solution",
};

/// Words that every question has.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What is asked.
    pub say: String,
    /// The hints.
    pub hints: Vec<String>,
    /// What is said afterwards.
    pub because: Option<String>,
}

/// Reads them.
pub fn read(section: &Section<'_>, found: &mut Findings) -> Option<Words> {
    let say = section.need("say", "\"…\"", found).and_then(|tree| text("say", tree, false, found));
    let example = "[\"where to look\", \"which rule\", \"{answer}, because …\"]";
    let hints = section.need("hints", example, found).and_then(|tree| ANSWER.hints(tree, found));
    let because = section.get("because").and_then(|tree| text("because", tree, true, found));
    let (say, hints) = say.zip(hints)?;
    Some(Words { say, hints, because })
}

impl Blank {
    /// Exactly three hints; only the last one may tell.
    pub fn hints(self, tree: &Tree, found: &mut Findings) -> Option<Vec<String>> {
        let Self { word, whose, .. } = self;
        let Form::List(items) = &tree.form else {
            let finding = Finding::new(Code::WrongBrackets, "hints stand in square brackets", tree.head());
            let example = format!("hints: [\"…\", \"…\", \"{{{word}}}\"]");
            found.push(finding.label(format!("this is {}", tree.sort())).help(example));
            return None;
        };
        if items.len() != HINTS {
            let spot = items.get(HINTS).map_or(tree.head(), |extra| extra.span);
            let text = format!("{whose} has three hints, this one {}", items.len());
            let label = if items.len() > HINTS { "one too many" } else { "some are missing" };
            let help = format!("where to look, which rule, and the {word} with its reason");
            found.push(Finding::new(Code::Hints, text, spot).label(label).help(help));
            return None;
        }
        let read = |(at, item): (usize, &Tree)| self.text("a hint", item, at + 1 == HINTS, &mut *found);
        let hints: Vec<String> = items.iter().enumerate().filter_map(read).collect();
        (hints.len() == HINTS).then_some(hints)
    }

    /// A text in which the blank may stand, or must not.
    pub fn text(self, name: &str, tree: &Tree, may_tell: bool, found: &mut Findings) -> Option<String> {
        let text = value::text(name, tree, found)?;
        for (at, inside) in placeholders(&text.value) {
            let span = exact(&text, at, inside.len() + 2);
            if inside != self.word {
                let finding = Finding::new(Code::Placeholder, format!("`{{{inside}}}` is not filled in here"), span);
                found.push(finding.label("unknown").help(format!("possible here: {{{}}}", self.word)));
            } else if !may_tell {
                let finding = Finding::new(Code::GivenAway, self.early, span);
                found.push(finding.label(self.filled).help("leave it to the third hint"));
            }
        }
        Some(text.value)
    }

    /// The text with the blank filled in.
    pub fn fill(self, text: &str, with: impl FnOnce() -> String) -> String {
        let blank = format!("{{{}}}", self.word);
        if text.contains(&blank) { text.replace(&blank, &with()) } else { text.to_owned() }
    }
}

/// A text of a question in which the answer may stand, or must not.
pub fn text(name: &str, tree: &Tree, may_tell: bool, found: &mut Findings) -> Option<String> {
    ANSWER.text(name, tree, may_tell, found)
}

/// Where a part of a text stands in the file, if the text is written there as it is.
fn exact(text: &Spanned<String>, at: usize, len: usize) -> Span {
    let whole = text.span.range().len() == text.value.len();
    if whole { text.span.part(at..at + len) } else { text.span }
}

/// A number that has nothing to do with the meaning of a name, and is the same on every machine (FNV-1a).
pub fn mixed(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// What stands in braces, and where.
pub fn placeholders(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('{').filter_map(|(at, _)| {
        let inside = &text[at + 1..];
        inside.find('}').map(|end| (at, &inside[..end]))
    })
}

/// The text with the answer in its place.
pub fn fill(text: &str, answer: impl FnOnce() -> String) -> String {
    ANSWER.fill(text, answer)
}

/// A wrong belief as typed: its name, what it leads to, what to say to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief<T> {
    /// Its name.
    pub name: Spanned<String>,
    /// What it leads to.
    pub is: T,
    /// What to say to it.
    pub say: String,
}

/// Reads `wrong: {"id": (is: …, say: …)}`; `field` is the name of what `read` reads.
pub fn beliefs<T>(
    section: &Section<'_>,
    field: &'static str,
    fields: &'static [&'static str],
    found: &mut Findings,
    mut read: impl FnMut(&Tree, &mut Findings) -> Option<T>,
) -> Vec<Belief<T>> {
    let Some(tree) = section.get("wrong") else { return Vec::new() };
    let mut list = Vec::new();
    for entry in entries("wrong answers", tree, found) {
        let Some(inside) = Section::fields("a wrong answer", &entry.value, fields, found) else { continue };
        let is = inside.need(field, "…", found).and_then(|tree| read(tree, found));
        let say = inside.need("say", "\"…\"", found).and_then(|tree| text("say", tree, true, found));
        list.extend(is.zip(say).map(|(is, say)| Belief { name: entry.name.clone(), is, say }));
    }
    list
}

/// An answer that stands in the file stays as it is when the lab changes, and no proof would notice.
pub fn typed(tree: &Tree, answer: &Number, example: &str, found: &mut Findings) {
    if matches!(answer, Number::Fixed(_)) {
        let finding = Finding::new(Code::TypedAnswer, "an answer is computed, not typed", tree.head());
        let finding = finding.label("nothing proves that this is right");
        found.push(finding.help(format!("answer: {example}")));
    }
}

/// What was typed, cut at spaces and commas, also Chinese ones.
pub fn parts(text: &str) -> Vec<&str> {
    let cut = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '\u{ff0c}' | '\u{3001}' | '\u{ff1b}');
    text.split(cut).filter(|part| !part.is_empty()).collect()
}

/// Letters, digits and signs as wide as a Chinese one become plain ones.
pub fn narrow(text: &str) -> String {
    let one = |c: char| match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    text.chars().map(one).collect()
}

/// The name in a list that was meant: as it is, in another case, or by its number from 1.
pub fn chosen<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<usize> {
    let names: Vec<&str> = names.into_iter().collect();
    let exact = names.iter().position(|name| *name == typed);
    let alike = || names.iter().position(|name| name.eq_ignore_ascii_case(typed));
    exact.or_else(alike)
}

/// A number from 1 to `count` as a place in a list; letters count too: `a` is 1.
pub fn numbered(typed: &str, count: usize) -> Option<usize> {
    let typed = typed.trim_end_matches(['.', ')']);
    let number: Option<usize> = typed.parse().ok();
    let mut letters = typed.chars();
    let letter = match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() => {
            Some(usize::from(letter.to_ascii_lowercase() as u8 - b'a') + 1)
        }
        _ => None,
    };
    number.or(letter).and_then(|number| number.checked_sub(1)).filter(|at| *at < count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_takes_its_place() {
        assert_eq!(fill("{answer}: one each", || "3".to_owned()), "3: one each");
        assert_eq!(fill("no place", || unreachable!()), "no place");
        assert_eq!(placeholders("a {answer} b {x").collect::<Vec<_>>(), [(2, "answer")]);
    }

    #[test]
    fn typed_lists_may_be_cut_in_any_way() {
        assert_eq!(parts(" a, b\u{3001}c\u{ff0c}d ;e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(
            (numbered("2", 3), numbered("B)", 3), numbered("4", 3), numbered("0", 3)),
            (Some(1), Some(1), None, None)
        );
        assert_eq!(chosen("SW", ["a", "sw"]), Some(1));
        assert_eq!(narrow("\u{ff11}\u{ff0e}\u{ff15}\u{3000}\u{ff41}"), "1.5 a");
    }
}
