//! Labs that can be read, and do not show what they say.

use insta::assert_snapshot;

use super::SOUND;
use crate::lab::diagnostic::render;
use crate::lab::prove::{prove, within};
use crate::lab::tests::translation::{accepted, lab, words};
use crate::lab::{EVENT_BUDGET, LabFile, Source, open, translation};
use crate::lang::Lang;

fn file(damage: &[(&str, &str)]) -> LabFile {
    let mut text = SOUND.to_owned();
    for (from, to) in damage {
        assert!(text.contains(from), "{from} is not in the lab");
        text = text.replacen(from, to, 1);
    }
    let source = Source::new("lab.ron", &text);
    open(source.clone()).unwrap_or_else(|found| panic!("{}", render::all(&found, &source)))
}

/// What cannot be proved of a lab with some damage.
fn proved(damage: &[(&str, &str)]) -> String {
    let file = file(damage);
    render::all(&prove(&file, EVENT_BUDGET), &file.source)
}

#[test]
fn the_sound_lab_is_proved() {
    assert_eq!(proved(&[]), "");
}

#[test]
fn a_slow_lab() {
    let file = file(&[]);
    assert_snapshot!(render::all(&within(&file, EVENT_BUDGET, 10), &file.source), @r"
    warning[L059]: all proofs of this lab together take 20 events
     --> lab.ron:1:1
      |
    1 | Lab(
      | ^^^ more than 10
      |
      = help: whoever writes a lab checks it after each change: let it take two seconds
      = help: let flows be shorter or slower, or give the lab an `end`
    ");
}

#[test]
fn an_answer_in_a_translated_hint() {
    let text = accepted();
    let said = |text: &str| render::all(&translation::prove(&lab(), &words(text), Lang::Zh), &words(text));
    assert_eq!(said(&text), "");
    let damaged = text.replacen("看看 bob。", "看看 bob 的 2 个帧。", 1);
    assert_snapshot!(said(&damaged), @r#"
    error[L032]: the answer to `heard` is told before it is asked for
      --> asks/lab.zh.ron:11:31
       |
    11 |             hints: ["看看 bob 的 2 个帧。", "先有一个问题。", "{answer}:ARP 和一个回显请求。"],
       |                                  ^^^^^^ the answer is 2 个帧
       |
       = help: leave it to the third hint, as {answer}
    "#);
}

#[test]
fn a_check_that_cannot_fail() {
    assert_snapshot!(proved(&[("Delivered(\"ping\")", "AtMost(Rows(\"sw\", \"fdb\", {}), 1000)")]), @r#"
    error[L050]: `works` cannot fail
      --> lab.ron:15:15
       |
    15 |     expect: {"works": AtMost(Rows("sw", "fdb", {}), 1000), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |               ^^^^^ it holds in every other world that was tried, too
       |
       = help: tried: variant switch, variant hub, no traffic, sw a hub, ann--sw cut, bob--sw cut, eve--sw cut
       = help: ask for an exact number, or also for what makes it happen: All([Saw(…), …])
    "#);
}

#[test]
fn a_check_of_a_variant_that_cannot_fail() {
    assert_snapshot!(proved(&[("\"works\": Delivered(\"ping\")", "\"works\": In(\"hub\", AtMost(Rows(\"sw\", \"fdb\", {}), 1000))")]), @r#"
    error[L050]: `works` cannot fail
      --> lab.ron:15:15
       |
    15 |     expect: {"works": In("hub", AtMost(Rows("sw", "fdb", {}), 1000)), "eve-hears-one": Is(Count(Frames(into: "eve")), 1)},
       |               ^^^^^ it holds in every other world that was tried, too
       |
       = help: tried: variant switch, variant hub, no traffic, sw a hub, ann--sw cut, bob--sw cut, eve--sw cut
       = help: ask for an exact number, or also for what makes it happen: All([Saw(…), …])
    "#);
}

#[test]
fn a_fragile_answer() {
    assert_snapshot!(proved(&[("Done(\"ping\")", "\"12us\""), ("answer: Count(Frames(into: \"eve\"))", "answer: Count(Frames(into: \"bob\"))"), ("\"known\": (", "\"early\": (say: \"has none\", holds: Never(Frames(into: \"ann\", src: \"ann\")), why: \"x\"), \"known\": ("), ("Never(Frames(into: \"ann\", src: \"bob\"))", "Saw(Frames(into: \"bob\", src: \"bob\"))"), ("\"forwards it\", holds: Saw(Frames(into: \"ann\", src: \"bob\"))", "\"forwards it\", holds: Saw(Frames(into: \"eve\", src: \"bob\")), why: \"y\"")]), @r#"
    error[L033]: the answer to `heard` depends on where its step stops
      --> lab.ron:19:14
       |
    19 |             "heard": Number(
       |              ^^^^^ 1; 1 ms later 2
       |
       = help: end the step with what it shows: play: Done("…"), or: play: Quiet
    "#);
}

#[test]
fn two_options_hold() {
    assert_snapshot!(proved(&[("Never(Frames(into: \"ann\", src: \"bob\"))", "Saw(Frames(into: \"bob\"))")]), @r#"
    error[L035]: `answer` has no one answer
      --> lab.ron:24:14
       |
    24 |             "answer": Choice(
       |              ^^^^^^ 2 options hold: `known`, `late`
       |
       = help: a question is answered by what happens in its step
    "#);
}

#[test]
fn no_option_holds() {
    assert_snapshot!(proved(&[("holds: Saw(Frames(into: \"ann\", src: \"bob\"))", "holds: Saw(Frames(into: \"ann\", src: \"eve\"))")]), @r#"
    error[L035]: `answer` has no one answer
      --> lab.ron:24:14
       |
    24 |             "answer": Choice(
       |              ^^^^^^ no option holds
       |
       = help: a question is answered by what happens in its step
    "#);
}

#[test]
fn nothing_to_measure() {
    assert_snapshot!(proved(&[("answer: Count(Frames(into: \"eve\"))", "answer: Size(Frames(into: \"eve\", carries: \"icmp\"))")]), @r#"
    error[L035]: `heard` has no one answer
      --> lab.ron:19:14
       |
    19 |             "heard": Number(
       |              ^^^^^ there is nothing to measure
       |
       = help: a question is answered by what happens in its step
    "#);
}

#[test]
fn a_mistake_that_leads_nowhere() {
    assert_snapshot!(proved(&[("is: 0", "is: Size(Frames(into: \"eve\", carries: \"icmp\"))")]), @r#"
    error[L035]: `none` leads to no answer
      --> lab.ron:21:26
       |
    21 |                 wrong: {"none": (is: Size(Frames(into: "eve", carries: "icmp")), say: "A broadcast is for her too.")},
       |                          ^^^^ there is nothing to measure
       |
       = help: let `is` be a value that the run of this step has
    "#);
}

#[test]
fn a_mistake_that_is_right() {
    assert_snapshot!(proved(&[("is: 0", "is: Count(Frames(into: \"eve\", carries: \"arp\"))")]), @r#"
    error[L036]: `none` leads to the right answer
      --> lab.ron:21:26
       |
    21 |                 wrong: {"none": (is: Count(Frames(into: "eve", carries: "arp")), say: "A broadcast is for her too.")},
       |                          ^^^^ 1, which is right
       |
       = help: leave it out, or ask where they differ
    "#);
}

#[test]
fn two_mistakes_that_are_one() {
    assert_snapshot!(proved(&[("wrong: {", "wrong: {\"no\": (is: 0, say: \"Why not?\"), ")]), @r#"
    error[L036]: `no` and `none` lead to the same answer
      --> lab.ron:21:58
       |
    21 |                 wrong: {"no": (is: 0, say: "Why not?"), "none": (is: 0, say: "A broadcast is for her too.")},
       |                          -- and here                     ^^^^ 0 here
       |
       = help: leave one of them out, or ask where they differ
    "#);
}

#[test]
fn a_step_that_never_ends() {
    assert_snapshot!(proved(&[("format: 1,", "format: 1, end: \"1us\",")]), @r#"
    error[L037]: step `ask` never comes to its end
      --> lab.ron:33:15
       |
    33 |         play: Done("ping"),
       |               ^^^^ the run is over before this happens
       |
       = help: play: Quiet
    "#);
}

#[test]
fn an_answer_in_the_question() {
    assert_snapshot!(proved(&[("How many frames reach eve?", "How many frames but 1 reach eve?")]), @r#"
    error[L032]: the answer to `heard` is told before it is asked for
      --> lab.ron:20:43
       |
    20 |                 say: "How many frames but 1 reach eve?", answer: Count(Frames(into: "eve")),
       |                                           ^ the answer is 1
       |
       = help: leave it to the third hint, as {answer}
    "#);
}

#[test]
fn an_answer_in_a_hint() {
    assert_snapshot!(proved(&[("Not all frames are pings.", "There is 1 that is for all.")]), @r#"
    error[L032]: the answer to `heard` is told before it is asked for
      --> lab.ron:22:53
       |
    22 |                 hints: ["Look into eve.", "There is 1 that is for all.", "{answer}: the question"],
       |                                                     ^ the answer is 1
       |
       = help: leave it to the third hint, as {answer}
    "#);
}

#[test]
fn an_option_in_a_hint() {
    assert_snapshot!(proved(&[("It knows ann.", "It forwards it if it knows ann.")]), @r#"
    error[L032]: the answer to `answer` is told before it is asked for
      --> lab.ron:30:44
       |
    30 |                 hints: ["Look at sw.", "It forwards it if it knows ann.", "It {answer}."],
       |                                            ^^^^^^^^^^^ the answer is forwards it
       |
       = help: leave it to the third hint, as {answer}
    "#);
}

#[test]
fn a_wrong_option_without_a_reason() {
    assert_snapshot!(proved(&[("holds: Saw(Frames(into: \"ann\", src: \"bob\"))", "holds: Never(Frames(into: \"ann\", src: \"bob\"))"), ("holds: Never(Frames(into: \"ann\", src: \"bob\")), why", "holds: Saw(Frames(into: \"ann\", src: \"bob\")), why")]), @r#"
    error[L031]: option `known` is wrong and does not say why
      --> lab.ron:27:22
       |
    27 |                     "known": (say: "forwards it", holds: Never(Frames(into: "ann", src: "bob"))),
       |                      ^^^^^ no `why`
       |
       = help: why: "…"
    "#);
}
