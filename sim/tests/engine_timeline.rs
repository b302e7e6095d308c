//! Going back is replay: wherever one goes, the world there is the one a straight run passes through.

mod common;

use common::talker::{STATIONS, draw, network};
use common::{inject, span_us, tell, us};
use overunder_sim::engine::timeline::compare_tables;
use overunder_sim::engine::{Change, Decision, Entry, Timeline, Value, When, World, WorldBuilder};
use overunder_sim::explain::reason::slug_hash;
use overunder_sim::id::{DeviceId, EventNo, FlowId};
use overunder_sim::rng::Stream;
use overunder_sim::time::SimTime;

/// All that can be seen of a world.
fn sight(world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    let tables: Vec<_> = (0..world.device_count() as u32)
        .filter_map(|device| world.device(DeviceId(device)))
        .map(|device| (device.tables(), device.counters()))
        .collect();
    let flows: Vec<_> = (0..STATIONS).map(|flow| world.flow_stats(FlowId(flow)).cloned()).collect();
    (world.digest(), world.event(), world.now(), world.in_flight(), world.is_quiet(), tables, flows)
}

fn stations(seed: u64, frames: u32) -> World {
    network(seed, frames, 10_000).build().unwrap()
}

/// A timeline with so many changes typed on the way, and the digest after each event.
fn course(seed: u64, frames: u32, changes: u64, every: u64) -> (Timeline, Vec<u64>) {
    let mut random = Stream::named(seed, "typed");
    let mut timeline = Timeline::new(stations(seed, frames));
    let mut digests = vec![timeline.world().digest()];
    let mut left = changes;
    loop {
        if left > 0 && timeline.world().event().0 >= (changes - left + 1) * every {
            left -= 1;
            if timeline.apply(&format!("change {left}"), draw(&mut random)).is_ok() {
                digests.push(timeline.world().digest());
            }
        } else if timeline.step() {
            digests.push(timeline.world().digest());
        } else {
            assert_eq!(digests.len() as u64, timeline.world().event().0 + 1);
            return (timeline, digests);
        }
    }
}

#[test]
fn every_place_reached_by_any_way_is_the_one_of_the_straight_run() {
    for seed in 0..4 {
        let (mut timeline, digests) = course(seed, 60, 20, 100);
        let last = digests.len() as u64 - 1;
        assert!(last > 2_500, "{last}");
        let end = sight(timeline.world());
        let mut random = Stream::named(seed, "walk");
        for _ in 0..150 {
            let here = timeline.world().event().0;
            match random.below(4) {
                0 => assert_eq!(timeline.back(), here > 0),
                1 => assert_eq!(timeline.step(), here < last),
                2 => assert!(timeline.seek(EventNo(random.below(last + 1)))),
                _ => timeline.seek_time(SimTime(random.below(timeline.world().now().0 * 2 + 1_000))),
            }
            let here = timeline.world().event().0;
            assert_eq!(timeline.world().digest(), digests[here as usize], "seed {seed}, event {here}");
        }
        assert!(!timeline.seek(EventNo(last + 5)), "the run ends before");
        assert_eq!(sight(timeline.world()), end);
        assert_eq!(timeline.branches().len(), 2, "looking around changes nothing");
    }
}

#[test]
fn long_runs_are_the_same_from_every_checkpoint() {
    let (mut timeline, digests) = course(7, 2_500, 5, 9_000);
    let last = digests.len() as u64 - 1;
    assert!(last > 90_000, "{last} events are too few for checkpoints");
    assert!(timeline.checkpoint_bytes() > 0);
    let mut random = Stream::named(7, "seek");
    for _ in 0..12 {
        let target = random.below(last + 1);
        assert!(timeline.seek(EventNo(target)));
        assert_eq!(timeline.world().digest(), digests[target as usize], "event {target}");
        assert!(target == 0 || timeline.back());
        assert_eq!(timeline.world().digest(), digests[target.saturating_sub(1) as usize], "before event {target}");
    }
    assert!(timeline.checkpoint_bytes() <= 64 << 20);
}

#[test]
fn nothing_lies_before_the_start() {
    let mut timeline = Timeline::new(stations(1, 5));
    let start = sight(timeline.world());
    assert!(!timeline.back());
    timeline.step();
    assert!(timeline.back());
    assert!(!timeline.back());
    timeline.seek_time(SimTime::ZERO);
    assert!(timeline.seek(EventNo(0)));
    assert_eq!(sight(timeline.world()), start);
}

#[test]
fn a_time_means_the_last_event_up_to_it() {
    let (mut timeline, _) = course(3, 30, 0, 1);
    let last = timeline.world().event().0;
    let mut times = vec![SimTime::ZERO];
    timeline.seek(EventNo(0));
    while timeline.step() {
        times.push(timeline.world().now());
    }
    let mut random = Stream::named(3, "times");
    for _ in 0..100 {
        let time = SimTime(random.below(times[last as usize].0 + 10_000));
        timeline.seek_time(time);
        let expected = times.iter().filter(|passed| **passed <= time).count() - 1;
        assert_eq!(timeline.world().event().0, expected as u64, "{time}");
    }
}

/// A puppet that stops a timer for 6 us and one for 23 us; something happens at 10 us and then no more.
fn stopped_timers() -> World {
    let diary = common::puppet::Diary::default();
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("p", "Host");
    let device = builder.device(node, "p", common::puppet::Puppet::boxed("p", 1, &diary)).unwrap();
    let script = [(1, "arm", 0, 5), (2, "disarm", 0, 0), (3, "arm", 1, 20), (5, "disarm", 1, 0), (10, "disarm", 0, 0)];
    for (at, field, timer, micros) in script {
        builder.command(field, tell(device, field, timer, Value::Span(span_us(micros))), When::At(us(at)));
    }
    builder.build().unwrap()
}

#[test]
fn seeking_a_time_does_not_run_past_it_over_a_stopped_timer() {
    let mut timeline = Timeline::new(stopped_timers());
    timeline.seek_time(us(7));
    assert_eq!((timeline.world().now(), timeline.world().event()), (us(5), EventNo(4)));
}

#[test]
fn a_change_typed_after_the_end_replays_at_the_same_time() {
    let mut timeline = Timeline::new(stopped_timers());
    while timeline.step() {}
    timeline.apply("arm", tell(DeviceId(0), "arm", 0, Value::Span(span_us(5)))).unwrap();
    while timeline.step() {}
    let end = sight(timeline.world());
    assert_eq!(timeline.world().now(), us(15));
    assert!(timeline.seek(EventNo(2)));
    while timeline.step() {}
    assert_eq!(sight(timeline.world()), end);
}

#[test]
fn a_change_in_the_past_forks_and_the_old_course_stays() {
    let (mut timeline, digests) = course(5, 40, 10, 150);
    let last = digests.len() as u64 - 1;
    assert_eq!((timeline.branches().len(), timeline.current()), (2, 1));
    let old = timeline.branches()[1].clone();
    let typed_before = old.journal.iter().filter(|typed| typed.after < EventNo(700)).count();
    assert!(typed_before > 0 && typed_before < old.journal.len());
    timeline.seek(EventNo(700));
    let poke = inject(DeviceId(0), 1, vec![0xff; 60]);
    timeline.apply("poke", poke.clone()).unwrap();
    assert_eq!((timeline.branches().len(), timeline.current()), (3, 2));
    assert_eq!(
        timeline.branches()[2].journal.len(),
        typed_before + 1,
        "what was typed later belongs to the old course"
    );
    while timeline.step() {}
    let forked = sight(timeline.world());
    assert_ne!(timeline.world().digest(), digests[last as usize]);

    // The old course is as it was.
    assert!(timeline.switch(1));
    timeline.seek(EventNo(last));
    assert_eq!(timeline.world().digest(), digests[last as usize]);
    assert_eq!((&timeline.branches()[1].journal, timeline.branches()[1].furthest), (&old.journal, old.furthest));

    // The new one is what a straight run with its journal gives.
    let mut straight = Timeline::new(stations(5, 40));
    let journal = timeline.branches()[2].journal.clone();
    for typed in &journal {
        assert!(straight.seek(typed.after));
        straight.apply(&typed.name, typed.change.clone()).unwrap();
    }
    while straight.step() {}
    assert_eq!(sight(straight.world()), forked);
    assert!(timeline.switch(2));
    while timeline.step() {}
    assert_eq!(sight(timeline.world()), forked);
    assert!(!timeline.switch(9));
}

#[test]
fn forks_of_forks_can_all_be_visited() {
    let mut timeline = Timeline::new(stations(6, 20));
    let mut random = Stream::named(6, "forks");
    let mut ends = Vec::new();
    while timeline.step() {}
    ends.push(timeline.world().digest());
    while timeline.branches().len() < 12 {
        let furthest = timeline.branches()[timeline.current()].furthest.0;
        timeline.seek(EventNo(random.below(furthest)));
        let branches = timeline.branches().len();
        if timeline.apply("change", draw(&mut random)).is_ok() {
            assert_eq!(timeline.branches().len(), branches + 1);
            while timeline.step() {}
            ends.push(timeline.world().digest());
        }
    }
    for branch in (0..12).rev().chain([3, 0, 11, 5]) {
        assert!(timeline.switch(branch));
        assert_eq!(timeline.current(), branch);
        while timeline.step() {}
        assert_eq!(timeline.world().digest(), ends[branch], "branch {branch}");
    }
}

#[test]
fn a_refused_change_makes_no_fork_and_no_trace() {
    let mut timeline = Timeline::new(stations(1, 10));
    timeline.seek(EventNo(50));
    let before = sight(timeline.world());
    for change in [inject(DeviceId(99), 0, Vec::new()), tell(DeviceId(0), "colour", 0, Value::Flag(true))] {
        timeline.apply("nonsense", change).unwrap_err();
        assert_eq!((timeline.branches().len(), timeline.current()), (1, 0));
        assert_eq!(sight(timeline.world()), before);
    }
}

#[test]
fn branches_are_compared_at_the_same_moment() {
    let mut timeline = Timeline::new(stations(2, 30));
    timeline.seek(EventNo(400));
    assert!(timeline.compare(0).is_empty());
    let flush = overunder_sim::engine::DeviceChange::Flush { table: "fdb".to_owned() };
    timeline.apply("flush", Change::Device { device: DeviceId(0), change: flush }).unwrap();
    let found = timeline.compare(0);
    let (device, table, diff) = &found[0];
    assert_eq!((*device, *table), (DeviceId(0), "fdb"));
    assert!(found.iter().all(|(device, ..)| *device == DeviceId(0)), "{found:?}");
    assert!(!diff.added.is_empty() && diff.removed.is_empty(), "{diff:?}");
    // Comparing does not move the cursor, and a branch that does not exist differs in nothing.
    assert_eq!((timeline.current(), timeline.world().event()), (1, EventNo(401)));
    assert!(timeline.compare(9).is_empty());
    assert!(compare_tables(timeline.world(), timeline.world()).is_empty());
}

/// The log in a number.
fn told(world: &World) -> u32 {
    slug_hash(&format!("{:?}", world.log().entries()))
}

#[test]
fn the_log_is_that_of_the_event_at_the_cursor_however_one_got_there() {
    let mut timeline = Timeline::new(stations(5, 300));
    timeline.set_recording(true);
    let (mut logs, mut times) = (vec![told(timeline.world())], vec![SimTime::ZERO]);
    while timeline.step() {
        logs.push(told(timeline.world()));
        times.push(timeline.world().now());
    }
    let last = logs.len() as u64 - 1;
    assert!(last > 25_000, "{last} events are too few for checkpoints");
    assert_ne!(times[20_000], times[20_001], "a place to land on exactly");
    // The events at which checkpoints were taken, and others.
    for target in [20_000, 0, 20_000, 20_001, 1_000, 21_003, 21_002, 20_003, 20_002, 20_000, last, 1, 0] {
        timeline.seek(EventNo(target));
        for _ in 0..4 {
            let here = timeline.world().event().0;
            assert_eq!(told(timeline.world()), logs[here as usize], "event {here}");
            timeline.back();
        }
        timeline.seek_time(times[target as usize]);
        let here = timeline.world().event().0;
        assert_eq!((told(timeline.world()), here >= target), (logs[here as usize], true), "event {here}");
    }
}

#[test]
fn recorded_decisions_end_at_the_cursor_and_have_no_gap() {
    let mut timeline = Timeline::new(stations(4, 400));
    timeline.set_recording(true);
    let mut all: Vec<(u64, u64)> = Vec::new();
    let key = |decision: &Decision| (decision.event.0, decision.frame.0);
    while timeline.step() {
        let world = timeline.world();
        all.extend(world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Decision { decision, .. } => Some(key(decision)),
            _ => None,
        }));
    }
    let last = timeline.world().event().0;
    assert!(last > 25_000 && all.len() < 65_536, "{last} events, {} decisions", all.len());
    let mut random = Stream::named(4, "ring");
    for _ in 0..25 {
        timeline.seek(EventNo(random.below(last + 1)));
        let here = timeline.world().event().0;
        let kept: Vec<_> = timeline.decisions().map(key).collect();
        let until = all.partition_point(|(event, _)| *event <= here);
        assert_eq!(kept, all[until - kept.len()..until], "event {here}");
        // At least those of the event at the cursor.
        let of_event = all[..until].iter().filter(|(event, _)| *event == here).count();
        assert!(kept.len() >= of_event, "event {here}");
    }
    timeline.seek(EventNo(0));
    assert!(!timeline.seek(EventNo(u64::MAX)), "the run ends before");
    let kept: Vec<_> = timeline.decisions().map(key).collect();
    assert!(kept.len() > 1_000, "the end of a run is told too");
    assert_eq!(kept, all[all.len() - kept.len()..]);
}

#[test]
fn recording_changes_nothing_but_what_is_remembered() {
    let mut plain = Timeline::new(stations(8, 20));
    let mut recorded = Timeline::new(stations(8, 20));
    recorded.set_recording(true);
    while plain.step() {
        assert!(recorded.step());
        assert_eq!(plain.world().digest(), recorded.world().digest());
    }
    assert_eq!(sight(plain.world()), sight(recorded.world()));
    assert_eq!((plain.decisions().count() == 0, recorded.decisions().count() > 300), (true, true));
}
