//! Two runs side by side, locked on one packet.

use overunder_sim::lang::Lang;

use super::{bench, open, press, run};
use crate::app::against::Trip;
use crate::app::effect::Effect;
use crate::app::export;
use crate::app::keymap::Key;
use crate::app::lab::{self, Lab};
use crate::app::message::Msg;
use crate::app::model::{Model, Overlay, Pane};
use crate::app::update::update;
use crate::app::{command, sample};

fn stairs() -> Model {
    let mut model = open(sample::ping_plan());
    let opened = Lab::shipped("15-user-space-tunnel", Lang::En, Some("udp"), None).expect("it is shipped");
    lab::put(&mut model, opened.expect("it is sound"));
    run(&mut model, "predict off");
    model
}

fn trips(model: &Model) -> (Trip, Option<Trip>) {
    bench(model).against.as_ref().expect("there is another run").trips.clone().expect("a packet")
}

#[test]
fn the_same_packet_is_found_in_another_variant() {
    let mut model = stairs();
    run(&mut model, "against vxlan");
    assert_eq!(bench(&model).focus, Pane::Compare);
    let mut seen = 0;
    let mut before = (0, 0);
    for _ in 0..60 {
        press(&mut model, "n");
        let Some((here, Some(there))) = bench(&model).against.as_ref().and_then(|against| against.trips.clone()) else {
            continue;
        };
        // One datagram of 1000 bytes; in VXLAN there are 22 more on the cable.
        if here.largest().is_some_and(|bytes| bytes > 1_000) {
            assert_eq!(there.largest(), here.largest().map(|bytes| bytes + 22), "{here:?} {there:?}");
            assert_eq!(here.hops[here.at].device.split('/').next(), there.hops[there.at].device.split('/').next());
            assert!(here.lasted() > there.lasted(), "the stairs take time");
            assert!((here.at, there.at) >= before, "both go forward");
            before = (here.at, there.at);
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}

#[test]
fn going_back_moves_both() {
    let mut model = stairs();
    run(&mut model, "against vxlan");
    press(&mut model, "nnnnnnnnnnnnnnnnnnnn");
    let there = trips(&model);
    press(&mut model, "p");
    press(&mut model, "n");
    assert_eq!(trips(&model), there);
    run(&mut model, "against");
    assert!(bench(&model).against.is_none());
}

#[test]
fn a_variant_that_is_none_and_a_question_that_is_open_are_told() {
    let mut model = stairs();
    let error = command::run(&mut model, "against vxlam").expect_err("there is none");
    assert!(error.contains("vxlam") && error.contains("vxlan"), "{error}");
    run(&mut model, "predict on");
    let error = command::run(&mut model, "against vxlan").expect_err("it would show the answer");
    assert_eq!(error, model.words().is_masked);
    let mut plain = open(sample::ping_plan());
    assert!(command::run(&mut plain, "against other").is_err());
}

#[test]
fn both_runs_are_done_with_short_and_long_packets() {
    let mut model = stairs();
    let error = command::run(&mut model, "sizes").expect_err("one run alone");
    assert_eq!(error, model.words().against_alone);
    run(&mut model, "against vxlan");
    for wrong in ["many", "0", "64,,x", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"] {
        assert!(command::run(&mut model, &format!("sizes {wrong}")).is_err(), "{wrong}");
    }
    run(&mut model, "sizes 100,1000");
    let sizes = bench(&model).against.as_ref().and_then(|against| against.sizes.clone()).expect("it was asked for");
    assert_eq!((sizes.flow.as_str(), sizes.all.len()), ("one", 2));
    let [short, long] = [0, 1].map(|at| sizes.all[at]);
    for size in [short, long] {
        assert_eq!((size.here.packets, size.there.packets), (1, 1));
        assert_eq!(size.here.frames, size.there.frames, "one packet, the same cables");
        // VXLAN's 50 bytes instead of 28, on each cable.
        assert_eq!(size.there.bytes - size.here.bytes, 22 * size.here.frames);
    }
    assert_eq!(long.here.bytes - short.here.bytes, 900 * long.here.frames);
}

#[test]
fn the_pane_goes_to_a_file() {
    let mut model = stairs();
    let nothing = command::run(&mut model, "export pane.csv").expect_err("nothing is compared");
    assert_eq!(nothing, model.words().export_nothing);
    run(&mut model, "against vxlan");
    let on_a_packet = |model: &Model| {
        let trips = bench(model).against.as_ref().and_then(|against| against.trips.clone());
        trips.is_some_and(|(here, there)| here.largest().is_some_and(|bytes| bytes > 1_000) && there.is_some())
    };
    for _ in 0..60 {
        press(&mut model, "n");
        if on_a_packet(&model) {
            break;
        }
    }
    run(&mut model, "sizes 1000");
    let error = command::run(&mut model, "export pane.txt").expect_err("what kind is that?");
    assert!(error.contains("pane.txt") && error.contains(".csv"), "{error}");
    let file = |model: &mut Model, name: &str| {
        let effects = command::run(model, &format!("export {name}")).expect("there is something");
        let [Effect::Export { path, text, over: false }] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(path, name);
        text.clone()
    };
    let text = file(&mut model, "pane.md");
    let held = bench(&model).against.as_ref().and_then(|against| against.held.clone()).expect("a packet in both");
    let rows = format!("| rows fdb | {} | {} |\n", held[0].get("fdb").unwrap_or(&0), held[1].get("fdb").unwrap_or(&0));
    let wanted = ["# 15-user-space-tunnel\n", "| way | udp", "| largest frame so far | ", "| payload | udp", &rows];
    assert!(wanted.iter().all(|part| text.contains(part)), "{text}");
    let text = file(&mut model, "pane.csv");
    let columns = |line: &str| line.split(',').count();
    assert!(text.lines().count() > 10 && text.lines().any(|line| line.contains(",1000,")), "{text}");
    assert!(text.lines().filter(|line| !line.contains('"')).all(|line| columns(line) == 4), "{text}");
    // Branches are compared in tables.
    run(&mut model, "against");
    run(&mut model, "down node1--node2");
    run(&mut model, "pane compare");
    press(&mut model, "p");
    let text = file(&mut model, "branch.csv");
    assert!(text.lines().next().is_some_and(|line| line.contains("branch 1,branch 0")), "{text}");
}

fn typed(model: &Model) -> (&str, Option<&str>) {
    let Some(Overlay::Prompt(prompt)) = &model.overlay else { panic!("{:?}", model.overlay) };
    (prompt.text.as_str(), prompt.error.as_deref())
}

#[test]
fn keys_do_what_the_commands_do() {
    let mut model = stairs();
    press(&mut model, "7x");
    assert_eq!(model.notice.as_ref().map(|notice| notice.text.as_str()), Some(model.words().against_alone));
    press(&mut model, "e");
    assert_eq!(model.notice.as_ref().map(|notice| notice.text.as_str()), Some(model.words().export_nothing));
    press(&mut model, "v");
    assert_eq!(typed(&model), ("against ", None));
    press(&mut model, "vxlan");
    update(&mut model, Msg::Key(Key::Enter));
    assert!(model.overlay.is_none() && bench(&model).against.is_some());
    for _ in 0..60 {
        press(&mut model, "n");
        if export::is_possible(bench(&model)) {
            break;
        }
    }
    press(&mut model, "x");
    let sizes = bench(&model).against.as_ref().and_then(|against| against.sizes.clone()).expect("x asked for it");
    assert_eq!((sizes.flow.as_str(), sizes.all.len()), ("one", 6));
    press(&mut model, "e");
    assert_eq!(typed(&model), ("export 15-user-space-tunnel-compare.csv", None));
    let effects = update(&mut model, Msg::Key(Key::Enter));
    assert!(matches!(effects.as_slice(), [Effect::Export { over: false, .. }]), "{effects:?}");
    // A lab without another variant says so.
    let mut plain = open(sample::ping_plan());
    press(&mut plain, "7v");
    assert_eq!(plain.notice.as_ref().map(|notice| notice.text.as_str()), Some(plain.words().against_none));
}

#[test]
fn no_file_is_written_over_unasked_and_none_is_lost() {
    let mut model = stairs();
    let there = |model: &mut Model| update(model, Msg::Exists("a.csv".to_owned(), "1,2\n".to_owned()));
    assert!(there(&mut model).is_empty());
    let effects = update(&mut model, Msg::Key(Key::Char('y')));
    assert_eq!(effects, [Effect::Export { path: "a.csv".to_owned(), text: "1,2\n".to_owned(), over: true }]);
    there(&mut model);
    assert!(update(&mut model, Msg::Key(Key::Char('n'))).is_empty());
    let (line, error) = typed(&model);
    assert!(line == "export a.csv" && error.is_some_and(|error| error.contains("kept")), "{line} {error:?}");
    // What could not be written can be given another name; the session is as unsaved as it was.
    model.overlay = None;
    model.unsaved = true;
    let failed = Msg::Written { line: "export /full/a.csv".to_owned(), result: Err("no room".to_owned()) };
    update(&mut model, failed);
    assert_eq!(typed(&model), ("export /full/a.csv", Some("no room")));
    let done = Msg::Written { line: "shot a.svg".to_owned(), result: Ok("/tmp/a.svg".to_owned()) };
    update(&mut model, done);
    assert!(model.unsaved, "a picture is not the session");
}
