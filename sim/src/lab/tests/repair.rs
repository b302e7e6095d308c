//! Repair labs: each proof holds where it should, and can fail.

use std::fmt::Write;

use crate::lab::diagnostic::render;
use crate::lab::repair::{attempt, prove};
use crate::lab::{EVENT_BUDGET, LabFile, Source, parse};
use crate::lang::Lang;

/// Two VLANs on one switch; b's port is set for the wrong one.
const SOUND: &str = r#"Lab(
    format: 1, title: "Cut off", idea: "A port has a VLAN.",
    nodes: {
        "a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "c": Host(ip: "10.0.0.3/24"),
        "sw": Switch(ports: {"1": (vlan: Access(10)), "2": (vlan: Access(10)), "3": (vlan: Access(20))}),
    },
    links: [("a", "sw:1"), ("b", "sw:2"), ("c", "sw:3")],
    traffic: {"ping": Ping(from: "a", to: "b"), "pry": Ping(from: "c", to: "b", start: "5s")},
    repair: (
        say: "a has lost b.",
        broken: [Set("sw:2", (vlan: Access(20)))],
        goals: {"back": Delivered("ping"), "apart": Fails("pry")},
        solution: [Set("sw:2", (vlan: Access(10)))],
        wrong: {"move-a": (do: [Set("sw:1", (vlan: Access(20)))], say: "Now c reaches both.")},
        hints: ["Look at sw.", "A port has a VLAN.", "{solution}: b is back."],
    ),
)"#;

fn lab(text: &str) -> LabFile {
    parse("lab.ron", text).unwrap_or_else(|found| panic!("{}", render::all(&found, &Source::new("lab.ron", text))))
}

fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SOUND.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the sound lab");
        text.replacen(from, to, 1)
    })
}

/// The proofs that fail, in both languages.
fn failing(text: &str) -> String {
    let mut told = String::new();
    for (name, outcome) in prove(&lab(text), EVENT_BUDGET).unwrap() {
        if !outcome.holds {
            writeln!(told, "{name}\n  {}\n  {}", outcome.text(Lang::En), outcome.text(Lang::Zh)).unwrap();
        }
    }
    told
}

#[test]
fn a_sound_repair_lab_is_proved_from_all_sides() {
    let mut told = String::new();
    for (name, outcome) in prove(&lab(SOUND), EVENT_BUDGET).unwrap() {
        assert!(outcome.holds, "{name}: {}", outcome.text.en);
        writeln!(told, "{name}\n  {}", outcome.text.en).unwrap();
    }
    insta::assert_snapshot!(told, @r#"
    repair: healthy
      expected all goals to hold without the breakage: they all hold
    repair: broken
      expected some goal to fail while it is broken: `back` fails: expected all of ping to arrive: 0 of 1 did
    repair: solution
      expected all goals to hold after the solution: they all hold
    repair: wrong move-a
      expected some goal to fail after this attempt: `apart` fails: expected none of pry to arrive: 1 of 1 did
    repair: goal back
      expected this goal to fail while it is broken or after a wrong attempt: it does
    repair: goal apart
      expected this goal to fail while it is broken or after a wrong attempt: it does
    "#);
}

#[test]
fn other_labs_have_nothing_to_prove() {
    let from = SOUND.find("    repair: (").unwrap();
    assert_eq!(prove(&lab(&format!("{})", &SOUND[..from])), EVENT_BUDGET).unwrap(), []);
}

#[test]
fn a_goal_the_healthy_network_misses_is_the_fault_of_the_goal() {
    let changed = with(&[("Fails(\"pry\")", "Delivered(\"pry\")")]);
    insta::assert_snapshot!(failing(&changed), @r#"
    repair: healthy
      expected all goals to hold without the breakage: `apart` fails: expected all of pry to arrive: 0 of 1 did
      没有故障时所有目标都应成立:`apart` 不成立:pry 应全部到达:1 个中到达 0 个
    repair: solution
      expected all goals to hold after the solution: `apart` fails: expected all of pry to arrive: 0 of 1 did
      按解法修复后所有目标都应成立:`apart` 不成立:pry 应全部到达:1 个中到达 0 个
    repair: wrong move-a
      expected some goal to fail after this attempt: they all hold
      这样尝试之后应有目标不成立:全部成立
    repair: goal apart
      expected this goal to fail while it is broken or after a wrong attempt: it always holds
      这个目标在有故障时或某次错误尝试后应不成立:它总是成立
    "#);
}

#[test]
fn a_breakage_that_no_goal_notices_breaks_nothing() {
    let changed = with(&[("[Set(\"sw:2\", (vlan: Access(20)))]", "[Set(\"sw\", (ageing: \"10s\"))]")]);
    insta::assert_snapshot!(failing(&changed), @r#"
    repair: broken
      expected some goal to fail while it is broken: they all hold
      有故障时应有目标不成立:全部成立
    repair: goal apart
      expected this goal to fail while it is broken or after a wrong attempt: it always holds
      这个目标在有故障时或某次错误尝试后应不成立:它总是成立
    "#);
}

#[test]
fn a_solution_that_does_not_solve_is_none() {
    let changed = with(&[("[Set(\"sw:2\", (vlan: Access(10)))]", "[Flush(\"sw\", \"fdb\")]")]);
    insta::assert_snapshot!(failing(&changed), @r#"
    repair: solution
      expected all goals to hold after the solution: `back` fails: expected all of ping to arrive: 0 of 1 did
      按解法修复后所有目标都应成立:`back` 不成立:ping 应全部到达:1 个中到达 0 个
    "#);
}

#[test]
fn a_wrong_attempt_that_solves_is_not_wrong() {
    let changed = with(&[("do: [Set(\"sw:1\", (vlan: Access(20)))]", "do: [Set(\"sw:2\", (vlan: Access(10)))]")]);
    insta::assert_snapshot!(failing(&changed), @r#"
    repair: wrong move-a
      expected some goal to fail after this attempt: they all hold
      这样尝试之后应有目标不成立:全部成立
    "#);
}

#[test]
fn a_goal_that_never_fails_is_decoration() {
    let changed = with(&[("\"apart\": Fails(\"pry\")", "\"apart\": Fails(\"pry\"), \"sent\": Is(Sent(\"ping\"), 1)")]);
    insta::assert_snapshot!(failing(&changed), @r#"
    repair: goal sent
      expected this goal to fail while it is broken or after a wrong attempt: it always holds
      这个目标在有故障时或某次错误尝试后应不成立:它总是成立
    "#);
}

#[test]
fn a_goal_may_fail_after_a_wrong_attempt_only() {
    // The breakage leaves c alone, so only the wrong attempt shows what the second goal is for.
    let alone = [("broken: [Set(\"sw:2\", (vlan: Access(20)))]", "broken: [Set(\"sw:2\", (vlan: Access(30)))]")];
    let text = with(&alone).replacen("do: [Set(\"sw:1\"", "do: [Set(\"sw:2\"", 1);
    assert_eq!(failing(&text), "");
    let without =
        text.replacen("{\"move-a\": (do: [Set(\"sw:2\", (vlan: Access(20)))], say: \"Now c reaches both.\")}", "{}", 1);
    insta::assert_snapshot!(failing(&without), @r#"
    repair: goal apart
      expected this goal to fail while it is broken or after a wrong attempt: it always holds
      这个目标在有故障时或某次错误尝试后应不成立:它总是成立
    "#);
}

#[test]
fn what_the_broken_network_learned_is_part_of_the_problem() {
    // c met b while both were in one VLAN, so it does not ask again after the solution as it does in a healthy network.
    let asked = r#""apart": Fails("pry"), "asked": AtLeast(Count(Frames(into: "sw", src: "c", carries: "arp")), 3)"#;
    let told = failing(&with(&[("\"apart\": Fails(\"pry\")", asked)]));
    assert!(told.contains("repair: solution") && !told.contains("repair: healthy"), "{told}");
}

#[test]
fn what_was_written_while_it_was_broken_stays_until_it_is_removed() {
    // A sticky row sends everything for b to the port of c, and no frame of b moves it: the row must go.
    let row = |solution: &str| {
        with(&[
            (
                "broken: [Set(\"sw:2\", (vlan: Access(20)))]",
                r#"broken: [AddRow("sw", "fdb", {"mac": "b", "port": 3, "vlan": 10, "kind": "sticky"})]"#,
            ),
            ("solution: [Set(\"sw:2\", (vlan: Access(10)))]", solution),
        ])
    };
    let solved = row("solution: [DelRow(\"sw\", \"fdb\", {\"mac\": \"b\"})]");
    assert!(!failing(&solved).contains("solution"), "{}", failing(&solved));
    // A flush removes what was learned, not what was written.
    insta::assert_snapshot!(failing(&row("solution: [Flush(\"sw\", \"fdb\")]")), @r#"
    repair: solution
      expected all goals to hold after the solution: `back` fails: expected all of ping to arrive: 0 of 1 did
      按解法修复后所有目标都应成立:`back` 不成立:ping 应全部到达:1 个中到达 0 个
    repair: goal apart
      expected this goal to fail while it is broken or after a wrong attempt: it always holds
      这个目标在有故障时或某次错误尝试后应不成立:它总是成立
    "#);
}

#[test]
fn an_attempt_begins_at_its_own_zero() {
    // The broken run ends after 5 s: counted from there, nothing of the second run would lie before 1 s.
    let early = r#""back": Delivered("ping"), "early": All([
        Saw(Frames(into: "b", flow: "ping", before: "1s")), AtMost(Time(Frames(into: "b", flow: "ping")), "1s"),
    ])"#;
    assert_eq!(failing(&with(&[("\"back\": Delivered(\"ping\")", early)])), "");
}

#[test]
fn the_end_of_the_lab_is_as_far_away_in_every_attempt() {
    // `pry` begins at 5 s; a second run that ended at 3 s of the old clock would not begin at all.
    let text = with(&[("format: 1,", "format: 1, end: \"3s\",")]);
    let told = failing(&text);
    assert!(told.contains("healthy") && told.contains("0 of 0"), "{told}");
    assert_eq!(failing(&with(&[("format: 1,", "format: 1, end: \"6s\",")])), "");
    assert_eq!(failing(&with(&[("format: 1,", "format: 1, end: After(Done(\"pry\"), \"1s\"),")])), "");
}

#[test]
fn a_world_that_does_not_come_to_rest_proves_nothing() {
    let told = prove(&lab(SOUND), 20).unwrap();
    assert!(told.iter().all(|(_, outcome)| !outcome.holds && outcome.text.en.contains("budget")), "{told:?}");
}

#[test]
fn goals_may_ask_with_an_extra_ping_and_look_into_other_variants() {
    let text = with(&[
        ("\"back\": Delivered(\"ping\")", "\"back\": All([Reaches(\"a\", \"b\"), In(\"long\", Delivered(\"ping\"))])"),
        (
            "repair: (",
            "variants: {\"cable\": {\"short\": (), \"long\": (set: {\"a--sw\": (delay: \"1ms\")})}},\n    repair: (",
        ),
    ]);
    assert_eq!(failing(&text), "");
    assert_eq!(lab(&text).repair.unwrap().variant, "short");
}

#[test]
fn the_third_hint_tells_the_solution_as_it_is_typed() {
    let repair = lab(SOUND).repair.unwrap();
    let hints: Vec<Option<String>> = (0..4).map(|level| repair.hint(level)).collect();
    let told = "set sw:2 vlan Access(10): b is back.";
    assert_eq!(hints, [Some("Look at sw.".into()), Some("A port has a VLAN.".into()), Some(told.into()), None]);
}

#[test]
fn an_attempt_is_judged_and_a_tempting_one_known() {
    let file = lab(SOUND);
    let repair = file.repair.clone().unwrap();
    let typed = |changes: &[crate::engine::Change]| -> Vec<(String, crate::engine::Change)> {
        changes.iter().map(|change| ("typed".to_owned(), change.clone())).collect()
    };
    let tried_with = |changes: &[crate::engine::Change]| {
        attempt(&file, &typed(changes), None, EVENT_BUDGET).unwrap().expect("a repair lab").unwrap()
    };
    let nothing = tried_with(&[]);
    assert!(!nothing.solves() && nothing.wrong.is_none());
    assert!(tried_with(&repair.solution.changes).solves());
    let tempted = tried_with(&repair.wrong[0].deed.changes);
    assert_eq!((tempted.solves(), tempted.wrong.as_deref()), (false, Some("Now c reaches both.")));
    let endless = attempt(&file, &[], None, 20).unwrap().expect("a repair lab");
    assert!(endless.unwrap_err().en.contains("budget"));
}
