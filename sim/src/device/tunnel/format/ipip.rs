//! IPv4 in IPv4 (RFC 2003): nothing at all between the two headers.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, ipv4};

/// Protocol number.
pub const PROTOCOL: u8 = 4;

/// IPv4 in IPv4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ipip;

impl Encapsulation for Ipip {
    fn name(&self) -> &'static str {
        "ipip"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ip
    }

    fn overhead(&self) -> u16 {
        20
    }

    fn listen(&self, remote: Option<Ipv4Addr>) -> Listen {
        Listen::Ip { protocol: PROTOCOL, remote, key: None }
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        with.outer.put_ip(frame, with.to, PROTOCOL, with.inner)
    }

    fn find(&self, _outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        Ok(0..payload.len())
    }
}
