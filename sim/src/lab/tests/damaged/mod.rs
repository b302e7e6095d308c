//! One damaged lab for every code, and what its author reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::lab::diagnostic::catalogue::CATALOGUE;
use crate::lab::diagnostic::render;
use crate::lab::{Code, Source, open};

mod adjacent;
mod file;
mod gateway;
mod groups;
mod guide;
mod ipvlan;
mod macvlan;
mod names;
mod overlay;
mod pitfalls;
mod proofs;
mod repair;
mod rows;
mod sense;
mod shape;
mod sriov;
mod translation;
mod values;

const SOUND: &str = r#"Lab(
    format: 1,
    title: "Who answers?",
    idea: "ARP asks everybody, one answers.",
    nodes: {
        "ann": Host(ip: "10.0.0.1/24"),
        "bob": Host(ip: "10.0.0.2/24"),
        "eve": Host(ip: "10.0.0.3/24", promiscuous: true),
        "sw": Switch(fdb_size: 1000),
    },
    links: [("ann", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
    traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
    events: {"cut": (at: "5s", do: Down("ann--sw"))},
    variants: {"device": {"switch": (), "hub": (set: {"sw": Hub()})}},
    expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
    steps: {"ask": (
        say: "ann asks for bob.",
        ask: {
            "heard": Number(
                say: "How many frames reach eve?", answer: Count(Frames(into: "eve")),
                wrong: {"none": (is: 0, say: "A broadcast is for her too.")},
                hints: ["Look into eve.", "Not all frames are pings.", "{answer}: the question"],
            ),
            "answer": Choice(
                say: "What does the switch do with the answer?",
                options: {
                    "known": (say: "forwards it", holds: Saw(Frames(into: "ann", src: "bob"))),
                    "late": (say: "keeps it", holds: Never(Frames(into: "ann", src: "bob")), why: "A switch has no time to lose."),
                },
                hints: ["Look at sw.", "It knows ann.", "It {answer}."],
            ),
        },
        play: Done("ping"),
    )},
)
"#;

/// A question for nodes whose answer stands in its own filter, in front of another one.
const ECHO: &str = r#""who": Pick(say: "Who hears it?", answer: Nodes(Frames(into: "eve")), hints: ["Who?", "Why?", "{answer}"]),
            "heard":"#;

/// A code, what is replaced in the sound lab, and by what.
type Damage = (Code, &'static str, &'static str);

/// The first damage of a code is the one the catalogue test counts.
const DAMAGES: &[Damage] = &[
    (Code::Syntax, "\"sw:1\")", "\"sw:1\""),
    (Code::UnknownField, "fdb_size", "fbd_size"),
    (Code::UnknownWord, "Switch(", "Swich("),
    (Code::Twice, "\"bob\": Host", "\"ann\": Host"),
    (Code::NeedsBrackets, "Switch(fdb_size: 1000)", "Switch"),
    (Code::WrongType, "fdb_size: 1000", "fdb_size: \"1000\""),
    (Code::Missing, ", to: \"bob\"", ""),
    (Code::Unquoted, "\"bob\": Host", "bob: Host"),
    (Code::WrongBrackets, "events: {", "events: ("),
    (Code::UnknownName, "(\"eve\", \"sw:3\")", "(\"evee\", \"sw:3\")"),
    (Code::OtherKind, "Delivered(\"ping\")", "Delivered(\"ann\")"),
    (Code::NotAName, "\"bob\": Host", "\"bob's laptop\": Host"),
    (Code::NameTaken, "\"ping\": Ping", "\"sw\": Ping"),
    (Code::UnknownReason, "Delivered(\"ping\")", "Saw(Drops(reason: \"bridge.tabel-full\"))"),
    (Code::TooDeep, "Delivered(\"ping\")", "All([All([All([All([All([All([All([All([])])])])])])])])"),
    (Code::NotYet, "Down(\"ann--sw\")", "Move(\"ann--sw\")"),
    (Code::NoSuchPort, "\"ann\", \"sw:1\"", "\"ann:eth1\", \"sw:1\""),
    (Code::UnknownTable, "Delivered(\"ping\")", "Row(\"sw\", \"fbd\", {\"mac\": \"ann\"})"),
    (Code::Unit, "\"10ms\"", "10"),
    (Code::Address, "\"10.0.0.2/24\"", "\"10.0.0.2\""),
    (Code::NetworkAddress, "\"10.0.0.2/24\"", "\"10.0.0.255/24\""),
    (Code::DuplicateAddress, "\"10.0.0.2/24\"", "\"10.0.0.1/24\""),
    (Code::PortTaken, "\"sw:2\"", "\"sw:1\""),
    (Code::OutOfRange, "fdb_size: 1000", "fdb_size: 0"),
    (Code::LinkToSelf, "(\"ann\", \"sw:1\")", "(\"sw:4\", \"sw:1\")"),
    (Code::UnitsDisagree, "Frames(into: \"eve\")), 1)", "Frames(into: \"eve\")), \"1ms\")"),
    (Code::Refused, "Down(\"ann--sw\")", "Set(\"sw\", (aging: \"10s\"))"),
    (Code::Hints, "\"Not all frames are pings.\", ", ""),
    (Code::WhyMissing, ", why: \"A switch has no time to lose.\"", ""),
    (Code::GivenAway, "Look into eve.", "Is it {answer}?"),
    (Code::Placeholder, "{answer}: the question", "{answers}: the question"),
    (Code::CardTaken, "\"eve\": Host", TWO_ALONE),
    (Code::TypedAnswer, "answer: Count(Frames(into: \"eve\"))", "answer: 2"),
    (Code::Echo, "\"heard\":", ECHO),
    (Code::MtuTooSmall, "\"10.0.0.2/24\"", "\"10.0.0.2/24\", mtu: 9000"),
    (Code::Unreachable, "\"10.0.0.2/24\"", "\"10.0.1.2/24\""),
    (Code::NotLinked, ", (\"eve\", \"sw:3\")", ""),
    (Code::NotPromiscuous, ", promiscuous: true", ""),
    (Code::GatewayElsewhere, "\"10.0.0.2/24\"", "\"10.0.0.2/24\", gateway: \"10.0.1.254\""),
    (Code::NeverHappens, "\"10ms\"", "\"10ms\", start: Event(\"cut\")"),
    (Code::TunnelToSelf, "\"eve\": Host", OWN_TUNNEL),
    (Code::SameTunnel, "\"eve\": Host", TWICE_TUNNEL),
    (Code::OverlappingSubnets, "\"eve\": Host", ONE_SUBNET),
    (Code::TwoGateways, "links:", TWO_GATEWAYS),
    (Code::SharedMode, "\"eve\": Host", TWO_MODES),
    (Code::NoAdjacency, "\"eve\": Host", TWO_KINDS),
    (Code::OtherFamily, "\"eve\": Host", TWO_FAMILIES),
    (Code::TunnelLoop, "\"eve\": Host", LOOP),
    (Code::LocalElsewhere, "\"eve\": Host", NOT_ITS_OWN),
    (Code::Denied, "events: {", DENIED),
    (Code::Quota, "events: {", FULL),
    (Code::Empty, SOUND, " \n"),
    (Code::NotText, "Who answers?", "Who \u{7}answers?"),
    (Code::TooBig, "", ""),
    (Code::Format, "format: 1", "format: 2, flavour: \"new\""),
    (Code::OtherFile, "Lab(", "Suite("),
    (Code::TooManyVariants, "\"switch\": ()", ""),
];

const DENIED: &str = "cluster: (plugin: FlannelHostGw(), environment: OpenStack(), nodes: 2, pods: 1), events: {";
const FULL: &str = "cluster: (plugin: VpcCni(instance: \"t3.nano\"), environment: Aws(), nodes: 2, pods: 9), events: {";
const TWO_KINDS: &str = r#""r1": Router(ips: {"eth0": "10.9.0.1/24"}, routing: Ospf(network: PointToPoint)),
        "r2": Router(ips: {"eth0": "10.9.0.2/24"}, routing: Ospf()), "eve": Host"#;
const OWN_TUNNEL: &str = r#""t": Linux(devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.9/24"}), "vx": Vtep(vni: 42, remote: "10.0.0.9")},
        wires: [("ip:eth0", "eth0"), ("vx:outer", "ip:vx")]), "eve": Host"#;
const LOOP: &str = r#""t": Linux(
    devices: {
        "eth0": Nic(), "t": Tunnel(kind: Ipip(), remote: "192.0.2.7"),
        "ip": Stack(ip: {"eth0": "10.0.0.9/24", "t0": []}, gateway: "10.0.0.1"),
    },
    wires: [("ip:eth0", "eth0"), ("t:outer", "ip:t"), ("t:inner", "ip:t0")],
    rows: [AddRow("ip", "routes", {"prefix": "192.0.2.0/24", "dev": "t0"})],
), "eve": Host"#;
const NOT_ITS_OWN: &str = r#""t": Linux(
    devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.9/24"}), "vx": Vtep(vni: 42, local: "10.0.0.8")},
    wires: [("ip:eth0", "eth0"), ("vx:outer", "ip:vx")],
), "eve": Host"#;
const TWICE_TUNNEL: &str = r#""t": Linux(devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.9/24"}), "a": Vtep(vni: 42), "b": Vtep(vni: 42)},
        wires: [("ip:eth0", "eth0"), ("a:outer", "ip:a"), ("b:outer", "ip:b")]), "eve": Host"#;
const TWO_ALONE: &str = r#""t": Linux(devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.9/24"}),
        "mv": Macvlan(children: {"a": (mode: Passthru), "b": (mode: Bridge)})},
        wires: [("mv:lower", "eth0"), ("ip:eth0", "mv:host")]), "eve": Host"#;
const TWO_MODES: &str = r#""c": Container(on: "ann", nic: Ipvlan(mode: L2), ip: "10.0.0.11/24"),
        "d": Container(on: "ann", nic: Ipvlan(mode: L3), ip: "10.0.0.12/24"), "eve": Host"#;
const TWO_FAMILIES: &str = r#""h1": Linux(
    devices: {
        "ip": Stack(ip: {"eth0": "192.0.2.1/24"}), "eth0": Nic(), "br": Bridge(),
        "vx": Vtep(vni: 7, remote: "fd00::2"),
    },
    wires: [("ip:eth0", "eth0"), ("vx:outer", "ip:vx"), ("vx:inner", "br:vx")],
), "eve": Host"#;

const TWO_GATEWAYS: &str = r#"overlays: {"blue": Vxlan(vni: 1), "red": Vxlan(vni: 2)},
    gateways: {
        "g": Central(on: "ann", joins: {"blue": "10.1.0.1/24", "red": "10.2.0.1/24"}),
        "k": Central(on: "bob", joins: {"blue": "10.1.0.2/24", "red": "10.2.0.2/24"}),
    },
    links:"#;

const ONE_SUBNET: &str = r#""p": Container(on: "ann", net: "blue", ip: "10.244.1.2/24"), "q": Container(on: "bob", net: "blue", ip: "10.244.1.3/24"),
        "eve": Host"#;

/// Codes that only a run can find; `proofs` has a lab for each.
pub const PROVEN: &[Code] =
    &[Code::Fragile, Code::NoAnswer, Code::SameAnswer, Code::NeverComes, Code::CannotFail, Code::Slow];

/// Codes of translations; `translation` has one for each.
pub const TRANSLATED: &[Code] = &[Code::Untranslated, Code::Stale, Code::Elsewhere, Code::NothingThere];

/// The sound lab with a damage done to it.
fn damaged((code, from, to): Damage) -> String {
    match code {
        Code::TooBig => "x".repeat(crate::lab::source::MAX_BYTES + 1),
        Code::TooManyVariants => {
            let axes: Vec<String> = (0..7).map(|n| format!("\"{n}\": {{\"a{n}\": (), \"b{n}\": ()}}, ")).collect();
            SOUND.replacen("variants: {", &format!("variants: {{{}", axes.concat()), 1)
        }
        Code::NeverHappens => {
            SOUND.replacen(from, to, 1).replacen("at: \"5s\"", "at: After(Done(\"ping\"), \"1s\")", 1)
        }
        Code::OverlappingSubnets => {
            SOUND.replacen(from, to, 1).replacen("links:", "overlays: {\"blue\": Routed()}, links:", 1)
        }
        Code::NoAdjacency => {
            SOUND.replacen(from, to, 1).replacen("links: [", "links: [(\"r1:eth0\", \"r2:eth0\"), ", 1)
        }
        _ => SOUND.replacen(from, to, 1),
    }
}

/// What is said about a text.
pub fn said(text: &str) -> String {
    let source = Source::new("lab.ron", text);
    let findings = open(source.clone()).map_or_else(|findings| findings, |lab| lab.warnings);
    render::all(&findings, &source)
}

/// What is wrong, what is replaced in a sound lab, and by what.
pub type Slip = (&'static str, &'static str, &'static str);

/// What is said about each of the slips, done to a sound lab; `more` adds what else a slip needs. Each names the fix.
pub fn all_said(sound: &str, slips: &[Slip], more: impl Fn(Slip, String) -> String) -> String {
    let mut all = String::new();
    for slip in slips {
        let (what, from, to) = *slip;
        assert!(sound.contains(from), "{what}: nothing was damaged");
        let said = said(&more(*slip, sound.replacen(from, to, 1)));
        assert!(said.contains("help:"), "{what}: {said}");
        writeln!(all, "# {what}\n\n{said}").unwrap();
    }
    all
}

/// What is said about the damage that stands for a code.
fn shown(code: Code) -> String {
    DAMAGES.iter().find(|damage| damage.0 == code).map(|damage| said(&damaged(*damage))).unwrap_or_default()
}

/// What is said when one text of the sound lab is replaced by another.
fn replaced(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from} is not in the sound lab");
    said(&SOUND.replacen(from, to, 1))
}

#[test]
fn the_sound_lab_is_sound() {
    assert_eq!(said(SOUND), "");
}

#[test]
fn every_code_has_a_damaged_lab() {
    let all: BTreeSet<Code> = CATALOGUE.iter().map(|entry| entry.code).collect();
    let damaged: BTreeSet<Code> = DAMAGES.iter().map(|damage| damage.0).collect();
    let elsewhere: BTreeSet<Code> = PROVEN.iter().chain(TRANSLATED).copied().collect();
    assert_eq!(all, &damaged | &elsewhere);
    for code in damaged {
        let said = shown(code);
        assert!(said.contains(&format!("[{}]", code.id())), "{}:\n{said}", code.id());
        assert!(!said.contains("Code::") && !said.contains("Some("), "{said}");
    }
}

#[test]
fn machines_read_the_same() {
    let source = Source::new("lab.ron", SOUND.replacen("\"10ms\"", "10", 1).as_str());
    let findings = open(source.clone()).unwrap_err();
    let json: Vec<String> =
        findings.iter().map(|finding| serde_json::to_string(&render::json(finding, &source)).unwrap()).collect();
    insta::assert_snapshot!(json.concat(), @r#"{"code":"L020","severity":"error","message":"`every` needs a unit","file":"lab.ron","line":12,"column":59,"help":["every: \"10ms\""]}"#);
}

#[test]
fn bytes_that_are_no_text_are_placed() {
    let source = Source::from_bytes("lab.ron", b"Lab(\n  title: \"caf\xe9\")");
    let findings = open(source.clone()).unwrap_err();
    insta::assert_snapshot!(render::all(&findings, &source), @r#"
    error[L061]: this file is not text
     --> lab.ron:2:14
      |
    2 |   title: "caf
      |              ^ the byte behind this is not UTF-8
      |
      = help: a lab is a text file in UTF-8; was it saved in another encoding, or is this another file?
    "#);
}

#[test]
fn windows_files_are_read_alike() {
    let text = format!("\u{feff}{}", SOUND.replace('\n', "\r\n"));
    assert_eq!(said(&text), "");
    let broken = text.replacen("\"10ms\"", "10", 1);
    assert!(said(&broken).contains("lab.ron:12:59"), "{}", said(&broken));
}
