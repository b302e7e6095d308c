//! Single values: units, addresses, numbers, and what is compared with what.

use insta::assert_snapshot;

use super::{replaced, shown};
use crate::lab::Code;

#[test]
fn unit() {
    assert_snapshot!(shown(Code::Unit), @r#"
    error[L020]: `every` needs a unit
      --> lab.ron:12:59
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: 10), "ears": Sniff(on: "eve")},
       |                                                           ^^ a number without a unit
       |
       = help: every: "10ms"
    "#);
}

#[test]
fn address() {
    assert_snapshot!(shown(Code::Address), @r#"
    error[L021]: `10.0.0.2` is not the address of a host
     --> lab.ron:7:26
      |
    7 |         "bob": Host(ip: "10.0.0.2"),
      |                          ^^^^^^^^ the length of the network part is missing
      |
      = help: "10.0.0.2/24"
    "#);
}

#[test]
fn network_address() {
    assert_snapshot!(shown(Code::NetworkAddress), @r#"
    error[L022]: no host can have 10.0.0.255/24
     --> lab.ron:7:26
      |
    7 |         "bob": Host(ip: "10.0.0.255/24"),
      |                          ^^^^^^^^^^^^^ is the broadcast address of its subnet
      |
      = help: "10.0.0.254/24"
    "#);
}

#[test]
fn out_of_range() {
    assert_snapshot!(shown(Code::OutOfRange), @r#"
    error[L025]: `fdb_size` cannot be 0
     --> lab.ron:9:32
      |
    9 |         "sw": Switch(fdb_size: 0),
      |                                ^ possible are 1 to 1048576
      |
      = help: fdb_size: 1
    "#);
}

#[test]
fn units_disagree() {
    assert_snapshot!(shown(Code::UnitsDisagree), @r#"
    error[L027]: these two cannot be compared
      --> lab.ron:15:91
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve")), "1ms")},
       |                                                              ----- a number               ^^^ a time
       |
       = help: write times with their unit, and counts without: "5ms", 5
    "#);
}

#[test]
fn two_directions() {
    let said = replaced(r#"into: "eve""#, r#"into: "eve", on: "ann--sw""#);
    assert_snapshot!(said, @r#"
    error[L004]: two directions for one frame
      --> lab.ron:15:93
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve", on: "ann--sw")), 1)},
       |                                                                                  ---        ^^^^^^^ and another here
       |                                                                                  |
       |                                                                                  one direction
       |
       = help: keep one of `into`, `out_of` and `on`
    "#);
}

#[test]
fn a_space_before_the_unit() {
    let said = replaced(r#""10ms""#, r#""10 ms""#);
    assert_snapshot!(said, @r#"
    error[L020]: `every` needs a unit
      --> lab.ron:12:60
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10 ms"), "ears": Sniff(on: "eve")},
       |                                                            ^^^^^ no space between number and unit
       |
       = help: every: "10ms"
    "#);
}

#[test]
fn a_rate_like_elsewhere() {
    let said = replaced(r#"("ann", "sw:1")"#, r#"("ann", "sw:1", (rate: "1Gbit/s"))"#);
    assert_snapshot!(said, @r#"
    error[L020]: `rate` needs a unit
      --> lab.ron:11:37
       |
    11 |     links: [("ann", "sw:1", (rate: "1Gbit/s")), ("bob", "sw:2"), ("eve", "sw:3")],
       |                                     ^^^^^^^ `Gbit/s` is not a unit here; possible are: bps kbps Mbps Gbps
       |
       = help: rate: "1Gbps"
    "#);
}

#[test]
fn a_negative_number() {
    let said = replaced("fdb_size: 1000", "fdb_size: -5");
    assert_snapshot!(said, @r#"
    error[L025]: `fdb_size` cannot be -5
     --> lab.ron:9:32
      |
    9 |         "sw": Switch(fdb_size: -5),
      |                                ^^ possible are 1 to 1048576
      |
      = help: fdb_size: 1
    "#);
}

#[test]
fn a_share_without_unit() {
    let said = replaced(r#"Down("ann--sw")"#, r#"Loss("ann--sw", 5)"#);
    assert_snapshot!(said, @r#"
    error[L020]: `share` needs a unit
      --> lab.ron:13:52
       |
    13 |     events: {"cut": (at: "5s", do: Loss("ann--sw", 5))},
       |                                                    ^ a number without a unit
       |
       = help: share: "5%"
    "#);
}

#[test]
fn a_loss_of_what_is_no_layer() {
    let said = replaced(r#"Down("ann--sw")"#, r#"Loss("ann--sw", "5%", "ipv44")"#);
    assert_snapshot!(said, @r#"
    error[L003]: there is no layer `ipv44`
      --> lab.ron:13:59
       |
    13 |     events: {"cut": (at: "5s", do: Loss("ann--sw", "5%", "ipv44"))},
       |                                                           ^^^^^ unknown layer
       |
       = help: did you mean `ipv4`?
       = help: layers: eth, vlan, llc, arp, ipv4, ipv6, icmp, icmpv6, igmp, udp, tcp, vxlan, geneve, gre, sleeve, wireguard, store, gossip, rip, eigrp, ospf, isis, bgp, icmp-error, payload
    "#);
}

#[test]
fn a_mac_with_dashes() {
    let said = replaced(r#""10.0.0.2/24""#, r#""10.0.0.2/24", mac: "02-00-00-00-00-09""#);
    assert_snapshot!(said, @r#"
    error[L021]: `02-00-00-00-00-09` is not a MAC address
     --> lab.ron:7:46
      |
    7 |         "bob": Host(ip: "10.0.0.2/24", mac: "02-00-00-00-00-09"),
      |                                              ^^^^^^^^^^^^^^^^^ six pairs of hexadecimal digits with colons between
      |
      = help: "02:00:00:00:00:09"
    "#);
}

#[test]
fn a_group_as_card() {
    let said = replaced(r#""10.0.0.2/24""#, r#""10.0.0.2/24", mac: "01:00:5e:00:00:01""#);
    assert_snapshot!(said, @r#"
    error[L022]: no card can have 01:00:5e:00:00:01
     --> lab.ron:7:46
      |
    7 |         "bob": Host(ip: "10.0.0.2/24", mac: "01:00:5e:00:00:01"),
      |                                              ^^^^^^^^^^^^^^^^^ a group, not a station
      |
      = help: "02:00:00:00:00:01"
    "#);
}

#[test]
fn two_lengths() {
    let said = replaced(
        r#"Ping(from: "ann", to: "bob", every: "10ms")"#,
        r#"Udp(from: "ann", to: "bob", count: 5, lasts: "1s")"#,
    );
    assert_snapshot!(said, @r#"
    error[L004]: `count` and `lasts` both say when it ends
      --> lab.ron:12:69
       |
    12 |     traffic: {"ping": Udp(from: "ann", to: "bob", count: 5, lasts: "1s"), "ears": Sniff(on: "eve")},
       |                                                          -          ^^ and again here
       |                                                          |
       |                                                          said here
       |
       = help: leave one of them out
    "#);
}

#[test]
fn a_flood_without_end() {
    let said = replaced(r#"Ping(from: "ann", to: "bob", every: "10ms")"#, r#"MacFlood(from: "eve", rate: "100pps")"#);
    assert_snapshot!(said, @r#"
    error[L007]: this flood never ends
      --> lab.ron:12:23
       |
    12 |     traffic: {"ping": MacFlood(from: "eve", rate: "100pps"), "ears": Sniff(on: "eve")},
       |                       ^^^^^^^^ needs `lasts` or `count`
       |
       = help: lasts: "10s"
    "#);
}

#[test]
fn a_flood_of_a_protocol_there_is_not() {
    let flood = r#"MacFlood(from: "eve", rate: "100pps", lasts: "1s", ethertype: Ipv5)"#;
    let said = replaced(r#"Ping(from: "ann", to: "bob", every: "10ms")"#, flood);
    assert!(said.contains("Ipv5") && said.contains("did you mean `Ipv4`?"), "{said}");
}

#[test]
fn a_number_compared_with_names() {
    let said = replaced(r#"Count(Frames(into: "eve")), 1"#, r#"Nodes(Frames(into: "eve")), "eve""#);
    assert_snapshot!(said, @r#"
    error[L027]: these two cannot be compared
      --> lab.ron:15:91
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Nodes(Frames(into: "eve")), "eve")},
       |                                                              ----- names of nodes         ^^^ a text
       |
       = help: write names as a list: ["ann", "bob"]
    "#);
}

#[test]
fn a_smaller_name_cannot_be() {
    let said = replaced(r#"Is(Count(Frames(into: "eve")), 1)"#, r#"AtMost(Nodes(Frames(into: "eve")), ["eve"])"#);
    assert_snapshot!(said, @r#"
    error[L027]: these two cannot be compared
      --> lab.ron:15:94
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": AtMost(Nodes(Frames(into: "eve")), ["eve"])},
       |                                                                  ----- names of nodes        ^ names of nodes
       |
       = help: only numbers and times are more or less than another: use Is(…, …)
    "#);
}

#[test]
fn a_vlan_that_cannot_be() {
    let said = replaced("fdb_size: 1000", r#"ports: {"1": (vlan: Access(4095)), "0": ()}"#);
    assert_snapshot!(said, @r#"
    error[L025]: `vlan` cannot be 4095
     --> lab.ron:9:49
      |
    9 |         "sw": Switch(ports: {"1": (vlan: Access(4095)), "0": ()}),
      |                                                 ^^^^ possible are 1 to 4094
      |
      = help: vlan: 4094

    error[L018]: a switch has no port `0`
     --> lab.ron:9:58
      |
    9 |         "sw": Switch(ports: {"1": (vlan: Access(4095)), "0": ()}),
      |                                                          ^ ports are numbered from 1 to 1024
      |
      = help: 1
    "#);
}
