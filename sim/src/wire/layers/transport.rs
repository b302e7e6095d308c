//! UDP and TCP.

use std::ops::Range;

use super::{FieldValue, Walk, bgp, field, gossip, rip, store, tunnel};
use crate::wire::{Malformed, be16, be32, ipv4, ipv6, tcp, udp};

pub(super) fn udp(walk: &mut Walk<'_>, range: Range<usize>, ip: &ipv4::Header) {
    let checked = udp::check(walk.slice(range.clone()), ip.src, ip.dst);
    datagram(walk, range, checked, ip.mf);
}

pub(super) fn udp_over_ipv6(walk: &mut Walk<'_>, range: Range<usize>, ip: &ipv6::Header) {
    let checked = udp::check_over_ipv6(walk.slice(range.clone()), ip.src, ip.dst);
    datagram(walk, range, checked, false);
}

fn datagram(walk: &mut Walk<'_>, range: Range<usize>, checked: Result<udp::Header, Malformed>, first_fragment: bool) {
    let bytes = walk.slice(range.clone());
    let header = match checked {
        Ok(header) => header,
        // Only the first fragment carries the header; length and checksum speak of the whole.
        Err(Malformed::Length | Malformed::Checksum) if first_fragment || walk.quoted => {
            udp::Header { src: be16(bytes, 0), dst: be16(bytes, 2), len: bytes.len() }
        }
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    walk.push(
        "udp",
        base..base + udp::HEADER_LEN,
        vec![
            field("src", base, 0, 2, FieldValue::Number(u64::from(header.src))),
            field("dst", base, 2, 2, FieldValue::Number(u64::from(header.dst))),
            field("len", base, 4, 2, FieldValue::Number(u64::from(be16(bytes, 4)))),
            field("checksum", base, 6, 2, FieldValue::Hex(u64::from(be16(bytes, 6)), 4)),
        ],
    );
    let payload = base + udp::HEADER_LEN..base + header.len;
    let told = !walk.quoted && !first_fragment && {
        let ports = [header.src, header.dst];
        tunnel::over_udp(walk, payload.clone(), header.dst)
            || store::over_udp(walk, payload.clone(), ports)
            || gossip::over_udp(walk, payload.clone(), ports)
            || rip::over_udp(walk, payload.clone(), ports)
    };
    if !told {
        walk.rest("payload", payload);
    }
}

pub(super) fn tcp(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let Ok(packet) = smoltcp::wire::TcpPacket::new_checked(bytes) else {
        // An ICMP error need not quote more than eight bytes.
        return if walk.quoted { walk.rest("payload", range) } else { walk.malformed(range, Malformed::HeaderLength) };
    };
    let base = range.start;
    let header_len = usize::from(packet.header_len());
    let number = |n: u64| FieldValue::Number(n);
    // Only a SYN says how long a segment may be.
    let mss = tcp::mss_at(bytes).map(|at| field("mss", base, at, 2, number(u64::from(be16(bytes, at)))));
    walk.push(
        "tcp",
        base..base + header_len,
        [
            field("src", base, 0, 2, number(u64::from(packet.src_port()))),
            field("dst", base, 2, 2, number(u64::from(packet.dst_port()))),
            field("seq", base, 4, 4, number(u64::from(be32(bytes, 4)))),
            field("ack", base, 8, 4, number(u64::from(be32(bytes, 8)))),
            field("flags", base, 12, 2, FieldValue::Hex(u64::from(be16(bytes, 12) & 0x01ff), 3)),
            field("window", base, 14, 2, number(u64::from(packet.window_len()))),
            field("checksum", base, 16, 2, FieldValue::Hex(u64::from(packet.checksum()), 4)),
        ]
        .into_iter()
        .chain(mss)
        .collect(),
    );
    let ports = [packet.src_port(), packet.dst_port()];
    let start = base + header_len;
    let told = if walk.quoted { start } else { bgp::over_tcp(walk, start..range.end, ports) };
    walk.rest("payload", told..range.end);
}
