//! Ethernet, 802.1Q and ARP.

use std::ops::Range;

use super::{DEPTH, FieldValue, Walk, field, ip, ip6, isis};
use crate::wire::arp::{Arp, LEN, Operation};
use crate::wire::ethernet::{self, HEADER_LEN, TAG_LEN};
use crate::wire::{MacAddr, Malformed, be16, llc};

pub(super) fn ethernet(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    if bytes.len() < HEADER_LEN {
        return walk.malformed(range, Malformed::TooShort);
    }
    if walk.depth >= DEPTH {
        return walk.rest("payload", range);
    }
    walk.depth += 1;
    let base = range.start;
    let ethertype = be16(bytes, 12);
    let is_length = llc::payload(bytes).is_some();
    let kind = if is_length {
        field("len", base, 12, 2, FieldValue::Number(u64::from(ethertype)))
    } else {
        field("type", base, 12, 2, FieldValue::Hex(u64::from(ethertype), 4))
    };
    walk.push(
        "eth",
        base..base + HEADER_LEN,
        vec![
            field("dst", base, 0, 6, FieldValue::Mac(MacAddr::from_slice(bytes))),
            field("src", base, 6, 6, FieldValue::Mac(MacAddr::from_slice(&bytes[6..]))),
            kind,
        ],
    );
    if is_length {
        return control(walk, range, ethertype);
    }
    payload(walk, base + HEADER_LEN..range.end, ethertype);
}

/// Logical link control and what is behind it; what follows the length is padding of the link.
fn control(walk: &mut Walk<'_>, range: Range<usize>, len: u16) {
    let base = range.start + HEADER_LEN;
    let end = base + usize::from(len);
    let service = walk.slice(base..base + 1).first().copied().unwrap_or_default();
    walk.push(
        "llc",
        base..base + llc::LEN,
        vec![
            field("service", base, 0, 2, FieldValue::Hex(u64::from(service), 2)),
            field("control", base, 2, 1, FieldValue::Hex(u64::from(llc::UI), 2)),
        ],
    );
    let inside = base + llc::LEN..end;
    match service {
        llc::OSI => isis::isis(walk, inside),
        _ => walk.rest("payload", inside),
    }
    walk.rest("padding", end..range.end);
}

fn payload(walk: &mut Walk<'_>, range: Range<usize>, ethertype: u16) {
    match ethertype {
        ethernet::IPV4 => ip::ipv4(walk, range),
        ethernet::IPV6 => ip6::ipv6(walk, range),
        ethernet::ARP => arp(walk, range),
        ethernet::VLAN => vlan(walk, range),
        _ => walk.rest("payload", range),
    }
}

fn vlan(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    if bytes.len() < TAG_LEN {
        return walk.malformed(range, Malformed::TooShort);
    }
    if walk.depth >= DEPTH {
        return walk.rest("payload", range);
    }
    walk.depth += 1;
    let base = range.start;
    let (tci, ethertype) = (be16(bytes, 0), be16(bytes, 2));
    walk.push(
        "vlan",
        base..base + TAG_LEN,
        vec![
            field("pcp", base, 0, 1, FieldValue::Number(u64::from(tci >> 13))),
            field("dei", base, 0, 1, FieldValue::Flag(tci & 0x1000 != 0)),
            field("id", base, 0, 2, FieldValue::Number(u64::from(tci & 0x0fff))),
            field("type", base, 2, 2, FieldValue::Hex(u64::from(ethertype), 4)),
        ],
    );
    payload(walk, base + TAG_LEN..range.end, ethertype);
}

fn arp(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let arp = match Arp::parse(bytes) {
        Ok(arp) => arp,
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    let op = match arp.op {
        Operation::Request => "request",
        Operation::Reply => "reply",
    };
    walk.push(
        "arp",
        base..base + LEN,
        vec![
            field("op", base, 6, 2, FieldValue::Word(op)),
            field("sha", base, 8, 6, FieldValue::Mac(arp.sha)),
            field("spa", base, 14, 4, FieldValue::Ipv4(arp.spa)),
            field("tha", base, 18, 6, FieldValue::Mac(arp.tha)),
            field("tpa", base, 24, 4, FieldValue::Ipv4(arp.tpa)),
        ],
    );
    walk.rest("padding", base + LEN..range.end);
}
