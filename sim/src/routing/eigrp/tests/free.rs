//! Free of loops at every instant, and in the end the shortest ways: against Dijkstra's algorithm on the same graph.

use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};

use super::*;

/// Two routers and the delay between them.
type Edge = (usize, usize, u64);

fn bench(count: usize, edges: &[Edge]) -> Bench {
    let ends: Vec<([usize; 2], u64)> = edges.iter().map(|(a, b, delay)| ([*a, *b], *delay)).collect();
    let wires: Vec<(&[usize], u64)> = ends.iter().map(|(ends, delay)| (&ends[..], *delay)).collect();
    let mut bench = Bench::started(count, &wires);
    bench.watch = true;
    bench
}

/// Each router goes to each network by all neighbours on a shortest way, and as far as that is.
fn is_shortest(bench: &Bench, count: usize, edges: &[Edge], what: &str) {
    let mut graph: UnGraph<(), u64> = UnGraph::new_undirected();
    let nodes: Vec<NodeIndex> = (0..count).map(|_| graph.add_node(())).collect();
    let alive: Vec<&Edge> = edges
        .iter()
        .enumerate()
        .filter(|(at, _)| bench.wires[*at].up && bench.wires[*at].alive)
        .map(|(_, edge)| edge)
        .collect();
    for (a, b, delay) in &alive {
        graph.add_edge(nodes[*a], nodes[*b], *delay);
    }
    for to in 0..count {
        let far = dijkstra(&graph, nodes[to], None, |edge| *edge.weight());
        for from in (0..count).filter(|from| *from != to) {
            let wanted = far.get(&nodes[from]).map(|delay| {
                let towards = |a: usize, b: usize, cost: u64| {
                    (a == from && far.get(&nodes[b]).is_some_and(|rest| rest + cost == *delay)).then_some(b)
                };
                let hops = alive.iter().flat_map(|(a, b, cost)| [towards(*a, *b, *cost), towards(*b, *a, *cost)]);
                let mut hops: Vec<usize> = hops.flatten().collect();
                hops.sort_unstable();
                // The network of the last router adds 100 µs.
                (hops, 25600 + 256 * (*delay as u32 + 10))
            });
            assert_eq!(bench.route(from, &format!("10.99.{to}.0/24")), wanted, "{what}: {from} to {to}");
        }
    }
    let open = bench.nodes.iter().any(|node| node.eigrp.networks.values().any(|to| to.active.is_some()));
    assert!(!open, "{what}: a question is open");
}

/// Before a cut, after it, and when the link is back.
fn cut_each(count: usize, edges: &[Edge], what: &str, silent: bool) {
    let mut bench = bench(count, edges);
    bench.until(secs(10));
    is_shortest(&bench, count, edges, what);
    for cut in 0..edges.len() {
        let start = bench.now;
        if silent {
            bench.wires[cut].alive = false;
        } else {
            bench.carrier(cut, false);
        }
        bench.until(start + SimDuration::from_secs(20));
        is_shortest(&bench, count, edges, &format!("{what} without {:?}", edges[cut]));
        if silent {
            bench.wires[cut].alive = true;
        } else {
            bench.carrier(cut, true);
        }
        bench.until(start + SimDuration::from_secs(50));
        is_shortest(&bench, count, edges, &format!("{what} with {:?} again", edges[cut]));
    }
}

fn grid(side: usize) -> Vec<Edge> {
    let mut edges = Vec::new();
    for at in 0..side * side {
        if at % side + 1 < side {
            edges.push((at, at + 1, 10));
        }
        if at + side < side * side {
            edges.push((at, at + side, 10));
        }
    }
    edges
}

#[test]
fn on_a_line_a_ring_and_a_grid_ways_are_the_shortest_whatever_is_cut() {
    for silent in [false, true] {
        let line: Vec<Edge> = (0..4).map(|at| (at, at + 1, 10)).collect();
        cut_each(5, &line, "line", silent);
        let ring: Vec<Edge> = (0..6).map(|at| (at, (at + 1) % 6, 10)).collect();
        cut_each(6, &ring, "ring", silent);
        cut_each(9, &grid(3), "grid", silent);
    }
}

/// A connected graph with random delays, no two routers joined twice.
fn drawn(random: &mut Stream) -> (usize, Vec<Edge>) {
    let count = 4 + random.below(5) as usize;
    let mut edges: Vec<Edge> = (1..count).map(|at| (random.below(at as u64) as usize, at, 0)).collect();
    for _ in 0..random.below(count as u64 + 1) {
        let (a, b) = (random.below(count as u64) as usize, random.below(count as u64) as usize);
        if a < b && !edges.iter().any(|edge| (edge.0, edge.1) == (a, b)) {
            edges.push((a, b, 0));
        }
    }
    for edge in &mut edges {
        edge.2 = 1 + random.below(40);
    }
    (count, edges)
}

#[test]
fn on_random_graphs_with_several_cuts_nothing_ever_goes_in_a_circle() {
    let (mut active, mut at_once) = (0, 0);
    for seed in 0..60 {
        let mut random = Stream::named(seed, "graph");
        let (count, edges) = drawn(&mut random);
        let mut bench = bench(count, &edges);
        // Some are fast, some slow, so that news overtake each other; on some networks a tenth is lost.
        for wire in &mut bench.wires {
            wire.way = SimDuration::from_us(100 + random.below(200_000));
        }
        bench.loss = if seed % 3 == 0 { 100_000 } else { 0 };
        bench.dice = Stream::named(seed, "loss");
        bench.until(secs(20));
        for _ in 0..8 {
            let cut = random.below(edges.len() as u64) as usize;
            if random.below(4) == 0 {
                // Long enough that both ends miss each other: while only one does, no protocol is safe.
                bench.wires[cut].alive = false;
                let missed = bench.now + SimDuration::from_secs(25);
                bench.until(missed);
                bench.wires[cut].alive = true;
            } else {
                let up = bench.wires[cut].up;
                bench.carrier(cut, !up);
            }
            // The next one comes before this one is through, or long after.
            let pause = if random.chance(600_000) { 150 } else { 20_000 };
            let next = bench.now + SimDuration::from_ms(random.below(pause));
            bench.until(next);
        }
        bench.loss = 0;
        let end = bench.now + SimDuration::from_secs(100);
        bench.until(end);
        is_shortest(&bench, count, &edges, &format!("seed {seed}"));
        active += bench.count(None, "eigrp.active", secs(20));
        at_once += bench.count(None, "eigrp.feasible", secs(20));
    }
    assert!(active > 100 && at_once > 10, "{active} {at_once}");
}

#[test]
fn the_same_run_twice_is_the_same() {
    let run = || {
        let (count, edges) = drawn(&mut Stream::named(5, "graph"));
        let mut bench = bench(count, &edges);
        bench.loss = 100_000;
        bench.until(secs(30));
        bench.carrier(0, false);
        bench.until(secs(90));
        bench.sent.iter().map(|sent| (sent.0, sent.1, sent.2, sent.3.write())).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}
