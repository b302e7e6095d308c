//! The screen's state and how it changes: no terminal in sight.
//!
//! [`model::Model`] is all there is to know; [`update::update`] takes a [`message::Msg`] and changes it, and says in
//! [`effect::Effect`]s what is to be done outside. The same messages make the same state, so sessions can be saved
//! and replayed, and pictures made without a terminal.

pub mod against;
pub mod beside;
pub mod command;
pub mod effect;
pub mod export;
pub mod extra;
pub mod filter;
pub mod frame;
pub mod guide;
pub mod history;
pub mod journal;
pub mod keymap;
pub mod lab;
pub mod look;
pub mod message;
pub mod model;
pub mod moves;
pub mod panes;
pub mod progress;
pub mod prompt;
pub mod rows;
#[cfg(test)]
pub mod sample;
pub mod session;
pub mod sizes;
#[cfg(test)]
mod tests;
pub mod update;
pub mod whatif;
pub mod why;
pub mod words;
