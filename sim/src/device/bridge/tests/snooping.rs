//! Snooping: who counts as a member, where groups go, and what the switch asks.

use std::net::Ipv4Addr;

use super::*;
use crate::wire::igmp::{self, Message, Query, RecordKind};
use crate::wire::{ipv4, udp};

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);

fn snooping(querier: bool, version: u8) -> BridgeConfig {
    BridgeConfig { snooping: Some(SnoopConfig { querier, version }), ..config(4) }
}

/// A packet with IGMP in it from station `src`.
fn packet(src: u16, from: Ipv4Addr, to: Ipv4Addr, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; ethernet::HEADER_LEN + igmp::IP_LEN];
    ethernet::write(&mut bytes, MacAddr::of_ipv4_group(to), station(src), ethernet::IPV4);
    igmp::write_ip(&mut bytes[ethernet::HEADER_LEN..], from, to, message.len());
    bytes.extend_from_slice(message);
    bytes
}

fn host(number: u16) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, number as u8)
}

/// A report or leave of version 1 or 2.
fn old(src: u16, kind: u8, group: Ipv4Addr) -> Vec<u8> {
    let mut message = vec![0; 8];
    igmp::write(&mut message, kind, 0, group);
    packet(src, host(src), if kind == igmp::LEAVE { igmp::ALL_ROUTERS } else { group }, &message)
}

fn third(src: u16, records: &[(RecordKind, Ipv4Addr)]) -> Vec<u8> {
    let mut message = vec![0; 8 + 8 * records.len()];
    igmp::write_report(&mut message, records);
    packet(src, host(src), igmp::V3_ROUTERS, &message)
}

fn query(src: u16, group: Option<Ipv4Addr>, tenths: u8) -> Vec<u8> {
    let mut message = vec![0; 8];
    igmp::write(&mut message, igmp::QUERY, tenths, group.unwrap_or(Ipv4Addr::UNSPECIFIED));
    packet(src, host(src), igmp::ALL_HOSTS, &message)
}

/// A datagram for a group.
fn data(src: u16, group: Ipv4Addr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, MacAddr::of_ipv4_group(group), station(src), ethernet::IPV4);
    let send = ipv4::Send { src: host(src), dst: group, protocol: ipv4::UDP, ttl: 1, df: true, tos: 0, id: 0 };
    udp::write(&mut bytes[34..42], (host(src), 9), (group, 9));
    ipv4::write(&mut bytes[14..], &send, 28);
    bytes
}

impl Bench {
    /// The table of members as `239.1.1.1@2 member`.
    fn mdb(&self) -> Vec<String> {
        let table = self.tables().into_iter().find(|table| table.name == "mdb").unwrap();
        let cell = |row: &crate::engine::TableRow, name| row.cells[table.column(name).unwrap()].to_string();
        table
            .rows
            .iter()
            .map(|row| format!("{}@{} {}", cell(row, "group"), cell(row, "port"), cell(row, "kind")))
            .collect()
    }

    /// A switch that snoops, ten seconds old, of which everybody is known already.
    fn snooping(querier: bool, version: u8) -> Self {
        let mut bench = Self::new(snooping(querier, version));
        bench.wait(secs(10));
        for port in 0..4 {
            bench.send(port, 1 + port, 0xffff);
        }
        bench
    }
}

#[test]
fn members_get_a_group_and_others_do_not() {
    let mut bench = Bench::snooping(true, 3);
    assert_eq!(bench.put(0, &data(1, GROUP)), "drop snoop-nobody");
    assert_eq!(bench.put(1, &third(2, &[(RecordKind::ToExclude, GROUP)])), "snoop-joined, snoop-link-local > 0 2 3");
    assert_eq!(bench.put(2, &third(3, &[(RecordKind::IsExclude, GROUP)])), "snoop-joined, snoop-link-local > 0 1 3");
    assert_eq!(bench.mdb(), ["239.1.1.1@2 member", "239.1.1.1@3 member"]);
    assert_eq!(bench.put(0, &data(1, GROUP)), "snoop-members > 1 2");
    assert_eq!(bench.put(1, &data(2, GROUP)), "snoop-members > 2");
    // Another group with the same hardware address is another group.
    assert_eq!(bench.put(0, &data(1, Ipv4Addr::new(238, 1, 1, 1))), "drop snoop-nobody");
    bench.set(Some(2), "isolated", Value::Flag(true)).unwrap();
    bench.set(Some(1), "isolated", Value::Flag(true)).unwrap();
    assert_eq!(bench.put(1, &data(2, GROUP)), "drop snoop-already-there");
}

#[test]
fn groups_of_the_link_and_what_is_not_ip_go_everywhere() {
    let mut bench = Bench::snooping(true, 3);
    assert_eq!(bench.put(0, &data(1, Ipv4Addr::new(224, 0, 0, 5))), "snoop-link-local > 1 2 3");
    assert_eq!(bench.put(0, &frame(station(1), MacAddr([0x33, 0x33, 0, 0, 0, 1]))), "snoop-not-ip > 1 2 3");
    // Nobody is a member of a group of the link.
    bench.put(1, &old(2, igmp::REPORT_V2, Ipv4Addr::new(224, 0, 0, 251)));
    assert_eq!(bench.mdb(), [""; 0]);
}

#[test]
fn without_a_querier_nothing_is_held_back_and_at_first_neither() {
    let mut bench = Bench::snooping(false, 2);
    assert_eq!(bench.put(0, &data(1, GROUP)), "snoop-no-querier > 1 2 3");
    assert_eq!(bench.put(1, &old(2, igmp::REPORT_V2, GROUP)), "snoop-joined, snoop-no-querier > 0 2 3");
    let mut early = Bench::new(snooping(true, 2));
    early.wait(secs(9));
    assert_eq!(early.put(0, &data(1, GROUP)), "learned, snoop-settling > 1 2 3");
    early.wait(secs(1));
    assert_eq!(early.put(0, &data(1, GROUP)), "drop snoop-nobody");
}

#[test]
fn old_reports_go_to_routers_alone() {
    let mut bench = Bench::snooping(true, 2);
    assert_eq!(bench.put(1, &old(2, igmp::REPORT_V2, GROUP)), "snoop-joined, snoop-heard >");
    assert_eq!(bench.put(2, &old(3, igmp::REPORT_V1, GROUP)), "snoop-joined, snoop-heard >");
    assert_eq!(bench.put(3, &query(4, None, 100)), "snoop-router, snoop-link-local > 0 1 2");
    assert_eq!(bench.mdb().last().unwrap(), "-@4 router");
    // Its members have ten seconds to answer.
    bench.wait(secs(10));
    assert_eq!(bench.put(1, &old(2, igmp::REPORT_V2, GROUP)), "snoop-to-routers > 3");
    assert_eq!(bench.put(1, &data(2, GROUP)), "snoop-members > 2 3");
    assert_eq!(bench.put(1, &data(2, Ipv4Addr::new(239, 9, 9, 9))), "snoop-only-routers > 3");
}

#[test]
fn a_member_that_is_silent_is_forgotten() {
    let mut bench = Bench::snooping(true, 2);
    bench.put(1, &old(2, igmp::REPORT_V2, GROUP));
    bench.wait(secs(200));
    bench.put(1, &old(2, igmp::REPORT_V2, GROUP));
    bench.wait(secs(259));
    assert_eq!(bench.mdb(), ["239.1.1.1@2 member"]);
    bench.wait(secs(1));
    assert_eq!(bench.mdb(), [""; 0]);
}

/// What left by a port in the next `span`: times in milliseconds, groups asked about, destinations.
fn asked(bench: &mut Bench, port: u16, span: SimDuration) -> Vec<(u64, Query, Ipv4Addr)> {
    let target = bench.world.now() + span;
    let tick = DeviceChange::Set { port: None, field: "tick".to_owned(), value: Value::Span(span) };
    bench.apply(&Change::Device { device: DeviceId(1), change: tick }).unwrap();
    let mut found = Vec::new();
    while bench.world.step_by(target) {
        let log = bench.world.log();
        for (at, entry) in log.entries().iter().enumerate() {
            let Entry::Decision { decision, bytes } = entry else { continue };
            let ours = decision.verdict == Verdict::Send && log.ports(at).any(|out| out.0 == port);
            if let (true, Ok(Message::Query(query))) = (ours, igmp::check(&log.bytes(*bytes)[38..])) {
                let ip = ipv4::check(&log.bytes(*bytes)[14..]).unwrap();
                assert_eq!((ip.src, ip.ttl), (Ipv4Addr::UNSPECIFIED, 1));
                found.push((decision.time.0 / 1_000_000, query, ip.dst));
            }
        }
    }
    found
}

#[test]
fn the_querier_asks_at_the_start_and_then_every_125_seconds() {
    let mut bench = Bench::new(snooping(true, 2));
    let times: Vec<u64> = asked(&mut bench, 2, secs(300)).iter().map(|(time, ..)| *time).collect();
    assert_eq!(times, [0, 31_250, 156_250, 281_250]);
    bench.carrier(2, false);
    bench.carrier(2, true);
    let query = asked(&mut bench, 2, secs(40));
    assert_eq!(query.iter().map(|(time, ..)| *time).collect::<Vec<_>>(), [300_000, 331_250]);
    assert_eq!((query[0].1.version, query[0].1.max_response, query[0].2), (2, 100, igmp::ALL_HOSTS));
}

#[test]
fn who_leaves_is_asked_about_and_two_seconds_later_forgotten() {
    let mut bench = Bench::snooping(true, 3);
    bench.put(1, &third(2, &[(RecordKind::ToExclude, GROUP)]));
    let told = bench.put(1, &third(2, &[(RecordKind::ToInclude, GROUP)]));
    assert_eq!(told, "ask-group > 1, snoop-leaving, snoop-link-local > 0 2 3");
    let query = asked(&mut bench, 1, ms(1_999));
    assert_eq!(
        query.iter().map(|(time, query, to)| (*time, query.group, *to)).collect::<Vec<_>>(),
        [(11_000, GROUP, GROUP)]
    );
    assert!(query[0].1.suppress);
    assert_eq!(bench.mdb().len(), 1);
    bench.wait(ms(1));
    assert_eq!(bench.mdb(), [""; 0]);
}

#[test]
fn who_still_listens_says_so_in_time() {
    let mut bench = Bench::snooping(true, 2);
    bench.put(1, &old(2, igmp::REPORT_V2, GROUP));
    assert_eq!(bench.put(1, &old(2, igmp::LEAVE, GROUP)), "ask-group > 1, snoop-leaving, snoop-link-local > 0 2 3");
    bench.wait(secs(1));
    bench.put(1, &old(5, igmp::REPORT_V2, GROUP));
    bench.wait(secs(5));
    assert_eq!(bench.mdb(), ["239.1.1.1@2 member"]);
}

#[test]
fn another_querier_silences_this_one_until_it_is_gone() {
    let mut bench = Bench::snooping(true, 2);
    bench.put(3, &query(9, None, 100));
    assert_eq!(asked(&mut bench, 1, secs(254)).len(), 0);
    // 255 seconds without a word, and the switch asks again.
    let again = asked(&mut bench, 1, secs(2));
    assert_eq!(again.iter().map(|(time, ..)| *time).collect::<Vec<_>>(), [265_000]);
    assert_eq!(bench.mdb(), [""; 0]);
    // Of two others the lower address asks.
    bench.put(3, &query(9, None, 100));
    assert_eq!(bench.put(2, &query(20, None, 100)), "learned, snoop-link-local > 0 1 3");
    assert_eq!(bench.put(2, &query(5, None, 100)), "learned, snoop-router, snoop-link-local > 0 1 3");
}

#[test]
fn a_port_that_goes_down_takes_its_members_along() {
    let mut bench = Bench::snooping(true, 2);
    bench.put(1, &old(2, igmp::REPORT_V2, GROUP));
    bench.put(2, &old(3, igmp::REPORT_V2, GROUP));
    bench.carrier(1, false);
    assert_eq!(bench.mdb(), ["239.1.1.1@3 member"]);
    bench.power(false);
    bench.power(true);
    assert_eq!(bench.mdb(), [""; 0]);
}

#[test]
fn damaged_messages_are_dropped_and_too_many_groups_end_it() {
    let mut bench = Bench::snooping(true, 3);
    let mut damaged = old(2, igmp::REPORT_V2, GROUP);
    damaged[40] ^= 1;
    assert_eq!(bench.put(1, &damaged), "drop snoop-malformed");
    let mut short = data(2, GROUP);
    short.truncate(30);
    assert_eq!(bench.put(1, &short), "drop snoop-malformed");
    // A general question belongs to 224.0.0.1.
    let mut message = vec![0; 8];
    igmp::write(&mut message, igmp::QUERY, 100, Ipv4Addr::UNSPECIFIED);
    assert_eq!(bench.put(1, &packet(2, host(2), GROUP, &message)), "drop snoop-malformed");
    for n in 0..4096_u32 {
        bench.inject(1, &old(2, igmp::REPORT_V2, Ipv4Addr::from_bits(0xef00_0000 + n)));
    }
    assert_eq!(bench.put(1, &old(2, igmp::REPORT_V2, GROUP)), "drop snoop-full");
    assert_eq!(bench.put(1, &data(2, GROUP)), "flood-multicast > 0 2 3");
}

#[test]
fn members_are_members_of_a_vlan() {
    let mut config = snooping(true, 2);
    config.vlan_filtering = true;
    (config.ports[0].vlan, config.ports[1].vlan) = (PortVlan::Access(10), PortVlan::Access(20));
    (config.ports[2].vlan, config.ports[3].vlan) =
        (PortVlan::Access(10), PortVlan::Trunk { native: None, allowed: vec![10] });
    let mut bench = Bench::new(config);
    bench.wait(secs(10));
    bench.put(1, &old(2, igmp::REPORT_V2, GROUP));
    bench.put(2, &old(3, igmp::REPORT_V2, GROUP));
    let mut tagged = old(4, igmp::REPORT_V2, GROUP);
    tagged.splice(12..12, [0x81, 0, 0, 10]);
    bench.put(3, &tagged);
    assert_eq!(bench.put(0, &data(1, GROUP)), "learned, snoop-members > 2, snoop-members > 3");
    assert_eq!(bench.left_by(3).unwrap()[12..16], [0x81, 0, 0, 10]);
}

#[test]
fn snooping_is_switched_on_and_off() {
    let mut bench = Bench::plain(3);
    assert!(bench.set(None, "querier", Value::Flag(true)).is_err());
    bench.set(None, "snooping", Value::Flag(true)).unwrap();
    bench.set(None, "querier", Value::Flag(true)).unwrap();
    bench.wait(secs(10));
    assert_eq!(bench.put(0, &data(1, GROUP)), "learned, drop snoop-nobody");
    bench.set(None, "snooping", Value::Flag(false)).unwrap();
    assert_eq!(bench.put(0, &data(1, GROUP)), "flood-multicast > 1 2");
}

fn ms(n: u64) -> SimDuration {
    SimDuration::from_ms(n)
}
