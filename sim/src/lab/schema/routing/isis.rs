//! `routing: Isis(network: PointToPoint, area: "49.0001", level: 2, …)`.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::routing::{interfaces, passive, seconds};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::isis::{FaceConfig, IsisConfig, Network};
use crate::time::SimDuration;
use crate::wire::isis::{Area, Levels, SystemId};

pub(super) const FIELDS: &[&str] = &[
    "network",
    "area",
    "level",
    "metric",
    "priority",
    "hello",
    "hold",
    "csnp",
    "psnp",
    "retransmit",
    "lsp_interval",
    "spf_delay",
    "spf_hold",
    "spf_max",
    "system",
    "password",
    "padding",
    "passive",
    "interfaces",
];
const INTERFACE: &[&str] = &["level", "network", "metric", "priority", "hello", "hold"];
/// The words of levels besides the numbers.
const LEVELS: &[(&str, Levels)] = &[("Both", Levels::BOTH)];
/// Longest password (ISO/IEC 10589 §9.6: a value has 255 bytes, one of which is its kind).
const PASSWORD: usize = 254;
/// Largest metric of a link that may be used (RFC 5305 §3).
const METRIC: u64 = 0x00ff_fffe;
/// Largest priority.
const PRIORITY: u64 = 127;

/// IS-IS as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Isis {
    /// Its settings.
    pub config: IsisConfig,
    /// Interfaces it names, where they stand.
    pub named: Vec<Spanned<String>>,
}

/// Reads what stands in the brackets.
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Isis {
    let (mut config, mut named) = (IsisConfig::default(), Vec::new());
    for (name, tree) in section.given() {
        match name {
            "network" => config.network = network(tree, found).unwrap_or_default(),
            "area" => config.area = area(tree, found).unwrap_or(config.area),
            "level" => config.level = level(tree, found).unwrap_or(config.level),
            "metric" => config.metric = metric(tree, found).unwrap_or(config.metric),
            "priority" => config.priority = priority(tree, found).unwrap_or(config.priority),
            "hello" | "hold" => {}
            "system" => config.system = system(tree, found),
            "password" => config.password = password(tree, found),
            "padding" => config.padding = value::flag(name, tree, found).unwrap_or(true),
            "passive" => config.passive = passive(tree, &mut named, found),
            "interfaces" => config.interfaces = interfaces(tree, &mut named, interface, found),
            _ => time(&mut config, name, tree, found),
        }
    }
    let (hello, hold) = timers(section, (config.hello, config.hold), found);
    (config.hello, config.hold) = (hello.unwrap_or(config.hello), hold.unwrap_or(config.hold));
    if section.get("spf_max").is_none() {
        config.spf_max = config.spf_max.max(config.spf_hold);
    }
    if let Some(tree) = section.get("spf_max").filter(|_| config.spf_max < config.spf_hold) {
        let text = format!("`spf_max` is {}, less than one `spf_hold` of {}", config.spf_max, config.spf_hold);
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label("the longest wait");
        found.push(finding.help("spf_hold: \"1s\", spf_max: \"1s\""));
    }
    for (face, own) in &config.interfaces {
        let common = own.level.map(|level| level.and(config.level));
        if let Some(place) = named.iter().find(|name| name.value == *face).filter(|_| common == Some(Levels(0))) {
            let text = format!("the router does not speak level {}", own.level.unwrap_or_default().word());
            let finding = Finding::new(Code::OutOfRange, text, place.span);
            let label = format!("it speaks level {}", config.level.word());
            found.push(finding.label(label).help("level: Both for the router, and `level: 1` or `level: 2` here"));
        }
    }
    Isis { config, named }
}

fn time(config: &mut IsisConfig, name: &str, tree: &Tree, found: &mut Findings) {
    let place = match name {
        "csnp" => &mut config.csnp,
        "psnp" => &mut config.psnp,
        "retransmit" => &mut config.retransmit,
        "lsp_interval" => &mut config.lsp_interval,
        "spf_delay" => &mut config.spf_delay,
        "spf_hold" => &mut config.spf_hold,
        _ => &mut config.spf_max,
    };
    let positive = matches!(name, "csnp" | "psnp" | "retransmit");
    let time = if positive { value::positive_time(name, tree, found) } else { value::time(name, tree, found) };
    *place = time.unwrap_or(*place);
}

fn network(tree: &Tree, found: &mut Findings) -> Option<Network> {
    value::word("a kind of network", tree, &Network::WORDS, found)
}

fn metric(tree: &Tree, found: &mut Findings) -> Option<u32> {
    value::whole("metric", tree, 1..=METRIC, found).map(|metric| metric as u32)
}

fn priority(tree: &Tree, found: &mut Findings) -> Option<u8> {
    value::whole("priority", tree, 0..=PRIORITY, found).map(|priority| priority as u8)
}

/// `1`, `2` or `Both`.
fn level(tree: &Tree, found: &mut Findings) -> Option<Levels> {
    match &tree.form {
        Form::Number(_) => value::whole("level", tree, 1..=2, found).map(|level| Levels(level as u8)),
        _ => value::word("a level", tree, LEVELS, found),
    }
}

/// `"49.0001"`.
fn area(tree: &Tree, found: &mut Findings) -> Option<Area> {
    let text = value::text("an area", tree, found)?;
    let area = text.value.parse().ok();
    if area.is_none() {
        let what = format!("`{}` is no address of an area", text.value);
        let finding = Finding::new(Code::OutOfRange, what, text.span).label("pairs of hexadecimal digits, 1 to 13");
        found.push(finding.help("area: \"49.0001\""));
    }
    area
}

/// `"0000.0000.0001"`.
fn system(tree: &Tree, found: &mut Findings) -> Option<SystemId> {
    let text = value::text("a system id", tree, found)?;
    let id: Option<SystemId> = text.value.parse().ok();
    if id.is_none_or(|id| id == SystemId::default()) {
        let what = format!("`{}` is no id of a system", text.value);
        let finding = Finding::new(Code::OutOfRange, what, text.span);
        let finding = finding.label("three times four hexadecimal digits, not all zero");
        found.push(finding.help("system: \"0000.0000.0001\""));
        return None;
    }
    id
}

fn password(tree: &Tree, found: &mut Findings) -> Option<String> {
    let text = value::text("password", tree, found)?;
    if text.value.is_empty() || text.value.len() > PASSWORD {
        let what = format!("a password has 1 to {PASSWORD} bytes, this one has {}", text.value.len());
        let finding = Finding::new(Code::OutOfRange, what, text.span).label("no more fits into a hello");
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
            "level" => own.level = level(tree, found),
            "network" => own.network = network(tree, found),
            "metric" => own.metric = metric(tree, found),
            "priority" => own.priority = priority(tree, found),
            _ => {}
        }
    }
    let default = IsisConfig::default();
    (own.hello, own.hold) = timers(&section, (default.hello, default.hold), found);
    Some(own)
}

/// Hello interval and hold time, which is three times the other where only that is given.
fn timers(
    section: &Section<'_>,
    (usual_hello, usual_hold): (SimDuration, SimDuration),
    found: &mut Findings,
) -> (Option<SimDuration>, Option<SimDuration>) {
    // As the hello has the hold time: three of them fit into the field.
    let most = u64::from(u16::MAX) / 3;
    let mut read = |name, example| section.get(name).and_then(|tree| seconds(name, tree, (most, example), found));
    let (hello, hold) = (read("hello", "10s"), read("hold", "30s"));
    let hold = match (hello, section.get("hold")) {
        (Some(hello), None) => Some(SimDuration(hello.0.saturating_mul(3))),
        _ => hold,
    };
    let (longest, silence) = (hello.unwrap_or(usual_hello), hold.unwrap_or(usual_hold));
    if silence <= longest
        && let Some(tree) = section.get("hold")
    {
        let text = format!("this router would be given up after {silence}, before its next hello");
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label(format!("a hello comes every {longest}"));
        found.push(finding.help("usual are three hellos: hello: \"10s\", hold: \"30s\""));
    }
    (hello, hold)
}
