//! Damage to a translation.

use insta::assert_snapshot;

use crate::lab::diagnostic::render;
use crate::lab::tests::translation::{accepted, lab, words};
use crate::lab::translation::check;
use crate::lang::Lang;

fn damaged(from: &str, to: &str) -> String {
    let sound = accepted();
    assert!(sound.contains(from), "{from} is not in the sound translation");
    let words = words(&sound.replacen(from, to, 1));
    render::all(&check(&lab(), &words, Lang::Zh), &words)
}

#[test]
fn a_text_is_missing() {
    assert_snapshot!(damaged("idea: \"ARP 问所有人,只有一个回答。\",", ""), @r"
    warning[L070]: 1 text is not translated into zh
     --> asks/lab.zh.ron:2:1
      |
    2 | Translation(
      | ^^^^^^^^^^^ not in this file
      |
      = help: idea
      = help: until then the English text is shown, marked [en]
    ");
}

#[test]
fn several_texts_are_missing() {
    assert_snapshot!(damaged("hints: [\"看看 sw。\", \"它认识 ann。\", \"它{answer}。\"],", ""), @r"
    warning[L070]: 3 texts are not translated into zh
     --> asks/lab.zh.ron:2:1
      |
    2 | Translation(
      | ^^^^^^^^^^^ not in this file
      |
      = help: ask.reply.hints.1, ask.reply.hints.2, ask.reply.hints.3
      = help: until then the English text is shown, marked [en]
    ");
}

#[test]
fn an_old_text() {
    assert_snapshot!(damaged("\"ask\": \"", "\"ask\": \"0"), @r#"
    warning[L071]: the English text that `ask.say` was made from has changed since
     --> asks/lab.zh.ron:7:27
      |
    7 |     steps: {"ask": (say: "ann 找 bob。", ask: {
      |                           ^^^^^^^^^^^^ now it reads: ann asks for bob.
      |
      = help: read it again, then: overunder check --accept-translation LAB
    "#);
}

#[test]
fn a_text_without_its_number() {
    assert_snapshot!(damaged("\"variants.device.hub\"", "\"variants.device.hubs\""), @r#"
    warning[L071]: the English text that `variants.device.hub.say` was made from is not known
     --> asks/lab.zh.ron:6:35
      |
    6 |     variants: {"device": {"hub": "1990 年的样子。"}},
      |                                   ^^^^^^^^^^^^^^^ now it reads: As in 1990.
      |
      = help: read it again, then: overunder check --accept-translation LAB
    "#);
}

#[test]
fn another_lab() {
    assert_snapshot!(damaged("of: \"asks\"", "of: \"tells\""), @r#"
    error[L072]: this is said to be a translation of `tells`
     --> asks/lab.zh.ron:3:21
      |
    3 |     format: 1, of: "tells", lang: "zh",
      |                     ^^^^^ but it lies beside asks/lab.ron
      |
      = help: of: "asks"
    "#);
}

#[test]
fn another_language() {
    assert_snapshot!(damaged("lang: \"zh\"", "lang: \"fr\""), @r#"
    error[L072]: this file is for `zh` by its name
     --> asks/lab.zh.ron:3:35
      |
    3 |     format: 1, of: "asks", lang: "fr",
      |                                   ^^ another language
      |
      = help: lang: "zh"
    "#);
}

#[test]
fn a_text_of_nothing() {
    assert_snapshot!(damaged("\"hub\": \"1990", "\"switch\": \"1990"), @r#"
    error[L073]: the lab has nothing to translate at `variants.device.switch.say`
     --> asks/lab.zh.ron:6:38
      |
    6 |     variants: {"device": {"switch": "1990 年的样子。"}},
      |                                      ^^^^^^^^^^^^^^^ a text of its own
      |
      = help: a translation has words for what the lab says: leave it out
    "#);
}

#[test]
fn a_name_that_is_none() {
    assert_snapshot!(damaged("\"heard\": (", "\"herd\": ("), @r#"
    error[L010]: the lab has no `herd` in `ask.ask`
     --> asks/lab.zh.ron:8:10
      |
    8 |         "herd": (
      |          ^^^^ not in the lab
      |
      = help: did you mean `heard`?
      = help: there is: heard, reply
    "#);
}

#[test]
fn an_option_that_is_none() {
    assert_snapshot!(damaged("\"known\": \"转发它\"", "\"knwon\": \"转发它\""), @r#"
    error[L010]: the lab has no `knwon` in `ask.reply.options`
      --> asks/lab.zh.ron:15:24
       |
    15 |             options: {"knwon": "转发它", "late": (say: "扣下它", why: "它没有时间。")},
       |                        ^^^^^ not in the lab
       |
       = help: did you mean `known`?
       = help: there is: known, late
    "#);
}

#[test]
fn a_name_twice() {
    assert_snapshot!(damaged("\"reply\": (", "\"heard\": ("), @r#"
    error[L004]: `heard` is there twice
      --> asks/lab.zh.ron:13:10
       |
     8 |         "heard": (
       |          ----- first here
    ...
    13 |         "heard": (
       |          ^^^^^ again here
       |
       = help: give one of them another name
    "#);
}

#[test]
fn a_field_that_is_none() {
    assert_snapshot!(damaged("say: \"sw", "text: \"sw"), @r#"
    error[L002]: no field `text` in a translation
      --> asks/lab.zh.ron:14:13
       |
    14 |             text: "sw 怎样处理应答?",
       |             ^^^^ unknown field
       |
       = help: possible here: say, unit, hints, because, wrong, options, items, cells
    "#);
}

#[test]
fn a_blank_too_many() {
    assert_snapshot!(damaged("\"看看 bob。\"", "\"看看 bob:{answer}。\""), @r#"
    error[L034]: `{answer}` is not in the English text
      --> asks/lab.zh.ron:11:22
       |
    11 |             hints: ["看看 bob:{answer}。", "先有一个问题。", "{answer}:ARP 和一个回显请求。"],
       |                      ^^^^^^^^^^^^^^^^^^^ nothing is filled in there
       |
       = help: the English text: Look into bob.
    "#);
}

#[test]
fn a_blank_too_few() {
    assert_snapshot!(damaged("{answer}:ARP", "两个:ARP"), @r#"
    error[L034]: `{answer}` is lost in translation
      --> asks/lab.zh.ron:11:44
       |
    11 |             hints: ["看看 bob。", "先有一个问题。", "两个:ARP 和一个回显请求。"],
       |                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^ it is filled in there
       |
       = help: the English text: {answer}: ARP and an echo.
    "#);
}

#[test]
fn a_hint_too_few() {
    assert_snapshot!(damaged("\"看看 sw。\", ", ""), @r#"
    error[L030]: `ask.reply.hints` has 3 texts in the lab, and 2 here
      --> asks/lab.zh.ron:16:20
       |
    16 |             hints: ["它认识 ann。", "它{answer}。"],
       |                    ^ some are missing
       |
       = help: one for each, in the same order
    "#);
}

#[test]
fn hints_that_are_no_list() {
    assert_snapshot!(damaged("hints: [\"看看 sw。\", \"它认识 ann。\", \"它{answer}。\"]", "hints: \"看看 sw。\""), @r#"
    error[L009]: texts in order stand in square brackets
      --> asks/lab.zh.ron:16:21
       |
    16 |             hints: "看看 sw。",
       |                     ^^^^^^^^^ this is a text
       |
       = help: hints: ["…", "…", "…"]
    "#);
}

#[test]
fn an_empty_text() {
    assert_snapshot!(damaged("ann 找 bob。", " "), @r#"
    error[L007]: `ask.say` is translated by nothing
     --> asks/lab.zh.ron:7:27
      |
    7 |     steps: {"ask": (say: " ", ask: {
      |                           ^ empty
      |
      = help: leave it out, and the English text is shown
    "#);
}

#[test]
fn a_number_for_a_text() {
    assert_snapshot!(damaged("title: \"谁来应答?\"", "title: 3"), @r#"
    error[L006]: `title` is a text
     --> asks/lab.zh.ron:4:12
      |
    4 |     title: 3,
      |            ^ this is a number
      |
      = help: title: "3"
    "#);
}

#[test]
fn a_newer_format() {
    assert_snapshot!(damaged("format: 1", "format: 2, flavour: \"new\""), @r#"
    error[L063]: this translation is of another format
     --> asks/lab.zh.ron:3:13
      |
    3 |     format: 2, flavour: "new", of: "asks", lang: "zh",
      |             ^ this program reads format 1
      |
      = help: format: 1
    "#);
}

#[test]
fn a_lab_for_a_translation() {
    assert_snapshot!(damaged("Translation(", "Lab("), @r#"
    error[L064]: a translation begins with `Translation(`
     --> asks/lab.zh.ron:2:1
      |
    2 | Lab(
      | ^^^ expected `Translation`
      |
      = help: Translation(format: 1, of: "my-lab", lang: "zh", title: "…", …)
    "#);
}

#[test]
fn an_open_bracket() {
    assert_snapshot!(damaged("(say: \"扣下它\", why: \"它没有时间。\")", "(say: \"扣下它\", why: \"它没有时间。\""), @r#"
    error[L001]: a `(` is never closed
      --> asks/lab.zh.ron:15:47
       |
    15 |             options: {"known": "转发它", "late": (say: "扣下它", why: "它没有时间。"},
       |                                                  ^ opened here                      - `)` is missing before this
       |
       = help: add the closing `)`
    "#);
}
