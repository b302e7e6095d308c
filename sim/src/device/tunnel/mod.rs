//! Tunnels besides VXLAN: IPIP, GRE, GRETAP, Geneve, packets in UDP by a program, WireGuard's and Weave's framing.
//!
//! Port 0 is the inner one, with frames or with bare IP packets, as the kind of envelope carries; port 1 the outer
//! one, wired to the IP stack of the host. Modelled: the headers of each kind in [`mod@format`], several other ends with a
//! table that says who lives behind which, and what becomes of packets that are too big. Left out: keepalives,
//! cryptography, and that a Linux `ipip` device without a remote takes the next hop of the route as the other end:
//! here its table `peers` says so.
//!
//! Before editing read Linux `net/ipv4/ip_tunnel.c` (`ip_tunnel_xmit`, `ip_tunnel_rcv`), `drivers/net/geneve.c`.

mod change;
pub mod config;
pub mod format;
mod heartbeat;
pub mod peers;
mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use change::SETTINGS;
pub use config::TunnelConfig;

use std::net::Ipv4Addr;

use crate::device::outer::pmtu::{self, PathMtu};
use crate::device::outer::v6::{self, Ends};
use crate::device::outer::{Inner, Outer, ecn};
use crate::device::vtep::fdb::{Learned, shown_key};
use crate::engine::cpu::PROGRAM_QUEUE;
use crate::engine::{ChangeError, Device, DeviceChange, Listen, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::{Frame, LinkType, ethernet, icmp, ipv4};
use format::Wrapping;
use peers::Peers;

/// Port to what is tunnelled.
pub const INNER: PortNo = PortNo(0);
/// Port to the IP stack that carries the tunnel.
pub const OUTER: PortNo = PortNo(1);

/// Place of the other ends among the tables.
const PEERS: u8 = 0;

/// The device.
#[derive(Clone, Debug)]
pub struct Tunnel {
    config: TunnelConfig,
    peers: Peers,
    ways: PathMtu,
    /// Who the other ends are, if it runs over IPv6.
    ends: Option<Box<Ends>>,
    pulse: heartbeat::Pulse,
    sent: u32,
}

impl Tunnel {
    /// A tunnel without other ends.
    pub fn new(mut config: TunnelConfig) -> Self {
        let ends = v6::ends(&mut config.outer);
        let peers = Peers::new(config.format.encapsulation().carries());
        let ways = PathMtu::new(config.underlay_mtu);
        Self { config, peers, ways, ends, pulse: heartbeat::Pulse::default(), sent: 0 }
    }

    fn carries(&self) -> LinkType {
        self.config.format.encapsulation().carries()
    }

    /// A frame or packet to be tunnelled.
    fn leaving(&mut self, now: SimTime, mut frame: Frame, out: &mut Outbox<'_>) {
        let least = if self.carries() == LinkType::Ip { ipv4::HEADER_LEN } else { ethernet::HEADER_LEN };
        if frame.len() < least {
            return out.drop(frame, &why::RUNT);
        }
        if self.config.format.encapsulation().is_a_hop() && !hop(&mut frame) {
            return out.drop(frame, &why::TTL_EXCEEDED);
        }
        let Some(found) = self.peers.find(&frame) else { return out.drop(frame, &why::NO_PEER) };
        let reason = if found.flooded { &why::FLOODED } else { &why::WRAPPED };
        let why = Why::row(reason, PEERS, found.key);
        if let Some((last, others)) = found.remotes.split_last() {
            for to in others {
                self.encapsulate(now, frame.clone(), *to, why, out);
            }
            self.encapsulate(now, frame, *last, why, out);
        }
    }

    /// Puts a frame into an outer packet.
    fn encapsulate(&mut self, now: SimTime, mut frame: Frame, to: Ipv4Addr, why: Why, out: &mut Outbox<'_>) {
        if to == self.config.outer.local {
            return out.drop(frame, Why { reason: &why::REMOTE_IS_LOCAL, ..why });
        }
        let inner = Inner::read(self.carries(), frame.bytes());
        let (encapsulation, outer, slow) = self.way(to);
        let overhead = encapsulation.overhead() + outer.longer();
        let mtu = self.ways.towards(now, to).saturating_sub(overhead);
        if inner.len > usize::from(mtu) && self.refuse(&frame, mtu, (inner, &outer), out) {
            return out.drop(frame, Why { reason: &why::TOO_BIG, n: u64::from(mtu), ..why });
        }
        out.rename(&mut frame);
        let why = if slow { Why { reason: &why::DETOUR, ..why } } else { why };
        let with = Wrapping { outer: &outer, to, inner, count: self.sent };
        if !encapsulation.wrap(&mut frame, with) || self.ends.as_ref().is_some_and(|ends| !ends.dress(&mut frame)) {
            return out.drop(frame, &why::TOO_DEEP);
        }
        if !work(encapsulation, &frame, out) {
            return out.drop(frame, Why::number(&why::PROGRAM_BEHIND, PROGRAM_QUEUE as u64));
        }
        self.sent = self.sent.wrapping_add(1);
        out.encapsulate(OUTER, frame, why.with(u64::from(overhead)));
    }

    /// Whether a packet that is too big for the way ends here: its sender is told if it forbade fragments, as
    /// `tnl_update_pmtu` does; or the outer packet may not be fragmented.
    #[cold]
    fn refuse(&self, frame: &Frame, mtu: u16, (inner, outer): (Inner, &Outer), out: &mut Outbox<'_>) -> bool {
        let keeps = outer.keeps_whole(inner);
        let may_speak = self.carries() == LinkType::Ip || self.config.bridged || keeps;
        // The answer is made of an Ethernet frame; a bare packet gets an empty header in front.
        let mut bytes = vec![0; if self.carries() == LinkType::Ip { ethernet::HEADER_LEN } else { 0 }];
        if !bytes.is_empty() {
            bytes[12..14].copy_from_slice(&ethernet::IPV4.to_be_bytes());
        }
        bytes.extend_from_slice(frame.bytes());
        let Some(len) = pmtu::answer_len(&bytes, mtu).filter(|_| may_speak) else { return keeps };
        let mut answer = out.mint(len, LinkType::Ethernet, frame.origin().caused());
        pmtu::write_answer(&mut answer, &bytes, mtu);
        if self.carries() == LinkType::Ip {
            answer.strip(ethernet::HEADER_LEN);
            answer.set_link(LinkType::Ip);
        }
        out.send(INNER, answer, Why::number(&why::TOLD_TOO_BIG, u64::from(mtu)));
        true
    }

    /// A packet from the stack: an outer packet for this tunnel, or news about one it sent.
    fn arrived(&mut self, now: SimTime, frame: Frame, out: &mut Outbox<'_>) {
        if let Some(ends) = &mut self.ends {
            if ends.is_crowded() {
                let local = self.config.outer.local;
                ends.keep(self.peers.ends().into_iter().chain([local]));
            }
            let Ok((ip, _)) = ends.open(frame.bytes()) else { return out.drop(frame, &why::MALFORMED) };
            // The checksum was right, and is one that the kinds cannot check.
            let mut payload = frame.bytes()[ip.header_len..ip.total_len].to_vec();
            payload[6..8].fill(0);
            let inside = self.config.format.encapsulation().find(&ip, &payload);
            return self.opened(now, ip, inside, frame, out);
        }
        let Ok(ip) = ipv4::check(frame.bytes()) else { return out.drop(frame, &why::MALFORMED) };
        if ip.protocol == ipv4::ICMP {
            return self.news(now, ip, frame, out);
        }
        let payload = &frame.bytes()[ip.header_len..ip.total_len];
        let inside = self.config.format.encapsulation().find(&ip, payload);
        self.opened(now, ip, inside, frame, out);
    }

    /// An outer packet whose headers were read, and what was found in it.
    fn opened(
        &mut self,
        now: SimTime,
        ip: ipv4::Header,
        inside: Result<std::ops::Range<usize>, Reason>,
        mut frame: Frame,
        out: &mut Outbox<'_>,
    ) {
        let inside = match inside {
            Ok(inside) => inside,
            Err(reason) => return out.drop(frame, reason),
        };
        frame.truncate(ip.header_len + inside.end);
        out.rename(&mut frame);
        frame.strip(ip.header_len + inside.start);
        frame.set_link(self.carries());
        self.unwrapped(now, ip, frame, out);
    }

    /// A frame or packet without its envelope.
    fn unwrapped(&mut self, now: SimTime, outer: ipv4::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        let is_ip = self.carries() == LinkType::Ip;
        let ip_at = if is_ip { 0 } else { ethernet::HEADER_LEN };
        if frame.len() < if is_ip { ipv4::HEADER_LEN } else { ethernet::HEADER_LEN } {
            return out.drop(frame, &why::RUNT);
        }
        if is_ip && ipv4::check(frame.bytes()).is_err() {
            return out.drop(frame, &why::MALFORMED);
        }
        if !is_ip && heartbeat::is_special(frame.bytes()) && self.config.format.encapsulation().detour().is_some() {
            return self.special(now, outer, frame, out);
        }
        if !self.learn(now, outer.src, &frame, out) {
            return out.drop(frame, &why::INVALID_SOURCE);
        }
        if !ecn::inside(outer.tos, &mut frame, ip_at) {
            return out.drop(frame, &why::CONGESTION);
        }
        if self.config.format.encapsulation().is_a_hop() && !hop(&mut frame) {
            return out.drop(frame, &why::TTL_EXCEEDED);
        }
        if !work(self.config.format.encapsulation(), &frame, out) {
            return out.drop(frame, Why::number(&why::PROGRAM_BEHIND, PROGRAM_QUEUE as u64));
        }
        out.decapsulate(INNER, frame, &why::UNWRAPPED);
    }

    /// Learns which host an inner hardware address lives on. False when the frame ends here.
    fn learn(&mut self, now: SimTime, from: Ipv4Addr, frame: &Frame, out: &mut Outbox<'_>) -> bool {
        let Peers::Macs(fdb) = &mut self.peers else { return true };
        let Some(src) = ethernet::src(frame.bytes()) else { return false };
        if src == self.config.mac || !src.is_unicast() {
            return false;
        }
        if !self.config.learning {
            return true;
        }
        let key = shown_key(src.key(), 0);
        match fdb.learn(src, from, now, out.event(), None) {
            Learned::New => out.wrote(PEERS, key, RowChange::Added),
            Learned::Moved => out.wrote(PEERS, key, RowChange::Changed),
            _ => return true,
        }
        out.note(frame, Why::row(&why::LEARNED, PEERS, key));
        true
    }

    /// An ICMP error about an outer packet.
    #[cold]
    fn news(&mut self, now: SimTime, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let message = &frame.bytes()[ip.header_len..ip.total_len];
        let Ok(header) = icmp::check(message) else { return out.drop(frame, &why::MALFORMED) };
        let Some((_, remote, ..)) = icmp::quoted(message) else { return out.drop(frame, &why::MALFORMED) };
        if (header.kind, header.code) != (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED) {
            return out.consume(frame, &why::OUTER_UNREACHABLE);
        }
        self.ways.learn(now, remote, header.seq);
        let mtu = u64::from(self.ways.towards(now, remote));
        out.consume(frame, Why::number(&why::PATH_MTU, mtu));
    }
}

/// Charges for putting a packet in or taking one out. False when the program that does it has no room for it.
fn work(encapsulation: &dyn format::Encapsulation, frame: &Frame, out: &mut Outbox<'_>) -> bool {
    let Some(program) = encapsulation.program() else {
        out.charge(encapsulation.work(), frame);
        return true;
    };
    out.charge_program(program, encapsulation.work(), frame)
}

/// Takes one off the time to live of a bare packet. False when nothing is left of it.
fn hop(frame: &mut Frame) -> bool {
    if frame.bytes()[8] <= 1 {
        return false;
    }
    ipv4::decrement_ttl(frame.bytes_mut());
    true
}

impl Device for Tunnel {
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        if port == INNER { self.leaving(now, frame, out) } else { self.arrived(now, frame, out) }
    }

    fn timer(&mut self, now: SimTime, _kind: TimerKind, out: &mut Outbox<'_>) {
        self.beat(now, out);
    }

    fn boot(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        self.beat(now, out);
    }

    fn reset(&mut self) {
        if let Peers::Macs(fdb) = &mut self.peers {
            fdb.remove_where(|_, row, _| row.kind == crate::device::vtep::fdb::Kind::Learned);
        }
        self.ways.forget();
        self.pulse.forget();
    }

    fn listens(&self) -> Option<(PortNo, Listen)> {
        match self.config.format.encapsulation().listen(self.peers.only()) {
            Listen::Udp { port, vni } if self.ends.is_some() => Some((OUTER, Listen::UdpOverIpv6 { port, vni })),
            other => Some((OUTER, other)),
        }
    }

    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(now, change, out)?;
        // A new peer is asked at once, one that is gone no more.
        if self.timers() > 0 {
            out.arm(heartbeat::TIMER, now);
        }
        Ok(())
    }

    fn kind(&self) -> &'static str {
        "tunnel"
    }

    fn ports(&self) -> u16 {
        2
    }

    fn port_name(&self, port: PortNo) -> String {
        if port == INNER { "inner" } else { "outer" }.to_owned()
    }

    fn link_type(&self, port: PortNo) -> LinkType {
        if port == INNER { self.carries() } else { LinkType::Ip }
    }

    fn timers(&self) -> u32 {
        u32::from(self.config.format.encapsulation().detour().is_some())
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        self.views()
    }

    fn heap_bytes(&self) -> usize {
        self.peers.heap_bytes()
            + self.ways.heap_bytes()
            + self.pulse.heap_bytes()
            + self.ends.as_ref().map_or(0, |ends| ends.heap_bytes())
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
