//! Telling neighbours what changed, not faster than the MRAI allows (RFC 4271 §9.2.1.1).

use std::net::Ipv4Addr;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::session::{Peer, Timer};
use super::table::From;
use super::{Host, PeerConfig, Speaker, jittered, policy};
use crate::explain::Reason;
use crate::stack::why::routing::sessions as sent;
use crate::time::SimDuration;
use crate::wire::bgp::{Attributes, Dialect, MOST, Prefix, write_update};

/// Most bytes of a prefix.
const PREFIX: usize = 5;

/// What makes two neighbours be told the same bytes: real routers group them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    own: Ipv4Addr,
    dialect: Dialect,
    next_hop_self: bool,
    med: Option<u32>,
    prepend: u8,
}

impl Group {
    const fn of(peer: &PeerConfig, dialect: Dialect) -> Self {
        Self { own: peer.own, dialect, next_hop_self: peer.next_hop_self, med: peer.med, prepend: peer.prepend }
    }
}

/// What one group is told.
struct Prepared {
    group: Group,
    told: Arc<Attributes>,
    bytes: Option<Arc<[u8]>>,
}

impl Speaker {
    fn mrai(&self, peer: &PeerConfig) -> SimDuration {
        if peer.asn == self.config.asn { self.config.mrai_internal } else { self.config.mrai }
    }

    /// From now on this neighbour is not told anything for a while.
    fn be_quiet(&mut self, peer: u32, host: &mut impl Host) {
        let mrai = self.mrai(&self.peers[peer as usize].config);
        if mrai != SimDuration::ZERO {
            let until = host.now() + jittered(mrai, self.config.jitter, host);
            self.peers[peer as usize].quiet_until = until;
        }
    }

    /// Who told the chosen route, for policy.
    pub(super) fn source(&self, from: From) -> Option<(PeerConfig, Ipv4Addr)> {
        let From::Peer(peer) = from else { return None };
        let peer = &self.peers[peer as usize];
        Some((peer.config, peer.id))
    }

    /// Tells everybody who may know of it what became of a prefix.
    pub(super) fn tell(&mut self, prefix: Prefix, host: &mut impl Host) {
        let Some(entry) = self.table.get(prefix) else { return };
        let chosen = entry.chosen().map(|(from, told)| (from, Arc::clone(told)));
        let source = chosen.as_ref().and_then(|(from, _)| self.source(*from));
        let mut prepared: SmallVec<[Prepared; 2]> = SmallVec::new();
        let mut gone: Option<Arc<[u8]>> = None;
        for at in 0..self.peers.len() {
            let own = &self.peers[at];
            let Some((way, dialect)) = own.up.filter(|_| own.families.ipv4) else { continue };
            let config = own.config;
            let allowed = chosen.as_ref().filter(|(from, told)| {
                let from = (*from, source.as_ref().map(|(config, _)| config));
                policy::may_tell(told, from, (at as u32, &config), &self.config)
            });
            let group = allowed.map(|(_, told)| {
                let group = Group::of(&config, dialect);
                prepared.iter().position(|one| one.group == group).unwrap_or_else(|| {
                    let from = source.as_ref().map(|(config, id)| (config, *id));
                    let told = Arc::new(policy::export(told, from, &config, &self.config));
                    prepared.push(Prepared { group, told, bytes: None });
                    prepared.len() - 1
                })
            });
            let told = group.map(|group| Arc::clone(&prepared[group].told));
            let Some(side) = self.table.get_mut(prefix).and_then(|entry| entry.sides.get_mut(at)) else { continue };
            if side.told == told {
                continue;
            }
            let held = told.is_some() || self.config.withdrawals_wait;
            if held && host.now() < self.peers[at].quiet_until {
                self.wait(at as u32, prefix);
                continue;
            }
            side.told.clone_from(&told);
            let (bytes, reason): (_, Reason) = match group {
                Some(group) => {
                    let one = &mut prepared[group];
                    let write = || write_update(&[], Some(&one.told), &[prefix], dialect).into();
                    (one.bytes.get_or_insert_with(write), &sent::TELLS)
                }
                None => {
                    (gone.get_or_insert_with(|| write_update(&[prefix], None, &[], dialect).into()), &sent::WITHDRAWS)
                }
            };
            self.peers[at].updates[1] += 1;
            host.send(at as u32, way, bytes, reason);
            if held {
                self.be_quiet(at as u32, host);
            }
        }
    }

    fn wait(&mut self, peer: u32, prefix: Prefix) {
        let own = &mut self.peers[peer as usize];
        let first = own.waiting.is_none();
        own.waiting.get_or_insert_default().insert(prefix);
        if first {
            let until = own.quiet_until;
            self.arm(peer, Timer::Quiet, Some(until));
        }
    }

    /// The table, when a session has come up, and that it is complete.
    pub(super) fn tell_everything(&mut self, peer: u32, host: &mut impl Host) {
        let all: Vec<Prefix> = self.table.iter().map(|(prefix, _)| prefix).collect();
        self.tell_list(peer, &all, host);
        if let Some((way, dialect)) = self.peers[peer as usize].up {
            let end = write_update(&[], None, &[], dialect).into();
            host.send(peer, way, &end, &sent::COMPLETE);
        }
    }

    /// The table once more: the neighbour asked for it.
    pub(super) fn tell_again(&mut self, peer: u32, host: &mut impl Host) {
        let all: Vec<Prefix> = self.table.iter().map(|(prefix, _)| prefix).collect();
        for prefix in &all {
            if let Some(side) = self.table.get_mut(*prefix).and_then(|entry| entry.sides.get_mut(peer as usize)) {
                side.told = None;
            }
        }
        self.tell_list(peer, &all, host);
    }

    /// What waited for the MRAI.
    pub(super) fn flush(&mut self, peer: u32, host: &mut impl Host) {
        let all: Vec<Prefix> =
            self.peers[peer as usize].waiting.take().into_iter().flat_map(|waiting| *waiting).collect();
        self.tell_list(peer, &all, host);
    }

    /// Tells one neighbour about some prefixes, those with the same attributes in one message.
    fn tell_list(&mut self, peer: u32, all: &[Prefix], host: &mut impl Host) {
        let Some((way, dialect)) = self.peers[peer as usize].up else { return };
        let config = self.peers[peer as usize].config;
        let mut gone = Vec::new();
        let mut routes: IndexMap<Arc<Attributes>, Vec<Prefix>, FxBuildHasher> = IndexMap::default();
        for &prefix in all {
            let peers = self.peers.len();
            let Some(entry) = self.table.get(prefix) else { continue };
            let told = entry.chosen().and_then(|(from, told)| {
                let source = self.source(from);
                let allowed =
                    policy::may_tell(told, (from, source.as_ref().map(|(it, _)| it)), (peer, &config), &self.config);
                let from = source.as_ref().map(|(config, id)| (config, *id));
                allowed.then(|| Arc::new(policy::export(told, from, &config, &self.config)))
            });
            let side = &mut self.table.entry(prefix, peers).sides[peer as usize];
            if side.told == told {
                continue;
            }
            side.told.clone_from(&told);
            match told {
                Some(told) => routes.entry(told).or_default().push(prefix),
                None => gone.push(prefix),
            }
        }
        let mut messages: Vec<(Vec<u8>, Reason)> = Vec::new();
        for part in gone.chunks(MOST / PREFIX - PREFIX) {
            messages.push((write_update(part, None, &[], dialect), &sent::WITHDRAWS));
        }
        for (told, prefixes) in &routes {
            let room = MOST.saturating_sub(write_update(&[], Some(told), &prefixes[..1], dialect).len());
            for part in prefixes.chunks(1 + room / PREFIX) {
                messages.push((write_update(&[], Some(told), part, dialect), &sent::TELLS));
            }
        }
        if messages.is_empty() {
            return;
        }
        for (bytes, reason) in messages {
            self.peers[peer as usize].updates[1] += 1;
            host.send(peer, way, &bytes.into(), reason);
        }
        self.be_quiet(peer, host);
        self.tidy(&gone);
    }

    /// Entries about which nothing is left to say.
    fn tidy(&mut self, gone: &[Prefix]) {
        for &prefix in gone {
            if self.table.get(prefix).is_some_and(super::table::Entry::is_empty) {
                self.table.forget(prefix);
            }
        }
    }
}

impl Peer {
    /// So many prefixes wait until it may be told of them.
    pub fn waits(&self) -> usize {
        self.waiting.as_ref().map_or(0, |waiting| waiting.len())
    }
}
