//! The lab file as typed: every part read by itself, every slip reported.

pub mod section;
pub mod value;
