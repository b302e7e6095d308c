//! A fat tree of routers (S3; Al-Fares, Loukissas and Vahdat 2008): k pods of k/2 edge and k/2 aggregation routers, and
//! (k/2)² cores, so that every host can send at the rate of its cable whatever the others do.
//!
//! Addresses say where a host is, as in the paper: 10.POD.EDGE.0/24. So an edge router has a default route by all its
//! aggregation routers, one of those a route for each edge of its pod and a default by its cores, and a core a route for
//! each pod. Of several next hops the hash of a flow takes one.

use std::net::Ipv4Addr;

use overunder_sim::engine::{BuildError, World};
use overunder_sim::time::{SimDuration, SimTime};

use crate::measure::{Report, cpu_s};
use crate::routed::{Laid, ends};
use crate::switched::delivered;
use crate::talker::Talker;
use crate::traffic;

/// Time between two datagrams of a host.
const GAP: SimDuration = SimDuration::from_us(100);
/// Addresses of the cables between routers, each a /30.
const BETWEEN: u32 = 0xac10_0000;

/// Most ports of a router: more would have more hosts than there are numbers for flows.
pub const MOST_PORTS: usize = 48;

/// The sizes of a tree.
#[derive(Clone, Copy, Debug)]
struct Tree {
    /// Ports of a router, and pods.
    k: usize,
    /// Half of them: hosts of an edge, edges and aggregation routers of a pod.
    half: usize,
}

impl Tree {
    fn hosts(self) -> usize {
        self.k * self.half * self.half
    }

    /// Pod and edge within it of a host.
    fn edge_of(self, host: usize) -> (usize, usize) {
        let edge = host / self.half;
        (edge / self.half, edge % self.half)
    }

    /// The /30 of a host's cable.
    fn base(self, host: usize) -> u32 {
        let (pod, edge) = self.edge_of(host);
        u32::from_be_bytes([10, pod as u8, edge as u8, (host % self.half) as u8 * 4])
    }

    fn address(self, host: usize) -> Ipv4Addr {
        ends(self.base(host)).0
    }
}

/// A network in which `frames` datagrams are going to be sent.
pub fn build(k: usize, frames: u64) -> Result<World, BuildError> {
    let tree = Tree { k, half: k / 2 };
    let half = tree.half;
    let mut laid = Laid::default();
    let hosts: Vec<usize> = (0..tree.hosts()).map(|at| laid.host(format!("h{at}"))).collect();
    let row = |laid: &mut Laid, what: &str| -> Vec<usize> {
        (0..k * half).map(|at| laid.router(format!("{what}{}-{}", at / half, at % half))).collect()
    };
    let (edges, middles) = (row(&mut laid, "e"), row(&mut laid, "a"));
    let cores: Vec<usize> = (0..half * half).map(|at| laid.router(format!("c{at}"))).collect();
    for (at, host) in hosts.iter().enumerate() {
        laid.join(*host, edges[at / half], tree.base(at));
    }
    let mut next = BETWEEN;
    let mut join = |laid: &mut Laid, below: usize, above: usize| {
        laid.join(below, above, next);
        next += 4;
        ends(next - 4)
    };
    for pod in 0..k {
        for edge in 0..half {
            let own = edges[pod * half + edge];
            let mut up = Vec::new();
            for middle in 0..half {
                let above = middles[pod * half + middle];
                let (below_end, above_end) = join(&mut laid, own, above);
                up.push(above_end);
                laid.route(above, format!("10.{pod}.{edge}.0/24"), vec![below_end]);
            }
            laid.route(own, "0.0.0.0/0".to_owned(), up);
        }
        for middle in 0..half {
            let own = middles[pod * half + middle];
            let mut up = Vec::new();
            for core in &cores[middle * half..(middle + 1) * half] {
                let (below_end, above_end) = join(&mut laid, own, *core);
                up.push(above_end);
                laid.route(*core, format!("10.{pod}.0.0/16"), vec![below_end]);
            }
            laid.route(own, "0.0.0.0/0".to_owned(), up);
        }
    }
    for (host, schedule) in hosts.iter().zip(traffic::schedules(tree.hosts(), frames, GAP)) {
        laid.sends(*host, Box::new(Talker::new(schedule, |peer| tree.address(peer))));
    }
    Ok(laid.build(SimDuration::from_us(1))?.0)
}

/// Builds the network, sends the frames and checks that every one of them arrived.
pub fn run(k: usize, frames: u64) -> Result<Report, String> {
    let begin = cpu_s();
    let mut world = build(k, frames).map_err(|error| error.to_string())?;
    world.run(traffic::START, u64::MAX);
    let ready = cpu_s();
    world.run(SimTime(u64::MAX), u64::MAX);
    let end = cpu_s();
    let arrived = delivered(&world);
    if arrived != frames {
        return Err(format!("only {arrived} of {frames} frames were delivered"));
    }
    Ok(Report {
        workload: "s3",
        sizes: vec![("k", k as u64), ("hosts", (k * k * k / 4) as u64)],
        unit: "frames",
        count: frames,
        cpu_s: end - ready,
        setup_cpu_s: ready - begin,
        more: vec![("events", world.event().0), ("hops", hops(&world)), ("devices", world.device_count() as u64)],
    })
}

/// Frames that were put on cables, over all of them.
pub fn hops(world: &World) -> u64 {
    let cables = (0..world.cables().len() as u32).map(overunder_sim::id::CableId);
    cables.filter_map(|cable| world.cable_stats(cable)).flatten().map(|way| way.frames).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_arrives_and_all_cables_upwards_are_used() {
        let mut world = build(4, 4_000).expect("it is built");
        assert_eq!(world.cables().len(), 16 + 16 + 16, "hosts, pods, cores");
        world.run(SimTime(u64::MAX), u64::MAX);
        assert_eq!(delivered(&world), 4_000);
        // Two hops under one edge, four in one pod, six between pods.
        let each = hops(&world) as f64 / 4_000.0;
        assert!((4.9..=5.9).contains(&each), "{each}");
        for cable in 0..world.cables().len() as u32 {
            let stats = world.cable_stats(overunder_sim::id::CableId(cable)).expect("it is there");
            assert!(stats.iter().all(|way| way.frames > 0), "{}", world.cables()[cable as usize].name);
        }
    }
}
