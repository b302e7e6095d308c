//! Routes of an Ethernet VPN as they stand in an UPDATE: type, length and what the type wants (RFC 7432 §7, RFC 9136 §3).
//!
//! A label is the VNI in all of its 24 bits (RFC 8365 §5.1.3); in a route that is withdrawn it says nothing. A type that
//! nobody here knows is kept as bytes and counts for nothing (RFC 7606 §5.4). A known type of a wrong length hides where
//! the next route begins: then nothing after it can be believed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::Fault;
use super::fault::UPDATE;
use crate::wire::{MacAddr, be16, be32};

const ETHERNET_AD: u8 = 1;
const MAC_IP: u8 = 2;
const INCLUSIVE: u8 = 3;
const ETHERNET_SEGMENT: u8 = 4;
const PREFIX: u8 = 5;

/// Route distinguisher: makes routes of different VTEPs differ (RFC 4364 §4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rd(pub [u8; 8]);

impl Rd {
    /// That of a VTEP: its identifier and the number of the network there (type 1, as RFC 7432 §7.9 recommends).
    pub const fn of(id: Ipv4Addr, number: u16) -> Self {
        let ([a, b, c, d], [high, low]) = (id.octets(), number.to_be_bytes());
        Self([0, 1, a, b, c, d, high, low])
    }
}

impl fmt::Display for Rd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = &self.0;
        match be16(bytes, 0) {
            0 => write!(f, "{}:{}", be16(bytes, 2), be32(bytes, 4)),
            1 => write!(f, "{}:{}", Ipv4Addr::from_bits(be32(bytes, 2)), be16(bytes, 6)),
            2 => write!(f, "{}:{}", be32(bytes, 2), be16(bytes, 6)),
            kind => write!(f, "{kind}/{:08x}{:04x}", be32(bytes, 2), be16(bytes, 6)),
        }
    }
}

/// Number of an Ethernet segment; all zeros for a station with one way in.
pub type Esi = [u8; 10];

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Type 1: a way into an Ethernet segment (§7.1).
    EthernetAd {
        /// Who tells it.
        rd: Rd,
        /// The segment.
        esi: Esi,
        /// VLAN-aware bundles tell their VLANs apart by it.
        tag: u32,
        /// VNI.
        label: u32,
    },
    /// Type 2: a station (§7.2).
    MacIp {
        /// Who tells it.
        rd: Rd,
        /// Its segment.
        esi: Esi,
        /// VLAN-aware bundles tell their VLANs apart by it.
        tag: u32,
        /// Its hardware address.
        mac: MacAddr,
        /// Its IP address, if it is known.
        ip: Option<IpAddr>,
        /// VNI of its network.
        label: u32,
        /// VNI of its tenant's router.
        router_label: Option<u32>,
    },
    /// Type 3: a VTEP wants a copy of what is for many (§7.3).
    Inclusive {
        /// Who tells it.
        rd: Rd,
        /// VLAN-aware bundles tell their VLANs apart by it.
        tag: u32,
        /// The VTEP.
        originator: IpAddr,
    },
    /// Type 4: a VTEP at an Ethernet segment (§7.4).
    EthernetSegment {
        /// Who tells it.
        rd: Rd,
        /// The segment.
        esi: Esi,
        /// The VTEP.
        originator: IpAddr,
    },
    /// Type 5: a prefix (RFC 9136 §3.1).
    Prefix {
        /// Who tells it.
        rd: Rd,
        /// The segment behind which it is, if any.
        esi: Esi,
        /// VLAN-aware bundles tell their VLANs apart by it.
        tag: u32,
        /// Address and length.
        prefix: (IpAddr, u8),
        /// The router to hand packets to; all zeros when it is the VTEP.
        gateway: IpAddr,
        /// VNI of the tenant's router.
        label: u32,
    },
    /// Another type, as it stands there.
    Other(u8, Vec<u8>),
}

/// Reads bytes from the front; nothing once there are too few.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    fn rd(&mut self) -> Option<Rd> {
        self.take(8)?.try_into().ok().map(Rd)
    }

    fn esi(&mut self) -> Option<Esi> {
        self.take(10)?.try_into().ok()
    }

    fn tag(&mut self) -> Option<u32> {
        Some(be32(self.take(4)?, 0))
    }

    fn label(&mut self) -> Option<u32> {
        let bytes = self.take(3)?;
        Some(u32::from(be16(bytes, 0)) << 8 | u32::from(bytes[2]))
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn ip(&mut self, bits: u8) -> Option<IpAddr> {
        match bits {
            32 => Some(Ipv4Addr::from_bits(be32(self.take(4)?, 0)).into()),
            128 => <[u8; 16]>::try_from(self.take(16)?).ok().map(IpAddr::from),
            _ => None,
        }
    }
}

fn read(kind: u8, value: &[u8]) -> Option<Route> {
    let mut at = Cursor(value);
    let route = match kind {
        ETHERNET_AD => Route::EthernetAd { rd: at.rd()?, esi: at.esi()?, tag: at.tag()?, label: at.label()? },
        MAC_IP => {
            let (rd, esi, tag, bits) = (at.rd()?, at.esi()?, at.tag()?, at.byte()?);
            let mac = MacAddr::from_slice(at.take(6).filter(|_| bits == 48)?);
            let ip = match at.byte()? {
                0 => None,
                bits => Some(at.ip(bits)?),
            };
            let label = at.label()?;
            let router_label = if at.0.is_empty() { None } else { Some(at.label()?) };
            Route::MacIp { rd, esi, tag, mac, ip, label, router_label }
        }
        INCLUSIVE => {
            let (rd, tag, bits) = (at.rd()?, at.tag()?, at.byte()?);
            Route::Inclusive { rd, tag, originator: at.ip(bits)? }
        }
        ETHERNET_SEGMENT => {
            let (rd, esi, bits) = (at.rd()?, at.esi()?, at.byte()?);
            Route::EthernetSegment { rd, esi, originator: at.ip(bits)? }
        }
        PREFIX => {
            let (rd, esi, tag, len) = (at.rd()?, at.esi()?, at.tag()?, at.byte()?);
            let bits = if value.len() == 34 { 32 } else { 128 };
            let prefix = (at.ip(bits).filter(|_| len <= bits)?, len);
            Route::Prefix { rd, esi, tag, prefix, gateway: at.ip(bits)?, label: at.label()? }
        }
        kind => return Some(Route::Other(kind, value.to_vec())),
    };
    at.0.is_empty().then_some(route)
}

/// Routes one after another, each with the number of bytes it takes.
fn each(mut bytes: &[u8]) -> impl Iterator<Item = Option<(Route, usize)>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let mut at = Cursor(bytes);
        let one = at.byte().zip(at.byte()).and_then(|(kind, len)| {
            let value = at.take(usize::from(len))?;
            Some((read(kind, value)?, 2 + value.len()))
        });
        // What follows something unreadable cannot be found.
        bytes = if one.is_some() { at.0 } else { &[] };
        Some(one)
    })
}

/// All routes, and what the message deserves if they cannot be told apart (RFC 7606 §5.3).
pub fn read_all(bytes: &[u8]) -> Result<Vec<Route>, Fault> {
    let all: Option<Vec<Route>> = each(bytes).map(|one| one.map(|(route, _)| route)).collect();
    all.ok_or_else(|| Fault::with(UPDATE, 9, bytes))
}

/// All routes with the bytes each takes, as far as they can be read.
pub fn read_places(bytes: &[u8]) -> Vec<(Route, usize)> {
    each(bytes).map_while(|one| one).collect()
}

fn put_label(bytes: &mut Vec<u8>, label: u32) {
    bytes.extend(&label.to_be_bytes()[1..]);
}

fn put_bits(bytes: &mut Vec<u8>, ip: IpAddr) {
    bytes.push(if ip.is_ipv4() { 32 } else { 128 });
    put_ip(bytes, ip);
}

fn put_ip(bytes: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => bytes.extend(ip.octets()),
        IpAddr::V6(ip) => bytes.extend(ip.octets()),
    }
}

impl Route {
    /// Its number.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::EthernetAd { .. } => ETHERNET_AD,
            Self::MacIp { .. } => MAC_IP,
            Self::Inclusive { .. } => INCLUSIVE,
            Self::EthernetSegment { .. } => ETHERNET_SEGMENT,
            Self::Prefix { .. } => PREFIX,
            Self::Other(kind, _) => *kind,
        }
    }

    /// Its name in the standard.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::EthernetAd { .. } => "Ethernet A-D",
            Self::MacIp { .. } => "MAC/IP",
            Self::Inclusive { .. } => "inclusive multicast",
            Self::EthernetSegment { .. } => "Ethernet segment",
            Self::Prefix { .. } => "IP prefix",
            Self::Other(..) => "unknown type",
        }
    }

    /// Who tells it.
    pub const fn rd(&self) -> Option<Rd> {
        match self {
            Self::EthernetAd { rd, .. }
            | Self::MacIp { rd, .. }
            | Self::Inclusive { rd, .. }
            | Self::EthernetSegment { rd, .. }
            | Self::Prefix { rd, .. } => Some(*rd),
            Self::Other(..) => None,
        }
    }

    /// The part that names it: two routes that differ only in labels are one, the later in place of the earlier (§7.2).
    #[must_use]
    pub fn key(&self) -> Self {
        let mut key = self.clone();
        match &mut key {
            Self::EthernetAd { label, .. } => *label = 0,
            Self::MacIp { esi, label, router_label, .. } => (*esi, *label, *router_label) = ([0; 10], 0, None),
            Self::Prefix { esi, gateway, label, .. } => {
                let none: IpAddr = if gateway.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { [0; 16].into() };
                (*esi, *gateway, *label) = ([0; 10], none, 0);
            }
            Self::Inclusive { .. } | Self::EthernetSegment { .. } | Self::Other(..) => {}
        }
        key
    }

    /// Appends it.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend([self.kind(), 0]);
        match self {
            Self::EthernetAd { rd, esi, tag, label } => {
                bytes.extend(rd.0);
                bytes.extend(esi);
                bytes.extend(tag.to_be_bytes());
                put_label(bytes, *label);
            }
            Self::MacIp { rd, esi, tag, mac, ip, label, router_label } => {
                bytes.extend(rd.0);
                bytes.extend(esi);
                bytes.extend(tag.to_be_bytes());
                bytes.push(48);
                bytes.extend(mac.0);
                match ip {
                    Some(ip) => put_bits(bytes, *ip),
                    None => bytes.push(0),
                }
                put_label(bytes, *label);
                if let Some(label) = router_label {
                    put_label(bytes, *label);
                }
            }
            Self::Inclusive { rd, tag, originator } => {
                bytes.extend(rd.0);
                bytes.extend(tag.to_be_bytes());
                put_bits(bytes, *originator);
            }
            Self::EthernetSegment { rd, esi, originator } => {
                bytes.extend(rd.0);
                bytes.extend(esi);
                put_bits(bytes, *originator);
            }
            Self::Prefix { rd, esi, tag, prefix: (ip, len), gateway, label } => {
                bytes.extend(rd.0);
                bytes.extend(esi);
                bytes.extend(tag.to_be_bytes());
                bytes.push(*len);
                put_ip(bytes, *ip);
                put_ip(bytes, *gateway);
                put_label(bytes, *label);
            }
            Self::Other(_, value) => bytes.extend(&value[..value.len().min(255)]),
        }
        bytes[start + 1] = (bytes.len() - start - 2) as u8;
    }
}

/// `type 2 02:00:00:00:aa:01 172.16.0.1`: what it is about, without who tells it.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segment = |f: &mut fmt::Formatter<'_>, esi: &Esi| esi.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        write!(f, "type {}", self.kind())?;
        match self {
            Self::EthernetAd { esi, tag, .. } => {
                f.write_str(" ")?;
                segment(f, esi)?;
                write!(f, " tag {tag}")
            }
            Self::MacIp { mac, ip: None, .. } => write!(f, " {mac}"),
            Self::MacIp { mac, ip: Some(ip), .. } => write!(f, " {mac} {ip}"),
            Self::Inclusive { originator, .. } => write!(f, " {originator}"),
            Self::EthernetSegment { esi, originator, .. } => {
                f.write_str(" ")?;
                segment(f, esi)?;
                write!(f, " {originator}")
            }
            Self::Prefix { prefix: (ip, len), .. } => write!(f, " {ip}/{len}"),
            Self::Other(..) => Ok(()),
        }
    }
}
