//! Routers of the simulator that talk to a real BIRD, byte by byte, in real time.
//!
//! Needs root, `ip`, `bridge`, and BIRD 2 (Debian package `bird2`); without these each test says so and shows nothing.

mod live;

use std::collections::BTreeSet;
use std::time::Duration;

use live::bird::Bird;
use live::{Live, rows, world};
use overunder_sim::engine::{Change, World};
use overunder_sim::id::CableId;

/// BIRD waits up to five seconds before it calls again, and a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// BIRD without networks of its own.
const ALONE: &str = "router id 10.0.0.2; protocol device { scan time 1; }\n";

/// BIRD with two networks behind it.
fn far(one: &str, other: &str) -> String {
    format!("{ALONE}protocol static far {{ ipv4; route {one} blackhole; route {other} blackhole; }}\n")
}

/// A session, signs of life, and its end; the words say who waits to be called.
fn bgp(claim: &str, waits_here: &str, waits_there: &str) {
    let config = format!(
        "{}protocol bgp ours {{
            local 10.0.0.2 as 65002; neighbor 10.0.0.1 as 65001;
            connect delay time 1; error wait time 1, 2; {waits_there}
            ipv4 {{ import all; export all; }};
        }}",
        far("10.8.0.0/24", "10.7.0.0/16")
    );
    let Some(bird) = Bird::start(claim, "10.0.0.2/24", &config) else { return };
    let own =
        format!("asn: 65001, hold: \"3s\", retry: \"2s\", neighbours: {{\"10.0.0.2\": (asn: 65002, {waits_here})}}");
    let mut live = Live::new(world("Bgp()", &own), "r--far", "r", bird);
    let ours = |world: &World, table: &str| rows(world, "r", table);
    let heard = |world: &World, prefix: &str| {
        let start = format!("{prefix} 65002 10.0.0.2 10.0.0.2 ");
        ours(world, "bgp").iter().any(|row| row.starts_with(&start) && row.contains(" best"))
    };
    let up = live.until(PATIENCE, |world, bird| {
        ours(world, "peers").iter().any(|row| row.starts_with("10.0.0.2 65002 Established"))
            && bird.asks("show protocols ours").contains("Established")
    });
    assert!(up, "no session: {:?}\n{}", ours(&live.world, "peers"), live.peer.log());
    let exchanged = live.until(PATIENCE, |world, bird| {
        let theirs = bird.asks("show route protocol ours");
        heard(world, "10.8.0.0/24")
            && heard(world, "10.7.0.0/16")
            && theirs.contains("10.9.0.0/24")
            && theirs.contains("[AS65001i]")
            && theirs.contains("via 10.0.0.1 on out")
    });
    let seen = (ours(&live.world, "bgp"), live.peer.asks("show route all"));
    assert!(exchanged, "routes: {:?}\n{}\n{}", seen.0, seen.1, live.peer.log());

    // Nothing is new for longer than both would bear silence.
    let fell = |world: &World| !ours(world, "peers")[0].contains("Established");
    let silent = live.until(Duration::from_secs(7), |world, bird| {
        fell(world) || !bird.asks("show protocols ours").contains("Established")
    });
    assert!(!silent, "the session fell: {:?}\n{}", ours(&live.world, "peers"), live.peer.log());
    let all = live.peer.asks("show protocols all ours");
    let agreed = all.lines().any(|line| line.trim().starts_with("Hold timer:") && line.ends_with("/3"));
    assert!(agreed, "another hold time: {all}");

    // What BIRD takes back is gone here, and the session stays.
    live.peer.asks("disable far");
    let gone = live.until(PATIENCE, |world, _| !heard(world, "10.8.0.0/24") && !heard(world, "10.7.0.0/16"));
    assert!(gone, "still there: {:?}", ours(&live.world, "bgp"));
    assert!(live.peer.asks("show protocols ours").contains("Established"), "{}", live.peer.log());

    // BIRD ends the session, and says why.
    live.peer.asks("disable ours");
    let ended = live.until(PATIENCE, |world, _| fell(world));
    assert!(ended, "still up: {:?}", ours(&live.world, "peers"));
}

#[test]
fn bgp_speaks_with_bird() {
    bgp("BGP with BIRD", "", "");
}

#[test]
fn bgp_calls_bird() {
    bgp("BGP with a BIRD that waits", "", "passive yes;");
}

#[test]
fn bgp_is_called_by_bird() {
    bgp("BGP that waits for BIRD", "passive: true", "");
}

/// Whether the router sends packets for both networks of BIRD to it.
fn routed(world: &World) -> bool {
    let rows = rows(world, "r", "routes");
    let has = |prefix: &str| rows.iter().any(|row| row.starts_with(prefix) && row.contains(" 10.0.0.2 "));
    has("10.8.0.0/24 ") && has("10.7.0.0/16 ")
}

/// Whether it sends none of them to it.
fn unrouted(world: &World) -> bool {
    let rows = rows(world, "r", "routes");
    !rows.iter().any(|row| row.starts_with("10.8.") || row.starts_with("10.7."))
}

/// Whether BIRD has the network behind the router, by it.
fn told(bird: &Bird) -> bool {
    let theirs = bird.asks("show route 10.9.0.0/24 protocol ours");
    theirs.contains("10.9.0.0/24") && theirs.contains("via 10.0.0.1 on out")
}

/// Routes go both ways, and are taken back both ways. BIRD is told so by its two configurations.
fn exchange(live: &mut Live<Bird>, with: &str, without: &str) {
    let has = |live: &mut Live<Bird>| {
        let exchanged = live.until(PATIENCE, |world, bird| routed(world) && told(bird));
        let seen = (rows(&live.world, "r", "routes"), live.peer.asks("show route all"));
        assert!(exchanged, "routes: {:?}\n{}\n{}", seen.0, seen.1, live.peer.log());
    };
    has(live);
    live.peer.configure(without);
    let gone = live.until(PATIENCE, |world, bird| unrouted(world) && told(bird));
    assert!(gone, "still there: {:?}", rows(&live.world, "r", "routes"));
    live.peer.configure(with);
    has(live);
    let own = live.world.cables().iter().position(|cable| cable.name == "n--r").unwrap();
    live.world.apply("cut", &Change::Carrier { cable: CableId(own as u32), up: false }).unwrap();
    let gone = live.until(PATIENCE, |world, bird| !told(bird) && routed(world));
    assert!(gone, "BIRD still has it: {}", live.peer.asks("show route all"));
}

#[test]
fn rip_speaks_with_bird() {
    let config = |far: &str| {
        format!(
            "{far}protocol rip ours {{
                ipv4 {{ import all; export all; }};
                interface \"out\" {{ update time 5; timeout time 15; garbage time 10; }};
            }}"
        )
    };
    let (with, without) = (config(&far("10.8.0.0/24", "10.7.0.0/16")), config(ALONE));
    let Some(bird) = Bird::start("RIP with BIRD", "10.0.0.2/24", &with) else { return };
    let rip = "Rip(update: \"5s\", timeout: \"15s\", garbage: \"10s\")";
    exchange(&mut Live::new(world(rip, ""), "r--far", "r", bird), &with, &without);
}

/// What both call one version of an LSA: type, identifier, who made it, sequence number and checksum.
fn ours(world: &World) -> BTreeSet<String> {
    let lsa = |row: &String| {
        let words: Vec<&str> = row.split_whitespace().collect();
        let kind = match words[1] {
            "router" => "0001",
            "network" => "0002",
            "external" => "0005",
            other => panic!("nobody makes LSAs of type {other} here"),
        };
        [&[kind], &words[2..6]].concat().join(" ")
    };
    rows(world, "r", "lsdb").iter().map(lsa).collect()
}

fn theirs(bird: &Bird) -> BTreeSet<String> {
    let text = bird.asks("show ospf lsadb");
    let lsa = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [kind, id, router, seq, _, checksum] if kind.starts_with("000") => {
            Some([kind, id, router, seq, checksum].join(" "))
        }
        _ => None,
    };
    text.lines().filter_map(lsa).collect()
}

/// The adjacency of both sides, the same database, then routes. Those of BIRD are stubs, since routes from elsewhere are
/// kept and passed on here and not used.
fn ospf(claim: &str, network: &str, kind: &str, lsas: usize) {
    let config = |stubs: &str| {
        format!(
            "{}protocol ospf v2 ours {{
                ipv4 {{ import all; export all; }};
                area 0 {{ {stubs} interface \"out\" {{ type {kind}; hello 1; dead 4; }}; }};
            }}",
            far("10.6.0.0/16", "10.5.0.0/16")
        )
    };
    let (with, without) = (config("stubnet 10.8.0.0/24; stubnet 10.7.0.0/16;"), config(""));
    let Some(bird) = Bird::start(claim, "10.0.0.2/24", &with) else { return };
    let routing = format!("Ospf(network: {network}, hello: \"1s\", dead: \"4s\")");
    let mut live = Live::new(world(&routing, "router_id: \"10.0.0.1\""), "r--far", "r", bird);
    let up = live.until(PATIENCE, |world, bird| {
        let full = |row: &String| row.starts_with("10.0.0.2 10.0.0.2 ") && row.contains(" Full ");
        rows(world, "r", "ospf").iter().any(full) && bird.asks("show ospf neighbors ours").contains("Full/")
    });
    let seen = (rows(&live.world, "r", "ospf"), live.peer.asks("show ospf neighbors ours"));
    assert!(up, "{claim}: {:?}\n{}\n{}", seen.0, seen.1, live.peer.log());
    let same = live.until(PATIENCE, |world, bird| ours(world) == theirs(bird) && ours(world).len() == lsas);
    assert!(same, "{claim}: ours {:#?}\nBIRD's {:#?}", ours(&live.world), theirs(&live.peer));
    exchange(&mut live, &with, &without);
}

#[test]
fn ospf_speaks_with_bird_on_a_cable() {
    ospf("OSPF with BIRD, point to point", "PointToPoint", "ptp", 4);
}

#[test]
fn ospf_speaks_with_bird_on_a_network() {
    ospf("OSPF with BIRD, on a network", "Broadcast", "broadcast", 5);
}
