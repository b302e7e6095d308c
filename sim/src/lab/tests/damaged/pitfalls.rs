//! Slips that are easy to make, and for which a parser would point at the wrong place or say nothing of use.

use insta::assert_snapshot;

use super::replaced;

#[test]
fn a_number_with_a_point() {
    assert_snapshot!(replaced("\"sw:1\")", "\"sw:1\", (loss: 0.3))"), @r#"
    error[L008]: `0.3` needs quotes
      --> lab.ron:11:36
       |
    11 |     links: [("ann", "sw:1", (loss: 0.3)), ("bob", "sw:2"), ("eve", "sw:3")],
       |                                    ^^^ numbers with a unit, and addresses, are texts
       |
       = help: with its unit, as one of: "0.3%", "0.3ms", "0.3Mbps"

    error[L020]: `loss` needs a unit
      --> lab.ron:11:36
       |
    11 |     links: [("ann", "sw:1", (loss: 0.3)), ("bob", "sw:2"), ("eve", "sw:3")],
       |                                    ^^^ no unit; possible are: ppm %
       |
       = help: loss: "0.3%"
    "#);
}

#[test]
fn a_definition_misspelt_is_one_finding() {
    assert_snapshot!(replaced("\"eve\": Host", "\"evee\": Host"), @r#"
    error[L010]: there is no node `eve` in this lab
      --> lab.ron:11:49
       |
    11 |     links: [("ann", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
       |                                                 ^^^ not defined
    12 |     traffic: {"ping": Ping(from: "ann", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                                                                       --- and here
    ...
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |                                                                                  --- and here
    ...
    20 |                 say: "How many frames reach eve?", answer: Count(Frames(into: "eve")),
       |                                                                                --- and here
       |
       = help: did you mean `evee`?
       = help: nodes: ann, bob, evee, sw
    "#);
}

#[test]
fn chinese_text_before_the_slip() {
    assert_snapshot!(replaced("idea: \"ARP asks everybody, one answers.\",", "idea: \"ARP 问所有人,只有一个回答。\", flavour: 1,"), @r#"
    error[L002]: no field `flavour` in `Lab`
     --> lab.ron:4:31
      |
    4 |     idea: "ARP 问所有人,只有一个回答。", flavour: 1,
      |                                          ^^^^^^^ unknown field
      |
      = help: possible here: format, title, idea, after, profile, seed, allow, nodes, links, traffic, events, variants, expect, end, steps, repair, cluster, overlays, routing, gateways
    "#);
}

#[test]
fn a_tab_before_the_slip() {
    assert_snapshot!(replaced("        \"sw\": Switch(", "\t\t\"sw\": Swich("), @r#"
    error[L003]: `Swich` is not a kind of node
     --> lab.ron:9:9
      |
    9 |         "sw": Swich(fdb_size: 1000),
      |               ^^^^^ unknown word
      |
      = help: did you mean `Switch`?
      = help: possible here: Host, Switch, Hub, Linux, Container, Router
    "#);
}

#[test]
fn a_backslash_that_means_nothing() {
    assert_snapshot!(replaced("ARP asks everybody", "ARP asks \\every body"), @r#"
    error[L001]: this text has a `\` that means nothing
     --> lab.ron:4:11
      |
    4 |     idea: "ARP asks \every body, one answers.",
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Unknown escape character
      |
      = help: write `\\` for a backslash
    "#);
}

#[test]
fn a_slip_in_what_all_variants_share() {
    assert_snapshot!(replaced("\"10.0.0.2/24\"", "\"10.0.0.300/24\""), @r#"
    error[L021]: `10.0.0.300/24` is not the address of a host
     --> lab.ron:7:26
      |
    7 |         "bob": Host(ip: "10.0.0.300/24"),
      |                          ^^^^^^^^^^^^^ four numbers from 0 to 255, a slash, a length
      |
      = help: "10.0.0.1/24"
    "#);
}

#[test]
fn a_file_without_its_kind() {
    assert_snapshot!(replaced("Lab(", "("), @r"
    error[L064]: a lab begins with `Lab(`
     --> lab.ron:1:1
      |
    1 | (
      | ^ `Lab` is missing before this
      |
      = help: Lab(format: 1, …)
    ");
}

#[test]
fn a_kind_in_lower_case() {
    assert_snapshot!(replaced("Switch(fdb_size", "switch(fdb_size"), @r#"
    error[L003]: `switch` is not a kind of node
     --> lab.ron:9:15
      |
    9 |         "sw": switch(fdb_size: 1000),
      |               ^^^^^^ unknown word
      |
      = help: did you mean `Switch`?
      = help: possible here: Host, Switch, Hub, Linux, Container, Router
    "#);
}

#[test]
fn a_list_in_round_brackets() {
    assert_snapshot!(replaced("hints: [\"Look into eve.\", \"Not all frames are pings.\", \"{answer}: the question\"]", "hints: (\"Look into eve.\", \"Not all frames are pings.\", \"{answer}: the question\")"), @r#"
    error[L009]: hints stand in square brackets
      --> lab.ron:22:24
       |
    22 |                 hints: ("Look into eve.", "Not all frames are pings.", "{answer}: the question"),
       |                        ^ this is something in round brackets
       |
       = help: hints: ["…", "…", "{answer}"]
    "#);
}

#[test]
fn single_quotes() {
    assert_snapshot!(replaced("\"sw:1\"", "'sw:1'"), @r#"
    error[L001]: `'` does not belong here
      --> lab.ron:11:21
       |
    11 |     links: [("ann", 'sw:1'), ("bob", "sw:2"), ("eve", "sw:3")],
       |                     ^ this should be `"`
       |
       = help: type `"`

    error[L001]: `'` does not belong here
      --> lab.ron:11:26
       |
    11 |     links: [("ann", 'sw:1'), ("bob", "sw:2"), ("eve", "sw:3")],
       |                          ^ this should be `"`
       |
       = help: type `"`
    "#);
}

#[test]
fn a_dash_in_a_link() {
    assert_snapshot!(replaced("(\"ann\", \"sw:1\")", "\"ann--sw\""), @r#"
    error[L006]: a link is two ends in round brackets
      --> lab.ron:11:14
       |
    11 |     links: ["ann--sw", ("bob", "sw:2"), ("eve", "sw:3")],
       |              ^^^^^^^ this is a text
       |
       = help: ("ann", "sw:1") or ("ann", "sw:1", (delay: "5ms"))

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
fn a_step_without_a_word() {
    assert_snapshot!(replaced("say: \"ann asks for bob.\",", ""), @r#"
    error[L007]: `say` is missing in a step
      --> lab.ron:16:20
       |
    16 |     steps: {"ask": (
       |                    ^ needs `say`
       |
       = help: say: "…"
    "#);
}

#[test]
fn a_flow_that_waits_for_nobody() {
    assert_snapshot!(replaced("play: Done(\"ping\")", "play: Done(\"pong\")"), @r#"
    error[L010]: there is no flow `pong` in this lab
      --> lab.ron:33:21
       |
    33 |         play: Done("pong"),
       |                     ^^^^ not defined
       |
       = help: did you mean `ping`?
       = help: flows: ping
    "#);
}

#[test]
fn a_belief_without_a_reply() {
    assert_snapshot!(replaced(", say: \"A broadcast is for her too.\"", ""), @r#"
    error[L007]: `say` is missing in a wrong answer
      --> lab.ron:21:33
       |
    21 |                 wrong: {"none": (is: 0)},
       |                                 ^ needs `say`
       |
       = help: say: "…"
    "#);
}

#[test]
fn a_moment_that_is_a_number() {
    assert_snapshot!(replaced("play: Done(\"ping\")", "play: 5"), @r#"
    error[L020]: `play` needs a unit
      --> lab.ron:33:15
       |
    33 |         play: 5,
       |               ^ a number without a unit
       |
       = help: play: "5ms"
    "#);
}

#[test]
fn quotes_of_a_word_processor() {
    assert_snapshot!(replaced("\"Who answers?\"", "\u{201c}Who answers?\u{201d}"), @r#"
    error[L001]: quotes are straight
     --> lab.ron:3:12
      |
    3 |     title: “Who answers?”,
      |            ^^^^^^^^^^^^^^ these are not
      |
      = help: "Who answers?"
    "#);
}

#[test]
fn a_comparison_in_signs() {
    assert_snapshot!(replaced("Is(Count(Frames(into: \"eve\")), 1)", "Count(Frames(into: \"eve\")) == 1"), @r#"
    error[L001]: `==` does not belong here
      --> lab.ron:15:86
       |
    15 |     expect: {"works": Delivered("ping"), "eve-hears-one": Count(Frames(into: "eve")) == 1},
       |                                                                                      ^^ comparisons are words
       |
       = help: Is(a, b), AtLeast(a, b), AtMost(a, b), Not(Is(a, b))
    "#);
}

#[test]
fn a_name_without_its_colon() {
    assert_snapshot!(replaced("title: \"Who", "title \"Who"), @r#"
    error[L001]: a colon is missing
     --> lab.ron:3:5
      |
    3 |     title "Who answers?",
      |     ^^^^^ expected `:` behind this
      |
      = help: title: …
    "#);
}

#[test]
fn a_comment_of_another_language() {
    assert_snapshot!(replaced("    nodes: {", "    # the network\n    nodes: {"), @r#"
    error[L001]: `#` does not belong here
     --> lab.ron:5:5
      |
    5 |     # the network
      |     ^ comments begin with `//`
      |
      = help: // the network
    "#);
}

#[test]
fn values_without_their_names() {
    assert_snapshot!(replaced("Ping(from: \"ann\", to: \"bob\", every: \"10ms\")", "Ping(\"ann\", \"bob\")"), @r#"
    error[L006]: the values of `Ping` have names
      --> lab.ron:12:29
       |
    12 |     traffic: {"ping": Ping("ann", "bob"), "ears": Sniff(on: "eve")},
       |                             ^^^ this one has no name
       |
       = help: Ping(from: "ann", to: "bob")
       = help: possible here: from, to, count, every, size, df, start
    "#);
}

#[test]
fn an_address_where_a_name_belongs() {
    assert_snapshot!(replaced("from: \"ann\"", "from: \"10.0.0.1\""), @r#"
    error[L010]: there is no node `10.0.0.1` in this lab
      --> lab.ron:12:35
       |
    12 |     traffic: {"ping": Ping(from: "10.0.0.1", to: "bob", every: "10ms"), "ears": Sniff(on: "eve")},
       |                                   ^^^^^^^^ not defined
       |
       = help: addresses are looked up: "ann"
       = help: nodes: ann, bob, eve, sw
    "#);
}

#[test]
fn a_moment_that_is_a_name() {
    assert_snapshot!(replaced("play: Done(\"ping\")", "play: \"ping\""), @r#"
    error[L006]: `play` is a moment
      --> lab.ron:33:16
       |
    33 |         play: "ping",
       |                ^^^^ a text here is a time, such as "5ms"
       |
       = help: play: Done("ping")
    "#);
}
