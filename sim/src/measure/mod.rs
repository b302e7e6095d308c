//! Comparing: the same question put to many networks.

pub mod advice;
pub mod matrix;
pub mod row;
