//! What comes in: frames, ARP, IPv4 up to the question whether a packet is for this host.

use std::net::Ipv4Addr;

use super::app::NetError;
use super::neigh::{self, Entry, State};
use super::net::{Net, Outgoing};
use super::{NEIGH, Stack, why};
use crate::engine::{Outbox, RowChange, Why};
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::arp::{Arp, Operation};
use crate::wire::{Frame, MacAddr, Origin, ethernet, icmp, ipv4};

impl Stack {
    #[inline]
    pub(super) fn input(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let Some(at) = self.net.interfaces.get(port.index()) else {
            return out.drop(frame, &why::UNKNOWN_PROTOCOL);
        };
        let own = at.mac;
        let bytes = frame.bytes();
        let (Some(dst), Some(ethertype)) = (ethernet::dst(bytes), ethernet::ethertype(bytes)) else {
            return out.drop(frame, &why::RUNT);
        };
        let for_us = dst == own || dst.is_multicast();
        if self.taps {
            self.tap(&frame, for_us, out);
        }
        if !for_us {
            return out.drop(frame, &why::OTHER_HOST);
        }
        match ethertype {
            ethernet::IPV4 => self.ipv4(port, dst, frame, out),
            ethernet::ARP => self.net.arp(now, port, dst == own, frame, out),
            other => out.drop(frame, Why::number(&why::UNKNOWN_PROTOCOL, u64::from(other))),
        }
    }

    #[cold]
    fn tap(&mut self, frame: &Frame, for_us: bool, out: &mut Outbox<'_>) {
        for index in 0..self.apps.len() {
            if self.apps[index].app.taps() {
                self.call(index as u8, frame.origin(), out, |app, out| app.frame(frame, for_us, out));
            }
        }
    }

    #[inline]
    fn ipv4(&mut self, port: PortNo, mac: MacAddr, mut frame: Frame, out: &mut Outbox<'_>) {
        let Ok(ip) = ipv4::check(&frame.bytes()[ethernet::HEADER_LEN..]) else {
            return out.drop(frame, &why::IP_MALFORMED);
        };
        if ip.src.is_multicast() || ip.src.is_broadcast() {
            return out.drop(frame, &why::MARTIAN);
        }
        // What follows the packet is padding of the link.
        frame.truncate(ethernet::HEADER_LEN + ip.total_len);
        if self.net.is_local(ip.dst) || self.net.hears(port, ip.dst) {
            return self.local(ip, frame, out);
        }
        if mac.is_multicast() || ip.dst.is_multicast() || ip.dst.is_broadcast() {
            return out.drop(frame, &why::NOT_JOINED);
        }
        if !self.net.forwarding {
            return out.drop(frame, &why::NOT_MINE);
        }
        self.net.pass_on(ip, frame, out);
    }
}

impl Net {
    /// A broadcast or a group that this host listens to.
    fn hears(&self, port: PortNo, dst: Ipv4Addr) -> bool {
        let subnet = self.interfaces.get(port.index()).is_some_and(|at| at.is_subnet_broadcast(dst));
        // 224.0.0.1 is every host's group (RFC 1112 §4).
        let all_hosts = Ipv4Addr::new(224, 0, 0, 1);
        subnet || dst.is_broadcast() || dst == all_hosts || self.groups.contains(&dst)
    }

    /// Means everybody, everywhere or on one of this host's networks.
    fn is_broadcast(&self, ip: Ipv4Addr) -> bool {
        ip.is_broadcast() || self.interfaces.iter().any(|at| at.is_subnet_broadcast(ip))
    }

    /// Forwards a packet of somebody else.
    fn pass_on(&mut self, ip: ipv4::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        if ip.ttl <= 1 {
            return out.drop_with(frame, &why::TTL_EXCEEDED, |out, frame| {
                self.complain(out, frame, icmp::TIME_EXCEEDED, 0, 0);
            });
        }
        let Some(mtu) = self.mtu_towards(ip.dst) else {
            return out.drop_with(frame, &why::NO_ROUTE, |out, frame| {
                self.complain(out, frame, icmp::UNREACHABLE, 0, 0);
            });
        };
        if ip.total_len > usize::from(mtu) {
            return out.drop_with(frame, Why::number(&why::TOO_BIG, u64::from(mtu)), |out, frame| {
                if ip.df {
                    self.complain(out, frame, icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED, mtu);
                }
            });
        }
        ipv4::decrement_ttl(&mut frame.bytes_mut()[ethernet::HEADER_LEN..]);
        out.note(&frame, &why::FORWARDING);
        if let Err(frame) = self.forward(out, ip.dst, frame) {
            out.drop(frame, &why::NOT_MINE);
        }
    }

    /// Answers a packet with an ICMP error, unless the rules forbid it (RFC 1122 §3.2.2).
    pub(super) fn complain(&mut self, out: &mut Outbox<'_>, about: &Frame, kind: u8, code: u8, mtu: u16) {
        let frame = about.bytes();
        let Ok(ip) = ipv4::check(&frame[ethernet::HEADER_LEN..]) else { return };
        let packet = &frame[ethernet::HEADER_LEN..ethernet::HEADER_LEN + ip.total_len];
        let rest = &packet[ip.header_len..];
        let is_error =
            ip.protocol == ipv4::ICMP && !matches!(rest.first(), Some(&(icmp::ECHO_REQUEST | icmp::ECHO_REPLY)));
        let group = ethernet::dst(frame).is_none_or(MacAddr::is_multicast)
            || ip.dst.is_multicast()
            || self.is_broadcast(ip.dst);
        if is_error || group || ip.offset > 0 || ip.src.is_unspecified() || ip.src.is_loopback() {
            return;
        }
        let quoted = icmp::quoted_len(packet.len());
        let answer = Outgoing { df: false, ..Outgoing::new(ip.src, ipv4::ICMP, icmp::HEADER_LEN + quoted) };
        let answer = Outgoing { src: Some(ip.dst).filter(|dst| self.is_local(*dst)), ..answer };
        self.send(out, about.origin().caused(), answer, |bytes, _| {
            bytes[icmp::HEADER_LEN..].copy_from_slice(&packet[..quoted]);
            icmp::write(bytes, icmp::Header { kind, code, id: 0, seq: mtu });
        });
    }

    /// ARP, in the order of Linux `arp_process`.
    fn arp(&mut self, now: SimTime, port: PortNo, to_us: bool, frame: Frame, out: &mut Outbox<'_>) {
        let Ok(arp) = Arp::parse(&frame.bytes()[ethernet::HEADER_LEN..]) else {
            return out.drop(frame, &why::ARP_MALFORMED);
        };
        let key = neigh::key(port, arp.spa);
        let origin = frame.origin();
        if arp.op == Operation::Request && self.is_local(arp.tpa) {
            out.consume(frame, &why::ARP_ASKED);
            if !arp.spa.is_unspecified() {
                self.learn(now, key, arp.sha, State::Stale, true, true, out);
            }
            return self.answer(port, origin, arp, out);
        }
        let Some(known) = self.neigh.get(key) else {
            let reason = if arp.op == Operation::Request { &why::ARP_NOT_MINE } else { &why::ARP_UNASKED };
            return out.consume(frame, reason);
        };
        let gratuitous = arp.spa == arp.tpa;
        let replace = known.updated + neigh::LOCK < now || !known.state.is_valid() || gratuitous;
        let waited = known.state == State::Incomplete;
        let solicited = arp.op == Operation::Reply && to_us;
        let state = if solicited { State::Reachable } else { State::Stale };
        let reason = if waited || solicited { &why::ARP_ANSWER } else { &why::ARP_OVERHEARD };
        out.consume(frame, Why::row(reason, NEIGH, key));
        self.learn(now, key, arp.sha, state, replace, false, out);
    }

    fn answer(&self, port: PortNo, origin: Origin, asked: Arp, out: &mut Outbox<'_>) {
        let Some(at) = self.interfaces.get(port.index()) else { return };
        let reply = Arp { op: Operation::Reply, sha: at.mac, spa: asked.tpa, tha: asked.sha, tpa: asked.spa };
        Self::send_arp(out, port, origin.caused(), asked.sha, reply, Why::from(&why::ARP_REPLY));
    }

    /// Takes in a neighbour's address (Linux `neigh_update`). `replace` lets it overwrite another one.
    #[expect(clippy::too_many_arguments, reason = "the flags of neigh_update")]
    fn learn(
        &mut self,
        now: SimTime,
        key: u64,
        mac: MacAddr,
        state: State,
        replace: bool,
        create: bool,
        out: &mut Outbox<'_>,
    ) {
        let reachable = self.reachable_time(out);
        let Some(entry) = self.neigh.get_mut(key) else {
            if create {
                self.add_stale(now, key, mac, out);
            }
            return;
        };
        if entry.state == State::Permanent {
            return;
        }
        if state == State::Reachable {
            entry.confirmed = now;
        }
        let (was_valid, same) = (entry.state.is_valid(), entry.mac == mac);
        if was_valid && !same && !replace {
            return;
        }
        if was_valid && same && state == State::Stale {
            return;
        }
        let changed = entry.state != state || !same;
        entry.mac = mac;
        entry.state = state;
        entry.due = (state == State::Reachable).then_some(now + reachable);
        if changed {
            entry.updated = now;
            entry.written = out.event();
        }
        let waiting = entry.release();
        if changed {
            out.wrote(NEIGH, key, RowChange::Changed);
        }
        self.send_waiting(out, key, mac, waiting);
        self.rearm(out);
    }

    fn add_stale(&mut self, now: SimTime, key: u64, mac: MacAddr, out: &mut Outbox<'_>) {
        let mut entry = Entry::new(now, out.event(), Origin::NONE);
        entry.mac = mac;
        entry.state = State::Stale;
        // When the table is full of busy rows, Linux forgets the newcomer and answers all the same.
        let Ok(gone) = self.neigh.insert(now, key, entry) else { return };
        if let Some(gone) = gone {
            out.wrote(NEIGH, gone, RowChange::Removed);
        }
        out.wrote(NEIGH, key, RowChange::Added);
    }

    /// What an ICMP error means to an application.
    pub(super) fn error_of(header: icmp::Header) -> NetError {
        match (header.kind, header.code) {
            (icmp::UNREACHABLE, icmp::HOST | 0) => NetError::HostUnreachable,
            (icmp::UNREACHABLE, icmp::PORT) => NetError::PortUnreachable,
            (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED) => NetError::TooBig(header.seq),
            (kind, code) => NetError::Other(kind, code),
        }
    }
}
