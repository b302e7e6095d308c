//! Suites are read, expanded, run and judged; every slip in one has its sentence.

use std::fmt::Write as _;

use super::{Suite, is_suite, open};
use crate::lab::diagnostic::render;
use crate::lab::source::Source;
use crate::lab::{EVENT_BUDGET, judge::Quantity};

const SOUND: &str = r#"Suite(
    format: 1,
    title: "What does a tunnel cost?",
    bench: (
        nodes: {
            "h1": Host(ip: "192.0.2.1/24"),
            "h2": Host(ip: "192.0.2.2/24"),
            "c1": Container(on: "h1", net: "net", ip: "10.1.1.2/24"),
            "c2": Container(on: "h2", net: "net", ip: "10.1.2.2/24"),
        },
        links: [("h1", "h2")],
        overlays: {"net": Routed()},
        traffic: {"probe": Udp(from: "c1", to: "c2", count: 2, size: 64)},
    ),
    axes: {
        "envelope": Named({"none": (), "gre": (set: {"net": Gre()}), "ipip": (set: {"net": Ipip()})}),
        "payload": Each("probe", "size", [64, 1472, 8000]),
        "mtu": Each("h*", "mtu", [1500, 9000]),
    },
    skip: [{"payload": "8000", "mtu": "1500"}],
    quick: {"payload": ["64"], "envelope": ["none", "gre"]},
    measure: {
        "overhead": (value: Overhead("probe", "h1--h2"), better: Lower),
        "lost": (value: Lost("probe"), better: Lower),
    },
    expect: {
        "sent": Is(Sent("probe"), 2),
        "gre-24": In("gre", Is(Overhead("probe", "h1--h2"), 24)),
        "none-is-least": AtMost(In("none", Overhead("probe", "h1--h2")), In("ipip", Overhead("probe", "h1--h2"))),
    },
    baseline: "tunnels.baseline.json",
)
"#;

/// What is damaged, and how.
const DAMAGES: &[(&str, &str, &str)] = &[
    ("another file", "Suite(", "Lab("),
    ("no brackets", SOUND, "Suite"),
    ("an open bracket", "bench: (", "bench: (("),
    ("a newer format", "format: 1", "format: 2, flavour: \"new\""),
    ("no format", "format: 1,", ""),
    ("no title", "title: \"What does a tunnel cost?\",", ""),
    ("a misspelt field", "measure: {", "mesure: {"),
    ("the labs of old", "skip: [", "labs: {}, skip: ["),
    ("a guide in the bench", "links: [", "steps: {}, links: ["),
    ("a bench in braces", "bench: (", "bench: {"),
    ("a bench without nodes", "nodes: {", "knots: {"),
    ("a slip in the bench", "\"192.0.2.1/24\"", "\"192.0.2.1\""),
    ("a link to nobody", "(\"h1\", \"h2\")", "(\"h1\", \"h3\")"),
    ("no axes", "axes: {\n", "axes: {}, skipped: {\n"),
    ("axes that are none", "axes: {\n", "axes: [], skipped: {\n"),
    ("an axis without its kind", "Named({\"none\"", "({\"none\""),
    ("an axis of no kind", "Each(\"probe\"", "Every(\"probe\""),
    ("an axis of a name", "Named({\"none\": (), \"gre\"", "Named([\"none\", \"gre\"]), \"x\": Named({\"gre\""),
    ("a value without brackets", "\"none\": ()", "\"none\": Gre"),
    ("an axis without values", "[64, 1472, 8000]", "[]"),
    ("values that are no list", "[64, 1472, 8000]", "64"),
    ("a value too many", "[64, 1472, 8000])", "[64, 1472, 8000], 7)"),
    ("a place that is none", "Each(\"probe\"", "Each(\"prob\""),
    ("a field that is none", "\"size\", [", "\"sice\", ["),
    ("a value of another sort", "[64, 1472, 8000]", "[64, 1472, 8000, \"many\"]"),
    ("a value with brackets", "[1500, 9000])", "[1500, 9000]), \"way\": Each(\"net\", \"mtu\", [Most(9)])"),
    ("a value that is no name", "[1500, 9000])", "[1500, 9000]), \"ip\": Each(\"h1\", \"ip\", [\"192.0.2.7/24\"])"),
    ("a value twice", "[64, 1472, 8000]", "[64, 1472, 8000, 64]"),
    ("a value of two axes", "[1500, 9000]", "[1472, 1500, 9000]"),
    (
        "a discovery without its store",
        "\"ipip\": (set: {\"net\": Ipip()})",
        "\"evpn\": (set: {\"net\": Vxlan(vni: 1, discovery: Evpn)})",
    ),
    (
        "a profile that is none",
        "[1500, 9000])",
        "[1500, 9000]), \"profile\": Each(\"lab\", \"profile\", [\"ideal\", \"sever\"])",
    ),
    (
        "too many runs",
        "[1500, 9000])",
        "[1500, 9000]), \"seed\": Each(\"lab\", \"seed\", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60])",
    ),
    ("a rule about no axis", "skip: [{\"payload\"", "skip: [{\"paylod\""),
    ("a rule about no value", "{\"payload\": \"8000\"", "{\"payload\": \"800\""),
    ("a rule with a number", "{\"payload\": \"8000\"", "{\"payload\": 8000"),
    ("an empty rule", "skip: [{", "skip: [{}, {"),
    ("rules in no list", "skip: [{\"payload\": \"8000\", \"mtu\": \"1500\"}]", "skip: {\"payload\": \"8000\"}"),
    ("everything is skipped", "skip: [{", "skip: [{\"mtu\": \"1500\"}, {\"mtu\": \"9000\"}, {"),
    ("a quick axis that is none", "quick: {\"payload\"", "quick: {\"paylod\""),
    ("a quick value that is none", "[\"64\"]", "[\"65\"]"),
    ("nothing is quick", "quick: {\"payload\": [\"64\"]", "quick: {\"payload\": [\"8000\"], \"mtu\": [\"1500\"]"),
    ("a measure without its brackets", "(value: Lost(\"probe\"), better: Lower)", "Lost(\"probe\")"),
    ("a measure without direction", "Lost(\"probe\"), better: Lower", "Lost(\"probe\")"),
    ("a direction that is none", "Lost(\"probe\"), better: Lower", "Lost(\"probe\"), better: Less"),
    ("a value that is none", "Lost(\"probe\")", "Losst(\"probe\")"),
    ("a measure of names", "Lost(\"probe\")", "Path(\"probe\")"),
    ("a measure that is always the same", "Lost(\"probe\")", "5"),
    ("a measure of a flow that is none", "Lost(\"probe\")", "Lost(\"prob\")"),
    ("a check of a run that is none", "In(\"gre\", Is", "In(\"grre\", Is"),
    ("a check of a run that is skipped", "In(\"gre\", Is", "In(\"gre+8000\", Is"),
    ("a check that is none", "Is(Sent(\"probe\"), 2)", "Iss(Sent(\"probe\"), 2)"),
    ("a figure that is none", "baseline:", "account: [\"wyre\"], baseline:"),
    ("a figure twice", "baseline:", "account: [\"wire\", \"wire\"], baseline:"),
    ("figures in no list", "baseline:", "account: \"wire\", baseline:"),
    ("a baseline elsewhere", "tunnels.baseline.json", "../tunnels.json"),
    ("a baseline of another kind", "tunnels.baseline.json", "tunnels.csv"),
];

fn read(text: &str) -> Result<Suite, String> {
    let source = Source::new("suite.ron", text);
    open(source.clone()).map_err(|found| render::all(&found, &source))
}

#[test]
fn axes_are_expanded_and_what_is_skipped_is_not_there() {
    let suite = read(SOUND).expect("it is sound");
    let names: Vec<&str> = suite.names().collect();
    assert_eq!(names.len(), 3 * (3 * 2 - 1));
    assert_eq!(names[..3], ["none+64+1500", "none+64+9000", "none+1472+1500"]);
    assert!(!names.iter().any(|name| name.ends_with("8000+1500")));
    assert_eq!(suite.quick, ["none+64+1500", "none+64+9000", "gre+64+1500", "gre+64+9000"]);
    assert_eq!(suite.baseline.as_deref(), Some("tunnels.baseline.json"));
    assert!(is_suite(&Source::new("x", &format!("// a comment\n{SOUND}"))));
}

#[test]
fn every_run_is_judged_and_measured() {
    let suite = read(SOUND).expect("it is sound");
    let compared = suite.compared(EVENT_BUDGET);
    let runs: Vec<_> =
        (0..suite.names().count()).map(|at| suite.run(at, &compared, EVENT_BUDGET).expect("a run")).collect();
    for run in &runs {
        for (name, outcome) in &run.ran.outcomes {
            assert!(outcome.holds, "{} {name}: {}", run.ran.variant, outcome.text.en);
        }
    }
    let once: Vec<usize> = runs.iter().map(|run| run.ran.outcomes.len()).collect();
    assert_eq!((once[0], &once[1..]), (3, &[1; 14][..]), "what compares runs is judged once");
    let overhead = |name: &str| {
        let run = runs.iter().find(|run| run.ran.variant == name).expect("a run of that name");
        run.values[0].clone()
    };
    assert_eq!(overhead("none+64+1500"), Quantity::Number(0));
    assert_eq!(overhead("gre+64+9000"), Quantity::Number(24));
    assert_eq!(overhead("ipip+64+9000"), Quantity::Number(20));
    let values: Vec<_> = runs.into_iter().map(|run| run.values).collect();
    assert!(suite.unmeasured(&values).is_empty());
}

#[test]
fn a_check_that_does_not_hold_and_a_measure_of_nothing_are_told() {
    let text = SOUND.replacen("), 24))", "), 25))", 1);
    let suite = read(&text.replacen("Lost(\"probe\")", "Size(Drops(at: \"h2\"))", 1)).expect("it is sound");
    let compared = suite.compared(EVENT_BUDGET);
    let first = suite.run(0, &compared, EVENT_BUDGET).expect("a run");
    let failed: Vec<&str> =
        first.ran.outcomes.iter().filter(|(_, outcome)| !outcome.holds).map(|(name, _)| name.as_str()).collect();
    assert_eq!(failed, ["gre-24"]);
    let told = suite.unmeasured(&[first.values]);
    let told: Vec<&str> = told.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, ["`lost` measures nothing"]);
}

#[test]
fn the_sentences_about_damaged_suites() {
    let mut all = String::new();
    for (what, from, to) in DAMAGES {
        assert!(SOUND.contains(from), "{what}: nothing was damaged");
        let told = read(&SOUND.replacen(from, to, 1)).expect_err(what);
        assert!(told.contains("= help:"), "{what}: no fix\n{told}");
        writeln!(all, "## {what}\n{told}\n").expect("text takes text");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn no_damage_makes_it_panic() {
    let words =
        ["(", ")", "{", "}", "[", "]", ",", ":", "\"", "Each", "Named", "64", "\"h1\"", "In", "\u{ff0c}", "axes"];
    let mut seed = 7_u64;
    let mut random = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    for _ in 0..400 {
        let mut text = SOUND.to_owned();
        for _ in 0..=random(3) {
            let mut at = random(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + random(12)).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(at..end, words[random(words.len())]);
        }
        if let Err(told) = read(&text) {
            assert!(told.contains("error[L"), "{told}");
        }
    }
}
