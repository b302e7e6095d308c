//! Macvlan devices in the simulator and on the kernel of this machine: every mode, alone and mixed, with and without a
//! switch that sends frames back, with questions for addresses and without, and every pair that may or may not reach
//! each other. Frames at every port of the switch and at every child are compared byte for byte, as are neighbours and
//! answers.
//!
//! Needs what `kernel.rs` needs, and macvlan devices; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use std::fmt::Write as _;
use std::sync::Mutex;
use std::thread;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;

/// Runs at the same time: most of each is waiting for answers that do not come.
const AT_ONCE: usize = 4;

/// The addresses everybody has, where nobody shall have to ask.
const KNOWN: &str = r#"neighbours: {"10.0.0.1": "h", "10.0.0.9": "x", "10.0.0.11": "a", "10.0.0.12": "b"}"#;

/// Pings in the order of the answers in the tables below. None that may wait for long is among the last: five seconds
/// after it was used, a row is asked for again, and then the end of the run would decide what is seen of that.
const PAIRS: [[&str; 2]; 7] = [["h", "x"], ["a", "b"], ["b", "a"], ["a", "h"], ["h", "a"], ["a", "x"], ["x", "a"]];

/// What one run is about.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// How the card of `h` is shared by `a`, and by `b`; without `b`, that is a host of its own.
    a: &'static str,
    b: Option<&'static str>,
    /// The switch sends frames back.
    hairpin: bool,
    /// Nobody has to ask.
    known: bool,
    /// More of `h`.
    host: &'static str,
}

impl Case {
    fn lab(self) -> String {
        let known = |own: &str| {
            let all = KNOWN.strip_prefix("neighbours: {").unwrap_or_default().trim_end_matches('}');
            let others: Vec<&str> = all.split(", ").filter(|row| !row.ends_with(&format!("\"{own}\""))).collect();
            if self.known { format!(", neighbours: {{{}}}", others.join(", ")) } else { String::new() }
        };
        let b = match self.b {
            Some(mode) => format!("Container(on: \"h\", nic: Macvlan({mode}), ip: \"10.0.0.12/24\"{})", known("b")),
            None => format!("Host(ip: \"10.0.0.12/24\"{})", known("b")),
        };
        let mut flows = String::new();
        let mut start = "\"0s\"".to_owned();
        for [from, to] in PAIRS {
            write!(flows, "\"{from}-{to}\": Ping(from: \"{from}\", to: \"{to}\", start: {start}), ").unwrap();
            start = format!("After(Done(\"{from}-{to}\"), \"300ms\")");
        }
        format!(
            r#"Lab(format: 1, title: "Macvlan", idea: "As Linux does it.",
            nodes: {{
                "h": Host(ip: "10.0.0.1/24"{}{}), "x": Host(ip: "10.0.0.9/24"{}),
                "a": Container(on: "h", nic: Macvlan({}), ip: "10.0.0.11/24"{}), "b": {b},
                "sw": Switch(ports: {{"1": (hairpin: {})}}),
            }},
            links: [("h", "sw:1"), ("x", "sw:2"){}], traffic: {{{flows}}})"#,
            known("h"),
            self.host,
            known("x"),
            self.a,
            known("a"),
            self.hairpin,
            if self.b.is_none() { ", (\"b\", \"sw:3\")" } else { "" },
        )
    }

    /// Runs it both ways.
    fn compare(self) -> Seen {
        let plan = parse("lab.ron", &self.lab()).unwrap_or_else(|found| panic!("{self:?}: {found:?}"));
        let plan = plan.plan(None, None).unwrap();
        kernel::compare::compare(&format!("{self:?}"), &plan, None, Order::OfPairs).unwrap()
    }
}

/// Which pings are answered: without and with a switch that sends frames back, in each case with questions for
/// addresses and without.
struct Row {
    a: &'static str,
    b: Option<&'static str>,
    host: &'static str,
    answered: [[u64; 7]; 4],
}

/// Compares all cells of a table, several at once, and holds the answers against what is known of the kernel.
fn compare(claim: &str, rows: &[Row]) {
    if !kernel::able(claim) || !kernel::has_macvlan(claim) {
        return;
    }
    let mut cases = Vec::new();
    for row in rows {
        for (at, answered) in row.answered.into_iter().enumerate() {
            let (hairpin, known) = (at / 2 == 1, at % 2 == 1);
            cases.push((Case { a: row.a, b: row.b, hairpin, known, host: row.host }, answered));
        }
    }
    let cases = Mutex::new(cases.into_iter());
    let next = || cases.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((case, answered)) = next() {
                    assert_eq!(case.compare().received, answered, "{case:?}");
                }
            });
        }
    });
}

const fn row(a: &'static str, b: &'static str, answered: [[u64; 7]; 4]) -> Row {
    Row { a, b: Some(b), host: "", answered }
}

/// Nobody inside reaches anybody inside; all reach the outside.
const APART: [u64; 7] = [1, 0, 0, 0, 0, 1, 1];
const ALL: [u64; 7] = [1; 7];

#[test]
fn siblings_of_one_mode() {
    // Private hides questions, not addresses: who knows them gets through, and the host's question is no child's.
    let private = [APART, APART, [1, 0, 0, 0, 1, 1, 1], ALL];
    let bridge = [1, 1, 1, 0, 0, 1, 1];
    compare(
        "macvlan modes",
        &[
            row("mode: Private", "mode: Private", private),
            row("mode: Vepa", "mode: Vepa", [APART, APART, ALL, ALL]),
            row("mode: Bridge", "mode: Bridge", [bridge, bridge, ALL, ALL]),
        ],
    );
}

#[test]
fn siblings_of_different_modes() {
    // A question of a private child, or for one, does not arrive; for the host it is as if the child were alone.
    let private_asks = [APART, APART, [1, 0, 0, 0, 1, 1, 1], ALL];
    let private_asked = [APART, APART, [1, 0, 0, 1, 1, 1, 1], ALL];
    compare(
        "macvlan children of different modes",
        &[
            row("mode: Private", "mode: Vepa", private_asks),
            row("mode: Private", "mode: Bridge", private_asks),
            row("mode: Vepa", "mode: Private", private_asked),
            row("mode: Bridge", "mode: Private", private_asked),
            row("mode: Vepa", "mode: Bridge", [APART, APART, ALL, ALL]),
            row("mode: Bridge", "mode: Vepa", [APART, APART, ALL, ALL]),
        ],
    );
}

#[test]
fn the_child_that_has_the_card_for_itself() {
    // The host loses its card, and has the address of the child, which a switch cannot tell from its own.
    let alone = [0, 1, 1, 0, 0, 1, 1];
    compare("macvlan passthru", &[Row { a: "mode: Passthru", b: None, host: "", answered: [alone; 4] }]);
}

#[test]
fn children_that_hear_by_sender() {
    let x = "mode: Source, sources: [\"02:00:00:00:00:02\"]";
    let both = "mode: Source, sources: [\"02:00:00:00:00:02\", \"02:00:00:01:00:01\", \"02:00:00:02:00:01\"]";
    let takes = "mode: Source, sources: [\"02:00:00:00:00:02\"], takes: true";
    let inside = [1, 1, 1, 0, 0, 1, 1];
    compare(
        "macvlan source",
        &[
            row(x, x, [APART; 4]),
            // A copy is made of a reflected question before it is used up.
            row(both, both, [APART, APART, inside, inside]),
            row(takes, "mode: Bridge", [[0, 0, 0, 0, 0, 1, 1]; 4]),
        ],
    );
}

#[test]
fn the_host_has_a_child_of_its_own() {
    let host = ", shim: \"10.0.0.201/32\"";
    // A written row leads to the card, which is the wrong door.
    let card = [1, 1, 1, 0, 1, 1, 1];
    compare(
        "macvlan shim",
        &[Row { a: "mode: Bridge", b: Some("mode: Bridge"), host, answered: [ALL, card, ALL, ALL] }],
    );
}

/// Children of which something changes on the way. A run stays below the 15 s after which the kernel may doubt a
/// neighbour; when it does is chance.
fn changing(claim: &str, flows_and_events: &str, received: &[u64]) {
    if !kernel::able(claim) || !kernel::has_macvlan(claim) {
        return;
    }
    let text = format!(
        r#"Lab(format: 1, title: "Macvlan", idea: "As Linux does it.",
        nodes: {{
            "h": Host(ip: "10.0.0.1/24"), "x": Host(ip: "10.0.0.9/24", neighbours: {{"10.0.0.13": "s"}}), "sw": Switch(),
            "a": Container(on: "h", nic: Macvlan(mode: Bridge), ip: "10.0.0.11/24"),
            "b": Container(on: "h", nic: Macvlan(mode: Bridge), ip: "10.0.0.12/24"),
            "s": Container(on: "h", nic: Macvlan(mode: Source), ip: "10.0.0.13/24", neighbours: {{"10.0.0.9": "x"}}),
        }},
        links: [("h", "sw:1"), ("x", "sw:2")],
        {flows_and_events})"#
    );
    let plan = parse("lab.ron", &text).unwrap().plan(None, None).unwrap();
    let seen = kernel::compare::compare(claim, &plan, None, Order::OfPairs).unwrap();
    assert_eq!(seen.received, received);
}

#[test]
fn a_mode_changes_while_they_run() {
    // The third ping starts well after b asks for a once more, which the kernel does at a tick of a coarse timer.
    let flows_and_events = r#"traffic: {
            "bridge": Ping(from: "a", to: "b"),
            "vepa": Ping(from: "a", to: "b", start: After(Done("bridge"), "600ms")),
            "back": Ping(from: "a", to: "b", start: After(Done("vepa"), "900ms")),
        },
        events: {
            "to-vepa": (at: After(Done("bridge"), "300ms"), do: Set("h/macvlan:a", (mode: Vepa))),
            "to-bridge": (at: After(Done("vepa"), "300ms"), do: Set("h/macvlan:a", (mode: Bridge))),
        }"#;
    changing("macvlan changes mode", flows_and_events, &[1, 0, 1]);
}

#[test]
fn a_list_of_sources_changes_while_they_run() {
    let flows_and_events = r#"traffic: {
            "unheard": Ping(from: "x", to: "s"),
            "heard": Ping(from: "x", to: "s", start: After(Done("unheard"), "600ms")),
            "again-not": Ping(from: "x", to: "s", start: After(Done("heard"), "600ms")),
        },
        events: {
            "listen": (at: After(Done("unheard"), "300ms"),
                do: AddRow("h/macvlan", "sources", {"mac": "02:00:00:00:00:02", "child": "s"})),
            "forget": (at: After(Done("heard"), "300ms"),
                do: DelRow("h/macvlan", "sources", {"mac": "02:00:00:00:00:02", "child": "s"})),
        }"#;
    changing("macvlan changes its sources", flows_and_events, &[0, 1, 0]);
}
