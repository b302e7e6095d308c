//! What each figure is in a run.

use crate::engine::World;
use crate::lab::judge::Quantity;
use crate::lab::suite::Figure;
use crate::measure::account::{Account, Kind};
use crate::plan::{DeviceSpec, Plan};

/// Tables that say where something is: addresses, routes, peers. What a node is told about itself is not among them.
const PLACES: [&str; 6] = ["fdb", "neigh", "routes", "peers", "pairs", "mdb"];

/// Nodes that carry frames of others and are no computers with containers.
const NETWORK: [&str; 4] = ["Switch", "Hub", "Router", "Fabric"];

/// The figure of a run; nothing where there is nothing to measure.
pub fn of(figure: Figure, account: &Account, plan: &Plan, world: &World) -> Quantity {
    let number = |n: u64| Quantity::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let frames = |kind| number(account.total.kind(kind).frames);
    let span = |ns: u64| Quantity::Span(i64::try_from(ns).unwrap_or(i64::MAX));
    let rows = |wanted: &dyn Fn(&str) -> bool| {
        let rows = account.rows.iter().filter(|rows| PLACES.contains(&rows.table) && wanted(rows.kind));
        number(rows.map(|rows| rows.rows).sum())
    };
    match figure {
        Figure::Wire => number(account.total.total().bytes),
        Figure::WirePer1000 => {
            let bytes = account.total.total().bytes.saturating_mul(1_000);
            bytes.checked_div(account.payload).map_or(Quantity::Nothing, number)
        }
        Figure::Frames => number(account.total.total().frames),
        Figure::Floods => frames(Kind::Flood),
        Figure::Control => frames(Kind::Control),
        Figure::Arp => frames(Kind::Arp),
        Figure::Undelivered => frames(Kind::Lost),
        Figure::Again => frames(Kind::Again),
        Figure::SwitchRows => rows(&|kind| NETWORK.contains(&kind)),
        Figure::Rows => rows(&|_| true),
        Figure::Work | Figure::WorkPerPacket if account.work.is_empty() => Quantity::Nothing,
        Figure::Work => span(account.busy()),
        Figure::WorkPerPacket => account.busy().checked_div(account.packets).map_or(Quantity::Nothing, span),
        Figure::Mtu => mtu(plan, world).map_or(Quantity::Nothing, number),
    }
}

/// The smallest of the largest packets of those who send.
fn mtu(plan: &Plan, world: &World) -> Option<u64> {
    let homes: Vec<_> = world.flows().iter().map(|flow| flow.home).collect();
    let stacks = plan.devices().filter(|(id, ..)| homes.contains(id));
    let mtus = stacks.filter_map(|(.., spec)| match spec {
        DeviceSpec::Stack(stack) => stack.interfaces.iter().map(|interface| u64::from(interface.mtu)).min(),
        _ => None,
    });
    mtus.min()
}
