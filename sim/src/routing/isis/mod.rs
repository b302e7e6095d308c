//! IS-IS: the same idea as OSPF, carried right on the link and not in IP (ISO/IEC 10589, RFC 1195).
//!
//! | file | holds |
//! |---|---|
//! | [`circuit`] | links: hellos, what makes them be refused, their timers (§8.2, §8.4) |
//! | [`adjacency`] | who is heard, and whether both hear each other (RFC 5303, ISO/IEC 10589 §8.4.2) |
//! | [`designated`] | the designated system of a LAN, and the LAN as a node of the map (§8.4.5) |
//! | [`database`] | the newest version of every LSP, and how long it has to live (§7.3) |
//! | [`flood`] | LSPs come in and go on, are acknowledged and sent again (§7.3.14 to §7.3.16) |
//! | [`numbers`] | sequence number PDUs: what each side has (§7.3.15.2, §7.3.17) |
//! | [`originate`] | LSPs of this system and of LANs it speaks for, their refresh, the end of LSPs (§7.3.7 to §7.3.16.4) |
//! | [`routes`] | the map of a level, when it is computed, routes of both levels (§7.2, RFC 1195 §3.10) |
//! | [`table`] | the tables `isis` and `lsdb` |
//!
//! Modelled: LANs and links of two, both levels, the attached bit with the default route it brings, wide metrics,
//! fragments, passwords of hellos in clear text, several next hops. Left out: narrow metrics, leaking from level 2 to 1,
//! cryptographic authentication, partition repair, IPv6.
//!
//! Where the standard leaves a choice this follows FRR's `isisd`: metric 10, priority 64, the name of links of two, a
//! hello soon after each change, acknowledgements after two seconds, a second between two computations. Hellos come every
//! 10 s and silence is borne for 30 s, as most vendors have it, and a designated system takes a third of both (§8.4.3).

mod adjacency;
mod circuit;
mod database;
mod designated;
mod flood;
mod numbers;
mod originate;
mod routes;
mod table;
#[cfg(test)]
mod tests;
pub mod why;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{FrameHeard, Heard, Io, Link, Protocol};
use crate::engine::{ChangeError, TableView, Value};
use crate::routing::spf::Throttle;
use crate::stack::fib;
use crate::stack::rib::Prefix;
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;
use crate::wire::isis::{ALL_LEVEL_1, ALL_LEVEL_2, ALL_SYSTEMS, Area, Fault, Level, Levels, LspId, Pdu, SystemId};
use crate::wire::llc;
use circuit::Circuit;
use database::{Database, Place};

pub use super::ospf::Network;
pub use adjacency::State;
pub use table::{LSDB, NEIGHBOURS};

/// So many hellos of a link a run waits for: by then both ends know of each other.
const FIRST_HELLOS: u32 = 3;

/// What a system is told of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceConfig {
    /// Levels spoken there.
    pub level: Option<Levels>,
    /// What kind of link it is.
    pub network: Option<Network>,
    /// What it costs to send there.
    pub metric: Option<u32>,
    /// Priority for becoming designated system.
    pub priority: Option<u8>,
    /// From one hello to the next.
    pub hello: Option<SimDuration>,
    /// So long after its last hello this system is to be given up.
    pub hold: Option<SimDuration>,
}

/// What a system is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsisConfig {
    /// Its id; made of its highest address if it has none.
    pub system: Option<SystemId>,
    /// Its area.
    pub area: Area,
    /// Levels it speaks.
    pub level: Levels,
    /// Kind of its links.
    pub network: Network,
    /// Metric of its links.
    pub metric: u32,
    /// Priority for becoming designated system, 0 to 127.
    pub priority: u8,
    /// From one hello to the next; a designated system takes a third.
    pub hello: SimDuration,
    /// So long after its last hello this system is to be given up; a designated system says a third.
    pub hold: SimDuration,
    /// A designated system says so often what there is.
    pub csnp: SimDuration,
    /// So long acknowledgements and questions are gathered.
    pub psnp: SimDuration,
    /// What was not acknowledged on a link of two is sent again after so long.
    pub retransmit: SimDuration,
    /// At least so long between two versions of an LSP.
    pub lsp_interval: SimDuration,
    /// From a change of the map to the computation, after a rest.
    pub spf_delay: SimDuration,
    /// From one computation to the next, and so much more with every one that follows closely.
    pub spf_hold: SimDuration,
    /// At most so long.
    pub spf_max: SimDuration,
    /// A password in the hellos.
    pub password: Option<String>,
    /// Hellos are filled up to the longest packet.
    pub padding: bool,
    /// Interfaces on which it neither speaks nor listens.
    pub passive: Vec<String>,
    /// What is different on some interfaces.
    pub interfaces: Vec<(String, FaceConfig)>,
}

impl Default for IsisConfig {
    fn default() -> Self {
        Self {
            system: None,
            area: Area(vec![0x49, 0, 1]),
            level: Levels::BOTH,
            network: Network::Broadcast,
            metric: 10,
            priority: 64,
            hello: SimDuration::from_secs(10),
            hold: SimDuration::from_secs(30),
            csnp: SimDuration::from_secs(10),
            psnp: SimDuration::from_secs(2),
            retransmit: SimDuration::from_secs(5),
            lsp_interval: SimDuration::from_secs(30),
            spf_delay: SimDuration::ZERO,
            spf_hold: SimDuration::from_secs(1),
            spf_max: SimDuration::from_secs(1),
            password: None,
            padding: true,
            passive: Vec::new(),
            interfaces: Vec::new(),
        }
    }
}

/// A link, a level and an LSP: what is to be told or asked there.
type Flag = (usize, Level, LspId);

/// A system that speaks IS-IS.
#[derive(Clone, Debug)]
pub struct Isis {
    config: IsisConfig,
    id: SystemId,
    /// One for each link.
    circuits: Vec<Circuit>,
    database: Database,
    /// Newer versions of its own LSPs that came from elsewhere.
    heard: BTreeMap<Place, u32>,
    /// When each of its own LSPs was made.
    made: BTreeMap<Place, SimTime>,
    /// LSPs to be sent (the standard's SRM flags): when, and whether for another time.
    srm: BTreeMap<Flag, (SimTime, bool)>,
    /// LSPs to be acknowledged or asked for (the standard's SSN flags), with their lifetimes.
    ssn: BTreeMap<Flag, u16>,
    /// What it says of itself may have changed.
    dirty: bool,
    /// When an LSP is made that may not be made yet.
    remake: Option<SimTime>,
    /// When something in the database has grown old.
    aging: Option<SimTime>,
    spf: Throttle,
    routes: BTreeMap<Prefix, routes::Route>,
    /// By level 2 there is a way into other areas.
    attached: bool,
}

/// An id made of an address, as people do by hand: 10.0.12.3 is 0100.0001.2003.
fn id_of(ip: Ipv4Addr) -> SystemId {
    let octets = ip.octets();
    let digit = |at: usize| octets[at / 3] / [100, 10, 1][at % 3] % 10;
    SystemId(std::array::from_fn(|at| digit(2 * at) << 4 | digit(2 * at + 1)))
}

impl Isis {
    /// A system that knows nothing.
    pub const fn new(config: IsisConfig) -> Self {
        Self {
            config,
            id: SystemId([0; 6]),
            circuits: Vec::new(),
            database: Database::new(),
            heard: BTreeMap::new(),
            made: BTreeMap::new(),
            srm: BTreeMap::new(),
            ssn: BTreeMap::new(),
            dirty: false,
            remake: None,
            aging: None,
            spf: Throttle::START,
            routes: BTreeMap::new(),
            attached: false,
        }
    }

    fn configure(&mut self, links: &[Link]) {
        let config = &self.config;
        self.circuits = links.iter().map(|link| Circuit::new(config, link)).collect();
        let highest = links.iter().flat_map(|link| &link.addresses).map(|(ip, _)| *ip).max();
        self.id = config.system.or(highest.map(id_of)).unwrap_or_default();
    }

    /// A PDU as it came in.
    fn pdu(&mut self, heard: &FrameHeard<'_>, pdu: Pdu, io: &mut Io<'_>) {
        let from = (heard.link, heard.from);
        match pdu {
            Pdu::Hello(hello) => self.hear_hello(from, &hello, heard.bytes.len(), io),
            Pdu::Lsp(lsp) if self.is_near(from, lsp.level, io) => self.hear_lsp(heard.link, lsp, io),
            Pdu::Snp(snp) if self.is_near(from, snp.level, io) => self.hear_numbers(heard.link, &snp, io),
            Pdu::Lsp(_) | Pdu::Snp(_) => {}
        }
    }

    /// Does what the present event has left to do.
    fn settle(&mut self, io: &mut Io<'_>) {
        for link in 0..self.circuits.len() {
            for level in Level::ALL {
                if self.circuits[link].lan[level.index()].elect {
                    self.elect(link, level, io);
                }
            }
        }
        if self.dirty {
            self.originate(io);
        }
        self.send_lsps(io);
    }
}

impl Protocol for Isis {
    const NAME: &'static str = "isis";
    const GROUP: (Ipv4Addr, u16) = (Ipv4Addr::UNSPECIFIED, 0);
    const SERVICE: Option<u8> = Some(llc::OSI);
    const LINK_GROUPS: &'static [MacAddr] = &[ALL_LEVEL_1, ALL_LEVEL_2, ALL_SYSTEMS];
    const ROUTES: fib::Protocol = fib::Protocol::Isis;

    fn start(&mut self, io: &mut Io<'_>) {
        self.configure(io.links);
        self.dirty = true;
        for link in 0..io.links.len() {
            if io.links[link].up {
                self.circuit_up(link, io);
            }
        }
        self.settle(io);
    }

    fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.config));
    }

    fn message(&mut self, _heard: Heard<'_>, _io: &mut Io<'_>) {}

    fn frame(&mut self, heard: FrameHeard<'_>, io: &mut Io<'_>) {
        let Some(circuit) = self.circuits.get_mut(heard.link) else { return };
        if !circuit.up || circuit.passive {
            return;
        }
        circuit.mac = Some(heard.own);
        match Pdu::read(heard.bytes) {
            Ok(pdu) => self.pdu(&heard, pdu, io),
            // ES-IS and others are no affair of this one.
            Err(Fault::Protocol(_)) => {}
            Err(fault) => {
                let reason = match fault {
                    Fault::Protocol(_) | Fault::Version(_) => &why::WRONG_VERSION,
                    Fault::Length | Fault::Tlv => &why::WRONG_LENGTH,
                    Fault::IdLength(_) => &why::ID_LENGTH,
                    Fault::Type(_) => &why::WRONG_TYPE,
                    Fault::Checksum => &why::WRONG_CHECKSUM,
                };
                io.say(reason, |links| format!("{} on {}", heard.from, links[heard.link].name));
            }
        }
        self.settle(io);
    }

    fn timer(&mut self, io: &mut Io<'_>) {
        for link in 0..self.circuits.len() {
            self.circuit_timers(link, io);
        }
        self.age(io);
        self.dirty |= self.remake.is_some_and(|due| due <= io.now);
        if self.spf.due().is_some_and(|due| due <= io.now) {
            self.compute(io);
        }
        self.settle(io);
    }

    fn link(&mut self, link: usize, io: &mut Io<'_>) {
        if link < self.circuits.len() {
            if io.links[link].up {
                self.circuit_up(link, io);
            } else {
                self.circuit_down(link, io);
            }
        }
        self.settle(io);
    }

    fn set(&mut self, _field: &str, _value: &Value, _io: &mut Io<'_>) -> Option<Result<(), ChangeError>> {
        None
    }

    fn patience(&self) -> SimDuration {
        let own = self.config.interfaces.iter().filter_map(|(_, face)| face.hold);
        let longest = own.fold(self.config.hold, SimDuration::max);
        // A neighbour that has gone in silence, and one more round of what there is.
        longest + self.config.csnp
    }

    fn due(&self) -> [Option<SimTime>; 2] {
        let mut soon = vec![self.remake, self.spf.due(), self.srm.values().map(|(due, _)| *due).min()];
        let mut later = vec![self.aging];
        for circuit in &self.circuits {
            let due = circuit.due();
            soon.push(due[0]);
            later.push(due[1]);
        }
        let waited_for = soon.into_iter().flatten().min();
        let background = later.into_iter().flatten().min();
        [waited_for, background.filter(|due| waited_for != Some(*due))]
    }

    fn table(&self, links: &[Link]) -> TableView {
        self.neighbours_view(links)
    }

    fn second_table(&self, _links: &[Link]) -> Option<TableView> {
        Some(self.lsdb_view())
    }

    fn heap_bytes(&self) -> usize {
        let circuits: usize = self.circuits.iter().map(|circuit| 240 + circuit.near.len() * 128).sum();
        let flags = (self.srm.len() + self.ssn.len() + self.heard.len() + self.made.len()) * 48;
        self.database.heap_bytes() + self.routes.len() * 96 + circuits + flags
    }
}
