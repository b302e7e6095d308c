//! The kinds of envelopes, one file each: what stands between the outer IPv4 header and what is carried.
//!
//! A kind says how many bytes it takes, writes them, and finds what is inside again. Adding one is a file here, a line
//! in [`Format`] and one in [`Format::encapsulation`].

mod fastdp;
mod geneve;
mod gre;
mod gretap;
mod ipip;
mod sleeve;
mod udp;
mod wireguard;

/// Customary UDP ports.
pub mod ports {
    pub use super::fastdp::PORT as FASTDP;
    pub use super::geneve::PORT as GENEVE;
    pub use super::sleeve::PORT as SLEEVE;
    pub use super::udp::PORT as UDP;
    pub use super::wireguard::PORT as WIREGUARD;
}

pub use fastdp::Fastdp;
pub use geneve::Geneve;
pub use gre::Gre;
pub use gretap::Gretap;
pub use ipip::Ipip;
pub use sleeve::Sleeve;
pub use udp::Udp;
pub use wireguard::Wireguard;

use std::fmt::Debug;
use std::net::Ipv4Addr;
use std::ops::Range;

use crate::cost::Cost;
use crate::device::outer::{Inner, Outer};
use crate::engine::{Listen, Program};
use crate::explain::Reason;
use crate::wire::{Frame, LinkType};

/// What a packet is wrapped with, besides what its kind fixes.
#[derive(Clone, Copy, Debug)]
pub struct Wrapping<'a> {
    /// The outer header.
    pub outer: &'a Outer,
    /// Where the outer packet goes.
    pub to: Ipv4Addr,
    /// What the outer header takes over from inside.
    pub inner: Inner,
    /// How many packets the tunnel has sent before.
    pub count: u32,
}

/// What a program that was asleep makes of a packet of the tunnel it carries: the processor turns to it, it reads the packet and writes
/// it, which is a copy each, the outer packet passes the stack like any of a program, and the processor turns back.
const BY_A_PROGRAM: &[Cost] =
    &[Cost::ContextSwitch, Cost::UserCopy, Cost::UserCopy, Cost::StackPass, Cost::ContextSwitch];

/// A kind of envelope.
pub trait Encapsulation: Debug {
    /// Its name in labs, tables and on screen.
    fn name(&self) -> &'static str;

    /// What it carries: Ethernet frames, or IP packets without a header of a link.
    fn carries(&self) -> LinkType;

    /// Bytes by which an IP packet grows, outer IPv4 header and inner Ethernet header included.
    fn overhead(&self) -> u16;

    /// Which packets the stack shall hand over; `remote` is the other end, if there is only one.
    fn listen(&self, remote: Option<Ipv4Addr>) -> Listen;

    /// Puts headers and outer IPv4 in front of a frame. False when there is no room; the frame is spoilt then.
    fn wrap(&self, frame: &mut Frame, with: Wrapping<'_>) -> bool;

    /// Where in an outer packet that was checked, of which `payload` is behind the IPv4 header, the inner bytes stand.
    fn find(&self, outer: &crate::wire::ipv4::Header, payload: &[u8]) -> Result<Range<usize>, Reason>;

    /// The UDP port whose packets Wireshark has to be told about, and its word for what is in them. Nothing where it
    /// knows by itself, or has no word.
    fn decode_as(&self) -> Option<(u16, &'static str)> {
        None
    }

    /// Whether a program in user space handles each packet, as a router would: Flannel's daemon takes one off the time
    /// to live at each end.
    fn is_a_hop(&self) -> bool {
        false
    }

    /// A slow way for frames while it is not known that this one works, and the largest packet that must get through
    /// before it is taken. Nothing for kinds with one way.
    fn detour(&self) -> Option<(&dyn Encapsulation, u16)> {
        None
    }

    /// Work that putting a packet in, or taking one out, makes besides what the stack does.
    fn work(&self) -> &'static [Cost] {
        &[Cost::EncapIp]
    }

    /// The program that does this work; nothing where the kernel does it.
    fn program(&self) -> Option<Program> {
        None
    }
}

/// A kind of envelope with its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// IPv4 in IPv4.
    Ipip(Ipip),
    /// IP in GRE.
    Gre(Gre),
    /// Ethernet in GRE.
    Gretap(Gretap),
    /// Ethernet in Geneve.
    Geneve(Geneve),
    /// IP in UDP without a header of its own, by a program behind a TUN device.
    Udp(Udp),
    /// IP in WireGuard's framing.
    Wireguard(Wireguard),
    /// Ethernet in Weave's framing, by a program.
    Sleeve(Sleeve),
    /// Ethernet in VXLAN between Weave's peers, by the kernel, where its heartbeats come back.
    Fastdp(Fastdp),
}

impl Format {
    /// The kind itself.
    #[inline]
    pub fn encapsulation(&self) -> &dyn Encapsulation {
        match self {
            Self::Ipip(ipip) => ipip,
            Self::Gre(gre) => gre,
            Self::Gretap(gretap) => gretap,
            Self::Geneve(geneve) => geneve,
            Self::Udp(udp) => udp,
            Self::Wireguard(wireguard) => wireguard,
            Self::Sleeve(sleeve) => sleeve,
            Self::Fastdp(fastdp) => fastdp,
        }
    }
}
