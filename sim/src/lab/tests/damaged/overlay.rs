//! What the author of a lab with tunnels reads.

use super::{Slip, all_said, said};

const SOUND: &str = r#"Lab(
    format: 1,
    title: "Two hosts, one network",
    idea: "A tunnel joins what is apart.",
    nodes: {
        "h1": Host(ip: "192.0.2.1/24"),
        "h2": Host(ip: "192.0.2.2/24"),
        "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
        "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
        "h3": Linux(
            devices: {"eth0": Nic(), "ip": Stack(ip: {"eth0": "192.0.2.3/24"}), "br": Bridge(), "vx": Vtep(vni: 7)},
            wires: [("ip:eth0", "eth0"), ("vx:outer", "ip:vx"), ("vx:inner", "br:vx")],
        ),
        "sw": Switch(),
    },
    links: [("h1", "sw"), ("h2", "sw"), ("h3", "sw")],
    overlays: {"blue": Vxlan(vni: 42, discovery: StaticList)},
    traffic: {"ping": Ping(from: "c1", to: "c2")},
    expect: {"works": Delivered("ping")},
)
"#;

/// What is damaged, and how.
const DAMAGES: &[Slip] = &[
    ("a container on no host", r#"on: "h1""#, r#"on: "h9""#),
    ("a container on a switch", r#"on: "h1""#, r#"on: "sw""#),
    ("a container in no network", r#"net: "blue", ip: "10.1.0.1/24""#, r#"net: "bleu", ip: "10.1.0.1/24""#),
    ("a container without an address", r#", ip: "10.1.0.2/24""#, ""),
    ("a container with the name of a card", r#""c1": Container"#, r#""eth0": Container"#),
    ("a network nobody is in", "overlays: {", r#"overlays: {"red": Vxlan(vni: 43), "#),
    ("an unknown kind of overlay", "Vxlan(vni: 42, discovery: StaticList)", "Vlxan(vni: 42)"),
    ("a vni of 25 bits", "vni: 42", "vni: 16777216"),
    ("a vni is missing", "Vxlan(vni: 42, discovery: StaticList)", "Vxlan()"),
    ("an unknown discovery", "discovery: StaticList", "discovery: Static"),
    ("a controller without its store", "discovery: StaticList", "discovery: Controller"),
    ("a controller with a field it has not", "discovery: StaticList", r#"discovery: Controller(stroe: "h1")"#),
    ("a controller nobody runs", "discovery: StaticList", r#"discovery: Controller(store: "h3")"#),
    ("routes nobody carries", "discovery: StaticList", r#"discovery: Evpn(store: "h9")"#),
    ("a gateway gossip does not tell of", "discovery: StaticList", "discovery: Gossip, gateway: Distributed"),
    ("a list with a field", "discovery: StaticList", "discovery: StaticList(of: 2)"),
    ("gossip with a field", "discovery: StaticList", r#"discovery: Gossip("h1")"#),
    ("a flag that is none", "discovery: StaticList", r#"discovery: Evpn(store: "h3", suppress: On)"#),
    ("a choice of rows there is not", "discovery: StaticList", r#"discovery: Controller(store: "h3", rows: Half)"#),
    ("a group that is a host", "discovery: StaticList", r#"discovery: Multicast("192.0.2.9")"#),
    ("a group without its address", "discovery: StaticList", "discovery: Multicast"),
    ("options that are no words", "Vxlan(vni: 42, discovery: StaticList)", "Geneve(vni: 42, options: 7)"),
    ("packets that do not fit", r#"ip: "10.1.0.1/24""#, r#"ip: "10.1.0.1/24", mtu: 1500"#),
    ("an outer port that leads nowhere", r#", ("vx:outer", "ip:vx")"#, ""),
    ("an outer port in a bridge", r#"("vx:outer", "ip:vx")"#, r#"("vx:outer", "br:x")"#),
    ("rows of no age", "Vtep(vni: 7)", r#"Vtep(vni: 7, ageing: "0s")"#),
    ("packets where frames belong", r#""vx": Vtep(vni: 7)"#, r#""vx": Tunnel(kind: Ipip())"#),
    ("an unknown kind of tunnel", r#""vx": Vtep(vni: 7)"#, r#""vx": Tunnel(kind: Gree())"#),
    ("a tunnel without a kind", r#""vx": Vtep(vni: 7)"#, r#""vx": Tunnel()"#),
    ("no room for headers", r#""eth0": Nic()"#, r#""eth0": Nic(mtu: 100)"#),
    (
        "two subnets on one host",
        r#""h3": Linux"#,
        r#""c9": Container(on: "h1", net: "blue", ip: "10.9.0.9/24"),
        "h3": Linux"#,
    ),
    ("a router without ports", r#""sw": Switch()"#, r#""r": Router(ips: {}), "sw": Switch()"#),
    (
        "a route that is no prefix",
        r#""h1": Host(ip: "192.0.2.1/24")"#,
        r#""h1": Host(ip: "192.0.2.1/24", routes: {"10.244.1.0": "192.0.2.2"})"#,
    ),
    (
        "a row for a table that is not there",
        "traffic:",
        r#"events: {"e": (at: "1ms", do: AddRow("h1/vx-blue", "arp", {"ip": "10.1.0.9"}))}, traffic:"#,
    ),
    (
        "a remote that is no address",
        "traffic:",
        r#"events: {"e": (at: "1ms", do: AddRow("h1/vx-blue", "fdb", {"mac": "c2", "remote": "h7"}))}, traffic:"#,
    ),
    (
        "a setting of a vtep that is not there",
        "traffic:",
        r#"events: {"e": (at: "1ms", do: Set("h1/vx-blue", (vnni: 43)))}, traffic:"#,
    ),
    ("source ports in no range", "discovery: StaticList", "srcport: [49153, 49152]"),
    ("one source port alone", "discovery: StaticList", "srcport: 49152"),
    ("three source ports", "discovery: StaticList", "srcport: [1, 2, 3]"),
    (
        "no next hop",
        r#""h1": Host(ip: "192.0.2.1/24")"#,
        r#""h1": Host(ip: "192.0.2.1/24", routes: {"10.244.1.0/24": []})"#,
    ),
    (
        "a next hop twice",
        r#""h1": Host(ip: "192.0.2.1/24")"#,
        r#""h1": Host(ip: "192.0.2.1/24", routes: {"10.244.1.0/24": ["192.0.2.2", "192.0.2.2"]})"#,
    ),
    (
        "one of two next hops elsewhere",
        r#""h1": Host(ip: "192.0.2.1/24")"#,
        r#""h1": Host(ip: "192.0.2.1/24", routes: {"10.244.1.0/24": ["192.0.2.2", "198.51.100.1"]})"#,
    ),
    (
        "two containers of one host with one address",
        r#""sw": Switch(),"#,
        r#""c3": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"), "sw": Switch(),"#,
    ),
    ("hosts of one network with a router in between", r#"("h2", "sw")"#, r#"("sw", "r:1"), ("h2", "r:2")"#),
    ("both ways of a tunnel at one port", "Vxlan(vni: 42, discovery: StaticList)", "FastDatapath(port: 6783)"),
    (
        "an unknown way to choose",
        r#""sw": Switch()"#,
        r#""r": Router(ips: {"1": "10.0.0.1/24"}, multipath: L7), "sw": Switch()"#,
    ),
    ("a network over IPv6 without addresses for it", "discovery: StaticList", "outer: Ipv6"),
    ("a group over IPv6", "discovery: StaticList", r#"discovery: Multicast("239.1.1.1"), outer: Ipv6"#),
    ("a container with an IPv6 address", r#"ip: "10.1.0.1/24""#, r#"ip: "fd00:1::1/64""#),
    (
        "two subnets of IPv6",
        r#""h1": Host(ip: "192.0.2.1/24"),"#,
        r#""h1": Host(ip: "192.0.2.1/24", ip6: "fd00::1/64"),"#,
    ),
    ("no address of IPv6", r#"Host(ip: "192.0.2.1/24")"#, r#"Host(ip: "192.0.2.1/24", ip6: "fd00::1:/64")"#),
    (
        "a slip in the only address of IPv6",
        r#"Host(ip: "192.0.2.1/24")"#,
        r#"Host(ip: "192.0.2.1/24", ip6: "fd00::1")"#,
    ),
    ("a slip in the address of a tunnel", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::3", remote: "fd00::1")"#),
    ("a group of IPv6", r#"Host(ip: "192.0.2.1/24")"#, r#"Host(ip: "192.0.2.1/24", ip6: "ff02::1/64")"#),
    ("an IPv6 remote of an IPv4 tunnel", "Vtep(vni: 7)", r#"Vtep(vni: 7, remote: "fd00::1")"#),
    (
        "an IPv4 remote of an IPv6 tunnel",
        "Vtep(vni: 7)",
        r#"Vtep(vni: 7, local: "fd00::3", remote: ["192.0.2.1", "fd00::1"])"#,
    ),
    ("an IPv6 address of somebody else", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::9", remote: "fd00::1")"#),
    ("a loopback address of IPv6", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::3", remote: "::1")"#),
    ("a remote behind a router of IPv6", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::3", remote: "fd00:1::1")"#),
    ("a link too narrow for IPv6", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::3", remote: "fd00::1")"#),
    ("a kind without IPv6", r#""vx": Vtep(vni: 7)"#, r#""vx": Tunnel(kind: Gretap(), local: "fd00::3")"#),
    ("no checksum over IPv6", "Vtep(vni: 7)", r#"Vtep(vni: 7, local: "fd00::3", checksum: false)"#),
    (
        "a connection to nobody",
        r#"Ping(from: "c1", to: "c2")"#,
        r#"Tcp(from: "c1", to: "c7", bytes: 0, port: 70000, lasts: "0s")"#,
    ),
    ("a remote that stands for the host itself", "Vtep(vni: 7)", r#"Vtep(vni: 7, remote: "127.0.0.1")"#),
    ("a remote that is nobody", "Vtep(vni: 7)", r#"Vtep(vni: 7, remote: "0.0.0.0")"#),
];

/// The third host has an IPv6 address too.
fn dual(text: &str) -> String {
    let (from, to) =
        (r#"ip: {"eth0": "192.0.2.3/24"}"#, r#"ip: {"eth0": "192.0.2.3/24"}, ip6: {"eth0": "fd00::3/64"}"#);
    text.replacen(from, to, 1)
}

#[test]
fn the_lab_is_sound() {
    assert_eq!(said(SOUND), "");
}

#[test]
fn every_slip_has_a_sentence_that_names_the_fix() {
    let all = all_said(SOUND, DAMAGES, |(what, ..), text| match what {
        "two subnets on one host" => text.replacen("Vxlan(vni: 42, discovery: StaticList)", "Routed()", 1),
        what if what.contains("a router in between") => {
            let router = r#""r": Router(ips: {"1": "192.0.2.254/24", "2": "198.51.100.254/24"}), "sw": Switch()"#;
            text.replacen(r#""sw": Switch()"#, router, 1)
        }
        "two subnets of IPv6" => text
            .replacen(r#"Host(ip: "192.0.2.2/24")"#, r#"Host(ip: "192.0.2.2/24", ip6: "fd00:2::2/64")"#, 1)
            .replacen("discovery: StaticList", "outer: Ipv6", 1),
        "a slip in the only address of IPv6" => text
            .replacen(r#"Host(ip: "192.0.2.2/24")"#, r#"Host(ip: "192.0.2.2/24", ip6: "fd00::2/64")"#, 1)
            .replacen("discovery: StaticList", "outer: Ipv6", 1),
        "a slip in the address of a tunnel" => dual(&text).replacen("fd00::3/64", "fd00::3/640", 1),
        "a link too narrow for IPv6" => dual(&text).replacen("Nic()", "Nic(mtu: 1200)", 1),
        what if what.contains("IPv6 tunnel") || text.contains(r#"local: "fd00"#) => dual(&text),
        _ => text,
    });
    insta::assert_snapshot!(all);
}
