//! Who is at the other ends: by prefix where packets are carried, by hardware address where frames are.

use std::net::Ipv4Addr;

use crate::device::vtep::fdb::{FLOOD, Fdb, Remote};
use crate::id::EventNo;
use crate::wire::{Frame, LinkType, ethernet, ipv4};

/// A prefix and the host it lives behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// First address.
    pub ip: Ipv4Addr,
    /// Length.
    pub len: u8,
    /// The host.
    pub remote: Ipv4Addr,
    /// The event that wrote the row.
    pub written: EventNo,
}

impl Prefix {
    /// Key of the row: the longest prefix is found first by looking from the end.
    pub fn key(&self) -> u64 {
        u64::from(self.len) << 32 | u64::from(self.ip.to_bits())
    }

    fn holds(&self, ip: Ipv4Addr) -> bool {
        let mask = u32::MAX.checked_shl(32 - u32::from(self.len)).unwrap_or(0);
        self.ip.to_bits() & mask == ip.to_bits() & mask
    }
}

/// All other ends.
#[derive(Clone, Debug)]
pub enum Peers {
    /// By inner destination address, sorted by key.
    Prefixes(Vec<Prefix>),
    /// By inner hardware address.
    Macs(Fdb),
}

/// The remotes a frame goes to, and the row that said so.
#[derive(Clone, Debug)]
pub struct Found {
    /// The remotes.
    pub remotes: Vec<Ipv4Addr>,
    /// Key of the first row.
    pub key: u64,
    /// No row of its own: everybody gets a copy.
    pub flooded: bool,
}

impl Peers {
    /// Nobody yet.
    pub fn new(carries: LinkType) -> Self {
        match carries {
            LinkType::Ip => Self::Prefixes(Vec::new()),
            LinkType::Ethernet => Self::Macs(Fdb::default()),
        }
    }

    /// Where a frame goes.
    pub fn find(&self, frame: &Frame) -> Option<Found> {
        match self {
            Self::Prefixes(rows) => {
                let bytes = frame.bytes();
                if bytes.len() < ipv4::HEADER_LEN {
                    return None;
                }
                let dst = Ipv4Addr::new(bytes[16], bytes[17], bytes[18], bytes[19]);
                let row = rows.iter().rev().find(|row| row.holds(dst))?;
                Some(Found { remotes: vec![row.remote], key: row.key(), flooded: false })
            }
            Self::Macs(fdb) => {
                let mac = ethernet::dst(frame.bytes())?.key();
                let (mac, row) = fdb.get(mac).map(|row| (mac, row)).or_else(|| Some((FLOOD, fdb.get(FLOOD)?)))?;
                let remotes = row.remotes.iter().map(|Remote { ip, .. }| *ip).collect();
                Some(Found { remotes, key: crate::device::vtep::fdb::shown_key(mac, 0), flooded: mac == FLOOD })
            }
        }
    }

    /// The other end, if there is only one for everything.
    pub fn only(&self) -> Option<Ipv4Addr> {
        match self {
            Self::Prefixes(rows) => match rows[..] {
                [Prefix { len: 0, remote, .. }] => Some(remote),
                _ => None,
            },
            Self::Macs(fdb) => match fdb.get(FLOOD).map(|row| &row.remotes[..]) {
                Some([only]) => Some(only.ip),
                _ => None,
            },
        }
    }

    /// Whether any row names this host.
    pub fn knows(&self, from: Ipv4Addr) -> bool {
        match self {
            Self::Prefixes(rows) => rows.iter().any(|row| row.remote == from),
            Self::Macs(fdb) => fdb.iter().any(|(_, row)| row.remotes.iter().any(|remote| remote.ip == from)),
        }
    }

    /// All hosts that rows name, in an order that differs between machines.
    pub fn ends(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::Prefixes(rows) => rows.iter().map(|row| row.remote).collect(),
            Self::Macs(fdb) => fdb.ends().collect(),
        }
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Prefixes(rows) => rows.capacity() * 24,
            Self::Macs(fdb) => fdb.heap_bytes(),
        }
    }
}
