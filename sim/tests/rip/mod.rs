//! RIP in the simulator, FRR's `ripd` and BIRD: the same metrics, and next hops that are on a shortest way.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use overunder_sim::engine::World;

use crate::daemons::{Daemon, Failure, Network};
use crate::{Routes, Trial, clique, grid, line, ring, rows, together};

/// The same timers everywhere, so that a minute is enough.
const RIP: &str = "Rip(update: \"5s\", timeout: \"15s\", garbage: \"10s\")";
const FRR: &str = "router rip\n network 10.0.0.0/8\n timers basic 5 15 10\n";
/// Networks of its own are told only where they are exported from the routes of its interfaces.
const BIRD: &str = "protocol device { scan time 1; }\nprotocol direct { ipv4; }\n\
    protocol rip rip1 { ipv4 { import all; export all; };\n \
    interface \"e*\" { version 2; update time 5; timeout time 15; garbage time 10; };\n}\n";

fn lab(count: usize, links: &[(usize, usize)]) -> String {
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
    let links = list.join(", ");
    format!("Lab(format: 1, title: \"t\", idea: \"i\", routing: {RIP}, nodes: {{{nodes}}}, links: [{links}], TIMES)")
}

/// The table `rip` of a router, without what is gone.
fn ours(world: &World, router: usize) -> Routes {
    let known = rows(world, router, "rip").into_iter().filter(|row| row["state"] != "gone");
    known
        .map(|row| {
            let via = (row["via"] != "-").then(|| row["via"].clone()).into_iter().collect();
            (row["prefix"].clone(), (row["metric"].parse().unwrap(), via))
        })
        .collect()
}

/// What FRR's `show ip rip` says, without what is gone.
fn of_frr(network: &Network, router: usize) -> Routes {
    let mut routes = Routes::new();
    for line in network.asks(router, "show ip rip").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [kind, prefix, via, metric, ..] = words[..]
            && (kind.starts_with("R(") || kind.starts_with("C("))
            && let Ok(metric) = metric.parse()
            && metric < 16
        {
            let via = (via != "0.0.0.0").then(|| via.to_owned()).into_iter().collect();
            routes.insert(prefix.to_owned(), (metric, via));
        }
    }
    routes
}

/// What BIRD's `show route` says of networks that are attached and of those learned by RIP.
fn of_bird(network: &Network, router: usize) -> Routes {
    let mut routes = Routes::new();
    let mut prefix = String::new();
    let mut metric = None;
    for line in network.asks(router, "show route").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        // `10.0.2.0/24  unicast [rip1 12:00:00.000] * (120/2)`; further routes for the same prefix do without it.
        if let Some(at) = words.iter().position(|word| *word == "unicast") {
            if at == 1 {
                words[0].clone_into(&mut prefix);
            }
            let far = |word: &&str| word.strip_prefix("(120/").and_then(|rest| rest.strip_suffix(')')?.parse().ok());
            let attached = words[at + 1].starts_with("[direct");
            metric = if attached { Some(1) } else { words.iter().find_map(far) };
            if attached {
                routes.insert(prefix.clone(), (1, BTreeSet::new()));
            }
        } else if let ["via", via, ..] = words[..]
            && let Some(metric) = metric.filter(|metric| *metric > 1 && *metric < 16)
        {
            let route = routes.entry(prefix.clone()).or_insert_with(|| (metric, BTreeSet::new()));
            if route.0 == metric {
                route.1.insert(via.to_owned());
            }
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
            return Some(format!("r{router}: ours {own:?}\nreal {real:?}"));
        }
        for (prefix, (metric, ways)) in real.iter().filter(|(_, (metric, _))| *metric > 1) {
            let possible = nearer(ours, links, router, prefix);
            let sound = |ways: &BTreeSet<String>| !ways.is_empty() && ways.is_subset(&possible);
            if !sound(ways) || !sound(&own[prefix].1) {
                return Some(format!("r{router} to {prefix}, {metric}: ours {:?}, real {ways:?}", own[prefix].1));
            }
        }
    }
    None
}

fn compare(claim: &str, count: usize, links: &[(usize, usize)], cut: usize) {
    let (lab, failure) = (lab(count, links), Failure::Cable(cut));
    let mut trial = Trial { claim, count, links, lab, failure, ours, real: Vec::new() };
    trial.beside(Daemon::Rip, of_frr, |_| {}, |_| FRR.to_owned());
    trial.beside(Daemon::Bird, of_bird, |_| {}, |router| format!("router id 10.255.0.{};\n{BIRD}", router + 1));
    trial.run(|ours, theirs| differ(ours, theirs, links));
}

fn on_a_line() {
    compare("RIP on a line", 4, &line(4), 1);
}

fn on_a_ring() {
    compare("RIP on a ring", 5, &ring(5), 0);
}

fn on_a_clique() {
    compare("RIP on a clique", 4, &clique(4), 0);
}

fn on_a_grid() {
    compare("RIP on a grid", 6, &grid(), 2);
}

#[test]
fn rip_ends_with_the_routes_of_frr_and_bird() {
    together(&[on_a_line, on_a_ring, on_a_clique, on_a_grid]);
}
