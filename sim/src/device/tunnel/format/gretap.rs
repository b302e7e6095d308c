//! Ethernet in GRE (RFC 1701 §5, EtherType 0x6558 "transparent Ethernet bridging").

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Gre, Wrapping, gre};
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, ethernet, ipv4};

/// EtherType of an Ethernet frame inside.
pub const ETHERNET: u16 = 0x6558;

/// Ethernet in GRE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gretap(
    /// The GRE header.
    pub Gre,
);

impl Encapsulation for Gretap {
    fn name(&self) -> &'static str {
        "gretap"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ethernet
    }

    fn overhead(&self) -> u16 {
        self.0.overhead() + ethernet::HEADER_LEN as u16
    }

    fn listen(&self, remote: Option<Ipv4Addr>) -> Listen {
        self.0.listen(remote)
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        self.0.put(frame, ETHERNET, with.count) && with.outer.put_ip(frame, with.to, gre::PROTOCOL, with.inner)
    }

    fn find(&self, _outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        self.0.take(payload, ETHERNET)
    }
}
