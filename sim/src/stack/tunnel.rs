//! Tunnels over this stack: their outer packets are sent like packets of this host, and those that are meant for them
//! are handed over whole.
//!
//! A tunnel says which packets it wants ([`Listen`]), as a socket does. What goes wrong on the way out comes back to it
//! as the ICMP error a router would send.

use std::net::Ipv4Addr;

use super::net::{Hop, Net};
use super::six::is_ipv6;
use super::{config::TunnelPort, why};
use crate::engine::{Listen, Outbox, Why};
use crate::id::PortNo;
use crate::wire::{Frame, LinkType, be16, be32, checksum, ethernet, icmp, ipv4, udp};

/// A tunnel that runs over this stack.
#[derive(Clone, Debug)]
pub struct Tunnel {
    /// Name people know it by.
    pub name: String,
    /// The interface that leads into it.
    pub own: Option<PortNo>,
    /// What it wants.
    pub listens: Option<Listen>,
    /// Ipvlan children of this interface.
    pub children_of: Option<PortNo>,
}

impl From<TunnelPort> for Tunnel {
    fn from(port: TunnelPort) -> Self {
        Self { name: port.name, own: port.own, listens: None, children_of: port.children_of }
    }
}

/// Where the IP header of a frame or bare packet stands.
#[inline]
pub fn ip_at(frame: &Frame) -> usize {
    if frame.link() == LinkType::Ip { 0 } else { ethernet::HEADER_LEN }
}

/// What a packet says to whoever sorts packets to tunnels.
#[derive(Clone, Copy, Debug)]
struct Label {
    protocol: u8,
    src: Ipv4Addr,
    port: u16,
    vni: Option<u32>,
    key: Option<u32>,
}

impl Label {
    /// Reads what is behind an IP header, without trust: what is not there is zero or nothing.
    fn read(protocol: u8, src: Ipv4Addr, payload: &[u8]) -> Self {
        let half = |at: usize| if payload.len() >= at + 2 { be16(payload, at) } else { 0 };
        let word = |at: usize| (payload.len() >= at + 4).then(|| be32(payload, at));
        let flags = half(0);
        let key = (flags & 0x2000 != 0).then(|| word(if flags & 0x8000 == 0 { 4 } else { 8 })).flatten();
        Self { protocol, src, port: half(2), vni: word(udp::HEADER_LEN + 4).map(|word| word >> 8), key }
    }

    /// How well it fits: not at all, by its kind alone, or in every respect.
    fn fits(self, listen: Listen) -> u8 {
        match listen {
            Listen::Udp { port, vni } if self.protocol == ipv4::UDP && port == self.port => {
                1 + u8::from(vni.is_none() || vni == self.vni)
            }
            Listen::UdpPair { ports } if self.protocol == ipv4::UDP => 2 * u8::from(ports.contains(&self.port)),
            // Linux `ip_tunnel_lookup`: whoever is named is the only one, and so is the key.
            Listen::Ip { protocol, remote, key } if protocol == self.protocol && key == self.key => match remote {
                Some(remote) => 2 * u8::from(remote == self.src),
                None => 1,
            },
            _ => 0,
        }
    }
}

impl Net {
    /// The tunnel at a port.
    pub(super) fn tunnel(&self, port: PortNo) -> Option<&Tunnel> {
        self.tunnels.get(port.index().checked_sub(self.interfaces.len())?)
    }

    /// The tunnel at a port wants such packets from now on.
    pub(super) fn listen(&mut self, port: PortNo, what: Listen) {
        let at = port.index().checked_sub(self.interfaces.len());
        if let Some(tunnel) = at.and_then(|at| self.tunnels.get_mut(at)) {
            tunnel.listens = Some(what);
        }
    }

    /// The port of the tunnel that a packet for this host is meant for. Of several at one UDP port the one with its
    /// VNI gets it, or else the first, which then says that the VNI is not its own.
    #[inline]
    pub(super) fn tunnel_of(&self, ip: ipv4::Header, frame: &Frame) -> Option<PortNo> {
        if self.tunnels.is_empty() {
            return None;
        }
        let payload = &frame.bytes()[ip_at(frame) + ip.header_len..ip_at(frame) + ip.total_len];
        if ip.protocol != ipv4::ICMP {
            return self.wanted_by(Label::read(ip.protocol, ip.src, payload));
        }
        // An error about a packet that a tunnel sent: seen from there it went to its source.
        if !matches!(payload.first(), Some(&icmp::UNREACHABLE | &icmp::TIME_EXCEEDED)) {
            return None;
        }
        let (_, dst, protocol, head) = icmp::quoted(payload)?;
        self.wanted_by(Label::read(protocol, dst, head))
    }

    fn wanted_by(&self, label: Label) -> Option<PortNo> {
        let fits = |tunnel: &Tunnel| tunnel.listens.map_or(0, |listen| label.fits(listen));
        // Of equals the first.
        let best = self.tunnels.iter().enumerate().rev().max_by_key(|(_, tunnel)| fits(tunnel))?;
        (fits(best.1) > 0).then(|| PortNo((self.interfaces.len() + best.0) as u16))
    }

    /// Whether some tunnel here is of this protocol, whomever it is set for.
    pub(super) fn has_tunnel_of(&self, own: u8) -> bool {
        let mut listens = self.tunnels.iter().filter_map(|tunnel| tunnel.listens);
        listens.any(|listen| matches!(listen, Listen::Ip { protocol, .. } if protocol == own))
    }

    /// Hands a packet over, without the header of the link.
    pub(super) fn to_tunnel(port: PortNo, ip: ipv4::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        let start = ip_at(&frame);
        frame.truncate(start + ip.total_len);
        frame.unwrap(start, LinkType::Ip);
        out.forward(port, frame, Why::number(&why::TO_TUNNEL, u64::from(ip.protocol)));
    }

    /// Sends an outer packet: gives it a number, a source if it has none, and a way (Linux `ip_tunnel_xmit`,
    /// `__ip_local_out`).
    pub(super) fn send_for_tunnel(&mut self, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some((own, children_of)) = self.tunnel(port).map(|tunnel| (tunnel.own, tunnel.children_of)) else {
            return out.drop(frame, &why::UNKNOWN_PROTOCOL);
        };
        if let Some(parent) = children_of {
            return self.send_for_child(parent, frame, out);
        }
        if frame.link() != LinkType::Ip || frame.len() < ipv4::HEADER_LEN {
            return out.drop(frame, &why::IP_MALFORMED);
        }
        if is_ipv6(frame.bytes()) {
            return self.send_over_ipv6(frame, out);
        }
        self.name_source(&mut frame);
        let id = self.take_id();
        let bytes = frame.bytes_mut();
        let dst = Ipv4Addr::from_bits(be32(bytes, 16));
        let old = be16(bytes, 4);
        let sum = checksum::update(be16(bytes, 10), old, id);
        bytes[4..6].copy_from_slice(&id.to_be_bytes());
        bytes[10..12].copy_from_slice(&sum.to_be_bytes());
        let Ok(ip) = ipv4::read(frame.bytes()) else { return out.drop(frame, &why::IP_MALFORMED) };
        let hop = self.hop(dst).map(|hop| self.spread(out, hop, dst, &frame));
        let mtu = self.limit(hop, self.ways.to(out.now(), dst));
        match hop {
            None => {
                let (reason, ..) = self.refusal(dst);
                out.drop(frame, reason);
            }
            Some(_) if !self.is_local(ip.src) => out.drop(frame, &why::reverse::SOURCE_ELSEWHERE),
            Some(Hop::Neighbour(way, _) | Hop::Broadcast(way) | Hop::Group(way)) if Some(way) == own => {
                out.drop(frame, &why::TUNNEL_LOOP);
            }
            Some(_) if ip.df && ip.total_len > usize::from(mtu) => {
                Self::tell_tunnel(port, mtu, &frame, out);
                out.drop(frame, Why::number(&why::TOO_BIG, u64::from(mtu)));
            }
            Some(hop) => {
                out.note(&frame, &why::FROM_TUNNEL);
                self.output(out, hop, mtu, frame);
            }
        }
    }

    /// Gives an envelope whose tunnel has no address of its own the one this host speaks from on the way, and mends the
    /// checksum of UDP, which covers it. What is no good envelope is left to the checks that follow.
    fn name_source(&self, frame: &mut Frame) {
        let bytes = frame.bytes();
        if be32(bytes, 12) != 0 || usize::from(bytes[0] & 0x0f) * 4 != ipv4::HEADER_LEN {
            return;
        }
        let dst = Ipv4Addr::from_bits(be32(bytes, 16));
        let (port, next) = match self.hop(dst) {
            Some(Hop::Neighbour(port, via)) => (port, via),
            Some(Hop::Broadcast(port) | Hop::Group(port)) => (port, dst),
            Some(Hop::Local) | None => return,
        };
        let named = self.way_to(dst).and_then(|route| route.src);
        let Some(src) = named.or_else(|| self.source_towards(port, next)) else { return };
        let bytes = frame.bytes_mut();
        let mut places = vec![10];
        let udp_sum = ipv4::HEADER_LEN + 6;
        if bytes[9] == ipv4::UDP && bytes.len() >= ipv4::HEADER_LEN + udp::HEADER_LEN && be16(bytes, udp_sum) != 0 {
            places.push(udp_sum);
        }
        for place in places {
            let [a, b, c, d] = src.octets();
            let sum = checksum::update(be16(bytes, place), 0, u16::from_be_bytes([a, b]));
            let sum = checksum::update(sum, 0, u16::from_be_bytes([c, d]));
            // In UDP a sum of zero means none.
            let sum = if place == udp_sum && sum == 0 { 0xffff } else { sum };
            bytes[place..place + 2].copy_from_slice(&sum.to_be_bytes());
        }
        bytes[12..16].copy_from_slice(&src.octets());
    }

    /// Tells a tunnel that an outer packet does not fit.
    #[cold]
    fn tell_tunnel(port: PortNo, mtu: u16, about: &Frame, out: &mut Outbox<'_>) {
        let quoted = about.len().min(icmp::quoted_len(about.len(), u16::MAX));
        let total = ipv4::HEADER_LEN + icmp::HEADER_LEN + quoted;
        let mut news = out.mint(total, LinkType::Ip, about.origin().caused());
        let own = Ipv4Addr::from_bits(be32(about.bytes(), 12));
        let bytes = news.bytes_mut();
        let header = ipv4::Send {
            src: own,
            dst: own,
            protocol: ipv4::ICMP,
            ttl: ipv4::DEFAULT_TTL,
            df: false,
            tos: ipv4::TOS_CONTROL,
            id: 0,
        };
        ipv4::write(bytes, &header, total);
        let message = &mut bytes[ipv4::HEADER_LEN..];
        message[icmp::HEADER_LEN..].copy_from_slice(&about.bytes()[..quoted]);
        let kind = icmp::UNREACHABLE;
        icmp::write(message, icmp::Header { kind, code: icmp::FRAGMENTATION_NEEDED, id: 0, seq: mtu });
        out.send(port, news, Why::number(&why::TOLD_TUNNEL, u64::from(mtu)));
    }

    /// Sends a packet into a device that takes it as it is.
    pub(super) fn send_bare(out: &mut Outbox<'_>, port: PortNo, mut frame: Frame) {
        frame.unwrap(ip_at(&frame), LinkType::Ip);
        out.send(port, frame, &why::SENT_BARE);
    }
}
