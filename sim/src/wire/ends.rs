//! Ends of tunnels over IPv6, each with a number of four bytes.
//!
//! Tables, learning and the kinds of envelopes name the ends of a tunnel by an IPv4 address. A tunnel over IPv6 gives
//! each end a number out of 240.0.0.0/4, which no host can have (RFC 1112 §4), and keeps a list of who it is. Only the
//! outermost step knows better: on the way out [`Ends::dress`] puts an IPv6 header where the numbers stood, on the way
//! in [`Ends::open`] reads one. So nothing on a wire, and no table people see, ever shows a number; and tunnels over
//! IPv4, which nearly all are, pay for none of it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::rows::Rows;
use crate::wire::{Frame, Malformed, ipv4, ipv6, udp};

/// Bytes by which a header of IPv6 is longer than one of IPv4.
pub const LONGER: u16 = (ipv6::HEADER_LEN - ipv4::HEADER_LEN) as u16;
const FIRST: u32 = 0xf000_0000;
/// So many are kept without asking whether they are needed.
const FEW: usize = 64;

/// Stands for an address of IPv6.
pub const fn is_number(ip: Ipv4Addr) -> bool {
    ip.octets()[0] == 240
}

/// The hosts of which a device knows, each with its number.
///
/// Whoever owns a list gives back what it needs no more, with [`Ends::keep`]: anybody can send from any address, and a
/// list of all that ever did would grow for ever.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    /// By number; nothing where one is free.
    ips: Vec<Option<Ipv6Addr>>,
    numbers: Rows<u128, u32>,
    free: Vec<u32>,
    /// So many were in use when it was last looked which ones are needed.
    needed: usize,
}

impl Ends {
    /// The number of an address that is known.
    pub fn known(&self, ip: Ipv6Addr) -> Option<Ipv4Addr> {
        self.numbers.get(ip.to_bits()).map(|at| Ipv4Addr::from_bits(FIRST + at))
    }

    /// The number of an address, which is known from now on.
    pub fn number(&mut self, ip: Ipv6Addr) -> Ipv4Addr {
        self.known(ip).unwrap_or_else(|| {
            let at = self.free.pop().unwrap_or_else(|| {
                self.ips.push(None);
                self.ips.len() as u32 - 1
            });
            self.ips[at as usize] = Some(ip);
            self.numbers.insert(ip.to_bits(), at);
            Ipv4Addr::from_bits(FIRST + at)
        })
    }

    /// Who has this number.
    pub fn address(&self, number: Ipv4Addr) -> Option<Ipv6Addr> {
        let at = number.to_bits().checked_sub(FIRST)?;
        self.ips.get(at as usize).copied().flatten()
    }

    /// Number of addresses that are known.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// None is known.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Time to ask which ones are needed: twice as many as then, so that a number costs the same however many there
    /// are.
    pub fn is_crowded(&self) -> bool {
        self.len() >= 2 * self.needed.max(FEW)
    }

    /// Forgets all addresses but those of these numbers.
    pub fn keep(&mut self, needed: impl Iterator<Item = Ipv4Addr>) {
        let mut keeps = vec![false; self.ips.len()];
        for at in needed.filter_map(|number| number.to_bits().checked_sub(FIRST)) {
            if let Some(keeps) = keeps.get_mut(at as usize) {
                *keeps = true;
            }
        }
        for (at, ip) in self.ips.iter_mut().enumerate().filter(|(at, _)| !keeps[*at]) {
            if let Some(ip) = ip.take() {
                self.numbers.remove(ip.to_bits());
                self.free.push(at as u32);
            }
        }
        self.needed = self.len();
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
        self.ips.capacity() * size_of::<Option<Ipv6Addr>>() + self.numbers.heap_bytes() + self.free.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{LinkType, Origin, Pool};

    #[test]
    fn a_million_strangers_take_the_room_of_a_few() {
        let mut ends = Ends::default();
        let own = ends.number(Ipv6Addr::LOCALHOST);
        for at in 0..1_000_000_u128 {
            if ends.is_crowded() {
                ends.keep([own].into_iter());
            }
            ends.number(Ipv6Addr::from_bits(0xfd00 << 112 | at));
        }
        assert!(ends.len() <= 2 * FEW && ends.heap_bytes() < 16_000, "{} in {}", ends.len(), ends.heap_bytes());
        assert_eq!(ends.address(own), Some(Ipv6Addr::LOCALHOST));
    }

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
        let (first, second) = numbers;
        ends.keep([second, Ipv4Addr::BROADCAST, Ipv4Addr::LOCALHOST].into_iter());
        assert_eq!((ends.known(a), ends.address(first), ends.known(b), ends.len()), (None, None, Some(second), 1));
        let c = "fd00::3".parse().unwrap();
        assert_eq!((ends.number(c), ends.address(first)), (first, Some(c)), "a number is given again");
        for len in 0..60 {
            assert!(ends.open(&vec![0x60; len]).is_err(), "{len} bytes");
        }
    }
}
