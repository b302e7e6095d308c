//! Labs damaged at random: never a panic, always an answer that points into the file.

use super::samples::{FLOOD, HUB_AND_SWITCH};
use super::translation::{accepted, lab};
use crate::lab::diagnostic::render;
use crate::lab::repair::prove;
use crate::lab::shipped::LABS;
use crate::lab::translation::renew::renewed;
use crate::lab::{LabFile, Source, Span, open, run_variant, translation};
use crate::lang::Lang;
use crate::rng::Stream;

const CASES: u64 = 5_000;

/// Bytes that are likely to hurt.
const NASTY: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    ",",
    ":",
    "//",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "-",
    "--",
    "*",
    "/",
    "'",
    "#",
    "r#\"",
    "0",
    "-1",
    "99999999999999999999",
    "0.5",
    "5ms",
    "\"\"",
    "\"ann\"",
    "\"sw:9999\"",
    "\"a--b\"",
    "true",
    "Host",
    "Host()",
    "Hub()",
    "()",
    "{}",
    "[]",
    "Lab",
    "In(\"hub\", ",
    "Quiet",
    "中",
    "\u{301}",
    "\u{202e}",
    "\"ann/eth0\"",
    "\"10.0.0.1/24\"",
    "\"10.0.0.1/0\"",
    "\"255.255.255.255/32\"",
    "\"5min\"",
    "0xff",
    "1_000_000_000_000",
];

struct Mutator {
    stream: Stream,
}

impl Mutator {
    fn below(&mut self, bound: usize) -> usize {
        self.stream.below(bound as u64) as usize
    }

    /// One random change.
    fn once(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len() + 1);
        let (start, end) = token(text, at);
        match self.below(7) {
            0 => drop(text.drain(at.min(text.len())..(at + 1).min(text.len()))),
            1 => drop(text.drain(start..end)),
            2 => {
                let copy = text[start..end].to_vec();
                text.splice(start..start, copy);
            }
            3 => {
                let nasty = NASTY[self.below(NASTY.len())].bytes();
                text.splice(at..at, nasty);
            }
            4 => {
                let nasty = NASTY[self.below(NASTY.len())].bytes();
                text.splice(start..end, nasty);
            }
            5 => {
                let other = self.below(text.len() + 1);
                let (from, to) = token(text, other);
                let copy = text[from..to].to_vec();
                text.splice(start..end, copy);
            }
            _ => {
                let byte = self.below(256) as u8;
                if let Some(old) = text.get_mut(at) {
                    *old = byte;
                }
            }
        }
    }
}

/// The token at a place: a run of letters, a quoted text, or one byte.
fn token(text: &[u8], at: usize) -> (usize, usize) {
    let inside = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'"' | b'_' | b'.' | b'-' | b'/');
    let start = text[..at].iter().rposition(|c| !inside(c)).map_or(0, |p| p + 1);
    let end = text[at..].iter().position(|c| !inside(c)).map_or(text.len(), |p| at + p);
    if start == end { (at, (at + 1).min(text.len())) } else { (start, end) }
}

fn looks_into(source: &Source, case: u64, read: &Result<LabFile, Vec<crate::lab::Finding>>) {
    let findings = match read {
        Ok(lab) => &lab.warnings,
        Err(findings) => {
            assert!(!findings.is_empty(), "case {case}: refused without a reason:\n{}", source.text);
            findings
        }
    };
    for finding in findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.others);
        for label in labels {
            let inside = source.text.get(label.span.range()).is_some();
            assert!(inside, "case {case}: {finding:?} points outside of\n{}", source.text);
        }
        assert!(
            !finding.message.is_empty() && render::plain(finding, source).contains(finding.code.id()),
            "case {case}"
        );
    }
}

#[test]
fn no_damage_makes_it_panic() {
    let labs: Vec<&str> = [HUB_AND_SWITCH, FLOOD].into_iter().chain(LABS.iter().map(|lab| lab.text)).collect();
    let mut sound = 0;
    for case in 0..CASES {
        let mut mutator = Mutator { stream: Stream::named(case, "mutated labs") };
        let mut bytes = labs[case as usize % labs.len()].as_bytes().to_vec();
        for _ in 0..=mutator.below(4) {
            mutator.once(&mut bytes);
        }
        let source = Source::from_bytes("lab.ron", &bytes);
        let read = open(source.clone());
        looks_into(&source, case, &read);
        if let Ok(lab) = &read {
            sound += 1;
            let ran = run_variant(lab, None, None, 300);
            assert!(ran.is_ok(), "case {case}: {:?}\n{}", ran.err(), source.text);
            let proved = prove(lab, 300);
            assert!(proved.is_ok(), "case {case}: {:?}\n{}", proved.err(), source.text);
        }
    }
    // Some damage is harmless (a comment, a sentence): the test reaches behind the reader too.
    assert!(sound > 200, "{sound} of {CASES} were sound");
}

#[test]
fn no_damage_to_a_translation_makes_it_panic() {
    let sound = accepted();
    let mut renewable = 0;
    for case in 0..CASES {
        let mut mutator = Mutator { stream: Stream::named(case, "mutated translations") };
        let mut bytes = sound.as_bytes().to_vec();
        for _ in 0..=mutator.below(4) {
            mutator.once(&mut bytes);
        }
        let words = Source::from_bytes("asks/lab.zh.ron", &bytes);
        for finding in translation::check(&lab(), &words, Lang::Zh) {
            let labels = std::iter::once(&finding.primary).chain(&finding.others);
            let inside = |span: Span| words.text.get(span.range()).is_some();
            assert!(labels.into_iter().all(|label| inside(label.span)), "case {case}: {finding:?}\n{}", words.text);
            render::plain(&finding, &words);
        }
        assert!(translation::open(lab(), Some(&words), Lang::Zh).is_ok(), "case {case}:\n{}", words.text);
        if let Ok(Some(text)) = renewed(&lab(), &words, Lang::Zh) {
            renewable += 1;
            let new = Source::new("asks/lab.zh.ron", &text);
            let again = renewed(&lab(), &new, Lang::Zh);
            assert_eq!(again, Ok(None), "case {case}:\n{}\nbecame\n{text}", words.text);
        }
    }
    assert!(renewable > 50, "{renewable} of {CASES} were renewed");
}
