//! Selectors: which records of a run are meant.

use crate::cost::{COSTS, Cost};
use crate::explain::Reason;
use crate::lab::diagnostic::{Code, Finding, Findings, list, nearest};
use crate::lab::expect::{Context, fields};
use crate::lab::judge::select::{Addresses, Places};
use crate::lab::judge::{Edge, Kind, Selector};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, kind, not_yet, unknown_word};
use crate::lab::schema::value;
use crate::lab::schema::when::{self, Moment};
use crate::lab::source::Spanned;
use crate::plan::reasons;
use crate::time::SimTime;

const FRAMES: &[&str] = &[
    "into",
    "out_of",
    "on",
    "flow",
    "caused_by",
    "carries",
    "layers",
    "src",
    "dst",
    "outer_src",
    "outer_dst",
    "fragment",
    "bigger_than",
    "before",
    "since",
];
const DECISIONS: &[&str] = &[
    "at",
    "reason",
    "flow",
    "caused_by",
    "carries",
    "layers",
    "src",
    "dst",
    "outer_src",
    "outer_dst",
    "fragment",
    "bigger_than",
    "before",
    "since",
];
const CHANGES: &[&str] = &["at", "table", "before", "since"];

const CHARGES: &[&str] = &["at", "cost", "flow", "caused_by", "before", "since"];

const KINDS: &[(&str, Kind, &[&str])] = &[
    ("Frames", Kind::Frames, FRAMES),
    ("Decisions", Kind::Decisions, DECISIONS),
    ("Drops", Kind::Drops, DECISIONS),
    ("Changes", Kind::Changes, CHANGES),
    ("Charges", Kind::Charges, CHARGES),
];

/// Reads a selector.
pub fn read(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Selector> {
    let names: Vec<&'static str> = KINDS.iter().map(|(name, ..)| *name).collect();
    let name = kind("a selector", tree, &names, &[], found)?;
    let (_, kind, fields) = KINDS.iter().find(|(known, ..)| *known == name)?;
    let section = Section::fields(name, tree, fields, found)?;
    let mut selector = Selector::new(*kind);
    let mut sound = one_direction(&section, found);
    for (name, tree) in section.given() {
        sound &= filter(&mut selector, name, tree, context, found).is_some();
    }
    sound.then_some(selector)
}

/// Of `into`, `out_of` and `on` only one says anything.
fn one_direction(section: &Section<'_>, found: &mut Findings) -> bool {
    let mut given = ["into", "out_of", "on"].into_iter().filter_map(|name| section.get(name));
    let (Some(first), Some(second)) = (given.next(), given.next()) else { return true };
    let finding = Finding::new(Code::Twice, "two directions for one frame", second.span).label("and another here");
    found.push(finding.also(first.span, "one direction").help("keep one of `into`, `out_of` and `on`"));
    false
}

fn filter(selector: &mut Selector, name: &str, tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<()> {
    match name {
        "into" => selector.into = Some(places(name, tree, context, found)?),
        "out_of" => selector.out_of = Some(places(name, tree, context, found)?),
        "at" => selector.at = Some(places(name, tree, context, found)?),
        "on" => {
            let place = value::place(name, tree, found)?;
            selector.on = Some(context.names.cable(&place, found)?);
        }
        "table" => selector.table = Some(table(tree, context, found)?),
        "flow" => selector.flow = Some(context.names.flow(&value::text(name, tree, found)?, found)?),
        "caused_by" => selector.caused_by = Some(context.names.flow(&value::text(name, tree, found)?, found)?),
        "carries" => {
            let layer = value::text(name, tree, found)?;
            selector.carries = Some(fields::content(&layer, found)?);
        }
        "layers" => selector.layers = Some(nesting(tree, found)?),
        "src" => selector.src = Some(addresses(name, tree, context, found)?),
        "dst" => selector.dst = Some(addresses(name, tree, context, found)?),
        "outer_src" => selector.outer_src = Some(addresses(name, tree, context, found)?),
        "outer_dst" => selector.outer_dst = Some(addresses(name, tree, context, found)?),
        "reason" => selector.reason = Some(reason(tree, found)?),
        "cost" => selector.cost = Some(cost(tree, found)?),
        "fragment" => selector.fragment = Some(value::flag(name, tree, found)?),
        "bigger_than" => selector.bigger_than = Some(value::whole(name, tree, 0..=65_535, found)?),
        "before" => selector.before = Some(edge(&when::read(name, tree, found)?, tree, context, found)?),
        _ => selector.since = Some(edge(&when::read(name, tree, found)?, tree, context, found)?),
    }
    Some(())
}

fn places(name: &str, tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Places> {
    let place = value::place(name, tree, found)?;
    let (devices, port) = context.names.place(&place, found)?;
    Some(Places { devices, port, inner: context.names.is_inside(&place.value) })
}

/// A table that some device of the lab has.
fn table(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<String> {
    let name = value::text("table", tree, found)?;
    let probe = context.probe?;
    let devices = (0..probe.device_count() as u32).filter_map(|at| probe.device(crate::id::DeviceId(at)));
    let mut known: Vec<&'static str> = devices.flat_map(crate::engine::Device::tables).map(|view| view.name).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&name.value.as_str()) {
        return Some(name.value);
    }
    let finding = Finding::new(Code::UnknownTable, format!("no device has a table `{}`", name.value), name.span);
    found.push(finding.label("no such table").help(format!("tables: {}", list(known))));
    None
}

fn addresses(name: &str, tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Addresses> {
    let text = value::text(name, tree, found)?;
    context.names.addresses(&text, found).map(|(macs, ips)| Addresses { macs, ips })
}

/// `eth/ipv4/icmp`, open at an end with `..`.
fn nesting(tree: &Tree, found: &mut Findings) -> Option<String> {
    let text = value::text("layers", tree, found)?;
    let inner = text.value.strip_prefix("../").unwrap_or(&text.value);
    let inner = inner.strip_suffix("/..").unwrap_or(inner);
    let sound = inner.split('/').all(|layer| fields::layer(layer, text.span, found));
    sound.then_some(text.value)
}

/// A cost by its name.
fn cost(tree: &Tree, found: &mut Findings) -> Option<Cost> {
    let name = value::text("cost", tree, found)?;
    let cost = Cost::find(&name.value);
    if cost.is_none() {
        let known: Vec<&'static str> = COSTS.iter().map(|cost| cost.slug).collect();
        found.push(unknown_word("a cost", &name.value, name.span, &known));
    }
    cost
}

/// A reason by its slug.
pub fn reason(tree: &Tree, found: &mut Findings) -> Option<Reason> {
    let slug: Spanned<String> = value::text("reason", tree, found)?;
    let reason = reasons::find(&slug.value);
    if reason.is_none() {
        let all: Vec<&'static str> = reasons::all().map(|reason| reason.slug).collect();
        let finding = Finding::new(Code::UnknownReason, format!("there is no reason `{}`", slug.value), slug.span);
        let finding = finding.label("unknown reason");
        let near = nearest(&slug.value, all.iter().copied()).is_some();
        let family = slug.value.split('.').next().unwrap_or_default();
        let like: Vec<&str> = all.iter().copied().filter(|known| known.split('.').next() == Some(family)).collect();
        let finding = if near || like.is_empty() {
            finding.suggest(&slug.value, all.iter().copied())
        } else {
            finding.help(format!("reasons of `{family}`: {}", list(like)))
        };
        found.push(finding.help("`overunder explain` lists all reasons"));
    }
    reason
}

/// `before` and `since` take a time of the run, or a moment of it.
fn edge(moment: &Moment, tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Edge> {
    match moment {
        Moment::At(span) => Some(Edge::At(SimTime::ZERO + *span)),
        Moment::Done(flow) => context.names.flow(flow, found).map(Edge::Done),
        Moment::Event(event) => context.names.event(event, found).map(Edge::Event),
        Moment::First(selector) => read(selector, context, found).map(|selector| Edge::First(Box::new(selector))),
        Moment::After(base, span) => edge(base, tree, context, found).map(|base| Edge::After(Box::new(base), *span)),
        Moment::Answered(..) | Moment::Quiet | Moment::Converged(_) => {
            not_yet("this moment", tree.head(), found);
            None
        }
    }
}
