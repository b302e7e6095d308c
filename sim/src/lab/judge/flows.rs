//! Values of a flow: counts, round trips, the way its packets took, what it achieved.

use crate::engine::log::Crossing;
use crate::engine::{Change, FlowStats, Verdict, World};
use crate::id::{CableId, DeviceId, FlowId, FrameId};
use crate::lab::judge::envelope;
use crate::lab::judge::run::Run;
use crate::lab::judge::trace::{Crossed, Trace};
use crate::lab::judge::value::{Measure, Quantity, node_of};
use crate::time::SimDuration;

/// How long an extra ping is waited for: longer than ARP tries, see [`crate::app::ping::WAIT`].
const PATIENCE: SimDuration = SimDuration::from_secs(10);
/// Events an extra ping may take; a busy network has others meanwhile.
const PROBE_BUDGET: u64 = 1_000_000;

/// One count of a flow.
pub fn stat(run: Run<'_>, flow: FlowId, get: impl Fn(&FlowStats) -> u64) -> Quantity {
    run.stats(flow).map_or(Quantity::Nothing, |stats| Quantity::Number(get(&stats) as i64))
}

/// A round-trip time.
pub fn rtt(run: Run<'_>, flow: FlowId, which: Measure) -> Quantity {
    run.stats(flow).and_then(|stats| stats.rtt()).map_or(Quantity::Nothing, |[min, median, max]| {
        Quantity::Span(match which {
            Measure::Min => min.0 as i64,
            Measure::Median => median.0 as i64,
            Measure::Max => max.0 as i64,
        })
    })
}

/// Payload bits a second, see [`FlowStats::goodput`].
pub fn goodput(run: Run<'_>, flow: FlowId) -> Quantity {
    let bits = run.stats(flow).and_then(|stats| stats.goodput());
    bits.map_or(Quantity::Nothing, |bits| Quantity::Rate(i64::try_from(bits).unwrap_or(i64::MAX)))
}

/// Bytes by which the IP packets of a flow are longer on a cable than at their sender, by the first of them.
pub fn overhead(run: Run<'_>, flow: FlowId, cable: CableId) -> Quantity {
    let here = |record: &&Crossed| {
        record.origin.own
            && record.origin.flow == flow
            && record.cable == Some(cable)
            && record.crossing == Crossing::Sent
    };
    let Some(record) = run.trace.frames.iter().find(here) else { return Quantity::Nothing };
    envelope::growth(&run.trace.layers(record), envelope::inside(run.trace, record))
}

/// The nodes the flow's first delivered packet went through, both ends included.
pub fn path(run: Run<'_>, flow: FlowId) -> Option<Vec<String>> {
    let to = &home_of(run.world, &run.world.flows().get(flow.index())?.to);
    let arrived = run.trace.decisions.iter().find(|record| {
        let decision = &record.decision;
        decision.origin.own
            && decision.origin.flow == flow
            && matches!(decision.verdict, Verdict::Deliver | Verdict::Consume)
            && node_of(run.world, decision.device) == *to
    })?;
    let (mut frame, mut here, mut place) = (arrived.decision.frame, to.clone(), arrived.place);
    let mut way = vec![here.clone()];
    while let Some(record) = came_in(run, frame, &here, place) {
        let Some(from) = across(run.world, record).map(|device| node_of(run.world, device)) else { break };
        (frame, place) = (record.frame, record.place);
        here.clone_from(&from);
        way.push(from);
    }
    way.reverse();
    Some(way)
}

/// The node a name stands for: its own, or that of the container or stack called so.
fn home_of(world: &World, name: &str) -> String {
    if world.nodes().iter().any(|node| node.name == name) {
        return name.to_owned();
    }
    let called = |device: &DeviceId| {
        let full = world.device_name(*device);
        full == name || full.rsplit('/').next() == Some(name)
    };
    let device = (0..world.device_count() as u32).map(DeviceId).find(called);
    device.map_or_else(|| name.to_owned(), |device| node_of(world, device))
}

/// How a frame, or one it was made from, came into a node.
fn came_in<'a>(run: Run<'a>, frame: FrameId, node: &str, before: u64) -> Option<&'a Crossed> {
    let mut family = vec![frame];
    while let Some(parent) = family.last().and_then(|last| parent(run.trace, *last)) {
        if family.contains(&parent) {
            break;
        }
        family.push(parent);
    }
    run.trace.frames.iter().rev().find(|record| {
        record.crossing == Crossing::Arrived
            && record.cable.is_some()
            && record.place < before
            && family.contains(&record.frame)
            && node_of(run.world, record.device) == node
    })
}

fn parent(trace: &Trace, frame: FrameId) -> Option<FrameId> {
    let decided = trace.decisions.iter().find(|record| record.decision.frame == frame)?.decision.parent;
    (decided != FrameId::NONE).then_some(decided)
}

fn across(world: &World, record: &Crossed) -> Option<DeviceId> {
    world.across(record.device, record.port).map(|(device, _)| device)
}

/// Whether an extra ping in a copy of the world is answered; `probe` is a flow made for it that never started.
pub fn reaches(world: &World, probe: FlowId) -> bool {
    let mut copy = world.clone();
    copy.set_logging(false);
    if copy.apply("probe", &Change::Start(probe)).is_err() {
        return false;
    }
    let until = copy.now() + PATIENCE;
    for _ in 0..PROBE_BUDGET {
        let over = copy.flow_stats(probe).is_none_or(|stats| stats.finished);
        if over || !copy.step_by(until) {
            break;
        }
    }
    copy.flow_stats(probe).is_some_and(|stats| stats.sent > 0 && stats.received == stats.sent)
}
