//! Routes of Ethernet VPNs: what FRR sent is read field by field, and what is damaged gets the right answer.

use std::net::{IpAddr, Ipv4Addr};

use super::super::evpn::{Rd, Route, read_all, read_places};
use super::super::extended::{Community, INGRESS_REPLICATION, Pmsi, RouteTarget, VXLAN};
use super::super::update::EVPN;
use super::*;
use crate::wire::MacAddr;

const RD: Rd = Rd::of(Ipv4Addr::new(10, 255, 0, 1), 2);

/// All UPDATEs of the recorded exchange.
fn seen() -> Vec<Update> {
    let (_, frr, _) = SEEN.iter().find(|(exchange, ..)| *exchange == "evpn").unwrap();
    let read = |hex: &&str| match Message::read(&bytes(hex), dialect("evpn", true)).unwrap() {
        Message::Update(update) => Some(*update),
        _ => None,
    };
    frr.iter().filter_map(read).collect()
}

fn written(routes: &[Route]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for route in routes {
        route.write(&mut bytes);
    }
    bytes
}

fn station(last: u8, ip: Option<IpAddr>, label: u32) -> Route {
    let mac = MacAddr([2, 0, 0, 0, 0xaa, last]);
    Route::MacIp { rd: RD, esi: [0; 10], tag: 0, mac, ip, label, router_label: None }
}

#[test]
fn routes_a_daemon_sent_are_read_and_written_the_same() {
    let mut kinds = [0; 6];
    for update in seen() {
        for routes in [update.reach, update.unreach].into_iter().flatten() {
            assert_eq!(routes.family, EVPN);
            let all = read_all(&routes.nlri).unwrap();
            for route in &all {
                kinds[usize::from(route.kind())] += 1;
            }
            assert_eq!(written(&all), routes.nlri);
            let places: usize = read_places(&routes.nlri).iter().map(|(_, len)| len).sum();
            assert_eq!(places, routes.nlri.len());
        }
    }
    assert_eq!(kinds, [0, 0, 12, 3, 0, 0]);
}

#[test]
fn a_station_that_moved_and_a_vtep_that_wants_copies_are_read_field_by_field() {
    let all = seen();
    let moved = all.iter().find(|update| {
        let told = update.attributes.as_ref();
        told.is_some_and(|told| told.extended().any(|one| matches!(one, Community::Mobility { .. })))
    });
    let moved = moved.unwrap();
    let ip = Some(Ipv4Addr::new(172, 16, 0, 1).into());
    let reach = moved.reach.as_ref().unwrap();
    assert_eq!(reach.next_hop, [10, 99, 1, 1]);
    assert_eq!(read_all(&reach.nlri).unwrap(), [station(2, None, 100), station(2, ip, 100)]);
    let marks: Vec<Community> = moved.attributes.as_ref().unwrap().extended().collect();
    let target = RouteTarget::of(65000, 100);
    let mobility = Community::Mobility { sticky: false, sequence: 1 };
    assert_eq!(marks, [Community::Encapsulation(VXLAN), Community::RouteTarget(target), mobility]);
    let first = all[0].attributes.as_ref().unwrap().more.as_ref().unwrap();
    let vtep = Ipv4Addr::new(10, 99, 1, 1);
    assert_eq!(first.pmsi, Some(Pmsi::replicated(100, vtep)));
    assert_eq!(first.pmsi.as_ref().unwrap().vtep(), Some(vtep));
    let inclusive = Route::Inclusive { rd: RD, tag: 0, originator: vtep.into() };
    assert_eq!(read_all(&all[0].reach.as_ref().unwrap().nlri).unwrap(), [inclusive]);
}

#[test]
fn all_types_are_written_as_the_standard_lays_them_out_and_read_again() {
    let (v4, v6) = (IpAddr::from(Ipv4Addr::new(10, 1, 0, 1)), IpAddr::from([0x20; 16]));
    let esi = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    let prefix = |ip: IpAddr, len| Route::Prefix { rd: RD, esi, tag: 7, prefix: (ip, len), gateway: ip, label: 999 };
    let both = Route::MacIp {
        rd: RD,
        esi,
        tag: 1,
        mac: MacAddr([2; 6]),
        ip: Some(v6),
        label: 0xff_fffe,
        router_label: Some(999),
    };
    let cases = [
        (Route::EthernetAd { rd: RD, esi, tag: u32::MAX, label: 100 }, 25),
        (station(1, None, 100), 33),
        (station(1, Some(v4), 100), 37),
        (both, 52),
        (Route::Inclusive { rd: RD, tag: 0, originator: v6 }, 29),
        (Route::EthernetSegment { rd: RD, esi, originator: v4 }, 23),
        (prefix(v4, 24), 34),
        (prefix(v6, 64), 58),
        (Route::Other(9, vec![1, 2, 3]), 3),
    ];
    for (route, len) in &cases {
        let bytes = written(std::slice::from_ref(route));
        assert_eq!((bytes[0], usize::from(bytes[1]), bytes.len()), (route.kind(), *len, len + 2));
        assert_eq!(read_all(&bytes).unwrap(), std::slice::from_ref(route));
        assert_eq!(route.key().key(), route.key());
    }
    let all: Vec<Route> = cases.into_iter().map(|(route, _)| route).collect();
    assert_eq!(read_all(&written(&all)).unwrap(), all);
    assert_eq!(station(1, Some(v4), 100).key(), station(1, Some(v4), 200).key());
    assert_eq!(all[2].to_string(), "type 2 02:00:00:00:aa:01 10.1.0.1");
    assert_eq!(all[6].to_string(), "type 5 10.1.0.1/24");
}

/// An UPDATE of a neighbour in the same AS with this MP_REACH_NLRI, and more.
fn with(value: &str, more: &str) -> Result<Update, Fault> {
    let value = hex(value);
    let reach = format!("900e{:04x}{value}", value.len() / 2);
    let attributes = hex(&format!("{reach} 40010100 400200 400504 00000064 {more}"));
    let len = attributes.len() / 2;
    let message = bytes(&format!("{:04x}020000{len:04x}{attributes}", 23 + len));
    Message::read(&message, Dialect { internal: true, ..Dialect::EXTERNAL }).map(|message| match message {
        Message::Update(update) => *update,
        other => panic!("{other:?}"),
    })
}

const HEAD: &str = "001946 04 0a630101 00";
const THREE: &str = "03 11 00010aff00010002 00000000 20 0a630101";

#[test]
fn damage_that_hides_where_routes_stand_ends_the_session() {
    assert!(with(&format!("{HEAD} {THREE}"), "").unwrap().attributes.is_some());
    for routes in [
        "03 12 00010aff00010002 00000000 20 0a630101",
        "03 10 00010aff00010002 00000000 20 0a6301",
        "03 11 00010aff00010002 00000000 21 0a630101",
        "02 20 00010aff00010002 00000000000000000000 00000000 30 02000000aa01 00 0000",
        "02 21 00010aff00010002 00000000000000000000 00000000 31 02000000aa01 00 000064",
        "02 21 00010aff00010002 00000000000000000000 00000000 30 02000000aa01 08 000064",
        "05 22 00010aff00010002 00000000000000000000 00000000 21 0a010000 00000000 000064",
        "03",
    ] {
        let fault = with(&format!("{HEAD} {THREE} {routes}"), "").unwrap_err();
        assert_eq!((fault.code, fault.subcode, fault.data[1]), (fault::UPDATE, 9, 14), "{routes}");
    }
    let next_hop = with(&format!("001946 05 0a63010100 00 {THREE}"), "").unwrap_err();
    assert_eq!(next_hop.subcode, 9);
    let gone = with(&format!("{HEAD} {THREE}"), "800f05 001946 0311").unwrap_err();
    assert_eq!((gone.subcode, gone.data[1]), (9, 15));
}

#[test]
fn a_type_nobody_knows_is_no_reason_to_end_anything() {
    let update = with(&format!("{HEAD} 0b 02 abcd {THREE}"), "").unwrap();
    let routes = read_all(&update.reach.unwrap().nlri).unwrap();
    assert_eq!(routes[0], Route::Other(11, vec![0xab, 0xcd]));
    assert_eq!(routes.len(), 2);
}

#[test]
fn bad_marks_withdraw_the_routes_and_keep_the_session() {
    for more in ["c01607 00060000640a63", "c01604 00060000", "801609 00060000640a630101", "c01007 00000000000000"] {
        let update = with(&format!("{HEAD} {THREE}"), more).unwrap();
        assert!(update.treated.is_some() && update.attributes.is_none() && update.reach.is_some(), "{more}");
    }
    let update = with(&format!("{HEAD} {THREE}"), "c01609 00060000640a630101").unwrap();
    assert_eq!(update.attributes.unwrap().more.unwrap().pmsi.unwrap().kind, INGRESS_REPLICATION);
}

#[test]
fn route_targets_are_read_as_people_write_them() {
    for (text, target, first) in [
        ("65000:42", RouteTarget::Short(65000, 42), 0),
        ("192.0.2.1:42", RouteTarget::Address(Ipv4Addr::new(192, 0, 2, 1), 42), 1),
        ("4200000003:42", RouteTarget::Wide(4_200_000_003, 42), 2),
    ] {
        assert_eq!((text.parse(), target.to_string()), (Ok(target), text.to_owned()));
        let bytes = Community::RouteTarget(target).bytes();
        assert_eq!((bytes[0], Community::read(&bytes)), (first, Community::RouteTarget(target)));
    }
    for bad in ["65000", "0:1", "65000:4294967296", "70000:65536", "a:b", "192.0.2.1:65536", ":"] {
        assert_eq!(bad.parse::<RouteTarget>(), Err(()), "{bad}");
    }
    let router = Community::RouterMac(MacAddr([2, 0, 0, 0, 0, 9]));
    assert_eq!(Community::read(&router.bytes()), router);
}
