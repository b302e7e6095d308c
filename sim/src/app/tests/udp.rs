//! Datagrams one way.

use super::*;
use crate::app::udp_flow::UdpFlowConfig;
use crate::app::udp_sink::UdpSinkConfig;

fn udp() -> UdpFlowConfig {
    UdpFlowConfig { to: ip(2), every: ms(10), ..UdpFlowConfig::default() }
}

#[test]
fn datagrams_are_numbered_paced_and_counted_where_they_arrive() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::UdpSink(UdpSinkConfig::default()));
    let flow = bench.flow(AppSpec::Udp(UdpFlowConfig { count: Some(5), size: 20, ..udp() }));
    let (world, sent) = bench.run();
    let numbers: Vec<(u64, u8)> = sent.iter().map(|(at, frame)| (at.0 / 1_000_000, frame[49])).collect();
    assert_eq!(numbers, [(0, 1), (10, 2), (20, 3), (30, 4), (40, 5)]);
    assert!(sent.iter().all(|(_, frame)| frame.len() == 62 && frame[36..38] == [0, 9]));
    let stats = stats(&world, flow);
    assert_eq!((stats.sent, stats.received, stats.bytes, stats.finished), (5, 5, 100, true));
    assert_eq!(stats.rtt(), None);
}

#[test]
fn two_flows_to_one_sink_are_counted_apart() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::UdpSink(UdpSinkConfig { port: 7 }));
    let counts = [3, 5].map(|n| UdpFlowConfig { count: Some(n), port: 7, ..udp() });
    let flows = counts.map(|config| bench.flow(AppSpec::Udp(config)));
    let (world, _) = bench.run();
    assert_eq!(flows.map(|flow| stats(&world, flow).received), [3, 5]);
    assert_eq!(rows(&world, 1, "sockets"), ["32768 udp", "32769 udp"]);
    assert_eq!(rows(&world, 2, "sockets"), ["7 udp-sink"]);
}

#[test]
fn a_second_at_a_hundred_a_second_is_a_hundred() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::UdpSink(UdpSinkConfig::default()));
    let flow = bench.flow(AppSpec::Udp(UdpFlowConfig { lasts: Some(secs(1)), ..udp() }));
    let (world, sent) = bench.run();
    assert_eq!((stats(&world, flow).sent, stats(&world, flow).received), (100, 100));
    assert_eq!(sent[99].0, SimTime::ZERO + ms(990));
}

#[test]
fn whichever_limit_comes_first_ends_a_flow_and_without_one_it_is_one_datagram() {
    for (count, lasts, expected) in
        [(None, None, 1), (Some(3), Some(secs(1)), 3), (Some(300), Some(ms(45)), 5), (Some(0), None, 0)]
    {
        let mut bench = Bench::new(2);
        let flow = bench.flow(AppSpec::Udp(UdpFlowConfig { count, lasts, ..udp() }));
        let (world, _) = bench.run();
        assert_eq!((stats(&world, flow).sent, stats(&world, flow).finished), (expected, true));
    }
}
