//! Groups: what a host says about them, and when.

use super::*;
use crate::wire::igmp::{self, Message, Query, RecordKind};

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);
const OTHER: Ipv4Addr = Ipv4Addr::new(239, 2, 2, 2);

/// A frame with a message from `src`, from the outside.
fn message(src: Ipv4Addr, dst: Ipv4Addr, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; ethernet::HEADER_LEN + igmp::IP_LEN];
    ethernet::write(&mut bytes, MacAddr::of_ipv4_group(dst), station(9), ethernet::IPV4);
    igmp::write_ip(&mut bytes[ethernet::HEADER_LEN..], src, dst, message.len());
    bytes.extend_from_slice(message);
    bytes
}

fn query(version: u8, group: Option<Ipv4Addr>, tenths: u32) -> Vec<u8> {
    let group = group.unwrap_or(Ipv4Addr::UNSPECIFIED);
    let mut bytes = vec![0; if version == 3 { 12 } else { 8 }];
    if version == 3 {
        let query =
            Query { version, group, max_response: tenths, suppress: false, robustness: 2, interval: 125, sources: 0 };
        igmp::write_query(&mut bytes, &query);
    } else {
        igmp::write(&mut bytes, igmp::QUERY, tenths as u8, group);
    }
    message(Ipv4Addr::UNSPECIFIED, igmp::ALL_HOSTS, &bytes)
}

fn joined(groups: &[Ipv4Addr]) -> Bench {
    Bench::with(StackConfig { groups: groups.to_vec(), ..config() }, Vec::new(), Vec::new())
}

/// What was said since this was last asked: when, in milliseconds, to whom, and what.
fn said(bench: &mut Bench) -> Vec<(u64, Ipv4Addr, String)> {
    let line = |sent: Sent| {
        let ip = ipv4::check(&sent.bytes[14..]).unwrap();
        assert_eq!((ip.ttl, ip.header_len, ip.df, ip.src), (1, 24, true, super::ip(1)));
        assert_eq!(ethernet::dst(&sent.bytes), Some(MacAddr::of_ipv4_group(ip.dst)));
        let bytes = &sent.bytes[38..];
        let text = match igmp::check(bytes).unwrap() {
            Message::Report { version, group } => format!("v{version} {group}"),
            Message::Leave(group) => format!("leave {group}"),
            Message::ReportV3 => {
                let word = |record: igmp::Record| format!("{:?} {}", record.kind.unwrap(), record.group);
                igmp::records(bytes).map(word).collect::<Vec<_>>().join(", ")
            }
            other => panic!("{other:?}"),
        };
        (sent.time.0 / 1_000_000, ip.dst, text)
    };
    bench.sent().into_iter().map(line).collect()
}

#[test]
fn a_join_is_told_twice_within_a_second() {
    let mut bench = joined(&[GROUP, OTHER]);
    bench.wait(secs(20));
    let said = said(&mut bench);
    let text = "ToExclude 239.2.2.2, ToExclude 239.1.1.1".to_owned();
    assert_eq!(said.len(), 2);
    assert_eq!(said[0], (8, igmp::V3_ROUTERS, text.clone()));
    assert_eq!((said[1].1, &said[1].2), (igmp::V3_ROUTERS, &text));
    assert!((16..1_016).contains(&said[1].0), "{said:?}");
    assert_eq!(bench.rows("groups"), ["239.1.1.1 eth0 yes -", "239.2.2.2 eth0 yes -"]);
}

#[test]
fn a_host_in_no_group_says_nothing() {
    let mut bench = Bench::plain();
    assert_eq!(bench.put(&query(3, None, 100)), "use igmp.asked");
    bench.wait(secs(60));
    assert_eq!(bench.sent(), []);
}

#[test]
fn joining_and_leaving_while_it_runs() {
    let mut bench = Bench::plain();
    bench.add("groups", &[("group", "239.1.1.1")]).unwrap();
    bench.add("groups", &[("group", "239.1.1.1"), ("dev", "eth0")]).unwrap();
    bench.wait(secs(5));
    assert_eq!(said(&mut bench).len(), 2);
    bench.delete("groups", &[("group", "239.1.1.1")]).unwrap();
    bench.wait(secs(5));
    let left = said(&mut bench);
    assert_eq!(left.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), ["ToInclude 239.1.1.1"; 2]);
    assert_eq!(bench.rows("groups"), [""; 0]);
    for group in ["10.0.0.1", "many", ""] {
        assert!(bench.add("groups", &[("group", group)]).is_err(), "{group}");
    }
}

#[test]
fn whoever_comes_back_at_once_takes_the_leave_back() {
    let mut bench = joined(&[GROUP]);
    bench.wait(secs(5));
    said(&mut bench);
    bench.delete("groups", &[("group", "239.1.1.1")]).unwrap();
    bench.add("groups", &[("group", "239.1.1.1")]).unwrap();
    bench.wait(secs(5));
    let back = said(&mut bench);
    assert_eq!(back.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), ["ToExclude 239.1.1.1"; 2]);
}

#[test]
fn a_question_is_answered_within_the_time_it_allows() {
    let mut bench = joined(&[GROUP, OTHER]);
    bench.wait(secs(5));
    said(&mut bench);
    bench.put(&query(3, None, 20));
    bench.wait(ms(2_008));
    let all = said(&mut bench);
    assert_eq!(
        all.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(),
        ["IsExclude 239.2.2.2, IsExclude 239.1.1.1"]
    );
    bench.put(&query(3, Some(OTHER), 10));
    bench.wait(ms(1_008));
    assert_eq!(said(&mut bench).iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), ["IsExclude 239.2.2.2"]);
    bench.put(&query(3, Some(Ipv4Addr::new(239, 3, 3, 3)), 10));
    bench.wait(secs(5));
    assert_eq!(said(&mut bench), []);
}

#[test]
fn answers_come_at_other_moments_for_another_seed() {
    let moment = |seed| {
        let groups = StackConfig { groups: vec![GROUP], ..config() };
        let mut bench = Bench::seeded(seed, groups, Vec::new(), Vec::new());
        bench.wait(secs(5));
        said(&mut bench).last().unwrap().0
    };
    assert_eq!(moment(1), moment(1));
    assert_ne!(moment(1), moment(2));
}

#[test]
fn a_querier_of_version_2_is_spoken_to_in_version_2() {
    let mut bench = joined(&[GROUP]);
    bench.put(&query(2, None, 100));
    bench.wait(secs(11));
    // The first report of version 3 is called off.
    let first = said(&mut bench);
    assert_eq!(first.iter().map(|(_, to, text)| (*to, text.as_str())).collect::<Vec<_>>(), [(GROUP, "v2 239.1.1.1")]);
    bench.add("groups", &[("group", "239.2.2.2")]).unwrap();
    bench.wait(secs(11));
    let join: Vec<String> = said(&mut bench).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(join, ["v2 239.2.2.2"; 2]);
    bench.delete("groups", &[("group", "239.2.2.2")]).unwrap();
    assert_eq!(
        said(&mut bench).iter().map(|(_, to, text)| (*to, text.clone())).collect::<Vec<_>>(),
        [(igmp::ALL_ROUTERS, "leave 239.2.2.2".to_owned())]
    );
    // After 260 seconds without one, version 3 is spoken again.
    bench.wait(secs(260));
    bench.add("groups", &[("group", "239.3.3.3")]).unwrap();
    bench.wait(secs(2));
    assert!(said(&mut bench)[0].2.starts_with("ToExclude"));
}

#[test]
fn a_querier_of_version_1_hears_of_no_leave() {
    let mut bench = joined(&[GROUP]);
    bench.put(&query(1, None, 0));
    bench.wait(secs(11));
    assert_eq!(said(&mut bench).iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), ["v1 239.1.1.1"]);
    bench.delete("groups", &[("group", "239.1.1.1")]).unwrap();
    bench.wait(secs(20));
    assert_eq!(said(&mut bench), []);
}

#[test]
fn another_listener_spares_the_report() {
    let mut bench = joined(&[GROUP]);
    bench.put(&query(2, None, 100));
    let mut report = vec![0; 8];
    igmp::write(&mut report, igmp::REPORT_V2, 0, GROUP);
    assert_eq!(bench.put(&message(ip(7), GROUP, &report)), "use igmp.spared");
    assert_eq!(bench.put(&message(ip(7), GROUP, &report)), "use igmp.for-routers");
    bench.wait(secs(20));
    assert_eq!(said(&mut bench), []);
    // Who did not report last does not say that it leaves.
    bench.delete("groups", &[("group", "239.1.1.1")]).unwrap();
    assert_eq!(said(&mut bench), []);
}

#[test]
fn damage_is_dropped_and_routers_are_left_their_messages() {
    let mut bench = joined(&[GROUP]);
    let mut damaged = query(3, None, 100);
    damaged[40] ^= 0x10;
    assert_eq!(bench.put(&damaged), "drop igmp.malformed");
    let mut report = vec![0; 16];
    igmp::write_report(&mut report, &[(RecordKind::ToExclude, GROUP)]);
    assert_eq!(bench.put(&message(ip(7), GROUP, &report)), "use igmp.for-routers");
    assert_eq!(bench.put(&message(ip(7), igmp::V3_ROUTERS, &report)), "drop ip.not-joined");
    // Data from nowhere is no more believed for a group than before.
    let packet = Packet { src: Ipv4Addr::UNSPECIFIED, dst: GROUP, ..echo_request() };
    assert_eq!(bench.put(&Packet { to: MacAddr::of_ipv4_group(GROUP), ..packet }.bytes()), "drop ip.martian");
}

#[test]
fn after_power_comes_back_all_is_told_anew() {
    let mut bench = joined(&[GROUP]);
    bench.wait(secs(5));
    bench.power(false);
    bench.power(true);
    bench.wait(secs(5));
    assert_eq!(said(&mut bench).len(), 4);
}
