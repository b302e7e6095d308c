//! The network as a whole: what cannot work on a real one either.

use insta::assert_snapshot;

use super::{replaced, shown};
use crate::lab::Code;

#[test]
fn duplicate_address() {
    assert_snapshot!(shown(Code::DuplicateAddress), @r#"
    error[L023]: 10.0.0.1 is used twice
     --> lab.ron:7:26
      |
    6 |         "ann": Host(ip: "10.0.0.1/24"),
      |                          ----------- first used here
    7 |         "bob": Host(ip: "10.0.0.1/24"),
      |                          ^^^^^^^^^^^ again for `bob`
      |
      = help: on a real network both would answer ARP and the last answer wins; if that is the lesson: allow: ["duplicate-address"]
    "#);
}

#[test]
fn neighbours_behind_a_router() {
    let text = r#"Lab(format: 1, title: "t", idea: "i",
    nodes: {
        "ann": Host(ip: "10.0.0.1/24"), "bob": Host(ip: "10.0.0.2/24"), "s": Switch(), "t": Switch(),
        "r": Router(ips: {"1": "10.0.0.253/25", "2": "10.0.0.126/25"}),
    },
    links: [("ann", "s"), ("s", "r:1"), ("r:2", "t"), ("t", "bob")],
    traffic: {"ping": Ping(from: "ann", to: "bob")})"#;
    assert_snapshot!(super::said(text), @r#"
    error[L042]: `ann` and `bob` are in one network, but on no common wire
     --> lab.ron:3:58
      |
    3 |         "ann": Host(ip: "10.0.0.1/24"), "bob": Host(ip: "10.0.0.2/24"), "s": Switch(), "t": Switch(),
      |                          ----------- `ann` is here       ^^^^^^^^^^^ 10.0.0.2/24: `ann` asks for it by ARP, which passes switches, but no router
      |
      = help: join them through switches, or give each side a network of its own and a gateway
      = help: if that is the lesson: allow: ["unreachable"]
    "#);
    let joined =
        text.replace("(\"s\", \"r:1\"), (\"r:2\", \"t\")", "(\"s\", \"t\"), (\"s\", \"r:1\"), (\"r:2\", \"t\")");
    assert_eq!(super::said(&joined), "", "switches join");
}

#[test]
fn port_taken() {
    assert_snapshot!(shown(Code::PortTaken), @r#"
    error[L024]: two links end in `sw:1`
      --> lab.ron:11:39
       |
    11 |     links: [("ann", "sw:1"), ("bob", "sw:1"), ("eve", "sw:3")],
       |                      ----             ^^^^ and here
       |                      |
       |                      one ends here
       |
       = help: "sw:2"
    "#);
}

#[test]
fn link_to_self() {
    assert_snapshot!(shown(Code::LinkToSelf), @r#"
    error[L026]: a link from `sw` to itself
      --> lab.ron:11:23
       |
    11 |     links: [("sw:4", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
       |               ----    ^^^^ the other end
       |               |
       |               the same node
       |
       = help: a link joins two different nodes

    error[L010]: there is no link `ann--sw` in this lab
      --> lab.ron:13:42
       |
    13 |     events: {"cut": (at: "5s", do: Down("ann--sw"))},
       |                                          ^^^^^^^ not defined
       |
       = help: did you mean `bob--sw`?
       = help: links: bob--sw, eve--sw
    "#);
}

#[test]
fn mtu_too_small() {
    assert_snapshot!(shown(Code::MtuTooSmall), @r#"
    warning[L040]: packets of `bob` do not fit through `sw:2`
     --> lab.ron:7:45
      |
    7 |         "bob": Host(ip: "10.0.0.2/24", mtu: 9000),
      |                                             ^^^^ sends up to 9000 bytes, but `sw:2` takes 1500 and drops the rest silently
      |
      = help: give `sw` mtu: 9000, or leave `mtu` out here
      = help: if the trap is the lesson: allow: ["mtu-too-small"]
    "#);
}

#[test]
fn unreachable() {
    assert_snapshot!(shown(Code::Unreachable), @r#"
    error[L042]: `ann` has no way to 10.0.1.2
      --> lab.ron:12:46
       |
     6 |         "ann": Host(ip: "10.0.0.1/24"),
       |                          ----------- 10.0.0.1/24 and no gateway
     7 |         "bob": Host(ip: "10.0.1.2/24"),
       |                          ----------- the other end
    ...
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                              ^^^ in another subnet
       |
       = help: put both into one subnet, or give `ann` a gateway
       = help: if that is the lesson: allow: ["unreachable"]
    "#);
}

#[test]
fn not_linked() {
    assert_snapshot!(shown(Code::NotLinked), @r#"
    warning[L043]: no link leads to `eve`
     --> lab.ron:8:10
      |
    8 |         "eve": Host(ip: "10.0.0.3/24", promiscuous: true),
      |          ^^^ nothing will happen here
      |
      = help: links: [("eve", "…")]
      = help: if that is the lesson: allow: ["node-without-link"]
    "#);
}

#[test]
fn not_promiscuous() {
    assert_snapshot!(shown(Code::NotPromiscuous), @r#"
    warning[L044]: the card of `eve` filters what its sniffer could overhear
      --> lab.ron:12:87
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                                                                       ^^^ hears broadcasts and its own frames only
       |
       = help: "eve": Host(ip: …, promiscuous: true)
       = help: if that is the lesson: allow: ["filtering-listener"]
    "#);
}

#[test]
fn gateway_elsewhere() {
    assert_snapshot!(shown(Code::GatewayElsewhere), @r#"
    error[L045]: 10.0.1.254 cannot be the gateway
     --> lab.ron:7:50
      |
    7 |         "bob": Host(ip: "10.0.0.2/24", gateway: "10.0.1.254"),
      |                          -----------             ^^^^^^^^^^ not in the subnet of `bob`
      |                          |
      |                          its own address
      |
      = help: gateway: "10.0.0.254"
    "#);
}

#[test]
fn never_happens() {
    assert_snapshot!(shown(Code::NeverHappens), @r#"
    error[L046]: `ping` waits for itself
      --> lab.ron:12:81
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms", start: Event("cut")), "ears": Sniff(on: "eve")},
       |                                                                                 ^^^ ping waits for cut waits for ping
       |
       = help: start one of them at a time: "5ms"
    "#);
}

#[test]
fn no_cable_leads_there() {
    let said = replaced(r#"("ann", "sw:1"), "#, "");
    assert_snapshot!(said, @r#"
    error[L010]: there is no link `ann--sw` in this lab
      --> lab.ron:13:42
       |
    13 |     events: {"cut": (at: "5s", do: Down("ann--sw"))},
       |                                          ^^^^^^^ not defined
       |
       = help: did you mean `bob--sw`?
       = help: links: bob--sw, eve--sw
    "#);
}

#[test]
fn duplicate_hardware_addresses() {
    let said = replaced(r#""10.0.0.2/24""#, r#""10.0.0.2/24", mac: "02:00:00:00:00:01""#);
    assert_snapshot!(said, @r#"
    error[L023]: 02:00:00:00:00:01 is used twice
     --> lab.ron:7:46
      |
    6 |         "ann": Host(ip: "10.0.0.1/24"),
      |          --- first used here
    7 |         "bob": Host(ip: "10.0.0.2/24", mac: "02:00:00:00:00:01"),
      |                                              ^^^^^^^^^^^^^^^^^ again for `bob`
      |
      = help: on a real network each would take the other's row in the switch; if that is the lesson: allow: ["duplicate-address"]
    "#);
}
