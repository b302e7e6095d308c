//! Routers of the simulator that talk to a real BIRD, byte by byte, in real time.
//!
//! Needs root, `ip`, `bridge`, and BIRD 2 (Debian package `bird2`); without these each test says so and shows nothing.

mod live;

use std::time::Duration;

use live::{Bird, Live};
use overunder_sim::engine::World;
use overunder_sim::lab::{EVENT_BUDGET, parse};

/// BIRD waits up to five seconds before it calls again, and a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// A router with a network of its own and a cable to BIRD. The echoes only make the simulated clock tick: a frame from
/// outside comes at the time of the last event.
fn world(routing: &str, of_router: &str) -> World {
    let lab = format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", routing: {routing},
            nodes: {{
                \"n\": Host(ip: \"10.9.0.1/24\", gateway: \"10.9.0.254\"),
                \"r\": Router(ips: {{\"n\": \"10.9.0.254/24\", \"out\": \"10.0.0.1/24\"}}, routing: ({of_router})),
                \"bird\": Hub(),
            }},
            links: [(\"n\", \"r:n\"), (\"r:out\", \"bird\")],
            traffic: {{\"clock\": Ping(from: \"n\", to: \"r\", count: 100000, every: \"5ms\")}}, end: \"500s\")"
    );
    let file = parse("lab.ron", &lab).unwrap_or_else(|found| panic!("{found:?}"));
    let variant = file.variant(None).unwrap();
    overunder_sim::lab::run::start(variant, None, EVENT_BUDGET).unwrap().world
}

const COMMON: &str = "router id 10.0.0.2;
protocol device { scan time 1; }
protocol static far { ipv4; route 10.8.0.0/24 blackhole; route 10.7.0.0/16 blackhole; }
";

#[test]
fn bgp_speaks_with_bird() {
    let config = format!(
        "{COMMON}protocol bgp ours {{
            local 10.0.0.2 as 65002; neighbor 10.0.0.1 as 65001;
            connect delay time 1; error wait time 1, 2;
            ipv4 {{ import all; export all; }};
        }}"
    );
    let Some(bird) = Bird::start("BGP with BIRD", "10.0.0.2/24", &config) else { return };
    let own = "asn: 65001, retry: \"2s\", neighbours: {\"10.0.0.2\": (asn: 65002)}";
    let mut live = Live::new(world("Bgp()", own), "r--bird", "r", bird);
    let ours = |world: &World, table: &str| Live::rows(world, "r", table);
    let heard = |world: &World, prefix: &str| {
        let start = format!("{prefix} 65002 10.0.0.2 10.0.0.2 ");
        ours(world, "bgp").iter().any(|row| row.starts_with(&start) && row.contains(" best"))
    };
    let up = live.until(PATIENCE, |world, bird| {
        ours(world, "peers").iter().any(|row| row.starts_with("10.0.0.2 65002 Established"))
            && bird.asks("show protocols ours").contains("Established")
    });
    assert!(up, "no session: {:?}\n{}", ours(&live.world, "peers"), live.bird.log());
    let exchanged = live.until(PATIENCE, |world, bird| {
        let theirs = bird.asks("show route protocol ours");
        heard(world, "10.8.0.0/24")
            && heard(world, "10.7.0.0/16")
            && theirs.contains("10.9.0.0/24")
            && theirs.contains("[AS65001i]")
            && theirs.contains("via 10.0.0.1 on out")
    });
    let seen = (ours(&live.world, "bgp"), live.bird.asks("show route all"));
    assert!(exchanged, "routes: {:?}\n{}\n{}", seen.0, seen.1, live.bird.log());

    // What BIRD takes back is gone here, and the session stays.
    live.bird.asks("disable far");
    let gone = live.until(PATIENCE, |world, _| !heard(world, "10.8.0.0/24") && !heard(world, "10.7.0.0/16"));
    assert!(gone, "still there: {:?}", ours(&live.world, "bgp"));
    assert!(live.bird.asks("show protocols ours").contains("Established"), "{}", live.bird.log());

    // BIRD ends the session, and says why.
    live.bird.asks("disable ours");
    let ended = live.until(PATIENCE, |world, _| !ours(world, "peers")[0].contains("Established"));
    assert!(ended, "still up: {:?}", ours(&live.world, "peers"));
}
