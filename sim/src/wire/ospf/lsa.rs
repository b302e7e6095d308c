//! Link-state advertisements (RFC 2328 §12, A.4): what one router says about its links, in the words of the map.

use std::cmp::Ordering;
use std::net::Ipv4Addr;

use super::{ip, items};
use crate::wire::checksum::fletcher;
use crate::wire::{be16, be32};

/// Age, options, type, link-state id, advertising router, sequence number, checksum, length.
pub const LEN: usize = 20;
/// Where the checksum stands, counted from the options.
const CHECKSUM_AT: usize = 14;

/// So old an LSA is removed, in seconds (RFC 2328 appendix B).
pub const MAX_AGE: u16 = 3600;
/// Two ages that differ by more are different instances, in seconds.
pub const MAX_AGE_DIFF: u16 = 900;
/// The first sequence number.
pub const FIRST: i32 = -0x7fff_ffff;
/// The last one: after it the LSA must be flushed and begins again.
pub const LAST: i32 = 0x7fff_ffff;

/// Type 1: a router and its links.
pub const ROUTER: u8 = 1;
/// Type 2: a network and the routers on it.
pub const NETWORK: u8 = 2;
/// Type 3: a network in another area.
pub const SUMMARY: u8 = 3;
/// Type 4: a router in another area that knows ways out.
pub const SUMMARY_ASBR: u8 = 4;
/// Type 5: a network outside of OSPF.
pub const AS_EXTERNAL: u8 = 5;

/// Flag of a router: it is in several areas.
pub const BORDER: u8 = 1;
/// Flag of a router: it knows ways out.
pub const BOUNDARY: u8 = 2;

/// A metric that means "not this way" in summaries and externals (`LSInfinity`).
pub const INFINITY: u32 = 0x00ff_ffff;

/// Which LSA: the same key in another instance is a newer or older version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Type.
    pub kind: u8,
    /// Link-state id; what it means depends on the type.
    pub id: Ipv4Addr,
    /// The router that made it.
    pub router: Ipv4Addr,
}

impl Key {
    /// The word for its type.
    pub const fn word(&self) -> &'static str {
        match self.kind {
            ROUTER => "router",
            NETWORK => "network",
            SUMMARY => "summary",
            SUMMARY_ASBR => "summary-asbr",
            AS_EXTERNAL => "external",
            _ => "other",
        }
    }
}

/// The header, which by itself says whether an instance is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Seconds since it was made.
    pub age: u16,
    /// Options of the router.
    pub options: u8,
    /// Which LSA.
    pub key: Key,
    /// Number of the instance, signed.
    pub seq: i32,
    /// Fletcher checksum of everything but the age.
    pub checksum: u16,
    /// Length, this header included.
    pub len: u16,
}

impl Header {
    /// Reads one; `bytes` has 20 or more.
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self {
            age: be16(bytes, 0),
            options: bytes[2],
            key: Key { kind: bytes[3], id: ip(bytes, 4), router: ip(bytes, 8) },
            seq: be32(bytes, 12).cast_signed(),
            checksum: be16(bytes, 16),
            len: be16(bytes, 18),
        }
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.age.to_be_bytes());
        bytes.extend([self.options, self.key.kind]);
        bytes.extend(self.key.id.octets());
        bytes.extend(self.key.router.octets());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.checksum.to_be_bytes());
        bytes.extend(self.len.to_be_bytes());
    }

    /// Which of two instances is the newer one (RFC 2328 §13.1); `Greater` if this is.
    pub fn newer(&self, other: &Self) -> Ordering {
        let dead = |header: &Self| header.age >= MAX_AGE;
        let by_age = match (dead(self), dead(other)) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ if self.age.abs_diff(other.age) > MAX_AGE_DIFF => other.age.cmp(&self.age),
            _ => Ordering::Equal,
        };
        self.seq.cmp(&other.seq).then(self.checksum.cmp(&other.checksum)).then(by_age)
    }
}

/// What a link of a router leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Another router; `id` is its router id, `data` the own address.
    Point,
    /// A network with several routers; `id` is the address of its designated router, `data` the own address.
    Transit,
    /// A network with no other router; `id` is the network, `data` its mask.
    Stub,
    /// Another router through an area.
    Virtual,
}

impl LinkKind {
    const ALL: [Self; 4] = [Self::Point, Self::Transit, Self::Stub, Self::Virtual];
}

/// One link of a router LSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is at its other end.
    pub kind: LinkKind,
    /// Whom or what it leads to.
    pub id: Ipv4Addr,
    /// Own address, or mask.
    pub data: Ipv4Addr,
    /// What it costs.
    pub metric: u16,
}

/// What an LSA says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Type 1.
    Router {
        /// [`BORDER`], [`BOUNDARY`].
        flags: u8,
        /// Its links.
        links: Vec<Link>,
    },
    /// Type 2.
    Network {
        /// Mask of the network.
        mask: Ipv4Addr,
        /// The routers on it, by their ids.
        routers: Vec<Ipv4Addr>,
    },
    /// Types 3 and 4.
    Summary {
        /// Mask of the network; 0 for a router.
        mask: Ipv4Addr,
        /// How far it is from the router that says so.
        metric: u32,
    },
    /// Type 5.
    External {
        /// Mask of the network.
        mask: Ipv4Addr,
        /// The metric is larger than any way inside (type 2).
        beyond: bool,
        /// How far.
        metric: u32,
        /// Where to hand packets to; 0 for the router that says so.
        forward: Ipv4Addr,
        /// A mark that is carried along.
        tag: u32,
    },
    /// Another type.
    Other,
}

/// Why one LSA of an update does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLsa {
    /// The Fletcher checksum does not add up.
    Checksum,
    /// Its fields do not fill its length.
    Length,
    /// A type nobody here knows.
    Type,
}

/// An LSA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lsa {
    /// Its header.
    pub header: Header,
    /// Everything behind the header, as it came.
    pub bytes: Vec<u8>,
}

impl Lsa {
    /// Makes one, with length and checksum.
    pub fn new(key: Key, options: u8, seq: i32, content: &Content) -> Self {
        let bytes = content.write();
        let len = (LEN + bytes.len()) as u16;
        let mut made = Self { header: Header { age: 0, options, key, seq, checksum: 0, len }, bytes };
        made.header.checksum = made.fletcher();
        made
    }

    /// Reads the first one of some bytes, and what is behind it; nothing when there is no whole one.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let len = usize::from(be16(bytes.get(..LEN)?, 18));
        let bytes = (len >= LEN).then(|| bytes.split_at_checked(len)).flatten()?;
        Some((Self { header: Header::read(bytes.0), bytes: bytes.0[LEN..].to_vec() }, bytes.1))
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        self.header.write(bytes);
        bytes.extend(&self.bytes);
    }

    /// The checksum that is right for it.
    fn fletcher(&self) -> u16 {
        let mut all = Vec::with_capacity(LEN + self.bytes.len());
        Header { checksum: 0, ..self.header }.write(&mut all);
        all.extend(&self.bytes);
        fletcher(&all[2..], CHECKSUM_AT)
    }

    /// Checks sum and form, as a receiver does first (RFC 2328 §13 (1), (2)).
    pub fn check(&self) -> Result<Content, BadLsa> {
        if self.fletcher() != self.header.checksum {
            return Err(BadLsa::Checksum);
        }
        match self.content() {
            Some(Content::Other) => Err(BadLsa::Type),
            Some(content) => Ok(content),
            None => Err(BadLsa::Length),
        }
    }

    /// What it says; nothing when its fields do not fill its length.
    pub fn content(&self) -> Option<Content> {
        Content::read(self.header.key.kind, &self.bytes)
    }
}

impl Content {
    fn read(kind: u8, bytes: &[u8]) -> Option<Self> {
        let low = |at: usize| be32(bytes, at) & INFINITY;
        match kind {
            ROUTER => {
                let links = links(bytes.get(4..)?)?;
                (links.len() == usize::from(be16(bytes, 2))).then_some(Self::Router { flags: bytes[0], links })
            }
            NETWORK => Some(Self::Network {
                mask: ip(bytes.get(..4)?, 0),
                routers: items(&bytes[4..], 4, |bytes| ip(bytes, 0)).filter(|all| !all.is_empty())?,
            }),
            SUMMARY | SUMMARY_ASBR => {
                let tos = bytes.len() >= 8 && bytes.len().is_multiple_of(4);
                tos.then(|| Self::Summary { mask: ip(bytes, 0), metric: low(4) })
            }
            AS_EXTERNAL => {
                let tos = bytes.len() >= 16 && (bytes.len() - 4).is_multiple_of(12);
                tos.then(|| Self::External {
                    mask: ip(bytes, 0),
                    beyond: bytes[4] & 0x80 != 0,
                    metric: low(4),
                    forward: ip(bytes, 8),
                    tag: be32(bytes, 12),
                })
            }
            _ => Some(Self::Other),
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Router { flags, links } => {
                bytes.extend([*flags, 0]);
                bytes.extend((links.len() as u16).to_be_bytes());
                for link in links {
                    let kind = LinkKind::ALL.iter().position(|kind| *kind == link.kind).map_or(0, |at| at as u8 + 1);
                    bytes.extend(link.id.octets());
                    bytes.extend(link.data.octets());
                    bytes.extend([kind, 0]);
                    bytes.extend(link.metric.to_be_bytes());
                }
            }
            Self::Network { mask, routers } => {
                bytes.extend(mask.octets());
                bytes.extend(routers.iter().flat_map(Ipv4Addr::octets));
            }
            Self::Summary { mask, metric } => {
                bytes.extend(mask.octets());
                bytes.extend(metric.min(&INFINITY).to_be_bytes());
            }
            Self::External { mask, beyond, metric, forward, tag } => {
                bytes.extend(mask.octets());
                bytes.extend((metric.min(&INFINITY) | u32::from(*beyond) << 31).to_be_bytes());
                bytes.extend(forward.octets());
                bytes.extend(tag.to_be_bytes());
            }
            Self::Other => {}
        }
        bytes
    }
}

/// The links of a router; metrics for types of service, which nobody uses any more, are skipped (RFC 2328 §12.4).
fn links(mut bytes: &[u8]) -> Option<Vec<Link>> {
    let mut links = Vec::new();
    while !bytes.is_empty() {
        let link = bytes.get(..12)?;
        let kind = *LinkKind::ALL.get(usize::from(link[8]).checked_sub(1)?)?;
        links.push(Link { kind, id: ip(link, 0), data: ip(link, 4), metric: be16(link, 10) });
        bytes = bytes.get(12 + 4 * usize::from(link[9])..)?;
    }
    Some(links)
}
