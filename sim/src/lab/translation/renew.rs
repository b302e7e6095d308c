//! Writes into a translation file which English texts it was made from, and touches nothing else.

use std::collections::BTreeMap;
use std::ops::Range;

use super::both;
use super::shape::{named, texts};
use super::words::{Words, number};
use crate::lab::diagnostic::{Finding, Findings};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::scan::{Token, scan};
use crate::lab::source::{Source, Span};
use crate::lang::Lang;

/// What is written instead of a stretch of the file.
type Edit = (Range<usize>, String);

/// The text of a translation in which all texts count as made from those of the lab as it is now. Nothing if the file
/// says so already; what is wrong with it if it cannot be used.
pub fn renewed(lab: &Source, translation: &Source, lang: Lang) -> Result<Option<String>, Vec<Finding>> {
    let found = &mut Findings::default();
    let both = both(lab, translation, lang, found);
    let Some((tree, words)) = both.filter(|_| !found.has_errors()) else {
        return Err(std::mem::take(found).into_vec());
    };
    let mut edits = edits(translation, &words, &wanted(&tree, &words));
    if edits.is_empty() {
        return Ok(None);
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
    let mut text = translation.text.clone();
    for (range, with) in edits {
        text.replace_range(range, &with);
    }
    Ok(Some(text))
}

/// Numbers of the English texts that are translated, by what they belong to and in the order of the lab.
fn wanted(lab: &Tree, words: &Words) -> Vec<(String, String)> {
    let mut order: Vec<String> = Vec::new();
    let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in texts(lab) {
        let Form::Text(own) = &text.form else { continue };
        if !words.texts.contains_key(&path) {
            continue;
        }
        let (group, _) = named(&path);
        if !numbers.contains_key(&group) {
            order.push(group.clone());
        }
        numbers.entry(group).or_default().push(number(own));
    }
    let entry = |group: String| {
        let text = numbers.get(&group).map(|list| list.join(" ")).unwrap_or_default();
        (group, text)
    };
    order.into_iter().map(entry).collect()
}

fn edits(source: &Source, words: &Words, wanted: &[(String, String)]) -> Vec<Edit> {
    let Form::Call(_, Args::Fields(top)) = &words.tree.form else { return Vec::new() };
    let line = |(name, numbers): &(String, String)| format!("\n        \"{name}\": \"{numbers}\",");
    let block = top.iter().find(|field| field.name.value == "translated_from");
    let Some((span, known)) = block.and_then(|field| Some((field.value.span, entries(&field.value)?))) else {
        let lines: String = wanted.iter().map(line).collect();
        let last = top.last().map_or(words.tree.span, |field| field.value.span);
        return vec![behind(source, last, &format!("\n    translated_from: {{{lines}\n    }},"))];
    };
    let mut edits = Vec::new();
    for field in known {
        match wanted.iter().find(|(name, _)| *name == field.name.value) {
            Some((_, numbers)) if is_text(&field.value, numbers) => {}
            Some((_, numbers)) => edits.push((whole(source, field.value.span), format!("\"{numbers}\""))),
            None => edits.push((line_of(source, field), String::new())),
        }
    }
    let new = wanted.iter().filter(|(name, _)| !known.iter().any(|field| field.name.value == *name));
    let new: String = new.map(line).collect();
    if let Some(last) = known.last().filter(|_| !new.is_empty()) {
        edits.push(behind(source, last.value.span, &new));
    } else if !new.is_empty() {
        edits.push((span.range().start + 1..span.range().start + 1, format!("{new}\n    ")));
    }
    edits
}

fn entries(tree: &Tree) -> Option<&[Field]> {
    if let Form::Map(fields) = &tree.form { Some(fields) } else { None }
}

fn is_text(tree: &Tree, wanted: &str) -> bool {
    matches!(&tree.form, Form::Text(text) if text == wanted)
}

/// A text with its quotes.
fn whole(source: &Source, span: Span) -> Range<usize> {
    let Range { start, end } = span.range();
    let quoted = source.text[..start].ends_with('"') && source.text[end..].starts_with('"');
    if quoted { start - 1..end + 1 } else { start..end }
}

/// Where the comma behind a value ends, if there is one.
fn comma(source: &Source, after: usize) -> Option<usize> {
    let tokens = scan(source, &mut Findings::default())?;
    let next = tokens.iter().find(|token| token.span.range().start >= after)?;
    (next.token == Token::Comma).then_some(next.span.range().end)
}

/// Something more behind a value.
fn behind(source: &Source, span: Span, text: &str) -> Edit {
    let end = whole(source, span).end;
    match comma(source, end) {
        Some(end) => (end..end, text.to_owned()),
        None => (end..end, format!(",{text}")),
    }
}

/// An entry with its comma and the white space before it.
fn line_of(source: &Source, field: &Field) -> Range<usize> {
    let end = whole(source, field.value.span).end;
    let start = source.text[..whole(source, field.name.span).start].trim_end().len();
    start..comma(source, end).unwrap_or(end)
}
