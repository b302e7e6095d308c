//! The rules of a fabric: each looks at one thing and says no, or nothing.

use std::net::Ipv4Addr;

use super::Fabric;
use super::why;
use crate::engine::Why;
use crate::id::PortNo;
use crate::wire::arp::Arp;
use crate::wire::{MacAddr, ethernet, ipv4};

/// What a rule forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A group as sender.
    GroupSource,
    /// A VLAN tag.
    Tagged,
    /// A hardware address that the port was not given.
    ForeignMac,
    /// ARP that speaks for other addresses.
    ForeignArp,
    /// An IP address that the port was not given.
    ForeignIp,
    /// Anything but IPv4 and ARP.
    NotIp,
    /// A frame for everybody that is no question of ARP.
    Broadcast,
    /// A frame for a group.
    Group,
    /// An IP protocol that the fabric carries for nobody.
    Blocked(u8),
    /// An IP protocol that is not open towards machines.
    Closed,
    /// A packet for an address that the interface does not have.
    ForeignDestination,
}

/// On which way a rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Where a machine sends.
    FromMachine,
    /// Before a machine gets it.
    ToMachine,
}

/// How well something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The provider's documentation or program says so.
    Documented,
    /// Others who run networks there say so.
    Reported,
}

impl Confidence {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Reported => "reported",
        }
    }
}

/// A rule of an environment, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What is forbidden.
    pub rule: Rule,
    /// It holds only while checks are on.
    pub can_be_off: bool,
    /// Where it stands.
    pub source: &'static str,
    /// When that was read: year and month.
    pub as_of: &'static str,
    /// How well it is known.
    pub confidence: Confidence,
}

/// What the rules look at, read once a frame.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Sender.
    pub src: MacAddr,
    /// Receiver.
    pub dst: MacAddr,
    /// What it carries.
    pub ethertype: u16,
    /// An ARP packet.
    pub arp: Option<Arp>,
    /// A sound IPv4 header.
    pub ip: Option<ipv4::Header>,
}

impl Seen {
    /// Reads a frame; none if it says it carries ARP or IPv4 and does not, or is no frame.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (dst, src, ethertype) = (ethernet::dst(bytes)?, ethernet::src(bytes)?, ethernet::ethertype(bytes)?);
        let inner = bytes.get(ethernet::HEADER_LEN..)?;
        let arp = if ethertype == ethernet::ARP { Some(Arp::parse(inner).ok()?) } else { None };
        let ip = if ethertype == ethernet::IPV4 { Some(ipv4::check(inner).ok()?) } else { None };
        Some(Self { src, dst, ethertype, arp, ip })
    }
}

impl Rule {
    /// Its word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GroupSource => "group-source",
            Self::Tagged => "tagged",
            Self::ForeignMac => "foreign-mac",
            Self::ForeignArp => "foreign-arp",
            Self::ForeignIp => "foreign-ip",
            Self::NotIp => "not-ip",
            Self::Broadcast => "broadcast",
            Self::Group => "group",
            Self::Blocked(_) => "blocked-protocol",
            Self::Closed => "closed-protocol",
            Self::ForeignDestination => "foreign-destination",
        }
    }

    /// On which way it is asked.
    pub const fn way(self) -> Way {
        match self {
            Self::Closed | Self::ForeignDestination => Way::ToMachine,
            _ => Way::FromMachine,
        }
    }

    /// Why this frame may not pass at this port; nothing if the rule has nothing against it.
    pub fn against(self, seen: &Seen, port: PortNo, fabric: &Fabric) -> Option<Why> {
        let no = |breaks: bool, why: Why| breaks.then_some(why);
        match self {
            Self::GroupSource => no(seen.src.is_multicast(), (&why::GROUP_SOURCE).into()),
            Self::Tagged => no(seen.ethertype == ethernet::VLAN, (&why::TAGGED).into()),
            Self::ForeignMac => no(!fabric.may_use_mac(port, seen.src), (&why::FOREIGN_MAC).into()),
            Self::ForeignArp => {
                let arp = seen.arp?;
                // Asking before one has an address (RFC 5227) claims none.
                let claims = arp.spa != Ipv4Addr::UNSPECIFIED && !fabric.may_use(port, arp.sha, arp.spa);
                no(claims || !fabric.may_use_mac(port, arp.sha), (&why::FOREIGN_ARP).into())
            }
            Self::ForeignIp => no(!fabric.may_use(port, seen.src, seen.ip?.src), (&why::FOREIGN_IP).into()),
            Self::NotIp => no(![ethernet::IPV4, ethernet::ARP].contains(&seen.ethertype), (&why::NOT_IP).into()),
            Self::Broadcast => no(seen.dst.is_broadcast() && seen.arp.is_none(), (&why::BROADCAST).into()),
            Self::Group => no(seen.dst.is_multicast() && !seen.dst.is_broadcast(), (&why::GROUP).into()),
            Self::Blocked(protocol) => {
                no(seen.ip?.protocol == protocol, Why::number(&why::BLOCKED, u64::from(protocol)))
            }
            Self::Closed => {
                let protocol = seen.ip?.protocol;
                no(!fabric.is_open(protocol), Why::number(&why::CLOSED, u64::from(protocol)))
            }
            Self::ForeignDestination => no(!fabric.has(port, seen.ip?.dst), (&why::FOREIGN_DESTINATION).into()),
        }
    }
}
