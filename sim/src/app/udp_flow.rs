//! Datagrams one way at a steady pace, to an [`super::udp_sink`].

use std::net::Ipv4Addr;

use crate::stack::{App, AppOut};
use crate::time::{SimDuration, SimTime};

const NEXT: u8 = 0;

/// What to send, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct UdpFlowConfig {
    /// Who it is for.
    pub to: Ipv4Addr,
    /// The port it is for.
    pub port: u16,
    /// Most datagrams; `None` is no limit.
    pub count: Option<u64>,
    /// For how long; a datagram that would come just at the end is not sent. With neither limit one is sent.
    pub lasts: Option<SimDuration>,
    /// From one datagram to the next.
    pub every: SimDuration,
    /// Payload bytes of each.
    pub size: u16,
}

impl Default for UdpFlowConfig {
    fn default() -> Self {
        let every = SimDuration::from_secs(1);
        Self { to: Ipv4Addr::UNSPECIFIED, port: super::udp_sink::PORT, count: None, lasts: None, every, size: 100 }
    }
}

/// Sends datagrams.
#[derive(Clone, Debug)]
pub struct UdpFlow {
    config: UdpFlowConfig,
    port: u16,
    sent: u64,
    /// How many had been sent when it was started last.
    before: u64,
    until: SimTime,
}

impl UdpFlow {
    /// A flow as configured.
    pub fn new(config: UdpFlowConfig) -> Self {
        Self { config, port: 0, sent: 0, before: 0, until: SimTime::MAX }
    }

    fn send(&mut self, out: &mut AppOut<'_, '_>) {
        self.sent += 1;
        out.sent();
        let number = self.sent;
        out.udp_send(self.port, (self.config.to, self.config.port), usize::from(self.config.size), |payload| {
            // The number makes each datagram of a capture tell which one it is.
            for (byte, digit) in payload.iter_mut().zip(number.to_be_bytes()) {
                *byte = digit;
            }
        });
        let next = out.now() + self.config.every;
        let limit = match (self.config.count, self.config.lasts) {
            (None, None) => 1,
            (count, _) => count.unwrap_or(u64::MAX),
        };
        if self.sent - self.before < limit && next < self.until {
            out.arm(NEXT, next);
        } else {
            out.finish();
        }
    }
}

impl App for UdpFlow {
    fn name(&self) -> &'static str {
        "udp"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.config.count == Some(0) {
            return out.finish();
        }
        if self.port == 0 {
            self.port = out.bind();
        }
        self.before = self.sent;
        self.until = self.config.lasts.map_or(SimTime::MAX, |span| out.now() + span);
        self.send(out);
    }

    fn timer(&mut self, _kind: u8, out: &mut AppOut<'_, '_>) {
        self.send(out);
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
