//! For each rule a repository that breaks it and one that does not: a rule that cannot fail is worth nothing.

use super::*;

fn run(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let repo = Repo::of(files);
    let (_, check) = RULES.iter().find(|(name, _)| *name == rule).expect("the rule is in RULES");
    check(&repo).iter().map(ToString::to_string).collect()
}

/// What a rule says of one file in a package `sim`.
fn of_file(rule: &str, path: &str, text: &str) -> Vec<String> {
    run(rule, &[("sim/Cargo.toml", ""), (path, text)])
}

fn says(found: &[String], want: &[&str]) {
    assert_eq!(found.len(), want.len(), "{found:#?}");
    for (found, want) in found.iter().zip(want) {
        assert!(found.starts_with(want) && found.len() > want.len(), "{found}\ndoes not begin with\n{want}");
    }
}

/// A function that spans `lines` lines.
fn function(name: &str, lines: usize) -> String {
    format!("fn {name}() {{\n{}}}\n", "    work();\n".repeat(lines - 2))
}

#[test]
fn a_layer_uses_only_lower_ones() {
    let bad = "use crate::{wire::Frame, plan::Op};\nfn f() -> super::super::lab::X { crate::stack::go() }\n";
    let found = of_file("layers", "sim/src/device/bridge.rs", bad);
    says(
        &found,
        &[
            "sim/src/device/bridge.rs:1: `device` uses `plan`; `plan` is above it",
            "sim/src/device/bridge.rs:2: `device` uses `stack`; `stack` stands beside it",
            "sim/src/device/bridge.rs:2: `device` uses `lab`; `lab` is above it",
        ],
    );
    let good = "//! See [`crate::lab`].\nuse crate::time::SimTime;\n#[cfg(test)]\nmod tests { use crate::lab; }\n";
    says(&of_file("layers", "sim/src/device/bridge.rs", good), &[]);
    says(&of_file("layers", "sim/src/rng.rs", "use crate::time::SimTime;\nuse super::id;\n"), &[]);
}

#[test]
fn a_module_and_a_macro_have_a_layer() {
    let files: &[(&str, &str)] = &[
        ("sim/Cargo.toml", ""),
        ("sim/src/view/text.rs", "macro_rules! shout { () => {} }\n"),
        ("sim/src/engine/wire.rs", "use crate::shout;\n"),
        ("sim/src/engine/world.rs", "use crate::attic::Box;\n"),
        ("sim/src/cellar/mod.rs", ""),
    ];
    says(
        &run("layers", files),
        &[
            "sim/src/cellar/mod.rs: `cellar` has no place in LAYERS",
            "sim/src/engine/wire.rs:1: `engine` uses `view`",
            "sim/src/engine/world.rs:1: `crate::attic` is no module of LAYERS",
        ],
    );
}

#[test]
fn functions_and_files_are_short() {
    let text =
        function("long", 71) + &function("fine", 70) + "#[cfg(test)]\nmod tests {\n" + &function("t", 90) + "}\n";
    says(&of_file("functions", "sim/src/time.rs", &text), &["sim/src/time.rs:1: `long` has 71 lines"]);
    says(&of_file("functions", "sim/tests/labs.rs", &text), &[]);
    says(&of_file("files", "sim/tests/labs.rs", &"\n".repeat(601)), &["sim/tests/labs.rs: 601 lines"]);
    says(&of_file("files", "sim/tests/labs.rs", &"\n".repeat(600)), &[]);
}

#[test]
fn the_library_gives_the_same_everywhere() {
    let bad = concat!(
        "use std::collections::HashMap;\nuse std::{fs, fmt};\nlet t = ::std::time::Instant::now();\n",
        "std::thread::spawn(f);\nlet a = std::env::args();\nprintln!(\"\");\n",
    );
    let found = of_file("determinism", "sim/src/plan/op.rs", bad);
    let lines: BTreeSet<&str> = found.iter().filter_map(|text| text.split(':').nth(1)).collect();
    assert_eq!(lines, BTreeSet::from(["1", "2", "3", "4", "5", "6"]), "{found:#?}");
    says(&of_file("determinism", "sim/src/lab/shipped.rs", "use std::fs;\n"), &[]);
    let good =
        "use rustc_hash::FxHashMap;\n// HashMap\n#[cfg(test)]\nmod tests { use std::{collections::HashMap, fs}; }\n";
    says(&of_file("determinism", "sim/src/plan/op.rs", good), &[]);
    says(&of_file("determinism", "sim/tests/labs.rs", bad), &[]);
}

#[test]
fn nothing_is_unsafe_or_unfinished() {
    says(&of_file("unsafe", "sim/tests/a.rs", "\nunsafe fn f() {}\n"), &["sim/tests/a.rs:2: `unsafe`"]);
    says(&of_file("unsafe", "sim/tests/a.rs", "#![forbid(unsafe_code)] // unsafe\n"), &[]);
    let bad = format!("// {} later\nfn f() {{ {}!() }}\nfn g() {{ unimplemented!() }}\n", MARKS[0], MARK_MACROS[0]);
    let found = of_file("marks", "sim/src/time.rs", &bad);
    says(&found, &["sim/src/time.rs:2: `todo`", "sim/src/time.rs:3: `unimplemented`", "sim/src/time.rs:1: `"]);
    says(&of_file("marks", "sim/src/time.rs", "// todo lists are fine\nlet todo = \"unimplemented!()\";\n"), &[]);
}

#[test]
fn every_file_is_in_its_list() {
    let files: &[(&str, &str)] = &[
        ("sim/Cargo.toml", ""),
        ("sim/src/lib.rs", "mod time;\nmod lab;\n"),
        ("sim/src/lab/mod.rs", "mod shipped;\n"),
        ("sim/src/time.rs", ""),
        ("sim/src/id.rs", ""),
        ("sim/src/lab/shipped.rs", "include_str!(\"../../../scenarios/01-a/lab.ron\")"),
        ("scenarios/01-a/lab.ron", ""),
        ("scenarios/02-b/lab.ron", ""),
        ("scenarios/03-c/notes.md", ""),
        ("scenarios/suites/x.ron", ""),
        ("book/src/SUMMARY.md", "[A](a.md)\n- [B](./b/b.md)\n"),
        ("book/src/a.md", ""),
        ("book/src/b/b.md", ""),
        ("book/src/c.md", ""),
    ];
    says(&run("orphans", files), &["sim/src/id.rs: no `mod` line"]);
    let lost =
        ["sim/src/lab/shipped.rs: `scenarios/02-b/lab.ron` is not shipped", "scenarios/03-c: there is no lab.ron"];
    says(&run("scenarios", files), &lost);
    says(&run("scenarios", &[("README.md", "")]), &[]);
    says(&run("book", files), &["book/src/c.md: no reader finds this page"]);
    says(&run("top", &[("README.md", ""), ("notes.txt", "")]), &["notes.txt: has no place at the top"]);
}

#[test]
fn labs_are_short() {
    let long = "a\n".repeat(75) + "// comment\n\n";
    says(&run("labs", &[("scenarios/01-a/lab.ron", &long)]), &[]);
    says(&run("labs", &[("scenarios/01-a/lab.ron", &(long + "b"))]), &["scenarios/01-a/lab.ron: 76 lines"]);
    let sums = "a\n".repeat(75) + "    translated_from: {\n" + &"b\n".repeat(9);
    says(&run("labs", &[("scenarios/01-a/lab.zh.ron", &sums)]), &[]);
    let wide = "流".repeat(120) + "\n" + &"x".repeat(121);
    says(&run("labs", &[("scenarios/01-a/lab.zh.ron", &wide)]), &["scenarios/01-a/lab.zh.ron:2: 121 columns"]);
    says(&run("labs", &[("scenarios/01-a/golden.ron", &wide)]), &[]);
}

#[test]
fn every_rule_has_a_sample() {
    let text = include_str!("samples.rs");
    for (name, _) in RULES {
        assert!(text.contains(&format!("(\"{name}\", ")), "rule `{name}` has no sample");
    }
}
