//! Frames that go into the tunnel: who gets a copy, and what is in front of it.

use super::*;

#[test]
fn a_known_address_gets_one_packet_and_an_unknown_one_goes_to_the_flood_row() {
    let mut bench = Bench::new(config());
    let to_known = packet(1, station(2), 84, true);
    assert_eq!(bench.put(INNER, &to_known), "drop no-remote");
    bench.row(MacAddr::ZERO, PEER);
    bench.row(MacAddr::ZERO, OTHER);
    assert_eq!(bench.put(INNER, &to_known), "flood-unknown > outer, flood-unknown > outer");
    assert_eq!(bench.put(INNER, &packet(1, MacAddr::BROADCAST, 84, false)), "flood-group > outer, flood-group > outer");
    bench.row(station(2), PEER);
    assert_eq!(bench.put(INNER, &to_known), "fdb-hit > outer");
}

#[test]
fn the_first_remote_of_a_row_gets_its_copy_last() {
    let mut bench = Bench::new(config());
    bench.row(MacAddr::ZERO, PEER);
    bench.row(MacAddr::ZERO, OTHER);
    let sent = bench.through(INNER, &packet(1, station(2), 84, true));
    let to: Vec<Ipv4Addr> = sent.iter().map(|bytes| ipv4::check(bytes).unwrap().dst).collect();
    assert_eq!(to, [OTHER, PEER]);
}

#[test]
fn an_84_byte_ping_becomes_134_bytes_with_the_header_of_rfc_7348() {
    let mut bench = Bench::new(config());
    bench.row(station(2), PEER);
    let frame = packet(1, station(2), 84, true);
    let [sent] = &bench.through(INNER, &frame)[..] else { panic!("one packet") };
    let ip = ipv4::check(sent).unwrap();
    assert_eq!((ip.total_len, ip.src, ip.dst, ip.ttl, ip.df, ip.protocol), (134, LOCAL, PEER, 64, false, 17));
    let datagram = udp::check(&sent[20..], LOCAL, PEER).unwrap();
    assert_eq!((datagram.dst, datagram.len), (4789, 114));
    assert!((32_768..60_999).contains(&datagram.src));
    assert_eq!(sent[28..36], [0x08, 0, 0, 0, 0, 0, 42, 0]);
    assert_eq!(sent[36..], frame, "what is inside does not change");
}

#[test]
fn a_group_is_one_remote_with_a_time_to_live_of_one() {
    let mut bench = Bench::new(config());
    bench.row(MacAddr::ZERO, Ipv4Addr::new(239, 1, 1, 1));
    let [sent] = &bench.through(INNER, &packet(1, MacAddr::BROADCAST, 84, false))[..] else { panic!("one packet") };
    assert_eq!((ipv4::check(sent).unwrap().ttl, &sent[16..20]), (1, &[239, 1, 1, 1][..]));
}

#[test]
fn another_group_takes_the_place_of_the_first_one() {
    let mut bench = Bench::new(config());
    bench.row(MacAddr::ZERO, Ipv4Addr::new(239, 1, 1, 1));
    bench.row(MacAddr::ZERO, PEER);
    bench.set("group", Value::Text("239.1.1.2".to_owned())).unwrap();
    let sent = bench.through(INNER, &packet(1, MacAddr::BROADCAST, 84, false));
    let to: Vec<&[u8]> = sent.iter().map(|sent| &sent[16..20]).collect();
    assert_eq!(to, [&[239, 1, 1, 2], &PEER.octets()[..]], "rows written by hand stay");
    let no = bench.set("group", Value::Text("192.0.2.9".to_owned()));
    assert!(matches!(no, Err(ChangeError::BadValue { .. })), "{no:?}");
}

#[test]
fn a_remote_may_have_a_port_and_a_vni_of_its_own() {
    let mut bench = Bench::new(config());
    let (mac, remote) = (station(2).to_string(), PEER.to_string());
    let cells = [("mac", mac.as_str()), ("remote", &remote), ("port", "8472"), ("vni", "7")];
    bench.change("fdb", &cells).unwrap();
    let [sent] = &bench.through(INNER, &packet(1, station(2), 84, true))[..] else { panic!("one packet") };
    assert_eq!(udp::check(&sent[20..], LOCAL, PEER).unwrap().dst, 8472);
    assert_eq!(sent[32..36], [0, 0, 7, 0]);
}

#[test]
fn a_row_that_points_home_is_told() {
    let mut bench = Bench::new(config());
    bench.row(station(2), LOCAL);
    assert_eq!(bench.put(INNER, &packet(1, station(2), 84, true)), "drop remote-is-local");
}

#[test]
fn rows_and_settings_that_make_no_sense_are_refused() {
    let mut bench = Bench::new(config());
    for cells in [&[("mac", "02:00:00:00:00:01")][..], &[("remote", "192.0.2.2")], &[("mac", "x"), ("remote", "y")]] {
        assert!(bench.change("fdb", cells).is_err(), "{cells:?}");
    }
    assert!(bench.change("fdb", &[("colour", "red")]).unwrap_err().to_string().contains("remote"));
    assert!(bench.change("arp", &[]).unwrap_err().to_string().contains("fdb, neigh"));
    assert!(bench.set("vni", Value::Number(1 << 24)).unwrap_err().to_string().contains("16777215"));
    assert!(bench.set("volume", Value::Number(11)).unwrap_err().to_string().contains("learning"));
    assert!(bench.rows().is_empty());
}
