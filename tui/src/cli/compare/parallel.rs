//! The runs of a subject, on all processors.

use overunder_sim::measure::compare::{Bench, Row};

use super::subject::Subject;
use crate::cli::failure::Failure;
use crate::cli::parallel::each;
use crate::cli::progress::Progress;

/// The rows of the runs at these places, in their order.
pub fn rows(
    subject: &Subject,
    wanted: &[usize],
    (jobs, events): (usize, u64),
    progress: &mut Progress,
) -> Result<Vec<Row>, Failure> {
    // A bench has parts that threads cannot share, so each reads it for itself.
    let make = || Bench::open(subject.source.clone()).ok();
    let work = |bench: &Option<Bench>, at: usize| {
        let bench = bench.as_ref().ok_or_else(|| "it cannot be read any more".to_owned())?;
        bench.run(wanted[at], events).map_err(|error| error.to_string())
    };
    let mut rows: Vec<Option<Row>> = wanted.iter().map(|_| None).collect();
    let (mut done, mut lost) = (0, None);
    each(wanted.len(), jobs, make, work, |at, row| {
        done += 1;
        let run = subject.runs.get(wanted[at]).map_or("", String::as_str);
        progress.at(done, run);
        match row {
            Ok(row) => rows[at] = Some(row),
            Err(error) => lost = Some(format!("{} {run}: {error}", subject.name)),
        }
        lost.is_none()
    });
    match lost {
        Some(lost) => Err(Failure::usage(lost, "please report this: a sound bench must build")),
        None => Ok(rows.into_iter().flatten().collect()),
    }
}
