//! What a variant sets, put into the lab as typed.
//!
//! `( … )` changes the fields it names and keeps the rest, `Kind( … )` replaces the whole thing. The result is read
//! like any lab, so a slip in a patch gets the same sentence at its own place.

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::place::{End, Place};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::cluster::UNDERLAY;
use crate::lab::source::{Span, Spanned};

/// Parts of a lab with names that can be set.
const SECTIONS: [&str; 5] = ["nodes", "overlays", "traffic", "gateways", EVENTS];
/// No wildcard means them: they share no field with anything else.
const EVENTS: &str = "events";
/// What all routers speak.
const ROUTING: &str = "routing";

/// The lab with one patch applied. What it sets inside of nodes, whose devices nobody knows yet, goes to `presets`.
pub fn apply(lab: &mut Tree, place: &Spanned<Place>, patch: &Tree, presets: &mut Vec<Tree>, found: &mut Findings) {
    if !matches!(patch.form, Form::Call(..)) {
        let finding = Finding::new(Code::WrongType, "what is set stands in round brackets", patch.head());
        found.push(finding.label(format!("this is {}", patch.sort())).help("(ageing: \"10s\") or Hub()"));
        return;
    }
    match &place.value {
        Place::Prefix(prefix) => {
            let mut any = false;
            for section in SECTIONS.into_iter().filter(|section| *section != EVENTS) {
                for entry in entries_mut(lab, section) {
                    if entry.name.value.starts_with(prefix.as_str()) {
                        merge(&mut entry.value, patch);
                        any = true;
                    }
                }
            }
            if !any {
                unknown(lab, place, found);
            }
        }
        Place::End(end) if end.node == "lab" && end.device.is_none() && end.port.is_none() => {
            whole_lab(lab, patch, found);
        }
        Place::End(end) if end.node == ROUTING && is_node(end) && field_mut(lab, ROUTING).is_some() => {
            if let Some(routing) = field_mut(lab, ROUTING) {
                merge(routing, patch);
            }
        }
        Place::End(end) if end.node == "cluster" && end.device.is_none() && end.port.is_none() && has_cluster(lab) => {
            if let Form::Call(Some(word), _) = &patch.form {
                let text = format!("a cluster is not called `{}`", word.value);
                let finding = Finding::new(Code::WrongBrackets, text, patch.head()).label("brackets without a word");
                found.push(finding.help(format!("\"cluster\": (plugin: {}(…))", word.value)));
            } else if let Some(cluster) = field_mut(lab, "cluster") {
                merge(cluster, patch);
            }
        }
        Place::End(end) => set_end(lab, end, place, patch, presets, found),
        Place::Link(a, b) if find_link(lab, a, b).is_none() && is_of_cluster(lab, a, b) => {
            add_link(lab, [a, b], place.span, patch);
        }
        Place::Link(a, b) => match find_link(lab, a, b) {
            Some(link) => set_link(link, patch),
            None => unknown(lab, place, found),
        },
    }
}

/// It is no part of something.
fn is_node(end: &End) -> bool {
    end.device.is_none() && end.port.is_none()
}

/// Whether a link leads from a cluster to the switch between its nodes.
fn is_of_cluster(lab: &mut Tree, a: &End, b: &End) -> bool {
    has_cluster(lab) && (a.node == UNDERLAY) != (b.node == UNDERLAY)
}

/// Writes down a link between a node of the cluster and the switch between them, which need not be typed.
fn add_link(lab: &mut Tree, ends: [&End; 2], span: Span, patch: &Tree) {
    let Form::Call(_, Args::Fields(fields)) = &mut lab.form else { return };
    let at = |form| Tree { span, form };
    if !fields.iter().any(|field| field.name.value == "links") {
        let name = Spanned::new("links".to_owned(), span);
        fields.push(Field { name, value: at(Form::List(Vec::new())) });
    }
    let mut parts: Vec<Tree> = ends.map(|end| at(Form::Text(Place::End(end.clone()).to_string()))).into();
    parts.push(patch.clone());
    if let Some(Form::List(links)) = field_mut(lab, "links").map(|tree| &mut tree.form) {
        links.push(at(Form::Call(None, Args::Items(parts))));
    }
}

fn field_mut<'t>(tree: &'t mut Tree, name: &str) -> Option<&'t mut Tree> {
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return None };
    fields.iter_mut().find(|field| field.name.value == name).map(|field| &mut field.value)
}

fn entries_mut<'t>(lab: &'t mut Tree, section: &str) -> impl Iterator<Item = &'t mut Field> {
    let fields = match field_mut(lab, section).map(|tree| &mut tree.form) {
        Some(Form::Map(fields)) => Some(fields),
        _ => None,
    };
    fields.into_iter().flatten()
}

fn names(lab: &mut Tree) -> Vec<String> {
    let mut names: Vec<String> = SECTIONS
        .iter()
        .flat_map(|section| entries_mut(lab, section).map(|entry| entry.name.value.clone()).collect::<Vec<_>>())
        .collect();
    names.push("lab".to_owned());
    names.extend(field_mut(lab, ROUTING).is_some().then(|| ROUTING.to_owned()));
    names.extend(has_cluster(lab).then(|| "cluster".to_owned()));
    names
}

fn has_cluster(lab: &mut Tree) -> bool {
    field_mut(lab, "cluster").is_some()
}

fn unknown(lab: &mut Tree, place: &Spanned<Place>, found: &mut Findings) {
    if !found.is_news(Code::UnknownName, place.span) {
        return;
    }
    let shown = place.value.to_string();
    let known = names(lab);
    let text = match &place.value {
        Place::Prefix(prefix) => format!("nothing in this lab begins with `{prefix}`"),
        Place::Link(..) => format!("there is no link `{shown}` in this lab"),
        Place::End(_) => format!("there is no node or flow `{shown}` in this lab"),
    };
    let finding = Finding::new(Code::UnknownName, text, place.span);
    let finding = finding.label("not defined").about(format!("set:{shown}"));
    let finding = finding.suggest(&shown, known.iter().map(String::as_str));
    found.push(finding.help(format!("this lab has: {}", list(known.iter().map(String::as_str)))));
}

/// Profile and seed belong to the lab as a whole.
fn whole_lab(lab: &mut Tree, patch: &Tree, found: &mut Findings) {
    let Form::Call(_, Args::Fields(fields)) = &patch.form else { return };
    for field in fields {
        if ["profile", "seed"].contains(&field.name.value.as_str()) {
            continue;
        }
        let text = format!("`{}` cannot differ between variants", field.name.value);
        let finding = Finding::new(Code::UnknownField, text, field.name.span).label("not here");
        found.push(finding.help("possible here: profile, seed"));
        return;
    }
    merge(lab, patch);
}

fn set_end(
    lab: &mut Tree,
    end: &End,
    place: &Spanned<Place>,
    patch: &Tree,
    presets: &mut Vec<Tree>,
    found: &mut Findings,
) {
    let linked = end.port.as_ref().is_some_and(|port| is_linked(lab, &end.node, port));
    let mut target = None;
    for section in SECTIONS {
        if entries_mut(lab, section).any(|entry| entry.name.value == end.node) {
            target = Some(section);
            break;
        }
    }
    if target.is_some_and(|section| section != "nodes") && (end.port.is_some() || end.device.is_some()) {
        return unknown(lab, place, found);
    }
    let entry = target.and_then(|section| entries_mut(lab, section).find(|entry| entry.name.value == end.node));
    let Some(entry) = entry else {
        let cluster = has_cluster(lab);
        return match find_link_by_name(lab, &end.node) {
            Some(link) if end.port.is_none() && end.device.is_none() => set_link(link, patch),
            // Nodes and pods of a cluster have names when its plugin has made them.
            _ if cluster => preset(place, patch, presets, found),
            _ => unknown(lab, place, found),
        };
    };
    let own = |name: &str| ["eth0", "ip", end.node.as_str()].contains(&name);
    if end.device.as_deref().is_some_and(|device| !own(device)) {
        return preset(place, patch, presets, found);
    }
    match &end.port {
        Some(port) if port != "eth0" => set_port(&mut entry.value, port, linked, place, patch, found),
        _ => merge(&mut entry.value, patch),
    }
}

/// Settings of a device inside a node are made when all devices are there, before the start: `Set(place, patch)`.
fn preset(place: &Spanned<Place>, patch: &Tree, presets: &mut Vec<Tree>, found: &mut Findings) {
    if !matches!(patch.form, Form::Call(None, Args::Fields(_))) {
        let finding = Finding::new(Code::WrongType, "a device inside a node cannot be replaced", patch.head());
        found.push(finding.label("its settings can be changed").help("(vni: 43)"));
        return;
    }
    let at = |form| Tree { span: place.span, form };
    let text = at(Form::Text(place.value.to_string()));
    let set = at(Form::Call(Some(Spanned::new("Set".to_owned(), place.span)), Args::Items(vec![text, patch.clone()])));
    presets.push(set);
}

fn set_port(node: &mut Tree, port: &str, linked: bool, place: &Spanned<Place>, patch: &Tree, found: &mut Findings) {
    let name = Spanned::new(port.to_owned(), place.span);
    let own = field_mut(node, "ports");
    let mentioned =
        matches!(own.map(|tree| &tree.form), Some(Form::Map(ports)) if ports.iter().any(|p| p.name.value == port));
    if !linked && !mentioned {
        let finding = Finding::new(Code::NoSuchPort, format!("nothing is plugged into `{}`", place.value), place.span);
        found.push(finding.label("no link names this port").help(format!("links: [(\"…\", \"{}\")]", place.value)));
        return;
    }
    let entry = Field { name, value: patch.clone() };
    let ports = Tree { span: place.span, form: Form::Map(vec![entry]) };
    let field = Field { name: Spanned::new("ports".to_owned(), place.span), value: ports };
    merge(node, &Tree { span: place.span, form: Form::Call(None, Args::Fields(vec![field])) });
}

fn links_mut(lab: &mut Tree) -> impl Iterator<Item = &mut Vec<Tree>> {
    let items = match field_mut(lab, "links").map(|tree| &mut tree.form) {
        Some(Form::List(items)) => Some(items),
        _ => None,
    };
    items.into_iter().flatten().filter_map(|link| match &mut link.form {
        Form::Call(None, Args::Items(parts)) if parts.len() >= 2 => Some(parts),
        _ => None,
    })
}

fn end_of(tree: &Tree) -> Option<End> {
    let Form::Text(text) = &tree.form else { return None };
    match Place::parse(text)? {
        Place::End(end) => Some(end),
        _ => None,
    }
}

fn is_linked(lab: &mut Tree, node: &str, port: &str) -> bool {
    links_mut(lab).any(|parts| {
        parts[..2]
            .iter()
            .filter_map(end_of)
            .any(|end| end.node == node && end.port.as_deref().is_none_or(|p| p == port))
    })
}

fn find_link<'t>(lab: &'t mut Tree, a: &End, b: &End) -> Option<&'t mut Vec<Tree>> {
    let fits = |end: Option<End>, wanted: &End| {
        end.is_some_and(|end| end.node == wanted.node && (wanted.port.is_none() || end.port == wanted.port))
    };
    links_mut(lab).find(|parts| {
        (fits(end_of(&parts[0]), a) && fits(end_of(&parts[1]), b))
            || (fits(end_of(&parts[0]), b) && fits(end_of(&parts[1]), a))
    })
}

fn find_link_by_name<'t>(lab: &'t mut Tree, name: &str) -> Option<&'t mut Vec<Tree>> {
    let named = |options: &Tree| match &options.form {
        Form::Call(None, Args::Fields(fields)) => {
            fields.iter().any(|field| field.name.value == "name" && field.value.form == Form::Text(name.to_owned()))
        }
        _ => false,
    };
    links_mut(lab).find(|parts| parts.get(2).is_some_and(named))
}

fn set_link(parts: &mut Vec<Tree>, patch: &Tree) {
    match parts.get_mut(2) {
        Some(options) => merge(options, patch),
        None => parts.push(patch.clone()),
    }
}

/// `( … )` changes, everything else replaces.
fn merge(target: &mut Tree, patch: &Tree) {
    match (&mut target.form, &patch.form) {
        (Form::Call(_, Args::Fields(old)), Form::Call(None, Args::Fields(new))) | (Form::Map(old), Form::Map(new)) => {
            for field in new {
                match old.iter_mut().find(|known| known.name.value == field.name.value) {
                    Some(known) => merge(&mut known.value, &field.value),
                    None => old.push(field.clone()),
                }
            }
        }
        _ => *target = patch.clone(),
    }
}
