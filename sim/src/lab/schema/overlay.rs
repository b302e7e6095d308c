//! `overlays: {"blue": Vxlan(vni: 42, discovery: StaticList)}`: networks that containers join by name.

use std::net::Ipv4Addr;

use crate::device::tunnel::format::Format;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::daemon::Rows;
use crate::lab::schema::node::{tunnel, vtep};
use crate::lab::schema::routing;
use crate::lab::schema::section::{Section, kind, pairs, unknown_word};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::time::SimDuration;
use crate::wire::bgp::extended::RouteTarget;
use crate::wire::vxlan;

/// A network between hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// How frames or packets get from host to host.
    pub between: Between,
    /// Largest packet inside; nothing means what fits.
    pub mtu: Option<Spanned<u16>>,
    /// The longest segment that TCP connections through its bridges may announce.
    pub clamp_mss: Option<u16>,
    /// Hosts send to each other over IPv6: where the author says so.
    pub over_ipv6: Option<Span>,
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
#[derive(Clone, Debug, PartialEq)]
pub enum Discovery {
    /// By asking a group.
    Multicast(Ipv4Addr),
    /// By a list each has of all others.
    StaticList,
    /// By a controller: a daemon on every host, and a store.
    Controller(Told),
    /// By routes of EVPN: a daemon on every host, and a store that carries them.
    Evpn(Told),
    /// By routes of EVPN that hosts tell each other by BGP.
    Bgp(Spoken),
    /// Hosts with a container in the network tell each other.
    Gossip,
}

/// How daemons find out.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The node with the store.
    pub store: Spanned<String>,
    /// What is written.
    pub rows: Rows,
    /// VTEPs answer ARP themselves, and send none through the tunnel.
    pub suppress: bool,
    /// How long announcements outlive their host.
    pub ttl: Option<SimDuration>,
}

/// How hosts tell each other by BGP.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The AS of all of them, where it stands.
    pub asn: Spanned<u32>,
    /// VTEPs answer ARP themselves, and send none through the tunnel.
    pub suppress: bool,
    /// Routes of type 3 are told and believed.
    pub flood: bool,
    /// Hosts with a route target of their own.
    pub targets: Vec<(Spanned<String>, RouteTarget)>,
}

impl Discovery {
    /// Daemons write where each station is, so frames need not teach it.
    pub fn knows_stations(&self) -> bool {
        match self {
            Self::Controller(told) => told.rows == Rows::All,
            Self::Evpn(_) | Self::Bgp(_) => true,
            // Docker leaves learning on all the same.
            Self::Gossip | Self::Multicast(_) | Self::StaticList => false,
        }
    }

    /// VTEPs answer ARP themselves.
    pub fn suppresses(&self) -> bool {
        match self {
            Self::Controller(told) | Self::Evpn(told) => told.suppress,
            Self::Bgp(spoken) => spoken.suppress,
            Self::Gossip => true,
            Self::Multicast(_) | Self::StaticList => false,
        }
    }
}

const VXLAN: &[&str] = &["vni", "discovery", "mtu", "port", "learning", "gateway", "srcport", "outer"];

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
    let section = Section::fields(name, tree, &[fields, &["clamp_mss"]].concat(), found)?;
    let clamp_mss = section.get("clamp_mss").and_then(|tree| super::node::clamp_mss(tree, found));
    let mtu = section.get("mtu").and_then(|tree| super::node::mtu(tree, found));
    let between = match name {
        "Bridge" => Between::Nothing,
        "Routed" => Between::Routes,
        "Vxlan" => Between::Vxlan(read_vxlan(&section, found)?),
        other => Between::Tunnel(tunnel::of_section(other, &section, found)?),
    };
    let over_ipv6 = section.get("outer").filter(|tree| {
        value::word("a kind of outer header", tree, &[("Ipv4", false), ("Ipv6", true)], found) == Some(true)
    });
    if let (Some(tree), Between::Vxlan(vxlan)) = (over_ipv6, &between)
        && vxlan.discovery != Discovery::StaticList
    {
        let finding = Finding::new(Code::NotYet, "over IPv6 the other ends are a list", tree.span);
        let finding = finding.label("no group and no daemon speaks IPv6");
        found.push(finding.help("discovery: StaticList"));
        return None;
    }
    Some(Overlay { between, mtu, clamp_mss, over_ipv6: over_ipv6.map(|tree| tree.span) })
}

fn read_vxlan(section: &Section<'_>, found: &mut Findings) -> Option<Vxlan> {
    let vni = section.need("vni", "42", found).and_then(|tree| vtep::vni(tree, found));
    let discovery = section.get("discovery").map_or(Some(Discovery::StaticList), |tree| discovery(tree, found));
    let port = section.get("port").and_then(|tree| vtep::port(tree, found)).unwrap_or(vxlan::PORT);
    let learning = section.get("learning").and_then(|tree| value::flag("learning", tree, found));
    let learning = learning.unwrap_or(!discovery.as_ref().is_some_and(Discovery::knows_stations));
    let gateways = [("None", false), ("Distributed", true)];
    let routed = section.get("gateway").and_then(|tree| value::word("a place for the gateway", tree, &gateways, found));
    let source_ports = section.get("srcport").and_then(|tree| vtep::source_ports(tree, found));
    let discovery = discovery?;
    if let (Some(true), Discovery::Evpn(_) | Discovery::Bgp(_) | Discovery::Gossip, Some(tree)) =
        (routed, &discovery, section.get("gateway"))
    {
        let text = "with this discovery a network has no distributed gateway";
        let finding = Finding::new(Code::NotYet, text, tree.span).label("only stations are told, not subnets");
        found.push(finding.help("discovery: Controller(store: \"ctl\")"));
        return None;
    }
    let (vni, routed) = (vni?.value, routed.unwrap_or(false));
    Some(Vxlan { vni, port, learning, discovery, routed, source_ports })
}

/// `StaticList`, `Multicast("239.1.1.1")`, `Controller(store: "ctl")`, `Evpn(asn: 65000)`, `Gossip`.
fn discovery(tree: &Tree, found: &mut Findings) -> Option<Discovery> {
    let known = ["StaticList", "Multicast", "Controller", "Evpn", "Gossip"];
    let word = match &tree.form {
        Form::Word(word) | Form::Call(Some(Spanned { value: word, .. }), _) => word.clone(),
        _ => tree.to_string(),
    };
    let group = match &tree.form {
        Form::Call(Some(_), Args::Items(items)) if items.len() == 1 => items.first(),
        _ => None,
    };
    match (word.as_str(), group) {
        ("StaticList" | "Gossip", _) if !stands_alone(tree) => {
            let finding = Finding::new(Code::WrongType, format!("`{word}` stands alone"), tree.span);
            found.push(finding.label("there is nothing to choose").help(format!("discovery: {word}")));
            None
        }
        ("StaticList", _) => Some(Discovery::StaticList),
        ("Gossip", _) => Some(Discovery::Gossip),
        ("Multicast", Some(group)) => value::group(group, found).map(Discovery::Multicast),
        ("Multicast", None) => needs("Multicast", "its group", "Multicast(\"239.1.1.1\")", tree, found),
        ("Controller", _) if matches!(tree.form, Form::Word(_)) => {
            needs("Controller", "its store", "Controller(store: \"ctl\")", tree, found)
        }
        ("Evpn", _) if matches!(tree.form, Form::Word(_)) => needs("Evpn", "its AS", "Evpn(asn: 65000)", tree, found),
        ("Controller", _) => {
            told("Controller", &["store", "rows", "suppress", "ttl"], true, tree, found).map(Discovery::Controller)
        }
        ("Evpn", _) => evpn(tree, found),
        _ => {
            found.push(unknown_word("a way to find the other ends", &word, tree.head(), &known));
            None
        }
    }
}

const EVPN: &[&str] = &["asn", "suppress", "flood", "targets", "store", "ttl"];

/// `Evpn(asn: 65000)` by BGP, or `Evpn(store: "ctl")`.
fn evpn(tree: &Tree, found: &mut Findings) -> Option<Discovery> {
    let section = Section::fields("Evpn", tree, EVPN, found)?;
    let by_store = section.get("store");
    let others: &[&str] = if by_store.is_some() { &["asn", "flood", "targets"] } else { &["ttl"] };
    if let Some((name, other)) = section.given().find(|(name, _)| others.contains(name)) {
        let text = format!(
            "`{name}` is nothing to a network that {}",
            if by_store.is_some() { "has a store" } else { "speaks BGP" }
        );
        let finding = Finding::new(Code::UnknownField, text, other.span).label("one or the other");
        found.push(finding.help("discovery: Evpn(asn: 65000) by BGP, or Evpn(store: \"ctl\")"));
        return None;
    }
    if by_store.is_some() {
        return told("Evpn", EVPN, false, tree, found).map(Discovery::Evpn);
    }
    let asn = section.need("asn", "65000", found)?;
    let number = routing::bgp::asn(asn, found);
    let flag = |name, found: &mut Findings| section.get(name).and_then(|tree| value::flag(name, tree, found));
    let suppress = flag("suppress", found).unwrap_or(false);
    let flood = flag("flood", found).unwrap_or(true);
    let targets = section.get("targets").map(|tree| pairs("hosts", tree, found)).unwrap_or_default();
    let target = |field: &Field| Some((field.name.clone(), routing::evpn::route_target(&field.value, found)?));
    let targets = targets.into_iter().filter_map(target).collect();
    Some(Discovery::Bgp(Spoken { asn: Spanned::new(number?, asn.span), suppress, flood, targets }))
}

/// A word, or one with nothing in its brackets.
fn stands_alone(tree: &Tree) -> bool {
    match &tree.form {
        Form::Call(_, Args::Items(items)) => items.is_empty(),
        Form::Call(_, Args::Fields(fields)) => fields.is_empty(),
        _ => true,
    }
}

fn needs(word: &str, what: &str, example: &str, tree: &Tree, found: &mut Findings) -> Option<Discovery> {
    let finding = Finding::new(Code::NeedsBrackets, format!("`{word}` needs {what}"), tree.head());
    found.push(finding.label(what.replace("its", "which") + "?").help(example));
    None
}

fn told(
    word: &str,
    fields: &'static [&'static str],
    suppress: bool,
    tree: &Tree,
    found: &mut Findings,
) -> Option<Told> {
    let section = Section::fields(word, tree, fields, found)?;
    let store = section.need("store", "\"ctl\"", found).and_then(|tree| value::text("store", tree, found));
    let rows = section.get("rows").and_then(|tree| value::word("a choice of rows", tree, &Rows::WORDS, found));
    let ttl = section.get("ttl").and_then(|tree| value::positive_time("ttl", tree, found));
    let rows = rows.unwrap_or_default();
    let suppress = section.get("suppress").and_then(|tree| value::flag("suppress", tree, found)).unwrap_or(suppress);
    Some(Told { store: store?, rows, suppress: suppress && rows == Rows::All, ttl })
}
