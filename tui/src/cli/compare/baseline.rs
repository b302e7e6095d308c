//! The accepted numbers: found, compared with, written.

use std::io;
use std::path::Path;

use overunder_sim::measure::compare::snapshot::{FORMAT, TOLERANCE_PPM};
use overunder_sim::measure::compare::{Broken, Row, Snapshot, differences};

use super::subject::Subject;
use super::{Against, Compared};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::write;
use crate::packs;

/// What to type to accept the numbers of now.
fn remedy(subject: &Subject, path: &Path) -> String {
    let name = &subject.source.name;
    let name = if Path::new(name).exists() { name } else { &subject.name };
    format!("overunder compare {name} --write-baseline {}", path.display())
}

/// The baseline of a subject: the one that was named, else the one a suite in a file names. Nothing if there is none.
pub fn find(subject: &Subject, named: Option<&Path>) -> Result<Option<(String, Snapshot)>, Failure> {
    let Some(path) = named.or(subject.baseline.as_deref()) else { return Ok(None) };
    let shown = path.display().to_string();
    let remedy = remedy(subject, path);
    let bytes = packs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::usage(
            format!("there is no baseline {shown}"),
            format!("to accept the numbers of now: {remedy}; to compare with none: --no-baseline"),
        ),
        _ => Failure::File(shown.clone(), error),
    })?;
    let accepted = Snapshot::read(&String::from_utf8_lossy(&bytes)).map_err(|broken| match broken {
        Broken::Unreadable(why) => Failure::usage(
            format!("{shown} is no baseline: {why}"),
            format!("name another file, or write it anew: {remedy}"),
        ),
        Broken::Format(format) if format > FORMAT => Failure::usage(
            format!("{shown} is a baseline of format {format}; this program reads format {FORMAT}"),
            "a newer version of overunder reads it",
        ),
        Broken::Format(format) => Failure::usage(
            format!("{shown} is a baseline of format {format}, which is older than format {FORMAT}"),
            format!("look at the numbers of now and accept them: {remedy}"),
        ),
    })?;
    Ok(Some((shown, accepted)))
}

/// What is different now.
pub fn compare(
    subject: &Subject,
    rows: &[Row],
    (file, accepted): (String, Snapshot),
    some: bool,
) -> Result<Against, Failure> {
    let now = Snapshot::of(&subject.name, rows, accepted.tolerance_ppm);
    let common = now.runs.keys().filter(|run| accepted.runs.contains_key(*run)).count();
    if common == 0 {
        let first = accepted.runs.keys().next().map_or("none", String::as_str);
        let hint = format!(
            "the baseline is of `{}` with runs such as `{first}`; name another one, or: {}",
            accepted.bench,
            remedy(subject, Path::new(&file))
        );
        return Err(Failure::usage(format!("{file} and {} have no run in common", subject.name), hint));
    }
    let (differences, tolerated) = differences(&accepted, &now, some);
    Ok(Against { file, accepted, differences, tolerated, common })
}

/// Accepts the numbers of now.
pub fn write(compared: &Compared, path: &Path, tolerance: Option<u64>, out: &Output) -> Result<(), Failure> {
    if !compared.is_sound() {
        let hint = "mend what is told above first: a baseline holds numbers of runs that are as they should be";
        return Err(Failure::usage("the baseline was not written", hint));
    }
    let old = packs::read(path).ok().and_then(|bytes| Snapshot::read(&String::from_utf8_lossy(&bytes)).ok());
    let tolerance = tolerance.or(old.as_ref().map(|old| old.tolerance_ppm)).unwrap_or(TOLERANCE_PPM);
    let now = Snapshot::of(&compared.subject.name, &compared.rows, tolerance);
    write::whole(path, &now.text())?;
    let changed = old.map_or(now.runs.len(), |old| differences(&old, &now, false).0.len());
    let (shown, all) = (path.display(), now.runs.len());
    let text = match out.lang {
        overunder_sim::lang::Lang::En => {
            format!("{shown}: {all} runs written, {changed} of them other than before; review and commit it")
        }
        overunder_sim::lang::Lang::Zh => format!("{shown}:写入 {all} 次运行,其中 {changed} 次与之前不同;请审阅并提交"),
    };
    out.remark(&text);
    Ok(())
}
