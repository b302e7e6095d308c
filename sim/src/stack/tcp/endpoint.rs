//! One end of a connection: a socket that can be copied.

use std::fmt;
use std::net::Ipv4Addr;

use smoltcp::socket::tcp::State;

use super::Connection;
use super::journal::{Input, Journal};
use super::live::Live;
use crate::time::SimTime;

/// Between whom, and how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Address and port here.
    pub own: (Ipv4Addr, u16),
    /// Address and port there.
    pub peer: (Ipv4Addr, u16),
    /// Calls the other side; otherwise it waits for a call, and closes when the other side does.
    pub active: bool,
    /// What is said matters: the bytes are kept both ways, and not only counted.
    pub talks: bool,
    /// Where its first sequence number comes from.
    pub seed: u64,
}

/// What a socket was like after its last turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its state.
    pub state: State,
    /// Bytes taken from the program.
    pub written: u64,
    /// Bytes of those that the other side has acknowledged.
    pub acked: u64,
    /// Bytes handed to the program.
    pub delivered: u64,
    /// The largest packet it sends.
    pub mtu: u16,
    /// When it wants its next turn.
    pub due: Option<SimTime>,
}

impl Seen {
    const NOTHING: Self = Self { state: State::Closed, written: 0, acked: 0, delivered: 0, mtu: 0, due: None };

    /// The state as `ss` names it.
    pub fn word(&self) -> &'static str {
        match self.state {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECV",
            State::Established => "ESTAB",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }

    /// Nothing more will be sent or waited for.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Closed | State::TimeWait)
    }

    /// The other side has not answered yet.
    pub fn is_calling(&self) -> bool {
        self.state == State::SynSent
    }
}

/// A segment that a socket sends, without IP header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Header and payload.
    pub segment: Vec<u8>,
    /// All of it was sent before.
    pub again: bool,
}

/// One end of a connection. Copies share their past and cost next to nothing until they are touched.
pub struct Endpoint {
    setup: Setup,
    journal: Journal,
    seen: Seen,
    live: Option<Box<Live>>,
}

impl Clone for Endpoint {
    fn clone(&self) -> Self {
        Self { setup: self.setup, journal: self.journal.clone(), seen: self.seen, live: None }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("setup", &self.setup).field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// An end that has not had a turn yet.
    pub fn new(setup: Setup) -> Self {
        Self { setup, journal: Journal::default(), seen: Seen::NOTHING, live: None }
    }

    /// Between whom.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What it was like after its last turn.
    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// For a table.
    pub fn connection(&self) -> Connection {
        Connection { own: self.setup.own, peer: self.setup.peer, seen: self.seen }
    }

    /// One turn. Returns the segments it sends, each with header and payload.
    pub fn turn(&mut self, input: Input) -> Vec<Sent> {
        let mut live = self.live.take().unwrap_or_else(|| self.wake(&input));
        let sent = live.turn(&self.setup, &input);
        self.seen = live.look(input.at);
        self.live = Some(live);
        self.journal.push(input);
        sent
    }

    /// What came in with the last turn, in order.
    pub fn take_heard(&mut self) -> Vec<u8> {
        self.live.as_mut().map(|live| live.take_heard()).unwrap_or_default()
    }

    /// Makes the socket anew: from the journal, or for its first turn.
    fn wake(&self, input: &Input) -> Box<Live> {
        let mut live: Option<Box<Live>> = None;
        self.journal.replay(|input| {
            let live = live.get_or_insert_with(|| Box::new(Live::new(&self.setup, input)));
            live.turn(&self.setup, input);
        });
        live.unwrap_or_else(|| Box::new(Live::new(&self.setup, input)))
    }

    /// Forgets its past: it is over, and says nothing about it.
    pub fn retire(&mut self) {
        (self.journal, self.live) = (Journal::default(), None);
        (self.seen.state, self.seen.due) = (State::Closed, None);
    }

    /// Rough heap size in bytes, without what copies share.
    pub fn heap_bytes(&self) -> usize {
        let live = if self.live.is_some() { 64 << 10 } else { 0 };
        size_of::<Self>() + live
    }
}
