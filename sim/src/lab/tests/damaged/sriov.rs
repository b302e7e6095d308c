//! What the author of a lab with virtual functions reads.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "One card",
    idea: "Functions share a card.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", sriov: (mode: Veb, vfs: 2)), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Vf(), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Vf(vlan: 10), ip: "10.0.0.12/24"),
        "c": Container(on: "x", nic: Vf(), ip: "10.0.0.13/24"),
        "g": Linux(
            devices: {
                "eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.21/24"}), "c": Stack(ip: {"eth0": "10.0.0.22/24"}),
                "sr": Sriov(vfs: 4, functions: {"c": (mac: "02:aa:00:00:00:01"), "d": (vlan: 10)}),
            },
            wires: [("sr:lower", "eth0"), ("ip:eth0", "sr:host"), ("c:eth0", "sr:c")],
        ),
    },
    links: [("h", "sw"), ("x", "sw"), ("g", "sw")],
    traffic: {"ping": Ping(from: "a", to: "x")},
    expect: {"works": Delivered("ping")},
)
"#;

const B: &str = "Vf(vlan: 10), ip";

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("more functions than the card has", "vfs: 2", "vfs: 1"),
    ("more functions than any card has", "vfs: 2", "vfs: 1000"),
    ("an address twice", B, r#"Vf(), mac: "02:00:00:01:00:01", ip"#),
    ("the address of the card", B, r#"Vf(), mac: "02:00:00:00:00:01", ip"#),
    ("a VLAN that is none", B, "Vf(vlan: 4095), ip"),
    ("a VLAN by name", B, "Vf(vlan: \"blue\"), ip"),
    ("macvlan beside it", B, "Macvlan(mode: Bridge), ip"),
    (
        "macvlan where the host has functions",
        r#"nic: Vf(), ip: "10.0.0.11"#,
        r#"nic: Ipvlan(mode: L2), ip: "10.0.0.11"#,
    ),
    (
        "an interface of the host beside it",
        r#"Host(ip: "10.0.0.9/24")"#,
        r#"Host(ip: "10.0.0.9/24", shim: "10.0.0.8/32")"#,
    ),
    ("larger than the card", B, "Vf(), mtu: 9000, ip"),
    ("a field of macvlan", B, "Vf(mode: Bridge), ip"),
    ("a flag that is none", B, "Vf(trust: yes), ip"),
    ("a state that is none", B, "Vf(state: Up), ip"),
    ("an address where it does not stand", B, r#"Vf(mac: "02:00:00:00:00:07"), ip"#),
    ("a mode that is none", "mode: Veb", "mode: Bridge"),
    ("the name of the device", r#""b": Container"#, r#""sriov": Container"#),
    ("device by device, an address twice in one VLAN", r#""d": (vlan: 10)"#, r#""d": (mac: "02:aa:00:00:00:01")"#),
    ("device by device, too many", "vfs: 4", "vfs: 1"),
    ("two owners of a card", r#"("ip:eth0", "sr:host")"#, r#"("ip:eth0", "eth0")"#),
    ("functions of nothing", r#"("sr:lower", "eth0"), "#, ""),
    ("a function that is none", r#""sr:c""#, r#""sr:e""#),
    ("a function called as the other ports are", r#""d": (vlan: 10)"#, r#""host": (vlan: 10)"#),
    ("no functions", r#"functions: {"c": (mac: "02:aa:00:00:00:01"), "d": (vlan: 10)}"#, ""),
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

#[test]
fn one_address_in_two_vlans_is_two_rows() {
    let text = SOUND.replacen(r#""d": (vlan: 10)"#, r#""d": (mac: "02:aa:00:00:00:01", vlan: 10)"#, 1);
    assert_eq!(said(&text), "");
}
