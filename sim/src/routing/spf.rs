//! Dijkstra's algorithm, and when it is run, for all protocols that compute on a map (RFC 2328 §16.1, ISO/IEC 10589
//! §C.2).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::time::{SimDuration, SimTime};

/// A next hop: the link, and the router on it; no router where the network itself is on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The link.
    pub link: usize,
    /// The router.
    pub via: Option<Ipv4Addr>,
}

/// How far a node is, and by which ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Sum of the costs.
    pub cost: u32,
    /// Sorted.
    pub ways: Vec<Way>,
}

/// How soon a map that has changed is computed on.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After a rest.
    pub delay: SimDuration,
    /// From one computation to the next, and so much more with every one that follows closely.
    pub hold: SimDuration,
    /// At most so long.
    pub max: SimDuration,
}

/// When routes are computed, and when they were. After a rest that is soon; the more often the map changes, the longer
/// it waits, so that a link that flaps does not eat the processor.
#[derive(Clone, Debug)]
pub struct Throttle {
    due: Option<SimTime>,
    last: Option<SimTime>,
    /// So many computations followed closely on one another.
    held: u64,
}

impl Throttle {
    /// Nothing was computed yet.
    pub const START: Self = Self { due: None, last: None, held: 1 };

    /// When it is time.
    pub fn due(&self) -> Option<SimTime> {
        self.due
    }

    /// The map has changed.
    pub fn changed(&mut self, now: SimTime, pace: Pace) {
        if self.due.is_some() {
            return;
        }
        let hold = SimDuration(pace.hold.0.saturating_mul(self.held).min(pace.max.0));
        let delay = match self.last.map(|last| now.since(last)) {
            Some(since) if since < hold => {
                self.held += u64::from(hold < pace.max);
                SimDuration(hold.0 - since.0).max(pace.delay)
            }
            _ => {
                self.held = 1;
                pace.delay
            }
        };
        self.due = Some(now + delay);
    }

    /// Routes are computed now.
    pub fn done(&mut self, now: SimTime) {
        (self.due, self.last) = (None, Some(now));
    }
}

/// Puts two sets of ways together.
pub fn unite(ways: &mut Vec<Way>, more: &[Way]) {
    ways.extend(more);
    ways.sort_unstable();
    ways.dedup();
}

/// The shortest paths from `root`. `edges` gives the nodes that can be gone to from one, what that costs, and whatever
/// `next` needs to tell by which ways the far end is reached: from a node, over an edge, by the ways that lead to the
/// node. At the same distance smaller nodes are looked at first, so networks have to be smaller than routers.
pub fn tree<V: Copy + Ord, E: Copy>(
    root: V,
    edges: impl Fn(V) -> Vec<(V, u32, E)>,
    next: impl Fn((V, V), E, &[Way]) -> Vec<Way>,
) -> BTreeMap<V, Node> {
    let mut nodes: BTreeMap<V, Node> = BTreeMap::new();
    let mut open: BTreeSet<(u32, V)> = BTreeSet::new();
    nodes.insert(root, Node { cost: 0, ways: Vec::new() });
    open.insert((0, root));
    while let Some((cost, from)) = open.pop_first() {
        let ways = nodes[&from].ways.clone();
        for (to, metric, edge) in edges(from) {
            if to == root {
                continue;
            }
            let found = next((from, to), edge, &ways);
            if found.is_empty() {
                continue;
            }
            let total = cost.saturating_add(metric);
            match nodes.get_mut(&to) {
                Some(node) if node.cost < total => continue,
                Some(node) if node.cost == total => {
                    unite(&mut node.ways, &found);
                    continue;
                }
                Some(node) => _ = open.remove(&(node.cost, to)),
                None => {}
            }
            let mut ways = Vec::new();
            unite(&mut ways, &found);
            nodes.insert(to, Node { cost: total, ways });
            open.insert((total, to));
        }
    }
    nodes
}
