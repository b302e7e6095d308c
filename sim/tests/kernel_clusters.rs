//! Clusters in the simulator and on the kernel of this machine: what a plugin makes is built with iproute2, and frames on
//! every cable, at every port of every bridge and at every VTEP are compared byte for byte, as are tables and answers.
//!
//! Needs what `kernel.rs` needs, and vxlan devices; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::lab::parse;
use overunder_sim::plan::Plan;

/// Runs two pings in a cluster both ways, one on a node and one between nodes, and compares all there is to see.
fn compare(plugin: &str) -> Option<Seen> {
    if !kernel::able(plugin) || !kernel::has_vxlan(plugin) {
        return None;
    }
    let seen = kernel::compare::compare(plugin, &cluster(plugin), None, Order::OfPairs)?;
    assert_eq!(seen.received, [1, 2, 1], "{plugin}");
    Some(seen)
}

fn cluster(plugin: &str) -> Plan {
    let text = format!(
        r#"Lab(
            format: 1, title: "A cluster", idea: "As Linux does it.",
            cluster: (plugin: {plugin}, nodes: 3, pods: 2),
            traffic: {{
                "near": Ping(from: "a1", to: "a2"),
                "far": Ping(from: "a1", to: "b1", start: After(Done("near"), "300ms"), count: 2),
                "third": Ping(from: "c2", to: "b2", start: After(Done("far"), "700ms")),
            }},
        )"#
    );
    parse("lab.ron", &text).unwrap().plan(None, None).unwrap()
}

/// Lengths of the frames with IPv4 in them, between a node and the switch.
fn lengths(seen: &Seen) -> Vec<usize> {
    seen.frames["underlay:p1"].iter().filter(|frame| frame[12..14] == [8, 0]).map(Vec::len).collect()
}

#[test]
fn flannel_in_vxlan() {
    let Some(seen) = compare("FlannelVxlan()") else { return };
    assert_eq!(lengths(&seen), [148; 4], "nobody asks through the tunnel");
    assert_eq!(seen.fdb["node1/flannel.1"].len(), 2);
}

#[test]
fn flannel_without_an_envelope() {
    for plugin in ["FlannelVxlan(direct_routing: true)", "FlannelHostGw()"] {
        let Some(seen) = compare(plugin) else { return };
        assert_eq!(lengths(&seen), [98; 4], "{plugin}");
    }
}

#[test]
fn calico_in_vxlan() {
    let Some(seen) = compare("CalicoVxlan()") else { return };
    assert_eq!(lengths(&seen), [148; 4]);
}

#[test]
fn one_network_with_a_group() {
    let Some(seen) = compare("MulticastVxlan()") else { return };
    // A question to all and its answer, two pings; and c2's question, which reaches all nodes.
    assert_eq!(lengths(&seen).iter().filter(|len| **len == 148).count(), 4);
    assert!(lengths(&seen).contains(&92));
}

#[test]
fn macvlan_children_on_the_underlay() {
    if !kernel::able("macvlan") || !kernel::has_macvlan("macvlan") {
        return;
    }
    for plugin in ["Macvlan()", "Macvlan(mode: Private)"] {
        let plan = cluster(plugin);
        let Some(seen) = kernel::compare::compare(plugin, &plan, None, Order::OfPairs) else { return };
        let near = u64::from(plugin == "Macvlan()");
        assert_eq!(seen.received, [near, 2, 1], "{plugin}");
        assert_eq!(lengths(&seen), [98; 4], "{plugin}");
    }
}

#[test]
fn docker_overlay() {
    let Some(seen) = compare("DockerOverlay()") else { return };
    assert_eq!(lengths(&seen), [148; 4], "nobody asks through the tunnel");
}
