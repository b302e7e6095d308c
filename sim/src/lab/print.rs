//! A tree as text again: on one line, or broken where a line would become too long.

use std::fmt;

use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::source::{Span, Spanned};

/// Columns a line of a lab may have.
const WIDTH: usize = 120;
const INDENT: usize = 4;

/// A text with its quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A fix made of what the author typed, or else the example where that would be longer than a line.
pub fn fix(own: String, example: &str) -> String {
    if own.chars().count() < WIDTH { own } else { example.to_owned() }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Tree]| {
            items.iter().enumerate().try_for_each(|(at, item)| {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}{item}")
            })
        };
        let fields = |f: &mut fmt::Formatter<'_>, fields: &[Field], quotes: bool| {
            fields.iter().enumerate().try_for_each(|(at, field)| {
                let comma = if at > 0 { ", " } else { "" };
                let name = if quotes { quoted(&field.name.value) } else { field.name.value.clone() };
                write!(f, "{comma}{name}: {}", field.value)
            })
        };
        match &self.form {
            Form::Text(text) => f.write_str(&quoted(text)),
            Form::Number(text) | Form::Word(text) => f.write_str(text),
            Form::Call(name, args) => {
                f.write_str(name.as_ref().map_or("", |name| &name.value))?;
                f.write_str("(")?;
                match args {
                    Args::Fields(list) => fields(f, list, false)?,
                    Args::Items(items) => list(f, items)?,
                }
                f.write_str(")")
            }
            Form::List(items) => {
                f.write_str("[")?;
                list(f, items)?;
                f.write_str("]")
            }
            Form::Map(list) => {
                f.write_str("{")?;
                fields(f, list, true)?;
                f.write_str("}")
            }
        }
    }
}

/// The tree on several lines, each at most as long as a lab allows where that is possible.
pub fn pretty(tree: &Tree) -> String {
    let mut out = String::new();
    write(tree, 0, 0, &mut out);
    out.push('\n');
    out
}

/// Writes a tree that stands `used` columns behind the start of a line indented by `indent`.
fn write(tree: &Tree, indent: usize, used: usize, out: &mut String) {
    let line = tree.to_string();
    // The whole lab is always broken into its parts; one more column is for the comma.
    if indent + used > 0 && indent + used + line.chars().count() < WIDTH {
        return out.push_str(&line);
    }
    let (open, close, parts): (String, char, Vec<(String, &Tree)>) = match &tree.form {
        Form::Call(name, Args::Fields(fields)) if !fields.is_empty() => {
            (opening(name.as_ref()), ')', fields.iter().map(|f| (format!("{}: ", f.name.value), &f.value)).collect())
        }
        Form::Call(name, Args::Items(items)) => {
            (opening(name.as_ref()), ')', items.iter().map(|item| (String::new(), item)).collect())
        }
        Form::List(items) if !items.is_empty() => {
            ("[".to_owned(), ']', items.iter().map(|item| (String::new(), item)).collect())
        }
        Form::Map(fields) if !fields.is_empty() => {
            let parts = fields.iter().map(|f| (format!("{}: ", quoted(&f.name.value)), &f.value)).collect();
            ("{".to_owned(), '}', parts)
        }
        _ => return out.push_str(&line),
    };
    out.push_str(&open);
    for (name, value) in parts {
        let inner = indent + INDENT;
        out.push('\n');
        out.push_str(&" ".repeat(inner));
        out.push_str(&name);
        write(value, inner, name.chars().count(), out);
        out.push(',');
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

fn opening(name: Option<&Spanned<String>>) -> String {
    format!("{}(", name.map_or("", |name| &name.value))
}

/// Trees that no file has.
pub mod made {
    use super::{Args, Field, Form, Span, Spanned, Tree};

    fn tree(form: Form) -> Tree {
        Tree { span: Span::default(), form }
    }

    fn field((name, value): (impl Into<String>, Tree)) -> Field {
        Field { name: Spanned::new(name.into(), Span::default()), value }
    }

    /// `"text"`.
    pub fn text(text: impl Into<String>) -> Tree {
        tree(Form::Text(text.into()))
    }

    /// `5`.
    pub fn number(number: impl ToString) -> Tree {
        tree(Form::Number(number.to_string()))
    }

    /// `Word`.
    pub fn word(word: impl Into<String>) -> Tree {
        tree(Form::Word(word.into()))
    }

    /// `true` or `false`.
    pub fn flag(on: bool) -> Tree {
        word(on.to_string())
    }

    /// `Kind(name: value, …)`, without a kind for an empty one.
    pub fn call<N: Into<String>>(kind: &str, fields: impl IntoIterator<Item = (N, Tree)>) -> Tree {
        let name = (!kind.is_empty()).then(|| Spanned::new(kind.to_owned(), Span::default()));
        tree(Form::Call(name, Args::Fields(fields.into_iter().map(field).collect())))
    }

    /// `Kind(value, …)`.
    pub fn items(kind: &str, items: impl IntoIterator<Item = Tree>) -> Tree {
        let name = (!kind.is_empty()).then(|| Spanned::new(kind.to_owned(), Span::default()));
        tree(Form::Call(name, Args::Items(items.into_iter().collect())))
    }

    /// `[value, …]`.
    pub fn list(items: impl IntoIterator<Item = Tree>) -> Tree {
        tree(Form::List(items.into_iter().collect()))
    }

    /// `{"name": value, …}`.
    pub fn map<N: Into<String>>(fields: impl IntoIterator<Item = (N, Tree)>) -> Tree {
        tree(Form::Map(fields.into_iter().map(field).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Source;
    use crate::lab::diagnostic::Findings;
    use crate::lab::read::read;
    use crate::lab::shipped::LABS;

    fn tree(text: &str) -> Tree {
        read(&Source::new("x", text), &mut Findings::default()).unwrap()
    }

    /// A text and nothing else, or one with the name it stands behind.
    fn is_one_text(line: &str) -> bool {
        let (line, quote) = (line.trim_start(), |text: &str| text.replace("\\\"", "").matches('"').count());
        let named = line.split_once(": ").filter(|(name, _)| [0, 2].contains(&quote(name)));
        let text = named.map_or(line, |(_, text)| text);
        text.starts_with('"') && text.ends_with("\",") && quote(text) == 2
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        for lab in LABS {
            let tree = tree(lab.text);
            for text in [tree.to_string(), pretty(&tree)] {
                let again = self::tree(&text);
                assert_eq!(again.to_string(), tree.to_string());
            }
            // Only a single text may stick out: there is no place in it where a line could be broken.
            let broken = pretty(&tree);
            let mut long = broken.lines().filter(|line| line.chars().count() > WIDTH);
            let breakable = long.find(|line| !is_one_text(line));
            assert_eq!(breakable, None, "{}", lab.name);
        }
    }

    #[test]
    fn texts_keep_what_is_in_them() {
        let text = "a \"quote\", a \\ and\n\ttwo lines, 中文";
        assert_eq!(tree(&format!("Lab(x: {})", quoted(text))).to_string(), format!("Lab(x: {})", quoted(text)));
    }
}
