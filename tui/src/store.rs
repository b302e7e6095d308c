//! Where sessions are kept.

use std::fs;
use std::path::{Path, PathBuf};

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
        if let Ok(there) = fs::read_to_string(&path)
            && crate::app::journal::read(&there).is_err()
        {
            return Err(format!("{} is no session and is kept; give another name", path.display()));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(told)?;
        }
        let part = path.with_extension("part");
        fs::write(&part, text).and_then(|()| fs::rename(&part, &path)).map_err(told)?;
        Ok(path.display().to_string())
    }
}
