//! Work that takes time: what a path costs, what that does to flows, and that the past stays the past.

use crate::cost::{COSTS, Cost};
use crate::engine::wire::{POWER_OFF, RING_FULL};
use crate::engine::{Change, Timeline, World};
use crate::id::{EventNo, FlowId, NodeId};
use crate::lab::diagnostic::render;
use crate::lab::{EVENT_BUDGET, LabFile, Source, level, open, parse, run_variant};
use crate::plan::world;
use crate::rng::Stream;
use crate::time::SimTime;

fn lab(text: &str) -> LabFile {
    let text = format!("Lab(format: 1, title: \"Work\", idea: \"It takes time.\", {text})");
    parse("lab.ron", &text).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn world_of(lab: &LabFile, variant: Option<&str>) -> World {
    world::build(&lab.plan(variant, None).unwrap()).unwrap()
}

fn ran(lab: &LabFile, variant: Option<&str>) -> World {
    run_variant(lab, variant, None, EVENT_BUDGET).unwrap().world
}

/// What each node of a run has spent on a cost.
fn spent(world: &World, cost: Cost) -> Vec<(u64, u64)> {
    let cpus = (0..world.nodes().len() as u32).filter_map(|node| world.cpu(NodeId(node)));
    cpus.map(|cpu| (cpu.spent(cost).times, cpu.spent(cost).time.0)).collect()
}

/// A cluster of two nodes with a plugin, and a datagram whose way is known.
fn cluster(plugin: &str) -> LabFile {
    lab(&format!(
        r#"profile: "server", cluster: (plugin: {plugin}, nodes: 2, pods: 1),
        traffic: {{"warm": Udp(from: "a1", to: "b1", count: 1), "one": Udp(from: "a1", to: "b1", count: 1, start: "1s")}},
        expect: {{
            "from": Is(Spent(Charges(at: "node1", flow: "one")), "0ns"), "to": Is(Spent(Charges(at: "node2", flow: "one")), "0ns"),
        }}"#
    ))
}

#[test]
fn a_path_costs_the_sum_of_what_is_done_on_it() {
    // Nanoseconds a packet: the sums of the sheet from which the server's prices come, less 300 for netfilter, which is
    // not modelled. A datagram of 100 bytes is 128 long at the end of its way, of which each costs 0.05.
    for (plugin, sum) in [
        ("FlannelHostGw()", 1_350 - 300),
        ("CalicoIpip()", 1_600 - 300),
        ("FlannelVxlan()", 2_000 - 300),
        ("DockerOverlay()", 1_500),
        ("FlannelIpip()", 1_450),
    ] {
        let file = cluster(plugin);
        let run = run_variant(&file, None, None, EVENT_BUDGET).unwrap();
        let found: Vec<&str> = run.outcomes.iter().map(|(_, outcome)| outcome.text(crate::lang::Lang::En)).collect();
        let tail = |ns: u64| format!("found {}", crate::time::SimDuration(ns));
        assert!(found[0].ends_with(&tail(sum)), "{plugin}: {} is not {sum}", found[0]);
        assert!(found[1].ends_with(&tail(sum + 7)), "{plugin}: {} is not {sum} and 7", found[1]);
    }
    let plain = ran(
        &lab(r#"profile: "server", nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")},
            links: [("a", "b")], traffic: {"one": Udp(from: "a", to: "b", count: 1)}"#),
        None,
    );
    assert_eq!(spent(&plain, Cost::StackPass), [(1, 400), (1, 400)]);
    assert_eq!(spent(&plain, Cost::VethCrossing), [(0, 0), (0, 0)]);
}

#[test]
fn a_program_that_carries_a_tunnel_copies_twice_and_is_switched_to_twice() {
    let world = ran(&cluster("FlannelUdp()"), None);
    // Two datagrams passed, each through both programs.
    assert_eq!(spent(&world, Cost::UserCopy).map_times(), [4, 4]);
    assert_eq!(spent(&world, Cost::ContextSwitch).map_times(), [4, 4]);
    assert_eq!(spent(&world, Cost::Encap).map_times(), [0, 0]);
}

trait Times {
    fn map_times(self) -> Vec<u64>;
}

impl Times for Vec<(u64, u64)> {
    fn map_times(self) -> Vec<u64> {
        self.into_iter().map(|(times, _)| times).collect()
    }
}

/// Two hosts with a container each; a connection and a ping through a tunnel whose programs work.
const BUSY: &str = r#"profile: "small-vm", nodes: {
        "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24", profile: "server"),
        "c1": Container(on: "h1", net: "blue", ip: "10.1.1.5/24"),
        "c3": Container(on: "h2", net: "blue", ip: "10.1.3.5/24"),
    },
    links: [("h1", "h2", (rate: "1Gbps"))], overlays: {"blue": TunUdp()},
    traffic: {
        "bulk": Tcp(from: "c1", to: "c3", bytes: 300000), "ping": Ping(from: "c3", to: "c1", count: 20, every: "100us"),
        "udp": Udp(from: "c3", to: "c1", rate: "50000pps", lasts: "5ms"),
    }"#;

fn sight(world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    let cost = |cost: &crate::cost::CostName| spent(world, cost.cost);
    let flows: Vec<_> = (0..3).map(|flow| world.flow_stats(FlowId(flow)).cloned()).collect();
    (world.digest(), world.event(), world.now(), world.in_flight(), COSTS.iter().map(cost).collect::<Vec<_>>(), flows)
}

#[test]
fn going_back_finds_the_cores_as_busy_as_they_were() {
    let file = lab(BUSY);
    let mut timeline = Timeline::new(world_of(&file, None));
    let mut sights = vec![sight(timeline.world())];
    while timeline.step() {
        sights.push(sight(timeline.world()));
    }
    let last = sights.len() as u64 - 1;
    assert!(last > 2_000, "{last}");
    let mut random = Stream::named(1, "walk");
    for _ in 0..60 {
        match random.below(3) {
            0 => drop(timeline.back()),
            1 => assert!(timeline.seek(EventNo(random.below(last + 1)))),
            _ => timeline.seek_time(SimTime(random.below(20_000_000))),
        }
        let here = timeline.world().event().0;
        assert_eq!(sight(timeline.world()), sights[here as usize], "event {here}");
    }
}

#[test]
fn a_log_changes_nothing() {
    let (mut told, mut quiet) = (world_of(&lab(BUSY), None), world_of(&lab(BUSY), None));
    told.set_logging(true);
    while told.step() | quiet.step() {
        assert_eq!(sight(&told), sight(&quiet));
    }
    assert_eq!(told.in_flight(), 0);
}

#[test]
fn an_ideal_lab_is_one_without_the_word() {
    let network = r#"nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")}, links: [("a", "b")],
        traffic: {"bulk": Tcp(from: "a", to: "b", bytes: 50000)}"#;
    let digests = ["", "profile: \"ideal\", "].map(|word| ran(&lab(&format!("{word}{network}")), None).digest());
    assert_eq!(digests[0], digests[1]);
    let own = network.replace("10.0.0.1/24\"", "10.0.0.1/24\", profile: \"ideal\"");
    let own = own.replace("10.0.0.2/24\"", "10.0.0.2/24\", profile: \"ideal\"");
    let world = ran(&lab(&format!("profile: \"server\", {own}")), None);
    assert_eq!((world.digest(), world.cpu(NodeId(0)).is_none()), (digests[0], true));
}

/// A server that sends faster than a small machine can take it in.
const FLOOD: &str = r#"nodes: {
        "a": Host(ip: "10.0.0.1/24", profile: "PROFILE"), "b": Host(ip: "10.0.0.2/24", profile: "small-vm"),
    },
    links: [("a", "b", (rate: "10Gbps"))],
    traffic: {"f": Udp(from: "a", to: "b", rate: "2000000pps", size: 64, lasts: "20ms")}"#;

#[test]
fn a_core_that_cannot_keep_up_drops_what_finds_its_queue_full() {
    let mut world = world_of(&lab(&FLOOD.replace("PROFILE", "ideal")), None);
    while world.step() {}
    let stats = world.flow_stats(FlowId(0)).unwrap();
    let lost = world.lost(&RING_FULL);
    assert_eq!((stats.sent, stats.received + lost, world.in_flight()), (40_000, 40_000, 0));
    // 1.1 us and some for the bytes: about 890,000 a second, and a ring of 1,024.
    assert!((17_000..20_500).contains(&stats.received), "{} arrived", stats.received);
    // A server that must work itself slows down its own program, so a little more is heard of it.
    let mut slower = world_of(&lab(&FLOOD.replace("PROFILE", "server")), None);
    while slower.step() {}
    let stats = slower.flow_stats(FlowId(0)).unwrap();
    assert!((15_000..39_000).contains(&stats.sent), "{} sent", stats.sent);
    assert_eq!(stats.sent, stats.received + slower.lost(&RING_FULL));
}

#[test]
fn cores_share_the_flows_of_a_node() {
    let flows = |count: usize| {
        let flow =
            |at| format!("\"f{at}\": Udp(from: \"a\", to: \"b\", rate: \"3000000pps\", size: 64, lasts: \"5ms\"),");
        let traffic: String = (0..count).map(flow).collect();
        let text = format!(
            r#"nodes: {{"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24", profile: "server")}},
            links: [("a", "b", (rate: "100Gbps"))], traffic: {{{traffic}}}"#
        );
        let mut world = world_of(&lab(&text), None);
        while world.step() {}
        (0..count as u16).map(|flow| world.flow_stats(FlowId(flow)).unwrap().received).sum::<u64>()
    };
    let [one, four, eight] = [1, 4, 8].map(flows);
    assert!(four > one * 7 / 2 && eight < four * 5 / 4, "{one}, {four}, {eight}");
}

#[test]
fn what_waits_for_a_core_is_gone_with_the_power() {
    let mut world = world_of(&lab(BUSY), None);
    while world.now() < SimTime(3_000_000) {
        world.step();
    }
    assert!(world.in_flight() > 1);
    world.apply("off", &Change::Power { node: NodeId(0), up: false }).unwrap();
    assert!(world.lost(&POWER_OFF) > 0);
    world.apply("on", &Change::Power { node: NodeId(0), up: true }).unwrap();
    world.run(SimTime(400_000_000), EVENT_BUDGET);
    assert_eq!(world.in_flight(), 0);
}

#[test]
fn the_ways_rank_as_measurements_have_it() {
    let network = BUSY.replace(", profile: \"server\"", "").replace("300000", "2000000");
    let (network, _) = network.split_once("\"ping\"").unwrap();
    let file = lab(&format!(
        r#"{network} "ping": Ping(from: "c1", to: "c3", start: "1s") }}, variants: {{"way": {{
            "none": (set: {{"blue": Routed()}}), "ipip": (set: {{"blue": Ipip()}}),
            "vxlan": (set: {{"blue": Vxlan(vni: 1, gateway: Distributed, discovery: StaticList)}}), "udp": (),
        }}, "on": {{"vm": (), "server": (set: {{"lab": (profile: "server")}})}}}}"#
    ));
    let goodput = |name: &str| ran(&file, Some(name)).flow_stats(FlowId(0)).unwrap().goodput().unwrap() as f64;
    let rtt = |name: &str| ran(&file, Some(name)).flow_stats(FlowId(1)).unwrap().rtt().unwrap()[1].0;
    for on in ["vm", "server"] {
        let [none, ipip, vxlan, udp] = ["none", "ipip", "vxlan", "udp"].map(|way| goodput(&format!("{way}+{on}")));
        assert!(none > ipip && ipip > vxlan, "{on}: {none} {ipip} {vxlan}");
        assert!((0.5..=0.99).contains(&(ipip / none)), "{on}: ipip {}", ipip / none);
        assert!((0.30..=0.98).contains(&(vxlan / none)), "{on}: vxlan {}", vxlan / none);
        // Published for the small machine. On the server a link of 1 Gb/s is full before a core is.
        let band = if on == "vm" { 0.15..=0.35 } else { 0.90..=1.0 };
        assert!(band.contains(&(udp / none)), "{on}: udp {}", udp / none);
        let rtts = ["none", "ipip", "vxlan", "udp"].map(|way| rtt(&format!("{way}+{on}")));
        assert!(rtts.is_sorted(), "{on}: {rtts:?}");
    }
}

/// Work of both nodes of a cluster that tunnels, by how often it was done.
fn done(profile: &str, plugin: &str, traffic: &str) -> (World, impl Fn(&World, Cost) -> u64 + use<>) {
    let file = lab(&format!(
        r#"profile: {profile}, cluster: (plugin: {plugin}, nodes: 2, pods: 1), traffic: {{
            "warm": Ping(from: "a1", to: "b1", count: 1), "flow": {traffic} }}"#
    ));
    (ran(&file, None), |world, cost| spent(world, cost).map_times().iter().sum())
}

#[test]
fn segments_that_wait_together_share_work_with_offload() {
    let bulk = "Tcp(from: \"a1\", to: \"b1\", bytes: 1000000, start: \"1s\")";
    let (alone, count) = done("\"server\"", "FlannelVxlan()", bulk);
    let (together, _) = done("\"server-offload\"", "FlannelVxlan()", bulk);
    for cost in [Cost::Encap, Cost::Forward, Cost::StackPass] {
        assert!(count(&together, cost) * 2 < count(&alone, cost), "{cost:?}: {}", count(&together, cost));
    }
    // The card sees each frame, and each byte is copied to the program.
    assert_eq!(count(&together, Cost::SocketCopy), count(&alone, Cost::SocketCopy));
    assert!(count(&together, Cost::Interrupt) * 2 > count(&alone, Cost::Interrupt));
    // Datagrams are no segments.
    let flow = "Udp(from: \"a1\", to: \"b1\", rate: \"400000pps\", lasts: \"1ms\", start: \"1s\")";
    let worlds = ["\"server\"", "\"server-offload\""].map(|profile| done(profile, "FlannelVxlan()", flow).0);
    let costs = |world: &World| COSTS.iter().map(|name| spent(world, name.cost)).collect::<Vec<_>>();
    assert_eq!(costs(&worlds[0]), costs(&worlds[1]));
}

#[test]
fn a_packet_that_is_routed_meets_every_set_of_rules() {
    let one = "Udp(from: \"a1\", to: \"b1\", count: 1, start: \"1s\")";
    let (world, _) = done("(like: \"server\", rule_sets: 3)", "CalicoNone()", one);
    // A ping there and back and a datagram, routed once at each node.
    assert_eq!(spent(&world, Cost::Forward), [(3, 600), (3, 600)]);
    assert_eq!(spent(&world, Cost::Netfilter), [(9, 2_700), (9, 2_700)]);
    let (bridged, count) = done("(like: \"server\", rule_sets: 3)", "DockerOverlay()", one);
    assert_eq!((count(&bridged, Cost::Forward), count(&bridged, Cost::Netfilter)), (0, 0));
}

#[test]
fn a_program_that_reads_on_is_woken_once_for_what_waits() {
    let burst = "Udp(from: \"a1\", to: \"b1\", rate: \"1000000pps\", lasts: \"50us\", start: \"1s\")";
    let switches = |profile: &str, plugin: &str| {
        let (world, count) = done(profile, plugin, burst);
        (count(&world, Cost::ContextSwitch), count(&world, Cost::UserCopy))
    };
    let (server, copies) = switches("\"server\"", "FlannelUdp()");
    assert!(server < copies / 3, "{server} of {copies}");
    // On a single core it shares it with those that send and receive; Weave's is woken for each.
    for (profile, plugin) in [("\"small-vm\"", "FlannelUdp()"), ("\"server\"", "Weave()")] {
        let (each, copies) = switches(profile, plugin);
        assert_eq!(each, copies, "{profile} {plugin}");
    }
}

#[test]
fn what_finds_the_queue_of_a_program_full_is_lost() {
    let flood = "Udp(from: \"a1\", to: \"b1\", rate: \"900000pps\", size: 64, lasts: \"5ms\", start: \"1s\")";
    let (world, _) = done("\"server\"", "FlannelUdp()", flood);
    let stats = world.flow_stats(FlowId(1)).unwrap();
    let devices = 0..world.device_count() as u32;
    let counts = devices.flat_map(|device| world.reason_counts(crate::id::DeviceId(device)));
    let behind: u64 = counts.filter(|(reason, _)| reason.slug == "tunnel.program-behind").map(|(_, count)| count).sum();
    assert!(behind > 500 && stats.received > 500, "{behind} lost, {} arrived", stats.received);
    assert_eq!((stats.sent, world.in_flight()), (stats.received + behind, 0));
}

#[test]
fn a_profile_of_its_own_is_what_the_lab_says() {
    let network = r#"nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")}, links: [("a", "b")],
        traffic: {"one": Udp(from: "a", to: "b", count: 1, size: 972)}"#;
    let own = r#"profile: (like: "server", cores: 2, prices: {"stack-pass": (packet: "1us", byte: "0.5ns")})"#;
    let file = lab(&format!("{own}, {network}"));
    let world = ran(&file, None);
    // 14 bytes of Ethernet are on at the sender, when its price is asked for.
    assert_eq!(spent(&world, Cost::StackPass).first(), Some(&(1, 1_507)));
    let profile = &world.cpu(NodeId(0)).unwrap().profile;
    assert_eq!((&*profile.name, profile.cores), ("server with cores 2, stack-pass", 2));
    let printed = level::text(&file, &file.variants()[0]);
    let below = parse("below.ron", &printed).unwrap_or_else(|found| panic!("{found:#?}\n{printed}"));
    assert_eq!(ran(&below, None).cpu(NodeId(1)).unwrap().profile, *profile, "{printed}");
    let named = lab(&format!("{}, {network}", own.replace("cores: 2", "name: \"mine\"")));
    assert_eq!(ran(&named, None).cpu(NodeId(0)).unwrap().profile.name, "mine");
}

#[test]
fn prices_of_single_nodes_survive_the_way_down() {
    let file = lab(BUSY);
    let printed = level::text(&file, &file.variants()[0]);
    assert!(printed.contains("\"small-vm\"") && printed.contains("\"server\""), "{printed}");
    let below = parse("below.ron", &printed).unwrap_or_else(|found| panic!("{found:#?}\n{printed}"));
    assert_eq!(ran(&below, None).digest(), ran(&file, None).digest());
}

#[test]
fn every_slip_is_explained() {
    let network = r#"nodes: {"a": Host(ip: "10.0.0.1/24"), "sw": Switch()}, links: [("a", "sw:1")]"#;
    let slips = [
        ("a profile that is none", format!("profile: \"smal-vm\", {network}")),
        ("a profile without quotes", format!("profile: server, {network}")),
        ("a switch with a profile", network.replace("Switch()", "Switch(profile: \"server\")")),
        ("a profile like none", format!("profile: (like: \"serve\"), {network}")),
        ("a profile like nothing", format!("profile: (cores: 2), {network}")),
        ("no core", format!("profile: (like: \"server\", cores: 0), {network}")),
        ("a price for nothing", format!("profile: (like: \"server\", prices: {{\"encaps\": \"1us\"}}), {network}")),
        ("a price without unit", format!("profile: (like: \"server\", prices: {{\"encap\": 1}}), {network}")),
        ("a dear byte", format!("profile: (like: \"server\", prices: {{\"encap\": (byte: \"5000ns\")}}), {network}")),
        ("a cost that is none", format!("{network}, expect: {{\"c\": Saw(Charges(cost: \"user-copies\"))}}")),
        ("charges by layer", format!("{network}, expect: {{\"c\": Saw(Charges(carries: \"udp\"))}}")),
        ("time of frames", format!("{network}, expect: {{\"c\": Is(Spent(Frames(into: \"a\")), \"1us\")}}")),
        ("times a text", format!("{network}, expect: {{\"c\": Is(Times(2, \"ann\"), 4)}}")),
        ("no times at all", format!("{network}, expect: {{\"c\": Is(Times(0, 2), 4)}}")),
    ];
    let said = slips.map(|(what, text)| {
        let source = Source::new("lab.ron", &format!("Lab(format: 1, title: \"t\", idea: \"i\",\n{text})"));
        let said = open(source.clone()).map_or_else(|found| render::all(&found, &source), |_| "nothing".to_owned());
        format!("--- {what}\n{said}\n")
    });
    insta::assert_snapshot!(said.concat());
}
