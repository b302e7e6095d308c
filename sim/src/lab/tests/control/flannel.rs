//! Flannel's daemon: rows, their order, and what takes them away.

use super::{Ran, flannel, run, sound};
use crate::engine::Timeline;
use crate::id::EventNo;
use crate::plan::world;

const PING: &str =
    r#"traffic: {"ping": Ping(from: "p1", to: "p2", start: "1s")}, expect: {"works": Delivered("ping")}"#;

/// Routes of a host to the subnets of the others.
fn routes(ran: &Ran, host: &str) -> Vec<String> {
    ran.rows(&format!("{host}/ip"), "routes").into_iter().filter(|row| row.contains(".0 flannel.1 static")).collect()
}

#[test]
fn a_lease_becomes_a_neighbour_an_fdb_row_and_a_route_in_this_order() {
    let ran = run(&flannel("", PING));
    let of = ran.said("n1/ip flannel.").into_iter().filter(|line| line.contains("10.244.2.0")).collect::<Vec<_>>();
    assert_eq!(
        of,
        [
            "n1/ip flannel.neighbour 10.244.2.0/24: n1/ip add neigh ip=10.244.2.0 mac=02:00:00:01:00:03 dev=flannel.1",
            "n1/ip flannel.fdb 10.244.2.0/24: n1/flannel.1 add fdb mac=02:00:00:01:00:03 remote=192.0.2.2",
            "n1/ip flannel.route 10.244.2.0/24: n1/ip add routes prefix=10.244.2.0/24 via=10.244.2.0 dev=flannel.1",
        ]
    );
    assert_eq!(routes(&ran, "n1").len(), 2);
    assert_eq!(ran.rows("n3/flannel.1", "fdb").len(), 2);
    assert_eq!(ran.rows("n2/ip", "leases").len(), 2);
    let store = ran.rows("etcd/ip", "store");
    let first = r#"/coreos.com/network/subnets/10.244.1.0-24 {"PublicIP":"192.0.2.1","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"02:00:00:01:00:02"}} 2 1"#;
    assert!(store.len() == 3 && store[0] == first, "{store:#?}");
}

#[test]
fn a_dead_host_is_forgotten_when_its_lease_runs_out_and_comes_back_with_another() {
    let rest = r#"
    events: {"dies": (at: "2s", do: Power("n2", Off)), "back": (at: "9s", do: Power("n2", On))},
    traffic: {
        "before": Ping(from: "p1", to: "p2", start: "1s"),
        "stale": Ping(from: "p1", to: "p2", start: "3s"), "gone": Ping(from: "p1", to: "p2", start: "8s"),
        "again": Ping(from: "p1", to: "p2", start: "12s"), "other": Ping(from: "p2", to: "p3", start: "12s"),
    },
    expect: {
        "before": Delivered("before"), "stale": Fails("stale"), "gone": Fails("gone"), "again": Delivered("again"),
        "others": Delivered("other"), "no-route": Saw(Frames(into: "n1/p1:eth0", caused_by: "gone", carries: "icmp")),
    }"#;
    let ran = run(&flannel("", rest));
    let expired = ran.first("store.lease-expired lease");
    assert!((4.0..5.1).contains(&expired), "3 s after the last renewal: {expired}");
    assert_eq!(ran.said("n1/ip flannel.removed 10.244.2.0/24").len(), 3);
    assert!(ran.first("n1/ip flannel.removed") >= expired);
    assert_eq!((routes(&ran, "n1").len(), routes(&ran, "n2").len()), (2, 2));
}

#[test]
fn rows_of_a_daemon_are_gone_with_the_power_of_its_host() {
    let rest = r#"
    events: {"dies": (at: "2s", do: Power("n1", Off))},
    traffic: {"ping": Ping(from: "p2", to: "p3", start: "2.1s")}, end: "2.2s""#;
    let ran = run(&flannel("", rest));
    assert_eq!((routes(&ran, "n1").len(), routes(&ran, "n2").len()), (0, 2));
    assert_eq!(ran.rows("n1/flannel.1", "fdb"), Vec::<String>::new());
    assert!(ran.rows("n1/ip", "neigh").iter().all(|row| !row.contains("10.244")));
}

#[test]
fn a_wrong_lease_sends_frames_to_a_vtep_that_drops_them() {
    let rest = r#"
    events: {"wrong": (at: "1s", do: AddRow("etcd", "store", {
        "key": "/coreos.com/network/subnets/10.244.2.0-24",
        "value": "{\"PublicIP\":\"192.0.2.2\",\"BackendType\":\"vxlan\",\"BackendData\":{\"VNI\":1,\"VtepMAC\":\"0e:00:00:00:00:99\"}}",
    })), "nonsense": (at: "1.1s", do: AddRow("etcd", "store", {"key": "/coreos.com/network/subnets/10.9.0.0-24", "value": "x"}))},
    traffic: {"before": Ping(from: "p1", to: "p2", start: "0.9s"), "after": Ping(from: "p1", to: "p2", start: "2s")},
    expect: {
        "before": Delivered("before"), "after": Fails("after"),
        "arrives": Saw(Frames(into: "n2:eth0", caused_by: "after", layers: "eth/ipv4/udp/vxlan/eth/ipv4/icmp")),
    }"#;
    let ran = run(&flannel("", rest));
    assert!(ran.rows("n1/ip", "neigh").iter().any(|row| row.contains("0e:00:00:00:00:99")));
    let fdb = ran.rows("n1/flannel.1", "fdb");
    assert!(fdb.len() == 2 && fdb.iter().any(|row| row.contains("0e:00:00:00:00:99")), "the old row is gone: {fdb:?}");
    assert_eq!(ran.said("flannel.lease-unreadable").len(), 3, "each host reads it");
}

#[test]
fn a_refused_row_is_told_and_counted_and_the_others_are_written() {
    let text = flannel("", PING).replacen("learning: false", "learning: false, fdb_size: 1", 1);
    let ran = run(&text);
    let refused = ran.said("(refused)");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("n1/ip flannel.fdb 10.244.3.0/24: n1/flannel.1 add fdb"), "{refused:?}");
    assert_eq!(ran.said("n1/ip control.refused").len(), 1);
    assert_eq!(routes(&ran, "n1").len(), 2);
    let stack = (0..ran.world.device_count() as u32).map(crate::id::DeviceId);
    let stack = stack.clone().find(|id| ran.world.device_name(*id) == "n1/ip").unwrap();
    let count = |slug| ran.world.reason_counts(stack).iter().find(|(r, _)| r.slug == slug).map_or(0, |(_, n)| *n);
    assert_eq!((count("control.refused"), count("flannel.fdb"), count("flannel.route")), (1, 2, 2));
}

#[test]
fn a_host_gateway_needs_no_tunnel() {
    let text = flannel("", PING).replace(r#"device: "flannel.1", ttl"#, "backend: HostGw, ttl");
    let ran = run(&text);
    assert!(ran.rows("n1/ip", "routes").contains(&"10.244.2.0/24 192.0.2.2 eth0 static".to_owned()));
    assert_eq!(ran.rows("n1/flannel.1", "fdb"), Vec::<String>::new());
    let mixed = flannel("", "").replacen(r#"device: "flannel.1", ttl"#, "backend: HostGw, ttl", 1);
    let ran = run(&mixed);
    assert_eq!(ran.said("flannel.other-backend 10.244.1.0-24").len(), 2);
    assert_eq!(ran.said("n1/ip flannel.other-backend").len(), 2);
}

#[test]
fn a_route_that_somebody_removes_is_back_within_ten_seconds() {
    let rest = r#"
    events: {
        "removed": (at: "12s", do: DelRow("n1/ip", "routes", {"prefix": "10.244.2.0/24"})),
        "bent": (at: "12s", do: AddRow("n1/ip", "routes", {"prefix": "10.244.3.0/24", "via": "192.0.2.2"})),
    },
    traffic: {"gone": Ping(from: "p1", to: "p2", start: "13s"), "back": Ping(from: "p1", to: "p2", start: "21s")},
    expect: {"gone": Fails("gone"), "back": Delivered("back")}, end: "45s""#;
    let ran = run(&flannel("", rest).replace(r#"device: "flannel.1", ttl"#, "backend: HostGw, ttl"));
    let audits: Vec<(f64, &str)> =
        ran.said.iter().filter(|(_, line)| line.contains("flannel.audit")).map(|(at, line)| (*at, &line[..])).collect();
    assert_eq!(audits.len(), 2, "once each, and then all is well: {audits:?}");
    assert!(audits.iter().all(|(at, _)| (19.9..20.1).contains(at)), "{audits:?}");
    assert!(ran.rows("n1/ip", "routes").contains(&"10.244.3.0/24 192.0.2.3 eth0 static".to_owned()));
    let vxlan = run(&flannel("", &rest.replace(r#""back": Delivered("back")"#, r#""back": Fails("back")"#)));
    assert_eq!(vxlan.said("flannel.audit"), Vec::<&str>::new(), "with VXLAN nobody looks after them");
}

#[test]
fn time_travel_finds_the_same_rows() {
    let lab = sound(&flannel("", PING));
    let mut timeline = Timeline::new(world::build(lab.variant(None).unwrap().plan()).unwrap());
    timeline.set_recording(true);
    let mut digests = vec![timeline.world().digest()];
    while !timeline.world().is_quiet() && timeline.step() {
        digests.push(timeline.world().digest());
    }
    let last = digests.len() as u64 - 1;
    for target in [last, last / 2, last / 3, 1, last] {
        assert!(timeline.seek(EventNo(target)));
        assert_eq!(timeline.world().digest(), digests[target as usize], "event {target}");
    }
    assert!(timeline.back());
    assert_eq!(timeline.world().digest(), digests[last as usize - 1]);
}
