//! What the author of a lab with daemons reads.

use std::fmt::Write as _;

use super::flannel;
use crate::lab::diagnostic::render;
use crate::lab::{Source, open};

/// What is damaged, and how.
const DAMAGES: &[(&str, &str, &str)] = &[
    ("an unknown daemon", "Store()", "Stroe()"),
    ("a daemon without brackets", "Store()", "Store"),
    ("an unknown field", "Store()", "Store(persist: true)"),
    ("one daemon without a list", "[Store()]", "Store()"),
    ("two stores on one host", "[Store()]", "[Store(), Store()]"),
    ("a store that is not there", r#"store: "etcd", subnet: "10.244.1"#, r#"store: "etdc", subnet: "10.244.1"#),
    ("a host that is no store", r#"store: "etcd", subnet: "10.244.1"#, r#"store: "p1", subnet: "10.244.1"#),
    ("a switch that is no store", r#"store: "etcd", subnet: "10.244.1"#, r#"store: "sw", subnet: "10.244.1"#),
    ("an address that is no store", r#"store: "etcd", subnet: "10.244.1"#, r#"store: "192.0.2.77", subnet: "10.244.1"#),
    ("no store at all", ", daemons: [Store()]", ""),
    (
        "a device that is not there",
        r#"subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"subnet: "10.244.1.0/24", device: "flannel.l""#,
    ),
    (
        "a device that is no VTEP",
        r#"subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"subnet: "10.244.1.0/24", device: "cni0""#,
    ),
    ("no device", r#"subnet: "10.244.1.0/24", device: "flannel.1", "#, r#"subnet: "10.244.1.0/24", "#),
    ("a VTEP into which no interface leads", r#""flannel.1": "10.244.1.0/32", "#, ""),
    (
        "an interface that is not there",
        r#"subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"subnet: "10.244.1.0/24", backend: HostGw, device: "eth1""#,
    ),
    (
        "an address behind a translator",
        r#"subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"subnet: "10.244.1.0/24", backend: HostGw, device: "eth0", public: "203.0.113.1""#,
    ),
    ("an address for a subnet", r#"subnet: "10.244.1.0/24""#, r#"subnet: "10.244.1.7/24""#),
    ("a subnet without length", r#"subnet: "10.244.1.0/24""#, r#"subnet: "10.244.1.0""#),
    ("one subnet twice", r#"subnet: "10.244.1.0/24""#, r#"subnet: "10.244.2.0/24""#),
    ("gossip without seeds", "Store()", r#"Gossip(device: "vx")"#),
    (
        "gossip with nobody",
        r#"[Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"[Gossip(device: "flannel.1", seeds: ["n9"], stations: {"10.244.1.300": "p7"}), Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
    ),
    (
        "two that gossip on one host",
        r#"[Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"[Gossip(device: "flannel.1", seeds: ["n2"]), Gossip(device: "flannel.1", seeds: ["n3"]), Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
    ),
    (
        "blocks for a tunnel that is none",
        r#"[Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"[Felix(store: "etcd", blocks: ["10.244.1.0/26"], device: "cni0"), Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
    ),
    (
        "blocks that two hosts have, and one that is an address",
        r#"[Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
        r#"[Felix(store: "etcd", blocks: ["10.244.2.0/26", "10.244.1.7/26"], device: "flannel.1"), Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1""#,
    ),
    (
        "a tunnel without an address",
        r#""flannel.1": "10.244.1.0/32", "cni0": "10.244.1.1/24"},
                    forwarding: true,
                    daemons: [Flanneld(store: "etcd", subnet: "10.244.1.0/24", device: "flannel.1", ttl: "3s")]"#,
        r#""flannel.1": [], "cni0": "10.244.1.1/24"},
                    forwarding: true,
                    daemons: [Felix(store: "etcd", blocks: ["10.244.1.0/26"], device: "flannel.1")]"#,
    ),
    ("a daemon without blocks", "Store()", r#"Felix(store: "etcd", device: "vx")"#),
    ("an unknown backend", r#"subnet: "10.244.1.0/24", "#, r#"subnet: "10.244.1.0/24", backend: Udp, "#),
];

#[test]
fn every_slip_is_explained() {
    let mut all = String::new();
    for (what, sound, damaged) in DAMAGES {
        let text = flannel("", "");
        assert!(text.contains(sound), "{what}");
        let text = text.replacen(sound, damaged, 1);
        let source = Source::new("lab.ron", text.as_str());
        let said = open(source.clone()).map_or_else(|found| render::all(&found, &source), |_| "nothing".to_owned());
        let _ = write!(all, "--- {what}\n{said}\n");
    }
    insta::assert_snapshot!(all);
}
