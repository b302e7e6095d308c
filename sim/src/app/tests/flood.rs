//! Frames from invented stations.

use std::collections::BTreeSet;

use super::*;
use crate::app::mac_flood::{MacFloodConfig, Sources};
use crate::wire::{ethernet, ipv4, udp};

fn flood(config: MacFloodConfig) -> (World, Vec<(SimTime, Vec<u8>)>) {
    let mut bench = Bench::new(2);
    bench.flow(AppSpec::MacFlood(config));
    bench.run()
}

fn sources(sent: &[(SimTime, Vec<u8>)]) -> Vec<MacAddr> {
    sent.iter().map(|(_, frame)| ethernet::src(frame).unwrap()).collect()
}

#[test]
fn the_rate_is_exact() {
    let every = SimDuration::from_us(387);
    let (world, sent) =
        flood(MacFloodConfig { every, lasts: Some(SimDuration(every.0 * 500)), ..MacFloodConfig::default() });
    assert_eq!((sent.len(), stats(&world, FlowId(0)).sent), (500, 500));
    assert!(sent.iter().enumerate().all(|(at, (time, _))| time.0 == at as u64 * every.0));
    assert!(stats(&world, FlowId(0)).finished);
}

#[test]
fn random_sources_are_stations_of_their_own_and_never_a_group() {
    let config = MacFloodConfig { count: Some(5_000), every: SimDuration(1_000), ..MacFloodConfig::default() };
    let (_, sent) = flood(config.clone());
    let found = sources(&sent);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 5_000);
    let dst = sent.iter().map(|(_, frame)| ethernet::dst(frame).unwrap());
    assert!(found.iter().copied().chain(dst).all(|mac| mac.is_unicast() && mac.0[0] & 2 != 0));
    assert_eq!(sources(&flood(config).1), found, "the same seed invents the same");
}

#[test]
fn sequential_sources_count_up() {
    let config = MacFloodConfig { count: Some(300), sources: Sources::Sequential, ..MacFloodConfig::default() };
    let found = sources(&flood(config).1);
    let expected = |n: u64| MacAddr::from_key(0x02f1_0000_0000 + n);
    assert!(found.iter().enumerate().all(|(at, mac)| *mac == expected(at as u64)));
}

#[test]
fn frames_are_of_minimum_length_and_carry_the_ethertype_asked_for() {
    let (_, sent) = flood(MacFloodConfig { count: Some(3), ..MacFloodConfig::default() });
    assert!(sent.iter().all(|(_, frame)| frame.len() == 60 && frame[12..14] == [0x88, 0xb5]));
}

#[test]
fn as_ipv4_they_pass_every_check_of_a_receiver() {
    let config = MacFloodConfig { count: Some(200), ethertype: ethernet::IPV4, ..MacFloodConfig::default() };
    let (_, sent) = flood(config);
    for (_, frame) in &sent {
        let ip = ipv4::check(&frame[14..]).unwrap();
        assert_eq!((frame.len(), ip.total_len, ip.protocol, ip.ttl), (60, 28, ipv4::UDP, 64));
        udp::check(&frame[34..42], ip.src, ip.dst).unwrap();
    }
}

#[test]
fn without_a_limit_one_frame_is_sent_and_with_none_wanted_none() {
    for (count, expected) in [(None, 1), (Some(0), 0), (Some(2), 2)] {
        let (world, sent) = flood(MacFloodConfig { count, ..MacFloodConfig::default() });
        assert_eq!((sent.len(), stats(&world, FlowId(0)).finished), (expected, true));
    }
}

#[test]
fn a_flood_stopped_early_stops() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::MacFlood(MacFloodConfig { count: Some(1_000), ..MacFloodConfig::default() }));
    bench.event(SimDuration::from_us(9_500), Change::Stop(flow));
    let (world, sent) = bench.run();
    assert_eq!((sent.len(), stats(&world, flow).finished), (10, true));
}
