//! Everything of a world but its devices, so that a device can be borrowed beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::agent::Write;
use crate::engine::command::{Signal, When};
use crate::engine::cpu::Cpus;
use crate::engine::flow::FlowStats;
use crate::engine::lane::Lane;
use crate::engine::log::{Crossing, Entry, Log};
use crate::engine::queue::Queue;
use crate::engine::wire::{CABLE_FILTERED, CABLE_LOST, Direction, LOSSES, Wiring};
use crate::explain::Reason;
use crate::id::{CableId, DeviceId, EventNo, FlowId, FrameId, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, Pool};

/// A payload of the queue: two bits of kind, thirty of number.
pub(in crate::engine) mod payload {
    pub const TIMER: u32 = 0 << 30;
    pub const CABLE: u32 = 1 << 30;
    pub const COMMAND: u32 = 2 << 30;
    /// A core of a node has done its work on a frame.
    pub const LEAVE: u32 = 3 << 30;
    pub const NUMBER: u32 = (1 << 30) - 1;
}

/// An event for the present instant; these run first in, first out.
#[derive(Clone, Debug)]
pub(in crate::engine) enum Instant {
    Arrive(DeviceId, PortNo, Frame),
    Timer(u32, u64),
    Command(u32),
    /// Rarely used, so it must not make the others larger.
    Write(Box<Write>),
}

/// A timer slot. An entry of the queue whose sequence differs is stale.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Slot {
    pub seq: u64,
    /// The device whose timer this is; here, and not with the wiring, because it is read with the rest.
    pub owner: DeviceId,
    pub armed: bool,
    pub foreground: bool,
}

/// A change that waits for a signal.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Waiting {
    pub signal: Signal,
    pub delay: SimDuration,
    pub command: u32,
}

/// Queue, wires, clocks and counters of a world.
#[derive(Clone, Debug)]
pub struct Core {
    pub(in crate::engine) now: SimTime,
    pub(in crate::engine) event: EventNo,
    pub(in crate::engine) sequence: u64,
    pub(in crate::engine) next_frame: u64,
    /// Frames in flight, foreground timers and commands with a time: the run is quiet when there are none.
    pub(in crate::engine) foreground: u64,
    pub(in crate::engine) digest: u64,
    pub(in crate::engine) queue: Queue,
    pub(in crate::engine) lane: Lane,
    pub(in crate::engine) slots: Vec<Slot>,
    pub(in crate::engine) directions: Vec<Direction>,
    pub(in crate::engine) counts: Vec<u64>,
    /// Frames lost on or between wires, by reason.
    pub(in crate::engine) lost: [u64; LOSSES],
    pub(in crate::engine) pool: Pool,
    pub(in crate::engine) wiring: Arc<Wiring>,
    pub(in crate::engine) flows: Vec<FlowStats>,
    pub(in crate::engine) signals: Vec<Signal>,
    pub(in crate::engine) waiting: Vec<Waiting>,
    pub(in crate::engine) log: Option<Log>,
    /// The processors of the nodes, if one of them has a profile.
    pub(in crate::engine) cpus: Option<Box<Cpus>>,
    /// There is a log, or a processor: the one thing that what is fast asks.
    pub(in crate::engine) slow: bool,
    pub(in crate::engine) seed: u64,
    /// How often agents gave each of their reasons, by device and place in their list.
    pub(in crate::engine) said: BTreeMap<(DeviceId, u8, u32), (Reason, u64)>,
}

impl Core {
    pub(in crate::engine) fn new(wiring: Wiring, seed: u64) -> Self {
        Self {
            now: SimTime::ZERO,
            event: EventNo(0),
            sequence: 0,
            next_frame: 0,
            foreground: 0,
            digest: seed,
            queue: Queue::default(),
            lane: Lane::default(),
            slots: Vec::new(),
            directions: Vec::new(),
            counts: Vec::new(),
            lost: [0; LOSSES],
            pool: Pool::default(),
            wiring: Arc::new(wiring),
            flows: Vec::new(),
            signals: Vec::new(),
            waiting: Vec::new(),
            log: None,
            cpus: None,
            slow: false,
            seed,
            said: BTreeMap::new(),
        }
    }

    #[inline]
    pub(in crate::engine) fn next_seq(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    #[inline]
    pub(in crate::engine) fn next_frame_id(&mut self) -> FrameId {
        self.next_frame += 1;
        FrameId(self.next_frame)
    }

    /// Folds a number into the digest of the run.
    #[inline]
    pub(in crate::engine) fn mix(&mut self, value: u64) {
        self.digest = (self.digest.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    /// Whether a timer slot is one of this device's: kinds beyond its number would be its neighbour's.
    fn owns(&self, device: DeviceId, number: u32) -> bool {
        self.slots.get(number as usize).is_some_and(|slot| slot.owner == device)
    }

    /// Starts or restarts a timer. A foreground timer keeps the run from being quiet.
    #[inline]
    pub(in crate::engine) fn arm(&mut self, device: DeviceId, kind: u32, at: SimTime, foreground: bool) {
        let number = self.wiring.bases[device.index()].timers + kind;
        debug_assert!(self.owns(device, number), "timer {kind} of device {device} does not exist");
        let seq = self.next_seq();
        let Some(slot) = self.slots.get_mut(number as usize) else { return };
        self.foreground -= u64::from(slot.armed && slot.foreground);
        self.foreground += u64::from(foreground);
        *slot = Slot { seq, owner: device, armed: true, foreground };
        if at > self.now {
            self.queue.push_timer(at, seq, payload::TIMER | number);
        } else {
            self.lane.push(Instant::Timer(number, seq));
        }
    }

    /// Whether something in the lane will happen: a timer may have been stopped or restarted meanwhile.
    #[inline]
    pub(in crate::engine) fn is_live(&self, item: &Instant) -> bool {
        match item {
            Instant::Timer(number, seq) => {
                self.slots[*number as usize].armed && self.slots[*number as usize].seq == *seq
            }
            Instant::Arrive(..) | Instant::Command(_) | Instant::Write(_) => true,
        }
    }

    /// Whether nothing in the lane will happen.
    #[cold]
    pub(in crate::engine) fn lane_is_dead(&self) -> bool {
        !self.lane.iter().any(|item| self.is_live(item))
    }

    /// Stops a timer; its entry in the queue goes stale.
    pub(in crate::engine) fn disarm(&mut self, device: DeviceId, kind: u32) {
        let number = self.wiring.bases[device.index()].timers + kind;
        if let Some(slot) = self.slots.get_mut(number as usize) {
            self.foreground -= u64::from(slot.armed && slot.foreground);
            slot.armed = false;
        }
    }

    /// Puts a frame on a wire inside a node, and tells the log.
    pub(in crate::engine) fn pass_inside(
        &mut self,
        from: (DeviceId, PortNo),
        (to, at): (DeviceId, PortNo),
        frame: Frame,
    ) {
        self.log_inner(from, (to, at), &frame);
        self.lane.push(Instant::Arrive(to, at, frame));
    }

    /// Puts a frame on a cable. An error names what the cable did to it and returns the frame.
    #[inline]
    pub(in crate::engine) fn put_on_cable(
        &mut self,
        number: u32,
        from: (DeviceId, PortNo),
        frame: Frame,
    ) -> Result<(), (Reason, u64, Frame)> {
        let direction = &mut self.directions[number as usize];
        match direction.offer(self.now, &frame) {
            Ok(arrival) => {
                self.sequence += 1;
                let seq = self.sequence;
                self.foreground += 1;
                if let Some(log) = &mut self.log {
                    write_crossing(log, self.now, (Crossing::Sent, number), from, &frame);
                }
                direction.in_flight.push_back((seq, frame));
                self.queue.push(arrival, seq, payload::CABLE | number);
                Ok(())
            }
            Err((reason, n)) => {
                self.lost_on_cable(number, reason, from, &frame);
                Err((reason, n, frame))
            }
        }
    }

    #[cold]
    fn lost_on_cable(&mut self, number: u32, reason: Reason, from: (DeviceId, PortNo), frame: &Frame) {
        self.directions[number as usize].stats.lost[reason.index as usize] += 1;
        if reason == &CABLE_LOST || reason == &CABLE_FILTERED {
            self.log_crossing(Crossing::Sent, number, from, frame);
        }
    }

    #[cold]
    pub(in crate::engine) fn log_crossing(
        &mut self,
        crossing: Crossing,
        direction: u32,
        at: (DeviceId, PortNo),
        frame: &Frame,
    ) {
        if let Some(log) = &mut self.log {
            write_crossing(log, self.now, (crossing, direction), at, frame);
        }
    }

    #[cold]
    pub(in crate::engine) fn log_inner(&mut self, from: (DeviceId, PortNo), to: (DeviceId, PortNo), frame: &Frame) {
        let Some(log) = &mut self.log else { return };
        let bytes = log.keep(frame);
        let (parent, origin, link, frame) = (frame.parent(), frame.origin(), frame.link(), frame.id());
        log.push(Entry::Inner { from, to, frame, parent, origin, link, bytes });
    }

    /// Schedules a command, for now or later.
    pub(in crate::engine) fn schedule(&mut self, command: u32, at: SimTime) {
        if at > self.now {
            let seq = self.next_seq();
            self.foreground += 1;
            self.queue.push(at, seq, payload::COMMAND | command);
        } else {
            self.lane.push(Instant::Command(command));
        }
    }

    /// Schedules a command for a moment that may not be known yet.
    pub(in crate::engine) fn await_moment(&mut self, command: u32, when: &When, extra: SimDuration) {
        let signal = match when {
            When::At(time) => return self.schedule(command, *time + extra),
            When::After(base, span) => return self.await_moment(command, base, *span + extra),
            When::Done(flow) => Signal::Done(*flow),
            When::Answered(flow, n) => Signal::Answered(*flow, *n),
            When::Event(n) => Signal::Event(*n),
        };
        self.waiting.push(Waiting { signal, delay: extra, command });
    }

    /// Schedules what waited for the signals of the last event.
    #[cold]
    pub(in crate::engine) fn answer_signals(&mut self) {
        let signals = std::mem::take(&mut self.signals);
        for signal in signals {
            let (fired, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|w| w.signal == signal);
            self.waiting = waiting;
            for w in fired as Vec<Waiting> {
                self.schedule(w.command, self.now + w.delay);
            }
        }
    }

    pub(in crate::engine) fn flow_mut(&mut self, flow: FlowId) -> Option<&mut FlowStats> {
        self.flows.get_mut(flow.index())
    }

    pub(in crate::engine) fn emit(&mut self, signal: Signal) {
        // Without anybody waiting a signal would only cost time.
        if !self.waiting.is_empty() {
            self.signals.push(signal);
        }
    }
}

#[cold]
fn write_crossing(
    log: &mut Log,
    time: SimTime,
    (crossing, direction): (Crossing, u32),
    (device, port): (DeviceId, PortNo),
    frame: &Frame,
) {
    let bytes = log.keep(frame);
    log.push(Entry::Crossing {
        crossing,
        time,
        cable: CableId(direction / 2),
        device,
        port,
        frame: frame.id(),
        parent: frame.parent(),
        origin: frame.origin(),
        link: frame.link(),
        bytes,
    });
}
