//! The envelope: outer headers that tunnels put in front of what they carry, and what inside and outside tell each
//! other.
//!
//! Every tunnel has an inner port, where frames or packets go in and come out, and an outer port wired to the IP stack
//! of its host, which carries bare IP packets. Going out, a tunnel writes the outer header and the stack gives it a
//! number, a route, a neighbour. Coming in, the stack has checked the outer header and put fragments together.
//!
//! Before editing read Linux `net/ipv4/ip_tunnel_core.c`, `include/net/inet_ecn.h`, `include/net/udp.h`
//! (`udp_flow_src_port`).

pub mod ecn;
pub mod flow;
pub mod pmtu;
pub mod v6;

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::{Frame, LinkType, ethernet, ipv4, udp};

/// Whether the outer packet may be fragmented on its way (Linux `ip link … df`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Df {
    /// It may: Linux's default for VXLAN and Geneve.
    #[default]
    Unset,
    /// It may not.
    Set,
    /// As the inner packet says.
    Inherit,
}

/// What the outer header is made of, besides its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outer {
    /// Source address.
    pub local: Ipv4Addr,
    /// Source address of a tunnel over IPv6, instead of the other.
    pub local6: Option<Ipv6Addr>,
    /// Time to live; `None` is 64 towards a host and 1 towards a group, as Linux does.
    pub ttl: Option<u8>,
    /// Takes the time to live over from an IPv4 packet inside (Linux `ttl inherit`, what IPIP and GRE do by default).
    pub inherit_ttl: bool,
    /// May the outer packet be fragmented?
    pub df: Df,
    /// Writes a checksum into the UDP header (Linux `udpcsum`, on for IPv4 unless turned off).
    pub checksum: bool,
}

impl Default for Outer {
    fn default() -> Self {
        Self {
            local: Ipv4Addr::UNSPECIFIED,
            local6: None,
            ttl: None,
            inherit_ttl: false,
            df: Df::Unset,
            checksum: true,
        }
    }
}

/// What an outer header takes over from the packet inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inner {
    /// It must not be fragmented.
    pub df: bool,
    /// Its type of service, of which the outer header copies the ECN bits.
    pub tos: u8,
    /// Its time to live, if it is IPv4.
    pub ttl: Option<u8>,
    /// Bytes of it that the MTU counts: without the Ethernet header.
    pub len: usize,
}

impl Inner {
    /// Reads the little that matters, without trust: what is no IPv4 has no DF and no ECN.
    #[inline]
    pub fn read(link: LinkType, bytes: &[u8]) -> Self {
        let start = if link == LinkType::Ethernet { ethernet::HEADER_LEN } else { 0 };
        let is_ip = link == LinkType::Ip || ethernet::ethertype(bytes) == Some(ethernet::IPV4);
        let len = bytes.len().saturating_sub(start);
        match bytes.get(start..) {
            Some(ip) if is_ip && ip.len() >= ipv4::HEADER_LEN => {
                Self { df: ip[6] & 0x40 != 0, tos: ip[1], ttl: Some(ip[8]), len }
            }
            _ => Self { len, ..Self::default() },
        }
    }
}

impl Outer {
    /// Bytes by which the outer header is longer than one of IPv4.
    pub fn longer(&self) -> u16 {
        if self.local6.is_some() { v6::LONGER } else { 0 }
    }

    /// Whether this packet may not be fragmented outside.
    pub fn keeps_whole(&self, inner: Inner) -> bool {
        match self.df {
            // Nobody splits a packet of IPv6 for a tunnel.
            _ if self.local6.is_some() => true,
            Df::Unset => false,
            Df::Set => true,
            Df::Inherit => inner.df,
        }
    }

    /// Puts an IPv4 header in front of a frame, which becomes a bare IP packet. False, and no change, when there is no
    /// room in front: tunnels in tunnels in tunnels.
    #[inline]
    pub fn put_ip(&self, frame: &mut Frame, to: Ipv4Addr, protocol: u8, inner: Inner) -> bool {
        let len = frame.len() + ipv4::HEADER_LEN;
        if len > usize::from(u16::MAX) {
            return false;
        }
        let Some(bytes) = frame.wrap(ipv4::HEADER_LEN, LinkType::Ip) else { return false };
        ipv4::write(bytes, &self.header(to, protocol, inner), len);
        true
    }

    #[inline]
    fn header(&self, to: Ipv4Addr, protocol: u8, inner: Inner) -> ipv4::Send {
        let own = if to.is_multicast() { 1 } else { ipv4::DEFAULT_TTL };
        let inherited = inner.ttl.filter(|_| self.inherit_ttl);
        let (ttl, df) = (self.ttl.or(inherited).unwrap_or(own), self.keeps_whole(inner));
        ipv4::Send { src: self.local, dst: to, protocol, ttl, df, tos: ecn::outside(inner.tos), id: 0 }
    }

    /// Puts UDP and IPv4 headers in front of a frame, which becomes a bare IP packet. False, and no change, when there
    /// is no room in front.
    #[inline]
    pub fn put_udp(&self, frame: &mut Frame, to: Ipv4Addr, ports: (u16, u16), inner: Inner) -> bool {
        let len = frame.len() + udp::HEADER_LEN + ipv4::HEADER_LEN;
        if len > usize::from(u16::MAX) {
            return false;
        }
        let Some(bytes) = frame.wrap(udp::HEADER_LEN + ipv4::HEADER_LEN, LinkType::Ip) else { return false };
        let (header, datagram) = bytes.split_at_mut(ipv4::HEADER_LEN);
        if self.checksum {
            udp::write(datagram, (self.local, ports.0), (to, ports.1));
        } else {
            udp::write_unchecked(datagram, ports.0, ports.1);
        }
        ipv4::write(header, &self.header(to, ipv4::UDP, inner), len);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{Origin, Pool};

    fn packet(df: bool, len: usize) -> Frame {
        let mut frame = Pool::default().mint(ethernet::HEADER_LEN + len, LinkType::Ethernet, FrameId(1), Origin::NONE);
        let bytes = frame.bytes_mut();
        ethernet::write(bytes, crate::wire::MacAddr([2; 6]), crate::wire::MacAddr([4; 6]), ethernet::IPV4);
        let (src, dst) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let header = ipv4::Send { src, dst, protocol: 1, ttl: 9, df, tos: 0x12, id: 7 };
        ipv4::write(&mut bytes[ethernet::HEADER_LEN..], &header, len);
        frame
    }

    #[test]
    fn the_outer_header_takes_over_what_it_should_and_no_more() {
        let local = Ipv4Addr::new(192, 0, 2, 1);
        let to = Ipv4Addr::new(192, 0, 2, 2);
        for (df, whole) in [(Df::Unset, [false, false]), (Df::Set, [true, true]), (Df::Inherit, [false, true])] {
            for inner_df in [false, true] {
                let mut frame = packet(inner_df, 84);
                let inner = Inner::read(frame.link(), frame.bytes());
                assert_eq!(inner, Inner { df: inner_df, tos: 0x12, ttl: Some(9), len: 84 });
                let outer = Outer { local, df, ..Outer::default() };
                assert!(outer.put_udp(&mut frame, to, (40_000, 4789), inner));
                let header = ipv4::check(frame.bytes()).unwrap();
                assert_eq!((header.total_len, header.ttl, header.df), (126, 64, whole[usize::from(inner_df)]));
                assert_eq!(header.tos, 0x02, "the ECN bits alone are copied");
                assert!(udp::check(&frame.bytes()[20..], local, to).is_ok());
            }
        }
        let mut frame = packet(true, 84);
        let inner = Inner::read(frame.link(), frame.bytes());
        assert!(Outer { local, inherit_ttl: true, ..Outer::default() }.put_ip(&mut frame, to, 4, inner));
        assert_eq!(frame.bytes()[8], 9, "the time to live of the packet inside");
        let mut frame = packet(true, 84);
        let group = Ipv4Addr::new(239, 1, 1, 1);
        let outer = Outer { local, checksum: false, ..Outer::default() };
        assert!(outer.put_udp(&mut frame, group, (40_000, 4789), Inner::default()));
        assert_eq!((frame.bytes()[8], &frame.bytes()[26..28]), (1, &[0, 0][..]));
    }

    #[test]
    fn without_room_nothing_is_put_in_front() {
        let mut frame = packet(true, 84);
        let outer = Outer::default();
        let envelopes =
            (0..100).take_while(|_| outer.put_ip(&mut frame, Ipv4Addr::LOCALHOST, 4, Inner::default())).count();
        assert!((6..100).contains(&envelopes), "{envelopes}: there is an end");
        assert!(Inner::read(LinkType::Ip, &[0x45; 19]) == Inner { len: 19, ..Inner::default() });
    }
}
