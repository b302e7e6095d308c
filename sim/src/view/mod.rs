//! What people are shown: plain values and plain text, for the command line, the terminal and the book.
//!
//! Nothing here decides anything. Every sentence is made from a decision, its reason and the tables as they stand.

pub mod bystanders;
pub mod catalogue;
pub mod convergence;
pub mod json;
pub mod names;
pub mod narrate;
pub mod sentence;
pub mod tables;
pub mod work;

pub use bystanders::Bystanders;
pub use names::Book;
pub use narrate::{Detail, Narrator};
