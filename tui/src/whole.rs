//! A file that is written whole or not at all: whoever reads it meanwhile sees the old text or the new one, and nothing half
//! is left behind. [`crate::fresh`] is for files that must not be there before.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file, in the place of another one if there is one.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        // A device or a pipe is no file that another one could take the place of.
        Ok(there) if !there.is_file() => {
            let mut file = fs::OpenOptions::new().write(true).open(path)?;
            file.write_all(bytes)?;
            return file.flush();
        }
        _ => {}
    }
    // What a link leads to is replaced, not the link.
    let real = fs::canonicalize(path);
    let path = real.as_deref().unwrap_or(path);
    let beside = beside(path);
    let done = fill(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}

/// The same folder, so that the file can be moved; another name for every process.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_text_or_the_new_one_and_nothing_beside() {
        let folder = std::env::temp_dir().join(format!("overunder-whole-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.json");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(write(&folder.join("no/b.json"), b"x").is_err());
        assert_eq!(write(&folder, b"x").unwrap_err().kind(), io::ErrorKind::IsADirectory);
        let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.json"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
