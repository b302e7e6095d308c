//! `overunder merge PART… -o FILE`: the parts of a sweep, put together again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::file::{Form, Head};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::write;

#[derive(Args, Debug)]
pub struct Merge {
    /// The parts, in any order
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The whole: a file with the ending of the parts
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// The lines of each point, by its number.
type Points = BTreeMap<usize, String>;

impl Merge {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let form = Form::of(&self.output)?;
        let mut known: Option<(Head, &PathBuf)> = None;
        let mut files: BTreeMap<u32, &PathBuf> = BTreeMap::new();
        let mut points = Points::new();
        for path in &self.parts {
            let (head, own) = part(path, form)?;
            let shown = path.display();
            if is_same(path, &self.output) {
                return Err(Failure::usage(format!("{shown} is a part itself"), "give the whole a name of its own"));
            }
            match &known {
                Some((first, at)) => {
                    let other = if first.of == head.of { first.differs(&head) } else { Some(of(first, &head)) };
                    if let Some(what) = other {
                        let what = format!("{shown} is not of the same sweep as {}: {what}", at.display());
                        return Err(Failure::usage(what, "leave it out, or do this part again as the others"));
                    }
                }
                None => known = Some((head.clone(), path)),
            }
            if let Some(first) = files.insert(head.part, path) {
                let what = format!("part {} of {} is there twice: {} and {shown}", head.part, head.of, first.display());
                return Err(Failure::usage(what, "name one of them; nothing was written"));
            }
            points.extend(own);
        }
        let Some((head, _)) = known else { return Err(Failure::usage("there is nothing to merge", "")) };
        let missing: Vec<String> =
            (1..=head.of).filter(|part| !files.contains_key(part)).map(|part| format!("{part}/{}", head.of)).collect();
        if !missing.is_empty() {
            let hint = format!("do them: overunder sweep {} … --partition {}", head.lab, missing[0]);
            let what = format!("parts are missing: {}; nothing was written", missing.join(", "));
            return Err(Failure::usage(what, hint));
        }
        if points.len() != head.points {
            let what = format!("the parts have {} of {} points", points.len(), head.points);
            return Err(Failure::usage(what, "a part was changed by hand: do it again"));
        }
        write::whole(&self.output, &form.file(&head.whole(), points.values().map(String::as_str)))?;
        out.remark(&format!("{}: {} points of {} parts", self.output.display(), points.len(), head.of));
        Ok(())
    }
}

/// Whether both are one file, however it is spelled.
fn is_same(part: &Path, whole: &Path) -> bool {
    fs::canonicalize(part).ok().zip(fs::canonicalize(whole).ok()).is_some_and(|(part, whole)| part == whole)
}

fn of(first: &Head, head: &Head) -> String {
    format!("it is one of {} parts, and the other one of {}", head.of, first.of)
}

/// A part that is whole.
fn part(path: &PathBuf, form: Form) -> Result<(Head, Points), Failure> {
    let shown = path.display().to_string();
    if Form::of(path)? != form {
        return Err(Failure::usage(format!("{shown} is of another kind than the whole"), "all .csv, or all .ndjson"));
    }
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::usage(format!("there is no part {shown}"), "do it: overunder sweep … --partition K/N")
        }
        _ => Failure::File(shown.clone(), error),
    })?;
    let Some((head, points)) = form.read(&text) else {
        return Err(Failure::usage(format!("{shown} is no part of a sweep"), "parts are written by `overunder sweep`"));
    };
    let count = points.len();
    let points: Points = points.into_iter().collect();
    if count != head.own || points.len() != count {
        let what = format!("{shown} is damaged: it has {count} of {} points", head.own);
        return Err(Failure::usage(what, "remove it and do this part again"));
    }
    Ok((head, points))
}
