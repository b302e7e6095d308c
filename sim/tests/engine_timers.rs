//! Timers: one slot each, started, restarted, stopped; and which of them a run waits for.

mod common;

use common::puppet::{Diary, Puppet};
use common::{drain, span_us, tell, us};
use overunder_sim::engine::{Stop, Value, When, World, WorldBuilder};
use overunder_sim::id::DeviceId;
use overunder_sim::time::{SimDuration, SimTime};

/// One puppet that is told things at given microseconds: field, timer, span.
fn told(script: &[(u64, &str, u16, u64)]) -> (World, Diary) {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("p", "Host");
    let device = builder.device(node, "p", Puppet::boxed("p", 1, &diary)).unwrap();
    for &(at, field, timer, span) in script {
        builder.command(field, tell(device, field, timer, Value::Span(span_us(span))), When::At(us(at)));
    }
    (builder.build().unwrap(), diary)
}

#[test]
fn a_timer_runs_out_once_at_its_time() {
    let (mut world, diary) = told(&[(1, "arm", 0, 5), (2, "arm", 3, 1)]);
    drain(&mut world);
    assert_eq!(diary.read(), ["3us p timer 3", "6us p timer 0"]);
}

#[test]
fn starting_it_again_moves_it_both_ways() {
    for (script, times) in [
        (&[(1, "arm", 0, 5), (2, "arm", 0, 20)], ["22us p timer 0"]),
        (&[(1, "arm", 0, 20), (2, "arm", 0, 5)], ["7us p timer 0"]),
        // To the same instant: once all the same.
        (&[(1, "arm", 0, 5), (2, "arm", 0, 4)], ["6us p timer 0"]),
        (&[(1, "arm", 0, 0), (1, "arm", 0, 0)], ["1us p timer 0"]),
    ] {
        let (mut world, diary) = told(script);
        drain(&mut world);
        assert_eq!(diary.read(), times, "{script:?}");
    }
}

#[test]
fn stopping_it_is_final_until_it_is_started_again() {
    let (mut world, diary) = told(&[(1, "arm", 0, 5), (2, "disarm", 0, 0), (7, "arm", 0, 1), (9, "disarm", 0, 0)]);
    drain(&mut world);
    assert_eq!(diary.read(), ["8us p timer 0"]);
}

#[test]
fn a_timer_for_this_very_instant_can_still_be_stopped() {
    // Both commands are due at 1 us, and the timer's turn comes after them.
    let (mut world, diary) = told(&[(1, "arm", 0, 0), (1, "disarm", 0, 0)]);
    drain(&mut world);
    assert_eq!(diary.read(), Vec::<String>::new());
}

#[test]
fn timers_of_two_devices_never_meet() {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    for name in ["p", "q"] {
        let node = builder.node(name, "Host");
        builder.device(node, name, Puppet::boxed(name, 1, &diary)).unwrap();
    }
    for (device, field, timer) in [(0, "arm", 3), (1, "arm", 0), (1, "disarm", 3), (0, "disarm", 0)] {
        builder.command("t", tell(DeviceId(device), field, timer, Value::Span(span_us(5))), When::At(us(1)));
    }
    drain(&mut builder.build().unwrap());
    assert_eq!(diary.read(), ["6us p timer 3", "6us q timer 0"]);
}

#[test]
fn a_run_waits_for_foreground_timers_only() {
    for (script, end) in [
        (&[(1, "arm", 0, 5)][..], us(6)),
        (&[(1, "background", 0, 5)], us(1)),
        // The last word counts.
        (&[(1, "background", 0, 5), (2, "arm", 0, 5)], us(7)),
        (&[(1, "arm", 0, 5), (2, "background", 0, 5)], us(2)),
        (&[(1, "arm", 0, 5), (2, "disarm", 0, 0)], us(2)),
        (&[(1, "arm", 0, 5), (2, "disarm", 0, 0), (3, "disarm", 0, 0)], us(3)),
        // Nor is a stopped timer of the present instant worth waiting for.
        (&[(1, "background", 1, 500), (1, "arm", 0, 0), (1, "disarm", 0, 0)], us(1)),
        (&[(1, "background", 1, 500), (1, "arm", 0, 0), (1, "background", 0, 500)], us(1)),
        // A background timer is run all the same while something else is awaited.
        (&[(1, "background", 0, 5), (1, "arm", 1, 50)], us(51)),
    ] {
        let (mut world, _) = told(script);
        assert!(!world.is_quiet(), "commands are awaited");
        assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet, "{script:?}");
        assert_eq!((world.now(), world.is_quiet()), (end, true), "{script:?}");
        drain(&mut world);
        assert!(world.is_quiet());
    }
}

#[test]
fn a_run_never_goes_beyond_its_time_not_even_past_a_stopped_timer() {
    let (mut world, diary) = told(&[(1, "arm", 0, 4), (2, "disarm", 0, 0), (3, "arm", 1, 7)]);
    assert_eq!(world.run(us(7), u64::MAX), Stop::Time);
    assert_eq!((world.now(), diary.read()), (us(3), Vec::new()));
    assert_eq!(world.run(us(10), u64::MAX), Stop::Quiet);
    assert_eq!((world.now(), diary.read()), (us(10), vec!["10us p timer 1".to_owned()]));
}

#[test]
fn what_was_stopped_does_not_move_time() {
    let (mut world, _) = told(&[(1, "arm", 0, 4), (2, "disarm", 0, 0)]);
    drain(&mut world);
    assert_eq!(world.now(), us(2));
    assert_eq!((world.next_time(), world.event().0), (None, 2));
}

#[test]
fn a_run_stops_at_its_budget_and_goes_on_from_there() {
    let (mut world, diary) = told(&[(1, "arm", 0, 4), (2, "arm", 1, 4), (3, "arm", 2, 4)]);
    assert_eq!(world.run(SimTime::MAX, 4), Stop::Budget);
    assert_eq!(diary.read(), ["5us p timer 0"]);
    assert_eq!(world.run(SimTime::MAX, 0), Stop::Budget);
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    assert_eq!((diary.read().len(), world.event().0), (2, 6));
}

#[test]
fn nothing_is_scheduled_beyond_the_end_of_time() {
    let (mut world, diary) = told(&[(1, "arm", 0, u64::MAX / 1_000), (2, "arm", 1, u64::MAX / 1_000)]);
    assert_eq!(world.run(SimTime(SimTime::MAX.0 - 1), u64::MAX), Stop::Time);
    drain(&mut world);
    assert_eq!(world.now(), SimTime::MAX);
    assert_eq!(diary.read().len(), 2);
    assert_eq!(SimTime::MAX + SimDuration(1), SimTime::MAX);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "timer 4 of device 0 does not exist")]
fn a_timer_beyond_its_devices_number_is_found_in_debug_builds() {
    let (mut world, _) = told(&[(1, "arm", 4, 1)]);
    drain(&mut world);
}
