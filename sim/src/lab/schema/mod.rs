//! The lab file as typed: every part read by itself, every slip reported.

pub mod change;
pub mod cluster;
pub mod daemon;
pub mod environment;
pub mod gateway;
pub mod lab;
pub mod link;
pub mod node;
pub mod overlay;
pub mod patch;
pub mod profile;
pub mod reference;
pub mod routing;
pub mod section;
pub mod step;
pub mod traffic;
pub mod value;
pub mod variant;
pub mod when;

pub use change::Change;
pub use cluster::Cluster;
pub use gateway::Gateway;
pub use lab::{Event, Lab, Named};
pub use link::Link;
pub use node::NodeSpec;
pub use overlay::Overlay;
pub use profile::Prices;
pub use step::Step;
pub use traffic::Traffic;
pub use when::Moment;
