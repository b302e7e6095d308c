//! Macvlan children while they run: a pulled cable, another mode, another sender to listen to, a group joined and left.

use crate::engine::Stop;
use crate::lab::{EVENT_BUDGET, Source, diagnostic::render, open, run_variant};
use crate::lang::Lang;

const LAB: &str = r#"Lab(
    format: 1,
    title: "Children of one card",
    idea: "What changes while they run.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24"), "x": Host(ip: "10.0.0.9/24"),
        "a": Container(on: "h", nic: Macvlan(mode: Bridge), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Macvlan(mode: Bridge), ip: "10.0.0.12/24"),
        "s": Container(on: "h", nic: Macvlan(mode: Source), ip: "10.0.0.13/24"),
    },
    links: [("h", "x")],
    traffic: {
        "before": Ping(from: "a", to: "b"),
        "dark": Ping(from: "a", to: "b", start: "2s"),
        "again": Ping(from: "a", to: "b", start: "10s"),
        "vepa": Ping(from: "a", to: "b", start: "20s"),
        "unheard": Ping(from: "x", to: "s", start: "30s"),
        "heard": Ping(from: "x", to: "s", start: "40s"),
        "early": Raw(from: "x", to: "239.1.1.1", start: "50s"),
        "joined": Raw(from: "x", to: "239.1.1.1", start: "52s"),
        "left": Raw(from: "x", to: "239.1.1.1", start: "54s"),
    },
    events: {
        "pull": (at: "1s", do: Down("h--x")),
        "plug": (at: "9s", do: Up("h--x")),
        "mode": (at: "19s", do: Set("h/macvlan:a", (mode: Vepa))),
        "listen": (at: "39s", do: AddRow("h/macvlan", "sources", {"mac": "x", "child": "s"})),
        "join": (at: "51s", do: AddRow("b", "groups", {"group": "239.1.1.1"})),
        "leave": (at: "53s", do: DelRow("b", "groups", {"group": "239.1.1.1"})),
    },
    expect: {
        "carrier": All([Delivered("before"), Fails("dark"), Delivered("again")]),
        "dark": Saw(Drops(at: "h/macvlan", reason: "macvlan.no-carrier")),
        "mode": Fails("vepa"),
        "source": All([Fails("unheard"), Delivered("heard")]),
        "filtered": Never(Frames(into: "h/macvlan", flow: "early")),
        "filtered-again": Never(Frames(into: "h/macvlan", flow: "left")),
        "group": All([Saw(Frames(into: "h/b:eth0", flow: "joined")), Never(Frames(into: "h/a:eth0", flow: "joined"))]),
        "source-hears": Saw(Frames(into: "h/s:eth0", flow: "joined")),
    },
)
"#;

#[test]
fn what_changes_while_they_run_takes_effect() {
    let source = Source::new("lab.ron", LAB);
    let lab = open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)));
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    assert_eq!(ran.stop, Stop::Quiet);
    assert_eq!(ran.outcomes.len(), 8);
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(Lang::En));
    }
}
