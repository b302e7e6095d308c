//! Going back and forth in a long run: of S1, or of pods on the cards of their nodes (macvlan).

use overunder_sim::engine::Timeline;
use overunder_sim::id::EventNo;
use overunder_sim::lab;
use overunder_sim::plan::world;

use crate::measure::{Report, cpu_s};
use crate::random::Xorshift;
use crate::switched::{Shape, build};

/// Places visited.
const SEEKS: u64 = 100;
/// Pods on a node.
const PODS_A_NODE: usize = 50;
/// Steps back from each of a few places.
const BACKS: u64 = 1_500;

/// The timeline of a run of `events` events at its end, with recording as the screen wants it.
pub fn recorded(hosts: usize, events: u64) -> Result<Timeline, String> {
    // A frame makes five events here; a few more of them than needed do no harm.
    let world = build(Shape::one_switch(hosts), events / 4).map_err(|error| error.to_string())?;
    let mut line = Timeline::new(world);
    line.set_recording(true);
    if line.seek(EventNo(events)) { Ok(line) } else { Err(format!("the run ends before event {events}")) }
}

/// The same for pods with macvlan, fifty on a node, which all ping one of the next node.
pub fn recorded_pods(pods: usize, events: u64) -> Result<Timeline, String> {
    let nodes = pods.div_ceil(PODS_A_NODE).max(2);
    let each = pods.div_ceil(nodes);
    let name = |node: usize, pod: usize| format!("{}{}", ('a'..='z').nth(node % nodes).unwrap_or('a'), pod + 1);
    // A ping makes ten events and more, the first one, which asks everybody for an address, many more.
    let count = events / (pods as u64 * 8) + 1;
    let ping = |at: usize| {
        let (node, pod) = (at / each, at % each);
        let (from, to) = (name(node, pod), name(node + 1, pod));
        format!("\"p{at}\": Ping(from: \"{from}\", to: \"{to}\", count: {count}, every: \"10ms\"),\n")
    };
    let traffic: String = (0..nodes * each).map(ping).collect();
    let text = format!(
        "Lab(format: 1, title: \"Pods\", idea: \"Many.\", cluster: (plugin: Macvlan(), nodes: {nodes}, pods: {each}),\n\
         traffic: {{\n{traffic}}})\n"
    );
    let source = lab::Source::new("pods.ron", &text);
    let refused = |found: Vec<lab::Finding>| lab::diagnostic::render::all(&found, &source);
    let file = lab::open(source.clone()).map_err(refused)?;
    let plan = file.variant(None).map_err(refused)?.plan();
    let mut line = Timeline::new(world::build(plan).map_err(|error| error.to_string())?);
    line.set_recording(true);
    if line.seek(EventNo(events)) { Ok(line) } else { Err(format!("the run ends before event {events}")) }
}

/// A place in a run of `events` events.
pub fn place(random: &mut Xorshift, events: u64) -> EventNo {
    EventNo(1 + random.below(events))
}

/// What is gone back and forth in.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// Hosts on one switch.
    Hosts(usize),
    /// Pods with macvlan, on nodes on one switch.
    Pods(usize),
}

/// The longest seek to random places and the longest single step back, after a first pass of `events` events.
pub fn run(of: Of, events: u64) -> Result<Report, String> {
    let begin = cpu_s();
    let (mut line, size) = match of {
        Of::Hosts(hosts) => (recorded(hosts, events)?, ("hosts", hosts as u64)),
        Of::Pods(pods) => (recorded_pods(pods, events)?, ("pods", pods as u64)),
    };
    let digest = line.world().digest();
    let ready = cpu_s();
    let mut random = Xorshift::seeded(1);
    let mut worst_seek = 0.0_f64;
    for _ in 0..SEEKS {
        let target = place(&mut random, events);
        worst_seek = worst_seek.max(timed(|| line.seek(target)));
    }
    let mut worst_back = 0.0_f64;
    for part in 1..=4 {
        line.seek(EventNo(events / part));
        for _ in 0..BACKS {
            worst_back = worst_back.max(timed(|| line.back()));
        }
    }
    line.seek(EventNo(events));
    if line.world().digest() != digest {
        return Err("going back and forth has changed the run".to_owned());
    }
    let micros = |seconds: f64| (seconds * 1e6).round() as u64;
    Ok(Report {
        workload: "timeline",
        sizes: vec![size],
        unit: "events",
        count: events,
        cpu_s: ready - begin,
        setup_cpu_s: 0.0,
        more: vec![
            ("worst_seek_us", micros(worst_seek)),
            ("worst_back_us", micros(worst_back)),
            ("checkpoint_bytes", line.checkpoint_bytes() as u64),
        ],
    })
}

fn timed(act: impl FnOnce() -> bool) -> f64 {
    let begin = cpu_s();
    act();
    cpu_s() - begin
}
