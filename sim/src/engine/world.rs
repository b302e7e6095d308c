//! A world: nodes, their devices, and the engine that moves frames between them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::agent::Written;
use crate::engine::command::{Change, ChangeError, Signal, When};
use crate::engine::core::{Core, Instant, Slot, payload};
use crate::engine::device::{Device, TimerKind};
use crate::engine::flow::FlowStats;
use crate::engine::log::{Entry, Log};
use crate::engine::outbox::Outbox;
use crate::engine::wire::{CableInfo, CableStats, Wiring};
use crate::explain::Reason;
use crate::id::{CableId, DeviceId, EventNo, FlowId, NodeId, PortNo};
use crate::time::SimTime;
use crate::wire::Origin;

/// A named group of devices: a host, a switch.
#[derive(Clone, Debug)]
pub struct Node {
    /// The author's name for it.
    pub name: String,
    /// What the author called it: `Host`, `Switch`, `Hub`.
    pub kind: &'static str,
    /// Its devices.
    pub devices: Vec<DeviceId>,
}

/// A flow: its name and where its application lives.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The author's name for it.
    pub name: String,
    /// Name of the sending node.
    pub from: String,
    /// Name of the receiving node, empty when there is none.
    pub to: String,
    /// The device that runs its application.
    pub home: DeviceId,
}

/// Names and scripted changes: fixed while the world runs, shared by its checkpoints.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Names {
    pub nodes: Vec<Node>,
    pub flows: Vec<Flow>,
    /// How many flows at the end of the list only start when somebody asks.
    pub probes: usize,
    pub commands: Vec<(String, Change)>,
    /// The commands that start the flows, and when.
    pub starts: Vec<(u32, When)>,
}

/// Why a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing is in flight and only housekeeping timers are left.
    Quiet,
    /// The wanted time has come.
    Time,
    /// The event budget is spent.
    Budget,
}

/// A whole network at one moment. Cloning it is a checkpoint.
#[derive(Clone, Debug)]
pub struct World {
    pub(in crate::engine) core: Core,
    pub(in crate::engine) devices: Vec<Box<dyn Device>>,
    pub(in crate::engine) powered: Vec<bool>,
    /// Cables that are not cut; they have carrier when both ends have power too.
    pub(in crate::engine) whole: Vec<bool>,
    pub(in crate::engine) names: Arc<Names>,
    /// Commands given from outside, after those of the plan.
    pub(in crate::engine) refused: Vec<(String, ChangeError)>,
    /// Rows that agents wrote: they are gone with the power of their node.
    pub(in crate::engine) written: BTreeSet<Written>,
}

impl World {
    /// Does the next event. False when nothing at all is pending.
    pub fn step(&mut self) -> bool {
        self.step_inner(SimTime::MAX)
    }

    /// Does the next event if it is due at `until` or before. False when it is not, or nothing is pending.
    pub fn step_by(&mut self, until: SimTime) -> bool {
        self.core.now <= until && self.step_inner(until)
    }

    /// Runs until nothing but housekeeping is pending, `until` is past, or `budget` events are done.
    pub fn run(&mut self, until: SimTime, budget: u64) -> Stop {
        let last = self.core.event.0.saturating_add(budget);
        // No event takes the clock further than that.
        if self.core.now > until {
            return if self.is_quiet() { Stop::Quiet } else { Stop::Time };
        }
        loop {
            if self.is_quiet() {
                return Stop::Quiet;
            }
            if self.core.event.0 >= last {
                return Stop::Budget;
            }
            if !self.step_inner(until) {
                // Nothing is due by then; what was stopped meanwhile is swept away.
                return if self.is_quiet() { Stop::Quiet } else { Stop::Time };
            }
        }
    }

    /// When the next event is due; it may turn out to be a timer that was stopped meanwhile.
    pub fn next_time(&self) -> Option<SimTime> {
        if self.core.lane.is_empty() { self.core.queue.next_time() } else { Some(self.core.now) }
    }

    /// Nothing in flight, nothing scheduled but housekeeping.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.core.foreground == 0 && self.core.lane_is_dead()
    }

    /// Simulated time.
    pub fn now(&self) -> SimTime {
        self.core.now
    }

    /// Number of the last event.
    pub fn event(&self) -> EventNo {
        self.core.event
    }

    /// A number that two worlds share only if the same things happened in both, in the same order.
    pub fn digest(&self) -> u64 {
        self.core.digest
    }

    /// Turns the log of each event on or off.
    pub fn set_logging(&mut self, on: bool) {
        self.core.log = on.then(Log::default);
        self.core.slow = on || self.core.cpus.is_some();
    }

    /// What happened in the last event; empty when logging is off.
    pub fn log(&self) -> &Log {
        static EMPTY: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
        self.core.log.as_ref().unwrap_or_else(|| EMPTY.get_or_init(Log::default))
    }

    /// The nodes in the order of the plan.
    pub fn nodes(&self) -> &[Node] {
        &self.names.nodes
    }

    /// The flows in the order of the plan, those left out that only start when somebody asks.
    pub fn flows(&self) -> &[Flow] {
        &self.names.flows[..self.names.flows.len() - self.names.probes]
    }

    /// Counts of a flow.
    pub fn flow_stats(&self, flow: FlowId) -> Option<&FlowStats> {
        self.core.flows.get(flow.index())
    }

    /// The cables in the order of the plan.
    pub fn cables(&self) -> &[CableInfo] {
        self.core.wiring.cables()
    }

    /// What is joined to what.
    pub fn wiring(&self) -> &Wiring {
        &self.core.wiring
    }

    /// What went over a cable, forth and back.
    pub fn cable_stats(&self, cable: CableId) -> Option<[CableStats; 2]> {
        let at = cable.index() * 2;
        Some([self.core.directions.get(at)?.stats, self.core.directions.get(at + 1)?.stats])
    }

    /// Frames lost on or between wires for one of the reasons in [`crate::engine::wire::ALL`].
    pub fn lost(&self, reason: Reason) -> u64 {
        let is = |known: &&Reason| **known == reason;
        crate::engine::wire::ALL.iter().find(is).map_or(0, |reason| self.core.lost[usize::from(reason.index)])
    }

    /// Frames on their way over cables or inside nodes.
    pub fn in_flight(&self) -> usize {
        let lane = self.core.lane.iter().filter(|item| matches!(item, Instant::Arrive(..))).count();
        let waiting = self.core.cpus.as_ref().map_or(0, |cpus| cpus.waiting());
        lane + waiting + self.core.directions.iter().map(|direction| direction.in_flight.len()).sum::<usize>()
    }

    /// Number of devices.
    pub fn device_count(&self) -> usize {
        self.devices.len()
    }

    /// A device.
    pub fn device(&self, device: DeviceId) -> Option<&dyn Device> {
        self.devices.get(device.index()).map(AsRef::as_ref)
    }

    /// `sw` for the only device of a node with its name, else `h1/eth0`.
    pub fn device_name(&self, device: DeviceId) -> &str {
        self.core.wiring.device_names.get(device.index()).map_or("?", String::as_str)
    }

    /// The node a device belongs to.
    pub fn node_of(&self, device: DeviceId) -> Option<NodeId> {
        self.core.wiring.device_node.get(device.index()).copied()
    }

    /// How often a device, and the agents on it, gave each of their reasons, unused ones left out.
    pub fn reason_counts(&self, device: DeviceId) -> Vec<(Reason, u64)> {
        let Some(at) = self.devices.get(device.index()) else { return Vec::new() };
        let base = self.core.wiring.bases[device.index()].counts as usize;
        let count = |reason: &Reason| self.core.counts[base + reason.index as usize];
        let own = at.reasons().iter().map(|reason| (*reason, count(reason))).filter(|(_, n)| *n > 0);
        let said = self.core.said.range((device, 0, 0)..=(device, u8::MAX, u32::MAX)).map(|(_, said)| *said);
        own.chain(said).collect()
    }

    /// A scripted or typed change by its number, with its name.
    pub fn command(&self, number: u32) -> Option<&(String, Change)> {
        self.names.commands.get(number as usize)
    }

    /// Scripted changes that a device refused while running, with the name of the change.
    pub fn refused(&self) -> &[(String, ChangeError)] {
        &self.refused
    }

    /// Rough memory of this world in bytes.
    pub fn heap_bytes(&self) -> usize {
        let devices: usize = self.devices.iter().map(|device| device.heap_bytes() + 64).sum();
        let frames: usize = self.core.directions.iter().map(|d| d.in_flight.len() * 400 + 200).sum();
        let frames = frames + self.core.cpus.as_ref().map_or(0, |cpus| cpus.waiting() * 400);
        let flat =
            self.core.slots.len() * size_of::<Slot>() + self.core.counts.len() * 8 + self.core.queue.heap_bytes();
        devices + frames + flat + self.written.len() * 250
    }

    /// Makes a change now, as an event of its own. A refused one leaves no trace but the emptied log.
    pub fn apply(&mut self, name: &str, change: &Change) -> Result<(), ChangeError> {
        let (event, digest) = (self.core.event, self.core.digest);
        self.core.event.0 += 1;
        let number = self.names.commands.len() as u32;
        self.core.mix(u64::from(number) << 32 | 0xc0);
        if let Some(log) = &mut self.core.log {
            log.clear();
            log.push(Entry::Command(number));
        }
        if let Err(error) = self.execute(change) {
            (self.core.event, self.core.digest) = (event, digest);
            if let Some(log) = &mut self.core.log {
                log.clear();
            }
            return Err(error);
        }
        Arc::make_mut(&mut self.names).commands.push((name.to_owned(), change.clone()));
        if !self.core.signals.is_empty() {
            self.core.answer_signals();
        }
        Ok(())
    }

    // Inlined by force: with a second caller the compiler would otherwise move the hot path out of the run loop.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a second caller costs several percent otherwise")]
    fn step_inner(&mut self, until: SimTime) -> bool {
        loop {
            let core = &mut self.core;
            // What is still in the heap for this instant was scheduled before anything in the lane.
            if !core.lane.is_empty()
                && !core.queue.is_due(core.now)
                && let Some(item) = core.lane.pop()
            {
                match item {
                    Instant::Arrive(device, port, frame) => {
                        self.begin(1);
                        let mut out = Outbox::new(&mut self.core, device, Some(port));
                        let now = out.now();
                        self.devices[device.index()].receive(now, port, frame, &mut out);
                    }
                    Instant::Timer(number, seq) => {
                        let now = core.now;
                        if !self.fire(number, now, seq) {
                            continue;
                        }
                    }
                    Instant::Command(number) => self.command_event(number),
                    Instant::Write(write) => self.write_event(write),
                }
            } else {
                let Some(entry) = core.queue.pop_by(until) else { return false };
                let number = entry.payload & payload::NUMBER;
                let live = match entry.payload & !payload::NUMBER {
                    payload::CABLE => self.arrive(number, entry),
                    payload::TIMER => self.fire(number, entry.time, entry.seq),
                    _ => self.rare(number, entry),
                };
                if !live {
                    continue;
                }
            }
            if !self.core.signals.is_empty() {
                self.core.answer_signals();
            }
            return true;
        }
    }

    #[inline]
    pub(in crate::engine) fn begin(&mut self, kind: u64) {
        self.core.event.0 += 1;
        let time = self.core.now.0;
        self.core.mix(time << 2 | kind);
        if let Some(log) = &mut self.core.log {
            log.clear();
        }
    }

    /// A frame comes off a cable. False when the entry is stale: the cable was cut. What is stale moves no clock.
    #[inline]
    fn arrive(&mut self, number: u32, due: crate::engine::queue::Entry) -> bool {
        let direction = &mut self.core.directions[number as usize];
        let Some((first, frame)) = direction.in_flight.pop_front() else { return false };
        if first != due.seq {
            direction.in_flight.push_front((first, frame));
            return false;
        }
        self.core.now = due.time;
        let (device, port) = direction.to;
        self.core.foreground -= 1;
        self.begin(2);
        let frame = if self.core.slow {
            let Some(frame) = self.let_in(number, (device, port), frame) else { return true };
            frame
        } else {
            frame
        };
        let mut out = Outbox::new(&mut self.core, device, Some(port));
        let now = out.now();
        self.devices[device.index()].receive(now, port, frame, &mut out);
        true
    }

    /// A timer runs out. False when it was stopped or restarted meanwhile.
    #[inline]
    fn fire(&mut self, number: u32, at: SimTime, seq: u64) -> bool {
        let Some(slot) = self.core.slots.get_mut(number as usize) else { return false };
        if !slot.armed || slot.seq != seq {
            return false;
        }
        slot.armed = false;
        self.core.now = at;
        self.core.foreground -= u64::from(slot.foreground);
        let device = slot.owner;
        let kind = number - self.core.wiring.bases[device.index()].timers;
        self.begin(3);
        let mut out = Outbox::new(&mut self.core, device, None);
        let now = out.now();
        self.devices[device.index()].timer(now, TimerKind(kind), &mut out);
        true
    }

    /// A command is due, or a frame that waited for a core.
    #[cold]
    fn rare(&mut self, number: u32, due: crate::engine::queue::Entry) -> bool {
        if due.payload & !payload::NUMBER == payload::LEAVE {
            return self.leave(number, due);
        }
        self.core.now = due.time;
        self.core.foreground -= 1;
        self.command_event(number);
        true
    }

    #[cold]
    fn command_event(&mut self, number: u32) {
        self.begin(0);
        if let Some(log) = &mut self.core.log {
            log.push(Entry::Command(number));
        }
        let names = Arc::clone(&self.names);
        let Some((name, change)) = names.commands.get(number as usize) else { return };
        if let Err(error) = self.execute(change) {
            self.refused.push((name.clone(), error));
        }
        self.core.emit(Signal::Event(number));
    }

    pub(in crate::engine) fn execute(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::Carrier { cable, up } => self.set_carrier(*cable, *up),
            Change::Power { node, up } => self.set_power(*node, *up),
            Change::Loss { cable, ppm, of } => {
                for at in [cable.index() * 2, cable.index() * 2 + 1] {
                    let direction = self.core.directions.get_mut(at).ok_or_else(|| missing("cable", cable.0))?;
                    (direction.loss_ppm, direction.loss_of) = ((*ppm).min(1_000_000), *of);
                }
                Ok(())
            }
            Change::Device { device, change } => {
                self.with_device(*device, |at, now, out| at.change(now, change, out))?;
                self.tell_neighbours(*device);
                Ok(())
            }
            Change::Start(flow) => {
                let home = self.names.flows.get(flow.index()).ok_or_else(|| missing("flow", flow.0))?.home;
                self.with_device(home, |at, now, out| {
                    out.flow_started(*flow);
                    at.start_flow(now, *flow, out);
                    Ok(())
                })
            }
            Change::Stop(flow) => {
                let home = self.names.flows.get(flow.index()).ok_or_else(|| missing("flow", flow.0))?.home;
                self.with_device(home, |at, now, out| {
                    at.stop_flow(now, *flow, out);
                    out.flow_finished(*flow);
                    Ok(())
                })
            }
            Change::Inject { device, port, link, bytes } => {
                let at = self.devices.get(device.index()).ok_or_else(|| missing("device", device.0))?;
                if port.0 >= at.ports() {
                    return Err(missing("port", port.0));
                }
                if *link != at.link_type(*port) {
                    let (field, value) = ("link".to_owned(), format!("{link:?}"));
                    return Err(ChangeError::BadValue { field, value, expected: "what the port carries" });
                }
                let id = self.core.next_frame_id();
                let mut frame = self.core.pool.mint(bytes.len(), *link, id, Origin::NONE);
                let len = frame.len();
                frame.bytes_mut().copy_from_slice(&bytes[..len]);
                if self.has_power(*device) {
                    self.core.lane.push(Instant::Arrive(*device, *port, frame));
                } else {
                    self.lose_inside(*device, *port, frame);
                }
                Ok(())
            }
        }
    }

    pub(in crate::engine) fn with_device(
        &mut self,
        device: DeviceId,
        act: impl FnOnce(&mut dyn Device, SimTime, &mut Outbox<'_>) -> Result<(), ChangeError>,
    ) -> Result<(), ChangeError> {
        let at = self.devices.get_mut(device.index()).ok_or_else(|| missing("device", device.0))?;
        let mut out = Outbox::new(&mut self.core, device, None);
        let now = out.now();
        act(at.as_mut(), now, &mut out)
    }

    /// Tells the devices at the other ends of a device's wires what it wants of them: packets meant for a tunnel, groups
    /// to let in, whether to speak ARP.
    pub(in crate::engine) fn tell_neighbours(&mut self, device: DeviceId) {
        use crate::engine::wire::End;
        let Some(at) = self.devices.get(device.index()) else { return };
        let (listens, groups, arp) = (at.listens(), at.groups(), at.arp());
        let link_groups = at.link_groups();
        if let Some((port, what)) = listens
            && let End::Internal(peer, at) = self.core.wiring.end(device, port)
            && let Some(peer) = self.devices.get_mut(peer.index())
        {
            peer.listen(at, what);
        }
        for (port, on) in arp {
            let End::Internal(number, at) = self.core.wiring.end(device, port) else { continue };
            let Some(peer) = self.devices.get_mut(number.index()) else { continue };
            peer.speak_arp(at, on, &mut Outbox::new(&mut self.core, number, None));
        }
        for (port, groups) in link_groups {
            let End::Internal(number, at) = self.core.wiring.end(device, port) else { continue };
            if let Some(peer) = self.devices.get_mut(number.index()) {
                peer.let_in_link(at, &groups);
            }
        }
        for (port, groups) in groups {
            let End::Internal(number, at) = self.core.wiring.end(device, port) else { continue };
            let Some(peer) = self.devices.get_mut(number.index()) else { continue };
            if peer.let_in(at, &groups, &mut Outbox::new(&mut self.core, number, None)) {
                // Ends: a group is new to a device once, and groups come from finitely many devices.
                self.tell_neighbours(number);
            }
        }
    }

    /// The port at the other end of the cable in this port.
    pub fn across(&self, device: DeviceId, port: PortNo) -> Option<(DeviceId, PortNo)> {
        match self.core.wiring.end(device, port) {
            crate::engine::wire::End::Cable(at) => Some(self.core.directions[at as usize].to),
            _ => None,
        }
    }
}

pub(in crate::engine) fn missing(what: &'static str, number: impl Into<u64>) -> ChangeError {
    ChangeError::Missing { what, number: number.into() }
}
