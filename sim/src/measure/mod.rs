//! Comparing: the same question put to many networks.

pub mod account;
pub mod advice;
pub mod compare;
pub mod matrix;
pub mod row;
