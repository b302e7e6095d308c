//! Proofs that a brief is one: the cluster as it was left fails, answers pass or fail as they should, no goal is idle.

use super::hand_in::merged;
use super::judge::judge;
use super::{Answer, Design};
use crate::lab::diagnostic::Findings;
use crate::lab::file::{LabFile, open};
use crate::lab::judge::Outcome;
use crate::lab::print::{made, pretty};
use crate::lab::prove::goals::{self, Wanted};
use crate::lab::read::Tree;
use crate::lab::source::Source;
use crate::plan::Bilingual;

/// The goals of a design in their order, or why they could not be judged.
type Goals = Result<Vec<(String, Outcome)>, Bilingual>;

/// The proofs of a brief by name; none for other labs.
///
/// - `design: as it is`: the cluster of the brief fails some goal, else there is nothing to do.
/// - `design: passes NAME`: all goals hold with this answer.
/// - `design: fails NAME`: some goal fails with this one, else it would count.
/// - `design: goal NAME`: the goal fails in one of those that fail, else it is decoration.
pub fn prove(file: &LabFile, budget: u64) -> Vec<(String, Outcome)> {
    let Some(design) = &file.design else { return Vec::new() };
    let run = |cluster: &Tree| of(file, design, cluster, budget);
    let nothing = run(&made::call("", Vec::<(String, Tree)>::new()));
    let all = |answers: &[Answer]| answers.iter().map(|answer| run(&answer.cluster)).collect::<Vec<_>>();
    let (passing, failing) = (all(&design.passes), all(&design.fails));
    let mut proofs = Vec::new();
    let mut add = |name: String, outcome: Outcome| proofs.push((format!("design: {name}"), outcome));
    add("as it is".to_owned(), proof(&nothing, Wanted::SomeFails));
    for (answers, judged, wanted, word) in
        [(&design.passes, &passing, Wanted::AllHold, "passes"), (&design.fails, &failing, Wanted::SomeFails, "fails")]
    {
        for (answer, judged) in answers.iter().zip(judged) {
            add(format!("{word} {}", answer.name), proof(judged, wanted));
        }
    }
    for (at, goal) in design.goals().enumerate() {
        let bad = |judged: &Goals| judged.as_ref().is_ok_and(|goals| goals.get(at).is_some_and(|goal| !goal.1.holds));
        let does = bad(&nothing) || failing.iter().any(bad);
        add(
            format!("goal {goal}"),
            goals::can_fail(does, ["with some cluster that should fail", "某个应失败的集群里"]),
        );
    }
    proofs
}

/// What comes of a cluster in this brief, or why nothing does.
fn of(file: &LabFile, design: &Design, cluster: &Tree, budget: u64) -> Goals {
    let found = &mut Findings::default();
    let told = |found: Vec<crate::lab::Finding>| {
        let (line, text) = found.first().map_or((0, String::new()), |first| {
            (file.source.position(first.primary.span.start as usize).0, first.message.clone())
        });
        Bilingual::new(format!("line {line}: {text}"), format!("第 {line} 行:{text}"))
    };
    let Some(lab) = merged(&file.source, design, cluster, found) else {
        return Err(told(std::mem::take(found).into_vec()));
    };
    let lab = open(Source::new(&file.source.name, &pretty(&lab))).map_err(told)?;
    let judged = judge(&lab, budget).map_err(|error| Bilingual::new(error.to_string(), error.to_string()))?;
    if judged.ended {
        return Ok(judged.goals);
    }
    Err(Bilingual::new("the run did not end: give the lab an `end`", "运行未结束:请给实验写上 `end`"))
}

fn proof(judged: &Goals, wanted: Wanted) -> Outcome {
    let named = judged.as_ref().map(|goals| goals.iter().map(|(name, outcome)| (name.as_str(), outcome)));
    goals::proof(named, wanted, ["", ""])
}
