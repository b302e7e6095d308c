//! Repair labs: a healthy network, what is broken in it, and what counts as repaired.
//!
//! # An attempt
//!
//! What is broken is broken before the traffic begins, and that traffic then runs to its end: so whoever repairs finds
//! tables full of what the broken network taught them, and stale rows are part of the problem. Then the changes of an
//! attempt are made, what is still in flight comes to rest, and the traffic begins anew. The goals are judged over
//! this second run only; its moments are counted from its own start.
//!
//! [`prove()`] shows that the lab is one: see there.

mod attempt;
mod prove;
mod tried;

use crate::engine;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Context, Variants};
use crate::lab::judge::Check;
use crate::lab::lower::Resolver;
use crate::lab::question::words::SOLUTION;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::change;
use crate::lab::schema::section::{Section, entries};
use crate::lab::schema::value;

pub use attempt::attempt;
pub use prove::prove;
pub use tried::{Tried, tried};

const FIELDS: &[&str] = &["say", "broken", "goals", "solution", "wrong", "hints"];

/// What makes a lab a repair lab.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What the learner is told.
    pub say: String,
    /// Whole name of the variant that is broken: the default one.
    pub variant: String,
    /// What is wrong with the network.
    pub broken: Deed,
    /// What holds when it is repaired, by name.
    pub goals: Vec<(String, Check)>,
    /// One way out.
    pub solution: Deed,
    /// Tempting ways that do not count.
    pub wrong: Vec<Wrong>,
    hints: Vec<String>,
}

/// Changes that are made together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deed {
    /// As they are typed while a run is on.
    pub lines: Vec<String>,
    /// What they do to the world, in order.
    pub changes: Vec<engine::Change>,
}

/// A tempting way that does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// Its name.
    pub name: String,
    /// What is done.
    pub deed: Deed,
    /// What to say to it.
    pub say: String,
}

impl Repair {
    /// A hint, from 0; the last one may tell the solution.
    pub fn hint(&self, level: usize) -> Option<String> {
        let hint = self.hints.get(level)?;
        Some(SOLUTION.fill(hint, || self.solution.lines.join("; ")))
    }
}

/// Reads `repair: (…)`; names are those of the default variant.
pub fn read(tree: &Tree, variants: &dyn Variants, found: &mut Findings) -> Option<Repair> {
    let section = Section::fields("repair", tree, FIELDS, found)?;
    let (variant, lowered) = variants.first()?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| SOLUTION.text("say", tree, false, found));
    let mut resolver = Resolver::new(&lowered.names, lowered.probe.as_ref());
    let broken = need_deed(&section, "broken", &mut resolver, found);
    // What repairs is tried on the broken devices: a row may be removed that only the breakage wrote.
    let solution = need_deed(&section, "solution", &mut resolver.clone(), found);
    let wrong = section.get("wrong").map(|tree| wrong(tree, &resolver, found)).unwrap_or_default();
    let context = Context::new(lowered, variants);
    let goals = section.need("goals", "{\"works\": Delivered(\"ping\")}", found);
    let goals = goals.map(|tree| goals_of(tree, context, found));
    let example = "[\"where to look\", \"which rule\", \"{solution}, because …\"]";
    let hints = section.need("hints", example, found).and_then(|tree| SOLUTION.hints(tree, found));
    Some(Repair { say: say?, variant, broken: broken?, goals: goals?, solution: solution?, wrong, hints: hints? })
}

fn need_deed(
    section: &Section<'_>,
    name: &'static str,
    resolver: &mut Resolver<'_>,
    found: &mut Findings,
) -> Option<Deed> {
    let tree = section.need(name, "[Down(\"ann--sw\")]", found)?;
    deed(name, tree, resolver, found)
}

/// `[Set(…), Flush(…)]`: nothing if any of them cannot be made.
fn deed(name: &str, tree: &Tree, resolver: &mut Resolver<'_>, found: &mut Findings) -> Option<Deed> {
    let example = format!("{name}: [Down(\"ann--sw\")]");
    let items = value::items("changes", &example, tree, found);
    if let Form::List(items) = &tree.form
        && items.is_empty()
    {
        let finding = Finding::new(Code::Missing, format!("nothing is changed in `{name}`"), tree.head());
        found.push(finding.label("no changes").help(example));
    }
    let mut deed = Deed::default();
    let mut whole = !items.is_empty();
    for item in items {
        let change = change::read(item, found);
        let resolved = change.and_then(|change| Some((change.line(), resolver.resolve(&change, found)?)));
        whole &= resolved.is_some();
        if let Some((line, changes)) = resolved {
            deed.lines.push(line);
            deed.changes.extend(changes);
        }
    }
    whole.then_some(deed)
}

fn wrong(tree: &Tree, resolver: &Resolver<'_>, found: &mut Findings) -> Vec<Wrong> {
    let mut list = Vec::new();
    for field in entries("wrong attempts", tree, found) {
        let Some(section) = Section::fields("a wrong attempt", &field.value, &["do", "say"], found) else { continue };
        let deed = need_deed(&section, "do", &mut resolver.clone(), found);
        let say = section.need("say", "\"…\"", found).and_then(|tree| SOLUTION.text("say", tree, false, found));
        let name = field.name.value.clone();
        list.extend(deed.zip(say).map(|(deed, say)| Wrong { name, deed, say }));
    }
    list
}

fn goals_of(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Vec<(String, Check)> {
    let fields = entries("goals", tree, found);
    if let Form::Map(all) = &tree.form
        && all.is_empty()
    {
        let finding = Finding::new(Code::Missing, "a repair lab without a goal is never solved", tree.head());
        found.push(finding.label("no goals").help("{\"works\": Delivered(\"ping\")}"));
    }
    let goal = |field: &&crate::lab::read::Field| expect::check(&field.value, context, found);
    let checks: Vec<Option<Check>> = fields.iter().map(goal).collect();
    fields.iter().zip(checks).filter_map(|(field, check)| Some((field.name.value.clone(), check?))).collect()
}
