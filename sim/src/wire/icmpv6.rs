//! Neighbour discovery: questions for hardware addresses and their answers (RFC 4861 §4.3, §4.4), in messages of
//! ICMPv6 (RFC 4443). Router discovery, redirects, echo and errors are left out.

use std::net::Ipv6Addr;

use crate::wire::{MacAddr, Malformed, be16, be32, checksum, ipv6};

/// Type, code, checksum.
pub const HEADER_LEN: usize = 4;
/// A question or an answer with the one option Ethernet has.
pub const LEN: usize = FIXED + OPTION_LEN;
/// The hop limit of all these messages: from 255 nothing can have come by a router (RFC 4861 §7.1).
pub const HOPS: u8 = 255;

/// Header, flags, target.
const FIXED: usize = 24;
/// Type, length, address.
const OPTION_LEN: usize = 8;
const SOLICITATION: u8 = 135;
const ADVERTISEMENT: u8 = 136;
const ROUTER: u32 = 0x8000_0000;
const SOLICITED: u32 = 0x4000_0000;
const OVERRIDE: u32 = 0x2000_0000;

/// Asks or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Who has the target address?
    Solicitation,
    /// Somebody has it.
    Advertisement {
        /// The sender forwards packets.
        router: bool,
        /// It is an answer to a question.
        solicited: bool,
        /// It may take the place of what was known.
        replaces: bool,
    },
}

/// What a message of neighbour discovery says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Question or answer.
    pub op: Operation,
    /// The address asked for.
    pub target: Ipv6Addr,
    /// Hardware address of the sender: option 1 in a question, 2 in an answer.
    pub mac: Option<MacAddr>,
}

/// Checks the length and the checksum of any message of ICMPv6; gives type and code.
pub fn check(bytes: &[u8], src: Ipv6Addr, dst: Ipv6Addr) -> Result<(u8, u8), Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    let total = ipv6::pseudo(src, dst, ipv6::ICMPV6, bytes.len()) + checksum::sum(bytes);
    if checksum::finish(total) != 0 {
        return Err(Malformed::Checksum);
    }
    Ok((bytes[0], bytes[1]))
}

/// The message is one of neighbour discovery, whether it is a good one or not.
pub const fn is_neighbour(kind: u8) -> bool {
    matches!(kind, SOLICITATION | ADVERTISEMENT)
}

impl Neighbour {
    /// Reads a message that [`check`] let pass, by the rules of RFC 4861 §7.1 (Linux `ndisc_rcv`, `ndisc_recv_ns`,
    /// `ndisc_recv_na`).
    pub fn parse(bytes: &[u8], ip: &ipv6::Header) -> Result<Self, Malformed> {
        if bytes.len() < FIXED {
            return Err(Malformed::TooShort);
        }
        if ip.hops != HOPS {
            return Err(Malformed::HopLimit);
        }
        let (target, flags) = (ipv6::address(bytes, 8), be32(bytes, 4));
        let op = match bytes[0] {
            SOLICITATION => Operation::Solicitation,
            ADVERTISEMENT => Operation::Advertisement {
                router: flags & ROUTER != 0,
                solicited: flags & SOLICITED != 0,
                replaces: flags & OVERRIDE != 0,
            },
            _ => return Err(Malformed::Type),
        };
        if bytes[1] != 0 || target.is_multicast() {
            return Err(Malformed::Type);
        }
        let mac = link_option(&bytes[FIXED..], if op == Operation::Solicitation { 1 } else { 2 })?;
        let asks_without_name = op == Operation::Solicitation && ip.src.is_unspecified();
        if asks_without_name && (mac.is_some() || ip.dst != ipv6::solicited_node(target)) {
            return Err(Malformed::Type);
        }
        if ip.dst.is_multicast() && matches!(op, Operation::Advertisement { solicited: true, .. }) {
            return Err(Malformed::Type);
        }
        Ok(Self { op, target, mac })
    }

    /// Bytes of the message.
    pub const fn message_len(&self) -> usize {
        if self.mac.is_some() { LEN } else { FIXED }
    }

    /// Writes the message into the first bytes, as many as [`Neighbour::message_len`] says, checksum included.
    pub fn write(&self, bytes: &mut [u8], src: Ipv6Addr, dst: Ipv6Addr) {
        let bytes = &mut bytes[..self.message_len()];
        let (kind, option, flags) = match self.op {
            Operation::Solicitation => (SOLICITATION, 1, 0),
            Operation::Advertisement { router, solicited, replaces } => {
                let flag = |on: bool, flag: u32| if on { flag } else { 0 };
                (ADVERTISEMENT, 2, flag(router, ROUTER) | flag(solicited, SOLICITED) | flag(replaces, OVERRIDE))
            }
        };
        bytes[..4].copy_from_slice(&[kind, 0, 0, 0]);
        bytes[4..8].copy_from_slice(&flags.to_be_bytes());
        bytes[8..FIXED].copy_from_slice(&self.target.octets());
        if let Some(mac) = self.mac {
            bytes[FIXED..FIXED + 2].copy_from_slice(&[option, 1]);
            bytes[FIXED + 2..].copy_from_slice(&mac.0);
        }
        let sum = checksum::finish(ipv6::pseudo(src, dst, ipv6::ICMPV6, bytes.len()) + checksum::sum(bytes));
        bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    }
}

/// The hardware address in the option of this type; options nobody knows are passed over (RFC 4861 §4.6).
fn link_option(mut options: &[u8], wanted: u8) -> Result<Option<MacAddr>, Malformed> {
    let mut found = None;
    while !options.is_empty() {
        let len = options.get(1).map_or(0, |len| usize::from(*len) * 8);
        if len == 0 || len > options.len() {
            return Err(Malformed::Length);
        }
        if options[0] == wanted && found.is_none() {
            found = Some(MacAddr::from_slice(&options[2..8]));
        }
        options = &options[len..];
    }
    Ok(found)
}

/// The checksum of a message, as it stands there.
pub fn checksum_of(bytes: &[u8]) -> u16 {
    be16(bytes, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
    const B: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
    const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

    fn header(dst: Ipv6Addr, hops: u8) -> ipv6::Header {
        ipv6::Header { src: A, dst, next: ipv6::ICMPV6, hops, class: 0, flow: 0, total_len: 72 }
    }

    fn question() -> Vec<u8> {
        let mut bytes = vec![0xff; LEN];
        let ask = Neighbour { op: Operation::Solicitation, target: B, mac: Some(MAC) };
        ask.write(&mut bytes, A, ipv6::solicited_node(B));
        bytes
    }

    #[test]
    fn a_question_is_written_and_read_byte_for_byte() {
        let (bytes, group) = (question(), ipv6::solicited_node(B));
        assert_eq!(bytes[..2], [135, 0]);
        assert_eq!(bytes[24..], [1, 1, 2, 0, 0, 0, 0, 1]);
        assert_eq!(check(&bytes, A, group), Ok((135, 0)));
        let read = Neighbour::parse(&bytes, &header(group, 255)).unwrap();
        assert_eq!(read, Neighbour { op: Operation::Solicitation, target: B, mac: Some(MAC) });
        assert_eq!(check(&bytes, A, B), Err(Malformed::Checksum), "the sum covers the addresses");
    }

    #[test]
    fn answers_keep_their_flags() {
        for flags in 0..8_u8 {
            let (router, solicited, replaces) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
            let op = Operation::Advertisement { router, solicited, replaces };
            let say = Neighbour { op, target: A, mac: Some(MAC).filter(|_| replaces) };
            let mut bytes = vec![0; say.message_len()];
            say.write(&mut bytes, A, B);
            assert!(check(&bytes, A, B).is_ok());
            assert_eq!(Neighbour::parse(&bytes, &header(B, 255)), Ok(say));
        }
    }

    #[test]
    fn what_breaks_the_rules_is_refused() {
        let group = ipv6::solicited_node(B);
        let parse = |at: usize, value: u8, head: ipv6::Header| {
            let mut bytes = question();
            bytes[at] = value;
            Neighbour::parse(&bytes, &head)
        };
        assert_eq!(parse(0, 135, header(group, 254)), Err(Malformed::HopLimit));
        assert_eq!(parse(1, 1, header(group, 255)), Err(Malformed::Type), "code");
        assert_eq!(parse(8, 0xff, header(group, 255)), Err(Malformed::Type), "a group as target");
        assert_eq!(parse(25, 0, header(group, 255)), Err(Malformed::Length), "an option without length");
        assert_eq!(parse(25, 2, header(group, 255)), Err(Malformed::Length), "an option beyond the end");
        assert_eq!(parse(24, 14, header(group, 255)).unwrap().mac, None, "an option nobody knows");
        let nameless = ipv6::Header { src: Ipv6Addr::UNSPECIFIED, ..header(group, 255) };
        assert_eq!(parse(0, 135, nameless), Err(Malformed::Type), "without a name there is no address to answer to");
        let mut answer = question();
        (answer[0], answer[4]) = (136, 0x40);
        assert_eq!(Neighbour::parse(&answer, &header(group, 255)), Err(Malformed::Type), "answers go to the asker");
        for len in 0..FIXED {
            assert_eq!(Neighbour::parse(&question()[..len], &header(group, 255)), Err(Malformed::TooShort));
        }
    }
}
