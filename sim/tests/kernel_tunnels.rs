//! Tunnels in the simulator and on the kernel of this machine: frames on every cable, at every port of every bridge and
//! at every VTEP byte for byte, the rows of bridges and VTEPs, the neighbours of every stack, and the answers.
//!
//! Needs what `kernel.rs` needs, and vxlan devices; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use std::fmt::Write as _;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;
use overunder_sim::plan::{AppSpec, Op, Plan};

/// Runs a lab both ways and compares all there is to see.
fn compare(claim: &str, text: &str, variant: Option<&str>) -> Option<Seen> {
    compare_plan(claim, &plan(text, variant))
}

fn compare_plan(claim: &str, plan: &Plan) -> Option<Seen> {
    if !kernel::able(claim) || !kernel::has_vxlan(claim) {
        return None;
    }
    kernel::compare::compare(claim, plan, None, Order::OfPairs)
}

fn plan(text: &str, variant: Option<&str>) -> Plan {
    parse("lab.ron", text).unwrap().plan(variant, None).unwrap()
}

/// A lab without words.
fn lab(parts: &str) -> String {
    format!("Lab(format: 1, title: \"Tunnels\", idea: \"As Linux does it.\", {parts})")
}

/// Kinds and codes of the ICMP messages at a place.
fn icmp(seen: &Seen, place: &str) -> Vec<(u8, u8)> {
    let messages = seen.frames[place].iter().filter(|frame| frame[12..14] == [8, 0] && frame[23] == 1);
    messages.map(|frame| (frame[34], frame[35])).collect()
}

const ROUTED: &str = include_str!("../../scenarios/07-vxlan-by-hand/lab.ron");
const HEAD_END: &str = include_str!("../../scenarios/09-vxlan-head-end/lab.ron");
const MTU: &str = include_str!("../../scenarios/13-mtu-black-hole/lab.ron");
const ZOO: &str = include_str!("../../scenarios/14-tunnel-zoo/lab.ron");

#[test]
fn a_tunnel_over_a_router() {
    let Some(seen) = compare("VXLAN over a router", ROUTED, Some("agree")) else { return };
    assert_eq!(seen.received, [1]);
    assert_eq!(icmp(&seen, "h1:pc1"), [(8, 0), (0, 0)]);
    // A question and its answer for c3, and the ping, each with fifty bytes around.
    let wrapped = seen.frames["h1:eth0"].iter().filter(|frame| frame[12..14] == [8, 0]);
    assert_eq!(wrapped.map(Vec::len).collect::<Vec<_>>(), [92, 92, 148, 148]);
}

#[test]
fn a_wrong_vni() {
    let Some(seen) = compare("a wrong VNI", ROUTED, Some("other-vni")) else { return };
    assert_eq!(seen.received, [0]);
}

#[test]
fn a_wrong_port() {
    let Some(seen) = compare("a wrong UDP port", ROUTED, Some("other-port")) else { return };
    assert_eq!(seen.received, [0]);
    assert!(icmp(&seen, "h1:eth0").contains(&(3, 3)), "nobody listens there");
}

/// Lab 09 with two moments that hang on chance taken out. Rows would need minutes to age. And five seconds after the
/// first ping hosts and containers probe their neighbours, microseconds apart and at whole seconds, when c1 asks too: on
/// a kernel, timers of one tick fire in any order. So the hosts know each other, and c1 asks at another time.
fn head_end() -> String {
    let mut text = HEAD_END.replace("\"400s\"", "\"1s\"").replace("After(Event(\"lost-line\"), \"1s\")", "\"3500ms\"");
    for own in 1..=4 {
        let others = (1..=4).filter(|other| *other != own);
        let rows: Vec<String> = others.map(|other| format!("\"192.0.2.{other}\": \"h{other}\"")).collect();
        let host = format!("Host(ip: \"192.0.2.{own}/24\"");
        assert!(text.contains(&host));
        text = text.replace(&host, &format!("{host}, neighbours: {{{}}}", rows.join(", ")));
    }
    text
}

#[test]
fn a_list_that_lacks_a_line() {
    let Some(seen) = compare("a head-end list", &head_end(), None) else { return };
    assert_eq!(seen.received, [1, 0, 1, 1, 1]);
}

#[test]
fn one_copy_for_each_line_of_a_list() {
    let mut parts = String::from("nodes: {");
    for at in 1..=4 {
        let _ = write!(parts, "\"h{at}\": Host(ip: \"192.0.2.{at}/24\"), ");
        let _ = write!(parts, "\"c{at}\": Container(on: \"h{at}\", net: \"blue\", ip: \"10.1.0.{at}/24\"), ");
    }
    parts += r#""sw": Switch()},
        links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw"), ("h4", "sw")],
        overlays: {"blue": Vxlan(vni: 42, discovery: StaticList)},
        traffic: {"ping": Ping(from: "c1", to: "c3", count: 2)},
    "#;
    let Some(seen) = compare("one copy for each line of a list", &lab(&parts), None) else { return };
    assert_eq!(seen.received, [2]);
    let copies = seen.frames["sw:p1"].iter().filter(|frame| frame.len() == 92 && frame[11] == 1);
    assert_eq!(copies.count(), 3);
}

/// A build of lab 13 without its TCP transfer, whose segments a kernel times in its own way; `kernel_transfers.rs` has it.
fn pings_of_13(claim: &str, variant: &str) -> Option<Seen> {
    let mut plan = plan(MTU, Some(variant));
    let tcp =
        |op: &Op| matches!(op, Op::Flow { app: AppSpec::Tcp(_), .. } | Op::Serve { app: AppSpec::TcpSink(_), .. });
    assert_eq!(plan.steps.iter().filter(|step| tcp(&step.op)).count(), 2);
    plan.steps.retain(|step| !tcp(&step.op));
    compare_plan(claim, &plan)
}

#[test]
fn a_packet_too_big_for_the_port_of_a_tunnel() {
    let Some(seen) = pings_of_13("bridged-1450", "bridged-1450") else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
}

#[test]
fn a_packet_too_big_for_a_tunnel_that_claims_1500() {
    let Some(seen) = pings_of_13("bridged-1500", "bridged-1500") else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
    assert!(icmp(&seen, "h1:pc1").contains(&(3, 4)));
}

#[test]
fn a_packet_too_big_for_a_route_into_a_tunnel() {
    let Some(seen) = pings_of_13("routed-1450", "routed-1450") else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
    assert!(icmp(&seen, "h1:pc1").contains(&(3, 4)));
}

#[test]
fn a_packet_too_big_for_a_routed_tunnel_that_claims_1500_goes_in_pieces() {
    let Some(seen) = pings_of_13("routed-1500", "routed-1500") else { return };
    assert_eq!(seen.received, [1, 1, 1, 1]);
    assert!(!icmp(&seen, "h1:pc1").contains(&(3, 4)));
}

#[test]
fn containers_that_know_of_the_tunnel() {
    let Some(seen) = pings_of_13("containers of 1450", "pods-know") else { return };
    assert_eq!(seen.received, [1, 1, 0, 0]);
    assert!(seen.frames["h1:pc1"].iter().all(|frame| frame.len() <= 1464));
}

#[test]
fn a_wide_underlay() {
    let Some(seen) = pings_of_13("room for headers", "room") else { return };
    assert_eq!(seen.received, [1, 1, 1, 1]);
}

#[test]
fn two_networks_on_one_host() {
    let text = lab(r#"
        allow: ["duplicate-address"],
        nodes: {
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "sw": Switch(),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
            "d1": Container(on: "h1", net: "red", ip: "10.1.0.1/24"),
            "d2": Container(on: "h2", net: "red", ip: "10.1.0.2/24"),
        },
        links: [("h1", "sw"), ("h2", "sw")],
        overlays: {"blue": Vxlan(vni: 42, discovery: StaticList), "red": Vxlan(vni: 43, discovery: StaticList)},
        traffic: {
            "blue-ping": Ping(from: "c1", to: "c2"),
            "red-ping": Ping(from: "d2", to: "d1", start: After(Done("blue-ping"), "100ms")),
        },
    "#);
    let Some(seen) = compare("two VNIs on one host", &text, None) else { return };
    assert_eq!(seen.received, [1, 1]);
    assert_eq!(seen.fdb["h2/vx-red"].len(), 2);
}

/// Two hosts device by device, three containers in a bridge with a VTEP on each; `vtep` are further settings of both VTEPs,
/// `rows` further rows of both hosts, `more` what follows the links.
fn by_hand(vtep: &str, rows: &str, more: &str) -> String {
    let mut parts = String::from("nodes: {");
    for (own, other) in [(1, 2), (2, 1)] {
        let (d, e) = (own + 4, own + 6);
        let _ = write!(
            parts,
            r#""h{own}": Linux(
                devices: {{
                    "eth0": Nic(), "ip": Stack(ip: {{"eth0": "192.0.2.{own}/24"}}), "br": Bridge(),
                    "vx": Vtep(vni: 7, local: "192.0.2.{own}", remote: ["192.0.2.{other}"], {vtep}),
                    "c": Stack(ip: {{"eth0": "10.1.0.{own}/24"}}, mac: {{"eth0": "02:00:00:00:0c:0{own}"}}, mtu: 1450),
                    "d": Stack(ip: {{"eth0": "10.1.0.{d}/24"}}, mac: {{"eth0": "02:00:00:00:0c:0{d}"}}, mtu: 1450),
                    "e": Stack(ip: {{"eth0": "10.1.0.{e}/24"}}, mac: {{"eth0": "02:00:00:00:0c:0{e}"}}, mtu: 1450),
                }},
                wires: [("ip:eth0", "eth0"), ("vx:outer", "ip:vx"), ("vx:inner", "br:vx"),
                    ("c:eth0", "br:c"), ("d:eth0", "br:d"), ("e:eth0", "br:e")],
                rows: [{rows}],
            ), "#
        );
    }
    lab(&format!("{parts}}}, links: [(\"h1:eth0\", \"h2:eth0\")], {more}"))
}

#[test]
fn a_vtep_that_answers_for_others() {
    let rows = r#"
        AddRow("vx", "neigh", {"ip": "10.1.0.1", "mac": "02:00:00:00:0c:01"}),
        AddRow("vx", "neigh", {"ip": "10.1.0.2", "mac": "02:00:00:00:0c:02"}),
        AddRow("vx", "neigh", {"ip": "10.1.0.6", "mac": "02:00:00:00:0c:06"}),
    "#;
    let more = r#"traffic: {
        "known": Ping(from: "h1/c", to: "h2/c", count: 2),
        "to-a-mac-in-no-row": Ping(from: "h1/c", to: "h2/d", start: "2500ms"),
        "swallowed": Ping(from: "h2/c", to: "h1/e", start: After(Done("to-a-mac-in-no-row"), "300ms")),
    }"#;
    let text = by_hand("proxy: true, l2miss: true, l3miss: true", rows, more);
    let Some(seen) = compare("a VTEP that answers for others", &text, None) else { return };
    assert_eq!(seen.received, [2, 1, 0]);
    let questions = seen.frames["h1:eth0"].iter().filter(|frame| frame.len() == 92);
    assert_eq!(questions.count(), 0, "no question goes through the tunnel");
}

#[test]
fn an_outer_header_as_it_is_told() {
    let more = r#"traffic: {
        "small": Ping(from: "h1/c", to: "h2/c", df: true),
        "whole": Ping(from: "h1/c", to: "h2/c", size: 1422, df: true, start: "1s"),
        "no-df": Ping(from: "h1/c", to: "h2/c", size: 1422, df: false, start: "2s"),
    }"#;
    for vtep in ["df: Set, ttl: 9", "df: Inherit", "port: 8472, ttl: 255"] {
        let Some(seen) = compare(vtep, &by_hand(vtep, "", more), None) else { return };
        assert_eq!(seen.received, [1, 1, 1]);
    }
}

#[test]
fn rows_of_vteps_written_and_deleted_on_the_way() {
    let more = r#"
        events: {
            "c2-is-elsewhere": (at: "500ms", do: AddRow("h1/vx", "fdb", {"mac": "02:00:00:00:0c:02", "remote": "192.0.2.9"})),
            "a-row-with-all": (at: "600ms", do: AddRow("h2/vx", "fdb",
                {"mac": "02:00:00:00:0c:08", "remote": "192.0.2.8", "port": "8472", "vni": "9"})),
            "a-group": (at: "700ms", do: AddRow("h2/vx", "fdb", {"mac": "01:00:5e:01:01:01", "remote": "192.0.2.8"})),
            "the-same-group": (at: "800ms", do: AddRow("h2/vx", "fdb", {"mac": "01:00:5e:01:01:01", "remote": "192.0.2.9"})),
            "a-neighbour": (at: "900ms", do: AddRow("h2/vx", "neigh", {"ip": "10.1.0.8", "mac": "02:00:00:00:0c:08"})),
            "c2-is-nowhere": (at: "6500ms", do: DelRow("h1/vx", "fdb", {"mac": "02:00:00:00:0c:02"})),
            "forgotten": (at: "6600ms", do: Flush("h2/vx", "fdb")),
            "h2-learns-no-more": (at: "6700ms", do: Set("h2/vx", (learning: false))),
            "and-ages": (at: "6800ms", do: Set("h2/vx", (ageing: "100s"))),
        },
        traffic: {
            "first": Ping(from: "h1/c", to: "h2/c"),
            "misled": Ping(from: "h1/c", to: "h2/c", start: "1100ms"),
            "found-again": Ping(from: "h1/c", to: "h2/c", start: "7400ms"),
        },
    "#;
    let Some(seen) = compare("rows of VTEPs written and deleted", &by_hand("", "", more), None) else { return };
    assert_eq!(seen.received, [1, 0, 1]);
}

#[test]
fn a_container_that_moves() {
    let text = lab(r#"
        nodes: {
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "h3": Host(ip: "192.0.2.3/24"),
            "sw": Switch(),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24", mac: "02:00:00:00:0c:02"),
            "c3": Container(on: "h3", net: "blue", ip: "10.1.0.3/24", mac: "02:00:00:00:0c:02"),
        },
        allow: ["duplicate-address"],
        links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw")],
        overlays: {"blue": Vxlan(vni: 42, discovery: StaticList)},
        traffic: {
            "before": Ping(from: "c1", to: "c2"),
            "after": Ping(from: "c3", to: "c1", start: After(Done("before"), "300ms")),
            "follows": Ping(from: "c1", to: "c3", start: After(Done("after"), "300ms")),
        },
    "#);
    let Some(seen) = compare("a container that moves", &text, None) else { return };
    assert!(seen.fdb["h1/vx-blue"].contains(&"02:00:00:00:0c:02 192.0.2.3 port 4789 vni 42 learned".to_owned()));
}

/// A way of 1400 bytes between hosts that know of 1500: packets of 1478 bytes.
fn narrow(vtep: &str) -> String {
    lab(&format!(
        r#"
        allow: ["mtu-too-small"],
        nodes: {{
            "h1": Host(ip: "192.0.2.1/24", gateway: "192.0.2.254"),
            "r1": Router(ips: {{"a": "192.0.2.254/24", "b": "203.0.113.1/24"}}, routes: {{"198.51.100.0/24": "203.0.113.2"}}),
            "r2": Router(ips: {{"b": "203.0.113.2/24", "c": "198.51.100.254/24"}}, routes: {{"192.0.2.0/24": "203.0.113.1"}}),
            "h2": Host(ip: "198.51.100.2/24", gateway: "198.51.100.254"),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c3": Container(on: "h2", net: "blue", ip: "10.1.0.3/24"),
        }},
        links: [("h1", "r1:a"), ("r1:b", "r2:b", (mtu: 1400)), ("r2:c", "h2")],
        overlays: {{"blue": Vxlan(vni: 42, discovery: StaticList)}},
        variants: {{"df": {{
            "as-usual": (say: "As Linux does unless told otherwise."),
            "told": (say: "No fragments.", set: {{"h1/vx-blue": (df: {vtep}), "h2/vx-blue": (df: {vtep})}}),
        }}}},
        traffic: {{
            "small": Ping(from: "c1", to: "c3"),
            "large": Ping(from: "c1", to: "c3", size: 1400, df: true, start: After(Done("small"), "300ms")),
            "again": Ping(from: "c1", to: "c3", size: 1400, df: true, start: After(Done("large"), "300ms")),
            "free": Ping(from: "c1", to: "c3", size: 1410, start: After(Done("again"), "300ms")),
        }},
    "#
    ))
}

#[test]
fn a_narrow_way_between_hosts() {
    let Some(seen) = compare("a narrow way, fragments", &narrow("Set"), Some("as-usual")) else { return };
    assert_eq!(seen.received, [1, 1, 1, 1]);
}

#[test]
fn a_narrow_way_and_no_fragments() {
    let Some(seen) = compare("a narrow way, no fragments", &narrow("Set"), Some("told")) else { return };
    assert!(icmp(&seen, "h1:eth0").contains(&(3, 4)));
    let Some(seen) = compare("a narrow way, as inside", &narrow("Inherit"), Some("told")) else { return };
    assert!(icmp(&seen, "h1:eth0").contains(&(3, 4)));
}

#[test]
fn a_full_table_of_a_vtep() {
    let more = r#"traffic: {
        "first": Ping(from: "h1/c", to: "h2/c"),
        "second": Ping(from: "h1/c", to: "h2/d", start: After(Done("first"), "200ms")),
        "third": Ping(from: "h1/e", to: "h2/d", start: After(Done("second"), "200ms")),
    }"#;
    let Some(seen) = compare("a full table of a VTEP", &by_hand("fdb_size: 2", "", more), None) else { return };
    // The row of all zeros takes one of the two places.
    assert_eq!((&seen.received[..], seen.fdb["h1/vx"].len()), (&[1, 1, 1][..], 2));
}

#[test]
fn a_row_of_a_vtep_outlives_its_age_until_linux_looks() {
    let more = r#"traffic: {
        "first": Ping(from: "h1/c", to: "h2/c"),
        "second": Ping(from: "h1/c", to: "h2/d", start: "3s"),
    }"#;
    let Some(seen) = compare("a row of a VTEP grows old", &by_hand("ageing: \"1s\"", "", more), None) else { return };
    // The list, and both that were heard: it is less than ten seconds since the device was made.
    assert_eq!(seen.fdb["h1/vx"].len(), 3);
}

#[test]
fn a_group_instead_of_a_list() {
    let mut parts = String::from("nodes: {");
    for at in 1..=3 {
        let _ = write!(parts, "\"h{at}\": Host(ip: \"192.0.2.{at}/24\"), ");
        let _ = write!(parts, "\"c{at}\": Container(on: \"h{at}\", net: \"blue\", ip: \"10.1.0.{at}/24\"), ");
    }
    parts += r#""sw": Switch()},
        links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw")],
        overlays: {"blue": Vxlan(vni: 42, discovery: Multicast("239.1.1.1"))},
        traffic: {"ping": Ping(from: "c1", to: "c3", count: 2), "back": Ping(from: "c2", to: "c1", start: "1500ms")},
    "#;
    let Some(seen) = compare("a group instead of a list", &lab(&parts), None) else { return };
    assert_eq!(seen.received, [2, 1]);
}

#[test]
fn containers_that_are_routed_or_bridged() {
    for variant in ["none", "vxlan"] {
        let claim = format!("containers, {variant}");
        let Some(seen) = compare(&claim, ZOO, Some(variant)) else { return };
        assert_eq!(seen.received, [1]);
    }
}

/// Two hosts of one link with a container on each, in a network over IPv6.
fn over_ipv6(more: &str) -> String {
    lab(&format!(
        r#"
        nodes: {{
            "h1": Host(ip: "192.0.2.1/24", ip6: "fd00::1/64"), "h2": Host(ip: "192.0.2.2/24", ip6: "fd00::2/64"),
            "h3": Host(ip: "192.0.2.3/24", ip6: "fd00::3/64"), "sw": Switch(),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
            "c3": Container(on: "h3", net: "blue", ip: "10.1.0.3/24"),
        }},
        links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw")],
        overlays: {{"blue": Vxlan(vni: 42, outer: Ipv6)}},
        {more}
    "#
    ))
}

#[test]
fn a_tunnel_over_ipv6() {
    let text = over_ipv6(
        r#"traffic: {
            "ping": Ping(from: "c1", to: "c2", count: 2, every: "200ms"),
            "full": Ping(from: "c2", to: "c1", size: 1402, df: true, start: After(Done("ping"), "300ms")),
        }"#,
    );
    let Some(seen) = compare("VXLAN over IPv6", &text, None) else { return };
    assert_eq!(seen.received, [2, 1]);
    let over: Vec<&Vec<u8>> = seen.frames["sw:p1"].iter().filter(|frame| frame[12..14] == [0x86, 0xdd]).collect();
    // A question for each of two hosts, and an answer to each.
    let kinds = |kind: u8| over.iter().filter(|frame| frame[20] == 58 && frame[54] == kind).count();
    assert_eq!((kinds(135), kinds(136)), (2, 2));
    // Seventy bytes around each ping, whose packet fills the way exactly in the end.
    assert_eq!(over.iter().filter(|frame| frame.len() == 168).count(), 4);
    assert_eq!(over.iter().filter(|frame| frame.len() == 1514).count(), 2);
}

/// Containers with 1500 bytes in a network over IPv6, which leaves them 1430. What dies in silence comes first, and
/// before anybody on the underlay is asked for: after five seconds a kernel confirms a neighbour from its link-local
/// address, and these hosts have none.
fn too_big_over_ipv6(vtep: &str, traffic: &str) -> Option<Seen> {
    let mut text = over_ipv6(&format!(r#"allow: ["mtu-too-small"], traffic: {{{traffic}}}"#));
    for at in 1..=3 {
        let ip = format!(r#"ip: "10.1.0.{at}/24""#);
        let others = [1, 2, 3].into_iter().filter(|other| *other != at);
        let rows: Vec<String> = others.map(|other| format!(r#""10.1.0.{other}": "c{other}""#)).collect();
        text = text.replace(&ip, &format!("{ip}, mtu: 1500, neighbours: {{{}}}", rows.join(", ")));
    }
    compare(&format!("too big over IPv6{vtep}"), &text.replace("outer: Ipv6", &format!("outer: Ipv6{vtep}")), None)
}

#[test]
fn packets_too_big_for_a_tunnel_over_ipv6() {
    let traffic = r#"
        "five-more": Ping(from: "c3", to: "c1", size: 1407, df: true),
        "free": Ping(from: "c2", to: "c1", size: 1406, df: false, start: "100ms"),
        "one-more": Ping(from: "c1", to: "c2", size: 1403, df: true, start: "4s"),
        "fits": Ping(from: "c1", to: "c2", size: 1402, df: true, start: "4300ms"),
    "#;
    let Some(seen) = too_big_over_ipv6("", traffic) else { return };
    // The port of the bridge takes four bytes more than the VTEP: so far its sender is told, from there on nobody is.
    assert_eq!(seen.received, [0, 0, 0, 1]);
    assert!(icmp(&seen, "h1:pc1").contains(&(3, 4)) && !icmp(&seen, "h3:pc3").contains(&(3, 4)));
}

#[test]
fn packets_too_big_for_a_tunnel_over_ipv6_that_claims_1500() {
    let traffic = r#"
        "free": Ping(from: "c2", to: "c1", size: 1472, df: false),
        "one-more": Ping(from: "c1", to: "c2", size: 1403, df: true, start: "4s"),
        "full": Ping(from: "c3", to: "c1", size: 1472, df: true, start: "4200ms"),
        "fits": Ping(from: "c1", to: "c2", size: 1402, df: true, start: "4400ms"),
    "#;
    let Some(seen) = too_big_over_ipv6(", mtu: 1500", traffic) else { return };
    // Nobody splits the envelope: without DF inside there is no answer either.
    assert_eq!(seen.received, [0, 0, 0, 1]);
    assert!(icmp(&seen, "h3:pc3").contains(&(3, 4)) && !icmp(&seen, "h2:pc2").contains(&(3, 4)));
}
