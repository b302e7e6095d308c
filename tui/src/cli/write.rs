//! Files that commands write: whole or not at all, and what to say when it is not at all.

use std::io;
use std::path::Path;

use super::failure::Failure;

/// Writes a file: whoever reads it meanwhile sees the old text or the new one, and nothing half is left behind.
pub fn whole(path: &Path, text: &str) -> Result<(), Failure> {
    crate::whole::write(path, text.as_bytes()).map_err(|error| told(path, &error))
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
