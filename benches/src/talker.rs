//! The application of the workloads: sends datagrams to its peers and counts those it gets.

use std::net::Ipv4Addr;

use overunder_sim::stack::{App, AppOut, Datagram};

use crate::traffic::Schedule;

/// Bytes behind the UDP header.
const PAYLOAD: usize = 64;
/// UDP port of every host (RFC 863, discard).
const PORT: u16 = 9;

/// Sends a datagram to a random one of its peers every gap until its share is used up.
#[derive(Clone, Debug)]
pub struct Talker {
    peers: Vec<Ipv4Addr>,
    schedule: Schedule,
}

impl Talker {
    /// A host's application; `address` tells the address of a peer.
    pub fn new(schedule: Schedule, address: impl Fn(usize) -> Ipv4Addr) -> Self {
        Self { peers: schedule.peers.iter().map(|&peer| address(peer)).collect(), schedule }
    }
}

impl App for Talker {
    fn name(&self) -> &'static str {
        "talker"
    }

    fn port(&self) -> Option<u16> {
        Some(PORT)
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        if self.schedule.quota > 0 {
            out.arm(0, self.schedule.first);
        }
    }

    fn timer(&mut self, _kind: u8, out: &mut AppOut<'_, '_>) {
        let peer = self.peers[self.schedule.random.below(self.peers.len() as u64) as usize];
        out.udp_send(PORT, (peer, PORT), PAYLOAD, |payload| payload.fill(0x5a));
        out.sent();
        self.schedule.quota -= 1;
        if self.schedule.quota > 0 {
            out.arm(0, out.now() + self.schedule.gap);
        }
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        if datagram.payload.len() == PAYLOAD {
            out.received(PAYLOAD, None);
        }
    }

    fn heap_bytes(&self) -> usize {
        self.peers.len() * 12 + 128
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
