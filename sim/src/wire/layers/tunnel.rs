//! What stands between an outer and an inner header: VXLAN, Geneve, GRE, and the framings of programs.

use std::ops::Range;

use super::{DEPTH, FieldValue, Walk, field, ip, link};
use crate::wire::{MacAddr, Malformed, be16, be32, ethernet};

/// Kinds of tunnels over UDP by their customary port: IANA's, and those that Linux, Weave and Flannel took.
pub(super) fn over_udp(walk: &mut Walk<'_>, range: Range<usize>, port: u16) -> bool {
    match port {
        4789 | 8472 | 6784 => vxlan(walk, range),
        6081 => geneve(walk, range),
        6783 => sleeve(walk, range),
        51_820 => wireguard(walk, range),
        8285 => packet(walk, range),
        _ => return false,
    }
    true
}

/// A packet in a packet, as deep as anybody looks.
pub(super) fn packet(walk: &mut Walk<'_>, range: Range<usize>) {
    if walk.depth >= DEPTH {
        return walk.rest("payload", range);
    }
    walk.depth += 1;
    ip::ipv4(walk, range);
}

/// RFC 7348 §5.
fn vxlan(walk: &mut Walk<'_>, range: Range<usize>) {
    const LEN: usize = crate::wire::vxlan::HEADER_LEN;
    let bytes = walk.slice(range.clone());
    if bytes.len() < LEN {
        return walk.malformed(range, Malformed::TooShort);
    }
    let base = range.start;
    walk.push(
        "vxlan",
        base..base + LEN,
        vec![
            field("flags", base, 0, 1, FieldValue::Hex(u64::from(bytes[0]), 2)),
            field("vni", base, 4, 3, FieldValue::Number(u64::from(be32(bytes, 4) >> 8))),
        ],
    );
    link::ethernet(walk, base + LEN..range.end);
}

/// RFC 8926 §3.4.
fn geneve(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let options = bytes.first().map_or(0, |first| usize::from(first & 0x3f) * 4);
    if bytes.len() < 8 + options {
        return walk.malformed(range, Malformed::TooShort);
    }
    let base = range.start;
    let protocol = be16(bytes, 2);
    let mut fields = vec![
        field("version", base, 0, 1, FieldValue::Number(u64::from(bytes[0] >> 6))),
        field("optlen", base, 0, 1, FieldValue::Number(options as u64)),
        field("flags", base, 1, 1, FieldValue::Hex(u64::from(bytes[1]), 2)),
        field("type", base, 2, 2, FieldValue::Hex(u64::from(protocol), 4)),
        field("vni", base, 4, 3, FieldValue::Number(u64::from(be32(bytes, 4) >> 8))),
    ];
    if options > 0 {
        fields.push(field("options", base, 8, options, FieldValue::Bytes(options)));
    }
    walk.push("geneve", base..base + 8 + options, fields);
    inside(walk, base + 8 + options..range.end, protocol);
}

/// RFC 2784 and RFC 2890.
pub(super) fn gre(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let flags = if bytes.len() < 4 { 0 } else { be16(bytes, 0) };
    let len = 4 + 4 * (flags & 0xb000).count_ones() as usize;
    if bytes.len() < len {
        return walk.malformed(range, Malformed::TooShort);
    }
    let base = range.start;
    let protocol = be16(bytes, 2);
    let mut fields = vec![
        field("flags", base, 0, 2, FieldValue::Hex(u64::from(flags), 4)),
        field("type", base, 2, 2, FieldValue::Hex(u64::from(protocol), 4)),
    ];
    let mut at = 4;
    if flags & 0x8000 != 0 {
        fields.push(field("checksum", base, at, 2, FieldValue::Hex(u64::from(be16(bytes, at)), 4)));
        at += 4;
    }
    for (flag, name) in [(0x2000, "key"), (0x1000, "seq")] {
        if flags & flag != 0 {
            fields.push(field(name, base, at, 4, FieldValue::Number(u64::from(be32(bytes, at)))));
            at += 4;
        }
    }
    walk.push("gre", base..base + len, fields);
    inside(walk, base + len..range.end, protocol);
}

/// Content that its header names by EtherType.
fn inside(walk: &mut Walk<'_>, range: Range<usize>, protocol: u16) {
    match protocol {
        0x6558 => link::ethernet(walk, range),
        ethernet::IPV4 => packet(walk, range),
        _ => walk.rest("payload", range),
    }
}

/// Weave's names of peers, then a frame; several frames may share a datagram.
fn sleeve(walk: &mut Walk<'_>, range: Range<usize>) {
    const NAME: usize = 6;
    const FRAME: usize = 2 * NAME + 2;
    let bytes = walk.slice(range.clone());
    let base = range.start;
    let mut at = NAME;
    let mut first = true;
    while at + FRAME <= bytes.len() && walk.depth < DEPTH {
        let len = usize::from(be16(bytes, at + 2 * NAME));
        let end = at + FRAME + len;
        if end > bytes.len() {
            break;
        }
        let start = if first { 0 } else { at };
        let mac = |from: usize| FieldValue::Mac(MacAddr::from_slice(&bytes[from..]));
        let mut fields = Vec::new();
        if first {
            fields.push(field("sender", base, 0, NAME, mac(0)));
        }
        fields.push(field("src", base, at, NAME, mac(at)));
        fields.push(field("dst", base, at + NAME, NAME, mac(at + NAME)));
        fields.push(field("len", base, at + 2 * NAME, 2, FieldValue::Number(len as u64)));
        walk.push("sleeve", base + start..base + at + FRAME, fields);
        link::ethernet(walk, base + at + FRAME..base + end);
        (at, first) = (end, false);
    }
    if first {
        walk.malformed(range, Malformed::TooShort);
    } else {
        walk.rest("payload", base + at..range.end);
    }
}

/// A data message of WireGuard. Its content is walked, since nothing here encrypts it.
fn wireguard(walk: &mut Walk<'_>, range: Range<usize>) {
    const HEADER: usize = 16;
    const TAG: usize = 16;
    let bytes = walk.slice(range.clone());
    if bytes.len() < HEADER + TAG || bytes[0] != 4 {
        return walk.rest("payload", range);
    }
    let base = range.start;
    walk.push(
        "wireguard",
        base..base + HEADER,
        vec![
            field("type", base, 0, 1, FieldValue::Number(u64::from(bytes[0]))),
            field("receiver", base, 4, 4, FieldValue::Hex(u64::from(be32(bytes, 4)), 8)),
            field("counter", base, 8, 8, FieldValue::Bytes(8)),
        ],
    );
    packet(walk, base + HEADER..range.end - TAG);
    walk.rest("padding", range.end - TAG..range.end);
}
