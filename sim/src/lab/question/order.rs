//! `Order(say, items, wrong, hints)`: in which order?

use super::words::{self, Belief};
use super::{Answer, Asked, Evidence, Form, Mistake, NoAnswer, Place, Seen, evidence};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::expect::{self, Sort};
use crate::lab::judge::{Number as Value, Quantity};
use crate::lab::read::{Field, Tree};
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value as plain;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "items", "wrong", "hints", "because"];
const BELIEF: &[&str] = &["is", "say"];

/// Something to be put in order.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    name: String,
    say: String,
    by: Value,
}

/// A question for an order, from the smallest value to the largest.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    items: Vec<Item>,
    wrong: Vec<Belief<Vec<String>>>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Order> {
    let example = "{\"first\": (say: \"…\", by: Time(Frames(…))), \"second\": (say: \"…\", by: …)}";
    let tree = section.need("items", example, found)?;
    let fields = entries("items", tree, found);
    let items: Vec<Item> = fields.iter().filter_map(|field| item(field, place, found)).collect();
    if fields.len() < 2 {
        let finding = Finding::new(Code::Missing, "an order needs two items at least", tree.head());
        found.push(finding.label("nothing to put in order").help(example));
        return None;
    }
    let known: Vec<&str> = fields.iter().map(|field| field.name.value.as_str()).collect();
    let wrong = words::beliefs(section, "is", BELIEF, found, |tree, found| sequence(tree, &known, found));
    (items.len() == fields.len()).then_some(Order { items, wrong })
}

/// All items, in the order somebody believes in.
fn sequence(tree: &Tree, known: &[&str], found: &mut Findings) -> Option<Vec<String>> {
    let example = format!("is: [\"{}\"]", known.join("\", \""));
    let mut order = Vec::new();
    for item in plain::items("items", &example, tree, found) {
        let name = plain::text("an item", item, found)?;
        if !known.contains(&name.value.as_str()) {
            let finding = Finding::new(Code::UnknownName, format!("there is no item `{}`", name.value), name.span);
            let finding = finding.label("not among the items").suggest(&name.value, known.iter().copied());
            found.push(finding.help(format!("items: {}", list(known.iter().copied()))));
            return None;
        }
        if order.contains(&name.value) {
            let finding = Finding::new(Code::Twice, format!("`{}` is there twice", name.value), name.span);
            found.push(finding.label("again here").help(example));
            return None;
        }
        order.push(name.value);
    }
    if let Some(lost) = known.iter().find(|name| !order.iter().any(|own| own == *name)) {
        let finding = Finding::new(Code::Missing, format!("`{lost}` is missing in this order"), tree.head());
        found.push(finding.label("an order has all items").help(example));
        return None;
    }
    Some(order)
}

fn item(field: &Field, place: Place<'_>, found: &mut Findings) -> Option<Item> {
    let section = Section::fields("an item", &field.value, &["say", "by"], found)?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| words::text("say", tree, false, found));
    let tree = section.need("by", "Time(Frames(…))", found)?;
    let by = expect::value(tree, place.context, found)?;
    if matches!(expect::sort(&by), Sort::Text | Sort::Names) {
        let finding = Finding::new(Code::WrongType, "things are put in order by a number or a time", tree.head());
        found.push(finding.label(expect::sort(&by).name()).help("by: Time(Frames(…))"));
        return None;
    }
    Some(Item { name: field.name.value.clone(), say: say?, by })
}

fn number(value: &Quantity) -> Option<i64> {
    match value {
        Quantity::Number(n) | Quantity::Span(n) | Quantity::Rate(n) => Some(*n),
        _ => None,
    }
}

impl Order {
    /// Lays the items out in an order that is told neither by their names nor by their author: who sorts them by name
    /// has answered nothing.
    pub fn lay_out(&mut self, question: &str) {
        self.items.sort_by_cached_key(|item| (words::mixed(&format!("{question}/{}", item.name)), item.name.clone()));
    }

    /// The items as they are offered, as an answer.
    pub fn offered(&self) -> Answer {
        Answer::Order(self.items.iter().map(|item| item.name.clone()).collect())
    }

    fn say<'s>(&'s self, name: &'s str) -> &'s str {
        self.items.iter().find(|item| item.name == name).map_or(name, |item| &item.say)
    }
}

impl Asked for Order {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        let mut values = Vec::new();
        for item in &self.items {
            let value = number(&item.by.of(seen.run, seen.others));
            values.push((value.ok_or_else(|| NoAnswer(format!("`{}` has no value", item.name)))?, &item.name));
        }
        values.sort();
        if let Some(tie) = values.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(NoAnswer(format!("`{}` and `{}` are equal", tie[0].1, tie[1].1)));
        }
        Ok(Answer::Order(values.into_iter().map(|(_, name)| name.clone()).collect()))
    }

    fn mistakes(&self, _seen: Seen<'_>) -> Vec<Mistake> {
        let mistake = |belief: &Belief<Vec<String>>| Mistake {
            id: belief.name.value.clone(),
            span: belief.name.span,
            is: Some(Answer::Order(belief.is.clone())),
            say: belief.say.clone(),
        };
        self.wrong.iter().map(mistake).collect()
    }

    fn needs_play(&self) -> bool {
        self.items.iter().any(|item| item.by.needs_window())
    }

    fn form(&self) -> Form {
        Form::Order(self.items.iter().map(|item| (item.name.clone(), item.say.clone())).collect())
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        let mut order = Vec::new();
        for part in words::parts(text) {
            let named = || words::chosen(part, self.items.iter().map(|item| item.name.as_str()));
            let at = words::numbered(part, self.items.len()).or_else(named).ok_or_else(|| self.expects(lang))?;
            if !order.contains(&self.items[at].name) {
                order.push(self.items[at].name.clone());
            }
        }
        if order.len() == self.items.len() { Ok(Answer::Order(order)) } else { Err(self.expects(lang)) }
    }

    fn expects(&self, lang: Lang) -> String {
        // An example would be an answer, perhaps the right one.
        let last = self.items.len();
        match lang {
            Lang::En => format!("all the numbers from 1 to {last}, in order, with blanks between them"),
            Lang::Zh => format!("按顺序写出 1 到 {last} 的全部编号,用空格隔开"),
        }
    }

    fn show(&self, answer: &Answer, _lang: Lang) -> String {
        let Answer::Order(order) = answer else { return "?".to_owned() };
        order.iter().map(|name| self.say(name)).collect::<Vec<_>>().join(" < ")
    }

    fn lines(&self, right: &Answer, _given: Option<&Answer>, seen: Seen<'_>, _lang: Lang) -> Vec<String> {
        let Answer::Order(order) = right else { return Vec::new() };
        let items = order.iter().filter_map(|name| self.items.iter().find(|item| item.name == *name));
        let line =
            |(at, item): (usize, &Item)| format!("{}. {}: {}", at + 1, item.say, item.by.of(seen.run, seen.others));
        items.enumerate().map(line).collect()
    }

    fn giveaways(&self, answer: &Answer) -> Vec<String> {
        let Answer::Order(order) = answer else { return Vec::new() };
        let says: Vec<&str> = order.iter().map(|name| self.say(name)).collect();
        vec![says.join(", "), says.join(" < ")]
    }

    fn evidence(&self, seen: Seen<'_>) -> Evidence {
        let mut all = Evidence::default();
        for item in &self.items {
            all.join(evidence::of_value(&item.by, seen));
        }
        all
    }
}
