//! The rules of the house. Each looks at a repository and says what is out of order, where, and how to mend it.

use std::collections::BTreeSet;
use std::fmt;

use crate::repo::{Repo, RustFile};
use crate::scan::{Source, functions, line_of, paths, supers, words};

/// The modules of `sim/src`, lowest line first. A module may use those on lines above its own in this list; modules
/// on one line may not use each other, except on the first line, the ground.
pub const LAYERS: &[&[&str]] = &[
    &["time", "id", "rng", "lang", "cost", "rows"],
    &["wire"],
    &["explain"],
    &["engine"],
    &["device", "stack"],
    &["app", "control", "routing"],
    &["plan"],
    &["cni", "environment"],
    &["lab"],
    &["measure"],
    &["view"],
];

/// What may lie at the top of the repository.
const TOP: &[&str] = &[
    ".ci",
    ".github",
    ".gitignore",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "book",
    "clippy.toml",
    "rustfmt.toml",
    "scenarios",
    "sim",
    "tui",
];

/// Parts of `std` that the library may not touch anywhere, and why.
const BANNED_STD: &[(&str, &str)] = &[
    ("time", "simulated time is an argument: use `SimTime` and `SimDuration`"),
    ("thread", "one run is one thread; parallel runs belong into `tui`"),
    ("env", "pass the setting in from `tui`"),
];

/// Parts of `std` that only `lab` and what is above it may touch.
const BANNED_BELOW_LAB: &[(&str, &str)] = &[
    ("fs", "let `lab` or `tui` read the file and pass the text in"),
    ("process", "return an error and let `tui` decide"),
];

/// Words that make results differ from machine to machine, or write where a full-screen program draws.
const BANNED_WORDS: &[(&str, &str)] = &[
    ("HashMap", "its order differs from run to run: use `IndexMap` with a fixed hasher, or `BTreeMap`"),
    ("HashSet", "its order differs from run to run: use `IndexSet` with a fixed hasher, or `BTreeSet`"),
    ("RandomState", "random hashing differs from run to run: use a fixed hasher"),
    ("println", "return text and let `tui` print it"),
    ("eprintln", "return text and let `tui` print it"),
];

/// The one file that may use what has no order, and hands it out only to those who say that they sort.
const UNORDERED: &str = "sim/src/rows.rs";

/// Marks of unfinished work, spelled in two halves so that this file passes its own rule.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
const MARK_MACROS: &[&str] = &["todo", "unimplemented"];

const FUNCTION_LINES: usize = 70;
const FILE_LINES: usize = 600;
const LAB_LINES: usize = 75;
const LAB_COLUMNS: usize = 120;

/// Where the shipped labs are listed.
const SHIPPED: &str = "sim/src/lab/shipped.rs";

/// Something out of order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    place: String,
    what: String,
    remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.remedy)
    }
}

/// A rule: its name and what it finds.
pub type Rule = (&'static str, fn(&Repo) -> Vec<Finding>);

/// All rules.
pub const RULES: &[Rule] = &[
    ("layers", layers),
    ("functions", long_functions),
    ("files", long_files),
    ("determinism", determinism),
    ("unsafe", unsafe_code),
    ("marks", marks),
    ("orphans", orphans),
    ("scenarios", scenarios),
    ("labs", lab_size),
    ("book", book),
    ("top", top),
];

fn finding(place: impl fmt::Display, what: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { place: place.to_string(), what: what.into(), remedy: remedy.into() }
}

fn at(file: &RustFile<'_>, line: usize) -> String {
    format!("{}:{line}", file.path)
}

/// The module of `sim/src` that a file belongs to, and how many names its path in the crate has.
fn module_of(path: &str) -> Option<(&str, usize)> {
    let inside = path.strip_prefix("sim/src/")?;
    let parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
    let depth = if parts.last() == Some(&"mod") { parts.len() - 1 } else { parts.len() };
    (inside != "lib.rs").then_some((parts[0], depth))
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|line| line.contains(&module))
}

/// Why `from` may not use `to`.
fn objection(from: &str, to: &str) -> Option<&'static str> {
    let (own, other) = (layer(from)?, layer(to)?);
    if from == to || other < own || own == 0 && other == 0 {
        None
    } else if own == other {
        Some("stands beside it: move what both need into a lower module")
    } else {
        Some("is above it: move what is needed down, or hand it in through a trait of the lower module")
    }
}

fn layers(repo: &Repo) -> Vec<Finding> {
    let files = repo.rust();
    let library: Vec<&RustFile<'_>> = files.iter().filter(|file| file.path.starts_with("sim/src/")).collect();
    // A macro of the crate is used as `crate::name`, wherever it is written.
    let mut macros = Vec::new();
    for file in &library {
        let Some((module, _)) = module_of(file.path) else { continue };
        let named = words(&file.source.code).filter(|(_, word)| *word == "macro_rules");
        let name = |at: usize| words(&file.source.code[at..]).nth(1).map(|(_, name)| name.to_owned());
        macros.extend(named.filter_map(|(at, _)| Some((name(at)?, module))));
    }
    let mut found = Vec::new();
    for file in library.iter().filter(|file| !file.test) {
        let code = file.source.without_tests();
        let Some((from, depth)) = module_of(file.path) else { continue };
        if layer(from).is_none() {
            found.push(finding(file.path, format!("`{from}` has no place in LAYERS"), "give it one in tidy/rules.rs"));
            continue;
        }
        let climbs = supers(&code).into_iter().filter(|(_, count, _)| *count >= depth);
        let climbs = climbs.map(|(line, _, name)| (line, name)).filter(|(_, name)| layer(name).is_some());
        for (line, name) in paths(&code, "crate").into_iter().chain(climbs) {
            let to = macros.iter().find(|(made, _)| *made == name).map_or(name.as_str(), |(_, module)| module);
            if let Some(why) = objection(from, to) {
                found.push(finding(at(file, line), format!("`{from}` uses `{to}`"), format!("`{to}` {why}")));
            } else if layer(to).is_none() {
                let remedy = "name the module it lives in";
                found.push(finding(at(file, line), format!("`crate::{name}` is no module of LAYERS"), remedy));
            }
        }
    }
    found
}

fn long_functions(repo: &Repo) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in repo.rust().iter().filter(|file| !file.test) {
        for long in functions(&file.source.without_tests()).iter().filter(|f| f.length > FUNCTION_LINES) {
            let what = format!("`{}` has {} lines of at most {FUNCTION_LINES}", long.name, long.length);
            found.push(finding(at(file, long.line), what, "take a part with a name of its own out of it"));
        }
    }
    found
}

fn long_files(repo: &Repo) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in repo.rust() {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            let what = format!("{lines} lines of at most {FILE_LINES}");
            found.push(finding(file.path, what, "split it by purpose, or move its tests to a file of their own"));
        }
    }
    found
}

fn determinism(repo: &Repo) -> Vec<Finding> {
    let lab = layer("lab");
    let mut found = Vec::new();
    for file in repo.rust().iter().filter(|file| !file.test && file.path.starts_with("sim/src/")) {
        let code = file.source.without_tests();
        let below_lab = module_of(file.path).is_none_or(|(module, _)| layer(module) < lab);
        let low = if below_lab { BANNED_BELOW_LAB } else { &[] };
        for (line, name) in paths(&code, "std").into_iter().chain(paths(&code, "core")) {
            if let Some((_, remedy)) = BANNED_STD.iter().chain(low).find(|(banned, _)| *banned == name) {
                found.push(finding(at(file, line), format!("`std::{name}` in the library"), *remedy));
            }
        }
        for (place, word) in words(&code) {
            let banned = BANNED_WORDS.iter().find(|(banned, _)| *banned == word);
            if let Some((_, remedy)) = banned.filter(|_| file.path != UNORDERED) {
                found.push(finding(at(file, line_of(&code, place)), format!("`{word}` in the library"), *remedy));
            }
        }
    }
    found
}

fn unsafe_code(repo: &Repo) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in repo.rust() {
        for (place, _) in words(&file.source.code).filter(|(_, word)| *word == "unsafe") {
            let line = line_of(&file.source.code, place);
            found.push(finding(at(&file, line), "`unsafe`", "find a safe way, or a crate that has one"));
        }
    }
    found
}

fn marks(repo: &Repo) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in repo.rust() {
        let Source { code, prose } = &file.source;
        let macros = words(code).filter(|(at, word)| {
            MARK_MACROS.contains(word) && code[at + word.len()..].starts_with('!') || MARKS.contains(word)
        });
        let prose = words(prose).filter(|(_, word)| MARKS.contains(word));
        for (place, word) in macros.chain(prose) {
            let line = line_of(file.text, place);
            let remedy = "finish it now, or describe what is missing in an issue";
            found.push(finding(at(&file, line), format!("`{word}`"), remedy));
        }
    }
    found
}

fn orphans(repo: &Repo) -> Vec<Finding> {
    let files = repo.rust();
    let lost = files.iter().filter(|file| !file.reached);
    lost.map(|file| finding(file.path, "no `mod` line leads here", "add one to its parent, or delete the file"))
        .collect()
}

fn scenarios(repo: &Repo) -> Vec<Finding> {
    let folders: BTreeSet<&str> = repo.below("scenarios/", "").filter_map(|(path, _)| path.split('/').nth(1)).collect();
    let shipped = repo.files.get(SHIPPED).map_or("", String::as_str);
    let mut found = Vec::new();
    for folder in folders.into_iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())) {
        let lab = format!("scenarios/{folder}/lab.ron");
        if !repo.files.contains_key(&lab) {
            found.push(finding(
                format!("scenarios/{folder}"),
                "there is no lab.ron in it",
                "add one or delete the folder",
            ));
        } else if !shipped.contains(&lab) {
            found.push(finding(SHIPPED, format!("`{lab}` is not shipped"), "add it to the list, in teaching order"));
        }
    }
    found
}

fn lab_size(repo: &Repo) -> Vec<Finding> {
    let mut found = Vec::new();
    let is_lab = |path: &str| path.rsplit('/').next().is_some_and(|name| name.starts_with("lab."));
    for (path, text) in repo.below("scenarios/", ".ron").filter(|(path, _)| is_lab(path)) {
        let counts = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        // What a translation was made from is written by the program, and nobody reads it.
        let written = |line: &&str| line.trim() != "translated_from: {";
        let lines = text.lines().take_while(written).filter(counts).count();
        if lines > LAB_LINES {
            let what = format!("{lines} lines of at most {LAB_LINES}");
            found.push(finding(path, what, "teach one idea, and leave out what has a default"));
        }
        for (at, line) in text.lines().enumerate().filter(|(_, line)| line.chars().count() > LAB_COLUMNS) {
            let what = format!("{} columns of at most {LAB_COLUMNS}", line.chars().count());
            found.push(finding(format!("{path}:{}", at + 1), what, "break the line"));
        }
    }
    found
}

fn book(repo: &Repo) -> Vec<Finding> {
    let summary = repo.files.get("book/src/SUMMARY.md").map_or("", String::as_str);
    let pages = repo.below("book/src/", ".md").map(|(path, _)| path).filter(|path| !path.ends_with("/SUMMARY.md"));
    let page = |path: &str| path.trim_start_matches("book/src/").to_owned();
    let listed = |path: &&str| {
        summary.contains(&format!("({})", page(path))) || summary.contains(&format!("(./{})", page(path)))
    };
    let lost = pages.filter(|path| !listed(path));
    lost.map(|path| finding(path, "no reader finds this page", "add it to book/src/SUMMARY.md")).collect()
}

fn top(repo: &Repo) -> Vec<Finding> {
    let strange = repo.top.iter().filter(|name| !TOP.contains(&name.as_str()));
    let remedy = "put it into the folder it belongs to, into TOP in tidy/rules.rs, or into .gitignore";
    strange.map(|name| finding(name, "has no place at the top", remedy)).collect()
}

#[cfg(test)]
#[path = "samples.rs"]
mod samples;
