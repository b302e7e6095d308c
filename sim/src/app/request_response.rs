//! A client that asks and waits, and the server that answers.

use std::net::Ipv4Addr;

use crate::stack::{App, AppOut, Datagram, Failed};
use crate::time::{SimDuration, SimTime};

/// The port servers listen on when nothing is said.
pub const PORT: u16 = 8080;
/// How long a client waits for one answer. Longer than ARP needs to give up.
pub const WAIT: SimDuration = SimDuration::from_secs(5);

const NEXT: u8 = 0;
const GIVE_UP: u8 = 1;

/// What to ask, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientConfig {
    /// The server.
    pub to: Ipv4Addr,
    /// Its port.
    pub port: u16,
    /// How many requests, one after the other.
    pub count: u64,
    /// From an answer to the next request.
    pub every: SimDuration,
    /// Payload bytes of a request, at least 8: its number.
    pub size: u16,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self { to: Ipv4Addr::UNSPECIFIED, port: PORT, count: 1, every: SimDuration::ZERO, size: 64 }
    }
}

/// Asks and waits.
#[derive(Clone, Debug)]
pub struct Client {
    config: ClientConfig,
    port: u16,
    sent: u64,
    /// How many had been sent when it was started last.
    before: u64,
    asked: Option<SimTime>,
}

impl Client {
    /// A client as configured.
    pub fn new(config: ClientConfig) -> Self {
        Self { config, port: 0, sent: 0, before: 0, asked: None }
    }

    fn ask(&mut self, out: &mut AppOut<'_, '_>) {
        self.sent += 1;
        self.asked = Some(out.now());
        out.sent();
        let number = self.sent;
        let len = usize::from(self.config.size).max(8);
        out.udp_send(self.port, (self.config.to, self.config.port), len, |payload| {
            payload[..8].copy_from_slice(&number.to_be_bytes());
        });
        out.arm(GIVE_UP, out.now() + WAIT);
    }

    fn go_on(&mut self, out: &mut AppOut<'_, '_>) {
        self.asked = None;
        out.disarm(GIVE_UP);
        if self.sent - self.before < self.config.count {
            out.arm(NEXT, out.now() + self.config.every);
        } else {
            out.finish();
        }
    }
}

impl App for Client {
    fn name(&self) -> &'static str {
        "client"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.config.count == 0 {
            return out.finish();
        }
        if self.port == 0 {
            self.port = out.bind();
        }
        self.before = self.sent;
        out.disarm(NEXT);
        self.ask(out);
    }

    fn stop(&mut self, out: &mut AppOut<'_, '_>) {
        // An answer that comes now must not make it go on.
        self.asked = None;
        out.disarm(NEXT);
        out.disarm(GIVE_UP);
        out.finish();
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        if kind == NEXT { self.ask(out) } else { self.go_on(out) }
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        // An answer to an earlier request, given up meanwhile, is not taken for this one's.
        if datagram.payload.get(..8) != Some(self.sent.to_be_bytes().as_slice()) {
            return;
        }
        let Some(asked) = self.asked else { return };
        let rtt = out.now() - asked;
        out.received(datagram.payload.len(), Some(rtt));
        self.go_on(out);
    }

    fn error(&mut self, _failed: Failed, out: &mut AppOut<'_, '_>) {
        if self.asked.is_some() {
            self.go_on(out);
        }
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}

/// Where to listen, and how much to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerConfig {
    /// The port.
    pub port: u16,
    /// Payload bytes of an answer, at least 8: the number of the request.
    pub size: u16,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { port: PORT, size: 512 }
    }
}

/// Answers requests.
#[derive(Clone, Debug)]
pub struct Server {
    config: ServerConfig,
}

impl Server {
    /// A server as configured.
    pub fn new(config: ServerConfig) -> Self {
        Self { config }
    }
}

impl App for Server {
    fn name(&self) -> &'static str {
        "server"
    }

    fn port(&self) -> Option<u16> {
        Some(self.config.port)
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        let Some(number) = datagram.payload.get(..8) else { return };
        let len = usize::from(self.config.size).max(8);
        out.udp_send(datagram.dst.1, datagram.src, len, |payload| payload[..8].copy_from_slice(number));
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
