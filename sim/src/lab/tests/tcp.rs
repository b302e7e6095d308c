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
/// for the headers of IP and TCP, by underlay MTU and 38 bytes of Ethernet), with 1500 and with 9000 bytes below.
const SHARES: [(&str, &str, [f64; 2]); 15] = [
    ("none", r#""blue": Routed()"#, [94.15, 99.00]),
    ("ipip", r#""blue": Ipip()"#, [92.85, 98.78]),
    ("gre", r#""blue": Gre()"#, [92.59, 98.74]),
    ("gre-key", r#""blue": Gre(key: 7)"#, [92.33, 98.69]),
    ("flannel-udp", r#""blue": TunUdp()"#, [92.33, 98.69]),
    ("gretap", r#""blue": Gretap(), L2"#, [91.68, 98.58]),
    ("gretap-key", r#""blue": Gretap(key: 7), L2"#, [91.42, 98.54]),
    ("vxlan", r#""blue": Vxlan(vni: 42), L2"#, [90.90, 98.45]),
    ("geneve", r#""blue": Geneve(vni: 42), L2"#, [90.90, 98.45]),
    ("geneve-8", r#""blue": Geneve(vni: 42, options: 8), L2"#, [90.38, 98.36]),
    ("wireguard", r#""blue": Wireguard()"#, [90.25, 98.34]),
    ("sleeve", r#""blue": Sleeve(), L2"#, [90.12, 98.32]),
    ("vxlan-6", r#""blue": Vxlan(vni: 42, outer: Ipv6), L2"#, [89.60, 98.23]),
    ("wireguard-6", r#""blue": Wireguard(outer: Ipv6)"#, [88.95, 98.12]),
    ("weave-1376", r#""blue": Vxlan(vni: 42, mtu: 1376), L2"#, [90.44, f64::NAN]),
];

/// Two hosts on a cable of 100 Mbit/s, a container on each, and an overlay in all envelopes.
fn envelopes() -> LabFile {
    let flat = r#""c1": (ip: "10.1.1.5/16"), "c3": (ip: "10.1.3.5/16")"#;
    let wide = r#", "h*": (mtu: 9000)"#;
    let variant = |(name, set, shares): &(&str, &str, [f64; 2])| {
        let set = set.replace("L2", flat);
        let jumbo = format!("\"{name}-9000\": (set: {{{set}{wide}}}),");
        format!("\"{name}\": (set: {{{set}}}),{}", if shares[1].is_nan() { "" } else { &jumbo })
    };
    let variants: String = SHARES.iter().map(variant).collect();
    lab(&format!(
        r#"nodes: {{
            "h1": Host(ip: "192.0.2.1/24", ip6: "fd00::1/64"), "h2": Host(ip: "192.0.2.2/24", ip6: "fd00::2/64"),
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
    let all = SHARES
        .iter()
        .flat_map(|(name, _, [plain, jumbo])| [((*name).to_owned(), plain), (format!("{name}-9000"), jumbo)]);
    for (name, share) in all.filter(|(_, share)| !share.is_nan()) {
        let mut world = world_of(&lab, Some(&name));
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
fn a_ping_stays_too_big_where_tcp_recovers() {
    let lab = lab(r#"nodes: {
            "a": Host(ip: "10.0.0.2/24", gateway: "10.0.0.1"), "b": Host(ip: "10.0.1.2/24", gateway: "10.0.1.1"),
            "r": Router(ips: {"1": "10.0.0.1/24", "2": "10.0.9.1/24"}, routes: {"10.0.1.0/24": "10.0.9.2"}),
            "s": Router(ips: {"1": "10.0.1.1/24", "2": "10.0.9.2/24"}, routes: {"10.0.0.0/24": "10.0.9.1"}),
        },
        links: [("a", "r:1"), ("b", "s:1"), ("r:2", "s:2", (mtu: 1400))],
        traffic: {
            "ping": Ping(from: "a", to: "b", size: 1400, df: true, count: 3, every: "100ms"),
            "bulk": Tcp(from: "a", to: "b", bytes: 100_000, start: "1s"),
        },
        expect: {
            "told-once": Is(Count(Frames(into: "a", carries: "icmp-error")), 1),
            "then-not-even-sent": Is(Count(Frames(out_of: "a", flow: "ping")), 1),
            "ping-fails": Fails("ping"),
            "tcp-recovers": Delivered("bulk"),
        }"#);
    assert_eq!(failed(&lab), [""; 0]);
}

#[test]
fn a_flow_through_losses_arrives_whole() {
    let lab = lab(r#"nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")},
        links: [("a", "b", (rate: "100Mbps", delay: "1ms", loss: "2%"))],
        traffic: {"bulk": Tcp(from: "a", to: "b", bytes: 500_000), "other": Tcp(from: "a", to: "b", port: 80)},
        expect: {"all": Delivered("bulk"), "too": Delivered("other"), "lossy": AtLeast(Lost("bulk"), 1)}"#);
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

/// Why the flow of a lab ended, and how often a device said something.
fn ending(text: &str, device: &str, slug: &str) -> (Option<&'static str>, u64) {
    let lab = lab(text);
    let world = run_variant(&lab, None, None, EVENT_BUDGET).unwrap().world;
    let id = (0..world.device_count() as u32).map(crate::id::DeviceId).find(|id| world.device_name(*id) == device);
    let counts = world.reason_counts(id.unwrap());
    let said = counts.into_iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, count)| count);
    (world.flow_stats(BULK).unwrap().failed.map(|reason| reason.slug), said)
}

#[test]
fn a_connection_ends_with_its_reason() {
    let two = |rest: &str| format!(r#"nodes: {{"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")}}, {rest}"#);
    let link = r#"links: [("a", "b", (rate: "100Mbps"))]"#;
    let plain = two(&format!(r#"{link}, traffic: {{"bulk": Tcp(from: "a", to: "b")}}"#));
    assert_eq!(ending(&plain, "a/ip", "tcp.retransmit"), (None, 0));
    // The cable swallows everything, and the neighbour is known for good: nobody answers seven times.
    let cut = format!(
        r#"nodes: {{"a": Host(ip: "10.0.0.1/24", neighbours: {{"10.0.0.2": "b"}}), "b": Host(ip: "10.0.0.2/24")}},
        {link}, traffic: {{"bulk": Tcp(from: "a", to: "b", start: "1s")}},
        events: {{"cut": (at: "500ms", do: Loss("a--b", "100%"))}}"#
    );
    assert_eq!(ending(&cut, "a/ip", "tcp.retransmit"), (Some("tcp.timed-out"), 6));
    // In the middle of it: who sends gives up after fifteen repetitions, who listens waits for ever.
    let cut = cut
        .replace(r#""b": Host(ip: "10.0.0.2/24")"#, r#""b": Host(ip: "10.0.0.2/24", neighbours: {"10.0.0.1": "a"})"#);
    let cut = cut.replace(r#"at: "500ms""#, r#"at: "1005ms""#);
    assert_eq!(ending(&cut, "a/ip", "tcp.retransmit").0, Some("tcp.timed-out"));
    // Nobody at the address: the neighbour's silence is the answer.
    let gone = two(&format!(
        r#"{link}, traffic: {{"bulk": Tcp(from: "a", to: "b", start: "1s")}},
        events: {{"off": (at: "500ms", do: Power("b", Off))}}"#
    ));
    assert_eq!(ending(&gone, "a/ip", "neigh.failed").0, Some("tcp.unreachable"));
    // Losses: three equal acknowledgements bring most of it again before a timeout.
    let lossy = two(r#"links: [("a", "b", (rate: "100Mbps", delay: "1ms", loss: "2%"))],
        traffic: {"bulk": Tcp(from: "a", to: "b", bytes: 500_000)}"#);
    let (failed, fast) = ending(&lossy, "a/ip", "tcp.retransmit-fast");
    assert!(failed.is_none() && fast > 0, "{fast} fast retransmissions");
}
