//! `Choice(say, options, hints)`: which of these? The one whose check holds.

use super::words;
use super::{Answer, Asked, Evidence, Form, Mistake, NoAnswer, Place, Seen, evidence};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect;
use crate::lab::judge::Check;
use crate::lab::read::Field;
use crate::lab::schema::section::{Section, entries};
use crate::lab::source::Spanned;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "options", "hints", "because"];

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq)]
struct Opt {
    name: Spanned<String>,
    say: String,
    holds: Check,
    why: Option<String>,
}

/// A question with options.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    options: Vec<Opt>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Choice> {
    let example = "{\"yes\": (say: \"…\", holds: Delivered(\"…\")), \"no\": (say: \"…\", holds: …, why: \"…\")}";
    let tree = section.need("options", example, found)?;
    let fields = entries("options", tree, found);
    let mut options: Vec<Opt> = fields.iter().filter_map(|field| option(field, place, found)).collect();
    if fields.len() < 2 {
        let finding = Finding::new(Code::Missing, "a choice needs two options at least", tree.head());
        found.push(finding.label("nothing to choose from").help(example));
        return None;
    }
    let mut without = options.iter().filter(|option| option.why.is_none());
    if let (Some(first), Some(second)) = (without.next(), without.next()) {
        let finding = Finding::new(Code::WhyMissing, "two options do not say why they are wrong", second.name.span);
        let finding = finding.label("no `why`").also(first.name.span, "and none here");
        found.push(finding.help("only the right option needs none: why: \"…\""));
    }
    // The place of the right one must not depend on where its author thought of it first.
    options.sort_by_key(|option| words::mixed(&option.name.value));
    (options.len() == fields.len()).then_some(Choice { options })
}

fn option(field: &Field, place: Place<'_>, found: &mut Findings) -> Option<Opt> {
    let section = Section::fields("an option", &field.value, &["say", "holds", "why"], found)?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| words::text("say", tree, false, found));
    let holds = section.need("holds", "Delivered(\"…\")", found);
    let holds = holds.and_then(|tree| expect::check(tree, place.context, found));
    let why = section.get("why").and_then(|tree| words::text("why", tree, true, found));
    let (say, holds) = say.zip(holds)?;
    Some(Opt { name: field.name.clone(), say, holds, why })
}

impl Choice {
    fn holding(&self, seen: Seen<'_>) -> Vec<&Opt> {
        self.options.iter().filter(|option| option.holds.judge(seen.run, seen.others).holds).collect()
    }

    fn find(&self, answer: &Answer) -> Option<&Opt> {
        let Answer::Choice(name) = answer else { return None };
        self.options.iter().find(|option| option.name.value == *name)
    }

    /// The option that lacks a reason why it is wrong, if it is.
    pub fn without_why(&self, seen: Seen<'_>) -> Option<&Spanned<String>> {
        let wrong = |option: &&Opt| option.why.is_none() && !option.holds.judge(seen.run, seen.others).holds;
        self.options.iter().find(wrong).map(|option| &option.name)
    }
}

impl Asked for Choice {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        match self.holding(seen).as_slice() {
            [only] => Ok(Answer::Choice(only.name.value.clone())),
            [] => Err(NoAnswer("no option holds".to_owned())),
            several => {
                let names: Vec<String> = several.iter().map(|option| format!("`{}`", option.name.value)).collect();
                Err(NoAnswer(format!("{} options hold: {}", several.len(), names.join(", "))))
            }
        }
    }

    fn mistakes(&self, seen: Seen<'_>) -> Vec<Mistake> {
        let holding = self.holding(seen);
        let wrong = self.options.iter().filter(|option| !holding.iter().any(|right| right.name == option.name));
        let mistake = |option: &Opt| Mistake {
            id: option.name.value.clone(),
            span: option.name.span,
            is: Some(Answer::Choice(option.name.value.clone())),
            say: option.why.clone().unwrap_or_default(),
        };
        wrong.map(mistake).collect()
    }

    fn needs_play(&self) -> bool {
        self.options.iter().any(|option| option.holds.needs_window())
    }

    fn form(&self) -> Form {
        Form::Choice(self.options.iter().map(|option| (option.name.value.clone(), option.say.clone())).collect())
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        let at = words::numbered(text.trim(), self.options.len());
        at.map(|at| Answer::Choice(self.options[at].name.value.clone())).ok_or_else(|| self.expects(lang))
    }

    fn expects(&self, lang: Lang) -> String {
        let count = self.options.len();
        match lang {
            Lang::En => format!("a number from 1 to {count}"),
            Lang::Zh => format!("1 到 {count} 之间的一个编号"),
        }
    }

    fn show(&self, answer: &Answer, _lang: Lang) -> String {
        self.find(answer).map_or_else(|| "?".to_owned(), |option| option.say.clone())
    }

    fn giveaways(&self, answer: &Answer) -> Vec<String> {
        self.find(answer).map(|option| option.say.clone()).into_iter().collect()
    }

    fn evidence(&self, seen: Seen<'_>) -> Evidence {
        self.holding(seen).first().map_or_else(Evidence::default, |option| evidence::of_check(&option.holds, seen))
    }
}
