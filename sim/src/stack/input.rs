//! What comes in: frames, and IPv4 up to the question whether a packet is for this host.

use std::net::Ipv4Addr;

use super::app::{LinkDatagram, NetError};
use super::net::{Df, Hop, Net, Outgoing};
use super::own::Means;
use super::tunnel::ip_at;
use super::{Stack, why};
use crate::engine::{Outbox, Why};
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::{Frame, LinkType, MacAddr, ethernet, icmp, igmp, ipv4, llc};

impl Stack {
    #[inline]
    pub(super) fn input(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let Some(at) = self.net.interfaces.get(port.index()) else {
            return self.net.send_for_tunnel(port, frame, out);
        };
        let own = at.mac;
        if frame.link() == LinkType::Ip {
            return self.ipv4(port, own, frame, out);
        }
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
            ethernet::IPV6 => self.net.ipv6(now, port, frame, out),
            length if llc::is_length(length) => self.control(port, own, frame, out),
            other => out.drop(frame, Why::number(&why::UNKNOWN_PROTOCOL, u64::from(other))),
        }
    }

    /// An 802.3 frame, for a program that needs no IP.
    fn control(&mut self, port: PortNo, own: MacAddr, frame: Frame, out: &mut Outbox<'_>) {
        let service = llc::payload(frame.bytes()).map(|(service, _)| service);
        let found = service.and_then(|service| Some((service, *self.net.services.get(&service)?)));
        let Some((service, index)) = found else { return out.drop(frame, &why::routing::isis::UNKNOWN) };
        out.deliver_with(frame, Why::number(&why::routing::isis::DELIVERED, u64::from(service)), |out, frame| {
            let bytes = frame.bytes();
            let Some((_, payload)) = llc::payload(bytes) else { return };
            let from = MacAddr::from_slice(&bytes[6..]);
            let datagram = LinkDatagram { src: from, own, port, payload };
            self.call(index, frame.origin(), out, |app, out| app.link_datagram(datagram, out));
        });
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
        let Ok(ip) = ipv4::check(&frame.bytes()[ip_at(&frame)..]) else {
            return out.drop(frame, &why::IP_MALFORMED);
        };
        if self.net.is_no_source(&ip) {
            return out.drop(frame, &why::MARTIAN);
        }
        // What follows the packet is padding of the link.
        frame.truncate(ip_at(&frame) + ip.total_len);
        let means = self.net.own.means(ip.dst);
        let heard = !means.own && self.net.hears(port, ip.dst, means);
        // Who listens to what is a matter of one link, so it matters where the message came in.
        if heard && ip.protocol == ipv4::IGMP && !ip.mf && ip.offset == 0 {
            return self.net.igmp(port, ip, frame, out);
        }
        if means.own || heard {
            if self.net.refuses(port, ip.src) {
                return out.drop(frame, &why::reverse::REVERSE_PATH);
            }
            self.net.arrived = port;
            return self.local(ip, frame, out);
        }
        if mac.is_multicast() || ip.dst.is_multicast() || ip.dst.is_broadcast() {
            return out.drop(frame, &why::NOT_JOINED);
        }
        if ip.dst.is_loopback() || ip.dst.octets()[0] == 0 {
            return out.drop(frame, &why::MARTIAN_TARGET);
        }
        if !self.net.forwarding {
            return out.drop(frame, &why::NOT_MINE);
        }
        self.net.pass_on(port, ip, frame, out);
    }
}

impl Net {
    /// Nobody out there can have sent from this address; 0.0.0.0 may call everybody, having no address yet, and a switch
    /// asks so who listens to groups (Linux `ip_mc_validate_source`).
    #[inline]
    fn is_no_source(&self, &ipv4::Header { src, dst, protocol, .. }: &ipv4::Header) -> bool {
        match src.octets()[0] {
            0 if dst.is_multicast() => !igmp::is_local(dst) && protocol != ipv4::IGMP,
            0 => !dst.is_broadcast(),
            127 | 224..=239 => true,
            255 => src.is_broadcast(),
            _ => self.is_local(src),
        }
    }

    /// A broadcast or a group that this host listens to.
    #[inline]
    fn hears(&self, port: PortNo, dst: Ipv4Addr, means: Means) -> bool {
        means.broadcast || dst.is_broadcast() || (dst.is_multicast() && self.groups.hears(port, dst))
    }

    /// Means everybody, everywhere or on one of this host's networks.
    fn is_broadcast(&self, ip: Ipv4Addr) -> bool {
        ip.is_broadcast() || self.own.means(ip).broadcast
    }

    /// Forwards a packet of somebody else.
    #[inline]
    fn pass_on(&mut self, port: PortNo, ip: ipv4::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(hop) = self.hop(ip.dst) else {
            let (reason, _, code) = self.refusal(ip.dst);
            return out.drop_with(frame, reason, |out, frame| {
                if let Some(code) = code {
                    self.complain(out, frame, icmp::UNREACHABLE, code, 0);
                }
            });
        };
        if self.refuses(port, ip.src) {
            return out.drop(frame, &why::reverse::REVERSE_PATH);
        }
        if ip.ttl <= 1 {
            return out.drop_with(frame, &why::TTL_EXCEEDED, |out, frame| {
                self.complain(out, frame, icmp::TIME_EXCEEDED, 0, 0);
            });
        }
        let way = self.would_take(out, hop, ip.dst, &frame);
        let mtu = self.limit(Some(way), None);
        if ip.df && ip.total_len > usize::from(mtu) {
            return out.drop_with(frame, Why::number(&why::TOO_BIG, u64::from(mtu)), |out, frame| {
                self.complain(out, frame, icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED, mtu);
            });
        }
        let start = ip_at(&frame);
        ipv4::decrement_ttl(&mut frame.bytes_mut()[start..]);
        out.note(&frame, &why::FORWARDING);
        match hop {
            Hop::Neighbour(..) => {
                let way = self.spread(out, hop, ip.dst, &frame);
                self.output(out, way, mtu, frame);
            }
            Hop::Local | Hop::Broadcast(_) | Hop::Group(_) => out.drop(frame, &why::NOT_MINE),
        }
    }

    /// Answers a packet with an ICMP error, unless the rules forbid it (RFC 1122 §3.2.2).
    pub(super) fn complain(&mut self, out: &mut Outbox<'_>, about: &Frame, kind: u8, code: u8, mtu: u16) {
        let (frame, start) = (about.bytes(), ip_at(about));
        let Ok(ip) = ipv4::check(&frame[start..]) else { return };
        let packet = &frame[start..start + ip.total_len];
        let rest = &packet[ip.header_len..];
        let is_error = ip.protocol == ipv4::ICMP && rest.first().is_none_or(|kind| icmp::is_error(*kind));
        let group = (start > 0 && ethernet::dst(frame).is_none_or(MacAddr::is_multicast))
            || ip.dst.is_multicast()
            || self.is_broadcast(ip.dst);
        if is_error || group || ip.offset > 0 || ip.src.is_unspecified() || ip.src.is_loopback() {
            return;
        }
        // Nothing limits what a host tells itself, nor what finds the MTU of a way.
        let free = self.is_local(ip.src) || (kind, code) == (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED);
        if !free {
            if !self.limits.host_allows(out.now()) {
                return out.note(about, &why::ERRORS_LIMITED_ALL);
            }
            if !self.limits.allow(out.now(), ip.src) {
                return out.note(about, &why::ERRORS_LIMITED);
            }
            self.limits.spend();
        }
        let way = self.mtu_towards(ip.src).unwrap_or(u16::MAX);
        let quoted = icmp::quoted_len(packet.len(), way);
        let (src, tos) = (Some(ip.dst).filter(|dst| self.is_local(*dst)), ip.tos & 0x1e | ipv4::TOS_CONTROL);
        let len = icmp::HEADER_LEN + quoted;
        let answer = Outgoing { src, tos, df: Df::Unset, ..Outgoing::new(ip.src, ipv4::ICMP, len) };
        self.send(out, about.origin().caused(), answer, |bytes, _| {
            bytes[icmp::HEADER_LEN..].copy_from_slice(&packet[..quoted]);
            icmp::write(bytes, icmp::Header { kind, code, id: 0, seq: mtu });
        });
    }

    /// What an ICMP error means to an application.
    pub(super) fn error_of(header: icmp::Header) -> NetError {
        match (header.kind, header.code) {
            (icmp::UNREACHABLE, 0) => NetError::NetUnreachable,
            (icmp::UNREACHABLE, icmp::HOST) => NetError::HostUnreachable,
            (icmp::UNREACHABLE, icmp::PROHIBITED) => NetError::Prohibited,
            (icmp::UNREACHABLE, icmp::PORT) => NetError::PortUnreachable,
            (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED) => NetError::TooBig(header.seq),
            (kind, code) => NetError::Other(kind, code),
        }
    }
}
