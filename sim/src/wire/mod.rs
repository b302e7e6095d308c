//! Bytes: frames, header formats, the layer walk and the capture writer.
//!
//! # Contract
//!
//! Reading never trusts a length field: every reader checks before it slices and says which check failed. Formats
//! that `smoltcp::wire` has are read through it in the layer walk; this folder adds what it lacks, and the few
//! helpers of the per-frame path, where going through a general representation was measured to cost 8 %.

pub mod addr;
pub mod arp;
pub mod bgp;
pub mod checksum;
pub mod eigrp;
pub mod ends;
pub mod ethernet;
pub mod frame;
pub mod gossip;
pub mod icmp;
pub mod icmpv6;
pub mod igmp;
pub mod ipv4;
pub mod ipv6;
pub mod isis;
pub mod layers;
pub mod llc;
pub mod ospf;
pub mod pcapng;
pub mod rip;
pub mod store;
pub mod tcp;
pub mod vxlan;

pub mod udp;

pub use addr::MacAddr;
pub use frame::{Frame, LinkType, Origin, Pool};

/// Which check a header failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Malformed {
    /// Shorter than its fixed header.
    #[error("shorter than its header")]
    TooShort,
    /// An IP version other than 4.
    #[error("version field is not 4")]
    Version,
    /// An IP version other than 6.
    #[error("version field is not 6")]
    NotVersion6,
    /// A hop limit that only a router can have left.
    #[error("hop limit is not 255")]
    HopLimit,
    /// A header length below 20 or beyond the packet.
    #[error("header length field is impossible")]
    HeaderLength,
    /// A length field that disagrees with the bytes there.
    #[error("length field disagrees with the bytes")]
    Length,
    /// A checksum that does not add up.
    #[error("checksum is wrong")]
    Checksum,
    /// Hardware or protocol type and sizes other than Ethernet and IPv4.
    #[error("not for Ethernet and IPv4")]
    Type,
}

/// Two bytes at `at`, most significant first; the caller has checked the length.
#[inline]
pub(crate) fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// Four bytes at `at`, most significant first; the caller has checked the length.
#[inline]
pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Eight bytes at `at`, most significant first; the caller has checked the length.
#[inline]
pub(crate) fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be32(bytes, at)) << 32 | u64::from(be32(bytes, at + 4))
}
