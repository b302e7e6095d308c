//! Damage to what makes a lab a repair lab.

use insta::assert_snapshot;

use super::{SOUND, said};

const REPAIR: &str = r#"    repair: (
        say: "ann has lost bob.",
        broken: [Down("bob--sw")],
        goals: {"back": Delivered("ping")},
        solution: [Up("bob--sw")],
        wrong: {"forget": (do: [Flush("sw", "fdb")], say: "It was not the table.")},
        hints: ["Look at sw.", "A port needs carrier.", "{solution}: then they meet."],
    ),
)
"#;

fn repaired(from: &str, to: &str) -> String {
    assert!(REPAIR.contains(from), "{from} is not in the sound repair");
    let body = SOUND.strip_suffix(")\n").unwrap();
    said(&format!("{body}{}", REPAIR.replacen(from, to, 1)))
}

#[test]
fn the_sound_repair_is_sound() {
    assert_eq!(repaired("", ""), "");
}

#[test]
fn each_part_is_needed_but_wrong_attempts() {
    for part in ["say", "broken", "goals", "solution", "hints"] {
        let line = REPAIR.lines().find(|line| line.trim_start().starts_with(&format!("{part}:"))).unwrap();
        let told = repaired(&format!("{line}\n"), "");
        assert!(told.contains("[L007]") && told.contains(&format!("`{part}` is missing in `repair`")), "{told}");
    }
    let wrong = REPAIR.lines().find(|line| line.contains("wrong:")).unwrap();
    assert_eq!(repaired(&format!("{wrong}\n"), ""), "");
}

#[test]
fn a_word_that_is_none() {
    assert_snapshot!(repaired("broken:", "brocken:"), @r#"
    error[L002]: no field `brocken` in `repair`
      --> lab.ron:37:9
       |
    37 |         brocken: [Down("bob--sw")],
       |         ^^^^^^^ unknown field
       |
       = help: did you mean `broken`?
       = help: possible here: say, broken, goals, solution, wrong, hints
    "#);
}

#[test]
fn another_change_than_there_is() {
    assert_snapshot!(repaired("[Up(", "[Upp("), @r#"
    error[L003]: `Upp` is not a change
      --> lab.ron:39:20
       |
    39 |         solution: [Upp("bob--sw")],
       |                    ^^^ unknown word
       |
       = help: did you mean `Up`?
       = help: possible here: Set, AddRow, DelRow, Flush, Down, Up, Power, Loss, Start, Stop
    "#);
}

#[test]
fn a_change_without_its_list() {
    assert_snapshot!(repaired("[Up(\"bob--sw\")]", "Up(\"bob--sw\")"), @r#"
    error[L009]: changes stand in square brackets
      --> lab.ron:39:19
       |
    39 |         solution: Up("bob--sw"),
       |                   ^^ this is a kind with its brackets
       |
       = help: solution: [Up("bob--sw")]
    "#);
}

#[test]
fn slips_of_a_change_are_answered_with_the_authors_own_words() {
    let cut = "[Up(\"bob--sw\")]";
    for (typed, code, help) in [
        ("[Set(\"sw\", {ageing: \"9s\"})]", "L006", "= help: (ageing: \"9s\")"),
        ("[Set(\"sw\")]", "L007", "= help: Set(\"sw\", (ageing: \"10s\"))"),
        ("[Set(\"sw\", ageing: \"9s\")]", "L001", "brackets of their own: (ageing: \"9s\")"),
        ("\"bob--sw\"", "L009", "= help: solution: [Down(\"ann--sw\")]"),
    ] {
        let told = repaired(cut, typed);
        assert!(told.contains(code) && told.contains(help), "{typed}\n{told}");
        assert!(!told.contains("needs quotes"), "{told}");
    }
    let told = repaired(cut, &format!("Up(\"{}\")", "b".repeat(200)));
    assert!(told.contains("= help: solution: [Down(\"ann--sw\")]"), "{told}");
}

#[test]
fn nothing_is_changed() {
    assert_snapshot!(repaired("[Down(\"bob--sw\")]", "[]"), @r#"
    error[L007]: nothing is changed in `broken`
      --> lab.ron:37:17
       |
    37 |         broken: [],
       |                 ^ no changes
       |
       = help: broken: [Down("ann--sw")]
    "#);
}

#[test]
fn no_goal() {
    assert_snapshot!(repaired("{\"back\": Delivered(\"ping\")}", "{}"), @r#"
    error[L007]: a repair lab without a goal is never solved
      --> lab.ron:38:16
       |
    38 |         goals: {},
       |                ^ no goals
       |
       = help: {"works": Delivered("ping")}
    "#);
}

#[test]
fn a_place_that_is_none() {
    assert_snapshot!(repaired("Down(\"bob--sw\")", "Down(\"bobb--sw\")"), @r#"
    error[L010]: there is no link `bobb--sw` in this lab
      --> lab.ron:37:24
       |
    37 |         broken: [Down("bobb--sw")],
       |                        ^^^^^^^^ not defined
       |
       = help: did you mean `bob--sw`?
       = help: links: ann--sw, bob--sw, eve--sw
    "#);
}

#[test]
fn a_change_the_device_refuses() {
    assert_snapshot!(repaired("Flush(\"sw\", \"fdb\")", "Set(\"sw\", (aging: \"1s\"))"), @r#"
    error[L028]: there is no setting `aging` that can be changed here
      --> lab.ron:40:44
       |
    40 |         wrong: {"forget": (do: [Set("sw", (aging: "1s"))], say: "It was not the table.")},
       |                                            ^^^^^ not a setting
       |
       = help: did you mean `ageing`?
       = help: possible here: learning, ageing, fdb_size, when_full, snooping, querier, clamp_mss
    "#);
}

#[test]
fn a_goal_about_nothing() {
    assert_snapshot!(repaired("Delivered(\"ping\")", "Delivered(\"pong\")"), @r#"
    error[L010]: there is no flow `pong` in this lab
      --> lab.ron:38:36
       |
    38 |         goals: {"back": Delivered("pong")},
       |                                    ^^^^ not defined
       |
       = help: did you mean `ping`?
       = help: flows: ping
    "#);
}

#[test]
fn a_wrong_attempt_without_a_word() {
    assert_snapshot!(repaired(", say: \"It was not the table.\"", ""), @r#"
    error[L007]: `say` is missing in a wrong attempt
      --> lab.ron:40:27
       |
    40 |         wrong: {"forget": (do: [Flush("sw", "fdb")])},
       |                           ^ needs `say`
       |
       = help: say: "…"
    "#);
}

#[test]
fn two_hints() {
    assert_snapshot!(repaired("\"A port needs carrier.\", ", ""), @r#"
    error[L030]: a repair lab has three hints, this one 2
      --> lab.ron:41:16
       |
    41 |         hints: ["Look at sw.", "{solution}: then they meet."],
       |                ^ some are missing
       |
       = help: where to look, which rule, and the solution with its reason
    "#);
}

#[test]
fn the_solution_too_early() {
    assert_snapshot!(repaired("Look at sw.", "Try {solution}."), @r#"
    error[L032]: the solution is told before it is asked for
      --> lab.ron:41:22
       |
    41 |         hints: ["Try {solution}.", "A port needs carrier.", "{solution}: then they meet."],
       |                      ^^^^^^^^^^ filled in with the solution
       |
       = help: leave it to the third hint
    "#);
    let told = repaired("It was not the table.", "It was {solution}.");
    assert!(told.contains("[L032]"), "{told}");
}

#[test]
fn the_answer_is_of_questions() {
    assert_snapshot!(repaired("{solution}: then", "{answer}: then"), @r#"
    error[L034]: `{answer}` is not filled in here
      --> lab.ron:41:58
       |
    41 |         hints: ["Look at sw.", "A port needs carrier.", "{answer}: then they meet."],
       |                                                          ^^^^^^^^ unknown
       |
       = help: possible here: {solution}
    "#);
}
