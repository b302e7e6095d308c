//! Frames written by hand, like those of a raw socket (Linux `AF_PACKET`): any destination, any source.

use std::net::Ipv4Addr;

use crate::stack::{App, AppOut};
use crate::time::SimDuration;
use crate::wire::{MacAddr, ethernet, ipv4, udp};

const NEXT: u8 = 0;

/// What to send, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct RawConfig {
    /// Destination of every frame.
    pub to: MacAddr,
    /// With a group, or everybody, the frames carry an empty datagram for it; without, plain bytes under the experimental EtherType.
    pub group: Option<Ipv4Addr>,
    /// Source addresses, used in turn.
    pub sources: Vec<MacAddr>,
    /// How many frames.
    pub count: u64,
    /// From one frame to the next.
    pub every: SimDuration,
}

impl Default for RawConfig {
    fn default() -> Self {
        Self { to: MacAddr::BROADCAST, group: None, sources: Vec::new(), count: 1, every: SimDuration::from_ms(1) }
    }
}

/// Sends frames with the addresses it was given.
#[derive(Clone, Debug)]
pub struct Raw {
    config: RawConfig,
    sent: u64,
}

impl Raw {
    /// A sender as configured.
    pub fn new(config: RawConfig) -> Self {
        Self { config, sent: 0 }
    }

    fn send(&mut self, out: &mut AppOut<'_, '_>) {
        let turn = self.sent % (self.config.sources.len() as u64).max(1);
        let src = self.config.sources.get(turn as usize).copied().or_else(|| out.own_mac()).unwrap_or_default();
        let (to, group, own) = (self.config.to, self.config.group, out.own_address());
        self.sent += 1;
        out.sent();
        out.raw_send(ethernet::MIN_LEN, |bytes| match group.zip(own) {
            Some((group, own)) => {
                ethernet::write(bytes, to, src, ethernet::IPV4);
                datagram(&mut bytes[ethernet::HEADER_LEN..], own, group);
            }
            None => ethernet::write(bytes, to, src, ethernet::EXPERIMENTAL),
        });
        if self.sent < self.config.count {
            out.arm(NEXT, out.now() + self.config.every);
        } else {
            out.finish();
        }
    }
}

/// An empty datagram for a group. It may cross no router, as is the rule for groups (RFC 1112 §6.1).
fn datagram(bytes: &mut [u8], src: Ipv4Addr, dst: Ipv4Addr) {
    let header = ipv4::Send { src, dst, protocol: ipv4::UDP, ttl: 1, df: true, tos: 0, id: 0 };
    let total = ipv4::HEADER_LEN + udp::HEADER_LEN;
    let port = super::udp_sink::PORT;
    udp::write(&mut bytes[ipv4::HEADER_LEN..total], (src, port), (dst, port));
    ipv4::write(bytes, &header, total);
}

impl App for Raw {
    fn name(&self) -> &'static str {
        "raw"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.config.count == 0 {
            return out.finish();
        }
        self.send(out);
    }

    fn timer(&mut self, _kind: u8, out: &mut AppOut<'_, '_>) {
        self.send(out);
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
