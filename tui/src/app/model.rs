//! The state of the program, without any terminal type in it.

use std::collections::{BTreeMap, BTreeSet};

use overunder_sim::engine::table::TableDiff;
use overunder_sim::id::{DeviceId, EventNo, NodeId};
use overunder_sim::lab::judge::Outcome;
use overunder_sim::lang::Lang;

use crate::app::against::Against;
use crate::app::filter::Filter;
use crate::app::guide::Guide;
use crate::app::lab::{Card, Lab};
use crate::app::look::Settings;
use crate::app::progress::Progress;
use crate::app::prompt::Prompt;
use crate::app::session::Session;
use crate::app::words::{Words, words};

/// A part of the screen with a purpose of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    Map,
    Why,
    Time,
    Packet,
    Tables,
    Guide,
    Compare,
    Charts,
    Log,
}

impl Pane {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Map,
        Self::Why,
        Self::Time,
        Self::Packet,
        Self::Tables,
        Self::Guide,
        Self::Compare,
        Self::Charts,
        Self::Log,
    ];

    /// Its number on the keyboard.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0) + 1
    }

    /// The name the command line knows it by.
    pub fn name(self) -> &'static str {
        ["map", "why", "timeline", "packet", "tables", "guide", "compare", "charts", "log"][self.number() - 1]
    }

    /// The pane of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.name() == name)
    }

    /// Its heading.
    pub fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Map => words.map,
            Self::Why => words.why,
            Self::Time => words.time,
            Self::Packet => words.packet,
            Self::Tables => words.tables,
            Self::Guide => words.guide,
            Self::Compare => words.compare,
            Self::Charts => words.charts,
            Self::Log => words.log,
        }
    }

    /// Its name in the footer.
    pub fn short(self, words: &Words) -> &'static str {
        match self {
            Self::Map => words.map_short,
            Self::Why => words.why_short,
            Self::Time => words.time_short,
            Self::Packet => words.packet_short,
            Self::Tables => words.tables_short,
            Self::Guide => words.guide_short,
            Self::Compare => words.compare_short,
            Self::Charts => words.charts_short,
            Self::Log => words.log_short,
        }
    }
}

/// Runs by itself, one way or another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Only keys move it.
    #[default]
    Still,
    /// One step after another, to watch; ticks since the last step.
    Playing(u32),
    /// As fast as it can, to a breakpoint or the end.
    Running,
}

/// Ticks a step stays on the screen, for each speed.
pub const DWELL: [u32; 7] = [64, 32, 16, 8, 4, 2, 1];
/// What the speeds are called.
pub const SPEED: [&str; 7] = ["1/8", "1/4", "1/2", "1", "2", "4", "8"];

/// Where to stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Breakpoint {
    /// At this event.
    Event(u64),
    /// At every step this filter lets pass.
    Filter(Filter),
}

/// Where each pane stands.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// How far the map is moved: columns and rows.
    pub map: (i32, i32),
    /// Hosts of one switch are drawn as one.
    pub folded: bool,
    /// Nodes whose contents were opened or closed by hand.
    pub turned: BTreeSet<NodeId>,
    /// What the map joins nodes by.
    pub links: Links,
    /// Line of the packet tree.
    pub packet: usize,
    /// Layers folded in the packet tree, by their number.
    pub closed: BTreeSet<usize>,
    /// Which frame the packet pane shows.
    pub side: Side,
    /// All fields of the packet, or those that matter.
    pub raw: bool,
    /// Which table of the node.
    pub table: usize,
    /// Which row of the table.
    pub row: usize,
    /// Tables are compared with the mark, not with the step before.
    pub against_mark: bool,
    /// Line of the reasons.
    pub why: usize,
    /// Line of the guide.
    pub guide: usize,
    /// Line of the comparison.
    pub compare: usize,
    /// Lines the log is moved up from its end.
    pub log: usize,
    /// Which chart.
    pub chart: usize,
    /// What charts run over.
    pub axis: Axis,
}

/// What the map joins nodes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Cables and tunnels.
    #[default]
    Both,
    /// The network beneath.
    Cables,
    /// The network above.
    Tunnels,
}

/// Which frame of an event is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// As it came in.
    #[default]
    In,
    /// As it went out.
    Out,
    /// What the device changed.
    Diff,
}

/// What charts run over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Simulated time.
    #[default]
    Time,
    /// The steps, each as wide as the other.
    Steps,
}

/// The node looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Which node.
    pub node: NodeId,
    /// It stays when the frame goes elsewhere.
    pub pinned: bool,
}

/// A lab on the table.
#[derive(Debug)]
pub struct Bench {
    /// The lab.
    pub lab: Lab,
    /// The run.
    pub session: Session,
    /// The pane that gets the keys.
    pub focus: Pane,
    /// It fills the screen.
    pub zoomed: bool,
    /// The node looked at.
    pub selection: Selection,
    /// Which steps are shown.
    pub filter: Filter,
    /// Whether and how it moves by itself.
    pub motion: Motion,
    /// Index into [`DWELL`].
    pub speed: usize,
    /// Where it stops.
    pub breakpoints: Vec<Breakpoint>,
    /// Where each pane stands.
    pub places: Places,
    /// Places jumped away from.
    pub trail: Vec<Option<usize>>,
    /// What was done, as command lines.
    pub journal: Vec<String>,
    /// How the tables of another branch differ, once somebody looked.
    pub compared: Option<Compared>,
    /// Another variant beside this run, if one was asked for.
    pub against: Option<Against>,
    /// The way through the guide, in a lab that has one.
    pub guide: Option<Guide>,
    /// What must hold in the lab as it is, once somebody asked.
    pub checks: Vec<(String, Outcome)>,
}

/// Differences between the tables of two branches at one moment.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Event and branch compared from.
    pub from: (EventNo, usize),
    /// The other branch.
    pub with: usize,
    /// Device, table and difference.
    pub found: Vec<(DeviceId, &'static str, TableDiff)>,
}

/// What is on the screen.
#[derive(Debug)]
pub enum Stage {
    /// The list of labs and the chosen line.
    Picker(usize),
    /// A lab.
    Bench(Box<Bench>),
}

/// Something to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Start the lab again.
    Reset,
    /// Leave with an unsaved session.
    Quit,
    /// Pass over the open question.
    Skip,
}

/// What lies over the screen and gets the keys first.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys that hold here: what is searched for, and the chosen line.
    Help { search: String, line: usize },
    /// A line of text being typed.
    Prompt(Prompt),
    /// Yes or no.
    Ask(Ask),
    /// How sure somebody is of the answer that was typed.
    Sure(String),
    /// Whether a file may be written over: its path and the new text.
    Over(String, String),
}

/// A line for the student, gone with the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// It is bad news.
    pub bad: bool,
}

/// The whole state.
#[derive(Debug)]
pub struct Model {
    /// How things look.
    pub settings: Settings,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The labs there are.
    pub library: Vec<Card>,
    /// What is on the screen.
    pub stage: Stage,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// A line for the student.
    pub notice: Option<Notice>,
    /// The session was changed since it was saved.
    pub unsaved: bool,
    /// How far labs were done, by name.
    pub progress: BTreeMap<String, Progress>,
}

impl Model {
    /// The words of the interface.
    pub fn words(&self) -> &'static Words {
        words(self.settings.lang)
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// The lab on the table.
    pub fn bench(&self) -> Option<&Bench> {
        match &self.stage {
            Stage::Bench(bench) => Some(bench),
            Stage::Picker(_) => None,
        }
    }

    /// The lab on the table.
    pub fn bench_mut(&mut self) -> Option<&mut Bench> {
        match &mut self.stage {
            Stage::Bench(bench) => Some(bench),
            Stage::Picker(_) => None,
        }
    }

    /// Tells the student something.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: false });
    }

    /// Tells the student that something does not work.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: true });
    }

    /// Whether ticks are wanted: something moves by itself.
    pub fn wants_ticks(&self) -> bool {
        self.bench().is_some_and(|bench| bench.motion != Motion::Still)
    }
}

impl Bench {
    /// A lab that has not begun.
    pub fn new(lab: Lab, session: Session) -> Self {
        Self {
            lab,
            session,
            focus: Pane::Map,
            zoomed: false,
            selection: Selection { node: NodeId(0), pinned: false },
            filter: Filter::default(),
            motion: Motion::Still,
            speed: 3,
            breakpoints: Vec::new(),
            places: Places::default(),
            trail: Vec::new(),
            journal: Vec::new(),
            compared: None,
            against: None,
            guide: None,
            checks: Vec::new(),
        }
    }

    /// Ticks a step stays on the screen.
    pub fn dwell(&self) -> u32 {
        DWELL[self.speed.min(DWELL.len() - 1)]
    }

    /// Another run stands beside this one.
    pub fn is_beside(&self) -> bool {
        self.against.is_some()
    }

    /// Whether the run stops at a moment.
    pub fn breaks_at(&self, place: usize) -> bool {
        let history = self.session.history();
        let Some(moment) = history.moments().get(place) else { return false };
        self.breakpoints.iter().any(|breakpoint| match breakpoint {
            Breakpoint::Event(event) => moment.event.0 == *event,
            Breakpoint::Filter(filter) => filter.matches(&self.session, moment),
        })
    }

    /// Whether a moment passes the filter.
    pub fn shows(&self, place: usize) -> bool {
        self.filter.is_empty()
            || self.session.history().moments().get(place).is_some_and(|m| self.filter.matches(&self.session, m))
    }

    /// Looks at a node and stays there.
    pub fn select(&mut self, node: NodeId) {
        if node != self.selection.node {
            self.places.table = 0;
            self.places.row = 0;
        }
        self.selection = Selection { node, pinned: true };
    }

    /// Looks at the node where the present event took place, unless the selection is to stay.
    pub fn follow(&mut self) {
        if !self.selection.pinned
            && let Some(node) = self.session.here()
            && node != self.selection.node
        {
            self.selection.node = node;
            self.places.table = 0;
            self.places.row = 0;
        }
    }

    /// A verdict about a repair is of the changes that were made then; with others it says nothing.
    pub fn forget_verdict(&mut self) {
        if let Some(guide) = &mut self.guide {
            guide.attempt = None;
        }
    }

    /// Notes what was done. While it moves by itself, one place replaces the other.
    pub fn record(&mut self, line: impl Into<String>) {
        let line = line.into();
        let moves = |line: &str| line.starts_with("goto ");
        if self.motion != Motion::Still && moves(&line) && self.journal.last().is_some_and(|last| moves(last)) {
            self.journal.pop();
        }
        self.journal.push(line);
    }
}
