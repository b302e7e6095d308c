//! EIGRP: routers tell their neighbours distances, and use only those that cannot lead into a loop (RFC 7868).
//!
//! | file | holds |
//! |---|---|
//! | [`metric`] | how far a network is |
//! | [`neighbour`] | hellos, what makes them be refused, how neighbours come and go |
//! | [`transport`] | packets that are acknowledged and sent again |
//! | [`dual`] | the state machine of one network (§3) |
//! | [`topology`] | what neighbours are told and asked of networks, and the routes |
//! | [`table`] | the tables `eigrp` and `topology` |
//!
//! Modelled: classic metrics with all K values, reliable transport, DUAL with all its transitions, split horizon, several
//! next hops that are as far, questions that stay open (SIA), goodbye. Left out: external routes, summaries, stub
//! routers, unequal ways, authentication, wide metrics. Of conditional receive the receiving half is here; where one
//! neighbour lags behind, all on its link are told one by one.
//!
//! Where the standard leaves a choice this follows FRR's `eigrpd`: 100 Mb/s and 100 µs a link, a packet again after two
//! seconds and a neighbour lost after sixteen times.

pub mod dual;
pub mod metric;
mod neighbour;
mod table;
#[cfg(test)]
mod tests;
mod topology;
mod transport;
pub mod why;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::{Heard, Io, Link, Protocol};
use crate::engine::{ChangeError, TableView, Value};
use crate::stack::fib;
use crate::stack::rib::Prefix;
use crate::time::{SimDuration, SimTime};
use crate::wire::eigrp::{self as wire, Fault, Packet};
use dual::Destination;
use metric::{Cost, Weights};
use neighbour::Face;
use topology::{Said, Used};

pub use neighbour::State;
pub use table::{NEIGHBOURS, TOPOLOGY};

/// So many hellos of a link a run waits for.
const FIRST_HELLOS: u32 = 2;

/// What a router is told of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceConfig {
    /// How long a packet takes.
    pub delay: Option<SimDuration>,
    /// In kb/s.
    pub bandwidth: Option<u32>,
    /// From one hello to the next.
    pub hello: Option<SimDuration>,
    /// So long after its last hello this router is gone for its neighbours.
    pub hold: Option<SimDuration>,
}

/// What a router is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EigrpConfig {
    /// Its autonomous system.
    pub system: u16,
    /// K1 to K6.
    pub k: Weights,
    /// How long a packet takes on its links.
    pub delay: SimDuration,
    /// Bandwidth of its links in kb/s.
    pub bandwidth: u32,
    /// From one hello to the next.
    pub hello: SimDuration,
    /// So long after its last hello this router is gone for its neighbours.
    pub hold: SimDuration,
    /// What was not acknowledged is sent again after so long.
    pub retransmit: SimDuration,
    /// A neighbour that does not answer a question for so long is given up; at half of it it is asked again.
    pub active: SimDuration,
    /// Nothing is told on the link a route leads to.
    pub split_horizon: bool,
    /// Interfaces on which it neither speaks nor listens.
    pub passive: Vec<String>,
    /// What is different on some interfaces.
    pub interfaces: Vec<(String, FaceConfig)>,
}

impl Default for EigrpConfig {
    fn default() -> Self {
        Self {
            system: 1,
            k: [1, 0, 1, 0, 0, 0],
            delay: SimDuration::from_us(100),
            bandwidth: 100_000,
            hello: SimDuration::from_secs(5),
            hold: SimDuration::from_secs(15),
            retransmit: SimDuration::from_secs(2),
            active: SimDuration::from_secs(180),
            split_horizon: true,
            passive: Vec::new(),
            interfaces: Vec::new(),
        }
    }
}

/// A router that speaks EIGRP.
#[derive(Clone, Debug)]
pub struct Eigrp {
    config: EigrpConfig,
    /// One for each link.
    faces: Vec<Face>,
    /// Number of the last packet that is acknowledged.
    sequence: u32,
    networks: BTreeMap<Prefix, Destination>,
    /// What was offered.
    used: BTreeMap<Prefix, Used>,
    /// Networks of which the present event may have something to tell.
    touched: BTreeSet<Prefix>,
    /// What the present event wants said, in order.
    saying: Vec<Said>,
    /// Number of the last row of the topology.
    row: u64,
}

impl Eigrp {
    /// A router that knows nothing.
    pub const fn new(config: EigrpConfig) -> Self {
        Self {
            config,
            faces: Vec::new(),
            sequence: 0,
            networks: BTreeMap::new(),
            used: BTreeMap::new(),
            touched: BTreeSet::new(),
            saying: Vec::new(),
            row: 0,
        }
    }

    fn configure(&mut self, links: &[Link]) {
        let config = &self.config;
        let face = |link: &Link| {
            let own = config.interfaces.iter().find(|(name, _)| *name == link.name).map(|(_, own)| own.clone());
            let own = own.unwrap_or_default();
            let (delay, bandwidth) = (own.delay.unwrap_or(config.delay), own.bandwidth.unwrap_or(config.bandwidth));
            Face {
                up: false,
                passive: config.passive.contains(&link.name),
                address: link.addresses.first().copied(),
                cost: Cost::new(delay, bandwidth, link.mtu),
                hello: own.hello.unwrap_or(config.hello),
                hold: own.hold.unwrap_or(config.hold),
                hello_at: None,
                hellos: 0,
                neighbours: Vec::new(),
                refused: Vec::new(),
            }
        };
        self.faces = links.iter().map(face).collect();
    }

    /// Does what the present event has left to do.
    fn settle(&mut self, io: &mut Io<'_>) {
        self.tell_changes(io);
        self.flush(io);
    }
}

impl Protocol for Eigrp {
    const NAME: &'static str = "eigrp";
    const GROUP: (Ipv4Addr, u16) = (wire::GROUP, 0);
    const NUMBER: Option<u8> = Some(wire::PROTOCOL);
    const ROUTES: fib::Protocol = fib::Protocol::Eigrp;

    fn start(&mut self, io: &mut Io<'_>) {
        self.configure(io.links);
        // A neighbour from before its power was cut must not take a new packet for an old one.
        self.sequence = io.dice.below(1 << 12) as u32;
        for link in 0..io.links.len() {
            if io.links[link].up {
                self.face_up(link, io);
            }
        }
        self.settle(io);
    }

    fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.config));
    }

    fn message(&mut self, heard: Heard<'_>, io: &mut Io<'_>) {
        let Heard { link, from: (ip, _), to, bytes } = heard;
        if self.faces.get(link).is_none_or(|face| !face.up || face.passive) {
            return;
        }
        match Packet::read(bytes) {
            Ok(packet) => self.packet((link, ip), to.is_multicast(), packet, io),
            Err(fault) => {
                let reason = match fault {
                    Fault::Length => &why::WRONG_LENGTH,
                    Fault::Version(_) => &why::WRONG_VERSION,
                    Fault::Opcode(_) => &why::WRONG_OPCODE,
                    Fault::Checksum => &why::WRONG_CHECKSUM,
                };
                io.say(reason, |links| format!("{ip} on {}", links[link].name));
            }
        }
        self.settle(io);
    }

    fn timer(&mut self, io: &mut Io<'_>) {
        for link in 0..self.faces.len() {
            self.face_timers(link, io);
        }
        self.stuck(io);
        self.settle(io);
    }

    fn link(&mut self, link: usize, io: &mut Io<'_>) {
        if link < self.faces.len() {
            if io.links[link].up {
                self.face_up(link, io);
            } else {
                self.face_down(link, io);
            }
        }
        self.settle(io);
    }

    fn set(&mut self, _field: &str, _value: &Value, _io: &mut Io<'_>) -> Option<Result<(), ChangeError>> {
        None
    }

    fn patience(&self) -> SimDuration {
        let own = self.config.interfaces.iter().filter_map(|(_, face)| face.hold);
        own.fold(self.config.hold, SimDuration::max) + self.config.hello
    }

    fn due(&self) -> [Option<SimTime>; 2] {
        let mut soon: Vec<Option<SimTime>> = Vec::new();
        let mut later = Vec::new();
        for face in &self.faces {
            soon.push(face.hello_at.filter(|_| face.hellos < FIRST_HELLOS));
            later.push(face.hello_at);
            later.extend(face.refused.iter().map(|one| Some(one.until)));
            for near in &face.neighbours {
                soon.push(near.sent.as_ref().map(|sent| sent.again));
                later.push(Some(near.gone_at()));
            }
        }
        soon.extend(self.networks.values().filter_map(|to| to.active.as_ref()).map(|active| Some(active.sia_at)));
        let waited_for = soon.into_iter().flatten().min();
        let background = later.into_iter().flatten().min();
        [waited_for, background.filter(|due| waited_for != Some(*due))]
    }

    fn table(&self, links: &[Link]) -> TableView {
        self.neighbours_view(links)
    }

    fn second_table(&self, links: &[Link]) -> Option<TableView> {
        Some(self.topology_view(links))
    }

    fn heap_bytes(&self) -> usize {
        let faces: usize = self.faces.iter().map(|face| 160 + face.neighbours.len() * 256).sum();
        let ways = |to: &Destination| 256 + to.paths.len() * 96 + to.told.len() * 48;
        self.networks.values().map(ways).sum::<usize>() + faces
    }
}
