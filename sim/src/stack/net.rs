//! The sending half of a stack: source address, route, neighbour, Ethernet header.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::app::{Failed, NetError};
use super::fib::{Fib, Kind, Protocol, Route};
use super::groups::Groups;
use super::interface::Interface;
use super::limit::Limits;
use super::multipath::Multipath;
use super::neigh::{self, Entry, Neighbours, State};
use super::own::Own;
use super::pmtu::{Known, Ways};
use super::proxy::Proxy;
use super::reassembly::Reassembly;
use super::rib::Rib;
use super::six::Six;
use super::tunnel::{Tunnel, ip_at};
use super::{LOOPBACK, NEIGH, StackConfig, why};
use crate::cost::Cost;
use crate::engine::{Outbox, RowChange, Why};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, MacAddr, Origin, ends, ethernet, icmp, ipv4};

/// First of the ports given to applications that do not ask for one (`net.ipv4.ip_local_port_range`).
const EPHEMERAL: u16 = 32_768;
/// How long a drawn reachable time is kept (Linux `neigh_periodic_work`).
const REDRAW: u64 = 300_000_000_000;

/// Whether a packet may be split on its way (Linux `IP_MTU_DISCOVER`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Df {
    /// By anybody (`IP_PMTUDISC_DONT`).
    Unset,
    /// Here, but not by routers: DF is set on what fits the way, what does not is split here (`IP_PMTUDISC_WANT`,
    /// the default).
    IfFits,
    /// By nobody: what does not fit is refused here already (`IP_PMTUDISC_DO`).
    Set,
}

/// A packet to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// Source; the stack chooses when there is none.
    pub src: Option<Ipv4Addr>,
    /// Destination.
    pub dst: Ipv4Addr,
    /// Protocol of the payload.
    pub protocol: u8,
    /// May it be split?
    pub df: Df,
    /// Type of service.
    pub tos: u8,
    /// Time to live.
    pub ttl: u8,
    /// A group on this interface, whatever the routes say.
    pub dev: Option<PortNo>,
    /// Bytes behind the IP header.
    pub len: usize,
    /// Something to be said about it before it goes.
    pub note: Option<Reason>,
}

impl Outgoing {
    /// A packet whose source the stack chooses, with DF set on what fits as Linux does.
    pub fn new(dst: Ipv4Addr, protocol: u8, len: usize) -> Self {
        // What is for a group stays on the link unless somebody asks for more (`IP_MULTICAST_TTL`).
        let ttl = if dst.is_multicast() { 1 } else { ipv4::DEFAULT_TTL };
        Self { src: None, dst, protocol, df: Df::IfFits, tos: 0, ttl, dev: None, len, note: None }
    }
}

/// Where a packet goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    /// To this host itself.
    Local,
    /// To everybody on a link.
    Broadcast(PortNo),
    /// To a group on a link.
    Group(PortNo),
    /// To a neighbour: the row of the route, and the neighbour.
    Neighbour(PortNo, Ipv4Addr),
}

/// Interfaces, routes, neighbours and sockets: a stack without its applications.
#[derive(Clone, Debug)]
pub struct Net {
    pub(super) interfaces: Vec<Interface>,
    pub(super) own: Own,
    pub(super) tunnels: Vec<Tunnel>,
    pub(super) fib: Fib,
    pub(super) neigh: Neighbours,
    pub(super) forwarding: bool,
    pub(super) groups: Groups,
    /// UDP ports and the applications that own them.
    pub(super) sockets: IndexMap<u16, u8, FxBuildHasher>,
    /// TCP ports and the applications that own them.
    pub(super) listeners: IndexMap<u16, u8, FxBuildHasher>,
    /// IP protocols without ports and the applications that speak them.
    pub(super) numbers: IndexMap<u8, u8, FxBuildHasher>,
    /// Programs by the LLC service they speak, right on the link.
    pub(super) services: IndexMap<u8, u8, FxBuildHasher>,
    /// Packets to this host itself.
    pub(super) loopback: VecDeque<Frame>,
    /// Packets of applications that failed: protocol, source port or echo id, and what to tell.
    pub(super) failed: Vec<(u8, u16, Failed)>,
    pub(super) limits: Limits,
    pub(super) reassembly: Reassembly,
    pub(super) ways: Ways,
    pub(super) proxy: Proxy,
    pub(super) multipath: Multipath,
    pub(super) rib: Rib,
    /// What it has of IPv6; most hosts have none.
    pub(super) six: Option<Box<Six>>,
    /// The interface by which the present packet came.
    pub(super) arrived: PortNo,
    /// Why a connection ended in this event.
    pub(super) ended: Option<Reason>,
    next_id: u16,
    next_port: u16,
    reachable: Option<(u64, SimDuration)>,
}

impl Net {
    /// A stack without applications, as configured.
    pub fn new(config: StackConfig) -> Self {
        let count = config.interfaces.len();
        let six = Six::of(&config.interfaces);
        let interfaces: Vec<Interface> = config.interfaces.into_iter().map(Interface::from).collect();
        let mut net = Self {
            own: Own::of(&interfaces),
            interfaces,
            tunnels: config.tunnels.into_iter().map(Tunnel::from).collect(),
            fib: Fib::default(),
            neigh: Neighbours::default(),
            forwarding: config.forwarding,
            groups: Groups::new(count, config.groups),
            sockets: IndexMap::default(),
            listeners: IndexMap::default(),
            numbers: IndexMap::default(),
            services: IndexMap::default(),
            loopback: VecDeque::new(),
            failed: Vec::new(),
            limits: Limits::default(),
            reassembly: Reassembly::default(),
            ways: Ways::default(),
            proxy: Proxy::default(),
            multipath: Multipath::new(config.multipath),
            rib: Rib::default(),
            six,
            arrived: PortNo(0),
            ended: None,
            next_id: 0,
            next_port: EPHEMERAL,
            reachable: None,
        };
        for (at, interface) in net.interfaces.iter().enumerate() {
            for (ip, len) in &interface.addresses {
                net.fib.insert(*ip, *len, kernel_route(at));
            }
        }
        if let Some(via) = config.gateway
            && let Some((_, &route)) = net.fib.lookup(via)
        {
            let default = Route { via: Some(via), protocol: Protocol::Static, ..route };
            net.fib.insert(Ipv4Addr::UNSPECIFIED, 0, default);
        }
        for (ip, mac) in config.neighbours {
            let port = net.fib.lookup(ip).map_or(PortNo(0), |(_, route)| route.port);
            net.set_permanent(SimTime::ZERO, EventNo(0), neigh::key(port, ip), mac);
        }
        net
    }

    /// Writes a permanent neighbour; packets that waited for it are returned.
    pub fn set_permanent(&mut self, now: SimTime, written: EventNo, key: u64, mac: MacAddr) -> VecDeque<Frame> {
        let mut entry = Entry::new(now, written, Origin::NONE);
        entry.mac = mac;
        entry.state = State::Permanent;
        let waiting = self.neigh.remove(key).map(|mut old| old.release()).unwrap_or_default();
        self.neigh.insert(key, entry);
        waiting
    }

    /// One of this host's own addresses, on whatever interface.
    #[inline]
    pub fn is_local(&self, ip: Ipv4Addr) -> bool {
        self.own.means(ip).own
    }

    /// A free port for an application.
    pub fn bind_ephemeral(&mut self, app: u8) -> u16 {
        let port = self.free_port(|net, port| net.sockets.contains_key(&port));
        self.sockets.insert(port, app);
        port
    }

    /// A free TCP port for a new connection of an application, instead of the one of its last.
    pub fn bind_connection(&mut self, app: u8, last: u16) -> u16 {
        let port = self.free_port(|net, port| net.listeners.contains_key(&port));
        self.listeners.swap_remove(&last);
        self.listeners.insert(port, app);
        port
    }

    /// The next port that is not taken.
    fn free_port(&mut self, taken: impl Fn(&Self, u16) -> bool) -> u16 {
        // Ends: an application has one at a time, and there are at most 256 of them.
        while taken(self, self.next_port) {
            self.next_port = if self.next_port == 60_999 { EPHEMERAL } else { self.next_port + 1 };
        }
        self.next_port
    }

    /// The address to speak from to a destination that is reached by a hop.
    #[inline]
    pub(super) fn source_for(&self, hop: Option<Hop>, dst: Ipv4Addr) -> Option<Ipv4Addr> {
        let (port, next) = match hop {
            Some(Hop::Local) => return Some(dst),
            Some(Hop::Neighbour(port, via)) => (port, via),
            Some(Hop::Broadcast(port) | Hop::Group(port)) => (port, dst),
            None => (PortNo(0), dst),
        };
        let chosen = if self.fib.names_sources { self.way_to(dst).and_then(|route| route.src) } else { None };
        chosen.or_else(|| self.source_towards(port, next))
    }

    #[inline]
    pub(super) fn hop(&self, dst: Ipv4Addr) -> Option<Hop> {
        if let Some((_, route)) = self.fib.lookup(dst)
            && !dst.is_multicast()
            && route.kind == Kind::Unicast
        {
            let means = self.own.means(dst);
            // The broadcast of another link is nothing special on this one.
            let everybody = means.broadcast && self.interfaces[route.port.index()].is_subnet_broadcast(dst);
            return Some(match () {
                () if means.own => Hop::Local,
                () if everybody || dst.is_broadcast() => Hop::Broadcast(route.port),
                () => Hop::Neighbour(route.port, route.via.unwrap_or(dst)),
            });
        }
        match () {
            () if self.interfaces.is_empty() => None,
            () if dst.is_broadcast() => Some(Hop::Broadcast(PortNo(0))),
            () if dst.is_multicast() => Some(Hop::Group(self.way_to(dst).map_or(PortNo(0), |route| route.port))),
            () => None,
        }
    }

    /// Builds a packet and sends it; `fill` writes what is behind the IP header and is told the source address.
    #[inline]
    pub fn send(
        &mut self,
        out: &mut Outbox<'_>,
        origin: Origin,
        packet: Outgoing,
        fill: impl FnOnce(&mut [u8], Ipv4Addr),
    ) {
        let hop = packet.dev.map_or_else(|| self.way_of_own(packet.dst), |dev| Some(Hop::Group(dev)));
        let src = packet.src.or_else(|| self.source_for(hop, packet.dst)).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let total = ipv4::HEADER_LEN + packet.len;
        let mut frame = out.mint(ethernet::HEADER_LEN + total, LinkType::Ethernet, origin);
        let id = self.take_id();
        let Outgoing { protocol, dst, tos, ttl, .. } = packet;
        let known = self.ways.to(out.now(), dst);
        let mtu = self.limit(hop, known);
        let df = match packet.df {
            Df::Unset => false,
            Df::IfFits => total <= usize::from(mtu) && !known.is_some_and(|known| known.locked),
            Df::Set => true,
        };
        out.charge(&[Cost::StackPass], &frame);
        let header = ipv4::Send { src, dst, protocol, ttl, df, tos, id };
        let (link, bytes) = frame.bytes_mut().split_at_mut(ethernet::HEADER_LEN);
        ethernet::write(link, MacAddr::ZERO, MacAddr::ZERO, ethernet::IPV4);
        fill(&mut bytes[ipv4::HEADER_LEN..], src);
        ipv4::write(bytes, &header, total.min(usize::from(u16::MAX)));
        if let Some(reason) = packet.note {
            out.note(&frame, reason);
        }
        match hop {
            _ if total > usize::from(u16::MAX) => {
                self.fail(&frame, NetError::TooBig(u16::MAX));
                out.drop(frame, Why::number(&why::TOO_BIG, u64::from(u16::MAX)));
            }
            None => {
                let (reason, error, _) = self.refusal(packet.dst);
                self.fail(&frame, error);
                out.drop(frame, reason);
            }
            Some(hop) => {
                let way = self.spread(out, hop, packet.dst, &frame);
                // A way of several may be narrower than the first.
                let mtu = if way == hop { mtu } else { self.limit(Some(way), known) };
                self.output(out, way, mtu, frame);
            }
        }
    }

    /// The number of the next packet.
    pub(super) fn take_id(&mut self) -> u16 {
        self.next_id = self.next_id.wrapping_add(1);
        self.next_id
    }

    /// The MTU towards a destination.
    pub fn mtu_towards(&self, dst: Ipv4Addr) -> Option<u16> {
        let route = self.way_to(dst)?;
        self.interfaces.get(route.port.index()).map(|at| at.mtu)
    }

    /// The route to a destination, unless it is one that refuses.
    #[inline]
    pub(super) fn way_to(&self, dst: Ipv4Addr) -> Option<&Route> {
        self.fib.lookup(dst).map(|(_, route)| route).filter(|route| route.kind == Kind::Unicast)
    }

    /// Why nothing can be sent to a destination: the reason, what a program here is told, and the code of the ICMP
    /// error a sender elsewhere is told, if any (Linux `fib_props`, `ip_error`).
    #[cold]
    pub(super) fn refusal(&self, dst: Ipv4Addr) -> (Reason, NetError, Option<u8>) {
        match self.fib.lookup(dst).map(|(_, route)| route.kind) {
            Some(Kind::Blackhole) => (&why::ROUTE_BLACKHOLE, NetError::Swallowed, None),
            Some(Kind::Unreachable) => (&why::ROUTE_UNREACHABLE, NetError::HostUnreachable, Some(icmp::HOST)),
            Some(Kind::Prohibit) => (&why::ROUTE_PROHIBIT, NetError::Prohibited, Some(icmp::PROHIBITED)),
            Some(Kind::Unicast) | None => (&why::NO_ROUTE, NetError::NetUnreachable, Some(0)),
        }
    }

    /// The address to speak from when a packet leaves by `port` for `next`.
    pub(super) fn source_towards(&self, port: PortNo, next: Ipv4Addr) -> Option<Ipv4Addr> {
        let own = self.interfaces.get(port.index()).and_then(|at| at.address_towards(next));
        // An interface without addresses borrows one (Linux `inet_select_addr`).
        own.or_else(|| self.interfaces.iter().find_map(|at| at.addresses.first()).map(|(ip, _)| *ip))
    }

    /// Largest packet that fits the link of a hop, and the way behind it as far as that is known.
    #[inline]
    pub(super) fn limit(&self, hop: Option<Hop>, known: Option<Known>) -> u16 {
        let link = match hop {
            Some(Hop::Neighbour(port, _) | Hop::Broadcast(port) | Hop::Group(port)) => {
                self.interfaces.get(port.index()).map_or(u16::MAX, |at| at.mtu)
            }
            Some(Hop::Local) | None => u16::MAX,
        };
        known.map_or(link, |known| known.mtu.min(link))
    }

    /// Sends a packet on its way, of which `mtu` bytes fit.
    #[inline]
    pub(super) fn output(&mut self, out: &mut Outbox<'_>, hop: Hop, mtu: u16, frame: Frame) {
        if frame.len() > ip_at(&frame) + usize::from(mtu) {
            return self.too_long(out, hop, mtu, frame);
        }
        self.put_on_link(out, hop, frame);
    }

    /// Sends a packet that fits.
    #[inline]
    pub(super) fn put_on_link(&mut self, out: &mut Outbox<'_>, hop: Hop, mut frame: Frame) {
        let (port, mac, reason) = match hop {
            Hop::Local => {
                out.note(&frame, &why::LOOPED);
                self.loopback.push_back(frame);
                return out.arm(LOOPBACK, out.now());
            }
            Hop::Neighbour(port, via) => {
                if self.interfaces[port.index()].link == LinkType::Ip {
                    return Self::send_bare(out, port, frame);
                }
                return self.deliver_to(out, neigh::key(port, via), frame);
            }
            Hop::Broadcast(port) => (port, MacAddr::BROADCAST, &why::SENT_BROADCAST),
            Hop::Group(port) => {
                let group = ipv4::check(&frame.bytes()[ip_at(&frame)..]).map_or(Ipv4Addr::BROADCAST, |ip| ip.dst);
                (port, MacAddr::of_ipv4_group(group), &why::SENT_GROUP)
            }
        };
        let Interface { mac: src, link, .. } = self.interfaces[port.index()];
        if link == LinkType::Ip {
            return Self::send_bare(out, port, frame);
        }
        if put_link(&mut frame, mac, src) { out.send(port, frame, reason) } else { out.drop(frame, &why::TOO_DEEP) }
    }

    /// Sends a frame whose bytes `fill` writes, unseen by routes and neighbours.
    pub fn send_raw(
        &mut self,
        out: &mut Outbox<'_>,
        origin: Origin,
        port: PortNo,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) {
        let mut frame = out.mint(len, LinkType::Ethernet, origin);
        fill(frame.bytes_mut());
        out.send(port, frame, &why::SENT_RAW);
    }

    /// Sends to a neighbour, or lets the packet wait until one is known.
    #[inline]
    fn deliver_to(&mut self, out: &mut Outbox<'_>, key: u64, mut frame: Frame) {
        let now = out.now();
        if let Some(entry) = self.neigh.get_mut(key)
            && entry.state.is_valid()
        {
            let stale = entry.state == State::Stale;
            // A sure row is used without a look at it (Linux neigh_hh_output), so nobody notes when.
            if !matches!(entry.state, State::Reachable | State::Permanent) {
                entry.used = now;
            }
            let (mac, port) = (entry.mac, neigh::port_of(key));
            let src = self.interfaces[port.index()].mac;
            if !put_link(&mut frame, mac, src) {
                return out.drop(frame, &why::TOO_DEEP);
            }
            out.send(port, frame, Why::row(&why::SENT, NEIGH, key));
            if stale {
                self.set_state(out, key, State::Delay, Some(now + neigh::DELAY));
                self.rearm(out);
            }
            return;
        }
        self.wait_for_neighbour(out, key, frame);
    }

    #[cold]
    pub(super) fn wait_for_neighbour(&mut self, out: &mut Outbox<'_>, key: u64, frame: Frame) {
        if self.interfaces[neigh::port_of(key).index()].no_arp {
            return self.send_unasked(out, neigh::port_of(key), frame);
        }
        let now = out.now();
        let known = self.neigh.get(key).map(|entry| entry.state);
        if known != Some(State::Incomplete) {
            if !self.make_room(now, key, out) {
                self.fail(&frame, NetError::HostUnreachable);
                return out.drop(frame, &why::NEIGH_TABLE_FULL);
            }
            self.neigh.insert(key, Entry::new(now, out.event(), frame.origin()));
            out.wrote(NEIGH, key, if known.is_some() { RowChange::Changed } else { RowChange::Added });
        }
        out.note(&frame, Why::row(&why::NEIGH_WAITING, NEIGH, key));
        let Some(entry) = self.neigh.get_mut(key) else { return };
        entry.used = now;
        for pushed_out in entry.hold(frame) {
            out.drop(pushed_out, &why::NEIGH_QUEUE_FULL);
        }
        if known != Some(State::Incomplete) {
            self.ask(out, key);
            self.rearm(out);
        }
    }

    /// Makes room for a neighbour, if need be at the cost of others. False when the table is full of rows in use.
    pub(super) fn make_room(&mut self, now: SimTime, key: u64, out: &mut Outbox<'_>) -> bool {
        let Ok(gone) = self.neigh.make_room(now, key) else { return false };
        for key in gone {
            out.wrote(NEIGH, key, RowChange::Removed);
        }
        true
    }

    /// Asks for a neighbour's address: everybody when it is unknown, itself when it only has to confirm.
    pub(super) fn ask(&mut self, out: &mut Outbox<'_>, key: u64) {
        let now = out.now();
        let (port, ip) = (neigh::port_of(key), neigh::ip_of(key));
        if ends::is_number(ip) {
            return self.solicit(out, key);
        }
        let Some(entry) = self.neigh.get_mut(key) else { return };
        entry.probes += 1;
        entry.due = Some(now + neigh::RETRANSMIT);
        let known = entry.state == State::Probe;
        let (to, origin) = (if known { entry.mac } else { MacAddr::BROADCAST }, entry.origin.caused());
        let waiting = entry.last_waiting().and_then(|f| ipv4::check(&f.bytes()[ip_at(f)..]).ok());
        let src = waiting.map(|ip| ip.src).filter(|src| self.is_local(*src));
        let Some(at) = self.interfaces.get(port.index()) else { return };
        let spa = src.or_else(|| self.source_towards(port, ip)).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let arp = crate::wire::arp::Arp {
            op: crate::wire::arp::Operation::Request,
            sha: at.mac,
            spa,
            tha: MacAddr::ZERO,
            tpa: ip,
        };
        let reason = if known { &why::ARP_CONFIRM } else { &why::ARP_ASK };
        Self::send_arp(out, port, origin, to, arp, Why::row(reason, NEIGH, key));
    }

    /// Sends what waited for a neighbour.
    pub(super) fn send_waiting(&self, out: &mut Outbox<'_>, key: u64, mac: MacAddr, waiting: VecDeque<Frame>) {
        let port = neigh::port_of(key);
        let Some(at) = self.interfaces.get(port.index()) else { return };
        let ethertype = if ends::is_number(neigh::ip_of(key)) { ethernet::IPV6 } else { ethernet::IPV4 };
        for mut frame in waiting {
            if put_link_of(&mut frame, mac, at.mac, ethertype) {
                out.send(port, frame, Why::row(&why::NEIGH_RELEASED, NEIGH, key));
            } else {
                out.drop(frame, &why::TOO_DEEP);
            }
        }
    }

    pub(super) fn set_state(&mut self, out: &mut Outbox<'_>, key: u64, state: State, due: Option<SimTime>) {
        let (event, now) = (out.event(), out.now());
        let Some(entry) = self.neigh.get_mut(key) else { return };
        entry.state = state;
        entry.due = due;
        entry.updated = now;
        entry.written = event;
        out.wrote(NEIGH, key, RowChange::Changed);
    }

    /// How long a confirmation lasts: drawn from 0.5 to 1.5 times the base, anew every five minutes.
    pub(super) fn reachable_time(&mut self, out: &Outbox<'_>) -> SimDuration {
        let period = out.now().0 / REDRAW;
        match self.reachable {
            Some((drawn, span)) if drawn == period => span,
            _ => {
                let mut stream = out.stream(&format!("reachable-{period}"));
                let base = neigh::BASE_REACHABLE.0;
                let span = SimDuration(base / 2 + stream.below(base));
                self.reachable = Some((period, span));
                span
            }
        }
    }

    /// Starts the timers of the table for its next deadlines.
    pub(super) fn rearm(&self, out: &mut Outbox<'_>) {
        let (waiting, others) = self.neigh.next_due();
        match waiting {
            Some(due) => out.arm(super::NEIGH_TIMER, due),
            None => out.disarm(super::NEIGH_TIMER),
        }
        match others {
            Some(due) => out.arm_background(super::NEIGH_UPKEEP, due),
            None => out.disarm(super::NEIGH_UPKEEP),
        }
    }

    /// Notes that a packet of an application here failed, to be told after the event.
    pub(super) fn fail(&mut self, frame: &Frame, error: NetError) {
        let Some(packet) = frame.bytes().get(ip_at(frame)..) else { return };
        let Ok(ip) = ipv4::check(packet) else { return };
        if self.is_local(ip.src) {
            self.fail_about(ip.dst, ip.protocol, &packet[ip.header_len..], error);
        }
    }

    /// The same, from what an ICMP error quotes: the first eight bytes behind the IP header at least.
    pub(super) fn fail_about(&mut self, dst: Ipv4Addr, protocol: u8, head: &[u8], error: NetError) {
        let half = |at: usize| head.get(at..at + 2).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]));
        let who = match protocol {
            ipv4::ICMP if head.first() == Some(&icmp::ECHO_REQUEST) => half(4),
            ipv4::UDP | ipv4::TCP => half(0),
            _ => return,
        };
        let seq = if protocol == ipv4::ICMP { half(6) } else { 0 };
        self.failed.push((protocol, who, Failed { error, dst, seq }));
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let tables = self.fib.heap_bytes() + self.neigh.heap_bytes() + self.limits.heap_bytes();
        let tables = tables + self.reassembly.heap_bytes() + self.ways.heap_bytes() + self.groups.heap_bytes();
        let tables = tables + self.six.as_ref().map_or(0, |six| six.heap_bytes());
        tables + self.sockets.capacity() * 16 + self.interfaces.len() * 96
    }
}

/// Writes the Ethernet header, in front of the packet if there is none yet. False when there is no room for it.
#[inline]
pub(super) fn put_link(frame: &mut Frame, dst: MacAddr, src: MacAddr) -> bool {
    put_link_of(frame, dst, src, ethernet::IPV4)
}

/// The same, for a packet of another kind.
#[inline]
pub(super) fn put_link_of(frame: &mut Frame, dst: MacAddr, src: MacAddr, ethertype: u16) -> bool {
    let bytes = match frame.link() {
        LinkType::Ip => frame.wrap(ethernet::HEADER_LEN, LinkType::Ethernet),
        LinkType::Ethernet => Some(frame.bytes_mut()),
    };
    let Some(bytes) = bytes else { return false };
    ethernet::write(bytes, dst, src, ethertype);
    true
}

fn kernel_route(at: usize) -> Route {
    Route::on(PortNo(at as u16), Protocol::Kernel)
}
