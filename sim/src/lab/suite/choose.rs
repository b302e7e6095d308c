//! Which combinations are run: `skip: [{"payload": "8900", "mtu": "1500"}]`, `quick: {"payload": ["64"]}`.

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::read::{Field, Tree};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::schema::variant::{self, Axis, Choice};

const SKIP: &str = "[{\"payload\": \"8900\", \"mtu\": \"1500\"}]";

/// One axis by its number, and values of it.
type Values = (usize, Vec<String>);

/// Which combinations are run.
#[derive(Debug, Default)]
pub struct Chosen {
    skip: Vec<Vec<Values>>,
    quick: Vec<Values>,
}

impl Chosen {
    /// Whether a combination is run at all.
    pub fn keeps(&self, run: &[&Choice]) -> bool {
        !self.skip.iter().any(|rule| fits(rule, run))
    }

    /// Whether it belongs to the first look.
    pub fn is_quick(&self, run: &[&Choice]) -> bool {
        self.keeps(run) && fits(&self.quick, run)
    }
}

fn fits(rule: &[Values], run: &[&Choice]) -> bool {
    rule.iter().all(|(axis, values)| run.get(*axis).is_some_and(|choice| values.contains(&choice.name.value)))
}

/// Reads both, and tells when they leave nothing to run.
pub fn read(suite: &Section<'_>, axes: &[Axis], found: &mut Findings) -> Chosen {
    let mut chosen = Chosen::default();
    if let Some(tree) = suite.get("skip") {
        let items = value::items("rules of what is skipped", &format!("skip: {SKIP}"), tree, found);
        chosen.skip = items.iter().filter_map(|item| rule(item, axes, found)).collect();
        let all = variant::combinations(axes);
        if !all.is_empty() && !all.iter().any(|run| chosen.keeps(run)) {
            let finding = Finding::new(Code::Missing, "every run is skipped", tree.head());
            found.push(finding.label(format!("of {}", all.len())).help("skip fewer"));
            chosen.skip.clear();
        }
    }
    if let Some(tree) = suite.get("quick") {
        let fields = pairs("axes of quick runs", tree, found);
        chosen.quick = fields.into_iter().filter_map(|field| several(field, axes, found)).collect();
        if !found.has_errors() && !variant::combinations(axes).iter().any(|run| chosen.is_quick(run)) {
            let finding = Finding::new(Code::Missing, "no run is quick", tree.head());
            found.push(finding.label("all of these are skipped").help("name values of runs that are not skipped"));
        }
    }
    chosen
}

/// `{"payload": "8900", "mtu": "1500"}`: combinations that have all of these.
fn rule(tree: &Tree, axes: &[Axis], found: &mut Findings) -> Option<Vec<Values>> {
    let fields = pairs("values to skip", tree, found);
    if fields.is_empty() {
        let finding = Finding::new(Code::Missing, "this rule skips nothing", tree.head());
        found.push(finding.label("no values").help(format!("skip: {SKIP}")));
        return None;
    }
    let one = |field: &Field, found: &mut Findings| {
        let axis = axis(field, axes, found);
        let value = value::text(&field.name.value, &field.value, found)?;
        let value = known(axis?, axes, value.span, &value.value, found)?;
        Some((axis?, vec![value]))
    };
    let count = fields.len();
    let values: Vec<Values> = fields.into_iter().filter_map(|field| one(field, found)).collect();
    (values.len() == count).then_some(values)
}

/// `"payload": ["64", "1400"]`.
fn several(field: &Field, axes: &[Axis], found: &mut Findings) -> Option<Values> {
    let axis = axis(field, axes, found);
    let example = format!("\"{}\": [\"…\"]", field.name.value);
    let items = value::items("values", &example, &field.value, found);
    let axis = axis?;
    let mut values = Vec::new();
    for item in items {
        let value = value::text(&field.name.value, item, found);
        values.extend(value.and_then(|value| known(axis, axes, value.span, &value.value, found)));
    }
    Some((axis, values))
}

fn axis(field: &Field, axes: &[Axis], found: &mut Findings) -> Option<usize> {
    let name = &field.name.value;
    let at = axes.iter().position(|axis| axis.name.value == *name);
    if at.is_none() {
        let names = || axes.iter().map(|axis| axis.name.value.as_str());
        let finding =
            Finding::new(Code::UnknownName, format!("there is no axis `{name}` in this suite"), field.name.span);
        let finding = finding.label("not defined").suggest(name, names());
        found.push(finding.help(format!("axes: {}", list(names()))));
    }
    at
}

fn known(
    axis: usize,
    axes: &[Axis],
    span: crate::lab::source::Span,
    wanted: &str,
    found: &mut Findings,
) -> Option<String> {
    let Axis { name, values } = &axes[axis];
    if values.iter().any(|value| value.name.value == wanted) {
        return Some(wanted.to_owned());
    }
    let names = || values.iter().map(|value| value.name.value.as_str());
    let finding = Finding::new(Code::UnknownName, format!("axis `{}` has no value `{wanted}`", name.value), span);
    let finding = finding.label("not one of its values").suggest(wanted, names());
    found.push(finding.help(format!("values: {}", list(names()))));
    None
}
