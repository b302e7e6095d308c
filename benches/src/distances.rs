//! Routers that tell each other distances (S5): RIP on a Barabási-Albert graph, until everybody can reach every cable.
//!
//! Timers are those of the daemon as it comes: the first update after a second, the next after 30, and changes at once
//! with a pause of 1 to 5 s between them.

use overunder_sim::engine::{BuildError, World};
use overunder_sim::id::DeviceId;
use overunder_sim::routing::Daemon;
use overunder_sim::routing::bgp::graph::Graph;
use overunder_sim::routing::rip::{Rip, RipConfig};
use overunder_sim::time::{SimDuration, SimTime};

use crate::fat_tree::hops;
use crate::measure::{Report, cpu_s};
use crate::random::Xorshift;
use crate::routed::Laid;

/// How often it is looked whether everybody has all routes.
const LOOK: SimDuration = SimDuration::from_ms(500);
/// Nothing takes longer that ever ends.
const LONGEST: SimTime = SimTime(600_000_000_000);

/// A network before its first update, its stacks, and how many cables everybody has to know.
pub fn build(routers: u32) -> Result<(World, Vec<DeviceId>, usize), BuildError> {
    let mut random = Xorshift::seeded(1);
    let graph = Graph::barabasi_albert(routers, |bound| random.below(bound));
    let mut laid = Laid::default();
    let nodes: Vec<usize> = (0..routers).map(|at| laid.router(format!("r{at}"))).collect();
    for (at, edge) in graph.edges.iter().enumerate() {
        laid.join(nodes[edge.a as usize], nodes[edge.b as usize], 0x0a00_0000 + 4 * at as u32);
    }
    for node in nodes {
        laid.daemon(node, Box::new(Daemon::new(Rip::new(RipConfig::default()))));
    }
    let (world, stacks) = laid.build(SimDuration::from_ms(1))?;
    Ok((world, stacks, graph.edges.len()))
}

/// Whether a router has a route for every cable.
fn knows(world: &World, stack: DeviceId, cables: usize) -> bool {
    // Not by its tables: to write down a hundred thousand rows each time would empty the caches the run works in.
    let router = world.device(stack).and_then(overunder_sim::engine::Device::forwarder);
    router.is_some_and(|router| router.prefixes().len() == cables)
}

/// Runs until every router has a route for every cable; looking costs nothing of what is reported.
pub fn run(routers: u32) -> Result<Report, String> {
    let begin = cpu_s();
    let (mut world, stacks, cables) = build(routers).map_err(|error| error.to_string())?;
    let ready = cpu_s();
    let (mut now, mut took) = (SimTime::ZERO, 0.0);
    // Those that know all are not asked again.
    let mut open = stacks;
    while !open.is_empty() {
        if now >= LONGEST {
            return Err(format!("{} routers lack routes after {LONGEST}", open.len()));
        }
        now += LOOK;
        let before = cpu_s();
        world.run(now, u64::MAX);
        took += cpu_s() - before;
        open.retain(|stack| !knows(&world, *stack, cables));
    }
    Ok(Report {
        workload: "s5",
        sizes: vec![("routers", u64::from(routers)), ("links", cables as u64)],
        unit: "packets",
        count: hops(&world),
        cpu_s: took,
        setup_cpu_s: ready - begin,
        more: vec![("events", world.event().0), ("simulated_ms", now.0 / 1_000_000)],
    })
}
