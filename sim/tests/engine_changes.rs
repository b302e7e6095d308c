//! When scripted changes happen: at a time, when a flow is done or has had so many answers, after another change.

mod common;

use common::puppet::{Diary, Puppet};
use common::{drain, span_us, tell, us};
use overunder_sim::engine::world::Flow;
use overunder_sim::engine::{Change, Entry, Stop, Value, When, World, WorldBuilder};
use overunder_sim::id::{DeviceId, FlowId};
use overunder_sim::time::SimTime;

const P: DeviceId = DeviceId(0);

/// A puppet with two flows that begin at 1 and 2 us, and what it is told and when.
fn told(script: Vec<(Change, When)>) -> (World, Diary) {
    let diary = Diary::default();
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("p", "Host");
    let home = builder.device(node, "p", Puppet::boxed("p", 1, &diary)).unwrap();
    for (name, at) in [("f", 1), ("g", 2)] {
        let flow = Flow { name: name.to_owned(), from: "p".to_owned(), to: String::new(), home };
        builder.flow(flow, When::At(us(at)));
    }
    for (number, (change, when)) in script.into_iter().enumerate() {
        // The two flows have the numbers 0 and 1 themselves.
        assert_eq!(builder.command(&format!("change {number}"), change, when), number as u32 + 2);
    }
    (builder.build().unwrap(), diary)
}

fn say(word: &str) -> Change {
    tell(P, "say", 0, Value::Text(word.to_owned()))
}

fn received(flow: u16) -> Change {
    tell(P, "received", flow, Value::Flag(true))
}

fn finish(flow: u16) -> Change {
    tell(P, "finish", flow, Value::Flag(true))
}

fn after(when: When, micros: u64) -> When {
    When::After(Box::new(when), span_us(micros))
}

/// What the puppet was told to say, with the time.
fn said(script: Vec<(Change, When)>) -> Vec<String> {
    let (mut world, diary) = told(script);
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    assert_eq!(world.refused(), []);
    let lines = diary.read();
    lines.into_iter().filter(|line| !line.contains("start") && !line.contains("stop")).collect()
}

#[test]
fn at_a_time_and_in_the_order_written() {
    let script = vec![
        (say("late"), When::At(us(9))),
        (say("early"), When::At(us(3))),
        (say("zero"), When::At(SimTime::ZERO)),
        (say("too"), When::At(us(3))),
    ];
    assert_eq!(said(script), ["0ns p zero", "3us p early", "3us p too", "9us p late"]);
}

#[test]
fn flows_start_when_they_are_told_to() {
    let (mut world, diary) = told(Vec::new());
    assert!(!world.flow_stats(FlowId(0)).unwrap().started);
    drain(&mut world);
    assert_eq!(diary.read(), ["1us p start 0", "2us p start 1"]);
    let flow = world.flow_stats(FlowId(1)).unwrap();
    assert_eq!((flow.started, flow.finished), (true, false));
}

#[test]
fn when_a_flow_is_done() {
    let script = vec![
        (say("g done"), When::Done(FlowId(1))),
        (say("f done"), When::Done(FlowId(0))),
        (say("f done again"), When::Done(FlowId(0))),
        (finish(0), When::At(us(5))),
        (finish(0), When::At(us(6))),
    ];
    // Finishing twice is finishing once, and the other flow never finishes.
    assert_eq!(said(script), ["5us p f done", "5us p f done again"]);
}

#[test]
fn stopping_a_flow_early_is_being_done() {
    let (mut world, diary) =
        told(vec![(Change::Stop(FlowId(0)), When::At(us(5))), (say("done"), When::Done(FlowId(0)))]);
    drain(&mut world);
    assert_eq!(diary.read(), ["1us p start 0", "2us p start 1", "5us p stop 0", "5us p done"]);
    assert!(world.flow_stats(FlowId(0)).unwrap().finished);
}

#[test]
fn when_a_flow_has_had_its_nth_answer_and_only_then() {
    let mut script = vec![
        (say("third"), When::Answered(FlowId(0), 3)),
        (say("first"), When::Answered(FlowId(0), 1)),
        (say("fifth"), When::Answered(FlowId(0), 5)),
        (say("never"), When::Answered(FlowId(0), 0)),
    ];
    script.extend((0..4).map(|n| (received(0), When::At(us(10 + n)))));
    script.extend((0..9).map(|n| (received(1), When::At(us(20 + n)))));
    assert_eq!(said(script), ["10us p first", "12us p third"]);
}

#[test]
fn when_another_change_has_been_made() {
    // Numbers 2 and 3 are the first two here; each waits for the one after it.
    let script = vec![(say("third"), When::Event(3)), (say("second"), When::Event(4)), (say("first"), When::At(us(7)))];
    assert_eq!(said(script), ["7us p first", "7us p second", "7us p third"]);
}

#[test]
fn a_change_that_waits_for_itself_or_for_nothing_never_comes() {
    assert_eq!(said(vec![(say("me"), When::Event(2)), (say("nobody"), When::Event(99))]), Vec::<String>::new());
}

#[test]
fn so_long_after_any_of_these() {
    let script = vec![
        (finish(0), When::At(us(5))),
        (received(1), When::At(us(6))),
        (say("after a time"), after(When::At(us(3)), 1)),
        (say("after a flow"), after(When::Done(FlowId(0)), 10)),
        (say("after an answer"), after(When::Answered(FlowId(1), 1), 20)),
        (say("after a change"), after(When::Event(2), 30)),
        (say("after both"), after(after(When::Event(2), 40), 5)),
        (say("at once"), after(When::Event(2), 0)),
    ];
    let expected = [
        "4us p after a time",
        "5us p at once",
        "15us p after a flow",
        "26us p after an answer",
        "35us p after a change",
        "50us p after both",
    ];
    assert_eq!(said(script), expected);
}

#[test]
fn the_run_waits_for_changes_that_have_a_time_and_not_for_those_that_have_none() {
    let (mut world, _) = told(vec![(say("x"), When::Done(FlowId(0))), (say("y"), When::At(us(50)))]);
    assert_eq!(world.run(SimTime::MAX, u64::MAX), Stop::Quiet);
    assert_eq!(world.now(), us(50));
    // A change typed later can still bring it about.
    let (mut world, diary) = told(vec![(say("x"), When::Done(FlowId(0)))]);
    world.run(SimTime::MAX, u64::MAX);
    diary.read();
    world.apply("finish", &finish(0)).unwrap();
    drain(&mut world);
    assert_eq!(diary.read(), ["2us p x"]);
}

#[test]
fn a_refused_change_is_remembered_and_those_that_wait_for_it_go_on() {
    let (mut world, diary) =
        told(vec![(tell(P, "colour", 0, Value::Flag(true)), When::At(us(5))), (say("next"), When::Event(2))]);
    world.set_logging(true);
    while world.event().0 < 3 {
        world.step();
    }
    assert!(matches!(world.log().entries(), [Entry::Command(2)]));
    drain(&mut world);
    assert!(diary.read().contains(&"5us p next".to_owned()));
    let [(name, error)] = world.refused() else { panic!("{:?}", world.refused()) };
    assert_eq!((name.as_str(), error.to_string().contains("no setting `colour`")), ("change 0", true));
}

#[test]
fn changes_keep_their_names_scripted_or_typed() {
    let (mut world, _) = told(vec![(say("x"), When::At(us(5)))]);
    world.apply("typed", &say("y")).unwrap();
    let names = (0..4).map(|number| world.command(number).unwrap().0.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["start f", "start g", "change 0", "typed"]);
    assert!(world.command(4).is_none());
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "p gives cable.queue-full, which is not in its list")]
fn a_reason_of_somebody_elses_is_found_in_debug_builds() {
    let (mut world, _) = told(vec![(tell(P, "lie", 0, Value::Number(60)), When::At(us(1)))]);
    drain(&mut world);
}
