//! Pods with addresses of the provider's network: what each way of joining them shows, costs and reaches.

use crate::engine::Stop;
use crate::lab::{EVENT_BUDGET, LabFile, Source, diagnostic::render, open, run_variant};

const LAB: &str = r#"Lab(
    format: 1,
    title: "Addresses of the provider",
    idea: "Three ways to one.",
    cluster: (plugin: Terway(WAY), environment: Alibaba(), nodes: 2, pods: 2),
    traffic: {
        "far": Ping(from: "a1", to: "b1"),
        "near": Ping(from: "a1", to: "a2", start: "4s"),
        "up": Ping(from: "a1", to: "node1", start: "8s"),
        "across": Ping(from: "a1", to: "node2", start: "12s"),
    },
    expect: {
        "one-mac": Is(Distinct(Frames(out_of: "node1"), "eth.src"), 1),
        "no-envelope": Never(Frames(out_of: "node1", carries: "udp")),
        EXPECT
    },
)
"#;

fn sound(way: &str, expect: &str) -> LabFile {
    let source = Source::new("lab.ron", &LAB.replace("WAY", way).replace("EXPECT", expect));
    open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)))
}

#[test]
fn terway_joins_pods_by_a_wire_or_by_ipvlan() {
    // A child of the card leaves the node without its IP stack, so no hop is counted; and it cannot reach the node itself,
    // which is why the real plugin gives it a second wire.
    let hops = |n: u8| format!("\"ttl\": Is(Field(Frames(out_of: \"node1\", flow: \"far\"), \"ipv4.ttl\"), {n}),");
    let wire = format!("{} \"up\": Delivered(\"up\"),", hops(63));
    let child = format!("{} \"up\": Fails(\"up\"), \"child\": Saw(Frames(into: \"node1/ipvlan\")),", hops(64));
    for (way, expect) in [("", wire), ("ipvlan: true", child)] {
        let expect = format!("{expect} \"all\": All([Delivered(\"far\"), Delivered(\"near\"), Delivered(\"across\")])");
        let lab = sound(way, &expect);
        let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
        assert_eq!(ran.stop, Stop::Quiet, "{way}");
        let failed: Vec<&str> = ran.outcomes.iter().filter(|at| !at.1.holds).map(|at| at.0.as_str()).collect();
        assert_eq!(failed, [""; 0], "Terway({way})");
    }
}
