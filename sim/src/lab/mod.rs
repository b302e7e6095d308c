//! The lab file: read, checked, lowered to a plan; and what a run of it must show.

pub mod diagnostic;
pub mod judge;
pub mod place;
pub mod read;
pub mod scan;
pub mod schema;
pub mod source;
pub mod units;
