//! IP in WireGuard's data messages: framing and bytes only. What a real one encrypts travels in the clear here; keys
//! and handshakes are left out.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::cost::Cost;
use crate::device::tunnel::why;
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, be16, ipv4, udp};

/// The customary port.
pub const PORT: u16 = 51_820;
/// Type 4, receiver 4, counter 8.
const HEADER_LEN: usize = 16;
/// The authentication tag of Poly1305.
const TAG_LEN: usize = 16;
/// What is inside is padded to a multiple of this, as far as the MTU lets it.
const BLOCK: usize = 16;
/// Type of a data message.
const DATA: u8 = 4;

/// IP in WireGuard's framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wireguard {
    /// UDP port at both ends.
    pub port: u16,
    /// MTU of the tunnel, which padding does not exceed (Linux `drivers/net/wireguard/send.c` `calculate_skb_padding`).
    pub mtu: u16,
}

impl Encapsulation for Wireguard {
    fn name(&self) -> &'static str {
        "wireguard"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ip
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + udp::HEADER_LEN + HEADER_LEN + TAG_LEN) as u16
    }

    fn listen(&self, _remote: Option<Ipv4Addr>) -> Listen {
        Listen::Udp { port: self.port, vni: None }
    }

    fn decode_as(&self) -> Option<(u16, &'static str)> {
        (self.port != PORT).then_some((self.port, "wg"))
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        let len = frame.len();
        let padded = len.next_multiple_of(BLOCK).min(usize::from(self.mtu).max(len));
        if !frame.pad(padded - len + TAG_LEN) {
            return false;
        }
        let Some(bytes) = frame.prepend(HEADER_LEN) else { return false };
        bytes[..4].copy_from_slice(&[DATA, 0, 0, 0]);
        bytes[4..8].copy_from_slice(&with.to.octets());
        bytes[8..HEADER_LEN].copy_from_slice(&u64::from(with.count).to_le_bytes());
        with.outer.put_udp(frame, with.to, (self.port, self.port), with.inner)
    }

    fn find(&self, outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        let datagram = udp::check(payload, outer.src, outer.dst).map_err(|_| &why::MALFORMED)?;
        let message = &payload[udp::HEADER_LEN..datagram.len];
        if message.len() < HEADER_LEN + TAG_LEN || message[..4] != [DATA, 0, 0, 0] {
            return Err(&why::MALFORMED);
        }
        let inner = &message[HEADER_LEN..message.len() - TAG_LEN];
        // An empty one keeps a session alive.
        let total = if inner.len() < ipv4::HEADER_LEN { 0 } else { usize::from(be16(inner, 2)) };
        if total < ipv4::HEADER_LEN || total > inner.len() {
            return Err(&why::MALFORMED);
        }
        let start = udp::HEADER_LEN + HEADER_LEN;
        Ok(start..start + total)
    }

    fn work(&self) -> &'static [Cost] {
        &[Cost::Encap, Cost::Crypto]
    }
}
