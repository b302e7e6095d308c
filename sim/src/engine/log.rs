//! What happened in the present event, for whoever tells about it.
//!
//! The log is off unless asked for; then the outbox only counts. When on, it holds the entries of one event, with
//! the frame bytes copied (keeping the frames themselves would make every later hop copy them). Readers take what
//! they want after each step: the narrator writes a line, the capture writer a packet, the timeline a ring entry.

use crate::cost::Cost;
use crate::engine::command::DeviceChange;
use crate::engine::table::RowRef;
use crate::explain::Reason;
use crate::id::{CableId, DeviceId, EventNo, FrameId, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, Origin};

/// What a device did with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Sent out of one port.
    Forward,
    /// Sent out of several ports, because the right one is not known or everybody is meant.
    Flood,
    /// Given to an application.
    Deliver,
    /// Used up by the device itself: an ARP reply, a fragment.
    Consume,
    /// Thrown away.
    Drop,
    /// Put into an outer packet.
    Encapsulate,
    /// Taken out of an outer packet.
    Decapsulate,
    /// Made here and sent.
    Send,
    /// Something worth saying besides the frame's fate: a source was not learned because the table is full.
    Note,
}

impl Verdict {
    /// Stable name in labs and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Flood => "flood",
            Self::Deliver => "deliver",
            Self::Consume => "consume",
            Self::Drop => "drop",
            Self::Encapsulate => "encapsulate",
            Self::Decapsulate => "decapsulate",
            Self::Send => "send",
            Self::Note => "note",
        }
    }
}

/// One verdict of one device on one frame.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// The event in which it fell.
    pub event: EventNo,
    /// When.
    pub time: SimTime,
    /// Which device.
    pub device: DeviceId,
    /// The port the frame came in by; `None` when the device made it itself.
    pub port: Option<PortNo>,
    /// What it did.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The row that decided.
    pub row: Option<RowRef>,
    /// A number the reason's text may use.
    pub n: u64,
    /// The frame.
    pub frame: FrameId,
    /// The frame it was made from.
    pub parent: FrameId,
    /// The flow it belongs to.
    pub origin: Origin,
    /// What kind of bytes.
    pub link: LinkType,
    /// Number of bytes.
    pub len: u32,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowChange {
    /// It is new.
    Added,
    /// It says something else now.
    Changed,
    /// It is gone.
    Removed,
}

/// A frame at one end of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crossing {
    /// It left the port onto the cable.
    Sent,
    /// It came off the cable into the port.
    Arrived,
}

/// One thing that happened in the present event.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// A verdict, with the frame's bytes; [`Log::ports`] tells the ports it left by.
    Decision {
        /// The verdict.
        decision: Decision,
        /// Range in the log's bytes.
        bytes: (u32, u32),
    },
    /// A frame left for, or came from, a cable.
    Crossing {
        /// Which way.
        crossing: Crossing,
        /// When: for `Sent`, the moment it joined the transmit queue.
        time: SimTime,
        /// The cable.
        cable: CableId,
        /// The device and port at this end.
        device: DeviceId,
        /// Its port.
        port: PortNo,
        /// The frame.
        frame: FrameId,
        /// The frame it was made from.
        parent: FrameId,
        /// Its flow.
        origin: Origin,
        /// What kind of bytes.
        link: LinkType,
        /// Range in the log's bytes.
        bytes: (u32, u32),
    },
    /// A frame crossed a wire inside a node.
    Inner {
        /// The device and port it left.
        from: (DeviceId, PortNo),
        /// The device and port it came to.
        to: (DeviceId, PortNo),
        /// The frame.
        frame: FrameId,
        /// The frame it was made from.
        parent: FrameId,
        /// Its flow.
        origin: Origin,
        /// What kind of bytes.
        link: LinkType,
        /// Range in the log's bytes.
        bytes: (u32, u32),
    },
    /// A node was charged for work on a frame.
    Charge {
        /// The device that did it.
        device: DeviceId,
        /// What it did.
        cost: Cost,
        /// What that takes by the profile of the node.
        time: SimDuration,
        /// The flow the frame belongs to.
        origin: Origin,
        /// The frame.
        frame: FrameId,
    },
    /// A row was written or removed.
    Row {
        /// The device.
        device: DeviceId,
        /// Which table and row.
        row: RowRef,
        /// How it changed.
        change: RowChange,
    },
    /// An agent (a daemon on a host) says something, or has another device of its node write a row.
    Agent {
        /// The device it runs on.
        agent: DeviceId,
        /// What it is: `flanneld`, `store`.
        name: &'static str,
        /// Why.
        reason: Reason,
        /// What it is about, as text in the log's bytes.
        about: (u32, u32),
        /// The event in which it decided so.
        asked: EventNo,
        /// The device that was to change, and the place of the change in [`Log::change`].
        change: Option<(DeviceId, u32)>,
        /// The change was refused.
        refused: bool,
    },
    /// A scripted or typed change was made; the number is its place in the world's list.
    Command(u32),
}

/// The entries of the present event.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    ports: Vec<(u32, PortNo)>,
    changes: Vec<DeviceChange>,
}

impl Log {
    /// Everything in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Frame bytes an entry refers to.
    pub fn bytes(&self, range: (u32, u32)) -> &[u8] {
        self.bytes.get(range.0 as usize..range.1 as usize).unwrap_or_default()
    }

    /// Ports by which the frame left in the entry at this place.
    pub fn ports(&self, entry: usize) -> impl Iterator<Item = PortNo> {
        self.ports.iter().filter(move |(at, _)| *at as usize == entry).map(|&(_, port)| port)
    }

    /// What an agent says its entry is about.
    pub fn text(&self, range: (u32, u32)) -> &str {
        std::str::from_utf8(self.bytes(range)).unwrap_or_default()
    }

    /// A change that an agent asked for.
    pub fn change(&self, number: u32) -> Option<&DeviceChange> {
        self.changes.get(number as usize)
    }

    pub(in crate::engine) fn keep_text(&mut self, text: &str) -> (u32, u32) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        (start, self.bytes.len() as u32)
    }

    pub(in crate::engine) fn keep_change(&mut self, change: &DeviceChange) -> u32 {
        self.changes.push(change.clone());
        self.changes.len() as u32 - 1
    }

    /// Marks what an agent asked for, at this place, as refused.
    pub(in crate::engine) fn refuse(&mut self, at: usize) {
        if let Some(Entry::Agent { refused, .. }) = self.entries.get_mut(at) {
            *refused = true;
        }
    }

    /// Forgets everything; called before each event.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.ports.clear();
        self.changes.clear();
    }

    pub(in crate::engine) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(in crate::engine) fn keep(&mut self, frame: &Frame) -> (u32, u32) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(frame.bytes());
        (start, self.bytes.len() as u32)
    }

    /// Lets the decision at this place tell that the frame left by one port more.
    pub(in crate::engine) fn add_port(&mut self, entry: usize, port: PortNo) {
        self.ports.push((entry as u32, port));
    }

    pub(in crate::engine) fn len(&self) -> usize {
        self.entries.len()
    }
}
