//! Echo requests at a steady pace.

use super::*;

fn ping(to: u8, count: u64) -> PingConfig {
    PingConfig { to: ip(to), count, every: ms(100), ..PingConfig::default() }
}

#[test]
fn every_request_is_numbered_paced_and_matched_with_its_answer() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Ping(ping(2, 4)));
    let (world, sent) = bench.run();
    let seen: Vec<(u64, u8, u16, usize)> = sent
        .iter()
        .map(|(at, frame)| (at.0 / 1_000_000, frame[34], u16::from_be_bytes([frame[40], frame[41]]), frame.len()))
        .collect();
    assert_eq!(seen, [(0, 8, 1, 98), (100, 8, 2, 98), (200, 8, 3, 98), (300, 8, 4, 98)]);
    let stats = stats(&world, flow);
    assert_eq!((stats.sent, stats.received, stats.lost(), stats.bytes, stats.finished), (4, 4, 0, 224, true));
    assert!(stats.rtt().unwrap().iter().all(|rtt| rtt.0 / 10_000 == 400), "{:?}", stats.rtt());
    assert_eq!(world.now().0 / 1_000_000, 304, "done with the last answer, without waiting longer");
}

#[test]
fn size_is_what_stands_behind_the_icmp_header_and_df_is_as_asked() {
    for (size, df) in [(0, true), (1472, false)] {
        let mut bench = Bench::new(2);
        bench.flow(AppSpec::Ping(PingConfig { size, df, ..ping(2, 1) }));
        let (_, sent) = bench.run();
        let frame = &sent[0].1;
        assert_eq!((frame.len(), frame[20] & 0x40 != 0), (42 + usize::from(size), df));
        assert!(frame[42..].iter().enumerate().all(|(at, byte)| *byte == at as u8));
    }
}

#[test]
fn unanswered_requests_are_waited_for_five_seconds_after_the_last() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Ping(ping(2, 3)));
    bench.event(SimDuration::ZERO, Change::Loss { cable: CableId(1), ppm: 1_000_000, of: None });
    let (world, sent) = bench.run();
    let stats = stats(&world, flow);
    assert_eq!((stats.sent, stats.received, stats.lost(), stats.finished), (3, 0, 3, true));
    assert_eq!((sent.len(), world.now()), (3, SimTime::ZERO + secs(5) + ms(200)));
    assert_eq!(stats.rtt(), None);
}

#[test]
fn an_answer_lost_on_the_way_counts_as_lost_and_the_others_do_not() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Ping(ping(2, 3)));
    bench.event(ms(50), Change::Loss { cable: CableId(1), ppm: 1_000_000, of: None });
    bench.event(ms(150), Change::Loss { cable: CableId(1), ppm: 0, of: None });
    let (world, _) = bench.run();
    assert_eq!((stats(&world, flow).received, stats(&world, flow).lost()), (2, 1));
}

#[test]
fn none_asked_for_is_done_at_once() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Ping(ping(2, 0)));
    let (world, sent) = bench.run();
    assert_eq!((stats(&world, flow).finished, sent.len(), world.now()), (true, 0, SimTime::ZERO));
}

#[test]
fn a_ping_stopped_early_asks_no_more() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Ping(ping(2, 100)));
    bench.event(ms(250), Change::Stop(flow));
    let (world, sent) = bench.run();
    assert_eq!((sent.len(), stats(&world, flow).received, stats(&world, flow).finished), (3, 3, true));
}
