//! What happens when the table is full, in the four ways a switch can be told.

use super::learning::add_row;
use super::*;
use crate::rng::Stream;

const POLICIES: [WhenFull; 4] = [WhenFull::RefuseNew, WhenFull::EvictOldest, WhenFull::Overwrite, WhenFull::DropFrame];

fn small(capacity: u32, when_full: WhenFull) -> Bench {
    Bench::new(BridgeConfig { capacity: Some(capacity), when_full, ..config(3) })
}

#[test]
fn an_unlimited_switch_learns_every_one_of_20000_forged_sources() {
    // F§K.8.
    let mut bench = Bench::plain(3);
    for source in 1..=20_000 {
        assert_eq!(bench.send(2, source, 0), "learned, flood-unknown > 0 1");
    }
    assert_eq!(bench.fdb().len(), 20_000);
    assert_eq!(bench.count(&why::FLOOD_UNKNOWN), 20_000);
}

/// Twenty requests and twenty answers between stations 1 and 2; how many of the 40 port 2 overheard.
fn overheard(bench: &mut Bench) -> usize {
    let mut heard = 0;
    for _ in 0..20 {
        for (port, src, dst) in [(0, 1, 2), (1, 2, 1)] {
            bench.send(port, src, dst);
            heard += usize::from(bench.left_by(2).is_some());
        }
    }
    heard
}

#[test]
fn at_a_limit_of_1000_an_attacker_hears_nothing_until_the_victim_is_forgotten() {
    // F§A.3 and F§K.8, measured on Linux with fdb_max_learned 1000.
    let mut bench = small(1_000, WhenFull::RefuseNew);
    bench.send(1, 2, 1);
    bench.send(0, 1, 2);
    for source in 100..20_100 {
        bench.send(2, source, 9);
    }
    assert_eq!(bench.fdb().len(), 1_000);
    assert_eq!(overheard(&mut bench), 0);
    // Station 2 goes away, one forged source takes its place, and 2 is never learned again.
    bench.carrier(1, false);
    bench.carrier(1, true);
    bench.send(2, 30_000, 9);
    assert_eq!(overheard(&mut bench), 20);
    assert_eq!(bench.send(1, 2, 1), "table-full, forward-known > 0");
    assert_eq!(bench.fdb().len(), 1_000);
}

#[test]
fn refusing_keeps_the_rows_there_are_and_forwards_all_the_same() {
    let mut bench = small(2, WhenFull::RefuseNew);
    bench.send(0, 1, 9);
    bench.send(1, 2, 9);
    assert_eq!(bench.send(2, 3, 1), "table-full, forward-known > 0");
    assert_eq!(bench.rows_told(), "");
    // The known may still move and be refreshed.
    assert_eq!(bench.send(2, 2, 1), "moved, forward-known > 0");
    assert_eq!(bench.fdb(), ["1@1 dynamic", "2@3 dynamic"]);
}

#[test]
fn dropping_locks_newcomers_out_and_lets_the_known_talk() {
    let mut bench = small(2, WhenFull::DropFrame);
    bench.send(0, 1, 2);
    bench.send(1, 2, 1);
    assert_eq!(bench.send(2, 3, 1), "drop table-full-drop");
    assert_eq!(bench.number(), 2);
    assert_eq!(bench.send(0, 1, 2), "forward-known > 1");
    assert_eq!(bench.send(2, 2, 9), "moved, flood-unknown > 0 1");
    assert_eq!(bench.send(0, 1, 9), "flood-unknown > 1 2");
}

#[test]
fn evicting_takes_the_row_that_was_silent_longest() {
    let mut bench = small(3, WhenFull::EvictOldest);
    for (at, src) in [(0, 1), (1, 2), (2, 3)] {
        bench.send(at, src, 9);
        bench.wait(secs(1));
    }
    bench.send(0, 1, 9); // 1 has spoken again, so 2 is the silent one
    bench.wait(secs(1));
    assert_eq!(bench.send(0, 4, 9), "evicted, flood-unknown > 1 2");
    assert_eq!(bench.rows_told(), "-2 +4");
    bench.send(1, 3, 9); // 3 moved, which is speaking too
    bench.wait(secs(1));
    assert_eq!(bench.send(0, 5, 9), "evicted, flood-unknown > 1 2");
    assert_eq!(bench.fdb(), ["3@2 dynamic", "4@1 dynamic", "5@1 dynamic"]);
}

#[test]
fn evicting_agrees_with_a_list_kept_by_hand() {
    let mut random = Stream::named(5, "evict");
    let mut bench = small(8, WhenFull::EvictOldest);
    let mut spoken: Vec<u16> = Vec::new(); // the longest silent first
    for _ in 0..2_000 {
        bench.wait(SimDuration(1 + random.below(1_000)));
        let source = random.below(14) as u16;
        let port = random.below(3) as u16;
        let known = spoken.iter().position(|other| *other == source);
        known.map(|at| spoken.remove(at));
        let expected = if known.is_none() && spoken.len() == 8 { Some(spoken.remove(0)) } else { None };
        spoken.push(source);
        bench.send(port, source, 999);
        assert_eq!(bench.rows_told().split(' ').find_map(|told| told.strip_prefix('-')?.parse().ok()), expected);
    }
}

#[test]
fn overwriting_replaces_within_a_bucket_while_others_have_room() {
    let mut bench =
        Bench::new(BridgeConfig { capacity: Some(64), when_full: WhenFull::Overwrite, ways: 4, ..config(3) });
    let mut random = Stream::named(7, "buckets");
    for rows in 0..64 {
        bench.wait(SimDuration(1));
        let source = random.bits() as u16;
        if bench.send(0, source, 9).starts_with("overwritten") {
            assert_eq!(bench.fdb().len(), rows, "the table was not full, only the bucket");
            let told = bench.rows_told();
            assert!(told.starts_with('-') && told.ends_with(&format!("+{source}")), "{told}");
            return;
        }
    }
    panic!("64 sources in 16 buckets of 4 and no bucket was full");
}

#[test]
fn rows_that_were_written_do_not_count() {
    for when_full in POLICIES {
        let mut bench = small(4, when_full);
        for mac in ["02:00:00:00:01:01", "02:00:00:00:01:02", "02:00:00:00:01:03", "02:00:00:00:01:04"] {
            bench.change(add_row(&[("mac", mac), ("port", "1")])).unwrap();
        }
        assert_eq!(bench.send(1, 1, 9), "learned, flood-unknown > 0 2", "{when_full:?}");
    }
}

#[test]
fn room_made_by_ageing_or_a_flush_is_used_again() {
    let mut bench = small(1, WhenFull::RefuseNew);
    bench.send(0, 1, 9);
    bench.wait(secs(301));
    assert_eq!(bench.send(0, 2, 9), "learned, flood-unknown > 1 2");
    bench.change(DeviceChange::Flush { table: "fdb".to_owned() }).unwrap();
    assert_eq!(bench.send(0, 3, 9), "learned, flood-unknown > 1 2");
    bench.carrier(0, false);
    bench.carrier(0, true);
    assert_eq!(bench.send(0, 4, 9), "learned, flood-unknown > 1 2");
}

#[test]
fn no_policy_ever_learns_more_than_the_limit() {
    let mut random = Stream::named(6, "limits");
    for when_full in POLICIES {
        for capacity in [0, 1, 2, 3, 4, 5, 7, 8, 9, 16] {
            for ways in [1, 2, 4, 8] {
                let limit = Some(capacity);
                let mut bench = Bench::new(BridgeConfig { capacity: limit, when_full, ways, ..config(3) });
                for _ in 0..60 {
                    bench.send(random.below(3) as u16, 1 + random.below(30) as u16, random.below(30) as u16);
                }
                let rows = bench.fdb().len() as u32;
                assert!(rows <= capacity, "{rows} rows in {capacity} with {when_full:?}, {ways} ways");
            }
        }
    }
}

#[test]
fn a_new_limit_or_policy_counts_from_the_next_newcomer() {
    let mut bench = small(2, WhenFull::RefuseNew);
    for source in 1..=3 {
        bench.send(0, source, 9);
        bench.wait(secs(1));
    }
    bench.set(None, "when_full", Value::Text("EvictOldest".to_owned())).unwrap();
    bench.send(0, 4, 9);
    assert_eq!(bench.rows_told(), "-1 +4");
    bench.set(None, "fdb_size", Value::Number(3)).unwrap();
    assert_eq!(bench.send(0, 5, 9), "learned, flood-unknown > 1 2");
    // A smaller limit removes nothing by itself.
    bench.set(None, "fdb_size", Value::Number(1)).unwrap();
    bench.set(None, "when_full", Value::Text("DropFrame".to_owned())).unwrap();
    assert_eq!(bench.fdb().len(), 3);
    assert_eq!(bench.send(0, 6, 9), "drop table-full-drop");
    bench.set(None, "when_full", Value::Text("Overwrite".to_owned())).unwrap();
    assert!(bench.send(0, 7, 9).starts_with("overwritten"));
}

#[test]
fn overwriting_uses_the_whole_limit_when_it_is_no_multiple_of_the_bucket() {
    for capacity in [1, 3, 10, 13] {
        let mut bench = small(capacity, WhenFull::Overwrite);
        for source in 0..2_000 {
            bench.send(0, source * 31, 9);
        }
        assert_eq!(bench.fdb().len(), capacity as usize);
    }
}

#[test]
fn a_huge_limit_costs_nothing_before_it_is_used() {
    for when_full in POLICIES {
        let mut bench = small(u32::MAX, when_full);
        bench.set(None, "fdb_size", Value::Number(u64::from(u32::MAX) - 1)).unwrap();
        assert_eq!(bench.send(0, 1, 9), "learned, flood-unknown > 1 2");
        assert!(bench.world.device(bench.switch).unwrap().heap_bytes() < 10_000, "{when_full:?}");
    }
}

#[test]
fn a_dynamic_row_written_by_hand_can_be_evicted_like_any_other() {
    for when_full in [WhenFull::EvictOldest, WhenFull::Overwrite] {
        let mut bench = small(1, when_full);
        bench.change(add_row(&[("mac", "02:00:00:00:00:07"), ("port", "1"), ("kind", "dynamic")])).unwrap();
        bench.wait(secs(1));
        bench.send(1, 1, 9);
        assert_eq!(bench.rows_told(), "-7 +1", "{when_full:?}");
    }
}

#[test]
fn a_burst_from_one_station_in_one_instant_costs_no_memory() {
    let mut fdb = Fdb::new(Some(4), WhenFull::EvictOldest, 1);
    let (now, event) = (SimTime(5), crate::id::EventNo(1));
    for _ in 0..3 {
        fdb.learn(1, 0, now, event);
    }
    let before = fdb.heap_bytes();
    for _ in 0..100_000 {
        fdb.learn(1, 0, now, event);
    }
    assert_eq!(fdb.heap_bytes(), before);
}
