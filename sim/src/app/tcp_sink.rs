//! Accepts TCP connections and counts what comes over them for the flow it belongs to, as `iperf3 -s` does.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::stack::tcp::{End, Input, LEAST_MTU, Setup};
use crate::stack::why::flows;
use crate::stack::{App, AppOut, Connection, Endpoint, Segment};
use crate::wire::{Origin, tcp};

/// The port flows use when nothing is said: that of `iperf3`.
pub const PORT: u16 = 5_201;
/// Connections at once; further calls go unanswered, as when Linux' queue is full.
const MOST: usize = 1_024;

const TURN: u8 = 0;

/// Where to listen.
#[derive(Clone, Debug, PartialEq)]
pub struct TcpSinkConfig {
    /// The port.
    pub port: u16,
}

impl Default for TcpSinkConfig {
    fn default() -> Self {
        Self { port: PORT }
    }
}

/// A connection and the flow that called.
#[derive(Clone, Debug)]
struct Accepted {
    endpoint: Endpoint,
    origin: Origin,
}

/// Listens on a port.
#[derive(Clone, Debug)]
pub struct TcpSink {
    config: TcpSinkConfig,
    /// By address and port of the caller, and the address that was called.
    accepted: IndexMap<(Ipv4Addr, u16, Ipv4Addr), Accepted, FxBuildHasher>,
}

impl TcpSink {
    /// A sink as configured.
    pub fn new(config: TcpSinkConfig) -> Self {
        Self { config, accepted: IndexMap::default() }
    }

    fn turn(&mut self, who: (Ipv4Addr, u16, Ipv4Addr), segment: Option<Segment<'_>>, out: &mut AppOut<'_, '_>) {
        let Some(Accepted { endpoint, origin }) = self.accepted.get_mut(&who) else { return };
        out.on_behalf(*origin);
        let before = endpoint.seen();
        let input = Input {
            at: out.now(),
            mtu: out.way(who.0).map_or(before.mtu.max(LEAST_MTU), |(_, mtu)| mtu),
            may_write: 0,
            end: End::Open,
            segment: segment.map(|segment| (segment.head.into(), segment.payload as u32)),
            ..Input::default()
        };
        let answers = endpoint.turn(input);
        let seen = endpoint.seen();
        if segment.is_some_and(|segment| segment.counts()) {
            out.received((seen.delivered - before.delivered) as usize, None);
        }
        for sent in answers {
            out.tcp_send(who.2, who.0, &sent.segment, sent.again.then_some(&flows::TCP_AGAIN));
        }
        if seen.word() == "CLOSED" || seen.word() == "LISTEN" {
            self.accepted.swap_remove(&who);
        }
    }

    fn wait(&self, out: &mut AppOut<'_, '_>) {
        match self.accepted.values().filter_map(|at| at.endpoint.seen().due).min() {
            Some(due) => out.arm(TURN, due),
            None => out.disarm(TURN),
        }
    }
}

impl App for TcpSink {
    fn name(&self) -> &'static str {
        "tcp-sink"
    }

    fn tcp_port(&self) -> Option<u16> {
        Some(self.config.port)
    }

    fn timer(&mut self, _kind: u8, out: &mut AppOut<'_, '_>) {
        let now = out.now();
        let due = |at: &Accepted| at.endpoint.seen().due.is_some_and(|due| due <= now);
        let due: Vec<_> = self.accepted.iter().filter(|(_, at)| due(at)).map(|(who, _)| *who).collect();
        for who in due {
            self.turn(who, None, out);
        }
        self.wait(out);
    }

    fn tcp(&mut self, segment: Segment<'_>, out: &mut AppOut<'_, '_>) {
        let who = (segment.src.0, segment.src.1, segment.dst.0);
        if !self.accepted.contains_key(&who) {
            let calls = segment.header.flags & (tcp::SYN | tcp::ACK | tcp::RST) == tcp::SYN;
            if !calls {
                return out.tcp_refuse(segment);
            }
            if self.accepted.len() >= MOST {
                return;
            }
            let seed = out.stream(&format!("isn{}", out.event().0)).bits();
            let setup = Setup { own: segment.dst, peer: segment.src, active: false, talks: false, seed };
            self.accepted.insert(who, Accepted { endpoint: Endpoint::new(setup), origin: out.origin() });
        }
        self.turn(who, Some(segment), out);
        self.wait(out);
    }

    fn connections(&self) -> Vec<Connection> {
        self.accepted.values().map(|at| at.endpoint.connection()).collect()
    }

    fn heap_bytes(&self) -> usize {
        self.accepted.values().map(|at| at.endpoint.heap_bytes() + 32).sum()
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
