//! Routing protocols: state machines without input or output of their own, and the daemon that runs one on a stack.
//!
//! A protocol sees time, messages, timers and links, and says what is to be sent, which routes it offers and why
//! ([`Protocol`]). The [`Daemon`] carries that to the stack and back: messages are frames on the cables, and offers go to
//! the choice by administrative distance ([`crate::stack::rib`]), which writes the forwarding table.
//!
//! | file | holds |
//! |---|---|
//! | [`alarms`] | the two timers of a daemon |
//! | [`bgp`] | BGP-4: paths of ASes, told to neighbours that are configured |
//! | [`eigrp`] | EIGRP: distances, told to neighbours, and only those in use that cannot lead into a loop |
//! | [`ospf`] | OSPF version 2: a map of all links, flooded and computed on by each router alone |
//! | [`isis`] | IS-IS: the same, carried beside IP |
//! | [`rip`] | RIP version 2: distances, told to neighbours |
//! | [`spf`] | shortest paths, for those that have a map |
//! | [`why`] | why a route was taken, changed or given up |

mod alarms;
pub mod bgp;
pub mod eigrp;
pub mod isis;
pub mod ospf;
pub mod rip;
pub mod spf;
#[cfg(test)]
mod tests;
pub mod why;

use std::fmt::Debug;
use std::net::Ipv4Addr;

pub use alarms::Alarms;

use crate::engine::agent::Saying;
use crate::engine::{ChangeError, DeviceChange, RowChange, TableView, Value};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::stack::interface::Interface;
use crate::stack::rib::{Offer, Prefix};
use crate::stack::{App, AppOut, Datagram, LinkDatagram};
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// An interface of the router.
#[derive(Clone, Debug)]
pub struct Link {
    /// Name people know it by.
    pub name: String,
    /// The interface.
    pub port: PortNo,
    /// Its addresses.
    pub addresses: Vec<Prefix>,
    /// Largest IP packet.
    pub mtu: u16,
    /// There is carrier.
    pub up: bool,
}

impl Link {
    /// All interfaces of a router, in order.
    pub fn all(out: &AppOut<'_, '_>) -> Vec<Self> {
        let link = |(at, interface): (usize, &Interface)| Self {
            name: interface.name.clone(),
            port: PortNo(at as u16),
            addresses: interface.addresses.clone(),
            mtu: interface.mtu,
            up: interface.up,
        };
        out.interfaces().iter().enumerate().map(link).collect()
    }

    /// The address belongs to a neighbour on this link.
    pub fn reaches(&self, ip: Ipv4Addr) -> bool {
        let near =
            |(own, len): &Prefix| (own.to_bits() ^ ip.to_bits()) & crate::wire::ipv4::mask(*len) == 0 && *own != ip;
        self.addresses.iter().any(near)
    }
}

/// A message that came in.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The link it came by.
    pub link: usize,
    /// Address and port of the sender.
    pub from: (Ipv4Addr, u16),
    /// The address it was sent to.
    pub to: Ipv4Addr,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// A PDU that came in right on the link.
#[derive(Clone, Copy, Debug)]
pub struct FrameHeard<'a> {
    /// The link it came by.
    pub link: usize,
    /// Address of the sender.
    pub from: MacAddr,
    /// The own address on that link.
    pub own: MacAddr,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Something a protocol wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bytes for a link: for all routers on it, or for one address and port.
    Send {
        /// The link.
        link: usize,
        /// Whom it is for; everybody if nobody is named.
        to: Option<(Ipv4Addr, u16)>,
        /// The message.
        bytes: Vec<u8>,
        /// Why it is sent.
        why: Reason,
    },
    /// A packet of the IP protocol it speaks, for one address on a link or a group there.
    Tell {
        /// The link.
        link: usize,
        /// Whom it is for.
        to: Ipv4Addr,
        /// The message.
        bytes: Vec<u8>,
        /// Why it is sent.
        why: Reason,
    },
    /// A PDU of the LLC service it speaks, for an address on a link or a group there.
    Frame {
        /// The link.
        link: usize,
        /// Whom it is for.
        to: MacAddr,
        /// The PDU.
        bytes: Vec<u8>,
        /// Why it is sent.
        why: Reason,
    },
    /// Listens to a group on a link from now on, or no more.
    Listen(usize, Ipv4Addr, bool),
    /// A route that packets may take.
    Offer(Prefix, Offer),
    /// A route that is gone.
    Withdraw(Prefix),
    /// A row of its table has changed.
    Wrote(u64, RowChange),
    /// A row of its second table has changed.
    WroteMore(u64, RowChange),
    /// Something to be told, see [`Io::say`].
    Say(Reason, String),
}

/// What a protocol is given, and where it puts its effects.
#[derive(Debug)]
pub struct Io<'a> {
    /// The time.
    pub now: SimTime,
    /// The present event.
    pub event: EventNo,
    /// The links of this router.
    pub links: &'a [Link],
    /// Random numbers of its own.
    pub dice: &'a mut Stream,
    /// Its effects, in order.
    pub effects: &'a mut Vec<Effect>,
    /// What it says is kept.
    pub heard: bool,
}

impl Io<'_> {
    /// Says something. Its text is made only when somebody keeps it: with many routes it costs as much as all else.
    pub fn say(&mut self, reason: Reason, about: impl FnOnce(&[Link]) -> String) {
        let about = if self.heard { about(self.links) } else { String::new() };
        self.effects.push(Effect::Say(reason, about));
    }
}

/// A routing protocol.
pub trait Protocol: Debug + Clone + Send + 'static {
    /// Name of the daemon.
    const NAME: &'static str;
    /// Where its messages go, and the port they come from; no port matters where it speaks an IP protocol of its own.
    const GROUP: (Ipv4Addr, u16);
    /// The IP protocol it speaks, if it is not carried by UDP.
    const NUMBER: Option<u8> = None;
    /// The LLC service it speaks, if it is not carried by IP at all.
    const SERVICE: Option<u8> = None;
    /// Hardware groups it listens to, if it is not carried by IP.
    const LINK_GROUPS: &'static [MacAddr] = &[];
    /// Who its routes are from.
    const ROUTES: crate::stack::fib::Protocol;

    /// The router has power.
    fn start(&mut self, io: &mut Io<'_>);

    /// Forgets everything: power is gone.
    fn reset(&mut self);

    /// A message has come in.
    fn message(&mut self, heard: Heard<'_>, io: &mut Io<'_>);

    /// A PDU of its LLC service has come in.
    fn frame(&mut self, _heard: FrameHeard<'_>, _io: &mut Io<'_>) {}

    /// Something may be due.
    fn timer(&mut self, io: &mut Io<'_>);

    /// The carrier of a link has come or gone.
    fn link(&mut self, link: usize, io: &mut Io<'_>);

    /// Changes a setting; nothing when it has none of this name.
    fn set(&mut self, field: &str, value: &Value, io: &mut Io<'_>) -> Option<Result<(), ChangeError>>;

    /// How long it needs to notice a neighbour that has gone in silence. A run is not over before all has been quiet
    /// for so long.
    fn patience(&self) -> SimDuration {
        SimDuration::from_secs(180)
    }

    /// When it wants to be called: for what a run waits for, and for what goes on for ever.
    fn due(&self) -> [Option<SimTime>; 2];

    /// Its table.
    fn table(&self, links: &[Link]) -> TableView;

    /// Its second table, if it has one.
    fn second_table(&self, _links: &[Link]) -> Option<TableView> {
        None
    }

    /// Rough heap size in bytes.
    fn heap_bytes(&self) -> usize;
}

/// A protocol that runs on a stack.
#[derive(Clone, Debug)]
pub struct Daemon<P> {
    protocol: P,
    links: Vec<Link>,
    dice: Option<Stream>,
    effects: Vec<Effect>,
    alarms: Alarms,
}

impl<P: Protocol> Daemon<P> {
    /// A daemon that has not begun.
    pub fn new(protocol: P) -> Self {
        Self { protocol, links: Vec::new(), dice: None, effects: Vec::new(), alarms: Alarms::default() }
    }

    fn call<T>(&mut self, out: &mut AppOut<'_, '_>, then: impl FnOnce(&mut P, &mut Io<'_>) -> T) -> T {
        let dice = self.dice.get_or_insert_with(|| out.stream(P::NAME));
        let mut effects = std::mem::take(&mut self.effects);
        let (now, event) = (out.now(), out.event());
        let heard = out.is_heard();
        let mut io = Io { now, event, links: &self.links, dice, effects: &mut effects, heard };
        let result = then(&mut self.protocol, &mut io);
        for effect in effects.drain(..) {
            self.carry_out(effect, out);
        }
        self.effects = effects;
        self.alarms.set(self.protocol.due(), out);
        result
    }

    fn carry_out(&self, effect: Effect, out: &mut AppOut<'_, '_>) {
        match effect {
            Effect::Send { to: Some(to), bytes, why, .. } => out.udp_answer(P::GROUP.1, to, &bytes, why),
            Effect::Send { link, to: None, bytes, why } => {
                if let Some(link) = self.links.get(link) {
                    out.udp_group(link.port, P::GROUP, &bytes, why);
                }
            }
            Effect::Tell { link, to, bytes, why } => {
                if let Some((link, number)) = self.links.get(link).zip(P::NUMBER) {
                    out.ip_control(number, link.port, to, &bytes, why);
                }
            }
            Effect::Frame { link, to, bytes, why } => {
                if let Some((link, service)) = self.links.get(link).zip(P::SERVICE) {
                    out.llc_send(service, link.port, to, &bytes, why);
                }
            }
            Effect::Listen(link, group, on) => {
                if let Some(link) = self.links.get(link) {
                    out.listen(link.port, group, on);
                }
            }
            Effect::Offer(prefix, offer) => out.offer(prefix, offer),
            Effect::Withdraw(prefix) => out.withdraw(prefix, P::ROUTES),
            Effect::Wrote(key, change) => out.wrote(key, change),
            Effect::WroteMore(key, change) => out.wrote_in(1, key, change),
            Effect::Say(reason, about) => out.say(Saying { agent: P::NAME, reason, about: &about }),
        }
    }
}

impl<P: Protocol> App for Daemon<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn port(&self) -> Option<u16> {
        (P::NUMBER.is_none() && P::SERVICE.is_none()).then_some(P::GROUP.1)
    }

    fn number(&self) -> Option<u8> {
        P::NUMBER
    }

    fn group(&self) -> Option<Ipv4Addr> {
        P::SERVICE.is_none().then_some(P::GROUP.0)
    }

    fn link_groups(&self) -> &'static [MacAddr] {
        P::LINK_GROUPS
    }

    fn service(&self) -> Option<u8> {
        P::SERVICE
    }

    fn routes(&self) -> bool {
        true
    }

    fn patience(&self) -> Option<SimDuration> {
        Some(self.protocol.patience())
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.links = Link::all(out);
        self.call(out, P::start);
    }

    fn reset(&mut self) {
        self.protocol.reset();
        self.alarms = Alarms::default();
        self.links.clear();
    }

    fn link(&mut self, port: PortNo, up: bool, out: &mut AppOut<'_, '_>) {
        let Some(at) = self.links.iter().position(|link| link.port == port && link.up != up) else { return };
        self.links[at].up = up;
        self.call(out, |protocol, io| protocol.link(at, io));
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        self.alarms.rang(kind);
        self.call(out, P::timer);
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        let Some(link) = self.links.iter().position(|link| link.port == datagram.port) else { return };
        let heard = Heard { link, from: datagram.src, to: datagram.dst.0, bytes: datagram.payload };
        self.call(out, |protocol, io| protocol.message(heard, io));
    }

    fn packet(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        self.udp(datagram, out);
    }

    fn link_datagram(&mut self, datagram: LinkDatagram<'_>, out: &mut AppOut<'_, '_>) {
        let Some(link) = self.links.iter().position(|link| link.port == datagram.port) else { return };
        let heard = FrameHeard { link, from: datagram.src, own: datagram.own, bytes: datagram.payload };
        self.call(out, |protocol, io| protocol.frame(heard, io));
    }

    fn change(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let DeviceChange::Set { field, value, .. } = change else { return None };
        self.call(out, |protocol, io| protocol.set(field, value, io))
    }

    fn table(&self) -> Option<TableView> {
        Some(self.protocol.table(&self.links))
    }

    fn second_table(&self) -> Option<TableView> {
        self.protocol.second_table(&self.links)
    }

    fn heap_bytes(&self) -> usize {
        self.protocol.heap_bytes() + self.links.len() * 96
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
