//! Congestion marks in and out of tunnels (RFC 6040).

use crate::wire::{checksum, ethernet, ipv4};

/// Congestion experienced.
const CE: u8 = 3;
/// Able to be marked.
const ECT_0: u8 = 2;

/// ECN bits of the outer header for this inner type of service: a mark inside is not repeated outside (Linux
/// `INET_ECN_encapsulate`).
#[inline]
pub const fn outside(inner_tos: u8) -> u8 {
    match inner_tos & CE {
        CE => ECT_0,
        other => other,
    }
}

/// Takes a mark over to an inner Ethernet frame when it carries IPv4. False when the packet must be dropped, because
/// its sender could not understand a mark (Linux `INET_ECN_decapsulate`).
#[inline]
pub fn inside(outer_tos: u8, frame: &mut crate::wire::Frame, ip_at: usize) -> bool {
    if outer_tos & CE != CE {
        return true;
    }
    let bytes = frame.bytes();
    let is_ip = ip_at == 0 || ethernet::ethertype(bytes) == Some(ethernet::IPV4);
    if !is_ip || bytes.len() < ip_at + ipv4::HEADER_LEN {
        return true;
    }
    match bytes[ip_at + 1] & CE {
        0 => false,
        CE => true,
        _ => {
            let ip = &mut frame.bytes_mut()[ip_at..];
            let old = u16::from_be_bytes([ip[0], ip[1]]);
            ip[1] |= CE;
            let sum = u16::from_be_bytes([ip[10], ip[11]]);
            let sum = checksum::update(sum, old, u16::from_be_bytes([ip[0], ip[1]]));
            ip[10..12].copy_from_slice(&sum.to_be_bytes());
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{Frame, LinkType, Origin, Pool};
    use std::net::Ipv4Addr;

    fn packet(tos: u8) -> Frame {
        let mut frame = Pool::default().mint(40, LinkType::Ip, FrameId(1), Origin::NONE);
        let (src, dst) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        ipv4::write(frame.bytes_mut(), &ipv4::Send { src, dst, protocol: 1, ttl: 9, df: false, tos, id: 7 }, 40);
        frame
    }

    #[test]
    fn the_table_of_rfc_6040() {
        assert_eq!([0, 1, 2, 3].map(|tos| outside(0xfc | tos)), [0, 1, 2, 2]);
        for (outer, inner, expected) in [
            (0, 0, Some(0)),
            (2, 0, Some(0)),
            (3, 0, None),
            (2, 2, Some(2)),
            (3, 2, Some(3)),
            (3, 1, Some(3)),
            (0, 3, Some(3)),
        ] {
            let mut frame = packet(0x50 | inner);
            let passed = inside(outer, &mut frame, 0);
            let after = passed.then(|| ipv4::check(frame.bytes()).unwrap().tos & 3);
            assert_eq!(after, expected, "outer {outer}, inner {inner}");
        }
    }

    #[test]
    fn what_is_no_ip_is_left_alone() {
        let mut frame = Pool::default().mint(60, LinkType::Ethernet, FrameId(1), Origin::NONE);
        assert!(inside(3, &mut frame, ethernet::HEADER_LEN));
        assert!(frame.bytes().iter().all(|byte| *byte == 0));
    }
}
