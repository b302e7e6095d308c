//! Proofs that a repair lab is one: that it starts healthy, is broken, can be solved, and only by solving it.

use crate::engine::{ChangeError, Stop};
use crate::lab::file::LabFile;
use crate::lab::judge::Outcome;
use crate::lab::prove::goals::{self, Wanted};
use crate::lab::repair::{Deed, Repair};
use crate::lab::run::{RunError, Runner, Runs, start};
use crate::plan::Bilingual;

/// The goals of an attempt in their order, or why they could not be judged.
type Judged = Result<Vec<Outcome>, Bilingual>;

/// The proofs of a repair lab by name; none for other labs.
///
/// - `repair: healthy`: without the breakage all goals hold, else the goal is wrong and not the learner.
/// - `repair: broken`: with it some goal fails, else there is nothing to do.
/// - `repair: solution`: after the solution all goals hold.
/// - `repair: wrong NAME`: after a wrong attempt some goal fails, else it would count.
/// - `repair: goal NAME`: the goal fails while broken or after some wrong attempt, else it is decoration.
pub fn prove(file: &LabFile, budget: u64) -> Result<Vec<(String, Outcome)>, RunError> {
    let Some(repair) = &file.repair else { return Ok(Vec::new()) };
    let variant = file.variant(Some(&repair.variant)).map_err(RunError::Lab)?;
    let runs = Runs::of_lab(file, None, budget);
    let mut healthy = start(variant, None, budget)?;
    let mut world = healthy.clone();
    let healthy = judge(repair, &mut healthy, &runs);
    let broken = make(&mut world, &repair.broken).and_then(|()| judge(repair, &mut world, &runs));
    let attempt = |deed: &Deed| {
        broken.as_ref().map_err(Clone::clone)?;
        let mut runner = world.clone();
        make(&mut runner, deed)?;
        if runner.begin_again() == Stop::Budget {
            return Err(endless());
        }
        judge(repair, &mut runner, &runs)
    };
    let (solved, wrong) = (attempt(&repair.solution), repair.wrong.iter().map(|wrong| attempt(&wrong.deed)));
    let wrong: Vec<Judged> = wrong.collect();

    let mut proofs = Vec::new();
    let mut add = |name: String, outcome: Outcome| proofs.push((format!("repair: {name}"), outcome));
    add("healthy".to_owned(), proof(repair, &healthy, Wanted::AllHold, [" without the breakage", "没有故障时"]));
    add("broken".to_owned(), proof(repair, &broken, Wanted::SomeFails, [" while it is broken", "有故障时"]));
    add("solution".to_owned(), proof(repair, &solved, Wanted::AllHold, [" after the solution", "按解法修复后"]));
    for (of, judged) in repair.wrong.iter().zip(&wrong) {
        let place = [" after this attempt", "这样尝试之后"];
        add(format!("wrong {}", of.name), proof(repair, judged, Wanted::SomeFails, place));
    }
    for (at, (name, _)) in repair.goals.iter().enumerate() {
        add(format!("goal {name}"), can_fail(at, &broken, &wrong));
    }
    Ok(proofs)
}

fn make(runner: &mut Runner, deed: &Deed) -> Result<(), Bilingual> {
    let refused = |error: ChangeError| {
        let line = deed.lines.join("; ");
        Bilingual::new(format!("`{line}` was refused: {error}"), format!("`{line}` 被拒绝:{error}"))
    };
    runner.make("repair", &deed.changes).map_err(refused)
}

fn endless() -> Bilingual {
    let en = "the run did not end within the event budget: give the lab an `end`";
    Bilingual::new(en, "运行未在事件预算内结束:请给实验写上 `end`")
}

/// Runs to the end and judges every goal.
fn judge(repair: &Repair, runner: &mut Runner, runs: &Runs<'_>) -> Judged {
    if runner.finish() == Stop::Budget {
        return Err(endless());
    }
    Ok(repair.goals.iter().map(|(_, check)| check.judge(runner.run(), runs)).collect())
}

/// Whether the goals came out as wanted; `place` says where, in both languages.
fn proof(repair: &Repair, judged: &Judged, wanted: Wanted, place: [&str; 2]) -> Outcome {
    let names = repair.goals.iter().map(|(name, _)| name.as_str());
    goals::proof(judged.as_ref().map(|outcomes| names.zip(outcomes)), wanted, place)
}

/// Whether a goal fails in the broken network or after some wrong attempt.
fn can_fail(at: usize, broken: &Judged, wrong: &[Judged]) -> Outcome {
    if let Err(why) = broken {
        return Outcome { holds: false, text: why.clone() };
    }
    let fails = |judged: &Judged| judged.as_ref().is_ok_and(|goals| goals.get(at).is_some_and(|goal| !goal.holds));
    let place = ["while it is broken or after a wrong attempt", "有故障时或某次错误尝试后"];
    goals::can_fail(fails(broken) || wrong.iter().any(fails), place)
}
