//! What the topology says of a plan is what a run of it shows: whom a broadcast reaches, and whether it ever ends.

mod common;

use common::planned::{Planned, at_ms, switch};
use overunder_sim::app::udp_flow::UdpFlowConfig;
use overunder_sim::app::udp_sink::UdpSinkConfig;
use overunder_sim::engine::{CableConfig, Stop};
use overunder_sim::id::{DeviceId, FlowId, PortNo};
use overunder_sim::plan::topology::Topology;
use overunder_sim::plan::{AppSpec, DeviceSpec};
use overunder_sim::rng::Stream;
use overunder_sim::time::SimTime;

/// Hosts of one or two cards, some not plugged in, on switches joined at random; some cables are dark.
fn drawn(random: &mut Stream) -> Planned {
    let mut net = Planned::default();
    let switches = 1 + random.below(5);
    for at in 0..switches {
        net.switch(&format!("sw{at}"), switch(24));
    }
    let hosts = 2 + random.below(6);
    for at in 0..hosts {
        let addresses = [format!("10.{at}.0.1/16"), format!("10.{at}.64.1/18")];
        let cards = if random.chance(300_000) { 2 } else { 1 };
        let addresses: Vec<&str> = addresses.iter().take(cards).map(String::as_str).collect();
        net.host_with(&format!("h{at}"), &addresses, |_, _| {});
        for _ in 0..cards {
            if random.chance(850_000) {
                net.cable(&format!("h{at}"), &format!("sw{}", random.below(switches)));
            }
        }
    }
    let trunks = random.below(switches + 1);
    for _ in 0..trunks {
        let (a, b) = (random.below(switches), random.below(switches));
        let config = CableConfig { up: random.chance(900_000), ..CableConfig::default() };
        net.cable_with(&format!("sw{a}"), &format!("sw{b}"), config);
    }
    for at in 0..hosts {
        net.serve(&format!("h{at}"), AppSpec::UdpSink(UdpSinkConfig::default()));
    }
    let to = std::net::Ipv4Addr::BROADCAST;
    net.flow("all", ("h0", ""), AppSpec::Udp(UdpFlowConfig { to, ..UdpFlowConfig::default() }), at_ms(0));
    net
}

/// The stacks of a plan.
fn stacks(net: &Planned) -> Vec<DeviceId> {
    let stacks = net.plan.devices().filter(|(.., spec)| matches!(spec, DeviceSpec::Stack(_)));
    stacks.map(|(device, ..)| device).collect()
}

#[test]
fn a_broadcast_reaches_the_segment_and_ends_unless_there_is_a_circle() {
    let (mut storms, mut reached) = (0, 0);
    for seed in 0..300 {
        let mut random = Stream::named(seed, "topology");
        let net = drawn(&mut random);
        let topology = Topology::of(&net.plan);
        let start = net.hosts["h0"].stack;
        let mut expected: Vec<DeviceId> =
            topology.segment(start, PortNo(0)).into_iter().map(|(stack, _)| stack).filter(|at| *at != start).collect();
        expected.dedup();
        let mut world = net.build();
        world.set_logging(false);
        let stop = world.run(SimTime::MAX, 5_000);
        let heard: Vec<DeviceId> = stacks(&net)
            .into_iter()
            .filter(|stack| world.reason_counts(*stack).iter().any(|(reason, _)| reason.slug == "udp.delivered"))
            .collect();
        assert_eq!(heard, expected, "seed {seed}");
        let circle = topology.storms(start, PortNo(0));
        assert_eq!(stop, if circle { Stop::Budget } else { Stop::Quiet }, "seed {seed}");
        assert!(world.flow_stats(FlowId(0)).unwrap().sent == 1);
        storms += usize::from(circle);
        reached += expected.len();
        for (name, host) in &net.hosts {
            let joined = topology.reachable(net.hosts["h0"].node, host.node);
            assert!(joined || !heard.contains(&host.stack), "seed {seed}: {name} hears what no cable brings it");
        }
    }
    assert!(storms > 50 && storms < 250 && reached > 300, "{storms} {reached}");
}
