//! BGP-4: a path-vector protocol between ASes (RFC 4271), as state machines without input or output of their own.
//!
//! A [`Speaker`] is told what its connections bring and what time it is, and says through its [`Host`] which messages
//! go out, which routes it chose and why. Who carries the messages is no concern of it: [`internet`] hands them from
//! speaker to speaker, without frames, for graphs as large as the Internet's.
//!
//! | file | holds |
//! |---|---|
//! | [`session`] | the state machine of a session and its timers |
//! | [`speaker`] | a router: its peers, and what comes in |
//! | [`table`] | routes heard, chosen and told |
//! | [`decide`] | which of several routes is taken, and where the others lost |
//! | [`policy`] | what is believed, and what is told to whom |
//! | [`tell`] | sending: what changed, not faster than allowed |
//! | [`evpn`] | routes of Ethernet VPNs |
//! | [`daemon`] | a speaker on a stack, whose sessions run over TCP |
//! | [`desk`] | what carries out its wishes there |
//! | [`overlay`] | routes that lead through a tunnel |
//! | [`wire`] | a TCP connection of it |
//! | [`view`] | its tables |
//! | [`graph`] | ASes and their links, made at random |
//! | [`internet`] | many speakers, and messages between them |
//! | [`ahead`] | the next of these messages, looked at early |
//! | [`why`] | reasons |

mod ahead;
pub mod daemon;
pub mod decide;
mod desk;
pub mod evpn;
pub mod graph;
pub mod internet;
pub mod overlay;
pub mod policy;
pub mod session;
pub mod speaker;
pub mod table;
pub mod tell;
#[cfg(test)]
mod tests;
mod view;
pub mod why;
mod wire;

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

pub use speaker::Speaker;

use crate::explain::Reason;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::bgp::{Attributes, Family, Open, Prefix, update};

/// What a neighbour is to this AS. It decides what is preferred and what is told to whom (Gao and Rexford).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// Nothing: everything is believed and told.
    #[default]
    None,
    /// It pays: its routes are liked most and told to all.
    Customer,
    /// Neither pays: its routes are told to customers.
    Peer,
    /// It is paid: its routes are liked least and told to customers.
    Provider,
}

/// Which of two connections between the same two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// This one called.
    Out,
    /// The other one called.
    In,
}

/// What is known of a neighbour beforehand.
#[expect(clippy::struct_excessive_bools, reason = "each is a knob of its own, as routers have them")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerConfig {
    /// Its address.
    pub address: Ipv4Addr,
    /// The own address towards it.
    pub own: Ipv4Addr,
    /// Its AS.
    pub asn: u32,
    /// What it is to this AS.
    pub relation: Relation,
    /// A client of this route reflector.
    pub client: bool,
    /// It calls, this one waits.
    pub passive: bool,
    /// The own address is told as next hop inside the AS too.
    pub next_hop_self: bool,
    /// How much its routes are liked; the relation decides when nothing is said.
    pub local_pref: Option<u32>,
    /// MED that is told to it.
    pub med: Option<u32>,
    /// The own AS is put in front so many times more.
    pub prepend: u8,
    /// Only routes of its own AS are believed.
    pub only_own: bool,
}

impl PeerConfig {
    /// A neighbour without policy.
    pub const fn new(own: Ipv4Addr, address: Ipv4Addr, asn: u32) -> Self {
        Self {
            address,
            own,
            asn,
            relation: Relation::None,
            client: false,
            passive: false,
            next_hop_self: false,
            local_pref: None,
            med: None,
            prepend: 0,
            only_own: false,
        }
    }
}

/// Kinds of routes that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// Those of IPv4.
    pub ipv4: bool,
    /// Those of Ethernet VPNs.
    pub evpn: bool,
}

impl Families {
    /// IPv4 alone.
    pub const IPV4: Self = Self { ipv4: true, evpn: false };

    /// As an OPEN names them.
    pub fn list(self) -> Vec<Family> {
        let all = [(self.ipv4, update::IPV4), (self.evpn, update::EVPN)];
        all.into_iter().filter(|(on, _)| *on).map(|(_, family)| family).collect()
    }

    /// Those that the other end speaks too.
    #[must_use]
    pub fn common(self, open: &Open) -> Self {
        Self { ipv4: self.ipv4 && open.speaks(update::IPV4), evpn: self.evpn && open.speaks(update::EVPN) }
    }
}

/// What a router is told.
#[expect(clippy::struct_excessive_bools, reason = "each is a knob of its own, as routers have them")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its AS.
    pub asn: u32,
    /// Its identifier.
    pub id: Ipv4Addr,
    /// What it signs with as a route reflector; its identifier when nothing is said.
    pub cluster: Option<Ipv4Addr>,
    /// Longest silence in seconds; 0 for sessions that need no sign of life.
    pub hold: u16,
    /// After a failed call it waits so long.
    pub connect_retry: SimDuration,
    /// After a session failed it waits so long, after the next failure twice as long, up to `connect_retry`.
    pub idle: SimDuration,
    /// The first call comes at a random moment within this span, so that not both ends call at once.
    pub start: SimDuration,
    /// Least time between two UPDATEs to another AS (MRAI).
    pub mrai: SimDuration,
    /// Least time between two UPDATEs inside the AS.
    pub mrai_internal: SimDuration,
    /// Timers are shortened by up to a quarter, at random (RFC 4271 §10).
    pub jitter: bool,
    /// Withdrawals wait for the MRAI too, as RFC 4271 wants and many routers do not.
    pub withdrawals_wait: bool,
    /// MEDs are compared between neighbours of different ASes too.
    pub always_compare_med: bool,
    /// Routes that went through the own AS are refused. Only labs that show why turn it off.
    pub refuse_own_as: bool,
    /// So many equally good routes are used side by side.
    pub paths: usize,
    /// Kinds of routes it speaks.
    pub families: Families,
}

impl Config {
    /// A router with the timers of RFC 4271 §10.
    pub const fn new(asn: u32, id: Ipv4Addr) -> Self {
        Self {
            asn,
            id,
            cluster: None,
            hold: 90,
            connect_retry: SimDuration::from_secs(120),
            idle: SimDuration::from_secs(1),
            start: SimDuration::ZERO,
            mrai: SimDuration::from_secs(30),
            mrai_internal: SimDuration::from_secs(5),
            jitter: true,
            withdrawals_wait: true,
            always_compare_med: false,
            refuse_own_as: true,
            paths: 1,
            families: Families::IPV4,
        }
    }
}

/// A route that was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// What is said of it.
    pub attributes: &'a Attributes,
    /// The neighbour that told it; nothing for own routes.
    pub from: Option<&'a PeerConfig>,
    /// Next hops of the routes that are used, the best one's first.
    pub next_hops: &'a [Ipv4Addr],
}

/// Who carries out what a speaker wants.
pub trait Host {
    /// The time.
    fn now(&self) -> SimTime;
    /// Random numbers of this speaker's own.
    fn dice(&mut self) -> &mut Stream;
    /// A TCP connection to this neighbour is wanted.
    fn connect(&mut self, peer: u32);
    /// A connection is not needed any more; what was sent before is still to arrive.
    fn close(&mut self, peer: u32, way: Way);
    /// A message.
    fn send(&mut self, peer: u32, way: Way, bytes: &Arc<[u8]>, why: Reason);
    /// Another route was chosen, or none is left.
    fn chose(&mut self, prefix: Prefix, chosen: Option<Chosen<'_>>, why: Reason);
    /// Something to be told.
    fn say(&mut self, reason: Reason, about: fmt::Arguments<'_>);
    /// How far a next hop is; nothing if no way leads there.
    fn distance(&mut self, _next_hop: Ipv4Addr) -> Option<u32> {
        Some(0)
    }
    /// Routes of Ethernet VPNs have changed.
    fn vpns_changed(&mut self) {}
    /// Something about the routes for a prefix may have changed.
    fn touched(&mut self, _prefix: Prefix) {}
}

/// A span shortened by up to a quarter.
fn jittered(span: SimDuration, jitter: bool, host: &mut impl Host) -> SimDuration {
    if !jitter {
        return span;
    }
    SimDuration::from_ns(span.0 - host.dice().below(span.0 / 4 + 1))
}
