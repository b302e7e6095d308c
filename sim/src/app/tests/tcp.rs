use super::*;
use crate::app::tcp_flow::TcpFlowConfig;
use crate::app::tcp_sink::TcpSinkConfig;
use crate::wire::tcp::{ACK, FIN, RST, SYN};
use crate::wire::{ipv4, tcp};

fn tcp_to(host: u8, bytes: u64) -> TcpFlowConfig {
    TcpFlowConfig { to: ip(host), bytes: Some(bytes), ..TcpFlowConfig::default() }
}

/// Header and payload length of a segment in a frame.
fn segment(frame: &[u8]) -> Option<(tcp::Header, usize)> {
    let ip = ipv4::check(frame.get(14..)?).ok().filter(|ip| ip.protocol == ipv4::TCP)?;
    let bytes = &frame[14 + ip.header_len..14 + ip.total_len];
    let header = tcp::check(bytes, ip.src, ip.dst).unwrap();
    Some((header, bytes.len() - header.len))
}

#[test]
fn bytes_arrive_whole_and_both_ends_close() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::TcpSink(TcpSinkConfig::default()));
    let flow = bench.flow(AppSpec::Tcp(tcp_to(2, 1_000_000)));
    let (world, sent) = bench.run();
    let stats = stats(&world, flow);
    assert!(stats.finished);
    assert_eq!((stats.bytes, stats.streamed, stats.lost()), (1_000_000, Some(1_000_000), 0));
    let segments: Vec<_> = sent.iter().filter_map(|(_, frame)| segment(frame)).collect();
    assert_eq!(segments[0].0.flags, SYN);
    // Full segments but for the rest: of its 880 bytes the window has room for 56, and the last piece closes as well.
    let data: Vec<_> = segments.iter().filter(|(_, payload)| *payload > 0).collect();
    let short: Vec<_> = data.iter().enumerate().filter(|(_, (_, payload))| *payload != 1_448).collect();
    assert_eq!(short.iter().map(|(at, (_, payload))| (*at, *payload)).collect::<Vec<_>>(), [(690, 56), (691, 824)]);
    assert_eq!(segments.iter().filter(|(header, _)| header.flags & FIN != 0).count(), 1);
    assert_eq!(rows(&world, 1, "tcp"), ["10.0.0.1:32768 10.0.0.2:5201 TIME-WAIT 1500 1000000 0"]);
    assert_eq!(rows(&world, 2, "tcp"), [""; 0]);
}

#[test]
fn first_numbers_differ_from_flow_to_flow_and_repeat_from_run_to_run() {
    let isns = || {
        let mut bench = Bench::new(2);
        bench.serve(2, AppSpec::TcpSink(TcpSinkConfig::default()));
        for _ in 0..3 {
            bench.flow(AppSpec::Tcp(tcp_to(2, 1)));
        }
        let calls = bench.run().1.into_iter().filter_map(|(_, frame)| segment(&frame));
        calls.filter(|(header, _)| header.flags == SYN).map(|(header, _)| (header.src, header.seq)).collect::<Vec<_>>()
    };
    let first = isns();
    assert_eq!(first.iter().map(|(port, _)| *port).collect::<Vec<_>>(), [32_768, 32_769, 32_770]);
    assert!(first[0].1 != first[1].1 && first[1].1 != first[2].1 && first[0].1 != first[2].1);
    assert_eq!(isns(), first);
}

#[test]
fn where_nobody_listens_a_reset_ends_it_at_once() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::TcpSink(TcpSinkConfig { port: 80 }));
    let flow = bench.flow(AppSpec::Tcp(tcp_to(2, 1_000)));
    let (world, sent) = bench.run();
    let stats = stats(&world, flow);
    assert!(stats.finished && stats.sent == 1 && stats.received == 0);
    assert_eq!(sent.iter().filter_map(|(_, frame)| segment(frame)).count(), 1);
    assert!(world.now() < SimTime::ZERO + ms(10), "{}", world.now());
    let refused = world.reason_counts(stack(2)).into_iter().find(|(reason, _)| reason.slug == "tcp.no-listener");
    assert_eq!(refused.map(|(_, count)| count), Some(1));
    assert_eq!(stats.failed.map(|reason| reason.slug), Some("tcp.refused"));
    let told = world.reason_counts(stack(1)).into_iter().find(|(reason, _)| reason.slug == "tcp.refused");
    assert_eq!(told.map(|(_, count)| count), Some(1), "and a note stands beside the reset");
    assert_eq!(rows(&world, 1, "tcp"), ["10.0.0.1:32768 10.0.0.2:5201 CLOSED 1500 0 0"]);
}

#[test]
fn whoever_is_not_there_is_called_seven_times() {
    let mut bench = Bench::new(2);
    bench.event(SimDuration::ZERO, Change::Carrier { cable: CableId(1), up: false });
    let flow = bench.flow(AppSpec::Tcp(tcp_to(2, 1_000)));
    let (world, sent) = bench.run();
    let calls = sent.iter().filter_map(|(time, frame)| segment(frame).map(|(header, _)| (time.0, header.flags)));
    let calls: Vec<_> = calls.filter(|(_, flags)| *flags == SYN).map(|(time, _)| time / 1_000_000_000).collect();
    assert_eq!(calls, [0, 1, 3, 7, 15, 31, 63]);
    assert!(stats(&world, flow).finished);
    assert_eq!(world.now().0 / 1_000_000_000, 123);
    let others = sent.iter().filter_map(|(_, frame)| segment(frame)).filter(|(header, _)| header.flags != SYN);
    assert_eq!(others.count(), 0, "nobody is told of the end");
}

#[test]
fn a_flow_that_lasts_stops_writing_and_sends_what_is_written() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::TcpSink(TcpSinkConfig::default()));
    let config = TcpFlowConfig { bytes: None, lasts: Some(ms(200)), ..tcp_to(2, 0) };
    let flow = bench.flow(AppSpec::Tcp(config));
    let (world, _) = bench.run();
    let stats = stats(&world, flow);
    assert!(stats.finished && stats.bytes > 1_000_000);
    assert_eq!(stats.streamed, Some(stats.bytes));
    assert!(world.now() >= SimTime::ZERO + ms(200) && world.now() < SimTime::ZERO + ms(400));
}

#[test]
fn a_flow_that_is_stopped_resets_the_connection() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::TcpSink(TcpSinkConfig::default()));
    let config = TcpFlowConfig { bytes: None, lasts: Some(secs(5)), ..tcp_to(2, 0) };
    let flow = bench.flow(AppSpec::Tcp(config));
    bench.event(ms(100), Change::Stop(flow));
    let (world, sent) = bench.run();
    assert!(stats(&world, flow).finished);
    let last = sent.iter().rev().find_map(|(_, frame)| segment(frame)).unwrap();
    assert_eq!(last.0.flags & !ACK, RST);
    assert_eq!(rows(&world, 2, "tcp"), [""; 0], "the other end forgets it");
}

#[test]
fn a_copy_of_a_world_goes_on_with_its_connections() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::TcpSink(TcpSinkConfig::default()));
    bench.flow(AppSpec::Tcp(tcp_to(2, 200_000)));
    let mut world = bench.build();
    let mut copies = vec![world.clone()];
    while world.step() {
        if world.event().0.is_multiple_of(97) {
            copies.push(world.clone());
        }
    }
    assert!(copies.len() > 5);
    for mut copy in copies {
        let from = copy.event();
        while copy.step() {}
        assert_eq!(copy.digest(), world.digest(), "from event {}", from.0);
    }
}
