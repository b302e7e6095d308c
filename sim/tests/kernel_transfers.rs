//! TCP and datagrams through tunnels in the simulator and on the kernel of this machine: what of them arrives, and
//! datagrams byte for byte. How a kernel times its segments is its own affair, so the frames of TCP are not compared.
//!
//! Needs what `kernel_tunnels.rs` needs, and `python3`; without them each test says so and compares nothing.

#[path = "kernel/mod.rs"]
mod kernel;

use std::collections::BTreeSet;
use std::process::Command;

use kernel::Seen;
use kernel::compare::{Order, simulate};
use overunder_sim::lab::parse;
use overunder_sim::plan::Plan;
use overunder_sim::wire::tcp;

const MTU: &str = include_str!("../../scenarios/13-mtu-black-hole/lab.ron");

fn able(claim: &str) -> bool {
    let python = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !python {
        eprintln!("SKIPPED: {claim}: `python3` is not here");
    }
    python && kernel::able(claim) && kernel::has_vxlan(claim)
}

fn plan(text: &str, variant: &str) -> Plan {
    parse("lab.ron", text).unwrap().plan(Some(variant), None).unwrap()
}

/// What of the transfer of lab 13 arrives, here and on the kernel.
fn arrives(variant: &str, bytes: u64) {
    if !able(variant) {
        return;
    }
    let plan = plan(MTU, variant);
    let at = plan.flows().position(|(_, name)| name == "ls").unwrap();
    assert_eq!(simulate(&plan, None).received[at], bytes, "simulated");
    assert_eq!(kernel::run(&plan).received[at], bytes, "really");
}

#[test]
fn tcp_hangs_where_the_port_of_a_tunnel_is_too_narrow() {
    arrives("bridged-1450", 0);
}

#[test]
fn tcp_hears_of_a_tunnel_that_claims_1500() {
    arrives("bridged-1500", 9000);
}

#[test]
fn tcp_hears_of_a_route_into_a_tunnel() {
    arrives("routed-1450", 9000);
}

#[test]
fn tcp_goes_in_pieces_through_a_routed_tunnel_that_claims_1500() {
    arrives("routed-1500", 9000);
}

#[test]
fn tcp_of_those_who_know_or_have_room() {
    arrives("pods-know", 9000);
    arrives("room", 9000);
}

/// The longest segment that each SYN at a place announces.
fn announced(seen: &Seen, place: &str) -> BTreeSet<u16> {
    let segments = seen.frames[place].iter().filter(|frame| frame[12..14] == [8, 0] && frame[23] == 6);
    segments
        .filter_map(|frame| tcp::mss_at(&frame[34..]).map(|at| u16::from_be_bytes([frame[34 + at], frame[35 + at]])))
        .collect()
}

/// Whether this machine can rewrite what a bridge carries.
fn has_nft(claim: &str) -> bool {
    let rule = "add table bridge t; add chain bridge t c { type filter hook prerouting priority 0; }; \
                add rule bridge t c meta ibrname b tcp flags syn tcp option maxseg size set 1410";
    let known = Command::new("unshare").args(["-n", "nft", rule]).output().is_ok_and(|output| output.status.success());
    if !known {
        eprintln!("SKIPPED: {claim}: no `nft`, or no nftables for bridges here");
    }
    known
}

#[test]
fn tcp_through_bridges_that_clamp_its_segments() {
    let claim = "bridges that clamp the MSS";
    if !able(claim) || !has_nft(claim) {
        return;
    }
    let plan = plan(MTU, "clamped");
    let at = plan.flows().position(|(_, name)| name == "ls").unwrap();
    for (who, seen) in [("simulated", simulate(&plan, None)), ("really", kernel::run(&plan))] {
        assert_eq!(seen.received[at], 9000, "{who}");
        // Each end says 1460; what is rewritten is seen behind the bridge only.
        assert_eq!(announced(&seen, "h1:pc1"), [1410, 1460].into(), "{who}");
        assert_eq!(announced(&seen, "h2:pc3"), [1410, 1460].into(), "{who}");
        let longest = seen.frames["h1:pc1"].iter().filter(|frame| frame[23] == 6).map(Vec::len).max();
        assert_eq!(longest, Some(1464), "{who}");
    }
}

/// Datagrams of 1500 bytes: the first is lost and answered, the others are split by the sender, who knows then.
const DATAGRAMS: &str = r#"
    traffic: {
        "first": Ping(from: "c1", to: "c3"),
        "small": Udp(from: "c1", to: "c3", size: 100, count: 2, rate: "5pps", start: "500ms"),
        "full": Udp(from: "c3", to: "c1", size: 1472, count: 3, rate: "5pps", start: "1s"),
        "empty": Udp(from: "c1", to: "c3", size: 0, start: "2s"),
    },
"#;

/// Lab 13 with other traffic.
fn datagrams() -> String {
    let (begin, _) = MTU.split_once("    traffic: {").unwrap();
    let builds = r#"variants: {"build": {
        "bridged-1450": (say: "Silence."),
        "bridged-1500": (say: "An answer.", set: {"blue": (mtu: 1500)}),
        "pods-know": (say: "Split at home.", set: {"c*": (mtu: 1450)}),
        "room": (say: "Room.", set: {"h*": (mtu: 1550), "blue": (mtu: 1500)}),
    }},"#;
    format!("{begin}{DATAGRAMS}{builds})")
}

#[test]
fn datagrams_of_every_size_are_the_same_frames() {
    for build in ["bridged-1450", "bridged-1500", "pods-know", "room"] {
        if !able(build) {
            return;
        }
        let seen = kernel::compare::compare(build, &plan(&datagrams(), build), None, Order::OfPairs).unwrap();
        assert_eq!(seen.received, [1, 2, 3, 1]);
    }
}
