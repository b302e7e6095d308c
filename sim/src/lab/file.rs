//! A lab file that has been read: its words, its variants, their plans and what they must show.

use std::rc::Rc;

use crate::engine::World;
use crate::lab::denied;
use crate::lab::design::{self, Design, HandedIn};
use crate::lab::diagnostic::{Code, Finding, Findings, Severity, list};
use crate::lab::expect::{self, Context, Variants};
use crate::lab::guide::{self, Step};
use crate::lab::judge::Check;
use crate::lab::lower::{self, Directory, Lowered};
use crate::lab::print::made;
use crate::lab::read::{Args, Field, Form, Tree, read};
use crate::lab::repair::{self, Repair};
use crate::lab::run::Until;
use crate::lab::schema::lab::LINTS;
use crate::lab::schema::variant::{self, Axis, Choice};
use crate::lab::schema::{Lab, change, lab, patch, routing};
use crate::lab::source::{Source, Span, Spanned};
use crate::plan::Plan;

/// One world of a lab.
#[derive(Clone, Debug)]
pub struct Variant {
    /// `vepa+on`; empty for a lab without variants.
    pub name: String,
    /// What its author says about it.
    pub say: Vec<String>,
    /// What must hold in it, by name.
    pub checks: Vec<(String, Check)>,
    /// When its run ends; nothing means when it is quiet.
    pub end: Option<Until>,
    lowered: Rc<Lowered>,
}

/// A lab file without errors.
#[derive(Clone, Debug)]
pub struct LabFile {
    /// The file.
    pub source: Source,
    /// Shown in the list.
    pub title: String,
    /// What will be remembered.
    pub idea: String,
    /// Labs to have done before.
    pub after: Vec<String>,
    /// The steps of its guide.
    pub steps: Vec<Step>,
    /// What is broken in it and what counts as repaired; nothing unless it is a repair lab.
    pub repair: Option<Repair>,
    /// What is to be designed; nothing unless it is a brief.
    pub design: Option<Design>,
    /// The brief it answers, and why so; nothing unless it is a design that was handed in.
    pub answers: Option<HandedIn>,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Finding>,
    axes: Vec<Axis>,
    variants: Vec<Variant>,
}

/// Reads a lab file. All that is wrong with it comes at once.
pub fn open(source: Source) -> Result<LabFile, Vec<Finding>> {
    open_with(source, |_| ())
}

/// Allows every finding that a lab can allow.
fn force(tree: &mut Tree) {
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return };
    let all = || made::list(LINTS.iter().map(|lint| made::text(*lint)));
    match fields.iter_mut().find(|field| field.name.value == "allow") {
        Some(field) => field.value = all(),
        None => fields.push(Field { name: Spanned::new("allow".to_owned(), Span::default()), value: all() }),
    }
}

/// The same, with other texts in the places of its own.
pub(in crate::lab) fn open_with(source: Source, lay: impl FnOnce(&mut Tree)) -> Result<LabFile, Vec<Finding>> {
    let mut found = Findings::default();
    let file = build(source, lay, &mut found);
    let has_errors = found.has_errors();
    match file {
        Some(mut file) if !has_errors => {
            file.warnings = found.into_vec();
            Ok(file)
        }
        _ => Err(found.into_vec()),
    }
}

/// Which combinations of values are built, and how many there may be.
pub(in crate::lab) struct Chosen<'a> {
    /// More than this many are a finding.
    pub most: usize,
    /// Whether a combination is wanted.
    pub keep: &'a dyn Fn(&[&Choice]) -> bool,
}

/// One combination of values, read and lowered.
struct Built<'a> {
    name: String,
    combination: Vec<&'a Choice>,
    lab: Lab,
    lowered: Rc<Lowered>,
}

struct All<'a> {
    tree: &'a Tree,
    axes: &'a [Axis],
    built: &'a [Built<'a>],
}

impl Variants for All<'_> {
    fn find(&self, name: &Spanned<String>, found: &mut Findings) -> Option<(String, &Lowered)> {
        let full = variant::resolve(self.axes, &name.value);
        let built = full.and_then(|full| self.built.iter().find(|built| built.name == full));
        if built.is_none() {
            found.push(no_variant(&name.value, name.span, self.axes, self.built.iter().map(|built| &*built.name)));
        }
        built.map(|built| (built.name.clone(), built.lowered.as_ref()))
    }

    fn first(&self) -> Option<(String, &Lowered)> {
        self.built.first().map(|built| (built.name.clone(), built.lowered.as_ref()))
    }

    fn axes(&self) -> Vec<(String, Vec<String>)> {
        axis_names(self.axes)
    }

    fn with(&self, one: &Lowered, set: &[expect::Set], found: &mut Findings) -> Option<Vec<Finding>> {
        let built = self.built.iter().find(|built| std::ptr::eq(built.lowered.as_ref(), one))?;
        refusals(self.tree, &built.combination, set, found)
    }
}

impl Variants for LabFile {
    fn find(&self, name: &Spanned<String>, found: &mut Findings) -> Option<(String, &Lowered)> {
        let full = variant::resolve(&self.axes, &name.value);
        let variant = full.and_then(|full| self.variants.iter().find(|variant| variant.name == full));
        if variant.is_none() {
            found.push(no_variant(&name.value, name.span, &self.axes, self.variant_names()));
        }
        variant.map(|variant| (variant.name.clone(), variant.lowered()))
    }

    fn first(&self) -> Option<(String, &Lowered)> {
        self.variants.first().map(|variant| (variant.name.clone(), variant.lowered()))
    }

    fn axes(&self) -> Vec<(String, Vec<String>)> {
        axis_names(&self.axes)
    }

    fn with(&self, one: &Lowered, set: &[expect::Set], found: &mut Findings) -> Option<Vec<Finding>> {
        let variant = self.variants.iter().find(|variant| std::ptr::eq(variant.lowered(), one))?;
        let all = variant::combinations(&self.axes);
        let combination = all.iter().find(|combination| variant::name_of(combination) == variant.name)?;
        refusals(&read(&self.source, &mut Findings::default())?, combination, set, found)
    }
}

/// What keeps a combination from running once more is set.
fn refusals(tree: &Tree, combination: &[&Choice], set: &[expect::Set], found: &mut Findings) -> Option<Vec<Finding>> {
    let (mut patched, mut presets) = patched(tree, combination, found);
    let before = found.noted();
    for (place, patch) in set {
        patch::apply(&mut patched, place, patch, &mut presets, found);
    }
    if found.noted() != before {
        return None;
    }
    let mut tried = Findings::default();
    if let Some(lab) = read_patched(patched, &presets, &mut tried) {
        lower::lower(&lab, &mut tried);
        denied::check(&lab, &mut tried);
    }
    Some(tried.into_vec().into_iter().filter(|finding| finding.severity == Severity::Error).collect())
}

fn axis_names(axes: &[Axis]) -> Vec<(String, Vec<String>)> {
    let values = |axis: &Axis| axis.values.iter().map(|value| value.name.value.clone()).collect();
    axes.iter().map(|axis| (axis.name.value.clone(), values(axis))).collect()
}

/// There is no such variant; or there is, but a suite skips it.
fn no_variant<'a>(name: &str, span: Span, axes: &[Axis], mut runs: impl Iterator<Item = &'a str>) -> Finding {
    let known: Vec<&str> = axes.iter().flat_map(|axis| &axis.values).map(|choice| choice.name.value.as_str()).collect();
    if let Some(full) = variant::resolve(axes, name) {
        let finding = Finding::new(Code::UnknownName, format!("the run `{full}` is skipped"), span);
        let has = |run: &&str| name.split('+').all(|part| run.split('+').any(|value| value == part));
        let help = match runs.find(has) {
            Some(run) => format!("\"{run}\""),
            None => "leave it out, or skip less".to_owned(),
        };
        return finding.label("this is what it means: other axes are at their first value").help(help);
    }
    let finding = Finding::new(Code::UnknownName, format!("there is no variant `{name}` in this lab"), span);
    let finding = finding.label("not defined").about(format!("variant:{name}"));
    let finding = finding.suggest(name, known.iter().copied());
    if known.is_empty() {
        return finding.help("this lab has no variants");
    }
    finding.help(format!("values to choose from: {}; several are joined by `+`", list(known)))
}

fn build(source: Source, lay: impl FnOnce(&mut Tree), found: &mut Findings) -> Option<LabFile> {
    let mut tree = read(&source, found)?;
    if design::is(&tree) {
        let (handed, lab) = HandedIn::open(&source, &tree, found)?;
        let mut file = build(lab, lay, found)?;
        file.answers = Some(handed);
        return Some(file);
    }
    lay(&mut tree);
    if source.forced {
        force(&mut tree);
    }
    of_tree(source, &tree, &Chosen { most: variant::MOST, keep: &|_| true }, found)
}

/// The lab of a tree; `source` is where its words stand.
pub(in crate::lab) fn of_tree(
    source: Source,
    tree: &Tree,
    chosen: &Chosen<'_>,
    found: &mut Findings,
) -> Option<LabFile> {
    let section = lab::open(tree, found)?;
    let axes = section.get("variants").map(|tree| variant::read_up_to(tree, chosen.most, found)).unwrap_or_default();
    let mut built = Vec::new();
    for combination in variant::combinations(&axes) {
        if !(chosen.keep)(&combination) {
            continue;
        }
        let Some(lab) = typed(tree, &combination, found) else { continue };
        let lowered = Rc::new(lower::lower(&lab, found));
        denied::check(&lab, found);
        built.push(Built { name: variant::name_of(&combination), combination, lab, lowered });
    }
    let all = All { tree, axes: &axes, built: &built };
    let checks: Vec<Vec<(String, Check)>> =
        built.iter().enumerate().map(|(at, one)| checks(one, at == 0, &all, found)).collect();
    let first = built.first()?.lab.clone();
    let variants = built.iter().zip(checks).map(|(one, checks)| Variant {
        name: one.name.clone(),
        say: one.combination.iter().filter_map(|choice| choice.say.clone()).collect(),
        checks,
        end: one.lab.end.as_ref().and_then(|end| expect::until(end, Context::new(&one.lowered, &all), found)),
        lowered: Rc::clone(&one.lowered),
    });
    let variants = variants.collect();
    let Lab { title, idea, after, .. } = first;
    let steps = guide::read(&built[0].lab.steps, &all, found);
    let repair = built[0].lab.repair.as_ref().and_then(|tree| repair::read(tree, &all, found));
    let design = built[0].lab.design.as_ref().and_then(|tree| design::read(tree, &all, found));
    let (answers, warnings) = (None, Vec::new());
    Some(LabFile { source, title, idea, after, steps, repair, design, answers, warnings, axes: axes.clone(), variants })
}

/// The tree with the patches of a combination in place, and what they set inside of nodes.
fn patched(tree: &Tree, combination: &[&Choice], found: &mut Findings) -> (Tree, Vec<Tree>) {
    let (mut patched, mut presets) = (tree.clone(), Vec::new());
    for (place, patch) in combination.iter().flat_map(|choice| &choice.set) {
        patch::apply(&mut patched, place, patch, &mut presets, found);
    }
    (patched, presets)
}

/// The lab with the patches of a combination in place.
fn typed(tree: &Tree, combination: &[&Choice], found: &mut Findings) -> Option<Lab> {
    let (patched, presets) = patched(tree, combination, found);
    read_patched(patched, &presets, found)
}

fn read_patched(mut patched: Tree, presets: &[Tree], found: &mut Findings) -> Option<Lab> {
    routing::spread(&mut patched, found);
    let section = lab::open(&patched, found)?;
    let mut lab = lab::read(&section, found);
    lab.presets = presets.iter().filter_map(|preset| change::read(preset, found)).collect();
    Some(lab)
}

/// What must hold in a variant; checks that name their variant themselves belong to the first.
fn checks(one: &Built<'_>, first: bool, all: &All<'_>, found: &mut Findings) -> Vec<(String, Check)> {
    let context = Context::new(&one.lowered, all);
    let mut list = expect::read(&one.lab.expect, context, false, found);
    for choice in &one.combination {
        list.extend(expect::read(&choice.expect, context, false, found));
        list.extend(expect::read(&choice.expect, context, true, found));
    }
    if first {
        list.extend(expect::read(&one.lab.expect, context, true, found));
    }
    list
}

impl LabFile {
    /// A number that another text hardly has, as hexadecimal digits (FNV-1a). Ends of lines do not matter.
    pub fn hash(&self) -> String {
        let bytes = self.source.text.bytes().filter(|byte| *byte != b'\r');
        let hash =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }

    /// Its variants in order; the first one is the default.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// Its axes, each with its values.
    pub fn axis_values(&self) -> Vec<(String, Vec<String>)> {
        axis_names(&self.axes)
    }

    /// Names of its variants; none for a lab without.
    pub fn variant_names(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(|variant| variant.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The variant of a name, in which missing axes are at their default; without a name the default one.
    pub fn variant(&self, name: Option<&str>) -> Result<&Variant, Vec<Finding>> {
        // The one variant of a lab without variants has no name.
        let name = name.filter(|name| !name.is_empty());
        let full = name.map_or_else(
            || self.variants.first().map(|first| first.name.clone()),
            |name| variant::resolve(&self.axes, name),
        );
        let found = full.and_then(|full| self.variants.iter().find(|variant| variant.name == full));
        found.ok_or_else(|| {
            vec![no_variant(name.unwrap_or_default(), Span::default(), &self.axes, self.variant_names())]
        })
    }

    /// The plan of a variant, with another seed if one is given.
    pub fn plan(&self, variant: Option<&str>, seed: Option<u64>) -> Result<Plan, Vec<Finding>> {
        let mut plan = self.variant(variant)?.plan().clone();
        plan.seed = seed.unwrap_or(plan.seed);
        Ok(plan)
    }

    /// A variant as a tree, its patches in place, and the checks of its own.
    pub(in crate::lab) fn tree(&self, variant: &Variant) -> Option<(Tree, Vec<Field>)> {
        let found = &mut Findings::default();
        let tree = read(&self.source, found)?;
        let all = variant::combinations(&self.axes);
        let combination = all.iter().find(|combination| variant::name_of(combination) == variant.name)?;
        let checks = combination.iter().flat_map(|choice| choice.expect.clone()).collect();
        Some((patched(&tree, combination, found).0, checks))
    }

    /// What must hold in a variant, by name.
    pub fn checks(&self, variant: Option<&str>) -> Result<&[(String, Check)], Vec<Finding>> {
        Ok(&self.variant(variant)?.checks)
    }
}

impl Variant {
    /// What is built for it.
    pub fn plan(&self) -> &Plan {
        &self.lowered.plan
    }

    /// The network its author wrote, with all names.
    pub(in crate::lab) fn lowered(&self) -> &Lowered {
        &self.lowered
    }

    /// What its names stand for.
    pub(in crate::lab) fn names(&self) -> &Directory {
        &self.lowered.names
    }

    /// A world with its devices, to try changes on.
    pub(in crate::lab) fn probe(&self) -> Option<&World> {
        self.lowered.probe.as_ref()
    }
}
