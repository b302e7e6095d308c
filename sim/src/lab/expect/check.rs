//! Checks: one line a word.

use crate::lab::diagnostic::{Code, Finding, Findings, Severity, catalogue};
use crate::lab::expect::{Context, select, value};
use crate::lab::judge::select::Places;
use crate::lab::judge::{Check, check::Compare};
use crate::lab::lower::rows;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::change::cells;
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::{value as plain, variant};
use crate::lab::source::Spanned;

/// A word and how what stands in its brackets is read.
struct Word {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, Context<'_>, &mut Findings) -> Option<Check>,
}

const LISTED: &[&str] = &["checks"];

static WORDS: &[Word] = &[
    Word { name: "Delivered", fields: &["flow"], read: delivered },
    Word { name: "Fails", fields: &["flow"], read: fails },
    Word { name: "Dropped", fields: &["flow", "at", "reason"], read: dropped },
    Word { name: "Saw", fields: &["selector"], read: saw },
    Word { name: "Never", fields: &["selector"], read: never },
    Word { name: "Row", fields: &["place", "table", "cells"], read: |s, c, f| row(s, c, f, true) },
    Word { name: "NoRow", fields: &["place", "table", "cells"], read: |s, c, f| row(s, c, f, false) },
    Word { name: "Reaches", fields: &["from", "to"], read: reaches },
    Word { name: "Follows", fields: &["flow", "places"], read: follows },
    Word { name: "InOrder", fields: &["selectors"], read: in_order },
    Word { name: "Is", fields: &["value", "expected"], read: |s, c, f| compare(s, c, f, Compare::Is) },
    Word { name: "AtLeast", fields: &["value", "expected"], read: |s, c, f| compare(s, c, f, Compare::AtLeast) },
    Word { name: "AtMost", fields: &["value", "expected"], read: |s, c, f| compare(s, c, f, Compare::AtMost) },
    Word { name: "All", fields: LISTED, read: |s, c, f| several(s, c, f).map(Check::All) },
    Word { name: "Any", fields: LISTED, read: |s, c, f| several(s, c, f).map(Check::Any) },
    Word { name: "Not", fields: &["check"], read: not },
    Word { name: "In", fields: &["variant", "check"], read: inside },
    Word { name: "Refused", fields: &["set", "by"], read: refused },
];

/// Whether a check begins with `In`: it is judged once, not in every variant.
pub fn is_in(tree: &Tree) -> bool {
    matches!(&tree.form, Form::Call(Some(name), _) if name.value == "In")
}

/// Reads a check.
pub fn read(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let names: Vec<&'static str> = WORDS.iter().map(|word| word.name).collect();
    let name = kind("a check", tree, &names, &[], found)?;
    let word = WORDS.iter().find(|word| word.name == name)?;
    let section = Section::call(name, tree, word.fields, found)?;
    (word.read)(&section, context, found)
}

fn delivered(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    context.flow(section, found).map(|(flow, name)| Check::Delivered(flow, name))
}

fn fails(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    context.flow(section, found).map(|(flow, name)| Check::Fails(flow, name))
}

fn dropped(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let flow = context.flow(section, found);
    let at = section.need("at", "\"sw\"", found).and_then(|tree| plain::place("at", tree, found));
    let at = at.and_then(|at| context.names.place(&at, found));
    let reason = section.need("reason", "\"bridge.table-full\"", found).and_then(|tree| select::reason(tree, found));
    let ((flow, name), (devices, port)) = flow.zip(at)?;
    Some(Check::Dropped(flow, name, Places { devices, port, inner: false }, reason?))
}

fn saw(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let tree = section.need("selector", "Frames(into: \"…\")", found)?;
    select::read(tree, context, found).map(Check::Saw)
}

fn never(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let tree = section.need("selector", "Frames(into: \"…\")", found)?;
    select::read(tree, context, found).map(Check::Never)
}

fn reaches(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let mut end = |name| section.need(name, "\"…\"", found).and_then(|tree| plain::text(name, tree, found));
    let (from, to) = (end("from"), end("to"));
    let (from, to) = from.zip(to)?;
    context.names.host(&from, found)?;
    context.names.host(&to, found)?;
    let probe = context.names.probe(&from.value, &to.value)?;
    Some(Check::Reaches(probe, from.value, to.value))
}

fn follows(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let flow = context.flow(section, found);
    let tree = section.need("places", "[\"sw\"]", found)?;
    let places = listed("places", "[\"sw\"]", tree, found)?;
    let node = |tree: &Tree, found: &mut Findings| {
        let name = plain::text("a place", tree, found)?;
        context.names.node(&name.value, name.span, found).map(|node| node.name.value.clone())
    };
    let nodes: Vec<String> = places.iter().filter_map(|place| node(place, found)).collect();
    let (flow, name) = flow.filter(|_| nodes.len() == places.len())?;
    Some(Check::Follows(flow, name, nodes))
}

fn in_order(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let tree = section.need("selectors", "[Frames(…), Drops(…)]", found)?;
    let items = listed("selectors", "[Frames(…), Drops(…)]", tree, found)?;
    let selectors: Vec<_> = items.iter().filter_map(|item| select::read(item, context, found)).collect();
    (selectors.len() == items.len()).then_some(Check::InOrder(selectors))
}

fn row(section: &Section<'_>, context: Context<'_>, found: &mut Findings, wanted: bool) -> Option<Check> {
    let (device, table, cells) = row_of(section, context, found)?;
    Some(Check::Row(device, table, cells, wanted))
}

/// A device, a table of it, and cells of a row.
type RowOf = (crate::id::DeviceId, String, Vec<(String, String)>);

/// Device, table and cells of `(place, table, {cells})`.
pub fn row_of(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<RowOf> {
    let place = section.need("place", "\"sw\"", found).and_then(|tree| plain::place("place", tree, found));
    let table = section.need("table", "\"fdb\"", found).and_then(|tree| plain::text("table", tree, found));
    let typed = section.get("cells").map(|tree| cells(tree, found)).unwrap_or_default();
    let (place, table) = place.zip(table)?;
    let (device, columns) = rows::table(context.names, context.probe, &place, &table, found)?;
    let sound = typed.iter().filter(|(column, _)| rows::column(column, &table.value, &columns, found)).count();
    let resolved = rows::cells(context.names, &typed, found);
    (sound == typed.len()).then_some((device, table.value, resolved))
}

fn compare(section: &Section<'_>, context: Context<'_>, found: &mut Findings, how: Compare) -> Option<Check> {
    let left_tree = section.need("value", "Count(…)", found);
    let right_tree = section.need("expected", "1", found);
    let left = left_tree.and_then(|tree| value::read(tree, context, found));
    let right = right_tree.and_then(|tree| value::read(tree, context, found));
    let (left, right) = left.zip(right)?;
    let right = value::like(right, &left, context.names);
    let left = value::like(left, &right, context.names);
    let sorts = (value::sort(&left), value::sort(&right));
    let (left_tree, right_tree) = left_tree.zip(right_tree)?;
    if let Some(text) = value::disagree(sorts, how) {
        let finding = Finding::new(Code::UnitsDisagree, "these two cannot be compared", right_tree.head());
        let finding = finding.label(sorts.1.name()).also(left_tree.head(), sorts.0.name());
        found.push(finding.help(text));
        return None;
    }
    Some(Check::Compare(how, Box::new(left), Box::new(right)))
}

fn several(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Vec<Check>> {
    let tree = section.need("checks", "[…]", found)?;
    let items = listed("checks", &format!("{}([…, …])", section.kind), tree, found)?;
    let checks: Vec<Check> = items.iter().filter_map(|item| read(item, context, found)).collect();
    (checks.len() == items.len()).then_some(checks)
}

/// What stands between square brackets, at least one.
fn listed<'t>(what: &str, example: &str, tree: &'t Tree, found: &mut Findings) -> Option<&'t [Tree]> {
    let Form::List(items) = &tree.form else {
        let finding = Finding::new(Code::WrongBrackets, format!("{what} stand in square brackets"), tree.head());
        found.push(finding.label(format!("this is {}", tree.sort())).help(example));
        return None;
    };
    if items.is_empty() {
        let finding = Finding::new(Code::Missing, format!("no {what} between these brackets"), tree.span);
        found.push(finding.label("it would hold without looking").help(example));
        return None;
    }
    Some(items)
}

fn not(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let tree = section.need("check", "Delivered(\"…\")", found)?;
    read(tree, context, found).map(|check| Check::Not(Box::new(check)))
}

fn inside(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let name: Option<Spanned<String>> =
        section.need("variant", "\"…\"", found).and_then(|tree| plain::text("variant", tree, found));
    let tree = section.need("check", "Delivered(\"…\")", found)?;
    let (name, lowered) = context.variants.find(&name?, found)?;
    let check = read(tree, Context::new(lowered, context.variants), found)?;
    Some(Check::In(name, Box::new(check)))
}

/// What is set is tried on the variant whose names are looked up, now: whether a lab is sound needs no run.
fn refused(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    let tree = section.need("set", "{\"b\": (nic: Macvlan(mode: Bridge))}", found);
    let by = section.need("by", "\"L029\"", found).and_then(|tree| plain::text("by", tree, found))?;
    let Some(entry) = catalogue::find(&by.value) else {
        let finding = Finding::new(Code::UnknownName, format!("there is no finding `{}`", by.value), by.span);
        found.push(finding.label("not a code").help("a code as `overunder check` prints it: \"L029\""));
        return None;
    };
    if entry.severity != Severity::Error {
        let text = format!("{} does not keep a lab from running", entry.id);
        let finding = Finding::new(Code::NeverHappens, text, by.span).label("a warning only");
        found.push(finding.help("the code of an error"));
        return None;
    }
    let refusals = context.with(&variant::set(tree?, found), found)?;
    Some(Check::Refused(entry.code, refusals))
}
