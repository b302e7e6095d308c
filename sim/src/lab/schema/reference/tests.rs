//! What is described is what the reader knows, word by word.

use super::{Form, Group, Sort, group, groups};
use crate::lab::{Finding, Source, parse, suite};

/// What the reader says is possible when this stands in the group's example.
fn possible(group: &Group, typed: &str, complaint: &str) -> Vec<String> {
    let text = group.example.replacen('@', typed, 1);
    let source = Source::new("probe.ron", &text);
    let read =
        if suite::is_suite(&source) { suite::open(source).map(|_| ()) } else { parse("probe.ron", &text).map(|_| ()) };
    let found: Vec<Finding> = read.expect_err("there is a slip in it");
    let finding = found.iter().find(|finding| finding.message.contains(complaint));
    let finding = finding.unwrap_or_else(|| panic!("{}: {typed}: no `{complaint}` in {found:#?}", group.name));
    let lists = ["possible here: ", "one of: ", "( … ) with any of: "];
    let listed = finding.helps.iter().find_map(|help| lists.iter().find_map(|begin| help.strip_prefix(begin)));
    let listed = listed.unwrap_or_else(|| panic!("{}: {typed}: {finding:#?}", group.name));
    listed.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_field_the_reader_knows_is_described_and_no_other() {
    for group in groups() {
        for word in group.words.iter().filter(|word| !word.fields.is_empty()) {
            let name = if group.form == Form::Plain { "" } else { word.name };
            let known = possible(group, &format!("{name}(zzqq: 1)"), "no field `zzqq`");
            let described: Vec<&str> = word.fields.iter().map(|field| field.name).collect();
            assert_eq!(described, known, "{} {}", group.name, word.name);
        }
    }
}

#[test]
fn every_word_the_reader_knows_is_described_and_no_other() {
    for group in groups().filter(|group| group.form != Form::Plain && !["lab", "suite"].contains(&group.name)) {
        let mut known = possible(group, "Zzqqzz(a: 1)", "`Zzqqzz`");
        let mut described: Vec<String> = group.words.iter().map(|word| word.name.to_owned()).collect();
        known.sort();
        described.sort();
        assert_eq!(described, known, "{}", group.name);
    }
}

#[test]
fn every_group_that_is_spoken_of_is_there_and_every_text_is_a_sentence() {
    for group_of in groups() {
        for word in group_of.words {
            assert!(word.says.trim().ends_with('.'), "{}", word.name);
            for field in word.fields {
                assert!(field.says.trim().ends_with('.'), "{}.{}: {}", word.name, field.name, field.says);
                if let Sort::Of(name) | Sort::Map(name) | Sort::List(name) = field.sort {
                    assert!(group(name).is_some(), "{}.{}: {name}", word.name, field.name);
                }
            }
        }
    }
}
