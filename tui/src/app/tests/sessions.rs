//! Saving, replaying, leaving.

use overunder_sim::id::FlowId;
use overunder_sim::lang::Lang;

use super::{bench, event, notice, open, press, run};
use crate::app::effect::Effect;
use crate::app::journal;
use crate::app::keymap::Key;
use crate::app::lab::{self, Lab};
use crate::app::message::Msg;
use crate::app::model::Model;
use crate::app::sample;
use crate::app::update::update;
use crate::store::Store;

fn lab() -> Lab {
    Lab { name: "sample".to_owned(), plan: sample::flood_plan(), ..Lab::default() }
}

fn a_session() -> Model {
    let mut model = open(sample::flood_plan());
    press(&mut model, "nnnnpn.N");
    run(&mut model, "goto 40");
    run(&mut model, "break drop");
    run(&mut model, "down bob--sw");
    run(&mut model, "goto end");
    run(&mut model, "filter node=sw");
    run(&mut model, "goto 45");
    run(&mut model, "set sw ageing 1s");
    press(&mut model, "npp");
    run(&mut model, "undo");
    press(&mut model, "n");
    model
}

#[test]
fn a_saved_session_does_the_same_again() {
    let first = a_session();
    let text = journal::write(bench(&first));
    let saved = journal::read(&text).expect("it was just written");
    let mut again = open(sample::ping_plan());
    journal::replay(&mut again, &saved, lab()).expect("the same comes of it");
    assert_eq!(event(&again), event(&first));
    assert_eq!(bench(&again).session.world().digest(), bench(&first).session.world().digest());
    assert_eq!(bench(&again).filter, bench(&first).filter);
    assert_eq!(bench(&again).breakpoints, bench(&first).breakpoints);
    assert_eq!(bench(&again).session.timeline().branches().len(), bench(&first).session.timeline().branches().len());
    assert_eq!(journal::write(bench(&again)), text, "and it is saved as it was");
}

#[test]
fn a_session_of_another_lab_is_noticed() {
    let saved = journal::read(&journal::write(bench(&a_session()))).expect("sound");
    let mut model = open(sample::ping_plan());
    let mut other = lab();
    other.plan.seed += 1;
    let error = journal::replay(&mut model, &saved, other).expect_err("other random numbers, other addresses");
    assert!(error.contains("has changed since"), "{error}");
}

#[test]
fn what_is_no_session_is_told_and_kept() {
    for text in ["", "{", "[]", "{\"format\": 1}", "not a session at all"] {
        assert!(journal::read(text).is_err(), "{text}");
    }
    let later = journal::write(bench(&a_session())).replace("\"format\": 1", "\"format\": 2");
    assert!(journal::read(&later).expect_err("from the future").contains("format 2"));
    let folder = std::env::temp_dir().join(format!("overunder-test-{}", std::process::id()));
    let store = Store::at(folder.clone());
    let path = store.path_of("scenarios/03-mac-flood/lab.ron");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(&path, "precious").expect("a file");
    let text = journal::write(bench(&a_session()));
    assert!(store.save(None, "scenarios/03-mac-flood/lab.ron", &text).is_err());
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), "precious");
    let fresh = store.save(None, "sample", &text).expect("saved");
    assert_eq!(std::fs::read_to_string(&fresh).expect("there"), text);
    store.save(None, "sample", &text).expect("a session may be saved over a session");
    std::fs::remove_dir_all(&folder).expect("cleaned up");
}

#[test]
fn leaving_asks_only_when_something_would_be_lost() {
    let mut model = open(sample::ping_plan());
    press(&mut model, "nn");
    assert_eq!(update(&mut model, Msg::Key(Key::Char('q'))), [Effect::Quit]);
    run(&mut model, "down ann--sw");
    assert!(update(&mut model, Msg::Key(Key::Char('q'))).is_empty());
    assert!(update(&mut model, Msg::Key(Key::Esc)).is_empty(), "Escape never leaves");
    update(&mut model, Msg::Key(Key::Char('q')));
    let effects = update(&mut model, Msg::Key(Key::Char('s')));
    assert!(matches!(effects[..], [Effect::Save { .. }, Effect::Quit]), "{effects:?}");
    update(&mut model, Msg::Saved(Ok("there".to_owned())));
    assert!(notice(&model).contains("there"));
    assert_eq!(update(&mut model, Msg::Key(Key::Char('q'))), [Effect::Quit]);
}

#[test]
fn starting_again_asks_first() {
    let mut model = open(sample::ping_plan());
    press(&mut model, "nnn");
    press(&mut model, "Rx");
    assert_eq!(event(&model), 3);
    press(&mut model, "Ry");
    assert_eq!(event(&model), 0);
}

#[test]
fn shipped_labs_open() {
    for card in lab::library(Lang::Zh) {
        for variant in card.variants.iter().map(Some).chain([None]) {
            let lab = Lab::shipped(&card.name, Lang::Zh, variant.map(String::as_str), None).expect("it is shipped");
            let lab = lab.expect("the variant is there");
            assert!(lab.findings.is_empty(), "{:?}", lab.findings);
            lab.open(Lang::Zh).expect("it can be built");
        }
    }
}

#[test]
fn a_repair_lab_opens_broken_and_is_repaired_by_hand() {
    let found = || Lab::shipped("42", Lang::En, None, None).expect("it is shipped").expect("it is sound");
    let mut model = open(sample::ping_plan());
    lab::put(&mut model, found());
    assert_eq!(event(&model), 0, "what is broken is no step of the run");
    let printed = |model: &Model| bench(model).session.world().flow_stats(FlowId(1)).map(|stats| stats.received);
    run(&mut model, "goto end");
    let broken = bench(&model).session.world().digest();
    assert_eq!(printed(&model), Some(0));
    run(&mut model, "goto 3");
    run(&mut model, "goto end");
    assert_eq!(bench(&model).session.world().digest(), broken, "also after going back");
    run(&mut model, "set s2:2 vlan Access(20)");
    run(&mut model, "start print");
    run(&mut model, "goto end");
    assert_eq!(printed(&model), Some(1));

    let saved = journal::read(&journal::write(bench(&model))).expect("it was just written");
    let mut again = open(sample::ping_plan());
    journal::replay(&mut again, &saved, found()).expect("the same comes of it");
    assert_eq!(printed(&again), Some(1));
    assert_eq!(bench(&again).session.world().digest(), bench(&model).session.world().digest());
}
