//! Hosts and switches, planned and built: who gets which frame, and that none is lost on the way.

mod common;

use std::collections::BTreeMap;

use common::planned::{Planned, at_ms, switch};
use overunder_sim::app::mac_flood::{MacFloodConfig, Sources};
use overunder_sim::app::ping::PingConfig;
use overunder_sim::app::request_response::{ClientConfig, ServerConfig};
use overunder_sim::app::sniffer::SnifferConfig;
use overunder_sim::app::udp_flow::UdpFlowConfig;
use overunder_sim::app::udp_sink::UdpSinkConfig;
use overunder_sim::device::bridge::BridgeConfig;
use overunder_sim::engine::log::Crossing;
use overunder_sim::engine::wire::ALL as CABLE;
use overunder_sim::engine::{CableConfig, Change, DeviceChange, Entry, Stop, Value, Verdict, World};
use overunder_sim::id::{CableId, DeviceId, FlowId, FrameId};
use overunder_sim::plan::AppSpec;
use overunder_sim::rng::Stream;
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{MacAddr, ethernet};

/// Three hosts on one switch.
fn three() -> Planned {
    let mut net = Planned::default();
    for (name, address) in [("a", "10.0.0.1/24"), ("b", "10.0.0.2/24"), ("c", "10.0.0.3/24")] {
        net.host(name, address);
    }
    net.switch("sw", switch(3));
    for name in ["a", "b", "c"] {
        net.cable(name, "sw");
    }
    net
}

/// What crossed the cables in order, as `a>sw arp ff:..`: device it left, kind, length, destination.
fn crossings(world: &mut World) -> Vec<String> {
    let mut lines = Vec::new();
    while !world.is_quiet() && world.step() {
        for entry in world.log().entries() {
            let Entry::Crossing { crossing: Crossing::Sent, device, port, bytes, .. } = entry else { continue };
            let bytes = world.log().bytes(*bytes);
            let kind = match ethernet::ethertype(bytes) {
                Some(ethernet::ARP) => ["?", "arp question", "arp answer"][usize::from(bytes[21])],
                Some(ethernet::IPV4) if bytes[23] == 1 => {
                    if bytes[34] == 8 {
                        "echo"
                    } else {
                        "reply"
                    }
                }
                _ => "other",
            };
            let dst = ethernet::dst(bytes).unwrap();
            let dst = if dst == MacAddr::BROADCAST { "all".to_owned() } else { dst.0[5].to_string() };
            lines.push(format!("{}:{} {kind} {} to {dst}", world.device_name(*device), port.0 + 1, bytes.len()));
        }
    }
    lines
}

/// Neighbours of a stack as `10.0.0.2 REACHABLE`.
fn neighbours(world: &World, stack: DeviceId) -> Vec<String> {
    let table = world.device(stack).unwrap().tables().into_iter().find(|table| table.name == "neigh").unwrap();
    table.rows.iter().map(|row| format!("{} {}", row.cells[0], row.cells[3])).collect()
}

/// Rows of a switch as station and port.
fn fdb(world: &World, switch: DeviceId) -> Vec<(u8, String)> {
    let table = world.device(switch).unwrap().tables().remove(0);
    let station = |cell: &overunder_sim::engine::Cell| cell.to_string().parse::<MacAddr>().unwrap().0[5];
    table.rows.iter().map(|row| (station(&row.cells[0]), row.cells[1].to_string())).collect()
}

fn slug_count(world: &World, device: DeviceId, slug: &str) -> u64 {
    world.reason_counts(device).iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, n)| *n)
}

#[test]
fn a_first_ping_over_a_switch_is_these_frames_on_these_cables() {
    let mut net = three();
    net.ping("first", ("a", "b"), 2, at_ms(0));
    let mut world = net.build();
    assert_eq!(
        crossings(&mut world),
        [
            "a/eth0:1 arp question 60 to all",
            "sw:2 arp question 60 to all",
            "sw:3 arp question 60 to all",
            "b/eth0:1 arp answer 60 to 1",
            "sw:1 arp answer 60 to 1",
            "a/eth0:1 echo 98 to 2",
            "sw:2 echo 98 to 2",
            "b/eth0:1 reply 98 to 1",
            "sw:1 reply 98 to 1",
            "a/eth0:1 echo 98 to 2",
            "sw:2 echo 98 to 2",
            "b/eth0:1 reply 98 to 1",
            "sw:1 reply 98 to 1",
        ]
    );
    let [a, b, c] = ["a", "b", "c"].map(|name| net.hosts[name]);
    assert_eq!(neighbours(&world, a.stack), ["10.0.0.2 REACHABLE"]);
    assert_eq!(neighbours(&world, b.stack), ["10.0.0.1 DELAY"], "b has used what it only overheard");
    assert_eq!(neighbours(&world, c.stack), Vec::<String>::new());
    assert_eq!(fdb(&world, DeviceId(6)), [(1, "1".to_owned()), (2, "2".to_owned())]);
    assert_eq!(slug_count(&world, c.stack, "arp.not-mine"), 1);
    let stats = world.flow_stats(FlowId(0)).unwrap();
    assert_eq!((stats.sent, stats.received, stats.bytes), (2, 2, 112));
}

#[test]
fn a_round_trip_takes_what_its_cables_take() {
    let mut net = three();
    net.ping("first", ("a", "b"), 3, at_ms(0));
    let mut world = net.build();
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    // 98 bytes and 24 more on the wire at 10 Gbit/s: 97.6 ns, rounded up; 5 us of delay; over four cables.
    let once = 4 * (98 + 5_000);
    let question = 4 * (68 + 5_000);
    let [low, median, high] = world.flow_stats(FlowId(0)).unwrap().rtt().unwrap();
    assert!((low.0).abs_diff(once) <= 8 && median == low, "{low} {median}");
    assert!(high.0.abs_diff(once + question) <= 16, "{high}: the first one waits for ARP");
}

#[test]
fn nobody_answers_for_an_absent_host_and_the_ping_ends_after_three_seconds() {
    let mut net = three();
    let app = AppSpec::Ping(PingConfig { to: "10.0.0.9".parse().unwrap(), ..PingConfig::default() });
    net.flow("absent", ("a", "b"), app, at_ms(0));
    let mut world = net.build();
    let lines = crossings(&mut world);
    assert_eq!(lines.iter().filter(|line| line.starts_with("a/")).count(), 3);
    assert_eq!(lines.len(), 9, "each question goes to the switch and on to two hosts");
    let stats = world.flow_stats(FlowId(0)).unwrap();
    assert_eq!((stats.sent, stats.received, stats.finished), (1, 0, true));
    assert_eq!(world.now(), SimTime::ZERO + SimDuration::from_secs(3));
    assert_eq!(neighbours(&world, net.hosts["a"].stack), ["10.0.0.9 FAILED"]);
}

#[test]
fn a_cut_cable_makes_switch_and_host_forget_and_a_mended_one_lets_them_learn_again() {
    let mut net = three();
    let cable = CableId(0);
    net.ping("before", ("a", "b"), 1, at_ms(0));
    net.event("cut", Change::Carrier { cable, up: false }, at_ms(2_000));
    net.event("mend", Change::Carrier { cable, up: true }, at_ms(3_000));
    net.ping("after", ("a", "b"), 1, at_ms(4_000));
    let mut world = net.build();
    let stacks = ["a", "b"].map(|name| net.hosts[name].stack);
    world.run(SimTime(1_999_999_999), u64::MAX);
    assert_eq!(stacks.map(|stack| neighbours(&world, stack).len()), [1, 1]);
    world.run(SimTime(2_500_000_000), u64::MAX);
    assert_eq!(neighbours(&world, stacks[0]), Vec::<String>::new());
    assert_eq!(neighbours(&world, stacks[1]), ["10.0.0.1 DELAY"], "b sees nothing of it");
    assert_eq!(fdb(&world, DeviceId(6)), [(2, "2".to_owned())]);
    let lines = crossings(&mut world);
    assert_eq!(lines[0], "a/eth0:1 arp question 60 to all");
    assert_eq!(world.flow_stats(FlowId(1)).unwrap().received, 1);
}

#[test]
fn what_waits_when_the_cable_goes_is_dropped_without_a_word_and_what_is_written_stays() {
    let mut net = three();
    let who = [("ip".to_owned(), "10.0.0.3".to_owned()), ("mac".to_owned(), "02:00:00:00:00:03".to_owned())];
    let row = DeviceChange::AddRow { table: "neigh".to_owned(), cells: who.to_vec() };
    net.event("write", Change::Device { device: net.hosts["a"].stack, change: row }, at_ms(0));
    let app = AppSpec::Ping(PingConfig { to: "10.0.0.9".parse().unwrap(), ..PingConfig::default() });
    net.flow("absent", ("a", "b"), app, at_ms(0));
    net.event("cut", Change::Carrier { cable: CableId(0), up: false }, at_ms(500));
    let mut world = net.build();
    world.run(SimTime::MAX, u64::MAX);
    let stack = net.hosts["a"].stack;
    assert_eq!(neighbours(&world, stack), ["10.0.0.3 PERMANENT"]);
    assert_eq!(slug_count(&world, stack, "neigh.link-lost"), 1);
    assert_eq!(world.now(), SimTime::ZERO + SimDuration::from_secs(5), "the ping was not told and waits to its end");
}

#[test]
fn a_host_switched_off_forgets_and_answers_again_once_it_is_back() {
    let mut net = three();
    let node = net.hosts["b"].node;
    net.event("off", Change::Power { node, up: false }, at_ms(1_500));
    net.event("on", Change::Power { node, up: true }, at_ms(3_500));
    net.ping("through", ("a", "b"), 6, at_ms(0));
    let mut world = net.build();
    world.run(SimTime(2_000_000_000), u64::MAX);
    assert_eq!(neighbours(&world, net.hosts["b"].stack), Vec::<String>::new());
    world.run(SimTime::MAX, u64::MAX);
    let stats = world.flow_stats(FlowId(0)).unwrap();
    assert_eq!((stats.sent, stats.received), (6, 4), "the two asked while it was off are lost");
    assert_eq!(neighbours(&world, net.hosts["b"].stack), ["10.0.0.1 REACHABLE"]);
}

/// The pair, the listener and the flood of facts.md §K 8: 40 frames before and after the victim's row is gone.
fn flooded() -> Planned {
    let mut net = Planned::default();
    for (name, address) in [("b", "10.0.0.2/24"), ("c", "10.0.0.3/24")] {
        let other = if name == "b" { 3 } else { 2 };
        let row = (std::net::Ipv4Addr::new(10, 0, 0, other), common::planned::station(usize::from(other) - 1));
        net.host_with(name, &[address], |_, stack| stack.neighbours = vec![row]);
    }
    net.host_with("m", &["10.0.0.66/24"], |card, _| card.promiscuous = true);
    net.switch("sw", BridgeConfig { capacity: Some(1_000), ..switch(3) });
    for name in ["b", "c", "m"] {
        net.cable(name, "sw");
    }
    net.serve("m", AppSpec::Sniffer(SnifferConfig::default()));
    net
}

/// What the sniffer of `m` overheard, as `src dst protocol frames payload`.
fn overheard(world: &World, net: &Planned) -> Vec<String> {
    let tables = world.device(net.hosts["m"].stack).unwrap().tables();
    let table = tables.into_iter().find(|table| table.name == "overheard").unwrap();
    let cells =
        |row: &overunder_sim::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    table.rows.iter().map(cells).collect()
}

#[test]
fn a_full_switch_keeps_a_known_pair_private_and_leaks_one_direction_once_a_row_is_lost() {
    let mut net = flooded();
    net.ping("learn", ("b", "c"), 1, at_ms(0));
    let flood = MacFloodConfig { every: SimDuration::from_us(100), count: Some(2_000), ..MacFloodConfig::default() };
    net.flow("flood", ("m", ""), AppSpec::MacFlood(flood.clone()), at_ms(100));
    net.ping("private", ("b", "c"), 20, at_ms(1_000));
    let cells = vec![("mac".to_owned(), "02:00:00:00:00:02".to_owned())];
    let forget = DeviceChange::DelRow { table: "fdb".to_owned(), cells };
    net.event("forget", Change::Device { device: DeviceId(6), change: forget }, at_ms(30_000));
    net.flow("refill", ("m", ""), AppSpec::MacFlood(MacFloodConfig { count: Some(5), ..flood }), at_ms(30_100));
    net.ping("leaking", ("b", "c"), 20, at_ms(31_000));
    let mut world = net.build();
    world.run(SimTime(30_000_000_000 - 1), u64::MAX);
    assert_eq!(fdb(&world, DeviceId(6)).len(), 1_000);
    assert_eq!(
        overheard(&world, &net),
        ["10.0.0.2 10.0.0.3 icmp 1 56"],
        "only the very first echo, before c had spoken"
    );
    world.run(SimTime::MAX, u64::MAX);
    assert_eq!(fdb(&world, DeviceId(6)).len(), 1_000);
    assert_eq!(
        overheard(&world, &net),
        ["10.0.0.2 10.0.0.3 icmp 21 1176"],
        "20 of 40: what goes to c, not what it says"
    );
    assert!((0..5).all(|flow| world.flow_stats(FlowId(flow)).unwrap().finished));
    assert_eq!(world.flow_stats(FlowId(4)).unwrap().received, 20);
    assert_eq!(slug_count(&world, net.hosts["m"].stack, "app.overheard"), 21);
    assert_eq!(slug_count(&world, net.hosts["m"].stack, "ip.other-host"), 21, "and its stack dropped each of them");
}

/// Two networks of two hosts with a router between them.
fn routed() -> Planned {
    let mut net = Planned::default();
    let gateway = |last: &'static str| {
        move |_: &mut _, stack: &mut overunder_sim::stack::StackConfig| {
            stack.gateway = Some(last.parse().unwrap());
        }
    };
    net.host_with("a", &["10.0.0.1/24"], gateway("10.0.0.254"));
    net.host_with("b", &["10.0.0.2/24"], gateway("10.0.0.254"));
    net.host_with("x", &["10.1.0.1/24"], gateway("10.1.0.254"));
    net.host_with("r", &["10.0.0.254/24", "10.1.0.254/24"], |_, stack| stack.forwarding = true);
    net.switch("left", switch(3));
    net.switch("right", switch(2));
    for (a, b) in [("a", "left"), ("b", "left"), ("r", "left"), ("x", "right"), ("r", "right")] {
        net.cable(a, b);
    }
    net
}

#[test]
fn a_ping_through_a_router_is_answered_and_asks_for_each_next_hop_once() {
    let mut net = routed();
    net.ping("across", ("a", "x"), 3, at_ms(0));
    let mut world = net.build();
    let lines = crossings(&mut world);
    let questions: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains("question") && !line.contains("left") && !line.contains("right"))
        .collect();
    assert_eq!(questions, ["a/eth0:1 arp question 60 to all", "r/eth1:1 arp question 60 to all"]);
    assert_eq!(world.flow_stats(FlowId(0)).unwrap().received, 3);
    let [a, x, r] = ["a", "x", "r"].map(|name| net.hosts[name].stack);
    assert_eq!(neighbours(&world, a), ["10.0.0.254 REACHABLE"]);
    assert_eq!(neighbours(&world, x), ["10.1.0.254 DELAY"]);
    assert_eq!(neighbours(&world, r), ["10.0.0.1 DELAY", "10.1.0.1 REACHABLE"]);
    assert_eq!(slug_count(&world, r, "ip.forwarding"), 6);
}

/// Everything at once, on two networks; cables lose frames by chance.
fn busy(seed: u64, loss_ppm: u32) -> Planned {
    let mut random = Stream::named(seed, "busy");
    let mut net = routed();
    net.plan.seed = seed;
    for step in &mut net.plan.steps {
        if let overunder_sim::plan::Op::Cable { config, .. } = &mut step.op {
            *config = CableConfig { loss_ppm, rate_bps: 1_000_000, queue_bytes: 4_000, ..config.clone() };
        }
    }
    net.serve("x", AppSpec::UdpSink(UdpSinkConfig::default()));
    net.serve("b", AppSpec::Server(ServerConfig::default()));
    net.serve("r", AppSpec::Sniffer(SnifferConfig::default()));
    let (x, b) = (net.hosts["x"].ip, net.hosts["b"].ip);
    let at = |random: &mut Stream| at_ms(random.below(2_000));
    net.ping("ping", ("a", "x"), 5, at(&mut random));
    let udp = UdpFlowConfig { to: x, count: Some(60), every: SimDuration::from_ms(20), ..UdpFlowConfig::default() };
    net.flow("udp", ("b", "x"), AppSpec::Udp(udp.clone()), at(&mut random));
    net.flow("closed", ("a", "b"), AppSpec::Udp(UdpFlowConfig { to: b, ..udp }), at(&mut random));
    let ask = ClientConfig { to: b, count: 20, ..ClientConfig::default() };
    net.flow("ask", ("x", "b"), AppSpec::Client(ask), at(&mut random));
    let flood = MacFloodConfig {
        every: SimDuration::from_ms(7),
        count: Some(50),
        sources: Sources::Sequential,
        ethertype: ethernet::IPV4,
        ..MacFloodConfig::default()
    };
    net.flow("flood", ("b", ""), AppSpec::MacFlood(flood), at(&mut random));
    let cable = CableId(random.below(5) as u32);
    net.event("cut", Change::Carrier { cable, up: false }, at(&mut random));
    net.event("mend", Change::Carrier { cable, up: true }, at_ms(2_500));
    let device = net.hosts["a"].stack;
    let change = DeviceChange::Set { port: None, field: "mtu".to_owned(), value: Value::Number(1_000) };
    net.event("mtu", Change::Device { device, change }, at(&mut random));
    net
}

/// The books of one run: frames that came off a wire, and frames that went onto one.
#[derive(Debug, Default)]
struct Books {
    arrived: u64,
    left: u64,
    lost: u64,
    held: BTreeMap<FrameId, DeviceId>,
    entries: u64,
}

impl Books {
    /// Enters the last event: whatever arrived met exactly one fate at that device or is held there.
    fn enter(&mut self, world: &World) {
        let (mut fates, mut held, mut arrived) = (0, 0, None);
        for (at, entry) in world.log().entries().iter().enumerate() {
            let Entry::Decision { decision, .. } = entry else { continue };
            self.entries += 1;
            let ports = world.log().ports(at).count() as u64;
            if CABLE.contains(&decision.reason) {
                self.lost += 1;
                continue;
            }
            if decision.port.is_some() && arrived.is_none() {
                arrived = Some(decision.frame);
            }
            self.left += ports;
            let own = arrived == Some(decision.frame);
            match decision.verdict {
                Verdict::Note if decision.reason.slug == "neigh.waiting" => {
                    self.held.insert(decision.frame, decision.device);
                    held += u64::from(own);
                }
                Verdict::Note => {}
                _ => {
                    if self.held.remove(&decision.frame).is_none() {
                        fates += u64::from(own);
                    }
                }
            }
        }
        if arrived.is_some() {
            self.arrived += 1;
            assert_eq!(fates + held, 1, "event {}: {:?}", world.event(), world.log().entries());
        }
    }
}

/// Packets that the neighbour tables say are waiting.
fn waiting(world: &World) -> u64 {
    let devices = (0..world.device_count() as u32).filter_map(|at| world.device(DeviceId(at)));
    let tables = devices.flat_map(overunder_sim::engine::Device::tables).filter(|table| table.name == "neigh");
    tables.flat_map(|table| table.rows).map(|row| row.cells[4].to_string().parse::<u64>().unwrap()).sum()
}

#[test]
fn every_frame_of_a_busy_network_meets_one_fate_or_waits_or_is_on_its_way() {
    for seed in 0..8 {
        let mut world = busy(seed, 30_000).build();
        let mut books = Books::default();
        while !world.is_quiet() && world.step() {
            books.enter(&world);
            assert_eq!(
                books.left,
                books.arrived + books.lost + world.in_flight() as u64,
                "seed {seed}, {}",
                world.event()
            );
            assert_eq!(books.held.len() as u64, waiting(&world), "seed {seed}, {}", world.event());
        }
        assert!(books.arrived > 500 && books.lost > 5, "{books:?}");
        assert_eq!((books.held.len(), world.in_flight()), (0, 0));
        assert!((0..5).all(|flow| world.flow_stats(FlowId(flow)).unwrap().finished), "seed {seed}");
    }
}

#[test]
fn the_same_plan_gives_the_same_run_and_another_seed_another() {
    let digests = |seed| {
        let mut world = busy(seed, 30_000).build();
        let mut digests = Vec::new();
        while !world.is_quiet() && world.step() {
            digests.push(world.digest());
        }
        digests
    };
    let first = digests(1);
    assert_eq!(first, digests(1));
    assert_ne!(first.last(), digests(2).last());
}

#[test]
fn a_copy_taken_at_any_time_of_a_busy_run_ends_as_the_run_does() {
    let mut world = busy(3, 30_000).build();
    let mut copies = Vec::new();
    while !world.is_quiet() && world.step() {
        if world.event().0.is_multiple_of(97) {
            copies.push(world.clone());
        }
    }
    assert!(copies.len() > 10);
    for mut copy in copies {
        while !copy.is_quiet() && copy.step() {}
        assert_eq!((copy.digest(), copy.now()), (world.digest(), world.now()));
    }
}

#[test]
fn without_loss_everything_asked_for_arrives_unless_the_cable_was_cut() {
    let mut net = busy(1, 0);
    net.plan.steps.retain(|step| !matches!(&step.op, overunder_sim::plan::Op::Event { .. }));
    let mut world = net.build();
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    let received = |flow| world.flow_stats(FlowId(flow)).unwrap().received;
    assert_eq!([received(0), received(1), received(2), received(3)], [5, 60, 0, 20]);
    let b = net.hosts["b"].stack;
    assert_eq!(slug_count(&world, b, "udp.no-listener"), 60);
    assert!(slug_count(&world, b, "icmp.errors-limited") > 40);
}
