//! Where the scrubber and the list of steps mark questions.

use overunder_sim::lang::Lang;

use crate::app::lab::{self, Lab};
use crate::app::model::Model;
use crate::app::sample;
use crate::view::tests::{SMALL, open, run};

/// The line of the scrubber.
fn scrubber(model: &Model) -> String {
    let shown = crate::shot::text(model);
    let mut lines = shown.lines().skip_while(|line| !line.contains("3 Timeline"));
    lines.nth(1).expect("the timeline is shown").to_owned()
}

#[test]
fn a_question_is_marked_where_what_it_asks_about_begins() {
    let mut model = open(sample::ping_plan(), Lang::En, SMALL);
    lab::put(&mut model, Lab::shipped("06", Lang::En, None, None).expect("is there").expect("is sound"));
    assert!(scrubber(&model).starts_with("│ ?─"), "{}", scrubber(&model));
    run(&mut model, &["next", "answer 2", "next"]);
    assert_eq!(scrubber(&model).matches('?').count(), 1, "where the second step begins would be told");
    assert!(scrubber(&model).starts_with("│0ns ?···"), "{}", scrubber(&model));
    run(&mut model, &["next", "next"]);
    // Asked about what comes next, and that is not seen yet.
    assert!(scrubber(&model).contains("·?─"), "{}", scrubber(&model));
    run(&mut model, &["skip"]);
    let marks: Vec<usize> = scrubber(&model).char_indices().filter(|(_, c)| *c == '?').map(|(at, _)| at).collect();
    assert!(marks.len() >= 2, "{}", scrubber(&model));
    run(&mut model, &["goto 11", "zoom", "pane timeline"]);
    let shown = crate::shot::text(&model);
    assert!(shown.lines().any(|line| line.contains("?#11")), "{shown}");
}
