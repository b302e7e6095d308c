//! A frame in one line, as people say it.

use super::{FieldValue, Layer};
use crate::lang::Lang;
use crate::wire::tcp;

/// `ARP request: who has 10.0.0.2? tell 10.0.0.1`; tunnels nest: `VXLAN 42 a > b [ARP request …]`.
pub fn summary(layers: &[Layer], lang: Lang) -> String {
    let plain: Vec<&Layer> = layers.iter().filter(|layer| !layer.quoted).collect();
    nested(&plain, lang)
}

/// What kinds of envelopes are called.
const TUNNELS: [(&str, &str); 5] =
    [("vxlan", "VXLAN"), ("geneve", "Geneve"), ("gre", "GRE"), ("sleeve", "Weave"), ("wireguard", "WireGuard")];

fn nested(layers: &[&Layer], lang: Lang) -> String {
    let Some((at, kind)) = envelope(layers) else { return one(layers, lang) };
    let (outer, inner) = layers.split_at(at);
    let (src, dst) = (address(outer, "src"), address(outer, "dst"));
    let number = ["vni", "key"].iter().find_map(|name| outer.last()?.field(name));
    let number = number.map_or_else(String::new, |field| format!(" {}", field.value));
    format!("{kind}{number} {src} > {dst} [{}]", nested(inner, lang))
}

/// Where the first envelope ends, and what it is called.
fn envelope(layers: &[&Layer]) -> Option<(usize, &'static str)> {
    let named = |layer: &&Layer| TUNNELS.iter().find(|(name, _)| *name == layer.name).map(|(_, title)| *title);
    let header = layers.iter().enumerate().find_map(|(at, layer)| Some((at + 1, named(layer)?)));
    // An IP header right behind another, or behind UDP, is an envelope without a name of its own.
    let bare =
        layers.windows(2).position(|two| matches!(two[0].name, "ipv4" | "ipv6" | "udp") && two[1].name == "ipv4");
    let bare = bare.map(|at| (at + 1, if layers[at].name == "udp" { "UDP" } else { "IPIP" }));
    match (header, bare) {
        (Some(header), Some(bare)) => Some(if bare.0 < header.0 { bare } else { header }),
        (header, bare) => header.or(bare),
    }
}

fn text(layers: &[&Layer], layer: &str, field: &str) -> String {
    let found = layers.iter().rev().find(|at| at.name == layer).and_then(|at| at.field(field));
    found.map_or_else(|| "?".to_owned(), |field| field.value.to_string())
}

/// An address of the innermost IP header.
fn address(layers: &[&Layer], field: &str) -> String {
    let layer = layers.iter().rev().find(|at| matches!(at.name, "ipv4" | "ipv6")).map_or("ipv4", |at| at.name);
    text(layers, layer, field)
}

fn one(layers: &[&Layer], lang: Lang) -> String {
    let get = |layer, field| text(layers, layer, field);
    let last = layers.iter().rev().find(|layer| !matches!(layer.name, "payload" | "padding"));
    let payload = layers.iter().rev().find(|layer| layer.name == "payload").map_or(0, |layer| layer.range.len());
    match last.map_or("", |layer| layer.name) {
        "arp" => arp(&get, lang),
        "store" => last.map(|layer| super::store::summary(layer, lang)).unwrap_or_default(),
        "gossip" => last.map(|layer| super::gossip::summary(layer, lang)).unwrap_or_default(),
        "eigrp" => last.map(|layer| super::eigrp::summary(layer, lang)).unwrap_or_default(),
        "ospf" => last.map(|layer| super::ospf::summary(layer, lang)).unwrap_or_default(),
        "isis" => last.map(|layer| super::isis::summary(layer, lang)).unwrap_or_default(),
        "rip" => last.map(|layer| super::rip::summary(layer, lang)).unwrap_or_default(),
        "bgp" => super::bgp::summary(layers, lang),
        "icmp" => icmp(layers, &get, lang),
        "igmp" => igmp(&get, lang),
        "udp" => {
            let (from, to) = (address(layers, "src"), address(layers, "dst"));
            let bytes = lang.pick("bytes", "字节");
            format!("UDP {from}:{} > {to}:{}, {payload} {bytes}", get("udp", "src"), get("udp", "dst"))
        }
        "tcp" => tcp(layers, &get, payload, lang),
        "icmpv6" => icmpv6(&get, lang),
        "ipv6" => {
            let (from, to) = (get("ipv6", "src"), get("ipv6", "dst"));
            format!("IPv6 {from} > {to}, {} {}", lang.pick("protocol", "协议"), get("ipv6", "next"))
        }
        "ipv4" => {
            let (from, to) = (get("ipv4", "src"), get("ipv4", "dst"));
            format!("IPv4 {from} > {to}, {} {}", lang.pick("protocol", "协议"), get("ipv4", "proto"))
        }
        "eth" | "vlan" => {
            let ethertype =
                last.and_then(|layer| layer.field("type")).map_or_else(String::new, |f| f.value.to_string());
            format!("Ethernet {ethertype} {} > {}", get("eth", "src"), get("eth", "dst"))
        }
        "llc" => {
            let service =
                last.and_then(|layer| layer.field("service")).map_or_else(String::new, |f| f.value.to_string());
            format!("LLC {service} {} > {}", get("eth", "src"), get("eth", "dst"))
        }
        "malformed" => format!("{}: {}", lang.pick("unreadable", "无法解读"), get("malformed", "check")),
        _ => format!("{payload} {}", lang.pick("bytes", "字节")),
    }
}

fn arp(get: &impl Fn(&'static str, &'static str) -> String, lang: Lang) -> String {
    let (spa, sha, tpa) = (get("arp", "spa"), get("arp", "sha"), get("arp", "tpa"));
    match (get("arp", "op").as_str(), lang) {
        ("request", Lang::En) => format!("ARP request: who has {tpa}? tell {spa}"),
        ("request", Lang::Zh) => format!("ARP 请求:谁是 {tpa}?请告诉 {spa}"),
        (_, Lang::En) => format!("ARP reply: {spa} is at {sha}"),
        (_, Lang::Zh) => format!("ARP 应答:{spa} 在 {sha}"),
    }
}

fn icmpv6(get: &impl Fn(&'static str, &'static str) -> String, lang: Lang) -> String {
    let (from, target, kind) = (get("ipv6", "src"), get("icmpv6", "target"), get("icmpv6", "type"));
    match (get("icmpv6", "says").as_str(), lang) {
        ("solicitation", Lang::En) => format!("neighbour solicitation: who has {target}? tell {from}"),
        ("solicitation", Lang::Zh) => format!("邻居请求:谁是 {target}?请告诉 {from}"),
        ("advertisement", Lang::En) => {
            format!("neighbour advertisement: {target} is at {}", get("icmpv6", "target-mac"))
        }
        ("advertisement", Lang::Zh) => format!("邻居通告:{target} 在 {}", get("icmpv6", "target-mac")),
        (_, lang) => format!("ICMPv6 {} {kind} {from} > {}", lang.pick("type", "类型"), get("ipv6", "dst")),
    }
}

fn igmp(get: &impl Fn(&'static str, &'static str) -> String, lang: Lang) -> String {
    let (from, group, says) = (get("ipv4", "src"), get("igmp", "group"), get("igmp", "says"));
    let version = match get("igmp", "type").as_str() {
        "0x12" => 1,
        "0x22" => 3,
        "0x11" if get("igmp", "robustness") != "?" => 3,
        _ => 2,
    };
    match (says.as_str(), lang) {
        ("query", Lang::En) => format!("IGMPv{version} query: who listens to any group? asks {from}"),
        ("query", Lang::Zh) => format!("IGMPv{version} 查询:谁在听任何组?{from} 问"),
        ("group query", Lang::En) => format!("IGMPv{version} query: who listens to {group}? asks {from}"),
        ("group query", Lang::Zh) => format!("IGMPv{version} 查询:谁在听 {group}?{from} 问"),
        ("report", Lang::En) => format!("IGMPv{version} report: {from} listens to {group}"),
        ("report", Lang::Zh) => format!("IGMPv{version} 报告:{from} 在听 {group}"),
        ("leave", Lang::En) => format!("IGMPv{version} leave: {from} listens to {group} no more"),
        ("leave", Lang::Zh) => format!("IGMPv{version} 离开:{from} 不再听 {group}"),
        (_, lang) => format!("IGMP {} {} {from}", lang.pick("type", "类型"), get("igmp", "type")),
    }
}

/// `TCP 10.0.0.1:40000 > 10.0.0.2:80 [SYN, ACK] seq 17, ack 5, 0 bytes`.
fn tcp(layers: &[&Layer], get: &impl Fn(&'static str, &'static str) -> String, payload: usize, lang: Lang) -> String {
    let (from, to) = (address(layers, "src"), address(layers, "dst"));
    let (src, dst, seq) = (get("tcp", "src"), get("tcp", "dst"), get("tcp", "seq"));
    let layer = layers.iter().rev().find(|layer| layer.name == "tcp");
    let flags = match layer.and_then(|layer| layer.field("flags")).map(|field| &field.value) {
        Some(FieldValue::Hex(flags, _)) => *flags as u16,
        _ => 0,
    };
    let ack = if flags & tcp::ACK == 0 { String::new() } else { format!(", ack {}", get("tcp", "ack")) };
    let (names, bytes) = (tcp::flag_names(flags), lang.pick("bytes", "字节"));
    format!("TCP {from}:{src} > {to}:{dst} [{names}] seq {seq}{ack}, {payload} {bytes}")
}

fn icmp(layers: &[&Layer], get: &impl Fn(&'static str, &'static str) -> String, lang: Lang) -> String {
    let (from, to) = (get("ipv4", "src"), get("ipv4", "dst"));
    let layer = layers.iter().rev().find(|layer| layer.name == "icmp");
    let number = |name| match layer.and_then(|layer| layer.field(name)).map(|field| &field.value) {
        Some(FieldValue::Number(n)) => *n,
        _ => 0,
    };
    let what = match (number("type"), number("code")) {
        (8, _) => lang.pick("echo request", "回显请求").to_owned(),
        (0, _) => lang.pick("echo reply", "回显应答").to_owned(),
        (3, 1) => lang.pick("host unreachable", "主机不可达").to_owned(),
        (3, 2) => lang.pick("protocol unreachable", "协议不可达").to_owned(),
        (3, 3) => lang.pick("port unreachable", "端口不可达").to_owned(),
        (3, 4) => format!("{} {}", lang.pick("fragmentation needed, MTU", "需要分片,MTU"), number("mtu")),
        (11, _) => lang.pick("time exceeded", "生存时间耗尽").to_owned(),
        (kind, code) => format!("{} {kind}/{code}", lang.pick("type", "类型")),
    };
    let seq = if matches!(number("type"), 0 | 8) { format!(" seq {}", number("seq")) } else { String::new() };
    format!("ICMP {what} {from} > {to}{seq}")
}
