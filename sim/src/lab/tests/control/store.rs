//! The store: lost news, restarts with and without data, silence.

use super::{Ran, flannel, run};

fn leases(ran: &Ran) -> Vec<usize> {
    ["n1/ip", "n2/ip", "n3/ip"].map(|host| ran.rows(host, "leases").len()).to_vec()
}

const LATE: &str = r#""late": Ping(from: "p1", to: "p2", start: "@")"#;

fn until(time: &str, events: &str) -> String {
    format!(
        "events: {{{events}}}, traffic: {{{}}}, expect: {{\"works\": Delivered(\"late\")}}",
        LATE.replace('@', time)
    )
}

#[test]
fn lost_messages_are_sent_again_until_all_know_all() {
    // A quarter of all frames of the store gets lost, for ten seconds in which leases come and go.
    let events = r#""bad": (at: "0s", do: Loss("etcd--sw", "25%")), "good": (at: "10s", do: Loss("etcd--sw", "0%"))"#;
    for seed in ["1", "2", "3", "4", "5"] {
        let text = flannel("", &until("40s", events)).replace("idea: \"i\",", &format!("idea: \"i\", seed: {seed},"));
        let ran = run(&text);
        assert_eq!(leases(&ran), [2, 2, 2], "seed {seed}");
        assert!(ran.world.cable_stats(crate::id::CableId(0)).unwrap()[0].lost.iter().sum::<u64>() > 0, "seed {seed}");
    }
}

#[test]
fn while_the_store_is_cut_off_rows_stay_and_afterwards_all_is_as_before() {
    let events = r#""cut": (at: "2s", do: Down("etcd--sw")), "mended": (at: "20s", do: Up("etcd--sw"))"#;
    let rest =
        until("30s", events).replace("traffic: {", r#"traffic: {"stale": Ping(from: "p2", to: "p3", start: "15s"), "#);
    let ran = run(&flannel("", &rest.replace("expect: {", r#"expect: {"stale": Delivered("stale"), "#)));
    assert_eq!(ran.said("control.store-silent 192.0.2.9").len(), 3);
    assert_eq!(ran.said("control.store-back").len(), 3);
    assert_eq!(ran.said("store.lease-expired").len(), 3, "nobody could renew");
    assert_eq!(ran.said("control.lease-lost").len(), 3);
    assert_eq!(leases(&ran), [2, 2, 2]);
    assert_eq!(ran.rows("etcd/ip", "store").len(), 3);
}

#[test]
fn a_store_that_keeps_its_data_is_taken_up_where_it_was() {
    let events = r#""off": (at: "2s", do: Power("etcd", Off)), "on": (at: "4s", do: Power("etcd", On))"#;
    let ran = run(&flannel("", &until("20s", events)));
    assert_eq!(ran.said("control.store-empty"), Vec::<&str>::new());
    assert_eq!(ran.said("flannel.removed"), Vec::<&str>::new(), "no row was touched");
    assert_eq!((leases(&ran), ran.rows("etcd/ip", "store").len()), (vec![2, 2, 2], 3));
}

#[test]
fn a_store_that_lost_its_data_is_filled_again_by_those_who_are_alive() {
    let events = r#""off": (at: "2s", do: Power("etcd", Off)), "on": (at: "4s", do: Power("etcd", On))"#;
    let ran = run(&flannel("persistent: false", &until("20s", events)));
    assert_eq!(ran.said("control.store-empty").len(), 3);
    assert_eq!((leases(&ran), ran.rows("etcd/ip", "store").len()), (vec![2, 2, 2], 3));
}

#[test]
fn a_watcher_that_was_away_too_long_is_dropped_and_asks_for_what_it_missed() {
    let events = r#"
        "cut": (at: "2s", do: Down("n1--sw")),
        "news": (at: "3s", do: AddRow("etcd", "store", {"key": "/coreos.com/network/subnets/10.7.0.0-24", "value": "{}"})),
        "mended": (at: "40s", do: Up("n1--sw"))"#;
    let ran = run(&flannel("", &until("60s", events)));
    assert_eq!(ran.said("store.watcher-gone 192.0.2.1").len(), 1);
    assert_eq!(leases(&ran), [2, 2, 2]);
    assert_eq!(ran.said("n1/ip flannel.lease-unreadable").len(), 1, "it heard of the key in the end");
}

#[test]
fn keys_are_removed_by_hand_and_refuse_what_does_not_fit() {
    let events =
        r#""del": (at: "2s", do: DelRow("etcd", "store", {"key": "/coreos.com/network/subnets/10.244.3.0-24"}))"#;
    let ran = run(&flannel("", &until("4s", events)));
    assert_eq!(leases(&ran), [1, 1, 2]);
}
