//! Frames from invented stations, to fill the tables of switches, as `macof` (dsniff) sends them.

use std::net::Ipv4Addr;

use crate::rng::Stream;
use crate::stack::{App, AppOut};
use crate::time::{SimDuration, SimTime};
use crate::wire::{MacAddr, ethernet, ipv4, udp};

const NEXT: u8 = 0;

/// How the invented source addresses follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Drawn at random.
    #[default]
    Random,
    /// Counted up from 02:f1:00:00:00:00.
    Sequential,
}

/// What to send, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct MacFloodConfig {
    /// From one frame to the next.
    pub every: SimDuration,
    /// Most frames; `None` is no limit.
    pub count: Option<u64>,
    /// For how long; a frame that would come just at the end is not sent. With neither limit one is sent.
    pub lasts: Option<SimDuration>,
    /// Where the source addresses come from.
    pub sources: Sources,
    /// EtherType of the frames. [`ethernet::IPV4`] gives them an IP and a UDP header, anything else plain bytes.
    pub ethertype: u16,
}

impl Default for MacFloodConfig {
    fn default() -> Self {
        let every = SimDuration::from_ms(1);
        Self { every, count: None, lasts: None, sources: Sources::Random, ethertype: ethernet::EXPERIMENTAL }
    }
}

/// Sends frames from invented stations to invented stations.
#[derive(Clone, Debug)]
pub struct MacFlood {
    config: MacFloodConfig,
    stream: Option<Stream>,
    sent: u64,
    /// How many had been sent when it was started last.
    before: u64,
    until: SimTime,
}

impl MacFlood {
    /// An attacker as configured.
    pub fn new(config: MacFloodConfig) -> Self {
        Self { config, stream: None, sent: 0, before: 0, until: SimTime::MAX }
    }

    /// A unicast, locally administered address, so that no real station is hit.
    fn invent(stream: &mut Stream) -> MacAddr {
        let mut mac = MacAddr::from_key(stream.bits());
        mac.0[0] = mac.0[0] & 0xfc | 0x02;
        mac
    }

    fn send(&mut self, out: &mut AppOut<'_, '_>) {
        self.sent += 1;
        let stream = self.stream.get_or_insert_with(|| out.stream("mac-flood"));
        let dst = Self::invent(stream);
        let src = match self.config.sources {
            Sources::Random => Self::invent(stream),
            Sources::Sequential => MacAddr::from_key(0x02f1_0000_0000 | (self.sent - 1) & 0xffff_ffff),
        };
        let (from, to) = (Ipv4Addr::from_bits(0x0a00_0000 | src.key() as u32 & 0x00ff_ffff), dst.key() as u32);
        let to = Ipv4Addr::from_bits(0x0a00_0000 | to & 0x00ff_ffff);
        let ethertype = self.config.ethertype;
        out.sent();
        out.raw_send(ethernet::MIN_LEN, |bytes| {
            ethernet::write(bytes, dst, src, ethertype);
            if ethertype == ethernet::IPV4 {
                datagram(&mut bytes[ethernet::HEADER_LEN..], from, to);
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

/// An empty datagram to the discard port, so that whoever reads the frame finds nothing wrong with it.
fn datagram(bytes: &mut [u8], src: Ipv4Addr, dst: Ipv4Addr) {
    let header = ipv4::Send { src, dst, protocol: ipv4::UDP, ttl: ipv4::DEFAULT_TTL, df: true, tos: 0, id: 0 };
    let total = ipv4::HEADER_LEN + udp::HEADER_LEN;
    let port = super::udp_sink::PORT;
    udp::write(&mut bytes[ipv4::HEADER_LEN..total], (src, port), (dst, port));
    ipv4::write(bytes, &header, total);
}

impl App for MacFlood {
    fn name(&self) -> &'static str {
        "mac-flood"
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.config.count == Some(0) {
            return out.finish();
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
