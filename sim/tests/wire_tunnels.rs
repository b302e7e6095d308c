//! What each kind of tunnel sends is read by an independent dissector down to the packet inside. Without tshark this test
//! says that it was skipped; it never passes in silence.

mod dissect;

use dissect::{COMPLAINTS, Read, shipped};

/// How often each chain of headers was seen, without what a ping carries.
fn chains(name: &str, lab: &str, variant: Option<&str>) -> Option<Vec<(String, usize)>> {
    let capture = Read::of(name, lab, variant, None);
    assert_eq!(capture.lines(COMPLAINTS, &["_ws.expert.message"])?, [""; 0], "{name}");
    let mut chains: Vec<(String, usize)> = Vec::new();
    for line in capture.lines("udp or icmp or gre", &["frame.protocols"])? {
        let line = line.replace(":ethertype", "");
        let chain = line.strip_suffix(":icmp:data").map_or_else(|| line.clone(), |head| format!("{head}:icmp"));
        match chains.iter_mut().find(|(known, _)| *known == chain) {
            Some((_, count)) => *count += 1,
            None => chains.push((chain, 1)),
        }
    }
    chains.sort();
    Some(chains)
}

#[test]
fn tshark_reads_every_kind_of_tunnel_to_the_packet_inside() {
    for (variant, expected) in [
        ("ipip", "eth:ip:ip:icmp"),
        ("gre", "eth:ip:gre:ip:icmp"),
        ("flannel-udp", "eth:ip:udp:ip:icmp"),
        ("gretap", "eth:ip:gre:eth:ip:icmp"),
        ("vxlan", "eth:ip:udp:vxlan:eth:ip:icmp"),
        ("geneve", "eth:ip:udp:geneve:eth:ip:icmp"),
        // What is inside of WireGuard is for its other end alone, and nobody but Weave reads its sleeve.
        ("wireguard", "eth:ip:udp:wg"),
        ("sleeve", "eth:ip:udp:data"),
    ] {
        let name = format!("zoo-{variant}");
        let Some(seen) = chains(&name, shipped("14-tunnel-zoo"), Some(variant)) else { return };
        let pings = seen.iter().find(|(chain, _)| chain == expected).map_or(0, |(_, count)| *count);
        assert!(pings >= 2, "{variant}: {seen:?}");
        assert!(!seen.iter().any(|(chain, _)| chain == "eth:ip:icmp"), "{variant}: {seen:?}");
    }
}

#[test]
fn tshark_reads_the_tunnels_of_plugins_at_their_own_ports() {
    for plugin in ["FlannelVxlan()", "Weave(fast: true)"] {
        let lab = format!(
            r#"Lab(format: 1, title: "t", idea: "i", cluster: (plugin: {plugin}, nodes: 2, pods: 1),
                traffic: {{"ping": Ping(from: "a1", to: "b1", start: "2s")}})"#
        );
        let Some(seen) = chains(&plugin.replace(['(', ')', ':', ' '], "-"), &lab, None) else { return };
        let pings = seen.iter().find(|(chain, _)| chain == "eth:ip:udp:vxlan:eth:ip:icmp");
        // Question and answer, each on the cables of both hosts.
        assert_eq!(pings.map(|(_, count)| *count), Some(4), "{plugin}: {seen:?}");
    }
}
