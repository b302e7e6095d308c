//! Selectors, values and checks, with every name resolved: what a run is judged by.
//!
//! A [`Trace`] is filled while a world runs; selectors pick its records, values count and measure them, checks
//! compare. Every check says what it expected and what it found, in both languages.

pub mod check;
pub mod select;
pub mod trace;
pub mod value;

pub use check::{Check, Outcome};
pub use select::{Kind, Selector};
pub use trace::Trace;
pub use value::{Measure, Number, Quantity};
