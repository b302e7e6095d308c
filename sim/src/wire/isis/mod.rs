//! IS-IS (ISO/IEC 10589, RFC 1195, 5303, 5305): what intermediate systems say to each other, right on the link.
//!
//! | file | holds |
//! |---|---|
//! | [`pdu`] | hellos, and sequence number PDUs, behind their common header |
//! | [`lsp`] | link-state PDUs: the pieces of the map |
//! | [`tlv`] | what stands in them: type, length, value |
//!
//! System ids have six bytes, and an area up to thirteen. Authentication is read as clear text; other kinds as bytes.

pub mod lsp;
pub mod pdu;
#[cfg(test)]
pub(crate) mod tests;
pub mod tlv;

use std::fmt;
use std::str::FromStr;

pub use lsp::Lsp;
pub use pdu::{Fault, Hello, HelloKind, Pdu, Snp};
pub use tlv::Tlv;

use crate::wire::MacAddr;

/// All systems of level 1 on a LAN (`AllL1ISs`).
pub const ALL_LEVEL_1: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x14]);
/// All systems of level 2 on a LAN (`AllL2ISs`).
pub const ALL_LEVEL_2: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x15]);
/// All systems: where a link between two is an Ethernet (`AllIntermediateSystems`, RFC 5309 §4.1).
pub const ALL_SYSTEMS: MacAddr = MacAddr([0x09, 0, 0x2b, 0, 0, 0x05]);

/// The first byte of every PDU, by which a receiver knows the protocol (ISO/IEC TR 9577).
pub const DISCRIMINATOR: u8 = 0x83;
/// IPv4 in the list of protocols a system routes.
pub const IPV4: u8 = 0xcc;

/// One of the two levels: routing within an area, and between areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Within an area.
    One,
    /// Between areas.
    Two,
}

impl Level {
    /// Both.
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    /// 1 or 2.
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// 0 or 1, for lists with one place for each.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Where its PDUs go on a LAN.
    pub const fn group(self) -> MacAddr {
        match self {
            Self::One => ALL_LEVEL_1,
            Self::Two => ALL_LEVEL_2,
        }
    }
}

/// A set of levels, as the circuit type of a hello says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Levels(pub u8);

impl Levels {
    /// Level 1 only.
    pub const ONE: Self = Self(1);
    /// Level 2 only.
    pub const TWO: Self = Self(2);
    /// Both.
    pub const BOTH: Self = Self(3);

    /// This one among them.
    pub const fn has(self, level: Level) -> bool {
        self.0 & level.number() != 0
    }

    /// Those in both sets.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The levels of it, 1 before 2.
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(move |level| self.has(*level))
    }

    /// `1`, `2` or `1-2`.
    pub const fn word(self) -> &'static str {
        match self.0 & 3 {
            1 => "1",
            2 => "2",
            3 => "1-2",
            _ => "-",
        }
    }
}

/// Six bytes that tell a system from all others of its domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemId(pub [u8; 6]);

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}{b:02x}.{c:02x}{d:02x}.{e:02x}{g:02x}")
    }
}

/// The digits of a text that has nothing else but dots.
fn digits(text: &str) -> Option<Vec<u8>> {
    let plain: Vec<u8> = text.bytes().filter(|byte| *byte != b'.').collect();
    let pair = |two: &[u8]| {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        Some((digit(two[0])? << 4 | digit(two[1])?) as u8)
    };
    plain.len().is_multiple_of(2).then(|| plain.chunks_exact(2).map(pair).collect())?
}

impl FromStr for SystemId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts = text.split('.').map(str::len).collect::<Vec<_>>();
        let bytes = digits(text).filter(|_| parts == [4, 4, 4]).ok_or(())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

/// A node of the map: a system, or a LAN by the name its designated system gave it (a pseudonode, not 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId {
    /// The system.
    pub system: SystemId,
    /// 0, or the number of the LAN.
    pub pseudonode: u8,
}

impl NodeId {
    /// A system itself.
    pub const fn of(system: SystemId) -> Self {
        Self { system, pseudonode: 0 }
    }

    /// Reads one; `bytes` has 7 or more.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut system = [0; 6];
        system.copy_from_slice(&bytes[..6]);
        Self { system: SystemId(system), pseudonode: bytes[6] }
    }

    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.system.0);
        bytes.push(self.pseudonode);
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02x}", self.system, self.pseudonode)
    }
}

/// Names a piece of the map: whose it is, and which of its fragments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LspId {
    /// Whose links it tells.
    pub node: NodeId,
    /// Number of the fragment.
    pub fragment: u8,
}

impl LspId {
    /// Above all others.
    pub const LAST: Self = Self { node: NodeId { system: SystemId([0xff; 6]), pseudonode: 0xff }, fragment: 0xff };

    /// Reads one; `bytes` has 8 or more.
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self { node: NodeId::read(bytes), fragment: bytes[7] }
    }

    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        self.node.write(bytes);
        bytes.push(self.fragment);
    }
}

impl fmt::Display for LspId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02x}", self.node, self.fragment)
    }
}

/// The address of an area: `49.0001`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area(pub Vec<u8>);

impl Area {
    /// The longest there is.
    pub const MAX: usize = 13;
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let dot = if at % 2 == 1 { "." } else { "" };
            write!(f, "{dot}{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for Area {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let dotted = !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
        let fits = |bytes: &Vec<u8>| dotted && (1..=Self::MAX).contains(&bytes.len());
        digits(text).filter(fits).map(Self).ok_or(())
    }
}
