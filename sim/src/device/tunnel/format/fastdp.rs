//! Ethernet in Weave's fast datapath: VXLAN by the kernel (the openvswitch module), whose VNI says which two peers it
//! is between. Frames go Weave's slow way while nobody knows whether the fast one works.
//!
//! Before editing read weave `router/fastdp.go` (`tunnelIDFor`, `extractPeers`, `Forward`).

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Sleeve, Wrapping};
use crate::device::outer::{Inner, flow};
use crate::device::tunnel::why;
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, be16, ethernet, ipv4, udp, vxlan};

/// The port Weave took: the next one behind that of the slow way.
pub const PORT: u16 = super::sleeve::PORT + 1;
/// Bits of the number of a peer.
const BITS: u32 = 12;

/// Ethernet in Weave's fast datapath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fastdp {
    /// UDP port at both ends.
    pub port: u16,
    /// The slow way.
    pub sleeve: Sleeve,
    /// Largest packet it must be able to carry: the size of its heartbeats.
    pub mtu: u16,
}

/// The number of a peer. A real one is drawn by lot, and peers see to it that no two have the same; here it is the end
/// of the address.
fn number(peer: Ipv4Addr) -> u32 {
    peer.to_bits() & ((1 << BITS) - 1)
}

impl Encapsulation for Fastdp {
    fn name(&self) -> &'static str {
        "fastdp"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ethernet
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + udp::HEADER_LEN + vxlan::HEADER_LEN + ethernet::HEADER_LEN) as u16
    }

    fn listen(&self, _remote: Option<Ipv4Addr>) -> Listen {
        Listen::UdpPair { ports: [self.port, self.sleeve.port] }
    }

    fn decode_as(&self) -> Option<(u16, &'static str)> {
        Some((self.port, "vxlan"))
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        let source = flow::source_port(frame.bytes(), flow::LINUX_PORTS);
        let Some(bytes) = frame.prepend(vxlan::HEADER_LEN) else { return false };
        vxlan::write(bytes, number(with.outer.local) | number(with.to) << BITS);
        // Weave's flows say zero for the type of service.
        with.outer.put_udp(frame, with.to, (source, self.port), Inner { tos: 0, ..with.inner })
    }

    fn find(&self, outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        if payload.len() >= udp::HEADER_LEN && be16(payload, 2) == self.sleeve.port {
            return self.sleeve.find(outer, payload);
        }
        let datagram = udp::check(payload, outer.src, outer.dst).map_err(|_| &why::MALFORMED)?;
        let vni = vxlan::check(&payload[udp::HEADER_LEN..datagram.len]).map_err(|_| &why::MALFORMED)?;
        if vni != number(outer.src) | number(outer.dst) << BITS {
            return Err(&why::OTHER_KEY);
        }
        Ok(udp::HEADER_LEN + vxlan::HEADER_LEN..datagram.len)
    }

    fn detour(&self) -> Option<(&dyn Encapsulation, u16)> {
        Some((&self.sleeve, self.mtu))
    }
}
