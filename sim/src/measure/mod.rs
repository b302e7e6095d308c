//! Comparing: the same question put to many networks.

pub mod matrix;
