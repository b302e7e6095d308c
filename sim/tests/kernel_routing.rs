//! The same networks of routers in the simulator and with FRR's daemons in network namespaces of this machine: the
//! routes they agree on, before a cable is cut and after.
//!
//! Needs root, `ip`, and FRR (Debian package `frr`); without these each test says so and compares nothing.

mod daemons;
mod isis;
mod ospf;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use daemons::{Daemon, Network};
use overunder_sim::engine::World;
use overunder_sim::id::DeviceId;
use overunder_sim::lab::run::Runner;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::time::{SimDuration, SimTime};

/// What a router knows: how far each network is, by which router.
type Routes = BTreeMap<String, (u32, String)>;

/// The same timers on both sides, so that a minute is enough.
const RIP: &str = "Rip(update: \"5s\", timeout: \"15s\", garbage: \"10s\")";

fn lab(count: usize, links: &[(usize, usize)], cut: usize) -> String {
    let mut nodes = String::new();
    for router in 0..count {
        let mut ips = String::new();
        for (at, (a, b)) in links.iter().enumerate().filter(|(_, ends)| ends.0 == router || ends.1 == router) {
            let (host, other) = if *a == router { (1, b) } else { (2, a) };
            let _ = write!(ips, "\"e{other}\": \"10.0.{at}.{host}/24\", ");
        }
        let _ = writeln!(nodes, "\"r{router}\": Router(ips: {{{ips}}}),");
    }
    let list: Vec<String> = links.iter().map(|(a, b)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")")).collect();
    let (a, b) = links[cut];
    format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", routing: {RIP}, nodes: {{{nodes}}}, links: [{}],
            events: {{\"cut\": (at: \"60s\", do: Down(\"r{a}--r{b}\"))}}, end: \"120s\")",
        list.join(", ")
    )
}

/// The table `rip` of every router, without what is gone.
fn routes(world: &World, count: usize) -> Vec<Routes> {
    let of = |router: usize| {
        let name = format!("r{router}/ip");
        let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap();
        let tables = world.device(id).unwrap().tables();
        let view = tables.iter().find(|view| view.name == "rip").unwrap();
        let cell =
            |row: &overunder_sim::engine::TableRow, name: &str| row.cells[view.column(name).unwrap()].to_string();
        let known = view.rows.iter().filter(|row| cell(row, "state") != "gone");
        known
            .map(|row| {
                let via = cell(row, "via");
                let via = if via == "-" { "0.0.0.0".to_owned() } else { via };
                (cell(row, "prefix"), (cell(row, "metric").parse().unwrap(), via))
            })
            .collect()
    };
    (0..count).map(of).collect()
}

/// What FRR's `show ip rip` says, without what is gone.
fn shown(text: &str) -> Routes {
    let mut routes = Routes::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [kind, prefix, via, metric, ..] = words[..]
            && (kind.starts_with("R(") || kind.starts_with("C("))
            && let Ok(metric) = metric.parse()
            && metric < 16
        {
            routes.insert(prefix.to_owned(), (metric, via.to_owned()));
        }
    }
    routes
}

/// The routers that are one nearer to a network: which of them is taken is chance.
fn nearer(all: &[Routes], links: &[(usize, usize)], router: usize, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, (a, b)) in links.iter().enumerate() {
        let (other, host) = match router {
            own if own == *a => (*b, 2),
            own if own == *b => (*a, 1),
            _ => continue,
        };
        let (Some((own, _)), Some((there, _))) = (all[router].get(prefix), all[other].get(prefix)) else { continue };
        if there + 1 == *own {
            found.insert(format!("10.0.{at}.{host}"));
        }
    }
    found
}

/// Why the two do not say the same, if so: metrics must be equal, and next hops are among the nearest.
fn differ(ours: &[Routes], theirs: &[Routes], links: &[(usize, usize)]) -> Option<String> {
    for (router, (own, real)) in ours.iter().zip(theirs).enumerate() {
        let far = |routes: &Routes| routes.iter().map(|(to, (far, _))| (to.clone(), *far)).collect::<Vec<_>>();
        if far(own) != far(real) {
            return Some(format!("r{router}: ours {own:?}\nFRR {real:?}"));
        }
        for (prefix, (metric, via)) in real.iter().filter(|(_, (metric, _))| *metric > 1) {
            let possible = nearer(ours, links, router, prefix);
            if !possible.contains(via) || !possible.contains(&own[prefix].1) {
                return Some(format!("r{router} to {prefix}, {metric}: ours {}, FRR {via}", own[prefix].1));
            }
        }
    }
    None
}

fn compare(claim: &str, count: usize, links: &[(usize, usize)], cut: usize) {
    let Some(mut network) = Network::start(claim, count, links) else { return };
    let config = "router rip\n network 10.0.0.0/8\n timers basic 5 15 10\n";
    network.speak(Daemon::Rip, |_| config.to_owned());
    let file = parse("lab.ron", &lab(count, links, cut)).unwrap();
    let variant = file.variant(None).unwrap();
    let mut runner: Runner = overunder_sim::lab::run::start(variant, None, EVENT_BUDGET).unwrap();
    for end in [59, 120] {
        let end = SimTime::ZERO + SimDuration::from_secs(end);
        while runner.world.now() < end && runner.step().is_none() {}
        let ours = routes(&runner.world, count);
        let theirs = || (0..count).map(|at| shown(&network.asks(Daemon::Rip, at, "show ip rip"))).collect::<Vec<_>>();
        let same = daemons::wait(Duration::from_mins(1), || differ(&ours, &theirs(), links).is_none());
        assert!(same, "{claim}: {}", differ(&ours, &theirs(), links).unwrap_or_default());
        network.cut(cut);
    }
}

#[test]
fn rip_on_a_line_ends_with_the_routes_of_frr() {
    let line: Vec<_> = (0..3).map(|at| (at, at + 1)).collect();
    compare("RIP on a line", 4, &line, 1);
}

#[test]
fn rip_on_a_ring_ends_with_the_routes_of_frr() {
    let ring: Vec<_> = (0..5).map(|at| (at, (at + 1) % 5)).collect();
    compare("RIP on a ring", 5, &ring, 0);
}

#[test]
fn rip_on_a_grid_ends_with_the_routes_of_frr() {
    let across = (0..6).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    let grid: Vec<_> = across.chain((0..3).map(|at| (at, at + 3))).collect();
    compare("RIP on a grid", 6, &grid, 2);
}
