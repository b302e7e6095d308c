//! No frame appears or vanishes: what was made and copied was delivered, used up or dropped with a reason, or is on
//! its way. Checked after every event of runs with narrow queues, loss, cuts, power failures and injected bytes.

mod common;

use common::talker::{draw, network};
use overunder_sim::engine::wire::{ALL as WIRE, NOT_WIRED, QUEUE_FULL};
use overunder_sim::engine::{Change, Decision, Entry, Verdict, When, World};
use overunder_sim::id::DeviceId;
use overunder_sim::rng::Stream;
use overunder_sim::time::SimTime;

/// The books of a run, kept from its log.
#[derive(Debug, Default)]
struct Books {
    injected: u64,
    minted: u64,
    copied: u64,
    delivered: u64,
    consumed: u64,
    dropped: u64,
    lost: u64,
}

impl Books {
    /// Enters the last event.
    fn enter(&mut self, world: &World) {
        let (mut fates, mut left) = (Vec::new(), 0);
        for (at, entry) in world.log().entries().iter().enumerate() {
            match entry {
                Entry::Command(number) => {
                    let (name, change) = world.command(*number).unwrap();
                    let refused = world.refused().iter().any(|(refused, _)| refused == name);
                    self.injected += u64::from(matches!(change, Change::Inject { .. }) && !refused);
                }
                Entry::Decision { decision, .. } if WIRE.contains(&decision.reason) => self.lost += 1,
                Entry::Decision { decision, .. } => match decision.verdict {
                    Verdict::Note => {}
                    Verdict::Send => self.minted += world.log().ports(at).count() as u64,
                    verdict => {
                        fates.push(verdict);
                        left += world.log().ports(at).count() as u64;
                    }
                },
                Entry::Crossing { .. }
                | Entry::Inner { .. }
                | Entry::Row { .. }
                | Entry::Charge { .. }
                | Entry::Agent { .. } => {}
            }
        }
        match fates[..] {
            [] => {}
            [Verdict::Deliver] => self.delivered += 1,
            [Verdict::Consume] => self.consumed += 1,
            [Verdict::Drop] => self.dropped += 1,
            // Copies with and without a VLAN tag are two floods.
            [Verdict::Forward | Verdict::Flood] | [Verdict::Flood, Verdict::Flood] => {
                assert!(left > 0, "moved out of no port at all");
                self.copied += left - 1;
            }
            _ => panic!("one frame, several fates: {fates:?}"),
        }
    }

    fn balance(&self) -> i64 {
        let there = self.injected + self.minted + self.copied;
        let gone = self.delivered + self.consumed + self.dropped + self.lost;
        there as i64 - gone as i64
    }
}

fn run(seed: u64, loss_ppm: u32, faults: u64) -> (World, Books) {
    let mut builder = network(seed, 60, loss_ppm);
    let mut random = Stream::named(seed, "faults");
    for number in 0..faults {
        let at = SimTime(random.below(1_000_000));
        builder.command(&format!("fault {number}"), draw(&mut random), When::At(at));
    }
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    let mut books = Books::default();
    while !world.is_quiet() && world.step() {
        books.enter(&world);
        assert_eq!(books.balance(), world.in_flight() as i64, "seed {seed}, event {}: {books:?}", world.event());
    }
    (world, books)
}

#[test]
fn the_books_balance_after_every_event() {
    for seed in 0..10 {
        let (world, books) = run(seed, 20_000, 60);
        assert_eq!(world.in_flight(), 0);
        assert!(books.minted > 300 && books.copied > 100, "{books:?}");
    }
}

#[test]
fn counters_say_the_same_as_the_log() {
    for seed in 10..15 {
        let (world, books) = run(seed, 20_000, 60);
        assert_eq!(WIRE.iter().map(|reason| world.lost(reason)).sum::<u64>(), books.lost);
        let of_devices = (0..world.device_count() as u32).flat_map(|device| world.reason_counts(DeviceId(device)));
        let ended: u64 = of_devices.filter(|(reason, _)| reason.slug == "talker.mine").map(|(_, n)| n).sum();
        assert_eq!(ended, books.delivered);
        let crossed: u64 = cables(&world).map(|stats| stats.frames).sum();
        let lost: u64 = cables(&world).flat_map(|stats| stats.lost).sum();
        assert!(crossed > 0 && lost <= books.lost, "{lost} of {books:?}");
    }
}

fn cables(world: &World) -> impl Iterator<Item = overunder_sim::engine::wire::CableStats> {
    (0..world.cables().len()).flat_map(|cable| world.cable_stats(overunder_sim::id::CableId(cable as u32)).unwrap())
}

#[test]
fn without_faults_and_loss_only_full_queues_and_empty_ports_lose_frames() {
    let (world, books) = run(1, 0, 0);
    assert_eq!(world.lost(&QUEUE_FULL) + world.lost(&NOT_WIRED), books.lost);
    assert_eq!(books.injected, 0);
    for flow in 0..9 {
        let stats = world.flow_stats(overunder_sim::id::FlowId(flow)).unwrap();
        assert!(stats.finished && stats.sent >= 60, "{stats:?}");
    }
}

#[test]
fn the_numbers_of_frames_are_unique_but_for_copies() {
    let mut world = network(3, 40, 0).build().unwrap();
    world.set_logging(true);
    let mut made: Vec<Decision> = Vec::new();
    while !world.is_quiet() && world.step() {
        for entry in world.log().entries() {
            if let Entry::Decision { decision, .. } = entry {
                let known = made.iter().any(|other| other.frame == decision.frame);
                assert_eq!(known, decision.verdict != Verdict::Send, "frame {}", decision.frame);
                if !known {
                    made.push(*decision);
                }
            }
        }
    }
    assert!(made.len() > 300);
}
