//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Writes a file: whoever reads it meanwhile sees the old text or the new one, and nothing half is left behind.
pub fn whole(path: &Path, text: &str) -> Result<(), Failure> {
    put(path, text.as_bytes()).map_err(|error| told(path, &error))
}

/// What to say when a file cannot be written.
pub fn told(path: &Path, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room there, or name a file elsewhere",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "name a file that you may write",
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "make the folder first, or name a file elsewhere",
        io::ErrorKind::IsADirectory => "name a file in this folder",
        _ => "name another file",
    };
    Failure::usage(format!("{} could not be written: {error}", path.display()), format!("nothing was changed; {hint}"))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
    let beside = beside(path);
    let done = write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
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

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
