//! Labs as a whole: read, run, judged; damaged in every way.

mod bgp;
mod changes;
mod cluster;
mod control;
mod convergence;
mod cost;
mod damaged;
mod design;
mod heavy;
mod ipvlan;
mod isis;
mod level;
mod macvlan;
mod mutated;
mod ospf;
mod provider;
mod questions;
mod raw;
mod repair;
pub mod routing;
mod samples;
mod sessions;
mod sriov;
mod tcp;
pub mod translation;
mod whole;
mod words;
