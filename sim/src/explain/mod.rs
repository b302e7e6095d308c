//! Reasons: what a device can say about a frame, with the rule it followed.
pub mod reason;
pub use reason::{Reason, ReasonDef};
