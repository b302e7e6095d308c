//! Packets that come out of the tunnel: what is learned from them, and which end here.

use super::*;

#[test]
fn the_frame_comes_out_as_it_went_in_and_its_sender_is_learned() {
    let mut bench = Bench::new(config());
    let frame = packet(2, station(1), 84, true);
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 42, 0, &frame)), "learned, decap > inner");
    assert_eq!(bench.rows(), ["02 2 learned"]);
    assert_eq!(bench.through(OUTER, &wrapped(PEER, 42, 0, &frame)), std::slice::from_ref(&frame));
    assert_eq!(bench.put(OUTER, &wrapped(OTHER, 42, 0, &frame)), "moved, decap > inner");
    assert_eq!(bench.rows(), ["02 3 learned"]);
    bench.wait(SimDuration::from_secs(299));
    assert_eq!(bench.put(INNER, &packet(1, station(2), 84, true)), "fdb-hit > outer");
    bench.wait(SimDuration::from_secs(2));
    assert!(bench.rows().is_empty(), "sending does not keep a row young");
    assert_eq!(bench.put(INNER, &packet(1, station(2), 84, true)), "drop no-remote");
}

#[test]
fn a_row_written_by_hand_is_believed_more_than_a_frame() {
    let mut bench = Bench::new(config());
    bench.row(station(2), PEER);
    let frame = packet(2, station(1), 84, true);
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 42, 0, &frame)), "decap > inner");
    assert_eq!(bench.put(OUTER, &wrapped(OTHER, 42, 0, &frame)), "drop pinned");
    bench.set("learning", Value::Flag(false)).unwrap();
    assert_eq!(bench.put(OUTER, &wrapped(OTHER, 42, 0, &frame)), "decap > inner");
    assert_eq!(bench.rows(), ["02 2 permanent"]);
}

#[test]
fn a_limit_stops_learning_but_not_frames() {
    let mut bench = Bench::new(VtepConfig { fdb_size: Some(1), ..config() });
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 42, 0, &packet(2, station(1), 84, true))), "learned, decap > inner");
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 42, 0, &packet(3, station(1), 84, true))), "table-full, decap > inner");
    assert_eq!(bench.rows(), ["02 2 learned"]);
}

#[test]
fn other_networks_and_bad_headers_end_here() {
    let mut bench = Bench::new(config());
    let frame = packet(2, station(1), 84, true);
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 43, 0, &frame)), "drop vni-not-found");
    bench.set("vni", Value::Number(43)).unwrap();
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 43, 0, &frame)), "learned, decap > inner");
    let mut no_flag = wrapped(PEER, 43, 0, &frame);
    no_flag[26..28].fill(0);
    no_flag[28] = 0;
    assert_eq!(bench.put(OUTER, &no_flag), "drop invalid-header");
    no_flag[28..30].copy_from_slice(&[8, 1]);
    assert_eq!(bench.put(OUTER, &no_flag), "drop invalid-header");
    let own = packet(99, station(1), 84, true);
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 43, 0, &own)), "drop own-source");
    let mut group = packet(2, station(1), 84, true);
    group[6] = 1;
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 43, 0, &group)), "drop invalid-source");
}

#[test]
fn a_congestion_mark_goes_inside_or_ends_the_packet() {
    let mut bench = Bench::new(config());
    let mut frame = packet(2, station(1), 84, true);
    assert_eq!(bench.put(OUTER, &wrapped(PEER, 42, 3, &frame)), "learned, drop congestion-mark");
    frame[15] = 2;
    let sum = crate::wire::checksum::update(u16::from_be_bytes([frame[24], frame[25]]), 0x4500, 0x4502);
    frame[24..26].copy_from_slice(&sum.to_be_bytes());
    let [out] = &bench.through(OUTER, &wrapped(PEER, 42, 3, &frame))[..] else { panic!("one frame") };
    assert_eq!(ipv4::check(&out[14..]).unwrap().tos, 3);
}
