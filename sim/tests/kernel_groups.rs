//! Groups in the simulator and on the kernel of this machine: which ports of a switch get what is sent to a group, who
//! counts as a member, and the messages by which hosts and switch come to know it, byte for byte.
//!
//! Needs what `kernel_tunnels.rs` needs; without that each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use std::collections::BTreeMap;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;
use overunder_sim::plan::Plan;

fn plan(parts: &str) -> Plan {
    let text = format!("Lab(format: 1, title: \"Groups\", idea: \"As Linux does it.\", {parts})");
    parse("lab.ron", &text).unwrap().plan(None, None).unwrap()
}

/// Three hosts with a container each in one VXLAN by multicast, and `h4`, which has none and listens to nothing. The
/// ping is sent when the first questions of a querier have been answered.
fn network(switch: &str, more: &str) -> Plan {
    plan(&format!(
        r#"nodes: {{
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "h3": Host(ip: "192.0.2.3/24"),
            "h4": Host(ip: "192.0.2.4/24"), "sw": Switch({switch}),
            "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
            "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
            "c3": Container(on: "h3", net: "blue", ip: "10.1.0.3/24"),
        }},
        links: [("h1", "sw:1"), ("h2", "sw:2"), ("h3", "sw:3"), ("h4", "sw:4")],
        overlays: {{"blue": Vxlan(vni: 42, discovery: Multicast("239.1.1.1"))}},
        {more}"#
    ))
}

fn compare(claim: &str, plan: &Plan) -> Option<(Seen, Seen)> {
    if !kernel::able(claim) || !kernel::has_vxlan(claim) || !kernel::knows(claim, &["mcast_querier", "1"]) {
        return None;
    }
    kernel::compare::compare_both(claim, plan, None, Order::OfPairs)
}

/// Envelopes for the group at a place.
fn for_the_group(seen: &Seen, place: &str) -> usize {
    seen.frames[place].iter().filter(|frame| frame[30..34] == [239, 1, 1, 1]).count()
}

#[test]
fn a_switch_with_a_querier_sends_a_group_to_its_members() {
    let plan = network(
        "snooping: true, querier: true, igmp: 3",
        r#"traffic: {"ping": Ping(from: "c1", to: "c2", start: "12s")}"#,
    );
    let Some((seen, _)) = compare("snooping with a querier", &plan) else { return };
    assert_eq!(seen.received, [1]);
    let copies = ["sw:p1", "sw:p2", "sw:p3", "sw:p4"].map(|place| for_the_group(&seen, place));
    assert_eq!(copies, [1, 1, 1, 0], "the one in, two out, and none to who does not listen");
    assert_eq!(seen.mdb["sw"], ["239.1.1.1 p1", "239.1.1.1 p2", "239.1.1.1 p3"]);
}

/// In its first ten seconds a switch holds nothing back, reports neither: of several listeners in version 2 one speaks and
/// spares the others, so the switch knows one member only, which one is chance. The second question, after 31 seconds,
/// finds them all.
#[test]
fn a_querier_of_version_2_finds_the_same_members_with_its_second_question() {
    let plan =
        network("snooping: true, querier: true", r#"traffic: {"ping": Ping(from: "c1", to: "c2", start: "45s")}"#);
    let Some((seen, _)) = compare("snooping with a querier of version 2", &plan) else { return };
    assert_eq!((&seen.received[..], for_the_group(&seen, "sw:p4")), (&[1][..], 0));
    assert_eq!(seen.mdb["sw"].len(), 3);
}

#[test]
fn without_a_querier_nothing_is_held_back() {
    let plan = network("snooping: true", r#"traffic: {"ping": Ping(from: "c1", to: "c2", start: "2s")}"#);
    let Some((seen, _)) = compare("snooping without a querier", &plan) else { return };
    assert_eq!((&seen.received[..], for_the_group(&seen, "sw:p4")), (&[1][..], 1));
    assert_eq!(seen.mdb["sw"].len(), 3, "members are known all the same");
}

/// Messages about one group at each port of the switch, sorted.
fn about(seen: &Seen, group: [u8; 4]) -> BTreeMap<&str, Vec<Vec<u8>>> {
    let ports = seen.igmp.iter().filter(|(place, _)| place.starts_with("sw:"));
    let about = |frame: &&Vec<u8>| frame[34..].windows(4).any(|at| at == group);
    let sorted = |frames: &'_ [Vec<u8>]| {
        let mut own: Vec<Vec<u8>> = frames.iter().filter(about).cloned().collect();
        own.sort_unstable();
        own
    };
    ports.map(|(place, frames)| (place.as_str(), sorted(frames))).collect()
}

#[test]
fn joining_and_leaving_is_told_and_asked_as_on_the_kernel() {
    for (igmp, start, messages) in [("igmp: 3", "28s", [7, 4]), ("igmp: 2", "45s", [4, 1])] {
        let more = r#"traffic: {"ping": Ping(from: "c1", to: "c2", start: "@")}, events: {
            "join": (at: "12s", do: AddRow("h4", "groups", {"group": "239.9.9.9"})),
            "leave": (at: "24s", do: DelRow("h4", "groups", {"group": "239.9.9.9"})),
        }"#;
        let plan = network(&format!("snooping: true, querier: true, {igmp}"), &more.replace('@', start));
        let Some((seen, real)) = compare(&format!("joining and leaving, {igmp}"), &plan) else { return };
        let (ours, theirs) = (about(&seen, [239, 9, 9, 9]), about(&real, [239, 9, 9, 9]));
        assert_eq!(ours, theirs, "{igmp}");
        let counts = ["sw:p4", "sw:p1"].map(|place| ours[place].len());
        assert_eq!(counts, messages, "{igmp}");
        assert!(!seen.mdb["sw"].iter().any(|row| row.starts_with("239.9.9.9")));
    }
}

/// Who has no route has none to a group either; what is sent goes one hop far, and who asks a group gets no answer.
#[test]
fn datagrams_for_a_group() {
    let plan = plan(
        r#"nodes: {
            "a": Host(ip: "10.0.0.1/24", gateway: "10.0.0.254"), "b": Host(ip: "10.0.0.2/24", groups: ["239.1.1.1"]),
            "c": Host(ip: "10.0.0.3/24"), "sw": Switch(),
        },
        links: [("a", "sw:1"), ("b", "sw:2"), ("c", "sw:3")],
        traffic: {
            "news": Udp(from: "a", to: "239.1.1.1", count: 3, rate: "10pps", size: 50, start: "1s"),
            "nowhere": Udp(from: "c", to: "239.1.1.1", start: "2s"),
            "asked": Ping(from: "a", to: "239.1.1.1", start: "3s"),
        }"#,
    );
    let Some((seen, _)) = compare("datagrams for a group", &plan) else { return };
    assert_eq!(seen.received, [3, 1, 0]);
    assert_eq!(["sw:p2", "sw:p3"].map(|place| for_the_group(&seen, place)), [4, 4]);
    assert!(seen.frames["sw:p2"].iter().all(|frame| frame[22] == 1), "a TTL of 1");
}
