//! Link-state PDUs (ISO/IEC 10589 §9.8, 9.9): what one system says about its links, in the words of the map.

use std::cmp::Ordering;

use super::pdu::{COMMON_LEN, Fault, head};
use super::tlv::{self, Entry, Tlv};
use super::{Level, LspId};
use crate::wire::{be16, be32, checksum};

/// Common header, length, lifetime, id, sequence number, checksum, flags.
pub const HEADER_LEN: usize = 27;
/// Lifetime, id, sequence number, checksum of one of them.
pub const ENTRY_LEN: usize = 16;
/// Where the checksum begins to count: the id. The lifetime before it changes on the way.
const CHECKED_FROM: usize = 12;
/// Where the checksum stands, counted from there.
const CHECKSUM_AT: usize = 12;

/// Flag: its system leads out of the area, for the default metric.
pub const ATTACHED: u8 = 0x08;
/// Flag: nobody shall go through this system.
pub const OVERLOAD: u8 = 0x04;

pub(super) fn entry(bytes: &[u8]) -> Entry {
    Entry { lifetime: be16(bytes, 0), id: LspId::read(&bytes[2..]), seq: be32(bytes, 10), checksum: be16(bytes, 14) }
}

pub(super) fn write_entry(entry: &Entry, bytes: &mut Vec<u8>) {
    bytes.extend(entry.lifetime.to_be_bytes());
    entry.id.write(bytes);
    bytes.extend(entry.seq.to_be_bytes());
    bytes.extend(entry.checksum.to_be_bytes());
}

impl Entry {
    /// Which of two versions is the newer one (ISO/IEC 10589 §7.3.16); `Greater` if this is. A version that has died is
    /// newer than the same one alive.
    pub fn newer(&self, other: &Self) -> Ordering {
        self.seq.cmp(&other.seq).then((self.lifetime == 0).cmp(&(other.lifetime == 0)))
    }
}

/// An LSP. What it says is kept as bytes, so that what nobody here understands goes on unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lsp {
    /// Its level.
    pub level: Level,
    /// Seconds it has still to live; 0 when it is only there to be told that it is gone.
    pub lifetime: u16,
    /// Which.
    pub id: LspId,
    /// Number of the version.
    pub seq: u32,
    /// Fletcher checksum of everything from the id on.
    pub checksum: u16,
    /// [`ATTACHED`], [`OVERLOAD`], and the levels of the system in the lowest bits.
    pub flags: u8,
    /// What it says.
    pub bytes: Vec<u8>,
}

impl Lsp {
    /// A new version, with its checksum.
    pub fn new(level: Level, (id, seq): (LspId, u32), lifetime: u16, flags: u8, tlvs: &[Tlv]) -> Self {
        let mut lsp = Self { level, lifetime, id, seq, checksum: 0, flags, bytes: tlv::write(tlvs) };
        lsp.checksum = checksum::fletcher(&lsp.checked(), CHECKSUM_AT);
        lsp
    }

    /// Says that an LSP is gone: its header alone, without lifetime.
    pub fn purge(&self) -> Self {
        Self::new(self.level, (self.id, self.seq), 0, self.flags, &[])
    }

    fn checked(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(15 + self.bytes.len());
        self.id.write(&mut bytes);
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend([0, 0, self.flags]);
        bytes.extend(&self.bytes);
        bytes
    }

    /// The checksum adds up. That of one which has died says nothing (ISO/IEC 10589 §7.3.16.4).
    pub fn is_intact(&self) -> bool {
        self.lifetime == 0 || self.checksum == checksum::fletcher(&self.checked(), CHECKSUM_AT)
    }

    /// What it says; nothing when something in it does not fit its type.
    pub fn tlvs(&self) -> Option<Vec<Tlv>> {
        tlv::read(&self.bytes)
    }

    /// Which, and how new.
    pub const fn entry(&self) -> Entry {
        Entry { lifetime: self.lifetime, id: self.id, seq: self.seq, checksum: self.checksum }
    }

    /// Reads the bytes behind the common header; `bytes` is the whole PDU.
    pub(super) fn read(level: Level, bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() < HEADER_LEN {
            return Err(Fault::Length);
        }
        let lsp = Self {
            level,
            lifetime: be16(bytes, 10),
            id: LspId::read(&bytes[CHECKED_FROM..]),
            seq: be32(bytes, 20),
            checksum: be16(bytes, 24),
            flags: bytes[26],
            bytes: bytes[HEADER_LEN..].to_vec(),
        };
        if !lsp.is_intact() {
            return Err(Fault::Checksum);
        }
        lsp.tlvs().map(|_| lsp).ok_or(Fault::Tlv)
    }

    /// The PDU as bytes.
    pub fn write(&self) -> Vec<u8> {
        let kind = if self.level == Level::One { 18 } else { 20 };
        let mut bytes = head(kind, HEADER_LEN);
        bytes.extend(((HEADER_LEN + self.bytes.len()) as u16).to_be_bytes());
        bytes.extend(self.lifetime.to_be_bytes());
        debug_assert_eq!(bytes.len(), COMMON_LEN + 4);
        self.id.write(&mut bytes);
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.checksum.to_be_bytes());
        bytes.push(self.flags);
        bytes.extend(&self.bytes);
        bytes
    }
}
