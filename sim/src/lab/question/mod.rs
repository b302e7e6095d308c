//! Questions: asked before the future is run, answered by the run, never by the author.
//!
//! One file is one kind of question: its fields, what answers it, how a typed answer is read and shown. What all
//! kinds share is here: the words, the hints, the verdict on an answer, and what is said when it is revealed.

pub mod choice;
pub mod evidence;
pub mod fill;
pub mod grid;
pub mod number;
pub mod order;
pub mod pick;
pub mod words;

use serde::{Deserialize, Serialize};

use crate::lab::diagnostic::Findings;
use crate::lab::expect::Context;
use crate::lab::judge::{Others, Run};
use crate::lab::read::{Field, Tree};
use crate::lab::schema::section::{Section, kind};
use crate::lab::source::Span;
use crate::lang::Lang;

pub use evidence::{Evidence, Piece};

/// What a learner answers, or what would have been right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// A count, bytes, nanoseconds or bits a second.
    Number(i64),
    /// One option.
    Choice(String),
    /// Nodes, sorted by name.
    Nodes(Vec<String>),
    /// Items in order.
    Order(Vec<String>),
    /// Rows of a table, sorted; one text a column.
    Rows(Vec<Vec<String>>),
    /// A truth table, row by row.
    Grid(Vec<Vec<bool>>),
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is what one gets with a belief that is known to be wrong: its name, and what to say to it.
    Misconception(String, String),
    /// It is wrong.
    Wrong,
}

/// Why a question has no answer, for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer(pub String);

/// What a question is about: the window of its step, and the runs of other variants.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The window.
    pub run: Run<'a>,
    /// The variant it belongs to.
    pub variant: &'a str,
    /// Other variants.
    pub others: &'a dyn Others,
}

/// An answer that shows a belief known to be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// Its name, which may be that of a misconception: `M01-sends-back`.
    pub id: String,
    /// Where it stands in the lab.
    pub span: Span,
    /// The answer it leads to; nothing if it leads to none in this run.
    pub is: Option<Answer>,
    /// What to say to it.
    pub say: String,
}

/// What a form must offer so that the question can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number, in this unit.
    Number(Option<String>),
    /// One of these options: name and text, in the order in which they are shown.
    Choice(Vec<(String, String)>),
    /// Some of these nodes.
    Pick(Vec<String>),
    /// These items in order: name and text.
    Order(Vec<(String, String)>),
    /// Rows with these columns.
    Fill(Vec<String>),
    /// Yes or no for each row and column: their names.
    Grid(Vec<String>, Vec<String>),
}

/// What each kind of question can do.
pub trait Asked {
    /// The one right answer.
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer>;

    /// Answers that show a known wrong belief.
    fn mistakes(&self, seen: Seen<'_>) -> Vec<Mistake>;

    /// Whether two answers are as good as the same.
    fn same(&self, a: &Answer, b: &Answer) -> bool {
        a == b
    }

    /// Whether an answer makes a mistake.
    fn makes(&self, mistake: &Answer, given: &Answer) -> bool {
        self.same(mistake, given)
    }

    /// Whether it is about the window of its step, and not only about whole runs of variants.
    fn needs_play(&self) -> bool {
        true
    }

    /// What to offer.
    fn form(&self) -> Form;

    /// Reads what was typed; the error says what is expected.
    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String>;

    /// What can be typed.
    fn expects(&self, lang: Lang) -> String;

    /// An answer as text.
    fn show(&self, answer: &Answer, lang: Lang) -> String;

    /// The right answer in lines, with what makes it right and what was answered instead; none where a sentence does.
    fn lines(&self, _right: &Answer, _given: Option<&Answer>, _seen: Seen<'_>, _lang: Lang) -> Vec<String> {
        Vec::new()
    }

    /// Texts that would give the answer away.
    fn giveaways(&self, answer: &Answer) -> Vec<String>;

    /// What in the run shows the answer.
    fn evidence(&self, seen: Seen<'_>) -> Evidence;
}

/// The kinds of questions.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// How many?
    Number(number::Number),
    /// Which of these?
    Choice(choice::Choice),
    /// Where?
    Pick(pick::Pick),
    /// In which order?
    Order(order::Order),
    /// What will the table say?
    Fill(fill::Fill),
    /// What holds when?
    Grid(grid::Grid),
}

impl Kind {
    /// What it can do.
    pub fn asked(&self) -> &dyn Asked {
        match self {
            Self::Number(question) => question,
            Self::Choice(question) => question,
            Self::Pick(question) => question,
            Self::Order(question) => question,
            Self::Fill(question) => question,
            Self::Grid(question) => question,
        }
    }
}

/// A question of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its name within the step.
    pub id: String,
    /// Where its name stands in the lab.
    pub span: Span,
    /// What is asked.
    pub say: String,
    /// Where to look, which rule, the answer with its reason.
    pub hints: Vec<String>,
    /// Said after the answer, also after a right one.
    pub because: Option<String>,
    /// What kind of question it is.
    pub kind: Kind,
}

/// What is said when the future has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Reveal {
    /// What became of the answer; nothing if none was given.
    pub verdict: Option<Verdict>,
    /// What was answered.
    pub given: Option<String>,
    /// The right answer.
    pub answer: String,
    /// Sentences, in the order in which they are said.
    pub text: Vec<String>,
    /// The right answer once more, if it is a table or an order: one line each, to stand below the sentences.
    pub lines: Vec<String>,
    /// What in the run shows it.
    pub evidence: Evidence,
}

/// Words of a kind, and how what stands in its brackets is read.
struct Word {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, Place<'_>, &mut Findings) -> Option<Kind>,
}

/// Where a question stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Where its names are looked up.
    pub context: Context<'a>,
    /// The variant its step plays in.
    pub variant: &'a str,
}

static WORDS: &[Word] = &[
    Word { name: "Number", fields: number::FIELDS, read: |s, p, f| number::read(s, p, f).map(Kind::Number) },
    Word { name: "Choice", fields: choice::FIELDS, read: |s, p, f| choice::read(s, p, f).map(Kind::Choice) },
    Word { name: "Pick", fields: pick::FIELDS, read: |s, p, f| pick::read(s, p, f).map(Kind::Pick) },
    Word { name: "Order", fields: order::FIELDS, read: |s, p, f| order::read(s, p, f).map(Kind::Order) },
    Word { name: "Fill", fields: fill::FIELDS, read: |s, p, f| fill::read(s, p, f).map(Kind::Fill) },
    Word { name: "Grid", fields: grid::FIELDS, read: |s, p, f| grid::read(s, p, f).map(Kind::Grid) },
];

/// Reads a question of a step.
pub fn read(field: &Field, place: Place<'_>, found: &mut Findings) -> Option<Question> {
    let tree: &Tree = &field.value;
    let names: Vec<&'static str> = WORDS.iter().map(|word| word.name).collect();
    let name = kind("a kind of question", tree, &names, &[], found)?;
    let word = WORDS.iter().find(|word| word.name == name)?;
    let section = Section::fields(name, tree, word.fields, found)?;
    let words = words::read(&section, found);
    let kind = (word.read)(&section, place, found);
    let (words, mut kind) = words.zip(kind)?;
    if let Kind::Order(order) = &mut kind {
        order.lay_out(&field.name.value);
    }
    Some(Question {
        id: field.name.value.clone(),
        span: field.name.span,
        say: words.say,
        hints: words.hints,
        because: words.because,
        kind,
    })
}

impl Question {
    /// What its kind can do.
    pub fn asked(&self) -> &dyn Asked {
        self.kind.asked()
    }

    /// The one right answer.
    pub fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        self.asked().answer(seen)
    }

    /// Reads what was typed; the error says what is expected.
    pub fn parse(&self, typed: &str, lang: Lang) -> Result<Answer, String> {
        self.asked().parse(words::narrow(typed).trim(), lang)
    }

    /// A hint, from 0; the answer is filled in where the author left room for it.
    pub fn hint(&self, level: usize, seen: Seen<'_>, lang: Lang) -> Option<String> {
        let hint = self.hints.get(level)?;
        Some(words::fill(hint, || self.right(seen, lang)))
    }

    /// Judges an answer.
    pub fn judge(&self, given: &Answer, seen: Seen<'_>) -> Verdict {
        let asked = self.asked();
        if asked.answer(seen).is_ok_and(|right| asked.same(&right, given)) {
            return Verdict::Right;
        }
        let makes = |mistake: &Mistake| mistake.is.as_ref().is_some_and(|is| asked.makes(is, given));
        match asked.mistakes(seen).into_iter().find(makes) {
            Some(mistake) => Verdict::Misconception(mistake.id, mistake.say),
            None => Verdict::Wrong,
        }
    }

    /// What is said when the future has come.
    pub fn reveal(&self, given: Option<&Answer>, seen: Seen<'_>, lang: Lang) -> Reveal {
        let answer = self.right(seen, lang);
        let verdict = given.map(|given| self.judge(given, seen));
        let lines = self.answer(seen).map_or(Vec::new(), |right| self.asked().lines(&right, given, seen, lang));
        let told = if lines.is_empty() { answer.as_str() } else { "" };
        let is = format!("{}{told}", lang.pick("The answer: ", "答案:")).trim_end().to_owned();
        let mut text = match &verdict {
            Some(Verdict::Right) => vec![format!("{}{told}", lang.pick("Right: ", "正确:")).trim_end().to_owned()],
            Some(Verdict::Misconception(_, say)) => vec![words::fill(say, || answer.clone()), is],
            Some(Verdict::Wrong) => vec![lang.pick("Not this.", "不对。").to_owned(), is],
            None => vec![is],
        };
        text.extend(self.because.as_ref().map(|because| words::fill(because, || answer.clone())));
        let given = given.map(|given| self.asked().show(given, lang));
        Reveal { verdict, given, answer, text, lines, evidence: self.asked().evidence(seen) }
    }

    /// The right answer as text.
    fn right(&self, seen: Seen<'_>, lang: Lang) -> String {
        self.answer(seen).map_or_else(|_| "?".to_owned(), |answer| self.asked().show(&answer, lang))
    }
}
