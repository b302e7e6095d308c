//! Processors: what work costs a node in time.
//!
//! A core is a clock that says until when it is busy, as a transmitter is. What a device did is its reason, and reasons
//! name costs ([`crate::cost`]); the node's profile turns them into time, the core's clock moves on by it, and the
//! frame goes on when the clock says so: to the next device, to the cable, to the program it is for. All packets of
//! a flow meet the same core, as a card's hash over addresses and ports would have it, so they keep their order. A
//! program that carries a tunnel runs on the next core, if there is one.
//!
//! A node without a profile has no clock. Everything here is behind one flag that is off then (`Core::slow`).

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::cost::{Cost, Profile};
use crate::engine::batch::Batches;
use crate::engine::core::{Core, payload};
use crate::engine::log::{Crossing, Entry, Log};
use crate::engine::outbox::{Outbox, Why};
use crate::engine::queue;
use crate::engine::wire::{End, RING_FULL};
use crate::engine::world::World;
use crate::id::{DeviceId, FlowId, FrameId, NodeId, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, Origin};

/// Frames that may wait for a core before a card has no room for more: a common size of its ring of buffers.
pub const RING: usize = 1_024;

/// Packets that may wait for a program that carries a tunnel: `TUN_READQ_SIZE` of Linux drivers/net/tun.c.
pub const PROGRAM_QUEUE: usize = 500;

/// A program that carries a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// It looks for the next packet before it goes to sleep, so it is woken once for all that wait.
    ReadsOn,
    /// It is woken for each packet.
    Sleeps,
}

/// What one cost came to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How often it was charged.
    pub times: u64,
    /// What that took.
    pub time: SimDuration,
}

/// The processor of a node.
#[derive(Clone, Debug)]
pub struct Cpu {
    /// Its prices.
    pub profile: Arc<Profile>,
    /// Its first core among those of all nodes.
    first: u32,
    spent: [Spent; Cost::COUNT],
}

impl Cpu {
    /// What one cost came to so far.
    pub fn spent(&self, cost: Cost) -> Spent {
        self.spent[cost.index()]
    }

    /// Time its cores have worked for the network, all together.
    pub fn busy(&self) -> SimDuration {
        self.spent.iter().fold(SimDuration::ZERO, |sum, spent| sum + spent.time)
    }

    /// The core that a flow's packets meet.
    fn core_of(&self, origin: Origin) -> usize {
        let flow = if origin.flow == FlowId::NONE { 0 } else { origin.flow.index() };
        self.first as usize + flow % usize::from(self.profile.cores.max(1))
    }

    /// The core on which a program works for a flow, if that is not the one which its packets meet.
    fn core_beside(&self, origin: Origin) -> Option<usize> {
        let (first, cores) = (self.first as usize, usize::from(self.profile.cores.max(1)));
        (cores > 1).then(|| first + (self.core_of(origin) - first + 1) % cores)
    }

    /// Does work on a frame, on one of the cores.
    fn pay(&mut self, clock: &mut Clock, (device, cost): (DeviceId, Cost), frame: &Frame, log: &mut Option<Log>) {
        let time = self.profile.price(cost).of(frame.len());
        clock.busy_until += time;
        let spent = &mut self.spent[cost.index()];
        (spent.times, spent.time) = (spent.times + 1, spent.time + time);
        if let Some(log) = log {
            log.push(Entry::Charge { device, cost, time, origin: frame.origin(), frame: frame.id() });
        }
    }

    /// Work, and what it brings with it: a packet that is routed meets the rules.
    fn all_of(&self, cost: Cost) -> impl Iterator<Item = Cost> + use<> {
        let rules = if cost == Cost::Forward { usize::from(self.profile.rule_sets) } else { 0 };
        std::iter::once(cost).chain(std::iter::repeat_n(Cost::Netfilter, rules))
    }
}

/// What is charged at once for one frame.
type Work = smallvec::SmallVec<[Cost; 8]>;

/// A frame whose work is done when its core's clock says so; it then leaves by a port.
#[derive(Clone, Debug)]
struct Leaving {
    seq: u64,
    from: (DeviceId, PortNo),
    frame: Frame,
}

/// A core: until when it is busy, and what waits for it, in the order in which it will be done.
#[derive(Clone, Debug, Default)]
struct Clock {
    busy_until: SimTime,
    waiting: VecDeque<Leaving>,
    /// How often it has begun to work after a break.
    shift: u64,
    /// Until when a program on it has something to do.
    awake_until: SimTime,
}

impl Clock {
    /// Work comes. What waits has been begun, so there is no break before it.
    fn begin(&mut self, now: SimTime) {
        if self.busy_until < now && self.waiting.is_empty() {
            self.shift += 1;
        }
        self.busy_until = self.busy_until.max(now);
    }
}

/// The processors of all nodes that have a profile.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Cpus {
    nodes: Vec<Option<Cpu>>,
    clocks: Vec<Clock>,
    /// Ports that are an end of a veth pair.
    veths: BTreeSet<(DeviceId, PortNo)>,
    /// Connections of TCP, whose segments may be handled together.
    streams: BTreeSet<FlowId>,
    batches: Batches,
    /// The frame that a program was charged for last, and the core it waits for.
    by_program: Option<(FrameId, usize)>,
}

impl Cpus {
    pub fn new(
        profiles: Vec<Option<Arc<Profile>>>,
        veths: BTreeSet<(DeviceId, PortNo)>,
        streams: BTreeSet<FlowId>,
    ) -> Self {
        let mut cpus = Self { veths, streams, ..Self::default() };
        for profile in profiles {
            let first = cpus.clocks.len() as u32;
            let cores = profile.as_ref().map_or(0, |profile| usize::from(profile.cores.max(1)));
            cpus.nodes.push(profile.map(|profile| Cpu { profile, first, spent: Default::default() }));
            cpus.clocks.extend(std::iter::repeat_n(Clock::default(), cores));
        }
        cpus
    }

    pub fn cpu(&self, node: NodeId) -> Option<&Cpu> {
        self.nodes.get(node.index())?.as_ref()
    }

    /// Frames that wait for a core.
    pub fn waiting(&self) -> usize {
        self.clocks.iter().map(|clock| clock.waiting.len()).sum()
    }
}

impl Core {
    /// The core that works on a flow's packets in a device's node, if that has a profile.
    fn core_of(&self, device: DeviceId, origin: Origin) -> Option<usize> {
        let node = self.wiring.device_node.get(device.index())?;
        self.cpus.as_ref()?.cpu(*node).map(|cpu| cpu.core_of(origin))
    }

    /// When the core of a flow's packets has done what it was charged with: now, if nothing is left.
    #[cold]
    pub(in crate::engine) fn clock(&self, device: DeviceId, origin: Origin) -> SimTime {
        let clock = self.core_of(device, origin).and_then(|at| self.cpus.as_ref()?.clocks.get(at));
        clock.map_or(self.now, |clock| clock.busy_until.max(self.now))
    }

    /// Charges the node of a device for work on a frame.
    #[cold]
    pub(in crate::engine) fn charge(&mut self, device: DeviceId, costs: &[Cost], frame: &Frame) {
        let Self { wiring, cpus, log, now, .. } = self;
        let Some(&node) = wiring.device_node.get(device.index()) else { return };
        let Some(Cpus { nodes, clocks, streams, batches, .. }) = cpus.as_deref_mut() else { return };
        let Some(Some(cpu)) = nodes.get_mut(node.index()) else { return };
        let (origin, most) = (frame.origin(), cpu.profile.offload);
        let Some(clock) = clocks.get_mut(cpu.core_of(origin)) else { return };
        let shares = most > 0 && origin.own && streams.contains(&origin.flow);
        for cost in costs.iter().flat_map(|cost| cpu.all_of(*cost)).collect::<Work>() {
            clock.begin(*now);
            let key = (device, origin.flow, cost);
            if shares && cost.is_shared() && batches.join(key, (frame.id(), frame.len()), clock.shift, most) {
                continue;
            }
            cpu.pay(clock, (device, cost), frame, log);
        }
    }

    /// Charges the node of a device for what a program does that carries a tunnel. It works on a core of its own, if
    /// there is one; then it need not be woken while it has something to do, if it is one that looks before it sleeps.
    #[cold]
    pub(in crate::engine) fn charge_program(
        &mut self,
        device: DeviceId,
        (program, costs): (Program, &[Cost]),
        frame: &Frame,
    ) {
        let Self { wiring, cpus, log, now, .. } = self;
        let Some(&node) = wiring.device_node.get(device.index()) else { return };
        let Some(Cpus { nodes, clocks, by_program, .. }) = cpus.as_deref_mut() else { return };
        let Some(Some(cpu)) = nodes.get_mut(node.index()) else { return };
        let beside = cpu.core_beside(frame.origin());
        let at = beside.unwrap_or_else(|| cpu.core_of(frame.origin()));
        let Some(clock) = clocks.get_mut(at) else { return };
        clock.begin(*now);
        let is_awake = beside.is_some() && program == Program::ReadsOn && clock.awake_until >= *now;
        for &cost in costs.iter().filter(|cost| !(is_awake && **cost == Cost::ContextSwitch)) {
            cpu.pay(clock, (device, cost), frame, log);
        }
        clock.awake_until = clock.busy_until;
        *by_program = Some((frame.id(), at));
    }

    /// Whether so many packets wait for a program on a core of its own that there is no room for one more.
    fn is_behind(&self, device: DeviceId, origin: Origin) -> bool {
        let clock = || {
            let cpus = self.cpus.as_ref()?;
            let cpu = cpus.cpu(*self.wiring.device_node.get(device.index())?)?;
            cpus.clocks.get(cpu.core_beside(origin)?)
        };
        clock().is_some_and(|clock| clock.waiting.len() >= PROGRAM_QUEUE)
    }

    /// Lets a frame leave by a port when its core has done all it was charged with. Gives it back when that is now.
    fn let_wait(&mut self, from: (DeviceId, PortNo), frame: Frame) -> Option<Frame> {
        let Some(mut at) = self.core_of(from.0, frame.origin()) else { return Some(frame) };
        if let Some((id, core)) = self.cpus.as_mut().and_then(|cpus| cpus.by_program.take())
            && id == frame.id()
        {
            at = core;
        }
        let seq = self.sequence + 1;
        let now = self.now;
        let Some(clock) = self.cpus.as_mut().and_then(|cpus| cpus.clocks.get_mut(at)) else { return Some(frame) };
        if clock.busy_until <= now && clock.waiting.is_empty() {
            return Some(frame);
        }
        // What waits for this very moment goes first, and an entry of the queue is never for the present.
        let ready = clock.busy_until.max(now + SimDuration(1));
        clock.waiting.push_back(Leaving { seq, from, frame });
        self.sequence = seq;
        self.foreground += 1;
        self.queue.push(ready, seq, payload::LEAVE | at as u32);
        None
    }

    /// Whether a frame that comes in finds so many before it that there is no room for it.
    fn is_swamped(&self, device: DeviceId, origin: Origin) -> bool {
        let clock = || self.cpus.as_ref()?.clocks.get(self.core_of(device, origin)?);
        clock().is_some_and(|clock| clock.waiting.len() >= RING)
    }

    /// The frames that wait for the cores of a node, which are idle then; the node has lost its power.
    pub(in crate::engine) fn stop_cpu(&mut self, node: NodeId) -> Vec<((DeviceId, PortNo), Frame)> {
        let Some(cpus) = &mut self.cpus else { return Vec::new() };
        let Some(Some(cpu)) = cpus.nodes.get(node.index()) else { return Vec::new() };
        let (first, cores) = (cpu.first as usize, usize::from(cpu.profile.cores.max(1)));
        let mut lost = Vec::new();
        for clock in cpus.clocks.iter_mut().skip(first).take(cores) {
            (clock.busy_until, clock.awake_until) = (SimTime::ZERO, SimTime::ZERO);
            lost.extend(std::mem::take(&mut clock.waiting).into_iter().map(|leaving| (leaving.from, leaving.frame)));
        }
        self.foreground -= lost.len() as u64;
        lost
    }
}

impl Outbox<'_> {
    /// Charges the node for work on a frame that no reason names: before the verb that it delays.
    #[inline]
    pub fn charge(&mut self, costs: &[Cost], frame: &Frame) {
        if self.core.slow {
            self.core.charge(self.device, costs, frame);
        }
    }

    /// Charges the node for what a program does that carries a tunnel, before the verb that it delays. False when the
    /// program is so far behind that nothing more can wait for it; nothing is charged then.
    #[inline]
    pub fn charge_program(&mut self, program: Program, costs: &[Cost], frame: &Frame) -> bool {
        if self.core.slow {
            if self.core.is_behind(self.device, frame.origin()) {
                return false;
            }
            self.core.charge_program(self.device, (program, costs), frame);
        }
        true
    }

    /// The time for what is done for a flow now: later than [`Outbox::now`] when the core has work to do first.
    #[inline]
    pub fn clock(&self, origin: Origin) -> SimTime {
        if self.core.slow { self.core.clock(self.device, origin) } else { self.core.now }
    }

    /// Puts a frame on the wire where there is a log, or a node that works for time.
    #[cold]
    pub(in crate::engine) fn put_slowly(&mut self, port: PortNo, frame: Frame) {
        let from = (self.device, port);
        if self.core.cpus.as_ref().is_some_and(|cpus| cpus.veths.contains(&from)) {
            self.core.charge(self.device, &[Cost::VethCrossing], &frame);
        }
        if let Some(frame) = self.core.let_wait(from, frame) {
            self.put_now(port, frame);
        }
    }
}

impl World {
    /// The processor of a node; nothing for one that works for nothing.
    pub fn cpu(&self, node: NodeId) -> Option<&Cpu> {
        self.core.cpus.as_ref()?.cpu(node)
    }

    /// A frame comes off a cable where there is a log, or a node that works for time. Nothing if there is no room for it:
    /// then the card has dropped it, and no core has touched it.
    #[cold]
    pub(in crate::engine) fn let_in(&mut self, number: u32, at: (DeviceId, PortNo), frame: Frame) -> Option<Frame> {
        self.core.log_crossing(Crossing::Arrived, number, at, &frame);
        if !self.core.is_swamped(at.0, frame.origin()) {
            return Some(frame);
        }
        let mut out = Outbox::new(&mut self.core, at.0, Some(at.1));
        out.report_loss(at.1, Why::number(&RING_FULL, RING as u64), frame);
        None
    }

    /// A core has done its work on a frame. False when the entry is stale: the node has lost its power.
    #[cold]
    pub(in crate::engine) fn leave(&mut self, number: u32, due: queue::Entry) -> bool {
        let clock = self.core.cpus.as_mut().and_then(|cpus| cpus.clocks.get_mut(number as usize));
        let Some(clock) = clock.filter(|clock| clock.waiting.front().is_some_and(|at| at.seq == due.seq)) else {
            return false;
        };
        let Some(Leaving { from: (device, port), frame, .. }) = clock.waiting.pop_front() else { return false };
        // What this frame makes necessary next follows without a break.
        clock.busy_until = clock.busy_until.max(due.time);
        self.core.now = due.time;
        self.core.foreground -= 1;
        self.begin(1);
        let End::Internal(to, at) = self.core.wiring.end(device, port) else {
            Outbox::new(&mut self.core, device, None).put_now(port, frame);
            return true;
        };
        self.core.log_inner((device, port), (to, at), &frame);
        let mut out = Outbox::new(&mut self.core, to, Some(at));
        let now = out.now();
        self.devices[to.index()].receive(now, at, frame, &mut out);
        true
    }
}
