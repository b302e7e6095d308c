//! `overunder watch LAB|DIR…`: checks again whenever a file is saved.
//!
//! Files are asked for their time and length every so often: that works on every file system and over every network,
//! and costs nothing that could be measured for the few files of a pack. Lines are only ever added, so that a pipe, a
//! log and a screen reader see the same as a terminal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use clap::Args;

use super::check;
use super::failure::Failure;
use super::output::Output;
use super::source::{self, Checked};
use crate::packs;

/// Fewest and most milliseconds between two looks.
const PERIODS: std::ops::RangeInclusive<u64> = 10..=60_000;

#[derive(Args, Debug)]
pub struct Watch {
    /// Files to watch, or folders with labs in them
    #[arg(required = true)]
    labs: Vec<String>,
    /// Milliseconds between two looks at the files
    #[arg(long, value_name = "MS", default_value_t = 300)]
    every: u64,
}

/// What a file looks like from outside; nothing when it is not there.
type Stamp = Option<(SystemTime, u64)>;
/// All files that are watched.
type Seen = BTreeMap<PathBuf, Stamp>;

impl Watch {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if !PERIODS.contains(&self.every) {
            let hint = format!("{} to {}", PERIODS.start(), PERIODS.end());
            return Err(Failure::usage(format!("cannot look every {} ms", self.every), hint));
        }
        let targets = self.targets()?;
        let mut checked = Seen::new();
        let mut complaints = Vec::new();
        let mut before = look(&targets, &mut complaints);
        let mut told = Vec::new();
        for round in 1_u64.. {
            if told != complaints {
                for complaint in &complaints {
                    Output::warn(complaint);
                }
                told.clone_from(&complaints);
            }
            let changed: Vec<&PathBuf> =
                before.iter().filter(|(path, now)| checked.get(*path) != Some(now)).map(|(path, _)| path).collect();
            let gone: Vec<&PathBuf> = checked.keys().filter(|path| !before.contains_key(*path)).collect();
            once(&changed, &gone, out)?;
            state(round, &before, out)?;
            checked.clone_from(&before);
            before = self.wait(&targets, &checked, &mut complaints);
        }
        Ok(())
    }

    /// Paths as they were given; labs that come with the program never change.
    fn targets(&self) -> Result<Vec<PathBuf>, Failure> {
        let packs = packs::usual();
        let mut targets = Vec::new();
        for given in &self.labs {
            let path = PathBuf::from(given);
            if path.exists() {
                targets.push(path);
            } else if let Some(lab) = packs.find(given) {
                targets.push(lab.path.clone());
            } else if source::shipped().any(|name| name == given) || source::find(given).is_ok() {
                let hint = format!("`overunder check {given}` checks it; watch a file or a folder of yours");
                return Err(Failure::usage(format!("{given} comes with the program and does not change"), hint));
            } else {
                targets.push(path);
            }
        }
        Ok(targets)
    }

    /// Until something is different and has stopped changing: an editor may write a file in several goes.
    fn wait(&self, targets: &[PathBuf], checked: &Seen, complaints: &mut Vec<String>) -> Seen {
        let mut last = checked.clone();
        loop {
            thread::sleep(Duration::from_millis(self.every));
            let now = look(targets, complaints);
            if now != *checked && now == last {
                return now;
            }
            last = now;
        }
    }
}

/// All files of the targets and what they look like.
fn look(targets: &[PathBuf], complaints: &mut Vec<String>) -> Seen {
    complaints.clear();
    let mut seen = Seen::new();
    for target in targets {
        let file = target.join("lab.ron");
        if target.is_dir() && !file.is_file() {
            let (found, lost) = packs::checkable_in(target);
            complaints.extend(lost);
            seen.extend(found.into_iter().map(|path| (path.clone(), stamp(&path))));
        } else {
            let file = if target.is_dir() { file } else { target.clone() };
            let stamp = stamp(&file);
            seen.insert(file, stamp);
        }
    }
    seen
}

fn stamp(path: &Path) -> Stamp {
    let data = path.metadata().ok()?;
    Some((data.modified().unwrap_or(SystemTime::UNIX_EPOCH), data.len()))
}

/// One round: what changed is checked, whatever has become of it.
fn once(changed: &[&PathBuf], gone: &[&PathBuf], out: &mut Output) -> Result<(), Failure> {
    for path in gone {
        out.line(&format!("{}: {}", path.display(), out.lang.pick("is gone", "已不存在")))?;
    }
    let mut all: Vec<Checked> = Vec::new();
    for path in changed {
        let shown = path.display().to_string();
        out.part(&format!("{} {shown} …\n", out.lang.pick("checking", "正在检查")))?;
        match source::check(&shown, false) {
            Ok(lab) => {
                check::tell(&lab, out)?;
                all.push(lab);
            }
            // It may be on its way: an editor removes the old file before the new one has its name.
            Err(Failure::Usage(..)) => out.say("  it is not there; waiting for it", "  文件不存在;等待它出现")?,
            Err(Failure::File(_, error)) => out.line(&format!("  {error}"))?,
            Err(other) => return Err(other),
        }
    }
    if !all.is_empty() {
        check::summary(&all, false, out)?;
    }
    Ok(())
}

/// The last line of a round: what is being waited for.
fn state(round: u64, seen: &Seen, out: &mut Output) -> Result<(), Failure> {
    let files = seen.len();
    out.line(&match out.lang {
        overunder_sim::lang::Lang::En => {
            format!("-- round {round}: watching {files} files; save one, or end with Ctrl-C --")
        }
        overunder_sim::lang::Lang::Zh => {
            format!("-- 第 {round} 轮:正在监视 {files} 个文件;保存后重新检查,Ctrl-C 结束 --")
        }
    })?;
    Ok(out.finish()?)
}
