//! Interfaces: hellos, what makes them be refused, and who is designated router (RFC 2328 §9).

use std::net::Ipv4Addr;

use super::neighbour::{Neighbour, State};
use super::{Ospf, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::routing::{Effect, Io};
use crate::stack::rib::Prefix;
use crate::stack::why::routing as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::ipv4::mask;
use crate::wire::ospf::{ALL_DROUTERS, Body, EXTERNAL, Header, Hello, Packet};

const NOBODY: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

/// What kind of network a link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Any number of routers; one of them speaks for the network.
    #[default]
    Broadcast,
    /// Two routers.
    PointToPoint,
}

impl Network {
    /// The words of a lab.
    pub const WORDS: [(&'static str, Self); 2] = [("Broadcast", Self::Broadcast), ("PointToPoint", Self::PointToPoint)];

    /// The word of a lab.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, own)| *own == self).map_or("Broadcast", |(word, _)| word)
    }
}

/// What this router is on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaceState {
    /// Nothing is said or heard.
    Down,
    /// It listens who is designated router.
    Waiting,
    /// One of two.
    PointToPoint,
    /// One of many.
    Other,
    /// The backup designated router.
    Backup,
    /// The designated router.
    Designated,
}

/// One that speaks and is not listened to.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub id: Ipv4Addr,
    pub ip: Ipv4Addr,
    pub reason: Reason,
    /// When nothing of it was heard for too long.
    pub until: SimTime,
    pub written: EventNo,
}

/// An interface.
#[derive(Clone, Debug)]
pub(super) struct Face {
    /// Place of its area.
    pub area: usize,
    pub network: Network,
    pub cost: u16,
    pub priority: u8,
    pub hello: SimDuration,
    pub dead: SimDuration,
    /// Neither speaks nor listens; its network is told all the same.
    pub passive: bool,
    /// Its first address; nothing runs without one.
    pub address: Option<Prefix>,
    pub state: FaceState,
    pub dr: Ipv4Addr,
    pub bdr: Ipv4Addr,
    pub hello_at: Option<SimTime>,
    /// Hellos that were sent since it is up.
    pub hellos: u32,
    /// Until when it only listens.
    pub wait: Option<SimTime>,
    /// DR and BDR are to be chosen again.
    pub elect: bool,
    /// Sorted by what tells them apart.
    pub neighbours: Vec<Neighbour>,
    pub refused: Vec<Refused>,
    /// What is still to be acknowledged.
    pub acks: Vec<Header>,
    pub ack_at: Option<SimTime>,
}

impl Face {
    pub fn ip(&self) -> Ipv4Addr {
        self.address.map_or(NOBODY, |(ip, _)| ip)
    }

    pub fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.address.map_or(0, |(_, len)| mask(len)))
    }

    /// Speaks for the network, or would.
    pub const fn is_designated(&self) -> bool {
        matches!(self.state, FaceState::Backup | FaceState::Designated)
    }

    pub fn place_of(&self, id: Ipv4Addr, ip: Ipv4Addr) -> Option<usize> {
        // On a network with many an address tells who it is, between two the router id (RFC 2328 §10.5).
        let same = |near: &Neighbour| if self.network == Network::Broadcast { near.ip == ip } else { near.id == id };
        self.neighbours.iter().position(same)
    }

    /// Whole seconds as the hello has them.
    fn seconds(span: SimDuration) -> u64 {
        span.0 / 1_000_000_000
    }
}

/// A candidate: priority, router id, address, and whom it takes for DR and BDR.
type Candidate = (u8, Ipv4Addr, Ipv4Addr, Ipv4Addr, Ipv4Addr);

/// DR and BDR of these (RFC 2328 §9.4 (2), (3)).
pub(super) fn choose(all: &[Candidate]) -> (Ipv4Addr, Ipv4Addr) {
    let best = |which: &dyn Fn(&Candidate) -> bool| {
        let found = all.iter().filter(|one| one.0 > 0 && which(one)).max_by_key(|one| (one.0, one.1));
        found.map(|one| one.2)
    };
    let says_dr = |one: &Candidate| one.3 == one.2;
    let backup = best(&|one| !says_dr(one) && one.4 == one.2).or_else(|| best(&|one| !says_dr(one)));
    let backup = backup.unwrap_or(NOBODY);
    (best(&says_dr).unwrap_or(backup), backup)
}

impl Ospf {
    /// The link has carrier.
    pub(super) fn face_up(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        if face.address.is_none() || face.state != FaceState::Down {
            return;
        }
        self.dirty = true;
        (face.hellos, face.dr, face.bdr) = (0, NOBODY, NOBODY);
        face.state = match face.network {
            Network::PointToPoint => FaceState::PointToPoint,
            Network::Broadcast if face.passive || face.priority == 0 => FaceState::Other,
            Network::Broadcast => FaceState::Waiting,
        };
        if face.passive {
            return;
        }
        face.wait = (face.state == FaceState::Waiting).then_some(io.now + face.dead);
        self.hello(link, io);
    }

    /// The carrier is gone.
    pub(super) fn face_down(&mut self, link: usize, io: &mut Io<'_>) {
        while !self.faces[link].neighbours.is_empty() {
            self.lose((link, 0), &why::LINK_LOST, io);
        }
        self.forget_refused(link, |_| true, io);
        let face = &mut self.faces[link];
        if face.is_designated() {
            io.effects.push(Effect::Listen(link, ALL_DROUTERS, false));
        }
        (face.state, face.dr, face.bdr) = (FaceState::Down, NOBODY, NOBODY);
        (face.hello_at, face.wait, face.ack_at, face.elect) = (None, None, None, false);
        face.acks.clear();
        self.dirty = true;
    }

    /// Sends a hello, and the next one in time.
    pub(super) fn hello(&mut self, link: usize, io: &mut Io<'_>) {
        let options = self.options(self.faces[link].area);
        let face = &mut self.faces[link];
        face.hello_at = Some(io.now + face.hello);
        face.hellos = face.hellos.saturating_add(1);
        let hello = Hello {
            mask: face.mask(),
            interval: Face::seconds(face.hello) as u16,
            options,
            priority: face.priority,
            dead: Face::seconds(face.dead) as u32,
            dr: face.dr,
            bdr: face.bdr,
            neighbours: face.neighbours.iter().map(|near| near.id).collect(),
        };
        self.tell(link, crate::wire::ospf::ALL_ROUTERS, Body::Hello(hello), &sent::HELLO, io);
    }

    /// Why nothing of this sender is taken: what both ends must have the same.
    pub(super) fn refusal(&self, link: usize, packet: &Packet, ip: Ipv4Addr, io: &Io<'_>) -> Option<Reason> {
        let face = &self.faces[link];
        let near = io.links[link].reaches(ip) || face.network == Network::PointToPoint;
        match () {
            () if !near => Some(&why::NOT_NEIGHBOUR),
            () if packet.area != self.areas[face.area].id => Some(&why::AREA),
            () if packet.auth != self.auth() => Some(&why::AUTHENTICATION),
            () if packet.router == self.id => Some(&why::SAME_ID),
            () => None,
        }
    }

    fn hello_refusal(&self, link: usize, hello: &Hello) -> Option<Reason> {
        let face = &self.faces[link];
        match () {
            () if face.network == Network::Broadcast && hello.mask != face.mask() => Some(&why::MASK),
            () if u64::from(hello.interval) != Face::seconds(face.hello) => Some(&why::HELLO_INTERVAL),
            () if u64::from(hello.dead) != Face::seconds(face.dead) => Some(&why::DEAD_INTERVAL),
            () if (hello.options & EXTERNAL == 0) != self.area_of(link).stub => Some(&why::STUB),
            () => None,
        }
    }

    /// A hello (RFC 2328 §10.5).
    pub(super) fn hear_hello(&mut self, link: usize, packet: &Packet, hello: &Hello, ip: Ipv4Addr, io: &mut Io<'_>) {
        if let Some(reason) = self.hello_refusal(link, hello) {
            return self.refuse(link, (packet.router, ip), reason, io);
        }
        self.forget_refused(link, |one| one.ip == ip, io);
        let face = &mut self.faces[link];
        let silent = io.now + face.dead;
        let at = face.place_of(packet.router, ip).unwrap_or_else(|| {
            let at = face.neighbours.partition_point(|near| near.id < packet.router);
            face.neighbours.insert(at, Neighbour::new(packet.router, ip, silent));
            at
        });
        let near = &mut face.neighbours[at];
        let is_new = near.state == State::Down;
        let claims = |near: &Neighbour| (near.priority, near.dr == ip, near.bdr == ip);
        let before = claims(near);
        (near.id, near.ip, near.silent, near.priority) = (packet.router, ip, silent, hello.priority);
        (near.dr, near.bdr) = (hello.dr, hello.bdr);
        let changed = before != claims(near);
        if is_new {
            let row = self.row((link, at));
            io.effects.push(Effect::Wrote(row, RowChange::Added));
            self.enter((link, at), State::Init, &why::HEARD, io);
        }
        if !hello.neighbours.contains(&self.id) {
            return self.one_way((link, at), io);
        }
        self.two_way((link, at), io);
        let face = &mut self.faces[link];
        if face.state == FaceState::Waiting {
            // Somebody is designated router already: there is nothing to wait for (event BackupSeen).
            if hello.bdr == ip || (hello.dr == ip && hello.bdr == NOBODY) {
                (face.wait, face.elect, face.state) = (None, true, FaceState::Other);
            }
        } else if changed {
            face.elect = true;
        }
    }

    /// One that speaks is not listened to: said when the reason is new, and shown as long as it lasts.
    pub(super) fn refuse(&mut self, link: usize, (id, ip): (Ipv4Addr, Ipv4Addr), reason: Reason, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        let known = face.refused.iter().position(|one| one.ip == ip);
        let change = if known.is_some() { RowChange::Changed } else { RowChange::Added };
        let until = io.now + face.dead;
        let one = Refused { id, ip, reason, until, written: io.event };
        match known {
            Some(at) if face.refused[at].reason.slug == reason.slug => {
                face.refused[at].until = until;
                return;
            }
            Some(at) => face.refused[at] = one,
            None => face.refused.push(one),
        }
        io.effects.push(Effect::Wrote(Self::refused_row(link, ip), change));
        io.say(reason, |links| format!("{id} on {}", links[link].name));
    }

    /// Forgets those of whom this is so.
    pub(super) fn forget_refused(&mut self, link: usize, so: impl Fn(&Refused) -> bool, io: &mut Io<'_>) {
        let all = std::mem::take(&mut self.faces[link].refused);
        let (gone, kept): (Vec<Refused>, _) = all.into_iter().partition(so);
        self.faces[link].refused = kept;
        for one in gone {
            io.effects.push(Effect::Wrote(Self::refused_row(link, one.ip), RowChange::Removed));
        }
    }

    /// Chooses DR and BDR, and with whom to be adjacent from now on (RFC 2328 §9.4).
    pub(super) fn elect(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        face.elect = false;
        if face.network == Network::PointToPoint || matches!(face.state, FaceState::Down | FaceState::Waiting) {
            return;
        }
        let (own, priority) = (face.ip(), face.priority);
        let heard = face.neighbours.iter().filter(|near| near.state >= State::TwoWay);
        let mut all: Vec<Candidate> = heard.map(|near| (near.priority, near.id, near.ip, near.dr, near.bdr)).collect();
        let before = (face.dr, face.bdr);
        all.push((priority, self.id, own, before.0, before.1));
        let mut now = choose(&all);
        let role = |(dr, bdr): (Ipv4Addr, Ipv4Addr)| (dr == own, bdr == own);
        if role(now) != role(before) {
            all.pop();
            all.push((priority, self.id, own, now.0, now.1));
            now = choose(&all);
        }
        (face.dr, face.bdr) = now;
        let was = face.is_designated();
        face.state = match role(now) {
            (true, _) => FaceState::Designated,
            (_, true) => FaceState::Backup,
            _ => FaceState::Other,
        };
        if was != face.is_designated() {
            io.effects.push(Effect::Listen(link, ALL_DROUTERS, !was));
        }
        if now == before {
            return;
        }
        self.dirty = true;
        let shown = |ip: Ipv4Addr| if ip == NOBODY { "-".to_owned() } else { ip.to_string() };
        io.say(&why::ELECTED, |links| format!("{}: DR {}, BDR {}", links[link].name, shown(now.0), shown(now.1)));
        for at in 0..self.faces[link].neighbours.len() {
            let row = self.row((link, at));
            io.effects.push(Effect::Wrote(row, RowChange::Changed));
            self.near_mut((link, at)).written = io.event;
            self.reconsider((link, at), io);
        }
    }
}
