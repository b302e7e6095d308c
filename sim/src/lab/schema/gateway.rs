//! `gateways: {"tenant": Central(on: "g", joins: {"blue": "10.1.0.254/24", …})}`: routers and doors between overlays.

use std::net::Ipv4Addr;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::node::vtep;
use crate::lab::schema::section::{Section, entries, kind};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

/// What joins overlays to each other, or to a network without tunnels.
#[derive(Clone, Debug, PartialEq)]
pub enum Gateway {
    /// One router on one host.
    Central(Central),
    /// The same router on every host.
    Anycast(Anycast),
    /// A cable that is a port of an overlay.
    Bridged(Bridged),
}

/// A network, or a card, with the address of the router there.
pub type Leg = (Spanned<String>, Spanned<(Ipv4Addr, u8)>);

/// One router on one host.
#[derive(Clone, Debug, PartialEq)]
pub struct Central {
    /// The host.
    pub on: Spanned<String>,
    /// Its overlays.
    pub joins: Vec<Leg>,
    /// Its cards for networks without tunnels.
    pub ports: Vec<Leg>,
}

/// The same router, with the same addresses, on every host with a container in one of its overlays.
#[derive(Clone, Debug, PartialEq)]
pub struct Anycast {
    /// Its overlays.
    pub joins: Vec<Leg>,
    /// Who routes.
    pub mode: Mode,
    /// Hosts have all overlays, or those of their containers only; nothing means what the mode needs.
    pub all: Option<bool>,
    /// Hardware address of the router, the same everywhere.
    pub mac: Option<Spanned<MacAddr>>,
}

/// Who routes between two hosts (RFC 9135).
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// The host of the sender alone: into the network of the receiver.
    Asymmetric,
    /// Both hosts, by way of a network of their own.
    Symmetric {
        /// The number of that network.
        vni: Spanned<u32>,
        /// What others are told instead of the true router MAC of a host.
        announced: Vec<(Spanned<String>, Spanned<MacAddr>)>,
    },
}

/// A cable of a host that is a port of an overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridged {
    /// The host.
    pub on: Spanned<String>,
    /// The overlay.
    pub net: Spanned<String>,
    /// The card the cable goes into.
    pub port: Spanned<String>,
    /// The VLAN of its frames on the cable; nothing means that they have no tag.
    pub vlan: Option<u16>,
}

const KINDS: &[&str] = &["Central", "Anycast", "Bridged"];

/// Reads one gateway.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Gateway> {
    let name = kind("a kind of gateway", tree, KINDS, &[], found)?;
    let fields: &[&str] = match name {
        "Central" => &["on", "joins", "ports"],
        "Anycast" => &["joins", "mode", "vnis", "mac"],
        _ => &["on", "net", "port", "vlan"],
    };
    let section = Section::fields(name, tree, fields, found)?;
    match name {
        "Central" => central(&section, found).map(Gateway::Central),
        "Anycast" => anycast(&section, found).map(Gateway::Anycast),
        _ => bridged(&section, found).map(Gateway::Bridged),
    }
}

fn name(section: &Section<'_>, field: &str, example: &str, found: &mut Findings) -> Option<Spanned<String>> {
    section.need(field, example, found).and_then(|tree| value::text(field, tree, found))
}

fn central(section: &Section<'_>, found: &mut Findings) -> Option<Central> {
    let on = name(section, "on", "\"g\"", found);
    let joins = joins(section, found);
    let ports = section.get("ports").map(|tree| legs("ports", tree, found)).unwrap_or_default();
    let sound = two_sides(section, found);
    Some(Central { on: on?, joins: joins?, ports }).filter(|_| sound)
}

fn anycast(section: &Section<'_>, found: &mut Findings) -> Option<Anycast> {
    let joins = joins(section, found);
    let mode = section.get("mode").map_or(Some(Mode::Asymmetric), |tree| mode(tree, found));
    let words = [("All", true), ("Local", false)];
    let all = section.get("vnis").and_then(|tree| value::word("a rule for VNIs", tree, &words, found));
    let mac = section.get("mac").and_then(|tree| value::mac(tree, found));
    let sound = two_sides(section, found);
    Some(Anycast { joins: joins?, mode: mode?, all, mac }).filter(|_| sound)
}

fn bridged(section: &Section<'_>, found: &mut Findings) -> Option<Bridged> {
    let on = name(section, "on", "\"g\"", found);
    let net = name(section, "net", "\"blue\"", found);
    let port = name(section, "port", "\"eth1\"", found);
    let vlan = section.get("vlan").and_then(|tree| value::whole("vlan", tree, 1..=4094, found));
    Some(Bridged { on: on?, net: net?, port: port?, vlan: vlan.map(|vlan| vlan as u16) })
}

const EXAMPLE: &str = "{\"blue\": \"10.1.0.254/24\", \"red\": \"10.2.0.254/24\"}";

fn joins(section: &Section<'_>, found: &mut Findings) -> Option<Vec<Leg>> {
    section.need("joins", EXAMPLE, found).map(|tree| legs("joined overlays", tree, found))
}

/// `{"blue": "10.1.0.254/24"}`.
fn legs(what: &str, tree: &Tree, found: &mut Findings) -> Vec<Leg> {
    let fields = entries(what, tree, found).into_iter();
    fields.filter_map(|field| Some((field.name.clone(), value::host_address(&field.value, found)?))).collect()
}

/// What is joined to nothing needs no gateway.
fn two_sides(section: &Section<'_>, found: &mut Findings) -> bool {
    let sides = |name| match section.get(name).map(|tree| &tree.form) {
        Some(Form::Map(fields)) => fields.len(),
        _ => 0,
    };
    let Some(tree) = section.get("joins") else { return false };
    let (joins, ports) = (sides("joins"), sides("ports"));
    if joins + ports < 2 && matches!(tree.form, Form::Map(_)) {
        let text = if joins + ports == 0 { "a gateway joins nothing" } else { "a gateway joins one network only" };
        let finding = Finding::new(Code::Missing, text, tree.head()).label("to what?");
        found.push(finding.help(format!("joins: {EXAMPLE}")));
    }
    joins + ports >= 2
}

/// `Asymmetric`, `Symmetric(vni: 999)`.
fn mode(tree: &Tree, found: &mut Findings) -> Option<Mode> {
    if matches!(&tree.form, Form::Word(word) if word == "Asymmetric") {
        return Some(Mode::Asymmetric);
    }
    if matches!(&tree.form, Form::Word(word) if word == "Symmetric") {
        let finding = Finding::new(Code::Missing, "`Symmetric` needs its L3 VNI", tree.span);
        found.push(finding.label("the network between the routers").help("Symmetric(vni: 999)"));
        return None;
    }
    if kind("a way to route", tree, &["Asymmetric", "Symmetric"], &[], found)? == "Asymmetric" {
        return Section::fields("Asymmetric", tree, &[], found).map(|_| Mode::Asymmetric);
    }
    let section = Section::fields("Symmetric", tree, &["vni", "announced"], found)?;
    let vni = section.need("vni", "999", found).and_then(|tree| vtep::vni(tree, found));
    let announced = section.get("announced").map(|tree| entries("hosts", tree, found)).unwrap_or_default();
    let told = announced.into_iter().filter_map(|field| Some((field.name.clone(), value::mac(&field.value, found)?)));
    let announced = told.collect();
    Some(Mode::Symmetric { vni: vni?, announced })
}

impl Gateway {
    /// The overlays it joins, with its address in each.
    pub fn joins(&self) -> &[Leg] {
        match self {
            Self::Central(central) => &central.joins,
            Self::Anycast(anycast) => &anycast.joins,
            Self::Bridged(_) => &[],
        }
    }
}

impl Anycast {
    /// Whether every host has every overlay.
    pub fn everywhere(&self) -> bool {
        self.all.unwrap_or(self.mode == Mode::Asymmetric)
    }
}
