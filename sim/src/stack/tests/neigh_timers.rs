//! How sure a row is as time goes by, and what becomes of packets that wait.

use super::*;
use crate::engine::Stop;

/// A bench that has asked 10.0.0.2 and was answered just now.
fn reachable(seed: u64) -> Bench {
    let say = Notebook::says(Say::Udp { to: ip(2), port: 9, len: 5 });
    let mut bench = Bench::seeded(seed, config(), vec![say], Vec::new());
    bench.start(0);
    bench.put(&answer(2, 2));
    assert_eq!(bench.neigh(), ["2 REACHABLE 2"]);
    bench.sent();
    bench
}

/// Lets time pass until the row of 10.0.0.2 says something else; returns how long that took.
fn until_it_changes(bench: &mut Bench) -> SimDuration {
    let (began, before) = (bench.world.now(), bench.neigh());
    while bench.neigh() == before {
        assert!(bench.world.step(), "nothing more to come");
        bench.told();
    }
    bench.world.now() - began
}

/// A bench whose row of 10.0.0.2 has just grown stale.
fn stale() -> Bench {
    let mut bench = reachable(1);
    until_it_changes(&mut bench);
    assert_eq!(bench.neigh(), ["2 STALE 2"]);
    bench
}

/// Seconds at which frames were sent, counted from `since`, and whether to everybody.
fn asked(sent: &[Sent], since: SimTime) -> Vec<(u64, bool)> {
    let line = |sent: &Sent| {
        let (dst, arp) = read_arp(&sent.bytes).unwrap();
        assert_eq!((arp.op, arp.sha, arp.spa, arp.tha), (Operation::Request, OWN, ip(1), MacAddr::ZERO));
        ((sent.time - since).0 / 1_000_000_000, dst == MacAddr::BROADCAST)
    };
    sent.iter().map(line).collect()
}

#[test]
fn a_confirmation_lasts_15_to_45_seconds_drawn_for_each_host() {
    let spans: Vec<SimDuration> = (0..24).map(|seed| until_it_changes(&mut reachable(seed))).collect();
    assert!(spans.iter().all(|span| (secs(15)..=secs(45)).contains(span)), "{spans:?}");
    assert!(spans.iter().any(|span| *span < secs(22)) && spans.iter().any(|span| *span > secs(38)), "{spans:?}");
}

#[test]
fn another_answer_makes_the_confirmation_last_longer() {
    let whole = until_it_changes(&mut reachable(1));
    let mut bench = reachable(1);
    bench.wait(secs(10));
    bench.put(&answer(2, 2));
    assert_eq!(until_it_changes(&mut bench), whole);
}

#[test]
fn a_stale_row_is_used_for_5_seconds_then_asked_3_times_then_given_up() {
    let mut bench = stale();
    assert_eq!(bench.start(0), "send ip.sent");
    let began = bench.world.now();
    assert_eq!(bench.neigh(), ["2 DELAY 2"]);
    bench.sent();
    bench.wait(ms(4999));
    assert_eq!((bench.neigh(), bench.sent()), (vec!["2 DELAY 2".to_owned()], Vec::new()));
    assert_eq!(bench.wait(ms(1)), "send arp.confirm");
    assert_eq!(bench.neigh(), ["2 PROBE 2"]);
    assert_eq!(bench.start(0), "send ip.sent", "its address is used meanwhile");
    bench.sent.pop();
    bench.wait(ms(2999));
    assert_eq!(bench.neigh(), ["2 PROBE 2"]);
    bench.wait(ms(1));
    assert_eq!(bench.neigh(), ["2 FAILED"]);
    let sent = bench.sent();
    assert_eq!(asked(&sent, began), [(5, false), (6, false), (7, false)]);
    assert!(sent.iter().all(|sent| sent.bytes[..6] == station(2).0));
    assert_eq!(bench.notes(), Vec::<String>::new(), "no packet was lost by it");
}

#[test]
fn a_neighbour_asked_again_and_found_there_is_reachable_for_as_long_as_ever() {
    let whole = until_it_changes(&mut reachable(1));
    let mut bench = stale();
    bench.start(0);
    bench.wait(secs(6));
    assert_eq!(bench.neigh(), ["2 PROBE 2"]);
    bench.put(&answer(2, 2));
    assert_eq!(bench.neigh(), ["2 REACHABLE 2"]);
    bench.sent();
    assert_eq!(until_it_changes(&mut bench), whole);
    assert_eq!((bench.neigh(), bench.sent()), (vec!["2 STALE 2".to_owned()], Vec::new()));
}

#[test]
fn a_confirmation_runs_out_however_busy_the_row_is() {
    let whole = until_it_changes(&mut reachable(1));
    let mut bench = reachable(1);
    let began = bench.world.now();
    while bench.neigh() == ["2 REACHABLE 2"] {
        assert_eq!(bench.start(0), "send ip.sent");
        bench.wait(ms(100));
    }
    assert_eq!(bench.neigh(), ["2 STALE 2"]);
    let took = bench.world.now() - began;
    assert!((whole..=whole + ms(100)).contains(&took), "{took} instead of {whole}");
    assert_eq!(bench.start(0), "send ip.sent");
    assert_eq!(bench.neigh(), ["2 DELAY 2"]);
}

#[test]
fn any_change_of_state_locks_the_row_for_a_second() {
    let mut bench = Bench::talking_to(2);
    bench.put(&ask(2, 1));
    bench.wait(secs(2));
    bench.start(0);
    assert_eq!(bench.neigh(), ["2 DELAY 2"]);
    assert_eq!(bench.put(&answer(7, 2)), "use arp.locked");
    bench.wait(ms(1001));
    assert_eq!(bench.put(&answer(7, 2)), "use arp.answer");
    assert_eq!(bench.neigh(), ["2 REACHABLE 7"]);
}

#[test]
fn a_row_never_confirmed_is_asked_even_in_the_first_seconds_of_a_run() {
    let mut bench = Bench::talking_to(2);
    bench.put(&ask(2, 1));
    bench.start(0);
    assert_eq!((bench.world.now(), bench.wait(secs(5))), (SimTime::ZERO, "send arp.confirm".to_owned()));
    assert_eq!(bench.neigh(), ["2 PROBE 2"]);
}

#[test]
fn a_stale_row_nobody_uses_stays() {
    let mut bench = stale();
    bench.wait(secs(100_000));
    assert_eq!((bench.neigh(), bench.sent()), (vec!["2 STALE 2".to_owned()], Vec::new()));
}

#[test]
fn an_unknown_neighbour_is_asked_3_times_of_everybody_and_then_the_sender_is_told() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    let began = bench.world.now();
    bench.wait(ms(2999));
    assert_eq!(bench.neigh(), ["2 INCOMPLETE"]);
    assert_eq!(bench.notes(), Vec::<String>::new());
    assert_eq!(bench.wait(ms(1)), "drop neigh.failed");
    assert_eq!(bench.neigh(), ["2 FAILED"]);
    assert_eq!(asked(&bench.sent(), began), [(0, true), (1, true), (2, true)]);
    assert_eq!(bench.notes(), ["3s HostUnreachable 10.0.0.2 0"]);
    bench.wait(secs(60));
    assert_eq!(bench.sent(), Vec::new());
}

#[test]
fn a_question_from_the_neighbour_itself_lets_packets_go_and_starts_the_delay() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    assert_eq!(bench.put(&ask(2, 1)), "use arp.asked, send neigh.released, send arp.reply");
    assert_eq!(bench.neigh(), ["2 DELAY 2"]);
    assert_eq!(bench.wait(secs(5)), "send arp.confirm", "it never answered");
    assert_eq!(bench.neigh(), ["2 PROBE 2"]);
}

#[test]
fn a_question_is_asked_from_the_address_of_the_packet_that_came_last() {
    let say = |to| Notebook::says(Say::Udp { to, port: 9, len: 5 });
    let mut bench = Bench::with(two_addresses(), vec![say(ip(2))], Vec::new());
    // An answer to a ping of the second address waits first, a datagram from the first address behind it.
    let request = Packet { dst: ip(11), ..echo_request() };
    bench.put(&request.bytes());
    bench.start(0);
    bench.wait(secs(1));
    let spa = |sent: &Sent| read_arp(&sent.bytes).unwrap().1.spa;
    assert_eq!(bench.sent().iter().map(spa).collect::<Vec<_>>(), [ip(11), ip(1)]);
}

/// 10.0.0.1 and 10.0.0.11 on one interface.
fn two_addresses() -> StackConfig {
    let mut config = config();
    config.interfaces[0].addresses.push((ip(11), 24));
    config
}

#[test]
fn every_packet_that_waited_in_vain_is_told_of() {
    let mut bench = Bench::with(config(), vec![Notebook::says(Say::Echo { to: ip(2), len: 56, df: true })], Vec::new());
    for _ in 0..3 {
        bench.start(0);
        bench.wait(ms(100));
    }
    bench.wait(secs(3));
    let told = |seq| format!("3s HostUnreachable 10.0.0.2 {seq}");
    let mut notes = bench.notes();
    notes.sort();
    assert_eq!(notes, [told(1), told(2), told(3)]);
}

#[test]
fn a_neighbour_given_up_is_asked_anew_by_the_next_packet() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    bench.wait(secs(3));
    bench.sent();
    let began = bench.world.now();
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    assert_eq!(bench.neigh(), ["2 INCOMPLETE"]);
    bench.wait(secs(3));
    assert_eq!(asked(&bench.sent(), began), [(0, true), (1, true), (2, true)]);
}

#[test]
fn a_neighbour_given_up_that_speaks_up_is_known_again() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    bench.wait(secs(3));
    assert_eq!(bench.put(&ask(2, 99)), "use arp.overheard");
    assert_eq!(bench.neigh(), ["2 STALE 2"]);
}

#[test]
fn at_most_212992_bytes_wait_and_the_oldest_make_room() {
    // A small packet is charged what Linux charges it: its bytes and 576 for its administration.
    let fit = 212_992 / (14 + 20 + 8 + 5 + 576);
    let mut bench = Bench::talking_to(2);
    for _ in 0..fit {
        assert!(!bench.start(0).contains("drop"));
    }
    assert_eq!(bench.rows("neigh"), [format!("10.0.0.2 - eth0 INCOMPLETE {fit}")]);
    for _ in 0..3 {
        assert_eq!(bench.start(0), "neigh.waiting, drop neigh.queue-full");
    }
    bench.sent();
    bench.put(&answer(2, 2));
    let sent = bench.sent();
    assert_eq!(sent.len(), fit);
    let number = |sent: &Sent| u16::from_be_bytes([sent.bytes[18], sent.bytes[19]]);
    assert_eq!(number(&sent[0]) - 1, 3, "the first three were pushed out");
    assert_eq!(bench.notes(), Vec::<String>::new());
}

/// Host `n` at station `n` of 10.0.0.0/16 asks for this host.
fn stranger(n: u16) -> Vec<u8> {
    let [high, low] = n.to_be_bytes();
    let (sha, spa) = (MacAddr([2, 1, 0, 0, high, low]), Ipv4Addr::new(10, 0, high, low));
    arp(MacAddr::BROADCAST, Arp { op: Operation::Request, sha, spa, tha: MacAddr::ZERO, tpa: ip(1) })
}

#[test]
fn a_table_of_1024_young_rows_takes_in_nobody_and_serves_nobody_new() {
    let mut bench = Bench::talking_to(2);
    for n in 0..1024 {
        assert_eq!(bench.put(&stranger(0x100 + n)), "use arp.asked, send arp.reply");
    }
    bench.sent();
    assert_eq!(bench.put(&stranger(0x700)), "drop arp.no-room");
    assert_eq!(bench.put(&stranger(0x100)), "use arp.asked, send arp.reply", "a known one is answered");
    assert_eq!(bench.start(0), "drop neigh.table-full");
    assert_eq!(bench.notes(), ["0ns HostUnreachable 10.0.0.2 0"]);
    let mut nameless = ask(9, 1);
    nameless[28..32].fill(0);
    assert_eq!(bench.put(&nameless), "use arp.asked, send arp.reply", "and so is one who need not be remembered");
    assert_eq!(bench.table("neigh").rows.len(), 1024);
    bench.wait(ms(5001));
    assert_eq!(bench.put(&stranger(0x700)), "use arp.asked, send arp.reply");
    assert_eq!(bench.table("neigh").rows.len(), 512);
}

#[test]
fn the_run_waits_for_an_answer_and_not_for_a_row_to_grow_old() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    assert!(!bench.world.is_quiet());
    bench.put(&answer(2, 2));
    assert_eq!((bench.neigh(), bench.world.is_quiet()), (vec!["2 REACHABLE 2".to_owned()], true));
    assert_eq!(bench.world.run(SimTime::MAX, 1_000), Stop::Quiet);
    assert!(bench.world.next_time().is_some(), "its timer is still there");

    let mut bench = Bench::talking_to(2);
    bench.start(0);
    assert_eq!(bench.world.run(SimTime::MAX, 1_000), Stop::Quiet);
    assert_eq!((bench.world.now(), bench.neigh()), (SimTime::ZERO + secs(3), vec!["2 FAILED".to_owned()]));
}

#[test]
fn switching_off_forgets_what_was_learned_and_what_waited() {
    let neighbours = vec![(ip(9), station(9))];
    let say = Notebook::says(Say::Udp { to: ip(3), port: 9, len: 5 });
    let mut bench = Bench::with(StackConfig { neighbours, ..config() }, vec![say], Vec::new());
    bench.put(&ask(2, 1));
    bench.start(0);
    assert_eq!(bench.neigh(), ["2 STALE 2", "3 INCOMPLETE", "9 PERMANENT 9"]);
    bench.power(false);
    assert_eq!(bench.neigh(), ["9 PERMANENT 9"]);
    assert!(bench.world.is_quiet());
    bench.power(true);
    bench.sent();
    assert_eq!(bench.wait(secs(10)), "");
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    assert_eq!(bench.put(&ask(2, 1)), "use arp.asked, send arp.reply");
    assert_eq!(bench.neigh(), ["2 STALE 2", "3 INCOMPLETE", "9 PERMANENT 9"]);
}

#[test]
fn a_copy_of_the_world_goes_the_same_way_and_does_not_disturb_the_first() {
    let mut bench = stale();
    bench.start(0);
    bench.wait(ms(5500));
    let (digest, rows) = (bench.world.digest(), bench.rows("neigh"));
    let mut copy = bench.clone();
    copy.wait(secs(60));
    assert_eq!((bench.world.digest(), bench.rows("neigh")), (digest, rows));
    bench.wait(secs(60));
    assert_eq!(bench.world.digest(), copy.world.digest());
    assert_eq!((bench.tables(), bench.sent()), (copy.tables(), copy.sent()));
    assert_eq!(bench.neigh(), ["2 FAILED"]);
}
