//! `overunder schema`: every word of the lab format, from the comments beside its definition.

mod json;
mod page;

use clap::{Args, ValueEnum};

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
    /// How it is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "md")]
    format: Format,
}

impl Schema {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let text = match self.format {
            Format::Md => page::text(),
            Format::Json => serde_json::to_string_pretty(&json::schema()).unwrap_or_default() + "\n",
        };
        Ok(out.part(&text)?)
    }
}
