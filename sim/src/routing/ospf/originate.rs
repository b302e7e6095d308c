//! What this router says of itself, and when (RFC 2328 §12.4).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::database::{Place, place};
use super::interface::{Face, FaceState, Network};
use super::neighbour::State;
use super::routes::Route;
use super::{BACKBONE, Ospf, why};
use crate::routing::{Io, Link};
use crate::stack::rib::Prefix;
use crate::time::{SimDuration, SimTime};
use crate::wire::ipv4::mask;
use crate::wire::ospf::lsa::{BORDER, FIRST, INFINITY, LAST, MAX_AGE, NETWORK, ROUTER, SUMMARY};
use crate::wire::ospf::{self as wire, Content, EXTERNAL, Key, LinkKind, Lsa};

/// So often an LSA that says the same is made anew, in seconds (`LSRefreshTime`).
pub(super) const REFRESH: u16 = 1800;
/// Not more often than this an LSA is made anew (`MinLSInterval`).
const MIN_INTERVAL: SimDuration = SimDuration::from_secs(5);

fn network((ip, len): Prefix) -> Ipv4Addr {
    Ipv4Addr::from_bits(ip.to_bits() & mask(len))
}

fn stub((ip, len): Prefix, metric: u16) -> wire::Link {
    wire::Link { kind: LinkKind::Stub, id: network((ip, len)), data: Ipv4Addr::from_bits(mask(len)), metric }
}

impl Ospf {
    /// An LSA only this router may make.
    pub(super) fn is_own(&self, key: Key) -> bool {
        key.router == self.id || (key.kind == NETWORK && self.faces.iter().any(|face| face.ip() == key.id))
    }

    /// Areas in which this router is.
    pub(super) fn active(&self) -> Vec<usize> {
        let lives = |area: &usize| self.faces.iter().any(|face| face.area == *area && face.state != FaceState::Down);
        (0..self.areas.len()).filter(lives).collect()
    }

    /// The options of its packets and LSAs in an area.
    pub(super) fn options(&self, area: usize) -> u8 {
        if self.areas[area].stub { 0 } else { EXTERNAL }
    }

    /// Makes what is new or old, and flushes what is not so any more.
    pub(super) fn originate(&mut self, io: &mut Io<'_>) {
        (self.dirty, self.remake) = (false, None);
        let wanted = self.wanted(io.links);
        let gone = |(here, _): &(&Place, _)| self.is_own(here.1) && !wanted.contains_key(here);
        let gone = self.database.iter().filter(gone).filter(|(_, entry)| !entry.is_dead(io.now));
        let gone: Vec<Place> = gone.map(|(here, _)| *here).collect();
        for here in gone {
            self.flush(here, io);
        }
        for (here, content) in wanted {
            self.make(here, content, io);
        }
    }

    fn make(&mut self, here: Place, content: Content, io: &mut Io<'_>) {
        let known = self.database.get(&here);
        let mut seq = FIRST;
        if let Some(entry) = known {
            let dead = entry.is_dead(io.now);
            let fresh = !entry.foreign && !dead && entry.age(io.now) < REFRESH;
            if fresh && entry.content == content {
                return;
            }
            if entry.lsa.header.seq == LAST {
                // It begins again when the last one is gone everywhere.
                if !dead {
                    self.flush(here, io);
                }
                return;
            }
            seq = entry.lsa.header.seq + 1;
        }
        if let Some(due) = self.made.get(&here).map(|made| *made + MIN_INTERVAL).filter(|due| *due > io.now) {
            self.remake = Some(self.remake.map_or(due, |soon: SimTime| soon.min(due)));
            return;
        }
        self.made.insert(here, io.now);
        let lsa = Lsa::new(here.1, self.options(here.0), seq, &content);
        self.install(here, (lsa, content), &why::MADE, io);
        self.flood(here, None, io);
    }

    /// Tells everybody that an LSA is gone: by its age.
    pub(super) fn flush(&mut self, here: Place, io: &mut Io<'_>) {
        let Some(entry) = self.database.get(&here) else { return };
        let (mut lsa, content) = (entry.lsa.clone(), entry.content.clone());
        lsa.header.age = MAX_AGE;
        self.install(here, (lsa, content), &why::FLUSHED, io);
        self.flood(here, None, io);
    }

    /// All LSAs this router has to have made.
    fn wanted(&self, links: &[Link]) -> BTreeMap<Place, Content> {
        let mut wanted = BTreeMap::new();
        let active = self.active();
        let flags = if active.len() > 1 { BORDER } else { 0 };
        for area in &active {
            let key = Key { kind: ROUTER, id: self.id, router: self.id };
            let here = |(_, face): &(usize, &Face)| face.area == *area && face.state != FaceState::Down;
            let faces = self.faces.iter().enumerate().filter(here);
            let links = faces.flat_map(|(link, face)| links_of(face, &links[link])).collect();
            wanted.insert(place(*area, key), Content::Router { flags, links });
        }
        for face in self.faces.iter().filter(|face| face.state == FaceState::Designated) {
            let full = face.neighbours.iter().filter(|near| near.state == State::Full).map(|near| near.id);
            let mut routers: Vec<Ipv4Addr> = [self.id].into_iter().chain(full).collect();
            routers.sort_unstable();
            if routers.len() > 1 {
                let key = Key { kind: NETWORK, id: face.ip(), router: self.id };
                wanted.insert(place(face.area, key), Content::Network { mask: face.mask(), routers });
            }
        }
        if active.len() > 1 {
            self.summaries(&active, &mut wanted);
        }
        wanted
    }

    /// What a border router tells an area of the others (RFC 2328 §12.4.3).
    fn summaries(&self, active: &[usize], wanted: &mut BTreeMap<Place, Content>) {
        for area in active {
            let told = self.routes.iter().filter(|(_, route)| self.is_told(route, *area));
            let mut told: Vec<(Prefix, u32)> = told.map(|(prefix, route)| (*prefix, route.cost)).collect();
            if self.areas[*area].stub {
                told.push(((Ipv4Addr::UNSPECIFIED, 0), 1));
            }
            for (prefix, metric) in told {
                let mask = Ipv4Addr::from_bits(mask(prefix.1));
                let mut key = Key { kind: SUMMARY, id: network(prefix), router: self.id };
                if wanted.contains_key(&place(*area, key)) {
                    // Two networks that begin alike: the longer one is called by its last address (appendix E).
                    key.id = Ipv4Addr::from_bits(key.id.to_bits() | !mask.to_bits());
                }
                wanted.insert(place(*area, key), Content::Summary { mask, metric });
            }
        }
    }

    fn is_told(&self, route: &Route, area: usize) -> bool {
        let outside = route.area != area && route.cost < INFINITY;
        let through = !route.ways.is_empty() && route.ways.iter().all(|way| self.faces[way.link].area == area);
        let kind = !route.inter || (self.areas[route.area].id == BACKBONE && self.areas[area].id != BACKBONE);
        outside && !through && kind
    }

    /// Something has grown old: others' LSAs die, own ones are made anew.
    pub(super) fn age(&mut self, io: &mut Io<'_>) {
        if self.aging.is_none_or(|due| due > io.now) {
            return;
        }
        self.aging = None;
        let mut dead = Vec::new();
        let mut times = Vec::new();
        for (here, entry) in self.database.iter() {
            let age = entry.age(io.now);
            match () {
                () if entry.lsa.header.age >= MAX_AGE => {}
                () if age >= MAX_AGE => dead.push(*here),
                () if self.is_own(here.1) && age < REFRESH => times.push(entry.when(REFRESH)),
                () => {
                    self.dirty |= self.is_own(here.1);
                    times.push(entry.when(MAX_AGE));
                }
            }
        }
        for time in times {
            self.wake(time);
        }
        for here in dead {
            self.flush(here, io);
        }
    }

    /// Something will have grown old by then.
    pub(super) fn wake(&mut self, at: SimTime) {
        self.aging = Some(self.aging.map_or(at, |known| known.min(at)));
    }
}

/// What an interface is in the router LSA.
fn links_of(face: &Face, link: &Link) -> Vec<wire::Link> {
    let (ip, metric) = (face.ip(), face.cost);
    let full = |at: &&super::neighbour::Neighbour| at.state == State::Full;
    let mut links = Vec::new();
    let transit = match face.state {
        FaceState::Designated => face.neighbours.iter().any(|near| full(&near)),
        FaceState::Other | FaceState::Backup => face.neighbours.iter().any(|at| full(&at) && at.ip == face.dr),
        _ => false,
    };
    if face.network == Network::PointToPoint {
        let to =
            |near: &super::neighbour::Neighbour| wire::Link { kind: LinkKind::Point, id: near.id, data: ip, metric };
        links.extend(face.neighbours.iter().filter(full).map(to));
    }
    if transit {
        links.push(wire::Link { kind: LinkKind::Transit, id: face.dr, data: ip, metric });
    }
    let skip = usize::from(transit);
    links.extend(link.addresses.iter().skip(skip).map(|prefix| stub(*prefix, metric)));
    links
}
