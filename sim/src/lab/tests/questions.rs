//! Every kind of question: right, each known mistake, plainly wrong, and what is said of each.

use std::fmt::Write;

use super::samples::GUIDE;
use crate::lab::guide::Player;
use crate::lab::prove::prove;
use crate::lab::question::Form;
use crate::lab::{EVENT_BUDGET, LabFile, Question, Source, Verdict, diagnostic::render, parse};
use crate::lang::Lang;

fn guide() -> LabFile {
    parse("lab.ron", GUIDE).unwrap_or_else(|found| panic!("{}", render::all(&found, &Source::new("lab.ron", GUIDE))))
}

fn find<'f>(file: &'f LabFile, name: &str) -> (usize, &'f Question) {
    let found = file.steps.iter().enumerate().find_map(|(at, step)| {
        step.questions.iter().find(|question| question.id == name).map(|question| (at, question))
    });
    found.unwrap_or_else(|| panic!("no question {name}"))
}

/// What is said to each of these answers, typed as a learner would.
fn said(name: &str, typed: &[&str], lang: Lang) -> String {
    let file = guide();
    let (step, question) = find(&file, name);
    let mut player = Player::new(&file, None);
    player.play(step).unwrap();
    let seen = player.seen(step).unwrap();
    let mut text = format!("{:?}\n", question.asked().form());
    for typed in typed {
        match question.parse(typed, lang) {
            Err(expected) => writeln!(text, "{typed}? {expected}").unwrap(),
            Ok(given) => {
                let reveal = question.reveal(Some(&given), seen, lang);
                let word = match &reveal.verdict {
                    Some(Verdict::Right) => "right".to_owned(),
                    Some(Verdict::Misconception(id, _)) => id.clone(),
                    _ => "wrong".to_owned(),
                };
                let told = [reveal.text, reveal.lines].concat().join(" | ");
                writeln!(text, "{typed} -> {word}: {told}").unwrap();
            }
        }
    }
    let evidence = question.reveal(None, seen, lang).evidence;
    writeln!(text, "evidence: {} in all", evidence.total).unwrap();
    for piece in evidence.pieces {
        let time = piece.time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        writeln!(text, "  {} {time} {} {}", piece.event, piece.place, piece.what.get(lang)).unwrap();
    }
    text
}

#[test]
fn a_number_counts_the_window_of_its_step() {
    insta::assert_snapshot!(said("copies", &["1", "2", "4", "0", "+3", "many", ""], Lang::En), @r"
    Number(None)
    1 -> M01-switch: A switch would be so private: 4 it is. | The answer: 4 | Each of 4 frames went everywhere.
    2 -> ping-only: You counted the ping, not what comes before it. | The answer: 4 | Each of 4 frames went everywhere.
    4 -> right: Right: 4 | Each of 4 frames went everywhere.
    0 -> wrong: Not this. | The answer: 4 | Each of 4 frames went everywhere.
    +3 -> wrong: Not this. | The answer: 4 | Each of 4 frames went everywhere.
    many? a number
    ? a number
    evidence: 4 in all
      5 10.136us eve:eth0 came in: ARP request: who has 10.0.0.2? tell 10.0.0.1
      11 20.272us eve:eth0 came in: ARP reply: 10.0.0.2 is at 02:00:00:00:00:02
      16 30.468us eve:eth0 came in: ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1
      21 40.664us eve:eth0 came in: ICMP echo reply 10.0.0.2 > 10.0.0.1 seq 1
    ");
    insta::assert_snapshot!(said("copies", &["2", "x"], Lang::Zh), @r"
    Number(None)
    2 -> ping-only: You counted the ping, not what comes before it. | 答案:4 | Each of 4 frames went everywhere.
    x? 一个数
    evidence: 4 in all
      5 10.136us eve:eth0 进入:ARP 请求:谁是 10.0.0.2?请告诉 10.0.0.1
      11 20.272us eve:eth0 进入:ARP 应答:10.0.0.2 在 02:00:00:00:00:02
      16 30.468us eve:eth0 进入:ICMP 回显请求 10.0.0.1 > 10.0.0.2 seq 1
      21 40.664us eve:eth0 进入:ICMP 回显应答 10.0.0.2 > 10.0.0.1 seq 1
    ");
}

#[test]
fn a_time_is_asked_for_in_its_unit() {
    insta::assert_snapshot!(said("pause", &["1", "1.05 s", "1050ms", "2s", "0.9", "1,0"], Lang::En), @r#"
    Number(Some("s"))
    1 -> right: Right: 1 s
    1.05 s -> right: Right: 1 s
    1050ms -> right: Right: 1 s
    2s -> twice: That is the other variant. | The answer: 1 s
    0.9 -> wrong: Not this. | The answer: 1 s
    1,0 -> right: Right: 1 s
    evidence: 1 in all
      21 1.000040664s ann:eth0 left: ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1
    "#);
}

#[test]
fn a_choice_is_the_option_that_holds() {
    insta::assert_snapshot!(said("reply", &["1", "2", "b)", "3", "one"], Lang::En), @r#"
    Choice([("all", "floods it"), ("one", "sends it to ann only")])
    1 -> all: ann's request came by a moment ago, and its source was noted. | The answer: sends it to ann only
    2 -> right: Right: sends it to ann only
    b) -> right: Right: sends it to ann only
    3? a number from 1 to 2
    one? a number from 1 to 2
    evidence: 1 in all
      9 15.204us sw:2 forward [bridge.forward-known]: ARP reply: 10.0.0.2 is at 02:00:00:00:00:02
    "#);
}

#[test]
fn nodes_are_picked_in_any_order() {
    insta::assert_snapshot!(said("who", &["eve sw,bob", "sw、bob", "-", "bob", "zoe"], Lang::En), @r#"
    Pick(["ann", "bob", "eve", "sw"])
    eve sw,bob -> right: Right: bob, eve, sw
    sw、bob -> bob-only: Nobody knows yet which one bob is. | The answer: bob, eve, sw
    - -> wrong: Not this. | The answer: bob, eve, sw
    bob -> wrong: Not this. | The answer: bob, eve, sw
    zoe? names out of: ann, bob, eve, sw; or - for none
    evidence: 3 in all
      3 5.068us sw:1 came in: ARP request: who has 10.0.0.2? tell 10.0.0.1
      4 10.136us bob:eth0 came in: ARP request: who has 10.0.0.2? tell 10.0.0.1
      5 10.136us eve:eth0 came in: ARP request: who has 10.0.0.2? tell 10.0.0.1
    "#);
}

#[test]
fn items_are_put_in_order() {
    insta::assert_snapshot!(said("order", &["2 1 3", "ask, answer, echo", "1 2", "3 2 1"], Lang::En), @r#"
    Order([("ask", "the question"), ("echo", "the echo"), ("answer", "the answer")])
    2 1 3 -> wrong: Not this. | The answer: | 1. the question: 10.136us | 2. the answer: 20.272us | 3. the echo: 30.468us
    ask, answer, echo -> right: Right: | 1. the question: 10.136us | 2. the answer: 20.272us | 3. the echo: 30.468us
    1 2? all the numbers from 1 to 3, in order, with blanks between them
    3 2 1 -> wrong: Not this. | The answer: | 1. the question: 10.136us | 2. the answer: 20.272us | 3. the echo: 30.468us
    evidence: 3 in all
      4 10.136us bob:eth0 came in: ARP request: who has 10.0.0.2? tell 10.0.0.1
      10 20.272us ann:eth0 came in: ARP reply: 10.0.0.2 is at 02:00:00:00:00:02
      14 30.468us bob:eth0 came in: ICMP echo request 10.0.0.1 > 10.0.0.2 seq 1
    "#);
}

#[test]
fn items_are_mixed_by_the_names_and_never_offered_in_the_right_order() {
    let mut found = [0, 0];
    for n in 0..24 {
        let text = GUIDE.replacen("\"order\": Order(", &format!("\"order{n}\": Order("), 1);
        let file = parse("lab.ron", &text).unwrap();
        let (_, question) = find(&file, &format!("order{n}"));
        let Form::Order(items) = question.asked().form() else { panic!("an order") };
        let right = items.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>() == ["ask", "answer", "echo"];
        let told =
            prove(&file, EVENT_BUDGET).iter().any(|finding| finding.message.contains("offered in the right order"));
        assert_eq!(told, right, "order{n}: {items:?}");
        found[usize::from(right)] += 1;
    }
    assert!(found[0] > found[1] && found[1] > 0, "{found:?}");
}

#[test]
fn a_table_is_filled_row_by_row() {
    insta::assert_snapshot!(
        said("table", &["ann 1, bob 2", "BOB=2; ann=1", "ann 1, bob 2, eve 3", "ann 2, bob 1", "-", "ann", "ann \"1\",bob “2”", "ann 1 x"], Lang::En),
        @r#"
    Fill(["mac", "port"])
    ann 1, bob 2 -> right: Right: ann 1, bob 2
    BOB=2; ann=1 -> right: Right: ann 1, bob 2
    ann 1, bob 2, eve 3 -> eve-known: Hearing is not speaking. | The answer: ann 1, bob 2
    ann 2, bob 1 -> wrong: Not this. | The answer: ann 1, bob 2
    - -> wrong: Not this. | The answer: ann 1, bob 2
    ann? rows as `mac port, mac port`, names instead of addresses; or - for none
    ann "1",bob “2” -> right: Right: ann 1, bob 2
    ann 1 x? rows as `mac port, mac port`, names instead of addresses; or - for none; a value with blanks in it stands in quotes: "…"
    evidence: 2 in all
      3 5.068us sw wrote fdb: 02:00:00:00:00:01 1 dynamic
      9 15.204us sw wrote fdb: 02:00:00:00:00:02 2 dynamic
    "#
    );
}

#[test]
fn a_grid_is_one_run_a_row() {
    insta::assert_snapshot!(said("truth", &["y n, y y", "ynyy", "n y y n", "y", "ynyyn", "y maybe"], Lang::En), @r#"
    Grid(["switch", "hub"], ["works", "eve reads it"])
    y n, y y -> right: Right: | switch: works yes, eve reads it no | hub: works yes, eve reads it yes
    ynyy -> right: Right: | switch: works yes, eve reads it no | hub: works yes, eve reads it yes
    n y y n -> wrong: Not this. | The answer: | switch: works yes (you: no), eve reads it no (you: yes) | hub: works yes, eve reads it yes (you: no)
    y? 4 times y or n, row by row (works, eve reads it); you typed 1
    ynyyn? 4 times y or n, row by row (works, eve reads it); you typed 5
    y maybe? 4 times y or n, row by row (works, eve reads it)
    evidence: 0 in all
    "#);
}

#[test]
fn a_later_step_sees_only_its_own_window() {
    let file = guide();
    let (step, question) = find(&file, "again");
    let mut player = Player::new(&file, None);
    player.play(step).unwrap();
    let seen = player.seen(step).unwrap();
    // In the whole run ann sends four frames; here, where both know each other, only one.
    let answer = question.answer(seen).unwrap();
    assert_eq!(question.asked().show(&answer, Lang::En), "1");
    let (_, lost) = find(&file, "lost");
    assert_eq!(lost.answer(seen).map(|answer| lost.asked().show(&answer, Lang::En)), Ok("0 pings".to_owned()));
}

#[test]
fn the_third_hint_tells() {
    let file = guide();
    let (step, question) = find(&file, "copies");
    let mut player = Player::new(&file, None);
    player.play(step).unwrap();
    let hint = |level| question.hint(level, player.seen(step).unwrap(), Lang::En);
    assert_eq!(hint(0).as_deref(), Some("Count all that ann and bob send."));
    assert_eq!(hint(2).as_deref(), Some("4: two ARP, two ICMP."));
    assert_eq!(hint(3), None);
}
