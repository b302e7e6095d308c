//! Echo requests at a steady pace, like `ping`.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use crate::stack::{App, AppOut, Echo, Failed};
use crate::time::{SimDuration, SimTime};

/// How long after the last request an answer is waited for. Longer than the three seconds in which ARP gives up, so
/// that an absent neighbour is reported and not merely timed out.
pub const WAIT: SimDuration = SimDuration::from_secs(5);
/// Answers later than this are no longer matched; keeps the list of open requests short.
const OPEN: usize = 1024;

const NEXT: u8 = 0;
const GIVE_UP: u8 = 1;

/// What to ask, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct PingConfig {
    /// Who is asked.
    pub to: Ipv4Addr,
    /// How many requests.
    pub count: u64,
    /// From one request to the next.
    pub every: SimDuration,
    /// Bytes behind the ICMP header.
    pub size: u16,
    /// Don't fragment.
    pub df: bool,
}

impl Default for PingConfig {
    fn default() -> Self {
        // 56 bytes and one a second: what `ping` does when nothing is said.
        let (count, every, size) = (1, SimDuration::from_secs(1), 56);
        Self { to: Ipv4Addr::UNSPECIFIED, count, every, size, df: true }
    }
}

/// Asks for echoes.
#[derive(Clone, Debug)]
pub struct Ping {
    config: PingConfig,
    sent: u64,
    /// How many had been sent when it was started last.
    before: u64,
    open: VecDeque<(u16, SimTime)>,
}

impl Ping {
    /// A ping as configured.
    pub fn new(config: PingConfig) -> Self {
        Self { config, sent: 0, before: 0, open: VecDeque::new() }
    }

    fn ask(&mut self, out: &mut AppOut<'_, '_>) {
        self.sent += 1;
        let seq = self.sent as u16;
        if self.open.len() == OPEN {
            self.open.pop_front();
        }
        self.open.push_back((seq, out.now()));
        out.sent();
        out.echo_request(self.config.to, seq, usize::from(self.config.size), self.config.df);
        if self.asked_all() {
            out.arm(GIVE_UP, out.now() + WAIT);
        } else {
            out.arm(NEXT, out.now() + self.config.every);
        }
    }

    fn asked_all(&self) -> bool {
        self.sent - self.before >= self.config.count
    }

    fn close(&mut self, seq: u16) -> Option<SimTime> {
        let at = self.open.iter().position(|(open, _)| *open == seq)?;
        self.open.remove(at).map(|(_, time)| time)
    }

    fn finish_if_done(&self, out: &mut AppOut<'_, '_>) {
        if self.asked_all() && self.open.is_empty() {
            out.disarm(GIVE_UP);
            out.finish();
        }
    }
}

impl App for Ping {
    fn name(&self) -> &'static str {
        "ping"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.config.count == 0 {
            return out.finish();
        }
        // Numbers go on, so that a late answer to an earlier round is not taken for one of this round.
        self.before = self.sent;
        self.open.clear();
        out.disarm(GIVE_UP);
        self.ask(out);
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        if kind == NEXT {
            self.ask(out);
        } else {
            out.finish();
        }
    }

    fn echo_reply(&mut self, echo: Echo<'_>, out: &mut AppOut<'_, '_>) {
        let Some(asked) = self.close(echo.seq) else { return };
        let rtt = out.now() - asked;
        out.received(echo.payload.len(), Some(rtt));
        self.finish_if_done(out);
    }

    fn error(&mut self, failed: Failed, out: &mut AppOut<'_, '_>) {
        if self.close(failed.seq).is_some() {
            self.finish_if_done(out);
        }
    }

    fn heap_bytes(&self) -> usize {
        self.open.capacity() * 16
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
