//! `routing: Rip(split_horizon: Off, …)`: what a router speaks, and all routers of a lab.

pub mod bgp;
pub mod eigrp;
pub mod evpn;
pub mod isis;
pub mod ospf;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::section::{Section, kind, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::rip::{RipConfig, SplitHorizon};
use crate::time::SimDuration;

/// A protocol as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Routing {
    /// Its settings, and interfaces on which it only listens, where they stand.
    Rip(RipConfig, Vec<Spanned<String>>),
    /// BGP.
    Bgp(Box<bgp::Bgp>),
    /// EIGRP.
    Eigrp(Box<eigrp::Eigrp>),
    /// OSPF.
    Ospf(Box<ospf::Ospf>),
    /// IS-IS.
    Isis(Box<isis::Isis>),
}

impl Routing {
    /// What people call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rip(..) => "RIP",
            Self::Bgp(_) => "BGP",
            Self::Eigrp(_) => "EIGRP",
            Self::Ospf(_) => "OSPF",
            Self::Isis(_) => "IS-IS",
        }
    }
}

/// The protocols.
const PROTOCOLS: &[&str] = &["Rip", "Eigrp", "Ospf", "Isis", "Bgp"];

const FIELDS: &[&str] = &["split_horizon", "triggered", "update", "jitter", "first", "timeout", "garbage", "passive"];

/// Reads a protocol.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Box<Spanned<Routing>>> {
    let name = kind("a routing protocol", tree, PROTOCOLS, &[], found)?;
    if name == "Bgp" {
        let section = Section::fields(name, tree, bgp::FIELDS, found)?;
        let bgp = Box::new(bgp::read(&section, found));
        return Some(Box::new(Spanned::new(Routing::Bgp(bgp), tree.head())));
    }
    if name == "Eigrp" {
        let section = Section::fields(name, tree, eigrp::FIELDS, found)?;
        let eigrp = Box::new(eigrp::read(&section, found));
        return Some(Box::new(Spanned::new(Routing::Eigrp(eigrp), tree.head())));
    }
    if name == "Ospf" {
        let section = Section::fields(name, tree, ospf::FIELDS, found)?;
        let ospf = Box::new(ospf::read(&section, found));
        return Some(Box::new(Spanned::new(Routing::Ospf(ospf), tree.head())));
    }
    if name == "Isis" {
        let section = Section::fields(name, tree, isis::FIELDS, found)?;
        let isis = Box::new(isis::read(&section, found));
        return Some(Box::new(Spanned::new(Routing::Isis(isis), tree.head())));
    }
    let section = Section::fields(name, tree, FIELDS, found)?;
    let (mut rip, mut passive) = (RipConfig::default(), Vec::new());
    for (name, tree) in section.given() {
        match name {
            "split_horizon" => {
                let mode = value::word("a kind of split horizon", tree, &SplitHorizon::WORDS, found);
                rip.split_horizon = mode.unwrap_or_default();
            }
            "triggered" => rip.triggered = value::flag(name, tree, found).unwrap_or(true),
            "update" => rip.update = value::positive_time(name, tree, found).unwrap_or(rip.update),
            "jitter" => rip.jitter = value::time(name, tree, found).unwrap_or(rip.jitter),
            "first" => rip.first = value::time(name, tree, found).unwrap_or(rip.first),
            "timeout" => rip.timeout = value::positive_time(name, tree, found).unwrap_or(rip.timeout),
            "garbage" => rip.garbage = value::positive_time(name, tree, found).unwrap_or(rip.garbage),
            _ => rip.passive = self::passive(tree, &mut passive, found),
        }
    }
    if section.get("jitter").is_none() {
        rip.jitter = rip.jitter.min(SimDuration(rip.update.0 / 6));
    }
    sense(&section, &rip, found);
    Some(Box::new(Spanned::new(Routing::Rip(rip, passive), tree.head())))
}

fn sense(section: &Section<'_>, rip: &RipConfig, found: &mut Findings) {
    if let Some(tree) = section.get("jitter").filter(|_| rip.jitter >= rip.update) {
        let text = format!("a jitter of {} leaves nothing of an interval of {}", rip.jitter, rip.update);
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label("too much");
        found.push(finding.help("less than `update`: jitter: \"5s\", or \"0s\" for none"));
    }
    let longest = rip.update + rip.jitter;
    let place = section.get("timeout").or_else(|| section.get("update"));
    if let Some(tree) = place.filter(|_| rip.timeout <= longest) {
        let text = format!("routes would time out after {}, before they are repeated", rip.timeout);
        let finding = Finding::new(Code::OutOfRange, text, tree.span);
        let finding = finding.label(format!("an update may take {longest}"));
        found.push(finding.help("the standard has six updates: update: \"30s\", timeout: \"180s\""));
    }
}

/// `passive: ["eth0"]`. Where they stand goes to `named`.
fn passive(tree: &Tree, named: &mut Vec<Spanned<String>>, found: &mut Findings) -> Vec<String> {
    let items = value::items("passive", "passive: [\"eth0\"]", tree, found);
    let silent: Vec<_> = items.iter().filter_map(|item| value::text("an interface", item, found)).collect();
    named.extend(silent.iter().cloned());
    silent.into_iter().map(|name| name.value).collect()
}

/// `interfaces: {"eth0": (…)}`, each as `read` reads it. Where they stand goes to `named`.
fn interfaces<T: Default>(
    tree: &Tree,
    named: &mut Vec<Spanned<String>>,
    read: fn(&Tree, &mut Findings) -> Option<T>,
    found: &mut Findings,
) -> Vec<(String, T)> {
    let fields = pairs("interfaces", tree, found);
    named.extend(fields.iter().map(|field| field.name.clone()));
    fields.iter().map(|field| (field.name.value.clone(), read(&field.value, found).unwrap_or_default())).collect()
}

/// A time in whole seconds, up to so many; another one gets an example.
fn seconds(name: &str, tree: &Tree, (most, example): (u64, &str), found: &mut Findings) -> Option<SimDuration> {
    let span = value::time(name, tree, found)?;
    let second = SimDuration::from_secs(1).0;
    if !span.0.is_multiple_of(second) || !(1..=most).contains(&(span.0 / second)) {
        let shown = if span == SimDuration::ZERO { "zero".to_owned() } else { span.to_string() };
        let finding = Finding::new(Code::OutOfRange, format!("`{name}` cannot be {shown}"), tree.span);
        let finding = finding.label(format!("whole seconds, from 1s to {most}s"));
        found.push(finding.help(format!("{name}: \"{example}\"")));
        return None;
    }
    Some(span)
}

fn field<'t>(tree: &'t mut Tree, name: &str) -> Option<&'t mut Tree> {
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return None };
    fields.iter_mut().find(|field| field.name.value == name).map(|field| &mut field.value)
}

/// Gives every router of a lab what stands in the lab's `routing`: the whole of it, or what its own `( … )` does not
/// name. A word of its own stays as it is.
pub fn spread(lab: &mut Tree, found: &mut Findings) {
    let Some(common) = field(lab, "routing").cloned() else { return };
    let nodes = field(lab, "nodes").map(|tree| &mut tree.form);
    let Some(Form::Map(nodes)) = nodes else { return };
    let mut any = false;
    for node in nodes {
        let Form::Call(Some(word), Args::Fields(fields)) = &mut node.value.form else { continue };
        if word.value != "Router" {
            continue;
        }
        any = true;
        match fields.iter_mut().find(|field| field.name.value == "routing") {
            None => {
                let name = Spanned::new("routing".to_owned(), common.span);
                fields.push(Field { name, value: common.clone() });
            }
            Some(own) => merge(&mut own.value, &common),
        }
    }
    // A word that is none is one mistake, not two.
    if !any && matches!(&common.form, Form::Call(Some(word), _) if PROTOCOLS.contains(&word.value.as_str())) {
        let finding = Finding::new(Code::NotLinked, "no router in this lab speaks", common.head());
        found.push(finding.label("nobody to speak it").help("\"r1\": Router(ips: {\"eth0\": \"10.0.0.254/24\"})"));
    }
}

fn merge(own: &mut Tree, common: &Tree) {
    let Form::Call(None, Args::Fields(fields)) = &own.form else { return };
    let mut whole = common.clone();
    if let Form::Call(Some(_), args) = &mut whole.form {
        if let Args::Items(items) = args
            && items.is_empty()
        {
            *args = Args::Fields(Vec::new());
        }
        if let Args::Fields(all) = args {
            for field in fields {
                match all.iter_mut().find(|known| known.name.value == field.name.value) {
                    Some(known) => known.value = field.value.clone(),
                    None => all.push(field.clone()),
                }
            }
        }
        whole.span = own.span;
        *own = whole;
    }
}
