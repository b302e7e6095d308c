//! The records of one run.

use crate::engine::log::Crossing;
use crate::engine::{Decision, Entry, RowChange, RowRef, World};
use crate::id::{CableId, DeviceId, EventNo, FrameId, PortNo};
use crate::time::SimTime;
use crate::wire::layers::{Layer, walk};
use crate::wire::{LinkType, Origin};

/// A frame at one end of a cable.
#[derive(Clone, Copy, Debug)]
pub struct Crossed {
    /// In which event.
    pub event: EventNo,
    /// When.
    pub time: SimTime,
    /// Left the port, or came in.
    pub crossing: Crossing,
    /// The cable.
    pub cable: CableId,
    /// The device at this end.
    pub device: DeviceId,
    /// Its port.
    pub port: PortNo,
    /// The frame.
    pub frame: FrameId,
    /// Whose it is.
    pub origin: Origin,
    link: LinkType,
    bytes: (usize, usize),
}

/// A verdict of a device.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// The verdict.
    pub decision: Decision,
    bytes: (usize, usize),
}

/// A row written or removed.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
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

/// Everything a check may ask about, in order.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Frames at the ends of cables.
    pub frames: Vec<Crossed>,
    /// Verdicts.
    pub decisions: Vec<Decided>,
    /// Rows.
    pub changes: Vec<Changed>,
    bytes: Vec<u8>,
}

impl Trace {
    /// Takes in what happened in the world's last event.
    pub fn observe(&mut self, world: &World) {
        let log = world.log();
        for entry in log.entries() {
            match *entry {
                Entry::Crossing { crossing, time, cable, device, port, frame, origin, link, bytes, .. } => {
                    let bytes = self.keep(log.bytes(bytes));
                    let event = world.event();
                    self.frames.push(Crossed {
                        event,
                        time,
                        crossing,
                        cable,
                        device,
                        port,
                        frame,
                        origin,
                        link,
                        bytes,
                    });
                }
                Entry::Decision { decision, bytes } => {
                    let bytes = self.keep(log.bytes(bytes));
                    self.decisions.push(Decided { decision, bytes });
                }
                Entry::Row { device, row, change } => {
                    let (event, time) = (world.event(), world.now());
                    self.changes.push(Changed { event, time, device, row, change });
                }
                Entry::Command(_) => {}
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

    /// Bytes of a frame on a cable.
    pub fn len_of(&self, record: &Crossed) -> usize {
        record.bytes.1 - record.bytes.0
    }
}
