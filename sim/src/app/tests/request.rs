//! A client that asks and waits, and the server that answers.

use super::*;
use crate::app::request_response::{ClientConfig, ServerConfig};

fn client() -> ClientConfig {
    ClientConfig { to: ip(2), count: 3, every: ms(10), size: 32, ..ClientConfig::default() }
}

#[test]
fn each_request_waits_for_the_answer_to_the_one_before() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::Server(ServerConfig { size: 200, ..ServerConfig::default() }));
    let flow = bench.flow(AppSpec::Client(client()));
    let (world, sent) = bench.run();
    // An answer takes 4 ms over four cables, then come 10 ms of rest.
    let times: Vec<u64> = sent.iter().map(|(at, _)| at.0 / 1_000_000).collect();
    assert_eq!(times, [0, 14, 28]);
    assert!(sent.iter().all(|(_, frame)| frame.len() == 42 + 32));
    let stats = stats(&world, flow);
    assert_eq!((stats.sent, stats.received, stats.bytes, stats.finished), (3, 3, 600, true));
    assert!(stats.rtt().unwrap().iter().all(|rtt| rtt.0 / 10_000 == 400));
}

#[test]
fn an_answer_that_does_not_come_is_given_up_after_five_seconds() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::Server(ServerConfig::default()));
    let flow = bench.flow(AppSpec::Client(client()));
    bench.event(ms(5), Change::Loss { cable: CableId(1), ppm: 1_000_000, of: None });
    bench.event(secs(1), Change::Loss { cable: CableId(1), ppm: 0, of: None });
    let (world, sent) = bench.run();
    let times: Vec<u64> = sent.iter().map(|(at, _)| at.0 / 1_000_000).collect();
    assert_eq!(times, [0, 14, 5024]);
    assert_eq!((stats(&world, flow).received, stats(&world, flow).finished), (2, true));
}

#[test]
fn a_closed_port_is_told_and_the_next_request_follows() {
    let mut bench = Bench::new(2);
    let flow = bench.flow(AppSpec::Client(client()));
    let (world, sent) = bench.run();
    assert_eq!((sent.len(), stats(&world, flow).received, stats(&world, flow).finished), (3, 0, true));
    assert!(world.now() < SimTime::ZERO + ms(50), "{}", world.now());
}

#[test]
fn a_late_answer_is_not_taken_for_that_of_the_next_request() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::Server(ServerConfig::default()));
    let flow = bench.flow(AppSpec::Client(ClientConfig { count: 2, ..client() }));
    // The cable of host 2 is so slow that the first answer arrives during the second request.
    for step in &mut bench.plan.steps {
        if let Op::Cable { name, config, .. } = &mut step.op
            && name == "h2--hub"
        {
            config.delay = ms(2_550);
        }
    }
    let (world, sent) = bench.run();
    assert_eq!(sent.iter().map(|(at, _)| at.0 / 1_000_000).collect::<Vec<_>>(), [0, 5010]);
    assert_eq!((stats(&world, flow).received, stats(&world, flow).finished), (0, true), "neither came in time");
}

#[test]
fn requests_too_short_to_carry_a_number_are_made_long_enough_and_foreign_ones_ignored() {
    let mut bench = Bench::new(2);
    bench.serve(2, AppSpec::Server(ServerConfig { size: 0, ..ServerConfig::default() }));
    let flow = bench.flow(AppSpec::Client(ClientConfig { size: 0, count: 1, ..client() }));
    let short = crate::app::udp_flow::UdpFlowConfig { to: ip(2), port: 8080, size: 7, ..Default::default() };
    let other = bench.flow(AppSpec::Udp(short));
    let (world, sent) = bench.run();
    assert_eq!((sent[0].1.len(), stats(&world, flow).bytes), (50, 8));
    assert_eq!((stats(&world, other).sent, stats(&world, other).received), (1, 0), "seven bytes are no request");
}
