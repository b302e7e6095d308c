//! IP in GRE (RFC 2784, with the key and the sequence number of RFC 2890).

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::device::tunnel::why;
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, be16, be32, checksum, ethernet, ipv4};

/// Protocol number.
pub const PROTOCOL: u8 = 47;
/// Flags and EtherType.
const BASE: usize = 4;
const CHECKSUM: u16 = 0x8000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;

/// Settings of a GRE header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gre {
    /// Tells apart tunnels between the same two hosts.
    pub key: Option<u32>,
    /// Protects header and content.
    pub checksum: bool,
    /// Numbers the packets.
    pub sequence: bool,
}

impl Gre {
    /// Bytes of the header.
    pub fn header_len(self) -> usize {
        BASE + 4 * (usize::from(self.checksum) + usize::from(self.key.is_some()) + usize::from(self.sequence))
    }

    /// Puts the header in front of a frame, which carries what `ethertype` says.
    pub fn put(self, frame: &mut Frame, ethertype: u16, count: u32) -> bool {
        let Some(bytes) = frame.prepend(self.header_len()) else { return false };
        let flag = |on: bool, flag: u16| if on { flag } else { 0 };
        let flags = flag(self.checksum, CHECKSUM) | flag(self.key.is_some(), KEY) | flag(self.sequence, SEQUENCE);
        bytes[..2].copy_from_slice(&flags.to_be_bytes());
        bytes[2..4].copy_from_slice(&ethertype.to_be_bytes());
        let mut at = BASE;
        if self.checksum {
            bytes[at..at + 4].fill(0);
            at += 4;
        }
        for word in self.key.into_iter().chain(self.sequence.then_some(count)) {
            bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
            at += 4;
        }
        if self.checksum {
            let sum = checksum::finish(checksum::sum(bytes));
            bytes[BASE..BASE + 2].copy_from_slice(&sum.to_be_bytes());
        }
        true
    }

    /// Reads a header that must have these settings and carry what `ethertype` says.
    pub fn take(self, payload: &[u8], ethertype: u16) -> Result<Range<usize>, Reason> {
        if payload.len() < BASE {
            return Err(&why::MALFORMED);
        }
        let flags = be16(payload, 0);
        let len = BASE + 4 * (flags & (CHECKSUM | KEY | SEQUENCE)).count_ones() as usize;
        // Version 0, and none of the flags RFC 2784 took away.
        if flags & !(CHECKSUM | KEY | SEQUENCE) != 0 || payload.len() < len {
            return Err(&why::MALFORMED);
        }
        if flags & CHECKSUM != 0 && checksum::finish(checksum::sum(payload)) != 0 {
            return Err(&why::CHECKSUM);
        }
        let key_at = BASE + 4 * usize::from(flags & CHECKSUM != 0);
        let key = (flags & KEY != 0).then(|| be32(payload, key_at));
        match () {
            () if be16(payload, 2) != ethertype => Err(&why::OTHER_CONTENT),
            () if key != self.key => Err(&why::OTHER_KEY),
            () if (flags & CHECKSUM != 0) != self.checksum => Err(&why::OTHER_FLAGS),
            // A number that nobody asked for harms nobody.
            () if self.sequence && flags & SEQUENCE == 0 => Err(&why::OTHER_FLAGS),
            () => Ok(len..payload.len()),
        }
    }
}

impl Encapsulation for Gre {
    fn name(&self) -> &'static str {
        "gre"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ip
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + self.header_len()) as u16
    }

    fn listen(&self, remote: Option<Ipv4Addr>) -> Listen {
        Listen::Ip { protocol: PROTOCOL, remote, key: self.key }
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        self.put(frame, ethernet::IPV4, with.count) && with.outer.put_ip(frame, with.to, PROTOCOL, with.inner)
    }

    fn find(&self, _outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        self.take(payload, ethernet::IPV4)
    }
}
