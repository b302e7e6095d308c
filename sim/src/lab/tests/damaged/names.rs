//! Names, places, tables and what they stand for.

use insta::assert_snapshot;

use super::{replaced, shown};
use crate::lab::Code;

#[test]
fn unknown_name() {
    assert_snapshot!(shown(Code::UnknownName), @r#"
    error[L010]: there is no node `evee` in this lab
      --> lab.ron:11:49
       |
    11 |     links: [("ann", "sw:1"), ("bob", "sw:2"), ("evee", "sw:3")],
       |                                                 ^^^^ not defined
       |
       = help: did you mean `eve`?
       = help: nodes: ann, bob, eve, sw
    "#);
}

#[test]
fn other_kind() {
    assert_snapshot!(shown(Code::OtherKind), @r#"
    error[L011]: `ann` is a node, not a flow
      --> lab.ron:15:34
       |
     6 |         "ann": Host(ip: "10.0.0.1/24"),
       |          --- defined here
    ...
    15 |     expect: {"works": Delivered("ann"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                  ^^^ a flow is needed here
       |
       = help: flows: ping
    "#);
}

#[test]
fn not_a_name() {
    assert_snapshot!(shown(Code::NotAName), @r#"
    error[L012]: `bob's laptop` cannot be a name
     --> lab.ron:7:10
      |
    7 |         "bob's laptop": Host(ip: "10.0.0.2/24"),
      |          ^^^^^^^^^^^^ letters, digits, `-`, `_` and `.`, but no `--`
      |
      = help: "bob-s-laptop"

    error[L010]: there is no node `bob` in this lab
      --> lab.ron:11:32
       |
    11 |     links: [("ann", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
       |                                ^^^ not defined
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                              --- and here
    ...
    27 |                     "known": (say: "forwards it", holds: Saw(Frames(into: "ann", src: "bob"))),
       |                                                                                        --- and here
    28 |                     "late": (say: "keeps it", holds: Never(Frames(into: "ann", src: "bob")), why: "A switch has no time to lose."),
       |                                                                                      --- and here
       |
       = help: nodes: ann, eve, sw
    "#);
}

#[test]
fn name_taken() {
    assert_snapshot!(shown(Code::NameTaken), @r#"
    error[L013]: `sw` names two things
      --> lab.ron:12:16
       |
     9 |         "sw": Switch(fdb_size: 1000),
       |          -- first here
    ...
    12 |     traffic: {"sw": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                ^^ again here
       |
       = help: nodes, flows and events share one set of names: give one of them another

    error[L010]: there is no flow `ping` in this lab
      --> lab.ron:15:34
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                  ^^^^ not defined
    ...
    33 |         play: Done("ping"),
       |                     ---- and here
       |
       = help: flows: sw
    "#);
}

#[test]
fn unknown_reason() {
    assert_snapshot!(shown(Code::UnknownReason), @r#"
    error[L015]: there is no reason `bridge.tabel-full`
      --> lab.ron:15:42
       |
    15 |     expect: {"works": Saw(Drops(reason: "bridge.tabel-full")), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                          ^^^^^^^^^^^^^^^^^ unknown reason
       |
       = help: did you mean `bridge.table-full`?
       = help: `overunder explain` lists all reasons
    "#);
}

#[test]
fn no_such_port() {
    assert_snapshot!(shown(Code::NoSuchPort), @r#"
    error[L018]: `ann` has no port `eth1`
      --> lab.ron:11:15
       |
    11 |     links: [("ann:eth1", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
       |               ^^^^^^^^ a host has one port, `eth0`
       |
       = help: "ann"
    "#);
}

#[test]
fn unknown_table() {
    assert_snapshot!(shown(Code::UnknownTable), @r#"
    error[L019]: `sw` has no table `fbd`
      --> lab.ron:15:34
       |
    15 |     expect: {"works": Row("sw", "fbd", {"mac": "ann"}), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                  ^^^ no such table
       |
       = help: did you mean `fdb`?
       = help: tables here: fdb, ports, port-security
    "#);
}

#[test]
fn refused() {
    assert_snapshot!(shown(Code::Refused), @r#"
    error[L028]: there is no setting `aging` that can be changed here
      --> lab.ron:13:47
       |
    13 |     events: {"cut": (at: "5s", do: Set("sw", (aging: "10s")))},
       |                                               ^^^^^ not a setting
       |
       = help: did you mean `ageing`?
       = help: possible here: learning, ageing, fdb_size, when_full, snooping, querier, clamp_mss
    "#);
}

#[test]
fn a_missing_variant() {
    let said = replaced(r#"Delivered("ping")"#, r#"In("hubb", Delivered("ping"))"#);
    assert_snapshot!(said, @r#"
    error[L010]: there is no variant `hubb` in this lab
      --> lab.ron:15:27
       |
    15 |     expect: {"works": In("hubb", Delivered("ping")), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                           ^^^^ not defined
       |
       = help: did you mean `hub`?
       = help: values to choose from: switch, hub; several are joined by `+`
    "#);
}

#[test]
fn a_patch_for_nobody() {
    let said = replaced(r#"set: {"sw": Hub()}"#, r#"set: {"swi": Hub(), "x*": (mtu: 9000)}"#);
    assert_snapshot!(said, @r#"
    error[L010]: there is no node or flow `swi` in this lab
      --> lab.ron:14:56
       |
    14 |     variants: {"device": {"switch": (), "hub": (set: {"swi": Hub(), "x*": (mtu: 9000)})}},
       |                                                        ^^^ not defined
       |
       = help: did you mean `sw`?
       = help: this lab has: ann, bob, eve, sw, ping, ears, cut, lab

    error[L010]: nothing in this lab begins with `x`
      --> lab.ron:14:70
       |
    14 |     variants: {"device": {"switch": (), "hub": (set: {"swi": Hub(), "x*": (mtu: 9000)})}},
       |                                                                      ^^ not defined
       |
       = help: this lab has: ann, bob, eve, sw, ping, ears, cut, lab
    "#);
}

#[test]
fn a_patch_for_an_empty_port() {
    let said = replaced(r#"set: {"sw": Hub()}"#, r#"set: {"sw:7": (hairpin: true)}"#);
    assert_snapshot!(said, @r#"
    error[L018]: nothing is plugged into `sw:7`
      --> lab.ron:14:56
       |
    14 |     variants: {"device": {"switch": (), "hub": (set: {"sw:7": (hairpin: true)})}},
       |                                                        ^^^^ no link names this port
       |
       = help: links: [("…", "sw:7")]
    "#);
}

#[test]
fn a_slip_in_a_patch() {
    let said = replaced(r#"set: {"sw": Hub()}"#, r#"set: {"sw": (ageing: 5, lerning: false)}"#);
    assert_snapshot!(said, @r#"
    error[L020]: `ageing` needs a unit
      --> lab.ron:14:70
       |
    14 |     variants: {"device": {"switch": (), "hub": (set: {"sw": (ageing: 5, lerning: false)})}},
       |                                                                      ^ a number without a unit
       |
       = help: ageing: "5s"

    error[L002]: no field `lerning` in `Switch`
      --> lab.ron:14:73
       |
    14 |     variants: {"device": {"switch": (), "hub": (set: {"sw": (ageing: 5, lerning: false)})}},
       |                                                                         ^^^^^^^ unknown field
       |
       = help: did you mean `learning`?
       = help: possible here: learning, fdb_size, ageing, when_full, mtu, snooping, querier, igmp, ports
    "#);
}

#[test]
fn a_port_that_is_not_there() {
    let said = replaced(r#"Frames(into: "eve")"#, r#"Frames(into: "sw:9")"#);
    assert_snapshot!(said, @r#"
    error[L018]: `sw` has no port `9`
      --> lab.ron:15:82
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "sw:9")), 1)},
       |                                                                                  ^^^^ no such port
       |
       = help: ports: 1, 2, 3
    "#);
}

#[test]
fn a_device_that_is_not_there() {
    let said = replaced(r#"Frames(into: "eve")"#, r#"Frames(into: "eve/vtep")"#);
    assert_snapshot!(said, @r#"
    error[L010]: `eve` has no device `vtep`
      --> lab.ron:15:82
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve/vtep")), 1)},
       |                                                                                  ^^^^^^^^ not there
       |
       = help: devices: eth0, ip
    "#);
}

#[test]
fn a_flow_that_is_not_there() {
    let said = replaced(r#"every: "10ms""#, r#"start: Done("pong")"#);
    assert_snapshot!(said, @r#"
    error[L010]: there is no flow `pong` in this lab
      --> lab.ron:12:65
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", start: Done("pong")), "ears": Sniff(on: "eve")},
       |                                                                 ^^^^ not defined
       |
       = help: did you mean `ping`?
       = help: flows: ping
    "#);
}

#[test]
fn a_listener_is_no_flow() {
    let said = replaced(r#"Delivered("ping")"#, r#"Delivered("ears")"#);
    assert_snapshot!(said, @r#"
    error[L011]: `ears` is a listener, not a flow
      --> lab.ron:15:34
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                                                     ---- defined here
    ...
    15 |     expect: {"works": Delivered("ears"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                  ^^^^ a flow is needed here
       |
       = help: flows: ping
    "#);
}

#[test]
fn a_ping_to_a_switch() {
    let said = replaced(r#"to: "bob""#, r#"to: "sw""#);
    assert_snapshot!(said, @r#"
    error[L011]: `sw` is a switch, which has no address
      --> lab.ron:12:46
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "sw", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                              ^^ a host is needed here
       |
       = help: hosts: ann, bob, eve
    "#);
}

#[test]
fn a_link_that_is_not_there() {
    let said = replaced(r#"Down("ann--sw")"#, r#"Down("ann--bob")"#);
    assert_snapshot!(said, @r#"
    error[L010]: there is no link `ann--bob` in this lab
      --> lab.ron:13:42
       |
    13 |     events: {"cut": (at: "5s", do: Down("ann--bob"))},
       |                                          ^^^^^^^^ not defined
       |
       = help: did you mean `ann--sw`?
       = help: links: ann--sw, bob--sw, eve--sw
    "#);
}

#[test]
fn a_column_that_is_not_there() {
    let said = replaced(r#"Delivered("ping")"#, r#"Is(Cell("sw", "fdb", {"mak": "ann"}, "port"), 1)"#);
    assert_snapshot!(said, @r#"
    error[L019]: table `fdb` has no column `mak`
      --> lab.ron:15:46
       |
    15 |     expect: {"works": Is(Cell("sw", "fdb", {"mak": "ann"}, "port"), 1), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                              ^^^ no such column
       |
       = help: did you mean `mac`?
       = help: columns: mac, port, kind, updated
    "#);
}

#[test]
fn a_field_that_is_not_there() {
    let said = replaced(r#"Count(Frames(into: "eve"))"#, r#"Field(Frames(into: "eve"), "ipv4.tll")"#);
    assert_snapshot!(said, @r#"
    error[L003]: `ipv4` has no field `tll`
      --> lab.ron:15:90
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Field(Frames(into: "eve"), "ipv4.tll"), 1)},
       |                                                                                          ^^^^^^^^ unknown field
       |
       = help: did you mean `ttl`?
       = help: fields of ipv4: version, ihl, dscp, ecn, len, id, df, mf, offset, ttl, proto, checksum, src, dst
    "#);
}

#[test]
fn a_layer_that_is_not_there() {
    let said = replaced(r#"into: "eve""#, r#"carries: "ip""#);
    assert_snapshot!(said, @r#"
    error[L003]: there is no layer `ip`
      --> lab.ron:15:85
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(carries: "ip")), 1)},
       |                                                                                     ^^ unknown layer
       |
       = help: did you mean `rip`?
       = help: layers: eth, vlan, llc, arp, ipv4, ipv6, icmp, icmpv6, igmp, udp, tcp, vxlan, geneve, gre, sleeve, wireguard, store, gossip, rip, eigrp, ospf, isis, bgp, icmp-error, payload
    "#);
}

#[test]
fn a_lint_that_is_not_there() {
    let said = replaced("format: 1,", r#"format: 1, allow: ["duplicate-addresses"],"#);
    assert_snapshot!(said, @r#"
    error[L003]: `duplicate-addresses` is not a finding that can be allowed
     --> lab.ron:2:25
      |
    2 |     format: 1, allow: ["duplicate-addresses"],
      |                         ^^^^^^^^^^^^^^^^^^^ unknown word
      |
      = help: did you mean `duplicate-address`?
      = help: possible here: duplicate-address, mtu-too-small, unreachable, node-without-link, filtering-listener, overlapping-subnets, shared-mode, denied, quota, no-adjacency
    "#);
}

#[test]
fn a_row_with_a_bad_port() {
    let said = replaced(r#"Down("ann--sw")"#, r#"AddRow("sw", "fdb", {"mac": "ann", "port": 9})"#);
    assert_snapshot!(said, @r#"
    error[L028]: this is no value for `port`
      --> lab.ron:13:79
       |
    13 |     events: {"cut": (at: "5s", do: AddRow("sw", "fdb", {"mac": "ann", "port": 9}))},
       |                                                                               ^ expected the name of a port
       |
       = help: ports have the names that links give them: "sw:1" is port "1"
    "#);
}
