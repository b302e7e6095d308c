//! OSPF version 2 (RFC 2328 appendix A): packets of routers to their neighbours.
//!
//! | file | holds |
//! |---|---|
//! | [`packet`] | the five packets and their common header |
//! | [`lsa`] | link-state advertisements, what the packets are for |
//!
//! Read are null and simple authentication; LSAs of types 1 to 5 by their fields, others as bytes.

pub mod lsa;
pub mod packet;
#[cfg(test)]
pub(crate) mod tests;

use std::net::Ipv4Addr;

pub use lsa::{BadLsa, Content, Header, Key, Link, LinkKind, Lsa};
pub use packet::{Auth, Body, Description, Fault, HEADER_LEN, Hello, Packet};

/// Number of the protocol behind IP.
pub const PROTOCOL: u8 = 89;
/// All routers that speak OSPF.
pub const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 5);
/// The designated router and its backup.
pub const ALL_DROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 6);

/// Option: external LSAs are wanted here; off in a stub area.
pub const EXTERNAL: u8 = 0x02;

/// Flag of a description: the first one.
pub const INIT: u8 = 4;
/// Flag of a description: more follow.
pub const MORE: u8 = 2;
/// Flag of a description: from the one who counts.
pub const MASTER: u8 = 1;

fn ip(bytes: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(crate::wire::be32(bytes, at))
}

/// Items of a fixed size, if nothing is left over.
fn items<T>(bytes: &[u8], size: usize, read: impl Fn(&[u8]) -> T) -> Option<Vec<T>> {
    bytes.len().is_multiple_of(size).then(|| bytes.chunks_exact(size).map(read).collect())
}
