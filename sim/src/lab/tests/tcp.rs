//! TCP through the networks of labs: what it costs in each envelope, narrow ways, refusals, and going back in time.

use crate::engine::{Change, Timeline, World};
use crate::id::{CableId, EventNo, FlowId};
use crate::lab::{EVENT_BUDGET, LabFile, parse, run_variant};
use crate::lang::Lang;
use crate::plan::world;
use crate::time::{SimDuration, SimTime};

const BULK: FlowId = FlowId(0);

fn lab(text: &str) -> LabFile {
    let text = format!("Lab(format: 1, title: \"TCP\", idea: \"Bytes arrive.\", {text})");
    parse("lab.ron", &text).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn world_of(lab: &LabFile, variant: Option<&str>) -> World {
    world::build(&lab.plan(variant, None).unwrap()).unwrap()
}

fn failed(lab: &LabFile) -> Vec<String> {
    let ran = run_variant(lab, None, None, EVENT_BUDGET).unwrap();
    let failed = ran.outcomes.iter().filter(|(_, outcome)| !outcome.holds);
    failed.map(|(name, outcome)| format!("{name}: {}", outcome.text(Lang::En))).collect()
}

/// Envelope, settings of the lab, and the share of the cable that is payload: facts of the formats (inner MTU less 52
/// for the headers of IP and TCP, by underlay MTU and 38 bytes of Ethernet).
const SHARES: [(&str, &str, f64); 16] = [
    ("none", r#""blue": Routed()"#, 94.15),
    ("ipip", r#""blue": Ipip()"#, 92.85),
    ("gre", r#""blue": Gre()"#, 92.59),
    ("gre-key", r#""blue": Gre(key: 7)"#, 92.33),
    ("flannel-udp", r#""blue": TunUdp()"#, 92.33),
    ("gretap", r#""blue": Gretap(), L2"#, 91.68),
    ("gretap-key", r#""blue": Gretap(key: 7), L2"#, 91.42),
    ("vxlan", r#""blue": Vxlan(vni: 42), L2"#, 90.90),
    ("geneve", r#""blue": Geneve(vni: 42), L2"#, 90.90),
    ("geneve-8", r#""blue": Geneve(vni: 42, options: 8), L2"#, 90.38),
    ("wireguard", r#""blue": Wireguard()"#, 90.25),
    ("sleeve", r#""blue": Sleeve(), L2"#, 90.12),
    ("weave-1376", r#""blue": Vxlan(vni: 42, mtu: 1376), L2"#, 90.44),
    ("none-9000", r#""blue": Routed(), "h*": (mtu: 9000)"#, 99.00),
    ("ipip-9000", r#""blue": Ipip(), "h*": (mtu: 9000)"#, 98.78),
    ("vxlan-9000", r#""blue": Vxlan(vni: 42), L2, "h*": (mtu: 9000)"#, 98.45),
];

/// Two hosts on a cable of 100 Mbit/s, a container on each, and an overlay in all envelopes.
fn envelopes() -> LabFile {
    let flat = r#""c1": (ip: "10.1.1.5/16"), "c3": (ip: "10.1.3.5/16")"#;
    let variant = |(name, set, _): &(&str, &str, f64)| format!("\"{name}\": (set: {{{}}}),", set.replace("L2", flat));
    let variants: String = SHARES.iter().map(variant).collect();
    lab(&format!(
        r#"nodes: {{
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.1.5/24"),
            "c3": Container(on: "h2", net: "blue", ip: "10.1.3.5/24"),
        }},
        links: [("h1", "h2", (rate: "100Mbps"))], overlays: {{"blue": Routed()}},
        traffic: {{"bulk": Tcp(from: "c1", to: "c3", lasts: "1s")}},
        variants: {{"envelope": {{"plain": (), {variants}}}}},
        expect: {{"all": Delivered("bulk")}}"#
    ))
}

#[test]
fn goodput_in_every_envelope_is_what_its_headers_leave() {
    let lab = envelopes();
    for (name, _, share) in SHARES {
        let mut world = world_of(&lab, Some(name));
        // Slow start is over long before: the cable is never idle then.
        let ms = |ms| SimTime::ZERO + SimDuration::from_ms(ms);
        world.run(ms(300), EVENT_BUDGET);
        let earlier = world.flow_stats(BULK).unwrap().clone();
        world.run(ms(900), EVENT_BUDGET);
        let goodput = world.flow_stats(BULK).unwrap().since(&earlier).goodput().unwrap_or_default();
        let found = goodput as f64 / 1e6;
        assert!((found - share).abs() < 0.01, "{name}: {found} % of the cable, not {share} %");
        let lost: u64 = world.cable_stats(CableId(0)).unwrap()[0].lost.iter().sum();
        assert_eq!(lost, 0, "{name}: the sender keeps to the window");
    }
}

/// Two routers, and between them a cable that takes less than the ends believe.
fn narrow(mtu: u16, bytes: u64) -> LabFile {
    lab(&format!(
        r#"nodes: {{
            "a": Host(ip: "10.0.0.2/24", gateway: "10.0.0.1"), "b": Host(ip: "10.0.1.2/24", gateway: "10.0.1.1"),
            "r": Router(ips: {{"1": "10.0.0.1/24", "2": "10.0.9.1/24"}}, routes: {{"10.0.1.0/24": "10.0.9.2"}}),
            "s": Router(ips: {{"1": "10.0.1.1/24", "2": "10.0.9.2/24"}}, routes: {{"10.0.0.0/24": "10.0.9.1"}}),
        }},
        links: [("a", "r:1"), ("b", "s:1"), ("r:2", "s:2", (rate: "100Mbps", mtu: {mtu}))],
        traffic: {{"bulk": Tcp(from: "a", to: "b", bytes: {bytes})}},
        expect: {{
            "all": Delivered("bulk"),
            "full": Is(Size(Frames(into: "a", carries: "icmp-error")), 590),
            "soon": AtMost(Time(Decisions(at: "a/ip", reason: "ip.pmtu-learned")), "1ms"),
        }}"#
    ))
}

#[test]
fn a_narrow_way_makes_segments_smaller_at_once() {
    for mtu in [1_400, 1_000, 600] {
        let lab = narrow(mtu, 100_000);
        assert_eq!(failed(&lab), [""; 0], "mtu {mtu}");
        let world = run_variant(&lab, None, None, EVENT_BUDGET).unwrap().world;
        // Without a second of silence: nobody waited for the retransmission timer.
        assert!(world.now() < SimTime::ZERO + SimDuration::from_ms(100), "mtu {mtu}: {}", world.now());
    }
}

#[test]
fn a_flow_through_losses_arrives_whole() {
    let lab = lab(
        r#"nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")},
        links: [("a", "b", (rate: "100Mbps", delay: "1ms", loss: "2%"))],
        traffic: {"bulk": Tcp(from: "a", to: "b", bytes: 500_000), "other": Tcp(from: "a", to: "b", port: 80)},
        expect: {"all": Delivered("bulk"), "too": Delivered("other"), "lossy": AtLeast(Lost("bulk"), 1)}"#,
    );
    assert_eq!(failed(&lab), [""; 0]);
}

/// What a run shows at its end.
fn end(world: &World) -> (u64, EventNo, Vec<crate::engine::FlowStats>) {
    let stats = (0..2).filter_map(|flow| world.flow_stats(FlowId(flow)).cloned()).collect();
    (world.digest(), world.event(), stats)
}

#[test]
fn going_back_and_forth_shows_the_same_connection() {
    let lab = narrow(1_400, 300_000);
    let mut straight = world_of(&lab, None);
    while straight.step() {}
    let wanted = end(&straight);
    let mut timeline = Timeline::new(world_of(&lab, None));
    while timeline.step() {}
    assert_eq!(end(timeline.world()), wanted);
    for target in [wanted.1.0 / 2, 37, wanted.1.0 - 5, 400] {
        assert!(timeline.seek(EventNo(target)));
        assert!(timeline.back());
        while timeline.step() {}
        assert_eq!(end(timeline.world()), wanted, "after a look at event {target}");
    }
    // Another course: the cable is cut in the middle, and the old one stays as it was.
    timeline.seek(EventNo(wanted.1.0 / 2));
    timeline.apply("cut", Change::Carrier { cable: CableId(2), up: false }).unwrap();
    for _ in 0..200 {
        timeline.step();
    }
    assert!(timeline.world().flow_stats(BULK).unwrap().bytes < 300_000);
    timeline.switch(0);
    while timeline.step() {}
    assert_eq!(end(timeline.world()), wanted);
}
