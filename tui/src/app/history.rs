//! What has been seen of a run: one small record for each event that has something to show.
//!
//! The world itself is only ever at one moment. Records are kept for all moments seen so far, so that lists, the
//! scrubber, filters and charts need no replay. Whatever needs bytes or tables seeks the timeline instead.

use std::collections::BTreeMap;

use overunder_sim::engine::log::Crossing;
use overunder_sim::engine::wire::End;
use overunder_sim::engine::{Decision, Entry, RowChange, Verdict, World};
use overunder_sim::explain::Reason;
use overunder_sim::id::{CableId, DeviceId, EventNo, FlowId, FrameId, PortNo};
use overunder_sim::lab::judge::Convergence;
use overunder_sim::lab::judge::convergence::Wrong;
use overunder_sim::lang::Lang;
use overunder_sim::time::SimTime;
use overunder_sim::view::sentence::Context;
use overunder_sim::view::{self, Book, Detail, Narrator};
use overunder_sim::wire::layers::{Layer, summary, walk};

/// Frames whose sender or origin is remembered; one in flight longer than this many others has no known cause.
const REMEMBERED: usize = 65_536;

/// How a moment came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A frame came off a cable; true when it travelled from the cable's second end to its first.
    Cable(CableId, bool),
    /// A frame came from another device of the same node.
    Inside(DeviceId),
    /// A timer, or an application began by itself.
    Timer,
    /// A change, scripted or typed; its number in the world's list.
    Change(u32),
}

/// One event that has something to show.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The event.
    pub event: EventNo,
    /// When.
    pub time: SimTime,
    /// Where; for a change the first device, which means nothing then.
    pub device: DeviceId,
    /// How it came about.
    pub via: Via,
    /// Place of the moment that sent the frame.
    pub cause: Option<u32>,
    /// The frame, [`FrameId::NONE`] when there is none.
    pub frame: FrameId,
    /// The frame it was first made from; the same for all hops of a packet and its wrappings.
    pub root: FrameId,
    /// The main verdict and its reason.
    pub verdict: Option<(Verdict, Reason)>,
    /// The flow.
    pub flow: FlowId,
    /// Bytes of the frame.
    pub len: u32,
    /// What layers the frame has: bits in the order of [`LAYERS`].
    pub layers: u16,
    /// Something was lost here.
    pub dropped: bool,
    /// A table was written.
    pub wrote: bool,
    /// A loop or a black hole begins here.
    pub wrong: Option<Wrong>,
    text: (u32, u32),
}

/// Names of layers in the order of [`Moment::layers`].
pub const LAYERS: &[&str] =
    &["eth", "vlan", "arp", "ipv4", "icmp", "udp", "tcp", "vxlan", "geneve", "gre", "malformed", "igmp"];

/// A row written or removed.
#[derive(Clone, Copy, Debug)]
pub struct RowStep {
    /// Place of the moment.
    pub moment: u32,
    /// Whose table.
    pub device: DeviceId,
    /// Which table.
    pub table: u8,
    /// New, changed or gone.
    pub change: RowChange,
}

/// Everything seen of one course of events.
#[derive(Debug)]
pub struct History {
    moments: Vec<Moment>,
    texts: String,
    rows: Vec<RowStep>,
    told: Vec<(EventNo, String)>,
    lang: Lang,
    narrator: Narrator,
    sent: BTreeMap<(FrameId, DeviceId), u32>,
    roots: BTreeMap<FrameId, FrameId>,
    last_text: (FrameId, u32, (u32, u32)),
    /// Loops and black holes; nothing where nobody speaks a routing protocol.
    convergence: Option<Box<Convergence>>,
}

impl History {
    /// Nothing seen yet.
    pub fn new(lang: Lang, world: &World) -> Self {
        Self {
            moments: Vec::new(),
            texts: String::new(),
            rows: Vec::new(),
            told: Vec::new(),
            lang,
            narrator: Narrator::new(lang, Detail::Short),
            sent: BTreeMap::new(),
            roots: BTreeMap::new(),
            last_text: (FrameId::NONE, 0, (0, 0)),
            convergence: Convergence::of(world).map(Box::new),
        }
    }

    /// What was seen up to `event`, as the beginning of another course.
    pub fn until(&self, event: EventNo) -> Self {
        let keep = self.moments.partition_point(|moment| moment.event <= event);
        let end = self.moments[..keep].iter().map(|moment| moment.text.1).max().unwrap_or(0);
        let early = |at: &u32| (*at as usize) < keep;
        Self {
            moments: self.moments[..keep].to_vec(),
            texts: self.texts[..end as usize].to_owned(),
            rows: self.rows.iter().filter(|row| early(&row.moment)).copied().collect(),
            told: self.told.iter().filter(|(at, _)| *at <= event).cloned().collect(),
            lang: self.lang,
            // It tells everything afresh: what follows is another story.
            narrator: Narrator::new(self.lang, Detail::Short),
            sent: self.sent.iter().filter(|(_, at)| early(at)).map(|(key, at)| (*key, *at)).collect(),
            roots: self.roots.clone(),
            last_text: (FrameId::NONE, 0, (0, 0)),
            convergence: self.convergence.as_ref().map(|known| Box::new(known.until(event))),
        }
    }

    /// Loops and black holes seen so far.
    pub fn convergence(&self) -> Option<&Convergence> {
        self.convergence.as_deref()
    }

    /// All moments, in order.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// All rows written, in order.
    pub fn rows(&self) -> &[RowStep] {
        &self.rows
    }

    /// The narration, with the event each line belongs to.
    pub fn told(&self) -> &[(EventNo, String)] {
        &self.told
    }

    /// What the frame of a moment says, or what was changed.
    pub fn text(&self, moment: &Moment) -> &str {
        &self.texts[moment.text.0 as usize..moment.text.1 as usize]
    }

    /// Place of the last moment at or before an event.
    pub fn place(&self, event: EventNo) -> Option<usize> {
        self.moments.partition_point(|moment| moment.event <= event).checked_sub(1)
    }

    /// Takes in the world's last event. True when it has something to show.
    pub fn observe(&mut self, world: &World, book: &Book) -> bool {
        if let Some(known) = &mut self.convergence {
            known.observe(world);
        }
        let entries = world.log().entries();
        // A core that is done with a frame puts it on the cable: told already when the card sent it.
        let sent = |entry: &Entry| matches!(entry, Entry::Crossing { crossing: Crossing::Sent, .. });
        if entries.iter().all(sent) {
            return false;
        }
        let place = self.moments.len() as u32;
        let mut moment = self.begin(world, book, entries);
        self.note_sent(world, place);
        for entry in entries {
            if let Entry::Row { device, row, change } = entry {
                moment.wrote = true;
                self.rows.push(RowStep { moment: place, device: *device, table: row.table, change: *change });
            }
        }
        self.told.extend(self.narrator.tell(world, book).into_iter().map(|line| (world.event(), line)));
        if let Some(known) = &self.convergence {
            moment.wrong = known.news(world.event()).find(|(_, begins)| *begins).map(|(episode, _)| episode.wrong);
            let lines = view::convergence::news(known, world, self.lang);
            self.told.extend(lines.into_iter().map(|line| (world.event(), line)));
        }
        self.moments.push(moment);
        true
    }

    /// The record of the present event, from its main verdict.
    fn begin(&mut self, world: &World, book: &Book, entries: &[Entry]) -> Moment {
        let main = main_decision(entries);
        let via = Self::via(world, entries, main.map(|(decision, _)| decision));
        let mut moment = Moment {
            event: world.event(),
            time: world.now(),
            device: first_device(entries),
            via,
            cause: None,
            frame: FrameId::NONE,
            root: FrameId::NONE,
            verdict: None,
            flow: FlowId::NONE,
            len: 0,
            layers: 0,
            dropped: entries.iter().any(is_drop),
            wrote: false,
            wrong: None,
            text: (0, 0),
        };
        if let Some((decision, bytes)) = main {
            moment.device = decision.device;
            moment.frame = decision.frame;
            moment.verdict = Some((decision.verdict, decision.reason));
            moment.flow = decision.origin.flow;
            moment.len = decision.len;
            moment.root = self.root(decision.frame, decision.parent);
            moment.cause = self.cause(world, decision, via);
            let layers = walk(decision.link, world.log().bytes(bytes));
            moment.layers = bits(&layers);
            moment.text = self.frame_text(decision, &layers);
        }
        if let Via::Change(number) = via {
            let name = world.command(number).map_or("", |(name, _)| name.as_str());
            moment.text = self.keep(name);
        } else if main.is_none() {
            moment.text = self.said(world, book, entries).unwrap_or_else(|| self.row_text(world, entries));
        }
        moment
    }

    fn via(world: &World, entries: &[Entry], main: Option<&Decision>) -> Via {
        for entry in entries {
            match entry {
                Entry::Command(number) => return Via::Change(*number),
                Entry::Crossing { crossing: Crossing::Arrived, cable, device, port, .. } => {
                    let second = world.cables()[cable.index()].ends[0] == (*device, *port);
                    return Via::Cable(*cable, second);
                }
                _ => {}
            }
        }
        match main.and_then(|decision| Some((decision.device, decision.port?))) {
            Some((device, port)) => match world.wiring().end(device, port) {
                End::Internal(from, _) => Via::Inside(from),
                _ => Via::Timer,
            },
            None => Via::Timer,
        }
    }

    fn cause(&self, world: &World, decision: &Decision, via: Via) -> Option<u32> {
        let sender = match via {
            Via::Cable(..) => world.across(decision.device, decision.port?)?.0,
            Via::Inside(from) => from,
            _ => return None,
        };
        self.sent.get(&(decision.frame, sender)).or_else(|| self.sent.get(&(decision.parent, sender))).copied()
    }

    fn root(&mut self, frame: FrameId, parent: FrameId) -> FrameId {
        if parent == FrameId::NONE {
            return self.roots.get(&frame).copied().unwrap_or(frame);
        }
        let root = self.roots.get(&parent).copied().unwrap_or(parent);
        self.roots.insert(frame, root);
        if self.roots.len() > REMEMBERED {
            self.roots.pop_first();
        }
        root
    }

    /// Remembers what left a device in this event, so that its arrivals know their cause.
    fn note_sent(&mut self, world: &World, place: u32) {
        for (at, entry) in world.log().entries().iter().enumerate() {
            if let Entry::Decision { decision, .. } = entry
                && world.log().ports(at).next().is_some()
            {
                self.root(decision.frame, decision.parent);
                self.sent.insert((decision.frame, decision.device), place);
            }
        }
        while self.sent.len() > REMEMBERED {
            self.sent.pop_first();
        }
    }

    /// A flooded frame says the same at every hop, so its text is kept once.
    fn frame_text(&mut self, decision: &Decision, layers: &[Layer]) -> (u32, u32) {
        let (frame, len, text) = self.last_text;
        if frame == decision.frame && len == decision.len {
            return text;
        }
        let text = self.keep(&summary(layers, self.lang));
        self.last_text = (decision.frame, decision.len, text);
        text
    }

    fn row_text(&mut self, world: &World, entries: &[Entry]) -> (u32, u32) {
        let row = entries.iter().find_map(|entry| match entry {
            Entry::Row { device, row, change } => Some((*device, *row, *change)),
            _ => None,
        });
        let Some((device, row, change)) = row else { return (0, 0) };
        let tables = world.device(device).map(overunder_sim::engine::Device::tables).unwrap_or_default();
        let name = tables.get(usize::from(row.table)).map_or("?", |table| self.lang.pick(table.name, table.zh));
        let sign = match change {
            RowChange::Added => '+',
            RowChange::Changed => '~',
            RowChange::Removed => '-',
        };
        self.keep(&format!("{sign} {name}"))
    }

    /// What a daemon has written, or said.
    fn said(&mut self, world: &World, book: &Book, entries: &[Entry]) -> Option<(u32, u32)> {
        let context = Context { world, book, lang: self.lang };
        let said = entries.iter().find_map(|entry| context.said(entry))?;
        let text = match said.change {
            Some((device, change)) => format!("{}: {device} {change}", said.name),
            None => format!("{}: {}", said.name, said.why),
        };
        Some(self.keep(&text))
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        (start, self.texts.len() as u32)
    }
}

/// A loss. What a network card filters out was meant for others, and nobody misses it.
fn is_drop(entry: &Entry) -> bool {
    matches!(entry, Entry::Decision { decision, .. }
        if decision.verdict == Verdict::Drop && !decision.reason.slug.starts_with("nic.filter"))
}

/// The verdict an event is known by: the first that is more than a remark.
pub fn main_decision(entries: &[Entry]) -> Option<(&Decision, (u32, u32))> {
    let decisions = || {
        entries.iter().filter_map(|entry| match entry {
            Entry::Decision { decision, bytes } => Some((decision, *bytes)),
            _ => None,
        })
    };
    decisions().find(|(decision, _)| decision.verdict != Verdict::Note).or_else(|| decisions().next())
}

fn first_device(entries: &[Entry]) -> DeviceId {
    let device = entries.iter().find_map(|entry| match entry {
        Entry::Row { device, .. } | Entry::Crossing { device, .. } | Entry::Charge { device, .. } => Some(*device),
        Entry::Decision { decision, .. } => Some(decision.device),
        Entry::Agent { agent, .. } => Some(*agent),
        Entry::Inner { from, .. } => Some(from.0),
        Entry::Command(_) => None,
    });
    device.unwrap_or_default()
}

fn bits(layers: &[Layer]) -> u16 {
    let bit = |layer: &Layer| LAYERS.iter().position(|name| *name == layer.name).map_or(0, |at| 1 << at);
    layers.iter().filter(|layer| !layer.quoted).map(bit).fold(0, |all, bit| all | bit)
}

/// The port a moment's frame came in by, as people say it.
pub fn arrival_port(world: &World, entries: &[Entry]) -> Option<(DeviceId, PortNo)> {
    let (decision, _) = main_decision(entries)?;
    let port = decision.port?;
    (world.device(decision.device)?.ports() > port.0).then_some((decision.device, port))
}
