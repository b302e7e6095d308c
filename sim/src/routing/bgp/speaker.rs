//! A router that speaks BGP: its neighbours, and what becomes of the routes they tell.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::sync::Arc;

use smallvec::SmallVec;

use super::decide::{Candidate, Step, Teller, compare, compare_said, is_tie, scan, verdicts};
use super::evpn::rib::Rib;
use super::session::{Peer, Timer};
use super::table::{Entry, From, Table};
use super::{Chosen, Config, Host, PeerConfig, policy, why};
use crate::explain::Reason;
use crate::time::SimTime;
use crate::wire::bgp::{Attributes, Fault, Prefix, Update};

/// The router.
#[derive(Clone, Debug)]
pub struct Speaker {
    pub(super) config: Config,
    pub(super) peers: Vec<Peer>,
    pub(super) table: Table,
    pub(super) vpns: Rib,
    /// What a run waits for, and what goes on for ever.
    pub(super) timers: [BTreeSet<(SimTime, u32, Timer)>; 2],
    /// How far next hops are; one that is not named is next door, one without a number cannot be reached.
    distances: BTreeMap<Ipv4Addr, Option<u32>>,
    /// Some neighbour is in the own AS.
    inside: bool,
}

/// What became of a decision.
struct Decision {
    best: Option<From>,
    step: Option<Step>,
}

pub(super) fn teller(from: From, peers: &[Peer], own_as: u32) -> Teller {
    let From::Peer(peer) = from else { return Teller::OWN };
    let peer = &peers[peer as usize];
    Teller { internal: peer.config.asn == own_as, id: peer.id, address: peer.config.address }
}

impl Speaker {
    /// A router with these neighbours.
    pub fn new(config: Config, peers: impl IntoIterator<Item = PeerConfig>) -> Self {
        let peers: Vec<Peer> = peers.into_iter().map(Peer::new).collect();
        let inside = peers.iter().any(|peer| peer.config.asn == config.asn);
        let timers = [BTreeSet::new(), BTreeSet::new()];
        Self {
            config,
            peers,
            table: Table::default(),
            vpns: Rib::default(),
            timers,
            distances: BTreeMap::new(),
            inside,
        }
    }

    /// What it was told.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Its neighbours.
    pub fn peers(&self) -> &[Peer] {
        &self.peers
    }

    /// Its routes.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// When it wants to be called: for what a run waits for, and for what goes on for ever.
    pub fn due(&self) -> [Option<SimTime>; 2] {
        [0, 1].map(|place| self.timers[place].first().map(|(at, ..)| *at))
    }

    /// When it wants to be called for what a run waits for.
    #[inline]
    pub(super) fn soon(&self) -> Option<SimTime> {
        if self.timers[0].is_empty() { None } else { self.timers[0].first().map(|(at, ..)| *at) }
    }

    /// Reads what every message needs of the router itself, so that it is at hand (see [`super::ahead`]).
    #[inline]
    pub(super) fn look_at_itself(&self) {
        let Config { asn, paths, mrai, refuse_own_as, .. } = self.config;
        black_box((asn, paths, mrai, refuse_own_as, self.inside));
        black_box((self.peers.len(), self.table.rows(), self.timers[0].len(), self.distances.len()));
    }

    /// Reads what a message of this neighbour needs of it, and the first row of the table.
    #[inline]
    pub(super) fn look_at(&self, peer: u32) {
        if let Some(own) = self.peers.get(peer as usize) {
            black_box((own.quiet_until, own.up, own.config.asn, own.updates));
        }
        black_box(self.table.first().map(|entry| (entry.best, entry.sides.len())));
    }

    /// Reads what it is compared with: the route this neighbour told before, and the chosen one.
    #[inline]
    pub(super) fn look_at_routes(&self, peer: u32) {
        let Some(entry) = self.table.first() else { return };
        black_box(entry.sides.get(peer as usize).map(|side| side.heard.is_some()));
        if let Some((From::Peer(best), told)) = entry.chosen() {
            black_box((told.local_pref, told.path.len(), told.more.is_some()));
            black_box(self.peers.get(best as usize).map(|peer| (peer.id, peer.config.address)));
        }
    }

    /// Forgets everything: power is gone.
    pub fn reset(&mut self) {
        self.table.clear();
        self.vpns = Rib::default();
        self.timers = [BTreeSet::new(), BTreeSet::new()];
        self.peers = self.peers.iter().map(|peer| Peer::new(peer.config)).collect();
    }

    fn candidate<'a>(&'a self, from: From, attributes: &'a Arc<Attributes>) -> Option<Candidate<'a>> {
        let distance = match self.distances.get(&attributes.next_hop) {
            Some(Some(distance)) => *distance,
            Some(None) if from != From::Own => return None,
            _ => 0,
        };
        Some(Candidate { from, attributes, teller: teller(from, &self.peers, self.config.asn), distance })
    }

    /// Every route for a prefix, and at which step it lost; the chosen one at none.
    pub fn why_not(&self, prefix: Prefix) -> Vec<(From, Option<Step>)> {
        let Some(entry) = self.table.get(prefix) else { return Vec::new() };
        let all = self.candidates(entry);
        let lost = verdicts(&all, &self.config);
        all.iter().map(|one| one.from).zip(lost).collect()
    }

    fn candidates<'a>(&'a self, entry: &'a Entry) -> Vec<Candidate<'a>> {
        entry.routes().filter_map(|(from, attributes)| self.candidate(from, attributes)).collect()
    }

    /// This router has a route of its own.
    pub fn originate(&mut self, prefix: Prefix, attributes: Attributes, host: &mut impl Host) {
        let peers = self.peers.len();
        let entry = self.table.entry(prefix, peers);
        let meds = attributes.med.is_some();
        entry.meds |= meds;
        let before = entry.own.replace(Arc::new(attributes));
        self.settle(prefix, From::Own, before.as_ref(), host);
    }

    /// The route of its own is gone.
    pub fn withdraw(&mut self, prefix: Prefix, host: &mut impl Host) {
        let Some(before) = self.table.get_mut(prefix).and_then(|entry| entry.own.take()) else { return };
        self.settle(prefix, From::Own, Some(&before), host);
    }

    /// A next hop is so far, or out of reach; everything is decided again.
    pub fn set_distance(&mut self, next_hop: Ipv4Addr, distance: Option<u32>, host: &mut impl Host) {
        if self.distances.insert(next_hop, distance) == Some(distance) {
            return;
        }
        let uses = |entry: &Entry| entry.routes().any(|(_, attributes)| attributes.next_hop == next_hop);
        let all: Vec<Prefix> = self.table.iter().filter(|(_, entry)| uses(entry)).map(|(prefix, _)| prefix).collect();
        for prefix in all {
            let best = self.table.get(prefix).and_then(Entry::chosen).map(|(from, it)| (from, Arc::clone(it)));
            let (from, before) = best.map_or((From::Own, None), |(from, before)| (from, Some(before)));
            self.settle(prefix, from, before.as_ref(), host);
        }
    }

    /// An UPDATE of a neighbour.
    pub(super) fn update(&mut self, peer: u32, update: Update, host: &mut impl Host) {
        let own = &mut self.peers[peer as usize];
        own.updates[0] += 1;
        let (families, own) = (own.families, own.config);
        if update.reach.is_some() || update.unreach.is_some() {
            self.vpn_update(peer, &update, host);
        }
        if !families.ipv4 {
            return;
        }
        for prefix in update.withdrawn {
            self.hear(peer, prefix, None, host);
        }
        if update.routes.is_empty() {
            return;
        }
        let believed = match (update.attributes, update.treated) {
            (Some(told), _) => match policy::import(told, &own, &self.config, self.inside) {
                Ok(told) => Some(Arc::new(told)),
                Err(reason) => {
                    refused(reason, &update.routes, &own, None, host);
                    None
                }
            },
            (None, fault) => {
                refused(&why::TREATED, &update.routes, &own, fault.as_deref(), host);
                None
            }
        };
        if let Some(told) = &believed {
            self.measure(told.next_hop, &update.routes, host);
        }
        for prefix in update.routes {
            self.hear(peer, prefix, believed.clone(), host);
        }
    }

    /// Learns how far the next hop of some routes is, unless that is known or goes without saying.
    fn measure(&mut self, next_hop: Ipv4Addr, routes: &[Prefix], host: &mut impl Host) {
        let distance = host.distance(next_hop);
        if distance != Some(0) || self.distances.contains_key(&next_hop) {
            self.distances.insert(next_hop, distance);
        }
        if distance.is_none() {
            for (ip, len) in routes {
                host.say(&why::NO_NEXT_HOP, format_args!("{ip}/{len} by {next_hop}"));
            }
        }
    }

    /// How far a next hop is known to be.
    pub(super) fn known_distance(&self, next_hop: Ipv4Addr) -> Option<u32> {
        self.distances.get(&next_hop).copied().unwrap_or(Some(0))
    }

    /// The next hops of all routes heard, without repetition.
    pub(super) fn next_hops(&self) -> BTreeSet<Ipv4Addr> {
        let heard = |(from, told): (From, &Arc<Attributes>)| (from != From::Own).then_some(told.next_hop);
        self.table.iter().flat_map(|(_, entry)| entry.routes().filter_map(heard)).collect()
    }

    /// A neighbour told a route, or that it is gone.
    fn hear(&mut self, peer: u32, prefix: Prefix, told: Option<Arc<Attributes>>, host: &mut impl Host) {
        if told.is_none() && self.table.get(prefix).is_none() {
            return;
        }
        let peers = self.peers.len();
        let entry = self.table.entry(prefix, peers);
        entry.meds |= told.as_ref().is_some_and(|told| told.med.is_some());
        let heard = &mut entry.sides[peer as usize].heard;
        if *heard == told {
            return;
        }
        let before = std::mem::replace(heard, told);
        self.settle(prefix, From::Peer(peer), before.as_ref(), host);
    }

    /// Everything heard of a neighbour is gone, and nothing counts as told.
    pub(super) fn forget(&mut self, peer: u32, host: &mut impl Host) {
        let all: Vec<Prefix> = self.table.iter().map(|(prefix, _)| prefix).collect();
        for prefix in all {
            if let Some(side) = self.table.get_mut(prefix).and_then(|entry| entry.sides.get_mut(peer as usize)) {
                side.told = None;
            }
        }
        for prefix in self.table.heard_of(peer) {
            self.hear(peer, prefix, None, host);
        }
    }

    /// Chooses anew after one route has changed.
    fn decide(&self, entry: &Entry, changed: From) -> Decision {
        if entry.meds || !self.distances.is_empty() {
            let all = self.candidates(entry);
            let lost = verdicts(&all, &self.config);
            let of = |from: Option<From>| all.iter().position(|one| Some(one.from) == from);
            let best = lost.iter().position(Option::is_none).map(|at| all[at].from);
            return Decision { best, step: of(entry.best).and_then(|at| lost[at]) };
        }
        let route = |from| Some((from, entry.attributes(from)?));
        match (route(changed), entry.best.filter(|best| *best != changed).and_then(route)) {
            // Whoever was not the best cannot change who is, unless by being better.
            (Some(now), Some(standing)) => match self.rank(now, standing) {
                (Ordering::Less, step) => Decision { best: Some(changed), step: Some(step) },
                _ => Decision { best: entry.best, step: None },
            },
            (None, Some(_)) => Decision { best: entry.best, step: None },
            _ => Decision { best: scan(entry, |a, b| self.rank(a, b).0), step: None },
        }
    }

    /// Which of two routes without MED is better; who told them is looked up only if it matters.
    fn rank(&self, a: (From, &Arc<Attributes>), b: (From, &Arc<Attributes>)) -> (Ordering, Step) {
        compare_said((a.0, a.1), (b.0, b.1)).unwrap_or_else(|| {
            let teller = |from| teller(from, &self.peers, self.config.asn);
            let a = Candidate { from: a.0, attributes: a.1, teller: teller(a.0), distance: 0 };
            let b = Candidate { from: b.0, attributes: b.1, teller: teller(b.0), distance: 0 };
            compare(&a, &b)
        })
    }

    /// Chooses, tells the host, and tells the neighbours.
    fn settle(&mut self, prefix: Prefix, changed: From, before: Option<&Arc<Attributes>>, host: &mut impl Host) {
        host.touched(prefix);
        let Some(entry) = self.table.get(prefix) else { return };
        let (old, Decision { best, step }) = (entry.best, self.decide(entry, changed));
        let same = best == old && (best != Some(changed) || entry.attributes(changed) == before);
        if same && self.config.paths == 1 {
            return;
        }
        let reason: Reason = match (old, best) {
            (_, None) => &why::UNREACHABLE,
            (_, Some(From::Own)) => &why::ORIGINATED,
            (None, _) => &why::LEARNED,
            (Some(old), Some(best)) if old == best => &why::REPLACED,
            (_, Some(best)) if best == changed => step.map_or(&why::NEXT_BEST, better),
            _ => &why::NEXT_BEST,
        };
        if let Some(entry) = self.table.get_mut(prefix) {
            entry.best = best;
        }
        self.report(prefix, reason, host);
        if !same {
            self.tell(prefix, host);
        }
        if best.is_none() && self.table.get(prefix).is_some_and(Entry::is_empty) {
            self.table.forget(prefix);
        }
    }

    fn report(&self, prefix: Prefix, reason: Reason, host: &mut impl Host) {
        let Some(entry) = self.table.get(prefix) else { return };
        let Some((from, attributes)) = entry.chosen() else { return host.chose(prefix, None, reason) };
        let mut next_hops: SmallVec<[Ipv4Addr; 4]> = SmallVec::new();
        next_hops.push(attributes.next_hop);
        if self.config.paths > 1 && from != From::Own {
            let all = self.candidates(entry);
            for (one, lost) in all.iter().zip(verdicts(&all, &self.config)) {
                if lost.is_some_and(is_tie)
                    && next_hops.len() < self.config.paths
                    && !next_hops.contains(&one.attributes.next_hop)
                {
                    next_hops.push(one.attributes.next_hop);
                }
            }
        }
        let from = if let From::Peer(peer) = from { Some(&self.peers[peer as usize].config) } else { None };
        host.chose(prefix, Some(Chosen { attributes, from, next_hops: &next_hops }), reason);
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let peer = |peer: &Peer| size_of::<Peer>() + peer.waits() * 16;
        self.peers.iter().map(peer).sum::<usize>()
            + self.table.heap_bytes()
            + self.vpns.heap_bytes()
            + self.timers.iter().map(|timers| timers.len() * 32).sum::<usize>()
    }
}

fn refused(reason: Reason, routes: &[Prefix], peer: &PeerConfig, fault: Option<&Fault>, host: &mut impl Host) {
    for (ip, len) in routes {
        match fault {
            Some(fault) => host.say(reason, format_args!("{ip}/{len} of {}: {fault}", peer.address)),
            None => host.say(reason, format_args!("{ip}/{len} of {}", peer.address)),
        }
    }
}

/// The reason for a route that was better than the one before.
fn better(step: Step) -> Reason {
    match step {
        Step::LocalPref => &why::LIKED_MORE,
        Step::Own => &why::ORIGINATED,
        Step::PathLength => &why::SHORTER,
        Step::Origin => &why::BETTER_ORIGIN,
        Step::Med => &why::SMALLER_MED,
        Step::External => &why::EXTERNAL,
        Step::Distance => &why::NEARER,
        Step::RouterId | Step::Clusters | Step::Address => &why::TIE,
    }
}
