//! OPEN (RFC 4271 §4.2) with capabilities (RFC 5492).

use std::net::Ipv4Addr;

use super::{AS_TRANS, Family, Fault, fault};
use crate::wire::{be16, be32};

const CAPABILITIES: u8 = 2;
const MULTIPROTOCOL: u8 = 1;
const REFRESH: u8 = 2;
const FOUR_BYTES: u8 = 65;

/// Something a speaker can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Routes of a family (RFC 4760).
    Family(Family),
    /// Routes on demand (RFC 2918).
    Refresh,
    /// AS numbers of four bytes, and its own (RFC 6793).
    FourBytes(u32),
    /// Another one: code and value.
    Other(u8, Vec<u8>),
}

/// The first message of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The AS, as far as two bytes can hold it.
    pub my_as: u16,
    /// Longest silence it bears, in seconds.
    pub hold: u16,
    /// Its identifier.
    pub id: Ipv4Addr,
    /// Its capabilities, by the parameters they stand in: some write one parameter, some one for each.
    pub parameters: Vec<Vec<Capability>>,
}

impl Open {
    /// An OPEN for an AS of any size, with routes of IPv4.
    pub fn new(asn: u32, hold: u16, id: Ipv4Addr) -> Self {
        let capabilities =
            vec![Capability::Family(super::update::IPV4), Capability::Refresh, Capability::FourBytes(asn)];
        let my_as = u16::try_from(asn).unwrap_or(AS_TRANS as u16);
        Self { my_as, hold, id, parameters: vec![capabilities] }
    }

    /// The same with routes of these families.
    pub fn of(asn: u32, hold: u16, id: Ipv4Addr, families: &[Family]) -> Self {
        let mut open = Self::new(asn, hold, id);
        let own = families.iter().map(|family| Capability::Family(*family));
        if let Some(capabilities) = open.parameters.first_mut() {
            capabilities.splice(..1, own);
        }
        open
    }

    /// All capabilities.
    pub fn capabilities(&self) -> impl Iterator<Item = &Capability> + Clone {
        self.parameters.iter().flatten()
    }

    /// The AS, if the capability is there as it says.
    pub fn asn(&self) -> u32 {
        self.four_bytes().unwrap_or(u32::from(self.my_as))
    }

    /// The AS in four bytes.
    pub fn four_bytes(&self) -> Option<u32> {
        self.capabilities().find_map(|one| if let Capability::FourBytes(asn) = one { Some(*asn) } else { None })
    }

    /// It takes routes of this family. Without any such capability it takes those of IPv4 (RFC 4760 §8).
    pub fn speaks(&self, family: Family) -> bool {
        let mut families = self.capabilities().filter_map(|one| match one {
            Capability::Family(own) => Some(*own),
            _ => None,
        });
        let mut any = families.clone();
        families.any(|own| own == family) || any.next().is_none() && family == super::update::IPV4
    }

    /// Reads what follows the header.
    pub(super) fn read(body: &[u8]) -> Result<Self, Fault> {
        if body[0] != 4 {
            return Err(Fault::with(fault::OPEN, 1, &[0, 4]));
        }
        let hold = be16(body, 3);
        let id = Ipv4Addr::from_bits(be32(body, 5));
        let mut open = Self { my_as: be16(body, 1), hold, id, parameters: Vec::new() };
        let mut rest = &body[10..];
        if rest.len() != usize::from(body[9]) {
            return Err(Fault::new(fault::OPEN, 0));
        }
        while let [kind, len, after @ ..] = rest {
            let Some((value, next)) = after.split_at_checked(usize::from(*len)) else {
                return Err(Fault::new(fault::OPEN, 0));
            };
            if *kind != CAPABILITIES {
                return Err(Fault::with(fault::OPEN, 4, &rest[..2 + value.len()]));
            }
            open.parameters.push(capabilities(value)?);
            rest = next;
        }
        if !rest.is_empty() {
            return Err(Fault::new(fault::OPEN, 0));
        }
        if matches!(hold, 1 | 2) {
            return Err(Fault::with(fault::OPEN, 6, &body[3..5]));
        }
        if id.is_unspecified() || id.is_multicast() || id.is_broadcast() {
            return Err(Fault::with(fault::OPEN, 3, &body[5..9]));
        }
        if open.asn() == 0 {
            return Err(Fault::with(fault::OPEN, 2, &body[1..3]));
        }
        Ok(open)
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(4);
        bytes.extend(self.my_as.to_be_bytes());
        bytes.extend(self.hold.to_be_bytes());
        bytes.extend(self.id.octets());
        let at = bytes.len();
        bytes.push(0);
        for parameter in &self.parameters {
            let at = bytes.len();
            bytes.extend([CAPABILITIES, 0]);
            for capability in parameter {
                capability.write(bytes);
            }
            bytes[at + 1] = (bytes.len() - at - 2).min(255) as u8;
        }
        bytes[at] = (bytes.len() - at - 1).min(255) as u8;
    }
}

impl Capability {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Family((afi, safi)) => {
                bytes.extend([MULTIPROTOCOL, 4]);
                bytes.extend(afi.to_be_bytes());
                bytes.extend([0, *safi]);
            }
            Self::Refresh => bytes.extend([REFRESH, 0]),
            Self::FourBytes(asn) => {
                bytes.extend([FOUR_BYTES, 4]);
                bytes.extend(asn.to_be_bytes());
            }
            Self::Other(code, value) => {
                bytes.extend([*code, value.len().min(255) as u8]);
                bytes.extend(&value[..value.len().min(255)]);
            }
        }
    }
}

fn capabilities(mut rest: &[u8]) -> Result<Vec<Capability>, Fault> {
    let mut all = Vec::new();
    while let [code, len, after @ ..] = rest {
        let Some((value, next)) = after.split_at_checked(usize::from(*len)) else {
            return Err(Fault::new(fault::OPEN, 0));
        };
        all.push(match (*code, value) {
            (MULTIPROTOCOL, [_, _, _, safi]) => Capability::Family((be16(value, 0), *safi)),
            (REFRESH, []) => Capability::Refresh,
            (FOUR_BYTES, [_, _, _, _]) => Capability::FourBytes(be32(value, 0)),
            (MULTIPROTOCOL | REFRESH | FOUR_BYTES, _) => return Err(Fault::new(fault::OPEN, 0)),
            (code, value) => Capability::Other(code, value.to_vec()),
        });
        rest = next;
    }
    if rest.is_empty() { Ok(all) } else { Err(Fault::new(fault::OPEN, 0)) }
}
