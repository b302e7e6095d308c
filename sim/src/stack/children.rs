//! Ipvlan children in modes l3 and l3s: an interface without ARP on their side, and on that of their parent packets
//! that are sent as if they were the host's own (Linux `ipvlan_process_v4_outbound`).

use std::net::Ipv4Addr;

use super::fib::Kind;
use super::net::{Hop, Net, put_link};
use super::why;
use crate::engine::{Outbox, Why};
use crate::id::PortNo;
use crate::wire::{Frame, LinkType, icmp, ipv4};

impl Net {
    /// ARP is spoken at an interface from now on, or is not. What was known there goes (Linux `arp_netdev_event`).
    pub(super) fn speak_arp(&mut self, port: PortNo, on: bool, out: &mut Outbox<'_>) {
        let Some(at) = self.interfaces.get_mut(port.index()).filter(|at| at.no_arp == on) else { return };
        at.no_arp = !on;
        self.forget_neighbours(port, |_| true, out);
    }

    /// Sends out of an interface without ARP.
    #[cold]
    pub(super) fn send_unasked(&self, out: &mut Outbox<'_>, port: PortNo, mut frame: Frame) {
        let own = self.interfaces[port.index()].mac;
        if put_link(&mut frame, own, own) {
            out.send(port, frame, &why::children::SENT_UNASKED);
        } else {
            out.drop(frame, &why::TOO_DEEP);
        }
    }

    /// Sends a packet of a child of an interface.
    #[cold]
    pub(super) fn send_for_child(&mut self, parent: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let ip = match ipv4::read(frame.bytes()) {
            Ok(ip) if frame.link() == LinkType::Ip => ip,
            _ => return out.drop(frame, &why::IP_MALFORMED),
        };
        let Some(at) = self.interfaces.get(parent.index()) else { return out.drop(frame, &why::UNKNOWN_PROTOCOL) };
        if ip.dst.is_multicast() || ip.dst.is_broadcast() || at.is_subnet_broadcast(ip.dst) {
            return out.drop(frame, &why::children::CHILD_TO_MANY);
        }
        let hop = self.way_for_child(parent, ip.dst);
        let mtu = self.limit(Some(hop), None);
        out.note(&frame, Why::number(&why::children::FROM_CHILD, u64::from(ip.ttl)));
        if ip.df && ip.total_len > usize::from(mtu) {
            return out.drop_with(frame, Why::number(&why::TOO_BIG, u64::from(mtu)), |out, frame| {
                self.complain(out, frame, icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED, mtu);
            });
        }
        self.output(out, hop, mtu, frame);
    }

    /// The address of the interface is this host; else the best route out of the interface, whatever better ones there
    /// are elsewhere; else the target is on its wire.
    fn way_for_child(&self, parent: PortNo, dst: Ipv4Addr) -> Hop {
        if self.interfaces[parent.index()].owns(dst) {
            return Hop::Local;
        }
        let fits = |(prefix, len): (Ipv4Addr, u8)| (prefix.to_bits() ^ dst.to_bits()) & ipv4::mask(len) == 0;
        let out_of = self.fib.iter().filter(|(prefix, len, route)| {
            route.port == parent && route.kind == Kind::Unicast && fits((*prefix, *len))
        });
        let best = out_of.max_by_key(|(_, len, _)| *len).and_then(|(.., route)| route.via);
        Hop::Neighbour(parent, best.unwrap_or(dst))
    }
}
