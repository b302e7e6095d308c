//! The guide by keys: what is hidden, what is said, what is kept, and whole labs to their ends.

use overunder_sim::lang::Lang;
use std::path::PathBuf;

use overunder_sim::lab::guide::Stage;
use overunder_sim::lab::shipped::LABS;

use super::{bench, event, notice, open, press, run};
use crate::app::effect::Effect;
use crate::app::guide::Guide;
use crate::app::journal;
use crate::app::keymap::Key;
use crate::app::lab::{self, Lab};
use crate::app::message::Msg;
use crate::app::model::{Model, Pane, Stage as Screen};
use crate::app::progress::Progress;
use crate::app::sample;
use crate::app::update::update;
use crate::store::Store;

fn shipped(name: &str) -> Lab {
    Lab::shipped(name, Lang::En, None, None).expect("it is shipped").expect("it is sound")
}

fn opened(name: &str) -> Model {
    let mut model = open(sample::ping_plan());
    model.library = lab::library(Lang::En);
    lab::put(&mut model, shipped(name));
    model
}

fn guide(model: &Model) -> &Guide {
    bench(model).guide.as_ref().expect("the lab has a guide")
}

fn stage(model: &Model) -> Stage {
    guide(model).way.stage()
}

fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let effects = update(model, Msg::Key(key));
    while model.wants_ticks() {
        update(model, Msg::Tick);
    }
    effects
}

fn enter(model: &mut Model) -> Vec<Effect> {
    key(model, Key::Enter)
}

/// The lab of the attack from the list to its end, by keys alone; the first prediction is wrong.
fn mac_flooding() -> Model {
    let mut model = open(sample::ping_plan());
    model.library = lab::library(Lang::En);
    model.stage = Screen::Picker(0);
    press(&mut model, "jj");
    enter(&mut model);
    enter(&mut model);
    assert_eq!(stage(&model), Stage::Ask(0));
    press(&mut model, "n");
    assert_eq!(event(&model), 0, "the future waits for the answer");
    press(&mut model, "Ha2");
    enter(&mut model);
    press(&mut model, "3");
    press(&mut model, "nn");
    enter(&mut model);
    assert_eq!(stage(&model), Stage::Reveal(0));
    let told = crate::shot::text(&model);
    let shown = told.contains("misconception") && told.contains("Only unknown addresses are flooded");
    assert!(shown && !told.contains("M03-hub"), "{told}");
    enter(&mut model);
    enter(&mut model);
    press(&mut model, "a5");
    for _ in 0..3 {
        enter(&mut model);
    }
    assert_eq!(stage(&model), Stage::Reveal(0));
    enter(&mut model);
    assert_eq!(stage(&model), Stage::Over);
    // Back across the attack: the table shrinks.
    press(&mut model, "5");
    run(&mut model, "select sw");
    let rows = |model: &Model| -> usize {
        let tables = bench(model).session.tables(bench(model).selection.node);
        tables.iter().flat_map(|(_, tables)| tables).filter(|table| table.name == "fdb").map(|t| t.rows.len()).sum()
    };
    let full = rows(&model);
    run(&mut model, "time 3s");
    assert!(full == 1000 && rows(&model) < 100, "{full} rows, then {}", rows(&model));
    press(&mut model, "p");
    model
}

fn recorded() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sessions/mac-flood.session.json"))
}

#[test]
fn the_mac_flooding_lab_is_done_by_keys_alone() {
    let model = mac_flooding();
    assert_eq!(guide(&model).scores, [Some(false), Some(true)]);
    assert!(guide(&model).kept.done && model.library[2].done);
    let text = journal::write(bench(&model));
    if std::env::var_os("UPDATE_BOOK").is_some() {
        std::fs::write(recorded(), &text).expect("written");
    }
    let kept = std::fs::read_to_string(recorded()).expect("it is there").replace('\r', "");
    assert_eq!(kept, text, "UPDATE_BOOK=1 records it again");
}

#[test]
fn the_recorded_session_does_the_same_again() {
    let text = std::fs::read_to_string(recorded()).expect("it is there");
    let saved = journal::read(&text).expect("a session");
    let mut model = open(sample::ping_plan());
    journal::replay(&mut model, &saved, shipped(&saved.lab)).expect("the same comes of it");
    assert_eq!(stage(&model), Stage::Over);
    assert_eq!(guide(&model).scores, [Some(false), Some(true)]);
    assert_eq!(guide(&model).way.record.answers[0].hints, 1);
}

#[test]
fn nothing_behind_an_open_question_can_be_seen() {
    let mut model = opened("04");
    press(&mut model, "n");
    assert!(matches!(stage(&model), Stage::Ask(0)) && notice(&model).contains("a answers"), "{}", notice(&model));
    for line in ["goto end", "time 400s", "goto 500", "down m--sw", "goto end", "time 1s", "branch 0", "goto end"] {
        run(&mut model, line);
        assert!(bench(&model).session.moments_seen() <= 1, "{line}");
        assert!(matches!(stage(&model), Stage::Ask(0)));
    }
    press(&mut model, "nN. G=");
    assert_eq!(event(&model), 0);
    press(&mut model, "C");
    assert!(notice(&model).contains("give answers away"), "{}", notice(&model));
    // An answer that is none is asked for again, and Escape leaves the question open.
    press(&mut model, "amany");
    enter(&mut model);
    assert!(crate::shot::text(&model).contains("type "));
    key(&mut model, Key::Esc);
    assert!(guide(&model).asks());
    press(&mut model, "Sn");
    assert!(guide(&model).asks(), "passing over is confirmed first");
    press(&mut model, "Sy");
    assert_eq!(stage(&model), Stage::Play);
    press(&mut model, "n");
    assert!(event(&model) > 0);
    let mut open = opened("04");
    run(&mut open, "predict off");
    run(&mut open, "goto 500");
    assert_eq!(event(&open), 500, "a teacher may see everything");
    run(&mut open, "predict on");
    assert_eq!(event(&open), 0, "and what is hidden again is not left on the screen");
}

#[test]
fn every_guide_can_be_gone_through_and_asks_before_it_shows() {
    let mut kinds = std::collections::BTreeSet::new();
    for name in LABS.iter().map(|lab| lab.name) {
        let mut model = opened(name);
        if bench(&model).guide.as_ref().is_none_or(|guide| !guide.has_steps()) {
            continue;
        }
        for turn in 0.. {
            assert!(turn < 200, "{name} does not end");
            match stage(&model) {
                Stage::Over => break,
                Stage::Ask(_) => {
                    let now = event(&model);
                    press(&mut model, "nG");
                    assert_eq!(event(&model), now, "{name}");
                    let question = guide(&model).way.question(&guide(&model).file).expect("one is asked");
                    kinds.insert(format!("{:?}", question.kind).split('(').next().unwrap_or_default().to_owned());
                    press(&mut model, "HHHH");
                    assert!(notice(&model).contains("no more hints"), "{name}: {}", notice(&model));
                    press(&mut model, "Sy");
                }
                _ => drop(enter(&mut model)),
            }
        }
        assert!(guide(&model).kept.done, "{name}");
        press(&mut model, "C");
        assert!(bench(&model).checks.iter().all(|(_, outcome)| outcome.holds), "{name}");
    }
    assert!(kinds.len() >= 4, "{kinds:?}");
}

#[test]
fn answers_are_kept_and_a_lab_goes_on_where_it_stopped() {
    let mut model = opened("04");
    enter(&mut model);
    press(&mut model, "Ha1000");
    enter(&mut model);
    let effects = key(&mut model, Key::Char('2'));
    let Some(Effect::Keep(kept)) = effects.into_iter().find(|effect| matches!(effect, Effect::Keep(_))) else {
        panic!("nothing is kept")
    };
    assert_eq!(kept.lines, ["next", "hint", "sure 2", "answer 1000"]);
    let folder = std::env::temp_dir().join(format!("overunder-progress-{}", std::process::id()));
    let store = Store::at(folder.clone());
    store.keep(&kept).expect("kept");
    let (known, wrong) = store.progress();
    assert!(wrong.is_empty() && known["04-port-security"] == kept);
    let mut again = open(sample::ping_plan());
    again.library = lab::library(Lang::En);
    again.progress = known;
    crate::app::progress::mark(&mut again);
    assert_eq!(again.library[3].progress, Some((0, 3)));
    lab::put(&mut again, shipped("04"));
    assert_eq!(stage(&again), Stage::Play);
    assert_eq!(guide(&again).way, guide(&model).way);
    // Another version of the lab sets them aside, and so does what cannot be read.
    store.keep(&Progress::new("04-port-security", "other".to_owned(), None)).expect("kept");
    let path = folder.join("progress/05.json");
    std::fs::write(&path, "precious").expect("a file");
    let (_, wrong) = store.progress();
    assert!(wrong.len() == 1 && wrong[0].1.ends_with("05.1.aside"), "{wrong:?}");
    let aside = |name: &str| std::fs::read_to_string(folder.join("progress").join(name)).expect("set aside");
    assert_eq!(aside("05.1.aside"), "precious");
    assert_eq!(aside("04-port-security.1.aside"), kept.write());
    std::fs::remove_dir_all(&folder).expect("cleaned up");
}

#[test]
fn a_repair_is_judged_and_a_tempting_one_answered() {
    let mut model = opened("42");
    press(&mut model, "C");
    assert!(!guide(&model).is_over());
    let broken = crate::shot::text(&model);
    assert!(broken.contains("Not repaired yet") && broken.contains("c-prints: fails"), "{broken}");
    run(&mut model, "set s1:2 vlan Access(10)");
    press(&mut model, "C");
    assert!(crate::shot::text(&model).contains("moved the healthy end"), "{}", crate::shot::text(&model));
    press(&mut model, "u");
    let undone = crate::shot::text(&model);
    assert!(!undone.contains("moved the healthy end") && undone.contains("not checked"), "{undone}");
    press(&mut model, "H");
    run(&mut model, "set s2:2 vlan Access(20)");
    press(&mut model, "C");
    let done = model.library.iter().find(|card| card.name.starts_with("42-")).is_some_and(|card| card.done);
    assert!(guide(&model).is_over() && guide(&model).kept.done && done);
    let shown = crate::shot::text(&model);
    assert!(shown.contains("Repaired") && shown.contains("Remember"), "{shown}");
    assert_eq!(bench(&model).focus, Pane::Guide);
}

#[test]
fn containers_go_by_their_own_names_in_a_table_to_fill_in() {
    let mut model = opened("07");
    for line in ["next", "answer 148", "answer 3", "answer 64", "answer c1 c1, c3 vx-blue"] {
        run(&mut model, line);
    }
    assert_eq!(guide(&model).scores, [Some(true); 4]);
}
