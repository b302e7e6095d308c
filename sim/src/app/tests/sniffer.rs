//! What a listener on a promiscuous card writes down.

use super::*;
use crate::app::mac_flood::MacFloodConfig;
use crate::app::sniffer::SnifferConfig;
use crate::app::udp_flow::UdpFlowConfig;
use crate::app::udp_sink::UdpSinkConfig;
use crate::engine::Verdict;
use crate::wire::ethernet;

/// Host 3 listens while host 1 talks to host 2.
fn listening() -> Bench {
    let mut bench = Bench::new(3);
    bench.serve(3, AppSpec::Sniffer(SnifferConfig::default()));
    bench
}

fn ping() -> AppSpec {
    AppSpec::Ping(PingConfig { to: ip(2), count: 3, every: ms(10), ..PingConfig::default() })
}

#[test]
fn each_conversation_is_a_row_with_its_frames_and_payload_bytes() {
    let mut bench = listening();
    bench.serve(2, AppSpec::UdpSink(UdpSinkConfig::default()));
    bench.flow(ping());
    bench.flow(AppSpec::Udp(UdpFlowConfig { to: ip(2), count: Some(7), size: 10, ..UdpFlowConfig::default() }));
    bench.flow(AppSpec::MacFlood(MacFloodConfig { count: Some(2), ..MacFloodConfig::default() }));
    let (world, _) = bench.run();
    let mut heard = rows(&world, 3, "overheard");
    heard.sort();
    let expected = [
        "- - other 2 92",
        "10.0.0.1 10.0.0.2 icmp 3 168",
        "10.0.0.1 10.0.0.2 udp 7 70",
        "10.0.0.2 10.0.0.1 icmp 3 168",
    ];
    assert_eq!(heard, expected);
}

#[test]
fn what_is_overheard_is_noted_once_and_dropped_once() {
    let mut bench = listening();
    bench.flow(ping());
    let mut world = bench.build();
    let mut told = Vec::new();
    while !world.is_quiet() && world.step() {
        for entry in world.log().entries() {
            match entry {
                Entry::Decision { decision, .. } if decision.device == stack(3) => {
                    told.push((decision.verdict, decision.reason.slug));
                }
                _ => {}
            }
        }
    }
    assert_eq!(told.len(), 12);
    for pair in told.chunks(2) {
        assert_eq!(pair, [(Verdict::Note, "app.overheard"), (Verdict::Drop, "ip.other-host")]);
    }
}

#[test]
fn what_is_for_the_listener_or_for_everybody_is_not_overheard() {
    let mut bench = listening();
    bench.flow(AppSpec::Ping(PingConfig { to: ip(3), ..PingConfig::default() }));
    bench.flow(AppSpec::Ping(PingConfig { to: ip(255), ..PingConfig::default() }));
    let (world, _) = bench.run();
    assert_eq!(rows(&world, 3, "overheard"), Vec::<String>::new());
    assert_eq!(stats(&world, FlowId(0)).received, 1, "and it answers while it listens");
}

#[test]
fn a_card_that_is_not_promiscuous_gives_a_listener_nothing() {
    let mut bench = Bench::new(3);
    bench.serve(1, AppSpec::Sniffer(SnifferConfig::default()));
    let flow = AppSpec::Ping(PingConfig { to: ip(2), ..PingConfig::default() });
    let (name, from, to) = ("f".to_owned(), "h3".to_owned(), "h2".to_owned());
    bench.push(Op::Flow { name, from, to, home: stack(3), app: flow, start: When::At(SimTime::ZERO) });
    let (world, _) = bench.run();
    assert_eq!(stats(&world, FlowId(0)).received, 1);
    assert_eq!(rows(&world, 1, "overheard"), Vec::<String>::new());
}

#[test]
fn more_conversations_than_fit_go_into_one_row() {
    let mut bench = listening();
    let flood = MacFloodConfig {
        count: Some(1_500),
        every: SimDuration::from_us(10),
        ethertype: ethernet::IPV4,
        ..MacFloodConfig::default()
    };
    bench.flow(AppSpec::MacFlood(flood));
    let (world, _) = bench.run();
    let heard = rows(&world, 3, "overheard");
    assert_eq!(heard.len(), 1_025);
    assert_eq!(heard[1_024], "- - other 476 0");
}
