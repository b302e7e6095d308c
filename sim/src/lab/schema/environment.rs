//! `environment: OpenStack(check: false)`: what the network below a cluster allows, and what its user has changed.

use std::net::Ipv4Addr;

use crate::device::fabric::Rule;
use crate::environment::{self, ENVIRONMENTS, Environment, OPEN};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::{cluster, value};
use crate::lab::source::{Span, Spanned};

/// What may stand in the brackets of an environment.
pub const FIELDS: &[&str] = &["check", "open", "pairs", "routes"];
/// The one without rules.
pub const BARE_METAL: &str = "BareMetal";
/// In place of ranges: a pair for each pod.
const PODS: &str = "Pods";

/// An environment with rules, as typed.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Which one.
    pub is: &'static Environment,
    /// Where it stands.
    pub span: Span,
    /// Its checks are on.
    pub check: bool,
    /// IP protocols that may reach a machine.
    pub open: Vec<u8>,
    /// Prefixes that every port may use besides its own addresses.
    pub pairs: Vec<(Ipv4Addr, u8)>,
    /// Every pod has a pair of its own at the port of its node, where this is typed.
    pub pod_pairs: Option<Span>,
    /// The network has a route for the pods of each node.
    pub routes: bool,
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        let own = |chosen: &Self| (chosen.is.name, chosen.check, chosen.open.clone(), chosen.routes);
        let pairs = |chosen: &Self| (chosen.pairs.clone(), chosen.pod_pairs.is_some());
        own(self) == own(other) && pairs(self) == pairs(other)
    }
}

impl Provider {
    /// An environment as it comes.
    pub fn of(is: &'static Environment, span: Span) -> Self {
        let (open, pairs) = (OPEN.to_vec(), Vec::new());
        Self { is, span, check: true, open, pairs, pod_pairs: None, routes: false }
    }
}

/// Names of all environments.
pub fn names() -> Vec<&'static str> {
    std::iter::once(BARE_METAL).chain(ENVIRONMENTS.iter().map(|environment| environment.name)).collect()
}

/// Reads one; nothing for bare metal.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Provider> {
    let name = kind("an environment", tree, &names(), &[], found)?;
    let Some(is) = environment::find(name) else {
        Section::fields(name, tree, &[], found);
        return None;
    };
    let section = Section::fields(name, tree, FIELDS, found)?;
    let mut chosen = Provider::of(is, tree.head());
    for (name, tree) in section.given() {
        match name {
            "check" => chosen.check = value::flag(name, tree, found).unwrap_or(true),
            "open" => chosen.open = open(is, tree, found),
            "pairs" if is.most_pairs > 0 && matches!(&tree.form, Form::Word(word) if word == PODS) => {
                chosen.pod_pairs = Some(tree.span);
            }
            "pairs" => chosen.pairs = pairs(is, tree, found),
            _ => chosen.routes = routes(is, tree, found),
        }
    }
    Some(chosen)
}

fn open(is: &Environment, tree: &Tree, found: &mut Findings) -> Vec<u8> {
    if !is.rules.iter().any(|clause| clause.rule == Rule::Closed) {
        let finding = Finding::new(Code::OutOfRange, format!("`{}` asks for no protocol", is.name), tree.head());
        let finding = finding.label("nothing is closed between its machines");
        found.push(finding.help("leave `open` out; some protocols are carried for nobody, whatever is open"));
        return OPEN.to_vec();
    }
    let example = "[1, 6, 17, 4]";
    let items = value::items("protocols", &format!("open: {example}"), tree, found);
    let number = |item: &Tree| match &item.form {
        Form::Number(digits) => digits.parse::<u8>().ok(),
        _ => None,
    };
    let mut open = Vec::new();
    for item in items {
        let protocol = number(item);
        open.extend(protocol);
        if protocol.is_none() {
            let finding = Finding::new(Code::OutOfRange, "no IP protocol has this number", item.span);
            found.push(finding.label("a number from 0 to 255; 4 is IPIP, 47 GRE").help(format!("open: {example}")));
        }
    }
    open
}

fn pairs(is: &Environment, tree: &Tree, found: &mut Findings) -> Vec<(Ipv4Addr, u8)> {
    let items = value::items("address pairs", "pairs: [\"10.244.0.0/16\"]", tree, found);
    if items.len() > is.most_pairs {
        let text = if is.most_pairs == 0 {
            format!("`{}` has no address pairs", is.name)
        } else {
            format!("a port of `{}` has at most {} address pairs", is.name, is.most_pairs)
        };
        let finding = Finding::new(Code::OutOfRange, text, tree.head()).label(format!("{} pairs", items.len()));
        let others: Vec<&str> =
            ENVIRONMENTS.iter().filter(|other| other.most_pairs > 0).map(|other| other.name).collect();
        let help = if is.most_pairs == 0 {
            format!("leave `pairs` out; there are pairs in: {}", list(others))
        } else {
            "one prefix stands for many addresses: pairs: [\"10.244.0.0/16\"]; one pair for each pod: pairs: Pods"
                .to_owned()
        };
        found.push(finding.help(help));
        return Vec::new();
    }
    items.iter().filter_map(|item| cluster::range(item, 0..=32, found)).map(|prefix| prefix.value).collect()
}

fn routes(is: &Environment, tree: &Tree, found: &mut Findings) -> bool {
    let on = value::flag("routes", tree, found).unwrap_or(false);
    if on && !is.has_routes {
        let finding = Finding::new(Code::OutOfRange, format!("`{}` has no table of routes", is.name), tree.span);
        let others: Vec<&str> = ENVIRONMENTS.iter().filter(|other| other.has_routes).map(|other| other.name).collect();
        found.push(finding.label("a segment has no routes").help(format!("there are routes in: {}", list(others))));
        return false;
    }
    on
}

/// A fabric among the devices of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Fabric {
    /// What it is the network of; nothing when it could not be read.
    pub environment: Option<Provider>,
    /// Its ports.
    pub ports: Vec<Spanned<String>>,
    /// Length of the prefix of a subnet.
    pub subnet: u8,
}
