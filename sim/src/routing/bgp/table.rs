//! Routes by prefix: heard of each neighbour (Adj-RIB-In), chosen (Loc-RIB) and told to each (Adj-RIB-Out).

use std::sync::Arc;

use crate::wire::bgp::{Attributes, Prefix};

/// Who told a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// This router itself.
    Own,
    /// A neighbour.
    Peer(u32),
}

/// What lies between this router and one neighbour, about one prefix.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What was heard and believed.
    pub heard: Option<Arc<Attributes>>,
    /// What was told.
    pub told: Option<Arc<Attributes>>,
}

/// All about one prefix.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The route of this router itself.
    pub own: Option<Arc<Attributes>>,
    /// By neighbour.
    pub sides: Vec<Side>,
    /// The route that was chosen.
    pub best: Option<From>,
    /// Some route here has had a MED: then no two routes can be compared without the others.
    pub meds: bool,
}

impl Entry {
    /// The attributes of a route.
    pub fn attributes(&self, from: From) -> Option<&Arc<Attributes>> {
        match from {
            From::Own => self.own.as_ref(),
            From::Peer(peer) => self.sides.get(peer as usize)?.heard.as_ref(),
        }
    }

    /// The chosen route.
    pub fn chosen(&self) -> Option<(From, &Arc<Attributes>)> {
        self.best.and_then(|from| Some((from, self.attributes(from)?)))
    }

    /// All routes there are.
    pub fn routes(&self) -> impl Iterator<Item = (From, &Arc<Attributes>)> {
        let heard = |(peer, side): (usize, &'_ Side)| side.heard.is_some().then_some(From::Peer(peer as u32));
        let sides = self.sides.iter().enumerate().filter_map(heard);
        self.own.is_some().then_some(From::Own).into_iter().chain(sides).filter_map(|from| {
            let attributes = self.attributes(from)?;
            Some((from, attributes))
        })
    }

    /// Nothing is known and nobody was told anything.
    pub fn is_empty(&self) -> bool {
        self.own.is_none() && self.sides.iter().all(|side| side.heard.is_none() && side.told.is_none())
    }
}

/// The table of a router, by prefix. It is a sorted list, because in a large graph most routers have one entry, for which
/// a node of a tree has room for eleven; tables of many come in order, at the end of the list. Entries stand in the list
/// itself: in a large graph looking for them elsewhere costs more than all that is done with them.
#[derive(Clone, Debug, Default)]
pub struct Table(Vec<(Prefix, Entry)>);

impl Table {
    fn place(&self, prefix: Prefix) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last < prefix => Err(self.0.len()),
            _ => self.0.binary_search_by_key(&prefix, |(own, _)| *own),
        }
    }

    /// What is known of a prefix.
    pub fn get(&self, prefix: Prefix) -> Option<&Entry> {
        self.place(prefix).ok().map(|at| &self.0[at].1)
    }

    /// How many prefixes there are.
    pub(super) const fn rows(&self) -> usize {
        self.0.len()
    }

    /// The entry of the first prefix.
    pub(super) fn first(&self) -> Option<&Entry> {
        self.0.first().map(|(_, entry)| entry)
    }

    pub(super) fn get_mut(&mut self, prefix: Prefix) -> Option<&mut Entry> {
        self.place(prefix).ok().map(|at| &mut self.0[at].1)
    }

    /// The entry of a prefix, with a side for each of so many neighbours.
    pub(super) fn entry(&mut self, prefix: Prefix, peers: usize) -> &mut Entry {
        let at = self.place(prefix).unwrap_or_else(|at| {
            if self.0.is_empty() {
                self.0.reserve_exact(1);
            }
            self.0.insert(at, (prefix, Entry::default()));
            at
        });
        let entry = &mut self.0[at].1;
        if entry.sides.len() < peers {
            entry.sides.reserve_exact(peers - entry.sides.len());
            entry.sides.resize_with(peers, Side::default);
        }
        entry
    }

    pub(super) fn forget(&mut self, prefix: Prefix) {
        if let Ok(at) = self.place(prefix) {
            self.0.remove(at);
        }
    }

    /// All entries.
    pub fn iter(&self) -> impl Iterator<Item = (Prefix, &Entry)> {
        self.0.iter().map(|(prefix, entry)| (*prefix, entry))
    }

    /// The prefixes a neighbour told a route for.
    pub(super) fn heard_of(&self, peer: u32) -> Vec<Prefix> {
        let told = |entry: &Entry| entry.sides.get(peer as usize).is_some_and(|side| side.heard.is_some());
        self.iter().filter(|(_, entry)| told(entry)).map(|(prefix, _)| prefix).collect()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let attributes = |one: &Option<Arc<Attributes>>| {
            one.as_ref().map_or(0, |one| (size_of::<Attributes>() + one.heap_bytes()) / Arc::strong_count(one).max(1))
        };
        let side = |side: &Side| size_of::<Side>() + attributes(&side.heard) + attributes(&side.told);
        self.0.iter().map(|(_, entry)| size_of::<(Prefix, Entry)>() + entry.sides.iter().map(side).sum::<usize>()).sum()
    }
}
