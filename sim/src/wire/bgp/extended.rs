//! Extended communities (RFC 4360) and the PMSI tunnel attribute (RFC 6514 §5): what routes of VPNs are marked with.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::wire::{MacAddr, be16, be32};

/// VXLAN as the value of [`Community::Encapsulation`] (RFC 8365 §5.1.2).
pub const VXLAN: u16 = 8;
/// Copies are made where the frame enters: the kind of a [`Pmsi`] (RFC 6514 §5).
pub const INGRESS_REPLICATION: u8 = 6;

/// Mark by which a VPN knows the routes that are meant for it (RFC 4360 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteTarget {
    /// An AS of two bytes, and a number of its own.
    Short(u16, u32),
    /// An address, and a number of its owner's.
    Address(Ipv4Addr, u16),
    /// An AS of four bytes, and a number of its own (RFC 5668).
    Wide(u32, u16),
}

impl RouteTarget {
    /// That of a network: the AS and its VNI (RFC 8365 §5.1.2.1, as FRR derives it: the AS in two bytes).
    pub const fn of(asn: u32, vni: u32) -> Self {
        Self::Short(asn as u16, vni)
    }
}

impl fmt::Display for RouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(asn, number) => write!(f, "{asn}:{number}"),
            Self::Address(ip, number) => write!(f, "{ip}:{number}"),
            Self::Wide(asn, number) => write!(f, "{asn}:{number}"),
        }
    }
}

/// `65000:42`, `192.0.2.1:42`; an AS that needs four bytes leaves two for the number.
impl FromStr for RouteTarget {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (high, low) = text.split_once(':').ok_or(())?;
        if let Ok(ip) = high.parse() {
            return Ok(Self::Address(ip, low.parse().map_err(|_| ())?));
        }
        match high.parse::<u32>().map_err(|_| ())? {
            0 => Err(()),
            asn @ 1..=0xffff => Ok(Self::Short(asn as u16, low.parse().map_err(|_| ())?)),
            asn => Ok(Self::Wide(asn, low.parse().map_err(|_| ())?)),
        }
    }
}

/// An extended community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Community {
    /// For this VPN.
    RouteTarget(RouteTarget),
    /// The envelope the VTEP wants (RFC 9012 §4.1).
    Encapsulation(u16),
    /// How often a station has moved, and whether it may (RFC 7432 §7.7).
    Mobility {
        /// It does not move, whatever others say.
        sticky: bool,
        /// One more for each move.
        sequence: u32,
    },
    /// The router that speaks for a tenant at the VTEP (RFC 9135 §8.1).
    RouterMac(MacAddr),
    /// Another one, as it stands there.
    Other([u8; 8]),
}

impl Community {
    /// Reads one. Reserved bits count for nothing.
    pub fn read(bytes: &[u8; 8]) -> Self {
        let number = be32(bytes, 4);
        match (bytes[0], bytes[1]) {
            (0, 2) => Self::RouteTarget(RouteTarget::Short(be16(bytes, 2), number)),
            (1, 2) => Self::RouteTarget(RouteTarget::Address(Ipv4Addr::from_bits(be32(bytes, 2)), be16(bytes, 6))),
            (2, 2) => Self::RouteTarget(RouteTarget::Wide(be32(bytes, 2), be16(bytes, 6))),
            (3, 0x0c) => Self::Encapsulation(be16(bytes, 6)),
            (6, 0) => Self::Mobility { sticky: bytes[2] & 1 == 1, sequence: number },
            (6, 3) => Self::RouterMac(MacAddr::from_slice(&bytes[2..])),
            _ => Self::Other(*bytes),
        }
    }

    /// Its bytes.
    pub fn bytes(self) -> [u8; 8] {
        let put = |kind: u8, high: &[u8], low: &[u8]| {
            let mut bytes = [kind, 2, 0, 0, 0, 0, 0, 0];
            bytes[2..2 + high.len()].copy_from_slice(high);
            bytes[8 - low.len()..].copy_from_slice(low);
            bytes
        };
        match self {
            Self::RouteTarget(RouteTarget::Short(asn, number)) => put(0, &asn.to_be_bytes(), &number.to_be_bytes()),
            Self::RouteTarget(RouteTarget::Address(ip, number)) => put(1, &ip.octets(), &number.to_be_bytes()),
            Self::RouteTarget(RouteTarget::Wide(asn, number)) => put(2, &asn.to_be_bytes(), &number.to_be_bytes()),
            Self::Encapsulation(kind) => {
                let [high, low] = kind.to_be_bytes();
                [3, 0x0c, 0, 0, 0, 0, high, low]
            }
            Self::Mobility { sticky, sequence } => {
                let [a, b, c, d] = sequence.to_be_bytes();
                [6, 0, u8::from(sticky), 0, a, b, c, d]
            }
            Self::RouterMac(MacAddr([a, b, c, d, e, f])) => [6, 3, a, b, c, d, e, f],
            Self::Other(bytes) => bytes,
        }
    }
}

/// How what is for many gets to a VTEP.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pmsi {
    /// Leaf information is wanted (1), or nothing (0).
    pub flags: u8,
    /// The kind of tunnel.
    pub kind: u8,
    /// VNI.
    pub label: u32,
    /// Its name: for ingress replication the address of the VTEP.
    pub endpoint: Vec<u8>,
}

impl Pmsi {
    /// Copies are to be sent to this VTEP.
    pub fn replicated(vni: u32, vtep: Ipv4Addr) -> Self {
        Self { flags: 0, kind: INGRESS_REPLICATION, label: vni, endpoint: vtep.octets().to_vec() }
    }

    /// Where copies go, if each sender makes its own.
    pub fn vtep(&self) -> Option<Ipv4Addr> {
        let address: [u8; 4] = self.endpoint.as_slice().try_into().ok()?;
        (self.kind == INGRESS_REPLICATION).then(|| address.into())
    }

    /// Reads the value of the attribute.
    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let (head, endpoint) = value.split_at_checked(5)?;
        let sound = head[1] != INGRESS_REPLICATION || matches!(endpoint.len(), 4 | 16);
        let label = be32(head, 1) & 0x00ff_ffff;
        sound.then(|| Self { flags: head[0], kind: head[1], label, endpoint: endpoint.to_vec() })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.flags, self.kind]);
        bytes.extend(&self.label.to_be_bytes()[1..]);
        bytes.extend(&self.endpoint);
    }

    pub(super) fn len(&self) -> usize {
        5 + self.endpoint.len()
    }
}
