//! A TCP connection that carries a session: what is said and heard over it, message by message.

use smoltcp::socket::tcp::State;

use super::Way;
use crate::explain::Reason;
use crate::stack::tcp::{End, Input, LEAST_MTU, Setup};
use crate::stack::why::flows;
use crate::stack::{AppOut, Connection, Endpoint, Segment};
use crate::time::{SimDuration, SimTime};
use crate::wire::bgp::{Fault, whole};
use crate::wire::{be16, bgp};

/// How long a connection nobody uses any more tries to deliver its last words (Linux `tcp_orphan_retries`: eight
/// repetitions, about 100 s).
const LINGER: SimDuration = SimDuration::from_secs(100);

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    /// The neighbour at its other end.
    pub peer: u32,
    /// Who called.
    pub way: Way,
    /// The session knows it; otherwise it only delivers its last words.
    pub used: bool,
    /// The session was told that it is there.
    pub open: bool,
    endpoint: Endpoint,
    end: End,
    until: Option<SimTime>,
    /// What is to be handed to TCP, and the reason of the first message of it.
    to_say: Vec<u8>,
    why: Option<Reason>,
    /// What has come in and is no whole message yet.
    heard: Vec<u8>,
}

impl Wire {
    /// A connection that has not had a turn yet.
    pub fn new(peer: u32, way: Way, setup: Setup) -> Self {
        Self {
            peer,
            way,
            used: true,
            open: false,
            endpoint: Endpoint::new(setup),
            end: End::Open,
            until: None,
            to_say: Vec::new(),
            why: None,
            heard: Vec::new(),
        }
    }

    /// A segment is one of this connection.
    pub fn takes(&self, segment: &Segment<'_>) -> bool {
        let Setup { own, peer, .. } = *self.endpoint.setup();
        (own, peer) == (segment.dst, segment.src)
    }

    /// Something is to be said.
    pub fn say(&mut self, bytes: &[u8], why: Reason) {
        self.to_say.extend_from_slice(bytes);
        self.why.get_or_insert(why);
    }

    /// Nobody needs it any more: it is closed when all is said, or at once.
    pub fn let_go(&mut self, end: End, now: SimTime) {
        (self.used, self.end) = (false, end);
        self.until = self.until.or(Some(now + LINGER));
    }

    /// One turn: takes in a segment, says what is to be said.
    pub fn turn(&mut self, segment: Option<Segment<'_>>, ttl: u8, out: &mut AppOut<'_, '_>) {
        let (own, peer) = (self.endpoint.setup().own.0, self.endpoint.setup().peer.0);
        let input = Input {
            at: out.now(),
            mtu: out.way(peer).map_or(self.endpoint.seen().mtu, |(_, mtu)| mtu).max(LEAST_MTU),
            may_write: 0,
            end: self.end,
            segment: segment.map(|segment| (segment.head.into(), segment.payload as u32)),
            said: std::mem::take(&mut self.to_say).into(),
            heard: segment.map_or_else(Box::default, |segment| segment.said.into()),
        };
        let again: Reason = if segment.is_some() { &flows::TCP_AGAIN_FAST } else { &flows::TCP_AGAIN };
        for sent in self.endpoint.turn(input) {
            let header = usize::from(be16(&sent.segment, 12) >> 12) * 4;
            let says = sent.segment.len() > header;
            let note = if sent.again { Some(again) } else { self.why.take_if(|_| says) };
            out.tcp_control((own, peer), ttl, &sent.segment, note);
        }
        self.heard.append(&mut self.endpoint.take_heard());
    }

    /// The next whole message that came in, or why there can be none.
    pub fn next(&mut self) -> Option<Result<Vec<u8>, Fault>> {
        match whole(&self.heard) {
            Ok(Some(len)) if len <= self.heard.len() => Some(Ok(self.heard.drain(..len).collect())),
            Ok(_) => None,
            Err(fault) => {
                self.heard.clear();
                Some(Err(fault))
            }
        }
    }

    /// The handshake is over.
    pub fn is_there(&self) -> bool {
        !matches!(self.endpoint.seen().state, State::Closed | State::Listen | State::SynSent | State::SynReceived)
    }

    /// This end calls, and there is no answer yet.
    pub fn is_calling(&self) -> bool {
        self.endpoint.seen().is_calling()
    }

    /// The other end says nothing more.
    pub fn is_half(&self) -> bool {
        self.end == End::Open && self.endpoint.seen().state == State::CloseWait
    }

    /// Nothing more will come of it.
    pub fn is_over(&self, now: SimTime) -> bool {
        let seen = self.endpoint.seen();
        seen.is_over() || seen.state == State::Listen || self.until.is_some_and(|until| until <= now)
    }

    /// When it wants its next turn, and whether a run waits for it.
    pub fn due(&self) -> Option<(SimTime, bool)> {
        let due = [self.endpoint.seen().due, self.until].into_iter().flatten().min()?;
        Some((due, self.used && self.open))
    }

    /// For a table.
    pub fn connection(&self) -> Connection {
        self.endpoint.connection()
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.endpoint.heap_bytes() + self.to_say.capacity() + self.heard.capacity()
    }
}

/// Where sessions are opened.
pub(super) const PORT: u16 = bgp::PORT;
