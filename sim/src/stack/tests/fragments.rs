//! Packets in pieces: split, put together, given up; and what is learned of narrow ways.

use super::*;

/// One application that says something to host 2, and host 2 known.
fn saying(say: Say) -> Bench {
    let mut bench = Bench::with(config(), vec![Notebook::says(say)], vec![Notebook::listens(9)]);
    bench.put(&ask(2, 1));
    bench.sent();
    bench
}

fn listening() -> Bench {
    let mut bench = Bench::with(config(), Vec::new(), vec![Notebook::listens(9)]);
    bench.put(&ask(2, 1));
    bench.sent();
    bench
}

/// A datagram from host 2 of which a part is made a fragment of its own.
fn part(whole: &[u8], from: usize, to: usize, mf: bool) -> Vec<u8> {
    let mut bytes = Packet::new(ipv4::UDP, whole[from..to].to_vec()).bytes();
    let total = bytes.len() - 14;
    ipv4::set_fragment(&mut bytes[14..], total, mf, from);
    bytes
}

fn whole(len: usize) -> Vec<u8> {
    datagram((ip(2), 5_000), (ip(1), 9), len)
}

/// "Fragmentation needed" from a router about a frame of ours.
fn needed(mtu: u16, about: &[u8]) -> Vec<u8> {
    let mut message = [&[0; 8], &about[14..(14 + 28).min(about.len())]].concat();
    icmp::write(&mut message, icmp::Header { kind: 3, code: 4, id: 0, seq: mtu });
    Packet { src: ip(254), ..Packet::new(ipv4::ICMP, message) }.bytes()
}

#[test]
fn what_does_not_fit_is_cut_at_eights_and_makes_the_whole_again() {
    let mut bench = saying(Say::Udp { to: ip(2), port: 9, len: 4_000 });
    assert_eq!(bench.start(0), "use ip.fragmented, send ip.sent, send ip.sent, send ip.sent");
    let sent = bench.sent();
    let mut payload = Vec::new();
    let shape = |bytes: &[u8]| {
        let ip = ipv4::check(&bytes[14..]).unwrap();
        (bytes.len(), ip.offset, ip.mf, ip.df, ip.id)
    };
    let shapes: Vec<_> = sent.iter().map(|sent| shape(&sent.bytes)).collect();
    let id = shapes[0].4;
    let expected = [(1_514, 0, true, false, id), (1_514, 1_480, true, false, id), (1_082, 2_960, false, false, id)];
    assert_eq!(shapes, expected);
    for sent in &sent {
        payload.extend_from_slice(&sent.bytes[34..]);
    }
    assert_eq!(udp::check(&payload, ip(1), ip(2)).unwrap().len, 4_008);
}

#[test]
fn a_router_splits_and_splits_again_without_df_and_refuses_with_it() {
    let narrow = |mtu| {
        let mut bench = Bench::with(router(), Vec::new(), Vec::new());
        let value = Value::Number(mtu);
        bench.change(DeviceChange::Set { port: Some(PortNo(1)), field: "mtu".to_owned(), value }).unwrap();
        bench.add("neigh", &[("ip", "10.1.0.9"), ("mac", "02:00:00:00:00:09")]).unwrap();
        bench.add("neigh", &[("ip", "10.0.0.2"), ("mac", "02:00:00:00:00:02")]).unwrap();
        bench
    };
    let packet = Packet { dst: Ipv4Addr::new(10, 1, 0, 9), df: false, ..Packet::new(ipv4::UDP, whole(1_400)) };
    let mut bench = narrow(1_000);
    let told = "ip.forwarding, use ip.fragmented, send ip.sent, send ip.sent";
    assert_eq!(bench.put(&packet.bytes()), told);
    let first = bench.sent();
    let mut again = narrow(500);
    let (mut next, mut payload) = (Vec::new(), Vec::new());
    for sent in first {
        let mut bytes = sent.bytes;
        ethernet::write(&mut bytes, OWN, station(2), ethernet::IPV4);
        again.put(&bytes);
        next.extend(again.sent());
    }
    for sent in &next {
        let ip = ipv4::check(&sent.bytes[14..]).unwrap();
        assert_eq!((ip.offset, ip.ttl, ip.id), (payload.len(), 62, 7));
        payload.extend_from_slice(&sent.bytes[34..]);
        assert_eq!(ip.mf, payload.len() < packet.payload.len());
    }
    assert_eq!(payload, packet.payload);
    assert_eq!(again.put(&Packet { df: true, ..packet }.bytes()), "drop ip.too-big, send ip.sent");
}

#[test]
fn parts_become_the_whole_in_any_order_and_only_once() {
    let all = whole(60);
    let parts = [part(&all, 0, 24, true), part(&all, 24, 48, true), part(&all, 48, 68, false)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let mut bench = listening();
        assert_eq!(bench.put(&parts[order[0]]), "ip.fragment-held");
        assert_eq!(bench.put(&parts[order[1]]), "ip.fragment-held");
        assert_eq!(bench.put(&parts[order[1]]), "drop ip.fragment-duplicate");
        assert_eq!(bench.rows("fragments").len(), 1);
        let end = "use ip.reassembled, use ip.reassembled, use ip.reassembled, give udp.delivered";
        assert_eq!(bench.put(&parts[order[2]]), end, "{order:?}");
        assert_eq!(bench.rows("fragments"), Vec::<String>::new());
        assert_eq!(bench.wait(secs(40)), "");
    }
}

#[test]
fn parts_that_contradict_each_other_are_all_lost() {
    let all = whole(92);
    let cases = [
        (part(&all, 0, 32, true), part(&all, 24, 48, true), "overlap"),
        (part(&all, 24, 64, false), part(&all, 64, 88, true), "behind the end"),
        (part(&all, 64, 96, true), part(&all, 24, 40, false), "an end before what is there"),
        (part(&all, 80, 100, false), part(&all, 64, 96, false), "two ends"),
    ];
    for (first, second, what) in cases {
        let mut bench = listening();
        assert_eq!(bench.put(&first), "ip.fragment-held", "{what}");
        assert_eq!(bench.put(&second), "drop ip.fragment-overlap, drop ip.fragment-overlap", "{what}");
        assert_eq!(bench.wait(secs(40)), "", "{what}");
    }
    assert_eq!(listening().put(&part(&all, 8, 8, true)), "drop ip.fragment-overlap", "nothing in it");
}

#[test]
fn no_packet_becomes_longer_than_a_packet_can_be() {
    let mut bench = listening();
    let mut last = Packet::new(ipv4::UDP, vec![0; 40]).bytes();
    ipv4::set_fragment(&mut last[14..], 60, false, 65_504);
    assert_eq!(bench.put(&last), "ip.fragment-held");
    let all = whole(1_472);
    let mut told = String::new();
    for at in (0..65_504).step_by(1_480) {
        let len = 1_480.min(65_504 - at);
        let mut bytes = Packet::new(ipv4::UDP, all[..len].to_vec()).bytes();
        ipv4::set_fragment(&mut bytes[14..], 20 + len, true, at);
        told = bench.put(&bytes);
    }
    assert!(told.starts_with("drop ip.fragment-too-long, drop"), "{told}");
    assert_eq!(bench.rows("fragments"), Vec::<String>::new());
}

#[test]
fn after_thirty_seconds_a_packet_is_given_up_and_its_sender_told_if_it_began() {
    let all = whole(60);
    let mut bench = listening();
    bench.put(&part(&all, 0, 24, true));
    bench.wait(ms(20_000));
    bench.put(&part(&all, 48, 68, false));
    assert_eq!(bench.wait(ms(9_999)), "");
    let told = bench.wait(ms(1));
    assert_eq!(told, "drop ip.fragment-timeout, send ip.sent, drop ip.fragment-timeout");
    let sent = bench.sent_one();
    let error = icmp::check(&sent[34..]).unwrap();
    assert_eq!((error.kind, error.code), (icmp::TIME_EXCEEDED, 1));
    assert_eq!(sent[42..], part(&all, 0, 24, true)[14..]);
    bench.put(&part(&all, 24, 48, true));
    assert!(bench.wait(secs(30)).ends_with("drop ip.fragment-timeout"), "nobody knows whose ports these are");
}

#[test]
fn fragments_of_many_packets_wait_up_to_four_mebibytes() {
    let mut bench = listening();
    let all = whole(1_400);
    let mut held = 0;
    for id in 0..3_000_u16 {
        let mut bytes = part(&all, 0, 1_400, true);
        bytes[18..20].copy_from_slice(&id.to_be_bytes());
        ipv4::set_fragment(&mut bytes[14..], 1_420, true, 0);
        match bench.put(&bytes).as_str() {
            "ip.fragment-held" => held += 1,
            other => assert_eq!(other, "drop ip.fragment-no-room"),
        }
    }
    assert_eq!(held, 4_194_304 / (1_434 + 576) + 1);
}

#[test]
fn marks_of_congestion_on_parts_mark_the_whole_and_must_agree() {
    let all = whole(60);
    let marked = |from, to, mf, tos| {
        let mut bytes = part(&all, from, to, mf);
        bytes[15] = tos;
        let total = bytes.len() - 14;
        ipv4::set_fragment(&mut bytes[14..], total, mf, from);
        bytes
    };
    let mut bench = listening();
    bench.put(&marked(0, 24, true, 2));
    assert!(bench.put(&marked(24, 68, false, 3)).ends_with("give udp.delivered"));
    bench.put(&marked(0, 24, true, 0));
    assert_eq!(bench.put(&marked(24, 68, false, 3)), "drop ip.fragment-ecn, drop ip.fragment-ecn");
}

#[test]
fn a_narrow_way_is_remembered_for_ten_minutes() {
    let mut bench = saying(Say::Udp { to: ip(2), port: 9, len: 1_472 });
    assert_eq!(bench.start(0), "send ip.sent");
    let sent = bench.sent_one();
    assert_eq!(bench.put(&needed(1_400, &sent)), "ip.pmtu-learned, use icmp.error");
    assert_eq!(bench.rows("pmtu"), ["10.0.0.2 1400 600s"]);
    assert_eq!(bench.start(0), "use ip.fragmented, send ip.sent, send ip.sent");
    assert_eq!(bench.put(&needed(1_450, &sent)), "use icmp.error", "a way does not grow by hearsay");
    bench.wait(secs(601));
    bench.sent();
    bench.put(&ask(2, 1));
    assert!(bench.start(0).ends_with("send ip.sent"));
    assert_eq!(bench.sent().last().unwrap().bytes.len(), 1_514);
}

#[test]
fn a_claim_below_552_makes_packets_go_without_df() {
    let mut bench = saying(Say::Udp { to: ip(2), port: 9, len: 100 });
    bench.start(0);
    let sent = bench.sent_one();
    assert_eq!((bench.put(&needed(68, &sent)).as_str(), sent[20] & 0x40), ("ip.pmtu-learned, use icmp.error", 0x40));
    bench.start(0);
    assert_eq!(bench.sent_one()[20] & 0x40, 0);
    assert_eq!(bench.rows("pmtu"), ["10.0.0.2 552 600s"]);
}

#[test]
fn a_claim_about_a_packet_of_somebody_else_or_a_damaged_one_teaches_nothing() {
    let mut bench = saying(Say::Udp { to: ip(2), port: 9, len: 100 });
    bench.start(0);
    let mut sent = bench.sent_one();
    let mut damaged = needed(1_400, &sent);
    damaged[36] ^= 1;
    assert_eq!(bench.put(&damaged), "drop icmp.malformed");
    sent[26..30].copy_from_slice(&ip(3).octets());
    assert_eq!(bench.put(&needed(1_400, &sent)), "use icmp.error");
    for len in 0..28 {
        assert_eq!(bench.put(&needed(1_400, &sent[..14 + len])), "drop icmp.malformed", "{len}");
    }
    assert_eq!(bench.rows("pmtu"), Vec::<String>::new());
}

#[test]
fn a_program_that_forbids_splitting_is_told_what_fits() {
    let mut bench = saying(Say::Echo { to: ip(2), len: 1_400, df: true });
    bench.start(0);
    let sent = bench.sent_one();
    bench.put(&needed(1_300, &sent));
    assert_eq!(bench.start(0), "drop ip.too-big");
    assert_eq!(bench.notes(), ["0ns TooBig(1300) 10.0.0.2 1", "0ns TooBig(1300) 10.0.0.2 2"]);
}
