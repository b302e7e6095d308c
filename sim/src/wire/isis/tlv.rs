//! Type, length, value: what stands in the PDUs (ISO/IEC 10589 §9, RFC 1195 §5.3, RFC 5305).

use std::net::Ipv4Addr;

use super::{Area, NodeId, SystemId, lsp};
use crate::wire::{MacAddr, be32};

/// A neighbour as narrow metrics tell it (type 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NarrowNeighbour {
    /// Default metric, delay, expense, error; bit 7 says that one is not supported.
    pub metrics: [u8; 4],
    /// Who.
    pub id: NodeId,
}

/// A neighbour as wide metrics tell it (type 22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Who.
    pub id: NodeId,
    /// 24 bits.
    pub metric: u32,
    /// What else is said of the link, for traffic engineering.
    pub more: Vec<u8>,
}

/// A network as narrow metrics tell it (types 128 and 130).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NarrowPrefix {
    /// Default metric, delay, expense, error.
    pub metrics: [u8; 4],
    /// The network.
    pub ip: Ipv4Addr,
    /// Its mask.
    pub mask: Ipv4Addr,
}

/// A network as wide metrics tell it (type 135).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// From the system that tells it.
    pub metric: u32,
    /// It came down from level 2 and must not go up again (RFC 5302 §3.3).
    pub down: bool,
    /// The network.
    pub ip: Ipv4Addr,
    /// Length of its mask, 0 to 32.
    pub len: u8,
    /// Sub-TLVs, if the flag says that there are some.
    pub more: Option<Vec<u8>>,
}

impl Prefix {
    /// Bytes it takes.
    pub fn size(&self) -> usize {
        5 + usize::from(self.len).div_ceil(8) + self.more.as_ref().map_or(0, |more| 1 + more.len())
    }
}

/// What one end of a link of two says of the other (RFC 5303 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreeWay {
    /// [`UP`], [`INITIALIZING`] or [`DOWN`].
    pub state: u8,
    /// The circuit, by the number the sender gave it.
    pub circuit: Option<u32>,
    /// Whom the sender hears.
    pub neighbour: Option<SystemId>,
    /// The circuit's number at that end.
    pub theirs: Option<u32>,
}

/// Both hear each other.
pub const UP: u8 = 0;
/// The sender hears somebody.
pub const INITIALIZING: u8 = 1;
/// The sender hears nobody.
pub const DOWN: u8 = 2;

/// Which LSP, and how new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Seconds it has still to live.
    pub lifetime: u16,
    /// Which.
    pub id: super::LspId,
    /// Number of the version.
    pub seq: u32,
    /// Its checksum.
    pub checksum: u16,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tlv {
    /// 1: areas of the sender.
    Areas(Vec<Area>),
    /// 2: neighbours, with the flag of virtual links.
    NarrowNeighbours(u8, Vec<NarrowNeighbour>),
    /// 6: whom the sender hears on a LAN.
    Heard(Vec<MacAddr>),
    /// 8: so many zeros, so that a hello is as long as the longest packet.
    Padding(usize),
    /// 9: what is known.
    Entries(Vec<Entry>),
    /// 10 with a password in clear text.
    Password(Vec<u8>),
    /// 22.
    Neighbours(Vec<Neighbour>),
    /// 128, or 130 for those from outside.
    NarrowPrefixes(bool, Vec<NarrowPrefix>),
    /// 129: network protocols by their numbers.
    Protocols(Vec<u8>),
    /// 132: addresses of the interface, or of the system.
    Addresses(Vec<Ipv4Addr>),
    /// 135.
    Prefixes(Vec<Prefix>),
    /// 137: what people call the system.
    Name(Vec<u8>),
    /// 240.
    ThreeWay(ThreeWay),
    /// Any other, by its type.
    Other(u8, Vec<u8>),
}

/// The largest value.
pub const MAX: usize = 255;

fn items<T>(bytes: &[u8], size: usize, read: impl Fn(&[u8]) -> T) -> Option<Vec<T>> {
    bytes.len().is_multiple_of(size).then(|| bytes.chunks_exact(size).map(read).collect())
}

fn ip(bytes: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(be32(bytes, at))
}

fn areas(mut bytes: &[u8]) -> Option<Vec<Area>> {
    let mut areas = Vec::new();
    while let Some((len, rest)) = bytes.split_first() {
        let (area, rest) = rest.split_at_checked(usize::from(*len))?;
        areas.push(Area(area.to_vec()));
        bytes = rest;
    }
    Some(areas)
}

fn neighbours(mut bytes: &[u8]) -> Option<Vec<Neighbour>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(11)?;
        let (more, rest) = rest.split_at_checked(usize::from(head[10]))?;
        all.push(Neighbour { id: NodeId::read(head), metric: be32(head, 6) & 0x00ff_ffff, more: more.to_vec() });
        bytes = rest;
    }
    Some(all)
}

fn prefixes(mut bytes: &[u8]) -> Option<Vec<Prefix>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(5)?;
        let len = head[4] & 0x3f;
        let (network, mut rest) = rest.split_at_checked(usize::from(len).div_ceil(8)).filter(|_| len <= 32)?;
        let mut octets = [0; 4];
        octets[..network.len()].copy_from_slice(network);
        let mut more = None;
        if head[4] & 0x40 != 0 {
            let (size, behind) = rest.split_first()?;
            let (sub, behind) = behind.split_at_checked(usize::from(*size))?;
            (more, rest) = (Some(sub.to_vec()), behind);
        }
        all.push(Prefix { metric: be32(head, 0), down: head[4] & 0x80 != 0, ip: octets.into(), len, more });
        bytes = rest;
    }
    Some(all)
}

fn three_way(bytes: &[u8]) -> Option<ThreeWay> {
    let (state, rest) = bytes.split_first()?;
    let of = |at: usize| (rest.len() >= at + 4).then(|| be32(rest, at));
    let neighbour = rest.get(4..10).map(|id| SystemId(std::array::from_fn(|at| id[at])));
    // The four lengths RFC 5303 §3.1 allows.
    matches!(rest.len(), 0 | 4 | 10 | 14).then(|| ThreeWay { state: *state, circuit: of(0), neighbour, theirs: of(10) })
}

impl Tlv {
    /// The number of its type.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Areas(_) => 1,
            Self::NarrowNeighbours(..) => 2,
            Self::Heard(_) => 6,
            Self::Padding(_) => 8,
            Self::Entries(_) => 9,
            Self::Password(_) => 10,
            Self::Neighbours(_) => 22,
            Self::NarrowPrefixes(false, _) => 128,
            Self::NarrowPrefixes(true, _) => 130,
            Self::Protocols(_) => 129,
            Self::Addresses(_) => 132,
            Self::Prefixes(_) => 135,
            Self::Name(_) => 137,
            Self::ThreeWay(_) => 240,
            Self::Other(kind, _) => *kind,
        }
    }

    /// Its entries, if it has some.
    pub fn entries(&self) -> &[Entry] {
        if let Self::Entries(entries) = self { entries } else { &[] }
    }

    /// Reads a value; nothing when it does not fit its type.
    pub fn read(kind: u8, value: &[u8]) -> Option<Self> {
        let metrics = |bytes: &[u8]| [bytes[0], bytes[1], bytes[2], bytes[3]];
        match kind {
            1 => areas(value).map(Self::Areas),
            2 => {
                let (flag, rest) = value.split_first()?;
                let one = |bytes: &[u8]| NarrowNeighbour { metrics: metrics(bytes), id: NodeId::read(&bytes[4..]) };
                Some(Self::NarrowNeighbours(*flag, items(rest, 11, one)?))
            }
            6 => items(value, 6, MacAddr::from_slice).map(Self::Heard),
            8 if value.iter().all(|byte| *byte == 0) => Some(Self::Padding(value.len())),
            9 => items(value, lsp::ENTRY_LEN, lsp::entry).map(Self::Entries),
            10 if value.first() == Some(&1) => Some(Self::Password(value[1..].to_vec())),
            10 => (!value.is_empty()).then(|| Self::Other(kind, value.to_vec())),
            22 => neighbours(value).map(Self::Neighbours),
            128 | 130 => {
                let one = |bytes: &[u8]| NarrowPrefix { metrics: metrics(bytes), ip: ip(bytes, 4), mask: ip(bytes, 8) };
                Some(Self::NarrowPrefixes(kind == 130, items(value, 12, one)?))
            }
            129 => Some(Self::Protocols(value.to_vec())),
            132 => items(value, 4, |bytes| ip(bytes, 0)).map(Self::Addresses),
            135 => prefixes(value).map(Self::Prefixes),
            137 => Some(Self::Name(value.to_vec())),
            240 => three_way(value).map(Self::ThreeWay),
            _ => Some(Self::Other(kind, value.to_vec())),
        }
    }

    /// Writes type, length and value. What is longer than [`MAX`] must have been parted before.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let at = bytes.len();
        bytes.extend([self.kind(), 0]);
        self.write_value(bytes);
        bytes[at + 1] = (bytes.len() - at - 2) as u8;
    }

    fn write_value(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Areas(areas) => {
                for area in areas {
                    bytes.push(area.0.len() as u8);
                    bytes.extend(&area.0);
                }
            }
            Self::NarrowNeighbours(flag, all) => {
                bytes.push(*flag);
                for one in all {
                    bytes.extend(one.metrics);
                    one.id.write(bytes);
                }
            }
            Self::Heard(macs) => bytes.extend(macs.iter().flat_map(|mac| mac.0)),
            Self::Padding(len) => bytes.resize(bytes.len() + len, 0),
            Self::Entries(entries) => entries.iter().for_each(|entry| lsp::write_entry(entry, bytes)),
            Self::Password(password) => {
                bytes.push(1);
                bytes.extend(password);
            }
            Self::Neighbours(all) => {
                for one in all {
                    one.id.write(bytes);
                    bytes.extend(&one.metric.to_be_bytes()[1..]);
                    bytes.push(one.more.len() as u8);
                    bytes.extend(&one.more);
                }
            }
            Self::NarrowPrefixes(_, all) => {
                for one in all {
                    bytes.extend(one.metrics);
                    bytes.extend(one.ip.octets());
                    bytes.extend(one.mask.octets());
                }
            }
            Self::Prefixes(all) => all.iter().for_each(|one| write_prefix(one, bytes)),
            Self::Addresses(all) => bytes.extend(all.iter().flat_map(Ipv4Addr::octets)),
            Self::Protocols(value) | Self::Name(value) | Self::Other(_, value) => bytes.extend(value),
            Self::ThreeWay(told) => {
                bytes.push(told.state);
                bytes.extend(told.circuit.iter().flat_map(|circuit| circuit.to_be_bytes()));
                bytes.extend(told.neighbour.iter().flat_map(|system| system.0));
                bytes.extend(told.theirs.iter().flat_map(|circuit| circuit.to_be_bytes()));
            }
        }
    }
}

fn write_prefix(one: &Prefix, bytes: &mut Vec<u8>) {
    let sub = one.more.is_some();
    bytes.extend(one.metric.to_be_bytes());
    bytes.push(u8::from(one.down) << 7 | u8::from(sub) << 6 | one.len);
    bytes.extend(&one.ip.octets()[..usize::from(one.len).div_ceil(8)]);
    if let Some(more) = &one.more {
        bytes.push(more.len() as u8);
        bytes.extend(more);
    }
}

/// Type, place and value of each. `None` at the end when the last one is cut off.
pub fn raw(bytes: &[u8]) -> impl Iterator<Item = Option<(u8, usize, &[u8])>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let head = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let value = head.get(1).and_then(|len| head.get(2..2 + usize::from(*len)));
        let here = at;
        at = value.map_or(bytes.len(), |value| at + 2 + value.len());
        Some(value.map(|value| (head[0], here, value)))
    })
}

/// All of them; nothing when one is cut off or does not fit its type.
pub fn read(bytes: &[u8]) -> Option<Vec<Tlv>> {
    raw(bytes).map(|one| one.and_then(|(kind, _, value)| Tlv::read(kind, value))).collect()
}

/// All of them as bytes.
pub fn write(tlvs: &[Tlv]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for tlv in tlvs {
        tlv.write(&mut bytes);
    }
    bytes
}
