//! Proofs that a brief is one: the cluster as it was left fails, answers pass or fail as they should, no goal is idle.

use super::hand_in::merged;
use super::judge::{Judged, judge};
use super::{Answer, Design};
use crate::lab::diagnostic::Findings;
use crate::lab::file::{LabFile, open};
use crate::lab::judge::Outcome;
use crate::lab::print::{made, pretty};
use crate::lab::read::Tree;
use crate::lab::source::Source;
use crate::plan::Bilingual;

/// What is asked of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Passes,
    Fails,
}

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
    add("as it is".to_owned(), proof(&nothing, Wanted::Fails));
    for (answers, judged, wanted, word) in
        [(&design.passes, &passing, Wanted::Passes, "passes"), (&design.fails, &failing, Wanted::Fails, "fails")]
    {
        for (answer, judged) in answers.iter().zip(judged) {
            add(format!("{word} {}", answer.name), proof(judged, wanted));
        }
    }
    for (at, goal) in design.goals().enumerate() {
        let bad = |judged: &Result<Judged, Bilingual>| {
            judged.as_ref().is_ok_and(|judged| judged.goals.get(at).is_some_and(|(_, outcome)| !outcome.holds))
        };
        let holds = bad(&nothing) || failing.iter().any(bad);
        let (en, zh) = if holds { ("it does", "确实如此") } else { ("it always holds", "它总是成立") };
        let text = Bilingual::new(
            format!("expected this goal to fail with some cluster that should fail: {en}"),
            format!("这个目标在某个应失败的集群里应不成立:{zh}"),
        );
        add(format!("goal {goal}"), Outcome { holds, text });
    }
    proofs
}

/// What comes of a cluster in this brief, or why nothing does.
fn of(file: &LabFile, design: &Design, cluster: &Tree, budget: u64) -> Result<Judged, Bilingual> {
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
    judge(&lab, budget).map_err(|error| Bilingual::new(error.to_string(), error.to_string()))
}

fn proof(judged: &Result<Judged, Bilingual>, wanted: Wanted) -> Outcome {
    let judged = match judged {
        Ok(judged) => judged,
        Err(why) => return Outcome { holds: false, text: why.clone() },
    };
    let failed = judged.goals.iter().find(|(_, outcome)| !outcome.holds);
    let found = match failed {
        Some((name, outcome)) => {
            let Bilingual { en, zh } = &outcome.text;
            Bilingual::new(format!("`{name}` fails: {en}"), format!("`{name}` 不成立:{zh}"))
        }
        None if judged.ended => Bilingual::new("they all hold", "全部成立"),
        None => Bilingual::new("the run did not end: give the lab an `end`", "运行未结束:请给实验写上 `end`"),
    };
    let (en, zh) = match wanted {
        Wanted::Passes => ("all goals to hold", "所有目标都应成立"),
        Wanted::Fails => ("some goal to fail", "应有目标不成立"),
    };
    let text = Bilingual::new(format!("expected {en}: {}", found.en), format!("{zh}:{}", found.zh));
    Outcome { holds: judged.passes() == (wanted == Wanted::Passes), text }
}
