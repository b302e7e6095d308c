//! Checks and values: each holds where it should, and says what it found where it does not.

use std::fmt::Write;

use crate::lab::{EVENT_BUDGET, LabFile, Source, diagnostic::render, parse, run_variant};
use crate::lang::Lang;

fn lab(expect: &str) -> LabFile {
    let text = format!(
        r#"Lab(
    format: 1, title: "Words", idea: "Each word of a check can hold and can fail.",
    nodes: {{
        "a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "c": Host(ip: "10.0.0.3/24"),
        "s1": Switch(), "s2": Switch(),
    }},
    links: [("a", "s1:1"), ("s1:2", "s2:1", (delay: "1ms")), ("b", "s2:2"), ("c", "s2:3")],
    traffic: {{
        "first": Ping(from: "a", to: "b"),
        "data": Udp(from: "a", to: "b", rate: "1000pps", size: 1000, lasts: "1s", start: Done("first")),
    }},
    events: {{"cut": (at: After(Done("data"), "1s"), do: Down("c--s2"))}},
    variants: {{"device": {{"switch": (), "hub": (set: {{"s2": Hub()}})}}}},
    expect: {{{expect}}},
)"#
    );
    parse("lab.ron", &text).unwrap_or_else(|found| panic!("{}", render::all(&found, &Source::new("lab.ron", &text))))
}

/// What each check says of the default variant.
fn judged(expect: &str) -> String {
    let ran = run_variant(&lab(expect), None, None, EVENT_BUDGET).unwrap();
    let mut text = String::new();
    for (name, outcome) in &ran.outcomes {
        let word = if outcome.holds { "holds" } else { "fails" };
        writeln!(text, "{name} {word}: {} | {}", outcome.text(Lang::En), outcome.text(Lang::Zh)).unwrap();
    }
    text
}

#[test]
fn ways_are_followed_from_end_to_end() {
    insta::assert_snapshot!(judged(
        r#""way": Is(Path("first"), ["a", "s1", "s2", "b"]), "by-s2": Follows("data", ["s1", "b"]),
        "backwards": Follows("first", ["s2", "s1"]), "elsewhere": Follows("first", ["c"])"#
    ), @r"
    way holds: expected exactly a > s1 > s2 > b, found a > s1 > s2 > b | 应恰好为 a > s1 > s2 > b,实为 a > s1 > s2 > b
    by-s2 holds: expected data to go by s1 > b, it went a > s1 > s2 > b | data 应经过 s1 > b,实际为 a > s1 > s2 > b
    backwards fails: expected first to go by s2 > s1, it went a > s1 > s2 > b | first 应经过 s2 > s1,实际为 a > s1 > s2 > b
    elsewhere fails: expected first to go by c, it went a > s1 > s2 > b | first 应经过 c,实际为 a > s1 > s2 > b
    ");
}

#[test]
fn an_extra_ping_asks_whether_one_reaches_another() {
    insta::assert_snapshot!(judged(
        r#""a-b": Reaches("a", "b"), "cut-off": Not(Reaches("a", "c")), "still": Reaches("b", "c")"#
    ), @r"
    a-b holds: expected a ping from a to b to be answered: it is | 从 a ping b 应有应答:有应答
    cut-off holds: not: expected a ping from a to c to be answered: it is not | 并非:从 a ping c 应有应答:没有应答
    still fails: expected a ping from b to c to be answered: it is not | 从 b ping c 应有应答:没有应答
    ");
}

#[test]
fn records_have_an_order() {
    insta::assert_snapshot!(judged(
        r#""asked-first": InOrder([Frames(out_of: "a", carries: "arp"), Frames(into: "b", flow: "first"), Frames(into: "b", flow: "data")]),
        "reply-first": InOrder([Frames(out_of: "b", carries: "arp"), Frames(into: "b", carries: "arp")]),
        "nothing": InOrder([Frames(into: "c", flow: "data")])"#
    ), @r"
    asked-first holds: expected this order; the first of each: events 2, 17, 31 | 应按此顺序发生;各自的第一条:事件 2, 17, 31
    reply-first fails: expected this order; the first of each: events 9, 5 | 应按此顺序发生;各自的第一条:事件 9, 5
    nothing fails: expected this order; the first of each: events - | 应按此顺序发生;各自的第一条:事件 -
    ");
}

#[test]
fn moments_narrow_a_window() {
    insta::assert_snapshot!(judged(
        r#""before-b-heard": Is(Count(Frames(before: First(Frames(into: "b")))), 2),
        "since": Is(Count(Frames(into: "b", since: Done("first"))), 1000),
        "late": Is(Count(Frames(into: "b", since: After(Event("cut"), "1s"))), 0),
        "early": Is(Count(Frames(into: "b", before: Done("first"))), 2)"#
    ), @r"
    before-b-heard holds: expected exactly 2, found 2 | 应恰好为 2,实为 2
    since holds: expected exactly 1000, found 1000 | 应恰好为 1000,实为 1000
    late holds: expected exactly 0, found 0 | 应恰好为 0,实为 0
    early holds: expected exactly 2, found 2 | 应恰好为 2,实为 2
    ");
}

#[test]
fn other_variants_and_rates_are_values_too() {
    insta::assert_snapshot!(judged(
        r#""hub-tells-more": Is(In("hub", Count(Frames(into: "c", flow: "data"))), 1000),
        "difference": Is(Sub(In("hub", Count(Frames(into: "c"))), Count(Frames(into: "c"))), 1003),
        "fast": AtLeast(Goodput("data"), "7.9Mbps"), "too-fast": AtLeast(Goodput("data"), "1Gbps"),
        "no-envelope": Is(Overhead("data", "s1--s2"), 0),
        "round-trip": AtMost(Sub(Time(Frames(into: "a", flow: "first")), Time(Frames(out_of: "a", flow: "first"))), "3ms")"#
    ), @r"
    hub-tells-more holds: expected exactly 1000, found 1000 | 应恰好为 1000,实为 1000
    difference holds: expected exactly 1003, found 1003 | 应恰好为 1003,实为 1003
    fast holds: expected at least 7.9Mbps, found 8Mbps | 应至少为 7.9Mbps,实为 8Mbps
    too-fast fails: expected at least 1Gbps, found 8Mbps | 应至少为 1Gbps,实为 8Mbps
    no-envelope holds: expected exactly 0, found 0 | 应恰好为 0,实为 0
    round-trip holds: expected at most 3ms, found 2.020588ms | 应至多为 3ms,实为 2.020588ms
    ");
}

#[test]
fn values_that_cannot_be_compared_are_findings() {
    let said = |expect: &str| {
        let text = lab("").source.text.replace("expect: {}", &format!("expect: {{{expect}}}"));
        let found = parse("lab.ron", &text).unwrap_err();
        let line = |finding: &crate::lab::Finding| format!("{} {}", finding.code.id(), finding.message);
        found.iter().map(line).collect::<Vec<_>>().join("; ")
    };
    insta::assert_snapshot!(said(r#""x": Is(Goodput("data"), 5)"#), @"L027 these two cannot be compared");
    insta::assert_snapshot!(said(r#""x": Is(In("hubb", 5), 5)"#), @"L010 there is no variant `hubb` in this lab");
    insta::assert_snapshot!(said(r#""x": Follows("first", [])"#), @"L007 no places between these brackets");
    insta::assert_snapshot!(said(r#""x": Reaches("a", "s1")"#), @"L011 `s1` is a switch, which has no address");
}

#[test]
fn a_flow_leaves_out_what_it_caused() {
    insta::assert_snapshot!(judged(
        r#""own": Is(Count(Frames(into: "b", flow: "first")), 1), "all": Is(Count(Frames(into: "b", caused_by: "first")), 2)"#
    ), @r#"
    own holds: expected exactly 1, found 1 | 应恰好为 1,实为 1
    all holds: expected exactly 2, found 2 | 应恰好为 2,实为 2
    "#);
}

#[test]
fn a_setting_is_tried_without_a_run() {
    insta::assert_snapshot!(judged(
        r#""twice": Refused(set: {"c": (ip: "10.0.0.2/24")}, by: "L023"),
        "elsewhere": In("hub", Refused(set: {"c": (ip: "10.0.0.2/24")}, by: "L023")),
        "free": Refused(set: {"c": (ip: "10.0.0.4/24")}, by: "L023"),
        "slip": Refused(set: {"c": (ipp: "10.0.0.4/24")}, by: "L023"),
        "not": Not(Refused(set: {"c": (ip: "10.0.0.4/24")}, by: "L023"))"#
    ), @r"
    twice holds: expected it to be refused with L023, found L023 (10.0.0.2 is used twice) | 应以 L023 被拒绝,发现:L023 (10.0.0.2 is used twice)
    free fails: expected it to be refused with L023, found nothing that keeps it from running | 应以 L023 被拒绝,发现:没有什么妨碍它运行
    slip fails: expected it to be refused with L023, found L002 (no field `ipp` in `Host`) | 应以 L023 被拒绝,发现:L002 (no field `ipp` in `Host`)
    not holds: not: expected it to be refused with L023, found nothing that keeps it from running | 并非:应以 L023 被拒绝,发现:没有什么妨碍它运行
    elsewhere holds: in hub: expected it to be refused with L023, found L023 (10.0.0.2 is used twice) | 在 hub 中:应以 L023 被拒绝,发现:L023 (10.0.0.2 is used twice)
    ");
    let wrong = |check: &str| {
        let text = format!(
            r#"Lab(format: 1, title: "t", idea: "i", nodes: {{"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")}},
links: [("a", "b")], traffic: {{"p": Ping(from: "a", to: "b")}}, expect: {{"c": {check}}})"#
        );
        let found = parse("lab.ron", &text).unwrap_err();
        found.iter().fold(String::new(), |text, one| text + one.code.id() + " " + &one.message + "\n")
    };
    insta::assert_snapshot!(
        wrong(r#"Refused(set: {"c": (ip: "10.0.0.2/24")}, by: "L023")"#)
            + &wrong(r#"Refused(set: {"a": (ip: "10.0.0.2/24")}, by: "L999")"#)
            + &wrong(r#"Refused(set: {"a": (ip: "10.0.0.2/24")}, by: "L080")"#)
            + &wrong(r#"Refused(set: {"a": (ip: "10.0.0.2/24")})"#),
        @r"
    L010 there is no node or flow `c` in this lab
    L010 there is no finding `L999`
    L046 L080 does not keep a lab from running
    L007 `by` is missing in `Refused`
    "
    );
}
