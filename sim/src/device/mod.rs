//! Devices: one file (or small folder) = one device.

pub mod bridge;
pub mod fabric;
pub mod ipvlan;
pub mod macvlan;
pub mod nic;
pub mod on_card;
pub mod outer;
pub mod sriov;
pub mod tunnel;
pub mod vtep;
