//! The discrete-event engine: what happens next, and what it leaves behind.
//!
//! # Life of one frame
//!
//! [`world`] pops an event and hands the frame to a [`device`]; the device answers through the [`outbox`], which
//! counts and records the verdict and puts the frame on a [`wire`]; the wire puts the next event into the [`queue`].
//! [`log`] holds the decisions of the present event for whoever wants to tell about it, [`timeline`] goes back.
//!
//! # Invariants
//!
//! - No device can move a frame without a reason: every verb of the outbox takes one.
//! - Nothing here knows a protocol. Bytes are opaque; only devices read them.
//! - A world is plain data: cloning it is a checkpoint.

mod again;
pub mod agent;
mod batch;
pub mod build;
pub mod command;
pub mod core;
pub mod cpu;
pub mod device;
mod fault;
pub mod flow;
pub mod forward;
mod lane;
pub mod log;
pub mod outbox;
pub mod queue;
pub mod table;
pub mod timeline;
pub mod wire;
pub mod world;

pub use build::{BuildError, WorldBuilder};
pub use command::{Change, ChangeError, DeviceChange, Signal, Value, When};
pub use core::Core;
pub use cpu::{Cpu, Program, Spent};
pub use device::{Device, Listen, TimerKind};
pub use flow::FlowStats;
pub use forward::{Forwarder, Side, Way};
pub use log::{Decision, Entry, Log, RowChange, Verdict};
pub use outbox::{Outbox, Why};
pub use table::{Cell, Column, RowRef, TableRow, TableView};
pub use timeline::Timeline;
pub use wire::CableConfig;
pub use world::{Stop, World};
