//! `routing: Ospf(network: PointToPoint, area: 1, …)`.

use std::net::Ipv4Addr;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::routing::{interfaces, passive, seconds};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::ospf::{BACKBONE, FaceConfig, Network, OspfConfig};
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &[
    "network",
    "area",
    "stub",
    "cost",
    "priority",
    "hello",
    "dead",
    "retransmit",
    "spf_delay",
    "spf_hold",
    "spf_max",
    "router_id",
    "password",
    "passive",
    "interfaces",
];
const INTERFACE: &[&str] = &["area", "network", "cost", "priority", "hello", "dead"];
/// Longest password (RFC 2328 §D.2).
const PASSWORD: usize = 8;

/// OSPF as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Ospf {
    /// Its settings.
    pub config: OspfConfig,
    /// Interfaces it names, where they stand.
    pub named: Vec<Spanned<String>>,
    /// Stub areas, where they stand.
    pub stubs: Vec<Spanned<Ipv4Addr>>,
}

/// Reads what stands in the brackets.
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Ospf {
    let (mut config, mut named, mut stubs) = (OspfConfig::default(), Vec::new(), Vec::new());
    for (name, tree) in section.given() {
        match name {
            "network" => config.network = network(tree, found).unwrap_or_default(),
            "area" => config.area = area(name, tree, found).unwrap_or(BACKBONE),
            "stub" => {
                let items = value::items(name, "stub: [1]", tree, found);
                stubs = items.iter().filter_map(|item| Some(Spanned::new(stub(item, found)?, item.span))).collect();
                config.stub = stubs.iter().map(|stub| stub.value).collect();
            }
            "cost" => config.cost = cost(tree, found).unwrap_or(config.cost),
            "priority" => config.priority = priority(tree, found).unwrap_or(config.priority),
            "hello" | "dead" => {}
            "router_id" => config.router_id = value::ip(tree, found).filter(|id| sound_id(*id, name, tree, found)),
            "password" => config.password = password(tree, found),
            "passive" => config.passive = passive(tree, &mut named, found),
            "interfaces" => config.interfaces = interfaces(tree, &mut named, interface, found),
            _ => time(&mut config, name, tree, found),
        }
    }
    let (hello, dead) = timers(section, (config.hello, config.dead), found);
    (config.hello, config.dead) = (hello.unwrap_or(config.hello), dead.unwrap_or(config.dead));
    if let Some(tree) = section.get("spf_max").filter(|_| config.spf_max < config.spf_hold) {
        let text = format!("`spf_max` is {}, less than one `spf_hold` of {}", config.spf_max, config.spf_hold);
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label("the longest wait");
        found.push(finding.help("spf_hold: \"50ms\", spf_max: \"5s\""));
    }
    Ospf { config, named, stubs }
}

fn time(config: &mut OspfConfig, name: &str, tree: &Tree, found: &mut Findings) {
    match name {
        "retransmit" => config.retransmit = value::positive_time(name, tree, found).unwrap_or(config.retransmit),
        "spf_delay" => config.spf_delay = value::time(name, tree, found).unwrap_or(config.spf_delay),
        "spf_hold" => config.spf_hold = value::time(name, tree, found).unwrap_or(config.spf_hold),
        _ => config.spf_max = value::time(name, tree, found).unwrap_or(config.spf_max),
    }
}

fn network(tree: &Tree, found: &mut Findings) -> Option<Network> {
    value::word("a kind of network", tree, &Network::WORDS, found)
}

fn cost(tree: &Tree, found: &mut Findings) -> Option<u16> {
    value::whole("cost", tree, 1..=u64::from(u16::MAX), found).map(|cost| cost as u16)
}

fn priority(tree: &Tree, found: &mut Findings) -> Option<u8> {
    value::whole("priority", tree, 0..=u64::from(u8::MAX), found).map(|priority| priority as u8)
}

/// `1` or `"0.0.0.1"`.
fn area(name: &str, tree: &Tree, found: &mut Findings) -> Option<Ipv4Addr> {
    match &tree.form {
        Form::Number(_) => {
            let number = value::whole(name, tree, 0..=u64::from(u32::MAX), found)?;
            Some(Ipv4Addr::from_bits(number as u32))
        }
        _ => value::ip(tree, found),
    }
}

fn stub(tree: &Tree, found: &mut Findings) -> Option<Ipv4Addr> {
    let area = area("stub", tree, found)?;
    if area == BACKBONE {
        let finding = Finding::new(Code::OutOfRange, "the backbone cannot be a stub area", tree.span);
        let finding = finding.label("all other areas hang on it");
        found.push(finding.help("stub: [1]"));
        return None;
    }
    Some(area)
}

pub(super) fn sound_id(id: Ipv4Addr, name: &str, tree: &Tree, found: &mut Findings) -> bool {
    if id.is_unspecified() {
        let finding = Finding::new(Code::OutOfRange, "no router has the id 0.0.0.0", tree.span);
        found.push(finding.label("it stands for nobody").help(format!("{name}: \"10.255.0.1\"")));
    }
    !id.is_unspecified()
}

fn password(tree: &Tree, found: &mut Findings) -> Option<String> {
    let text = value::text("password", tree, found)?;
    if text.value.is_empty() || text.value.len() > PASSWORD {
        let what = format!("a password has 1 to {PASSWORD} bytes, this one has {}", text.value.len());
        let finding = Finding::new(Code::OutOfRange, what, text.span).label("the field in the header is that long");
        found.push(finding.help("password: \"secret\""));
        return None;
    }
    Some(text.value)
}

fn interface(tree: &Tree, found: &mut Findings) -> Option<FaceConfig> {
    let section = Section::fields("an interface", tree, INTERFACE, found)?;
    let mut own = FaceConfig::default();
    for (name, tree) in section.given() {
        match name {
            "area" => own.area = area(name, tree, found),
            "network" => own.network = network(tree, found),
            "cost" => own.cost = cost(tree, found),
            "priority" => own.priority = priority(tree, found),
            _ => {}
        }
    }
    let default = OspfConfig::default();
    (own.hello, own.dead) = timers(&section, (default.hello, default.dead), found);
    Some(own)
}

/// Hello and dead interval, which is four times the other where only that is given.
fn timers(
    section: &Section<'_>,
    (usual_hello, usual_dead): (SimDuration, SimDuration),
    found: &mut Findings,
) -> (Option<SimDuration>, Option<SimDuration>) {
    let mut read = |name, most, example| section.get(name).and_then(|tree| seconds(name, tree, (most, example), found));
    let hello = read("hello", u64::from(u16::MAX), "10s");
    let dead = read("dead", u64::from(u32::MAX), "40s");
    let dead = match (hello, section.get("dead")) {
        (Some(hello), None) => Some(SimDuration(hello.0.saturating_mul(4))),
        _ => dead,
    };
    let (longest, silence) = (hello.unwrap_or(usual_hello), dead.unwrap_or(usual_dead));
    if silence <= longest
        && let Some(tree) = section.get("dead")
    {
        let text = format!("a neighbour would be gone after {silence}, before its next hello");
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label(format!("a hello comes every {longest}"));
        found.push(finding.help("the standard has four hellos: hello: \"10s\", dead: \"40s\""));
    }
    (hello, dead)
}
