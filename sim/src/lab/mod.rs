//! The lab file: read, checked, lowered to a plan; and what a run of it must show.
//!
//! # Life of a lab
//!
//! [`source`] takes the text; [`scan`] looks at quotes and brackets; [`read`] makes a tree that knows where each part
//! stands; [`schema`] reads the tree part by part, patches of variants included; [`lower`] resolves names, checks the
//! network and makes a [`crate::plan::Plan`]; [`expect`] resolves checks to what [`judge`] evaluates; [`run`] runs a
//! variant and judges it; [`mod@prove`], [`repair`] and [`design`] prove that the lab shows what it says. [`mod@file`] puts
//! these together, [`translation`] in another language. [`mod@design`] also makes a lab of what is handed in to a brief,
//! and [`point`] of a point of a sweep.
//!
//! # Invariants
//!
//! - All findings of a file come at once, each with a place, a code of the catalogue and a fix.
//! - Nothing is guessed: what is not understood is a finding, never a default.
//! - No text, however damaged, makes this code panic.
//!
//! # Growing
//!
//! A node kind, a kind of traffic, a check or a value is one file or one line in a list: [`schema::node`],
//! [`schema::traffic`], [`expect`]. Words of the format that cannot be run yet are in the `LATER` lists beside.

pub mod command;
mod denied;
pub mod design;
pub mod diagnostic;
pub mod expect;
pub mod file;
pub mod guide;
pub mod judge;
pub mod level;
pub mod lower;
pub mod migrate;
pub mod place;
pub mod point;
pub mod print;
pub mod prove;
pub mod question;
pub mod read;
pub mod repair;
pub mod run;
pub mod scan;
pub mod schema;
pub mod shipped;
pub mod source;
pub mod suite;
#[cfg(test)]
mod tests;
pub mod translation;
pub mod trial;
pub mod units;

pub use diagnostic::{Code, Finding, Severity};
pub use file::{LabFile, Variant, open};
pub use question::{Answer, Question, Verdict};
pub use run::{EVENT_BUDGET, Ran, RunError, Runner, run_variant};
pub use source::{Source, Span};

/// Reads a lab file; `name` is what messages call it. All that is wrong with it comes at once.
pub fn parse(name: &str, text: &str) -> Result<LabFile, Vec<Finding>> {
    open(Source::new(name, text))
}
