//! The way through formats, with two formats that never were.

use super::{Edit, Migrated, STEPS, Step, along, migrate};
use crate::lab::Source;
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::lab::FORMAT;

/// Renames the field `idea`.
fn renamed(tree: &Tree) -> Vec<Edit> {
    let Form::Call(_, Args::Fields(fields)) = &tree.form else { return Vec::new() };
    let wanted = fields.iter().filter(|field| field.name.value == "idea");
    wanted.map(|field| Edit { span: field.name.span, text: "moral".to_owned() }).collect()
}

/// Adds something behind the nodes.
fn longer(tree: &Tree) -> Vec<Edit> {
    let Form::Call(_, Args::Fields(fields)) = &tree.form else { return Vec::new() };
    let wanted = fields.iter().filter(|field| field.name.value == "moral");
    wanted.map(|field| Edit { span: field.value.span, text: "new".to_owned() }).collect()
}

const TRIAL: &[Step] = &[Step { from: 1, edits: renamed }, Step { from: 2, edits: longer }];

const OLD: &str =
    "// 注释 above\nLab(\n  format: 1, // the number\n  /* kept */ idea: \"old\",  nodes: {},\n)\n// below\n";

#[test]
fn comments_and_layout_survive_every_step() {
    let source = Source::new("old.ron", OLD);
    let new = OLD.replace("format: 1", "format: 3").replace("idea: \"old\"", "moral: \"new\"");
    assert_eq!(along(&source, TRIAL, 3), Ok(Migrated::From(1, new)));
    let middle = Source::new("middle.ron", &OLD.replace("format: 1", "format: 2").replace("idea", "moral"));
    assert!(matches!(along(&middle, TRIAL, 3), Ok(Migrated::From(2, text)) if text.contains("// the number")));
}

#[test]
fn what_is_the_newest_stays_as_it_is() {
    assert_eq!(migrate(&Source::new("x", OLD)), Ok(Migrated::Newest));
}

#[test]
fn formats_nobody_knows_are_told() {
    for (format, wanted) in [("9", "newer version"), ("0", "never was")] {
        let source = Source::new("x", &OLD.replace("format: 1", &format!("format: {format}")));
        let found = migrate(&source).expect_err("there is none");
        assert!(found[0].helps.iter().any(|help| help.contains(wanted)), "{found:?}");
    }
    for damaged in ["Lab(", "Lab(idea: \"x\")", "Lab(format: \"1\")", "", "7"] {
        assert!(migrate(&Source::new("x", damaged)).is_err_and(|found| !found.is_empty()), "{damaged}");
    }
    let gap = along(&Source::new("x", OLD), &TRIAL[1..], 3).expect_err("the first step is missing");
    assert!(gap[0].message.contains("format 1"));
}

#[test]
fn there_is_a_step_from_every_older_format() {
    let steps: Vec<u64> = STEPS.iter().map(|step| step.from).collect();
    assert_eq!(steps, (1..FORMAT).collect::<Vec<u64>>(), "one file and one line for each raise of FORMAT");
}
