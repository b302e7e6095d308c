//! The same plan and seed give the same run; a copy is a world of its own.

mod common;

use common::talker::{STATIONS, draw, network};
use overunder_sim::engine::{Stop, When, World};
use overunder_sim::id::{CableId, FlowId};
use overunder_sim::rng::Stream;
use overunder_sim::time::SimTime;

fn world(seed: u64, loss_ppm: u32) -> World {
    let mut builder = network(seed, 50, loss_ppm);
    let mut random = Stream::named(1, "faults");
    for number in 0..30 {
        let at = SimTime(random.below(800_000));
        builder.command(&format!("fault {number}"), draw(&mut random), When::At(at));
    }
    builder.build().unwrap()
}

fn digests(mut world: World) -> Vec<u64> {
    let mut digests = Vec::new();
    while !world.is_quiet() && world.step() {
        digests.push(world.digest());
    }
    digests
}

#[test]
fn two_runs_with_one_seed_agree_after_every_event() {
    for seed in 0..5 {
        let first = digests(world(seed, 20_000));
        assert!(first.len() > 1_500);
        assert_eq!(digests(world(seed, 20_000)), first, "seed {seed}");
    }
}

#[test]
fn how_a_run_is_driven_makes_no_difference() {
    let stepped = digests(world(3, 20_000));
    for (until, budget) in [(u64::MAX, 7), (1_000, u64::MAX), (333, 3)] {
        let mut run = world(3, 20_000);
        let mut end = SimTime::ZERO;
        loop {
            match run.run(if until == u64::MAX { SimTime::MAX } else { end }, budget) {
                Stop::Quiet => break,
                Stop::Time => end = SimTime(end.0 + until),
                Stop::Budget => {}
            }
        }
        assert_eq!(Some(&run.digest()), stepped.last(), "{until} ns, {budget} events");
    }
    let mut logged = world(3, 20_000);
    logged.set_logging(true);
    assert_eq!(digests(logged), stepped);
}

/// What arrived over each cable, both ways.
fn traffic(mut world: World) -> Vec<[(u64, u64); 2]> {
    while !world.is_quiet() && world.step() {}
    let stats = (0..11).map(|cable| world.cable_stats(CableId(cable)).unwrap());
    stats.map(|ways| ways.map(|way| (way.frames, way.lost.iter().sum()))).collect()
}

#[test]
fn another_seed_is_another_run() {
    let runs: Vec<_> = (0..4).map(|seed| traffic(world(seed, 20_000))).collect();
    for (at, run) in runs.iter().enumerate() {
        assert!(!runs[..at].contains(run), "seed {at}");
    }
}

#[test]
fn the_seed_is_the_only_source_of_chance() {
    // With nothing drawn at all, worlds of different seeds do the same.
    let quiet = |seed| {
        let mut world = network(seed, 0, 0).build().unwrap();
        let bytes =
            |n: u8| [[0xff; 6], [2, 0, 0, 0, 0, n]].concat().into_iter().chain([0x88, 0xb5]).collect::<Vec<_>>();
        for n in 0..30 {
            world.apply("inject", &common::inject(overunder_sim::id::DeviceId(0), 1, bytes(n))).unwrap();
            world.run(SimTime::MAX, 20);
        }
        traffic(world)
    };
    assert_eq!(quiet(1), quiet(2));
}

#[test]
fn a_copy_and_its_original_go_on_alike_and_apart() {
    let mut original = world(6, 20_000);
    original.run(SimTime::MAX, 600);
    let copy = original.clone();
    let (rest, again) = (digests(original.clone()), digests(copy.clone()));
    assert_eq!(rest, again);
    // What happens to one does not happen to the other.
    let mut changed = copy.clone();
    let before = (copy.digest(), copy.event(), copy.in_flight());
    let mut random = Stream::named(6, "apart");
    for _ in 0..50 {
        let _ = changed.apply("change", &draw(&mut random));
        changed.run(SimTime::MAX, 10);
    }
    assert_ne!(changed.digest(), copy.digest());
    assert_eq!((copy.digest(), copy.event(), copy.in_flight()), before);
    assert_eq!(digests(copy), rest);
}

#[test]
fn a_copy_shares_no_bytes_that_change() {
    // Frames in flight are shared handles: what one world does with them must not show in the other.
    let mut original = world(2, 0);
    for _ in 0..400 {
        original.run(SimTime::MAX, 3);
        if original.in_flight() > 3 {
            break;
        }
    }
    assert!(original.in_flight() > 3);
    let copy = original.clone();
    let seen = |mut world: World| {
        world.set_logging(true);
        let mut bytes = Vec::new();
        while !world.is_quiet() && world.step() {
            let log = world.log();
            bytes.extend(log.entries().iter().filter_map(|entry| match entry {
                overunder_sim::engine::Entry::Decision { bytes, .. } => Some(log.bytes(*bytes).to_vec()),
                _ => None,
            }));
        }
        bytes
    };
    assert_eq!(seen(original), seen(copy));
}

#[test]
fn every_flow_of_an_undisturbed_run_ends() {
    let mut world = network(9, 50, 0).build().unwrap();
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    for flow in 0..STATIONS {
        assert!(world.flow_stats(FlowId(flow)).unwrap().finished, "flow {flow}");
    }
}
