//! What is different from the numbers that were accepted.

use super::explain::explain;
use super::snapshot::{Kept, Number, Snapshot};
use crate::plan::Bilingual;

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Worse than what was accepted.
    Regression,
    /// Better.
    Improvement,
    /// Neither is worse.
    Change,
}

impl Verdict {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Improvement => "improvement",
            Self::Change => "change",
        }
    }

    /// What people say.
    pub const fn title(self, lang: crate::lang::Lang) -> &'static str {
        match self {
            Self::Regression => lang.pick("regression", "变差"),
            Self::Improvement => lang.pick("improvement", "变好"),
            Self::Change => lang.pick("change", "变化"),
        }
    }
}

/// A value that is another one now.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Its name.
    pub name: String,
    /// What was accepted; nothing if it was not measured.
    pub before: Option<Number>,
    /// What it is now; nothing if it is not measured any more.
    pub after: Option<Number>,
    /// What that means.
    pub verdict: Verdict,
}

/// How a run is different.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// It is not among the accepted ones.
    New {
        /// Its name.
        run: String,
    },
    /// It is among the accepted ones and there is no such run.
    Gone {
        /// Its name.
        run: String,
    },
    /// Its numbers are others.
    Moved {
        /// Its name.
        run: String,
        /// The values; none where only what the cables carried is different.
        values: Vec<Moved>,
        /// The headers, frames, costs and rows that are different.
        because: Vec<Bilingual>,
    },
}

impl Difference {
    /// The run.
    pub fn run(&self) -> &str {
        match self {
            Self::New { run } | Self::Gone { run } | Self::Moved { run, .. } => run,
        }
    }

    /// The worst of it.
    pub fn verdict(&self) -> Verdict {
        let Self::Moved { values, .. } = self else { return Verdict::Change };
        let has = |verdict| values.iter().any(|moved| moved.verdict == verdict);
        let found = [Verdict::Regression, Verdict::Change, Verdict::Improvement].into_iter().find(|known| has(*known));
        found.unwrap_or(Verdict::Change)
    }
}

/// All differences, and how many values are others but within the tolerance. With `some`, only runs that are there now.
pub fn differences(accepted: &Snapshot, now: &Snapshot, some: bool) -> (Vec<Difference>, usize) {
    let mut found = Vec::new();
    let mut tolerated = 0;
    for (run, kept) in &now.runs {
        match accepted.runs.get(run) {
            None => found.push(Difference::New { run: run.clone() }),
            Some(before) => {
                let (moved, small) = moved(before, kept, accepted.tolerance_ppm);
                tolerated += small;
                let because = explain(before, kept);
                // Where a time moved within its tolerance, what it came from need not be the same to the nanosecond.
                let exact = before.kinds == kept.kinds && before.headers == kept.headers;
                let exact = exact && before.rows == kept.rows && before.profiles == kept.profiles;
                if !moved.is_empty() || !exact {
                    found.push(Difference::Moved { run: run.clone(), values: moved, because });
                }
            }
        }
    }
    let gone = accepted.runs.keys().filter(|run| !some && !now.runs.contains_key(*run));
    found.extend(gone.map(|run| Difference::Gone { run: run.clone() }));
    (found, tolerated)
}

fn moved(before: &Kept, after: &Kept, tolerance_ppm: u64) -> (Vec<Moved>, usize) {
    let mut found = Vec::new();
    let mut tolerated = 0;
    let names = before.values.keys().chain(after.values.keys().filter(|name| !before.values.contains_key(*name)));
    for name in names {
        let (old, new) = (before.values.get(name), after.values.get(name));
        if same(old, new) {
            continue;
        }
        if old.zip(new).is_some_and(|(old, new)| is_near(old, new, tolerance_ppm)) {
            tolerated += 1;
            continue;
        }
        let verdict = verdict(old, new);
        found.push(Moved { name: name.clone(), before: old.cloned(), after: new.cloned(), verdict });
    }
    (found, tolerated)
}

fn same(old: Option<&Number>, new: Option<&Number>) -> bool {
    let told = |number: &Number| (number.value, number.unit.clone(), number.text.clone());
    old.map(told) == new.map(told)
}

/// A time or a rate that moved by no more than is allowed.
fn is_near(old: &Number, new: &Number, tolerance_ppm: u64) -> bool {
    let (Some(a), Some(b)) = (old.value, new.value) else { return false };
    let is_timed = old.is_timed() && old.unit == new.unit;
    is_timed && u128::from(a.abs_diff(b)) * 1_000_000 <= u128::from(a.unsigned_abs()) * u128::from(tolerance_ppm)
}

fn verdict(old: Option<&Number>, new: Option<&Number>) -> Verdict {
    let Some((old, new)) = old.zip(new) else { return Verdict::Change };
    let (Some(a), Some(b)) = (old.value, new.value) else { return Verdict::Change };
    match new.better.as_str() {
        "lower" if b > a => Verdict::Regression,
        "higher" if b < a => Verdict::Regression,
        "lower" | "higher" => Verdict::Improvement,
        _ => Verdict::Change,
    }
}
