//! `overunder schema [WORD]`: every word of the lab format, or one, from the comments beside its definition.

mod json;
mod page;

use clap::{Args, ValueEnum};
use overunder_sim::lab::diagnostic::nearest;

use super::failure::Failure;
use super::output::Output;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A page of the book
    Md,
    /// A JSON schema of labs written as JSON
    Json,
}

#[derive(Args, Debug)]
pub struct Schema {
    /// Only this word, a kind such as Bridge or a field such as ageing
    word: Option<String>,

    /// How it is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "md")]
    format: Format,
}

impl Schema {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let text = match (self.format, &self.word) {
            (Format::Md, None) => page::text(),
            (Format::Md, Some(word)) => page::of(word).ok_or_else(|| unknown(word))?,
            (Format::Json, Some(word)) => {
                let hint = format!("overunder schema {word}, or the whole: overunder schema --format json");
                return Err(Failure::usage("one word alone is no JSON schema", hint));
            }
            (Format::Json, None) => serde_json::to_string_pretty(&json::schema()).unwrap_or_default() + "\n",
        };
        Ok(out.part(&text)?)
    }
}

fn unknown(word: &str) -> Failure {
    let hint = match nearest(word, page::names()) {
        Some(near) => format!("did you mean {near}?"),
        None => "`overunder schema` prints all words".to_owned(),
    };
    Failure::usage(format!("the lab format has no word `{word}`"), hint)
}
