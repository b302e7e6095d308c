//! Where a lab has texts that people read.

use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::source::Spanned;

/// The way to a text: words of the format and names of the author.
pub type Path = Vec<String>;

/// What may stand somewhere.
#[derive(Debug)]
pub enum Shape {
    /// A text.
    Text,
    /// `[ … ]` with texts.
    Texts,
    /// `( … )`, of which these fields hold texts or lead to some.
    Fields(&'static [&'static str], &'static [&'static Shape]),
    /// `{ "name": … }`.
    Entries(&'static Shape),
    /// `(say: …, …)`; or something else, which is then called by its name, and that is the text.
    Called,
}

use Shape::{Called, Entries, Fields, Text, Texts};

/// A whole lab.
pub static LAB: Shape = Fields(
    &["title", "idea", "variants", "steps", "repair", "design"],
    &[&Text, &Text, &Entries(&Entries(&SAID)), &Entries(&STEP), &REPAIR, &DESIGN],
);
pub(super) static SAID: Shape = Fields(&["say"], &[&Text]);
static STEP: Shape = Fields(&["say", "ask"], &[&Text, &Entries(&QUESTION)]);
static QUESTION: Shape = Fields(
    &["say", "unit", "hints", "because", "wrong", "options", "items", "cells"],
    &[&Text, &Text, &Texts, &Text, &Entries(&SAID), &Entries(&OPTION), &Entries(&SAID), &Entries(&Called)],
);
static OPTION: Shape = Fields(&["say", "why"], &[&Text, &Text]);
static DESIGN: Shape = Fields(&["say", "passes", "fails"], &[&Text, &Entries(&SAID), &Entries(&SAID)]);
static REPAIR: Shape = Fields(&["say", "wrong", "hints"], &[&Text, &Entries(&SAID), &Texts]);

/// Shows all texts of a lab in their order, each with the way to it.
pub fn visit(tree: &mut Tree, shape: &Shape, path: &mut Path, see: &mut dyn FnMut(&Path, &mut Tree)) {
    let mut down = |name: String, tree: &mut Tree, shape: &Shape| {
        path.push(name);
        visit(tree, shape, path, see);
        path.pop();
    };
    match (shape, &mut tree.form) {
        (Text, Form::Text(_)) => see(path, tree),
        (Texts, Form::List(items)) => {
            for (at, item) in items.iter_mut().enumerate() {
                down((at + 1).to_string(), item, &Text);
            }
        }
        (Fields(names, shapes), Form::Call(_, Args::Fields(fields))) => {
            for Field { name, value } in fields {
                if let Some(at) = names.iter().position(|known| *known == name.value) {
                    down(name.value.clone(), value, shapes[at]);
                }
            }
        }
        (Entries(shape), Form::Map(fields)) => {
            for Field { name, value } in fields {
                down(name.value.clone(), value, shape);
            }
        }
        (Called, Form::Call(None, _)) => visit(tree, &SAID, path, see),
        (Called, _) => called(tree, path, see),
        _ => {}
    }
}

/// The last part of the way to a name that is shown.
const NAME: &str = "name";

/// Shows the name of a thing as its text; once that has changed, it stands beside the thing as its `say`.
fn called(tree: &mut Tree, path: &mut Path, see: &mut dyn FnMut(&Path, &mut Tree)) {
    let Some(name) = path.last().cloned() else { return };
    let mut text = Tree { span: tree.head(), form: Form::Text(name.clone()) };
    path.push(NAME.to_owned());
    see(path, &mut text);
    path.pop();
    if text.form != Form::Text(name) {
        let span = text.span;
        let field = |name: &str, value| Field { name: Spanned::new(name.to_owned(), span), value };
        let fields = vec![field("say", text), field("holds", tree.clone())];
        *tree = Tree { span: tree.span, form: Form::Call(None, Args::Fields(fields)) };
    }
}

/// The way to the name of a thing that is called by it.
pub fn name_of(path: &Path) -> Path {
    path.iter().cloned().chain([NAME.to_owned()]).collect()
}

/// All texts of a lab, in their order.
pub fn texts(tree: &Tree) -> Vec<(Path, Tree)> {
    let mut list = Vec::new();
    visit(&mut tree.clone(), &LAB, &mut Vec::new(), &mut |path, text| list.push((path.clone(), text.clone())));
    list
}

/// What it belongs to, and which text of that it is: a step `hub` or its question `hub.copies`, and `hints.1`.
pub fn named(path: &[String]) -> (String, String) {
    let known: Vec<&str> = path.iter().map(String::as_str).collect();
    let (group, rest) = match known.as_slice() {
        ["steps", step, "ask", question, rest @ ..] => (format!("{step}.{question}"), rest),
        ["steps", step, rest @ ..] => ((*step).to_owned(), rest),
        ["variants", axis, value, rest @ ..] => (format!("variants.{axis}.{value}"), rest),
        [first, rest @ ..] => ((*first).to_owned(), rest),
        [] => (String::new(), known.as_slice()),
    };
    (group, rest.join("."))
}

/// What a text is called in messages.
pub fn shown(path: &[String]) -> String {
    let (group, rest) = named(path);
    if rest.is_empty() { group } else { format!("{group}.{rest}") }
}

/// Units are often the same in all languages, and so are names.
pub fn may_stay(path: &[String]) -> bool {
    path.last().is_some_and(|last| last == "unit" || last == NAME)
}
