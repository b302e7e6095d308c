//! Findings as text for people and as JSON for machines.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use crate::lab::diagnostic::{Finding, Severity};
use crate::lab::source::{Source, Span};

/// Further places of one finding that are shown: more than these, and nobody sees the first.
const PLACES: usize = 8;

/// A finding as `check --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonFinding<'a> {
    /// `L010`.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// One sentence.
    pub message: &'a str,
    /// Name of the file.
    pub file: &'a str,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What to do.
    pub help: &'a [String],
}

/// A finding for machines.
pub fn json<'a>(finding: &'a Finding, source: &'a Source) -> JsonFinding<'a> {
    let (line, column) = source.position(finding.primary.span.start as usize);
    JsonFinding {
        code: finding.code.id(),
        severity: if finding.severity == Severity::Error { "error" } else { "warning" },
        message: &finding.message,
        file: &source.name,
        line,
        column,
        help: &finding.helps,
    }
}

/// A finding as plain text.
pub fn plain(finding: &Finding, source: &Source) -> String {
    render(finding, source, &Renderer::plain())
}

/// A finding with colours for a terminal.
pub fn styled(finding: &Finding, source: &Source) -> String {
    render(finding, source, &Renderer::styled())
}

/// All findings as plain text, an empty line between them.
pub fn all(findings: &[Finding], source: &Source) -> String {
    findings.iter().map(|finding| plain(finding, source)).collect::<Vec<_>>().join("\n\n")
}

fn render(finding: &Finding, source: &Source, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let primary = AnnotationKind::Primary.span(fit(finding.primary.span, source)).label(label(&finding.primary.text));
    let others = finding
        .others
        .iter()
        .take(PLACES)
        .map(|other| AnnotationKind::Context.span(fit(other.span, source)).label(label(&other.text)));
    let snippet = Snippet::source(&source.text).path(&source.name).annotation(primary).annotations(others);
    let more = finding.others.len().saturating_sub(PLACES);
    let more = (more > 0).then(|| format!("{more} more places of the same are not shown"));
    let helps = more.iter().map(|more| Level::NOTE.message(more));
    let helps = helps.chain(finding.helps.iter().map(|help| Level::HELP.message(help)));
    let title = level.primary_title(&finding.message).id(finding.code.id());
    let group: Group<'_> = title.element(snippet).elements(helps);
    renderer.render(&[group])
}

fn label(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The renderer insists on spans inside the text and between characters.
fn fit(span: Span, source: &Source) -> std::ops::Range<usize> {
    let text = &source.text;
    let down = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = down(span.start as usize);
    start..down(span.end as usize).max(start)
}
