//! BGP-4 (RFC 4271 §4): messages of 19 bytes and more, each with a header of sixteen ones, a length and a type.
//!
//! Reading says of a bad message which NOTIFICATION it deserves ([`Fault`]), or, for most bad attributes, that its
//! routes count as withdrawn (RFC 7606).
//!
//! | file | holds |
//! |---|---|
//! | [`open`] | OPEN: who speaks, and what it can do |
//! | [`update`] | UPDATE: routes that are gone and routes that are there |
//! | [`attributes`] | what is said of a route |
//! | [`path`] | the ASes a route came through |
//! | [`evpn`] | routes of an Ethernet VPN |
//! | [`extended`] | marks of routes of VPNs |
//! | [`fault`] | NOTIFICATION: what went wrong |

pub mod attributes;
pub mod evpn;
pub mod extended;
pub mod fault;
pub mod open;
pub mod path;
#[cfg(test)]
mod tests;
pub mod update;

use std::net::Ipv4Addr;

pub use attributes::{Attributes, More, Origin, Raw};
pub use fault::Fault;
pub use open::{Capability, Open};
pub use path::{AsPath, Segment};
pub use update::{Family, Routes, Update};

use crate::wire::be16;

/// TCP port.
pub const PORT: u16 = 179;
/// Marker, length and type.
pub const HEADER_LEN: usize = 19;
/// Longest message.
pub const MOST: usize = 4096;
/// Stands for an AS number that does not fit two bytes.
pub const AS_TRANS: u32 = 23456;

const OPEN: u8 = 1;
const UPDATE: u8 = 2;
const NOTIFICATION: u8 = 3;
const KEEPALIVE: u8 = 4;
const REFRESH: u8 = 5;

/// A prefix: address and length.
pub type Prefix = (Ipv4Addr, u8);

/// How the two ends of a session write and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// AS numbers have four bytes: both ends said so.
    pub four_bytes: bool,
    /// Both ends are in one AS.
    pub internal: bool,
    /// AS_PATH has a length of two bytes even when one would do, as FRR writes it.
    pub wide_path: bool,
}

impl Dialect {
    /// Between two ASes, with AS numbers of four bytes.
    pub const EXTERNAL: Self = Self { four_bytes: true, internal: false, wide_path: false };
}

/// A message that passed the checks of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Opens a session.
    Open(Open),
    /// Routes.
    Update(Box<Update>),
    /// Ends a session.
    Notification(Fault),
    /// A sign of life.
    Keepalive,
    /// Asks for all routes of a family once more; the byte tells begin and end of the answer (RFC 7313).
    Refresh(Family, u8),
}

/// Length of the message that begins here; nothing while its header is incomplete.
pub fn whole(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    if bytes.len() < HEADER_LEN {
        return Ok(None);
    }
    if bytes[..16] != [0xff; 16] {
        return Err(Fault::new(fault::HEADER, 1));
    }
    let len = usize::from(be16(bytes, 16));
    let least = match bytes[18] {
        OPEN => 29,
        UPDATE | REFRESH => 23,
        NOTIFICATION => 21,
        _ => HEADER_LEN,
    };
    let exact = match bytes[18] {
        KEEPALIVE => Some(HEADER_LEN),
        REFRESH => Some(23),
        _ => None,
    };
    if !(least..=MOST).contains(&len) || exact.is_some_and(|exact| exact != len) {
        return Err(Fault::with(fault::HEADER, 2, &bytes[16..18]));
    }
    if !(OPEN..=REFRESH).contains(&bytes[18]) {
        return Err(Fault::with(fault::HEADER, 3, &bytes[18..19]));
    }
    Ok(Some(len))
}

impl Message {
    /// Reads one whole message.
    pub fn read(bytes: &[u8], dialect: Dialect) -> Result<Self, Fault> {
        let length = Fault::with(fault::HEADER, 2, bytes.get(16..18).unwrap_or_default());
        if whole(bytes)? != Some(bytes.len()) {
            return Err(length);
        }
        let body = &bytes[HEADER_LEN..];
        Ok(match bytes[18] {
            OPEN => Self::Open(Open::read(body)?),
            UPDATE => Self::Update(Box::new(Update::read(body, dialect)?)),
            NOTIFICATION => Self::Notification(Fault::with(body[0], body[1], &body[2..])),
            REFRESH => Self::Refresh((be16(body, 0), body[3]), body[2]),
            _ => Self::Keepalive,
        })
    }

    /// The message as bytes.
    pub fn write(&self, dialect: Dialect) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        match self {
            Self::Open(open) => {
                begin(&mut bytes, OPEN);
                open.write(&mut bytes);
            }
            Self::Update(update) => {
                begin(&mut bytes, UPDATE);
                update.write(&mut bytes, dialect);
            }
            Self::Notification(fault) => {
                begin(&mut bytes, NOTIFICATION);
                bytes.extend([fault.code, fault.subcode]);
                bytes.extend(&fault.data);
            }
            Self::Keepalive => begin(&mut bytes, KEEPALIVE),
            Self::Refresh((afi, safi), kind) => {
                begin(&mut bytes, REFRESH);
                bytes.extend(afi.to_be_bytes());
                bytes.extend([*kind, *safi]);
            }
        }
        finish(&mut bytes);
        bytes
    }

    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open(_) => "OPEN",
            Self::Update(_) => "UPDATE",
            Self::Notification(_) => "NOTIFICATION",
            Self::Keepalive => "KEEPALIVE",
            Self::Refresh(..) => "ROUTE-REFRESH",
        }
    }
}

fn begin(bytes: &mut Vec<u8>, kind: u8) {
    bytes.extend([0xff; 16]);
    bytes.extend([0, 0, kind]);
}

fn finish(bytes: &mut [u8]) {
    let len = (bytes.len().min(usize::from(u16::MAX)) as u16).to_be_bytes();
    bytes[16..18].copy_from_slice(&len);
}

/// An UPDATE as bytes, without making a [`Message`] of it first.
pub fn write_update(withdrawn: &[Prefix], told: Option<&Attributes>, routes: &[Prefix], dialect: Dialect) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(80);
    begin(&mut bytes, UPDATE);
    update::write_parts(&mut bytes, withdrawn, [None, None], told.filter(|_| !routes.is_empty()), routes, dialect);
    finish(&mut bytes);
    bytes
}
