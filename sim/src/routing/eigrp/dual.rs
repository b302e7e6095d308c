//! The state machine of one network (RFC 7868 §3.5): passive with a next hop that cannot lead into a loop, or active
//! and asking.
//!
//! A next hop is safe when its own distance, as it told it, is less than every distance this router has had since it was
//! last passive (the feasibility condition). Among the ways that are shortest one has to be safe; if none is, all
//! neighbours are asked, and nothing moves until all have answered.
//!
//! The standard numbers its transitions; [`Outcome::transition`] has these numbers. A query that finds the network active
//! is answered at once with the distance that was told last.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::metric::{INFINITY, NOWHERE};
use crate::id::EventNo;
use crate::time::SimTime;
use crate::wire::eigrp::Metric;

/// A neighbour: link and address. The link itself has no address.
pub type Who = (usize, Ipv4Addr);

/// The link a network is on.
pub const fn connected(link: usize) -> Who {
    (link, Ipv4Addr::UNSPECIFIED)
}

/// A way to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// How far it is from here.
    pub metric: Metric,
    /// The same as one number.
    pub distance: u32,
    /// What the neighbour says it is from there.
    pub reported: u32,
    /// Whom to hand packets to.
    pub via: Ipv4Addr,
}

/// What is known of a question that is not answered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Active {
    /// The way in use has become longer since the question was asked.
    pub changed: bool,
    /// The next hop itself has asked, and gets its answer at the end.
    pub owed: Option<Who>,
    /// Those who have not answered.
    pub pending: BTreeSet<Who>,
    /// Since when all this is.
    pub since: SimTime,
    /// When those who are silent are asked whether they still work on it.
    pub sia_at: SimTime,
    /// How often they were.
    pub rounds: u8,
    /// Those who have not answered that either.
    pub silent: BTreeSet<Who>,
}

impl Active {
    /// The number of the standard for where the question came from and what has changed since.
    pub const fn origin(&self) -> u8 {
        match (self.owed.is_some(), self.changed) {
            (false, true) => 0,
            (false, false) => 1,
            (true, true) => 2,
            (true, false) => 3,
        }
    }
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A way has become another, or leads nowhere.
    Update,
    /// The neighbour asks, and says how far it is from there.
    Query,
    /// The neighbour answers.
    Reply,
    /// The neighbour is gone.
    Lost,
}

/// What follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Number of the transition in the standard; 0 for none.
    pub transition: u8,
    /// Those to be asked.
    pub queries: Vec<Who>,
    /// Those to be answered.
    pub replies: Vec<Who>,
}

/// A network.
#[derive(Clone, Debug)]
pub struct Destination {
    /// All ways that lead somewhere.
    pub paths: BTreeMap<Who, Path>,
    /// The feasible distance: the smallest since it was last passive.
    pub fd: u32,
    /// Next hops in use. While active there is one at most, and it may be one that leads nowhere.
    pub best: Vec<Who>,
    /// How far it is from here, as told to others; does not move while active.
    pub own: Metric,
    /// The same as one number.
    pub distance: u32,
    /// A question is open.
    pub active: Option<Active>,
    /// What each neighbour was told last; nothing where it knows of no way.
    pub told: BTreeMap<Who, Metric>,
    /// Numbers of its rows, one for each way and one for none, with the event that wrote them.
    pub rows: BTreeMap<Option<Who>, (u64, EventNo)>,
}

impl Default for Destination {
    fn default() -> Self {
        Self {
            paths: BTreeMap::new(),
            fd: INFINITY,
            best: Vec::new(),
            own: NOWHERE,
            distance: INFINITY,
            active: None,
            told: BTreeMap::new(),
            rows: BTreeMap::new(),
        }
    }
}

impl Destination {
    /// The shortest distance.
    pub fn shortest(&self) -> u32 {
        self.paths.values().map(|path| path.distance).min().unwrap_or(INFINITY)
    }

    /// The way of a neighbour cannot lead back here.
    pub fn is_feasible(&self, path: &Path) -> bool {
        path.reported < self.fd
    }

    /// The shortest ways that are safe.
    fn candidates(&self) -> Vec<Who> {
        let shortest = self.shortest();
        let safe = |path: &Path| path.distance == shortest && self.is_feasible(path);
        self.paths.iter().filter(|(_, path)| safe(path)).map(|(who, _)| *who).collect()
    }

    /// How far it is by the way in use.
    fn in_use(&self) -> u32 {
        self.best.first().and_then(|who| self.paths.get(who)).map_or(INFINITY, |path| path.distance)
    }

    fn report(&mut self) {
        let path = self.best.first().and_then(|who| self.paths.get(who));
        (self.own, self.distance) = path.map_or((NOWHERE, INFINITY), |path| (path.metric, path.distance));
    }

    fn settle(&mut self) {
        self.best = self.candidates();
        self.fd = self.fd.min(self.shortest());
        self.report();
    }

    /// Goes on. `all` are the neighbours there are.
    pub fn input(&mut self, input: Input, who: Who, path: Option<Path>, all: &[Who]) -> Outcome {
        match path {
            Some(path) => _ = self.paths.insert(who, path),
            None => _ = self.paths.remove(&who),
        }
        if self.active.is_some() { self.go_on(input, who, all) } else { self.passive(input, who, all) }
    }

    fn passive(&mut self, input: Input, who: Who, all: &[Who]) -> Outcome {
        let mut outcome = Outcome::default();
        let from_next_hop = self.best.contains(&who);
        let asks = input == Input::Query;
        if !self.candidates().is_empty() || (self.best.is_empty() && self.paths.is_empty()) {
            self.settle();
            outcome.transition = if asks && !from_next_hop { 1 } else { 2 };
            outcome.replies.extend(asks.then_some(who));
            return outcome;
        }
        let next_hop = if from_next_hop { Some(who) } else { self.best.first().copied() };
        self.best = next_hop.into_iter().filter(|hop| input != Input::Lost || *hop != who).collect();
        self.report();
        let owed = (asks && from_next_hop).then_some(who);
        outcome.transition = if owed.is_some() { 3 } else { 4 };
        outcome.replies.extend((asks && owed.is_none()).then_some(who));
        self.active = Some(Active { owed, ..Active::default() });
        self.ask(all, &mut outcome);
        self.finish(all, &mut outcome);
        outcome
    }

    /// Asks everybody but the one who asked.
    fn ask(&mut self, all: &[Who], outcome: &mut Outcome) {
        let Some(active) = &mut self.active else { return };
        active.changed = false;
        (active.rounds, active.silent) = (0, BTreeSet::new());
        active.pending = all.iter().copied().filter(|who| active.owed != Some(*who)).collect();
        outcome.queries.extend(&active.pending);
    }

    fn go_on(&mut self, input: Input, who: Who, all: &[Who]) -> Outcome {
        let mut outcome = Outcome::default();
        let in_use = self.in_use();
        let is_next_hop = self.best.first() == Some(&who);
        let told = self.distance;
        let Some(active) = &mut self.active else { return outcome };
        let before = active.origin();
        active.changed |= is_next_hop && in_use > told;
        match input {
            Input::Query if is_next_hop => {
                (active.owed, active.changed) = (Some(who), true);
                outcome.transition = 5;
            }
            Input::Query => {
                outcome.transition = 6;
                outcome.replies.push(who);
            }
            Input::Update => outcome.transition = 7,
            Input::Reply | Input::Lost => {
                active.pending.remove(&who);
                active.silent.remove(&who);
                outcome.transition = 8;
            }
        }
        if !matches!(input, Input::Query) && active.changed && before % 2 == 1 {
            outcome.transition = if before == 1 { 9 } else { 10 };
        }
        if input == Input::Lost {
            active.owed = active.owed.filter(|owed| *owed != who);
            self.best.retain(|hop| *hop != who);
        }
        self.finish(all, &mut outcome);
        outcome
    }

    /// What follows when the last answer is there.
    fn finish(&mut self, all: &[Who], outcome: &mut Outcome) {
        while let Some(active) = self.active.as_ref().filter(|active| active.pending.is_empty()) {
            let origin = active.origin();
            // Who was told that it is nowhere has nothing worse to hear.
            let all_know = origin % 2 == 1 || self.distance == INFINITY;
            if !all_know && self.candidates().is_empty() {
                outcome.transition = if origin == 0 { 11 } else { 12 };
                self.report();
                self.ask(all, outcome);
                continue;
            }
            let owed = active.owed;
            if all_know {
                self.fd = INFINITY;
            }
            self.active = None;
            self.settle();
            outcome.replies.extend(owed);
            outcome.transition = [14, 15, 16, 13][usize::from(origin)];
        }
    }
}
