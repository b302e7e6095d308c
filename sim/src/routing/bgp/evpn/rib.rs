//! Routes heard, chosen and told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::why;
use crate::explain::Reason;
use crate::routing::bgp::decide::{Candidate, verdicts};
use crate::routing::bgp::speaker::teller;
use crate::routing::bgp::table::From;
use crate::routing::bgp::{Host, Speaker, policy};
use crate::stack::why::routing::sessions as sent;
use crate::wire::bgp::evpn::{Route, read_all};
use crate::wire::bgp::update::EVPN;
use crate::wire::bgp::{Attributes, Message, Routes, Update};

/// Most routes in one message: with 54 bytes each there is room for what is said of them.
const TOGETHER: usize = 60;

/// A route as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The route with its labels.
    pub route: Route,
    /// What is said of it; the next hop is the VTEP.
    pub attributes: Arc<Attributes>,
}

/// All about one route.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    own: Option<Told>,
    heard: BTreeMap<u32, Told>,
    told: BTreeMap<u32, Told>,
    best: Option<From>,
}

impl Entry {
    fn of(&self, from: From) -> Option<&Told> {
        match from {
            From::Own => self.own.as_ref(),
            From::Peer(peer) => self.heard.get(&peer),
        }
    }

    /// The route that was chosen, and who told it.
    pub fn chosen(&self) -> Option<(From, &Told)> {
        self.best.and_then(|from| Some((from, self.of(from)?)))
    }

    /// All routes there are.
    pub fn all(&self) -> impl Iterator<Item = (From, &Told)> {
        let heard = self.heard.iter().map(|(peer, told)| (From::Peer(*peer), told));
        self.own.iter().map(|told| (From::Own, told)).chain(heard)
    }
}

/// The table, by the part of a route that names it.
#[derive(Clone, Debug, Default)]
pub struct Rib {
    routes: BTreeMap<Route, Entry>,
    changed: BTreeSet<Route>,
}

impl Rib {
    /// All entries.
    pub fn iter(&self) -> impl Iterator<Item = (&Route, &Entry)> {
        self.routes.iter()
    }

    /// How many routes one neighbour told.
    pub fn heard_of(&self, peer: u32) -> usize {
        self.routes.values().filter(|entry| entry.heard.contains_key(&peer)).count()
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.routes.values().map(|entry| 300 + 150 * entry.heard.len() + 40 * entry.told.len()).sum()
    }
}

impl Speaker {
    /// Its routes of Ethernet VPNs.
    pub const fn vpns(&self) -> &Rib {
        &self.vpns
    }

    /// Routes of this router itself that are new or different, and those that are gone.
    pub fn originate_vpns(&mut self, there: Vec<(Route, Attributes)>, gone: &[Route], host: &mut impl Host) {
        for (route, attributes) in there {
            let key = route.key();
            let told = Told { route, attributes: Arc::new(attributes) };
            self.vpns.routes.entry(key.clone()).or_default().own = Some(told);
            self.settle_vpn(key, host);
        }
        for route in gone {
            let key = route.key();
            if let Some(entry) = self.vpns.routes.get_mut(&key) {
                entry.own = None;
                self.settle_vpn(key, host);
            }
        }
        self.tell_vpns(host);
    }

    /// Routes in an UPDATE of a neighbour. A family that was not agreed on counts for nothing.
    pub(in crate::routing::bgp) fn vpn_update(&mut self, peer: u32, update: &Update, host: &mut impl Host) {
        if !self.peers[peer as usize].families.evpn {
            return;
        }
        let own = self.peers[peer as usize].config;
        for gone in update.unreach.iter().filter(|routes| routes.family == EVPN) {
            for route in read_all(&gone.nlri).unwrap_or_default() {
                self.hear_vpn(peer, &route, None, host);
            }
        }
        for reach in update.reach.iter().filter(|routes| routes.family == EVPN) {
            let next_hop = <[u8; 4]>::try_from(reach.next_hop.as_slice()).ok().map(Ipv4Addr::from);
            let believed: Result<Attributes, Reason> = match (&update.attributes, next_hop) {
                (Some(told), Some(next_hop)) => {
                    policy::import(Attributes { next_hop, ..told.clone() }, &own, &self.config, false)
                }
                (Some(_), None) => Err(&why::NO_VTEP),
                (None, _) => Err(&crate::routing::bgp::why::TREATED),
            };
            let believed = believed.map(Arc::new);
            for route in read_all(&reach.nlri).unwrap_or_default() {
                if let Err(reason) = &believed {
                    host.say(reason, format_args!("{route} of {}", own.address));
                }
                // A type nobody knows counts for nothing (RFC 7606 §5.4).
                if !matches!(route, Route::Other(..)) {
                    self.hear_vpn(peer, &route, believed.as_ref().ok(), host);
                }
            }
        }
        self.tell_vpns(host);
    }

    fn hear_vpn(&mut self, peer: u32, route: &Route, told: Option<&Arc<Attributes>>, host: &mut impl Host) {
        let key = route.key();
        if told.is_none() && !self.vpns.routes.contains_key(&key) {
            return;
        }
        let entry = self.vpns.routes.entry(key.clone()).or_default();
        let told = told.map(|attributes| Told { route: route.clone(), attributes: Arc::clone(attributes) });
        let before = match &told {
            Some(told) => entry.heard.insert(peer, told.clone()),
            None => entry.heard.remove(&peer),
        };
        if before != told {
            self.settle_vpn(key, host);
        }
    }

    /// The session with a neighbour is over: what it told is gone, and nothing counts as told.
    pub(in crate::routing::bgp) fn forget_vpns(&mut self, peer: u32, host: &mut impl Host) {
        self.vpns.routes.values_mut().for_each(|entry| _ = entry.told.remove(&peer));
        let heard = self.vpns.routes.iter().filter(|(_, entry)| entry.heard.contains_key(&peer));
        for route in heard.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.hear_vpn(peer, &route, None, host);
        }
        self.tell_vpns(host);
    }

    /// Chooses among the routes of one name.
    fn settle_vpn(&mut self, key: Route, host: &mut impl Host) {
        let Some(entry) = self.vpns.routes.get(&key) else { return };
        let candidates: Vec<Candidate<'_>> = entry
            .all()
            .map(|(from, told)| {
                let teller = teller(from, &self.peers, self.config.asn);
                Candidate { from, attributes: &told.attributes, teller, distance: 0 }
            })
            .collect();
        let lost = verdicts(&candidates, &self.config);
        let best = lost.iter().position(Option::is_none).map(|at| candidates[at].from);
        if let Some(entry) = self.vpns.routes.get_mut(&key) {
            entry.best = best;
        }
        self.vpns.changed.insert(key);
        host.vpns_changed();
    }

    /// Tells all neighbours what is different.
    fn tell_vpns(&mut self, host: &mut impl Host) {
        let changed: Vec<Route> = std::mem::take(&mut self.vpns.changed).into_iter().collect();
        for peer in 0..self.peers.len() as u32 {
            self.tell_vpns_to(peer, &changed, host);
        }
        for key in changed {
            let over = |entry: &Entry| entry.all().next().is_none() && entry.told.is_empty();
            if self.vpns.routes.get(&key).is_some_and(over) {
                self.vpns.routes.remove(&key);
            }
        }
    }

    /// The whole table, when a session has come up or the neighbour asks for it, and that it is complete.
    pub(in crate::routing::bgp) fn tell_all_vpns(&mut self, peer: u32, host: &mut impl Host) {
        self.vpns.routes.values_mut().for_each(|entry| _ = entry.told.remove(&peer));
        let all: Vec<Route> = self.vpns.routes.keys().cloned().collect();
        self.tell_vpns_to(peer, &all, host);
        let end = Update { unreach: Some(Box::new(routes(&[], Vec::new()))), ..Update::default() };
        self.send_vpns(peer, end, &sent::COMPLETE, host);
    }

    /// What a neighbour is told of a route, if anything.
    fn for_neighbour(&self, peer: u32, entry: &Entry) -> Option<Told> {
        let (from, told) = entry.chosen()?;
        let (source, to) = (self.source(from), &self.peers[peer as usize].config);
        let teller = (from, source.as_ref().map(|(config, _)| config));
        if !policy::may_tell(&told.attributes, teller, (peer, to), &self.config) {
            return None;
        }
        let source = source.as_ref().map(|(config, id)| (config, *id));
        let next_hop = told.attributes.next_hop;
        let out = policy::export(&told.attributes, source, to, &self.config);
        // Whoever passes it on is not the end of the tunnel (RFC 8365 §5.1.1).
        Some(Told { route: told.route.clone(), attributes: Arc::new(Attributes { next_hop, ..out }) })
    }

    fn tell_vpns_to(&mut self, peer: u32, keys: &[Route], host: &mut impl Host) {
        let own = &self.peers[peer as usize];
        if own.up.is_none() || !own.families.evpn {
            return;
        }
        let mut gone: Vec<Route> = Vec::new();
        let mut there: IndexMap<Arc<Attributes>, Vec<Route>, FxBuildHasher> = IndexMap::default();
        for key in keys {
            let Some(entry) = self.vpns.routes.get(key) else { continue };
            let now = self.for_neighbour(peer, entry);
            let Some(entry) = self.vpns.routes.get_mut(key) else { continue };
            match now {
                Some(told) if entry.told.get(&peer) != Some(&told) => {
                    entry.told.insert(peer, told.clone());
                    there.entry(told.attributes).or_default().push(told.route);
                }
                Some(_) => {}
                None => gone.extend(entry.told.remove(&peer).map(|_| key.clone())),
            }
        }
        for part in gone.chunks(TOGETHER) {
            let update = Update { unreach: Some(Box::new(routes(part, Vec::new()))), ..Update::default() };
            self.send_vpns(peer, update, &sent::WITHDRAWS, host);
        }
        for (attributes, all) in there {
            for part in all.chunks(TOGETHER) {
                let reach = Some(Box::new(routes(part, attributes.next_hop.octets().to_vec())));
                let attributes = Some(attributes.as_ref().clone());
                self.send_vpns(peer, Update { attributes, reach, ..Update::default() }, &sent::TELLS, host);
            }
        }
    }

    fn send_vpns(&mut self, peer: u32, update: Update, why: Reason, host: &mut impl Host) {
        let own = &mut self.peers[peer as usize];
        let Some((way, dialect)) = own.up else { return };
        own.updates[1] += 1;
        host.send(peer, way, &Message::Update(Box::new(update)).write(dialect).into(), why);
    }
}

fn routes(all: &[Route], next_hop: Vec<u8>) -> Routes {
    let mut nlri = Vec::new();
    for route in all {
        route.write(&mut nlri);
    }
    Routes { family: EVPN, next_hop, nlri }
}
