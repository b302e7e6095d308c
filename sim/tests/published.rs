//! What was measured elsewhere and published, beside what the model says.
//!
//! Each figure is from a public report. One that the model misses says why, and fails when the model no longer misses it,
//! so that the chapter that shows all of them stays true: `UPDATE_BOOK=1` writes it anew.

#[path = "published/figures.rs"]
mod figures;

use std::fmt::Write as _;
use std::path::Path;

use figures::{FIGURES, Figure, HOST, Measure, OFFLOAD, TEN, Way, by};
use overunder_sim::id::FlowId;
use overunder_sim::lab::{EVENT_BUDGET, parse, run_variant};

/// Bits a second of a connection, and nanoseconds of a ping's round trip.
type Measured = (f64, f64);

impl Way {
    fn run(&self) -> Measured {
        let Self { plugin, profile, rate, mtu } = self;
        let (from, to) = if *plugin == HOST { ("node1", "node2") } else { ("a1", "b1") };
        let plugin = if *plugin == HOST { "FlannelHostGw()" } else { plugin };
        // 2 us for two cards and a cable: no computer takes it, so the profile has no price for it.
        let text = format!(
            r#"Lab(format: 1, title: "t", idea: "i", profile: {profile},
            cluster: (plugin: {plugin}, nodes: 2, pods: 1, mtu: {mtu}),
            links: [("node1", "node2", (rate: "{rate}", delay: "2us"))],
            traffic: {{
                "warm": Ping(from: "{from}", to: "{to}", count: 2),
                "ask": Ping(from: "{from}", to: "{to}", count: 20, every: "1ms", start: "3s"),
                "bulk": Tcp(from: "{from}", to: "{to}", lasts: "6ms", start: "4s"),
            }})"#
        );
        let lab = parse("lab.ron", &text).unwrap_or_else(|found| panic!("{found:#?}\n{text}"));
        let world = run_variant(&lab, None, None, EVENT_BUDGET).unwrap().world;
        let stats = |flow| world.flow_stats(FlowId(flow)).unwrap();
        (stats(2).goodput().unwrap() as f64, stats(1).rtt().unwrap()[1].0 as f64)
    }
}

/// What has been run already.
#[derive(Default)]
struct Bench(Vec<(Way, Measured)>);

impl Bench {
    fn measure(&mut self, way: Way) -> Measured {
        if let Some((_, measured)) = self.0.iter().find(|(done, _)| *done == way) {
            return *measured;
        }
        let measured = way.run();
        self.0.push((way, measured));
        measured
    }

    fn ratio(&mut self, figure: &Figure) -> f64 {
        let (of, by) = (self.measure(figure.of), self.measure(figure.by));
        match figure.measure {
            Measure::Goodput => of.0 / by.0,
            Measure::Rtt => of.1 / by.1,
        }
    }
}

#[test]
fn figures_are_met_or_missed_as_the_book_says() {
    let mut bench = Bench::default();
    let mut table = "| source | what | published | model | |\n|---|---|---|---|---|\n".to_owned();
    let mut wrong = Vec::new();
    for figure in FIGURES {
        let ratio = bench.ratio(figure);
        let (low, high) = figure.band;
        let holds = (low..=high).contains(&ratio);
        if holds != figure.missed.is_empty() {
            wrong.push(format!("{} ({}): {ratio:.3}, published {low:.3} to {high:.3}", figure.what, figure.source));
        }
        let Figure { source, what, published, missed, .. } = figure;
        writeln!(table, "| {source} | {what} | {published} | {ratio:.2} | {missed} |").unwrap();
    }
    assert!(wrong.is_empty(), "{}\n{table}", wrong.join("\n"));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/costs/published.md");
    let text = std::fs::read_to_string(&page).unwrap_or_default();
    let (before, rest) = text.split_once("<!-- figures -->\n").expect("the page has a place for the table");
    let (old, after) = rest.split_once("<!-- end -->").expect("and an end of it");
    if std::env::var_os("UPDATE_BOOK").is_some() {
        std::fs::write(&page, format!("{before}<!-- figures -->\n{table}<!-- end -->{after}")).unwrap();
    } else {
        assert_eq!(old, table, "UPDATE_BOOK=1 writes it anew");
    }
}

/// Fastest first; what stands together may be alike.
const ORDER: &[&[&str]] = &[
    &[HOST, "Sriov()", "Macvlan()", "Ipvlan()"],
    &["CalicoNone()", "FlannelHostGw()"],
    &["CalicoIpip()"],
    &["Weave(fast: true)", "DockerOverlay()", "FlannelVxlan()"],
    &["FlannelUdp()"],
    &["Weave()"],
];

#[test]
fn ways_rank_as_in_published_measurements() {
    let mut slowest = f64::INFINITY;
    for group in ORDER {
        let rates: Vec<f64> = group.iter().map(|plugin| by(plugin, TEN).run().0).collect();
        assert!(rates.iter().all(|rate| *rate < slowest), "{group:?}: {rates:?} are not below {slowest}");
        slowest = rates.iter().copied().fold(slowest, f64::min);
    }
    let slower = [HOST, "CalicoNone()", "FlannelHostGw()", "CalicoIpip()", "FlannelVxlan()", "FlannelUdp()"];
    let trips = slower.map(|plugin| by(plugin, TEN).run().1);
    assert!(trips.is_sorted_by(|before, after| before < after), "{trips:?}");
}

#[test]
fn a_bare_route_loses_to_a_tunnel_when_only_it_meets_rules() {
    let ruled = Way { profile: "(like: \"server\", rule_sets: 4)", ..TEN };
    let ways = [by("CalicoVxlan()", TEN), by("CalicoNone()", TEN), by("CalicoNone()", ruled)];
    let [tunnel, bare, ruled] = ways.map(|way| way.run().0);
    assert!(bare > tunnel && tunnel > ruled, "{bare} {tunnel} {ruled}");
}

#[test]
fn offload_brings_rate_but_no_shorter_round_trip() {
    for plugin in ["CalicoIpip()", "FlannelVxlan()", "FlannelUdp()"] {
        let [without, with] = [TEN, OFFLOAD].map(|base| by(plugin, base).run());
        assert!((without.1 - with.1).abs() < 1.0, "{plugin}: {} and {}", without.1, with.1);
        let gain = with.0 / without.0;
        assert!(if plugin == "FlannelUdp()" { gain < 1.05 } else { gain > 1.5 }, "{plugin}: {gain}");
    }
}
