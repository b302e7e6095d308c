//! Proofs that a lab shows what it seems to show.
//!
//! [`checks`]: each check fails in some other known world. [`questions`]: each question has one answer, also a moment
//! later, its wrong answers are wrong, and nothing gives it away. That a repair lab is one is proved by
//! [`crate::lab::repair::prove()`]. What cannot be proved is a finding at the word that is to blame.

mod checks;
pub(in crate::lab) mod goals;
mod questions;

use std::cell::Cell;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::file::LabFile;
use crate::lab::read::read;
use crate::lab::run::Runner;

pub(in crate::lab) use questions::given_away;

/// Events that all proofs of a lab may take together: two seconds on a machine of no great merit.
pub const EVENTS: u64 = 4_000_000;

/// What cannot be proved of a lab; each run may take this many events.
pub fn prove(file: &LabFile, budget: u64) -> Vec<Finding> {
    within(file, budget, EVENTS)
}

/// The same; with more events than `most` in all it is slow.
pub(in crate::lab) fn within(file: &LabFile, budget: u64, most: u64) -> Vec<Finding> {
    let (work, found) = (Work::default(), &mut Findings::default());
    checks::prove(file, budget, &work, found);
    questions::prove(file, &work, found);
    if work.0.get() > most {
        slow(file, work.0.get(), most, found);
    }
    std::mem::take(found).into_vec()
}

/// Events of all runs so far.
#[derive(Debug, Default)]
struct Work(Cell<u64>);

impl Work {
    fn add(&self, runner: &Runner) {
        self.0.set(self.0.get() + runner.world.event().0);
    }
}

fn slow(file: &LabFile, events: u64, most: u64, found: &mut Findings) {
    let Some(tree) = read(&file.source, &mut Findings::default()) else { return };
    let text = format!("all proofs of this lab together take {} events", thousands(events));
    let finding = Finding::new(Code::Slow, text, tree.head());
    let label = format!("more than {}", thousands(most));
    let finding =
        finding.label(label).help("whoever writes a lab checks it after each change: let it take two seconds");
    found.push(finding.help("let flows be shorter or slower, or give the lab an `end`"));
}

/// `4,000,000`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|part| str::from_utf8(part).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn large_numbers_have_commas() {
        assert_eq!([thousands(7), thousands(1000), thousands(4_567_890)], ["7", "1,000", "4,567,890"]);
    }
}
