//! Devices for tests of the engine, and worlds made of them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod planned;
pub mod puppet;
pub mod talker;

use overunder_sim::engine::{Change, DeviceChange, Entry, Value, Verdict, World};
use overunder_sim::explain::Reason;
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::LinkType;

pub fn us(n: u64) -> SimTime {
    SimTime(n * 1_000)
}

pub fn span_us(n: u64) -> SimDuration {
    SimDuration::from_us(n)
}

/// A change that tells a puppet to do something.
pub fn tell(device: DeviceId, field: &str, port: u16, value: Value) -> Change {
    Change::Device { device, change: DeviceChange::Set { port: Some(PortNo(port)), field: field.to_owned(), value } }
}

pub fn inject(device: DeviceId, port: u16, bytes: Vec<u8>) -> Change {
    Change::Inject { device, port: PortNo(port), link: LinkType::Ethernet, bytes }
}

/// Runs to the very end: housekeeping too.
pub fn drain(world: &mut World) {
    while world.step() {}
}

/// Fates of frames in the last event.
pub fn fates(world: &World) -> Vec<(Verdict, Reason)> {
    let decisions = world.log().entries().iter().filter_map(|entry| match entry {
        Entry::Decision { decision, .. } if decision.verdict != Verdict::Note => {
            Some((decision.verdict, decision.reason))
        }
        _ => None,
    });
    decisions.collect()
}

/// The number given with the last decision of the last event.
pub fn last_number(world: &World) -> u64 {
    let mut decisions = world.log().entries().iter().filter_map(|entry| match entry {
        Entry::Decision { decision, .. } => Some(decision.n),
        _ => None,
    });
    decisions.next_back().unwrap()
}
