//! IGMP: queries, and who says to listen to what.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Field, FieldValue, Walk, field};
use crate::wire::igmp::{self, Message, RecordKind};
use crate::wire::{be16, be32};

pub(super) fn igmp(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let message = match igmp::check(bytes) {
        Ok(message) => message,
        Err(error) => return walk.malformed(range, error),
    };
    let base = range.start;
    let number = |n: u64| FieldValue::Number(n);
    let mut fields = vec![
        field("type", base, 0, 1, FieldValue::Hex(u64::from(bytes[0]), 2)),
        field("says", base, 0, 1, FieldValue::Word(says(bytes, message))),
        field("checksum", base, 2, 2, FieldValue::Hex(u64::from(be16(bytes, 2)), 4)),
    ];
    let mut end = base + igmp::HEADER_LEN;
    let group = |at: usize| FieldValue::Ipv4(Ipv4Addr::from_bits(be32(bytes, at)));
    match message {
        Message::Query(query) => {
            fields.push(field("max-response", base, 1, 1, number(u64::from(query.max_response))));
            fields.push(field("group", base, 4, 4, group(4)));
            if query.version == 3 {
                fields.push(field("suppress", base, 8, 1, FieldValue::Flag(query.suppress)));
                fields.push(field("robustness", base, 8, 1, number(u64::from(query.robustness))));
                fields.push(field("interval", base, 9, 1, number(u64::from(query.interval))));
                fields.push(field("sources", base, 10, 2, number(u64::from(query.sources))));
                end = base + igmp::QUERY_V3_LEN + usize::from(query.sources) * 4;
            }
        }
        Message::Report { .. } | Message::Leave(_) => fields.push(field("group", base, 4, 4, group(4))),
        Message::ReportV3 => {
            fields.push(field("records", base, 6, 2, number(u64::from(be16(bytes, 6)))));
            end = base + records(bytes, base, &mut fields);
        }
        Message::Other(_) => {}
    }
    walk.push("igmp", base..end, fields);
    walk.rest("payload", end..range.end);
}

/// The fields of each record, one after the other. Returns where the last one ends.
fn records(bytes: &[u8], base: usize, fields: &mut Vec<Field>) -> usize {
    let mut at = igmp::HEADER_LEN;
    for record in igmp::records(bytes) {
        let more = usize::from(bytes[at + 1]) * 4;
        let word = match record.kind {
            Some(RecordKind::IsInclude) => "is include",
            Some(RecordKind::IsExclude) => "is exclude",
            Some(RecordKind::ToInclude) => "to include",
            Some(RecordKind::ToExclude) => "to exclude",
            Some(RecordKind::Allow) => "allow",
            Some(RecordKind::Block) => "block",
            None => "unknown",
        };
        fields.push(field("record", base, at, 1, FieldValue::Word(word)));
        fields.push(field("sources", base, at + 2, 2, FieldValue::Number(u64::from(record.sources))));
        fields.push(field("group", base, at + 4, 4, FieldValue::Ipv4(record.group)));
        at += igmp::RECORD_LEN + usize::from(record.sources) * 4 + more;
    }
    at
}

/// The message in a word: `leave` also where version 3 says it by a record.
fn says(bytes: &[u8], message: Message) -> &'static str {
    match message {
        Message::Query(query) if query.group.is_unspecified() => "query",
        Message::Query(_) => "group query",
        Message::Leave(_) => "leave",
        Message::ReportV3 if igmp::records(bytes).all(|record| record.leaves()) => "leave",
        Message::Report { .. } | Message::ReportV3 => "report",
        Message::Other(_) => "unknown",
    }
}
