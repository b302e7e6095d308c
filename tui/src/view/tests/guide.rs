//! The guide at each of its stages.

use overunder_sim::lang::Lang;

use super::{LARGE, SMALL, name, open, run};
use crate::app::lab::{self, Lab};
use crate::app::model::Model;
use crate::app::sample;
use crate::view::tests::shown::screen;

fn shipped(lab: &str, lang: Lang, size: (u16, u16)) -> Model {
    let mut model = open(sample::ping_plan(), lang, size);
    lab::put(&mut model, Lab::shipped(lab, lang, None, None).expect("it is shipped").expect("it is sound"));
    model
}

const STAGES: [(&str, &str, &[&str]); 6] = [
    ("reading", "04", &[]),
    ("asked", "04", &["next", "hint"]),
    ("wrong", "04", &["next", "sure 3", "answer 1000", "next"]),
    ("broken", "42", &["set s1:2 vlan Access(10)", "check"]),
    ("repaired", "42", &["hint", "set s2:2 vlan Access(20)", "check"]),
    ("over", "04", &["next", "answer 1", "next", "next", "next", "skip", "next", "next", "next", "skip", "next"]),
];

#[test]
fn every_stage_of_the_guide() {
    for (lang, size) in [(Lang::En, SMALL), (Lang::Zh, SMALL), (Lang::En, LARGE), (Lang::Zh, LARGE)] {
        for (stage, lab, lines) in STAGES {
            let mut model = shipped(lab, lang, size);
            run(&mut model, lines);
            model.notice = None;
            insta::assert_snapshot!(name(&format!("guide_{stage}"), lang, size), screen(&model));
        }
    }
}

#[test]
fn the_score_waits_until_the_answer_is_shown() {
    let mut model = shipped("04", Lang::En, LARGE);
    run(&mut model, &["next", "answer 1"]);
    assert!(!screen(&model).contains("1 right"), "the run has not shown it yet");
    run(&mut model, &["next"]);
    assert!(screen(&model).contains("1 of 1 right"));
}

#[test]
fn what_has_no_guide_says_what_to_do() {
    let mut model = open(sample::ping_plan(), Lang::En, LARGE);
    let opened = Lab::shipped("04", Lang::En, Some("protect"), None).expect("it is shipped");
    lab::put(&mut model, opened.expect("it is sound"));
    run(&mut model, &["pane guide"]);
    let shown = screen(&model);
    assert!(shown.contains("without --variant") && shown.contains("overunder open 04-port-security"), "{shown}");
}

#[test]
fn no_stage_of_the_guide_is_too_small_or_large_to_paint() {
    for (at, (_, lab, lines)) in STAGES.into_iter().enumerate() {
        let mut model = shipped(lab, if at % 2 == 0 { Lang::En } else { Lang::Zh }, SMALL);
        run(&mut model, lines);
        for (width, height) in
            (1..=200_u16).flat_map(|width| (1..=60_u16).step_by(3).map(move |height| (width, height)))
        {
            model.size = (width, height);
            let bench = model.bench_mut().expect("a lab is open");
            bench.places.guide = usize::from(width % 9);
            bench.zoomed = width % 4 == 0;
            crate::shot::cells(&model);
        }
    }
}
