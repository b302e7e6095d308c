//! Ethernet in Geneve (RFC 8926): like VXLAN, with room for options.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Encapsulation, Wrapping};
use crate::cost::Cost;
use crate::device::outer::flow;
use crate::device::tunnel::format::gretap::ETHERNET;
use crate::device::tunnel::why;
use crate::engine::Listen;
use crate::explain::Reason;
use crate::wire::{Frame, LinkType, be16, be32, ethernet, ipv4, udp};

/// The port IANA gave to Geneve.
pub const PORT: u16 = 6081;
/// Version and option length, flags, EtherType, VNI, reserved.
const BASE: usize = 8;
/// Class, type and length of an option.
const OPTION_HEADER: usize = 4;
/// An option class for experiments (RFC 8926 §7).
const EXPERIMENTAL: u16 = 0xff00;

/// Settings of a Geneve header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geneve {
    /// Network identifier, 24 bits.
    pub vni: u32,
    /// Bytes of options, headers of the options included: a multiple of four, at most 252: six bits count words.
    pub options: u8,
    /// UDP port.
    pub port: u16,
}

impl Geneve {
    fn header_len(self) -> usize {
        BASE + usize::from(self.options)
    }
}

impl Encapsulation for Geneve {
    fn name(&self) -> &'static str {
        "geneve"
    }

    fn carries(&self) -> LinkType {
        LinkType::Ethernet
    }

    fn overhead(&self) -> u16 {
        (ipv4::HEADER_LEN + udp::HEADER_LEN + self.header_len() + ethernet::HEADER_LEN) as u16
    }

    fn listen(&self, _remote: Option<Ipv4Addr>) -> Listen {
        Listen::Udp { port: self.port, vni: Some(self.vni) }
    }

    fn decode_as(&self) -> Option<(u16, &'static str)> {
        (self.port != PORT).then_some((self.port, "geneve"))
    }

    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool {
        let source = flow::source_port(frame.bytes(), flow::LINUX_PORTS);
        let options = usize::from(self.options);
        let Some(bytes) = frame.prepend(self.header_len()) else { return false };
        bytes[0] = (options / 4) as u8;
        bytes[1] = 0;
        bytes[2..4].copy_from_slice(&ETHERNET.to_be_bytes());
        bytes[4..BASE].copy_from_slice(&(self.vni << 8).to_be_bytes());
        if let Some(option) = bytes.get_mut(BASE..BASE + options).filter(|option| option.len() >= OPTION_HEADER) {
            // One option of the experimental class, as long as there is room, its data zero.
            option.fill(0);
            option[..2].copy_from_slice(&EXPERIMENTAL.to_be_bytes());
            option[3] = (((options - OPTION_HEADER) / 4) as u8).min(31);
        }
        with.outer.put_udp(frame, with.to, (source, self.port), with.inner)
    }

    fn find(&self, outer: &ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason> {
        let datagram = udp::check(payload, outer.src, outer.dst).map_err(|_| &why::MALFORMED)?;
        let message = &payload[udp::HEADER_LEN..datagram.len];
        if message.len() < BASE || message[0] >> 6 != 0 {
            return Err(&why::MALFORMED);
        }
        let len = BASE + 4 * usize::from(message[0] & 0x3f);
        // A critical option we do not know must end the packet (RFC 8926 §3.4).
        match () {
            () if message.len() < len => Err(&why::MALFORMED),
            () if message[1] & 0x40 != 0 => Err(&why::CRITICAL_OPTION),
            () if be16(message, 2) != ETHERNET => Err(&why::OTHER_CONTENT),
            () if be32(message, 4) >> 8 != self.vni => Err(&why::OTHER_KEY),
            () => Ok(udp::HEADER_LEN + len..datagram.len),
        }
    }

    fn work(&self) -> &'static [Cost] {
        &[Cost::Encap]
    }
}
