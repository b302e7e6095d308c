//! What the README and the book show is what the program prints.
//!
//! Each `$ overunder …` in a `console` block is run again from the top of the repository and compared byte for byte;
//! `UPDATE_BOOK=1 cargo test -p overunder --test book` rewrites the pages instead. Each whole lab in a `ron` block must
//! pass `overunder check`. Each picture has the command that draws it above it, and is drawn again.

#[path = "book/command.rs"]
mod command;
#[path = "book/page.rs"]
mod page;
#[path = "book/picture.rs"]
mod picture;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_overunder");

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tui lies in the workspace")
}

/// The README and all pages of the book, as paths from the top.
fn pages() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md")];
    let mut open = vec![PathBuf::from("book/src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(top().join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            if top().join(&path).is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn run(line: &str) -> Result<String, String> {
    Command::parse(line)?.run(Path::new(PROGRAM), top())
}

#[test]
fn pages_show_what_the_program_prints() {
    let update = updating();
    let mut complaints = String::new();
    for path in pages() {
        let text = read(&path);
        let shown = path.display();
        match page::refresh(&text, run) {
            Err((line, error)) => writeln!(complaints, "{shown}:{line}: {error}"),
            Ok((fresh, stale)) if update && !stale.is_empty() => {
                fs::write(top().join(&path), fresh).unwrap_or_else(|error| panic!("{shown}: {error}"));
                Ok(())
            }
            Ok((_, stale)) => stale.iter().try_for_each(|stale| {
                let (line, command, difference) = (stale.line, &stale.command, page::first_difference(stale));
                writeln!(complaints, "{shown}:{line}: `{command}`: {difference}")
            }),
        }
        .expect("text takes text");
    }
    let remedy = "if the program is right: UPDATE_BOOK=1 cargo test -p overunder --test book";
    assert!(complaints.is_empty(), "\n{complaints}{remedy}\n");
}

/// Whether what differs is to be written rather than complained about.
fn updating() -> bool {
    std::env::var_os("UPDATE_BOOK").is_some_and(|value| value == "1")
}

/// What is wrong with a picture; with `UPDATE_BOOK=1` it is drawn anew.
fn redraw(picture: &picture::Picture) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let there = top().join(&picture.file);
    let fresh = std::env::temp_dir().join(format!("overunder-{}-{}.svg", std::process::id(), picture.line));
    let printed = run(&picture.drawing(&fresh))?;
    // A comparison prints its table besides.
    if !fresh.is_file() || !(printed.is_empty() || picture.is_chart()) {
        return Err(printed);
    }
    let drawn = fs::read(&fresh).map_err(told)?;
    fs::remove_file(&fresh).map_err(told)?;
    if fs::read(&there).is_ok_and(|old| old == drawn) {
        return Ok(());
    }
    if !updating() {
        return Err(format!("{} is not what the program draws", picture.file.display()));
    }
    fs::create_dir_all(there.parent().unwrap_or(top())).and_then(|()| fs::write(&there, drawn)).map_err(told)
}

#[test]
fn pictures_are_what_the_program_draws() {
    let mut complaints = String::new();
    let mut drawn = 0;
    for path in pages() {
        let shown = path.display();
        let found =
            picture::pictures(&path, &read(&path)).unwrap_or_else(|(line, error)| panic!("{shown}:{line}: {error}"));
        drawn += found.len();
        for picture in found.iter().filter(|picture| !picture.is_chart()) {
            if let Err(error) = redraw(picture) {
                writeln!(complaints, "{shown}:{}: {error}", picture.line).expect("text takes text");
            }
        }
        let needs_one = path == Path::new("README.md") || path.starts_with("book/src/labs");
        if needs_one && found.is_empty() {
            writeln!(complaints, "{shown}: shows no picture").expect("text takes text");
        }
    }
    let remedy = "if the program is right: UPDATE_BOOK=1 cargo test -p overunder --test book";
    assert!(complaints.is_empty() && drawn > 0, "\n{complaints}{remedy}\n");
}

#[test]
fn charts_are_what_the_program_draws() {
    let mut complaints = String::new();
    for path in pages() {
        let found = picture::pictures(&path, &read(&path)).unwrap_or_default();
        for chart in found.iter().filter(|picture| picture.is_chart()) {
            let wrong = if cfg!(feature = "charts") {
                redraw(chart).err()
            } else {
                // Whether it is stale is known where charts can be drawn.
                (!top().join(&chart.file).is_file()).then(|| format!("there is no {}", chart.file.display()))
            };
            if let Some(error) = wrong {
                writeln!(complaints, "{}:{}: {error}", path.display(), chart.line).expect("text takes text");
            }
        }
    }
    let remedy =
        "if the program is right: UPDATE_BOOK=1 cargo test -p overunder --features charts --test book charts_are";
    assert!(complaints.is_empty(), "\n{complaints}{remedy}\n");
}

#[test]
fn labs_on_pages_pass_their_check() {
    let mut complaints = String::new();
    for path in pages() {
        let text = read(&path);
        let Ok(blocks) = page::blocks(&text) else { continue };
        for block in blocks.iter().filter(|block| block.language == "ron") {
            let lab = &text[block.body.clone()];
            if !lab.trim_start().starts_with("Lab(") {
                continue;
            }
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lab-on-a-page.ron");
            fs::write(&file, lab).expect("the folder for temporary files is there");
            let arguments = vec!["check".to_owned(), file.display().to_string()];
            let found = Command { arguments, filters: Vec::new() }.run(Path::new(PROGRAM), top());
            let failed =
                found.map_or_else(Some, |text| text.lines().last()?.starts_with("exit ").then(|| text.clone()));
            if let Some(text) = failed {
                writeln!(complaints, "{}:{}: {text}", path.display(), block.line).expect("text takes text");
            }
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// Pages that are the output of a command from the first line to the last.
const GENERATED: &[(&str, &str)] = &[
    ("book/src/reference/lab-file.md", "overunder schema --format md"),
    ("book/src/reference/matrix.md", "overunder matrix --markdown"),
];

#[test]
fn generated_pages_are_what_the_program_prints() {
    for (page, command) in GENERATED {
        let fresh = run(command).expect("it runs");
        let path = top().join(page);
        if updating() {
            fs::create_dir_all(path.parent().unwrap_or(top())).and_then(|()| fs::write(&path, &fresh)).expect(page);
        }
        let shown = fs::read_to_string(&path).unwrap_or_default();
        assert!(shown == fresh, "{page} is stale: UPDATE_BOOK=1 cargo test -p overunder --test book");
    }
}

#[test]
fn packs_of_the_book_and_suites_pass_their_check() {
    for folder in ["book/packs", "scenarios/suites"] {
        let checked = run(&format!("overunder check {folder}")).expect("it runs");
        assert!(!checked.contains("\nexit "), "{checked}");
    }
}

#[test]
fn every_lab_chapter_shows_a_run() {
    let is_chapter = |path: &PathBuf| path.starts_with("book/src/labs");
    for path in pages().into_iter().filter(is_chapter) {
        let text = read(&path);
        let blocks = page::blocks(&text).unwrap_or_default();
        let consoles = blocks.iter().filter(|block| block.language == "console");
        let mut commands = consoles.flat_map(|block| page::entries(&text[block.body.clone()]));
        let shows = commands.any(|entry| page::is_ours(&entry.command));
        assert!(shows, "{}: add a ```console block with `$ overunder run …`", path.display());
    }
}
