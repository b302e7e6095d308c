//! The layer walk: what is inside a frame, outermost first, with the place of every field.
//!
//! The walk is total: bytes that cannot be read become a layer called `malformed` that says which check failed.
//! A packet quoted by an ICMP error is walked too, its layers marked as quoted.

mod bgp;
mod content;
mod eigrp;
mod gossip;
mod igmp;
mod ip;
mod ip6;
mod isis;
mod link;
mod ospf;
mod rip;
mod store;
mod summary;
#[cfg(test)]
mod tests;
mod transport;
mod tunnel;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

pub use content::{Content, NAMES};
pub use summary::summary;

use crate::wire::{LinkType, MacAddr, Malformed};

/// A value as decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A number people write in decimal.
    Number(u64),
    /// A number people write in hexadecimal, with so many digits.
    Hex(u64, usize),
    /// A hardware address.
    Mac(MacAddr),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// A single bit.
    Flag(bool),
    /// A word for a number of the protocol, such as `request`.
    Word(&'static str),
    /// So many bytes of something.
    Bytes(usize),
    /// A text that stands in the frame.
    Text(String),
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Hex(n, digits) => write!(f, "0x{n:0digits$x}"),
            Self::Mac(mac) => mac.fmt(f),
            Self::Ipv4(ip) => ip.fmt(f),
            Self::Ipv6(ip) => ip.fmt(f),
            Self::Flag(flag) => f.write_str(if *flag { "1" } else { "0" }),
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => f.write_str(text),
            Self::Bytes(n) => write!(f, "{n} bytes"),
        }
    }
}

/// One field of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name within its layer.
    pub name: &'static str,
    /// Where it stands in the frame.
    pub range: Range<usize>,
    /// What it says.
    pub value: FieldValue,
}

/// One header, payload or padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// `eth vlan llc arp ipv4 ipv6 icmp icmpv6 igmp eigrp ospf isis udp tcp vxlan geneve gre sleeve wireguard store`,
    /// `gossip rip bgp payload padding malformed`.
    pub name: &'static str,
    /// Where it stands in the frame: the header alone.
    pub range: Range<usize>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Part of a packet that an ICMP error quotes.
    pub quoted: bool,
}

impl Layer {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A field that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.field(name)?.value {
            FieldValue::Number(n) | FieldValue::Hex(n, _) => Some(n),
            FieldValue::Flag(flag) => Some(u64::from(flag)),
            _ => None,
        }
    }
}

/// A walk in progress: where it stands and what it has found.
#[derive(Debug)]
struct Walk<'a> {
    bytes: &'a [u8],
    layers: Vec<Layer>,
    quoted: bool,
    depth: usize,
}

/// Ethernet headers and tags are walked so deep, tunnels in tunnels; what lies deeper is payload.
const DEPTH: usize = 8;

impl<'a> Walk<'a> {
    fn push(&mut self, name: &'static str, range: Range<usize>, fields: Vec<Field>) {
        self.layers.push(Layer { name, range, fields, quoted: self.quoted });
    }

    fn rest(&mut self, name: &'static str, range: Range<usize>) {
        if !range.is_empty() {
            let value = FieldValue::Bytes(range.len());
            self.push(name, range.clone(), vec![Field { name: "data", range, value }]);
        }
    }

    fn malformed(&mut self, range: Range<usize>, what: Malformed) {
        let word = match what {
            Malformed::TooShort => "shorter than its header",
            Malformed::Version => "IP version is not 4",
            Malformed::NotVersion6 => "IP version is not 6",
            Malformed::HopLimit => "hop limit is not 255",
            Malformed::HeaderLength => "impossible header length",
            Malformed::Length => "length field disagrees",
            Malformed::Checksum => "wrong checksum",
            Malformed::Type => "not for Ethernet and IPv4",
        };
        let value = FieldValue::Word(word);
        self.push("malformed", range.clone(), vec![Field { name: "check", range, value }]);
    }

    fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

/// A field at `at..at+len`, counted from the start of its layer.
fn field(name: &'static str, base: usize, at: usize, len: usize, value: FieldValue) -> Field {
    Field { name, range: base + at..base + at + len, value }
}

/// All layers of a frame.
pub fn walk(link: LinkType, bytes: &[u8]) -> Vec<Layer> {
    let mut walk = Walk { bytes, layers: Vec::with_capacity(6), quoted: false, depth: 0 };
    match link {
        LinkType::Ethernet => link::ethernet(&mut walk, 0..bytes.len()),
        LinkType::Ip => ip::any(&mut walk, 0..bytes.len()),
    }
    walk.layers
}

/// The nesting in short: `eth/ipv4/udp/vxlan/eth/arp`. Payload, padding and quoted packets are left out.
pub fn path(layers: &[Layer]) -> String {
    let named = layers.iter().filter(|layer| !layer.quoted && !matches!(layer.name, "payload" | "padding"));
    named.map(|layer| layer.name).collect::<Vec<_>>().join("/")
}

/// A field by its name: `ipv4.ttl` or `inner.ipv4.ttl` is the innermost, `outer.ipv4.ttl` the outermost.
pub fn find<'a>(layers: &'a [Layer], place: &str) -> Option<&'a Field> {
    let (outer, place) = match place.split_once('.')? {
        ("outer", rest) => (true, rest),
        ("inner", rest) => (false, rest),
        _ => (false, place),
    };
    let (layer, name) = place.split_once('.')?;
    let mut found = layers.iter().filter(|at| at.name == layer && !at.quoted);
    let layer = if outer { found.next() } else { found.next_back() };
    layer?.field(name)
}
