//! Frames written by hand, and the groups a host joins.

use crate::id::FlowId;
use crate::lab::{EVENT_BUDGET, Source, diagnostic::render, parse, run_variant};
use crate::lang::Lang;

fn lab(host: &str, traffic: &str, expect: &str) -> String {
    format!(
        r#"Lab(
    format: 1, title: "Raw", idea: "A frame carries what its sender writes.",
    nodes: {{
        "a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"{host}), "c": Host(ip: "10.0.0.3/24"), "sw": Switch(),
    }},
    links: [("a", "sw:1"), ("b", "sw:2"), ("c", "sw:3")],
    traffic: {{"listens": Udp(from: "a", to: "b"), "raw": {traffic}}},
    expect: {{{expect}}},
)"#
    )
}

/// What is wrong with a lab, or which of its checks do not hold.
fn said(host: &str, traffic: &str, expect: &str) -> String {
    let text = lab(host, traffic, expect);
    match parse("lab.ron", &text) {
        Err(found) => render::all(&found, &Source::new("lab.ron", &text)),
        Ok(lab) => {
            let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
            let failed = ran.outcomes.iter().filter(|(_, outcome)| !outcome.holds);
            failed.map(|(name, outcome)| format!("{name}: {}", outcome.text(Lang::En))).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn sources_are_used_in_turn() {
    let raw = r#"Raw(from: "a", to: "b", src: ["c", "02:aa:00:00:00:01"], count: 5, every: "10ms", start: "1s")"#;
    let expect = r#""of-c": Is(Count(Frames(into: "sw", flow: "raw", src: "c")), 3),
        "of-nobody": Is(Count(Frames(into: "sw", flow: "raw", src: "02:aa:00:00:00:01")), 2),
        "believed": Is(Cell("sw", "fdb", {"mac": "c"}, "port"), 1)"#;
    assert_eq!(said("", raw, expect), "");
}

#[test]
fn the_own_address_is_the_source_when_none_is_given() {
    let expect = r#""own": Is(Field(Frames(flow: "raw"), "eth.src"), "a"), "one": Is(Sent("raw"), 1)"#;
    assert_eq!(said("", r#"Raw(from: "a", to: "ff:ff:ff:ff:ff:ff")"#, expect), "");
}

#[test]
fn a_group_reaches_who_has_joined_it() {
    let raw = r#"Raw(from: "a", to: "239.1.1.1")"#;
    let joined = r#", groups: ["239.1.1.1"]"#;
    let address = r#""mapped": Is(Field(Frames(flow: "raw"), "eth.dst"), "01:00:5e:01:01:01")"#;
    assert_eq!(said(joined, raw, &format!(r#"{address}, "heard": Delivered("raw")"#)), "");
    assert_eq!(said("", raw, &format!(r#"{address}, "filtered": Fails("raw")"#)), "");
    // 23 bits of 28: the card takes this group for the joined one, the stack does not.
    let twin = r#"Raw(from: "a", to: "239.129.1.1")"#;
    let expect = r#""at-the-card": Saw(Decisions(at: "b", flow: "raw", reason: "nic.accept-group")),
        "at-the-stack": Saw(Drops(at: "b", flow: "raw", reason: "ip.not-joined"))"#;
    assert_eq!(said(joined, twin, expect), "");
}

#[test]
fn everybody_is_an_address_too() {
    let expect = r#""heard": Delivered("raw"), "by-c-too": Is(Count(Frames(into: "c", flow: "raw")), 1)"#;
    assert_eq!(said("", r#"Raw(from: "a", to: "255.255.255.255")"#, expect), "");
}

#[test]
fn what_cannot_be_an_address_is_told() {
    let told = |host: &str, raw: &str, wanted: &str| {
        let text = said(host, raw, r#""one": Is(Sent("raw"), 1)"#);
        assert!(text.starts_with("error[") && text.contains(wanted), "{text}");
    };
    told("", r#"Raw(from: "a", to: "b", src: "ff:ff:ff:ff:ff:ff")"#, "a group, not a station");
    told("", r#"Raw(from: "a", to: "e")"#, "nodes: a, b, c, sw");
    told("", r#"Raw(from: "a", to: "10.0.0.2")"#, "not defined");
    told(r#", groups: ["10.0.0.9"]"#, r#"Raw(from: "a", to: "b")"#, "10.0.0.9 is not a group");
    told(r#", groups: "239.1.1.1""#, r#"Raw(from: "a", to: "b")"#, "groups stand in square brackets");
}

#[test]
fn datagrams_for_a_group_are_counted_by_all_who_have_joined_it() {
    let text = r#"Lab(
        format: 1, title: "Group", idea: "Who has joined hears.",
        nodes: {
            "a": Host(ip: "10.0.0.1/24", gateway: "10.0.0.254"), "b": Host(ip: "10.0.0.2/24", groups: ["239.1.1.1"]),
            "c": Host(ip: "10.0.0.3/24"), "d": Host(ip: "10.0.0.4/24"), "sw": Switch(),
        },
        links: [("a", "sw:1"), ("b", "sw:2"), ("c", "sw:3"), ("d", "sw:4")],
        traffic: {
            "news": Udp(from: "a", to: "239.1.1.1", count: 5, rate: "1pps"),
            "lost": Udp(from: "b", to: "239.1.1.1", start: "1500ms"),
        },
        events: {"c-joins": (at: "2500ms", do: AddRow("c", "groups", {"group": "239.1.1.1"}))},
    )"#;
    let lab = parse("lab.ron", text).unwrap_or_else(|found| panic!("{found:#?}"));
    let world = run_variant(&lab, None, None, EVENT_BUDGET).unwrap().world;
    // All five at `b`, the last two at `c` too, none at `d`; `b` knows no way to anybody else.
    let stats = [0, 1].map(|flow| world.flow_stats(FlowId(flow)).unwrap().clone());
    assert_eq!(stats.map(|stats| (stats.sent, stats.received)), [(5, 7), (1, 0)]);
}
