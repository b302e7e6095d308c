//! What the author of a lab with macvlan children reads.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "One card",
    idea: "Children share a card.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", shim: "10.0.0.201/32"), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Macvlan(mode: Bridge), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Macvlan(mode: Vepa), ip: "10.0.0.12/24"),
        "s": Container(on: "x", nic: Macvlan(mode: Source, sources: ["02:00:00:00:00:01"]), ip: "10.0.0.13/24"),
        "g": Linux(
            devices: {
                "eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.21/24"}), "c": Stack(ip: {"eth0": "10.0.0.22/24"}),
                "mv": Macvlan(children: {"c": (mode: Private)}),
            },
            wires: [("mv:lower", "eth0"), ("ip:eth0", "mv:host"), ("c:eth0", "mv:c")],
        ),
    },
    links: [("h", "sw"), ("x", "sw"), ("g", "sw")],
    traffic: {"ping": Ping(from: "a", to: "x")},
    expect: {"works": Delivered("ping")},
)
"#;

const B: &str = "Macvlan(mode: Vepa), ip";

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("a second child beside passthru", "mode: Vepa", "mode: Passthru"),
    ("an address twice", B, r#"Macvlan(mode: Vepa), mac: "02:00:00:01:00:01", ip"#),
    ("the address of the card", B, r#"Macvlan(mode: Vepa), mac: "02:00:00:00:00:01", ip"#),
    ("larger than the card", B, "Macvlan(mode: Vepa), mtu: 9000, ip"),
    ("a mode that is none", "mode: Vepa", "mode: Vpea"),
    ("no mode", "Macvlan(mode: Vepa)", "Macvlan()"),
    ("another way to share a card", "Macvlan(mode: Vepa)", "Macvaln(mode: Vepa)"),
    ("another kind beside it", "Macvlan(mode: Vepa)", "Vf()"),
    ("an address where it does not stand", "mode: Vepa", r#"mode: Vepa, mac: "02:00:00:00:00:07""#),
    ("sources in another mode", "mode: Source", "mode: Vepa"),
    ("a source that is no address", r#"["02:00:00:00:00:01"]"#, r#"["x"]"#),
    ("two interfaces", B, r#"Macvlan(mode: Vepa), net: "blue", ip"#),
    ("no interface", "nic: Macvlan(mode: Vepa), ", ""),
    ("on no host", r#""b": Container(on: "h""#, r#""b": Container(on: "hh""#),
    ("on a switch", r#""b": Container(on: "h""#, r#""b": Container(on: "sw""#),
    ("the name of the device", r#""b": Container"#, r#""macvlan": Container"#),
    ("the name of the host's own", r#""b": Container"#, r#""mac0": Container"#),
    ("the host's own without a length", "10.0.0.201/32", "10.0.0.201"),
    ("the host's own address twice", "10.0.0.201/32", "10.0.0.11/32"),
    ("two owners of a card", r#"("ip:eth0", "mv:host")"#, r#"("ip:eth0", "eth0")"#),
    ("children of nothing", r#"("mv:lower", "eth0"), "#, ""),
    ("a child without its port", r#""mv:c""#, r#""mv:d""#),
    ("a child called as the other ports are", r#"{"c": (mode: Private)}"#, r#"{"host": (mode: Private)}"#),
    ("no children", r#"Macvlan(children: {"c": (mode: Private)})"#, "Macvlan()"),
];

#[test]
fn the_lab_is_sound() {
    assert_eq!(said(SOUND), "");
}

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    let all = all_said(SOUND, DAMAGES, |_, text| text);
    insta::assert_snapshot!(all);
}
