//! What stands behind the header: type, length (of the whole TLV), value (RFC 7868 §6).

use std::net::Ipv4Addr;

use crate::wire::{be16, be32};

/// Type and length.
pub const TLV_LEN: usize = 4;
/// Delay, bandwidth, MTU, hops, reliability, load, tag, flags.
const METRIC_LEN: usize = 16;
/// Router, autonomous system, tag, metric, two bytes of zero, protocol, flags.
const EXTERNAL_LEN: usize = 20;
/// Kind, length of the digest, key, sequence, eight bytes of zero.
const AUTHENTICATION_LEN: usize = 20;

/// K values that say goodbye (RFC 7868 §5): all five 255.
pub const GOODBYE: [u8; 6] = [255, 255, 255, 255, 255, 0];

/// What both ends must have the same, and how long to wait for the next hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// K1 to K6, the weights of the metric.
    pub k: [u8; 6],
    /// Seconds of silence after which the sender is gone.
    pub hold: u16,
}

/// What shows that a packet may be believed; its digest is seen, not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// 2 for MD5, 3 for SHA-256.
    pub kind: u16,
    /// Number of the key.
    pub key: u32,
    /// Number of the packet.
    pub sequence: u32,
    /// The digest.
    pub digest: Vec<u8>,
}

/// How far a network is, as the sender sees it (RFC 7868 §6.8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Sum of all delays in tens of microseconds, times 256; [`super::UNREACHABLE`] for nowhere.
    pub delay: u32,
    /// 10^7 through the smallest bandwidth in kb/s, times 256.
    pub bandwidth: u32,
    /// Smallest MTU on the way; 24 bits.
    pub mtu: u32,
    /// Routers on the way.
    pub hops: u8,
    /// 255 for a way that loses nothing.
    pub reliability: u8,
    /// 255 for a way that is full.
    pub load: u8,
    /// A mark that is carried along.
    pub tag: u8,
    /// Flags.
    pub flags: u8,
}

/// Where a route came from that EIGRP did not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct External {
    /// The router that took it over.
    pub router: Ipv4Addr,
    /// Its autonomous system.
    pub system: u32,
    /// A mark of the administrator.
    pub tag: u32,
    /// Its metric there.
    pub metric: u32,
    /// The protocol it was taken from.
    pub protocol: u8,
    /// Flags.
    pub flags: u8,
}

/// One classic route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Where it was taken from, if it is an external one.
    pub external: Option<External>,
    /// Where to hand packets to; zero is the sender.
    pub next_hop: Ipv4Addr,
    /// How far it is.
    pub metric: Metric,
    /// Networks that are so far.
    pub networks: Vec<(Ipv4Addr, u8)>,
}

/// Something behind the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tlv {
    /// Type 1.
    Parameters(Parameters),
    /// Type 2.
    Authentication(Authentication),
    /// Type 3: those who are not to take the next multicast.
    Sequence(Vec<Ipv4Addr>),
    /// Type 4: version of the program and of its TLVs, major and minor.
    Version([u8; 2], [u8; 2]),
    /// Type 5: number of the next multicast.
    NextMulticast(u32),
    /// Type 7: these are no neighbours any more.
    Termination(Vec<Ipv4Addr>),
    /// Types 0102 and 0103.
    Route(Route),
    /// Another, by its type.
    Other(u16, Vec<u8>),
}

const PARAMETERS: u16 = 0x0001;
const AUTHENTICATION: u16 = 0x0002;
const SEQUENCE: u16 = 0x0003;
const SOFTWARE: u16 = 0x0004;
const NEXT_MULTICAST: u16 = 0x0005;
const TERMINATION: u16 = 0x0007;
const INTERNAL: u16 = 0x0102;
const EXTERNAL: u16 = 0x0103;

impl Tlv {
    /// Its type.
    pub const fn kind(&self) -> u16 {
        match self {
            Self::Parameters(_) => PARAMETERS,
            Self::Authentication(_) => AUTHENTICATION,
            Self::Sequence(_) => SEQUENCE,
            Self::Version(..) => SOFTWARE,
            Self::NextMulticast(_) => NEXT_MULTICAST,
            Self::Termination(_) => TERMINATION,
            Self::Route(Route { external: None, .. }) => INTERNAL,
            Self::Route(Route { external: Some(_), .. }) => EXTERNAL,
            Self::Other(kind, _) => *kind,
        }
    }

    /// The first TLV of these bytes, and what is behind it.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let head = bytes.get(..TLV_LEN)?;
        let (all, behind) = bytes.split_at_checked(usize::from(be16(head, 2)))?;
        let value = all.get(TLV_LEN..)?;
        let kind = be16(head, 0);
        let tlv = match kind {
            PARAMETERS => parameters(value).map(Self::Parameters),
            AUTHENTICATION => authentication(value).map(Self::Authentication),
            SEQUENCE => addresses(value).map(Self::Sequence),
            SOFTWARE => <[u8; 4]>::try_from(value).ok().map(|[a, b, c, d]| Self::Version([a, b], [c, d])),
            NEXT_MULTICAST => (value.len() == 4).then(|| Self::NextMulticast(be32(value, 0))),
            TERMINATION => addresses(value).map(Self::Termination),
            INTERNAL => route(value, false).map(Self::Route),
            EXTERNAL => route(value, true).map(Self::Route),
            other => Some(Self::Other(other, value.to_vec())),
        };
        Some((tlv?, behind))
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend(self.kind().to_be_bytes());
        bytes.extend([0, 0]);
        match self {
            Self::Parameters(parameters) => {
                bytes.extend(parameters.k);
                bytes.extend(parameters.hold.to_be_bytes());
            }
            Self::Authentication(told) => {
                bytes.extend(told.kind.to_be_bytes());
                bytes.extend((told.digest.len() as u16).to_be_bytes());
                bytes.extend(told.key.to_be_bytes());
                bytes.extend(told.sequence.to_be_bytes());
                bytes.extend([0; 8]);
                bytes.extend(&told.digest);
            }
            Self::Sequence(all) | Self::Termination(all) => {
                for ip in all {
                    bytes.push(4);
                    bytes.extend(ip.octets());
                }
            }
            Self::Version(program, tlvs) => bytes.extend([program[0], program[1], tlvs[0], tlvs[1]]),
            Self::NextMulticast(number) => bytes.extend(number.to_be_bytes()),
            Self::Route(route) => route.write(bytes),
            Self::Other(_, value) => bytes.extend(value),
        }
        let len = (bytes.len() - start) as u16;
        bytes[start + 2..start + 4].copy_from_slice(&len.to_be_bytes());
    }
}

impl Route {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.next_hop.octets());
        if let Some(external) = &self.external {
            bytes.extend(external.router.octets());
            for word in [external.system, external.tag, external.metric] {
                bytes.extend(word.to_be_bytes());
            }
            bytes.extend([0, 0, external.protocol, external.flags]);
        }
        let metric = &self.metric;
        bytes.extend(metric.delay.to_be_bytes());
        bytes.extend(metric.bandwidth.to_be_bytes());
        bytes.extend(&metric.mtu.to_be_bytes()[1..]);
        bytes.extend([metric.hops, metric.reliability, metric.load, metric.tag, metric.flags]);
        for (ip, len) in &self.networks {
            bytes.push(*len);
            bytes.extend(&ip.octets()[..prefix_bytes(*len)]);
        }
    }
}

/// So many bytes of an address are written.
const fn prefix_bytes(len: u8) -> usize {
    if len >= 32 { 4 } else { (len as usize).div_ceil(8) }
}

fn parameters(value: &[u8]) -> Option<Parameters> {
    let k: [u8; 6] = value.get(..6)?.try_into().ok()?;
    (value.len() == 8).then(|| Parameters { k, hold: be16(value, 6) })
}

fn authentication(value: &[u8]) -> Option<Authentication> {
    let (head, digest) = value.split_at_checked(AUTHENTICATION_LEN)?;
    let (kind, key, sequence) = (be16(head, 0), be32(head, 4), be32(head, 8));
    let fits = digest.len() == usize::from(be16(head, 2));
    fits.then(|| Authentication { kind, key, sequence, digest: digest.to_vec() })
}

/// Addresses, each with its length in front. Those of IP version 6 are for nobody here, and none is made of them.
fn addresses(mut value: &[u8]) -> Option<Vec<Ipv4Addr>> {
    let mut all = Vec::new();
    while let [4, a, b, c, d, rest @ ..] = value {
        all.push(Ipv4Addr::new(*a, *b, *c, *d));
        value = rest;
    }
    value.is_empty().then_some(all)
}

fn route(value: &[u8], is_external: bool) -> Option<Route> {
    let (hop, rest) = value.split_at_checked(4)?;
    let (external, rest) = rest.split_at_checked(if is_external { EXTERNAL_LEN } else { 0 })?;
    let (metric, mut rest) = rest.split_at_checked(METRIC_LEN)?;
    let external = is_external.then(|| External {
        router: Ipv4Addr::from_bits(be32(external, 0)),
        system: be32(external, 4),
        tag: be32(external, 8),
        metric: be32(external, 12),
        protocol: external[18],
        flags: external[19],
    });
    let metric = Metric {
        delay: be32(metric, 0),
        bandwidth: be32(metric, 4),
        mtu: be32(metric, 8) >> 8,
        hops: metric[11],
        reliability: metric[12],
        load: metric[13],
        tag: metric[14],
        flags: metric[15],
    };
    let mut networks = Vec::new();
    while let [len, behind @ ..] = rest {
        let (prefix, behind) = behind.split_at_checked(prefix_bytes(*len)).filter(|_| *len <= 32)?;
        let mut octets = [0; 4];
        octets[..prefix.len()].copy_from_slice(prefix);
        networks.push((Ipv4Addr::from(octets), *len));
        rest = behind;
    }
    let next_hop = Ipv4Addr::from_bits(be32(hop, 0));
    (!networks.is_empty()).then_some(Route { external, next_hop, metric, networks })
}
