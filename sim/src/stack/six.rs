//! IPv6 as far as tunnels need it: an address on an interface, neighbours on the same link, UDP for tunnels.
//!
//! Neighbours live in the table of all neighbours, with the same states and timers, under the numbers of
//! [`crate::wire::ends`]. Left out: routers, link-local addresses (a question that confirms comes from the own
//! address), search for duplicates, groups of others (MLD), extension headers, fragments, errors, programs.
//!
//! Before editing read Linux `net/ipv6/ndisc.c` (`ndisc_recv_ns`, `ndisc_recv_na`, `ndisc_solicit`).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::neigh::Neighbours;
use super::net::{Net, put_link_of};
use super::tunnel::ip_at;
use super::why::six as why;
use super::{InterfaceConfig, NEIGH, neigh};
use crate::engine::{Cell, Listen, Outbox, Why};
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::ends::{self, Ends};
use crate::wire::icmpv6::{self, Neighbour, Operation};
use crate::wire::{Frame, LinkType, MacAddr, Origin, be32, ethernet, ipv4, ipv6, udp};

/// Everybody on a link.
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// An address of this host.
#[derive(Clone, Copy, Debug)]
struct At {
    port: PortNo,
    ip: Ipv6Addr,
    len: u8,
}

/// The IPv6 of a host: its addresses, and the numbers of its neighbours.
#[derive(Clone, Debug)]
pub struct Six {
    own: Vec<At>,
    ends: Ends,
}

impl Six {
    /// The addresses of the interfaces; nothing where there are none.
    pub fn of(interfaces: &[InterfaceConfig]) -> Option<Box<Self>> {
        let at = |(port, at): (u16, &InterfaceConfig)| at.address6.map(|(ip, len)| At { port: PortNo(port), ip, len });
        let own: Vec<At> = (0..).zip(interfaces).filter_map(at).collect();
        (!own.is_empty()).then(|| Box::new(Self { own, ends: Ends::default() }))
    }

    /// Forgets who is no neighbour any more, when there are many.
    fn make_room(&mut self, neighbours: &Neighbours) {
        if self.ends.is_crowded() {
            self.ends.keep(neighbours.iter().map(|(key, _)| neigh::ip_of(key)).filter(|ip| ends::is_number(*ip)));
        }
    }

    fn owns(&self, ip: Ipv6Addr) -> bool {
        self.own.iter().any(|at| at.ip == ip)
    }

    /// The interface with the subnet of an address, and the own address there.
    fn towards(&self, ip: Ipv6Addr) -> Option<At> {
        let near = self.own.iter().filter(|at| ipv6::same_subnet(at.ip, ip, at.len));
        near.max_by_key(|at| at.len).copied()
    }

    /// Hardware groups in which the stack listens for questions about its addresses.
    pub fn link_groups(&self, port: PortNo) -> impl Iterator<Item = MacAddr> + '_ {
        let own = self.own.iter().filter(move |at| at.port == port);
        own.flat_map(|at| [ipv6::group_mac(ipv6::solicited_node(at.ip)), ipv6::group_mac(ALL_NODES)])
    }

    /// A neighbour as people see it.
    pub fn cell(&self, ip: Ipv4Addr) -> Cell {
        self.ends.address(ip).map_or(Cell::Ip(ip), |ip| Cell::Name(ip.to_string()))
    }

    /// The addresses: interface, address with the length of its prefix.
    pub fn addresses(&self) -> impl Iterator<Item = (PortNo, String)> + '_ {
        self.own.iter().map(|at| (at.port, format!("{}/{}", at.ip, at.len)))
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.own.capacity() * size_of::<At>() + self.ends.heap_bytes()
    }
}

impl Net {
    /// An IPv6 packet that came in.
    #[cold]
    pub(super) fn ipv6(&mut self, now: SimTime, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(six) = &self.six else {
            let ethertype = u64::from(ethernet::IPV6);
            return out.drop(frame, Why::number(&super::why::UNKNOWN_PROTOCOL, ethertype));
        };
        let start = ip_at(&frame);
        let Ok(ip) = ipv6::check(&frame.bytes()[start..]) else { return out.drop(frame, &why::MALFORMED) };
        frame.truncate(start + ip.total_len);
        let nameless = ip.src.is_unspecified() && ip.next == ipv6::ICMPV6;
        if six.owns(ip.src) || !nameless && !ipv6::is_of_a_host(ip.src) {
            return out.drop(frame, &why::MARTIAN);
        }
        let own = six.owns(ip.dst);
        let asked = |at: &At| at.port == port && (ip.dst == ALL_NODES || ip.dst == ipv6::solicited_node(at.ip));
        if !own && !six.own.iter().any(asked) {
            return out.drop(frame, if ip.dst.is_multicast() { &why::NOT_JOINED } else { &why::NOT_MINE });
        }
        match ip.next {
            ipv6::ICMPV6 => self.discovery(now, port, &ip, frame, out),
            ipv4::UDP if own => self.datagram_over_ipv6(&ip, frame, out),
            other => out.drop(frame, Why::number(&why::NO_READER, u64::from(other))),
        }
    }

    /// A datagram: handed to the tunnel that waits for it.
    fn datagram_over_ipv6(&self, ip: &ipv6::Header, mut frame: Frame, out: &mut Outbox<'_>) {
        let start = ip_at(&frame);
        let payload = &frame.bytes()[start + ipv6::HEADER_LEN..];
        let Ok(header) = udp::check_over_ipv6(payload, ip.src, ip.dst) else {
            return out.drop(frame, &why::MALFORMED);
        };
        let told = (header.len >= udp::HEADER_LEN + 8).then(|| be32(payload, udp::HEADER_LEN + 4) >> 8);
        let fits = |listens: Option<Listen>| match listens {
            Some(Listen::UdpOverIpv6 { port, vni }) if port == header.dst => 1 + u8::from(vni.is_none() || vni == told),
            _ => 0,
        };
        // Of equals the first.
        let best = self.tunnels.iter().enumerate().rev().max_by_key(|(_, tunnel)| fits(tunnel.listens));
        let Some((at, _)) = best.filter(|(_, tunnel)| fits(tunnel.listens) > 0) else {
            return out.drop(frame, Why::number(&why::NO_READER, u64::from(ip.next)));
        };
        frame.unwrap(start, LinkType::Ip);
        let port = PortNo((self.interfaces.len() + at) as u16);
        out.forward(port, frame, Why::number(&super::why::TO_TUNNEL, u64::from(ip.next)));
    }

    /// A message of ICMPv6, of which only the search for neighbours is known.
    fn discovery(&mut self, now: SimTime, port: PortNo, ip: &ipv6::Header, frame: Frame, out: &mut Outbox<'_>) {
        let message = &frame.bytes()[ip_at(&frame) + ipv6::HEADER_LEN..];
        let neighbour = match icmpv6::check(message, ip.src, ip.dst) {
            Err(_) => return out.drop(frame, &why::MALFORMED),
            Ok((kind, _)) if !icmpv6::is_neighbour(kind) => {
                return out.drop(frame, Why::number(&why::NO_READER, u64::from(ip.next)));
            }
            Ok(_) => Neighbour::parse(message, ip),
        };
        match neighbour {
            Err(_) => out.drop(frame, &why::NEIGHBOUR_MALFORMED),
            Ok(asks) if asks.op == Operation::Solicitation => self.solicited(now, port, (ip, asks), frame, out),
            Ok(says) => self.advertised(now, port, says, frame, out),
        }
    }

    /// Somebody asks for an address: remembered and answered if it is ours (RFC 4861 §7.2.3, §7.2.4).
    fn solicited(
        &mut self,
        now: SimTime,
        port: PortNo,
        (ip, asks): (&ipv6::Header, Neighbour),
        frame: Frame,
        out: &mut Outbox<'_>,
    ) {
        let Some(six) = &mut self.six else { return };
        if !six.own.iter().any(|at| at.port == port && at.ip == asks.target) {
            return out.consume(frame, &why::NOT_ASKED);
        }
        let origin = frame.origin();
        let asker = MacAddr::from_slice(&frame.bytes()[6..]);
        let nameless = ip.src.is_unspecified();
        six.make_room(&self.neigh);
        let key = if nameless { 0 } else { neigh::key(port, six.ends.number(ip.src)) };
        if !nameless && !self.make_room(now, key, out) {
            return out.drop(frame, &why::NO_ROOM);
        }
        out.consume(frame, &why::ASKED);
        if let Some(mac) = asks.mac {
            self.learn(now, key, mac, neigh::State::Stale, true, true, out);
        }
        let op = Operation::Advertisement { router: false, solicited: !nameless, replaces: true };
        // Who asks without a name looks for others with the same one: everybody is told.
        let dst = if nameless { ALL_NODES } else { ip.src };
        let to = if nameless { ipv6::group_mac(dst) } else { asks.mac.unwrap_or(asker) };
        let own = self.interfaces.get(port.index()).map(|at| at.mac);
        let answer = Neighbour { op, target: asks.target, mac: own };
        self.send_neighbour(out, (port, to, origin.caused()), (asks.target, dst), answer, Why::from(&why::REPLY));
        // The answer was a packet to a row not confirmed, like any other.
        if !nameless && self.neigh.get(key).is_some_and(|entry| entry.state == neigh::State::Stale) {
            self.set_state(out, key, neigh::State::Delay, Some(now + neigh::DELAY));
            self.rearm(out);
        }
    }

    /// Somebody tells its hardware address (RFC 4861 §7.2.5).
    fn advertised(&mut self, now: SimTime, port: PortNo, says: Neighbour, frame: Frame, out: &mut Outbox<'_>) {
        let Operation::Advertisement { solicited, replaces, .. } = says.op else { return };
        let number = self.six.as_ref().and_then(|six| six.ends.known(says.target));
        let key = number.map_or(0, |number| neigh::key(port, number));
        let Some(known) = number.and_then(|_| self.neigh.get(key)) else { return out.consume(frame, &why::UNASKED) };
        let (state, old) = (known.state, known.mac);
        let Some(mac) = says.mac.or(state.is_valid().then_some(old)) else {
            return out.consume(frame, &why::UNASKED);
        };
        if state.is_valid() && mac != old && !replaces {
            out.consume(frame, Why::row(&why::KEPT, NEIGH, key));
            if state == neigh::State::Reachable {
                self.set_state(out, key, neigh::State::Stale, None);
                self.rearm(out);
            }
            return;
        }
        out.consume(frame, Why::row(&why::ANSWER, NEIGH, key));
        let state = if solicited { neigh::State::Reachable } else { neigh::State::Stale };
        self.learn(now, key, mac, state, true, false, out);
    }

    /// Asks for a neighbour: the group of its address when its hardware address is unknown, itself when it only has to
    /// confirm.
    pub(super) fn solicit(&mut self, out: &mut Outbox<'_>, key: u64) {
        let (now, port) = (out.now(), neigh::port_of(key));
        let Some(target) = self.six.as_ref().and_then(|six| six.ends.address(neigh::ip_of(key))) else { return };
        let Some(entry) = self.neigh.get_mut(key) else { return };
        entry.probes += 1;
        entry.due = Some(now + neigh::RETRANSMIT);
        let known = entry.state == neigh::State::Probe;
        let (mac, origin) = (entry.mac, entry.origin.caused());
        let Some(src) = self.six.as_ref().and_then(|six| six.towards(target)).map(|at| at.ip) else { return };
        let group = ipv6::solicited_node(target);
        let (dst, to) = if known { (target, mac) } else { (group, ipv6::group_mac(group)) };
        let own = self.interfaces.get(port.index()).map(|at| at.mac);
        let asks = Neighbour { op: Operation::Solicitation, target, mac: own };
        let reason = if known { &why::CONFIRM } else { &why::ASK };
        self.send_neighbour(out, (port, to, origin), (src, dst), asks, Why::row(reason, NEIGH, key));
    }

    fn send_neighbour(
        &self,
        out: &mut Outbox<'_>,
        (port, to, origin): (PortNo, MacAddr, Origin),
        (src, dst): (Ipv6Addr, Ipv6Addr),
        says: Neighbour,
        why: Why,
    ) {
        let Some(own) = self.interfaces.get(port.index()).map(|at| at.mac) else { return };
        let total = ipv6::HEADER_LEN + says.message_len();
        let mut frame = out.mint(ethernet::HEADER_LEN + total, LinkType::Ethernet, origin);
        let (link, packet) = frame.bytes_mut().split_at_mut(ethernet::HEADER_LEN);
        ethernet::write(link, to, own, ethernet::IPV6);
        let send = ipv6::Send { src, dst, next: ipv6::ICMPV6, hops: icmpv6::HOPS, class: 0 };
        ipv6::write(packet, &send, total);
        says.write(&mut packet[ipv6::HEADER_LEN..], src, dst);
        out.send(port, frame, why);
    }

    /// Sends an outer packet of a tunnel (Linux `ip6tunnel_xmit`).
    #[cold]
    pub(super) fn send_over_ipv6(&mut self, frame: Frame, out: &mut Outbox<'_>) {
        let Ok(ip) = ipv6::check(frame.bytes()) else { return out.drop(frame, &why::MALFORMED) };
        let way = self.six.as_ref().filter(|six| !six.owns(ip.dst)).and_then(|six| six.towards(ip.dst));
        let Some(At { port, .. }) = way else { return out.drop(frame, &why::NO_ROUTE) };
        let mtu = self.interfaces[port.index()].mtu;
        if ip.total_len > usize::from(mtu) {
            return out.drop(frame, Why::number(&why::TOO_BIG, u64::from(mtu)));
        }
        let Some(six) = &mut self.six else { return out.drop(frame, &why::NO_ROUTE) };
        six.make_room(&self.neigh);
        let number = six.ends.number(ip.dst);
        out.note(&frame, &super::why::FROM_TUNNEL);
        self.deliver_over_ipv6(out, neigh::key(port, number), frame);
    }

    /// Sends to a neighbour, or lets the packet wait until one is known.
    fn deliver_over_ipv6(&mut self, out: &mut Outbox<'_>, key: u64, mut frame: Frame) {
        let now = out.now();
        let Some(entry) = self.neigh.get_mut(key).filter(|entry| entry.state.is_valid()) else {
            return self.wait_for_neighbour(out, key, frame);
        };
        let stale = entry.state == neigh::State::Stale;
        if !matches!(entry.state, neigh::State::Reachable | neigh::State::Permanent) {
            entry.used = now;
        }
        let (mac, port) = (entry.mac, neigh::port_of(key));
        if !put_link_of(&mut frame, mac, self.interfaces[port.index()].mac, ethernet::IPV6) {
            return out.drop(frame, &super::why::TOO_DEEP);
        }
        out.send(port, frame, Why::row(&super::why::SENT, NEIGH, key));
        if stale {
            self.set_state(out, key, neigh::State::Delay, Some(now + neigh::DELAY));
            self.rearm(out);
        }
    }
}

/// A bare packet is one of IPv6.
#[inline]
pub(super) fn is_ipv6(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| first >> 4 == 6)
}
