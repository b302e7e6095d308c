//! What can be wrong with a lab file, said so that its author can mend it.
//!
//! A [`Finding`] says what, where, why it matters on a real network, and gives the fix as text to paste. It never
//! names a type of this program. All findings of a file come at once; one mistake is reported once, with all the
//! places it spoils. Every code is described in the [`catalogue`], which `overunder explain L010` shows.

pub mod catalogue;

pub mod render;

use std::collections::BTreeSet;

pub use catalogue::Code;

use crate::lab::source::Span;

/// More than this helps nobody.
const MOST: usize = 100;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The lab cannot be run as it is.
    Error,
    /// It can, but it probably does not do what its author wanted.
    Warning,
}

/// A place and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
}

/// One thing that is wrong with a lab file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind of mistake.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// Where it is, and a few words at the spot.
    pub primary: Label,
    /// Other places that belong to it.
    pub others: Vec<Label>,
    /// What to do, as text to paste where possible.
    pub helps: Vec<String>,
    /// Findings about the same subject are one finding with several places.
    subject: Option<String>,
}

impl Finding {
    /// An error at a place.
    pub fn new(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            others: Vec::new(),
            helps: Vec::new(),
            subject: None,
        }
    }

    /// A few words at the place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place that belongs to it.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    /// What to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// "Did you mean", when a known name is near.
    pub fn suggest<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wrong, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// What it is about: later findings about the same only add their place to this one.
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

/// The findings of one file, in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    seen: BTreeSet<(Code, Span)>,
    noted: usize,
}

impl Findings {
    /// Notes a finding, unless the same is known: a shared part of a lab is read once per variant.
    pub fn push(&mut self, finding: Finding) {
        self.noted += 1;
        if !self.seen.insert((finding.code, finding.primary.span)) || self.list.len() >= MOST {
            return;
        }
        let same = |known: &&mut Finding| known.code == finding.code && known.subject == finding.subject;
        if finding.subject.is_some()
            && let Some(known) = self.list.iter_mut().find(same)
        {
            known.others.push(Label { span: finding.primary.span, text: "and here".to_owned() });
            return;
        }
        self.list.push(finding);
    }

    /// Takes over all of another list.
    pub fn extend(&mut self, other: Self) {
        other.list.into_iter().for_each(|finding| self.push(finding));
    }

    /// Takes back what was found within a place, because a later finding about the whole of it says it better.
    pub fn forget(&mut self, code: Code, within: Span) {
        self.list.retain(|finding| {
            let span = finding.primary.span;
            finding.code != code || span.start < within.start || span.end > within.end
        });
    }

    /// One that is known was found once more.
    pub fn note_again(&mut self) {
        self.noted += 1;
    }

    /// How often one was noted, also one that was known.
    pub fn noted(&self) -> usize {
        self.noted
    }

    /// Whether there is one that keeps the lab from running.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether such a finding would be news; looking for the nearest name is wasted work otherwise.
    pub fn is_news(&self, code: Code, span: Span) -> bool {
        self.list.len() < MOST && !self.seen.contains(&(code, span))
    }

    /// All of them, by place.
    pub fn into_vec(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.primary.span, finding.code));
        self.list
    }
}

/// The known name nearest to a misspelt one, if one is near.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let far = lower.chars().count() / 3 + 1;
    let distance = |name: &str| {
        let name = name.to_lowercase();
        if name == lower { 0 } else { strsim::osa_distance(&lower, &name) }
    };
    let near = known.into_iter().map(|name| (distance(name), name)).filter(|(d, name)| *d <= far && *d < name.len());
    near.min().map(|(_, name)| name)
}

/// `a, b, c`, shortened when there are very many.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    if all.len() <= 30 {
        return all.join(", ");
    }
    format!("{} and {} more", all[..20].join(", "), all.len() - 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("evee", ["ann", "bob", "eve"]), Some("eve"));
        assert_eq!(nearest("host", ["Host", "Hub"]), Some("Host"));
        assert_eq!(nearest("vnni", ["vni", "port"]), Some("vni"));
        assert_eq!(nearest("zebra", ["ann", "bob"]), None);
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn one_subject_is_one_finding() {
        let mut findings = Findings::default();
        for at in [40, 10, 40] {
            findings.push(Finding::new(Code::UnknownName, "no `x`", Span::new(at, at + 1)).about("x"));
        }
        let all = findings.into_vec();
        assert_eq!((all.len(), all[0].others.len()), (1, 1));
    }
}
