//! IPv6 and neighbour discovery.

use std::ops::Range;

use super::{FieldValue, Walk, field, transport, tunnel};
use crate::wire::icmpv6::{self, Neighbour, Operation};
use crate::wire::{be16, ipv4, ipv6};

pub(super) fn ipv6(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let header = match ipv6::check(bytes) {
        Ok(header) => header,
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    let number = |n: u64| FieldValue::Number(n);
    walk.push(
        "ipv6",
        base..base + ipv6::HEADER_LEN,
        vec![
            field("version", base, 0, 1, number(6)),
            field("dscp", base, 0, 2, number(u64::from(header.class >> 2))),
            field("ecn", base, 1, 1, number(u64::from(header.class & 3))),
            field("flow", base, 1, 3, FieldValue::Hex(u64::from(header.flow), 5)),
            field("len", base, 4, 2, number(u64::from(be16(bytes, 4)))),
            field("next", base, 6, 1, number(u64::from(header.next))),
            field("hops", base, 7, 1, number(u64::from(header.hops))),
            field("src", base, 8, 16, FieldValue::Ipv6(header.src)),
            field("dst", base, 24, 16, FieldValue::Ipv6(header.dst)),
        ],
    );
    let payload = base + ipv6::HEADER_LEN..base + header.total_len;
    match header.next {
        ipv6::ICMPV6 => icmpv6(walk, payload.clone(), &header),
        ipv4::UDP => transport::udp_over_ipv6(walk, payload.clone(), &header),
        ipv4::TCP => transport::tcp(walk, payload.clone()),
        4 => tunnel::packet(walk, payload.clone()),
        47 => tunnel::gre(walk, payload.clone()),
        _ => walk.rest("payload", payload.clone()),
    }
    walk.rest("padding", payload.end..range.end);
}

fn icmpv6(walk: &mut Walk<'_>, range: Range<usize>, ip: &ipv6::Header) {
    let bytes = walk.slice(range.clone());
    let (kind, code) = match icmpv6::check(bytes, ip.src, ip.dst) {
        Ok(head) => head,
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    let mut fields = vec![
        field("type", base, 0, 1, FieldValue::Number(u64::from(kind))),
        field("code", base, 1, 1, FieldValue::Number(u64::from(code))),
        field("checksum", base, 2, 2, FieldValue::Hex(u64::from(icmpv6::checksum_of(bytes)), 4)),
    ];
    if !icmpv6::is_neighbour(kind) {
        walk.push("icmpv6", base..base + icmpv6::HEADER_LEN, fields);
        return walk.rest("payload", base + icmpv6::HEADER_LEN..range.end);
    }
    let neighbour = match Neighbour::parse(bytes, ip) {
        Ok(neighbour) => neighbour,
        Err(error) => return walk.malformed(range, error),
    };
    let (says, mac) = match neighbour.op {
        Operation::Solicitation => ("solicitation", "source-mac"),
        Operation::Advertisement { router, solicited, replaces } => {
            let flags = [("router", router), ("solicited", solicited), ("override", replaces)];
            fields.extend(flags.map(|(name, on)| field(name, base, 4, 1, FieldValue::Flag(on))));
            ("advertisement", "target-mac")
        }
    };
    fields.push(field("says", base, 0, 1, FieldValue::Word(says)));
    fields.push(field("target", base, 8, 16, FieldValue::Ipv6(neighbour.target)));
    // Where there is more than this one option the place is that of all of them.
    let rest = bytes.len() - 24;
    fields.extend(neighbour.mac.map(|address| field(mac, base, 24, rest, FieldValue::Mac(address))));
    walk.push("icmpv6", range, fields);
}
