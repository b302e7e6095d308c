//! Bytes one way over a TCP connection, to a [`super::tcp_sink`], as `iperf3` sends them.

use std::net::Ipv4Addr;

use smoltcp::socket::tcp::State;

use crate::explain::Reason;
use crate::stack::tcp::{End, Input, LEAST_MTU, Seen, Setup};
use crate::stack::why::flows;
use crate::stack::{App, AppOut, Connection, Endpoint, Failed, NetError, Segment};
use crate::time::SimDuration;
use crate::wire::tcp;

const TURN: u8 = 0;
const ENOUGH: u8 = 1;

/// What to send.
#[derive(Clone, Debug, PartialEq)]
pub struct TcpFlowConfig {
    /// Who it is for.
    pub to: Ipv4Addr,
    /// The port it is for.
    pub port: u16,
    /// Payload bytes; `None` is no limit.
    pub bytes: Option<u64>,
    /// For how long bytes are written; those already written are still sent then.
    pub lasts: Option<SimDuration>,
}

impl Default for TcpFlowConfig {
    fn default() -> Self {
        Self { to: Ipv4Addr::UNSPECIFIED, port: super::tcp_sink::PORT, bytes: Some(100_000), lasts: None }
    }
}

/// Opens a connection, sends, closes. Segments that open, close or carry data count as sent, each time.
#[derive(Clone, Debug)]
pub struct TcpFlow {
    config: TcpFlowConfig,
    port: u16,
    end: End,
    endpoint: Option<Endpoint>,
}

impl TcpFlow {
    /// A flow as configured.
    pub fn new(config: TcpFlowConfig) -> Self {
        Self { config, port: 0, end: End::Open, endpoint: None }
    }

    /// One turn; `again` is why segments are repeated in it, if any are.
    fn turn(&mut self, segment: Option<Segment<'_>>, again: Reason, out: &mut AppOut<'_, '_>) {
        let Some(endpoint) = &mut self.endpoint else { return };
        let (own, peer, before) = (endpoint.setup().own.0, endpoint.setup().peer.0, endpoint.seen());
        // Once the time is up, no more is written than was.
        let limit = if self.end == End::Close { before.written } else { u64::MAX };
        let bytes = self.config.bytes.unwrap_or(u64::MAX);
        let closes = self.config.bytes.is_some() && self.end == End::Open;
        let input = Input {
            at: out.now(),
            // Without a way there is none to measure; the packets will tell.
            mtu: out.way(peer).map_or(before.mtu, |(_, mtu)| mtu).max(LEAST_MTU),
            may_write: bytes.min(limit),
            end: if closes { End::Close } else { self.end },
            segment: segment.map(|segment| (segment.head.into(), segment.payload as u32)),
            ..Input::default()
        };
        for sent in endpoint.turn(input) {
            if counts(&sent.segment) {
                out.sent();
            }
            out.tcp_send(own, peer, &sent.segment, sent.again.then_some(again));
        }
        let seen = endpoint.seen();
        out.streamed(seen.written);
        if let Some(reason) = self.ending(before, seen, segment.is_some()) {
            out.fail(reason);
        }
        self.wait(seen, out);
    }

    /// Why the connection is over, unless it was closed as it should be.
    fn ending(&self, before: Seen, now: Seen, told: bool) -> Option<Reason> {
        if now.state != State::Closed || self.end == End::Abort {
            return None;
        }
        match before.state {
            State::SynSent if told => Some(&flows::TCP_REFUSED),
            State::Closed | State::LastAck | State::Closing | State::TimeWait => None,
            _ if told => Some(&flows::TCP_RESET),
            _ => Some(&flows::TCP_TIMED_OUT),
        }
    }

    /// Nobody has answered yet, and nobody needs to be told.
    fn give_up(&mut self, out: &mut AppOut<'_, '_>) {
        self.endpoint.iter_mut().for_each(Endpoint::retire);
        out.disarm(TURN);
        out.disarm(ENOUGH);
        out.finish();
    }

    fn wait(&mut self, seen: Seen, out: &mut AppOut<'_, '_>) {
        match seen.due {
            // TIME-WAIT only keeps the port.
            Some(due) if seen.is_over() => out.arm_background(TURN, due),
            Some(due) => out.arm(TURN, due),
            None => out.disarm(TURN),
        }
        if seen.is_over() {
            out.disarm(ENOUGH);
            out.finish();
            if seen.due.is_none()
                && let Some(endpoint) = &mut self.endpoint
            {
                endpoint.retire();
            }
        }
    }
}

/// Takes up sequence numbers: opens, closes or carries data.
fn counts(segment: &[u8]) -> bool {
    let (Some(&offset), Some(&flags)) = (segment.get(12), segment.get(13)) else { return false };
    segment.len() > usize::from(offset >> 4) * 4 || u16::from(flags) & (tcp::SYN | tcp::FIN) != 0
}

impl App for TcpFlow {
    fn name(&self) -> &'static str {
        "tcp"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        let Some(from) = out.way(self.config.to).map(|(from, _)| from).or_else(|| out.own_address()) else {
            return out.finish();
        };
        self.port = out.bind_connection(self.port);
        // Numbers of connections that follow one another on the same ports must not be the same.
        let seed = out.stream(&format!("isn{}", out.event().0)).bits();
        let (own, peer) = ((from, self.port), (self.config.to, self.config.port));
        let setup = Setup { own, peer, active: true, talks: false, seed };
        self.endpoint = Some(Endpoint::new(setup));
        self.end = End::Open;
        if let Some(span) = self.config.lasts {
            out.arm(ENOUGH, out.now() + span);
        }
        self.turn(None, &flows::TCP_AGAIN, out);
    }

    fn stop(&mut self, out: &mut AppOut<'_, '_>) {
        match self.endpoint.as_ref().map(Endpoint::seen) {
            Some(seen) if seen.is_calling() => self.give_up(out),
            Some(seen) if !seen.is_over() => {
                self.end = End::Abort;
                self.turn(None, &flows::TCP_AGAIN, out);
            }
            _ => {}
        }
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        if kind == ENOUGH && self.end == End::Open {
            self.end = End::Close;
        }
        self.turn(None, &flows::TCP_AGAIN, out);
    }

    fn tcp(&mut self, segment: Segment<'_>, out: &mut AppOut<'_, '_>) {
        let ours = self.endpoint.as_ref().is_some_and(|endpoint| {
            (endpoint.setup().own, endpoint.setup().peer) == (segment.dst, segment.src)
                && endpoint.seen().word() != "CLOSED"
        });
        if !ours {
            return out.tcp_refuse(segment);
        }
        self.turn(Some(segment), &flows::TCP_AGAIN_FAST, out);
    }

    fn error(&mut self, failed: Failed, out: &mut AppOut<'_, '_>) {
        let Some(seen) = self.endpoint.as_ref().map(Endpoint::seen) else { return };
        match failed.error {
            // The way is narrower than was thought: the next turn learns how much.
            NetError::TooBig(_) if !seen.is_over() => self.turn(None, &flows::TCP_AGAIN_SMALLER, out),
            NetError::TooBig(_) => {}
            // While it calls, an error is the answer; later it may pass (Linux `tcp_v4_err`).
            _ if seen.is_calling() => {
                out.fail(&flows::TCP_UNREACHABLE);
                self.give_up(out);
            }
            _ => {}
        }
    }

    fn connections(&self) -> Vec<Connection> {
        self.endpoint.iter().map(Endpoint::connection).collect()
    }

    fn heap_bytes(&self) -> usize {
        self.endpoint.as_ref().map_or(0, Endpoint::heap_bytes)
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
