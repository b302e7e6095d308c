//! What a learner did to mend a broken network, judged.

use crate::engine::{Change, Stop};
use crate::lab::file::LabFile;
use crate::lab::judge::Outcome;
use crate::lab::repair::Repair;
use crate::lab::run::{RunError, Runner, Runs, start};
use crate::plan::Bilingual;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The goals in their order.
    pub goals: Vec<(String, Outcome)>,
    /// What to say when it is a way that tempts and does not count.
    pub wrong: Option<String>,
}

impl Tried {
    /// Whether all goals hold.
    pub fn solves(&self) -> bool {
        self.goals.iter().all(|(_, outcome)| outcome.holds)
    }
}

/// Breaks the network, lets it run, makes the changes and judges the traffic that begins anew; nothing for a lab
/// that is no repair lab. The inner error is what the learner is told when the changes cannot be judged.
pub fn tried(
    file: &LabFile,
    changes: &[(String, Change)],
    seed: Option<u64>,
    budget: u64,
) -> Result<Option<Result<Tried, Bilingual>>, RunError> {
    let Some(repair) = &file.repair else { return Ok(None) };
    let variant = file.variant(Some(&repair.variant)).map_err(RunError::Lab)?;
    let broken = start(variant, seed, budget)?;
    Ok(Some(judged(file, repair, broken, changes, (seed, budget))))
}

fn judged(
    file: &LabFile,
    repair: &Repair,
    mut broken: Runner,
    changes: &[(String, Change)],
    (seed, budget): (Option<u64>, u64),
) -> Result<Tried, Bilingual> {
    make(&mut broken, "broken", &repair.broken.changes)?;
    if broken.finish() == Stop::Budget {
        return Err(endless());
    }
    let mut runner = broken.clone();
    for (line, change) in changes {
        make(&mut runner, line, std::slice::from_ref(change))?;
    }
    // The same changes in any order, or the same network by other words.
    let same = |deed: &[Change]| {
        if deed.len() == changes.len() && deed.iter().all(|wanted| changes.iter().any(|(_, made)| made == wanted)) {
            return true;
        }
        let mut other = broken.clone();
        make(&mut other, "", deed).is_ok() && other.world.digest() == runner.world.digest()
    };
    let wrong = repair.wrong.iter().find(|wrong| same(&wrong.deed.changes)).map(|wrong| wrong.say.clone());
    if runner.begin_again() == Stop::Budget || runner.finish() == Stop::Budget {
        return Err(endless());
    }
    let runs = Runs::of_lab(file, seed, budget);
    let goals = repair.goals.iter().map(|(name, check)| (name.clone(), check.judge(runner.run(), &runs)));
    Ok(Tried { goals: goals.collect(), wrong })
}

fn make(runner: &mut Runner, line: &str, changes: &[Change]) -> Result<(), Bilingual> {
    runner.make("repair", changes).map_err(|error| {
        let (en, zh) = (format!("`{line}` cannot be made: {error}"), format!("`{line}` 无法执行:{error}"));
        Bilingual::new(en, zh)
    })
}

fn endless() -> Bilingual {
    let en = "the network does not come to rest within the event budget: take a change back";
    Bilingual::new(en, "网络未在事件预算内静止:请撤销一项改动")
}
