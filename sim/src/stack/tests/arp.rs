//! ARP: who asks, who answers, who learns from it.

use super::*;

#[test]
fn a_question_and_its_answer_are_these_bytes() {
    let mut bench = Bench::talking_to(2);
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    let question = [
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff].as_slice(),
        &[2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1],
        &[0, 0, 0, 0, 0, 0, 10, 0, 0, 2],
    ];
    assert_eq!(bench.sent_one(), question.concat());
    assert_eq!(bench.put(&ask(2, 1)), "use arp.asked, send neigh.released, send arp.reply");
    let reply = [
        [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1].as_slice(),
        &[2, 0, 0, 0, 0, 2, 10, 0, 0, 2],
    ];
    assert_eq!(bench.sent()[1].bytes, reply.concat());
}

#[test]
fn the_target_of_a_question_learns_the_asker_and_a_bystander_learns_nobody() {
    let mut bench = Bench::plain();
    assert_eq!(bench.put(&ask(2, 3)), "use arp.not-mine");
    assert_eq!(bench.neigh(), Vec::<String>::new());
    assert_eq!(bench.put(&ask(2, 1)), "use arp.asked, send arp.reply");
    assert_eq!(bench.neigh(), ["2 STALE 2"]);
}

#[test]
fn an_answer_nobody_asked_for_makes_no_row() {
    let mut bench = Bench::plain();
    assert_eq!(bench.put(&answer(2, 2)), "use arp.unasked");
    assert_eq!(bench.neigh(), Vec::<String>::new());
}

#[test]
fn an_answer_sends_what_waited_in_the_order_in_which_it_came() {
    let say = |port| Notebook::says(Say::Udp { to: ip(2), port, len: 5 });
    let mut bench = Bench::with(config(), vec![say(1), say(2), say(3)], Vec::new());
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    assert_eq!(bench.start(1), "neigh.waiting");
    assert_eq!(bench.start(2), "neigh.waiting");
    assert_eq!(bench.rows("neigh"), ["10.0.0.2 - eth0 INCOMPLETE 3"]);
    bench.sent();
    assert_eq!(
        bench.put(&answer(2, 2)),
        "use arp.answer, send neigh.released, send neigh.released, send neigh.released"
    );
    let sent = bench.sent();
    assert_eq!(sent.iter().map(|sent| sent.bytes[37]).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(sent.iter().all(|sent| sent.bytes[..12] == [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]));
    assert_eq!(bench.rows("neigh"), ["10.0.0.2 02:00:00:00:00:02 eth0 REACHABLE 0"]);
}

/// A gratuitous request: 10.0.0.2 is at station `mac`.
fn gratuitous(mac: u8) -> Vec<u8> {
    let (sha, spa) = (station(mac), ip(2));
    arp(MacAddr::BROADCAST, Arp { op: Operation::Request, sha, spa, tha: MacAddr::ZERO, tpa: spa })
}

#[test]
fn a_gratuitous_packet_updates_a_row_there_is_at_once_and_makes_none() {
    let mut bench = Bench::plain();
    assert_eq!(bench.put(&gratuitous(2)), "use arp.not-mine");
    assert_eq!(bench.neigh(), Vec::<String>::new());
    bench.put(&ask(2, 1));
    assert_eq!(bench.put(&gratuitous(5)), "use arp.overheard");
    assert_eq!(bench.neigh(), ["2 STALE 5"]);
}

#[test]
fn a_row_stays_as_it_is_for_a_second_whatever_else_is_claimed() {
    let mut bench = Bench::plain();
    bench.put(&ask(2, 1));
    bench.wait(ms(1000));
    assert_eq!(bench.put(&answer(6, 2)), "use arp.locked");
    assert_eq!(bench.neigh(), ["2 STALE 2"], "exactly one second is not yet later");
    bench.wait(ms(1));
    bench.put(&answer(6, 2));
    assert_eq!(bench.neigh(), ["2 REACHABLE 6"]);
    bench.wait(ms(500));
    assert_eq!(bench.put(&answer(7, 2)), "use arp.locked");
    assert_eq!(bench.neigh(), ["2 REACHABLE 6"]);
    assert_eq!(bench.put(&answer(6, 2)), "use arp.answer", "the same address is no other");
}

#[test]
fn a_gratuitous_answer_has_to_name_its_sender_twice() {
    let mut bench = Bench::plain();
    bench.put(&ask(2, 1));
    let claim = |tha| {
        let (sha, spa) = (station(5), ip(2));
        arp(MacAddr::BROADCAST, Arp { op: Operation::Reply, sha, spa, tha, tpa: spa })
    };
    for other in [MacAddr::ZERO, MacAddr::BROADCAST, OWN] {
        assert_eq!(bench.put(&claim(other)), "use arp.locked");
        assert_eq!(bench.neigh(), ["2 STALE 2"]);
    }
    assert_eq!(bench.put(&claim(station(5))), "use arp.overheard");
    assert_eq!(bench.neigh(), ["2 STALE 5"]);
}

#[test]
fn a_question_for_us_is_believed_even_within_that_second() {
    let mut bench = Bench::plain();
    bench.put(&ask(2, 1));
    let mut other = ask(5, 1);
    other[28..32].copy_from_slice(&ip(2).octets());
    bench.put(&other);
    assert_eq!(bench.neigh(), ["2 STALE 5"]);
}

#[test]
fn only_an_answer_to_this_host_alone_proves_that_the_neighbour_can_be_reached() {
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    let mut all = answer(2, 2);
    all[..6].fill(0xff);
    bench.put(&all);
    assert_ne!(bench.neigh(), ["2 REACHABLE 2"]);
    let mut bench = Bench::talking_to(2);
    bench.start(0);
    bench.put(&answer(2, 2));
    assert_eq!(bench.neigh(), ["2 REACHABLE 2"]);
}

#[test]
fn who_looks_for_a_free_address_is_answered_and_not_remembered() {
    let mut bench = Bench::plain();
    let mut probe = ask(9, 1);
    probe[28..32].fill(0);
    assert_eq!(bench.put(&probe), "use arp.asked, send arp.reply");
    let (dst, reply) = read_arp(&bench.sent_one()).unwrap();
    assert_eq!((dst, reply.spa, reply.tpa, reply.tha), (station(9), ip(1), Ipv4Addr::UNSPECIFIED, station(9)));
    assert_eq!(bench.neigh(), Vec::<String>::new());
}

#[test]
fn who_claims_our_own_address_or_nobodys_is_neither_answered_nor_remembered() {
    let mut bench = Bench::plain();
    let from = |spa: [u8; 4], to| {
        let mut question = ask(9, 1);
        question[28..32].copy_from_slice(&spa);
        question[..6].copy_from_slice(&MacAddr::from_key(to).0);
        question
    };
    for to in [OWN.key(), MacAddr::BROADCAST.key()] {
        assert_eq!(bench.put(&from([10, 0, 0, 1], to)), "drop arp.conflict");
        for nobody in [[127, 0, 0, 5], [224, 0, 0, 5], [255, 255, 255, 255], [0, 1, 2, 3]] {
            assert_eq!(bench.put(&from(nobody, to)), "drop ip.martian", "{nobody:?}");
        }
    }
    assert_eq!(bench.neigh(), Vec::<String>::new());
    // A sender from elsewhere is none of these.
    assert_eq!(bench.put(&from([192, 168, 7, 7], OWN.key())), "use arp.asked, send arp.reply");
}

#[test]
fn any_interface_answers_for_any_address_of_the_host() {
    let mut bench = Bench::with(router(), Vec::new(), Vec::new());
    let mut question = ask(9, 1);
    question[28..32].copy_from_slice(&[10, 1, 0, 9]);
    assert_eq!(bench.put_at(1, &question), "use arp.asked, send arp.reply");
    let sent = bench.sent().remove(0);
    let (_, reply) = read_arp(&sent.bytes).unwrap();
    assert_eq!((sent.port, reply.spa, reply.sha), (PortNo(1), ip(1), station(11)));
}

#[test]
fn a_row_belongs_to_the_interface_it_was_heard_on() {
    let mut bench = Bench::with(router(), Vec::new(), Vec::new());
    bench.put_at(1, &ask(2, 1));
    assert_eq!(bench.rows("neigh"), ["10.0.0.2 02:00:00:00:00:02 eth1 STALE 0"]);
}

#[test]
fn a_permanent_row_withstands_everything() {
    let neighbours = vec![(ip(2), station(2))];
    let mut bench = Bench::with(StackConfig { neighbours, ..config() }, Vec::new(), Vec::new());
    bench.wait(secs(2));
    let answered = "use arp.asked, send arp.reply";
    for (claim, told) in
        [(gratuitous(5), "use arp.permanent"), (answer(5, 2), "use arp.permanent"), (ask(5, 1), answered)]
    {
        let mut claim = claim;
        claim[28..32].copy_from_slice(&ip(2).octets());
        assert_eq!(bench.put(&claim), told);
        assert_eq!(bench.neigh(), ["2 PERMANENT 2"]);
    }
}

#[test]
fn what_is_no_arp_for_ethernet_and_ipv4_is_dropped() {
    let mut bench = Bench::plain();
    for len in 14..42 {
        assert_eq!(bench.put(&ask(2, 1)[..len]), "drop arp.malformed", "{len} bytes");
    }
    for (at, value) in [(15, 2), (16, 9), (18, 8), (19, 6), (21, 3)] {
        let mut bytes = ask(2, 1);
        bytes[at] = value;
        assert_eq!(bench.put(&bytes), "drop arp.malformed", "byte {at}");
    }
    assert_eq!(bench.neigh(), Vec::<String>::new());
}
