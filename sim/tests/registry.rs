//! Everything a device can say is in the catalogue, complete in both languages, and can be said without a hole.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::talker::{draw, network};
use overunder_sim::engine::{Decision, Entry, Verdict, When, World};
use overunder_sim::explain::Reason;
use overunder_sim::explain::reason::slug_hash;
use overunder_sim::id::PortNo;
use overunder_sim::lang::Lang;
use overunder_sim::rng::Stream;
use overunder_sim::time::SimTime;
use overunder_sim::view::catalogue;
use overunder_sim::view::names::Book;
use overunder_sim::view::sentence::Context;
use overunder_sim::wire::layers::walk;

/// What the sentences of `reasons!` may speak of; documented at `ReasonDef`.
const PLACEHOLDERS: [&str; 8] = ["src", "dst", "in", "out", "row", "n", "layer", "what"];

/// Slugs defined by `reasons!` in a folder of sources: lines of the form `NAME = "slug" {`.
fn defined(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "tests") {
                defined(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let slug = |line: &str| Some(line.strip_suffix("\" {")?.split_once(" = \"")?.1.to_owned());
            found.extend(lines.filter_map(slug).filter(|slug| slug.contains('.')));
        }
    }
}

#[test]
fn every_reason_of_the_sources_is_in_the_catalogue() {
    let mut sources = BTreeSet::new();
    defined(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let listed: BTreeSet<String> = catalogue::all().map(|reason| reason.slug.to_owned()).collect();
    assert!(sources.len() > 60, "{} reasons found in the sources", sources.len());
    assert_eq!(sources.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not in view::catalogue");
    assert_eq!(listed.difference(&sources).collect::<Vec<_>>(), Vec::<&String>::new(), "not found in the sources");
}

#[test]
fn slugs_are_a_family_and_what_happened_in_lower_case() {
    let word = |text: &str| {
        let letters =
            |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        text.split('-').all(letters)
    };
    for reason in catalogue::all() {
        let (family, what) = reason.slug.split_once('.').unwrap_or_default();
        assert!(word(family) && word(what), "{}", reason.slug);
    }
}

#[test]
fn slugs_and_hashes_are_unique_and_hashes_are_those_of_the_slugs() {
    let (mut slugs, mut hashes) = (BTreeSet::new(), BTreeSet::new());
    for reason in catalogue::all() {
        assert!(slugs.insert(reason.slug), "{} is defined twice", reason.slug);
        assert!(hashes.insert(reason.hash), "{} shares its hash", reason.slug);
        assert_eq!(reason.hash, slug_hash(reason.slug));
        assert_eq!(catalogue::find(reason.slug), Some(reason));
    }
    assert_eq!(catalogue::find("bridge.colour"), None);
    // FNV-1a, from its published test vectors: a digest must be the same on every machine.
    assert_eq!((slug_hash(""), slug_hash("a"), slug_hash("foobar")), (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968));
}

#[test]
fn a_family_belongs_to_one_list() {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (list, reasons) in catalogue::lists() {
        for reason in reasons {
            let family = reason.slug.split('.').next().unwrap();
            assert_eq!(*owners.entry(family).or_insert(list), list, "{}", reason.slug);
        }
    }
}

#[test]
fn places_in_a_list_are_the_places_of_the_counters() {
    for (name, list) in catalogue::lists() {
        assert!(list.len() < 256, "{name}: an index has eight bits");
        for (at, reason) in list.iter().enumerate() {
            assert_eq!(usize::from(reason.index), at, "{name}: {}", reason.slug);
        }
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).map(|part| part.split_once('}').map_or("unclosed", |(name, _)| name)).collect()
}

#[test]
fn texts_are_complete_in_both_languages() {
    let has_han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for reason in catalogue::all() {
        for (text, han) in [(reason.en, false), (reason.zh, true), (reason.because, false), (reason.because_zh, true)] {
            assert!(text.trim() == text && text.chars().count() > 3, "{}: {text:?}", reason.slug);
            assert_eq!(has_han(text), han, "{}: {text}", reason.slug);
        }
        assert!(reason.source.len() > 5, "{} has no source", reason.slug);
        assert_eq!(reason.linux.trim(), reason.linux, "{}", reason.slug);
    }
}

#[test]
fn sentences_are_fragments_and_explanations_are_sentences() {
    for reason in catalogue::all() {
        assert!(!reason.en.ends_with(['.', ' ']) && !reason.zh.ends_with('。'), "{}", reason.slug);
        assert!(reason.because.ends_with(['.', '?']), "{}: {}", reason.slug, reason.because);
        assert!(reason.because_zh.ends_with(['。', '?', '?']), "{}: {}", reason.slug, reason.because_zh);
    }
}

#[test]
fn placeholders_are_documented_and_the_same_in_both_languages() {
    for reason in catalogue::all() {
        let (mut en, mut zh) = (placeholders(reason.en), placeholders(reason.zh));
        en.sort_unstable();
        zh.sort_unstable();
        en.dedup();
        zh.dedup();
        assert_eq!(en, zh, "{}", reason.slug);
        assert!(en.iter().all(|name| PLACEHOLDERS.contains(name)), "{}: {en:?}", reason.slug);
        assert_eq!(placeholders(reason.because).len() + placeholders(reason.because_zh).len(), 0, "{}", reason.slug);
    }
}

/// The sentence of every reason that a run with faults gives, the first time it is given.
fn spoken(seed: u64, told: &mut BTreeMap<&'static str, String>) {
    let mut builder = network(seed, 60, 50_000);
    let mut random = Stream::named(seed, "faults");
    for number in 0..60 {
        builder.command(&format!("fault {number}"), draw(&mut random), When::At(SimTime(random.below(1_000_000))));
    }
    let mut world = builder.build().unwrap();
    world.set_logging(true);
    while !world.is_quiet() && world.step() {
        for (at, entry) in world.log().entries().iter().enumerate() {
            let Entry::Decision { decision, bytes } = entry else { continue };
            let ports: Vec<PortNo> = world.log().ports(at).collect();
            check_sentences(&world, decision, world.log().bytes(*bytes), &ports, told);
        }
    }
}

fn check_sentences(
    world: &World,
    decision: &Decision,
    bytes: &[u8],
    ports: &[PortNo],
    told: &mut BTreeMap<&'static str, String>,
) {
    let (book, layers) = (Book::default(), walk(decision.link, bytes));
    for lang in [Lang::En, Lang::Zh] {
        let text = Context { world, book: &book, lang }.why(decision, &layers, ports);
        // A runt has no addresses to speak of, and no sentence about one does.
        let holes = ["{", "}", "?", " -", "--", "port -", "端口 -"];
        let hole = holes.iter().find(|hole| text.contains(**hole) && !template(decision.reason, lang).contains(**hole));
        assert_eq!(hole, None, "{}: {text}", decision.reason);
        if decision.verdict != Verdict::Note {
            assert!(!text.contains("[-]"), "{}: the row it speaks of is gone: {text}", decision.reason);
        }
        told.entry(decision.reason.slug).or_insert(text);
    }
}

fn template(reason: Reason, lang: Lang) -> &'static str {
    lang.pick(reason.en, reason.zh)
}

#[test]
fn what_a_run_says_has_no_holes() {
    let mut told = BTreeMap::new();
    for seed in 0..20 {
        spoken(seed, &mut told);
    }
    let families: BTreeSet<&str> = told.keys().filter_map(|slug| slug.split('.').next()).collect();
    assert!(families.contains("bridge") && families.contains("cable"), "{families:?}");
    assert!(told.len() > 20, "{:?}", told.keys());
}
