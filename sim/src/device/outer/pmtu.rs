//! How large a packet the way to the other end takes, and how the sender inside is told.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, MacAddr, ethernet, icmp, ipv4};

/// How long a lowered MTU of a way is believed (Linux `net.ipv4.route.mtu_expires`).
const EXPIRES: SimDuration = SimDuration::from_secs(600);
/// Least MTU a message may claim (Linux `net.ipv4.route.min_pmtu`).
const MIN: u16 = 552;
/// Least MTU of which a tunnel speaks to the sender inside (Linux `iptunnel_pmtud_check_icmp`).
const LEAST_TOLD: u16 = 576;
/// Longest ICMP error a tunnel makes (Linux `iptunnel_pmtud_build_icmp`).
const LONGEST: usize = 576;

/// What is known about the ways to other ends.
#[derive(Clone, Debug)]
pub struct PathMtu {
    /// MTU of the interface the outer packets leave by.
    pub link: u16,
    learned: IndexMap<u32, (u16, SimTime), FxBuildHasher>,
}

impl PathMtu {
    /// Nothing known but the own link.
    pub fn new(link: u16) -> Self {
        Self { link, learned: IndexMap::default() }
    }

    /// Largest outer packet towards an address.
    #[inline]
    pub fn towards(&self, now: SimTime, to: Ipv4Addr) -> u16 {
        if self.learned.is_empty() {
            return self.link;
        }
        match self.learned.get(&to.to_bits()) {
            Some((mtu, until)) if *until > now => self.link.min(*mtu),
            _ => self.link,
        }
    }

    /// A router told that a packet was too big for its next link. True when that is news.
    pub fn learn(&mut self, now: SimTime, to: Ipv4Addr, mtu: u16) -> bool {
        let mtu = mtu.max(MIN);
        let news = mtu < self.towards(now, to);
        if news {
            self.learned.insert(to.to_bits(), (mtu, now + EXPIRES));
        }
        news
    }

    /// Forgets what routers told.
    pub fn forget(&mut self) {
        self.learned.clear();
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.learned.capacity() * 32
    }
}

/// Whether the sender of an inner Ethernet frame may be told that it is too big: an IPv4 packet, whole and not to be
/// fragmented, between two hosts, and no ICMP error itself.
fn may_tell(frame: &[u8], mtu: u16) -> Option<ipv4::Header> {
    if mtu < LEAST_TOLD || ethernet::ethertype(frame) != Some(ethernet::IPV4) {
        return None;
    }
    let ip = ipv4::check(&frame[ethernet::HEADER_LEN..]).ok()?;
    let host = |ip: Ipv4Addr| {
        !ip.is_broadcast() && !ip.is_multicast() && !ip.is_loopback() && !ip.is_unspecified() && ip.octets()[0] != 0
    };
    if !ip.df || ip.mf || ip.offset > 0 || !host(ip.src) || !host(ip.dst) {
        return None;
    }
    let kind = frame.get(ethernet::HEADER_LEN + ip.header_len);
    let is_error = ip.protocol == ipv4::ICMP && kind.is_none_or(|kind| icmp::is_error(*kind));
    (!is_error).then_some(ip)
}

/// Length of the answer to an inner frame that is too big, if there is one.
pub fn answer_len(frame: &[u8], mtu: u16) -> Option<usize> {
    let ip = may_tell(frame, mtu)?;
    let quoted = ip.total_len.min(LONGEST - ipv4::HEADER_LEN - icmp::HEADER_LEN);
    Some(ethernet::HEADER_LEN + ipv4::HEADER_LEN + icmp::HEADER_LEN + quoted)
}

/// Writes the answer: "fragmentation needed", in the name of the host the packet was for, as a bridge with a tunnel in
/// it has no address to speak from (Linux `iptunnel_pmtud_build_icmp`).
pub fn write_answer(answer: &mut Frame, frame: &[u8], mtu: u16) {
    let Ok(ip) = ipv4::check(&frame[ethernet::HEADER_LEN..]) else { return };
    let bytes = answer.bytes_mut();
    let (src, dst) = (MacAddr::from_slice(&frame[6..12]), MacAddr::from_slice(frame));
    ethernet::write(bytes, src, dst, ethernet::IPV4);
    let packet = &mut bytes[ethernet::HEADER_LEN..];
    let total = packet.len();
    let header = ipv4::Send { src: ip.dst, dst: ip.src, protocol: ipv4::ICMP, ttl: ip.ttl, df: true, tos: 0, id: 0 };
    ipv4::write(packet, &header, total);
    let message = &mut packet[ipv4::HEADER_LEN..];
    let quoted = message.len() - icmp::HEADER_LEN;
    message[icmp::HEADER_LEN..].copy_from_slice(&frame[ethernet::HEADER_LEN..ethernet::HEADER_LEN + quoted]);
    let kind = icmp::UNREACHABLE;
    icmp::write(message, icmp::Header { kind, code: icmp::FRAGMENTATION_NEEDED, id: 0, seq: mtu });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{LinkType, Origin, Pool};

    const A: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 2);

    fn frame(len: usize, df: bool, dst: Ipv4Addr) -> Vec<u8> {
        let mut bytes = vec![0; ethernet::HEADER_LEN + len];
        ethernet::write(&mut bytes, MacAddr([2; 6]), MacAddr([4; 6]), ethernet::IPV4);
        let header = ipv4::Send { src: A, dst, protocol: ipv4::UDP, ttl: 64, df, tos: 0, id: 7 };
        ipv4::write(&mut bytes[ethernet::HEADER_LEN..], &header, len);
        bytes
    }

    #[test]
    fn the_answer_comes_from_the_host_asked_for_and_quotes_548_bytes() {
        let big = frame(1_500, true, B);
        let len = answer_len(&big, 1_450).unwrap();
        assert_eq!(len, 14 + 576);
        let mut answer = Pool::default().mint(len, LinkType::Ethernet, FrameId(1), Origin::NONE);
        write_answer(&mut answer, &big, 1_450);
        let bytes = answer.bytes();
        assert_eq!((ethernet::dst(bytes), ethernet::src(bytes)), (Some(MacAddr([4; 6])), Some(MacAddr([2; 6]))));
        let ip = ipv4::check(&bytes[14..]).unwrap();
        assert_eq!((ip.src, ip.dst, ip.df), (B, A, true));
        let message = icmp::check(&bytes[34..]).unwrap();
        assert_eq!((message.kind, message.code, message.seq), (3, 4, 1_450));
        assert_eq!(bytes[42..], big[14..14 + 548]);
    }

    #[test]
    fn nobody_is_told_who_may_not_be() {
        assert_eq!(answer_len(&frame(1_500, false, B), 1_450), None, "it may be fragmented");
        assert_eq!(answer_len(&frame(1_500, true, Ipv4Addr::new(239, 1, 1, 1)), 1_450), None, "a group");
        assert_eq!(answer_len(&frame(1_500, true, Ipv4Addr::BROADCAST), 1_450), None);
        assert_eq!(answer_len(&frame(1_500, true, B), 575), None);
        let mut error = frame(1_500, true, B);
        error[14 + 9] = ipv4::ICMP;
        error[34] = 3;
        let sum = crate::wire::checksum::finish(crate::wire::checksum::sum(
            &[&error[14..24], &[0, 0], &error[26..34]].concat(),
        ));
        error[24..26].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(answer_len(&error, 1_450), None, "an ICMP error");
        for len in 0..34 {
            assert_eq!(answer_len(&frame(1_500, true, B)[..len], 1_450), None, "{len} bytes");
        }
    }

    #[test]
    fn a_lowered_mtu_is_believed_for_ten_minutes() {
        let mut ways = PathMtu::new(1_500);
        let now = SimTime::ZERO;
        assert!(ways.learn(now, B, 1_400) && !ways.learn(now, B, 1_450) && !ways.learn(now, A, 1_600));
        assert_eq!((ways.towards(now, B), ways.towards(now, A)), (1_400, 1_500));
        assert_eq!(ways.towards(now + EXPIRES, B), 1_500);
        assert!(ways.learn(now, A, 0));
        assert_eq!(ways.towards(now, A), MIN);
    }
}
