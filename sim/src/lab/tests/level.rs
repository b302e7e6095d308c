//! The level beneath: every lab printed device by device is a lab that gives the same trace.

use super::samples::{FLOOD, HUB_AND_SWITCH};
use crate::engine::Stop;
use crate::lab::diagnostic::render;
use crate::lab::shipped::LABS;
use crate::lab::{EVENT_BUDGET, LabFile, Source, level, open, run_variant};
use crate::plan::{Op, Plan};

fn sound(name: &str, text: &str) -> LabFile {
    let source = Source::new(name, text);
    open(source.clone()).unwrap_or_else(|findings| panic!("{}\n{text}", render::all(&findings, &source)))
}

/// The operations; what kind a node is called is the only thing that may differ between the levels.
fn ops(plan: &Plan) -> Vec<Op> {
    let op = |op: &Op| match op {
        Op::Node { name, .. } => Op::Node { name: name.clone(), kind: "" },
        other => other.clone(),
    };
    plan.steps.iter().map(|step| op(&step.op)).collect()
}

pub(super) fn same_below(name: &str, text: &str) {
    let lab = sound(name, text);
    for variant in lab.variants() {
        let printed = level::text(&lab, variant);
        assert!(!printed.contains("Host(") && !printed.contains("Switch("), "{printed}");
        let below = sound("below.ron", &printed);
        assert_eq!(below.warnings, [], "{printed}");
        assert_eq!(ops(below.variants()[0].plan()), ops(variant.plan()), "{name} {}\n{printed}", variant.name);
        let above = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        let ran = run_variant(&below, None, None, EVENT_BUDGET).unwrap();
        assert_eq!((ran.world.digest(), ran.world.event()), (above.world.digest(), above.world.event()), "{name}");
        let failed: Vec<&String> = ran.outcomes.iter().filter(|(_, o)| !o.holds).map(|(name, _)| name).collect();
        assert!(failed.is_empty(), "{name} {}: {failed:?}", variant.name);
        // What is at the bottom prints as itself.
        assert_eq!(body(&level::text(&below, &below.variants()[0])), body(&printed));
    }
}

fn body(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn shipped_labs_are_the_same_device_by_device() {
    for lab in LABS {
        same_below(lab.name, lab.text);
    }
}

#[test]
fn every_setting_survives_the_way_down() {
    same_below("hub", HUB_AND_SWITCH);
    same_below("flood", FLOOD);
    same_below("settings", SETTINGS);
    same_below("every plugin", super::cluster::EVERY);
    same_below("a store", super::cluster::STORED);
    same_below("evpn", &super::evpn::moved());
    same_below("blocks in a store", super::control::felix::JOINS);
    same_below("routers", super::routing::LINE);
    same_below("areas", super::ospf::AREAS);
    same_below("EIGRP", super::eigrp::SQUARE);
    same_below("levels", super::isis::LEVELS);
    same_below("ASes", super::bgp::LINE);
    for text in super::calico::all() {
        same_below("Calico with BGP", &text);
    }
    for text in super::bgp::MORE {
        same_below("more of BGP", text);
    }
}

const SETTINGS: &str = r#"Lab(
    format: 1, title: "t", idea: "i", seed: 9,
    allow: ["mtu-too-small", "node-without-link", "unreachable"],
    nodes: {
        "a": Host(ip: "10.0.0.1/24", gateway: "10.0.0.254", mtu: 9000, mac: "02:aa:00:00:00:01", unicast_slots: 3),
        "b": Host(ip: "10.0.0.2/30", neighbours: {"10.0.0.1": "a", "10.0.0.9": "02:00:00:00:00:09"}),
        "c": Host(ip: "10.0.0.3/32", promiscuous: true),
        "s": Switch(learning: false, mtu: 8000, ageing: "1.5s", fdb_size: 7, when_full: Overwrite, ports: {
            "7": (hairpin: true, isolated: true, learning: false, mtu: 1600, vlan: Access(20)),
            "2": (unicast_flood: false, multicast_flood: false, broadcast_flood: false, vlan: Trunk(allowed: [10, 20])),
            "9": (vlan: Trunk(native: 3), port_security: (maximum: 2, sticky: true, violation: Restrict, recovery: "5s",
                secure: ["02:aa:00:00:00:01"])),
        }),
        "t": Hub(),
    },
    links: [
        ("a", "s", (mtu: 4000)),
        ("b", "s:7", (rate: "1.5Mbps", delay: "7us", queue: 999, loss: "0.0007%", name: "slow")),
        ("s", "t", (mtu: 1700)), ("t", "s"),
    ],
    traffic: {"p": Ping(from: "a", to: "b", count: 2), "u": Udp(from: "b", to: "a", rate: "3pps", count: 3)},
    events: {"e": (at: "3s", do: Set("a", (mtu: 1400))), "f": (at: "4s", do: Down("s:7"))},
)"#;

const ROUTED: &str = r#"Lab(
    format: 1, title: "A router, device by device", idea: "i",
    nodes: {
        "r": Linux(
            devices: {
                "eth0": Nic(),
                "eth1": Nic(mtu: 1400),
                "ip": Stack(ip: {"eth0": "10.0.0.254/24", "eth1": ["10.1.0.254/24", "10.2.0.254/24"]}, forwarding: true,
                    proxy_arp: {"eth0": true, "eth1": "0s"}, rp_filter: {"eth1": Strict}, multipath: L4),
            },
            wires: [("ip:eth0", "eth0"), ("ip:eth1", "eth1")],
            rows: [AddRow("ip", "routes", {"prefix": "10.9.0.0/16", "type": "blackhole"}),
                AddRow("ip", "routes", {"prefix": "10.7.0.0/16", "via": "10.1.0.1,10.2.0.1"}),
                AddRow("ip", "routes", {"prefix": "10.8.0.0/16", "via": "10.1.0.1", "src": "10.2.0.254"})],
        ),
        "a": Host(ip: "10.0.0.1/24", gateway: "10.0.0.254"),
        "h": Linux(
            devices: {
                "eth0": Nic(),
                "br": Bridge(ageing: "10s"),
                "c1": Stack(ip: {"eth0": "10.1.0.1/24"}, gateway: "10.1.0.254", neighbours: {"10.1.0.2": "h/c2"}),
                "c2": Stack(ip: {"eth0": "10.1.0.2/24"}, gateway: "10.1.0.254"),
            },
            wires: [("eth0", "br:up"), ("c1:eth0", "br:1"), ("c2:eth0", "br:2")],
            rows: [AddRow("br", "fdb", {"mac": "h/c2", "port": "2"})],
        ),
    },
    links: [("a", "r:eth0"), ("r:eth1", "h", (mtu: 1450))],
    traffic: {
        "far": Ping(from: "a", to: "h/c1"),
        "near": Ping(from: "h/c1", to: "h/c2", start: Done("far")),
        "back": Udp(from: "h/c2", to: "a", start: Done("near")),
    },
    expect: {
        "all": All([Delivered("far"), Delivered("near"), Delivered("back")]),
        "given": Row("h/br", "fdb", {"mac": "h/c2", "kind": "static"}),
        "two-hops": Is(Field(Frames(into: "h", flow: "far"), "ipv4.ttl"), 63),
        "inside": Never(Frames(into: "a", flow: "near")),
        "by-name": Is(Field(Frames(into: "h", flow: "far"), "ipv4.dst"), "h/c1"),
    },
)"#;

#[test]
fn nodes_can_be_written_device_by_device() {
    let lab = sound("routed.ron", ROUTED);
    assert_eq!(lab.warnings, []);
    let ran = run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    assert_eq!(ran.stop, Stop::Quiet);
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text.en);
    }
    same_below("routed.ron", ROUTED);
}

#[test]
fn macvlan_devices_survive_the_way_down() {
    same_below("macvlan.ron", MACVLAN);
}

#[test]
fn ipvlan_devices_survive_the_way_down() {
    same_below("ipvlan.ron", IPVLAN);
}

#[test]
fn virtual_functions_survive_the_way_down() {
    same_below("sriov.ron", super::sriov::SEEN);
}

/// A card whose children are routed by their host, and one whose children speak ARP.
const IPVLAN: &str = r#"Lab(
    format: 1,
    title: "Addresses behind one card",
    idea: "The last child decides.",
    allow: ["shared-mode"],
    nodes: {
        "h": Host(ip: "10.0.0.1/24", shim: "10.0.0.2/32"), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Ipvlan(mode: L2), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Ipvlan(mode: L3, flag: Private), ip: "10.0.0.12/24"),
        "g": Host(ip: "10.0.0.3/24"),
        "c": Container(on: "g", nic: Ipvlan(mode: L2), ip: "10.0.0.13/24"),
        "d": Container(on: "g", nic: Ipvlan(mode: L2), ip: "10.0.0.14/24"),
    },
    links: [("h", "sw"), ("g", "sw"), ("x", "sw")],
    traffic: {
        "private": Ping(from: "a", to: "b"),
        "silent": Ping(from: "x", to: "a", start: "4s"),
        "near": Ping(from: "c", to: "d", start: "8s"),
        "out": Ping(from: "c", to: "x", start: "9s"),
    },
    expect: {
        "the-last-one-decided": All([Fails("private"), Fails("silent")]),
        "l2-works": All([Delivered("near"), Delivered("out")]),
    },
)
"#;

/// Every mode, with addresses given and made up.
const MACVLAN: &str = r#"Lab(
    format: 1,
    title: "Children of one card",
    idea: "Only bridge children reach each other without the switch.",
    nodes: {
        "h": Linux(
            devices: {
                "eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.1/24"}),
                "p": Stack(ip: {"eth0": "10.0.0.2/24"}), "v": Stack(ip: {"eth0": "10.0.0.3/24"}),
                "b1": Stack(ip: {"eth0": "10.0.0.4/24"}, groups: ["239.1.1.1"]),
                "b2": Stack(ip: {"eth0": "10.0.0.5/24"}), "s": Stack(ip: {"eth0": "10.0.0.6/24"}),
                "mv": Macvlan(children: {
                    "p": (mode: Private), "v": (mode: Vepa), "b1": (mode: Bridge),
                    "b2": (mode: Bridge, mac: "02:aa:00:00:00:05"),
                    "s": (mode: Source, sources: ["02:00:00:00:00:99"], takes: true),
                }),
            },
            wires: [("mv:lower", "eth0"), ("ip:eth0", "mv:host"), ("p:eth0", "mv:p"), ("v:eth0", "mv:v"),
                ("b1:eth0", "mv:b1"), ("b2:eth0", "mv:b2"), ("s:eth0", "mv:s")],
        ),
        "g": Linux(
            devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.7/24"}),
                "c": Stack(ip: {"eth0": "10.0.0.8/24"}), "mv": Macvlan(children: {"c": (mode: Passthru)})},
            wires: [("c:eth0", "mv:c"), ("mv:lower", "eth0"), ("ip:eth0", "mv:host")],
        ),
        "sw": Switch(),
        "x": Host(ip: "10.0.0.9/24"),
    },
    links: [("h", "sw"), ("g", "sw"), ("x", "sw")],
    traffic: {
        "siblings": Ping(from: "b1", to: "b2"),
        "private": Ping(from: "p", to: "b1", start: "2s"),
        "outside": Ping(from: "p", to: "x", start: "4s"),
        "host": Ping(from: "b1", to: "h", start: "6s"),
        "alone": Ping(from: "c", to: "x", start: "8s"),
        "lost": Ping(from: "x", to: "g", start: "10s"),
    },
    expect: {
        "siblings-meet-inside": All([Delivered("siblings"), Fails("private"), Fails("host")]),
        "all-reach-outside": All([Delivered("outside"), Delivered("alone")]),
        "the-card-is-given-away": Fails("lost"),
    },
)
"#;
