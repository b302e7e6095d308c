//! IGMP, versions 1 to 3 (RFC 1112 appendix I, RFC 2236, RFC 3376): who listens to which group.
//!
//! The packet around it is always the same: protocol 2, TTL 1, and the router alert option, so that routers look into
//! it although it is not addressed to them.

use std::net::Ipv4Addr;

use crate::wire::{Malformed, be16, be32, checksum, ipv4};

/// Bytes of a message of version 1 or 2, and of the head of every report of version 3.
pub const HEADER_LEN: usize = 8;
/// Bytes of a query of version 3 without sources, and of a report of version 3 per record and head.
pub const QUERY_V3_LEN: usize = 12;
/// Bytes of a record of version 3 without sources.
pub const RECORD_LEN: usize = 8;
/// Bytes of the IP header with the router alert option.
pub const IP_LEN: usize = ipv4::HEADER_LEN + 4;

/// Type of a query, in all versions.
pub const QUERY: u8 = 0x11;
/// Type of a report of version 1.
pub const REPORT_V1: u8 = 0x12;
/// Type of a report of version 2.
pub const REPORT_V2: u8 = 0x16;
/// Type of "I leave", version 2.
pub const LEAVE: u8 = 0x17;
/// Type of a report of version 3.
pub const REPORT_V3: u8 = 0x22;

/// Every host on the link: where queries go.
pub const ALL_HOSTS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);
/// Every router on the link: where those who leave in version 2 say so.
pub const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);
/// Every router that speaks version 3: where its reports go.
pub const V3_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 22);

/// A group of the link itself, 224.0.0.0/24: no router passes it on, no switch holds it back, nobody reports it.
#[inline]
pub const fn is_local(group: Ipv4Addr) -> bool {
    group.to_bits() >> 8 == 0x00e0_0000
}

/// A question who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The version it is written in.
    pub version: u8,
    /// The group it is about; 0.0.0.0 asks about all.
    pub group: Ipv4Addr,
    /// Longest time an answer may take, in tenths of a second. 0 in version 1, which has no such field.
    pub max_response: u32,
    /// Routers shall not shorten their timers because of it.
    pub suppress: bool,
    /// How many packets may be lost before somebody is forgotten; 0 says nothing.
    pub robustness: u8,
    /// Seconds from one general query to the next; 0 says nothing.
    pub interval: u32,
    /// How many sources it names.
    pub sources: u16,
}

/// What a record of version 3 says about a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordKind {
    /// Listens to the sources named, and always has.
    IsInclude = 1,
    /// Listens to all but the sources named, and always has.
    IsExclude = 2,
    /// From now on listens to the sources named alone: with none, it has left.
    ToInclude = 3,
    /// From now on listens to all but the sources named: with none, it has joined.
    ToExclude = 4,
    /// Listens to these sources too.
    Allow = 5,
    /// Listens to these sources no more.
    Block = 6,
}

/// One group of a report of version 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it says; `None` is a kind nobody knows, which is passed over.
    pub kind: Option<RecordKind>,
    /// The group.
    pub group: Ipv4Addr,
    /// How many sources it names.
    pub sources: u16,
}

impl Record {
    /// The sender listens no more, to whatever source.
    pub fn leaves(&self) -> bool {
        self.sources == 0 && matches!(self.kind, Some(RecordKind::ToInclude | RecordKind::IsInclude))
    }
}

/// A message that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Who listens?
    Query(Query),
    /// I listen, in version 1 or 2.
    Report {
        /// The version it is written in.
        version: u8,
        /// The group.
        group: Ipv4Addr,
    },
    /// I listen no more, in version 2.
    Leave(Ipv4Addr),
    /// Several groups at once, in version 3: see [`records`].
    ReportV3,
    /// Something else of this protocol, by its type.
    Other(u8),
}

/// A time written with three bits of exponent where it is long (RFC 3376 §4.1.1).
const fn long_time(code: u8) -> u32 {
    if code < 128 {
        return code as u32;
    }
    (code as u32 & 0x0f | 0x10) << ((code as u32 >> 4 & 7) + 3)
}

/// Checks length, checksum, and that all records of a report are there.
pub fn check(bytes: &[u8]) -> Result<Message, Malformed> {
    if bytes.len() < HEADER_LEN {
        return Err(Malformed::TooShort);
    }
    if checksum::finish(checksum::sum(bytes)) != 0 {
        return Err(Malformed::Checksum);
    }
    let group = Ipv4Addr::from_bits(be32(bytes, 4));
    match bytes[0] {
        QUERY => query(bytes, group).map(Message::Query),
        REPORT_V1 => Ok(Message::Report { version: 1, group }),
        REPORT_V2 => Ok(Message::Report { version: 2, group }),
        LEAVE => Ok(Message::Leave(group)),
        REPORT_V3 => {
            let whole = usize::from(be16(bytes, 6)) == records(bytes).count();
            if whole { Ok(Message::ReportV3) } else { Err(Malformed::Length) }
        }
        other => Ok(Message::Other(other)),
    }
}

fn query(bytes: &[u8], group: Ipv4Addr) -> Result<Query, Malformed> {
    if bytes.len() == HEADER_LEN {
        let version = if bytes[1] == 0 { 1 } else { 2 };
        let max_response = u32::from(bytes[1]);
        return Ok(Query { version, group, max_response, suppress: false, robustness: 0, interval: 0, sources: 0 });
    }
    // From 9 to 11 bytes it is of no version (RFC 3376 §7.1).
    if bytes.len() < QUERY_V3_LEN {
        return Err(Malformed::Length);
    }
    let sources = be16(bytes, 10);
    if bytes.len() < QUERY_V3_LEN + usize::from(sources) * 4 {
        return Err(Malformed::Length);
    }
    Ok(Query {
        version: 3,
        group,
        max_response: long_time(bytes[1]),
        suppress: bytes[8] & 8 != 0,
        robustness: bytes[8] & 7,
        interval: long_time(bytes[9]),
        sources,
    })
}

/// The records of a report of version 3, as far as they are there.
pub fn records(bytes: &[u8]) -> impl Iterator<Item = Record> + '_ {
    let count = if bytes.len() < HEADER_LEN { 0 } else { be16(bytes, 6) };
    let mut at = HEADER_LEN;
    (0..count).map_while(move |_| {
        let head = bytes.get(at..at + RECORD_LEN)?;
        let sources = be16(head, 2);
        // Behind the sources there may be words that no version fills yet.
        let end = at + RECORD_LEN + usize::from(sources) * 4 + usize::from(head[1]) * 4;
        if end > bytes.len() {
            return None;
        }
        at = end;
        let kind = match head[0] {
            1 => Some(RecordKind::IsInclude),
            2 => Some(RecordKind::IsExclude),
            3 => Some(RecordKind::ToInclude),
            4 => Some(RecordKind::ToExclude),
            5 => Some(RecordKind::Allow),
            6 => Some(RecordKind::Block),
            _ => None,
        };
        Some(Record { kind, group: Ipv4Addr::from_bits(be32(head, 4)), sources })
    })
}

fn sign(bytes: &mut [u8]) {
    bytes[2..4].fill(0);
    let sum = checksum::finish(checksum::sum(bytes));
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
}

/// Writes a message of version 1 or 2: type, longest response in tenths of a second, group.
pub fn write(bytes: &mut [u8], kind: u8, max_response: u8, group: Ipv4Addr) {
    bytes[0] = kind;
    bytes[1] = max_response;
    bytes[4..8].copy_from_slice(&group.octets());
    sign(&mut bytes[..HEADER_LEN]);
}

/// Writes a query of version 3 without sources. Times must be below 128, where they need no exponent.
pub fn write_query(bytes: &mut [u8], query: &Query) {
    bytes[8] = u8::from(query.suppress) << 3 | query.robustness & 7;
    bytes[9] = query.interval.min(127) as u8;
    bytes[10..QUERY_V3_LEN].fill(0);
    bytes[0] = QUERY;
    bytes[1] = query.max_response.min(127) as u8;
    bytes[4..8].copy_from_slice(&query.group.octets());
    sign(&mut bytes[..QUERY_V3_LEN]);
}

/// Writes a report of version 3: one record for each pair, without sources.
pub fn write_report(bytes: &mut [u8], groups: &[(RecordKind, Ipv4Addr)]) {
    bytes[..HEADER_LEN].fill(0);
    bytes[0] = REPORT_V3;
    bytes[6..8].copy_from_slice(&(groups.len() as u16).to_be_bytes());
    for (record, (kind, group)) in bytes[HEADER_LEN..].chunks_exact_mut(RECORD_LEN).zip(groups) {
        record.fill(0);
        record[0] = *kind as u8;
        record[4..].copy_from_slice(&group.octets());
    }
    sign(&mut bytes[..HEADER_LEN + groups.len() * RECORD_LEN]);
}

/// Writes the IP header of a message of `len` bytes, 24 bytes with the router alert (RFC 2113), as Linux writes it:
/// number 0, for what may not be split needs none (`igmpv3_newpack`, `igmp_send_report`).
pub fn write_ip(bytes: &mut [u8], src: Ipv4Addr, dst: Ipv4Addr, len: usize) {
    let send = ipv4::Send { src, dst, protocol: ipv4::IGMP, ttl: 1, df: true, tos: ipv4::TOS_CONTROL, id: 0 };
    ipv4::write(bytes, &send, IP_LEN + len);
    bytes[0] = 0x40 | (IP_LEN / 4) as u8;
    bytes[ipv4::HEADER_LEN..IP_LEN].copy_from_slice(&[0x94, 4, 0, 0]);
    bytes[10..12].fill(0);
    let sum = checksum::finish(checksum::sum(&bytes[..IP_LEN]));
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);

    #[test]
    fn a_join_of_version_3_is_the_packet_linux_sends() {
        let mut packet = vec![0; IP_LEN + HEADER_LEN + RECORD_LEN];
        write_report(&mut packet[IP_LEN..], &[(RecordKind::ToExclude, GROUP)]);
        write_ip(&mut packet, Ipv4Addr::new(192, 0, 2, 1), V3_ROUTERS, HEADER_LEN + RECORD_LEN);
        // Captured from Linux 6.18: `ip link add type vxlan … group 239.1.1.1`, without the Ethernet header.
        let head = [0x46, 0xc0, 0, 40, 0, 0, 0x40, 0, 1, 2];
        assert_eq!(packet[..10], head);
        assert_eq!(packet[20..24], [0x94, 4, 0, 0]);
        assert_eq!(packet[24..], [0x22, 0, 0xe9, 0xfb, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 1, 1]);
        let ip = ipv4::check(&packet).unwrap();
        assert_eq!((ip.header_len, ip.ttl, ip.df, ip.dst), (24, 1, true, V3_ROUTERS));
        assert_eq!(check(&packet[24..]), Ok(Message::ReportV3));
        let record = Record { kind: Some(RecordKind::ToExclude), group: GROUP, sources: 0 };
        assert_eq!(records(&packet[24..]).collect::<Vec<_>>(), [record]);
    }

    #[test]
    fn versions_of_a_query_are_told_apart_by_length_and_time() {
        let mut old = vec![0; 8];
        write(&mut old, QUERY, 0, Ipv4Addr::UNSPECIFIED);
        let mut second = vec![0; 8];
        write(&mut second, QUERY, 100, Ipv4Addr::UNSPECIFIED);
        let asked = Query {
            version: 3,
            group: GROUP,
            max_response: 10,
            suppress: true,
            robustness: 2,
            interval: 125,
            sources: 0,
        };
        let mut third = vec![0; 12];
        write_query(&mut third, &asked);
        let versions = [&old, &second, &third].map(|bytes| match check(bytes) {
            Ok(Message::Query(query)) => query.version,
            other => panic!("{other:?}"),
        });
        assert_eq!(versions, [1, 2, 3]);
        assert_eq!(check(&third), Ok(Message::Query(asked)));
    }

    #[test]
    fn long_times_have_an_exponent() {
        assert_eq!([0, 127, 128, 0x8f, 0xff].map(long_time), [0, 127, 128, 248, 31_744]);
    }

    #[test]
    fn each_check_says_what_failed() {
        let mut report = vec![0; 16];
        write_report(&mut report, &[(RecordKind::ToExclude, GROUP)]);
        assert_eq!(check(&report[..7]), Err(Malformed::TooShort));
        let resign = |mut bytes: Vec<u8>| {
            sign(&mut bytes);
            check(&bytes)
        };
        let with = |at: usize, value: u8| {
            let mut bytes = report.clone();
            bytes[at] = value;
            bytes
        };
        assert_eq!(check(&with(12, 1)), Err(Malformed::Checksum));
        // More records, more sources, more words behind them than there are bytes.
        assert_eq!(resign(with(7, 2)), Err(Malformed::Length));
        assert_eq!(resign(with(11, 1)), Err(Malformed::Length));
        assert_eq!(resign(with(9, 1)), Err(Malformed::Length));
        assert_eq!(resign(with(0, 0x42)), Ok(Message::Other(0x42)));
        assert_eq!(resign(vec![QUERY, 0, 0, 0, 0, 0, 0, 0, 0]), Err(Malformed::Length));
        assert_eq!(resign(vec![QUERY, 0, 0, 0, 0, 0, 0, 0, 2, 125, 0, 1]), Err(Malformed::Length));
    }

    #[test]
    fn groups_of_the_link() {
        assert!(is_local(ALL_HOSTS) && is_local(Ipv4Addr::new(224, 0, 0, 251)));
        assert!(!is_local(Ipv4Addr::new(224, 0, 1, 1)) && !is_local(GROUP));
    }
}
