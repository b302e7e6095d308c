//! Comparison suites: `Suite(format: 1, title: "…", labs: {"03-mac-flood": ["drop", "refuse-new"]})`.
//!
//! A suite names labs and the variants of them that are compared. That they exist is checked here.

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::file::LabFile;
use crate::lab::read::{Field, Form, Tree, read};
use crate::lab::schema::lab::FORMAT;
use crate::lab::schema::section::{Section, not_yet, pairs};
use crate::lab::schema::value;
use crate::lab::source::Source;

const FIELDS: &[&str] = &["format", "title", "labs", "bench", "axes", "skip", "quick", "measure", "expect", "baseline"];
const LATER: &[&str] = &["bench", "axes", "skip", "quick", "measure", "expect", "baseline"];

/// Where a suite looks for labs.
pub trait Library {
    /// A lab by name; nothing when there is none or it is invalid.
    fn lab(&self, name: &str) -> Option<LabFile>;

    /// All names.
    fn names(&self) -> Vec<String>;
}

/// A suite without errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its title.
    pub title: String,
    /// Labs, each with the whole names of its variants that are compared.
    pub labs: Vec<(String, Vec<String>)>,
}

/// Whether a text calls itself a suite.
pub fn is_suite(source: &Source) -> bool {
    let mut lines = source.text.lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !line.starts_with("//")).is_some_and(|line| line.starts_with("Suite"))
}

/// Reads a suite. All that is wrong with it comes at once.
pub fn open(source: &Source, library: &dyn Library) -> Result<Suite, Vec<Finding>> {
    let mut found = Findings::default();
    let suite = read(source, &mut found).and_then(|tree| suite(&tree, library, &mut found));
    match suite {
        Some(suite) if !found.has_errors() => Ok(suite),
        _ => Err(found.into_vec()),
    }
}

fn suite(tree: &Tree, library: &dyn Library, found: &mut Findings) -> Option<Suite> {
    if !matches!(&tree.form, Form::Call(Some(name), _) if name.value == "Suite") {
        let finding = Finding::new(Code::OtherFile, "a suite begins with `Suite(`", tree.head());
        found.push(finding.label("this is something else").help("Suite(format: 1, title: \"…\", labs: {…})"));
        return None;
    }
    let section = Section::fields("Suite", tree, FIELDS, found)?;
    let format = section.need("format", "1", found);
    format.and_then(|tree| value::whole("format", tree, 1..=FORMAT, found));
    for name in LATER {
        if let Some(tree) = section.get(name) {
            not_yet(name, tree.head(), found);
        }
    }
    let title = section.need("title", "\"…\"", found).and_then(|tree| value::text("title", tree, found));
    let labs = section.need("labs", "{\"40-hub-and-switch\": [\"two-hubs\", \"one-switch\"]}", found)?;
    let fields = pairs("labs", labs, found);
    if matches!(&labs.form, Form::Map(all) if all.is_empty()) {
        let finding = Finding::new(Code::Missing, "a suite without labs compares nothing", labs.head());
        found.push(finding.label("no labs").help("labs: {\"40-hub-and-switch\": [\"two-hubs\", \"one-switch\"]}"));
    }
    let labs = fields.into_iter().filter_map(|field| lab(field, library, found)).collect();
    Some(Suite { title: title?.value, labs })
}

/// A lab and its variants; all of them when none is named.
fn lab(field: &Field, library: &dyn Library, found: &mut Findings) -> Option<(String, Vec<String>)> {
    let name = &field.name;
    let items = value::items("variants", "\"40-hub-and-switch\": [\"two-hubs\", \"one-switch\"]", &field.value, found);
    let Some(file) = library.lab(&name.value) else {
        let known = library.names();
        let text = format!("there is no lab `{}` that could be run", name.value);
        let finding = Finding::new(Code::UnknownName, text, name.span).label("unknown, or invalid");
        let finding = finding.suggest(&name.value, known.iter().map(String::as_str));
        found.push(finding.help(format!("labs: {}", list(known.iter().map(String::as_str)))));
        return None;
    };
    let mut chosen = Vec::new();
    for item in items {
        let variant = value::text("a variant", item, found)?;
        if let Ok(variant) = file.variant(Some(&variant.value)) {
            chosen.push(variant.name.clone());
            continue;
        }
        let known: Vec<&str> = file.variant_names().collect();
        let text = format!("`{}` has no variant `{}`", name.value, variant.value);
        let finding = Finding::new(Code::UnknownName, text, variant.span).label("not defined there");
        let finding = finding.suggest(&variant.value, known.iter().copied());
        let has = if known.is_empty() { "it has no variants: []".to_owned() } else { list(known) };
        found.push(finding.help(format!("variants: {has}")));
    }
    if items.is_empty() {
        chosen = file.variant_names().map(str::to_owned).collect();
    }
    Some((name.value.clone(), chosen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::diagnostic::render;
    use crate::lab::{parse, shipped};

    struct Shipped;

    impl Library for Shipped {
        fn lab(&self, name: &str) -> Option<LabFile> {
            shipped::find(name).and_then(|lab| parse(lab.name, lab.text).ok())
        }

        fn names(&self) -> Vec<String> {
            shipped::LABS.iter().map(|lab| lab.name.to_owned()).collect()
        }
    }

    fn read(text: &str) -> Result<Suite, String> {
        let source = Source::new("suite.ron", text);
        open(&source, &Shipped).map_err(|found| render::all(&found, &source))
    }

    #[test]
    fn labs_and_variants_are_looked_up() {
        let text =
            "Suite(format: 1, title: \"t\", labs: {\"40-hub-and-switch\": [\"two-hubs\"], \"01-first-ping\": []})";
        let suite = read(text).expect("it is sound");
        assert_eq!(suite.labs[0].1, ["two-hubs"]);
        assert_eq!(suite.labs.len(), 2);
        assert!(is_suite(&Source::new("x", &format!("// a comment\n{text}"))));
    }

    #[test]
    fn every_slip_is_told_with_its_fix() {
        let told = read(concat!(
            "Suite(format: 1, titel: \"t\", labs: {\"40-hub-and-swich\": [\"two-hubs\"], ",
            "\"40-hub-and-switch\": [\"two-hubz\"], \"01-first-ping\": 3}, axes: {})"
        ));
        let told = told.expect_err("there are slips");
        for wanted in ["did you mean `title`?", "did you mean `40-hub-and-switch`?", "did you mean `two-hubs`?", "L017"]
        {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        assert!(told.contains("variants stand in square brackets"), "{told}");
        for damaged in ["Suite", "Lab()", "Suite(", "Suite(format: 1, title: \"t\", labs: {})", "Suite(format: 7)"] {
            assert!(read(damaged).is_err(), "{damaged}");
        }
    }
}
