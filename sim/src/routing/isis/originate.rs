//! LSPs of this system and of the LANs it speaks for: what stands in them, when they are made anew, and how LSPs end
//! (ISO/IEC 10589 §7.3.7 to §7.3.16.4).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::database::Place;
use super::flood::KEPT;
use super::{Isis, why};
use crate::engine::RowChange;
use crate::routing::{Effect, Io, Link};
use crate::stack::rib::Prefix;
use crate::time::SimTime;
use crate::wire::ipv4::mask;
use crate::wire::isis::tlv::{self, Neighbour, Tlv};
use crate::wire::isis::{IPV4, Level, Levels, Lsp, LspId, NodeId, lsp};

/// So long an LSP lives, in seconds (`MaxAge`).
pub(super) const LIFETIME: u16 = 1200;
/// When so many seconds are left, the system that made it makes it anew (`maximumLSPGenerationInterval` of 900 s).
pub(super) const REFRESH_AT: u16 = 300;
/// The longest LSP (`originatingLSPBufferSize`).
const LONGEST: usize = 1492;
/// Links with this metric are no way for anybody (RFC 5305 §3).
pub(super) const NO_WAY: u32 = 0x00ff_ffff;

/// What an LSP is to say.
type Wanted = BTreeMap<Place, (u8, Vec<Tlv>)>;

/// Parts TLVs into fragments that are not too long.
fn fragments(tlvs: Vec<Tlv>) -> Vec<Vec<Tlv>> {
    let (mut all, mut len) = (vec![Vec::new()], lsp::HEADER_LEN);
    for tlv in tlvs {
        let size = tlv::write(std::slice::from_ref(&tlv)).len();
        if len + size > LONGEST && all.len() < 256 {
            all.push(Vec::new());
            len = lsp::HEADER_LEN;
        }
        len += size;
        if let Some(last) = all.last_mut() {
            last.push(tlv);
        }
    }
    all
}

/// Networks as TLVs, each as long as it may be.
fn networks(all: &BTreeMap<Prefix, u32>) -> Vec<Tlv> {
    let mut tlvs: Vec<Vec<tlv::Prefix>> = Vec::new();
    let mut len = tlv::MAX + 1;
    for ((ip, of), metric) in all {
        let one = tlv::Prefix { metric: *metric, down: false, ip: *ip, len: *of, more: None };
        if len + one.size() > tlv::MAX {
            tlvs.push(Vec::new());
            len = 0;
        }
        len += one.size();
        if let Some(last) = tlvs.last_mut() {
            last.push(one);
        }
    }
    tlvs.into_iter().map(Tlv::Prefixes).collect()
}

fn neighbours(all: &[Neighbour]) -> impl Iterator<Item = Tlv> {
    all.chunks(tlv::MAX / 11).map(|part| Tlv::Neighbours(part.to_vec()))
}

impl Isis {
    /// Networks of this system's own links.
    fn own_networks(&self, links: &[Link]) -> BTreeMap<Prefix, u32> {
        let mut all = BTreeMap::new();
        for (circuit, link) in self.circuits.iter().zip(links).filter(|(circuit, _)| circuit.up) {
            for (ip, len) in &link.addresses {
                let network = (Ipv4Addr::from_bits(ip.to_bits() & mask(*len)), *len);
                let metric: &mut u32 = all.entry(network).or_insert(circuit.metric);
                *metric = (*metric).min(circuit.metric);
            }
        }
        all
    }

    /// Its links at a level: neighbours on links of two, and the names of LANs.
    fn own_links(&self, level: Level) -> Vec<Neighbour> {
        let mut all = Vec::new();
        for circuit in self.circuits.iter().filter(|circuit| circuit.up) {
            let metric = circuit.metric;
            if circuit.is_lan() {
                let lan = &circuit.lan[level.index()];
                if lan.id != NodeId::default() {
                    all.push(Neighbour { id: lan.id, metric, more: Vec::new() });
                }
            } else {
                let of = |near: &super::adjacency::Adjacency| NodeId::of(near.system);
                all.extend(circuit.up_at(level).map(|near| Neighbour { id: of(near), metric, more: Vec::new() }));
            }
        }
        all
    }

    /// What this system says of itself at a level.
    fn own_lsp(&self, level: Level, links: &[Link], wanted: &mut Wanted) {
        let mut addresses: Vec<Ipv4Addr> = links.iter().flat_map(|link| &link.addresses).map(|(ip, _)| *ip).collect();
        addresses.truncate(tlv::MAX / 4);
        let mut tlvs = vec![Tlv::Protocols(vec![IPV4]), Tlv::Areas(vec![self.config.area.clone()])];
        tlvs.extend(neighbours(&self.own_links(level)));
        tlvs.push(Tlv::Addresses(addresses));
        let mut told = self.own_networks(links);
        if level == Level::Two && self.config.level.has(Level::One) {
            // What is within the area is told to all others (RFC 1195 §3.2).
            let inside = self.routes.iter().filter(|(prefix, route)| route.level == Level::One && prefix.1 > 0);
            for (prefix, route) in inside {
                told.entry(*prefix).or_insert(route.cost);
            }
        }
        tlvs.extend(networks(&told));
        let both = self.config.level == Levels::BOTH;
        let kind = if self.config.level == Levels::ONE { 1 } else { 3 };
        let attached = both && level == Level::One && self.attached;
        let flags = kind | if attached { lsp::ATTACHED } else { 0 };
        for (fragment, tlvs) in fragments(tlvs).into_iter().enumerate() {
            let id = LspId { node: NodeId::of(self.id), fragment: fragment as u8 };
            wanted.insert((level, id), (flags, tlvs));
        }
    }

    /// What this system says of the LANs it speaks for: who is on them.
    fn lan_lsps(&self, level: Level, wanted: &mut Wanted) {
        let kind = if self.config.level == Levels::ONE { 1 } else { 3 };
        for circuit in &self.circuits {
            let lan = &circuit.lan[level.index()];
            if !lan.is_designated(self.id) || lan.id == NodeId::default() {
                continue;
            }
            let ids = circuit.up_at(level).map(|near| near.system).chain([self.id]);
            let mut ids: Vec<NodeId> = ids.map(NodeId::of).collect();
            ids.sort_unstable();
            let all: Vec<Neighbour> = ids.into_iter().map(|id| Neighbour { id, metric: 0, more: Vec::new() }).collect();
            for (fragment, tlvs) in fragments(neighbours(&all).collect()).into_iter().enumerate() {
                let id = LspId { node: lan.id, fragment: fragment as u8 };
                wanted.insert((level, id), (kind, tlvs));
            }
        }
    }

    /// Makes LSPs that say something new, and purges those that say what is no more.
    pub(super) fn originate(&mut self, io: &mut Io<'_>) {
        (self.dirty, self.remake) = (false, None);
        let mut wanted = Wanted::new();
        for level in self.config.level.iter() {
            self.own_lsp(level, io.links, &mut wanted);
            self.lan_lsps(level, &mut wanted);
        }
        let alive = self.database.iter().filter(|((_, id), entry)| self.is_own(*id) && !entry.is_dead());
        let known: Vec<Place> = alive.map(|(place, _)| *place).collect();
        let all = known.into_iter().chain(self.heard.keys().copied());
        let gone: std::collections::BTreeSet<Place> = all.filter(|place| !wanted.contains_key(place)).collect();
        for place in gone {
            self.purge_own(place, io);
        }
        for (place, (flags, tlvs)) in wanted {
            self.make(place, flags, &tlvs, io);
        }
    }

    /// The number of the newest version of an own LSP, here or elsewhere.
    fn newest(&self, place: &Place) -> u32 {
        let known = self.database.get(place).map_or(0, |entry| entry.lsp.seq);
        known.max(self.heard.get(place).copied().unwrap_or(0))
    }

    fn purge_own(&mut self, place: Place, io: &mut Io<'_>) {
        let seq = self.newest(&place);
        let (_, id) = place;
        let flags = self.database.get(&place).map_or(3, |entry| entry.lsp.flags);
        self.heard.remove(&place);
        self.made.remove(&place);
        self.install(Lsp::new(place.0, (id, seq), 0, flags, &[]), &why::PURGED, io);
        self.flood(place, None, io.now);
    }

    fn make(&mut self, place: Place, flags: u8, tlvs: &[Tlv], io: &mut Io<'_>) {
        let (seq, foreign) = (self.newest(&place), self.heard.contains_key(&place));
        let same = self.database.get(&place).is_some_and(|entry| {
            let fresh = entry.lifetime(io.now) > REFRESH_AT;
            !entry.is_dead() && fresh && entry.lsp.flags == flags && entry.tlvs == tlvs
        });
        if same && !foreign {
            return;
        }
        if seq == u32::MAX {
            // There is no higher number: it has to end everywhere before it can begin anew (ISO/IEC 10589 §7.3.16.1).
            if foreign || self.database.get(&place).is_some_and(|entry| !entry.is_dead()) {
                self.purge_own(place, io);
            }
            return;
        }
        let soonest = self.made.get(&place).map(|made| *made + self.config.lsp_interval);
        if let Some(soonest) = soonest.filter(|soonest| *soonest > io.now && !foreign) {
            self.remake = Some(self.remake.map_or(soonest, |due| due.min(soonest)));
            return;
        }
        self.heard.remove(&place);
        self.made.insert(place, io.now);
        self.install(Lsp::new(place.0, (place.1, seq + 1), LIFETIME, flags, tlvs), &why::MADE, io);
        self.flood(place, None, io.now);
    }

    /// Something has grown old: others' LSPs die and are forgotten, own ones are made anew.
    pub(super) fn age(&mut self, io: &mut Io<'_>) {
        if self.aging.is_none_or(|due| due > io.now) {
            return;
        }
        self.aging = None;
        let (mut dying, mut forgotten, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for (place, entry) in self.database.iter() {
            let left = entry.lifetime(io.now);
            match () {
                () if entry.is_dead() && entry.since + KEPT <= io.now => forgotten.push(*place),
                () if entry.is_dead() => times.push(entry.since + KEPT),
                () if left == 0 => dying.push(*place),
                () if self.is_own(place.1) && left > REFRESH_AT => times.push(entry.when(REFRESH_AT)),
                () => {
                    self.dirty |= self.is_own(place.1);
                    times.push(entry.when(0));
                }
            }
        }
        for time in times {
            self.wake(time);
        }
        for place in dying {
            let Some(lsp) = self.database.get(&place).map(|entry| entry.lsp.purge()) else { continue };
            self.install(lsp, &why::EXPIRED, io);
            self.flood(place, None, io.now);
        }
        for place in forgotten {
            if let Some(entry) = self.database.remove(&place) {
                self.srm.retain(|(_, level, id), _| (*level, *id) != place);
                io.effects.push(Effect::WroteMore(entry.row, RowChange::Removed));
                self.dirty |= self.is_own(place.1);
            }
        }
    }

    /// Something will have grown old by then.
    pub(super) fn wake(&mut self, at: SimTime) {
        self.aging = Some(self.aging.map_or(at, |known| known.min(at)));
    }
}
