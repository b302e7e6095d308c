//! Ends of tunnels over IPv6, each with a number of four bytes.
//!
//! Tables, learning and the kinds of envelopes name the ends of a tunnel by an IPv4 address. A tunnel over IPv6 gives
//! each end a number out of 240.0.0.0/4, which no host can have (RFC 1112 §4), and keeps a list of who it is. Only the
//! outermost step knows better: on the way out [`Ends::dress`] puts an IPv6 header where the numbers stood, on the way
//! in [`Ends::open`] reads one. So nothing on a wire, and no table people see, ever shows a number; and tunnels over
//! IPv4, which nearly all are, pay for none of it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::{Frame, Malformed, ipv4, ipv6, udp};

/// Bytes by which a header of IPv6 is longer than one of IPv4.
pub const LONGER: u16 = (ipv6::HEADER_LEN - ipv4::HEADER_LEN) as u16;
const FIRST: u32 = 0xf000_0000;

/// Stands for an address of IPv6.
pub const fn is_number(ip: Ipv4Addr) -> bool {
    ip.octets()[0] == 240
}

/// The hosts of which a device knows, each with its number.
#[derive(Clone, Debug, Default)]
pub struct Ends(Vec<Ipv6Addr>);

impl Ends {
    /// The number of an address that is known.
    pub fn known(&self, ip: Ipv6Addr) -> Option<Ipv4Addr> {
        self.0.iter().position(|own| *own == ip).map(|at| Ipv4Addr::from_bits(FIRST + at as u32))
    }

    /// The number of an address, which is known from now on.
    pub fn number(&mut self, ip: Ipv6Addr) -> Ipv4Addr {
        self.known(ip).unwrap_or_else(|| {
            self.0.push(ip);
            Ipv4Addr::from_bits(FIRST + self.0.len() as u32 - 1)
        })
    }

    /// Who has this number.
    pub fn address(&self, number: Ipv4Addr) -> Option<Ipv6Addr> {
        let at = number.to_bits().checked_sub(FIRST)?;
        self.0.get(at as usize).copied()
    }

    /// Puts an IPv6 header in the place of one of IPv4 whose addresses are numbers, and makes the checksum of UDP that
    /// belongs to it. False when there is no room in front; the frame is spoilt then.
    pub fn dress(&self, frame: &mut Frame) -> bool {
        let Ok(ip) = ipv4::read(frame.bytes()) else { return false };
        let (Some(src), Some(dst)) = (self.address(ip.src), self.address(ip.dst)) else { return false };
        let Some(bytes) = frame.prepend(usize::from(LONGER)) else { return false };
        let send = ipv6::Send { src, dst, next: ip.protocol, hops: ip.ttl, class: ip.tos };
        ipv6::write(bytes, &send, ip.total_len + usize::from(LONGER));
        let payload = &mut bytes[ipv6::HEADER_LEN..];
        if ip.protocol == ipv4::UDP && payload.len() >= udp::HEADER_LEN {
            udp::write_sum_over_ipv6(payload, src, dst);
        }
        true
    }

    /// Reads the headers of a datagram over IPv6, in the words of IPv4: numbers for addresses, and the place where the
    /// payload begins. The sender is known from now on.
    pub fn open(&mut self, bytes: &[u8]) -> Result<(ipv4::Header, udp::Header), Malformed> {
        let ip = ipv6::check(bytes)?;
        let datagram = udp::check_over_ipv6(&bytes[ipv6::HEADER_LEN..ip.total_len], ip.src, ip.dst)?;
        if ip.next != ipv4::UDP {
            return Err(Malformed::Type);
        }
        let header = ipv4::Header {
            src: self.number(ip.src),
            dst: self.number(ip.dst),
            protocol: ip.next,
            ttl: ip.hops,
            header_len: ipv6::HEADER_LEN,
            total_len: ip.total_len,
            df: true,
            mf: false,
            offset: 0,
            id: 0,
            tos: ip.class,
        };
        Ok((header, datagram))
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{LinkType, Origin, Pool};

    #[test]
    fn numbers_stay_apart_and_what_is_no_packet_is_not_dressed() {
        let [a, b] = ["fd00::1", "fd00::2"].map(|text| text.parse::<Ipv6Addr>().unwrap());
        let mut ends = Ends::default();
        let numbers = (ends.number(a), ends.number(b));
        assert_eq!((ends.number(a), ends.known(b)), (numbers.0, Some(numbers.1)));
        assert!(numbers.0 != numbers.1 && is_number(numbers.0) && is_number(numbers.1));
        assert_eq!(ends.address(Ipv4Addr::new(10, 0, 0, 1)), None);
        assert!(!is_number(Ipv4Addr::BROADCAST) && ends.address(Ipv4Addr::BROADCAST).is_none());
        let mut frame = Pool::default().mint(10, LinkType::Ip, FrameId(1), Origin::NONE);
        assert!(!ends.dress(&mut frame));
        for len in 0..60 {
            assert!(ends.open(&vec![0x60; len]).is_err(), "{len} bytes");
        }
    }
}
