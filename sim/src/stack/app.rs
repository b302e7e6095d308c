//! What runs on a stack: traffic sources, servers, attackers, listeners.

use std::fmt::Debug;
use std::net::Ipv4Addr;

use super::groups::Holder;
use super::net::{Df, Net, Outgoing};
use super::tcp::{Connection, Segment};
use crate::engine::agent::Saying;
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, TableView, TimerKind};
use crate::explain::Reason;
use crate::id::{FlowId, PortNo};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, MacAddr, Origin, icmp, ipv4, llc, udp};

/// Timers each application has.
pub const APP_TIMERS: u32 = 4;
/// Timers of the stack itself, before those of its applications.
pub const STACK_TIMERS: u32 = 6;

/// A datagram that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// Sender's address and port.
    pub src: (Ipv4Addr, u16),
    /// Address and port it was sent to.
    pub dst: (Ipv4Addr, u16),
    /// The interface it came by.
    pub port: PortNo,
    /// The bytes behind the UDP header.
    pub payload: &'a [u8],
}

/// What an 802.3 frame carried for an LLC service.
#[derive(Clone, Copy, Debug)]
pub struct LinkDatagram<'a> {
    /// Who sent it.
    pub src: MacAddr,
    /// The own address of the interface.
    pub own: MacAddr,
    /// The interface it came by.
    pub port: PortNo,
    /// The bytes behind LLC.
    pub payload: &'a [u8],
}

/// An echo reply that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Echo<'a> {
    /// Who answered.
    pub src: Ipv4Addr,
    /// Sequence number.
    pub seq: u16,
    /// The bytes behind the ICMP header.
    pub payload: &'a [u8],
}

/// Why a packet of an application will not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetError {
    /// Nobody answered for the next hop, here or at a router.
    HostUnreachable,
    /// No route leads there, from here or from a router.
    NetUnreachable,
    /// A route says that nobody may go there (Linux `prohibit`).
    Prohibited,
    /// A route swallows what goes there (Linux `blackhole`).
    Swallowed,
    /// Nobody listens on the port.
    PortUnreachable,
    /// It is too big for a link with this MTU.
    TooBig(u16),
    /// Another ICMP error: type and code.
    Other(u8, u8),
}

/// A packet that failed: its destination, and the sequence number if it was an echo request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What happened.
    pub error: NetError,
    /// Where the packet was going.
    pub dst: Ipv4Addr,
    /// Sequence number of an echo request.
    pub seq: u16,
}

/// An application. Like a device it has no input or output of its own: all effects go to [`AppOut`].
pub trait App: Debug + Send {
    /// What kind of application: `ping`, `udp`.
    fn name(&self) -> &'static str;

    /// The UDP port it listens on from the beginning.
    fn port(&self) -> Option<u16> {
        None
    }

    /// The TCP port it listens on from the beginning.
    fn tcp_port(&self) -> Option<u16> {
        None
    }

    /// The IP protocol it speaks without ports, if any.
    fn number(&self) -> Option<u8> {
        None
    }

    /// The LLC service it speaks right on the link, if any.
    fn service(&self) -> Option<u8> {
        None
    }

    /// Hardware groups it listens to on every interface, besides IP.
    fn link_groups(&self) -> &'static [MacAddr] {
        &[]
    }

    /// The group it listens to on every interface.
    fn group(&self) -> Option<Ipv4Addr> {
        None
    }

    /// It offers routes, so that there is a table of those.
    fn routes(&self) -> bool {
        false
    }

    /// How long it needs to notice a neighbour that has gone in silence, if it speaks a routing protocol.
    fn patience(&self) -> Option<SimDuration> {
        None
    }

    /// Routes were changed by hand.
    fn routes_changed(&mut self, _out: &mut AppOut<'_, '_>) {}

    /// The carrier of an interface has come or gone.
    fn link(&mut self, _port: PortNo, _up: bool, _out: &mut AppOut<'_, '_>) {}

    /// Wants to see every frame that comes in, whoever it is for.
    fn taps(&self) -> bool {
        false
    }

    /// Its host has power: at the start, and each time it comes back. What runs in the background begins here.
    fn boot(&mut self, _out: &mut AppOut<'_, '_>) {}

    /// The power of its host was cut: forget what was only in memory. Timers are disarmed already.
    fn reset(&mut self) {}

    /// Changes a table of its own; nothing when the table is not one of its own.
    fn change(&mut self, _change: &DeviceChange, _out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        None
    }

    /// A change it asked for with this ticket was refused ([`AppOut::write`]).
    fn refused(&mut self, _ticket: u32, _error: &ChangeError, _out: &mut AppOut<'_, '_>) {}

    /// Its flow begins.
    fn start(&mut self, _out: &mut AppOut<'_, '_>) {}

    /// Its flow ends early.
    fn stop(&mut self, out: &mut AppOut<'_, '_>) {
        for kind in 0..APP_TIMERS as u8 {
            out.disarm(kind);
        }
        out.finish();
    }

    /// A timer armed earlier has run out.
    fn timer(&mut self, _kind: u8, _out: &mut AppOut<'_, '_>) {}

    /// A datagram for one of its ports has arrived.
    fn udp(&mut self, _datagram: Datagram<'_>, _out: &mut AppOut<'_, '_>) {}

    /// A packet of the IP protocol it speaks has arrived; its ports are zero.
    fn packet(&mut self, _datagram: Datagram<'_>, _out: &mut AppOut<'_, '_>) {}

    /// An 802.3 frame for the LLC service it speaks has arrived.
    fn link_datagram(&mut self, _datagram: LinkDatagram<'_>, _out: &mut AppOut<'_, '_>) {}

    /// A segment for one of its TCP ports has arrived.
    fn tcp(&mut self, _segment: Segment<'_>, _out: &mut AppOut<'_, '_>) {}

    /// An answer to one of its echo requests has arrived.
    fn echo_reply(&mut self, _echo: Echo<'_>, _out: &mut AppOut<'_, '_>) {}

    /// One of its packets failed.
    fn error(&mut self, _failed: Failed, _out: &mut AppOut<'_, '_>) {}

    /// A frame came in; `for_us` when it is addressed to this host or to everybody. Only for [`App::taps`].
    fn frame(&mut self, _frame: &Frame, _for_us: bool, _out: &mut AppOut<'_, '_>) {}

    /// A table of its own to be shown among those of the stack.
    fn table(&self) -> Option<TableView> {
        None
    }

    /// A second table, whose rows are logged too.
    fn second_table(&self) -> Option<TableView> {
        None
    }

    /// Further tables, whose rows are not logged as they are written.
    fn more_tables(&self) -> Vec<TableView> {
        Vec::new()
    }

    /// Its TCP connections.
    fn connections(&self) -> Vec<Connection> {
        Vec::new()
    }

    /// Rough heap size in bytes.
    fn heap_bytes(&self) -> usize {
        0
    }

    /// A copy for a checkpoint.
    fn boxed_clone(&self) -> Box<dyn App>;
}

impl Clone for Box<dyn App> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}

/// Where an application puts its effects; made anew for each call.
#[derive(Debug)]
pub struct AppOut<'a, 'w> {
    pub(super) net: &'a mut Net,
    pub(super) out: &'a mut Outbox<'w>,
    pub(super) index: u8,
    pub(super) flow: FlowId,
    pub(super) origin: Origin,
    /// Places of its tables among those of the stack.
    pub(super) tables: [Option<u8>; 2],
}

impl AppOut<'_, '_> {
    /// Simulated time: that of the core that works for this application, where work takes time.
    #[inline]
    pub fn now(&self) -> SimTime {
        self.out.clock(self.origin)
    }

    /// The present event.
    pub fn event(&self) -> crate::id::EventNo {
        self.out.event()
    }

    /// A random stream of this application's own; the same on every call, so keep it.
    pub fn stream(&self, purpose: &str) -> Stream {
        self.out.stream(&format!("app{}:{purpose}", self.index))
    }

    /// The first address of the host.
    pub fn own_address(&self) -> Option<Ipv4Addr> {
        self.net.interfaces.first().and_then(|at| at.addresses.first()).map(|(ip, _)| *ip)
    }

    /// The hardware address of the host's first interface.
    pub fn own_mac(&self) -> Option<MacAddr> {
        self.net.interfaces.first().map(|at| at.mac)
    }

    /// A free UDP port for this application's own datagrams, from Linux' default range on.
    pub fn bind(&mut self) -> u16 {
        self.net.bind_ephemeral(self.index)
    }

    /// Sends a datagram of `len` payload bytes, which `fill` writes. DF is set on what fits the way, and what
    /// does not is split, as Linux does unless a program asks otherwise.
    #[inline]
    pub fn udp_send(&mut self, from_port: u16, to: (Ipv4Addr, u16), len: usize, fill: impl FnOnce(&mut [u8])) {
        let packet = Outgoing::new(to.0, ipv4::UDP, udp::HEADER_LEN + len);
        self.net.send(self.out, self.origin, packet, |bytes, src| {
            fill(&mut bytes[udp::HEADER_LEN..]);
            udp::write(bytes, (src, from_port), to);
        });
    }

    /// The interfaces of the host, by the number of their port.
    pub fn interfaces(&self) -> &[super::interface::Interface] {
        &self.net.interfaces
    }

    /// Tells all routers on the link of an interface: from and to the same port, one hop far, with the precedence of
    /// routing (RFC 791 §3.1). `why` is said about it.
    pub fn udp_group(&mut self, dev: PortNo, group: (Ipv4Addr, u16), payload: &[u8], why: Reason) {
        let src = self.net.interfaces.get(dev.index()).and_then(|at| at.addresses.first()).map(|(ip, _)| *ip);
        let packet = Outgoing { src, dev: Some(dev), ttl: 1, ..Outgoing::new(group.0, ipv4::UDP, 0) };
        self.udp_control(packet, group.1, group.1, payload, why);
    }

    /// Tells one router, from a port, with the same precedence.
    pub fn udp_answer(&mut self, from_port: u16, to: (Ipv4Addr, u16), payload: &[u8], why: Reason) {
        self.udp_control(Outgoing::new(to.0, ipv4::UDP, 0), from_port, to.1, payload, why);
    }

    fn udp_control(&mut self, packet: Outgoing, from: u16, to: u16, payload: &[u8], why: Reason) {
        let len = udp::HEADER_LEN + payload.len();
        let packet = Outgoing { tos: ipv4::TOS_CONTROL, len, note: Some(why), ..packet };
        self.net.send(self.out, self.origin, packet, |bytes, src| {
            bytes[udp::HEADER_LEN..].copy_from_slice(payload);
            udp::write(bytes, (src, from), (packet.dst, to));
        });
    }

    /// Tells a router, or all on the link of an interface, by a packet of this IP protocol: one hop far, with the
    /// precedence of routing. `why` is said about it.
    pub fn ip_control(&mut self, number: u8, dev: PortNo, dst: Ipv4Addr, payload: &[u8], why: Reason) {
        let src = self.net.interfaces.get(dev.index()).and_then(|at| at.addresses.first()).map(|(ip, _)| *ip);
        let (tos, note) = (ipv4::TOS_CONTROL, Some(why));
        let dev = dst.is_multicast().then_some(dev);
        let packet =
            Outgoing { src, dev, ttl: 1, tos, note, df: Df::Unset, ..Outgoing::new(dst, number, payload.len()) };
        self.net.send(self.out, self.origin, packet, |bytes, _| bytes.copy_from_slice(payload));
    }

    /// Sends a PDU of an LLC service in an 802.3 frame. `why` is said about it.
    pub fn llc_send(&mut self, service: u8, dev: PortNo, dst: MacAddr, payload: &[u8], why: Reason) {
        let Some(interface) = self.net.interfaces.get(dev.index()) else { return };
        let (src, ethernet) = (interface.mac, interface.link == LinkType::Ethernet);
        if !ethernet {
            return;
        }
        let mut frame = self.out.mint(llc::frame_len(payload.len()), LinkType::Ethernet, self.origin);
        llc::write(frame.bytes_mut(), dst, src, service, payload);
        self.out.send(dev, frame, why);
    }

    /// Listens to a group on an interface from now on, or no more.
    pub fn listen(&mut self, dev: PortNo, group: Ipv4Addr, on: bool) {
        let holder = Holder::App(self.index);
        if on {
            self.net.join(dev, group, holder, self.out);
        } else {
            self.net.leave(dev, group, holder, self.out);
        }
    }

    /// A free TCP port for a new connection, instead of the one of its last.
    pub fn bind_connection(&mut self, last: u16) -> u16 {
        self.net.bind_connection(self.index, last)
    }

    /// The address to speak from to another, and the largest packet that gets there as far as is known.
    pub fn way(&self, to: Ipv4Addr) -> Option<(Ipv4Addr, u16)> {
        self.net.way(self.out.now(), to)
    }

    /// Whether packets for exactly this prefix are handed to this router.
    pub fn has_route(&self, (prefix, len): (Ipv4Addr, u8), via: Ipv4Addr) -> bool {
        let route = self.net.fib.lookup(prefix).filter(|(key, _)| *key == super::fib::key(len, prefix.to_bits()));
        route.is_some_and(|(_, route)| route.via == Some(via))
    }

    /// Sends a TCP segment, checksum included, between two addresses; `note` is said about it.
    pub fn tcp_send(&mut self, from: Ipv4Addr, to: Ipv4Addr, segment: &[u8], note: Option<Reason>) {
        let packet = Outgoing { src: Some(from), note, ..Outgoing::new(to, ipv4::TCP, segment.len()) };
        self.net.send(self.out, self.origin, packet, |bytes, _| bytes.copy_from_slice(segment));
    }

    /// Sends a segment of a session between routers: with the precedence of routing, and no more than `ttl` hops far.
    pub fn tcp_control(&mut self, (from, to): (Ipv4Addr, Ipv4Addr), ttl: u8, segment: &[u8], note: Option<Reason>) {
        let plain = Outgoing::new(to, ipv4::TCP, segment.len());
        let packet = Outgoing { src: Some(from), tos: ipv4::TOS_CONTROL, ttl, note, ..plain };
        self.net.send(self.out, self.origin, packet, |bytes, _| bytes.copy_from_slice(segment));
    }

    /// Answers a segment that belongs to no connection.
    pub fn tcp_refuse(&mut self, segment: Segment<'_>) {
        let addresses = (segment.src.0, segment.dst.0);
        self.net.refuse(self.out, self.origin, addresses, &segment.header, segment.payload);
    }

    /// On whose behalf the application was called.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What follows is on behalf of somebody else: a timer knows nobody.
    pub fn on_behalf(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// Sends an echo request with `len` bytes behind the ICMP header, as `ping` fills them.
    pub fn echo_request(&mut self, to: Ipv4Addr, seq: u16, len: usize, df: bool) {
        let df = if df { Df::Set } else { Df::Unset };
        let packet = Outgoing { df, ..Outgoing::new(to, ipv4::ICMP, icmp::HEADER_LEN + len) };
        let header = icmp::Header { kind: icmp::ECHO_REQUEST, code: 0, id: u16::from(self.index) + 1, seq };
        self.net.send(self.out, self.origin, packet, |bytes, _| {
            for (at, byte) in bytes[icmp::HEADER_LEN..].iter_mut().enumerate() {
                *byte = at as u8;
            }
            icmp::write(bytes, header);
        });
    }

    /// Sends a frame just as `fill` writes it, like a raw socket (Linux `AF_PACKET`).
    pub fn raw_send(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        self.net.send_raw(self.out, self.origin, PortNo(0), len, fill);
    }

    /// Starts or restarts a timer that the run waits for.
    #[inline]
    pub fn arm(&mut self, kind: u8, at: SimTime) {
        self.out.arm(self.kind(kind), at);
    }

    /// Starts or restarts a timer that only keeps house.
    pub fn arm_background(&mut self, kind: u8, at: SimTime) {
        self.out.arm_background(self.kind(kind), at);
    }

    /// Stops a timer.
    pub fn disarm(&mut self, kind: u8) {
        self.out.disarm(self.kind(kind));
    }

    /// Counts a packet of the flow as sent.
    #[inline]
    pub fn sent(&mut self) {
        self.out.flow_sent(self.flow);
    }

    /// Counts a packet as arrived: of the own flow, or for a receiver of the flow the packet belongs to.
    #[inline]
    pub fn received(&mut self, bytes: usize, rtt: Option<SimDuration>) {
        let flow = if self.flow == FlowId::NONE && self.origin.own { self.origin.flow } else { self.flow };
        self.out.flow_received(flow, bytes, rtt);
    }

    /// So many bytes of the flow were handed to TCP so far.
    pub fn streamed(&mut self, bytes: u64) {
        self.out.flow_streamed(self.flow, bytes);
    }

    /// The flow's connection came to a bad end.
    pub fn fail(&mut self, reason: Reason) {
        self.net.ended = Some(reason);
        self.out.flow_failed(self.flow, reason);
    }

    /// The flow will send nothing more and waits for nothing more.
    pub fn finish(&mut self) {
        self.out.flow_finished(self.flow);
    }

    /// Has another device of this node change, or with no name the stack itself: next, as an event of its own. A
    /// refusal comes back with the ticket.
    pub fn write(&mut self, device: Option<&str>, change: DeviceChange, saying: Saying<'_>, ticket: u32) {
        self.out.write_row(device, change, saying, u64::from(self.index) << 32 | u64::from(ticket));
    }

    /// Whether what is said is kept: else nobody needs its text.
    pub fn is_heard(&self) -> bool {
        self.out.is_heard()
    }

    /// Says something that is about no frame.
    pub fn say(&mut self, saying: Saying<'_>) {
        self.out.say(saying);
    }

    /// Tells that a row of its own table was written or removed. Call it after the change. The highest byte of the key
    /// is not the application's: it tells its rows from those of others in the same table.
    pub fn wrote(&mut self, key: u64, change: RowChange) {
        self.wrote_in(0, key, change);
    }

    /// The same of its first (0) or second (1) table.
    pub fn wrote_in(&mut self, table: usize, key: u64, change: RowChange) {
        if let Some(table) = self.tables.get(table).copied().flatten() {
            self.out.wrote(table, key | super::app_rows(self.index), change);
        }
    }

    /// Says something about a frame seen by a tap.
    pub fn note(&mut self, frame: &Frame, reason: Reason) {
        self.out.note(frame, reason);
    }

    fn kind(&self, kind: u8) -> TimerKind {
        TimerKind(STACK_TIMERS + u32::from(self.index) * APP_TIMERS + u32::from(kind).min(APP_TIMERS - 1))
    }
}
