//! The only way a device can have an effect.
//!
//! Verbs act at once on queue and wires, and none of them moves a frame without a reason. Every verb takes the frame
//! by value: what is consumed, delivered or dropped goes back to the pool.

use crate::engine::command::Signal;
use crate::engine::core::{Core, Instant};
use crate::engine::device::TimerKind;
use crate::engine::log::{Decision, Entry, RowChange, Verdict};
use crate::engine::table::RowRef;
use crate::engine::wire::{self, End};
use crate::explain::Reason;
use crate::id::{DeviceId, EventNo, FlowId, PortNo};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, LinkType, Origin};

/// A reason with what it was seen in: the row that hit, and a number for its text.
#[derive(Clone, Copy, Debug)]
pub struct Why {
    /// The rule.
    pub reason: Reason,
    /// The row that decided, if a table was asked.
    pub row: Option<RowRef>,
    /// A number the text may use.
    pub n: u64,
}

impl From<Reason> for Why {
    #[inline]
    fn from(reason: Reason) -> Self {
        Self { reason, row: None, n: 0 }
    }
}

impl Why {
    /// The reason with the row that decided: place of the table in [`crate::engine::Device::tables`], and key.
    #[inline]
    pub fn row(reason: Reason, table: u8, key: u64) -> Self {
        Self { reason, row: Some(RowRef { table, key }), n: 0 }
    }

    /// The reason with a number for its text.
    #[inline]
    pub fn number(reason: Reason, n: u64) -> Self {
        Self { reason, row: None, n }
    }

    /// Adds the number.
    #[inline]
    pub fn with(self, n: u64) -> Self {
        Self { n, ..self }
    }
}

/// Where a device puts its effects; made anew for each call.
#[derive(Debug)]
pub struct Outbox<'a> {
    pub(in crate::engine) core: &'a mut Core,
    pub(in crate::engine) device: DeviceId,
    arrival: Option<PortNo>,
}

impl<'a> Outbox<'a> {
    #[inline]
    pub(in crate::engine) fn new(core: &'a mut Core, device: DeviceId, arrival: Option<PortNo>) -> Self {
        Self { core, device, arrival }
    }

    /// The present event.
    pub fn event(&self) -> EventNo {
        self.core.event
    }

    /// Simulated time.
    pub fn now(&self) -> SimTime {
        self.core.now
    }

    /// The device's random stream for a purpose; the same on every call, so keep it.
    pub fn stream(&self, purpose: &str) -> Stream {
        let wiring = &self.core.wiring;
        let name = &wiring.device_names[self.device.index()];
        Stream::named(self.core.seed, &format!("{name}:{purpose}"))
    }

    /// A new frame of `len` zero bytes.
    #[inline]
    pub fn mint(&mut self, len: usize, link: LinkType, origin: Origin) -> Frame {
        let id = self.core.next_frame_id();
        self.core.pool.mint(len, link, id, origin)
    }

    /// Makes the frame a new one whose parent is its old self: after a header was put on or taken off.
    pub fn rename(&mut self, frame: &mut Frame) {
        let id = self.core.next_frame_id();
        frame.rename(id);
    }

    /// Sends the frame out of one port.
    #[inline]
    pub fn forward(&mut self, port: PortNo, frame: Frame, why: impl Into<Why>) {
        self.move_out(Verdict::Forward, port, frame, why.into());
    }

    /// Sends a frame made here out of one port.
    #[inline]
    pub fn send(&mut self, port: PortNo, frame: Frame, why: impl Into<Why>) {
        self.move_out(Verdict::Send, port, frame, why.into());
    }

    /// Sends a frame that was put into an outer packet; rename it before.
    #[inline]
    pub fn encapsulate(&mut self, port: PortNo, frame: Frame, why: impl Into<Why>) {
        self.move_out(Verdict::Encapsulate, port, frame, why.into());
    }

    /// Sends a frame that was taken out of an outer packet; rename it before.
    #[inline]
    pub fn decapsulate(&mut self, port: PortNo, frame: Frame, why: impl Into<Why>) {
        self.move_out(Verdict::Decapsulate, port, frame, why.into());
    }

    /// Sends copies out of several ports. With no port at all the frame ends here, which the reason should say.
    #[inline]
    pub fn flood(&mut self, ports: impl Iterator<Item = PortNo>, frame: Frame, why: impl Into<Why>) {
        let at = self.record(Verdict::Flood, why.into(), &frame);
        let mut last: Option<PortNo> = None;
        for port in ports {
            if let Some(previous) = last.replace(port) {
                self.name_port(at, previous);
                let copy = self.core.pool.copy(&frame);
                self.put(previous, copy);
            }
        }
        match last {
            Some(port) => {
                self.name_port(at, port);
                self.put(port, frame);
            }
            None => self.core.pool.recycle(frame),
        }
    }

    /// Hands the frame's content to an application.
    #[inline]
    pub fn deliver(&mut self, frame: Frame, why: impl Into<Why>) {
        self.end(Verdict::Deliver, frame, why.into());
    }

    /// The device used the frame up itself.
    #[inline]
    pub fn consume(&mut self, frame: Frame, why: impl Into<Why>) {
        self.end(Verdict::Consume, frame, why.into());
    }

    /// Throws the frame away.
    #[inline]
    pub fn drop(&mut self, frame: Frame, why: impl Into<Why>) {
        self.end(Verdict::Drop, frame, why.into());
    }

    /// Like [`Outbox::deliver`]; what `then` does with the frame's bytes comes after the verdict.
    #[inline]
    pub fn deliver_with(&mut self, frame: Frame, why: impl Into<Why>, then: impl FnOnce(&mut Self, &Frame)) {
        self.end_with(Verdict::Deliver, frame, why.into(), then);
    }

    /// Like [`Outbox::consume`]; what `then` does with the frame's bytes comes after the verdict.
    #[inline]
    pub fn consume_with(&mut self, frame: Frame, why: impl Into<Why>, then: impl FnOnce(&mut Self, &Frame)) {
        self.end_with(Verdict::Consume, frame, why.into(), then);
    }

    /// Like [`Outbox::drop`]; what `then` does with the frame's bytes comes after the verdict.
    #[inline]
    pub fn drop_with(&mut self, frame: Frame, why: impl Into<Why>, then: impl FnOnce(&mut Self, &Frame)) {
        self.end_with(Verdict::Drop, frame, why.into(), then);
    }

    /// Says something about a frame besides its fate.
    #[inline]
    pub fn note(&mut self, frame: &Frame, why: impl Into<Why>) {
        self.record(Verdict::Note, why.into(), frame);
    }

    /// Starts or restarts a timer that the run waits for.
    #[inline]
    pub fn arm(&mut self, kind: TimerKind, at: SimTime) {
        self.core.arm(self.device, kind.0, at, true);
    }

    /// Starts or restarts a timer that only keeps house (ageing, refreshing): the run may end before it.
    #[inline]
    pub fn arm_background(&mut self, kind: TimerKind, at: SimTime) {
        self.core.arm(self.device, kind.0, at, false);
    }

    /// Stops a timer.
    pub fn disarm(&mut self, kind: TimerKind) {
        self.core.disarm(self.device, kind.0);
    }

    /// Tells that a row was written or removed. Call it after the change.
    #[inline]
    pub fn wrote(&mut self, table: u8, key: u64, change: RowChange) {
        let device = self.device;
        if let Some(log) = &mut self.core.log {
            log.push(Entry::Row { device, row: RowRef { table, key }, change });
        }
    }

    /// A flow's application has begun.
    pub fn flow_started(&mut self, flow: FlowId) {
        if let Some(stats) = self.core.flow_mut(flow) {
            stats.started = true;
            stats.finished = false;
        }
    }

    /// A flow's application has sent one packet more.
    #[inline]
    pub fn flow_sent(&mut self, flow: FlowId) {
        if let Some(stats) = self.core.flow_mut(flow) {
            stats.sent += 1;
        }
    }

    /// A packet of a flow has arrived where it should, with so many payload bytes.
    #[inline]
    pub fn flow_received(&mut self, flow: FlowId, bytes: usize, rtt: Option<SimDuration>) {
        let now = self.clock(Origin::of(flow));
        let Some(stats) = self.core.flow_mut(flow) else { return };
        stats.received += 1;
        stats.deliver(now, bytes as u64);
        if let Some(rtt) = rtt {
            stats.round_trip(rtt);
        }
        let received = stats.received;
        self.core.emit(Signal::Answered(flow, received));
    }

    /// So many bytes of a flow were handed to a connection so far.
    pub fn flow_streamed(&mut self, flow: FlowId, bytes: u64) {
        if let Some(stats) = self.core.flow_mut(flow) {
            stats.streamed = Some(bytes);
        }
    }

    /// A flow's connection came to a bad end.
    pub fn flow_failed(&mut self, flow: FlowId, reason: Reason) {
        if let Some(stats) = self.core.flow_mut(flow) {
            stats.failed = Some(reason);
        }
    }

    /// A flow's application will send nothing more and waits for nothing more.
    pub fn flow_finished(&mut self, flow: FlowId) {
        let Some(stats) = self.core.flow_mut(flow) else { return };
        if !std::mem::replace(&mut stats.finished, true) {
            self.core.emit(Signal::Done(flow));
        }
    }

    // What a log needs, the verdict and all of the reason, is made only where there is one.
    #[inline]
    fn move_out(&mut self, verdict: Verdict, port: PortNo, frame: Frame, why: Why) {
        if self.core.slow {
            return self.move_slowly(verdict, port, frame, why);
        }
        self.count_and_put(port, frame, why.reason);
    }

    // The way of nearly every frame, so it calls nothing but the last: no register is saved.
    fn count_and_put(&mut self, port: PortNo, frame: Frame, reason: Reason) {
        self.count(reason, &frame);
        match self.core.wiring.end(self.device, port) {
            End::Internal(to, at) if self.core.lane.is_empty() => self.core.lane.start(Instant::Arrive(to, at, frame)),
            End::Cable(number) => self.put_on_cable(number, port, frame),
            End::Internal(..) | End::None => self.put(port, frame),
        }
    }

    #[cold]
    fn move_slowly(&mut self, verdict: Verdict, port: PortNo, frame: Frame, why: Why) {
        let at = self.record(verdict, why, &frame);
        self.name_port(at, port);
        self.put(port, frame);
    }

    #[inline]
    fn end(&mut self, verdict: Verdict, frame: Frame, why: Why) {
        self.record(verdict, why, &frame);
        self.core.pool.recycle(frame);
    }

    #[inline]
    fn end_with(&mut self, verdict: Verdict, frame: Frame, why: Why, then: impl FnOnce(&mut Self, &Frame)) {
        self.record(verdict, why, &frame);
        then(self, &frame);
        self.core.pool.recycle(frame);
    }

    /// Lets the log entry name a port the frame left by.
    #[inline]
    fn name_port(&mut self, at: usize, port: PortNo) {
        if let Some(log) = &mut self.core.log {
            log.add_port(at, port);
        }
    }

    /// Puts the frame on the wire.
    fn put(&mut self, port: PortNo, frame: Frame) {
        if self.core.slow {
            return self.put_slowly(port, frame);
        }
        match self.core.wiring.end(self.device, port) {
            End::Internal(to, at) => self.core.lane.push(Instant::Arrive(to, at, frame)),
            End::Cable(number) => self.put_on_cable(number, port, frame),
            End::None => self.lost(port, Why::from(&wire::NOT_WIRED), frame),
        }
    }

    /// Puts the frame on the wire where there is a log, or a core that is done with it.
    #[cold]
    pub(in crate::engine) fn put_now(&mut self, port: PortNo, frame: Frame) {
        match self.core.wiring.end(self.device, port) {
            End::Internal(to, at) => self.core.pass_inside((self.device, port), (to, at), frame),
            End::Cable(number) => self.put_on_cable(number, port, frame),
            End::None => self.lost(port, Why::from(&wire::NOT_WIRED), frame),
        }
    }

    // A call of its own, which what stays inside a node does not pay for.
    #[inline(never)]
    fn put_on_cable(&mut self, number: u32, port: PortNo, frame: Frame) {
        if let Err((reason, n, frame)) = self.core.put_on_cable(number, (self.device, port), frame) {
            self.lost(port, Why::number(reason, n), frame);
        }
    }

    /// Tells of a frame that a cable lost.
    #[cold]
    pub(in crate::engine) fn report_loss(&mut self, port: PortNo, why: Why, frame: Frame) {
        self.lost(port, why, frame);
    }

    #[cold]
    fn lost(&mut self, port: PortNo, why: Why, frame: Frame) {
        self.core.mix(u64::from(why.reason.hash));
        self.core.lost[usize::from(why.reason.index)] += 1;
        let at = self.write(Verdict::Drop, why, &frame);
        self.name_port(at, port);
        self.core.pool.recycle(frame);
    }

    /// Whether the reason is one of this device's own: counters are kept by its place in their list.
    fn knows(&self, reason: Reason) -> bool {
        self.core.wiring.reasons[self.device.index()].get(usize::from(reason.index)) == Some(&reason)
    }

    fn name(&self) -> &str {
        &self.core.wiring.device_names[self.device.index()]
    }

    /// Counts and digests a reason.
    #[inline]
    fn count(&mut self, reason: Reason, frame: &Frame) {
        debug_assert!(self.knows(reason), "{} gives {reason}, which is not in its list", self.name());
        let bases = self.core.wiring.bases.get(self.device.index());
        let place = bases.map_or(usize::MAX, |bases| bases.counts as usize + reason.index as usize);
        if let Some(count) = self.core.counts.get_mut(place) {
            *count += 1;
        }
        self.core.mix((u64::from(reason.hash) << 32 | u64::from(self.device.0)) ^ frame.id().0);
    }

    /// Counts and digests a verdict; writes it down when the log is on. Returns the place in the log.
    #[inline]
    fn record(&mut self, verdict: Verdict, why: Why, frame: &Frame) -> usize {
        self.count(why.reason, frame);
        if self.core.slow { self.write(verdict, why, frame) } else { 0 }
    }

    #[cold]
    fn write(&mut self, verdict: Verdict, why: Why, frame: &Frame) -> usize {
        let at = self.write_down(verdict, why, frame);
        self.core.charge(self.device, why.reason.costs, frame);
        at
    }

    fn write_down(&mut self, verdict: Verdict, why: Why, frame: &Frame) -> usize {
        let (event, time) = (self.core.event, self.core.now);
        let Some(log) = &mut self.core.log else { return 0 };
        let bytes = log.keep(frame);
        let decision = Decision {
            event,
            time,
            device: self.device,
            port: self.arrival,
            verdict,
            reason: why.reason,
            row: why.row,
            n: why.n,
            frame: frame.id(),
            parent: frame.parent(),
            origin: frame.origin(),
            link: frame.link(),
            len: frame.len() as u32,
        };
        log.push(Entry::Decision { decision, bytes });
        log.len() - 1
    }
}
