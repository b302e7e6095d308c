//! A simulator of overlay and underlay networks that carries real frame bytes and explains every decision.
//!
//! # A map of the code
//!
//! | module | holds |
//! |---|---|
//! | [`time`], [`id`], [`rng`] | simulated nanoseconds, names of things, named random streams |
//! | [`lang`] | the two languages |
//! | [`rows`] | rows by key without an order, for tables that every frame asks |
//! | [`cost`] | what work is called, and what it costs on which machine |
//! | [`wire`] | frames with headroom, header formats, the layer walk, the pcapng writer |
//! | [`explain`] | reasons: what a device can say about a frame |
//! | [`engine`] | queue, wires, outbox, world, recorder, timeline |
//! | [`device`] | one file or folder = one device: switch/bridge, NIC, its children and functions, tunnels |
//! | [`stack`] | the IP stack device of a host |
//! | [`app`] | traffic sources, attackers, listeners |
//! | [`control`] | daemons that fill tables: a store, flanneld |
//! | [`routing`] | routing protocols, and the daemon that runs one on a stack: RIP; BGP on graphs of ASes |
//! | [`plan`] | typed operations that build a world, with their back ends |
//! | [`cni`] | one file = one plugin: from a cluster to devices, wires and rows |
//! | [`environment`] | one file = one provider: its rules in order, each with its source |
//! | [`lab`] | the lab file: as typed, checked, lowered to a plan, its expectations |
//! | [`measure`] | which plugin works in which environment, by trying; where bytes went; runs side by side |
//! | [`view`] | plain values for the terminal, the command line and the book |
//!
//! A module may use only the ones above it; a test in `tests/tidy.rs` holds this.
//!
//! # Order of events
//!
//! Events run in (time, sequence) order: earlier time first, and at the same time in the order in which they were
//! scheduled. The same lab and seed therefore give the same bytes on every machine. There are no threads, no clock,
//! no result that depends on the order of a hash table and no random number but those of the named streams in [`rng`].

pub mod app;
pub mod cni;
pub mod control;
pub mod cost;
pub mod device;
pub mod engine;
pub mod environment;
pub mod explain;
pub mod id;
pub mod lab;
pub mod lang;
pub mod measure;
pub mod plan;
pub mod rng;
pub mod routing;
pub mod rows;
pub mod stack;
pub mod time;
pub mod view;
pub mod wire;
