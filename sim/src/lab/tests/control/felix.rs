//! Calico's daemon: rows, their order, whose a block is, and what becomes of them when the store is slow, cut off, started
//! again, or wrong.

use super::{Ran, run};

/// Three nodes with a pod each, and a store; the third joins late. `@plugin` and `@rest` are put in.
const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"etcd": Host(ip: "192.0.2.9/24", daemons: [Store(@store)])},
    links: [("etcd", "underlay:9")],
    cluster: (plugin: @plugin, nodes: 3, pods: 1),
    @rest
)"#;

/// The same in two racks.
const RACKS: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "etcd": Host(ip: "192.0.2.9/24", gateway: "192.0.2.254", daemons: [Store()]),
        "r": Router(ips: {"east": "192.0.2.254/24", "west": "198.51.100.254/24"}), "s": Switch(),
    },
    links: [("etcd", "s"), ("n1", "s"), ("n2", "s"), ("r:east", "s"), ("r:west", "n3")],
    cluster: (plugin: @plugin, nodes: {
        "n1": (gateway: "192.0.2.254"), "n2": (gateway: "192.0.2.254"),
        "n3": (ip: "198.51.100.3/24", gateway: "198.51.100.254"),
    }, pods: 1),
    traffic: {"near": Ping(from: "a1", to: "b1", start: "2s"), "far": Ping(from: "a1", to: "c1", start: "2s")},
    @rest
)"#;

/// Two backends with a node that joins late, for whoever asks for a lab that has them.
pub const JOINS: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"etcd": Host(ip: "192.0.2.9/24", daemons: [Store()])},
    links: [("etcd", "underlay:9")],
    cluster: (plugin: CalicoVxlan(store: "etcd"), nodes: 3, pods: 1),
    events: {"later": (at: "0s", do: Power("node3", Off)), "joins": (at: "5s", do: Power("node3", On))},
    traffic: {"early": Ping(from: "a1", to: "c1", start: "2s"), "late": Ping(from: "a1", to: "c1", start: "8s")},
    variants: {"backend": {
        "vxlan": (expect: {
            "rows": All([
                Row("node1/ip", "neigh", {"ip": "10.244.3.1", "mac": "66:56:c0:00:02:03"}),
                Row("node1/vxlan.calico", "fdb", {"mac": "66:56:c0:00:02:03", "remote": "node3"}),
                Row("node1/ip", "routes", {"prefix": "10.244.3.0/26", "via": "10.244.3.1", "dev": "vxlan.calico"}),
            ]),
            "envelope": Is(Size(Frames(on: "node1--underlay", flow: "late")), 148),
        }),
        "ipip": (set: {"cluster": (plugin: CalicoIpip(store: "etcd"))}, expect: {
            "rows": All([
                Row("node1/tunl0", "peers", {"prefix": "10.244.3.0/26", "remote": "node3"}),
                Row("node1/ip", "routes", {"prefix": "10.244.3.0/26", "via": "node3", "dev": "tunl0"}),
            ]),
            "envelope": Is(Size(Frames(on: "node1--underlay", flow: "late")), 118),
        }),
        "none": (set: {"cluster": (plugin: CalicoNone(store: "etcd"))}, expect: {
            "row": Row("node1/ip", "routes", {"prefix": "10.244.3.0/26", "via": "node3", "dev": "eth0"}),
            "none": Is(Size(Frames(on: "node1--underlay", flow: "late")), 98),
        }),
        "cross": (set: {"cluster": (plugin: CalicoVxlan(store: "etcd", cross_subnet: true))}, expect: {
            "row": Row("node1/ip", "routes", {"prefix": "10.244.3.0/26", "via": "node3", "dev": "eth0"}),
            "none": Is(Size(Frames(on: "node1--underlay", flow: "late")), 98),
        }),
    }},
    expect: {
        "registered": Row("etcd", "store", {"key": "/calico/ipam/v2/assignment/ipv4/block/10.244.3.0-26"}),
        "own": Row("node1/ip", "routes", {"prefix": "10.244.1.0/26", "protocol": "static"}),
        "not-yet": Fails("early"), "now": Delivered("late"),
    },
)"#;

const VXLAN: &str = r#"CalicoVxlan(store: "etcd")"#;
const IPIP: &str = r#"CalicoIpip(store: "etcd")"#;
const NODE2: &str = "/calico/resources/v3/projectcalico.org/nodes/node2";

fn lab(plugin: &str, store: &str, rest: &str) -> String {
    LAB.replace("@plugin", plugin).replace("@store", store).replace("@rest", rest)
}

/// Rows of a node to blocks of others.
fn routes(ran: &Ran, node: &str) -> Vec<String> {
    let rows = ran.rows(&format!("{node}/ip"), "routes");
    rows.into_iter().filter(|row| row.contains("/26 ") && !row.contains("blackhole")).collect()
}

#[test]
fn every_variant_finds_a_node_that_joins() {
    let lab = super::sound(JOINS);
    for variant in lab.variants() {
        let ran = crate::lab::run_variant(&lab, Some(&variant.name), None, crate::lab::EVENT_BUDGET).unwrap();
        for (name, outcome) in &ran.outcomes {
            assert!(outcome.holds, "{}: {name}: {}", variant.name, outcome.text(crate::lang::Lang::En));
        }
    }
    assert_eq!(lab.variants().len(), 4);
}

#[test]
fn a_block_becomes_a_neighbour_an_fdb_row_and_a_route_in_this_order() {
    let ran = run(&lab(VXLAN, "", r#"end: "1s""#));
    let of: Vec<&str> = ran.said("node1/ip felix.").into_iter().filter(|line| !line.contains("node3")).collect();
    let wanted = [
        "felix.neighbour node2: node1/ip add neigh ip=10.244.2.1 mac=66:56:c0:00:02:02 dev=vxlan.calico",
        "felix.fdb node2: node1/vxlan.calico add fdb mac=66:56:c0:00:02:02 remote=192.0.2.2",
        "felix.route 10.244.2.0/26: node1/ip add routes prefix=10.244.2.0/26 via=10.244.2.1 dev=vxlan.calico",
        "felix.blackhole 10.244.1.0/26: node1/ip add routes prefix=10.244.1.0/26 type=blackhole",
    ];
    let at = wanted.map(|line| of.iter().position(|said| said.ends_with(line)));
    assert!(at.iter().all(Option::is_some) && at[..3].is_sorted(), "{at:?}: {of:#?}");
    assert_eq!(ran.said("felix.no-node"), Vec::<&str>::new(), "a node is registered before its blocks");
    assert_eq!(routes(&ran, "node1").len(), 2);
    let store = ran.rows("etcd/ip", "store");
    assert_eq!(store.len(), 6, "{store:#?}");
    assert!(store.iter().all(|row| row.ends_with(" -")), "on no lease: {store:#?}");
}

#[test]
fn one_row_of_a_tunnel_does_for_all_blocks_of_a_node() {
    let text = lab(VXLAN, "", r#"end: "1s""#).replace("pods: 1", "pods: 70");
    let ran = run(&text);
    assert_eq!((routes(&ran, "node1").len(), ran.rows("node1/vxlan.calico", "fdb").len()), (4, 2));
    assert_eq!(ran.rows("node1/ip", "blocks").len(), 6);
}

#[test]
fn a_dead_node_keeps_its_blocks_until_somebody_removes_it() {
    let rest = format!(
        r#"events: {{
            "dies": (at: "2s", do: Power("node2", Off)),
            "removed": (at: "60s", do: DelRow("etcd", "store", {{"key": "{NODE2}"}})),
        }},
        traffic: {{
            "before": Ping(from: "a1", to: "b1", start: "1s"), "stale": Ping(from: "a1", to: "b1", start: "50s"),
            "gone": Ping(from: "a1", to: "b1", start: "62s"), "other": Ping(from: "a1", to: "c1", start: "62s"),
        }},
        expect: {{
            "before": Delivered("before"), "stale": Fails("stale"), "gone": Fails("gone"), "other": Delivered("other"),
            "still-there": Saw(Frames(out_of: "node1", flow: "stale")),
        }}"#
    );
    for plugin in [VXLAN, IPIP] {
        let ran = run(&lab(plugin, "", &rest));
        assert!(ran.first("node1/ip felix.removed") >= 60.0, "{plugin}");
        assert_eq!(routes(&ran, "node1").len(), 1, "{plugin}");
        assert_eq!(ran.said("node1/ip felix.no-node 10.244.2.0/26").len(), 1, "{plugin}: its block is still there");
    }
}

#[test]
fn while_the_store_is_cut_off_rows_stay_and_what_was_missed_comes_later() {
    let rest = r#"events: {
            "cut": (at: "2s", do: Down("etcd--underlay")), "mended": (at: "30s", do: Up("etcd--underlay")),
            "off": (at: "1s", do: Power("node3", Off)), "on": (at: "5s", do: Power("node3", On)),
        },
        traffic: {
            "stale": Ping(from: "a1", to: "b1", start: "20s"), "deaf": Ping(from: "c1", to: "a1", start: "20s"),
            "again": Ping(from: "c1", to: "a1", start: "45s"),
        },
        expect: {"stale": Delivered("stale"), "deaf": Fails("deaf"), "again": Delivered("again")}"#;
    for plugin in [VXLAN, IPIP] {
        let ran = run(&lab(plugin, "", rest));
        assert_eq!(ran.said("control.store-silent 192.0.2.9").len(), 3, "{plugin}");
        assert_eq!(ran.said("felix.removed"), Vec::<&str>::new(), "{plugin}: nothing was taken away");
        assert_eq!((routes(&ran, "node1").len(), routes(&ran, "node3").len()), (2, 2), "{plugin}");
    }
}

#[test]
fn a_slow_store_is_asked_again_and_fills_the_tables_in_the_end() {
    let text = lab(
        VXLAN,
        "",
        r#"traffic: {"late": Ping(from: "a1", to: "b1", start: "30s")}, expect: {"late": Delivered("late")}"#,
    );
    let slow = text.replace(r#"("etcd", "underlay:9")"#, r#"("etcd", "underlay:9", (delay: "700ms"))"#);
    let ran = run(&slow);
    assert_eq!(routes(&ran, "node1").len(), 2);
    assert!(ran.first("felix.route") > 4.0, "{}", ran.first("felix.route"));
}

#[test]
fn a_store_that_was_started_again_is_filled_again_by_those_who_are_alive() {
    let rest = r#"events: {"off": (at: "2s", do: Power("etcd", Off)), "on": (at: "4s", do: Power("etcd", On))},
        traffic: {"late": Ping(from: "a1", to: "b1", start: "20s")}, expect: {"late": Delivered("late")}"#;
    let kept = run(&lab(VXLAN, "", rest));
    assert_eq!(kept.said("felix.removed"), Vec::<&str>::new(), "data that were kept are taken up where they were");
    let lost = run(&lab(VXLAN, "persistent: false", rest));
    assert_eq!(lost.said("control.store-empty").len(), 3);
    for ran in [kept, lost] {
        assert_eq!((routes(&ran, "node1").len(), ran.rows("etcd/ip", "store").len()), (2, 6));
    }
}

#[test]
fn a_wrong_store_leads_packets_astray_and_nonsense_is_told() {
    let node = r#"{\"spec\":{\"bgp\":{\"ipv4Address\":\"192.0.2.3/24\"},\"ipv4VXLANTunnelAddr\":\"10.244.2.1\",\"vxlanTunnelMACAddr\":\"66:56:c0:00:02:02\"}}"#;
    let rest = format!(
        r#"events: {{
            "wrong": (at: "1s", do: AddRow("etcd", "store", {{"key": "{NODE2}", "value": "{node}"}})),
            "nonsense": (at: "1.1s", do: AddRow("etcd", "store", {{
                "key": "/calico/ipam/v2/assignment/ipv4/block/10.9.0.0-26", "value": "x"}})),
            "odd": (at: "1.2s", do: AddRow("etcd", "store", {{
                "key": "/calico/ipam/v2/assignment/ipv4/block/10.9.0.7-26", "value": "{{\"affinity\":\"host:node2\"}}"}})),
            "whose": (at: "1.3s", do: AddRow("etcd", "store", {{
                "key": "/calico/ipam/v2/assignment/ipv4/block/10.9.0.64-26", "value": "{{\"affinity\":\"host:node9\"}}"}})),
        }},
        traffic: {{"before": Ping(from: "a1", to: "b1", start: "0.9s"), "after": Ping(from: "a1", to: "b1", start: "2s")}},
        expect: {{
            "before": Delivered("before"), "after": Fails("after"),
            "astray": Saw(Frames(into: "node3", caused_by: "after", carries: "vxlan")),
        }}"#
    );
    let ran = run(&lab(VXLAN, "", &rest));
    let fdb = ran.rows("node1/vxlan.calico", "fdb");
    assert!(fdb.len() == 2 && fdb.iter().all(|row| row.contains("192.0.2.3")), "{fdb:?}");
    assert_eq!(ran.said("node1/ip felix.unreadable").len(), 2);
    assert_eq!(ran.said("node1/ip felix.no-node 10.9.0.64/26").len(), 1);
    assert_eq!(routes(&ran, "node1").len(), 2, "no route from nonsense");
}

#[test]
fn a_block_that_changes_hands_takes_its_route_with_it() {
    let rest = r#"events: {"moves": (at: "2s", do: AddRow("etcd", "store", {
            "key": "/calico/ipam/v2/assignment/ipv4/block/10.244.2.0-26",
            "value": "{\"cidr\":\"10.244.2.0/26\",\"affinity\":\"host:node3\"}"}))}, end: "4s""#;
    let ran = run(&lab(IPIP, "", rest));
    let to =
        |ran: &Ran, table, device: &str| ran.rows(device, table).into_iter().find(|row| row.contains("10.244.2.0"));
    assert!(to(&ran, "routes", "node1/ip").is_some_and(|row| row.contains("192.0.2.3")));
    assert!(to(&ran, "peers", "node1/tunl0").is_some_and(|row| row.contains("192.0.2.3")));
    assert_eq!(ran.said("node1/ip felix.removed"), Vec::<&str>::new(), "the new row took the place of the old one");
    assert!(ran.rows("node1/ip", "blocks").contains(&"10.244.2.0/26 node3 192.0.2.3 -".to_owned()));
}

#[test]
fn nodes_of_one_subnet_need_no_envelope_and_those_behind_a_router_do() {
    for (plugin, size) in [
        ("CalicoVxlan(store: \"etcd\", cross_subnet: true)", 148),
        ("CalicoIpip(store: \"etcd\", cross_subnet: true)", 118),
    ] {
        let rest = format!(
            r#"expect: {{
                "near": All([Delivered("near"), Is(Size(Frames(out_of: "n1", flow: "near")), 98)]),
                "far": All([Delivered("far"), Is(Size(Frames(out_of: "n1", flow: "far")), {size})]),
            }}"#
        );
        let ran = run(&RACKS.replace("@plugin", plugin).replace("@rest", &rest));
        assert_eq!(ran.said("n1/ip felix.direct 10.244.2.0/26").len(), 1);
        assert_eq!(ran.said("n1/ip felix.route 10.244.3.0/26").len(), 1);
    }
}

/// Calico compares subnets itself; the kernel is not even asked.
#[test]
fn without_an_envelope_a_node_behind_a_router_gets_no_route() {
    let text = RACKS.replace("@plugin", r#"CalicoNone(store: "etcd")"#).replace(
        "@rest",
        r#"allow: ["unreachable"], expect: {
            "near": All([Delivered("near"), Is(Size(Frames(out_of: "n1", flow: "near")), 98)]),
            "far": Dropped(flow: "far", at: "r", reason: "ip.no-route"),
        }"#,
    );
    let ran = run(&text);
    assert_eq!(ran.said("n1/ip felix.beyond 10.244.3.0/26").len(), 1);
    assert_eq!(ran.said("n3/ip felix.beyond").len(), 2, "{:?}", ran.said("felix.beyond"));
    assert_eq!((routes(&ran, "n1").len(), routes(&ran, "n3").len()), (1, 0));
    assert_eq!(ran.said("(refused)"), Vec::<&str>::new());
}

/// When the routers have learnt the blocks, packets for them take the way of all others.
#[test]
fn a_router_that_knows_the_blocks_carries_what_the_nodes_have_no_route_for() {
    let text = RACKS.replace("@plugin", r#"CalicoNone(store: "etcd")"#).replace(
        "@rest",
        r#"allow: ["unreachable"], events: {
            "east": (at: "1s", do: AddRow("r", "routes", {"prefix": "10.244.1.0/26", "via": "n1"})),
            "west": (at: "1s", do: AddRow("r", "routes", {"prefix": "10.244.3.0/26", "via": "n3"})),
        },
        expect: {
            "far": All([Delivered("far"), Is(Size(Frames(out_of: "n1", flow: "far")), 98)]),
            "three-routers": Is(Field(Frames(into: "n3/c1:eth0", flow: "far"), "ipv4.ttl"), 61),
        }"#,
    );
    run(&text);
}

#[test]
fn the_kernel_takes_no_next_hop_behind_a_router() {
    let text = RACKS.replace("@plugin", r#"FlannelHostGw(store: "etcd")"#).replace(
        "@rest",
        r#"
        allow: ["unreachable"], expect: {"near": Delivered("near"), "far": Fails("far")}"#,
    );
    let ran = run(&text);
    let refused = ran.said("(refused)");
    assert_eq!(refused.len(), 4, "n3 by n1 and n2, and both by n3: {refused:#?}");
    assert!(
        ran.said("n1/ip control.refused").iter().all(|line| line.contains("198.51.100.3")),
        "{:?}",
        ran.said("control.refused")
    );
    let far = ran.rows("n1/ip", "routes").into_iter().filter(|row| row.starts_with("10.244.3.0"));
    assert_eq!(far.count(), 0);
    assert_eq!(ran.rows("n1/ip", "leases").len(), 2, "the lease is known, but no way");
}
