//! The shape of the text: brackets, quotes, fields, words.

use insta::assert_snapshot;

use super::{replaced, shown};
use crate::lab::Code;

#[test]
fn syntax() {
    assert_snapshot!(shown(Code::Syntax), @r#"
    error[L001]: a `(` is never closed
      --> lab.ron:11:13
       |
    11 |     links: [("ann", "sw:1", ("bob", "sw:2"), ("eve", "sw:3")],
       |             ^ opened here                                   - `)` is missing before this
       |
       = help: add the closing `)`
    "#);
}

#[test]
fn unknown_field() {
    assert_snapshot!(shown(Code::UnknownField), @r#"
    error[L002]: no field `fbd_size` in `Switch`
     --> lab.ron:9:22
      |
    9 |         "sw": Switch(fbd_size: 1000),
      |                      ^^^^^^^^ unknown field
      |
      = help: did you mean `fdb_size`?
      = help: possible here: learning, fdb_size, ageing, when_full, mtu, snooping, querier, igmp, ports
    "#);
}

#[test]
fn unknown_word() {
    assert_snapshot!(shown(Code::UnknownWord), @r#"
    error[L003]: `Swich` is not a kind of node
     --> lab.ron:9:15
      |
    9 |         "sw": Swich(fdb_size: 1000),
      |               ^^^^^ unknown word
      |
      = help: did you mean `Switch`?
      = help: possible here: Host, Switch, Hub, Linux, Container, Router
    "#);
}

#[test]
fn twice() {
    assert_snapshot!(shown(Code::Twice), @r#"
    error[L004]: `ann` is there twice
     --> lab.ron:7:10
      |
    6 |         "ann": Host(ip: "10.0.0.1/24"),
      |          --- first here
    7 |         "ann": Host(ip: "10.0.0.2/24"),
      |          ^^^ again here
      |
      = help: give one of them another name

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
fn needs_brackets() {
    assert_snapshot!(shown(Code::NeedsBrackets), @r#"
    error[L005]: `Switch` needs its brackets
     --> lab.ron:9:15
      |
    9 |         "sw": Switch,
      |               ^^^^^^ round brackets are missing
      |
      = help: Switch()
    "#);
}

#[test]
fn wrong_type() {
    assert_snapshot!(shown(Code::WrongType), @r#"
    error[L006]: `fdb_size` is a number, without quotes
     --> lab.ron:9:33
      |
    9 |         "sw": Switch(fdb_size: "1000"),
      |                                 ^^^^ this is a text
      |
      = help: fdb_size: 1000
    "#);
}

#[test]
fn missing() {
    assert_snapshot!(shown(Code::Missing), @r#"
    error[L007]: `to` is missing in `Ping`
      --> lab.ron:12:23
       |
    12 |     traffic: {"ping": Ping(from: "ann", every: "10ms"), "ears": Sniff(on: "eve")},
       |                       ^^^^ needs `to`
       |
       = help: to: "…"
    "#);
}

#[test]
fn unquoted() {
    assert_snapshot!(shown(Code::Unquoted), @r#"
    error[L008]: `bob` needs quotes
     --> lab.ron:7:9
      |
    7 |         bob: Host(ip: "10.0.0.2/24"),
      |         ^^^ bare words are words of the format
      |
      = help: "bob"
      = help: if `bob` is a word of the format, round brackets belong around it
    "#);
}

#[test]
fn wrong_brackets() {
    assert_snapshot!(shown(Code::WrongBrackets), @r#"
    error[L009]: named things stand in braces
      --> lab.ron:13:13
       |
    13 |     events: ("cut": (at: "5s", do: Down("ann--sw"))},
       |             ^----- a name
       |             |
       |             this should be `{`
       |
       = help: { … }
    "#);
}

#[test]
fn too_deep() {
    assert_snapshot!(shown(Code::TooDeep), @r#"
    error[L016]: more than 16 brackets are open here
      --> lab.ron:15:61
       |
    15 |     expect: {"works": All([All([All([All([All([All([All([All([])])])])])])])]), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                                             ^ one bracket too many
       |
       = help: no lab needs that: is a closing bracket missing further up?
    "#);
}

#[test]
fn not_yet() {
    assert_snapshot!(shown(Code::NotYet), @r#"
    error[L017]: `Move` is not available in this version
      --> lab.ron:13:36
       |
    13 |     events: {"cut": (at: "5s", do: Move("ann--sw"))},
       |                                    ^^^^ known, but cannot be run yet
       |
       = help: leave it out for now
    "#);
}

#[test]
fn a_text_that_does_not_end() {
    let said = replaced(r#"title: "Who answers?","#, r#"title: "Who answers?,"#);
    assert_snapshot!(said, @r#"
    error[L001]: a text is not closed on its line
     --> lab.ron:3:12
      |
    3 |     title: "Who answers?,
      |            ^^^^^^^^^^^^^^ opened here, no `"` behind it
      |
      = help: add the closing `"`; a text goes on in the next line only after a `\`
    "#);
}

#[test]
fn a_missing_comma() {
    let said = replaced(r#""10.0.0.2/24"),"#, r#""10.0.0.2/24")"#);
    assert_snapshot!(said, @r#"
    error[L001]: a comma is missing
     --> lab.ron:7:38
      |
    7 |         "bob": Host(ip: "10.0.0.2/24")
      |                                      ^ expected `,` behind this
      |
      = help: things between brackets are separated by `,`
    "#);
}

#[test]
fn a_full_width_comma() {
    let said = replaced(r#""ann", "sw:1""#, r#""ann"，"sw:1""#);
    assert_snapshot!(said, @r#"
    error[L001]: `，` does not belong here
      --> lab.ron:11:19
       |
    11 |     links: [("ann"，"sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
       |                   ^^ this should be `,`
       |
       = help: type `,`
    "#);
}

#[test]
fn an_equals_sign() {
    let said = replaced(r#"every: "10ms""#, r#"every = "10ms""#);
    assert_snapshot!(said, @r#"
    error[L001]: `=` does not belong here
      --> lab.ron:12:58
       |
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every = "10ms"), "ears": Sniff(on: "eve")},
       |                                                          ^ this should be `:`
       |
       = help: type `:`
    "#);
}

#[test]
fn braces_after_a_kind() {
    let said = replaced("Switch(fdb_size: 1000)", "Switch{fdb_size: 1000}");
    assert_snapshot!(said, @r#"
    error[L009]: round brackets follow `Switch`
     --> lab.ron:9:21
      |
    9 |         "sw": Switch{fdb_size: 1000},
      |                     ^ `{` should be `(`
      |
      = help: Switch( … )
    "#);
}

#[test]
fn a_bare_address() {
    let said = replaced(r#"ip: "10.0.0.2/24""#, "ip: 10.0.0.2/24");
    assert_snapshot!(said, @r#"
    error[L008]: `10.0.0.2/24` needs quotes
     --> lab.ron:7:25
      |
    7 |         "bob": Host(ip: 10.0.0.2/24),
      |                         ^^^^^^^^^^^ numbers with a unit, and addresses, are texts
      |
      = help: "10.0.0.2/24"
    "#);
}

#[test]
fn a_bare_place() {
    let said = replaced(r#"Down("ann--sw")"#, "Down(ann--sw)");
    assert_snapshot!(said, @r#"
    error[L008]: `ann--sw` needs quotes
      --> lab.ron:13:41
       |
    13 |     events: {"cut": (at: "5s", do: Down(ann--sw))},
       |                                         ^^^^^^^ bare words are words of the format
       |
       = help: "ann--sw"
    "#);
}

#[test]
fn a_list_for_named_things() {
    let said = replaced(
        r#"{"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)}"#,
        r#"["works": Delivered("ping")]"#,
    );
    assert_snapshot!(said, @r#"
    error[L009]: named things stand in braces
      --> lab.ron:15:13
       |
    15 |     expect: ["works": Delivered("ping")],
       |             ^------- a name
       |             |
       |             this should be `{`
       |
       = help: {"name": …}
    "#);
}

#[test]
fn several_mistakes_at_once() {
    let said = replaced(
        r#""bob": Host(ip: "10.0.0.2/24")"#,
        r#""bob": Host(ipp: "10.0.0.2/24", mtu: "big", promiscuous: yes)"#,
    );
    assert_snapshot!(said, @r#"
    error[L002]: no field `ipp` in `Host`
     --> lab.ron:7:21
      |
    7 |         "bob": Host(ipp: "10.0.0.2/24", mtu: "big", promiscuous: yes),
      |                     ^^^ unknown field
      |
      = help: did you mean `ip`?
      = help: possible here: ip, ip6, gateway, mtu, mac, promiscuous, unicast_slots, groups, neighbours, routes, forwarding, daemons, profile, shim, sriov

    error[L006]: `mtu` is a number
     --> lab.ron:7:47
      |
    7 |         "bob": Host(ipp: "10.0.0.2/24", mtu: "big", promiscuous: yes),
      |                                               ^^^ this is a text
      |
      = help: mtu: 1500

    error[L006]: `promiscuous` is `true` or `false`
     --> lab.ron:7:66
      |
    7 |         "bob": Host(ipp: "10.0.0.2/24", mtu: "big", promiscuous: yes),
      |                                                                  ^^^ this is a word
      |
      = help: promiscuous: true
    "#);
}

#[test]
fn something_behind_the_end() {
    let said = replaced("    )},\n)", "    )}) Lab()");
    assert_snapshot!(said, @r"
    error[L001]: something stands behind the end of the lab
      --> lab.ron:34:9
       |
    34 |     )}) Lab()
       |         ^^^ a file holds one `Lab( … )`
       |
       = help: leave it out
    ");
}

#[test]
fn an_attribute() {
    let said = replaced("Lab(", "#![enable(implicit_some)]\nLab(");
    assert_snapshot!(said, @r#"
    error[L001]: `#` does not belong here
     --> lab.ron:1:1
      |
    1 | #![enable(implicit_some)]
      | ^ no attributes in a lab file
      |
      = help: leave this line out
    "#);
}

#[test]
fn a_word_of_a_later_version() {
    let said = replaced("Switch(fdb_size: 1000)", "Linux(devices: {\"m\": Tun()})");
    assert_snapshot!(said, @r#"
    error[L017]: `Tun` is not available in this version
     --> lab.ron:9:36
      |
    9 |         "sw": Linux(devices: {"m": Tun()}),
      |                                    ^^^ known, but cannot be run yet
      |
      = help: leave it out for now
    "#);
}
