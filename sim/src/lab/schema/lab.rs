//! The top level: `Lab( … )`.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::change::{self, Change};
use crate::lab::schema::cluster::{self, Cluster};
use crate::lab::schema::gateway::{self, Gateway};
use crate::lab::schema::link::{self, Link};
use crate::lab::schema::node::{self, NodeSpec};
use crate::lab::schema::overlay::{self, Overlay};
use crate::lab::schema::profile::{self, Prices};
use crate::lab::schema::routing;
use crate::lab::schema::section::{Section, entries, unknown_word};
use crate::lab::schema::step::{self, Step};
use crate::lab::schema::traffic::{self, Traffic};
use crate::lab::schema::value;
use crate::lab::schema::when::{self, Moment};
use crate::lab::source::{Span, Spanned};

/// The version of the format this program reads.
pub const FORMAT: u64 = 1;

const FIELDS: &[&str] = &[
    "format", "title", "idea", "after", "profile", "seed", "allow", "nodes", "links", "traffic", "events", "variants",
    "expect", "end", "steps", "repair", "design", "cluster", "overlays", "routing", "gateways",
];

/// Links a lab may have.
const MOST_LINKS: usize = 32_768;

/// Findings that can be the lesson of a lab.
pub const LINTS: &[&str] = &[
    "duplicate-address",
    "mtu-too-small",
    "unreachable",
    "node-without-link",
    "filtering-listener",
    "overlapping-subnets",
    "shared-mode",
    "denied",
    "quota",
    "no-adjacency",
];

/// A thing with the name its author gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    /// The name.
    pub name: Spanned<String>,
    /// The thing; nothing when it could not be read, but the name is there.
    pub value: Option<T>,
}

/// A scripted change.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// What.
    pub change: Change,
}

/// One variant of the lab, as typed: what its patches say stands in their places already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lab {
    /// Shown in the list.
    pub title: String,
    /// What will be remembered.
    pub idea: String,
    /// Labs to have done before.
    pub after: Vec<String>,
    /// What the work of its computers costs.
    pub profile: Prices,
    /// Seed of all random streams.
    pub seed: u64,
    /// Findings that are the lesson.
    pub allow: Vec<&'static str>,
    /// The nodes.
    pub nodes: Vec<Named<NodeSpec>>,
    /// The networks that containers join.
    pub overlays: Vec<Named<Overlay>>,
    /// The cluster: nodes and pods that a plugin joins.
    pub cluster: Option<Cluster>,
    /// What joins them to each other and to networks without tunnels.
    pub gateways: Vec<Named<Gateway>>,
    /// The cables.
    pub links: Vec<Link>,
    /// The traffic.
    pub traffic: Vec<Named<Traffic>>,
    /// The scripted changes.
    pub events: Vec<Named<Event>>,
    /// What holds in every variant, still as typed: it is resolved when all names are known.
    pub expect: Vec<Field>,
    /// What the variant sets inside of nodes, before the start.
    pub presets: Vec<Change>,
    /// The guide.
    pub steps: Vec<Named<Step>>,
    /// What is broken and how it is repaired, still as typed: it is read when all names are known.
    pub repair: Option<Tree>,
    /// What is to be designed, likewise.
    pub design: Option<Tree>,
    /// Pairs of names that some check asks about with `Reaches`.
    pub reaches: Vec<(String, String)>,
    /// End of the run.
    pub end: Option<Moment>,
    /// Where to point at when the lab as a whole is meant.
    pub head: Span,
}

/// The fields of a file that is a lab of a format this program knows.
pub fn open<'t>(tree: &'t Tree, found: &mut Findings) -> Option<Section<'t>> {
    let name = match &tree.form {
        Form::Call(Some(name), _) => Some((name.value.as_str(), name.span)),
        Form::Word(word) => Some((word.as_str(), tree.span)),
        _ => None,
    };
    match name {
        Some(("Lab", _)) => {}
        Some((name, span)) => {
            let finding = Finding::new(Code::OtherFile, format!("this file is not a lab but a `{name}`"), span);
            let help = match name {
                "Suite" => "a suite is many runs: `overunder check FILE` does, judges and measures them",
                "Translation" => "a translation has words only: name the lab beside it, and --lang",
                _ => "Lab(format: 1, …)",
            };
            found.push(finding.label("expected `Lab`").help(help));
            return None;
        }
        None => {
            let finding = Finding::new(Code::OtherFile, "a lab begins with `Lab(`", tree.head());
            found.push(finding.label("`Lab` is missing before this").help("Lab(format: 1, …)"));
            return None;
        }
    }
    if matches!(tree.form, Form::Word(_)) {
        let finding = Finding::new(Code::NeedsBrackets, "`Lab` needs its brackets", tree.span);
        found.push(finding.label("nothing follows").help("Lab(format: 1, …)"));
        return None;
    }
    let mut shape = Findings::default();
    let section = Section::fields("Lab", tree, FIELDS, &mut shape);
    // The version comes first: a newer file may well have fields that are unknown here.
    let sound = section.as_ref().is_none_or(|section| format(section, found));
    if !sound {
        return None;
    }
    found.extend(shape);
    section
}

/// Whether the file is of a version that this program reads.
pub(in crate::lab) fn format(section: &Section<'_>, found: &mut Findings) -> bool {
    let Some(tree) = section.need("format", "1", found) else { return true };
    match &tree.form {
        Form::Number(digits) if digits.parse() == Ok(FORMAT) => true,
        Form::Number(digits) => {
            let newer = digits.parse::<u64>().is_ok_and(|n| n > FORMAT);
            let finding = Finding::new(Code::Format, format!("format {digits} is not known here"), tree.span);
            let label = format!("this program reads format {FORMAT}");
            let help = if newer { "a newer version of overunder reads this file" } else { "format: 1" };
            found.push(finding.label(label).help(help));
            false
        }
        _ => value::whole("format", tree, 1..=1, found).is_some(),
    }
}

/// Reads everything but `variants`.
pub fn read(section: &Section<'_>, found: &mut Findings) -> Lab {
    let mut lab = Lab { seed: 1, head: section.head, ..Lab::default() };
    lab.title = sentence(section, "title", found);
    lab.idea = sentence(section, "idea", found);
    for (name, tree) in section.given() {
        match name {
            "after" => lab.after = names("after", tree, found).into_iter().map(|name| name.value).collect(),
            "seed" => lab.seed = value::whole(name, tree, 0..=u64::MAX, found).unwrap_or(1),
            "profile" => lab.profile = profile::read(tree, found).unwrap_or_default(),
            "allow" => lab.allow = allow(tree, found),
            // Its routers have it by now; read here too, so that a slip is found where there are none.
            "routing" => _ = routing::read(tree, found),
            "end" => lab.end = when::read(name, tree, found),
            "cluster" => lab.cluster = cluster::read(tree, found),
            "overlays" => lab.overlays = named("overlays", tree, found, overlay::read),
            "gateways" => lab.gateways = named("gateways", tree, found, gateway::read),
            "nodes" => lab.nodes = named("nodes", tree, found, node::read),
            "traffic" => lab.traffic = named("flows", tree, found, traffic::read),
            "events" => lab.events = named("events", tree, found, event),
            "links" => lab.links = links(tree, found),
            "steps" => lab.steps = named("steps", tree, found, step::read),
            "repair" => lab.repair = Some(tree.clone()),
            "design" => lab.design = Some(tree.clone()),
            "expect" => lab.expect = entries("checks", tree, found).into_iter().cloned().collect(),
            _ => {}
        }
    }
    for (_, tree) in section.given() {
        reaches(tree, &mut lab.reaches);
    }
    if section.get("cluster").is_none() {
        section.need("nodes", "{\"ann\": Host(ip: \"10.0.0.1/24\")}", found);
    }
    lab
}

/// All `Reaches("a", "b")` of a part of the lab: each needs a ping that waits to be started.
fn reaches(tree: &Tree, pairs: &mut Vec<(String, String)>) {
    match &tree.form {
        Form::Call(Some(name), args) if name.value == "Reaches" => {
            let ends: Vec<&Tree> = match args {
                Args::Fields(fields) => fields.iter().map(|field| &field.value).collect(),
                Args::Items(items) => items.iter().collect(),
            };
            if let [Form::Text(a), Form::Text(b)] = ends.iter().map(|end| &end.form).collect::<Vec<_>>()[..] {
                pairs.push((a.clone(), b.clone()));
            }
        }
        Form::Call(_, Args::Items(items)) | Form::List(items) => {
            for item in items {
                reaches(item, pairs);
            }
        }
        Form::Call(_, Args::Fields(fields)) | Form::Map(fields) => {
            for field in fields {
                reaches(&field.value, pairs);
            }
        }
        _ => {}
    }
}

fn sentence(section: &Section<'_>, name: &str, found: &mut Findings) -> String {
    let tree = section.need(name, "\"…\"", found);
    tree.and_then(|tree| value::text(name, tree, found)).map(|text| text.value).unwrap_or_default()
}

fn named<T>(
    what: &str,
    tree: &Tree,
    found: &mut Findings,
    read: fn(&Tree, &mut Findings) -> Option<T>,
) -> Vec<Named<T>> {
    let fields = entries(what, tree, found);
    fields.into_iter().map(|field| Named { name: field.name.clone(), value: read(&field.value, found) }).collect()
}

fn names(what: &str, tree: &Tree, found: &mut Findings) -> Vec<Spanned<String>> {
    let items = value::items(what, &format!("{what}: [\"…\"]"), tree, found);
    items.iter().filter_map(|item| value::text(what, item, found)).collect()
}

fn allow(tree: &Tree, found: &mut Findings) -> Vec<&'static str> {
    let mut list = Vec::new();
    for name in names("allow", tree, found) {
        match LINTS.iter().find(|lint| **lint == name.value) {
            Some(lint) => list.push(*lint),
            None => found.push(unknown_word("a finding that can be allowed", &name.value, name.span, LINTS)),
        }
    }
    list
}

fn links(tree: &Tree, found: &mut Findings) -> Vec<Link> {
    let items = value::items("links", "links: [(\"ann\", \"sw:1\")]", tree, found);
    if let Some(extra) = items.get(MOST_LINKS) {
        let finding = Finding::new(Code::OutOfRange, format!("{} links", items.len()), extra.head());
        found.push(finding.label(format!("a lab has at most {MOST_LINKS}")));
    }
    items.iter().take(MOST_LINKS).filter_map(|item| link::read(item, found)).collect()
}

fn event(tree: &Tree, found: &mut Findings) -> Option<Event> {
    let section = Section::fields("an event", tree, &["at", "do"], found)?;
    let at = section.need("at", "\"5ms\"", found).and_then(|tree| when::read("at", tree, found));
    let change = section.need("do", "Down(\"ann--sw\")", found).and_then(|tree| change::read(tree, found));
    Some(Event { at: at?, change: change? })
}
