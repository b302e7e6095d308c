//! Flows that are started once more, and traffic that begins anew in a world that has run.

use overunder_sim::engine::{Change, Stop, World};
use overunder_sim::id::FlowId;
use overunder_sim::lab;
use overunder_sim::plan::world;
use overunder_sim::time::{SimDuration, SimTime};

const HEAD: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("a", "sw:1"), ("b", "sw:2")],
"#;

fn built(rest: &str) -> World {
    let file = lab::parse("lab.ron", &format!("{HEAD}{rest})")).unwrap_or_else(|found| panic!("{found:?}"));
    world::build(&file.plan(None, None).unwrap()).unwrap()
}

fn counts(world: &World, flow: u16) -> (u64, u64, bool) {
    let stats = world.flow_stats(FlowId(flow)).unwrap();
    (stats.sent, stats.received, stats.finished)
}

fn to_the_end(world: &mut World) {
    assert_eq!(world.run(SimTime::MAX, 100_000), Stop::Quiet);
}

#[test]
fn every_kind_of_flow_can_be_started_again() {
    let mut world = built(
        r#"traffic: {
            "ping": Ping(from: "a", to: "b", count: 2),
            "udp": Udp(from: "a", to: "b", count: 3, rate: "10pps"),
            "ask": Request(from: "a", to: "b", count: 4),
            "flood": MacFlood(from: "a", count: 5, rate: "10pps"),
        },"#,
    );
    to_the_end(&mut world);
    for round in 1..=3 {
        for (flow, each) in [(0, 2), (1, 3), (2, 4)] {
            assert_eq!(counts(&world, flow), (each * round, each * round, true), "flow {flow}, round {round}");
        }
        assert_eq!(counts(&world, 3), (5 * round, 0, true));
        (0..4).for_each(|flow| world.apply("again", &Change::Start(FlowId(flow))).unwrap());
        assert!((0..4).all(|flow| !counts(&world, flow).2), "begun means not finished");
        to_the_end(&mut world);
    }
}

#[test]
fn a_stopped_request_does_not_go_on_when_its_answer_comes() {
    let mut world = built(r#"traffic: {"ask": Request(from: "a", to: "b", count: 9, every: "1s")},"#);
    while counts(&world, 0).0 == 0 {
        world.step();
    }
    world.apply("stop", &Change::Stop(FlowId(0))).unwrap();
    to_the_end(&mut world);
    assert_eq!(counts(&world, 0), (1, 0, true));
}

#[test]
fn traffic_begins_anew_as_the_plan_says() {
    let mut world = built(
        r#"traffic: {
            "first": Ping(from: "a", to: "b", count: 3, start: "1s"),
            "then": Ping(from: "b", to: "a", start: After(Done("first"), "2s")),
            "late": Ping(from: "a", to: "b", start: After(Event("cut"), "1s")),
        },
        events: {"cut": (at: "30s", do: Down("b--sw")), "mend": (at: "40s", do: Up("b--sw"))},"#,
    );
    to_the_end(&mut world);
    let rows = world.device(overunder_sim::id::DeviceId(4)).unwrap().tables()[0].rows.len();
    let began = world.now();
    assert!(began > SimTime::ZERO + SimDuration::from_secs(30));
    world.stop_flows();
    world.restart_flows();
    assert_eq!(world.now(), began);
    assert_eq!(world.device(overunder_sim::id::DeviceId(4)).unwrap().tables()[0].rows.len(), rows);
    assert_eq!(counts(&world, 0), (0, 0, false));
    to_the_end(&mut world);
    // The cut is past, so what waited for it has nothing to wait for; and the link is up again.
    assert_eq!([0, 1, 2].map(|flow| counts(&world, flow)), [(3, 3, true), (1, 1, true), (1, 1, true)]);
    let lasted = world.now().since(began);
    assert!(lasted >= SimDuration::from_secs(5) && lasted < SimDuration::from_secs(6), "{lasted}");
}

#[test]
fn flows_that_had_not_begun_do_not_begin_twice() {
    let mut world = built(r#"traffic: {"p": Ping(from: "a", to: "b", start: "7s"), "q": Ping(from: "b", to: "a")},"#);
    while counts(&world, 1).1 == 0 {
        world.step();
    }
    world.stop_flows();
    to_the_end(&mut world);
    assert_eq!(counts(&world, 0), (0, 0, false), "stopped before it began");
    world.restart_flows();
    to_the_end(&mut world);
    assert_eq!([0, 1].map(|flow| counts(&world, flow)), [(1, 1, true), (1, 1, true)]);
}
