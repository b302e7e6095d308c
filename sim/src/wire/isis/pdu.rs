//! The PDUs (ISO/IEC 10589 §9), each behind the same header of 8 bytes.

use super::tlv::{self, Tlv};
use super::{DISCRIMINATOR, Level, Levels, Lsp, LspId, NodeId, SystemId, lsp};
use crate::wire::be16;

/// Discriminator, header length, version, length of ids, type, version, reserved, number of areas.
pub const COMMON_LEN: usize = 8;
const LAN_HELLO_LEN: usize = 27;
const POINT_HELLO_LEN: usize = 20;
const COMPLETE_LEN: usize = 33;
const PARTIAL_LEN: usize = 17;

/// What is wrong with a PDU as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its length is not that of its bytes, or its header has another length than its type wants.
    Length,
    /// Another protocol of the OSI network layer, by its first byte.
    Protocol(u8),
    /// Another version, with its number.
    Version(u8),
    /// Ids of another length than six bytes.
    IdLength(u8),
    /// An unknown type, with its number.
    Type(u8),
    /// Something in it is cut off or does not fit its type.
    Tlv,
    /// The checksum of an LSP does not add up.
    Checksum,
}

/// What kind of link a hello is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelloKind {
    /// A LAN; each level has its own hellos there.
    Lan {
        /// The level.
        level: Level,
        /// Priority for becoming designated system.
        priority: u8,
        /// The LAN as its designated system calls it; nothing but zeros as long as nobody is known.
        lan: NodeId,
    },
    /// Two systems; one hello for both levels.
    Point {
        /// Number of the circuit at the sender.
        circuit: u8,
    },
}

/// "I am here, and this is whom I hear."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// What kind of link it is for.
    pub kind: HelloKind,
    /// Levels the sender speaks on it.
    pub levels: Levels,
    /// The sender.
    pub system: SystemId,
    /// Seconds of silence after which the sender is gone.
    pub hold: u16,
    /// The rest.
    pub tlvs: Vec<Tlv>,
}

/// What a system knows: of a whole range of ids, or of some LSPs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snp {
    /// The level.
    pub level: Level,
    /// The sender, with the number of its circuit.
    pub source: NodeId,
    /// First and last id where nothing is left out: a complete one. A partial one has no range.
    pub range: Option<(LspId, LspId)>,
    /// The entries.
    pub tlvs: Vec<Tlv>,
}

impl Snp {
    /// Its entries.
    pub fn entries(&self) -> impl Iterator<Item = &tlv::Entry> {
        self.tlvs.iter().flat_map(Tlv::entries)
    }
}

/// A PDU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pdu {
    /// Types 15, 16 and 17.
    Hello(Hello),
    /// Types 18 and 20.
    Lsp(Lsp),
    /// Types 24 to 27.
    Snp(Snp),
}

/// The common header; what follows has its length to be put in first.
pub(super) fn head(kind: u8, len: usize) -> Vec<u8> {
    vec![DISCRIMINATOR, len as u8, 1, 0, kind, 1, 0, 0]
}

impl Pdu {
    /// The number of its type.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Hello(Hello { kind: HelloKind::Lan { level, .. }, .. }) => 14 + level.number(),
            Self::Hello(_) => 17,
            Self::Lsp(lsp) => 16 + 2 * lsp.level.number(),
            Self::Snp(snp) if snp.range.is_some() => 23 + snp.level.number(),
            Self::Snp(snp) => 25 + snp.level.number(),
        }
    }

    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Hello(Hello { kind: HelloKind::Lan { .. }, .. }) => "LAN hello",
            Self::Hello(_) => "p2p hello",
            Self::Lsp(_) => "LSP",
            Self::Snp(Snp { range: Some(_), .. }) => "CSNP",
            Self::Snp(_) => "PSNP",
        }
    }

    /// Where the length of the PDU stands.
    pub const fn length_at(kind: u8) -> usize {
        match kind {
            15..=17 => 17,
            _ => COMMON_LEN,
        }
    }

    /// Reads the bytes behind LLC. Bytes behind its own length are not part of it.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let common = bytes.get(..COMMON_LEN).ok_or(Fault::Length)?;
        let kind = common[4] & 0x1f;
        match () {
            () if common[0] != DISCRIMINATOR => return Err(Fault::Protocol(common[0])),
            () if common[2] != 1 || common[5] != 1 => {
                return Err(Fault::Version(if common[2] == 1 { common[5] } else { common[2] }));
            }
            () if !matches!(common[3], 0 | 6) => return Err(Fault::IdLength(common[3])),
            () => {}
        }
        let header = match kind {
            15 | 16 => LAN_HELLO_LEN,
            17 => POINT_HELLO_LEN,
            18 | 20 => lsp::HEADER_LEN,
            24 | 25 => COMPLETE_LEN,
            26 | 27 => PARTIAL_LEN,
            other => return Err(Fault::Type(other)),
        };
        let at = Self::length_at(kind);
        let len = bytes.get(at..at + 2).map(|field| usize::from(be16(field, 0)));
        let bytes = len.and_then(|len| bytes.get(..len)).filter(|all| all.len() >= header);
        let bytes = bytes.filter(|_| usize::from(common[1]) == header).ok_or(Fault::Length)?;
        let level = if matches!(kind, 15 | 18 | 24 | 26) { Level::One } else { Level::Two };
        if matches!(kind, 18 | 20) {
            return Lsp::read(level, bytes).map(Self::Lsp);
        }
        let tlvs = tlv::read(&bytes[header..]).ok_or(Fault::Tlv)?;
        if matches!(kind, 15..=17) {
            return Ok(Self::Hello(hello(kind, level, bytes, tlvs)));
        }
        let range = || (LspId::read(&bytes[17..]), LspId::read(&bytes[25..]));
        let range = (header == COMPLETE_LEN).then(range);
        Ok(Self::Snp(Snp { level, source: NodeId::read(&bytes[10..]), range, tlvs }))
    }

    /// The PDU as bytes.
    pub fn write(&self) -> Vec<u8> {
        let (mut bytes, tlvs) = match self {
            Self::Lsp(lsp) => return lsp.write(),
            Self::Hello(hello) => {
                let lan = matches!(hello.kind, HelloKind::Lan { .. });
                let mut bytes = head(self.kind(), if lan { LAN_HELLO_LEN } else { POINT_HELLO_LEN });
                bytes.push(hello.levels.0);
                bytes.extend(hello.system.0);
                bytes.extend(hello.hold.to_be_bytes());
                bytes.extend([0; 2]);
                match hello.kind {
                    HelloKind::Lan { priority, lan, .. } => {
                        bytes.push(priority);
                        lan.write(&mut bytes);
                    }
                    HelloKind::Point { circuit } => bytes.push(circuit),
                }
                (bytes, &hello.tlvs)
            }
            Self::Snp(snp) => {
                let mut bytes = head(self.kind(), if snp.range.is_some() { COMPLETE_LEN } else { PARTIAL_LEN });
                bytes.extend([0; 2]);
                snp.source.write(&mut bytes);
                if let Some((first, last)) = snp.range {
                    first.write(&mut bytes);
                    last.write(&mut bytes);
                }
                (bytes, &snp.tlvs)
            }
        };
        for tlv in tlvs {
            tlv.write(&mut bytes);
        }
        let (at, len) = (Self::length_at(self.kind()), bytes.len() as u16);
        bytes[at..at + 2].copy_from_slice(&len.to_be_bytes());
        bytes
    }
}

fn hello(kind: u8, level: Level, bytes: &[u8], tlvs: Vec<Tlv>) -> Hello {
    Hello {
        kind: if kind == 17 {
            HelloKind::Point { circuit: bytes[19] }
        } else {
            HelloKind::Lan { level, priority: bytes[19] & 0x7f, lan: NodeId::read(&bytes[20..]) }
        },
        levels: Levels(bytes[8] & 3),
        system: NodeId::read(&bytes[9..]).system,
        hold: be16(bytes, 15),
        tlvs,
    }
}
