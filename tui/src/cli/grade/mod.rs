//! `overunder grade FILE|DIR…`: recorded sessions, graded by doing them again, and designs that are handed in.
//!
//! Nothing in a file is believed but what was done: answers are judged by a new run of the lab, repairs by new traffic
//! in the repaired network, designs by a run of what they make of their brief. A file that cannot be graded is named with the reason, and the others are graded.

mod design;
mod session;
mod table;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use overunder_sim::lang::Lang;

use super::failure::Failure;
use super::output::Output;
use session::Graded;

#[derive(Args, Debug)]
pub struct Grade {
    /// Session files (.json) and designs (.ron), or folders with some in them
    #[arg(required = true)]
    sessions: Vec<PathBuf>,
    /// The lab they were made with, or the brief; what each file says if not given
    #[arg(long, value_name = "LAB")]
    lab: Option<String>,
    /// A table for spreadsheets, one line for each question or goal
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// A file and what came of grading it.
#[derive(Debug)]
pub struct Submission {
    file: String,
    graded: Result<Graded, String>,
}

impl Grade {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let files = self.files()?;
        let mut all = Vec::new();
        for path in files {
            let is_text = path.extension() == Some(OsStr::new("ron"));
            let grade = if is_text { design::grade } else { session::grade };
            let graded = grade(&path, self.lab.as_deref(), out.lang);
            let file = path.display().to_string();
            if let Err(error) = &graded {
                eprintln!("error: {file}: {error}");
            }
            all.push(Submission { file, graded });
        }
        if self.json {
            out.line(&table::json(&all))?;
        } else if self.csv {
            table::csv(&all, out)?;
        } else {
            table::text(&all, out)?;
        }
        out.finish()?;
        if all.iter().any(|one| one.graded.is_err()) {
            return Err(Failure::Invalid(String::new()));
        }
        if all.iter().any(|one| one.graded.as_ref().is_ok_and(|graded| !graded.is_perfect())) {
            return Err(Failure::Expectation);
        }
        Ok(())
    }

    /// All session files, those of a folder in order of their paths.
    fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut all = Vec::new();
        for given in &self.sessions {
            if given.is_dir() {
                let found = sessions_in(given);
                if found.is_empty() {
                    let hint =
                        "sessions end in `.json`: `save` and `overunder quiz --save` write them; designs in `.ron`";
                    return Err(Failure::usage(format!("there is nothing to grade in {}", given.display()), hint));
                }
                all.extend(found);
            } else if given.exists() {
                all.push(given.clone());
            } else {
                let hint = "name session files, or a folder of them";
                return Err(Failure::usage(format!("there is no file {}", given.display()), hint));
            }
        }
        Ok(all)
    }
}

fn sessions_in(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                Output::warn(&format!("{}: {error}; what is in it is left out", folder.display()));
                continue;
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if path.extension() == Some(OsStr::new("json")) || design::is(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// One of two texts.
fn pick(lang: Lang, en: &str, zh: &str) -> String {
    lang.pick(en, zh).to_owned()
}
