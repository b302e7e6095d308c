//! `overlays: {"blue": Vxlan(vni: 42, discovery: Controller(store: "ctl"))}`: rows from one line, and what happens when
//! the store is slow, cut off, started again, or wrong.

use super::{Ran, run};

const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "ctl": Host(ip: "192.0.2.9/24", daemons: [Store(@store)]),
        "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"), "h3": Host(ip: "192.0.2.3/24"),
        "c1": Container(on: "h1", net: "blue", ip: "10.1.0.1/24"),
        "c2": Container(on: "h2", net: "blue", ip: "10.1.0.2/24"),
        "c3": Container(on: "h3", net: "blue", ip: "10.1.0.3/24"),
        "sw": Switch(),
    },
    links: [("ctl", "sw"@link), ("h1", "sw"), ("h2", "sw"), ("h3", "sw")],
    overlays: {"blue": Vxlan(vni: 42, discovery: @discovery)},
    @rest
)"#;

const C2: &str = "02:00:00:02:00:03";
const C3: &str = "02:00:00:02:00:04";

/// The lab with another discovery, and with more in it.
pub(super) fn lab(discovery: &str, rest: &str) -> String {
    let text = LAB.replace("@discovery", discovery).replace("@rest", rest);
    text.replace("@store", "").replace("@link", "")
}

fn controller(rest: &str) -> String {
    lab(r#"Controller(store: "ctl", ttl: "3s")"#, rest)
}

const PING: &str =
    r#"traffic: {"ping": Ping(from: "c1", to: "c3", start: "1s")}, expect: {"works": Delivered("ping")}"#;

fn fdb(ran: &Ran, host: &str) -> Vec<String> {
    ran.rows(&format!("{host}/vx-blue"), "fdb")
}

#[test]
fn one_word_and_every_vtep_knows_all_stations_before_the_first_frame() {
    let expect = r#", "no-arp-in-envelopes": Is(Count(Frames(on: "h1--sw", layers: "../arp", carries: "vxlan")), 0),
        "one-each-way": Is(Count(Frames(on: "h1--sw", carries: "vxlan")), 2),
        "c2-hears-nothing": Is(Count(Frames(into: "h2:eth0", carries: "vxlan")), 0)}"#;
    let ran = run(&controller(&PING.replacen(r#"Delivered("ping")}"#, &format!(r#"Delivered("ping"){expect}"#), 1)));
    for host in ["h1", "h2", "h3"] {
        assert_eq!(fdb(&ran, host).len(), 4, "{host}: two flood rows, two stations: {:?}", fdb(&ran, host));
        assert_eq!(ran.rows(&format!("{host}/vx-blue"), "neigh").len(), 2);
    }
    assert!(fdb(&ran, "h1").iter().any(|row| row.starts_with(&format!("{C3} 192.0.2.3"))), "{:?}", fdb(&ran, "h1"));
    let stations = ran.rows("h1/ip", "stations");
    assert_eq!(stations.len(), 3);
    assert_eq!(stations[2], format!("42 10.1.0.3 {C3} 192.0.2.3 -"));
    let keys = ran.rows("ctl/ip", "store");
    assert_eq!(keys.len(), 6, "{keys:#?}");
    assert!(
        keys.iter().any(
            |row| row.starts_with(&format!(r#"/overlays/42/stations/{C3} {{"IP":"10.1.0.3","VTEP":"192.0.2.3"}}"#))
        ),
        "{keys:#?}"
    );
}

#[test]
fn the_flood_list_alone_leaves_the_stations_to_learning() {
    let rest = PING.replacen(
        r#"Delivered("ping")}"#,
        r#"Delivered("ping"),
        "asked-both": Is(Count(Frames(out_of: "h1:eth0", layers: "eth/ipv4/udp/vxlan/eth/arp")), 2)}"#,
        1,
    );
    let ran = run(&lab(r#"Controller(store: "ctl", rows: Flood)"#, &rest));
    assert_eq!(ran.rows("ctl/ip", "store").len(), 3);
    assert_eq!(fdb(&ran, "h1").len(), 3, "two flood rows, one learned: {:?}", fdb(&ran, "h1"));
    assert_eq!(ran.said("controller.station"), Vec::<&str>::new());
}

#[test]
fn a_slow_store_and_the_first_packets_fail() {
    let rest = r#"traffic: {"early": Ping(from: "c1", to: "c3", start: "1s"), "late": Ping(from: "c1", to: "c3", start: "8s")},
        expect: {"early": Fails("early"), "late": Delivered("late")}"#;
    let text = LAB.replace("@discovery", r#"Controller(store: "ctl")"#).replace("@rest", rest).replace("@store", "");
    let ran = run(&text.replace("@link", r#", (delay: "600ms")"#));
    assert!(ran.first("h1/ip controller.station") > 4.0, "{}", ran.first("h1/ip controller.station"));
    let ran = run(&text.replace("@link", r#", (delay: "1ms")"#).replace(r#"Fails("early")"#, r#"Delivered("early")"#));
    assert!(ran.first("h1/ip controller.station") < 0.02, "{}", ran.first("h1/ip controller.station"));
}

#[test]
fn cut_off_what_is_known_stays_and_what_is_new_is_not_heard_of() {
    // A container moves to a host that cannot tell anybody.
    let rest = r#"events: {
            "cut": (at: "2s", do: Down("ctl--sw")),
            "new": (at: "3s", do: AddRow("h2", "stations", {"ip": "10.1.0.77", "mac": "02:00:00:00:00:77"})),
            "mended": (at: "20s", do: Up("ctl--sw")),
        },
        traffic: {"stale": Ping(from: "c1", to: "c3", start: "10s"), "after": Ping(from: "c1", to: "c3", start: "40s")},
        expect: {"stale": Delivered("stale"), "after": Delivered("after")}"#;
    let ran = run(&controller(rest));
    assert_eq!(ran.said("control.store-silent").len(), 3);
    assert!(ran.first("h1/ip controller.station 10.1.0.77") > 20.0);
    assert_eq!(fdb(&ran, "h1").len(), 5);
    assert_eq!(ran.rows("ctl/ip", "store").len(), 7);
}

#[test]
fn a_store_without_its_data_is_filled_again_and_no_row_is_missing_meanwhile() {
    let rest = r#"events: {"off": (at: "2s", do: Power("ctl", Off)), "on": (at: "4s", do: Power("ctl", On))},
        traffic: {"ping": Ping(from: "c1", to: "c3", count: 80, every: "100ms", start: "1s")},
        expect: {"works": Delivered("ping")}"#;
    for (store, empty) in [("persistent: false", 3), ("", 0)] {
        let text = LAB.replace("@discovery", r#"Controller(store: "ctl", ttl: "3s")"#).replace("@rest", rest);
        let ran = run(&text.replace("@store", store).replace("@link", ""));
        assert_eq!(ran.said("control.store-empty").len(), empty);
        assert_eq!((fdb(&ran, "h1").len(), ran.rows("ctl/ip", "store").len()), (4, 6), "{store}");
    }
}

#[test]
fn a_wrong_key_is_believed_and_sends_frames_to_the_wrong_host() {
    let key = format!("/overlays/42/stations/{C3}");
    let rest = format!(
        r#"events: {{"wrong": (at: "2s", do: AddRow("ctl", "store", {{
            "key": "{key}", "value": "{{\"IP\":\"10.1.0.3\",\"VTEP\":\"192.0.2.2\"}}"}})),
            "nonsense": (at: "2s", do: AddRow("ctl", "store", {{"key": "/overlays/42/stations/c3", "value": "h3"}}))}},
        traffic: {{"before": Ping(from: "c1", to: "c3", start: "1s"), "after": Ping(from: "c1", to: "c3", start: "3s")}},
        expect: {{"before": Delivered("before"), "after": Fails("after"),
            "at-h2": Saw(Frames(into: "h2:eth0", flow: "after", carries: "vxlan"))}}"#
    );
    let ran = run(&controller(&rest));
    assert!(fdb(&ran, "h1").iter().any(|row| row.starts_with(&format!("{C3} 192.0.2.2"))), "{:?}", fdb(&ran, "h1"));
    assert_eq!(ran.said("control.unreadable /overlays/42/stations/c3").len(), 3);
}

#[test]
fn a_dead_host_is_forgotten_and_comes_back() {
    let rest = r#"events: {"dies": (at: "2s", do: Power("h3", Off)), "back": (at: "9s", do: Power("h3", On))},
        traffic: {"before": Ping(from: "c1", to: "c3", start: "1s"), "gone": Ping(from: "c1", to: "c2", start: "8s"),
            "again": Ping(from: "c1", to: "c3", start: "15s")},
        expect: {"before": Delivered("before"), "others": Delivered("gone"), "again": Delivered("again")}"#;
    let ran = run(&controller(rest));
    assert_eq!(ran.said("h1/ip control.withdrawn").len(), 3, "flood row, FDB row, answer");
    assert_eq!((fdb(&ran, "h1").len(), fdb(&ran, "h3").len()), (4, 4));
}

#[test]
fn two_networks_on_one_host_share_a_table_and_nothing_else() {
    let more = r#""r1": Container(on: "h1", net: "red", ip: "10.1.0.1/24"),
        "r3": Container(on: "h3", net: "red", ip: "10.1.0.3/24"), "sw": Switch"#;
    let red = r#"{"red": Vxlan(vni: 43, discovery: Controller(store: "ctl")), "blue""#;
    let rest = r#"allow: ["duplicate-address"],
        traffic: {"blue-ping": Ping(from: "c1", to: "c3", start: "1s"), "red-ping": Ping(from: "r1", to: "r3", start: "1s")},
        expect: {"blue": Delivered("blue-ping"), "red": Delivered("red-ping")}"#;
    let ran = run(&controller(rest).replacen(r#""sw": Switch"#, more, 1).replacen(r#"{"blue""#, red, 1));
    let stations = ran.rows("h1/ip", "stations");
    let of = |vni: &str| stations.iter().filter(|row| row.starts_with(vni)).count();
    assert_eq!((of("42 "), of("43 ")), (3, 2), "{stations:#?}");
    assert_eq!(ran.rows("h1/vx-red", "fdb").len(), 2);
}

#[test]
fn hosts_that_route_have_flannels_daemon() {
    let text = controller(PING).replace(r#"ttl: "3s")"#, r#"ttl: "3s"), gateway: Distributed"#);
    let text = text.replace("10.1.0.1/24", "10.244.1.2/24").replace("10.1.0.2/24", "10.244.2.2/24");
    let ran = run(&text.replace("10.1.0.3/24", "10.244.3.2/24"));
    assert_eq!(ran.said("h1/ip flannel.route").len(), 2);
    assert_eq!(ran.rows("h2/ip", "leases").len(), 2);
    assert_eq!(fdb(&ran, "h1").len(), 2);
}

#[test]
fn routes_of_evpn_fill_the_same_tables() {
    let copies = r#"Is(Count(Frames(out_of: "h1:eth0", layers: "eth/ipv4/udp/vxlan/eth/arp")), @)"#;
    let rest = |count: &str| {
        let copies = copies.replace('@', count);
        PING.replacen(r#"Delivered("ping")}"#, &format!(r#"Delivered("ping"), "copies": {copies}}}"#), 1)
    };
    let ran = run(&lab(r#"Evpn(store: "ctl")"#, &rest("2")));
    assert_eq!(fdb(&ran, "h1").len(), 4);
    assert_eq!(ran.rows("h1/vx-blue", "neigh"), Vec::<String>::new());
    assert_eq!(ran.rows("h1/ip", "stations")[2], format!("42 10.1.0.3 {C3} 192.0.2.3 0"));
    assert_eq!(ran.said("h1/ip evpn.inclusive").len(), 2);
    assert_eq!(ran.said("h1/ip evpn.mac-ip").len(), 2);
    let keys = ran.rows("ctl/ip", "store");
    assert!(keys[0].starts_with("/evpn/42/2/192.0.2.1/"), "{keys:#?}");
    assert!(keys.iter().any(|row| row.starts_with("/evpn/42/3/192.0.2.3 ")), "{keys:#?}");
    let ran = run(&lab(r#"Evpn(store: "ctl", suppress: true)"#, &rest("0")));
    assert_eq!((ran.rows("h1/vx-blue", "neigh").len(), ran.said("h1/ip evpn.answer").len()), (2, 2));
    let ran = run(&lab(r#"Controller(store: "ctl", suppress: false)"#, &rest("2")));
    assert_eq!((ran.rows("h1/vx-blue", "neigh").len(), fdb(&ran, "h1").len()), (0, 4));
}

#[test]
fn a_station_that_moves_has_one_move_more_and_its_old_vtep_withdraws() {
    let moves = format!(r#"AddRow("h2", "stations", {{"ip": "10.1.0.3", "mac": "{C3}"}})"#);
    let rest = format!(
        r#"events: {{"moves": (at: "2s", do: {moves})}},
        traffic: {{"before": Ping(from: "c1", to: "c3", start: "1s"), "after": Ping(from: "c1", to: "c3", start: "3s")}},
        expect: {{"before": Delivered("before"), "to-h2": Saw(Frames(into: "h2:eth0", flow: "after", carries: "vxlan")),
            "not-to-h3": Never(Frames(into: "h3:eth0", flow: "after"))}}"#
    );
    let ran = run(&lab(r#"Evpn(store: "ctl")"#, &rest));
    assert_eq!(ran.said("evpn.moved-away"), [format!("h3/ip evpn.moved-away {C3}")]);
    assert_eq!(ran.rows("h1/ip", "stations")[2], format!("42 10.1.0.3 {C3} 192.0.2.2 1"));
    let keys = ran.rows("ctl/ip", "store");
    assert_eq!(keys.iter().filter(|row| row.contains(C3)).count(), 1, "the old route is withdrawn: {keys:#?}");
    assert!(fdb(&ran, "h3").iter().any(|row| row.starts_with(&format!("{C3} 192.0.2.2"))));
    assert_eq!(fdb(&ran, "h1").len(), 4);
}

#[test]
fn of_two_with_one_address_the_lower_vtep_is_believed_until_it_gives_up() {
    let double = format!(r#"{{"mac": "{C2}"}}"#);
    let rest = format!(
        r#"allow: ["duplicate-address"], events: {{"gives-up": (at: "5s", do: DelRow("h2", "stations", {double}))}},
        traffic: {{"ping": Ping(from: "c1", to: "c2", start: "2s"), "other": Ping(from: "c1", to: "c2", start: "8s")}},
        expect: {{"lower": Delivered("ping"), "higher": Saw(Frames(into: "h3:eth0", flow: "other", carries: "vxlan"))}}"#
    );
    let text = lab(r#"Evpn(store: "ctl")"#, &rest);
    let text = text.replacen(
        r#"on: "h3", net: "blue", ip: "10.1.0.3/24""#,
        &format!(r#"on: "h3", net: "blue", ip: "10.1.0.3/24", mac: "{C2}""#),
        1,
    );
    let ran = run(&text);
    assert_eq!(ran.said("evpn.duplicate"), [format!("h3/ip evpn.duplicate {C2}")]);
    assert!(fdb(&ran, "h1").iter().any(|row| row.starts_with(&format!("{C2} 192.0.2.3"))), "{:?}", fdb(&ran, "h1"));
}
