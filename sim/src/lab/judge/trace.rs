//! The records of one run, or of one step of it.

use crate::cost::Cost;
use crate::engine::log::Crossing;
use crate::engine::{Decision, Entry, RowChange, RowRef, World};
use crate::id::{CableId, DeviceId, EventNo, FlowId, FrameId, PortNo};
use crate::lab::judge::convergence::Convergence;
use crate::time::{SimDuration, SimTime};
use crate::wire::layers::{Layer, walk};
use crate::wire::{LinkType, Origin};

/// A frame at one end of a cable, or of a wire inside a node.
#[derive(Clone, Copy, Debug)]
pub struct Crossed {
    /// Its place among all records.
    pub place: u64,
    /// In which event.
    pub event: EventNo,
    /// When.
    pub time: SimTime,
    /// Left the port, or came in.
    pub crossing: Crossing,
    /// The cable; nothing for a wire inside a node.
    pub cable: Option<CableId>,
    /// The device at this end.
    pub device: DeviceId,
    /// Its port.
    pub port: PortNo,
    /// The frame.
    pub frame: FrameId,
    /// The frame it was made from.
    pub parent: FrameId,
    /// Whose it is.
    pub origin: Origin,
    /// Whether it begins with an Ethernet header.
    pub link: LinkType,
    bytes: (usize, usize),
}

/// A verdict of a device.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Its place among all records.
    pub place: u64,
    /// The verdict.
    pub decision: Decision,
    bytes: (usize, usize),
}

/// A row written or removed.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    /// Its place among all records.
    pub place: u64,
    /// In which event.
    pub event: EventNo,
    /// When.
    pub time: SimTime,
    /// The device.
    pub device: DeviceId,
    /// Which row.
    pub row: RowRef,
    /// How.
    pub change: RowChange,
}

/// A node was charged for work on a frame.
#[derive(Clone, Copy, Debug)]
pub struct Charged {
    /// Its place among all records.
    pub place: u64,
    /// In which event.
    pub event: EventNo,
    /// When the work was given to a core.
    pub time: SimTime,
    /// The device that did it.
    pub device: DeviceId,
    /// What it did.
    pub cost: Cost,
    /// What that takes.
    pub spent: SimDuration,
    /// Whose frame it was.
    pub origin: Origin,
}

/// When something happened: between which records, and at what time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The first record behind it.
    pub place: u64,
    /// The time.
    pub time: SimTime,
}

/// Everything a check may ask about, in order. Each record has a place: what happens later has a higher one.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Frames at the ends of cables.
    pub frames: Vec<Crossed>,
    /// Verdicts.
    pub decisions: Vec<Decided>,
    /// Rows.
    pub changes: Vec<Changed>,
    /// Work.
    pub charges: Vec<Charged>,
    /// Scripted changes.
    pub commands: Vec<(u32, Mark)>,
    /// Flows that had finished at this mark; those that had before the first record are at its start.
    pub finished: Vec<(FlowId, Mark)>,
    /// Moments are counted from here: the start of the run, or of a fresh attempt in a world that has run.
    pub began: SimTime,
    /// How the forwarding tables came to agree, since the start of the run; nothing where nobody speaks a routing
    /// protocol.
    pub convergence: Option<Box<Convergence>>,
    next: u64,
    bytes: Vec<u8>,
}

impl Trace {
    /// Nothing yet; flows that are finished in this world were so before it begins.
    pub fn at(world: &World) -> Self {
        Self::after(world, Convergence::of(world).map(Box::new))
    }

    /// Nothing yet, but for what is known of the forwarding tables.
    pub fn after(world: &World, convergence: Option<Box<Convergence>>) -> Self {
        let mut trace = Self { convergence, ..Self::default() };
        trace.look_for_finished(world);
        trace
    }

    /// Takes in what happened in the world's last event.
    pub fn observe(&mut self, world: &World) {
        let (log, event) = (world.log(), world.event());
        for entry in log.entries() {
            let place = self.next;
            self.next += 1;
            match *entry {
                Entry::Crossing { crossing, time, cable, device, port, frame, parent, origin, link, bytes } => {
                    let bytes = self.keep(log.bytes(bytes));
                    let record = Crossed {
                        place,
                        event,
                        time,
                        crossing,
                        cable: Some(cable),
                        device,
                        port,
                        frame,
                        parent,
                        origin,
                        link,
                        bytes,
                    };
                    self.frames.push(record);
                }
                Entry::Inner { from, to, frame, parent, origin, link, bytes } => {
                    let bytes = self.keep(log.bytes(bytes));
                    for (crossing, (device, port)) in [(Crossing::Sent, from), (Crossing::Arrived, to)] {
                        let time = world.now();
                        let cable = None;
                        self.frames.push(Crossed {
                            place,
                            event,
                            time,
                            crossing,
                            cable,
                            device,
                            port,
                            frame,
                            parent,
                            origin,
                            link,
                            bytes,
                        });
                    }
                }
                Entry::Decision { decision, bytes } => {
                    let bytes = self.keep(log.bytes(bytes));
                    self.decisions.push(Decided { place, decision, bytes });
                }
                Entry::Row { device, row, change } => {
                    self.changes.push(Changed { place, event, time: world.now(), device, row, change });
                }
                Entry::Charge { device, cost, time: spent, origin, .. } => {
                    let time = world.now();
                    self.charges.push(Charged { place, event, time, device, cost, spent, origin });
                }
                // About no frame; the rows they wrote follow.
                Entry::Agent { .. } => {}
                Entry::Command(number) => self.commands.push((number, Mark { place, time: world.now() })),
            }
        }
        if let Some(convergence) = &mut self.convergence {
            convergence.observe(world);
        }
        self.look_for_finished(world);
    }

    fn look_for_finished(&mut self, world: &World) {
        for number in 0..world.flows().len() {
            let flow = FlowId(number as u16);
            let over = world.flow_stats(flow).is_some_and(|stats| stats.finished);
            if over && !self.finished.iter().any(|(known, _)| *known == flow) {
                self.finished.push((flow, Mark { place: self.next, time: world.now() }));
            }
        }
    }

    /// The same bytes often follow each other: a frame sent, decided on, arriving. They are kept once.
    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let end = self.bytes.len();
        if self.bytes.ends_with(bytes) {
            return (end - bytes.len(), end);
        }
        self.bytes.extend_from_slice(bytes);
        (end, self.bytes.len())
    }

    /// The layers of a frame on a cable.
    pub fn layers(&self, record: &Crossed) -> Vec<Layer> {
        walk(record.link, &self.bytes[record.bytes.0..record.bytes.1])
    }

    /// The layers of a decided frame.
    pub fn decided_layers(&self, record: &Decided) -> Vec<Layer> {
        walk(record.decision.link, &self.bytes[record.bytes.0..record.bytes.1])
    }

    /// A frame on a cable, as it was.
    pub fn bytes_of(&self, record: &Crossed) -> &[u8] {
        &self.bytes[record.bytes.0..record.bytes.1]
    }

    /// Bytes of a frame on a cable.
    pub fn len_of(&self, record: &Crossed) -> usize {
        record.bytes.1 - record.bytes.0
    }
}
