//! What the rules look at: the texts of the repository, and which source file is reached how.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::scan::Source;

/// The texts of a repository, by path from its top.
#[derive(Debug, Default)]
pub struct Repo {
    /// All text files.
    pub files: BTreeMap<String, String>,
    /// Names of files and folders at the top, those named in `.gitignore` left out.
    pub top: BTreeSet<String>,
}

/// A source file of a package.
#[derive(Debug)]
pub struct RustFile<'a> {
    /// Path from the top.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The same, taken apart.
    pub source: Source,
    /// A `mod` line leads to it, or it is where a crate begins.
    pub reached: bool,
    /// All of it is test code.
    pub test: bool,
}

impl Repo {
    /// The repository this test was built in.
    pub fn here() -> Self {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("sim lies in the workspace");
        let ignored = fs::read_to_string(top.join(".gitignore")).unwrap_or_default();
        let mut repo = Self::default();
        for name in names(top).into_iter().filter(|name| name != ".git" && !is_ignored(&ignored, name)) {
            repo.read(top, &name);
            repo.top.insert(name);
        }
        repo
    }

    /// A made-up repository.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut repo = Self::default();
        for (path, text) in files {
            repo.top.insert(path.split('/').next().unwrap_or_default().to_owned());
            repo.files.insert((*path).to_owned(), (*text).to_owned());
        }
        repo
    }

    fn read(&mut self, top: &Path, path: &str) {
        let full = top.join(path);
        if full.is_dir() {
            for name in names(&full).into_iter().filter(|name| name != "target") {
                self.read(top, &format!("{path}/{name}"));
            }
        } else if let Ok(text) = fs::read_to_string(&full) {
            self.files.insert(path.to_owned(), text);
        }
    }

    /// The files below a folder (`a/b/`) whose name ends so.
    pub fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let inside = self.files.iter().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending));
        inside.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The packages: folders at the top with a manifest.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.top.iter().map(String::as_str).filter(|name| self.files.contains_key(&format!("{name}/Cargo.toml")))
    }

    /// All source files of all packages.
    pub fn rust(&self) -> Vec<RustFile<'_>> {
        let reached = self.reached();
        let packages: Vec<String> = self.packages().map(|name| format!("{name}/")).collect();
        let mut files = Vec::new();
        for (path, text) in self.below("", ".rs").filter(|(path, _)| packages.iter().any(|p| path.starts_with(p))) {
            let test = reached.get(path).copied();
            let source = Source::new(text);
            files.push(RustFile { path, text, source, reached: test.is_some(), test: test.unwrap_or(false) });
        }
        files
    }

    /// The source files that `mod` lines lead to, and whether only as tests.
    fn reached(&self) -> BTreeMap<String, bool> {
        let mut reached: BTreeMap<String, bool> = BTreeMap::new();
        let mut open: Vec<(String, bool)> = Vec::new();
        for path in self.files.keys() {
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                // A peer that is measured beside this program is a package of its own.
                [_, "src", "lib.rs" | "main.rs"]
                | [_, "build.rs"]
                | [_, "examples", _]
                | ["benches", "peers", _, "src", "main.rs"]
                | [_, "src", "bin", _]
                | [_, "src", "bin", _, "main.rs"] => open.push((path.clone(), false)),
                [_, "tests" | "benches", name] if name.strip_suffix(".rs").is_some() => open.push((path.clone(), true)),
                _ => {}
            }
        }
        let roots: BTreeSet<String> = open.iter().map(|(path, _)| path.clone()).collect();
        while let Some((path, test)) = open.pop() {
            let Some(text) = self.files.get(&path) else { continue };
            // Reached as part of the program once, it is part of the program.
            if reached.get(&path).is_some_and(|before| !*before || test) {
                continue;
            }
            reached.insert(path.clone(), test);
            for line in Source::new(text).mod_lines(text) {
                let test = test || line.test;
                open.extend(candidates(&path, roots.contains(&path), &line).into_iter().map(|path| (path, test)));
            }
        }
        reached
    }
}

/// Where the file of a `mod` line may lie.
fn candidates(path: &str, root: bool, line: &crate::scan::ModLine) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(given) = &line.path {
        return vec![format!("{folder}/{given}")];
    }
    let stem = file.trim_end_matches(".rs");
    let base = if root || stem == "mod" { folder.to_owned() } else { format!("{folder}/{stem}") };
    vec![format!("{base}/{}.rs", line.name), format!("{base}/{}/mod.rs", line.name)]
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whether `.gitignore` names this entry of the top folder, as `/name`, `name` or `*.ending`.
fn is_ignored(ignored: &str, name: &str) -> bool {
    ignored.lines().map(|line| line.trim().trim_matches('/')).any(|line| match line.strip_prefix('*') {
        Some(ending) => !ending.is_empty() && name.ends_with(ending),
        None => !line.is_empty() && line == name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mod_lines_are_followed() {
        let repo = Repo::of(&[
            ("sim/Cargo.toml", ""),
            ("sim/src/lib.rs", "pub mod wire;\nmod time;\n"),
            ("sim/src/time.rs", "#[cfg(test)]\nmod tests;\n"),
            ("sim/src/time/tests.rs", ""),
            ("sim/src/wire/mod.rs", "mod udp;\n"),
            ("sim/src/wire/udp.rs", ""),
            ("sim/src/wire/orphan.rs", ""),
            ("sim/tests/tidy.rs", "#[path = \"tidy/scan.rs\"]\nmod scan;\nmod common;\n"),
            ("sim/tests/tidy/scan.rs", ""),
            ("sim/tests/common/mod.rs", ""),
            ("book/x.rs", ""),
        ]);
        let files = repo.rust();
        let pick = |wanted: fn(&RustFile<'_>) -> bool| {
            files.iter().filter(|file| wanted(file)).map(|file| file.path).collect::<Vec<_>>()
        };
        assert_eq!(pick(|file| !file.reached), ["sim/src/wire/orphan.rs"]);
        let tests = ["sim/src/time/tests.rs", "sim/tests/common/mod.rs", "sim/tests/tidy.rs", "sim/tests/tidy/scan.rs"];
        assert_eq!(pick(|file| file.test), tests);
    }

    #[test]
    fn gitignore_names_what_is_not_looked_at() {
        let text = "/target\n/book/book\n*.pcapng\n";
        assert!(is_ignored(text, "target") && is_ignored(text, "flood.pcapng"));
        assert!(!is_ignored(text, "book") && !is_ignored(text, "sim"));
    }
}
