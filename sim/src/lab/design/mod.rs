//! Design labs: a brief, what the network has to do, and the clusters that do it or do not.
//!
//! The lab is a cluster as somebody has left it. Whoever designs hands in a file of their own, `Design( … )`, with the
//! fields of `cluster` that the brief leaves to them ([`hand_in`]); the cluster of the brief takes them over, the same
//! traffic runs, and the goals are judged by what happened ([`judge`]). No answer is compared with a right one: several
//! may pass, and one that fails is told which packet was thrown away first, and by which rule.
//!
//! [`prove()`] shows that the brief is one: see there.

mod hand_in;
mod judge;
mod prove;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Context, Variants};
use crate::lab::print::pretty;
use crate::lab::read::{Field, Form, Tree};
use crate::lab::schema::cluster;
use crate::lab::schema::section::{Section, entries, unknown_word};
use crate::lab::schema::value;

pub use hand_in::{HandedIn, brief_of, is_design};
pub use judge::{Judged, Stopped, judge};
pub use prove::prove;

pub(in crate::lab) use hand_in::is;

const FIELDS: &[&str] = &["say", "free", "goals", "passes", "fails"];

/// What makes a lab a design lab.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The brief.
    pub say: String,
    /// Fields of `cluster` that are left to whoever designs.
    pub free: Vec<&'static str>,
    /// What has to hold, by name; read anew for every design.
    goals: Vec<Field>,
    /// Clusters that pass.
    pub passes: Vec<Answer>,
    /// Clusters that tempt and fail.
    pub fails: Vec<Answer>,
}

/// A cluster somebody might hand in.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its name.
    pub name: String,
    /// What is to be said about it; may be empty.
    pub say: String,
    /// The fields it sets.
    cluster: Tree,
}

impl Design {
    /// Names of the goals in their order.
    pub fn goals(&self) -> impl Iterator<Item = &str> {
        self.goals.iter().map(|goal| goal.name.value.as_str())
    }

    /// What is to be said about just this cluster, when it is one that tempts.
    pub fn says_to(&self, handed: &HandedIn) -> Option<&str> {
        let cluster = pretty(&handed.cluster);
        let same = |answer: &&Answer| pretty(&answer.cluster) == cluster && !answer.say.is_empty();
        self.fails.iter().find(same).map(|answer| answer.say.as_str())
    }
}

/// Reads `design: (…)`.
pub(in crate::lab) fn read(tree: &Tree, variants: &dyn Variants, found: &mut Findings) -> Option<Design> {
    let section = Section::fields("design", tree, FIELDS, found)?;
    let (_, lowered) = variants.first()?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| value::text("say", tree, found));
    let free = section.get("free").map_or_else(|| vec!["plugin"], |tree| free(tree, found));
    let example = "{\"works\": Delivered(\"ping\")}";
    let goals = section.need("goals", example, found).map(|tree| several("goals", example, tree, found));
    // Whether each can be read is said once, in the brief as it is.
    expect::read(goals.as_deref().unwrap_or_default(), Context::new(lowered, variants), false, found);
    let example = "{\"vxlan\": (cluster: (plugin: FlannelVxlan()))}";
    let answers = |name: &'static str, found: &mut Findings| {
        let fields = section.need(name, example, found).map(|tree| several(name, example, tree, found))?;
        Some(fields.iter().filter_map(|field| answer(field, found)).collect())
    };
    let (passes, fails) = (answers("passes", found), answers("fails", found));
    Some(Design { say: say?.value, free, goals: goals?, passes: passes?, fails: fails? })
}

/// Named things, at least one.
fn several(what: &'static str, example: &str, tree: &Tree, found: &mut Findings) -> Vec<Field> {
    let fields: Vec<Field> = entries(what, tree, found).into_iter().cloned().collect();
    if let Form::Map(all) = &tree.form
        && all.is_empty()
    {
        let finding = Finding::new(Code::Missing, format!("a brief without `{what}` decides nothing"), tree.head());
        found.push(finding.label("nothing in here").help(example));
    }
    fields
}

fn free(tree: &Tree, found: &mut Findings) -> Vec<&'static str> {
    let mut list = Vec::new();
    for item in value::items("free", "free: [\"plugin\", \"mtu\"]", tree, found) {
        let Some(name) = value::text("free", item, found) else { continue };
        match cluster::DESIGNED.iter().find(|known| **known == name.value) {
            Some(known) => list.push(*known),
            None => found.push(unknown_word(
                "a field of `cluster` to be left to others",
                &name.value,
                name.span,
                cluster::DESIGNED,
            )),
        }
    }
    list
}

fn answer(field: &Field, found: &mut Findings) -> Option<Answer> {
    let section = Section::fields("an answer", &field.value, &["cluster", "say"], found)?;
    let say = section.get("say").and_then(|tree| value::text("say", tree, found));
    let cluster = section.need("cluster", "(plugin: FlannelVxlan())", found)?.clone();
    let say = say.map(|text| text.value).unwrap_or_default();
    Some(Answer { name: field.name.value.clone(), say, cluster })
}
