//! What a lab becomes before it becomes a world: an ordered list of typed operations, each with its reason.
//!
//! A plan names nodes, devices and flows by number in the order in which its operations make them, so that it can be
//! printed, turned into a [`crate::engine::World`] by [`world`], or into a script for real Linux namespaces by
//! `linux`. Nothing is decided in a back end: whatever was chosen for the author stands in the plan.

pub mod linux;
pub mod op;
pub mod reasons;
pub mod show;
pub mod topology;
mod veths;
pub mod world;

pub use op::{AppSpec, Bilingual, DeviceSpec, Op, Plan, Step};
