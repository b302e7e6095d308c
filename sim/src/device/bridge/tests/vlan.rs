//! VLANs: who belongs where, and what happens to tags.

use super::learning::add_row;
use super::*;

/// Ports 0 and 1 are access ports of 10, 2 of 20; 3 is a trunk of 10 and 20 with native 1; 4 a trunk of all, no native.
fn office() -> Bench {
    let vlans = [
        PortVlan::Access(10),
        PortVlan::Access(10),
        PortVlan::Access(20),
        PortVlan::Trunk { native: Some(1), allowed: vec![10, 20] },
        PortVlan::Trunk { native: None, allowed: Vec::new() },
    ];
    let mut config = with_ports(5, |at, port| port.vlan = vlans[usize::from(at)].clone());
    config.vlan_filtering = true;
    Bench::new(config)
}

#[test]
fn a_flood_stays_in_its_vlan_with_a_tag_where_one_is_due() {
    let mut bench = office();
    let plain = frame(station(1), station(9));
    assert_eq!(bench.put(0, &plain), "learned, flood-unknown > 1, flood-unknown > 3 4");
    assert_eq!(bench.left_by(1), Some(plain));
    let with_tag = tagged(station(1), station(9), 10);
    assert_eq!((bench.left_by(3), bench.left_by(4)), (Some(with_tag.clone()), Some(with_tag)));
    assert_eq!(bench.left_by(2), None);
}

#[test]
fn a_tag_comes_off_at_an_access_port_and_goes_on_at_a_trunk() {
    let mut bench = office();
    bench.put(0, &frame(station(1), station(9)));
    // From a trunk to an access port.
    assert_eq!(bench.put(3, &tagged(station(2), station(1), 10)), "learned, forward-known > 0");
    assert_eq!(bench.left_by(0), Some(frame(station(2), station(1))));
    // And back.
    assert_eq!(bench.put(0, &frame(station(1), station(2))), "forward-known > 3");
    assert_eq!(bench.left_by(3), Some(tagged(station(1), station(2), 10)));
}

#[test]
fn untagged_frames_belong_to_the_native_vlan_and_leave_it_untagged() {
    let mut bench = office();
    let plain = frame(station(1), station(9));
    assert_eq!(bench.put(3, &plain), "learned, flood-unknown > 4");
    assert_eq!(bench.left_by(4), Some(tagged(station(1), station(9), 1)));
    assert_eq!(bench.put(4, &tagged(station(2), station(1), 1)), "learned, forward-known > 3");
    assert_eq!(bench.left_by(3), Some(frame(station(2), station(1))));
}

#[test]
fn a_tag_of_vlan_zero_carries_a_priority_only() {
    let mut bench = office();
    assert_eq!(
        bench.put(0, &tagged(station(1), station(9), 0xe000)),
        "learned, flood-unknown > 1, flood-unknown > 3 4"
    );
    assert_eq!(bench.left_by(1), Some(frame(station(1), station(9))));
    assert_eq!(bench.left_by(3), Some(tagged(station(1), station(9), 0xe00a)));
}

#[test]
fn a_trunk_of_all_vlans_takes_every_real_one() {
    let mut bench = office();
    for vid in [1, 2, 10, 4094] {
        assert!(bench.put(4, &tagged(station(vid), station(9), vid)).starts_with("learned"), "{vid}");
    }
}

#[test]
fn a_tag_of_its_own_vlan_is_accepted_by_an_access_port() {
    let mut bench = office();
    assert!(bench.put(0, &tagged(station(1), station(9), 10)).starts_with("learned"));
    assert_eq!(bench.left_by(1), Some(frame(station(1), station(9))));
}

#[test]
fn every_vlan_has_its_own_rows() {
    let mut bench = office();
    bench.put(0, &frame(station(1), station(9)));
    bench.put(2, &frame(station(1), station(9)));
    let rows = &bench.tables()[0].rows;
    let shown: Vec<String> = rows.iter().map(|row| format!("{}@{}", row.cells[1], row.cells[2])).collect();
    assert_eq!(shown, ["10@1", "20@3"]);
    assert_eq!(bench.put(1, &frame(station(2), station(1))), "learned, forward-known > 0");
    assert_eq!(bench.put(3, &tagged(station(3), station(1), 20)), "learned, forward-known > 2");
}

#[test]
fn a_row_at_a_port_outside_the_vlan_is_refused_at_the_way_out() {
    let mut bench = office();
    bench.change(add_row(&[("mac", "02:00:00:00:00:05"), ("port", "3"), ("vlan", "10")])).unwrap();
    assert_eq!(bench.put(0, &frame(station(1), station(5))), "learned, drop vlan-egress");
    assert_eq!(bench.number(), 10);
}

#[test]
fn a_second_tag_is_cargo() {
    // Taking off the outer tag of the native VLAN leaves an inner one: the double-tagging attack.
    let mut bench = office();
    let inner = tagged(station(1), station(9), 20);
    let mut double = inner.clone();
    double.splice(12..12, [0x81, 0x00, 0, 10]);
    bench.put(3, &double);
    assert_eq!(bench.left_by(0), Some(inner));
    assert_eq!(bench.left_by(4), Some(double));
}

#[test]
fn without_filtering_tags_pass_untouched() {
    let mut bench = Bench::plain(2);
    let sent = tagged(station(1), station(9), 0xf00a);
    assert_eq!(bench.put(0, &sent), "learned, flood-unknown > 1");
    assert_eq!(bench.left_by(1), Some(sent));
    // And do not divide the table.
    assert_eq!(bench.put(1, &tagged(station(2), station(1), 77)), "learned, forward-known > 0");
}

#[test]
fn the_limit_on_length_does_not_count_the_tag() {
    // Linux __is_skb_forwardable: the tag travels beside the frame.
    let mut bench = office();
    let long = |extra: usize| {
        let mut bytes = frame(station(1), station(9));
        bytes.resize(1514 + 4 + extra, 0);
        bytes
    };
    assert_eq!(bench.put(0, &long(0)), "learned, flood-unknown > 1, flood-unknown > 3 4");
    assert_eq!(bench.left_by(3).map(|bytes| bytes.len()), Some(1522));
    assert_eq!(bench.put(0, &long(1)), "drop no-other-port");
}

#[test]
fn a_stub_of_a_tag_is_an_untagged_frame() {
    let mut bench = office();
    for len in 14..18 {
        let stub = &tagged(station(1), station(9), 20)[..len];
        assert!(bench.put(0, stub).contains("flood-unknown > 1"));
        assert_eq!(bench.left_by(1), Some(stub.to_vec()));
    }
}

#[test]
fn priority_and_drop_eligibility_survive_from_trunk_to_trunk() {
    // IEEE 802.1Q-2022 §6.9: both travel with the frame.
    for tci in [0x000a, 0x100a, 0xa00a, 0xf00a] {
        let mut bench = office();
        let sent = tagged(station(1), station(9), tci);
        assert_eq!(bench.put(3, &sent), "learned, flood-unknown > 0 1, flood-unknown > 4");
        assert_eq!(bench.left_by(4), Some(sent), "{tci:#06x}");
    }
}

#[test]
fn a_frame_its_port_may_not_take_is_refused_as_it_came() {
    let mut bench = office();
    for (port, bytes, said, number) in [
        (0, tagged(station(1), station(9), 20), "drop vlan-ingress", 20),
        (3, tagged(station(1), station(9), 30), "drop vlan-ingress", 30),
        (4, frame(station(1), station(9)), "drop vlan-untagged", 0),
        (4, tagged(station(1), station(9), 0x6000), "drop vlan-untagged", 0),
        // 4095 is reserved (IEEE 802.1Q-2022 §9.6, table 9-2), also on a trunk of all VLANs.
        (4, tagged(station(1), station(9), 4095), "drop vlan-ingress", 4095),
    ] {
        assert_eq!((bench.put(port, &bytes).as_str(), bench.number()), (said, number));
        assert_eq!(dropped(&bench), bytes);
    }
    assert_eq!(bench.fdb(), Vec::<String>::new());
}

fn dropped(bench: &Bench) -> Vec<u8> {
    let found = bench.world.log().entries().iter().find_map(|entry| match entry {
        Entry::Decision { decision, bytes } if decision.verdict == Verdict::Drop => Some(*bytes),
        _ => None,
    });
    bench.world.log().bytes(found.unwrap()).to_vec()
}

#[test]
fn a_port_moves_to_another_vlan_and_forgets_what_it_learned_in_the_old_one() {
    let mut config = with_ports(3, |at, port| port.vlan = PortVlan::Access(if at == 2 { 20 } else { 10 }));
    config.vlan_filtering = true;
    let mut bench = Bench::new(config);
    bench.send(1, 2, 9);
    assert_eq!(bench.send(0, 1, 2), "learned, forward-known > 1");
    bench.set(Some(1), "vlan", Value::Text("Access(20)".to_owned())).unwrap();
    assert_eq!(bench.rows_told(), "-2");
    assert_eq!(bench.send(0, 1, 2), "drop no-other-port");
    assert_eq!(bench.send(1, 2, 9), "learned, flood-unknown > 2");
    let wrong = bench.set(Some(1), "vlan", Value::Text("Access(0)".to_owned())).unwrap_err().to_string();
    assert!(wrong.contains("expected Access(10) or Trunk"), "{wrong}");
}

#[test]
fn memberships_are_read_as_they_are_printed() {
    for text in
        ["Access(10)", "Trunk()", "Trunk(native: 1)", "Trunk(allowed: [10])", "Trunk(native: 1, allowed: [10, 20])"]
    {
        assert_eq!(text.parse::<PortVlan>().map(|vlan| vlan.to_string()), Ok(text.to_owned()));
    }
    assert_eq!(" Trunk( allowed:[10,20,] ) ".parse(), Ok(PortVlan::Trunk { native: None, allowed: vec![10, 20] }));
    for text in [
        "",
        "Access",
        "Access()",
        "Access(4095)",
        "Access(1, 2)",
        "Trunk(1)",
        "Trunk(nativ: 1)",
        "Trunk(allowed: 1)",
        "Trunk(allowed: [x])",
        "Trunk(allowed: [1)",
        "10",
    ] {
        assert_eq!(text.parse::<PortVlan>(), Err(()), "{text}");
    }
}
