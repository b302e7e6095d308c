//! Clusters: what plugins make is what the real ones program, and what a packet meets on the way follows from it.

use std::fmt::Write as _;

use super::damaged::{Slip, all_said, said};
use crate::engine::{Stop, TableView};
use crate::lab::diagnostic::render;
use crate::lab::{EVENT_BUDGET, LabFile, Source, open, run_variant};
use crate::lang::Lang;
use crate::plan::{DeviceSpec, Plan};

/// A ping on one node and one between nodes, through every plugin: how long, how many hops, between whom.
pub const EVERY: &str = r#"Lab(
    format: 1,
    title: "Every plugin",
    idea: "Who on the path has to know about the pod?",
    cluster: (plugin: FlannelVxlan(), environment: BareMetal(), nodes: 3, pods: 2),
    traffic: {"near": Ping(from: "a1", to: "a2"), "far": Ping(from: "a1", to: "b1", start: Done("near"))},
    variants: {"plugin": {
        "flannel-vxlan": (expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 148),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 8472),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.ipv4.dst"), "node2"),
            "to-the-vtep": Is(Field(Frames(out_of: "node1", flow: "far"), "inner.eth.dst"), "0e:56:c0:00:02:02"),
            "no-question": Never(Frames(out_of: "node1", caused_by: "far", layers: "eth/ipv4/udp/vxlan/eth/arp")),
            "no-copies": Is(Count(Frames(into: "node3", caused_by: "far", carries: "vxlan")), 0),
        }),
        "flannel-direct": (set: {"cluster": (plugin: FlannelVxlan(direct_routing: true))}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
        }),
        "flannel-udp": (set: {"cluster": (plugin: FlannelUdp())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 126),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 60),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 8285),
        }),
        "flannel-ipip": (set: {"cluster": (plugin: FlannelIpip())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 118),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.ipv4.dst"), "node2"),
        }),
        "flannel-ipip-direct": (set: {"cluster": (plugin: FlannelIpip(direct_routing: true))}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
        }),
        "flannel-host-gw": (set: {"cluster": (plugin: FlannelHostGw())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "node2"),
            "to-the-pod": Is(Field(Frames(out_of: "node1", flow: "far"), "ipv4.dst"), "b1"),
        }),
        "calico-none": (set: {"cluster": (plugin: CalicoNone())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "node2"),
            "near-is-routed": Is(Field(Frames(into: "node1/a2:eth0", flow: "near"), "ipv4.ttl"), 63),
            "nobody-answers": Is(Field(Frames(into: "node1/a1:eth0", carries: "arp"), "arp.sha"), "ee:ee:ee:ee:ee:ee"),
        }),
        "calico-bgp": (set: {"cluster": (plugin: CalicoBgp()), "near": (start: "3s")}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "node2"),
            "near-is-routed": Is(Field(Frames(into: "node1/a2:eth0", flow: "near"), "ipv4.ttl"), 63),
        }),
        "calico-bgp-ipip": (set: {"cluster": (plugin: CalicoBgp(overlay: Ipip)), "near": (start: "3s")}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 118),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.ipv4.dst"), "node2"),
        }),
        "calico-ipip": (set: {"cluster": (plugin: CalicoIpip())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 118),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "near-is-routed": Is(Field(Frames(into: "node1/a2:eth0", flow: "near"), "ipv4.ttl"), 63),
            "nobody-answers": Is(Field(Frames(into: "node1/a1:eth0", carries: "arp"), "arp.sha"), "ee:ee:ee:ee:ee:ee"),
        }),
        "calico-cross-subnet": (set: {"cluster": (plugin: CalicoIpip(cross_subnet: true))}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
        }),
        "calico-vxlan": (set: {"cluster": (plugin: CalicoVxlan())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 148),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 62),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 4789),
            "to-the-vtep": Is(Field(Frames(out_of: "node1", flow: "far"), "inner.eth.dst"), "66:56:c0:00:02:02"),
        }),
        "multicast-vxlan": (set: {"cluster": (plugin: MulticastVxlan())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 148),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "to-the-pod": Is(Field(Frames(out_of: "node1", flow: "far"), "inner.eth.dst"), "b1"),
            "asks-the-group": Saw(Frames(out_of: "node1", carries: "arp", outer_dst: "239.1.1.1")),
            "everybody-hears": Saw(Frames(into: "node3/c1:eth0", carries: "arp", src: "a1")),
        }),
        "docker-overlay": (set: {"cluster": (plugin: DockerOverlay())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 148),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 4789),
            "to-the-pod": Is(Field(Frames(out_of: "node1", flow: "far"), "inner.eth.dst"), "02:42:0a:f4:02:02"),
            "answered-at-home": Saw(Frames(into: "node1/a1:eth0", carries: "arp", src: "b1")),
            "no-question": Never(Frames(out_of: "node1", caused_by: "far", layers: "eth/ipv4/udp/vxlan/eth/arp")),
            "nobody-hears": Never(Frames(into: "node3/c1:eth0", caused_by: "far")),
        }),
        "weave": (set: {"cluster": (plugin: Weave())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 160),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 6783),
            "everybody-hears": Saw(Frames(into: "node3/c1:eth0", carries: "arp", src: "a1")),
            "then-one-copy": Never(Frames(into: "node3", flow: "far", carries: "sleeve")),
        }),
        "weave-fast": (set: {"cluster": (plugin: Weave(fast: true))}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 148),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "port": Is(Field(Frames(out_of: "node1", flow: "far"), "outer.udp.dst"), 6784),
            "then-one-copy": Never(Frames(into: "node3", flow: "far", carries: "vxlan")),
            "it-works": Row("node1/datapath", "paths", {"remote": "node2", "path": "fastdp"}),
        }),
        "macvlan": (set: {"cluster": (plugin: Macvlan())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "to-the-pod": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "b1"),
            "near-stays-inside": Never(Frames(out_of: "node1", flow: "near")),
            "everybody-hears": Saw(Frames(into: "node3/c1:eth0", carries: "arp", src: "a1")),
        }),
        "ipvlan": (set: {"cluster": (plugin: Ipvlan())}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 98),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "from-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.src"), "node1"),
            "to-the-node": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "node2"),
            "near-stays-inside": Never(Frames(out_of: "node1", flow: "near")),
            "everybody-hears": Saw(Frames(into: "node3/c1:eth0", carries: "arp")),
        }),
        "sriov": (set: {"cluster": (plugin: Sriov(vlan: 30))}, expect: {
            "size": Is(Size(Frames(on: "node1--underlay", flow: "far")), 102),
            "ttl": Is(Field(Frames(into: "node2/b1:eth0", flow: "far"), "ipv4.ttl"), 64),
            "to-the-pod": Is(Field(Frames(out_of: "node1", flow: "far"), "eth.dst"), "b1"),
            "past-the-node": Never(Decisions(at: "node1/ip", flow: "far")),
            "near-stays-inside": Never(Frames(out_of: "node1", flow: "near")),
            "everybody-hears": Saw(Frames(into: "node3/c1:eth0", carries: "arp", src: "a1")),
        }),
        "bridge": (set: {"cluster": (plugin: Bridge())}, expect: {
            "near-is-bridged": Is(Field(Frames(into: "node1/a2:eth0", flow: "near"), "ipv4.ttl"), 64),
            "far-ends-at-home": Dropped(flow: "far", at: "node1", reason: "ip.no-route"),
        }),
    }},
    expect: {"near": Delivered("near")},
)
"#;

fn sound(text: &str) -> LabFile {
    let source = Source::new("lab.ron", text);
    open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)))
}

#[test]
fn every_plugin_does_what_the_witness_table_says() {
    let lab = sound(EVERY);
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    for variant in lab.variants() {
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        assert_eq!(ran.stop, Stop::Quiet, "{}", variant.name);
        let answered = ran.world.flow_stats(crate::id::FlowId(1)).unwrap().received;
        assert_eq!(answered > 0, variant.name != "bridge", "{}", variant.name);
        for (name, outcome) in &ran.outcomes {
            assert!(outcome.holds, "{}: {name}: {}", variant.name, outcome.text(Lang::En));
        }
    }
}

/// The stack of a pod or a node.
fn mtu(plan: &Plan, name: &str, interface: &str) -> u16 {
    let stack = plan.devices().find_map(|(id, .., spec)| match spec {
        DeviceSpec::Stack(stack) if plan.device_name(id) == name => Some(stack),
        _ => None,
    });
    stack.and_then(|stack| stack.interfaces.iter().find(|at| at.name == interface)).map_or(0, |at| at.mtu)
}

#[test]
fn a_pod_sends_what_fits_behind_the_headers() {
    let lab = sound(EVERY);
    let pods: Vec<(&str, u16)> =
        lab.variants().iter().map(|v| (v.name.as_str(), mtu(v.plan(), "node1/a1", "eth0"))).collect();
    let expected = [
        ("flannel-vxlan", 1450),
        ("flannel-direct", 1450),
        ("flannel-udp", 1472),
        ("flannel-ipip", 1480),
        ("flannel-ipip-direct", 1480),
        ("flannel-host-gw", 1500),
        ("calico-none", 1500),
        ("calico-bgp", 1500),
        ("calico-bgp-ipip", 1480),
        ("calico-ipip", 1480),
        ("calico-cross-subnet", 1480),
        ("calico-vxlan", 1450),
        ("multicast-vxlan", 1450),
        ("docker-overlay", 1450),
        ("weave", 1376),
        ("weave-fast", 1376),
        ("macvlan", 1500),
        ("ipvlan", 1500),
        ("sriov", 1500),
        ("bridge", 1500),
    ];
    assert_eq!(pods, expected);
    let [first, udp, ipip] = ["flannel-vxlan", "flannel-udp", "flannel-ipip"].map(|v| lab.variant(Some(v)).unwrap());
    assert_eq!(mtu(first.plan(), "node1/ip", "flannel.1"), 1450);
    assert_eq!(mtu(udp.plan(), "node1/ip", "flannel0"), 1472);
    assert_eq!(mtu(ipip.plan(), "node1/ip", "flannel.ipip"), 1480);
}

/// Tables as text, without the column that says when a row was written.
fn shown(view: &TableView) -> String {
    let mut text = String::new();
    for row in &view.rows {
        let cells = row.cells.iter().zip(&view.columns).map(|(cell, column)| format!("{}={cell}", column.name));
        writeln!(text, "  {}", cells.collect::<Vec<_>>().join(" ")).unwrap();
    }
    text
}

#[test]
fn tables_of_a_node_are_those_the_real_plugins_write() {
    let lab = sound(EVERY);
    let mut all = String::new();
    for variant in lab.variants() {
        let plan = variant.plan();
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        writeln!(all, "# {}\n", variant.name).unwrap();
        for (id, ..) in plan.devices().filter(|(id, ..)| plan.device_name(*id).starts_with("node1/")) {
            for view in ran.world.device(id).unwrap().tables() {
                if ["routes", "fdb", "peers", "paths"].contains(&view.name) && !view.rows.is_empty() {
                    writeln!(all, "{} {}\n{}", plan.device_name(id), view.name, shown(&view)).unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn an_address_no_pod_has_ends_at_its_own_node_with_calico() {
    let text = EVERY.replacen("FlannelVxlan(), environment", "CalicoIpip(), environment", 1).replacen(
        r#"start: Done("near"))}"#,
        r#"start: Done("near")), "nobody": Ping(from: "a1", to: "10.244.1.9", count: 1)}"#,
        1,
    );
    let cut = text.find("    variants:").unwrap();
    let text = format!(
        "{}    expect: {{\"black\": Saw(Drops(at: \"node1\", flow: \"nobody\", reason: \"ip.route-blackhole\"))}},\n)\n",
        &text[..cut]
    );
    let lab = sound(&text);
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    let (_, outcome) = &ran.outcomes[0];
    assert!(outcome.holds, "{}", outcome.text(Lang::En));
}

#[test]
fn nodes_and_pods_may_have_names_and_addresses_of_their_own() {
    let lab = sound(
        r#"Lab(
    format: 1,
    title: "Two racks",
    idea: "A next hop must be on the wire.",
    allow: ["unreachable"],
    nodes: {"r": Router(ips: {"east": "192.0.2.254/24", "west": "198.51.100.254/24"})},
    links: [("n1", "r:east"), ("r:west", "n2")],
    cluster: (
        plugin: FlannelVxlan(direct_routing: true),
        nodes: {
            "n1": (gateway: "192.0.2.254"),
            "n2": (ip: "198.51.100.2/24", gateway: "198.51.100.254", pods: "10.9.0.0/24"),
        },
        pods: {"web": "n1", "db": "n2"},
    ),
    traffic: {"ping": Ping(from: "web", to: "db")},
    variants: {"plugin": {
        "vxlan": (expect: {"envelope": Is(Size(Frames(on: "n1--r", flow: "ping")), 148), "works": Delivered("ping")}),
        "host-gw": (set: {"cluster": (plugin: FlannelHostGw())}, expect: {"no-hop": Fails("ping")}),
        "smaller": (set: {"n1/eth0": (mtu: 1400)}, expect: {"works": Delivered("ping")}),
    }},
    expect: {"address": Is(Field(Frames(out_of: "n1", flow: "ping"), "inner.ipv4.dst"), "10.9.0.2")},
)"#,
    );
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    for variant in lab.variants().iter().filter(|variant| variant.name != "host-gw") {
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        for (name, outcome) in &ran.outcomes {
            assert!(outcome.holds, "{}: {name}: {}", variant.name, outcome.text(Lang::En));
        }
    }
    let ran = run_variant(&lab, Some("host-gw"), None, EVENT_BUDGET).unwrap();
    assert!(ran.outcomes.iter().any(|(name, outcome)| name == "no-hop" && outcome.holds));
}

/// A fourth node comes when the others know each other already.
pub const STORED: &str = r#"Lab(
    format: 1,
    title: "A store",
    idea: "Know before you ask.",
    nodes: {"etcd": Host(ip: "192.0.2.9/24", daemons: [Store()])},
    links: [("etcd", "underlay:9")],
    cluster: (plugin: FlannelVxlan(store: "etcd"), nodes: 4, pods: 1),
    events: {"later": (at: "0s", do: Power("node4", Off)), "joins": (at: "5s", do: Power("node4", On))},
    traffic: {
        "early": Ping(from: "a1", to: "d1", start: "2s"),
        "late": Ping(from: "a1", to: "d1", start: "8s"),
    },
    variants: {"backend": {
        "vxlan": (expect: {
            "three-rows": All([
                Row("node1/ip", "neigh", {"ip": "10.244.4.0", "mac": "0e:56:c0:00:02:04"}),
                Row("node1/flannel.1", "fdb", {"mac": "0e:56:c0:00:02:04", "remote": "node4"}),
                Row("node1/ip", "routes", {"prefix": "10.244.4.0/24", "via": "10.244.4.0"}),
            ]),
            "rows": Is(Rows("node1/flannel.1", "fdb"), 3),
            "envelope": Is(Size(Frames(on: "node1--underlay", flow: "late")), 148),
        }),
        "host-gw": (set: {"cluster": (plugin: FlannelHostGw(store: "etcd"))}, expect: {
            "one-row": Row("node1/ip", "routes", {"prefix": "10.244.4.0/24", "via": "node4", "dev": "eth0"}),
            "no-envelope": Is(Size(Frames(on: "node1--underlay", flow: "late")), 98),
        }),
    }},
    expect: {
        "registered": Row("etcd", "store", {"key": "/coreos.com/network/subnets/10.244.4.0-24"}),
        "not-yet": Fails("early"), "now": Delivered("late"),
    },
)"#;

#[test]
fn daemons_find_a_node_that_joins() {
    let lab = sound(STORED);
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    for variant in lab.variants() {
        let rows = variant.plan().steps.iter().filter(|step| matches!(step.op, crate::plan::Op::Row { .. }));
        assert_eq!(rows.count(), 0, "nothing is written from the start");
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        for (name, outcome) in &ran.outcomes {
            assert!(outcome.holds, "{}: {name}: {}", variant.name, outcome.text(Lang::En));
        }
    }
    assert_eq!(lab.variants().len(), 2);
}

#[test]
fn a_variant_sets_the_cluster_its_links_and_its_devices() {
    let lab = sound(
        r#"Lab(
    format: 1,
    title: "Three axes",
    idea: "A cluster is one thing to set, and so is all it is made of.",
    cluster: (plugin: FlannelVxlan(), nodes: 2, pods: 1),
    traffic: {"far": Ping(from: "a1", to: "b1")},
    variants: {
        "plugin": {"flannel": (say: "As usual."), "weave": (set: {"cluster": (plugin: Weave())})},
        "size": {"two": (say: "As usual."), "five": (set: {"cluster": (nodes: 5, pods: 3)})},
        "link": {
            "fast": (expect: {"soon": AtMost(Rtt("far"), "1ms")}),
            "slow": (
                set: {"node1--underlay": (delay: "5ms")},
                expect: {"late": AtLeast(Rtt("far"), "10ms"), "port": Saw(Frames(into: "underlay:1", flow: "far"))},
            ),
            "jumbo": (set: {"cluster": (mtu: 9000), "underlay--node2": (delay: "1us"), "node1/a1": (mtu: 900)}),
        },
    },
    expect: {"works": Delivered("far")},
)"#,
    );
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    assert_eq!(lab.variants().len(), 12);
    for variant in lab.variants() {
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        for (name, outcome) in &ran.outcomes {
            assert!(outcome.holds, "{}: {name}: {}", variant.name, outcome.text(Lang::En));
        }
    }
    let jumbo = lab.variants().iter().find(|variant| variant.name.contains("jumbo")).unwrap().plan();
    assert_eq!((mtu(jumbo, "node1/ip", "eth0"), mtu(jumbo, "node2/ip", "eth0")), (9000, 9000));
}

const SOUND: &str = r#"Lab(
    format: 1,
    title: "A cluster",
    idea: "Pods do not know where they are.",
    cluster: (plugin: FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3, pods: 2, mtu: 1500),
    traffic: {"far": Ping(from: "a1", to: "b1")},
    expect: {"works": Delivered("far")},
)
"#;

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("no nodes", "nodes: 3", "nodes: 0"),
    ("too many nodes", "nodes: 3", "nodes: 5000"),
    ("an empty list of nodes", "nodes: 3", "nodes: []"),
    ("nodes as a text", "nodes: 3", "nodes: \"three\""),
    ("no word about nodes", "nodes: 3, ", ""),
    ("too many pods", "pods: 2", "pods: 300"),
    ("no room for pods", "pods: 2", "pods: 100, pod_subnet: 27"),
    ("no room for nodes", "nodes: 3", "nodes: 3, pod_network: \"10.244.0.0/23\""),
    ("pods where the nodes are", "nodes: 3", "nodes: 3, pod_network: \"192.0.0.0/16\""),
    (
        "pods of two nodes in one range",
        "nodes: 3",
        "nodes: {\"n1\": (pods: \"10.9.0.0/24\"), \"n2\": (pods: \"10.9.0.0/16\")}",
    ),
    ("nodes with one address", "nodes: 3", "nodes: {\"n1\": (ip: \"192.0.2.7/24\"), \"n2\": (ip: \"192.0.2.7/24\")}"),
    (
        "nodes without an envelope in two networks",
        "plugin: FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3",
        "plugin: FlannelHostGw(), nodes: {\"n1\": (gateway: \"192.0.2.254\"), \
         \"n2\": (ip: \"198.51.100.2/24\", gateway: \"198.51.100.254\")}",
    ),
    (
        "nodes of one network on two wires",
        "cluster: (",
        "nodes: {\"east\": Switch(), \"west\": Switch()}, \
         links: [(\"node1\", \"east\"), (\"node2\", \"west\"), (\"node3\", \"west\")], cluster: (",
    ),
    ("blocks in a store nobody has", "FlannelVxlan(vni: 1)", "CalicoIpip(store: \"etcd\")"),
    ("nodes without a way", "nodes: 3", "nodes: {\"n1\": (), \"n2\": (ip: \"198.51.100.2/24\")}"),
    ("a gateway elsewhere", "nodes: 3", "nodes: 3, gateway: \"203.0.113.1\""),
    ("a node that is its own gateway", "nodes: 3", "nodes: {\"n1\": (), \"n2\": (gateway: \"192.0.2.2\")}"),
    ("a node without a name", "nodes: 3", "nodes: {\"n1\": (), \"n 2\": ()}"),
    ("a group that is none", "FlannelVxlan(vni: 1)", "MulticastVxlan(group: \"10.0.0.1\")"),
    ("a range that begins in the middle", "nodes: 3", "nodes: 3, pod_network: \"10.244.7.0/16\""),
    ("a range without a length", "nodes: 3", "nodes: 3, pod_network: \"10.244.0.0\""),
    ("an unknown plugin", "FlannelVxlan(vni: 1)", "FlanelVxlan()"),
    ("a plugin without brackets", "FlannelVxlan(vni: 1)", "FlannelVxlan"),
    ("a plugin of a later version", "FlannelVxlan(vni: 1)", "Cilium()"),
    ("a store nobody has", "vni: 1", "store: \"etcd\""),
    ("a store that is none", "vni: 1", "store: \"a1\""),
    ("direct routes by a daemon", "vni: 1", "direct_routing: true, store: \"a1\""),
    ("a node to gossip with", "FlannelVxlan(vni: 1)", "DockerOverlay(gossip: \"node1\")"),
    ("gossip with a slip", "FlannelVxlan(vni: 1)", "DockerOverlay(gosip: false)"),
    ("gossip in a plugin that has none", "vni: 1", "gossip: true"),
    (
        "a station where nobody gossips",
        "cluster: (plugin: FlannelVxlan(vni: 1)",
        "events: {\"task\": (at: \"1s\", do: AddRow(\"node3\", \"stations\", {\"ip\": \"b1\"}))},
    cluster: (plugin: DockerOverlay(gossip: false)",
    ),
    (
        "a station nobody has, in two variants",
        "cluster: (plugin: FlannelVxlan(vni: 1)",
        "events: {\"task\": (at: \"1s\", do: AddRow(\"node3\", \"stations\", {\"ip\": \"b7\", \"mac\": \"b1\"}))},
    variants: {\"v\": {\"a\": (), \"b\": ()}}, cluster: (plugin: DockerOverlay()",
    ),
    (
        "a station without a hardware address",
        "cluster: (plugin: FlannelVxlan(vni: 1)",
        "events: {\"task\": (at: \"1s\", do: AddRow(\"node3\", \"stations\", {\"ip\": \"b1\"}))},
    cluster: (plugin: DockerOverlay()",
    ),
    (
        "a port of an event",
        "cluster: (plugin: FlannelVxlan(vni: 1)",
        "events: {\"task\": (at: \"1s\", do: Power(\"node3\", Off))},
    variants: {\"v\": {\"a\": (), \"b\": (set: {\"task:eth0\": (at: \"2s\")})}}, cluster: (plugin: DockerOverlay()",
    ),
    (
        "a slip in an event that a variant sets",
        "cluster: (plugin: FlannelVxlan(vni: 1)",
        "events: {\"task\": (at: \"1s\", do: Power(\"node3\", Off))},
    variants: {\"v\": {\"a\": (), \"b\": (set: {\"task\": (att: \"2s\")})}}, cluster: (plugin: DockerOverlay()",
    ),
    ("an unknown parameter", "vni: 1", "vnni: 1"),
    ("a parameter of another plugin", "FlannelVxlan(vni: 1)", "FlannelVxlan(cross_subnet: true)"),
    ("a parameter that is too large", "vni: 1", "vni: 99999999"),
    ("no plugin", "plugin: FlannelVxlan(vni: 1), ", ""),
    ("address pairs where there are none", "BareMetal()", "Aws(pairs: [\"10.244.0.0/16\"])"),
    ("more address pairs than a port has", "BareMetal()", ELEVEN),
    ("protocols where none is asked for", "BareMetal()", "Azure(open: [4])"),
    (
        "a link past the provider's network",
        "cluster: (",
        "links: [(\"node1\", \"node2\")], variants: {\"v\": {\"w\": (set: {\"cluster\": (environment: Aws())})}}, cluster: (",
    ),
    ("routes on a segment", "BareMetal()", "OpenStack(routes: true)"),
    ("a protocol that is none", "BareMetal()", "Gcp(open: [300])"),
    ("one protocol without its list", "BareMetal()", "Gcp(open: 4)"),
    ("more pods than a machine has addresses for", "FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3, pods: 2", "VpcCni(instance: \"t3.nano\"), environment: Aws(), nodes: 3, pods: 3"),
    ("more pods than a machine has interfaces for", "FlannelVxlan(vni: 1), environment: BareMetal()", "Terway(instance: \"ecs.g6.large\", exclusive: true), environment: Alibaba()"),
    ("two ways to join pods at once", "FlannelVxlan(vni: 1), environment: BareMetal()", "Terway(exclusive: true, ipvlan: true), environment: Alibaba()"),
    ("a type of machine nobody lends", "FlannelVxlan(vni: 1), environment: BareMetal()", "VpcCni(instance: \"m5.larg\"), environment: Aws()"),
    ("a provider's plugin where nobody answers", "FlannelVxlan(vni: 1)", "Terway()"),
    ("a range for pods that the provider chooses", "plugin: FlannelVxlan(vni: 1), environment: BareMetal()", "pod_network: \"10.0.0.0/8\", plugin: VpcCni(), environment: Aws()"),
    ("a plugin whose packets the environment drops", "FlannelVxlan(vni: 1), environment: BareMetal()", "FlannelHostGw(), environment: OpenStack()"),
    ("envelopes that no security group lists", "FlannelVxlan(vni: 1), environment: BareMetal()", "CalicoIpip(), environment: Azure()"),
    ("more pods than a port has pairs", "FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3, pods: 2", "Macvlan(), environment: OpenStack(pairs: Pods), nodes: 2, pods: 11"),
    ("more pods than virtual functions", "FlannelVxlan(vni: 1)", "Sriov(vfs: 1)"),
    ("more pods than any card has virtual functions", "FlannelVxlan(vni: 1)", "Sriov(vfs: 257)"),
    ("two pods and one card", "FlannelVxlan(vni: 1)", "Macvlan(mode: Passthru)"),
    (
        "a row of a fabric at no port",
        "cluster: (plugin: FlannelVxlan(vni: 1), environment: BareMetal()",
        "events: {\"task\": (at: \"1s\", do: AddRow(\"underlay\", \"pairs\", {\"port\": \"9\", \"prefix\": \"10.0.0.0/8\"}))},
    cluster: (plugin: FlannelVxlan(), environment: OpenStack()",
    ),
    ("rules of bare metal", "BareMetal()", "BareMetal(check: false)"),
    ("an unknown environment", "BareMetal()", "BearMetal()"),
    ("an MTU that cannot hold its headers", "mtu: 1500", "mtu: 100"),
    ("pods that send more than fits", "vni: 1", "vni: 1, mtu: 1500"),
    (
        "usual packets that do not fit",
        "plugin: FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3, pods: 2, mtu: 1500",
        "plugin: Weave(), nodes: 3, pods: 2, mtu: 1400",
    ),
    ("a pod on no node", "pods: 2", "pods: {\"a1\": \"node1\", \"b1\": \"node9\"}"),
    ("a pod with the name of a node", "pods: 2", "pods: {\"a1\": \"node1\", \"b1\": \"node2\", \"node3\": \"node3\"}"),
    ("a flow with the name of a pod", "\"far\": Ping", "\"a2\": Ping"),
    ("pods as a list", "pods: 2", "pods: [\"a1\", \"b1\"]"),
    ("a pod nobody has", "to: \"b1\"", "to: \"b7\""),
    (
        "a cluster that is a list",
        "(plugin: FlannelVxlan(vni: 1), environment: BareMetal(), nodes: 3, pods: 2, mtu: 1500)",
        "[3]",
    ),
    (
        "a cluster with a word in front",
        "cluster: (",
        "variants: {\"v\": {\"w\": (set: {\"cluster\": Bridge()}, say: \"w\")}}, cluster: (",
    ),
    (
        "something set in no cluster",
        "cluster: (",
        "nodes: {\"h\": Hub()}, variants: {\"v\": {\"w\": (set: {\"clutser\": (nodes: 2)})}}, cluster: (",
    ),
];

const ELEVEN: &str = r#"OpenStack(pairs: ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16",
    "10.5.0.0/16", "10.6.0.0/16", "10.7.0.0/16", "10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16"])"#;

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    assert_eq!(said(SOUND), "");
    let all = all_said(SOUND, DAMAGES, |_, text| text);
    insta::assert_snapshot!(all);
}

#[test]
fn a_large_cluster_is_planned_at_once() {
    let text = SOUND.replacen("nodes: 3, pods: 2", "nodes: 64, pods: 4", 1);
    let lab = sound(&text);
    let rows =
        lab.variants()[0].plan().steps.iter().filter(|step| matches!(step.op, crate::plan::Op::Row { .. })).count();
    assert_eq!(rows, 64 * 63 * 3);
}
