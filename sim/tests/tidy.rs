//! Keeps the house in order: which module may use which, how long things may be, and that every file is in its list.
//!
//! The rules are in `tidy/rules.rs`; a message names the place and the remedy.

#[path = "tidy/repo.rs"]
mod repo;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/scan.rs"]
mod scan;

#[test]
fn the_house_is_in_order() {
    let repo = repo::Repo::here();
    let found: Vec<String> = rules::RULES.iter().flat_map(|(_, rule)| rule(&repo)).map(|f| f.to_string()).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_rules_see_the_real_house() {
    let repo = repo::Repo::here();
    let files = repo.rust();
    assert!(files.iter().any(|file| file.path == "sim/src/engine/world.rs" && file.reached && !file.test));
    assert!(files.iter().any(|file| file.path == "sim/tests/tidy/scan.rs" && file.reached && file.test));
    assert!(repo.packages().eq(["benches", "sim", "tui"]));
}
