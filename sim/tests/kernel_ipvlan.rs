//! Ipvlan devices in the simulator and on the kernel of this machine: every mode with every flag, with and without a
//! switch that sends frames back, and a route outside where children do not speak ARP.
//!
//! Needs what `kernel.rs` needs, and ipvlan devices, which few small kernels have; without them each test says so and
//! compares nothing. Then all that is known of ipvlan is read off the source of the kernel: see
//! `sim/src/device/ipvlan/tests.rs`.

#[path = "kernel/mod.rs"]
mod kernel;

use std::fmt::Write as _;

use kernel::compare::Order;
use overunder_sim::lab::parse;

/// Pings in the order of the answers below.
const PAIRS: [[&str; 2]; 7] = [["h", "x"], ["a", "b"], ["b", "a"], ["a", "h"], ["h", "a"], ["a", "x"], ["x", "a"]];

/// A mode and a flag, and who is answered: with a plain switch, and with one that sends back.
type Row = (&'static str, &'static str, [[u64; 7]; 2]);

const ROWS: [Row; 9] = [
    ("L2", "Bridge", [[1, 1, 1, 0, 0, 1, 1], [1; 7]]),
    ("L2", "Private", [[1, 0, 0, 0, 0, 1, 1], [1, 0, 0, 1, 1, 1, 1]]),
    ("L2", "Vepa", [[1, 0, 0, 0, 0, 1, 1], [1; 7]]),
    ("L3", "Bridge", [[1, 1, 1, 0, 0, 1, 1]; 2]),
    ("L3", "Private", [[1, 0, 0, 0, 0, 1, 1]; 2]),
    ("L3", "Vepa", [[1, 0, 0, 0, 0, 1, 1]; 2]),
    ("L3s", "Bridge", [[1, 1, 1, 0, 0, 1, 1]; 2]),
    ("L3s", "Private", [[1, 0, 0, 0, 0, 1, 1]; 2]),
    ("L3s", "Vepa", [[1, 0, 0, 0, 0, 1, 1]; 2]),
];

/// A host with two children on its card, a switch, and somebody outside who has routes where he needs them.
fn lab(mode: &str, flag: &str, hairpin: bool) -> String {
    let mut flows = String::new();
    let mut start = "\"0s\"".to_owned();
    for [from, to] in PAIRS {
        write!(flows, "\"{from}-{to}\": Ping(from: \"{from}\", to: \"{to}\", start: {start}), ").unwrap();
        start = format!("After(Done(\"{from}-{to}\"), \"300ms\")");
    }
    let routes =
        if mode == "L2" { "" } else { r#", routes: {"10.0.0.11/32": "10.0.0.1", "10.0.0.12/32": "10.0.0.1"}"# };
    format!(
        r#"Lab(format: 1, title: "Ipvlan", idea: "As Linux does it.",
        nodes: {{
            "h": Host(ip: "10.0.0.1/24"), "x": Host(ip: "10.0.0.9/24"{routes}),
            "a": Container(on: "h", nic: Ipvlan(mode: {mode}, flag: {flag}), ip: "10.0.0.11/24"),
            "b": Container(on: "h", nic: Ipvlan(mode: {mode}, flag: {flag}), ip: "10.0.0.12/24"),
            "sw": Switch(ports: {{"1": (hairpin: {hairpin})}}),
        }},
        links: [("h", "sw:1"), ("x", "sw:2")], traffic: {{{flows}}})"#
    )
}

#[test]
fn the_simulator_answers_as_the_table_says() {
    use overunder_sim::id::FlowId;
    for (mode, flag, rows) in ROWS {
        for (hairpin, wanted) in [(false, rows[0]), (true, rows[1])] {
            let file = parse("lab.ron", &lab(mode, flag, hairpin)).unwrap_or_else(|found| panic!("{found:?}"));
            let mut world = overunder_sim::plan::world::build(&file.plan(None, None).unwrap()).unwrap();
            while !world.is_quiet() && world.step() {}
            let received = |at: u16| world.flow_stats(FlowId(at)).map_or(0, |stats| stats.received);
            let found: Vec<u64> = (0..7).map(received).collect();
            assert_eq!(found, wanted, "{mode} {flag} hairpin {hairpin}");
        }
    }
}

#[test]
fn the_kernel_does_the_same() {
    let claim = "ipvlan modes";
    if !kernel::able(claim) || !kernel::has_ipvlan(claim) {
        return;
    }
    for (mode, flag, rows) in ROWS {
        for (hairpin, wanted) in [(false, rows[0]), (true, rows[1])] {
            let plan = parse("lab.ron", &lab(mode, flag, hairpin)).unwrap_or_else(|found| panic!("{found:?}"));
            let plan = plan.plan(None, None).unwrap();
            let claim = format!("{mode} {flag} hairpin {hairpin}");
            let seen = kernel::compare::compare(&claim, &plan, None, Order::OfPairs).unwrap();
            assert_eq!(seen.received, wanted, "{claim}");
        }
    }
}
