//! The same plan in the simulator and on the kernel of this machine: the frames at every port of every switch byte
//! for byte, the rows of every switch, the neighbours of every host, and how many answers each ping got.
//!
//! Needs root, iproute2, the ping of iputils and dumpcap; without them each test says so and compares nothing.

mod common;
#[path = "kernel/mod.rs"]
mod kernel;

use std::process::Command;

use common::planned::{Planned, at_ms, switch};
use kernel::Seen;
use kernel::compare::Order;
use overunder_sim::app::ping::PingConfig;
use overunder_sim::device::bridge::{BridgeConfig, PortVlan};
use overunder_sim::engine::{Change, DeviceChange, Value, When};
use overunder_sim::id::{CableId, DeviceId, FlowId, PortNo};
use overunder_sim::plan::{AppSpec, linux};
use overunder_sim::time::SimDuration;

/// Runs the plan both ways and compares all there is to see.
fn compare(claim: &str, net: &Planned, lasts: Option<SimDuration>) -> Option<Seen> {
    kernel::compare::compare(claim, &net.plan, lasts, Order::OfAll)
}

/// Hosts a, b and c with 10.0.0.1 and so on, on one switch as configured.
fn three(config: BridgeConfig) -> Planned {
    let mut net = Planned::default();
    for (name, address) in [("a", "10.0.0.1/24"), ("b", "10.0.0.2/24"), ("c", "10.0.0.3/24")] {
        net.host(name, address);
    }
    net.switch("sw", config);
    for name in ["a", "b", "c"] {
        net.cable(name, "sw");
    }
    net
}

/// Quick pings: so many, a fifth of a second apart.
fn pings(net: &mut Planned, name: &str, ends: (&str, &str), count: u64, start: When) -> FlowId {
    let every = SimDuration::from_ms(200);
    let app = AppSpec::Ping(PingConfig { to: net.hosts[ends.1].ip, count, every, ..PingConfig::default() });
    net.flow(name, ends, app, start)
}

#[test]
fn a_first_ping_over_a_switch() {
    let mut net = three(switch(3));
    pings(&mut net, "first", ("a", "b"), 3, at_ms(0));
    let Some(seen) = compare("a first ping over a switch", &net, None) else { return };
    assert_eq!(seen.frames["sw:p1"].len(), 8);
    assert_eq!(seen.frames["sw:p3"].len(), 1);
}

#[test]
fn a_ping_to_nobody() {
    let mut net = three(switch(3));
    let to = "10.0.0.9".parse().unwrap();
    net.flow("nobody", ("a", "b"), AppSpec::Ping(PingConfig { to, ..PingConfig::default() }), at_ms(0));
    let Some(seen) = compare("a ping to nobody", &net, None) else { return };
    assert_eq!(seen.neigh["a"], ["10.0.0.9 - FAILED"]);
}

#[test]
fn two_hosts_that_ask_for_each_other_and_for_a_third() {
    let mut net = three(switch(3));
    let first = pings(&mut net, "first", ("a", "b"), 1, at_ms(0));
    let second = pings(&mut net, "second", ("b", "c"), 1, When::Done(first));
    pings(&mut net, "third", ("c", "a"), 1, When::Done(second));
    compare("two hosts that ask for each other and for a third", &net, None);
}

#[test]
fn a_row_that_is_confirmed_by_the_first_probe() {
    let mut net = three(switch(3));
    pings(&mut net, "once", ("a", "b"), 1, at_ms(0));
    // What b overheard is used at once, so b asks five seconds later; the ping to nobody makes the run wait for it.
    let to = "10.0.0.9".parse().unwrap();
    net.flow("nobody", ("c", "b"), AppSpec::Ping(PingConfig { to, ..PingConfig::default() }), at_ms(3_500));
    let Some(seen) = compare("a row that is confirmed by the first probe", &net, Some(SimDuration::from_ms(6_700)))
    else {
        return;
    };
    assert_eq!(seen.neigh["b"], ["10.0.0.1 02:00:00:00:00:01 REACHABLE"]);
}

#[test]
fn rows_written_by_hand() {
    let mut net = three(switch(3));
    let cells = |cells: &[(&str, &str)]| cells.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let fdb = |mac: &str, port: &str, kind: &str| DeviceChange::AddRow {
        table: "fdb".to_owned(),
        cells: cells(&[("mac", mac), ("port", port), ("kind", kind)]),
    };
    let (sw, a, c) = (DeviceId(6), net.hosts["a"].stack, net.hosts["c"].stack);
    let row = |ip: &str, mac: &str| DeviceChange::AddRow {
        table: "neigh".to_owned(),
        cells: cells(&[("ip", ip), ("mac", mac)]),
    };
    for (name, device, change) in [
        ("b-is-sent-to-c", sw, fdb("02:00:00:00:00:02", "3", "static")),
        ("nobody-is-on-two", sw, fdb("02:00:00:00:00:77", "2", "sticky")),
        ("a-knows-b", a, row("10.0.0.2", "02:00:00:00:00:02")),
        ("c-believes-a-lie", c, row("10.0.0.1", "02:00:00:00:00:77")),
    ] {
        net.event(name, Change::Device { device, change }, at_ms(0));
    }
    let to_b = pings(&mut net, "misled", ("a", "b"), 2, at_ms(0));
    pings(&mut net, "lied-to", ("a", "c"), 2, When::Done(to_b));
    let Some(seen) = compare("rows written by hand", &net, None) else { return };
    assert_eq!(seen.received, [0, 0]);
}

#[test]
fn a_hub() {
    let mut net = three(BridgeConfig { learning: false, ..switch(3) });
    pings(&mut net, "heard", ("a", "b"), 2, at_ms(0));
    let Some(seen) = compare("a hub", &net, None) else { return };
    assert_eq!((seen.fdb["sw"].len(), seen.frames["sw:p3"].len()), (0, 6));
}

#[test]
fn ports_that_do_not_flood_or_are_isolated_or_turn_frames_round() {
    let mut config = switch(3);
    config.ports[1].unicast_flood = false;
    config.ports[2].hairpin = true;
    let mut net = three(config);
    let first = pings(&mut net, "first", ("a", "c"), 2, at_ms(0));
    pings(&mut net, "second", ("c", "a"), 2, When::Done(first));
    compare("ports that do not flood or turn frames round", &net, None);

    let mut config = switch(3);
    config.ports[0].isolated = true;
    config.ports[1].isolated = true;
    let mut net = three(config);
    let first = pings(&mut net, "apart", ("a", "b"), 1, at_ms(0));
    pings(&mut net, "together", ("a", "c"), 1, When::Done(first));
    let Some(seen) = compare("isolated ports", &net, None) else { return };
    assert_eq!(seen.received, [0, 1]);
}

#[test]
fn packets_of_every_length_around_the_mtu() {
    let mut net = three(switch(3));
    let mut before = None;
    for (at, (size, df)) in [(0, true), (1, true), (15, false), (16, true), (1472, true)].into_iter().enumerate() {
        let app = AppSpec::Ping(PingConfig { to: net.hosts["b"].ip, size, df, ..PingConfig::default() });
        let start = before.map_or(at_ms(0), When::Done);
        before = Some(net.flow(&format!("size-{at}"), ("a", "b"), app, start));
    }
    compare("packets of every length", &net, None);
}

#[test]
fn a_frame_too_long_for_the_port_of_a_switch_disappears() {
    let mut config = switch(3);
    config.ports[1].mtu = 1400;
    let mut net = three(config);
    let mut before = None;
    // Four bytes more than the MTU pass, since a tag might have taken them.
    for (at, size) in [1372, 1376, 1377].into_iter().enumerate() {
        let app = AppSpec::Ping(PingConfig { to: net.hosts["b"].ip, size, ..PingConfig::default() });
        // The last one is given up well after b's neighbour timer of five seconds, which the kernel lets fire late.
        let later = |flow| When::After(Box::new(When::Done(flow)), SimDuration::from_ms(500));
        let start = before.map_or(at_ms(0), later);
        before = Some(net.flow(&format!("size-{at}"), ("a", "b"), app, start));
    }
    let Some(seen) = compare("a frame too long for a port", &net, None) else { return };
    assert_eq!(seen.received, [1, 1, 0]);
}

/// Two networks with a router between them; the way to the second has an MTU of 1400.
fn routed() -> Planned {
    let mut net = Planned::default();
    let gateway = |via: &'static str| {
        move |_: &mut _, stack: &mut overunder_sim::stack::StackConfig| stack.gateway = Some(via.parse().unwrap())
    };
    net.host_with("a", &["10.0.0.1/24"], gateway("10.0.0.254"));
    net.host_with("x", &["10.1.0.1/24"], gateway("10.1.0.254"));
    net.host_with("r", &["10.0.0.254/24", "10.1.0.254/24"], |card, stack| {
        stack.forwarding = true;
        stack.interfaces[1].mtu = 1400;
        if card.name == "eth1" {
            card.mtu = 1400;
        }
    });
    net.switch("left", switch(2));
    net.switch("right", switch(2));
    for (a, b) in [("a", "left"), ("r", "left"), ("x", "right"), ("r", "right")] {
        net.cable(a, b);
    }
    net
}

#[test]
fn a_ping_through_a_router() {
    let mut net = routed();
    pings(&mut net, "across", ("a", "x"), 3, at_ms(0));
    let Some(seen) = compare("a ping through a router", &net, None) else { return };
    assert_eq!(seen.received, [3]);
}

#[test]
fn what_a_router_has_to_say() {
    let mut net = routed();
    let to = |ip: &str, size| AppSpec::Ping(PingConfig { to: ip.parse().unwrap(), size, ..PingConfig::default() });
    let first = net.flow("nowhere", ("a", "x"), to("192.0.2.1", 56), at_ms(0));
    let second = net.flow("too-long", ("a", "x"), to("10.1.0.1", 1_400), When::Done(first));
    net.flow("absent", ("a", "x"), to("10.1.0.9", 56), When::Done(second));
    let Some(seen) = compare("what a router has to say", &net, None) else { return };
    assert_eq!(seen.received, [0, 0, 0]);
    let errors = seen.frames["left:p1"].iter().filter(|frame| frame[23] == 1 && frame[34] == 3);
    assert_eq!(errors.map(|frame| frame[35]).collect::<Vec<_>>(), [0, 4, 1]);
}

#[test]
fn a_cut_cable() {
    let mut net = three(switch(3));
    let cable = CableId(0);
    let first = pings(&mut net, "before", ("a", "b"), 1, at_ms(0));
    let second = |ms| When::After(Box::new(When::Done(first)), SimDuration::from_ms(ms));
    net.event("cut", Change::Carrier { cable, up: false }, second(500));
    let forgotten = compare("a cut cable", &net, None);
    assert!(forgotten.is_none_or(|seen| seen.neigh["a"].is_empty() && seen.fdb["sw"].len() == 1));
    net.event("mend", Change::Carrier { cable, up: true }, second(1_500));
    pings(&mut net, "after", ("a", "b"), 1, second(3_000));
    compare("a cable cut and mended", &net, None);
}

#[test]
fn rows_grow_old_and_are_flushed() {
    let mut net = three(BridgeConfig { ageing: SimDuration::from_secs(2), ..switch(3) });
    let first = pings(&mut net, "before", ("a", "b"), 1, at_ms(0));
    let later = |ms| When::After(Box::new(When::Done(first)), SimDuration::from_ms(ms));
    let flush = DeviceChange::Flush { table: "neigh".to_owned() };
    net.event("flush", Change::Device { device: net.hosts["b"].stack, change: flush }, later(1_000));
    // By now both rows of the switch are gone.
    pings(&mut net, "after", ("b", "a"), 1, later(4_000));
    compare("rows grow old and are flushed", &net, None);
}

#[test]
fn settings_changed_on_the_way() {
    let mut net = three(switch(3));
    let first = pings(&mut net, "before", ("a", "b"), 1, at_ms(0));
    let later = |ms| When::After(Box::new(When::Done(first)), SimDuration::from_ms(ms));
    let set = |port, field: &str, value| DeviceChange::Set { port, field: field.to_owned(), value };
    let (sw, c) = (DeviceId(6), net.hosts["c"].stack);
    let change = set(Some(PortNo(2)), "learning", Value::Flag(false));
    net.event("c-unlearned", Change::Device { device: sw, change }, later(200));
    let change = DeviceChange::AddRow {
        table: "routes".to_owned(),
        cells: vec![("prefix".to_owned(), "10.9.0.0/16".to_owned()), ("via".to_owned(), "10.0.0.1".to_owned())],
    };
    net.event("c-has-a-route", Change::Device { device: c, change }, later(300));
    let to = "10.9.0.1".parse().unwrap();
    let app = AppSpec::Ping(PingConfig { to, ..PingConfig::default() });
    net.flow("to-a-host-that-is-no-router", ("c", "a"), app, later(600));
    compare("settings changed on the way", &net, None);
}

#[test]
fn every_command_of_a_script_is_one_that_linux_takes() {
    if !kernel::able("every command of a script") {
        return;
    }
    let mut config = switch(4);
    config.ports[0].broadcast_flood = true;
    config.ports[3].multicast_flood = false;
    let mut net = three(config);
    net.host_with("d", &["10.0.0.4/24", "10.4.0.1/24"], |card, stack| {
        (card.promiscuous, card.allmulti) = (true, true);
        card.multicast = vec!["01:00:5e:02:02:02".parse().unwrap()];
        stack.groups = vec!["239.1.1.1".parse().unwrap()];
    });
    net.cable("d", "sw");
    let [a, d, card] = [net.hosts["a"].stack, net.hosts["d"].stack, net.hosts["d"].card];
    let cells = |cells: &[(&str, &str)]| cells.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let set = |port, field: &str, value| DeviceChange::Set { port, field: field.to_owned(), value };
    let add = |table: &str, row: &[(&str, &str)]| DeviceChange::AddRow { table: table.to_owned(), cells: cells(row) };
    let delete =
        |table: &str, row: &[(&str, &str)]| DeviceChange::DelRow { table: table.to_owned(), cells: cells(row) };
    let flush = |table: &str| DeviceChange::Flush { table: table.to_owned() };
    let (sw, mac) = (DeviceId(6), "02:00:00:00:00:77");
    let text = |text: &str| Value::Text(text.to_owned());
    for (at, (device, change)) in [
        (a, set(None, "forwarding", Value::Flag(true))),
        (a, set(None, "gateway", text("10.0.0.254"))),
        (a, set(None, "mtu", Value::Number(1_000))),
        (a, add("neigh", &[("ip", "10.0.0.77"), ("mac", mac)])),
        (a, add("neigh", &[("ip", "10.0.0.78"), ("mac", mac)])),
        (a, delete("neigh", &[("ip", "10.0.0.78")])),
        (a, flush("neigh")),
        (a, add("routes", &[("prefix", "10.9.0.0/16"), ("via", "10.0.0.2")])),
        (a, delete("routes", &[("prefix", "10.9.0.0/16")])),
        (a, delete("routes", &[("prefix", "10.99.0.0/16")])),
        (d, flush("neigh")),
        (card, set(None, "promiscuous", Value::Flag(false))),
        (card, set(None, "allmulti", Value::Flag(false))),
        (card, set(None, "mtu", Value::Number(1_400))),
        (sw, set(None, "ageing", Value::Span(SimDuration::from_secs(100)))),
        (sw, set(Some(PortNo(2)), "hairpin", Value::Flag(true))),
        (sw, set(Some(PortNo(2)), "isolated", Value::Flag(true))),
        (sw, set(Some(PortNo(2)), "multicast_flood", Value::Flag(false))),
        (sw, set(Some(PortNo(2)), "broadcast_flood", Value::Flag(false))),
        (sw, set(Some(PortNo(2)), "unicast_flood", Value::Flag(false))),
        (sw, add("fdb", &[("mac", mac), ("port", "2")])),
        (sw, add("fdb", &[("mac", "02:00:00:00:00:78"), ("port", "2"), ("kind", "sticky")])),
        (sw, add("fdb", &[("mac", "02:00:00:00:00:79"), ("port", "2"), ("kind", "dynamic")])),
        (sw, flush("fdb")),
        (sw, add("fdb", &[("mac", "02:00:00:00:00:80"), ("port", "2")])),
        (sw, delete("fdb", &[("mac", "02:00:00:00:00:80")])),
    ]
    .into_iter()
    .enumerate()
    {
        net.event(&format!("change {at}"), Change::Device { device, change }, at_ms(0));
    }
    pings(&mut net, "ping", ("a", "b"), 1, at_ms(0));
    let (mut seen, simulated) = (kernel::run(&net.plan), kernel::compare::simulate(&net.plan, None));
    // On the kernel d tells of its group before the run begins, so the switch knows d; here d tells of it 8 ms later.
    seen.fdb.get_mut("sw").expect("a switch").retain(|row| !row.ends_with(" p4 dynamic"));
    assert_eq!((&seen.received, &seen.fdb, &seen.neigh), (&simulated.received, &simulated.fdb, &simulated.neigh));
    assert_eq!(seen.fdb["sw"].iter().filter(|row| row.ends_with("static") || row.ends_with("sticky")).count(), 2);
}

#[test]
fn a_table_that_is_full() {
    let claim = "a table that is full";
    if !kernel::able(claim) || !kernel::knows(claim, &["fdb_max_learned", "1"]) {
        return;
    }
    let mut net = three(BridgeConfig { capacity: Some(1), ..switch(3) });
    pings(&mut net, "leaking", ("a", "b"), 3, at_ms(0));
    compare(claim, &net, None);
}

#[test]
fn vlans_keep_ports_apart() {
    let claim = "VLANs keep ports apart";
    if !kernel::able(claim) || !kernel::knows(claim, &["vlan_filtering", "1"]) {
        return;
    }
    let mut config = BridgeConfig { vlan_filtering: true, ..switch(3) };
    config.ports[2].vlan = PortVlan::Access(2);
    let mut net = three(config);
    let first = pings(&mut net, "together", ("a", "b"), 1, at_ms(0));
    pings(&mut net, "apart", ("a", "c"), 1, When::Done(first));
    compare(claim, &net, None);
}

#[test]
fn the_script_is_one_a_shell_can_read() {
    for net in [three(BridgeConfig { capacity: Some(5), vlan_filtering: true, ..switch(3) }), routed()] {
        let file = std::env::temp_dir().join(format!("ouk{}-{}.sh", std::process::id(), net.plan.steps.len()));
        std::fs::write(&file, linux::script(&net.plan).unwrap()).unwrap();
        let output = Command::new("sh").arg("-n").arg(&file).output().unwrap();
        let _ = std::fs::remove_file(&file);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
