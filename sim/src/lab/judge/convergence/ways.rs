//! The ways of all routers to all networks, followed from table to table.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::engine::{Forwarder, RowRef, Side, Way, World};
use crate::id::{DeviceId, NodeId, PortNo};
use crate::wire::ipv4::mask;

/// A network: address and length.
type Prefix = (Ipv4Addr, u8);

/// A network, and the routers that are part of a loop, or of a black hole.
pub(super) type Found = (Prefix, [Vec<DeviceId>; 2]);

/// What a router does with packets for a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// It delivers them.
    pub arrives: bool,
    /// It loses them, or some of them.
    pub lost: bool,
    /// The routers it hands them to, by their place.
    pub to: Vec<usize>,
}

/// A router.
#[derive(Clone, Debug)]
struct Router {
    device: DeviceId,
    node: Option<NodeId>,
    /// It speaks a routing protocol; others are only passed.
    speaks: bool,
    sides: Vec<Side>,
    /// Who hears what it sends: its port, and the other's device and addresses there.
    near: Vec<(PortNo, DeviceId, Vec<Ipv4Addr>)>,
    /// All routers of one number can reach each other.
    island: usize,
}

/// The ways of all routers.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    routers: Vec<Router>,
    steps: BTreeMap<Prefix, Vec<Step>>,
}

impl Ways {
    /// The routers of a world; nothing has been followed yet.
    pub fn of(world: &World) -> Self {
        let router = |device: DeviceId| {
            let forwarder = world.device(device)?.forwarder()?;
            let (node, speaks) = (world.node_of(device), forwarder.patience().is_some());
            Some(Router { device, node, speaks, sides: Vec::new(), near: Vec::new(), island: 0 })
        };
        let routers = (0..world.device_count() as u32).map(DeviceId).filter_map(router).collect();
        Self { routers, steps: BTreeMap::new() }
    }

    /// A router that speaks a routing protocol is on this node.
    pub fn is_router(&self, node: NodeId) -> bool {
        self.routers.iter().any(|router| router.speaks && router.node == Some(node))
    }

    fn place(&self, device: DeviceId) -> Option<usize> {
        self.routers.binary_search_by_key(&device, |router| router.device).ok()
    }

    /// The network of a row, if it is one of a router's forwarding table.
    pub fn prefix(&self, world: &World, device: DeviceId, row: RowRef) -> Option<Prefix> {
        self.place(device)?;
        let forwarder = world.device(device)?.forwarder()?;
        (forwarder.table() == row.table).then(|| forwarder.prefix(row.key))
    }

    /// Follows all ways anew, cables and interfaces included.
    pub fn look_again(&mut self, world: &World) -> Vec<Found> {
        self.look_around(world);
        let mut all: BTreeSet<Prefix> = self.steps.keys().copied().collect();
        for router in self.routers.iter().filter(|router| router.speaks) {
            let forwarder = world.device(router.device).and_then(|device| device.forwarder());
            all.extend(forwarder.map(Forwarder::prefixes).unwrap_or_default());
        }
        // A default route has no network of its own to be judged by.
        all.retain(|(_, len)| *len > 0);
        self.steps.clear();
        let mut found = Vec::new();
        for prefix in all {
            self.follow_all(world, prefix);
            found.push((prefix, self.judge(prefix)));
        }
        found
    }

    /// Follows the ways to the networks whose rows were written.
    pub fn update(&mut self, world: &World, touched: &[(DeviceId, Prefix)]) -> Vec<Found> {
        let mut changed = BTreeSet::new();
        for (device, (ip, len)) in touched {
            if *len > 0 && !self.steps.contains_key(&(*ip, *len)) {
                self.follow_all(world, (*ip, *len));
                changed.insert((*ip, *len));
            }
            // A longer prefix may lie within the one that was written, or the other way round.
            let holds = |known: &Prefix| (known.0.to_bits() ^ ip.to_bits()) & mask(*len) == 0;
            let concerned: Vec<Prefix> = self.steps.keys().filter(|known| holds(known)).copied().collect();
            let Some(at) = self.place(*device) else { continue };
            for prefix in concerned {
                let step = self.step(world, at, prefix);
                if let Some(steps) = self.steps.get_mut(&prefix)
                    && steps[at] != step
                {
                    steps[at] = step;
                    changed.insert(prefix);
                }
            }
        }
        changed.into_iter().map(|prefix| (prefix, self.judge(prefix))).collect()
    }

    fn follow_all(&mut self, world: &World, prefix: Prefix) {
        let steps = (0..self.routers.len()).map(|at| self.step(world, at, prefix)).collect();
        self.steps.insert(prefix, steps);
    }

    /// Who is next to whom, and who can be reached at all.
    fn look_around(&mut self, world: &World) {
        for router in &mut self.routers {
            let forwarder = world.device(router.device).and_then(|device| device.forwarder());
            router.sides = forwarder.map(Forwarder::sides).unwrap_or_default();
            router.near.clear();
            for side in &router.sides {
                for (device, port) in world.stations(router.device, side.port) {
                    let sides = world.device(device).and_then(|at| at.forwarder()).map(Forwarder::sides);
                    let there = sides.unwrap_or_default().into_iter().find(|side| side.port == port);
                    let addresses = there.map(|side| side.addresses.iter().map(|(ip, _)| *ip).collect());
                    router.near.push((side.port, device, addresses.unwrap_or_default()));
                }
            }
        }
        self.count_islands();
    }

    fn count_islands(&mut self) {
        let mut islands = vec![usize::MAX; self.routers.len()];
        for first in 0..self.routers.len() {
            let mut next = vec![first];
            while let Some(at) = next.pop() {
                if islands[at] == usize::MAX {
                    islands[at] = first;
                    next.extend(self.routers[at].near.iter().filter_map(|(_, device, _)| self.place(*device)));
                }
            }
        }
        self.routers.iter_mut().zip(islands).for_each(|(router, island)| router.island = island);
    }

    fn step(&self, world: &World, at: usize, (ip, _): Prefix) -> Step {
        let router = &self.routers[at];
        let Some(forwarder) = world.device(router.device).and_then(|device| device.forwarder()) else {
            return Step { lost: true, ..Step::default() };
        };
        let up = |port: PortNo| router.sides.iter().any(|side| side.port == port && side.up);
        let mut step = Step::default();
        match forwarder.way(ip) {
            Way::Own => step.arrives = true,
            Way::Attached(port) => (step.arrives, step.lost) = (up(port), !up(port)),
            Way::Nowhere => step.lost = true,
            Way::Via(ways) => {
                for (via, port) in ways {
                    let here = router.near.iter().find(|(at, _, addresses)| *at == port && addresses.contains(&via));
                    match here.and_then(|(_, device, _)| self.place(*device)).filter(|_| up(port)) {
                        Some(next) => step.to.push(next),
                        None => step.lost = true,
                    }
                }
            }
        }
        step
    }

    /// The routers that pass packets for a network round, and those that lose them though there is a way.
    fn judge(&self, prefix: Prefix) -> [Vec<DeviceId>; 2] {
        let Some(steps) = self.steps.get(&prefix) else { return [Vec::new(), Vec::new()] };
        let arrives = (0..steps.len()).filter(|at| steps[*at].arrives);
        let homes: BTreeSet<usize> = arrives.map(|at| self.routers[at].island).collect();
        let holes = (0..steps.len())
            .filter(|at| steps[*at].lost && self.routers[*at].speaks && homes.contains(&self.routers[*at].island));
        let device = |at: usize| self.routers[at].device;
        [rounds(steps).into_iter().map(device).collect(), holes.map(device).collect()]
    }
}

/// The places from which a way leads back to themselves.
pub(super) fn rounds(steps: &[Step]) -> Vec<usize> {
    // Whoever hands on to nobody, or only to such, is in no circle: what remains after taking these away may be.
    let mut rest: BTreeSet<usize> = (0..steps.len()).filter(|at| !steps[*at].to.is_empty()).collect();
    loop {
        let before = rest.len();
        let out: Vec<usize> =
            rest.iter().filter(|at| steps[**at].to.iter().all(|next| !rest.contains(next))).copied().collect();
        for at in &out {
            rest.remove(at);
        }
        if rest.len() == before {
            break;
        }
    }
    let returns = |first: &usize| {
        let (mut next, mut seen) = (steps[*first].to.clone(), BTreeSet::new());
        while let Some(at) = next.pop() {
            if at == *first {
                return true;
            }
            if seen.insert(at) {
                next.extend(&steps[at].to);
            }
        }
        false
    };
    rest.iter().filter(|at| returns(at)).copied().collect()
}
