//! The VTEP: the end of a VXLAN tunnel, what Linux calls a vxlan device.
//!
//! Port 0 is the inner one, where Ethernet frames go in and come out; port 1 the outer one, wired to the IP stack of
//! the host. Modelled: the forwarding table with several remotes for a row, the flood row, learning, ageing, limits,
//! ARP answered in place of others (`proxy`), misses told, the outer header with its source port from the flow inside,
//! ECN, and the answer to packets that are too big; one that runs over IPv6 has other ends, see
//! [`crate::device::outer::v6`]. Left out: GPE, collect-metadata mode, RSC, MDB.
//!
//! Way of a frame: out by [`Vtep::leaving`], in by [`Vtep::arrived`]. Before editing read Linux
//! `drivers/net/vxlan/vxlan_core.c` (`vxlan_xmit`, `vxlan_rcv`, `vxlan_snoop`, `arp_reduce`) and RFC 7348.

mod arp;
mod change;
pub mod config;
pub mod fdb;
mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use change::SETTINGS;
pub use config::VtepConfig;

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::device::outer::pmtu::{self, PathMtu};
use crate::device::outer::v6::{self, Ends};
use crate::device::outer::{Inner, ecn, flow};
use crate::engine::{ChangeError, Device, DeviceChange, Listen, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, MacAddr, ethernet, icmp, ipv4, udp, vxlan};
use fdb::{FLOOD, Fdb, Learned, Remote, shown_key};

/// Port to what is tunnelled: a bridge, or the stack of the host.
pub const INNER: PortNo = PortNo(0);
/// Port to the IP stack that carries the tunnel.
pub const OUTER: PortNo = PortNo(1);
/// Bytes a packet grows by over IPv4: outer IPv4 20, UDP 8, VXLAN 8, inner Ethernet 14 (Linux `vxlan_headroom`).
pub const OVERHEAD: u16 = 50;

/// Place of the forwarding table among the tables.
const FDB: u8 = 0;
/// Place of the neighbours for `proxy`.
const NEIGH: u8 = 1;
/// Learned rows are collected.
const COLLECT: TimerKind = TimerKind(0);
/// Linux looks for rows that are too old at least this often, and when it expects one (`FDB_AGE_INTERVAL`). A row that
/// ages faster may outlive its age until the next look.
const LOOK: SimDuration = SimDuration::from_secs(10);

/// The device.
#[derive(Clone, Debug)]
pub struct Vtep {
    config: VtepConfig,
    fdb: Fdb,
    /// Neighbours for `proxy`, by address.
    neigh: IndexMap<u32, (MacAddr, EventNo), FxBuildHasher>,
    /// The group it listens to: the first one to which its flood row sent at the start, or one set since.
    group: Option<Ipv4Addr>,
    ways: PathMtu,
    /// Who the other ends are, if it runs over IPv6.
    ends: Option<Box<Ends>>,
    collecting: bool,
    /// When rows were last looked at; at first when the device was made.
    looked: SimTime,
    aged: u64,
}

impl Vtep {
    /// A VTEP without rows.
    pub fn new(mut config: VtepConfig) -> Self {
        let ends = v6::ends(&mut config.outer);
        let ways = PathMtu::new(config.underlay_mtu);
        Self {
            config,
            fdb: Fdb::default(),
            neigh: IndexMap::default(),
            group: None,
            ways,
            ends,
            collecting: false,
            looked: SimTime::ZERO,
            aged: 0,
        }
    }

    /// A frame to be tunnelled.
    #[inline]
    fn leaving(&mut self, now: SimTime, frame: Frame, out: &mut Outbox<'_>) {
        let Some(dst) = ethernet::dst(frame.bytes()) else { return out.drop(frame, &why::RUNT) };
        if self.config.proxy && ethernet::ethertype(frame.bytes()) == Some(ethernet::ARP) {
            return self.answer_arp(frame, out);
        }
        let (mac, known) = match self.fdb.get(dst.key()) {
            Some(row) => (dst.key(), Some(row)),
            None => (FLOOD, self.fdb.get(FLOOD)),
        };
        let Some(row) = known else {
            if self.config.l2miss && !dst.is_multicast() {
                out.note(&frame, &why::L2_MISS);
            }
            return out.drop(frame, &why::NO_REMOTE);
        };
        let reason: Reason = match (mac == FLOOD, dst.is_multicast()) {
            (false, _) => &why::ENCAP_KNOWN,
            (true, false) => &why::ENCAP_UNKNOWN,
            (true, true) => &why::ENCAP_FLOOD,
        };
        if let [only] = row.remotes[..] {
            return self.encapsulate(now, frame, only, Why::row(reason, FDB, shown_key(mac, 0)), out);
        }
        // The first remote gets its copy last, as vxlan_xmit does it.
        let remotes = row.remotes.clone();
        for (place, remote) in remotes.iter().enumerate().skip(1) {
            self.encapsulate(now, frame.clone(), *remote, Why::row(reason, FDB, shown_key(mac, place)), out);
        }
        if let Some(first) = remotes.first() {
            self.encapsulate(now, frame, *first, Why::row(reason, FDB, shown_key(mac, 0)), out);
        }
    }

    /// Puts a frame into an outer packet (Linux `vxlan_xmit_one`).
    #[inline]
    fn encapsulate(&mut self, now: SimTime, mut frame: Frame, to: Remote, why: Why, out: &mut Outbox<'_>) {
        if to.ip == self.config.outer.local {
            return out.drop(frame, Why { reason: &why::REMOTE_IS_LOCAL, ..why });
        }
        let inner = Inner::read(LinkType::Ethernet, frame.bytes());
        let mtu = self.ways.towards(now, to.ip).saturating_sub(self.config.overhead());
        if inner.len > usize::from(mtu) && self.refuse(&frame, mtu, inner, out) {
            let reason = if self.config.bridged { &why::TOO_BIG_TOLD } else { &why::TOO_BIG };
            return out.drop(frame, Why { reason, n: u64::from(mtu), ..why });
        }
        let vni = to.vni.unwrap_or(self.config.vni);
        let ports = (flow::source_port(frame.bytes(), self.config.source_ports), to.port.unwrap_or(self.config.port));
        out.rename(&mut frame);
        let fits = frame.prepend(vxlan::HEADER_LEN).is_some_and(|bytes| {
            vxlan::write(bytes, vni);
            true
        });
        if !fits || !self.config.outer.put_udp(&mut frame, to.ip, ports, inner) {
            return out.drop(frame, &why::TOO_DEEP);
        }
        if let Some(ends) = &self.ends
            && !ends.dress(&mut frame)
        {
            return out.drop(frame, &why::TOO_DEEP);
        }
        out.encapsulate(OUTER, frame, why.with(u64::from(vni)));
    }

    /// Whether a packet that is too big for the way ends here. In a bridge its sender is told, in the name of the host
    /// it was for; otherwise only an outer packet that may not be fragmented is no good.
    #[cold]
    fn refuse(&self, frame: &Frame, mtu: u16, inner: Inner, out: &mut Outbox<'_>) -> bool {
        if !self.config.bridged && !self.config.outer.keeps_whole(inner) {
            return false;
        }
        let Some(len) = pmtu::answer_len(frame.bytes(), mtu) else {
            return !self.config.bridged;
        };
        let mut answer = out.mint(len, LinkType::Ethernet, frame.origin().caused());
        pmtu::write_answer(&mut answer, frame.bytes(), mtu);
        out.send(INNER, answer, Why::number(&why::TOLD_TOO_BIG, u64::from(mtu)));
        true
    }

    /// A packet from the stack: an outer packet for this VTEP, or news about one it sent.
    #[inline]
    fn arrived(&mut self, now: SimTime, frame: Frame, out: &mut Outbox<'_>) {
        if let Some(ends) = &mut self.ends {
            if ends.is_crowded() {
                ends.keep(self.fdb.ends().chain([self.config.outer.local]));
            }
            return match ends.open(frame.bytes()) {
                Ok((ip, datagram)) => self.opened(now, ip, datagram, frame, out),
                Err(_) => out.drop(frame, &why::MALFORMED),
            };
        }
        // The stack has checked the outer header.
        let Ok(ip) = ipv4::read(frame.bytes()) else { return out.drop(frame, &why::MALFORMED) };
        if ip.protocol == ipv4::ICMP {
            return self.news(now, ip, frame, out);
        }
        let packet = &frame.bytes()[ip.header_len..ip.total_len];
        let Ok(datagram) = udp::check(packet, ip.src, ip.dst) else { return out.drop(frame, &why::MALFORMED) };
        if ip.protocol != ipv4::UDP {
            return out.drop(frame, &why::MALFORMED);
        }
        self.opened(now, ip, datagram, frame, out);
    }

    /// An outer packet whose headers were read.
    #[inline]
    fn opened(
        &mut self,
        now: SimTime,
        ip: ipv4::Header,
        datagram: udp::Header,
        mut frame: Frame,
        out: &mut Outbox<'_>,
    ) {
        let packet = &frame.bytes()[ip.header_len..ip.total_len];
        let vni = match vxlan::check(&packet[udp::HEADER_LEN..datagram.len]) {
            Ok(vni) => vni,
            Err(vxlan::Refusal::TooShort) => return out.drop(frame, &why::MALFORMED),
            Err(vxlan::Refusal::NoVni | vxlan::Refusal::Reserved) => return out.drop(frame, &why::INVALID_HEADER),
        };
        if vni != self.config.vni {
            return out.drop(frame, Why::number(&why::VNI_NOT_FOUND, u64::from(vni)));
        }
        frame.truncate(ip.header_len + datagram.len);
        out.rename(&mut frame);
        frame.unwrap(ip.header_len + udp::HEADER_LEN + vxlan::HEADER_LEN, LinkType::Ethernet);
        self.unwrapped(now, ip, frame, out);
    }

    /// A frame without its envelope: learn from it, and let it go on inside.
    #[inline]
    fn unwrapped(&mut self, now: SimTime, outer: ipv4::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(src) = ethernet::src(frame.bytes()) else { return out.drop(frame, &why::RUNT) };
        if src == self.config.mac {
            return out.drop(frame, &why::OWN_SOURCE);
        }
        if self.config.learning && !self.learn(now, src, outer.src, &frame, out) {
            let reason = if src.is_unicast() { &why::PINNED } else { &why::INVALID_SOURCE };
            return out.drop(frame, Why::row(reason, FDB, shown_key(src.key(), 0)));
        }
        if !ecn::inside(outer.tos, &mut frame, ethernet::HEADER_LEN) {
            return out.drop(frame, &why::CONGESTION);
        }
        out.decapsulate(INNER, frame, Why::number(&why::DECAP, u64::from(self.config.vni)));
    }

    /// Learns which host an inner address lives on. False when the frame ends here.
    #[inline]
    fn learn(&mut self, now: SimTime, src: MacAddr, from: Ipv4Addr, frame: &Frame, out: &mut Outbox<'_>) -> bool {
        if !src.is_unicast() {
            return false;
        }
        let learned = self.fdb.learn(src, from, now, out.event(), self.config.fdb_size);
        if learned == Learned::Refreshed {
            return true;
        }
        let key = shown_key(src.key(), 0);
        let note = |reason| Why::row(reason, FDB, key).with(u64::from(self.config.vni));
        match learned {
            Learned::New => {
                out.wrote(FDB, key, RowChange::Added);
                out.note(frame, note(&why::LEARNED));
                self.keep_collecting(out);
            }
            Learned::Moved => {
                out.wrote(FDB, key, RowChange::Changed);
                out.note(frame, note(&why::MOVED));
            }
            Learned::Full => out.note(frame, Why::number(&why::TABLE_FULL, self.fdb.count() as u64)),
            Learned::Refreshed | Learned::Pinned => {}
        }
        learned != Learned::Pinned
    }

    /// An ICMP error about an outer packet: a smaller MTU is remembered, the rest is only told.
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

    fn keep_collecting(&mut self, out: &mut Outbox<'_>) {
        if self.config.ageing > SimDuration::ZERO && !std::mem::replace(&mut self.collecting, true) {
            out.arm_background(COLLECT, self.next_look(out.now()));
        }
    }

    /// When a row learned now is looked at. Where rows live longer than from one look to the next, the look before
    /// their end sees it coming, so those in between need not be made.
    fn next_look(&self, now: SimTime) -> SimTime {
        if self.config.ageing >= LOOK {
            return now + self.config.ageing;
        }
        self.looked + SimDuration(((now.0 - self.looked.0) / LOOK.0 + 1) * LOOK.0)
    }

    fn collect(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        self.looked = now;
        let (dead, next) = self.fdb.collect(now, self.config.ageing);
        self.aged += dead.len() as u64;
        for key in dead {
            out.wrote(FDB, key, RowChange::Removed);
        }
        self.collecting = next.is_some();
        if let Some(due) = next {
            out.arm_background(COLLECT, if self.config.ageing >= LOOK { due } else { due.min(now + LOOK) });
        }
    }
}

impl Device for Vtep {
    #[inline]
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        if port == INNER { self.leaving(now, frame, out) } else { self.arrived(now, frame, out) }
    }

    fn timer(&mut self, now: SimTime, _kind: TimerKind, out: &mut Outbox<'_>) {
        self.collect(now, out);
    }

    fn reset(&mut self) {
        self.fdb.remove_where(|_, row, _| row.kind == fdb::Kind::Learned);
        self.ways.forget();
        self.collecting = false;
    }

    fn listens(&self) -> Option<(PortNo, Listen)> {
        let (port, vni) = (self.config.port, Some(self.config.vni));
        let over_ipv6 = self.ends.is_some();
        Some((OUTER, if over_ipv6 { Listen::UdpOverIpv6 { port, vni } } else { Listen::Udp { port, vni } }))
    }

    fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        vec![(OUTER, self.group.into_iter().collect())]
    }

    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(now, change, out)
    }

    fn kind(&self) -> &'static str {
        "vtep"
    }

    fn ports(&self) -> u16 {
        2
    }

    fn port_name(&self, port: PortNo) -> String {
        if port == INNER { "inner" } else { "outer" }.to_owned()
    }

    fn link_type(&self, port: PortNo) -> LinkType {
        if port == INNER { LinkType::Ethernet } else { LinkType::Ip }
    }

    fn timers(&self) -> u32 {
        1
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        self.views()
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        vec![("aged", self.aged)]
    }

    fn heap_bytes(&self) -> usize {
        self.fdb.heap_bytes()
            + self.neigh.capacity() * 24
            + self.ways.heap_bytes()
            + self.ends.as_ref().map_or(0, |ends| ends.heap_bytes())
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
