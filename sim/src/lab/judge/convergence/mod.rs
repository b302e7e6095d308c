//! How long routers were wrong after a change: the last write of a forwarding table, what the protocols said until
//! then, and the loops and black holes on the way.
//!
//! Nothing is sent to find out. After each write the ways of all routers to the network in question are followed
//! ([`ways`]); a set of routers that pass a packet round among themselves, or one that would lose it though there is a
//! way, begins an [`Episode`], which ends when they no longer do.

mod messages;
#[cfg(test)]
mod tests;
mod ways;

use std::net::Ipv4Addr;

use crate::engine::{Change, Entry, World};
use crate::id::{DeviceId, EventNo};
use crate::lab::judge::value::Quantity;
use crate::time::{SimDuration, SimTime};

pub use messages::Told;
use ways::Ways;

/// What the time before the first change is called, unless an event has the name.
pub const START: &str = "start";

/// What is wrong with the ways to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// Packets go round between routers.
    Loop,
    /// A router loses packets though there is a way.
    Hole,
}

/// An event and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The event.
    pub event: EventNo,
    /// The time.
    pub time: SimTime,
}

/// A time in which the ways to a network were wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// What was wrong.
    pub wrong: Wrong,
    /// The network.
    pub prefix: (Ipv4Addr, u8),
    /// All routers that were part of it, sorted.
    pub routers: Vec<DeviceId>,
    /// When it began.
    pub began: At,
    /// When it was over, if it was.
    pub ended: Option<At>,
}

/// What followed a change.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Name of the change.
    pub name: String,
    /// When it was made.
    pub began: At,
    /// Rows of forwarding tables written since.
    pub changes: u64,
    /// The last time one was.
    pub last: Option<At>,
    /// What each protocol had said by then.
    pub told: Told,
    /// What each protocol has said so far.
    so_far: Told,
}

impl Phase {
    fn new(name: &str, began: At) -> Self {
        let (told, so_far) = (Told::default(), Told::default());
        Self { name: name.to_owned(), began, changes: 0, last: None, told, so_far }
    }

    /// From the change to the last write.
    pub fn span(&self) -> SimDuration {
        self.last.map_or(SimDuration::ZERO, |last| last.time.since(self.began.time))
    }
}

/// Routers may have to find other ways after this. Traffic is no such change, nor is a cable that loses some frames, or
/// none any more.
fn matters(change: &Change) -> bool {
    match change {
        Change::Start(_) | Change::Stop(_) | Change::Inject { .. } => false,
        Change::Loss { ppm, .. } => *ppm >= 1_000_000,
        Change::Carrier { .. } | Change::Power { .. } | Change::Device { .. } => true,
    }
}

/// What is known of all changes and their consequences.
#[derive(Clone, Debug)]
pub struct Convergence {
    ways: Ways,
    phases: Vec<Phase>,
    episodes: Vec<Episode>,
    /// Episodes that are not over.
    open: Vec<usize>,
    /// The ways belong to another course of events.
    stale: bool,
}

impl Convergence {
    /// For a world in which some router speaks a routing protocol.
    pub fn of(world: &World) -> Option<Self> {
        world.patience()?;
        let mut ways = Ways::of(world);
        let all = ways.look_again(world);
        let at = At { event: world.event(), time: world.now() };
        let mut found =
            Self { ways, phases: vec![Phase::new(START, at)], episodes: Vec::new(), open: Vec::new(), stale: false };
        found.take_in(&all, at);
        Some(found)
    }

    /// Takes in the world's last event.
    pub fn observe(&mut self, world: &World) {
        let at = At { event: world.event(), time: world.now() };
        let (mut again, mut touched) = (std::mem::take(&mut self.stale), Vec::new());
        for entry in world.log().entries() {
            match entry {
                Entry::Command(number) => {
                    let Some((name, change)) = world.command(*number) else { continue };
                    again = true;
                    if matters(change) {
                        self.begin(name, at);
                    }
                }
                Entry::Row { device, row, .. } => {
                    if let Some(prefix) = self.ways.prefix(world, *device, *row) {
                        touched.push((*device, prefix));
                    }
                }
                Entry::Crossing { .. } => self.hear(world, entry),
                _ => {}
            }
        }
        if let Some(phase) = self.phases.last_mut().filter(|_| !touched.is_empty()) {
            phase.changes += touched.len() as u64;
            phase.last = Some(at);
            phase.told = phase.so_far.clone();
        }
        let found = if again { self.ways.look_again(world) } else { self.ways.update(world, &touched) };
        self.take_in(&found, at);
    }

    /// Several changes of one name at one time are one.
    fn begin(&mut self, name: &str, at: At) {
        if self.phases.last().is_none_or(|phase| phase.name != name || phase.began.time != at.time) {
            self.phases.push(Phase::new(name, at));
        }
    }

    fn hear(&mut self, world: &World, entry: &Entry) {
        if let Some((protocol, bytes)) = messages::message(world, entry, &self.ways)
            && let Some(phase) = self.phases.last_mut()
        {
            phase.so_far.add(protocol, bytes);
        }
    }

    fn take_in(&mut self, found: &[ways::Found], at: At) {
        for (prefix, [loops, holes]) in found {
            for (wrong, routers) in [(Wrong::Loop, loops), (Wrong::Hole, holes)] {
                let same = |open: &&usize| {
                    let episode = &self.episodes[**open];
                    episode.prefix == *prefix && episode.wrong == wrong
                };
                match self.open.iter().find(same).copied() {
                    Some(number) if routers.is_empty() => {
                        self.episodes[number].ended = Some(at);
                        self.open.retain(|open| *open != number);
                    }
                    Some(number) => {
                        let all = &mut self.episodes[number].routers;
                        all.extend(routers);
                        all.sort_unstable();
                        all.dedup();
                    }
                    None if routers.is_empty() => {}
                    None => {
                        self.open.push(self.episodes.len());
                        let routers = routers.clone();
                        self.episodes.push(Episode { wrong, prefix: *prefix, routers, began: at, ended: None });
                    }
                }
            }
        }
    }

    /// What was known after an event, for another course of events that begins there: its next event must be observed.
    /// What was counted after the last change is not taken back.
    #[must_use]
    pub fn until(&self, event: EventNo) -> Self {
        let mut early = self.clone();
        early.phases.retain(|phase| phase.began.event <= event);
        early.episodes.retain(|episode| episode.began.event <= event);
        for episode in &mut early.episodes {
            episode.ended = episode.ended.filter(|ended| ended.event <= event);
        }
        early.open = (0..early.episodes.len()).filter(|at| early.episodes[*at].ended.is_none()).collect();
        early.stale = true;
        early
    }

    /// All changes, and what followed them.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// All loops and black holes, in the order in which they began.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// What began, or was over, in an event; true for a beginning. What was over at once is not told.
    pub fn news(&self, event: EventNo) -> impl Iterator<Item = (&Episode, bool)> {
        let lasting = |episode: &&Episode| episode.ended.is_none_or(|ended| ended.time > episode.began.time);
        self.episodes.iter().filter(lasting).filter_map(move |episode| match episode.ended {
            _ if episode.began.event == event => Some((episode, true)),
            Some(ended) if ended.event == event => Some((episode, false)),
            _ => None,
        })
    }

    /// The first episode of a kind that begins after an event, and is not over at once.
    pub fn next(&self, wrong: Wrong, after: EventNo) -> Option<&Episode> {
        let fits = |episode: &&Episode| {
            episode.wrong == wrong
                && episode.began.event > after
                && episode.ended.is_none_or(|ended| ended.time > episode.began.time)
        };
        self.episodes.iter().find(fits)
    }

    /// The last time something was changed, or a forwarding table was written.
    pub fn last(&self) -> SimTime {
        self.phases.last().map_or(SimTime::ZERO, |phase| phase.last.map_or(phase.began.time, |last| last.time))
    }

    /// The phase of a name, the last one if there are several, and when it was over.
    fn phase(&self, name: &str, now: SimTime) -> Option<(&Phase, SimTime)> {
        let at = self.phases.iter().rposition(|phase| phase.name == name)?;
        Some((&self.phases[at], self.phases.get(at + 1).map_or(now, |next| next.began.time)))
    }

    /// How long something was wrong in the phase of a name, whatever the network.
    fn wrong_for(&self, wrong: Wrong, name: &str, now: SimTime) -> Option<SimDuration> {
        let (phase, end) = self.phase(name, now)?;
        Some(self.wrong_between(wrong, phase.began.time, end))
    }

    /// A network that nobody tells of is a hole from the start to the end. No change has made it.
    fn untold(&self, episode: &Episode, from: SimTime) -> bool {
        let first = self.phases.get(1).map(|phase| phase.began);
        let early = first.is_some_and(|first| episode.began.event < first.event && first.time <= from);
        early && episode.wrong == Wrong::Hole && episode.ended.is_none()
    }

    /// How long something was wrong in a stretch of time.
    pub fn wrong_between(&self, wrong: Wrong, from: SimTime, to: SimTime) -> SimDuration {
        let within = |episode: &Episode| {
            let end = episode.ended.map_or(to, |ended| ended.time).min(to);
            (episode.began.time.max(from), end)
        };
        let wanted = |at: &&Episode| at.wrong == wrong && !self.untold(at, from);
        let mut spans: Vec<(SimTime, SimTime)> = self.episodes.iter().filter(wanted).map(within).collect();
        spans.sort_unstable();
        let (mut total, mut until) = (SimDuration::ZERO, from);
        for (begin, end) in spans {
            let begin = begin.max(until);
            if end > begin {
                total = total + end.since(begin);
                until = end;
            }
        }
        total
    }
}

/// What may be asked about the consequences of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The time to the last write.
    Time,
    /// Rows written.
    Changes,
    /// How long packets went round.
    Looping,
    /// How long packets were lost though there was a way.
    BlackHole,
    /// Messages of routing protocols up to the last write.
    Messages,
}

impl Asked {
    /// The answer is a time.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Time | Self::Looping | Self::BlackHole)
    }

    /// The answer for the change of a name; nothing if it was not made, or nobody speaks a routing protocol.
    pub fn of(self, known: Option<&Convergence>, name: &str, now: SimTime) -> Quantity {
        let Some(known) = known else { return Quantity::Nothing };
        let Some((phase, _)) = known.phase(name, now) else { return Quantity::Nothing };
        let span = |span: Option<SimDuration>| Quantity::Span(span.unwrap_or_default().0 as i64);
        match self {
            Self::Time => span(Some(phase.span())),
            Self::Changes => Quantity::Number(phase.changes as i64),
            Self::Looping => span(known.wrong_for(Wrong::Loop, name, now)),
            Self::BlackHole => span(known.wrong_for(Wrong::Hole, name, now)),
            Self::Messages => Quantity::Number(phase.told.messages() as i64),
        }
    }
}
