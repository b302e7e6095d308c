//! One lab being watched: the timeline, what was seen of it, and where the student stands.
//!
//! The cursor is always on a moment: an event with something to show. Events without (a timer that only re-arms
//! itself) pass unseen. Everything here is a pure function of the plan, the changes made and the place of the cursor.

use overunder_sim::engine::{Change, ChangeError, Device, TableView, Timeline, World};
use overunder_sim::id::{DeviceId, EventNo, NodeId};
use overunder_sim::lang::Lang;
use overunder_sim::time::SimTime;
use overunder_sim::view::Book;

use crate::app::frame::{self, Taken};
use crate::app::history::{History, Moment, Via};

/// Events without anything to show that are passed in one step before it gives up.
const SILENT: u64 = 50_000;

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The cursor is on another moment.
    Yes,
    /// There is nothing before or after.
    End,
    /// Nothing is in flight any more; only housekeeping timers are left.
    Quiet,
    /// The future is hidden until a question is answered.
    Masked,
}

/// A moment kept for comparison.
#[derive(Debug)]
pub struct Mark {
    /// The event.
    pub event: EventNo,
    world: World,
}

/// The tables of one node's devices at some moment.
type Tables = Vec<(DeviceId, Vec<TableView>)>;

/// What the tables of a node looked like just before the present event, kept until asked about another.
#[derive(Debug)]
struct Before {
    key: (EventNo, usize, NodeId),
    tables: Tables,
}

/// A lab being watched.
#[derive(Debug)]
pub struct Session {
    timeline: Timeline,
    courses: Vec<History>,
    book: Book,
    cursor: Option<usize>,
    before: Option<Before>,
    mark: Option<Mark>,
    mask: Option<EventNo>,
    until: SimTime,
    lang: Lang,
}

impl Session {
    /// A session at the very start. The run is over at `until` even when something is still in flight.
    pub fn new(world: World, lang: Lang, until: SimTime) -> Self {
        let book = Book::of(&world);
        let mut timeline = Timeline::new(world);
        timeline.set_recording(true);
        let courses = vec![History::new(lang, timeline.world())];
        Self { timeline, courses, book, cursor: None, before: None, mark: None, mask: None, until, lang }
    }

    /// The language its texts are in.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World {
        self.timeline.world()
    }

    /// The timeline beneath.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Names for addresses.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What was seen of the present branch.
    pub fn history(&self) -> &History {
        &self.courses[self.timeline.current()]
    }

    /// Place of the cursor; `None` before the first event.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// The present moment.
    pub fn moment(&self) -> Option<&Moment> {
        self.history().moments().get(self.cursor?)
    }

    /// Event of the present moment, 0 before the start.
    pub fn event(&self) -> EventNo {
        self.moment().map_or(EventNo(0), |moment| moment.event)
    }

    /// What the tables are compared with, if a moment was marked.
    pub fn mark(&self) -> Option<&Mark> {
        self.mark.as_ref()
    }

    /// How many moments of the present branch were seen.
    #[cfg(test)]
    pub fn moments_seen(&self) -> usize {
        self.history().moments().len()
    }

    /// Hides what lies after an event, or shows it again.
    pub fn set_mask(&mut self, mask: Option<EventNo>) {
        self.mask = mask;
    }

    /// Whether a moment is hidden until a question is answered.
    pub fn masked(&self, event: EventNo) -> bool {
        self.mask.is_some_and(|mask| event > mask)
    }

    /// Nothing in flight any more, and nothing further seen.
    pub fn is_over(&self) -> bool {
        self.at_end() && (self.is_quiet() || self.world().next_time().is_none_or(|next| next > self.until))
    }

    /// Nothing but housekeeping is to come. Where routers speak with each other that is so when their tables have
    /// agreed for long enough, or at the stated end.
    fn is_quiet(&self) -> bool {
        let world = self.world();
        let agreed =
            world.patience().zip(self.history().convergence()).map(|(patience, known)| known.last() + patience);
        world.is_quiet()
            && match agreed {
                None => true,
                Some(_) if self.until < SimTime::MAX => false,
                Some(time) => world.next_time().is_none_or(|next| next > time),
            }
    }

    /// The cursor stands on the last moment seen.
    pub fn at_end(&self) -> bool {
        self.cursor.map_or(0, |at| at + 1) == self.history().moments().len()
    }

    /// To the next moment, seen before or not.
    pub fn forward(&mut self) -> Moved {
        let next = self.cursor.map_or(0, |at| at + 1);
        if let Some(moment) = self.history().moments().get(next) {
            if self.masked(moment.event) {
                return Moved::Masked;
            }
            return self.go_to(Some(next));
        }
        if self.masked(EventNo(self.event().0 + 1)) {
            return Moved::Masked;
        }
        self.explore()
    }

    /// To a moment seen before, or to the start.
    pub fn go_to(&mut self, place: Option<usize>) -> Moved {
        let Some(place) = place else {
            self.timeline.seek(EventNo(0));
            self.cursor = None;
            return Moved::Yes;
        };
        let Some(moment) = self.history().moments().get(place) else { return Moved::End };
        let event = moment.event;
        if self.masked(event) {
            return Moved::Masked;
        }
        self.timeline.seek(event);
        self.cursor = Some(place);
        Moved::Yes
    }

    /// To the last moment at or before an event, seeing what was not seen yet. True when the event was reached.
    pub fn go_to_event(&mut self, event: EventNo) -> bool {
        while self.history().moments().last().is_none_or(|last| last.event < event) {
            let last = self.history().moments().len().checked_sub(1);
            if self.go_to(last) != Moved::Yes || self.forward() != Moved::Yes {
                break;
            }
        }
        let place = self.history().place(event);
        self.go_to(place) == Moved::Yes && (event.0 == 0 || self.event() == event)
    }

    /// To the last moment at or before a time, seeing what was not seen yet.
    pub fn go_to_time(&mut self, time: SimTime) {
        while self.history().moments().last().is_none_or(|last| last.time <= time) {
            let last = self.history().moments().len().checked_sub(1);
            if self.go_to(last) != Moved::Yes || self.forward() != Moved::Yes {
                break;
            }
        }
        let place = self.history().moments().partition_point(|moment| moment.time <= time).checked_sub(1);
        self.go_to(place);
    }

    /// The branch that has all changes of the present one but the last.
    pub fn parent_branch(&self) -> Option<usize> {
        let branches = self.timeline.branches();
        let (_, before) = branches[self.timeline.current()].journal.split_last()?;
        // A change made at the end of a branch joins its journal: then there is no branch without it.
        branches.iter().position(|branch| branch.journal == before)
    }

    /// Runs on behind the last moment seen until there is something to show.
    fn explore(&mut self) -> Moved {
        for _ in 0..SILENT {
            if self.masked(EventNo(self.world().event().0 + 1)) {
                // What passes unseen up to there is no moment of its own.
                self.timeline.seek(self.event());
                return Moved::Masked;
            }
            if !self.timeline.step() {
                return Moved::End;
            }
            let branch = self.timeline.current();
            if self.courses[branch].observe(self.timeline.world(), &self.book) {
                self.cursor = Some(self.courses[branch].moments().len() - 1);
                return Moved::Yes;
            }
        }
        Moved::Quiet
    }

    /// Makes a change now. The course of events forks; the old one stays.
    pub fn apply(&mut self, name: &str, change: Change) -> Result<(), ChangeError> {
        let from = self.timeline.current();
        let after = self.event();
        self.timeline.seek(after);
        self.timeline.apply(name, change)?;
        let branch = self.timeline.current();
        if branch != from {
            let course = self.courses[from].until(after);
            self.courses.push(course);
        }
        self.book = Book::of(self.timeline.world());
        self.courses[branch].observe(self.timeline.world(), &self.book);
        self.cursor = self.courses[branch].moments().len().checked_sub(1);
        self.before = None;
        Ok(())
    }

    /// To the same moment of another branch, or its last one if that comes earlier.
    pub fn switch(&mut self, branch: usize) -> bool {
        if branch >= self.courses.len() {
            return false;
        }
        let event = self.event();
        self.timeline.switch(branch);
        let place = self.courses[branch].place(event);
        self.go_to(place) == Moved::Yes
    }

    /// The event after which a branch differs from the one it was made from.
    pub fn fork_of(&self, branch: usize) -> Option<&overunder_sim::engine::timeline::Typed> {
        self.timeline.branches().get(branch)?.journal.last()
    }

    /// Remembers the present moment for comparison.
    pub fn set_mark(&mut self) {
        self.mark = Some(Mark { event: self.event(), world: self.world().clone() });
    }

    /// Tables of a node as they are.
    pub fn tables(&self, node: NodeId) -> Tables {
        tables_of(self.world(), node)
    }

    /// Finds out what the tables of a node looked like just before the present event.
    pub fn look_before(&mut self, node: NodeId) {
        let event = self.event();
        let key = (event, self.timeline.current(), node);
        if self.before.as_ref().is_some_and(|before| before.key == key) {
            return;
        }
        self.timeline.seek(EventNo(event.0.saturating_sub(1)));
        let tables = tables_of(self.world(), node);
        self.timeline.seek(event);
        self.before = Some(Before { key, tables });
    }

    /// Tables of a node at the mark if `marked`, else just before the present event.
    pub fn tables_before(&self, node: NodeId, marked: bool) -> Option<Tables> {
        if marked {
            return self.mark.as_ref().map(|mark| tables_of(&mark.world, node));
        }
        let before = self.before.as_ref()?;
        (before.key == (self.event(), self.timeline.current(), node)).then(|| before.tables.clone())
    }

    /// The frame of a moment that was seen.
    pub fn frame_of(&mut self, event: EventNo) -> Option<Taken> {
        let here = self.event();
        self.timeline.seek(event);
        let taken = frame::arrived(self.timeline.world());
        self.timeline.seek(here);
        taken
    }

    /// The node where the present event took place.
    pub fn here(&self) -> Option<NodeId> {
        let moment = self.moment()?;
        (!matches!(moment.via, Via::Change(_))).then(|| self.world().node_of(moment.device)).flatten()
    }
}

fn tables_of(world: &World, node: NodeId) -> Tables {
    let devices = world.nodes().get(node.index()).map(|node| node.devices.clone()).unwrap_or_default();
    devices.into_iter().map(|id| (id, world.device(id).map(Device::tables).unwrap_or_default())).collect()
}
