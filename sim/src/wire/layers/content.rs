//! What a frame may be told by: that it carries a layer of some name.

use std::fmt;

use crate::wire::LinkType;
use crate::wire::layers::{Layer, walk};

/// Names a frame can be told by: those of layers, and `icmp-error` for an ICMP message that quotes a packet. Padding
/// and what cannot be read are no content.
pub const NAMES: &[&str] = &[
    "eth",
    "vlan",
    "llc",
    "arp",
    "ipv4",
    "ipv6",
    "icmp",
    "icmpv6",
    "igmp",
    "udp",
    "tcp",
    "vxlan",
    "geneve",
    "gre",
    "sleeve",
    "wireguard",
    "store",
    "gossip",
    "rip",
    "eigrp",
    "ospf",
    "isis",
    "bgp",
    "icmp-error",
    "payload",
];

/// One of [`NAMES`], in a byte: a cable has no room for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content(u8);

impl Content {
    /// The content of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|at| Self(at as u8))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Its place in [`NAMES`], as the number of a decision.
    pub fn number(self) -> u64 {
        u64::from(self.0)
    }

    /// The content with this place in [`NAMES`].
    pub fn of_number(n: u64) -> Option<Self> {
        u8::try_from(n).ok().filter(|at| usize::from(*at) < NAMES.len()).map(Self)
    }

    /// Whether a frame has such a layer, however deep.
    pub fn within(self, link: LinkType, bytes: &[u8]) -> bool {
        self.is_among(&walk(link, bytes))
    }

    /// Whether it is among the layers of a frame. What an ICMP error quotes is not, but tells an error from other ICMP.
    pub fn is_among(self, layers: &[Layer]) -> bool {
        match self.name() {
            "icmp-error" => layers.iter().any(|layer| layer.quoted),
            name => layers.iter().any(|layer| layer.name == name && !layer.quoted),
        }
    }

    /// Whether every IPv4 packet is one, so that a way without it is no way for them.
    pub fn is_every_packet(self) -> bool {
        matches!(self.name(), "eth" | "ipv4")
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_told_by_its_name_and_by_its_number() {
        for name in NAMES {
            let content = Content::named(name).unwrap();
            assert_eq!((content.name(), Content::of_number(content.number())), (*name, Some(content)));
        }
        assert_eq!((Content::named("ipx"), Content::of_number(NAMES.len() as u64)), (None, None));
    }
}
