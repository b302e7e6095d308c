//! The same traffic in many networks, side by side, and what changed since the numbers were accepted.
//!
//! A [`Bench`] is a suite or a lab; each of its runs becomes a [`Row`]: what was asked to be measured, and the
//! [`Account`] of all bytes, rows and work. A [`Snapshot`] is what is kept of the rows in a file; two of them are
//! compared by [`difference`], and [`explain`] traces a difference back to the header or the cost that changed.

mod bench;
pub mod difference;
pub mod explain;
mod figure;
pub mod snapshot;
#[cfg(test)]
mod tests;

use crate::lab::judge::{Outcome, Quantity};
use crate::lab::suite::Better;
use crate::measure::account::Account;

pub use bench::Bench;
pub use difference::{Difference, differences};
pub use snapshot::{Broken, Snapshot};

/// A value that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// What was measured.
    pub quantity: Quantity,
    /// Whether less of it is good news; nothing where it depends.
    pub better: Option<Better>,
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name: the values of the axes, `gre+1400`; empty for a lab without variants.
    pub name: String,
    /// What was measured, in the order in which it is told.
    pub values: Vec<Value>,
    /// Where the bytes went.
    pub account: Account,
    /// Profiles of its nodes; none where work costs nothing.
    pub profiles: Vec<String>,
    /// Events it took.
    pub events: u64,
    /// Number that another course of events hardly has.
    pub digest: String,
    /// What was expected of it.
    pub checks: Vec<(String, Outcome)>,
    /// What went wrong besides: it did not end, or an event was refused.
    pub complaints: Vec<String>,
}

impl Row {
    /// The value of a name.
    pub fn value(&self, name: &str) -> Option<&Quantity> {
        self.values.iter().find(|value| value.name == name).map(|value| &value.quantity)
    }
}
