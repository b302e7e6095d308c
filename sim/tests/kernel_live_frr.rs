//! Routers of the simulator that talk to a real `isisd` and a real `eigrpd` of FRR, byte by byte, in real time.
//!
//! Needs root, `ip`, `bridge`, and FRR (Debian package `frr`); without these each test says so and shows nothing.

mod live;

use std::time::Duration;

use live::frr::Frr;
use live::{Live, rows, world};
use overunder_sim::engine::World;

/// Daemons take their time, and a loaded machine is slow.
const PATIENCE: Duration = Duration::from_mins(1);
/// On the cable, and behind it.
const ADDRESSES: [&str; 2] = ["10.0.0.2/24", "10.8.0.1/24"];

/// Whether the router sends packets for the network behind the daemon to it.
fn routed(world: &World) -> bool {
    rows(world, "r", "routes").iter().any(|row| row.starts_with("10.8.0.0/24 ") && row.contains(" 10.0.0.2 "))
}

fn isis(claim: &str, network: &str, word: &str) {
    let config = format!(
        "interface out\n ip router isis 1\n isis circuit-type level-2-only\n isis hello-interval 1\n \
         isis hello-multiplier 4\n {word}\ninterface lo\n ip router isis 1\n isis passive\nrouter isis 1\n \
         net 49.0001.0000.0000.0002.00\n is-type level-2-only\n metric-style wide\n lsp-gen-interval 1\n"
    );
    let Some(frr) = Frr::start(claim, "isisd", ADDRESSES, &config) else { return };
    let routing = format!("Isis(network: {network}, level: 2, hello: \"1s\", hold: \"4s\", lsp_interval: \"1s\")");
    let mut live = Live::new(world(&routing, "system: \"0000.0000.0001\""), "r--far", "r", frr);
    let up = live.until(PATIENCE, |world, frr| {
        rows(world, "r", "isis").iter().any(|row| row.contains("0000.0000.0002") && row.contains(" Up "))
            && frr.asks("show isis neighbor").lines().any(|line| line.contains(" Up "))
    });
    let seen = (rows(&live.world, "r", "isis"), live.peer.asks("show isis neighbor"));
    assert!(up, "{claim}: {:?}\n{}", seen.0, seen.1);
    let exchanged = live.until(PATIENCE, |world, frr| {
        routed(world) && frr.asks("show isis route level-2").lines().any(|line| line.contains("10.9.0.0/24"))
    });
    let seen = (rows(&live.world, "r", "rib"), live.peer.asks("show isis route"), live.peer.asks("show isis database"));
    assert!(exchanged, "{claim}: {:?}\n{}\n{}", seen.0, seen.1, seen.2);
}

#[test]
fn isis_speaks_with_frr_on_a_cable() {
    isis("IS-IS with FRR, point to point", "PointToPoint", "isis network point-to-point");
}

#[test]
fn isis_speaks_with_frr_on_a_network() {
    isis("IS-IS with FRR, on a network", "Broadcast", "isis priority 64");
}

#[test]
fn eigrp_speaks_with_frr() {
    // What it does when something fails is faulty, so only the beginning is looked at.
    let config = "router eigrp 1\n network 10.0.0.0/24\n network 10.8.0.0/24\n";
    let Some(frr) = Frr::start("EIGRP with FRR", "eigrpd", ADDRESSES, config) else { return };
    let mut live = Live::new(world("Eigrp()", ""), "r--far", "r", frr);
    let up = live.until(PATIENCE, |world, frr| {
        rows(world, "r", "eigrp").iter().any(|row| row.starts_with("10.0.0.2 ") && row.contains(" up "))
            && frr.asks("show ip eigrp neighbors").contains("10.0.0.1")
    });
    let seen = (rows(&live.world, "r", "eigrp"), live.peer.asks("show ip eigrp neighbors"));
    assert!(up, "{:?}\n{}", seen.0, seen.1);
    let exchanged =
        live.until(PATIENCE, |world, frr| routed(world) && frr.asks("show ip eigrp topology").contains("10.9.0.0/24"));
    let seen = (rows(&live.world, "r", "topology"), live.peer.asks("show ip eigrp topology"));
    assert!(exchanged, "{:?}\n{}", seen.0, seen.1);
}
