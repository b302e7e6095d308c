//! `variants: {"axis": {"value": (say: …, set: {…}, expect: {…})}}`.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::Place;
use crate::lab::read::{Field, Tree};
use crate::lab::schema::section::{Section, entries, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;

/// Combinations of values a lab may have.
pub const MOST: usize = 64;

/// One thing that differs between variants.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name.
    pub name: Spanned<String>,
    /// What it can be; the first is the default.
    pub values: Vec<Choice>,
}

/// One value of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: Spanned<String>,
    /// A sentence about it.
    pub say: Option<String>,
    /// What is different.
    pub set: Vec<(Spanned<Place>, Tree)>,
    /// What holds with it.
    pub expect: Vec<Field>,
}

/// Reads the axes; more than `most` combinations of their values are a finding.
pub fn read_up_to(tree: &Tree, most: usize, found: &mut Findings) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for field in entries("axes of variants", tree, found) {
        let values: Vec<Choice> =
            entries("values of an axis", &field.value, found).into_iter().map(|value| choice(value, found)).collect();
        if values.is_empty() {
            let finding =
                Finding::new(Code::Missing, format!("axis `{}` has no values", field.name.value), field.name.span);
            found.push(finding.label("nothing to choose from").help("{\"on\": (), \"off\": (set: {…})}"));
            continue;
        }
        axes.push(Axis { name: field.name.clone(), values });
    }
    same_names(&axes, found);
    let product = axes.iter().try_fold(1_usize, |n, axis| n.checked_mul(axis.values.len()));
    if product.is_none_or(|n| n > most) {
        let shown = product.map_or_else(|| "very many".to_owned(), |n| n.to_string());
        let finding = Finding::new(Code::TooManyVariants, format!("{shown} combinations of variants"), tree.head());
        let help = if most == MOST {
            "leave an axis out, or make a comparison suite of it"
        } else {
            "leave an axis out, or make two suites of it"
        };
        found.push(finding.label(format!("at most {most}")).help(help));
        return Vec::new();
    }
    axes
}

/// `vepa+on` names its values without their axes, so no two axes may share one.
fn same_names(axes: &[Axis], found: &mut Findings) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for choice in axes.iter().flat_map(|axis| &axis.values) {
        let name = &choice.name;
        if let Some(first) = seen.iter().find(|seen| seen.value == name.value) {
            let finding = Finding::new(Code::NameTaken, format!("two axes have a value `{}`", name.value), name.span);
            let finding = finding.label("again here").also(first.span, "first here");
            found.push(finding.help("a variant is named by its values, so each needs its own name"));
        }
        seen.push(name);
    }
}

fn choice(field: &Field, found: &mut Findings) -> Choice {
    let mut choice = Choice { name: field.name.clone(), say: None, set: Vec::new(), expect: Vec::new() };
    let Some(section) = Section::fields("a variant", &field.value, &["say", "set", "expect"], found) else {
        return choice;
    };
    for (name, tree) in section.given() {
        match name {
            "say" => choice.say = value::text(name, tree, found).map(|text| text.value),
            "set" => choice.set = set(tree, found),
            _ => choice.expect = entries("checks", tree, found).into_iter().cloned().collect(),
        }
    }
    choice
}

/// Reads `{"place": (…), …}`.
pub fn set(tree: &Tree, found: &mut Findings) -> Vec<(Spanned<Place>, Tree)> {
    let mut list = Vec::new();
    for field in pairs("places to set", tree, found) {
        let place = value::parse_place(&field.name, found);
        list.extend(place.map(|place| (place, field.value.clone())));
    }
    list
}

/// The combinations of values, the last axis turning fastest; the first one is the default. One empty combination
/// when there are no axes.
pub fn combinations(axes: &[Axis]) -> Vec<Vec<&Choice>> {
    let mut all = vec![Vec::new()];
    for axis in axes {
        all = all
            .iter()
            .flat_map(|so_far: &Vec<&Choice>| {
                axis.values.iter().map(move |choice| so_far.iter().copied().chain([choice]).collect())
            })
            .collect();
    }
    all
}

/// `vepa+on`; empty when there are no axes.
pub fn name_of(combination: &[&Choice]) -> String {
    combination.iter().map(|choice| choice.name.value.as_str()).collect::<Vec<_>>().join("+")
}

/// The whole name of the variant that `on`, `vepa+on` or `on+vepa` means; missing axes are at their default.
pub fn resolve(axes: &[Axis], name: &str) -> Option<String> {
    let mut chosen: Vec<&Choice> = axes.iter().filter_map(|axis| axis.values.first()).collect();
    let mut used = vec![false; axes.len()];
    for part in name.split('+') {
        let (at, choice) = axes.iter().enumerate().find_map(|(at, axis)| {
            axis.values.iter().find(|choice| choice.name.value == part).map(|choice| (at, choice))
        })?;
        if std::mem::replace(&mut used[at], true) {
            return None;
        }
        chosen[at] = choice;
    }
    Some(name_of(&chosen))
}
