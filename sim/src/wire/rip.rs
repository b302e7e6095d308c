//! RIP version 2 (RFC 2453 §4): a header of four bytes, and up to 25 entries of 20 bytes.

use std::net::Ipv4Addr;

use crate::wire::{be16, be32};

/// UDP port, of the sender too.
pub const PORT: u16 = 520;
/// All routers that speak RIP version 2.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 9);
/// This far is nowhere.
pub const INFINITY: u32 = 16;
/// Most entries of one message.
pub const MOST: usize = 25;
/// Command, version, two bytes of zero.
pub const HEADER_LEN: usize = 4;
/// One entry.
pub const ENTRY_LEN: usize = 20;

/// An entry with a route.
pub const ROUTE: u16 = 2;
/// An entry that is no route but a password, or what stands for one.
pub const AUTHENTICATION: u16 = 0xffff;

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks for routes.
    Request,
    /// Tells routes.
    Response,
}

impl Command {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// What is wrong with a message as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not a header and 1 to 25 whole entries.
    Length,
    /// Another version, with its number.
    Version(u8),
    /// An unknown command, with its number.
    Command(u8),
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Kind of address: [`ROUTE`], 0 for everything, [`AUTHENTICATION`].
    pub family: u16,
    /// A mark that is carried along.
    pub tag: u16,
    /// The network.
    pub prefix: Ipv4Addr,
    /// Its mask.
    pub mask: Ipv4Addr,
    /// Where to hand packets to; zero is the sender.
    pub next_hop: Ipv4Addr,
    /// How far it is.
    pub metric: u32,
}

impl Entry {
    /// A route by way of the sender.
    pub fn route(prefix: Ipv4Addr, len: u8, metric: u32) -> Self {
        let mask = Ipv4Addr::from_bits(crate::wire::ipv4::mask(len));
        Self { family: ROUTE, tag: 0, prefix, mask, next_hop: Ipv4Addr::UNSPECIFIED, metric }
    }

    /// "Everything you know": the only entry of such a request.
    pub const EVERYTHING: Self = Self {
        family: 0,
        tag: 0,
        prefix: Ipv4Addr::UNSPECIFIED,
        mask: Ipv4Addr::UNSPECIFIED,
        next_hop: Ipv4Addr::UNSPECIFIED,
        metric: INFINITY,
    };

    /// Length of the mask, if its ones stand in front.
    pub fn prefix_len(&self) -> Option<u8> {
        let mask = self.mask.to_bits();
        (mask.leading_ones() + mask.trailing_zeros() == 32 || mask == u32::MAX).then_some(mask.leading_ones() as u8)
    }
}

/// A message that passed every check of its form.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What it is for.
    pub command: Command,
    entries: &'a [u8],
}

impl<'a> Message<'a> {
    /// Checks header and length.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let entries = bytes.len().wrapping_sub(HEADER_LEN);
        if bytes.len() < HEADER_LEN {
            return Err(Fault::Length);
        }
        if bytes[1] != 2 {
            return Err(Fault::Version(bytes[1]));
        }
        if entries == 0 || !entries.is_multiple_of(ENTRY_LEN) || entries > MOST * ENTRY_LEN {
            return Err(Fault::Length);
        }
        let command = match bytes[0] {
            1 => Command::Request,
            2 => Command::Response,
            other => return Err(Fault::Command(other)),
        };
        Ok(Self { command, entries: &bytes[HEADER_LEN..] })
    }

    /// The entries in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry> + use<'a> {
        self.entries.chunks_exact(ENTRY_LEN).map(|bytes| Entry {
            family: be16(bytes, 0),
            tag: be16(bytes, 2),
            prefix: Ipv4Addr::from_bits(be32(bytes, 4)),
            mask: Ipv4Addr::from_bits(be32(bytes, 8)),
            next_hop: Ipv4Addr::from_bits(be32(bytes, 12)),
            metric: be32(bytes, 16),
        })
    }
}

/// A message as bytes; of the entries at most [`MOST`].
pub fn write(command: Command, entries: &[Entry]) -> Vec<u8> {
    let entries = &entries[..entries.len().min(MOST)];
    let mut bytes = Vec::with_capacity(HEADER_LEN + entries.len() * ENTRY_LEN);
    bytes.extend([if command == Command::Request { 1 } else { 2 }, 2, 0, 0]);
    for entry in entries {
        bytes.extend(entry.family.to_be_bytes());
        bytes.extend(entry.tag.to_be_bytes());
        bytes.extend(entry.prefix.octets());
        bytes.extend(entry.mask.octets());
        bytes.extend(entry.next_hop.octets());
        bytes.extend(entry.metric.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// Messages of FRR 8.4.4 and BIRD 2.0.12, one of each kind.
    const SEEN: [&str; 4] = [
        "010200000000000000000000000000000000000000000010",
        "0202000000020000c0000200ffffff000000000000000001",
        "02020000000200000a010200ffffff000000000000000001000200000a020300ffffff00000000000000001000020000c0000200\
         ffffff00000000000000000200020000c6336400ffffff000a02030300000010",
        "0202000000020000c0000200ffffff000000000000000010000200000a010200ffffff000000000000000010",
    ];

    #[test]
    fn what_daemons_send_is_read_and_written_the_same() {
        for hex in SEEN {
            let seen = bytes(hex);
            let message = Message::read(&seen).unwrap();
            let entries: Vec<Entry> = message.entries().collect();
            assert_eq!(write(message.command, &entries), seen);
        }
        assert_eq!(write(Command::Request, &[Entry::EVERYTHING]), bytes(SEEN[0]));
        let own = Entry::route(Ipv4Addr::new(192, 0, 2, 0), 24, 1);
        assert_eq!(write(Command::Response, &[own]), bytes(SEEN[1]));
    }

    #[test]
    fn every_cut_and_every_odd_header_is_told_apart() {
        let whole = bytes(SEEN[2]);
        for len in 0..whole.len() {
            let fits = len > HEADER_LEN && (len - HEADER_LEN).is_multiple_of(ENTRY_LEN);
            assert_eq!(Message::read(&whole[..len]).is_ok(), fits, "{len}");
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = bytes(SEEN[1]);
            bytes[at] = byte;
            Message::read(&bytes).map(|message| message.command)
        };
        assert_eq!(with(1, 1), Err(Fault::Version(1)));
        assert_eq!(with(0, 9), Err(Fault::Command(9)));
        assert_eq!(with(0, 1), Ok(Command::Request));
        assert!(Message::read(&vec![2; HEADER_LEN + 26 * ENTRY_LEN]).is_err());
    }

    #[test]
    fn masks_have_their_ones_in_front() {
        let len = |mask: u32| Entry { mask: Ipv4Addr::from_bits(mask), ..Entry::EVERYTHING }.prefix_len();
        assert_eq!([len(0), len(0xffff_ff00), len(u32::MAX)], [Some(0), Some(24), Some(32)]);
        assert_eq!([len(0x00ff_ffff), len(0xffff_00ff), len(1)], [None; 3]);
    }
}
