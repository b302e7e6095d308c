//! `Pick(say, answer, wrong, hints)`: which nodes?

use super::words::{self, Belief};
use super::{Answer, Asked, Evidence, Mistake, NoAnswer, Place, Seen, evidence};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Sort};
use crate::lab::judge::{Number as Value, Quantity};
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::section::Section;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "answer", "wrong", "hints", "because"];
const BELIEF: &[&str] = &["is", "say"];

/// A question for nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    answer: Value,
    wrong: Vec<Belief<Value>>,
    nodes: Vec<String>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Pick> {
    let example = "Nodes(Frames(…))";
    let tree = section.need("answer", example, found);
    let answer = tree.and_then(|tree| nodes(tree, place, found));
    if let Some((tree, answer)) = tree.zip(answer.as_ref()) {
        words::typed(tree, answer, example, found);
        echo(tree, answer, found);
    }
    let wrong = words::beliefs(section, "is", BELIEF, found, |tree, found| nodes(tree, place, found));
    Some(Pick { answer: answer?, wrong, nodes: place.context.nodes() })
}

/// Of records of one node only, the nodes are that node, whatever happens: nothing is asked.
fn echo(tree: &Tree, answer: &Value, found: &mut Findings) {
    let (Value::Nodes(_), Form::Call(_, Args::Items(items))) = (answer, &tree.form) else { return };
    let Some(Tree { form: Form::Call(_, Args::Fields(filters)), .. }) = items.first() else { return };
    if let Some(filter) = filters.iter().find(|filter| ["into", "out_of", "at"].contains(&filter.name.value.as_str())) {
        let text = format!("`{}` leaves one node, so the answer is always that node", filter.name.value);
        let finding = Finding::new(Code::Echo, text, filter.name.span).label("the answer stands here");
        found.push(finding.help("say what happened, not where: Nodes(Frames(carries: \"arp\", src: \"…\"))"));
    }
}

fn nodes(tree: &Tree, place: Place<'_>, found: &mut Findings) -> Option<Value> {
    let value = expect::value(tree, place.context, found)?;
    let sort = expect::sort(&value);
    if sort != Sort::Names {
        let finding = Finding::new(Code::WrongType, "nodes are picked, nothing else", tree.head());
        found.push(finding.label(sort.name()).help("Nodes(Frames(…)) or a list of names"));
        return None;
    }
    Some(value)
}

fn set(value: Quantity) -> Option<Answer> {
    match value {
        Quantity::Set(mut names) | Quantity::Way(mut names) => {
            names.sort();
            names.dedup();
            Some(Answer::Nodes(names))
        }
        _ => None,
    }
}

impl Asked for Pick {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        match set(self.answer.of(seen.run, seen.others)) {
            Some(Answer::Nodes(names)) if names.is_empty() => Err(NoAnswer("there is no node to point at".to_owned())),
            Some(answer) => Ok(answer),
            None => Err(NoAnswer("there is nothing to measure".to_owned())),
        }
    }

    fn mistakes(&self, seen: Seen<'_>) -> Vec<Mistake> {
        let mistake = |belief: &Belief<Value>| Mistake {
            id: belief.name.value.clone(),
            span: belief.name.span,
            is: set(belief.is.of(seen.run, seen.others)),
            say: belief.say.clone(),
        };
        self.wrong.iter().map(mistake).collect()
    }

    fn needs_play(&self) -> bool {
        self.answer.needs_window()
    }

    fn form(&self) -> super::Form {
        super::Form::Pick(self.nodes.clone())
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        let mut names = Vec::new();
        if !["-", "nobody", "none", "没有", "无"].contains(&text.trim()) {
            for part in words::parts(text).into_iter().filter(|part| *part != "and") {
                let at = words::chosen(part, self.nodes.iter().map(String::as_str));
                names.push(self.nodes[at.ok_or_else(|| self.expects(lang))?].clone());
            }
            if names.is_empty() {
                return Err(self.expects(lang));
            }
        }
        names.sort();
        names.dedup();
        Ok(Answer::Nodes(names))
    }

    fn expects(&self, lang: Lang) -> String {
        let nodes = self.nodes.join(", ");
        match lang {
            Lang::En => format!("names out of: {nodes}; or - for none"),
            Lang::Zh => format!("从这些名字里选:{nodes};没有则输入 -"),
        }
    }

    fn show(&self, answer: &Answer, _lang: Lang) -> String {
        match answer {
            Answer::Nodes(names) if names.is_empty() => "-".to_owned(),
            Answer::Nodes(names) => names.join(", "),
            _ => "?".to_owned(),
        }
    }

    fn giveaways(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Nodes(names) = answer { vec![names.join(", "), names.join(" and ")] } else { Vec::new() }
    }

    fn evidence(&self, seen: Seen<'_>) -> Evidence {
        evidence::of_value(&self.answer, seen)
    }
}
