//! The plain bridge: pods of one node reach each other, and nothing takes them further.

use super::{Param, Plugin, pods};

pub const PLUGIN: Plugin = Plugin {
    name: "Bridge",
    params: &[Param::MTU],
    apart: &[],
    overhead: 0,
    node: pods::bridged,
    // No node knows of any other.
    peer: |_, _| Vec::new(),
};
