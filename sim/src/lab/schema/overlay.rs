//! `overlays: {"blue": Vxlan(vni: 42, discovery: StaticList)}`: networks that containers join by name.

use std::net::Ipv4Addr;

use crate::device::tunnel::format::Format;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::node::{tunnel, vtep};
use crate::lab::schema::section::{Section, kind, not_yet, unknown_word};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::vxlan;

/// A network between hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// How frames or packets get from host to host.
    pub between: Between,
    /// Largest packet inside; nothing means what fits.
    pub mtu: Option<Spanned<u16>>,
}

/// How frames or packets get from host to host.
#[derive(Clone, Debug, PartialEq)]
pub enum Between {
    /// They do not: every host has a bridge for itself.
    Nothing,
    /// By the routes of the hosts, without an envelope.
    Routes,
    /// In VXLAN.
    Vxlan(Vxlan),
    /// In another envelope.
    Tunnel(Format),
}

/// A VXLAN network.
#[derive(Clone, Debug, PartialEq)]
pub struct Vxlan {
    /// Its number.
    pub vni: u32,
    /// UDP port.
    pub port: u16,
    /// VTEPs learn who lives where.
    pub learning: bool,
    /// How VTEPs find each other.
    pub discovery: Discovery,
    /// Every host routes between its own subnet and the tunnel, as Flannel does.
    pub routed: bool,
    /// UDP source ports: from, and up to but not including.
    pub source_ports: Option<(u16, u16)>,
}

/// How VTEPs find each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// By asking a group.
    Multicast(Ipv4Addr),
    /// By a list each has of all others.
    StaticList,
}

const VXLAN: &[&str] = &["vni", "discovery", "mtu", "port", "learning", "gateway", "srcport"];

/// Reads one overlay.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Overlay> {
    let mut names = vec!["Bridge", "Routed", "Vxlan"];
    names.extend(tunnel::kinds());
    let name = kind("a kind of overlay", tree, &names, &[], found)?;
    let fields = match name {
        "Vxlan" => VXLAN,
        "Bridge" | "Routed" => &["mtu"][..],
        other => tunnel::overlay_fields(other),
    };
    let section = Section::fields(name, tree, fields, found)?;
    let mtu = section.get("mtu").and_then(|tree| super::node::mtu(tree, found));
    let between = match name {
        "Bridge" => Between::Nothing,
        "Routed" => Between::Routes,
        "Vxlan" => Between::Vxlan(read_vxlan(&section, found)?),
        other => Between::Tunnel(tunnel::of_section(other, &section, found)?),
    };
    Some(Overlay { between, mtu })
}

fn read_vxlan(section: &Section<'_>, found: &mut Findings) -> Option<Vxlan> {
    let vni = section.need("vni", "42", found).and_then(|tree| vtep::vni(tree, found));
    let discovery = section.get("discovery").map_or(Some(Discovery::StaticList), |tree| discovery(tree, found));
    let port = section.get("port").and_then(|tree| vtep::port(tree, found)).unwrap_or(vxlan::PORT);
    let learning = section.get("learning").and_then(|tree| value::flag("learning", tree, found)).unwrap_or(true);
    let gateways = [("None", false), ("Distributed", true)];
    let routed = section.get("gateway").and_then(|tree| value::word("a place for the gateway", tree, &gateways, found));
    let source_ports = section.get("srcport").and_then(|tree| vtep::source_ports(tree, found));
    let (vni, discovery, routed) = (vni?.value, discovery?, routed.unwrap_or(false));
    Some(Vxlan { vni, port, learning, discovery, routed, source_ports })
}

/// `StaticList`, `Multicast("239.1.1.1")`.
fn discovery(tree: &Tree, found: &mut Findings) -> Option<Discovery> {
    let known = ["StaticList", "Multicast"];
    match &tree.form {
        Form::Word(word) if word == "StaticList" => Some(Discovery::StaticList),
        Form::Word(word) | Form::Call(Some(Spanned { value: word, .. }), _)
            if ["Controller", "Evpn"].contains(&word.as_str()) =>
        {
            not_yet(word, tree.head(), found);
            None
        }
        Form::Call(Some(word), Args::Items(items)) if word.value == "Multicast" && items.len() == 1 => {
            value::group(&items[0], found).map(Discovery::Multicast)
        }
        Form::Call(Some(Spanned { value: word, .. }), _) | Form::Word(word) if word == "Multicast" => {
            let finding = Finding::new(Code::NeedsBrackets, "`Multicast` needs its group", tree.head());
            found.push(finding.label("which group?").help("Multicast(\"239.1.1.1\")"));
            None
        }
        Form::Word(word) | Form::Call(Some(Spanned { value: word, .. }), _) => {
            found.push(unknown_word("a way to find the other ends", word, tree.head(), &known));
            None
        }
        _ => {
            found.push(unknown_word("a way to find the other ends", &tree.to_string(), tree.head(), &known));
            None
        }
    }
}
