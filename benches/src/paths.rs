//! BGP between ASes of a Barabási-Albert graph: the newest AS announces a prefix (B1); or the oldest announces it too, and
//! the newest withdraws it (B2); or the only origin withdraws it (B3).
//!
//! Messages are written to bytes and read from bytes, and take 1 ms and up to 10 ms more, in order on each session.
//! Sessions are up before the clock starts.

use overunder_sim::routing::bgp::graph::Graph;
use overunder_sim::routing::bgp::internet::{Internet, Outcome, Setting, Totals};
use overunder_sim::time::SimDuration;
use overunder_sim::wire::bgp::Prefix;

use crate::measure::{Report, cpu_s};
use crate::random::Xorshift;

/// Between the end of an announcement and the withdrawal, so that no MRAI is running any more.
const PAUSE: SimDuration = SimDuration::from_secs(60);

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many ASes.
    pub ases: u32,
    /// How many of the newest announce a prefix each.
    pub prefixes: u32,
    /// Least time between two UPDATEs to a neighbour, in seconds.
    pub mrai: u64,
    /// Older ASes are providers, and routes are told as money wants.
    pub money: bool,
}

/// The prefix of an origin.
fn prefix(at: u32) -> Prefix {
    (std::net::Ipv4Addr::from_bits(0xc000_0000 + (at << 8)), 24)
}

/// A network whose sessions are up.
pub fn build(shape: Shape) -> Internet {
    let mut random = Xorshift::seeded(1);
    let below = |bound| random.below(bound);
    let graph =
        if shape.money { Graph::valley_free(shape.ases, below) } else { Graph::barabasi_albert(shape.ases, below) };
    let mrai = SimDuration::from_secs(shape.mrai);
    let mut net = Internet::new(&graph, Setting { mrai, ..Setting::default() });
    net.start();
    net.wait(PAUSE);
    net
}

/// Every origin announces its prefix, and the run lasts until it is quiet.
pub fn announce(net: &mut Internet, shape: Shape) -> Outcome {
    for at in 0..shape.prefixes {
        net.originate(shape.ases - 1 - at, prefix(at));
    }
    net.run(|_| {})
}

/// Every origin withdraws its prefix.
pub fn withdraw(net: &mut Internet, shape: Shape) -> Outcome {
    net.wait(PAUSE);
    for at in 0..shape.prefixes {
        net.withdraw(shape.ases - 1 - at, prefix(at));
    }
    net.run(|_| {})
}

/// What happens in the graph, and is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// B1: the newest announce.
    Announce,
    /// B2: they withdraw what the oldest ASes announce as well.
    FailOver,
    /// B3: they withdraw.
    Withdraw,
}

/// The oldest ASes announce the prefixes, too.
pub fn announce_again(net: &mut Internet, shape: Shape) -> Outcome {
    net.wait(PAUSE);
    for at in 0..shape.prefixes {
        net.originate(at, prefix(at));
    }
    net.run(|_| {})
}

/// Runs a scene.
pub fn run(scene: Scene, shape: Shape) -> Result<Report, String> {
    let begin = cpu_s();
    let mut net = build(shape);
    let mut ready = cpu_s();
    let mut before = net.totals();
    let mut outcome = announce(&mut net, shape);
    let mut wanted = shape.ases;
    if scene == Scene::FailOver && outcome == Outcome::Quiet {
        outcome = announce_again(&mut net, shape);
    }
    if scene != Scene::Announce && outcome == Outcome::Quiet {
        wanted = if scene == Scene::Withdraw { 0 } else { shape.ases };
        (before, ready) = (net.totals(), cpu_s());
        before.now += PAUSE;
        outcome = withdraw(&mut net, shape);
    }
    let end = cpu_s();
    if outcome != Outcome::Quiet {
        return Err("still not quiet after 100,000,000 messages".to_owned());
    }
    if let Some(at) = (0..shape.prefixes).find(|&at| net.reached(prefix(at)) != wanted) {
        return Err(format!("{} ASes have a route for prefix {at} instead of {wanted}", net.reached(prefix(at))));
    }
    let after = net.totals();
    let since = |of: fn(&Totals) -> u64| of(&after) - of(&before);
    Ok(Report {
        workload: match scene {
            Scene::Announce => "b1",
            Scene::FailOver => "b2",
            Scene::Withdraw => "b3",
        },
        sizes: vec![
            ("ases", u64::from(shape.ases)),
            ("prefixes", u64::from(shape.prefixes)),
            ("mrai_s", shape.mrai),
            ("money", u64::from(shape.money)),
        ],
        unit: "messages",
        count: since(|totals| totals.messages),
        cpu_s: end - ready,
        setup_cpu_s: ready - begin,
        more: vec![
            ("bytes", since(|totals| totals.bytes)),
            ("events", since(|totals| totals.events)),
            ("simulated_ms", after.last_choice.since(before.now).0 / 1_000_000),
            ("longest_path", after.longest as u64),
        ],
    })
}
