//! Rows leave when the garbage collector takes them, not before and not much later.

use super::*;
use crate::rng::Stream;

const TICK: SimDuration = SimDuration::from_ms(10);

#[test]
fn a_silent_row_works_for_300_seconds_and_is_gone_10_ms_later() {
    let mut bench = Bench::plain(3);
    bench.send(0, 1, 9);
    bench.wait(SimDuration(secs(300).0 - 1));
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 0");
    bench.wait(SimDuration(TICK.0 + 1));
    assert_eq!(bench.send(1, 2, 1), "flood-unknown > 0 2");
    assert_eq!(bench.fdb(), ["2@2 dynamic"]);
    assert_eq!(bench.world.device(bench.switch).unwrap().counters()[1], ("aged", 1));
}

#[test]
fn every_row_leaves_within_10_ms_of_its_own_time() {
    let mut random = Stream::named(3, "ageing");
    let mut bench = Bench::plain(2);
    let mut due: Vec<(u16, SimTime)> = Vec::new();
    for number in 0..200 {
        // Distances from nothing to two collections.
        bench.wait(SimDuration(random.below(20_000_000)));
        bench.send(0, number, 999);
        due.push((number, bench.world.now() + secs(300)));
    }
    let mut left = 0;
    while left < due.len() && bench.world.step() {
        let now = bench.world.now();
        let gone: Vec<u16> = removed(&bench);
        for number in gone {
            let (_, due) = due[usize::from(number)];
            assert!(now >= due && now <= due + TICK, "{number}: due at {due}, left at {now}");
            left += 1;
        }
    }
    assert_eq!(left, 200);
    assert_eq!(bench.fdb(), Vec::<String>::new());
    assert_eq!(bench.world.next_time(), None, "an empty table has nothing to collect");
}

fn removed(bench: &Bench) -> Vec<u16> {
    let rows = bench.world.log().entries().iter().filter_map(|entry| match entry {
        Entry::Row { row, change: RowChange::Removed, .. } => Some(row.key as u16),
        _ => None,
    });
    rows.collect()
}

#[test]
fn a_row_that_speaks_stays() {
    let mut bench = Bench::plain(3);
    for _ in 0..10 {
        bench.send(0, 1, 9);
        bench.wait(secs(299));
    }
    assert_eq!(bench.send(1, 2, 1), "learned, forward-known > 0");
}

#[test]
fn rows_that_were_written_do_not_age() {
    let mut bench = Bench::plain(2);
    for (mac, kind) in
        [("02:00:00:00:00:01", "static"), ("02:00:00:00:00:02", "sticky"), ("02:00:00:00:00:03", "dynamic")]
    {
        bench.change(learning::add_row(&[("mac", mac), ("port", "1"), ("kind", kind)])).unwrap();
    }
    bench.wait(secs(3_000));
    assert_eq!(bench.fdb(), ["1@1 static", "2@1 sticky"]);
}

#[test]
fn an_ageing_time_of_zero_never_learns() {
    // F§A.2: ageing_time 0 means "always flood".
    let mut bench = Bench::new(BridgeConfig { ageing: SimDuration::ZERO, ..config(3) });
    assert_eq!(bench.send(0, 1, 2), "flood-unknown > 1 2");
    assert_eq!(bench.send(1, 2, 1), "flood-unknown > 0 2");
    assert_eq!(bench.fdb(), Vec::<String>::new());
}

#[test]
fn a_new_ageing_time_counts_for_the_rows_there_are() {
    for (ageing, rows) in [(50, 0), (150, 1), (1_000, 2)] {
        let mut bench = Bench::plain(2);
        bench.send(0, 1, 9);
        bench.wait(secs(100));
        bench.send(0, 2, 9);
        bench.set(None, "ageing", Value::Span(secs(ageing))).unwrap();
        bench.wait(secs(60));
        assert_eq!(bench.fdb().len(), rows, "{ageing} s");
        bench.wait(secs(ageing));
        assert_eq!(bench.fdb(), Vec::<String>::new(), "{ageing} s");
    }
}

#[test]
fn collecting_goes_on_after_a_power_cut() {
    let mut bench = Bench::plain(2);
    bench.send(0, 1, 9);
    bench.wait(secs(10));
    bench.power(false);
    bench.power(true);
    bench.send(0, 2, 9);
    bench.wait(secs(301));
    assert_eq!(bench.fdb(), Vec::<String>::new());
}

#[test]
fn a_row_leaves_at_its_very_time_unless_a_collection_was_just_before() {
    // Linux br_fdb_cleanup: due is updated + ageing, and the work item runs again after 10 ms at the earliest.
    let mut bench = Bench::plain(2);
    for (source, pause) in [(1, 100), (2, 3), (3, 3), (4, 50), (5, 0)] {
        bench.send(0, source, 99);
        bench.wait(SimDuration::from_ms(pause));
    }
    let mut left = Vec::new();
    while bench.world.step() {
        left.extend(removed(&bench).into_iter().map(|source| (source, bench.world.now())));
    }
    let at = |ms: u64| SimTime(300_000_000_000 + ms * 1_000_000);
    assert_eq!(left, [(1, at(0)), (2, at(100)), (3, at(110)), (4, at(110)), (5, at(156))]);
}
