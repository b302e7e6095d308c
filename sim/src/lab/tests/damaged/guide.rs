//! Damage to the guide.

use insta::assert_snapshot;

use super::{Code, replaced, shown};

#[test]
fn hints() {
    assert_snapshot!(shown(Code::Hints), @r#"
    error[L030]: a question has three hints, this one 2
      --> lab.ron:22:24
       |
    22 |                 hints: ["Look into eve.", "{answer}: the question"],
       |                        ^ some are missing
       |
       = help: where to look, which rule, and the answer with its reason
    "#);
}

#[test]
fn why_missing() {
    assert_snapshot!(shown(Code::WhyMissing), @r#"
    error[L031]: two options do not say why they are wrong
      --> lab.ron:28:22
       |
    27 |                     "known": (say: "forwards it", holds: Saw(Frames(into: "ann", src: "bob"))),
       |                      ----- and none here
    28 |                     "late": (say: "keeps it", holds: Never(Frames(into: "ann", src: "bob"))),
       |                      ^^^^ no `why`
       |
       = help: only the right option needs none: why: "…"
    "#);
}

#[test]
fn given_away() {
    assert_snapshot!(shown(Code::GivenAway), @r#"
    error[L032]: the answer is told before it is asked for
      --> lab.ron:22:32
       |
    22 |                 hints: ["Is it {answer}?", "Not all frames are pings.", "{answer}: the question"],
       |                                ^^^^^^^^ filled in with the right answer
       |
       = help: leave it to the third hint
    "#);
}

#[test]
fn placeholder() {
    assert_snapshot!(shown(Code::Placeholder), @r#"
    error[L034]: `{answers}` is not filled in here
      --> lab.ron:22:73
       |
    22 |                 hints: ["Look into eve.", "Not all frames are pings.", "{answers}: the question"],
       |                                                                         ^^^^^^^^^ unknown
       |
       = help: possible here: {answer}
    "#);
}

#[test]
fn a_question_about_a_run_that_is_none() {
    assert_snapshot!(replaced("        play: Done(\"ping\"),\n", ""), @r#"
    error[L007]: `heard` asks about a run, but its step runs nothing
      --> lab.ron:16:20
       |
    16 |     steps: {"ask": (
       |                    ^ needs `play`
    ...
    19 |             "heard": Number(
       |              ----- this question
       |
       = help: play: Done("…")
    "#);
}

#[test]
fn a_kind_of_question_that_is_none() {
    assert_snapshot!(replaced("\"heard\": Number(", "\"heard\": Nummer("), @r#"
    error[L003]: `Nummer` is not a kind of question
      --> lab.ron:19:22
       |
    19 |             "heard": Nummer(
       |                      ^^^^^^ unknown word
       |
       = help: did you mean `Number`?
       = help: possible here: Number, Choice, Pick, Order, Fill, Grid
    "#);
}

#[test]
fn a_word_of_another_kind_of_question() {
    assert_snapshot!(replaced("wrong: {\"none\"", "options: {\"none\""), @r#"
    error[L002]: no field `options` in `Number`
      --> lab.ron:21:17
       |
    21 |                 options: {"none": (is: 0, say: "A broadcast is for her too.")},
       |                 ^^^^^^^ unknown field
       |
       = help: possible here: say, answer, unit, within, wrong, hints, because
    "#);
}

#[test]
fn a_choice_without_a_choice() {
    let late = "\"late\": (say: \"keeps it\", holds: Never(Frames(into: \"ann\", src: \"bob\")), why: \"A switch has no time to lose.\"),";
    assert_snapshot!(replaced(late, ""), @r#"
    error[L007]: a choice needs two options at least
      --> lab.ron:26:26
       |
    26 |                 options: {
       |                          ^ nothing to choose from
       |
       = help: {"yes": (say: "…", holds: Delivered("…")), "no": (say: "…", holds: …, why: "…")}
    "#);
}

#[test]
fn names_where_a_number_is_asked_for() {
    assert_snapshot!(replaced("answer: Count(Frames(into: \"eve\"))", "answer: Nodes(Frames(into: \"eve\"))"), @r#"
    error[L006]: the answer to this question is no number
      --> lab.ron:20:60
       |
    20 |                 say: "How many frames reach eve?", answer: Nodes(Frames(into: "eve")),
       |                                                            ^^^^^ names of nodes
       |
       = help: ask for places with `Pick(…)`, for words with `Choice(…)`
    "#);
}

#[test]
fn a_time_that_nobody_can_guess() {
    assert_snapshot!(replaced("answer: Count(Frames(into: \"eve\"))", "answer: Time(Frames(into: \"eve\"))"), @r#"
    error[L007]: `within` is missing in `Number`
      --> lab.ron:19:22
       |
    19 |             "heard": Number(
       |                      ^^^^^^ nobody guesses a time to the nanosecond
       |
       = help: within: "100ms"
    "#);
}

#[test]
fn a_variant_that_is_none() {
    assert_snapshot!(replaced("say: \"ann asks for bob.\",", "say: \"ann asks for bob.\", variant: \"hubb\","), @r#"
    error[L010]: there is no variant `hubb` in this lab
      --> lab.ron:17:45
       |
    17 |         say: "ann asks for bob.", variant: "hubb",
       |                                             ^^^^ not defined
       |
       = help: did you mean `hub`?
       = help: values to choose from: switch, hub; several are joined by `+`
    "#);
}

#[test]
fn a_typed_answer() {
    assert_snapshot!(shown(Code::TypedAnswer), @r#"
    warning[L038]: an answer is computed, not typed
      --> lab.ron:20:60
       |
    20 |                 say: "How many frames reach eve?", answer: 2,
       |                                                            ^ nothing proves that this is right
       |
       = help: answer: Count(Frames(…))
    "#);
}

#[test]
fn an_answer_that_is_its_own_filter() {
    assert_snapshot!(shown(Code::Echo), @r#"
    warning[L039]: `into` leaves one node, so the answer is always that node
      --> lab.ron:19:68
       |
    19 |             "who": Pick(say: "Who hears it?", answer: Nodes(Frames(into: "eve")), hints: ["Who?", "Why?", "{answer}"]),
       |                                                                    ^^^^ the answer stands here
       |
       = help: say what happened, not where: Nodes(Frames(carries: "arp", src: "…"))
    "#);
}

#[test]
fn a_belief_in_quotes() {
    assert_snapshot!(replaced("(is: 0,", "(is: \"0\","), @r#"
    error[L006]: what somebody believes here is a number, too
      --> lab.ron:21:39
       |
    21 |                 wrong: {"none": (is: "0", say: "A broadcast is for her too.")},
       |                                       ^ a text
       |
       = help: is: 0
    "#);
}
