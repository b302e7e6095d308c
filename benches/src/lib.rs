//! Workloads shared by the benches and the `workload` binary: one file each.
//!
//! They are defined so exactly (random numbers, peers, gaps, warm-up) that another simulator can run the same ones;
//! `peers/` holds such programs and `side_by_side.sh` runs both in turn.

pub mod distances;
pub mod fat_tree;
pub mod hold;
pub mod measure;
pub mod paths;
pub mod random;
pub mod routed;
pub mod switched;
pub mod talker;
pub mod timeline;
pub mod traffic;
pub mod tunnelled;
