//! Packets that do not fit: split on the way out (Linux `net/ipv4/ip_output.c` `ip_do_fragment`), put together on the
//! way in, and what is learned of ways on which they did not fit.

use super::app::NetError;
use super::net::{Hop, Net};
use super::reassembly::{Outcome, Piece};
use super::tunnel::ip_at;
use super::{REASSEMBLY, Stack, why};
use crate::engine::{Outbox, Why};
use crate::explain::Reason;
use crate::time::SimTime;
use crate::wire::{Frame, icmp, ipv4};

impl Net {
    /// A packet is longer than `mtu`, which is what fits on its way: it is split, unless it must not be.
    #[cold]
    pub(super) fn too_long(&mut self, out: &mut Outbox<'_>, hop: Hop, mtu: u16, frame: Frame) {
        let start = ip_at(&frame);
        let Ok(ip) = ipv4::check(&frame.bytes()[start..]) else {
            return out.drop(frame, &why::IP_MALFORMED);
        };
        let room = usize::from(mtu).saturating_sub(ip.header_len) & !7;
        if ip.df || room == 0 {
            self.fail(&frame, NetError::TooBig(mtu));
            return out.drop(frame, Why::number(&why::TOO_BIG, u64::from(mtu)));
        }
        out.consume_with(frame, Why::number(&why::FRAGMENTED, u64::from(mtu)), |out, frame| {
            let head = start + ip.header_len;
            let payload = ip.total_len - ip.header_len;
            for at in (0..payload).step_by(room) {
                let len = room.min(payload - at);
                let mut piece = frame.clone();
                piece.truncate(head + at + len);
                piece.strip(at);
                let bytes = piece.bytes_mut();
                bytes[..head].copy_from_slice(&frame.bytes()[..head]);
                let ip_header = &mut bytes[start..];
                if at > 0 {
                    ipv4::drop_uncopied_options(ip_header, ip.header_len);
                }
                let mf = ip.mf || at + len < payload;
                ipv4::set_fragment(ip_header, ip.header_len + len, mf, ip.offset + at);
                out.rename(&mut piece);
                self.put_on_link(out, hop, piece);
            }
        });
    }

    /// Learns from "fragmentation needed" about a packet of this host (Linux `__ip_rt_update_pmtu`).
    pub(super) fn hear_pmtu(&mut self, now: SimTime, ip: &ipv4::Header, frame: &Frame, out: &mut Outbox<'_>) {
        let start = ip_at(frame);
        let message = &frame.bytes()[start + ip.header_len..start + ip.total_len];
        let Ok(header) = icmp::check(message) else { return };
        if (header.kind, header.code) != (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED) {
            return;
        }
        let Some((src, dst, ..)) = icmp::quoted(message).filter(|(src, ..)| self.is_local(*src)) else { return };
        let Some(link) = self.mtu_towards(dst).filter(|_| src != dst) else { return };
        let before = self.ways.to(now, dst).map_or(link, |known| known.mtu.min(link));
        if let Some(mtu) = self.ways.learn(now, out.event(), dst, (header.seq, before)) {
            out.note(frame, Why::number(&why::PMTU_LEARNED, u64::from(mtu)));
        }
    }

    /// Time is up for some packets: what there is of them is lost, and a sender whose first fragment came is told.
    pub(super) fn reassembly_timers(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        while let Some(pieces) = self.reassembly.late(now) {
            for piece in pieces {
                out.drop_with(piece.frame, &why::FRAGMENT_TIMEOUT, |out, frame| {
                    if piece.start == 0 {
                        self.complain(out, frame, icmp::TIME_EXCEEDED, icmp::REASSEMBLY, 0);
                    }
                });
            }
        }
        self.rearm_reassembly(out);
    }

    fn rearm_reassembly(&self, out: &mut Outbox<'_>) {
        match self.reassembly.next_due() {
            Some(due) => out.arm(REASSEMBLY, due),
            None => out.disarm(REASSEMBLY),
        }
    }
}

fn lose(pieces: Vec<Piece>, reason: Reason, out: &mut Outbox<'_>) {
    for piece in pieces {
        out.drop(piece.frame, reason);
    }
}

impl Stack {
    /// A fragment for this host.
    #[cold]
    pub(super) fn gather(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        match self.net.reassembly.add(out.now(), &ip, frame) {
            Outcome::Held(frame) => out.note(&frame, Why::number(&why::FRAGMENT_HELD, u64::from(ip.id))),
            Outcome::Duplicate(frame) => out.drop(frame, &why::FRAGMENT_TWICE),
            Outcome::NoRoom(frame) => out.drop(frame, &why::FRAGMENT_NO_ROOM),
            Outcome::Contradiction(pieces) => lose(pieces, &why::FRAGMENT_OVERLAP, out),
            Outcome::TooLong(pieces) => lose(pieces, &why::FRAGMENT_TOO_LONG, out),
            Outcome::Mixed(pieces) => lose(pieces, &why::FRAGMENT_ECN, out),
            Outcome::Whole(pieces, ecn) => self.put_together(pieces, ecn, out),
        }
        self.net.rearm_reassembly(out);
    }

    fn put_together(&mut self, pieces: Vec<Piece>, ecn: u8, out: &mut Outbox<'_>) {
        let Some(first) = pieces.first() else { return };
        let start = ip_at(&first.frame);
        let Ok(ip) = ipv4::check(&first.frame.bytes()[start..]) else { return };
        let head = start + ip.header_len;
        let total = ip.header_len + pieces.last().map_or(0, |last| last.end);
        let too_long = total > usize::from(u16::MAX);
        if too_long {
            return lose(pieces, &why::FRAGMENT_TOO_LONG, out);
        }
        let mut whole = out.mint(start + total, first.frame.link(), first.frame.origin());
        whole.descend_from(first.frame.id());
        let bytes = whole.bytes_mut();
        bytes[..head].copy_from_slice(&first.frame.bytes()[..head]);
        for piece in &pieces {
            // Each has a header of its own length.
            let own = ipv4::check(&piece.frame.bytes()[start..]).map_or(head, |own| start + own.header_len);
            let len = piece.end - piece.start;
            bytes[head + piece.start..head + piece.end].copy_from_slice(&piece.frame.bytes()[own..own + len]);
        }
        bytes[start + 1] = bytes[start + 1] & !3 | ecn;
        ipv4::set_fragment(&mut bytes[start..], total, false, 0);
        for piece in pieces {
            out.consume(piece.frame, &why::REASSEMBLED);
        }
        match ipv4::check(&whole.bytes()[start..]) {
            Ok(ip) => self.local(ip, whole, out),
            Err(_) => out.drop(whole, &why::IP_MALFORMED),
        }
    }
}
