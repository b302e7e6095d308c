//! Each check can fail: there is another world in which it does not hold.
//!
//! A check that holds whatever happens shows nothing. So it is judged in the other variants too, and in worlds that
//! are damaged one thing at a time: no traffic, a switch that repeats everything, a cut link. What holds in all of
//! them cannot fail as far as anybody knows.

use crate::engine::{Change, DeviceChange, Stop, Value};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::expect::{self, Context};
use crate::lab::file::{LabFile, Variant};
use crate::lab::judge::Others;
use crate::lab::lower::directory::Sort;
use crate::lab::prove::Work;
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::run::{Runner, Runs, start};
use crate::lab::source::Spanned;

/// A check that has not failed anywhere yet.
struct Suspect {
    name: Spanned<String>,
    tree: Tree,
    /// Variants in which it must hold, by number.
    stated: Vec<usize>,
}

/// One thing that is different from what the lab says.
#[derive(Clone, Debug, PartialEq)]
enum Damage {
    NoTraffic,
    Hub(String),
    Cut(String),
}

/// Reports checks that cannot fail.
pub fn prove(file: &LabFile, budget: u64, work: &Work, found: &mut Findings) {
    let mut suspects = suspects(file);
    let sound = worlds(file, budget, work, None);
    suspects.retain(|suspect| !fails_elsewhere(suspect, file, &sound));
    drop(sound);
    let damages = damages(file);
    for damage in &damages {
        if suspects.is_empty() {
            return;
        }
        let runs = worlds(file, budget, work, Some(damage));
        suspects.retain(|suspect| !suspect.stated.iter().any(|at| fails(suspect, &file.variants()[*at], file, &runs)));
    }
    let variants = file.variant_names().map(|name| format!("variant {name}"));
    let tried: Vec<String> = variants.chain(damages.iter().map(Damage::to_string)).collect();
    for Suspect { name, .. } in suspects {
        let finding = Finding::new(Code::CannotFail, format!("`{}` cannot fail", name.value), name.span);
        let finding = finding.label("it holds in every other world that was tried, too");
        let finding = finding.help(format!("tried: {}", list(tried.iter().map(String::as_str))));
        found.push(finding.help("ask for an exact number, or also for what makes it happen: All([Saw(…), …])"));
    }
}

/// All checks of a lab, each once.
fn suspects(file: &LabFile) -> Vec<Suspect> {
    let mut list: Vec<Suspect> = Vec::new();
    for (at, variant) in file.variants().iter().enumerate() {
        let Some((tree, own)) = file.tree(variant) else { continue };
        let shared = entries(field(&tree, "expect")).iter().filter(|check| at == 0 || !expect::is_in(&check.value));
        for check in own.iter().chain(shared) {
            match list.iter_mut().find(|known| known.name.span == check.name.span) {
                Some(known) => known.stated.push(at),
                None => {
                    list.push(Suspect { name: check.name.clone(), tree: check.value.clone(), stated: vec![at] });
                }
            }
        }
    }
    list
}

fn field<'t>(tree: &'t Tree, name: &str) -> Option<&'t Tree> {
    let Form::Call(_, Args::Fields(fields)) = &tree.form else { return None };
    fields.iter().find(|field| field.name.value == name).map(|field| &field.value)
}

fn entries(tree: Option<&Tree>) -> &[Field] {
    if let Some(Tree { form: Form::Map(fields), .. }) = tree { fields } else { &[] }
}

/// The variant and the check of `In("variant", Check)`.
fn inside(tree: &Tree) -> Option<(&Tree, &Tree)> {
    if !expect::is_in(tree) {
        return None;
    }
    match &tree.form {
        Form::Call(_, Args::Items(items)) => Some((items.first()?, items.get(1)?)),
        Form::Call(..) => Some((field(tree, "variant")?, field(tree, "check")?)),
        _ => None,
    }
}

/// Whether it does not hold in some variant in which it need not.
fn fails_elsewhere(suspect: &Suspect, file: &LabFile, runs: &Runs<'_>) -> bool {
    let named = |tree: &Tree| {
        let Form::Text(name) = &tree.form else { return None };
        file.variant(Some(name)).ok().map(|variant| variant.name.clone())
    };
    let (own, tree) = match inside(&suspect.tree) {
        Some((name, check)) => (named(name).into_iter().collect(), check),
        None => (suspect.stated.iter().map(|at| file.variants()[*at].name.clone()).collect::<Vec<_>>(), &suspect.tree),
    };
    let others = file.variants().iter().filter(|variant| !own.contains(&variant.name));
    others.into_iter().any(|variant| fails_in(tree, variant, file, runs))
}

fn fails(suspect: &Suspect, variant: &Variant, file: &LabFile, runs: &Runs<'_>) -> bool {
    fails_in(&suspect.tree, variant, file, runs)
}

/// Whether a check does not hold in a variant. One that makes no sense there shows nothing.
fn fails_in(tree: &Tree, variant: &Variant, file: &LabFile, runs: &Runs<'_>) -> bool {
    let found = &mut Findings::default();
    let check = expect::check(tree, Context::new(variant.lowered(), file), found);
    let (Some(check), false) = (check, found.has_errors()) else { return false };
    runs.variant(&variant.name).is_some_and(|run| !check.judge(run.run(), runs).holds)
}

/// Runs of all variants, with some damage done to each.
fn worlds<'a>(file: &'a LabFile, budget: u64, work: &'a Work, damage: Option<&'a Damage>) -> Runs<'a> {
    Runs::new(move |name| {
        let variant = file.variants().iter().find(|variant| variant.name == name)?;
        let mut runner = start(variant, None, budget).ok()?;
        damage.map_or(Some(()), |damage| damage.apply(variant, &mut runner))?;
        let stop = runner.finish();
        work.add(&runner);
        // What would go on for ever is no world to judge anything in.
        (stop != Stop::Budget).then_some(runner)
    })
}

/// Everything that can be damaged in some variant, each once.
fn damages(file: &LabFile) -> Vec<Damage> {
    let mut list = vec![Damage::NoTraffic];
    for names in file.variants().iter().map(Variant::names) {
        let bridge =
            |node: &&crate::lab::lower::directory::Node| node.devices.iter().any(|device| device.sort == Sort::Bridge);
        let hubs = names.nodes.iter().filter(bridge).map(|node| Damage::Hub(node.name.value.clone()));
        let cuts = names.cables.iter().map(|cable| Damage::Cut(cable.name.clone()));
        for damage in hubs.chain(cuts) {
            if !list.contains(&damage) {
                list.push(damage);
            }
        }
    }
    list
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoTraffic => f.write_str("no traffic"),
            Self::Hub(node) => write!(f, "{node} a hub"),
            Self::Cut(cable) => write!(f, "{cable} cut"),
        }
    }
}

impl Damage {
    /// Does it to a run that has not begun. Nothing when the variant has no such thing.
    fn apply(&self, variant: &Variant, runner: &mut Runner) -> Option<()> {
        let names = variant.names();
        let changes: Vec<Change> = match self {
            Self::NoTraffic => {
                runner.world.stop_flows();
                return Some(());
            }
            Self::Cut(name) => {
                let cable = names.cables.iter().find(|cable| cable.name == *name)?;
                vec![Change::Carrier { cable: cable.id, up: false }]
            }
            Self::Hub(name) => {
                let node = names.nodes.iter().find(|node| node.name.value == *name)?;
                let bridges = node.devices.iter().filter(|device| device.sort == Sort::Bridge);
                let forget = |device: &crate::lab::lower::directory::Inside| {
                    let change =
                        DeviceChange::Set { port: None, field: "learning".to_owned(), value: Value::Flag(false) };
                    Change::Device { device: device.id, change }
                };
                bridges.map(forget).collect()
            }
        };
        runner.make("proof", &changes).ok()
    }
}
