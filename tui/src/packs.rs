//! Lab packs: folders of labs outside the program, named one after the other in `OVERUNDER_LABS`.
//!
//! A lab of a pack is called `PACK/LAB`: the name of its folder and its path in it, without `.ron` or `/lab.ron`. A
//! folder that cannot be read is a complaint; the others work.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use overunder_sim::lab::Source;
use overunder_sim::lab::source::MAX_BYTES;

/// The environment variable that names the folders, separated as in `PATH`.
pub const VARIABLE: &str = "OVERUNDER_LABS";

/// Folders in folders that are looked into: a pack is no whole disk.
const DEPTH: usize = 8;
/// Labs of one folder that are listed.
const MOST: usize = 1000;

/// A lab of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// `PACK/LAB`.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
}

/// Labs, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packs {
    /// The labs, pack after pack.
    pub labs: Vec<Packed>,
    /// One sentence for each folder that could not be read.
    pub complaints: Vec<String>,
}

/// The packs the environment names.
pub fn usual() -> Packs {
    std::env::var_os(VARIABLE).map(|list| named(&list)).unwrap_or_default()
}

/// The packs of a list of folders.
fn named(list: &OsStr) -> Packs {
    let mut all = Packs::default();
    for folder in std::env::split_paths(list).filter(|folder| !folder.as_os_str().is_empty()) {
        let Packs { labs, complaints } = of(&folder);
        all.labs.extend(labs);
        all.complaints.extend(complaints.into_iter().map(|complaint| format!("{VARIABLE}: {complaint}")));
    }
    all
}

/// The labs of one folder.
pub fn of(folder: &Path) -> Packs {
    let (paths, complaints) = labs_in(folder);
    let pack = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let pack = pack.file_name().unwrap_or(OsStr::new("labs")).to_string_lossy().into_owned();
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(folder).unwrap_or(path).with_extension("");
        let inside = if inside.file_name() == Some(OsStr::new("lab")) { inside.parent() } else { Some(&*inside) };
        let parts = inside.into_iter().flat_map(Path::iter).map(|part| part.to_string_lossy().into_owned());
        [pack.clone()].into_iter().chain(parts).collect::<Vec<_>>().join("/")
    };
    Packs { labs: paths.into_iter().map(|path| Packed { name: name(&path), path }).collect(), complaints }
}

impl Packs {
    /// The lab of a name: `PACK/LAB`, or `LAB` alone.
    pub fn find(&self, wanted: &str) -> Option<&Packed> {
        let short = |lab: &&Packed| lab.name.split_once('/').is_some_and(|(_, name)| name == wanted);
        self.labs.iter().find(|lab| lab.name == wanted).or_else(|| self.labs.iter().find(short))
    }
}

impl Packed {
    /// Its text.
    pub fn source(&self) -> io::Result<Source> {
        read(&self.path).map(|bytes| Source::from_bytes(&self.path.display().to_string(), &bytes))
    }
}

/// Reads no more than is needed to see that a file is too big, so that a device that never ends is an answer too.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All lab files in a folder and the folders in it, in order of their paths; and what could not be read.
pub fn labs_in(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let (mut found, mut complaints) = (Vec::new(), Vec::new());
    let mut open = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                complaints.push(format!("{}: {error}; its labs are left out", folder.display()));
                continue;
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            // A link to a folder is not followed: it may lead back here.
            if path.is_dir() && !path.is_symlink() {
                if !hidden && depth < DEPTH {
                    open.push((path, depth + 1));
                }
            } else if path.extension().is_some_and(|ending| ending == "ron") && is_lab(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    if found.len() > MOST {
        complaints.push(format!("{}: {} labs, only the first {MOST} are taken", folder.display(), found.len()));
        found.truncate(MOST);
    }
    (found, complaints)
}

/// Suites and translations are RON too; a file that cannot be read counts, so that it is reported.
fn is_lab(path: &Path) -> bool {
    let Ok(bytes) = read(path) else { return true };
    let first = first_line(&bytes);
    !["Suite", "Translation"].iter().any(|other| first.starts_with(other))
}

/// The first line that is neither empty nor a comment.
pub fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !line.starts_with("//")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("overunder-packs-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in [("a.ron", "Lab()"), ("b/lab.ron", "Lab()"), ("b/s.ron", "// x\nSuite()"), ("c.txt", "")] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn labs_are_named_after_their_pack_and_their_place_in_it() {
        let folder = folder("names");
        let packs = of(&folder);
        let pack = folder.file_name().unwrap().to_string_lossy().into_owned();
        let names: Vec<&str> = packs.labs.iter().map(|lab| lab.name.as_str()).collect();
        assert_eq!(names, [format!("{pack}/a"), format!("{pack}/b")]);
        assert_eq!(packs.complaints, [] as [String; 0]);
        assert!(packs.find("b").is_some() && packs.find(names[0]).is_some() && packs.find("s").is_none());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_is_missing_spoils_no_other() {
        let folder = folder("missing");
        let list = std::env::join_paths([folder.join("nowhere"), folder.clone()]).unwrap();
        let packs = named(&list);
        assert_eq!((packs.labs.len(), packs.complaints.len()), (2, 1));
        assert!(packs.complaints[0].contains("nowhere") && packs.complaints[0].starts_with(VARIABLE));
        fs::remove_dir_all(folder).unwrap();
    }
}
