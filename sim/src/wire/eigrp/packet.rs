//! The header of 20 bytes that all packets have (RFC 7868 §6). Its length is that of the IP packet.

use super::tlv::Tlv;
use crate::wire::{be16, be32, checksum};

/// Version, opcode, checksum, flags, sequence, acknowledgement, virtual router, autonomous system.
pub const HEADER_LEN: usize = 20;
/// Version of the header.
const VERSION: u8 = 2;
/// Where the checksum stands.
const CHECKSUM_AT: usize = 2;

/// What is wrong with a packet as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Shorter than its header, or its TLVs do not fill it.
    Length,
    /// Another version, with its number.
    Version(u8),
    /// An unknown opcode, with its number.
    Opcode(u8),
    /// The checksum does not add up.
    Checksum,
}

/// What a packet is for (RFC 7868 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Tells routes.
    Update,
    /// Asks for a way to a network that was lost.
    Query,
    /// Answers a query.
    Reply,
    /// "I am here"; with an acknowledgement and nothing else it only acknowledges.
    Hello,
    /// Asks whether a query that nobody has answered is still worked on.
    SiaQuery,
    /// Answers that.
    SiaReply,
}

impl Opcode {
    const ALL: [(u8, Self, &'static str); 6] = [
        (1, Self::Update, "update"),
        (3, Self::Query, "query"),
        (4, Self::Reply, "reply"),
        (5, Self::Hello, "hello"),
        (10, Self::SiaQuery, "SIA query"),
        (11, Self::SiaReply, "SIA reply"),
    ];

    fn entry(self) -> (u8, &'static str) {
        Self::ALL.iter().find(|(_, own, _)| *own == self).map_or((0, ""), |(number, _, word)| (*number, *word))
    }

    /// Its number in the header.
    pub fn number(self) -> u8 {
        self.entry().0
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        self.entry().1
    }
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it is for.
    pub opcode: Opcode,
    /// [`super::INIT`], [`super::CONDITIONAL`], [`super::RESTART`], [`super::END_OF_TABLE`].
    pub flags: u32,
    /// Number by which it is acknowledged; 0 for one that is not.
    pub sequence: u32,
    /// Number of the packet that is acknowledged; 0 for none.
    pub ack: u32,
    /// Virtual router; 0 for unicast routes.
    pub virtual_router: u16,
    /// Autonomous system.
    pub system: u16,
    /// What it says.
    pub tlvs: Vec<Tlv>,
}

impl Packet {
    /// It does nothing but acknowledge. FRR puts the TLVs of a hello behind it.
    pub fn is_ack(&self) -> bool {
        self.opcode == Opcode::Hello && self.ack != 0
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        if self.is_ack() { "acknowledgement" } else { self.opcode.word() }
    }

    /// Reads the bytes behind the IP header.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let (head, mut rest) = bytes.split_at_checked(HEADER_LEN).ok_or(Fault::Length)?;
        if head[0] != VERSION {
            return Err(Fault::Version(head[0]));
        }
        if checksum::finish(checksum::sum(bytes)) != 0 {
            return Err(Fault::Checksum);
        }
        let known = Opcode::ALL.iter().find(|(number, ..)| *number == head[1]);
        let opcode = known.map(|(_, opcode, _)| *opcode).ok_or(Fault::Opcode(head[1]))?;
        let mut tlvs = Vec::new();
        while !rest.is_empty() {
            let (tlv, behind) = Tlv::read(rest).ok_or(Fault::Length)?;
            tlvs.push(tlv);
            rest = behind;
        }
        Ok(Self {
            opcode,
            flags: be32(head, 4),
            sequence: be32(head, 8),
            ack: be32(head, 12),
            virtual_router: be16(head, 16),
            system: be16(head, 18),
            tlvs,
        })
    }

    /// The packet as bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.opcode.number(), 0, 0];
        for word in [self.flags, self.sequence, self.ack] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(self.virtual_router.to_be_bytes());
        bytes.extend(self.system.to_be_bytes());
        for tlv in &self.tlvs {
            tlv.write(&mut bytes);
        }
        let sum = checksum::finish(checksum::sum(&bytes));
        bytes[CHECKSUM_AT..CHECKSUM_AT + 2].copy_from_slice(&sum.to_be_bytes());
        bytes
    }
}
