//! `discovery: Gossip`: who is told what, and what happens when members fall silent.

use super::overlay::lab;
use super::{Ran, run};

const C3: &str = "02:00:00:02:00:04";

fn fdb(ran: &Ran, host: &str) -> Vec<String> {
    ran.rows(&format!("{host}/vx-blue"), "fdb")
}

/// Rows somebody wrote, without those learned from frames.
fn told(ran: &Ran, host: &str) -> usize {
    fdb(ran, host).iter().filter(|row| row.contains("permanent")).count()
}

#[test]
fn members_tell_each_other_and_no_question_leaves_the_host() {
    let rest = r#"traffic: {"ping": Ping(from: "c1", to: "c3", start: "5s")},
        expect: {"works": Delivered("ping"), "no-arp": Never(Frames(on: "h1--sw", layers: "eth/ipv4/udp/vxlan/eth/arp")),
            "no-store": Never(Frames(carries: "store")), "ttl": Is(Field(Frames(into: "h3/c3:eth0", flow: "ping"), "ipv4.ttl"), 64)}"#;
    let ran = run(&lab("Gossip", rest));
    for host in ["h1", "h2", "h3"] {
        assert_eq!((told(&ran, host), ran.rows(&format!("{host}/vx-blue"), "neigh").len()), (2, 2), "{host}");
        assert_eq!(ran.rows(&format!("{host}/ip"), "stations").len(), 3);
        assert_eq!(ran.said(&format!("{host}/ip gossip.joined")).len(), 2);
    }
    assert!(fdb(&ran, "h1").iter().all(|row| !row.starts_with("00:00:00:00:00:00")), "no flood list");
}

#[test]
fn a_host_without_a_container_in_the_network_is_told_nothing() {
    let rest = format!(
        r#"events: {{
            "stops": (at: "1s", do: DelRow("h3", "stations", {{"mac": "{C3}"}})),
            "task": (at: "10s", do: AddRow("h3", "stations", {{"ip": "10.1.0.3", "mac": "{C3}"}})),
        }},
        traffic: {{
            "early": Ping(from: "c1", to: "c3", start: "8s"), "others": Ping(from: "c1", to: "c2", start: "8s"),
            "late": Ping(from: "c1", to: "c3", start: "20s"),
        }},
        expect: {{
            "early": Fails("early"), "others": Delivered("others"), "late": Delivered("late"),
            "swallowed": Never(Frames(on: "h1--sw", layers: "eth/ipv4/udp/vxlan/eth/arp")),
            "no-rows-on-h3": Is(Count(Changes(at: "h3/vx-blue", table: "fdb", since: "2s", before: "10s")), 0),
        }}"#
    );
    let ran = run(&lab("Gossip", &rest));
    let told_when = |line: &(f64, String)| line.1.starts_with("h3/ip gossip.peer").then_some(line.0);
    assert!(ran.said.iter().filter_map(told_when).all(|at| !(1.0..10.0).contains(&at)));
    let gone = ran.said("h3/ip control.withdrawn").len();
    assert_eq!(gone, 4, "two FDB rows and two answers");
    let heard = |line: &(f64, String)| line.1.starts_with("h1/ip gossip.peer 10.1.0.3").then_some(line.0);
    let heard: Vec<f64> = ran.said.iter().filter_map(heard).collect();
    assert!(heard.len() == 2 && (10.0..12.0).contains(&heard[1]), "{heard:?}");
    assert_eq!(told(&ran, "h3"), 2);
}

#[test]
fn a_dead_member_is_suspected_then_forgotten_and_comes_back() {
    let rest = r#"events: {"dies": (at: "10s", do: Power("h3", Off)), "back": (at: "30s", do: Power("h3", On))},
        traffic: {"before": Ping(from: "c1", to: "c3", start: "5s"), "stale": Ping(from: "c1", to: "c3", start: "11s"),
            "gone": Ping(from: "c1", to: "c3", start: "28s"), "again": Ping(from: "c1", to: "c3", start: "50s")},
        expect: {"before": Delivered("before"), "stale": Fails("stale"), "gone": Fails("gone"), "again": Delivered("again"),
            "sent-in-vain": Saw(Frames(into: "sw", flow: "stale")), "not-sent": Never(Frames(into: "sw", flow: "gone"))}"#;
    let ran = run(&lab("Gossip", rest));
    let (suspect, dead) = (ran.first("gossip.suspect 192.0.2.3"), ran.first("gossip.dead 192.0.2.3"));
    assert!((10.0..14.0).contains(&suspect) && dead - suspect >= 4.0 && dead < 20.0, "{suspect} {dead}");
    assert_eq!(ran.said("h1/ip gossip.dead").len(), 1);
    assert!(ran.said("h1/ip control.withdrawn").len() >= 2, "FDB row and answer");
    assert_eq!((told(&ran, "h1"), told(&ran, "h3")), (2, 2));
}

#[test]
fn a_suspect_that_hears_of_it_contradicts() {
    // For two seconds nothing of h3 gets through: too short to die.
    let rest = r#"events: {"cut": (at: "10s", do: Down("h3--sw")), "mended": (at: "12s", do: Up("h3--sw"))},
        traffic: {"ping": Ping(from: "c1", to: "c3", start: "40s")}, expect: {"works": Delivered("ping")}"#;
    let ran = run(&lab("Gossip", rest));
    assert!(!ran.said("gossip.suspect").is_empty());
    assert!(!ran.said("gossip.refuted").is_empty());
    assert_eq!(ran.said("gossip.dead"), Vec::<&str>::new());
    assert_eq!(told(&ran, "h1"), 2);
}

#[test]
fn two_halves_forget_each_other_and_find_together_again() {
    let rest = r#"events: {"cut": (at: "10s", do: Down("h3--sw")), "mended": (at: "30s", do: Up("h3--sw"))},
        traffic: {"ping": Ping(from: "c1", to: "c3", start: "120s")}, expect: {"works": Delivered("ping")}"#;
    let ran = run(&lab("Gossip", rest));
    assert_eq!(ran.said("h3/ip gossip.dead").len(), 2);
    for host in ["h1", "h2", "h3"] {
        assert_eq!(told(&ran, host), 2, "{host}");
    }
}

#[test]
fn lost_messages_are_told_by_others() {
    let rest = r#"events: {"bad": (at: "0s", do: Loss("h3--sw", "20%")), "good": (at: "20s", do: Loss("h3--sw", "0%"))},
        traffic: {"ping": Ping(from: "c1", to: "c3", start: "120s")}, expect: {"works": Delivered("ping")}"#;
    for seed in ["1", "2", "3"] {
        let ran = run(&lab("Gossip", rest).replace("idea: \"i\",", &format!("idea: \"i\", seed: {seed},")));
        for host in ["h1", "h2", "h3"] {
            assert_eq!(told(&ran, host), 2, "seed {seed} {host}");
        }
    }
}

/// A cluster in which the third node has no task before the sixth second.
fn swarm(plugin: &str, rest: &str) -> String {
    format!(
        r#"Lab(
    format: 1, title: "t", idea: "i",
    cluster: (plugin: {plugin}, nodes: 3, pods: 1),
    {rest}
)"#
    )
}

const TASK: &str = r#""absent": (at: "0s", do: DelRow("node3", "stations", {"ip": "c1"})),
        "task": (at: "6s", do: AddRow("node3", "stations", {"ip": "c1", "mac": "c1"})),"#;

#[test]
fn the_plugin_of_docker_gossips_unless_it_is_told_not_to() {
    let rest = r#"traffic: {"ping": Ping(from: "a1", to: "b1", start: "1s")}, expect: {"works": Delivered("ping"),
        "swarm": @(Frames(on: "node1--underlay", carries: "gossip")),
        "no-arp": Never(Frames(on: "node1--underlay", layers: "eth/ipv4/udp/vxlan/eth/arp"))}"#;
    let told = run(&swarm("DockerOverlay()", &rest.replace('@', "Saw")));
    let typed = run(&swarm("DockerOverlay(gossip: false)", &rest.replace('@', "Never")));
    for node in ["node1", "node2", "node3"] {
        assert_eq!(told.said(&format!("{node}/ip gossip.joined")).len(), 2);
        for table in ["fdb", "neigh"] {
            let rows = |ran: &Ran| -> Vec<String> {
                let rows = ran.rows(&format!("{node}/vxlan0"), table).into_iter();
                let cells = |row: String| row.split(' ').take(2).collect::<Vec<_>>().join(" ");
                let mut rows: Vec<String> = rows.filter(|row| row.contains("02:42:0a:f4")).map(cells).collect();
                rows.sort_unstable();
                rows
            };
            assert_eq!(rows(&told), rows(&typed), "{node} {table}");
        }
    }
    assert_eq!(typed.said("gossip."), Vec::<&str>::new());
}

#[test]
fn a_node_before_its_first_task_keeps_no_row_and_is_told_of_to_nobody() {
    let rest = format!(
        r#"events: {{{TASK}}},
        traffic: {{"early": Ping(from: "a1", to: "c1", start: "2s"), "late": Ping(from: "a1", to: "c1", start: "8s")}},
        expect: {{
            "early": Fails("early"), "late": Delivered("late"),
            "swallowed": Saw(Decisions(at: "node1/vxlan0", reason: "vxlan.arp-swallowed", caused_by: "early")),
            "no-rows": Is(Count(Changes(at: "node3/vxlan0", before: "6s")), 0),
            "nothing-told": Never(Frames(carries: "vxlan", caused_by: "early")),
        }}"#
    );
    let ran = run(&swarm("DockerOverlay()", &rest));
    assert_eq!(ran.said("control.withdrawn"), Vec::<&str>::new(), "nobody had heard of it");
    assert!((6.0..7.0).contains(&ran.first("node1/ip gossip.peer 10.244.3.2")));
    assert!((6.0..7.0).contains(&ran.first("node3/ip gossip.peer 10.244.1.2")));
}

#[test]
fn a_swarm_meets_slow_lossy_and_cut_cables() {
    let rest = |set: &str, expect: &str| {
        format!(
            r#"links: [("node3", "underlay:3"{set})],
        traffic: {{"early": Ping(from: "a1", to: "c1", start: "100ms"), "late": Ping(from: "a1", to: "c1", start: "90s")}},
        {expect}"#
        )
    };
    // The first question is asked too early, and swallowed; the second comes a second later.
    let slow = rest(r#", (delay: "300ms")"#, r#"expect: {"later": AtLeast(Rtt("early", Max), "1600ms")}"#);
    let slow = run(&swarm("DockerOverlay()", &slow));
    assert!((0.9..1.1).contains(&slow.first("node1/ip gossip.peer 10.244.3.2")));
    let lossy = run(&swarm("DockerOverlay()", &rest(r#", (loss: "20%")"#, "")));
    assert_eq!(lossy.rows("node3/vxlan0", "neigh").len(), 2);
    let cut = r#"events: {"cut": (at: "5s", do: Down("node3--underlay")), "mended": (at: "30s", do: Up("node3--underlay"))},
        expect: {"early": Delivered("early"), "late": Delivered("late")}"#;
    let cut = run(&swarm("DockerOverlay()", &rest("", cut)));
    let gone = cut.first("node1/ip gossip.dead 192.0.2.3");
    assert!((9.0..20.0).contains(&gone), "{gone}");
    assert!(cut.said("node1/ip control.withdrawn 10.244.3.2").len() == 1, "{:?}", cut.said("withdrawn"));
    assert_eq!(cut.said("node1/ip gossip.peer 10.244.3.2").len(), 2, "before and after");
}
