//! EIGRP (RFC 7868 §6): packets of routers to their neighbours.
//!
//! | file | holds |
//! |---|---|
//! | [`packet`] | the common header |
//! | [`tlv`] | what follows it: parameters, routes and the rest, each with its type and length in front |
//!
//! Read are classic routes (TLV version 1), internal and external; wide ones and others nobody here knows are kept as
//! bytes.

pub mod packet;
#[cfg(test)]
pub(crate) mod tests;
pub mod tlv;

use std::net::Ipv4Addr;

pub use packet::{Fault, HEADER_LEN, Opcode, Packet};
pub use tlv::{Authentication, External, GOODBYE, Metric, Parameters, Route, Tlv};

/// Number of the protocol behind IP.
pub const PROTOCOL: u8 = 88;
/// All routers that speak EIGRP.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 10);

/// Flag: the first packet to a neighbour, which is to tell all it knows.
pub const INIT: u32 = 1;
/// Flag: only for those who were not named in the sequence list (conditional receive).
pub const CONDITIONAL: u32 = 2;
/// Flag: the sender has restarted and keeps its routes meanwhile.
pub const RESTART: u32 = 4;
/// Flag: the last packet of the whole table.
pub const END_OF_TABLE: u32 = 8;

/// A delay of so much is nowhere (RFC 7868 §6.8.2).
pub const UNREACHABLE: u32 = u32::MAX;
