//! The reference as a page of the book.

use std::fmt::Write;

use overunder_sim::lab::schema::reference::{Field, Form, Group, Word, groups};

const HEAD: &str = "\
# The lab file, word by word

This page is what `overunder schema` prints. How to write a lab is in the [authoring guide](../authoring.md).

Round brackets hold words of the format, braces hold names of yours, square brackets hold order. Words with values in a
fixed order may leave the names of their fields out: `Delivered(\"ping\")` is `Delivered(flow: \"ping\")`.
";

/// The page.
pub fn text() -> String {
    let mut text = HEAD.to_owned();
    for group in groups() {
        section(group, &mut text).expect("text takes text");
    }
    text
}

/// What the page says of one word: of the kind with this name, else of every field with it. None if there is neither.
pub fn of(name: &str) -> Option<String> {
    let mut text = String::new();
    let kinds = words().filter(|(_, word)| word.name.eq_ignore_ascii_case(name));
    kinds.for_each(|(group, word)| kind(group, word, &mut text).expect("text takes text"));
    if text.is_empty() {
        for (group, word) in words() {
            let given = word.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
            for field in given {
                field_of(group, word, field, &mut text).expect("text takes text");
            }
        }
    }
    (!text.is_empty()).then(|| text.trim_start().to_owned())
}

/// All names that [`of`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    words().flat_map(|(_, word)| std::iter::once(word.name).chain(word.fields.iter().map(|field| field.name)))
}

fn words() -> impl Iterator<Item = (&'static Group, &'static Word)> {
    groups().flat_map(|group| group.words.iter().map(move |word| (group, word)))
}

fn kind(group: &Group, word: &Word, text: &mut String) -> Result<(), std::fmt::Error> {
    let says = if group.words.len() == 1 { group.says } else { word.says };
    writeln!(text, "\n# `{}`\n\n{}", call(group, word), says.trim())?;
    fields(word, text)
}

fn field_of(group: &Group, word: &Word, field: &Field, text: &mut String) -> Result<(), std::fmt::Error> {
    let otherwise = if field.is_required() { "required" } else { field.otherwise };
    writeln!(text, "\n# `{}` of {} ({})\n\n{}", field.name, call(group, word), group.title, field.says.trim())?;
    writeln!(text, "\nValue: {}. If left out: {otherwise}.", field.sort.label())
}

fn section(group: &Group, text: &mut String) -> Result<(), std::fmt::Error> {
    writeln!(text, "\n## {}\n\n{}", group.title, group.says)?;
    let alone = group.words.len() == 1;
    for word in group.words {
        if !alone {
            writeln!(text, "\n### `{}`\n\n{}", call(group, word), word.says.trim())?;
        }
        fields(word, text)?;
    }
    Ok(())
}

/// `Delivered(flow)`, `Host(…)`, `Hub()`.
fn call(group: &Group, word: &Word) -> String {
    let names = word.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
    match group.form {
        Form::Call => format!("{}({names})", word.name),
        _ if word.fields.is_empty() => format!("{}()", word.name),
        _ => format!("{}(…)", word.name),
    }
}

fn fields(word: &Word, text: &mut String) -> Result<(), std::fmt::Error> {
    if word.fields.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n| Field | Value | If left out | Meaning |\n|---|---|---|---|")?;
    for Field { name, sort, otherwise, says } in word.fields {
        let otherwise = if *otherwise == "required" { "**required**" } else { otherwise };
        writeln!(text, "| `{name}` | {} | {otherwise} | {} |", sort.label(), says.trim())?;
    }
    Ok(())
}
