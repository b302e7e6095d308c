//! A file that was not there before, and is there as a whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes a new file; [`ErrorKind::AlreadyExists`] when there is something of that name.
///
/// The text is complete before the name is: it is written beside and then linked, which, unlike renaming, never
/// takes the place of another file. Whoever is killed on the way leaves nothing under the name that was asked for.
pub fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).open(&part).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()
    });
    let linked = written.and_then(|()| fs::hard_link(&part, path));
    let removed = fs::remove_file(&part);
    match linked {
        // Some file systems of USB sticks have no links.
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
            OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text)
        }
        Err(error) => Err(error),
        Ok(()) => removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_kept_and_nothing_is_left_behind() {
        let folder = std::env::temp_dir().join(format!("overunder-fresh-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.ron");
        write(&path, b"one").unwrap();
        assert_eq!(write(&path, b"two").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert!(write(&folder.join("no/b.ron"), b"x").is_err());
        let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.ron"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
