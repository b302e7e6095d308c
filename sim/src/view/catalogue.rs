//! Every reason there is, by the part of the program that gives it.

pub use crate::plan::reasons::{all, find, lists};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_and_hashes_are_unique_and_texts_complete() {
        let mut seen = BTreeSet::new();
        let mut hashes = BTreeSet::new();
        for reason in all() {
            assert!(seen.insert(reason.slug), "{} is defined twice", reason.slug);
            assert!(hashes.insert(reason.hash), "{} shares its hash with another", reason.slug);
            assert!(reason.slug.split_once('.').is_some(), "{} has no family", reason.slug);
            for text in [reason.en, reason.zh, reason.because, reason.because_zh, reason.source] {
                assert!(!text.trim().is_empty(), "{} lacks a text", reason.slug);
            }
        }
        assert!(seen.len() > 30);
    }

    #[test]
    fn places_in_a_list_are_the_counters_places() {
        for (name, list) in lists() {
            for (at, reason) in list.iter().enumerate() {
                assert_eq!(usize::from(reason.index), at, "{name}: {}", reason.slug);
            }
        }
    }

    #[test]
    fn sentences_use_known_placeholders_in_both_languages() {
        for reason in all() {
            for text in [reason.en, reason.zh] {
                for part in text.split('{').skip(1) {
                    let name = part.split('}').next().unwrap_or_default();
                    assert!(
                        ["src", "dst", "in", "out", "row", "n", "layer", "what"].contains(&name),
                        "{}: {{{name}}}",
                        reason.slug
                    );
                }
            }
        }
    }
}
