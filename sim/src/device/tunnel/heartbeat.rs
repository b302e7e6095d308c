//! Heartbeats of a tunnel with a fast and a slow way: until one has come back from a peer, its frames go the slow way.
//!
//! A heartbeat is as long as the longest frame and must not be fragmented, so what comes back has shown that any frame
//! gets through. Modelled as in Weave: every half second until the first comes back, given up after a minute; then every
//! ten seconds, and six that are not answered send frames back to the slow way, from where it is tried again. Left out:
//! Weave answers in its TCP connection, and only the first one; here each is answered, in a datagram of the slow way.
//!
//! Before editing read weave `router/fastdp.go` (`doHeartbeats`, `handleVxlanSpecialPacket`).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::format::{Encapsulation, Wrapping};
use super::peers::Peers;
use super::{OUTER, Tunnel, why};
use crate::device::outer::{Df, Inner, Outer};
use crate::device::vtep::fdb::FLOOD;
use crate::engine::{Cell, Column, Outbox, RowChange, TableRow, TableView, TimerKind, Why};
use crate::id::EventNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, Origin, be16, ethernet, ipv4};

/// The only timer of a tunnel.
pub const TIMER: TimerKind = TimerKind(0);
/// Place of the table of ways among the tables.
const PATHS: u8 = 2;
/// Until one has come back.
const FAST: SimDuration = SimDuration::from_ms(500);
/// Afterwards.
const SLOW: SimDuration = SimDuration::from_secs(10);
/// So many without an answer, and the fast way is not taken any more.
const MISSED: u32 = 6;
/// So many without a first answer, and it is not tried any more: a minute.
const GIVEN_UP: u32 = 120;
/// A run waits for so many first answers.
const EAGER: u32 = 6;
/// Number of the connection and length of the whole frame.
const CONTENT: usize = 10;

#[derive(Clone, Copy, Debug)]
struct Beat {
    /// One has come back, and not long ago.
    works: bool,
    /// Sent since the last one came back.
    unanswered: u32,
    /// When the next one is due; never again when it was given up.
    due: Option<SimTime>,
    written: EventNo,
}

/// What is known about the fast way to each peer.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    peers: BTreeMap<Ipv4Addr, Beat>,
}

/// Both ends count a connection alike.
fn connection(a: Ipv4Addr, b: Ipv4Addr) -> u64 {
    u64::from(a.min(b).to_bits()) << 32 | u64::from(a.max(b).to_bits())
}

/// Frames without addresses are none of a station: they are for the tunnel itself.
pub fn is_special(frame: &[u8]) -> bool {
    frame.get(..12).is_some_and(|addresses| addresses.iter().all(|byte| *byte == 0))
}

impl Pulse {
    /// Nothing is known any more.
    pub fn forget(&mut self) {
        self.peers.clear();
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.peers.len() * 64
    }

    /// The ways as people see them.
    pub fn view(&self) -> TableView {
        let columns = vec![
            Column { name: "remote", zh: "远端" },
            Column { name: "path", zh: "走法" },
            Column { name: "unanswered", zh: "未答心跳" },
        ];
        let row = |(remote, beat): (&Ipv4Addr, &Beat)| TableRow {
            key: u64::from(remote.to_bits()),
            cells: vec![
                Cell::Ip(*remote),
                Cell::Word(if beat.works { "fastdp" } else { "sleeve" }),
                Cell::Number(u64::from(beat.unanswered)),
            ],
            written: beat.written,
        };
        TableView { name: "paths", zh: "路径表", columns, rows: self.peers.iter().map(row).collect() }
    }
}

impl Tunnel {
    /// How frames to a peer are wrapped just now, with which outer header, and whether that is the slow way.
    pub(super) fn way(&self, to: Ipv4Addr) -> (&dyn Encapsulation, Outer, bool) {
        let fast = self.config.format.encapsulation();
        match fast.detour() {
            Some((slow, _)) if !self.pulse.peers.get(&to).is_some_and(|beat| beat.works) => {
                (slow, Outer { df: Df::Unset, checksum: true, ..self.config.outer }, true)
            }
            _ => (fast, self.config.outer, false),
        }
    }

    /// Peers that are to be asked.
    fn asked(&self) -> Vec<Ipv4Addr> {
        let Peers::Macs(fdb) = &self.peers else { return Vec::new() };
        let remotes = fdb.get(FLOOD).map(|row| &row.remotes[..]).unwrap_or_default();
        remotes.iter().map(|remote| remote.ip).filter(|ip| *ip != self.config.outer.local).collect()
    }

    /// Sends what is due, and sees to what is due next. Nothing for tunnels with one way.
    pub(super) fn beat(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        let Some((_, mtu)) = self.config.format.encapsulation().detour() else { return };
        let asked = self.asked();
        for gone in self.pulse.peers.keys().filter(|peer| !asked.contains(peer)) {
            out.wrote(PATHS, u64::from(gone.to_bits()), RowChange::Removed);
        }
        self.pulse.peers.retain(|peer, _| asked.contains(peer));
        for to in asked {
            let mut change = RowChange::Changed;
            let beat = self.pulse.peers.entry(to).or_insert_with(|| {
                change = RowChange::Added;
                Beat { works: false, unanswered: 0, due: Some(now), written: out.event() }
            });
            if beat.due.is_none_or(|due| due > now) {
                continue;
            }
            let lost = beat.works && beat.unanswered >= MISSED;
            if lost {
                (beat.works, beat.unanswered) = (false, 0);
            }
            beat.unanswered += 1;
            beat.written = out.event();
            let pause = if beat.works { SLOW } else { FAST };
            beat.due = (beat.works || beat.unanswered < GIVEN_UP).then(|| now + pause);
            out.wrote(PATHS, u64::from(to.to_bits()), change);
            self.send_heartbeat(to, mtu, lost, out);
        }
        self.rearm(now, out);
    }

    pub(super) fn rearm(&self, now: SimTime, out: &mut Outbox<'_>) {
        let waits = self.pulse.peers.values().any(|beat| !beat.works && beat.unanswered < EAGER);
        match self.pulse.peers.values().filter_map(|beat| beat.due).min() {
            Some(due) if waits => out.arm(TIMER, due.max(now)),
            Some(due) => out.arm_background(TIMER, due.max(now)),
            None => out.disarm(TIMER),
        }
    }

    fn send_heartbeat(&mut self, to: Ipv4Addr, mtu: u16, lost: bool, out: &mut Outbox<'_>) {
        let len = ethernet::HEADER_LEN + usize::from(mtu).max(CONTENT);
        let mut frame = out.mint(len, LinkType::Ethernet, Origin::NONE);
        let bytes = frame.bytes_mut();
        bytes.fill(0);
        bytes[14..22].copy_from_slice(&connection(self.config.outer.local, to).to_be_bytes());
        bytes[22..24].copy_from_slice(&(len as u16).to_be_bytes());
        if lost {
            out.note(&frame, &why::FAST_LOST);
        }
        let inner = Inner { len: len - ethernet::HEADER_LEN, ..Inner::default() };
        let with = Wrapping { outer: &self.config.outer, to, inner, count: self.sent };
        if self.config.format.encapsulation().wrap(&mut frame, with) {
            self.sent = self.sent.wrapping_add(1);
            out.send(OUTER, frame, Why::number(&why::HEARTBEAT, u64::from(mtu)));
        } else {
            out.drop(frame, &why::TOO_DEEP);
        }
    }

    /// A frame for the tunnel itself: a heartbeat, or the answer to one.
    pub(super) fn special(&mut self, now: SimTime, outer: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let bytes = frame.bytes();
        if bytes.len() < ethernet::HEADER_LEN + CONTENT {
            return out.drop(frame, &why::MALFORMED);
        }
        if bytes[14..22] != connection(outer.src, outer.dst).to_be_bytes() || !self.asked().contains(&outer.src) {
            return out.drop(frame, &why::OTHER_KEY);
        }
        match be16(bytes, 22) {
            0 => self.came_back(now, outer.src, frame, out),
            len if usize::from(len) == bytes.len() => {
                let mut answer = out.mint(ethernet::HEADER_LEN + CONTENT, LinkType::Ethernet, frame.origin().caused());
                let (head, uid) = answer.bytes_mut().split_at_mut(ethernet::HEADER_LEN);
                head.fill(0);
                uid.fill(0);
                uid[..8].copy_from_slice(&bytes[14..22]);
                out.consume(frame, &why::HEARTBEAT_HEARD);
                self.answer(outer.src, answer, out);
            }
            _ => out.drop(frame, &why::MALFORMED),
        }
    }

    fn answer(&mut self, to: Ipv4Addr, mut answer: Frame, out: &mut Outbox<'_>) {
        let Some((slow, _)) = self.config.format.encapsulation().detour() else { return };
        let outer = Outer { df: Df::Unset, checksum: true, ..self.config.outer };
        let with = Wrapping { outer: &outer, to, inner: Inner::default(), count: self.sent };
        if slow.wrap(&mut answer, with) {
            out.send(OUTER, answer, &why::HEARTBEAT_ANSWER);
        } else {
            out.drop(answer, &why::TOO_DEEP);
        }
    }

    fn came_back(&mut self, now: SimTime, from: Ipv4Addr, frame: Frame, out: &mut Outbox<'_>) {
        let Some(beat) = self.pulse.peers.get_mut(&from) else { return out.drop(frame, &why::OTHER_KEY) };
        let news = !beat.works;
        *beat = Beat { works: true, unanswered: 0, due: Some(now + SLOW), written: out.event() };
        out.wrote(PATHS, u64::from(from.to_bits()), RowChange::Changed);
        out.consume(frame, if news { &why::FAST_FOUND } else { &why::HEARTBEAT_BACK });
        self.rearm(now, out);
    }
}
