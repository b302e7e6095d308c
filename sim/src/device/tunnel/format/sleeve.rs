//! Ethernet in Weave's user-space framing: names of the peers in front of each frame.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::cost::Cost;
use crate::device::tunnel::why;
use crate::engine::{Listen, Program};
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, be16, ethernet, ipv4, udp};

/// The port Weave took.
pub const PORT: u16 = 6783;
/// A peer is named by six bytes.
const NAME: usize = 6;
/// Name of the sender; then, for the frame, names of the first and the last peer and its length.
const HEADER_LEN: usize = NAME + 2 * NAME + 2;

/// Ethernet in Weave's framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sleeve {
    /// UDP port at both ends.
    pub port: u16,
}

/// The name of a peer. A real one is a MAC address of the host; here it follows from the address it listens at.
fn name(peer: Ipv4Addr) -> [u8; NAME] {
    let [a, b, c, d] = peer.octets();
    [0x02, 0x57, a, b, c, d]
}

impl Encapsulation for Sleeve {
    fn name(&self) -> &'static str {
        "sleeve"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ethernet
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + udp::HEADER_LEN + HEADER_LEN + ethernet::HEADER_LEN) as u16
    }

    fn listen(&self, _remote: Option<Ipv4Addr>) -> Listen {
        Listen::Udp { port: self.port, vni: None }
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        let len = frame.len() as u16;
        let Some(bytes) = frame.prepend(HEADER_LEN) else { return false };
        let (own, peer) = (name(with.outer.local), name(with.to));
        bytes[..6].copy_from_slice(&own);
        bytes[6..12].copy_from_slice(&own);
        bytes[12..18].copy_from_slice(&peer);
        bytes[18..HEADER_LEN].copy_from_slice(&len.to_be_bytes());
        with.outer.put_udp(frame, with.to, (self.port, self.port), with.inner)
    }

    fn find(&self, outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        let datagram = udp::check(payload, outer.src, outer.dst).map_err(|_| &why::MALFORMED)?;
        let message = &payload[udp::HEADER_LEN..datagram.len];
        if message.len() < HEADER_LEN {
            return Err(&why::MALFORMED);
        }
        let len = usize::from(be16(message, 18));
        match () {
            () if message.len() < HEADER_LEN + len => Err(&why::MALFORMED),
            () if message[12..18] != name(outer.dst) => Err(&why::OTHER_KEY),
            () => Ok(udp::HEADER_LEN + HEADER_LEN..udp::HEADER_LEN + HEADER_LEN + len),
        }
    }

    fn work(&self) -> &'static [Cost] {
        super::BY_A_PROGRAM
    }

    /// Each packet is handed from one goroutine to the next (weave router/sleeve.go `forwarder`).
    fn program(&self) -> Option<Program> {
        Some(Program::Sleeps)
    }
}
