//! IP in UDP with no header of its own: a TUN device and a program that reads packets from it and sends them to the
//! program on the other host (Flannel's oldest backend).

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::cost::Cost;
use crate::device::tunnel::why;
use crate::engine::{Listen, Program};
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, ipv4, udp};

/// The port Flannel took.
pub const PORT: u16 = 8285;

/// IP in UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp {
    /// UDP port at both ends.
    pub port: u16,
}

impl Encapsulation for Udp {
    fn name(&self) -> &'static str {
        "udp"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ip
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + udp::HEADER_LEN) as u16
    }

    fn listen(&self, _remote: Option<Ipv4Addr>) -> Listen {
        Listen::Udp { port: self.port, vni: None }
    }

    fn decode_as(&self) -> Option<(u16, &'static str)> {
        Some((self.port, "ip"))
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        with.outer.put_udp(frame, with.to, (self.port, self.port), with.inner)
    }

    fn find(&self, outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        let datagram = udp::check(payload, outer.src, outer.dst).map_err(|_| &why::MALFORMED)?;
        Ok(udp::HEADER_LEN..datagram.len)
    }

    fn is_a_hop(&self) -> bool {
        true
    }

    fn work(&self) -> &'static [Cost] {
        super::BY_A_PROGRAM
    }

    /// It reads from both sides until there is nothing left, and only then calls `poll` (flannel
    /// pkg/backend/udp/proxy_amd64.c `run_proxy`).
    fn program(&self) -> Option<Program> {
        Some(Program::ReadsOn)
    }
}
