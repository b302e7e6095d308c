//! Ipvlan children with stacks above and a switch beside them: who reaches whom in each mode, with each flag, with and
//! without a switch that sends back, with and without a route outside. Read off Linux `drivers/net/ipvlan`; there is no
//! kernel here to ask.

use crate::engine::Stop;
use crate::id::FlowId;
use crate::lab::{EVENT_BUDGET, LabFile, Source, diagnostic::render, open, run_variant};
use crate::lang::Lang;

const LAB: &str = r#"Lab(
    format: 1,
    title: "Addresses behind one card",
    idea: "Who reaches whom.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24"), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Ipvlan(mode: MODE, flag: FLAG), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Ipvlan(mode: MODE, flag: FLAG), ip: "10.0.0.12/24"),
    },
    links: [("h", "sw:1"), ("x", "sw:2")],
    traffic: {
        "near": Ping(from: "a", to: "b"),
        "out": Ping(from: "a", to: "x", start: "5s"),
        "in": Ping(from: "x", to: "a", start: "10s"),
        "up": Ping(from: "a", to: "h", start: "15s"),
        "down": Ping(from: "h", to: "a", start: "20s"),
    },
    variants: {
        "switch": {"plain": (), "reflects": (set: {"sw:1": (hairpin: true)})},
        "outside": {"alone": (), "told": (set: {"x": (routes: {"10.0.0.11/32": "10.0.0.1"})})},
    },
)
"#;

fn sound(text: &str) -> LabFile {
    let source = Source::new("lab.ron", text);
    let lab = open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)));
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    lab
}

#[test]
fn who_reaches_whom() {
    // Of near, out, in, up, down those that are answered: with a plain switch, and with one that sends back. In mode l3
    // nobody outside finds a child without a route, and the host never does, for a child does not answer ARP.
    for (mode, flag, plain, reflects, told) in [
        ("L2", "Bridge", "near out in", "near out in up down", ""),
        ("L2", "Private", "out in", "out in up down", ""),
        ("L2", "Vepa", "out in", "near out in up down", ""),
        ("L3", "Bridge", "near", "near", " out in"),
        ("L3", "Private", "", "", "out in"),
        ("L3", "Vepa", "", "", "out in"),
        ("L3s", "Bridge", "near", "near", " out in"),
        ("L3s", "Private", "", "", "out in"),
        ("L3s", "Vepa", "", "", "out in"),
    ] {
        let lab = sound(&LAB.replace("MODE", mode).replace("FLAG", flag));
        for (variant, wanted) in [
            ("plain+alone", plain.to_owned()),
            ("reflects+alone", reflects.to_owned()),
            ("plain+told", format!("{plain}{told}")),
            ("reflects+told", format!("{reflects}{told}")),
        ] {
            let ran = run_variant(&lab, Some(variant), None, EVENT_BUDGET).unwrap();
            assert_eq!(ran.stop, Stop::Quiet);
            let answered = |at: u16| ran.world.flow_stats(FlowId(at)).is_some_and(|stats| stats.received > 0);
            let names = ["near", "out", "in", "up", "down"];
            let found: Vec<&str> = names.into_iter().zip(0..).filter(|(_, at)| answered(*at)).map(|at| at.0).collect();
            assert_eq!(found.join(" "), wanted, "{mode} {flag} {variant}");
        }
    }
}

/// What can be seen of the frames, and what changes while they run.
const SEEN: &str = r#"Lab(
    format: 1,
    title: "Addresses behind one card",
    idea: "Routed, but no router.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", shim: "10.0.0.2/32"),
        "x": Host(ip: "10.0.0.9/24", routes: {"10.0.0.11/32": "10.0.0.1"}), "sw": Switch(),
        "a": Container(on: "h", nic: Ipvlan(mode: L3), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Ipvlan(mode: L3), ip: "10.0.0.12/24"),
    },
    links: [("h", "sw:1"), ("x", "sw:2")],
    traffic: {
        "in": Ping(from: "x", to: "a"),
        "shout": Raw(from: "a", to: "239.9.9.9", start: "5s"),
        "near": Ping(from: "a", to: "b", start: "6s"),
        "shim": Ping(from: "h", to: "a", start: "7s"),
        "filtered": Ping(from: "x", to: "a", start: "10s"),
        "l2": Ping(from: "x", to: "b", start: "20s"),
        "dark": Ping(from: "a", to: "b", start: "30s"),
        "private": Ping(from: "a", to: "b", start: "40s"),
        "hear": Raw(from: "x", to: "239.1.1.1", start: "51s"),
    },
    events: {
        "l3s": (at: "9s", do: Set("h/ipvlan", (mode: L3s))),
        "to-l2": (at: "19s", do: Set("h/ipvlan:a", (mode: L2))),
        "pull": (at: "29s", do: Down("h--sw")),
        "plug": (at: "39s", do: Up("h--sw")),
        "apart": (at: "39s", do: Set("h/ipvlan", (flag: Private))),
        "join": (at: "50s", do: AddRow("b", "groups", {"group": "239.1.1.1"})),
    },
    expect: {
        "in": All([Delivered("in"), Is(Field(Frames(into: "x", flow: "in"), "ipv4.ttl"), 64)]),
        "not-forwarded": Never(Decisions(at: "h", flow: "in", reason: "ip.forwarding")),
        "routed": Saw(Decisions(at: "h/ip", flow: "in", reason: "ip.from-ipvlan-child")),
        "one-mac": Is(Distinct(Frames(out_of: "h"), "eth.src"), 1),
        "near": All([Delivered("near"), Never(Frames(out_of: "h", flow: "near"))]),
        "shout": Saw(Drops(at: "h/ipvlan", flow: "shout")),
        "shim": Delivered("shim"),
        "l3s": All([Delivered("filtered"), Saw(Decisions(at: "h", flow: "filtered", reason: "ipvlan.l3s-filtered"))]),
        "not-in-l3": Never(Decisions(at: "h", flow: "in", reason: "ipvlan.l3s-filtered")),
        "to-l2": All([Delivered("l2"), Saw(Frames(out_of: "h", carries: "arp", caused_by: "l2"))]),
        "dark": All([Fails("dark"), Saw(Drops(at: "h/ipvlan", reason: "ipvlan.no-carrier"))]),
        "private": Fails("private"),
        "group": All([Saw(Frames(into: "h/b:eth0", flow: "hear")), Never(Frames(into: "h/a:eth0", flow: "hear"))]),
    },
)
"#;

#[test]
fn what_is_seen_of_it_and_what_changes_while_they_run() {
    let lab = sound(SEEN);
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    assert_eq!(ran.stop, Stop::Quiet);
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(Lang::En));
    }
}

/// The same without what only the simulator runs: frames written by hand, and the checks about them.
fn pings_only() -> String {
    let by_hand =
        |line: &&str| !["shout", "hear", "group", "join"].iter().any(|name| line.contains(&format!("\"{name}\":")));
    SEEN.lines().filter(by_hand).collect::<Vec<_>>().join("\n")
}

#[test]
fn on_linux_it_is_these_commands() {
    let lab = sound(&pings_only().replace("Set(\"h/ipvlan\", (flag: Private))", "Up(\"h--sw\")"));
    let plan = lab.variants()[0].plan().clone();
    let script = crate::plan::linux::script(&plan).unwrap();
    for line in [
        "ip -n \"$OU-h\" link add link eth0 name iv2-0 type ipvlan mode l3 bridge",
        "ip -n \"$OU-h\" link set dev iv2-0 netns \"$OU-h-a\" name eth0",
        "ip -n \"$OU-h\" link set dev iv2-2 netns \"$OU-h\" name ipv0",
        "ip -n \"$OU-h-a\" link set dev eth0 type ipvlan mode l3s bridge",
        "ip -n \"$OU-h-a\" link set dev eth0 type ipvlan mode l2 bridge",
    ] {
        assert!(script.contains(line), "{line}\n{script}");
    }
    let both = sound(&pings_only()).variants()[0].plan().clone();
    let refused = crate::plan::linux::script(&both).unwrap_err();
    assert!(refused.iter().any(|why| why.contains("mode and flag together")), "{refused:?}");
}

#[test]
fn in_mode_l3_a_cluster_needs_routes_by_the_nodes() {
    let lab = sound(
        r#"Lab(
    format: 1,
    title: "Ranges behind nodes",
    idea: "Nobody tells them.",
    cluster: (plugin: Ipvlan(mode: L3), nodes: 2, pods: 2),
    traffic: {
        "near": Ping(from: "a1", to: "a2"), "far": Ping(from: "a1", to: "b1"),
        "told": Ping(from: "a1", to: "b1", start: "10s"),
    },
    events: {
        "there": (at: "9s", do: AddRow("node1/ip", "routes", {"prefix": "10.244.2.0/24", "via": "192.0.2.2"})),
        "back": (at: "9s", do: AddRow("node2/ip", "routes", {"prefix": "10.244.1.0/24", "via": "192.0.2.1"})),
    },
    expect: {
        "reach": All([Delivered("near"), Fails("far"), Delivered("told")]),
        "no-hop": Is(Field(Frames(into: "node2/b1:eth0", flow: "told"), "ipv4.ttl"), 64),
    },
)
"#,
    );
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(Lang::En));
    }
}
