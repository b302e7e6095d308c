//! Going back: checkpoints, a journal of what was typed, and replay.
//!
//! Nothing is ever undone. To go back, the nearest checkpoint before the wanted event is cloned and run forward,
//! with the journal's changes made at the same events as before. Changing the past makes a fork: the old branch
//! stays and can be visited and compared.

use std::collections::VecDeque;

use crate::engine::command::{Change, ChangeError};
use crate::engine::log::{Decision, Entry};
use crate::engine::table::TableDiff;
use crate::engine::world::World;
use crate::id::{DeviceId, EventNo};
use crate::time::SimTime;

/// Fewest events between two checkpoints; measured: closer ones cost more memory than they save time.
const SPACING: u64 = 20_000;
/// Bytes all checkpoints together may take before some are dropped.
const BUDGET: usize = 64 << 20;
/// An extra checkpoint is kept this many events before the cursor after going back, so that the next step is short.
const NEAR: u64 = 1_000;
/// Events before the target of a seek whose decisions are kept; what lies further back is replayed without log, which
/// takes less than half the time.
const TOLD: u64 = 5_000;
/// Decisions kept for showing.
const RING: usize = 65_536;

/// A change typed while the run was on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The last event before it.
    pub after: EventNo,
    /// How it was called.
    pub name: String,
    /// What it does.
    pub change: Change,
}

/// One course of events: the journal and how far it was seen.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    /// Changes typed, in order.
    pub journal: Vec<Typed>,
    /// The furthest event reached.
    pub furthest: EventNo,
}

/// A world with its past.
#[derive(Clone, Debug)]
pub struct Timeline {
    genesis: World,
    world: World,
    branches: Vec<Branch>,
    current: usize,
    checkpoints: Vec<World>,
    /// The event at which the next checkpoint is due.
    next_checkpoint: u64,
    near: Option<World>,
    ring: Option<VecDeque<Decision>>,
}

impl Timeline {
    /// The timeline of a world that has not begun.
    pub fn new(world: World) -> Self {
        Self {
            genesis: world.clone(),
            world,
            branches: vec![Branch::default()],
            current: 0,
            checkpoints: Vec::new(),
            next_checkpoint: SPACING,
            near: None,
            ring: None,
        }
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// All branches; the first is the one without changes.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch the cursor is on.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Memory of the checkpoints in bytes, roughly.
    pub fn checkpoint_bytes(&self) -> usize {
        self.checkpoints.iter().chain(&self.near).map(World::heap_bytes).sum()
    }

    /// Turns the log, and with it the ring of past decisions, on or off.
    pub fn set_recording(&mut self, on: bool) {
        self.world.set_logging(on);
        self.ring = on.then(VecDeque::new);
    }

    /// Decisions up to the cursor without a gap, oldest first; at most 65,536, and after a seek those of the last
    /// 5,000 events or since the last checkpoint.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.ring.iter().flatten()
    }

    /// One event forward. False at the end of the run.
    pub fn step(&mut self) -> bool {
        self.step_by(SimTime::MAX)
    }

    /// One event forward, if it is due at `until` or before.
    fn step_by(&mut self, until: SimTime) -> bool {
        let moved = self.advance(until);
        if moved {
            self.remember();
        }
        moved
    }

    /// One event back. False at the start.
    pub fn back(&mut self) -> bool {
        let at = self.world.event().0;
        at > 0 && self.seek(EventNo(at - 1))
    }

    /// Goes to the state after event `target`. False when the run ends before it; the cursor is then at the end.
    pub fn seek(&mut self, target: EventNo) -> bool {
        self.go(target, target < self.world.event())
    }

    fn go(&mut self, target: EventNo, back: bool) -> bool {
        // The log must be that of the event at the cursor, so with one the last event is always done again.
        let latest = if self.ring.is_some() { EventNo(target.0.saturating_sub(1)) } else { target };
        let jumped = self.jump(back, |world| world.event() <= latest);
        if jumped && !self.replay_untold(target) {
            return false;
        }
        while self.world.event() < target {
            let near = target.0.saturating_sub(NEAR);
            if jumped && near > 0 && self.world.event().0 == near {
                self.near = Some(self.bare_clone());
            }
            if !self.step() {
                return false;
            }
        }
        true
    }

    /// After a jump: replays what lies so far before the target that nobody will be told.
    fn replay_untold(&mut self, target: EventNo) -> bool {
        let known = self.branches[self.current].furthest.min(target);
        let told = known.0.saturating_sub(TOLD);
        if self.world.event().0 >= told {
            return true;
        }
        if let Some(ring) = &mut self.ring {
            ring.clear();
        }
        self.world.set_logging(false);
        let mut moved = true;
        while moved && self.world.event().0 < told {
            moved = self.step();
        }
        self.world.set_logging(self.ring.is_some());
        moved
    }

    /// Goes to the last event at or before `time`.
    pub fn seek_time(&mut self, time: SimTime) {
        let jumped = self.jump(time < self.world.now(), |world| world.now() <= time);
        let landed = self.world.event();
        while self.step_by(time) {}
        if jumped && self.world.event() == landed && self.ring.is_some() {
            self.go(landed, true);
        }
    }

    /// Makes a change now. In the past this forks: the old course stays as a branch of its own.
    pub fn apply(&mut self, name: &str, change: Change) -> Result<(), ChangeError> {
        let after = self.world.event();
        self.clone_probe(name, &change)?;
        let typed = Typed { after, name: name.to_owned(), change };
        let branch = &self.branches[self.current];
        let in_past = after < branch.furthest;
        if in_past || self.current == 0 {
            let mut journal = branch.journal.clone();
            journal.retain(|old| old.after < after);
            journal.push(typed.clone());
            self.branches.push(Branch { journal, furthest: after });
            self.current = self.branches.len() - 1;
            self.forget_checkpoints(|world| world.event() <= after);
        } else {
            self.branches[self.current].journal.push(typed.clone());
        }
        let result = self.world.apply(&typed.name, &typed.change);
        self.remember();
        result
    }

    /// Goes to another branch, at the same event or at its furthest one if that comes first.
    pub fn switch(&mut self, branch: usize) -> bool {
        let Some(to) = self.branches.get(branch) else { return false };
        let target = self.world.event().min(to.furthest);
        self.current = branch;
        self.forget_checkpoints(|_| false);
        self.restore(self.genesis.clone());
        self.seek(target)
    }

    /// What stands in the tables of another branch at this moment of simulated time but not here, and the reverse.
    pub fn compare(&self, branch: usize) -> Vec<(DeviceId, &'static str, TableDiff)> {
        let mut other = self.clone();
        if !other.switch(branch) && branch >= self.branches.len() {
            return Vec::new();
        }
        other.seek_time(self.world.now());
        compare_tables(&self.world, &other.world)
    }

    /// A refused change must leave no trace, so it is tried on a copy first.
    fn clone_probe(&self, name: &str, change: &Change) -> Result<(), ChangeError> {
        self.bare_clone().apply(name, change)
    }

    fn bare_clone(&self) -> World {
        let mut copy = self.world.clone();
        copy.set_logging(false);
        copy
    }

    fn next_typed(&self) -> Option<&Typed> {
        self.branches[self.current].journal.iter().find(|typed| typed.after == self.world.event())
    }

    fn advance(&mut self, until: SimTime) -> bool {
        if let Some(typed) = self.next_typed().cloned() {
            // It was accepted when it was typed, and the world is the same again.
            return self.world.apply(&typed.name, &typed.change).is_ok();
        }
        self.world.step_by(until)
    }

    fn remember(&mut self) {
        let event = self.world.event();
        if let Some(ring) = &mut self.ring {
            for entry in self.world.log().entries() {
                if let Entry::Decision { decision, .. } = entry {
                    ring.push_back(*decision);
                }
            }
            while ring.len() > RING {
                ring.pop_front();
            }
        }
        let branch = &mut self.branches[self.current];
        branch.furthest = branch.furthest.max(event);
        if event.0 >= self.next_checkpoint {
            self.checkpoints.push(self.bare_clone());
            self.plan_checkpoint();
            self.thin();
        }
    }

    /// Says when the next checkpoint is due: large worlds take fewer.
    fn plan_checkpoint(&mut self) {
        let last = self.checkpoints.last();
        let spacing = last.map_or(0, |world| world.heap_bytes() as u64 / 100);
        self.next_checkpoint = last.map_or(0, |world| world.event().0) + SPACING.max(spacing);
    }

    /// Forgets the checkpoints of a course of events that is left.
    fn forget_checkpoints(&mut self, stays: impl Fn(&World) -> bool) {
        self.checkpoints.retain(stays);
        self.near = None;
        self.plan_checkpoint();
    }

    /// Drops checkpoints until the rest fit the budget, always the one whose neighbours are closest together, the
    /// oldest of several: so the longest gap, which is the longest way back, stays as short as it can.
    fn thin(&mut self) {
        while self.checkpoints.len() > 2 && self.checkpoints.iter().map(World::heap_bytes).sum::<usize>() > BUDGET {
            let event = |at: usize| self.checkpoints[at].event().0;
            // Before the first lies the genesis; the last is needed for the next step back.
            let gap = |&at: &usize| event(at + 1) - if at == 0 { 0 } else { event(at - 1) };
            let Some(at) = (0..self.checkpoints.len() - 1).min_by_key(gap) else { return };
            self.checkpoints.remove(at);
        }
    }

    /// Restores the last saved world that is `early` enough, if it is later than the cursor or one must go `back`.
    fn jump(&mut self, back: bool, early: impl Fn(&World) -> bool) -> bool {
        let saved = self.checkpoints.iter().chain(&self.near).filter(|world| early(world));
        let saved = saved.max_by_key(|world| world.event()).unwrap_or(&self.genesis);
        let jumps = back || saved.event() > self.world.event();
        if jumps {
            self.restore(saved.clone());
        }
        jumps
    }

    fn restore(&mut self, saved: World) {
        let ahead = saved.event() > self.world.event();
        self.world = saved;
        self.world.set_logging(self.ring.is_some());
        let from = self.world.event();
        if let Some(ring) = &mut self.ring {
            // Decisions are shown without gaps: those that were jumped over are missing, so the older ones go too.
            ring.retain(|decision| !ahead && decision.event <= from);
        }
    }
}

/// Differences between the tables of two worlds built from the same plan.
pub fn compare_tables(here: &World, there: &World) -> Vec<(DeviceId, &'static str, TableDiff)> {
    let mut found = Vec::new();
    for number in 0..here.device_count().min(there.device_count()) {
        let id = DeviceId(number as u32);
        let (Some(a), Some(b)) = (here.device(id), there.device(id)) else { continue };
        for (left, right) in a.tables().iter().zip(b.tables()) {
            let diff = left.diff(&right);
            if diff != TableDiff::default() {
                found.push((id, left.name, diff));
            }
        }
    }
    found
}
