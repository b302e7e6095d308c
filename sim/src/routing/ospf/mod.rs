//! OSPF version 2: every router tells all others what its links are, and each computes its routes alone (RFC 2328).
//!
//! | file | holds |
//! |---|---|
//! | [`interface`] | hellos, what makes them be refused, designated routers (§9, §10.5) |
//! | [`neighbour`] | the neighbour state machine and the exchange of databases (§10) |
//! | [`database`] | the newest instance of every LSA, and its age (§12) |
//! | [`flood`] | flooding, acknowledgements, retransmission, removal (§13, §14) |
//! | [`originate`] | router, network and summary LSAs of this router (§12.4) |
//! | [`spf`] | the shortest paths of an area (§16.1) |
//! | [`routes`] | when they are computed, routes within and between areas (§16.2) |
//! | [`table`] | the tables `ospf` and `lsdb` |
//!
//! Modelled: broadcast and point-to-point links, areas with summaries, stub areas, simple passwords, several next hops.
//! Left out: virtual links, cryptographic authentication, networks without broadcast, ranges. LSAs of types 4 and 5 are
//! stored and flooded, but nobody here makes them and no route comes of them.
//!
//! Where the standard leaves a choice this follows FRR's `ospfd`: cost 10, a point-to-point link before its subnet,
//! acknowledgements after a second, and its throttle of computations.

mod database;
mod flood;
mod interface;
mod neighbour;
mod originate;
mod routes;
pub mod spf;
mod table;
#[cfg(test)]
mod tests;
pub mod why;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{Effect, Heard, Io, Link, Protocol};
use crate::engine::{ChangeError, TableView, Value};
use crate::explain::Reason;
use crate::routing::spf::Throttle;
use crate::stack::fib;
use crate::stack::rib::Prefix;
use crate::time::{SimDuration, SimTime};
use crate::wire::ospf::{self as wire, ALL_DROUTERS, Auth, Body, Fault, Lsa, Packet};
use database::{Database, Place};
use interface::{Face, FaceState};

pub use interface::Network;
pub use neighbour::State;
pub use table::{LSDB, NEIGHBOURS};

/// The area all others hang on.
pub const BACKBONE: Ipv4Addr = Ipv4Addr::UNSPECIFIED;
/// So many hellos of a link a run waits for: with the second one both ends know of each other.
const FIRST_HELLOS: u32 = 2;

/// What a router is told of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceConfig {
    /// Its area.
    pub area: Option<Ipv4Addr>,
    /// What kind of network it is on.
    pub network: Option<Network>,
    /// What it costs to send there.
    pub cost: Option<u16>,
    /// Priority for becoming designated router; 0 for never.
    pub priority: Option<u8>,
    /// From one hello to the next.
    pub hello: Option<SimDuration>,
    /// So long after its last hello a neighbour is gone.
    pub dead: Option<SimDuration>,
}

/// What a router is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OspfConfig {
    /// Its id; its highest address if it has none.
    pub router_id: Option<Ipv4Addr>,
    /// Area of its interfaces.
    pub area: Ipv4Addr,
    /// Stub areas.
    pub stub: Vec<Ipv4Addr>,
    /// Kind of network of its interfaces.
    pub network: Network,
    /// Cost of its interfaces.
    pub cost: u16,
    /// Priority for becoming designated router; 0 for never.
    pub priority: u8,
    /// From one hello to the next.
    pub hello: SimDuration,
    /// So long after its last hello a neighbour is gone.
    pub dead: SimDuration,
    /// What was not answered or acknowledged is sent again after so long.
    pub retransmit: SimDuration,
    /// From a change of the map to the computation, after a rest.
    pub spf_delay: SimDuration,
    /// From one computation to the next, and so much more with every one that follows closely.
    pub spf_hold: SimDuration,
    /// At most so long.
    pub spf_max: SimDuration,
    /// A password of eight bytes at most.
    pub password: Option<String>,
    /// Interfaces on which it neither speaks nor listens.
    pub passive: Vec<String>,
    /// What is different on some interfaces.
    pub interfaces: Vec<(String, FaceConfig)>,
}

impl Default for OspfConfig {
    fn default() -> Self {
        Self {
            router_id: None,
            area: BACKBONE,
            stub: Vec::new(),
            network: Network::Broadcast,
            cost: 10,
            priority: 1,
            hello: SimDuration::from_secs(10),
            dead: SimDuration::from_secs(40),
            retransmit: SimDuration::from_secs(5),
            spf_delay: SimDuration::ZERO,
            spf_hold: SimDuration::from_ms(50),
            spf_max: SimDuration::from_secs(5),
            password: None,
            passive: Vec::new(),
            interfaces: Vec::new(),
        }
    }
}

/// An area this router has to do with.
#[derive(Clone, Copy, Debug)]
struct Area {
    id: Ipv4Addr,
    /// Nothing of the outside is told there.
    stub: bool,
}

/// A router that speaks OSPF.
#[derive(Clone, Debug)]
pub struct Ospf {
    config: OspfConfig,
    id: Ipv4Addr,
    /// Sorted by id.
    areas: Vec<Area>,
    /// One for each link.
    faces: Vec<Face>,
    database: Database,
    /// When each of its own LSAs was made.
    made: BTreeMap<Place, SimTime>,
    /// What it says of itself may have changed.
    dirty: bool,
    /// When an LSA is made that may not be made yet.
    remake: Option<SimTime>,
    /// Something in the database is only there to be told that it is gone.
    dying: bool,
    /// When something in the database has grown old.
    aging: Option<SimTime>,
    spf: Throttle,
    routes: BTreeMap<Prefix, routes::Route>,
    /// LSAs the present event wants sent: by which link, to whom, why.
    queue: Vec<(usize, Ipv4Addr, Reason, Lsa)>,
}

impl Ospf {
    /// A router that knows nothing.
    pub const fn new(config: OspfConfig) -> Self {
        Self {
            config,
            id: Ipv4Addr::UNSPECIFIED,
            areas: Vec::new(),
            faces: Vec::new(),
            database: Database::new(),
            made: BTreeMap::new(),
            dirty: false,
            remake: None,
            dying: false,
            aging: None,
            spf: Throttle::START,
            routes: BTreeMap::new(),
            queue: Vec::new(),
        }
    }

    fn area_of(&self, link: usize) -> Area {
        self.areas[self.faces[link].area]
    }

    /// The link a network is on.
    fn link_of(&self, (ip, len): Prefix) -> Option<usize> {
        let ones = crate::wire::ipv4::mask(len);
        let same = |(own, of): Prefix| of == len && (own.to_bits() ^ ip.to_bits()) & ones == 0;
        self.faces.iter().position(|face| face.address.is_some_and(same))
    }

    fn auth(&self) -> Auth {
        self.config.password.as_ref().map_or(Auth::Null, |password| {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(password.bytes()).for_each(|(at, byte)| *at = byte);
            Auth::Simple(bytes)
        })
    }

    /// The interface of a link, and the areas, as configured.
    fn configure(&mut self, links: &[Link]) {
        let config = &self.config;
        let of = |link: &Link| {
            let own = config.interfaces.iter().find(|(name, _)| *name == link.name).map(|(_, own)| own.clone());
            own.unwrap_or_default()
        };
        let mut areas: Vec<Ipv4Addr> = links.iter().map(|link| of(link).area.unwrap_or(config.area)).collect();
        areas.sort_unstable();
        areas.dedup();
        let face = |link: &Link| {
            let own = of(link);
            let area = own.area.unwrap_or(config.area);
            let hello = own.hello.unwrap_or(config.hello);
            Face {
                area: areas.binary_search(&area).unwrap_or(0),
                network: own.network.unwrap_or(config.network),
                cost: own.cost.unwrap_or(config.cost),
                priority: own.priority.unwrap_or(config.priority),
                hello,
                dead: own.dead.unwrap_or(config.dead),
                passive: config.passive.contains(&link.name),
                address: link.addresses.first().copied(),
                state: FaceState::Down,
                dr: Ipv4Addr::UNSPECIFIED,
                bdr: Ipv4Addr::UNSPECIFIED,
                hello_at: None,
                hellos: 0,
                wait: None,
                elect: false,
                neighbours: Vec::new(),
                refused: Vec::new(),
                acks: Vec::new(),
                ack_at: None,
            }
        };
        let faces = links.iter().map(face).collect();
        let stub = |id: &Ipv4Addr| Area { id: *id, stub: config.stub.contains(id) };
        let highest = links.iter().flat_map(|link| &link.addresses).map(|(ip, _)| *ip).max();
        let id = config.router_id.or(highest).unwrap_or(Ipv4Addr::UNSPECIFIED);
        (self.areas, self.faces, self.id) = (areas.iter().map(stub).collect(), faces, id);
    }

    /// Sends a packet.
    fn tell(&self, link: usize, to: Ipv4Addr, body: Body, why: Reason, io: &mut Io<'_>) {
        let packet = Packet { router: self.id, area: self.area_of(link).id, auth: self.auth(), body };
        io.effects.push(Effect::Tell { link, to, bytes: packet.write(), why });
    }

    /// A packet that may be believed.
    fn packet(&mut self, link: usize, ip: Ipv4Addr, packet: Packet, io: &mut Io<'_>) {
        if let Some(reason) = self.refusal(link, &packet, ip, io) {
            return self.refuse(link, (packet.router, ip), reason, io);
        }
        if let Body::Hello(hello) = &packet.body {
            return self.hear_hello(link, &packet, hello, ip, io);
        }
        let Some(at) = self.faces[link].place_of(packet.router, ip) else {
            io.say(&why::STRANGER, |links| format!("{} on {}", packet.router, links[link].name));
            return;
        };
        let at = (link, at);
        match packet.body {
            Body::Hello(_) => {}
            Body::Description(told) => self.description(at, &told, io),
            Body::Request(keys) => self.request(at, &keys, io),
            Body::Update(lsas) => self.update(at, lsas, io),
            Body::Ack(headers) => self.acknowledged(at, &headers, io),
        }
    }

    /// Does what the present event has left to do.
    fn settle(&mut self, io: &mut Io<'_>) {
        while let Some(link) = self.faces.iter().position(|face| face.elect) {
            self.elect(link, io);
        }
        if self.dirty {
            self.originate(io);
        }
        self.bury(io);
        self.send_queue(io);
    }

    /// What is due on one link.
    fn face_timers(&mut self, link: usize, io: &mut Io<'_>) {
        let now = io.now;
        let is_due = |due: Option<SimTime>| due.is_some_and(|due| due <= now);
        let face = &mut self.faces[link];
        if is_due(face.wait) {
            (face.wait, face.elect) = (None, true);
            face.state = FaceState::Other;
        }
        let (hello, ack) = (is_due(face.hello_at), is_due(face.ack_at));
        let mut at = 0;
        while at < self.faces[link].neighbours.len() {
            let near = &self.faces[link].neighbours[at];
            if near.silent <= io.now {
                self.lose((link, at), &why::SILENT, io);
                continue;
            }
            let (resend, ask) = (is_due(near.resend), is_due(near.ask_again));
            if resend {
                self.describe_again((link, at), io);
            }
            if ask {
                self.ask((link, at), true, io);
            }
            self.retransmit((link, at), io);
            at += 1;
        }
        self.forget_refused(link, |one| one.until <= now, io);
        if hello {
            // Who is designated router is settled before it is told.
            if self.faces[link].elect {
                self.elect(link, io);
            }
            self.hello(link, io);
        }
        if ack {
            self.send_acks(link, io);
        }
    }
}

impl Protocol for Ospf {
    const NAME: &'static str = "ospf";
    const GROUP: (Ipv4Addr, u16) = (wire::ALL_ROUTERS, 0);
    const NUMBER: Option<u8> = Some(wire::PROTOCOL);
    const ROUTES: fib::Protocol = fib::Protocol::Ospf;

    fn start(&mut self, io: &mut Io<'_>) {
        self.configure(io.links);
        for link in 0..io.links.len() {
            // It may have been designated router before its power was cut.
            io.effects.push(Effect::Listen(link, ALL_DROUTERS, false));
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
        let Some(face) = self.faces.get(link) else { return };
        let for_others = to == ALL_DROUTERS && !face.is_designated();
        if face.state == FaceState::Down || face.passive || for_others {
            return;
        }
        match Packet::read(bytes) {
            Ok(packet) => self.packet(link, ip, packet, io),
            Err(fault) => {
                let reason = match fault {
                    Fault::Length => &why::WRONG_LENGTH,
                    Fault::Version(_) => &why::WRONG_VERSION,
                    Fault::Type(_) => &why::WRONG_TYPE,
                    Fault::Checksum => &why::WRONG_CHECKSUM,
                    Fault::Authentication(_) => &why::AUTHENTICATION,
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
        self.age(io);
        self.dirty |= self.remake.is_some_and(|due| due <= io.now);
        if self.spf.due().is_some_and(|due| due <= io.now) {
            self.compute(io);
        }
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
        let own = self.config.interfaces.iter().filter_map(|(_, face)| face.dead);
        let longest = own.fold(self.config.dead, SimDuration::max);
        // A neighbour that has gone in silence, and one more round of descriptions with another.
        longest + self.config.retransmit + self.config.retransmit
    }

    fn due(&self) -> [Option<SimTime>; 2] {
        let mut soon = vec![self.remake, self.spf.due()];
        let mut later = vec![self.aging];
        for face in &self.faces {
            soon.extend([face.wait, face.ack_at, face.hello_at.filter(|_| face.hellos < FIRST_HELLOS)]);
            later.push(face.hello_at);
            later.extend(face.refused.iter().map(|one| Some(one.until)));
            for near in &face.neighbours {
                let due = near.due();
                soon.push(due[0]);
                later.push(due[1]);
            }
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
        let faces: usize = self.faces.iter().map(|face| 160 + face.neighbours.len() * 256).sum();
        self.database.heap_bytes() + self.routes.len() * 96 + faces
    }
}
