//! Where sessions are kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::app::progress::Progress;

/// A folder for sessions.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The usual folder: `$XDG_STATE_HOME/overunder`, else `~/.local/state/overunder`, else here.
    pub fn usual() -> Self {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
        Self { folder: state.map_or_else(PathBuf::new, |state| state.join("overunder")) }
    }

    /// A folder of one's own.
    #[cfg(test)]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a session of a lab is kept when no path is given.
    pub fn path_of(&self, lab: &str) -> PathBuf {
        let stem = Path::new(lab).file_stem().map_or_else(|| "lab".into(), |stem| stem.to_string_lossy().into_owned());
        self.folder.join(format!("{stem}.session.json"))
    }

    /// Writes a session and returns where. The file is there as a whole or not at all, and a file that is no session
    /// is never written over.
    pub fn save(&self, path: Option<&str>, lab: &str, text: &str) -> Result<String, String> {
        let path = path.map_or_else(|| self.path_of(lab), PathBuf::from);
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        // A device may never end.
        if path.is_file()
            && let Ok(there) = fs::read_to_string(&path)
            && crate::app::journal::read(&there).is_err()
        {
            return Err(format!("{} is no session and is kept; give another name", path.display()));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(told)?;
        }
        crate::whole::write(&path, text.as_bytes()).map_err(told)?;
        Ok(path.display().to_string())
    }

    fn progress_path(&self, lab: &str) -> PathBuf {
        // Labs of one name in different folders are told apart by their whole path.
        let plain: String =
            lab.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
        self.folder.join("progress").join(format!("{plain}.json"))
    }

    /// Keeps how far a lab was done. What was kept for another version of the lab is set aside, not written over.
    pub fn keep(&self, progress: &Progress) -> Result<(), String> {
        let path = self.progress_path(&progress.lab);
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Ok(there) = fs::read_to_string(&path) {
            let same = Progress::read(&there).is_ok_and(|known| known.hash == progress.hash);
            if !same {
                aside(&path).map_err(told)?;
            }
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(told)?;
        }
        crate::whole::write(&path, progress.write().as_bytes()).map_err(told)
    }

    /// How far each lab was done; and files that cannot be read, each with where it is kept now.
    pub fn progress(&self) -> (BTreeMap<String, Progress>, Vec<(PathBuf, PathBuf)>) {
        let (mut known, mut wrong) = (BTreeMap::new(), Vec::new());
        let Ok(folder) = fs::read_dir(self.folder.join("progress")) else { return (known, wrong) };
        let mut paths: Vec<PathBuf> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
            if let Some(progress) = fs::read_to_string(&path).ok().and_then(|text| Progress::read(&text).ok()) {
                known.insert(progress.lab.clone(), progress);
            } else {
                let to = aside(&path).unwrap_or_else(|_| path.clone());
                wrong.push((path, to));
            }
        }
        (known, wrong)
    }
}

/// Renames a file to a name that is free.
fn aside(path: &Path) -> std::io::Result<PathBuf> {
    let free = (1..1_000).map(|n| path.with_extension(format!("{n}.aside"))).find(|to| !to.exists());
    let to = free.unwrap_or_else(|| path.with_extension("aside"));
    fs::rename(path, &to)?;
    Ok(to)
}
