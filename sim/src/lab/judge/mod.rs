//! Selectors, values and checks, with every name resolved: what a run is judged by.
//!
//! A [`Trace`] is filled while a world runs; selectors pick its records, values count and measure them, checks
//! compare. Every check says what it expected and what it found, in both languages. What is judged is a [`Run`]: a
//! whole one, or the window of one step of the guide.

pub mod check;
pub mod convergence;
pub mod edge;
pub mod envelope;
pub mod flows;
pub mod run;
pub mod select;
pub mod trace;
pub mod value;

pub use check::{Check, Outcome};
pub use convergence::Convergence;
pub use edge::Edge;
pub use run::{Alone, Finished, Others, Run};
pub use select::{Kind, Selector};
pub use trace::Trace;
pub use value::{Measure, Number, Quantity};
