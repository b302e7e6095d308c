//! UPDATE: routes that are gone, attributes, and the routes that have them (RFC 4271 §4.3, RFC 4760).

use std::net::Ipv4Addr;

use smallvec::SmallVec;

use super::attributes::{self, Attributes, Reading};
use super::{Dialect, Fault, Prefix, fault};
use crate::wire::be16;

/// Kind of addresses and what they are used for.
pub type Family = (u16, u8);
/// IPv4, unicast.
pub const IPV4: Family = (1, 1);
/// Ethernet VPN.
pub const EVPN: Family = (25, 70);

/// Routes of a family other than IPv4, as they stand in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The family.
    pub family: Family,
    /// Where packets go; empty for routes that are gone.
    pub next_hop: Vec<u8>,
    /// The routes.
    pub nlri: Vec<u8>,
}

/// An UPDATE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Routes that are gone.
    pub withdrawn: SmallVec<[Prefix; 1]>,
    /// What is said of the routes; nothing when there are none, or when they are treated as withdrawn.
    pub attributes: Option<Attributes>,
    /// Routes that are there.
    pub routes: SmallVec<[Prefix; 1]>,
    /// Routes of other families.
    pub reach: Option<Box<Routes>>,
    /// Routes of other families that are gone.
    pub unreach: Option<Box<Routes>>,
    /// Why the routes are treated as withdrawn: a fault that does not end the session.
    pub treated: Option<Box<Fault>>,
    /// Types of attributes that were left out because something was wrong with them.
    pub discarded: SmallVec<[u8; 4]>,
}

impl Update {
    /// It tells that the routes of IPv4 are complete (RFC 4724 §2).
    pub fn is_end_of_rib(&self) -> bool {
        *self == Self::default()
    }

    /// Reads what follows the header.
    pub(super) fn read(body: &[u8], dialect: Dialect) -> Result<Self, Fault> {
        let list = || Fault::new(fault::UPDATE, 1);
        let (withdrawn, rest) = body[2..].split_at_checked(usize::from(be16(body, 0))).ok_or_else(list)?;
        let (len, rest) = rest.split_at_checked(2).ok_or_else(list)?;
        let (told, routes) = rest.split_at_checked(usize::from(be16(len, 0))).ok_or_else(list)?;
        let mut update = Self { withdrawn: prefixes(withdrawn)?, routes: prefixes(routes)?, ..Self::default() };
        if told.is_empty() {
            if !update.routes.is_empty() {
                update.treated = Some(Box::new(Fault::with(fault::UPDATE, 3, &[attributes::ORIGIN])));
            }
            return Ok(update);
        }
        let mut reading = Reading::default();
        reading.all(told, dialect)?;
        let needs = !update.routes.is_empty() || reading.reach.is_some();
        if needs && reading.treated.is_none() {
            reading.missing(!update.routes.is_empty(), dialect);
        }
        update.discarded = reading.discarded;
        (update.reach, update.unreach) = (reading.reach, reading.unreach);
        if let Some(fault) = reading.treated {
            update.treated = needs.then(|| Box::new(fault));
        } else if needs {
            update.attributes = Some(reading.found);
        }
        Ok(update)
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>, dialect: Dialect) {
        let others = [self.reach.as_deref(), self.unreach.as_deref()];
        write_parts(bytes, &self.withdrawn, others, self.attributes.as_ref(), &self.routes, dialect);
    }
}

pub(super) fn write_parts(
    bytes: &mut Vec<u8>,
    withdrawn: &[Prefix],
    [reach, unreach]: [Option<&Routes>; 2],
    told: Option<&Attributes>,
    routes: &[Prefix],
    dialect: Dialect,
) {
    let start = bytes.len();
    bytes.extend([0, 0]);
    write_prefixes(bytes, withdrawn);
    length(bytes, start);
    let start = bytes.len();
    bytes.extend([0, 0]);
    attributes::write_others(bytes, reach, unreach);
    if let Some(told) = told {
        told.write(bytes, !routes.is_empty(), dialect);
    }
    length(bytes, start);
    write_prefixes(bytes, routes);
}

fn length(bytes: &mut [u8], at: usize) {
    let len = (bytes.len() - at - 2).min(usize::from(u16::MAX)) as u16;
    bytes[at..at + 2].copy_from_slice(&len.to_be_bytes());
}

fn prefixes(mut bytes: &[u8]) -> Result<SmallVec<[Prefix; 1]>, Fault> {
    let network = || Fault::new(fault::UPDATE, 10);
    let mut all = SmallVec::new();
    while let [len, rest @ ..] = bytes {
        let used = usize::from(*len).div_ceil(8);
        if *len > 32 || rest.len() < used {
            return Err(network());
        }
        let mut address = [0; 4];
        address[..used].copy_from_slice(&rest[..used]);
        // Bits behind the length say nothing (RFC 4271 §4.3).
        let address = u32::from_be_bytes(address) & crate::wire::ipv4::mask(*len);
        all.push((Ipv4Addr::from_bits(address), *len));
        bytes = &rest[used..];
    }
    Ok(all)
}

fn write_prefixes(bytes: &mut Vec<u8>, all: &[Prefix]) {
    for (address, len) in all {
        bytes.push(*len);
        bytes.extend_from_slice(&address.octets()[..usize::from(*len).div_ceil(8).min(4)]);
    }
}
