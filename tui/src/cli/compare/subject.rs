//! What is compared: suites and labs by name or path.

use std::path::{Path, PathBuf};

use overunder_sim::lab::Source;
use overunder_sim::lab::suite::shipped::{self, SUITES};
use overunder_sim::measure::compare::Bench;

use crate::cli::failure::Failure;
use crate::cli::source;
use crate::packs;

/// A suite or a lab that can be run.
pub struct Subject {
    /// Its name: that of a file without folder and ending.
    pub name: String,
    pub source: Source,
    pub title: String,
    pub axes: Vec<(String, Vec<String>)>,
    /// Names of its runs.
    pub runs: Vec<String>,
    /// Names of what a suite measures.
    pub values: Option<Vec<String>>,
    /// Places of those that are enough for a first look.
    quick: Option<Vec<usize>>,
    /// The baseline it names, where that lies: for a suite in a file.
    pub baseline: Option<PathBuf>,
}

impl Subject {
    /// Reads it.
    fn open(given: &str) -> Result<Self, Failure> {
        let (name, source) = find(given)?;
        let bench = Bench::open(source.clone()).map_err(|found| Failure::Invalid(source::told(&found, &source)))?;
        let path = Path::new(given);
        let is_file = shipped::find(given).is_none() && path.exists();
        let beside = |file: &str| path.with_file_name(file);
        Ok(Self {
            name,
            title: bench.title().to_owned(),
            axes: bench.axes(),
            runs: bench.names().into_iter().map(str::to_owned).collect(),
            values: bench.values(),
            quick: bench.quick(),
            baseline: bench.baseline().filter(|_| is_file).map(beside),
            source,
        })
    }

    pub fn quick(&self) -> Result<Vec<usize>, Failure> {
        let hint = "leave out --quick, or write a suite that says which runs are quick";
        self.quick.clone().ok_or_else(|| Failure::usage(format!("{} is a lab: it has no quick runs", self.name), hint))
    }
}

/// All that were asked for.
pub fn all(given: &[String]) -> Result<Vec<Subject>, Failure> {
    if given.is_empty() {
        return SUITES.iter().map(|suite| Subject::open(suite.name)).collect();
    }
    let mut found = Vec::new();
    for given in given {
        let path = Path::new(given);
        if shipped::find(given).is_none() && path.is_dir() && !path.join("lab.ron").is_file() {
            let (files, lost) = packs::checkable_in(path);
            if let Some(lost) = lost.first() {
                return Err(Failure::usage(lost.clone(), "make the folder readable, or name the files"));
            }
            if files.is_empty() {
                let hint = "suites are files ending in `.ron` that begin with `Suite(`";
                return Err(Failure::usage(format!("there is no suite in {given}"), hint));
            }
            for file in files {
                found.push(Subject::open(&file.display().to_string())?);
            }
        } else {
            found.push(Subject::open(given)?);
        }
    }
    Ok(found)
}

fn find(given: &str) -> Result<(String, Source), Failure> {
    if let Some(suite) = shipped::find(given) {
        return Ok((suite.name.to_owned(), suite.source()));
    }
    let path = Path::new(given);
    match source::find(given) {
        Ok((name, source)) if path.exists() => {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            // The name of a lab is that of its folder.
            let folder = || path.parent()?.file_name().map(|name| name.to_string_lossy().into_owned());
            let stem = if stem.as_deref() == Some("lab") { folder().or(stem) } else { stem };
            Ok((stem.unwrap_or(name), source))
        }
        Err(Failure::Usage(..)) if !path.exists() => Err(unknown(given)),
        other => other,
    }
}

fn unknown(given: &str) -> Failure {
    let suites = || SUITES.iter().map(|suite| suite.name);
    let near = source::nearest(given, suites().chain(source::shipped()));
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let suites = suites().collect::<Vec<_>>().join(", ");
    let hint = format!("{near}suites: {suites}; a lab of `overunder list` or a path will do, too");
    Failure::usage(format!("there is no suite or lab `{given}`"), hint)
}
