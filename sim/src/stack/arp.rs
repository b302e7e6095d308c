//! ARP packets that come in: who is answered, and who is learned from (Linux `net/ipv4/arp.c`).

use std::net::Ipv4Addr;

use super::neigh::{self, Entry, State};
use super::net::Net;
use super::{NEIGH, why};
use crate::engine::{Outbox, RowChange, Why};
use crate::id::PortNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::arp::{Arp, Operation};
use crate::wire::{Frame, LinkType, MacAddr, Origin, ethernet};

impl Net {
    /// ARP, in the order of Linux `arp_process`.
    pub(super) fn arp(&mut self, now: SimTime, port: PortNo, to_us: bool, frame: Frame, out: &mut Outbox<'_>) {
        if self.interfaces.get(port.index()).is_some_and(|at| at.no_arp) {
            return out.drop(frame, &why::children::ARP_IGNORED);
        }
        let Ok(arp) = Arp::parse(&frame.bytes()[ethernet::HEADER_LEN..]) else {
            return out.drop(frame, &why::ARP_MALFORMED);
        };
        let key = neigh::key(port, arp.spa);
        let origin = frame.origin();
        if self.is_local(arp.spa) {
            return out.drop(frame, &why::ARP_CONFLICT);
        }
        if is_no_sender(arp.spa) {
            return out.drop(frame, &why::MARTIAN);
        }
        // Who could not be answered by a packet is not answered at all; only its row, if there is one, is brought up to date.
        let refused = arp.op == Operation::Request && self.refuses(port, arp.spa);
        if arp.op == Operation::Request && self.is_local(arp.tpa) && !refused {
            let nameless = arp.spa.is_unspecified();
            if !nameless && !self.make_room(now, key, out) {
                return out.drop(frame, &why::ARP_NO_ROOM);
            }
            out.consume(frame, &why::ARP_ASKED);
            if !nameless {
                self.learn(now, key, arp.sha, State::Stale, true, true, out);
            }
            return self.answer(port, origin, arp, Why::from(&why::ARP_REPLY), out);
        }
        if arp.op == Operation::Request
            && !arp.spa.is_unspecified()
            && !refused
            && let Some(delay) = self.answers_for(port, arp.tpa)
        {
            return self.answer_for_asker(now, (port, to_us), delay, (arp, frame), out);
        }
        let Some(known) = self.neigh.get(key) else {
            let reason = match arp.op {
                _ if refused => &why::reverse::ARP_REVERSE_PATH,
                Operation::Request => &why::ARP_NOT_MINE,
                Operation::Reply => &why::ARP_UNASKED,
            };
            return out.consume(frame, reason);
        };
        // A gratuitous answer names its sender twice; a gratuitous question cannot.
        let gratuitous = arp.spa == arp.tpa && (arp.op == Operation::Request || arp.tha == arp.sha);
        let replace = known.updated + neigh::LOCK < now || gratuitous;
        let solicited = arp.op == Operation::Reply && to_us;
        let state = if solicited { State::Reachable } else { State::Stale };
        let reason = match known.state {
            _ if refused => &why::reverse::ARP_REVERSE_PATH,
            State::Permanent => &why::ARP_PERMANENT,
            _ if known.state.is_valid() && known.mac != arp.sha && !replace => &why::ARP_LOCKED,
            State::Incomplete => &why::ARP_ANSWER,
            _ if solicited => &why::ARP_ANSWER,
            _ => &why::ARP_OVERHEARD,
        };
        out.consume(frame, Why::row(reason, NEIGH, key));
        self.learn(now, key, arp.sha, state, replace, false, out);
    }

    /// The asker of an address behind this router is learned like any other (Linux `neigh_event_ns`).
    fn answer_for_asker(
        &mut self,
        now: SimTime,
        at: (PortNo, bool),
        delay: SimDuration,
        (arp, frame): (Arp, Frame),
        out: &mut Outbox<'_>,
    ) {
        let key = neigh::key(at.0, arp.spa);
        if !self.make_room(now, key, out) {
            return out.drop(frame, &why::ARP_NO_ROOM);
        }
        self.learn(now, key, arp.sha, State::Stale, true, true, out);
        self.answer_for(at, delay, (arp, frame), out);
    }

    pub(super) fn answer(&self, port: PortNo, origin: Origin, asked: Arp, why: Why, out: &mut Outbox<'_>) {
        let Some(at) = self.interfaces.get(port.index()) else { return };
        let reply = Arp { op: Operation::Reply, sha: at.mac, spa: asked.tpa, tha: asked.sha, tpa: asked.spa };
        Self::send_arp(out, port, origin.caused(), asked.sha, reply, why);
    }

    /// Sends an ARP packet.
    pub(super) fn send_arp(out: &mut Outbox<'_>, port: PortNo, origin: Origin, to: MacAddr, arp: Arp, why: Why) {
        let mut frame = out.mint(ethernet::HEADER_LEN + crate::wire::arp::LEN, LinkType::Ethernet, origin);
        let bytes = frame.bytes_mut();
        ethernet::write(bytes, to, arp.sha, ethernet::ARP);
        arp.write(&mut bytes[ethernet::HEADER_LEN..]);
        out.send(port, frame, why);
    }

    /// Takes in a neighbour's address (Linux `neigh_update`). `replace` lets it overwrite another one.
    #[expect(clippy::too_many_arguments, reason = "the flags of neigh_update")]
    pub(super) fn learn(
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
        let used = !waiting.is_empty();
        self.send_waiting(out, key, mac, waiting);
        if used && state == State::Stale {
            // What waited was sent to a row not confirmed, like any other packet.
            self.set_state(out, key, State::Delay, Some(now + neigh::DELAY));
        }
        self.rearm(out);
    }

    fn add_stale(&mut self, now: SimTime, key: u64, mac: MacAddr, out: &mut Outbox<'_>) {
        let mut entry = Entry::new(now, out.event(), Origin::NONE);
        entry.mac = mac;
        entry.state = State::Stale;
        self.neigh.insert(key, entry);
        out.wrote(NEIGH, key, RowChange::Added);
    }
}

/// An address nobody speaks from; 0.0.0.0 is for those who have none yet.
fn is_no_sender(ip: Ipv4Addr) -> bool {
    ip.is_multicast() || ip.is_broadcast() || ip.is_loopback() || ip.octets()[0] == 0 && !ip.is_unspecified()
}
