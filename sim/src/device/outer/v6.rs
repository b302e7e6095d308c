//! Outer headers of IPv6: the ends of a tunnel, numbered as [`crate::wire::ends`] does it.
//!
//! Left out: fragments (a packet too long for the link is refused, and its sender inside told), ICMPv6 errors, flow
//! labels, checksums of zero (RFC 6935; Linux `udp6zerocsumtx`).

use std::net::Ipv4Addr;

use crate::engine::Cell;
pub use crate::wire::ends::{Ends, LONGER};
use crate::wire::ipv6;

/// An end as people see it.
pub fn cell(ends: Option<&Ends>, ip: Ipv4Addr) -> Cell {
    let six = ends.and_then(|ends| ends.address(ip));
    six.map_or(Cell::Ip(ip), |ip| Cell::Name(ip.to_string()))
}

/// The ends of a tunnel whose own address is one of IPv6; nothing for all others.
pub fn ends(outer: &mut super::Outer) -> Option<Box<Ends>> {
    let local = outer.local6?;
    let mut ends = Ends::default();
    outer.local = ends.number(local);
    // It is made at the end, of the addresses that are sent.
    outer.checksum = false;
    Some(Box::new(ends))
}

/// The end that a text names, in the family of the tunnel.
pub fn parse(ends: Option<&mut Ends>, text: &str) -> Option<Ipv4Addr> {
    match ends {
        None => text.parse().ok(),
        Some(ends) => text.parse().ok().filter(|ip| ipv6::is_of_a_host(*ip)).map(|ip| ends.number(ip)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;
    use crate::device::outer::{Inner, Outer};
    use crate::id::FrameId;
    use crate::wire::{LinkType, Origin, Pool};

    const A: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
    const B: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);

    #[test]
    fn what_is_dressed_is_read_again_and_twenty_bytes_longer() {
        let mut outer = Outer { local6: Some(A), ..Outer::default() };
        let mut ends = ends(&mut outer).unwrap();
        let to = ends.number(B);
        for len in [0, 1, 20, 1_400] {
            let mut frame = Pool::default().mint(len, LinkType::Ethernet, FrameId(1), Origin::NONE);
            frame.bytes_mut().fill(0x5a);
            assert!(outer.put_udp(&mut frame, to, (40_000, 4_789), Inner { tos: 2, ..Inner::default() }));
            assert!(ends.dress(&mut frame));
            assert_eq!(frame.len(), len + 48);
            let ip = ipv6::check(frame.bytes()).unwrap();
            assert_eq!((ip.src, ip.dst, ip.next, ip.hops, ip.class), (A, B, 17, 64, 2));
            let mut there = Ends::default();
            let (header, datagram) = there.open(frame.bytes()).unwrap();
            assert_eq!((there.address(header.src), there.address(header.dst)), (Some(A), Some(B)));
            assert_eq!((header.header_len, datagram.dst, datagram.len), (40, 4_789, len + 8));
            frame.bytes_mut()[39] ^= 1;
            assert!(there.open(frame.bytes()).is_err(), "the checksum covers the addresses");
        }
    }

    #[test]
    fn an_end_is_read_in_the_family_of_its_tunnel() {
        let mut ends = Ends::default();
        ends.number(A);
        let b = ends.number(B);
        assert_eq!(parse(None, "fd00::1"), None);
        assert_eq!(parse(Some(&mut ends), "10.0.0.1"), None);
        assert_eq!(parse(Some(&mut ends), "ff02::1"), None);
        assert_eq!(parse(Some(&mut ends), "fd00::2"), Some(b));
    }
}
