//! IPv4 and ICMP.

use std::ops::Range;

use super::{FieldValue, Walk, field, transport, tunnel};
use crate::wire::{Malformed, be16, eigrp, icmp, ipv4, ospf};

/// A packet without a header of a link: its first bits say what it is.
pub(super) fn any(walk: &mut Walk<'_>, range: Range<usize>) {
    match walk.slice(range.clone()).first() {
        Some(first) if first >> 4 == 6 => super::ip6::ipv6(walk, range),
        _ => ipv4(walk, range),
    }
}

pub(super) fn ipv4(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let header = match ipv4::check(bytes) {
        Ok(header) => header,
        // A quoted packet is cut short on purpose; its header is what matters.
        Err(Malformed::Length) if walk.quoted => return quoted_header(walk, range),
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    push_header(walk, base, bytes, &header);
    let payload = base + header.header_len..base + header.total_len;
    if header.offset > 0 {
        walk.rest("payload", payload.clone());
    } else {
        upper(walk, payload.clone(), &header);
    }
    walk.rest("padding", payload.end..range.end);
}

fn push_header(walk: &mut Walk<'_>, base: usize, bytes: &[u8], header: &ipv4::Header) {
    let number = |n: u64| FieldValue::Number(n);
    walk.push(
        "ipv4",
        base..base + header.header_len,
        vec![
            field("version", base, 0, 1, number(4)),
            field("ihl", base, 0, 1, number(u64::from(bytes[0] & 0x0f))),
            field("dscp", base, 1, 1, number(u64::from(bytes[1] >> 2))),
            field("ecn", base, 1, 1, number(u64::from(bytes[1] & 3))),
            field("len", base, 2, 2, number(u64::from(be16(bytes, 2)))),
            field("id", base, 4, 2, FieldValue::Hex(u64::from(header.id), 4)),
            field("df", base, 6, 1, FieldValue::Flag(header.df)),
            field("mf", base, 6, 1, FieldValue::Flag(header.mf)),
            field("offset", base, 6, 2, number(header.offset as u64)),
            field("ttl", base, 8, 1, number(u64::from(header.ttl))),
            field("proto", base, 9, 1, number(u64::from(header.protocol))),
            field("checksum", base, 10, 2, FieldValue::Hex(u64::from(be16(bytes, 10)), 4)),
            field("src", base, 12, 4, FieldValue::Ipv4(header.src)),
            field("dst", base, 16, 4, FieldValue::Ipv4(header.dst)),
        ],
    );
}

fn quoted_header(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let header_len = usize::from(bytes[0] & 0x0f) * 4;
    let fragment = be16(bytes, 6);
    let header = ipv4::Header {
        src: std::net::Ipv4Addr::from_bits(crate::wire::be32(bytes, 12)),
        dst: std::net::Ipv4Addr::from_bits(crate::wire::be32(bytes, 16)),
        protocol: bytes[9],
        ttl: bytes[8],
        header_len,
        total_len: bytes.len(),
        df: fragment & 0x4000 != 0,
        mf: fragment & 0x2000 != 0,
        offset: usize::from(fragment & 0x1fff) * 8,
        id: be16(bytes, 4),
        tos: bytes[1],
    };
    push_header(walk, range.start, bytes, &header);
    walk.rest("payload", range.start + header_len..range.end);
}

fn upper(walk: &mut Walk<'_>, range: Range<usize>, header: &ipv4::Header) {
    match header.protocol {
        ipv4::ICMP => icmp(walk, range, header.mf),
        ipv4::IGMP if !walk.quoted && !header.mf => super::igmp::igmp(walk, range),
        eigrp::PROTOCOL if !walk.quoted && !header.mf => super::eigrp::eigrp(walk, range),
        ospf::PROTOCOL if !walk.quoted && !header.mf => super::ospf::ospf(walk, range),
        ipv4::UDP => transport::udp(walk, range, header),
        ipv4::TCP => transport::tcp(walk, range),
        4 if !walk.quoted && !header.mf => tunnel::packet(walk, range),
        47 if !walk.quoted && !header.mf => tunnel::gre(walk, range),
        _ => walk.rest("payload", range),
    }
}

fn icmp(walk: &mut Walk<'_>, range: Range<usize>, first_fragment: bool) {
    let bytes = walk.slice(range.clone());
    if bytes.len() < icmp::HEADER_LEN {
        return walk.malformed(range, Malformed::TooShort);
    }
    // The checksum of a fragmented message covers bytes that are elsewhere.
    if !first_fragment
        && !walk.quoted
        && let Err(error) = icmp::check(bytes)
    {
        return walk.malformed(range, error);
    }
    let base = range.start;
    let mut fields = vec![
        field("type", base, 0, 1, FieldValue::Number(u64::from(bytes[0]))),
        field("code", base, 1, 1, FieldValue::Number(u64::from(bytes[1]))),
        field("checksum", base, 2, 2, FieldValue::Hex(u64::from(be16(bytes, 2)), 4)),
    ];
    let low = FieldValue::Number(u64::from(be16(bytes, 6)));
    let is_error = matches!(bytes[0], icmp::UNREACHABLE | icmp::TIME_EXCEEDED | 4 | 5 | 12);
    if matches!(bytes[0], icmp::ECHO_REPLY | icmp::ECHO_REQUEST) {
        fields.push(field("id", base, 4, 2, FieldValue::Number(u64::from(be16(bytes, 4)))));
        fields.push(field("seq", base, 6, 2, low));
    } else if bytes[0] == icmp::UNREACHABLE && bytes[1] == icmp::FRAGMENTATION_NEEDED {
        fields.push(field("mtu", base, 6, 2, low));
    }
    walk.push("icmp", base..base + icmp::HEADER_LEN, fields);
    let rest = base + icmp::HEADER_LEN..range.end;
    if is_error && !walk.quoted && !rest.is_empty() {
        walk.quoted = true;
        ipv4(walk, rest);
        walk.quoted = false;
    } else {
        walk.rest("payload", rest);
    }
}
