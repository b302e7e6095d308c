//! Receives datagrams and counts them for the flow they belong to.

use crate::stack::{App, AppOut, Datagram};

/// The port flows use when nothing is said: `discard` (RFC 863).
pub const PORT: u16 = 9;

/// Where to listen.
#[derive(Clone, Debug, PartialEq)]
pub struct UdpSinkConfig {
    /// The port.
    pub port: u16,
}

impl Default for UdpSinkConfig {
    fn default() -> Self {
        Self { port: PORT }
    }
}

/// Listens on a port.
#[derive(Clone, Debug)]
pub struct UdpSink {
    config: UdpSinkConfig,
}

impl UdpSink {
    /// A sink as configured.
    pub fn new(config: UdpSinkConfig) -> Self {
        Self { config }
    }
}

impl App for UdpSink {
    fn name(&self) -> &'static str {
        "udp-sink"
    }

    fn port(&self) -> Option<u16> {
        Some(self.config.port)
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        out.received(datagram.payload.len(), None);
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
