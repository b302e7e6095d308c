//! Values: one line a word; numbers, times, texts and lists stand for themselves.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::check::row_of;
use crate::lab::expect::{Context, fields, select};
use crate::lab::judge::check::Compare;
use crate::lab::judge::convergence::{Asked, START};
use crate::lab::judge::{Kind, Measure, Number, Quantity, Selector};
use crate::lab::lower::{Directory, rows};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value as plain;
use crate::lab::source::{Span, Spanned};
use crate::lab::units;

/// A word and how what stands in its brackets is read.
struct Word {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, Context<'_>, &mut Findings) -> Option<Number>,
}

const SELECTOR: &[&str] = &["selector"];
const FIELD: &[&str] = &["selector", "field"];
const ROWS: &[&str] = &["place", "table", "cells"];
const EVENT: &[&str] = &["event"];
const TWO: &[&str] = &["a", "b"];

static WORDS: &[Word] = &[
    Word { name: "Count", fields: SELECTOR, read: |s, c, f| selector(s, c, f).map(Number::Count) },
    Word { name: "Bytes", fields: SELECTOR, read: |s, c, f| selector(s, c, f).map(Number::Bytes) },
    Word { name: "Spent", fields: SELECTOR, read: spent },
    Word { name: "Size", fields: SELECTOR, read: |s, c, f| selector(s, c, f).map(Number::Size) },
    Word { name: "Time", fields: SELECTOR, read: |s, c, f| selector(s, c, f).map(Number::Time) },
    Word { name: "Nodes", fields: SELECTOR, read: |s, c, f| selector(s, c, f).map(Number::Nodes) },
    Word { name: "Field", fields: FIELD, read: |s, c, f| field(s, c, f).map(|(s, name)| Number::Field(s, name)) },
    Word { name: "Distinct", fields: FIELD, read: |s, c, f| field(s, c, f).map(|(s, name)| Number::Distinct(s, name)) },
    Word { name: "Rows", fields: ROWS, read: |s, c, f| row_of(s, c, f).map(|(d, t, cells)| Number::Rows(d, t, cells)) },
    Word { name: "Cell", fields: &["place", "table", "cells", "column"], read: cell },
    Word { name: "Digest", fields: &["place", "table"], read: digest },
    Word { name: "Sent", fields: &["flow"], read: |s, c, f| c.flow(s, f).map(|(flow, _)| Number::Sent(flow)) },
    Word { name: "Received", fields: &["flow"], read: |s, c, f| c.flow(s, f).map(|(flow, _)| Number::Received(flow)) },
    Word { name: "Lost", fields: &["flow"], read: |s, c, f| c.flow(s, f).map(|(flow, _)| Number::Lost(flow)) },
    Word { name: "Rtt", fields: &["flow", "which"], read: rtt },
    Word { name: "Goodput", fields: &["flow"], read: |s, c, f| c.flow(s, f).map(|(flow, _)| Number::Goodput(flow)) },
    Word { name: "Path", fields: &["flow"], read: |s, c, f| c.flow(s, f).map(|(flow, _)| Number::Path(flow)) },
    Word { name: "Overhead", fields: &["flow", "link"], read: overhead },
    Word { name: "Convergence", fields: EVENT, read: |s, c, f| after(Asked::Time, s, c, f) },
    Word { name: "Rewrites", fields: EVENT, read: |s, c, f| after(Asked::Changes, s, c, f) },
    Word { name: "Looping", fields: EVENT, read: |s, c, f| after(Asked::Looping, s, c, f) },
    Word { name: "BlackHole", fields: EVENT, read: |s, c, f| after(Asked::BlackHole, s, c, f) },
    Word { name: "Messages", fields: EVENT, read: |s, c, f| after(Asked::Messages, s, c, f) },
    Word { name: "Add", fields: TWO, read: |s, c, f| two(s, c, f).map(|(a, b)| Number::Add(a, b)) },
    Word { name: "Sub", fields: TWO, read: |s, c, f| two(s, c, f).map(|(a, b)| Number::Sub(a, b)) },
    Word { name: "Times", fields: &["n", "value"], read: times },
    Word { name: "In", fields: &["variant", "value"], read: inside },
];

/// Reads a value.
pub fn read(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    match &tree.form {
        Form::Number(digits) => {
            let number = digits.parse().ok().map(|n| Number::Fixed(Quantity::Number(n)));
            if number.is_none() {
                let finding = Finding::new(Code::OutOfRange, format!("{digits} is too large a number"), tree.span);
                found.push(finding.label("nothing in a run counts that far"));
            }
            return number;
        }
        Form::Text(text) => return Some(Number::Fixed(written(text))),
        Form::List(items) => return names(items, context, found),
        _ => {}
    }
    let known: Vec<&'static str> = WORDS.iter().map(|word| word.name).collect();
    let name = kind("a value", tree, &known, &[], found)?;
    let word = WORDS.iter().find(|word| word.name == name)?;
    let section = Section::call(name, tree, word.fields, found)?;
    (word.read)(&section, context, found)
}

fn written(text: &str) -> Quantity {
    match (units::time(text), units::bits(text)) {
        (Ok(span), _) => Quantity::Span(span.0 as i64),
        (_, Ok(bits)) => Quantity::Rate(bits as i64),
        _ => Quantity::Text(text.to_owned()),
    }
}

/// A list is a set of nodes, or a way through them.
fn names(items: &[Tree], context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let mut set = Vec::new();
    for item in items {
        let name = plain::text("a name", item, found)?;
        set.push(context.names.node(&name.value, name.span, found)?.name.value.clone());
    }
    Some(Number::Fixed(Quantity::Way(set)))
}

fn overhead(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let flow = context.flow(section, found);
    let link = section.need("link", "\"a--b\"", found).and_then(|tree| plain::place("link", tree, found));
    let cable = link.and_then(|link| context.names.cable(&link, found));
    flow.zip(cable).map(|((flow, _), cable)| Number::Overhead(flow, cable))
}

/// What followed an event, or the start if no event has that name.
fn after(asked: Asked, section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let tree = section.need("event", "\"…\"", found)?;
    let name = plain::text("event", tree, found)?;
    if context.probe.is_some_and(|world| world.patience().is_none()) {
        let finding = Finding::new(Code::NeverHappens, "nothing converges here", tree.span);
        let finding = finding.label("no router speaks a routing protocol");
        found.push(finding.help("let the routers speak: routing: Rip()"));
        return None;
    }
    if name.value != START {
        context.names.event(&name, found)?;
    }
    Some(Number::After(asked, name.value))
}

/// What work takes, so the records must be of work.
fn spent(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let picked = selector(section, context, found)?;
    if picked.kind == Kind::Charges {
        return Some(Number::Spent(picked));
    }
    let tree = section.need("selector", "Charges(at: \"…\")", found)?;
    let finding = Finding::new(Code::WrongType, "only work takes time of a processor", tree.head());
    found.push(finding.label("no charges").help("Spent(Charges(at: \"h1\"))"));
    None
}

fn times(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let n = section.need("n", "3", found).and_then(|tree| plain::whole("n", tree, 1..=1_000_000, found));
    let tree = section.need("value", "Goodput(\"…\")", found)?;
    let value = read(tree, context, found)?;
    let sort = sort(&value);
    if matches!(sort, Sort::Text | Sort::Names) {
        let finding = Finding::new(Code::UnitsDisagree, "`Times` of this means nothing", tree.head());
        found.push(finding.label(sort.name()).help("a count, a time or a rate: Times(3, Goodput(\"…\"))"));
        return None;
    }
    n.map(|n| Number::Times(n as i64, Box::new(value)))
}

fn inside(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let name = section.need("variant", "\"…\"", found).and_then(|tree| plain::text("variant", tree, found));
    let tree = section.need("value", "Count(…)", found)?;
    let (name, lowered) = context.variants.find(&name?, found)?;
    let value = read(tree, Context::new(lowered, context.variants), found)?;
    Some(Number::In(name, Box::new(value)))
}

fn selector(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Selector> {
    let tree = section.need("selector", "Frames(into: \"…\")", found)?;
    select::read(tree, context, found)
}

fn field(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<(Selector, String)> {
    let selector = selector(section, context, found);
    let name = section.need("field", "\"outer.ipv4.src\"", found).and_then(|tree| plain::text("field", tree, found))?;
    fields::known(&name, found)?;
    Some((selector?, name.value))
}

fn digest(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    row_of(section, context, found).map(|(device, table, _)| Number::Digest(device, table))
}

fn cell(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let row = row_of(section, context, found);
    let column = section.need("column", "\"port\"", found).and_then(|tree| plain::text("column", tree, found));
    let ((device, table, cells), column) = row.zip(column)?;
    let views = context.probe?.device(device).map(crate::engine::Device::tables).unwrap_or_default();
    let view = views.iter().find(|view| view.name == table)?;
    let columns: Vec<&'static str> = view.columns.iter().map(|column| column.name).collect();
    rows::column(&column, &table, &columns, found).then_some(Number::Cell(device, table, cells, column.value))
}

fn rtt(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    let flow = context.flow(section, found);
    let words = [("Min", Measure::Min), ("Median", Measure::Median), ("Max", Measure::Max)];
    let which = match section.get("which") {
        Some(tree) => plain::word("a choice of round trips", tree, &words, found)?,
        None => Measure::Median,
    };
    flow.map(|(flow, _)| Number::Rtt(flow, which))
}

type Two = (Box<Number>, Box<Number>);

fn two(section: &Section<'_>, context: Context<'_>, found: &mut Findings) -> Option<Two> {
    let trees = (section.need("a", "1", found), section.need("b", "1", found));
    let (a, b) =
        (trees.0.and_then(|tree| read(tree, context, found)), trees.1.and_then(|tree| read(tree, context, found)));
    let (a, b) = a.zip(b)?;
    let sorts = (sort(&a), sort(&b));
    if disagree(sorts, Compare::AtLeast).is_some() {
        let (a, b) = trees.0.zip(trees.1)?;
        let text = format!("`{}` of these two means nothing", section.kind);
        let finding = Finding::new(Code::UnitsDisagree, text, b.head()).label(sorts.1.name());
        found.push(finding.also(a.head(), sorts.0.name()).help("both must be counts, or both times"));
        return None;
    }
    Some((Box::new(a), Box::new(b)))
}

/// What sort of value this will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A count or bytes.
    Count,
    /// A time.
    Time,
    /// Bits a second.
    Rate,
    /// A text.
    Text,
    /// Names.
    Names,
    /// Known when the run is over: a field, a cell.
    Open,
}

impl Sort {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "a number",
            Self::Time => "a time",
            Self::Rate => "a rate",
            Self::Text => "a text",
            Self::Names => "names of nodes",
            Self::Open => "what the run shows",
        }
    }
}

/// The sort of a value.
pub fn sort(value: &Number) -> Sort {
    match value {
        Number::Fixed(Quantity::Span(_)) | Number::Time(_) | Number::Rtt(..) | Number::Spent(_) => Sort::Time,
        Number::After(asked, _) if asked.is_time() => Sort::Time,
        Number::Fixed(Quantity::Rate(_)) | Number::Goodput(_) => Sort::Rate,
        Number::Fixed(Quantity::Text(_)) | Number::Digest(..) => Sort::Text,
        Number::Fixed(Quantity::Set(_) | Quantity::Way(_)) | Number::Nodes(_) | Number::Path(_) => Sort::Names,
        Number::In(_, value) | Number::Times(_, value) => sort(value),
        Number::Fixed(Quantity::Nothing) | Number::Field(..) | Number::Cell(..) => Sort::Open,
        Number::Add(a, b) | Number::Sub(a, b) => {
            if sort(a) == Sort::Open {
                sort(b)
            } else {
                sort(a)
            }
        }
        _ => Sort::Count,
    }
}

/// Why two sorts cannot be compared so.
pub fn disagree((a, b): (Sort, Sort), how: Compare) -> Option<&'static str> {
    let ordered = |sort| matches!(sort, Sort::Count | Sort::Time | Sort::Rate | Sort::Open);
    if how != Compare::Is && !(ordered(a) && ordered(b)) {
        return Some("only numbers and times are more or less than another: use Is(…, …)");
    }
    if a == b || a == Sort::Open || b == Sort::Open {
        return None;
    }
    Some(match (a, b) {
        (Sort::Time, _) | (_, Sort::Time) => "write times with their unit, and counts without: \"5ms\", 5",
        (Sort::Rate, _) | (_, Sort::Rate) => "write rates with their unit: \"10Mbps\"",
        (Sort::Names, _) | (_, Sort::Names) => "write names as a list: [\"ann\", \"bob\"]",
        _ => "write numbers without quotes",
    })
}

/// A text beside an address field or cell may be the name of a host: its address is meant. A list beside a set is a
/// set.
pub fn like(value: Number, other: &Number, names: &Directory) -> Number {
    if let (Number::Fixed(Quantity::Way(list)), false) = (&value, is_way(other)) {
        let mut set = list.clone();
        set.sort();
        set.dedup();
        return Number::Fixed(Quantity::Set(set));
    }
    let Number::Fixed(Quantity::Text(text)) = &value else { return value };
    let quiet = &mut Findings::default();
    let node = text.split('/').next().unwrap_or_default();
    let known = names.find_node(node).is_some() || names.aliases.contains_key(text);
    let home = names.host(&Spanned::new(text.clone(), Span::default()), quiet).filter(|_| known);
    let Some(home) = home else { return value };
    let address = address_kind(other);
    let text = match address {
        Some(fields::Address::Mac) => home.mac().map(|mac| mac.to_string()),
        Some(fields::Address::Ip) => home.ip().map(|ip| ip.to_string()),
        None => None,
    };
    text.map_or(value, |text| Number::Fixed(Quantity::Text(text)))
}

fn address_kind(value: &Number) -> Option<fields::Address> {
    match value {
        Number::Field(_, field) => fields::address(field),
        Number::Cell(.., column) => fields::column(column),
        Number::In(_, value) => address_kind(value),
        _ => None,
    }
}

fn is_way(value: &Number) -> bool {
    match value {
        Number::Path(_) => true,
        Number::In(_, value) => is_way(value),
        _ => false,
    }
}
