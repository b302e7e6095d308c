//! `routing: Eigrp(asn: 100, hold: "15s", …)`.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::routing::{interfaces, passive, seconds};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::eigrp::{EigrpConfig, FaceConfig};
use crate::time::SimDuration;

pub(super) const FIELDS: &[&str] = &[
    "asn",
    "k",
    "delay",
    "bandwidth",
    "hello",
    "hold",
    "retransmit",
    "active",
    "split_horizon",
    "passive",
    "interfaces",
];
const INTERFACE: &[&str] = &["delay", "bandwidth", "hello", "hold"];
/// Delays are told in tens of microseconds.
const STEP: SimDuration = SimDuration::from_us(10);
/// The longest that is told: 24 bits of such steps.
const LONGEST: u64 = 0xff_ffff;
/// The widest link that still counts, in kb/s.
const WIDEST: u64 = 10_000_000;

/// EIGRP as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigrp {
    /// Its settings.
    pub config: EigrpConfig,
    /// Interfaces it names, where they stand.
    pub named: Vec<Spanned<String>>,
}

/// Reads what stands in the brackets.
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Eigrp {
    let (mut config, mut named) = (EigrpConfig::default(), Vec::new());
    for (name, tree) in section.given() {
        match name {
            "asn" => {
                let number = value::whole(name, tree, 1..=u64::from(u16::MAX), found);
                config.system = number.map_or(config.system, |number| number as u16);
            }
            "k" => config.k = weights(tree, found).unwrap_or(config.k),
            "delay" => config.delay = delay(tree, found).unwrap_or(config.delay),
            "bandwidth" => config.bandwidth = bandwidth(tree, found).unwrap_or(config.bandwidth),
            "retransmit" => config.retransmit = value::positive_time(name, tree, found).unwrap_or(config.retransmit),
            "active" => config.active = value::positive_time(name, tree, found).unwrap_or(config.active),
            "split_horizon" => config.split_horizon = value::flag(name, tree, found).unwrap_or(true),
            "passive" => config.passive = passive(tree, &mut named, found),
            "interfaces" => config.interfaces = interfaces(tree, &mut named, interface, found),
            _ => {}
        }
    }
    let (hello, hold) = timers(section, (config.hello, config.hold), found);
    (config.hello, config.hold) = (hello.unwrap_or(config.hello), hold.unwrap_or(config.hold));
    Eigrp { config, named }
}

fn interface(tree: &Tree, found: &mut Findings) -> Option<FaceConfig> {
    let section = Section::fields("an interface", tree, INTERFACE, found)?;
    let mut own = FaceConfig::default();
    for (name, tree) in section.given() {
        match name {
            "delay" => own.delay = delay(tree, found),
            "bandwidth" => own.bandwidth = bandwidth(tree, found),
            _ => {}
        }
    }
    let default = EigrpConfig::default();
    (own.hello, own.hold) = timers(&section, (default.hello, default.hold), found);
    Some(own)
}

/// K1 to K5, and K6 if there are six.
fn weights(tree: &Tree, found: &mut Findings) -> Option<[u8; 6]> {
    let items = value::items("k", "k: [1, 0, 1, 0, 0]", tree, found);
    // 255 in all of them says goodbye.
    let all = items.iter().map(|item| value::whole("a K value", item, 0..=254, found).map(|k| k as u8));
    let all: Vec<u8> = all.collect::<Option<_>>()?;
    let mut k = [0; 6];
    if !matches!(all.len(), 5 | 6) {
        let finding = Finding::new(Code::OutOfRange, format!("{} K values, and there are five", all.len()), tree.span);
        found.push(finding.label("K1 to K5").help("k: [1, 0, 1, 0, 0]"));
        return None;
    }
    k[..all.len()].copy_from_slice(&all);
    if k[2] == 0 {
        let finding = Finding::new(Code::OutOfRange, "without K3 the delay does not count", tree.span);
        let finding = finding.label("a way over more routers would be as far");
        found.push(finding.help("k: [1, 0, 1, 0, 0]"));
        return None;
    }
    Some(k)
}

fn delay(tree: &Tree, found: &mut Findings) -> Option<SimDuration> {
    let delay = value::time("delay", tree, found)?;
    if !delay.0.is_multiple_of(STEP.0) || !(1..=LONGEST).contains(&(delay.0 / STEP.0)) {
        let finding = Finding::new(Code::OutOfRange, format!("`delay` cannot be {delay}"), tree.span);
        let finding = finding.label("whole tens of microseconds, from 10us to 167s");
        found.push(finding.help("delay: \"100us\""));
        return None;
    }
    Some(delay)
}

fn bandwidth(tree: &Tree, found: &mut Findings) -> Option<u32> {
    let bits = value::bits("bandwidth", tree, found)?;
    let kilobits = bits / 1000;
    if !(1..=WIDEST).contains(&kilobits) {
        let finding = Finding::new(Code::OutOfRange, "`bandwidth` cannot be this", tree.span);
        let finding = finding.label("the classic metric knows 1kbps to 10Gbps");
        found.push(finding.help("bandwidth: \"100Mbps\""));
        return None;
    }
    Some(kilobits as u32)
}

/// Hello interval and hold time, which is three times the other where only that is given.
fn timers(
    section: &Section<'_>,
    (usual_hello, usual_hold): (SimDuration, SimDuration),
    found: &mut Findings,
) -> (Option<SimDuration>, Option<SimDuration>) {
    let hello = section.get("hello").and_then(|tree| value::positive_time("hello", tree, found));
    let hold = match (section.get("hold"), hello) {
        (Some(tree), _) => seconds("hold", tree, (u64::from(u16::MAX), "15s"), found),
        (None, Some(hello)) => Some(SimDuration::from_secs((hello.0 * 3).div_ceil(1_000_000_000).min(65535))),
        (None, None) => None,
    };
    let (every, silence) = (hello.unwrap_or(usual_hello), hold.unwrap_or(usual_hold));
    if let Some(tree) = section.get("hold").or_else(|| section.get("hello")).filter(|_| silence <= every) {
        let text = format!("a neighbour would be gone after {silence}, before its next hello");
        let finding = Finding::new(Code::OutOfRange, text, tree.span).label(format!("a hello comes every {every}"));
        found.push(finding.help("the standard has three hellos: hello: \"5s\", hold: \"15s\""));
    }
    (hello, hold)
}
