//! What the screen looks like: text and style of every pane, and no size at which painting fails.

mod beside;
mod costs;
mod guide;
mod maps;
mod scrubber;
mod shown;

use std::collections::BTreeMap;

use overunder_sim::lang::Lang;

use crate::app::keymap::Key;
use crate::app::lab::{Card, Lab};
use crate::app::look::{Charset, Palette, Settings};
use crate::app::message::Msg;
use crate::app::model::{Model, Pane, Stage};
use crate::app::update::update;
use crate::app::{command, moves, sample};
use crate::view::tests::shown::screen;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (160, 48);

fn settings(lang: Lang) -> Settings {
    Settings { lang, mouse: true, ..Settings::default() }
}

fn lab(plan: overunder_sim::plan::Plan) -> Lab {
    Lab {
        name: "03-sample".to_owned(),
        title: "The switch that cannot learn".to_owned(),
        idea: "A full table refuses new addresses; who was known before stays private.".to_owned(),
        expectations: vec!["everybody-is-served".to_owned(), "known-pair-stays-private".to_owned()],
        plan,
        ..Lab::default()
    }
}

fn open(plan: overunder_sim::plan::Plan, lang: Lang, size: (u16, u16)) -> Model {
    let bench = lab(plan).open(lang).expect("the sample can be built");
    Model {
        settings: settings(lang),
        size,
        library: Vec::new(),
        stage: Stage::Bench(Box::new(bench)),
        overlay: None,
        notice: None,
        unsaved: false,
        progress: BTreeMap::new(),
    }
}

/// Does command lines, then waits until nothing moves.
fn run(model: &mut Model, lines: &[&str]) {
    for line in lines {
        command::run(model, line).expect("a sound command");
        while model.wants_ticks() {
            moves::tick(model);
        }
    }
    update(model, Msg::Resize(model.size.0, model.size.1));
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        update(model, Msg::Key(Key::Char(key)));
    }
}

/// The attack has filled the table, the ping's question is being flooded, a cable was cut on another branch.
fn in_the_middle(lang: Lang, size: (u16, u16)) -> Model {
    let mut model = open(sample::flood_plan(), lang, size);
    run(&mut model, &["goto 90", "down eve--sw", "branch 0", "goto 80", "mark", "goto 88", "select sw"]);
    model.notice = None;
    model
}

fn name(pane: &str, lang: Lang, size: (u16, u16)) -> String {
    format!("{pane}_{}x{}_{lang}", size.0, size.1)
}

#[test]
fn every_pane_on_a_small_screen() {
    for lang in [Lang::En, Lang::Zh] {
        let mut model = in_the_middle(lang, SMALL);
        for pane in Pane::ALL {
            run(&mut model, &[&format!("pane {}", pane.name())]);
            insta::assert_snapshot!(name(pane.name(), lang, SMALL), screen(&model));
        }
    }
}

#[test]
fn the_whole_lab_on_a_large_screen() {
    for lang in [Lang::En, Lang::Zh] {
        let mut model = in_the_middle(lang, LARGE);
        for pane in [Pane::Map, Pane::Compare, Pane::Charts, Pane::Log] {
            run(&mut model, &[&format!("pane {}", pane.name())]);
            insta::assert_snapshot!(name(pane.name(), lang, LARGE), screen(&model));
        }
    }
}

#[test]
fn the_list_of_labs() {
    let card = |name: &str, title: &str, done| Card {
        name: name.to_owned(),
        title: title.to_owned(),
        idea: "What will be remembered, in one sentence.".to_owned(),
        after: vec!["01-first-ping".to_owned()],
        variants: vec!["refuse-new".to_owned(), "drop".to_owned()],
        done,
        source: None,
        progress: (!done).then_some((2, 5)),
    };
    for (lang, size) in [(Lang::En, SMALL), (Lang::Zh, SMALL), (Lang::En, LARGE), (Lang::Zh, LARGE)] {
        let mut model = open(sample::ping_plan(), lang, size);
        model.stage = Stage::Picker(1);
        model.library = vec![card("01-first-ping", "Who hears the first ping?", true), card("02-hub", "集线器", false)];
        insta::assert_snapshot!(name("picker", lang, size), screen(&model));
    }
}

#[test]
fn help_and_the_command_line() {
    for lang in [Lang::En, Lang::Zh] {
        let mut model = in_the_middle(lang, SMALL);
        press(&mut model, "?");
        insta::assert_snapshot!(name("help", lang, SMALL), screen(&model));
        update(&mut model, Msg::Key(Key::Esc));
        press(&mut model, ":set sw ");
        insta::assert_snapshot!(name("command", lang, SMALL), screen(&model));
        press(&mut model, "nonsense 5");
        update(&mut model, Msg::Key(Key::Enter));
        insta::assert_snapshot!(name("command_refused", lang, SMALL), screen(&model));
    }
}

#[test]
fn the_layers_of_a_packet_and_what_changed_in_it() {
    let mut model = open(sample::ping_plan(), Lang::En, SMALL);
    run(&mut model, &["goto 16", "pane packet"]);
    press(&mut model, "jjjjjjx");
    insta::assert_snapshot!(screen(&model));
    press(&mut model, "ii");
    insta::assert_snapshot!(screen(&model));
}

#[test]
fn other_palettes_and_glyphs() {
    let mut model = in_the_middle(Lang::En, SMALL);
    model.settings.palette = Palette::Contrast;
    insta::assert_snapshot!("contrast", screen(&model));
    model.settings.palette = Palette::Mono;
    model.settings.charset = Charset::Ascii;
    let shown = screen(&model);
    assert!(shown.is_ascii(), "only ASCII");
    assert!(!shown.contains("fg"), "no colour");
    insta::assert_snapshot!("mono_ascii", shown);
}

#[test]
fn a_small_window_says_what_it_needs_and_where_we_are() {
    let mut model = open(sample::ping_plan(), Lang::En, (40, 6));
    run(&mut model, &["goto 3"]);
    insta::assert_snapshot!(screen(&model));
}

#[test]
fn no_size_is_too_odd_to_paint() {
    let mut models = [in_the_middle(Lang::En, SMALL), in_the_middle(Lang::Zh, SMALL)];
    models[1].settings.charset = Charset::Ascii;
    for width in 1..=200_u16 {
        for height in 1..=60_u16 {
            let model = &mut models[usize::from(width + height) % 2];
            let turn = usize::from(width * 7 + height);
            let bench = model.bench_mut().expect("a lab is open");
            bench.focus = Pane::ALL[turn % Pane::ALL.len()];
            bench.zoomed = turn % 5 == 0;
            bench.places.folded = turn % 3 == 0;
            model.size = (width, height);
            crate::shot::cells(model);
        }
    }
}

#[test]
fn no_overlay_is_too_large_for_a_small_screen() {
    let mut model = in_the_middle(Lang::Zh, SMALL);
    for keys in ["?", ":", "/", ":set sw ageing", "R"] {
        update(&mut model, Msg::Key(Key::Esc));
        press(&mut model, keys);
        for (width, height) in (1..=90).flat_map(|width| (1..=24).map(move |height| (width, height))) {
            model.size = (width, height);
            crate::shot::cells(&model);
        }
    }
    model.overlay = None;
    for (width, height) in (1..=90).flat_map(|width| (1..=24).map(move |height| (width, height))) {
        model.size = (width, height);
        model.stage = Stage::Picker(0);
        crate::shot::cells(&model);
    }
}

#[test]
fn a_fabric_is_folded_when_it_does_not_fit() {
    let mut model = open(sample::fabric_plan(4, 2), Lang::En, SMALL);
    insta::assert_snapshot!("fabric_of_8", shown::text(&model));
    model = open(sample::fabric_plan(6, 20), Lang::En, SMALL);
    insta::assert_snapshot!("fabric_of_120", shown::text(&model));
    model.size = LARGE;
    insta::assert_snapshot!("fabric_of_120_large", shown::text(&model));
}
