//! A learner's attempt, judged as the proofs judge an author's.

use crate::engine::{Change, Stop};
use crate::lab::file::LabFile;
use crate::lab::judge::Outcome;
use crate::lab::run::{Runs, start};
use crate::plan::Bilingual;

/// Makes these changes in the broken network and judges each goal by name; the reason when that cannot be done.
///
/// It does not matter when the learner made them: they are made when the traffic of the broken network has come to
/// its end, as those of the solution are in [`crate::lab::repair::prove()`].
pub fn attempt(
    file: &LabFile,
    changes: &[Change],
    seed: Option<u64>,
    budget: u64,
) -> Result<Vec<(String, Outcome)>, Bilingual> {
    let Some(repair) = &file.repair else {
        return Err(Bilingual::new("nothing is broken in this lab", "这个实验没有故障"));
    };
    let told = |error: String| Bilingual { zh: error.clone(), en: error };
    let variant = file.variants().iter().find(|variant| variant.name == repair.variant);
    let Some(variant) = variant else { return Err(told(repair.variant.clone())) };
    let runs = Runs::of_lab(file, seed, budget);
    let mut runner = start(variant, seed, budget).map_err(|error| told(error.to_string()))?;
    runner.make("repair", &repair.broken.changes).map_err(|error| told(error.to_string()))?;
    let rest = || Bilingual::new("the run did not end within the event budget", "运行未在事件预算内结束");
    if runner.finish() == Stop::Budget {
        return Err(rest());
    }
    runner.make("attempt", changes).map_err(|error| {
        Bilingual::new(format!("a change was refused: {error}"), format!("有一个改动被拒绝:{error}"))
    })?;
    if runner.begin_again() == Stop::Budget || runner.finish() == Stop::Budget {
        return Err(rest());
    }
    Ok(repair.goals.iter().map(|(name, goal)| (name.clone(), goal.judge(runner.run(), &runs))).collect())
}
