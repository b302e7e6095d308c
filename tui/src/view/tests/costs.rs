//! What a key press costs. Noise of a busy machine only adds to a time, so the fastest of several counts.

use std::time::{Duration, Instant};

use overunder_sim::lab::shipped;
use overunder_sim::lang::Lang;

use crate::app::command;
use crate::app::keymap::Key;
use crate::app::lab::Lab;
use crate::app::message::Msg;
use crate::app::model::{Model, Pane};
use crate::app::sample;
use crate::app::update::update;
use crate::view::tests::{LARGE, open, run};

#[expect(clippy::disallowed_methods, reason = "what a key costs is real time")]
fn now() -> Instant {
    Instant::now()
}

/// The fastest of some steps, each drawn, in the slowest pane.
fn redraw(model: &mut Model) -> (Duration, Pane) {
    let mut slowest = (Duration::ZERO, Pane::Map);
    for pane in Pane::ALL {
        model.bench_mut().expect("a lab is open").focus = pane;
        let step = |model: &mut Model, key: char| {
            let begun = now();
            update(model, Msg::Key(Key::Char(key)));
            crate::shot::cells(model);
            begun.elapsed()
        };
        // Forward and back: both ways the tables before the step are looked up.
        let times = ['n', 'n', 'p', 'n', 'p'].map(|key| step(model, key));
        slowest = slowest.max((times.into_iter().min().unwrap_or_default(), pane));
    }
    slowest
}

#[test]
fn a_key_is_answered_at_once_in_every_lab() {
    for lab in shipped::LABS {
        let lab = Lab::shipped(lab.name, Lang::En, None, None).expect("is there").expect("is sound");
        let name = lab.name.clone();
        let mut model = open(sample::ping_plan(), Lang::En, LARGE);
        crate::app::lab::put(&mut model, lab);
        // Refused where nothing is asked.
        let _ = command::run(&mut model, "predict off");
        run(&mut model, &["goto 200"]);
        let (time, pane) = redraw(&mut model);
        println!("{name}: {time:?} in {pane:?}");
        assert!(time < Duration::from_millis(16), "{name}: {time:?} in {pane:?}");
    }
}

#[test]
fn a_thousand_nodes_are_drawn_in_time() {
    let mut model = open(sample::fabric_plan(20, 49), Lang::En, LARGE);
    assert!(model.bench().expect("is open").session.world().nodes().len() >= 1_000);
    run(&mut model, &["goto 40"]);
    let (time, pane) = redraw(&mut model);
    println!("{time:?} in {pane:?}");
    assert!(time < Duration::from_millis(50), "{time:?} in {pane:?}");
}
