//! What the author of a lab with ipvlan children reads.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "One card",
    idea: "Children share a card.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", shim: "10.0.0.201/32"), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Ipvlan(mode: L2), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Ipvlan(mode: L2), ip: "10.0.0.12/24"),
        "g": Linux(
            devices: {
                "eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.21/24"}), "c": Stack(ip: {"eth0": "10.0.0.22/24"}),
                "d": Stack(ip: {"eth0": "10.0.0.23/24"}),
                "iv": Ipvlan(children: {"c": (mode: L3), "d": (mode: L3)}),
            },
            wires: [("iv:lower", "eth0"), ("ip:eth0", "iv:host"), ("iv:routed", "ip:iv.routed"), ("c:eth0", "iv:c"),
                ("d:eth0", "iv:d")],
        ),
    },
    links: [("h", "sw"), ("x", "sw"), ("g", "sw")],
    traffic: {"ping": Ping(from: "a", to: "x")},
    expect: {"works": Delivered("ping")},
)
"#;

const B: &str = r#"Ipvlan(mode: L2), ip: "10.0.0.12/24""#;

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("macvlan beside it", B, r#"Macvlan(mode: Bridge), ip: "10.0.0.12/24""#),
    ("the second with another mode", B, r#"Ipvlan(mode: L3), ip: "10.0.0.12/24""#),
    ("the second with another flag", B, r#"Ipvlan(mode: L2, flag: Private), ip: "10.0.0.12/24""#),
    ("an address twice", B, r#"Ipvlan(mode: L2), ip: "10.0.0.11/24""#),
    ("a hardware address of its own", B, r#"Ipvlan(mode: L2), mac: "02:00:00:00:00:77", ip: "10.0.0.12/24""#),
    ("a mode that is none", B, r#"Ipvlan(mode: L4), ip: "10.0.0.12/24""#),
    ("a mode of macvlan", B, r#"Ipvlan(mode: Bridge), ip: "10.0.0.12/24""#),
    ("a flag that is none", B, r#"Ipvlan(mode: L2, flag: Open), ip: "10.0.0.12/24""#),
    ("no mode", B, r#"Ipvlan(), ip: "10.0.0.12/24""#),
    ("a field of macvlan", B, r#"Ipvlan(mode: L2, sources: []), ip: "10.0.0.12/24""#),
    ("the name of the device", r#""b": Container"#, r#""ipvlan": Container"#),
    ("the name of the host's own", r#""b": Container"#, r#""ipv0": Container"#),
    ("device by device, two modes", r#""d": (mode: L3)"#, r#""d": (mode: L2)"#),
    ("device by device, an address twice", "10.0.0.23/24", "10.0.0.22/24"),
    ("device by device, macvlan beside it", r#""iv": Ipvlan"#, r#""mv": Macvlan(children: {}), "iv": Ipvlan"#),
    ("the card in a bridge", r#"("iv:lower", "eth0"), "#, r#"("iv:lower", "eth0"), ("br:1", "eth0"), "#),
    ("children of nothing", r#"("iv:lower", "eth0"), "#, ""),
    ("no way out", r#"("iv:routed", "ip:iv.routed"), "#, ""),
    ("a way out into a child", r#""ip:iv.routed""#, r#""c:iv.routed""#),
    (
        "a way out into an interface",
        r#"("ip:eth0", "iv:host"), ("iv:routed", "ip:iv.routed")"#,
        r#"("iv:routed", "ip:eth0")"#,
    ),
    ("a child called as the other ports are", r#"{"c": (mode: L3), "#, r#"{"routed": (mode: L3), "c": (mode: L3), "#),
    ("no children", r#"Ipvlan(children: {"c": (mode: L3), "d": (mode: L3)})"#, "Ipvlan()"),
];

#[test]
fn the_lab_is_sound() {
    assert_eq!(said(SOUND), "");
}

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    // What else has to be there for the damage to be this one.
    let more = |to: &str, text: String| match () {
        () if to.contains("br:1") => text.replacen(r#""iv": Ipvlan"#, r#""br": Bridge(), "iv": Ipvlan"#, 1),
        () if to.contains(r#""mv": Macvlan"#) => {
            text.replacen(r#"("iv:lower", "eth0")"#, r#"("mv:lower", "eth0"), ("iv:lower", "eth0")"#, 1)
        }
        () => text,
    };
    let all = all_said(SOUND, DAMAGES, |(_, _, to), text| more(to, text));
    insta::assert_snapshot!(all);
}

#[test]
fn whoever_wants_the_last_to_decide_says_so() {
    let text = SOUND.replacen(B, r#"Ipvlan(mode: L3), ip: "10.0.0.12/24""#, 1);
    let text = text.replacen("format: 1,", "format: 1, allow: [\"shared-mode\", \"unreachable\"],", 1);
    assert_eq!(said(&text), "");
}
