//! The application of the workloads: sends datagrams to its peers and counts those it gets.

use std::net::Ipv4Addr;

use overunder_sim::stack::{App, AppOut, Datagram};
use overunder_sim::time::{SimDuration, SimTime};

use crate::random::Xorshift;
use crate::traffic::{PEERS, Schedule};

/// Bytes behind the UDP header.
const PAYLOAD: usize = 64;
/// UDP port of every host (RFC 863, discard).
const PORT: u16 = 9;

/// Sends a datagram to a random one of its peers every gap until its share is used up.
#[derive(Clone, Debug)]
pub struct Talker {
    /// In place, as the state of other simulators' senders is: a list elsewhere is one more cache line a frame.
    peers: [Ipv4Addr; PEERS],
    known: u64,
    first: SimTime,
    gap: SimDuration,
    left: u64,
    random: Xorshift,
}

impl Talker {
    /// A host's application; `address` tells the address of a peer.
    pub fn new(schedule: Schedule, address: impl Fn(usize) -> Ipv4Addr) -> Self {
        let Schedule { first, gap, quota: left, random, .. } = schedule;
        let mut peers = [Ipv4Addr::UNSPECIFIED; PEERS];
        for (at, &peer) in peers.iter_mut().zip(&schedule.peers) {
            *at = address(peer);
        }
        Self { peers, known: schedule.peers.len() as u64, first, gap, left, random }
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
        if self.left > 0 {
            out.arm(0, self.first);
        }
    }

    fn timer(&mut self, _kind: u8, out: &mut AppOut<'_, '_>) {
        let peer = self.peers[self.random.below(self.known) as usize];
        out.udp_send(PORT, (peer, PORT), PAYLOAD, |payload| payload.fill(0x5a));
        out.sent();
        self.left -= 1;
        if self.left > 0 {
            out.arm(0, out.now() + self.gap);
        }
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        if datagram.payload.len() == PAYLOAD {
            out.received(PAYLOAD, None);
        }
    }

    fn heap_bytes(&self) -> usize {
        size_of::<Self>()
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
