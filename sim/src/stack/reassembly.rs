//! Fragments on their way back to whole packets (RFC 791 §3.2, RFC 815), by the rules of Linux `net/ipv4/ip_fragment.c`.
//!
//! This file holds the queues and says what becomes of a fragment; it sends nothing itself. Left out: the limit on how
//! many fragments of one sender may pass between two of a packet (`ipfrag_max_dist`).

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, ipv4};

/// How long the rest of a packet may take after its first fragment (`net.ipv4.ipfrag_time`).
pub const TIMEOUT: SimDuration = SimDuration::from_secs(30);
/// No new packet is begun while fragments hold more than this (`net.ipv4.ipfrag_high_thresh`).
pub const MEMORY: usize = 4_194_304;
/// What Linux charges for a fragment besides its bytes (`sk_buff` and its shared info).
const OVERHEAD: usize = 576;
/// Longest payload of a packet without options.
const LONGEST: usize = 65_535 - ipv4::HEADER_LEN;

/// What the fragments of a packet have in common.
pub type Key = (Ipv4Addr, Ipv4Addr, u16, u8);

/// A fragment: where its bytes begin and end in the whole.
#[derive(Clone, Debug)]
pub struct Piece {
    /// First byte.
    pub start: usize,
    /// One behind the last byte.
    pub end: usize,
    /// The fragment as it came.
    pub frame: Frame,
}

/// What came of a fragment.
#[derive(Debug)]
pub enum Outcome {
    /// It waits for the others.
    Held(Frame),
    /// All its bytes were there before.
    Duplicate(Frame),
    /// It contradicts the others: all of them are lost.
    Contradiction(Vec<Piece>),
    /// The packet would be longer than a packet can be.
    TooLong(Vec<Piece>),
    /// Marks of congestion contradict each other (RFC 3168 §5.3).
    Mixed(Vec<Piece>),
    /// Too much waits already.
    NoRoom(Frame),
    /// The packet is complete: its fragments in order, and the ECN bits of the whole.
    Whole(Vec<Piece>, u8),
}

/// Fragments of one packet, in order and without overlap.
#[derive(Clone, Debug)]
struct Queue {
    pieces: Vec<Piece>,
    /// Length of the whole, as far as it is known.
    len: usize,
    /// The last fragment has come, so `len` is certain.
    ends: bool,
    /// Bit `n`: a fragment had the ECN bits `n`.
    ecn: u8,
    due: SimTime,
}

/// All packets of which fragments wait, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Reassembly {
    queues: IndexMap<Key, Queue, FxBuildHasher>,
    held: usize,
}

fn cost(frame: &Frame) -> usize {
    frame.len() + OVERHEAD
}

impl Queue {
    /// Where the fragment ends, if that does not contradict what is known (Linux `ip_frag_queue`).
    fn end_of(&mut self, ip: &ipv4::Header) -> Option<usize> {
        let end = ip.offset + ip.total_len - ip.header_len;
        if ip.mf {
            // Odd bytes of any fragment but the last cannot be continued.
            let end = end & !7;
            if end > self.len && self.ends || end == ip.offset {
                return None;
            }
            self.len = self.len.max(end);
            return Some(end);
        }
        if end < self.len || self.ends && end != self.len || end == ip.offset {
            return None;
        }
        (self.ends, self.len) = (true, end);
        Some(end)
    }

    /// The bytes are there already, each of them.
    fn covers(&self, start: usize, end: usize) -> bool {
        let mut at = start;
        for piece in &self.pieces {
            if piece.start <= at && at < piece.end {
                at = piece.end;
            }
        }
        at >= end
    }

    fn is_whole(&self) -> bool {
        self.ends && self.pieces.iter().map(|piece| piece.end - piece.start).sum::<usize>() == self.len
    }

    /// ECN bits of the whole: a mark on one fragment marks all, but never what cannot be marked (Linux
    /// `ip_frag_ecn_table`).
    fn ecn(&self) -> Option<u8> {
        match self.ecn {
            0b0001 => Some(0),
            0b0010 => Some(1),
            0b0100 | 0b0110 => Some(2),
            seen if seen & 0b1001 == 0b1000 => Some(3),
            _ => None,
        }
    }
}

impl Reassembly {
    /// Takes in a fragment whose header was checked.
    pub fn add(&mut self, now: SimTime, ip: &ipv4::Header, frame: Frame) -> Outcome {
        let key = (ip.src, ip.dst, ip.id, ip.protocol);
        if !self.queues.contains_key(&key) {
            if self.held > MEMORY {
                return Outcome::NoRoom(frame);
            }
            let fresh = Queue { pieces: Vec::new(), len: 0, ends: false, ecn: 0, due: now + TIMEOUT };
            self.queues.insert(key, fresh);
        }
        let queue = &mut self.queues[&key];
        let start = ip.offset;
        let Some(end) = queue.end_of(ip) else {
            return Outcome::Contradiction(self.give_up(key, start, frame));
        };
        if queue.covers(start, end) {
            return Outcome::Duplicate(frame);
        }
        if queue.pieces.iter().any(|piece| piece.start < end && start < piece.end) {
            return Outcome::Contradiction(self.give_up(key, start, frame));
        }
        let at = queue.pieces.partition_point(|piece| piece.start < start);
        self.held += cost(&frame);
        let handle = frame.clone();
        queue.ecn |= 1 << (ip.tos & 3);
        queue.pieces.insert(at, Piece { start, end, frame });
        if !queue.is_whole() {
            return Outcome::Held(handle);
        }
        drop(handle);
        let (len, ecn) = (queue.len, queue.ecn());
        let pieces = self.take(key);
        match ecn {
            _ if len > LONGEST => Outcome::TooLong(pieces),
            Some(ecn) => Outcome::Whole(pieces, ecn),
            None => Outcome::Mixed(pieces),
        }
    }

    fn give_up(&mut self, key: Key, start: usize, frame: Frame) -> Vec<Piece> {
        let mut pieces = self.take(key);
        pieces.push(Piece { start, end: start, frame });
        pieces
    }

    fn take(&mut self, key: Key) -> Vec<Piece> {
        let pieces = self.queues.shift_remove(&key).map(|queue| queue.pieces).unwrap_or_default();
        self.held -= pieces.iter().map(|piece| cost(&piece.frame)).sum::<usize>();
        pieces
    }

    /// When the oldest packet is given up.
    pub fn next_due(&self) -> Option<SimTime> {
        self.queues.first().map(|(_, queue)| queue.due)
    }

    /// The fragments of a packet whose time is up.
    pub fn late(&mut self, now: SimTime) -> Option<Vec<Piece>> {
        let (key, _) = self.queues.first().filter(|(_, queue)| queue.due <= now)?;
        Some(self.take(*key))
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Fragments that wait.
    pub fn waiting(&self) -> usize {
        self.queues.values().map(|queue| queue.pieces.len()).sum()
    }

    /// Packets of which fragments wait: source, destination, number, protocol; fragments, their bytes, when they go.
    pub fn rows(&self) -> impl Iterator<Item = (Key, [usize; 2], SimTime)> {
        self.queues.iter().map(|(key, queue)| {
            let bytes = queue.pieces.iter().map(|piece| piece.end - piece.start).sum();
            (*key, [queue.pieces.len(), bytes], queue.due)
        })
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.queues.capacity() * 96 + self.held
    }
}
