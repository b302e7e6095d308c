//! What kinds, parts and headers are called.

use super::{Kind, Part};
use crate::lang::Lang;

/// A header with its names.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// As layers call it; in JSON.
    pub name: &'static str,
    /// What people say.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

const fn header(name: &'static str, en: &'static str, zh: &'static str) -> Header {
    Header { name, en, zh }
}

/// All headers, and what else frames are made of.
pub static HEADERS: &[Header] = &[
    header("payload", "payload", "载荷"),
    header("eth", "Ethernet header", "以太网报头"),
    header("vlan", "802.1Q tag", "802.1Q 标签"),
    header("ipv4", "IPv4 header", "IPv4 报头"),
    header("ipv6", "IPv6 header", "IPv6 报头"),
    header("icmpv6", "ICMPv6 message", "ICMPv6 报文"),
    header("icmp", "ICMP header", "ICMP 报头"),
    header("udp", "UDP header", "UDP 报头"),
    header("tcp", "TCP header", "TCP 报头"),
    header("vxlan", "VXLAN header", "VXLAN 报头"),
    header("geneve", "Geneve header with options", "Geneve 报头(含选项)"),
    header("gre", "GRE header", "GRE 报头"),
    header("sleeve", "Weave header", "Weave 报头"),
    header("wireguard", "WireGuard header", "WireGuard 报头"),
    header("wireguard-tag", "WireGuard padding and tag", "WireGuard 填充与标签"),
    header("padding", "padding", "填充"),
    header("fcs", "frame check sequence", "帧校验序列"),
    header("preamble", "preamble", "前导码"),
    header("gap", "inter-frame gap", "帧间隔"),
    header("malformed", "what cannot be read", "无法解读的部分"),
];

/// What a header is called; its own name where nobody calls it anything.
pub fn title(name: &str, lang: Lang) -> String {
    let known = HEADERS.iter().find(|header| header.name == name);
    known.map_or_else(|| name.to_owned(), |header| lang.pick(header.en, header.zh).to_owned())
}

impl Kind {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Ack => "acknowledgements",
            Self::Again => "retransmissions",
            Self::Flood => "floods",
            Self::Lost => "undelivered",
            Self::Arp => "arp",
            Self::Error => "icmp-errors",
            Self::Control => "control",
        }
    }

    /// What people say.
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Data => lang.pick("frames with payload that arrived", "送达的载荷帧"),
            Self::Ack => lang.pick("TCP without payload", "无载荷的 TCP"),
            Self::Again => lang.pick("retransmissions", "重传"),
            Self::Flood => lang.pick("flooded copies for nobody", "无人需要的泛洪副本"),
            Self::Lost => lang.pick("packets that did not arrive", "未送达的包"),
            Self::Arp => lang.pick("ARP", "ARP"),
            Self::Error => lang.pick("ICMP errors", "ICMP 差错"),
            Self::Control => lang.pick("control plane", "控制平面"),
        }
    }
}

impl Part {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Inner => "inner",
            Self::Tunnel => "tunnel",
            Self::Outer => "outer",
            Self::Padding => "padding",
            Self::Line => "line",
        }
    }

    /// What people say.
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Payload => lang.pick("payload", "载荷"),
            Self::Inner => lang.pick("inner headers", "内层报头"),
            Self::Tunnel => lang.pick("tunnel headers", "隧道报头"),
            Self::Outer => lang.pick("outer headers", "外层报头"),
            Self::Padding => lang.pick("padding", "填充"),
            Self::Line => lang.pick("check sequence, preamble, gap", "校验、前导码与间隔"),
        }
    }
}
