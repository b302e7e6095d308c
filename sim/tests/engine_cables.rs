//! Cables: rate, delay, the bounded queue, loss, carrier and power.

mod common;

use common::puppet::{self, Diary, Puppet};
use common::{drain, fates, inject, span_us, tell, us};
use overunder_sim::engine::wire::{ALL, CABLE_CUT, CABLE_DOWN, CABLE_LOST, NOT_WIRED, POWER_OFF, QUEUE_FULL};
use overunder_sim::engine::{CableConfig, Change, Value, Verdict, When, World, WorldBuilder};
use overunder_sim::id::{CableId, DeviceId, NodeId, PortNo};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::LinkType;

const A: DeviceId = DeviceId(0);
const B: DeviceId = DeviceId(1);
const CABLE: CableId = CableId(0);

/// Puppets `a` and `b`, each on a node of its own, joined by a cable; scripted sends of so many bytes by `a`.
fn pair(config: CableConfig, sends: &[(u64, u64)]) -> (World, Diary) {
    let (builder, diary) = pair_builder(config, sends);
    (logged(builder), diary)
}

fn pair_builder(config: CableConfig, sends: &[(u64, u64)]) -> (WorldBuilder, Diary) {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    for name in ["a", "b"] {
        let node = builder.node(name, "Host");
        builder.device(node, name, Puppet::boxed(name, 2, &diary)).unwrap();
    }
    builder.cable("a--b", (A, PortNo(0)), (B, PortNo(0)), config).unwrap();
    for &(ns, len) in sends {
        builder.command("send", tell(A, "send", 0, Value::Number(len)), When::At(SimTime(ns)));
    }
    (builder, diary)
}

fn logged(builder: WorldBuilder) -> World {
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    world
}

fn gigabit(gbps: u64) -> CableConfig {
    CableConfig { rate_bps: gbps * 1_000_000_000, delay: SimDuration::ZERO, ..CableConfig::default() }
}

#[test]
fn a_frame_takes_its_bits_at_the_rate_and_then_the_delay() {
    // F§A.1: 24 bytes are on the wire and in no frame, and a short frame is padded to 60 bytes.
    for (rate, delay, len, ns) in [
        (1_000_000_000, 0, 60, 84 * 8),
        (1_000_000_000, 0, 14, 84 * 8),
        (1_000_000_000, 0, 0, 84 * 8),
        (1_000_000_000, 0, 61, 85 * 8),
        (1_000_000_000, 5_000, 1_514, 1_538 * 8 + 5_000),
        (10_000_000, 0, 1_514, 1_538 * 800),
        // Rounded up to whole nanoseconds: 67.2 and 0.67.
        (10_000_000_000, 0, 60, 68),
        (1_000_000_000_000, 0, 60, 1),
        (1, 0, 60, 84 * 8_000_000_000),
    ] {
        let config = CableConfig { rate_bps: rate, delay: SimDuration(delay), ..CableConfig::default() };
        let (mut world, diary) = pair(config, &[(1_000, len)]);
        drain(&mut world);
        assert_eq!(diary.times(), [SimTime(1_000 + ns)], "{len} bytes at {rate} bit/s");
    }
}

#[test]
fn a_busy_cable_carries_exactly_its_rate() {
    // F§A.1: 10 Gb/s are 14,880,952 frames of 64 bytes or 812,744 of 1518 bytes (FCS included) a second.
    for (gbps, len, frames) in [(10, 60, 14_880_952), (10, 1_514, 812_743), (100, 60, 148_809_523), (3, 61, 4_411_764)]
    {
        let share = 1_000; // a millisecond's worth
        let burst = vec![(0, len); (frames / share) as usize];
        let (mut world, diary) = pair(CableConfig { queue_bytes: u64::MAX, ..gigabit(gbps) }, &burst);
        drain(&mut world);
        let times = diary.times();
        assert_eq!(times.len(), burst.len());
        for (number, time) in times.iter().enumerate() {
            let bits = (number as u128 + 1) * u128::from(len + 24) * 8;
            assert_eq!(u128::from(time.0), bits.div_ceil(u128::from(gbps)), "frame {number} at {gbps} Gb/s");
        }
    }
}

#[test]
fn a_frame_waits_for_the_one_before_and_not_for_its_delay() {
    let config = CableConfig { delay: span_us(100), ..gigabit(1) };
    let (mut world, diary) = pair(config, &[(0, 60), (0, 60), (600, 60), (5_000, 60)]);
    drain(&mut world);
    assert_eq!(diary.times(), [672, 1_344, 2_016, 5_672].map(|ns| SimTime(100_000 + ns)));
}

#[test]
fn both_directions_send_at_once() {
    let (mut builder, diary) = pair_builder(gigabit(1), &[(0, 60)]);
    builder.command("back", tell(B, "send", 0, Value::Number(60)), When::At(SimTime(0)));
    drain(&mut logged(builder));
    assert_eq!(diary.read(), ["672ns b got 60 bytes at 0", "672ns a got 60 bytes at 0"]);
}

#[test]
fn the_queue_takes_what_its_limit_says_to_the_byte() {
    // 60 bytes are 84 on the wire. Ahead of a frame is what has not left yet.
    for (limit, taken) in [(0, 1), (83, 1), (84, 2), (167, 2), (168, 3), (839, 10), (840, 11)] {
        for gbps in [1, 3, 7, 10, 100] {
            let config = CableConfig { queue_bytes: limit, ..gigabit(gbps) };
            let (mut world, diary) = pair(config, &[(0, 60); 20]);
            drain(&mut world);
            assert_eq!(diary.times().len(), taken, "{limit} bytes at {gbps} Gb/s");
            let [forth, back] = world.cable_stats(CABLE).unwrap();
            assert_eq!((forth.frames, forth.bytes), (taken as u64, 60 * taken as u64));
            assert_eq!(forth.lost[usize::from(QUEUE_FULL.index)], 20 - taken as u64);
            assert_eq!(back.frames, 0);
        }
    }
}

#[test]
fn by_default_a_thousand_full_frames_wait_behind_the_one_being_sent() {
    // Linux DEFAULT_TX_QUEUE_LEN is 1000.
    let (mut world, diary) = pair(CableConfig::default(), &vec![(0, 1_514); 1_200]);
    drain(&mut world);
    assert_eq!(diary.times().len(), 1_001);
}

#[test]
fn a_full_queue_drops_the_newest_and_says_how_much_waits() {
    let config = CableConfig { queue_bytes: 168, ..gigabit(1) };
    let (mut world, diary) = pair(config, &[(0, 60), (0, 60), (0, 60), (0, 70), (700, 80)]);
    while world.event().0 < 4 {
        world.step();
    }
    assert_eq!(fates(&world), [(Verdict::Send, &puppet::TOLD), (Verdict::Drop, &QUEUE_FULL)]);
    drain(&mut world);
    // One has left by 700 ns, so there is room again.
    assert_eq!(diary.read().iter().filter(|line| line.contains("80 bytes")).count(), 1);
    let waiting = common::last_number(&pair_until(4));
    assert_eq!(waiting, 252);
}

/// The world of the test above after so many events.
fn pair_until(event: u64) -> World {
    let config = CableConfig { queue_bytes: 168, ..gigabit(1) };
    let (mut world, _) = pair(config, &[(0, 60), (0, 60), (0, 60), (0, 70)]);
    while world.event().0 < event {
        world.step();
    }
    world
}

/// Which of 1000 frames of a lossy cable arrive, by their length.
fn survivors(seed: u64, name: &str, loss_ppm: u32, neighbours: u32) -> Vec<String> {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(seed);
    let config = CableConfig { loss_ppm, queue_bytes: u64::MAX, ..gigabit(1) };
    for number in 0..2 * (neighbours + 1) {
        let node = builder.node(&format!("n{number}"), "Host");
        let known = if number < 2 { &diary } else { &Diary::default() };
        builder.device(node, &format!("n{number}"), Puppet::boxed("p", 1, known)).unwrap();
    }
    for pair in 0..=neighbours {
        let (a, b) = (DeviceId(2 * pair), DeviceId(2 * pair + 1));
        let name = if pair == 0 { name.to_owned() } else { format!("other {pair}") };
        builder.cable(&name, (a, PortNo(0)), (b, PortNo(0)), config.clone()).unwrap();
        for len in 0..1_000 {
            builder.command("send", tell(a, "send", 0, Value::Number(100 + len)), When::At(SimTime(len)));
        }
    }
    drain(&mut builder.build().unwrap());
    diary.read().into_iter().map(|line| line.split(' ').nth(3).unwrap().to_owned()).collect()
}

#[test]
fn loss_depends_on_the_seed_and_the_cables_name_and_on_nothing_else() {
    let first = survivors(1, "a--b", 300_000, 0);
    assert!((650..750).contains(&first.len()), "{} of 1000 arrived at 30 % loss", first.len());
    assert_eq!(survivors(1, "a--b", 300_000, 0), first);
    assert_eq!(survivors(1, "a--b", 300_000, 3), first, "other cables change nothing");
    assert_ne!(survivors(2, "a--b", 300_000, 0), first);
    assert_ne!(survivors(1, "a--c", 300_000, 0), first);
}

#[test]
fn a_million_ppm_loses_all_and_zero_none() {
    assert_eq!(survivors(1, "a--b", 0, 0).len(), 1_000);
    assert_eq!(survivors(1, "a--b", 1_000_000, 0).len(), 0);
}

#[test]
fn loss_can_be_changed_while_running_and_lost_frames_occupy_the_cable() {
    let (mut builder, diary) = pair_builder(gigabit(1), &[(0, 60), (10, 61), (20, 62), (2_000, 63)]);
    for (ns, ppm) in [(5, 2_000_000), (15, 0)] {
        builder.command("loss", Change::Loss { cable: CABLE, ppm, of: None }, When::At(SimTime(ns)));
    }
    let mut world = logged(builder);
    drain(&mut world);
    let sent = [84, 84 + 85 + 86].map(|bytes| format!("{}", SimTime(bytes * 8)));
    let lines = diary.read();
    assert_eq!((lines[0].starts_with(&sent[0]), lines[1].starts_with(&sent[1])), (true, true), "{lines:?}");
    let [forth, _] = world.cable_stats(CABLE).unwrap();
    assert_eq!((forth.frames, forth.lost[usize::from(CABLE_LOST.index)], lines.len()), (4, 1, 3));
}

fn carrier(up: bool) -> Change {
    Change::Carrier { cable: CABLE, up }
}

#[test]
fn a_cut_loses_what_was_on_the_way_and_what_comes_after() {
    let config = CableConfig { delay: span_us(10), ..gigabit(1) };
    let (mut builder, diary) = pair_builder(config, &[(0, 60), (100, 61), (7_000, 62), (9_000, 63)]);
    builder.command("back", tell(B, "send", 0, Value::Number(99)), When::At(SimTime(0)));
    builder.command("cut", carrier(false), When::At(us(6)));
    builder.command("mend", carrier(true), When::At(us(8)));
    let mut world = logged(builder);
    while world.event().0 < 4 {
        world.step();
    }
    assert_eq!(world.in_flight(), 0);
    assert_eq!(fates(&world), [(Verdict::Drop, &CABLE_CUT); 3]);
    drain(&mut world);
    let told = ["6us a carrier 0 down", "6us b carrier 0 down", "8us a carrier 0 up", "8us b carrier 0 up"];
    let arrived = format!("{} b got 63 bytes at 0", SimTime(19_000 + 87 * 8));
    assert_eq!(diary.read(), [&told.map(str::to_owned)[..], &[arrived]].concat());
    let [forth, back] = world.cable_stats(CABLE).unwrap();
    assert_eq!((forth.lost[usize::from(CABLE_CUT.index)], back.lost[usize::from(CABLE_CUT.index)]), (2, 1));
    assert_eq!(forth.lost[usize::from(CABLE_DOWN.index)], 1);
    let sum = |reason: &'static overunder_sim::explain::ReasonDef| world.lost(reason);
    assert_eq!((sum(&CABLE_CUT), sum(&CABLE_DOWN)), (3, 1));
    assert!(world.is_quiet());
}

#[test]
fn a_cable_that_starts_without_carrier_says_so_to_both_ends() {
    let (mut world, diary) = pair(CableConfig { up: false, ..gigabit(1) }, &[(0, 60)]);
    assert_eq!(diary.read(), ["0ns a carrier 0 down", "0ns b carrier 0 down"]);
    assert_eq!(world.cable_down(CABLE), Some(&CABLE_DOWN));
    drain(&mut world);
    assert_eq!(world.lost(&CABLE_DOWN), 1);
    world.apply("mend", &carrier(true)).unwrap();
    assert_eq!((diary.read().len(), world.cable_down(CABLE)), (2, None));
    // What is so already is no news.
    world.apply("mend", &carrier(true)).unwrap();
    assert_eq!(diary.read().len(), 0);
}

#[test]
fn a_port_without_a_cable_loses_what_it_sends_and_counts_it() {
    let (mut builder, _) = pair_builder(gigabit(1), &[]);
    builder.command("send", tell(A, "send", 1, Value::Number(60)), When::At(us(1)));
    let mut world = logged(builder);
    world.step();
    assert_eq!(fates(&world), [(Verdict::Send, &puppet::TOLD), (Verdict::Drop, &NOT_WIRED)]);
    assert_eq!((world.lost(&NOT_WIRED), world.in_flight()), (1, 0));
}

fn power(node: u32, up: bool) -> Change {
    Change::Power { node: NodeId(node), up }
}

#[test]
fn a_node_without_power_is_dark_and_comes_back_without_memory() {
    let config = CableConfig { delay: span_us(10), ..gigabit(1) };
    let (mut builder, diary) = pair_builder(config, &[(0, 60)]);
    builder.command("arm", tell(B, "arm", 0, Value::Span(span_us(50))), When::At(us(1)));
    builder.command("off", power(1, false), When::At(us(5)));
    builder.command("on", power(1, true), When::At(us(20)));
    let mut world = logged(builder);
    drain(&mut world);
    let expected =
        ["5us a carrier 0 down", "5us b carrier 0 down", "0ns b reset", "20us a carrier 0 up", "20us b carrier 0 up"];
    assert_eq!(diary.read(), expected, "and no timer of b");
    assert_eq!(world.lost(&CABLE_CUT), 1);
    // Twice off is off.
    world.apply("off", &power(1, false)).unwrap();
    diary.read();
    world.apply("off", &power(1, false)).unwrap();
    assert_eq!(diary.read().len(), 0);
}

#[test]
fn a_cable_has_carrier_when_it_is_whole_and_both_ends_have_power() {
    // Every history of five changes, against the plain definition.
    let changes = [carrier(false), carrier(true), power(0, false), power(0, true), power(1, false), power(1, true)];
    for history in 0..6_usize.pow(5) {
        let (mut world, _) = pair(gigabit(1), &[]);
        let (mut whole, mut powered) = (true, [true; 2]);
        for step in 0..5 {
            let change = &changes[history / 6_usize.pow(step) % 6];
            world.apply("change", change).unwrap();
            match change {
                Change::Carrier { up, .. } => whole = *up,
                Change::Power { node, up } => powered[node.index()] = *up,
                _ => unreachable!("only these are drawn"),
            }
            assert_eq!(world.cable_down(CABLE).is_none(), whole && powered == [true; 2], "history {history}");
        }
    }
}

#[test]
fn frames_inside_a_node_are_lost_with_its_power_and_counted() {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("h", "Host");
    for name in ["x", "y"] {
        builder.device(node, name, Puppet::boxed(name, 1, &diary)).unwrap();
    }
    builder.wire((A, PortNo(0)), (B, PortNo(0))).unwrap();
    builder.command("send", tell(A, "send", 0, Value::Number(60)), When::At(us(1)));
    builder.command("off", power(0, false), When::At(us(1)));
    let mut world = logged(builder);
    world.step();
    assert_eq!(world.in_flight(), 1);
    world.step();
    assert_eq!(fates(&world), [(Verdict::Drop, &POWER_OFF)]);
    assert_eq!((world.in_flight(), world.lost(&POWER_OFF)), (0, 1));
    // What is put on a port of a dark node is lost too.
    world.apply("inject", &inject(B, 0, vec![0; 60])).unwrap();
    assert_eq!((fates(&world), world.in_flight()), (vec![(Verdict::Drop, &POWER_OFF)], 0));
    assert_eq!(world.lost(&POWER_OFF), 2);
    drain(&mut world);
    assert_eq!(diary.read(), ["0ns x reset", "0ns y reset"]);
}

#[test]
fn every_reason_of_the_wires_has_its_place_in_the_counts() {
    let (world, _) = pair(gigabit(1), &[]);
    assert_eq!(world.cable_stats(CABLE).unwrap()[0].lost.len(), ALL.len());
    for (place, reason) in ALL.iter().enumerate() {
        assert_eq!((usize::from(reason.index), world.lost(reason)), (place, 0));
    }
}

#[test]
fn changes_of_what_is_not_there_are_refused() {
    let (mut world, _) = pair(gigabit(1), &[]);
    let digest = world.digest();
    for (change, complaint) in [
        (Change::Carrier { cable: CableId(1), up: false }, "there is no cable 1 in this world"),
        (Change::Loss { cable: CableId(7), ppm: 1, of: None }, "there is no cable 7 in this world"),
        (power(2, false), "there is no node 2 in this world"),
        (inject(DeviceId(9), 0, vec![0]), "there is no device 9 in this world"),
        (inject(A, 2, vec![0]), "there is no port 2 in this world"),
        (
            Change::Inject { device: A, port: PortNo(0), link: LinkType::Ip, bytes: vec![0x45] },
            "`Ip` is no value for `link`: expected what the port carries",
        ),
        (tell(DeviceId(2), "send", 0, Value::Number(1)), "there is no device 2 in this world"),
        (Change::Start(overunder_sim::id::FlowId(0)), "there is no flow 0 in this world"),
        (Change::Stop(overunder_sim::id::FlowId::NONE), "there is no flow 65535 in this world"),
    ] {
        assert_eq!(world.apply("change", &change).unwrap_err().to_string(), complaint);
        assert_eq!((world.digest(), world.event().0), (digest, 0), "{complaint}");
    }
}
