//! Changes: one vocabulary for scripted events, for what is broken and how it is repaired, and for what a person
//! types while a run is on ([`mod@line`]).

pub mod line;
mod show;

use crate::engine::Value;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::fields;
use crate::lab::place::Place;
use crate::lab::print::{fix, made};
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::section::{Section, kind, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::lab::units;
use crate::wire::layers::Content;

/// A setting and its new value.
pub type Setting = (Spanned<String>, Spanned<Value>);
/// Column names and values.
pub type Cells = Vec<(Spanned<String>, Spanned<String>)>;

/// A change as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// New values of settings.
    Set(Spanned<Place>, Vec<Setting>),
    /// Writes a row.
    AddRow(Spanned<Place>, Spanned<String>, Cells),
    /// Removes rows.
    DelRow(Spanned<Place>, Spanned<String>, Cells),
    /// Removes learned rows.
    Flush(Spanned<Place>, Spanned<String>),
    /// Cuts a link, unplugs a port, switches a node off.
    Down(Spanned<Place>),
    /// The opposite.
    Up(Spanned<Place>),
    /// Switches a node off or on.
    Power(Spanned<Place>, bool),
    /// Makes a link lose frames, or only those that carry a layer.
    Loss(Spanned<Place>, u32, Option<Content>),
    /// Starts a flow, also one that is over.
    Start(Spanned<String>),
    /// Ends a flow.
    Stop(Spanned<String>),
}

/// The words of changes.
pub const WORDS: &[&str] = &["Set", "AddRow", "DelRow", "Flush", "Down", "Up", "Power", "Loss", "Start", "Stop"];
const LATER: &[&str] = &["Move"];

fn fields(word: &str) -> &'static [&'static str] {
    match word {
        "Set" => &["place", "fields"],
        "AddRow" | "DelRow" => &["place", "table", "cells"],
        "Flush" => &["place", "table"],
        "Loss" => &["place", "share", "carries"],
        "Power" => &["node", "state"],
        "Start" | "Stop" => &["flow"],
        _ => &["place"],
    }
}

/// Reads a change.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Change> {
    let word = kind("a change", tree, WORDS, LATER, found)?;
    let section = Section::call(word, tree, fields(word), found)?;
    if word == "Stop" || word == "Start" {
        let flow = section.need("flow", "\"…\"", found)?;
        let flow = value::text("flow", flow, found);
        return flow.map(if word == "Stop" { Change::Stop } else { Change::Start });
    }
    if word == "Power" {
        let node = section.need("node", "\"sw\"", found).and_then(|tree| value::place("node", tree, found));
        let states = [("On", true), ("Off", false)];
        let state = section.need("state", "Off", found);
        let state = state.and_then(|tree| value::word("a state", tree, &states, found));
        return node.zip(state).map(|(node, on)| Change::Power(node, on));
    }
    let place = section.need("place", "\"sw\"", found).and_then(|tree| value::place("place", tree, found));
    match word {
        "Set" => {
            let fields = section.need("fields", "(ageing: \"10s\")", found).and_then(|tree| settings(tree, found));
            place.zip(fields).map(|(place, fields)| Change::Set(place, fields))
        }
        "AddRow" | "DelRow" => {
            let table = section.need("table", "\"fdb\"", found).and_then(|tree| value::text("table", tree, found));
            let cells = section.need("cells", "{\"mac\": \"ann\"}", found).map(|tree| cells(tree, found));
            let ((place, table), cells) = place.zip(table).zip(cells)?;
            let add = word == "AddRow";
            Some(if add { Change::AddRow(place, table, cells) } else { Change::DelRow(place, table, cells) })
        }
        "Flush" => {
            let table = section.need("table", "\"fdb\"", found).and_then(|tree| value::text("table", tree, found));
            place.zip(table).map(|(place, table)| Change::Flush(place, table))
        }
        "Loss" => {
            let share = section.need("share", "\"2%\"", found).and_then(|tree| value::share("share", tree, found));
            let of = section.get("carries").map(|tree| value::text("carries", tree, found));
            let of = match of {
                Some(name) => Some(fields::content(&name?, found)?),
                None => None,
            };
            place.zip(share).map(|(place, share)| Change::Loss(place, share, of))
        }
        "Up" => place.map(Change::Up),
        _ => place.map(Change::Down),
    }
}

/// Settings as they are written.
const EXAMPLE: &str = "(ageing: \"10s\")";

fn settings(tree: &Tree, found: &mut Findings) -> Option<Vec<Setting>> {
    let Form::Call(None, Args::Fields(fields)) = &tree.form else {
        let finding = Finding::new(Code::WrongType, "settings stand in round brackets", tree.head());
        let mut help = EXAMPLE.to_owned();
        if let Form::Map(fields) = &tree.form {
            // They are no names of the author, so that quotes would not help.
            found.forget(Code::Unquoted, tree.span);
            let own = made::call("", fields.iter().map(|field| (&*field.name.value, field.value.clone())));
            help = fix(own.to_string(), EXAMPLE);
        }
        found.push(finding.label(format!("this is {}", tree.sort())).help(help));
        return None;
    };
    if fields.is_empty() {
        let finding = Finding::new(Code::Missing, "nothing is set here", tree.span).label("no setting");
        found.push(finding.help(EXAMPLE));
        return None;
    }
    let setting = |field: &crate::lab::read::Field| Some((field.name.clone(), setting(&field.value)?));
    fields
        .iter()
        .map(|field| {
            setting(field).or_else(|| {
                let text = format!("`{}` cannot be changed while the lab runs", field.name.value);
                let finding = Finding::new(Code::Refused, text, field.value.head());
                found.push(finding.label(format!("this is {}", field.value.sort())));
                None
            })
        })
        .collect()
}

/// A single value: a flag, a number, a time, a word or a text.
fn setting(tree: &Tree) -> Option<Spanned<Value>> {
    let value = match &tree.form {
        Form::Word(word) if word == "true" => Value::Flag(true),
        Form::Word(word) if word == "false" => Value::Flag(false),
        Form::Word(word) => Value::Text(word.clone()),
        Form::Number(digits) => Value::Number(digits.parse().ok()?),
        Form::Text(text) => units::time(text).map_or_else(|_| Value::Text(text.clone()), Value::Span),
        // A membership such as Access(10): the device reads it.
        Form::Call(Some(_), _) => Value::Text(tree.to_string()),
        _ => return None,
    };
    Some(Spanned::new(value, tree.span))
}

/// `{"mac": "ann", "port": 2}`.
pub fn cells(tree: &Tree, found: &mut Findings) -> Cells {
    let mut list = Vec::new();
    for field in pairs("cells of a row", tree, found) {
        match &field.value.form {
            Form::Text(text) | Form::Number(text) | Form::Word(text) => {
                list.push((field.name.clone(), Spanned::new(text.clone(), field.value.span)));
            }
            _ => {
                let finding = Finding::new(Code::WrongType, "a cell is a text or a number", field.value.head());
                found.push(finding.label(format!("this is {}", field.value.sort())));
            }
        }
    }
    list
}
