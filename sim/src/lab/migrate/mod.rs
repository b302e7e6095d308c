//! Labs of older formats made into labs of this one.
//!
//! One file is one step from a format to the next, and one line in [`STEPS`]. A step says which stretches of the text
//! become what; nothing else is touched, so comments and layout survive. The number behind `format` is raised here.
//! The list is empty as long as format 1 is the only one there has been.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Args, Form, Tree, read};
use crate::lab::schema::lab::FORMAT;
use crate::lab::source::{Source, Span};

#[cfg(test)]
mod tests;

/// A stretch of the text, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The stretch.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// From one format to the next.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The format it reads.
    pub from: u64,
    /// What it changes, but for the number of the format.
    pub edits: fn(&Tree) -> Vec<Edit>,
}

/// All steps, oldest first.
pub static STEPS: &[Step] = &[];

/// What became of a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// It has the newest format already.
    Newest,
    /// Its format, and its text in the newest one.
    From(u64, String),
}

/// Migrates a text to the format this program reads; the findings say why that cannot be done.
pub fn migrate(source: &Source) -> Result<Migrated, Vec<Finding>> {
    along(source, STEPS, FORMAT)
}

fn along(source: &Source, steps: &[Step], newest: u64) -> Result<Migrated, Vec<Finding>> {
    let (first, _) = format_of(source, newest)?;
    if first == newest {
        return Ok(Migrated::Newest);
    }
    let mut source = source.clone();
    for format in first..newest {
        let (_, span) = format_of(&source, newest)?;
        let Some(step) = steps.iter().find(|step| step.from == format) else {
            return Err(vec![unknown(format, span, newest)]);
        };
        let tree = tree(&source)?;
        let mut edits = (step.edits)(&tree);
        edits.push(Edit { span, text: (format + 1).to_string() });
        source.text = apply(&source.text, edits);
    }
    Ok(Migrated::From(first, source.text))
}

fn tree(source: &Source) -> Result<Tree, Vec<Finding>> {
    let mut found = Findings::default();
    read(source, &mut found).filter(|_| !found.has_errors()).ok_or_else(|| found.into_vec())
}

/// The number of the format and where it stands.
fn format_of(source: &Source, newest: u64) -> Result<(u64, Span), Vec<Finding>> {
    let tree = tree(source)?;
    let field = match &tree.form {
        Form::Call(Some(_), Args::Fields(fields)) => fields.iter().find(|field| field.name.value == "format"),
        _ => None,
    };
    let Some(field) = field else {
        let finding = Finding::new(Code::Missing, "this file does not say which format it has", tree.head());
        return Err(vec![finding.label("needs `format`").help(format!("format: {newest}"))]);
    };
    let number = match &field.value.form {
        Form::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    match number {
        Some(number) if (1..=newest).contains(&number) => Ok((number, field.value.span)),
        Some(number) => Err(vec![unknown(number, field.value.span, newest)]),
        None => {
            let finding = Finding::new(Code::WrongType, "`format` is a number", field.value.span);
            Err(vec![finding.label(format!("this is {}", field.value.sort())).help(format!("format: {newest}"))])
        }
    }
}

fn unknown(number: u64, span: Span, newest: u64) -> Finding {
    let finding = Finding::new(Code::Format, format!("format {number} is not known here"), span);
    let help = if number > newest {
        "a newer version of overunder reads this file; nothing was changed".to_owned()
    } else {
        format!("there never was such a format: format: {newest}")
    };
    finding.label(format!("this program knows the formats up to {newest}")).help(help)
}

/// The text with its stretches replaced, from the last to the first so that no position moves.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let mut text = text.to_owned();
    for Edit { span, text: new } in edits.iter().rev() {
        text.replace_range(span.range(), new);
    }
    text
}
