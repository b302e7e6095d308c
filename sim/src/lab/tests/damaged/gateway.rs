//! What the author of a lab with gateways reads.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "Two networks",
    idea: "A router joins what no bridge does.",
    nodes: {
        "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "g": Host(ip: "192.0.2.9/24"),
        "sw": Switch(), "plain": Host(ip: "10.3.0.5/24", gateway: "10.3.0.254"), "desk": Host(ip: "10.6.0.9/24"),
        "a": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
        "b": Container(on: "h2", net: "red", ip: "10.2.0.2/24"),
        "d": Container(on: "h1", net: "grey", ip: "10.4.0.1/24"),
        "e": Container(on: "h2", net: "pink", ip: "10.5.0.1/24"),
        "f": Container(on: "h1", net: "hall", ip: "10.6.0.1/24"),
        "j": Container(on: "h2", net: "hall", ip: "10.6.0.2/24"),
    },
    links: [("h1", "sw"), ("h2:eth0", "sw"), ("g:eth0", "sw"), ("g:eth1", "plain"), ("h2:eth1", "desk")],
    overlays: {
        "blue": Vxlan(vni: 10), "red": Vxlan(vni: 20), "grey": Vxlan(vni: 40), "pink": Vxlan(vni: 50),
        "hall": Vxlan(vni: 60),
    },
    gateways: {
        "tenant": Anycast(joins: {"blue": "10.1.0.254/24", "red": "10.2.0.254/24"}, mode: Symmetric(vni: 999)),
        "old": Central(on: "g", joins: {"grey": "10.4.0.254/24", "pink": "10.5.0.254/24"},
            ports: {"eth1": "10.3.0.254/24"}),
        "door": Bridged(on: "h2", net: "hall", port: "eth1", vlan: 7),
    },
    traffic: {"ping": Ping(from: "a", to: "b"), "out": Ping(from: "d", to: "plain")},
    expect: {"works": All([Delivered("ping"), Delivered("out")])},
)
"#;

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("two networks of one number", "vni: 20", "vni: 10"),
    ("a number of 25 bits", "vni: 999", "vni: 16777216"),
    ("the network of the routers has the number of another", "vni: 999", "vni: 20"),
    ("symmetric without a network for the routers", "Symmetric(vni: 999)", "Symmetric"),
    ("symmetric with empty brackets", "Symmetric(vni: 999)", "Symmetric()"),
    ("an unknown mode", "Symmetric(vni: 999)", "Symetric(vni: 999)"),
    ("an unknown kind", "Central(on", "Centrl(on"),
    ("a network that is not there", r#""red": "10.2.0.254/24""#, r#""read": "10.2.0.254/24""#),
    ("a network twice", r#""red": "10.2.0.254/24""#, r#""blue": "10.2.0.254/24""#),
    ("one network only", r#", "red": "10.2.0.254/24"}"#, "}"),
    ("nothing joined", r#"joins: {"blue": "10.1.0.254/24", "red": "10.2.0.254/24"}, mode"#, "mode"),
    ("a gateway in another subnet", "10.2.0.254/24", "10.9.0.254/24"),
    ("a gateway with a subnet too small", "10.2.0.254/24", "10.2.0.254/30"),
    ("a container with a subnet too small", "10.2.0.2/24", "10.2.0.2/30"),
    ("subnets that overlap", "10.5.0.254/24", "10.4.0.253/16"),
    ("an address without its subnet", "10.2.0.254/24", "10.2.0.254"),
    ("the address of the subnet", "10.2.0.254/24", "10.2.0.0/24"),
    ("the address of a container", "10.2.0.254/24", "10.2.0.2/24"),
    ("on no host", r#"Central(on: "g""#, r#"Central(on: "gg""#),
    ("on a switch", r#"Central(on: "g""#, r#"Central(on: "sw""#),
    ("nowhere", r#"Central(on: "g", "#, "Central("),
    ("the name of a container", r#""old": Central"#, r#""a": Central"#),
    ("the name of a bridge", r#""old": Central"#, r#""br-old": Central"#),
    ("a network with two gateways", r#""grey": "10.4.0.254/24""#, r#""red": "10.2.0.253/24""#),
    ("a network that is routed already", "Vxlan(vni: 20)", "Ipip()"),
    ("a network without VTEPs", "Vxlan(vni: 20)", "Geneve(vni: 20)"),
    ("a router MAC of no router", "vni: 999", r#"vni: 999, announced: {"g": "02:00:00:00:00:99"}"#),
    ("a router MAC that is a group", "vni: 999", r#"vni: 999, announced: {"h1": "01:00:5e:00:00:01"}"#),
    ("a card without a cable", r#", ("g:eth1", "plain")"#, ""),
    ("a cable to no card in particular", r#"("g:eth0", "sw")"#, r#"("g", "sw")"#),
    ("a card of the name of a device", r#"port: "eth1""#, r#"port: "eth0""#),
    ("a VLAN of 13 bits", "vlan: 7", "vlan: 4095"),
    ("a cable in a network that learns nothing", r#"net: "hall", port"#, r#"net: "red", port"#),
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
