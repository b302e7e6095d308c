//! The workloads B1, B2 and B3 for bgpsim: BGP between ASes of a Barabási-Albert graph, as benches/src/paths.rs defines
//! them. Messages take 1 ms and up to 10 ms more, in order on each session (its `SimpleTimingModel`). They are structs
//! there and no bytes, routes inside an AS come from an oracle, and there is no MRAI.
//!
//! peer-bgpsim b1|b2|b3 ASES PREFIXES [MOST]     gives up after MOST messages

use bgpsim::event::{ModelParams, SimpleTimingModel};
use bgpsim::prelude::*;
use bgpsim::types::SimplePrefix;
use serde_json::json;

type Net = Network<SimplePrefix, SimpleTimingModel<SimplePrefix>, GlobalOspf>;

fn cpu_s() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// A triangle, and every newcomer links with two of those there, more likely with those who have many links.
fn links(ases: usize) -> Vec<(usize, usize)> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ 0x0123_4567;
    let mut draw = |bound: usize| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(2_685_821_657_736_338_717) % bound as u64) as usize
    };
    let mut ends = vec![0, 1, 1, 2, 2, 0];
    let mut all = vec![(0, 1), (1, 2), (2, 0)];
    for newcomer in 3..ases {
        let first = ends[draw(ends.len())];
        let second = loop {
            let other = ends[draw(ends.len())];
            if other != first {
                break other;
            }
        };
        for old in [first, second] {
            all.push((newcomer, old));
            ends.extend([newcomer, old]);
        }
    }
    all
}

fn build(ases: usize) -> Result<(Net, Vec<RouterId>), NetworkError> {
    let params = ModelParams::new(0.001, 0.01, 2.0, 5.0, 0.0001);
    let mut net = Network::new(SimpleTimingModel::new(params));
    let routers: Vec<RouterId> = (0..ases).map(|at| net.add_router(format!("R{at}"), at as u32 + 1)).collect();
    let links: Vec<_> = links(ases).into_iter().map(|(a, b)| (routers[a], routers[b])).collect();
    net.add_links_from(links.iter().copied())?;
    net.set_bgp_session_from(links.into_iter().map(|(a, b)| (a, b, Some(false))))?;
    Ok((net, routers))
}

/// Does what is waiting; returns the messages, and whether it came to an end.
fn settle(net: &mut Net, most: u64) -> Result<(u64, bool), NetworkError> {
    for messages in 0..most {
        if net.simulate_step()?.is_none() {
            return Ok((messages, true));
        }
    }
    Ok((most, false))
}

fn run(scene: &str, ases: usize, prefixes: u32, most: u64) -> Result<(), NetworkError> {
    let begin = cpu_s();
    let (mut net, routers) = build(ases)?;
    net.manual_simulation();
    let newest = |at: u32| routers[ases - 1 - at as usize];
    let mut ready = cpu_s();
    for at in 0..prefixes {
        net.advertise_route(newest(at), SimplePrefix::from(at), Option::<u32>::None, None, None)?;
    }
    let (mut messages, mut quiet) = settle(&mut net, most)?;
    if scene == "b2" && quiet {
        for at in 0..prefixes {
            net.advertise_route(routers[at as usize], SimplePrefix::from(at), Option::<u32>::None, None, None)?;
        }
        (_, quiet) = settle(&mut net, most)?;
    }
    if scene != "b1" && quiet {
        ready = cpu_s();
        for at in 0..prefixes {
            net.withdraw_route(newest(at), SimplePrefix::from(at))?;
        }
        (messages, quiet) = settle(&mut net, most)?;
    }
    let took = cpu_s() - ready;
    let object = json!({
        "workload": scene, "ases": ases, "prefixes": prefixes, "messages": messages, "quiet": quiet, "cpu_s": took,
        "setup_cpu_s": ready - begin, "per_cpu_s": (messages as f64 / took).round(), "peak_mb": peak_mb(),
    });
    println!("{object}");
    Ok(())
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok());
    let (Some(scene @ ("b1" | "b2" | "b3")), Some(ases @ 3..), Some(prefixes @ 1..)) =
        (words.first().map(String::as_str), number(1), number(2))
    else {
        eprintln!("usage: peer-bgpsim b1|b2|b3 ASES PREFIXES [MOST]");
        std::process::exit(2);
    };
    if let Err(error) = run(scene, ases as usize, prefixes as u32, number(3).unwrap_or(100_000_000)) {
        eprintln!("peer-bgpsim: {error}");
        std::process::exit(1);
    }
}
