//! Comparison suites: `Suite(format: 1, title: "…", bench: (…), axes: {…}, measure: {…}, expect: {…})`.
//!
//! A suite is a lab without a guide, its bench, and axes whose values are combined: each combination is a run. It is
//! read as the lab it amounts to, in which axes are variants ([`axes`]); so a slip in it gets the sentence it would get
//! in a lab. [`choose`] says which combinations are run, [`runs`] runs and judges them.

mod axes;
mod choose;
pub mod figures;
mod runs;
pub mod shipped;
#[cfg(test)]
mod tests;

pub use figures::{FIGURES, Figure};
pub use runs::SuiteRun;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Context, Sort};
use crate::lab::file::{self, LabFile};
use crate::lab::judge::Number;
use crate::lab::read::{Args, Field, Form, Tree, read};
use crate::lab::schema::lab;
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value;
use crate::lab::schema::variant::{self, Axis};
use crate::lab::source::{Source, Spanned};

/// Combinations a suite may have, those that are skipped among them.
pub const MOST: usize = 1024;

const FIELDS: &[&str] =
    &["format", "title", "bench", "axes", "skip", "quick", "measure", "account", "expect", "baseline"];
const BENCH: &[&str] =
    &["profile", "seed", "allow", "nodes", "links", "overlays", "cluster", "routing", "traffic", "events", "end"];
const BENCH_EXAMPLE: &str = "(nodes: {…}, links: […], traffic: {…})";
const AXES_EXAMPLE: &str = "{\"payload\": Each(\"ping\", \"size\", [64, 1400])}";

/// Whether a larger or a smaller value is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
}

/// What is measured in every run.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name.
    pub name: Spanned<String>,
    /// What a change of it means.
    pub better: Better,
    /// What it is, run by run.
    numbers: Vec<Number>,
}

/// A suite without errors.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its title.
    pub title: String,
    /// The bench; its variants are the runs.
    pub file: LabFile,
    /// Names of the runs that are enough for a first look.
    pub quick: Vec<String>,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Figures that are told of every run, too.
    pub figures: Vec<Figure>,
    /// The file with the values that were accepted, beside the suite.
    pub baseline: Option<String>,
}

/// Whether a text calls itself a suite.
pub fn is_suite(source: &Source) -> bool {
    let mut lines = source.text.lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !line.starts_with("//")).is_some_and(|line| line.starts_with("Suite"))
}

/// Reads a suite. All that is wrong with it comes at once.
pub fn open(source: Source) -> Result<Suite, Vec<Finding>> {
    let mut found = Findings::default();
    let suite = read(&source, &mut found).and_then(|tree| suite(source, &tree, &mut found));
    let has_errors = found.has_errors();
    match suite {
        Some(mut suite) if !has_errors => {
            suite.file.warnings = found.into_vec();
            Ok(suite)
        }
        _ => Err(found.into_vec()),
    }
}

fn suite(source: Source, tree: &Tree, found: &mut Findings) -> Option<Suite> {
    if !matches!(&tree.form, Form::Call(Some(name), _) if name.value == "Suite") {
        let finding = Finding::new(Code::OtherFile, "a suite begins with `Suite(`", tree.head());
        found.push(finding.label("this is something else").help("Suite(format: 1, title: \"…\", bench: (…), …)"));
        return None;
    }
    let mut shape = Findings::default();
    let section = Section::fields("Suite", tree, FIELDS, &mut shape);
    // The version comes first: a newer file may well have fields that are unknown here.
    if !section.as_ref().is_none_or(|section| lab::format(section, found)) {
        return None;
    }
    found.extend(shape);
    let section = section?;
    let title = section.need("title", "\"…\"", found);
    let bench = section.need("bench", BENCH_EXAMPLE, found).and_then(|tree| bench(tree, found));
    let values = section.need("axes", AXES_EXAMPLE, found).and_then(|tree| axes::read(tree, found));
    let known: Option<Vec<Axis>> = values.as_ref().map(|tree| variant::read_up_to(tree, MOST, found));
    let chosen = known.as_ref().filter(|axes| !axes.is_empty()).map(|axes| choose::read(&section, axes, found));
    let figures = section.get("account").map(|tree| figures::read(tree, found)).unwrap_or_default();
    let baseline = section.get("baseline").and_then(|tree| baseline(tree, found));
    // Without axes nobody knows the names of the runs, which checks may name.
    let sound = values.as_ref().filter(|_| chosen.is_some());
    let file = {
        let expect = section.get("expect").filter(|_| sound.is_some());
        let lab = as_lab(&section, title, &bench?, sound, expect);
        let keep = |run: &[&variant::Choice]| chosen.as_ref().is_none_or(|chosen| chosen.keeps(run));
        file::of_tree(source, &lab, &file::Chosen { most: MOST, keep: &keep }, found)?
    };
    let all = known.as_deref().map(variant::combinations).unwrap_or_default();
    let runs = all.iter().filter(|run| chosen.as_ref().is_some_and(|chosen| chosen.is_quick(run)));
    let quick = runs.map(|run| variant::name_of(run)).collect();
    sound?;
    let measures = section.get("measure").map(|tree| measures(tree, &file, found)).unwrap_or_default();
    Some(Suite { title: file.title.clone(), file, quick, measures, figures, baseline })
}

/// The fields of a bench.
fn bench<'t>(tree: &'t Tree, found: &mut Findings) -> Option<Section<'t>> {
    let section = Section::fields("bench", tree, BENCH, found)?;
    if section.get("cluster").is_none() {
        section.need("nodes", "{\"h1\": Host(ip: \"192.0.2.1/24\")}", found)?;
    }
    Some(section)
}

/// The lab that a suite amounts to.
fn as_lab(
    suite: &Section<'_>,
    title: Option<&Tree>,
    bench: &Section<'_>,
    variants: Option<&Tree>,
    expect: Option<&Tree>,
) -> Tree {
    let field =
        |name: &str, tree: &Tree| Field { name: Spanned::new(name.to_owned(), tree.head()), value: tree.clone() };
    // What is missing has been reported.
    let format = Tree { span: suite.head, form: Form::Number(lab::FORMAT.to_string()) };
    let untitled = Tree { span: suite.head, form: Form::Text(String::new()) };
    let title = title.unwrap_or(&untitled);
    let mut fields = vec![field("format", &format), field("title", title), field("idea", title)];
    fields.extend(bench.given().map(|(name, tree)| field(name, tree)));
    fields.extend(variants.map(|tree| field("variants", tree)));
    fields.extend(expect.map(|tree| field("expect", tree)));
    let name = Spanned::new("Lab".to_owned(), bench.head);
    Tree { span: suite.head, form: Form::Call(Some(name), Args::Fields(fields)) }
}

/// `{"overhead": (value: Overhead("ping", "h1--h2"), better: Lower)}`.
fn measures(tree: &Tree, file: &LabFile, found: &mut Findings) -> Vec<Measure> {
    let fields = entries("measures", tree, found);
    fields.into_iter().filter_map(|field| measure(field, file, found)).collect()
}

fn measure(field: &Field, file: &LabFile, found: &mut Findings) -> Option<Measure> {
    if let Form::Call(Some(_), _) = &field.value.form {
        let finding = Finding::new(Code::Missing, "a measure says what is better, too", field.value.head());
        let fix = format!("\"{}\": (value: {}, better: Lower)", field.name.value, field.value);
        found.push(finding.label("the value alone").help(fix));
        return None;
    }
    let section = Section::fields("a measure", &field.value, &["value", "better"], found)?;
    let words = [("Lower", Better::Lower), ("Higher", Better::Higher)];
    let better = section.need("better", "Lower", found);
    let better = better.and_then(|tree| value::word("what is better", tree, &words, found));
    let tree = section.need("value", "Overhead(\"ping\", \"h1--h2\")", found)?;
    let mut numbers = Vec::new();
    for variant in file.variants() {
        let number = expect::value(tree, Context::new(variant.lowered(), file), found)?;
        let sort = expect::sort(&number);
        if matches!(sort, Sort::Text | Sort::Names) || matches!(number, Number::Fixed(_)) {
            let finding = Finding::new(Code::WrongType, "what is measured is a number of the run", tree.head());
            let label = if matches!(number, Number::Fixed(_)) { "always the same" } else { sort.name() };
            found.push(
                finding.label(label).help("Count(Frames(…)), Bytes(…), Overhead(…), Lost(…), Goodput(…), Rtt(…)"),
            );
            return None;
        }
        numbers.push(number);
    }
    Some(Measure { name: field.name.clone(), better: better?, numbers })
}

/// A file beside the suite.
fn baseline(tree: &Tree, found: &mut Findings) -> Option<String> {
    let name = value::text("baseline", tree, found)?;
    let stem = name.value.strip_suffix(".json").filter(|stem| !stem.is_empty() && !stem.starts_with('.'));
    if stem.is_none() || name.value.contains(['/', '\\']) {
        let text = format!("`{}` is not the name of a baseline", name.value);
        let finding = Finding::new(Code::NotAName, text, name.span).label("a JSON file beside the suite");
        found.push(finding.help("baseline: \"encapsulations.baseline.json\""));
        return None;
    }
    Some(name.value)
}
