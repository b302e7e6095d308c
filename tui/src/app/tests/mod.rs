//! The state by itself: scripted sessions, without a screen.

mod against;
mod extra;
mod guide;
mod monkey;
mod sessions;
mod time_travel;

use std::collections::BTreeMap;

use overunder_sim::lang::Lang;
use overunder_sim::plan::Plan;

use crate::app::keymap::Key;
use crate::app::lab::Lab;
use crate::app::look::Settings;
use crate::app::message::Msg;
use crate::app::model::{Bench, Model, Stage};
use crate::app::update::update;
use crate::app::{command, moves};

/// A model with a lab open, at its start.
pub fn open(plan: Plan) -> Model {
    let lab = Lab { name: "sample".to_owned(), title: "A sample".to_owned(), plan, ..Lab::default() };
    let bench = lab.open(Lang::En).expect("the sample can be built");
    Model {
        settings: Settings::default(),
        size: (80, 24),
        library: Vec::new(),
        stage: Stage::Bench(Box::new(bench)),
        overlay: None,
        notice: None,
        unsaved: false,
        progress: BTreeMap::new(),
    }
}

pub fn bench(model: &Model) -> &Bench {
    model.bench().expect("a lab is open")
}

/// Types a command and waits until nothing moves.
fn run(model: &mut Model, line: &str) {
    command::run(model, line).unwrap_or_else(|error| panic!("{line}: {error}"));
    while model.wants_ticks() {
        moves::tick(model);
    }
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        update(model, Msg::Key(Key::Char(key)));
        while model.bench().is_some_and(|bench| bench.motion == crate::app::model::Motion::Running) {
            update(model, Msg::Tick);
        }
    }
}

fn event(model: &Model) -> u64 {
    bench(model).session.event().0
}

fn notice(model: &Model) -> &str {
    model.notice.as_ref().map_or("", |notice| &notice.text)
}
