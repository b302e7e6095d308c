//! The order of events is (time, sequence), whatever holds them: heap, wheel, instant lane or cable.
//!
//! Four devices arm and stop timers and send frames by lot, with so few different delays that most events tie. A
//! model with one plain list of pending events makes the same choices and must see the same events.

mod common;

use common::puppet::{Diary, Puppet};
use common::{inject, tell};
use overunder_sim::engine::{
    CableConfig, Change, ChangeError, Device, DeviceChange, Outbox, Stop, TableView, TimerKind, Value, When, World,
    WorldBuilder,
};
use overunder_sim::explain::Reason;
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::rng::Stream;
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{Frame, LinkType, Origin};

const DEVICES: u32 = 4;
const TIMERS: u32 = 3;
const GBPS: u128 = 3;
const DELAY: u64 = 2;

/// What a device may do in an event.
enum Act {
    Arm { kind: u32, span: u64, foreground: bool },
    Disarm { kind: u32 },
    Send { port: u16, len: u64 },
}

fn choose(random: &mut Stream) -> Vec<Act> {
    let mut acts = Vec::new();
    for _ in 0..random.below(3) {
        let kind = random.below(u64::from(TIMERS)) as u32;
        acts.push(match random.below(6) {
            0..=2 => Act::Arm {
                kind,
                span: [0, 0, 1, 2, 3, 224][random.below(6) as usize],
                foreground: random.chance(500_000),
            },
            3 => Act::Disarm { kind },
            port => Act::Send { port: port as u16 - 4, len: 60 + random.below(4) },
        });
    }
    acts
}

fn stream(device: u32) -> Stream {
    Stream::named(u64::from(device), "storm")
}

/// A device that acts by lot. Port 0 leads to its neighbour in the node, port 1 onto a cable.
#[derive(Clone, Debug)]
struct Storm {
    number: u32,
    random: Stream,
    diary: Diary,
}

impl Storm {
    fn act(&mut self, now: SimTime, what: &str, out: &mut Outbox<'_>) {
        self.diary.note(now, format!("{} {what}", self.number));
        for act in choose(&mut self.random) {
            match act {
                Act::Arm { kind, span, foreground: true } => out.arm(TimerKind(kind), now + SimDuration(span)),
                Act::Arm { kind, span, .. } => out.arm_background(TimerKind(kind), now + SimDuration(span)),
                Act::Disarm { kind } => out.disarm(TimerKind(kind)),
                Act::Send { port, len } => {
                    let frame = out.mint(len as usize, LinkType::Ethernet, Origin::NONE);
                    out.send(PortNo(port), frame, &common::puppet::TOLD);
                }
            }
        }
    }
}

impl Device for Storm {
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let what = format!("frame {port} {}", frame.len());
        out.deliver(frame, &common::puppet::TAKEN);
        self.act(now, &what, out);
    }
    fn timer(&mut self, now: SimTime, kind: TimerKind, out: &mut Outbox<'_>) {
        self.act(now, &format!("timer {}", kind.0), out);
    }
    fn change(&mut self, now: SimTime, _change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.act(now, "change", out);
        Ok(())
    }
    fn kind(&self) -> &'static str {
        "storm"
    }
    fn ports(&self) -> u16 {
        2
    }
    fn port_name(&self, port: PortNo) -> String {
        port.to_string()
    }
    fn timers(&self) -> u32 {
        TIMERS
    }
    fn reasons(&self) -> &'static [Reason] {
        common::puppet::ALL
    }
    fn tables(&self) -> Vec<TableView> {
        Vec::new()
    }
    fn heap_bytes(&self) -> usize {
        0
    }
    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

#[derive(Clone, PartialEq)]
enum What {
    Timer { kind: u32, foreground: bool },
    Frame { port: u16, len: u64 },
    Change,
}

struct Pending {
    time: u64,
    sequence: u64,
    device: u32,
    what: What,
    /// Scheduled in the instant in which it is due.
    instant: bool,
}

/// The definition: one list, always the smallest (time, sequence) first.
struct Model {
    now: u64,
    sequence: u64,
    pending: Vec<Pending>,
    randoms: Vec<Stream>,
    /// When each cable direction is free, in parts of `GBPS` to the nanosecond.
    free: Vec<u128>,
    told: Vec<String>,
}

impl Model {
    fn schedule(&mut self, time: u64, device: u32, what: What) {
        self.sequence += 1;
        let instant = time <= self.now;
        self.pending.push(Pending { time, sequence: self.sequence, device, what, instant });
    }

    fn stop(&mut self, device: u32, kind: u32) {
        self.pending.retain(|p| p.device != device || !matches!(p.what, What::Timer { kind: k, .. } if k == kind));
    }

    fn act(&mut self, device: u32, what: &str) {
        self.told.push(format!("{} {device} {what}", SimTime(self.now)));
        for act in choose(&mut self.randoms[device as usize]) {
            match act {
                Act::Arm { kind, span, foreground } => {
                    self.stop(device, kind);
                    self.schedule(self.now + span, device, What::Timer { kind, foreground });
                }
                Act::Disarm { kind } => self.stop(device, kind),
                Act::Send { port: 0, len } => self.schedule(self.now, device ^ 1, What::Frame { port: 0, len }),
                Act::Send { len, .. } => {
                    let start = self.free[device as usize].max(u128::from(self.now) * GBPS);
                    let end = start + u128::from(len + 24) * 8;
                    self.free[device as usize] = end;
                    let arrival = end.div_ceil(GBPS) as u64 + DELAY;
                    self.schedule(arrival, device ^ 2, What::Frame { port: 1, len });
                }
            }
        }
    }

    fn is_quiet(&self) -> bool {
        let housekeeping = |p: &Pending| matches!(p.what, What::Timer { foreground: false, .. }) && !p.instant;
        self.pending.iter().all(housekeeping)
    }

    fn run(&mut self, until: u64, budget: usize) -> Stop {
        let last = self.told.len() + budget;
        loop {
            if self.is_quiet() {
                return Stop::Quiet;
            }
            if self.now > until {
                return Stop::Time;
            }
            if self.told.len() >= last {
                return Stop::Budget;
            }
            let first = (0..self.pending.len()).min_by_key(|&at| (self.pending[at].time, self.pending[at].sequence));
            let Some(at) = first.filter(|&at| self.pending[at].time <= until) else { return Stop::Time };
            let event = self.pending.remove(at);
            self.now = event.time;
            let what = match event.what {
                What::Timer { kind, .. } => format!("timer {kind}"),
                What::Frame { port, len } => format!("frame {port} {len}"),
                What::Change => "change".to_owned(),
            };
            self.act(event.device, &what);
        }
    }
}

fn change(device: u32) -> Change {
    tell(DeviceId(device), "act", 0, Value::Flag(true))
}

fn storm(seed: u64, changes: u64, within: u64) -> (World, Diary, Model) {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(seed);
    let mut model =
        Model { now: 0, sequence: 0, pending: Vec::new(), randoms: Vec::new(), free: vec![0; 4], told: Vec::new() };
    for pair in 0..DEVICES / 2 {
        let node = builder.node(&format!("n{pair}"), "Host");
        for number in [2 * pair, 2 * pair + 1] {
            let device = Storm { number, random: stream(number), diary: diary.clone() };
            builder.device(node, &format!("d{number}"), Box::new(device)).unwrap();
            model.randoms.push(stream(number));
        }
        builder.wire((DeviceId(2 * pair), PortNo(0)), (DeviceId(2 * pair + 1), PortNo(0))).unwrap();
    }
    let rate_bps = GBPS as u64 * 1_000_000_000;
    let config = CableConfig { rate_bps, delay: SimDuration(DELAY), queue_bytes: u64::MAX, ..CableConfig::default() };
    for number in 0..2 {
        let ends = [DeviceId(number), DeviceId(number + 2)].map(|device| (device, PortNo(1)));
        builder.cable(&format!("c{number}"), ends[0], ends[1], config.clone()).unwrap();
    }
    let mut random = Stream::named(seed, "script");
    for _ in 0..changes {
        let (time, device) = (random.below(within), random.below(u64::from(DEVICES)) as u32);
        builder.command("act", change(device), When::At(SimTime(time)));
        model.schedule(time, device, What::Change);
    }
    (builder.build().unwrap(), diary, model)
}

#[test]
fn events_run_in_the_order_of_time_and_then_of_scheduling() {
    for seed in 0..40 {
        let (mut world, diary, mut model) = storm(seed, 200, 2_000);
        assert_eq!(world.run(SimTime::MAX, 5_000), model.run(u64::MAX, 5_000), "seed {seed}");
        assert_eq!(diary.read(), model.told, "seed {seed}");
        assert_eq!(world.event().0 as usize, model.told.len());
        assert!(model.told.len() > 400, "seed {seed}: {} events", model.told.len());
    }
}

#[test]
fn a_run_cut_into_pieces_and_changed_between_them_keeps_that_order() {
    // The last storms are so crowded that their queue leaves the heap.
    for seed in 0..43 {
        let crowd = if seed < 40 { 50 } else { 4_000 };
        let (mut world, diary, mut model) = storm(seed, crowd, 40 * crowd);
        let mut random = Stream::named(seed, "pieces");
        for piece in 0..200 {
            let until = model.now + random.below(crowd);
            let budget = if random.chance(300_000) { random.below(5) } else { u64::MAX >> 1 };
            let stop = world.run(SimTime(until), budget);
            assert_eq!(stop, model.run(until, budget as usize), "seed {seed}, piece {piece}");
            assert_eq!((world.is_quiet(), world.now()), (model.is_quiet(), SimTime(model.now)), "seed {seed}");
            if random.chance(500_000) {
                // A change made from outside happens at once, before what is pending for this instant.
                let device = random.below(u64::from(DEVICES)) as u32;
                world.apply("act", &change(device)).unwrap();
                model.act(device, "change");
            }
            assert_eq!(diary.read(), std::mem::take(&mut model.told), "seed {seed}, piece {piece}");
        }
    }
}

#[test]
fn a_crowd_of_ten_thousand_ties_keeps_that_order() {
    let (mut world, diary, mut model) = storm(1, 10_000, 50);
    world.run(SimTime::MAX, 20_000);
    model.run(u64::MAX, 20_000);
    assert_eq!(diary.read(), model.told);
}

#[test]
fn what_is_put_on_a_port_comes_after_what_was_pending_for_the_instant() {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("p", "Host");
    let device = builder.device(node, "p", Puppet::boxed("p", 1, &diary)).unwrap();
    for word in ["first", "second"] {
        builder.command(word, tell(device, "say", 0, Value::Text(word.to_owned())), When::At(SimTime(5)));
    }
    let mut world = builder.build().unwrap();
    world.step();
    world.apply("inject", &inject(device, 0, vec![0; 60])).unwrap();
    common::drain(&mut world);
    assert_eq!(diary.read(), ["5ns p first", "5ns p second", "5ns p got 60 bytes at 0"]);
}
